#include "ocr_larger.h"

#include "page_letters.h"

#define LETTERS_BELOW 24       /* px: print of 10 points at 300 dpi has about as many */
#define PIXELS_MAX    50000000 /* of the enlarged page, which has up to 4 bytes for each: A3 at 300 dpi has 39 million */
#define SURE          6000

/* Tenths of the plain estimate. Nearer ones say no more than the estimate errs by. */
#define CLEARLY 7

/* What a remedy may not lose (docs of ocr.recognize). */
#define MISSED_SLACK     10000 /* millionths of the text-like ink */
#define CHARACTERS_SLACK 2
#define CHARACTERS_PART  50 /* of them: 2 % */

int64_t ocr_characters_sure(const ocr_words *w)
{
	int64_t n = 0;

	for (size_t i = 0; i < w->count; i++)
		if (w->items[i].confidence >= SURE)
			n += ocr_word_letters(w->items[i].text);
	return n;
}

assay_code ocr_larger_fits(bool *out, PIX *page, assay_err *err)
{
	const int64_t pixels = (int64_t)pixGetWidth(page) * pixGetHeight(page);
	page_letters letters = {0};
	const assay_code rc = page_letters_look(&letters, page, err);

	*out = letters.height > 0 && letters.height < LETTERS_BELOW &&
	       pixels <= (int64_t)PIXELS_MAX * 100 / OCR_LARGER_PERCENT * 100 / OCR_LARGER_PERCENT;
	return rc;
}

static int32_t back(int32_t x)
{
	return (int32_t)((int64_t)x * 100 / OCR_LARGER_PERCENT);
}

void ocr_larger_shrink(ocr_words *w)
{
	for (size_t i = 0; i < w->count; i++) {
		assay_word *a = &w->items[i];

		a->left = back(a->left);
		a->top = back(a->top);
		a->right = back(a->right) > a->left ? back(a->right) : a->left + 1;
		a->bottom = back(a->bottom) > a->top ? back(a->bottom) : a->top + 1;
	}
	for (size_t i = 0; i < w->symbol_count; i++) {
		w->symbols[i].left = back(w->symbols[i].left);
		w->symbols[i].right = back(w->symbols[i].right);
	}
}

/* Millionths; ink is bounded by the page's pixels. */
static int64_t missed_of(const ocr_missed *m)
{
	const int64_t all = m->read + m->missed;

	return all > 0 ? m->missed * OCR_EVIDENCE_ONE / all : 0;
}

bool ocr_larger_wins(const ocr_merit *larger, const ocr_merit *plain)
{
	const int64_t lost = plain->characters - larger->characters;

	return 10 * larger->estimated < CLEARLY * plain->estimated &&
	       missed_of(&larger->missed) <= missed_of(&plain->missed) + MISSED_SLACK &&
	       lost <= CHARACTERS_SLACK + plain->characters / CHARACTERS_PART;
}
