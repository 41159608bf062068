#include "picture.h"
#include "png.h"
#include "rgb.h"

#include <libavutil/frame.h>
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include <cmocka.h>

/* The same numbers every time. */
static uint32_t noise(void)
{
	static uint32_t seed = 1;

	seed = seed * 1664525u + 1013904223u;
	return seed >> 8;
}

/* ---------------------------------------------------------------- PNG: taken apart with zlib's sums */

static uint32_t be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static uint8_t nearest(int a, int b, int c)
{
	const int p = a + b - c;

	if (abs(p - a) <= abs(p - b) && abs(p - a) <= abs(p - c))
		return (uint8_t)a;
	return (uint8_t)(abs(p - b) <= abs(p - c) ? b : c);
}

/* ISO/IEC 15948, 9.2; every row says Paeth. */
static uint8_t *unfiltered(const uint8_t *rows, uint32_t width, uint32_t height)
{
	const size_t bytes = (size_t)width * 3;
	uint8_t *out = calloc(height, bytes);

	for (size_t y = 0; y < height; y++) {
		const uint8_t *in = rows + y * (bytes + 1);
		uint8_t *row = out + y * bytes;
		assert_int_equal(in[0], 4);
		for (size_t i = 0; i < bytes; i++) {
			const int a = i >= 3 ? row[i - 3] : 0;
			const int b = y > 0 ? row[i - bytes] : 0;
			const int c = i >= 3 && y > 0 ? row[i - bytes - 3] : 0;
			row[i] = (uint8_t)(in[1 + i] + nearest(a, b, c));
		}
	}
	return out;
}

/* The pixels of a PNG; every chunk is looked at. Freed by the caller. */
static uint8_t *read_png(const assay_buf *png, uint32_t *width, uint32_t *height)
{
	uint8_t *packed = malloc(png->len);
	size_t used = 0;
	size_t at = 8;
	uLongf size;
	uint8_t *rows, *out;

	assert_memory_equal(png->data, "\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16);
	*width = be32(png->data + 16);
	*height = be32(png->data + 20);
	assert_memory_equal(png->data + 24, "\x08\x02\0\0\0", 5);
	while (at < png->len) {
		const uint8_t *chunk = png->data + at;
		const uint32_t n = be32(chunk);
		assert_true(n <= png->len - at - 12);
		assert_int_equal(be32(chunk + 8 + n), crc32(0, chunk + 4, n + 4));
		if (memcmp(chunk + 4, "IDAT", 4) == 0) {
			memcpy(packed + used, chunk + 8, n);
			used += n;
		}
		at += n + 12;
	}
	assert_memory_equal(png->data + png->len - 12, "\0\0\0\0IEND", 8);
	size = (uLongf)((*width * 3ul + 1) * *height);
	rows = malloc(size);
	assert_int_equal(uncompress(rows, &size, packed, used), Z_OK);
	assert_int_equal(size, (*width * 3ul + 1) * *height);
	out = unfiltered(rows, *width, *height);
	free(rows);
	free(packed);
	return out;
}

static void png__pictures_of_every_size__pixels_come_back(void **state)
{
	static const uint32_t sizes[][2] = {{1, 1}, {1, 50}, {300, 1}, {17, 31}, {640, 200}, {20000, 3}};

	(void)state;
	for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
		const size_t stride = sizes[k][0] * 3 + 5;
		uint8_t *data = malloc(stride * sizes[k][1]);
		const assay_rgb picture = {data, (ptrdiff_t)stride, sizes[k][0], sizes[k][1]};
		ASSAY_AUTO_BUF png = ASSAY_BUF_INIT;
		uint32_t width, height;
		uint8_t *back;

		for (size_t i = 0; i < stride * sizes[k][1]; i++)
			data[i] = (uint8_t)(noise() % 3 == 0 ? noise() : i / 7);
		assert_int_equal(assay_png_append(&png, &picture, NULL), ASSAY_OK);
		back = read_png(&png, &width, &height);
		assert_int_equal(width, sizes[k][0]);
		assert_int_equal(height, sizes[k][1]);
		for (size_t y = 0; y < height; y++)
			assert_memory_equal(back + y * width * 3, data + y * stride, width * 3ul);
		free(back);
		free(data);
	}
}

/* ---------------------------------------------------------------- colours */

typedef struct subject {
	AVFrame *av;
	assay_frame frame;
} subject;

static subject new_subject(enum AVPixelFormat format, int width, int height, uint8_t depth, bool full_range)
{
	subject s = {.av = av_frame_alloc()};

	s.av->format = format;
	s.av->width = width;
	s.av->height = height;
	assert_true(av_frame_get_buffer(s.av, 0) >= 0);
	s.frame = (assay_frame){.av = s.av,
				.luma = s.av->data[0],
				.stride = s.av->linesize[0],
				.width = (uint32_t)width,
				.height = (uint32_t)height,
				.depth = depth,
				.full_range = full_range};
	return s;
}

static void set_sample(AVFrame *f, int component, int x, int y, uint32_t value)
{
	const AVComponentDescriptor *c = &av_pix_fmt_desc_get((enum AVPixelFormat)f->format)->comp[component];
	uint8_t *p = f->data[c->plane] + y * f->linesize[c->plane] + x * c->step + c->offset;

	value <<= c->shift;
	p[0] = (uint8_t)value;
	if (c->depth > 8)
		p[1] = (uint8_t)(value >> 8);
}

/* In 12 bits. */
static int get_sample(const AVFrame *f, int component, int x, int y)
{
	const AVComponentDescriptor *c = &av_pix_fmt_desc_get((enum AVPixelFormat)f->format)->comp[component];
	const uint8_t *p = f->data[c->plane] + y * f->linesize[c->plane] + x * c->step + c->offset;
	const int v = (c->depth > 8 ? p[0] | p[1] << 8 : p[0]) >> c->shift;

	return c->depth <= 12 ? v << (12 - c->depth) : v >> (c->depth - 12);
}

static void fill_samples(AVFrame *f)
{
	const AVPixFmtDescriptor *d = av_pix_fmt_desc_get((enum AVPixelFormat)f->format);

	for (int c = 0; c < d->nb_components; c++) {
		const int w = c == 0 ? f->width : AV_CEIL_RSHIFT(f->width, d->log2_chroma_w);
		const int h = c == 0 ? f->height : AV_CEIL_RSHIFT(f->height, d->log2_chroma_h);
		for (int y = 0; y < h; y++)
			for (int x = 0; x < w; x++)
				set_sample(f, c, x, y, noise() % (1u << d->comp[c].depth));
	}
}

static int between(int low, int n, int high)
{
	return n < low ? low : n > high ? high : n;
}

/* The two samples and quarters of one axis: place of luma, whether it is halved, where chroma lies (0, 1, 2 halves). */
static void plain_taps(int at, int log2, int lies, int *first, int *quarters)
{
	const int twice = at * 2 - lies; /* in quarters of a halved axis */

	*first = log2 == 0 ? at : (twice + 8) / 4 - 2;
	*quarters = log2 == 0 ? 0 : (twice + 8) % 4;
}

/* Chroma at a place of luma: linear between the four samples around it, rounded once, from sixteenths. */
static int plain_chroma(const AVFrame *f, int component, int x, int y, int lies_x, int lies_y)
{
	const AVPixFmtDescriptor *d = av_pix_fmt_desc_get((enum AVPixelFormat)f->format);
	const int w = AV_CEIL_RSHIFT(f->width, d->log2_chroma_w);
	const int h = AV_CEIL_RSHIFT(f->height, d->log2_chroma_h);
	int cx, cy, qx, qy;
	int sum = 0;

	plain_taps(x, d->log2_chroma_w, lies_x, &cx, &qx);
	plain_taps(y, d->log2_chroma_h, lies_y, &cy, &qy);
	for (int j = 0; j < 2; j++)
		for (int i = 0; i < 2; i++)
			sum += (i ? qx : 4 - qx) * (j ? qy : 4 - qy) *
			       get_sample(f, component, between(0, cx + i, w - 1), between(0, cy + j, h - 1));
	return (sum + 8) >> 4;
}

/* Of a sum of sixteenths of a level, each rounded down. */
static int plain_level(int64_t sixteenths)
{
	return between(0, (int)((sixteenths + 8) >> 4), 255);
}

static int64_t plain_part(int64_t sample, int64_t coefficient)
{
	return sample * 8 * coefficient >> 16;
}

static void assert_as_plain(const subject *s, int lies_x, int lies_y)
{
	const int *c = assay_rgb_coefficients(&s->frame);
	const bool full = s->frame.full_range, grey = av_pix_fmt_desc_get(s->av->format)->nb_components < 3;
	const int64_t luma = full ? 8192 : 9539; /* 2^13, 2^13 * 255 / 219 */
	int64_t k[4];
	const size_t stride = (size_t)s->av->width * 3;
	uint8_t *out = malloc(stride * (size_t)s->av->height);
	assay_chroma chroma;

	for (int i = 0; i < 4; i++)
		k[i] = ((full ? (c[i] * INT64_C(224) + 127) / 255 : c[i]) + 4) / 8;
	assert_true(assay_rgb_can(&chroma, &s->frame));
	assert_int_equal(assay_rgb_convert(out, (ptrdiff_t)stride, &s->frame, &chroma, NULL), ASSAY_OK);
	for (int y = 0; y < s->av->height; y++)
		for (int x = 0; x < s->av->width; x++) {
			const int64_t l = plain_part(get_sample(s->av, 0, x, y) - (full ? 0 : 256), luma);
			const int64_t u = grey ? 0 : plain_chroma(s->av, 1, x, y, lies_x, lies_y) - 2048;
			const int64_t v = grey ? 0 : plain_chroma(s->av, 2, x, y, lies_x, lies_y) - 2048;
			const uint8_t *p = out + (size_t)y * stride + (size_t)x * 3;
			assert_int_equal(p[0], plain_level(l + plain_part(v, k[0])));
			assert_int_equal(p[1], plain_level(l + plain_part(u, -k[2]) + plain_part(v, -k[3])));
			assert_int_equal(p[2], plain_level(l + plain_part(u, k[1])));
		}
	free(out);
}

static void rgb__random_frames_of_every_layout__equals_plain_loops(void **state)
{
	static const struct {
		enum AVPixelFormat format;
		uint8_t depth;
		bool full_range;
	} cases[] = {{AV_PIX_FMT_YUV420P, 8, false},      {AV_PIX_FMT_YUVJ420P, 8, true},
		     {AV_PIX_FMT_YUV422P, 8, false},      {AV_PIX_FMT_YUV440P, 8, false},
		     {AV_PIX_FMT_YUV444P, 8, true},       {AV_PIX_FMT_YUVA420P, 8, false},
		     {AV_PIX_FMT_NV12, 8, false},         {AV_PIX_FMT_NV21, 8, false},
		     {AV_PIX_FMT_YUV420P10LE, 10, false}, {AV_PIX_FMT_YUV422P12LE, 12, false},
		     {AV_PIX_FMT_YUV444P16LE, 16, true},  {AV_PIX_FMT_P010LE, 16, false},
		     {AV_PIX_FMT_GRAY8, 8, true},         {AV_PIX_FMT_GRAY10LE, 10, true}};
	static const int sizes[][2] = {{1, 1}, {2, 2}, {3, 5}, {33, 16}, {70, 7}};

	(void)state;
	for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
		for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
			subject s =
			    new_subject(cases[k].format, sizes[i][0], sizes[i][1], cases[k].depth, cases[k].full_range);
			fill_samples(s.av);
			assert_as_plain(&s, 0, 1);
			av_frame_free(&s.av);
		}
}

static void rgb__chroma_elsewhere__equals_plain_loops(void **state)
{
	static const int places[][3] = {{AVCHROMA_LOC_UNSPECIFIED, 0, 1}, {AVCHROMA_LOC_LEFT, 0, 1},
					{AVCHROMA_LOC_CENTER, 1, 1},      {AVCHROMA_LOC_TOPLEFT, 0, 0},
					{AVCHROMA_LOC_TOP, 1, 0},         {AVCHROMA_LOC_BOTTOMLEFT, 0, 2},
					{AVCHROMA_LOC_BOTTOM, 1, 2}};
	subject s = new_subject(AV_PIX_FMT_YUV420P, 37, 23, 8, false);

	(void)state;
	fill_samples(s.av);
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		s.av->chroma_location = (enum AVChromaLocation)places[i][0];
		assert_as_plain(&s, places[i][1], places[i][2]);
	}
	av_frame_free(&s.av);
}

static void convert_one(uint8_t rgb[3], enum AVColorSpace space, int y, int u, int v)
{
	subject s = new_subject(AV_PIX_FMT_YUV420P, 1, 1, 8, false);
	assay_chroma chroma;

	s.av->colorspace = space;
	s.av->data[0][0] = (uint8_t)y;
	s.av->data[1][0] = (uint8_t)u;
	s.av->data[2][0] = (uint8_t)v;
	assert_true(assay_rgb_can(&chroma, &s.frame));
	assert_int_equal(assay_rgb_convert(rgb, 3, &s.frame, &chroma, NULL), ASSAY_OK);
	av_frame_free(&s.av);
}

/* Y = 16 + 219 (Kr R + Kg G + Kb B), U = 128 + 112 (B - Y') / (1 - Kb), V = 128 + 112 (R - Y') / (1 - Kr), rounded. */
static void rgb__colours_of_the_standards__to_two_levels(void **state)
{
	static const struct {
		enum AVColorSpace space;
		int yuv[3];
		uint8_t rgb[3];
	} cases[] = {
	    {AVCOL_SPC_BT709, {235, 128, 128}, {255, 255, 255}}, {AVCOL_SPC_BT709, {16, 128, 128}, {0, 0, 0}},
	    {AVCOL_SPC_SMPTE170M, {81, 90, 240}, {255, 0, 0}},   {AVCOL_SPC_SMPTE170M, {145, 54, 34}, {0, 255, 0}},
	    {AVCOL_SPC_SMPTE170M, {41, 240, 110}, {0, 0, 255}},  {AVCOL_SPC_BT709, {63, 102, 240}, {255, 0, 0}},
	    {AVCOL_SPC_BT709, {173, 42, 26}, {0, 255, 0}},       {AVCOL_SPC_BT709, {32, 240, 118}, {0, 0, 255}}};

	(void)state;
	for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
		uint8_t rgb[3];
		convert_one(rgb, cases[k].space, cases[k].yuv[0], cases[k].yuv[1], cases[k].yuv[2]);
		for (int i = 0; i < 3; i++)
			assert_in_range(abs(rgb[i] - cases[k].rgb[i]), 0, 2);
	}
}

static void rgb__packed_and_deeper_subsampled__left_to_swscale(void **state)
{
	static const enum AVPixelFormat formats[] = {AV_PIX_FMT_YUV410P, AV_PIX_FMT_YUV411P};

	(void)state;
	for (size_t k = 0; k < sizeof formats / sizeof *formats; k++) {
		subject s = new_subject(formats[k], 16, 16, 8, false);
		assay_chroma chroma;
		assert_false(assay_rgb_can(&chroma, &s.frame));
		av_frame_free(&s.av);
	}
}

/* ---------------------------------------------------------------- whole pictures */

/* A ramp of light from left to right, of colour from top to bottom. */
static subject new_ramp(int width, int height)
{
	subject s = new_subject(AV_PIX_FMT_YUV420P, width, height, 8, false);

	for (int y = 0; y < height; y++)
		for (int x = 0; x < width; x++)
			set_sample(s.av, 0, x, y, 60u + (uint32_t)x);
	for (int y = 0; y < height / 2; y++)
		for (int x = 0; x < width / 2; x++) {
			set_sample(s.av, 1, x, y, 100u + (uint32_t)y);
			set_sample(s.av, 2, x, y, 150u - (uint32_t)y);
		}
	return s;
}

static uint8_t *picture_of(const subject *s, uint32_t max_width, uint32_t *width, uint32_t *height)
{
	ASSAY_AUTO_BUF png = ASSAY_BUF_INIT;

	assert_int_equal(assay_picture_png(&png, &s->frame, max_width, NULL), ASSAY_OK);
	return read_png(&png, width, height);
}

/* swscale interpolates chroma otherwise, and rounds elsewhere. */
static void picture__ramp__within_two_levels_of_swscale(void **state)
{
	subject s = new_ramp(128, 64);
	uint8_t theirs[128 * 64 * 3];
	uint8_t *const planes[] = {theirs};
	const int strides[] = {128 * 3};
	struct SwsContext *sws = sws_getContext(128, 64, AV_PIX_FMT_YUV420P, 128, 64, AV_PIX_FMT_RGB24,
						SWS_BICUBIC | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT, NULL, NULL, NULL);
	uint32_t width, height;
	uint8_t *ours = picture_of(&s, 0, &width, &height);

	(void)state;
	assert_int_equal(sws_scale(sws, (const uint8_t *const *)s.av->data, s.av->linesize, 0, 64, planes, strides),
			 64);
	for (size_t i = 0; i < sizeof theirs; i++)
		assert_in_range(abs(ours[i] - theirs[i]), 0, 2);
	sws_freeContext(sws);
	free(ours);
	av_frame_free(&s.av);
}

static void picture__turned__pixels_where_a_player_shows_them(void **state)
{
	subject s = new_ramp(40, 20);
	uint32_t width, height, w, h;
	uint8_t *upright = picture_of(&s, 0, &width, &height);

	(void)state;
	for (int32_t rotation = 90; rotation < 360; rotation += 90) {
		uint8_t *turned;
		s.frame.rotation = rotation;
		turned = picture_of(&s, 0, &w, &h);
		assert_int_equal(w, rotation == 180 ? width : height);
		assert_int_equal(h, rotation == 180 ? height : width);
		for (uint32_t y = 0; y < height; y++)
			for (uint32_t x = 0; x < width; x++) {
				const uint32_t tx = rotation == 90    ? height - 1 - y
						    : rotation == 180 ? width - 1 - x
								      : y;
				const uint32_t ty = rotation == 90    ? x
						    : rotation == 180 ? height - 1 - y
								      : width - 1 - x;
				assert_memory_equal(turned + (ty * w + tx) * 3, upright + (y * width + x) * 3, 3);
			}
		free(turned);
	}
	free(upright);
	av_frame_free(&s.av);
}

static void picture__max_width__scaled_upright(void **state)
{
	subject s = new_ramp(40, 20);
	uint32_t width, height;

	(void)state;
	free(picture_of(&s, 10, &width, &height));
	assert_int_equal(width, 10);
	assert_int_equal(height, 5);
	s.frame.rotation = 90;
	free(picture_of(&s, 10, &width, &height));
	assert_int_equal(width, 10);
	assert_int_equal(height, 20);
	av_frame_free(&s.av);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(png__pictures_of_every_size__pixels_come_back),
	    cmocka_unit_test(rgb__random_frames_of_every_layout__equals_plain_loops),
	    cmocka_unit_test(rgb__chroma_elsewhere__equals_plain_loops),
	    cmocka_unit_test(rgb__colours_of_the_standards__to_two_levels),
	    cmocka_unit_test(rgb__packed_and_deeper_subsampled__left_to_swscale),
	    cmocka_unit_test(picture__ramp__within_two_levels_of_swscale),
	    cmocka_unit_test(picture__turned__pixels_where_a_player_shows_them),
	    cmocka_unit_test(picture__max_width__scaled_upright),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
