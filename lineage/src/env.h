/**
 * The LMDB environment of a catalog: its tables, its map, and the one transaction that a handle has at a time. Knows
 * neither rows nor stores. The only place that knows LMDB's codes.
 */
#ifndef ASSAY_ENV_H
#define ASSAY_ENV_H

#include "assay/error.h"

#include <lmdb.h>
#include <stdbool.h>
#include <stdint.h>

/** Stored in checksums of rows: never renumber. */
typedef enum assay_table {
	ASSAY_TABLE_META,   /* text -> number */
	ASSAY_TABLE_INDEX,  /* type byte + digest -> number */
	ASSAY_TABLE_EDGE,   /* kind, from, to -> nothing */
	ASSAY_TABLE_OBJECT, /* number -> place */
	ASSAY_TABLE_SOURCE, /* number -> row */
	ASSAY_TABLE_UNIT,
	ASSAY_TABLE_SAMPLE,
	ASSAY_TABLE_TICKET,
	ASSAY_TABLE_EVENT, /* ticket number + ordinal -> row */
	ASSAY_TABLE_VERSION,
	ASSAY_TABLE_TAG, /* name -> row */
	ASSAY_TABLE_RUN,
	/* Added since the first stores: an older one, read before anybody wrote to it, is without them. */
	ASSAY_TABLE_DECISION,
	ASSAY_TABLE_FEEDBACK,
	ASSAY_TABLE_STANDING, /* state + ticket number -> nothing */
	ASSAY_TABLE_COUNT
} assay_table;

typedef struct assay_env {
	MDB_env *mdb; /* NULL while closed */
	MDB_dbi dbi[ASSAY_TABLE_COUNT];
	bool there[ASSAY_TABLE_COUNT];       /* false: the catalog is older than the table, which counts as empty */
	MDB_txn *txn;                        /* the writer's open group, or a reader's snapshot; NULL between */
	MDB_cursor *near[ASSAY_TABLE_COUNT]; /* of txn, where the last look was; NULL before the first */
	uint64_t found[ASSAY_TABLE_COUNT];   /* number under which it stands there; 0 when it is none */
	bool read_only;
	bool broken; /* a write of the group failed: it can only be undone */
	bool lost;   /* its map is gone: it can only be closed */
} assay_env;

const char *assay_table_name(assay_table t);
assay_code assay_code_from_mdb(int mrc);

/**
 * Open the environment in a folder. A process must not have one open twice: its locks are the process's, so that LMDB
 * would take the second for the first of all and make the locks anew under a group that is open.
 *
 * @param ahead the system may read pages around those that are asked for
 * @param make  make the tables; without it, one of the first stores' tables that is not there is ASSAY_ECORRUPT
 */
ASSAY_NODISCARD assay_code assay_env_open(assay_env *e, const char *path, bool read_only, bool ahead, bool make,
					  assay_err *err);
void assay_env_close(assay_env *e); /* what is not committed is undone; a closed one is fine */

/** Begin the group (writer) or snapshot (reader) if none is open. */
ASSAY_NODISCARD assay_code assay_env_begin(assay_env *e, assay_err *err);
/** Make the group durable; it is closed whatever comes back. */
ASSAY_NODISCARD assay_code assay_env_commit(assay_env *e, assay_err *err);
/** The same, but that a crash of the machine may undo it: the next commit makes both durable. */
ASSAY_NODISCARD assay_code assay_env_commit_lightly(assay_env *e, assay_err *err);
/**
 * What stands under the key, found from where the last look into the table was: numbers are asked for in order, and
 * the next one is on the same page. The value lies in the page until the next write. LMDB's own code comes back.
 */
int assay_env_get(assay_env *e, assay_table t, MDB_val *key, MDB_val *value);
/** Was anything committed since a reader took the snapshot that it holds? */
bool assay_env_has_moved(const assay_env *e);
/** Undo the group, or end the snapshot. */
void assay_env_abort(assay_env *e);

#endif
