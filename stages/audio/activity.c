/* audio.activity: where somebody speaks, and a sample of every stretch. The page beside this explains. */
#include "activity_floor.h"
#include "audio.h"
#include "decibel.h"
#include "level_sums.h"

#include "assay/decimal.h"

#include <math.h>
#include <stdlib.h>

typedef struct params {
	int64_t threshold_db;
	int64_t margin_db;
	int64_t min_speech_ms;
	int64_t min_silence_ms;
	int64_t padding_ms;
	int64_t max_segment_ms;
	int64_t max_segments;
} params;

static const assay_param schema[] = {
    ASSAY_PARAM_ROW_INT(params, threshold_db, "-55", -100, 0, "dB", "what is quieter than this is never speech"),
    ASSAY_PARAM_ROW_INT(params, margin_db, "6", 1, 40, "dB", "speech is louder than the noise around it by this"),
    ASSAY_PARAM_ROW_INT(params, min_speech_ms, "100", 10, 60000, "ms", "what is shorter is no speech (a click)"),
    ASSAY_PARAM_ROW_INT(params, min_silence_ms, "300", 10, 60000, "ms", "a shorter pause does not end a segment"),
    ASSAY_PARAM_ROW_INT(params, padding_ms, "100", 0, 5000, "ms",
			"added at both ends of a segment; at the end at most min_silence_ms"),
    ASSAY_PARAM_ROW_INT(
	params, max_segment_ms, "30000", 0, 3600000, "ms",
	"longer speech is cut where it is quietest in the second half of this, padding aside; 0: never"),
    ASSAY_PARAM_ROW_INT(params, max_segments, "100000", 1, 200000, "1",
			"a recording with more segments fails the unit (limit)"),
    {0},
};

enum {
	M_SPEECH,
	M_PAUSE,
	M_NOISE,
	M_LONGEST,
	M_LEADING,
	M_TRAILING,
	M_SEGMENTS,
	M_SPEECH_LEVEL,
	M_NOISE_LEVEL,
	M_SNR,
	M_DURATION,
	M_LEVEL,
	M_PEAK,
	M_SEGMENT_SNR,
};

#define ON_AUDIO   ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_AUDIO)
#define ON_SEGMENT ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_SEGMENT)
static const assay_metric metrics[] = {
    [M_SPEECH] = {"audio.speech_ratio", "1", 4, ON_AUDIO, "Length of all segments / length of the recording, 0..1."},
    [M_PAUSE] = {"audio.pause_ratio", "1", 4, ON_AUDIO, "The rest: 1 - audio.speech_ratio."},
    [M_NOISE] = {"audio.noise_ratio", "1", 4, ON_AUDIO,
		 "Share of the recording that is louder than threshold_db and no speech: steady sound, clicks; 0..1."},
    [M_LONGEST] = {"audio.longest_pause", "s", 3, ON_AUDIO, "Longest stretch without a segment, the ends included."},
    [M_LEADING] = {"audio.leading_pause", "s", 3, ON_AUDIO, "Length before the first segment; all when there is none."},
    [M_TRAILING] = {"audio.trailing_pause", "s", 3, ON_AUDIO, "Length after the last segment; all when there is none."},
    [M_SEGMENTS] = {"audio.segments", "1", 0, ON_AUDIO, "Segments of speech found."},
    [M_SPEECH_LEVEL] = {"audio.speech_level", "dB", 2, ON_AUDIO,
			"RMS over all channels within speech, padding aside; 0 dB is a full-scale square wave."},
    [M_NOISE_LEVEL] = {"audio.noise_level", "dB", 2, ON_AUDIO,
		       "RMS over all channels where nobody speaks; -200 for digital silence."},
    [M_SNR] = {"audio.snr", "dB", 2, ON_AUDIO,
	       "Power of speech, less that of the pauses, over that of the pauses, in the speech band."},
    [M_DURATION] = {"segment.duration", "s", 6, ON_SEGMENT, "Length of the segment with its padding."},
    [M_LEVEL] = {"segment.level", "dB", 2, ON_SEGMENT, "RMS over all channels, padding aside; as audio.speech_level."},
    [M_PEAK] = {"segment.peak", "dB", 2, ON_SEGMENT,
		"Largest |sample| of any channel re full scale, padding aside; at most 18.06."},
    [M_SEGMENT_SNR] = {"segment.snr", "dB", 2, ON_SEGMENT,
		       "Power of the segment, less that of the noise floor around it, over that of the floor, in the "
		       "speech band; undefined over digital silence."},
    {0},
};

static const assay_metric_note notes[] = {
    {.metric = "segment.duration", .recall = ASSAY_RECALL_MORE},
    {0},
};

/* Sums over frames that follow each other. */
typedef struct tally {
	uint64_t count;     /* frames of 10 ms */
	uint64_t samples;   /* their sample frames */
	assay_u128 squares; /* full scale 2^23 */
	assay_u128 power;   /* speech band, full scale 2^40 a frame */
	assay_u128 floor;   /* the same of the noise floor */
	uint32_t peak;
} tally;

typedef struct activity {
	const params *p;
	uint32_t root, rate, channels;
	int64_t origin;                                     /* presentation time of the first sample frame, in 1/rate */
	uint64_t frames;                                    /* sample frames pushed */
	double threshold, margin;                           /* powers */
	uint64_t min_speech, min_silence, padding, longest; /* in frames of 10 ms */
	activity_meter meter;
	activity_floor floor;

	uint64_t at; /* frames of 10 ms judged */
	bool within; /* somebody speaks, or has spoken less than min_silence ago */
	bool cut;    /* what is spoken is the rest of a longer stretch */
	uint64_t start;
	tally speech;      /* from start to the last frame of speech */
	tally gap;         /* since then */
	uint64_t quietest; /* power at the best place for a cut */
	tally before;      /* from start to it */
	tally after;       /* from there to the last frame of speech */
	tally rest;        /* since then */

	uint64_t end;                                      /* sample frames up to the end of the last segment */
	uint64_t segments, spoken, longest_pause, leading; /* the last three in sample frames */
	uint64_t noisy;                                    /* sample frames */
	tally all_speech, all_noise;
} activity;

static assay_code open_activity(void **state, void *shared, const void *p, const assay_input *in, uint32_t root,
				assay_err *err)
{
	activity *a = assay_alloc(1, sizeof *a);

	(void)shared, (void)in;
	*state = a;
	if (a == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "speech detector");
	a->p = p;
	a->root = root;
	return ASSAY_OK;
}

static void start(activity *a, const assay_value *v)
{
	const params *p = a->p;
	const double one = (double)ACTIVITY_BAND_ONE * ACTIVITY_BAND_ONE;

	a->rate = v->u.pcm.rate;
	a->channels = v->u.pcm.channels;
	a->origin = v->time.ticks - (int64_t)v->u.pcm.first;
	a->threshold = assay_power_of_db(p->threshold_db) * one;
	a->margin = assay_power_of_db(p->margin_db);
	a->min_speech = (uint64_t)(p->min_speech_ms + 9) / 10;
	a->min_silence = (uint64_t)(p->min_silence_ms + 9) / 10;
	a->padding = (uint64_t)p->padding_ms / 10;
	a->longest = (uint64_t)(p->max_segment_ms + 9) / 10;
	activity_meter_init(&a->meter, a->rate, a->channels);
}

/* ---------------------------------------------------------------- sums */

static void add(tally *t, const activity_sound *s)
{
	t->count++;
	t->samples += s->frame.frames;
	t->squares += s->frame.squares;
	t->power += s->power;
	t->floor += s->floor;
	t->peak = s->frame.peak > t->peak ? s->frame.peak : t->peak;
}

static void merge(tally *t, const tally *u)
{
	t->count += u->count;
	t->samples += u->samples;
	t->squares += u->squares;
	t->power += u->power;
	t->floor += u->floor;
	t->peak = u->peak > t->peak ? u->peak : t->peak;
}

static double level(const activity *a, const tally *t)
{
	const double count = (double)t->samples * a->channels;

	return assay_db_of_amplitude(sqrt((double)t->squares / count) / ASSAY_LEVEL_ONE);
}

/* ---------------------------------------------------------------- segments */

static assay_code measure_segment(const activity *a, uint32_t sample, const tally *t, assay_sink *sink, assay_err *err)
{
	const double noise = (double)t->floor;
	assay_code rc;

	ASSAY_TRY(assay_measure_f64(sink, sample, M_LEVEL, 2, level(a, t), err));
	ASSAY_TRY(
	    assay_measure_f64(sink, sample, M_PEAK, 2, assay_db_of_amplitude((double)t->peak / ASSAY_LEVEL_ONE), err));
	if (t->floor == 0)
		return assay_undefined(sink, sample, M_SEGMENT_SNR, "no noise beside it", err);
	if (t->power <= t->floor)
		return assay_undefined(sink, sample, M_SEGMENT_SNR, "no louder than the noise", err);
	return assay_measure_f64(sink, sample, M_SEGMENT_SNR, 2, assay_db_of_power(((double)t->power - noise) / noise),
				 err);
fail:
	return rc;
}

/* From frame `from` on, with `after` frames of padding at its end. */
static assay_code make_segment(activity *a, uint64_t from, const tally *t, uint64_t after, assay_sink *sink,
			       assay_err *err)
{
	const uint64_t padded = from > a->padding ? (from - a->padding) * a->meter.hop : 0;
	const uint64_t first = padded > a->end ? padded : a->end;
	const uint64_t wanted = (from + t->count + after) * a->meter.hop;
	const uint64_t last = wanted < a->frames ? wanted : a->frames;
	const assay_time begins = {a->origin + (int64_t)first, 1, (int32_t)a->rate};
	const assay_time ends = {a->origin + (int64_t)last, 1, (int32_t)a->rate};
	ASSAY_AUTO_BUF part = ASSAY_BUF_INIT;
	uint32_t sample;
	assay_code rc;

	if (a->segments == (uint64_t)a->p->max_segments)
		return ASSAY_RAISE(err, ASSAY_EFULL, "more than %lld segments of speech; see max_segments",
				   (long long)a->p->max_segments);
	if (a->segments++ == 0)
		a->leading = first;
	if (first - a->end > a->longest_pause)
		a->longest_pause = first - a->end;
	a->end = last;
	a->spoken += last - first;
	merge(&a->all_speech, t);
	assay_time_part(&part, begins);
	ASSAY_TRY(assay_buf_check(&part, err));
	ASSAY_TRY(assay_sample(sink, ASSAY_SAMPLE_SEGMENT, assay_buf_str(&part), a->root, &sample, err));
	ASSAY_TRY(assay_span(sink, sample, begins, ends, err));
	ASSAY_TRY(assay_measure(sink, sample, M_DURATION, assay_time_diff(ends, begins, 6), err));
	return measure_segment(a, sample, t, sink, err);
fail:
	return rc;
}

/* ---------------------------------------------------------------- one frame after the other */

static void begin_stretch(activity *a)
{
	a->within = true;
	a->cut = false;
	a->start = a->at;
	a->speech = a->gap = (tally){0};
	a->quietest = UINT64_MAX;
}

/* The pause has lasted, or the recording has ended: what was spoken is a segment, unless it was a click. */
static assay_code end_stretch(activity *a, assay_sink *sink, assay_err *err)
{
	const uint64_t after = a->padding < a->gap.count ? a->padding : a->gap.count;

	a->within = false;
	merge(&a->all_noise, &a->gap);
	if (a->speech.count == 0 || (a->speech.count < a->min_speech && !a->cut))
		return ASSAY_OK;
	return make_segment(a, a->start, &a->speech, after, sink, err);
}

/* Where would the stretch be cut, if it became too long? Sums on both sides are kept, so that no frame must be. */
static void look_for_cut(activity *a, const activity_sound *s)
{
	if (a->longest == 0 || (a->at + 1 - a->start) * 2 < a->longest)
		return;
	if (s->power >= a->quietest) {
		add(&a->rest, s);
		return;
	}
	a->quietest = s->power;
	a->before = a->speech;
	merge(&a->before, &a->gap);
	add(&a->before, s);
	a->after = a->rest = (tally){0};
}

/* The stretch is as long as it may be. When nobody has spoken since the best place for a cut, it just ends. */
static assay_code cut_stretch(activity *a, bool active, assay_sink *sink, assay_err *err)
{
	if (!active && a->after.count == 0)
		return end_stretch(a, sink, err);
	a->speech = a->after;
	a->start += a->before.count;
	a->quietest = UINT64_MAX;
	a->cut = true;
	return make_segment(a, a->start - a->before.count, &a->before, 0, sink, err);
}

static assay_code judge(activity *a, const activity_sound *s, assay_sink *sink, assay_err *err)
{
	const bool loud = (double)s->power >= a->threshold;
	const bool active = loud && (double)s->power > (double)s->floor * a->margin;
	assay_code rc = ASSAY_OK;

	a->noisy += loud && !active ? s->frame.frames : 0;
	if (active && !a->within)
		begin_stretch(a);
	if (!a->within) {
		add(&a->all_noise, s);
		a->at++;
		return ASSAY_OK;
	}
	look_for_cut(a, s);
	add(&a->gap, s);
	if (active) {
		merge(&a->speech, &a->gap);
		merge(&a->after, &a->rest);
		a->gap = a->rest = (tally){0};
	}
	a->at++;
	if (a->longest > 0 && a->at - a->start >= a->longest)
		rc = cut_stretch(a, active, sink, err);
	else if (a->gap.count >= a->min_silence)
		rc = end_stretch(a, sink, err);
	return rc;
}

static assay_code drain(activity *a, bool end, assay_sink *sink, assay_err *err)
{
	activity_sound s;
	assay_code rc = ASSAY_OK;

	while (rc == ASSAY_OK && activity_floor_take(&a->floor, end, &s))
		rc = judge(a, &s, sink, err);
	return rc;
}

static assay_code push_activity(void *state, const assay_value *v, assay_sink *sink, assay_err *err)
{
	activity *a = state;
	const assay_pcm *pcm = &v->u.pcm;
	assay_code rc = ASSAY_OK;

	if (v->kind != ASSAY_VALUE_PCM || pcm->frames == 0)
		return ASSAY_OK;
	if (a->channels == 0)
		start(a, v);
	if (pcm->channels != a->channels || pcm->channels > 64)
		return ASSAY_RAISE(err, ASSAY_EINVAL, "channels change from %u to %u", a->channels, pcm->channels);
	for (size_t at = 0; rc == ASSAY_OK && at < pcm->frames;) {
		activity_frame frame;
		const size_t n = activity_meter_push(&a->meter, pcm->samples + at * a->channels, pcm->frames - at);
		at += n;
		a->frames += n;
		if (!activity_meter_take(&a->meter, false, &frame))
			continue;
		activity_floor_push(&a->floor, &frame);
		rc = drain(a, false, sink, err);
	}
	return rc;
}

/* ---------------------------------------------------------------- the end */

static assay_code measure_times(const activity *a, assay_sink *sink, assay_err *err)
{
	const int64_t all = (int64_t)a->frames;
	const int64_t rate = (int64_t)a->rate;
	const int64_t trailing = (int64_t)(a->frames - a->end);
	const int64_t longest = (int64_t)a->longest_pause > trailing ? (int64_t)a->longest_pause : trailing;
	const int64_t leading = a->segments > 0 ? (int64_t)a->leading : all;
	const int64_t speech = assay_round_ratio((int64_t)a->spoken, all, 4);
	assay_code rc;

	ASSAY_TRY(assay_measure(sink, a->root, M_SPEECH, speech, err));
	ASSAY_TRY(assay_measure(sink, a->root, M_PAUSE, 10000 - speech, err));
	ASSAY_TRY(assay_measure(sink, a->root, M_NOISE, assay_round_ratio((int64_t)a->noisy, all, 4), err));
	ASSAY_TRY(assay_measure(sink, a->root, M_LONGEST, assay_round_ratio(longest, rate, 3), err));
	ASSAY_TRY(assay_measure(sink, a->root, M_LEADING, assay_round_ratio(leading, rate, 3), err));
	ASSAY_TRY(assay_measure(sink, a->root, M_TRAILING, assay_round_ratio(trailing, rate, 3), err));
	return assay_measure(sink, a->root, M_SEGMENTS, (int64_t)a->segments, err);
fail:
	return rc;
}

static assay_code measure_levels(const activity *a, assay_sink *sink, assay_err *err)
{
	const char *no_speech = a->all_speech.count == 0 ? "no speech" : NULL;
	const char *no_pause = a->all_noise.count == 0 ? "no pause" : NULL;
	const char *no_snr = no_speech != NULL ? no_speech : no_pause;
	double speech, noise;
	assay_code rc;

	if (no_snr == NULL && a->all_noise.power == 0)
		no_snr = "digital silence in the pauses";
	if (no_speech != NULL)
		ASSAY_TRY(assay_undefined(sink, a->root, M_SPEECH_LEVEL, no_speech, err));
	else
		ASSAY_TRY(assay_measure_f64(sink, a->root, M_SPEECH_LEVEL, 2, level(a, &a->all_speech), err));
	if (no_pause != NULL)
		ASSAY_TRY(assay_undefined(sink, a->root, M_NOISE_LEVEL, no_pause, err));
	else
		ASSAY_TRY(assay_measure_f64(sink, a->root, M_NOISE_LEVEL, 2, level(a, &a->all_noise), err));
	if (no_snr != NULL)
		return assay_undefined(sink, a->root, M_SNR, no_snr, err);
	speech = (double)a->all_speech.power / (double)a->all_speech.count;
	noise = (double)a->all_noise.power / (double)a->all_noise.count;
	if (speech <= noise)
		return assay_undefined(sink, a->root, M_SNR, "no louder than the noise", err);
	return assay_measure_f64(sink, a->root, M_SNR, 2, assay_db_of_power((speech - noise) / noise), err);
fail:
	return rc;
}

static assay_code flush_activity(void *state, assay_sink *sink, assay_err *err)
{
	activity *a = state;
	activity_frame frame;
	assay_code rc;

	if (a->frames == 0)
		return ASSAY_OK;
	if (activity_meter_take(&a->meter, true, &frame))
		activity_floor_push(&a->floor, &frame);
	ASSAY_TRY(drain(a, true, sink, err));
	if (a->within)
		ASSAY_TRY(end_stretch(a, sink, err));
	ASSAY_TRY(measure_times(a, sink, err));
	return measure_levels(a, sink, err);
fail:
	return rc;
}

static void close_activity(void *state)
{
	free(state);
}

const assay_stage assay_stage_audio_activity = {
    .abi = ASSAY_STAGE_ABI,
    .name = "audio.activity",
    .version = 2,
    .modality = ASSAY_MODALITY_AUDIO,
    .summary = "finds speech above the noise and makes a sample of every segment",
    .reference = "Martin 2001 (noise floor by minimum statistics)",
    .observes = ASSAY_VALUE_PCM,
    .makes = ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_SEGMENT),
    .determinism = ASSAY_EXACT,
    .params = schema,
    .params_size = sizeof(params),
    .metrics = metrics,
    .notes = notes,
    .open = open_activity,
    .push = push_activity,
    .flush = flush_activity,
    .close = close_activity,
};
