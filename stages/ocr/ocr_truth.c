#include "ocr_truth.h"

#include "ocr_fold.h"
#include "ocr_score.h"

#include "assay/decimal.h"

#include <string.h>

typedef struct text {
	const char *at;
	size_t size;
} text;

/* Part `number` (1-based) of a text split at form feeds; one at the very end closes the last part. Counts them all. */
static text truth_part(const assay_sidecar *s, uint32_t number, uint32_t *parts)
{
	const char *at = (const char *)s->data, *end = at + s->size;
	text found = {0};

	*parts = 0;
	do {
		const char *feed = at < end ? memchr(at, '\f', (size_t)(end - at)) : NULL;
		const char *stop = feed != NULL ? feed : end;

		if (++*parts == number)
			found = (text){at, (size_t)(stop - at)};
		at = feed != NULL ? feed + 1 : end;
	} while (at < end);
	return found;
}

/* NULL and the page's part in *out, or why there is none. */
static const char *choose_truth(text *out, const assay_sidecar *truth, const assay_page *page)
{
	const uint32_t number = page->number, total = page->total;
	uint32_t parts;

	if (truth == NULL)
		return "no ground truth";
	*out = truth_part(truth, number, &parts);
	if (total > 0 ? parts != total : parts < number)
		return "ground truth has another number of parts (form feeds) than the document has pages";
	return NULL;
}

/* distance / length in ten-thousandths */
static assay_code rate(int64_t *out, const char **why, const uint32_t *truth, size_t nt, const uint32_t *read,
		       size_t nr, assay_err *err)
{
	size_t distance = 0;
	const assay_code rc = ocr_distance(&distance, truth, nt, read, nr, err);

	if (rc == ASSAY_EFULL) {
		*why = "text too long to be scored";
		return ASSAY_OK;
	}
	if (rc == ASSAY_OK)
		*out = assay_round_ratio((int64_t)distance, (int64_t)nt, 4);
	return rc;
}

static assay_code score(ocr_rates *out, text truth, const assay_buf *read, assay_err *err)
{
	ocr_folded t = {0}, r = {0};
	assay_code rc = ocr_fold(&t, truth.at, truth.size, err);

	if (rc == ASSAY_ECORRUPT || (rc == ASSAY_OK && t.count == 0)) {
		out->no_cer = rc == ASSAY_OK ? "ground truth is empty" : "ground truth is not UTF-8";
		out->no_wer = out->no_cer;
		rc = ASSAY_OK;
		goto fail;
	}
	if (rc != ASSAY_OK)
		goto fail;
	ASSAY_TRY(ocr_fold(&r, assay_buf_str(read), read->len, err));
	ASSAY_TRY(ocr_fold_words(&t, &r, err));
	ASSAY_TRY(rate(&out->cer, &out->no_cer, t.points, t.count, r.points, r.count, err));
	ASSAY_TRY(rate(&out->wer, &out->no_wer, t.words, t.word_count, r.words, r.word_count, err));
fail:
	ocr_folded_release(&t);
	ocr_folded_release(&r);
	return rc;
}

assay_code ocr_truth_rates(ocr_rates *out, const assay_sidecar *truth, const assay_page *page, const assay_buf *read,
			   assay_err *err)
{
	text part = {0};
	const char *why = choose_truth(&part, truth, page);

	*out = (ocr_rates){.no_cer = why, .no_wer = why};
	return why != NULL ? ASSAY_OK : score(out, part, read, err);
}
