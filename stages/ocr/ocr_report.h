/** What ocr.recognize tells of a page: its metrics and its artifacts. */
#ifndef ASSAY_OCR_REPORT_H
#define ASSAY_OCR_REPORT_H

#include "ocr_estimate.h"
#include "ocr_evidence.h"
#include "ocr_headings.h"
#include "ocr_missed.h"
#include "ocr_reconcile.h"
#include "ocr_words.h"
#include "page_value.h"

#include "corrected.h"

/** For the stage's descriptor; each ends with an empty row. */
extern const assay_metric ocr_report_metrics[];
extern const assay_metric_note ocr_report_notes[];
extern const assay_artifact_type ocr_report_artifacts[];

/** What a recognition leaves. */
typedef struct ocr_recognition {
	ocr_words words;
	ocr_missed missed;
	ocr_evidence evidence; /* of at least one word */
	ocr_estimate estimate; /* by it */
	ocr_reconciled reconciled;
	ocr_headings headings;
	int64_t rows_cut; /* ocr_cut.h */
	bool larger;      /* of the enlarged page, in pixels of the page */
} ocr_recognition;

/** What a report is about; all borrowed. */
typedef struct ocr_about {
	const assay_value *value;        /* the page */
	const assay_sidecar *truth;      /* NULL: there is no ground truth */
	assay_place place;               /* of the page in the document that it is of */
	const assay_text_list *sections; /* headings that the page must have */
	bool joins;                      /* words that a hyphen parts at the end of a line */
	size_t chosen;                   /* place of the language that was chosen, from 1; 0: none was */
} ocr_about;

/** All metrics and artifacts of what was read. A page without words is rejected. */
ASSAY_NODISCARD assay_code ocr_report(const ocr_about *a, const ocr_recognition *r, assay_sink *sink, assay_err *err);
/** Those of a text that people wrote: what an engine believes of its words is undefined. */
ASSAY_NODISCARD assay_code ocr_report_corrected(const ocr_about *a, const assay_corrected *c, const assay_buf *written,
						assay_sink *sink, assay_err *err);

#endif
