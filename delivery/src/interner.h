/** Texts by number: each text of a scope gets one, from 0 on, when it is first seen. */
#ifndef ASSAY_DELIVERY_INTERNER_H
#define ASSAY_DELIVERY_INTERNER_H

#include "assay/arena.h"

#include <stdint.h>

typedef struct interned {
	const char *text; /* of the arena */
	uint32_t scope;
	uint32_t hash;
} interned;

typedef struct interner {
	interned *items;
	size_t count, cap;
	uint32_t *slots; /* number of an item and 1; a power of two of them, at most half full */
	size_t slot_count;
} interner;

void interner_release(interner *x);
/** @param fresh [out, optional] it was not there before */
ASSAY_NODISCARD assay_code interner_put(interner *x, assay_arena *texts, uint32_t scope, const char *text,
					uint32_t *number, bool *fresh, assay_err *err);

#endif
