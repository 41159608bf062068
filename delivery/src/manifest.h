/** The lines of manifest.jsonl and others.jsonl, each one JSON object (docs/formats.md, "Delivery"). */
#ifndef ASSAY_DELIVERY_MANIFEST_H
#define ASSAY_DELIVERY_MANIFEST_H

#include "sample.h"

#define MANIFEST_NAME "manifest.jsonl"
#define OTHERS_NAME   "others.jsonl"

/** "artifacts/ab/ab12….txt" */
void manifest_artifact_path(assay_buf *out, const assay_content_artifact *a);
/** "artifacts/ab/ab12….bin": of the bytes that stand in place of a source. */
void manifest_substitute_path(assay_buf *out, const assay_digest *d);
/** @param text [optional] of a page, inline */
void manifest_line(assay_buf *out, const sample *s, const assay_buf *text);
/** @param row [optional] what the store knows of it, where it knows it still */
void manifest_other_line(assay_buf *out, const assay_trie_entry *e, const assay_sample_row *row);

#endif
