#include "record.h"

#include "lineage_fixture.h"

static assay_cbor_reader reader_of(const assay_buf *b)
{
	assay_cbor_reader c;

	assert_false(b->failed);
	assay_cbor_reader_init(&c, b->data, b->len);
	return c;
}

static void assert_fault(const assay_cbor_reader *c, const char *fault)
{
	if (fault == NULL)
		assert_null(c->fault);
	else
		assert_string_equal(c->fault, fault);
}

static void record_u32__range(void **state)
{
	static const struct {
		uint64_t v;
		uint32_t read;
		const char *fault;
	} rows[] = {{0, 0, NULL},
		    {UINT32_MAX, UINT32_MAX, NULL},
		    {UINT64_C(1) << 32, 0, "number out of range"},
		    {UINT64_MAX, 0, "number out of range"}};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(rows); i++) {
		ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
		assay_cbor_reader c;

		assay_cbor_uint(&b, rows[i].v);
		c = reader_of(&b);
		assert_int_equal(assay_record_u32(&c), rows[i].read);
		assert_fault(&c, rows[i].fault);
	}
}

static void record_head__fields_and_format(void **state)
{
	static const struct {
		size_t fields;
		uint64_t format;
		const char *fault;
	} rows[] = {{2, 1, NULL}, {1, 1, "fields"}, {3, 1, "fields"}, {2, 0, "format"}, {2, 2, "format"}};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(rows); i++) {
		ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
		assay_cbor_reader c;

		assay_cbor_map(&b, rows[i].fields);
		assay_cbor_uint(&b, 0);
		assay_cbor_uint(&b, rows[i].format);
		for (int k = 0; k < 4; k++)
			assay_cbor_uint(&b, 1);
		c = reader_of(&b);
		assay_record_head(&c, 2, "fields", 1, "format");
		assert_fault(&c, rows[i].fault);
	}
}

static void record_failure__none_and_unknown_refused(void **state)
{
	(void)state;
	for (unsigned f = 0; f < 64; f++) {
		ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
		const bool known = f != ASSAY_FAILURE_NONE && assay_failure_name(f) != NULL;
		assay_cbor_reader c;

		assay_cbor_uint(&b, f);
		c = reader_of(&b);
		assert_int_equal(assay_record_failure(&c), f);
		assert_fault(&c, known ? NULL : "unknown failure class");
	}
}

static void record__absent__fault(void **state)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	assay_cbor_reader c;
	assay_digest d = digest(1);
	const assay_digest zero = {{0}};

	(void)state;
	assay_cbor_null(&b);
	c = reader_of(&b);
	assert_null(assay_record_text(&c));
	assert_fault(&c, "text is missing");
	c = reader_of(&b);
	assay_record_digest(&c, &d);
	assert_fault(&c, "digest is missing");
	assert_digest(&d, &zero);
}

static void free_texts(char **texts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(texts[i]);
	free(texts);
}

static void record_texts__come_back_or_no_memory(void **state)
{
	char *given[] = {text("libc.so.6 0011"), text("")};
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	assay_code rc;
	unsigned n = 0;

	(void)state;
	assay_record_put_texts(&b, given, 2);
	do {
		assay_cbor_reader c = reader_of(&b);
		char **texts = NULL;
		size_t count = 0;

		arm(++n);
		assay_record_texts(&c, &texts, &count);
		arm(0);
		rc = assay_cbor_finish(&c, "texts", NULL);
		assert_true(rc == ASSAY_OK || rc == ASSAY_ENOMEM);
		if (rc == ASSAY_OK) {
			assert_int_equal(count, 2);
			assert_string_equal(texts[0], given[0]);
			assert_string_equal(texts[1], "");
		}
		free_texts(texts, count);
	} while (rc != ASSAY_OK);
	assert_int_equal(n, 4);
	free(given[0]);
	free(given[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(record_u32__range),
	    cmocka_unit_test(record_head__fields_and_format),
	    cmocka_unit_test(record_failure__none_and_unknown_refused),
	    cmocka_unit_test(record__absent__fault),
	    cmocka_unit_test(record_texts__come_back_or_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
