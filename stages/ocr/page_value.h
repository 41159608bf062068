/** PAGE values as the page stages make them, and the life of a stage that looks at one page at a time. */
#ifndef ASSAY_OCR_PAGE_VALUE_H
#define ASSAY_OCR_PAGE_VALUE_H

#include "assay/stage.h"

#include <leptonica/allheaders.h>

/**
 * A PAGE value that owns pix.
 *
 * @param pix   [in, consumed] also on failure
 * @param total pages of the whole document; 0 when not known
 * @return NULL when memory is out (err filled)
 */
assay_value *page_value_new(PIX *pix, uint32_t root, uint32_t number, uint32_t total, assay_err *err);

/** Give a page that was just made the text that its file holds of it; copied. NULL: none. ASSAY_OK, ASSAY_ENOMEM. */
ASSAY_NODISCARD assay_code page_value_set_layer(assay_value *v, const char *layer, assay_err *err);

/** A PAGE value with another picture and everything else as in `from`, corners scaled to its size. Consumes pix. */
assay_value *page_value_replace(const assay_value *from, PIX *pix, assay_err *err);

/** Send the page on as it came in: the same value, not a copy. */
ASSAY_NODISCARD assay_code page_pass(const assay_value *v, assay_sink *sink, assay_err *err);
/** Send the page on with another picture. Consumes pix. */
ASSAY_NODISCARD assay_code page_pass_changed(const assay_value *v, PIX *pix, assay_sink *sink, assay_err *err);

/** assay_stage.open of a stage that keeps nothing from one page to the next: its state is its parameters, borrowed. */
assay_code page_open_stateless(void **state, void *shared, const void *params, const assay_input *in, uint32_t root,
			       assay_err *err);

#endif
