/** Files that people hand in: a text, annotations, results. A pipe will do, and "-" is standard input. */
#ifndef ASSAY_HANDED_H
#define ASSAY_HANDED_H

#include "verb.h"

#include <stdint.h>

typedef struct assay_handed {
	const char *path; /* as it was given */
	const char *name; /* what is kept of it: its last component, "standard input" for "-" */
	int fd;           /* of a regular file, or of a memory file that holds what came through a pipe */
	uint64_t size;    /* bytes, as it was opened */
} assay_handed;
#define ASSAY_HANDED_INIT                                                                                              \
	{                                                                                                              \
		.fd = -1                                                                                               \
	}

void assay_handed_close(assay_handed *h);
#define ASSAY_AUTO_HANDED ASSAY_CLEANUP(assay_handed_close) assay_handed

/**
 * Open it, and read a pipe to its end: to be called before the store's lock is taken, for whoever writes to the pipe may
 * take long. A FIFO that nobody has open for writing is not waited for.
 *
 * @param word  the option that names it, "--text", or its operand, "FILE"
 * @param max   bytes that a pipe may give. A file's size is for the caller to judge
 *
 * @return ASSAY_OK
 *         ASSAY_EUSAGE    its name is kept, and is not UTF-8
 *         ASSAY_ENOENT    there is none
 *         ASSAY_ECORRUPT  neither a file nor a pipe; or nothing, or too much, came through the pipe
 *         ASSAY_EIO, ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code assay_handed_open(assay_handed *out, const assay_invocation *in, const char *word,
					     const char *path, uint64_t max, assay_err *err);

#endif
