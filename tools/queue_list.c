#include "verbs.h"

#include "queue_attempts.h"
#include "queue_group.h"
#include "queue_lane.h"
#include "queue_sort.h"
#include "queue_ticket.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const assay_option options[] = {
    ASSAY_SELECTION_OPTIONS,
    ASSAY_SELECTION_BY_METADATA,
    ASSAY_SELECTION_BY_REMEDY,
    {"all", 0, NULL, "settled tickets too"},
    {"sort", 0, "severity|distance|age|subject|check", "the order, where it is not that of their numbers"},
    {"group", 0, "check|stage|failure|modality|kind|state|origin|remedy|lane|source|metadata:NAME",
     "how many have it in common"},
    {"limit", 0, "N", "at most N"},
    {"after", 0, "TICKET", "go on after this one"},
    {NULL, 0, NULL, NULL},
};

typedef struct listing {
	const assay_invocation *in;
	assay_store *store;
	assay_report report;
	uint64_t limit, shown;
	uint64_t last; /* number of the last one shown */
	bool more;     /* there is one after it */
	assay_selection *sel;
	assay_lane_rules lanes; /* of --json */
	assay_recipe *recipe;   /* the same: of the last ticket's unit; NULL: of none yet */
} listing;

/* Of what feedback opened that is what was said of it, whatever it fails without help. */
static void tell_problem(assay_buf *out, const assay_ticket *t)
{
	const assay_failed_check *worst = assay_worst_check(t->checks, t->check_count);

	if (t->origin == ASSAY_TICKET_FEEDBACK)
		return;
	if (t->failure != ASSAY_FAILURE_NONE)
		assay_tell_failure(out, t->stage, t->failure, t->message);
	else if (worst != NULL)
		assay_tell_check(out, worst);
	if (t->failure == ASSAY_FAILURE_NONE && t->check_count > 1)
		assay_buf_printf(out, " (and %zu more)", t->check_count - 1);
}

static assay_code tell_feedback(assay_buf *out, assay_store *s, const assay_ticket *t, assay_err *err)
{
	ASSAY_AUTO_FREE char *reason = NULL;
	assay_code rc;

	if (t->origin != ASSAY_TICKET_FEEDBACK)
		return ASSAY_OK;
	rc = assay_ticket_told(&reason, s, t, err);
	if (rc == ASSAY_OK)
		assay_tell_safe(out, reason);
	return rc;
}

static assay_code print_line(const listing *l, const assay_ticket *t, assay_err *err)
{
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
	ASSAY_AUTO_SAMPLE_ROW stands = {0};
	assay_ticket now;
	assay_code rc;

	tell_problem(&text, t);
	rc = assay_ticket_standing(&stands, l->store, t, err);
	if (rc == ASSAY_OK && stands.check_count > 0) {
		assay_buf_puts(&text, text.len > 0 ? "; as it stands " : "as it stands ");
		assay_tell_check(&text, assay_worst_check(stands.checks, stands.check_count));
	}
	if (rc == ASSAY_OK)
		rc = tell_feedback(&text, l->store, t, err);
	if (rc == ASSAY_OK)
		rc = assay_buf_check(&text, err);
	if (rc != ASSAY_OK)
		return rc;
	now = assay_ticket_standing_as(t, &stands);
	assay_say("T%-5" PRIu64 " %-12s  %-7s  %-40s  %s\n", t->id, assay_ticket_state_name(t->state),
		  assay_ticket_severity(&now), t->subject, assay_buf_str(&text));
	return ASSAY_OK;
}

static assay_code list_ticket(void *ctx, const assay_ticket *t, assay_err *err)
{
	listing *l = ctx;
	ASSAY_CLEANUP(assay_ticket_facts_release) assay_ticket_facts c = {0};
	assay_code rc;

	l->more = l->limit > 0 && l->shown == l->limit;
	if (l->more)
		return ASSAY_ESTOP; /* no message: enough is shown */
	l->shown++;
	l->last = t->id;
	if (!l->in->json)
		return print_line(l, t, err);
	rc = assay_ticket_facts_load(&c, l->store, t, err);
	if (rc == ASSAY_OK)
		rc = assay_ticket_facts_load_region(&c, l->store, &l->recipe, err);
	if (rc == ASSAY_OK)
		rc = assay_ticket_lane(&c.lane, l->lanes.config, &l->sel->stages, t, err);
	if (rc != ASSAY_OK)
		return rc;
	assay_json_object(&l->report.json);
	assay_json_ticket(&l->report.json, t, &c);
	rc = assay_json_attempts(&l->report.json, "attempts", l->store, t, NULL, err);
	assay_json_end(&l->report.json);
	return rc == ASSAY_OK ? assay_report_flush(&l->report, err) : rc;
}

/* What is no ticket is told, but not to a pipe. */
static void tell_rest(const listing *l, bool narrow)
{
	if (l->more)
		(void)fprintf(stderr, "assay: there are more: go on with --after T%" PRIu64 "\n", l->last);
	if (l->shown == 0 && !l->in->json)
		(void)fprintf(stderr, "assay: no ticket %s\n",
			      assay_opt(l->in, "after") != NULL ? "comes after that one"
			      : narrow                          ? "matches"
			      : assay_opt(l->in, "all") != NULL ? "was ever opened"
								: "is open");
}

/* One that never was is a slip: its page would look like the last. */
static assay_code parse_after(uint64_t *out, const assay_invocation *in, assay_store *s, assay_err *err)
{
	const char *after = assay_opt(in, "after");
	ASSAY_AUTO_TICKET t = {0};
	assay_code rc;

	*out = 0;
	if (after == NULL)
		return ASSAY_OK;
	if (!assay_ticket_parse(after, out))
		return ASSAY_RAISE(err, ASSAY_EUSAGE, "queue list: --after: '%s' is no ticket such as T12", after);
	rc = assay_ticket_peek(s, *out, &t, err);
	if (rc == ASSAY_ENOENT)
		return ASSAY_RAISE(
		    err, ASSAY_ENOENT,
		    "queue list: --after: there is no ticket T%" PRIu64 "; name the last one that was printed", *out);
	return rc;
}

static assay_code list_tickets(listing *l, assay_selection *sel, assay_err *err)
{
	const char *by = assay_opt(l->in, "sort");
	uint64_t after;
	assay_code rc;

	ASSAY_TRY(assay_opt_uint(l->in, "limit", 0, 1, UINT64_MAX, &l->limit, err));
	ASSAY_TRY(parse_after(&after, l->in, l->store, err));
	l->sel = sel;
	if (l->in->json) {
		ASSAY_TRY(assay_lane_rules_load(&l->lanes, l->in, err));
		assay_json_array(&l->report.json);
	}
	rc = by != NULL ? assay_selection_sorted(sel, by, after, list_ticket, l, err)
			: assay_selection_each(sel, after, list_ticket, l, err);
	if (rc != ASSAY_OK)
		goto fail;
	tell_rest(l, assay_selection_is_narrow(sel));
	if (!l->in->json)
		return ASSAY_OK;
	assay_json_end(&l->report.json);
	return assay_report_print(&l->report, err);
fail:
	return rc;
}

static assay_code list(const assay_invocation *in, assay_store *s, assay_err *err)
{
	ASSAY_AUTO_SELECTION sel = {0};
	listing l = {.in = in, .store = s};
	const char *by = assay_opt(in, "group");
	assay_code rc;

	if (by != NULL &&
	    (assay_opt(in, "sort") != NULL || assay_opt(in, "limit") != NULL || assay_opt(in, "after") != NULL))
		return ASSAY_RAISE(err, ASSAY_EUSAGE,
				   "queue list: --group counts them all: not with --sort, --limit or --after");
	rc = assay_selection_init(&sel, in, s, err);
	if (rc != ASSAY_OK || by != NULL)
		return rc == ASSAY_OK ? assay_selection_group(&sel, by, err) : rc;
	assay_report_init(&l.report);
	rc = list_tickets(&l, &sel, err);
	assay_report_release(&l.report);
	assay_lane_rules_release(&l.lanes);
	assay_recipe_close(l.recipe);
	return rc;
}

static int run(const assay_invocation *in, assay_err *err)
{
	ASSAY_AUTO_STORE s = NULL;
	assay_code rc = assay_open_store(in, &s, false, false, err);

	if (rc == ASSAY_OK)
		rc = list(in, s, err);
	return assay_exit_of(rc);
}

const assay_verb assay_verb_queue_list = {
    .name = "list",
    .operands = "[TICKET|SAMPLE|PATH...]",
    .max_args = -1,
    .summary = "a line per open ticket, or a count of them by what they have in common",
    .help =
	"A line has the number of the ticket, its state, how severe it is, its subject, and the check with the\n"
	"measured value and the bound, or the stage that failed. --json prints an array of complete tickets. All are\n"
	"listed unless --limit is given; then --after with the last number that was printed goes on, in the same "
	"order.\n"
	"--sort distance has those first that are farthest off: |value - bound| / |bound|, by the farthest check of\n"
	"the worst severity; tickets without a value come last.\n" ASSAY_SELECTION_HELP,
    .example = "  assay queue list --check cer --sort distance --limit 20\n"
	       "  assay queue list --modality page --group metadata:batch\n"
	       "  assay queue list --json | jq -r '.[] | select(.failure != null) | .source'\n",
    .options = options,
    .uses = ASSAY_USES_STORE | ASSAY_USES_CONFIG,
    .see_also = "queue show, why",
    .run = run,
};
