#include "value_set.h"

#include <stdlib.h>
#include <string.h>

#define CAP_MIN 1024

void value_set_release(value_set *s)
{
	free(s->slots);
	*s = (value_set){0};
}

/* A digest is as good as random, so its first bytes are its place. */
static assay_digest *find_slot(const value_set *s, const assay_digest *d)
{
	size_t at;

	memcpy(&at, d->bytes, sizeof at);
	for (at &= s->cap - 1; !assay_digest_is_zero(&s->slots[at]); at = (at + 1) & (s->cap - 1))
		if (assay_digest_eq(&s->slots[at], d))
			break;
	return &s->slots[at];
}

static assay_code make_room(value_set *s, assay_err *err)
{
	value_set fresh = {.cap = CAP_MIN, .count = s->count};

	if (s->cap > 0 && s->count < s->cap / 4 * 3)
		return ASSAY_OK;
	if (s->cap > 0 && !assay_mul_size(&fresh.cap, s->cap, 2))
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "values of a dataset check");
	fresh.slots = assay_alloc(fresh.cap, sizeof *fresh.slots);
	if (fresh.slots == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "values of a dataset check");
	for (size_t i = 0; i < s->cap; i++)
		if (!assay_digest_is_zero(&s->slots[i]))
			*find_slot(&fresh, &s->slots[i]) = s->slots[i];
	free(s->slots);
	*s = fresh;
	return ASSAY_OK;
}

assay_code value_set_add(value_set *s, const void *p, size_t n, bool *is_new, assay_err *err)
{
	assay_digest d, *slot;
	assay_code rc = assay_digest_of(&d, p, n, err);

	if (rc == ASSAY_OK)
		rc = make_room(s, err);
	if (rc != ASSAY_OK)
		return rc;
	slot = find_slot(s, &d);
	*is_new = assay_digest_is_zero(slot);
	s->count += *is_new;
	*slot = d;
	return ASSAY_OK;
}
