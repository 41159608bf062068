/**
 * Decoders of page images and what they share. Each decoder checks the declared size before it allocates, and never
 * returns a partial picture: damage is ASSAY_ECORRUPT, an early end ASSAY_ESHORT, a form that is not read
 * ASSAY_EUNSUPPORTED, a size over the limit ASSAY_EFULL.
 */
#ifndef ASSAY_OCR_PAGE_IMAGE_H
#define ASSAY_OCR_PAGE_IMAGE_H

#include "assay/error.h"

#include <leptonica/allheaders.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Bytes of a whole file. Borrowed. */
typedef struct page_bytes {
	const unsigned char *data;
	size_t size;
} page_bytes;

/** One decoded page. */
typedef struct page_image {
	PIX *pix;             /* owned; 1, 8 or 32 bpp, no colour map, alpha resolved over white */
	uint32_t bits;        /* bits a pixel as stored; 0 when the notion does not apply */
	int32_t dpi_x, dpi_y; /* as declared; 0 when not */
	int orientation;      /* EXIF value 1..8 still to be applied; 1 when none */
	char *layer;          /* owned; text that the file holds of the page, NULL when the format has none */
	uint32_t pictures;    /* of an animation, of which pix is the first; 1 for a still */
} page_image;

#define PAGE_IMAGE_INIT ((page_image){.orientation = 1, .pictures = 1})

void page_image_release(page_image *p);

typedef assay_code page_decode_fn(page_image *out, page_bytes in, uint64_t max_pixels, assay_err *err);

page_decode_fn page_jpeg_decode;
/** Reads a JPEG to its end as page_jpeg_decode() does, keeps nothing, and asks for `rows` of them at least. */
ASSAY_NODISCARD assay_code page_jpeg_check(page_bytes in, uint32_t rows, assay_err *err);
page_decode_fn page_png_decode;
page_decode_fn page_gif_decode;
page_decode_fn page_webp_decode;
page_decode_fn page_jp2_decode;
page_decode_fn page_bmp_decode;
page_decode_fn page_pnm_decode;

/* ---------------------------------------------------------------- documents of many pages */

typedef struct page_tiff page_tiff;

/**
 * Lists the directories of a TIFF file; thumbnails and masks are not pages.
 * @param data [in, borrowed] written to: orientation tags are reset as pages are decoded. Give a private mapping.
 */
ASSAY_NODISCARD assay_code page_tiff_open(page_tiff **out, unsigned char *data, size_t size, assay_err *err);
void page_tiff_close(page_tiff *t); /* NULL is fine */
uint32_t page_tiff_count(const page_tiff *t);
ASSAY_NODISCARD assay_code page_tiff_decode(page_image *out, page_tiff *t, uint32_t index, uint64_t max_pixels,
					    assay_err *err);

/** A picture in tiles or planes, as its directory says; sizes are checked against max_pixels. */
typedef struct page_tiff_form {
	uint64_t directory; /* offset in the file */
	uint32_t width, height, tile_width, tile_height;
	unsigned bits;       /* of a sample: 1, 2, 4, 8, 16 */
	bool grey, inverted; /* one sample a pixel, in tiles; 0 is white */
	bool multiplied;     /* the file says that its colours were multiplied by their alpha */
} page_tiff_form;

/**
 * Decode a picture of tiles (grey or colour) or planes (colour).
 * @param out [out] 32 bpp over white; 8 bpp when grey, 1 bpp (ink is 1) when grey of one bit
 * @return ASSAY_OK, ASSAY_ECORRUPT, ASSAY_EUNSUPPORTED, ASSAY_ENOMEM; *out may hold a part of the picture then
 */
ASSAY_NODISCARD assay_code page_tiff_raster(PIX **out, page_bytes in, const page_tiff_form *form, assay_err *err);

/* ---------------------------------------------------------------- shared steps */

/** ASSAY_EFULL when width * height exceeds max_pixels; ASSAY_ECORRUPT when either is 0. */
ASSAY_NODISCARD assay_code page_check_size(uint64_t width, uint64_t height, uint64_t max_pixels, assay_err *err);
/** A zeroed picture; NULL when memory is out (err filled). */
PIX *page_pix_new(uint32_t width, uint32_t height, int depth, assay_err *err);

/** Reorder the bytes of a row between file order and Leptonica's 32-bit words; its own inverse. */
void page_row_swap(uint32_t *row, size_t words);
/** Composite 32 bpp RGBA over white in place and clear the alpha byte. */
void page_over_white(PIX *pix);
/** Replace a 32 bpp picture by the 8 bpp of its red channel. */
ASSAY_NODISCARD assay_code page_keep_red(PIX **pix, assay_err *err);
/** Bring any picture of Leptonica's to 1, 8 or 32 bpp without colour map, alpha over white when has_alpha. */
ASSAY_NODISCARD assay_code page_normalize(PIX **pix, bool has_alpha, assay_err *err);
/** Turn and flip as EXIF orientation 1..8 asks; swaps the resolutions on quarter turns. */
ASSAY_NODISCARD assay_code page_orient(page_image *p, assay_err *err);
/** Forget a declared resolution that cannot be true of a page: see page.read.md. */
void page_check_dpi(page_image *p);

/** Orientation (1..8) and resolution found in an EXIF block ("II*\0…" or "MM\0*…"). Fields not found stay. */
void page_exif_parse(page_image *p, page_bytes tiff);

/** Dots per inch from a count per metre, or per centimetre times `per`; rounded; 0 when absurd. */
int32_t page_dpi_from_metre(uint64_t per_metre);

#endif
