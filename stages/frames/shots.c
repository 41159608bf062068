/* video.shots: hard cuts, by block means of luma against what its neighbours do. The page beside this explains. */
#include "frames.h"
#include "luma.h"

#include <stdlib.h>
#include <string.h>

enum {
	DELAY = ASSAY_SHOTS_DELAY,         /* frames of look-ahead, and of looking back */
	FLASH = 4,                         /* frames that a disturbance may last and be no cut */
	SPREAD_LEVEL = 2 * ASSAY_GRID_ONE, /* change of a block that counts as changed */
	SPREAD_SHARE = 4,                  /* at least one block in so many must change */
	RING = 16,                         /* frames kept; a power of two, more than 2 * DELAY + FLASH */
};
_Static_assert(RING > 2 * DELAY + 1 && (RING & (RING - 1)) == 0, "ring too small");
_Static_assert(FLASH < DELAY, "a flash must end within the look-ahead");

typedef struct params {
	int64_t threshold; /* hundredths of a level */
	int64_t ratio;     /* hundredths */
	int64_t min_shot_ms;
	int64_t fade_level;
} params;

static const assay_param schema[] = {
    ASSAY_PARAM_ROW_DECIMAL(params, threshold, "5", 2, 0, 25500, "level",
			    "least mean change of luma (of 255) between two frames that can be a cut"),
    ASSAY_PARAM_ROW_DECIMAL(params, ratio, "2.5", 2, 100, 10000, "1",
			    "a cut changes at least this many times what the frames around it do"),
    ASSAY_PARAM_ROW_INT(params, min_shot_ms, "250", 0, 3600000, "ms",
			"a cut that comes sooner after the last one is ignored"),
    ASSAY_PARAM_ROW_INT(params, fade_level, "0", 0, 255, "level",
			"also begin a shot where mean luma rises to this level from below (fade in); 0 is off"),
    {0},
};

enum { M_SHOTS, M_DURATION, M_FRAMES, M_STRENGTH };

static const assay_metric metrics[] = {
    [M_SHOTS] = {"video.shots", "1", 0, ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_VIDEO), "Shots found; at least 1."},
    [M_DURATION] = {"shot.duration", "s", 6, ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_SHOT),
		    "Time of the next shot's first frame (or the end of the video) - time of the first frame."},
    [M_FRAMES] = {"shot.frames", "1", 0, ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_SHOT), "Frames in the shot."},
    [M_STRENGTH] = {"shot.cut_strength", "level", 2, ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_SHOT),
		    "Mean absolute change of the 64 x 36 block means of luma (of 255) at the cut that begins the shot; "
		    "undefined for the first."},
    {0},
};

static const assay_metric_note notes[] = {
    {.metric = "shot.frames", .recall = ASSAY_RECALL_MORE},
    {0},
};

typedef struct seen {
	assay_time time;
	assay_grid grid;
	uint32_t step; /* distance to the frame before, 0 for the first */
	uint32_t mean;
} seen;

typedef struct shots {
	const params *p;
	uint32_t root;
	uint64_t count;   /* frames pushed */
	uint64_t judged;  /* frames for which it is settled whether a shot begins there */
	uint64_t started; /* ordinal of the current shot's first frame */
	uint64_t shots;
	assay_part part; /* of the source; a span is a shot of its own */
	uint32_t shot;   /* the current shot's sample */
	assay_time start, end;
	seen ring[RING];
} shots;

static assay_code open_shots(void **state, void *shared, const void *p, const assay_input *in, uint32_t root,
			     assay_err *err)
{
	shots *s = assay_alloc(1, sizeof *s);

	(void)shared;
	*state = s;
	if (s == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "shot detector");
	s->p = p;
	s->part = in->part;
	s->root = root;
	return ASSAY_OK;
}

static void close_shots(void *state)
{
	free(state);
}

static const seen *frame_at(const shots *s, uint64_t n)
{
	return &s->ring[n % RING];
}

/* ---------------------------------------------------------------- is there a cut? */

/* The second largest step around n: one neighbour may be large too (a blended frame, another cut). */
static uint32_t usual_step(const shots *s, uint64_t n)
{
	const uint64_t from = n > DELAY ? n - DELAY : 1;
	const uint64_t to = n + DELAY < s->count ? n + DELAY : s->count - 1;
	uint32_t most = 0;
	uint32_t second = 0;

	for (uint64_t i = from; i <= to; i++) {
		const uint32_t d = i == n ? 0 : frame_at(s, i)->step;
		if (d > most) {
			second = most;
			most = d;
		} else if (d > second) {
			second = d;
		}
	}
	return second;
}

/* Does the picture before n come back within FLASH frames, or that after n lie within FLASH frames before? */
static bool is_flash(const shots *s, uint64_t n)
{
	const uint32_t limit = frame_at(s, n)->step / 2;

	for (uint64_t i = 1; i <= FLASH && n + i < s->count; i++)
		if (assay_grid_distance(&frame_at(s, n - 1)->grid, &frame_at(s, n + i)->grid) < limit)
			return true;
	for (uint64_t i = 2; i <= FLASH + 1 && i <= n; i++)
		if (assay_grid_distance(&frame_at(s, n)->grid, &frame_at(s, n - i)->grid) < limit)
			return true;
	return false;
}

/* A cut changes the picture all over; a caption, a lamp or a blinking sign changes a part of it. */
static bool is_spread(const shots *s, uint64_t n)
{
	const assay_grid *a = &frame_at(s, n - 1)->grid;
	const assay_grid *b = &frame_at(s, n)->grid;
	uint32_t changed = 0;

	for (size_t i = 0; i < ASSAY_GRID_CELLS; i++) {
		const int32_t d = (int32_t)a->cell[i] - (int32_t)b->cell[i];
		changed += d >= SPREAD_LEVEL || d <= -SPREAD_LEVEL;
	}
	return changed >= ASSAY_GRID_CELLS / SPREAD_SHARE;
}

static bool is_cut(const shots *s, uint64_t n)
{
	const uint64_t step = frame_at(s, n)->step;
	const uint64_t least = (uint64_t)s->p->threshold * ASSAY_GRID_CELLS * ASSAY_GRID_ONE / 100;

	if (step < least || step * 100 < (uint64_t)usual_step(s, n) * (uint64_t)s->p->ratio)
		return false;
	/* Of two large steps side by side the larger is the cut; of equal ones the first. */
	if (frame_at(s, n - 1)->step >= step && n > 1)
		return false;
	if (n + 1 < s->count && frame_at(s, n + 1)->step > step)
		return false;
	return is_spread(s, n) && !is_flash(s, n);
}

static bool is_fade_in(const shots *s, uint64_t n)
{
	const uint32_t level = (uint32_t)s->p->fade_level * ASSAY_GRID_ONE;

	return level > 0 && frame_at(s, n)->mean >= level && frame_at(s, n - 1)->mean < level;
}

/* ---------------------------------------------------------------- shots */

static assay_code end_shot(shots *s, assay_time end, uint64_t frames, assay_sink *sink, assay_err *err)
{
	assay_code rc;

	ASSAY_TRY(assay_span(sink, s->shot, s->start, end, err));
	ASSAY_TRY(assay_measure(sink, s->shot, M_DURATION, assay_time_diff(end, s->start, 6), err));
	ASSAY_TRY(assay_measure(sink, s->shot, M_FRAMES, (int64_t)frames, err));
	return ASSAY_OK;
fail:
	return rc;
}

static assay_code emit_mark(const shots *s, int64_t strength, assay_sink *sink, assay_err *err)
{
	assay_value *v = assay_value_new(ASSAY_VALUE_MARK, s->root);

	if (v == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "mark");
	v->time = s->start;
	v->u.mark = (assay_mark){.type = ASSAY_MARK_SHOT, .sample = s->shot, .strength = strength};
	return assay_emit(sink, v, err);
}

static assay_code begin_shot(shots *s, uint64_t n, assay_sink *sink, assay_err *err)
{
	const seen *f = frame_at(s, n);
	const int64_t strength = (int64_t)f->step * 100 / (ASSAY_GRID_CELLS * ASSAY_GRID_ONE);
	ASSAY_AUTO_BUF part = ASSAY_BUF_INIT;
	assay_code rc;

	s->start = f->time;
	s->started = n;
	s->shots++;
	assay_time_part(&part, f->time);
	ASSAY_TRY(assay_buf_check(&part, err));
	ASSAY_TRY(assay_sample(sink, ASSAY_SAMPLE_SHOT, assay_buf_str(&part), s->root, &s->shot, err));
	if (n == 0)
		ASSAY_TRY(assay_undefined(sink, s->shot, M_STRENGTH, "begins with the video", err));
	else
		ASSAY_TRY(assay_measure(sink, s->shot, M_STRENGTH, strength, err));
	return emit_mark(s, strength, sink, err);
fail:
	return rc;
}

static assay_code judge(shots *s, uint64_t n, assay_sink *sink, assay_err *err)
{
	const assay_time at = frame_at(s, n)->time;
	assay_code rc;

	s->judged = n + 1;
	if (n == 0)
		return begin_shot(s, 0, sink, err);
	if (assay_time_diff(at, s->start, 3) < s->p->min_shot_ms || (!is_cut(s, n) && !is_fade_in(s, n)))
		return ASSAY_OK;
	rc = end_shot(s, at, n - s->started, sink, err);
	return rc == ASSAY_OK ? begin_shot(s, n, sink, err) : rc;
}

/* When the last frame has no duration of its own it lasts as long as the step before it. */
static assay_time end_of(const shots *s, const assay_value *v)
{
	assay_time t = v->time;
	int64_t length = v->u.frame.duration.ticks;

	if (length <= 0 && s->count > 1)
		length = v->time.ticks - frame_at(s, s->count - 2)->time.ticks;
	t.ticks += length > 0 ? length : 0;
	return t;
}

/* The shot was found in the whole stream, and begins with the span. */
static assay_code push_in_span(shots *s, const assay_value *v, assay_sink *sink, assay_err *err)
{
	if (s->shots > 0 || assay_time_cmp(v->time, s->part.start) < 0)
		return ASSAY_OK;
	return begin_shot(s, s->count - 1, sink, err);
}

/* In ticks of the frames' own time base, as an end that was seen. */
static assay_time end_of_span(const shots *s)
{
	const assay_time end = s->part.end;

	return end.den == s->start.den && end.ticks % s->start.num == 0
		   ? (assay_time){end.ticks / s->start.num, s->start.num, end.den}
		   : end;
}

static assay_code push_shots(void *state, const assay_value *v, assay_sink *sink, assay_err *err)
{
	shots *s = state;
	seen *now = &s->ring[s->count % RING];

	if (v->kind != ASSAY_VALUE_FRAME)
		return ASSAY_OK;
	now->time = v->time;
	now->grid = *assay_luma_grid(v);
	now->mean = assay_grid_mean(&now->grid);
	now->step = s->count > 0 ? assay_grid_distance(&now->grid, &frame_at(s, s->count - 1)->grid) : 0;
	s->count++;
	s->end = end_of(s, v);
	if (s->part.is_span)
		return push_in_span(s, v, sink, err);
	/* The first mark comes with the first frame: it tells later stages that there will be marks. */
	if (s->count == 1)
		return judge(s, 0, sink, err);
	return s->count - s->judged > DELAY ? judge(s, s->judged, sink, err) : ASSAY_OK;
}

static assay_code flush_shots(void *state, assay_sink *sink, assay_err *err)
{
	shots *s = state;
	assay_code rc = ASSAY_OK;

	if (s->count == 0)
		return ASSAY_OK;
	if (s->part.is_span)
		return s->shots > 0 ? end_shot(s, end_of_span(s), s->count - s->started, sink, err) : ASSAY_OK;
	while (rc == ASSAY_OK && s->judged < s->count)
		rc = judge(s, s->judged, sink, err);
	if (rc == ASSAY_OK)
		rc = end_shot(s, s->end, s->count - s->started, sink, err);
	return rc == ASSAY_OK ? assay_measure(sink, s->root, M_SHOTS, (int64_t)s->shots, err) : rc;
}

const assay_stage assay_stage_video_shots = {
    .abi = ASSAY_STAGE_ABI,
    .name = "video.shots",
    .version = 1,
    .modality = ASSAY_MODALITY_VIDEO,
    .summary = "finds hard cuts and makes a sample of every shot",
    .reference = "Boreczky, Rowe: Comparison of video shot boundary detection techniques, 1996 (block means, adaptive "
		 "threshold)",
    .observes = ASSAY_VALUE_FRAME,
    .emits = ASSAY_VALUE_MARK,
    .makes = ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_SHOT),
    .max_delay = DELAY,
    .spans = true,
    .determinism = ASSAY_EXACT,
    .params = schema,
    .params_size = sizeof(params),
    .metrics = metrics,
    .notes = notes,
    .open = open_shots,
    .push = push_shots,
    .flush = flush_shots,
    .close = close_shots,
};
