#include "edit.h"

#include <stdlib.h>
#include <string.h>

#define SYMBOLS_MAX ((size_t)1 << 21)
#define WIDE        8                 /* blocks of a strip */
#define ROWS        (WIDE * 64)       /* rows of a strip */
#define NARROW      256               /* edits that are hoped for */
#define CELLS       ((size_t)1 << 14) /* what is small enough for a table: 64 KiB */

struct assay_edit {
	uint16_t *row_of; /* by symbol: its row of `stands` while a strip is swept, 0 when it is not in the strip */
	uint64_t (*stands)[WIDE]; /* where a symbol stands among the rows of the strip; row 0 is empty */
	uint64_t steps_left;
};

void assay_edit_close(assay_edit *e)
{
	if (e == NULL)
		return;
	free(e->row_of);
	free(e->stands);
	free(e);
}

assay_code assay_edit_open(assay_edit **out, size_t symbols, uint64_t steps, assay_err *err)
{
	ASSAY_AUTO_EDIT e = NULL;

	*out = NULL;
	if (symbols > SYMBOLS_MAX)
		return ASSAY_RAISE(err, ASSAY_EINVAL, "%zu symbols", symbols);
	e = assay_alloc(1, sizeof *e);
	if (e != NULL) {
		e->row_of = assay_alloc(symbols, sizeof *e->row_of);
		e->stands = assay_alloc(ROWS + 1, sizeof *e->stands);
	}
	if (e == NULL || e->row_of == NULL || e->stands == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "edit tables");
	e->steps_left = steps;
	*out = ASSAY_STEAL(&e);
	return ASSAY_OK;
}

typedef struct column {
	uint64_t pv, mv; /* where the distance grows and shrinks from row to row */
} column;

/* One block of 64 rows, one symbol further. `in` and the result are differences to the left, -1, 0 or 1. */
static inline int step(column *c, uint64_t eq, int in, unsigned last_row)
{
	const uint64_t grows = in > 0, shrinks = in < 0;
	const uint64_t pv = c->pv, xv = eq | c->mv, eh = eq | shrinks;
	const uint64_t xh = (((eh & pv) + pv) ^ pv) | eh;
	uint64_t ph = c->mv | ~(xh | pv), mh = pv & xh;
	const int out = (int)(ph >> last_row & 1) - (int)(mh >> last_row & 1);

	ph = ph << 1 | grows;
	mh = mh << 1 | shrinks;
	c->pv = mh | ~(xv | ph);
	c->mv = ph & xv;
	return out;
}

static void strip_learn(assay_edit *e, const uint32_t *a, size_t na)
{
	uint16_t rows = 0;

	for (size_t i = 0; i < na; i++) {
		uint16_t *row = &e->row_of[a[i]];

		if (*row == 0) {
			*row = ++rows;
			memset(e->stands[rows], 0, sizeof e->stands[rows]);
		}
		e->stands[*row][i / 64] |= (uint64_t)1 << i % 64;
	}
}

static void strip_forget(assay_edit *e, const uint32_t *a, size_t na)
{
	for (size_t i = 0; i < na; i++)
		e->row_of[a[i]] = 0;
}

/* `blocks` is a constant where it is called with one. A block waits for its left neighbour alone, so several go on. */
static inline void strip_columns(const assay_edit *e, size_t blocks, unsigned last, const uint32_t *b, size_t nb,
				 signed char *h)
{
	column columns[WIDE];

	for (size_t i = 0; i < blocks; i++)
		columns[i] = (column){.pv = UINT64_MAX};
	for (size_t j = 0; j < nb; j++) {
		const uint64_t *eq = e->stands[e->row_of[b[j]]];
		int in = (int)h[j];

		for (size_t i = 0; i + 1 < blocks; i++)
			in = step(&columns[i], eq[i], in, 63);
		h[j] = (signed char)step(&columns[blocks - 1], eq[blocks - 1], in, last);
	}
}

/* At most ROWS rows. */
static void strip_sweep(assay_edit *e, const uint32_t *a, size_t na, const uint32_t *b, size_t nb, signed char *h)
{
	strip_learn(e, a, na);
	if (na == ROWS)
		strip_columns(e, WIDE, 63, b, nb, h);
	else
		strip_columns(e, (na + 63) / 64, (unsigned)((na - 1) % 64), b, nb, h);
	strip_forget(e, a, na);
}

/*
 * Into h[j]: by how much the distance of all of a to b's first j + 1 symbols is over that to its first j.
 *
 * Ways of at most `edits` edits leave the diagonal by no more than that, so columns farther from a strip are left as
 * they are: as if from there the way went down, or to there to the right. So no distance comes out too small, and
 * those of `edits` or less come out right. (Ukkonen, Algorithms for approximate string matching, 1985.)
 */
static assay_code sweep(assay_edit *e, const uint32_t *a, size_t na, const uint32_t *b, size_t nb, size_t edits,
			signed char *h, assay_err *err)
{
	const size_t most = nb > ROWS + 2 * edits ? ROWS + 2 * edits : nb;
	const uint64_t steps = ((uint64_t)na + 63) / 64 * most;

	if (steps > e->steps_left)
		return ASSAY_RAISE(err, ASSAY_EFULL, "texts of %zu and %zu symbols are too different", na, nb);
	e->steps_left -= steps;
	memset(h, 1, nb);
	for (size_t i = 0; i < na; i += ROWS) {
		const size_t rows = na - i < ROWS ? na - i : ROWS;
		const size_t low = i > edits ? (i - edits < nb ? i - edits : nb) : 0;
		const size_t high = nb - low > rows + 2 * edits ? low + rows + 2 * edits : nb;

		strip_sweep(e, a + i, rows, b + low, high - low, h + low);
	}
	return ASSAY_OK;
}

/* The distance of all of a to b's first n symbols, of the row that was swept. */
static size_t row_distance(size_t na, const signed char *h, size_t n)
{
	int64_t distance = (int64_t)na;

	for (size_t j = 0; j < n; j++)
		distance += h[j];
	return (size_t)distance;
}

/* What comes out within a narrow band is at least the distance, so it is right when it fits, or says what band does. */
static assay_code distance_of(assay_edit *e, size_t *out, const uint32_t *a, size_t na, const uint32_t *b, size_t nb,
			      signed char *h, assay_err *err)
{
	size_t edits = NARROW + (na > nb ? na - nb : nb - na);

	for (bool right = false; !right; edits = *out) {
		if (sweep(e, a, na, b, nb, edits, h, err) != ASSAY_OK)
			return err->code;
		*out = row_distance(na, h, nb);
		right = *out <= edits;
	}
	return ASSAY_OK;
}

assay_code assay_edit_distance(assay_edit *e, size_t *out, const uint32_t *a, size_t na, const uint32_t *b, size_t nb,
			       assay_err *err)
{
	ASSAY_AUTO_FREE signed char *h = NULL;

	for (; na > 0 && nb > 0 && a[na - 1] == b[nb - 1]; na--)
		nb--;
	for (; na > 0 && nb > 0 && *a == *b; a++, b++, na--)
		nb--;
	h = assay_alloc(nb, sizeof *h);
	if (h == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "row of %zu differences", nb);
	return distance_of(e, out, a, na, b, nb, h, err);
}

/* Alignment: a[i0, i1) with b[j0, j1), which so many edits part, in halves of a until a table of both holds. */
typedef struct part {
	size_t i0, i1, j0, j1;
	size_t edits;
} part;

typedef struct aligner {
	assay_edit *edit;
	const uint32_t *a, *b;
	uint32_t *back_a, *back_b; /* both from their ends */
	size_t na, nb;
	signed char *front, *back; /* a row of differences from either end */
	uint32_t *table;           /* distances of what remains; for CELLS, and for one row of a with all of b */
	uint32_t *enter, *leave;
} aligner;

static void table_fill(const aligner *w, part p)
{
	const size_t rows = p.i1 - p.i0, cols = p.j1 - p.j0, wide = cols + 1;

	for (size_t j = 0; j <= cols; j++)
		w->table[rows * wide + j] = (uint32_t)(cols - j);
	for (size_t i = rows; i-- > 0;) {
		uint32_t *row = w->table + i * wide;

		row[cols] = (uint32_t)(rows - i);
		for (size_t j = cols; j-- > 0;) {
			const uint32_t beside = row[wide + j + 1] + (w->a[p.i0 + i] != w->b[p.j0 + j]);
			const uint32_t apart = (row[j + 1] < row[wide + j] ? row[j + 1] : row[wide + j]) + 1;

			row[j] = beside < apart ? beside : apart;
		}
	}
}

/* The row of the part's end is entered here and left by what comes after it. */
static void table_follow(const aligner *w, part p)
{
	const size_t cols = p.j1 - p.j0, wide = cols + 1;
	size_t j = 0;

	for (size_t i = p.i0; i < p.i1; i++) {
		const uint32_t *row = w->table + (i - p.i0) * wide;

		while (j < cols && row[j] == row[j + 1] + 1)
			j++;
		w->leave[i] = (uint32_t)(p.j0 + j);
		if (j < cols && row[j] == row[wide + j + 1] + (w->a[i] != w->b[p.j0 + j]))
			j++;
		w->enter[i + 1] = (uint32_t)(p.j0 + j);
	}
}

/*
 * The part in two at row `mid`: the chosen way leaves it at the farthest column of those by which the sum of both halves
 * is least.
 */
static assay_code halve(const aligner *w, part p, size_t mid, part half[2], assay_err *err)
{
	const size_t cols = p.j1 - p.j0, above = mid - p.i0, below = p.i1 - mid;
	int64_t sum = 0, least = 0;
	size_t at = 0;
	assay_code rc;

	ASSAY_TRY(sweep(w->edit, w->a + p.i0, above, w->b + p.j0, cols, p.edits, w->front, err));
	ASSAY_TRY(
	    sweep(w->edit, w->back_a + (w->na - p.i1), below, w->back_b + (w->nb - p.j1), cols, p.edits, w->back, err));
	for (size_t j = 0; j < cols; j++) { /* from column j to j + 1 one more is in front and one less behind */
		sum += w->front[j] - w->back[cols - 1 - j];
		if (sum <= least) {
			least = sum;
			at = j + 1;
		}
	}
	half[0] = (part){p.i0, mid, p.j0, p.j0 + at, row_distance(above, w->front, at)};
	half[1] = (part){mid, p.i1, p.j0 + at, p.j1, row_distance(below, w->back, cols - at)};
fail:
	return rc;
}

/* Depth is the logarithm of the rows. The part's first row is entered at j0. */
static assay_code align_part(const aligner *w, part p, assay_err *err) /* NOLINT(misc-no-recursion) */
{
	const size_t rows = p.i1 - p.i0;
	part half[2];
	assay_code rc;

	if (rows <= 1 || (rows + 1) * (p.j1 - p.j0 + 1) <= CELLS) {
		table_fill(w, p);
		table_follow(w, p);
		return ASSAY_OK;
	}
	ASSAY_TRY(halve(w, p, p.i0 + rows / 2, half, err));
	ASSAY_TRY(align_part(w, half[0], err));
	ASSAY_TRY(align_part(w, half[1], err));
fail:
	return rc;
}

static uint32_t *backwards(const uint32_t *s, size_t n)
{
	uint32_t *r = assay_alloc(n, sizeof *r);

	for (size_t i = 0; r != NULL && i < n; i++)
		r[i] = s[n - 1 - i];
	return r;
}

assay_code assay_edit_align(assay_edit *e, uint32_t *enter, uint32_t *leave, const uint32_t *a, size_t na,
			    const uint32_t *b, size_t nb, assay_err *err)
{
	ASSAY_AUTO_FREE uint32_t *back_a = backwards(a, na), *back_b = backwards(b, nb), *table = NULL;
	ASSAY_AUTO_FREE signed char *front = assay_alloc(nb, 1), *back = assay_alloc(nb, 1);
	const size_t cells = CELLS > 2 * (nb + 1) ? CELLS : 2 * (nb + 1);
	size_t edits = 0;

	table = assay_alloc(cells, sizeof *table);
	if (back_a == NULL || back_b == NULL || front == NULL || back == NULL || table == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "alignment of %zu and %zu symbols", na, nb);
	if (distance_of(e, &edits, a, na, b, nb, front, err) != ASSAY_OK)
		return err->code;
	enter[0] = 0;
	leave[na] = (uint32_t)nb;
	if (na == 0)
		return ASSAY_OK;
	return align_part(&(aligner){e, a, b, back_a, back_b, na, nb, front, back, table, enter, leave},
			  (part){0, na, 0, nb, edits}, err);
}
