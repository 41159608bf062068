/** The store's insides, shared by store.c, catalog.c, pack.c and object.c only. */
#ifndef ASSAY_STORE_PRIVATE_H
#define ASSAY_STORE_PRIVATE_H

#include "catalog.h"
#include "pack.h"

struct assay_store {
	char *dir;
	int dirfd;
	int lockfd; /* -1 for readers */
	bool read_only;
	MDB_env *env;
	MDB_dbi dbi[ASSAY_TABLE_COUNT];
	MDB_txn *txn; /* the writer's open group, or a reader's snapshot; NULL between */
	bool broken;  /* the group failed: it can only be rolled back */
	uint64_t next_id[ASSAY_TABLE_COUNT];
	bool ids_loaded;
	bool ids_dirty;
	assay_packs packs;
	bool new_large;       /* a large object was added since the last commit */
	assay_hasher *hasher; /* for row checksums */
};

/** Begin the group (writer) or snapshot (reader) if none is open. */
ASSAY_NODISCARD assay_code assay_store_begin(assay_store *s, assay_err *err);

#endif
