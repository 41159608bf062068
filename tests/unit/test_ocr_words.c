/* Words of the engine, against what its iterator says of each when it is asked step by step. */
#include "ocr_cmocka.h"

#include "ocr_engine.h"
#include "ocr_words.h"

#include <stdlib.h>

#include <leptonica/allheaders.h>
#include <tesseract/capi.h>

static TessBaseAPI *api;

static int setup(void **state)
{
	static char *english[] = {"eng"};
	static const assay_text_list languages = {english, 1};
	const ocr_engine_params p = {&languages, "", PSM_AUTO, true};

	(void)state;
	return (int)ocr_engine_open(&api, &p, NULL);
}

static int teardown(void **state)
{
	(void)state;
	ocr_engine_close(api);
	return 0;
}

static void write_lines(PIX *pix, L_BMF *font, int x, int y, const char *const *lines, size_t count)
{
	for (size_t i = 0; i < count; i++)
		(void)pixSetTextline(pix, font, lines[i], 0, x, y + 60 * (int)i, NULL, NULL);
}

/* Two columns of text, the second in two parts. */
static PIX *page(void)
{
	static const char *const left[] = {"It was a bright cold day", "in April, and all the",
					   "clocks of the town were", "striking, one by one."};
	static const char *const right[] = {"     The hallway smelt of", "boiled cabbage and old", "rag mats."};
	static const char *const below[] = {"     At one end of it a", "poster, too large for", "the wall, was hung."};
	PIX *pix = pixCreate(1800, 640, 8);
	L_BMF *font = bmfCreate(NULL, 12);

	assert_non_null(pix);
	assert_non_null(font);
	(void)pixSetAll(pix);
	write_lines(pix, font, 100, 120, left, 4);
	write_lines(pix, font, 1000, 120, right, 3);
	write_lines(pix, font, 1000, 300, below, 3);
	bmfDestroy(&font);
	return pix;
}

static size_t count_symbols(const TessResultIterator *it)
{
	TessResultIterator *at = TessResultIteratorCopy(it);
	size_t n = 1;

	while (!TessPageIteratorIsAtFinalElement(TessResultIteratorGetPageIteratorConst(at), RIL_WORD, RIL_SYMBOL) &&
	       TessResultIteratorNext(at, RIL_SYMBOL))
		n++;
	TessResultIteratorDelete(at);
	return n;
}

static void read__columns_and_paragraphs__as_the_iterator_tells_each_word(void **state)
{
	PIX *pix = page();
	ocr_words w = {0};
	TessResultIterator *it;
	const TessPageIterator *place;
	uint32_t block = 0, paragraph = 0, line = 0;
	size_t n = 0;

	(void)state;
	assert_int_equal(ocr_engine_recognize(api, pix, 300, NULL), ASSAY_OK);
	assert_int_equal(ocr_words_read(&w, api, NULL), ASSAY_OK);
	it = TessBaseAPIGetIterator(api);
	assert_non_null(it);
	place = TessResultIteratorGetPageIteratorConst(it);
	do {
		assert_true(n < w.count);
		block += TessPageIteratorIsAtBeginningOf(place, RIL_BLOCK) != 0;
		paragraph += TessPageIteratorIsAtBeginningOf(place, RIL_PARA) != 0;
		line += TessPageIteratorIsAtBeginningOf(place, RIL_TEXTLINE) != 0;
		assert_int_equal(w.items[n].block + 1, block);
		assert_int_equal(w.items[n].paragraph + 1, paragraph);
		assert_int_equal(w.items[n].line + 1, line);
		assert_int_equal(w.details[n].symbol_count, count_symbols(it));
		n++;
	} while (TessResultIteratorNext(it, RIL_WORD));
	assert_int_equal(n, w.count);
	assert_true(paragraph >= 2);
	assert_true(line >= 6);
	assert_true(n > 30);
	TessResultIteratorDelete(it);
	ocr_words_release(&w);
	ocr_engine_clear(api);
	pixDestroy(&pix);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(read__columns_and_paragraphs__as_the_iterator_tells_each_word),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
