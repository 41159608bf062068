#include "decided.h"

#include "assay/memory.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static assay_code take(void *ctx, const assay_decision *d, assay_err *err)
{
	assay_decided *all = ctx;
	const assay_code rc = assay_grow(&all->items, &all->cap, all->count, sizeof *all->items, err);

	if (rc != ASSAY_OK)
		return rc;
	/* The row is lent for the call alone; by its number it is read again, whole. */
	all->items[all->count] = (assay_decision){.id = d->id};
	all->count++;
	return ASSAY_OK;
}

static int compare_slots(const assay_decision *a, const char *subject, assay_decision_slot slot)
{
	const int by_subject = strcmp(a->subject, subject);

	return by_subject != 0 ? by_subject : (int)assay_decision_slot_of(a->kind) - (int)slot;
}

static int compare_items(const void *a, const void *b)
{
	const assay_decision *y = b;

	return compare_slots(a, y->subject, assay_decision_slot_of(y->kind));
}

static assay_code list_number(void *ctx, uint64_t id, assay_err *err)
{
	assay_buf *numbers = ctx;

	assay_buf_printf(numbers, "%s%" PRIu64, numbers->len > 0 ? "," : "", id);
	return assay_buf_check(numbers, err);
}

/* All of them are named at once, and what takes them out. */
static assay_code unreadable(assay_store *s, assay_err *err)
{
	ASSAY_AUTO_BUF numbers = ASSAY_BUF_INIT;
	assay_err why = ASSAY_ERR_INIT;

	if (err != NULL)
		why = *err;
	if (assay_decisions_damaged(s, list_number, &numbers, NULL) != ASSAY_OK || numbers.len == 0)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "%s", why.msg);
	return ASSAY_RAISE(err, ASSAY_ECORRUPT,
			   "%s; 'assay check' says whom it was about, and 'assay queue retry --decision %s --reason "
			   "TEXT' takes out what cannot be read",
			   why.msg, assay_buf_str(&numbers));
}

static assay_code take_or_note(void *ctx, const assay_decision *d, assay_err *err)
{
	assay_decided *all = ctx;
	assay_code rc;

	if (d->standing == ASSAY_DECISION_STANDS)
		return take(ctx, d, err);
	if (d->standing != ASSAY_DECISION_DAMAGED)
		return ASSAY_OK;
	rc = assay_grow(&all->damaged, &all->damaged_cap, all->damaged_count, sizeof *all->damaged, err);
	if (rc == ASSAY_OK)
		all->damaged[all->damaged_count++] = d->id;
	return rc;
}

static assay_code read_whole(assay_decided *d, assay_store *s, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < d->count && rc == ASSAY_OK; i++)
		rc = assay_decision_get(s, d->items[i].id, &d->items[i], err);
	return rc;
}

static assay_code put_in_order(assay_decided *d, assay_err *err)
{
	if (d->count > 1)
		qsort(d->items, d->count, sizeof *d->items, compare_items);
	d->in_force = assay_alloc(d->count, sizeof *d->in_force);
	return d->in_force == NULL ? ASSAY_RAISE(err, ASSAY_ENOMEM, "decisions") : ASSAY_OK;
}

assay_code assay_decided_load(assay_decided *d, assay_store *s, assay_err *err)
{
	assay_code rc;

	*d = (assay_decided){0};
	rc = assay_decisions_each(s, true, take, d, err);
	if (rc == ASSAY_OK)
		rc = read_whole(d, s, err);
	/* What cannot be read may be what keeps a sample out of the dataset: nobody goes on without it unsaid. */
	if (rc == ASSAY_ECORRUPT)
		return unreadable(s, err);
	return rc == ASSAY_OK ? put_in_order(d, err) : rc;
}

assay_code assay_decided_look(assay_decided *d, assay_store *s, assay_err *err)
{
	assay_code rc;

	*d = (assay_decided){0};
	rc = assay_decisions_peek(s, take_or_note, d, err);
	if (rc == ASSAY_OK)
		rc = read_whole(d, s, err);
	return rc == ASSAY_OK ? put_in_order(d, err) : rc;
}

void assay_decided_release(assay_decided *d)
{
	assay_decisions_free(d->items, d->count);
	free(d->in_force);
	free(d->damaged);
	*d = (assay_decided){0};
}

size_t assay_decided_from(const assay_decided *d, const char *subject)
{
	size_t low = 0, high = d->count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (strcmp(d->items[middle].subject, subject) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const assay_decision *assay_decided_find(const assay_decided *d, const char *subject, assay_decision_slot slot)
{
	size_t low = 0, high = d->count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		const int order = compare_slots(&d->items[middle], subject, slot);

		if (order == 0)
			return &d->items[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

bool assay_decided_names_remedy(const assay_decided *d)
{
	for (size_t i = 0; i < d->count; i++)
		if (d->items[i].kind == ASSAY_DECISION_REMEDY)
			return true;
	return false;
}

void assay_decided_begin(assay_decided *d)
{
	for (size_t i = 0; i < d->count; i++)
		d->in_force[i] = false;
}

void assay_decided_enforce(assay_decided *d, const assay_decision *which)
{
	d->in_force[which - d->items] = true;
}

bool assay_decided_tries(const assay_decided *d, const char *remedy)
{
	for (size_t i = 0; i < d->count; i++)
		if (d->in_force[i] && d->items[i].kind == ASSAY_DECISION_REMEDY &&
		    strcmp(d->items[i].remedy, remedy) == 0)
			return true;
	return false;
}

assay_code assay_decided_keep(const assay_decided *d, assay_store *s, assay_digest *out, assay_err *err)
{
	ASSAY_AUTO_FREE const assay_decision **list = assay_alloc(d->count, sizeof *list);
	ASSAY_AUTO_BUF record = ASSAY_BUF_INIT;
	size_t count = 0;
	assay_code rc;

	*out = (assay_digest){0};
	if (list == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "decisions");
	for (size_t i = 0; i < d->count; i++)
		if (d->in_force[i])
			list[count++] = &d->items[i];
	if (count == 0)
		return ASSAY_OK;
	rc = assay_decisions_encode(&record, list, count, err);
	if (rc != ASSAY_OK)
		return rc;
	return assay_object_put(s, ASSAY_OBJECT_DECISIONS, record.data, record.len, NULL, out, NULL, err);
}
