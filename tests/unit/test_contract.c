/* Contracts as users write them: what is read, refused and doubted. */
#include "contract_fixture.h"

/* ---------------------------------------------------------------- what is read */

static void contract_load__whole_standard__checks_in_order(void **state)
{
	assay_contract *c = load(whole, &vocabulary);
	const assay_check *k;

	(void)state;
	assert_string_equal(c->file, "c.yaml");
	assert_string_equal(c->id, "6f1c0c8e-2f4e-4b5c-9a52-7b1f2d9a0c11");
	assert_string_equal(c->name, "scans");
	assert_string_equal(c->version, "1.2.0");
	assert_int_equal(c->check_count, 4);
	k = &c->checks[0];
	assert_string_equal(k->id, "blank");
	assert_int_equal(k->op, ASSAY_MUST_BE);
	assert_int_equal(k->low_units, 0);
	assert_int_equal(k->severity, ASSAY_SEVERITY_ERROR);
	assert_int_equal(k->when_missing, ASSAY_MISSING_FAILS);
	assert_int_equal(k->applies_count, 2);
	assert_string_equal(k->applies_keys[0], "batch");
	assert_string_equal(k->applies_values[0], "7");
	k = &c->checks[1];
	assert_string_equal(k->id, "cer");
	assert_string_equal(k->dimension, "accuracy");
	assert_string_equal(k->description, "prose");
	assert_string_equal(k->remedy, "again");
	assert_int_equal(k->low.units, 2); /* 0.0200 is 0.02 */
	assert_int_equal(k->low.scale, 2);
	assert_int_equal(k->low_units, 200);
	assert_int_equal(k->severity, ASSAY_SEVERITY_WARNING);
	assert_int_equal(k->when_missing, ASSAY_MISSING_SKIPS);
	assert_int_equal(k->line, 34);
	assert_string_equal(vocabulary.items[k->metric_number].name, "ocr.cer");
	k = &c->checks[2];
	assert_int_equal(k->low_units, 200);
	assert_int_equal(k->high_units, 600);
	k = &c->checks[3];
	assert_int_equal(k->kind, ASSAY_SAMPLE_AUDIO);
	assert_int_equal(k->severity, ASSAY_SEVERITY_INFO);
	assert_int_equal(k->low_units, -50);
	assert_int_equal(k->high_units, -25);
	assert_int_equal(k->applies_count, 0);
	assay_contract_close(c);
}

/* Checks of the dataset stand apart; those of no kind come first. */
static void contract_load__whole_standard__dataset_checks_in_order(void **state)
{
	static const char *const ids[] = {"dataset.duplicateValues", "drift",          "low", "page.taken.freshness",
					  "page.text.required",      "page.text.valid"};
	assay_contract *c = load(whole, &vocabulary);
	const assay_dataset_check *k;

	(void)state;
	assert_int_equal(c->dataset_count, ASSAY_COUNT(ids));
	for (size_t i = 0; i < ASSAY_COUNT(ids); i++)
		assert_string_equal(c->dataset[i].id, ids[i]);
	k = &c->dataset[0];
	assert_int_equal(k->aggregate, ASSAY_AGGREGATE_DUPLICATES);
	assert_true(k->percent && k->all && k->kind == 0);
	k = &c->dataset[1];
	assert_int_equal(k->aggregate, ASSAY_AGGREGATE_PSI);
	assert_int_equal(k->rank, 5);
	assert_string_equal(k->against, "gold");
	assert_int_equal(k->severity, ASSAY_SEVERITY_WARNING);
	assert_int_equal(k->when_missing, ASSAY_MISSING_SKIPS);
	assert_int_equal(k->kinds, ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_AUDIO) | ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_SEGMENT));
	k = &c->dataset[2];
	assert_int_equal(k->kind, ASSAY_SAMPLE_PAGE);
	assert_int_equal(k->condition.op, ASSAY_MUST_BE_BETWEEN);
	assert_int_equal(k->condition_low, 1000);
	assert_int_equal(k->condition_high, 10000);
	assert_int_equal(k->where.count, 2);
	assert_string_equal(k->where.names[0], "a");
	assert_string_equal(k->dimension, "coverage");
	assert_true(k->all);
	k = &c->dataset[3];
	assert_int_equal(k->aggregate, ASSAY_AGGREGATE_AGE);
	assert_int_equal(k->bound.low.units, 172800);
	assert_string_equal(k->fields[0], "taken");
	k = &c->dataset[4];
	assert_int_equal(k->aggregate, ASSAY_AGGREGATE_NULL_VALUES);
	assert_int_equal(k->where.count, 2); /* appliesTo of the entry */
	k = &c->dataset[5];
	assert_int_equal(k->rules.count, 2); /* minLength, type */
	assay_contract_close(c);
}

static void contract_load__no_vocabulary__metrics_unknown_but_accepted(void **state)
{
	assay_contract *c = load(CHECK("metric: no.such, mustBe: 1"), NULL);

	(void)state;
	assert_int_equal(c->check_count, 1);
	assert_true(c->checks[0].metric_number == SIZE_MAX);
	assay_contract_close(c);
}

static void check_bound_text__each_operator__as_users_read_it(void **state)
{
	static const char *const wanted[] = {"= 0.02",
					     "!= 0.02",
					     "> 0.02",
					     ">= 0.02",
					     "< 0.02",
					     "<= 0.02",
					     "between 0.02 and 3",
					     "not between 0.02 and 3"};
	const assay_decimal low = {2, 2}, high = {3, 0};

	(void)state;
	for (unsigned op = 1; op <= 8; op++) {
		ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

		assay_check_bound_text(&b, (assay_operator)op, low, high);
		assert_string_equal(assay_buf_str(&b), wanted[op - 1]);
	}
	assert_string_equal(assay_operator_name(ASSAY_MUST_NOT_BE_BETWEEN), "mustNotBeBetween");
	assert_string_equal(assay_severity_name(ASSAY_SEVERITY_INFO), "info");
	assert_null(assay_operator_name((assay_operator)9));
}

/* ---------------------------------------------------------------- what is refused */

static const wrong_case wrong[] = {
    /* envelope */
    {"- a\n", 1, 1, "a contract is a mapping that begins with apiVersion, kind, id, version, status"},
    {"apiVersion: v3.1.0\nkind: DataContract\nid: c\nversion: 1.0.0\nschema: []\n", 1, 1, "missing key 'status'"},
    {"apiVersion: v2.2.2\nkind: DataContract\nid: c\nversion: 1.0.0\nstatus: active\nschema: []\n", 1, 13,
     "apiVersion 'v2.2.2' is not read by this release: write v3.1.0"},
    {"apiVersion: v3.1.0\nkind: Contract\nid: c\nversion: 1.0.0\nstatus: active\nschema: []\n", 2, 7,
     "kind 'Contract' is none of DataContract"},
    {"apiVersion: v3.1.0\nkind: DataContract\nid: ''\nversion: 1.0.0\nstatus: active\nschema: []\n", 3, 5,
     "'id' must not be empty"},
    {HEAD "shema: []\nschema: []\n", 6, 1, "unknown key 'shema', did you mean 'schema'?"},
    {HEAD "schema: []\ntags: x\n", 7, 7, "'tags' must be a list"},
    {HEAD "schema: []\ntenant: [x]\n", 7, 9, "'tenant' must be text"},
    {HEAD "schema: []\nprice: {priceAmount: much}\n", 7, 22, "'priceAmount' must be a number"},
    {HEAD "schema: []\nslaProperties: [{property: x}]\n", 7, 18, "missing key 'value'"},
    {HEAD "schema: []\nslaProperties: [{property: queueAge, value: 1}]\n", 7, 18,
     "missing key 'unit': s, m (minutes), h, d or w"},
    {HEAD "schema: []\nslaProperties: [{property: queueSize, value: -1}]\n", 7, 46,
     "'value' must be a number of 0 or more"},
    {HEAD "schema: []\nslaProperties: [{property: queueSize, value: 1, unit: d}]\n", 7, 55,
     "a queueSize is of tickets: leave the unit out"},
    {HEAD "schema: []\nslaProperties: [{property: queueAge, value: 1, unit: d, element: page}]\n", 7, 66,
     "the queue is one of the whole dataset: leave the element out"},
    {HEAD "schema: []\nteam: [{name: x}]\n", 7, 9, "missing key 'username'"},
    {HEAD "schema: []\nsupport: [mail]\n", 7, 11, "an item of 'support' must be a mapping"},
    {HEAD "schema: {}\n", 6, 9, "'schema' must be a list"},
    {HEAD "schema: []\ncustomProperties: [{property: appliesTo, value: {a: b}}]\n", 7, 21,
     "appliesTo belongs in the customProperties of a schema entry"},
    /* schema entries */
    {HEAD "schema:\n- name: pages\n", 7, 9,
     "'pages' is no kind of sample (page, table, video, shot, audio, segment) nor dataset, did you mean 'page'?"},
    {HEAD "schema:\n- name: datset\n", 7, 9,
     "'datset' is no kind of sample (page, table, video, shot, audio, segment) nor dataset, did you mean 'dataset'?"},
    {HEAD "schema:\n- quality: []\n", 7, 3, "missing key 'name'"},
    {HEAD "schema:\n- name: page\n  logicaltype: object\n", 8, 3,
     "unknown key 'logicaltype', did you mean 'logicalType'?"},
    {HEAD "schema:\n- name: page\n  properties: [{name: x, required: yes}]\n", 8, 36,
     "'required' must be true or false"},
    {HEAD "schema:\n- name: page\n  customProperties: [{property: appliesTo, value: invoice}]\n", 8, 51,
     "appliesTo must be a mapping of metadata, such as {doc_type: invoice}"},
    {HEAD "schema:\n- name: page\n  customProperties: [{property: appliesTo, value: {a: [b]}}]\n", 8, 55,
     "appliesTo 'a' must be one value"},
    {HEAD "schema:\n- name: page\n  customProperties:\n  - {property: appliesTo, value: {a: b}}\n"
	  "  - {property: appliesTo, value: {c: d}}\n",
     10, 6, "appliesTo stands here twice: put all metadata into one"},
    {HEAD "schema:\n- name: page\n  customProperties: [{property: appliesto, value: {a: b}}]\n", 8, 33,
     "unknown property 'appliesto', did you mean 'appliesTo'?"},
    {HEAD "schema:\n- name: page\n  properties: [{name: x, customProperties: [{property: sevrity, value: warning}]}]\n",
     8, 56, "unknown property 'sevrity', did you mean 'severity'?"},
    /* checks */
    {ENTRY "  - type: custom\n    engine: assay\n    implementation: {metric: ocr.cer, mustBe: 1}\n", 9, 5,
     "missing key 'id': verdicts and tickets name a check by it"},
    {ENTRY "  - id: a b\n    type: custom\n    engine: assay\n    implementation: {metric: ocr.cer, mustBe: 1}\n", 9, 9,
     "check id 'a b' may hold only letters, digits, '-' and '_'"},
    {ENTRY CUSTOM, 9, 5, "missing key 'implementation'"},
    {ENTRY CUSTOM "    implementation: ocr.cer < 1\n", 12, 21,
     "'implementation' must be a mapping of metric and operator"},
    {ENTRY "  - id: a\n    type: custom\n    implementation: {}\n", 9, 5,
     "a custom check needs an 'engine', such as assay"},
    {ENTRY CUSTOM "    mustBeLessThan: 1\n    implementation: {metric: ocr.cer, mustBe: 1}\n", 12, 5,
     "'mustBeLessThan' must not stand beside 'implementation': move it inside"},
    {ENTRY CUSTOM "    metric: ocr.cer\n    implementation: {metric: ocr.cer, mustBe: 1}\n", 12, 5,
     "'metric' must not stand beside 'implementation': move it inside"},
    {ENTRY CUSTOM "    severity: fatal\n    implementation: {metric: ocr.cer, mustBe: 1}\n", 12, 15,
     "severity 'fatal' is none of error, warning, info"},
    {ENTRY CUSTOM "    severity: warnin\n    implementation: {metric: ocr.cer, mustBe: 1}\n", 12, 15,
     "severity 'warnin' is none of error, warning, info, did you mean 'warning'?"},
    {ENTRY CUSTOM "    dimension: acuracy\n    implementation: {metric: ocr.cer, mustBe: 1}\n", 12, 16,
     "dimension 'acuracy' is none of accuracy, completeness, conformity, consistency, coverage, timeliness, "
     "uniqueness, did you mean 'accuracy'?"},
    {ENTRY CUSTOM "    dimention: accuracy\n    implementation: {metric: ocr.cer, mustBe: 1}\n", 12, 5,
     "unknown key 'dimention', did you mean 'dimension'?"},
    {ENTRY CUSTOM "    implementation: {metric: ocr.cer, mustBe: 1}\n" CUSTOM
		  "    implementation: {metric: ocr.cer, mustBe: 1}\n",
     13, 5, "check id 'a' stands here twice, first in line 9"},
    {ENTRY CUSTOM "    implementation: {metric: ocr.cer, mustBe: 1}\n- name: audio\n  quality:\n" CUSTOM
		  "    implementation: {metric: audio.peak, mustBe: 1}\n",
     15, 5, "check id 'a' stands here twice, first in line 9"},
    /* implementation */
    {CHECK("metric: ocr.cer"), 12, 22, "no operator: a check has exactly one, such as mustBeLessThan"},
    {CHECK("metric: ocr.cer, mustBe: 1, mustNotBe: 2"), 12, 50,
     "'mustNotBe' beside 'mustBe': a check has exactly one operator"},
    {CHECK("mustBe: 1"), 12, 22, "missing key 'metric'"},
    {CHECK("metric: [], mustBe: 1"), 12, 30, "'metric' must be the name of a metric"},
    {CHECK("metric: ocr.ser, mustBe: 1"), 12, 30, "no metric 'ocr.ser' in this build, did you mean 'ocr.cer'?"},
    {CHECK("metric: audio.peak, mustBe: 1"), 12, 30,
     "metric 'audio.peak' is not measured on page, only on: audio, segment"},
    {HEAD "schema:\n- name: table\n  quality:\n" CUSTOM "    implementation: {metric: table.cells, mustBe: 1}\n", 12,
     30, "no pipeline makes metric 'table.cells': add the stage 'ocr.tables'"},
    {CHECK("metric: ocr.cer, mustBe: 1, when: x"), 12, 50, "unknown key 'when'"},
    {CHECK("metric: ocr.cer, mustBe: 1, whenMissing: ignore"), 12, 63, "whenMissing 'ignore' is none of fail, skip"},
    {CHECK("metric: ocr.cer, mustBe: 1, remedy: ''"), 12, 58, "'remedy' must be the name of a remedy"},
    /* bounds */
    {CHECK("metric: ocr.cer, mustBeLessThan: 0.00005"), 12, 55,
     "0.00005 is finer than the resolution of 'ocr.cer', which is 0.0001"},
    {CHECK("metric: page.dpi, mustBe: 0.5"), 12, 48, "0.5 is finer than the resolution of 'page.dpi', which is 1"},
    {CHECK("metric: ocr.cer, mustBe: 1e18"), 12, 47,
     "1000000000000000000 is out of range for 'ocr.cer', whose resolution is 0.0001"},
    {CHECK("metric: ocr.cer, mustBe: little"), 12, 47, "'little' is not a decimal number of at most 18 places"},
    {CHECK("metric: ocr.cer, mustBe: .inf"), 12, 47, "'.inf' is not a decimal number of at most 18 places"},
    {CHECK("metric: ocr.cer, mustBe: '1'"), 12, 47, "'1' is text: write the number without quotes"},
    {CHECK("metric: ocr.cer, mustBe: [1]"), 12, 47, "'mustBe' takes a number"},
    {CHECK("metric: ocr.cer, mustBe: ~"), 12, 47, "'mustBe' takes a number"},
    {CHECK("metric: ocr.cer, mustBe: true"), 12, 47, "'mustBe' takes a number here, not true"},
    {CHECK("metric: page.blank, mustBeLessThan: true"), 12, 58, "'mustBeLessThan' takes a number here, not true"},
    {CHECK("metric: page.dpi, mustBeBetween: 3"), 12, 55,
     "'mustBeBetween' takes a list of two numbers, the smaller one first"},
    {CHECK("metric: page.dpi, mustBeBetween: [3, 2]"), 12, 55,
     "'mustBeBetween' takes two different numbers, the smaller one first"},
    {CHECK("metric: page.dpi, mustBeBetween: [3, 3]"), 12, 55,
     "'mustBeBetween' takes two different numbers, the smaller one first"},
    {CHECK("metric: page.dpi, mustBeBetween: [1, 2, 3]"), 12, 55,
     "'mustBeBetween' takes a list of two numbers, the smaller one first"},
    {CHECK("metric: page.dpi, mustNotBeBetween: [1, 2.5]"), 12, 62,
     "2.5 is finer than the resolution of 'page.dpi', which is 1"},
};

static void assert_wrong(const wrong_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		assay_diagnostics d = {0};
		assay_contract *c;
		const assay_code rc = load_n(&c, cases[i].text, strlen(cases[i].text), &vocabulary, &d);

		assert_finding(&d, true, &cases[i]);
		assert_int_equal(rc, ASSAY_ECONFIG);
		assert_null(c);
		assay_diagnostics_release(&d);
	}
}

static void contract_load__wrong__place_and_message(void **state)
{
	(void)state;
	assert_wrong(wrong, ASSAY_COUNT(wrong));
}

#define OF_ALL(implementation)                                                                                         \
	HEAD "schema:\n- name: dataset\n  quality:\n" CUSTOM "    implementation: {" implementation "}\n"
#define LIBRARY(check) ENTRY "  - {" check "}\n"                                              /* 9, from 6 */
#define PROPERTY(keys) HEAD "schema:\n- name: page\n  properties:\n  - {name: x, " keys "}\n" /* 9, from 15 */
#define SLA(keys)      HEAD "schema: []\nslaProperties: [{property: freshness, " keys "}]\n"  /* 7, from 40 */

static const wrong_case wrong_dataset[] = {
    /* aggregates */
    {OF_ALL("metric: ocr.cer, mustBe: 1"), 12, 22, "a check of the whole dataset needs 'aggregate' or 'drift'"},
    {OF_ALL("aggregate: count, drift: ks, mustBe: 1"), 12, 40, "'drift' beside 'aggregate': a check has one of them"},
    {OF_ALL("aggregate: meen, metric: ocr.cer, mustBe: 1"), 12, 33,
     "aggregate 'meen' is none of count, share, missing, distinct, sum, mean, min, max, p1 to p99, did you mean "
     "'mean'?"},
    {CHECK("aggregate: p100, metric: ocr.cer, mustBe: 1"), 12, 33,
     "aggregate 'p100' is none of count, share, missing, distinct, sum, mean, min, max, p1 to p99"},
    {CHECK("aggregate: p10, metric: ocr.cer, mustBe: 1, remedy: x"), 12, 66, "unknown key 'remedy'"},
    {CHECK("aggregate: p10, mustBe: 1"), 12, 22, "missing key 'metric'"},
    {CHECK("aggregate: p10, metric: ocr.ser, mustBe: 1"), 12, 46,
     "no metric 'ocr.ser' in this build, did you mean 'ocr.cer'?"},
    {CHECK("aggregate: p10, metric: audio.peak, mustBe: 1"), 12, 46,
     "metric 'audio.peak' is not measured on page, only on: audio, segment"},
    {OF_ALL("aggregate: p10, metric: audio.peak, of: page, mustBe: 1"), 12, 46,
     "metric 'audio.peak' is not measured on page, only on: audio, segment"},
    {OF_ALL("aggregate: p10, metric: table.cells, mustBe: 1"), 12, 46,
     "no pipeline makes metric 'table.cells': add the stage 'ocr.tables'"},
    {CHECK("aggregate: p10, metric: ocr.cer, mustBe: 0.00001"), 12, 63,
     "0.00001 is finer than the resolution of 'ocr.cer', which is 0.0001"},
    {CHECK("aggregate: count, mustBe: 0.5"), 12, 48, "0.5 is finer than the resolution of 'count', which is 1"},
    {CHECK("aggregate: count, mustBe: true"), 12, 48, "'mustBe' takes a number here, not true"},
    {CHECK("aggregate: missing, metric: ocr.cer, mustBeLessThan: 5"), 12, 75,
     "5 is out of range: 'missing' lies between 0 and 1"},
    {CHECK("aggregate: count"), 12, 22, "no operator: a check has exactly one, such as mustBeLessThan"},
    {CHECK("aggregate: count, of: audio, mustBe: 1"), 12, 44, "'of: audio' in an entry that is about page"},
    {OF_ALL("aggregate: count, of: pgae, mustBe: 1"), 12, 44,
     "'pgae' is no kind of sample (page, table, video, shot, audio, segment) nor dataset, did you mean 'page'?"},
    {CHECK("aggregate: count, where: invoice, mustBe: 1"), 12, 47,
     "'where' must be a mapping of metadata, such as {doc_type: invoice}"},
    {CHECK("aggregate: count, population: some, mustBe: 1"), 12, 52, "population 'some' is none of accepted, all"},
    /* conditions and outcomes */
    {CHECK("aggregate: share, metric: ocr.cer, mustBe: 1"), 12, 22,
     "share needs a 'condition' on a metric, or an 'outcome'"},
    {CHECK("aggregate: share, condition: {mustBe: 1}, mustBe: 1"), 12, 52, "a 'condition' needs a 'metric'"},
    {CHECK("aggregate: share, metric: ocr.cer, condition: {mustBe: 0.00001}, mustBe: 1"), 12, 77,
     "0.00001 is finer than the resolution of 'ocr.cer', which is 0.0001"},
    {CHECK("aggregate: share, metric: ocr.cer, condition: {is: 1, mustBe: 1}, mustBe: 1"), 12, 69,
     "'is' is no operator"},
    {CHECK("aggregate: mean, metric: ocr.cer, condition: {mustBe: 1}, mustBe: 1"), 12, 56,
     "'condition' goes with share and count"},
    {CHECK("aggregate: share, outcome: acepted, mustBe: 1"), 12, 49,
     "outcome 'acepted' is none of accepted, quarantined, waived, duplicate, filtered, did you mean 'accepted'?"},
    {CHECK("aggregate: count, outcome: accepted, mustBe: 1"), 12, 40, "'outcome' goes with share"},
    /* drift */
    {CHECK("drift: psi, metric: ocr.cer, mustBeLessThan: 1"), 12, 22,
     "missing key 'against': the tag or id of the version to compare with"},
    {CHECK("drift: pis, metric: ocr.cer, against: g, mustBeLessThan: 1"), 12, 29, "drift 'pis' is none of psi, ks"},
    {CHECK("drift: ks, metric: ocr.cer, against: latest, mustBeLessThan: 1"), 12, 59,
     "'latest' is another version after each run: name a tag or an id"},
    {CHECK("drift: ks, metric: ocr.cer, against: g, where: {a: b}, mustBeLessThan: 1"), 12, 70,
     "drift cannot be limited by metadata: a version does not keep them"},
    {CHECK("drift: ks, metric: ocr.cer, against: g, bins: 5, mustBeLessThan: 1"), 12, 62,
     "'bins' goes with 'drift: psi'"},
    {CHECK("drift: psi, metric: ocr.cer, against: g, bins: 1, mustBeLessThan: 1"), 12, 69,
     "'bins' must be a whole number from 2 to 1000"},
    {CHECK("drift: psi, metric: ocr.cer, against: g, mustBeLessThan: 0.0000001"), 12, 79,
     "0.0000001 is finer than the resolution of 'psi', which is 0.000001"},
    {CHECK("aggregate: count, against: g, mustBe: 1"), 12, 40, "'against' goes with 'drift'"},
    /* library metrics */
    {LIBRARY("mustBe: 1"), 9, 6, "a check of type library needs a 'metric', such as rowCount"},
    {LIBRARY("metric: rowcount, mustBe: 1"), 9, 14,
     "'rowcount' is no metric of the library of ODCS, did you mean 'rowCount'?"},
    {LIBRARY("metric: nullValues, mustBe: 1"), 9, 14,
     "'nullValues' belongs in the 'quality' of a property, which names a metadata field"},
    {PROPERTY("quality: [{metric: rowCount, mustBe: 1}]"), 9, 34,
     "'rowCount' belongs in the 'quality' of a schema entry"},
    {LIBRARY("metric: rowCount, unit: percent, mustBe: 1"), 9, 30, "rowCount is counted in rows"},
    {LIBRARY("metric: rowCount, mustBe: 1.5"), 9, 32, "1.5 is finer than the resolution of 'rowCount', which is 1"},
    {LIBRARY("metric: duplicateValues, unit: percent, mustBe: 101"), 9, 54,
     "101 is out of range: 'duplicateValues' lies between 0 and 100"},
    {LIBRARY("metric: rowCount, mustBe: 1, arguments: {a: b}"), 9, 47, "unknown key 'a'"},
    {PROPERTY("quality: [{metric: invalidValues, mustBe: 1}]"), 9, 26,
     "invalidValues needs 'arguments' with validValues or pattern"},
    {PROPERTY("quality: [{metric: invalidValues, arguments: {pattern: '(?=a)'}, mustBe: 1}]"), 9, 70,
     "'(?=' is not read in patterns"},
    {LIBRARY("metric: rowCount, mustBe: 1}\n  - {metric: rowCount, mustBe: 2"), 10, 6,
     "check id 'page.rowCount' stands here twice, first in line 9: give one of them an 'id'"},
    /* properties */
    {PROPERTY("logicalTypeOptions: {minLength: 1}"), 9, 15, "'logicalTypeOptions' without a 'logicalType'"},
    {PROPERTY("logicalType: string, logicalTypeOptions: {enum: [a]}"), 9, 57,
     "'enum' is no option of logicalType string: use a quality check invalidValues with validValues"},
    {PROPERTY("logicalType: integer, logicalTypeOptions: {minmum: 1}"), 9, 58,
     "'minmum' is no option of logicalType integer, did you mean 'minimum'?"},
    {PROPERTY("logicalType: integer, logicalTypeOptions: {minimum: a}"), 9, 67, "'minimum' takes a number, not 'a'"},
    {PROPERTY("logicalType: date, logicalTypeOptions: {maximum: 2026-02-30}"), 9, 64,
     "'maximum' takes a date, not '2026-02-30'"},
    {PROPERTY("logicalType: string, logicalTypeOptions: {pattern: '['}"), 9, 66, "a bracket is not closed"},
    /* agreements */
    {SLA("value: 1"), 7, 18, "missing key 'unit': s, m (minutes), h, d or w"},
    {SLA("value: 1, unit: y"), 7, 55, "unit 'y' has no fixed length: use s, m (minutes), h, d or w"},
    {SLA("value: -1, unit: d"), 7, 46, "'value' must be a number of 0 or more"},
    {SLA("value: 1, unit: d, element: pages"), 7, 67,
     "'pages' is no kind of sample (page, table, video, shot, audio, segment) nor dataset, did you mean 'page'?"},
    {SLA("value: 1, unit: d, element: page."), 7, 67, "'page.' names no metadata field after the dot"},
    {SLA("value: 1, unit: d, element: 'page,audio'"), 7, 67,
     "one element for each agreement: write this one several times"},
};

static void contract_load__wrong_dataset_checks__place_and_message(void **state)
{
	(void)state;
	assert_wrong(wrong_dataset, ASSAY_COUNT(wrong_dataset));
}

static const wrong_case doubtful[] = {
    {HEAD, 1, 1, "neither 'schema' nor 'slaProperties': this contract checks nothing"},
    {HEAD "slaProperties: []\n", 1, 1, "neither 'schema' nor 'slaProperties': this contract checks nothing"},
    {"apiVersion: v3.0.2\nkind: DataContract\nid: c\nversion: 1.0.0\nstatus: active\nschema: []\n", 1, 13,
     "apiVersion v3.0.2 is read as if it were v3.1.0"},
    {"apiVersion: v3.1.0\nkind: DataContract\nid: c\nversion: 1.0\nstatus: active\nschema: []\n", 4, 10,
     "'version' must be text for ODCS: put 1.0 in quotes"},
    {ENTRY "  - {id: rows, type: sql, query: SELECT 1, mustBe: 1}\n", 9, 6,
     "check 'rows' is of type 'sql': not judged by Assay"},
    {HEAD "schema: []\nslaProperties: [{property: frequency, value: 1, unit: d}]\n", 7, 18,
     "slaProperty 'frequency' is not judged by Assay, only freshness, latency, queueSize and queueAge are"},
    {ENTRY "  - {id: s, type: custom, engine: soda, implementation: x}\n", 9, 6,
     "check 's' is for the engine 'soda': not judged by Assay"},
};

static void contract_load__doubtful__warned_and_loaded(void **state)
{
	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(doubtful); i++) {
		assay_diagnostics d = {0};
		assay_contract *c;

		assert_int_equal(load_n(&c, doubtful[i].text, strlen(doubtful[i].text), &vocabulary, &d), ASSAY_OK);
		assert_finding(&d, false, &doubtful[i]);
		assert_int_equal(c->check_count, 0);
		assay_contract_close(c);
		assay_diagnostics_release(&d);
	}
}

static void contract_load__agreements_alone__no_warning(void **state)
{
	static const char text[] = HEAD "slaProperties: [{property: freshness, value: 1, unit: d}]\n";
	assay_diagnostics d = {0};
	assay_contract *c;

	(void)state;
	assert_int_equal(load_n(&c, text, sizeof text - 1, &vocabulary, &d), ASSAY_OK);
	assert_int_equal(d.count, 0);
	assay_contract_close(c);
	assay_diagnostics_release(&d);
}

static void contract_load__several_errors__all_reported(void **state)
{
	static const char text[] = "apiVersion: v3.1.0\nkind: DataContract\nid: c\nversion: 1.0.0\nnonsense: 1\n"
				   "schema:\n- name: page\n  quality:\n" CUSTOM
				   "    severity: x\n    implementation: {metric: no, mustBe: y}\n";
	assay_diagnostics d = {0};
	assay_contract *c;

	(void)state;
	assert_int_equal(load_n(&c, text, sizeof text - 1, &vocabulary, &d), ASSAY_ECONFIG);
	assert_int_equal(d.errors, 5); /* status, nonsense, severity, metric, bound */
	assay_diagnostics_release(&d);
}

static void contract_load__two_checks_without_id__not_called_equal(void **state)
{
	static const char text[] =
	    ENTRY "  - {type: custom, engine: assay, implementation: {metric: ocr.cer, mustBe: 1}}\n"
		  "  - {type: custom, engine: assay, implementation: {metric: ocr.cer, mustBe: 1}}\n";
	assay_diagnostics d = {0};
	assay_contract *c;

	(void)state;
	assert_int_equal(load_n(&c, text, sizeof text - 1, &vocabulary, &d), ASSAY_ECONFIG);
	assert_int_equal(d.count, 2);
	for (size_t i = 0; i < d.count; i++)
		assert_string_equal(d.items[i].message, "missing key 'id': verdicts and tickets name a check by it");
	assay_diagnostics_release(&d);
}

static void contract_load__missing_file__enoent(void **state)
{
	assay_diagnostics d = {0};
	assay_contract *c = (assay_contract *)(uintptr_t)1;

	(void)state;
	assert_int_equal(assay_contract_load(&c, folder.fd, "none.yaml", "none.yaml", NULL, &d, NULL), ASSAY_ENOENT);
	assert_null(c);
	assert_int_equal(d.count, 0);
	assay_diagnostics_release(&d);
}

/* ---------------------------------------------------------------- mutations and memory */

static void contract_load__mutated__never_crashes(void **state)
{
	const uint64_t seed = 31337;
	uint64_t random = seed;
	int good = 0;

	(void)state;
	print_message("seed %llu\n", (unsigned long long)seed);
	for (int i = 0; i < 4000; i++) {
		char text[sizeof whole + 64];
		assay_diagnostics d = {0};
		assay_contract *c;
		size_t n;

		memcpy(text, whole, sizeof whole - 1);
		n = mutate(text, sizeof whole - 1, sizeof text, &random);
		if (load_n(&c, text, n, &vocabulary, &d) == ASSAY_OK)
			good++;
		else
			assert_true(d.errors > 0 && c == NULL);
		assay_contract_close(c);
		assay_diagnostics_release(&d);
	}
	assert_in_range(good, 10, 3990);
}

static void contract_load__every_alloc_fails_in_turn__enomem(void **state)
{
	assay_code rc;
	long n = 0;

	(void)state;
	scratch_write(&folder, "c.yaml", whole, sizeof whole - 1);
	do {
		assay_diagnostics d = {0};
		assay_contract *c;

		calls = 0;
		fail_at = ++n;
		rc = assay_contract_load(&c, folder.fd, "c.yaml", "c.yaml", &vocabulary, &d, NULL);
		fail_at = 0;
		assert_true(rc == ASSAY_OK || rc == ASSAY_ENOMEM);
		assert_int_equal(c != NULL, rc == ASSAY_OK);
		assay_contract_close(c);
		assay_diagnostics_release(&d);
	} while (calls >= n); /* until the n-th is never asked for: a value may be good without a hint's memory */
	assert_in_range(n, 30, 1000);
}

/* A wrong contract must not look right because there was no memory to say what is wrong with it. */
static void contract_load__wrong_and_alloc_fails__never_ok(void **state)
{
	static const char text[] = HEAD "schema:\n- name: pages\n";

	(void)state;
	scratch_write(&folder, "c.yaml", text, sizeof text - 1);
	for (long n = 1; n < 100; n++) {
		assay_diagnostics d = {0};
		assay_contract *c;

		calls = 0;
		fail_at = n;
		assert_int_not_equal(assay_contract_load(&c, folder.fd, "c.yaml", "c.yaml", &vocabulary, &d, NULL),
				     ASSAY_OK);
		fail_at = 0;
		assert_null(c);
		assay_diagnostics_release(&d);
	}
}

/* Nor must a warning be lost in silence. */
static void contract_load__doubtful_and_alloc_fails__ok_only_with_its_warning(void **state)
{
	(void)state;
	scratch_write(&folder, "c.yaml", doubtful[1].text, strlen(doubtful[1].text));
	for (long n = 1; n < 100; n++) {
		assay_diagnostics d = {0};
		assay_contract *c;

		calls = 0;
		fail_at = n;
		if (assay_contract_load(&c, folder.fd, "c.yaml", "c.yaml", &vocabulary, &d, NULL) == ASSAY_OK)
			assert_int_equal(d.count, 1);
		fail_at = 0;
		assay_contract_close(c);
		assay_diagnostics_release(&d);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(contract_load__whole_standard__checks_in_order),
	    cmocka_unit_test(contract_load__whole_standard__dataset_checks_in_order),
	    cmocka_unit_test(contract_load__no_vocabulary__metrics_unknown_but_accepted),
	    cmocka_unit_test(check_bound_text__each_operator__as_users_read_it),
	    cmocka_unit_test(contract_load__wrong__place_and_message),
	    cmocka_unit_test(contract_load__wrong_dataset_checks__place_and_message),
	    cmocka_unit_test(contract_load__doubtful__warned_and_loaded),
	    cmocka_unit_test(contract_load__agreements_alone__no_warning),
	    cmocka_unit_test(contract_load__several_errors__all_reported),
	    cmocka_unit_test(contract_load__two_checks_without_id__not_called_equal),
	    cmocka_unit_test(contract_load__missing_file__enoent),
	    cmocka_unit_test(contract_load__mutated__never_crashes),
	    cmocka_unit_test(contract_load__every_alloc_fails_in_turn__enomem),
	    cmocka_unit_test(contract_load__wrong_and_alloc_fails__never_ok),
	    cmocka_unit_test(contract_load__doubtful_and_alloc_fails__ok_only_with_its_warning),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
