#include "assay/kind.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <string.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

/* The numbers are stored: these tables are the contract, not a copy of the source. */
static const char *const sample_kinds[] = {NULL, "page", "table", "video", "shot", "audio", "segment"};
static const char *const modalities[] = {NULL, "page", "video", "audio"};

static void assert_name(const char *got, const char *expected)
{
	if (expected == NULL)
		assert_null(got);
	else
		assert_string_equal(got, expected);
}

static void sample_kind__every_number__name_and_back(void **state)
{
	(void)state;
	assert_int_equal(COUNT(sample_kinds), ASSAY_SAMPLE_KIND_MAX + 1);
	for (unsigned i = 0; i < COUNT(sample_kinds); i++) {
		assert_name(assay_sample_kind_name(i), sample_kinds[i]);
		if (i > 0)
			assert_int_equal(assay_sample_kind_parse(sample_kinds[i]), i);
	}
	assert_null(assay_sample_kind_name(ASSAY_SAMPLE_KIND_MAX + 1));
	assert_null(assay_sample_kind_name(UINT32_MAX));
}

static void modality__every_number__name_and_back(void **state)
{
	(void)state;
	assert_int_equal(COUNT(modalities), ASSAY_MODALITY_MAX + 1);
	for (unsigned i = 0; i < COUNT(modalities); i++) {
		assert_name(assay_modality_name(i), modalities[i]);
		if (i > 0)
			assert_int_equal(assay_modality_parse(modalities[i]), i);
	}
	assert_null(assay_modality_name(ASSAY_MODALITY_MAX + 1));
	assert_null(assay_modality_name(UINT32_MAX));
}

static void parse__no_such_name__zero(void **state)
{
	static const char *const bad[] = {"", "Page", "pag", "pages", " page", "7"};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_int_equal(assay_sample_kind_parse(bad[i]), 0);
		assert_int_equal(assay_modality_parse(bad[i]), 0);
	}
	assert_int_equal(assay_modality_parse("shot"), 0);
}

static void failure__every_number__name_and_whether_cached(void **state)
{
	static const struct {
		const char *name;
		unsigned number;
		int deterministic;
	} cases[] = {
	    {"none", 0, 1},     {"decode", 1, 1},      {"empty", 2, 1},
	    {"short", 3, 1},    {"unsupported", 4, 1}, {"limit", 5, 1},
	    {"font", 6, 1},     {"stage", 7, 1},       {"metadata", 8, 1},
	    {NULL, 9, 0},       {NULL, 31, 0},         {"crash", 32, 0},
	    {"killed", 33, 0},  {"timeout", 34, 0},    {"out-of-memory", 35, 0},
	    {"changed", 36, 0}, {"unreadable", 37, 0}, {"protocol", 38, 0},
	    {NULL, 39, 0},      {NULL, UINT32_MAX, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_name(assay_failure_name(cases[i].number), cases[i].name);
		assert_int_equal(assay_failure_is_deterministic(cases[i].number), cases[i].deterministic);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(sample_kind__every_number__name_and_back),
	    cmocka_unit_test(modality__every_number__name_and_back),
	    cmocka_unit_test(parse__no_such_name__zero),
	    cmocka_unit_test(failure__every_number__name_and_whether_cached),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
