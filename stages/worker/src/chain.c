#include "sink.h"

#include "divide.h"

#include "assay/memory.h"

#include <errno.h>
#include <stdlib.h>

static assay_failure failure_of(assay_code code)
{
	static const struct {
		assay_code code;
		assay_failure failure;
	} map[] = {
	    {ASSAY_ECORRUPT, ASSAY_FAILURE_DECODE}, {ASSAY_EEMPTY, ASSAY_FAILURE_EMPTY},
	    {ASSAY_ESHORT, ASSAY_FAILURE_SHORT},    {ASSAY_EUNSUPPORTED, ASSAY_FAILURE_UNSUPPORTED},
	    {ASSAY_EFULL, ASSAY_FAILURE_LIMIT},     {ASSAY_ENOMEM, ASSAY_FAILURE_OUT_OF_MEMORY},
	    {ASSAY_EIO, ASSAY_FAILURE_UNREADABLE},
	};

	for (size_t i = 0; i < ASSAY_COUNT(map); i++)
		if (map[i].code == code)
			return map[i].failure;
	return ASSAY_FAILURE_STAGE;
}

/* Metrics that apply to a sample and were not recorded are undefined, never absent. */
static assay_code complete_sample(chain *c, assay_result_sample *rs, assay_err *err)
{
	size_t at = 0;

	for (uint32_t step = 0; step < c->count; step++) {
		for (uint32_t m = c->metric_base[step]; m < c->metric_base[step + 1]; m++) {
			const assay_metric *row = &c->steps[step].stage->metrics[m - c->metric_base[step]];
			assay_code rc;

			while (at < rs->measurement_count && rs->measurements[at].metric < m)
				at++;
			if ((row->kinds & ASSAY_SAMPLE_MASK(rs->kind)) == 0 ||
			    (at < rs->measurement_count && rs->measurements[at].metric == m))
				continue;
			rc = sink_record(rs, m, 0, "not measured", err);
			if (rc != ASSAY_OK)
				return rc;
		}
	}
	return ASSAY_OK;
}

static assay_code settle(chain *c, assay_code rc, assay_err *read_err, assay_err *err)
{
	assay_result *r = c->result;
	ASSAY_AUTO_FREE char *message = NULL;

	if (rc == ASSAY_OK && c->root_count > 0)
		return BROKEN(c, err, "%s left a sample without its end", sink_step_name(c, 0));
	if (rc == ASSAY_OK && r->sample_count == 0) {
		rc = ASSAY_RAISE(read_err, ASSAY_EEMPTY, "nothing found in the file");
		(void)sink_blame(c, 0, rc);
	}
	if (rc == ASSAY_OK)
		rc = divide_forget(r, c->divided, c->divided_count, read_err);
	for (size_t i = 0; rc == ASSAY_OK && i < r->sample_count; i++)
		rc = complete_sample(c, &r->samples[i], read_err);
	if (rc == ASSAY_OK)
		return ASSAY_OK;
	/* Libraries call a picture that they have no memory for undecodable; that must not be cached as its fault. */
	if (c->memory_failed && assay_failure_is_deterministic(failure_of(rc)))
		c->failure = ASSAY_FAILURE_OUT_OF_MEMORY;
	message = sink_clean_message(read_err->msg);
	return assay_result_fail(r, c->failure != ASSAY_FAILURE_NONE ? c->failure : failure_of(rc),
				 c->failing ? c->failing_step : 0, message != NULL ? message : "", err);
}

static assay_code chain_init(chain *c, assay_err *err)
{
	for (uint32_t i = 0; i < c->count; i++) {
		c->sinks[i] = (step_sink){.chain = c, .step = i};
		c->sinks[i].sink = (assay_sink){.ops = &sink_ops, .ctx = &c->sinks[i]};
		c->metric_base[i + 1] = c->metric_base[i] + (uint32_t)assay_metric_count(c->steps[i].stage);
		c->artifact_count[i] = (uint32_t)assay_artifact_count(c->steps[i].stage);
	}
	c->result->steps = assay_alloc(c->count, sizeof *c->result->steps);
	if (c->result->steps == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "step counts");
	c->result->step_count = c->count;
	return ASSAY_OK;
}

/* *widen: nothing came of it, it is to be begun again with all that lies before the span. */
static assay_code run_once(assay_result *r, bool *widen, const assay_chain_step *steps, size_t count,
			   const assay_input *in, const assay_chain_opts *opts, assay_err *err)
{
	ASSAY_AUTO_FREE chain *c = assay_alloc(1, sizeof *c);
	assay_err read_err = ASSAY_ERR_INIT;
	assay_code rc;

	*r = (assay_result){0};
	if (c == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "chain");
	*c = (chain){.steps = steps, .count = count, .in = in, .opts = opts, .result = r};
	rc = chain_init(c, err);
	if (rc != ASSAY_OK)
		return rc;
	errno = 0;
	rc = sink_blame(c, 0, steps[0].stage->read(steps[0].shared, steps[0].params, in, &c->sinks[0].sink, &read_err));
	c->memory_failed = rc != ASSAY_OK && errno == ENOMEM;
	*widen = c->widen && c->broken == ASSAY_OK;
	if (c->broken == ASSAY_OK && !*widen)
		rc = settle(c, rc, &read_err, err);
	else if (err != NULL)
		*err = read_err;
	while (c->root_count > 0)
		sink_close_root(c, &c->roots[0]);
	free(c->roots);
	free(c->divided);
	parts_release(&c->parts);
	if (c->broken != ASSAY_OK)
		rc = c->broken;
	if (rc != ASSAY_OK)
		assay_result_release(r);
	return rc;
}

assay_code assay_chain_run(assay_result *r, const assay_chain_step *steps, size_t count, const assay_input *in,
			   const assay_chain_opts *opts, assay_err *err)
{
	assay_input again = *in;
	bool widen = false;
	assay_code rc;

	*r = (assay_result){0};
	if (count == 0 || count > ASSAY_CHAIN_STEPS_MAX || !assay_stage_is_reader(steps[0].stage))
		return ASSAY_RAISE(err, ASSAY_EINVAL, "a chain has a reader and up to %d steps",
				   ASSAY_CHAIN_STEPS_MAX - 1);
	rc = run_once(r, &widen, steps, count, in, opts, err);
	if (!widen)
		return rc;
	again.from_start = true;
	return run_once(r, &widen, steps, count, &again, opts, err);
}

assay_code assay_chain_prepare(assay_chain_step *steps, size_t count, size_t *failed, assay_err *err)
{
	for (size_t i = 0; i < count; i++) {
		const assay_stage *stage = steps[i].stage;
		assay_code rc = ASSAY_OK;

		steps[i].shared = NULL;
		if (stage->prepare != NULL)
			rc = stage->prepare(&steps[i].shared, steps[i].params, err);
		if (rc == ASSAY_OK)
			continue;
		(void)assay_err_prefix(err, "prepare %s", stage->name);
		if (failed != NULL)
			*failed = i;
		assay_chain_unprepare(steps, i);
		return rc;
	}
	return ASSAY_OK;
}

void assay_chain_unprepare(assay_chain_step *steps, size_t count)
{
	while (count-- > 0) {
		if (steps[count].stage->unprepare != NULL && steps[count].shared != NULL)
			steps[count].stage->unprepare(steps[count].shared);
		steps[count].shared = NULL;
	}
}
