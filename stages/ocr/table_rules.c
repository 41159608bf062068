#include "table_rules.h"

#include "grey.h"

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

static void row_of_ridges(ridges *r, const uint8_t *above, const uint8_t *row, const uint8_t *below, int y)
{
	for (int x = 0; x < r->width; x++) {
		const int g = row[x] + r->least;
		const int left = x >= r->reach ? row[x - r->reach] : 255;
		const int right = x + r->reach < r->width ? row[x + r->reach] : 255;

		if (g <= above[x] && g <= below[x])
			set_bit(r->level, x, y);
		if (g <= left && g <= right)
			set_bit(r->upright, x, y);
	}
}

/* Rows reach above to reach below are at hand in a ring; beyond the page is paper. */
static assay_code find_ridges(ridges *r, PIX *pix, assay_err *err)
{
	const size_t size = grey_row_size(pix), span = 2 * (size_t)r->reach + 1;
	ASSAY_AUTO_FREE uint8_t *ring = assay_alloc(span + 1, size);
	uint8_t *paper;

	if (ring == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "rows of a page");
	paper = ring + span * size;
	memset(paper, 255, size);
	for (int y = 0; y < r->height + r->reach; y++) {
		const int middle = y - r->reach, top = middle - r->reach;

		if (y < r->height)
			grey_row(ring + (size_t)y % span * size, pix, y);
		if (middle >= 0)
			row_of_ridges(r, top >= 0 ? ring + (size_t)top % span * size : paper,
				      ring + (size_t)middle % span * size,
				      y < r->height ? ring + (size_t)y % span * size : paper, middle);
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
	PIX *whole = pixCloseSafeBrick(NULL, ridge, upright ? 1 : GAP, upright ? GAP : 1);
	PIX *lines = whole != NULL ? pixOpenBrick(NULL, whole, upright ? 1 : length, upright ? length : 1) : NULL;
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
