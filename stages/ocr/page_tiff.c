/**
 * TIFF pages, those in strips through Leptonica. The directories are walked here first: sizes are checked before anything is decoded,
 * strips that lie beyond the end of the file are told, and pages are told from thumbnails. Leptonica switches
 * libtiff's messages off and takes partial pictures, so libtiff's extended handlers are set to catch what it says.
 */
#include "page_image.h"

#include "assay/memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tiffio.h>

#define PAGES_MAX 1000000

enum {
	TAG_SUBFILE = 254,
	TAG_WIDTH = 256,
	TAG_HEIGHT = 257,
	TAG_BITS = 258,
	TAG_COMPRESSION = 259,
	TAG_PHOTOMETRIC = 262,
	TAG_STRIP_OFFSETS = 273,
	TAG_ORIENTATION = 274,
	TAG_SAMPLES = 277,
	TAG_STRIP_COUNTS = 279,
	TAG_X_RESOLUTION = 282,
	TAG_Y_RESOLUTION = 283,
	TAG_PLANES = 284,
	TAG_RESOLUTION_UNIT = 296,
	TAG_TILE_WIDTH = 322,
	TAG_TILE_HEIGHT = 323,
	TAG_TILE_OFFSETS = 324,
	TAG_TILE_COUNTS = 325,
	TAG_EXTRA_SAMPLES = 338,
};
enum { MIN_IS_WHITE = 0, MIN_IS_BLACK = 1, PALETTE = 3, MASK = 4 };
enum { SUBFILE_REDUCED = 1, SUBFILE_MASK = 4 };

typedef struct array {
	uint64_t at, count;
	unsigned size; /* bytes of one element */
} array;

typedef struct directory {
	uint64_t offset;
	uint64_t width, height, tile_width, tile_height;
	uint32_t bits, samples, photometric, compression, subfile, unit;
	int32_t dpi_x, dpi_y;
	array offsets, counts;
	array orientation;
	unsigned alpha; /* 1: colours were multiplied by it, 2: they were not, 0: none */
	bool planes;    /* each sample has a picture of its own */
} directory;

struct page_tiff {
	unsigned char *bytes; /* in.data, writable */
	page_bytes in;
	bool big_endian, big; /* big: BigTIFF, 64-bit offsets */
	directory *dirs;
	size_t count, cap;
};

/* ---------------------------------------------------------------- libtiff's messages */

typedef struct complaint {
	bool any;
	char text[200];
} complaint;

/* libtiff hands no context to the handlers while Leptonica opens the file. One process decodes one page at a time. */
static complaint *listener;

ASSAY_PRINTF(2, 0) static void note(const char *module, const char *fmt, va_list ap)
{
	char text[160];

	if (listener == NULL || listener->any)
		return;
	(void)vsnprintf(text, sizeof text, fmt, ap);
	listener->any = true;
	(void)snprintf(listener->text, sizeof listener->text, "%s%s%s", module ? module : "", module ? ": " : "", text);
}

ASSAY_PRINTF(3, 0) static void on_error(void *client, const char *module, const char *fmt, va_list ap)
{
	(void)client;
	note(module, fmt, ap);
}

/* Warnings about tags are harmless when the picture decodes; those of codecs mean that picture data is lost. */
ASSAY_PRINTF(3, 0) static void on_warning(void *client, const char *module, const char *fmt, va_list ap)
{
	static const char *const codecs[] = {"Fax",  "JPEG",     "LZW",  "ZIP",  "Deflate", "PackBits", "ThunderDecode",
					     "NeXT", "PixarLog", "LERC", "ZSTD", "LZMA",    "WebP"};

	(void)client;
	if (strstr(fmt, "Old-style LZW") != NULL)
		return;
	for (size_t i = 0; module != NULL && i < ASSAY_COUNT(codecs); i++)
		if (strncmp(module, codecs[i], strlen(codecs[i])) == 0)
			note(module, fmt, ap);
}

static void listen_to(complaint *c)
{
	listener = c;
	(void)TIFFSetErrorHandlerExt(c != NULL ? on_error : NULL);
	(void)TIFFSetWarningHandlerExt(c != NULL ? on_warning : NULL);
}

/* ---------------------------------------------------------------- directories */

static bool has(const page_tiff *t, uint64_t at, uint64_t n)
{
	return at <= t->in.size && t->in.size - at >= n;
}

static uint64_t get(const page_tiff *t, uint64_t at, unsigned bytes)
{
	uint64_t v = 0;

	if (!has(t, at, bytes))
		return 0;
	for (unsigned i = 0; i < bytes; i++)
		v |= (uint64_t)t->in.data[at + i] << (t->big_endian ? 8 * (bytes - 1 - i) : 8 * i);
	return v;
}

static unsigned type_size(uint64_t type)
{
	static const unsigned char sizes[] = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8};

	return type < ASSAY_COUNT(sizes) ? sizes[type] : 0;
}

static array entry_array(const page_tiff *t, uint64_t at)
{
	const unsigned word = t->big ? 8 : 4;
	array a = {.size = type_size(get(t, at + 2, 2)), .count = get(t, at + 4, word)};
	uint64_t bytes;

	a.at = at + 4 + word;
	if (a.size == 0 || __builtin_mul_overflow(a.count, a.size, &bytes))
		return (array){0};
	if (bytes > word)
		a.at = get(t, a.at, word);
	return a;
}

static int32_t resolution(const page_tiff *t, array a)
{
	const uint64_t num = get(t, a.at, 4), den = get(t, a.at + 4, 4);

	if (a.size != 8 || den == 0 || num / den > 100000)
		return 0;
	return (int32_t)((num * 100 + den / 2) / den); /* hundredths */
}

static void keep_entry(directory *d, const page_tiff *t, uint64_t tag, array a)
{
	const uint64_t v = a.count > 0 && a.size <= 8 ? get(t, a.at, a.size) : 0;

	switch (tag) {
	case TAG_SUBFILE:
		d->subfile = (uint32_t)v;
		break;
	case TAG_WIDTH:
		d->width = v;
		break;
	case TAG_HEIGHT:
		d->height = v;
		break;
	case TAG_BITS:
		d->bits = (uint32_t)v;
		break;
	case TAG_SAMPLES:
		d->samples = (uint32_t)v;
		break;
	case TAG_COMPRESSION:
		d->compression = (uint32_t)v;
		break;
	case TAG_PHOTOMETRIC:
		d->photometric = (uint32_t)v;
		break;
	case TAG_EXTRA_SAMPLES:
		d->alpha = v <= 2 ? (unsigned)v : 0;
		break;
	case TAG_X_RESOLUTION:
		d->dpi_x = resolution(t, a);
		break;
	case TAG_Y_RESOLUTION:
		d->dpi_y = resolution(t, a);
		break;
	case TAG_RESOLUTION_UNIT:
		d->unit = (uint32_t)v;
		break;
	case TAG_PLANES:
		d->planes = v == 2;
		break;
	case TAG_ORIENTATION:
		d->orientation = a;
		break;
	case TAG_TILE_WIDTH:
		d->tile_width = v;
		break;
	case TAG_TILE_HEIGHT:
		d->tile_height = v;
		break;
	case TAG_STRIP_OFFSETS:
	case TAG_TILE_OFFSETS:
		d->offsets = a;
		break;
	case TAG_STRIP_COUNTS:
	case TAG_TILE_COUNTS:
		d->counts = a;
		break;
	}
}

/* False when the entry's values lie beyond the end of the file. */
static bool read_entry(directory *d, const page_tiff *t, uint64_t at)
{
	const array a = entry_array(t, at);

	if (!has(t, a.at, a.count * a.size))
		return false;
	keep_entry(d, t, get(t, at, 2), a);
	return true;
}

static int32_t to_dpi(int32_t hundredths, uint32_t unit)
{
	if (unit == 3)
		return (int32_t)(((int64_t)hundredths * 254 + 5000) / 10000);
	return unit == 2 ? (hundredths + 50) / 100 : 0;
}

/* Reads the directory at `at` and gives the offset of the next one in *next. */
static assay_code read_directory(directory *d, const page_tiff *t, uint64_t at, uint64_t *next, assay_err *err)
{
	const unsigned head = t->big ? 8 : 2, entry = t->big ? 20 : 12;
	uint64_t n;

	*d = (directory){.offset = at, .bits = 1, .samples = 1, .photometric = UINT32_MAX, .unit = 2};
	if (!has(t, at, head))
		return ASSAY_RAISE(err, ASSAY_ESHORT, "TIFF: file ends before a directory");
	n = get(t, at, head);
	if (n > t->in.size / entry || !has(t, at + head, n * entry + (t->big ? 8 : 4)))
		return ASSAY_RAISE(err, ASSAY_ESHORT, "TIFF: file ends within a directory");
	for (uint64_t i = 0; i < n; i++)
		if (!read_entry(d, t, at + head + i * entry))
			return ASSAY_RAISE(err, ASSAY_ESHORT, "TIFF: file ends before the value of tag %u",
					   (unsigned)get(t, at + head + i * entry, 2));
	d->dpi_x = to_dpi(d->dpi_x, d->unit);
	d->dpi_y = to_dpi(d->dpi_y, d->unit);
	*next = get(t, at + head + n * entry, t->big ? 8 : 4);
	return ASSAY_OK;
}

static bool seen_before(const uint64_t *seen, size_t n, uint64_t at)
{
	for (size_t i = 0; i < n; i++)
		if (seen[i] == at)
			return true;
	return false;
}

static assay_code list_directories(page_tiff *t, uint64_t at, assay_err *err)
{
	ASSAY_AUTO_FREE uint64_t *seen = NULL;
	size_t n = 0, cap = 0;
	assay_code rc = ASSAY_OK;

	while (at != 0 && rc == ASSAY_OK) {
		directory d;

		/* chains nearly always ascend; only a step back can close a loop */
		if ((n > 0 && at <= seen[n - 1] && seen_before(seen, n, at)) || n >= PAGES_MAX)
			return ASSAY_RAISE(err, ASSAY_ECORRUPT, "TIFF: the chain of directories does not end");
		rc = assay_grow(&seen, &cap, n, sizeof *seen, err);
		if (rc == ASSAY_OK)
			seen[n++] = at;
		if (rc == ASSAY_OK)
			rc = read_directory(&d, t, at, &at, err);
		if (rc != ASSAY_OK || (d.subfile & (SUBFILE_REDUCED | SUBFILE_MASK)) != 0 || d.photometric == MASK)
			continue;
		rc = assay_grow(&t->dirs, &t->cap, t->count, sizeof *t->dirs, err);
		if (rc == ASSAY_OK)
			t->dirs[t->count++] = d;
	}
	return rc;
}

assay_code page_tiff_open(page_tiff **out, unsigned char *data, size_t size, assay_err *err)
{
	page_tiff *t = assay_alloc(1, sizeof *t);
	assay_code rc;

	*out = NULL;
	if (t == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "TIFF reader");
	t->bytes = data;
	t->in = (page_bytes){data, size};
	t->big_endian = data[0] == 'M';
	t->big = get(t, 2, 2) == 43;
	rc = list_directories(t, t->big ? get(t, 8, 8) : get(t, 4, 4), err);
	if (rc != ASSAY_OK) {
		page_tiff_close(t);
		return rc;
	}
	*out = t;
	return ASSAY_OK;
}

void page_tiff_close(page_tiff *t)
{
	if (t == NULL)
		return;
	free(t->dirs);
	free(t);
}

uint32_t page_tiff_count(const page_tiff *t)
{
	return (uint32_t)t->count;
}

/* ---------------------------------------------------------------- one page */

static assay_code check_strips(const page_tiff *t, const directory *d, assay_err *err)
{
	uint64_t bytes;

	if (d->offsets.count == 0)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "TIFF: no picture data");
	if (d->counts.count != d->offsets.count)
		return ASSAY_OK; /* libtiff estimates missing counts */
	if (!assay_mul_size(&bytes, d->offsets.count, d->offsets.size) || !has(t, d->offsets.at, bytes) ||
	    !assay_mul_size(&bytes, d->counts.count, d->counts.size) || !has(t, d->counts.at, bytes))
		return ASSAY_RAISE(err, ASSAY_ESHORT, "TIFF: file ends within the table of strips");
	for (uint64_t i = 0; i < d->offsets.count; i++)
		if (!has(t, get(t, d->offsets.at + i * d->offsets.size, d->offsets.size),
			 get(t, d->counts.at + i * d->counts.size, d->counts.size)))
			return ASSAY_RAISE(err, ASSAY_ESHORT, "TIFF: strip %ju lies beyond the end of the file",
					   (uintmax_t)i);
	return ASSAY_OK;
}

static bool is_tiled(const directory *d)
{
	return d->tile_width > 0 || d->tile_height > 0;
}

/* What Leptonica does not read, or not rightly: it takes colours that were multiplied by alpha for ones that were not. */
static bool is_raster(const directory *d)
{
	return is_tiled(d) || (d->alpha != 0 && d->samples == 4) || (d->planes && d->samples > 1);
}

static assay_code check_form(const directory *d, assay_err *err)
{
	const uint32_t b = d->bits;

	if (d->compression == 6)
		return ASSAY_RAISE(err, ASSAY_EUNSUPPORTED, "TIFF: old-style JPEG compression is not read");
	if ((b != 1 && b != 2 && b != 4 && b != 8 && b != 16) || d->samples < 1 || d->samples > 4 ||
	    (d->samples == 2 && b != 8))
		return ASSAY_RAISE(err, ASSAY_EUNSUPPORTED, "TIFF: %u samples of %u bits are not read", d->samples, b);
	if (d->samples == 2 && (is_tiled(d) || d->planes))
		return ASSAY_RAISE(err, ASSAY_EUNSUPPORTED, "TIFF: grey with alpha is not read in tiles or planes");
	return ASSAY_OK;
}

/* Leptonica turns pictures, but colour ones of orientations 5 to 8 wrongly (1.82): it is shown an upright one. */
static int take_orientation(page_tiff *t, const directory *d)
{
	const array a = d->orientation;
	const uint64_t o = a.count == 1 && a.size <= 4 ? get(t, a.at, a.size) : 1;

	if (o < 2 || o > 8)
		return 1;
	t->bytes[t->big_endian ? a.at + a.size - 1 : a.at] = 1;
	return (int)o;
}

static assay_code decode_raster(PIX **pix, const page_tiff *t, const directory *d, assay_err *err)
{
	const page_tiff_form f = {.directory = d->offset,
				  .width = (uint32_t)d->width,
				  .height = (uint32_t)d->height,
				  .tile_width = (uint32_t)d->tile_width,
				  .tile_height = (uint32_t)d->tile_height,
				  .bits = d->bits,
				  .grey = d->samples == 1 &&
					  (d->photometric == MIN_IS_WHITE || d->photometric == MIN_IS_BLACK),
				  .multiplied = d->alpha == 1 && d->samples == 4,
				  .inverted = d->photometric == MIN_IS_WHITE};

	return page_tiff_raster(pix, t->in, &f, err);
}

static assay_code decode_directory(PIX **pix, const page_tiff *t, const directory *d, assay_err *err)
{
	complaint c = {0};
	size_t offset = d->offset;
	assay_code rc = ASSAY_OK;

	listen_to(&c);
	if (is_raster(d))
		rc = decode_raster(pix, t, d, err);
	else
		*pix = pixReadMemFromMultipageTiff(t->in.data, t->in.size, &offset);
	listen_to(NULL);
	if (rc == ASSAY_ENOMEM || rc == ASSAY_EUNSUPPORTED)
		return rc;
	if (c.any)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "TIFF: %s", c.text);
	if (rc == ASSAY_OK && *pix == NULL)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "TIFF: the picture cannot be decoded");
	return rc;
}

assay_code page_tiff_decode(page_image *out, page_tiff *t, uint32_t index, uint64_t max_pixels, assay_err *err)
{
	const directory *d = &t->dirs[index];
	assay_code rc;

	ASSAY_TRY(page_check_size(d->width, d->height, max_pixels, err));
	if (is_tiled(d)) /* a tile is decoded whole, however little of it the page needs */
		ASSAY_TRY(page_check_size(d->tile_width, d->tile_height, max_pixels, err));
	ASSAY_TRY(check_strips(t, d, err));
	ASSAY_TRY(check_form(d, err));
	out->bits = d->bits * d->samples;
	out->dpi_x = d->dpi_x;
	out->dpi_y = d->dpi_y;
	out->orientation = take_orientation(t, d);
	ASSAY_TRY(decode_directory(&out->pix, t, d, err));
	if (is_raster(d))
		return ASSAY_OK;
	/* Leptonica turns 1 and 8 bits the right way round, and forgets the others. */
	if (d->photometric == MIN_IS_WHITE && d->samples == 1 && d->bits != 1 && d->bits != 8)
		(void)pixInvert(out->pix, out->pix);
	return page_normalize(&out->pix, d->alpha != 0 && d->samples == 2, err);
fail:
	return rc;
}
