#include "assay/forecast.h"

#include "assay/file.h"

#include "cores.h"
#include "judged_before.h"
#include "plan.h"
#include "presence.h"

#include <math.h>
#include <stdlib.h>

typedef struct forecasting {
	assay_forecast *out;
	assay_session session;
	assay_scan scan;
	assay_costs costs;
	assay_past past;
	assay_makespan *makespan;
	size_t recalls; /* units that may still be read */
} forecasting;

/* As much as costs are learned from: beyond that sources are taken as others of their kind are. */
#define RECALLS 8192

static assay_code add_item(assay_forecast *out, const assay_found *f, const assay_look *look, const assay_cost *cost,
			   assay_err *err)
{
	assay_forecast_item item = {
	    .source = assay_arena_strdup(&out->texts, f->key),
	    .causes = look->causes,
	    .runs = assay_look_asks_for_work(look),
	    .unsure = assay_look_is_unsure(look),
	};
	assay_code rc;

	if (item.source == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "forecast");
	item.has_cost = item.runs && cost->basis != ASSAY_COST_NONE;
	item.cpu_us = item.has_cost ? cost->cpu_us : 0;
	rc = assay_grow(&out->items, &out->cap, out->count, sizeof item, err);
	if (rc == ASSAY_OK)
		out->items[out->count++] = item;
	return rc;
}

static void add_cost(forecasting *c, const assay_found *f, const assay_cost *cost)
{
	assay_forecast *out = c->out;

	out->run++;
	out->parts[f->rule->modality].run++;
	out->bytes += f->stamp.size;
	if (cost->basis == ASSAY_COST_NONE) {
		out->unknown++;
		return;
	}
	*(cost->basis <= ASSAY_COST_RECIPE ? &out->by_recipe : &out->by_modality) += 1;
	out->units += (uint64_t)(cost->units + 0.5);
	out->cpu_us += cost->cpu_us;
	out->parts[f->rule->modality].cpu_us += cost->cpu_us;
	assay_makespan_add(c->makespan, cost);
}

/* As it did when it was done before, or as others of its kind. */
static assay_code cost_of(assay_cost *out, forecasting *c, const assay_found *f, bool known, assay_err *err)
{
	assay_cost took = {0};
	bool present = false;
	const assay_code rc = known ? assay_plan_recall(&took, &present, &c->session, f, &c->recalls, err) : ASSAY_OK;

	if (took.units > 0) {
		*out = assay_costs_again(&c->costs, f->rule->modality, f->key, f->stamp.size, present, &took);
		return rc;
	}
	*out = assay_costs_of(&c->costs, f->rule->modality, f->key, f->stamp.size);
	return rc == ASSAY_OK ? assay_costs_add_left(&c->costs, f->rule->modality, f->key, f->stamp.size, err) : rc;
}

static assay_code foresee(forecasting *c, const assay_found *f, assay_err *err)
{
	assay_forecast *out = c->out;
	assay_cost cost = {0};
	assay_look look;
	assay_code rc = assay_source_look(&look, &c->session, f, false, err);

	if (rc != ASSAY_OK)
		return rc;
	out->seen++;
	if (look.unchanged) {
		out->unchanged++;
		return assay_look_count_failed(&out->failed, &look, &c->session, f, err);
	}
	for (unsigned b = 0; b < ASSAY_CAUSE_BITS; b++)
		out->by_cause[b] += look.causes >> b & 1;
	out->young += look.young;
	out->unsure += assay_look_is_unsure(&look);
	if (assay_look_asks_for_digest(&look))
		out->digest_us += assay_digest_us(f->stamp.size);
	if (assay_look_asks_for_work(&look)) {
		rc = cost_of(&cost, c, f, look.known, err);
		add_cost(c, f, &cost);
	} else {
		out->rejudge++;
	}
	return rc == ASSAY_OK ? add_item(out, f, &look, &cost, err) : rc;
}

static assay_code count_missing(void *ctx, const assay_source *src, assay_err *err)
{
	forecasting *c = ctx;

	(void)err;
	c->out->missing += !src->missing && assay_scan_find(&c->scan, src->path) == NULL;
	return ASSAY_OK;
}

/* What will fail, and how far its ladder must be climbed, only judging finds out: the sums are without it. */
static assay_code foresee_repairs(forecasting *c, assay_err *err)
{
	assay_session *s = &c->session;
	uint64_t counts[ASSAY_TICKET_STATES + 1] = {0};
	assay_code rc = ASSAY_OK;

	if (s->store != NULL)
		rc = assay_decided_load(&s->decided, s->store, err);
	if (rc == ASSAY_OK && assay_session_needs_rungs(s))
		rc = assay_session_make_rungs(s, false, err);
	if (rc == ASSAY_OK && s->store != NULL)
		rc = assay_tickets_count(s->store, counts, err);
	c->out->has_remedies = s->rung_count > 0;
	c->out->waiting = counts[ASSAY_TICKET_RETRYING];
	return rc;
}

/* Samples are judged anew, whatever became of their files, when what decides on them is another. */
static assay_code foresee_judging(forecasting *c, assay_err *err)
{
	assay_session *s = &c->session;
	assay_judged_before before;
	assay_code rc;

	ASSAY_TRY(assay_session_contracts(s, false, err));
	ASSAY_TRY(assay_baselines_find(&s->baselines, s->store, (const assay_contract *const *)s->config->contracts,
				       s->config->contract_count, err));
	if (s->store == NULL)
		return ASSAY_OK;
	ASSAY_TRY(assay_judged_before_read(&before, s, err));
	/* Without a judgement that stands (the last one was refused, or did not end) everything is judged. */
	c->out->judges_all =
	    !before.known || !assay_digest_eq(&before.inputs, &before.last.inputs) || c->out->waiting > 0;
fail:
	return rc;
}

static void add_up_margins(forecasting *c)
{
	double sum = 0;

	for (unsigned m = 1; m <= ASSAY_MODALITY_MAX; m++) {
		const uint64_t us = assay_costs_margin(&c->costs, (assay_modality)m);

		c->out->parts[m].margin_us = us;
		sum += (double)us * (double)us;
	}
	c->out->margin_us = (uint64_t)sqrt(sum);
}

/* The cores cannot do more than they can, however many workers there are. */
static void add_up_time(forecasting *c)
{
	assay_forecast *out = c->out;
	const uint64_t cores = out->jobs < assay_cores() ? out->jobs : assay_cores();
	const uint64_t least = (out->cpu_us + out->digest_us) / cores;

	out->timed = c->past.known;
	out->work_us = (uint64_t)((double)assay_makespan_us(c->makespan) * c->past.stretch);
	if (out->work_us < least && out->cpu_us > 0)
		out->work_us = least;
	if (out->run > 0)
		out->start_us = c->past.start_us;
	if (out->count > 0 || out->missing > 0 || out->judges_all)
		out->judge_us = assay_past_judge_us(&c->past, out->seen) + assay_past_commit_us(&c->past, out->seen);
	out->takes_us = out->start_us + out->judge_us + (out->work_us > out->digest_us ? out->work_us : out->digest_us);
}

static assay_code forecast(forecasting *c, int rootfd, const assay_run_opts *opts, assay_err *err)
{
	assay_store *store = c->session.store;
	uint64_t seen;
	assay_code rc;

	c->session.as_of_ns = opts->has_as_of ? opts->as_of_ns : assay_now_ns();
	ASSAY_TRY(foresee_repairs(c, err));
	ASSAY_TRY(foresee_judging(c, err));
	ASSAY_TRY(assay_session_recipes(&c->session, false, err));
	ASSAY_TRY(
	    assay_scan_run(&c->scan, c->session.config, rootfd, store != NULL ? assay_store_dirfd(store) : -1, err));
	ASSAY_TRY(assay_presence_check(&c->out->unmatched, &c->scan, c->session.config, store, opts->allow_empty, err));
	ASSAY_TRY(assay_scan_keep_shard(&c->scan, opts->shard, opts->shard_count, &seen, err));
	ASSAY_TRY(assay_past_read(&c->past, store, err));
	ASSAY_TRY(assay_plan_learn(&c->costs, &c->session, &c->scan, err));
	ASSAY_TRY(assay_makespan_open(&c->makespan, c->out->jobs, err));
	for (size_t i = 0; i < c->scan.count && (opts->limit == 0 || c->out->count < opts->limit); i++)
		if (!c->scan.items[i].elsewhere)
			ASSAY_TRY(foresee(c, &c->scan.items[i], err));
	/* A run of some sources marks none as missing. */
	if (store != NULL && opts->limit == 0)
		ASSAY_TRY(assay_sources_each(store, count_missing, c, err));
	add_up_margins(c);
	add_up_time(c);
fail:
	return rc;
}

assay_code assay_pipeline_forecast(assay_forecast *out, const assay_config *config, assay_store *store, int rootfd,
				   const assay_run_opts *opts, assay_err *err)
{
	forecasting c = {.recalls = RECALLS, .out = out, .session = {.config = config, .store = store}};
	assay_code rc;

	*out = (assay_forecast){.jobs = opts->jobs > 0 ? opts->jobs : assay_cores()};
	rc = forecast(&c, rootfd, opts, err);
	assay_makespan_close(c.makespan);
	assay_costs_release(&c.costs);
	assay_scan_release(&c.scan);
	assay_session_release(&c.session);
	if (rc != ASSAY_OK)
		assay_forecast_release(out);
	return rc;
}

void assay_forecast_release(assay_forecast *f)
{
	free(f->items);
	assay_arena_release(&f->texts);
	*f = (assay_forecast){0};
}
