#include "ocr_truth.h"

#include "ocr_fold.h"
#include "ocr_score.h"
#include "ocr_unordered.h"

#include "assay/decimal.h"

#include <string.h>

/* Part `number` (1-based) of a text split at form feeds; one at the very end closes the last part. Counts them all. */
static ocr_truth_text truth_part(const assay_sidecar *s, uint32_t number, uint32_t *parts)
{
	const char *at = (const char *)s->data, *end = at + s->size;
	ocr_truth_text found = {0};

	*parts = 0;
	do {
		const char *feed = at < end ? memchr(at, '\f', (size_t)(end - at)) : NULL;
		const char *stop = feed != NULL ? feed : end;

		if (++*parts == number)
			found = (ocr_truth_text){at, (size_t)(stop - at)};
		at = feed != NULL ? feed + 1 : end;
	} while (at < end);
	return found;
}

const char *ocr_truth_choose(ocr_truth_text *out, const assay_sidecar *truth, const assay_page *page,
			     const assay_place *place)
{
	const uint32_t number = place->page > 0 ? place->page : page->number;
	const uint32_t total = place->page > 0 ? place->pages : page->total;
	const uint32_t half = page->half > 0 ? page->half : place->half;
	uint32_t parts;

	if (truth == NULL)
		return "no ground truth";
	if (half > 0) {
		*out = truth_part(truth, 2 * number - 2 + half, &parts);
		return total > 0 && parts == 2 * (uint64_t)total ? NULL
								 : "ground truth is not divided as the spread is";
	}
	*out = truth_part(truth, number, &parts);
	if (total > 0 ? parts != total : parts < number)
		return "ground truth has another number of parts (form feeds) than the document has pages";
	return NULL;
}

/* distance / length in ten-thousandths, where the distance was measured */
static assay_code rate(ocr_rate *out, assay_code measured, const size_t *distance, size_t length)
{
	if (measured == ASSAY_EFULL)
		out->why = "text too long to be scored";
	else if (measured == ASSAY_OK)
		out->value = assay_round_ratio((int64_t)*distance, (int64_t)length, 4);
	return measured == ASSAY_EFULL ? ASSAY_OK : measured;
}

static assay_code rates(ocr_rates *out, ocr_folded *t, ocr_folded *r, assay_err *err)
{
	size_t d = 0;
	assay_code rc;

	ASSAY_TRY(ocr_fold_words(t, r, err));
	ASSAY_TRY(rate(&out->cer, ocr_distance(&d, t->points, t->count, r->points, r->count, err), &d, t->count));
	ASSAY_TRY(rate(&out->wer, ocr_distance(&d, t->words, t->word_count, r->words, r->word_count, err), &d,
		       t->word_count));
	rc = rate(&out->unordered, ocr_unordered_distance(&d, t, r, err), &d, t->count);
fail:
	return rc;
}

static assay_code score(ocr_rates *out, ocr_truth_text truth, const assay_buf *read, assay_err *err)
{
	ocr_folded t = {0}, r = {0};
	assay_code rc = ocr_fold(&t, truth.at, truth.size, err);

	if (rc == ASSAY_ECORRUPT || (rc == ASSAY_OK && t.count == 0)) {
		out->cer.why = rc == ASSAY_OK ? "ground truth is empty" : "ground truth is not UTF-8";
		out->unordered = out->wer = out->cer;
		rc = ASSAY_OK;
		goto fail;
	}
	if (rc != ASSAY_OK)
		goto fail;
	ASSAY_TRY(ocr_fold(&r, assay_buf_str(read), read->len, err));
	rc = rates(out, &t, &r, err);
fail:
	ocr_folded_release(&t);
	ocr_folded_release(&r);
	return rc;
}

assay_code ocr_truth_rates(ocr_rates *out, const assay_sidecar *truth, const assay_page *page, const assay_place *place,
			   const assay_buf *read, assay_err *err)
{
	ocr_truth_text part = {0};
	const char *why = ocr_truth_choose(&part, truth, page, place);

	*out = (ocr_rates){{.why = why}, {.why = why}, {.why = why}};
	return why != NULL ? ASSAY_OK : score(out, part, read, err);
}

static assay_code score_layer(ocr_rate *out, ocr_folded *l, ocr_folded *r, assay_err *err)
{
	size_t d = 0;
	assay_code rc;

	ASSAY_TRY(ocr_fold_words(l, r, err));
	rc = rate(out, ocr_unordered_distance(&d, l, r, err), &d, l->count);
fail:
	return rc;
}

assay_code ocr_layer_rate(ocr_rate *out, const char *layer, const assay_buf *read, assay_err *err)
{
	ocr_folded l = {0}, r = {0};
	assay_code rc;

	*out = (ocr_rate){.why = "the file holds no text of the page"};
	if (layer == NULL)
		return ASSAY_OK;
	rc = ocr_fold(&l, layer, strlen(layer), err);
	if (rc == ASSAY_OK)
		rc = ocr_fold(&r, assay_buf_str(read), read->len, err);
	if (rc == ASSAY_ECORRUPT) {
		out->why = "the file's text is not UTF-8";
		rc = ASSAY_OK;
	} else if (rc == ASSAY_OK && l.count > 0) {
		*out = (ocr_rate){0};
		rc = score_layer(out, &l, &r, err);
	}
	ocr_folded_release(&l);
	ocr_folded_release(&r);
	return rc;
}
