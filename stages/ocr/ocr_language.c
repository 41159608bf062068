#include "ocr_language.h"

#include "ocr_words.h"

#include <leptonica/allheaders.h>

#define WORD_MIN 3  /* letters: shorter words are in every dictionary */
#define NEARLY   80 /* hundredths of the best share */

typedef struct line {
	int left, top, right, bottom;
} line;

typedef struct sample {
	line lines[OCR_LANGUAGE_LINES]; /* the widest, in no order */
	size_t count;
} sample;

static int width(const line *l)
{
	return l->right - l->left;
}

/* In place of the narrowest when there is no room; of equal ones the upper stays. */
static void offer(sample *s, const line *l)
{
	size_t least = 0;

	if (s->count < OCR_LANGUAGE_LINES) {
		s->lines[s->count++] = *l;
		return;
	}
	for (size_t i = 1; i < s->count; i++)
		if (width(&s->lines[i]) < width(&s->lines[least]))
			least = i;
	if (width(l) > width(&s->lines[least]))
		s->lines[least] = *l;
}

static void find_lines(sample *s, TessBaseAPI *api, PIX *pix, int32_t dpi)
{
	TessPageIterator *it;
	line l;

	TessBaseAPISetImage2(api, pix);
	if (dpi > 0)
		TessBaseAPISetSourceResolution(api, dpi);
	it = TessBaseAPIAnalyseLayout(api);
	if (it != NULL) {
		do {
			if (TessPageIteratorBoundingBox(it, RIL_TEXTLINE, &l.left, &l.top, &l.right, &l.bottom))
				offer(s, &l);
		} while (TessPageIteratorNext(it, RIL_TEXTLINE));
		TessPageIteratorDelete(it);
	}
	ocr_engine_clear(api);
}

static assay_code read_line(ocr_language_score *s, TessBaseAPI *api, PIX *pix, int32_t dpi, const line *l,
			    assay_err *err)
{
	const int margin = (l->bottom - l->top) / 4;
	BOX *box = boxCreate(l->left - margin, l->top - margin, width(l) + 2 * margin, l->bottom - l->top + 2 * margin);
	PIX *part = box != NULL ? pixClipRectangle(pix, box, NULL) : NULL;
	ocr_words words = {0};
	assay_code rc = ASSAY_OK;

	boxDestroy(&box);
	if (part == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "picture of a line");
	if (ocr_engine_recognize(api, part, dpi, err) == ASSAY_OK)
		rc = ocr_words_read(&words, api, err);
	for (size_t i = 0; i < words.count; i++) {
		const int64_t n = ocr_word_letters(words.items[i].text);

		s->letters += n;
		s->known += words.details[i].known && n >= WORD_MIN ? n : 0;
	}
	ocr_engine_clear(api);
	ocr_words_release(&words);
	pixDestroy(&part);
	return rc;
}

static int64_t letters_of(const ocr_language_score *s)
{
	return s->letters > 0 ? s->letters : 1;
}

/* Whether a's share of known letters is larger than b's, or than `part` hundredths of it. */
static bool knows_more(const ocr_language_score *a, const ocr_language_score *b, int64_t part)
{
	return 100 * a->known * letters_of(b) > part * b->known * letters_of(a);
}

ocr_chosen ocr_language_best(const ocr_language_score *scores, size_t count)
{
	ocr_chosen c = {0, OCR_NO_ENGINE};

	for (size_t i = 1; i < count; i++)
		c.best = knows_more(&scores[i], &scores[c.best], 100) ? i : c.best;
	for (size_t i = 0; i < count; i++) {
		if (i == c.best || !knows_more(&scores[i], &scores[c.best], NEARLY))
			continue;
		if (c.second == OCR_NO_ENGINE || knows_more(&scores[i], &scores[c.second], 100))
			c.second = i;
	}
	return c;
}

assay_code ocr_language_choose(ocr_chosen *out, const ocr_engines *engines, PIX *pix, int32_t dpi,
			       TessPageSegMode segmentation, assay_err *err)
{
	ocr_language_score scores[OCR_LANGUAGES_MAX] = {{0}};
	sample s = {0};
	assay_code rc = ASSAY_OK;

	find_lines(&s, engines->apis[0], pix, dpi);
	for (size_t i = 0; i < engines->count && rc == ASSAY_OK; i++) {
		TessBaseAPISetPageSegMode(engines->apis[i], PSM_SINGLE_LINE);
		for (size_t k = 0; k < s.count && rc == ASSAY_OK; k++)
			rc = read_line(&scores[i], engines->apis[i], pix, dpi, &s.lines[k], err);
		TessBaseAPISetPageSegMode(engines->apis[i], segmentation);
	}
	*out = ocr_language_best(scores, engines->count);
	return rc;
}
