/** The JSON Schema (draft 2020-12) of a contract as this build reads it, from the tables that the parser reads. */
#ifndef ASSAY_CONTRACT_SCHEMA_H
#define ASSAY_CONTRACT_SCHEMA_H

#include "assay/json.h"
#include "assay/vocabulary.h"

/**
 * Write the schema. It is for editors and for checks before Assay is at hand: a document that it refuses has a fault,
 * one that it takes may still have one that only `assay contract lint` sees (a bound finer than a metric's resolution,
 * a metric that no pipeline makes). Custom checks of other engines are taken as they stand.
 *
 * @param v  the metrics that a check may name, in order of their names
 */
void assay_contract_schema(assay_json *j, const assay_vocabulary *v);

#endif
