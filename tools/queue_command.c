#include "queue_command.h"

#include "duplicate.h"
#include "person.h"
#include "queue_attempts.h"
#include "queue_ended.h"
#include "queue_lane.h"
#include "summary.h"
#include "tell_decision.h"

#include "assay/file.h"
#include "assay/memory.h"
#include "assay/stop.h"
#include "assay/text.h"

#include <inttypes.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const assay_exit_row assay_command_exits[] = {
    {ASSAY_EXIT_DIFFERENCE, "what was decided is stored; a check of the whole dataset failed: there is no version"},
    {0, NULL},
};

/* ---------------------------------------------------------------- who, why, on what */

/* The name of the user, as the system has it; it is beside every identity. */
static assay_code learn_actor(assay_command *c, assay_err *err)
{
	const char *given = assay_opt(c->in, "actor");
	struct passwd row, *found = NULL;
	char room[4096];

	if (given == NULL && getpwuid_r(getuid(), &row, room, sizeof room, &found) == 0 && found != NULL &&
	    assay_utf8_prefix(row.pw_name, strlen(row.pw_name)) == strlen(row.pw_name))
		given = row.pw_name;
	if (given == NULL || given[0] == '\0')
		given = "unknown";
	c->actor = assay_strdup(given);
	return c->actor == NULL ? ASSAY_RAISE(err, ASSAY_ENOMEM, "name of the user") : ASSAY_OK;
}

/* What every history tells from then on. */
static assay_code check_words(const assay_invocation *in, assay_err *err)
{
	const char *actor = assay_opt(in, "actor"), *reason = assay_opt(in, "reason");

	if (actor != NULL && assay_person_fault(actor) != NULL)
		return ASSAY_RAISE(err, ASSAY_EUSAGE, "%s: --actor: the name %s", in->title, assay_person_fault(actor));
	if (reason != NULL && assay_reason_fault(reason) != NULL)
		return ASSAY_RAISE(err, ASSAY_EUSAGE, "%s: --reason: the reason %s", in->title,
				   assay_reason_fault(reason));
	return ASSAY_OK;
}

assay_code assay_command_open(assay_command *c, const assay_invocation *in, assay_err *err)
{
	const char *reason = assay_opt(in, "reason");
	uint64_t jobs;
	assay_code rc;

	*c = (assay_command){.in = in,
			     .rootfd = -1,
			     .reason = reason != NULL ? reason : "",
			     .now_ns = assay_now_ns(),
			     .dry = assay_opt(in, "dry-run") != NULL};
	ASSAY_TRY(check_words(in, err));
	ASSAY_TRY(assay_opt_uint(in, "jobs", 0, 1, 128, &jobs, err));
	c->opts.jobs = (unsigned)jobs;
	ASSAY_TRY(assay_opt_moment(in, "as-of", &c->opts.has_as_of, &c->opts.as_of_ns, err));
	ASSAY_TRY(learn_actor(c, err));
	ASSAY_TRY(assay_stop_install(err));
	ASSAY_TRY(assay_load_config(in, &c->config, &c->rootfd, err));
	ASSAY_TRY(assay_open_store(in, &c->store, !c->dry, false, err));
fail:
	return rc;
}

void assay_command_release(assay_command *c)
{
	for (size_t i = 0; i < c->count; i++) {
		free(c->items[i].subject);
		free(c->items[i].text);
		free(c->items[i].reason);
	}
	for (size_t i = 0; i < c->skip_count; i++) {
		free(c->skipped[i].subject);
		free(c->skipped[i].text);
		free(c->skipped[i].annotator);
	}
	free(c->items);
	free(c->skipped);
	free(c->taken);
	free(c->anew);
	free(c->actor);
	assay_basis_maker_close(c->bases);
	assay_store_close(c->store);
	assay_config_close(c->config);
	assay_closep(&c->rootfd);
	*c = (assay_command){.rootfd = -1};
}

/* ---------------------------------------------------------------- tickets */

typedef struct numbers {
	uint64_t *items;
	size_t count, cap;
} numbers;

static void numbers_release(numbers *n)
{
	free(n->items);
}

static assay_code take_number(void *ctx, const assay_ticket *t, assay_err *err)
{
	numbers *n = ctx;
	const assay_code rc = assay_grow(&n->items, &n->cap, n->count, sizeof *n->items, err);

	if (rc == ASSAY_OK)
		n->items[n->count++] = t->id;
	return rc;
}

/* ---- those that cannot be read */

static assay_code refuse_damaged(const assay_ticket *t, const char *why_not, assay_err *err)
{
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;

	assay_tell_damaged_ticket(&text, t);
	return ASSAY_RAISE(err, ASSAY_ECORRUPT, "%s%s", assay_buf_str(&text), why_not);
}

static assay_code note_damaged(assay_command *c, const assay_selection *sel, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < sel->id_count && rc == ASSAY_OK; i++) {
		ASSAY_AUTO_TICKET t = {0};

		rc = assay_ticket_peek(c->store, sel->ids[i], &t, err);
		if (rc != ASSAY_OK || !t.damaged)
			continue;
		if (t.subject == NULL || c->dry)
			return refuse_damaged(&t, t.subject != NULL ? ", which a dry run does not" : "", err);
		rc = assay_grow(&c->anew, &c->anew_cap, c->anew_count, sizeof *c->anew, err);
		if (rc == ASSAY_OK)
			c->anew[c->anew_count++] = t.id;
	}
	return rc;
}

/* What a ticket says follows from the verdicts: whoever judges writes it down again. */
static assay_code make_anew(assay_command *c, const assay_selection *sel, assay_err *err)
{
	ASSAY_CLEANUP(assay_summary_release) assay_summary s = {0};
	assay_code rc = note_damaged(c, sel, err);

	if (rc == ASSAY_OK && c->anew_count > 0)
		rc = assay_pipeline_judge(&s, c->config, c->store, c->opts.has_as_of ? &c->opts.as_of_ns : NULL, NULL,
					  err);
	for (size_t i = 0; i < c->anew_count && rc == ASSAY_OK; i++) {
		ASSAY_AUTO_TICKET t = {0};

		rc = assay_ticket_get(c->store, c->anew[i], &t, err);
	}
	return rc;
}

bool assay_command_made_anew(const assay_command *c, uint64_t ticket)
{
	for (size_t i = 0; i < c->anew_count; i++)
		if (c->anew[i] == ticket)
			return true;
	return false;
}

/* ---- what is rejected with the page or stream that it was found in: that is decided upon */

static int compare_numbers(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* They came in this order. */
static bool has_number(const numbers *n, uint64_t id)
{
	return bsearch(&id, n->items, n->count, sizeof *n->items, compare_numbers) != NULL;
}

/* What was decided on it alone waited, and holds as soon as that does no more. */
static assay_code note_goes(assay_command *c, const assay_ticket *t, assay_err *err)
{
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
	assay_code rc = ASSAY_OK;

	assay_buf_puts(&text, "goes with what it was found in");
	for (unsigned slot = ASSAY_DECISION_OF_VERDICT; slot <= ASSAY_DECISION_OF_CONTENT && rc == ASSAY_OK; slot++) {
		ASSAY_AUTO_DECISION d = {0};

		rc = assay_decision_peek_on(c->store, t->subject, (assay_decision_slot)slot, &d, err);
		if (rc == ASSAY_OK && d.standing == ASSAY_DECISION_STANDS) {
			assay_buf_puts(&text, "; what was decided on it alone stays: ");
			assay_tell_decision(&text, &d);
		}
		rc = rc == ASSAY_ENOENT ? ASSAY_OK : rc;
	}
	if (rc == ASSAY_OK)
		rc = assay_buf_check(&text, err);
	return rc == ASSAY_OK ? assay_command_note_told(c, t, assay_buf_str(&text), err) : rc;
}

/* *goes: it is decided upon with that, which is among the tickets. Alone it cannot be. */
static assay_code goes_with_whole(bool *goes, assay_command *c, const assay_ticket *t, const numbers *n, assay_err *err)
{
	ASSAY_AUTO_TICKET whole = {0};
	const assay_code rc = assay_ticket_whole(&whole, c->store, t, err);

	*goes = rc == ASSAY_OK && has_number(n, whole.id);
	if (rc != ASSAY_OK)
		return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
	if (*goes)
		return note_goes(c, t, err);
	return assay_command_allow(c, t, assay_obstacle_decided, err);
}

typedef struct leaving {
	assay_command *c;
	const numbers *taken;
} leaving;

/* Of a path, unless it is named by itself too. */
static assay_code note_left(void *ctx, const assay_ticket *t, assay_err *err)
{
	leaving *l = ctx;
	ASSAY_AUTO_BUF why = ASSAY_BUF_INIT, text = ASSAY_BUF_INIT;
	assay_code rc;

	if (has_number(l->taken, t->id))
		return ASSAY_OK;
	rc = l->c->obstacle(&why, l->c->store, t, err);
	assay_buf_printf(&text, "left as it is: it %s", assay_buf_str(&why));
	if (rc == ASSAY_OK)
		rc = assay_buf_check(&text, err);
	return rc == ASSAY_OK ? assay_command_note_left(l->c, t, assay_buf_str(&text), err) : rc;
}

assay_code assay_command_each(assay_command *c, assay_command_fn *fn, void *ctx, assay_err *err)
{
	ASSAY_AUTO_SELECTION sel = {0};
	ASSAY_CLEANUP(numbers_release) numbers n = {0};
	assay_code rc = assay_selection_init_to_act(&sel, c->in, c->own, c->obstacle, c->store, err);

	if (rc == ASSAY_OK && !assay_selection_is_narrow(&sel))
		return ASSAY_RAISE(err, ASSAY_EUSAGE,
				   "%s: name tickets, or give a filter ('--state open' is all that are open); see "
				   "'assay %s --help'",
				   c->in->title, c->in->title);
	if (rc == ASSAY_OK)
		rc = make_anew(c, &sel, err);
	/* Numbers first: what is decided must not change what is asked. */
	if (rc == ASSAY_OK)
		rc = assay_selection_each(&sel, 0, take_number, &n, err);
	if (rc == ASSAY_OK && n.count == 0)
		return ASSAY_RAISE(err, ASSAY_ENOENT, "%s: no ticket matches", c->in->title);
	for (size_t i = 0; i < n.count && rc == ASSAY_OK; i++) {
		ASSAY_AUTO_TICKET t = {0};
		bool goes = false;

		rc = assay_ticket_get(c->store, n.items[i], &t, err);
		if (rc == ASSAY_OK)
			rc = goes_with_whole(&goes, c, &t, &n, err);
		if (rc == ASSAY_OK && !goes)
			rc = fn(ctx, c, &t, err);
	}
	return rc == ASSAY_OK ? assay_selection_each_left(&sel, note_left, &(leaving){c, &n}, err) : rc;
}

assay_code assay_command_note(assay_command *c, const assay_ticket *t, const char *text, assay_err *err)
{
	const assay_code rc = assay_grow(&c->items, &c->cap, c->count, sizeof *c->items, err);
	assay_command_item *item;

	if (rc != ASSAY_OK)
		return rc;
	item = &c->items[c->count++];
	*item = (assay_command_item){
	    .ticket = t->id,
	    .subject = assay_strdup(t->subject),
	    .before = t->state,
	    .text = assay_strdup(text),
	    .reason = assay_strdup(c->reason),
	};
	return item->subject == NULL || item->text == NULL || item->reason == NULL
		   ? ASSAY_RAISE(err, ASSAY_ENOMEM, "ticket")
		   : ASSAY_OK;
}

assay_code assay_command_note_told(assay_command *c, const assay_ticket *t, const char *text, assay_err *err)
{
	const assay_code rc = assay_command_note(c, t, text, err);

	if (rc == ASSAY_OK)
		c->items[c->count - 1].told = true;
	return rc;
}

assay_code assay_command_note_left(assay_command *c, const assay_ticket *t, const char *text, assay_err *err)
{
	const assay_code rc = assay_command_note_told(c, t, text, err);

	if (rc == ASSAY_OK)
		c->items[c->count - 1].left = true;
	return rc;
}

/* The basis of one on a verdict is of the work, and does not name the bytes. */
static assay_code fill_bytes(assay_decision *d, assay_command *c, const assay_ticket *t, assay_err *err)
{
	ASSAY_AUTO_SOURCE src = {0};
	const assay_code rc = assay_ticket_source(&src, c->store, t, err);

	d->bytes = src.digest;
	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}

static assay_code fill(assay_decision *d, assay_command *c, const assay_ticket *t, assay_err *err)
{
	d->actor = assay_strdup(c->actor);
	d->reason = assay_strdup(c->reason);
	d->made_ns = c->now_ns;
	if (d->actor == NULL || d->reason == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "decision");
	return assay_decision_slot_of(d->kind) == ASSAY_DECISION_OF_VERDICT ? fill_bytes(d, c, t, err) : ASSAY_OK;
}

static bool same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/*
 * But for when, and for the name of the file that the same text came from. That of a file in the place of another is what
 * lineage names.
 */
static bool says_the_same(const assay_decision *a, const assay_decision *b)
{
	if (a->kind == ASSAY_DECISION_REPLACE && !same_text(a->file, b->file))
		return false;
	return a->kind == b->kind && a->is_source == b->is_source && assay_digest_eq(&a->basis, &b->basis) &&
	       assay_digest_eq(&a->payload, &b->payload) && a->expires_ns == b->expires_ns &&
	       assay_digest_eq(&a->bytes, &b->bytes) && same_text(a->actor, b->actor) &&
	       same_text(a->owner, b->owner) && same_text(a->reason, b->reason);
}

assay_code assay_command_note_kept(assay_command *c, const assay_ticket *t, const assay_decision *d, assay_err *err)
{
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
	assay_code rc;

	assay_buf_puts(&text, "stays as it was: ");
	if (d->kind != 0)
		assay_tell_decision(&text, d);
	else
		assay_buf_puts(&text, assay_ticket_state_name(t->state));
	if (d->kind != 0 && d->reason[0] != '\0') {
		assay_buf_puts(&text, " (");
		assay_tell_safe(&text, d->reason);
		assay_buf_puts(&text, ")");
	}
	rc = assay_buf_check(&text, err);
	return rc == ASSAY_OK ? assay_command_note_left(c, t, assay_buf_str(&text), err) : rc;
}

/*
 * Told twice, it is decided once: its ticket stands by it. A remedy by name, and what an attempt is still to be made for, is asked
 * for again; metadata are of the source, and their verb looks for itself.
 */
static assay_code is_decided(bool *kept, assay_command *c, const assay_ticket *t, const assay_decision *d,
			     assay_err *err)
{
	ASSAY_AUTO_DECISION before = {0};
	assay_code rc;

	*kept = false;
	if (t->decision == 0 || t->state == ASSAY_TICKET_RETRYING || d->kind == ASSAY_DECISION_REMEDY ||
	    d->kind == ASSAY_DECISION_METADATA)
		return ASSAY_OK;
	rc = assay_decision_find(c->store, d->subject, assay_decision_slot_of(d->kind), &before, err);
	if (rc != ASSAY_OK)
		return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
	*kept = before.id == t->decision && before.standing == ASSAY_DECISION_STANDS && says_the_same(&before, d);
	return *kept ? assay_command_note_kept(c, t, &before, err) : ASSAY_OK;
}

static assay_code decide_anew(assay_command *c, const assay_ticket *t, assay_decision *d, assay_err *err)
{
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
	assay_code rc = ASSAY_OK;

	if (rc == ASSAY_OK && !c->dry)
		rc = assay_decision_put(c->store, d, err);
	assay_tell_decision(&text, d);
	if (rc == ASSAY_OK)
		rc = assay_buf_check(&text, err);
	if (rc == ASSAY_OK && assay_decision_slot_of(d->kind) == ASSAY_DECISION_OF_VERDICT)
		rc = assay_command_note_told(c, t, assay_buf_str(&text), err);
	else if (rc == ASSAY_OK)
		rc = assay_command_note(c, t, assay_buf_str(&text), err);
	if (rc == ASSAY_OK)
		c->items[c->count - 1].decision = d->id;
	c->judge = true;
	return rc;
}

assay_code assay_command_decide(assay_command *c, const assay_ticket *t, assay_decision *d, assay_err *err)
{
	bool kept = false;
	assay_code rc = fill(d, c, t, err);

	if (rc == ASSAY_OK)
		rc = is_decided(&kept, c, t, d, err);
	if (rc == ASSAY_OK && !kept)
		rc = decide_anew(c, t, d, err);
	assay_decision_release(d);
	return rc;
}

static assay_code add_to(assay_command_item *item, const char *text, assay_err *err)
{
	ASSAY_AUTO_BUF whole = ASSAY_BUF_INIT;
	assay_code rc;

	assay_buf_printf(&whole, "%s; %s", item->text, text);
	rc = assay_buf_check(&whole, err);
	if (rc != ASSAY_OK)
		return rc;
	free(item->text);
	item->text = assay_strdup(assay_buf_str(&whole));
	return item->text != NULL ? ASSAY_OK : ASSAY_RAISE(err, ASSAY_ENOMEM, "ticket");
}

assay_code assay_command_add(assay_command *c, const char *text, assay_err *err)
{
	return add_to(&c->items[c->count - 1], text, err);
}

static assay_code basis_by(assay_digest *out, bool *passes, assay_command *c, const assay_sample_row *row,
			   const assay_unit *u, assay_err *err)
{
	const assay_code rc = c->bases == NULL ? assay_basis_maker_open(&c->bases, c->config, c->store, err) : ASSAY_OK;

	return rc == ASSAY_OK ? assay_basis_make(out, passes, c->bases, row, u, err) : rc;
}

/*
 * Of the verdict as it stands, which is on the unit that was judged: a correction's, another file's, or that of a remedy
 * for all of a source. A remedy for the sample alone is tried after decisions: they are on the plain one, but a waiver of
 * what a model got wrong, which it did with the sample as it is delivered.
 */
assay_code assay_command_basis_of_row(assay_digest *out, bool *passes, assay_command *c, const assay_sample_row *row,
				      assay_decision_kind kind, assay_err *err)
{
	ASSAY_AUTO_UNIT plain = {0}, judged = {0};
	assay_code rc;

	if (row->way == ASSAY_WAY_REMEDY && row->plain_unit != 0 && kind != ASSAY_DECISION_WAIVE)
		ASSAY_TRY(assay_unit_get(c->store, row->plain_unit, &plain, err));
	if (plain.id != 0 && plain.result.failure == ASSAY_FAILURE_NONE)
		return basis_by(out, passes, c, row, &plain, err);
	ASSAY_TRY(assay_unit_get(c->store, row->judged_unit, &judged, err));
	rc = basis_by(out, passes, c, row, &judged, err);
fail:
	return rc;
}

/* A source that is rejected while another file is in its place is given up with that file. */
static assay_code add_file(assay_digest *work_key, assay_command *c, const assay_ticket *t, const assay_unit *u,
			   assay_err *err)
{
	ASSAY_AUTO_SOURCE src = {0};
	ASSAY_AUTO_DECISION d = {0};
	assay_code rc = assay_command_source(&src, c, t, err);

	if (rc == ASSAY_OK)
		rc = assay_ticket_content(&d, c->store, t, &src, err);
	return rc == ASSAY_OK && d.kind == ASSAY_DECISION_REPLACE && d.is_source
		   ? assay_unit_work_on(work_key, u, &d.payload, err)
		   : rc;
}

/* Its failure is of the work alone: no contract speaks of it. */
static assay_code basis_of_source(assay_digest *out, assay_command *c, const assay_ticket *t, assay_decision_kind kind,
				  assay_err *err)
{
	ASSAY_AUTO_UNIT u = {0};
	assay_code rc = t->unit != 0 ? assay_unit_get(c->store, t->unit, &u, err) : ASSAY_OK;

	if (rc == ASSAY_OK && t->unit != 0 && kind == ASSAY_DECISION_REJECT)
		rc = add_file(&u.work_key, c, t, &u, err);
	return rc == ASSAY_OK
		   ? assay_decision_basis(out, &u.work_key, t->failure, t->stage, t->checks, t->check_count, err)
		   : rc;
}

static assay_code basis_of_sample(assay_digest *out, bool *passes, assay_command *c, const assay_ticket *t,
				  const assay_sample_row *row, assay_err *err)
{
	ASSAY_AUTO_UNIT u = {0};
	const assay_code rc = assay_unit_get(c->store, t->unit, &u, err);

	return rc == ASSAY_OK ? basis_by(out, passes, c, row, &u, err) : rc;
}

/*
 * An evaluation's ticket says nothing of the verdict, and that of a sample that was corrected or replaced speaks of the
 * plain one: the sample's row does. A remedy by name takes the place of what stands there, so it is for the plain one.
 */
assay_code assay_command_basis(assay_digest *out, bool *passes, assay_command *c, const assay_ticket *t,
			       assay_decision_kind kind, assay_err *err)
{
	const bool by_feedback = t->origin == ASSAY_TICKET_FEEDBACK;
	ASSAY_AUTO_SAMPLE_ROW row = {0};
	assay_code rc;

	*passes = false;
	if (t->is_source)
		return basis_of_source(out, c, t, kind, err);
	rc = assay_sample_find(c->store, t->subject, &row, err);
	if (rc == ASSAY_ENOENT)
		return assay_command_refuse(t, err, "is about a sample that is not there any more");
	if (rc != ASSAY_OK)
		return rc;
	if (by_feedback ||
	    (kind != ASSAY_DECISION_REMEDY && (row.way == ASSAY_WAY_CORRECTED || row.way == ASSAY_WAY_REPLACED)))
		return assay_command_basis_of_row(out, passes, c, &row, kind, err);
	return basis_of_sample(out, passes, c, t, &row, err);
}

assay_code assay_command_source(assay_source *out, assay_command *c, const assay_ticket *t, assay_err *err)
{
	const assay_code rc = assay_ticket_source(out, c->store, t, err);

	if (rc == ASSAY_ENOENT)
		return assay_command_refuse(t, err, "is about a source that is not there any more");
	return rc;
}

assay_code assay_command_refuse(const assay_ticket *t, assay_err *err, const char *fmt, ...)
{
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
	va_list ap;

	va_start(ap, fmt);
	assay_buf_vprintf(&text, fmt, ap);
	va_end(ap);
	return ASSAY_RAISE(err, ASSAY_EUSAGE, "T%" PRIu64 " (%s) %s", t->id, t->subject, assay_buf_str(&text));
}

assay_code assay_command_allow(assay_command *c, const assay_ticket *t, assay_obstacle_fn *obstacle, assay_err *err)
{
	ASSAY_AUTO_BUF why = ASSAY_BUF_INIT;
	const assay_code rc = obstacle(&why, c->store, t, err);

	return rc == ASSAY_OK && why.len > 0 ? assay_command_refuse(t, err, "%s", assay_buf_str(&why)) : rc;
}

/* ---------------------------------------------------------------- what came of it */

/* Of a ticket that still waits for what was decided. */
static const char *why_unfinished(const assay_ticket *t)
{
	for (size_t i = 0; t->state == ASSAY_TICKET_RETRYING && i < t->attempt_count; i++)
		if (t->attempts[i].outcome == ASSAY_ATTEMPT_UNDONE)
			return t->attempts[i].note;
	return NULL;
}

/* A dry run opens no tickets. */
static assay_code tell_without_ticket(const assay_command *c, const assay_command_item *item, assay_json *j)
{
	if (!c->in->json) {
		assay_say("%-6s %-12s  %-40s  %s%s\n", "-", "no ticket", item->subject, item->text,
			  c->dry ? " (dry run: not done)" : "");
		return ASSAY_OK;
	}
	assay_json_object(j);
	assay_json_kstr(j, "did", item->text);
	assay_json_kstr(j, "before", NULL);
	assay_json_kstr(j, "subject", item->subject);
	assay_json_key(j, "ticket");
	assay_json_null(j);
	assay_json_end(j);
	return ASSAY_OK;
}

static void say_item(const assay_command *c, const assay_command_item *item, const assay_ticket *t, const char *lost)
{
	const char *why = c->dry ? NULL : why_unfinished(t);

	assay_say("T%-5" PRIu64 " %-12s  %-40s  %s%s%s%s%s%s\n", t->id, assay_ticket_state_name(t->state), t->subject,
		  item->text, c->dry && !item->left ? " (dry run: not done)" : "",
		  why != NULL ? "; not finished: " : "", why != NULL ? why : "", lost[0] != '\0' ? "; " : "", lost);
}

static assay_code tell_item(const assay_command *c, const assay_command_item *item, assay_json *j, assay_err *err)
{
	ASSAY_CLEANUP(assay_ticket_stages_release) assay_ticket_stages stages = {.store = c->store};
	ASSAY_CLEANUP(assay_ticket_facts_release) assay_ticket_facts facts = {0};
	ASSAY_AUTO_TICKET t = {0};
	ASSAY_AUTO_BUF lost = ASSAY_BUF_INIT;
	assay_code rc = item->ticket != 0 ? assay_ticket_get(c->store, item->ticket, &t, err)
					  : assay_ticket_find(c->store, item->subject, &t, err);

	if (rc == ASSAY_ENOENT && item->ticket == 0)
		return tell_without_ticket(c, item, j);
	if (rc == ASSAY_OK)
		rc = assay_ticket_facts_load(&facts, c->store, &t, err);
	if (rc == ASSAY_OK && !c->dry)
		rc = assay_tell_lost_duplicate(&lost, c->store, &t, err);
	if (rc != ASSAY_OK)
		return rc;
	if (!c->in->json) {
		say_item(c, item, &t, assay_buf_str(&lost));
		return ASSAY_OK;
	}
	rc = assay_ticket_facts_load_region(&facts, c->store, &facts.recipe, err);
	if (rc == ASSAY_OK)
		rc = assay_ticket_lane(&facts.lane, c->config, &stages, &t, err);
	if (rc != ASSAY_OK)
		return rc;
	assay_json_object(j);
	assay_json_kstr(j, "did", item->text);
	assay_json_kstr(j, "before", assay_ticket_state_name(item->before));
	assay_json_kstr(j, "lost", lost.len > 0 ? assay_buf_str(&lost) : NULL);
	assay_json_key(j, "ticket");
	assay_json_object(j);
	assay_json_ticket(j, &t, &facts);
	rc = assay_json_attempts(j, "attempts", c->store, &t, NULL, err);
	assay_json_end(j);
	assay_json_end(j);
	return rc;
}

static void tell_taken(const assay_command *c, assay_json *j)
{
	if (c->taken_count == 0)
		return;
	assay_json_key(j, "decisions");
	assay_json_array(j);
	for (size_t i = 0; i < c->taken_count; i++) {
		assay_json_uint(j, c->taken[i]);
		if (!c->in->json)
			assay_say("D%-5" PRIu64 " taken out: it cannot be read%s\n", c->taken[i],
				  c->dry ? " (dry run: not done)" : "");
	}
	assay_json_end(j);
}

/* Those who read no JSON were told on stderr, each with its line. */
static void tell_skipped(const assay_command *c, assay_json *j)
{
	char id[24];

	if (!c->skips)
		return;
	assay_json_key(j, "skipped");
	assay_json_array(j);
	for (size_t i = 0; i < c->skip_count; i++) {
		(void)snprintf(id, sizeof id, "T%" PRIu64, c->skipped[i].ticket);
		assay_json_object(j);
		assay_json_kstr(j, "ticket", id);
		assay_json_kstr(j, "key", c->skipped[i].subject);
		assay_json_kstr(j, "annotator", c->skipped[i].annotator);
		assay_json_kstr(j, "why", c->skipped[i].text);
		assay_json_end(j);
	}
	assay_json_end(j);
}

/* @param s  NULL when nothing had to be judged */
static assay_code tell(const assay_command *c, const assay_summary *s, int code, assay_err *err)
{
	ASSAY_AUTO_REPORT r;
	assay_code rc = ASSAY_OK;

	assay_report_init(&r);
	assay_json_object(&r.json);
	assay_json_kbool(&r.json, "dry_run", c->dry);
	tell_taken(c, &r.json);
	tell_skipped(c, &r.json);
	assay_json_key(&r.json, "tickets");
	assay_json_array(&r.json);
	for (size_t i = 0; i < c->count && rc == ASSAY_OK; i++)
		rc = tell_item(c, &c->items[i], &r.json, err);
	assay_json_end(&r.json);
	assay_json_key(&r.json, "summary");
	if (s != NULL)
		assay_summary_json(&r.json, s, code);
	else
		assay_json_null(&r.json);
	assay_json_end(&r.json);
	if (rc == ASSAY_OK && !c->in->json && s != NULL)
		assay_summary_print(s);
	return rc == ASSAY_OK && c->in->json ? assay_report_print(&r, err) : rc;
}

/* Who did it and why stands in the ticket's history before what comes of it. */
static assay_code put_act(assay_command *c, const assay_command_item *item, assay_err *err)
{
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
	assay_code rc;

	if (item->told)
		return ASSAY_OK;
	assay_buf_puts(&text, item->text);
	if (item->reason[0] != '\0')
		assay_buf_printf(&text, "; %s", item->reason);
	rc = assay_buf_check(&text, err);
	return rc == ASSAY_OK
		   ? assay_ticket_put_act(c->store, item->ticket, c->actor, assay_buf_str(&text), c->now_ns, err)
		   : rc;
}

/* What holds no more once it is judged upon has no event of the judging: that somebody decided so stays to be read. */
static assay_code tell_void(assay_command *c, assay_command_item *item, assay_err *err)
{
	ASSAY_AUTO_BUF why = ASSAY_BUF_INIT, text = ASSAY_BUF_INIT;
	ASSAY_AUTO_DECISION d = {0};
	ASSAY_AUTO_TICKET t = {0};
	assay_decision_end end;
	assay_code rc = assay_decision_get(c->store, item->decision, &d, err);

	if (rc == ASSAY_OK)
		rc = assay_decision_end_of(&end, c->store, &d, err);
	if (rc != ASSAY_OK || !assay_decision_end_is(end))
		return rc;
	assay_buf_printf(&text, "not in force: %s; decide again", assay_decision_end_text(&why, end, &d));
	ASSAY_TRY(assay_buf_check(&why, err));
	ASSAY_TRY(assay_buf_check(&text, err));
	ASSAY_TRY(add_to(item, assay_buf_str(&text), err));
	rc = assay_ticket_find(c->store, item->subject, &t, err);
	if (rc != ASSAY_OK)
		return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
	item->ticket = t.id;
	item->told = false;
	rc = put_act(c, item, err);
fail:
	return rc;
}

static assay_code tell_voids(assay_command *c, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < c->count && rc == ASSAY_OK; i++)
		if (c->items[i].decision != 0)
			rc = tell_void(c, &c->items[i], err);
	return rc == ASSAY_OK ? assay_store_commit(c->store, err) : rc;
}

assay_code assay_command_finish(assay_command *c, int *exit, assay_err *err)
{
	ASSAY_CLEANUP(assay_summary_release) assay_summary s = {0};
	assay_code rc;

	*exit = ASSAY_EXIT_OK;
	if (c->dry)
		return tell(c, NULL, *exit, err);
	for (size_t i = 0; i < c->count; i++)
		ASSAY_TRY(put_act(c, &c->items[i], err));
	ASSAY_TRY(assay_store_commit(c->store, err));
	if (!c->judge)
		return tell(c, NULL, *exit, err);
	rc = assay_pipeline_repair(&s, c->config, c->store, c->rootfd, "queue", &c->opts, err);
	if (rc != ASSAY_OK)
		return assay_err_prefix(err, "what was decided is stored, and 'assay run' goes on with it");
	*exit = s.exit;
	ASSAY_TRY(tell_voids(c, err));
	rc = tell(c, &s, *exit, err);
fail:
	return rc;
}
