#include "trial_members.h"

#include "assay/memory.h"
#include "assay/trie.h"
#include "assay/unit.h"

#include <stdlib.h>
#include <string.h>

typedef struct reading {
	assay_trial_members *out;
	assay_store *store;
	assay_digest contracts;
	bool is_latest;
} reading;

/* A version keeps of a sample that is not delivered no more than its outcome; its row may know the rest. */
static assay_code find_unit(const reading *r, const assay_trie_entry *e, uint64_t *unit, assay_err *err)
{
	ASSAY_AUTO_SAMPLE_ROW row = {0};
	assay_code rc;

	*unit = 0;
	if (!assay_digest_is_zero(&e->work_key)) {
		rc = assay_unit_find(r->store, &e->work_key, unit, err);
		return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
	}
	rc = assay_sample_find(r->store, e->key, &row, err);
	if (rc == ASSAY_OK)
		*unit = assay_sample_row_unit(&row, e->outcome, &r->contracts, r->is_latest);
	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}

static assay_code note(void *ctx, const assay_trie_entry *e, assay_err *err)
{
	reading *r = ctx;
	assay_trial_members *out = r->out;
	assay_trial_member m = {
	    .at = out->texts.len, .kind = e->kind, .outcome = e->outcome, .failed = e->failure != ASSAY_FAILURE_NONE};
	assay_code rc;

	if (e->kind == 0)
		return ASSAY_OK; /* a source that failed has no samples */
	ASSAY_TRY(find_unit(r, e, &m.unit, err));
	ASSAY_TRY(assay_grow(&out->items, &out->cap, out->count, sizeof *out->items, err));
	out->items[out->count++] = m;
	assay_buf_append(&out->texts, e->key, strlen(e->key) + 1);
	rc = assay_buf_check(&out->texts, err);
fail:
	return rc;
}

static int compare(const void *a, const void *b)
{
	return strcmp(((const assay_trial_member *)a)->key, ((const assay_trial_member *)b)->key);
}

assay_code assay_trial_members_read(assay_trial_members *out, assay_store *s, const assay_version *v, assay_err *err)
{
	ASSAY_AUTO_VERSION latest = {0};
	reading r = {.out = out, .store = s};
	assay_code rc;

	*out = (assay_trial_members){0};
	ASSAY_TRY(assay_version_contract_set(&r.contracts, v, err));
	ASSAY_TRY(assay_version_latest(s, &latest, err));
	r.is_latest = assay_digest_eq(&latest.id, &v->id);
	ASSAY_TRY(assay_trie_each(s, &v->accepted, note, &r, err));
	ASSAY_TRY(assay_trie_each(s, &v->others, note, &r, err));
	for (size_t i = 0; i < out->count; i++)
		out->items[i].key = assay_buf_str(&out->texts) + out->items[i].at;
	if (out->count > 1)
		qsort(out->items, out->count, sizeof *out->items, compare);
fail:
	return rc;
}

void assay_trial_members_release(assay_trial_members *m)
{
	free(m->items);
	assay_buf_release(&m->texts);
	*m = (assay_trial_members){0};
}
