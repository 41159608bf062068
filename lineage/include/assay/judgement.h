/**
 * The last judgement: what it was made from, what came of it, and whether it still stands. It stands while its inputs
 * are the same and the generation of the catalog has not moved: the number that every write to what a judgement reads
 * (sources, samples, tickets) advances. So nothing has to be read to know that there is nothing to judge.
 *
 * It also names the tries that hold exactly the samples' rows as they were then, so that the next version is edited
 * out of them (assay_trie_edit) rather than built anew.
 */
#ifndef ASSAY_JUDGEMENT_H
#define ASSAY_JUDGEMENT_H

#include "assay/version.h"

#define ASSAY_JUDGEMENT_ALWAYS INT64_MAX

typedef struct assay_judgement {
	assay_digest inputs;    /* of everything outside the catalog that decides: made by whoever judges */
	assay_digest contracts; /* set that it was made by */
	uint64_t generation;    /* of the catalog, when it was made */
	uint64_t run;           /* that made it */
	int64_t until_ns;       /* time at which it must be made again whatever else; ASSAY_JUDGEMENT_ALWAYS: never */
	assay_digest version;   /* that was committed */
	bool incomplete;
	assay_counts counts;
	uint64_t tickets_open;
	bool has_recipe[ASSAY_MODALITY_MAX + 1];
	assay_digest recipes[ASSAY_MODALITY_MAX + 1];
	assay_digest accepted, others; /* roots of the version's tries */
	uint64_t way;                  /* number of the program's way to judge: with another one nothing of it holds */
} assay_judgement;

/** ASSAY_ENOENT without a message when there is none: never made, or by a program that does not keep one. */
ASSAY_NODISCARD assay_code assay_judgement_get(assay_store *s, assay_judgement *out, assay_err *err);
/** Last of all writes of a judging; generation is set. */
ASSAY_NODISCARD assay_code assay_judgement_put(assay_store *s, assay_judgement *j, assay_err *err);
/** What is written now is not told by any version: the next judging starts from nothing. */
ASSAY_NODISCARD assay_code assay_judgement_forget(assay_store *s, assay_err *err);

/** Number of the catalog's state, as far as judging reads it. */
ASSAY_NODISCARD assay_code assay_generation(assay_store *s, uint64_t *out, assay_err *err);

#endif
