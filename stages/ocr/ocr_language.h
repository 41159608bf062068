/** Which of several languages a page is in, by a first reading of some of its lines in each. */
#ifndef ASSAY_OCR_LANGUAGE_H
#define ASSAY_OCR_LANGUAGE_H

#include "ocr_engine.h"

#define OCR_LANGUAGES_MAX 8

/** An engine for each language, the main one first. */
typedef struct ocr_engines {
	TessBaseAPI *apis[OCR_LANGUAGES_MAX];
	size_t count;
} ocr_engines;

typedef struct ocr_chosen {
	size_t best;   /* index of the engine */
	size_t second; /* that of another one that reads the page nearly as well; OCR_NO_ENGINE: there is none */
} ocr_chosen;

#define OCR_NO_ENGINE SIZE_MAX

/** What a first reading by one engine came to. */
typedef struct ocr_language_score {
	int64_t letters, known; /* all letters, and those in words of three and more that its dictionary has */
} ocr_language_score;

/** Which of them is best: of equals the first; and which nearly as good. At least one, at most OCR_LANGUAGES_MAX. */
ocr_chosen ocr_language_best(const ocr_language_score *scores, size_t count);

/**
 * Choose the engine that a page is to be read by: up to OCR_LANGUAGE_LINES lines, the widest of the page, are read by
 * each as lines of their own; that one is chosen of whose letters the largest share stands in words of three letters
 * and more that its dictionary has. Of equals the first is; so it is of a page without lines. The next best one of whose
 * letters four fifths of that share are in such words reads the page nearly as well.
 *
 * @param out           [out]
 * @param segmentation  what engines are set to, and are again when this returns
 * @return ASSAY_OK, ASSAY_ENOMEM; ASSAY_EINVAL when Tesseract refuses the page
 */
ASSAY_NODISCARD assay_code ocr_language_choose(ocr_chosen *out, const ocr_engines *engines, struct Pix *pix,
					       int32_t dpi, TessPageSegMode segmentation, assay_err *err);

#define OCR_LANGUAGE_LINES 3

#endif
