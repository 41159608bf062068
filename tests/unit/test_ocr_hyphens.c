/* Hyphens at the ends of lines that were read as something else, on words that are placed by hand. */
#include "ocr_cmocka.h"

#include "ocr_hyphens.h"

#include <string.h>

static const char *const known[] = {"Hauptmann",    "Haupt", "mann",   "Arbeit",   "beit", "gewi\xc3\x9f",
				    "sch\xc3\xb6n", "taken", "off",    "takeoff",  "to",   "day",
				    "today",        "the",   "order",  "theorder", "ges",  "be",
				    "bear",         "ar",    "barter", "barster"};

static bool knows(void *with, const char *word)
{
	(void)with;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strcmp(known[i], word) == 0)
			return true;
	return false;
}

/* Two lines of the words that blanks part. */
static void add(ocr_words *w, const char *line, uint32_t number, uint32_t paragraph)
{
	char text[256], *at = NULL;

	(void)snprintf(text, sizeof text, "%s", line);
	for (char *word = strtok_r(text, " ", &at); word != NULL; word = strtok_r(NULL, " ", &at)) {
		const assay_word item = {.left = 10,
					 .top = 10,
					 .right = 50,
					 .bottom = 20,
					 .confidence = 9000,
					 .line = number,
					 .paragraph = paragraph};
		const ocr_symbol symbols[] = {{'?', 10, 40, 9000}, {'!', 40, 50, 5000}};

		assert_int_equal(ocr_words_add(w, &item, word, symbols, 2, true, NULL), ASSAY_OK);
	}
}

/* What becomes of the first line, and that the second one stays. */
static void assert_mended(const char *first, const char *second, uint32_t paragraph, const char *want)
{
	const ocr_dictionary d = {knows, NULL};
	const bool same = strcmp(first, want) == 0;
	ASSAY_AUTO_BUF expected = ASSAY_BUF_INIT;
	ocr_words w = {0};
	int64_t mended = -1;

	add(&w, first, 0, 0);
	add(&w, second, 1, paragraph);
	assert_int_equal(ocr_words_close(&w, NULL), ASSAY_OK);
	assert_int_equal(ocr_hyphens_mend(&w, &mended, &d, NULL), ASSAY_OK);
	assay_buf_puts(&expected, want);
	assay_buf_puts(&expected, paragraph == 0 ? "\n" : "\n\n");
	assay_buf_puts(&expected, second);
	assay_buf_puts(&expected, "\n");
	assert_string_equal(assay_buf_str(&w.text), assay_buf_str(&expected));
	assert_int_equal(mended, !same);
	ocr_words_release(&w);
}

static void mark__dictionary_has_the_whole__hyphen(void **state)
{
	(void)state;
	assert_mended("den Haupt:", "mann zu", 0, "den Haupt-");
	assert_mended("den Haupt*", "mann zu", 0, "den Haupt-");
	assert_mended("den Haupt;", "mann zu", 0, "den Haupt;"); /* ends sentences, and is never a hyphen */
	assert_mended("den Haupt.", "mann zu", 0, "den Haupt.");
	assert_mended("Xaupt:", "mann", 0, "Xaupt:");
	assert_mended("be:", "ar", 0, "be:"); /* too short to tell */
}

static void mark_that_ends_no_word__hyphen_whatever_it_makes(void **state)
{
	(void)state;
	assert_mended("jugendliche Freundschafts=",
		      "st\xc3\xbc"
		      "ck",
		      0, "jugendliche Freundschafts-");
	assert_mended("jugendliche Freundschafts\xc2\xbb",
		      "st\xc3\xbc"
		      "ck",
		      0, "jugendliche Freundschafts-");
	assert_mended("x=", "y", 0, "x="); /* of two signs */
	assert_mended("42=", "mann", 0, "42=");
}

static void guillemet__partner_on_the_page__only_by_the_dictionary(void **state)
{
	(void)state;
	assert_mended("das \xc2\xabschlimme Wort\xc2\xbb", "hat er", 0, "das \xc2\xabschlimme Wort\xc2\xbb");
	assert_mended("ein Wort\xc2\xbb",
		      "hat \xc2\xab"
		      "er",
		      0, "ein Wort\xc2\xbb");
	assert_mended("der \xc2\xabHaupt\xc2\xbb", "mann", 0, "der \xc2\xabHaupt-");
}

static void quotation_mark__by_the_dictionary_and_unless_it_closes(void **state)
{
	(void)state;
	assert_mended("die Ar\"", "beit war", 0, "die Ar-");
	assert_mended("die \"Ar\"", "beit war", 0, "die \"Ar\"");
	assert_mended("\"oh die Ar\"", "beit war", 0, "\"oh die Ar\"");
	assert_mended("die Haupt\"", "mann war", 0, "die Haupt\""); /* both are words */
	assert_mended("'tis die Ar\"", "beit war", 0, "'tis die Ar-");
}

static void letter__whole_without_it_is_known_and_a_part_is_not__hyphen(void **state)
{
	(void)state;
	assert_mended("ganz ges", "wi\xc3\x9f!", 0, "ganz ge-");
	assert_mended("ganz gel", "wi\xc3\x9f!", 0, "ganz gel"); /* higher than a hyphen */
	assert_mended("it is takens", "off", 0, "it is takens"); /* "takenoff" is unknown */
	assert_mended("it is taken", "off", 0, "it is taken");
	assert_mended("the", "order", 0, "the"); /* known as one, and as two */
	assert_mended("tos", "day", 0, "to-");
	assert_mended("bars", "ter", 0, "bars"); /* known with it and without */
}

static void other_paragraph_or_no_small_letter__left_alone(void **state)
{
	(void)state;
	assert_mended("den Haupt:", "mann zu", 1, "den Haupt:");
	assert_mended("den Haupt=", "Mann zu", 0, "den Haupt=");
	assert_mended("den Haupt=", "1. zu", 0, "den Haupt=");
	assert_mended("den Haupt-", "mann zu", 0, "den Haupt-");
}

static void mended_word__keeps_its_place_and_symbols(void **state)
{
	const ocr_dictionary d = {knows, NULL};
	ocr_words w = {0};
	int64_t mended;

	(void)state;
	add(&w, "den Haupt:", 0, 0);
	add(&w, "mann zu", 1, 0);
	assert_int_equal(ocr_words_close(&w, NULL), ASSAY_OK);
	assert_int_equal(ocr_hyphens_mend(&w, &mended, &d, NULL), ASSAY_OK);
	assert_int_equal(w.count, 4);
	assert_int_equal(w.items[1].right, 50);
	assert_int_equal(w.items[1].confidence, 9000);
	assert_true(w.details[1].known);
	assert_int_equal(w.details[1].symbol_count, 2);
	assert_int_equal(w.symbols[w.details[1].symbol].point, '?');
	assert_int_equal(w.symbols[w.details[1].symbol + 1].point, '-');
	assert_int_equal(w.symbols[w.details[1].symbol + 1].confidence, 5000);
	assert_int_equal(w.symbols[w.details[2].symbol + 1].point, '!');
	ocr_words_release(&w);
}

static void no_words_and_words_too_long__nothing(void **state)
{
	const ocr_dictionary d = {knows, NULL};
	char word[300];
	ocr_words w = {0};
	int64_t mended;

	(void)state;
	assert_int_equal(ocr_hyphens_mend(&w, &mended, &d, NULL), ASSAY_OK);
	assert_int_equal(mended, 0);
	memset(word, 'a', sizeof word);
	memcpy(word + sizeof word - 2, "=", 2);
	{
		const assay_word a = {.line = 0}, b = {.line = 1};

		assert_int_equal(ocr_words_add(&w, &a, word, NULL, 0, false, NULL), ASSAY_OK);
		assert_int_equal(ocr_words_add(&w, &b, "mann", NULL, 0, false, NULL), ASSAY_OK);
	}
	assert_int_equal(ocr_words_close(&w, NULL), ASSAY_OK);
	assert_int_equal(ocr_hyphens_mend(&w, &mended, &d, NULL), ASSAY_OK);
	assert_int_equal(mended, 0);
	ocr_words_release(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(mark__dictionary_has_the_whole__hyphen),
	    cmocka_unit_test(mark_that_ends_no_word__hyphen_whatever_it_makes),
	    cmocka_unit_test(guillemet__partner_on_the_page__only_by_the_dictionary),
	    cmocka_unit_test(quotation_mark__by_the_dictionary_and_unless_it_closes),
	    cmocka_unit_test(letter__whole_without_it_is_known_and_a_part_is_not__hyphen),
	    cmocka_unit_test(other_paragraph_or_no_small_letter__left_alone),
	    cmocka_unit_test(mended_word__keeps_its_place_and_symbols),
	    cmocka_unit_test(no_words_and_words_too_long__nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
