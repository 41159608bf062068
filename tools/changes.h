/** What differs between two states: of what a unit read, of the contracts it was judged by, of what was measured. */
#ifndef ASSAY_CHANGES_H
#define ASSAY_CHANGES_H

#include "assay/contract.h"
#include "assay/decision.h"
#include "assay/filter_set.h"
#include "assay/json.h"
#include "assay/recipe.h"
#include "assay/sample.h"
#include "assay/source.h"
#include "assay/unit.h"
#include "assay/version.h"

typedef struct assay_change {
	const char
	    *what;  /* "content", "sidecar", "recipe", "metadata", "contract", "check", "measurement", "artifact"… */
	char *name; /* role, contract or check id, metric; NULL where there is only one */
	char *before, *now;          /* NULL when it was not there */
	char *text;                  /* the sentence */
	const char *effect;          /* of a check: "loosened", "tightened", "altered"; NULL for everything else */
	char *stage;                 /* of a recipe's term; NULL for everything else */
	char *subject;               /* of a decision that is told for itself; NULL for everything else */
	struct assay_changes *terms; /* of "recipe": each that differs; NULL for everything else */
} assay_change;

typedef struct assay_changes {
	assay_change *items;
	size_t count, cap;
} assay_changes;

void assay_changes_release(assay_changes *c);
#define ASSAY_AUTO_CHANGES ASSAY_CLEANUP(assay_changes_release) assay_changes
/** key: array of {what, name, before, now, text}, where they have them with stage, subject, effect, terms. */
void assay_json_changes(assay_json *j, const char *key, const assay_changes *c);
/** The same, or null where the store does not tell. */
void assay_json_known_changes(assay_json *j, const char *key, const assay_changes *c, bool known);
/** A line for each, with word before its text; below a recipe that changed in many terms a line for each of the first. */
void assay_say_changes(const char *indent, const char *word, const assay_changes *c);

/** A change as it is found; all borrowed, before or now NULL when it was not there. */
typedef struct assay_change_words {
	const char *what, *name, *before, *now, *effect, *stage, *subject;
} assay_change_words;
ASSAY_NODISCARD assay_code assay_changes_add(assay_changes *c, assay_change_words w, const assay_buf *text,
					     assay_err *err);

/** What decides a result. Paths of sidecars are NULL where they are not known. */
typedef struct assay_inputs_sidecar {
	const char *role, *path;
	assay_digest digest;
} assay_inputs_sidecar;

typedef struct assay_inputs {
	assay_digest source, recipe;
	assay_inputs_sidecar *sidecars; /* owned; texts are borrowed */
	size_t sidecar_count;
	bool stands_in; /* the bytes are of another file, in the place of the source or of a page of it */
} assay_inputs;

void assay_inputs_release(assay_inputs *in);
#define ASSAY_AUTO_INPUTS ASSAY_CLEANUP(assay_inputs_release) assay_inputs
ASSAY_NODISCARD assay_code assay_inputs_of_source(assay_inputs *out, const assay_source *src, bool before,
						  assay_err *err);
ASSAY_NODISCARD assay_code assay_inputs_of_unit(assay_inputs *out, const assay_unit *u, assay_err *err);
/** The bytes of the source and of its sidecars. */
ASSAY_NODISCARD assay_code assay_changes_files(assay_changes *c, const assay_inputs *before, const assay_inputs *now,
					       assay_err *err);
/** The same, and the recipe: its digest, and every term that differs. */
ASSAY_NODISCARD assay_code assay_changes_inputs(assay_changes *c, assay_store *s, const assay_inputs *before,
						const assay_inputs *now, assay_err *err);
/** Metadata of a source that differ from the state before its last change. */
ASSAY_NODISCARD assay_code assay_changes_metadata(assay_changes *c, const assay_source *src, assay_err *err);

/** Two recipes as one change, "recipe", with all its terms; nothing when they are the same. */
ASSAY_NODISCARD assay_code assay_changes_recipes(assay_changes *c, const assay_recipe *before, const assay_recipe *now,
						 assay_err *err);
/** What was not passed comes first: terms of the stages that measure these metrics, and of a stage that failed. */
typedef struct assay_focus {
	const char *failed_stage; /* NULL: none */
	const assay_failed_check *checks;
	size_t check_count;
	const assay_changes *measured; /* whose "measurement"s matter as well; NULL: none */
} assay_focus;
ASSAY_NODISCARD assay_code assay_changes_focus(assay_changes *c, const assay_focus *f, const assay_recipe *recipe,
					       assay_err *err);
/**
 * Every term of two recipes that differs: stages, versions, parameters, engines, models, libraries, tables. A stage that
 * stands in a recipe several times is told apart by its number: "page.despeckle (2)".
 */
ASSAY_NODISCARD assay_code assay_changes_recipe(assay_changes *c, const assay_recipe *before, const assay_recipe *now,
						assay_err *err);

/** Contracts as a verdict names them: by the digest of the list of their digests. */
typedef struct assay_contract_set {
	assay_contract **items;
	assay_digest *digests;
	size_t count;
} assay_contract_set;

void assay_contract_set_release(assay_contract_set *c);
#define ASSAY_AUTO_CONTRACT_SET ASSAY_CLEANUP(assay_contract_set_release) assay_contract_set
ASSAY_NODISCARD assay_code assay_contract_set_load(assay_contract_set *out, assay_store *s, const assay_digest *list,
						   assay_err *err);
/** The contracts of these digests. */
ASSAY_NODISCARD assay_code assay_contract_set_of(assay_contract_set *out, assay_store *s, const assay_digest *digests,
						 size_t count, assay_err *err);
/** The name that people gave it, else its id. */
const char *assay_contract_title(const assay_contract *c);
/**
 * Contracts, and checks on samples of that kind, that were added, removed or altered, with their effect: a check is
 * loosened when everything that passed it passes still and more may, tightened when it is the other way round.
 *
 * @param kind  0 for the checks of every kind, and those of the dataset
 */
ASSAY_NODISCARD assay_code assay_changes_contracts(assay_changes *c, const assay_contract_set *before,
						   const assay_contract_set *now, unsigned kind, assay_err *err);

/** Filters that were added, edited or taken out, and the order in which they are asked. */
ASSAY_NODISCARD assay_code assay_changes_filters(assay_changes *c, const assay_filter_set *before,
						 const assay_filter_set *now, assay_err *err);
/** The filter of that name alone. */
ASSAY_NODISCARD assay_code assay_changes_filter(assay_changes *c, const assay_filter_set *before,
						const assay_filter_set *now, const char *name, assay_err *err);

/** The decisions in force of a version, as its record names them. */
typedef struct assay_decision_list {
	assay_decision *items; /* ascending by subject and slot */
	size_t count;
} assay_decision_list;

void assay_decision_list_release(assay_decision_list *l);
ASSAY_NODISCARD assay_code assay_decision_list_load(assay_decision_list *out, assay_store *s, const assay_version *v,
						    assay_err *err);
/**
 * What people decided about a sample or its source in one version and not, or otherwise, in the other: "decision". Who
 * and why is told as far as the store knows it.
 */
ASSAY_NODISCARD assay_code assay_changes_decisions(assay_changes *c, assay_store *s, const assay_decision_list *before,
						   const assay_decision_list *now, const char *key, assay_err *err);
/** Is what was decided on this sample told by the sample itself, which differs? */
typedef assay_code assay_is_told_fn(void *ctx, const char *key, bool *out, assay_err *err);
/**
 * Those that a list of samples which differ does not tell, with their subject: on whole sources, which may have no sample,
 * and on samples that stand in both versions the same, as one that was quarantined and is rejected now, or whose waiver was
 * renewed.
 */
ASSAY_NODISCARD assay_code assay_changes_decided(assay_changes *c, assay_store *s, const assay_decision_list *before,
						 const assay_decision_list *now, assay_is_told_fn *is_told, void *ctx,
						 assay_err *err);

/** A sample of a unit, with the recipe that its measurements are numbered by. All borrowed. */
typedef struct assay_measured {
	const assay_result_sample *sample;
	const assay_recipe *recipe;
} assay_measured;
/** Metrics that checks of that kind speak of and that came out differently. */
ASSAY_NODISCARD assay_code assay_changes_measured(assay_changes *c, const assay_measured *before,
						  const assay_measured *now, const assay_contract_set *contracts,
						  assay_err *err);

/** Every metric that came out differently, in the order of the recipes. */
ASSAY_NODISCARD assay_code assay_changes_metrics(assay_changes *c, const assay_measured *before,
						 const assay_measured *now, assay_err *err);
/** Artifacts, by stage and role: other bytes, more or fewer of them. */
ASSAY_NODISCARD assay_code assay_changes_artifacts(assay_changes *c, const assay_measured *before,
						   const assay_measured *now, assay_err *err);

#endif
