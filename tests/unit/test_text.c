#include "assay/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void expect(const char *text, size_t columns, const char *want, size_t took)
{
	ASSAY_AUTO_BUF out = ASSAY_BUF_INIT;

	assert_int_equal(assay_text_put(&out, text, columns), took);
	assert_string_equal(assay_buf_str(&out), want);
}

static void text_put__fits__as_it_is(void **state)
{
	(void)state;
	expect("", 0, "", 0);
	expect("a.png", 5, "a.png", 5);
	expect("\xc3\xa9t\xc3\xa9", 3, "\xc3\xa9t\xc3\xa9", 3);               /* ete with two acutes */
	expect("e\xcc\x81", 1, "e\xcc\x81", 1);                               /* e and a combining acute */
	expect("\xe6\x97\xa5\xe6\x9c\xac", 4, "\xe6\x97\xa5\xe6\x9c\xac", 4); /* two ideographs */
}

static void text_put__too_long__end_is_kept(void **state)
{
	(void)state;
	expect("folder/a.png", 8, "...a.png", 8);
	expect("folder/a.png", 4, "...g", 4);
	expect("folder/a.png", 3, "", 0);
	/* A wide character that would stick out by half is left out. */
	expect("xx\xe6\x97\xa5\xe6\x9c\xac", 5, "...\xe6\x9c\xac", 5);
	expect("xxx\xe6\x97\xa5\xe6\x9c\xac", 6, "...\xe6\x9c\xac", 5);
	/* No accent is left behind without its letter. */
	expect("abce\xcc\x81xy", 5, "...xy", 5);
}

static void text_put__hostile__harmless(void **state)
{
	(void)state;
	expect("a\x1b[31mb\n\x7f", 80, "a?[31mb??", 9);
	expect("\xc2\x9b"
	       "1A",
	       80, "?1A", 3); /* CSI of the C1 block */
	expect("gnp.\xe2\x80\xae"
	       "exe",
	       80, "gnp.?exe", 8); /* right-to-left override */
	expect("\xff\xfe"
	       "a\xe2\x80",
	       80, "??a??", 5); /* not UTF-8, and cut off */
	expect("a\xe2\x80\xa8"
	       "b",
	       80, "a?b", 3); /* line separator */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(text_put__fits__as_it_is),
	    cmocka_unit_test(text_put__too_long__end_is_kept),
	    cmocka_unit_test(text_put__hostile__harmless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
