#include "diff_walk.h"

const char *assay_diff_class_name(assay_diff_class c)
{
	static const char *const names[] = {[ASSAY_DIFF_ADDED] = "added",
					    [ASSAY_DIFF_REMOVED] = "removed",
					    [ASSAY_DIFF_OUTCOME] = "outcome",
					    [ASSAY_DIFF_CONTENT] = "content",
					    [ASSAY_DIFF_REMADE] = "remade"};

	return (unsigned)c < ASSAY_COUNT(names) ? names[c] : NULL;
}

static bool is_delivered(const assay_trie_entry *e)
{
	return e->outcome == ASSAY_OUTCOME_ACCEPTED || e->outcome == ASSAY_OUTCOME_WAIVED;
}

assay_diff_class assay_diff_class_of(const assay_trie_entry *a, const assay_trie_entry *b)
{
	if (a == NULL || b == NULL)
		return a == NULL ? ASSAY_DIFF_ADDED : ASSAY_DIFF_REMOVED;
	if (a->outcome != b->outcome || !is_delivered(a))
		return ASSAY_DIFF_OUTCOME;
	return assay_digest_eq(&a->content, &b->content) ? ASSAY_DIFF_REMADE : ASSAY_DIFF_CONTENT;
}

/* ---------------------------------------------------------------- both tries of both versions */

typedef struct walker {
	assay_store *s;
	const assay_version *a, *b;
	assay_trie_diff_fn *fn;
	void *ctx;
} walker;

/* An entry that one trie lost, and the entry of the same key that the other version may have in its other trie. */
typedef struct pairing {
	const walker *w;
	const assay_trie_entry *lost;
	bool lost_is_a;
} pairing;

static assay_code tell_pair(void *ctx, const assay_trie_entry *found, assay_err *err)
{
	const pairing *p = ctx;

	return p->lost_is_a ? p->w->fn(p->w->ctx, p->lost, found, err) : p->w->fn(p->w->ctx, found, p->lost, err);
}

static assay_code skip_pair(void *ctx, const assay_trie_entry *found, assay_err *err)
{
	(void)ctx;
	(void)found;
	(void)err;
	return ASSAY_OK; /* told when the delivered samples were walked */
}

static assay_code pair_up(const walker *w, const assay_trie_entry *a, const assay_trie_entry *b, bool delivered,
			  assay_err *err)
{
	pairing p = {w, a != NULL ? a : b, a != NULL};
	const assay_version *other = a != NULL ? w->b : w->a;
	const assay_digest *root = delivered ? &other->others : &other->accepted;
	const assay_code rc = assay_trie_find(w->s, root, p.lost->key, delivered ? tell_pair : skip_pair, &p, err);

	return rc == ASSAY_ENOENT ? w->fn(w->ctx, a, b, err) : rc;
}

static assay_code on_delivered(void *ctx, const assay_trie_entry *a, const assay_trie_entry *b, assay_err *err)
{
	const walker *w = ctx;

	return a != NULL && b != NULL ? w->fn(w->ctx, a, b, err) : pair_up(w, a, b, true, err);
}

static assay_code on_others(void *ctx, const assay_trie_entry *a, const assay_trie_entry *b, assay_err *err)
{
	const walker *w = ctx;

	return a != NULL && b != NULL ? w->fn(w->ctx, a, b, err) : pair_up(w, a, b, false, err);
}

assay_code assay_diff_walk(assay_store *s, const assay_version *a, const assay_version *b, assay_trie_diff_fn *fn,
			   void *ctx, assay_err *err)
{
	walker w = {s, a, b, fn, ctx};
	const assay_code rc = assay_trie_diff(s, &a->accepted, &b->accepted, on_delivered, &w, err);

	return rc == ASSAY_OK ? assay_trie_diff(s, &a->others, &b->others, on_others, &w, err) : rc;
}

/* ---------------------------------------------------------------- one key in both */

typedef struct lookup {
	assay_store *s;
	const assay_version *b;
	const char *key;
	const assay_trie_entry *of_a;
	bool same;
} lookup;

static assay_code find_in(assay_store *s, const assay_version *v, const char *key, assay_trie_fn *fn, void *ctx,
			  assay_err *err)
{
	const assay_code rc = assay_trie_find(s, &v->accepted, key, fn, ctx, err);

	return rc == ASSAY_ENOENT ? assay_trie_find(s, &v->others, key, fn, ctx, err) : rc;
}

static assay_code compare_entries(void *ctx, const assay_trie_entry *of_b, assay_err *err)
{
	lookup *l = ctx;

	(void)err;
	l->same = l->of_a != NULL && assay_trie_entry_same(l->of_a, of_b);
	return ASSAY_OK;
}

static assay_code look_in_other(void *ctx, const assay_trie_entry *of_a, assay_err *err)
{
	lookup *l = ctx;
	assay_code rc;

	l->of_a = of_a;
	l->same = false;
	rc = find_in(l->s, l->b, l->key, compare_entries, l, err);
	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}

assay_code assay_diff_has(bool *out, assay_store *s, const assay_version *a, const assay_version *b, const char *key,
			  assay_err *err)
{
	lookup l = {.s = s, .b = b, .key = key, .same = true};
	assay_code rc = find_in(s, a, key, look_in_other, &l, err);

	if (rc == ASSAY_ENOENT)
		rc = find_in(s, b, key, compare_entries, &l, err);
	*out = !l.same;
	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}

/* ---------------------------------------------------------------- a version that is compared */

void assay_diff_side_release(assay_diff_side *d)
{
	assay_edition_release(&d->x);
	assay_filter_set_release(&d->filters);
}

assay_code assay_diff_side_load(assay_diff_side *out, assay_store *s, const char *name, assay_err *err)
{
	ASSAY_AUTO_VERSION latest = {0};
	assay_code rc;

	*out = (assay_diff_side){0};
	ASSAY_TRY(assay_version_resolve(s, name, &out->x.version, err));
	ASSAY_TRY(assay_edition_learn(&out->x, s, err));
	ASSAY_TRY(assay_version_contract_set(&out->contract_set, &out->x.version, err));
	ASSAY_TRY(assay_version_latest(s, &latest, err));
	out->is_latest = assay_digest_eq(&latest.id, &out->x.version.id);
	ASSAY_TRY(assay_run_last_of(s, &out->x.version, &out->until, err));
	ASSAY_TRY(assay_filter_set_of_run(&out->filters, &out->filters_known, s, out->until, err));
fail:
	return rc;
}
