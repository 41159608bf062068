/* Rows are fetched by number, since a scan by cursor ends at the first row whose checksum differs. */
#include "check_finding.h"

#include <stdio.h>

assay_code assay_check_row(assay_check *c, assay_code got, const assay_err *got_err, assay_table t, uint64_t id,
			   check_subject subject, bool *there, assay_err *err)
{
	char name[CHECK_NAME];

	*there = got == ASSAY_OK;
	if (got == ASSAY_OK)
		c->sum.rows++;
	if (got == ASSAY_OK || got == ASSAY_ENOENT)
		return ASSAY_OK;
	if (got != ASSAY_ECORRUPT)
		return assay_check_stop(got, got_err, err);
	c->sum.rows++;
	return assay_check_add(c, "row", assay_check_row_name(t, id, name), subject, id, got_err->msg, err);
}

static assay_code note_number(void *ctx, const void *key, size_t key_size, assay_err *err)
{
	(void)err;
	*(uint64_t *)ctx = assay_row_number(key, key_size); /* they ascend: the last one stays */
	return ASSAY_OK;
}

/* One more than the highest number; where the counter is damaged (told by check_meta), after the last row. */
static assay_code table_end(assay_check *c, assay_table t, uint64_t *end, assay_err *err)
{
	char name[32];
	uint64_t last = 0;
	assay_err e = ASSAY_ERR_INIT;
	assay_code rc;

	(void)snprintf(name, sizeof(name), "next.%s", assay_table_name(t));
	rc = assay_meta_get(c->store, name, end, &e);
	if (rc != ASSAY_OK && rc != ASSAY_ECORRUPT)
		return assay_check_stop(rc, &e, err);
	if (rc == ASSAY_OK && *end > 0)
		return ASSAY_OK;
	rc = assay_keys_each(c->store, t, note_number, &last, err);
	if (rc != ASSAY_OK)
		return rc;
	*end = last + 1;
	return ASSAY_OK;
}

assay_code assay_check_each(assay_check *c, assay_table t, check_row_fn *fn, assay_err *err)
{
	uint64_t end;
	assay_code rc = table_end(c, t, &end, err);

	for (uint64_t id = 1; rc == ASSAY_OK && id < end; id++)
		rc = fn(c, id, err);
	return rc;
}

assay_code assay_check_exists(assay_check *c, assay_table t, uint64_t id, bool *exists, assay_err *err)
{
	const void *p;
	size_t n;
	assay_err e = ASSAY_ERR_INIT;
	assay_code rc = assay_row_get_at(c->store, t, id, &p, &n, &e);

	*exists = rc != ASSAY_ENOENT; /* a damaged row is told of where its table is checked */
	return assay_check_pass(rc, &e, err);
}
