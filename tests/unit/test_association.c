#include "assay/association.h"

#include "assay/memory.h"

#include "fourfold.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static unsigned allocations_left = UINT32_MAX;
void *__real_realloc(void *p, size_t n);
void *__wrap_realloc(void *p, size_t n);
void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);

void *__wrap_realloc(void *p, size_t n)
{
	return allocations_left == 0 || allocations_left-- == 0 ? NULL : __real_realloc(p, n);
}

void *__wrap_calloc(size_t n, size_t size)
{
	return allocations_left == 0 || allocations_left-- == 0 ? NULL : __real_calloc(n, size);
}

/* Within a part in a million. */
static void assert_p(double log10_p, double expected)
{
	if (fabs(log10_p - log10(expected)) > 1e-6)
		fail_msg("10^%.9f, expected %.9g", log10_p, expected);
}

/* ---------------------------------------------------------------- tests of tables */

static void fisher__tea_and_others__known_tails(void **state)
{
	(void)state;
	/* Fisher, The Design of Experiments, 1935: the lady tasting tea */
	assert_p(assay_fisher_log10(4, 4, 4, 8), 1.0 / 70);
	assert_p(assay_fisher_log10(3, 4, 4, 8), 17.0 / 70);
	/* Convictions of like-sex twins (Fisher, Statistical Methods for Research Workers, 21.02): 10 of 13 monozygotic,
	 * 2 of 17 dizygotic */
	assert_p(assay_fisher_log10(10, 13, 12, 30), 619.0 / 1330665);
	assert_float_equal(assay_fisher_log10(2, 4, 4, 8), 0, 0); /* as expected: nothing to tell */
	assert_float_equal(assay_fisher_log10(0, 10, 5, 100), 0, 0);
	assert_true(assay_fisher_log10(500000, 500000, 500000, 1000000) >= ASSAY_ASSOCIATION_LOG10_MIN);
	assert_true(assay_fisher_log10(500000, 500000, 500000, 1000000) < -299);
}

static void normal_tail__tables__known_values(void **state)
{
	(void)state;
	assert_p(fourfold_normal_log10(1.6448536269514722), 0.05);
	assert_p(fourfold_normal_log10(6), 9.865876450376946e-10);
	assert_true(fabs(fourfold_normal_log10(36.9) - fourfold_normal_log10(36.4)) < 9);
	assert_float_equal(fourfold_normal_log10(100), ASSAY_ASSOCIATION_LOG10_MIN, 0);
}

static double choose(uint64_t n, uint64_t k)
{
	double c = 1;

	if (k > n)
		return 0;
	for (uint64_t i = 0; i < k; i++)
		c = c * (double)(n - i) / ((double)i + 1);
	return c;
}

static double point(const fourfold *t, uint64_t x)
{
	return choose(t->total_failed, x) * choose(t->total - t->total_failed, t->with - x) / choose(t->total, t->with);
}

/* The plain way: every way in which three tables can have come about. */
static double enumerate(const fourfold t[3])
{
	const uint64_t failed = t[0].with_failed + t[1].with_failed + t[2].with_failed;
	double p = 0;

	for (uint64_t a = 0; a <= t[0].with; a++)
		for (uint64_t b = 0; b <= t[1].with; b++)
			for (uint64_t c = 0; c <= t[2].with; c++)
				if (a + b + c >= failed)
					p += point(&t[0], a) * point(&t[1], b) * point(&t[2], c);
	return p;
}

static void stratified__few_samples__as_enumerated(void **state)
{
	static const fourfold tables[][3] = {
	    {{5, 4, 20, 8}, {7, 3, 30, 5}, {2, 2, 9, 4}},
	    {{10, 9, 12, 10}, {0, 0, 40, 3}, {3, 1, 3, 1}},
	    {{6, 6, 50, 10}, {6, 5, 40, 6}, {1, 0, 5, 0}},
	};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(tables); i++) {
		double p;

		assert_int_equal(fourfold_test(&p, tables[i], 3, NULL), ASSAY_OK);
		assert_p(p, enumerate(tables[i]));
	}
}

static void stratified__one_stratum__fishers_test(void **state)
{
	const fourfold t = {13, 10, 30, 12};
	double p;

	(void)state;
	assert_int_equal(fourfold_test(&p, &t, 1, NULL), ASSAY_OK);
	assert_p(p, 619.0 / 1330665);
}

/* Where the normal distribution takes over, both say nearly the same. */
static void stratified__large_counts__near_the_exact_tail(void **state)
{
	const fourfold t = {4000, 960, 20000, 4000};
	double p;

	(void)state;
	assert_int_equal(fourfold_test(&p, &t, 1, NULL), ASSAY_OK);
	assert_true(fabs(p / assay_fisher_log10(960, 4000, 4000, 20000) - 1) < 0.05);
	assert_true(p < -10);
}

/* Simpson's paradox: alone the treatment looks bad, within each ward it does nothing. */
static void stratified__confounded__nothing_left(void **state)
{
	const fourfold wards[2] = {{400, 200, 500, 250}, {100, 10, 500, 50}};
	double p;

	(void)state;
	assert_true(assay_fisher_log10(210, 500, 300, 1000) < -10);
	assert_int_equal(fourfold_test(&p, wards, 2, NULL), ASSAY_OK);
	assert_float_equal(p, 0, 0);
}

/* ---------------------------------------------------------------- tests of the search */

static uint64_t random_state;

/* xorshift64* (Vigna, ACM TOMS 42, 2016): the same on every machine */
static uint32_t draw(uint32_t below)
{
	random_state ^= random_state >> 12;
	random_state ^= random_state << 25;
	random_state ^= random_state >> 27;
	return (uint32_t)((random_state * 2685821657736338717u >> 32) % below);
}

enum { INNOCENT = 40, PARAMETER = 0, BATCH = 1, FIRST_INNOCENT = 2 };

/* Samples in ten batches, one of which was binarised in its own way and fails three times as often. */
static assay_association *plant(size_t samples, size_t attributes, unsigned times, uint64_t seed)
{
	assay_association *a;
	uint16_t codes[64];

	random_state = seed;
	assert_true(attributes <= ASSAY_COUNT(codes));
	assert_int_equal(assay_association_open(&a, attributes, NULL), ASSAY_OK);
	for (size_t i = FIRST_INNOCENT; i < attributes; i += 4)
		assay_association_ordered(a, i, 10);
	for (size_t n = 0; n < samples; n++) {
		codes[BATCH] = (uint16_t)(n * 10 / samples);
		codes[PARAMETER] = codes[BATCH] == 3;
		for (size_t i = FIRST_INNOCENT; i < attributes; i++)
			codes[i] = (uint16_t)draw(i % 4 == 2 ? 11 : (uint32_t)(2 + i % 7));
		assert_int_equal(
		    assay_association_add(a, codes, draw(100) < (codes[PARAMETER] ? 10 * times : 10), NULL), ASSAY_OK);
	}
	return a;
}

static void find__planted_cause__named_first_and_little_else(void **state)
{
	unsigned false_findings = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= 20; seed++) {
		assay_association *a = plant(5000, FIRST_INNOCENT + INNOCENT, 3, seed);
		ASSAY_CLEANUP(assay_association_report_release) assay_association_report r = {0};

		assert_int_equal(assay_association_find(&r, a, 0.001, 10, NULL), ASSAY_OK);
		assay_association_close(a);
		assert_int_equal(r.samples, 5000);
		assert_true(r.hypotheses > 100);
		assert_true(r.finding_count >= 1);
		assert_int_equal(r.findings[0].is.attribute, PARAMETER);
		assert_int_equal(r.findings[0].is.low, 1);
		assert_int_equal(r.findings[0].is.samples, 500);
		assert_true(r.findings[0].log10_p < -3);
		/* The batch is the same 500 samples, and said to be. */
		assert_true(r.other_count >= 1);
		assert_int_equal(r.others[0].is.attribute, BATCH);
		assert_int_equal(r.others[0].is.low, 3);
		assert_true(r.others[0].same);
		assert_int_equal(r.others[0].finding, 0);
		false_findings += (unsigned)r.finding_count - 1;
	}
	assert_int_equal(false_findings, 0); /* one in fifty seeds would be allowed */
}

static void find__nothing_planted__nothing_found(void **state)
{
	unsigned found = 0;

	(void)state;
	for (uint64_t seed = 100; seed < 150; seed++) {
		assay_association *a = plant(2000, FIRST_INNOCENT + INNOCENT, 1, seed);
		ASSAY_CLEANUP(assay_association_report_release) assay_association_report r = {0};

		assert_int_equal(assay_association_find(&r, a, 0.05, 10, NULL), ASSAY_OK);
		assay_association_close(a);
		found += r.finding_count > 0;
	}
	assert_true(found <= 5); /* alpha of 50 seeds is 2.5 */
}

static void add(assay_association *a, uint16_t x, uint16_t y, size_t passed, size_t failed)
{
	for (size_t i = 0; i < passed + failed; i++)
		assert_int_equal(assay_association_add(a, (uint16_t[]){x, y}, i < failed, NULL), ASSAY_OK);
}

static void find__two_causes__both_and_their_numbers(void **state)
{
	ASSAY_CLEANUP(assay_association_report_release) assay_association_report r = {0};
	assay_association *a;

	(void)state;
	assert_int_equal(assay_association_open(&a, 2, NULL), ASSAY_OK);
	add(a, 0, 0, 950, 50);
	add(a, 1, 0, 300, 200);
	add(a, 0, 1, 400, 100);
	add(a, 1, 1, 50, 60);
	assert_int_equal(assay_association_find(&r, a, 0.01, 5, NULL), ASSAY_OK);
	assay_association_close(a);
	assert_int_equal(r.finding_count, 2);
	assert_int_equal(r.findings[0].is.attribute, 0);
	assert_int_equal(r.findings[0].is.samples, 610);
	assert_int_equal(r.findings[0].is.failed, 260);
	assert_int_equal(r.findings[1].is.attribute, 1);
	assert_int_equal(r.findings[1].is.samples, 610);
	assert_int_equal(r.findings[1].is.failed, 160);
	assert_false(r.more);
}

/* What is worse alone because it is mostly found beside the cause is explained by it. */
static void find__companion__explained_not_found(void **state)
{
	ASSAY_CLEANUP(assay_association_report_release) assay_association_report r = {0};
	assay_association *a;

	(void)state;
	assert_int_equal(assay_association_open(&a, 2, NULL), ASSAY_OK);
	add(a, 0, 0, 900, 100);
	add(a, 0, 1, 90, 10);
	add(a, 1, 0, 50, 50);
	add(a, 1, 1, 150, 150);
	assert_int_equal(assay_association_find(&r, a, 0.01, 5, NULL), ASSAY_OK);
	assay_association_close(a);
	assert_int_equal(r.finding_count, 1);
	assert_int_equal(r.findings[0].is.attribute, 0);
	assert_int_equal(r.other_count, 1);
	assert_int_equal(r.others[0].is.attribute, 1);
	assert_int_equal(r.others[0].is.samples, 400);
	assert_false(r.others[0].same);
	assert_true(r.others[0].is.log10_p < -2);
}

static void find__levels__the_range_that_fails(void **state)
{
	ASSAY_CLEANUP(assay_association_report_release) assay_association_report r = {0};
	assay_association *a;

	(void)state;
	assert_int_equal(assay_association_open(&a, 2, NULL), ASSAY_OK);
	assay_association_ordered(a, 0, 10);
	for (uint16_t level = 0; level <= 10; level++)
		add(a, level, 0, level < 3 ? 60 : 95, level < 3 ? 40 : 5);
	assert_int_equal(assay_association_find(&r, a, 0.01, 5, NULL), ASSAY_OK);
	assay_association_close(a);
	assert_int_equal(r.finding_count, 1);
	assert_int_equal(r.findings[0].is.low, 0);
	assert_int_equal(r.findings[0].is.high, 2);
	assert_int_equal(r.findings[0].is.failed, 120);
	assert_int_equal(r.other_count, 0);        /* other ranges of the same say nothing more */
	assert_int_equal(r.hypotheses, 9 + 9 + 1); /* what all have is none */
}

static void find__no_value__a_hypothesis_of_its_own(void **state)
{
	ASSAY_CLEANUP(assay_association_report_release) assay_association_report r = {0};
	assay_association *a;

	(void)state;
	assert_int_equal(assay_association_open(&a, 2, NULL), ASSAY_OK);
	assay_association_ordered(a, 1, 4);
	for (uint16_t level = 0; level <= 4; level++)
		add(a, 0, level, 90, level == 4 ? 60 : 5);
	assert_int_equal(assay_association_find(&r, a, 0.01, 5, NULL), ASSAY_OK);
	assay_association_close(a);
	assert_int_equal(r.finding_count, 1);
	assert_int_equal(r.findings[0].is.low, 4);
	assert_int_equal(r.findings[0].is.high, 4);
}

static void find__unrelated_code__no_hypothesis(void **state)
{
	ASSAY_CLEANUP(assay_association_report_release) assay_association_report r = {0};
	assay_association *a;

	(void)state;
	assert_int_equal(assay_association_open(&a, 2, NULL), ASSAY_OK);
	assay_association_unrelated(a, 0, 1);
	add(a, 0, 0, 900, 100);
	add(a, 1, 0, 100, 100);
	assert_int_equal(assay_association_find(&r, a, 0.01, 5, NULL), ASSAY_OK);
	assay_association_close(a);
	assert_int_equal(r.hypotheses, 1);
	assert_int_equal(r.finding_count, 0);
}

/* Eight causes that have nothing to do with each other, of which six are told. */
static void find__more_than_there_is_room_for__said(void **state)
{
	ASSAY_CLEANUP(assay_association_report_release) assay_association_report r = {0};
	assay_association *a;

	(void)state;
	random_state = 7;
	assert_int_equal(assay_association_open(&a, 8, NULL), ASSAY_OK);
	for (unsigned i = 0; i < 40000; i++) {
		uint16_t codes[8];
		unsigned percent = 2;

		for (size_t k = 0; k < 8; k++) {
			codes[k] = draw(8) == 0;
			percent += 9u * codes[k];
		}
		assert_int_equal(assay_association_add(a, codes, draw(100) < percent, NULL), ASSAY_OK);
	}
	assert_int_equal(assay_association_find(&r, a, 0.01, 5, NULL), ASSAY_OK);
	assay_association_close(a);
	assert_int_equal(r.finding_count, ASSAY_ASSOCIATION_FINDINGS);
	assert_true(r.more);
}

static void find__few_or_none__no_hypothesis(void **state)
{
	ASSAY_CLEANUP(assay_association_report_release) assay_association_report none = {0}, few = {0};
	assay_association *a;

	(void)state;
	assert_int_equal(assay_association_open(&a, 2, NULL), ASSAY_OK);
	assert_int_equal(assay_association_find(&none, a, 0.01, 5, NULL), ASSAY_OK);
	assert_int_equal(none.hypotheses, 0);
	add(a, 0, 0, 100, 0);
	add(a, 1, 0, 0, 4);
	assert_int_equal(assay_association_find(&few, a, 0.01, 5, NULL), ASSAY_OK);
	assay_association_close(a);
	assert_int_equal(few.hypotheses, 1); /* those 100 */
	assert_int_equal(few.finding_count, 0);
}

/* Codes that fit into a byte and others, which come when there is no room left or long before that. */
static void find__codes_above_255__count_as_others_do(void **state)
{
	static const uint16_t guilty[] = {2, 255, 256, 299};
	enum { NAMES = 300 };

	(void)state;
	for (size_t small = 3; small <= 129; small += 63) {
		ASSAY_CLEANUP(assay_association_report_release) assay_association_report r = {0};
		uint64_t samples[NAMES] = {0};
		assay_association *a;
		bool found[NAMES] = {0};

		assert_int_equal(assay_association_open(&a, 1, NULL), ASSAY_OK);
		for (size_t i = 0; i < small + 100 * NAMES; i++) {
			const uint16_t code = (uint16_t)(i < small ? i % 3 : (i - small) % NAMES);
			const bool fails =
			    code == guilty[0] || code == guilty[1] || code == guilty[2] || code == guilty[3];

			if (i == small + 7) { /* what is found so far does not end it */
				ASSAY_CLEANUP(assay_association_report_release) assay_association_report early = {0};

				assert_int_equal(assay_association_find(&early, a, 0.001, 10, NULL), ASSAY_OK);
				assert_int_equal(early.samples, i);
			}
			samples[code]++;
			assert_int_equal(assay_association_add(a, &code, fails, NULL), ASSAY_OK);
		}
		assert_int_equal(assay_association_find(&r, a, 0.001, 10, NULL), ASSAY_OK);
		assay_association_close(a);
		assert_int_equal(r.hypotheses, NAMES);
		assert_int_equal(r.finding_count, ASSAY_COUNT(guilty));
		for (size_t i = 0; i < r.finding_count; i++) {
			const assay_hypothesis *h = &r.findings[i].is;

			found[h->low] = true;
			assert_int_equal(h->samples, samples[h->low]);
			assert_int_equal(h->failed, samples[h->low]);
		}
		for (size_t i = 0; i < ASSAY_COUNT(guilty); i++)
			assert_true(found[guilty[i]]);
	}
}

static void association__allocation_n_fails__enomem_and_nothing_lost(void **state)
{
	unsigned n = 0;
	assay_code rc;

	(void)state;
	do {
		ASSAY_CLEANUP(assay_association_report_release) assay_association_report r = {0};
		assay_association *a = NULL;

		allocations_left = n++;
		rc = assay_association_open(&a, 2, NULL);
		for (unsigned i = 0; i < 100 && rc == ASSAY_OK; i++)
			rc = assay_association_add(a, (uint16_t[]){i % 2, i == 90 ? 256 : i % 4 == 1}, i % 2, NULL);
		if (rc == ASSAY_OK)
			rc = assay_association_find(&r, a, 0.01, 5, NULL);
		allocations_left = UINT32_MAX;
		assay_association_close(a);
		assert_true(rc == ASSAY_OK || rc == ASSAY_ENOMEM);
		if (rc == ASSAY_OK)
			assert_int_equal(r.finding_count, 1);
	} while (rc != ASSAY_OK);
	assert_true(n > 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(fisher__tea_and_others__known_tails),
	    cmocka_unit_test(normal_tail__tables__known_values),
	    cmocka_unit_test(stratified__few_samples__as_enumerated),
	    cmocka_unit_test(stratified__one_stratum__fishers_test),
	    cmocka_unit_test(stratified__large_counts__near_the_exact_tail),
	    cmocka_unit_test(stratified__confounded__nothing_left),
	    cmocka_unit_test(find__planted_cause__named_first_and_little_else),
	    cmocka_unit_test(find__nothing_planted__nothing_found),
	    cmocka_unit_test(find__two_causes__both_and_their_numbers),
	    cmocka_unit_test(find__companion__explained_not_found),
	    cmocka_unit_test(find__levels__the_range_that_fails),
	    cmocka_unit_test(find__no_value__a_hypothesis_of_its_own),
	    cmocka_unit_test(find__unrelated_code__no_hypothesis),
	    cmocka_unit_test(find__more_than_there_is_room_for__said),
	    cmocka_unit_test(find__few_or_none__no_hypothesis),
	    cmocka_unit_test(find__codes_above_255__count_as_others_do),
	    cmocka_unit_test(association__allocation_n_fails__enomem_and_nothing_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
