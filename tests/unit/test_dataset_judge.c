/* Checks of a dataset: what each number comes to, over samples made here. References are closed forms, or as named. */
#include "test_findings.h"

#include "assay/dataset_judge.h"

#include "drift.h"
#include "lineage_alloc.h"
#include "pattern.h"
#include "value_set.h"

#include <math.h>

#define AS_OF INT64_C(1767323045000000000) /* 2026-01-02T03:04:05Z */
#define DAY   INT64_C(86400000000000)

static scratch folder;
static assay_vocabulary vocabulary;

static int set_up(void **state)
{
	static const assay_vocabulary_metric metrics[] = {
	    {.name = "m.cents", "EUR", "m", 2, ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_PAGE), true},
	    {.name = "m.count",
	     "1",
	     "m",
	     0,
	     ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_PAGE) | ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_AUDIO),
	     true},
	};

	(void)state;
	scratch_open(&folder);
	for (size_t i = 0; i < ASSAY_COUNT(metrics); i++)
		assert_int_equal(assay_vocabulary_add(&vocabulary, &metrics[i], NULL), ASSAY_OK);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	assay_vocabulary_release(&vocabulary);
	unlinkat(folder.fd, "c.yaml", 0);
	scratch_close(&folder);
	return 0;
}

/* ---------------------------------------------------------------- one check over some samples */

typedef struct row {
	assay_sample_kind kind;
	unsigned outcome;
	bool defined;
	int64_t cents;
	const char *type;  /* of document; NULL: none */
	const char *taken; /* date; NULL: none */
	int64_t age;       /* of the source, ns */
} row;

/* Pages of 1.00, 2.00, 3.00 and 4.00, one without a value, one quarantined, one duplicate; a sound. */
static const row rows[] = {
    {ASSAY_SAMPLE_PAGE, 1, true, 400, "letter", "2026-01-01", 3 * DAY},
    {ASSAY_SAMPLE_PAGE, 1, true, 100, "invoice", "2025-12-31T23:00:00-01:00", 2 * DAY},
    {ASSAY_SAMPLE_PAGE, 3, true, 300, "invoice", "yesterday", 4 * DAY},
    {ASSAY_SAMPLE_PAGE, 1, true, 200, NULL, "2026-01-03", -DAY},
    {ASSAY_SAMPLE_PAGE, 1, false, 0, "memo", NULL, 9 * DAY},
    {ASSAY_SAMPLE_PAGE, 2, true, 900, "letter", NULL, 9 * DAY},
    {ASSAY_SAMPLE_PAGE, 4, true, 100, "invoice", NULL, 9 * DAY},
    {ASSAY_SAMPLE_AUDIO, 1, false, 0, "memo", NULL, DAY},
};

static void show(assay_dataset_judge *j, const row *r, size_t n)
{
	const char *keys[2], *values[2];
	assay_judge_value v[2] = {{r->defined ? ASSAY_VALUE_DEFINED : ASSAY_VALUE_UNDEFINED, r->cents, "none"},
				  {ASSAY_VALUE_DEFINED, 7, NULL}};
	ASSAY_AUTO_FREE char *key = assay_asprintf("s%zu", n);
	assay_dataset_subject s = {
	    .key = key,
	    .sample = {.kind = r->kind, .values = v, .metadata_keys = keys, .metadata_values = values},
	    .outcome = r->outcome,
	    .source_ns = AS_OF - r->age};

	if (r->type != NULL) {
		keys[s.sample.metadata_count] = "type";
		values[s.sample.metadata_count++] = r->type;
	}
	if (r->taken != NULL) {
		keys[s.sample.metadata_count] = "taken";
		values[s.sample.metadata_count++] = r->taken;
	}
	assert_int_equal(assay_dataset_judge_add(j, &s, NULL), ASSAY_OK);
}

static assay_contract *contract_of(const char *schema)
{
	static const char head[] = "apiVersion: v3.1.0\nkind: DataContract\nid: c\nversion: 1.0.0\nstatus: active\n";
	ASSAY_AUTO_FREE char *text = assay_asprintf("%s%s\n", head, schema);
	assay_diagnostics d = {0};
	assay_contract *c;

	scratch_write(&folder, "c.yaml", text, strlen(text));
	if (assay_contract_load(&c, folder.fd, "c.yaml", "c.yaml", &vocabulary, &d, NULL) != ASSAY_OK) {
		print_findings(&d);
		fail();
	}
	assay_diagnostics_release(&d);
	return c;
}

/* Judge a contract's only check, or its first; samples in their order and backwards must come to the same. */
static void judge(assay_dataset_results *out, const char *schema, bool backwards)
{
	assay_contract *c = contract_of(schema);
	assay_dataset_judge *j;
	const size_t n = ASSAY_COUNT(rows);

	assert_int_equal(assay_dataset_judge_open(&j, (const assay_contract *const *)&c, 1, &vocabulary, AS_OF, NULL),
			 ASSAY_OK);
	for (size_t i = 0; i < n; i++)
		show(j, &rows[backwards ? n - 1 - i : i], backwards ? n - 1 - i : i);
	assert_int_equal(assay_dataset_judge_end(j, out, NULL), ASSAY_OK);
	assay_dataset_judge_close(j);
	assay_contract_close(c);
}

static void assert_comes_to(const char *schema, const char *text, assay_dataset_verdict verdict)
{
	for (unsigned backwards = 0; backwards < 2; backwards++) {
		ASSAY_AUTO_DATASET_RESULTS r = {0};
		ASSAY_AUTO_BUF told = ASSAY_BUF_INIT;

		judge(&r, schema, backwards != 0);
		assert_int_equal(r.count, 1);
		assay_dataset_result_text(&told, &r.items[0]);
		assert_string_equal(assay_buf_str(&told), text);
		assert_int_equal(r.items[0].verdict, verdict);
	}
}

#define ENTRY(name, check)   "schema:\n- name: " name "\n  quality:\n  - {" check "}\n"
#define PAGE(implementation) ENTRY("page", "id: k, type: custom, engine: assay, implementation: {" implementation "}")
#define ALL(implementation)  ENTRY("dataset", "id: k, type: custom, engine: assay, implementation: {" implementation "}")
#define PROPERTY(keys)       "schema:\n- name: page\n  properties:\n  - {" keys "}\n"

#define PASSED  ASSAY_DATASET_PASSED
#define FAILED  ASSAY_DATASET_FAILED
#define SKIPPED ASSAY_DATASET_SKIPPED

/* A page that people wrote: an engine's metric has nothing to say of it, so it is not among those measured. */
static void judge__corrected_by_hand__not_among_those_measured(void **state)
{
	static const struct {
		const char *schema, *text;
	} cases[] = {
	    {PAGE("aggregate: missing, metric: m.cents, mustBe: 0.2"),
	     "k: missing of m.cents (page) is 0.2, must be = 0.2"},
	    {PAGE("aggregate: share, metric: m.cents, condition: {mustBeGreaterThan: 1.5}, mustBe: 0.6"),
	     "k: share of m.cents > 1.5 (page) is 0.6, must be = 0.6"},
	    {PAGE("aggregate: count, mustBe: 6"), "k: count of samples (page) is 6, must be = 6"},
	};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(cases); i++) {
		assay_contract *c = contract_of(cases[i].schema);
		const assay_judge_value v[2] = {{ASSAY_VALUE_UNDEFINED, 0, "corrected by hand"},
						{ASSAY_VALUE_UNDEFINED, 0, "not corrected by hand"}};
		const assay_dataset_subject s = {
		    .key = "by hand", .sample = {.kind = ASSAY_SAMPLE_PAGE, .values = v}, .outcome = 1};
		ASSAY_AUTO_DATASET_RESULTS r = {0};
		ASSAY_AUTO_BUF told = ASSAY_BUF_INIT;
		assay_dataset_judge *j;

		assert_int_equal(
		    assay_dataset_judge_open(&j, (const assay_contract *const *)&c, 1, &vocabulary, AS_OF, NULL),
		    ASSAY_OK);
		for (size_t k = 0; k < ASSAY_COUNT(rows); k++)
			show(j, &rows[k], k);
		assert_int_equal(assay_dataset_judge_add(j, &s, NULL), ASSAY_OK);
		assert_int_equal(assay_dataset_judge_end(j, &r, NULL), ASSAY_OK);
		assay_dataset_result_text(&told, &r.items[0]);
		assert_string_equal(assay_buf_str(&told), cases[i].text);
		assert_int_equal(r.items[0].verdict, PASSED);
		assay_dataset_judge_close(j);
		assay_contract_close(c);
	}
}

static void judge__each_aggregate__its_number_and_verdict(void **state)
{
	static const struct {
		const char *schema, *text;
		assay_dataset_verdict verdict;
	} cases[] = {
	    {PAGE("aggregate: count, mustBe: 5"), "k: count of samples (page) is 5, must be = 5", PASSED},
	    {PAGE("aggregate: count, population: all, mustBe: 5"),
	     "k: count of samples, of all that went in (page) is 7, must be = 5", FAILED},
	    {ALL("aggregate: count, mustBe: 6"), "k: count of samples is 6, must be = 6", PASSED},
	    {ALL("aggregate: count, of: audio, mustBe: 1"), "k: count of samples (audio) is 1, must be = 1", PASSED},
	    {PAGE("aggregate: count, where: {type: invoice}, mustBe: 2"),
	     "k: count of samples where type = invoice (page) is 2, must be = 2", PASSED},
	    {PAGE("aggregate: count, metric: m.cents, condition: {mustBeGreaterThan: 1.5}, mustBe: 3"),
	     "k: count of m.cents > 1.5 (page) is 3, must be = 3", PASSED},
	    /* what has no value does not meet a condition, though 0 would */
	    {PAGE("aggregate: count, metric: m.cents, condition: {mustBeLessThan: 1.5}, mustBe: 1"),
	     "k: count of m.cents < 1.5 (page) is 1, must be = 1", PASSED},
	    {PAGE("aggregate: share, metric: m.cents, condition: {mustBeBetween: [2, 3]}, mustBe: 0.4"),
	     "k: share of m.cents between 2 and 3 (page) is 0.4, must be = 0.4", PASSED},
	    {PAGE("aggregate: share, outcome: quarantined, mustBeLessThan: 0.142857"),
	     "k: share of outcome quarantined (page) is about 0.142857, must be < 0.142857", FAILED}, /* 1/7 is above */
	    {PAGE("aggregate: missing, metric: m.cents, mustBe: 0.2"),
	     "k: missing of m.cents (page) is 0.2, must be = 0.2", PASSED},
	    {PAGE("aggregate: distinct, metric: m.cents, mustBe: 4"), "k: distinct of m.cents (page) is 4, must be = 4",
	     PASSED},
	    {ALL("aggregate: distinct, metric: m.count, mustBe: 1"), "k: distinct of m.count is 1, must be = 1",
	     PASSED},
	    {PAGE("aggregate: sum, metric: m.cents, mustBe: 10"), "k: sum of m.cents (page) is 10 EUR, must be = 10",
	     PASSED},
	    {PAGE("aggregate: mean, metric: m.cents, mustBe: 2.5"),
	     "k: mean of m.cents (page) is 2.5 EUR, must be = 2.5", PASSED},
	    {PAGE("aggregate: mean, metric: m.cents, population: all, mustBeLessThan: 3.333334"),
	     "k: mean of m.cents, of all that went in (page) is about 3.333333 EUR, must be < 3.333334",
	     PASSED}, /* 20/6 */
	    {PAGE("aggregate: mean, metric: m.cents, population: all, mustBeLessOrEqualTo: 3.333333333333333333"),
	     "k: mean of m.cents, of all that went in (page) is about 3.333333 EUR, must be <= 3.333333333333333333",
	     FAILED},
	    {PAGE("aggregate: min, metric: m.cents, mustBe: 1"), "k: min of m.cents (page) is 1 EUR, must be = 1",
	     PASSED},
	    {PAGE("aggregate: max, metric: m.cents, mustBe: 4"), "k: max of m.cents (page) is 4 EUR, must be = 4",
	     PASSED},
	    /* nearest rank of 4 values: ceil(4p/100) */
	    {PAGE("aggregate: p25, metric: m.cents, mustBe: 1"), "k: p25 of m.cents (page) is 1 EUR, must be = 1",
	     PASSED},
	    {PAGE("aggregate: p26, metric: m.cents, mustBe: 2"), "k: p26 of m.cents (page) is 2 EUR, must be = 2",
	     PASSED},
	    {PAGE("aggregate: p50, metric: m.cents, mustBe: 2"), "k: p50 of m.cents (page) is 2 EUR, must be = 2",
	     PASSED},
	    {PAGE("aggregate: p99, metric: m.cents, mustBe: 4"), "k: p99 of m.cents (page) is 4 EUR, must be = 4",
	     PASSED},
	    {ENTRY("page", "metric: rowCount, mustBe: 5"), "page.rowCount: count of samples (page) is 5, must be = 5",
	     PASSED},
	    {ENTRY("page", "metric: duplicateValues, mustBe: 0"),
	     "page.duplicateValues: duplicates (page) is 1, must be = 0; such as s6", FAILED},
	    {ENTRY("page", "metric: duplicateValues, unit: percent, mustBeLessThan: 14.2857"),
	     "page.duplicateValues: duplicates (page) is about 14.2857 %, must be < 14.2857; such as s6", FAILED},
	    {ENTRY("page", "metric: duplicateValues, arguments: {properties: [type]}, mustBe: 0"),
	     "page.duplicateValues: repeated values of type (page) is 1, must be = 0; such as invoice", FAILED},
	    {PROPERTY("name: type, required: true"),
	     "page.type.required: samples without type (page) is 1, must be = 0; such as s3", FAILED},
	    {PROPERTY("name: type, unique: true"),
	     "page.type.unique: repeated values of type (page) is 1, must be = 0; such as invoice", FAILED},
	    {PROPERTY("name: type, logicalType: string, logicalTypeOptions: {maxLength: 6}"),
	     "page.type.valid: invalid values of type (page) is 2, must be = 0; such as s1, s2", FAILED},
	    {PROPERTY(
		 "name: type, quality: [{metric: missingValues, arguments: {missingValues: [memo, ~]}, mustBe: 2}]"),
	     "page.type.missingValues: missing values of type (page) is 2, must be = 2", PASSED},
	    {PROPERTY("name: type, quality: [{metric: missingValues, arguments: {missingValues: [memo]}, mustBe: 1}]"),
	     "page.type.missingValues: missing values of type (page) is 1, must be = 1", PASSED},
	    {PROPERTY(
		 "name: type, quality: [{metric: invalidValues, arguments: {validValues: [memo, letter]}, mustBe: 2}]"),
	     "page.type.invalidValues: invalid values of type (page) is 2, must be = 2", PASSED},
	    {PROPERTY("name: type, quality: [{metric: nullValues, unit: percent, mustBe: 20}]"),
	     "page.type.nullValues: samples without type (page) is 20 %, must be = 20", PASSED},
	    /* The newest up to the as-of time: the file of tomorrow had not arrived, the words are no date. */
	    {"schema: []\nslaProperties: [{property: freshness, value: 48, unit: h, element: page}]",
	     "page.freshness: age of the newest source (page) is 2 d, must be <= 2 d", PASSED},
	    {"schema: []\nslaProperties: [{property: latency, value: 1, unit: d}]",
	     "dataset.freshness: age of the newest source is 1 d, must be <= 1 d", PASSED},
	    {"schema: []\nslaProperties: [{property: freshness, value: 1, unit: d, element: page.taken}]",
	     "page.taken.freshness: age of the newest taken (page) is about 1.1 d, must be <= 1 d; such as s2, s4, s5",
	     FAILED},
	    /* no number */
	    {PAGE("aggregate: mean, metric: m.cents, where: {type: none}, mustBe: 1"),
	     "k: mean of m.cents where type = none (page) is unknown (there are no samples), must be = 1", FAILED},
	    {PAGE("aggregate: min, metric: m.cents, where: {type: memo}, whenMissing: skip, mustBe: 1"),
	     "k: min of m.cents where type = memo (page) is unknown (no sample has a value), must be = 1", SKIPPED},
	    {PAGE("drift: ks, metric: m.cents, against: gold, mustBe: 0"),
	     "k: ks of m.cents against gold (page) is unknown (the baseline has no values), must be = 0", FAILED},
	};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(cases); i++)
		assert_comes_to(cases[i].schema, cases[i].text, cases[i].verdict);
}

static void age_text__as_people_say_it(void **state)
{
	static const struct {
		assay_decimal seconds;
		const char *text;
	} cases[] = {
	    {{0, 0}, "0 s"},
	    {{59, 0}, "59 s"},
	    {{60, 0}, "1 min"},
	    {{5400, 0}, "90 min"},
	    {{7200, 0}, "2 h"},
	    {{172800, 0}, "2 d"},
	    {{172801, 0}, "about 2 d"},
	    {{3661, 0}, "about 1 h"},
	    {{90061500, 3}, "about 1 d"},
	    {{1500, 3}, "1.5 s"},
	    {{64800, 0}, "18 h"},
	    {{INT64_MAX, 0}, "about 106751991167300.6 d"},
	};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(cases); i++) {
		ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

		assay_dataset_age_text(&b, cases[i].seconds);
		assert_string_equal(assay_buf_str(&b), cases[i].text);
	}
}

/* ---------------------------------------------------------------- values of a field */

static void judge__each_logical_type__valid_and_invalid(void **state)
{
	static const struct {
		const char *type, *good, *bad;
	} cases[] = {
	    {"logicalType: integer", "-12", "1.5"},
	    {"logicalType: integer, logicalTypeOptions: {minimum: 3, exclusiveMaximum: 9.5, multipleOf: 3}", "9", "8"},
	    {"logicalType: integer, logicalTypeOptions: {exclusiveMinimum: 3}", "4", "3"},
	    {"logicalType: number, logicalTypeOptions: {maximum: 0.3, multipleOf: 0.1}", "0.3", "0.35"},
	    {"logicalType: number", "1e3", "many"},
	    {"logicalType: boolean", "true", "yes"},
	    {"logicalType: date", "2024-02-29", "2026-02-29"},
	    {"logicalType: date, logicalTypeOptions: {minimum: 2026-01-01}", "2026-01-01", "2025-12-31"},
	    {"logicalType: timestamp", "2026-01-02T03:04:05.5+01:00", "2026-01-02"},
	    {"logicalType: timestamp, logicalTypeOptions: {maximum: '2026-01-02T00:00:00Z'}",
	     "2026-01-02T00:30:00+01:00", "2026-01-02T00:00:01Z"},
	    {"logicalType: string, logicalTypeOptions: {minLength: 2, maxLength: 3}", "\xc3\xa9\xc3\xa9\xc3\xa9", "x"},
	    {"logicalType: string, logicalTypeOptions: {pattern: '^[A-Z]{2}\\d+$'}", "DE12", "DE12x"},
	};

	(void)state;
	for (size_t i = 0; i < 2 * ASSAY_COUNT(cases); i++) {
		const char *value = i % 2 == 0 ? cases[i / 2].good : cases[i / 2].bad, *key = "x";
		ASSAY_AUTO_FREE char *schema =
		    assay_asprintf("schema:\n- name: page\n  properties:\n  - {name: x, %s}\n", cases[i / 2].type);
		assay_contract *c = contract_of(schema);
		const assay_dataset_subject s = {.key = "k",
						 .sample = {.kind = ASSAY_SAMPLE_PAGE,
							    .metadata_keys = &key,
							    .metadata_values = &value,
							    .metadata_count = 1},
						 .outcome = 1};
		ASSAY_AUTO_DATASET_RESULTS r = {0};
		assay_dataset_judge *j;

		assert_int_equal(
		    assay_dataset_judge_open(&j, (const assay_contract *const *)&c, 1, &vocabulary, AS_OF, NULL),
		    ASSAY_OK);
		assert_int_equal(assay_dataset_judge_add(j, &s, NULL), ASSAY_OK);
		assert_int_equal(assay_dataset_judge_end(j, &r, NULL), ASSAY_OK);
		if (r.items[0].verdict != (i % 2 == 0 ? ASSAY_DATASET_PASSED : ASSAY_DATASET_FAILED))
			print_error("%s: '%s'\n", cases[i / 2].type, value);
		assert_int_equal(r.items[0].verdict, i % 2 == 0 ? ASSAY_DATASET_PASSED : ASSAY_DATASET_FAILED);
		assay_dataset_judge_close(j);
		assay_contract_close(c);
	}
}

static void pattern_compile__ecma__means_the_same(void **state)
{
	static const struct {
		const char *pattern, *text;
		bool matches;
	} cases[] = {
	    {"b", "abc", true},
	    {"^b", "abc", false},
	    {"^.$", "\xc3\xa9", true}, /* one character of two bytes */
	    {"^.$", "\xf0\x9f\x98\x80", true},
	    {"^..$", "\xc3\xa9", false},
	    {"^[^a]$", "\xc3\xa9", true},
	    {"^[^a]$", "a", false},
	    {"^\xc3\xa9{2}$", "\xc3\xa9\xc3\xa9", true},
	    {"^\\D\\S\\W$", "a\xc3\xa9-", true},
	    {"^(?:ab|cd)+$", "abcd", true},
	    {"^\\w+\\.\\w+$", "a_1.b", true},
	    {"^\\w+\\.\\w+$", "a_1xb", false},
	    {"^[\\d.]+$", "1.5", true},
	    {"^[\\\\]$", "\\", true},
	    {"^a.b$", "a\nb", false},
	    {"^[a-c-]+$", "a-c", true},
	    {"\\{\\}", "{}", true},
	};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(cases); i++) {
		regex_t r;

		assert_int_equal(pattern_compile(&r, cases[i].pattern, NULL), ASSAY_OK);
		if ((regexec(&r, cases[i].text, 0, NULL, 0) == 0) != cases[i].matches)
			print_error("%s on %s\n", cases[i].pattern, cases[i].text);
		assert_int_equal(regexec(&r, cases[i].text, 0, NULL, 0) == 0, cases[i].matches);
		regfree(&r);
	}
}

static void pattern_compile__not_read__econfig(void **state)
{
	static const char *const cases[] = {"(?=a)",  "(?!a)", "(?<n>a)",     "a*?",        "a+?",  "a{1,2}?",
					    "(a)\\1", "\\bx",  "\\u0041",     "[a",         "[]",   "[\\b]",
					    "(",      "\\",    "[[:alpha:]]", "[\xc3\xa9]", "[\\]]"};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(cases); i++) {
		assay_err err = ASSAY_ERR_INIT;
		regex_t r;

		assert_int_equal(pattern_compile(&r, cases[i], &err), ASSAY_ECONFIG);
		assert_true(err.msg[0] != '\0');
	}
}

/* ---------------------------------------------------------------- arithmetic */

static void ratio_cmp__far_beyond_64_bits__exact(void **state)
{
	const ratio_uint e18 = ratio_power(18);
	const ratio_int huge = (ratio_int)1 << 100;

	(void)state;
	assert_int_equal(ratio_cmp((ratio){1, 3}, (assay_decimal){333333333333333333, 18}), 1);
	assert_int_equal(ratio_cmp((ratio){1, 3}, (assay_decimal){333333333333333334, 18}), -1);
	assert_int_equal(ratio_cmp((ratio){-1, 3}, (assay_decimal){-333333333333333333, 18}), -1);
	assert_int_equal(ratio_cmp((ratio){huge, (ratio_uint)huge}, (assay_decimal){1, 0}), 0);
	assert_int_equal(ratio_cmp((ratio){huge + 1, (ratio_uint)huge}, (assay_decimal){1, 0}), 1);
	assert_int_equal(ratio_cmp((ratio){huge - 1, (ratio_uint)huge}, (assay_decimal){1, 0}), -1);
	assert_int_equal(ratio_cmp((ratio){(ratio_int)e18 / 4, e18}, (assay_decimal){25, 2}), 0);
	assert_int_equal(ratio_cmp((ratio){0, 5}, (assay_decimal){0, 0}), 0);
	assert_int_equal(ratio_cmp((ratio){-1, 5}, (assay_decimal){0, 0}), -1);
}

static void ratio_round__ties_and_large__half_to_even(void **state)
{
	static const struct {
		int64_t num, den;
		int scale;
		int64_t units;
		int places;
		bool exact;
	} cases[] = {
	    {1, 8, 2, 12, 2, false},
	    {3, 8, 2, 38, 2, false},
	    {-1, 8, 2, -12, 2, false},
	    {2, 3, 6, 666667, 6, false},
	    {5, 2, 6, 25, 1, true},
	    {999, 1000, 2, 1, 0, false},
	    {INT64_MAX, 1, 6, INT64_MAX, 0, true},
	};
	bool exact;
	assay_decimal d;

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(cases); i++) {
		d = ratio_round((ratio){cases[i].num, (ratio_uint)cases[i].den}, cases[i].scale, &exact);
		assert_int_equal(d.units, cases[i].units);
		assert_int_equal(d.scale, cases[i].places);
		assert_int_equal(exact, cases[i].exact);
	}
	d = ratio_round((ratio){(ratio_int)1 << 100, 1}, 2, &exact);
	assert_int_equal(d.units, INT64_MAX);
	assert_false(exact);
}

static void ratio_meets__each_operator__at_below_and_above(void **state)
{
	static const struct {
		assay_operator op;
		bool meets[5]; /* by 9/10, 1, 11/10, 2, 21/10; the bound is 1, or 1 to 2 */
	} cases[] = {
	    {ASSAY_MUST_BE, {false, true, false, false, false}},
	    {ASSAY_MUST_NOT_BE, {true, false, true, true, true}},
	    {ASSAY_MUST_BE_GREATER_THAN, {false, false, true, true, true}},
	    {ASSAY_MUST_BE_GREATER_OR_EQUAL_TO, {false, true, true, true, true}},
	    {ASSAY_MUST_BE_LESS_THAN, {true, false, false, false, false}},
	    {ASSAY_MUST_BE_LESS_OR_EQUAL_TO, {true, true, false, false, false}},
	    {ASSAY_MUST_BE_BETWEEN, {false, true, true, true, false}},
	    {ASSAY_MUST_NOT_BE_BETWEEN, {true, false, false, false, true}},
	};
	static const int tenths[] = {9, 10, 11, 20, 21};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(cases); i++)
		for (size_t k = 0; k < ASSAY_COUNT(tenths); k++) {
			const assay_bound b = {cases[i].op, {1, 0}, {2, 0}};

			assert_int_equal(ratio_meets((ratio){tenths[k], 10}, &b), cases[i].meets[k]);
		}
}

/* ("a", "bc") and ("ab", "c") are two pairs, whatever is between them when they are written in a row. */
static void judge__pairs_that_join_alike__not_repeated(void **state)
{
	static const char *const keys[] = {"type", "taken"};
	static const char *const values[][2] = {{"a", "bc"}, {"ab", "c"}, {"a", "bc"}, {"a,2:", "c"}};
	assay_contract *c =
	    contract_of("schema:\n- name: page\n  quality:\n"
			"  - {metric: duplicateValues, arguments: {properties: [type, taken]}, mustBe: 0}");
	ASSAY_AUTO_DATASET_RESULTS r = {0};
	assay_dataset_judge *j;

	(void)state;
	assert_int_equal(assay_dataset_judge_open(&j, (const assay_contract *const *)&c, 1, &vocabulary, AS_OF, NULL),
			 ASSAY_OK);
	for (size_t i = 0; i < ASSAY_COUNT(values); i++) {
		const assay_dataset_subject s = {.key = "k",
						 .sample = {.kind = ASSAY_SAMPLE_PAGE,
							    .metadata_keys = keys,
							    .metadata_values = values[i],
							    .metadata_count = 2},
						 .outcome = 1};

		assert_int_equal(assay_dataset_judge_add(j, &s, NULL), ASSAY_OK);
	}
	assert_int_equal(assay_dataset_judge_end(j, &r, NULL), ASSAY_OK);
	assert_int_equal(r.items[0].value.units, 1);
	assert_string_equal(r.items[0].examples[0], "a, bc");
	assay_dataset_judge_close(j);
	assay_contract_close(c);
}

static void tally_add__any_order__sorted_counts_and_exact_sum(void **state)
{
	tally t = {0};
	uint64_t x = 88172645463325252u, total = 0;

	(void)state;
	for (unsigned i = 0; i < 100000; i++) { /* many times the buffer */
		x ^= x << 13, x ^= x >> 7, x ^= x << 17;
		assert_int_equal(tally_add(&t, (int64_t)(x % 20011) - 10005, NULL), ASSAY_OK);
	}
	assert_int_equal(tally_settle(&t, NULL), ASSAY_OK);
	for (size_t i = 0; i < t.count; i++) {
		assert_true(i == 0 || t.items[i - 1].value < t.items[i].value);
		total += t.items[i].count;
	}
	assert_int_equal(total, 100000);
	assert_int_equal(t.total, 100000);
	tally_release(&t);
	assert_int_equal(tally_add(&t, INT64_MAX, NULL), ASSAY_OK);
	assert_int_equal(tally_add(&t, INT64_MAX, NULL), ASSAY_OK);
	assert_true(t.sum == (ratio_int)INT64_MAX * 2);
	tally_release(&t);
}

static void value_set_add__many__new_once(void **state)
{
	value_set s = {0};
	bool is_new;

	(void)state;
	for (unsigned i = 0; i < 6000; i++) {
		const unsigned v = i % 3000;

		assert_int_equal(value_set_add(&s, &v, sizeof v, &is_new, NULL), ASSAY_OK);
		assert_int_equal(is_new, i < 3000);
	}
	value_set_release(&s);
}

/* ---------------------------------------------------------------- drift */

static tally tally_of(const int64_t *values, size_t n, unsigned times)
{
	tally t = {0};

	for (size_t i = 0; i < n; i++)
		for (unsigned k = 0; k < times; k++)
			assert_int_equal(tally_add(&t, values[i], NULL), ASSAY_OK);
	assert_int_equal(tally_settle(&t, NULL), ASSAY_OK);
	return t;
}

/* libm's logarithm as the reference: good to 1e-15 here, which is far from what 60 bits can do. */
static void drift_ln__against_libm__close(void **state)
{
	static const uint64_t v[] = {1, 2, 3, 7, 10, 1000003, ((uint64_t)1 << 41) - 1, (uint64_t)1 << 41};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(v); i++)
		for (size_t k = 0; k < ASSAY_COUNT(v); k++) {
			const long double got = (long double)drift_ln(v[i], v[k]) / 1152921504606846976.0L;

			assert_true(fabsl(got - (logl((long double)v[i]) - logl((long double)v[k]))) < 1e-14L);
		}
}

static void drift_ks__by_hand__exact(void **state)
{
	static const int64_t a[] = {1, 2, 3, 4}, b[] = {3, 4, 5, 6}, c[] = {10, 11};
	tally x = tally_of(a, 4, 1), y = tally_of(b, 4, 3), z = tally_of(c, 2, 5);
	ratio d = drift_ks(&x, &y);

	(void)state;
	assert_int_equal(ratio_cmp(d, (assay_decimal){5, 1}), 0); /* F(2): 1/2 against 0 */
	d = drift_ks(&x, &z);
	assert_int_equal(ratio_cmp(d, (assay_decimal){1, 0}), 0);
	d = drift_ks(&z, &x);
	assert_int_equal(ratio_cmp(d, (assay_decimal){1, 0}), 0);
	d = drift_ks(&x, &x);
	assert_int_equal(d.num, 0);
	tally_release(&x);
	tally_release(&y);
	tally_release(&z);
}

/* The definition again, in long double: edges 1 (alone, the smallest), 2, 3; parts (c + 1/2) / (n + bins / 2). */
static void drift_psi__definition__rounded(void **state)
{
	static const int64_t base[] = {1, 2, 3, 4}, now[] = {1, 1, 1, 2, 3, 4, 4, 9};
	static const double e[] = {0, 25, 25, 25, 25}, c[] = {0, 3, 1, 1, 3}; /* below 1, 1, 2, 3, above */
	tally x = tally_of(base, 4, 25), y = tally_of(now, 8, 1);
	long double wanted = 0;
	ratio got;

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(e); i++) {
		const long double p = (e[i] + 0.5L) / 102.5L, q = (c[i] + 0.5L) / 10.5L;

		wanted += (q - p) * logl(q / p);
	}
	assert_int_equal(drift_psi(&got, &x, &y, 4, NULL), ASSAY_OK);
	assert_true(fabsl((long double)got.num / (long double)got.den - wanted) <= 0.5e-6L);
	assert_int_equal(ratio_power(6) % got.den, 0); /* six places */
	assert_int_equal(drift_psi(&got, &x, &x, 10, NULL), ASSAY_OK);
	assert_int_equal(got.num, 0);
	tally_release(&x);
	tally_release(&y);
}

/* All of the baseline on one value: what lies below it is not taken for it. */
static void drift_psi__constant_baseline__shift_either_way_seen(void **state)
{
	static const int64_t one[] = {95}, low[] = {50}, high[] = {96};
	tally base = tally_of(one, 1, 100), below = tally_of(low, 1, 100), above = tally_of(high, 1, 100);
	ratio got;

	(void)state;
	for (unsigned bins = 2; bins <= 10; bins++) {
		assert_int_equal(drift_psi(&got, &base, &below, bins, NULL), ASSAY_OK);
		assert_int_equal(ratio_cmp(got, (assay_decimal){5, 0}), 1);
		assert_int_equal(drift_psi(&got, &base, &above, bins, NULL), ASSAY_OK);
		assert_int_equal(ratio_cmp(got, (assay_decimal){5, 0}), 1);
	}
	tally_release(&base);
	tally_release(&below);
	tally_release(&above);
}

/* ---------------------------------------------------------------- results */

static void results__encode_decode__the_same(void **state)
{
	ASSAY_AUTO_DATASET_RESULTS first = {0}, again = {0};
	ASSAY_AUTO_BUF a = ASSAY_BUF_INIT, b = ASSAY_BUF_INIT;

	(void)state;
	judge(&first, ENTRY("page", "metric: duplicateValues, unit: percent, mustBeBetween: [0, 5]"), false);
	assay_dataset_results_encode(&a, &first);
	assert_int_equal(assay_dataset_results_decode(&again, a.data, a.len, NULL), ASSAY_OK);
	assay_dataset_results_encode(&b, &again);
	assert_int_equal(a.len, b.len);
	assert_memory_equal(a.data, b.data, a.len);
	assert_string_equal(again.items[0].examples[0], "s6");
	for (size_t n = 0; n < a.len; n++) {
		ASSAY_AUTO_DATASET_RESULTS cut = {0};

		assert_int_equal(assay_dataset_results_decode(&cut, a.data, n, NULL), ASSAY_ECORRUPT);
		assert_int_equal(cut.count, 0);
	}
	for (size_t n = 0; n < a.len; n++)
		for (unsigned bit = 0; bit < 8; bit++) {
			ASSAY_AUTO_DATASET_RESULTS bent = {0};

			a.data[n] ^= (unsigned char)(1u << bit);
			(void)!assay_dataset_results_decode(&bent, a.data, a.len, NULL);
			a.data[n] ^= (unsigned char)(1u << bit);
		}
}

/* A contract with every sort of gauge; a baseline; results written and read. */
static assay_code whole_way(const assay_contract *c)
{
	assay_dataset_results r = {0}, again = {0};
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	assay_dataset_judge *j = NULL;
	assay_code rc = assay_dataset_judge_open(&j, &c, 1, &vocabulary, AS_OF, NULL);
	const char *key = "type", *value = "letter";
	assay_judge_value v[2] = {{ASSAY_VALUE_DEFINED, 5, NULL}, {ASSAY_VALUE_DEFINED, 7, NULL}};
	const assay_dataset_subject s = {.key = "k",
					 .sample = {.kind = ASSAY_SAMPLE_PAGE,
						    .values = v,
						    .metadata_keys = &key,
						    .metadata_values = &value,
						    .metadata_count = 1},
					 .outcome = 1};

	for (size_t i = 0; rc == ASSAY_OK && i < assay_dataset_judge_count(j); i++)
		if (assay_aggregate_is_drift(assay_dataset_judge_check(j, i)->aggregate))
			rc = assay_dataset_judge_baseline(j, i, 4, NULL);
	for (unsigned i = 0; rc == ASSAY_OK && i < 2; i++)
		rc = assay_dataset_judge_add(j, &s, NULL);
	if (rc == ASSAY_OK)
		rc = assay_dataset_judge_end(j, &r, NULL);
	if (rc == ASSAY_OK) {
		assay_dataset_results_encode(&b, &r);
		rc = assay_buf_check(&b, NULL);
	}
	if (rc == ASSAY_OK)
		rc = assay_dataset_results_decode(&again, b.data, b.len, NULL);
	assay_dataset_results_release(&r);
	assay_dataset_results_release(&again);
	assay_dataset_judge_close(j);
	return rc;
}

static void judge__every_alloc_fails_in_turn__enomem(void **state)
{
	assay_contract *c = contract_of(
	    "schema:\n- name: page\n  properties:\n"
	    "  - {name: type, unique: true, logicalType: string, logicalTypeOptions: {pattern: 'x'}}\n  quality:\n"
	    "  - {id: m, type: custom, engine: assay, implementation: {aggregate: mean, metric: m.cents, mustBe: 1}}\n"
	    "  - {id: p, type: custom, engine: assay, implementation: {drift: psi, metric: m.cents, against: g, "
	    "mustBe: 1}}");
	assay_code rc;
	unsigned n = 0;

	(void)state;
	do {
		arm(++n);
		rc = whole_way(c);
		arm(0);
		assert_true(rc == ASSAY_OK || rc == ASSAY_ENOMEM);
	} while (rc != ASSAY_OK);
	assert_in_range(n, 40, 400);
	assay_contract_close(c);
}

/* The bytes of docs/formats.md, which formats-examples.py computes. */
static void results__documented_example__bytes(void **state)
{
	char c2[] = "c2", none[] = "", version[] = "1.0.0", check[] = "c", subject[] = "p10 of ocr.confidence",
	     metric[] = "ocr.confidence", unit[] = "%", hex[ASSAY_DIGEST_HEX];
	assay_dataset_result r = {.contract_id = c2,
				  .contract_name = none,
				  .contract_version = version,
				  .check = check,
				  .subject = subject,
				  .kind = ASSAY_SAMPLE_PAGE,
				  .aggregate = ASSAY_AGGREGATE_PERCENTILE,
				  .metric = metric,
				  .unit = unit,
				  .severity = ASSAY_SEVERITY_ERROR,
				  .bound = {.op = ASSAY_MUST_BE_GREATER_OR_EQUAL_TO, .low = {80, 0}},
				  .verdict = ASSAY_DATASET_PASSED,
				  .defined = true,
				  .exact = true,
				  .value = {8250, 2},
				  .reason = none,
				  .samples = 31};
	const assay_dataset_results all = {.items = &r, .count = 1};
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	assay_digest d;

	(void)state;
	assay_dataset_results_encode(&b, &all);
	assert_int_equal(assay_digest_of(&d, b.data, b.len, NULL), ASSAY_OK);
	assert_string_equal(assay_digest_hex(&d, hex),
			    "21b3c435f4471187e22985468690f832d55165bfa14155cb294339ee9e7820bb");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(judge__each_aggregate__its_number_and_verdict),
	    cmocka_unit_test(judge__corrected_by_hand__not_among_those_measured),
	    cmocka_unit_test(age_text__as_people_say_it),
	    cmocka_unit_test(judge__each_logical_type__valid_and_invalid),
	    cmocka_unit_test(pattern_compile__ecma__means_the_same),
	    cmocka_unit_test(pattern_compile__not_read__econfig),
	    cmocka_unit_test(ratio_cmp__far_beyond_64_bits__exact),
	    cmocka_unit_test(ratio_meets__each_operator__at_below_and_above),
	    cmocka_unit_test(judge__pairs_that_join_alike__not_repeated),
	    cmocka_unit_test(ratio_round__ties_and_large__half_to_even),
	    cmocka_unit_test(tally_add__any_order__sorted_counts_and_exact_sum),
	    cmocka_unit_test(value_set_add__many__new_once),
	    cmocka_unit_test(drift_ln__against_libm__close),
	    cmocka_unit_test(drift_ks__by_hand__exact),
	    cmocka_unit_test(drift_psi__definition__rounded),
	    cmocka_unit_test(drift_psi__constant_baseline__shift_either_way_seen),
	    cmocka_unit_test(results__encode_decode__the_same),
	    cmocka_unit_test(results__documented_example__bytes),
	    cmocka_unit_test(judge__every_alloc_fails_in_turn__enomem),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
