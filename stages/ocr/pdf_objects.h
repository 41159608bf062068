/**
 * The objects of a PDF file, found by reading it from its start to its end. The cross-reference table is not looked at:
 * the last object of a number counts, which is what poppler comes to when it must rebuild a table.
 */
#ifndef ASSAY_OCR_PDF_OBJECTS_H
#define ASSAY_OCR_PDF_OBJECTS_H

#include "pdf_text.h"

#include "assay/buf.h"
#include "assay/error.h"

typedef struct pdf_object {
	uint32_t number;
	uint32_t order; /* of its place in the file */
	pdf_text text;  /* its value, a stream's dictionary; owned by the list */
	bool stream;
	uint64_t data, size; /* of a stream's bytes in the file */
} pdf_object;

typedef struct pdf_objects {
	int fd; /* borrowed */
	uint64_t size;
	pdf_object *list; /* ascending numbers */
	size_t count, cap;
	char **texts; /* owned */
	size_t text_count, text_cap;
	bool encrypted; /* bytes of streams mean nothing then */
} pdf_objects;

/**
 * Find the objects of a file. What cannot be understood is passed over.
 * @param fd [in, borrowed] until released; only pread() is used
 * @return ASSAY_OK, ASSAY_ENOMEM, ASSAY_EIO
 */
ASSAY_NODISCARD assay_code pdf_objects_find(pdf_objects *out, int fd, assay_err *err);
void pdf_objects_release(pdf_objects *o);

/** NULL when there is none of the number. */
const pdf_object *pdf_objects_get(const pdf_objects *o, uint32_t number);
/** The value that a reference leads to, or the value itself; empty when it leads nowhere. */
pdf_text pdf_resolve(const pdf_objects *o, pdf_text value);
/** The resolved value of a key. */
pdf_text pdf_lookup(const pdf_objects *o, pdf_text dictionary, const char *key);

#endif
