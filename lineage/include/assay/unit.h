/** Units of work and their results: the cache, and the activities of lineage. */
#ifndef ASSAY_UNIT_H
#define ASSAY_UNIT_H

#include "assay/result.h"
#include "assay/store.h"

/** Pages of a document that one unit reads: parts are pages=1-16, pages=17-32 and so on. */
#define ASSAY_UNIT_PAGES 16

typedef struct assay_unit_sidecar {
	char *role;
	assay_digest digest;
} assay_unit_sidecar;

/** Everything that decides a unit's result. */
typedef struct assay_unit_key {
	assay_digest source;
	const char *part;                   /* "" or "pages=17-32" */
	const assay_unit_sidecar *sidecars; /* sorted by role */
	size_t sidecar_count;
	assay_digest recipe;
} assay_unit_key;

/** H(source digest, part, role and digest of every sidecar, recipe digest); see docs/formats.md, "Work key". */
ASSAY_NODISCARD assay_code assay_work_key(assay_digest *out, const assay_unit_key *k, assay_err *err);

typedef struct assay_unit {
	uint64_t id;
	assay_digest work_key, source, recipe;
	char *part;
	assay_unit_sidecar *sidecars;
	size_t sidecar_count;
	assay_result result;
	/* Beside the identity: */
	uint64_t run;
	uint64_t cpu_us, wall_us, max_rss_kib;
	int64_t finished_ns;
	uint32_t attempts;
} assay_unit;

void assay_unit_release(assay_unit *u);
#define ASSAY_AUTO_UNIT ASSAY_CLEANUP(assay_unit_release) assay_unit

/** Key of the same work on other bytes. */
ASSAY_NODISCARD assay_code assay_unit_work_on(assay_digest *out, const assay_unit *u, const assay_digest *bytes,
					      assay_err *err);

/**
 * The sample of a unit's result that has this key ("scans/a.tif#page=3"), NULL when there is none. A file that a person
 * put in the place of one page of a document is work of its first page alone (part "pages=1-1", or that and its place): its page is the sample,
 * whatever its number is in the document, and so is what was found on it ("scans/a.tif#page=3&table=2"). In the place of
 * a half of a page ("scans/a.tif#page=3&half=2") that is the same half, or the page where there are no halves.
 */
const assay_result_sample *assay_unit_sample(const assay_unit *u, const char *key);
/** Is it work of the first page of a file alone? */
bool assay_unit_is_first_page(const assay_unit *u);

/**
 * Append a unit; u->id is set. Deterministic results are found again by work key, others are only kept. Reverse edges
 * from the source's bytes, the sidecars, the recipe and each artifact lead to the unit.
 */
ASSAY_NODISCARD assay_code assay_unit_put(assay_store *s, assay_unit *u, assay_err *err);
/** ASSAY_ENOENT without a message when the work was never done. */
ASSAY_NODISCARD assay_code assay_unit_find(assay_store *s, const assay_digest *work_key, uint64_t *id, assay_err *err);
ASSAY_NODISCARD assay_code assay_unit_get(assay_store *s, uint64_t id, assay_unit *out, assay_err *err);
/** The same into an arena, for who reads very many: *out is not released, its parts go with the arena. */
ASSAY_NODISCARD assay_code assay_unit_get_in(assay_store *s, uint64_t id, assay_arena *arena, assay_unit *out,
					     assay_err *err);

/** Ends of the reverse edges that lead to units; see assay_units_of. */
typedef enum assay_unit_end {
	ASSAY_UNIT_SOURCE = 1,   /* digest of a source's bytes */
	ASSAY_UNIT_SIDECAR = 2,  /* digest of a sidecar's bytes */
	ASSAY_UNIT_RECIPE = 3,   /* digest of a recipe */
	ASSAY_UNIT_ARTIFACT = 4, /* digest of an artifact */
} assay_unit_end;

/** Called with each unit in the order they were made; anything but ASSAY_OK stops and is returned. */
typedef assay_code assay_unit_fn(void *ctx, uint64_t unit, assay_err *err);
ASSAY_NODISCARD assay_code assay_units_of(assay_store *s, assay_unit_end end, const assay_digest *d, assay_unit_fn *fn,
					  void *ctx, assay_err *err);

#endif
