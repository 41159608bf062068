#include "grid.h"

#include <emmintrin.h> /* SSE2, which every x86-64 has */
#include <string.h>

enum {
	ROWS_A_CELL = 8, /* at most; a cell of a tall frame skips the rows between */
	BLOCK = 16,      /* bytes of a vector */
	WORD_BITS = 12,  /* deepest samples that are worked on in words of 16 bits */
	TILE = 4096,     /* columns summed at a time: their sums stay in the first cache */
	NARROW = 16,     /* columns of a cell up to which it is cheaper not to sum each cell by itself */
};

static size_t edge(size_t i, size_t cells, size_t size)
{
	return i * size / cells;
}

static size_t edge_after(size_t i, size_t cells, size_t size)
{
	const size_t from = edge(i, cells, size);
	const size_t to = edge(i + 1, cells, size);

	return to > from ? to : from + 1;
}

/* Where the cells of a row lie. They are of two widths at most: `narrow` columns and one more. */
typedef struct columns {
	size_t narrow;
	uint32_t left[ASSAY_GRID_COLUMNS], right[ASSAY_GRID_COLUMNS];
	uint32_t wider[ASSAY_GRID_COLUMNS]; /* all ones where there is one more */
} columns;

static void find_columns(columns *c, size_t width)
{
	c->narrow = width < ASSAY_GRID_COLUMNS ? 1 : width / ASSAY_GRID_COLUMNS;
	for (size_t i = 0; i < ASSAY_GRID_COLUMNS; i++) {
		c->left[i] = (uint32_t)edge(i, ASSAY_GRID_COLUMNS, width);
		c->right[i] = (uint32_t)edge_after(i, ASSAY_GRID_COLUMNS, width);
		c->wider[i] = c->right[i] - c->left[i] > c->narrow ? UINT32_MAX : 0;
	}
}

/* The rows of a cell that are read: `count` of them, `step` apart. */
typedef struct rows {
	const uint8_t *first;
	ptrdiff_t step; /* bytes */
	uint32_t count;
} rows;

static rows rows_of_cell(const assay_frame *f, size_t j)
{
	const size_t top = edge(j, ASSAY_GRID_ROWS, f->height);
	const size_t height = edge_after(j, ASSAY_GRID_ROWS, f->height) - top;
	const size_t step = (height + ROWS_A_CELL - 1) / ROWS_A_CELL;

	return (rows){f->luma + (ptrdiff_t)top * f->stride, (ptrdiff_t)step * f->stride,
		      (uint32_t)((height + step - 1) / step)};
}

/* ---------------------------------------------------------------- means */

/*
 * Division by the number of a cell's pixels, as a multiplication: n / d = n * (2^k / d + 1) / 2^k, rounded down, for
 * n * d < 2^k. A sum of d samples in sixteenths is below 2^(4 + depth) * d. For 8 bits, k = 31, which vectors can do,
 * serves up to d = 724 (frames 5700 wide); for all depths k = 43 up to d = 2^11 (16384 wide), and the product fits 64
 * bits. Beyond that cells are divided.
 */
enum { BYTES_SHIFT = 31, BYTES_MOST = 724, WORDS_SHIFT = 43, WORDS_MOST = 1 << 11 };

/* For the cells of `narrow` columns and for those with one more. */
typedef struct divisors {
	uint32_t rows; /* of a cell; 0: not made yet */
	unsigned shift;
	uint64_t by[2], times[2]; /* times: 0 where cells are divided */
} divisors;

static void find_divisors(divisors *d, const columns *c, uint32_t count, bool bytes)
{
	const uint64_t most = count * (c->narrow + 1);

	if (d->rows == count)
		return;
	*d = (divisors){.rows = count, .shift = bytes && most <= BYTES_MOST ? BYTES_SHIFT : WORDS_SHIFT};
	for (size_t i = 0; i < 2; i++) {
		d->by[i] = count * (c->narrow + i);
		d->times[i] = most <= WORDS_MOST ? (UINT64_C(1) << d->shift) / d->by[i] + 1 : 0;
	}
}

static void means_of_words(uint16_t *out, const uint64_t *sums, const columns *c, const divisors *d,
			   unsigned extra_bits)
{
	for (size_t i = 0; i < ASSAY_GRID_COLUMNS; i++) {
		const uint64_t n = sums[i] * ASSAY_GRID_ONE;
		const size_t which = c->wider[i] & 1;
		const uint64_t mean = d->times[which] != 0 ? (n * d->times[which]) >> d->shift : n / d->by[which];

		out[i] = (uint16_t)(mean >> extra_bits);
	}
}

/* Products of 32 bits by 32. */
static void means_of_bytes(uint16_t *restrict out, const uint64_t *restrict sums, const columns *c, const divisors *d)
{
	const uint32_t times = (uint32_t)d->times[0];
	const uint32_t more = (uint32_t)d->times[1] - times;

	for (size_t i = 0; i < ASSAY_GRID_COLUMNS; i++) {
		const uint32_t n = (uint32_t)sums[i] * ASSAY_GRID_ONE;
		const uint32_t factor = times + (c->wider[i] & more);

		out[i] = (uint16_t)((uint64_t)n * factor >> BYTES_SHIFT);
	}
}

/* ---------------------------------------------------------------- cells of bytes */

static inline __m128i load_bytes(const uint8_t *p)
{
	return _mm_loadu_si128((const __m128i *)(const void *)p);
}

/* A part of a row that is cut out of 16 bytes, or of 8 that begin half a vector: where they begin, and the mask. */
typedef struct cutting {
	size_t at;
	const uint8_t *mask;
} cutting;

/*
 * n bytes from x on are read together with what follows them in the row or, at its end, with what comes before: nothing
 * beside the row is read.
 */
static cutting cut(size_t x, size_t n, size_t size, size_t width)
{
	static const uint8_t border[3 * BLOCK] = {[BLOCK] = 255, 255, 255, 255, 255, 255, 255, 255,
						  255,           255, 255, 255, 255, 255, 255, 255};

	if (x + size <= width)
		return (cutting){x, border + 2 * BLOCK - n};
	return (cutting){x + n - size, border + BLOCK + n - size};
}

/* A cell: blocks of 16 columns, and what is left over. */
typedef struct strip {
	size_t left, blocks, rest;
	__m128i mask;
} strip;

static strip strip_of(const columns *c, size_t i, size_t width)
{
	const size_t blocks = (c->right[i] - c->left[i]) / BLOCK;
	const size_t x = c->left[i] + blocks * BLOCK;
	const cutting rest = cut(x, c->right[i] - x, BLOCK, width);

	return (strip){c->left[i], blocks, rest.at, load_bytes(rest.mask)};
}

static inline __m128i sum_block(const rows *r, size_t at, __m128i mask)
{
	const __m128i zero = _mm_setzero_si128();
	const uint8_t *p = r->first + at;
	__m128i sum = zero;

	for (uint32_t i = 0; i < r->count; i++, p += r->step)
		sum = _mm_add_epi64(sum, _mm_sad_epu8(_mm_and_si128(load_bytes(p), mask), zero));
	return sum;
}

static void sum_strips(uint64_t *sums, const strip *strips, const rows *r)
{
	for (size_t i = 0; i < ASSAY_GRID_COLUMNS; i++) {
		const strip *s = &strips[i];
		__m128i sum = sum_block(r, s->rest, s->mask);

		for (size_t k = 0; k < s->blocks; k++)
			sum = _mm_add_epi64(sum, sum_block(r, s->left + k * BLOCK, _mm_set1_epi8(-1)));
		sums[i] = (uint64_t)(_mm_cvtsi128_si64(sum) + _mm_cvtsi128_si64(_mm_unpackhi_epi64(sum, sum)));
	}
}

/* Two cells of up to 8 columns, each in a half of a vector. */
typedef struct pair {
	size_t at[2];
	__m128i mask;
} pair;

static inline __m128i load_halves(const uint8_t *low, const uint8_t *high)
{
	return _mm_unpacklo_epi64(_mm_loadl_epi64((const __m128i *)(const void *)low),
				  _mm_loadl_epi64((const __m128i *)(const void *)high));
}

static pair pair_of(const columns *c, size_t i, size_t width)
{
	const cutting a = cut(c->left[i], c->right[i] - c->left[i], BLOCK / 2, width);
	const cutting b = cut(c->left[i + 1], c->right[i + 1] - c->left[i + 1], BLOCK / 2, width);

	return (pair){{a.at, b.at}, load_halves(a.mask, b.mask)};
}

static void sum_pairs(uint64_t *sums, const pair *pairs, const rows *r)
{
	const __m128i zero = _mm_setzero_si128();

	for (size_t i = 0; i < ASSAY_GRID_COLUMNS / 2; i++) {
		const uint8_t *low = r->first + pairs[i].at[0];
		const uint8_t *high = r->first + pairs[i].at[1];
		__m128i sum = zero;

		for (uint32_t k = 0; k < r->count; k++, low += r->step, high += r->step)
			sum = _mm_add_epi64(sum,
					    _mm_sad_epu8(_mm_and_si128(load_halves(low, high), pairs[i].mask), zero));
		_mm_storeu_si128((__m128i *)(void *)&sums[2 * i], sum);
	}
}

/* Of rows that are shorter than two blocks. */
static void sum_few(uint64_t *sums, const columns *c, const rows *r)
{
	memset(sums, 0, ASSAY_GRID_COLUMNS * sizeof *sums);
	for (uint32_t k = 0; k < r->count; k++)
		for (size_t i = 0; i < ASSAY_GRID_COLUMNS; i++)
			for (size_t x = c->left[i]; x < c->right[i]; x++)
				sums[i] += r->first[k * r->step + (ptrdiff_t)x];
}

/* What the cells of a row are made of; which of the two depends on how wide they are. */
typedef struct plan {
	enum { FEW, PAIRS, STRIPS } how;
	union {
		pair pairs[ASSAY_GRID_COLUMNS / 2];
		strip strips[ASSAY_GRID_COLUMNS];
	} of;
} plan;

static void make_plan(plan *p, const columns *c, size_t width)
{
	p->how = width < 2 * BLOCK ? FEW : width <= ASSAY_GRID_COLUMNS * BLOCK / 2 ? PAIRS : STRIPS;
	for (size_t i = 0; p->how == PAIRS && i < ASSAY_GRID_COLUMNS / 2; i++)
		p->of.pairs[i] = pair_of(c, 2 * i, width);
	for (size_t i = 0; p->how == STRIPS && i < ASSAY_GRID_COLUMNS; i++)
		p->of.strips[i] = strip_of(c, i, width);
}

static void sum_bytes(uint64_t *sums, const plan *p, const columns *c, const rows *r)
{
	if (p->how == STRIPS)
		sum_strips(sums, p->of.strips, r);
	else if (p->how == PAIRS)
		sum_pairs(sums, p->of.pairs, r);
	else
		sum_few(sums, c, r);
}

static void fill_from_bytes(assay_grid *out, const assay_frame *f, const columns *c)
{
	divisors d = {0};
	plan p;

	make_plan(&p, c, f->width);
	for (size_t j = 0; j < ASSAY_GRID_ROWS; j++) {
		const rows r = rows_of_cell(f, j);
		uint64_t sums[ASSAY_GRID_COLUMNS];

		sum_bytes(sums, &p, c, &r);
		find_divisors(&d, c, r.count, true);
		if (d.shift == BYTES_SHIFT)
			means_of_bytes(&out->cell[j * ASSAY_GRID_COLUMNS], sums, c, &d);
		else
			means_of_words(&out->cell[j * ASSAY_GRID_COLUMNS], sums, c, &d, 0);
	}
}

/* ---------------------------------------------------------------- cells of words: sums of columns */

static const uint16_t *words_of(const rows *r, uint32_t i, size_t x)
{
	return (const uint16_t *)(const void *)(r->first + i * r->step) + x;
}

static void add_row(uint16_t *restrict sum, const uint16_t *restrict row, size_t n)
{
	for (size_t x = 0; x < n; x++)
		sum[x] = (uint16_t)(sum[x] + row[x]);
}

static void add_two_rows(uint16_t *restrict sum, const uint16_t *restrict a, const uint16_t *restrict b, size_t n)
{
	for (size_t x = 0; x < n; x++)
		sum[x] = (uint16_t)(sum[x] + a[x] + b[x]);
}

/*
 * Sums of 16 bits take 8 rows of up to 12 bits. Two rows at a time: the sums are loaded and stored half as often.
 * Garbage above 12 bits, which no decoder should leave, wraps.
 */
static void sum_columns12(uint16_t *sum, const rows *r, size_t x, size_t n)
{
	uint32_t i = 0;

	memset(sum, 0, n * sizeof *sum);
	for (; i + 1 < r->count; i += 2)
		add_two_rows(sum, words_of(r, i, x), words_of(r, i + 1, x), n);
	if (i < r->count)
		add_row(sum, words_of(r, i, x), n);
}

static void sum_columns16(uint32_t *restrict sum, const rows *r, size_t x, size_t n)
{
	memset(sum, 0, n * sizeof *sum);
	for (uint32_t i = 0; i < r->count; i++) {
		const uint16_t *row = words_of(r, i, x);

		for (size_t k = 0; k < n; k++)
			sum[k] += row[k];
	}
}

typedef struct tile {
	size_t at, width; /* columns */
	bool wide;        /* which of the two */
	union {
		uint16_t narrow[TILE];
		uint32_t wide[TILE];
	} sum;
} tile;

static void sum_tile(tile *t, const assay_frame *f, const rows *r)
{
	t->wide = f->depth > WORD_BITS;
	if (t->wide)
		sum_columns16(t->sum.wide, r, t->at, t->width);
	else
		sum_columns12(t->sum.narrow, r, t->at, t->width);
}

/* At most 8 * 65535 * TILE. */
#define SPAN_SUM(name, type)                                                                                           \
	static uint32_t name(const type *sum, size_t from, size_t to)                                                  \
	{                                                                                                              \
		uint32_t s = 0;                                                                                        \
		for (size_t x = from; x < to; x++)                                                                     \
			s += sum[x];                                                                                   \
		return s;                                                                                              \
	}
SPAN_SUM(span_sum16, uint16_t)
SPAN_SUM(span_sum32, uint32_t)

/* What the tile's columns add to the cells of the row; small frames have cells that share columns. */
static void add_to_cells(uint64_t *cells, const tile *t, const columns *c)
{
	const size_t end = t->at + t->width;

	for (size_t i = 0; i < ASSAY_GRID_COLUMNS; i++) {
		const size_t from = c->left[i] > t->at ? c->left[i] : t->at;
		const size_t to = c->right[i] < end ? c->right[i] : end;

		if (from < to)
			cells[i] += t->wide ? span_sum32(t->sum.wide, from - t->at, to - t->at)
					    : span_sum16(t->sum.narrow, from - t->at, to - t->at);
	}
}

static void sum_cells(uint64_t *cells, const assay_frame *f, const rows *r, const columns *c)
{
	tile t;

	for (t.at = 0; t.at < f->width; t.at += TILE) {
		t.width = f->width - t.at < TILE ? f->width - t.at : TILE;
		sum_tile(&t, f, r);
		add_to_cells(cells, &t, c);
	}
}

static void fill_row(uint16_t *out, const assay_frame *f, const rows *r, const columns *c, const divisors *d)
{
	uint64_t cells[ASSAY_GRID_COLUMNS] = {0};

	sum_cells(cells, f, r, c);
	means_of_words(out, cells, c, d, f->depth - 8u);
}

/*
 * The same where cells have few columns and each one's loop would cost more to begin than to run: by sums that run
 * along the row. They fit: 8 rows of NARROW words a cell, in sixteenths after the difference is taken.
 */
#define RUNNING_SUMS(name, type)                                                                                       \
	static void name(uint32_t *upto, const type *sum, size_t n)                                                    \
	{                                                                                                              \
		uint32_t s = 0;                                                                                        \
		for (size_t x = 0; x < n; x++) {                                                                       \
			upto[x] = s;                                                                                   \
			s += sum[x];                                                                                   \
		}                                                                                                      \
		upto[n] = s;                                                                                           \
	}
RUNNING_SUMS(running_sums16, uint16_t)
RUNNING_SUMS(running_sums32, uint32_t)

static void fill_narrow_row(uint16_t *out, const assay_frame *f, const rows *r, const columns *c, const divisors *d)
{
	uint32_t upto[ASSAY_GRID_COLUMNS * NARROW + 1];
	uint64_t sums[ASSAY_GRID_COLUMNS];
	tile t;

	t.at = 0;
	t.width = f->width;
	sum_tile(&t, f, r);
	if (t.wide)
		running_sums32(upto, t.sum.wide, f->width);
	else
		running_sums16(upto, t.sum.narrow, f->width);
	for (size_t i = 0; i < ASSAY_GRID_COLUMNS; i++)
		sums[i] = upto[c->right[i]] - upto[c->left[i]];
	means_of_words(out, sums, c, d, f->depth - 8u);
}

static void fill_from_words(assay_grid *out, const assay_frame *f, const columns *c)
{
	divisors d = {0};

	for (size_t j = 0; j < ASSAY_GRID_ROWS; j++) {
		const rows r = rows_of_cell(f, j);
		uint16_t *row = &out->cell[j * ASSAY_GRID_COLUMNS];

		find_divisors(&d, c, r.count, false);
		if (f->width <= ASSAY_GRID_COLUMNS * NARROW)
			fill_narrow_row(row, f, &r, c, &d);
		else
			fill_row(row, f, &r, c, &d);
	}
}

void assay_grid_fill(assay_grid *out, const assay_frame *f)
{
	columns c;

	find_columns(&c, f->width);
	if (f->depth == 8)
		fill_from_bytes(out, f, &c);
	else
		fill_from_words(out, f, &c);
}

uint32_t assay_grid_distance(const assay_grid *a, const assay_grid *b)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < ASSAY_GRID_CELLS; i++) {
		const int32_t d = (int32_t)a->cell[i] - (int32_t)b->cell[i];
		sum += (uint32_t)(d < 0 ? -d : d);
	}
	return sum;
}

uint32_t assay_grid_sum(const assay_grid *g)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < ASSAY_GRID_CELLS; i++)
		sum += g->cell[i];
	return sum;
}
