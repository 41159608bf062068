/**
 * The store: where a dataset keeps what was made from what. One writer at a time holds store/lock; readers need no
 * lock and never block it. Writes gather in a group and become durable together with assay_store_commit: objects
 * first, then the catalog, so that a kill at any instruction leaves the last committed group and nothing else.
 *
 *     catalog/  LMDB: sources, objects' places, units, samples, verdicts, tickets, versions, runs, reverse edges
 *     packs/    append-only files of small objects
 *     objects/  large objects, one file each, by digest
 *     lock      held by the writer
 */
#ifndef ASSAY_STORE_H
#define ASSAY_STORE_H

#include "assay/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ASSAY_STORE_FORMAT 1

typedef struct assay_store assay_store;

typedef struct assay_store_opts {
	bool read_only; /* no lock, no writes */
	bool create;    /* make the folder and an empty store if there is none */
	bool scan;      /* most of the catalog will be read: it is read ahead; a writer's always is */
} assay_store_opts;

/**
 * Open a store. A process may have one handle to a store open at a time: LMDB's locks are those of the process.
 *
 * @param opts [optional] zeroes: an existing store, for writing
 * @return ASSAY_OK
 *         ASSAY_ENOENT       there is no store in dir
 *         ASSAY_EBUSY        another process writes to it (message names its pid)
 *         ASSAY_EUNSUPPORTED network file system, or a store of another format number
 *         ASSAY_ECORRUPT     a pack is shorter than the catalog says
 *         ASSAY_EIO, ASSAY_EPERM, ASSAY_EFULL, ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code assay_store_open(assay_store **out, const char *dir, const assay_store_opts *opts,
					    assay_err *err);
/** Uncommitted writes are undone. NULL is fine. */
void assay_store_close(assay_store *s);
static inline void assay_store_closep(assay_store **s)
{
	assay_store_close(*s);
}
#define ASSAY_AUTO_STORE ASSAY_CLEANUP(assay_store_closep) assay_store *

/** Make everything written since the last commit durable. After an error the group is undone. */
ASSAY_NODISCARD assay_code assay_store_commit(assay_store *s, assay_err *err);
/** Forget everything written since the last commit. */
void assay_store_rollback(assay_store *s);

/*
 * A group is held in memory until it is committed. These are for writers of many rows.
 */

/** Has the group become so large (some 4 MiB) that it should be committed? */
bool assay_store_group_is_large(const assay_store *s);
/**
 * The next group may become long: with nothing written since the last commit, allow assay_store_spill up to the next
 * commit or rollback.
 */
ASSAY_NODISCARD assay_code assay_store_begin_long(assay_store *s, assay_err *err);
/**
 * If the group may be long and is large, write what there is of it to the catalog. It can still be undone: by
 * assay_store_rollback, by closing the store, and after a kill by the next who opens it for writing. Until then readers
 * see it as far as it has come. Does nothing in any other group. After an error the group is to be undone.
 */
ASSAY_NODISCARD assay_code assay_store_spill(assay_store *s, assay_err *err);
/** End a reader's snapshot so that the next read sees newer commits (and old pages can be freed). */
void assay_store_refresh(assay_store *s);

const char *assay_store_dir(const assay_store *s);
/** Directory descriptor of the store; borrowed. */
int assay_store_dirfd(const assay_store *s);

#endif
