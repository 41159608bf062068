/**
 * PDF documents through qpdf: their objects, and streams deciphered and freed of filters. qpdf traps its exceptions and
 * keeps the last as an error: after any of its calls pdf_document_check() tells it.
 */
#ifndef ASSAY_OCR_PDF_DOCUMENT_H
#define ASSAY_OCR_PDF_DOCUMENT_H

#include "assay/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <qpdf/qpdf-c.h>

typedef struct pdf_document {
	qpdf_data q;
	void *map; /* of the file: qpdf reads from memory */
	size_t size;
} pdf_document;

#define PDF_DOCUMENT_INIT ((pdf_document){0})

/**
 * Those that open with an empty password are deciphered.
 * @param fd [in, borrowed] for the call
 * @return ASSAY_OK, ASSAY_ECORRUPT, ASSAY_EUNSUPPORTED (another password), ASSAY_ENOMEM (also: the file is larger than
 *         the address space that is left), ASSAY_EIO
 */
ASSAY_NODISCARD assay_code pdf_document_open(pdf_document *out, int fd, assay_err *err);
void pdf_document_release(pdf_document *d);

/** ASSAY_OK, or what qpdf has trapped since the last call, with its words. */
ASSAY_NODISCARD assay_code pdf_document_check(const pdf_document *d, assay_err *err);

/* Handles are the caller's, for qpdf_oh_release(). What is not there, or no dictionary or array, gives null objects. */
qpdf_oh pdf_get(const pdf_document *d, qpdf_oh dictionary, const char *key);
qpdf_oh pdf_item(const pdf_document *d, qpdf_oh array, int i);
/** A whole number from 1 to max, or `otherwise`. */
int64_t pdf_number(const pdf_document *d, qpdf_oh dictionary, const char *key, int64_t max, int64_t otherwise);
bool pdf_has_name(const pdf_document *d, qpdf_oh dictionary, const char *key, const char *name);

/**
 * A stream's data, deciphered.
 * @param data   [out, owned] NULL when it is to be filtered and qpdf has not all the filters
 * @param filter apply its filters, all of which must keep every byte (no JPEG)
 * @return ASSAY_OK, ASSAY_ECORRUPT, ASSAY_EUNSUPPORTED, ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code pdf_stream_data(unsigned char **data, size_t *n, const pdf_document *d, qpdf_oh stream,
					   bool filter, assay_err *err);

#endif
