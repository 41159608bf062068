/* video.quality: black, frozen and repeated frames, sharpness, exposure. The page beside this explains. */
#include "frames.h"
#include "luma.h"
#include "tones.h"

#include "assay/decimal.h"

#include <stdlib.h>

enum {
	DELAY = ASSAY_SHOTS_DELAY, /* a mark names a frame at most this many pushes ago */
	RING = DELAY + 2,
	SHARPEST = 102400, /* no mean of |4p - l - r - u - d| is larger, in hundredths of a level */
};

typedef struct params {
	int64_t pixel_black;   /* ten-thousandths */
	int64_t picture_black; /* ten-thousandths */
	int64_t freeze_noise;  /* ten-thousandths */
	int64_t freeze_ms;
} params;

static const assay_param schema[] = {
    ASSAY_PARAM_ROW_DECIMAL(params, pixel_black, "0.10", 4, 0, 10000, "1",
			    "a pixel is black up to this share of the way from black to white"),
    ASSAY_PARAM_ROW_DECIMAL(params, picture_black, "0.98", 4, 0, 10000, "1",
			    "a frame is black when at least this share of its pixels is"),
    ASSAY_PARAM_ROW_DECIMAL(
	params, freeze_noise, "0.001", 4, 0, 10000, "1",
	"the picture stands still while the mean change of luma is at most this share of full scale"),
    ASSAY_PARAM_ROW_INT(params, freeze_ms, "2000", 0, 3600000, "ms",
			"frames of a picture that stands still at least this long are frozen"),
    {0},
};

enum {
	M_BLACK,
	M_BLACK_LONGEST,
	M_FROZEN,
	M_FROZEN_LONGEST,
	M_DUPLICATES,
	M_SHARPNESS_P10,
	M_SHARPNESS_P50,
	M_LUMA,
	M_DARK,
	M_BRIGHT,
	M_SHOT_BLACK,
	M_SHOT_FROZEN_LONGEST,
	M_SHOT_DUPLICATES,
	M_SHOT_LUMA,
};

#define ON_VIDEO ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_VIDEO)
#define ON_SHOT  ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_SHOT)
static const assay_metric metrics[] = {
    [M_BLACK] = {"video.black_ratio", "1", 4, ON_VIDEO, "Share of the frames that are black, 0..1."},
    [M_BLACK_LONGEST] = {"video.black_longest", "s", 6, ON_VIDEO,
			 "Longest time without a frame that is not black; 0 when none is."},
    [M_FROZEN] =
	{"video.frozen_ratio", "1", 4, ON_VIDEO,
	 "Share of the frames in stretches of at least freeze_ms during which the picture stands still, 0..1."},
    [M_FROZEN_LONGEST] = {"video.frozen_longest", "s", 6, ON_VIDEO,
			  "Longest time that the picture stands still; a frame's own length where all is movement."},
    [M_DUPLICATES] = {"video.duplicate_ratio", "1", 4, ON_VIDEO,
		      "Share of the frames that equal the one before in every sample of every plane, 0..1."},
    [M_SHARPNESS_P10] = {"video.sharpness_p10", "level", 2, ON_VIDEO,
			 "Mean absolute Laplacian of luma, of 255, that a tenth of the frames does not exceed."},
    [M_SHARPNESS_P50] = {"video.sharpness_p50", "level", 2, ON_VIDEO,
			 "Mean absolute Laplacian of luma, of 255, that half of the frames do not exceed."},
    [M_LUMA] = {"video.luma", "level", 2, ON_VIDEO,
		"Mean luma over all frames as stored, of 255 (16 is black in limited range)."},
    [M_DARK] = {"video.clipped_dark", "1", 4, ON_VIDEO,
		"Share of the pixels at black or below, over all frames, 0..1."},
    [M_BRIGHT] = {"video.clipped_bright", "1", 4, ON_VIDEO,
		  "Share of the pixels at white or above, over all frames, 0..1."},
    [M_SHOT_BLACK] = {"shot.black_ratio", "1", 4, ON_SHOT, "As video.black_ratio, of the frames of the shot."},
    [M_SHOT_FROZEN_LONGEST] = {"shot.frozen_longest", "s", 6, ON_SHOT, "As video.frozen_longest, within the shot."},
    [M_SHOT_DUPLICATES] = {"shot.duplicate_ratio", "1", 4, ON_SHOT,
			   "As video.duplicate_ratio, of the frames of the shot."},
    [M_SHOT_LUMA] = {"shot.luma", "level", 2, ON_SHOT, "As video.luma, of the frames of the shot."},
    {0},
};

/* What a video and each of its shots have in common. */
typedef struct tally {
	uint64_t frames, black, duplicates;
	uint64_t luma; /* sum of the sums of grids */
	int64_t frozen_longest;
} tally;

/* A frame that may still go to either of two shots. */
typedef struct moment {
	assay_time time, end;
	assay_time still_since;
	uint32_t luma;
	bool black, duplicate;
} moment;

typedef struct quality {
	const params *p;
	uint32_t root;
	assay_part part;         /* of the source */
	bool from_start;         /* of a span: all before it comes too */
	bool entered;            /* it has begun */
	uint64_t count, settled; /* frames pushed, and those that are counted in a shot */
	tally video, shot;
	bool in_shot;
	uint32_t shot_sample;
	assay_time shot_start;
	moment ring[RING];
	assay_value *before, *still; /* [owned] the frame before; the first of the picture that stands still */
	uint64_t still_frames, frozen;
	bool black;
	assay_time black_since;
	int64_t black_longest;
	uint64_t pixels, dark, bright;
	uint32_t *sharpness; /* [owned] frames of each sharpness, SHARPEST + 1 */
} quality;

static void close_quality(void *state)
{
	quality *q = state;

	if (q == NULL)
		return;
	assay_value_unref(q->before);
	assay_value_unref(q->still);
	free(q->sharpness);
	free(q);
}

static assay_code open_quality(void **state, void *shared, const void *p, const assay_input *in, uint32_t root,
			       assay_err *err)
{
	quality *q = assay_alloc(1, sizeof *q);

	(void)shared;
	*state = NULL;
	if (q != NULL)
		q->sharpness = assay_alloc(SHARPEST + 1, sizeof *q->sharpness);
	if (q == NULL || q->sharpness == NULL) {
		close_quality(q);
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "frame quality");
	}
	q->p = p;
	q->root = root;
	q->part = in->part;
	q->from_start = in->from_start;
	*state = q;
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- runs */

static int64_t longer(int64_t longest, assay_time from, assay_time to)
{
	const int64_t t = assay_time_diff(to, from, 6);

	return t > longest ? t : longest;
}

static void end_black(quality *q, assay_time at)
{
	if (q->black)
		q->black_longest = longer(q->black_longest, q->black_since, at);
	q->black = false;
}

static void end_still(quality *q, assay_time at)
{
	if (q->still == NULL)
		return;
	q->video.frozen_longest = longer(q->video.frozen_longest, q->still->time, at);
	if (assay_time_diff(at, q->still->time, 6) >= q->p->freeze_ms * 1000)
		q->frozen += q->still_frames;
}

static void hold(assay_value **at, const assay_value *v)
{
	assay_value_unref(*at);
	*at = assay_value_ref((assay_value *)(uintptr_t)v); /* the count is not part of what is immutable */
}

/* A run is of frames like its first, not like their neighbours: a slow fade does not stand still. */
static void note_still(quality *q, const assay_value *v)
{
	if (q->still != NULL && assay_frames_alike(&q->still->u.frame, &v->u.frame, (uint32_t)q->p->freeze_noise)) {
		q->still_frames++;
		return;
	}
	end_still(q, v->time);
	hold(&q->still, v);
	q->still_frames = 1;
}

static bool note_tones(quality *q, const assay_value *v)
{
	assay_tones t;
	bool black;

	assay_tones_count(&t, &v->u.frame, (uint32_t)q->p->pixel_black);
	q->pixels += t.pixels;
	q->dark += t.dark;
	q->bright += t.bright;
	black = t.black * 10000 >= t.pixels * (uint64_t)q->p->picture_black;
	if (black && !q->black) {
		q->black = true;
		q->black_since = v->time;
	} else if (!black) {
		end_black(q, v->time);
	}
	return black;
}

/* ---------------------------------------------------------------- shots */

static void add(tally *t, const moment *m)
{
	t->frames++;
	t->black += m->black;
	t->duplicates += m->duplicate;
	t->luma += m->luma;
}

/* The oldest frame that waits belongs to the shot that is open. */
static void settle_one(quality *q)
{
	const moment *m = &q->ring[q->settled++ % RING];
	assay_time since = m->still_since;

	if (!q->in_shot)
		return;
	if (assay_time_cmp(since, q->shot_start) < 0)
		since = q->shot_start;
	add(&q->shot, m);
	q->shot.frozen_longest = longer(q->shot.frozen_longest, since, m->end);
}

static int64_t ratio(uint64_t part, uint64_t whole)
{
	return assay_round_ratio((int64_t)part, (int64_t)whole, 4);
}

static int64_t mean_luma(const tally *t)
{
	return assay_round_ratio((int64_t)t->luma, (int64_t)(t->frames * ASSAY_GRID_CELLS * ASSAY_GRID_ONE), 2);
}

static assay_code end_shot(quality *q, assay_sink *sink, assay_err *err)
{
	const tally *t = &q->shot;
	const uint32_t sample = q->shot_sample;
	assay_code rc;

	if (!q->in_shot || t->frames == 0)
		return ASSAY_OK;
	ASSAY_TRY(assay_measure(sink, sample, M_SHOT_BLACK, ratio(t->black, t->frames), err));
	ASSAY_TRY(assay_measure(sink, sample, M_SHOT_FROZEN_LONGEST, t->frozen_longest, err));
	ASSAY_TRY(assay_measure(sink, sample, M_SHOT_DUPLICATES, ratio(t->duplicates, t->frames), err));
	return assay_measure(sink, sample, M_SHOT_LUMA, mean_luma(t), err);
fail:
	return rc;
}

/* What lies before the mark belongs to the shot that ends there. */
static assay_code push_mark(quality *q, const assay_value *v, assay_sink *sink, assay_err *err)
{
	assay_code rc;

	if (v->u.mark.type != ASSAY_MARK_SHOT)
		return ASSAY_OK;
	while (q->settled < q->count && assay_time_cmp(q->ring[q->settled % RING].time, v->time) < 0)
		settle_one(q);
	rc = end_shot(q, sink, err);
	q->in_shot = true;
	q->shot = (tally){0};
	q->shot_sample = v->u.mark.sample;
	q->shot_start = v->time;
	return rc;
}

/* ---------------------------------------------------------------- frames */

/* A frame lasts until the next; the last one as long as it says, else as the step before it. */
static assay_time end_of(const quality *q, const assay_value *v)
{
	assay_time t = v->time;
	int64_t length = v->u.frame.duration.ticks;

	if (length <= 0 && q->count > 0)
		length = v->time.ticks - q->ring[(q->count - 1) % RING].time.ticks;
	t.ticks += length > 0 ? length : 0;
	return t;
}

/*
 * May the picture have stood still since before the span? The run that the frame before it is in began with one that is
 * like it up to the noise; a frame that is farther from it than twice the noise is like none that may have begun it.
 */
static bool may_go_on_still(const quality *q, const assay_value *v)
{
	return q->before != NULL &&
	       assay_frames_alike(&q->before->u.frame, &v->u.frame, 2 * (uint32_t)q->p->freeze_noise);
}

static bool enters(quality *q, const assay_value *v)
{
	if (!q->part.is_span || q->entered || assay_time_cmp(v->time, q->part.start) < 0)
		return false;
	q->entered = true;
	return true;
}

static void push_frame(quality *q, const assay_value *v)
{
	const assay_grid *grid = assay_luma_grid(v);
	const uint32_t sharpness = assay_luma_sharpness(v);
	moment *m = &q->ring[q->count % RING];

	if (q->count - q->settled > DELAY)
		settle_one(q);
	q->sharpness[sharpness < SHARPEST ? sharpness : SHARPEST]++;
	note_still(q, v);
	m->luma = assay_grid_sum(grid);
	m->black = note_tones(q, v);
	m->duplicate = q->before != NULL && assay_frames_equal(&q->before->u.frame, &v->u.frame);
	m->still_since = q->still->time;
	m->time = v->time;
	m->end = end_of(q, v);
	if (q->count > 0)
		q->ring[(q->count - 1) % RING].end = v->time;
	hold(&q->before, v);
	add(&q->video, m);
	q->count++;
}

static assay_code push_quality(void *state, const assay_value *v, assay_sink *sink, assay_err *err)
{
	quality *q = state;

	if (v->kind == ASSAY_VALUE_MARK)
		return push_mark(q, v, sink, err);
	if (v->kind != ASSAY_VALUE_FRAME)
		return ASSAY_OK;
	if (enters(q, v) && !q->from_start && may_go_on_still(q, v))
		return assay_widen(sink, err);
	push_frame(q, v);
	return ASSAY_OK;
}

/* The least sharpness that `percent` of the frames do not exceed: nearest rank. */
static int64_t percentile(const quality *q, unsigned percent)
{
	const uint64_t rank = (q->count * percent + 99) / 100;
	uint64_t n = 0;
	int64_t i = 0;

	for (n = q->sharpness[0]; n < rank && i < SHARPEST; n += q->sharpness[i])
		i++;
	return i;
}

static assay_code flush_quality(void *state, assay_sink *sink, assay_err *err)
{
	quality *q = state;
	const tally *t = &q->video;
	assay_time end;
	assay_code rc = ASSAY_OK;

	if (q->count == 0)
		return ASSAY_OK;
	/* The frame that comes next in the stream is not there to say when the last one ends. */
	if (q->part.is_span)
		q->ring[(q->count - 1) % RING].end = q->part.end;
	end = q->ring[(q->count - 1) % RING].end;
	while (q->settled < q->count)
		settle_one(q);
	end_black(q, end);
	end_still(q, end);
	const struct {
		unsigned metric;
		int64_t value;
	} rows[] = {
	    {M_BLACK, ratio(t->black, t->frames)},
	    {M_BLACK_LONGEST, q->black_longest},
	    {M_FROZEN, ratio(q->frozen, t->frames)},
	    {M_FROZEN_LONGEST, t->frozen_longest},
	    {M_DUPLICATES, ratio(t->duplicates, t->frames)},
	    {M_SHARPNESS_P10, percentile(q, 10)},
	    {M_SHARPNESS_P50, percentile(q, 50)},
	    {M_LUMA, mean_luma(t)},
	    {M_DARK, ratio(q->dark, q->pixels)},
	    {M_BRIGHT, ratio(q->bright, q->pixels)},
	};
	for (size_t i = 0; i < ASSAY_COUNT(rows) && rc == ASSAY_OK; i++)
		rc = assay_measure(sink, q->root, rows[i].metric, rows[i].value, err);
	return rc == ASSAY_OK ? end_shot(q, sink, err) : rc;
}

const assay_stage assay_stage_video_quality = {
    .abi = ASSAY_STAGE_ABI,
    .name = "video.quality",
    .version = 1,
    .modality = ASSAY_MODALITY_VIDEO,
    .summary = "measures black, frozen and repeated frames, sharpness and exposure",
    .reference = "FFmpeg's filters blackdetect and freezedetect (what is black, what stands still); Pertuz, Puig, "
		 "Garcia: Analysis of focus measure operators, 2013 (absolute Laplacian)",
    .observes = ASSAY_VALUE_FRAME | ASSAY_VALUE_MARK,
    .spans = true,
    .determinism = ASSAY_EXACT,
    .params = schema,
    .params_size = sizeof(params),
    .metrics = metrics,
    .open = open_quality,
    .push = push_quality,
    .flush = flush_quality,
    .close = close_quality,
};
