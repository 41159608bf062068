/** One sample: from what was measured to its outcome, its findings and its row. */
#ifndef ASSAY_SAMPLE_VERDICT_H
#define ASSAY_SAMPLE_VERDICT_H

#include "assay/judge.h"
#include "assay/sample.h"
#include "assay/source.h"
#include "assay/unit.h"

#include "findings.h"
#include "known_recipe.h"
#include "sample_values.h"
#include "session.h"

/** Who judges: kept over all samples of a judging. What it says of a sample stays until the next one is judged. */
typedef struct assay_judging {
	const assay_session *session;
	const assay_contract **contracts; /* in the configuration's order */
	assay_sample_values values;
	assay_verdict verdict;   /* of the contracts */
	assay_findings findings; /* its findings as rows have them */
	assay_buf key, original; /* texts of row */
	assay_buf broken;        /* how its metadata break the fields, "" if they do not */
	assay_sample_row row;    /* as it stands now; all borrowed */
	assay_sample_row before; /* as it was; in the arena */
	assay_arena rows;
} assay_judging;

/** What is judged. All of it is borrowed. */
typedef struct assay_judged {
	const assay_source *source;
	const assay_known_recipe *recipe;
	const assay_unit *unit;
	uint32_t position;                 /* in the unit's result */
	const assay_result_sample *sample; /* there */
	const char *original;              /* path of the source that this one duplicates, NULL */
} assay_judged;

ASSAY_NODISCARD assay_code assay_judging_open(assay_judging *j, const assay_session *s, assay_err *err);
void assay_judging_release(assay_judging *j);

/**
 * Give the sample its verdict: j->row, j->values. Its row is written when it says something else than before; a verdict
 * that stands keeps the run and the contracts that first gave it.
 *
 * @param written [out] the row was written; whether the outcome is another one, j->before says
 */
ASSAY_NODISCARD assay_code assay_sample_judge(assay_judging *j, const assay_judged *of, bool *written, assay_err *err);
/** What the ticket of the sample judged last says of its failure; NULL when it has none. */
const char *assay_judging_message(const assay_judging *j, const assay_judged *of);

#endif
