/**
 * Fitting the model of the estimate (ocr_estimate.h) to pages whose error rate is known, and saying how good it is on
 * families of pages that it has not seen. Weights are those of a ridge regression that may not be negative, drawn to what
 * the evidence would mean if nothing else were known (a letter that was not read is an error), found by coordinate descent (Friedman, Hastie, Tibshirani 2010, doi:10.18637/jss.v033.i01); the interval is that of split
 * conformal prediction within bins of the estimate (Lei et al. 2018, doi:10.1080/01621459.2017.1307116), over pages
 * that were estimated by a model which had not seen their family. Equal pages in equal order give an equal model:
 * doubles are added, multiplied and divided in a fixed order, and weights rounded to millionths.
 */
#ifndef ASSAY_OCR_FIT_H
#define ASSAY_OCR_FIT_H

#include "ocr_estimate.h"

#define OCR_FIT_PAGES_MIN 8 /* below, there is nothing to fit */

typedef struct ocr_fit_page {
	ocr_evidence evidence;
	int64_t truth;   /* the error rate, millionths; more than all is taken for all */
	uint32_t family; /* ordinal: pages of one family are left out together */

	/* Out: by models that had not seen its family. */
	ocr_estimate once,
	    twice;    /* the same where the page was not recognised twice; by the parts for pages as read again
				     as it is */
	bool doubted; /* by the first estimate (ocr_estimate_doubts) */
} ocr_fit_page;

/** How good the estimate is over some pages. */
typedef struct ocr_fit_quality {
	uint64_t pages, good;           /* good: truth at most the bound */
	uint64_t certified, false_ones; /* estimate below the bound; of them those that are not good */
	uint64_t sure, false_sure;      /* the same by the upper end of the interval */
	uint64_t covered;               /* truth within the interval */
	uint64_t near;                  /* truth at most 10 % */
	int64_t error;                  /* mean distance of estimate and truth over those, millionths */
	int64_t auc; /* ten-thousandths: a page that is not good has the higher estimate; -1 without such pairs */
} ocr_fit_quality;

typedef enum ocr_fit_pass { OCR_FIT_ONCE, OCR_FIT_TWICE, OCR_FIT_DOUBT } ocr_fit_pass;

/** The estimate of a page that is used when it is recognised once, always twice, or twice where the first is in doubt. */
ocr_estimate ocr_fit_chosen(const ocr_fit_page *p, ocr_fit_pass pass);
/** Over the pages of a family, or UINT32_MAX for all. `bound` in millionths. ASSAY_OK, ASSAY_ENOMEM. */
ASSAY_NODISCARD assay_code ocr_fit_quality_of(ocr_fit_quality *out, const ocr_fit_page *pages, size_t count,
					      uint32_t family, ocr_fit_pass pass, int64_t bound, assay_err *err);

/**
 * Fit a model, and estimate every page by one that has not seen its family. With one family its pages are left out by
 * fifths instead. Pages whose lines in doubt were read again have parts of their own; where there are no such pages, or
 * only such, those parts are taken from the others, or kept from the base.
 *
 * @param base   the terms and weights to keep, so that only scale, offset and, with 20 pages and more, the intervals
 *               are fitted; NULL: all is fitted
 * @param pages  [in,out]
 * @param bound  of the certificate, millionths
 * @return ASSAY_OK; ASSAY_EEMPTY with fewer than OCR_FIT_PAGES_MIN pages, or of pages recognised twice; ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code ocr_fit(ocr_estimate_model *out, ocr_fit_page *pages, size_t count,
				   const ocr_estimate_model *base, int64_t bound, assay_err *err);

#endif
