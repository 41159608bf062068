/** A delivered sample by names rather than numbers, and the digest of what is delivered of it. */
#ifndef ASSAY_DELIVERY_CONTENT_H
#define ASSAY_DELIVERY_CONTENT_H

#include "assay/decimal.h"
#include "assay/sample.h"
#include "assay/time.h"
#include "assay/trie.h"

typedef struct content_measure {
	const char *name; /* texts are borrowed from the recipe and the result, or owned by whoever read the line */
	const char *unit;
	int scale;
	bool defined;
	int64_t value;
	const char *reason; /* NULL when defined */
} content_measure;

typedef struct content_artifact {
	const char *stage, *role, *media, *suffix;
	uint64_t size;
	assay_digest digest;
} content_artifact;

typedef struct content {
	assay_digest source;
	unsigned kind;
	const char *part;
	bool has_span;
	assay_time start, end;
	content_measure *measures; /* in the recipe's order */
	size_t measure_count, measure_cap;
	content_artifact *artifacts; /* in the order they were made */
	size_t artifact_count, artifact_cap;
	const char *const *metadata_keys; /* sorted */
	const char *const *metadata_values;
	size_t metadata_count;
} content;

/** Forget what it says, keep the memory. */
void content_reset(content *c);
void content_release(content *c);
/** As in the version's trie (docs/formats.md, "Sample content"); scratch is overwritten. */
ASSAY_NODISCARD assay_code content_digest(const content *c, assay_buf *scratch, assay_digest *out, assay_err *err);

/**
 * Digest of the root of the trie of these entries, as assay_trie_build gives it, without a store.
 * @param entries [in, out] hash is filled, sorted by it. ASSAY_EDIFFER when two have one key.
 */
ASSAY_NODISCARD assay_code content_root(assay_trie_entry *entries, size_t count, assay_digest *out, assay_err *err);

#endif
