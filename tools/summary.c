#include "summary.h"

#include "dataset_tell.h"
#include "queue_agreements.h"
#include "tell.h"
#include "tell_decision.h"

#include <inttypes.h>
#include <stdio.h>

#define ENDED_SHOWN 5 /* by name; --json has all */

static void json_recipes(assay_json *j, const assay_summary *s)
{
	assay_json_key(j, "recipe");
	assay_json_object(j);
	for (unsigned m = 1; m <= ASSAY_MODALITY_MAX; m++)
		if (s->has_recipe[m])
			assay_json_kdigest(j, assay_modality_name(m), &s->recipes[m]);
	assay_json_end(j);
}

static void json_sources(assay_json *j, const assay_run_sources *c)
{
	assay_json_key(j, "sources");
	assay_json_object(j);
	assay_json_kuint(j, "seen", c->seen);
	assay_json_kuint(j, "processed", c->processed);
	assay_json_kuint(j, "unchanged", c->unchanged);
	assay_json_kuint(j, "failed", c->failed);
	assay_json_kuint(j, "missing", c->missing);
	assay_json_end(j);
}

static void json_samples(assay_json *j, const assay_counts *c, bool judged)
{
	assay_json_key(j, "samples");
	if (!judged) {
		assay_json_null(j);
		return;
	}
	assay_json_object(j);
	assay_json_kuint(j, "in", c->in);
	assay_json_kuint(j, "accepted", c->accepted);
	assay_json_kuint(j, "quarantined", c->quarantined);
	assay_json_kuint(j, "waived", c->waived);
	assay_json_kuint(j, "duplicate", c->duplicate);
	assay_json_kuint(j, "filtered", c->filtered);
	assay_json_end(j);
}

static void json_queue(assay_json *j, const assay_summary *s)
{
	assay_json_key(j, "queue");
	if (!s->judged) {
		assay_json_null(j);
		return;
	}
	assay_json_object(j);
	assay_json_kuint(j, "open", s->tickets_open);
	assay_json_kuint(j, "opened", s->tickets_opened);
	assay_json_kuint(j, "settled", s->tickets_settled);
	assay_json_agreements(j, &s->agreements);
	assay_json_key(j, "states");
	assay_json_object(j);
	for (unsigned i = 1; i <= ASSAY_TICKET_STATES; i++)
		assay_json_kuint(j, assay_ticket_state_name(i), s->tickets[i]);
	assay_json_end(j);
	assay_json_end(j);
}

static void json_ended(assay_json *j, const assay_ended *ended)
{
	assay_json_key(j, "ended");
	assay_json_array(j);
	for (size_t i = 0; i < ended->count; i++) {
		const assay_ended_decision *e = &ended->items[i];
		char id[24];

		(void)snprintf(id, sizeof id, "T%" PRIu64, e->ticket);
		assay_json_object(j);
		assay_json_kstr(j, "subject", e->decision.subject);
		assay_json_decision(j, "decision", &e->decision);
		assay_json_kbool(j, "expired", e->expired);
		assay_json_kbool(j, "other_bytes", e->other_bytes);
		assay_json_kstr(j, "moved_to", e->moved_to);
		assay_json_kstr(j, "original", e->original);
		assay_json_kstr(j, "outcome", assay_outcome_name(e->outcome));
		assay_json_kstr(j, "ticket", e->ticket != 0 ? id : NULL);
		assay_json_kstr(j, "state", assay_ticket_state_name(e->state));
		assay_json_end(j);
	}
	assay_json_end(j);
}

static void json_imbalance(assay_json *j, const assay_summary *s)
{
	if (s->imbalance_count == 0)
		return;
	assay_json_key(j, "imbalance");
	assay_json_array(j);
	for (size_t i = 0; i < s->imbalance_count; i++)
		assay_json_str(j, s->imbalance[i]);
	assay_json_end(j);
}

static void json_drops(assay_json *j, const assay_step_count *c)
{
	assay_json_key(j, "drops");
	assay_json_object(j);
	for (size_t i = 0; i < c->drop_count; i++)
		assay_json_kuint(j, c->drops[i].reason, c->drops[i].count);
	assay_json_end(j);
}

static void json_stages(assay_json *j, const assay_stage_totals *t)
{
	assay_json_key(j, "stages");
	assay_json_array(j);
	for (size_t i = 0; i < t->count; i++) {
		const assay_step_count *c = &t->items[i].count;

		assay_json_object(j);
		assay_json_kstr(j, "modality", assay_modality_name(t->items[i].modality));
		assay_json_kstr(j, "stage", t->items[i].stage);
		assay_json_kuint(j, "in", c->in);
		assay_json_kuint(j, "consumed", c->consumed);
		assay_json_kuint(j, "passed", c->passed);
		assay_json_kuint(j, "dropped", c->dropped);
		assay_json_kuint(j, "out", c->out);
		json_drops(j, c);
		assay_json_end(j);
	}
	assay_json_end(j);
}

void assay_summary_json(assay_json *j, const assay_summary *s, int exit_code)
{
	char layers[96];

	assay_json_object(j);
	assay_json_kstr(j, "run", s->run);
	assay_json_kdigest(j, "version", s->has_version ? &s->version : NULL);
	assay_json_kbool(j, "incomplete", s->incomplete);
	json_recipes(j, s);
	json_sources(j, &s->sources);
	json_samples(j, &s->samples, s->judged);
	/* What was not judged was not counted. */
	assay_json_key(j, "conserved");
	if (s->judged)
		assay_json_bool(j, s->conserved);
	else
		assay_json_null(j);
	json_imbalance(j, s);
	json_queue(j, s);
	json_ended(j, &s->ended);
	assay_json_key(j, "units");
	assay_json_object(j);
	assay_json_kuint(j, "run", s->units_run);
	assay_json_kuint(j, "cached", s->units_cached);
	assay_json_kuint(j, "attempts", s->attempts);
	assay_json_key(j, "cpu_s");
	assay_json_decimal(j, (assay_decimal){(int64_t)(s->cpu_us / 1000), 3});
	assay_json_end(j);
	json_stages(j, &s->stages);
	assay_json_kuint(j, "verdicts_changed", s->verdicts_changed);
	assay_json_kuint(j, "patterns_unmatched", s->unmatched);
	assay_json_key(j, "metadata_rows");
	assay_json_object(j);
	assay_json_kuint(j, "read", s->rows);
	assay_json_kuint(j, "without_source", s->rows_astray);
	assay_json_end(j);
	assay_json_dataset_checks(j, "dataset_checks", &s->checks);
	assay_json_kstr(j, "sandbox", s->worked ? assay_sandbox_layers_text(s->layers, layers, sizeof layers) : NULL);
	assay_json_kbool(j, "stopped", s->stopped);
	assay_json_key(j, "elapsed_s");
	assay_json_decimal(j, (assay_decimal){s->elapsed_ns / 1000000, 3});
	assay_json_kint(j, "exit", exit_code);
	assay_json_end(j);
}

static void print_version(const assay_summary *s)
{
	char hex[ASSAY_DIGEST_HEX];

	if (!s->has_version)
		(void)printf("version   none committed%s\n", s->blocked   ? ": a check of the dataset failed"
							     : s->refused ? ": a pattern of sources matches nothing"
									  : "");
	else
		(void)printf("version   %.12s %s%s\n", assay_digest_hex(&s->version, hex),
			     s->version_is_new ? "(new)" : "(as before)",
			     !s->incomplete ? ""
			     : s->tickets[ASSAY_TICKET_RETRYING] > 0
				 ? " incomplete: attempts are still to be made"
				 : " incomplete: some failures were of time, memory or a signal");
}

/* A row that speaks of no source is mostly a path that is misspelt. */
static void print_rows(const assay_summary *s)
{
	if (s->rows_astray > 0)
		assay_say("metadata  %" PRIu64 " of %" PRIu64 " rows speak of no source, the first: %s\n",
			  s->rows_astray, s->rows, s->row_astray);
}

/* How the subject stands without it. */
static const char *stands_now(const assay_ended_decision *e)
{
	if (!e->decision.is_source)
		return assay_outcome_name(e->outcome);
	if (e->other_bytes)
		return "its bytes are others";
	if (e->decision.kind != ASSAY_DECISION_REJECT)
		return "it stands by itself";
	return assay_ticket_state_is_open(e->state) ? "it fails in another way" : "it gives samples";
}

/* Nobody took them back: what they kept out may be delivered now, what they let pass may not. */
static void print_ended(const assay_ended *ended)
{
	if (ended->count == 0)
		return;
	assay_say("ended     %zu decision%s held in the last version and do%s no more:\n", ended->count,
		  ended->count == 1 ? "" : "s", ended->count == 1 ? "es" : "");
	for (size_t i = 0; i < ended->count && i < ENDED_SHOWN; i++) {
		const assay_ended_decision *e = &ended->items[i];
		ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
		const char *now = stands_now(e);

		assay_tell_decision(&text, &e->decision);
		assay_say("          %s, %s%s: ", e->decision.subject, assay_buf_str(&text),
			  e->expired ? ", which is over" : "");
		if (e->moved_to != NULL)
			assay_say("its file is gone; the same bytes are now at %s, ", e->moved_to);
		if (e->moved_to != NULL && e->decision.is_source)
			assay_say("about which nothing is decided");
		else if (e->moved_to != NULL && e->outcome == 0)
			assay_say("which has no such sample");
		else if (e->original != NULL)
			assay_say("now a duplicate of %s, which is %s", e->original, now != NULL ? now : "not judged");
		else
			assay_say("now %s", now != NULL ? now : "not judged");
		if (e->ticket != 0)
			assay_say(" (T%" PRIu64 ")", e->ticket);
		assay_say("\n");
	}
	if (ended->count > ENDED_SHOWN)
		assay_say("          and %zu more: 'assay queue list --ended' lists them all\n",
			  ended->count - ENDED_SHOWN);
}

/* What stages let go of; everything else went where it should. */
static void print_drops(const assay_stage_totals *t)
{
	for (size_t i = 0; i < t->count; i++)
		for (size_t k = 0; k < t->items[i].count.drop_count; k++)
			assay_say("dropped   %" PRIu64 " of %" PRIu64 " by %s: %s\n", t->items[i].count.drops[k].count,
				  t->items[i].count.in, t->items[i].stage, t->items[i].count.drops[k].reason);
}

void assay_summary_print(const assay_summary *s)
{
	const assay_run_sources *src = &s->sources;
	const assay_counts *c = &s->samples;
	char layers[96];

	(void)printf("run       %s, %" PRId64 ".%" PRId64 " s\n", s->run != NULL ? s->run : "-",
		     s->elapsed_ns / 1000000000, s->elapsed_ns / 100000000 % 10);
	if (s->scanned) {
		(void)printf("sources   %" PRIu64 " seen = %" PRIu64 " processed + %" PRIu64 " unchanged + %" PRIu64
			     " failed",
			     src->seen, src->processed, src->unchanged, src->failed);
		(void)printf(src->missing > 0 ? "; %" PRIu64 " missing\n" : "\n", src->missing);
	}
	if (s->judged)
		(void)printf("samples   %" PRIu64 " in = %" PRIu64 " accepted + %" PRIu64 " quarantined + %" PRIu64
			     " waived + %" PRIu64 " duplicate + %" PRIu64 " filtered\n",
			     c->in, c->accepted, c->quarantined, c->waived, c->duplicate, c->filtered);
	if (s->judged)
		(void)printf("conserved %s\n", s->conserved ? "yes" : "NO: this is a bug in assay");
	for (size_t i = 0; i < s->imbalance_count; i++)
		(void)printf("          %s\n", s->imbalance[i]);
	if (s->judged)
		(void)printf("queue     %" PRIu64 " open (%" PRIu64 " opened, %" PRIu64 " settled)\n", s->tickets_open,
			     s->tickets_opened, s->tickets_settled);
	print_ended(&s->ended);
	assay_print_agreements(&s->agreements, 9);
	if (s->attempts > 0)
		(void)printf("repairs   %" PRIu64 " attempt%s made; %" PRIu64
			     " sample%s of the dataset stand%s by one\n",
			     s->attempts, s->attempts == 1 ? "" : "s", s->by_attempt, s->by_attempt == 1 ? "" : "s",
			     s->by_attempt == 1 ? "s" : "");
	if (s->judged && s->tickets[ASSAY_TICKET_RETRYING] > 0)
		(void)printf("waiting   %" PRIu64 " ticket%s for attempts, which 'assay run' makes: incomplete\n",
			     s->tickets[ASSAY_TICKET_RETRYING], s->tickets[ASSAY_TICKET_RETRYING] == 1 ? "" : "s");
	print_drops(&s->stages);
	print_rows(s);
	assay_say_dataset_checks(&s->checks, false);
	if (s->worked && s->layers != ASSAY_SANDBOX_ALL)
		(void)printf("sandbox   reduced: %s\n", assay_sandbox_layers_text(s->layers, layers, sizeof layers));
	print_version(s);
}
