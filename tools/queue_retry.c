#include "verbs.h"

#include "queue_attempts.h"
#include "queue_command.h"
#include "queue_ended.h"

#include "assay/contract.h"
#include "assay/memory.h"
#include "assay/suggest.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const assay_option options[] = {
    {"remedy", 0, "REMEDY", "try this one first, whether or not a check names it"},
    {"decision", 0, "NUMBER", "take out decisions that cannot be read, which stop every run; with --reason"},
    {"event", 0, "TICKET:NUMBER", "give up events that cannot be read, which 'assay check' names; with --reason"},
    ASSAY_COMMAND_OPTIONS,
    ASSAY_SELECTION_OPTIONS,
    ASSAY_SELECTION_BY_METADATA,
    {NULL, 0, NULL, NULL},
};

/* What the verb knows between tickets. */
typedef struct retrying {
	const assay_config_remedy *remedy; /* NULL: without one */
	char **paths;                      /* sources whose metadata decision is taken back */
	size_t count, cap;
} retrying;

static void retrying_release(retrying *w)
{
	for (size_t i = 0; i < w->count; i++)
		free(w->paths[i]);
	free(w->paths);
}

/* ---------------------------------------------------------------- with a remedy */

static assay_code find_remedy(const assay_config_remedy **out, const assay_command *c, assay_err *err)
{
	const char *name = assay_opt(c->in, "remedy");
	assay_suggest near;
	char hint[80];

	*out = NULL;
	if (name == NULL)
		return ASSAY_OK;
	*out = assay_config_remedy_find(c->config, name);
	if (*out != NULL)
		return ASSAY_OK;
	assay_suggest_init(&near, name);
	for (size_t i = 0; i < c->config->remedy_count; i++)
		assay_suggest_offer(&near, c->config->remedies[i].name);
	return ASSAY_RAISE(err, ASSAY_ENOENT, "queue retry: '%s' has no remedy '%s'%s", c->in->config, name,
			   assay_suggest_text(&near, hint, sizeof hint));
}

/* What stands in a slot of a subject is no longer in force. *out: something stood. */
static assay_code take_back(bool *out, assay_command *c, const char *subject, assay_decision_slot slot, assay_err *err)
{
	ASSAY_AUTO_DECISION d = {0};
	assay_code rc = assay_decision_find(c->store, subject, slot, &d, err);

	*out = rc == ASSAY_OK && d.standing == ASSAY_DECISION_STANDS;
	if (rc == ASSAY_ENOENT)
		return ASSAY_OK;
	return *out && !c->dry ? assay_decision_withdraw(c->store, subject, slot, err) : rc;
}

static assay_code can_remedy(const assay_config_remedy *r, assay_command *c, const assay_ticket *t, assay_err *err)
{
	ASSAY_AUTO_SOURCE src = {0};
	bool changes = false;
	assay_code rc = assay_command_allow(c, t, assay_obstacle_to_remedy, err);

	if (rc == ASSAY_OK)
		rc = assay_command_source(&src, c, t, err);
	if (rc == ASSAY_OK)
		rc = assay_remedy_can_change(&changes, c->config, r, c->store, t, err);
	if (rc == ASSAY_OK && !changes)
		return assay_command_refuse(t, err, "is %s: remedy '%s' changes nothing for it",
					    assay_modality_name((unsigned)src.modality), r->name);
	return rc;
}

/* With it goes what was decided on the verdict: a sample that is waived or rejected is not treated. */
static assay_code try_remedy(const assay_config_remedy *r, assay_command *c, const assay_ticket *t, assay_err *err)
{
	assay_decision d = {.kind = ASSAY_DECISION_REMEDY, .is_source = t->is_source};
	assay_code rc = can_remedy(r, c, t, err);
	bool stood, passes;

	if (rc == ASSAY_OK)
		rc = take_back(&stood, c, t->subject, ASSAY_DECISION_OF_VERDICT, err);
	if (rc != ASSAY_OK)
		return rc;
	d.subject = assay_strdup(t->subject);
	d.remedy = assay_strdup(r->name);
	if (d.subject == NULL || d.remedy == NULL)
		rc = ASSAY_RAISE(err, ASSAY_ENOMEM, "decision");
	else
		rc = assay_command_basis(&d.basis, &passes, c, t, d.kind, err);
	if (rc == ASSAY_OK)
		return assay_command_decide(c, t, &d, err);
	assay_decision_release(&d);
	return rc;
}

/* ---------------------------------------------------------------- without */

/* Was a source given up while another file was in its place? */
static assay_code is_file_rejected(bool *out, assay_command *c, const assay_ticket *t, assay_err *err)
{
	ASSAY_AUTO_SOURCE src = {0};
	ASSAY_AUTO_DECISION d = {0};
	assay_code rc;

	*out = false;
	if (!t->is_source || t->unit == 0 || t->state != ASSAY_TICKET_REJECTED)
		return ASSAY_OK;
	rc = assay_command_source(&src, c, t, err);
	if (rc == ASSAY_OK)
		rc = assay_ticket_content(&d, c->store, t, &src, err);
	*out = rc == ASSAY_OK && d.kind == ASSAY_DECISION_REPLACE;
	return rc;
}

/* What stands on a sample is taken back: it is as it was before people looked at it. */
static assay_code withdraw(bool *out, assay_command *c, const assay_ticket *t, assay_err *err)
{
	static const assay_decision_slot slots[] = {ASSAY_DECISION_OF_VERDICT, ASSAY_DECISION_OF_CONTENT};
	assay_code rc = ASSAY_OK;
	bool stood;

	*out = false;
	for (size_t i = 0; i < ASSAY_COUNT(slots) && rc == ASSAY_OK; i++) {
		rc = take_back(&stood, c, t->subject, slots[i], err);
		*out |= stood;
	}
	c->judge |= *out;
	return rc;
}

/* Several tickets of one source are one decision: it was there for all of them. */
static assay_code withdraw_metadata(bool *out, retrying *w, assay_command *c, const assay_ticket *t, assay_err *err)
{
	ASSAY_AUTO_FREE char *path = NULL;
	assay_code rc = assay_ticket_path(&path, t, err);

	*out = false;
	for (size_t i = 0; i < w->count && rc == ASSAY_OK && !*out; i++)
		*out = strcmp(w->paths[i], path) == 0;
	if (rc != ASSAY_OK || *out)
		return rc;
	rc = take_back(out, c, path, ASSAY_DECISION_OF_METADATA, err);
	if (rc != ASSAY_OK || !*out)
		return rc;
	rc = assay_grow(&w->paths, &w->cap, w->count, sizeof *w->paths, err);
	if (rc == ASSAY_OK) {
		w->paths[w->count++] = path;
		path = NULL;
	}
	return rc;
}

/* Its next run does it again, whatever is known of it. */
static assay_code mark_source(assay_command *c, const assay_ticket *t, assay_err *err)
{
	ASSAY_AUTO_SOURCE src = {0};
	const assay_code rc = assay_command_source(&src, c, t, err);

	return rc == ASSAY_OK && !c->dry ? assay_pipeline_ask_again(c->store, src.path, err) : rc;
}

/* The attempt that it stands by. */
static const assay_ticket_attempt *repaired_by(const assay_ticket *t)
{
	for (size_t i = 0; i < t->attempt_count; i++)
		if (t->attempts[i].chosen && t->attempts[i].way == ASSAY_WAY_REMEDY &&
		    t->attempts[i].outcome == ASSAY_ATTEMPT_PASSED)
			return &t->attempts[i];
	return NULL;
}

static assay_code refuse_repaired(assay_command *c, const assay_ticket *t, assay_err *err)
{
	const assay_ticket_attempt *a = repaired_by(t);
	ASSAY_AUTO_BUF way = ASSAY_BUF_INIT, answers = ASSAY_BUF_INIT;
	assay_code rc = ASSAY_OK;

	assay_tell_way(&way, a->way, a->remedy, a->rung);
	if (t->origin == ASSAY_TICKET_FEEDBACK) {
		assay_buf_puts(&answers, "; ");
		rc = assay_tell_answers(&answers, c->store, t, err);
	}
	if (rc != ASSAY_OK)
		return rc;
	return assay_command_refuse(t, err,
				    "is repaired by %s, so what else its checks name is not tried: name a remedy with "
				    "--remedy, which is tried first%s",
				    assay_buf_str(&way), assay_buf_str(&answers));
}

static assay_code refuse_bytes(assay_command *c, const assay_ticket *t, assay_err *err)
{
	bool remedy;
	const assay_code rc = assay_remedy_can_change(&remedy, c->config, NULL, c->store, t, err);

	if (rc != ASSAY_OK)
		return rc;
	return assay_command_refuse(
	    t, err,
	    "failed by its bytes (%s), and would again: %shand in a sound file with 'assay queue resolve T%" PRIu64
	    " --file FILE', or give it up with 'assay queue reject T%" PRIu64 "'",
	    assay_failure_name(t->failure), remedy ? "name a remedy with --remedy, " : "", t->id, t->id);
}

static assay_code refuse_unremedied(assay_command *c, const assay_ticket *t, assay_err *err)
{
	bool remedy;
	const assay_code rc = assay_remedy_can_change(&remedy, c->config, NULL, c->store, t, err);

	if (rc != ASSAY_OK)
		return rc;
	return assay_command_refuse(t, err, "has no remedy: %s",
				    remedy ? "name one with --remedy, or bind one to the check in the contract"
					   : "write one that changes how it is made under 'remedies' of assay.yaml, "
					     "and bind it to the check in the contract");
}

static assay_code retry_source(assay_command *c, const assay_ticket *t, bool withdrawn, assay_err *err)
{
	assay_code rc;

	if (t->failure != ASSAY_FAILURE_NONE && !assay_failure_is_deterministic(t->failure)) {
		rc = mark_source(c, t, err);
		return rc == ASSAY_OK ? assay_command_note(c, t, "the next 'assay run' does it again", err) : rc;
	}
	if (withdrawn)
		return assay_command_note(c, t, "taken back: judged as if nothing had been decided", err);
	if (repaired_by(t) != NULL)
		return refuse_repaired(c, t, err);
	return refuse_bytes(c, t, err);
}

/* The file stays. What is to be said of it is said by the next retry. */
static assay_code take_rejection_back(assay_command *c, const assay_ticket *t, assay_err *err)
{
	bool stood;
	const assay_code rc = take_back(&stood, c, t->subject, ASSAY_DECISION_OF_VERDICT, err);

	c->judge |= rc == ASSAY_OK;
	return rc == ASSAY_OK ? assay_command_note(c, t, "rejection taken back: the other file is in its place", err)
			      : rc;
}

/* What was decided is kept while it is still to be seen what comes of it. */
static bool has_unmade(const assay_ticket *t)
{
	for (size_t i = 0; t->state == ASSAY_TICKET_RETRYING && i < t->attempt_count; i++)
		if (t->attempts[i].outcome == ASSAY_ATTEMPT_WANTED || t->attempts[i].outcome == ASSAY_ATTEMPT_UNDONE)
			return true;
	return false;
}

/* ---- a correction, or another file, that brings its unit down every time */

typedef struct vain {
	assay_store *store;
	unsigned count;
} vain;

static assay_code look_at_unit(void *ctx, uint64_t id, assay_err *err)
{
	vain *v = ctx;
	ASSAY_AUTO_UNIT u = {0};
	const assay_code rc = assay_unit_get(v->store, id, &u, err);

	v->count += rc == ASSAY_OK && u.result.failure != ASSAY_FAILURE_NONE &&
		    !assay_failure_is_deterministic(u.result.failure);
	return rc;
}

/* Was what stands on the content made more than once, each time in vain by a crash, or for want of time or memory? */
static assay_code made_in_vain(bool *out, assay_command *c, const assay_ticket *t, assay_err *err)
{
	vain v = {.store = c->store};
	ASSAY_AUTO_SOURCE src = {0};
	ASSAY_AUTO_DECISION d = {0};
	assay_code rc = assay_command_source(&src, c, t, err);

	if (rc == ASSAY_OK)
		rc = assay_ticket_content(&d, c->store, t, &src, err);
	if (rc == ASSAY_OK && (d.kind == ASSAY_DECISION_CORRECT || d.kind == ASSAY_DECISION_REPLACE))
		rc = assay_units_of(c->store, d.kind == ASSAY_DECISION_CORRECT ? ASSAY_UNIT_SIDECAR : ASSAY_UNIT_SOURCE,
				    &d.payload, look_at_unit, &v, err);
	*out = v.count > 1;
	return rc;
}

static assay_code retry_sample(assay_command *c, const assay_ticket *t, bool withdrawn, assay_err *err)
{
	assay_code rc;

	if (withdrawn)
		return assay_command_note(c, t, "taken back: judged as if nothing had been decided", err);
	rc = assay_command_allow(c, t, assay_obstacle_to_remedy, err);
	if (rc != ASSAY_OK)
		return rc;
	if (repaired_by(t) != NULL)
		return refuse_repaired(c, t, err);
	if (t->attempt_count >= ASSAY_CONFIG_TRIES_ENOUGH)
		return assay_command_refuse(t, err,
					    "has had %zu attempts, and after %d no further remedy is begun: name one "
					    "with --remedy, which is tried first, or shorten 'remedies' of assay.yaml",
					    t->attempt_count, ASSAY_CONFIG_TRIES_ENOUGH);
	if (t->attempt_count > 0)
		return assay_command_refuse(t, err,
					    "has seen every remedy that its checks name: name another with "
					    "--remedy, or change 'remedies' of assay.yaml");
	return refuse_unremedied(c, t, err);
}

/* A page by whose other file its source is a duplicate has passed; the file is taken back all the same. */
static assay_code stands_by_file(bool *out, assay_command *c, const assay_ticket *t, assay_err *err)
{
	ASSAY_AUTO_SOURCE src = {0};
	ASSAY_AUTO_DECISION d = {0};
	assay_code rc;

	if (t->state != ASSAY_TICKET_PASSED || t->is_source || *out)
		return ASSAY_OK;
	rc = assay_command_source(&src, c, t, err);
	if (rc == ASSAY_OK)
		rc = assay_ticket_content(&d, c->store, t, &src, err);
	*out = rc == ASSAY_OK && d.kind == ASSAY_DECISION_REPLACE;
	return rc;
}

static assay_code retry_plainly(retrying *w, assay_command *c, const assay_ticket *t, assay_err *err)
{
	const bool settled = t->state == ASSAY_TICKET_PASSED || t->state == ASSAY_TICKET_GONE;
	bool withdrawn = false, in_vain = false, left = false, has_file = false, found_anew;
	assay_code rc = ASSAY_OK;

	if (has_unmade(t))
		rc = made_in_vain(&in_vain, c, t, err);
	if (rc == ASSAY_OK && settled) /* also of a file that is gone, and whose bytes are elsewhere */
		rc = assay_ticket_has_left(&left, c->store, t, err);
	if (rc == ASSAY_OK)
		rc = stands_by_file(&left, c, t, err);
	if (rc != ASSAY_OK)
		return rc;
	if (has_unmade(t) && !in_vain) {
		c->judge = true;
		return assay_command_note(c, t, "attempts that are still to be made", err);
	}
	rc = is_file_rejected(&has_file, c, t, err);
	if (rc != ASSAY_OK)
		return rc;
	if (has_file)
		return take_rejection_back(c, t, err);
	rc = withdraw_metadata(&found_anew, w, c, t, err);
	/* What waits behind a filter would keep out what comes back with its metadata. */
	if (rc == ASSAY_OK && (!settled || left || found_anew))
		rc = withdraw(&withdrawn, c, t, err);
	if (rc != ASSAY_OK)
		return rc;
	if (found_anew)
		return assay_command_note(c, t,
					  withdrawn ? "taken back, metadata too: judged as if nothing had been decided"
						    : "metadata taken back: what files and rules say stands again",
					  err);
	return t->is_source && !settled ? retry_source(c, t, withdrawn, err) : retry_sample(c, t, withdrawn, err);
}

static assay_code retry(void *ctx, assay_command *c, const assay_ticket *t, assay_err *err)
{
	retrying *w = ctx;

	/* Nobody could see what was decided of it: that is not taken back unseen. */
	if (w->remedy == NULL && assay_command_made_anew(c, t->id))
		return assay_command_note_told(c, t, "it could not be read, and was made anew", err);
	if (w->remedy == NULL)
		return retry_plainly(w, c, t, err);
	return try_remedy(w->remedy, c, t, err);
}

/* ---------------------------------------------------------------- a decision that cannot be read */

static bool is_named(const assay_command *c, uint64_t decision)
{
	for (size_t i = 0; i < c->taken_count; i++)
		if (c->taken[i] == decision)
			return true;
	return false;
}

static assay_code add_number(assay_command *c, const char *text, size_t size, assay_err *err)
{
	char *end;
	uint64_t n;
	assay_code rc;

	errno = 0;
	n = strtoull(text, &end, 10);
	if (text[0] < '1' || text[0] > '9' || end != text + size || errno != 0 || n > INT64_MAX)
		return ASSAY_RAISE(err, ASSAY_EUSAGE,
				   "queue retry: --decision: '%.*s' is no number of a decision, as 'assay check' tells "
				   "it",
				   (int)(size < 80 ? size : 80), text);
	if (is_named(c, n))
		return ASSAY_OK;
	rc = assay_decision_can_take_out(c->store, n, err);
	if (rc == ASSAY_OK)
		rc = assay_grow(&c->taken, &c->taken_cap, c->taken_count, sizeof *c->taken, err);
	if (rc == ASSAY_OK)
		c->taken[c->taken_count++] = n;
	return rc;
}

/* "--decision 3,5 --decision 9" */
static assay_code read_numbers(assay_command *c, assay_err *err)
{
	const char *text;
	assay_code rc = ASSAY_OK;

	for (int at = 0; rc == ASSAY_OK && (text = assay_opt_next(c->in, "decision", &at)) != NULL;)
		for (bool more = true; more && rc == ASSAY_OK;) {
			const size_t size = strcspn(text, ",");

			rc = add_number(c, text, size, err);
			more = text[size] == ',';
			text += size + 1;
		}
	return rc;
}

/* Whom one was about, as far as tickets know. */
static assay_code note_ticket(void *ctx, const assay_ticket *t, assay_err *err)
{
	assay_command *c = ctx;

	return is_named(c, t->decision) ? assay_command_note_told(c, t, "decision that cannot be read, taken out", err)
					: ASSAY_OK;
}

static assay_code tell_ticket(assay_command *c, uint64_t id, assay_err *err)
{
	ASSAY_AUTO_TICKET t = {0};
	ASSAY_AUTO_BUF reason = ASSAY_BUF_INIT;
	assay_code rc = assay_ticket_get(c->store, id, &t, err);

	assay_buf_printf(&reason, "decision %" PRIu64 " cannot be read, and was taken out: %s", t.decision, c->reason);
	if (rc == ASSAY_OK)
		rc = assay_buf_check(&reason, err);
	t.decision = 0;
	return rc == ASSAY_OK ? assay_ticket_put(c->store, &t, c->actor, assay_buf_str(&reason), err) : rc;
}

/* All of them or none: each is looked at before the first is taken out. */
static assay_code take_out(assay_command *c, assay_err *err)
{
	assay_code rc;

	if (c->reason[0] == '\0' || c->in->arg_count > 0)
		return ASSAY_RAISE(err, ASSAY_EUSAGE,
				   "queue retry: --decision names decisions and no tickets, and needs --reason");
	rc = read_numbers(c, err);
	if (rc == ASSAY_OK)
		rc = assay_tickets_each(c->store, true, note_ticket, c, err);
	if (rc != ASSAY_OK || c->dry)
		return rc;
	for (size_t i = 0; i < c->taken_count && rc == ASSAY_OK; i++)
		rc = assay_decision_take_out(c->store, c->taken[i], c->actor, c->reason, c->now_ns, err);
	for (size_t i = 0; i < c->count && rc == ASSAY_OK; i++)
		rc = tell_ticket(c, c->items[i].ticket, err);
	c->judge = true;
	return rc;
}

/* ---------------------------------------------------------------- an event that cannot be read */

/* "T12:3" */
static bool parse_event(const char *text, size_t size, uint64_t *ticket, uint32_t *ordinal)
{
	char name[48];
	char *colon, *end;
	unsigned long n;

	(void)snprintf(name, sizeof name, "%.*s", (int)(size < sizeof name ? size : sizeof name - 1), text);
	colon = strchr(name, ':');
	if (size >= sizeof name || colon == NULL || colon[1] < '1' || colon[1] > '9')
		return false;
	*colon = '\0';
	errno = 0;
	n = strtoul(colon + 1, &end, 10);
	*ordinal = (uint32_t)n;
	return errno == 0 && *end == '\0' && n <= UINT32_MAX && assay_ticket_parse(name, ticket);
}

/* @param really  false: only look whether it can be done */
static assay_code give_up_one(assay_command *c, const char *text, size_t size, bool really, assay_err *err)
{
	ASSAY_AUTO_TICKET t = {0};
	char did[64];
	uint64_t ticket;
	uint32_t ordinal;
	assay_code rc;

	if (!parse_event(text, size, &ticket, &ordinal))
		return ASSAY_RAISE(err, ASSAY_EUSAGE,
				   "queue retry: --event: '%.*s' is no event such as T12:3, as 'assay check' tells it",
				   (int)(size < 80 ? size : 80), text);
	if (really && !c->dry)
		rc = assay_ticket_give_up(c->store, ticket, ordinal, c->actor, c->reason, c->now_ns, err);
	else
		rc = assay_ticket_can_give_up(c->store, ticket, ordinal, err);
	if (rc == ASSAY_OK && really)
		rc = assay_ticket_get(c->store, ticket, &t, err);
	if (rc != ASSAY_OK || !really)
		return rc;
	(void)snprintf(did, sizeof did, "event %" PRIu32 ", which cannot be read, is given up", ordinal);
	return assay_command_note(c, &t, did, err);
}

static assay_code each_event(assay_command *c, bool really, assay_err *err)
{
	const char *text;
	assay_code rc = ASSAY_OK;

	for (int at = 0; rc == ASSAY_OK && (text = assay_opt_next(c->in, "event", &at)) != NULL;)
		for (bool more = true; more && rc == ASSAY_OK;) {
			const size_t size = strcspn(text, ",");

			rc = give_up_one(c, text, size, really, err);
			more = text[size] == ',';
			text += size + 1;
		}
	return rc;
}

/* All of them or none: nothing is written before each was looked at. */
static assay_code give_up(assay_command *c, assay_err *err)
{
	assay_code rc;

	if (c->reason[0] == '\0' || c->in->arg_count > 0 || assay_opt(c->in, "decision") != NULL)
		return ASSAY_RAISE(err, ASSAY_EUSAGE,
				   "queue retry: --event names events and neither tickets nor decisions, and needs "
				   "--reason");
	rc = each_event(c, false, err);
	return rc == ASSAY_OK ? each_event(c, true, err) : rc;
}

static int run(const assay_invocation *in, assay_err *err)
{
	ASSAY_AUTO_COMMAND c = {.rootfd = -1};
	ASSAY_CLEANUP(retrying_release) retrying w = {0};
	assay_code rc;
	int code = ASSAY_EXIT_OK;

	ASSAY_TRY(assay_command_open(&c, in, err));
	c.own = "remedy";
	ASSAY_TRY(find_remedy(&w.remedy, &c, err));
	if (assay_opt(in, "event") != NULL)
		ASSAY_TRY(give_up(&c, err));
	else if (assay_opt(in, "decision") != NULL)
		ASSAY_TRY(take_out(&c, err));
	else
		ASSAY_TRY(assay_command_each(&c, retry, &w, err));
	if (w.count > 0 && !c.dry) {
		c.judge = true;
		ASSAY_TRY(assay_load_tables(in, c.config, c.rootfd, err));
	}
	ASSAY_TRY(assay_command_finish(&c, &code, err));
	return code;
fail:
	return assay_exit_of(rc);
}

const assay_verb assay_verb_queue_retry = {
    .name = "retry",
    .operands = "[TICKET|SAMPLE|PATH...]",
    .max_args = -1,
    .summary = "try again, with a remedy or as if nothing had been decided",
    .help =
	"With --remedy that remedy is tried before those that the checks name; a waiver or rejection of the sample is\n"
	"taken back with it. Without, attempts that are still to be made are made, and what was decided stays. Where\n"
	"none is left, or a correction or another file crashed or took too long each time, what people decided about\n"
	"the sample is taken back, all at once (a waiver or rejection, a correction or file), and what they said of "
	"its\n"
	"source with 'queue resolve --metadata': what files and rules say of it stands again. A source "
	"that\n"
	"failed for time, memory, a signal or because it could not be read is done again by the next run. --decision\n"
	"takes out decisions whose rows are damaged ('assay check' names them; several with commas, or given again):\n"
	"what they said no longer holds. --event does so with events of a ticket's history that cannot be read: who\n"
	"gave one up and why stands in its place. A ticket that cannot be read itself is made anew by a judging, and\n"
	"nothing else is done to it without --remedy.\n" ASSAY_COMMAND_HELP ASSAY_SELECTION_HELP,
    .example = "  assay queue retry T12 --remedy faded\n"
	       "  assay queue retry --failure timeout,out-of-memory\n"
	       "  assay queue retry --decision 3,7 --reason 'a bad disk' --dry-run\n"
	       "  assay queue retry --event T12:3 --reason 'a bad disk'\n",
    .options = options,
    .uses = ASSAY_USES_STORE | ASSAY_USES_LOCK | ASSAY_USES_CONFIG,
    .exits = assay_command_exits,
    .see_also = "queue list, queue waive, run",
    .run = run,
};
