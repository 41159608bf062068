#include "assay/forecast.h"

#include "cores.h"
#include "judged_before.h"
#include "plan.h"
#include "presence.h"

#include <stdlib.h>

typedef struct forecasting {
	assay_forecast *out;
	assay_session session;
	assay_scan scan;
	assay_costs costs;
	assay_makespan *makespan;
} forecasting;

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
	out->bytes += f->stamp.size;
	if (cost->basis == ASSAY_COST_NONE) {
		out->unknown++;
		return;
	}
	*(cost->basis <= ASSAY_COST_RECIPE ? &out->by_recipe : &out->by_modality) += 1;
	out->units += (uint64_t)(cost->units + 0.5);
	out->cpu_us += cost->cpu_us;
	assay_makespan_add(c->makespan, cost);
}

static assay_code foresee(forecasting *c, const assay_found *f, assay_err *err)
{
	assay_forecast *out = c->out;
	assay_cost cost = {0};
	assay_look look;
	const assay_code rc = assay_source_look(&look, &c->session, f, false, err);

	if (rc != ASSAY_OK)
		return rc;
	out->seen++;
	if (look.unchanged) {
		out->unchanged++;
		out->failed += look.standing == ASSAY_STANDING_FAILED;
		return ASSAY_OK;
	}
	for (unsigned b = 0; b < ASSAY_CAUSE_BITS; b++)
		out->by_cause[b] += look.causes >> b & 1;
	out->young += look.young;
	out->unsure += assay_look_is_unsure(&look);
	if (assay_look_asks_for_work(&look)) {
		cost = assay_costs_of(&c->costs, f->rule->modality, f->key, f->stamp.size);
		add_cost(c, f, &cost);
	} else {
		out->rejudge++;
	}
	return add_item(out, f, &look, &cost, err);
}

static assay_code count_missing(void *ctx, const assay_source *src, assay_err *err)
{
	forecasting *c = ctx;

	(void)err;
	c->out->missing += !src->missing && assay_scan_find(&c->scan, src->path) == NULL;
	return ASSAY_OK;
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
	c->out->judges_all = before.known && !assay_digest_eq(&before.inputs, &before.last.inputs);
fail:
	return rc;
}

static assay_code forecast(forecasting *c, int rootfd, const assay_run_opts *opts, assay_err *err)
{
	assay_store *store = c->session.store;
	uint64_t seen;
	assay_code rc;

	ASSAY_TRY(foresee_judging(c, err));
	ASSAY_TRY(assay_build_ids_read(&c->session.builds, err));
	ASSAY_TRY(assay_session_recipes(c->session.recipes, c->session.config, &c->session.builds, NULL, err));
	ASSAY_TRY(
	    assay_scan_run(&c->scan, c->session.config, rootfd, store != NULL ? assay_store_dirfd(store) : -1, err));
	ASSAY_TRY(assay_presence_check(&c->out->unmatched, &c->scan, c->session.config, store, opts->allow_empty, err));
	ASSAY_TRY(assay_scan_keep_shard(&c->scan, opts->shard, opts->shard_count, &seen, err));
	ASSAY_TRY(assay_plan_learn(&c->costs, &c->session, &c->scan, err));
	ASSAY_TRY(assay_makespan_open(&c->makespan, c->out->jobs, err));
	for (size_t i = 0; i < c->scan.count && (opts->limit == 0 || c->out->count < opts->limit); i++)
		if (!c->scan.items[i].elsewhere)
			ASSAY_TRY(foresee(c, &c->scan.items[i], err));
	c->out->takes_us = assay_makespan_us(c->makespan);
	/* A run of some sources marks none as missing. */
	if (store != NULL && opts->limit == 0)
		ASSAY_TRY(assay_sources_each(store, count_missing, c, err));
fail:
	return rc;
}

assay_code assay_pipeline_forecast(assay_forecast *out, const assay_config *config, assay_store *store, int rootfd,
				   const assay_run_opts *opts, assay_err *err)
{
	forecasting c = {.out = out, .session = {.config = config, .store = store}};
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
