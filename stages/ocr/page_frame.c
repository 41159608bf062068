#include "page_frame.h"

#include <leptonica/allheaders.h>

#include <math.h>

#define RADIANS (3.14159265358979323846 / 18000.0) /* per hundredth of a degree */

enum { UPPER_LEFT, UPPER_RIGHT, LOWER_RIGHT, LOWER_LEFT, CORNERS };

static bool is_turned(const assay_corners *c)
{
	return c->x[LOWER_RIGHT] != 0 || c->y[LOWER_RIGHT] != 0;
}

assay_corners page_frame_of(const assay_page *page)
{
	const int32_t w = pixGetWidth(page->pix), h = pixGetHeight(page->pix);

	return is_turned(&page->corners) ? page->corners : (assay_corners){{0, w, w, 0}, {0, 0, h, h}};
}

assay_corners page_frame_turned(const assay_page *page, int32_t width, int32_t height, int32_t turn)
{
	const double c = cos(turn * RADIANS), s = sin(turn * RADIANS);
	const double x0 = pixGetWidth(page->pix) / 2.0, y0 = pixGetHeight(page->pix) / 2.0;
	assay_corners out = page_frame_of(page);

	for (int i = 0; i < CORNERS; i++) {
		const double x = out.x[i] - x0, y = out.y[i] - y0;

		out.x[i] = (int32_t)lround(width / 2.0 + x * c - y * s);
		out.y[i] = (int32_t)lround(height / 2.0 + x * s + y * c);
	}
	return out;
}

assay_corners page_frame_moved(const assay_page *page, int32_t left, int32_t top)
{
	assay_corners out = page->corners;

	for (int i = 0; is_turned(&page->corners) && i < CORNERS; i++) {
		out.x[i] -= left;
		out.y[i] -= top;
	}
	return out;
}

assay_corners page_frame_scaled(const assay_page *page, int32_t width, int32_t height)
{
	const int64_t w = pixGetWidth(page->pix), h = pixGetHeight(page->pix);
	assay_corners out = page->corners;

	for (int i = 0; i < CORNERS; i++) {
		out.x[i] = (int32_t)(out.x[i] * (int64_t)width / w);
		out.y[i] = (int32_t)(out.y[i] * (int64_t)height / h);
	}
	return out;
}

/* Where the straight line from (a, b) to (c, d) has the second coordinate at `at`. */
static int32_t along(int32_t a, int32_t b, int32_t c, int32_t d, int32_t at)
{
	return a == c ? b : (int32_t)(b + (int64_t)(d - b) * (at - a) / (c - a));
}

int32_t page_frame_left(const assay_corners *c, int32_t y)
{
	return along(c->y[UPPER_LEFT], c->x[UPPER_LEFT], c->y[LOWER_LEFT], c->x[LOWER_LEFT], y);
}

int32_t page_frame_right(const assay_corners *c, int32_t y)
{
	return along(c->y[UPPER_RIGHT], c->x[UPPER_RIGHT], c->y[LOWER_RIGHT], c->x[LOWER_RIGHT], y);
}

int32_t page_frame_top(const assay_corners *c, int32_t x)
{
	return along(c->x[UPPER_LEFT], c->y[UPPER_LEFT], c->x[UPPER_RIGHT], c->y[UPPER_RIGHT], x);
}

int32_t page_frame_bottom(const assay_corners *c, int32_t x)
{
	return along(c->x[LOWER_LEFT], c->y[LOWER_LEFT], c->x[LOWER_RIGHT], c->y[LOWER_RIGHT], x);
}
