#include "assay/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Linked with --wrap: the n-th allocation made by our objects fails, once; fail_at == 0 never. */
static unsigned calls, fail_at;
void *__real_malloc(size_t n);
void *__wrap_malloc(size_t n);
void *__real_calloc(size_t n, size_t s);
void *__wrap_calloc(size_t n, size_t s);
void *__real_realloc(void *p, size_t n);
void *__wrap_realloc(void *p, size_t n);

void *__wrap_malloc(size_t n)
{
	return ++calls == fail_at ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t s)
{
	return ++calls == fail_at ? NULL : __real_calloc(n, s);
}

void *__wrap_realloc(void *p, size_t n)
{
	return ++calls == fail_at ? NULL : __real_realloc(p, n);
}

static void arm(unsigned n)
{
	calls = 0;
	fail_at = n;
}

static void mul_add_size__at_the_edge__told_and_out_untouched(void **state)
{
	size_t out = 77;

	(void)state;
	assert_true(assay_mul_size(&out, SIZE_MAX / 3, 3));
	assert_int_equal(out, SIZE_MAX / 3 * 3);
	out = 77;
	assert_false(assay_mul_size(&out, SIZE_MAX / 2 + 1, 2));
	assert_int_equal(out, 77);
	assert_true(assay_add_size(&out, SIZE_MAX - 1, 1));
	assert_int_equal(out, SIZE_MAX);
	out = 77;
	assert_false(assay_add_size(&out, SIZE_MAX, 1));
	assert_int_equal(out, 77);
}

static void mul_i64__at_the_edge__told_and_out_untouched(void **state)
{
	int64_t out = 77;

	(void)state;
	assert_false(assay_mul_i64(&out, INT64_MIN, -1));
	assert_int_equal(out, 77);
	assert_true(assay_mul_i64(&out, INT64_MIN / 2, 2));
	assert_true(out == INT64_MIN);
}

static void alloc__some_elements__zeroed(void **state)
{
	ASSAY_AUTO_FREE unsigned char *p = assay_alloc(100, 7);

	(void)state;
	assert_non_null(p);
	for (size_t i = 0; i < 700; i++)
		assert_int_equal(p[i], 0);
}

static void alloc__zero_or_overflow__valid_or_null(void **state)
{
	ASSAY_AUTO_FREE void *none = assay_alloc(0, 8);
	ASSAY_AUTO_FREE void *empty = assay_alloc(8, 0);
	volatile size_t huge = SIZE_MAX / 2 + 2; /* times 2 wraps to 2 */

	(void)state;
	assert_non_null(none);
	assert_non_null(empty);
	assert_null(assay_alloc(huge, 2));
}

static void grow__one_by_one__elements_kept_and_capacity_doubles(void **state)
{
	uint32_t *a = NULL;
	size_t cap = 0, moves = 0;

	(void)state;
	for (size_t i = 0; i < 1000; i++) {
		const size_t before = cap;

		assert_int_equal(assay_grow(&a, &cap, i, sizeof(*a), NULL), ASSAY_OK);
		moves += cap != before;
		assert_true(cap > i);
		assert_true(cap == before || before == 0 || cap == 2 * before);
		a[i] = (uint32_t)i;
	}
	for (size_t i = 0; i < 1000; i++)
		assert_int_equal(a[i], i);
	assert_in_range(moves, 2, 10);
	free(a);
}

static void grow__memory_out__array_and_capacity_unchanged(void **state)
{
	uint64_t *a = NULL, *before;
	size_t cap = 0;
	assay_err err;

	(void)state;
	memset(&err, 0x5a, sizeof(err));
	assert_int_equal(assay_grow(&a, &cap, 0, sizeof(*a), NULL), ASSAY_OK);
	a[0] = 42;
	before = a;
	arm(1);
	assert_int_equal(assay_grow(&a, &cap, cap, sizeof(*a), &err), ASSAY_ENOMEM);
	arm(0);
	assert_ptr_equal(a, before);
	assert_int_equal(cap, 8);
	assert_int_equal(a[0], 42);
	assert_string_equal(err.msg, "out of memory: array of 16 elements");
	free(a);
}

static void grow__size_overflows__enomem_without_a_call(void **state)
{
	void *a = NULL;
	size_t caps[] = {SIZE_MAX, SIZE_MAX / 2, SIZE_MAX / 16 + 1};
	assay_err err;

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(caps); i++) {
		size_t cap = caps[i];

		arm(0);
		memset(&err, 0x5a, sizeof(err));
		assert_int_equal(assay_grow(&a, &cap, cap, 16, &err), ASSAY_ENOMEM);
		assert_int_equal(calls, 0);
		assert_int_equal(cap, caps[i]);
		assert_non_null(strstr(err.msg, "cannot double"));
	}
}

static void strndup__shorter_longer_embedded__cut_at_the_first_end(void **state)
{
	ASSAY_AUTO_FREE char *cut = assay_strndup("abcdef", 3);
	ASSAY_AUTO_FREE char *whole = assay_strndup("ab", 100);
	ASSAY_AUTO_FREE char *nul = assay_strndup("a\0b", 3);
	ASSAY_AUTO_FREE char *full = assay_strdup("full");
	const char open[3] = {'x', 'y', 'z'}; /* not terminated: ASan watches */
	ASSAY_AUTO_FREE char *bounded = assay_strndup(open, 3);

	(void)state;
	assert_string_equal(cut, "abc");
	assert_string_equal(whole, "ab");
	assert_string_equal(nul, "a");
	assert_string_equal(full, "full");
	assert_string_equal(bounded, "xyz");
}

static void asprintf__any_length__formatted(void **state)
{
	ASSAY_AUTO_FREE char *empty = assay_asprintf("%s", "");
	ASSAY_AUTO_FREE char *text = assay_asprintf("%d-%s", 42, "x");
	ASSAY_AUTO_FREE char *wide = assay_asprintf("%0500d", 1);

	(void)state;
	assert_string_equal(empty, "");
	assert_string_equal(text, "42-x");
	assert_int_equal(strlen(wide), 500);
}

static void copies__alloc_fails__null(void **state)
{
	(void)state;
	arm(1);
	assert_null(assay_strdup("a"));
	arm(1);
	assert_null(assay_strndup("a", 1));
	arm(1);
	assert_null(assay_asprintf("%d", 1));
	arm(1);
	assert_null(assay_alloc(1, 1));
	arm(0);
}

static void steal__pointer__yielded_and_null_left(void **state)
{
	char *p = assay_strdup("x");
	char *q = ASSAY_STEAL(&p);

	(void)state;
	assert_null(p);
	assert_string_equal(q, "x");
	free(q);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(mul_add_size__at_the_edge__told_and_out_untouched),
	    cmocka_unit_test(mul_i64__at_the_edge__told_and_out_untouched),
	    cmocka_unit_test(alloc__some_elements__zeroed),
	    cmocka_unit_test(alloc__zero_or_overflow__valid_or_null),
	    cmocka_unit_test(grow__one_by_one__elements_kept_and_capacity_doubles),
	    cmocka_unit_test(grow__memory_out__array_and_capacity_unchanged),
	    cmocka_unit_test(grow__size_overflows__enomem_without_a_call),
	    cmocka_unit_test(strndup__shorter_longer_embedded__cut_at_the_first_end),
	    cmocka_unit_test(asprintf__any_length__formatted),
	    cmocka_unit_test(copies__alloc_fails__null),
	    cmocka_unit_test(steal__pointer__yielded_and_null_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
