#include "record.h"

#include "assay/memory.h"

#include <string.h>

void assay_record_head(assay_cbor_reader *c, size_t fields, const char *not_fields, uint64_t format,
		       const char *not_format)
{
	if (assay_cbor_read_map(c) != fields)
		assay_cbor_fault(c, not_fields);
	assay_cbor_read_key(c, 0);
	if (assay_cbor_read_uint(c) != format)
		assay_cbor_fault(c, not_format);
}

void assay_record_tuple(assay_cbor_reader *c, size_t n, const char *otherwise)
{
	if (assay_cbor_read_array(c) != n)
		assay_cbor_fault(c, otherwise);
}

static void *arena_room(assay_arena *a, size_t n, size_t item_size)
{
	void *room = assay_arena_alloc(a, n, item_size);

	return room != NULL ? memset(room, 0, n * item_size) : NULL; /* the product has just been checked */
}

void *assay_record_room(assay_cbor_reader *c, size_t n, size_t item_size)
{
	void *room = c->arena != NULL ? arena_room(c->arena, n, item_size) : assay_alloc(n, item_size);

	if (room == NULL)
		assay_cbor_fault(c, "out of memory"); /* which assay_cbor_finish tells from damage */
	return room;
}

void *assay_record_list(assay_cbor_reader *c, size_t item_size, size_t *n)
{
	void *list;

	*n = assay_cbor_read_array(c);
	list = assay_record_room(c, *n, item_size);
	if (list == NULL)
		*n = 0;
	return list;
}

uint32_t assay_record_u32(assay_cbor_reader *c)
{
	const uint64_t v = assay_cbor_read_uint(c);

	if (v > UINT32_MAX) {
		assay_cbor_fault(c, "number out of range");
		return 0;
	}
	return (uint32_t)v;
}

void assay_record_digest(assay_cbor_reader *c, assay_digest *out)
{
	if (!assay_cbor_read_digest(c, out))
		assay_cbor_fault(c, "digest is missing");
}

char *assay_record_text(assay_cbor_reader *c)
{
	char *s = assay_cbor_read_strdup(c);

	if (s == NULL)
		assay_cbor_fault(c, "text is missing");
	return s;
}

assay_failure assay_record_failure(assay_cbor_reader *c)
{
	const uint32_t f = assay_record_u32(c);

	if (f == ASSAY_FAILURE_NONE || assay_failure_name(f) == NULL)
		assay_cbor_fault(c, "unknown failure class");
	return (assay_failure)f;
}

void assay_record_texts(assay_cbor_reader *c, char ***texts, size_t *count)
{
	size_t n;

	*texts = assay_record_list(c, sizeof(**texts), &n);
	while (*count < n && c->fault == NULL)
		(*texts)[(*count)++] = assay_record_text(c);
}

void assay_record_put_texts(assay_buf *out, char *const *texts, size_t count)
{
	assay_cbor_array(out, count);
	for (size_t i = 0; i < count; i++)
		assay_cbor_text(out, texts[i]);
}

void assay_record_put_recipes(assay_buf *out, const bool *there, const assay_digest *recipes)
{
	size_t n = 0;

	for (unsigned m = 1; m <= ASSAY_MODALITY_MAX; m++)
		n += there[m];
	assay_cbor_array(out, n);
	for (unsigned m = 1; m <= ASSAY_MODALITY_MAX; m++) {
		if (!there[m])
			continue;
		assay_cbor_array(out, 2);
		assay_cbor_uint(out, m);
		assay_cbor_digest(out, &recipes[m]);
	}
}

void assay_record_recipes(assay_cbor_reader *c, bool *there, assay_digest *recipes)
{
	const size_t n = assay_cbor_read_array(c);
	uint64_t before = 0;

	for (size_t i = 0; i < n && c->fault == NULL; i++) {
		uint64_t m;

		assay_record_tuple(c, 2, "recipe is not a pair");
		m = assay_cbor_read_uint(c);
		if (m <= before || m > ASSAY_MODALITY_MAX) {
			assay_cbor_fault(c, "modalities do not ascend");
			return;
		}
		assay_record_digest(c, &recipes[m]);
		there[m] = true;
		before = m;
	}
}
