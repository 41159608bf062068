#include "assay/feedback.h"

#include "assay/cbor.h"
#include "assay/check.h"
#include "assay/object.h"
#include "assay/trie.h"
#include "assay/version.h"

#include "catalog.h"
#include "lineage_rows.h"

/* Two results of a version of 32 bytes 05: built by hand from the layout in formats.md. */
static const unsigned char record[] = "\xa3\x00\x01\x01\x58\x20"
				      "\x05\x05\x05\x05\x05\x05\x05\x05\x05\x05\x05\x05\x05\x05\x05\x05"
				      "\x05\x05\x05\x05\x05\x05\x05\x05\x05\x05\x05\x05\x05\x05\x05\x05"
				      "\x02\x82"
				      "\x84\x61"
				      "a\x1a\x1d\xcd\x65\x00\xf6\x66"
				      "unsure"
				      "\x84\x61"
				      "b\xf6\x64"
				      "fail\xf6";
#define RECORD_SIZE (sizeof record - 1)

static void add(assay_feedback_set *f, const char *key, int64_t score, const char *label, const char *note)
{
	const assay_feedback_result r = {key, score >= 0, score >= 0 ? score : 0, label, note};

	assert_int_equal(assay_feedback_set_add(f, &r, NULL), ASSAY_OK);
}

static void make(assay_feedback_set *f, const assay_digest *version)
{
	f->version = *version;
	add(f, "b", -1, "fail", NULL);
	add(f, "a", 500000000, NULL, "unsure");
	assay_feedback_set_sort(f);
}

static assay_code read_set(const void *p, size_t n)
{
	ASSAY_AUTO_FEEDBACK_SET f = {0};
	const assay_code rc = assay_feedback_set_decode(&f, p, n, NULL);

	assert_true(rc == ASSAY_OK || (f.items == NULL && f.count == 0));
	return rc;
}

static void feedback__record__bytes_and_back(void **state)
{
	const assay_digest version = digest(5);
	ASSAY_AUTO_FEEDBACK_SET f = {0};
	ASSAY_AUTO_FEEDBACK_SET read = {0};
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

	(void)state;
	make(&f, &version);
	assay_feedback_set_encode(&b, &f);
	assert_int_equal(b.len, RECORD_SIZE);
	assert_memory_equal(b.data, record, RECORD_SIZE);
	assert_int_equal(assay_feedback_set_decode(&read, b.data, b.len, NULL), ASSAY_OK);
	assert_int_equal(read.count, 2);
	assert_digest(&read.version, &version);
	assert_string_equal(read.items[0].key, "a");
	assert_int_equal(read.items[0].score, 500000000);
	assert_string_equal(read.items[0].note, "unsure");
	assert_null(read.items[0].label);
	assert_false(read.items[1].has_score);
	assert_string_equal(read.items[1].label, "fail");
}

static void feedback__hostile_records__ecorrupt(void **state)
{
	static const struct {
		size_t at;
		unsigned char byte;
	} bad[] = {
	    {2, 2},     /* another format */
	    {38, 3},    /* field 3 where 2 is to be */
	    {58, 'a'},  /* two of a key */
	    {42, 'c'},  /* keys that descend */
	    {40, 0x83}, /* three items */
	    {42, 0},    /* a NUL in a key */
	};
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	unsigned char copy[RECORD_SIZE];

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(bad); i++) {
		memcpy(copy, record, RECORD_SIZE);
		copy[bad[i].at] = bad[i].byte;
		assert_int_equal(read_set(copy, RECORD_SIZE), ASSAY_ECORRUPT);
	}
	assay_buf_append(&b, record, RECORD_SIZE);
	assert_truncations_refused(&b, read_set);
	assert_mutations_harmless(&b, read_set);
}

/* What no reader would take: a result that says nothing, a label without letters or with too many. */
static void feedback__empty_results__ecorrupt(void **state)
{
	char longest[ASSAY_FEEDBACK_LABEL_MAX + 2] = "";
	const char *const labels[] = {NULL, "", longest};
	const assay_digest version = digest(5);

	(void)state;
	memset(longest, 'x', sizeof longest - 1);
	for (size_t i = 0; i <= ASSAY_COUNT(labels); i++) {
		ASSAY_AUTO_FEEDBACK_SET f = {.version = version};
		ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

		add(&f, "a", -1, i < ASSAY_COUNT(labels) ? labels[i] : longest + 1, NULL);
		assay_feedback_set_encode(&b, &f);
		assert_int_equal(read_set(b.data, b.len), i < ASSAY_COUNT(labels) ? ASSAY_ECORRUPT : ASSAY_OK);
	}
}

static void feedback__every_alloc_fails_in_turn__enomem(void **state)
{
	unsigned n = 0;
	assay_code rc;

	(void)state;
	do {
		arm(++n);
		rc = read_set(record, RECORD_SIZE);
		arm(0);
		assert_true(rc == ASSAY_OK || rc == ASSAY_ENOMEM);
	} while (rc != ASSAY_OK);
	assert_true(n > 1);
}

/* ---------------------------------------------------------------- rows */

static assay_digest commit_version(assay_store *s, const char *dataset)
{
	ASSAY_AUTO_VERSION v = {0};

	assert_int_equal(assay_trie_build(s, NULL, 0, &v.accepted, NULL), ASSAY_OK);
	v.others = v.accepted;
	v.dataset = text(dataset);
	v.contracts = assay_alloc(1, sizeof *v.contracts);
	v.contract_count = 1;
	assert_non_null(v.contracts);
	assert_int_equal(
	    assay_object_put(s, ASSAY_OBJECT_CONTRACT, dataset, strlen(dataset), NULL, &v.contracts[0], NULL, NULL),
	    ASSAY_OK);
	assert_int_equal(assay_version_commit(s, &v, NULL), ASSAY_OK);
	return v.id;
}

static assay_feedback row_of(const char *name)
{
	return (assay_feedback){.name = text(name), .file = text("eval.jsonl"), .actor = text("ada"), .at_ns = 77};
}

static assay_code put(assay_store *s, const assay_feedback_set *set, const char *name, bool replace, uint64_t *id,
		      bool *fresh, assay_err *err)
{
	ASSAY_AUTO_FEEDBACK row = row_of(name);
	const assay_code rc = assay_feedback_put(s, set, &row, replace, fresh, err);

	*id = row.id;
	return rc;
}

static void feedback_put__twice__once(void **state)
{
	assay_store *s = STORE(state);
	const assay_digest version = commit_version(s, "one");
	ASSAY_AUTO_FEEDBACK_SET set = {0};
	ASSAY_AUTO_FEEDBACK_SET read = {0};
	ASSAY_AUTO_FEEDBACK row = {0};
	uint64_t id, again;
	bool fresh;

	make(&set, &version);
	assert_int_equal(put(s, &set, "vqa", false, &id, &fresh, NULL), ASSAY_OK);
	assert_true(fresh);
	assert_int_equal(id, 1);
	assert_int_equal(put(s, &set, "vqa", false, &again, &fresh, NULL), ASSAY_OK);
	assert_false(fresh);
	assert_int_equal(again, id);
	assert_int_equal(put(s, &set, "other", false, &again, &fresh, NULL), ASSAY_OK);
	assert_true(fresh);
	assert_int_equal(again, 2);
	assert_int_equal(assay_feedback_get(s, id, &row, NULL), ASSAY_OK);
	assert_string_equal(row.name, "vqa");
	assert_string_equal(row.file, "eval.jsonl");
	assert_string_equal(row.actor, "ada");
	assert_int_equal(row.at_ns, 77);
	assert_int_equal(row.results, 2);
	assert_digest(&row.version, &version);
	assert_int_equal(assay_feedback_set_load(&read, s, &row.object, NULL), ASSAY_OK);
	assert_int_equal(read.count, 2);
}

static void feedback_put__name_taken__refused_or_replaced(void **state)
{
	assay_store *s = STORE(state);
	const assay_digest one = commit_version(s, "one"), two = commit_version(s, "two");
	ASSAY_AUTO_FEEDBACK_SET set = {0};
	ASSAY_AUTO_FEEDBACK_SET more = {0};
	ASSAY_AUTO_FEEDBACK_SET other = {0};
	ASSAY_AUTO_FEEDBACK row = {0};
	uint64_t id;
	bool fresh;
	assay_err err = ASSAY_ERR_INIT;

	make(&set, &one);
	make(&more, &one);
	add(&more, "c", 1, NULL, NULL);
	make(&other, &two);
	assert_int_equal(put(s, &set, "vqa", false, &id, &fresh, NULL), ASSAY_OK);
	assert_int_equal(put(s, &more, "vqa", false, &id, &fresh, &err), ASSAY_EUSAGE);
	assert_non_null(strstr(err.msg, "'vqa' stands for other results of this version (E1); --replace"));
	assert_int_equal(put(s, &more, "vqa", true, &id, &fresh, NULL), ASSAY_OK);
	assert_true(fresh);
	/* The same name of another version takes nothing away. */
	assert_int_equal(put(s, &other, "vqa", false, &id, &fresh, NULL), ASSAY_OK);
	assert_int_equal(assay_feedback_find(s, "vqa", &one, &row, NULL), ASSAY_OK);
	assert_int_equal(row.id, 2);
	assay_feedback_release(&row);
	assert_int_equal(assay_feedback_find(s, "vqa", NULL, &row, NULL), ASSAY_OK);
	assert_int_equal(row.id, 3);
	assay_feedback_release(&row);
	assert_int_equal(assay_feedback_find(s, "none", NULL, &row, NULL), ASSAY_ENOENT);
}

static void feedback_put__what_cannot_be__refused(void **state)
{
	assay_store *s = STORE(state);
	const assay_digest version = commit_version(s, "one"), none = digest(9);
	ASSAY_AUTO_FEEDBACK_SET set = {0};
	ASSAY_AUTO_FEEDBACK_SET empty = {.version = version};
	ASSAY_AUTO_FEEDBACK_SET stray = {0};
	uint64_t id;
	bool fresh;

	make(&set, &version);
	make(&stray, &none);
	assert_int_equal(put(s, &set, "a b", false, &id, &fresh, NULL), ASSAY_EUSAGE);
	assert_int_equal(put(s, &set, "", false, &id, &fresh, NULL), ASSAY_EUSAGE);
	assert_int_equal(put(s, &set, "-v", false, &id, &fresh, NULL), ASSAY_EUSAGE);
	assert_int_equal(put(s, &set, "2026", false, &id, &fresh, NULL), ASSAY_OK); /* no name of a version */
	assert_int_equal(put(s, &empty, "vqa", false, &id, &fresh, NULL), ASSAY_EINVAL);
	assert_int_equal(put(s, &stray, "vqa", false, &id, &fresh, NULL), ASSAY_EINVAL);
}

static assay_code read_row(assay_store *s, uint64_t id)
{
	ASSAY_AUTO_FEEDBACK row = {0};

	return assay_feedback_get(s, id, &row, NULL);
}

static void feedback_row__damaged__refused_or_harmless(void **state)
{
	assay_store *s = STORE(state);
	const assay_digest version = commit_version(s, "one");
	ASSAY_AUTO_FEEDBACK_SET set = {0};
	uint64_t id;
	bool fresh;

	make(&set, &version);
	assert_int_equal(put(s, &set, "vqa", false, &id, &fresh, NULL), ASSAY_OK);
	assert_row_truncations_refused(s, ASSAY_TABLE_FEEDBACK, id, read_row);
	assert_row_mutations_harmless(s, ASSAY_TABLE_FEEDBACK, id, read_row);
}

static void feedback_put__alloc_n_fails__enomem_and_nothing_kept(void **state)
{
	assay_store *s = STORE(state);
	const assay_digest version = commit_version(s, "one");
	ASSAY_AUTO_FEEDBACK_SET set = {0};
	ASSAY_AUTO_FEEDBACK none = {0};
	unsigned n = 0;
	assay_code rc;

	make(&set, &version);
	assert_int_equal(assay_store_commit(s, NULL), ASSAY_OK);
	do {
		ASSAY_AUTO_FEEDBACK row = row_of("vqa");
		bool fresh;

		assert_int_equal(assay_feedback_find(s, NULL, NULL, &none, NULL), ASSAY_ENOENT);
		arm(++n);
		rc = assay_feedback_put(s, &set, &row, false, &fresh, NULL);
		arm(0);
		assert_true(rc == ASSAY_OK || rc == ASSAY_ENOMEM);
		if (rc != ASSAY_OK)
			assay_store_rollback(s);
	} while (rc != ASSAY_OK);
	assert_true(n > 2);
}

/* ---------------------------------------------------------------- check */

static assay_code note(void *ctx, const assay_store_finding *f, assay_err *err)
{
	assay_buf *out = ctx;

	(void)err;
	assay_buf_printf(out, "%s: %s\n", f->name, f->detail);
	return ASSAY_OK;
}

static void assert_check(assay_store *s, const char *expected)
{
	ASSAY_AUTO_BUF found = ASSAY_BUF_INIT;
	assay_store_check_summary sum;

	assert_int_equal(assay_store_check(s, NULL, note, &found, &sum, NULL), ASSAY_OK);
	if (expected == NULL)
		assert_string_equal(assay_buf_str(&found), "");
	else if (strstr(assay_buf_str(&found), expected) == NULL)
		fail_msg("'%s' says nothing of '%s'", assay_buf_str(&found), expected);
}

/* The row of an evaluation as it would be if it spoke of these. */
static void put_row(assay_store *s, const assay_digest *version, const assay_digest *object, uint64_t results)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

	assay_cbor_map(&b, 8);
	assay_cbor_uint(&b, 0);
	assay_cbor_uint(&b, 1);
	assay_cbor_uint(&b, 1);
	assay_cbor_text(&b, "vqa");
	assay_cbor_uint(&b, 2);
	assay_cbor_digest(&b, version);
	assay_cbor_uint(&b, 3);
	assay_cbor_digest(&b, object);
	assay_cbor_uint(&b, 4);
	assay_cbor_uint(&b, results);
	assay_cbor_uint(&b, 5);
	assay_cbor_text(&b, "eval.jsonl");
	assay_cbor_uint(&b, 6);
	assay_cbor_text(&b, "ada");
	assay_cbor_uint(&b, 7);
	assay_cbor_int(&b, 77);
	assert_int_equal(assay_row_put_at(s, ASSAY_TABLE_FEEDBACK, 1, &b, NULL), ASSAY_OK);
}

static void check__feedback__what_it_names_must_be_there(void **state)
{
	assay_store *s = STORE(state);
	const assay_digest version = commit_version(s, "one"), two = commit_version(s, "two"), none = digest(9);
	ASSAY_AUTO_FEEDBACK_SET set = {0};
	ASSAY_AUTO_FEEDBACK row = {0};
	ASSAY_AUTO_BUF rubbish = ASSAY_BUF_INIT;
	uint64_t id;
	bool fresh;

	make(&set, &version);
	assert_int_equal(put(s, &set, "vqa", false, &id, &fresh, NULL), ASSAY_OK);
	assert_int_equal(assay_store_commit(s, NULL), ASSAY_OK);
	assert_int_equal(assay_feedback_get(s, id, &row, NULL), ASSAY_OK);
	assert_check(s, NULL);
	put_row(s, &version, &row.object, 2);
	assert_check(s, NULL);
	put_row(s, &none, &row.object, 2);
	assert_check(s, "feedback 1: names version sha256:0909");
	put_row(s, &two, &row.object, 2);
	assert_check(s, "feedback 1: its results are of another version");
	put_row(s, &version, &row.object, 3);
	assert_check(s, "feedback 1: says 3 results where there are 2");
	put_row(s, &version, &none, 2);
	assert_check(s, "sha256:0909090909090909090909090909090909090909090909090909090909090909: ");
	put_row(s, &version, &version, 2);
	assert_check(s, "feedback 1: ");
	assay_cbor_map(&rubbish, 8);
	assert_int_equal(assay_row_put_at(s, ASSAY_TABLE_FEEDBACK, 1, &rubbish, NULL), ASSAY_OK);
	assert_check(s, "feedback 1: feedback row");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(feedback__record__bytes_and_back),
	    cmocka_unit_test(feedback__hostile_records__ecorrupt),
	    cmocka_unit_test(feedback__empty_results__ecorrupt),
	    cmocka_unit_test(feedback__every_alloc_fails_in_turn__enomem),
	    WITH_STORE(feedback_put__twice__once),
	    WITH_STORE(feedback_put__name_taken__refused_or_replaced),
	    WITH_STORE(feedback_put__what_cannot_be__refused),
	    WITH_STORE(feedback_row__damaged__refused_or_harmless),
	    WITH_STORE(feedback_put__alloc_n_fails__enomem_and_nothing_kept),
	    WITH_STORE(check__feedback__what_it_names_must_be_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
