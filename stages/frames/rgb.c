#include "rgb.h"

#include <libavutil/frame.h>
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>

#include <stdlib.h>
#include <string.h>

/*
 * All samples are brought to 12 bits, chroma by way of 14 (a blend of two rows, in quarters) and 16 (of two columns).
 * Coefficients have 13 bits behind the point.
 */
enum {
	BITS = 12,
	NEUTRAL = 1 << (BITS - 1),
	COEFFICIENT_BITS = 13,
	HD_LINES = 720, /* from here on a picture that does not say is BT.709, below BT.601 */
};

const int *assay_rgb_coefficients(const assay_frame *f)
{
	const AVFrame *av = f->av;
	const int unspecified = av->height >= HD_LINES ? SWS_CS_ITU709 : SWS_CS_ITU601;

	return sws_getCoefficients(av->colorspace == AVCOL_SPC_UNSPECIFIED ? unspecified : (int)av->colorspace);
}

static bool is_like_luma(const AVPixFmtDescriptor *d, int component)
{
	const AVComponentDescriptor *y = &d->comp[0];
	const AVComponentDescriptor *c = &d->comp[component];
	const int bytes = y->depth > 8 ? 2 : 1;

	return c->plane > 0 && c->depth == y->depth && c->shift == y->shift && c->offset % bytes == 0 &&
	       (c->step == bytes || c->step == 2 * bytes);
}

bool assay_rgb_can(assay_chroma *out, const assay_frame *f)
{
	const AVFrame *av = f->av;
	const AVPixFmtDescriptor *d = av_pix_fmt_desc_get((enum AVPixelFormat)av->format);

	*out = (assay_chroma){0};
	if (d == NULL || f->luma != av->data[0])
		return false;
	if (d->nb_components <= 2)
		return true;
	if (!is_like_luma(d, 1) || !is_like_luma(d, 2) || d->comp[1].step != d->comp[2].step || d->log2_chroma_w > 1 ||
	    d->log2_chroma_h > 1)
		return false;
	out->step = (unsigned)d->comp[1].step;
	out->log2_width = d->log2_chroma_w;
	out->log2_height = d->log2_chroma_h;
	for (int i = 0; i < 2; i++) {
		const AVComponentDescriptor *c = &d->comp[1 + i];
		out->data[i] = av->data[c->plane] + c->offset;
		out->stride[i] = av->linesize[c->plane];
	}
	return true;
}

/* ---------------------------------------------------------------- where chroma lies */

/* A sample of even or odd place is (first * chroma[i + at] + second * chroma[i + at + 1]) / 4, i half its place. */
typedef struct taps {
	int at;
	uint16_t first, second;
} taps;

static const taps whole[2] = {{0, 4, 0}, {0, 4, 0}};    /* not halved */
static const taps on_even[2] = {{0, 4, 0}, {0, 2, 2}};  /* with the even samples */
static const taps between[2] = {{-1, 1, 3}, {0, 3, 1}}; /* between an even and an odd one */
static const taps on_odd[2] = {{-1, 2, 2}, {0, 4, 0}};

static const taps *taps_across(const AVFrame *av, const assay_chroma *c)
{
	const enum AVChromaLocation l = av->chroma_location;

	if (c->log2_width == 0)
		return whole;
	return l == AVCHROMA_LOC_CENTER || l == AVCHROMA_LOC_TOP || l == AVCHROMA_LOC_BOTTOM ? between : on_even;
}

static const taps *taps_down(const AVFrame *av, const assay_chroma *c)
{
	const enum AVChromaLocation l = av->chroma_location;

	if (c->log2_height == 0)
		return whole;
	if (l == AVCHROMA_LOC_TOP || l == AVCHROMA_LOC_TOPLEFT)
		return on_even;
	return l == AVCHROMA_LOC_BOTTOM || l == AVCHROMA_LOC_BOTTOMLEFT ? on_odd : between;
}

/* ---------------------------------------------------------------- rows */

/* One row of each thing. Chroma has a sample more at each end, like the last one there. */
typedef struct scratch {
	uint32_t *pixels; /* [owned] the memory of all */
	uint16_t *chroma, *u, *v, *y;
	uint8_t *colour[3]; /* red, green, blue */
} scratch;

static assay_code open_scratch(scratch *s, size_t width, assay_err *err)
{
	uint32_t *pixels = assay_alloc(width + 2, sizeof *pixels + 4 * sizeof *s->u + 3);
	uint16_t *words;

	*s = (scratch){.pixels = pixels};
	if (pixels == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "row of a picture");
	words = (uint16_t *)(pixels + (width + 2));
	s->chroma = words + 1;
	s->u = words + (width + 2);
	s->v = words + 2 * (width + 2);
	s->y = words + 3 * (width + 2);
	for (size_t i = 0; i < 3; i++)
		s->colour[i] = (uint8_t *)(words + 4 * (width + 2)) + i * width;
	return ASSAY_OK;
}

/* How samples of a depth become 12 bits. */
typedef struct scale {
	unsigned up, down;
} scale;

static scale scale_of(const assay_frame *f)
{
	return f->depth <= BITS ? (scale){BITS - f->depth, 0} : (scale){0, f->depth - (unsigned)BITS};
}

#define BLEND_ROWS(name, type)                                                                                         \
	static void name(uint16_t *restrict out, const type *restrict a, const type *restrict b, const taps *t,        \
			 scale s, size_t step, size_t n)                                                               \
	{                                                                                                              \
		const uint16_t first = t->first;                                                                       \
		const uint16_t second = t->second;                                                                     \
		for (size_t x = 0; x < n; x++) {                                                                       \
			const uint16_t p = (uint16_t)((unsigned)a[x * step] << s.up >> s.down);                        \
			const uint16_t q = (uint16_t)((unsigned)b[x * step] << s.up >> s.down);                        \
			out[x] = (uint16_t)(first * p + second * q);                                                   \
		}                                                                                                      \
	}
BLEND_ROWS(blend_rows8, uint8_t)
BLEND_ROWS(blend_rows16, uint16_t)

/* A row number brought into the plane. */
static size_t clamped(int64_t row, size_t rows)
{
	if (row < 0)
		return 0;
	return (uint64_t)row < rows ? (size_t)row : rows - 1;
}

static size_t halved(size_t n, unsigned log2)
{
	return (n + (1u << log2) - 1) >> log2;
}

/* Row y of one of the two, at the width of chroma, in 14 bits. */
static void chroma_row(scratch *s, const assay_frame *f, const assay_chroma *c, int which, uint32_t y)
{
	const taps *t = &taps_down(f->av, c)[y & c->log2_height];
	const size_t rows = halved(f->height, c->log2_height);
	const size_t n = halved(f->width, c->log2_width);
	const int64_t at = (int64_t)(y >> c->log2_height) + t->at;
	const uint8_t *a = c->data[which] + (ptrdiff_t)clamped(at, rows) * c->stride[which];
	const uint8_t *b = c->data[which] + (ptrdiff_t)clamped(at + 1, rows) * c->stride[which];

	if (f->depth > 8)
		blend_rows16(s->chroma, (const uint16_t *)(const void *)a, (const uint16_t *)(const void *)b, t,
			     scale_of(f), c->step / 2, n);
	else if (c->step == 1)
		blend_rows8(s->chroma, a, b, t, scale_of(f), 1, n);
	else
		blend_rows8(s->chroma, a, b, t, scale_of(f), 2, n);
	s->chroma[-1] = s->chroma[0];
	s->chroma[n] = s->chroma[n - 1];
}

/* From the width of chroma to that of luma, from 14 bits to 12. An odd width writes one sample more than it has. */
static void widen_chroma(uint16_t *restrict out, const uint16_t *restrict in, const taps *t, size_t n)
{
	const uint16_t *even = in + t[0].at;
	const uint16_t *odd = in + t[1].at;
	const uint16_t e0 = t[0].first;
	const uint16_t e1 = t[0].second;
	const uint16_t o0 = t[1].first;
	const uint16_t o1 = t[1].second;

	for (size_t i = 0; i < n; i++) {
		out[2 * i] = (uint16_t)(e0 * even[i] + e1 * even[i + 1] + 8) >> 4;
		out[2 * i + 1] = (uint16_t)(o0 * odd[i] + o1 * odd[i + 1] + 8) >> 4;
	}
}

static void keep_chroma(uint16_t *restrict out, const uint16_t *restrict in, size_t n)
{
	for (size_t i = 0; i < n; i++)
		out[i] = (uint16_t)(in[i] + 2) >> 2;
}

static void set_chroma(scratch *s, uint16_t *out, const assay_frame *f, const assay_chroma *c, int which, uint32_t y)
{
	if (c->data[which] == NULL) {
		for (size_t i = 0; i < f->width; i++)
			out[i] = NEUTRAL;
		return;
	}
	chroma_row(s, f, c, which, y);
	if (c->log2_width > 0)
		widen_chroma(out, s->chroma, taps_across(f->av, c), halved(f->width, 1));
	else
		keep_chroma(out, s->chroma, f->width);
}

static void set_luma(uint16_t *restrict out, const assay_frame *f, uint32_t y)
{
	const uint8_t *row = f->luma + (ptrdiff_t)y * f->stride;
	const uint16_t *words = (const uint16_t *)(const void *)row;
	const scale s = scale_of(f);

	if (f->depth > 8)
		for (size_t i = 0; i < f->width; i++)
			out[i] = (uint16_t)((unsigned)words[i] << s.up >> s.down);
	else
		for (size_t i = 0; i < f->width; i++)
			out[i] = (uint16_t)(row[i] << (BITS - 8));
}

/* ---------------------------------------------------------------- colours */

/* What a sample of each kind, less its zero, adds to red, green and blue. */
typedef struct matrix {
	int16_t black;
	int16_t y;
	int16_t u[3], v[3];
} matrix;

/* libswscale's have 16 bits behind the point and stretch chroma of limited range, 224 levels, to 255. */
static int16_t scaled(int coefficient, bool full_range)
{
	const int64_t n = full_range ? ((int64_t)coefficient * 224 + 127) / 255 : coefficient;

	return (int16_t)((n + 4) >> (16 - COEFFICIENT_BITS));
}

static matrix matrix_of(const assay_frame *f)
{
	const int *c = assay_rgb_coefficients(f);
	const bool full = f->full_range;

	return (matrix){
	    .black = full ? 0 : 16 << (BITS - 8),
	    .y = full ? 1 << COEFFICIENT_BITS : ((255 << COEFFICIENT_BITS) + 109) / 219,
	    .u = {0, (int16_t)-scaled(c[2], full), scaled(c[1], full)},
	    .v = {scaled(c[0], full), (int16_t)-scaled(c[3], full), 0},
	};
}

/* A product of a sample in 15 bits and a coefficient of 13 behind the point, in sixteenths of a level, rounded down. */
static inline int16_t part(int16_t sample, int16_t coefficient)
{
	return (int16_t)(sample * coefficient >> 16);
}

/* In words of 16 bits throughout: no sum of three parts needs more. */
static void set_colour(scratch *s, const matrix *m, int colour, size_t n)
{
	const int16_t black = m->black;
	const int16_t of_y = m->y;
	const int16_t of_u = m->u[colour];
	const int16_t of_v = m->v[colour];
	const uint16_t *y = s->y;
	const uint16_t *u = s->u;
	const uint16_t *v = s->v;
	uint8_t *out = s->colour[colour];

	for (size_t i = 0; i < n; i++) {
		const int16_t dy = (int16_t)((y[i] - black) * 8);
		const int16_t du = (int16_t)((u[i] - NEUTRAL) * 8);
		const int16_t dv = (int16_t)((v[i] - NEUTRAL) * 8);
		const int16_t sum = (int16_t)(part(dy, of_y) + part(du, of_u) + part(dv, of_v) + 8);
		const int16_t level = (int16_t)(sum >> 4);
		const int16_t positive = level < 0 ? 0 : level;
		out[i] = (uint8_t)(positive > 255 ? 255 : positive);
	}
}

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "red is the lowest byte of a pixel");

/* Pixels of four bytes first, which vectors can make; each is then written over the spare byte of the one before. */
static void interleave(uint8_t *restrict out, const scratch *s, size_t n)
{
	const uint8_t *red = s->colour[0];
	const uint8_t *green = s->colour[1];
	const uint8_t *blue = s->colour[2];
	uint32_t *pixels = s->pixels;

	for (size_t i = 0; i < n; i++)
		pixels[i] = red[i] | (uint32_t)green[i] << 8 | (uint32_t)blue[i] << 16;
	for (size_t i = 0; i + 1 < n; i++)
		memcpy(out + 3 * i, &pixels[i], 4);
	memcpy(out + 3 * (n - 1), &pixels[n - 1], 3);
}

assay_code assay_rgb_convert(uint8_t *out, ptrdiff_t stride, const assay_frame *f, const assay_chroma *c,
			     assay_err *err)
{
	const matrix m = matrix_of(f);
	scratch s;
	const assay_code rc = open_scratch(&s, f->width, err);

	for (uint32_t y = 0; rc == ASSAY_OK && y < f->height; y++) {
		set_luma(s.y, f, y);
		set_chroma(&s, s.u, f, c, 0, y);
		set_chroma(&s, s.v, f, c, 1, y);
		for (int colour = 0; colour < 3; colour++)
			set_colour(&s, &m, colour, f->width);
		interleave(out + (ptrdiff_t)y * stride, &s, f->width);
	}
	free(s.pixels);
	return rc;
}
