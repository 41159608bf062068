#include "assay/pipeline.h"

#include "judging.h"

#include "assay/memory.h"

#include <stdlib.h>

struct assay_basis_maker {
	assay_session session;
	assay_known_recipes known;
	assay_judging judging;
};

/* As its row has it, or as another unit of the same subject made it; NULL when that has none of that part. */
static const assay_result_sample *sample_of(const assay_unit *u, const assay_sample_row *row)
{
	if (u->id == row->judged_unit && row->position < u->result.sample_count)
		return &u->result.samples[row->position];
	return assay_unit_sample(u, row->key);
}

assay_code assay_basis_maker_open(assay_basis_maker **out, const assay_config *config, assay_store *store,
				  assay_err *err)
{
	assay_basis_maker *m = calloc(1, sizeof *m);
	assay_code rc;

	*out = NULL;
	if (m == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "judging");
	m->session = (assay_session){.config = config, .store = store};
	rc = assay_session_contracts(&m->session, false, err);
	if (rc == ASSAY_OK)
		rc = assay_judging_open(&m->judging, &m->session, &m->known, err);
	if (rc != ASSAY_OK) {
		assay_basis_maker_close(m);
		return rc;
	}
	*out = m;
	return ASSAY_OK;
}

void assay_basis_maker_close(assay_basis_maker *m)
{
	if (m == NULL)
		return;
	assay_judging_release(&m->judging);
	assay_known_recipes_release(&m->known);
	assay_session_release(&m->session);
	free(m);
}

assay_code assay_basis_make(assay_digest *out, bool *passes, assay_basis_maker *m, const assay_sample_row *row,
			    const assay_unit *u, assay_err *err)
{
	assay_judging *j = &m->judging;
	ASSAY_AUTO_SOURCE src = {0};
	assay_judged of = {.source = &src, .unit = u, .sample = sample_of(u, row)};
	assay_code rc;

	if (of.sample == NULL)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "sample '%s': its unit has no such sample", row->key);
	of.position = (uint32_t)(of.sample - u->result.samples);
	of.part = of.sample->part;
	ASSAY_TRY(assay_source_get(m->session.store, row->source, &src, err));
	of.bytes = src.digest;
	ASSAY_TRY(assay_recipe_know(&m->known, m->session.store, &m->session.config->vocabulary, &u->recipe, &of.recipe,
				    err));
	ASSAY_TRY(assay_judging_weigh(j, &of, err));
	*passes = j->row.outcome == ASSAY_OUTCOME_ACCEPTED;
	rc = assay_decision_basis(out, &u->work_key, j->row.failure, j->row.failed_stage, j->findings.items,
				  j->findings.count, err);
fail:
	return rc;
}
