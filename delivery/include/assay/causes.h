/**
 * What the samples that a model gets wrong have in common beyond chance: which parameter, stage, engine, model or recipe
 * made them, which run, where they came from, what their metadata say, what was measured of them.
 *
 * Attributes of samples are tested as assay/association.h says: the first cause by Fisher's exact test, each further
 * one within the groups that those before it make, all corrected for the number of hypotheses (Bonferroni). Measured
 * values are cut into ranges at their deciles. A value that fewer than ASSAY_CAUSES_SUPPORT samples have is no
 * hypothesis; neither are, of an attribute with more than ASSAY_CAUSES_VALUES of them, the rarest.
 */
#ifndef ASSAY_CAUSES_H
#define ASSAY_CAUSES_H

#include "assay/arena.h"
#include "assay/association.h"
#include "assay/decimal.h"
#include "assay/feedback.h"
#include "assay/version.h"

#define ASSAY_CAUSES_ALPHA   0.01 /* how probable it may be that anything is found by chance */
#define ASSAY_CAUSES_SUPPORT 10
#define ASSAY_CAUSES_VALUES  4096
#define ASSAY_CAUSES_LEVELS  10

/** In the order in which they are named where the very same samples have several. Not stored. */
typedef enum assay_attribute_kind {
	ASSAY_ATTRIBUTE_PARAMETER = 1, /* name: stage and parameter, "page.binarize.method" */
	ASSAY_ATTRIBUTE_STAGE,         /* name: of the stage; value: its version */
	ASSAY_ATTRIBUTE_ENGINE,        /* name: of the stage */
	ASSAY_ATTRIBUTE_MODEL,         /* name: stage and file; value: start of its digest */
	ASSAY_ATTRIBUTE_REMEDY,        /* what made the sample pass; value: "NAME, attempt 1" */
	ASSAY_ATTRIBUTE_RECIPE,        /* value: digest */
	ASSAY_ATTRIBUTE_METADATA,      /* name: of the metadata */
	ASSAY_ATTRIBUTE_FOLDER,        /* value: its path */
	ASSAY_ATTRIBUTE_SOURCE,        /* value: its path */
	ASSAY_ATTRIBUTE_RUN,           /* the batch: that did the work; value: its name */
	ASSAY_ATTRIBUTE_KIND,          /* value: page, shot… */
	ASSAY_ATTRIBUTE_METRIC,        /* name: of the metric */
} assay_attribute_kind;

#define ASSAY_ATTRIBUTE_KINDS 12

const char *assay_attribute_kind_name(unsigned kind); /* "parameter"…; NULL for none */

/** What samples have in common. */
typedef struct assay_common {
	assay_attribute_kind kind;
	const char *name;  /* NULL where the kind says all */
	const char *value; /* of a metric and of what is not there: NULL */
	bool has_low, has_high;
	assay_decimal low, high; /* of a metric: at least low, less than high; undefined without either */
	const char *unit;        /* of a metric */
	uint64_t samples, failed;
	double log10_p; /* corrected; at most 0 */
} assay_common;

/** Something that looks guilty alone, and does no more once the cause is known. */
typedef struct assay_companion {
	assay_common is; /* log10_p: alone */
	bool same;       /* the very same samples have both: nothing here can tell them apart */
} assay_companion;

typedef struct assay_common_cause {
	assay_common is; /* log10_p: given the causes before it */
	const assay_companion *companions;
	size_t companion_count;
} assay_common_cause;

typedef struct assay_causes {
	uint64_t samples, failed;      /* that were judged; of them */
	size_t attributes, hypotheses; /* that were tested */
	assay_common_cause causes[ASSAY_ASSOCIATION_FINDINGS];
	size_t count;
	bool more; /* there are more than this finds room for */
	assay_arena texts;
} assay_causes;

void assay_causes_release(assay_causes *c);
#define ASSAY_AUTO_CAUSES ASSAY_CLEANUP(assay_causes_release) assay_causes

/** What became of a result by the user's measure. */
typedef enum assay_judged { ASSAY_JUDGED_NOT, ASSAY_JUDGED_PASS, ASSAY_JUDGED_FAIL } assay_judged;

/**
 * @param set     of the version
 * @param judged  by result (assay_judged); those that are not judged are left out
 * @param out     [out] release it in every case
 * @return ASSAY_OK; ASSAY_ECORRUPT when the store does not hold what the version names; ASSAY_ESTOP; ASSAY_ENOMEM…
 *
 * Metadata and remedies are told as the store has them now. Memory: some 500 bytes a sample, and three more for each
 * attribute.
 */
ASSAY_NODISCARD assay_code assay_causes_find(assay_causes *out, assay_store *s, const assay_version *v,
					     const assay_feedback_set *set, const unsigned char *judged,
					     assay_err *err);

#endif
