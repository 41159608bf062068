/* Distances by hand. */
#include "ocr_cmocka.h"

#include "ocr_unordered.h"

#include "assay/memory.h"

#include <string.h>

static size_t distance(const char *truth, const char *read)
{
	ocr_folded t = {0}, r = {0};
	size_t d = SIZE_MAX;

	assert_int_equal(ocr_fold(&t, truth, strlen(truth), NULL), ASSAY_OK);
	assert_int_equal(ocr_fold(&r, read, strlen(read), NULL), ASSAY_OK);
	assert_int_equal(ocr_unordered_distance(&d, &t, &r, NULL), ASSAY_OK);
	ocr_folded_release(&t);
	ocr_folded_release(&r);
	return d;
}

static void unordered__texts__the_least_that_sets_them_apart(void **state)
{
	static const struct {
		const char *truth, *read;
		size_t distance;
	} rows[] = {
	    {"one two three", "one two three", 0},
	    {"one two three four", "three four one two", 0}, /* columns the other way round */
	    {"one two three", "three tvo one", 1},
	    {"the end", "th e end", 1},            /* a word torn apart costs one blank, by the texts as they are */
	    {"alpha beta gamma", "gamma beta", 6}, /* a word and its blank */
	    {"alpha beta", "gamma alpha beta", 6},
	    {"one one two", "one two two", 3}, /* each as often as both have it */
	    {"abc def", "", 7},
	    {"TOTAL RM 9.00", "Total rm 9.00", 0}, /* a truth in capitals */
	    {"Total RM", "TOTAL RM", 4},
	    {"quick brown", "brovvn quiok", 3}, /* paired: w for vv is two, c for o one */
	};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(rows); i++)
		if (distance(rows[i].truth, rows[i].read) != rows[i].distance)
			fail_msg("'%s', '%s': %zu, not %zu", rows[i].truth, rows[i].read,
				 distance(rows[i].truth, rows[i].read), rows[i].distance);
}

static void unordered__long_words_and_many__bounded_and_not_refused(void **state)
{
	static char a[60001], b[60001];
	const size_t n = sizeof a - 1;

	(void)state;
	for (size_t i = 0; i < n; i++) {
		a[i] = (char)(i % 3 == 2 ? ' ' : 'a' + (int)(i / 3 % 23));
		b[i] = (char)(i % 3 == 2 ? ' ' : 'a' + (int)(i / 3 % 19));
	}
	assert_true(distance(a, b) <= n);
	memset(a, 'x', 4000);
	a[4000] = '\0';
	memset(b, 'y', 3000);
	b[3000] = '\0';
	assert_int_equal(distance(a, b), 4000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(unordered__texts__the_least_that_sets_them_apart),
	    cmocka_unit_test(unordered__long_words_and_many__bounded_and_not_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
