/** Tesseract as ocr.recognize uses it: which model files it reads, and an engine that is ready before the fork. */
#ifndef ASSAY_OCR_ENGINE_H
#define ASSAY_OCR_ENGINE_H

#include "assay/stage.h"

#include <tesseract/capi.h>

typedef struct ocr_engine_params {
	const assay_text_list *languages; /* Tesseract's names, the main one first; at least one */
	const char *tessdata;             /* folder of the models; "": the first usual place that exists */
	TessPageSegMode segmentation;
	bool dictionary; /* prefer words of the languages' dictionaries */
} ocr_engine_params;

/** "tesseract 5.3.0, leptonica-1.82.0"; static storage. */
const char *ocr_engine_version(void);

/** The model files of the languages. ASSAY_ECONFIG when one is not installed: the message names the package. */
ASSAY_NODISCARD assay_code ocr_engine_files(assay_stage_files *out, const ocr_engine_params *p, assay_err *err);

/**
 * An engine with its models loaded, that has recognised a page before: what Tesseract sets up on first use is then
 * shared with every child, and no file is opened later.
 *
 * @param out  [out, owned] released with ocr_engine_close(); NULL after a failure
 * @return ASSAY_OK, ASSAY_ECONFIG, ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code ocr_engine_open(TessBaseAPI **out, const ocr_engine_params *p, assay_err *err);
void ocr_engine_close(TessBaseAPI *api); /* NULL is fine */

/**
 * Recognise a picture. The engine then holds the result, until ocr_engine_clear().
 *
 * @param pix  [borrowed] 1, 8 or 32 bpp
 * @param dpi  0 when not known
 * @return ASSAY_OK, ASSAY_EINVAL when Tesseract refuses the picture
 */
ASSAY_NODISCARD assay_code ocr_engine_recognize(TessBaseAPI *api, struct Pix *pix, int32_t dpi, assay_err *err);
/** Forget the picture, and what it taught the engine: no page may see the one before it. */
void ocr_engine_clear(TessBaseAPI *api);

#endif
