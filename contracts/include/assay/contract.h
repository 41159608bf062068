/**
 * Quality contracts: Open Data Contract Standard v3.1.0 documents (bitol-io/open-data-contract-standard) with checks
 * of `type: custom, engine: assay`. Parsed into typed checks, linted against the vocabulary, and reduced to a
 * canonical form that is stored and named by its digest: comments, order of keys and prose do not change it.
 */
#ifndef ASSAY_CONTRACT_H
#define ASSAY_CONTRACT_H

#include "assay/cbor.h"
#include "assay/dataset_check.h"
#include "assay/diagnostic.h"
#include "assay/queue_agreement.h"
#include "assay/table_schema.h"
#include "assay/vocabulary.h"

typedef struct assay_check {
	char *id; /* unique in its contract */
	assay_sample_kind kind;
	char *metric;
	size_t metric_number; /* in the vocabulary; SIZE_MAX when loaded without one */
	assay_operator op;
	assay_decimal low, high;       /* the bound; high only for the BETWEENs */
	int64_t low_units, high_units; /* the same in the metric's resolution (0 without a vocabulary) */
	assay_severity severity;
	assay_when_missing when_missing;
	char *dimension;                       /* ODCS dimension, "" if none */
	char *remedy;                          /* name of a remedy in assay.yaml, "" if none */
	char *description;                     /* "" if none; not part of the canonical form */
	char **applies_keys, **applies_values; /* all of these metadata must be equal; parallel */
	size_t applies_count;
	const assay_table_schema *schema; /* of the contract: the check is about a column of tables, NULL otherwise */
	size_t schema_column;
	int line, column;
} assay_check;

typedef struct assay_contract {
	char *file;          /* as named by the configuration; not part of the canonical form */
	char *id;            /* ODCS id */
	char *name;          /* "" if none */
	char *version;       /* ODCS version */
	assay_check *checks; /* sorted by kind, then id */
	size_t check_count;
	assay_dataset_check *dataset; /* checks of the whole dataset; sorted by kind, then id */
	size_t dataset_count;
	assay_table_schema **schemas; /* in file order */
	size_t schema_count, schema_cap;
	assay_queue_agreement *queue; /* in file order; not part of the canonical form */
	size_t queue_count, queue_cap;
} assay_contract;

/**
 * Load and lint. Findings go to d; *out is set only when there is no error among those of this file.
 *
 * @param name        of the file, for findings
 * @param vocabulary  [optional, borrowed] metrics that exist. A check on a metric that is not `made`, does not exist,
 *                    does not apply to the kind, or whose bound is finer than its resolution is an error.
 * @return ASSAY_OK, ASSAY_ECONFIG (see d), ASSAY_ENOENT, ASSAY_EIO, ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code assay_contract_load(assay_contract **out, int dirfd, const char *path, const char *name,
					       const assay_vocabulary *vocabulary, assay_diagnostics *d,
					       assay_err *err);
void assay_contract_close(assay_contract *c); /* NULL is fine */

/** Canonical CBOR record (docs/formats.md, "Contract"). */
void assay_contract_encode(assay_buf *out, const assay_contract *c);
/**
 * From a stored record; file is "" and metric numbers come from the vocabulary if given: SIZE_MAX for metrics that it
 * does not know, or that have become too coarse for the bound. ASSAY_OK, ASSAY_ECORRUPT, ASSAY_ENOMEM.
 */
ASSAY_NODISCARD assay_code assay_contract_decode(assay_contract **out, const void *p, size_t n,
						 const assay_vocabulary *vocabulary, assay_err *err);

#endif
