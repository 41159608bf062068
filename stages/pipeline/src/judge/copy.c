#include "copy.h"

#include "assay/memory.h"

#include <string.h>

void assay_copy_release(assay_copy *c)
{
	assay_source_treatment_release(&c->treatment);
	assay_arena_release(&c->units);
}

/* ---------------------------------------------------------------- does a decision hold for one of its samples? */

typedef struct asked {
	assay_judging *j;
	const assay_source *src;
	const assay_unit *units; /* that its samples come from */
	size_t unit_count;
	const assay_known_recipe *recipe;
	assay_digest bytes;
	const assay_decision *file; /* by which it stands, and which says nothing about those bytes; NULL: none */
} asked;

static bool find_sample(const asked *a, const char *part, assay_judged *of)
{
	for (size_t i = 0; i < a->unit_count; i++)
		for (uint32_t k = 0; k < a->units[i].result.sample_count; k++)
			if (strcmp(a->units[i].result.samples[k].part, part) == 0) {
				*of = (assay_judged){.source = a->src,
						     .recipe = a->recipe,
						     .unit = &a->units[i],
						     .position = k,
						     .sample = &a->units[i].result.samples[k],
						     .part = part,
						     .bytes = a->bytes};
				return true;
			}
	return false;
}

/* What was decided on a verdict holds while the sample is judged as it was then. */
static assay_code holds_for_verdict(const asked *a, const assay_decision *d, bool *holds, assay_err *err)
{
	const size_t path = strlen(a->src->path);
	assay_judging *j = a->j;
	assay_digest basis;
	assay_judged of;
	assay_code rc;

	if (d->is_source || (d->expires_ns != 0 && j->session->as_of_ns >= d->expires_ns) ||
	    !find_sample(a, d->subject[path] == '#' ? d->subject + path + 1 : "", &of))
		return ASSAY_OK;
	rc = assay_judging_weigh(j, &of, err);
	if (rc != ASSAY_OK || (d->kind != ASSAY_DECISION_REJECT && j->row.outcome == ASSAY_OUTCOME_ACCEPTED))
		return rc;
	rc = assay_decision_basis(&basis, &of.unit->work_key, j->row.failure, j->row.failed_stage, j->findings.items,
				  j->findings.count, err);
	*holds = rc == ASSAY_OK && assay_digest_eq(&basis, &d->basis);
	return rc;
}

/* Of what was found in a recording that another file stands for, it is made upon that. */
static bool is_of_recording(const asked *a, const assay_decision *d)
{
	const assay_decision *file =
	    assay_decided_find(&a->j->session->decided, a->src->path, ASSAY_DECISION_OF_CONTENT);

	return file != NULL && file->kind == ASSAY_DECISION_REPLACE && !file->is_source &&
	       assay_digest_eq(&file->basis, &a->bytes) && assay_digest_eq(&file->payload, &d->basis);
}

static assay_code holds(const asked *a, const assay_decision *d, bool *out, assay_err *err)
{
	*out = false;
	if (d->kind == ASSAY_DECISION_METADATA)
		return ASSAY_OK; /* filters ask for those */
	if (d == a->file || (d->kind == ASSAY_DECISION_REPLACE && d->is_source))
		return ASSAY_OK; /* it says by which bytes the source stands, and nothing about those */
	if (d->kind != ASSAY_DECISION_CORRECT && d->kind != ASSAY_DECISION_REPLACE)
		return holds_for_verdict(a, d, out, err);
	*out = assay_digest_eq(&d->basis, &a->bytes) || is_of_recording(a, d);
	return ASSAY_OK;
}

/* Is its subject this source, or a sample of it? */
static bool is_about(const assay_decision *d, const char *path, size_t size)
{
	return strncmp(d->subject, path, size) == 0 && (d->subject[size] == '\0' || d->subject[size] == '#');
}

/* *last: number of the last that holds; 0 when none does. */
static assay_code last_that_holds(const asked *a, uint64_t *last, assay_err *err)
{
	const assay_decided *all = &a->j->session->decided;
	const size_t size = strlen(a->src->path);
	assay_code rc = ASSAY_OK;

	*last = 0;
	/* What begins with the path stands together; others may lie between the source and its samples. */
	for (size_t i = assay_decided_from(all, a->src->path);
	     rc == ASSAY_OK && i < all->count && strncmp(all->items[i].subject, a->src->path, size) == 0; i++) {
		const assay_decision *d = &all->items[i];
		bool found = false;

		if (d->id > *last && is_about(d, a->src->path, size))
			rc = holds(a, d, &found, err);
		if (found)
			*last = d->id;
	}
	return rc;
}

static bool has_decision(const assay_decided *all, const assay_source *src)
{
	const size_t at = all->count > 0 ? assay_decided_from(all, src->path) : 0;

	return at < all->count && strncmp(all->items[at].subject, src->path, strlen(src->path)) == 0;
}

/* ---------------------------------------------------------------- the whole */

static assay_code load(assay_copy *c, assay_store *s, const assay_source *src, assay_unit **units, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	assay_arena_rewind(&c->units);
	*units = assay_arena_alloc(&c->units, src->unit_count, sizeof **units);
	if (*units == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "units of '%s'", src->path);
	for (size_t i = 0; i < src->unit_count && rc == ASSAY_OK; i++)
		rc = assay_unit_get_in(s, src->units[i], &c->units, &(*units)[i], err);
	return rc;
}

assay_code assay_copy_rank(assay_copy *c, assay_judging *j, const assay_source *src, bool gives,
			   assay_original_standing *out, assay_err *err)
{
	const bool decided = has_decision(&j->session->decided, src);
	const assay_source_treatment *t = &c->treatment;
	asked a = {.j = j, .src = src, .bytes = src->digest};
	assay_unit *units;
	assay_code rc;

	*out = (assay_original_standing){.rank = gives ? ASSAY_ORIGINAL_STANDS : ASSAY_ORIGINAL_FAILED,
					 .stands = src->digest};
	if ((gives && !decided) || src->failure != ASSAY_FAILURE_NONE || src->unit_count == 0)
		return ASSAY_OK;
	rc = load(c, j->session->store, src, &units, err);
	if (rc == ASSAY_OK)
		rc = assay_source_treat(&c->treatment, j, src, units, err);
	if (rc == ASSAY_OK && t->units == NULL && assay_source_failed(units, src->unit_count) != NULL)
		return ASSAY_OK;
	out->rank = ASSAY_ORIGINAL_STANDS;
	if (rc != ASSAY_OK || !decided)
		return rc;
	a.units = t->units != NULL ? t->units : t->page != NULL ? t->page : units;
	a.unit_count = t->units != NULL ? t->unit_count : t->page != NULL ? 1 : src->unit_count;
	a.file = t->page_file;
	out->stands = a.bytes = t->stands;
	out->file = t->page_file != NULL ? t->page_file->id : t->units != NULL ? t->whole.file : 0;
	rc = assay_recipe_know(j->repair.known, j->session->store, &j->session->config->vocabulary, &a.units[0].recipe,
			       &a.recipe, err);
	if (rc == ASSAY_OK)
		rc = last_that_holds(&a, &out->decided, err);
	if (out->decided != 0)
		out->rank = ASSAY_ORIGINAL_DECIDED;
	return rc;
}
