/** The pages of a store whose error rate is known, with their evidence: what a model of the estimate is fitted to. */
#ifndef ASSAY_CALIBRATE_PAGES_H
#define ASSAY_CALIBRATE_PAGES_H

#include "assay/store.h"

#include "ocr_fit.h"

typedef struct calibrate_pages {
	ocr_fit_page *pages;
	char **keys; /* of the samples, parallel */
	size_t count, cap, key_cap;
	char **families; /* their names, ascending */
	size_t family_count, family_cap;
	uint64_t corrected;   /* whose truth is what people wrote */
	uint64_t no_truth;    /* pages without ground truth and correction */
	uint64_t no_evidence; /* with it, but recognised by an older version, or without words */
} calibrate_pages;

/**
 * Every page that is present and has either a measured ocr.cer_unordered or a correction; of a corrected page the text
 * that was recognised is compared with what people wrote.
 *
 * @param by_file  families are files and not their folders
 * @return ASSAY_OK; ASSAY_EIO, ASSAY_ECORRUPT, ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code calibrate_pages_read(calibrate_pages *out, assay_store *s, bool by_file, assay_err *err);
void calibrate_pages_release(calibrate_pages *p);

#endif
