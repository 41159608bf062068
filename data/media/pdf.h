/** Two kinds of PDF document: one with its fonts inside, one that trusts the reader to have Helvetica. */
#ifndef ASSAY_MEDIA_PDF_H
#define ASSAY_MEDIA_PDF_H

#include "page.h"

/** Pages drawn by cairo, fonts embedded as subsets. */
ASSAY_NODISCARD assay_code pdf_embedded(assay_buf *out, const page_faces *f, const page_text *pages, size_t count,
					assay_err *err);
/** One page, written out by hand: Helvetica is named and not embedded (ISO 32000-1, 9.6.2.2). */
ASSAY_NODISCARD assay_code pdf_plain(assay_buf *out, const page_text *t, assay_err *err);

#endif
