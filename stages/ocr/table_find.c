#include "table_find.h"

#include "table_beyond.h"
#include "table_measure.h"

#include "assay/memory.h"

#include <stdlib.h>
#include <string.h>

void tables_release(tables *t)
{
	for (size_t i = 0; i < t->count; i++)
		table_release(&t->items[i]);
	t->count = 0;
}

typedef struct box {
	int32_t left, top, right, bottom;
} box;

typedef struct finder {
	tables *out;
	const assay_words *words;
	const table_page *page;
	table_token *tokens; /* of the page */
	bool *taken;
	size_t count;
	table_token *chosen; /* those of a candidate */
	size_t *chosen_from; /* their places in tokens */
	size_t chosen_count;
	int32_t height; /* of text */
	bool whole;
} finder;

/* ---------------------------------------------------------------- words */

/* What recognition makes of rules and frames. */
static bool is_dirt(const char *text)
{
	return text[strspn(text, "|[]{}\\_~`'!")] == '\0';
}

/* A narrow word on an upright rule is the rule. */
static bool is_on_rule(const finder *f, const table_token *t)
{
	const int32_t width = t->right - t->left;

	if (2 * width > f->height)
		return false;
	for (size_t i = 0; i < f->page->rules.upright_count; i++) {
		const table_rule *r = &f->page->rules.upright[i];

		if (r->at >= t->left - 1 && r->at <= t->right && r->from <= t->top + f->height / 2 &&
		    r->to >= t->bottom - f->height / 2)
			return true;
	}
	return false;
}

static int32_t within(int32_t v, int32_t low, int32_t high)
{
	return v < low ? low : v > high ? high : v;
}

/* Boxes are put within the page, and are of one pixel at least. */
static assay_code take_words(finder *f, assay_err *err)
{
	const int32_t width = f->page->width, height = f->page->height;

	f->tokens = assay_alloc(f->words->count, sizeof *f->tokens);
	f->taken = assay_alloc(f->words->count, sizeof *f->taken);
	f->chosen = assay_alloc(f->words->count, sizeof *f->chosen);
	f->chosen_from = assay_alloc(f->words->count, sizeof *f->chosen_from);
	if (f->tokens == NULL || f->taken == NULL || f->chosen == NULL || f->chosen_from == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "words of a page");
	for (size_t i = 0; i < f->words->count; i++) {
		const assay_word *w = &f->words->items[i];
		table_token t = {.word = (uint32_t)i};

		t.left = within(w->left, 0, width - 1);
		t.top = within(w->top, 0, height - 1);
		t.right = within(w->right, t.left + 1, width);
		t.bottom = within(w->bottom, t.top + 1, height);
		if (!is_dirt(w->text) && !is_on_rule(f, &t))
			f->tokens[f->count++] = t;
	}
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- candidates */

static void choose_all(finder *f)
{
	for (size_t i = 0; i < f->count; i++) {
		f->chosen[i] = f->tokens[i];
		f->chosen_from[i] = i;
	}
	f->chosen_count = f->count;
}

/* The words that are not taken and whose middle is in the box. */
static void choose_within(finder *f, const box *b)
{
	f->chosen_count = 0;
	for (size_t i = 0; i < f->count; i++) {
		const table_token *t = &f->tokens[i];
		const int32_t x = t->left + (t->right - t->left) / 2, y = t->top + (t->bottom - t->top) / 2;

		if (f->taken[i] || x < b->left || x >= b->right || y < b->top || y >= b->bottom)
			continue;
		f->chosen[f->chosen_count] = *t;
		f->chosen_from[f->chosen_count++] = i;
	}
}

typedef struct likeness {
	int64_t slots, filled, values, words, wordy; /* wordy: cells of more than four words */
	int64_t first_words, first_filled;
} likeness;

static likeness look_at(const table *t)
{
	likeness l = {.slots = (int64_t)t->rows * t->columns};

	for (size_t i = 0; i < t->count; i++) {
		const table_cell *c = &t->cells[i];

		if (c->words == 0)
			continue;
		l.filled++;
		l.words += c->words;
		l.values += table_type_is_value(c->type) || c->type == TABLE_NONE;
		l.wordy += c->words > 4;
		if (c->column == 0) {
			l.first_filled++;
			l.first_words += c->words;
		}
	}
	return l;
}

/* Columns of prose, and lists: without values, long cells or mostly empty ones. */
static bool is_prose(const table *t, const likeness *l)
{
	const int64_t others = l->filled - l->first_filled;

	if (5 * l->values >= l->filled && t->columns > 2)
		return false;
	if (l->words >= 5 * l->filled || (t->columns > 2 && 2 * l->filled <= l->slots))
		return true;
	return t->columns == 2 && 2 * l->first_words <= 3 * l->first_filled && l->words - l->first_words >= 5 * others;
}

static bool is_table(const table *t, bool by_lattice)
{
	const likeness l = look_at(t);

	if (t->columns < 2 || t->rows < 2)
		return false;
	if (by_lattice)
		return l.filled >= 4 && 3 * l.filled >= l.slots && t->ruled;
	return t->rows >= 3 && l.filled >= 6 && 3 * l.filled >= l.slots && !is_prose(t, &l);
}

/* What rules and space say each, once both have said it together. */
static assay_code compare_readings(table *t, table_area *a, assay_err *err)
{
	table_share s;
	const assay_code rc = table_readings(&s, a, err);

	t->beside = s.of;
	t->agreed = s.good;
	return rc;
}

/* An area of what was chosen, as large as the box around it at least. */
static assay_code make_area(table_area *a, const finder *f, const box *around, assay_err *err)
{
	const assay_code rc = table_area_make(a, f->words, f->chosen, f->chosen_count, &f->page->rules, f->height, err);

	if (rc == ASSAY_OK && around != NULL) {
		a->left = around->left < a->left ? around->left : a->left;
		a->top = around->top < a->top ? around->top : a->top;
		a->right = around->right > a->right ? around->right : a->right;
		a->bottom = around->bottom > a->bottom ? around->bottom : a->bottom;
	}
	return rc;
}

/* Read what was chosen; keep it and take its words if it is a table. */
static assay_code consider(finder *f, const box *around, bool by_lattice, assay_err *err)
{
	table *t = &f->out->items[f->out->count];
	table_area a;
	bool kept;
	assay_code rc;

	if (f->chosen_count == 0 || f->out->count == TABLES_MAX)
		return ASSAY_OK;
	rc = make_area(&a, f, around, err);
	if (rc == ASSAY_OK)
		rc = table_read(t, &a, TABLE_BY_BOTH, err);
	kept = rc == ASSAY_OK && (f->whole ? t->rows > 0 : is_table(t, by_lattice));
	if (kept)
		rc = compare_readings(t, &a, err);
	table_area_release(&a);
	if (kept && rc == ASSAY_OK) {
		f->out->count++;
		for (size_t i = 0; i < f->chosen_count; i++)
			f->taken[f->chosen_from[i]] = true;
	} else {
		table_release(t);
	}
	return rc;
}

/* ---------------------------------------------------------------- where rules meet */

static uint32_t root_of(uint32_t *parent, uint32_t i)
{
	while (parent[i] != i)
		i = parent[i] = parent[parent[i]];
	return i;
}

static bool meet(const table_rule *level, const table_rule *upright, int32_t near)
{
	return upright->at >= level->from - near && upright->at <= level->to + near &&
	       level->at >= upright->from - near && level->at <= upright->to + near;
}

typedef struct lattice {
	box b;
	uint32_t level, upright; /* rules in it */
} lattice;

static void widen(lattice *l, int32_t left, int32_t top, int32_t right, int32_t bottom)
{
	const bool first = l->level + l->upright == 0;

	l->b.left = first || left < l->b.left ? left : l->b.left;
	l->b.top = first || top < l->b.top ? top : l->b.top;
	l->b.right = first || right > l->b.right ? right : l->b.right;
	l->b.bottom = first || bottom > l->b.bottom ? bottom : l->b.bottom;
}

/* Rules that meet, directly or through others; numbered by level rules, then upright ones. */
static size_t gather(lattice *out, const table_rules *r, uint32_t *parent, int32_t near)
{
	const size_t n = r->level_count + r->upright_count;

	for (uint32_t i = 0; i < n; i++)
		parent[i] = i;
	for (uint32_t i = 0; i < r->level_count; i++)
		for (uint32_t k = 0; k < r->upright_count; k++)
			if (meet(&r->level[i], &r->upright[k], near))
				parent[root_of(parent, (uint32_t)r->level_count + k)] = root_of(parent, i);
	for (uint32_t i = 0; i < r->level_count; i++) {
		const table_rule *l = &r->level[i];
		lattice *g = &out[root_of(parent, i)];

		widen(g, l->from, l->at, l->to, l->at + 1);
		g->level++;
	}
	for (uint32_t i = 0; i < r->upright_count; i++) {
		const table_rule *u = &r->upright[i];
		lattice *g = &out[root_of(parent, (uint32_t)r->level_count + i)];

		widen(g, u->at, u->from, u->at + 1, u->to);
		g->upright++;
	}
	return n;
}

/* Smaller first: a frame around the page does not hide the tables in it. */
static int by_size(const void *a_, const void *b_)
{
	const lattice *a = a_, *b = b_;
	const int64_t x = (int64_t)(a->b.right - a->b.left) * (a->b.bottom - a->b.top);
	const int64_t y = (int64_t)(b->b.right - b->b.left) * (b->b.bottom - b->b.top);

	if (x != y)
		return x < y ? -1 : 1;
	if (a->b.top != b->b.top)
		return a->b.top < b->b.top ? -1 : 1;
	return (a->b.left > b->b.left) - (a->b.left < b->b.left);
}

static assay_code find_lattices(finder *f, assay_err *err)
{
	const size_t n = f->page->rules.level_count + f->page->rules.upright_count;
	ASSAY_AUTO_FREE lattice *all = assay_alloc(n + 1, sizeof *all);
	ASSAY_AUTO_FREE uint32_t *parent = assay_alloc(n + 1, sizeof *parent);
	assay_code rc = ASSAY_OK;

	if (all == NULL || parent == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "ruling lines");
	(void)gather(all, &f->page->rules, parent, f->height / 2);
	qsort(all, n, sizeof *all, by_size);
	for (size_t i = 0; i < n && rc == ASSAY_OK; i++) {
		if (all[i].level < 2 || all[i].upright < 1 || all[i].level + all[i].upright < 4)
			continue;
		choose_within(f, &all[i].b);
		rc = consider(f, &all[i].b, true, err);
	}
	return rc;
}

/* ---------------------------------------------------------------- lines with gaps in common */

/* A line of the page, in parts that a wide gap separates. */
typedef struct row_of_parts {
	int32_t left, top, right, bottom;
	int32_t second; /* left of its second part */
	size_t parts, words, values;
} row_of_parts;

static void read_rows(row_of_parts *rows, const table_area *a)
{
	for (size_t i = 0; i < a->count; i++) {
		const table_token *t = &a->tokens[i];
		row_of_parts *r = &rows[t->line];
		const bool first = r->words == 0;

		if (first)
			*r = (row_of_parts){t->left, t->top, t->right, t->bottom, t->left, 1, 0, 0};
		else if (5 * (t->left - r->right) >= 6 * a->height && ++r->parts == 2)
			r->second = t->left;
		r->top = t->top < r->top ? t->top : r->top;
		r->bottom = t->bottom > r->bottom ? t->bottom : r->bottom;
		r->right = t->right > r->right ? t->right : r->right;
		r->words++;
		r->values += t->value;
	}
}

static bool is_tabular(const row_of_parts *r)
{
	return r->parts >= 2 && (r->words < 5 * r->parts || r->values > 0);
}

/* A line stands below another at no more than three and a half heights of text. */
static bool follows(const finder *f, const row_of_parts *a, const row_of_parts *b)
{
	return b->top - a->bottom <= 7 * f->height / 2;
}

/* A run of tabular lines and of up to two others between them; returns its end. */
static size_t run_from(const finder *f, const row_of_parts *rows, size_t count, size_t from, size_t *tabular)
{
	size_t end = from + 1;

	*tabular = 1;
	for (size_t i = from + 1; i < count && i <= end + 2 && follows(f, &rows[i - 1], &rows[i]); i++)
		if (is_tabular(&rows[i])) {
			end = i + 1;
			++*tabular;
		}
	return end;
}

/* A line above that stands over the later columns alone heads them. */
static bool heads(const finder *f, const row_of_parts *above, const row_of_parts *first)
{
	return above->parts == 1 && above->left >= first->second - f->height &&
	       first->top - above->bottom <= f->height * 3 / 2;
}

/* A line closely below, under the first column alone, may go on from its last cell. */
static bool trails(const finder *f, const row_of_parts *last, const row_of_parts *below)
{
	return below->parts == 1 && below->right <= last->second && 5 * (below->top - last->bottom) <= 3 * f->height;
}

static assay_code consider_run(finder *f, const row_of_parts *rows, size_t from, size_t end, assay_err *err)
{
	box b = {INT32_MAX, INT32_MAX, 0, 0};

	for (size_t i = from; i < end; i++) {
		b.left = rows[i].left < b.left ? rows[i].left : b.left;
		b.top = rows[i].top < b.top ? rows[i].top : b.top;
		b.right = rows[i].right > b.right ? rows[i].right : b.right;
		b.bottom = rows[i].bottom > b.bottom ? rows[i].bottom : b.bottom;
	}
	choose_within(f, &b);
	return consider(f, &b, false, err);
}

static assay_code find_runs(finder *f, const box *page, assay_err *err)
{
	ASSAY_AUTO_FREE row_of_parts *rows = NULL;
	table_area a = {0};
	assay_code rc;

	choose_within(f, page);
	ASSAY_TRY(table_area_make(&a, f->words, f->chosen, f->chosen_count, &f->page->rules, f->height, err));
	rows = assay_alloc((size_t)a.lines + 1, sizeof *rows);
	if (rows == NULL) {
		rc = ASSAY_RAISE(err, ASSAY_ENOMEM, "lines of a page");
		goto fail;
	}
	read_rows(rows, &a);
	for (size_t i = 0; i < a.lines && rc == ASSAY_OK;) {
		size_t tabular, end, from = i;

		if (!is_tabular(&rows[i])) {
			i++;
			continue;
		}
		end = run_from(f, rows, a.lines, i, &tabular);
		while (from > 0 && heads(f, &rows[from - 1], &rows[i]))
			from--;
		if (end < a.lines && trails(f, &rows[end - 1], &rows[end]))
			end++;
		if (tabular >= 3)
			rc = consider_run(f, rows, from, end, err);
		i = end;
	}
fail:
	table_area_release(&a);
	return rc;
}

/* ---------------------------------------------------------------- between level rules */

static bool same_extent(const table_rule *a, const table_rule *b, int32_t height)
{
	return abs(a->from - b->from) <= 2 * height && abs(a->to - b->to) <= 2 * height;
}

/* What stands between two rules. */
typedef enum band {
	BAND_OTHER,
	BAND_TABULAR, /* half of its lines are of several parts, or one of four lines at most is */
	BAND_LABEL, /* one line of one part, as close to both rules as lines of a table are: a head of the rows below */
} band;

static assay_code band_between(band *out, finder *f, const table_rule *a, const table_rule *b, assay_err *err)
{
	const box between = {a->from - f->height, a->at, a->to + f->height, b->at};
	table_area area;
	uint32_t parted = 0, line = UINT32_MAX;
	assay_code rc;

	*out = BAND_OTHER;
	choose_within(f, &between);
	rc = table_area_make(&area, f->words, f->chosen, f->chosen_count, &f->page->rules, f->height, err);
	for (size_t i = 1; rc == ASSAY_OK && i < area.piece_count; i++) {
		const table_piece *p = &area.pieces[i];

		if (p->line != p[-1].line || p->line == line || 5 * (p->left - p[-1].right) < 6 * f->height)
			continue;
		line = p->line;
		parted++;
	}
	if (rc == ASSAY_OK && parted > 0 && (2 * parted >= area.lines || area.lines <= 4))
		*out = BAND_TABULAR;
	else if (rc == ASSAY_OK && parted == 0 && area.lines == 1 && 2 * (b->at - a->at) <= 7 * f->height)
		*out = BAND_LABEL;
	table_area_release(&area);
	return rc;
}

/* From a rule on, those of the same extent as long as what stands between looks like a table. */
static assay_code follow_rules(size_t *last, finder *f, size_t first, assay_err *err)
{
	const table_rule *rules = f->page->rules.level;
	size_t above = first;
	assay_code rc = ASSAY_OK;

	*last = first;
	for (size_t k = first + 1; k < f->page->rules.level_count && rc == ASSAY_OK; k++) {
		band kind;

		if (!same_extent(&rules[first], &rules[k], f->height))
			continue;
		rc = band_between(&kind, f, &rules[above], &rules[k], err);
		if (kind == BAND_OTHER)
			break;
		above = k;
		if (kind == BAND_TABULAR) /* a label alone ends no table */
			*last = k;
	}
	return rc;
}

/* The box of a table between rules grows over heads and totals that stand beyond them. */
static assay_code look_beyond(box *b, finder *f, assay_err *err)
{
	const box above_and_below = {b->left, 0, b->right, f->page->height};
	table_ends ends = {b->top, b->bottom};
	table_area inside = {0}, around = {0};
	table t = {0};
	assay_code rc;

	choose_within(f, b);
	if (f->chosen_count == 0)
		return ASSAY_OK;
	ASSAY_TRY(make_area(&inside, f, b, err));
	ASSAY_TRY(table_read(&t, &inside, TABLE_BY_BOTH, err));
	if (!is_table(&t, false))
		goto fail;
	choose_within(f, &above_and_below);
	ASSAY_TRY(make_area(&around, f, b, err));
	ASSAY_TRY(table_beyond(&ends, &t, &inside, &around, err));
	b->top = ends.top;
	b->bottom = ends.bottom;
fail:
	table_release(&t);
	table_area_release(&inside);
	table_area_release(&around);
	return rc;
}

/* As the box has it, and where that is no table without what was drawn in beyond the rules. */
static assay_code consider_between(finder *f, const box *rules, assay_err *err)
{
	const size_t before = f->out->count;
	box b = *rules;
	assay_code rc = look_beyond(&b, f, err);

	if (rc != ASSAY_OK)
		return rc;
	choose_within(f, &b);
	rc = consider(f, &b, false, err);
	if (rc != ASSAY_OK || f->out->count > before || (b.top == rules->top && b.bottom == rules->bottom))
		return rc;
	choose_within(f, rules);
	return consider(f, rules, false, err);
}

static assay_code find_between_rules(finder *f, assay_err *err)
{
	const table_rule *rules = f->page->rules.level;
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < f->page->rules.level_count && rc == ASSAY_OK; i++) {
		size_t last;
		box b;

		rc = follow_rules(&last, f, i, err);
		if (rc != ASSAY_OK || last == i)
			continue;
		b = (box){rules[i].from - f->height, rules[i].at, rules[i].to + f->height, rules[last].at};
		rc = consider_between(f, &b, err);
	}
	return rc;
}

/* ---------------------------------------------------------------- a page */

static int by_place(const void *a_, const void *b_)
{
	const table *a = a_, *b = b_;

	if (a->top != b->top)
		return a->top < b->top ? -1 : 1;
	return (a->left > b->left) - (a->left < b->left);
}

static assay_code find(finder *f, const box *page, assay_err *err)
{
	assay_code rc;

	if (f->whole) {
		choose_all(f);
		return consider(f, NULL, false, err);
	}
	ASSAY_TRY(find_lattices(f, err));
	ASSAY_TRY(find_between_rules(f, err));
	ASSAY_TRY(find_runs(f, page, err));
	qsort(f->out->items, f->out->count, sizeof *f->out->items, by_place);
fail:
	return rc;
}

assay_code tables_find(tables *out, const table_page *page, const assay_words *words, bool whole, assay_err *err)
{
	const box all = {0, 0, page->width, page->height};
	finder f = {.out = out, .words = words, .page = page, .height = page->text, .whole = whole};
	assay_code rc;

	out->count = 0;
	out->height = page->text;
	if (words->count > TABLE_WORDS_MAX)
		return ASSAY_RAISE(err, ASSAY_EFULL, "a page of %zu words", words->count);
	ASSAY_TRY(take_words(&f, err));
	rc = find(&f, &all, err);
fail:
	free(f.tokens);
	free(f.taken);
	free(f.chosen);
	free(f.chosen_from);
	return rc;
}
