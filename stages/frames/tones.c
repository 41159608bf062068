#include "tones.h"

#include <libavutil/frame.h>
#include <libavutil/imgutils.h>
#include <libavutil/pixdesc.h>

#include <string.h>

enum {
	STEP = 4,       /* rows from one that is looked at to the next */
	LINE = 64,      /* bytes of the cache that are fetched at once */
	RUN8 = 240,     /* bytes whose counts fit a byte: 15 vectors of 16 */
	RUN16 = 1 << 14 /* words whose counts fit a word, and whose differences fit 32 bits */
};

static uint32_t first_row(const assay_frame *f)
{
	return f->height > 1 ? 1 : 0;
}

static uint64_t rows_of(const assay_frame *f)
{
	return (f->height - first_row(f) + STEP - 1) / STEP;
}

/* Asks for the row that is looked at next, which the processor does not foresee: rows between are left out. */
static void fetch_next(const assay_frame *f, uint32_t y)
{
	const size_t bytes = (size_t)f->width * (f->depth > 8 ? 2 : 1);

	for (size_t i = 0; y + STEP < f->height && i < bytes; i += LINE)
		__builtin_prefetch(f->luma + (ptrdiff_t)(y + STEP) * f->stride + i);
}

static const uint8_t *row_at(const assay_frame *f, uint32_t y)
{
	return f->luma + (ptrdiff_t)y * f->stride;
}

/* ---------------------------------------------------------------- counting */

typedef struct levels {
	uint32_t black, dark, bright;
} levels;

/* Counts as narrow as the samples: one comparison, one subtraction a vector. */
#define COUNT_ROW(name, type, run)                                                                                     \
	static void name(assay_tones *out, const type *restrict row, size_t n, const levels *l)                        \
	{                                                                                                              \
		const type black_level = (type)l->black;                                                               \
		const type dark_level = (type)l->dark;                                                                 \
		const type bright_level = (type)l->bright;                                                             \
		for (size_t x = 0; x < n;) {                                                                           \
			const size_t stop = n - x > (run) ? x + (run) : n;                                             \
			type black = 0;                                                                                \
			type dark = 0;                                                                                 \
			type bright = 0;                                                                               \
			for (; x < stop; x++) {                                                                        \
				black = (type)(black + (row[x] <= black_level));                                       \
				dark = (type)(dark + (row[x] <= dark_level));                                          \
				bright = (type)(bright + (row[x] >= bright_level));                                    \
			}                                                                                              \
			out->black += black;                                                                           \
			out->dark += dark;                                                                             \
			out->bright += bright;                                                                         \
		}                                                                                                      \
	}
COUNT_ROW(count_row8, uint8_t, RUN8)
COUNT_ROW(count_row16, uint16_t, RUN16)

uint32_t assay_tones_level(const assay_frame *f, uint32_t share)
{
	const uint64_t unit = 1u << (f->depth - 8u);
	const uint64_t black = f->full_range ? 0 : 16 * unit;
	const uint64_t range = f->full_range ? 256 * unit - 1 : 219 * unit;

	return (uint32_t)(black + share * range / 10000);
}

void assay_tones_count(assay_tones *out, const assay_frame *f, uint32_t share)
{
	const levels l = {assay_tones_level(f, share), assay_tones_level(f, 0), assay_tones_level(f, 10000)};

	*out = (assay_tones){.pixels = rows_of(f) * f->width};
	for (uint32_t y = first_row(f); y < f->height; y += STEP) {
		fetch_next(f, y);
		if (f->depth > 8)
			count_row16(out, (const uint16_t *)(const void *)row_at(f, y), f->width, &l);
		else
			count_row8(out, row_at(f, y), f->width, &l);
	}
}

/* ---------------------------------------------------------------- alike */

#define ROW_DIFFERENCE(name, type)                                                                                     \
	static uint64_t name(const type *restrict a, const type *restrict b, size_t n)                                 \
	{                                                                                                              \
		uint64_t total = 0;                                                                                    \
		for (size_t x = 0; x < n;) {                                                                           \
			const size_t stop = n - x > RUN16 ? x + RUN16 : n;                                             \
			uint32_t sum = 0;                                                                              \
			for (; x < stop; x++) {                                                                        \
				const int32_t d = a[x] - b[x];                                                         \
				sum += (uint32_t)(d < 0 ? -d : d);                                                     \
			}                                                                                              \
			total += sum;                                                                                  \
		}                                                                                                      \
		return total;                                                                                          \
	}
ROW_DIFFERENCE(row_difference8, uint8_t)
ROW_DIFFERENCE(row_difference16, uint16_t)

bool assay_frames_alike(const assay_frame *a, const assay_frame *b, uint32_t noise)
{
	/* noise <= 10^4, fewer than 2^31 x 2^29 pixels of at most 2^16: no overflow before libav's own limits */
	const uint64_t most = rows_of(a) * a->width * (UINT64_C(1) << a->depth) / 10000 * noise +
			      rows_of(a) * a->width * (UINT64_C(1) << a->depth) % 10000 * noise / 10000;
	uint64_t sum = 0;

	if (a->width != b->width || a->height != b->height || a->depth != b->depth || a->full_range != b->full_range)
		return false;
	for (uint32_t y = first_row(a); y < a->height && sum <= most; y += STEP) {
		fetch_next(a, y);
		fetch_next(b, y);
		if (a->depth > 8)
			sum += row_difference16((const uint16_t *)(const void *)row_at(a, y),
						(const uint16_t *)(const void *)row_at(b, y), a->width);
		else
			sum += row_difference8(row_at(a, y), row_at(b, y), a->width);
	}
	return sum <= most;
}

/* ---------------------------------------------------------------- equal */

static bool planes_equal(const AVFrame *a, const AVFrame *b, int plane, int bytes, int rows)
{
	for (int y = 0; y < rows; y++)
		if (memcmp(a->data[plane] + (ptrdiff_t)y * a->linesize[plane],
			   b->data[plane] + (ptrdiff_t)y * b->linesize[plane], (size_t)bytes) != 0)
			return false;
	return true;
}

bool assay_frames_equal(const assay_frame *fa, const assay_frame *fb)
{
	const AVFrame *a = fa->av;
	const AVFrame *b = fb->av;
	const AVPixFmtDescriptor *d = av_pix_fmt_desc_get((enum AVPixelFormat)a->format);
	const int planes = av_pix_fmt_count_planes((enum AVPixelFormat)a->format);

	if (d == NULL || a->format != b->format || a->width != b->width || a->height != b->height)
		return false;
	for (int p = 0; p < planes; p++) {
		const int bytes = av_image_get_linesize((enum AVPixelFormat)a->format, a->width, p);
		const int rows = p == 1 || p == 2 ? AV_CEIL_RSHIFT(a->height, d->log2_chroma_h) : a->height;
		if (bytes < 0 || (a->data[p] != b->data[p] && !planes_equal(a, b, p, bytes, rows)))
			return false;
	}
	if (d->flags & AV_PIX_FMT_FLAG_PAL)
		return memcmp(a->data[1], b->data[1], AVPALETTE_SIZE) == 0;
	return true;
}
