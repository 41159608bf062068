/* version.cbor, and the recipes and decisions that it names. */
#include "verify.h"

#include "card.h"
#include "records.h"

#include "assay/memory.h"

#include <stdlib.h>
#include <string.h>

/* The digest that comes next, of a record whose two files must be there. False when none comes. */
static bool read_named(verifier *v, assay_cbor_reader *c, const char *kind, assay_digest *d)
{
	ASSAY_AUTO_BUF path = ASSAY_BUF_INIT;
	sums_row *row;

	if (!assay_cbor_read_digest(c, d)) {
		assay_cbor_fault(c, "digest is missing");
		return false;
	}
	records_path(&path, kind, d, "json");
	verify_expect_listed(v, assay_buf_str(&path));
	assay_buf_reset(&path);
	records_path(&path, kind, d, "cbor");
	verify_expect_listed(v, assay_buf_str(&path));
	row = sums_find(&v->sums, assay_buf_str(&path));
	if (row != NULL && !assay_digest_eq(&row->digest, d))
		verify_finding(v, assay_buf_str(&path), 0, "has another digest than its name says");
	return true;
}

/* Its bytes; nothing where it cannot be read, which is a finding already. */
static void load_record(verifier *v, const char *kind, const assay_digest *d, assay_buf *record)
{
	ASSAY_AUTO_BUF path = ASSAY_BUF_INIT;
	bool there;

	records_path(&path, kind, d, "cbor");
	if (verify_read_listed(v, assay_buf_str(&path), record, &there, NULL) != ASSAY_OK || !there)
		assay_buf_reset(record);
}

/* Where it cannot be read, its digest tells, and its samples' contents are not computed. */
static assay_recipe *load_recipe(verifier *v, const assay_digest *d)
{
	ASSAY_AUTO_BUF record = ASSAY_BUF_INIT;
	assay_recipe *r = NULL;

	load_record(v, "recipes", d, &record);
	return assay_recipe_decode(&r, record.data, record.len, NULL) == ASSAY_OK ? r : NULL;
}

static void read_recipe(verifier *v, assay_cbor_reader *c)
{
	uint64_t m;
	assay_digest d;

	if (assay_cbor_read_array(c) != 2)
		assay_cbor_fault(c, "recipe is not a pair");
	m = assay_cbor_read_uint(c);
	if (m == 0 || m > ASSAY_MODALITY_MAX || v->has_recipe[m]) {
		assay_cbor_fault(c, "there is no such modality");
		return;
	}
	v->has_recipe[m] = read_named(v, c, "recipes", &d);
	if (v->has_recipe[m])
		v->recipes[m] = load_recipe(v, &d);
}

static void read_remedy(verifier *v, assay_cbor_reader *c)
{
	assay_digest d;

	if (!read_named(v, c, "recipes", &d))
		return;
	if (assay_grow(&v->remedies, &v->remedy_cap, v->remedy_count, sizeof(*v->remedies), NULL) != ASSAY_OK) {
		assay_cbor_fault(c, "too many recipes");
		return;
	}
	v->remedies[v->remedy_count++] = load_recipe(v, &d);
}

static void read_decisions(verifier *v, assay_cbor_reader *c)
{
	ASSAY_AUTO_BUF record = ASSAY_BUF_INIT;
	assay_digest d;
	const size_t n = assay_cbor_read_array(c);

	v->knows_decisions = n == 0;
	if (n > 1)
		assay_cbor_fault(c, "more than one list of decisions");
	if (n != 1 || !read_named(v, c, "decisions", &d))
		return;
	load_record(v, "decisions", &d, &record);
	v->knows_decisions =
	    assay_decisions_decode(&v->decisions, &v->decision_count, record.data, record.len, NULL) == ASSAY_OK;
}

static void read_digest(assay_cbor_reader *c, assay_digest *out)
{
	if (!assay_cbor_read_digest(c, out))
		assay_cbor_fault(c, "digest is missing");
}

static void skip_to(assay_cbor_reader *c, uint64_t from, uint64_t end)
{
	for (uint64_t key = from; key < end && c->fault == NULL; key++) {
		assay_cbor_read_key(c, key);
		assay_cbor_skip(c);
	}
}

/* Each format after the first has a field more than the one before. */
static void read_record(verifier *v, assay_cbor_reader *c)
{
	const size_t fields = assay_cbor_read_map(c);
	assay_digest d;
	uint64_t format;
	size_t n;

	assay_cbor_read_key(c, 0);
	format = assay_cbor_read_uint(c);
	if (format < ASSAY_VERSION_PLAIN || format > ASSAY_VERSION_FORMAT)
		assay_cbor_fault(c, "a format that this release does not read");
	if (fields != 7 + format)
		assay_cbor_fault(c, "version has another number of fields");
	assay_cbor_read_key(c, 1);
	n = assay_cbor_read_array(c);
	for (size_t i = 0; i < n && c->fault == NULL; i++)
		read_recipe(v, c);
	assay_cbor_read_key(c, 2);
	n = assay_cbor_read_array(c);
	for (size_t i = 0; i < n && c->fault == NULL; i++)
		(void)read_named(v, c, "contracts", &d);
	assay_cbor_read_key(c, 3);
	read_digest(c, &v->accepted);
	assay_cbor_read_key(c, 4);
	read_digest(c, &v->others);
	assay_cbor_read_key(c, 5);
	read_decisions(v, c);
	skip_to(c, 6, fields < 9 ? fields : 9);
	if (fields <= 9)
		return;
	assay_cbor_read_key(c, 9);
	n = assay_cbor_read_array(c);
	for (size_t i = 0; i < n && c->fault == NULL; i++)
		read_remedy(v, c);
}

assay_code verify_record(verifier *v, assay_err *err)
{
	ASSAY_AUTO_BUF record = ASSAY_BUF_INIT;
	assay_cbor_reader c;
	assay_err why = ASSAY_ERR_INIT;
	bool there;
	assay_code rc = verify_read_listed(v, VERSION_RECORD, &record, &there, err);

	if (rc != ASSAY_OK || !there)
		return rc;
	assay_cbor_reader_init(&c, record.data, record.len);
	read_record(v, &c);
	v->has_record = assay_cbor_finish(&c, "version", &why) == ASSAY_OK;
	if (!v->has_record)
		verify_finding(v, VERSION_RECORD, 0, "%s", why.msg);
	return ASSAY_OK;
}
