#include "keysort.h"

#include "assay/memory.h"

#include <stdlib.h>
#include <string.h>

#define WORD 8
#define FEW  16

typedef struct item {
	uint64_t word; /* of its key at the depth of its group, most significant byte first, 0 behind the end */
	size_t at;     /* in the entries */
} item;

/* Items whose keys begin with the same depth bytes. */
typedef struct group {
	const roster_entry *entries;
	size_t depth;
} group;

static int by_key(const void *a, const void *b)
{
	return strcmp(((const roster_entry *)a)->key, ((const roster_entry *)b)->key);
}

void keysort_plain(roster_entry *entries, size_t count)
{
	if (count > 1)
		qsort(entries, count, sizeof *entries, by_key);
}

/* A word whose last byte is none is the end of its key. */
static bool is_last(uint64_t word)
{
	return (word & 0xff) == 0;
}

static void read_words(const group *g, item *items, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *key = g->entries[items[i].at].key + g->depth;
		uint64_t word = 0;

		for (int shift = 64 - WORD; shift >= 0 && *key != '\0'; shift -= WORD)
			word |= (uint64_t)(unsigned char)*key++ << shift;
		items[i].word = word;
	}
}

static int compare(const void *pa, const void *pb, void *ctx)
{
	const item *a = pa, *b = pb;
	const group *g = ctx;

	if (a->word != b->word)
		return a->word < b->word ? -1 : 1;
	if (is_last(a->word))
		return 0;
	return strcmp(g->entries[a->at].key + g->depth + WORD, g->entries[b->at].key + g->depth + WORD);
}

static void sort_few(group *g, item *items, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		const item x = items[i];
		size_t k = i;

		for (; k > 0 && compare(&items[k - 1], &x, g) > 0; k--)
			items[k] = items[k - 1];
		items[k] = x;
	}
}

static uint64_t middle_of(uint64_t a, uint64_t b, uint64_t c)
{
	const uint64_t low = a < b ? a : b, high = a < b ? b : a;

	return c < low ? low : c > high ? high : c;
}

static void swap(item *a, item *b)
{
	const item t = *a;

	*a = *b;
	*b = t;
}

/* Smaller words first, then *equal of the pivot. Returns how many are smaller. */
static size_t split(item *items, size_t count, uint64_t pivot, size_t *equal)
{
	size_t less = 0, i = 0, more = count;

	while (i < more) {
		if (items[i].word < pivot)
			swap(&items[less++], &items[i++]);
		else if (items[i].word > pivot)
			swap(&items[i], &items[--more]);
		else
			i++;
	}
	*equal = more - less;
	return less;
}

/* patience: how many more unlucky pivots there may be, which bounds both the time and the stack. */
static void sort_group(group g, item *items, size_t count, unsigned patience)
{
	while (count > FEW && patience > 0) {
		const uint64_t pivot = middle_of(items[0].word, items[count / 2].word, items[count - 1].word);
		size_t equal;
		const size_t less = split(items, count, pivot, &equal);

		sort_group(g, items, less, patience - 1);
		sort_group(g, items + less + equal, count - less - equal, patience - 1);
		if (is_last(pivot))
			return;
		items += less;
		count = equal;
		g.depth += WORD;
		read_words(&g, items, count);
	}
	if (count <= FEW)
		sort_few(&g, items, count);
	else
		qsort_r(items, count, sizeof *items, compare, &g);
}

/* Each entry to its place, along the cycles that the places make. */
static void arrange(roster_entry *entries, item *items, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const roster_entry first = entries[i];
		size_t to = i;

		while (items[to].at != i) {
			const size_t from = items[to].at;

			entries[to] = entries[from];
			items[to].at = to;
			to = from;
		}
		entries[to] = first;
		items[to].at = to;
	}
}

assay_code keysort(roster_entry *entries, size_t count, assay_err *err)
{
	ASSAY_AUTO_FREE item *items = assay_alloc(count, sizeof *items);
	const group all = {.entries = entries};
	unsigned patience = 2;

	if (items == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "samples");
	for (size_t n = count; n > 0; n /= 2)
		patience += 2;
	for (size_t i = 0; i < count; i++)
		items[i].at = i;
	read_words(&all, items, count);
	sort_group(all, items, count, patience);
	arrange(entries, items, count);
	return ASSAY_OK;
}
