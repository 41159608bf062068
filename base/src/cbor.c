#include "assay/cbor.h"

#include "assay/text.h"

#include <string.h>

#define HEAD_MAX   9
#define DEPTH_MAX  32
#define BYTE_FALSE 0xf4 /* RFC 8949, 3.3: the only encodings of these */
#define BYTE_TRUE  0xf5
#define BYTE_NULL  0xf6

/* RFC 8949, 3.1: the high three bits of an initial byte. */
enum major {
	MAJOR_UINT,
	MAJOR_NEGINT,
	MAJOR_BYTES,
	MAJOR_TEXT,
	MAJOR_ARRAY,
	MAJOR_MAP,
	MAJOR_TAG,
	MAJOR_SIMPLE,
};

static const char no_memory[] = "out of memory";

/* ---- writer ---- */

/* The argument in as few bytes as it fits: in the initial byte up to 23, else in 1, 2, 4 or 8 behind it. */
static void append_head(assay_buf *b, enum major major, uint64_t v)
{
	const unsigned log2 = v <= UINT8_MAX ? 0 : v <= UINT16_MAX ? 1 : v <= UINT32_MAX ? 2 : 3;
	const size_t size = (size_t)1 << log2;
	unsigned char h[HEAD_MAX];

	if (v < 24) {
		h[0] = (unsigned char)((unsigned)major << 5 | (unsigned)v);
		assay_buf_append(b, h, 1);
		return;
	}
	h[0] = (unsigned char)((unsigned)major << 5 | (24 + log2));
	for (size_t i = 0; i < size; i++)
		h[1 + i] = (unsigned char)(v >> (8 * (size - 1 - i)));
	assay_buf_append(b, h, 1 + size);
}

void assay_cbor_uint(assay_buf *b, uint64_t v)
{
	append_head(b, MAJOR_UINT, v);
}

void assay_cbor_int(assay_buf *b, int64_t v)
{
	if (v >= 0)
		append_head(b, MAJOR_UINT, (uint64_t)v);
	else
		append_head(b, MAJOR_NEGINT, ~(uint64_t)v);
}

void assay_cbor_bool(assay_buf *b, bool v)
{
	append_head(b, MAJOR_SIMPLE, v ? 21 : 20);
}

void assay_cbor_null(assay_buf *b)
{
	append_head(b, MAJOR_SIMPLE, BYTE_NULL & 31);
}

void assay_cbor_bytes(assay_buf *b, const void *p, size_t n)
{
	append_head(b, MAJOR_BYTES, n);
	assay_buf_append(b, p, n);
}

void assay_cbor_text(assay_buf *b, const char *s)
{
	if (s == NULL)
		assay_cbor_null(b);
	else
		assay_cbor_textn(b, s, strlen(s));
}

void assay_cbor_textn(assay_buf *b, const char *s, size_t n)
{
	if (assay_utf8_prefix(s, n) != n) {
		assay_buf_refuse_text(b);
		return;
	}
	append_head(b, MAJOR_TEXT, n);
	assay_buf_append(b, s, n);
}

void assay_cbor_words(assay_buf *b, const char *s)
{
	ASSAY_AUTO_BUF harmless = ASSAY_BUF_INIT;

	if (s == NULL || assay_utf8_prefix(s, strlen(s)) == strlen(s)) {
		assay_cbor_text(b, s);
		return;
	}
	(void)assay_text_put(&harmless, s, SIZE_MAX);
	b->failed = b->failed || harmless.failed;
	assay_cbor_text(b, assay_buf_str(&harmless));
}

void assay_cbor_digest(assay_buf *b, const assay_digest *d)
{
	if (d == NULL)
		assay_cbor_null(b);
	else
		assay_cbor_bytes(b, d->bytes, sizeof(d->bytes));
}

void assay_cbor_array(assay_buf *b, size_t n)
{
	append_head(b, MAJOR_ARRAY, n);
}

void assay_cbor_map(assay_buf *b, size_t n)
{
	append_head(b, MAJOR_MAP, n);
}

/* ---- one token ---- */

typedef struct token {
	assay_cbor_type type;
	uint64_t value;            /* integer argument, bool, length or count */
	const unsigned char *data; /* of a string */
	size_t size;               /* bytes of the head, and of the string if it is one */
} token;

/* The argument behind the initial byte, big-endian. Its size is told by the low five bits; at least 24 here. */
static const char *read_argument(token *t, const unsigned char *p, size_t left)
{
	const unsigned info = *p & 31u;
	const size_t size = (size_t)1 << (info - 24);

	if (info > 27)
		return "not an item";
	if (left < 1 + size)
		return "ends inside an item";
	for (size_t i = 0; i < size; i++)
		t->value = t->value << 8 | p[1 + i];
	t->size = 1 + size;
	return NULL;
}

/* What goes into one byte, or into half the bytes, must not be longer. */
static bool is_shortest(const token *t)
{
	return t->size == 1 || (t->size == 2 ? t->value >= 24 : t->value >> (4 * (t->size - 1)) > 0);
}

/* Floating-point numbers and simple values: of all of them only false, true and null are written. */
static const char *read_simple(token *t, unsigned info, size_t left)
{
	switch (info) {
	case 20:
	case 21:
		t->type = ASSAY_CBOR_BOOL;
		t->value = info == 21;
		return NULL;
	case BYTE_NULL & 31:
		t->type = ASSAY_CBOR_NULL;
		t->value = 0;
		return NULL;
	case 23:
		return "undefined value";
	case 25:
	case 26:
	case 27:
		return left < (size_t)1 + ((size_t)1 << (info - 24)) ? "ends inside an item" : "floating-point number";
	case 31:
		return "break outside an indefinite item";
	default:
		return "not an item";
	}
}

static const char *read_string(token *t, const unsigned char *p, size_t left)
{
	if (t->value > left - t->size)
		return "ends inside an item";
	if (!is_shortest(t))
		return "head is not the shortest";
	t->data = p + t->size;
	t->size += (size_t)t->value;
	return NULL;
}

/* Each item takes a byte at least, so that a count is bounded by what is left. */
static const char *read_item(token *t, enum major major, const unsigned char *p, size_t left)
{
	static const assay_cbor_type types[] = {ASSAY_CBOR_UINT, ASSAY_CBOR_NEGINT, ASSAY_CBOR_BYTES,
						ASSAY_CBOR_TEXT, ASSAY_CBOR_ARRAY,  ASSAY_CBOR_MAP};

	if (major == MAJOR_TAG)
		return "tag";
	t->type = types[major];
	if (major == MAJOR_BYTES || major == MAJOR_TEXT)
		return read_string(t, p, left);
	if (!is_shortest(t))
		return "head is not the shortest";
	if (major == MAJOR_ARRAY && t->value > left - t->size)
		return "array is longer than the bytes left";
	if (major == MAJOR_MAP && t->value > (left - t->size) / 2)
		return "map is longer than the bytes left";
	return NULL;
}

static const char *read_token(token *t, const unsigned char *p, size_t left)
{
	const unsigned info = *p & 31u;
	const enum major major = (enum major)(*p >> 5);
	const char *fault = NULL;

	t->size = 1;
	if (major == MAJOR_SIMPLE)
		return read_simple(t, info, left);
	if (info == 31 && major >= MAJOR_BYTES && major <= MAJOR_MAP)
		return "indefinite length";
	if (info < 24)
		t->value = info;
	else
		fault = read_argument(t, p, left);
	return fault != NULL ? fault : read_item(t, major, p, left);
}

static size_t bytes_left(const assay_cbor_reader *r)
{
	return (size_t)(r->end - r->p);
}

static size_t offset(const assay_cbor_reader *r)
{
	return (size_t)(r->p - r->start);
}

/* Decode the next item without moving. False on a fault, with *t all zero. */
static inline bool look(assay_cbor_reader *r, token *t)
{
	const char *fault;

	*t = (token){.type = ASSAY_CBOR_END};
	if (r->fault != NULL)
		return false;
	fault = r->p == r->end ? "ends inside an item" : read_token(t, r->p, bytes_left(r));
	if (fault == NULL)
		return true;
	assay_cbor_fault(r, fault);
	*t = (token){.type = ASSAY_CBOR_END};
	return false;
}

/* A string with such a head that is all there, without moving: where it is, and its end behind the head's start. */
static inline const unsigned char *short_string(const assay_cbor_reader *r, enum major major, size_t *n, size_t *size)
{
	uint64_t v;
	const size_t head = assay_cbor_head(r, major, &v);

	if (head == 0 || v > bytes_left(r) - head)
		return NULL;
	*n = (size_t)v;
	*size = head + (size_t)v;
	return r->p + head;
}

/* Consume the next item, which must be of this type. */
static bool take(assay_cbor_reader *r, token *t, assay_cbor_type type, const char *otherwise)
{
	if (!look(r, t))
		return false;
	if (t->type != type) {
		assay_cbor_fault(r, otherwise);
		*t = (token){.type = ASSAY_CBOR_END};
		return false;
	}
	r->p += t->size;
	return true;
}

/* ---- reader ---- */

void assay_cbor_reader_init(assay_cbor_reader *r, const void *p, size_t n)
{
	*r = (assay_cbor_reader){.p = p, .start = p, .end = p};
	if (n > 0)
		r->end += n;
}

void assay_cbor_fault(assay_cbor_reader *r, const char *static_reason)
{
	if (r->fault == NULL)
		r->fault = static_reason;
	r->end = r->p;
}

assay_cbor_type assay_cbor_peek_any(assay_cbor_reader *r)
{
	token t;

	if (r->p == r->end)
		return ASSAY_CBOR_END;
	(void)look(r, &t);
	return t.type;
}

uint64_t assay_cbor_read_uint_any(assay_cbor_reader *r)
{
	token t;

	(void)take(r, &t, ASSAY_CBOR_UINT, "not an unsigned integer");
	return t.value;
}

int64_t assay_cbor_read_int_any(assay_cbor_reader *r)
{
	token t;

	if (!look(r, &t))
		return 0;
	if (t.type != ASSAY_CBOR_UINT && t.type != ASSAY_CBOR_NEGINT) {
		assay_cbor_fault(r, "not an integer");
		return 0;
	}
	if (t.value > INT64_MAX) {
		assay_cbor_fault(r, "integer beyond 64 bits");
		return 0;
	}
	r->p += t.size;
	return t.type == ASSAY_CBOR_UINT ? (int64_t)t.value : -1 - (int64_t)t.value;
}

bool assay_cbor_read_bool(assay_cbor_reader *r)
{
	token t;

	if (r->p < r->end && (*r->p == BYTE_FALSE || *r->p == BYTE_TRUE))
		return *r->p++ == BYTE_TRUE;
	(void)take(r, &t, ASSAY_CBOR_BOOL, "not a boolean");
	return t.value != 0;
}

bool assay_cbor_read_null(assay_cbor_reader *r)
{
	if (r->p == r->end || *r->p != BYTE_NULL)
		return false;
	r->p++;
	return true;
}

const unsigned char *assay_cbor_read_bytes(assay_cbor_reader *r, size_t *n)
{
	size_t size;
	token t;
	const unsigned char *s = short_string(r, MAJOR_BYTES, n, &size);

	if (s != NULL) {
		r->p += size;
		return s;
	}
	(void)take(r, &t, ASSAY_CBOR_BYTES, "not a byte string");
	*n = (size_t)t.value;
	return t.data;
}

/* Look before moving, so that the offset in the message is that of the string. */
const char *assay_cbor_read_text(assay_cbor_reader *r, size_t *n)
{
	size_t size;
	token t;
	const unsigned char *s = short_string(r, MAJOR_TEXT, n, &size);

	if (s != NULL && assay_utf8_prefix(s, *n) == *n) {
		r->p += size;
		return (const char *)s;
	}
	*n = 0;
	if (!look(r, &t))
		return NULL;
	if (t.type != ASSAY_CBOR_TEXT || assay_utf8_prefix(t.data, (size_t)t.value) != (size_t)t.value) {
		assay_cbor_fault(r, t.type != ASSAY_CBOR_TEXT ? "not a text string" : "text is not UTF-8");
		return NULL;
	}
	r->p += t.size;
	*n = (size_t)t.value;
	return (const char *)t.data;
}

static char *copy_text(const assay_cbor_reader *r, const char *s, size_t n)
{
	return r->arena != NULL ? assay_arena_strndup(r->arena, s, n) : assay_strndup(s, n);
}

char *assay_cbor_read_strdup(assay_cbor_reader *r)
{
	const assay_cbor_reader before = *r;
	const char *s;
	char *copy;
	size_t n;

	if (assay_cbor_read_null(r))
		return NULL;
	s = assay_cbor_read_text(r, &n);
	if (s == NULL)
		return NULL;
	copy = memchr(s, '\0', n) == NULL ? copy_text(r, s, n) : NULL;
	if (copy == NULL) {
		*r = before;
		assay_cbor_fault(r, memchr(s, '\0', n) != NULL ? "text holds a NUL" : no_memory);
	}
	return copy;
}

bool assay_cbor_read_digest(assay_cbor_reader *r, assay_digest *out)
{
	size_t n, size;
	token t;
	const unsigned char *s = short_string(r, MAJOR_BYTES, &n, &size);

	if (s != NULL && n == sizeof(out->bytes)) {
		memcpy(out->bytes, s, n);
		r->p += size;
		return true;
	}
	*out = (assay_digest){0};
	if (assay_cbor_read_null(r) || !look(r, &t))
		return false;
	if (t.type != ASSAY_CBOR_BYTES || t.value != sizeof(out->bytes)) {
		assay_cbor_fault(r, "not a digest");
		return false;
	}
	memcpy(out->bytes, t.data, sizeof(out->bytes));
	r->p += t.size;
	return true;
}

size_t assay_cbor_read_array(assay_cbor_reader *r)
{
	uint64_t v;
	const size_t head = assay_cbor_head(r, MAJOR_ARRAY, &v);
	token t;

	if (head > 0 && v <= bytes_left(r) - head) {
		r->p += head;
		return (size_t)v;
	}
	(void)take(r, &t, ASSAY_CBOR_ARRAY, "not an array");
	return (size_t)t.value;
}

size_t assay_cbor_read_map(assay_cbor_reader *r)
{
	uint64_t v;
	token t;

	if (assay_cbor_head(r, MAJOR_MAP, &v) == 1 && v <= (bytes_left(r) - 1) / 2) {
		r->p++;
		return (size_t)v;
	}
	(void)take(r, &t, ASSAY_CBOR_MAP, "not a map");
	return (size_t)t.value;
}

void assay_cbor_read_key_any(assay_cbor_reader *r, uint64_t key)
{
	token t;

	if (!look(r, &t))
		return;
	if (t.type == ASSAY_CBOR_UINT && t.value == key)
		r->p += t.size;
	else
		assay_cbor_fault(r, "not the map key that belongs here");
}

/* RFC 8949, 4.2.1: keys in the byte order of their encodings, which puts 0, 1, 2… before -1, -2… */
static void skip_key(assay_cbor_reader *r, token *last)
{
	token t;

	if (!look(r, &t))
		return;
	if (t.type != ASSAY_CBOR_UINT && t.type != ASSAY_CBOR_NEGINT)
		assay_cbor_fault(r, "map key is not an integer");
	else if (last->type > t.type || (last->type == t.type && last->value >= t.value))
		assay_cbor_fault(r, "map keys do not ascend");
	else
		r->p += t.size;
	*last = t;
}

static void skip(assay_cbor_reader *r, unsigned depth);

static void skip_members(assay_cbor_reader *r, const token *t, unsigned depth)
{
	token last = {.type = ASSAY_CBOR_END}; /* sorts before every key */

	if (depth == DEPTH_MAX) {
		assay_cbor_fault(r, "nested too deeply");
		return;
	}
	r->p += t->size;
	for (uint64_t i = 0; i < t->value && r->fault == NULL; i++) {
		if (t->type == ASSAY_CBOR_MAP)
			skip_key(r, &last);
		skip(r, depth + 1);
	}
}

static void skip(assay_cbor_reader *r, unsigned depth)
{
	token t;
	size_t n;

	if (!look(r, &t))
		return;
	if (t.type == ASSAY_CBOR_TEXT)
		(void)assay_cbor_read_text(r, &n);
	else if (t.type == ASSAY_CBOR_ARRAY || t.type == ASSAY_CBOR_MAP)
		skip_members(r, &t, depth);
	else
		r->p += t.size;
}

void assay_cbor_skip(assay_cbor_reader *r)
{
	skip(r, 0);
}

assay_code assay_cbor_finish(const assay_cbor_reader *r, const char *what, assay_err *err)
{
	if (r->fault != NULL && strcmp(r->fault, no_memory) == 0)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "%s: %s at byte %zu", what, r->fault, offset(r));
	if (r->fault != NULL)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "%s: %s at byte %zu", what, r->fault, offset(r));
	if (r->p < r->end)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "%s: %zu bytes left over at byte %zu", what, bytes_left(r),
				   offset(r));
	return ASSAY_OK;
}
