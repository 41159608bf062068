#include "verbs.h"

#include "feedback_choice.h"
#include "feedback_place.h"
#include "feedback_words.h"
#include "person.h"
#include "tell.h"

#include "assay/content.h"
#include "assay/file.h"
#include "assay/memory.h"
#include "assay/queue.h"
#include "assay/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOTE_MAX 200 /* bytes of a note that an event repeats; the evaluation has all of it */

static const assay_option options[] = {
    ASSAY_FEEDBACK_OPTIONS,
    {"reason", 0, "TEXT", "why, kept with each ticket"},
    {"dry-run", 'n', NULL, "tell what would be done, and write nothing"},
    {NULL, 0, NULL, NULL},
};

/* What becomes of a failing sample. */
typedef enum deed { OPENED, ADDED, ALREADY, LEFT, DEEDS } deed;

static const char *const deeds[DEEDS] = {"opened", "added", "already", "left"};
static const char *const explained[DEEDS] = {"opened", "open already, told of it", "told before",
					     "not delivered any more"};

typedef struct opening {
	const assay_invocation *in;
	assay_store *store;
	const assay_feedback_choice *choice;
	const char *actor, *why; /* why: as the user says, NULL for nothing */
	int64_t now;
	bool dry;
	assay_report report;
	uint64_t count[DEEDS];
} opening;

/* ---------------------------------------------------------------- words */

/* "blurred scans; evaluation E3 vqa: score 0.31 < 0.5, label fail: misread the total"; without the bound by a label */
static void tell_reason(assay_buf *out, const opening *o, const assay_feedback_result *r)
{
	char score[ASSAY_DECIMAL_TEXT];
	const bool by_score = strncmp(o->choice->measure, "score ", 6) == 0;

	if (o->why != NULL)
		assay_buf_printf(out, "%s; ", o->why);
	assay_buf_printf(out, "evaluation E%" PRIu64 " %s: ", o->choice->row.id, o->choice->row.name);
	if (r->has_score)
		assay_buf_printf(out, "score %s%s",
				 assay_decimal_format((assay_decimal){r->score, ASSAY_FEEDBACK_SCALE}, score),
				 by_score ? o->choice->measure + strlen("score") : "");
	if (r->label != NULL)
		assay_buf_printf(out, "%slabel %s", r->has_score ? ", " : "", r->label);
	if (r->note != NULL && r->note[0] != '\0') {
		const size_t whole = strlen(r->note);
		const size_t n = whole > NOTE_MAX ? assay_utf8_prefix(r->note, NOTE_MAX) : whole;

		assay_buf_printf(out, ": %.*s%s", (int)n, r->note, n < whole ? "..." : "");
	}
}

/* Of what became of it: where, and under which other key it was evaluated, or why nobody was told. */
typedef struct telling {
	deed done;
	const char *subject, *evaluated; /* evaluated: NULL when it is the subject */
	uint64_t ticket;                 /* 0: there is none */
	const char *why;                 /* it was left; NULL otherwise */
} telling;

static assay_code tell_deed(opening *o, const telling *x, assay_err *err)
{
	char id[24] = "-";

	o->count[x->done]++;
	if (x->ticket != 0)
		(void)snprintf(id, sizeof id, "T%" PRIu64, x->ticket);
	if (!o->in->json) {
		assay_say("%-6s %-8s %s\n", id, deeds[x->done], x->subject);
		if (x->evaluated != NULL)
			assay_say("                in whose place it is: %s was evaluated\n", x->evaluated);
		if (x->why != NULL)
			assay_say("                %s\n", x->why);
		return ASSAY_OK;
	}
	assay_json_object(&o->report.json);
	assay_json_kstr(&o->report.json, "id", x->ticket != 0 ? id : NULL);
	assay_json_kstr(&o->report.json, "subject", x->subject);
	assay_json_kstr(&o->report.json, "evaluated", x->evaluated != NULL ? x->evaluated : x->subject);
	assay_json_kstr(&o->report.json, "done", deeds[x->done]);
	assay_json_kstr(&o->report.json, "why", x->why);
	assay_json_end(&o->report.json);
	return assay_report_flush(&o->report, err);
}

/* ---------------------------------------------------------------- a sample */

typedef struct search {
	const char *words;
	bool found;
} search;

static assay_code note_event(void *ctx, const assay_ticket_event *e, assay_err *err)
{
	search *x = ctx;

	(void)err;
	x->found = x->found || assay_feedback_words_same(assay_ticket_words(e->reason), x->words);
	return ASSAY_OK;
}

static assay_code put_ticket(opening *o, assay_ticket *t, const assay_feedback_place *p, const char *reason, bool open,
			     assay_err *err)
{
	const assay_sample_row *row = p->row.id != 0 ? &p->row : &p->own;
	assay_ticket_event e = {.actor = (char *)(uintptr_t)o->actor, .reason = (char *)(uintptr_t)reason};
	assay_code rc;

	if (o->dry)
		return ASSAY_OK;
	if (t->subject == NULL) {
		t->subject = assay_strdup(row->key);
		if (t->subject == NULL)
			return ASSAY_RAISE(err, ASSAY_ENOMEM, "ticket");
		t->opened_ns = o->now;
	}
	if (!open) { /* else the ticket goes on as it is, and knows more; what was settled is told by the history */
		if (t->is_source || t->state == ASSAY_TICKET_PASSED || t->state == ASSAY_TICKET_GONE)
			assay_ticket_forget_failure(t); /* it passes without help now */
		assay_ticket_turn_to_feedback(t);
		t->unit = row->unit;
	}
	t->feedback_ns = t->changed_ns = o->now;
	t->feedback_unit = p->unit != 0 ? p->unit : row->judged_unit;
	t->changed_run = 0;
	rc = assay_feedback_delivers(row) ? assay_content_of_row(o->store, row, &e.after, err) : ASSAY_OK;
	e.before = e.after;
	return rc == ASSAY_OK ? assay_ticket_put_event(o->store, t, &e, err) : rc;
}

/* *t: the subject's, id 0 when there is none. Was it told of by these words? */
static assay_code was_told(bool *out, assay_ticket *t, assay_store *s, const char *subject, const assay_buf *words,
			   assay_err *err)
{
	search before = {.words = assay_buf_str(words)};
	assay_code rc = assay_buf_check(words, err);

	if (rc == ASSAY_OK)
		rc = assay_ticket_find(s, subject, t, err);
	if (rc == ASSAY_OK) /* what was settled since is not opened again by the same words */
		rc = assay_ticket_events(s, t->id, note_event, &before, err);
	*out = before.found;
	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}

/* What is delivered of it has a ticket, or may have one; what is not only where that is open. */
static assay_code open_on(opening *o, const assay_feedback_place *p, telling *x, const assay_buf *words, assay_err *err)
{
	ASSAY_AUTO_TICKET t = {0};
	ASSAY_AUTO_BUF reason = ASSAY_BUF_INIT;
	bool before, open;
	assay_code rc = was_told(&before, &t, o->store, x->subject, words, err);

	open = rc == ASSAY_OK && assay_ticket_state_is_open(t.state);
	if (rc == ASSAY_OK && !before && !open && p->row.id == 0) {
		x->why = p->why;
		return tell_deed(o, x, err);
	}
	if (x->evaluated != NULL)
		assay_ticket_tell_place(&reason, x->evaluated, assay_buf_str(words));
	else
		assay_buf_append(&reason, words->data, words->len);
	x->done = before ? ALREADY : open ? ADDED : OPENED;
	if (rc == ASSAY_OK)
		rc = assay_buf_check(&reason, err);
	if (rc == ASSAY_OK && !before)
		rc = put_ticket(o, &t, p, assay_buf_str(&reason), open, err);
	x->ticket = t.id;
	return rc == ASSAY_OK ? tell_deed(o, x, err) : rc;
}

static assay_code open_one(opening *o, const assay_feedback_result *r, assay_err *err)
{
	ASSAY_AUTO_FEEDBACK_PLACE p = {0};
	ASSAY_AUTO_TICKET own = {0};
	ASSAY_AUTO_BUF words = ASSAY_BUF_INIT;
	telling x = {.done = LEFT, .subject = r->key};
	bool before = false;
	assay_code rc = assay_feedback_place_find(&p, o->store, &o->choice->version, r->key, err);
	const bool moved = p.row.id != 0 && strcmp(p.row.key, r->key) != 0;

	tell_reason(&words, o, r);
	if (rc == ASSAY_OK && moved) /* before it was renamed: that came along by itself, or was answered */
		rc = was_told(&before, &own, o->store, r->key, &words, err);
	if (moved && !before) {
		x.subject = p.row.key;
		x.evaluated = r->key;
	}
	if (rc == ASSAY_OK)
		rc = open_on(o, &p, &x, &words, err);
	return rc == ASSAY_OK && !o->dry ? assay_store_spill(o->store, err) : rc;
}

/* ---------------------------------------------------------------- all of them */

static void print_totals(const opening *o)
{
	const char *word = "";

	assay_say("%s", o->dry ? "would be: " : "");
	for (size_t i = 0; i < DEEDS; i++) {
		if (o->count[i] == 0 && i != OPENED)
			continue;
		assay_say("%s%" PRIu64 " %s", word, o->count[i], explained[i]);
		word = "; ";
	}
	assay_say("\n");
}

static assay_code open_all(opening *o, assay_err *err)
{
	const assay_feedback_choice *c = o->choice;
	assay_json *j = &o->report.json;
	assay_code rc = o->dry ? ASSAY_OK : assay_store_begin_long(o->store, err);

	if (o->in->json) {
		assay_json_object(j);
		assay_json_feedback(j, &c->row);
		assay_json_kstr(j, "measure", c->measure);
		assay_json_kbool(j, "dry_run", o->dry);
		assay_json_key(j, "tickets");
		assay_json_array(j);
	}
	for (size_t i = 0; i < c->set.count && rc == ASSAY_OK; i++)
		if (c->judged[i] == ASSAY_JUDGED_FAIL)
			rc = open_one(o, &c->set.items[i], err);
	if (rc == ASSAY_OK && !o->dry)
		rc = assay_store_commit(o->store, err);
	if (rc != ASSAY_OK)
		return rc;
	if (!o->in->json) {
		print_totals(o);
		return ASSAY_OK;
	}
	assay_json_end(j);
	for (size_t i = 0; i < DEEDS; i++)
		assay_json_kuint(j, deeds[i], o->count[i]);
	assay_json_end(j);
	return assay_report_print(&o->report, err);
}

static assay_code open_tickets(const assay_invocation *in, assay_store *s, bool dry, assay_err *err)
{
	ASSAY_AUTO_FEEDBACK_CHOICE c = {0};
	ASSAY_AUTO_BUF who = ASSAY_BUF_INIT;
	opening o = {.in = in, .store = s, .choice = &c, .why = assay_opt(in, "reason"), .dry = dry};
	assay_code rc;

	if (o.why != NULL && assay_reason_fault(o.why) != NULL)
		return ASSAY_RAISE(err, ASSAY_EUSAGE, "feedback open: --reason: the reason %s",
				   assay_reason_fault(o.why));
	assay_tell_actor(&who);
	rc = assay_buf_check(&who, err);
	if (rc != ASSAY_OK)
		return rc;
	o.actor = assay_buf_str(&who);
	o.now = assay_now_ns();
	rc = assay_feedback_choose(&c, in, s, err);
	assay_report_init(&o.report);
	if (rc == ASSAY_OK)
		rc = open_all(&o, err);
	assay_report_release(&o.report);
	return rc;
}

static int run(const assay_invocation *in, assay_err *err)
{
	const bool dry = assay_opt(in, "dry-run") != NULL;
	ASSAY_AUTO_STORE s = NULL;
	assay_code rc = assay_open_store(in, &s, !dry, false, err);

	if (rc == ASSAY_OK)
		rc = open_tickets(in, s, dry, err);
	return assay_exit_of(rc);
}

const assay_verb assay_verb_feedback_open = {
    .name = "open",
    .operands = "",
    .summary = "make tickets of failing samples",
    .help =
	"A ticket whose origin is feedback; its sample is delivered until somebody decides otherwise, and nothing but\n"
	"a decision that is made afterwards settles the ticket. A sample that has an open ticket gets an event in its\n"
	"history instead, and one of feedback once it passes. Where the source was renamed since the version, the "
	"ticket is\n"
	"that of the sample with the same bytes; what is not delivered any more is left, and told with the reason.\n"
	"Either all are written or none.\n",
    .example = "  assay feedback open --fail-below 0.5 --dry-run\n"
	       "  assay feedback open --eval vqa --label hallucination --reason 'answers invented'\n",
    .options = options,
    .uses = ASSAY_USES_STORE | ASSAY_USES_LOCK,
    .see_also = "feedback report, queue list",
    .run = run,
};
