/** The metadata of one source, brought together from where they come from. */
#ifndef ASSAY_METADATA_SET_H
#define ASSAY_METADATA_SET_H

#include "assay/config.h"

/** Sorted by key once settled. Texts are borrowed from the configuration, its tables, or `owned`. */
typedef struct assay_metadata_item {
	const char *key, *value;
	unsigned origin; /* assay_metadata_origin: the higher one wins */
} assay_metadata_item;

typedef struct assay_metadata_set {
	assay_metadata_item *items;
	size_t count, cap;
	char **owned;
	size_t owned_count, owned_cap;
} assay_metadata_set;

void assay_metadata_set_release(assay_metadata_set *m);
#define ASSAY_AUTO_METADATA_SET ASSAY_CLEANUP(assay_metadata_set_release) assay_metadata_set

/** Add one value; its texts are borrowed. */
ASSAY_NODISCARD assay_code assay_metadata_set_add(assay_metadata_set *m, const char *key, const char *value,
						  unsigned origin, assay_err *err);
/** Add what the rule says of every source, what its pattern takes from the path, and what the tables say of it. */
ASSAY_NODISCARD assay_code assay_metadata_set_find(assay_metadata_set *m, const assay_config *config,
						   const assay_config_source *rule, const char *path, assay_err *err);
/**
 * Add what a sidecar says: bytes as they were read from `name`, which ends in .json or .csv. A CSV has one row.
 * @return ASSAY_OK, ASSAY_ECORRUPT (see fault), ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code assay_metadata_set_read(assay_metadata_set *m, const char *name, const void *data,
						   size_t size, assay_metadata_fault *fault, assay_err *err);
/** Sort by key, and keep of each key the value of the highest origin. */
void assay_metadata_set_settle(assay_metadata_set *m);

#endif
