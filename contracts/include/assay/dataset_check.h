/**
 * Checks of a whole dataset: one number of many samples, with a bound. Where the documents say them differently (an
 * `implementation` of engine assay, a library metric of ODCS, `required` and `unique` of a property, an slaProperty)
 * they become the same thing here (docs/manual.md, "Checks of the dataset").
 */
#ifndef ASSAY_DATASET_CHECK_H
#define ASSAY_DATASET_CHECK_H

#include "assay/kind.h"
#include "assay/operator.h"

/** The number that is bounded. Stored: never renumber. */
typedef enum assay_aggregate {
	ASSAY_AGGREGATE_COUNT = 1,    /* samples; with a condition, those that meet it */
	ASSAY_AGGREGATE_SHARE = 2,    /* part of the samples that meets the condition or has the outcome, 0 to 1 */
	ASSAY_AGGREGATE_MISSING = 3,  /* part of the samples without a value of the metric, 0 to 1 */
	ASSAY_AGGREGATE_DISTINCT = 4, /* different values of the metric */
	ASSAY_AGGREGATE_SUM = 5,      /* of the metric's values, exact */
	ASSAY_AGGREGATE_MEAN = 6,     /* the exact sum over the number of values */
	ASSAY_AGGREGATE_MIN = 7,
	ASSAY_AGGREGATE_MAX = 8,
	ASSAY_AGGREGATE_PERCENTILE = 9,       /* nearest rank: the smallest value that rank % of all do not exceed */
	ASSAY_AGGREGATE_PSI = 10,             /* population stability index against a baseline */
	ASSAY_AGGREGATE_KS = 11,              /* two-sample Kolmogorov-Smirnov distance to a baseline, 0 to 1 */
	ASSAY_AGGREGATE_DUPLICATES = 12,      /* samples whose source has the bytes of another one */
	ASSAY_AGGREGATE_NULL_VALUES = 13,     /* samples without the metadata field */
	ASSAY_AGGREGATE_MISSING_VALUES = 14,  /* samples whose field has one of the values that stand for none */
	ASSAY_AGGREGATE_INVALID_VALUES = 15,  /* samples whose field is there and not as the rules say */
	ASSAY_AGGREGATE_REPEATED_VALUES = 16, /* samples whose fields are as those of another: samples less values */
	ASSAY_AGGREGATE_AGE = 17,             /* seconds from the newest source or date to the as-of time */
} assay_aggregate;
#define ASSAY_AGGREGATE_LAST ASSAY_AGGREGATE_AGE

/** Names and texts, in parallel; owned. */
typedef struct assay_pairs {
	char **names, **values;
	size_t count, name_cap, value_cap;
} assay_pairs;

typedef struct assay_bound {
	assay_operator op;       /* 0: none */
	assay_decimal low, high; /* high only for the BETWEENs */
} assay_bound;

typedef struct assay_dataset_check {
	char *id;      /* unique in its contract; holds a '.' where the document gave none */
	unsigned kind; /* assay_sample_kind; 0: every kind */
	assay_aggregate aggregate;
	unsigned rank;        /* PERCENTILE: 1..99; PSI: number of bins; 0 otherwise */
	char *metric;         /* "" where none is meant */
	size_t metric_number; /* in the vocabulary; SIZE_MAX without one */
	int scale;            /* of the metric; 0 without a vocabulary */
	unsigned kinds;       /* mask of the kinds that are looked at */
	assay_bound bound;    /* AGE: in seconds */
	assay_severity severity;
	assay_when_missing when_missing;       /* of a number that does not exist: no values, no baseline */
	char *dimension;                       /* ODCS dimension, "" if none */
	char *description;                     /* "" if none; not part of the canonical form */
	assay_pairs where;                     /* all of these metadata must be equal; ascending by name */
	bool all;                              /* every sample that went in; false: accepted and waived ones */
	bool percent;                          /* the bound is on a hundred times the part of the samples */
	assay_bound condition;                 /* SHARE and COUNT: on the metric */
	int64_t condition_low, condition_high; /* the same in its resolution */
	unsigned outcome;                      /* SHARE: assay_outcome (lineage/), 0 for a condition */
	char *against;                         /* PSI and KS: tag or id of the baseline, "" otherwise */
	char **fields;                         /* metadata that are looked at */
	size_t field_count;
	assay_pairs rules; /* what the field must be (field.h); ascending by name, then value */
	int line, column;
} assay_dataset_check;

const char *assay_aggregate_name(assay_aggregate a); /* "count", "share"… */
/** An outcome of a sample that a share can be of, by its stored number (lineage/ sample.h); NULL beyond them. */
const char *assay_dataset_outcome_name(unsigned outcome);
/** The number, for people: "p10 of ocr.confidence", "missing doc_type". */
void assay_dataset_check_number(assay_buf *out, const assay_dataset_check *k);
/** The same and of which samples: "count of samples where lang = de", "share of page.blank = 1, of all that went in". */
void assay_dataset_check_subject(assay_buf *out, const assay_dataset_check *k);
/** Its bound, for people: "< 0.02", "<= 2 d". */
void assay_dataset_bound_text(assay_buf *out, assay_aggregate a, const assay_bound *b);
/** An age in seconds, for people: "2 d", "about 3.5 h". */
void assay_dataset_age_text(assay_buf *out, assay_decimal seconds);
bool assay_aggregate_is_drift(assay_aggregate a);
/** Does the check need the distribution of a baseline, the as-of time? */
static inline bool assay_dataset_check_needs_time(const assay_dataset_check *k)
{
	return k->aggregate == ASSAY_AGGREGATE_AGE;
}

#endif
