/** Text in the composed form of Unicode. */
#ifndef ASSAY_TEXT_COMPOSE_H
#define ASSAY_TEXT_COMPOSE_H

#include "assay/buf.h"

/** Append the composed form (NFC, Unicode Standard Annex 15) of n bytes of valid UTF-8. ASSAY_OK, ASSAY_ENOMEM. */
ASSAY_NODISCARD assay_code assay_text_compose(assay_buf *out, const char *text, size_t n, assay_err *err);
/** What decides it beside the text, for the recipe: "utf8proc 2.8.0, Unicode 15.0.0". Static. */
const char *assay_text_engine(void);

#endif
