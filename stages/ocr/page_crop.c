/** page.crop: cut off the dark border of a scan or photograph. Integers only, on a page reduced by whole factors. */
#include "ocr.h"

#include "grey.h"
#include "page_frame.h"
#include "page_value.h"

#include "assay/decimal.h"
#include "assay/memory.h"

#define SIDE_MAX 512 /* cells on the longer side of the reduced page */

typedef struct params {
	int64_t max_cut, min_dark;
} params;

static const assay_param schema[] = {
    ASSAY_PARAM_ROW_DECIMAL(params, max_cut, "0.30", 2, 1, 45, "",
			    "largest share of the width or height that is cut off at one side"),
    ASSAY_PARAM_ROW_DECIMAL(params, min_dark, "0.80", 2, 50, 100, "",
			    "a side is cut only when at least this share of what goes is dark"),
    {0},
};

enum { METRIC_CROPPED };

static const assay_metric metrics[] = {
    {"page.cropped", "1", 4, ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_PAGE),
     "share of the page's pixels that was cut off as border, 0 to 1; 0 when the page was left alone"},
    {0},
};

typedef struct area {
	int left, top, right, bottom; /* right and bottom exclusive */
} area;

/* ---------------------------------------------------------------- the page in cells */

static void add_row(uint32_t *sums, const uint8_t *row, int width, int factor)
{
	for (int x = 0; x < width; x++)
		for (int dx = 0; dx < factor; dx++)
			sums[x] += row[x * factor + dx];
}

/* Means of factor x factor pixels, 8 bpp. What does not fill a cell at the right and the bottom is not looked at. */
static assay_code reduce(PIX **out, PIX *pix, int factor, assay_err *err)
{
	const int width = pixGetWidth(pix) / factor, height = pixGetHeight(pix) / factor;
	const uint32_t cell = (uint32_t)(factor * factor);
	ASSAY_AUTO_FREE uint8_t *row = assay_alloc(grey_row_size(pix), 1);
	ASSAY_AUTO_FREE uint32_t *sums = assay_alloc((size_t)width, sizeof *sums);

	*out = row != NULL && sums != NULL ? pixCreate(width, height, 8) : NULL;
	if (*out == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "reduced page");
	for (int y = 0; y < height; y++) {
		l_uint32 *line = pixGetData(*out) + (size_t)pixGetWpl(*out) * (size_t)y;

		for (int x = 0; x < width; x++)
			sums[x] = cell / 2;
		for (int dy = 0; dy < factor; dy++) {
			grey_row(row, pix, y * factor + dy);
			add_row(sums, row, width, factor);
		}
		for (int x = 0; x < width; x++)
			SET_DATA_BYTE(line, x, (l_uint8)(sums[x] / cell));
	}
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- where the sheet is */

/* The largest bright group, with what it surrounds: the sheet. */
static assay_code largest_group(area *out, PIX *bright, assay_err *err)
{
	PIXA *parts = NULL;
	BOXA *boxes = pixConnComp(bright, &parts, 4);
	l_int32 best = -1, most = 0;

	if (boxes == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "groups of paper");
	for (l_int32 i = 0; i < boxaGetCount(boxes); i++) {
		PIX *part = pixaGetPix(parts, i, L_CLONE);
		l_int32 n = 0;

		(void)pixCountPixels(part, &n, NULL);
		pixDestroy(&part);
		if (n > most) {
			most = n;
			best = i;
		}
	}
	*out = (area){0};
	if (best >= 0) {
		l_int32 x = 0, y = 0, w = 0, h = 0;

		(void)boxaGetBoxGeometry(boxes, best, &x, &y, &w, &h);
		*out = (area){x, y, x + w, y + h};
	}
	pixaDestroy(&parts);
	boxaDestroy(&boxes);
	return ASSAY_OK;
}

static int64_t dark_in(PIX *bright, area a)
{
	int64_t n = 0;

	for (int y = a.top; y < a.bottom; y++) {
		const l_uint32 *line = pixGetData(bright) + (size_t)pixGetWpl(bright) * (size_t)y;

		for (int x = a.left; x < a.right; x++)
			n += GET_DATA_BIT(line, x) == 0;
	}
	return n;
}

/* How many cells of one side go: `cut` of `side`, which cover the area. */
static int side_cut(const params *p, PIX *bright, area a, int cut, int side)
{
	const int64_t cells = (int64_t)(a.right - a.left) * (a.bottom - a.top);

	if (cut == 0 || (int64_t)cut * 100 > side * p->max_cut)
		return 0;
	return dark_in(bright, a) * 100 >= cells * p->min_dark ? cut : 0;
}

/* The area that stays, in cells. */
static area keep_of(const params *p, PIX *bright, area sheet)
{
	const int w = pixGetWidth(bright), h = pixGetHeight(bright);
	const area left = {0, 0, sheet.left, h}, right = {sheet.right, 0, w, h};
	const area top = {0, 0, w, sheet.top}, bottom = {0, sheet.bottom, w, h};

	return (area){side_cut(p, bright, left, sheet.left, w), side_cut(p, bright, top, sheet.top, h),
		      w - side_cut(p, bright, right, w - sheet.right, w),
		      h - side_cut(p, bright, bottom, h - sheet.bottom, h)};
}

static assay_code find_in_cells(area *out, const params *p, PIX *cells, assay_err *err)
{
	uint64_t hist[256];
	grey_tones t;
	PIX *dark, *bright;
	area sheet;
	assay_code rc = grey_histogram(hist, cells, err);

	*out = (area){0, 0, pixGetWidth(cells), pixGetHeight(cells)};
	if (rc != ASSAY_OK)
		return rc;
	t = grey_tones_of(hist);
	if (t.ink == 0)
		return ASSAY_OK;
	dark = grey_threshold(cells, t.threshold, err);
	if (dark == NULL)
		return ASSAY_ENOMEM;
	/* Bright scratches of the border do not join the sheet. */
	bright = pixInvert(NULL, dark);
	if (bright == NULL || pixOpenBrick(bright, bright, 3, 3) == NULL)
		rc = ASSAY_RAISE(err, ASSAY_ENOMEM, "paper of the page");
	else
		rc = largest_group(&sheet, bright, err);
	if (rc == ASSAY_OK && sheet.right > 0)
		*out = keep_of(p, bright, sheet);
	pixDestroy(&dark);
	pixDestroy(&bright);
	return rc;
}

/* The area that stays, in pixels. A cell more goes where a side is cut: it is part border, part sheet. */
static assay_code find(area *out, const params *p, PIX *pix, assay_err *err)
{
	const int w = pixGetWidth(pix), h = pixGetHeight(pix), side = w > h ? w : h;
	const int factor = (side + SIDE_MAX - 1) / SIDE_MAX;
	PIX *cells = NULL;
	area keep;
	assay_code rc;

	*out = (area){0, 0, w, h};
	if (w / factor < 8 || h / factor < 8)
		return ASSAY_OK;
	rc = reduce(&cells, pix, factor, err);
	if (rc == ASSAY_OK)
		rc = find_in_cells(&keep, p, cells, err);
	if (rc == ASSAY_OK) {
		const area a = {keep.left > 0 ? keep.left + 1 : 0, keep.top > 0 ? keep.top + 1 : 0,
				keep.right < w / factor ? keep.right - 1 : 0,
				keep.bottom < h / factor ? keep.bottom - 1 : 0};

		*out = (area){a.left * factor, a.top * factor, a.right > 0 ? a.right * factor : w,
			      a.bottom > 0 ? a.bottom * factor : h};
	}
	pixDestroy(&cells);
	return rc;
}

/* ---------------------------------------------------------------- the stage */

static assay_code pass_cut(const assay_value *v, PIX *cut, const area *a, assay_sink *sink, assay_err *err)
{
	assay_value *out = page_value_replace(v, cut, err);

	if (out == NULL)
		return ASSAY_ENOMEM;
	out->u.page.corners = page_frame_moved(&v->u.page, a->left, a->top);
	return assay_emit(sink, out, err);
}

static assay_code push(void *state, const assay_value *v, assay_sink *sink, assay_err *err)
{
	PIX *pix = v->u.page.pix, *cut;
	const int64_t pixels = (int64_t)pixGetWidth(pix) * pixGetHeight(pix);
	int64_t kept;
	BOX *box;
	area a;
	assay_code rc;

	ASSAY_TRY(find(&a, state, pix, err));
	kept = (int64_t)(a.right - a.left) * (a.bottom - a.top);
	ASSAY_TRY(assay_measure(sink, v->root, METRIC_CROPPED, assay_round_ratio(pixels - kept, pixels, 4), err));
	if (kept == pixels)
		return page_pass(v, sink, err);
	box = boxCreate(a.left, a.top, a.right - a.left, a.bottom - a.top);
	cut = box != NULL ? pixClipRectangle(pix, box, NULL) : NULL;
	boxDestroy(&box);
	if (cut == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "cut page");
	return pass_cut(v, cut, &a, sink, err);
fail:
	return rc;
}

static const char *const libraries[] = {"liblept", NULL};

const assay_stage assay_stage_page_crop = {
    .abi = ASSAY_STAGE_ABI,
    .name = "page.crop",
    .version = 1,
    .modality = ASSAY_MODALITY_PAGE,
    .summary = "cut off the dark border of a scan or photograph",
    .reference = "Otsu 1979, doi:10.1109/TSMC.1979.4310076",
    .replaces = ASSAY_VALUE_PAGE,
    .emits = ASSAY_VALUE_PAGE,
    .determinism = ASSAY_EXACT_PER_BUILD,
    .libraries = libraries,
    .params = schema,
    .params_size = sizeof(params),
    .metrics = metrics,
    .open = page_open_stateless,
    .push = push,
};
