/** What a run or a judging holds on to: recipes, canonical contracts, and the run's record. */
#ifndef ASSAY_SESSION_H
#define ASSAY_SESSION_H

#include "assay/build_id.h"
#include "assay/pipeline.h"
#include "assay/recipe.h"

#include "baseline.h"

typedef struct assay_session {
	const assay_config *config;
	assay_store *store;
	assay_build_ids builds;
	assay_recipe *recipes[ASSAY_MODALITY_MAX + 1]; /* of the modalities that sources use; NULL otherwise */
	assay_digest *contracts;   /* digests of the canonical records, in the configuration's order */
	assay_digest contract_set; /* of that list */
	assay_digest filters;      /* the object that tells of them */
	assay_baselines baselines; /* of checks of drift */
	int64_t as_of_ns;          /* of checks of ages; set by whoever opened the session */
	assay_run run;
	bool kept;          /* the run's record was committed: it has an end to be told */
	int64_t started_ns; /* monotonic */
} assay_session;

/**
 * Store recipes and contracts, find the baselines that contracts name, and begin a run record.
 * @param with_recipes  digest models and fonts (a judging does not need them)
 */
ASSAY_NODISCARD assay_code assay_session_open(assay_session *s, const assay_config *config, assay_store *store,
					      const char *verb, bool with_recipes, assay_err *err);
/** Write the run's end and commit. */
ASSAY_NODISCARD assay_code assay_session_end(assay_session *s, const assay_summary *summary, int exit_code,
					     assay_err *err);
void assay_session_release(assay_session *s);

/** Recipes of the modalities that sources use, for those who need no run (status). Caller frees with recipe_close. */
ASSAY_NODISCARD assay_code assay_session_recipes(assay_recipe *out[ASSAY_MODALITY_MAX + 1], const assay_config *config,
						 const assay_build_ids *builds, assay_store *keep_in, assay_err *err);
/** Digests of the contracts and of their set; the records are put into the store with keep. */
ASSAY_NODISCARD assay_code assay_session_contracts(assay_session *s, bool keep, assay_err *err);

#endif
