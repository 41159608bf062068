#include "page_image.h"

#include "assay/memory.h"

#include <stdlib.h>

#define DPI_MIN         36
#define DPI_MAX         4800
#define PAGE_SHORT_SIDE 34 /* inches; A0 is 33.1 wide */
#define LEPTONICA_SIDE  1000000

void page_image_release(page_image *p)
{
	pixDestroy(&p->pix);
	free(p->layer);
	*p = PAGE_IMAGE_INIT;
}

assay_code page_check_size(uint64_t width, uint64_t height, uint64_t max_pixels, assay_err *err)
{
	if (width == 0 || height == 0)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "declares a size of %ju x %ju pixels", (uintmax_t)width,
				   (uintmax_t)height);
	if (width > LEPTONICA_SIDE || height > LEPTONICA_SIDE || width * height > max_pixels)
		return ASSAY_RAISE(err, ASSAY_EFULL, "declares %ju x %ju pixels, more than max_pixels = %ju",
				   (uintmax_t)width, (uintmax_t)height, (uintmax_t)max_pixels);
	return ASSAY_OK;
}

PIX *page_pix_new(uint32_t width, uint32_t height, int depth, assay_err *err)
{
	PIX *pix = pixCreate((l_int32)width, (l_int32)height, depth);

	if (pix == NULL)
		(void)ASSAY_RAISE(err, ASSAY_ENOMEM, "page of %u x %u pixels, %d bits each", width, height, depth);
	return pix;
}

void page_row_swap(uint32_t *row, size_t words)
{
	for (size_t i = 0; i < words; i++)
		row[i] = __builtin_bswap32(row[i]);
}

static uint32_t blend(uint32_t value, uint32_t alpha)
{
	return (value * alpha + 255 * (255 - alpha) + 127) / 255;
}

void page_over_white(PIX *pix)
{
	uint32_t *data = pixGetData(pix);
	const size_t n = (size_t)pixGetWpl(pix) * (size_t)pixGetHeight(pix);

	for (size_t i = 0; i < n; i++) {
		const uint32_t v = data[i], a = v & 0xff;

		if (a == 255)
			data[i] = v & ~(uint32_t)0xff;
		else
			data[i] =
			    blend(v >> 24, a) << 24 | blend(v >> 16 & 0xff, a) << 16 | blend(v >> 8 & 0xff, a) << 8;
	}
	pixSetSpp(pix, 3);
}

assay_code page_keep_red(PIX **pix, assay_err *err)
{
	PIX *grey = pixGetRGBComponent(*pix, COLOR_RED);

	if (grey == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "grey page");
	pixDestroy(pix);
	*pix = grey;
	return ASSAY_OK;
}

static PIX *to_plain_depth(PIX *pix)
{
	if (pixGetColormap(pix) != NULL)
		return pixRemoveColormap(pix, REMOVE_CMAP_BASED_ON_SRC);
	if (pixGetDepth(pix) == 16)
		return pixConvert16To8(pix, L_MS_BYTE);
	return pixConvertTo8(pix, 0);
}

assay_code page_normalize(PIX **pix, bool has_alpha, assay_err *err)
{
	const int d = pixGetDepth(*pix);

	if (pixGetColormap(*pix) != NULL || (d != 1 && d != 8 && d != 32)) {
		PIX *plain = to_plain_depth(*pix);

		if (plain == NULL)
			return ASSAY_RAISE(err, ASSAY_ENOMEM, "convert page of %d bits a pixel", d);
		pixDestroy(pix);
		*pix = plain;
	}
	if (has_alpha && pixGetDepth(*pix) == 32)
		page_over_white(*pix);
	return ASSAY_OK;
}

/* EXIF orientation n: first mirror left to right, then turn clockwise by quarters. */
static const struct {
	bool mirror;
	int quarters;
} exif_steps[9] = {
    [1] = {false, 0}, [2] = {true, 0},  [3] = {false, 2}, [4] = {true, 2},
    [5] = {true, 3},  [6] = {false, 1}, [7] = {true, 1},  [8] = {false, 3},
};

assay_code page_orient(page_image *p, assay_err *err)
{
	const int o = p->orientation;
	PIX *turned;

	if (o < 2 || o > 8)
		return ASSAY_OK;
	if (exif_steps[o].mirror && pixFlipLR(p->pix, p->pix) == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "mirror page");
	p->orientation = 1;
	if (exif_steps[o].quarters == 0)
		return ASSAY_OK;
	turned = pixRotateOrth(p->pix, exif_steps[o].quarters);
	if (turned == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "turn page");
	pixDestroy(&p->pix);
	p->pix = turned;
	if (exif_steps[o].quarters != 2) {
		const int32_t x = p->dpi_x;

		p->dpi_x = p->dpi_y;
		p->dpi_y = x;
	}
	return ASSAY_OK;
}

void page_check_dpi(page_image *p)
{
	const int64_t w = pixGetWidth(p->pix), h = pixGetHeight(p->pix);
	const int64_t side = w < h ? w : h;

	if (p->dpi_x < DPI_MIN || p->dpi_y < DPI_MIN || p->dpi_x > DPI_MAX || p->dpi_y > DPI_MAX ||
	    side > (int64_t)PAGE_SHORT_SIDE * (w < h ? p->dpi_x : p->dpi_y)) {
		p->dpi_x = 0;
		p->dpi_y = 0;
	}
}

int32_t page_dpi_from_metre(uint64_t per_metre)
{
	if (per_metre > 1000000)
		return 0;
	return (int32_t)((per_metre * 254 + 5000) / 10000);
}
