#include "ocr_shaded.h"

#include "grey.h"
#include "page_brick.h"
#include "page_ink.h"

#include <stdbool.h>

#define AREAS_MAX 1000 /* of one page, from the top; a form of coloured cells has a hundred */

/* Is the variance between the two sides of the threshold at least three quarters of all? */
static bool is_two_levels(const uint64_t hist[256], int threshold)
{
	double n[2] = {0, 0}, sum[2] = {0, 0}, square = 0, mean, all, between;

	for (int g = 0; g < 256; g++) {
		n[g > threshold] += (double)hist[g];
		sum[g > threshold] += (double)hist[g] * g;
		square += (double)hist[g] * g * g;
	}
	mean = (sum[0] + sum[1]) / (n[0] + n[1]);
	all = square - mean * (sum[0] + sum[1]);
	between = sum[0] * sum[0] / n[0] + sum[1] * sum[1] / n[1] - mean * (sum[0] + sum[1]);
	return between >= 0.75 * all;
}

/* The brighter of an area's two levels as ink, where it is the rarer; NULL and ASSAY_OK where it is not. */
static assay_code writing_of(PIX **out, PIX *area, assay_err *err)
{
	uint64_t hist[256];
	grey_tones t;
	assay_code rc = grey_histogram(hist, area, err);

	*out = NULL;
	if (rc != ASSAY_OK)
		return rc;
	t = grey_tones_of(hist);
	if (t.ink * 2 <= t.pixels || !is_two_levels(hist, t.threshold))
		return ASSAY_OK;
	*out = grey_threshold(area, t.threshold, err);
	if (*out == NULL)
		return ASSAY_ENOMEM;
	(void)pixInvert(*out, *out);
	return ASSAY_OK;
}

static assay_code add_area(PIX **out, PIX *page, BOX *box, assay_err *err)
{
	PIX *area = pixClipRectangle(page, box, NULL), *writing = NULL;
	assay_code rc = area == NULL ? ASSAY_RAISE(err, ASSAY_ENOMEM, "area of a page") : ASSAY_OK;

	if (rc == ASSAY_OK)
		rc = writing_of(&writing, area, err);
	if (rc == ASSAY_OK && writing != NULL && *out == NULL) {
		*out = pixCreate(pixGetWidth(page), pixGetHeight(page), 1);
		if (*out == NULL)
			rc = ASSAY_RAISE(err, ASSAY_ENOMEM, "writing of a page");
	}
	if (rc == ASSAY_OK && writing != NULL)
		(void)pixRasterop(*out, box->x, box->y, pixGetWidth(writing), pixGetHeight(writing), PIX_SRC, writing,
				  0, 0);
	pixDestroy(&writing);
	pixDestroy(&area);
	return rc;
}

assay_code ocr_shaded_ground(PIX **out, PIX *page, int32_t height, assay_err *err)
{
	PIX *ink;
	uint64_t pixels;
	assay_code rc = page_ink(&ink, &pixels, page, err);

	*out = NULL;
	if (rc != ASSAY_OK)
		return rc;
	*out = ink != NULL ? page_brick_open(ink, height, height) : pixCreate(pixGetWidth(page), pixGetHeight(page), 1);
	pixDestroy(&ink);
	return *out != NULL ? ASSAY_OK : ASSAY_RAISE(err, ASSAY_ENOMEM, "dark ground of a page");
}

assay_code ocr_shaded_ink(PIX **out, PIX *ground, PIX *page, int32_t height, assay_err *err)
{
	BOXA *areas = pixConnCompBB(ground, 4);
	assay_code rc = ASSAY_OK;

	*out = NULL;
	if (areas == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "dark ground of a page");
	for (l_int32 i = 0; rc == ASSAY_OK && i < areas->n && i < AREAS_MAX; i++)
		if (areas->box[i]->w >= 3 * height)
			rc = add_area(out, page, areas->box[i], err);
	boxaDestroy(&areas);
	if (rc != ASSAY_OK)
		pixDestroy(out);
	return rc;
}
