#include "assay/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static unsigned calls, fail_at;
void *__real_malloc(size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_malloc(size_t n)
{
	return ++calls == fail_at ? NULL : __real_malloc(n);
}

static void strdup__many__all_intact_in_few_blocks(void **state)
{
	enum { COUNT = 20000 };
	static char *copies[COUNT];
	assay_arena a = {0};
	char text[32];

	(void)state;
	calls = fail_at = 0;
	for (int i = 0; i < COUNT; i++) {
		(void)snprintf(text, sizeof text, "folder/%d", i);
		copies[i] = assay_arena_strdup(&a, text);
		assert_non_null(copies[i]);
	}
	for (int i = 0; i < COUNT; i++) {
		(void)snprintf(text, sizeof text, "folder/%d", i);
		assert_string_equal(copies[i], text);
	}
	assert_in_range(calls, 1, 6); /* 20 000 texts of 9 to 13 bytes in blocks of 64 KiB */
	assay_arena_release(&a);
	assert_null(a.last);
	assay_arena_release(&a);
}

static void alloc__between_texts__is_aligned(void **state)
{
	assay_arena a = {0};

	(void)state;
	for (int i = 0; i < 1000; i++) {
		int64_t *numbers;

		assert_non_null(assay_arena_strdup(&a, "x"));
		numbers = assay_arena_alloc(&a, 3, sizeof *numbers);
		assert_non_null(numbers);
		assert_int_equal((uintptr_t)numbers % _Alignof(max_align_t), 0);
		numbers[0] = numbers[2] = i;
	}
	assay_arena_release(&a);
}

static void alloc__larger_than_a_block__leaves_the_rest_of_it_in_use(void **state)
{
	assay_arena a = {0};
	char *large;

	(void)state;
	assert_non_null(assay_arena_strdup(&a, "small"));
	calls = fail_at = 0;
	large = assay_arena_alloc(&a, 1, (size_t)1 << 20);
	assert_non_null(large);
	memset(large, 7, (size_t)1 << 20);
	assert_non_null(assay_arena_strdup(&a, "small again"));
	assert_int_equal(calls, 1);
	assay_arena_release(&a);
}

static void alloc__overflow_or_no_memory__null(void **state)
{
	assay_arena a = {0};

	(void)state;
	assert_null(assay_arena_alloc(&a, SIZE_MAX / 2, 3));
	assert_null(assay_arena_alloc(&a, 1, SIZE_MAX));
	calls = 0;
	fail_at = 1;
	assert_null(assay_arena_strdup(&a, "text"));
	fail_at = 0;
	assert_null(a.last);
	assert_non_null(assay_arena_strdup(&a, "text"));
	assay_arena_release(&a);
}

static void strndup__bytes_of_a_text__copied_and_ended(void **state)
{
	assay_arena a = {0};

	(void)state;
	assert_string_equal(assay_arena_strndup(&a, "page=12", 4), "page");
	assert_string_equal(assay_arena_strndup(&a, "page", 0), "");
	assert_null(assay_arena_strndup(&a, "page", SIZE_MAX));
	assay_arena_release(&a);
}

static void rewind__used_again__in_the_memory_it_had(void **state)
{
	assay_arena a = {0};
	void *first;

	(void)state;
	assay_arena_rewind(&a);
	assert_null(a.last);
	assert_non_null(assay_arena_strdup(&a, "a text"));
	assert_non_null(assay_arena_alloc(&a, 1, (size_t)1 << 20)); /* in a block of its own, which is not kept */
	for (int round = 0; round < 3; round++) {
		assay_arena_rewind(&a);
		first = a.last;
		calls = fail_at = 0;
		for (int i = 0; i < 5000; i++) /* more than half of it */
			assert_string_equal(assay_arena_strdup(&a, "a text"), "a text");
		assert_ptr_equal(a.last, first);
		assert_int_equal(calls, 0);
	}
	assay_arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(strdup__many__all_intact_in_few_blocks),
	    cmocka_unit_test(alloc__between_texts__is_aligned),
	    cmocka_unit_test(alloc__larger_than_a_block__leaves_the_rest_of_it_in_use),
	    cmocka_unit_test(alloc__overflow_or_no_memory__null),
	    cmocka_unit_test(strndup__bytes_of_a_text__copied_and_ended),
	    cmocka_unit_test(rewind__used_again__in_the_memory_it_had),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
