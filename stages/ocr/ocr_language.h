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

/**
 * Choose the engine that a page is to be read by: up to OCR_LANGUAGE_LINES lines, the widest of the page, are read by
 * each as lines of their own; that one is chosen of whose letters the largest share stands in words of three letters
 * and more that its dictionary has. Of equals the first is; so it is of a page without lines.
 *
 * @param out           [out] index of the engine
 * @param segmentation  what engines are set to, and are again when this returns
 * @return ASSAY_OK, ASSAY_ENOMEM; ASSAY_EINVAL when Tesseract refuses the page
 */
ASSAY_NODISCARD assay_code ocr_language_choose(size_t *out, const ocr_engines *engines, struct Pix *pix, int32_t dpi,
					       TessPageSegMode segmentation, assay_err *err);

#define OCR_LANGUAGE_LINES 3

#endif
