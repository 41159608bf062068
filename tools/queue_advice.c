#include "feedback_words.h"
#include "queue_ended.h"
#include "queue_obstacles.h"
#include "queue_ticket.h"

#include <inttypes.h>
#include <string.h>

static const struct {
	assay_failure failure;
	const char *advice;
} advice[] = {
    {ASSAY_FAILURE_DECODE,
     "the bytes are not what the name promises: fetch the file again, or open and save it with the "
     "program that made it"},
    {ASSAY_FAILURE_EMPTY, "there is nothing in it to measure: take it out of the sources, or scan or record it again"},
    {ASSAY_FAILURE_SHORT, "it ends before its own header says: copy or download it again"},
    {ASSAY_FAILURE_UNSUPPORTED, "convert it to a format that 'assay stages' lists; take encryption off"},
    {ASSAY_FAILURE_LIMIT, "split it, or raise what the message names under 'limits:' in assay.yaml"},
    {ASSAY_FAILURE_FONT, "embed the font in the document, or add its folder to page.read's 'fonts' in assay.yaml"},
    {ASSAY_FAILURE_STAGE, "change the parameters of the stage in assay.yaml (they are above), or repair the file"},
    {ASSAY_FAILURE_METADATA,
     "mend what the message names, in the sidecar, the table, the path or assay.yaml, and 'assay run': nothing is "
     "decoded again"},
    {ASSAY_FAILURE_CRASH, "the next run tries again; if it crashes each time, please report it with the file"},
    {ASSAY_FAILURE_KILLED,
     "something outside Assay killed it, often for memory: the next run tries again; use a lower -j"},
    {ASSAY_FAILURE_TIMEOUT,
     "the next run tries again; raise 'limits: {cpu_s, wall_s}' in assay.yaml if it needs longer"},
    {ASSAY_FAILURE_OUT_OF_MEMORY, "the next run tries again; raise 'limits: {memory_mib}' in assay.yaml"},
    {ASSAY_FAILURE_CHANGED, "it was written to while it was read: run again when it is complete"},
    {ASSAY_FAILURE_UNREADABLE, "make the file readable for the user who runs Assay"},
    {ASSAY_FAILURE_PROTOCOL, "the next run tries again; if it fails each time, please report it with the file"},
};

static bool has_undefined(const assay_ticket *t)
{
	for (size_t i = 0; i < t->check_count; i++)
		if (!t->checks[i].defined && t->checks[i].severity == 1)
			return true;
	return false;
}

/* The remedy that the contract names for a check, if any. */
static const char *remedy_of(const assay_contract *c, const char *check)
{
	for (size_t i = 0; i < c->check_count; i++)
		if (strcmp(c->checks[i].id, check) == 0 && c->checks[i].remedy[0] != '\0')
			return c->checks[i].remedy;
	return NULL;
}

static void advise_remedies(const assay_ticket *t, const assay_ticket_facts *c, assay_advise_fn *fn, void *ctx)
{
	for (size_t i = 0; i < t->check_count; i++) {
		const char *remedy = remedy_of(c->contracts.items[i], t->checks[i].check_id);
		ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;

		assay_buf_printf(&text,
				 "the contract names remedy '%s' for %s, which was not tried: 'remedies' of assay.yaml "
				 "has none of that name for it, or one whose 'when' it does not meet",
				 remedy != NULL ? remedy : "", t->checks[i].check_id);
		if (remedy != NULL && t->attempt_count == 0)
			fn(ctx, assay_buf_str(&text));
	}
}

static void advise(assay_advise_fn *fn, void *ctx, const char *fmt, uint64_t ticket)
{
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;

	for (; *fmt != '\0'; fmt++)
		if (*fmt == '@')
			assay_buf_printf(&text, "T%" PRIu64, ticket);
		else
			assay_buf_putc(&text, *fmt);
	fn(ctx, assay_buf_str(&text));
}

/* By its state: what there is to do, '@' for the ticket. */
static const struct {
	assay_ticket_state state;
	const char *advice;
} by_state[] = {
    {ASSAY_TICKET_RETRYING,
     "'assay run' makes the attempts that are still to be made, and so does 'assay queue retry @'"},
    {ASSAY_TICKET_WAIVED,
     "to take the waiver back: 'assay queue retry @'; to renew it: 'assay queue waive @ --owner NAME --reason TEXT'"},
    {ASSAY_TICKET_REJECTED, "to open it again: 'assay queue retry @'"},
    {ASSAY_TICKET_CORRECTED, "to take the correction back: 'assay queue retry @'"},
    {ASSAY_TICKET_REPLACED, "to take the other file back: 'assay queue retry @'"},
};

/* What a person can do about a sample or source that the machine could not help, where the verb would not refuse it. */
static const struct {
	assay_obstacle_fn *obstacle;
	const char *advice;
} by_people[] = {
    {assay_obstacle_to_metadata, "say what is true of it: 'assay queue resolve @ --metadata NAME=VALUE'"},
    {assay_obstacle_to_correction, "type what it says: 'assay queue resolve @ --text FILE'"},
    {assay_obstacle_to_file, "put a better file in its place: 'assay queue resolve @ --file FILE'"},
    {assay_obstacle_to_waiver, "deliver it all the same: 'assay queue waive @ --owner NAME --reason TEXT'"},
    {assay_obstacle_to_rejection, "give it up: 'assay queue reject @ --reason TEXT'"},
};

static assay_code advise_unless(assay_obstacle_fn *obstacle, const char *text, assay_store *s, const assay_ticket *t,
				assay_advise_fn *fn, void *ctx, assay_err *err)
{
	ASSAY_AUTO_BUF why = ASSAY_BUF_INIT;
	const assay_code rc = obstacle(&why, s, t, err);

	if (rc == ASSAY_OK && why.len == 0)
		advise(fn, ctx, text, t->id);
	return rc;
}

static assay_code advise_people(assay_store *s, const assay_ticket *t, const assay_ticket_facts *c, assay_advise_fn *fn,
				void *ctx, assay_err *err)
{
	bool any = c->config == NULL; /* not known: there may be one */
	assay_code rc = any ? ASSAY_OK : assay_remedy_can_change(&any, c->config, NULL, s, t, err);

	if (rc == ASSAY_OK && any && t->origin == ASSAY_TICKET_JUDGED)
		rc = advise_unless(assay_obstacle_to_remedy,
				   "another way to read it: 'assay queue retry @ --remedy NAME'", s, t, fn, ctx, err);
	for (size_t i = 0; i < ASSAY_COUNT(by_people) && rc == ASSAY_OK; i++)
		rc = advise_unless(by_people[i].obstacle, by_people[i].advice, s, t, fn, ctx, err);
	return rc;
}

/* What can be changed so that it passes by itself. */
static void advise_work(const assay_ticket *t, const assay_ticket_facts *c, assay_advise_fn *fn, void *ctx)
{
	for (size_t i = 0; i < ASSAY_COUNT(advice); i++)
		if (advice[i].failure == t->failure)
			fn(ctx, advice[i].advice);
	if (t->failure != ASSAY_FAILURE_NONE)
		return;
	advise_remedies(t, c, fn, ctx);
	fn(ctx, "repair or replace the source and 'assay run': what changed is measured again");
	fn(ctx, "change the parameters of the stage above in assay.yaml and 'assay run'");
	fn(ctx, "if the bound is too strict, change the contract and 'assay judge': nothing is decoded again");
	if (has_undefined(t))
		fn(ctx, "for a metric without a value: supply what it needs (a sidecar), or say 'whenMissing: skip'");
}

/* What was decided is taken back where it was: on the page that a table lies on, on the source of a sample. */
static assay_code holder(uint64_t *out, assay_store *s, const assay_ticket *t, const assay_ticket_facts *c,
			 assay_err *err)
{
	ASSAY_AUTO_TICKET other = {0};
	assay_code rc = ASSAY_ENOENT;

	*out = t->id;
	if (c->decision.id != 0 && c->decision.subject != NULL)
		rc = assay_ticket_peek_on(s, c->decision.subject, &other, err);
	if (rc == ASSAY_OK)
		*out = other.id;
	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}

/* Of a file that is gone: what was let pass goes on answering for the same bytes under another name. */
static assay_code advise_answering(assay_store *s, const assay_ticket *t, assay_advise_fn *fn, void *ctx,
				   assay_err *err)
{
	ASSAY_AUTO_DECISION d = {0};
	ASSAY_AUTO_FREE char *key = NULL;
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
	assay_decision_end end = ASSAY_DECISION_HOLDS;
	assay_code rc = assay_decision_peek_on(s, t->subject, ASSAY_DECISION_OF_VERDICT, &d, err);

	if (rc == ASSAY_OK)
		rc = assay_decision_end_of(&end, s, &d, err);
	if (rc == ASSAY_OK)
		rc = assay_decision_answers_for(&key, s, &d, end, err);
	if (rc != ASSAY_OK || key == NULL)
		return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
	assay_buf_printf(&text, "to take the waiver back, which answers for %s: 'assay queue retry T%" PRIu64 "'", key,
			 t->id);
	fn(ctx, assay_buf_str(&text));
	return ASSAY_OK;
}

/* Of what is passed by a waiver under another name: where that is taken back. */
static assay_code advise_answered(assay_store *s, const assay_ticket *t, assay_advise_fn *fn, void *ctx, assay_err *err)
{
	ASSAY_CLEANUP(assay_ticket_answer_release) assay_ticket_answer a = {0};
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
	const assay_code rc = assay_ticket_answer_find(&a, s, t, err);

	if (rc != ASSAY_OK)
		return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
	assay_buf_printf(&text, "to take back the waiver of %s, which answers for it: 'assay queue retry T%" PRIu64 "'",
			 a.ticket.subject, a.ticket.id);
	fn(ctx, assay_buf_str(&text));
	return assay_buf_check(&text, err);
}

/* Of the evaluation that told of it, by the measure that it failed. Inner quotes do not stand within quotes. */
static void advise_report(const assay_ticket_facts *c, assay_advise_fn *fn, void *ctx)
{
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT, command = ASSAY_BUF_INIT;
	const char *quote;

	assay_feedback_words_report(&command, c->feedback != NULL ? assay_ticket_words(c->feedback) : "");
	quote = strchr(assay_buf_str(&command), '\'') == NULL ? "'" : "";
	assay_buf_printf(&text, "what else the model got wrong, and what it has in common: %s%s%s", quote,
			 assay_buf_str(&command), quote);
	fn(ctx, assay_buf_str(&text));
}

assay_code assay_ticket_advise(assay_store *s, const assay_ticket *t, const assay_ticket_facts *c, assay_advise_fn *fn,
			       void *ctx, assay_err *err)
{
	uint64_t decided;
	const assay_code rc = holder(&decided, s, t, c, err);

	if (rc != ASSAY_OK)
		return rc;
	for (size_t i = 0; i < ASSAY_COUNT(by_state); i++)
		if (by_state[i].state == t->state && assay_ticket_waits_for_run(t))
			advise(fn, ctx,
			       "'assay run' makes the attempts that are still to be made: it looks at the files again",
			       t->id);
		else if (by_state[i].state == t->state && (t->origin == ASSAY_TICKET_JUDGED || t->decision != 0))
			advise(fn, ctx, by_state[i].advice,
			       by_state[i].state == ASSAY_TICKET_RETRYING ? t->id : decided);
	if (t->state == ASSAY_TICKET_GONE)
		return advise_answering(s, t, fn, ctx, err);
	if (t->state == ASSAY_TICKET_PASSED)
		return advise_answered(s, t, fn, ctx, err);
	if (t->state != ASSAY_TICKET_OPEN && t->state != ASSAY_TICKET_NEEDS_REVIEW)
		return ASSAY_OK;
	if (t->origin == ASSAY_TICKET_FEEDBACK) {
		advise_report(c, fn, ctx);
		fn(ctx, "a cause that is found is mended in assay.yaml or its contracts: 'assay run' makes it again");
	} else {
		advise_work(t, c, fn, ctx);
	}
	return advise_people(s, t, c, fn, ctx, err);
}
