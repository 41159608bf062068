#include "forecast.h"

#include "tell.h"

#include <inttypes.h>
#include <stdio.h>

#define LISTED_MAX 20

/* By bit. The names are those of `assay why --json`. */
static const char *const names[ASSAY_CAUSE_BITS] = {"new",     "content", "sidecar",  "recipe",
						    "touched", "retry",   "returned", "metadata"};
static const char *const texts[ASSAY_CAUSE_BITS] = {
    "seen for the first time",
    "its stamp is another",
    "a sidecar came, went or has another stamp",
    "its pipeline is another",
    "touched",
    "the last outcome was of time, memory or a signal, or it could not be read",
    "it had been missing",
    "its metadata are others",
};

/* ---------------------------------------------------------------- for people */

static void put_time(assay_buf *b, uint64_t us)
{
	const uint64_t s = (us + 500000) / 1000000;

	if (s >= 3600)
		assay_buf_printf(b, "%" PRIu64 " h %02" PRIu64 " min", s / 3600, s / 60 % 60);
	else if (s >= 60)
		assay_buf_printf(b, "%" PRIu64 " min %02" PRIu64 " s", s / 60, s % 60);
	else
		assay_buf_printf(b, "%" PRIu64 ".%" PRIu64 " s", us / 1000000, us / 100000 % 10);
}

static void print_causes(const assay_forecast *f)
{
	for (unsigned b = 0; b < ASSAY_CAUSE_BITS; b++)
		if (f->by_cause[b] > 0)
			assay_say("  %-10s %" PRIu64 ": %s\n", names[b], f->by_cause[b], texts[b]);
	if (f->young > 0)
		assay_say("  %-10s %" PRIu64 ": as they were, but less than 2 s old when they were digested\n", "young",
			  f->young);
	if (f->unsure > 0)
		assay_say("unsure     %" PRIu64 " %s a digest to be sure: the stamp cannot tell\n", f->unsure,
			  f->unsure == 1 ? "file needs" : "files need");
}

static void print_cost(const assay_forecast *f)
{
	ASSAY_AUTO_BUF cpu = ASSAY_BUF_INIT;
	ASSAY_AUTO_BUF margin = ASSAY_BUF_INIT;

	if (f->run > f->unknown) {
		put_time(&cpu, f->cpu_us);
		put_time(&margin, f->margin_us);
		assay_say("cost       about %s of CPU in %" PRIu64 " unit%s, give or take %s\n", assay_buf_str(&cpu),
			  f->units, f->units == 1 ? "" : "s", assay_buf_str(&margin));
		assay_say("by         what such sources cost before: %" PRIu64 " under the same recipe, %" PRIu64
			  " under another\n",
			  f->by_recipe, f->by_modality);
	}
	if (f->unknown > 0)
		assay_say("no history %" PRIu64 " source%s of a modality that this store has not measured: the cost is "
			  "not known\n",
			  f->unknown, f->unknown == 1 ? "" : "s");
}

static void put_part(assay_buf *b, uint64_t us, const char *of)
{
	if (us < 100000) /* it would be 0.0 s */
		return;
	assay_buf_puts(b, b->len > 0 ? ", " : "");
	put_time(b, us);
	assay_buf_printf(b, " %s", of);
}

static void print_time(const assay_forecast *f)
{
	ASSAY_AUTO_BUF takes = ASSAY_BUF_INIT;
	ASSAY_AUTO_BUF parts = ASSAY_BUF_INIT;

	if (f->count == 0 && f->judge_us == 0)
		return;
	put_time(&takes, f->takes_us);
	put_part(&parts, f->start_us, "to begin");
	put_part(&parts, f->work_us, "of work");
	put_part(&parts, f->digest_us, f->work_us > 0 ? "of digesting beside it" : "of digesting");
	put_part(&parts, f->judge_us, "of judging");
	assay_say("takes      about %s with %u worker%s%s%s%s\n", assay_buf_str(&takes), f->jobs,
		  f->jobs == 1 ? "" : "s",
		  f->run > f->unknown ? ", on a machine as busy as it was when these were measured" : "",
		  parts.len > 0 ? ": " : "", assay_buf_str(&parts));
}

static void print_item(const assay_forecast_item *i)
{
	ASSAY_AUTO_BUF why = ASSAY_BUF_INIT;
	ASSAY_AUTO_BUF cost = ASSAY_BUF_INIT;

	for (unsigned b = 0; b < ASSAY_CAUSE_BITS; b++)
		if ((i->causes >> b & 1) != 0)
			assay_buf_printf(&why, "%s%s", why.len > 0 ? ", " : "", names[b]);
	if (i->has_cost)
		put_time(&cost, i->cpu_us);
	assay_say("  %s (%s%s%s%s)\n", i->source, why.len > 0 ? assay_buf_str(&why) : "young", i->unsure ? "?" : "",
		  i->has_cost ? "; "
		  : i->runs   ? ""
			      : "; not run",
		  assay_buf_str(&cost));
}

static void print_forecast(const assay_forecast *f)
{
	assay_say("sources    %" PRIu64 " seen: %" PRIu64 " would be run, %" PRIu64
		  " only looked at or judged again, %" PRIu64 " unchanged; %" PRIu64 " missing\n",
		  f->seen, f->run, f->rejudge, f->unchanged, f->missing);
	if (f->waiting > 0)
		assay_say("repairs    %" PRIu64 " ticket%s wait%s for attempts at repair: they would be made\n",
			  f->waiting, f->waiting == 1 ? "" : "s", f->waiting == 1 ? "s" : "");
	else if (f->has_remedies && (f->run > 0 || f->judges_all))
		assay_say(
		    "repairs    what fails would be tried with its remedies: what that costs is in no sum below\n");
	if (f->judges_all && f->waiting == 0)
		assay_say(
		    "judging    contracts, fields, filters or baselines changed since the last judging: all samples "
		    "would be judged again\n");
	print_causes(f);
	print_cost(f);
	print_time(f);
	for (size_t i = 0; i < f->count && i < LISTED_MAX; i++)
		print_item(&f->items[i]);
	if (f->count > LISTED_MAX)
		assay_say("  and %zu more (--json lists all)\n", f->count - LISTED_MAX);
}

/* ---------------------------------------------------------------- for programs */

static void json_seconds(assay_json *j, const char *key, uint64_t us)
{
	assay_json_key(j, key);
	assay_json_decimal(j, (assay_decimal){(int64_t)(us / 1000), 3});
}

static void json_causes(assay_json *j, const assay_forecast *f)
{
	assay_json_key(j, "causes");
	assay_json_object(j);
	for (unsigned b = 0; b < ASSAY_CAUSE_BITS; b++)
		if (f->by_cause[b] > 0)
			assay_json_kuint(j, names[b], f->by_cause[b]);
	if (f->young > 0)
		assay_json_kuint(j, "young", f->young);
	assay_json_end(j);
}

static void json_modalities(assay_json *j, const assay_forecast *f)
{
	assay_json_key(j, "modalities");
	assay_json_object(j);
	for (unsigned m = 1; m <= ASSAY_MODALITY_MAX; m++) {
		const struct assay_forecast_part *p = &f->parts[m];

		if (p->run == 0)
			continue;
		assay_json_key(j, assay_modality_name((assay_modality)m));
		assay_json_object(j);
		assay_json_kuint(j, "run", p->run);
		json_seconds(j, "cpu_s", p->cpu_us);
		json_seconds(j, "margin_s", p->margin_us);
		assay_json_end(j);
	}
	assay_json_end(j);
}

static void json_cost(assay_json *j, const assay_forecast *f)
{
	assay_json_key(j, "cost");
	assay_json_object(j);
	assay_json_kuint(j, "jobs", f->jobs);
	assay_json_kuint(j, "units", f->units);
	json_seconds(j, "cpu_s", f->cpu_us);
	json_seconds(j, "margin_s", f->margin_us);
	json_modalities(j, f);
	json_seconds(j, "takes_s", f->takes_us);
	assay_json_key(j, "parts");
	assay_json_object(j);
	json_seconds(j, "start_s", f->start_us);
	json_seconds(j, "work_s", f->work_us);
	json_seconds(j, "digest_s", f->digest_us);
	json_seconds(j, "judge_s", f->judge_us);
	assay_json_end(j);
	assay_json_kbool(j, "timed", f->timed);
	assay_json_key(j, "basis");
	assay_json_object(j);
	assay_json_kuint(j, "same_recipe", f->by_recipe);
	assay_json_kuint(j, "other_recipe", f->by_modality);
	assay_json_kuint(j, "no_history", f->unknown);
	assay_json_end(j);
	assay_json_end(j);
}

static void json_item(assay_json *j, const assay_forecast_item *i)
{
	assay_json_object(j);
	assay_json_kstr(j, "source", i->source);
	assay_json_key(j, "causes");
	assay_json_array(j);
	for (unsigned b = 0; b < ASSAY_CAUSE_BITS; b++)
		if ((i->causes >> b & 1) != 0)
			assay_json_str(j, names[b]);
	assay_json_end(j);
	assay_json_kbool(j, "run", i->runs);
	assay_json_kbool(j, "needs_digest", i->unsure);
	if (i->has_cost) {
		json_seconds(j, "cpu_s", i->cpu_us);
	} else {
		assay_json_key(j, "cpu_s");
		assay_json_null(j);
	}
	assay_json_end(j);
}

static assay_code json_forecast(const assay_forecast *f, assay_err *err)
{
	ASSAY_AUTO_REPORT r;
	assay_json *j = &r.json;

	assay_report_init(&r);
	assay_json_object(j);
	assay_json_key(j, "sources");
	assay_json_object(j);
	assay_json_kuint(j, "seen", f->seen);
	assay_json_kuint(j, "run", f->run);
	assay_json_kuint(j, "rejudge", f->rejudge);
	assay_json_kuint(j, "unchanged", f->unchanged);
	assay_json_kuint(j, "failed", f->failed);
	assay_json_kuint(j, "missing", f->missing);
	assay_json_kuint(j, "need_digest", f->unsure);
	assay_json_end(j);
	json_causes(j, f);
	assay_json_kbool(j, "judges_all", f->judges_all);
	assay_json_key(j, "repairs");
	assay_json_object(j);
	assay_json_kbool(j, "remedies", f->has_remedies);
	assay_json_kuint(j, "waiting", f->waiting);
	assay_json_end(j);
	assay_json_kuint(j, "patterns_unmatched", f->unmatched);
	assay_json_kuint(j, "bytes", f->bytes);
	json_cost(j, f);
	assay_json_key(j, "list");
	assay_json_array(j);
	for (size_t i = 0; i < f->count; i++) {
		json_item(j, &f->items[i]);
		if (i % 1024 == 1023) {
			const assay_code rc = assay_report_flush(&r, err);

			if (rc != ASSAY_OK)
				return rc;
		}
	}
	assay_json_end(j);
	assay_json_end(j);
	return assay_report_print(&r, err);
}

int assay_tell_forecast(const assay_invocation *in, const assay_config *config, int rootfd, const assay_run_opts *o,
			assay_err *err)
{
	ASSAY_CLEANUP(assay_forecast_release) assay_forecast f = {0};
	ASSAY_AUTO_STORE store = NULL;
	assay_err none = ASSAY_ERR_INIT;
	assay_code rc = assay_open_store(in, &store, false, false, &none);

	if (rc != ASSAY_OK && rc != ASSAY_ENOENT) {
		*err = none;
		return assay_exit_of(rc);
	}
	rc = assay_pipeline_forecast(&f, config, store, rootfd, o, err);
	if (rc == ASSAY_OK && in->json)
		rc = json_forecast(&f, err);
	else if (rc == ASSAY_OK)
		print_forecast(&f);
	return rc == ASSAY_OK ? ASSAY_EXIT_OK : assay_exit_of(rc);
}
