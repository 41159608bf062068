#include "agreement.h"
#include "edit.h"

#include "assay/decimal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Linked with --wrap: the n-th allocation made by our objects fails, once; fail_at == 0 never. */
static unsigned calls, fail_at;
void *__real_malloc(size_t n);
void *__wrap_malloc(size_t n);
void *__real_calloc(size_t n, size_t s);
void *__wrap_calloc(size_t n, size_t s);
void *__real_realloc(void *p, size_t n);
void *__wrap_realloc(void *p, size_t n);

void *__wrap_malloc(size_t n)
{
	return ++calls == fail_at ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t s)
{
	return ++calls == fail_at ? NULL : __real_calloc(n, s);
}

void *__wrap_realloc(void *p, size_t n)
{
	return ++calls == fail_at ? NULL : __real_realloc(p, n);
}

/* A fixed seed, printed when a random case fails, so that it can be run again. */
static uint32_t draw(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

static uint32_t draw_below(uint32_t *state, size_t n)
{
	return draw(state) % (uint32_t)n;
}

/* ------ alpha ------ */

/* One line of answers for each annotator, a character for each unit, '.' for what is missing. */
static bool alpha_of(int64_t *alpha, const char *const *lines, size_t count)
{
	ASSAY_AUTO_AGREEMENT g = {0};
	assay_err err = ASSAY_ERR_INIT;

	assert_int_equal(assay_agreement_init(&g, 128, &err), ASSAY_OK);
	for (size_t u = 0; u < strlen(lines[0]); u++) {
		uint32_t answers[ASSAY_ANNOTATORS_MAX];
		size_t n = 0;

		for (size_t i = 0; i < count; i++)
			if (lines[i][u] != '.')
				answers[n++] = (unsigned char)lines[i][u];
		assay_agreement_unit(&g, answers, n);
	}
	*alpha = INT64_MIN;
	return assay_agreement_alpha(&g, alpha);
}

/*
 * The first three are examples A, B and C of Krippendorff, Computing Krippendorff's Alpha-Reliability (2011): two
 * observers and two values, two and five, four with values missing; printed there as 0.095, 0.692 and 0.743. The last,
 * three coders of fifteen units, is the example of encyclopaedias, 0.691. By hand, the first is 1 - 19 * 8 / 168.
 */
static void agreement_alpha__published_examples__as_printed(void **state)
{
	static const struct {
		const char *lines[4];
		size_t count;
		int64_t thousandths;
	} cases[] = {
	    {{"0100000010", "1110010000"}, 2, 95},
	    {{"aabbdcccedda", "babbbccceddd"}, 2, 692},
	    {{"123321412...", "1233224125..", ".33323422513", "12332441251."}, 4, 743},
	    {{".....34121133.3", "1.213343.......", "..21344.21133.4"}, 3, 691},
	};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(cases); i++) {
		int64_t alpha;

		assert_true(alpha_of(&alpha, cases[i].lines, cases[i].count));
		assert_int_equal(assay_round_ratio(alpha, 10, 0), cases[i].thousandths);
	}
}

/* a units of two zeros, b of two ones, c of one each: alpha is 1 - (n - 1) c / ((2a + c)(2b + c)), n = 2(a + b + c). */
static void agreement_alpha__ties__half_to_even(void **state)
{
	static const struct {
		size_t a, b, c;
		int64_t alpha;
	} cases[] = {
	    {3, 3, 2, 5312},                /* 0.53125 */
	    {7, 5, 2, 7188},                /* 0.71875 */
	    {15, 0, 2, -312},               /* -0.03125 */
	    {14, 0, 4, -938},               /* -0.09375 */
	    {1, 1, 0, 10000}, {0, 0, 1, 0}, /* 1 - 1 * 1 / 1 */
	    {0, 0, 5, -8000},               /* 1 - 9 * 5 / 25 */
	};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(cases); i++) {
		char one[64], two[64];
		const size_t n = cases[i].a + cases[i].b + cases[i].c;
		int64_t alpha;

		for (size_t u = 0; u < n; u++) {
			one[u] = u < cases[i].a ? '0' : '1';
			two[u] = u < cases[i].a || u >= cases[i].a + cases[i].b ? '0' : '1';
		}
		one[n] = two[n] = '\0';
		assert_true(alpha_of(&alpha, (const char *const[]){one, two}, 2));
		assert_int_equal(alpha, cases[i].alpha);
	}
}

static void agreement_alpha__nothing_varies__not_defined(void **state)
{
	static const char *const cases[][2] = {{"", ""}, {"aaa", "aaa"}, {"a.b", ".a."}, {"a..", "a.b"}};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(cases); i++) {
		int64_t alpha;

		assert_false(alpha_of(&alpha, cases[i], 2));
		assert_int_equal(alpha, 0);
	}
}

/* ------ twins: what the definitions say, without thought for time or memory ------ */

#define VALUES 40
#define UNITS  4096

/* Answers of each annotator, -1 for what is missing. */
typedef struct table {
	int cells[ASSAY_ANNOTATORS_MAX][UNITS];
	size_t annotators, units;
} table;

/* Alpha by the matrix of coincidences, in units of 1 / 360360. */
static bool plain_alpha(int64_t *alpha, const table *t)
{
	static int64_t o[VALUES][VALUES];
	int64_t n[VALUES] = {0}, all = 0, unlike = 0, chance = 0;

	memset(o, 0, sizeof o);
	for (size_t u = 0; u < t->units; u++) {
		int64_t m = 0;

		for (size_t i = 0; i < t->annotators; i++)
			m += t->cells[i][u] >= 0;
		for (size_t i = 0; i < t->annotators; i++)
			for (size_t j = 0; j < t->annotators; j++)
				if (i != j && t->cells[i][u] >= 0 && t->cells[j][u] >= 0)
					o[t->cells[i][u]][t->cells[j][u]] += 360360 / (m - 1);
	}
	for (size_t c = 0; c < VALUES; c++)
		for (size_t k = 0; k < VALUES; k++) {
			n[c] += o[c][k];
			unlike += c != k ? o[c][k] : 0;
		}
	for (size_t c = 0; c < VALUES; c++)
		all += n[c] /= 360360;
	for (size_t c = 0; c < VALUES; c++)
		for (size_t k = 0; k < VALUES; k++)
			chance += c != k ? n[c] * n[k] : 0;
	*alpha = chance == 0 ? 0 : assay_round_ratio(chance * 360360 - (all - 1) * unlike, chance * 360360, 4);
	return chance != 0;
}

static void agreement_alpha__random_answers__equals_coincidences(void **state)
{
	static table t;
	uint32_t seed = 20261122;

	(void)state;
	for (int round = 0; round < 2000; round++) {
		const uint32_t start = seed, values = 1 + draw_below(&seed, 6);
		ASSAY_AUTO_AGREEMENT g = {0};
		assay_err err = ASSAY_ERR_INIT;
		int64_t fast = -1, plain = -2;

		t.annotators = 1 + draw_below(&seed, ASSAY_ANNOTATORS_MAX);
		t.units = draw_below(&seed, 30);
		assert_int_equal(assay_agreement_init(&g, values, &err), ASSAY_OK);
		for (size_t u = 0; u < t.units; u++) {
			uint32_t answers[ASSAY_ANNOTATORS_MAX];
			size_t n = 0;

			for (size_t i = 0; i < t.annotators; i++) {
				t.cells[i][u] = draw_below(&seed, 4) == 0 ? -1 : (int)draw_below(&seed, values);
				if (t.cells[i][u] >= 0)
					answers[n++] = (uint32_t)t.cells[i][u];
			}
			assay_agreement_unit(&g, answers, n);
		}
		if (assay_agreement_alpha(&g, &fast) != plain_alpha(&plain, &t) || fast != plain)
			fail_msg("seed %u: %lld, not %lld", (unsigned)start, (long long)fast, (long long)plain);
	}
}

/* Distances of what remains of both, (na + 1) x (nb + 1). */
static uint32_t *plain_table(const uint32_t *a, size_t na, const uint32_t *b, size_t nb)
{
	uint32_t *d = calloc((na + 1) * (nb + 1), sizeof *d);
	const size_t wide = nb + 1;

	assert_non_null(d);
	for (size_t i = na + 1; i-- > 0;)
		for (size_t j = nb + 1; j-- > 0;) {
			uint32_t best = UINT32_MAX;

			if (i == na && j == nb)
				best = 0;
			if (i < na)
				best = d[(i + 1) * wide + j] + 1;
			if (j < nb && d[i * wide + j + 1] + 1 < best)
				best = d[i * wide + j + 1] + 1;
			if (i < na && j < nb && d[(i + 1) * wide + j + 1] + (a[i] != b[j]) < best)
				best = d[(i + 1) * wide + j + 1] + (a[i] != b[j]);
			d[i * wide + j] = best;
		}
	return d;
}

static size_t plain_align(uint32_t *enter, uint32_t *leave, const uint32_t *a, size_t na, const uint32_t *b, size_t nb)
{
	ASSAY_AUTO_FREE uint32_t *d = plain_table(a, na, b, nb);
	const size_t wide = nb + 1;
	size_t j = 0;

	for (size_t i = 0; i <= na; i++) {
		enter[i] = (uint32_t)j;
		while (j < nb && d[i * wide + j] == d[i * wide + j + 1] + 1)
			j++;
		leave[i] = (uint32_t)j;
		if (i < na && j < nb && d[i * wide + j] == d[(i + 1) * wide + j + 1] + (a[i] != b[j]))
			j++;
	}
	return d[0];
}

static size_t random_text(uint32_t *seed, uint32_t *out, size_t max, uint32_t symbols)
{
	const size_t n = draw_below(seed, max + 1);

	for (size_t i = 0; i < n; i++)
		out[i] = draw_below(seed, symbols);
	return n;
}

/* What a careless copyist makes of it. */
static size_t copy_badly(uint32_t *seed, uint32_t *out, const uint32_t *in, size_t n, uint32_t symbols, uint32_t care)
{
	size_t m = 0;

	for (size_t i = 0; i < n; i++)
		switch (draw_below(seed, care)) {
		case 0:
			break;
		case 1:
			out[m++] = draw_below(seed, symbols);
			break;
		case 2:
			out[m++] = in[i];
			out[m++] = draw_below(seed, symbols);
			break;
		default:
			out[m++] = in[i];
		}
	return m;
}

static void check_edit(assay_edit *e, const uint32_t *a, size_t na, const uint32_t *b, size_t nb, uint32_t seed)
{
	static uint32_t enter[2][2001], leave[2][2001];
	assay_err err = ASSAY_ERR_INIT;
	size_t d = SIZE_MAX, plain;

	assert_in_range(na, 0, 2000);
	memset(enter, 0xee, sizeof enter);
	memset(leave, 0xee, sizeof leave);
	plain = plain_align(enter[0], leave[0], a, na, b, nb);
	assert_int_equal(assay_edit_distance(e, &d, a, na, b, nb, &err), ASSAY_OK);
	assert_int_equal(assay_edit_align(e, enter[1], leave[1], a, na, b, nb, &err), ASSAY_OK);
	if (d != plain)
		fail_msg("seed %u: distance %zu, not %zu", (unsigned)seed, d, plain);
	if (memcmp(enter[0], enter[1], sizeof *enter) != 0 || memcmp(leave[0], leave[1], sizeof *leave) != 0)
		fail_msg("seed %u: another alignment of %zu and %zu", (unsigned)seed, na, nb);
}

/* Lengths about the borders of blocks and strips, and such that texts are halved several times. */
static void edit__random_texts__equals_plain_table(void **state)
{
	static uint32_t a[1200], b[2400];
	ASSAY_AUTO_EDIT e = NULL;
	assay_err err = ASSAY_ERR_INIT;
	uint32_t seed = 4711;

	(void)state;
	assert_int_equal(assay_edit_open(&e, 200, UINT64_MAX, &err), ASSAY_OK);
	for (int round = 0; round < 400; round++) {
		const uint32_t start = seed, symbols = 1 + draw_below(&seed, round % 2 ? 4 : 200);
		const size_t na = random_text(&seed, a, round % 20 == 0 ? 1200 : round % 4 == 0 ? 400 : 80, symbols);
		const size_t nb = round % 3 == 0 ? random_text(&seed, b, round % 5 == 0 ? 700 : 150, symbols)
						 : copy_badly(&seed, b, a, na, symbols, 5 + draw_below(&seed, 20));

		check_edit(e, a, na, b, nb, start);
	}
}

/* Ways that run along either border of the band that is looked at: much is put in or left out here, the other there. */
static void edit__texts_that_lean__equals_plain_table(void **state)
{
	static const size_t leans[] = {64, 120, 128, 250, 256, 400, 511, 600};
	static uint32_t a[2000], b[2000];
	ASSAY_AUTO_EDIT e = NULL;
	assay_err err = ASSAY_ERR_INIT;
	uint32_t seed = 99;

	(void)state;
	assert_int_equal(assay_edit_open(&e, 300, UINT64_MAX, &err), ASSAY_OK);
	for (size_t k = 0; k < ASSAY_COUNT(leans); k++) {
		const uint32_t start = seed;
		const size_t lean = leans[k], kept = 2000 - lean;

		for (size_t i = 0; i < 2000; i++)
			a[i] = draw_below(&seed, 200);
		memcpy(b + lean, a, kept * sizeof *b);
		for (size_t i = 0; i < lean; i++)
			b[i] = 200 + draw_below(&seed, 100);
		check_edit(e, a, 2000, b, 2000, start);
		check_edit(e, b, 2000, a, 2000, start);
	}
}

static void edit_open__too_many_symbols__refused(void **state)
{
	assay_edit *e = (assay_edit *)&e;
	assay_err err = ASSAY_ERR_INIT;

	(void)state;
	assert_int_equal(assay_edit_open(&e, SIZE_MAX, 1, &err), ASSAY_EINVAL);
	assert_null(e);
}

/* ------ texts ------ */

typedef struct agreed {
	int64_t alpha;
	bool defined;
	size_t medoid;
} agreed;

static agreed agree(const char *const *texts, size_t count)
{
	agreed g = {.alpha = -77, .defined = count == 1, .medoid = 99};
	assay_err err = ASSAY_ERR_INIT;

	assert_int_equal(assay_agreement_of_texts(texts, count, &g.alpha, &g.defined, &g.medoid, &err), ASSAY_OK);
	return g;
}

/* Alphas from the units that stand beside each case; '-' is nothing. */
static void of_texts__cases_by_hand(void **state)
{
	static const struct {
		const char *texts[4];
		size_t count;
		agreed expected;
	} cases[] = {
	    {{"one"}, 1, {0, false, 0}},
	    {{""}, 1, {0, false, 0}},
	    {{"", ""}, 2, {10000, true, 0}},
	    {{"7", "7", "7"}, 3, {10000, true, 0}},
	    {{"abc", "abc"}, 2, {10000, true, 0}},
	    {{"\xc3\xa9t\xc3\xa9\r\nun", "e\xcc\x81te\xcc\x81\nun"}, 2, {10000, true, 1}}, /* composed, line ends */
	    {{"a", ""}, 2, {0, true, 1}},                                                  /* a-: 1 - 1 * 2 / 2 */
	    {{"ab", "ac"}, 2, {4000, true, 0}},  /* aa bc: 1 - 3 * 2 / (16 - 4 - 1 - 1) */
	    {{"ac", "ab"}, 2, {4000, true, 1}},  /* the same, the smaller stands in the middle */
	    {{"abc", "bc"}, 2, {6154, true, 0}}, /* a- bb cc: 1 - 5 * 2 / (36 - 1 - 1 - 4 - 4) */
	};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(cases); i++) {
		const agreed g = agree(cases[i].texts, cases[i].count);

		if (g.alpha != cases[i].expected.alpha || g.defined != cases[i].expected.defined ||
		    g.medoid != cases[i].expected.medoid)
			fail_msg("case %zu: %lld %d %zu", i, (long long)g.alpha, g.defined, g.medoid);
	}
}

static void of_texts__medoid__least_sum_of_distances_then_bytes(void **state)
{
	(void)state;
	assert_int_equal(agree((const char *const[]){"sitting", "kitten", "sitten"}, 3).medoid, 2);
	assert_int_equal(agree((const char *const[]){"cat", "car", "cap"}, 3).medoid, 2);
	assert_int_equal(agree((const char *const[]){"b", "a", "a", "b"}, 4).medoid, 1);
}

static void put_text(char *out, const uint32_t *symbols, size_t n)
{
	for (size_t i = 0; i < n; i++)
		out[i] = (char)('a' + symbols[i]);
	out[n] = '\0';
}

/* Texts beside one of them, unit by unit as agreement.h says. */
static void plain_units(table *t, uint32_t (*texts)[100], const size_t *sizes, size_t count, size_t middle)
{
	uint32_t enter[ASSAY_ANNOTATORS_MAX][101], leave[ASSAY_ANNOTATORS_MAX][101];

	for (size_t i = 0; i < count; i++)
		(void)plain_align(enter[i], leave[i], texts[middle], sizes[middle], texts[i], sizes[i]);
	*t = (table){.annotators = count};
	for (size_t at = 0; at <= sizes[middle]; at++) {
		size_t between = 0;

		for (size_t i = 0; i < count; i++)
			between = leave[i][at] - enter[i][at] > between ? leave[i][at] - enter[i][at] : between;
		for (size_t i = 0; i < count; i++)
			for (size_t k = 0; k < between; k++) /* 0 is nothing */
				t->cells[i][t->units + k] =
				    k < leave[i][at] - enter[i][at] ? (int)texts[i][enter[i][at] + k] + 1 : 0;
		t->units += between;
		for (size_t i = 0; at < sizes[middle] && i < count; i++)
			t->cells[i][t->units] = enter[i][at + 1] > leave[i][at] ? (int)texts[i][leave[i][at]] + 1 : 0;
		t->units += at < sizes[middle];
	}
}

static size_t plain_medoid(uint32_t (*texts)[100], const size_t *sizes, char (*strings)[101], size_t count)
{
	size_t best = 0, least = SIZE_MAX;
	uint32_t enter[101], leave[101];

	for (size_t i = 0; i < count; i++) {
		size_t sum = 0;

		for (size_t j = 0; j < count; j++)
			sum += plain_align(enter, leave, texts[i], sizes[i], texts[j], sizes[j]);
		if (sum < least || (sum == least && strcmp(strings[i], strings[best]) < 0)) {
			best = i;
			least = sum;
		}
	}
	return best;
}

static void of_texts__random_texts__equals_plain(void **state)
{
	static uint32_t texts[ASSAY_ANNOTATORS_MAX][100];
	static char strings[ASSAY_ANNOTATORS_MAX][101];
	static table t;
	uint32_t seed = 1848;

	(void)state;
	for (int round = 0; round < 300; round++) {
		const uint32_t start = seed, symbols = 1 + draw_below(&seed, 26);
		const size_t count = 2 + draw_below(&seed, 6);
		const char *pointers[ASSAY_ANNOTATORS_MAX];
		size_t sizes[ASSAY_ANNOTATORS_MAX], middle;
		agreed fast;
		int64_t plain;

		for (size_t i = 0; i < count; i++) {
			sizes[i] = i == 0 ? random_text(&seed, texts[0], 40, symbols)
					  : copy_badly(&seed, texts[i], texts[0], sizes[0], symbols, 8);
			put_text(strings[i], texts[i], sizes[i]);
			pointers[i] = strings[i];
		}
		fast = agree(pointers, count);
		middle = plain_medoid(texts, sizes, strings, count);
		plain_units(&t, texts, sizes, count, middle);
		if (!plain_alpha(&plain, &t)) /* all are equal, or alpha would be defined */
			plain = 10000;
		if (fast.medoid != middle || !fast.defined || fast.alpha != plain)
			fail_msg("seed %u: %lld by %zu, not %lld by %zu", (unsigned)start, (long long)fast.alpha,
				 fast.medoid, (long long)plain, middle);
	}
}

static void of_texts__what_it_cannot_take__told(void **state)
{
	const char *many[ASSAY_ANNOTATORS_MAX + 1];
	ASSAY_AUTO_FREE char *long_one = malloc(((size_t)2 << 20) + 1), *other = malloc(((size_t)2 << 20) + 1);
	assay_err err = ASSAY_ERR_INIT;
	size_t medoid;
	int64_t alpha;
	bool defined;

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(many); i++)
		many[i] = "x";
	assert_int_equal(assay_agreement_of_texts(many, 0, &alpha, &defined, &medoid, &err), ASSAY_EINVAL);
	assert_string_equal(err.msg, "0 texts, must be 1 to 16");
	assert_int_equal(assay_agreement_of_texts(many, 17, &alpha, &defined, &medoid, &err), ASSAY_EINVAL);
	many[1] = "ab\xff";
	assert_int_equal(assay_agreement_of_texts(many, 2, &alpha, &defined, &medoid, &err), ASSAY_EINVAL);
	assert_string_equal(err.msg, "text 2: not UTF-8 at byte 2");

	assert_true(long_one != NULL && other != NULL);
	memset(long_one, 'a', (size_t)2 << 20);
	memset(other, 'b', (size_t)2 << 20);
	long_one[(size_t)2 << 20] = other[(size_t)2 << 20] = '\0';
	many[0] = long_one;
	many[1] = other;
	assert_int_equal(assay_agreement_of_texts(many, 2, &alpha, &defined, &medoid, &err), ASSAY_EFULL);
}

static void of_texts__memory_runs_out__told_each_time(void **state)
{
	static const char *const texts[] = {"gr\xc3\xb6sze", "grosse", "gr\xc3\xb6sser"};
	assay_code rc = ASSAY_ENOMEM;
	size_t medoid;
	int64_t alpha;
	bool defined;

	(void)state;
	for (unsigned n = 1; rc != ASSAY_OK; n++) {
		assay_err err = ASSAY_ERR_INIT;

		assert_in_range(n, 1, 200);
		calls = 0;
		fail_at = n;
		rc = assay_agreement_of_texts(texts, 3, &alpha, &defined, &medoid, &err);
		fail_at = 0;
		assert_true(rc == ASSAY_OK || (rc == ASSAY_ENOMEM && err.code == ASSAY_ENOMEM));
	}
	assert_true(calls > 20);
	assert_int_equal(medoid, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(agreement_alpha__published_examples__as_printed),
	    cmocka_unit_test(agreement_alpha__ties__half_to_even),
	    cmocka_unit_test(agreement_alpha__nothing_varies__not_defined),
	    cmocka_unit_test(agreement_alpha__random_answers__equals_coincidences),
	    cmocka_unit_test(edit__random_texts__equals_plain_table),
	    cmocka_unit_test(edit__texts_that_lean__equals_plain_table),
	    cmocka_unit_test(edit_open__too_many_symbols__refused),
	    cmocka_unit_test(of_texts__cases_by_hand),
	    cmocka_unit_test(of_texts__medoid__least_sum_of_distances_then_bytes),
	    cmocka_unit_test(of_texts__random_texts__equals_plain),
	    cmocka_unit_test(of_texts__what_it_cannot_take__told),
	    cmocka_unit_test(of_texts__memory_runs_out__told_each_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
