/* The canonical form of a contract: what is written, and what of it is read again. */
#include "contract_fixture.h"

static void record_of(assay_buf *out, const char *text)
{
	assay_contract *c = load(text, &vocabulary);

	assay_contract_encode(out, c);
	assert_false(out->failed);
	assay_contract_close(c);
}

/* Written by hand from RFC 8949 and the layout at the top of contract_record.c. */
static void contract_encode__small__bytes_by_hand(void **state)
{
	static const unsigned char wanted[] = "\xa5\x00\x01\x01\x61"
					      "c\x02\x60\x03\x65"
					      "1.0.0\x04\x81\xab\x00\x61"
					      "a\x01\x01\x02\x67"
					      "ocr.cer\x03\x05\x04\x82\x02\x02\x05\xf6\x06\x01\x07\x02\x08\x60\x09\x62"
					      "up\x0a\x80";
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

	(void)state;
	record_of(&b, CHECK("metric: ocr.cer, mustBeLessThan: 0.02, whenMissing: skip, remedy: up"));
	assert_int_equal(b.len, sizeof wanted - 1);
	assert_memory_equal(b.data, wanted, b.len);
}

static void contract_encode__form__prose_and_order_do_not_change_it(void **state)
{
	static const char one[] =
	    ENTRY CUSTOM "    implementation: {metric: ocr.cer, mustBeLessThan: 0.02}\n"
			 "  - {id: b, type: custom, engine: assay, implementation: {metric: page.dpi, "
			 "mustBe: 300}}\n";
	static const char *const same[] = {
	    /* keys and checks in another order, comments, prose, another spelling of the number, another status */
	    "# remark\nstatus: draft\nid: c\nversion: '1.0.0'\nkind: DataContract\napiVersion: v3.1.0\n"
	    "description: {purpose: prose}\ntags: [x]\nschema:\n- quality:\n"
	    "  - {implementation: {mustBe: 3e2, metric: page.dpi}, engine: assay, id: b, type: custom}\n"
	    "  - {implementation: {mustBeLessThan: 0.0200, metric: ocr.cer}, engine: assay, id: a,\n"
	    "     type: custom, description: prose, severity: error, businessImpact: high}\n"
	    "  name: page\n  description: prose\n",
	};
	static const char *const other[] = {
	    ENTRY CUSTOM "    implementation: {metric: ocr.cer, mustBeLessThan: 0.03}\n"
			 "  - {id: b, type: custom, engine: assay, implementation: {metric: page.dpi, mustBe: 300}}\n",
	    ENTRY CUSTOM "    implementation: {metric: ocr.cer, mustBeLessOrEqualTo: 0.02}\n"
			 "  - {id: b, type: custom, engine: assay, implementation: {metric: page.dpi, mustBe: 300}}\n",
	    ENTRY CUSTOM "    severity: info\n    implementation: {metric: ocr.cer, mustBeLessThan: 0.02}\n"
			 "  - {id: b, type: custom, engine: assay, implementation: {metric: page.dpi, mustBe: 300}}\n",
	    ENTRY CUSTOM "    implementation: {metric: ocr.cer, mustBeLessThan: 0.02, whenMissing: skip}\n"
			 "  - {id: b, type: custom, engine: assay, implementation: {metric: page.dpi, mustBe: 300}}\n",
	    ENTRY CUSTOM "    implementation: {metric: ocr.cer, mustBeLessThan: 0.02}\n",
	};
	ASSAY_AUTO_BUF first = ASSAY_BUF_INIT;

	(void)state;
	record_of(&first, one);
	for (size_t i = 0; i < ASSAY_COUNT(same); i++) {
		ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

		record_of(&b, same[i]);
		assert_int_equal(b.len, first.len);
		assert_memory_equal(b.data, first.data, b.len);
	}
	for (size_t i = 0; i < ASSAY_COUNT(other); i++) {
		ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

		record_of(&b, other[i]);
		assert_false(b.len == first.len && memcmp(b.data, first.data, b.len) == 0);
	}
}

static void contract_decode__whole__same_record_and_units(void **state)
{
	ASSAY_AUTO_BUF first = ASSAY_BUF_INIT, again = ASSAY_BUF_INIT;
	assay_contract *c;

	(void)state;
	record_of(&first, whole);
	assert_int_equal(assay_contract_decode(&c, first.data, first.len, &vocabulary, NULL), ASSAY_OK);
	assay_contract_encode(&again, c);
	assert_int_equal(again.len, first.len);
	assert_memory_equal(again.data, first.data, first.len);
	assert_string_equal(c->file, "");
	assert_string_equal(c->checks[1].description, "");
	assert_int_equal(c->checks[1].low_units, 200);
	assert_int_equal(c->checks[2].high_units, 600);
	assay_contract_close(c);
	assert_int_equal(assay_contract_decode(&c, first.data, first.len, NULL, NULL), ASSAY_OK);
	assert_true(c->checks[1].metric_number == SIZE_MAX);
	assay_contract_close(c);
}

/* A metric may become coarser after a contract was stored: its bound is then never met by accident. */
static void contract_decode__bound_too_fine_for_the_metric__counts_as_unknown(void **state)
{
	const assay_vocabulary_metric coarse = {.name = "ocr.cer", "1", "ocr.recognize", 1, 2, true};
	assay_vocabulary v = {0};
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	assay_contract *c;

	(void)state;
	record_of(&b, CHECK("metric: ocr.cer, mustBeLessThan: 0.02"));
	assert_int_equal(assay_vocabulary_add(&v, &coarse, NULL), ASSAY_OK);
	assert_int_equal(assay_contract_decode(&c, b.data, b.len, &v, NULL), ASSAY_OK);
	assert_true(c->checks[0].metric_number == SIZE_MAX);
	assay_contract_close(c);
	assay_vocabulary_release(&v);
}

/* Every byte string that is accepted is the one that the writer makes. */
static void contract_decode__damaged__refused_or_canonical(void **state)
{
	const uint64_t seed = 4711;
	uint64_t random = seed;
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

	(void)state;
	print_message("seed %llu\n", (unsigned long long)seed);
	record_of(&b, whole);
	for (size_t n = 0; n < b.len; n++) {
		assay_contract *c = (assay_contract *)(uintptr_t)1;

		assert_int_equal(assay_contract_decode(&c, b.data, n, &vocabulary, NULL), ASSAY_ECORRUPT);
		assert_null(c);
	}
	for (int i = 0; i < 20000; i++) {
		ASSAY_AUTO_BUF damaged = ASSAY_BUF_INIT, again = ASSAY_BUF_INIT;
		assay_contract *c;

		assay_buf_append(&damaged, b.data, b.len);
		damaged.data[random_next(&random) % b.len] ^= (unsigned char)(1u << random_next(&random) % 8);
		if (assay_contract_decode(&c, damaged.data, damaged.len, &vocabulary, NULL) != ASSAY_OK)
			continue;
		assay_contract_encode(&again, c);
		assert_int_equal(again.len, damaged.len);
		assert_memory_equal(again.data, damaged.data, again.len);
		for (size_t k = 0; k < c->check_count; k++) { /* no number that stands for nothing gets through */
			assert_in_range(c->checks[k].kind, 1, ASSAY_SAMPLE_KIND_MAX);
			assert_non_null(assay_operator_name(c->checks[k].op));
			assert_non_null(assay_severity_name(c->checks[k].severity));
			assert_in_range(c->checks[k].when_missing, ASSAY_MISSING_FAILS, ASSAY_MISSING_SKIPS);
		}
		assay_contract_close(c);
	}
}

static void contract_decode__checks_out_of_order__corrupt(void **state)
{
	assay_contract *c = load(whole, &vocabulary), *out;
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	const assay_check first = c->checks[0];

	(void)state;
	c->checks[0] = c->checks[1];
	c->checks[1] = first;
	assay_contract_encode(&b, c);
	assert_int_equal(assay_contract_decode(&out, b.data, b.len, NULL, NULL), ASSAY_ECORRUPT);
	assay_contract_close(c);
}

/* 0.020 is 0.02: only the shorter of the two is canonical. */
static void contract_decode__long_decimal__corrupt(void **state)
{
	static const unsigned char bound[] = {4, 0x82, 2, 2}, longer[] = {4, 0x82, 0x14, 3};
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	assay_contract *c;
	unsigned char *at;

	(void)state;
	record_of(&b, CHECK("metric: ocr.cer, mustBeLessThan: 0.02"));
	at = memmem(b.data, b.len, bound, sizeof bound);
	assert_non_null(at);
	memcpy(at, longer, sizeof longer);
	assert_int_equal(assay_contract_decode(&c, b.data, b.len, NULL, NULL), ASSAY_ECORRUPT);
}

static void contract_decode__every_alloc_fails_in_turn__enomem(void **state)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	assay_code rc;
	long n = 0;

	(void)state;
	record_of(&b, whole);
	do {
		assay_contract *c;

		calls = 0;
		fail_at = ++n;
		rc = assay_contract_decode(&c, b.data, b.len, &vocabulary, NULL);
		fail_at = 0;
		assert_true(rc == ASSAY_OK || rc == ASSAY_ENOMEM); /* never "corrupt" */
		assert_int_equal(c != NULL, rc == ASSAY_OK);
		assay_contract_close(c);
	} while (calls >= n); /* until the n-th is never asked for: a value may be good without a hint's memory */
	assert_in_range(n, 20, 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(contract_encode__small__bytes_by_hand),
	    cmocka_unit_test(contract_encode__form__prose_and_order_do_not_change_it),
	    cmocka_unit_test(contract_decode__whole__same_record_and_units),
	    cmocka_unit_test(contract_decode__bound_too_fine_for_the_metric__counts_as_unknown),
	    cmocka_unit_test(contract_decode__damaged__refused_or_canonical),
	    cmocka_unit_test(contract_decode__checks_out_of_order__corrupt),
	    cmocka_unit_test(contract_decode__long_decimal__corrupt),
	    cmocka_unit_test(contract_decode__every_alloc_fails_in_turn__enomem),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
