/* Readings that are told by hand, or that lie, and memory that runs out: what is left is whole. */
#include "ocr_cmocka.h"

#include "ocr_choose.h"
#include "ocr_language.h"
#include "ocr_reconcile.h"
#include "ocr_rows.h"

#include <stdlib.h>
#include <string.h>

#include <leptonica/allheaders.h>

enum { PITCH = 20, HEIGHT = 30, WIDTH = 1000 };

/* ---------------------------------------------------------------- what fails, and what stands in for the engine */

static unsigned calls, fail_at; /* fail_at == 0: never */

static bool fails(void)
{
	return ++calls == fail_at;
}

void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t size);
void *__wrap_realloc(void *p, size_t size);
PIX *__real_pixClipRectangle(PIX *pix, BOX *box, BOX **out);
PIX *__wrap_pixClipRectangle(PIX *pix, BOX *box, BOX **out);
PIX *__real_pixAddBorderGeneral(PIX *pix, l_int32 left, l_int32 right, l_int32 top, l_int32 bottom, l_uint32 value);
PIX *__wrap_pixAddBorderGeneral(PIX *pix, l_int32 left, l_int32 right, l_int32 top, l_int32 bottom, l_uint32 value);
PIX *__real_pixCopy(PIX *to, const PIX *from);
PIX *__wrap_pixCopy(PIX *to, const PIX *from);
assay_code __wrap_ocr_engine_recognize(TessBaseAPI *api, PIX *pix, int32_t dpi, assay_err *err);
assay_code __real_ocr_line_read(ocr_reading *r, TessBaseAPI *api, PIX *pix, int32_t dpi, ocr_box box, ocr_look look,
				assay_err *err);
assay_code __wrap_ocr_line_read(ocr_reading *r, TessBaseAPI *api, PIX *pix, int32_t dpi, ocr_box box, ocr_look look,
				assay_err *err);
assay_code __wrap_ocr_reading_take(ocr_reading *r, TessBaseAPI *api, int32_t x, assay_err *err);
TessResultIterator *__wrap_TessBaseAPIGetIterator(TessBaseAPI *api);
int __wrap_TessBaseAPIIsValidWord(TessBaseAPI *api, const char *word);
void __wrap_TessBaseAPISetPageSegMode(TessBaseAPI *api, TessPageSegMode mode);

void *__wrap_calloc(size_t n, size_t size)
{
	return fails() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t size)
{
	return fails() ? NULL : __real_realloc(p, size);
}

PIX *__wrap_pixClipRectangle(PIX *pix, BOX *box, BOX **out)
{
	return fails() ? NULL : __real_pixClipRectangle(pix, box, out);
}

PIX *__wrap_pixAddBorderGeneral(PIX *pix, l_int32 left, l_int32 right, l_int32 top, l_int32 bottom, l_uint32 value)
{
	return fails() ? NULL : __real_pixAddBorderGeneral(pix, left, right, top, bottom, value);
}

PIX *__wrap_pixCopy(PIX *to, const PIX *from)
{
	return fails() ? NULL : __real_pixCopy(to, from);
}

static PIX *seen; /* by the engine, the last one */

assay_code __wrap_ocr_engine_recognize(TessBaseAPI *api, PIX *pix, int32_t dpi, assay_err *err)
{
	(void)api;
	(void)dpi;
	(void)err;
	pixDestroy(&seen);
	seen = pixClone(pix);
	return ASSAY_OK;
}

TessResultIterator *__wrap_TessBaseAPIGetIterator(TessBaseAPI *api)
{
	(void)api;
	return NULL;
}

void __wrap_TessBaseAPISetPageSegMode(TessBaseAPI *api, TessPageSegMode mode)
{
	(void)api;
	(void)mode;
}

int __wrap_TessBaseAPIIsValidWord(TessBaseAPI *api, const char *word)
{
	(void)api;
	return strcmp(word, "which") == 0 || strcmp(word, "house") == 0;
}

/* What each look at a line reads; NULL: what `lie` makes up. */
static const char *line_text;

/* The engine of another model, what it reads, and the looks at lines that were asked for. */
static int other_model;
static TessBaseAPI *const other = (TessBaseAPI *)(void *)&other_model;
static const char *other_text;
static unsigned own_looks, other_looks;
static ocr_box last_box;
static ocr_look last_look;

static uint32_t dice;

static int32_t rolled(int32_t below)
{
	dice = dice * 1664525U + 1013904223U;
	return (int32_t)(dice >> 8) % below;
}

static assay_code lie(ocr_reading *r, assay_err *err)
{
	static const uint32_t points[] = {'a', 'b', ' ', '1', '*', '\'', 0x2018, 0xfffd, 0x10ffff, 0x301, '-', 'I'};
	assay_code rc = ASSAY_OK;

	for (int n = rolled(40); n > 0 && rc == ASSAY_OK; n--) {
		const ocr_glyph g = {points[rolled((int32_t)ASSAY_COUNT(points))], rolled(3000) - 1000,
				     rolled(3000) - 1000, rolled(10001), 0};

		rc = ocr_reading_add(r, &g, err);
	}
	return rc;
}

static assay_code tell(ocr_reading *r, const char *text, int32_t left, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	if (text == NULL)
		return lie(r, err);
	for (int32_t i = 0; text[i] != '\0' && rc == ASSAY_OK; i++) {
		const ocr_glyph g = {(unsigned char)text[i], left + i * PITCH, left + (i + 1) * PITCH, 9500, 0};

		rc = ocr_reading_add(r, &g, err);
	}
	return rc;
}

static bool real_line; /* its picture is made, and shown to the engine that stands in */

assay_code __wrap_ocr_line_read(ocr_reading *r, TessBaseAPI *api, PIX *pix, int32_t dpi, ocr_box box, ocr_look look,
				assay_err *err)
{
	own_looks += api != other;
	other_looks += api == other;
	last_box = box;
	last_look = look;
	if (real_line)
		return __real_ocr_line_read(r, api, pix, dpi, box, look, err);
	return tell(r, api == other ? other_text : line_text, box.left, err);
}

/* The page's own reading: every word's letters, as sure as 60. */
static const ocr_words *page;

assay_code __wrap_ocr_reading_take(ocr_reading *r, TessBaseAPI *api, int32_t x, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	(void)api;
	for (size_t i = 0; i < page->count; i++) {
		const assay_word *w = &page->items[i];

		for (int32_t j = 0; w->text[j] != '\0' && rc == ASSAY_OK; j++) {
			const ocr_glyph g = {(unsigned char)w->text[j], x + w->left + j * PITCH,
					     x + w->left + (j + 1) * PITCH, 6000, (uint32_t)i};

			rc = ocr_reading_add(r, &g, err);
		}
	}
	return rc;
}

/* ---------------------------------------------------------------- the page */

static PIX *pix, *ink;
static ocr_words words;

static void add(uint32_t line, int32_t left, const char *text)
{
	const int32_t top = 100 + 60 * (int32_t)line;
	const assay_word w = {.left = left,
			      .top = top,
			      .right = left + PITCH * (int32_t)strlen(text),
			      .bottom = top + HEIGHT,
			      .confidence = 6000,
			      .line = line};
	ocr_symbol symbols[16];

	for (size_t i = 0; text[i] != '\0'; i++)
		symbols[i] = (ocr_symbol){(unsigned char)text[i], 0, 0, 6000};
	assert_int_equal(ocr_words_add(&words, &w, text, symbols, strlen(text), false, NULL), ASSAY_OK);
}

/* Two lines in doubt, and below them the ink of one that nobody read. */
static int setup(void **state)
{
	(void)state;
	fail_at = 0;
	real_line = false;
	pix = pixCreate(WIDTH, 400, 8);
	(void)pixSetAll(pix);
	ink = pixCreate(WIDTH, 400, 1);
	for (int i = 0; i < 12; i++) {
		(void)pixRasterop(pix, 100 + i * 28, 220, 20, HEIGHT, PIX_CLR, NULL, 0, 0);
		(void)pixRasterop(ink, 100 + i * 28, 220, 20, HEIGHT, PIX_SET, NULL, 0, 0);
	}
	add(0, 100, "whieh");
	add(0, 220, "house");
	add(1, 100, "hovse");
	assert_int_equal(ocr_words_close(&words, NULL), ASSAY_OK);
	page = &words;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fail_at = 0;
	ocr_words_release(&words);
	pixDestroy(&pix);
	pixDestroy(&ink);
	pixDestroy(&seen);
	return 0;
}

static ocr_source source(void)
{
	return (ocr_source){.pix = pix, .every_line = true};
}

static const char *text(void)
{
	return assay_buf_str(&words.text);
}

/* ---------------------------------------------------------------- memory runs out */

typedef assay_code work(assay_err *err);

static assay_code do_reconcile(assay_err *err)
{
	const ocr_source s = source();
	ocr_reconciled done;

	return ocr_reconcile(&words, &done, &s, err);
}

static assay_code do_rows(assay_err *err)
{
	const ocr_source s = source();
	int64_t added;

	ocr_missed_boxes boxes;
	ocr_missed m;
	assay_code rc = ocr_missed_find(&m, &boxes, &words, pix, err);

	if (rc == ASSAY_OK)
		rc = ocr_rows_read(&words, &added, &s, ink, &boxes, err);
	ocr_missed_boxes_release(&boxes);
	return rc;
}

/* The first, the second, ... call fails until none is left to fail: an error each time, and the page as it was. */
static unsigned failing(work *does)
{
	char before[256];
	unsigned n = 0;
	assay_code rc;

	(void)snprintf(before, sizeof before, "%s", text());
	for (;;) {
		assay_err err = {0};

		calls = 0;
		fail_at = n + 1;
		rc = does(&err);
		fail_at = 0;
		if (rc == ASSAY_OK)
			return n;
		assert_int_equal(rc, ASSAY_ENOMEM);
		assert_true(err.msg[0] != '\0');
		assert_string_equal(text(), before);
		n++;
	}
}

static void reconcile__memory_runs_out__the_page_as_it_was(void **state)
{
	(void)state;
	line_text = "which house";
	assert_true(failing(do_reconcile) >= 20);
	assert_string_equal(text(), "which house\n"); /* the other line reads as something else each time: dirt */
}

static void rows__memory_runs_out__the_page_as_it_was(void **state)
{
	(void)state;
	line_text = "which house";
	assert_true(failing(do_rows) >= 10);
	assert_string_equal(text(), "whieh house\nhovse\nwhich house\n");
	assert_int_equal(words.items[3].line, 2);
	assert_int_equal(words.items[3].top, 220);
	assert_int_equal(words.items[3].bottom, 250);
}

static bool knows_nothing(void *with, const char *word)
{
	(void)with;
	(void)word;
	return false;
}

static void align_and_choose__memory_runs_out__nothing_changed_and_nothing_given(void **state)
{
	const ocr_dictionary d = {knows_nothing, NULL};
	ocr_reading readings[2] = {{0}};
	ocr_alignment a = {0};
	ocr_decision out[OCR_DECISIONS];

	(void)state;
	assert_int_equal(tell(&readings[0], "whieh", 0, NULL), ASSAY_OK);
	assert_int_equal(tell(&readings[1], "which", 0, NULL), ASSAY_OK);
	assert_int_equal(ocr_align(&a, readings, HEIGHT, NULL), ASSAY_OK);
	for (unsigned n = 1; n <= 5; n++) {
		calls = 0;
		fail_at = n;
		assert_int_equal(ocr_align(&a, readings, HEIGHT, NULL), ASSAY_ENOMEM);
		assert_int_equal(a.readings, 1);
		assert_int_equal(a.count, 5);
	}
	fail_at = 0;
	assert_int_equal(ocr_align(&a, readings, HEIGHT, NULL), ASSAY_OK);
	for (unsigned n = 1; n <= 6; n++) {
		calls = 0;
		fail_at = n;
		assert_int_equal(ocr_choose(out, &a, readings, &d, NULL), ASSAY_ENOMEM);
		assert_null(out[OCR_LIKELIEST].items);
		assert_null(out[OCR_CLEAR].items);
	}
	fail_at = 0;
	assert_int_equal(ocr_choose(out, &a, readings, &d, NULL), ASSAY_OK);
	assert_int_equal(out[OCR_LIKELIEST].count, 5);
	ocr_decisions_release(out);
	ocr_alignment_release(&a);
	ocr_reading_release(&readings[0]);
	ocr_reading_release(&readings[1]);
}

/* ---------------------------------------------------------------- another model */

static ocr_reconciled reconcile_with(TessBaseAPI *by)
{
	ocr_source s = source();
	ocr_reconciled done;

	s.other = by;
	own_looks = 0;
	other_looks = 0;
	assert_int_equal(ocr_reconcile(&words, &done, &s, NULL), ASSAY_OK);
	return done;
}

/* A mistake that every look of the page's own model makes. */
static void reconcile__another_model_reads_a_word__it_is_heard(void **state)
{
	(void)state;
	line_text = "whieh house";
	(void)reconcile_with(NULL);
	assert_int_equal(other_looks, 0);
	assert_string_equal(text(), "whieh house\n");
	teardown(state);
	setup(state);
	other_text = "which house";
	(void)reconcile_with(other);
	assert_int_equal(other_looks, 2);
	assert_string_equal(text(), "which house\n");
}

/* Both models read the first line alike: nothing is looked at again, and nothing is apart. */
static void reconcile__another_model_agrees__no_further_look(void **state)
{
	ocr_reconciled done;

	(void)state;
	line_text = "nonsense";
	other_text = "whieh house";
	done = reconcile_with(other);
	assert_int_equal(own_looks, 2); /* both at the other line, which all read as something else: dirt */
	assert_int_equal(other_looks, 2);
	assert_int_equal(done.words, 1);
	assert_int_equal(done.apart, 6 * 5); /* of that line alone: five of its letters */
	assert_string_equal(text(), "whieh house\n");
}

/* A page of five words that looks at lines see otherwise; a dictionary knows as many of these as are told. */
static const char *make_page(const char *clear)
{
	static char doubtful[64];

	ocr_words_release(&words);
	words = (ocr_words){0};
	add(0, 100, clear);
	add(0, 240, "xhieh");
	add(0, 380, "xhovse");
	add(0, 520, "xhieb");
	assert_int_equal(ocr_words_close(&words, NULL), ASSAY_OK);
	(void)snprintf(doubtful, sizeof doubtful, "%s xhich xhouse xhiec",
		       strcmp(clear, "whieh") == 0 ? "which" : clear);
	line_text = doubtful;
	return text();
}

/* Three guesses for no clear change, and for one that is clear: the guesses are left; but two are taken. */
static void reconcile__more_guesses_than_clear_changes_bear__only_what_is_clear(void **state)
{
	(void)state;
	assert_string_equal(make_page("house"), "house xhieh xhovse xhieb\n");
	assert_int_equal(reconcile_with(NULL).words, 0);
	assert_string_equal(text(), "house xhieh xhovse xhieb\n");
	(void)make_page("whieh");
	assert_int_equal(reconcile_with(NULL).words, 1);
	assert_string_equal(text(), "which xhieh xhovse xhieb\n");
	(void)make_page("whieh");
	line_text = "which xhich xhouse xhieb";
	assert_int_equal(reconcile_with(NULL).words, 3);
	assert_string_equal(text(), "which xhich xhouse xhieb\n");
}

static void language_best__shares_of_known_letters__best_and_nearly_as_good(void **state)
{
	static const struct {
		ocr_language_score scores[3];
		size_t best, second;
	} cases[] = {
	    {{{100, 50}, {100, 50}, {100, 10}}, 0, 1},
	    {{{100, 50}, {200, 120}, {100, 55}}, 1, 2},
	    {{{100, 50}, {100, 100}, {100, 80}}, 1, OCR_NO_ENGINE}, /* four fifths are not enough */
	    {{{100, 50}, {100, 100}, {1000, 801}}, 1, 2},
	    {{{0, 0}, {0, 0}, {0, 0}}, 0, OCR_NO_ENGINE},
	    {{{0, 0}, {100, 1}, {0, 0}}, 1, OCR_NO_ENGINE},
	};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(cases); i++) {
		const ocr_chosen c = ocr_language_best(cases[i].scores, 3);

		assert_int_equal(c.best, cases[i].best);
		assert_int_equal(c.second, cases[i].second);
	}
}

/* ---------------------------------------------------------------- lines that are not level */

/* Three lines of five words that fall by so many pixels in a thousand. */
static void make_slanted(int permille)
{
	teardown(NULL);
	setup(NULL);
	ocr_words_release(&words);
	for (uint32_t line = 0; line < 3; line++)
		for (int32_t i = 0; i < 5; i++) {
			const int32_t left = 50 + 150 * i,
				      top = 50 + 80 * (int32_t)line + (left + 50) * permille / 1000;
			const assay_word w = {.left = left,
					      .top = top,
					      .right = left + 5 * PITCH,
					      .bottom = top + HEIGHT,
					      .confidence = 6000,
					      .line = line};
			const ocr_symbol symbols[5] = {{'h', 0, 0, 6000},
						       {'o', 0, 0, 6000},
						       {'v', 0, 0, 6000},
						       {'s', 0, 0, 6000},
						       {'e', 0, 0, 6000}};

			assert_int_equal(ocr_words_add(&words, &w, "hovse", symbols, 5, false, NULL), ASSAY_OK);
		}
	assert_int_equal(ocr_words_close(&words, NULL), ASSAY_OK);
	line_text = "hovse hovse hovse hovse hovse";
}

/* The box of the last line is as high as on a level page: two pixels more than the words above and below. */
static void reconcile__slanted_lines__level_pictures(void **state)
{
	(void)state;
	make_slanted(0);
	(void)reconcile_with(NULL);
	assert_int_equal(last_look.slope, 0);
	assert_int_equal(last_box.bottom - last_box.top, HEIGHT + 4);
	make_slanted(40);
	(void)reconcile_with(NULL);
	assert_in_range(last_look.slope, 2600 - 20, 2621 + 20); /* 0.04 of 65536 */
	assert_in_range(last_box.bottom - last_box.top, HEIGHT + 4, HEIGHT + 6);
	assert_in_range(last_box.top, 50 + 160 + 4 - 4, 50 + 160 + 4);
	make_slanted(4); /* 0.2 degrees are left alone */
	(void)reconcile_with(NULL);
	assert_int_equal(last_look.slope, 0);
	make_slanted(300); /* and so are 17 */
	(void)reconcile_with(NULL);
	assert_int_equal(last_look.slope, 0);
}

/* ---------------------------------------------------------------- pictures of lines */

static const ocr_look look = {0, 20, 2, 0};

static assay_code line_read(ocr_box box, assay_err *err)
{
	ocr_reading r = {0};
	const assay_code rc = __real_ocr_line_read(&r, NULL, pix, 0, box, look, err);

	ocr_reading_release(&r);
	return rc;
}

static assay_code do_line(assay_err *err)
{
	return line_read((ocr_box){100, 100, 300, 150}, err);
}

static void line_read__memory_runs_out__error(void **state)
{
	(void)state;
	assert_true(failing(do_line) >= 3);
}

static unsigned level(int x, int y)
{
	l_uint32 v = 0;

	(void)pixGetPixel(seen, x, y, &v);
	return v;
}

/* Grey paper goes on around the line; writing on dark ground is shown as dark writing. */
static void line_read__grey_and_dark_ground__framed_in_it(void **state)
{
	(void)state;
	(void)pixSetAllArbitrary(pix, 180);
	(void)pixRasterop(pix, 150, 110, 40, 20, PIX_CLR, NULL, 0, 0);
	assert_int_equal(do_line(NULL), ASSAY_OK);
	assert_int_equal(pixGetHeight(seen), 50 + 2 * 10);
	assert_int_equal(pixGetWidth(seen), 200 + 2 * 2);
	assert_int_equal(level(0, 0), 180);
	assert_int_equal(level(2 + 60, 10 + 15), 0);
	(void)pixInvert(pix, pix);
	assert_int_equal(do_line(NULL), ASSAY_OK);
	assert_int_equal(level(0, 0), 180);
	assert_int_equal(level(2 + 60, 10 + 15), 0);
}

/* A rule that falls by a pixel every twenty columns is level in the picture, and as sharp as it was. */
static void line_read__slope__level(void **state)
{
	const ocr_look slanted = {0, 20, 2, OCR_SLOPE_ONE / 20};
	ocr_reading r = {0};

	(void)state;
	for (int x = 100; x < 300; x++)
		(void)pixRasterop(pix, x, 120 + ocr_slope_at(OCR_SLOPE_ONE / 20, x - 100), 1, 4, PIX_CLR, NULL, 0, 0);
	assert_int_equal(ocr_slope_at(OCR_SLOPE_ONE / 20, 199), 10);
	assert_int_equal(ocr_slope_at(-OCR_SLOPE_ONE / 20, 199), -10);
	assert_int_equal(__real_ocr_line_read(&r, NULL, pix, 0, (ocr_box){100, 100, 300, 150}, slanted, NULL),
			 ASSAY_OK);
	for (int x = 2; x < 202; x++) {
		assert_int_equal(level(x, 10 + 19), 255);
		for (int y = 10 + 20; y < 10 + 24; y++)
			assert_int_equal(level(x, y), 0);
		assert_int_equal(level(x, 10 + 24), 255);
	}
	ocr_reading_release(&r);
}

static void line_read__boxes_beside_the_page__nothing_read(void **state)
{
	static const ocr_box boxes[] = {{-500, -500, -100, -100},
					{2000, 2000, 3000, 3000},
					{300, 100, 100, 150},
					{10, 10, 11, 11},
					{INT32_MIN, INT32_MIN, INT32_MAX, 1}};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(boxes); i++) {
		assert_int_equal(line_read(boxes[i], NULL), ASSAY_OK);
		assert_null(seen);
	}
	assert_int_equal(line_read((ocr_box){-100, -100, 5000, 5000}, NULL), ASSAY_OK);
	assert_int_equal(pixGetWidth(seen), WIDTH + 2 * 2);
}

/* ---------------------------------------------------------------- readings that lie */

static void assert_sound(void)
{
	for (size_t i = 0; i < words.count; i++) {
		const assay_word *w = &words.items[i];

		assert_true(w->right > w->left);
		assert_true(w->bottom > w->top);
		assert_in_range(w->confidence, 0, 10000);
		assert_true(w->text[0] != '\0');
		assert_true(i == 0 || w->line >= words.items[i - 1].line);
	}
}

static void reconcile_and_rows__readings_of_anything__words_that_are_sound(void **state)
{
	line_text = NULL;
	for (dice = 0; dice < 60; dice++) {
		const uint32_t seed = dice;

		assert_int_equal(do_reconcile(NULL), ASSAY_OK);
		assert_sound();
		if (words.count > 0)
			assert_int_equal(do_rows(NULL), ASSAY_OK);
		assert_sound();
		teardown(state);
		setup(state);
		line_text = NULL;
		dice = seed;
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(reconcile__memory_runs_out__the_page_as_it_was),
	    TEST(rows__memory_runs_out__the_page_as_it_was),
	    TEST(align_and_choose__memory_runs_out__nothing_changed_and_nothing_given),
	    TEST(reconcile__another_model_reads_a_word__it_is_heard),
	    TEST(reconcile__another_model_agrees__no_further_look),
	    TEST(reconcile__more_guesses_than_clear_changes_bear__only_what_is_clear),
	    TEST(language_best__shares_of_known_letters__best_and_nearly_as_good),
	    TEST(reconcile__slanted_lines__level_pictures),
	    TEST(line_read__slope__level),
	    TEST(line_read__memory_runs_out__error),
	    TEST(line_read__grey_and_dark_ground__framed_in_it),
	    TEST(line_read__boxes_beside_the_page__nothing_read),
	    TEST(reconcile_and_rows__readings_of_anything__words_that_are_sound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
