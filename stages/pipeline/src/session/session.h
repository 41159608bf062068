/** What a run or a judging holds on to: recipes, canonical contracts, and the run's record. */
#ifndef ASSAY_SESSION_H
#define ASSAY_SESSION_H

#include "assay/engines.h"
#include "assay/pipeline.h"
#include "assay/recipe.h"

#include "baseline.h"
#include "decided.h"

/** The recipe of one attempt of a remedy, for sources of one modality. */
typedef struct assay_session_rung {
	const assay_config_remedy *remedy; /* of the configuration */
	size_t rung;                       /* 0-based */
	assay_modality source;
	assay_recipe *recipe;
} assay_session_rung;

typedef struct assay_session {
	const assay_config *config;
	assay_store *store;
	assay_engines *engines; /* asked when recipes are made; the first slot takes their worker */
	assay_recipe *recipes[ASSAY_MODALITY_MAX + 1]; /* of the modalities that sources use; NULL otherwise */
	assay_session_rung *rungs; /* assay_session_make_rungs; in order of remedies, attempts, modalities */
	size_t rung_count, rung_cap;
	assay_digest *contracts;   /* digests of the canonical records, in the configuration's order */
	assay_digest contract_set; /* of that list */
	assay_digest filters;      /* the object that tells of them */
	assay_baselines baselines; /* of checks of drift */
	assay_decided decided;     /* by people, as they stand */
	int64_t as_of_ns;          /* of checks of ages; set by whoever opened the session */
	assay_run run;
	bool kept;          /* the run's record was committed: it has an end to be told */
	int64_t started_ns; /* monotonic */
} assay_session;

/**
 * The first step: with_recipes asks for engines and libraries, whose answer takes longer than what can be done meanwhile,
 * such as walking through the sources.
 */
ASSAY_NODISCARD assay_code assay_session_begin(assay_session *s, const assay_config *config, assay_store *store,
					       bool with_recipes, assay_err *err);
/**
 * Store recipes and contracts, find the baselines that contracts name, and begin a run record.
 * @param s             begun; released by a failure
 * @param with_recipes  digest models and fonts (a judging does not need them, but for those of remedies that checks
 *                      name: their attempts are found by recipe)
 */
ASSAY_NODISCARD assay_code assay_session_open(assay_session *s, const char *verb, bool with_recipes, assay_err *err);
/** Write the run's end and commit. */
ASSAY_NODISCARD assay_code assay_session_end(assay_session *s, const assay_summary *summary, int exit_code,
					     assay_err *err);
void assay_session_release(assay_session *s);

/** Recipes of the modalities that sources use, in the session; with keep they are stored. */
ASSAY_NODISCARD assay_code assay_session_recipes(assay_session *s, bool keep, assay_err *err);
/** Does a check or a decision name a remedy? */
bool assay_session_needs_rungs(const assay_session *s);
/**
 * Make the recipes of every attempt of every remedy; once is enough.
 * @param keep  store them too
 */
ASSAY_NODISCARD assay_code assay_session_make_rungs(assay_session *s, bool keep, assay_err *err);
/** That of one attempt; NULL when the remedy changes nothing for sources of this modality, or none were made. */
const assay_session_rung *assay_session_rung_of(const assay_session *s, const assay_config_remedy *r, size_t rung,
						assay_modality source);
/** Digests of the contracts and of their set; the records are put into the store with keep. */
ASSAY_NODISCARD assay_code assay_session_contracts(assay_session *s, bool keep, assay_err *err);

#endif
