#include "page_distance.h"

#include "grey.h"

#include "assay/memory.h"

#include <stdlib.h>
#include <string.h>

static uint8_t lower(uint8_t a, uint8_t b)
{
	return a < b ? a : b;
}

/* From the ink above and to the left. */
static void descend(uint8_t *row, const uint8_t *above, size_t width)
{
	uint8_t before = row[0];

	for (size_t x = 1; x + 1 < width; x++) {
		const uint8_t nearest = (uint8_t)(lower(lower(above[x], before), 254) + 1);

		before = row[x] != 0 ? nearest : 0;
		row[x] = before;
	}
}

/* From the ink below and to the right, where that is nearer. */
static void ascend(uint8_t *row, const uint8_t *below, size_t width)
{
	uint8_t before = row[width - 1];

	for (size_t x = width - 2; x > 0; x--) {
		const uint8_t nearest = lower(lower(below[x], before), 254);

		before = lower((uint8_t)(nearest + 1), row[x]);
		row[x] = before;
	}
}

/* Rows of bytes, ink 1 and paper 0. */
static void unpack(uint8_t *rows, size_t stride, PIX *pix)
{
	const size_t width = (size_t)pixGetWidth(pix), height = (size_t)pixGetHeight(pix);

	for (size_t y = 0; y < height; y++) {
		uint8_t *row = rows + stride * y;

		grey_row(row, pix, (int)y);
		for (size_t x = 0; x < width; x++)
			row[x] = row[x] == 0;
		memset(row + width, 0, stride - width);
	}
}

static void pack(PIX *out, const uint8_t *rows, size_t stride)
{
	const size_t words = (size_t)pixGetWpl(out), height = (size_t)pixGetHeight(out);

	for (size_t y = 0; y < height; y++) {
		l_uint32 *to = pixGetData(out) + words * y;

		memcpy(to, rows + stride * y, words * sizeof *to);
		for (size_t i = 0; i < words; i++)
			to[i] = __builtin_bswap32(to[i]);
	}
}

PIX *page_distance(PIX *pix)
{
	const size_t width = (size_t)pixGetWidth(pix), height = (size_t)pixGetHeight(pix), stride = grey_row_size(pix);
	PIX *out = pixCreate(pixGetWidth(pix), pixGetHeight(pix), 8);
	uint8_t *rows = out != NULL ? assay_alloc(height, stride) : NULL;

	if (rows == NULL) {
		pixDestroy(&out);
		return NULL;
	}
	unpack(rows, stride, pix);
	for (size_t y = 1; width > 2 && y + 1 < height; y++)
		descend(rows + stride * y, rows + stride * (y - 1), width);
	for (size_t y = height - 1; width > 2 && y-- > 1;)
		ascend(rows + stride * y, rows + stride * (y + 1), width);
	pack(out, rows, stride);
	free(rows);
	return out;
}
