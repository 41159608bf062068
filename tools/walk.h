/** The inside of trace.h: how the graph of a lineage grows. walk_nodes.c makes nodes, walk.c goes from one to the next. */
#ifndef ASSAY_WALK_H
#define ASSAY_WALK_H

#include "graph.h"
#include "trace.h"

#include "assay/sample.h"
#include "assay/source.h"

/** A file that people put in the place of a source, or of something in it, whether or not it still stands there. */
typedef struct walk_handed {
	uint64_t id; /* of the decision */
	assay_digest bytes;
	char *subject;
} walk_handed;

typedef struct tracer {
	assay_graph *g;
	assay_store *s;
	bool upstream, downstream; /* what is worth loading; what is not asked for is taken out in the end */
	assay_version *versions;   /* newest first, without contracts */
	size_t version_count, version_cap;
	walk_handed *handed; /* ascending by bytes and decision, once it is known */
	size_t handed_count, handed_cap;
	bool handed_known;
} tracer;

typedef char digest_text[ASSAY_DIGEST_HEX + 7];
/** "sha256:<hex>"; returns out. */
const char *walk_name_digest(const assay_digest *d, digest_text out);

/** A node by its id, which is consumed (NULL: out of memory). */
ASSAY_NODISCARD assay_code walk_put_node(tracer *t, assay_node_type type, char *id, size_t *at, bool *fresh,
					 assay_err *err);
/** Replace a text of a node by a copy; NULL changes nothing. */
ASSAY_NODISCARD assay_code walk_set_text(char **at, const char *text, assay_err *err);

/** Give a node what a printf makes; NULL text (out of memory) is told. */
ASSAY_NODISCARD assay_code walk_set_owned(char **at, char *text, assay_err *err);

/* Each finds or makes a node, with all that is known of it, and what it comes from as far as the catalog says. */
ASSAY_NODISCARD assay_code walk_add_run(tracer *t, uint64_t id, size_t *at, assay_err *err);
/** @param of  what is traced there: a sample's key, or the path itself */
ASSAY_NODISCARD assay_code walk_add_source(tracer *t, const char *path, const char *of, const assay_digest *d,
					   size_t *at, assay_err *err);
/** Bytes that the path has not: the file of theirs that stands there, or stood there, for what is traced. */
ASSAY_NODISCARD assay_code walk_name_handed(tracer *t, assay_node *n, const char *path, const char *of, assay_err *err);
void walk_close_handed(tracer *t);
ASSAY_NODISCARD assay_code walk_add_recipe(tracer *t, const assay_digest *d, size_t *at, assay_err *err);
ASSAY_NODISCARD assay_code walk_add_unit(tracer *t, uint64_t id, size_t *at, assay_err *err);
ASSAY_NODISCARD assay_code walk_add_version(tracer *t, const assay_version *v, size_t *at, assay_err *err);
ASSAY_NODISCARD assay_code walk_add_contract(tracer *t, const assay_digest *d, size_t *at, assay_err *err);
/** Artifacts of a sample; with `only`, those of that digest. */
ASSAY_NODISCARD assay_code walk_add_artifacts(tracer *t, size_t sample, size_t unit, const assay_result_sample *x,
					      const assay_digest *only, assay_err *err);
/**
 * The ticket of a sample or source, if that unit (SIZE_MAX: none) brought it about or is one of its attempts; with it
 * the other attempts and the decision. about SIZE_MAX: no entity.
 */
ASSAY_NODISCARD assay_code walk_add_ticket(tracer *t, const char *subject, size_t unit, size_t about, assay_err *err);
/** How a sample came to what it is, where the pipeline alone did not make it so: what was made before, and who decided. */
ASSAY_NODISCARD assay_code walk_add_treatment(tracer *t, size_t sample, size_t unit, const char *path,
					      const assay_sample_row *row, assay_err *err);

/** Load the list of versions; walk_close frees it. */
ASSAY_NODISCARD assay_code walk_open(tracer *t, assay_err *err);
void walk_close(tracer *t);

/** Which samples of a unit are wanted, and what the caller knows of them. */
typedef struct wanted {
	tracer *t;                    /* set by walk_unit */
	size_t unit;                  /* the same */
	const char *path;             /* only of this source, NULL */
	const char *key;              /* only this one, NULL */
	const assay_digest *artifact; /* only those that have it, NULL */
	bool subjects;                /* they are what was asked for */
	bool attested;                /* it is known that they belong to that unit */
	size_t found;                 /* set by walk_unit */
} wanted;
ASSAY_NODISCARD assay_code walk_unit(tracer *t, uint64_t unit, wanted w, assay_err *err);
/** A sample in every state that the catalog still knows. */
ASSAY_NODISCARD assay_code walk_sample(tracer *t, const char *path, const assay_sample_row *row, bool subjects,
				       assay_err *err);
ASSAY_NODISCARD assay_code walk_source(tracer *t, const assay_source *src, assay_err *err);
ASSAY_NODISCARD assay_code walk_version(tracer *t, const assay_digest *id, assay_err *err);
/** From every sample of the graph to the versions that hold it. */
ASSAY_NODISCARD assay_code walk_to_versions(tracer *t, assay_err *err);

#endif
