/** The metrics that a configuration makes: what contracts may speak of. */
#ifndef ASSAY_VOCABULARY_H
#define ASSAY_VOCABULARY_H

#include "assay/error.h"
#include "assay/kind.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct assay_vocabulary_metric {
	const char *name, *unit, *stage; /* borrowed: static storage of the stage tables */
	int scale;                       /* measurements are integers in units of 10^-scale */
	unsigned kinds;                  /* ASSAY_SAMPLE_MASK of the kinds it is measured on */
	bool made;                       /* a pipeline of the configuration makes it; false: only known to this build */
	bool belief;                     /* what an engine says of its own work: remedies are not chosen by it */
	assay_recall recall;             /* what it tells of content that is lost */
	int64_t slack;                   /* in units of 10^-scale: a loss up to this is no loss, */
	int permille;                    /* nor is one up to slack and this share of the value before */
} assay_vocabulary_metric;

typedef struct assay_vocabulary {
	assay_vocabulary_metric *items; /* sorted by name; the position is the metric's number when judging */
	size_t count, cap;
} assay_vocabulary;

void assay_vocabulary_release(assay_vocabulary *v);
/** Add a metric; one of that name that is there gives way only to one that is `made`. Keeps the order by name. */
ASSAY_NODISCARD assay_code assay_vocabulary_add(assay_vocabulary *v, const assay_vocabulary_metric *m, assay_err *err);
/**
 * Does a metric of recall say that content was lost between two values of it? Of any other metric: no. The rule by
 * which a remedy is refused that drops what is hard to read.
 */
bool assay_vocabulary_lost(const assay_vocabulary_metric *m, int64_t before, int64_t now);
/** Position of a name, or SIZE_MAX. */
size_t assay_vocabulary_find(const assay_vocabulary *v, const char *name);

#endif
