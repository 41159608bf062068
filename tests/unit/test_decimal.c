#include "assay/decimal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <float.h>
#include <math.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static const struct {
	const char *text;
	int64_t units;
	int scale;
	const char *canonical;
} good[] = {
    {"0", 0, 0, "0"},
    {"-0", 0, 0, "0"},
    {"0.000", 0, 0, "0"},
    {"0e99999999999999999999999", 0, 0, "0"},
    {"3", 3, 0, "3"},
    {"+3", 3, 0, "3"},
    {"003", 3, 0, "3"},
    {"-12.50", -125, 1, "-12.5"},
    {".5", 5, 1, "0.5"},
    {"5.", 5, 0, "5"},
    {"0.02", 2, 2, "0.02"},
    {"1e-3", 1, 3, "0.001"},
    {"1E+3", 1000, 0, "1000"},
    {"100", 100, 0, "100"},
    {"10e-1", 1, 0, "1"},
    {"12.5e1", 125, 0, "125"},
    {"-0.000000000000000001", -1, 18, "-0.000000000000000001"},
    {"1.00000000000000000000000000000000", 1, 0, "1"},
    {"0.1234567890123456780", 123456789012345678, 18, "0.123456789012345678"},
    {"9223372036854775807", INT64_MAX, 0, "9223372036854775807"},
    {"-9223372036854775808", INT64_MIN, 0, "-9223372036854775808"},
    {"9.223372036854775807", INT64_MAX, 18, "9.223372036854775807"},
    {"-9.223372036854775808", INT64_MIN, 18, "-9.223372036854775808"},
    {"10000000000000000000000000000000000e-34", 1, 0, "1"},
    {"0.00000000000000000000000000000000001e35", 1, 0, "1"},
    {"1e18", 1000000000000000000, 0, "1000000000000000000"},
};

static void decimal_parse__good_text__exact_units_and_scale(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		assay_decimal d = {.units = -77, .scale = -77};

		if (!assay_decimal_parse(&d, good[i].text))
			fail_msg("'%s' was refused", good[i].text);
		if (d.units != good[i].units || d.scale != good[i].scale)
			fail_msg("'%s' gave %lld, %d", good[i].text, (long long)d.units, d.scale);
	}
}

static void decimal_format__what_was_parsed__canonical_and_stable(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		const assay_decimal d = {.units = good[i].units, .scale = good[i].scale};
		char text[ASSAY_DECIMAL_TEXT];
		assay_decimal again;

		memset(text, 'x', sizeof(text));
		assert_ptr_equal(assay_decimal_format(d, text), text);
		assert_string_equal(text, good[i].canonical);
		assert_true(assay_decimal_parse(&again, text));
		assert_true(again.units == d.units && again.scale == d.scale);
	}
}

static void decimal_format__trailing_zeros__dropped(void **state)
{
	static const struct {
		assay_decimal d;
		const char *text;
	} cases[] = {
	    {{200, 4}, "0.02"},    {{1000, 3}, "1"},     {{0, 18}, "0"},
	    {{-1050, 2}, "-10.5"}, {{1001, 3}, "1.001"}, {{10, 0}, "10"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char text[ASSAY_DECIMAL_TEXT];

		assert_string_equal(assay_decimal_format(cases[i].d, text), cases[i].text);
	}
}

static void decimal_parse__bad_text__refused_and_out_untouched(void **state)
{
	static const char *const bad[] = {
	    "",
	    " 1",
	    "1 ",
	    "-",
	    "+",
	    ".",
	    "-.",
	    "e5",
	    ".e5",
	    "1e",
	    "1e+",
	    "1e-",
	    "--1",
	    "+-1",
	    "1.2.3",
	    "1,5",
	    "0x10",
	    "inf",
	    "nan",
	    ".inf",
	    "1_000",
	    "1e5.0",
	    "1f",
	    "9223372036854775808",
	    "-9223372036854775809",
	    "1e19",
	    "1e-19",
	    "0.0000000000000000001",
	    "18446744073709551616",
	    "18446744073709551617",
	    "92233720368547758070",
	    "99999999999999999999",
	    "9.2233720368547758070000001",
	    "1e99999999999999999999999",
	    "1e-99999999999999999999999",
	    "\xd9\xa1",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		assay_decimal d = {.units = -77, .scale = -78};

		if (assay_decimal_parse(&d, bad[i]))
			fail_msg("'%s' was accepted", bad[i]);
		assert_int_equal(d.units, -77);
		assert_int_equal(d.scale, -78);
	}
}

static void decimal_parse__thousands_of_digits__still_exact(void **state)
{
	char text[2100] = "0.";
	assay_decimal d;

	(void)state;
	memset(text + 2, '0', 1999);
	strcpy(text + 2001, "12e2000"); /* 0.00…012e2000 */
	assert_true(assay_decimal_parse(&d, text));
	assert_true(d.units == 12 && d.scale == 1);
	memset(text, '0', 2000);
	text[0] = '7';
	strcpy(text + 2000, "e-2000");
	assert_true(assay_decimal_parse(&d, text));
	assert_true(d.units == 7 && d.scale == 1);
}

static void decimal_cmp__any_scales__exact(void **state)
{
	static const struct {
		assay_decimal a, b;
		int expected;
	} cases[] = {
	    {{1, 0}, {10, 1}, 0},
	    {{1, 0}, {1, 1}, 1},
	    {{-1, 0}, {-1, 1}, -1},
	    {{0, 0}, {0, 18}, 0},
	    {{INT64_MAX, 0}, {INT64_MAX, 18}, 1},
	    {{INT64_MIN, 0}, {INT64_MIN, 18}, -1},
	    {{INT64_MAX, 18}, {INT64_MAX - 1, 18}, 1}, /* equal as doubles */
	    {{INT64_MIN, 0}, {INT64_MAX, 0}, -1},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_int_equal(assay_decimal_cmp(cases[i].a, cases[i].b), cases[i].expected);
		assert_int_equal(assay_decimal_cmp(cases[i].b, cases[i].a), -cases[i].expected);
	}
}

static void round_ratio__ties_signs_edges__half_to_even_saturated(void **state)
{
	static const struct {
		int64_t num, den;
		int scale;
		int64_t expected;
	} cases[] = {
	    {1, 2, 0, 0},
	    {3, 2, 0, 2},
	    {5, 2, 0, 2},
	    {7, 2, 0, 4},
	    {-1, 2, 0, 0},
	    {-3, 2, 0, -2},
	    {-5, 2, 0, -2},
	    {-2, 3, 0, -1},
	    {2, 3, 0, 1},
	    {1, 3, 6, 333333},
	    {2, 3, 6, 666667},
	    {-2, 3, 6, -666667},
	    {1, 8, 2, 12},
	    {3, 8, 2, 38},
	    {0, 5, 18, 0},
	    {1, 1, 18, 1000000000000000000},
	    {INT64_MAX, 1, 0, INT64_MAX},
	    {INT64_MIN, 1, 0, INT64_MIN},
	    {INT64_MAX, 1, 1, INT64_MAX},
	    {INT64_MIN, 1, 1, INT64_MIN},
	    {INT64_MAX, INT64_MAX, 18, 1000000000000000000},
	    {INT64_MIN, INT64_MAX, 0, -1},
	    {INT64_MAX, 2, 0, 4611686018427387904}, /* x.5 with x odd */
	    {1, INT64_MAX, 18, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const int64_t got = assay_round_ratio(cases[i].num, cases[i].den, cases[i].scale);

		if (got != cases[i].expected)
			fail_msg("case %zu gave %lld", i, (long long)got);
	}
}

static void round_f64__ties_signs_edges__half_to_even_saturated(void **state)
{
	static const struct {
		double x;
		int scale;
		int64_t expected;
	} cases[] = {
	    {0.5, 0, 0},
	    {1.5, 0, 2},
	    {2.5, 0, 2},
	    {-0.5, 0, 0},
	    {-1.5, 0, -2},
	    {-2.5, 0, -2},
	    {0.125, 2, 12},
	    {0.375, 2, 38},
	    {0.49999999999999994, 0, 0}, /* adding 0.5 would make it 1 */
	    {4503599627370497.5, 0, 4503599627370498},
	    {9007199254740993.0, 0, 9007199254740992},
	    {-0.0, 0, 0},
	    {DBL_MIN, 18, 0},
	    {0x1p-1074, 18, 0},
	    {0x1p63, 0, INT64_MAX},
	    {-0x1p63, 0, INT64_MIN},
	    {0x1p64, 0, INT64_MAX},
	    {-0x1p64, 0, INT64_MIN},
	    {0x1.fffffffffffffp62, 0, 9223372036854774784},
	    {DBL_MAX, 18, INT64_MAX}, /* the product is infinite, the value is not */
	    {-DBL_MAX, 18, INT64_MIN},
	    {1.0, 18, 1000000000000000000},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		bool defined = false;
		const int64_t got = assay_round_f64(cases[i].x, cases[i].scale, &defined);

		if (got != cases[i].expected || !defined)
			fail_msg("case %zu gave %lld", i, (long long)got);
	}
}

static void round_f64__not_finite__zero_and_undefined(void **state)
{
	static const double odd[] = {NAN, INFINITY, -INFINITY};

	(void)state;
	for (size_t i = 0; i < COUNT(odd); i++) {
		bool defined = true;

		assert_int_equal(assay_round_f64(odd[i], 3, &defined), 0);
		assert_false(defined);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(decimal_parse__good_text__exact_units_and_scale),
	    cmocka_unit_test(decimal_format__what_was_parsed__canonical_and_stable),
	    cmocka_unit_test(decimal_format__trailing_zeros__dropped),
	    cmocka_unit_test(decimal_parse__bad_text__refused_and_out_untouched),
	    cmocka_unit_test(decimal_parse__thousands_of_digits__still_exact),
	    cmocka_unit_test(decimal_cmp__any_scales__exact),
	    cmocka_unit_test(round_ratio__ties_signs_edges__half_to_even_saturated),
	    cmocka_unit_test(round_f64__ties_signs_edges__half_to_even_saturated),
	    cmocka_unit_test(round_f64__not_finite__zero_and_undefined),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
