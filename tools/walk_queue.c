/*
 * What the queue adds to a lineage: tickets, attempts at repair, decisions and the people who made them. An attempt is
 * informed by the unit that failed; what people decided informs the unit that took it in, or influences the sample.
 */
#include "queue_attempts.h"
#include "queue_ended.h"
#include "tell_decision.h"
#include "walk.h"
#include "why_moved.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- decisions */

static assay_code add_person(tracer *t, size_t decision, const char *name, assay_err *err)
{
	size_t at;
	bool fresh;
	assay_code rc;

	if (name == NULL || name[0] == '\0')
		return ASSAY_OK;
	rc = walk_put_node(t, ASSAY_NODE_PERSON, assay_asprintf("person:%s", name), &at, &fresh, err);
	if (rc == ASSAY_OK && fresh)
		rc = walk_set_text(&t->g->nodes[at].label, name, err);
	return rc == ASSAY_OK ? assay_graph_edge(t->g, decision, ASSAY_ASSOCIATED, at, err) : rc;
}

static assay_code fill_decision(assay_node *n, assay_store *s, const assay_decision *d, assay_err *err)
{
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
	ASSAY_AUTO_FREE char *other = NULL;
	assay_decision_end end;
	assay_code rc = assay_decision_end_of(&end, s, d, err);

	if (rc == ASSAY_OK)
		rc = assay_decision_answers_for(&other, s, d, end, err);
	if (rc != ASSAY_OK)
		return rc;
	assay_tell_decision(&text, d);
	if (assay_decision_end_is(end))
		assay_buf_puts(&text, "; it holds no more");
	if (other != NULL)
		assay_buf_printf(&text, " as %s; it answers for %s", d->subject, other);
	n->number = d->id;
	n->at_ns = d->made_ns;
	n->digest = d->payload;
	if (walk_set_text(&n->text, assay_buf_str(&text), err) != ASSAY_OK ||
	    walk_set_text(&n->reason, d->reason, err) != ASSAY_OK ||
	    walk_set_text(&n->role, d->kind != 0 ? assay_decision_kind_name(d->kind) : "damaged", err) != ASSAY_OK)
		return ASSAY_ENOMEM;
	return walk_set_owned(&n->label, assay_asprintf("D%" PRIu64, d->id), err);
}

static assay_code add_decision(tracer *t, const assay_decision *d, size_t *at, assay_err *err)
{
	bool fresh;
	assay_code rc =
	    walk_put_node(t, ASSAY_NODE_DECISION, assay_asprintf("decision:D%" PRIu64, d->id), at, &fresh, err);

	if (rc != ASSAY_OK || !fresh)
		return rc;
	ASSAY_TRY(fill_decision(&t->g->nodes[*at], t->s, d, err));
	ASSAY_TRY(add_person(t, *at, d->actor, err));
	ASSAY_TRY(add_person(t, *at, d->owner, err));
fail:
	return rc;
}

/* The sidecar that a correction became. */
static assay_code link_correction(tracer *t, size_t decision, const assay_decision *d, size_t unit, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < t->g->edge_count && rc == ASSAY_OK; i++) {
		const assay_edge e = t->g->edges[i];
		const assay_node *n = &t->g->nodes[e.to];

		if (e.from == unit && e.relation == ASSAY_USED && n->type == ASSAY_NODE_SIDECAR &&
		    assay_digest_eq(&n->digest, &d->payload))
			rc = assay_graph_edge(t->g, e.to, ASSAY_GENERATED_BY, decision, err);
	}
	return rc;
}

/* The other file, which stands where the source stood. */
static assay_code link_substitute(tracer *t, size_t decision, const assay_decision *d, size_t unit, const char *path,
				  assay_err *err)
{
	size_t other, source;
	assay_code rc;

	ASSAY_TRY(walk_add_source(t, path, d->subject, &d->payload, &other, err));
	ASSAY_TRY(walk_add_source(t, path, d->subject, &d->basis, &source, err));
	ASSAY_TRY(assay_graph_edge(t->g, unit, ASSAY_USED, other, err));
	ASSAY_TRY(assay_graph_edge(t->g, other, ASSAY_GENERATED_BY, decision, err));
	ASSAY_TRY(assay_graph_edge(t->g, decision, ASSAY_USED, source, err));
fail:
	return rc;
}

static assay_code link_decision(tracer *t, const assay_decision *d, size_t sample, size_t unit, const char *path,
				assay_err *err)
{
	size_t at;
	assay_code rc = add_decision(t, d, &at, err);

	if (rc != ASSAY_OK)
		return rc;
	if (d->kind != 0 && assay_decision_slot_of(d->kind) == ASSAY_DECISION_OF_CONTENT)
		rc = assay_graph_edge(t->g, unit, ASSAY_INFORMED_BY, at, err);
	else
		rc = assay_graph_edge(t->g, sample, ASSAY_INFLUENCED_BY, at, err);
	if (rc == ASSAY_OK && d->kind == ASSAY_DECISION_CORRECT)
		rc = link_correction(t, at, d, unit, err);
	if (rc == ASSAY_OK && d->kind == ASSAY_DECISION_REPLACE)
		rc = link_substitute(t, at, d, unit, path, err);
	return rc;
}

/* A unit that is not what stands: it read the source, or what stood in its place. */
static assay_code add_attempt(tracer *t, uint64_t id, const char *path, const char *of, size_t *at, assay_err *err)
{
	size_t source;
	assay_code rc = walk_add_unit(t, id, at, err);

	if (rc == ASSAY_OK)
		rc = walk_add_source(t, path, of, &t->g->nodes[*at].unit->source, &source, err);
	return rc == ASSAY_OK ? assay_graph_edge(t->g, *at, ASSAY_USED, source, err) : rc;
}

static bool is_damaged(const assay_decision *d)
{
	return d->standing == ASSAY_DECISION_DAMAGED;
}

/* What was decided on its whole source. */
static assay_code link_whole(tracer *t, size_t sample, size_t unit, const char *path, const assay_sample_row *row,
			     assay_err *err)
{
	ASSAY_AUTO_DECISION d = {0};
	const assay_code rc = assay_decision_peek_on(t->s, path, ASSAY_DECISION_OF_CONTENT, &d, err);

	if (rc == ASSAY_OK && is_damaged(&d))
		return link_decision(t, &d, sample, unit, path, err);
	if (rc != ASSAY_OK || !d.is_source || d.standing != ASSAY_DECISION_STANDS ||
	    (d.kind == ASSAY_DECISION_REPLACE ? d.id != row->decision
					      : row->remedy == NULL || strcmp(d.remedy, row->remedy) != 0))
		return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
	return link_decision(t, &d, sample, unit, path, err);
}

/* What was decided on the page or in the stream that it was found in. */
static assay_code link_root(tracer *t, size_t sample, size_t unit, const char *path, const assay_sample_row *row,
			    assay_err *err)
{
	ASSAY_AUTO_DECISION d = {0};
	const assay_code rc = row->decision != 0 ? assay_decision_peek(t->s, row->decision, &d, err) : ASSAY_ENOENT;

	if (rc == ASSAY_OK && (is_damaged(&d) || (!d.is_source && d.standing == ASSAY_DECISION_STANDS &&
						  strcmp(d.subject, row->key) != 0)))
		return link_decision(t, &d, sample, unit, path, err);
	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}

/* What was let pass when the file had another name, and goes on answering an evaluation. */
static assay_code link_answers(tracer *t, size_t sample, const char *path, const assay_sample_row *row, assay_err *err)
{
	ASSAY_CLEANUP(assay_why_moved_release) assay_why_moved moved = {0};
	ASSAY_AUTO_SOURCE src = {0};
	size_t at;
	assay_code rc = assay_source_find(t->s, path, &src, err);

	if (rc == ASSAY_OK)
		rc = assay_why_moved_load(&moved, t->s, row->key, &src, true, err);
	for (size_t i = 0; i < moved.count && rc == ASSAY_OK; i++) {
		if (!moved.items[i].answers)
			continue;
		rc = add_decision(t, &moved.items[i].decision, &at, err);
		if (rc == ASSAY_OK)
			rc = assay_graph_edge(t->g, sample, ASSAY_INFLUENCED_BY, at, err);
	}
	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}

assay_code walk_add_treatment(tracer *t, size_t sample, size_t unit, const char *path, const assay_sample_row *row,
			      assay_err *err)
{
	static const assay_decision_slot slots[] = {ASSAY_DECISION_OF_VERDICT, ASSAY_DECISION_OF_CONTENT};
	size_t plain;
	assay_code rc;

	if (row->plain_unit != 0 && row->plain_unit != t->g->nodes[unit].unit->id) {
		ASSAY_TRY(add_attempt(t, row->plain_unit, path, row->key, &plain, err));
		ASSAY_TRY(assay_graph_edge(t->g, unit, ASSAY_INFORMED_BY, plain, err));
	}
	for (size_t i = 0; i < ASSAY_COUNT(slots); i++) {
		ASSAY_AUTO_DECISION d = {0};

		rc = assay_decision_peek_on(t->s, row->key, slots[i], &d, err);
		if (rc == ASSAY_OK && (is_damaged(&d) || (!d.is_source && d.standing == ASSAY_DECISION_STANDS &&
							  (d.id == row->decision || row->way != ASSAY_WAY_PLAIN))))
			rc = link_decision(t, &d, sample, unit, path, err);
		if (rc != ASSAY_OK && rc != ASSAY_ENOENT)
			return rc;
	}
	ASSAY_TRY(link_answers(t, sample, path, row, err));
	if (row->way == ASSAY_WAY_PLAIN)
		return ASSAY_OK;
	ASSAY_TRY(link_root(t, sample, unit, path, row, err));
	rc = link_whole(t, sample, unit, path, row, err);
fail:
	return rc;
}

/* ---------------------------------------------------------------- tickets */

static assay_code fill_ticket(assay_node *n, const assay_ticket *k, assay_err *err)
{
	const assay_failed_check *worst = assay_worst_check(k->checks, k->check_count);
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;

	if (k->damaged)
		assay_buf_printf(&text, "damaged: cannot be read; 'assay queue retry T%" PRIu64 "' makes it anew",
				 k->id);
	else
		assay_buf_puts(&text, assay_ticket_state_name(k->state));
	if (k->failure != ASSAY_FAILURE_NONE || worst != NULL)
		assay_buf_puts(&text, "; ");
	if (k->failure != ASSAY_FAILURE_NONE)
		assay_tell_failure(&text, k->stage, k->failure, k->message);
	else if (worst != NULL)
		assay_tell_check(&text, worst);
	n->number = k->id;
	n->at_ns = k->opened_ns;
	if (walk_set_text(&n->text, assay_buf_str(&text), err) != ASSAY_OK)
		return ASSAY_ENOMEM;
	return walk_set_owned(&n->label, assay_asprintf("T%" PRIu64, k->id), err);
}

typedef struct attempts {
	tracer *t;
	size_t ticket, plain; /* plain SIZE_MAX: no unit of what failed is known */
	const assay_ticket *k;
	const char *path;
	bool current; /* those that are asked for now */
} attempts;

static assay_code tell_past(assay_node *n, const assay_ticket_attempt *a, bool is_source, assay_err *err)
{
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
	assay_code rc;

	assay_tell_attempt(&text, a, is_source, false);
	rc = assay_buf_check(&text, err);
	n->is_past = true;
	return rc == ASSAY_OK ? walk_set_text(&n->text, assay_buf_str(&text), err) : rc;
}

/* Each was informed by the unit that failed. What was made anew since, or counts no more, is told where it is nothing else. */
static assay_code add_tried(void *ctx, const assay_ticket_tried *x, assay_err *err)
{
	attempts *w = ctx;
	assay_graph *g = w->t->g;
	const size_t known = g->node_count;
	size_t at;
	assay_code rc;

	if (x->current != w->current || x->attempt->unit == 0)
		return ASSAY_OK;
	if (w->plain == SIZE_MAX && w->k->unit != 0) {
		ASSAY_TRY(add_attempt(w->t, w->k->unit, w->path, w->k->subject, &w->plain, err));
		ASSAY_TRY(assay_graph_edge(g, w->ticket, ASSAY_GENERATED_BY, w->plain, err));
	}
	ASSAY_TRY(add_attempt(w->t, x->attempt->unit, w->path, w->k->subject, &at, err));
	if (!x->current && at >= known && at != w->plain)
		ASSAY_TRY(tell_past(&g->nodes[at], x->attempt, w->k->is_source, err));
	ASSAY_TRY(assay_graph_edge(g, w->ticket, ASSAY_GENERATED_BY, at, err));
	if (w->plain != SIZE_MAX && w->plain != at)
		ASSAY_TRY(assay_graph_edge(g, at, ASSAY_INFORMED_BY, w->plain, err));
fail:
	return rc;
}

/* Its own list first, so that a unit which still counts is not told as past. */
static assay_code add_attempts(tracer *t, size_t ticket, const assay_ticket *k, const char *path, assay_err *err)
{
	attempts w = {.t = t, .ticket = ticket, .plain = SIZE_MAX, .k = k, .path = path, .current = true};
	assay_code rc = assay_ticket_tried_each(t->s, k, add_tried, &w, err);

	w.current = false;
	return rc == ASSAY_OK ? assay_ticket_tried_each(t->s, k, add_tried, &w, err) : rc;
}

static assay_code add_ticket_decision(tracer *t, size_t ticket, const assay_ticket *k, assay_err *err)
{
	ASSAY_AUTO_DECISION d = {0};
	size_t at;
	assay_code rc;

	if (k->decision == 0)
		return ASSAY_OK;
	rc = assay_decision_peek(t->s, k->decision, &d, err);
	if (rc != ASSAY_OK || d.standing == ASSAY_DECISION_TAKEN_OUT)
		return rc;
	rc = add_decision(t, &d, &at, err);
	return rc == ASSAY_OK ? assay_graph_edge(t->g, ticket, ASSAY_INFLUENCED_BY, at, err) : rc;
}

/* What was decided and holds no more, or for another name alone, brought the ticket to where it was. */
static assay_code add_ended_decisions(tracer *t, size_t ticket, const assay_ticket *k, assay_err *err)
{
	static const assay_decision_slot slots[] = {ASSAY_DECISION_OF_VERDICT, ASSAY_DECISION_OF_CONTENT};

	for (size_t i = 0; i < ASSAY_COUNT(slots); i++) {
		ASSAY_AUTO_DECISION d = {0};
		assay_decision_end end = ASSAY_DECISION_HOLDS;
		bool ended = false;
		size_t at;
		assay_code rc = assay_decision_peek_on(t->s, k->subject, slots[i], &d, err);

		if (rc == ASSAY_OK)
			rc = assay_decision_end_of(&end, t->s, &d, err);
		ended = rc == ASSAY_OK && (assay_decision_end_is(end) || end == ASSAY_DECISION_ANSWERS_ON);
		if (rc == ASSAY_OK && ended)
			rc = add_decision(t, &d, &at, err);
		if (rc == ASSAY_OK && ended)
			rc = assay_graph_edge(t->g, ticket, ASSAY_INFLUENCED_BY, at, err);
		if (rc != ASSAY_OK && rc != ASSAY_ENOENT)
			return rc;
	}
	return ASSAY_OK;
}

/* Did this unit bring it about, or is it an attempt at repair? */
static bool is_about(const assay_ticket *k, uint64_t unit)
{
	bool found = k->unit == unit;

	for (size_t i = 0; i < k->attempt_count && !found; i++)
		found = unit != 0 && k->attempts[i].unit == unit;
	return found;
}

static assay_code put_ticket(tracer *t, const assay_ticket *k, size_t unit, size_t about, assay_err *err)
{
	ASSAY_AUTO_FREE char *path =
	    assay_strndup(k->subject, k->is_source ? strlen(k->subject) : strcspn(k->subject, "#"));
	size_t at;
	bool fresh;
	assay_code rc = path == NULL ? ASSAY_RAISE(err, ASSAY_ENOMEM, "graph")
				     : walk_put_node(t, ASSAY_NODE_TICKET, assay_asprintf("ticket:T%" PRIu64, k->id),
						     &at, &fresh, err);

	if (rc != ASSAY_OK)
		return rc;
	if (fresh) {
		ASSAY_TRY(fill_ticket(&t->g->nodes[at], k, err));
		ASSAY_TRY(add_attempts(t, at, k, path, err));
		ASSAY_TRY(add_ticket_decision(t, at, k, err));
		ASSAY_TRY(add_ended_decisions(t, at, k, err));
	}
	if (unit != SIZE_MAX)
		ASSAY_TRY(assay_graph_edge(t->g, at, ASSAY_GENERATED_BY, unit, err));
	if (about != SIZE_MAX)
		ASSAY_TRY(assay_graph_edge(t->g, at, ASSAY_DERIVED_FROM, about, err));
fail:
	return rc;
}

assay_code walk_add_ticket(tracer *t, const char *subject, size_t unit, size_t about, assay_err *err)
{
	ASSAY_AUTO_TICKET k = {0};
	const assay_code rc = assay_ticket_peek_on(t->s, subject, &k, err);

	/* What brought it about its row alone could tell. */
	if (rc == ASSAY_OK && k.damaged)
		return about != SIZE_MAX ? put_ticket(t, &k, SIZE_MAX, about, err) : ASSAY_OK;
	if (rc == ASSAY_ENOENT || (rc == ASSAY_OK && !is_about(&k, unit != SIZE_MAX ? t->g->nodes[unit].unit->id : 0)))
		return ASSAY_OK;
	return rc == ASSAY_OK ? put_ticket(t, &k, unit, about, err) : rc;
}
