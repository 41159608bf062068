#include "grey.h"

#include "assay/memory.h"

#include <string.h>

#define MIN_CONTRAST 26 /* grey levels (a tenth of the range) between ink and paper, below which nothing is ink */

__extension__ typedef unsigned __int128 wide; /* products of pixel counts and sums */

size_t grey_row_size(PIX *pix)
{
	const size_t words = (size_t)pixGetWpl(pix);

	return words * (pixGetDepth(pix) == 1 ? 32 : pixGetDepth(pix) == 8 ? 4 : 1);
}

#define EACH_BYTE 0x0101010101010101U

/* Eight pixels at once, the leftmost in the lowest byte, which is the first in memory. */
static uint64_t from_eight(uint32_t bits)
{
	const uint64_t set = bits * EACH_BYTE & 0x0102040810204080U;     /* each its own bit of its byte */
	const uint64_t ones = (set + 0x7f * EACH_BYTE) >> 7 & EACH_BYTE; /* no byte carries into the next */

	return ~(ones * 255);
}

static void from_bits(uint8_t *out, const uint32_t *row, size_t words)
{
	for (size_t i = 0; i < words; i++)
		for (unsigned b = 0; b < 4; b++) {
			const uint64_t eight = from_eight(row[i] >> (24 - 8 * b) & 0xff);

			memcpy(out + 32 * i + 8 * b, &eight, sizeof eight);
		}
}

static void from_bytes(uint8_t *out, const uint32_t *row, size_t words)
{
	for (size_t i = 0; i < words; i++) {
		const uint32_t v = __builtin_bswap32(row[i]);

		memcpy(out + 4 * i, &v, sizeof v);
	}
}

static void from_colour(uint8_t *out, const uint32_t *row, size_t words)
{
	for (size_t i = 0; i < words; i++) {
		const uint32_t v = row[i];

		out[i] = (uint8_t)((77 * (v >> 24) + 150 * (v >> 16 & 0xff) + 29 * (v >> 8 & 0xff) + 128) >> 8);
	}
}

void grey_row(uint8_t *out, PIX *pix, int y)
{
	const size_t words = (size_t)pixGetWpl(pix);
	const uint32_t *row = pixGetData(pix) + words * (size_t)y;

	switch (pixGetDepth(pix)) {
	case 1:
		from_bits(out, row, words);
		break;
	case 8:
		from_bytes(out, row, words);
		break;
	default:
		from_colour(out, row, words);
	}
}

assay_code grey_histogram(uint64_t hist[256], PIX *pix, assay_err *err)
{
	const size_t width = (size_t)pixGetWidth(pix);
	const int height = pixGetHeight(pix);
	ASSAY_AUTO_FREE uint8_t *row = assay_alloc(grey_row_size(pix), 1);
	uint64_t part[4][256] = {{0}}; /* four tables: equal neighbours do not wait for each other */

	if (row == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "grey row");
	for (int y = 0; y < height; y++) {
		grey_row(row, pix, y);
		for (size_t x = 0; x < width; x++)
			part[x & 3][row[x]]++;
	}
	for (size_t i = 0; i < 256; i++)
		hist[i] = part[0][i] + part[1][i] + part[2][i] + part[3][i];
	return ASSAY_OK;
}

int grey_otsu(const uint64_t hist[256])
{
	uint64_t n = 0, sum = 0, n0 = 0, sum0 = 0;
	wide best = 0;
	int t = -1;

	for (unsigned i = 0; i < 256; i++) {
		n += hist[i];
		sum += i * hist[i];
	}
	for (unsigned i = 0; i < 255; i++) {
		wide d, score;

		n0 += hist[i];
		sum0 += i * hist[i];
		if (n0 == 0 || n0 == n)
			continue;
		/* n^2 times the variance between is (sum n0 - sum0 n)^2 / (n0 n1); d <= 255 n0 n1 < 2^64 up to 5e8 pixels */
		d = (wide)sum * n0 - (wide)sum0 * n;
		score = d * d / ((wide)n0 * (n - n0));
		if (score > best || t < 0) {
			best = score;
			t = (int)i;
		}
	}
	return t;
}

int grey_level_at(const uint64_t hist[256], int first, int last, uint64_t rank)
{
	uint64_t n = 0;

	for (int i = first; i <= last; i++) {
		n += hist[i];
		if (n >= rank)
			return i;
	}
	return last;
}

grey_tones grey_tones_of(const uint64_t hist[256])
{
	grey_tones t = {.threshold = grey_otsu(hist)};
	uint64_t dark = 0;

	for (int i = 0; i < 256; i++) {
		t.pixels += hist[i];
		if (i <= t.threshold)
			dark += hist[i];
	}
	if (t.threshold < 0)
		return t;
	t.contrast = grey_level_at(hist, t.threshold + 1, 255, (t.pixels - dark + 1) / 2) -
		     grey_level_at(hist, 0, t.threshold, (dark + 1) / 2);
	t.ink = t.contrast >= MIN_CONTRAST ? dark : 0;
	return t;
}

uint32_t grey_pack(const uint8_t set[32])
{
	uint32_t v = 0;

	for (unsigned b = 0; b < 4; b++) {
		uint64_t eight;

		memcpy(&eight, set + 8 * b, sizeof eight);
		v = v << 8 | (uint32_t)((eight & EACH_BYTE) * 0x8040201008040201U >> 56);
	}
	return v;
}

static uint32_t pack_word(const uint8_t *g, int t)
{
	uint8_t set[32];

	for (unsigned b = 0; b < 32; b++)
		set[b] = g[b] <= t;
	return grey_pack(set);
}

PIX *grey_threshold(PIX *pix, int t, assay_err *err)
{
	const int width = pixGetWidth(pix), height = pixGetHeight(pix);
	PIX *out = pixCreate(width, height, 1);
	const size_t words = out != NULL ? (size_t)pixGetWpl(out) : 0;
	ASSAY_AUTO_FREE uint8_t *row = assay_alloc(grey_row_size(pix) + 32, 1);

	if (out == NULL || row == NULL) {
		pixDestroy(&out);
		(void)ASSAY_RAISE(err, ASSAY_ENOMEM, "binary page");
		return NULL;
	}
	for (int y = 0; y < height; y++) {
		uint32_t *to = pixGetData(out) + words * (size_t)y;

		grey_row(row, pix, y);
		memset(row + width, 255, grey_row_size(pix) + 32 - (size_t)width);
		for (size_t i = 0; i < words; i++)
			to[i] = pack_word(row + 32 * i, t);
	}
	(void)pixSetPadBits(out, 0);
	return out;
}
