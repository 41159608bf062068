/** page.despeckle: a page without its smallest spots of ink. Integers and bits only. */
#include "ocr.h"

#include "grey.h"
#include "page_ink.h"
#include "page_value.h"

#include "assay/decimal.h"
#include "assay/memory.h"

#include <string.h>

#define AREA_MAX     1000
#define PAPER_TENTHS 117 /* height of A4 in tenths of an inch: stands for the resolution of a page that declares none */

typedef struct params {
	int64_t size;
} params;

static const assay_param schema[] = {
    ASSAY_PARAM_ROW_INT(params, size, "0", 0, AREA_MAX, "px",
			"largest speck that is removed; 0: by the resolution, 8 at 300 dpi, or as if the longer side "
			"were 11.7 inches when the resolution is not known"),
    {0},
};

enum { METRIC_SPECKS, METRIC_RATIO };

#define ON_PAGES ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_PAGE)

static const assay_metric metrics[] = {
    {"page.specks", "1", 0, ON_PAGES,
     "specks that were removed: groups of ink pixels, joined at sides or corners, of no more than size pixels"},
    {"page.speck_ratio", "1", 6, ON_PAGES,
     "share of the ink pixels that were in removed specks, 0 to 1; undefined without ink"},
    {0},
};

/* ---------------------------------------------------------------- specks */

typedef struct spot {
	int x, y;
} spot;

typedef struct cleaner {
	PIX *ink;   /* 1 bpp, the page as it was; borrowed */
	PIX *large; /* 1 bpp: ink that is known to be part of more than a speck */
	PIX *mine;  /* 1 bpp: the group at hand */
	PIX *from;  /* the page; borrowed */
	PIX *to;    /* the page without specks; NULL until the first one */
	int width, height;
	size_t size, count; /* pixels that a speck may have, and that the group at hand has */
	spot group[AREA_MAX + 1];
	uint64_t specks, pixels;
} cleaner;

static l_uint32 *row_of(PIX *pix, int y)
{
	return pixGetData(pix) + (size_t)pixGetWpl(pix) * (size_t)y;
}

static bool has(PIX *pix, int x, int y)
{
	return GET_DATA_BIT(row_of(pix, y), x) != 0;
}

static void cleaner_release(cleaner *c)
{
	pixDestroy(&c->large);
	pixDestroy(&c->mine);
	pixDestroy(&c->to);
}

static assay_code cleaner_init(cleaner *c, PIX *from, PIX *ink, size_t size, assay_err *err)
{
	*c = (cleaner){.from = from, .ink = ink, .width = pixGetWidth(ink), .height = pixGetHeight(ink), .size = size};
	c->large = pixCreate(c->width, c->height, 1);
	c->mine = pixCreate(c->width, c->height, 1);
	if (c->large != NULL && c->mine != NULL)
		return ASSAY_OK;
	cleaner_release(c);
	return ASSAY_RAISE(err, ASSAY_ENOMEM, "marks of a page of %d x %d pixels", c->width, c->height);
}

/* False once the group is known to be more than a speck. */
static bool take_neighbours(cleaner *c, spot s)
{
	for (int y = s.y > 0 ? s.y - 1 : 0; y <= s.y + 1 && y < c->height; y++)
		for (int x = s.x > 0 ? s.x - 1 : 0; x <= s.x + 1 && x < c->width; x++) {
			if (!has(c->ink, x, y) || has(c->mine, x, y))
				continue;
			if (has(c->large, x, y) || c->count == c->size)
				return false;
			SET_DATA_BIT(row_of(c->mine, y), x);
			c->group[c->count++] = (spot){x, y};
		}
	return true;
}

/* Collects the group of a pixel as far as it may be a speck. Each pixel of large groups is looked at once or twice:
 * a group that meets one ends there. */
static bool collect(cleaner *c, int x, int y)
{
	bool small = true;

	c->group[0] = (spot){x, y};
	c->count = 1;
	SET_DATA_BIT(row_of(c->mine, y), x);
	for (size_t i = 0; i < c->count && small; i++)
		small = take_neighbours(c, c->group[i]);
	for (size_t i = 0; i < c->count; i++) {
		CLEAR_DATA_BIT(row_of(c->mine, c->group[i].y), c->group[i].x);
		if (!small)
			SET_DATA_BIT(row_of(c->large, c->group[i].y), c->group[i].x);
	}
	return small;
}

static unsigned grey_at(PIX *pix, int x, int y, l_uint32 *value)
{
	(void)pixGetPixel(pix, x, y, value);
	if (pixGetDepth(pix) == 8)
		return *value;
	return (77 * (*value >> 24) + 150 * (*value >> 16 & 0xff) + 29 * (*value >> 8 & 0xff) + 128) >> 8;
}

/* The brightest pixel around the group that is not ink, the first of equals; there is one unless all is ink. */
static l_uint32 paper_around(const cleaner *c)
{
	l_uint32 best = pixGetDepth(c->from) == 32 ? 0xffffff00 : 255, value = 0;
	int brightest = -1;

	for (size_t i = 0; i < c->count; i++) {
		const spot s = c->group[i];

		for (int y = s.y > 0 ? s.y - 1 : 0; y <= s.y + 1 && y < c->height; y++)
			for (int x = s.x > 0 ? s.x - 1 : 0; x <= s.x + 1 && x < c->width; x++)
				if (!has(c->ink, x, y) && (int)grey_at(c->from, x, y, &value) > brightest) {
					brightest = (int)grey_at(c->from, x, y, &best);
				}
	}
	return best;
}

static assay_code erase(cleaner *c, assay_err *err)
{
	const l_uint32 paper = pixGetDepth(c->from) == 1 ? 0 : paper_around(c);

	if (c->to == NULL)
		c->to = pixCopy(NULL, c->from);
	if (c->to == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "cleaned page");
	for (size_t i = 0; i < c->count; i++)
		(void)pixSetPixel(c->to, c->group[i].x, c->group[i].y, paper);
	c->specks++;
	c->pixels += c->count;
	return ASSAY_OK;
}

static assay_code clean_word(cleaner *c, int y, int word, assay_err *err)
{
	const l_uint32 ink = row_of(c->ink, y)[word];

	for (int x = 32 * word; x < 32 * word + 32 && x < c->width; x++) {
		assay_code rc;

		if ((ink >> (31 - x % 32) & 1) == 0 || has(c->large, x, y) || !collect(c, x, y))
			continue;
		rc = erase(c, err);
		if (rc != ASSAY_OK)
			return rc;
		/* the group is gone from the page, and its other pixels must not find it again */
		for (size_t i = 0; i < c->count; i++)
			SET_DATA_BIT(row_of(c->large, c->group[i].y), c->group[i].x);
	}
	return ASSAY_OK;
}

static assay_code clean(cleaner *c, assay_err *err)
{
	const int words = pixGetWpl(c->ink);
	assay_code rc = ASSAY_OK;

	for (int y = 0; y < c->height && rc == ASSAY_OK; y++)
		for (int i = 0; i < words && rc == ASSAY_OK; i++)
			if (row_of(c->ink, y)[i] != 0)
				rc = clean_word(c, y, i, err);
	return rc;
}

/* ---------------------------------------------------------------- the stage */

static size_t size_of(const params *p, const assay_page *page)
{
	const int w = pixGetWidth(page->pix), h = pixGetHeight(page->pix);
	const int64_t declared = page->dpi_x < page->dpi_y ? page->dpi_x : page->dpi_y;
	const int64_t dpi = declared > 0 ? declared : (int64_t)(w > h ? w : h) * 10 / PAPER_TENTHS;
	const int64_t size = p->size > 0 ? p->size : dpi * dpi / 11250;

	return size > AREA_MAX ? AREA_MAX : (size_t)size;
}

static assay_code measure(uint64_t specks, uint64_t removed, uint64_t ink, uint32_t sample, assay_sink *sink,
			  assay_err *err)
{
	const assay_code rc = assay_measure(sink, sample, METRIC_SPECKS, (int64_t)specks, err);

	if (rc != ASSAY_OK)
		return rc;
	if (ink == 0)
		return assay_undefined(sink, sample, METRIC_RATIO, "no ink", err);
	return assay_measure(sink, sample, METRIC_RATIO, assay_round_ratio((int64_t)removed, (int64_t)ink, 6), err);
}

static assay_code push_ink(const params *p, const assay_value *v, PIX *ink, uint64_t pixels, assay_sink *sink,
			   assay_err *err)
{
	ASSAY_AUTO_FREE cleaner *c = assay_alloc(1, sizeof *c);
	assay_code rc;

	if (c == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "speck");
	rc = cleaner_init(c, v->u.page.pix, ink, size_of(p, &v->u.page), err);
	if (rc != ASSAY_OK)
		return rc;
	if (c->size > 0)
		rc = clean(c, err);
	if (rc == ASSAY_OK)
		rc = measure(c->specks, c->pixels, pixels, v->root, sink, err);
	if (rc == ASSAY_OK)
		rc = c->to == NULL ? page_pass(v, sink, err) : page_pass_changed(v, ASSAY_STEAL(&c->to), sink, err);
	cleaner_release(c);
	return rc;
}

static assay_code push(void *state, const assay_value *v, assay_sink *sink, assay_err *err)
{
	PIX *ink;
	uint64_t pixels;
	assay_code rc = page_ink(&ink, &pixels, v->u.page.pix, err);

	if (rc != ASSAY_OK)
		return rc;
	if (pixels > 0) {
		rc = push_ink(state, v, ink, pixels, sink, err);
	} else {
		rc = measure(0, 0, 0, v->root, sink, err);
		if (rc == ASSAY_OK)
			rc = page_pass(v, sink, err);
	}
	pixDestroy(&ink);
	return rc;
}

const assay_stage assay_stage_page_despeckle = {
    .abi = ASSAY_STAGE_ABI,
    .name = "page.despeckle",
    .version = 1,
    .modality = ASSAY_MODALITY_PAGE,
    .summary = "remove the smallest spots of ink from a page",
    .reference = "Rosenfeld, Pfaltz 1966, doi:10.1145/321356.321357 (connected components); Otsu 1979",
    .replaces = ASSAY_VALUE_PAGE,
    .emits = ASSAY_VALUE_PAGE,
    .determinism = ASSAY_EXACT,
    .params = schema,
    .params_size = sizeof(params),
    .metrics = metrics,
    .open = page_open_stateless,
    .push = push,
};
