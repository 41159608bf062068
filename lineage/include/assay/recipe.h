/**
 * Recipes: the ordered stages with all their parameters, versions, engines and model digests; with the tables of
 * metrics and artifact types that results refer to by number, so that a result can be read for ever without the
 * program that made it. Stored once, named by the digest of its record (docs/formats.md, "Recipe").
 */
#ifndef ASSAY_RECIPE_H
#define ASSAY_RECIPE_H

#include "assay/cbor.h"
#include "assay/store.h"

#define ASSAY_RECIPE_FORMAT 1

typedef struct assay_recipe_metric {
	char *name, *unit;
	int scale;
} assay_recipe_metric;

typedef struct assay_recipe_artifact {
	char *role, *media, *suffix;
} assay_recipe_artifact;

typedef struct assay_recipe_param {
	char *name;
	char *text; /* the value as a user writes it */
} assay_recipe_param;

typedef struct assay_recipe_file {
	char *role; /* "model", "font" */
	char *name; /* last component of its path */
	assay_digest digest;
} assay_recipe_file;

typedef struct assay_recipe_step {
	char *stage;
	uint32_t version;
	uint32_t determinism;
	char *engine; /* "" when the stage has none */
	assay_recipe_param *params;
	size_t param_count;
	assay_recipe_file *files;
	size_t file_count;
	char **libraries; /* "name build-id", for exact-per-build stages */
	size_t library_count;
	assay_recipe_metric *metrics;
	size_t metric_count;
	uint32_t metric_base; /* number of its first metric in results */
	assay_recipe_artifact *artifacts;
	size_t artifact_count;
} assay_recipe_step;

typedef struct assay_recipe {
	uint32_t modality;
	assay_recipe_step *steps;
	size_t step_count;
	size_t metric_total;
	assay_digest digest; /* of the record */
} assay_recipe;

void assay_recipe_encode(assay_buf *out, const assay_recipe *r);
/** Read a record; digest is computed from the bytes. */
ASSAY_NODISCARD assay_code assay_recipe_decode(assay_recipe **out, const void *p, size_t n, assay_err *err);
ASSAY_NODISCARD assay_code assay_recipe_load(assay_recipe **out, assay_store *s, const assay_digest *d, assay_err *err);
void assay_recipe_close(assay_recipe *r); /* NULL is fine; r and all it holds must come from malloc */
static inline void assay_recipe_closep(assay_recipe **r)
{
	assay_recipe_close(*r);
}

/** The metric with that number and the step that makes it; NULL when out of range. */
const assay_recipe_metric *assay_recipe_metric_at(const assay_recipe *r, uint32_t number,
						  const assay_recipe_step **step);

/**
 * First difference between two recipes as a sentence: "ocr.recognize: segmentation is 'sparse', was 'auto'",
 * "page.deskew (version 2) was version 1", "model eng.traineddata changed". "" when they are equal.
 */
void assay_recipe_diff_text(assay_buf *out, const assay_recipe *before, const assay_recipe *after);

#endif
