/** The version that a judging makes: the entries of its tries as they come, its recipes, and its commit. */
#ifndef ASSAY_SNAPSHOT_H
#define ASSAY_SNAPSHOT_H

#include "assay/content.h"
#include "assay/trie.h"
#include "assay/version.h"

#include "session.h"
#include "verdict.h"

typedef struct assay_entries {
	assay_trie_entry *items; /* key and stage owned */
	size_t count, cap;
} assay_entries;

typedef struct assay_snapshot {
	assay_entries accepted, others;
	assay_version version;
	assay_content content;
	assay_buf scratch;
} assay_snapshot;

/** The source was processed by this recipe; ASSAY_ECONFIG when one version cannot have it beside another. */
ASSAY_NODISCARD assay_code assay_snapshot_recipe(assay_snapshot *s, const assay_source *src, bool only_one,
						 assay_err *err);
/** A sample with its verdict. */
ASSAY_NODISCARD assay_code assay_snapshot_sample(assay_snapshot *s, const assay_judged *of, const assay_sample_row *row,
						 assay_err *err);
/** A source that gave no samples. */
ASSAY_NODISCARD assay_code assay_snapshot_failed(assay_snapshot *s, const char *path, const char *stage,
						 assay_failure failure, assay_err *err);
/** Store the tries and the version, and tell the summary which it is. */
ASSAY_NODISCARD assay_code assay_snapshot_commit(assay_snapshot *s, const assay_session *session,
						 assay_summary *summary, assay_err *err);
void assay_snapshot_release(assay_snapshot *s);

#endif
