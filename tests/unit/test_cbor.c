#include "assay/cbor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Linked with --wrap: the n-th allocation made by our objects fails, once; fail_at == 0 never. */
static unsigned calls, fail_at;
void *__real_malloc(size_t n);
void *__wrap_malloc(size_t n);
void *__real_calloc(size_t n, size_t s);
void *__wrap_calloc(size_t n, size_t s);
void *__real_realloc(void *p, size_t n);
void *__wrap_realloc(void *p, size_t n);

void *__wrap_malloc(size_t n)
{
	return ++calls == fail_at ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t s)
{
	return ++calls == fail_at ? NULL : __real_calloc(n, s);
}

void *__wrap_realloc(void *p, size_t n)
{
	return ++calls == fail_at ? NULL : __real_realloc(p, n);
}

static void arm(unsigned n)
{
	calls = 0;
	fail_at = n;
}

/* ---- helpers ---- */

static size_t offset(const assay_cbor_reader *r)
{
	return (size_t)(r->p - r->start);
}

static unsigned nibble(char c)
{
	return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
}

/* Bytes of a hex text, in memory of exactly that size, so that a sanitizer sees any step beyond it. */
static unsigned char *unhex(const char *hex, size_t *n)
{
	unsigned char *p = malloc(strlen(hex) / 2 + (*hex == '\0'));

	assert_non_null(p);
	*n = strlen(hex) / 2;
	for (size_t i = 0; i < *n; i++)
		p[i] = (unsigned char)(nibble(hex[2 * i]) << 4 | nibble(hex[2 * i + 1]));
	return p;
}

static void assert_hex(const assay_buf *b, const char *hex)
{
	ASSAY_AUTO_FREE unsigned char *p = NULL;
	size_t n;

	p = unhex(hex, &n);
	assert_int_equal(b->len, n);
	if (n > 0)
		assert_memory_equal(b->data, p, n);
}

/* xorshift64*: Vigna 2016, arXiv:1402.6246 */
static uint64_t rng;

static uint32_t rnd(void)
{
	rng ^= rng >> 12;
	rng ^= rng << 25;
	rng ^= rng >> 27;
	return (uint32_t)((rng * UINT64_C(0x2545F4914F6CDD1D)) >> 32);
}

/* ---- writer and reader on RFC 8949, appendix A ---- */

static const struct {
	int64_t v;
	const char *hex;
} integers[] = {
    {0, "00"},
    {1, "01"},
    {10, "0a"},
    {23, "17"},
    {24, "1818"},
    {25, "1819"},
    {100, "1864"},
    {255, "18ff"},
    {256, "190100"},
    {1000, "1903e8"},
    {65535, "19ffff"},
    {65536, "1a00010000"},
    {1000000, "1a000f4240"},
    {4294967295, "1affffffff"},
    {4294967296, "1b0000000100000000"},
    {1000000000000, "1b000000e8d4a51000"},
    {INT64_MAX, "1b7fffffffffffffff"},
    {-1, "20"},
    {-10, "29"},
    {-24, "37"},
    {-25, "3818"},
    {-100, "3863"},
    {-1000, "3903e7"},
    {INT64_MIN, "3b7fffffffffffffff"},
};

static void cbor_int__rfc_examples__written_and_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(integers); i++) {
		ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
		assay_cbor_reader r;

		assay_cbor_int(&b, integers[i].v);
		assert_hex(&b, integers[i].hex);
		assay_cbor_reader_init(&r, b.data, b.len);
		assert_int_equal(assay_cbor_peek(&r), integers[i].v >= 0 ? ASSAY_CBOR_UINT : ASSAY_CBOR_NEGINT);
		assert_true(assay_cbor_read_int(&r) == integers[i].v);
		assert_int_equal(assay_cbor_finish(&r, "x", NULL), ASSAY_OK);
	}
}

static void cbor_uint__largest__written_and_read_but_not_as_int(void **state)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	assay_cbor_reader r;
	assay_err err;

	(void)state;
	assay_cbor_uint(&b, UINT64_MAX);
	assert_hex(&b, "1bffffffffffffffff");
	assay_cbor_reader_init(&r, b.data, b.len);
	assert_true(assay_cbor_read_uint(&r) == UINT64_MAX);
	assert_int_equal(assay_cbor_finish(&r, "x", NULL), ASSAY_OK);

	assay_cbor_reader_init(&r, b.data, b.len);
	assert_int_equal(assay_cbor_read_int(&r), 0);
	assert_int_equal(assay_cbor_finish(&r, "x", &err), ASSAY_ECORRUPT);
	assert_string_equal(err.msg, "x: integer beyond 64 bits at byte 0");
	b.data[0] = 0x3b; /* -2^64 */
	assay_cbor_reader_init(&r, b.data, b.len);
	assert_int_equal(assay_cbor_read_int(&r), 0);
	assert_string_equal(r.fault, "integer beyond 64 bits");
	memcpy(b.data, "\x1b\x80\0\0\0\0\0\0\0", 9); /* 2^63, the first that is too large */
	assay_cbor_reader_init(&r, b.data, b.len);
	assert_int_equal(assay_cbor_read_int(&r), 0);
	assert_string_equal(r.fault, "integer beyond 64 bits");
}

static void cbor_text__rfc_examples__written_and_read(void **state)
{
	static const struct {
		const char *text, *hex;
	} cases[] = {
	    {"", "60"},
	    {"a", "6161"},
	    {"IETF", "6449455446"},
	    {"\"\\", "62225c"},
	    {"\xc3\xbc", "62c3bc"},
	    {"\xe6\xb0\xb4", "63e6b0b4"},
	    {"\xf0\x90\x85\x91", "64f0908591"},
	    {"abcdefghijklmnopqrstuvwx", "78186162636465666768696a6b6c6d6e6f707172737475767778"},
	};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(cases); i++) {
		ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
		ASSAY_AUTO_FREE char *copy = NULL;
		assay_cbor_reader r;
		const char *s;
		size_t n = 99;

		assay_cbor_text(&b, cases[i].text);
		assert_hex(&b, cases[i].hex);
		assay_cbor_reader_init(&r, b.data, b.len);
		s = assay_cbor_read_text(&r, &n);
		assert_int_equal(n, strlen(cases[i].text));
		assert_memory_equal(s, cases[i].text, n);
		assert_int_equal(assay_cbor_finish(&r, "x", NULL), ASSAY_OK);

		assay_cbor_reader_init(&r, b.data, b.len);
		copy = assay_cbor_read_strdup(&r);
		assert_string_equal(copy, cases[i].text);
		assert_int_equal(assay_cbor_finish(&r, "x", NULL), ASSAY_OK);
	}
}

static void cbor_bytes__rfc_examples__written_and_read(void **state)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	assay_cbor_reader r;
	const unsigned char *p;
	size_t n = 99;

	(void)state;
	assay_cbor_bytes(&b, NULL, 0);
	assay_cbor_bytes(&b, "\1\2\3\4", 4);
	assert_hex(&b, "404401020304");
	assay_cbor_reader_init(&r, b.data, b.len);
	assert_int_equal(assay_cbor_peek(&r), ASSAY_CBOR_BYTES);
	assert_non_null(assay_cbor_read_bytes(&r, &n));
	assert_int_equal(n, 0);
	p = assay_cbor_read_bytes(&r, &n);
	assert_ptr_equal(p, b.data + 2);
	assert_int_equal(n, 4);
	assert_int_equal(assay_cbor_peek(&r), ASSAY_CBOR_END);
	assert_int_equal(assay_cbor_finish(&r, "x", NULL), ASSAY_OK);
}

static void cbor_simple_and_nested__rfc_examples__written_and_read(void **state)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	assay_cbor_reader r;

	(void)state;
	assay_cbor_map(&b, 2);
	assay_cbor_uint(&b, 1);
	assay_cbor_array(&b, 3);
	assay_cbor_bool(&b, false);
	assay_cbor_bool(&b, true);
	assay_cbor_null(&b);
	assay_cbor_uint(&b, 3);
	assay_cbor_array(&b, 0);
	assert_hex(&b, "a20183f4f5f60380");

	assay_cbor_reader_init(&r, b.data, b.len);
	assert_int_equal(assay_cbor_peek(&r), ASSAY_CBOR_MAP);
	assert_int_equal(assay_cbor_read_map(&r), 2);
	assay_cbor_read_key(&r, 1);
	assert_int_equal(assay_cbor_peek(&r), ASSAY_CBOR_ARRAY);
	assert_int_equal(assay_cbor_read_array(&r), 3);
	assert_int_equal(assay_cbor_peek(&r), ASSAY_CBOR_BOOL);
	assert_false(assay_cbor_read_bool(&r));
	assert_false(assay_cbor_read_null(&r)); /* stays */
	assert_true(assay_cbor_read_bool(&r));
	assert_int_equal(assay_cbor_peek(&r), ASSAY_CBOR_NULL);
	assert_true(assay_cbor_read_null(&r));
	assay_cbor_read_key(&r, 3);
	assert_int_equal(assay_cbor_read_array(&r), 0);
	assert_int_equal(assay_cbor_finish(&r, "x", NULL), ASSAY_OK);
}

static void cbor_digest__value_and_null__round_trip(void **state)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	assay_digest d, got;
	assay_cbor_reader r;

	(void)state;
	memset(&d, 0xab, sizeof(d));
	assay_cbor_digest(&b, &d);
	assay_cbor_digest(&b, NULL);
	assay_cbor_text(&b, NULL);
	assert_int_equal(b.len, 2 + 32 + 1 + 1);
	assay_cbor_reader_init(&r, b.data, b.len);
	assert_true(assay_cbor_read_digest(&r, &got));
	assert_true(assay_digest_eq(&d, &got));
	assert_false(assay_cbor_read_digest(&r, &got));
	assert_true(assay_digest_is_zero(&got));
	assert_null(r.fault);
	assert_null(assay_cbor_read_strdup(&r));
	assert_int_equal(assay_cbor_finish(&r, "x", NULL), ASSAY_OK);
}

/* ---- what the reader refuses ---- */

#define NOT_SHORTEST "head is not the shortest"
#define INDEFINITE   "indefinite length"
#define CUT          "ends inside an item"
#define FLOAT        "floating-point number"

static const struct {
	const char *hex, *fault;
	unsigned at;
} refused[] = {
    {"", CUT, 0},
    {"1800", NOT_SHORTEST, 0},
    {"1817", NOT_SHORTEST, 0},
    {"190000", NOT_SHORTEST, 0},
    {"1900ff", NOT_SHORTEST, 0},
    {"1a0000ffff", NOT_SHORTEST, 0},
    {"1b00000000ffffffff", NOT_SHORTEST, 0},
    {"3817", NOT_SHORTEST, 0},
    {"3900ff", NOT_SHORTEST, 0},
    {"3a0000ffff", NOT_SHORTEST, 0},
    {"3b00000000ffffffff", NOT_SHORTEST, 0},
    {"5800", NOT_SHORTEST, 0},
    {"580161", NOT_SHORTEST, 0},
    {"59000161", NOT_SHORTEST, 0},
    {"7800", NOT_SHORTEST, 0},
    {"780161", NOT_SHORTEST, 0},
    {"7a0000000161", NOT_SHORTEST, 0},
    {"7b000000000000000161", NOT_SHORTEST, 0},
    {"9800", NOT_SHORTEST, 0},
    {"98010000", NOT_SHORTEST, 0},
    {"9b0000000000000000", NOT_SHORTEST, 0},
    {"b800", NOT_SHORTEST, 0},
    {"b90001000000", NOT_SHORTEST, 0},
    {"82011801", NOT_SHORTEST, 2},
    {"5f42010243030405ff", INDEFINITE, 0},
    {"7f657374726561646d696e67ff", INDEFINITE, 0},
    {"9fff", INDEFINITE, 0},
    {"bfff", INDEFINITE, 0},
    {"ff", "break outside an indefinite item", 0},
    {"c11a514b67b0", "tag", 0},
    {"d9d9f700", "tag", 0},
    {"f90000", FLOAT, 0},
    {"fa47c35000", FLOAT, 0},
    {"fb3ff199999999999a", FLOAT, 0},
    {"f7", "undefined value", 0},
    {"e0", "not an item", 0},
    {"f0", "not an item", 0},
    {"f814", "not an item", 0}, /* false in two bytes */
    {"f818", "not an item", 0},
    {"f8ff", "not an item", 0},
    {"fc", "not an item", 0},
    {"1c", "not an item", 0},
    {"1f", "not an item", 0},
    {"3e", "not an item", 0},
    {"5d", "not an item", 0},
    {"18", CUT, 0},
    {"1901", CUT, 0},
    {"1a010203", CUT, 0},
    {"1b01020304050607", CUT, 0},
    {"4201", CUT, 0},
    {"6261", CUT, 0},
    {"5bffffffffffffffff", CUT, 0},
    {"7bffffffffffffffff00", CUT, 0},
    {"9bffffffffffffffff00", "array is longer than the bytes left", 0},
    {"bbffffffffffffffff00", "map is longer than the bytes left", 0},
    {"bb800000000000000000", "map is longer than the bytes left", 0},
    {"830102", "array is longer than the bytes left", 0},
    {"a2010203", "map is longer than the bytes left", 0},
    {"82820102", CUT, 4},
    {"61ff", "text is not UTF-8", 0},
    {"62c080", "text is not UTF-8", 0},
    {"61c3", "text is not UTF-8", 0},
    {"63eda080", "text is not UTF-8", 0},
    {"64f4908080", "text is not UTF-8", 0},
    {"8261616180", "text is not UTF-8", 3},
    {"a202000100", "map keys do not ascend", 3},
    {"a201000100", "map keys do not ascend", 3},
    {"a220000100", "map keys do not ascend", 3},
    {"a221002000", "map keys do not ascend", 3},
    {"a1616100", "map key is not an integer", 1},
    {"a1f600", "map key is not an integer", 1},
    {"a1f500", "map key is not an integer", 1},
    {"a1180100", NOT_SHORTEST, 1},
};

static void cbor_skip__bytes_no_writer_makes__refused_with_reason_and_offset(void **state)
{
	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(refused); i++) {
		ASSAY_AUTO_FREE unsigned char *p = NULL;
		assay_cbor_reader r;
		char expected[128];
		assay_err err;
		size_t n;

		memset(&err, 0x5a, sizeof(err));
		p = unhex(refused[i].hex, &n);
		assay_cbor_reader_init(&r, p, n);
		assay_cbor_skip(&r);
		if (assay_cbor_finish(&r, "record", &err) != ASSAY_ECORRUPT)
			fail_msg("%s was accepted", refused[i].hex);
		(void)snprintf(expected, sizeof(expected), "record: %s at byte %u", refused[i].fault, refused[i].at);
		if (strcmp(err.msg, expected) != 0)
			fail_msg("%s gave '%s', expected '%s'", refused[i].hex, err.msg, expected);
	}
}

static void cbor_skip__sorted_integer_keys__accepted(void **state)
{
	static const char *const good[] = {"a3000018180020f4", "a220002100"};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(good); i++) {
		ASSAY_AUTO_FREE unsigned char *p = NULL;
		assay_cbor_reader r;
		size_t n;

		p = unhex(good[i], &n);
		assay_cbor_reader_init(&r, p, n);
		assay_cbor_skip(&r);
		assert_int_equal(assay_cbor_finish(&r, "x", NULL), ASSAY_OK);
	}
}

static void cbor_skip__depth__32_pass_33_do_not(void **state)
{
	unsigned char nest[40];
	assay_cbor_reader r;
	assay_err err;

	(void)state;
	memset(nest, 0x81, sizeof(nest));
	nest[32] = 0x00;
	assay_cbor_reader_init(&r, nest, 33);
	assay_cbor_skip(&r);
	assert_int_equal(assay_cbor_finish(&r, "x", NULL), ASSAY_OK);
	nest[32] = 0x81;
	nest[33] = 0x00;
	assay_cbor_reader_init(&r, nest, 34);
	assay_cbor_skip(&r);
	assert_int_equal(assay_cbor_finish(&r, "x", &err), ASSAY_ECORRUPT);
	assert_string_equal(err.msg, "x: nested too deeply at byte 32");
}

static void cbor_finish__bytes_left__refused(void **state)
{
	assay_cbor_reader r;
	assay_err err;

	(void)state;
	assay_cbor_reader_init(&r, "\x00\x01\x02", 3);
	assert_int_equal(assay_cbor_read_uint(&r), 0);
	assert_int_equal(assay_cbor_finish(&r, "lineage key", &err), ASSAY_ECORRUPT);
	assert_string_equal(err.msg, "lineage key: 2 bytes left over at byte 1");
}

static void do_uint(assay_cbor_reader *r)
{
	assert_int_equal(assay_cbor_read_uint(r), 0);
}

static void do_int(assay_cbor_reader *r)
{
	assert_int_equal(assay_cbor_read_int(r), 0);
}

static void do_bool(assay_cbor_reader *r)
{
	assert_false(assay_cbor_read_bool(r));
}

static void do_bytes(assay_cbor_reader *r)
{
	size_t n = 99;

	assert_null(assay_cbor_read_bytes(r, &n));
	assert_int_equal(n, 0);
}

static void do_text(assay_cbor_reader *r)
{
	size_t n = 99;

	assert_null(assay_cbor_read_text(r, &n));
	assert_int_equal(n, 0);
}

static void do_strdup(assay_cbor_reader *r)
{
	assert_null(assay_cbor_read_strdup(r));
}

static void do_digest(assay_cbor_reader *r)
{
	assay_digest d;

	memset(&d, 0x5a, sizeof(d));
	assert_false(assay_cbor_read_digest(r, &d));
	assert_true(assay_digest_is_zero(&d));
}

static void do_array(assay_cbor_reader *r)
{
	assert_int_equal(assay_cbor_read_array(r), 0);
}

static void do_map(assay_cbor_reader *r)
{
	assert_int_equal(assay_cbor_read_map(r), 0);
}

static void do_key(assay_cbor_reader *r)
{
	assay_cbor_read_key(r, 5);
}

static const struct {
	void (*read)(assay_cbor_reader *r);
	const char *wrong_type; /* hex of an item that it must refuse */
	const char *fault;
} readers[] = {
    {do_uint, "20", "not an unsigned integer"},
    {do_int, "f5", "not an integer"},
    {do_bool, "01", "not a boolean"},
    {do_bool, "f6", "not a boolean"},
    {do_bytes, "6161", "not a byte string"},
    {do_text, "4161", "not a text string"},
    {do_text, "f6", "not a text string"},
    {do_text, "62c328", "text is not UTF-8"},
    {do_strdup, "05", "not a text string"},
    {do_strdup, "62610062", "text holds a NUL"},
    {do_digest, "4161", "not a digest"},
    {do_digest, "7820202020202020202020202020202020202020202020202020202020202020202020", "not a digest"},
    {do_array, "a10203", "not an array"},
    {do_map, "8102", "not a map"},
    {do_key, "06", "not the map key that belongs here"},
    {do_key, "24", "not the map key that belongs here"},
    {do_key, "6105", "not the map key that belongs here"},
};

static void cbor_text__not_utf8__buffer_fails_and_says_so(void **state)
{
	static const char *const bad[] = {"\xff", "caf\xe9", "caf\xc3", "\xed\xa0\x80", "eight bytes and \xc0\x80"};
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	assay_err err = ASSAY_ERR_INIT;

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(bad); i++) {
		assay_buf_reset(&b);
		assay_cbor_text(&b, bad[i]);
		assay_cbor_text(&b, "good");
		assert_int_equal(assay_buf_check(&b, &err), ASSAY_EINVAL);
		assert_non_null(strstr(err.msg, "a text is not UTF-8"));
		assert_int_equal(b.len, 0);
		assay_buf_reset(&b);
		assay_cbor_words(&b, bad[i]);
		assert_int_equal(assay_buf_check(&b, NULL), ASSAY_OK);
		assert_null(memchr(b.data, '\xff', b.len));
		assert_non_null(memchr(b.data, '?', b.len));
	}
	assay_buf_reset(&b);
	assay_cbor_words(&b, "na\xc3\xafve\n");
	assert_memory_equal(b.data, "\x67na\xc3\xafve\n", b.len);
}

static void cbor_read__wrong_type__fault_and_nothing_moves(void **state)
{
	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(readers); i++) {
		ASSAY_AUTO_FREE unsigned char *p = NULL;
		assay_cbor_reader r;
		size_t n;

		p = unhex(readers[i].wrong_type, &n);
		assay_cbor_reader_init(&r, p, n);
		readers[i].read(&r);
		if (r.fault == NULL || strcmp(r.fault, readers[i].fault) != 0)
			fail_msg("reader %zu gave '%s'", i, r.fault != NULL ? r.fault : "no fault");
		assert_int_equal(offset(&r), 0);
		assert_ptr_equal(r.end, r.p); /* nothing is left to read */
	}
}

static void cbor_read__after_a_fault__zero_first_fault_kept_nothing_moves(void **state)
{
	static const unsigned char items[] = {0x05, 0xf6, 0xf5, 0x80, 0xa0, 0x41, 0x61};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(readers); i++) {
		for (size_t k = 0; k < sizeof(items); k++) {
			assay_cbor_reader r;

			assay_cbor_reader_init(&r, items + k, sizeof(items) - k);
			assay_cbor_fault(&r, "first");
			assay_cbor_fault(&r, "second");
			readers[i].read(&r);
			assay_cbor_skip(&r);
			assert_false(assay_cbor_read_null(&r));
			assert_int_equal(assay_cbor_peek(&r), ASSAY_CBOR_END);
			assert_string_equal(r.fault, "first");
			assert_int_equal(offset(&r), 0);
			assert_ptr_equal(r.p, items + k);
		}
	}
}

static void cbor_peek__malformed__end_and_fault(void **state)
{
	assay_cbor_reader r;

	(void)state;
	assay_cbor_reader_init(&r, "\xff", 1);
	assert_int_equal(assay_cbor_peek(&r), ASSAY_CBOR_END);
	assert_string_equal(r.fault, "break outside an indefinite item");
	assay_cbor_reader_init(&r, "\x18\x05", 2);
	assert_int_equal(assay_cbor_peek(&r), ASSAY_CBOR_END);
	assert_string_equal(r.fault, NOT_SHORTEST);
	assay_cbor_reader_init(&r, "\x18\x05", 2);
	assert_int_equal(assay_cbor_read_uint(&r), 0);
	assay_cbor_reader_init(&r, NULL, 0);
	assert_int_equal(assay_cbor_peek(&r), ASSAY_CBOR_END);
	assert_null(r.fault);
}

/* ---- random bytes ---- */

static void copy_item(assay_cbor_reader *r, assay_buf *out);

static void copy_items(assay_cbor_reader *r, assay_buf *out, size_t n)
{
	for (size_t i = 0; i < n; i++)
		copy_item(r, out);
}

static void copy_container(assay_cbor_reader *r, assay_buf *out)
{
	size_t n;

	if (assay_cbor_peek(r) == ASSAY_CBOR_ARRAY) {
		n = assay_cbor_read_array(r);
		assay_cbor_array(out, n);
		copy_items(r, out, n);
	} else {
		n = assay_cbor_read_map(r);
		assay_cbor_map(out, n);
		copy_items(r, out, 2 * n);
	}
}

static void copy_negative(assay_cbor_reader *r, assay_buf *out)
{
	/* Below INT64_MIN the writer has no call: those are copied as they stand. */
	if (r->end - r->p >= 9 && r->p[0] == 0x3b && r->p[1] >= 0x80) {
		assay_buf_append(out, r->p, 9);
		assay_cbor_skip(r);
	} else {
		assay_cbor_int(out, assay_cbor_read_int(r));
	}
}

static void copy_item(assay_cbor_reader *r, assay_buf *out)
{
	const void *p;
	size_t n;

	switch (assay_cbor_peek(r)) {
	case ASSAY_CBOR_UINT:
		assay_cbor_uint(out, assay_cbor_read_uint(r));
		break;
	case ASSAY_CBOR_NEGINT:
		copy_negative(r, out);
		break;
	case ASSAY_CBOR_BYTES:
		p = assay_cbor_read_bytes(r, &n);
		assay_cbor_bytes(out, p, n);
		break;
	case ASSAY_CBOR_TEXT:
		p = assay_cbor_read_text(r, &n);
		assay_cbor_textn(out, p, n);
		break;
	case ASSAY_CBOR_ARRAY:
	case ASSAY_CBOR_MAP:
		copy_container(r, out);
		break;
	case ASSAY_CBOR_BOOL:
		assay_cbor_bool(out, assay_cbor_read_bool(r));
		break;
	case ASSAY_CBOR_NULL:
		assert_true(assay_cbor_read_null(r));
		assay_cbor_null(out);
		break;
	case ASSAY_CBOR_END:
		break;
	}
}

/* Whatever is accepted is what the writer would have made of it. Returns whether it was. */
static bool check_bytes(const unsigned char *bytes, size_t n)
{
	ASSAY_AUTO_FREE unsigned char *p = malloc(n > 0 ? n : 1);
	ASSAY_AUTO_BUF copy = ASSAY_BUF_INIT;
	assay_cbor_reader r;

	assert_non_null(p);
	memcpy(p, bytes, n);
	assay_cbor_reader_init(&r, p, n);
	assay_cbor_skip(&r);
	assert_ptr_equal(r.start, p);
	assert_true(r.p >= p && r.end <= p + n && (r.fault != NULL ? r.p == r.end : r.end == p + n));
	if (assay_cbor_finish(&r, "fuzz", NULL) != ASSAY_OK)
		return false;
	assay_cbor_reader_init(&r, p, n);
	copy_item(&r, &copy);
	assert_int_equal(assay_cbor_finish(&r, "copy", NULL), ASSAY_OK);
	assert_int_equal(copy.len, n);
	assert_memory_equal(copy.data, p, n);
	return true;
}

static void cbor__random_bytes__refused_or_copied_exactly(void **state)
{
	unsigned accepted = 0;

	(void)state;
	rng = 20260101;
	print_message("seed %" PRIu64 "\n", rng);
	for (unsigned round = 0; round < 200000; round++) {
		unsigned char bytes[32];
		const size_t n = rnd() % (sizeof(bytes) + 1);

		for (size_t i = 0; i < n; i++)
			bytes[i] = (unsigned char)rnd();
		accepted += check_bytes(bytes, n);
	}
	assert_in_range(accepted, 1000, 150000);
}

static void write_sample(assay_buf *b)
{
	assay_digest d;

	memset(&d, 0x11, sizeof(d));
	assay_cbor_map(b, 5);
	assay_cbor_uint(b, 0);
	assay_cbor_text(b, "page \xc3\xbc \xe6\xb0\xb4");
	assay_cbor_uint(b, 1);
	assay_cbor_digest(b, &d);
	assay_cbor_uint(b, 2);
	assay_cbor_array(b, 4);
	assay_cbor_int(b, -1000);
	assay_cbor_uint(b, 70000);
	assay_cbor_bool(b, true);
	assay_cbor_null(b);
	assay_cbor_uint(b, 24);
	assay_cbor_map(b, 1);
	assay_cbor_int(b, -1);
	assay_cbor_bytes(b, "xyz", 3);
	assay_cbor_uint(b, 300);
	assay_cbor_array(b, 0);
}

static void cbor__mutated_record__refused_or_copied_exactly(void **state)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	unsigned accepted = 0;

	(void)state;
	rng = 20260102;
	print_message("seed %" PRIu64 "\n", rng);
	write_sample(&b);
	assert_true(check_bytes(b.data, b.len));
	for (size_t n = 0; n < b.len; n++)
		assert_false(check_bytes(b.data, n)); /* every truncation */
	for (unsigned round = 0; round < 100000; round++) {
		unsigned char bytes[256];

		memcpy(bytes, b.data, b.len);
		for (unsigned k = rnd() % 3 + 1; k > 0; k--)
			bytes[rnd() % b.len] ^= (unsigned char)(1u << rnd() % 8);
		accepted += check_bytes(bytes, b.len);
	}
	assert_in_range(accepted, 1000, 99000);
}

/* ---- memory ---- */

static void cbor_write__every_alloc_fails_in_turn__sticky(void **state)
{
	unsigned n = 0;
	bool ok;

	(void)state;
	do {
		ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

		arm(++n);
		for (unsigned i = 0; i < 8; i++)
			write_sample(&b);
		arm(0);
		ok = assay_buf_check(&b, NULL) == ASSAY_OK;
		assert_true(ok || n < 10);
	} while (!ok);
	assert_in_range(n, 3, 10);
}

static void cbor_read_strdup__memory_out__fault_told_as_enomem(void **state)
{
	assay_cbor_reader r;
	assay_err err;

	(void)state;
	assay_cbor_reader_init(&r, "\x61\x61", 2);
	arm(1);
	assert_null(assay_cbor_read_strdup(&r));
	arm(0);
	assert_int_equal(assay_cbor_finish(&r, "note", &err), ASSAY_ENOMEM);
	assert_string_equal(err.msg, "note: out of memory at byte 0");
}

static void cbor_skip__any_record__allocates_nothing(void **state)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	assay_cbor_reader r;

	(void)state;
	write_sample(&b);
	assay_cbor_reader_init(&r, b.data, b.len);
	arm(0);
	assay_cbor_skip(&r);
	assert_int_equal(calls, 0);
	assert_int_equal(assay_cbor_finish(&r, "x", NULL), ASSAY_OK);
}

/* ---- heads that are read at once: skipping takes the plain way through every item, and is their twin ---- */

/* Reads an item of its own type and writes it again; another type is a fault. */
static void copy_as(assay_cbor_reader *r, unsigned major, assay_buf *out)
{
	assay_digest d;
	size_t n;

	switch (major) {
	case 0:
		assay_cbor_uint(out, assay_cbor_read_uint(r));
		return;
	case 1: /* a positive one too */
		assay_cbor_int(out, assay_cbor_read_int(r));
		return;
	case 2:
		assay_cbor_digest(out, assay_cbor_read_digest(r, &d) ? &d : NULL);
		return;
	case 3: {
		const char *s = assay_cbor_read_text(r, &n);

		assay_cbor_textn(out, s != NULL ? s : "", n);
		return;
	}
	case 4:
		n = assay_cbor_read_array(r);
		assert_true(n <= (size_t)(r->end - r->p));
		assay_cbor_array(out, n);
		return;
	default:
		n = assay_cbor_read_map(r);
		assert_true(n <= (size_t)(r->end - r->p) / 2);
		assay_cbor_map(out, n);
		return;
	}
}

static bool suits(assay_cbor_type type, unsigned reader, size_t size)
{
	static const assay_cbor_type types[] = {ASSAY_CBOR_UINT, ASSAY_CBOR_NEGINT, ASSAY_CBOR_BYTES,
						ASSAY_CBOR_TEXT, ASSAY_CBOR_ARRAY,  ASSAY_CBOR_MAP};

	if (reader == 2)
		return type == ASSAY_CBOR_NULL || (type == ASSAY_CBOR_BYTES && size == 34);
	return type == types[reader] || (reader == 1 && type == ASSAY_CBOR_UINT);
}

/* The type by the first byte: skipping has shown that there is an item. */
static assay_cbor_type type_of(const unsigned char *p)
{
	static const assay_cbor_type types[] = {ASSAY_CBOR_UINT,  ASSAY_CBOR_NEGINT, ASSAY_CBOR_BYTES, ASSAY_CBOR_TEXT,
						ASSAY_CBOR_ARRAY, ASSAY_CBOR_MAP,    ASSAY_CBOR_END,   ASSAY_CBOR_END};

	return *p == 0xf6 ? ASSAY_CBOR_NULL : types[*p >> 5];
}

static void check_head(const unsigned char *p, size_t n)
{
	ASSAY_AUTO_BUF out = ASSAY_BUF_INIT;
	assay_cbor_reader plain;

	assay_cbor_reader_init(&plain, p, n);
	assay_cbor_skip(&plain);
	for (unsigned reader = 0; reader < 6; reader++) {
		assay_cbor_reader r;

		assay_buf_reset(&out);
		assay_cbor_reader_init(&r, p, n);
		copy_as(&r, reader, &out);
		if (reader < 4 && reader == p[0] >> 5 && plain.fault != NULL)
			assert_string_equal(r.fault, plain.fault);
		if (r.fault != NULL) {
			assert_int_equal(offset(&r), 0);
			assert_true(plain.fault != NULL || !suits(type_of(p), reader, offset(&plain)) ||
				    (reader == 1 && n > 8 && p[0] % 32 == 27));
			continue;
		}
		assert_true(suits(type_of(p), reader, offset(&r)));
		assert_int_equal(out.len, offset(&r));
		assert_memory_equal(out.data, p, offset(&r));
		if (reader < 4)
			assert_int_equal(offset(&r), offset(&plain));
	}
}

static void cbor_read__every_head_with_bytes_behind__as_skipped(void **state)
{
	static const unsigned char edge[] = {0, 1, 23, 24, 32, 127, 128, 255};
	unsigned char item[48];

	(void)state;
	memset(item, 'a', sizeof item);
	for (unsigned first = 0; first < 256; first++) {
		for (unsigned i = 0; i < 8 * 8 * 8 * 8; i++) {
			item[0] = (unsigned char)first;
			for (unsigned k = 0; k < 4; k++)
				item[1 + k] = edge[i >> (3 * k) & 7];
			check_head(item, sizeof item);
			if (i % 64 == 0)
				for (size_t n = 1; n < 12; n++)
					check_head(item, n);
		}
	}
}

static void cbor_read_strdup__arena__copies_there(void **state)
{
	assay_arena a = {0};
	assay_cbor_reader r;
	char *s;

	(void)state;
	assay_cbor_reader_init(&r, "\x62\x61\x62\x62\x61\x00\xf6", 7);
	r.arena = &a;
	s = assay_cbor_read_strdup(&r);
	assert_string_equal(s, "ab");
	assert_non_null(a.last);
	assert_null(assay_cbor_read_strdup(&r));
	assert_string_equal(r.fault, "text holds a NUL");
	assert_string_equal(s, "ab");
	assay_arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(cbor_int__rfc_examples__written_and_read),
	    cmocka_unit_test(cbor_uint__largest__written_and_read_but_not_as_int),
	    cmocka_unit_test(cbor_text__rfc_examples__written_and_read),
	    cmocka_unit_test(cbor_bytes__rfc_examples__written_and_read),
	    cmocka_unit_test(cbor_simple_and_nested__rfc_examples__written_and_read),
	    cmocka_unit_test(cbor_digest__value_and_null__round_trip),
	    cmocka_unit_test(cbor_skip__bytes_no_writer_makes__refused_with_reason_and_offset),
	    cmocka_unit_test(cbor_skip__sorted_integer_keys__accepted),
	    cmocka_unit_test(cbor_skip__depth__32_pass_33_do_not),
	    cmocka_unit_test(cbor_finish__bytes_left__refused),
	    cmocka_unit_test(cbor_text__not_utf8__buffer_fails_and_says_so),
	    cmocka_unit_test(cbor_read__wrong_type__fault_and_nothing_moves),
	    cmocka_unit_test(cbor_read__after_a_fault__zero_first_fault_kept_nothing_moves),
	    cmocka_unit_test(cbor_peek__malformed__end_and_fault),
	    cmocka_unit_test(cbor__random_bytes__refused_or_copied_exactly),
	    cmocka_unit_test(cbor__mutated_record__refused_or_copied_exactly),
	    cmocka_unit_test(cbor_write__every_alloc_fails_in_turn__sticky),
	    cmocka_unit_test(cbor_read_strdup__memory_out__fault_told_as_enomem),
	    cmocka_unit_test(cbor_skip__any_record__allocates_nothing),
	    cmocka_unit_test(cbor_read__every_head_with_bytes_behind__as_skipped),
	    cmocka_unit_test(cbor_read_strdup__arena__copies_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
