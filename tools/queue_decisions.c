#include "queue_decisions.h"

#include "queue_ticket.h"

#include <stdlib.h>
#include <string.h>

enum { OF_VERDICT, OF_CONTENT, OF_SOURCE, FOUND_IN, OF_METADATA };

static const char *const names[ASSAY_TICKET_DECISIONS] = {"verdict", "content", "source", "found_in", "metadata"};

void assay_ticket_decisions_release(assay_ticket_decisions *d)
{
	for (size_t i = 0; i < ASSAY_TICKET_DECISIONS; i++) {
		assay_decision_release(&d->items[i].decision);
		free(d->items[i].answers_for);
	}
}

static bool is_told(const assay_decision *d)
{
	return d->standing == ASSAY_DECISION_STANDS || d->standing == ASSAY_DECISION_DAMAGED;
}

static assay_code load_one(assay_ticket_decisions *out, size_t i, assay_store *s, const char *subject,
			   assay_decision_slot slot, assay_err *err)
{
	ASSAY_AUTO_DECISION d = {0};
	assay_code rc = assay_decision_peek_on(s, subject, slot, &d, err);

	if (rc != ASSAY_OK || !is_told(&d))
		return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
	rc = assay_decision_end_of(&out->items[i].end, s, &d, err);
	if (rc == ASSAY_OK)
		rc = assay_decision_answers_for(&out->items[i].answers_for, s, &d, out->items[i].end, err);
	out->items[i].decision = d;
	d = (assay_decision){0};
	return rc;
}

/* The page or stream that it was found in stands by a decision, and so does it. */
static assay_code load_found_in(assay_ticket_decisions *out, assay_store *s, const assay_ticket *t, assay_err *err)
{
	ASSAY_AUTO_SAMPLE_ROW row = {0};
	ASSAY_AUTO_DECISION d = {0};
	bool known = t->is_source;
	assay_code rc = known ? ASSAY_ENOENT : assay_sample_find(s, t->subject, &row, err);

	if (rc == ASSAY_OK && row.decision == 0)
		rc = ASSAY_ENOENT;
	for (size_t i = 0; i < ASSAY_TICKET_DECISIONS && !known; i++)
		known = out->items[i].decision.id == row.decision;
	if (rc == ASSAY_OK && !known)
		rc = assay_decision_peek(s, row.decision, &d, err);
	if (rc == ASSAY_OK && !known && is_told(&d)) {
		out->items[FOUND_IN].decision = d;
		d = (assay_decision){0};
	}
	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}

assay_code assay_ticket_decisions_load(assay_ticket_decisions *out, assay_store *s, const assay_ticket *t,
				       assay_err *err)
{
	ASSAY_AUTO_FREE char *path = NULL;
	assay_code rc = assay_ticket_path(&path, t, err);

	if (rc == ASSAY_OK)
		rc = load_one(out, OF_VERDICT, s, t->subject, ASSAY_DECISION_OF_VERDICT, err);
	if (rc == ASSAY_OK)
		rc = load_one(out, OF_CONTENT, s, t->subject, ASSAY_DECISION_OF_CONTENT, err);
	if (rc == ASSAY_OK && strcmp(path, t->subject) != 0)
		rc = load_one(out, OF_SOURCE, s, path, ASSAY_DECISION_OF_CONTENT, err);
	if (rc == ASSAY_OK)
		rc = load_one(out, OF_METADATA, s, path, ASSAY_DECISION_OF_METADATA, err);
	return rc == ASSAY_OK ? load_found_in(out, s, t, err) : rc;
}

/* ---------------------------------------------------------------- told */

void assay_say_decision_end(assay_decision_end end, const assay_decision *d, const char *answers_for)
{
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
	const char *why = assay_decision_end_text(&text, end, d);

	if (why != NULL)
		assay_say("          not in force: %s\n", why);
	if (answers_for != NULL)
		assay_say("          answers what an evaluation told of it for %s, too, which has its bytes now\n",
			  answers_for);
}

void assay_json_decision_end(assay_json *j, const char *key, const assay_decision *d, assay_decision_end end,
			     const char *answers_for)
{
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;

	assay_json_key(j, key);
	if (d->id == 0) {
		assay_json_null(j);
		return;
	}
	assay_json_object(j);
	assay_json_decision_members(j, d);
	assay_json_kstr(j, "not_in_force", assay_decision_end_text(&text, end, d));
	assay_json_kstr(j, "answers_for", answers_for);
	assay_json_end(j);
}

void assay_say_ticket_decisions(const assay_ticket_decisions *d, const assay_decision *own)
{
	bool told = own->id == 0;

	for (size_t i = 0; i < ASSAY_TICKET_DECISIONS; i++)
		told |= d->items[i].decision.id == own->id;
	if (!told)
		assay_say_decision("decision", own);
	for (size_t i = 0; i < ASSAY_TICKET_DECISIONS; i++) {
		const assay_decision *x = &d->items[i].decision;

		if (x->id == 0)
			continue;
		assay_say_decision("decision", x);
		if (i == OF_SOURCE || i == FOUND_IN)
			assay_say("          on %s\n", x->subject);
		assay_say_decision_end(d->items[i].end, x, d->items[i].answers_for);
	}
}

void assay_json_ticket_decisions(assay_json *j, const char *key, const assay_ticket_decisions *d)
{
	assay_json_key(j, key);
	assay_json_object(j);
	for (size_t i = 0; i < ASSAY_TICKET_DECISIONS; i++)
		assay_json_decision_end(j, names[i], &d->items[i].decision, d->items[i].end, d->items[i].answers_for);
	assay_json_end(j);
}
