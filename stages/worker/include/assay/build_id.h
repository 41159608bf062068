/** Which build of which program and libraries this process runs with. */
#ifndef ASSAY_BUILD_ID_H
#define ASSAY_BUILD_ID_H

#include "assay/error.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct assay_build_ids {
	char **items; /* "libfoo.so.1 <hex build-id>", sorted; "-" where an object has none */
	size_t count, cap;
} assay_build_ids;

/** Every shared object loaded into this process. */
ASSAY_NODISCARD assay_code assay_build_ids_read(assay_build_ids *out, assay_err *err);
/** Adds those of the other list that this one has not. */
ASSAY_NODISCARD assay_code assay_build_ids_join(assay_build_ids *b, const assay_build_ids *other, assay_err *err);
void assay_build_ids_release(assay_build_ids *b);

/** The program itself: its build-id in hex, "-" where it has none. @param out [out, owned] free it */
ASSAY_NODISCARD assay_code assay_build_id_of_program(char **out, assay_err *err);

#endif
