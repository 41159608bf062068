/** Lines in doubt are read again, and of all readings the text is made that the evidence is for. */
#ifndef ASSAY_OCR_RECONCILE_H
#define ASSAY_OCR_RECONCILE_H

#include "ocr_lines.h"
#include "ocr_words.h"

struct Pix;

typedef struct ocr_source {
	TessBaseAPI *api;             /* its last result are the words, of the whole page */
	TessBaseAPI *other;           /* with another model, that lines in doubt are read by as well; NULL: none */
	struct Pix *pix;              /* [borrowed] the page */
	int32_t dpi;                  /* 0 when not known */
	bool every_line;              /* also lines that nothing speaks against */
	TessPageSegMode segmentation; /* of the page: what the engine is set to afterwards */
} ocr_source;

typedef struct ocr_reconciled {
	int64_t lines; /* read again */
	int64_t words; /* of the page's words, how many were changed or left out */
	int64_t apart; /* sixths of a character: by how many the further readings of lines differ from the first, on
			  average; by all of a line where no further reading counts */
} ocr_reconciled;

/**
 * A line is in doubt when one of its words has a symbol that the engine is not sure of, is in no dictionary, has no
 * letter or digit, or is spelt as no word is. It is read again from its own picture; as long as readings differ, and at
 * most OCR_READINGS times in all. A reading that differs in more than half of its characters from a first one that the
 * engine was sure of saw something else, and does not count.
 *
 * The confidence of a word in such a line is that of its weakest character (ocr_choose.h). A line
 * that reads as something else each time, never surely and without a word of the dictionary, is dirt and left out.
 *
 * @param w  replaced; words keep their boxes as far as they are the same word
 * @return ASSAY_OK, ASSAY_ENOMEM, ASSAY_EINVAL; w is still whole after a failure. The engine holds no page afterwards.
 */
ASSAY_NODISCARD assay_code ocr_reconcile(ocr_words *w, ocr_reconciled *out, const ocr_source *source, assay_err *err);

#endif
