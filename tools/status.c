#include "verbs.h"

#include "dataset_tell.h"
#include "queue_agreements.h"
#include "queue_ticket.h"
#include "refusals.h"
#include "tags.h"

#include "assay/file.h"
#include "assay/pipeline.h"
#include "assay/queue.h"
#include "assay/version_results.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define LISTED_MAX 20

static void print_list(const char *word, char *const *paths, size_t count)
{
	for (size_t i = 0; i < count && i < LISTED_MAX; i++)
		(void)printf("  %-8s %s\n", word, paths[i]);
	if (count > LISTED_MAX)
		(void)printf("  %-8s and %zu more (--json lists all)\n", word, count - LISTED_MAX);
}

static void json_list(assay_json *j, const char *key, char *const *paths, size_t count)
{
	assay_json_key(j, key);
	assay_json_array(j);
	for (size_t i = 0; i < count; i++)
		assay_json_str(j, paths[i]);
	assay_json_end(j);
}

/* The queue at a glance: how many tickets in each state, and which has waited longest. */
typedef struct queue_state {
	assay_store *store;
	uint64_t open, counts[ASSAY_TICKET_STATES + 1];
	uint64_t oldest; /* 0: none is open */
	int64_t oldest_ns;
	assay_queue_standing agreements;
	assay_ticket *damaged; /* of those that are open */
	size_t damaged_count, damaged_cap;
} queue_state;

static void queue_state_release(queue_state *q)
{
	assay_queue_standing_release(&q->agreements);
	for (size_t i = 0; i < q->damaged_count; i++)
		assay_ticket_release(&q->damaged[i]);
	free(q->damaged);
}

/* One that was opened again, or took over the age of another, is not as old as its number. */
static assay_code keep_oldest(void *ctx, const assay_ticket *t, assay_err *err)
{
	queue_state *q = ctx;

	(void)err;
	if (q->oldest != 0 && t->opened_ns >= q->oldest_ns)
		return ASSAY_OK;
	q->oldest = t->id;
	q->oldest_ns = t->opened_ns;
	return ASSAY_OK;
}

static assay_code keep_damaged(void *ctx, uint64_t id, const assay_err *why, assay_err *err)
{
	queue_state *q = ctx;
	assay_code rc = assay_grow(&q->damaged, &q->damaged_cap, q->damaged_count, sizeof *q->damaged, err);

	(void)why;
	if (rc == ASSAY_OK)
		rc = assay_ticket_peek(q->store, id, &q->damaged[q->damaged_count], err);
	q->damaged_count += rc == ASSAY_OK;
	return rc;
}

static assay_code learn_queue(queue_state *q, const assay_config *config, assay_store *s, assay_err *err)
{
	assay_code rc = assay_tickets_open(s, &q->open, err);

	q->store = s;
	if (rc == ASSAY_OK)
		rc = assay_queue_standing_judge(&q->agreements, config, s, assay_now_ns(), err);
	if (rc == ASSAY_OK)
		rc = assay_tickets_count(s, q->counts, err);
	if (rc == ASSAY_OK && q->open > 0)
		rc = assay_tickets_look(s, ASSAY_TICKETS_OPEN, keep_oldest, keep_damaged, q, err);
	return rc;
}

static void tell_states(assay_buf *out, const queue_state *q, bool open)
{
	for (unsigned i = 1; i <= ASSAY_TICKET_STATES; i++)
		if (q->counts[i] > 0 && assay_ticket_state_is_open(i) == open)
			assay_buf_printf(out, "%s%" PRIu64 " %s", out->len > 0 ? ", " : "", q->counts[i],
					 assay_ticket_state_name(i));
}

static void print_queue(const queue_state *q)
{
	ASSAY_AUTO_BUF open = ASSAY_BUF_INIT, settled = ASSAY_BUF_INIT;
	char time[32];

	tell_states(&open, q, true);
	tell_states(&settled, q, false);
	(void)printf("queue    %" PRIu64 " open", q->open);
	if (q->counts[ASSAY_TICKET_OPEN] != q->open) /* "open" is one of the states that are open */
		(void)printf(" (%s)", assay_buf_str(&open));
	if (q->oldest != 0)
		(void)printf(", the oldest T%" PRIu64 " since %s", q->oldest, assay_tell_time(q->oldest_ns, time));
	(void)printf("%s%s\n", settled.len > 0 ? "; settled: " : "", assay_buf_str(&settled));
	assay_print_agreements(&q->agreements, 8);
}

static void json_queue(assay_json *j, const queue_state *q)
{
	char id[24];

	assay_json_key(j, "queue");
	assay_json_object(j);
	assay_json_kuint(j, "open", q->open);
	assay_json_key(j, "states");
	assay_json_object(j);
	for (unsigned i = 1; i <= ASSAY_TICKET_STATES; i++)
		assay_json_kuint(j, assay_ticket_state_name(i), q->counts[i]);
	assay_json_end(j);
	assay_json_key(j, "oldest");
	if (q->oldest == 0) {
		assay_json_null(j);
	} else {
		(void)snprintf(id, sizeof id, "T%" PRIu64, q->oldest);
		assay_json_object(j);
		assay_json_kstr(j, "id", id);
		assay_json_ktime(j, "opened", q->oldest_ns);
		assay_json_end(j);
	}
	assay_json_agreements(j, &q->agreements);
	assay_json_end(j);
}

/* ---- what cannot be read, of all that was looked at here */

static void print_damaged(const assay_pipeline_status *s, const queue_state *q)
{
	ASSAY_AUTO_BUF numbers = ASSAY_BUF_INIT;

	for (size_t i = 0; i < s->damaged_count; i++)
		assay_buf_printf(&numbers, "%s%" PRIu64, i > 0 ? "," : "", s->damaged[i]);
	if (s->damaged_count > 0)
		assay_say("damaged  %zu decision%s cannot be read, and every run stops for that: 'assay queue retry "
			  "--decision %s --reason TEXT' takes out what they said\n",
			  s->damaged_count, s->damaged_count == 1 ? "" : "s", assay_buf_str(&numbers));
	for (size_t i = 0; i < q->damaged_count && i < LISTED_MAX; i++) {
		ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;

		assay_tell_damaged_ticket(&text, &q->damaged[i]);
		assay_say("damaged  %s\n", assay_buf_str(&text));
	}
	if (q->damaged_count > LISTED_MAX)
		(void)printf("damaged  and %zu more tickets (--json lists all)\n", q->damaged_count - LISTED_MAX);
	if (s->damaged_count + q->damaged_count > 0)
		(void)puts("  to do    'assay check' looks at every row; this looked at all decisions, and at tickets "
			   "up to the "
			   "oldest");
}

static void json_damaged(assay_json *j, const assay_pipeline_status *s, const queue_state *q)
{
	char id[24];

	assay_json_key(j, "damaged");
	assay_json_object(j);
	assay_json_key(j, "decisions");
	assay_json_array(j);
	for (size_t i = 0; i < s->damaged_count; i++)
		assay_json_uint(j, s->damaged[i]);
	assay_json_end(j);
	assay_json_key(j, "tickets");
	assay_json_array(j);
	for (size_t i = 0; i < q->damaged_count; i++) {
		(void)snprintf(id, sizeof id, "T%" PRIu64, q->damaged[i].id);
		assay_json_object(j);
		assay_json_kstr(j, "id", id);
		assay_json_kstr(j, "subject", q->damaged[i].subject);
		assay_json_kstr(j, "why", q->damaged[i].message);
		assay_json_end(j);
	}
	assay_json_end(j);
	assay_json_end(j);
}

static void print_status(const assay_pipeline_status *s, const queue_state *queue, const assay_version *v,
			 const assay_tags *tags, const assay_dataset_results *checks)
{
	ASSAY_AUTO_BUF names = ASSAY_BUF_INIT, totals = ASSAY_BUF_INIT;
	char hex[ASSAY_DIGEST_HEX], time[32];

	(void)printf("sources  %" PRIu64 " seen: %" PRIu64 " unchanged (%" PRIu64 " of them failed), %" PRIu64
		     " new, %" PRIu64 " changed; %" PRIu64 " missing\n",
		     s->seen, s->unchanged, s->failed, s->added, s->changed, s->missing);
	if (s->left > 0)
		(void)printf("  %-8s %" PRIu64 " more left before the last run\n", "missing", s->left);
	print_list("new", s->added_paths, s->added_count);
	print_list("changed", s->changed_paths, s->changed_count);
	print_list("missing", s->missing_paths, s->missing_count);
	print_queue(queue);
	print_damaged(s, queue);
	assay_tags_text(&names, tags, &v->id);
	if (v->number == 0)
		(void)puts("version  none yet");
	else
		(void)printf("version  %.12s of %s, %" PRIu64 " accepted%s%s%s\n", assay_digest_hex(&v->id, hex),
			     assay_time_format(v->made_ns, time), v->counts.accepted,
			     v->incomplete ? ", incomplete" : "", names.len > 0 ? ", tagged " : "",
			     assay_buf_str(&names));
	assay_tell_dataset_totals(&totals, checks);
	if (totals.len > 0)
		(void)printf("checks   %s, of that version's dataset\n", assay_buf_str(&totals));
}

static assay_code json_status(const assay_pipeline_status *s, const queue_state *queue, const assay_version *v,
			      const assay_tags *tags, const assay_dataset_results *checks, assay_store *store,
			      const assay_refusals *refusals, assay_err *err)
{
	ASSAY_AUTO_REPORT r;
	assay_json *j = &r.json;
	assay_code rc;

	assay_report_init(&r);
	assay_json_object(j);
	assay_json_key(j, "sources");
	assay_json_object(j);
	assay_json_kuint(j, "seen", s->seen);
	assay_json_kuint(j, "unchanged", s->unchanged);
	assay_json_kuint(j, "failed", s->failed);
	json_list(j, "new", s->added_paths, s->added_count);
	json_list(j, "changed", s->changed_paths, s->changed_count);
	json_list(j, "missing", s->missing_paths, s->missing_count);
	assay_json_kuint(j, "missing_before", s->left);
	assay_json_end(j);
	json_queue(j, queue);
	json_damaged(j, s, queue);
	assay_json_kdigest(j, "version", v->number > 0 ? &v->id : NULL);
	assay_json_tags(j, "tags", tags, &v->id);
	assay_json_dataset_checks(j, "dataset_checks", checks);
	rc = assay_json_last_refusal(j, "refused", store, refusals, err);
	assay_json_end(j);
	return rc == ASSAY_OK ? assay_report_print(&r, err) : rc;
}

static int exit_of(const assay_pipeline_status *s, const queue_state *q)
{
	if (s->damaged_count > 0)
		return ASSAY_EXIT_BAD_INPUT;
	return q->agreements.breached > 0 ? ASSAY_EXIT_DIFFERENCE : ASSAY_EXIT_OK;
}

static int run(const assay_invocation *in, assay_err *err)
{
	ASSAY_CLEANUP(assay_config_closep) assay_config *config = NULL;
	ASSAY_CLEANUP(assay_pipeline_status_release) assay_pipeline_status s = {0};
	ASSAY_AUTO_STORE store = NULL;
	ASSAY_AUTO_FD rootfd = -1;
	ASSAY_AUTO_VERSION v = {0};
	ASSAY_AUTO_TAGS tags = {0};
	ASSAY_AUTO_DATASET_RESULTS checks = {0};
	ASSAY_AUTO_REFUSALS refusals = {0};
	ASSAY_CLEANUP(queue_state_release) queue_state queue = {0};
	assay_code rc;

	ASSAY_TRY(assay_load_config(in, &config, &rootfd, err));
	ASSAY_TRY(assay_load_tables(in, config, rootfd, err));
	ASSAY_TRY(assay_open_store(in, &store, false, false, err));
	ASSAY_TRY(assay_pipeline_status_read(&s, config, store, rootfd, err));
	ASSAY_TRY(learn_queue(&queue, config, store, err));
	rc = assay_version_latest(store, &v, err);
	if (rc != ASSAY_OK && rc != ASSAY_ENOENT)
		goto fail;
	ASSAY_TRY(assay_tags_load(&tags, store, err));
	ASSAY_TRY(assay_version_results(&checks, store, &v, err));
	ASSAY_TRY(assay_refusals_load(&refusals, store, true, err));
	if (in->json) {
		ASSAY_TRY(json_status(&s, &queue, &v, &tags, &checks, store, &refusals, err));
		return exit_of(&s, &queue);
	}
	print_status(&s, &queue, &v, &tags, &checks);
	ASSAY_TRY(assay_say_last_refusal(store, &refusals, err));
	return exit_of(&s, &queue);
fail:
	return assay_exit_of(rc);
}

static const assay_exit_row exits[] = {
    {ASSAY_EXIT_DIFFERENCE, "the queue is larger or older than a contract agrees"},
    {0, NULL},
};

const assay_verb assay_verb_status = {
    .name = "status",
    .group = ASSAY_GROUP_MAKE,
    .operands = "",
    .summary = "what is new, changed or missing; the queue; the last version",
    .help =
	"Looks at the stamps of the files only: no source is opened, nothing is written. When checks of the dataset\n"
	"refused what was judged last, they are named; the version is then the one before.\n",
    .example = "  assay status\n",
    .exits = exits,
    .uses = ASSAY_USES_STORE | ASSAY_USES_CONFIG,
    .see_also = "run, queue",
    .run = run,
};
