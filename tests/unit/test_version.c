#include "assay/version.h"

#include "lineage_rows.h"

/*
 * Golden digests, computed once by a program of its own (Python's hashlib and an independent CBOR encoder of 20 lines,
 * written from RFC 8949) and pinned: stores that exist are named by them, so a change here is a change of format.
 */
#define VERSION_ID "69e2051ca73523c1d17dda742cc5474a742ca046a17fc124a61d34eaaebf784a"

/* Likewise, of format 2: with two baselines, an as-of time and results, and with results alone. */
#define VERSION_ID_2       "5c37d3a8c808d947ebec0ae52606d91e7f81fc71e6c76bb7d5dccd988db750d3"
#define VERSION_ID_RESULTS "fa8816d3caa06af3904d62711af732b6fd67bded46b2386a125c3719ed6edc2e"

/* ---- a version with every field in use; `which` makes others of it ---- */

static void make(assay_version *v, unsigned which)
{
	*v = (assay_version){.has_recipe = {false, true, false, true},
			     .recipes = {{{0}}, digest(0x41), {{0}}, digest(0x43)},
			     .contract_count = 2,
			     .accepted = digest(0x61),
			     .others = digest(0x62 + which),
			     .run = 5 + which,
			     .made_ns = 6,
			     .incomplete = true,
			     .counts = {40, 31, 6, 1, 1, 1, 2},
			     .dataset = text("harbour-archive")};
	v->contracts = calloc(2, sizeof(*v->contracts));
	assert_non_null(v->contracts);
	v->contracts[0] = digest(0x51);
	v->contracts[1] = digest(0x50); /* the configuration's order, not a sorted one */
}

static void make_compared(assay_version *v)
{
	make(v, 0);
	v->baselines = calloc(2, sizeof(*v->baselines));
	assert_non_null(v->baselines);
	v->baselines[0] = digest(0x71);
	v->baselines[1] = digest(0x72);
	v->baseline_count = 2;
	v->has_as_of = true;
	v->as_of_ns = INT64_C(1767323045000000000);
	v->results = digest(0x73);
}

static assay_digest commit(assay_store *s, unsigned which)
{
	ASSAY_AUTO_VERSION v = {0};

	make(&v, which);
	assert_int_equal(assay_version_commit(s, &v, NULL), ASSAY_OK);
	return v.id;
}

static void assert_made(const assay_version *v, uint64_t number, const assay_digest *parent)
{
	const assay_digest d[] = {digest(0x41), digest(0x43), digest(0x51), digest(0x50), digest(0x61), digest(0x62)};
	const assay_counts counts = {40, 31, 6, 1, 1, 1, 2};

	assert_false(v->has_recipe[0] || v->has_recipe[2]);
	assert_true(v->has_recipe[1] && v->has_recipe[3] && v->incomplete);
	assert_digest(&v->recipes[1], &d[0]);
	assert_digest(&v->recipes[3], &d[1]);
	assert_int_equal(v->contract_count, 2);
	assert_digest(&v->contracts[0], &d[2]);
	assert_digest(&v->contracts[1], &d[3]);
	assert_digest(&v->accepted, &d[4]);
	assert_digest(&v->others, &d[5]);
	assert_int_equal(v->number, number);
	assert_int_equal(v->run, 5);
	assert_int_equal(v->made_ns, 6);
	assert_digest(&v->parent, parent);
	assert_memory_equal(&v->counts, &counts, sizeof(counts));
	assert_string_equal(v->dataset, "harbour-archive");
}

static uint64_t latest_number(assay_store *s)
{
	ASSAY_AUTO_VERSION v = {0};

	assert_int_equal(assay_version_latest(s, &v, NULL), ASSAY_OK);
	return v.number;
}

static void unhex(const char *hex, assay_buf *out)
{
	for (; hex[0] != '\0'; hex += 2) {
		char pair[3] = {hex[0], hex[1], '\0'};

		assay_buf_putc(out, (char)strtol(pair, NULL, 16));
	}
}

/* ---- tests ---- */

static void version_commit__golden_id_and_reads_back(void **state)
{
	ASSAY_AUTO_VERSION read = {0};
	const assay_digest id = commit(STORE(state), 0), zero = {{0}};
	char hex[ASSAY_DIGEST_HEX];
	assay_object_info o;

	assert_string_equal(assay_digest_hex(&id, hex), VERSION_ID);
	assert_int_equal(assay_version_get(STORE(state), &id, &read, NULL), ASSAY_OK);
	assert_made(&read, 1, &zero);
	assert_digest(&read.id, &id);
	assert_int_equal(assay_object_find(STORE(state), &id, &o, NULL), ASSAY_OK);
	assert_int_equal(o.type, ASSAY_OBJECT_VERSION);
}

static void version_commit__baselines_and_as_of__format_2_reads_back(void **state)
{
	ASSAY_AUTO_VERSION v = {0}, read = {0};
	const assay_digest baselines[] = {digest(0x71), digest(0x72), digest(0x73)};
	char hex[ASSAY_DIGEST_HEX];

	make_compared(&v);
	assert_int_equal(assay_version_commit(STORE(state), &v, NULL), ASSAY_OK);
	assert_string_equal(assay_digest_hex(&v.id, hex), VERSION_ID_2);
	assert_int_equal(assay_version_get(STORE(state), &v.id, &read, NULL), ASSAY_OK);
	assert_int_equal(read.baseline_count, 2);
	assert_digest(&read.baselines[0], &baselines[0]);
	assert_digest(&read.baselines[1], &baselines[1]);
	assert_true(read.has_as_of);
	assert_int_equal(read.as_of_ns, INT64_C(1767323045000000000));
	assert_digest(&read.results, &baselines[2]);
}

/* A check that was skipped keeps its place: another check against the same version is another comparison. */
static void version_commit__baseline_of_one_check_alone__told_apart(void **state)
{
	ASSAY_AUTO_VERSION first = {0}, second = {0}, read = {0};
	const assay_digest at = digest(0x71);

	make_compared(&first);
	first.baselines[1] = (assay_digest){{0}};
	make_compared(&second);
	second.baselines[1] = second.baselines[0];
	second.baselines[0] = (assay_digest){{0}};
	assert_int_equal(assay_version_commit(STORE(state), &first, NULL), ASSAY_OK);
	assert_int_equal(assay_version_commit(STORE(state), &second, NULL), ASSAY_OK);
	assert_false(assay_digest_eq(&first.id, &second.id));
	assert_int_equal(assay_version_get(STORE(state), &second.id, &read, NULL), ASSAY_OK);
	assert_int_equal(read.baseline_count, 2);
	assert_true(assay_digest_is_zero(&read.baselines[0]));
	assert_digest(&read.baselines[1], &at);
}

/* Samples that are not accepted count for some checks: equal tries may have other results. */
static void version_commit__results__part_of_the_id(void **state)
{
	ASSAY_AUTO_VERSION v = {0}, other = {0}, read = {0};
	char hex[ASSAY_DIGEST_HEX];

	make(&v, 0);
	v.results = digest(0x73);
	assert_int_equal(assay_version_commit(STORE(state), &v, NULL), ASSAY_OK);
	assert_string_equal(assay_digest_hex(&v.id, hex), VERSION_ID_RESULTS);
	make(&other, 0);
	other.results = digest(0x74);
	assert_int_equal(assay_version_commit(STORE(state), &other, NULL), ASSAY_OK);
	assert_int_equal(other.number, 2);
	assert_int_equal(assay_version_get(STORE(state), &v.id, &read, NULL), ASSAY_OK);
	assert_digest(&read.results, &v.results);
	assay_version_release(&read);
	assert_int_equal(assay_version_get(STORE(state), &other.id, &read, NULL), ASSAY_OK);
	assert_digest(&read.results, &other.results);
}

/* Row and record byte for byte as programs wrote them that knew of format 1 alone. */
static void version_get__stored_in_format_1__read(void **state)
{
	static const char row[] =
	    "a8000101582069e2051ca73523c1d17dda742cc5474a742ca046a17fc124a61d34eaaebf784a0205030604f605f506871828181f06"
	    "01010102076f686172626f75722d61726368697665";
	static const char record[] =
	    "a800010182820158204141414141414141414141414141414141414141414141414141414141414141820358204343434343434343"
	    "4343434343434343434343434343434343434343434343430282582051515151515151515151515151515151515151515151515151"
	    "5151515151515158205050505050505050505050505050505050505050505050505050505050505050035820616161616161616161"
	    "6161616161616161616161616161616161616161616161045820626262626262626262626262626262626262626262626262626262"
	    "62626262620580068007f6";
	ASSAY_AUTO_BUF bytes = ASSAY_BUF_INIT, row_bytes = ASSAY_BUF_INIT;
	ASSAY_AUTO_VERSION read = {0};
	const assay_digest zero = {{0}};
	assay_digest id;

	unhex(record, &bytes);
	unhex(row, &row_bytes);
	assert_int_equal(
	    assay_object_put(STORE(state), ASSAY_OBJECT_VERSION, bytes.data, bytes.len, NULL, &id, NULL, NULL),
	    ASSAY_OK);
	put_bytes(STORE(state), ASSAY_TABLE_VERSION, 1, row_bytes.data, row_bytes.len);
	assert_int_equal(assay_index_put(STORE(state), ASSAY_INDEX_VERSION, &id, 1, NULL), ASSAY_OK);
	assert_int_equal(assay_version_get(STORE(state), &id, &read, NULL), ASSAY_OK);
	assert_made(&read, 1, &zero);
	assert_int_equal(read.baseline_count, 0);
	assert_false(read.has_as_of);
	assert_true(assay_digest_is_zero(&read.results));
}

static void version_commit__beside_the_identity__same_id(void **state)
{
	ASSAY_AUTO_VERSION v = {0};
	const assay_digest id = commit(STORE(state), 0);

	make(&v, 0);
	v.run = 77;
	v.made_ns = 78;
	v.counts.in = 79;
	free(v.dataset);
	v.dataset = NULL;
	assert_int_equal(assay_version_commit(STORE(state), &v, NULL), ASSAY_OK);
	assert_digest(&v.id, &id);
	assert_int_equal(v.number, 1);
	assert_int_equal(v.run, 5);
	assert_int_equal(v.made_ns, 6);
}

/* The attempt that was still to be made may end without changing anything. */
static void version_commit__same_content_and_nothing_left_to_try__incomplete_no_more(void **state)
{
	static const bool rows[] = {true, true, false, false, true};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		ASSAY_AUTO_VERSION v = {0}, read = {0};

		make(&v, 0);
		v.incomplete = rows[i];
		assert_int_equal(assay_version_commit(STORE(state), &v, NULL), ASSAY_OK);
		assert_int_equal(assay_version_get(STORE(state), &v.id, &read, NULL), ASSAY_OK);
		assert_int_equal(read.incomplete, rows[i]);
		assert_int_equal(read.number, 1);
		assert_int_equal(read.run, v.run);
		assert_string_equal(read.dataset, v.dataset);
	}
}

/* Each term of the record counts. */
static void version_commit__any_term_differs__another_id(void **state)
{
	const assay_digest id = commit(STORE(state), 0);

	for (unsigned i = 0; i < 10; i++) {
		ASSAY_AUTO_VERSION v = {0};

		if (i < 6)
			make(&v, 0);
		else
			make_compared(&v);
		if (i == 0)
			v.has_recipe[1] = false;
		else if (i == 1)
			v.recipes[3] = digest(0x44);
		else if (i == 2)
			v.contract_count = 1;
		else if (i == 3)
			v.contracts[0] = digest(0x52);
		else if (i == 4)
			v.accepted = digest(0x63);
		else if (i == 5)
			v.others = digest(0x64);
		else if (i == 6)
			v.baseline_count = 1;
		else if (i == 7)
			v.has_as_of = false;
		else if (i == 8)
			v.as_of_ns++;
		else
			v.results = digest(0x74);
		assert_int_equal(assay_version_commit(STORE(state), &v, NULL), ASSAY_OK);
		assert_false(assay_digest_eq(&v.id, &id));
		assert_int_equal(v.number, i + 2);
	}
}

static void version_commit__again__keeps_row_and_becomes_latest(void **state)
{
	ASSAY_AUTO_BUF first = ASSAY_BUF_INIT, second = ASSAY_BUF_INIT;
	ASSAY_AUTO_VERSION read = {0};
	const assay_digest a = commit(STORE(state), 0);
	const assay_digest b = commit(STORE(state), 1);

	assert_int_equal(latest_number(STORE(state)), 2);
	assert_int_equal(assay_version_get(STORE(state), &b, &read, NULL), ASSAY_OK);
	assert_digest(&read.parent, &a);
	copy_row(STORE(state), ASSAY_TABLE_VERSION, 1, &first);
	(void)commit(STORE(state), 0);
	copy_row(STORE(state), ASSAY_TABLE_VERSION, 1, &second);
	assert_int_equal(first.len, second.len);
	assert_memory_equal(first.data, second.data, first.len);
	assert_int_equal(latest_number(STORE(state)), 1);
}

static void version_latest__none__enoent(void **state)
{
	assay_version v = {.number = 4};
	const assay_digest d = digest(1);

	assert_int_equal(assay_version_latest(STORE(state), &v, NULL), ASSAY_ENOENT);
	assert_int_equal(v.number, 0);
	assert_int_equal(assay_version_get(STORE(state), &d, &v, NULL), ASSAY_ENOENT);
}

static void assert_resolves(assay_store *s, const char *name, const assay_digest *id)
{
	ASSAY_AUTO_VERSION v = {0};

	assert_int_equal(assay_version_resolve(s, name, &v, NULL), ASSAY_OK);
	assert_digest(&v.id, id);
}

static void assert_unresolved(assay_store *s, const char *name, assay_code code, const char *part)
{
	assay_version v = {.number = 4};
	assay_err err = ASSAY_ERR_INIT;

	assert_int_equal(assay_version_resolve(s, name, &v, &err), code);
	assert_int_equal(v.number, 0);
	assert_non_null(strstr(err.msg, part));
}

static void version_resolve__names_of_all_kinds(void **state)
{
	const assay_digest id = commit(STORE(state), 0);

	assert_resolves(STORE(state), "latest", &id);
	assert_resolves(STORE(state), VERSION_ID, &id);
	assert_resolves(STORE(state), "sha256:" VERSION_ID, &id);
	assert_resolves(STORE(state), "69e2", &id);
	assert_resolves(STORE(state), "69E2051", &id);
	assert_resolves(STORE(state), "sha256:69e20", &id);
	assert_unresolved(STORE(state), "sha256:69e", ASSAY_EUSAGE, "at least 4 hex digits");
	assert_unresolved(STORE(state), "sha256:", ASSAY_EUSAGE, "'sha256:' names no version");
	assert_unresolved(STORE(state), VERSION_ID "0", ASSAY_EUSAGE, "names no version");
	assert_unresolved(STORE(state), "69e", ASSAY_ENOENT,
			  "there is no version '69e', and the start of an id has at least 4 hex digits; there is 1");
	assert_unresolved(STORE(state), "4D", ASSAY_ENOENT, "'4D', and the start of an id has at least 4 hex digits;");
	assert_unresolved(STORE(state), "tag:69e", ASSAY_ENOENT, "there is no version 'tag:69e'; there is 1");
	assert_unresolved(STORE(state), "6g", ASSAY_ENOENT, "there is no version '6g'; there is 1");
	assert_unresolved(STORE(state), "last", ASSAY_ENOENT, "there is no version 'last'; there is 1");
	assert_unresolved(STORE(state), "69e3", ASSAY_ENOENT,
			  "there is no version '69e3'; there is 1, the latest is 69e2051ca735");
}

static void version_resolve__none_yet__enoent_says_so(void **state)
{
	assert_unresolved(STORE(state), "latest", ASSAY_ENOENT, "none was committed yet");
	assert_unresolved(STORE(state), "abcd", ASSAY_ENOENT, "none was committed yet");
}

/* Two ids with the same first digits are not found by trying: the index alone decides what is ambiguous. */
static void version_resolve__two_with_the_prefix__eusage_names_both(void **state)
{
	const assay_digest id = commit(STORE(state), 0);
	assay_digest twin = id;

	twin.bytes[3] ^= 1;
	assert_int_equal(assay_index_put(STORE(state), ASSAY_INDEX_VERSION, &twin, 1, NULL), ASSAY_OK);
	assert_unresolved(STORE(state), "69e205", ASSAY_EUSAGE, "could be any of 2 versions, such as 69e2051ca73523c1");
	assert_resolves(STORE(state), "69e2051c", &id);
}

static assay_code note(void *ctx, const assay_version *v, assay_err *err)
{
	(void)err;
	(void)sprintf((char *)ctx + strlen(ctx), "%" PRIu64 " ", v->number);
	return ASSAY_OK;
}

static void versions_each__newest_first(void **state)
{
	char numbers[32] = "";

	for (unsigned i = 0; i < 3; i++)
		(void)commit(STORE(state), i);
	assert_int_equal(assay_versions_each(STORE(state), note, numbers, NULL), ASSAY_OK);
	assert_string_equal(numbers, "3 2 1 ");
}

static assay_digest committed; /* the id that read_version asks for */

static assay_code read_version(assay_store *s, uint64_t id)
{
	ASSAY_AUTO_VERSION v = {0};

	(void)id;
	return assay_version_get(s, &committed, &v, NULL);
}

static void version_get__truncated_row__ecorrupt(void **state)
{
	committed = commit(STORE(state), 0);
	assert_row_truncations_refused(STORE(state), ASSAY_TABLE_VERSION, 1, read_version);
}

static void version_get__mutated_row__no_harm(void **state)
{
	committed = commit(STORE(state), 0);
	assert_row_mutations_harmless(STORE(state), ASSAY_TABLE_VERSION, 1, read_version);
}

/* An object under a row that names it, whatever is in it. */
static assay_code read_as_record(assay_store *s, const assay_buf *row, const void *p, size_t n)
{
	static const size_t id_at = 6; /* in the row: map, key 0, format, key 1, head of a string of 32 bytes (2) */
	ASSAY_AUTO_BUF changed = ASSAY_BUF_INIT;
	ASSAY_AUTO_VERSION v = {0};
	assay_digest d;

	assert_int_equal(assay_object_put(s, ASSAY_OBJECT_VERSION, p, n, NULL, &d, NULL, NULL), ASSAY_OK);
	assay_buf_append(&changed, row->data, row->len);
	memcpy(changed.data + id_at, d.bytes, sizeof(d.bytes));
	put_bytes(s, ASSAY_TABLE_VERSION, 1, changed.data, changed.len);
	assert_int_equal(assay_index_put(s, ASSAY_INDEX_VERSION, &d, 1, NULL), ASSAY_OK);
	return assay_version_get(s, &d, &v, NULL);
}

static void version_get__truncated_or_mutated_record__refused_or_valid(void **state)
{
	ASSAY_AUTO_BUF row = ASSAY_BUF_INIT, record = ASSAY_BUF_INIT;
	ASSAY_AUTO_VERSION v = {0};

	make_compared(&v);
	assert_int_equal(assay_version_commit(STORE(state), &v, NULL), ASSAY_OK);
	copy_row(STORE(state), ASSAY_TABLE_VERSION, 1, &row);
	assert_int_equal(assay_object_get(STORE(state), &v.id, &record, NULL), ASSAY_OK);
	for (size_t n = 0; n < record.len; n++)
		assert_int_equal(read_as_record(STORE(state), &row, record.data, n), ASSAY_ECORRUPT);
	assert_int_equal(read_as_record(STORE(state), &row, record.data, record.len), ASSAY_OK);
	seed();
	for (unsigned i = 0; i < 2000; i++) {
		const size_t at = rnd() % record.len;
		const unsigned char was = record.data[at];
		assay_code rc;

		record.data[at] = (unsigned char)rnd();
		rc = read_as_record(STORE(state), &row, record.data, record.len);
		assert_true(rc == ASSAY_OK || rc == ASSAY_ECORRUPT);
		record.data[at] = was;
	}
}

static void version__every_alloc_fails_in_turn__enomem(void **state)
{
	ASSAY_AUTO_VERSION v = {0};
	assay_code rc;
	unsigned n = 0;

	(void)commit(STORE(state), 1); /* so that there is a parent to be read */
	assert_int_equal(assay_store_commit(STORE(state), NULL), ASSAY_OK);
	make(&v, 0);
	do {
		arm(++n);
		rc = assay_version_commit(STORE(state), &v, NULL);
		arm(0);
		assert_true(rc == ASSAY_OK || rc == ASSAY_ENOMEM);
		if (rc != ASSAY_OK)
			assay_store_rollback(STORE(state));
	} while (rc != ASSAY_OK);
	assert_in_range(n, 5, 100);
	n = 0;
	do {
		ASSAY_AUTO_VERSION read = {0};

		arm(++n);
		rc = assay_version_resolve(STORE(state), "latest", &read, NULL);
		arm(0);
		assert_true(rc == ASSAY_OK || rc == ASSAY_ENOMEM);
	} while (rc != ASSAY_OK);
	assert_in_range(n, 3, 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_STORE(version_commit__golden_id_and_reads_back),
	    WITH_STORE(version_commit__baselines_and_as_of__format_2_reads_back),
	    WITH_STORE(version_commit__baseline_of_one_check_alone__told_apart),
	    WITH_STORE(version_commit__results__part_of_the_id),
	    WITH_STORE(version_get__stored_in_format_1__read),
	    WITH_STORE(version_commit__beside_the_identity__same_id),
	    WITH_STORE(version_commit__same_content_and_nothing_left_to_try__incomplete_no_more),
	    WITH_STORE(version_commit__any_term_differs__another_id),
	    WITH_STORE(version_commit__again__keeps_row_and_becomes_latest),
	    WITH_STORE(version_latest__none__enoent),
	    WITH_STORE(version_resolve__names_of_all_kinds),
	    WITH_STORE(version_resolve__none_yet__enoent_says_so),
	    WITH_STORE(version_resolve__two_with_the_prefix__eusage_names_both),
	    WITH_STORE(versions_each__newest_first),
	    WITH_STORE(version_get__truncated_row__ecorrupt),
	    WITH_STORE(version_get__mutated_row__no_harm),
	    WITH_STORE(version_get__truncated_or_mutated_record__refused_or_valid),
	    WITH_STORE(version__every_alloc_fails_in_turn__enomem),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
