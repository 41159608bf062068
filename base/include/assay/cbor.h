/**
 * Deterministic CBOR (RFC 8949 section 4.2.1): shortest heads, definite lengths, ascending integer
 * map keys. The writer appends to an assay_buf and is as sticky as it is; the reader refuses every byte string
 * that the writer would not have made, so equal records have equal bytes and equal digests.
 */
#ifndef ASSAY_CBOR_H
#define ASSAY_CBOR_H

#include "assay/arena.h"
#include "assay/buf.h"
#include "assay/digest.h"

void assay_cbor_uint(assay_buf *b, uint64_t v);
void assay_cbor_int(assay_buf *b, int64_t v);
void assay_cbor_bool(assay_buf *b, bool v);
void assay_cbor_null(assay_buf *b);
void assay_cbor_bytes(assay_buf *b, const void *p, size_t n);
/** Text that is not UTF-8 fails the buffer (assay_buf_refuse_text): no reader would take it. NULL is written as null. */
void assay_cbor_text(assay_buf *b, const char *s);
void assay_cbor_textn(assay_buf *b, const char *s, size_t n);
/** Words for people, of unknown origin: those that are not UTF-8 are made harmless (assay_text_put). */
void assay_cbor_words(assay_buf *b, const char *s);
void assay_cbor_digest(assay_buf *b, const assay_digest *d); /* 32-byte string; NULL is written as null */
void assay_cbor_array(assay_buf *b, size_t n);               /* followed by n items */
void assay_cbor_map(assay_buf *b, size_t n);                 /* followed by n pairs, keys ascending */

typedef enum assay_cbor_type {
	ASSAY_CBOR_END, /* no item left, or the reader has failed */
	ASSAY_CBOR_UINT,
	ASSAY_CBOR_NEGINT,
	ASSAY_CBOR_BYTES,
	ASSAY_CBOR_TEXT,
	ASSAY_CBOR_ARRAY,
	ASSAY_CBOR_MAP,
	ASSAY_CBOR_BOOL,
	ASSAY_CBOR_NULL,
} assay_cbor_type;

/** Sticky reader over borrowed bytes: after the first fault every read yields zero and nothing moves. */
typedef struct assay_cbor_reader {
	const unsigned char *p;
	size_t left;
	size_t at;          /* offset of p, for messages */
	const char *fault;  /* NULL while all is well; static storage */
	assay_arena *arena; /* set after init: where copies are made, which are then not freed; NULL: each of its own */
} assay_cbor_reader;

void assay_cbor_reader_init(assay_cbor_reader *r, const void *p, size_t n);
/** Type of the next item without moving. */
assay_cbor_type assay_cbor_peek(assay_cbor_reader *r);
uint64_t assay_cbor_read_uint(assay_cbor_reader *r);
int64_t assay_cbor_read_int(assay_cbor_reader *r);
bool assay_cbor_read_bool(assay_cbor_reader *r);
/** Consume a null if it is next: true; anything else stays: false. */
bool assay_cbor_read_null(assay_cbor_reader *r);
/** Borrowed bytes of the next byte or text string; NULL with *n == 0 on a fault. Text is checked to be UTF-8. */
const unsigned char *assay_cbor_read_bytes(assay_cbor_reader *r, size_t *n);
const char *assay_cbor_read_text(assay_cbor_reader *r, size_t *n);
/** Fresh NUL-terminated copy, to be freed (or of the arena); NULL on a fault, on null, or when memory is out (a fault too). */
char *assay_cbor_read_strdup(assay_cbor_reader *r);
/** 32 bytes; false (and zeroes) for a null or a fault. */
bool assay_cbor_read_digest(assay_cbor_reader *r, assay_digest *out);
/** Number of items or pairs. Refuses counts larger than the bytes left, so a loop over it is bounded. */
size_t assay_cbor_read_array(assay_cbor_reader *r);
size_t assay_cbor_read_map(assay_cbor_reader *r);
/** The next map key must be this one. */
void assay_cbor_read_key(assay_cbor_reader *r, uint64_t key);
/** Step over one item of any type, nested ones included (depth at most 32). */
void assay_cbor_skip(assay_cbor_reader *r);
/** Record a fault found by the caller (a value out of range, say). Keeps the first. */
void assay_cbor_fault(assay_cbor_reader *r, const char *static_reason);
/**
 * ASSAY_OK if all went well and nothing is left over; else ASSAY_ECORRUPT naming `what`, the fault and the offset, or
 * ASSAY_ENOMEM when the fault was a copy that found no memory: that says nothing about the bytes.
 */
ASSAY_NODISCARD assay_code assay_cbor_finish(const assay_cbor_reader *r, const char *what, assay_err *err);

#endif
