#include "ocr_cmocka.h"

#include "ocr_fold.h"

#include <string.h>

/* Folded text back as bytes; only ASCII and two-byte code points occur in the cases. */
static void folded(char *out, const char *text)
{
	assay_err err = {0};
	ocr_folded f;

	assert_int_equal(ocr_fold(&f, text, strlen(text), &err), ASSAY_OK);
	for (size_t i = 0; i < f.count; i++) {
		if (f.points[i] >= 0x80)
			*out++ = (char)(0xc0 | f.points[i] >> 6);
		*out++ = (char)(f.points[i] < 0x80 ? f.points[i] : 0x80 | (f.points[i] & 0x3f));
	}
	*out = '\0';
	ocr_folded_release(&f);
}

static void fold__table(void **state)
{
	static const struct {
		const char *text, *folded;
	} cases[] = {
	    {"", ""},
	    {" \n\t ", ""},
	    {"  two   words\r\n\r\nthree ", "two words three"},
	    {"\xe2\x80\x9cQuoted\xe2\x80\x9d \xe2\x80\x98it\xe2\x80\x99s\xc2\xbb", "\"Quoted\" 'it's\""},
	    {"a\xe2\x80\x94"
	     "b--c \xe2\x80\x93 d",
	     "a-b-c - d"},
	    {"wai\xc5\xbft\xef\xac\x81ne\xef\xac\x84x", "waistfinefflx"},
	    {"hyphen-\nated", "hyphenated"},
	    {"hyphen\xc2\xac \n  ated", "hyphenated"},
	    {"soft\xc2\xadhyphen soft\xc2\xad\nend", "softhyphen softend"},
	    {"dash \xe2\x80\x94\nnext", "dash - next"},
	    {"word\xe2\x80\x94\nnext", "word- next"},
	    {"1914-\n1918", "1914- 1918"},
	    {"well-known", "well-known"},
	    {"e\xcc\x81t\xc3\xa9", "\xc3\xa9t\xc3\xa9"},
	    {"no\xc2\xa0"
	     "break\xe2\x80\x89thin",
	     "no break thin"},
	    {"zero\xe2\x80\x8bwidth\xef\xbb\xbf", "zerowidth"},
	    {"wait\xe2\x80\xa6", "wait..."},
	    {"a\xcd\xa4ndern o\xcd\xa4 U\xcd\xa4", "\xc3\xa4ndern \xc3\xb6 \xc3\x9c"}, /* an e above */
	    {"\xee\x90\xac\xee\x99\x84\xee\x9c\xab", "\xc3\xa4\xc3\xb6\xc3\xbc"},      /* MUFI's letters of it */
	    {"``two'' and `one'", "\"two\" and 'one'"},
	    {"'''Tis,' he said''", "\"'Tis,' he said\""},
	    {"\xe2\x80\x98\xe2\x80\x98so\xe2\x80\x99\xe2\x80\x99", "\"so\""},
	};
	char out[256];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		folded(out, cases[i].text);
		assert_string_equal(out, cases[i].folded);
	}
}

static void fold__not_utf8__ecorrupt(void **state)
{
	assay_err err = {0};
	ocr_folded f = {0};

	(void)state;
	assert_int_equal(ocr_fold(&f, "caf\xe9", 4, &err), ASSAY_ECORRUPT);
	assert_non_null(strstr(err.msg, "not UTF-8"));
	ocr_folded_release(&f);
}

static void fold_words__equal_words_have_equal_numbers(void **state)
{
	assay_err err = {0};
	ocr_folded a, b;

	(void)state;
	assert_int_equal(ocr_fold(&a, "the cat the", 11, &err), ASSAY_OK);
	assert_int_equal(ocr_fold(&b, "cat them", 8, &err), ASSAY_OK);
	assert_int_equal(ocr_fold_words(&a, &b, &err), ASSAY_OK);
	assert_int_equal(a.word_count, 3);
	assert_int_equal(b.word_count, 2);
	assert_int_equal(a.words[0], a.words[2]);
	assert_int_equal(a.words[1], b.words[0]);
	assert_int_not_equal(b.words[1], a.words[0]);
	ocr_folded_release(&a);
	ocr_folded_release(&b);
}

static void fold_words__empty_text__no_words(void **state)
{
	assay_err err = {0};
	ocr_folded a, b;

	(void)state;
	assert_int_equal(ocr_fold(&a, "one", 3, &err), ASSAY_OK);
	assert_int_equal(ocr_fold(&b, "", 0, &err), ASSAY_OK);
	assert_int_equal(ocr_fold_words(&a, &b, &err), ASSAY_OK);
	assert_int_equal(b.word_count, 0);
	ocr_folded_release(&a);
	ocr_folded_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(fold__table),
	    cmocka_unit_test(fold__not_utf8__ecorrupt),
	    cmocka_unit_test(fold_words__equal_words_have_equal_numbers),
	    cmocka_unit_test(fold_words__empty_text__no_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
