#include "cells.h"

#include "assay/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { ROWS = 200, WIDTH = 7 };

static bool memory_out;
void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);

void *__wrap_calloc(size_t n, size_t size)
{
	return memory_out ? NULL : __real_calloc(n, size);
}

/* splitmix64 (Steele, Lea, Flood 2014) */
static uint64_t draw(uint64_t *state)
{
	uint64_t n = *state += UINT64_C(0x9e3779b97f4a7c15);

	n = (n ^ n >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	n = (n ^ n >> 27) * UINT64_C(0x94d049bb133111eb);
	return n ^ n >> 31;
}

/* Of all magnitudes and both signs. */
static int64_t draw_value(uint64_t *state)
{
	const unsigned bits = (unsigned)(draw(state) % 64);
	const int64_t v = (int64_t)(draw(state) >> bits >> 1);

	return draw(state) % 2 == 0 ? v : -v;
}

static void assert_value(const cells *c, size_t row, size_t column, int64_t expected)
{
	int64_t value = ~expected;

	assert_true(cells_get(c, row, column, &value));
	assert_true(value == expected);
}

static void cells__edges__come_back(void **state)
{
	static const int64_t edges[] = {0,
					1,
					-1,
					(INT64_C(1) << 30) - 1,
					INT64_C(1) << 30,
					-(INT64_C(1) << 30) + 1,
					-(INT64_C(1) << 30),
					-(INT64_C(1) << 30) - 1,
					(INT64_C(1) << 31),
					INT64_MAX,
					INT64_MIN};
	cells c;

	(void)state;
	assert_int_equal(cells_open(&c, 2, ASSAY_COUNT(edges), NULL), ASSAY_OK);
	for (size_t i = 0; i < ASSAY_COUNT(edges); i++)
		assert_int_equal(cells_put(&c, 1, i, edges[i], NULL), ASSAY_OK);
	for (size_t i = 0; i < ASSAY_COUNT(edges); i++) {
		int64_t value;

		assert_value(&c, 1, i, edges[i]);
		assert_false(cells_get(&c, 0, i, &value));
	}
	assert_int_equal(c.wide_count, 6);
	cells_release(&c);
}

/* Beside a table of whole numbers, in any order, and widened on the way. */
static void cells__drawn__as_a_plain_table(void **state)
{
	static int64_t plain[ROWS][WIDTH + 3];
	static bool there[ROWS][WIDTH + 3];
	uint64_t seed = 19;
	cells c;

	(void)state;
	assert_int_equal(cells_open(&c, ROWS, WIDTH, NULL), ASSAY_OK);
	for (unsigned i = 0; i < 3000; i++) {
		const size_t row = (size_t)(draw(&seed) % ROWS), column = (size_t)(draw(&seed) % c.width);

		if (i == 1000)
			assert_int_equal(cells_widen(&c, WIDTH + 3, NULL), ASSAY_OK);
		if (there[row][column])
			continue;
		there[row][column] = true;
		plain[row][column] = draw_value(&seed);
		assert_int_equal(cells_put(&c, row, column, plain[row][column], NULL), ASSAY_OK);
	}
	for (size_t row = 0; row < ROWS; row++)
		for (size_t column = 0; column < WIDTH + 3; column++) {
			int64_t value = 0;

			assert_int_equal(cells_get(&c, row, column, &value), there[row][column]);
			if (there[row][column])
				assert_true(value == plain[row][column]);
		}
	cells_release(&c);
}

static void cells__none_and_widened__empty(void **state)
{
	int64_t value;
	cells c;

	(void)state;
	assert_int_equal(cells_open(&c, 3, 0, NULL), ASSAY_OK);
	assert_int_equal(cells_widen(&c, 1, NULL), ASSAY_OK);
	assert_false(cells_get(&c, 2, 0, &value));
	cells_release(&c);
	assert_int_equal(cells_open(&c, SIZE_MAX / 2, 3, NULL), ASSAY_ENOMEM);
	cells_release(&c);
}

static void cells__memory_out__says_so_and_stays(void **state)
{
	assay_err err = ASSAY_ERR_INIT;
	assay_code rc;
	cells c;

	(void)state;
	assert_int_equal(cells_open(&c, 2, 2, NULL), ASSAY_OK);
	assert_int_equal(cells_put(&c, 1, 1, 42, NULL), ASSAY_OK);
	memory_out = true;
	rc = cells_widen(&c, 3, &err);
	memory_out = false;
	assert_int_equal(rc, ASSAY_ENOMEM);
	assert_value(&c, 1, 1, 42);
	cells_release(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(cells__edges__come_back),
	    cmocka_unit_test(cells__drawn__as_a_plain_table),
	    cmocka_unit_test(cells__none_and_widened__empty),
	    cmocka_unit_test(cells__memory_out__says_so_and_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
