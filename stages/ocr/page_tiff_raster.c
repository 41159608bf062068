/**
 * TIFF pages in tiles or planes, which Leptonica does not read, through libtiff: colour by its own conversion to RGBA, grey tile
 * by tile. The file is in memory: libtiff maps the borrowed bytes.
 */
#include "page_image.h"

#include "assay/memory.h"

#include <stdlib.h>
#include <string.h>
#include <tiffio.h>

/* ---------------------------------------------------------------- the file */

typedef struct cursor {
	page_bytes in;
	uint64_t at;
} cursor;

static tmsize_t on_read(thandle_t handle, void *to, tmsize_t size)
{
	cursor *c = handle;
	const uint64_t left = c->at < c->in.size ? c->in.size - c->at : 0;
	const uint64_t n = size < 0 ? 0 : (uint64_t)size < left ? (uint64_t)size : left;

	memcpy(to, c->in.data + c->at, n);
	c->at += n;
	return (tmsize_t)n;
}

static tmsize_t on_write(thandle_t handle, void *from, tmsize_t size)
{
	(void)handle, (void)from, (void)size;
	return -1;
}

static toff_t on_seek(thandle_t handle, toff_t offset, int whence)
{
	cursor *c = handle;

	/* Sums may wrap: a place beyond the end reads nothing. */
	c->at = offset + (whence == SEEK_CUR ? c->at : whence == SEEK_END ? c->in.size : 0);
	return c->at;
}

static int on_close(thandle_t handle)
{
	(void)handle;
	return 0;
}

/* Not for speed alone: where it does not map, Debian's libtiff 4.5.0 refuses small tiles that are not compressed. */
static int on_map(thandle_t handle, void **base, toff_t *size)
{
	const page_bytes in = ((cursor *)handle)->in;

	*base = (void *)(uintptr_t)in.data;
	*size = in.size;
	return 1;
}

static void on_unmap(thandle_t handle, void *base, toff_t size)
{
	(void)handle, (void)base, (void)size;
}

static toff_t on_size(thandle_t handle)
{
	return ((cursor *)handle)->in.size;
}

/* ---------------------------------------------------------------- colour */

/* Some programs (Leptonica for one) say that colours were multiplied when they were not; then one is above its alpha. */
static bool was_multiplied(const uint32_t *data, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const uint32_t v = data[i], a = TIFFGetA(v);

		if (TIFFGetR(v) > a || TIFFGetG(v) > a || TIFFGetB(v) > a)
			return false;
	}
	return true;
}

static uint32_t least(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/* libtiff gives ABGR with colours multiplied by alpha; over white each becomes colour + 255 - alpha. */
static void to_rgb(PIX *pix, const page_tiff_form *f)
{
	uint32_t *data = pixGetData(pix);
	const size_t n = (size_t)pixGetWpl(pix) * (size_t)pixGetHeight(pix);
	const bool plain = f->multiplied && !was_multiplied(data, n);

	for (size_t i = 0; i < n; i++) {
		const uint32_t v = data[i], a = TIFFGetA(v), paper = plain ? 0 : 255 - a;

		data[i] = least(TIFFGetR(v) + paper, 255) << 24 | least(TIFFGetG(v) + paper, 255) << 16 |
			  least(TIFFGetB(v) + paper, 255) << 8 | (plain ? a : 0);
	}
	if (plain)
		page_over_white(pix);
	pixSetSpp(pix, 3);
}

static assay_code read_colour(PIX **out, TIFF *tiff, const page_tiff_form *f, assay_err *err)
{
	char why[1024] = "";
	TIFFRGBAImage image;
	assay_code rc = ASSAY_OK;

	if (!TIFFRGBAImageOK(tiff, why) || !TIFFRGBAImageBegin(&image, tiff, 1, why))
		return ASSAY_RAISE(err, ASSAY_EUNSUPPORTED, "TIFF: %.160s", why);
	image.req_orientation = ORIENTATION_TOPLEFT;
	*out = page_pix_new(image.width, image.height, 32, err);
	if (*out == NULL)
		rc = ASSAY_ENOMEM;
	else if (!TIFFRGBAImageGet(&image, pixGetData(*out), image.width, image.height))
		rc = ASSAY_RAISE(err, ASSAY_ECORRUPT, "TIFF: the picture cannot be decoded");
	TIFFRGBAImageEnd(&image);
	if (rc == ASSAY_OK)
		to_rgb(*out, f);
	return rc;
}

/* ---------------------------------------------------------------- grey */

/* libtiff's conversion shifts the rows of tiles of 16 bits that stand out over the picture's edge: 4.5.0. */

typedef struct tile {
	uint8_t *data;
	size_t size, row; /* bytes */
	uint32_t width, height;
} tile;

static unsigned sample_at(const uint8_t *row, uint32_t x, unsigned bits)
{
	uint16_t v;

	if (bits < 8)
		return (unsigned)row[(size_t)x * bits / 8] >> (8 - bits - x * bits % 8) & ((1u << bits) - 1);
	if (bits == 8)
		return row[x];
	memcpy(&v, row + (size_t)x * 2, 2); /* libtiff has brought it to the order of this machine */
	return v >> 8;
}

/* A sample's bits as 8: 1 and 15 of a nibble become 17 and 255. */
static uint8_t widen(unsigned v, unsigned bits, bool inverted)
{
	const uint8_t wide = (uint8_t)(bits < 8 ? v * (255 / ((1u << bits) - 1)) : v);

	return inverted ? (uint8_t)~wide : wide;
}

static void put_tile(PIX *pix, const tile *t, uint32_t x0, uint32_t y0, const page_tiff_form *f)
{
	const uint32_t w = (uint32_t)pixGetWidth(pix) - x0, h = (uint32_t)pixGetHeight(pix) - y0;

	for (uint32_t y = 0; y < t->height && y < h; y++) {
		const uint8_t *from = t->data + t->row * y;
		l_uint32 *to = pixGetData(pix) + (size_t)pixGetWpl(pix) * (y0 + y);

		for (uint32_t x = 0; x < t->width && x < w; x++) {
			const unsigned v = sample_at(from, x, f->bits);

			if (f->bits > 1)
				SET_DATA_BYTE(to, x0 + x, widen(v, f->bits, f->inverted));
			else if ((v == 0) != f->inverted)
				SET_DATA_BIT(to, x0 + x);
		}
	}
}

static assay_code put_tiles(PIX *pix, TIFF *tiff, const tile *t, const page_tiff_form *f, assay_err *err)
{
	for (uint32_t y = 0; y < (uint32_t)pixGetHeight(pix); y += t->height)
		for (uint32_t x = 0; x < (uint32_t)pixGetWidth(pix); x += t->width) {
			if (TIFFReadTile(tiff, t->data, x, y, 0, 0) != (tmsize_t)t->size)
				return ASSAY_RAISE(err, ASSAY_ECORRUPT, "TIFF: the tile at %u, %u cannot be decoded", x,
						   y);
			put_tile(pix, t, x, y, f);
		}
	return ASSAY_OK;
}

static assay_code read_grey(PIX **out, TIFF *tiff, const page_tiff_form *f, assay_err *err)
{
	uint32_t width = 0, height = 0;
	const tmsize_t size = TIFFTileSize(tiff), row = TIFFTileRowSize(tiff);
	ASSAY_AUTO_FREE uint8_t *room = NULL;
	tile t;

	(void)TIFFGetField(tiff, TIFFTAG_TILEWIDTH, &t.width);
	(void)TIFFGetField(tiff, TIFFTAG_TILELENGTH, &t.height);
	(void)TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &width);
	(void)TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &height);
	if (size <= 0 || row <= 0 || t.width != f->tile_width || t.height != f->tile_height || width != f->width ||
	    height != f->height || (uint64_t)row * t.height != (uint64_t)size ||
	    (uint64_t)row < ((uint64_t)t.width * f->bits + 7) / 8)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "TIFF: its tiles have no credible size");
	t.size = (size_t)size;
	t.row = (size_t)row;
	t.data = room = assay_alloc(t.size, 1);
	if (room == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "TIFF tile");
	*out = page_pix_new(f->width, f->height, f->bits == 1 ? 1 : 8, err);
	return *out == NULL ? ASSAY_ENOMEM : put_tiles(*out, tiff, &t, f, err);
}

assay_code page_tiff_raster(PIX **out, page_bytes in, const page_tiff_form *f, assay_err *err)
{
	cursor c = {.in = in};
	TIFF *tiff = TIFFClientOpen("page", "r", &c, on_read, on_write, on_seek, on_close, on_size, on_map, on_unmap);
	assay_code rc;

	if (tiff == NULL)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "TIFF: no valid header");
	if (!TIFFSetSubDirectory(tiff, f->directory))
		rc = ASSAY_RAISE(err, ASSAY_ECORRUPT, "TIFF: no valid directory");
	else
		rc = f->grey ? read_grey(out, tiff, f, err) : read_colour(out, tiff, f, err);
	TIFFClose(tiff);
	return rc;
}
