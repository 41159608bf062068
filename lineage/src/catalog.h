/**
 * The catalog: tables of checksummed rows, one index from digests to internal numbers, and edges. For lineage/ only.
 * After a call that writes has failed, the caller undoes the group or goes on with what it knows to be whole: parts of
 * what it was putting may be in it. All calls use the store's write transaction while a group is open, and its read snapshot otherwise; borrowed
 * bytes are valid until the next write, commit or refresh.
 */
#ifndef ASSAY_CATALOG_H
#define ASSAY_CATALOG_H

#include "assay/buf.h"
#include "assay/digest.h"
#include "assay/store.h"

#include "env.h"

/** What a digest in the index names. Stored: never change. */
typedef enum assay_index_type {
	ASSAY_INDEX_OBJECT = 'o',            /* bytes of an object -> object */
	ASSAY_INDEX_CONTENT = 'c',           /* bytes of a source or sidecar -> content number (no row) */
	ASSAY_INDEX_PATH = 'p',              /* SHA-256 of a source's path -> source */
	ASSAY_INDEX_WORK = 'w',              /* work key -> unit */
	ASSAY_INDEX_SAMPLE = 's',            /* SHA-256 of a sample key -> sample */
	ASSAY_INDEX_TICKET = 't',            /* SHA-256 of a ticket's subject -> ticket */
	ASSAY_INDEX_VERSION = 'v',           /* version id -> version number */
	ASSAY_INDEX_VERDICT_DECISION = 'd',  /* SHA-256 of a subject -> the newest decision on its verdict */
	ASSAY_INDEX_CONTENT_DECISION = 'k',  /* the same on its content */
	ASSAY_INDEX_METADATA_DECISION = 'm', /* the same on its metadata */
} assay_index_type;

/** Kinds of edge. Stored: never renumber. */
typedef enum assay_edge_kind {
	ASSAY_EDGE_CONTENT_UNIT = 1,   /* content -> unit that read it as its source */
	ASSAY_EDGE_SIDECAR_UNIT = 2,   /* content -> unit that read it as a sidecar */
	ASSAY_EDGE_RECIPE_UNIT = 3,    /* recipe object -> unit */
	ASSAY_EDGE_ARTIFACT_UNIT = 4,  /* artifact object -> unit that made it */
	ASSAY_EDGE_CONTENT_SOURCE = 5, /* content -> source that had these bytes */
	ASSAY_EDGE_SOURCE_SAMPLE = 6,  /* source -> sample */
} assay_edge_kind;

/* ---- rows: the value is 8 bytes of SHA-256(table, key, payload), then the payload */

ASSAY_NODISCARD assay_code assay_row_put(assay_store *s, assay_table t, const void *key, size_t key_size,
					 const assay_buf *payload, assay_err *err);
/** ASSAY_ENOENT without a message; ASSAY_ECORRUPT (naming table and key) when the checksum differs. */
ASSAY_NODISCARD assay_code assay_row_get(assay_store *s, assay_table t, const void *key, size_t key_size,
					 const void **payload, size_t *size, assay_err *err);
/* The same for rows under numbers (big-endian, so that they stand in order). */
ASSAY_NODISCARD assay_code assay_row_put_at(assay_store *s, assay_table t, uint64_t id, const assay_buf *payload,
					    assay_err *err);
ASSAY_NODISCARD assay_code assay_row_get_at(assay_store *s, assay_table t, uint64_t id, const void **payload,
					    size_t *size, assay_err *err);
/** Number in the key of such a row; 0 for a key that is none. */
uint64_t assay_row_number(const void *key, size_t key_size);

#define ASSAY_EVENT_KEY 12
/** Key of a ticket's event. */
void assay_event_key(unsigned char key[ASSAY_EVENT_KEY], uint64_t ticket, uint32_t ordinal);

/* ---- numbers of rows (and of contents, for ASSAY_TABLE_INDEX); they start at 1 */

ASSAY_NODISCARD assay_code assay_next_id(assay_store *s, assay_table t, uint64_t *id, assay_err *err);
/** Write the numbers that were given into the group, before its commit; or forget them with it. */
ASSAY_NODISCARD assay_code assay_ids_save(assay_store *s, assay_err *err);
void assay_ids_forget(assay_store *s);

/* ---- the generation: whoever writes what a judgement reads advances it */

ASSAY_NODISCARD assay_code assay_generation_get(assay_store *s, uint64_t *out, assay_err *err);
ASSAY_NODISCARD assay_code assay_generation_advance(assay_store *s, uint64_t *now, assay_err *err);

/* ---- scans in key order, or backwards. fn may write to other tables; it must not write to the one scanned, but
 * for assay_rows_each_at, which re-reads by number and so allows it. */

typedef assay_code assay_row_fn(void *ctx, const void *key, size_t key_size, const void *payload, size_t size,
				assay_err *err);
ASSAY_NODISCARD assay_code assay_rows_each(assay_store *s, assay_table t, bool backwards, assay_row_fn *fn, void *ctx,
					   assay_err *err);
typedef assay_code assay_key_fn(void *ctx, const void *key, size_t key_size, assay_err *err);
/** How many keys a table has; none of them is looked at. */
ASSAY_NODISCARD assay_code assay_rows_count(assay_store *s, assay_table t, uint64_t *count, assay_err *err);
/** Keys alone, whatever their rows are. */
ASSAY_NODISCARD assay_code assay_keys_each(assay_store *s, assay_table t, assay_key_fn *fn, void *ctx, assay_err *err);
typedef assay_code assay_row_at_fn(void *ctx, uint64_t id, const void *payload, size_t size, assay_err *err);
/** Rows of a numbered table from 1 to the highest number at the start of the scan. */
ASSAY_NODISCARD assay_code assay_rows_each_at(assay_store *s, assay_table t, assay_row_at_fn *fn, void *ctx,
					      assay_err *err);
/** One more than the highest number of a numbered table. */
ASSAY_NODISCARD assay_code assay_rows_end(assay_store *s, assay_table t, uint64_t *end, assay_err *err);
/** The same from number `first` on. */
ASSAY_NODISCARD assay_code assay_rows_from_at(assay_store *s, assay_table t, uint64_t first, assay_row_at_fn *fn,
					      void *ctx, assay_err *err);

/* ---- the index */

ASSAY_NODISCARD assay_code assay_index_put(assay_store *s, assay_index_type type, const assay_digest *d, uint64_t id,
					   assay_err *err);
/** ASSAY_ENOENT without a message. */
ASSAY_NODISCARD assay_code assay_index_get(assay_store *s, assay_index_type type, const assay_digest *d, uint64_t *id,
					   assay_err *err);
/** Number of SHA-256(text). */
ASSAY_NODISCARD assay_code assay_index_put_text(assay_store *s, assay_index_type type, const char *text, uint64_t id,
						assay_err *err);
ASSAY_NODISCARD assay_code assay_index_get_text(assay_store *s, assay_index_type type, const char *text, uint64_t *id,
						assay_err *err);
/** Number of a content digest, given on first sight. */
ASSAY_NODISCARD assay_code assay_content_id(assay_store *s, const assay_digest *d, uint64_t *id, assay_err *err);
/** Entries of a type whose digest starts with these bits (hex digits, lower case); fn gets digest and number. */
typedef assay_code assay_index_fn(void *ctx, const assay_digest *d, uint64_t id, assay_err *err);
ASSAY_NODISCARD assay_code assay_index_prefix(assay_store *s, assay_index_type type, const char *hex,
					      assay_index_fn *fn, void *ctx, assay_err *err);

/* ---- edges */

ASSAY_NODISCARD assay_code assay_edge_put(assay_store *s, assay_edge_kind kind, uint64_t from, uint64_t to,
					  assay_err *err);
typedef assay_code assay_edge_fn(void *ctx, uint64_t to, assay_err *err);
/** In ascending order of `to`. fn may write. */
ASSAY_NODISCARD assay_code assay_edges_each(assay_store *s, assay_edge_kind kind, uint64_t from, assay_edge_fn *fn,
					    void *ctx, assay_err *err);

/** Ends of the edges of a kind that do not leave their number alone, in no order. fn must not write. */
ASSAY_NODISCARD assay_code assay_edges_shared(assay_store *s, assay_edge_kind kind, assay_edge_fn *fn, void *ctx,
					      assay_err *err);
/** The smallest number above *from that edges of this kind leave; ASSAY_ENOENT without a message when none does. */
ASSAY_NODISCARD assay_code assay_edge_next(assay_store *s, assay_edge_kind kind, uint64_t *from, assay_err *err);

#define ASSAY_EDGE_KEY 17
/** What a key of the edge table says; false when it is none. */
bool assay_edge_read(const void *key, size_t key_size, assay_edge_kind *kind, uint64_t *from, uint64_t *to);

/* ---- numbers that are no rows */

ASSAY_NODISCARD assay_code assay_meta_get(assay_store *s, const char *name, uint64_t *value, assay_err *err);
ASSAY_NODISCARD assay_code assay_meta_put(assay_store *s, const char *name, uint64_t value, assay_err *err);

#endif
