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
	const unsigned char *start, *end; /* after a fault, end is p: there is nothing left */
	const char *fault;                /* NULL while all is well; static storage */
	assay_arena *arena; /* set after init: where copies are made, which are then not freed; NULL: each of its own */
} assay_cbor_reader;

/*
 * The head of most items, told in one look: of this major type (the high three bits of its first byte), with eight bytes
 * behind the first, the shortest for its argument. Its size and argument; 0 for every other head, and for what is wrong,
 * which the functions in cbor.c read again and tell. Readers of millions of records have it in line.
 */
static inline size_t assay_cbor_head(const assay_cbor_reader *r, unsigned major, uint64_t *v)
{
	static const uint64_t least[] = {24, UINT64_C(1) << 8, UINT64_C(1) << 16, UINT64_C(1) << 32};
	const unsigned char *p = r->p;
	unsigned info;

	if (r->end - p < 9 || (unsigned)*p >> 5 != major)
		return 0;
	info = *p & 31u;
	if (info < 24) {
		*v = info;
		return 1;
	}
	info -= 24;
	if (info > 3)
		return 0;
	/* Eight bytes, big-endian; the argument is the first 1, 2, 4 or 8 of them. */
	*v = (uint64_t)p[1] << 56 | (uint64_t)p[2] << 48 | (uint64_t)p[3] << 40 | (uint64_t)p[4] << 32 |
	     (uint64_t)p[5] << 24 | (uint64_t)p[6] << 16 | (uint64_t)p[7] << 8 | p[8];
	*v >>= 64 - (8u << info);
	return *v >= least[info] ? 1 + ((size_t)1 << info) : 0;
}

void assay_cbor_reader_init(assay_cbor_reader *r, const void *p, size_t n);
/** Type of the next item without moving. */
static inline assay_cbor_type assay_cbor_peek(assay_cbor_reader *r);
static inline uint64_t assay_cbor_read_uint(assay_cbor_reader *r);
static inline int64_t assay_cbor_read_int(assay_cbor_reader *r);
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
static inline void assay_cbor_read_key(assay_cbor_reader *r, uint64_t key);
/** Step over one item of any type, nested ones included (depth at most 32). */
void assay_cbor_skip(assay_cbor_reader *r);
/** Record a fault found by the caller (a value out of range, say). Keeps the first. */
void assay_cbor_fault(assay_cbor_reader *r, const char *static_reason);
/**
 * ASSAY_OK if all went well and nothing is left over; else ASSAY_ECORRUPT naming `what`, the fault and the offset, or
 * ASSAY_ENOMEM when the fault was a copy that found no memory: that says nothing about the bytes.
 */
ASSAY_NODISCARD assay_code assay_cbor_finish(const assay_cbor_reader *r, const char *what, assay_err *err);

/* ---- the same for every item, whatever its head is: what the functions below call when theirs is another */

assay_cbor_type assay_cbor_peek_any(assay_cbor_reader *r);
uint64_t assay_cbor_read_uint_any(assay_cbor_reader *r);
int64_t assay_cbor_read_int_any(assay_cbor_reader *r);
void assay_cbor_read_key_any(assay_cbor_reader *r, uint64_t key);

static inline assay_cbor_type assay_cbor_peek(assay_cbor_reader *r)
{
	uint64_t v;

	return assay_cbor_head(r, 0, &v) > 0 ? ASSAY_CBOR_UINT : assay_cbor_peek_any(r);
}

static inline uint64_t assay_cbor_read_uint(assay_cbor_reader *r)
{
	uint64_t v;
	const size_t head = assay_cbor_head(r, 0, &v);

	if (head == 0)
		return assay_cbor_read_uint_any(r);
	r->p += head;
	return v;
}

static inline int64_t assay_cbor_read_int(assay_cbor_reader *r)
{
	uint64_t v;
	const size_t head = assay_cbor_head(r, 0, &v);

	if (head == 0 || v > INT64_MAX)
		return assay_cbor_read_int_any(r);
	r->p += head;
	return (int64_t)v;
}

static inline void assay_cbor_read_key(assay_cbor_reader *r, uint64_t key)
{
	if (key < 24 && r->p < r->end && *r->p == key)
		r->p++;
	else
		assay_cbor_read_key_any(r, key);
}

#endif
