#include "ocr_score.h"

#include "assay/memory.h"

#include <stdlib.h>
#include <string.h>

#define WORK_MAX  ((uint64_t)1 << 32) /* block steps: some seconds */
#define TABLE_MAX ((size_t)1 << 24)   /* 64-bit words: 128 MiB */

static int by_value(const void *x, const void *y)
{
	const uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;

	return (a > b) - (a < b);
}

/* The distinct symbols of a, ascending. */
static uint32_t *alphabet_of(const uint32_t *a, size_t na, size_t *count)
{
	uint32_t *s = assay_alloc(na, sizeof *s);
	size_t n = 0;

	if (s == NULL)
		return NULL;
	memcpy(s, a, na * sizeof *s);
	qsort(s, na, sizeof *s, by_value);
	for (size_t i = 0; i < na; i++)
		if (n == 0 || s[n - 1] != s[i])
			s[n++] = s[i];
	*count = n;
	return s;
}

/* Position of c in the alphabet; count (the empty row of the table) when it is not there. */
static size_t rank_of(const uint32_t *alphabet, size_t count, uint32_t c)
{
	size_t low = 0, high = count;

	while (low < high) {
		const size_t mid = low + (high - low) / 2;

		if (alphabet[mid] < c)
			low = mid + 1;
		else
			high = mid;
	}
	return low < count && alphabet[low] == c ? low : count;
}

typedef struct column {
	uint64_t pv, mv; /* where the distance grows and shrinks from row to row */
} column;

/* One block of 64 rows, one symbol further. `in` and the result are the horizontal difference, -1, 0 or 1. */
static int step(column *c, uint64_t eq, int in, unsigned last_row)
{
	const uint64_t pv = c->pv, mv = c->mv;
	const uint64_t xv = eq | mv;
	uint64_t xh, ph, mh;
	int out;

	if (in < 0)
		eq |= 1;
	xh = (((eq & pv) + pv) ^ pv) | eq;
	ph = mv | ~(xh | pv);
	mh = pv & xh;
	out = (int)(ph >> last_row & 1) - (int)(mh >> last_row & 1);
	ph <<= 1;
	mh <<= 1;
	if (in < 0)
		mh |= 1;
	else if (in > 0)
		ph |= 1;
	c->pv = mh | ~(xv | ph);
	c->mv = ph & xv;
	return out;
}

typedef struct matcher {
	const uint32_t *alphabet;
	size_t symbols, blocks;
	uint64_t *table; /* (symbols + 1) x blocks: where each symbol of a stands */
	column *columns;
} matcher;

static size_t run(const matcher *m, size_t na, const uint32_t *b, size_t nb)
{
	const unsigned last = (unsigned)((na - 1) % 64);
	size_t distance = na;

	for (size_t i = 0; i < m->blocks; i++)
		m->columns[i] = (column){.pv = UINT64_MAX};
	for (size_t j = 0; j < nb; j++) {
		const uint64_t *eq = m->table + rank_of(m->alphabet, m->symbols, b[j]) * m->blocks;
		int h = 1; /* the top row grows by one a symbol */

		for (size_t i = 0; i + 1 < m->blocks; i++)
			h = step(&m->columns[i], eq[i], h, 63);
		h = step(&m->columns[m->blocks - 1], eq[m->blocks - 1], h, last);
		distance = h < 0 ? distance - 1 : distance + (size_t)h;
	}
	return distance;
}

assay_code ocr_distance(size_t *out, const uint32_t *a, size_t na, const uint32_t *b, size_t nb, assay_err *err)
{
	ASSAY_AUTO_FREE uint32_t *alphabet = NULL;
	ASSAY_AUTO_FREE uint64_t *table = NULL;
	ASSAY_AUTO_FREE column *columns = NULL;
	const size_t blocks = na / 64 + (na % 64 != 0);
	size_t symbols = 0;

	if (na == 0 || nb == 0) {
		*out = na + nb;
		return ASSAY_OK;
	}
	if (nb > WORK_MAX / blocks)
		return ASSAY_RAISE(err, ASSAY_EFULL, "texts of %zu and %zu symbols", na, nb);
	alphabet = alphabet_of(a, na, &symbols);
	if (alphabet == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "alphabet");
	if (symbols + 1 > TABLE_MAX / blocks)
		return ASSAY_RAISE(err, ASSAY_EFULL, "text of %zu symbols, %zu of them different", na, symbols);
	table = assay_alloc((symbols + 1) * blocks, sizeof *table);
	columns = assay_alloc(blocks, sizeof *columns);
	if (table == NULL || columns == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "distance tables");
	for (size_t i = 0; i < na; i++)
		table[rank_of(alphabet, symbols, a[i]) * blocks + i / 64] |= (uint64_t)1 << i % 64;
	*out = run(&(matcher){alphabet, symbols, blocks, table, columns}, na, b, nb);
	return ASSAY_OK;
}

size_t ocr_distance_plain(const uint32_t *a, size_t na, const uint32_t *b, size_t nb)
{
	ASSAY_AUTO_FREE size_t *row = assay_alloc(na + 1, sizeof *row);

	if (row == NULL)
		return SIZE_MAX;
	for (size_t i = 0; i <= na; i++)
		row[i] = i;
	for (size_t j = 1; j <= nb; j++) {
		size_t diagonal = row[0];

		row[0] = j;
		for (size_t i = 1; i <= na; i++) {
			const size_t change = diagonal + (a[i - 1] != b[j - 1]);
			size_t best = row[i] < row[i - 1] ? row[i] + 1 : row[i - 1] + 1;

			if (change < best)
				best = change;
			diagonal = row[i];
			row[i] = best;
		}
	}
	return row[na];
}
