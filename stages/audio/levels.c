/* audio.levels: peak, RMS, clipping, DC, silence. All sums are of integers: block borders cannot matter. */
#include "audio.h"
#include "decibel.h"
#include "level_sums.h"

#include "assay/decimal.h"

#include <math.h>
#include <stdlib.h>

typedef struct params {
	int64_t silence_db;
} params;

static const assay_param schema[] = {
    ASSAY_PARAM_ROW_INT(params, silence_db, "-60", -120, 0, "dB",
			"a window of 20 ms whose RMS over all channels is below this is silent"),
    {0},
};

enum { M_PEAK, M_RMS, M_CLIPPING, M_DC, M_SILENCE, M_LEADING, M_TRAILING, M_NONFINITE };

#define ON_AUDIO ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_AUDIO)
static const assay_metric metrics[] = {
    [M_PEAK] = {"audio.peak", "dB", 2, ON_AUDIO,
		"Largest |sample| of any channel re full scale; -200 for digital silence."},
    [M_RMS] = {"audio.rms", "dB", 2, ON_AUDIO,
	       "RMS over all channels; 0 dB is a full-scale square wave (AES17 meters read 3.01 dB higher); -200 for "
	       "digital silence."},
    [M_CLIPPING] = {"audio.clipping", "1", 6, ON_AUDIO,
		    "Share of samples in runs of 3 or more full-scale samples of one sign in one channel, 0..1."},
    [M_DC] = {"audio.dc_offset", "1", 6, ON_AUDIO, "Largest |mean| of a channel, of full scale."},
    [M_SILENCE] = {"audio.silence_ratio", "1", 4, ON_AUDIO, "Share of the 20 ms windows that are silent, 0..1."},
    [M_LEADING] = {"audio.leading_silence", "s", 3, ON_AUDIO, "Length of the silent windows at the start."},
    [M_TRAILING] = {"audio.trailing_silence", "s", 3, ON_AUDIO, "Length of the silent windows at the end."},
    [M_NONFINITE] = {"audio.nonfinite", "1", 0, ON_AUDIO, "Samples that are NaN or infinite."},
    {0},
};

enum { RUN = 3 }; /* full-scale samples in a row that count as clipped */

typedef struct channel {
	int64_t total; /* sum of the integers */
	uint32_t run;  /* full-scale samples of one sign up to now */
	bool positive; /* that sign */
} channel;

typedef struct levels {
	const params *p;
	uint32_t root, channels, rate;
	uint64_t frames, nonfinite, clipped;
	assay_u128 squares;
	float peak;
	float full;         /* least |x| that is full scale */
	uint64_t window;    /* sample frames in 20 ms, >= 1 */
	uint64_t in_window; /* frames so far in the current window */
	assay_u128 window_squares;
	uint64_t windows, silent, leading, run; /* run: silent windows up to now */
	uint64_t last_frames;                   /* frames of the last window */
	bool heard;                             /* a window was not silent */
	bool may_clip;                          /* some channel is within a run */
	channel channel[64];
} levels;

static assay_code open_levels(void **state, void *shared, const void *p, const assay_input *in, uint32_t root,
			      assay_err *err)
{
	levels *l = assay_alloc(1, sizeof *l);

	(void)shared, (void)in;
	*state = l;
	if (l == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "level meter");
	l->p = p;
	l->root = root;
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- clipping */

static void count_run(levels *l, channel *c, float x)
{
	if (fabsf(x) < l->full || isnan(x)) {
		c->run = 0;
		return;
	}
	if (c->run > 0 && c->positive != (x > 0))
		c->run = 0;
	c->positive = x > 0;
	c->run++;
	if (c->run == RUN)
		l->clipped += RUN;
	else if (c->run > RUN)
		l->clipped++;
}

/* Only blocks that reach full scale, or follow one that did, are looked at sample by sample. */
static void count_clipping(levels *l, const assay_pcm *pcm, bool reaches)
{
	if (!reaches && !l->may_clip)
		return;
	for (size_t f = 0; f < pcm->frames; f++)
		for (uint32_t c = 0; c < l->channels; c++)
			count_run(l, &l->channel[c], pcm->samples[f * l->channels + c]);
	l->may_clip = reaches;
}

/* ---------------------------------------------------------------- windows */

static void end_window(levels *l)
{
	const double limit = assay_power_of_db(l->p->silence_db) * ((double)ASSAY_LEVEL_ONE * ASSAY_LEVEL_ONE) *
			     (double)(l->in_window * l->channels);
	const bool silent = (double)l->window_squares < limit;

	l->windows++;
	l->silent += silent;
	l->run = silent ? l->run + 1 : 0;
	if (!silent)
		l->heard = true;
	else if (!l->heard)
		l->leading++;
	l->last_frames = l->in_window;
	l->squares += l->window_squares;
	l->window_squares = 0;
	l->in_window = 0;
}

/* A piece that lies within one window. */
static void add_piece(levels *l, const float *x, size_t frames, bool *reaches)
{
	const size_t step = ASSAY_LEVEL_CHUNK / l->channels;

	for (size_t at = 0; at < frames; at += step) {
		const size_t n = frames - at < step ? frames - at : step;
		assay_level_sums sums;
		assay_level_sums_of(&sums, x + at * l->channels, n * l->channels);
		l->window_squares += sums.squares;
		l->nonfinite += sums.nonfinite;
		l->peak = sums.peak > l->peak ? sums.peak : l->peak;
		*reaches = *reaches || sums.peak >= l->full || sums.nonfinite > 0;
	}
	for (uint32_t c = 0; c < l->channels; c++)
		l->channel[c].total += assay_level_total(x + c, frames * l->channels - c, l->channels);
	l->in_window += frames;
	if (l->in_window == l->window)
		end_window(l);
}

static void start(levels *l, const assay_pcm *pcm)
{
	const uint32_t bits = pcm->bits > 1 && pcm->bits <= 24 ? pcm->bits : 16;

	l->channels = pcm->channels;
	l->rate = pcm->rate;
	l->window = pcm->rate >= 50 ? pcm->rate / 50 : 1;
	l->full = 1.0F - 1.0F / (float)(1u << (bits - 1));
}

static assay_code push_levels(void *state, const assay_value *v, assay_sink *sink, assay_err *err)
{
	levels *l = state;
	const assay_pcm *pcm = &v->u.pcm;
	bool reaches = false;

	(void)sink, (void)err;
	if (v->kind != ASSAY_VALUE_PCM || pcm->frames == 0)
		return ASSAY_OK;
	if (l->channels == 0)
		start(l, pcm);
	if (pcm->channels != l->channels || pcm->channels > 64)
		return ASSAY_RAISE(err, ASSAY_EINVAL, "channels change from %u to %u", l->channels, pcm->channels);
	for (size_t at = 0; at < pcm->frames;) {
		const uint64_t left = l->window - l->in_window;
		const size_t n = pcm->frames - at < left ? pcm->frames - at : (size_t)left;
		add_piece(l, pcm->samples + at * l->channels, n, &reaches);
		at += n;
	}
	count_clipping(l, pcm, reaches);
	l->frames += pcm->frames;
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- the end */

static assay_code measure_sums(const levels *l, assay_sink *sink, assay_err *err)
{
	const double count = (double)(l->frames * l->channels);
	const double rms = sqrt((double)l->squares / count) / ASSAY_LEVEL_ONE;
	double dc = 0;
	assay_code rc;

	if (l->nonfinite > 0) {
		for (unsigned m = M_PEAK; m <= M_TRAILING; m++)
			ASSAY_TRY(assay_undefined(sink, l->root, m, "some samples are not finite", err));
		return ASSAY_OK;
	}
	for (uint32_t c = 0; c < l->channels; c++)
		dc = fmax(dc, fabs((double)l->channel[c].total / (double)l->frames / ASSAY_LEVEL_ONE));
	ASSAY_TRY(assay_measure_f64(sink, l->root, M_PEAK, 2, assay_db_of_amplitude((double)l->peak), err));
	ASSAY_TRY(assay_measure_f64(sink, l->root, M_RMS, 2, assay_db_of_amplitude(rms), err));
	ASSAY_TRY(assay_measure_f64(sink, l->root, M_DC, 6, dc, err));
	ASSAY_TRY(assay_measure(sink, l->root, M_CLIPPING,
				assay_round_ratio((int64_t)l->clipped, (int64_t)(l->frames * l->channels), 6), err));
	return ASSAY_OK;
fail:
	return rc;
}

static int64_t milliseconds(const levels *l, uint64_t frames)
{
	return assay_round_ratio((int64_t)frames, (int64_t)l->rate, 3);
}

static assay_code measure_silence(const levels *l, assay_sink *sink, assay_err *err)
{
	const uint64_t lead = l->heard ? l->leading * l->window : l->frames;
	const uint64_t tail = l->run == 0 ? 0 : l->heard ? (l->run - 1) * l->window + l->last_frames : l->frames;
	assay_code rc;

	ASSAY_TRY(assay_measure(sink, l->root, M_SILENCE, assay_round_ratio((int64_t)l->silent, (int64_t)l->windows, 4),
				err));
	ASSAY_TRY(assay_measure(sink, l->root, M_LEADING, milliseconds(l, lead), err));
	ASSAY_TRY(assay_measure(sink, l->root, M_TRAILING, milliseconds(l, tail), err));
	return ASSAY_OK;
fail:
	return rc;
}

static assay_code flush_levels(void *state, assay_sink *sink, assay_err *err)
{
	levels *l = state;
	assay_code rc;

	if (l->frames == 0)
		return ASSAY_OK;
	if (l->in_window > 0)
		end_window(l);
	ASSAY_TRY(measure_sums(l, sink, err));
	if (l->nonfinite == 0)
		ASSAY_TRY(measure_silence(l, sink, err));
	return assay_measure(sink, l->root, M_NONFINITE, (int64_t)l->nonfinite, err);
fail:
	return rc;
}

static void close_levels(void *state)
{
	free(state);
}

const assay_stage assay_stage_audio_levels = {
    .abi = ASSAY_STAGE_ABI,
    .name = "audio.levels",
    .version = 1,
    .modality = ASSAY_MODALITY_AUDIO,
    .summary = "peak, RMS, clipping, DC offset and silence",
    .reference = "AES17-2020 (levels; 0 dB here is a full-scale square wave)",
    .observes = ASSAY_VALUE_PCM,
    .determinism = ASSAY_EXACT,
    .params = schema,
    .params_size = sizeof(params),
    .metrics = metrics,
    .open = open_levels,
    .push = push_levels,
    .flush = flush_levels,
    .close = close_levels,
};
