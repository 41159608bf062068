#include "assay/memory.h"
#include "assay/moment.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define S INT64_C(1000000000)

/* Seconds as `date -u -d TEXT +%s` has them. */
static void moment_parse__rfc_3339__nanoseconds(void **state)
{
	static const struct {
		const char *text;
		int64_t ns;
	} cases[] = {
	    {"1970-01-01T00:00:00Z", 0},
	    {"2026-01-02T03:04:05Z", 1767323045 * S},
	    {"2026-01-02t03:04:05.5z", 1767323045 * S + S / 2},
	    {"2026-01-02T03:04:05.1234567899Z", 1767323045 * S + 123456789},
	    {"2026-01-02T04:34:05+01:30", 1767323045 * S},
	    {"2026-01-01T23:04:05-04:00", 1767323045 * S},
	    {"2024-02-29T12:00:00Z", 1709208000 * S},
	    {"2000-03-01T00:00:00Z", 951868800 * S},
	    {"1969-12-31T23:59:59Z", -S},
	    {"1900-03-01T00:00:00Z", -2203891200 * S},
	    {"2016-12-31T23:59:60Z", 1483228800 * S},
	    {"1678-01-01T00:00:00Z", -9214560000 * S},
	    {"2261-12-31T23:59:59Z", 9214646399 * S},
	};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(cases); i++) {
		int64_t ns = 7;

		assert_true(assay_moment_parse(&ns, cases[i].text));
		assert_true(ns == cases[i].ns);
	}
}

static void moment_parse__anything_else__refused(void **state)
{
	static const char *const cases[] = {
	    "",
	    "2026-01-02",
	    "2026-01-02T03:04:05",
	    "2026-01-02 03:04:05Z",
	    "2026-13-02T03:04:05Z",
	    "2026-00-02T03:04:05Z",
	    "2026-02-29T03:04:05Z",
	    "2026-01-02T24:00:00Z",
	    "2026-01-02T03:60:05Z",
	    "2026-01-02T03:04:61Z",
	    "2026-01-02T03:04:05.Z",
	    "2026-01-02T03:04:05+1:00",
	    "2026-01-02T03:04:05Zx",
	    "26-01-02T03:04:05Z",
	    "1677-01-02T03:04:05Z",
	    "2262-01-02T03:04:05Z",
	    "1900-02-29T03:04:05Z",
	    "2026-01-02T03:04:05+24:00",
	};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(cases); i++) {
		int64_t ns = 7;

		assert_false(assay_moment_parse(&ns, cases[i]));
		assert_true(ns == 7);
	}
}

static void date_parse__first_instant_in_utc(void **state)
{
	int64_t ns = 7;

	(void)state;
	assert_true(assay_instant_parse(&ns, "2029-01-01"));
	assert_int_equal(ns, INT64_C(1861920000) * 1000000000); /* date -ud 2029-01-01 +%s */
	assert_true(assay_instant_parse(&ns, "2029-01-01T01:00:00+01:00"));
	assert_int_equal(ns, INT64_C(1861920000) * 1000000000);
	assert_false(assay_instant_parse(&ns, "2029-01"));
	assert_true(assay_date_parse(&ns, "2026-01-02"));
	assert_true(ns == 1767312000 * S);
	assert_false(assay_date_parse(&ns, "2026-01-32"));
	assert_false(assay_date_parse(&ns, "2026-01-02T00:00:00Z"));
	assert_false(assay_date_parse(&ns, "2026-1-2"));
	assert_true(ns == 1767312000 * S);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(moment_parse__rfc_3339__nanoseconds),
	    cmocka_unit_test(moment_parse__anything_else__refused),
	    cmocka_unit_test(date_parse__first_instant_in_utc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
