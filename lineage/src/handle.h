/** What a store handle holds, for store.c and the files it is made of: catalog.c, object.c. */
#ifndef ASSAY_HANDLE_H
#define ASSAY_HANDLE_H

#include "env.h"
#include "large.h"
#include "pack.h"
#include "undo.h"

/** Next free numbers of the tables, and the generation of the catalog (assay/judgement.h); saved with the group. */
typedef struct assay_ids {
	uint64_t next[ASSAY_TABLE_COUNT];
	uint64_t generation;
	bool loaded, dirty;
} assay_ids;

struct assay_store {
	char *dir;
	int dirfd;
	int lockfd; /* -1 for readers */
	bool read_only;
	assay_env env;
	assay_ids ids;
	assay_packs packs;
	assay_large large;
	assay_undo undo;
	uint64_t weight;      /* of the group, in sixteenths of a page that it has changed, about */
	uint64_t weight_full; /* at which a group is large */
};

#endif
