#include "test_findings.h"

#include "assay/contract.h"

/* ---------------------------------------------------------------- fixtures */

static scratch folder;
static assay_vocabulary vocabulary;

static int set_up(void **state)
{
	static const assay_vocabulary_metric metrics[] = {
	    {"ocr.cer", "1", "ocr.recognize", 4, ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_PAGE), true},
	    {"page.blank", "1", "page.quality", 0, ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_PAGE), true},
	    {"page.dpi", "dpi", "page.quality", 0, ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_PAGE), true},
	    {"table.cells", "1", "ocr.tables", 0, ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_TABLE), false},
	    {"audio.peak", "dB", "audio.levels", 2,
	     ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_AUDIO) | ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_SEGMENT), true},
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

static assay_code load_n(assay_contract **c, const char *text, size_t n, const assay_vocabulary *v,
			 assay_diagnostics *d)
{
	scratch_write(&folder, "c.yaml", text, n);
	*c = (assay_contract *)(uintptr_t)1; /* garbage: load must overwrite it */
	return assay_contract_load(c, folder.fd, "c.yaml", "c.yaml", v, d, NULL);
}

static assay_contract *load(const char *text, const assay_vocabulary *v)
{
	assay_diagnostics d = {0};
	assay_contract *c;

	if (load_n(&c, text, strlen(text), v, &d) != ASSAY_OK || d.count > 0) {
		print_findings(&d);
		fail();
	}
	assay_diagnostics_release(&d);
	return c;
}

#define HEAD                  "apiVersion: v3.1.0\nkind: DataContract\nid: c\nversion: 1.0.0\nstatus: active\n" /* lines 1 to 5 */
#define ENTRY                 HEAD "schema:\n- name: page\n  quality:\n"                /* 6 to 8 */
#define CUSTOM                "  - id: a\n    type: custom\n    engine: assay\n"        /* 9 to 11 */
#define CHECK(implementation) ENTRY CUSTOM "    implementation: {" implementation "}\n" /* 12, from 22 */

static const char whole[] =
    "# A contract that uses most of the standard.\n"
    "apiVersion: v3.1.0\n"
    "kind: DataContract\n"
    "id: 6f1c0c8e-2f4e-4b5c-9a52-7b1f2d9a0c11\n"
    "name: scans\n"
    "version: 1.2.0\n"
    "status: active\n"
    "tenant: '7'\n"
    "domain: archive\n"
    "dataProduct: scans\n"
    "tags: [ocr, paper]\n"
    "contractCreatedTs: 2026-01-02T03:04:05Z\n"
    "description: {purpose: \"to read\", usage: u, limitations: l}\n"
    "authoritativeDefinitions: [{url: https://example.org, type: tutorial}]\n"
    "servers: [{server: s, type: local, path: ./x, format: json, roles: [{role: r}]}]\n"
    "team: {name: t, members: [{username: u, role: owner}]}\n"
    "roles: [{role: reader, access: read}]\n"
    "support: [{channel: c, url: 'mailto:a@example.org'}]\n"
    "price: {priceAmount: 9.95, priceCurrency: EUR, priceUnit: page}\n"
    "slaProperties: [{property: frequency, value: 1, unit: d}]\n"
    "customProperties: [{property: mine, value: [1, {a: b}]}]\n"
    "schema:\n"
    "- name: page\n"
    "  logicalType: object\n"
    "  physicalType: file\n"
    "  description: scanned pages\n"
    "  customProperties: [{property: appliesTo, value: {doc_type: invoice, batch: 7}}]\n"
    "  properties:\n"
    "  - name: text\n"
    "    logicalType: string\n"
    "    required: true\n"
    "    logicalTypeOptions: {minLength: 1}\n"
    "    quality:\n"
    "    - {id: cer, type: custom, engine: assay, dimension: accuracy, severity: warning,\n"
    "       description: prose, businessImpact: more prose,\n"
    "       implementation: {metric: ocr.cer, mustBeLessThan: 0.0200, whenMissing: skip, remedy: again}}\n"
    "  quality:\n"
    "  - {id: blank, type: custom, engine: assay, implementation: {metric: page.blank, mustBe: false}}\n"
    "  - {id: dpi, type: custom, engine: assay, implementation: {metric: page.dpi, mustBeBetween: [200, 6e2]}}\n"
    "- name: audio\n"
    "  quality:\n"
    "  - {id: peak, type: custom, engine: assay, severity: info,\n"
    "     implementation: {metric: audio.peak, mustNotBeBetween: [-0.5, -.25]}}\n";

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
    {HEAD "schema: []\nteam: [{name: x}]\n", 7, 9, "missing key 'username'"},
    {HEAD "schema: []\nsupport: [mail]\n", 7, 11, "an item of 'support' must be a mapping"},
    {HEAD "schema: {}\n", 6, 9, "'schema' must be a list"},
    {HEAD "schema: []\ncustomProperties: [{property: appliesTo, value: {a: b}}]\n", 7, 21,
     "appliesTo belongs in the customProperties of a schema entry"},
    /* schema entries */
    {HEAD "schema:\n- name: pages\n", 7, 9,
     "'pages' is no kind of sample (page, table, video, shot, audio, segment), did you mean 'page'?"},
    {HEAD "schema:\n- name: dataset\n", 7, 9,
     "this release judges samples only: checks of a whole 'dataset' are not available"},
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
    {CHECK("metric: ocr.cer, mustBe: 1, aggregate: p10"), 12, 50,
     "this release judges samples only: 'aggregate' over a dataset is not available"},
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

static void contract_load__wrong__place_and_message(void **state)
{
	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(wrong); i++) {
		assay_diagnostics d = {0};
		assay_contract *c;
		const assay_code rc = load_n(&c, wrong[i].text, strlen(wrong[i].text), &vocabulary, &d);

		assert_finding(&d, true, &wrong[i]);
		assert_int_equal(rc, ASSAY_ECONFIG);
		assert_null(c);
		assay_diagnostics_release(&d);
	}
}

static const wrong_case doubtful[] = {
    {HEAD, 1, 1, "no 'schema': this contract checks nothing"},
    {"apiVersion: v3.0.2\nkind: DataContract\nid: c\nversion: 1.0.0\nstatus: active\nschema: []\n", 1, 13,
     "apiVersion v3.0.2 is read as if it were v3.1.0"},
    {"apiVersion: v3.1.0\nkind: DataContract\nid: c\nversion: 1.0\nstatus: active\nschema: []\n", 4, 10,
     "'version' must be text for ODCS: put 1.0 in quotes"},
    {ENTRY "  - {id: rows, metric: rowCount, mustBe: 1}\n", 9, 6,
     "check 'rows' is of type 'library': not judged by Assay"},
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

/* ---------------------------------------------------------------- canonical form */

static void record_of(assay_buf *out, const char *text)
{
	assay_contract *c = load(text, &vocabulary);

	assay_contract_encode(out, c);
	assert_false(out->failed);
	assay_contract_close(c);
}

/* Written by hand from RFC 8949 and the layout at the top of contract_record.c. */
static void contract_encode__small__bytes_by_hand(void **state)
{
	static const unsigned char wanted[] = "\xa5\x00\x01\x01\x61"
					      "c\x02\x60\x03\x65"
					      "1.0.0\x04\x81\xab\x00\x61"
					      "a\x01\x01\x02\x67"
					      "ocr.cer\x03\x05\x04\x82\x02\x02\x05\xf6\x06\x01\x07\x02\x08\x60\x09\x62"
					      "up\x0a\x80";
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

	(void)state;
	record_of(&b, CHECK("metric: ocr.cer, mustBeLessThan: 0.02, whenMissing: skip, remedy: up"));
	assert_int_equal(b.len, sizeof wanted - 1);
	assert_memory_equal(b.data, wanted, b.len);
}

static void contract_encode__form__prose_and_order_do_not_change_it(void **state)
{
	static const char one[] =
	    ENTRY CUSTOM "    implementation: {metric: ocr.cer, mustBeLessThan: 0.02}\n"
			 "  - {id: b, type: custom, engine: assay, implementation: {metric: page.dpi, "
			 "mustBe: 300}}\n";
	static const char *const same[] = {
	    /* keys and checks in another order, comments, prose, another spelling of the number, another status */
	    "# remark\nstatus: draft\nid: c\nversion: '1.0.0'\nkind: DataContract\napiVersion: v3.1.0\n"
	    "description: {purpose: prose}\ntags: [x]\nschema:\n- quality:\n"
	    "  - {implementation: {mustBe: 3e2, metric: page.dpi}, engine: assay, id: b, type: custom}\n"
	    "  - {implementation: {mustBeLessThan: 0.0200, metric: ocr.cer}, engine: assay, id: a,\n"
	    "     type: custom, description: prose, severity: error, businessImpact: high}\n"
	    "  name: page\n  description: prose\n",
	};
	static const char *const other[] = {
	    ENTRY CUSTOM "    implementation: {metric: ocr.cer, mustBeLessThan: 0.03}\n"
			 "  - {id: b, type: custom, engine: assay, implementation: {metric: page.dpi, mustBe: 300}}\n",
	    ENTRY CUSTOM "    implementation: {metric: ocr.cer, mustBeLessOrEqualTo: 0.02}\n"
			 "  - {id: b, type: custom, engine: assay, implementation: {metric: page.dpi, mustBe: 300}}\n",
	    ENTRY CUSTOM "    severity: info\n    implementation: {metric: ocr.cer, mustBeLessThan: 0.02}\n"
			 "  - {id: b, type: custom, engine: assay, implementation: {metric: page.dpi, mustBe: 300}}\n",
	    ENTRY CUSTOM "    implementation: {metric: ocr.cer, mustBeLessThan: 0.02, whenMissing: skip}\n"
			 "  - {id: b, type: custom, engine: assay, implementation: {metric: page.dpi, mustBe: 300}}\n",
	    ENTRY CUSTOM "    implementation: {metric: ocr.cer, mustBeLessThan: 0.02}\n",
	};
	ASSAY_AUTO_BUF first = ASSAY_BUF_INIT;

	(void)state;
	record_of(&first, one);
	for (size_t i = 0; i < ASSAY_COUNT(same); i++) {
		ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

		record_of(&b, same[i]);
		assert_int_equal(b.len, first.len);
		assert_memory_equal(b.data, first.data, b.len);
	}
	for (size_t i = 0; i < ASSAY_COUNT(other); i++) {
		ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

		record_of(&b, other[i]);
		assert_false(b.len == first.len && memcmp(b.data, first.data, b.len) == 0);
	}
}

static void contract_decode__whole__same_record_and_units(void **state)
{
	ASSAY_AUTO_BUF first = ASSAY_BUF_INIT, again = ASSAY_BUF_INIT;
	assay_contract *c;

	(void)state;
	record_of(&first, whole);
	assert_int_equal(assay_contract_decode(&c, first.data, first.len, &vocabulary, NULL), ASSAY_OK);
	assay_contract_encode(&again, c);
	assert_int_equal(again.len, first.len);
	assert_memory_equal(again.data, first.data, first.len);
	assert_string_equal(c->file, "");
	assert_string_equal(c->checks[1].description, "");
	assert_int_equal(c->checks[1].low_units, 200);
	assert_int_equal(c->checks[2].high_units, 600);
	assay_contract_close(c);
	assert_int_equal(assay_contract_decode(&c, first.data, first.len, NULL, NULL), ASSAY_OK);
	assert_true(c->checks[1].metric_number == SIZE_MAX);
	assay_contract_close(c);
}

/* A metric may become coarser after a contract was stored: its bound is then never met by accident. */
static void contract_decode__bound_too_fine_for_the_metric__counts_as_unknown(void **state)
{
	const assay_vocabulary_metric coarse = {"ocr.cer", "1", "ocr.recognize", 1, 2, true};
	assay_vocabulary v = {0};
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	assay_contract *c;

	(void)state;
	record_of(&b, CHECK("metric: ocr.cer, mustBeLessThan: 0.02"));
	assert_int_equal(assay_vocabulary_add(&v, &coarse, NULL), ASSAY_OK);
	assert_int_equal(assay_contract_decode(&c, b.data, b.len, &v, NULL), ASSAY_OK);
	assert_true(c->checks[0].metric_number == SIZE_MAX);
	assay_contract_close(c);
	assay_vocabulary_release(&v);
}

/* Every byte string that is accepted is the one that the writer makes. */
static void contract_decode__damaged__refused_or_canonical(void **state)
{
	const uint64_t seed = 4711;
	uint64_t random = seed;
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

	(void)state;
	print_message("seed %llu\n", (unsigned long long)seed);
	record_of(&b, whole);
	for (size_t n = 0; n < b.len; n++) {
		assay_contract *c = (assay_contract *)(uintptr_t)1;

		assert_int_equal(assay_contract_decode(&c, b.data, n, &vocabulary, NULL), ASSAY_ECORRUPT);
		assert_null(c);
	}
	for (int i = 0; i < 20000; i++) {
		ASSAY_AUTO_BUF damaged = ASSAY_BUF_INIT, again = ASSAY_BUF_INIT;
		assay_contract *c;

		assay_buf_append(&damaged, b.data, b.len);
		damaged.data[random_next(&random) % b.len] ^= (unsigned char)(1u << random_next(&random) % 8);
		if (assay_contract_decode(&c, damaged.data, damaged.len, &vocabulary, NULL) != ASSAY_OK)
			continue;
		assay_contract_encode(&again, c);
		assert_int_equal(again.len, damaged.len);
		assert_memory_equal(again.data, damaged.data, again.len);
		for (size_t k = 0; k < c->check_count; k++) { /* no number that stands for nothing gets through */
			assert_in_range(c->checks[k].kind, 1, ASSAY_SAMPLE_KIND_MAX);
			assert_non_null(assay_operator_name(c->checks[k].op));
			assert_non_null(assay_severity_name(c->checks[k].severity));
			assert_in_range(c->checks[k].when_missing, ASSAY_MISSING_FAILS, ASSAY_MISSING_SKIPS);
		}
		assay_contract_close(c);
	}
}

static void contract_decode__checks_out_of_order__corrupt(void **state)
{
	assay_contract *c = load(whole, &vocabulary), *out;
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	const assay_check first = c->checks[0];

	(void)state;
	c->checks[0] = c->checks[1];
	c->checks[1] = first;
	assay_contract_encode(&b, c);
	assert_int_equal(assay_contract_decode(&out, b.data, b.len, NULL, NULL), ASSAY_ECORRUPT);
	assay_contract_close(c);
}

/* 0.020 is 0.02: only the shorter of the two is canonical. */
static void contract_decode__long_decimal__corrupt(void **state)
{
	static const unsigned char bound[] = {4, 0x82, 2, 2}, longer[] = {4, 0x82, 0x14, 3};
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	assay_contract *c;
	unsigned char *at;

	(void)state;
	record_of(&b, CHECK("metric: ocr.cer, mustBeLessThan: 0.02"));
	at = memmem(b.data, b.len, bound, sizeof bound);
	assert_non_null(at);
	memcpy(at, longer, sizeof longer);
	assert_int_equal(assay_contract_decode(&c, b.data, b.len, NULL, NULL), ASSAY_ECORRUPT);
}

/* ---------------------------------------------------------------- vocabulary */

static void vocabulary_add__any_order__sorted_and_made_once_raised(void **state)
{
	const assay_vocabulary_metric rows[] = {{"b", "1", "s", 0, 2, false},
						{"a", "1", "s", 0, 2, false},
						{"c", "1", "s", 0, 2, true},
						{"b", "1", "s", 0, 2, true}};
	assay_vocabulary v = {0};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(rows); i++)
		assert_int_equal(assay_vocabulary_add(&v, &rows[i], NULL), ASSAY_OK);
	assert_int_equal(v.count, 3);
	assert_int_equal(assay_vocabulary_find(&v, "a"), 0);
	assert_int_equal(assay_vocabulary_find(&v, "b"), 1);
	assert_int_equal(assay_vocabulary_find(&v, "c"), 2);
	assert_true(assay_vocabulary_find(&v, "d") == SIZE_MAX);
	assert_true(v.items[1].made);
	assert_false(v.items[0].made);
	assay_vocabulary_release(&v);
	assert_true(assay_vocabulary_find(&v, "a") == SIZE_MAX);
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

static long calls, fail_at;
void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t s);
void *__real_realloc(void *p, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t s);
void *__wrap_realloc(void *p, size_t n);
void *__wrap_malloc(size_t n)
{
	return fail_at > 0 && ++calls == fail_at ? NULL : __real_malloc(n);
}
void *__wrap_calloc(size_t n, size_t s)
{
	return fail_at > 0 && ++calls == fail_at ? NULL : __real_calloc(n, s);
}
void *__wrap_realloc(void *p, size_t n)
{
	return fail_at > 0 && ++calls == fail_at ? NULL : __real_realloc(p, n);
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

static void contract_decode__every_alloc_fails_in_turn__enomem(void **state)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	assay_code rc;
	long n = 0;

	(void)state;
	record_of(&b, whole);
	do {
		assay_contract *c;

		calls = 0;
		fail_at = ++n;
		rc = assay_contract_decode(&c, b.data, b.len, &vocabulary, NULL);
		fail_at = 0;
		assert_true(rc == ASSAY_OK || rc == ASSAY_ENOMEM); /* never "corrupt" */
		assert_int_equal(c != NULL, rc == ASSAY_OK);
		assay_contract_close(c);
	} while (calls >= n); /* until the n-th is never asked for: a value may be good without a hint's memory */
	assert_in_range(n, 20, 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(contract_load__whole_standard__checks_in_order),
	    cmocka_unit_test(contract_load__no_vocabulary__metrics_unknown_but_accepted),
	    cmocka_unit_test(check_bound_text__each_operator__as_users_read_it),
	    cmocka_unit_test(contract_load__wrong__place_and_message),
	    cmocka_unit_test(contract_load__doubtful__warned_and_loaded),
	    cmocka_unit_test(contract_load__several_errors__all_reported),
	    cmocka_unit_test(contract_load__two_checks_without_id__not_called_equal),
	    cmocka_unit_test(contract_load__missing_file__enoent),
	    cmocka_unit_test(contract_encode__small__bytes_by_hand),
	    cmocka_unit_test(contract_encode__form__prose_and_order_do_not_change_it),
	    cmocka_unit_test(contract_decode__whole__same_record_and_units),
	    cmocka_unit_test(contract_decode__bound_too_fine_for_the_metric__counts_as_unknown),
	    cmocka_unit_test(contract_decode__damaged__refused_or_canonical),
	    cmocka_unit_test(contract_decode__checks_out_of_order__corrupt),
	    cmocka_unit_test(contract_decode__long_decimal__corrupt),
	    cmocka_unit_test(vocabulary_add__any_order__sorted_and_made_once_raised),
	    cmocka_unit_test(contract_load__mutated__never_crashes),
	    cmocka_unit_test(contract_load__every_alloc_fails_in_turn__enomem),
	    cmocka_unit_test(contract_load__wrong_and_alloc_fails__never_ok),
	    cmocka_unit_test(contract_load__doubtful_and_alloc_fails__ok_only_with_its_warning),
	    cmocka_unit_test(contract_decode__every_alloc_fails_in_turn__enomem),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
