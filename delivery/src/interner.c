#include "interner.h"

#include <stdlib.h>
#include <string.h>

#define SLOTS_MIN 256

void interner_release(interner *x)
{
	free(x->items);
	free(x->slots);
	*x = (interner){0};
}

/* FNV-1a (Fowler, Noll, Vo); the scope first. */
static uint32_t hash_of(uint32_t scope, const char *text)
{
	uint32_t h = UINT32_C(2166136261) ^ scope;

	h *= UINT32_C(16777619);
	for (; *text != '\0'; text++)
		h = (h ^ (unsigned char)*text) * UINT32_C(16777619);
	return h ^ h >> 15;
}

static void enter(interner *x, size_t item)
{
	size_t at = x->items[item].hash & (x->slot_count - 1);

	while (x->slots[at] != 0)
		at = (at + 1) & (x->slot_count - 1);
	x->slots[at] = (uint32_t)item + 1;
}

static assay_code make_room(interner *x, assay_err *err)
{
	const size_t more = x->slot_count > 0 ? 2 * x->slot_count : SLOTS_MIN;
	uint32_t *slots;

	if (x->count < x->slot_count / 2)
		return ASSAY_OK;
	slots = x->count < UINT32_MAX / 4 ? assay_alloc(more, sizeof *slots) : NULL;
	if (slots == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "names");
	free(x->slots);
	x->slots = slots;
	x->slot_count = more;
	for (size_t i = 0; i < x->count; i++)
		enter(x, i);
	return ASSAY_OK;
}

static bool find(const interner *x, uint32_t scope, uint32_t hash, const char *text, uint32_t *number)
{
	for (size_t at = hash; x->slot_count > 0; at++) {
		const uint32_t slot = x->slots[at & (x->slot_count - 1)];

		if (slot == 0)
			return false;
		*number = slot - 1;
		if (x->items[*number].hash == hash && x->items[*number].scope == scope &&
		    strcmp(x->items[*number].text, text) == 0)
			return true;
	}
	return false;
}

assay_code interner_put(interner *x, assay_arena *texts, uint32_t scope, const char *text, uint32_t *number,
			bool *fresh, assay_err *err)
{
	const uint32_t hash = hash_of(scope, text);
	const bool there = find(x, scope, hash, text, number);
	const char *copy;
	assay_code rc;

	if (fresh != NULL)
		*fresh = !there;
	if (there)
		return ASSAY_OK;
	rc = make_room(x, err);
	if (rc == ASSAY_OK)
		rc = assay_grow(&x->items, &x->cap, x->count, sizeof *x->items, err);
	if (rc != ASSAY_OK)
		return rc;
	copy = assay_arena_strdup(texts, text);
	if (copy == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "names");
	x->items[x->count] = (interned){copy, scope, hash};
	*number = (uint32_t)x->count;
	enter(x, x->count++);
	return ASSAY_OK;
}
