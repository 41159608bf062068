/** How far a text is from the ground truth that lies beside the file. */
#ifndef ASSAY_OCR_TRUTH_H
#define ASSAY_OCR_TRUTH_H

#include "assay/stage.h"

typedef struct ocr_truth_text {
	const char *at; /* into the sidecar */
	size_t size;
} ocr_truth_text;

/**
 * The page's part of a sidecar: parts of a document's are divided by form feeds. A spread that was divided has two, and so
 * has each other page of such a document. NULL, or why there is none.
 * @param place  where the page stands in the document that the sidecar is of; of a page that stands for a half and was
 *               itself divided, each half has its own part
 */
const char *ocr_truth_choose(ocr_truth_text *out, const assay_sidecar *truth, const assay_page *page,
			     const assay_place *place);

/** An error rate in ten-thousandths. */
typedef struct ocr_rate {
	const char *why; /* there is none, a short static text; NULL when there is one */
	int64_t value;
} ocr_rate;

typedef struct ocr_rates {
	ocr_rate cer, unordered, wer; /* of characters; the same in whatever order (ocr_unordered.h); of words */
} ocr_rates;

/**
 * Compare a page's text with its part of the ground truth: parts of a document's are divided by form feeds. Both are
 * folded (ocr_fold.h).
 *
 * @param truth  [borrowed] NULL when there is none
 * @return ASSAY_OK, ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code ocr_truth_rates(ocr_rates *out, const assay_sidecar *truth, const assay_page *page,
					   const assay_place *place, const assay_buf *read, assay_err *err);

/**
 * Compare a page's text with the text that its file holds of it, in whatever order (ocr_unordered.h), both folded.
 *
 * @param layer [borrowed] NULL when the format has none
 * @return ASSAY_OK, ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code ocr_layer_rate(ocr_rate *out, const char *layer, const assay_buf *read, assay_err *err);

#endif
