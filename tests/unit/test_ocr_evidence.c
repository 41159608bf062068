/* Evidence of pages whose words are placed by hand: every share is counted here, not taken from the code. */
#include "ocr_cmocka.h"

#include "ocr_evidence.h"
#include "ocr_spelling.h"

#include "assay/memory.h"

#include <string.h>

#include <leptonica/allheaders.h>

enum { WORDS = 64, SYMBOLS = 512 };

static assay_word items[WORDS];
static ocr_detail details[WORDS];
static ocr_symbol symbols[SYMBOLS];
static ocr_words page;
static ocr_evidence_page paper;

static void begin(void)
{
	page = (ocr_words){.items = items, .details = details, .symbols = symbols};
	paper = (ocr_evidence_page){.width = 1000, .height = 1000, .corners = {{0, 1000, 1000, 0}, {0, 0, 1000, 1000}}};
}

/* A word of letters 10 px wide; `confidence` in percent. */
static void word(const char *text, bool known, int confidence)
{
	const size_t n = strlen(text);
	assay_word *w = &items[page.count];

	*w = (assay_word){text, 100, 100, 100 + 10 * (int32_t)n, 120, 100 * confidence, 0, 0, (uint32_t)page.count};
	details[page.count++] = (ocr_detail){page.symbol_count, n, known};
	for (size_t i = 0; i < n; i++)
		symbols[page.symbol_count++] = (ocr_symbol){(unsigned char)text[i], 100 + 10 * (int32_t)i,
							    110 + 10 * (int32_t)i, 100 * confidence};
}

static ocr_evidence evidence(void)
{
	ocr_evidence e;

	assert_int_equal(ocr_evidence_read(&e, &page, &paper, NULL), ASSAY_OK);
	return e;
}

static void evidence_read__words_of_three_classes__shares_by_class_and_confidence(void **state)
{
	ocr_evidence e;

	(void)state;
	begin();
	word("known", true, 99); /* 5 of 20 symbols */
	word("unkn", false, 69); /* 4 */
	word("1848", false, 96); /* 4 */
	word("wrd,", false, 70); /* 4 */
	word("the", true, 98);   /* 3 */
	e = evidence();
	assert_int_equal(e.symbols, 20);
	assert_int_equal(e.share[OCR_KNOWN + 4], 250000);
	assert_int_equal(e.share[OCR_KNOWN + 3], 150000);
	assert_int_equal(e.share[OCR_UNKNOWN + 0], 200000);
	assert_int_equal(e.share[OCR_UNKNOWN + 1], 200000);
	assert_int_equal(e.share[OCR_OTHER + 2], 200000);
	assert_int_equal(e.words_lettered, 4);
	assert_int_equal(e.words_unknown, 2);
	assert_int_equal(e.letters_sure, 8);
	assert_int_equal(e.letters_foreign, 0);
	assert_int_equal(e.share[OCR_SHORT], 0);
	assert_false(e.twice);
}

static void evidence_read__well_read_words_of_another_language__letters_are_foreign(void **state)
{
	ocr_evidence e;

	(void)state;
	begin();
	word("und", false, 96);
	word("the", true, 96);
	word("sie", false, 79);
	e = evidence();
	assert_int_equal(e.letters_sure, 6);
	assert_int_equal(e.letters_foreign, 3);
	assert_int_equal(e.share[OCR_SHORT], 666666);
}

static void evidence_read__words_that_are_doubted_as_a_whole__their_shares(void **state)
{
	ocr_evidence e;

	(void)state;
	begin();
	word("(manes,)", false, 89); /* 8 of 40 symbols, small letters alone */
	word("mane's", false, 89);   /* a mark within */
	word("Tigre", false, 89);
	word("gloomy", false, 90); /* as sure as can be asked */
	word("the", true, 96);     /* 3 */
	word("and", true, 97);
	word("them", true, 90);
	word("*'", false, 99);
	word("-", false, 99);
	word("12", true, 99);
	e = evidence();
	assert_int_equal(e.symbols, 40);
	assert_int_equal(e.share[OCR_UNKNOWN_SMALL], 200000);
	assert_int_equal(e.share[OCR_KNOWN_SHORT], 75000);
	assert_int_equal(e.share[OCR_ALONE], 50000);
}

static void evidence_read__words_in_capitals__count_in_lines_of_small_letters(void **state)
{
	(void)state;
	begin();
	word("pictures", true, 99);
	word("RUBENS,", false, 99); /* 7 of 31 symbols */
	word("A", true, 99);
	word("CHAPTER", true, 99); /* a heading */
	word("fiveX", false, 99);
	word("\xc3\x89T", false, 99); /* 3 bytes, and as many symbols here: 2 letters */
	for (size_t i = 0; i < page.count; i++)
		items[i].line = i < 3 ? 0 : i < 4 ? 1 : 2;
	assert_int_equal(evidence().symbols, 31);
	assert_int_equal(evidence().share[OCR_CAPITALS], 322580);
	items[4].block = 1; /* another block is another line */
	assert_int_equal(evidence().share[OCR_CAPITALS], 225806);
}

static void evidence_read__a_letter_wider_than_its_like__is_counted_where_there_are_five(void **state)
{
	(void)state;
	begin();
	word("aaaaab", true, 99);
	symbols[2].right += 7;  /* 10 px and a quarter, and 4: 16.5 */
	symbols[5].right += 50; /* the only b */
	assert_int_equal(evidence().share[OCR_WIDTH], 200000);
	symbols[2].right -= 1;
	assert_int_equal(evidence().share[OCR_WIDTH], 0);
}

static void evidence_read__ink_and_edges__shares_of_the_page(void **state)
{
	ocr_evidence e;

	(void)state;
	begin();
	word("text", true, 99);
	word("edge", true, 99);
	items[1].right = 1000;
	paper.missed = (ocr_missed){.read = 750, .missed = 250, .ink = 2000, .letters = 2};
	paper.edge = 2;
	paper.beside = (ocr_beside){.letters = 4, .lines = 1};
	paper.reread = true;
	paper.apart = 12; /* sixths */
	e = evidence();
	assert_int_equal(e.share[OCR_MISSED], 250000);
	assert_int_equal(e.share[OCR_OUTSIDE], 500000);
	assert_int_equal(e.share[OCR_EDGE], 250000);
	assert_int_equal(e.share[OCR_STRAY], 500000);
	assert_int_equal(e.share[OCR_DARK], 500000);
	assert_int_equal(e.share[OCR_UNREAD], 200000);
	assert_int_equal(e.share[OCR_APART], 250000);
	assert_true(e.reread);
	assert_int_equal(e.lines, 2);
	assert_int_equal(e.lines_cut, 1);
	assert_int_equal(e.covered, (40 * 20 + 900 * 20) * 1000000LL / 1000000);
}

static void evidence_compare__same_words_in_another_order__moved_and_not_different(void **state)
{
	ocr_words second;
	ocr_evidence e;

	(void)state;
	begin();
	word("left", true, 99);
	word("rigth", false, 99);
	assay_buf_puts(&page.text, "left rigth\n");
	e = evidence();
	second = page;
	second.text = (assay_buf){0};
	assay_buf_puts(&second.text, "rigth left\n");
	assert_int_equal(ocr_evidence_compare(&e, &page, &second, NULL), ASSAY_OK);
	assert_true(e.twice);
	assert_int_equal(e.share[OCR_DIFFERENT], 0);
	assert_true(e.share[OCR_MOVED] > 0);
	assert_int_equal(e.share[OCR_UNKNOWN_DIFFERENT], 0);
	assay_buf_release(&second.text);
	assay_buf_release(&page.text);
}

static void evidence_compare__one_word_differs__its_class_and_the_distance(void **state)
{
	static assay_word others[3];
	ocr_words second;
	ocr_evidence e;

	(void)state;
	begin();
	word("left", true, 99);
	word("left", true, 99);
	word("rigth", false, 99);
	assay_buf_puts(&page.text, "left left rigth\n");
	e = evidence();
	memcpy(others, items, sizeof others);
	others[2].text = "right";
	second = page;
	second.items = others;
	second.text = (assay_buf){0};
	assay_buf_puts(&second.text, "left left right\n");
	assert_int_equal(ocr_evidence_compare(&e, &page, &second, NULL), ASSAY_OK);
	assert_int_equal(e.share[OCR_DIFFERENT], 2 * 1000000 / 15);
	assert_int_equal(e.share[OCR_MOVED], 0);
	assert_int_equal(e.share[OCR_KNOWN_DIFFERENT], 0);
	assert_int_equal(e.share[OCR_UNKNOWN_DIFFERENT], 5 * 1000000 / 13);
	assay_buf_release(&second.text);
	assay_buf_release(&page.text);
}

static void evidence_edge__pieces_of_text_size_at_the_border__are_counted(void **state)
{
	PIX *ink = pixCreate(200, 200, 1);
	int64_t n;

	(void)state;
	(void)pixRasterop(ink, 190, 50, 10, 20, PIX_SET, NULL, 0, 0); /* cut by the right border */
	(void)pixRasterop(ink, 50, 100, 10, 20, PIX_SET, NULL, 0, 0); /* within */
	(void)pixRasterop(ink, 0, 150, 2, 2, PIX_SET, NULL, 0, 0);    /* dirt */
	(void)pixRasterop(ink, 100, 0, 10, 100, PIX_SET, NULL, 0, 0); /* a rule */
	assert_int_equal(ocr_evidence_edge(&n, ink, 20, NULL), ASSAY_OK);
	assert_int_equal(n, 1);
	pixDestroy(&ink);
}

static void evidence_json__once_and_twice__only_what_was_measured(void **state)
{
	ASSAY_AUTO_BUF once = ASSAY_BUF_INIT;
	ASSAY_AUTO_BUF twice = ASSAY_BUF_INIT;
	ocr_evidence e = {.share = {[OCR_ODD] = 17}};

	(void)state;
	assert_int_equal(ocr_evidence_json(&once, &e, NULL), ASSAY_OK);
	assert_non_null(strstr(assay_buf_str(&once), "\"odd\":17,"));
	assert_null(strstr(assay_buf_str(&once), "different"));
	e.twice = true;
	assert_int_equal(ocr_evidence_json(&twice, &e, NULL), ASSAY_OK);
	assert_non_null(strstr(assay_buf_str(&twice), "\"different\":0,"));
	assert_null(strstr(assay_buf_str(&twice), "apart"));
	e.reread = true;
	assay_buf_reset(&twice);
	assert_int_equal(ocr_evidence_json(&twice, &e, NULL), ASSAY_OK);
	assert_non_null(strstr(assay_buf_str(&twice), "\"apart\":0,"));
}

/* As version 9 of the stage wrote it. */
static void evidence_parse__format_1__what_it_did_not_have_is_0(void **state)
{
	static const char once[] =
	    "{\"format\":1,\"twice\":false,\"shares\":{\"known_70\":1,\"known_90\":2,\"known_97\":3,\"known_99\":4,"
	    "\"known_sure\":5,\"unknown_70\":6,\"unknown_90\":7,\"unknown_97\":8,\"unknown_99\":9,\"unknown_sure\":10,"
	    "\"other_70\":11,\"other_90\":12,\"other_97\":13,\"other_99\":14,\"other_sure\":15,\"odd\":16,\"short\":17,"
	    "\"width\":18,\"missed\":19,\"outside\":20,\"edge\":21,\"cut\":22,\"repeated\":23,\"few\":24}}\n";
	ocr_evidence e;

	(void)state;
	assert_true(ocr_evidence_parse(&e, once, sizeof once - 1));
	assert_false(e.reread);
	assert_false(e.twice);
	for (int i = OCR_KNOWN; i <= OCR_FEW; i++)
		assert_int_equal(e.share[i], i + 1);
	assert_int_equal(e.share[OCR_STRAY] + e.share[OCR_DARK] + e.share[OCR_UNREAD] + e.share[OCR_APART], 0);
}

/* As version 13 of the stage wrote it. */
static void evidence_parse__format_2__nothing_unread(void **state)
{
	static const char again[] =
	    "{\"format\":2,\"reread\":true,\"twice\":false,\"shares\":{\"known_70\":1,\"known_90\":2,\"known_97\":3,"
	    "\"known_99\":4,\"known_sure\":5,\"unknown_70\":6,\"unknown_90\":7,\"unknown_97\":8,\"unknown_99\":9,"
	    "\"unknown_sure\":10,\"other_70\":11,\"other_90\":12,\"other_97\":13,\"other_99\":14,\"other_sure\":15,"
	    "\"odd\":16,\"short\":17,\"width\":18,\"missed\":19,\"outside\":20,\"edge\":21,\"cut\":22,\"repeated\":23,"
	    "\"few\":24,\"stray\":25,\"dark\":26,\"apart\":27}}\n";
	ocr_evidence e;

	(void)state;
	assert_true(ocr_evidence_parse(&e, again, sizeof again - 1));
	assert_true(e.reread);
	for (int i = OCR_KNOWN; i <= OCR_DARK; i++)
		assert_int_equal(e.share[i], i + 1);
	assert_int_equal(e.share[OCR_UNREAD], 0);
	assert_int_equal(e.share[OCR_APART], 27);
}

/* As version 20 of the stage wrote it. */
static void evidence_parse__format_3__no_doubts_of_words(void **state)
{
	static const char once[] =
	    "{\"format\":3,\"reread\":true,\"twice\":false,\"shares\":{\"known_70\":1,\"known_90\":2,\"known_97\":3,"
	    "\"known_99\":4,\"known_sure\":5,\"unknown_70\":6,\"unknown_90\":7,\"unknown_97\":8,\"unknown_99\":9,"
	    "\"unknown_sure\":10,\"other_70\":11,\"other_90\":12,\"other_97\":13,\"other_99\":14,\"other_sure\":15,"
	    "\"odd\":16,\"short\":17,\"width\":18,\"missed\":19,\"outside\":20,\"edge\":21,\"cut\":22,\"repeated\":23,"
	    "\"few\":24,\"stray\":25,\"dark\":26,\"unread\":27,\"apart\":28}}\n";
	ocr_evidence e;

	(void)state;
	assert_true(ocr_evidence_parse(&e, once, sizeof once - 1));
	for (int i = OCR_KNOWN; i <= OCR_UNREAD; i++)
		assert_int_equal(e.share[i], i + 1);
	for (int i = OCR_ALONE; i <= OCR_KNOWN_SHORT; i++)
		assert_int_equal(e.share[i], 0);
	assert_int_equal(e.share[OCR_APART], 28);
}

static void evidence_parse__what_was_written_and_anything_else__the_same_or_refused(void **state)
{
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
	ocr_evidence e = {.reread = true, .twice = true}, got;

	(void)state;
	for (int i = 0; i < OCR_EVIDENCE_COUNT; i++)
		e.share[i] = 1000 + i;
	assert_int_equal(ocr_evidence_json(&text, &e, NULL), ASSAY_OK);
	assert_true(ocr_evidence_parse(&got, (const char *)text.data, text.len));
	assert_true(got.reread);
	assert_true(got.twice);
	assert_memory_equal(got.share, e.share, sizeof e.share);
	for (size_t n = 0; n < text.len; n++)
		assert_false(ocr_evidence_parse(&got, (const char *)text.data, n));
	assay_buf_putc(&text, ' ');
	assert_false(ocr_evidence_parse(&got, (const char *)text.data, text.len));
	assert_false(ocr_evidence_parse(&got, "{\"format\":5,", 12));
}

/* ---------------------------------------------------------------- spelling */

static void oddities__words__places_that_hardly_a_language_has(void **state)
{
	static const struct {
		const char *word;
		int64_t odd;
	} rows[] = {{"ordinary", 0},   {"WORDS", 0},  {"l9th", 2},        {"woRd", 1},   {"wo|rd", 1},
		    {"well-known", 0}, {"don't", 0},  {"don\u2019t", 0},  {"e.g.", 0},   {"1848", 0},
		    {"bookkeeper", 0}, {"helllo", 1}, {"Angstschrei", 1}, {"rhythm", 0}, {"xvjkqz", 1},
		    {"\u00fcber", 0},  {"", 0}};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(rows); i++)
		if (ocr_spelling_oddities(rows[i].word) != rows[i].odd)
			fail_msg("%s: %lld, not %lld", rows[i].word, (long long)ocr_spelling_oddities(rows[i].word),
				 (long long)rows[i].odd);
}

static int64_t repeated(const char *const *list, size_t n)
{
	begin();
	for (size_t i = 0; i < n; i++)
		word(list[i], true, 90);
	return ocr_spelling_repeated(&page);
}

static void repeated__runs_three_times_and_more__but_for_the_first(void **state)
{
	static const char *const loop[] = {"a", "to", "be", "to", "be", "to", "be", "or"};
	static const char *const twice[] = {"had", "had", "we"};
	static const char *const numbers[] = {"0", "0", "0", "0"};
	static const char *const words[] = {"so", "so", "so", "so"};

	(void)state;
	assert_int_equal(repeated(loop, 8), 8);
	assert_int_equal(repeated(twice, 3), 0);
	assert_int_equal(repeated(numbers, 4), 0);
	assert_int_equal(repeated(words, 4), 6);
	assert_int_equal(repeated(words, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(evidence_read__words_of_three_classes__shares_by_class_and_confidence),
	    cmocka_unit_test(evidence_read__well_read_words_of_another_language__letters_are_foreign),
	    cmocka_unit_test(evidence_read__words_that_are_doubted_as_a_whole__their_shares),
	    cmocka_unit_test(evidence_read__words_in_capitals__count_in_lines_of_small_letters),
	    cmocka_unit_test(evidence_read__a_letter_wider_than_its_like__is_counted_where_there_are_five),
	    cmocka_unit_test(evidence_read__ink_and_edges__shares_of_the_page),
	    cmocka_unit_test(evidence_compare__same_words_in_another_order__moved_and_not_different),
	    cmocka_unit_test(evidence_compare__one_word_differs__its_class_and_the_distance),
	    cmocka_unit_test(evidence_edge__pieces_of_text_size_at_the_border__are_counted),
	    cmocka_unit_test(evidence_json__once_and_twice__only_what_was_measured),
	    cmocka_unit_test(evidence_parse__format_2__nothing_unread),
	    cmocka_unit_test(evidence_parse__format_3__no_doubts_of_words),
	    cmocka_unit_test(evidence_parse__what_was_written_and_anything_else__the_same_or_refused),
	    cmocka_unit_test(evidence_parse__format_1__what_it_did_not_have_is_0),
	    cmocka_unit_test(oddities__words__places_that_hardly_a_language_has),
	    cmocka_unit_test(repeated__runs_three_times_and_more__but_for_the_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
