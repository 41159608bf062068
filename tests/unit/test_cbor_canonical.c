/* Bytes of any kind: what the reader accepts is what the writer would have made of it. */
#include "cbor_fixture.h"

#include <inttypes.h>

/* xorshift64*: Vigna 2016, arXiv:1402.6246 */
static uint64_t rng;

static uint32_t rnd(void)
{
	rng ^= rng >> 12;
	rng ^= rng << 25;
	rng ^= rng >> 27;
	return (uint32_t)((rng * UINT64_C(0x2545F4914F6CDD1D)) >> 32);
}

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

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(cbor__random_bytes__refused_or_copied_exactly),
	    cmocka_unit_test(cbor__mutated_record__refused_or_copied_exactly),
	    cmocka_unit_test(cbor_read__every_head_with_bytes_behind__as_skipped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
