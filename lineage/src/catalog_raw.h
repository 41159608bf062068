/** What the files of the catalog share below its rows: keys and values as LMDB has them. */
#ifndef ASSAY_CATALOG_RAW_H
#define ASSAY_CATALOG_RAW_H

#include "catalog.h"

/* Numbers in keys are big-endian, so that they stand in order. */
static inline void assay_put_be64(unsigned char *p, uint64_t v)
{
	for (int i = 0; i < 8; i++)
		p[i] = (unsigned char)(v >> (56 - 8 * i));
}

static inline uint64_t assay_get_be64(const unsigned char *p)
{
	uint64_t v = 0;

	for (int i = 0; i < 8; i++)
		v = v << 8 | p[i];
	return v;
}

/** What LMDB refused, with the table. Returns the code. */
assay_code assay_catalog_raise(assay_err *err, int mrc, const char *what, assay_table t);
/** Room for a value inside the database page, to be filled before the next write. */
ASSAY_NODISCARD assay_code assay_catalog_reserve(assay_store *s, assay_table t, const void *key, size_t key_size,
						 size_t size, unsigned flags, unsigned char **room, assay_err *err);
/** Take a key away; one that is not there is fine. */
ASSAY_NODISCARD assay_code assay_catalog_remove(assay_store *s, assay_table t, const void *key, size_t key_size,
						assay_err *err);
/** A cursor of the group or snapshot, which the caller closes before it ends. */
ASSAY_NODISCARD assay_code assay_catalog_cursor(assay_store *s, assay_table t, MDB_cursor **cur, assay_err *err);

#endif
