/** What a digest, or the start of one, is the name of. Costs what is found, not what is stored. */
#ifndef ASSAY_LOOKUP_H
#define ASSAY_LOOKUP_H

#include "assay/object.h"

/** Bits: bytes may be several of these at once. */
typedef enum assay_digest_use {
	ASSAY_DIGEST_OBJECT = 1,  /* an object of the store */
	ASSAY_DIGEST_SOURCE = 2,  /* bytes of a source, now or once */
	ASSAY_DIGEST_SIDECAR = 4, /* bytes of a sidecar that some unit read */
	ASSAY_DIGEST_WORK = 8,    /* a work key */
} assay_digest_use;

/** type is of an OBJECT, and 0 otherwise; one digest may come more than once. Anything but ASSAY_OK stops. */
typedef assay_code assay_digest_fn(void *ctx, const assay_digest *d, unsigned use, assay_object_type type,
				   assay_err *err);
/** Every digest that starts with these lower-case hex digits. */
ASSAY_NODISCARD assay_code assay_digests_starting(assay_store *s, const char *hex, assay_digest_fn *fn, void *ctx,
						  assay_err *err);

/** Every recipe that some unit was made by, in the order they were stored. */
typedef assay_code assay_recipe_fn(void *ctx, const assay_digest *recipe, assay_err *err);
ASSAY_NODISCARD assay_code assay_recipes_each(assay_store *s, assay_recipe_fn *fn, void *ctx, assay_err *err);

#endif
