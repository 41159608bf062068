#include "grid.h"

#include <string.h>

enum {
	ROWS_A_CELL = 8, /* at most; a cell of a tall frame skips the rows between */
	WORD_BITS = 12,  /* deepest samples that are worked on in words of 16 bits */
	TILE = 4096,     /* columns summed at a time: their sums stay in the first cache */
	NARROW = 16,     /* columns of a cell up to which it is cheaper not to sum each cell by itself */
	SHARP_STEP = 4,  /* rows from one measured row to the next */
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
	bool wider[ASSAY_GRID_COLUMNS];
} columns;

static void find_columns(columns *c, size_t width)
{
	c->narrow = width < ASSAY_GRID_COLUMNS ? 1 : width / ASSAY_GRID_COLUMNS;
	for (size_t i = 0; i < ASSAY_GRID_COLUMNS; i++) {
		c->left[i] = (uint32_t)edge(i, ASSAY_GRID_COLUMNS, width);
		c->right[i] = (uint32_t)edge_after(i, ASSAY_GRID_COLUMNS, width);
		c->wider[i] = c->right[i] - c->left[i] > c->narrow;
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

/* ---------------------------------------------------------------- sums of columns */

/*
 * Sums of 16 bits take 8 rows of up to 12 bits. Two rows at a time: the sums are loaded and stored half as often.
 * Garbage above 12 bits, which no decoder should leave, wraps.
 */
#define SUM_COLUMNS(type, name)                                                                                        \
	static void name##_add(uint16_t *restrict sum, const type *restrict row, size_t n)                             \
	{                                                                                                              \
		for (size_t x = 0; x < n; x++)                                                                         \
			sum[x] = (uint16_t)(sum[x] + row[x]);                                                          \
	}                                                                                                              \
	static void name##_set_two(uint16_t *restrict sum, const type *restrict a, const type *restrict b, size_t n)   \
	{                                                                                                              \
		for (size_t x = 0; x < n; x++)                                                                         \
			sum[x] = (uint16_t)(a[x] + b[x]);                                                              \
	}                                                                                                              \
	static void name##_add_two(uint16_t *restrict sum, const type *restrict a, const type *restrict b, size_t n)   \
	{                                                                                                              \
		for (size_t x = 0; x < n; x++)                                                                         \
			sum[x] = (uint16_t)(sum[x] + a[x] + b[x]);                                                     \
	}                                                                                                              \
	static const type *name##_row(const rows *r, uint32_t i, size_t x)                                             \
	{                                                                                                              \
		return (const type *)(const void *)(r->first + i * r->step) + x;                                       \
	}                                                                                                              \
	static void name(uint16_t *sum, const rows *r, size_t x, size_t n)                                             \
	{                                                                                                              \
		uint32_t i = 0;                                                                                        \
		if (r->count < 2)                                                                                      \
			memset(sum, 0, n * sizeof *sum);                                                               \
		else                                                                                                   \
			name##_set_two(sum, name##_row(r, 0, x), name##_row(r, 1, x), n), i = 2;                       \
		for (; i + 1 < r->count; i += 2)                                                                       \
			name##_add_two(sum, name##_row(r, i, x), name##_row(r, i + 1, x), n);                          \
		if (i < r->count)                                                                                      \
			name##_add(sum, name##_row(r, i, x), n);                                                       \
	}
SUM_COLUMNS(uint8_t, sum_columns8)
SUM_COLUMNS(uint16_t, sum_columns12)

static void sum_columns16(uint32_t *restrict sum, const rows *r, size_t x, size_t n)
{
	memset(sum, 0, n * sizeof *sum);
	for (uint32_t i = 0; i < r->count; i++) {
		const uint16_t *row = (const uint16_t *)(const void *)(r->first + i * r->step) + x;
		for (size_t k = 0; k < n; k++)
			sum[k] += row[k];
	}
}

/* ---------------------------------------------------------------- cells */

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
	else if (f->depth > 8)
		sum_columns12(t->sum.narrow, r, t->at, t->width);
	else
		sum_columns8(t->sum.narrow, r, t->at, t->width);
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

/*
 * Division by the number of a cell's pixels, as a multiplication: n / d = n * (2^43 / d + 1) / 2^43, rounded down, for
 * n * d < 2^43. A sum of d words in sixteenths is below 2^20 * d, so that holds up to d = 2^11 (frames 16384 wide), and
 * the product fits 64 bits. Where it does not hold `times` is 0.
 */
typedef struct divisor {
	uint64_t by, times;
} divisor;

static divisor divide_by(uint64_t d)
{
	const uint64_t by = d > 0 ? d : 1; /* no cell is empty */

	return (divisor){by, by <= 1u << 11 ? (UINT64_C(1) << 43) / by + 1 : 0};
}

static uint64_t quotient(uint64_t n, const divisor *d)
{
	return d->times != 0 ? (n * d->times) >> 43 : n / d->by;
}

static void fill_row(uint16_t *out, const assay_frame *f, const rows *r, const columns *c)
{
	const divisor pixels[2] = {divide_by(r->count * c->narrow), divide_by(r->count * (c->narrow + 1))};
	const unsigned shift = f->depth - 8u;
	uint64_t cells[ASSAY_GRID_COLUMNS] = {0};

	sum_cells(cells, f, r, c);
	for (size_t i = 0; i < ASSAY_GRID_COLUMNS; i++)
		out[i] = (uint16_t)(quotient(cells[i] * ASSAY_GRID_ONE, &pixels[c->wider[i]]) >> shift);
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

static void fill_narrow_row(uint16_t *out, const assay_frame *f, const rows *r, const columns *c)
{
	const divisor pixels[2] = {divide_by(r->count * c->narrow), divide_by(r->count * (c->narrow + 1))};
	const unsigned shift = 43u + f->depth - 8u;
	uint32_t upto[ASSAY_GRID_COLUMNS * NARROW + 1];
	tile t;

	t.at = 0;
	t.width = f->width;
	sum_tile(&t, f, r);
	if (t.wide)
		running_sums32(upto, t.sum.wide, f->width);
	else
		running_sums16(upto, t.sum.narrow, f->width);
	for (size_t i = 0; i < ASSAY_GRID_COLUMNS; i++) {
		const uint64_t sum = upto[c->right[i]] - upto[c->left[i]];
		out[i] = (uint16_t)((sum * ASSAY_GRID_ONE * pixels[c->wider[i]].times) >> shift);
	}
}

void assay_grid_fill(assay_grid *out, const assay_frame *f)
{
	columns c;

	find_columns(&c, f->width);
	for (size_t j = 0; j < ASSAY_GRID_ROWS; j++) {
		const rows r = rows_of_cell(f, j);
		uint16_t *row = &out->cell[j * ASSAY_GRID_COLUMNS];

		if (f->width <= ASSAY_GRID_COLUMNS * NARROW)
			fill_narrow_row(row, f, &r, &c);
		else
			fill_row(row, f, &r, &c);
	}
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

/* ---------------------------------------------------------------- sharpness */

/*
 * |4p - l - r - u - d|, eight at a time in words of 16 bits: 4 * 4095 fits with its sign, so this serves up to 12 bits.
 * Written out, since what gcc 12 makes of the plain loop takes twice as long.
 */
typedef uint16_t words __attribute__((vector_size(16)));
typedef int16_t signed_words __attribute__((vector_size(16)));
typedef uint32_t sums __attribute__((vector_size(16)));

enum { LANES = 8 };

static inline words load(const void *p)
{
	words w;

	memcpy(&w, p, sizeof w);
	return w;
}

static inline words magnitude(words d)
{
	const words sign = (words)((signed_words)d >> 15);

	return (d ^ sign) - sign;
}

/* Each sum takes two neighbouring words: which is which does not matter to what they add up to. */
static inline sums add_words(sums s, words w)
{
	return s + ((sums)w & 0xffff) + ((sums)w >> 16);
}

static inline uint64_t total_of(sums s)
{
	return (uint64_t)s[0] + s[1] + s[2] + s[3];
}

/* Pixels at x, x + 2 ... and at x + 1, x + 3 ... in a word each. At most 2 * 1020. */
static inline words laplacian16(const uint8_t *up, const uint8_t *at, const uint8_t *down)
{
	const words p = load(at);
	const words u = load(up);
	const words d = load(down);
	const words even = p & 0xff;
	const words odd = p >> 8;

	return magnitude((even << 2) - (load(at - 1) & 0xff) - odd - (u & 0xff) - (d & 0xff)) +
	       magnitude((odd << 2) - even - (load(at + 1) >> 8) - (u >> 8) - (d >> 8));
}

static uint64_t row_sharpness8(const uint8_t *up, const uint8_t *at, const uint8_t *down, size_t n)
{
	uint64_t total = 0;
	size_t x = 1;

	while (x + 2 * LANES <= n) {
		const size_t stop = x + 64 * LANES < n ? x + 64 * LANES : n; /* 32 times 2 * 1020 */
		words w = {0};

		for (; x + 2 * LANES <= stop; x += 2 * LANES)
			w += laplacian16(up + x, at + x, down + x);
		total += total_of(add_words((sums){0}, w));
	}
	for (; x < n; x++) {
		const int32_t d = 4 * at[x] - at[x - 1] - at[x + 1] - up[x] - down[x];
		total += (uint32_t)(d < 0 ? -d : d);
	}
	return total;
}

/* The columns that fill whole vectors; returns where they end. */
static size_t row_sharpness12(uint64_t *total, const uint16_t *up, const uint16_t *at, const uint16_t *down, size_t n)
{
	size_t x = 1;

	while (x + LANES <= n) {
		const size_t stop = x + 8192 * LANES < n ? x + 8192 * LANES : n;
		sums s = {0};

		for (; x + LANES <= stop; x += LANES)
			s = add_words(s, magnitude((load(at + x) << 2) - load(at + x - 1) - load(at + x + 1) -
						   load(up + x) - load(down + x)));
		*total += total_of(s);
	}
	return x;
}

/* Words of any depth: up to 2^18 each, so 1024 of them fit 32 bits. */
static uint64_t row_sharpness16(const uint16_t *up, const uint16_t *at, const uint16_t *down, size_t n, uint8_t depth)
{
	uint64_t total = 0;
	size_t x = depth <= WORD_BITS ? row_sharpness12(&total, up, at, down, n) : 1;

	while (x < n) {
		const size_t stop = x + 1024 < n ? x + 1024 : n;
		uint32_t sum = 0;
		for (; x < stop; x++) {
			const int32_t d = 4 * at[x] - at[x - 1] - at[x + 1] - up[x] - down[x];
			sum += (uint32_t)(d < 0 ? -d : d);
		}
		total += sum;
	}
	return total;
}

uint32_t assay_sharpness(const assay_frame *f)
{
	const ptrdiff_t s = f->stride;
	uint64_t sum = 0;
	uint64_t count = 0;

	if (f->width < 3 || f->height < 3)
		return 0;
	for (uint32_t y = 1; y + 1 < f->height; y += SHARP_STEP) {
		const uint8_t *row = f->luma + (ptrdiff_t)y * s;
		if (f->depth > 8)
			sum += row_sharpness16((const uint16_t *)(const void *)(row - s),
					       (const uint16_t *)(const void *)row,
					       (const uint16_t *)(const void *)(row + s), f->width - 1, f->depth);
		else
			sum += row_sharpness8(row - s, row, row + s, f->width - 1);
		count += f->width - 2;
	}
	return (uint32_t)(((sum * 100) >> (f->depth - 8u)) / count);
}
