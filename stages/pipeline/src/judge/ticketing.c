#include "ticketing.h"

#include "assay/contract.h"
#include "assay/file.h"
#include "assay/source.h"

#include <stdlib.h>
#include <string.h>

static assay_code visit_ticket(assay_ticketing *d, uint64_t id, assay_err *err)
{
	assay_code rc = assay_grow(&d->visited, &d->visited_cap, d->visited_count, sizeof *d->visited, err);

	if (rc == ASSAY_OK)
		d->visited[d->visited_count++] = id;
	return rc;
}

static void describe_check(assay_buf *out, const assay_failed_check *c)
{
	char number[ASSAY_DECIMAL_TEXT];

	assay_buf_printf(out, "%s is %s, must be ", c->metric,
			 c->defined ? assay_decimal_format(c->value, number) : "undefined");
	assay_check_bound_text(out, (assay_operator)c->op, c->low, c->high);
}

static void describe(assay_buf *out, const assay_ticket *t)
{
	if (t->failure != ASSAY_FAILURE_NONE) {
		assay_buf_printf(out, "%s: %s: %s", t->stage != NULL ? t->stage : "source",
				 assay_failure_name(t->failure), t->message != NULL ? t->message : "");
		return;
	}
	for (size_t i = 0; i < t->check_count; i++) {
		if (t->checks[i].severity != ASSAY_SEVERITY_ERROR)
			continue;
		if (out->len > 0)
			assay_buf_puts(out, "; ");
		describe_check(out, &t->checks[i]);
	}
}

static assay_code replace_text(char **field, const char *text, assay_err *err)
{
	free(*field);
	*field = NULL;
	if (text == NULL)
		return ASSAY_OK;
	*field = assay_strdup(text);
	return *field == NULL ? ASSAY_RAISE(err, ASSAY_ENOMEM, "ticket") : ASSAY_OK;
}

static bool same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool unchanged(const assay_ticket *t, const assay_complaint *c)
{
	/* What a stage says of a unit stays the same; what the fields say does not. */
	return t->state == ASSAY_TICKET_OPEN && t->unit == c->unit && t->failure == c->failure &&
	       same_text(t->message, c->message) &&
	       assay_failed_checks_same(t->checks, t->check_count, c->checks, c->check_count);
}

assay_code assay_ticketing_complain(assay_ticketing *d, const assay_complaint *c, assay_err *err)
{
	ASSAY_AUTO_TICKET t = {0};
	ASSAY_AUTO_BUF reason = ASSAY_BUF_INIT;
	assay_failed_check *kept = NULL;
	size_t kept_count = 0;
	assay_code rc = assay_ticket_find(d->store, c->subject, &t, err);
	const bool was_open = rc == ASSAY_OK && t.state == ASSAY_TICKET_OPEN;

	if (rc != ASSAY_OK && rc != ASSAY_ENOENT)
		return rc;
	if (rc == ASSAY_OK && unchanged(&t, c))
		return visit_ticket(d, t.id, err);
	if (!was_open) {
		t.opened_run = d->run;
		t.opened_ns = assay_now_ns();
		d->opened++;
	}
	ASSAY_TRY(replace_text(&t.subject, c->subject, err));
	ASSAY_TRY(replace_text(&t.stage, c->stage, err));
	ASSAY_TRY(replace_text(&t.message, c->message, err));
	t.is_source = c->is_source;
	t.state = ASSAY_TICKET_OPEN;
	t.unit = c->unit;
	t.failure = c->failure;
	t.changed_run = d->run;
	t.changed_ns = assay_now_ns();
	/* The ticket borrows the checks while it is written. */
	kept = t.checks, kept_count = t.check_count;
	t.checks = c->checks, t.check_count = c->check_count;
	describe(&reason, &t);
	rc = assay_ticket_put(d->store, &t, "assay", assay_buf_str(&reason), err);
	t.checks = kept, t.check_count = kept_count;
	if (rc == ASSAY_OK)
		rc = visit_ticket(d, t.id, err);
fail:
	return rc;
}

static int compare_u64(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* Why an open ticket that nobody complained about any more is settled. */
static assay_code settle_reason(assay_ticketing *d, const assay_ticket *t, assay_ticket_state *state, assay_buf *reason,
				assay_err *err)
{
	ASSAY_AUTO_SAMPLE_ROW row = {0};
	ASSAY_AUTO_SOURCE src = {0};
	assay_code rc;
	bool there;

	rc = t->is_source ? assay_source_find(d->store, t->subject, &src, err)
			  : assay_sample_find(d->store, t->subject, &row, err);
	if (rc != ASSAY_OK && rc != ASSAY_ENOENT)
		return rc;
	there = rc == ASSAY_OK && (t->is_source ? !src.missing : !row.missing);
	*state = there ? ASSAY_TICKET_PASSED : ASSAY_TICKET_GONE;
	if (!there)
		assay_buf_printf(reason, "the %s is no longer part of the dataset", t->is_source ? "source" : "sample");
	else if (t->is_source)
		assay_buf_puts(reason, "the source gives samples now");
	else if (row.outcome == ASSAY_OUTCOME_DUPLICATE)
		assay_buf_printf(reason, "it is a duplicate of '%s'", row.original != NULL ? row.original : "");
	else if (row.outcome == ASSAY_OUTCOME_FILTERED)
		assay_buf_printf(reason, "filter '%s' takes it out", row.failed_stage != NULL ? row.failed_stage : "");
	else
		assay_buf_puts(reason, "it passes every check now");
	return assay_buf_check(reason, err);
}

static assay_code settle_ticket(void *ctx, const assay_ticket *t, assay_err *err)
{
	assay_ticketing *d = ctx;
	ASSAY_AUTO_BUF reason = ASSAY_BUF_INIT;
	ASSAY_AUTO_TICKET copy = {0};
	assay_ticket_state state;
	assay_code rc;

	if (d->visited_count > 0 &&
	    bsearch(&t->id, d->visited, d->visited_count, sizeof *d->visited, compare_u64) != NULL)
		return ASSAY_OK;
	rc = settle_reason(d, t, &state, &reason, err);
	if (rc == ASSAY_OK)
		rc = assay_ticket_get(d->store, t->id, &copy, err);
	if (rc != ASSAY_OK)
		return rc;
	copy.state = state;
	copy.changed_run = d->run;
	copy.changed_ns = assay_now_ns();
	d->settled++;
	rc = assay_ticket_put(d->store, &copy, "assay", assay_buf_str(&reason), err);
	return rc == ASSAY_OK ? assay_store_spill(d->store, err) : rc;
}

assay_code assay_ticketing_settle(assay_ticketing *d, assay_err *err)
{
	if (d->visited_count > 0)
		qsort(d->visited, d->visited_count, sizeof *d->visited, compare_u64);
	return assay_tickets_each(d->store, false, settle_ticket, d, err);
}

void assay_ticketing_release(assay_ticketing *d)
{
	free(d->visited);
	d->visited = NULL;
	d->visited_count = d->visited_cap = 0;
}
