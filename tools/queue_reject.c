#include "verbs.h"

#include "queue_command.h"

#include "subject.h"

#include "assay/memory.h"
#include "assay/unit.h"

#include <stdlib.h>
#include <string.h>

static const assay_option options[] = {
    ASSAY_COMMAND_OPTIONS,     ASSAY_SELECTION_OPTIONS, ASSAY_SELECTION_BY_METADATA,
    ASSAY_SELECTION_BY_REMEDY, {NULL, 0, NULL, NULL},
};

/*
 * What is named by its key or path, without a filter, is rejected itself, whatever it passes: each of its samples that
 * stands for itself. Those without a ticket, or with one that is passed, are listed; others are rejected by their tickets.
 */
typedef struct naming {
	assay_command *c;
	uint64_t *rows; /* samples without an open or settled ticket of their own */
	size_t row_count, row_cap;
	uint64_t *wholes; /* sources all of which is rejected */
	size_t whole_count, whole_cap;
	char **args; /* operands that have tickets; the texts are borrowed */
	int arg_count;
	bool has_ticket; /* what is looked at now */
} naming;

static void naming_release(naming *n)
{
	free(n->rows);
	free(n->wholes);
	free(n->args);
}

static assay_code add_id(uint64_t **ids, size_t *count, size_t *cap, uint64_t id, assay_err *err)
{
	const assay_code rc = assay_grow(ids, cap, *count, sizeof **ids, err);

	if (rc == ASSAY_OK)
		(*ids)[(*count)++] = id;
	return rc;
}

static bool has_id(const uint64_t *ids, size_t count, uint64_t id)
{
	for (size_t i = 0; i < count; i++)
		if (ids[i] == id)
			return true;
	return false;
}

/* A page or stream, that is: what was found in it goes with it. */
static assay_code is_root(bool *out, assay_store *s, const assay_sample_row *row, assay_err *err)
{
	ASSAY_AUTO_UNIT u = {0};
	const assay_code rc = assay_unit_get(s, row->unit, &u, err);

	*out = rc == ASSAY_OK && row->position < u.result.sample_count &&
	       u.result.samples[row->position].parent == ASSAY_NO_SAMPLE;
	return rc;
}

static assay_code refuse_undelivered(const assay_sample_row *row, assay_err *err)
{
	if (row->outcome == ASSAY_OUTCOME_DUPLICATE)
		return ASSAY_RAISE(err, ASSAY_EUSAGE,
				   "'%s' is a duplicate of '%s', which is what is delivered: reject that", row->key,
				   row->original);
	if (row->outcome == ASSAY_OUTCOME_FILTERED)
		return ASSAY_RAISE(err, ASSAY_EUSAGE, "'%s' is not delivered: filter '%s' takes it out", row->key,
				   row->failed_stage);
	return ASSAY_RAISE(err, ASSAY_EUSAGE, "'%s' is not judged yet: 'assay run' first", row->key);
}

static assay_code name_row(naming *n, const assay_sample_row *row, assay_err *err)
{
	ASSAY_AUTO_TICKET t = {0};
	const assay_code rc = assay_ticket_peek_on(n->c->store, row->key, &t, err);

	if (rc != ASSAY_OK && rc != ASSAY_ENOENT)
		return rc;
	n->has_ticket |= rc == ASSAY_OK;
	if (rc == ASSAY_OK && (t.damaged || (t.state != ASSAY_TICKET_PASSED && t.state != ASSAY_TICKET_GONE)))
		return ASSAY_OK;
	if (!assay_outcome_is_delivered(row->outcome))
		return refuse_undelivered(row, err);
	return has_id(n->rows, n->row_count, row->id) ? ASSAY_OK
						      : add_id(&n->rows, &n->row_count, &n->row_cap, row->id, err);
}

static assay_code name_sample(void *ctx, const assay_sample_row *row, assay_err *err)
{
	naming *n = ctx;
	bool root = false;
	const assay_code rc = row->missing ? ASSAY_OK : is_root(&root, n->c->store, row, err);

	return rc == ASSAY_OK && root ? name_row(n, row, err) : rc;
}

/* What failed is given up by its own ticket, with whatever stands in its place. */
static assay_code has_source_ticket(bool *has, assay_store *s, const char *path, assay_err *err)
{
	ASSAY_AUTO_TICKET t = {0};
	const assay_code rc = assay_ticket_peek_on(s, path, &t, err);

	*has = rc == ASSAY_OK && !t.damaged && t.is_source && t.state != ASSAY_TICKET_PASSED &&
	       t.state != ASSAY_TICKET_GONE;
	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}

static assay_code name_source(naming *n, const assay_source *src, assay_err *err)
{
	assay_code rc = has_source_ticket(&n->has_ticket, n->c->store, src->path, err);

	if (rc != ASSAY_OK || n->has_ticket)
		return rc;
	rc = add_id(&n->wholes, &n->whole_count, &n->whole_cap, src->id, err);
	return rc == ASSAY_OK ? assay_samples_of(n->c->store, src->id, name_sample, n, err) : rc;
}

static assay_code name_operand(naming *n, char *name, assay_err *err)
{
	ASSAY_AUTO_SUBJECT x = {0};
	ASSAY_AUTO_TICKET t = {0};
	const size_t before = n->row_count;
	uint64_t id;
	assay_code rc;

	n->has_ticket = assay_ticket_parse(name, &id) && assay_ticket_peek(n->c->store, id, &t, NULL) == ASSAY_OK;
	rc = n->has_ticket ? ASSAY_ENOENT : assay_subject_try(&x, n->c->store, name, err);
	if (rc == ASSAY_OK && x.is_path) {
		rc = name_source(n, &x.source, err);
	} else if (rc == ASSAY_OK && !x.sample.missing) {
		rc = name_row(n, &x.sample, err);
	}
	/* Whatever it is that has neither, the selection says so. */
	if (n->has_ticket || n->row_count == before)
		n->args[n->arg_count++] = name;
	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}

static assay_code name_all(naming *n, assay_err *err)
{
	const assay_invocation *in = n->c->in;
	assay_code rc = ASSAY_OK;

	n->args = assay_alloc((size_t)in->arg_count, sizeof *n->args);
	if (n->args == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "operands");
	for (int i = 0; i < in->arg_count && rc == ASSAY_OK; i++)
		rc = name_operand(n, in->args[i], err);
	return rc;
}

/* *named: by itself, or as something found in a source all of which is named. */
static assay_code is_named(bool *named, const naming *n, const assay_ticket *t, assay_err *err)
{
	ASSAY_AUTO_SAMPLE_ROW row = {0};
	bool root = true;
	assay_code rc = t->is_source ? ASSAY_ENOENT : assay_sample_find(n->c->store, t->subject, &row, err);

	*named = rc == ASSAY_OK && has_id(n->rows, n->row_count, row.id);
	if (rc == ASSAY_OK && !*named && !row.missing && has_id(n->wholes, n->whole_count, row.source))
		rc = is_root(&root, n->c->store, &row, err);
	*named |= !root;
	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}

static assay_code decide(assay_command *c, const assay_ticket *t, const assay_digest *basis, assay_err *err)
{
	assay_decision d = {.kind = ASSAY_DECISION_REJECT,
			    .is_source = t->is_source,
			    .basis = *basis,
			    .subject = assay_strdup(t->subject)};

	return d.subject != NULL ? assay_command_decide(c, t, &d, err) : ASSAY_RAISE(err, ASSAY_ENOMEM, "decision");
}

static assay_code reject(void *ctx, assay_command *c, const assay_ticket *t, assay_err *err)
{
	const naming *n = ctx;
	assay_digest basis;
	bool named;
	assay_code rc = is_named(&named, n, t, err);

	if (rc != ASSAY_OK || named)
		return rc;
	rc = assay_command_allow(c, t, assay_obstacle_to_rejection, err);
	if (rc == ASSAY_OK)
		rc = assay_command_basis(&basis, c, t, ASSAY_DECISION_REJECT, err);
	return rc == ASSAY_OK ? decide(c, t, &basis, err) : rc;
}

/* The judging that follows opens its ticket, or opens it again. */
static assay_code reject_row(assay_command *c, uint64_t id, assay_err *err)
{
	ASSAY_AUTO_SAMPLE_ROW row = {0};
	ASSAY_AUTO_TICKET t = {0};
	assay_digest basis;
	assay_code rc;

	ASSAY_TRY(assay_sample_get(c->store, id, &row, err));
	ASSAY_TRY(assay_command_basis_of_row(&basis, c, &row, ASSAY_DECISION_REJECT, err));
	rc = assay_ticket_find(c->store, row.key, &t, err);
	if (rc == ASSAY_ENOENT) {
		t.subject = assay_strdup(row.key);
		rc = t.subject != NULL ? ASSAY_OK : ASSAY_RAISE(err, ASSAY_ENOMEM, "subject");
	}
	if (rc == ASSAY_OK)
		rc = decide(c, &t, &basis, err);
fail:
	return rc;
}

static assay_code reject_all(assay_command *c, assay_err *err)
{
	ASSAY_CLEANUP(naming_release) naming n = {.c = c};
	const assay_invocation *in = c->in;
	assay_invocation rest = *in;
	assay_code rc = ASSAY_OK;

	rest.arg_count = 0;
	if (in->arg_count > 0 && !assay_selection_is_narrow(&(assay_selection){.in = &rest})) {
		rc = name_all(&n, err);
		rest.arg_count = n.arg_count;
		rest.args = n.args;
		c->in = &rest;
	}
	if (rc == ASSAY_OK && (c->in == in || n.arg_count > 0))
		rc = assay_command_each(c, reject, &n, err);
	c->in = in;
	for (size_t i = 0; i < n.row_count && rc == ASSAY_OK; i++)
		rc = reject_row(c, n.rows[i], err);
	return rc;
}

static int run(const assay_invocation *in, assay_err *err)
{
	ASSAY_AUTO_COMMAND c = {.rootfd = -1};
	assay_code rc;
	int code = ASSAY_EXIT_OK;

	if (assay_opt(in, "reason") == NULL || assay_opt(in, "reason")[0] == '\0')
		return assay_exit_of(ASSAY_RAISE(err, ASSAY_EUSAGE, "queue reject: --reason: say why it is given up"));
	ASSAY_TRY(assay_command_open(&c, in, err));
	ASSAY_TRY(reject_all(&c, err));
	ASSAY_TRY(assay_command_finish(&c, &code, err));
	return code;
fail:
	return assay_exit_of(rc);
}

const assay_verb assay_verb_queue_reject = {
    .name = "reject",
    .operands = "[TICKET|SAMPLE|PATH...]",
    .max_args = -1,
    .summary = "give samples or sources up: they are not delivered, and nobody is to look at them again",
    .help =
	"The tickets are settled as 'rejected'; the samples stay quarantined. When the source, the recipe or what "
	"is\nfound changes, the ticket is opened again by the next run. What was found in a page or stream (tables, "
	"shots,\nsegments) is rejected with it, and comes back with it: 'assay queue retry'.\nA sample named by its "
	"key "
	"without a filter, and all of a source named by its path, is rejected also where it\npasses: it gets a ticket. "
	"With a filter, only what has a ticket is.\n" ASSAY_COMMAND_HELP ASSAY_SELECTION_HELP,
    .example = "  assay queue reject T12 --reason 'the page is torn'\n"
	       "  assay queue reject talks/speech.wav --reason 'no consent'\n"
	       "  assay queue reject --failure decode --source 'scans/b7/**' --reason 'the disk was broken'\n",
    .options = options,
    .uses = ASSAY_USES_STORE | ASSAY_USES_LOCK | ASSAY_USES_CONFIG,
    .exits = assay_command_exits,
    .see_also = "queue list, queue retry, why",
    .run = run,
};
