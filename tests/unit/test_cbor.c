/* Writer and reader on RFC 8949, appendix A, and memory that runs out. */
#include "cbor_fixture.h"

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
	    cmocka_unit_test(cbor_text__not_utf8__buffer_fails_and_says_so),
	    cmocka_unit_test(cbor_write__every_alloc_fails_in_turn__sticky),
	    cmocka_unit_test(cbor_read_strdup__memory_out__fault_told_as_enomem),
	    cmocka_unit_test(cbor_skip__any_record__allocates_nothing),
	    cmocka_unit_test(cbor_read_strdup__arena__copies_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
