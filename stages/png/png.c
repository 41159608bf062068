#include "png.h"

#include "assay/memory.h"

#include <libdeflate.h>

#include <stdlib.h>
#include <string.h>

enum {
	PIXEL = 3, /* bytes */
	PAETH = 4,
	LEVEL = 1, /* of libdeflate: the next one takes half as long again for 3 % fewer bytes */
};

static void append32(assay_buf *out, uint32_t n)
{
	const uint8_t b[4] = {(uint8_t)(n >> 24), (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n};

	assay_buf_append(out, b, sizeof b);
}

static void append_chunk(assay_buf *out, const char type[4], const void *data, size_t n)
{
	uint32_t sum = libdeflate_crc32(0, type, 4);

	append32(out, (uint32_t)n);
	assay_buf_append(out, type, 4);
	assay_buf_append(out, data, n);
	if (n > 0) /* no data would begin the sum anew */
		sum = libdeflate_crc32(sum, data, n);
	append32(out, sum);
}

static void append_header(assay_buf *out, const assay_rgb *picture)
{
	ASSAY_AUTO_BUF form = ASSAY_BUF_INIT;

	assay_buf_append(out, "\x89PNG\r\n\x1a\n", 8);
	append32(&form, picture->width);
	append32(&form, picture->height);
	assay_buf_append(&form, "\x08\x02\0\0", 5); /* bits, RGB, deflate, adaptive filters, not interlaced */
	out->failed = out->failed || form.failed;
	append_chunk(out, "IHDR", form.data, form.len);
}

/* ---------------------------------------------------------------- filter */

static inline uint8_t least(uint8_t a, uint8_t b)
{
	return a < b ? a : b;
}

static inline uint8_t most(uint8_t a, uint8_t b)
{
	return a > b ? a : b;
}

/*
 * Paeth's predictor: of left, above and corner the one that is nearest to left + above - corner. Said in bytes, of
 * which vectors take sixteen: with low and high the lesser and the greater of left and above, low is as far from that
 * sum as the corner lies below high, high as the corner lies above low, and the corner as these two differ. (The order
 * of preference among equals never shows: equally near ones are equal, or the corner is nearer.)
 */
static inline uint8_t predict(uint8_t left, uint8_t above, uint8_t corner)
{
	const uint8_t low = least(left, above);
	const uint8_t high = most(left, above);
	const uint8_t to_low = (uint8_t)(high - least(high, corner));
	const uint8_t to_high = (uint8_t)(most(low, corner) - low);
	const uint8_t farther = most(to_low, to_high);
	const uint8_t low_is_nearer_by = (uint8_t)(farther - to_low);
	const uint8_t high_is_nearer_by = (uint8_t)(farther - to_high);
	const uint8_t other = to_high <= high_is_nearer_by ? high : corner;

	return to_low <= low_is_nearer_by ? low : other;
}

static void filter_paeth(uint8_t *restrict out, const uint8_t *restrict row, const uint8_t *restrict above, size_t n)
{
	for (size_t i = 0; i < n; i++)
		out[i] = (uint8_t)(row[i + PIXEL] - predict(row[i], above[i + PIXEL], above[i]));
}

/* Rows behind each other, each with its filter. A black pixel stands before every row, a black row above the first. */
static assay_code filter_rows(uint8_t *out, const assay_rgb *picture, assay_err *err)
{
	const size_t bytes = (size_t)picture->width * PIXEL;
	ASSAY_AUTO_FREE uint8_t *memory = assay_alloc(2, bytes + PIXEL);
	uint8_t *row = memory, *above = memory + bytes + PIXEL;

	if (memory == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "rows of a picture");
	for (uint32_t y = 0; y < picture->height; y++, out += bytes) {
		uint8_t *next = above;

		memcpy(row + PIXEL, picture->data + (ptrdiff_t)y * picture->stride, bytes);
		*out++ = PAETH;
		filter_paeth(out, row, above, bytes);
		above = row;
		row = next;
	}
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- picture */

static assay_code append_pixels(assay_buf *out, const uint8_t *filtered, size_t n, assay_err *err)
{
	struct libdeflate_compressor *c = libdeflate_alloc_compressor(LEVEL);
	ASSAY_AUTO_FREE uint8_t *packed = NULL;
	size_t most = 0;

	if (c != NULL) {
		most = libdeflate_zlib_compress_bound(c, n);
		packed = malloc(most);
	}
	if (packed != NULL)
		append_chunk(out, "IDAT", packed, libdeflate_zlib_compress(c, filtered, n, packed, most));
	libdeflate_free_compressor(c);
	return packed != NULL ? ASSAY_OK : ASSAY_RAISE(err, ASSAY_ENOMEM, "pack a picture");
}

assay_code assay_png_append(assay_buf *out, const assay_rgb *picture, assay_err *err)
{
	ASSAY_AUTO_FREE uint8_t *filtered = NULL;
	size_t row, all;
	assay_code rc;

	if (!assay_mul_size(&row, picture->width, PIXEL) || !assay_mul_size(&all, row + 1, picture->height) ||
	    all > ASSAY_PNG_MAX)
		return ASSAY_RAISE(err, ASSAY_EUNSUPPORTED, "picture of %u x %u pixels", picture->width,
				   picture->height);
	filtered = malloc(all);
	if (filtered == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "rows of a picture");
	rc = filter_rows(filtered, picture, err);
	if (rc != ASSAY_OK)
		return rc;
	append_header(out, picture);
	rc = append_pixels(out, filtered, all, err);
	append_chunk(out, "IEND", NULL, 0);
	return rc == ASSAY_OK ? assay_buf_check(out, err) : rc;
}
