/** Plain text in one canonical form, and how much of it there is. */
#ifndef ASSAY_TEXT_PLAIN_TEXT_H
#define ASSAY_TEXT_PLAIN_TEXT_H

#include "assay/buf.h"

typedef struct assay_plain_text {
	assay_buf text; /* [owned] UTF-8, NFC; lines ended by \n, no blank at their ends, no empty line at the end */
	uint64_t malformed;  /* lines that are not UTF-8; the rest is then blank */
	uint64_t characters; /* code points; white space between words counts as one */
	uint64_t words;      /* runs without white space that hold a letter or a digit */
} assay_plain_text;

/**
 * Lines end in LF, CR or CRLF; a byte order mark of UTF-8 is passed over; control characters become blanks.
 *
 * @param out   [out, owned] release with assay_plain_text_release(), also after a failure
 * @param data  [borrowed] n bytes of any content
 * @return ASSAY_OK, ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code assay_plain_text_read(assay_plain_text *out, const void *data, size_t n, assay_err *err);
void assay_plain_text_release(assay_plain_text *t);

#endif
