#include "assay/tag.h"

#include "assay/cbor.h"
#include "assay/check.h"
#include "assay/version.h"

#include "lineage_rows.h"
#include "tag.h"

static assay_digest commit(assay_store *s, unsigned which)
{
	ASSAY_AUTO_VERSION v = {.accepted = digest(0x61), .others = digest(0x62 + which), .made_ns = 6};

	assert_int_equal(assay_version_commit(s, &v, NULL), ASSAY_OK);
	return v.id;
}

static assay_code put(assay_store *s, const char *name, const assay_digest *version, bool move, const char *reason,
		      assay_err *err)
{
	const assay_tag_change c = {name, version, move, 1000, "ada", reason};
	bool changed;

	return assay_tag_put(s, &c, &changed, err);
}

static void set(assay_store *s, const char *name, const assay_digest *version)
{
	assert_int_equal(put(s, name, version, true, NULL, NULL), ASSAY_OK);
}

static assay_code note(void *ctx, const assay_tag_event *e, assay_err *err)
{
	assay_buf *out = ctx;
	char from[ASSAY_DIGEST_HEX], to[ASSAY_DIGEST_HEX];

	(void)err;
	if (e->damage != NULL) {
		assert_null(e->name);
		assay_buf_printf(out, "%u: %s\n", (unsigned)e->number, e->damage);
		return ASSAY_OK;
	}
	assay_buf_printf(out, "%u %s %.4s>%.4s %d %s %s\n", (unsigned)e->number, e->name,
			 assay_digest_is_zero(&e->from) ? "none" : assay_digest_hex(&e->from, from),
			 assay_digest_is_zero(&e->to) ? "none" : assay_digest_hex(&e->to, to), (int)e->at_ns, e->actor,
			 e->reason != NULL ? e->reason : "-");
	return ASSAY_OK;
}

static void assert_listed(assay_code rc, const assay_buf *out, const char *expected)
{
	assert_int_equal(rc, ASSAY_OK);
	assert_string_equal(assay_buf_str(out), expected);
}

static void assert_tags(assay_store *s, const char *expected)
{
	ASSAY_AUTO_BUF out = ASSAY_BUF_INIT;

	assert_listed(assay_tags_each(s, note, &out, NULL), &out, expected);
}

static void assert_history(assay_store *s, const char *name, const char *expected)
{
	ASSAY_AUTO_BUF out = ASSAY_BUF_INIT;

	assert_listed(assay_tag_events_each(s, name, note, &out, NULL), &out, expected);
}

static const char *told(char out[256], const char *format, const assay_digest *a, const assay_digest *b)
{
	char x[ASSAY_DIGEST_HEX], y[ASSAY_DIGEST_HEX];

	(void)assay_digest_hex(a, x);
	(void)assay_digest_hex(b, y);
	x[4] = y[4] = '\0';
	for (char *end = out; (*end = *format) != '\0'; format++) {
		if (*format == 'A' || *format == 'B')
			end = stpcpy(end, *format == 'A' ? x : y);
		else
			end++;
	}
	return out;
}

/* ---- names ---- */

static void tag_name__good_ones__no_fault(void **state)
{
	static const char *const names[] = {"a",         "v1",     "abc",       "1.0",  "2024-05", "release/current",
					    "A_b-c.D/9", "12345g", "deadbeefs", "0xff", "lates",   "latest2"};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(names); i++)
		if (assay_tag_name_fault(names[i]) != NULL)
			fail_msg("'%s' %s", names[i], assay_tag_name_fault(names[i]));
}

static void tag_name__bad_ones__fault_says_why(void **state)
{
	static const struct {
		const char *name, *fault;
	} cases[] = {{"", "does not begin with"},
		     {"-v", "does not begin with"},
		     {".v", "does not begin with"},
		     {"/v", "does not begin with"},
		     {"v 1", "characters other"},
		     {"v\n", "characters other"},
		     {"v:1", "characters other"},
		     {"v#1", "characters other"},
		     {"caf\xc3\xa9", "characters other"},
		     {"a//b", "part between slashes"},
		     {"a/", "part between slashes"},
		     {"a/../b", "part between slashes"},
		     {"a/.b", "part between slashes"},
		     {"a.", "part between slashes"},
		     {"latest", "whatever version is the latest"},
		     {"Latest", "whatever version is the latest"},
		     {"2024", "start of an id"},
		     {"DEADbeef", "start of an id"},
		     {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaag", "longer than 64"}};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(cases); i++) {
		const char *fault = assay_tag_name_fault(cases[i].name);

		if (fault == NULL || strstr(fault, cases[i].fault) == NULL)
			fail_msg("'%s': %s", cases[i].name, fault != NULL ? fault : "no fault");
	}
}

/* ---- changes ---- */

static void tag_put__made_moved_taken_away__history_has_all(void **state)
{
	const assay_digest a = commit(STORE(state), 0), b = commit(STORE(state), 1);
	char out[256];

	set(STORE(state), "v1", &a);
	assert_int_equal(put(STORE(state), "current", &a, false, "first", NULL), ASSAY_OK);
	assert_int_equal(put(STORE(state), "current", &b, true, NULL, NULL), ASSAY_OK);
	assert_tags(STORE(state), told(out, "3 current A>B 1000 ada -\n1 v1 none>A 1000 ada -\n", &a, &b));
	assert_int_equal(put(STORE(state), "v1", NULL, false, "wrong", NULL), ASSAY_OK);
	assert_tags(STORE(state), told(out, "3 current A>B 1000 ada -\n", &a, &b));
	assert_history(STORE(state), NULL,
		       told(out,
			    "1 v1 none>A 1000 ada -\n2 current none>A 1000 ada first\n"
			    "3 current A>B 1000 ada -\n4 v1 A>none 1000 ada wrong\n",
			    &a, &b));
	assert_history(STORE(state), "v1", told(out, "1 v1 none>A 1000 ada -\n4 v1 A>none 1000 ada wrong\n", &a, &b));
	set(STORE(state), "v1", &b);
	assert_history(
	    STORE(state), "v1",
	    told(out, "1 v1 none>A 1000 ada -\n4 v1 A>none 1000 ada wrong\n5 v1 none>B 1000 ada -\n", &a, &b));
}

static void tag_put__same_again__nothing_is_written(void **state)
{
	const assay_digest a = commit(STORE(state), 0);
	const assay_tag_change c = {"v1", &a, false, 1000, "ada", NULL};
	bool changed = false;
	char out[256];

	assert_int_equal(assay_tag_put(STORE(state), &c, &changed, NULL), ASSAY_OK);
	assert_true(changed);
	assert_int_equal(assay_tag_put(STORE(state), &c, &changed, NULL), ASSAY_OK);
	assert_false(changed);
	assert_history(STORE(state), NULL, told(out, "1 v1 none>A 1000 ada -\n", &a, &a));
}

static void assert_refused(assay_store *s, const char *name, const assay_digest *version, assay_code code,
			   const char *part)
{
	assay_err err = ASSAY_ERR_INIT;

	assert_int_equal(put(s, name, version, false, NULL, &err), code);
	if (strstr(err.msg, part) == NULL)
		fail_msg("'%s' has no '%s'", err.msg, part);
}

static void tag_put__refused__says_why_and_writes_nothing(void **state)
{
	const assay_digest a = commit(STORE(state), 0), b = commit(STORE(state), 1), none = digest(9);
	char out[256];

	set(STORE(state), "v1", &a);
	assert_refused(STORE(state), "v1", &b, ASSAY_EUSAGE, "--force moves it");
	assert_refused(STORE(state), "latest", &b, ASSAY_EUSAGE, "whatever version is the latest");
	assert_refused(STORE(state), "v2", NULL, ASSAY_ENOENT, "there is no tag 'v2'");
	assert_refused(STORE(state), "v2", &none, ASSAY_EINVAL, "there is no version 0909");
	assert_history(STORE(state), NULL, told(out, "1 v1 none>A 1000 ada -\n", &a, &b));
}

static void tag__committed__there_when_opened_again(void **state)
{
	const assay_digest a = commit(STORE(state), 0);
	ASSAY_AUTO_TAG_EVENT e = {0};

	set(STORE(state), "v1", &a);
	assert_int_equal(assay_store_commit(STORE(state), NULL), ASSAY_OK);
	assert_int_equal(put(STORE(state), "v2", &a, false, NULL, NULL), ASSAY_OK);
	assay_store_rollback(STORE(state));
	assert_int_equal(assay_tag_get(STORE(state), "v1", &e, NULL), ASSAY_OK);
	assert_digest(&e.to, &a);
	assay_tag_event_release(&e);
	assert_int_equal(assay_tag_get(STORE(state), "v2", &e, NULL), ASSAY_ENOENT);
	set(STORE(state), "v3", &a); /* the number of what was undone is given again */
	assert_int_equal(assay_tag_get(STORE(state), "v3", &e, NULL), ASSAY_OK);
	assert_int_equal(e.number, 2);
}

/* ---- as a name of a version ---- */

static void assert_resolves(assay_store *s, const char *name, const assay_digest *id)
{
	ASSAY_AUTO_VERSION v = {0};

	assert_int_equal(assay_version_resolve(s, name, &v, NULL), ASSAY_OK);
	assert_digest(&v.id, id);
}

static void version_resolve__tags__as_any_other_name(void **state)
{
	const assay_digest a = commit(STORE(state), 0), b = commit(STORE(state), 1);
	ASSAY_AUTO_VERSION v = {0};
	assay_err err = ASSAY_ERR_INIT;

	set(STORE(state), "abc", &a); /* three hex digits are too few for an id */
	set(STORE(state), "release/1", &a);
	assert_resolves(STORE(state), "abc", &a);
	assert_resolves(STORE(state), "tag:abc", &a);
	assert_resolves(STORE(state), "release/1", &a);
	assert_resolves(STORE(state), "latest", &b);
	set(STORE(state), "abc", &b);
	assert_resolves(STORE(state), "abc", &b);
	assert_int_equal(assay_version_resolve(STORE(state), "release/2", &v, &err), ASSAY_ENOENT);
	assert_non_null(strstr(err.msg, "there is no version 'release/2', did you mean 'release/1'?; there are 2"));
	assert_int_equal(put(STORE(state), "abc", NULL, false, NULL, NULL), ASSAY_OK);
	assert_int_equal(assay_version_resolve(STORE(state), "abc", &v, &err), ASSAY_ENOENT);
}

/* ---- hostile rows ---- */

static void put_raw(assay_store *s, const void *key, size_t key_size, const assay_buf *row)
{
	assert_int_equal(assay_row_put(s, ASSAY_TABLE_TAG, key, key_size, row, NULL), ASSAY_OK);
}

struct raw {
	assay_store *s;
	const void *key;
	size_t key_size;
};

static assay_code read_raw(void *ctx, const void *p, size_t n)
{
	const struct raw *r = ctx;
	ASSAY_AUTO_BUF row = ASSAY_BUF_INIT;
	ASSAY_AUTO_TAG_EVENT e = {0};
	assay_code rc;

	assay_buf_append(&row, p, n);
	put_raw(r->s, r->key, r->key_size, &row);
	rc = assay_tag_get(r->s, "v1", &e, NULL);
	return rc == ASSAY_ENOENT ? ASSAY_OK : rc; /* a changed byte may make it one that was taken away */
}

static void tag_rows__cut_or_changed__corrupt(void **state)
{
	const assay_digest a = commit(STORE(state), 0);
	unsigned char key[ASSAY_TAG_EVENT_KEY];
	struct raw cases[] = {{STORE(state), "v1", 2}, {STORE(state), key, sizeof(key)}};

	assert_int_equal(put(STORE(state), "v1", &a, false, "first", NULL), ASSAY_OK);
	assay_tag_event_key(key, 1);
	for (size_t i = 0; i < ASSAY_COUNT(cases); i++) {
		ASSAY_AUTO_BUF row = ASSAY_BUF_INIT;
		const void *p;
		size_t n;

		assert_int_equal(
		    assay_row_get(STORE(state), ASSAY_TABLE_TAG, cases[i].key, cases[i].key_size, &p, &n, NULL),
		    ASSAY_OK);
		assay_buf_append(&row, p, n);
		refuse_truncations(&row, read_raw, &cases[i]);
		survive_mutations(&row, 2000, read_raw, &cases[i]);
		put_raw(STORE(state), cases[i].key, cases[i].key_size, &row);
	}
}

static void tag_put__every_alloc_fails_in_turn__enomem(void **state)
{
	const assay_digest a = commit(STORE(state), 0);
	assay_code rc;
	unsigned n = 0;

	assert_int_equal(assay_store_commit(STORE(state), NULL), ASSAY_OK);
	do {
		arm(++n);
		rc = put(STORE(state), "v1", &a, false, "first", NULL);
		arm(0);
		assert_true(rc == ASSAY_OK || rc == ASSAY_ENOMEM);
		if (rc != ASSAY_OK)
			assay_store_rollback(STORE(state));
	} while (rc != ASSAY_OK);
	assert_in_range(n, 2, 1000);
	assert_int_equal(assay_store_commit(STORE(state), NULL), ASSAY_OK);
}

/* ---- check ---- */

static assay_code tell(void *ctx, const assay_store_finding *f, assay_err *err)
{
	(void)err;
	assay_buf_printf(ctx, "%s %s: %s |%s\n", f->what, f->name, f->detail,
			 f->version_count > 0 ? f->versions[0] : "");
	return ASSAY_OK;
}

static void assert_found(assay_store *s, unsigned count, const char *part)
{
	ASSAY_AUTO_BUF out = ASSAY_BUF_INIT;
	assay_store_check_summary sum;

	assert_int_equal(assay_store_check(s, NULL, tell, &out, &sum, NULL), ASSAY_OK);
	/* The two versions here have recipes and tries that nobody stored: four findings of their own. */
	if (sum.findings != count || strstr(assay_buf_str(&out), part) == NULL)
		fail_msg("%u findings, no '%s':\n%s", (unsigned)sum.findings, part, assay_buf_str(&out));
}

static unsigned findings(assay_store *s)
{
	ASSAY_AUTO_BUF out = ASSAY_BUF_INIT;
	assay_store_check_summary sum;

	assert_int_equal(assay_store_check(s, NULL, tell, &out, &sum, NULL), ASSAY_OK);
	return (unsigned)sum.findings;
}

/* An event that says so, and the row that names it. */
static void forge(assay_store *s, const char *name, uint64_t event, const assay_digest *version)
{
	ASSAY_AUTO_BUF row = ASSAY_BUF_INIT;

	assay_cbor_map(&row, 3);
	assay_cbor_uint(&row, 0);
	assay_cbor_uint(&row, 1);
	assay_cbor_uint(&row, 1);
	assay_cbor_digest(&row, version);
	assay_cbor_uint(&row, 2);
	assay_cbor_uint(&row, event);
	put_raw(s, name, strlen(name), &row);
}

static void tag_get__event_of_another__corrupt(void **state)
{
	const assay_digest a = commit(STORE(state), 0);
	ASSAY_AUTO_TAG_EVENT e = {0};
	assay_err err = ASSAY_ERR_INIT;

	set(STORE(state), "v1", &a);
	forge(STORE(state), "v2", 1, &a);
	assert_int_equal(assay_tag_get(STORE(state), "v2", &e, &err), ASSAY_ECORRUPT);
	assert_non_null(strstr(err.msg, "tag 'v2' names event 1, which says something else"));
	forge(STORE(state), "v2", 2, &a);
	assert_int_equal(assay_tag_get(STORE(state), "v2", &e, &err), ASSAY_ECORRUPT);
	assert_non_null(strstr(err.msg, "tag 'v2' names event 2, which is not there"));
}

static void tag_events_each__event_damaged__told_and_gone_on(void **state)
{
	const assay_digest a = commit(STORE(state), 0);
	unsigned char key[ASSAY_TAG_EVENT_KEY];
	ASSAY_AUTO_BUF junk = ASSAY_BUF_INIT, out = ASSAY_BUF_INIT;
	char expected[256];

	set(STORE(state), "v1", &a);
	set(STORE(state), "v2", &a);
	set(STORE(state), "v3", &a);
	assay_cbor_map(&junk, 1);
	assay_cbor_uint(&junk, 0);
	assay_cbor_uint(&junk, 1);
	assay_tag_event_key(key, 2);
	put_raw(STORE(state), key, sizeof(key), &junk);
	told(expected,
	     "1 v1 none>A 1000 ada -\n"
	     "2: event of a tag: event of a tag does not have 7 fields at byte 1\n"
	     "3 v3 none>A 1000 ada -\n",
	     &a, &a);
	assert_int_equal(assay_tag_events_each(STORE(state), NULL, note, &out, NULL), ASSAY_OK);
	assert_string_equal(assay_buf_str(&out), expected);
	assay_buf_reset(&out);
	assert_int_equal(assay_tag_events_each(STORE(state), "v3", note, &out, NULL), ASSAY_OK);
	assert_string_equal(assay_buf_str(&out), strstr(expected, "2: "));
}

static void tag_version__event_damaged__from_the_row_alone(void **state)
{
	const assay_digest a = commit(STORE(state), 0);
	ASSAY_AUTO_BUF out = ASSAY_BUF_INIT;
	assay_digest v;

	set(STORE(state), "v1", &a);
	forge(STORE(state), "v2", 7, &a);
	assert_int_equal(assay_tag_version(STORE(state), "v2", &v, NULL), ASSAY_OK);
	assert_digest(&v, &a);
	assert_int_equal(assay_tag_version(STORE(state), "v3", &v, NULL), ASSAY_ENOENT);
	assert_int_equal(assay_tags_each(STORE(state), note, &out, NULL), ASSAY_OK);
	assert_non_null(strstr(assay_buf_str(&out), "1 v1 "));
	assert_non_null(strstr(assay_buf_str(&out), "\n7 v2 "));
	assert_int_equal(put(STORE(state), "v2", NULL, false, NULL, NULL), ASSAY_OK);
	assert_int_equal(assay_tag_version(STORE(state), "v2", &v, NULL), ASSAY_ENOENT);
}

static void tag_put__not_utf8__usage_and_nothing_written(void **state)
{
	const assay_digest a = commit(STORE(state), 0);
	const assay_tag_change change = {"v1", &a, false, 1000, "caf\xc3", NULL};
	assay_err err = ASSAY_ERR_INIT;
	assay_digest v;
	bool changed;

	assert_int_equal(put(STORE(state), "v1", &a, false, "caf\xe9", &err), ASSAY_EUSAGE);
	assert_non_null(strstr(err.msg, "the reason to change the tag 'v1' is not UTF-8"));
	assert_int_equal(assay_tag_put(STORE(state), &change, &changed, &err), ASSAY_EUSAGE);
	assert_false(changed);
	assert_int_equal(assay_tag_version(STORE(state), "v1", &v, NULL), ASSAY_ENOENT);
}

static void check__tags__each_kind_of_damage_is_told(void **state)
{
	const assay_digest a = commit(STORE(state), 0), none = digest(0x77);
	unsigned char key[ASSAY_TAG_EVENT_KEY];
	ASSAY_AUTO_BUF rubbish = ASSAY_BUF_INIT;
	unsigned before;

	set(STORE(state), "v1", &a);
	set(STORE(state), "v2", &a);
	assert_int_equal(assay_store_commit(STORE(state), NULL), ASSAY_OK);
	before = findings(STORE(state));
	forge(STORE(state), "v3", 2, &a);
	assert_found(STORE(state), before + 1, "row tag v3: names event 2, which says something else |\n");
	forge(STORE(state), "v3", 9, &a);
	assert_found(STORE(state), before + 1, "row tag v3: names event 9, which is not there |\n");
	forge(STORE(state), "v3", 1, &none);
	assert_found(
	    STORE(state), before + 2,
	    "row tag v3: names version sha256:7777777777777777777777777777777777777777777777777777777777777777, "
	    "which is not there |sha256:7777");
	forge(STORE(state), "v3", 1, NULL);
	assert_found(STORE(state), before + 1, "row tag v3: names event 1");
	forge(STORE(state), "a b", 1, &a);
	assert_found(STORE(state), before + 2, "row tag a b: is no name that a tag can have");
	assay_buf_puts(&rubbish, "rubbish");
	assay_tag_event_key(key, 6);
	put_raw(STORE(state), key, sizeof(key), &rubbish);
	assert_found(STORE(state), before + 4, "row tag events 3 to 5: are not there |");
	assert_found(STORE(state), before + 4, "row tag event 6: ");
}

static void check__last_event_lost__told_by_the_counter(void **state)
{
	const assay_digest a = commit(STORE(state), 0);
	unsigned before;

	set(STORE(state), "v1", &a);
	assert_int_equal(assay_store_commit(STORE(state), NULL), ASSAY_OK);
	before = findings(STORE(state));
	assert_int_equal(assay_meta_put(STORE(state), "next.tag", 3, NULL), ASSAY_OK);
	assert_found(STORE(state), before + 1, "row tag event 2: is not there |");
	assert_int_equal(assay_meta_put(STORE(state), "next.tag", 4, NULL), ASSAY_OK);
	assert_found(STORE(state), before + 1, "row tag events 2 to 3: are not there |");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(tag_name__good_ones__no_fault),
	    cmocka_unit_test(tag_name__bad_ones__fault_says_why),
	    WITH_STORE(tag_put__made_moved_taken_away__history_has_all),
	    WITH_STORE(tag_put__same_again__nothing_is_written),
	    WITH_STORE(tag_put__refused__says_why_and_writes_nothing),
	    WITH_STORE(tag__committed__there_when_opened_again),
	    WITH_STORE(version_resolve__tags__as_any_other_name),
	    WITH_STORE(tag_rows__cut_or_changed__corrupt),
	    WITH_STORE(tag_put__every_alloc_fails_in_turn__enomem),
	    WITH_STORE(tag_get__event_of_another__corrupt),
	    WITH_STORE(tag_events_each__event_damaged__told_and_gone_on),
	    WITH_STORE(tag_version__event_damaged__from_the_row_alone),
	    WITH_STORE(tag_put__not_utf8__usage_and_nothing_written),
	    WITH_STORE(check__tags__each_kind_of_damage_is_told),
	    WITH_STORE(check__last_event_lost__told_by_the_counter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
