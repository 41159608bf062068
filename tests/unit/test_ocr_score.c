#include "ocr_cmocka.h"

#include "ocr_score.h"

#include <stdlib.h>
#include <string.h>

static size_t distance(const uint32_t *a, size_t na, const uint32_t *b, size_t nb)
{
	assay_err err = {0};
	size_t d = SIZE_MAX;

	assert_int_equal(ocr_distance(&d, a, na, b, nb, &err), ASSAY_OK);
	return d;
}

static size_t between(const char *a, const char *b)
{
	uint32_t x[64], y[64];

	for (size_t i = 0; a[i] != '\0'; i++)
		x[i] = (unsigned char)a[i];
	for (size_t i = 0; b[i] != '\0'; i++)
		y[i] = (unsigned char)b[i];
	return distance(x, strlen(a), y, strlen(b));
}

static void distance__cases_by_hand(void **state)
{
	static const struct {
		const char *a, *b;
		size_t d;
	} cases[] = {
	    {"", "", 0},       {"", "abc", 3},           {"abc", "", 3},      {"abc", "abc", 0},
	    {"a", "b", 1},     {"kitten", "sitting", 3}, {"flaw", "lawn", 2}, {"saturday", "sunday", 3},
	    {"abc", "cab", 2}, {"ab", "ba", 2},          {"aaaa", "aaa", 1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_int_equal(between(cases[i].a, cases[i].b), cases[i].d);
}

/* lengths around the block borders, few and many symbols */
static void distance__random_texts__equals_plain_recurrence(void **state)
{
	static uint32_t a[400], b[400];
	uint32_t seed = 20240607;

	(void)state;
	for (int round = 0; round < 3000; round++) {
		const uint32_t start = seed;
		const size_t na = test_random(&seed) % 330, nb = test_random(&seed) % 330;
		const uint32_t symbols = 1 + test_random(&seed) % (round % 2 ? 4 : 200);

		for (size_t i = 0; i < na; i++)
			a[i] = test_random(&seed) % symbols;
		for (size_t i = 0; i < nb; i++)
			b[i] = round % 3 && i < na && test_random(&seed) % 8 ? a[i] : test_random(&seed) % symbols;
		if (distance(a, na, b, nb) != ocr_distance_plain(a, na, b, nb))
			fail_msg("seed %u: %zu against %zu symbols of %u", start, na, nb, symbols);
	}
}

static void distance__block_borders__exact(void **state)
{
	static uint32_t a[130];

	(void)state;
	for (size_t n = 62; n <= 130; n++) {
		for (size_t i = 0; i < n; i++)
			a[i] = (uint32_t)i;
		assert_int_equal(distance(a, n, a, n), 0);
		assert_int_equal(distance(a, n, a, n - 1), 1);
		assert_int_equal(distance(a, n, a + 1, n - 1), 1);
	}
}

static void distance__too_much_work__efull(void **state)
{
	const size_t n = 600000;
	uint32_t *a = calloc(n, sizeof *a);
	assay_err err = {0};
	size_t d = 7;

	(void)state;
	assert_non_null(a);
	assert_int_equal(ocr_distance(&d, a, n, a, n, &err), ASSAY_EFULL);
	assert_int_equal(d, 7);
	free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(distance__cases_by_hand),
	    cmocka_unit_test(distance__random_texts__equals_plain_recurrence),
	    cmocka_unit_test(distance__block_borders__exact),
	    cmocka_unit_test(distance__too_much_work__efull),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
