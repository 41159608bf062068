#include "delivery_wrap.h"

#include "content.h"

#include "assay/store.h"

#include <stdio.h>

#define ENTRIES 1500

static char scratch[] = "/tmp/assay-root-XXXXXX";
static char keys[ENTRIES][64];

static int setup(void **state)
{
	(void)state;
	return mkdtemp(scratch) != NULL ? 0 : -1;
}

static int teardown(void **state)
{
	char line[128];

	(void)state;
	(void)snprintf(line, sizeof line, "rm -rf '%s'", scratch);
	return system(line);
}

/* Entries of every form; 7 is a number without a factor of the others. */
static void fill(assay_trie_entry *e, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		(void)snprintf(keys[i], sizeof keys[i], "scans/%zu.tif#page=%zu", i * 7 % n, i);
		e[i] = (assay_trie_entry){.key = keys[i], .kind = 1 + (uint32_t)(i % 6)};
		e[i].outcome = (assay_outcome)(1 + i % 6);
		e[i].content.bytes[0] = (uint8_t)i;
		e[i].work_key.bytes[31] = (uint8_t)(i >> 8);
		e[i].stage = i % 3 == 0 ? "page.read" : NULL;
		e[i].failure = (uint32_t)(i % 4);
	}
}

static void content_root__any_number_of_entries__as_the_store_builds_it(void **state)
{
	static const size_t counts[] = {0, 1, 31, 32, 33, 34, 200, ENTRIES};
	static assay_trie_entry a[ENTRIES], b[ENTRIES];
	const assay_store_opts o = {.create = true};
	ASSAY_AUTO_STORE store = NULL;
	assay_err err = ASSAY_ERR_INIT;

	(void)state;
	assert_int_equal(assay_store_open(&store, scratch, &o, &err), ASSAY_OK);
	for (size_t i = 0; i < ASSAY_COUNT(counts); i++) {
		assay_digest stored, computed;

		fill(a, counts[i]);
		fill(b, counts[i]);
		memset(&computed, 0xa5, sizeof computed);
		assert_int_equal(assay_trie_build(store, a, counts[i], &stored, &err), ASSAY_OK);
		assert_int_equal(content_root(b, counts[i], &computed, &err), ASSAY_OK);
		assert_true(assay_digest_eq(&stored, &computed));
	}
}

static void content_root__a_key_twice__differ_names_it(void **state)
{
	assay_trie_entry e[2];
	assay_err err = ASSAY_ERR_INIT;
	assay_digest d;

	(void)state;
	fill(e, 2);
	e[1].key = e[0].key;
	assert_int_equal(content_root(e, 2, &d, &err), ASSAY_EDIFFER);
	assert_non_null(strstr(err.msg, e[0].key));
}

/* What a digest covers: any change of what is said of a sample gives another one. */
static void content_digest__any_field_changes__another_digest(void **state)
{
	static const char *const keys_of[] = {"licence"}, *const values[] = {"CC-BY-4.0"};
	content_measure m[2] = {{.name = "a", .scale = 2, .defined = true, .value = 5},
				{.name = "b", .reason = "none"}};
	content_artifact a[1] = {{.stage = "s", .role = "text", .size = 3}};
	const content base = {.kind = 1,
			      .part = "page=1",
			      .measures = m,
			      .measure_count = 2,
			      .artifacts = a,
			      .artifact_count = 1,
			      .metadata_keys = keys_of,
			      .metadata_values = values,
			      .metadata_count = 1};
	content changed[8];
	ASSAY_AUTO_BUF scratch_buf = ASSAY_BUF_INIT;
	assay_digest first, next;

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(changed); i++)
		changed[i] = base;
	changed[1].kind = 2;
	changed[2].part = "page=2";
	changed[3].source.bytes[5] = 1;
	changed[4].has_span = true;
	changed[5].measure_count = 1;
	changed[6].artifact_count = 0;
	changed[7].metadata_count = 0;
	assert_int_equal(content_digest(&changed[0], &scratch_buf, &first, NULL), ASSAY_OK);
	for (size_t i = 0; i < ASSAY_COUNT(changed); i++) {
		assert_int_equal(content_digest(&changed[i], &scratch_buf, &next, NULL), ASSAY_OK);
		assert_int_equal(assay_digest_eq(&first, &next), i == 0);
	}
	m[0].value = 6;
	assert_int_equal(content_digest(&base, &scratch_buf, &next, NULL), ASSAY_OK);
	assert_false(assay_digest_eq(&first, &next));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(content_root__any_number_of_entries__as_the_store_builds_it),
	    cmocka_unit_test(content_root__a_key_twice__differ_names_it),
	    cmocka_unit_test(content_digest__any_field_changes__another_digest),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
