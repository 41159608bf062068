#include "feedback_place.h"

#include "assay/decision.h"
#include "assay/memory.h"
#include "assay/source.h"
#include "assay/trie.h"
#include "assay/unit.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

typedef struct search {
	assay_store *store;
	const char *key;
	assay_source src;       /* of the key; id 0: there never was one */
	assay_digest bytes;     /* that were evaluated; zero: not known any more */
	assay_sample_row found; /* the last of them */
	uint64_t count;
} search;

static void search_release(search *x)
{
	assay_source_release(&x->src);
	assay_sample_row_release(&x->found);
}

void assay_feedback_place_release(assay_feedback_place *p)
{
	assay_sample_row_release(&p->row);
	assay_sample_row_release(&p->own);
	free(p->why);
	*p = (assay_feedback_place){0};
}

bool assay_feedback_delivers(const assay_sample_row *row)
{
	return row->id != 0 && !row->missing && assay_outcome_is_delivered(row->outcome);
}

/* ---------------------------------------------------------------- what was evaluated */

static assay_code note_work(void *ctx, const assay_trie_entry *e, assay_err *err)
{
	(void)err;
	*(assay_digest *)ctx = e->work_key;
	return ASSAY_OK;
}

static assay_code load_source(search *x, assay_err *err)
{
	ASSAY_AUTO_FREE char *path = assay_strndup(x->key, strcspn(x->key, "#")); /* paths have theirs escaped */
	assay_code rc;

	if (path == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "path");
	rc = assay_source_find(x->store, path, &x->src, err);
	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}

/* The unit in the version, and the bytes of the source then: a file that people put in place does not come along. */
static assay_code load_work(uint64_t *unit, search *x, const assay_version *v, assay_err *err)
{
	ASSAY_AUTO_UNIT u = {0};
	assay_digest work;
	bool stood = false;
	assay_code rc = assay_trie_find(x->store, &v->accepted, x->key, note_work, &work, err);

	if (rc == ASSAY_OK)
		rc = assay_unit_find(x->store, &work, unit, err);
	if (rc == ASSAY_OK)
		rc = assay_unit_get(x->store, *unit, &u, err);
	if (rc == ASSAY_OK && !assay_digest_eq(&u.source, &x->src.digest))
		rc = assay_decision_stood(&stood, x->store, x->key, &x->src.digest, &u.source, err);
	x->bytes = stood ? x->src.digest : u.source;
	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}

/* ---------------------------------------------------------------- what is delivered now */

static assay_code is_of_bytes(bool *out, const search *x, const assay_sample_row *row, assay_err *err)
{
	ASSAY_AUTO_UNIT u = {0};
	const assay_code rc = assay_unit_get(x->store, row->judged_unit, &u, err);

	*out = rc == ASSAY_OK && assay_digest_eq(&u.source, &x->bytes);
	return rc;
}

static assay_code look_at(void *ctx, const assay_source *src, assay_err *err)
{
	search *x = ctx;
	ASSAY_AUTO_BUF key = ASSAY_BUF_INIT;
	ASSAY_AUTO_SAMPLE_ROW row = {0};
	bool is = false;
	assay_code rc;

	if (src->missing || src->id == x->src.id || src->modality != x->src.modality ||
	    !assay_digest_eq(&src->digest, &x->bytes))
		return ASSAY_OK;
	assay_buf_printf(&key, "%s%s", src->path, x->key + strcspn(x->key, "#"));
	rc = assay_buf_check(&key, err);
	if (rc == ASSAY_OK)
		rc = assay_sample_find(x->store, assay_buf_str(&key), &row, err);
	if (rc == ASSAY_OK && assay_feedback_delivers(&row))
		rc = is_of_bytes(&is, x, &row, err);
	if (rc != ASSAY_OK || !is)
		return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
	x->count++;
	assay_sample_row_release(&x->found);
	x->found = row;
	row = (assay_sample_row){0};
	return ASSAY_OK;
}

static assay_code say_why(assay_feedback_place *out, const search *x, assay_err *err)
{
	ASSAY_AUTO_BUF why = ASSAY_BUF_INIT;
	const char *own = out->own.outcome != 0 ? assay_outcome_name(out->own.outcome) : "not judged";

	if (x->src.missing || out->own.missing || out->own.id == 0)
		assay_buf_printf(&why, "%s is not part of the dataset any more", x->src.missing ? "its file" : "it");
	else
		assay_buf_printf(&why, "it is %s now", own);
	if (x->count > 1)
		assay_buf_printf(&why, ", and %" PRIu64 " others of the same bytes are delivered, such as %s", x->count,
				 x->found.key);
	else
		assay_buf_puts(&why, ", and nothing else of the same bytes is delivered");
	if (assay_buf_check(&why, err) != ASSAY_OK)
		return ASSAY_ENOMEM;
	out->why = assay_buf_steal(&why);
	return ASSAY_OK;
}

static assay_code place(assay_feedback_place *out, search *x, const assay_version *v, assay_err *err)
{
	const bool there = assay_feedback_delivers(&out->own);
	assay_code rc = load_source(x, err);

	if (rc == ASSAY_OK)
		rc = load_work(&out->unit, x, v, err);
	if (rc == ASSAY_OK && !assay_digest_is_zero(&x->bytes) &&
	    !(there && assay_digest_eq(&x->src.digest, &x->bytes)))
		rc = assay_sources_with(x->store, &x->bytes, look_at, x, err);
	if (rc != ASSAY_OK)
		return rc;
	if (x->count != 1)
		return there ? assay_sample_find(x->store, x->key, &out->row, err) : say_why(out, x, err);
	out->row = x->found;
	x->found = (assay_sample_row){0};
	return ASSAY_OK;
}

assay_code assay_feedback_place_find(assay_feedback_place *out, assay_store *s, const assay_version *v, const char *key,
				     assay_err *err)
{
	ASSAY_CLEANUP(search_release) search x = {.store = s, .key = key};
	const assay_code rc = assay_sample_find(s, key, &out->own, err);

	return rc == ASSAY_OK || rc == ASSAY_ENOENT ? place(out, &x, v, err) : rc;
}
