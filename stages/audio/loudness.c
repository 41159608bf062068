/* audio.loudness: ITU-R BS.1770 and EBU R 128. The page beside this explains. */
#include "audio.h"
#include "decibel.h"
#include "gate.h"
#include "kweight.h"
#include "true_peak.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct params {
	bool true_peak;
} params;

static const assay_param schema[] = {
    ASSAY_PARAM_ROW_BOOL(params, true_peak, "true", "measure audio.true_peak"),
    {0},
};

enum { M_INTEGRATED, M_RANGE, M_MOMENTARY, M_TRUE_PEAK };

enum {
	PIECE = 256,       /* sample frames that are taken apart and filtered together */
	BLOCK = 4,         /* hops of 100 ms in a gating block: 400 ms, every 100 ms */
	WINDOW = 30,       /* hops in a window of the loudness range: 3 s */
	WINDOW_EVERY = 10, /* hops: 1 s */
	RATE_MAX = 2822400,
	RATE_OVERSAMPLED = 192000, /* Hz; below this true peaks are looked for between samples */
	CHANNELS_MAX = 64,
};

#define ON_AUDIO ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_AUDIO)
static const assay_metric metrics[] = {
    [M_INTEGRATED] = {"audio.loudness", "LUFS", 2, ON_AUDIO,
		      "Integrated loudness, gated (BS.1770-4); undefined below 400 ms or when all is below -70 LUFS."},
    [M_RANGE] = {"audio.loudness_range", "LU", 2, ON_AUDIO, "Loudness range (EBU Tech 3342); undefined below 3 s."},
    [M_MOMENTARY] = {"audio.loudness_max_momentary", "LUFS", 2, ON_AUDIO,
		     "Largest loudness of any 400 ms, every 100 ms."},
    [M_TRUE_PEAK] = {"audio.true_peak", "dBTP", 2, ON_AUDIO,
		     "Largest |value| of the signal oversampled 4 times (not at all from 192 kHz on); -200 for digital "
		     "silence."},
    {0},
};

typedef struct loudness {
	const params *p;
	uint32_t root, channels, rate;
	const char *undefined; /* why nothing can be measured */
	uint64_t hop;          /* sample frames in 100 ms */
	uint64_t in_hop;       /* since the last one */
	uint64_t hops;
	double recent[WINDOW]; /* weighted sums of squares of the last hops */
	double momentary;      /* largest power of a block so far */
	float peak;
	kweight k;
	double weight[CHANNELS_MAX + 1]; /* by channel; one more, so that they come in pairs */
	kweight_state pairs[CHANNELS_MAX / 2];
	gate blocks, windows;
	/* One piece of each channel behind the samples before it; one channel more, silent, completes the last pair. */
	float samples[CHANNELS_MAX + 1][TRUE_PEAK_PAST + PIECE];
} loudness;

static assay_code open_loudness(void **state, void *shared, const void *p, const assay_input *in, uint32_t root,
				assay_err *err)
{
	loudness *l = assay_alloc(1, sizeof *l);

	(void)shared, (void)in;
	*state = l;
	if (l == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "loudness meter");
	l->p = p;
	l->root = root;
	return ASSAY_OK;
}

static void close_loudness(void *state)
{
	free(state);
}

/* BS.1770-4, table 3 (1.41 for what comes from the side, 0 for LFE), by the order of channels in WAVE. */
static void weigh_channels(loudness *l)
{
	static const double side = 1.41;
	static const double layouts[][8] = {
	    [1] = {1},
	    [2] = {1, 1},
	    [3] = {1, 1, 1},
	    [4] = {1, 1, side, side},
	    [5] = {1, 1, 1, side, side},
	    [6] = {1, 1, 1, 0, side, side},
	    [7] = {1, 1, 1, 0, side, side, 0},
	    [8] = {1, 1, 1, 0, 1, 1, side, side},
	};
	const uint32_t known = l->channels <= 8 ? l->channels : 6;

	memcpy(l->weight, layouts[known], known * sizeof *l->weight);
}

static void start(loudness *l, const assay_pcm *pcm)
{
	l->channels = pcm->channels;
	l->rate = pcm->rate;
	l->hop = (pcm->rate + 5) / 10;
	if (pcm->rate < KWEIGHT_RATE_MIN || pcm->rate > RATE_MAX) {
		l->undefined = "sample rate out of range";
		return;
	}
	weigh_channels(l);
	kweight_design(&l->k, pcm->rate);
}

/* ---------------------------------------------------------------- pieces and hops */

static double power_of_last(const loudness *l, uint64_t hops)
{
	double sum = 0;

	for (uint64_t i = l->hops - hops; i < l->hops; i++)
		sum += l->recent[i % WINDOW];
	return sum / (double)(hops * l->hop);
}

static void end_hop(loudness *l)
{
	double sum = 0;

	for (uint32_t c = 0; c < l->channels; c += 2) {
		const kweight_pair squares = kweight_take(&l->pairs[c / 2]);
		sum += l->weight[c] * squares[0] + l->weight[c + 1] * squares[1];
	}
	l->recent[l->hops++ % WINDOW] = sum;
	l->in_hop = 0;
	if (l->hops >= BLOCK) {
		const double power = power_of_last(l, BLOCK);
		gate_add(&l->blocks, power);
		l->momentary = power > l->momentary ? power : l->momentary;
	}
	if (l->hops >= WINDOW && l->hops % WINDOW_EVERY == 0)
		gate_add(&l->windows, power_of_last(l, WINDOW));
}

/* Take n <= PIECE sample frames apart. False when a sample is not finite. */
static bool take_apart(loudness *l, const float *x, size_t n)
{
	bool finite = true;

	for (uint32_t c = 0; c < l->channels; c++) {
		float *to = l->samples[c] + TRUE_PEAK_PAST;
		for (size_t i = 0; i < n; i++)
			to[i] = x[i * l->channels + c];
		finite = finite && isfinite(true_peak_of_samples(to, n));
	}
	return finite;
}

static void measure_piece(loudness *l, size_t n)
{
	const bool between = l->p->true_peak && l->rate < RATE_OVERSAMPLED;

	for (uint32_t c = 0; c < l->channels; c++) {
		const float *x = l->samples[c] + TRUE_PEAK_PAST;
		if (between)
			l->peak = true_peak_push(l->peak, x, n);
		else
			l->peak = fmaxf(l->peak, true_peak_of_samples(x, n));
	}
	for (uint32_t c = 0; c < l->channels; c += 2)
		kweight_push(&l->pairs[c / 2], &l->k, l->samples[c] + TRUE_PEAK_PAST,
			     l->samples[c + 1] + TRUE_PEAK_PAST, n);
	for (uint32_t c = 0; c < l->channels; c++)
		memmove(l->samples[c], l->samples[c] + n, TRUE_PEAK_PAST * sizeof *l->samples[c]);
	l->in_hop += n;
	if (l->in_hop == l->hop)
		end_hop(l);
}

/* Pieces end where the stream's hops do, so that results know nothing of blocks. */
static assay_code push_loudness(void *state, const assay_value *v, assay_sink *sink, assay_err *err)
{
	loudness *l = state;
	const assay_pcm *pcm = &v->u.pcm;

	(void)sink;
	if (v->kind != ASSAY_VALUE_PCM)
		return ASSAY_OK;
	if (l->channels == 0)
		start(l, pcm);
	if (l->channels != pcm->channels || pcm->channels > CHANNELS_MAX)
		return ASSAY_RAISE(err, ASSAY_EINVAL, "channels change from %u to %u", l->channels, pcm->channels);
	for (size_t at = 0; l->undefined == NULL && at < pcm->frames;) {
		const size_t left = (size_t)(l->hop - l->in_hop);
		const size_t most = left < PIECE ? left : PIECE;
		const size_t n = pcm->frames - at < most ? pcm->frames - at : most;
		/* One NaN would stay in the filters and silently empty every block after it. */
		if (take_apart(l, pcm->samples + at * l->channels, n))
			measure_piece(l, n);
		else
			l->undefined = "some samples are not finite";
		at += n;
	}
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- the end */

static assay_code tell(const loudness *l, unsigned metric, double value, const char *why_not, assay_sink *sink,
		       assay_err *err)
{
	if (why_not != NULL)
		return assay_undefined(sink, l->root, metric, why_not, err);
	return assay_measure_f64(sink, l->root, metric, 2, value, err);
}

static assay_code tell_power(const loudness *l, unsigned metric, double power, const char *why_not, assay_sink *sink,
			     assay_err *err)
{
	if (why_not == NULL && power <= 0)
		why_not = "below the absolute gate of -70 LUFS";
	return tell(l, metric, assay_db_of_power(power) - 0.691, why_not, sink, err);
}

/* Mean power of the blocks that are at most 10 LU below the mean of all that are above the absolute gate. */
static double integrated(const gate *g)
{
	return gate_mean(g, gate_mean(g, 0) * 0.1);
}

/* EBU Tech 3342: from the 10th to the 95th percentile of the windows at most 20 LU below the mean. */
static double range(const gate *g)
{
	const double least = gate_mean(g, 0) * 0.01;

	return 10.0 * log10(gate_at(g, least, 0.95) / gate_at(g, least, 0.1));
}

static assay_code flush_loudness(void *state, assay_sink *sink, assay_err *err)
{
	loudness *l = state;
	const char *no = l->undefined;
	const char *brief = no != NULL ? no : l->hops < BLOCK ? "shorter than 400 ms" : NULL;
	const char *no_range = no != NULL ? no : l->hops < WINDOW ? "shorter than 3 s" : NULL;
	const char *no_peak = no != NULL || l->p->true_peak ? no : "turned off";
	assay_code rc;

	if (l->channels == 0)
		return ASSAY_OK;
	if (no_range == NULL && l->windows.count == 0)
		no_range = "below the absolute gate of -70 LUFS";
	ASSAY_TRY(tell_power(l, M_INTEGRATED, integrated(&l->blocks), brief, sink, err));
	ASSAY_TRY(tell(l, M_RANGE, no_range == NULL ? range(&l->windows) : 0, no_range, sink, err));
	ASSAY_TRY(tell_power(l, M_MOMENTARY, l->momentary, brief, sink, err));
	return tell(l, M_TRUE_PEAK, assay_db_of_amplitude((double)l->peak), no_peak, sink, err);
fail:
	return rc;
}

const assay_stage assay_stage_audio_loudness = {
    .abi = ASSAY_STAGE_ABI,
    .name = "audio.loudness",
    .version = 2,
    .modality = ASSAY_MODALITY_AUDIO,
    .summary = "integrated loudness, loudness range and true peak",
    .reference = "ITU-R BS.1770-4, EBU R 128, EBU Tech 3342",
    .observes = ASSAY_VALUE_PCM,
    .determinism = ASSAY_EXACT,
    .params = schema,
    .params_size = sizeof(params),
    .metrics = metrics,
    .open = open_loudness,
    .push = push_loudness,
    .flush = flush_loudness,
    .close = close_loudness,
};
