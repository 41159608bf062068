#include "cells.h"

#include "assay/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ranges.h"

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

static int by_value(const void *a, const void *b)
{
	const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* Bounds of every size, and those at the ends of what a cell holds by itself. */
static void draw_cuts(range *r, uint64_t *seed)
{
	static const int64_t edges[] = {
	    INT64_MIN, -(INT64_C(1) << 30) - 1, -(INT64_C(1) << 30), -(INT64_C(1) << 30) + 1,
	    -1,        (INT64_C(1) << 30) - 1,  INT64_C(1) << 30,    INT64_MAX};

	*r = (range){.cut_count = (uint16_t)(draw(seed) % (ASSAY_COUNT(r->cuts) + 1))};
	for (size_t i = 0; i < r->cut_count; i++)
		r->cuts[i] = draw(seed) % 4 == 0 ? edges[draw(seed) % ASSAY_COUNT(edges)] : draw_value(seed);
	if (r->cut_count > 1)
		qsort(r->cuts, r->cut_count, sizeof *r->cuts, by_value);
}

/* The plain way is ranges_level. */
static void cells_level__at_and_beside_bounds__as_of_the_value(void **state)
{
	uint64_t seed = 21;

	(void)state;
	for (unsigned round = 0; round < 2000; round++) {
		cell_cuts k;
		range r;
		cells c;

		draw_cuts(&r, &seed);
		cells_cuts(&k, r.cuts, r.cut_count);
		assert_int_equal(cells_open(&c, 2, 3 * ASSAY_COUNT(r.cuts), NULL), ASSAY_OK);
		for (size_t i = 0; i < c.width; i++) {
			const uint64_t at = (uint64_t)(i / 3 < r.cut_count ? r.cuts[i / 3] : draw_value(&seed));
			const int64_t value = (int64_t)(at + i % 3 - 1); /* one less, the same, one more */

			assert_int_equal(cells_put(&c, 1, i, value, NULL), ASSAY_OK);
			assert_int_equal(cells_level(&c, 1, i, &k), ranges_level(&r, value));
			assert_int_equal(cells_level(&c, 0, i, &k), r.cut_count + 1);
		}
		cells_release(&c);
	}
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
	    cmocka_unit_test(cells_level__at_and_beside_bounds__as_of_the_value),
	    cmocka_unit_test(cells__none_and_widened__empty),
	    cmocka_unit_test(cells__memory_out__says_so_and_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
