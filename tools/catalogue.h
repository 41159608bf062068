/** The table of stages without their code, as C. */
#ifndef ASSAY_TOOLS_CATALOGUE_H
#define ASSAY_TOOLS_CATALOGUE_H

#include "assay/error.h"

#include <stdio.h>

/**
 * Writes a C file that defines assay_stages and assay_stages_at: all that the table of this program says of its stages,
 * but for the callbacks.
 * @param program  file name that this program has
 * @return ASSAY_OK; ASSAY_EIO when it cannot be written
 */
ASSAY_NODISCARD assay_code assay_catalogue_write(FILE *to, const char *program, assay_err *err);

#endif
