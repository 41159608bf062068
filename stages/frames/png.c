#include "png.h"

#include "deflate.h"

#include "assay/memory.h"

#include <libavutil/adler32.h>
#include <libavutil/crc.h>

#include <stdlib.h>
#include <string.h>

enum {
	PIXEL = 3,        /* bytes */
	BLOCK = 48 << 10, /* filtered bytes from which on a block of deflate is written */
	PAETH = 4,
};

typedef struct png {
	assay_buf *out;
	assay_bits bits;
	uint32_t adler;
	size_t chunk; /* where the open chunk's length stands */
} png;

static void put32(uint8_t *p, uint32_t n)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(n >> (24 - 8 * i));
}

static void append32(assay_buf *out, uint32_t n)
{
	uint8_t b[4];

	put32(b, n);
	assay_buf_append(out, b, sizeof b);
}

/* ---------------------------------------------------------------- chunks */

static void begin_chunk(png *p, const char type[4])
{
	p->chunk = p->out->len;
	append32(p->out, 0);
	assay_buf_append(p->out, type, 4);
}

static void end_chunk(png *p)
{
	const size_t body = p->chunk + 4; /* the type, which the sum covers too */
	uint8_t *data = p->out->data;

	if (p->out->failed)
		return;
	put32(data + p->chunk, (uint32_t)(p->out->len - body - 4));
	append32(p->out, ~av_crc(av_crc_get_table(AV_CRC_32_IEEE_LE), UINT32_MAX, data + body, p->out->len - body));
}

static void put_header(png *p, const assay_rgb *picture)
{
	static const uint8_t form[] = {8, 2, 0, 0, 0}; /* bits, RGB, deflate, adaptive filters, not interlaced */

	assay_buf_append(p->out, "\x89PNG\r\n\x1a\n", 8);
	begin_chunk(p, "IHDR");
	append32(p->out, picture->width);
	append32(p->out, picture->height);
	assay_buf_append(p->out, form, sizeof form);
	end_chunk(p);
}

/* One block, one chunk: a chunk's length then always fits. */
static void put_block(png *p, const uint8_t *data, size_t n, bool first, bool last)
{
	begin_chunk(p, "IDAT");
	if (first)
		assay_buf_append(p->out, "\x78\x01", 2); /* RFC 1950: a window of 32 KiB, fastest */
	p->adler = (uint32_t)av_adler32_update(p->adler, data, n);
	assay_deflate_block(p->out, &p->bits, data, n, last);
	if (last)
		append32(p->out, p->adler);
	end_chunk(p);
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

/* Rows as the filter wants them: with a black pixel before the first, and a black row before the first row. */
typedef struct rows {
	uint8_t *memory; /* [owned] */
	uint8_t *row, *above;
	uint8_t *filtered; /* room for a block and a row */
} rows;

static assay_code open_rows(rows *r, size_t bytes, assay_err *err)
{
	const size_t padded = bytes + PIXEL;

	r->memory = assay_alloc(1, 2 * padded + BLOCK + bytes + 1);
	if (r->memory == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "rows of a picture");
	r->row = r->memory;
	r->above = r->memory + padded;
	r->filtered = r->memory + 2 * padded;
	return ASSAY_OK;
}

static void put_rows(png *p, rows *r, const assay_rgb *picture)
{
	const size_t bytes = (size_t)picture->width * PIXEL;
	size_t used = 0;
	bool first = true;

	for (uint32_t y = 0; y < picture->height; y++) {
		const bool last = y + 1 == picture->height;
		uint8_t *next = r->above;

		memcpy(r->row + PIXEL, picture->data + (ptrdiff_t)y * picture->stride, bytes);
		r->filtered[used++] = PAETH;
		filter_paeth(r->filtered + used, r->row, r->above, bytes);
		used += bytes;
		r->above = r->row;
		r->row = next;
		if (used < BLOCK && !last)
			continue;
		put_block(p, r->filtered, used, first, last);
		first = false;
		used = 0;
	}
}

assay_code assay_png_append(assay_buf *out, const assay_rgb *picture, assay_err *err)
{
	png p = {.out = out, .adler = 1};
	rows r = {0};
	const assay_code rc = open_rows(&r, (size_t)picture->width * PIXEL, err);

	if (rc != ASSAY_OK)
		return rc;
	put_header(&p, picture);
	put_rows(&p, &r, picture);
	begin_chunk(&p, "IEND");
	end_chunk(&p);
	free(r.memory);
	return assay_buf_check(out, err);
}
