/** A folder that appears whole or not at all: written beside its name, made durable, renamed. */
#ifndef ASSAY_DELIVERY_FOLDER_H
#define ASSAY_DELIVERY_FOLDER_H

#include "sums.h"

typedef struct folder {
	char *target, *tmp; /* tmp NULL once committed */
	int fd;             /* of tmp; -1 when not open */
	bool replace;
	sums sums; /* of what was written */
	uint64_t bytes;
} folder;

/**
 * Begin. With replace, a folder that is there must be a delivery or empty.
 * @return ASSAY_OK; ASSAY_EUSAGE when the target is there; ASSAY_EIO, ASSAY_EPERM…
 */
ASSAY_NODISCARD assay_code folder_open(folder *f, const char *target, bool replace, assay_err *err);
/**
 * Write one file; parents are made.
 * @param digest [in, optional] of the bytes; computed when NULL
 * @param path   inside the folder; a file of that path that was written already is left as it is (the caller names
 *               files so that equal paths have equal bytes)
 */
ASSAY_NODISCARD assay_code folder_put(folder *f, const char *path, const void *p, size_t n, const assay_digest *digest,
				      assay_err *err);
/** SHA256SUMS, everything to disk, rename. */
ASSAY_NODISCARD assay_code folder_commit(folder *f, assay_err *err);
/** Free; what was not committed is removed. */
void folder_release(folder *f);

/** A file written in pieces; no other one of the folder need be closed meanwhile. */
typedef struct folder_file {
	folder *of;
	const char *path; /* borrowed */
	int fd;
	assay_hasher *hasher;
	assay_buf pending;
} folder_file;

ASSAY_NODISCARD assay_code folder_file_open(folder_file *out, folder *f, const char *path, assay_err *err);
/** Append to file->pending, then call this: what has gathered is written when it is worth a write. */
ASSAY_NODISCARD assay_code folder_file_flush(folder_file *file, bool all, assay_err *err);
/** Ends the file and enters it into the sums. */
ASSAY_NODISCARD assay_code folder_file_finish(folder_file *file, assay_err *err);
void folder_file_release(folder_file *file);

#endif
