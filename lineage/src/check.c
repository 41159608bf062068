/*
 * How a check goes: every object and row is looked at on its own, then every index entry and edge, then every trie;
 * damage is noted and passed by. Only when something was found is it asked whom it affects: one scan over the units,
 * one over the samples, and one walk over the tries of each version. Findings are told last, in the order they were
 * made, which is that of tables and numbers.
 */
#include "check_finding.h"

#include "assay/memory.h"

#include "handle.h"

#define LOOKS 3 /* at a store that is written to */

static assay_code look(assay_check *c, assay_err *err)
{
	static const struct {
		assay_table table;
		check_row_fn *fn;
	} tables[] = {{ASSAY_TABLE_OBJECT, assay_check_object},    {ASSAY_TABLE_SOURCE, assay_check_source},
		      {ASSAY_TABLE_UNIT, assay_check_unit},        {ASSAY_TABLE_SAMPLE, assay_check_sample},
		      {ASSAY_TABLE_TICKET, assay_check_ticket},    {ASSAY_TABLE_RUN, assay_check_run},
		      {ASSAY_TABLE_VERSION, assay_check_version},  {ASSAY_TABLE_DECISION, assay_check_decision},
		      {ASSAY_TABLE_FEEDBACK, assay_check_feedback}};
	assay_code rc;

	if (c->opts.progress != NULL)
		ASSAY_TRY(assay_check_each(c, ASSAY_TABLE_OBJECT, assay_check_object_size, err));
	for (size_t i = 0; i < ASSAY_COUNT(tables); i++)
		ASSAY_TRY(assay_check_each(c, tables[i].table, tables[i].fn, err));
	ASSAY_TRY(assay_check_tags(c, err));
	ASSAY_TRY(assay_check_numbers(c, err));
	ASSAY_TRY(assay_check_index(c, err));
	ASSAY_TRY(assay_check_edges(c, err));
	ASSAY_TRY(assay_check_standing(c, err));
fail:
	return rc;
}

/*
 * The catalog of a judging that goes on counts on bytes that are cut off when it is undone: what was found in such a
 * snapshot says nothing once the writer has gone on.
 */
static bool may_be_undone(assay_check *c)
{
	uint64_t length;

	return assay_meta_get(c->store, ASSAY_UNDO_LENGTH, &length, NULL) != ASSAY_OK || length > 0;
}

static assay_code look_once(assay_check *c, bool *again, assay_err *err)
{
	const bool halfway = may_be_undone(c);
	assay_code rc = look(c, err);

	if (rc == ASSAY_OK)
		rc = assay_check_affected(c, err);
	*again = halfway && (rc != ASSAY_OK || c->count > 0) && assay_env_has_moved(&c->store->env);
	return rc;
}

assay_code assay_store_check(assay_store *s, const assay_store_check_opts *opts, assay_store_finding_fn *fn, void *ctx,
			     assay_store_check_summary *summary, assay_err *err)
{
	assay_check c = {0};
	bool again = true;
	assay_code rc = ASSAY_OK;

	for (unsigned i = 0; i < LOOKS && again; i++) {
		assay_err e = ASSAY_ERR_INIT;

		assay_check_release(&c);
		if (i > 0)
			assay_store_refresh(s);
		c = (assay_check){.store = s, .pack_finding = SIZE_MAX};
		if (opts != NULL)
			c.opts = *opts;
		rc = look_once(&c, &again, &e);
		if (rc != ASSAY_OK && !again)
			rc = assay_check_stop(rc, &e, err);
	}
	if (again)
		rc = ASSAY_RAISE(
		    err, ASSAY_EBUSY,
		    "a judging is written to the store, and what it wrote was undone or went on while it was "
		    "looked at; check again when nothing writes");
	if (rc == ASSAY_OK)
		rc = assay_check_tell(&c, fn, ctx, err);
	c.sum.findings = c.count;
	*summary = c.sum;
	assay_check_release(&c);
	return rc;
}
