#include "assay/correction.h"

#include "assay/cbor.h"
#include "assay/memory.h"
#include "assay/text.h"

#include <stdlib.h>
#include <string.h>

enum { KEY_FORMAT, KEY_TEXTS };
#define FORMAT 1

void assay_correction_release(assay_correction *c)
{
	for (size_t i = 0; i < c->count; i++)
		free(c->texts[i]);
	free(c->texts);
	*c = (assay_correction){0};
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static assay_code check(const char *const *texts, size_t count, assay_err *err)
{
	size_t total = 0;

	if (count == 0 || count > ASSAY_CORRECTION_TEXTS_MAX)
		return ASSAY_RAISE(err, ASSAY_EINVAL, "a correction has 1 to %d texts, not %zu",
				   ASSAY_CORRECTION_TEXTS_MAX, count);
	for (size_t i = 0; i < count; i++) {
		const size_t n = strlen(texts[i]), good = assay_utf8_prefix(texts[i], n);

		if (good < n)
			return ASSAY_RAISE(err, ASSAY_ECORRUPT, "the text is not UTF-8 at byte %zu", good);
		/* 9 bytes are the longest head; the sum of lengths cannot wrap, they lie in memory side by side */
		total += n + 9;
	}
	if (total > ASSAY_CORRECTION_SIZE_MAX - 16)
		return ASSAY_RAISE(err, ASSAY_EFULL, "the texts of a correction are larger than %zu MiB together",
				   ASSAY_CORRECTION_SIZE_MAX >> 20);
	return ASSAY_OK;
}

assay_code assay_correction_encode(assay_buf *out, const char *const *texts, size_t count, assay_err *err)
{
	const char *sorted[ASSAY_CORRECTION_TEXTS_MAX];
	const assay_code rc = check(texts, count, err);

	if (rc != ASSAY_OK)
		return rc;
	memcpy(sorted, texts, count * sizeof *sorted);
	qsort(sorted, count, sizeof *sorted, by_bytes);
	assay_cbor_map(out, 2);
	assay_cbor_uint(out, KEY_FORMAT);
	assay_cbor_uint(out, FORMAT);
	assay_cbor_uint(out, KEY_TEXTS);
	assay_cbor_array(out, count);
	for (size_t i = 0; i < count; i++)
		assay_cbor_text(out, sorted[i]);
	return assay_buf_check(out, err);
}

static assay_code read_texts(assay_correction *out, assay_cbor_reader *r, assay_err *err)
{
	const size_t n = assay_cbor_read_array(r);

	if (n == 0 || n > ASSAY_CORRECTION_TEXTS_MAX) {
		assay_cbor_fault(r, "not 1 to 16 texts");
		return ASSAY_OK; /* told by assay_cbor_finish */
	}
	out->texts = assay_alloc(n, sizeof *out->texts);
	if (out->texts == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "correction");
	for (size_t i = 0; i < n && r->fault == NULL; i++) {
		char *text = assay_cbor_read_strdup(r);

		if (text == NULL) {
			assay_cbor_fault(r, "not a text");
			break;
		}
		out->texts[out->count++] = text;
		if (i > 0 && strcmp(out->texts[i - 1], text) > 0)
			assay_cbor_fault(r, "texts out of order");
	}
	return ASSAY_OK;
}

assay_code assay_correction_decode(assay_correction *out, const void *p, size_t n, assay_err *err)
{
	assay_cbor_reader r;
	assay_code rc;

	*out = (assay_correction){0};
	if (n > ASSAY_CORRECTION_SIZE_MAX)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "correction: %zu bytes are too many", n);
	assay_cbor_reader_init(&r, p, n);
	if (assay_cbor_read_map(&r) != 2)
		assay_cbor_fault(&r, "not a map of two");
	assay_cbor_read_key(&r, KEY_FORMAT);
	if (assay_cbor_read_uint(&r) != FORMAT)
		assay_cbor_fault(&r, "unknown format");
	assay_cbor_read_key(&r, KEY_TEXTS);
	rc = read_texts(out, &r, err);
	if (rc == ASSAY_OK)
		rc = assay_cbor_finish(&r, "correction", err);
	if (rc != ASSAY_OK)
		assay_correction_release(out);
	return rc;
}
