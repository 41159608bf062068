/**
 * Looking at many files at once. The walk names them folder by folder; threads beside it make the stats, so that a
 * folder is listed while the files of others are looked at, and a file system that answers late is asked for several.
 */
#ifndef ASSAY_LOOKS_H
#define ASSAY_LOOKS_H

#include "scan.h"

typedef struct assay_looks assay_looks;

/** Takes files that were looked at, in any order: stamp or problem is set. They are the caller's again afterwards. */
typedef assay_code assay_looks_fn(void *ctx, const assay_found *files, size_t count, assay_err *err);

/** No thread is started before there is enough to look at. */
ASSAY_NODISCARD assay_code assay_looks_open(assay_looks **out, assay_looks_fn *fn, void *ctx, assay_err *err);
/**
 * Have a file looked at: now or later, by one stat. Calls fn for others that are ready.
 * @param dirfd   [in, borrowed] its folder; open until assay_looks_leave
 * @param folder  bytes of f->path that name the folder, with the slash
 * @param f       its path must live until fn has it
 * @return ASSAY_OK, or what fn returned
 */
ASSAY_NODISCARD assay_code assay_looks_add(assay_looks *x, int dirfd, size_t folder, const assay_found *f,
					   assay_err *err);
/** The folder that was added to last may be closed. */
ASSAY_NODISCARD assay_code assay_looks_leave(assay_looks *x, assay_err *err);
/** Wait for all that was added; fn has had every file. */
ASSAY_NODISCARD assay_code assay_looks_finish(assay_looks *x, assay_err *err);
/** Stops where it is; NULL is allowed. */
void assay_looks_close(assay_looks *x);

#endif
