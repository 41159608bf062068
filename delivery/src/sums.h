/** SHA256SUMS: the list of a delivery's files with their digests, as sha256sum writes and checks it. */
#ifndef ASSAY_DELIVERY_SUMS_H
#define ASSAY_DELIVERY_SUMS_H

#include "assay/buf.h"
#include "assay/diagnostic.h"
#include "assay/digest.h"

#define SUMS_NAME "SHA256SUMS"

typedef struct sums_row {
	char *path; /* relative to the delivery */
	assay_digest digest;
	bool found, named; /* for the check: it is there, and a manifest names it */
	uint64_t size;     /* as found */
} sums_row;

typedef struct sums {
	sums_row *rows;
	size_t count, cap;
} sums;

void sums_release(sums *s);
ASSAY_NODISCARD assay_code sums_add(sums *s, const char *path, size_t size, const assay_digest *d, assay_err *err);
/** By path, bytewise. */
void sums_sort(sums *s);
/** The row of a path in a sorted list, NULL if there is none. */
sums_row *sums_find(sums *s, const char *path);
/** Is there a file below this folder (given without its last slash)? Of a sorted list. */
bool sums_has_folder(const sums *s, const char *folder);
void sums_text(assay_buf *out, const sums *s);
/** Read the file's text. What is wrong with it are findings; rows that can be read are kept, sorted. */
ASSAY_NODISCARD assay_code sums_parse(sums *out, const char *text, size_t size, assay_diagnostics *d, assay_err *err);

#endif
