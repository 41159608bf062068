#include "assay/decision.h"

#include "failed_checks.h"
#include "lineage_rows.h"

static void make(assay_decision *d, assay_decision_kind kind, const char *subject)
{
	*d = (assay_decision){.kind = kind,
			      .subject = text(subject),
			      .basis = {{1, 2}},
			      .actor = text("ada"),
			      .reason = text("the scan is all there is"),
			      .made_ns = 77};
}

static void make_waiver(assay_decision *d, const char *subject)
{
	make(d, ASSAY_DECISION_WAIVE, subject);
	d->owner = text("grace");
	d->expires_ns = 1234567890;
}

static void make_metadata(assay_decision *d, const char *path)
{
	make(d, ASSAY_DECISION_METADATA, path);
	d->is_source = true;
	d->count = 2;
	d->keys = calloc(2, sizeof *d->keys);
	d->values = calloc(2, sizeof *d->values);
	d->keys[0] = text("language");
	d->values[0] = text("nds");
	d->keys[1] = text("year");
	d->values[1] = text("1897");
}

static void put(void **state, assay_decision *d)
{
	assert_int_equal(assay_decision_put(STORE(state), d, NULL), ASSAY_OK);
}

static assay_code read_decision(assay_store *s, uint64_t id)
{
	ASSAY_AUTO_DECISION d = {0};

	return assay_decision_get(s, id, &d, NULL);
}

/* ---- tests ---- */

static void decision_put__waiver__reads_back(void **state)
{
	ASSAY_AUTO_DECISION d = {0};
	ASSAY_AUTO_DECISION read = {0};

	make_waiver(&d, "a.tif#page=1");
	put(state, &d);
	assert_int_equal(d.id, 1);
	assert_int_equal(assay_decision_find(STORE(state), "a.tif#page=1", ASSAY_DECISION_OF_VERDICT, &read, NULL),
			 ASSAY_OK);
	assert_int_equal(read.kind, ASSAY_DECISION_WAIVE);
	assert_int_equal(read.standing, ASSAY_DECISION_STANDS);
	assert_int_equal(read.expires_ns, 1234567890);
	assert_int_equal(read.made_ns, 77);
	assert_true(assay_digest_eq(&read.basis, &d.basis));
	assert_string_equal(read.actor, "ada");
	assert_string_equal(read.owner, "grace");
	assert_string_equal(read.reason, "the scan is all there is");
	assert_null(read.file);
}

/* One whose bytes are not known is written as an older program wrote it, and stays so. */
static void decision_put__with_and_without_bytes__both_read(void **state)
{
	ASSAY_AUTO_DECISION d = {0}, old = {0}, read = {0};

	make_waiver(&d, "a.tif");
	make_waiver(&old, "b.tif");
	d.bytes.bytes[31] = 9;
	put(state, &d);
	put(state, &old);
	assert_int_equal(assay_decision_withdraw(STORE(state), "a.tif", ASSAY_DECISION_OF_VERDICT, NULL), ASSAY_OK);
	assert_int_equal(assay_decision_get(STORE(state), d.id, &read, NULL), ASSAY_OK);
	assert_int_equal(read.standing, ASSAY_DECISION_WITHDRAWN);
	assert_true(assay_digest_eq(&read.bytes, &d.bytes));
	assay_decision_release(&read);
	assert_int_equal(assay_decision_get(STORE(state), old.id, &read, NULL), ASSAY_OK);
	assert_true(assay_digest_is_zero(&read.bytes));
	assert_row_truncations_refused(STORE(state), ASSAY_TABLE_DECISION, d.id, read_decision);
	assert_row_mutations_harmless(STORE(state), ASSAY_TABLE_DECISION, d.id, read_decision);
}

static void decision_put__another_on_the_subject__supersedes(void **state)
{
	ASSAY_AUTO_DECISION a = {0}, b = {0}, m = {0}, read = {0}, found = {0};

	make_waiver(&a, "a.tif");
	make_metadata(&m, "a.tif");
	make(&b, ASSAY_DECISION_REJECT, "a.tif");
	put(state, &a);
	put(state, &m);
	put(state, &b);
	assert_int_equal(assay_decision_get(STORE(state), a.id, &read, NULL), ASSAY_OK);
	assert_int_equal(read.standing, ASSAY_DECISION_SUPERSEDED);
	assert_int_equal(assay_decision_find(STORE(state), "a.tif", ASSAY_DECISION_OF_VERDICT, &found, NULL), ASSAY_OK);
	assert_int_equal(found.id, b.id);
	assay_decision_release(&found);
	assert_int_equal(assay_decision_find(STORE(state), "a.tif", ASSAY_DECISION_OF_METADATA, &found, NULL),
			 ASSAY_OK);
	assert_int_equal(found.id, m.id);
	assert_int_equal(found.standing, ASSAY_DECISION_STANDS);
	assert_string_equal(found.values[1], "1897");
}

static void decision_withdraw__once__then_none_stands(void **state)
{
	ASSAY_AUTO_DECISION d = {0}, read = {0};

	make_waiver(&d, "a.tif");
	put(state, &d);
	assert_int_equal(assay_decision_withdraw(STORE(state), "a.tif", ASSAY_DECISION_OF_CONTENT, NULL), ASSAY_ENOENT);
	assert_int_equal(assay_decision_withdraw(STORE(state), "a.tif", ASSAY_DECISION_OF_VERDICT, NULL), ASSAY_OK);
	assert_int_equal(assay_decision_withdraw(STORE(state), "a.tif", ASSAY_DECISION_OF_VERDICT, NULL), ASSAY_ENOENT);
	assert_int_equal(assay_decision_get(STORE(state), d.id, &read, NULL), ASSAY_OK);
	assert_int_equal(read.standing, ASSAY_DECISION_WITHDRAWN);
}

static void decision_put__not_what_its_kind_needs__einval(void **state)
{
	static const assay_decision_kind bare[] = {ASSAY_DECISION_CORRECT, ASSAY_DECISION_REPLACE,
						   ASSAY_DECISION_METADATA, ASSAY_DECISION_REMEDY};
	ASSAY_AUTO_DECISION d = {0};

	for (size_t i = 0; i < ASSAY_COUNT(bare); i++) {
		ASSAY_AUTO_DECISION x = {0};

		make(&x, bare[i], "a.tif");
		assert_int_equal(assay_decision_put(STORE(state), &x, NULL), ASSAY_EINVAL);
	}
	make(&d, ASSAY_DECISION_REJECT, "a.tif");
	d.expires_ns = 5;
	assert_int_equal(assay_decision_put(STORE(state), &d, NULL), ASSAY_EINVAL);
}

static void decision_get__truncated_or_mutated__refused_or_valid(void **state)
{
	ASSAY_AUTO_DECISION d = {0}, m = {0};

	make_waiver(&d, "a.tif");
	make_metadata(&m, "a.tif");
	put(state, &d);
	put(state, &m);
	assert_row_truncations_refused(STORE(state), ASSAY_TABLE_DECISION, d.id, read_decision);
	assert_row_truncations_refused(STORE(state), ASSAY_TABLE_DECISION, m.id, read_decision);
	assert_row_mutations_harmless(STORE(state), ASSAY_TABLE_DECISION, m.id, read_decision);
}

/* ---- the list in force ---- */

static void encode(assay_buf *out, const assay_decision *a, const assay_decision *b, const assay_decision *c)
{
	const assay_decision *list[] = {a, b, c};

	assert_int_equal(assay_decisions_encode(out, list, 3, NULL), ASSAY_OK);
}

static void decisions_encode__who_when_why_and_order__reach_no_byte(void **state)
{
	ASSAY_AUTO_DECISION a = {0}, b = {0}, m = {0};
	ASSAY_AUTO_BUF one = ASSAY_BUF_INIT;
	ASSAY_AUTO_BUF two = ASSAY_BUF_INIT;
	ASSAY_AUTO_BUF three = ASSAY_BUF_INIT;

	(void)state;
	make_waiver(&a, "a.tif");
	make(&b, ASSAY_DECISION_REJECT, "b.tif");
	make_metadata(&m, "a.tif");
	encode(&one, &a, &b, &m);
	free(a.actor), free(a.owner), free(b.reason);
	a.actor = text("eve"), a.owner = text("mallory"), b.reason = text("for no reason");
	a.made_ns = 1;
	encode(&two, &m, &b, &a);
	assert_int_equal(one.len, two.len);
	assert_memory_equal(one.data, two.data, one.len);
	a.expires_ns++;
	encode(&three, &m, &b, &a);
	assert_true(one.len != three.len || memcmp(one.data, three.data, one.len) != 0);
}

static assay_code read_list(void *ctx, const void *p, size_t n)
{
	assay_decision *d;
	size_t count;
	const assay_code rc = assay_decisions_decode(&d, &count, p, n, NULL);

	(void)ctx;
	if (rc == ASSAY_OK)
		assay_decisions_free(d, count);
	return rc;
}

static void decisions_decode__whole_truncated_mutated(void **state)
{
	ASSAY_AUTO_DECISION a = {0}, b = {0}, m = {0};
	ASSAY_AUTO_BUF list = ASSAY_BUF_INIT;
	assay_decision *read;
	size_t count;

	(void)state;
	make_waiver(&a, "a.tif");
	make(&b, ASSAY_DECISION_REJECT, "b.tif");
	make_metadata(&m, "a.tif");
	encode(&list, &a, &b, &m);
	assert_int_equal(assay_decisions_decode(&read, &count, list.data, list.len, NULL), ASSAY_OK);
	assert_int_equal(count, 3);
	assert_int_equal(read[1].kind, ASSAY_DECISION_METADATA);
	assert_string_equal(read[1].keys[0], "language");
	assert_int_equal(read[0].expires_ns, 1234567890);
	assert_string_equal(read[2].subject, "b.tif");
	assay_decisions_free(read, count);
	refuse_truncations(&list, read_list, NULL);
	survive_mutations(&list, 4000, read_list, NULL);
}

/* ---- what was decided upon ---- */

static assay_digest basis(const assay_digest *work, const assay_failed_check *checks, size_t count)
{
	assay_digest d;

	assert_int_equal(assay_decision_basis(&d, work, ASSAY_FAILURE_NONE, NULL, checks, count, NULL), ASSAY_OK);
	return d;
}

static void decision_basis__another_version_of_the_contract__same(void **state)
{
	assay_failed_check *checks = make_checks();
	const assay_digest work = {{3}}, other = {{4}};
	assay_digest first, now, other_now;

	(void)state;
	checks[0].severity = checks[1].severity = ASSAY_REFUSING;
	first = basis(&work, checks, 2);
	free(checks[0].contract_version);
	checks[0].contract_version = text("9.9.9");
	checks[0].contract.bytes[0] ^= 1;
	now = basis(&work, checks, 2);
	assert_true(assay_digest_eq(&first, &now));
	now = basis(&other, checks, 2);
	assert_false(assay_digest_eq(&first, &now));
	now = basis(&work, checks, 1);
	assert_false(assay_digest_eq(&first, &now));
	checks[0].value.units++;
	now = basis(&work, checks, 2);
	assert_false(assay_digest_eq(&first, &now));
	checks[0].value.units--;
	checks[1].severity = 2; /* a warning is not what was decided upon */
	now = basis(&work, checks, 2);
	checks[1].value.units++;
	other_now = basis(&work, checks, 2);
	assert_true(assay_digest_eq(&other_now, &now));
	assay_failed_checks_free(checks, 2);
}

static void decision__every_alloc_fails_in_turn__enomem(void **state)
{
	ASSAY_AUTO_DECISION d = {0};
	assay_code rc;
	unsigned n = 0;

	make_metadata(&d, "a.tif");
	do {
		arm(++n);
		rc = assay_decision_put(STORE(state), &d, NULL);
		if (rc == ASSAY_OK)
			rc = read_decision(STORE(state), d.id);
		arm(0);
		assert_true(rc == ASSAY_OK || rc == ASSAY_ENOMEM);
		if (rc != ASSAY_OK) {
			assay_store_rollback(STORE(state));
			d.id = 0;
		}
	} while (rc != ASSAY_OK);
	assert_in_range(n, 8, 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_STORE(decision_put__waiver__reads_back),
	    WITH_STORE(decision_put__with_and_without_bytes__both_read),
	    WITH_STORE(decision_put__another_on_the_subject__supersedes),
	    WITH_STORE(decision_withdraw__once__then_none_stands),
	    WITH_STORE(decision_put__not_what_its_kind_needs__einval),
	    WITH_STORE(decision_get__truncated_or_mutated__refused_or_valid),
	    WITH_STORE(decisions_encode__who_when_why_and_order__reach_no_byte),
	    WITH_STORE(decisions_decode__whole_truncated_mutated),
	    WITH_STORE(decision_basis__another_version_of_the_contract__same),
	    WITH_STORE(decision__every_alloc_fails_in_turn__enomem),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
