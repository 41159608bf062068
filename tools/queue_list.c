#include "verbs.h"

#include "queue_ticket.h"

#include "assay/memory.h"
#include "assay/source.h"
#include "assay/suggest.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const assay_option options[] = {
    {"all", 0, NULL, "settled tickets too"},
    {"check", 0, "CHECK", "only those that did not pass this check"},
    {"stage", 0, "STAGE", "only those that failed in this stage, or a check on what it measures"},
    {"failure", 0, "CLASS", "only failures of this class (decode, timeout...)"},
    {"path", 0, "PREFIX", "only subjects whose path starts with this"},
    {"metadata", 0, "NAME=VALUE", "only those whose source is said to be this, as 'assay show' tells it"},
    {"limit", 0, "N", "at most N"},
    {NULL, 0, NULL, NULL},
};

typedef struct listing {
	const assay_invocation *in;
	assay_store *store;
	assay_report report;
	const char *check, *stage, *path;
	const char *metadata;  /* NAME=VALUE */
	assay_failure failure; /* NONE: any */
	uint64_t limit, shown;
} listing;

static bool has_check(const assay_ticket *t, const char *id)
{
	for (size_t i = 0; i < t->check_count; i++)
		if (strcmp(t->checks[i].check_id, id) == 0)
			return true;
	return false;
}

/* Does a check of the ticket speak of what this stage measures? */
static assay_code measured_by(bool *out, assay_store *s, const assay_ticket *t, const char *stage, assay_err *err)
{
	ASSAY_AUTO_UNIT u = {0};
	ASSAY_CLEANUP(assay_recipe_closep) assay_recipe *r = NULL;
	assay_code rc;

	*out = false;
	if (t->unit == 0 || t->check_count == 0)
		return ASSAY_OK;
	rc = assay_unit_get(s, t->unit, &u, err);
	if (rc == ASSAY_OK)
		rc = assay_recipe_load(&r, s, &u.recipe, err);
	if (rc != ASSAY_OK)
		return rc;
	for (uint32_t m = 0; m < r->metric_total && !*out; m++) {
		const assay_recipe_step *step;
		const assay_recipe_metric *metric = assay_recipe_metric_at(r, m, &step);

		for (size_t i = 0; i < t->check_count && strcmp(step->stage, stage) == 0; i++)
			*out |= strcmp(t->checks[i].metric, metric->name) == 0;
	}
	return ASSAY_OK;
}

/* Of a sample those of its source, as the store has them. */
static assay_code has_metadata(bool *out, assay_store *s, const assay_ticket *t, const char *pair, assay_err *err)
{
	ASSAY_AUTO_FREE char *path = assay_strndup(t->subject, strcspn(t->subject, "#"));
	ASSAY_AUTO_SOURCE src = {0};
	const char *value = strchr(pair, '=') + 1;
	const size_t key = (size_t)(value - pair) - 1;
	assay_code rc;

	*out = false;
	if (path == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "path");
	rc = assay_source_find(s, path, &src, err);
	if (rc != ASSAY_OK)
		return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
	for (size_t i = 0; i < src.metadata_count; i++)
		*out |= strncmp(src.metadata_keys[i], pair, key) == 0 && src.metadata_keys[i][key] == '\0' &&
			strcmp(src.metadata_values[i], value) == 0;
	return ASSAY_OK;
}

static assay_code is_wanted(bool *out, const listing *l, const assay_ticket *t, assay_err *err)
{
	*out = (l->failure == ASSAY_FAILURE_NONE || t->failure == l->failure) &&
	       (l->path == NULL || strncmp(t->subject, l->path, strlen(l->path)) == 0) &&
	       (l->check == NULL || has_check(t, l->check));
	if (*out && l->metadata != NULL) {
		const assay_code rc = has_metadata(out, l->store, t, l->metadata, err);

		if (rc != ASSAY_OK)
			return rc;
	}
	if (!*out || l->stage == NULL || (t->stage != NULL && strcmp(t->stage, l->stage) == 0))
		return ASSAY_OK;
	return measured_by(out, l->store, t, l->stage, err);
}

static void tell_problem(assay_buf *out, const assay_ticket *t)
{
	const assay_failed_check *worst = assay_worst_check(t->checks, t->check_count);

	if (t->failure != ASSAY_FAILURE_NONE)
		assay_tell_failure(out, t->stage, t->failure, t->message);
	else if (worst != NULL)
		assay_tell_check(out, worst);
	if (t->failure == ASSAY_FAILURE_NONE && t->check_count > 1)
		assay_buf_printf(out, " (and %zu more)", t->check_count - 1);
}

static const char *severity_of(const assay_ticket *t)
{
	const assay_failed_check *worst = assay_worst_check(t->checks, t->check_count);

	if (t->failure != ASSAY_FAILURE_NONE)
		return "failed";
	return worst != NULL ? assay_severity_name((assay_severity)worst->severity) : "-";
}

static assay_code print_line(const listing *l, const assay_ticket *t, assay_err *err)
{
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
	const bool all = assay_opt(l->in, "all") != NULL;
	assay_code rc;

	tell_problem(&text, t);
	rc = assay_buf_check(&text, err);
	if (rc != ASSAY_OK)
		return rc;
	assay_say("T%-5" PRIu64 " ", t->id);
	if (all)
		assay_say("%-6s  ", assay_ticket_state_name(t->state));
	assay_say("%-7s  %-40s  %s\n", severity_of(t), t->subject, assay_buf_str(&text));
	return ASSAY_OK;
}

static assay_code list_ticket(void *ctx, const assay_ticket *t, assay_err *err)
{
	listing *l = ctx;
	ASSAY_CLEANUP(assay_ticket_facts_release) assay_ticket_facts c = {0};
	bool wanted;
	assay_code rc;

	if (l->limit > 0 && l->shown == l->limit)
		return ASSAY_ESTOP; /* no message: enough is shown */
	rc = is_wanted(&wanted, l, t, err);
	if (rc != ASSAY_OK || !wanted)
		return rc;
	l->shown++;
	if (!l->in->json)
		return print_line(l, t, err);
	rc = assay_ticket_facts_load(&c, l->store, t, err);
	if (rc != ASSAY_OK)
		return rc;
	assay_json_object(&l->report.json);
	assay_json_ticket(&l->report.json, t, &c);
	assay_json_end(&l->report.json);
	return assay_report_flush(&l->report, err);
}

static assay_code parse_failure(listing *l, const char *text, assay_err *err)
{
	assay_suggest near;
	char hint[80];

	if (text == NULL)
		return ASSAY_OK;
	assay_suggest_init(&near, text);
	for (unsigned f = 1; f <= ASSAY_FAILURE_PROTOCOL; f++) {
		const char *name = assay_failure_name(f);

		if (name == NULL)
			continue;
		if (strcmp(name, text) == 0)
			l->failure = (assay_failure)f;
		assay_suggest_offer(&near, name);
	}
	if (l->failure != ASSAY_FAILURE_NONE)
		return ASSAY_OK;
	return ASSAY_RAISE(err, ASSAY_EUSAGE, "queue list: --failure: '%s' is no class of failure%s", text,
			   assay_suggest_text(&near, hint, sizeof hint));
}

/* Nothing to list is an answer, but not one for a pipe. */
static void tell_none(const listing *l)
{
	const bool filtered = l->check != NULL || l->metadata != NULL || l->stage != NULL || l->path != NULL ||
			      l->failure != ASSAY_FAILURE_NONE;

	if (l->shown == 0 && !l->in->json)
		(void)fprintf(stderr, "assay: no ticket %s\n",
			      filtered                          ? "matches"
			      : assay_opt(l->in, "all") != NULL ? "was ever opened"
								: "is open");
}

static assay_code list_all(listing *l, assay_err *err)
{
	assay_code rc;

	if (l->in->json)
		assay_json_array(&l->report.json);
	rc = assay_tickets_each(l->store, assay_opt(l->in, "all") != NULL, list_ticket, l, err);
	if (rc == ASSAY_ESTOP)
		rc = ASSAY_OK;
	if (rc != ASSAY_OK || !l->in->json)
		return rc;
	assay_json_end(&l->report.json);
	return assay_report_print(&l->report, err);
}

static assay_code list_filtered(const assay_invocation *in, assay_store *s, assay_err *err)
{
	listing l = {.in = in,
		     .store = s,
		     .check = assay_opt(in, "check"),
		     .stage = assay_opt(in, "stage"),
		     .path = assay_opt(in, "path"),
		     .metadata = assay_opt(in, "metadata")};
	assay_code rc;

	assay_report_init(&l.report);
	rc = l.metadata != NULL && strchr(l.metadata, '=') == NULL
		 ? ASSAY_RAISE(err, ASSAY_EUSAGE, "queue list: --metadata: '%s' is not NAME=VALUE", l.metadata)
		 : parse_failure(&l, assay_opt(in, "failure"), err);
	if (rc == ASSAY_OK)
		rc = assay_opt_uint(in, "limit", 0, 1, UINT64_MAX, &l.limit, err);
	if (rc == ASSAY_OK)
		rc = list_all(&l, err);
	if (rc == ASSAY_OK)
		tell_none(&l);
	assay_report_release(&l.report);
	return rc;
}

static int run(const assay_invocation *in, assay_err *err)
{
	ASSAY_AUTO_STORE s = NULL;
	assay_code rc = assay_open_store(in, &s, false, false, err);

	if (rc == ASSAY_OK)
		rc = list_filtered(in, s, err);
	return assay_exit_of(rc);
}

const assay_verb assay_verb_queue_list = {
    .name = "list",
    .operands = "",
    .summary = "a line per open ticket, the filters combined",
    .help =
	"A line has the number of the ticket, how severe it is, its subject, and the check with the measured value\n"
	"and the bound, or the stage that failed. --json prints an array of complete tickets.\n",
    .example = "  assay queue list --check cer\n"
	       "  assay queue list --json | jq -r '.[] | select(.failure != null) | .source'\n",
    .options = options,
    .uses = ASSAY_USES_STORE,
    .see_also = "queue show, why",
    .run = run,
};
