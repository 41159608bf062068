#include "ranges.h"

#include "assay/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

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

static int by_value(const void *a, const void *b)
{
	const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static void ranges_sort__drawn__as_qsort(void **state)
{
	static int64_t values[3000], plain[3000];
	uint64_t seed = 20;

	(void)state;
	for (unsigned round = 0; round < 60; round++) {
		const size_t count = (size_t)(draw(&seed) % ASSAY_COUNT(values));

		for (size_t i = 0; i < count; i++) {
			values[i] = draw_value(&seed);
			if (round % 3 == 1)
				values[i] = values[i] % 1000 + 70000;
			else if (round % 3 == 2)
				values[i] %= 2;
			plain[i] = values[i];
		}
		qsort(plain, count, sizeof *plain, by_value);
		assert_int_equal(ranges_sort(values, count, NULL), ASSAY_OK);
		assert_memory_equal(values, plain, count * sizeof *values);
	}
}

static void ranges_sort__ends_of_the_range__ascend(void **state)
{
	int64_t values[] = {INT64_MAX, 0, INT64_MIN, -1, 1};

	(void)state;
	assert_int_equal(ranges_sort(values, ASSAY_COUNT(values), NULL), ASSAY_OK);
	assert_true(values[0] == INT64_MIN && values[1] == -1 && values[2] == 0 && values[3] == 1);
	assert_int_equal(ranges_sort(values, 0, NULL), ASSAY_OK);
	memory_out = true;
	assert_int_equal(ranges_sort(values, 5, NULL), ASSAY_ENOMEM);
	memory_out = false;
}

static void ranges_level__at_and_beside_cuts__counts_them(void **state)
{
	const range r = {.cuts = {-5, 0, 9}, .cut_count = 3};

	(void)state;
	assert_int_equal(ranges_level(&r, INT64_MIN), 0);
	assert_int_equal(ranges_level(&r, -6), 0);
	assert_int_equal(ranges_level(&r, -5), 1);
	assert_int_equal(ranges_level(&r, 8), 2);
	assert_int_equal(ranges_level(&r, 9), 3);
	assert_int_equal(ranges_level(&r, INT64_MAX), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(ranges_sort__drawn__as_qsort),
	    cmocka_unit_test(ranges_sort__ends_of_the_range__ascend),
	    cmocka_unit_test(ranges_level__at_and_beside_cuts__counts_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
