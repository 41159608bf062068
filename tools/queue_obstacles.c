#include "queue_obstacles.h"

#include "queue_table.h"
#include "queue_ticket.h"

#include <inttypes.h>
#include <string.h>

/* ---------------------------------------------------------------- what is asked of the store */

assay_code assay_ticket_whole(assay_ticket *out, assay_store *s, const assay_ticket *t, assay_err *err)
{
	ASSAY_AUTO_SAMPLE_ROW row = {0};
	ASSAY_AUTO_DECISION d = {0};
	assay_code rc;

	if (t->is_source || t->state != ASSAY_TICKET_REJECTED)
		return ASSAY_ENOENT;
	rc = assay_sample_find(s, t->subject, &row, err);
	if (rc == ASSAY_OK)
		rc = assay_decision_of_whole(&d, s, &row, err);
	return rc == ASSAY_OK ? assay_ticket_find(s, d.subject, out, err) : rc;
}

void assay_ticket_answer_release(assay_ticket_answer *a)
{
	assay_decision_release(&a->waiver);
	assay_ticket_release(&a->ticket);
}

assay_code assay_ticket_answer_find(assay_ticket_answer *out, assay_store *s, const assay_ticket *t, assay_err *err)
{
	assay_code rc;

	if (t->state != ASSAY_TICKET_PASSED || t->decision == 0)
		return ASSAY_ENOENT;
	rc = assay_decision_peek(s, t->decision, &out->waiver, err);
	if (rc == ASSAY_OK && out->waiver.kind != ASSAY_DECISION_WAIVE)
		return ASSAY_ENOENT;
	return rc == ASSAY_OK ? assay_ticket_peek_on(s, out->waiver.subject, &out->ticket, err) : rc;
}

assay_code assay_ticket_source(assay_source *out, assay_store *s, const assay_ticket *t, assay_err *err)
{
	ASSAY_AUTO_FREE char *path = NULL;
	assay_code rc = assay_ticket_path(&path, t, err);

	if (rc == ASSAY_OK)
		rc = assay_source_find(s, path, out, err);
	return rc == ASSAY_OK && out->missing ? ASSAY_ENOENT : rc;
}

assay_code assay_ticket_basis(assay_digest *out, assay_store *s, const assay_ticket *t, const assay_source *src,
			      assay_err *err)
{
	ASSAY_AUTO_SAMPLE_ROW row = {0};
	assay_code rc = t->is_source ? ASSAY_ENOENT : assay_sample_find(s, t->subject, &row, err);

	*out = src->digest;
	if (rc != ASSAY_OK || row.missing || row.judged_unit == 0)
		return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
	return assay_content_basis(out, s, &row, err);
}

assay_code assay_ticket_content(assay_decision *out, assay_store *s, const assay_ticket *t, const assay_source *src,
				assay_err *err)
{
	assay_code rc = assay_decision_find(s, t->subject, ASSAY_DECISION_OF_CONTENT, out, err);
	assay_digest basis = src->digest;

	if (rc != ASSAY_OK)
		return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
	if (!out->is_source)
		rc = assay_ticket_basis(&basis, s, t, src, err);
	if (rc == ASSAY_OK && (out->standing != ASSAY_DECISION_STANDS ||
			       (out->kind != ASSAY_DECISION_REMEDY && !assay_digest_eq(&out->basis, &basis))))
		assay_decision_release(out);
	return rc;
}

/* Of a source that is not there nothing stands. */
static assay_code content_of(assay_decision *out, assay_store *s, const assay_ticket *t, assay_err *err)
{
	ASSAY_AUTO_SOURCE src = {0};
	const assay_code rc = assay_ticket_source(&src, s, t, err);

	if (rc != ASSAY_OK)
		return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
	return assay_ticket_content(out, s, t, &src, err);
}

/* The first that there is. */
static assay_code first_of(assay_obstacle_fn *const *list, size_t count, assay_buf *why, assay_store *s,
			   const assay_ticket *t, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < count && rc == ASSAY_OK && why->len == 0; i++)
		rc = list[i](why, s, t, err);
	return rc == ASSAY_OK ? assay_buf_check(why, err) : rc;
}

/* ---------------------------------------------------------------- whatever is to be done */

/* What was let pass under another name is decided upon there, or anew once that is taken back. */
static assay_code passes_by_waiver(assay_buf *why, assay_store *s, const assay_ticket *t, assay_err *err)
{
	ASSAY_CLEANUP(assay_ticket_answer_release) assay_ticket_answer a = {0};
	assay_code rc = assay_ticket_answer_find(&a, s, t, err);

	if (rc != ASSAY_OK)
		return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
	assay_buf_puts(why, "is passed: ");
	assay_tell_safe(why, a.ticket.subject);
	assay_buf_printf(why, " (T%" PRIu64 "), which had the same bytes, is ", a.ticket.id);
	assay_tell_decision(why, &a.waiver);
	assay_buf_printf(why, ": 'assay queue retry T%" PRIu64 "' takes that back, and opens this one", a.ticket.id);
	return ASSAY_OK;
}

/* @param what  "try": of a verb */
static assay_code settled(assay_buf *why, assay_store *s, const assay_ticket *t, const char *what, assay_err *err)
{
	const assay_code rc = passes_by_waiver(why, s, t, err);

	if (rc == ASSAY_OK && why->len == 0 && (t->state == ASSAY_TICKET_PASSED || t->state == ASSAY_TICKET_GONE))
		assay_buf_printf(why, "is %s: there is nothing to %s", assay_ticket_state_name(t->state), what);
	return rc;
}

static assay_code nothing_to_resolve(assay_buf *why, assay_store *s, const assay_ticket *t, assay_err *err)
{
	return settled(why, s, t, "resolve", err);
}

static assay_code source_is_gone(assay_buf *why, assay_store *s, const assay_ticket *t, assay_err *err)
{
	ASSAY_AUTO_SOURCE src = {0};
	const assay_code rc = assay_ticket_source(&src, s, t, err);

	if (rc == ASSAY_ENOENT)
		assay_buf_puts(why, "is about a source that is not there any more");
	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}

static assay_code goes_with_whole(assay_buf *why, assay_store *s, const assay_ticket *t, assay_err *err)
{
	ASSAY_AUTO_TICKET whole = {0};
	const assay_code rc = assay_ticket_whole(&whole, s, t, err);

	if (rc == ASSAY_OK)
		assay_buf_printf(why,
				 "is rejected with T%" PRIu64
				 " (%s), in which it was found: 'assay queue retry T%" PRIu64 "' takes that back",
				 whole.id, whole.subject, whole.id);
	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}

static assay_code decided(assay_buf *why, assay_store *s, const assay_ticket *t, assay_err *err)
{
	ASSAY_AUTO_DECISION d = {0};
	char time[32];
	const assay_code rc = t->decision != 0 ? assay_decision_peek(s, t->decision, &d, err) : ASSAY_OK;

	if (rc != ASSAY_OK)
		return rc;
	assay_buf_puts(why, "is ");
	if (d.kind == 0) {
		assay_buf_puts(why, assay_ticket_state_name(t->state));
	} else {
		assay_tell_decision(why, &d);
		assay_buf_printf(why, ", decided on %s", assay_tell_time(d.made_ns, time));
		if (d.reason[0] != '\0') {
			assay_buf_puts(why, " (");
			assay_tell_safe(why, d.reason);
			assay_buf_puts(why, ")");
		}
	}
	assay_buf_printf(why, ": 'assay queue retry T%" PRIu64 "' takes that back", t->id);
	return ASSAY_OK;
}

assay_code assay_obstacle_decided(assay_buf *why, assay_store *s, const assay_ticket *t, assay_err *err)
{
	static assay_obstacle_fn *const list[] = {goes_with_whole, decided};

	if (t->state != ASSAY_TICKET_REJECTED && t->state != ASSAY_TICKET_WAIVED)
		return ASSAY_OK;
	return first_of(list, ASSAY_COUNT(list), why, s, t, err);
}

/* ---------------------------------------------------------------- what breaks the fields */

/* What keeps its sample out as it stands, be it by a correction or another file; the ticket goes on about the plain one. */
static assay_code failure_of(assay_failure *out, assay_store *s, const assay_ticket *t, assay_err *err)
{
	ASSAY_AUTO_SAMPLE_ROW row = {0};
	const assay_code rc = t->is_source ? ASSAY_ENOENT : assay_sample_find(s, t->subject, &row, err);

	*out = rc == ASSAY_OK ? row.failure : t->failure;
	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}

/* No text, no other file and no way to read it changes what is said of its source. */
static assay_code breaks_fields(assay_buf *why, assay_store *s, const assay_ticket *t, assay_err *err)
{
	assay_failure failure;
	const assay_code rc = failure_of(&failure, s, t, err);

	if (rc == ASSAY_OK && !t->is_source && failure == ASSAY_FAILURE_METADATA)
		assay_buf_printf(
		    why,
		    "breaks the fields of assay.yaml by its metadata, and would whatever it says and however "
		    "it is read: 'assay queue resolve T%" PRIu64 " --metadata NAME=VALUE' says what is true of it",
		    t->id);
	return rc;
}

static assay_code keeps_fields(assay_buf *why, assay_store *s, const assay_ticket *t, assay_err *err)
{
	ASSAY_AUTO_BUF broken = ASSAY_BUF_INIT;
	const assay_code rc = breaks_fields(&broken, s, t, err);

	if (rc == ASSAY_OK && broken.len == 0)
		assay_buf_puts(why, "is not kept out by its metadata");
	return rc;
}

assay_code assay_obstacle_to_metadata(assay_buf *why, assay_store *s, const assay_ticket *t, assay_err *err)
{
	static assay_obstacle_fn *const list[] = {nothing_to_resolve, assay_obstacle_decided, source_is_gone,
						  keeps_fields};

	return first_of(list, ASSAY_COUNT(list), why, s, t, err);
}

/* ---------------------------------------------------------------- a text, another file */

assay_code assay_obstacle_to_text_ever(assay_buf *why, assay_store *s, const assay_ticket *t, assay_err *err)
{
	ASSAY_CLEANUP(assay_ticket_facts_release) assay_ticket_facts facts = {0};
	assay_code rc = assay_ticket_facts_load(&facts, s, t, err);

	if (rc == ASSAY_OK)
		rc = assay_ticket_facts_load_rest(&facts, s, t, err);
	if (rc != ASSAY_OK)
		return rc;
	if (assay_ticket_is_table(t))
		assay_buf_printf(
		    why, "is a table: its cells are handed in with 'assay queue resolve T%" PRIu64 " --text table.csv'",
		    t->id);
	else if (!assay_ticket_has_text(&facts))
		assay_buf_printf(why, "is a %s: only pages and audio have a text that can be corrected",
				 facts.kind != NULL ? facts.kind : "sample that is not there any more");
	else if (!assay_ticket_takes_text(&facts))
		assay_buf_puts(why, "has no text: its pipeline has no stage that takes one");
	return ASSAY_OK;
}

/* Its text is that of the other file: it must be part of that. */
static assay_code has_other_file(assay_buf *why, assay_store *s, const assay_ticket *t, assay_err *err)
{
	ASSAY_AUTO_DECISION d = {0};
	const assay_code rc = content_of(&d, s, t, err);

	if (rc == ASSAY_OK && d.kind == ASSAY_DECISION_REPLACE)
		assay_buf_printf(
		    why,
		    "has another file in its place, which a text would take back: the text must be part of a "
		    "file that replaces it, or 'assay queue retry T%" PRIu64 "' takes the other file back first",
		    t->id);
	return rc;
}

assay_code assay_obstacle_to_text(assay_buf *why, assay_store *s, const assay_ticket *t, assay_err *err)
{
	static assay_obstacle_fn *const list[] = {nothing_to_resolve, goes_with_whole, assay_obstacle_to_text_ever,
						  source_is_gone,     breaks_fields,   has_other_file};

	return first_of(list, ASSAY_COUNT(list), why, s, t, err);
}

static assay_code takes_no_table(assay_buf *why, assay_store *s, const assay_ticket *t, assay_err *err)
{
	ASSAY_CLEANUP(assay_ticket_facts_release) assay_ticket_facts facts = {0};
	assay_code rc = assay_ticket_facts_load(&facts, s, t, err);

	if (rc == ASSAY_OK)
		rc = assay_ticket_facts_load_rest(&facts, s, t, err);
	if (rc == ASSAY_OK && !assay_ticket_takes_table(&facts))
		assay_buf_puts(why, "has no cells that could be corrected: its pipeline has no stage that takes them");
	return rc;
}

/* The tables of that file are others: what its own cells are belongs to the file. */
static assay_code is_on_other_page(assay_buf *why, assay_store *s, const assay_ticket *t, assay_err *err)
{
	ASSAY_AUTO_SAMPLE_ROW row = {0};
	ASSAY_AUTO_TICKET page = {0};
	ASSAY_AUTO_DECISION d = {0};
	assay_code rc = assay_sample_find(s, t->subject, &row, err);

	if (rc == ASSAY_OK)
		rc = assay_table_other_page(&d, s, &row, err);
	if (rc == ASSAY_OK && d.id != 0)
		rc = assay_ticket_find(s, d.subject, &page, err);
	if (rc == ASSAY_OK && d.id != 0)
		assay_buf_printf(why,
				 "lies on a page that another file stands in place of (T%" PRIu64
				 "): hand in a file on which the table is read right, or 'assay queue retry T%" PRIu64
				 "' takes the other file back first",
				 page.id, page.id);
	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}

assay_code assay_obstacle_to_correction(assay_buf *why, assay_store *s, const assay_ticket *t, assay_err *err)
{
	static assay_obstacle_fn *const list[] = {nothing_to_resolve, goes_with_whole, takes_no_table,
						  source_is_gone,     breaks_fields,   is_on_other_page};

	if (!assay_ticket_is_table(t))
		return assay_obstacle_to_text(why, s, t, err);
	return first_of(list, ASSAY_COUNT(list), why, s, t, err);
}

/* Another file stands for a page, or for a whole recording, or for a source that gave no samples. */
static assay_code is_part(assay_buf *why, assay_store *s, const assay_ticket *t, assay_err *err)
{
	ASSAY_CLEANUP(assay_ticket_facts_release) assay_ticket_facts facts = {0};
	assay_code rc;

	if (t->is_source) {
		if (t->unit == 0)
			assay_buf_puts(why,
				       "could not be read as it lies there, with its sidecars: put that right, and "
				       "'assay run'");
		return ASSAY_OK;
	}
	rc = assay_ticket_facts_load(&facts, s, t, err);
	if (rc == ASSAY_OK && facts.sample != NULL && facts.sample->kind != ASSAY_SAMPLE_PAGE &&
	    facts.sample->parent != ASSAY_NO_SAMPLE)
		assay_buf_printf(why,
				 "is a %s, a part of what its file holds: another file can stand for a page or for a "
				 "whole recording",
				 facts.kind);
	return rc;
}

assay_code assay_obstacle_to_file(assay_buf *why, assay_store *s, const assay_ticket *t, assay_err *err)
{
	static assay_obstacle_fn *const list[] = {nothing_to_resolve, goes_with_whole, is_part, source_is_gone,
						  breaks_fields};

	return first_of(list, ASSAY_COUNT(list), why, s, t, err);
}

/* ---------------------------------------------------------------- what waits */

/* The outcome of what was made in vain is a class of failure, which may pass when it is made again. */
static bool is_failure(const char *note)
{
	for (unsigned i = ASSAY_FAILURE_CRASH; assay_failure_name(i) != NULL; i++)
		if (strcmp(note, assay_failure_name(i)) == 0)
			return true;
	return false;
}

bool assay_ticket_waits_for_run(const assay_ticket *t)
{
	bool waits = false;

	for (size_t i = 0; t->state == ASSAY_TICKET_RETRYING && i < t->attempt_count; i++) {
		const assay_ticket_attempt *a = &t->attempts[i];

		if (a->outcome == ASSAY_ATTEMPT_WANTED ||
		    (a->outcome == ASSAY_ATTEMPT_UNDONE && (a->note == NULL || is_failure(a->note))))
			return false;
		waits |= a->outcome == ASSAY_ATTEMPT_UNDONE;
	}
	return waits;
}

/* "'assay queue retry T12' tries it" */
static void tell_who_tries(assay_buf *why, const assay_ticket *t)
{
	if (assay_ticket_waits_for_run(t))
		assay_buf_puts(why, "'assay run' tries it");
	else
		assay_buf_printf(why, "'assay queue retry T%" PRIu64 "' tries it", t->id);
}

/* A sample that waits for what a person handed in is not judged before: no decision on its verdict would hold. */
static assay_code waits_for_content(assay_buf *why, assay_store *s, const assay_ticket *t, assay_err *err)
{
	ASSAY_AUTO_DECISION d = {0};
	assay_code rc;

	if (t->is_source || t->state != ASSAY_TICKET_RETRYING)
		return ASSAY_OK;
	rc = content_of(&d, s, t, err);
	if (rc != ASSAY_OK || (d.kind != ASSAY_DECISION_CORRECT && d.kind != ASSAY_DECISION_REPLACE))
		return rc;
	assay_buf_printf(why, "has %s that is still to be tried, and is not judged before: ",
			 d.kind == ASSAY_DECISION_CORRECT ? "a correction" : "another file in its place");
	tell_who_tries(why, t);
	assay_buf_puts(why, "; decide then");
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- a waiver, a rejection */

static assay_code gave_no_samples(assay_buf *why, assay_store *s, const assay_ticket *t, assay_err *err)
{
	(void)s;
	(void)err;
	if (t->is_source && t->state != ASSAY_TICKET_REPLACED && t->state != ASSAY_TICKET_REPAIRED)
		assay_buf_puts(why,
			       "gave no samples, so there is nothing to deliver: reject it, or put a sound file where "
			       "it lies and 'assay run'");
	return ASSAY_OK;
}

/* A waiver is for what fails. What somebody gave up may pass every check: it would come back without a word to them. */
static assay_code is_rejected(assay_buf *why, assay_store *s, const assay_ticket *t, assay_err *err)
{
	return t->state == ASSAY_TICKET_REJECTED ? assay_obstacle_decided(why, s, t, err) : ASSAY_OK;
}

static assay_code cannot_be_delivered(assay_buf *why, assay_store *s, const assay_ticket *t, assay_err *err)
{
	assay_failure failure;
	assay_code rc = failure_of(&failure, s, t, err);

	if (rc == ASSAY_OK)
		rc = breaks_fields(why, s, t, err);
	if (rc == ASSAY_OK && why->len == 0 && failure != ASSAY_FAILURE_NONE)
		assay_buf_printf(why, "has nothing that could be delivered (%s): reject it",
				 assay_failure_name(failure));
	return rc;
}

/* Only what fails, or what a model got wrong, can be let pass. */
static assay_code nothing_to_waive(assay_buf *why, assay_store *s, const assay_ticket *t, assay_err *err)
{
	const assay_code rc = passes_by_waiver(why, s, t, err);

	if (rc == ASSAY_OK && why->len == 0 && !assay_ticket_state_is_open(t->state) && t->state != ASSAY_TICKET_WAIVED)
		assay_buf_printf(why, "is %s: there is nothing to waive", assay_ticket_state_name(t->state));
	return rc;
}

assay_code assay_obstacle_to_waiver(assay_buf *why, assay_store *s, const assay_ticket *t, assay_err *err)
{
	static assay_obstacle_fn *const list[] = {gave_no_samples, is_rejected, nothing_to_waive, waits_for_content,
						  cannot_be_delivered};

	return first_of(list, ASSAY_COUNT(list), why, s, t, err);
}

static assay_code nothing_to_reject(assay_buf *why, assay_store *s, const assay_ticket *t, assay_err *err)
{
	(void)s;
	(void)err;
	if (t->state == ASSAY_TICKET_PASSED)
		assay_buf_puts(why,
			       "is passed: there is nothing to reject by its ticket; what is delivered all the same is "
			       "rejected by its key or path");
	else if (t->state == ASSAY_TICKET_GONE)
		assay_buf_puts(why, "is gone: there is nothing to reject by its ticket");
	return ASSAY_OK;
}

static assay_code fails_no_more(assay_buf *why, assay_store *s, const assay_ticket *t, assay_err *err)
{
	(void)s;
	(void)err;
	if (t->is_source && t->failure == ASSAY_FAILURE_NONE)
		assay_buf_printf(why,
				 "fails no more, and another file is in its place: take that back with 'assay queue "
				 "retry T%" PRIu64 "', or reject its samples",
				 t->id);
	return ASSAY_OK;
}

assay_code assay_obstacle_to_rejection(assay_buf *why, assay_store *s, const assay_ticket *t, assay_err *err)
{
	static assay_obstacle_fn *const list[] = {nothing_to_reject, goes_with_whole, waits_for_content, fails_no_more};

	return first_of(list, ASSAY_COUNT(list), why, s, t, err);
}

/* ---------------------------------------------------------------- a remedy */

static assay_code nothing_to_try(assay_buf *why, assay_store *s, const assay_ticket *t, assay_err *err)
{
	const assay_code rc = settled(why, s, t, "try", err);

	if (rc == ASSAY_OK && why->len == 0 && t->is_source && t->unit == 0)
		assay_buf_puts(why, "could not be read: a remedy changes what is made of what was read");
	return rc;
}

/* A remedy stands where a correction or another file stood: not in place of one that helps, or that is not tried yet. */
static assay_code content_stays(assay_buf *why, assay_store *s, const assay_ticket *t, assay_err *err)
{
	ASSAY_AUTO_DECISION d = {0};
	const assay_code rc = content_of(&d, s, t, err);
	const char *what = d.kind == ASSAY_DECISION_CORRECT ? "a correction" : "another file in its place";

	if (rc != ASSAY_OK || (d.kind != ASSAY_DECISION_CORRECT && d.kind != ASSAY_DECISION_REPLACE) ||
	    t->state == ASSAY_TICKET_NEEDS_REVIEW)
		return rc;
	if (t->state == ASSAY_TICKET_RETRYING) {
		assay_buf_printf(why, "has %s that is still to be tried: ", what);
		tell_who_tries(why, t);
		return ASSAY_OK;
	}
	assay_buf_printf(why,
			 "has %s, which a remedy would take back: 'assay queue retry T%" PRIu64
			 "' takes it back first, then name the remedy",
			 what, t->id);
	return ASSAY_OK;
}

/* What a file in the source's place holds is not tried in other ways; one of the sample's own makes room for the remedy. */
static assay_code is_of_other_file(assay_buf *why, assay_store *s, const assay_ticket *t, assay_err *err)
{
	ASSAY_AUTO_SOURCE src = {0};
	assay_digest basis;
	assay_code rc;

	ASSAY_TRY(assay_ticket_source(&src, s, t, err));
	ASSAY_TRY(assay_ticket_basis(&basis, s, t, &src, err));
	if (!assay_digest_eq(&basis, &src.digest))
		assay_buf_printf(
		    why,
		    "is part of a file that stands in its source's place, on which no remedy is tried: hand "
		    "in another with 'assay queue resolve T%" PRIu64 " --file FILE'",
		    t->id);
fail:
	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}

static bool fails(const assay_failed_check *checks, size_t count, assay_failure failure)
{
	for (size_t i = 0; i < count; i++)
		if (checks[i].severity == ASSAY_SEVERITY_ERROR)
			return true;
	return failure != ASSAY_FAILURE_NONE;
}

assay_code assay_tell_answers(assay_buf *out, assay_store *s, const assay_ticket *t, assay_err *err)
{
	static const struct {
		assay_obstacle_fn *obstacle;
		const char *verb, *rest;
	} answers[] = {
	    {assay_obstacle_to_correction, "resolve", "--text FILE"},
	    {assay_obstacle_to_file, "resolve", "--file FILE"},
	    {assay_obstacle_to_waiver, "waive", "--owner NAME --reason TEXT"},
	    {assay_obstacle_to_rejection, "reject", "--reason TEXT"},
	};
	assay_code rc = ASSAY_OK;
	bool any = false;

	for (size_t i = 0; i < ASSAY_COUNT(answers) && rc == ASSAY_OK; i++) {
		ASSAY_AUTO_BUF why = ASSAY_BUF_INIT;

		rc = answers[i].obstacle(&why, s, t, err);
		if (rc != ASSAY_OK || why.len > 0)
			continue;
		assay_buf_printf(out, "%s'assay queue %s T%" PRIu64 " %s'",
				 any ? ", " : "what the model got wrong is answered by ", answers[i].verb, t->id,
				 answers[i].rest);
		any = true;
	}
	return rc;
}

/* Remedies are for what fails as the pipeline makes it. What a model got wrong may well pass. */
static assay_code passes(assay_buf *why, assay_store *s, const assay_ticket *t, assay_err *err)
{
	ASSAY_AUTO_SAMPLE_ROW row = {0};
	bool failing = fails(t->checks, t->check_count, t->failure);

	if (t->origin == ASSAY_TICKET_FEEDBACK) {
		const assay_code rc = assay_sample_find(s, t->subject, &row, err);

		if (rc == ASSAY_ENOENT)
			assay_buf_puts(why, "is about a sample that is not there any more");
		if (rc != ASSAY_OK)
			return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
		failing = (row.way == ASSAY_WAY_REMEDY && row.plain_unit != row.unit) ||
			  fails(row.checks, row.check_count, row.failure);
	}
	if (failing)
		return ASSAY_OK;
	assay_buf_puts(why, "passes every check as the pipeline makes it: a remedy would not be tried");
	if (t->origin == ASSAY_TICKET_FEEDBACK) {
		assay_buf_puts(why, "; ");
		return assay_tell_answers(why, s, t, err);
	}
	return ASSAY_OK;
}

assay_code assay_obstacle_to_remedy(assay_buf *why, assay_store *s, const assay_ticket *t, assay_err *err)
{
	static assay_obstacle_fn *const list[] = {nothing_to_try, goes_with_whole,  source_is_gone, breaks_fields,
						  content_stays,  is_of_other_file, passes};

	return first_of(list, ASSAY_COUNT(list), why, s, t, err);
}

assay_code assay_remedy_can_change(bool *out, const assay_config *config, const assay_config_remedy *r, assay_store *s,
				   const assay_ticket *t, assay_err *err)
{
	const assay_config_step *steps[2 * ASSAY_CONFIG_STEPS_MAX];
	ASSAY_AUTO_SOURCE src = {0};
	const assay_code rc = assay_ticket_source(&src, s, t, err);

	*out = false;
	for (size_t i = 0; rc == ASSAY_OK && i < config->remedy_count; i++)
		if (r == NULL || r == &config->remedies[i])
			*out |= assay_config_rung_chain(config, src.modality, &config->remedies[i], 0, steps) > 0;
	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}
