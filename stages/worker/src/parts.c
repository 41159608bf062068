#include "parts.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_CAP = 64 };

void parts_release(parts *p)
{
	free(p->slots);
	*p = (parts){0};
}

/* FNV-1a, 64 bits. A file that makes its parts collide spends its own CPU limit. */
static size_t hash(const char *part)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (; *part != '\0'; part++)
		h = (h ^ (unsigned char)*part) * UINT64_C(0x100000001b3);
	return (size_t)(h ^ h >> 32);
}

/* The slot that holds this part, else the free one where it belongs. cap > count: there is a free one. */
static uint32_t *find(uint32_t *slots, size_t cap, const assay_result_sample *samples, const char *part)
{
	size_t i = hash(part) & (cap - 1);

	while (slots[i] != 0 && strcmp(samples[slots[i] - 1].part, part) != 0)
		i = (i + 1) & (cap - 1);
	return &slots[i];
}

bool parts_has(const parts *p, const assay_result_sample *samples, const char *part)
{
	return p->count > 0 && *find(p->slots, p->cap, samples, part) != 0;
}

static assay_code reserve(parts *p, const assay_result_sample *samples, assay_err *err)
{
	const size_t cap = p->cap > 0 ? p->cap * 2 : FIRST_CAP;
	uint32_t *slots;

	if (p->count < p->cap / 2)
		return ASSAY_OK;
	slots = assay_alloc(cap, sizeof *slots);
	if (slots == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "parts of %zu samples", p->count);
	for (size_t i = 0; i < p->count; i++)
		*find(slots, cap, samples, samples[i].part) = (uint32_t)i + 1;
	free(p->slots);
	p->slots = slots;
	p->cap = cap;
	return ASSAY_OK;
}

assay_code parts_add(parts *p, const assay_result_sample *samples, assay_err *err)
{
	const assay_code rc = reserve(p, samples, err);

	if (rc != ASSAY_OK)
		return rc;
	*find(p->slots, p->cap, samples, samples[p->count].part) = (uint32_t)p->count + 1;
	p->count++;
	return ASSAY_OK;
}
