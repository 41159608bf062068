#include "digest_map.h"

#include "assay/memory.h"

#include <stdlib.h>
#include <string.h>

void assay_digest_map_release(assay_digest_map *m)
{
	free(m->slots);
	*m = (assay_digest_map){0};
}

/* Where the key is, or would go. */
static assay_digest_slot *slot_of(assay_digest_slot *slots, size_t cap, const assay_digest *key)
{
	size_t at;

	memcpy(&at, key->bytes, sizeof(at));
	for (at &= cap - 1; slots[at].used && !assay_digest_eq(&slots[at].key, key); at = (at + 1) & (cap - 1))
		;
	return &slots[at];
}

bool assay_digest_map_get(const assay_digest_map *m, const assay_digest *key, size_t *value)
{
	const assay_digest_slot *s = m->cap > 0 ? slot_of(m->slots, m->cap, key) : NULL;

	if (s == NULL || !s->used)
		return false;
	*value = s->value;
	return true;
}

static assay_code grow(assay_digest_map *m, assay_err *err)
{
	const size_t cap = m->cap > 0 ? 2 * m->cap : 64;
	assay_digest_slot *slots = assay_alloc(cap, sizeof(*slots));

	if (slots == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "table of %zu digests", cap);
	for (size_t i = 0; i < m->cap; i++)
		if (m->slots[i].used)
			*slot_of(slots, cap, &m->slots[i].key) = m->slots[i];
	free(m->slots);
	m->slots = slots;
	m->cap = cap;
	return ASSAY_OK;
}

assay_code assay_digest_map_put(assay_digest_map *m, const assay_digest *key, size_t value, assay_err *err)
{
	assay_digest_slot *s;
	assay_code rc = 2 * m->count >= m->cap ? grow(m, err) : ASSAY_OK;

	if (rc != ASSAY_OK)
		return rc;
	s = slot_of(m->slots, m->cap, key);
	m->count += !s->used;
	*s = (assay_digest_slot){.key = *key, .value = value, .used = true};
	return ASSAY_OK;
}
