#include "verbs.h"

#include "person.h"
#include "queue_command.h"

#include "subject.h"

#include "assay/memory.h"
#include "assay/unit.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const assay_option options[] = {
    ASSAY_COMMAND_OPTIONS,     ASSAY_SELECTION_OPTIONS, ASSAY_SELECTION_BY_METADATA,
    ASSAY_SELECTION_BY_REMEDY, {NULL, 0, NULL, NULL},
};

/*
 * What is named by its key or path, without a filter, is rejected itself, whatever it passes. A path is of each sample that
 * stands for itself and can still be rejected; those that are rejected already stay so, by whom and for what they were, which
 * is told; where none can be, its tickets say why. Samples without a ticket, or with one that is settled though they are delivered,
 * are listed; others are rejected by their tickets.
 */
typedef struct naming {
	assay_command *c;
	uint64_t *rows; /* samples without an open or settled ticket of their own */
	size_t row_count, row_cap;
	uint64_t *wholes; /* sources all of which is rejected */
	size_t whole_count, whole_cap;
	uint64_t *kept; /* tickets of paths that are rejected already */
	size_t kept_count, kept_cap;
	char **args; /* operands that have tickets, and tickets of samples of paths */
	size_t arg_count, arg_cap;
	size_t found;      /* samples of the path that is looked at that can be rejected */
	uint64_t filtered; /* one that a filter takes out, 0: none */
} naming;

static void naming_release(naming *n)
{
	for (size_t i = 0; i < n->arg_count; i++)
		free(n->args[i]);
	free(n->args);
	free(n->rows);
	free(n->wholes);
	free(n->kept);
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

/* Pictures have the key of their recording. What is decided on them is about its sound too. */
static assay_code is_sound_of_pictures(bool *out, assay_store *s, const assay_sample_row *row, assay_err *err)
{
	ASSAY_AUTO_SOURCE src = {0};
	ASSAY_AUTO_SAMPLE_ROW pictures = {0};
	assay_code rc = assay_source_get(s, row->source, &src, err);

	if (rc == ASSAY_OK)
		rc = assay_sample_find(s, src.path, &pictures, err);
	*out = rc == ASSAY_OK && pictures.id != row->id && !pictures.missing;
	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}

/* A page or stream that stands for itself: what was found in it, or lies beside it in a video, goes with it. */
static assay_code is_root(bool *out, assay_store *s, const assay_sample_row *row, assay_err *err)
{
	ASSAY_AUTO_UNIT u = {0};
	bool goes = false;
	assay_code rc = assay_unit_get(s, row->unit, &u, err);

	*out = rc == ASSAY_OK && row->position < u.result.sample_count &&
	       u.result.samples[row->position].parent == ASSAY_NO_SAMPLE;
	if (rc == ASSAY_OK && *out)
		rc = is_sound_of_pictures(&goes, s, row, err);
	*out &= !goes;
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

static assay_code add_arg(naming *n, const char *text, assay_err *err)
{
	const assay_code rc = assay_grow(&n->args, &n->arg_cap, n->arg_count, sizeof *n->args, err);
	char *copy = rc == ASSAY_OK ? assay_strdup(text) : NULL;

	if (copy != NULL)
		n->args[n->arg_count++] = copy;
	return rc == ASSAY_OK && copy == NULL ? ASSAY_RAISE(err, ASSAY_ENOMEM, "operand") : rc;
}

static assay_code add_ticket(naming *n, uint64_t id, assay_err *err)
{
	char name[24];

	(void)snprintf(name, sizeof name, "T%" PRIu64, id);
	return add_arg(n, name, err);
}

/* A sample that is to be rejected. */
static assay_code name_row(naming *n, const assay_sample_row *row, const assay_ticket *t, assay_err *err)
{
	if (t->damaged || (t->state != 0 && t->state != ASSAY_TICKET_PASSED && t->state != ASSAY_TICKET_GONE))
		return add_ticket(n, t->id, err);
	if (!assay_outcome_is_delivered(row->outcome))
		return refuse_undelivered(row, err);
	return has_id(n->rows, n->row_count, row->id) ? ASSAY_OK
						      : add_id(&n->rows, &n->row_count, &n->row_cap, row->id, err);
}

static assay_code is_copy_within(bool *out, assay_store *s, const assay_sample_row *row, assay_err *err)
{
	ASSAY_AUTO_SAMPLE_ROW original = {0};
	assay_code rc = ASSAY_ENOENT;

	if (row->outcome == ASSAY_OUTCOME_DUPLICATE)
		rc = assay_sample_find(s, row->original, &original, err);
	*out = rc == ASSAY_OK && original.source == row->source;
	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}

static assay_code find_ticket(assay_ticket *out, const naming *n, const char *subject, assay_err *err)
{
	const assay_code rc = assay_ticket_peek_on(n->c->store, subject, out, err);

	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}

static bool is_rejected(const assay_ticket *t)
{
	return !t->damaged && t->state == ASSAY_TICKET_REJECTED;
}

/* One of a path. What is rejected already, not delivered anyway, or goes with its original there is passed over. */
static assay_code name_part(void *ctx, const assay_sample_row *row, assay_err *err)
{
	naming *n = ctx;
	ASSAY_AUTO_TICKET t = {0};
	bool root = false, copy = false;
	assay_code rc = row->missing ? ASSAY_OK : is_root(&root, n->c->store, row, err);

	if (rc != ASSAY_OK || !root)
		return rc;
	ASSAY_TRY(find_ticket(&t, n, row->key, err));
	ASSAY_TRY(is_copy_within(&copy, n->c->store, row, err));
	if (copy)
		return ASSAY_OK;
	if (is_rejected(&t))
		return add_id(&n->kept, &n->kept_count, &n->kept_cap, t.id, err);
	if (row->outcome == ASSAY_OUTCOME_FILTERED) {
		n->filtered = row->id;
		return ASSAY_OK;
	}
	n->found++;
	rc = name_row(n, row, &t, err);
fail:
	return rc;
}

static assay_code refuse_filtered(const naming *n, assay_err *err)
{
	ASSAY_AUTO_SAMPLE_ROW row = {0};
	const assay_code rc = assay_sample_get(n->c->store, n->filtered, &row, err);

	return rc == ASSAY_OK ? refuse_undelivered(&row, err) : rc;
}

/* What failed is given up by its own ticket, with whatever stands in its place. */
static bool is_of_source(const assay_ticket *t)
{
	return !t->damaged && t->is_source && t->state != 0 && t->state != ASSAY_TICKET_PASSED &&
	       t->state != ASSAY_TICKET_GONE;
}

static assay_code name_source(naming *n, const assay_source *src, assay_err *err)
{
	ASSAY_AUTO_TICKET t = {0};
	const size_t kept = n->kept_count;
	assay_code rc = find_ticket(&t, n, src->path, err);

	if (rc == ASSAY_OK && is_of_source(&t))
		return is_rejected(&t) ? add_id(&n->kept, &n->kept_count, &n->kept_cap, t.id, err)
				       : add_ticket(n, t.id, err);
	n->found = 0;
	n->filtered = 0;
	if (rc == ASSAY_OK)
		rc = add_id(&n->wholes, &n->whole_count, &n->whole_cap, src->id, err);
	if (rc == ASSAY_OK)
		rc = assay_samples_of(n->c->store, src->id, name_part, n, err);
	if (rc != ASSAY_OK || n->found > 0 || n->kept_count > kept)
		return rc;
	/* Why nothing of it can be, its tickets say. */
	return n->filtered != 0 ? refuse_filtered(n, err) : add_arg(n, src->path, err);
}

static assay_code name_sample(naming *n, const assay_sample_row *row, assay_err *err)
{
	ASSAY_AUTO_TICKET t = {0};
	const assay_code rc = find_ticket(&t, n, row->key, err);

	return rc == ASSAY_OK ? name_row(n, row, &t, err) : rc;
}

static assay_code name_operand(naming *n, const char *name, assay_err *err)
{
	ASSAY_AUTO_SUBJECT x = {0};
	ASSAY_AUTO_TICKET t = {0};
	uint64_t id;
	assay_code rc;

	if (assay_ticket_parse(name, &id) && assay_ticket_peek(n->c->store, id, &t, NULL) == ASSAY_OK)
		return add_arg(n, name, err);
	rc = assay_subject_try(&x, n->c->store, name, err);
	if (rc == ASSAY_OK && x.is_path)
		return name_source(n, &x.source, err);
	if (rc == ASSAY_OK && !x.sample.missing)
		return name_sample(n, &x.sample, err);
	/* Whatever else it is, the selection says so. */
	return rc == ASSAY_OK || rc == ASSAY_ENOENT ? add_arg(n, name, err) : rc;
}

static assay_code name_all(naming *n, assay_err *err)
{
	const assay_invocation *in = n->c->in;
	assay_code rc = ASSAY_OK;

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
	bool named, passes;
	assay_code rc = is_named(&named, n, t, err);

	if (rc != ASSAY_OK || named)
		return rc;
	rc = assay_command_allow(c, t, assay_obstacle_to_rejection, err);
	if (rc == ASSAY_OK)
		rc = assay_command_basis(&basis, &passes, c, t, ASSAY_DECISION_REJECT, err);
	return rc == ASSAY_OK ? decide(c, t, &basis, err) : rc;
}

/* The judging that follows opens its ticket, or opens it again. */
static assay_code reject_row(assay_command *c, uint64_t id, assay_err *err)
{
	ASSAY_AUTO_SAMPLE_ROW row = {0};
	ASSAY_AUTO_TICKET t = {0};
	assay_digest basis;
	bool passes;
	assay_code rc;

	ASSAY_TRY(assay_sample_get(c->store, id, &row, err));
	ASSAY_TRY(assay_command_basis_of_row(&basis, &passes, c, &row, ASSAY_DECISION_REJECT, err));
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

/* A path may be named twice, and what it has by a ticket too. */
static bool is_noted(const assay_command *c, uint64_t ticket)
{
	for (size_t i = 0; i < c->count; i++)
		if (c->items[i].ticket == ticket)
			return true;
	return false;
}

static assay_code note_kept(assay_command *c, uint64_t ticket, assay_err *err)
{
	ASSAY_AUTO_DECISION d = {0};
	ASSAY_AUTO_TICKET t = {0};
	assay_code rc = assay_ticket_get(c->store, ticket, &t, err);

	if (rc == ASSAY_OK && t.decision != 0)
		rc = assay_decision_peek(c->store, t.decision, &d, err);
	return rc == ASSAY_OK ? assay_command_note_kept(c, &t, &d, err) : rc;
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
		rest.arg_count = (int)n.arg_count;
		rest.args = n.args;
		c->in = &rest;
	}
	if (rc == ASSAY_OK && (c->in == in || n.arg_count > 0))
		rc = assay_command_each(c, reject, &n, err);
	c->in = in;
	for (size_t i = 0; i < n.row_count && rc == ASSAY_OK; i++)
		rc = reject_row(c, n.rows[i], err);
	for (size_t i = 0; i < n.kept_count && rc == ASSAY_OK; i++)
		if (!is_noted(c, n.kept[i]))
			rc = note_kept(c, n.kept[i], err);
	return rc;
}

static int run(const assay_invocation *in, assay_err *err)
{
	ASSAY_AUTO_COMMAND c = {.rootfd = -1};
	assay_code rc;
	int code = ASSAY_EXIT_OK;

	if (assay_opt(in, "reason") == NULL || assay_person_is_nobody(assay_opt(in, "reason")))
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
	"shots,\nsegments), and the sound of a video, is rejected with it, and comes back with it: 'assay queue "
	"retry'.\nA sample named by its key without a filter, and each page or stream of a source named by its path, "
	"is\nrejected also where it passes: it gets a ticket. What a path has that is rejected already stays as it is, "
	"with\nwho did it and why. With a filter, only what has a ticket "
	"is.\n" ASSAY_COMMAND_HELP ASSAY_SELECTION_HELP,
    .example = "  assay queue reject T12 --reason 'the page is torn'\n"
	       "  assay queue reject talks/speech.wav --reason 'no consent'\n"
	       "  assay queue reject --failure decode --source 'scans/b7/**' --reason 'the disk was broken'\n",
    .options = options,
    .uses = ASSAY_USES_STORE | ASSAY_USES_LOCK | ASSAY_USES_CONFIG,
    .exits = assay_command_exits,
    .see_also = "queue list, queue retry, why",
    .run = run,
};
