/* Tables that were read against those that people wrote down. */
#include "table_truth.h"

#include "assay/memory.h"

#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

#define SAME      1000 /* how alike two texts are: 0, or from half of that on */
#define TEXT_MAX  128  /* code points of a text that are compared */
#define PAIRS_MAX ((size_t)4 << 20)
#define STEPS_MAX 400000000 /* cells compared for one pair of tables */
#define UNKNOWN   INT16_MIN

/* A table without empty rows and columns: for each slot the number of its text, 0 for none. */
typedef struct grid {
	uint32_t rows, columns;
	uint32_t *texts;
	int64_t filled;
} grid;

typedef struct scorer {
	const char **texts; /* of both sides, each once, ascending; number 0 is "" */
	size_t count;
	int16_t *alike; /* of each pair of texts; UNKNOWN */
	grid *truth, *read;
	bool *taken;           /* of read */
	const uint32_t *pairs; /* which row of the second table stands beside each of the first */
} scorer;

/* ---------------------------------------------------------------- two texts */

static bool is_mark(const char *s)
{
	static const char *const marks[] = {"-", "=", ".", "_", "~", "--", "..", ":", "*", "+", NULL};

	for (const char *const *m = marks; *m != NULL; m++)
		if (strcmp(s, *m) == 0)
			return true;
	return false;
}

static size_t points_of(int32_t out[TEXT_MAX], const char *s)
{
	size_t n = 0;

	for (utf8proc_ssize_t step; *s != '\0' && n < TEXT_MAX; s += step) {
		step = utf8proc_iterate((const utf8proc_uint8_t *)s, -1, &out[n++]);
		if (step <= 0)
			break;
	}
	return n;
}

static size_t distance(const int32_t *a, size_t n, const int32_t *b, size_t m)
{
	size_t row[TEXT_MAX + 1];

	for (size_t k = 0; k <= m; k++)
		row[k] = k;
	for (size_t i = 0; i < n; i++) {
		size_t corner = i;

		row[0] = i + 1;
		for (size_t k = 0; k < m; k++) {
			const size_t replaced = corner + (a[i] != b[k]);
			const size_t other = (row[k + 1] < row[k] ? row[k + 1] : row[k]) + 1;

			corner = row[k + 1];
			row[k + 1] = replaced < other ? replaced : other;
		}
	}
	return row[m];
}

static int16_t likeness(const char *s, const char *t)
{
	int32_t a[TEXT_MAX], b[TEXT_MAX];
	size_t n, m, longer, d;

	if (is_mark(s) && is_mark(t))
		return SAME;
	n = points_of(a, s);
	m = points_of(b, t);
	longer = n > m ? n : m;
	if (longer == 0 || 2 * (longer - (n < m ? n : m)) > longer)
		return 0;
	d = distance(a, n, b, m);
	if (2 * d > longer)
		return 0;
	return (int16_t)(SAME * (longer - d) / longer);
}

static int16_t alike(const scorer *q, uint32_t a, uint32_t b)
{
	int16_t *known = &q->alike[(size_t)a * q->count + b];

	if (a == 0 || b == 0)
		return 0;
	if (a == b)
		return SAME;
	if (*known == UNKNOWN)
		*known = likeness(q->texts[a], q->texts[b]);
	return *known;
}

/* ---------------------------------------------------------------- two tables */

static int64_t larger(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* The best sum over pairs of columns in order, of two rows. */
static int64_t rows_alike(const scorer *q, const grid *a, uint32_t i, const grid *b, uint32_t k)
{
	int16_t best[TABLE_COLUMNS_MAX + 1]; /* in tenths, so that 256 columns fit */
	const uint32_t *x = &a->texts[(size_t)i * a->columns], *y = &b->texts[(size_t)k * b->columns];

	memset(best, 0, (b->columns + 1) * sizeof *best);
	for (uint32_t c = 0; c < a->columns; c++) {
		int16_t corner = 0;

		for (uint32_t d = 0; d < b->columns; d++) {
			const int16_t both = (int16_t)(corner + alike(q, x[c], y[d]) / 10);

			corner = best[d + 1];
			best[d + 1] = both > corner ? both : corner;
			best[d + 1] = best[d] > best[d + 1] ? best[d] : best[d + 1];
		}
	}
	return best[b->columns];
}

typedef int64_t weigh_fn(const scorer *q, const grid *a, uint32_t i, const grid *b, uint32_t k);

/* Pairs in order with the best sum of weights: which k stands beside each i, UINT32_MAX for none. */
static assay_code align(uint32_t **out, const scorer *q, const grid *a, uint32_t n, const grid *b, uint32_t m,
			weigh_fn *weigh, assay_err *err)
{
	const size_t wide = (size_t)m + 1;
	ASSAY_AUTO_FREE int64_t *best = assay_alloc(((size_t)n + 1) * wide, sizeof *best);
	uint32_t i = n, k = m;

	*out = assay_alloc((size_t)n + 1, sizeof **out);
	if (best == NULL || *out == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "tables side by side");
	for (uint32_t y = 0; y < n; y++)
		for (uint32_t x = 0; x < m; x++)
			best[(y + 1) * wide + x + 1] = larger(best[y * wide + x] + weigh(q, a, y, b, x),
							      larger(best[y * wide + x + 1], best[(y + 1) * wide + x]));
	memset(*out, 0xff, ((size_t)n + 1) * sizeof **out);
	while (i > 0 && k > 0) {
		if (best[i * wide + k] == best[(i - 1) * wide + k])
			i--;
		else if (best[i * wide + k] == best[i * wide + k - 1])
			k--;
		else
			(*out)[--i] = --k;
	}
	return ASSAY_OK;
}

static int64_t columns_alike(const scorer *q, const grid *a, uint32_t c, const grid *b, uint32_t d)
{
	int64_t sum = 0;

	for (uint32_t i = 0; i < a->rows; i++)
		if (q->pairs[i] != UINT32_MAX)
			sum += alike(q, a->texts[(size_t)i * a->columns + c],
				     b->texts[(size_t)q->pairs[i] * b->columns + d]);
	return sum;
}

/* Cells that agree. */
static assay_code agreeing(int64_t *out, scorer *q, const grid *a, const grid *b, assay_err *err)
{
	ASSAY_AUTO_FREE uint32_t *rows = NULL;
	ASSAY_AUTO_FREE uint32_t *columns = NULL;
	assay_code rc;

	*out = 0;
	if ((double)a->rows * b->rows * a->columns * b->columns > STEPS_MAX)
		return ASSAY_RAISE(err, ASSAY_EFULL, "tables of %u and %u rows", a->rows, b->rows);
	rc = align(&rows, q, a, a->rows, b, b->rows, rows_alike, err);
	if (rc != ASSAY_OK)
		return rc;
	q->pairs = rows;
	rc = align(&columns, q, a, a->columns, b, b->columns, columns_alike, err);
	for (uint32_t i = 0; rc == ASSAY_OK && i < a->rows; i++)
		for (uint32_t c = 0; rows[i] != UINT32_MAX && c < a->columns; c++)
			*out +=
			    columns[c] != UINT32_MAX && alike(q, a->texts[(size_t)i * a->columns + c],
							      b->texts[(size_t)rows[i] * b->columns + columns[c]]) > 0;
	q->pairs = NULL;
	return rc;
}

/* ---------------------------------------------------------------- grids */

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static assay_code number_texts(scorer *q, const table_truth *a, const table_truth *b, assay_err *err)
{
	const table_truth *const sides[] = {a, b};
	size_t kept = 1;

	q->texts = assay_alloc(a->count + b->count + 1, sizeof *q->texts);
	if (q->texts == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "texts of tables");
	q->texts[q->count++] = "";
	for (size_t s = 0; s < 2; s++)
		for (size_t i = 0; i < sides[s]->count; i++)
			q->texts[q->count++] = assay_buf_str(&sides[s]->strings) + sides[s]->cells[i].text;
	qsort(q->texts, q->count, sizeof *q->texts, by_text);
	for (size_t i = 1; i < q->count; i++)
		if (strcmp(q->texts[i], q->texts[kept - 1]) != 0)
			q->texts[kept++] = q->texts[i];
	q->count = kept;
	if (q->count * q->count > PAIRS_MAX)
		return ASSAY_RAISE(err, ASSAY_EFULL, "%zu different texts", q->count);
	q->alike = assay_alloc(q->count * q->count, sizeof *q->alike);
	if (q->alike == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "texts of tables");
	for (size_t i = 0; i < q->count * q->count; i++)
		q->alike[i] = UNKNOWN;
	return ASSAY_OK;
}

static uint32_t number_of(const scorer *q, const char *text)
{
	const char **at = bsearch(&text, q->texts, q->count, sizeof *q->texts, by_text);

	return (uint32_t)(at - q->texts);
}

/* Places that are used become 0, 1, 2...; how many there are. */
static uint32_t close_up(uint32_t *places, size_t count)
{
	uint32_t n = 0;

	for (size_t i = 0; i < count; i++)
		places[i] = places[i] != 0 ? n++ : 0;
	return n;
}

static assay_code make_grid(grid *out, const scorer *q, const table_truth *t, uint32_t number, assay_err *err)
{
	uint32_t high = 0, wide = 0;
	ASSAY_AUTO_FREE uint32_t *rows = NULL;
	ASSAY_AUTO_FREE uint32_t *columns = NULL;

	for (size_t i = 0; i < t->count; i++)
		if (t->cells[i].table == number) {
			high = t->cells[i].row >= high ? t->cells[i].row + 1 : high;
			wide = t->cells[i].column >= wide ? t->cells[i].column + 1 : wide;
			out->filled++;
		}
	rows = assay_alloc((size_t)high + 1, sizeof *rows);
	columns = assay_alloc((size_t)wide + 1, sizeof *columns);
	if (rows == NULL || columns == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "tables side by side");
	for (size_t i = 0; i < t->count; i++)
		if (t->cells[i].table == number)
			rows[t->cells[i].row] = columns[t->cells[i].column] = 1;
	out->rows = close_up(rows, high);
	out->columns = close_up(columns, wide);
	out->texts = assay_alloc((size_t)out->rows * out->columns + 1, sizeof *out->texts);
	if (out->texts == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "tables side by side");
	for (size_t i = 0; i < t->count; i++) {
		const table_truth_cell *c = &t->cells[i];

		if (c->table == number)
			out->texts[(size_t)rows[c->row] * out->columns + columns[c->column]] =
			    number_of(q, assay_buf_str(&t->strings) + c->text);
	}
	return ASSAY_OK;
}

static assay_code make_grids(grid **out, const scorer *q, const table_truth *t, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	*out = assay_alloc((size_t)t->tables + 1, sizeof **out);
	if (*out == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "tables side by side");
	for (uint32_t i = 0; i < t->tables && rc == ASSAY_OK; i++)
		rc = make_grid(&(*out)[i], q, t, i, err);
	return rc;
}

static void release_grids(grid *g, uint32_t count)
{
	for (uint32_t i = 0; g != NULL && i < count; i++)
		free(g[i].texts);
	free(g);
}

/* ---------------------------------------------------------------- a page */

/* a of x against b of y, without division; x, y > 0 */
static bool is_more(int64_t a, int64_t x, int64_t b, int64_t y)
{
	return a * y > b * x;
}

static assay_code score_table(table_score *out, scorer *q, const grid *t, uint32_t reads, assay_err *err)
{
	uint32_t best = UINT32_MAX;
	int64_t most = 0;

	for (uint32_t k = 0; k < reads; k++) {
		int64_t right;
		assay_code rc;

		if (q->taken[k] || q->read[k].filled == 0)
			continue;
		rc = agreeing(&right, q, t, &q->read[k], err);
		if (rc != ASSAY_OK)
			return rc;
		if (right == 0 || (best != UINT32_MAX && !is_more(right, t->filled + q->read[k].filled, most,
								  t->filled + q->read[best].filled)))
			continue;
		best = k;
		most = right;
	}
	out->tables++;
	out->cells += t->filled;
	if (best == UINT32_MAX)
		return ASSAY_OK;
	q->taken[best] = true;
	out->right += most;
	out->cells += q->read[best].filled;
	out->columns += q->read[best].columns == t->columns;
	return ASSAY_OK;
}

assay_code table_truth_score(table_score *out, const table_truth *truth, const table_truth *read, assay_err *err)
{
	scorer q = {0};
	assay_code rc;

	*out = (table_score){0};
	ASSAY_TRY(number_texts(&q, truth, read, err));
	ASSAY_TRY(make_grids(&q.truth, &q, truth, err));
	ASSAY_TRY(make_grids(&q.read, &q, read, err));
	q.taken = assay_alloc((size_t)read->tables + 1, sizeof *q.taken);
	if (q.taken == NULL)
		rc = ASSAY_RAISE(err, ASSAY_ENOMEM, "tables side by side");
	for (uint32_t i = 0; i < truth->tables && rc == ASSAY_OK; i++)
		if (q.truth[i].filled > 0)
			rc = score_table(out, &q, &q.truth[i], read->tables, err);
fail:
	release_grids(q.truth, truth->tables);
	release_grids(q.read, read->tables);
	free(q.texts);
	free(q.alike);
	free(q.taken);
	return rc;
}
