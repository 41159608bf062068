#include "members.h"

#include "assay/memory.h"
#include "assay/stop.h"
#include "assay/trie.h"

#include <stdlib.h>
#include <string.h>

#define RESULTS_MAX UINT32_MAX
#define DIGIT_BITS  11
#define DIGITS      ((size_t)1 << DIGIT_BITS)
#define PASSES      3
#define AHEAD       16 /* results whose keys are on their way from memory */

/* A result by the hash that its key has in a version. */
typedef struct item {
	uint64_t word; /* the first eight bytes of the hash, most significant byte first */
	const char *key;
	uint32_t result;
} item;

typedef struct search {
	members *m;
	const item *items; /* ascending by word */
	size_t count;
	size_t next; /* those before it are smaller than what the version has next */
} search;

static uint64_t word_of(const assay_digest *hash)
{
	uint64_t word = 0;

	for (size_t i = 0; i < sizeof word; i++)
		word = word << 8 | hash->bytes[i];
	return word;
}

static assay_code hash_results(item *items, const assay_feedback_set *set, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < set->count && rc == ASSAY_OK; i++) {
		const char *key = set->items[i].key;
		assay_digest hash;

		rc = assay_digest_of(&hash, key, strlen(key), err);
		if (rc == ASSAY_OK)
			items[i] = (item){word_of(&hash), key, (uint32_t)i};
	}
	return rc;
}

/* By the digit that begins at this bit; items of the same digit keep their order. */
static void sort_digit(item *to, const item *from, size_t count, unsigned shift)
{
	size_t starts[DIGITS] = {0}, sum = 0;

	for (size_t i = 0; i < count; i++)
		starts[from[i].word >> shift & (DIGITS - 1)]++;
	for (size_t d = 0; d < DIGITS; d++) {
		const size_t n = starts[d];

		starts[d] = sum;
		sum += n;
	}
	for (size_t i = 0; i < count; i++)
		to[starts[from[i].word >> shift & (DIGITS - 1)]++] = from[i];
}

/* By the highest 33 bits, digit by digit, which hashes rarely share; the few that do are put right among each other. */
static void sort_items(item **items, item **room, size_t count)
{
	for (unsigned pass = 1; pass <= PASSES; pass++) {
		item *to = *room;

		sort_digit(to, *items, count, 64 - DIGIT_BITS * (PASSES + 1 - pass));
		*room = *items;
		*items = to;
	}
	for (size_t i = 1; i < count; i++) {
		const item x = (*items)[i];
		size_t k = i;

		for (; k > 0 && (*items)[k - 1].word > x.word; k--)
			(*items)[k] = (*items)[k - 1];
		(*items)[k] = x;
	}
}

static assay_code put(members *m, const item *x, const assay_digest *work, assay_err *err)
{
	const assay_code rc = assay_grow(&m->works, &m->cap, m->count, sizeof *m->works, err);

	if (rc != ASSAY_OK)
		return rc;
	m->works[m->count++] = *work;
	m->work_of[x->result] = (uint32_t)m->count;
	return ASSAY_OK;
}

/* Entries ascend by hash. */
static assay_code take_entry(void *ctx, const assay_trie_entry *e, assay_err *err)
{
	search *f = ctx;
	const uint64_t word = word_of(&e->hash);

	if (assay_stop_requested() > 0)
		return ASSAY_RAISE(err, ASSAY_ESTOP, "stopped");
	while (f->next < f->count && f->items[f->next].word < word)
		f->next++;
	if (f->next + AHEAD < f->count)
		__builtin_prefetch(f->items[f->next + AHEAD].key);
	for (size_t i = f->next; i < f->count && f->items[i].word == word; i++)
		if (strcmp(f->items[i].key, e->key) == 0)
			return put(f->m, &f->items[i], &e->work_key, err);
	return ASSAY_OK;
}

assay_code members_find(members *m, assay_store *s, const assay_version *v, const assay_feedback_set *set,
			assay_err *err)
{
	const bool fits = set->count < RESULTS_MAX;
	item *items = fits ? assay_alloc(set->count, sizeof *items) : NULL;
	item *room = fits ? assay_alloc(set->count, sizeof *room) : NULL;
	search f = {.m = m, .count = set->count};
	assay_code rc = ASSAY_OK;

	*m = (members){.work_of = fits ? assay_alloc(set->count, sizeof *m->work_of) : NULL};
	if (items == NULL || room == NULL || m->work_of == NULL)
		rc = ASSAY_RAISE(err, ASSAY_ENOMEM, "results");
	if (rc == ASSAY_OK)
		rc = hash_results(items, set, err);
	if (rc == ASSAY_OK) {
		sort_items(&items, &room, set->count);
		f.items = items;
		rc = assay_trie_each(s, &v->accepted, take_entry, &f, err);
	}
	free(items);
	free(room);
	return rc;
}

void members_release(members *m)
{
	free(m->works);
	free(m->work_of);
	*m = (members){0};
}
