/**
 * YAML documents (libfyaml) as a tree whose nodes know their line and column. Scalars are text: what a scalar means
 * is decided by the schema of the reader, so YAML 1.1's surprises (no, off, 1e3) do not arise. Duplicate keys,
 * several documents in a file, anchors that expand without end and files over 4 MiB are errors.
 */
#ifndef ASSAY_YAML_H
#define ASSAY_YAML_H

#include "assay/diagnostic.h"

typedef enum assay_yaml_type {
	ASSAY_YAML_NULL,
	ASSAY_YAML_SCALAR,
	ASSAY_YAML_SEQUENCE,
	ASSAY_YAML_MAPPING
} assay_yaml_type;

typedef struct assay_yaml_node assay_yaml_node;
struct assay_yaml_node {
	assay_yaml_type type;
	int line, column;                /* 1-based; of a mapping: of its first key */
	bool quoted;                     /* SCALAR written in quotes */
	const char *text;                /* SCALAR, NUL-terminated UTF-8 */
	const char *key;                 /* name in the parent mapping, NULL in a sequence */
	int key_line, key_column;        /* where that name stands */
	const assay_yaml_node *children; /* SEQUENCE items, MAPPING values in file order */
	size_t count;
};

typedef struct assay_yaml assay_yaml;

/**
 * Parse a file below dirfd. Syntax errors go to diagnostics (with `name` as the file) and give ASSAY_ECONFIG;
 * a file that cannot be read gives ASSAY_ENOENT or ASSAY_EIO.
 */
ASSAY_NODISCARD assay_code assay_yaml_load(assay_yaml **out, int dirfd, const char *path, const char *name,
					   assay_diagnostics *d, assay_err *err);
ASSAY_NODISCARD assay_code assay_yaml_parse(assay_yaml **out, const char *text, size_t size, const char *name,
					    assay_diagnostics *d, assay_err *err);
void assay_yaml_close(assay_yaml *y); /* NULL is fine; nodes and texts go with it */
static inline void assay_yaml_closep(assay_yaml **y)
{
	assay_yaml_close(*y);
}
const assay_yaml_node *assay_yaml_root(const assay_yaml *y);
/** Value of a key in a mapping; NULL when it is not there or the node is no mapping. */
const assay_yaml_node *assay_yaml_get(const assay_yaml_node *n, const char *key);

/** Report every key of a mapping that is none of the NULL-ended names, with "did you mean". */
void assay_yaml_only(const assay_yaml_node *n, const char *const *names, const char *file, assay_diagnostics *d);

#endif
