/** From a version's entry to the sample that is delivered: its unit's result, its metadata, its findings. */
#ifndef ASSAY_DELIVERY_SAMPLE_H
#define ASSAY_DELIVERY_SAMPLE_H

#include "assay/content.h"
#include "assay/decision.h"
#include "assay/judge.h"
#include "assay/recipe.h"
#include "assay/source.h"
#include "assay/trie.h"
#include "assay/unit.h"
#include "assay/version.h"

typedef struct sample_reader {
	assay_store *store;
	assay_recipe *recipes[ASSAY_MODALITY_MAX + 1]; /* by modality; NULL where the version has none */
	assay_recipe **remedies;                       /* as the version lists them */
	size_t remedy_count;
	assay_decision *decisions; /* in force, ascending by subject and slot */
	size_t decision_count;
	assay_contract **contracts;
	size_t contract_count;
	assay_digest contract_set;   /* as rows of samples name it */
	assay_vocabulary vocabulary; /* of the recipes' metrics */
	assay_judge_value *values;
	assay_verdict verdict;
	assay_unit unit; /* the one read last: neighbours in a document or a video share it */
	assay_source source;
	const char **said; /* metadata of source with what people decided: room for keys, then values */
	size_t said_cap;
	assay_buf path, scratch;
} sample_reader;

ASSAY_NODISCARD assay_code sample_reader_open(sample_reader *r, assay_store *s, const assay_version *v, assay_err *err);
void sample_reader_release(sample_reader *r);

/** Borrowed from the reader until the next read. */
typedef struct sample {
	const char *key, *path; /* the sample's, its source's */
	assay_outcome outcome;
	assay_content content;
	assay_digest digest, work_key, recipe;
	assay_sample_way way;             /* how it came to what it is */
	const assay_decision *waiver;     /* of a waived sample; NULL otherwise */
	const assay_decision *substitute; /* WAY_REPLACED: whose payload are the bytes that it was made from */
	bool metadata_known;              /* false: they were edited after the version was made, and are not kept */
	const assay_verdict *verdict;     /* checks that it did not pass, none of them severe enough to keep it back */
} sample;

/** @param out  zeroed or of an earlier read; assay_content_release(&out->content) when done */
ASSAY_NODISCARD assay_code sample_read(sample *out, sample_reader *r, const assay_trie_entry *e, assay_err *err);

/**
 * The text or other file that a sample is made of, as a version's list of decisions (decoded) has it: the one on itself, else
 * on the page that it was found on, else on its source. *out is NULL when there is none.
 */
ASSAY_NODISCARD assay_code sample_made_by(const assay_decision **out, const assay_decision *list, size_t count,
					  const char *key, const char *path, assay_buf *scratch, assay_err *err);
/** "plain", "repaired", "corrected", "replaced". */
const char *sample_treatment_name(assay_sample_way way);

#endif
