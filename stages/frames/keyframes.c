/* video.keyframes: the sharpest frame of every shot, as a picture. */
#include "frames.h"
#include "luma.h"
#include "picture.h"

#include "assay/decimal.h"

#include <stdlib.h>

enum {
	DELAY = ASSAY_SHOTS_DELAY, /* a mark names a frame at most this many pushes ago */
	RING = DELAY + 2,
};

typedef struct params {
	int64_t max_width;
} params;

static const assay_param schema[] = {
    ASSAY_PARAM_ROW_INT(params, max_width, "0", 0, 16384, "px",
			"scale pictures down to this width, upright; 0 keeps their size"),
    {0},
};

enum { M_SHARPNESS, M_LUMA, M_OFFSET };

#define ON_BOTH (ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_VIDEO) | ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_SHOT))
static const assay_metric metrics[] = {
    [M_SHARPNESS] = {"keyframe.sharpness", "level", 2, ON_BOTH,
		     "Mean absolute Laplacian of the key frame's luma, of 255; on the video when it has no shots."},
    [M_LUMA] = {"keyframe.luma", "level", 2, ON_BOTH,
		"Mean luma of the key frame as stored, of 255 (16 is black in limited range)."},
    [M_OFFSET] = {"keyframe.offset", "s", 6, ON_BOTH, "Time of the key frame - time of the shot's first frame."},
    {0},
};

static const assay_artifact_type artifacts[] = {
    {"keyframe", "image/png", "png", "The sharpest frame, upright, 8-bit RGB."},
    {0},
};

typedef struct candidate {
	assay_value *frame; /* [owned reference] */
	uint32_t sharpness;
} candidate;

typedef struct keyframes {
	const params *p;
	uint32_t root;
	assay_part part; /* of the source */
	bool marked;     /* marks come: key frames belong to shots */
	bool open;       /* target is a sample that waits for its key frame */
	uint32_t target;
	assay_time start;     /* of the target */
	uint64_t count;       /* frames pushed */
	uint64_t settled;     /* frames known to belong to the target or to one before */
	candidate best;       /* of the target's settled frames */
	candidate ring[RING]; /* the frames that are not settled */
} keyframes;

static assay_code open_keyframes(void **state, void *shared, const void *p, const assay_input *in, uint32_t root,
				 assay_err *err)
{
	keyframes *k = assay_alloc(1, sizeof *k);

	(void)shared;
	*state = k;
	if (k == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "key frame picker");
	k->p = p;
	k->root = root;
	k->part = in->part;
	return ASSAY_OK;
}

static void drop(candidate *c)
{
	assay_value_unref(c->frame);
	*c = (candidate){0};
}

static void close_keyframes(void *state)
{
	keyframes *k = state;

	if (k == NULL)
		return;
	drop(&k->best);
	for (size_t i = 0; i < RING; i++)
		drop(&k->ring[i]);
	free(k);
}

/* The oldest unsettled frame belongs to the target: it is the best so far, or is let go. */
static void settle_one(keyframes *k)
{
	candidate *c = &k->ring[k->settled++ % RING];

	if (k->best.frame == NULL || c->sharpness > k->best.sharpness) {
		drop(&k->best);
		k->best = *c;
		*c = (candidate){0};
	} else {
		drop(c);
	}
}

static assay_code measure(keyframes *k, assay_sink *sink, assay_err *err)
{
	const assay_value *v = k->best.frame;
	const int64_t sum = assay_grid_sum(assay_luma_grid(v));
	assay_code rc;

	ASSAY_TRY(assay_measure(sink, k->target, M_SHARPNESS, k->best.sharpness, err));
	ASSAY_TRY(
	    assay_measure(sink, k->target, M_LUMA, assay_round_ratio(sum, ASSAY_GRID_CELLS * ASSAY_GRID_ONE, 2), err));
	return assay_measure(sink, k->target, M_OFFSET, assay_time_diff(v->time, k->start, 6), err);
fail:
	return rc;
}

static assay_code finish_target(keyframes *k, assay_sink *sink, assay_err *err)
{
	ASSAY_AUTO_BUF png = ASSAY_BUF_INIT;
	assay_code rc;

	if (!k->open)
		return ASSAY_OK;
	k->open = false;
	if (k->best.frame == NULL)
		return ASSAY_RAISE(err, ASSAY_EINVAL, "a shot without frames");
	ASSAY_TRY(measure(k, sink, err));
	ASSAY_TRY(assay_picture_png(&png, &k->best.frame->u.frame, (uint32_t)k->p->max_width, err));
	ASSAY_TRY(assay_artifact(sink, k->target, 0, png.data, png.len, err));
	drop(&k->best);
	return ASSAY_OK;
fail:
	return rc;
}

static void begin_target(keyframes *k, uint32_t sample, assay_time start)
{
	k->open = true;
	k->target = sample;
	k->start = start;
}

/* What lies before the mark belongs to the shot that ends there. */
static assay_code push_mark(keyframes *k, const assay_value *v, assay_sink *sink, assay_err *err)
{
	assay_code rc;

	if (v->u.mark.type != ASSAY_MARK_SHOT)
		return ASSAY_OK;
	while (k->settled < k->count && assay_time_cmp(k->ring[k->settled % RING].frame->time, v->time) < 0)
		settle_one(k);
	rc = finish_target(k, sink, err);
	k->marked = true;
	begin_target(k, v->u.mark.sample, v->time);
	return rc;
}

static assay_code push_frame(keyframes *k, const assay_value *v)
{
	candidate *c;

	if (k->part.is_span && assay_time_cmp(v->time, k->part.start) < 0)
		return ASSAY_OK;
	if (!k->open)
		begin_target(k, k->root, v->time);
	if (k->count - k->settled > DELAY)
		settle_one(k);
	c = &k->ring[k->count++ % RING];
	c->frame = assay_value_ref((assay_value *)(uintptr_t)v); /* the count is not part of what is immutable */
	c->sharpness = assay_luma_sharpness(v);
	return ASSAY_OK;
}

static assay_code push_keyframes(void *state, const assay_value *v, assay_sink *sink, assay_err *err)
{
	keyframes *k = state;

	if (v->kind == ASSAY_VALUE_MARK)
		return push_mark(k, v, sink, err);
	return v->kind == ASSAY_VALUE_FRAME ? push_frame(k, v) : ASSAY_OK;
}

static assay_code flush_keyframes(void *state, assay_sink *sink, assay_err *err)
{
	keyframes *k = state;
	assay_code rc;

	while (k->settled < k->count)
		settle_one(k);
	ASSAY_TRY(finish_target(k, sink, err));
	if (!k->marked)
		return ASSAY_OK;
	for (unsigned m = M_SHARPNESS; m <= M_OFFSET; m++)
		ASSAY_TRY(assay_undefined(sink, k->root, m, "key frames are of shots", err));
	return ASSAY_OK;
fail:
	return rc;
}

/* Pictures of other formats and other sizes than its own go through swscale. */
static const char *const libraries[] = {"libswscale.so", "libdeflate.so", NULL};

const assay_stage assay_stage_video_keyframes = {
    .abi = ASSAY_STAGE_ABI,
    .name = "video.keyframes",
    .version = 4,
    .modality = ASSAY_MODALITY_VIDEO,
    .summary = "keeps the sharpest frame of every shot as a PNG picture",
    .reference = "Pertuz, Puig, Garcia: Analysis of focus measure operators, 2013 (absolute Laplacian)",
    .observes = ASSAY_VALUE_FRAME | ASSAY_VALUE_MARK,
    .max_delay = 0,
    .spans = true,
    .determinism = ASSAY_EXACT_PER_BUILD,
    .libraries = libraries,
    .params = schema,
    .params_size = sizeof(params),
    .metrics = metrics,
    .artifacts = artifacts,
    .open = open_keyframes,
    .push = push_keyframes,
    .flush = flush_keyframes,
    .close = close_keyframes,
};
