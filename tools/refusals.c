#include "refusals.h"

#include "dataset_tell.h"

#include "assay/log.h"
#include "assay/memory.h"
#include "assay/version_results.h"

#include <stdio.h>
#include <stdlib.h>

void assay_refusals_release(assay_refusals *r)
{
	free(r->items);
	*r = (assay_refusals){0};
}

typedef struct search {
	assay_refusals *out;
	bool last_only;
} search;

static assay_code look_at_run(void *ctx, const assay_run *r, assay_err *err)
{
	const search *s = ctx;
	assay_refusals *out = s->out;
	const bool refused = !assay_digest_is_zero(&r->refusal);
	assay_refusal *item;
	assay_code rc;

	if (!refused)
		return s->last_only && r->has_version ? ASSAY_ESTOP : ASSAY_OK;
	rc = assay_grow(&out->items, &out->cap, out->count, sizeof *out->items, err);
	if (rc != ASSAY_OK)
		return rc;
	item = &out->items[out->count++];
	*item = (assay_refusal){.run = {.id = r->id, .started_ns = r->started_ns}, .results = r->refusal};
	(void)snprintf(item->run.name, sizeof item->run.name, "%s", r->name);
	return s->last_only ? ASSAY_ESTOP : ASSAY_OK;
}

assay_code assay_refusals_load(assay_refusals *out, assay_store *s, bool last_only, assay_err *err)
{
	search x = {out, last_only};
	assay_err why = ASSAY_ERR_INIT;
	assay_code rc;

	*out = (assay_refusals){0};
	rc = assay_runs_each(s, look_at_run, &x, &why);
	if (rc == ASSAY_ECORRUPT)
		assay_log(ASSAY_LOG_WARNING, "versions that were refused are told as far as runs can be read: %s",
			  why.msg);
	if (rc == ASSAY_OK || rc == ASSAY_ESTOP || rc == ASSAY_ECORRUPT)
		return ASSAY_OK;
	return ASSAY_RAISE(err, rc, "%s", why.msg);
}

assay_code assay_say_last_refusal(assay_store *s, const assay_refusals *r, assay_err *err)
{
	ASSAY_AUTO_DATASET_RESULTS checks = {0};
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
	assay_code rc;

	if (r->count == 0)
		return ASSAY_OK;
	rc = assay_results_read(&checks, s, &r->items[0].results, err);
	if (rc != ASSAY_OK)
		return rc;
	assay_tell_refusal(&text, &checks);
	assay_say("refused  run %s made no version: %s\n", r->items[0].run.name, assay_buf_str(&text));
	assay_say_refusal(&checks);
	assay_say("  to do   correct the data and 'assay run', or the contract and 'assay judge'\n");
	return ASSAY_OK;
}

assay_code assay_json_last_refusal(assay_json *j, const char *key, assay_store *s, const assay_refusals *r,
				   assay_err *err)
{
	ASSAY_AUTO_DATASET_RESULTS checks = {0};
	const assay_code rc = r->count > 0 ? assay_results_read(&checks, s, &r->items[0].results, err) : ASSAY_OK;

	assay_json_key(j, key);
	if (rc != ASSAY_OK || r->count == 0) {
		assay_json_null(j);
		return rc;
	}
	assay_json_object(j);
	assay_json_run(j, "run", &r->items[0].run);
	assay_json_dataset_checks(j, "dataset_checks", &checks);
	assay_json_end(j);
	return ASSAY_OK;
}
