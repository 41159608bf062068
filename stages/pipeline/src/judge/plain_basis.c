#include "assay/pipeline.h"

#include "judging.h"

#include <string.h>

/* The sample as the unit made it; NULL when it has none of that part. */
static const assay_result_sample *sample_of(const assay_unit *u, const char *key)
{
	const char *hash = strchr(key, '#'); /* paths have theirs escaped */
	const char *part = hash != NULL ? hash + 1 : "";

	for (uint32_t i = 0; i < u->result.sample_count; i++)
		if (strcmp(u->result.samples[i].part, part) == 0)
			return &u->result.samples[i];
	return NULL;
}

static assay_code weigh(assay_digest *out, assay_session *s, const assay_sample_row *row, const assay_unit *plain,
			assay_err *err)
{
	ASSAY_CLEANUP(assay_known_recipes_release) assay_known_recipes known = {0};
	ASSAY_CLEANUP(assay_judging_release) assay_judging j = {0};
	ASSAY_AUTO_SOURCE src = {0};
	assay_judged of = {.source = &src, .unit = plain, .sample = sample_of(plain, row->key)};
	assay_code rc;

	if (of.sample == NULL)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "sample '%s': its unit has no such sample", row->key);
	of.position = (uint32_t)(of.sample - plain->result.samples);
	of.part = of.sample->part;
	ASSAY_TRY(assay_source_get(s->store, row->source, &src, err));
	of.bytes = src.digest;
	ASSAY_TRY(assay_recipe_know(&known, s->store, &s->config->vocabulary, &plain->recipe, &of.recipe, err));
	ASSAY_TRY(assay_judging_open(&j, s, &known, err));
	ASSAY_TRY(assay_judging_weigh(&j, &of, err));
	rc = assay_decision_basis(out, &plain->work_key, j.row.failure, j.row.failed_stage, j.findings.items,
				  j.findings.count, err);
fail:
	return rc;
}

assay_code assay_pipeline_plain_basis(assay_digest *out, const assay_config *config, assay_store *store,
				      const assay_sample_row *row, const assay_unit *plain, assay_err *err)
{
	ASSAY_CLEANUP(assay_session_release) assay_session s = {.config = config, .store = store};
	const assay_code rc = assay_session_contracts(&s, false, err);

	return rc == ASSAY_OK ? weigh(out, &s, row, plain, err) : rc;
}
