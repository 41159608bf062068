#include "table_digits.h"

#include "assay/memory.h"

#include <stdlib.h>
#include <string.h>

#define SIGNS  8    /* of a text that may be a number */
#define SURE   9000 /* hundredths of a percent: a text that is as sure stays */
#define ENOUGH 4000 /* of a reading that knows digits alone: what else could it have said */
#define LITTLE 1500 /* the same, where the column and the size of the ink speak for a number as well */
#define ALIKE  3    /* numbers of as many digits, before the size of their ink says something */

/* What the numbers of a column look like. */
typedef struct form {
	size_t decimals;
	bool percent;
} form;

typedef struct number {
	const table_cell *cell;
	size_t text; /* offset in table_texts.numbers */
	int32_t confidence;
} number;

typedef struct reading {
	const table_reader *r;
	table_texts *texts;
	number *items;
	size_t count, cap;
	size_t looks;
	size_t points; /* numbers that have ink of one before them */
} reading;

/* ---------------------------------------------------------------- columns */

static const table_cell *body_cell(const table *t, uint32_t row, uint32_t column)
{
	const table_cell *c = table_at(t, row, column);

	return c->row == row && c->column == column && c->rows == 1 && c->columns == 1 && c->words > 0 ? c : NULL;
}

/* How many cells below the heads are numbers, and how many are something else; `but` is not counted. */
typedef struct census {
	uint32_t numbers, others;
} census;

static census count_column(const table *t, uint32_t column, const table_cell *but)
{
	census n = {0};

	for (uint32_t r = t->head; r < t->rows; r++) {
		const table_cell *c = body_cell(t, r, column);

		if (c == NULL || c == but || c->type == TABLE_NONE)
			continue;
		n.numbers += table_type_is_number(c->type);
		n.others += !table_type_is_number(c->type);
	}
	return n;
}

static bool is_of_numbers(const table *t, uint32_t column)
{
	const census n = count_column(t, column, NULL);

	return n.numbers >= 3 && n.numbers >= 2 * n.others;
}

/* All but a tenth of the other cells are numbers. */
static bool is_but_numbers(const table *t, const table_cell *c)
{
	const census n = count_column(t, c->column, c);

	return n.numbers >= 5 && n.numbers >= 9 * n.others;
}

static form form_of(const char *text)
{
	const char *point = strrchr(text, '.');

	return (form){point != NULL ? strspn(point + 1, "0123456789") : 0, strchr(text, '%') != NULL};
}

/* A third of the column's numbers are of this form. */
static bool is_usual(const table *t, uint32_t column, form f)
{
	uint32_t same = 0, all = 0;

	for (uint32_t r = t->head; r < t->rows; r++) {
		const table_cell *c = body_cell(t, r, column);
		form other;

		if (c == NULL || !table_type_is_number(c->type))
			continue;
		other = form_of(table_text(t, c));
		same += other.decimals == f.decimals && other.percent == f.percent;
		all++;
	}
	return 3 * same >= all;
}

/* ---------------------------------------------------------------- the size of the ink */

static size_t digits_of(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += *text >= '0' && *text <= '9';
	return n;
}

static bool is_near(int64_t a, int64_t b)
{
	return 8 * llabs(a - b) <= (a < b ? b : a) + 8;
}

/* As wide and high, up to an eighth, as most of the column's numbers that are `size` bytes and so many digits long. */
static bool has_its_size(const table *t, const table_cell *c, const char *text)
{
	const size_t size = strlen(text), count = digits_of(text);
	uint32_t near = 0, all = 0;

	for (uint32_t r = t->head; r < t->rows; r++) {
		const table_cell *o = body_cell(t, r, c->column);

		if (o == NULL || o == c || !table_type_is_number(o->type) || o->size != size ||
		    digits_of(table_text(t, o)) != count)
			continue;
		near +=
		    is_near(o->right - o->left, c->right - c->left) && is_near(o->bottom - o->top, c->bottom - c->top);
		all++;
	}
	return all >= ALIKE && 2 * near > all;
}

/* ---------------------------------------------------------------- a cell */

static bool is_odd(const table *t, const table_cell *c)
{
	size_t signs = 0;

	for (const char *s = table_text(t, c); *s != '\0'; s++)
		signs += ((unsigned char)*s & 0xc0) != 0x80;
	return c->type == TABLE_TEXT && signs <= SIGNS && c->least < SURE;
}

/* 05 is a number that has lost its point. */
static bool is_number(const char *s)
{
	return table_type_is_number(table_type_of(s, strlen(s))) && !(s[0] == '0' && s[1] >= '0' && s[1] <= '9');
}

/* Ink of a point stands at the foot of the cell, before all else in it: recognition leaves out the first sign of .5 */
static bool has_first_point(const table_marks *m, const table_cell *c)
{
	const int32_t quarter = (c->bottom - c->top) / 4;
	size_t low = 0, high = m->point_count;

	while (low < high) {
		const size_t mid = low + (high - low) / 2;

		if (m->points[mid].top < c->bottom - 2 * quarter)
			low = mid + 1;
		else
			high = mid;
	}
	for (; low < m->point_count && m->points[low].top < c->bottom; low++) {
		const table_mark *p = &m->points[low];

		if (p->left >= c->left - 1 && p->right <= c->left + 2 * quarter &&
		    p->bottom >= c->bottom - quarter / 2 && p->bottom <= c->bottom + quarter / 2)
			return true;
	}
	return false;
}

/* A number of the form that the column has stands for the cell, with the point that may be before it. */
static assay_code take(reading *q, const table *t, const table_cell *c, const char *text, int32_t confidence,
		       assay_err *err)
{
	const size_t at = q->texts->numbers.len;
	const bool point = text[0] != '.' && form_of(text).decimals == 0 && has_first_point(&q->r->page->marks, c);
	assay_code rc;

	assay_buf_printf(&q->texts->numbers, "%s%s", point ? "." : "", text);
	rc = assay_buf_check(&q->texts->numbers, err);
	if (rc != ASSAY_OK)
		return rc;
	text = assay_buf_str(&q->texts->numbers) + at;
	if (!is_number(text) || !is_usual(t, c->column, form_of(text)) || strcmp(text, table_text(t, c)) == 0) {
		q->texts->numbers.len = at;
		return ASSAY_OK;
	}
	rc = assay_grow(&q->items, &q->cap, q->count, sizeof *q->items, err);
	if (rc == ASSAY_OK)
		q->items[q->count++] = (number){c, at, confidence};
	assay_buf_putc(&q->texts->numbers, '\0');
	return rc == ASSAY_OK ? assay_buf_check(&q->texts->numbers, err) : rc;
}

/* The number that both ways come to, and how sure the less sure one is; false: they differ, or it is not enough. */
static bool agree(const assay_word **out, const ocr_words w[TABLE_LINE_WAYS], const table *t, const table_cell *c)
{
	int32_t least = INT32_MAX;
	bool all = true;

	*out = NULL;
	for (unsigned way = 0; way < TABLE_LINE_WAYS; way++) {
		const assay_word *one = w[way].items;

		all = all && w[way].count > 0;
		if (w[way].count == 0)
			continue;
		if (w[way].count > 1 || (*out != NULL && strcmp((*out)->text, one->text) != 0))
			return false;
		least = one->confidence < least ? one->confidence : least;
		*out = *out == NULL ? one : *out;
	}
	return (all && least >= ENOUGH) ||
	       (*out != NULL && least >= LITTLE && is_but_numbers(t, c) && has_its_size(t, c, (*out)->text));
}

static assay_code read_cell(reading *q, const table *t, const table_cell *c, assay_err *err)
{
	const table_mark m = {c->left, c->top, c->right, c->bottom, false, false};
	ocr_words w[TABLE_LINE_WAYS] = {{0}};
	const assay_word *best;
	assay_code rc = ASSAY_OK;

	q->looks++;
	for (unsigned way = 0; way < TABLE_LINE_WAYS && rc == ASSAY_OK; way++)
		rc = table_line_read(&w[way], q->r, &m, &m, way, err);
	if (rc == ASSAY_OK && agree(&best, w, t, c))
		rc = take(q, t, c, best->text, best->confidence, err);
	for (unsigned way = 0; way < TABLE_LINE_WAYS; way++)
		ocr_words_release(&w[way]);
	return rc;
}

static assay_code read_column(reading *q, const table *t, uint32_t column, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (uint32_t r = t->head; r < t->rows && q->looks < TABLE_DIGITS_MAX && rc == ASSAY_OK; r++) {
		const table_cell *c = body_cell(t, r, column);

		if (c != NULL && is_odd(t, c))
			rc = read_cell(q, t, c, err);
		else if (c != NULL && table_type_is_number(c->type) && q->points < TABLE_DIGITS_MAX &&
			 has_first_point(&q->r->page->marks, c)) {
			q->points++;
			rc = take(q, t, c, table_text(t, c), c->confidence, err);
		}
	}
	return rc;
}

static assay_code read_all(reading *q, const tables *found, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < found->count; i++)
		for (uint32_t k = 0; k < found->items[i].columns && rc == ASSAY_OK; k++)
			if (is_of_numbers(&found->items[i], k))
				rc = read_column(q, &found->items[i], k, err);
	return rc;
}

/* ---------------------------------------------------------------- words */

static bool is_in(const assay_word *w, const table_cell *c)
{
	const int64_t x = ((int64_t)w->left + w->right) / 2, y = ((int64_t)w->top + w->bottom) / 2;

	return x >= c->left && x < c->right && y >= c->top && y < c->bottom;
}

/* The first word of the cell becomes the number, the others go. */
static void put(table_texts *texts, const number *n)
{
	size_t kept = 0;
	bool is_there = false;

	for (size_t i = 0; i < texts->words.count; i++) {
		assay_word w = texts->items[i];

		if (is_in(&w, n->cell)) {
			if (is_there)
				continue;
			is_there = true;
			w.left = n->cell->left;
			w.top = n->cell->top;
			w.right = n->cell->right;
			w.bottom = n->cell->bottom;
			w.text = assay_buf_str(&texts->numbers) + n->text;
			w.confidence = n->confidence;
		}
		texts->items[kept++] = w;
	}
	texts->words.count = kept;
}

assay_code table_digits(table_texts *texts, const table_reader *r, const tables *found, int64_t *taken, assay_err *err)
{
	reading q = {.r = r, .texts = texts};
	assay_code rc;

	(void)TessBaseAPISetVariable(r->api, "tessedit_char_whitelist", "0123456789.,-+%()");
	rc = read_all(&q, found, err);
	(void)TessBaseAPISetVariable(r->api, "tessedit_char_whitelist", "");
	for (size_t i = 0; i < q.count && rc == ASSAY_OK; i++)
		put(texts, &q.items[i]);
	texts->marks += (int64_t)q.looks;
	*taken = (int64_t)q.count;
	free(q.items);
	return rc;
}
