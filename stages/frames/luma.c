#include "luma.h"

#include "libav.h"
#include "sharpness.h"

#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>

#include <stdlib.h>

/* The only flags whose results are the same with and without SIMD. */
enum { EXACT = SWS_BILINEAR | SWS_ACCURATE_RND | SWS_BITEXACT | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP };

typedef struct held {
	AVFrame *av;
	AVFrame *grey; /* NULL when the luma plane is av's own */
	bool has_grid, has_sharpness;
	uint32_t sharpness;
	assay_grid grid;
} held;

static void free_held(assay_value *v)
{
	held *h = v->owner;

	av_frame_free(&h->av);
	av_frame_free(&h->grey);
	free(h);
}

void assay_luma_release(assay_luma *l)
{
	sws_freeContext(l->sws);
	l->sws = NULL;
}

/* Significant bits of the luma plane, 0 when the format has none that can be read in place. */
static uint8_t luma_depth(const AVPixFmtDescriptor *d)
{
	const AVComponentDescriptor *y = &d->comp[0];
	const uint64_t other = AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_BITSTREAM |
			       AV_PIX_FMT_FLAG_HWACCEL | AV_PIX_FMT_FLAG_BAYER | AV_PIX_FMT_FLAG_FLOAT;
	const int bytes = y->depth > 8 ? 2 : 1;

	if (d->nb_components < 1 || (d->flags & other) || y->plane != 0 || y->offset != 0 || y->step != bytes)
		return 0;
	if (bytes == 2 && (d->flags & AV_PIX_FMT_FLAG_BE))
		return 0;
	if (y->depth < 8 || y->depth > 16)
		return 0;
	if (y->shift == 0)
		return (uint8_t)y->depth;
	/* P010 and its kind hold the bits at the top of the word: as a 16-bit plane they are right. */
	return y->shift + y->depth == 16 ? 16 : 0;
}

static bool is_full_range(const AVFrame *f, const AVPixFmtDescriptor *d)
{
	if (f->color_range != AVCOL_RANGE_UNSPECIFIED)
		return f->color_range == AVCOL_RANGE_JPEG;
	switch (f->format) {
	case AV_PIX_FMT_YUVJ420P:
	case AV_PIX_FMT_YUVJ422P:
	case AV_PIX_FMT_YUVJ444P:
	case AV_PIX_FMT_YUVJ440P:
	case AV_PIX_FMT_YUVJ411P:
		return true;
	default: /* grey without a word on range is what it seems */
		return d->nb_components <= 2;
	}
}

static assay_code make_grey(assay_luma *l, held *h, assay_err *err)
{
	const AVFrame *f = h->av;
	int r;

	l->sws = sws_getCachedContext(l->sws, f->width, f->height, (enum AVPixelFormat)f->format, f->width, f->height,
				      AV_PIX_FMT_GRAY8, EXACT, NULL, NULL, NULL);
	if (l->sws == NULL)
		return ASSAY_RAISE(err, ASSAY_EUNSUPPORTED, "pixel format %d has no luma", f->format);
	h->grey = av_frame_alloc();
	if (h->grey == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "grey frame");
	h->grey->format = AV_PIX_FMT_GRAY8;
	h->grey->width = f->width;
	h->grey->height = f->height;
	r = av_frame_get_buffer(h->grey, 0);
	if (r < 0)
		return assay_av_raise(err, r, "grey frame of %d x %d", f->width, f->height);
	r = sws_scale(l->sws, (const uint8_t *const *)f->data, f->linesize, 0, f->height, h->grey->data,
		      h->grey->linesize);
	return r < 0 ? assay_av_raise(err, r, "convert to grey") : ASSAY_OK;
}

static assay_code fill(assay_luma *l, assay_value *v, held *h, assay_err *err)
{
	const AVPixFmtDescriptor *d = av_pix_fmt_desc_get((enum AVPixelFormat)h->av->format);
	assay_frame *out = &v->u.frame;
	const AVFrame *plane = h->av;

	if (d == NULL)
		return ASSAY_RAISE(err, ASSAY_EUNSUPPORTED, "pixel format %d is unknown", h->av->format);
	out->depth = luma_depth(d);
	out->full_range = is_full_range(h->av, d);
	if (out->depth == 0) {
		const assay_code rc = make_grey(l, h, err);
		if (rc != ASSAY_OK)
			return rc;
		plane = h->grey;
		out->depth = 8;
		out->full_range = true;
	}
	out->av = h->av;
	out->luma = plane->data[0];
	out->stride = plane->linesize[0];
	out->width = (uint32_t)plane->width;
	out->height = (uint32_t)plane->height;
	return ASSAY_OK;
}

assay_code assay_luma_value(assay_luma *l, assay_value **out, AVFrame *frame, uint32_t root, assay_err *err)
{
	ASSAY_AUTO_VALUE v = assay_value_new(ASSAY_VALUE_FRAME, root);
	held *h;
	assay_code rc;

	*out = NULL;
	h = v != NULL ? malloc(sizeof *h) : NULL;
	if (h == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "frame value");
	h->grey = NULL;
	h->has_grid = h->has_sharpness = false;
	v->owner = h;
	v->free_payload = free_held;
	h->av = av_frame_alloc();
	if (h->av == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "frame");
	av_frame_move_ref(h->av, frame);
	rc = fill(l, v, h, err);
	if (rc == ASSAY_OK)
		*out = ASSAY_STEAL(&v);
	return rc;
}

/* ---------------------------------------------------------------- asked for by several */

const assay_grid *assay_luma_grid(const assay_value *frame)
{
	held *h = frame->owner;

	if (!h->has_grid)
		assay_grid_fill(&h->grid, &frame->u.frame);
	h->has_grid = true;
	return &h->grid;
}

uint32_t assay_luma_sharpness(const assay_value *frame)
{
	held *h = frame->owner;

	if (!h->has_sharpness)
		h->sharpness = assay_sharpness(&frame->u.frame);
	h->has_sharpness = true;
	return h->sharpness;
}
