#include "assay/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof(*(a)))
#define MSG_SIZE sizeof(((assay_err *)0)->msg)

static void err_raise__garbage_struct__all_fields_written(void **state)
{
	assay_err err;

	(void)state;
	memset(&err, 0x5a, sizeof(err));
	assert_int_equal(assay_err_raise(&err, ASSAY_ECORRUPT, 7, "f.c", 12, "fn", "blob %d", 3), ASSAY_ECORRUPT);
	assert_int_equal(err.code, ASSAY_ECORRUPT);
	assert_int_equal(err.sys, 7);
	assert_string_equal(err.file, "f.c");
	assert_int_equal(err.line, 12);
	assert_string_equal(err.func, "fn");
	assert_string_equal(err.msg, "blob 3");
}

static void err_raise__null_err__refined_code(void **state)
{
	(void)state;
	assert_int_equal(ASSAY_RAISE(NULL, ASSAY_EINVAL, "x"), ASSAY_EINVAL);
	assert_int_equal(ASSAY_RAISE_SYS(NULL, ASSAY_EIO, ENOSPC, "x"), ASSAY_EFULL);
	errno = EACCES;
	assert_int_equal(ASSAY_RAISE_ERRNO(NULL, "x"), ASSAY_EPERM);
}

static void err_raise__eio_with_errno__refined(void **state)
{
	static const struct {
		assay_code code;
		int sys;
		assay_code expected;
	} cases[] = {
	    {ASSAY_EIO, 0, ASSAY_EIO},
	    {ASSAY_EIO, EIO, ASSAY_EIO},
	    {ASSAY_EIO, ENOENT, ASSAY_EIO},
	    {ASSAY_EIO, ENOMEM, ASSAY_ENOMEM},
	    {ASSAY_EIO, ENOSPC, ASSAY_EFULL},
	    {ASSAY_EIO, EDQUOT, ASSAY_EFULL},
	    {ASSAY_EIO, EACCES, ASSAY_EPERM},
	    {ASSAY_EIO, EPERM, ASSAY_EPERM},
	    {ASSAY_ECORRUPT, ENOSPC, ASSAY_ECORRUPT},
	    {ASSAY_EBUSY, EPERM, ASSAY_EBUSY},
	    {ASSAY_ENOENT, ENOMEM, ASSAY_ENOENT},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		assay_err err;

		memset(&err, 0x5a, sizeof(err));
		assert_int_equal(ASSAY_RAISE_SYS(&err, cases[i].code, cases[i].sys, "x"), cases[i].expected);
		assert_int_equal(err.code, cases[i].expected);
		assert_int_equal(err.sys, cases[i].sys);
	}
}

static void err_raise_errno__known_and_unknown__words_or_number(void **state)
{
	assay_err err;

	(void)state;
	memset(&err, 0x5a, sizeof(err));
	errno = ENOENT;
	assert_int_equal(ASSAY_RAISE_ERRNO(&err, "open '%s'", "/x"), ASSAY_EIO);
	assert_string_equal(err.msg, "open '/x': No such file or directory");
	assert_int_equal(err.sys, ENOENT);
	assert_string_equal(err.func, __func__);
	assert_non_null(strstr(err.file, "test_error.c"));
	errno = 98765;
	assert_int_equal(ASSAY_RAISE_ERRNO(&err, "open"), ASSAY_EIO);
	assert_string_equal(err.msg, "open: errno 98765");
}

static void err_prefix__twice__outermost_first_and_place_kept(void **state)
{
	assay_err err;
	int line;

	(void)state;
	line = __LINE__ + 1;
	(void)ASSAY_RAISE_SYS(&err, ASSAY_EIO, EIO, "read");
	assert_int_equal(assay_err_prefix(&err, "blob %d", 4), ASSAY_EIO);
	assert_int_equal(assay_err_prefix(&err, "store '%s'", "s"), ASSAY_EIO);
	assert_string_equal(err.msg, "store 's': blob 4: read");
	assert_int_equal(err.line, line);
	assert_int_equal(err.sys, EIO);
	assert_string_equal(err.func, __func__);
}

static void err_prefix__null__einval(void **state)
{
	(void)state;
	assert_int_equal(assay_err_prefix(NULL, "x"), ASSAY_EINVAL);
}

static void err_raise__arguments_point_into_message__as_if_copied(void **state)
{
	assay_err err;

	(void)state;
	(void)ASSAY_RAISE(&err, ASSAY_EIO, "inner");
	(void)ASSAY_RAISE(&err, ASSAY_ECORRUPT, "outer (%s)", err.msg);
	assert_string_equal(err.msg, "outer (inner)");
	(void)assay_err_prefix(&err, "[%s]", err.msg);
	assert_string_equal(err.msg, "[outer (inner)]: outer (inner)");
}

/* Every way in which 1..4-byte characters can straddle the end of the message. */
static void err_msg__too_long__cut_between_characters(void **state)
{
	static const char *const letters[] = {"x", "\xc3\xbc", "\xe6\xb0\xb4", "\xf0\x90\x90\x91"};

	(void)state;
	for (size_t k = 0; k < COUNT(letters); k++) {
		const size_t width = strlen(letters[k]);

		for (size_t lead = 0; lead < 8; lead++) {
			char text[1024] = "";
			assay_err err;
			size_t n;

			memset(&err, 0x5a, sizeof(err));
			memset(text, '-', lead);
			while (strlen(text) < 600)
				strcat(text, letters[k]);
			(void)ASSAY_RAISE(&err, ASSAY_EIO, "%s", text);
			n = strnlen(err.msg, MSG_SIZE);
			assert_in_range(n, MSG_SIZE - 1 - (width - 1), MSG_SIZE - 1);
			assert_int_equal((n - lead) % width, 0);
			assert_memory_equal(err.msg, text, n);

			(void)assay_err_prefix(&err, "p");
			n = strnlen(err.msg, MSG_SIZE);
			assert_in_range(n, MSG_SIZE - 1 - (width - 1), MSG_SIZE - 1);
			assert_int_equal((n - 3 - lead) % width, 0);
			assert_memory_equal(err.msg, "p: ", 3);
			assert_memory_equal(err.msg + 3, text, n - 3);
		}
	}
}

static void err_prefix__fills_the_message__context_wins(void **state)
{
	char text[700];
	assay_err err;

	(void)state;
	memset(text, 'c', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	(void)ASSAY_RAISE(&err, ASSAY_EIO, "inner");
	(void)assay_err_prefix(&err, "%s", text);
	assert_int_equal(strlen(err.msg), MSG_SIZE - 1);
	assert_memory_equal(err.msg, text, MSG_SIZE - 1);
}

static void err_msg__not_utf8__cut_at_the_end_only(void **state)
{
	char text[700];
	assay_err err;

	(void)state;
	memset(text, 0x80, sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	(void)ASSAY_RAISE(&err, ASSAY_EIO, "%s", text);
	assert_int_equal(strlen(err.msg), MSG_SIZE - 1);
}

static void code_name__every_code__distinct_and_known(void **state)
{
	(void)state;
	for (int i = ASSAY_OK; i <= ASSAY_EDIFFER; i++) {
		assert_string_not_equal(assay_code_name((assay_code)i), "unknown");
		for (int k = ASSAY_OK; k < i; k++)
			assert_string_not_equal(assay_code_name((assay_code)i), assay_code_name((assay_code)k));
	}
	assert_string_equal(assay_code_name(ASSAY_ECORRUPT), "corrupt");
	assert_string_equal(assay_code_name((assay_code)(ASSAY_EDIFFER + 1)), "unknown");
	assert_string_equal(assay_code_name((assay_code)-1), "unknown");
}

static assay_code try_it(assay_code first, bool *reached)
{
	assay_code rc;

	ASSAY_TRY(first);
	*reached = true;
	return ASSAY_OK;
fail:
	return rc;
}

static void try__failure_or_success__jumps_or_goes_on(void **state)
{
	bool reached = false;

	(void)state;
	assert_int_equal(try_it(ASSAY_EBUSY, &reached), ASSAY_EBUSY);
	assert_false(reached);
	assert_int_equal(try_it(ASSAY_OK, &reached), ASSAY_OK);
	assert_true(reached);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(err_raise__garbage_struct__all_fields_written),
	    cmocka_unit_test(err_raise__null_err__refined_code),
	    cmocka_unit_test(err_raise__eio_with_errno__refined),
	    cmocka_unit_test(err_raise_errno__known_and_unknown__words_or_number),
	    cmocka_unit_test(err_prefix__twice__outermost_first_and_place_kept),
	    cmocka_unit_test(err_prefix__null__einval),
	    cmocka_unit_test(err_raise__arguments_point_into_message__as_if_copied),
	    cmocka_unit_test(err_msg__too_long__cut_between_characters),
	    cmocka_unit_test(err_prefix__fills_the_message__context_wins),
	    cmocka_unit_test(err_msg__not_utf8__cut_at_the_end_only),
	    cmocka_unit_test(code_name__every_code__distinct_and_known),
	    cmocka_unit_test(try__failure_or_success__jumps_or_goes_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
