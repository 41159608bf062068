#include "assay/buf.h"

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

static void buf_append__empty_buffer__nothing_allocated(void **state)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

	(void)state;
	assay_buf_append(&b, NULL, 0);
	assert_null(b.data);
	assert_string_equal(assay_buf_str(&b), "");
	assert_int_equal(assay_buf_check(&b, NULL), ASSAY_OK);
}

static void buf_append__many_pieces__all_kept_and_terminated(void **state)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

	(void)state;
	for (unsigned i = 0; i < 5000; i++) {
		const unsigned char c = (unsigned char)(i * 7);

		assay_buf_append(&b, &c, 1);
		assert_int_equal(b.data[b.len], 0);
		assert_true(b.len < b.cap);
	}
	assert_int_equal(b.len, 5000);
	for (unsigned i = 0; i < 5000; i++)
		assert_int_equal(b.data[i], (unsigned char)(i * 7));
}

static void buf_extend__zero_bytes_of_empty__not_null(void **state)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

	(void)state;
	assert_non_null(assay_buf_extend(&b, 0));
	assert_int_equal(b.len, 0);
	assert_string_equal(assay_buf_str(&b), "");
}

static void buf_extend__size_overflows__failed_and_contents_kept(void **state)
{
	static const size_t sizes[] = {SIZE_MAX, SIZE_MAX - 1, SIZE_MAX - 3};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(sizes); i++) {
		ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

		assay_buf_puts(&b, "abc");
		assert_null(assay_buf_extend(&b, sizes[i]));
		assert_true(b.failed);
		assert_string_equal(assay_buf_str(&b), "abc");
	}
}

static void buf_printf__around_the_capacity__whole_text(void **state)
{
	(void)state;
	for (int n = 0; n < 300; n++) {
		ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

		assay_buf_puts(&b, "<");
		assay_buf_printf(&b, "%0*d", n, 7);
		assay_buf_putc(&b, '>');
		assert_int_equal(b.len, (n < 1 ? 1 : n) + 2);
		assert_int_equal(b.data[b.len - 2], '7');
		assert_int_equal(strlen(assay_buf_str(&b)), b.len);
	}
}

static void buf_reset__after_failure__usable_again(void **state)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

	(void)state;
	assay_buf_puts(&b, "old");
	assert_null(assay_buf_extend(&b, SIZE_MAX));
	assay_buf_reset(&b);
	assert_string_equal(assay_buf_str(&b), "");
	assay_buf_puts(&b, "new");
	assert_string_equal(assay_buf_str(&b), "new");
	assert_int_equal(assay_buf_check(&b, NULL), ASSAY_OK);
}

static void buf_append__after_failure__no_op_even_if_it_would_fit(void **state)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

	(void)state;
	assay_buf_puts(&b, "abc");
	assert_null(assay_buf_extend(&b, SIZE_MAX));
	assay_buf_puts(&b, "d");
	assay_buf_printf(&b, "%d", 5);
	assert_null(assay_buf_extend(&b, 0));
	assert_string_equal(assay_buf_str(&b), "abc");
}

static void buf_check__failed__enomem_with_message(void **state)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	assay_err err;

	(void)state;
	memset(&err, 0x5a, sizeof(err));
	assay_buf_puts(&b, "abc");
	assert_null(assay_buf_extend(&b, SIZE_MAX));
	assert_int_equal(assay_buf_check(&b, &err), ASSAY_ENOMEM);
	assert_int_equal(err.code, ASSAY_ENOMEM);
	assert_string_equal(err.msg, "out of memory: buffer of 3 bytes cannot grow");
}

static void buf_steal__any_state__bytes_or_null_and_empty_after(void **state)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	char *s;

	(void)state;
	assert_null(assay_buf_steal(&b));
	assay_buf_puts(&b, "abc");
	s = assay_buf_steal(&b);
	assert_string_equal(s, "abc");
	free(s);
	assert_null(b.data);
	assert_int_equal(b.len + b.cap, 0);

	assay_buf_puts(&b, "half");
	assert_null(assay_buf_extend(&b, SIZE_MAX));
	assert_null(assay_buf_steal(&b));
	assert_false(b.failed);
}

static void buf_printf__second_growth_fails__nothing_of_it_left(void **state)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

	(void)state;
	for (int i = 0; i < 100; i++)
		assay_buf_putc(&b, 'x');
	arm(2);
	assay_buf_printf(&b, "%0500d", 1);
	arm(0);
	assert_true(b.failed);
	assert_int_equal(b.len, 100);
	assert_int_equal(strlen(assay_buf_str(&b)), 100);
}

static void buf__every_alloc_fails_in_turn__sticky_and_prefix_intact(void **state)
{
	unsigned n = 0;
	bool ok;

	(void)state;
	do {
		ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

		arm(++n);
		for (unsigned i = 0; i < 100; i++) {
			assay_buf_puts(&b, "0123456789");
			assay_buf_printf(&b, "%0100u", i);
		}
		arm(0);
		ok = assay_buf_check(&b, NULL) == ASSAY_OK;
		assert_int_equal(ok, b.len == 11000);
		assert_int_equal(strlen(assay_buf_str(&b)), b.len);
		assert_memory_equal(assay_buf_str(&b), "0123456789000", b.len < 13 ? b.len : 13);
	} while (!ok);
	assert_in_range(n, 3, 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(buf_append__empty_buffer__nothing_allocated),
	    cmocka_unit_test(buf_append__many_pieces__all_kept_and_terminated),
	    cmocka_unit_test(buf_extend__zero_bytes_of_empty__not_null),
	    cmocka_unit_test(buf_extend__size_overflows__failed_and_contents_kept),
	    cmocka_unit_test(buf_printf__around_the_capacity__whole_text),
	    cmocka_unit_test(buf_reset__after_failure__usable_again),
	    cmocka_unit_test(buf_append__after_failure__no_op_even_if_it_would_fit),
	    cmocka_unit_test(buf_check__failed__enomem_with_message),
	    cmocka_unit_test(buf_steal__any_state__bytes_or_null_and_empty_after),
	    cmocka_unit_test(buf_printf__second_growth_fails__nothing_of_it_left),
	    cmocka_unit_test(buf__every_alloc_fails_in_turn__sticky_and_prefix_intact),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
