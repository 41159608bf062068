/** Sources as last seen: the stat cache, the digests, and which units came of them. */
#ifndef ASSAY_SOURCE_H
#define ASSAY_SOURCE_H

#include "assay/digest.h"
#include "assay/kind.h"
#include "assay/store.h"

/** What tells cheaply that a file is as it was. */
typedef struct assay_stamp {
	uint64_t size;
	int64_t mtime_ns, ctime_ns;
	uint64_t inode;
	int64_t hashed_ns; /* when its bytes were read; a stamp younger than 2 s then is not trusted */
} assay_stamp;

typedef struct assay_source_sidecar {
	char *role;
	char *path; /* escaped, relative to assay.yaml */
	assay_stamp stamp;
	assay_digest digest;
} assay_source_sidecar;

/** Why units of a source were last run, or not. Stored: never renumber. */
typedef enum assay_cause {
	ASSAY_CAUSE_NEW = 1,        /* seen for the first time */
	ASSAY_CAUSE_CONTENT = 2,    /* its bytes changed */
	ASSAY_CAUSE_SIDECAR = 4,    /* a sidecar appeared, vanished or changed */
	ASSAY_CAUSE_RECIPE = 8,     /* the recipe changed */
	ASSAY_CAUSE_TOUCHED = 16,   /* stamps changed, bytes did not: nothing was run */
	ASSAY_CAUSE_RETRY = 32,     /* the last outcome was of time, memory or a signal */
	ASSAY_CAUSE_RETURNED = 64,  /* it had been missing */
	ASSAY_CAUSE_METADATA = 128, /* its metadata changed: judged again, not run */
} assay_cause;

/** How the units of a source's present state ended, so that a run need not read them. Stored: never renumber. */
typedef enum assay_standing {
	ASSAY_STANDING_UNKNOWN = 0, /* a row of format 1: its units tell */
	ASSAY_STANDING_DONE = 1,    /* every unit gave samples */
	ASSAY_STANDING_FAILED = 2,  /* a unit failed, and would again */
	ASSAY_STANDING_RETRY = 3,   /* an outcome of time, memory or a signal, or it could not be read: tried again */
} assay_standing;
#define ASSAY_STANDING_MAX 3

typedef struct assay_source {
	uint64_t id;
	char *path; /* escaped, relative to assay.yaml: the first half of its sample keys */
	assay_modality modality;
	assay_stamp stamp;
	assay_digest digest;                     /* of its bytes */
	char **metadata_keys, **metadata_values; /* sorted by key */
	uint8_t *metadata_origins;               /* assay_metadata_origin of each; NULL: all of the rule */
	size_t metadata_count;
	assay_source_sidecar *sidecars; /* sorted by role; only those that exist */
	size_t sidecar_count;
	assay_digest recipe;
	uint64_t *units; /* of the present state, in order of their parts */
	size_t unit_count;
	bool missing; /* it was not there at the last run */
	assay_standing standing;
	uint64_t moved; /* generation of the catalog at which something changed that judging reads; set by put */
	/* A source without a unit to show for it was not even begun: */
	assay_failure failure; /* UNREADABLE, CHANGED or METADATA; NONE otherwise */
	char *message;         /* NULL without a failure */
	/* What the last change was: */
	unsigned cause;  /* ASSAY_CAUSE_… bits */
	uint64_t run;    /* that found it */
	bool has_before; /* the state before that change: */
	assay_digest before_digest, before_recipe;
	assay_source_sidecar *before_sidecars;
	size_t before_sidecar_count;
	char **before_metadata_keys, **before_metadata_values; /* sorted by key */
	size_t before_metadata_count;
} assay_source;

void assay_source_release(assay_source *src);
#define ASSAY_AUTO_SOURCE ASSAY_CLEANUP(assay_source_release) assay_source

/** Insert (id 0) or replace; id is set. */
ASSAY_NODISCARD assay_code assay_source_put(assay_store *s, assay_source *src, assay_err *err);
/** ASSAY_ENOENT without a message when the path was never a source. */
ASSAY_NODISCARD assay_code assay_source_find(assay_store *s, const char *path, assay_source *out, assay_err *err);
ASSAY_NODISCARD assay_code assay_source_get(assay_store *s, uint64_t id, assay_source *out, assay_err *err);
/** Every source in order of first sight. src is borrowed for the call. */
typedef assay_code assay_source_fn(void *ctx, const assay_source *src, assay_err *err);
ASSAY_NODISCARD assay_code assay_sources_each(assay_store *s, assay_source_fn *fn, void *ctx, assay_err *err);
/** Every path whose bytes once had this digest (by present row). */
ASSAY_NODISCARD assay_code assay_sources_with(assay_store *s, const assay_digest *content, assay_source_fn *fn,
					      void *ctx, assay_err *err);
/**
 * Ids of the sources that assay_sources_with can find in company: only these can have, or be, duplicates.
 * @param out  [out] ascending, each once; the caller frees it; NULL when there is none
 */
ASSAY_NODISCARD assay_code assay_sources_shared(assay_store *s, uint64_t **out, size_t *count, assay_err *err);

#endif
