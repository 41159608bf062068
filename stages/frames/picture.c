#include "picture.h"

#include "libav.h"
#include "png.h"
#include "rgb.h"

#include <libswscale/swscale.h>

enum {
	/* The only flags whose results are the same with and without SIMD; an explicit scaler belongs to them. */
	EXACT = SWS_BICUBIC | SWS_ACCURATE_RND | SWS_BITEXACT | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP,
};

static assay_code new_rgb(AVFrame **out, int width, int height, assay_err *err)
{
	AVFrame *f = av_frame_alloc();
	int r;

	*out = f;
	if (f == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "picture");
	f->format = AV_PIX_FMT_RGB24;
	f->width = width;
	f->height = height;
	r = av_frame_get_buffer(f, 0);
	return r < 0 ? assay_av_raise(err, r, "picture of %d x %d", width, height) : ASSAY_OK;
}

/* What assay_rgb_convert() does not: other formats, and other sizes. */
static assay_code scale(AVFrame *out, const assay_frame *frame, assay_err *err)
{
	const AVFrame *f = frame->av;
	struct SwsContext *sws = sws_getContext(f->width, f->height, (enum AVPixelFormat)f->format, out->width,
						out->height, AV_PIX_FMT_RGB24, EXACT, NULL, NULL, NULL);
	int r;

	if (sws == NULL)
		return ASSAY_RAISE(err, ASSAY_EUNSUPPORTED, "pixel format %d cannot become RGB", f->format);
	(void)sws_setColorspaceDetails(sws, assay_rgb_coefficients(frame), frame->full_range,
				       sws_getCoefficients(SWS_CS_DEFAULT), 1, 0, 1 << 16, 1 << 16);
	r = sws_scale(sws, (const uint8_t *const *)f->data, f->linesize, 0, f->height, out->data, out->linesize);
	sws_freeContext(sws);
	return r < 0 ? assay_av_raise(err, r, "convert to RGB") : ASSAY_OK;
}

static assay_code to_rgb(AVFrame **out, const assay_frame *f, int width, int height, assay_err *err)
{
	const assay_code rc = new_rgb(out, width, height, err);
	assay_chroma chroma;

	if (rc != ASSAY_OK)
		return rc;
	if (width == f->av->width && height == f->av->height && assay_rgb_can(&chroma, f))
		return assay_rgb_convert((*out)->data[0], (*out)->linesize[0], f, &chroma, err);
	return scale(*out, f, err);
}

/* A row of the upright picture is a row or column of the stored one, from one of its ends. */
static void turn_row(uint8_t *out, const AVFrame *in, int32_t rotation, int y, int width)
{
	const ptrdiff_t down = in->linesize[0];
	const uint8_t *from = in->data[0];
	ptrdiff_t step = 3;

	if (rotation == 90) {
		from += (in->height - 1) * down + (ptrdiff_t)y * 3;
		step = -down;
	} else if (rotation == 180) {
		from += (in->height - 1 - y) * down + (ptrdiff_t)(in->width - 1) * 3;
		step = -3;
	} else if (rotation == 270) {
		from += (ptrdiff_t)(in->width - 1 - y) * 3;
		step = down;
	}
	for (int x = 0; x < width; x++, out += 3) {
		const uint8_t *pixel = from + x * step;
		out[0] = pixel[0];
		out[1] = pixel[1];
		out[2] = pixel[2];
	}
}

static assay_code turn(AVFrame **picture, int32_t rotation, assay_err *err)
{
	const AVFrame *in = *picture;
	const bool sideways = rotation % 180 != 0;
	AVFrame *out = NULL;
	const assay_code rc = new_rgb(&out, sideways ? in->height : in->width, sideways ? in->width : in->height, err);

	if (rc != ASSAY_OK) {
		av_frame_free(&out);
		return rc;
	}
	for (int y = 0; y < out->height; y++)
		turn_row(out->data[0] + (ptrdiff_t)y * out->linesize[0], in, rotation, y, out->width);
	av_frame_free(picture);
	*picture = out;
	return ASSAY_OK;
}

/* Size of the stored picture once the upright one is at most max_width wide; at least one pixel each way. */
static void fit(const AVFrame *f, bool sideways, uint32_t max_width, int *width, int *height)
{
	const int64_t w = sideways ? f->height : f->width;

	*width = f->width;
	*height = f->height;
	if (max_width == 0 || w <= (int64_t)max_width)
		return;
	*width = (int)((f->width * (int64_t)max_width + w / 2) / w);
	*height = (int)((f->height * (int64_t)max_width + w / 2) / w);
	*width = *width > 0 ? *width : 1;
	*height = *height > 0 ? *height : 1;
}

assay_code assay_picture_png(assay_buf *out, const assay_frame *f, uint32_t max_width, assay_err *err)
{
	AVFrame *rgb = NULL;
	assay_code rc;
	int width, height;

	fit(f->av, f->rotation % 180 != 0, max_width, &width, &height);
	rc = to_rgb(&rgb, f, width, height, err);
	if (rc == ASSAY_OK && f->rotation != 0)
		rc = turn(&rgb, f->rotation, err);
	if (rc == ASSAY_OK)
		rc = assay_png_append(out,
				      &(assay_rgb){.data = rgb->data[0],
						   .stride = rgb->linesize[0],
						   .width = (uint32_t)rgb->width,
						   .height = (uint32_t)rgb->height},
				      err);
	av_frame_free(&rgb);
	return rc;
}
