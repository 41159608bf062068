/* What the reader refuses, where and why. */
#include "cbor_fixture.h"

#include <stdio.h>

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

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(cbor_skip__bytes_no_writer_makes__refused_with_reason_and_offset),
	    cmocka_unit_test(cbor_skip__sorted_integer_keys__accepted),
	    cmocka_unit_test(cbor_skip__depth__32_pass_33_do_not),
	    cmocka_unit_test(cbor_finish__bytes_left__refused),
	    cmocka_unit_test(cbor_read__wrong_type__fault_and_nothing_moves),
	    cmocka_unit_test(cbor_read__after_a_fault__zero_first_fault_kept_nothing_moves),
	    cmocka_unit_test(cbor_peek__malformed__end_and_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
