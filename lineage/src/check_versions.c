#include "check_finding.h"

#include "assay/trie.h"
#include "assay/version.h"

#include <stdio.h>

/* Children of a branch; none of a leaf. All else about a node was proven by its digest: it is what trie.c wrote. */
static size_t read_children(const assay_buf *node, assay_digest child[16])
{
	assay_cbor_reader r;
	size_t items, count = 0;

	assay_cbor_reader_init(&r, node->data, node->len);
	(void)assay_cbor_read_map(&r);
	assay_cbor_read_key(&r, 0);
	(void)assay_cbor_read_uint(&r);
	assay_cbor_read_key(&r, 1);
	if (assay_cbor_read_uint(&r) == 0)
		return 0;
	assay_cbor_read_key(&r, 2);
	items = assay_cbor_read_array(&r);
	for (size_t i = 0; i < items && i < 16 && r.fault == NULL; i++)
		count += assay_cbor_read_digest(&r, &child[count]);
	return r.fault == NULL ? count : 0;
}

/* The object is damaged or missing: the version has lost something. */
static assay_code blame(assay_check *c, const assay_digest *object, const char *version, bool *whole, assay_err *err)
{
	size_t finding;
	assay_code rc = assay_check_named(c, object, &finding, err);

	if (rc != ASSAY_OK || finding == SIZE_MAX)
		return rc;
	*whole = false;
	return assay_check_name(&c->findings[finding].versions, version, err);
}

static assay_code load_children(assay_check *c, const assay_digest *d, assay_digest child[16], size_t *count,
				assay_err *err)
{
	ASSAY_AUTO_BUF node = ASSAY_BUF_INIT;
	assay_code rc = assay_object_get(c->store, d, &node, err);

	*count = rc == ASSAY_OK ? read_children(&node, child) : 0;
	return rc;
}

/* Versions share most of their nodes: what was found whole once is not walked again. What is not is walked for each
 * version, since each is told of it, and once for it, however many places a hostile store names it in. */
static assay_code check_node(assay_check *c, const assay_digest *d, const char *version, unsigned depth, bool *whole,
			     assay_err *err)
{
	assay_digest child[16];
	size_t count, seen;
	bool here = true;
	assay_code rc;

	if (assay_digest_map_get(&c->nodes, d, &seen) && (seen == 0 || seen == c->sum.versions)) {
		*whole = *whole && seen == 0;
		return ASSAY_OK;
	}
	rc = blame(c, d, version, &here, err);
	if (rc == ASSAY_OK && here && depth <= 2 * ASSAY_DIGEST_SIZE) {
		rc = load_children(c, d, child, &count, err);
		for (size_t i = 0; i < count && rc == ASSAY_OK; i++)
			rc = check_node(c, &child[i], version, depth + 1, &here, err);
	}
	if (rc == ASSAY_OK)
		rc = assay_digest_map_put(&c->nodes, d, here ? 0 : (size_t)c->sum.versions, err);
	*whole = *whole && here;
	return rc;
}

static assay_code check_parts(assay_check *c, const assay_version *v, const char *name, assay_err *err)
{
	bool whole = true;
	assay_code rc = ASSAY_OK;

	for (unsigned m = 1; m <= ASSAY_MODALITY_MAX && rc == ASSAY_OK; m++)
		if (v->has_recipe[m])
			rc = blame(c, &v->recipes[m], name, &whole, err);
	for (size_t i = 0; i < v->contract_count && rc == ASSAY_OK; i++)
		rc = blame(c, &v->contracts[i], name, &whole, err);
	if (rc == ASSAY_OK && !assay_digest_is_zero(&v->results))
		rc = blame(c, &v->results, name, &whole, err);
	if (rc == ASSAY_OK && !assay_digest_is_zero(&v->decisions))
		rc = blame(c, &v->decisions, name, &whole, err);
	for (size_t i = 0; i < v->remedy_count && rc == ASSAY_OK; i++)
		rc = blame(c, &v->remedies[i], name, &whole, err);
	if (rc == ASSAY_OK)
		rc = check_node(c, &v->accepted, name, 0, &whole, err);
	return rc == ASSAY_OK ? check_node(c, &v->others, name, 0, &whole, err) : rc;
}

/* The id is field 1 of a version's row (version.c); assay_version_get needs it. */
assay_code assay_check_version_id(assay_check *c, uint64_t number, assay_digest *id, assay_err *err)
{
	assay_cbor_reader r;
	const void *p;
	size_t n;
	assay_code rc = assay_row_get_at(c->store, ASSAY_TABLE_VERSION, number, &p, &n, err);

	if (rc != ASSAY_OK)
		return rc;
	assay_cbor_reader_init(&r, p, n);
	(void)assay_cbor_read_map(&r);
	assay_cbor_read_key(&r, 0);
	(void)assay_cbor_read_uint(&r);
	assay_cbor_read_key(&r, 1);
	if (!assay_cbor_read_digest(&r, id))
		assay_cbor_fault(&r, "version without id");
	r.end = r.p; /* the rest is read by assay_version_get */
	return assay_cbor_finish(&r, "version row", err);
}

static assay_code load_version(assay_check *c, const assay_digest *id, const char *name, assay_version *v, bool *there,
			       assay_err *err)
{
	const size_t before = c->count;
	bool whole = true;
	assay_err e = ASSAY_ERR_INIT;
	assay_code rc = blame(c, id, name, &whole, err);

	*there = false;
	if (rc != ASSAY_OK || !whole)
		return rc;
	rc = assay_version_get(c->store, id, v, &e);
	*there = rc == ASSAY_OK;
	if (rc == ASSAY_OK || c->count > before)
		return ASSAY_OK;
	if (!assay_check_is_damage(rc))
		return assay_check_stop(rc, &e, err);
	rc = assay_check_add(c, "version", name, CHECK_NOTHING, 0,
			     e.msg[0] != '\0' ? e.msg : "cannot be found by its id", err);
	return rc == ASSAY_OK ? assay_check_name(&c->findings[c->count - 1].versions, name, err) : rc;
}

assay_code assay_check_version(assay_check *c, uint64_t number, assay_err *err)
{
	ASSAY_AUTO_VERSION v = {0};
	char name[CHECK_NAME];
	assay_digest id;
	size_t before;
	bool there;
	assay_err e = ASSAY_ERR_INIT;
	assay_code rc = assay_check_version_id(c, number, &id, &e);

	rc = assay_check_row(c, rc, &e, ASSAY_TABLE_VERSION, number, CHECK_VERSION, &there, err);
	if (rc != ASSAY_OK || !there)
		return rc;
	c->sum.versions++;
	before = c->count;
	(void)assay_check_digest_name(&id, name);
	rc = assay_check_entry(c, ASSAY_INDEX_VERSION, &id, number, name, CHECK_NOTHING, err);
	if (rc == ASSAY_OK && c->count > before)
		return assay_check_name(&c->findings[before].versions, name, err);
	if (rc == ASSAY_OK)
		rc = load_version(c, &id, name, &v, &there, err);
	return rc == ASSAY_OK && there ? check_parts(c, &v, name, err) : rc;
}
