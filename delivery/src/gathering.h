/** The samples that are judged, with all that they may have in common, as assay_causes_find looks at them. */
#ifndef ASSAY_DELIVERY_GATHERING_H
#define ASSAY_DELIVERY_GATHERING_H

#include "assay/causes.h"
#include "assay/decision.h"
#include "assay/kind.h"
#include "assay/recipe.h"
#include "assay/unit.h"

#include "cells.h"
#include "members.h"
#include "ranges.h"
#include "traits.h"

#define GATHERING_NONE UINT32_MAX

/* A judged sample; sorted by unit, so that each unit is read once. */
typedef struct subject {
	const char *key;
	uint64_t unit;
	uint32_t owners[5]; /* of traits: recipe, source, run, kind, remedy; GATHERING_NONE */
	bool failed;
} subject;

enum { OF_RECIPE, OF_SOURCE, OF_RUN, OF_KIND, OF_REMEDY };

typedef struct known_recipe {
	assay_recipe *recipe;
	uint32_t owner, lacks; /* lacks: owner of what recipes of its modality have and it has not */
	uint32_t *metrics;     /* number in ranges, by number of the metric */
} known_recipe;

typedef struct gathering {
	assay_store *store;
	const assay_version *version;
	assay_causes *out;
	assay_decision *decisions; /* in force in the version */
	size_t decision_count;
	subject *subjects;
	size_t count, cap;
	assay_digest work_key; /* of the latest of subjects, while they are listed */
	traits traits;
	ranges ranges;
	cells values; /* by subject and metric */
	known_recipe *recipes;
	size_t recipe_count, recipe_cap;
	interner paths; /* of sources; the number is that of source_owners */
	uint32_t *source_owners;
	size_t source_cap;
	uint32_t source; /* whose path was met last */
	uint64_t run;    /* whose owner is run_owner */
	uint32_t run_owner;
	uint32_t kind_owners[ASSAY_SAMPLE_KIND_MAX + 1];
	interner remedies;
	uint32_t *remedy_owners;
	size_t remedy_cap;
} gathering;

void gathering_release(gathering *g);
/** The samples of results that are judged, of those in the version. The results must stay. */
ASSAY_NODISCARD assay_code gathering_list(gathering *g, const members *m, const assay_feedback_set *set,
					  const unsigned char *judged, assay_err *err);
/** Read their units, and learn what they have. */
ASSAY_NODISCARD assay_code gathering_read(gathering *g, assay_err *err);

#endif
