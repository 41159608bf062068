/** PNG straight through libpng, decoded into the picture's own memory. */
#include "page_image.h"

#include "assay/memory.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

#define CHUNK_MAX ((png_alloc_size_t)64 << 20)

typedef struct decoder {
	png_structp png;
	png_infop info;
	page_bytes in;
	size_t at;
	page_image *out;
	png_bytepp rows;
	uint64_t max_pixels;
	bool grey; /* no colour in it, though it is decoded as RGBA */
	bool alpha;
	assay_code code; /* of the first damage */
	char text[160];
	assay_err *err;
	assay_code raised;
	jmp_buf jump;
} decoder;

static void keep(decoder *d, assay_code code, const char *text)
{
	if (d->code != ASSAY_OK)
		return;
	d->code = code;
	(void)snprintf(d->text, sizeof d->text, "%s", text);
}

static void on_error(png_structp png, png_const_charp text)
{
	decoder *d = png_get_error_ptr(png);

	keep(d, strstr(text, "ut of memory") != NULL ? ASSAY_ENOMEM : ASSAY_ECORRUPT, text);
	longjmp(d->jump, 1);
}

/* libpng warns about colour profiles and text that it dislikes; only what concerns the picture's data matters. */
static void on_warning(png_structp png, png_const_charp text)
{
	if (strncmp(text, "IDAT", 4) == 0)
		keep(png_get_error_ptr(png), ASSAY_ECORRUPT, text);
}

static void on_read(png_structp png, png_bytep to, size_t n)
{
	decoder *d = png_get_io_ptr(png);

	if (d->in.size - d->at < n) {
		keep(d, ASSAY_ESHORT, "file ends early");
		png_error(png, "file ends early");
	}
	memcpy(to, d->in.data + d->at, n);
	d->at += n;
}

/* Of an animated PNG the picture that is shown where animations are not understood is read; it need not be a frame. */
static int on_chunk(png_structp png, png_unknown_chunkp chunk)
{
	decoder *d = png_get_user_chunk_ptr(png);

	if (memcmp(chunk->name, "acTL", 4) == 0 && chunk->size >= 4)
		d->out->pictures = png_get_uint_32(chunk->data);
	return 1;
}

typedef enum layout { LAYOUT_BITS, LAYOUT_GREY, LAYOUT_RGB } layout;

static bool palette_is_grey(const png_color *p, int n)
{
	for (int i = 0; i < n; i++)
		if (p[i].red != p[i].green || p[i].green != p[i].blue)
			return false;
	return true;
}

/* A palette of black and white only is the picture's bits, one way round or the other. */
static bool palette_is_bilevel(const png_color *p, int n)
{
	return n == 2 && palette_is_grey(p, 2) && p[0].red + p[1].red == 255 && (p[0].red == 0 || p[0].red == 255);
}

static layout palette_layout(decoder *d, int depth)
{
	png_colorp pal = NULL;
	int n = 0;

	(void)png_get_PLTE(d->png, d->info, &pal, &n);
	if (depth == 1 && !d->alpha && palette_is_bilevel(pal, n)) {
		if (pal[0].red == 0)
			d->grey = true; /* a set bit is white: invert later */
		return LAYOUT_BITS;
	}
	png_set_palette_to_rgb(d->png);
	d->grey = palette_is_grey(pal, n);
	return LAYOUT_RGB;
}

static layout grey_layout(decoder *d, int depth)
{
	d->grey = true;
	if (d->alpha) {
		png_set_expand_gray_1_2_4_to_8(d->png);
		png_set_gray_to_rgb(d->png);
		return LAYOUT_RGB;
	}
	if (depth == 1)
		return LAYOUT_BITS;
	png_set_expand_gray_1_2_4_to_8(d->png);
	return LAYOUT_GREY;
}

static layout choose_layout(decoder *d)
{
	const int type = png_get_color_type(d->png, d->info), depth = png_get_bit_depth(d->png, d->info);
	const bool trns = png_get_valid(d->png, d->info, PNG_INFO_tRNS) != 0;
	layout l = LAYOUT_RGB;

	d->alpha = trns || (type & PNG_COLOR_MASK_ALPHA) != 0;
	if (depth == 16)
		png_set_scale_16(d->png);
	if (type == PNG_COLOR_TYPE_PALETTE)
		l = palette_layout(d, depth);
	else if (!(type & PNG_COLOR_MASK_COLOR))
		l = grey_layout(d, depth);
	if (l != LAYOUT_RGB)
		return l;
	if (trns)
		png_set_tRNS_to_alpha(d->png);
	if (!d->alpha)
		png_set_filler(d->png, 0, PNG_FILLER_BEFORE);
	png_set_bgr(d->png); /* with the alpha first: a little-endian word of Leptonica's */
	if (d->alpha)
		png_set_swap_alpha(d->png);
	return l;
}

static void read_metadata(decoder *d)
{
	png_uint_32 x = 0, y = 0, n = 0;
	png_bytep exif = NULL;
	int unit = 0;

	d->out->bits = (uint32_t)(png_get_bit_depth(d->png, d->info) * png_get_channels(d->png, d->info));
	if (png_get_eXIf_1(d->png, d->info, &n, &exif) != 0)
		page_exif_parse(d->out, (page_bytes){exif, n});
	if (png_get_pHYs(d->png, d->info, &x, &y, &unit) != 0 && unit == PNG_RESOLUTION_METER) {
		d->out->dpi_x = page_dpi_from_metre(x);
		d->out->dpi_y = page_dpi_from_metre(y);
	}
}

static bool point_rows(decoder *d, uint32_t height)
{
	const size_t words = (size_t)pixGetWpl(d->out->pix);

	d->rows = assay_alloc(height, sizeof *d->rows);
	if (d->rows == NULL) {
		d->raised = ASSAY_RAISE(d->err, ASSAY_ENOMEM, "PNG rows");
		return false;
	}
	for (uint32_t y = 0; y < height; y++)
		d->rows[y] = (png_bytep)(pixGetData(d->out->pix) + words * y);
	return true;
}

static void decode(decoder *d)
{
	static const int depths[] = {[LAYOUT_BITS] = 1, [LAYOUT_GREY] = 8, [LAYOUT_RGB] = 32};
	uint32_t w, h;
	layout l;

	png_set_read_fn(d->png, d, on_read);
	png_set_user_limits(d->png, PNG_UINT_31_MAX, PNG_UINT_31_MAX); /* ours comes next, with its own message */
	png_set_chunk_malloc_max(d->png, CHUNK_MAX);
	png_set_read_user_chunk_fn(d->png, d, on_chunk);
	png_read_info(d->png, d->info);
	w = png_get_image_width(d->png, d->info);
	h = png_get_image_height(d->png, d->info);
	d->raised = page_check_size(w, h, d->max_pixels, d->err);
	if (d->raised != ASSAY_OK)
		return;
	read_metadata(d);
	l = choose_layout(d);
	(void)png_set_interlace_handling(d->png);
	png_read_update_info(d->png, d->info);
	d->out->pix = page_pix_new(w, h, depths[l], d->err);
	if (d->out->pix == NULL) {
		d->raised = ASSAY_ENOMEM;
		return;
	}
	if (!point_rows(d, h))
		return;
	png_read_image(d->png, d->rows);
	png_read_end(d->png, NULL);
}

static void clear_padding(PIX *pix)
{
	(void)pixSetPadBits(pix, 0);
}

static assay_code finish(decoder *d)
{
	PIX *pix = d->out->pix;

	if (pixGetDepth(pix) == 32) {
		if (d->alpha)
			page_over_white(pix);
		return d->grey ? page_keep_red(&d->out->pix, d->err) : ASSAY_OK;
	}
	page_row_swap(pixGetData(pix), (size_t)pixGetWpl(pix) * (size_t)pixGetHeight(pix));
	if (pixGetDepth(pix) == 1) {
		if (d->grey)
			(void)pixInvert(pix, pix); /* PNG: a set bit is white */
		clear_padding(pix);
	}
	return ASSAY_OK;
}

assay_code page_png_decode(page_image *out, page_bytes in, uint64_t max_pixels, assay_err *err)
{
	decoder d = {.in = in, .out = out, .max_pixels = max_pixels, .err = err};

	d.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &d, on_error, on_warning);
	if (d.png != NULL)
		d.info = png_create_info_struct(d.png);
	if (d.info == NULL) {
		png_destroy_read_struct(&d.png, NULL, NULL);
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "PNG reader");
	}
	if (setjmp(d.jump) == 0)
		decode(&d);
	png_destroy_read_struct(&d.png, &d.info, NULL);
	free(d.rows);
	if (d.raised != ASSAY_OK)
		return d.raised;
	if (d.code != ASSAY_OK)
		return ASSAY_RAISE(err, d.code, "PNG: %s", d.text);
	return finish(&d);
}
