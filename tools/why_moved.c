#include "why_moved.h"

#include "tell_decision.h"

#include "assay/ended.h"
#include "assay/memory.h"

#include <stdlib.h>
#include <string.h>

typedef struct search {
	assay_why_moved *out;
	assay_store *store;
	const assay_source *src;
	const char *part; /* of the sample's key, with its "#"; "" of all of the source */
	bool alone;
} search;

void assay_why_moved_release(assay_why_moved *m)
{
	for (size_t i = 0; i < m->count; i++)
		assay_decision_release(&m->items[i].decision);
	free(m->items);
	*m = (assay_why_moved){0};
}

static assay_code add(search *e, assay_decision *d, assay_err *err)
{
	ASSAY_AUTO_FREE char *path = NULL;
	bool answers;
	assay_code rc = assay_decision_moved_to(&path, e->store, d, err);

	if (rc != ASSAY_OK || path == NULL || strcmp(path, e->src->path) != 0)
		return rc;
	rc = assay_decision_answers_at(&answers, e->store, d, path, err);
	if (rc == ASSAY_OK)
		rc = assay_grow(&e->out->items, &e->out->cap, e->out->count, sizeof *e->out->items, err);
	if (rc == ASSAY_OK) {
		e->out->items[e->out->count++] = (struct assay_why_moved_item){*d, answers};
		*d = (assay_decision){0};
	}
	return rc;
}

static assay_code look_on(search *e, const char *subject, assay_err *err)
{
	for (unsigned i = 0; i <= ASSAY_DECISION_OF_METADATA; i++) {
		ASSAY_AUTO_DECISION d = {0};
		assay_code rc = assay_decision_peek_on(e->store, subject, (assay_decision_slot)i, &d, err);

		if (rc == ASSAY_OK && d.standing == ASSAY_DECISION_STANDS && d.kind != ASSAY_DECISION_REMEDY)
			rc = add(e, &d, err);
		if (rc != ASSAY_OK && rc != ASSAY_ENOENT)
			return rc;
	}
	return ASSAY_OK;
}

static assay_code look_at(void *ctx, const assay_source *other, assay_err *err)
{
	search *e = ctx;
	ASSAY_AUTO_BUF key = ASSAY_BUF_INIT;
	assay_code rc;

	if (!other->missing || other->modality != e->src->modality)
		return ASSAY_OK;
	assay_buf_printf(&key, "%s%s", other->path, e->part);
	rc = assay_buf_check(&key, err);
	if (rc == ASSAY_OK)
		rc = look_on(e, assay_buf_str(&key), err);
	return rc == ASSAY_OK && e->part[0] != '\0' && !e->alone ? look_on(e, other->path, err)
								 : rc; /* metadata, all of it */
}

static int compare(const void *a, const void *b)
{
	const struct assay_why_moved_item *x = a, *y = b;

	return (x->decision.id > y->decision.id) - (x->decision.id < y->decision.id);
}

assay_code assay_why_moved_load(assay_why_moved *m, assay_store *s, const char *key, const assay_source *src,
				bool alone, assay_err *err)
{
	search e = {m, s, src, key + strcspn(key, "#"), alone};
	assay_code rc = ASSAY_OK;

	if (!src->missing && !assay_digest_is_zero(&src->digest))
		rc = assay_sources_with(s, &src->digest, look_at, &e, err);
	if (m->count > 1)
		qsort(m->items, m->count, sizeof *m->items, compare);
	return rc;
}

void assay_why_moved_say(const assay_why_moved *m)
{
	for (size_t i = 0; i < m->count; i++) {
		const assay_decision *d = &m->items[i].decision;

		assay_say_decision("decision", d);
		assay_say(
		    "          %s on %s, whose file is gone; it had the same bytes\n",
		    m->items[i].answers ? "answers what an evaluation told of it, too:" : "not in force:", d->subject);
	}
}

void assay_why_moved_json(assay_json *j, const assay_why_moved *m)
{
	assay_json_key(j, "decided_before_it_moved");
	assay_json_array(j);
	for (size_t i = 0; i < m->count; i++) {
		assay_json_object(j);
		assay_json_kstr(j, "subject", m->items[i].decision.subject);
		assay_json_kbool(j, "answers", m->items[i].answers);
		assay_json_decision(j, "decision", &m->items[i].decision);
		assay_json_end(j);
	}
	assay_json_end(j);
}
