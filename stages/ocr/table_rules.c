#include "table_rules.h"

#include "grey.h"
#include "page_brick.h"

#include "assay/memory.h"

#include <stdlib.h>
#include <string.h>

#define GAP          3                /* px missing in a line that do not part it */
#define LENGTHS      3                /* heights of text that a line is long, at least */
#define WALL(height) ((height)*5 / 4) /* an upright line from one level line to another, at least */

void table_rules_release(table_rules *r)
{
	free(r->level);
	free(r->upright);
	*r = (table_rules){0};
}

/* ---------------------------------------------------------------- pixels of lines */

typedef struct ridges {
	PIX *level, *upright; /* 1 bpp */
	int width, height, reach, least;
} ridges;

static void set_bit(PIX *pix, int x, int y)
{
	pixGetData(pix)[(size_t)y * (size_t)pixGetWpl(pix) + (size_t)(x >> 5)] |= 0x80000000U >> (x & 31);
}

/* The lightest at reach, three quarters and half of it: text may stand close to a line. */
typedef struct beside {
	const uint8_t *far, *between, *near;
} beside;

static int lightest(int a, int b, int c)
{
	return a > b ? (a > c ? a : c) : b > c ? b : c;
}

static int lightest_at(const beside *s, int x)
{
	return lightest(s->far[x], s->between[x], s->near[x]);
}

static int lightest_along(const ridges *r, const uint8_t *row, int x, int way)
{
	int out = 0;

	for (int part = 2; part <= 4; part++) {
		const int at = x + way * (r->reach * part / 4);
		const int grey = at >= 0 && at < r->width ? row[at] : 255;

		out = grey > out ? grey : out;
	}
	return out;
}

static void row_of_ridges(ridges *r, const beside *above, const uint8_t *row, const beside *below, int y)
{
	for (int x = 0; x < r->width; x++) {
		const int g = row[x] + r->least;

		if (g > 255)
			continue;
		if (g <= lightest_at(above, x) && g <= lightest_at(below, x))
			set_bit(r->level, x, y);
		if (g <= lightest_along(r, row, x, -1) && g <= lightest_along(r, row, x, 1))
			set_bit(r->upright, x, y);
	}
}

/* Rows reach above to reach below are at hand in a ring; beyond the page is paper. */
typedef struct ring {
	uint8_t *rows;
	const uint8_t *paper;
	size_t size, span;
	int height;
} ring;

static uint8_t *row_of(const ring *q, int y)
{
	return q->rows + (size_t)y % q->span * q->size;
}

static const uint8_t *row_at(const ring *q, int y)
{
	return y >= 0 && y < q->height ? row_of(q, y) : q->paper;
}

static beside rows_beside(const ring *q, int y, int reach)
{
	return (beside){row_at(q, y + reach), row_at(q, y + reach * 3 / 4), row_at(q, y + reach / 2)};
}

static assay_code find_ridges(ridges *r, PIX *pix, assay_err *err)
{
	ring q = {.size = grey_row_size(pix), .span = 2 * (size_t)r->reach + 1, .height = r->height};
	ASSAY_AUTO_FREE uint8_t *memory = assay_alloc(q.span + 1, q.size);

	if (memory == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "rows of a page");
	memset(memory + q.span * q.size, 255, q.size);
	q.rows = memory;
	q.paper = memory + q.span * q.size;
	for (int y = 0; y < r->height + r->reach; y++) {
		const int middle = y - r->reach;

		if (y < r->height)
			grey_row(row_of(&q, y), pix, y);
		if (middle >= 0) {
			const beside above = rows_beside(&q, middle, -r->reach);
			const beside below = rows_beside(&q, middle, r->reach);

			row_of_ridges(r, &above, row_at(&q, middle), &below, middle);
		}
	}
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- lines */

static int by_place(const void *a_, const void *b_)
{
	const table_rule *a = a_, *b = b_;

	if (a->at != b->at)
		return a->at < b->at ? -1 : 1;
	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	return (a->to > b->to) - (a->to < b->to);
}

static bool is_line(const table_rule *r, int32_t height)
{
	/* a long line may be off level a little */
	return r->thick <= height / 2 + (r->to - r->from) / 40;
}

static bool joins(const table_rule *a, const table_rule *b, int32_t height)
{
	return b->from <= a->to + height && a->from <= b->to + height;
}

/* Pieces on one line become one; rules are sorted, so that those of one line are near each other. */
static size_t join_pieces(table_rule *rules, size_t count, int32_t height)
{
	const int32_t near = height / 5 > 3 ? height / 5 : 3;
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		const table_rule r = rules[i];
		size_t k = kept;

		while (k > 0 && r.at - rules[k - 1].at <= near && !joins(&rules[k - 1], &r, height))
			k--;
		if (k > 0 && r.at - rules[k - 1].at <= near) {
			table_rule *into = &rules[k - 1];

			into->from = r.from < into->from ? r.from : into->from;
			into->to = r.to > into->to ? r.to : into->to;
			into->thick = r.thick > into->thick ? r.thick : into->thick;
		} else {
			rules[kept++] = r;
		}
	}
	return kept;
}

/* A level line within reach of y runs over x. */
static bool is_ended(const table_rules *r, int32_t x, int32_t y, int32_t reach)
{
	return table_rules_cover(r->level, r->level_count, y, reach, x, x + 1) > 0;
}

/* A short upright line that goes from one level line to another: thick ones part longer lines. */
static bool is_wall(const table_rules *r, const table_rule *u, int32_t height)
{
	return is_ended(r, u->at, u->from, height / 2) && is_ended(r, u->at, u->to, height / 2);
}

static assay_code collect(table_rules *all, BOXA *boxes, bool upright, int32_t height, assay_err *err)
{
	table_rule **out = upright ? &all->upright : &all->level;
	size_t *count = upright ? &all->upright_count : &all->level_count;
	table_rule *rules = assay_alloc((size_t)boxes->n + 1, sizeof *rules);

	if (rules == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "ruling lines");
	*out = rules;
	for (l_int32 i = 0; i < boxes->n; i++) {
		const BOX *b = boxes->box[i];
		const table_rule r = upright ? (table_rule){b->y, b->y + b->h, b->x + b->w / 2, b->w}
					     : (table_rule){b->x, b->x + b->w, b->y + b->h / 2, b->h};

		if (is_line(&r, height) && (!upright || r.to - r.from >= LENGTHS * height || is_wall(all, &r, height)))
			rules[(*count)++] = r;
	}
	if (*count > TABLE_RULES_MAX)
		*count = 0;
	qsort(rules, *count, sizeof *rules, by_place);
	*count = join_pieces(rules, *count, height);
	return ASSAY_OK;
}

/* Level lines come first: upright ones are measured by them. */
static assay_code lines_of(table_rules *out, PIX *ridge, bool upright, int32_t height, assay_err *err)
{
	const int length = upright ? WALL(height) : LENGTHS * height;
	PIX *whole = page_brick_close(ridge, upright ? 1 : GAP, upright ? GAP : 1);
	PIX *lines = whole != NULL ? page_brick_open(whole, upright ? 1 : length, upright ? length : 1) : NULL;
	BOXA *boxes = lines != NULL ? pixConnCompBB(lines, 8) : NULL;
	const assay_code rc =
	    boxes != NULL ? collect(out, boxes, upright, height, err) : ASSAY_RAISE(err, ASSAY_ENOMEM, "ruling lines");

	boxaDestroy(&boxes);
	pixDestroy(&lines);
	pixDestroy(&whole);
	return rc;
}

assay_code table_rules_find(table_rules *out, PIX *pix, int32_t height, assay_err *err)
{
	ridges r = {.width = pixGetWidth(pix), .height = pixGetHeight(pix)};
	uint64_t hist[256];
	grey_tones tones;
	assay_code rc;

	*out = (table_rules){0};
	ASSAY_TRY(grey_histogram(hist, pix, err));
	tones = grey_tones_of(hist);
	if (tones.ink == 0 || r.width < LENGTHS * height || r.height < LENGTHS * height)
		return ASSAY_OK;
	r.reach = height / 3 > 3 ? height / 3 : 3;
	r.least = tones.contrast / 6 > 1 ? tones.contrast / 6 : 1;
	r.level = pixCreate(r.width, r.height, 1);
	r.upright = pixCreate(r.width, r.height, 1);
	if (r.level == NULL || r.upright == NULL) {
		rc = ASSAY_RAISE(err, ASSAY_ENOMEM, "ruling lines");
		goto fail;
	}
	ASSAY_TRY(find_ridges(&r, pix, err));
	ASSAY_TRY(lines_of(out, r.level, false, height, err));
	rc = lines_of(out, r.upright, true, height, err);
fail:
	pixDestroy(&r.level);
	pixDestroy(&r.upright);
	return rc;
}

int32_t table_rules_cover(const table_rule *rules, size_t count, int32_t at, int32_t near, int32_t from, int32_t to)
{
	int32_t covered = 0;

	for (size_t i = 0; i < count; i++) {
		const table_rule *r = &rules[i];
		const int32_t a = r->from > from ? r->from : from, b = r->to < to ? r->to : to;

		if (r->at >= at - near && r->at <= at + near && b > a)
			covered += b - a;
	}
	return covered < to - from ? covered : to - from;
}
