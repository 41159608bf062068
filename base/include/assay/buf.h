/** A growing byte buffer with a sticky failure: write a whole record, check once. */
#ifndef ASSAY_BUF_H
#define ASSAY_BUF_H

#include "assay/error.h"
#include "assay/memory.h"

#include <stdarg.h>

typedef struct assay_buf {
	unsigned char *data; /* len bytes, then a NUL that is not counted; NULL while empty */
	size_t len;
	size_t cap;
	bool failed;   /* an append ran out of memory, or was refused; later appends are no-ops */
	bool not_utf8; /* it was refused: something that must be UTF-8 is not */
} assay_buf;

#define ASSAY_BUF_INIT ((assay_buf){0})

/** Free the bytes and return to the empty state. Valid on an empty buffer. */
void assay_buf_release(assay_buf *b);
#define ASSAY_AUTO_BUF ASSAY_CLEANUP(assay_buf_release) assay_buf

/** Forget the contents and the failure, keep the memory. */
void assay_buf_reset(assay_buf *b);

/** Append n bytes; p may be NULL only when n is 0. */
void assay_buf_append(assay_buf *b, const void *p, size_t n);
void assay_buf_putc(assay_buf *b, char c);
void assay_buf_puts(assay_buf *b, const char *s);
void assay_buf_printf(assay_buf *b, const char *fmt, ...) ASSAY_PRINTF(2, 3);
void assay_buf_vprintf(assay_buf *b, const char *fmt, va_list ap) ASSAY_PRINTF(2, 0);

/** Reserve n bytes at the end and return where they start; NULL (and failed) when memory is out. */
unsigned char *assay_buf_extend(assay_buf *b, size_t n);

/** Fail the buffer: text that must be UTF-8 was to be appended, and is not. */
void assay_buf_refuse_text(assay_buf *b);

/** ASSAY_ENOMEM if an append ran out of memory, ASSAY_EINVAL if one was refused, ASSAY_OK otherwise. */
ASSAY_NODISCARD assay_code assay_buf_check(const assay_buf *b, assay_err *err);

/** Contents as a C string ("" while empty). Borrowed; valid until the next append. */
const char *assay_buf_str(const assay_buf *b);

/** Hand the bytes to the caller, who frees them; the buffer is empty afterwards. May return NULL when empty. */
char *assay_buf_steal(assay_buf *b);

#endif
