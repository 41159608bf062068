#include "picture.h"

#include "libav.h"

#include <libavutil/opt.h>
#include <libswscale/swscale.h>

#include <string.h>

enum {
	/* The only flags whose results are the same with and without SIMD; an explicit scaler belongs to them. */
	EXACT = SWS_BICUBIC | SWS_ACCURATE_RND | SWS_BITEXACT | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP,
	HD_LINES = 720, /* from here on a picture that does not say is BT.709, below BT.601 */
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

static void set_colours(struct SwsContext *sws, const AVFrame *f, bool full_range)
{
	const int unspecified = f->height >= HD_LINES ? SWS_CS_ITU709 : SWS_CS_ITU601;
	const int space = f->colorspace == AVCOL_SPC_UNSPECIFIED ? unspecified : (int)f->colorspace;

	(void)sws_setColorspaceDetails(sws, sws_getCoefficients(space), full_range, sws_getCoefficients(SWS_CS_DEFAULT),
				       1, 0, 1 << 16, 1 << 16);
}

static assay_code to_rgb(AVFrame **out, const assay_frame *frame, int width, int height, assay_err *err)
{
	const AVFrame *f = frame->av;
	struct SwsContext *sws;
	assay_code rc;
	int r;

	*out = NULL;
	sws = sws_getContext(f->width, f->height, (enum AVPixelFormat)f->format, width, height, AV_PIX_FMT_RGB24, EXACT,
			     NULL, NULL, NULL);
	if (sws == NULL)
		return ASSAY_RAISE(err, ASSAY_EUNSUPPORTED, "pixel format %d cannot become RGB", f->format);
	set_colours(sws, f, frame->full_range);
	rc = new_rgb(out, width, height, err);
	if (rc == ASSAY_OK) {
		r = sws_scale(sws, (const uint8_t *const *)f->data, f->linesize, 0, f->height, (*out)->data,
			      (*out)->linesize);
		if (r < 0)
			rc = assay_av_raise(err, r, "convert to RGB");
	}
	sws_freeContext(sws);
	return rc;
}

/* Where the pixel that lands at (x, y) of the upright picture lies in the stored one. */
static const uint8_t *source_pixel(const AVFrame *in, int32_t rotation, int x, int y)
{
	int sx = x;
	int sy = y;

	if (rotation == 90) {
		sx = y;
		sy = in->height - 1 - x;
	} else if (rotation == 180) {
		sx = in->width - 1 - x;
		sy = in->height - 1 - y;
	} else if (rotation == 270) {
		sx = in->width - 1 - y;
		sy = x;
	}
	return in->data[0] + (ptrdiff_t)sy * in->linesize[0] + (ptrdiff_t)sx * 3;
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
	for (int y = 0; y < out->height; y++) {
		uint8_t *row = out->data[0] + (ptrdiff_t)y * out->linesize[0];
		for (int x = 0; x < out->width; x++)
			memcpy(row + (ptrdiff_t)x * 3, source_pixel(in, rotation, x, y), 3);
	}
	av_frame_free(picture);
	*picture = out;
	return ASSAY_OK;
}

static assay_code open_encoder(AVCodecContext **out, const AVFrame *f, assay_err *err)
{
	const AVCodec *codec = avcodec_find_encoder(AV_CODEC_ID_PNG);
	int r;

	*out = codec != NULL ? avcodec_alloc_context3(codec) : NULL;
	if (*out == NULL)
		return ASSAY_RAISE(err, codec == NULL ? ASSAY_EUNSUPPORTED : ASSAY_ENOMEM, "PNG encoder");
	(*out)->width = f->width;
	(*out)->height = f->height;
	(*out)->pix_fmt = AV_PIX_FMT_RGB24;
	(*out)->time_base = (AVRational){1, 1};
	(*out)->flags |= AV_CODEC_FLAG_BITEXACT;
	(*out)->thread_count = 1;
	(*out)->compression_level = 2; /* a third less time than 4, 5 % more bytes */
	(void)av_opt_set(*out, "pred", "up", AV_OPT_SEARCH_CHILDREN);
	r = avcodec_open2(*out, codec, NULL);
	return r < 0 ? assay_av_raise(err, r, "open the PNG encoder") : ASSAY_OK;
}

static assay_code encode(assay_buf *out, const AVFrame *f, assay_err *err)
{
	AVCodecContext *enc = NULL;
	AVPacket *pkt = av_packet_alloc();
	assay_code rc = pkt != NULL ? open_encoder(&enc, f, err) : ASSAY_RAISE(err, ASSAY_ENOMEM, "packet");
	int r = 0;

	if (rc == ASSAY_OK) {
		r = avcodec_send_frame(enc, f);
		if (r >= 0)
			r = avcodec_receive_packet(enc, pkt);
		if (r < 0)
			rc = assay_av_raise(err, r, "encode PNG");
		else
			assay_buf_append(out, pkt->data, (size_t)pkt->size);
	}
	av_packet_free(&pkt);
	avcodec_free_context(&enc);
	return rc == ASSAY_OK ? assay_buf_check(out, err) : rc;
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
		rc = encode(out, rgb, err);
	av_frame_free(&rgb);
	return rc;
}
