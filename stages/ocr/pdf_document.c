#include "pdf_document.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

static assay_code code_of(enum qpdf_error_code_e code, const char *text)
{
	if (strstr(text, "bad_alloc") != NULL) /* what C++ calls it */
		return ASSAY_ENOMEM;
	return code == qpdf_e_password || code == qpdf_e_unsupported ? ASSAY_EUNSUPPORTED : ASSAY_ECORRUPT;
}

assay_code pdf_document_check(const pdf_document *d, assay_err *err)
{
	qpdf_error e;
	const char *text;

	if (!qpdf_has_error(d->q))
		return ASSAY_OK;
	e = qpdf_get_error(d->q);
	text = qpdf_get_error_message_detail(d->q, e);
	return ASSAY_RAISE(err, code_of(qpdf_get_error_code(d->q, e), text), "PDF: %s", text);
}

static assay_code map_file(pdf_document *d, int fd, assay_err *err)
{
	struct stat st;
	void *map;

	if (fstat(fd, &st) != 0)
		return ASSAY_RAISE_ERRNO(err, "size of the file");
	if (st.st_size <= 0)
		return ASSAY_RAISE(err, ASSAY_ESHORT, "PDF: the file is empty");
	map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (map == MAP_FAILED && errno == ENOMEM)
		return ASSAY_RAISE(err, ASSAY_ENOMEM,
				   "PDF: its %lld bytes do not fit into the address space (limits: memory_mib)",
				   (long long)st.st_size);
	if (map == MAP_FAILED)
		return ASSAY_RAISE_ERRNO(err, "PDF: map the file");
	d->map = map;
	d->size = (size_t)st.st_size;
	return ASSAY_OK;
}

assay_code pdf_document_open(pdf_document *out, int fd, assay_err *err)
{
	assay_code rc;

	*out = PDF_DOCUMENT_INIT;
	ASSAY_TRY(map_file(out, fd, err));
	out->q = qpdf_init();
	qpdf_silence_errors(out->q); /* they are asked for, not printed */
	qpdf_set_suppress_warnings(out->q, QPDF_TRUE);
	(void)qpdf_read_memory(out->q, "PDF", out->map, out->size, "");
	ASSAY_TRY(pdf_document_check(out, err));
	return ASSAY_OK;
fail:
	pdf_document_release(out);
	return rc;
}

void pdf_document_release(pdf_document *d)
{
	if (d->q != NULL)
		qpdf_cleanup(&d->q);
	if (d->map != NULL)
		(void)munmap(d->map, d->size);
	*d = PDF_DOCUMENT_INIT;
}

/* ---------------------------------------------------------------- objects */

qpdf_oh pdf_get(const pdf_document *d, qpdf_oh dictionary, const char *key)
{
	return qpdf_oh_is_dictionary(d->q, dictionary) ? qpdf_oh_get_key(d->q, dictionary, key)
						       : qpdf_oh_new_null(d->q);
}

qpdf_oh pdf_item(const pdf_document *d, qpdf_oh array, int i)
{
	return qpdf_oh_is_array(d->q, array) && i < qpdf_oh_get_array_n_items(d->q, array)
		   ? qpdf_oh_get_array_item(d->q, array, i)
		   : qpdf_oh_new_null(d->q);
}

int64_t pdf_number(const pdf_document *d, qpdf_oh dictionary, const char *key, int64_t max, int64_t otherwise)
{
	const qpdf_oh value = pdf_get(d, dictionary, key);
	long long v = 0;
	const bool whole = qpdf_oh_get_value_as_longlong(d->q, value, &v);

	qpdf_oh_release(d->q, value);
	return whole && v > 0 && v <= max ? v : otherwise;
}

bool pdf_has_name(const pdf_document *d, qpdf_oh dictionary, const char *key, const char *name)
{
	const qpdf_oh value = pdf_get(d, dictionary, key);
	const bool has = qpdf_oh_is_name_and_equals(d->q, value, name);

	qpdf_oh_release(d->q, value);
	return has;
}

/* ---------------------------------------------------------------- streams */

/* Why the last stream could not be read stands in its last warning; the error says only that it could not. */
static assay_code why_not(const pdf_document *d, assay_err *err)
{
	assay_code rc = pdf_document_check(d, err);

	while (qpdf_more_warnings(d->q)) {
		const qpdf_error e = qpdf_next_warning(d->q);
		const char *text = qpdf_get_error_message_detail(d->q, e);

		rc = ASSAY_RAISE(err, code_of(qpdf_get_error_code(d->q, e), text), "%s", text);
	}
	return rc;
}

assay_code pdf_stream_data(unsigned char **data, size_t *n, const pdf_document *d, qpdf_oh stream, bool filter,
			   assay_err *err)
{
	QPDF_BOOL filtered = QPDF_FALSE;
	int status;

	*data = NULL;
	while (qpdf_more_warnings(d->q))
		(void)qpdf_next_warning(d->q);
	status = qpdf_oh_get_stream_data(d->q, stream, filter ? qpdf_dl_specialized : qpdf_dl_none, &filtered, data, n);
	if (status & (QPDF_ERRORS)) {
		free(*data);
		*data = NULL;
		return why_not(d, err);
	}
	if (filter && !filtered) {
		free(*data);
		*data = NULL;
		return ASSAY_OK;
	}
	if (*data == NULL) /* so it gives no bytes */
		*data = malloc(1);
	return *data != NULL ? ASSAY_OK : ASSAY_RAISE(err, ASSAY_ENOMEM, "PDF: a stream");
}
