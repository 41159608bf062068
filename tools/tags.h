/** The tags of a store, for verbs that say which versions have one. */
#ifndef ASSAY_TAGS_H
#define ASSAY_TAGS_H

#include "assay/json.h"
#include "assay/tag.h"

typedef struct assay_tags {
	assay_tag_event *items; /* in the order of their names */
	size_t count, cap;
} assay_tags;

void assay_tags_release(assay_tags *t);
#define ASSAY_AUTO_TAGS ASSAY_CLEANUP(assay_tags_release) assay_tags
ASSAY_NODISCARD assay_code assay_tags_load(assay_tags *out, assay_store *s, assay_err *err);
/** "v1, release/2026"; nothing for a version without one. */
void assay_tags_text(assay_buf *out, const assay_tags *t, const assay_digest *version);
/** key: array of names. */
void assay_json_tags(assay_json *j, const char *key, const assay_tags *t, const assay_digest *version);

/**
 * Whether a name where a sample or source may stand as well is a tag: it is one with "tag:" before it, or as it stands.
 *
 * @param is_file  the store knows a sample or source of that name
 * @return ASSAY_EUSAGE when it is both: the message says how to name either
 */
ASSAY_NODISCARD assay_code assay_name_is_tag(bool *out, assay_store *s, const char *name, bool is_file, assay_err *err);

#endif
