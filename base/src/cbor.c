#include "assay/cbor.h"

#include "utf8.h"

#include <cbor.h>
#include <string.h>

#define HEAD_MAX  9
#define DEPTH_MAX 32
#define BYTE_NULL 0xf6 /* RFC 8949, 3.3: the only encoding of null */

typedef size_t encode_head(size_t n, unsigned char *p, size_t size);

static const char no_memory[] = "out of memory";

/* ---- writer ---- */

void assay_cbor_uint(assay_buf *b, uint64_t v)
{
	unsigned char h[HEAD_MAX];

	assay_buf_append(b, h, cbor_encode_uint(v, h, sizeof(h)));
}

void assay_cbor_int(assay_buf *b, int64_t v)
{
	unsigned char h[HEAD_MAX];

	if (v >= 0)
		assay_cbor_uint(b, (uint64_t)v);
	else
		assay_buf_append(b, h, cbor_encode_negint(~(uint64_t)v, h, sizeof(h)));
}

void assay_cbor_bool(assay_buf *b, bool v)
{
	unsigned char h[HEAD_MAX];

	assay_buf_append(b, h, cbor_encode_bool(v, h, sizeof(h)));
}

void assay_cbor_null(assay_buf *b)
{
	unsigned char h[HEAD_MAX];

	assay_buf_append(b, h, cbor_encode_null(h, sizeof(h)));
}

static void append_head(assay_buf *b, encode_head *encode, size_t n)
{
	unsigned char h[HEAD_MAX];

	assay_buf_append(b, h, encode(n, h, sizeof(h)));
}

void assay_cbor_bytes(assay_buf *b, const void *p, size_t n)
{
	append_head(b, cbor_encode_bytestring_start, n);
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
	append_head(b, cbor_encode_string_start, n);
	assay_buf_append(b, s, n);
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
	append_head(b, cbor_encode_array_start, n);
}

void assay_cbor_map(assay_buf *b, size_t n)
{
	append_head(b, cbor_encode_map_start, n);
}

/* ---- one token, by libcbor's callbacks ---- */

typedef struct token {
	assay_cbor_type type;
	uint64_t value;            /* integer argument, bool, length or count */
	const unsigned char *data; /* of a string */
	size_t size;               /* bytes of the head, and of the string if it is one */
	const char *fault;
} token;

static void set(void *ctx, assay_cbor_type type, uint64_t value)
{
	token *t = ctx;

	t->type = type;
	t->value = value;
}

static void set_fault(void *ctx, const char *fault)
{
	token *t = ctx;

	t->fault = fault;
}

static void on_uint8(void *ctx, uint8_t v)
{
	set(ctx, ASSAY_CBOR_UINT, v);
}

static void on_uint16(void *ctx, uint16_t v)
{
	set(ctx, ASSAY_CBOR_UINT, v);
}

static void on_uint32(void *ctx, uint32_t v)
{
	set(ctx, ASSAY_CBOR_UINT, v);
}

static void on_uint64(void *ctx, uint64_t v)
{
	set(ctx, ASSAY_CBOR_UINT, v);
}

static void on_negint8(void *ctx, uint8_t v)
{
	set(ctx, ASSAY_CBOR_NEGINT, v);
}

static void on_negint16(void *ctx, uint16_t v)
{
	set(ctx, ASSAY_CBOR_NEGINT, v);
}

static void on_negint32(void *ctx, uint32_t v)
{
	set(ctx, ASSAY_CBOR_NEGINT, v);
}

static void on_negint64(void *ctx, uint64_t v)
{
	set(ctx, ASSAY_CBOR_NEGINT, v);
}

static void on_bytes(void *ctx, cbor_data data, size_t n)
{
	set(ctx, ASSAY_CBOR_BYTES, n);
	((token *)ctx)->data = data;
}

static void on_text(void *ctx, cbor_data data, size_t n)
{
	set(ctx, ASSAY_CBOR_TEXT, n);
	((token *)ctx)->data = data;
}

static void on_array(void *ctx, size_t n)
{
	set(ctx, ASSAY_CBOR_ARRAY, n);
}

static void on_map(void *ctx, size_t n)
{
	set(ctx, ASSAY_CBOR_MAP, n);
}

static void on_bool(void *ctx, bool v)
{
	set(ctx, ASSAY_CBOR_BOOL, v);
}

static void on_null(void *ctx)
{
	set(ctx, ASSAY_CBOR_NULL, 0);
}

static void on_indefinite(void *ctx)
{
	set_fault(ctx, "indefinite length");
}

static void on_tag(void *ctx, uint64_t v)
{
	(void)v;
	set_fault(ctx, "tag");
}

static void on_float(void *ctx, float v)
{
	(void)v;
	set_fault(ctx, "floating-point number");
}

static void on_double(void *ctx, double v)
{
	(void)v;
	set_fault(ctx, "floating-point number");
}

static void on_undefined(void *ctx)
{
	set_fault(ctx, "undefined value");
}

static void on_break(void *ctx)
{
	set_fault(ctx, "break outside an indefinite item");
}

static const struct cbor_callbacks callbacks = {
    .uint8 = on_uint8,
    .uint16 = on_uint16,
    .uint32 = on_uint32,
    .uint64 = on_uint64,
    .negint8 = on_negint8,
    .negint16 = on_negint16,
    .negint32 = on_negint32,
    .negint64 = on_negint64,
    .byte_string_start = on_indefinite,
    .byte_string = on_bytes,
    .string = on_text,
    .string_start = on_indefinite,
    .indef_array_start = on_indefinite,
    .array_start = on_array,
    .indef_map_start = on_indefinite,
    .map_start = on_map,
    .tag = on_tag,
    .float2 = on_float,
    .float4 = on_float,
    .float8 = on_double,
    .undefined = on_undefined,
    .null = on_null,
    .boolean = on_bool,
    .indef_break = on_break,
};

/* Length of the head that the writer would make. */
static size_t shortest_head(const token *t)
{
	unsigned char h[HEAD_MAX];

	switch (t->type) {
	case ASSAY_CBOR_UINT:
		return cbor_encode_uint(t->value, h, sizeof(h));
	case ASSAY_CBOR_NEGINT:
		return cbor_encode_negint(t->value, h, sizeof(h));
	case ASSAY_CBOR_BYTES:
		return cbor_encode_bytestring_start((size_t)t->value, h, sizeof(h));
	case ASSAY_CBOR_TEXT:
		return cbor_encode_string_start((size_t)t->value, h, sizeof(h));
	case ASSAY_CBOR_ARRAY:
		return cbor_encode_array_start((size_t)t->value, h, sizeof(h));
	case ASSAY_CBOR_MAP:
		return cbor_encode_map_start((size_t)t->value, h, sizeof(h));
	case ASSAY_CBOR_BOOL:
	case ASSAY_CBOR_NULL:
	case ASSAY_CBOR_END:
	default:
		return 1;
	}
}

/* The size of a head is the size of the token, less that of the string behind it. */
static const char *check_token(const token *t, size_t left)
{
	const bool is_string = t->type == ASSAY_CBOR_BYTES || t->type == ASSAY_CBOR_TEXT;
	const size_t head = t->size - (is_string ? (size_t)t->value : 0);
	const size_t rest = left - t->size;

	if (t->fault != NULL)
		return t->fault;
	if (head != shortest_head(t))
		return "head is not the shortest";
	if (t->type == ASSAY_CBOR_ARRAY && t->value > rest)
		return "array is longer than the bytes left";
	if (t->type == ASSAY_CBOR_MAP && t->value > rest / 2)
		return "map is longer than the bytes left";
	return NULL;
}

/* Decode the next item without moving. False on a fault, with *t all zero. */
static bool look(assay_cbor_reader *r, token *t)
{
	struct cbor_decoder_result got;
	const char *fault = NULL;

	*t = (token){.type = ASSAY_CBOR_END};
	if (r->fault != NULL)
		return false;
	got = cbor_stream_decode(r->p, r->left, &callbacks, t);
	t->size = got.read;
	if (got.status == CBOR_DECODER_FINISHED)
		fault = check_token(t, r->left);
	else
		fault = got.status == CBOR_DECODER_NEDATA ? "ends inside an item" : "not an item";
	if (fault == NULL)
		return true;
	assay_cbor_fault(r, fault);
	*t = (token){.type = ASSAY_CBOR_END};
	return false;
}

static void move(assay_cbor_reader *r, size_t n)
{
	r->p += n;
	r->left -= n;
	r->at += n;
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
	move(r, t->size);
	return true;
}

/* ---- reader ---- */

void assay_cbor_reader_init(assay_cbor_reader *r, const void *p, size_t n)
{
	*r = (assay_cbor_reader){.p = p, .left = n};
}

void assay_cbor_fault(assay_cbor_reader *r, const char *static_reason)
{
	if (r->fault == NULL)
		r->fault = static_reason;
}

assay_cbor_type assay_cbor_peek(assay_cbor_reader *r)
{
	token t;

	if (r->left == 0)
		return ASSAY_CBOR_END;
	(void)look(r, &t);
	return t.type;
}

uint64_t assay_cbor_read_uint(assay_cbor_reader *r)
{
	token t;

	(void)take(r, &t, ASSAY_CBOR_UINT, "not an unsigned integer");
	return t.value;
}

int64_t assay_cbor_read_int(assay_cbor_reader *r)
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
	move(r, t.size);
	return t.type == ASSAY_CBOR_UINT ? (int64_t)t.value : -1 - (int64_t)t.value;
}

bool assay_cbor_read_bool(assay_cbor_reader *r)
{
	token t;

	(void)take(r, &t, ASSAY_CBOR_BOOL, "not a boolean");
	return t.value != 0;
}

bool assay_cbor_read_null(assay_cbor_reader *r)
{
	if (r->fault != NULL || r->left == 0 || *r->p != BYTE_NULL)
		return false;
	move(r, 1);
	return true;
}

const unsigned char *assay_cbor_read_bytes(assay_cbor_reader *r, size_t *n)
{
	token t;

	(void)take(r, &t, ASSAY_CBOR_BYTES, "not a byte string");
	*n = (size_t)t.value;
	return t.data;
}

static bool is_utf8(const unsigned char *p, size_t n)
{
	while (n > 0) {
		const size_t len = utf8_len(p, n);

		if (len == 0)
			return false;
		p += len;
		n -= len;
	}
	return true;
}

/* Look before moving, so that the offset in the message is that of the string. */
const char *assay_cbor_read_text(assay_cbor_reader *r, size_t *n)
{
	token t;

	*n = 0;
	if (!look(r, &t))
		return NULL;
	if (t.type != ASSAY_CBOR_TEXT || !is_utf8(t.data, (size_t)t.value)) {
		assay_cbor_fault(r, t.type != ASSAY_CBOR_TEXT ? "not a text string" : "text is not UTF-8");
		return NULL;
	}
	move(r, t.size);
	*n = (size_t)t.value;
	return (const char *)t.data;
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
	copy = memchr(s, '\0', n) == NULL ? assay_strndup(s, n) : NULL;
	if (copy == NULL) {
		*r = before;
		assay_cbor_fault(r, memchr(s, '\0', n) != NULL ? "text holds a NUL" : no_memory);
	}
	return copy;
}

bool assay_cbor_read_digest(assay_cbor_reader *r, assay_digest *out)
{
	token t;

	*out = (assay_digest){0};
	if (assay_cbor_read_null(r) || !look(r, &t))
		return false;
	if (t.type != ASSAY_CBOR_BYTES || t.value != sizeof(out->bytes)) {
		assay_cbor_fault(r, "not a digest");
		return false;
	}
	memcpy(out->bytes, t.data, sizeof(out->bytes));
	move(r, t.size);
	return true;
}

size_t assay_cbor_read_array(assay_cbor_reader *r)
{
	token t;

	(void)take(r, &t, ASSAY_CBOR_ARRAY, "not an array");
	return (size_t)t.value;
}

size_t assay_cbor_read_map(assay_cbor_reader *r)
{
	token t;

	(void)take(r, &t, ASSAY_CBOR_MAP, "not a map");
	return (size_t)t.value;
}

void assay_cbor_read_key(assay_cbor_reader *r, uint64_t key)
{
	token t;

	if (!look(r, &t))
		return;
	if (t.type == ASSAY_CBOR_UINT && t.value == key)
		move(r, t.size);
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
		move(r, t.size);
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
	move(r, t->size);
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
		move(r, t.size);
}

void assay_cbor_skip(assay_cbor_reader *r)
{
	skip(r, 0);
}

assay_code assay_cbor_finish(const assay_cbor_reader *r, const char *what, assay_err *err)
{
	if (r->fault != NULL && strcmp(r->fault, no_memory) == 0)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "%s: %s at byte %zu", what, r->fault, r->at);
	if (r->fault != NULL)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "%s: %s at byte %zu", what, r->fault, r->at);
	if (r->left > 0)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "%s: %zu bytes left over at byte %zu", what, r->left, r->at);
	return ASSAY_OK;
}
