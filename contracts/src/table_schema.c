#include "assay/table_schema.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define FOLDED_MAX    192 /* bytes of a head that are compared */
#define NUMBER_PLACES 4   /* decimals of an assay_table_number */

const char *assay_column_type_name(unsigned type)
{
	static const char *const names[] = {"string", "integer", "number", "date"};

	return type >= ASSAY_COLUMN_STRING && type <= ASSAY_COLUMN_DATE ? names[type - ASSAY_COLUMN_STRING] : NULL;
}

/* ---------------------------------------------------------------- heads */

typedef struct folded {
	unsigned char bytes[FOLDED_MAX];
	size_t size;
} folded;

/* Letters, digits and what is not ASCII. */
static void fold(folded *f, const char *s)
{
	f->size = 0;
	for (; *s != '\0' && f->size < FOLDED_MAX; s++) {
		const unsigned char c = (unsigned char)*s;

		if (c >= 'A' && c <= 'Z')
			f->bytes[f->size++] = c | 0x20;
		else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c >= 0x80)
			f->bytes[f->size++] = c;
	}
}

/* Levenshtein's, in bytes. */
static size_t distance(const folded *a, const folded *b)
{
	size_t row[FOLDED_MAX + 1];

	for (size_t k = 0; k <= b->size; k++)
		row[k] = k;
	for (size_t i = 0; i < a->size; i++) {
		size_t corner = i;

		row[0] = i + 1;
		for (size_t k = 0; k < b->size; k++) {
			const size_t replaced = corner + (a->bytes[i] != b->bytes[k]);
			const size_t other = (row[k + 1] < row[k] ? row[k + 1] : row[k]) + 1;

			corner = row[k + 1];
			row[k + 1] = replaced < other ? replaced : other;
		}
	}
	return row[b->size];
}

/* How well a head is the wanted one: 0 not at all, 3 the same. */
static int likeness(const char *wanted, const char *head)
{
	folded w, h;
	size_t longer;

	fold(&w, wanted);
	fold(&h, head);
	longer = w.size > h.size ? w.size : h.size;
	if (w.size == 0 || h.size == 0)
		return 0;
	if (w.size == h.size && memcmp(w.bytes, h.bytes, w.size) == 0)
		return 3;
	if (h.size > w.size && w.size >= 2 && memcmp(h.bytes + h.size - w.size, w.bytes, w.size) == 0)
		return 2;
	return 5 * distance(&w, &h) <= longer ? 1 : 0;
}

/* The wanted head stands somewhere within. */
static bool holds(const char *head, const char *wanted)
{
	folded w, h;

	fold(&w, wanted);
	fold(&h, head);
	for (size_t i = 0; w.size > 0 && i + w.size <= h.size; i++)
		if (memcmp(h.bytes + i, w.bytes, w.size) == 0)
			return true;
	return false;
}

/* ---------------------------------------------------------------- matching */

typedef struct match {
	const assay_table_schema *schema;
	assay_table_column columns[ASSAY_TABLE_COLUMNS_MAX]; /* what they own is borrowed */
	size_t count;
	size_t place[ASSAY_TABLE_COLUMNS_MAX]; /* of each wanted column in the table; SIZE_MAX when it is not there */
	bool taken[ASSAY_TABLE_COLUMNS_MAX];   /* of each column of the table */
	bool headed;
} match;

static const char *first_text(const assay_table_column *c)
{
	return c->text_count > 0 && c->texts[0].row == 0 ? c->texts[0].text : "";
}

/* The first row of a table without heads has what is wanted: half of it, two heads at least. */
static bool first_row_is_heads(const match *m)
{
	size_t found = 0;

	for (size_t i = 0; i < m->schema->count; i++) {
		bool here = false;

		for (size_t k = 0; k < m->count && !here; k++)
			here = likeness(m->schema->columns[i].head, first_text(&m->columns[k])) > 0;
		found += here;
	}
	return found >= 2 && 2 * found >= m->schema->count;
}

/* They are texts, no cells any more: a number would not be like a head. */
static void lift_heads(match *m)
{
	for (size_t k = 0; k < m->count; k++) {
		assay_table_column *c = &m->columns[k];

		if (first_text(c)[0] == '\0')
			continue;
		c->head = c->texts[0].text;
		c->cells[ASSAY_CELL_TEXT] -= c->cells[ASSAY_CELL_TEXT] > 0;
		c->texts++;
		c->text_count--;
	}
}

static size_t best_head(const match *m, size_t wanted)
{
	size_t best = SIZE_MAX;
	int most = 0;

	for (size_t k = 0; k < m->count; k++) {
		const int l = m->taken[k] ? 0 : likeness(m->schema->columns[wanted].head, m->columns[k].head);

		if (l > most || (l > 0 && l == most && k == wanted)) {
			most = l;
			best = k;
		}
	}
	return best;
}

/* Heads that are the same first, so that near ones take only what is left. */
static void match_columns(match *m, const assay_table_schema *schema, const assay_table_columns *table)
{
	m->schema = schema;
	m->count = table->count < ASSAY_TABLE_COLUMNS_MAX ? table->count : ASSAY_TABLE_COLUMNS_MAX;
	m->headed = false;
	memset(m->taken, 0, sizeof m->taken);
	if (m->count > 0)
		memcpy(m->columns, table->items, m->count * sizeof *m->columns);
	for (size_t k = 0; k < m->count; k++)
		m->headed |= m->columns[k].head[0] != '\0';
	if (!m->headed && first_row_is_heads(m)) {
		m->headed = true;
		lift_heads(m);
	}
	for (size_t i = 0; i < m->schema->count; i++)
		m->place[i] = m->headed || i >= m->count ? SIZE_MAX : i;
	for (int least = 3; m->headed && least > 0; least--)
		for (size_t i = 0; i < m->schema->count; i++) {
			const size_t k = m->place[i] == SIZE_MAX ? best_head(m, i) : SIZE_MAX;

			if (k == SIZE_MAX || likeness(m->schema->columns[i].head, m->columns[k].head) < least)
				continue;
			m->place[i] = k;
			m->taken[k] = true;
		}
}

/* ---------------------------------------------------------------- what is wrong */

static uint64_t values_of(const assay_table_column *c)
{
	uint64_t n = 0;

	for (size_t k = ASSAY_CELL_INTEGER; k <= ASSAY_CELL_TEXT; k++)
		n += c->cells[k];
	return n;
}

/* Cells of several numbers, 394 (58.0 %): what is counted as numbers and is not one. Nobody knows where none were told. */
static uint64_t values_of_numbers(const assay_table_column *c)
{
	uint64_t n = 0;

	for (size_t k = ASSAY_CELL_INTEGER; k <= ASSAY_CELL_AMOUNT; k++)
		n += c->cells[k];
	return c->numbers == NULL || c->number_count > n || c->number_count == ASSAY_TABLE_NUMBERS_MAX
		   ? 0
		   : n - c->number_count;
}

static uint64_t values_that_fit(const assay_table_column *c, assay_column_type type)
{
	switch (type) {
	case ASSAY_COLUMN_STRING:
		return c->cells[ASSAY_CELL_TEXT] + values_of_numbers(c);
	case ASSAY_COLUMN_INTEGER:
		return c->cells[ASSAY_CELL_INTEGER];
	case ASSAY_COLUMN_NUMBER:
		return c->cells[ASSAY_CELL_INTEGER] + c->cells[ASSAY_CELL_NUMBER] + c->cells[ASSAY_CELL_PERCENT] +
		       c->cells[ASSAY_CELL_AMOUNT];
	case ASSAY_COLUMN_DATE:
		return c->cells[ASSAY_CELL_DATE];
	case ASSAY_COLUMN_ANY:
		break;
	}
	return values_of(c);
}

/* One of a few, or one of five, may be misread. */
static bool are_enough(uint64_t fit, uint64_t all)
{
	return 5 * fit >= 4 * all || (all >= 3 && all - fit == 1);
}

static bool is_of_type(const assay_table_column *c, assay_column_type type)
{
	return are_enough(values_that_fit(c, type), values_of(c));
}

static uint64_t numbers_in_range(const assay_table_column *c, const assay_expected_column *w)
{
	uint64_t n = 0;

	for (size_t i = 0; i < c->number_count; i++) {
		const assay_decimal d = {c->numbers[i].units, NUMBER_PLACES};

		n += (!w->has_low || assay_decimal_cmp(d, w->low) >= 0) &&
		     (!w->has_high || assay_decimal_cmp(d, w->high) <= 0);
	}
	return n;
}

static uint64_t texts_that_match(const assay_table_column *c, const assay_expected_column *w)
{
	uint64_t n = 0;

	for (size_t i = 0; i < c->text_count; i++)
		n += w->matcher == NULL || regexec(w->matcher, c->texts[i].text, 0, NULL, 0) == 0;
	return n;
}

static bool is_as_wanted(const assay_table_column *c, const assay_expected_column *w)
{
	return is_of_type(c, w->type) && are_enough(numbers_in_range(c, w), c->number_count) &&
	       are_enough(texts_that_match(c, w), c->text_count);
}

/* The head is there, with others, in one column; or in parts, in two. */
static void tell_missing(assay_buf *out, const match *m, size_t wanted)
{
	const char *head = m->schema->columns[wanted].head;

	if (!m->headed) {
		assay_buf_printf(out, "missing: the table has no heads and only %zu of %zu columns", m->count,
				 m->schema->count);
		return;
	}
	for (size_t k = 0; k < m->count; k++) {
		if (holds(m->columns[k].head, head)) {
			assay_buf_printf(out, "merged with others into column %zu '%s'", k + 1, m->columns[k].head);
			return;
		}
		if (k + 1 < m->count) {
			ASSAY_AUTO_BUF both = ASSAY_BUF_INIT;

			assay_buf_printf(&both, "%s%s", m->columns[k].head, m->columns[k + 1].head);
			out->failed |= both.failed;
			if (likeness(head, assay_buf_str(&both)) == 3) {
				assay_buf_printf(out, "split over columns %zu and %zu", k + 1, k + 2);
				return;
			}
		}
	}
	assay_buf_puts(out, "missing: no column has this head");
}

/* The wanted column whose place this one has taken, if there is one. */
static size_t owner_of(const match *m, size_t place)
{
	for (size_t i = 0; i < m->schema->count; i++)
		if (m->place[i] == place)
			return i;
	return SIZE_MAX;
}

/* Wanted columns that stand on the wrong side of this one. */
static void tell_order(assay_buf *out, const match *m, size_t wanted)
{
	for (size_t i = 0; i < m->schema->count; i++) {
		const bool before = i < wanted;

		if (i == wanted || m->place[i] == SIZE_MAX || (m->place[i] < m->place[wanted]) == before)
			continue;
		assay_buf_printf(out, "stands as column %zu, %s '%s'", m->place[wanted] + 1,
				 before ? "before" : "after", m->schema->columns[i].head);
		return;
	}
}

/* A column that is not wanted follows, which has pushed the others on. */
static void tell_follower(assay_buf *out, const match *m, size_t wanted)
{
	const size_t next = m->place[wanted] + 1;

	if (next < m->count && owner_of(m, next) == SIZE_MAX)
		assay_buf_printf(out, "is followed by column %zu '%s', which is not wanted", next + 1,
				 m->columns[next].head);
	else if (m->place[wanted] > 0 && wanted == 0 && owner_of(m, 0) == SIZE_MAX)
		assay_buf_printf(out, "comes after column 1 '%s', which is not wanted", m->columns[0].head);
}

/* Another wanted column whose cells stand here, while this one's stand there. */
static size_t swapped_with(const match *m, size_t wanted)
{
	const assay_expected_column *w = &m->schema->columns[wanted];
	const assay_table_column *here = &m->columns[m->place[wanted]];

	for (size_t i = 0; i < m->schema->count; i++) {
		const assay_expected_column *o = &m->schema->columns[i];

		if (i == wanted || m->place[i] == SIZE_MAX || o->type == ASSAY_COLUMN_ANY)
			continue;
		if (is_as_wanted(here, o) && is_as_wanted(&m->columns[m->place[i]], w) &&
		    !is_as_wanted(&m->columns[m->place[i]], o))
			return i;
	}
	return SIZE_MAX;
}

/* Several values in more cells than may be misread; in a column of any type, in half of them: it may be of lists. */
static bool is_merged(const assay_table_column *c, assay_column_type type)
{
	const uint64_t all = values_of(c);

	if (type == ASSAY_COLUMN_STRING)
		return false;
	if (type == ASSAY_COLUMN_ANY)
		return c->merged > 0 && 2 * c->merged >= all;
	return 5 * c->merged > all && (c->merged > 1 || all < 3);
}

/* What is of its type and not as wanted. */
static void tell_values(assay_buf *out, const assay_table_column *c, const assay_expected_column *w)
{
	char low[ASSAY_DECIMAL_TEXT], high[ASSAY_DECIMAL_TEXT];

	if (are_enough(numbers_in_range(c, w), c->number_count)) {
		assay_buf_printf(out, "only %" PRIu64 " of its %zu texts are like %s", texts_that_match(c, w),
				 c->text_count, w->pattern);
		return;
	}
	assay_buf_printf(out, "only %" PRIu64 " of its %zu numbers are ", numbers_in_range(c, w), c->number_count);
	if (w->has_low && w->has_high)
		assay_buf_printf(out, "between %s and %s", assay_decimal_format(w->low, low),
				 assay_decimal_format(w->high, high));
	else if (w->has_low)
		assay_buf_printf(out, "%s or more", assay_decimal_format(w->low, low));
	else
		assay_buf_printf(out, "%s or less", assay_decimal_format(w->high, high));
}

static void tell_cells(assay_buf *out, const match *m, size_t wanted)
{
	const assay_expected_column *w = &m->schema->columns[wanted];
	const assay_table_column *c = &m->columns[m->place[wanted]];
	const size_t other = is_as_wanted(c, w) ? SIZE_MAX : swapped_with(m, wanted);

	if (is_merged(c, w->type))
		assay_buf_printf(out, "merged: %" PRIu64 " of its cells hold several values", c->merged);
	else if (other != SIZE_MAX)
		assay_buf_printf(out, "holds what '%s' should: the two are swapped", m->schema->columns[other].head);
	else if (!is_of_type(c, w->type))
		assay_buf_printf(out, "only %" PRIu64 " of its %" PRIu64 " cells are of type %s",
				 values_that_fit(c, w->type), values_of(c), assay_column_type_name(w->type));
	else if (!is_as_wanted(c, w))
		tell_values(out, c, w);
	else if (w->required && c->cells[ASSAY_CELL_EMPTY] + c->cells[ASSAY_CELL_NONE] > 0)
		assay_buf_printf(out, "%" PRIu64 " of its cells are empty",
				 c->cells[ASSAY_CELL_EMPTY] + c->cells[ASSAY_CELL_NONE]);
}

/* ---------------------------------------------------------------- rows */

static const assay_table_number *number_at(const assay_table_column *c, uint32_t row)
{
	size_t low = 0, high = c->number_count;

	while (low < high) {
		const size_t half = low + (high - low) / 2;

		if (c->numbers[half].row < row)
			low = half + 1;
		else
			high = half;
	}
	return low < c->number_count && c->numbers[low].row == row ? &c->numbers[low] : NULL;
}

/* The last decimal place that a number has, in units; whole numbers have 10^NUMBER_PLACES. */
static int64_t last_place(int64_t units)
{
	int64_t place = 10000;

	while (place > 1 && units % place != 0)
		place /= 10;
	return place;
}

/* 1 when the parts of that row add up to the total, 0 when not, -1 when one of them was not read. */
static int adds_up(const match *m, const assay_expected_column *w, const assay_table_number *total)
{
	int64_t off = total->units, place = last_place(total->units);

	for (size_t i = 0; i < w->part_count; i++) {
		const size_t at = m->place[w->parts[i]];
		const assay_table_number *part = at == SIZE_MAX ? NULL : number_at(&m->columns[at], total->row);

		if (part == NULL)
			return -1;
		if (__builtin_sub_overflow(off, part->units, &off) || off == INT64_MIN)
			return 0;
		place = last_place(part->units) < place ? last_place(part->units) : place;
	}
	off = off < 0 ? -off : off;
	return off == 0 || (place < 10000 && off <= place * (int64_t)(w->part_count + 1) / 2);
}

static void tell_sums(assay_buf *out, const match *m, size_t wanted)
{
	const assay_expected_column *w = &m->schema->columns[wanted];
	const assay_table_column *c = &m->columns[m->place[wanted]];
	uint64_t all = 0, right = 0;

	for (size_t i = 0; w->part_count > 0 && i < c->number_count; i++) {
		const int sum = adds_up(m, w, &c->numbers[i]);

		all += sum >= 0;
		right += sum > 0;
	}
	if (are_enough(right, all))
		return;
	assay_buf_printf(out, "is the sum of ");
	for (size_t i = 0; i < w->part_count; i++)
		assay_buf_printf(out, "%s'%s'",
				 i == 0                  ? ""
				 : i + 1 < w->part_count ? ", "
							 : " and ",
				 m->schema->columns[w->parts[i]].head);
	assay_buf_printf(out, " in only %" PRIu64 " of %" PRIu64 " rows", right, all);
}

/* The first column that is to be larger and is not. */
static void tell_larger(assay_buf *out, const match *m, size_t wanted)
{
	const assay_expected_column *w = &m->schema->columns[wanted];
	const assay_table_column *c = &m->columns[m->place[wanted]];

	for (size_t i = 0; i < w->larger_count && out->len == 0; i++) {
		const size_t at = m->place[w->larger[i]];
		uint64_t all = 0, right = 0;

		for (size_t k = 0; at != SIZE_MAX && k < c->number_count; k++) {
			const assay_table_number *other = number_at(&m->columns[at], c->numbers[k].row);

			all += other != NULL;
			right += other != NULL && c->numbers[k].units <= other->units;
		}
		if (!are_enough(right, all))
			assay_buf_printf(out, "is at most '%s' in only %" PRIu64 " of %" PRIu64 " rows",
					 m->schema->columns[w->larger[i]].head, right, all);
	}
}

assay_code assay_table_schema_fault(assay_buf *out, const assay_table_schema *schema, size_t column,
				    const assay_table_columns *table, assay_err *err)
{
	match m;

	assay_buf_reset(out);
	match_columns(&m, schema, table);
	if (m.place[column] == SIZE_MAX) {
		tell_missing(out, &m, column);
		return assay_buf_check(out, err);
	}
	tell_order(out, &m, column);
	if (out->len == 0)
		tell_cells(out, &m, column);
	if (out->len == 0)
		tell_follower(out, &m, column);
	if (out->len == 0)
		tell_sums(out, &m, column);
	if (out->len == 0)
		tell_larger(out, &m, column);
	return assay_buf_check(out, err);
}

size_t assay_table_schema_place(const assay_table_schema *schema, size_t column, const assay_table_columns *table)
{
	match m;

	match_columns(&m, schema, table);
	return m.place[column];
}
