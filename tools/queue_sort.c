#include "queue_sort.h"

#include "queue_ticket.h"

#include "assay/arena.h"
#include "assay/suggest.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* What a ticket is sorted by: what the order does not ask for is equal in all. */
typedef struct entry {
	uint64_t id;
	int64_t number;  /* ascending */
	assay_decimal d; /* descending */
	const char *text;
} entry;

typedef assay_code key_fn(entry *e, assay_arena *a, const assay_ticket *t);

static assay_code by_severity(entry *e, assay_arena *a, const assay_ticket *t)
{
	const assay_failed_check *worst = assay_worst_check(t->checks, t->check_count);

	(void)a;
	if (t->failure == ASSAY_FAILURE_NONE)
		e->number = worst != NULL ? (int64_t)worst->severity : INT64_MAX;
	return ASSAY_OK;
}

static assay_code by_distance(entry *e, assay_arena *a, const assay_ticket *t)
{
	(void)a;
	e->number = assay_ticket_distance(t, &e->d) ? 0 : 1;
	return ASSAY_OK;
}

static assay_code by_age(entry *e, assay_arena *a, const assay_ticket *t)
{
	(void)a;
	e->number = t->opened_ns;
	return ASSAY_OK;
}

static assay_code by_subject(entry *e, assay_arena *a, const assay_ticket *t)
{
	e->text = assay_arena_strdup(a, t->subject);
	return e->text != NULL ? ASSAY_OK : ASSAY_ENOMEM;
}

static assay_code by_check(entry *e, assay_arena *a, const assay_ticket *t)
{
	const assay_failed_check *worst = assay_worst_check(t->checks, t->check_count);

	if (worst == NULL) {
		e->number = 1;
		return ASSAY_OK;
	}
	e->text = assay_arena_strdup(a, worst->check_id);
	return e->text != NULL ? ASSAY_OK : ASSAY_ENOMEM;
}

static const struct {
	const char *name;
	key_fn *key;
} orders[] = {{"severity", by_severity},
	      {"distance", by_distance},
	      {"age", by_age},
	      {"subject", by_subject},
	      {"check", by_check}};

static int cmp_entries(const void *x, const void *y)
{
	const entry *a = x, *b = y;
	int c = (a->number > b->number) - (a->number < b->number);

	if (c == 0)
		c = assay_decimal_cmp(b->d, a->d);
	if (c == 0)
		c = strcmp(a->text, b->text);
	return c != 0 ? c : (a->id > b->id) - (a->id < b->id);
}

typedef struct sorting {
	key_fn *key;
	assay_store *store;
	assay_arena arena;
	entry *entries;
	size_t count, cap;
} sorting;

static void sorting_release(sorting *s)
{
	assay_arena_release(&s->arena);
	free(s->entries);
}

static assay_code make_key(entry *e, sorting *s, const assay_ticket *t, assay_err *err)
{
	ASSAY_AUTO_SAMPLE_ROW hold = {0};
	assay_ticket now;
	const assay_code rc = assay_ticket_now(&now, &hold, s->store, t, err);

	*e = (entry){.id = t->id, .text = ""};
	if (rc != ASSAY_OK)
		return rc;
	return s->key(e, &s->arena, &now) == ASSAY_OK ? ASSAY_OK
						      : ASSAY_RAISE(err, ASSAY_ENOMEM, "tickets to be sorted");
}

static assay_code take(void *ctx, const assay_ticket *t, assay_err *err)
{
	sorting *s = ctx;
	const assay_code rc = assay_grow(&s->entries, &s->cap, s->count, sizeof *s->entries, err);

	return rc == ASSAY_OK ? make_key(&s->entries[s->count++], s, t, err) : rc;
}

static assay_code choose(sorting *s, const assay_invocation *in, const char *by, assay_err *err)
{
	assay_suggest near;
	char hint[80];

	assay_suggest_init(&near, by);
	for (size_t i = 0; i < ASSAY_COUNT(orders); i++) {
		if (strcmp(orders[i].name, by) == 0) {
			s->key = orders[i].key;
			return ASSAY_OK;
		}
		assay_suggest_offer(&near, orders[i].name);
	}
	return ASSAY_RAISE(err, ASSAY_EUSAGE, "%s: --sort: '%s' is not severity, distance, age, subject or check%s",
			   in->title, by, assay_suggest_text(&near, hint, sizeof hint));
}

/* Where to begin: behind the place of ticket `after`. */
static assay_code start(size_t *at, sorting *s, uint64_t after, assay_err *err)
{
	ASSAY_AUTO_TICKET t = {0};
	entry e;
	assay_code rc;

	*at = 0;
	if (after == 0)
		return ASSAY_OK;
	rc = assay_ticket_get(s->store, after, &t, err);
	if (rc == ASSAY_ENOENT)
		return ASSAY_RAISE(err, ASSAY_ENOENT, "--after: there is no ticket T%" PRIu64, after);
	if (rc == ASSAY_OK)
		rc = make_key(&e, s, &t, err);
	while (rc == ASSAY_OK && *at < s->count && cmp_entries(&s->entries[*at], &e) <= 0)
		(*at)++;
	return rc;
}

assay_code assay_selection_sorted(assay_selection *sel, const char *by, uint64_t after, assay_ticket_fn *fn, void *ctx,
				  assay_err *err)
{
	ASSAY_CLEANUP(sorting_release) sorting s = {.store = sel->store};
	size_t at = 0;
	assay_code rc = choose(&s, sel->in, by, err);

	if (rc == ASSAY_OK)
		rc = assay_selection_each(sel, 0, take, &s, err);
	if (rc == ASSAY_OK && s.count > 0)
		qsort(s.entries, s.count, sizeof *s.entries, cmp_entries);
	if (rc == ASSAY_OK)
		rc = start(&at, &s, after, err);
	for (; rc == ASSAY_OK && at < s.count; at++) {
		ASSAY_AUTO_TICKET t = {0};

		rc = assay_ticket_get(sel->store, s.entries[at].id, &t, err);
		if (rc == ASSAY_OK)
			rc = fn(ctx, &t, err);
	}
	return rc == ASSAY_ESTOP ? ASSAY_OK : rc;
}
