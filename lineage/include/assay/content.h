/**
 * A sample by names rather than by the numbers of its recipe: what is delivered of it, and the one digest that says
 * so (docs/formats.md, "Sample content"). A version holds the digest; whoever has a delivery's manifest can fill this
 * in from a line and compute it again.
 */
#ifndef ASSAY_CONTENT_H
#define ASSAY_CONTENT_H

#include "assay/recipe.h"
#include "assay/result.h"
#include "assay/sample.h"

/** Texts are borrowed from the recipe and the result, or from whoever filled it in. */
typedef struct assay_content_measure {
	const char *name;
	const char *unit; /* not part of the digest */
	int scale;
	bool defined;
	int64_t value;
	const char *reason; /* NULL when defined */
} assay_content_measure;

typedef struct assay_content_artifact {
	const char *stage, *role;
	const char *media, *suffix; /* not part of the digest */
	uint64_t size;
	assay_digest digest;
} assay_content_artifact;

typedef struct assay_content {
	assay_digest source; /* of the whole file's bytes */
	unsigned kind;       /* assay_sample_kind */
	const char *part;
	bool has_span;
	assay_time start, end;
	assay_content_measure *measures; /* in the recipe's order; owned */
	size_t measure_count, measure_cap;
	assay_content_artifact *artifacts; /* in the order they were made; owned */
	size_t artifact_count, artifact_cap;
	const char *const *metadata_keys; /* sorted */
	const char *const *metadata_values;
	size_t metadata_count;
} assay_content;

/** Forget what it says, keep the memory. */
void assay_content_reset(assay_content *c);
void assay_content_release(assay_content *c);

/**
 * What a unit's result says of a sample: kind, part, span, measures and artifacts; source and metadata are left to the
 * caller. c was reset.
 *
 * @return ASSAY_OK; ASSAY_ECORRUPT when the result names what its recipe does not have; ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code assay_content_of(assay_content *c, const assay_recipe *recipe, const assay_result_sample *s,
					    assay_err *err);
/** @param scratch [in, out] reused; its bytes are overwritten */
ASSAY_NODISCARD assay_code assay_content_digest(const assay_content *c, assay_buf *scratch, assay_digest *out,
						assay_err *err);
/**
 * The same of a sample as its row has it judged, with the metadata that its source has now. Zero when what that takes is
 * not there any more, or cannot be read.
 */
ASSAY_NODISCARD assay_code assay_content_of_row(assay_store *s, const assay_sample_row *row, assay_digest *out,
						assay_err *err);

#endif
