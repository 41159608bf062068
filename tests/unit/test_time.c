#include "assay/time.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int sign(int v)
{
	return (v > 0) - (v < 0);
}

static void time_cmp__table__exact(void **state)
{
	static const struct {
		assay_time a, b;
		int expected;
	} rows[] = {
	    {{1, 1, 1}, {1, 1, 1}, 0},
	    {{90090, 1, 30000}, {3003, 1, 1000}, 0},
	    {{1, 1001, 30000}, {1, 1, 30}, 1},
	    {{-1, 1, 3}, {-1, 1, 2}, 1},
	    {{-1, 1, 2}, {1, 1, 1000}, -1},
	    {{0, 1, 7}, {0, 5, 3}, 0},
	    {{INT64_MAX, INT32_MAX, 1}, {INT64_MAX - 1, INT32_MAX, 1}, 1},
	    {{INT64_MAX, INT32_MAX, INT32_MAX}, {INT64_MAX, INT32_MAX - 1, INT32_MAX - 1}, 0},
	    {{INT64_MAX, INT32_MAX, INT32_MAX - 1}, {INT64_MAX, INT32_MAX - 1, INT32_MAX - 2}, -1},
	    {{INT64_MIN, INT32_MAX, 1}, {INT64_MIN, INT32_MAX - 1, 1}, -1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_int_equal(sign(assay_time_cmp(rows[i].a, rows[i].b)), rows[i].expected);
		assert_int_equal(sign(assay_time_cmp(rows[i].b, rows[i].a)), -rows[i].expected);
	}
}

/* Small times compare as their cross products do. */
static void time_cmp__random_small__as_cross_products(void **state)
{
	unsigned seed = 20261122;

	(void)state;
	print_message("seed %u\n", seed);
	for (int i = 0; i < 200000; i++) {
		const assay_time a = {rand_r(&seed) % 2001 - 1000, rand_r(&seed) % 50 + 1, rand_r(&seed) % 50 + 1};
		const assay_time b = {rand_r(&seed) % 2001 - 1000, rand_r(&seed) % 50 + 1, rand_r(&seed) % 50 + 1};
		const int64_t left = a.ticks * a.num * b.den, right = b.ticks * b.num * a.den;

		assert_int_equal(sign(assay_time_cmp(a, b)), (left > right) - (left < right));
	}
}

static void time_diff__table__half_to_even(void **state)
{
	static const struct {
		assay_time a, b;
		int scale;
		int64_t expected;
	} rows[] = {
	    {{3, 1, 1}, {1, 1, 1}, 0, 2},
	    {{1, 1, 2}, {0, 1, 1}, 0, 0},  /* 0.5 -> 0 */
	    {{3, 1, 2}, {0, 1, 1}, 0, 2},  /* 1.5 -> 2 */
	    {{-1, 1, 2}, {0, 1, 1}, 0, 0}, /* -0.5 -> 0 */
	    {{-3, 1, 2}, {0, 1, 1}, 0, -2},
	    {{1001, 1, 30000}, {0, 1, 1}, 6, 33367}, /* 33366.67 */
	    {{1, 1001, 30000}, {1, 1, 30}, 9, 33333},
	    {{INT64_MAX, INT32_MAX, 1}, {INT64_MIN, INT32_MAX, 1}, 9, INT64_MAX},
	    {{INT64_MIN, INT32_MAX, 1}, {INT64_MAX, INT32_MAX, 1}, 9, INT64_MIN},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_int_equal(assay_time_diff(rows[i].a, rows[i].b, rows[i].scale), rows[i].expected);
}

static void time_part__ntsc__unreduced(void **state)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

	(void)state;
	assay_time_part(&b, (assay_time){90, 1001, 30000});
	assert_string_equal(assay_buf_str(&b), "t=90090/30000");
	assay_buf_reset(&b);
	assay_time_part(&b, (assay_time){-2, 1, 25});
	assert_string_equal(assay_buf_str(&b), "t=-2/25");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(time_cmp__table__exact),
	    cmocka_unit_test(time_cmp__random_small__as_cross_products),
	    cmocka_unit_test(time_diff__table__half_to_even),
	    cmocka_unit_test(time_part__ntsc__unreduced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
