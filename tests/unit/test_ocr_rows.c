/* Which of the ink that nobody read becomes text, and of which line: amounts, numbers of lines, labels. */
#include "ocr_cmocka.h"

#include "ocr_rows.h"

#include <stdio.h>
#include <string.h>

#include <leptonica/allheaders.h>

enum { PITCH = 28, HEIGHT = 30, WIDTH = 1200, DEPTH = 1000 };

/* What is read where; both looks read the same unless `second` says else. */
typedef struct script {
	int32_t left, top;
	const char *text, *second;
	int32_t reach; /* a picture that ends before it does not show the last character */
} script;

static script scripts[64];
static size_t script_count;

assay_code __wrap_ocr_line_read(ocr_reading *r, TessBaseAPI *api, PIX *pix, int32_t dpi, ocr_box box, ocr_look look,
				assay_err *err);
int __wrap_TessBaseAPIIsValidWord(TessBaseAPI *api, const char *word);
void __wrap_TessBaseAPISetPageSegMode(TessBaseAPI *api, TessPageSegMode mode);

static const script *script_at(const ocr_box *box)
{
	for (size_t i = 0; i < script_count; i++)
		if (box->left <= scripts[i].left && scripts[i].left < box->right && box->top <= scripts[i].top &&
		    scripts[i].top < box->bottom)
			return &scripts[i];
	return NULL;
}

assay_code __wrap_ocr_line_read(ocr_reading *r, TessBaseAPI *api, PIX *pix, int32_t dpi, ocr_box box, ocr_look look,
				assay_err *err)
{
	const script *s = script_at(&box);
	const char *text = s == NULL ? "" : look.percent == 40 && s->second != NULL ? s->second : s->text;
	assay_code rc = ASSAY_OK;

	(void)api;
	(void)pix;
	(void)dpi;
	for (int32_t i = 0; text[i] != '\0' && rc == ASSAY_OK; i++) {
		if (text[i + 1] == '\0' && box.right < s->reach)
			break;
		const ocr_glyph g = {(unsigned char)text[i], box.left + i * PITCH, box.left + (i + 1) * PITCH, 9500, 0};

		rc = ocr_reading_add(r, &g, err);
	}
	return rc;
}

int __wrap_TessBaseAPIIsValidWord(TessBaseAPI *api, const char *word)
{
	(void)api;
	return strcmp(word, "Cash") == 0 || strcmp(word, "total") == 0 || strcmp(word, "harbour") == 0 ||
	       strcmp(word, "sea") == 0;
}

void __wrap_TessBaseAPISetPageSegMode(TessBaseAPI *api, TessPageSegMode mode)
{
	(void)api;
	(void)mode;
}

/* ---------------------------------------------------------------- the page */

static PIX *pix, *ink;
static ocr_words words;

static void word(uint32_t line, int32_t left, int32_t top, const char *text)
{
	const assay_word w = {.left = left,
			      .top = top,
			      .right = left + PITCH * (int32_t)strlen(text),
			      .bottom = top + HEIGHT,
			      .confidence = 9000,
			      .line = line};
	ocr_symbol symbols[16];

	for (size_t i = 0; text[i] != '\0'; i++)
		symbols[i] = (ocr_symbol){(unsigned char)text[i], 0, 0, 9000};
	assert_int_equal(ocr_words_add(&words, &w, text, symbols, strlen(text), false, NULL), ASSAY_OK);
}

static void print(int32_t left, int32_t top)
{
	(void)pixRasterop(pix, left, top, 20, HEIGHT, PIX_CLR, NULL, 0, 0);
	(void)pixRasterop(ink, left, top, 20, HEIGHT, PIX_SET, NULL, 0, 0);
}

/* Ink that nobody read, a piece for each of its letters, and what it says. */
static void unread(int32_t left, int32_t top, const char *text, const char *second)
{
	scripts[script_count++] = (script){left + 2, top + 2, text, second, 0};
	for (size_t i = 0; text[i] != '\0'; i++)
		if (text[i] != ' ')
			print(left + PITCH * (int32_t)i, top);
}

static int setup(void **state)
{
	(void)state;
	script_count = 0;
	pix = pixCreate(WIDTH, DEPTH, 8);
	(void)pixSetAll(pix);
	ink = pixCreate(WIDTH, DEPTH, 1);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	ocr_words_release(&words);
	words = (ocr_words){0};
	pixDestroy(&pix);
	pixDestroy(&ink);
	return 0;
}

static const char *read_rows(void)
{
	const ocr_source s = {.pix = pix};
	ocr_missed_boxes boxes;
	ocr_missed m;
	int64_t added;

	assert_int_equal(ocr_words_close(&words, NULL), ASSAY_OK);
	assert_int_equal(ocr_missed_find(&m, &boxes, &words, pix, NULL), ASSAY_OK);
	assert_int_equal(ocr_rows_read(&words, &added, &s, ink, &boxes, NULL), ASSAY_OK);
	ocr_missed_boxes_release(&boxes);
	return assay_buf_str(&words.text);
}

/* ---------------------------------------------------------------- amounts */

static void rows__an_amount_far_from_what_it_is_of__behind_its_line(void **state)
{
	(void)state;
	word(0, 60, 100, "merchandise");
	word(1, 60, 200, "discounted");
	unread(900, 100, "18.20", NULL);
	unread(900, 200, "-1.20 S", "-1.20 8");
	assert_string_equal(read_rows(), "merchandise 18.20\ndiscounted -1.20\n");
	assert_int_equal(words.items[1].line, 0);
	assert_int_equal(words.items[3].line, 1);
}

static void rows__a_line_of_one_word_and_an_amount__one_line(void **state)
{
	(void)state;
	word(0, 60, 100, "merchandise");
	unread(60, 400, "Cash", NULL);
	unread(900, 400, "18.20", NULL);
	assert_string_equal(read_rows(), "merchandise\nCash 18.20\n");
}

/* Below a line over the whole width, each beside its own. */
static void rows__amounts_below_a_wide_line__each_behind_its_own(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 40; i += 14)
		word(0, 60 + PITCH * (int32_t)i, 100, "headings12345");
	word(1, 60, 200, "merchandise");
	word(2, 60, 300, "discounted");
	word(3, 60, 400, "remainder");
	unread(900, 200, "18.20", NULL);
	unread(900, 300, "-1.20", NULL);
	unread(900, 400, "17.00", NULL);
	assert_string_equal(
	    read_rows(),
	    "headings12345 headings12345 headings12345\nmerchandise 18.20\ndiscounted -1.20\nremainder 17.00\n");
}

/* As in a drawing: words and numbers by themselves; and an amount of nothing. */
static void rows__what_stands_alone_and_tells_no_amount__left_out(void **state)
{
	(void)state;
	word(0, 60, 100, "merchandise");
	unread(60, 400, "harbour", NULL);
	unread(900, 500, "1250", NULL);
	unread(900, 700, "18.20", NULL);
	unread(900, 800, "12.5 8", "12.5 S"); /* one word, without its flag */
	unread(60, 900, "1250", NULL);        /* what it is of has letters */
	unread(900, 900, "18.20", NULL);
	assert_string_equal(read_rows(), "merchandise\n");
}

/* ---------------------------------------------------------------- short words in a column */

static void lines(int count)
{
	for (int i = 0; i < count; i++)
		word((uint32_t)i, 200, 100 + 80 * i, "sentence");
}

static void number_of_line(int i, const char *text, const char *second)
{
	unread(60, 100 + 80 * i, text, second);
}

static void columns__numbers_of_lines__each_before_its_line(void **state)
{
	static const char *const numbers[] = {"8", "9", "10", "11", "12"};

	(void)state;
	lines(5);
	for (int i = 0; i < 5; i++)
		number_of_line(i, numbers[i], NULL);
	assert_string_equal(read_rows(), "8 sentence\n9 sentence\n10 sentence\n11 sentence\n12 sentence\n");
}

/* The looks differ in one of six: it is left out, the others are not. */
static void columns__one_of_them_in_doubt__the_others(void **state)
{
	static const char *const numbers[] = {"1", "2", "3", "4", "5", "6"};

	(void)state;
	lines(6);
	for (int i = 0; i < 6; i++)
		number_of_line(i, numbers[i], i == 2 ? "8" : NULL);
	assert_string_equal(read_rows(), "1 sentence\n2 sentence\nsentence\n4 sentence\n5 sentence\n6 sentence\n");
}

static void columns__what_is_none__left_out(void **state)
{
	(void)state;
	lines(5); /* too few of them */
	for (int i = 0; i < 4; i++)
		number_of_line(i, i % 2 == 0 ? "A" : "Q", NULL);
	assert_string_equal(read_rows(), "sentence\nsentence\nsentence\nsentence\nsentence\n");
	teardown(state);
	setup(state);
	lines(5); /* all the same: the dashes of a line */
	for (int i = 0; i < 5; i++)
		number_of_line(i, "I", NULL);
	assert_string_equal(read_rows(), "sentence\nsentence\nsentence\nsentence\nsentence\n");
	teardown(state);
	setup(state);
	lines(8); /* three in doubt */
	for (int i = 0; i < 8; i++)
		number_of_line(i, i % 2 == 0 ? "A" : "Q", i < 3 ? "R" : NULL);
	assert_string_equal(read_rows(),
			    "sentence\nsentence\nsentence\nsentence\nsentence\nsentence\nsentence\nsentence\n");
	teardown(state);
	setup(state);
	lines(1); /* no lines beside them: the marks of an axis */
	for (int i = 1; i < 9; i++)
		number_of_line(i, i % 2 == 0 ? "4" : "5", NULL);
	assert_string_equal(read_rows(), "sentence\n");
}

/* "Q." and "A.": the stop is too small to be found with the letter. */
static void columns__a_stop_behind__read_with_it(void **state)
{
	(void)state;
	lines(6);
	for (int i = 0; i < 6; i++) {
		number_of_line(i, i % 2 == 0 ? "A" : "Q", NULL);
		scripts[i].text = i % 2 == 0 ? "A." : "Q.";
		scripts[i].reach = 60 + 36;
		if (i < 5)
			(void)pixRasterop(ink, 90, 100 + 80 * i + 26, 4, 4, PIX_SET, NULL, 0, 0);
		else /* a rule: no stop */
			(void)pixRasterop(ink, 90, 100 + 80 * i - 10, 4, 60, PIX_SET, NULL, 0, 0);
	}
	assert_string_equal(read_rows(),
			    "A. sentence\nQ. sentence\nA. sentence\nQ. sentence\nA. sentence\nQ sentence\n");
}

/* The numbers of a list are too few for a column, and close to what they are of; those of an axis are not. */
static void rows__a_number_before_a_line__read(void **state)
{
	(void)state;
	lines(5);
	unread(100, 100, "1.", NULL);
	unread(100, 260, "2.", NULL);
	unread(100, 340, "3.", "8.");
	unread(900, 180, "45", NULL);
	unread(20, 420, "44", NULL);
	unread(100, 420, "4", NULL); /* a stroke, maybe */
	assert_string_equal(read_rows(), "1. sentence\nsentence\n2. sentence\nsentence\nsentence\n");
}

/* ---------------------------------------------------------------- what no dictionary has */

static void rows__a_short_word_beside_others__read(void **state)
{
	(void)state;
	word(0, 200, 100, "merchandise");
	unread(100, 100, "sea", NULL);
	unread(100, 400, "sea", NULL); /* by itself: a label in a map */
	assert_string_equal(read_rows(), "sea merchandise\n");
}

/* The box of "folium" has but the feet of its letters; the rest of them is no other word. */
static void rows__what_is_left_of_a_word_with_a_flat_box__left_out(void **state)
{
	(void)state;
	word(0, 300, 100, "merchandise");
	word(1, 100, 130, "folium");
	words.items[1].bottom = 136;
	unread(130, 100, "sea", NULL);
	assert_string_equal(read_rows(), "merchandise\nfolium\n");
}

static void rows__an_address_and_doses__read(void **state)
{
	(void)state;
	word(0, 60, 100, "merchandise");
	word(1, 60, 200, "merchandise");
	unread(60, 150, "https://a.example/b1", "https://a.exarnpie/bi");
	unread(60, 250, "XENOPRYL 10MG 100", NULL);
	unread(60, 300, "XENOPRYL 10MG 1A0", "XEMOPRVL 10MG 1A0"); /* not all but equal */
	assert_string_equal(read_rows(), "merchandise\nhttps://a.example/b1\nmerchandise\nXENOPRYL 10MG 100\n");
}

/* A table between rules, and a drawing as dense as that. */
static void rows__rules_around__no_drawing(void **state)
{
	(void)state;
	word(0, 60, 300, "merchandise");
	for (int i = 0; i < 4; i++)
		(void)pixRasterop(ink, 40, 265 + 12 * i + (i > 1 ? 50 : 0), 1100, 8, PIX_SET, NULL, 0, 0);
	unread(900, 300, "18.20", NULL);
	assert_string_equal(read_rows(), "merchandise 18.20\n");
	teardown(state);
	setup(state);
	word(0, 60, 300, "merchandise");
	for (int y = 220; y < 420; y += 10)
		for (int x = 840; x < 1140; x += 10)
			if (y < 290 || y > 340)
				(void)pixRasterop(ink, x, y, 6, 6, PIX_SET, NULL, 0, 0);
	unread(900, 300, "18.20", NULL);
	assert_string_equal(read_rows(), "merchandise\n");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(rows__an_amount_far_from_what_it_is_of__behind_its_line),
	    TEST(rows__amounts_below_a_wide_line__each_behind_its_own),
	    TEST(rows__a_line_of_one_word_and_an_amount__one_line),
	    TEST(rows__what_stands_alone_and_tells_no_amount__left_out),
	    TEST(columns__numbers_of_lines__each_before_its_line),
	    TEST(columns__one_of_them_in_doubt__the_others),
	    TEST(columns__what_is_none__left_out),
	    TEST(columns__a_stop_behind__read_with_it),
	    TEST(rows__a_number_before_a_line__read),
	    TEST(rows__a_short_word_beside_others__read),
	    TEST(rows__what_is_left_of_a_word_with_a_flat_box__left_out),
	    TEST(rows__an_address_and_doses__read),
	    TEST(rows__rules_around__no_drawing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
