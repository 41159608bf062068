/** Plain text of a transcript in one canonical form, and how much of it there is. */
#ifndef ASSAY_AUDIO_TRANSCRIPT_TEXT_H
#define ASSAY_AUDIO_TRANSCRIPT_TEXT_H

#include "assay/buf.h"

typedef struct transcript_text {
	assay_buf text; /* [owned] UTF-8, NFC; lines ended by \n, no blank at their ends, no empty line at the end */
	uint64_t malformed;  /* lines that are not UTF-8; the rest is then blank */
	uint64_t characters; /* code points; white space between words counts as one */
	uint64_t words;      /* runs without white space that hold a letter or a digit */
} transcript_text;

/**
 * Lines end in LF, CR or CRLF; a byte order mark of UTF-8 is passed over; control characters become blanks.
 *
 * @param out   [out, owned] release with transcript_text_release(), also after a failure
 * @param data  [borrowed] n bytes of any content
 * @return ASSAY_OK, ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code transcript_text_read(transcript_text *out, const void *data, size_t n, assay_err *err);
void transcript_text_release(transcript_text *t);

#endif
