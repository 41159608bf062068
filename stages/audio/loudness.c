/* audio.loudness: ITU-R BS.1770 and EBU R 128 by libebur128. */
#include "audio.h"

#include <ebur128.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct params {
	bool true_peak;
} params;

static const assay_param schema[] = {
    ASSAY_PARAM_ROW_BOOL(params, true_peak, "true", "measure audio.true_peak, which takes most of this stage's time"),
    {0},
};

enum { M_INTEGRATED, M_RANGE, M_MOMENTARY, M_TRUE_PEAK };

#define ON_AUDIO ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_AUDIO)
static const assay_metric metrics[] = {
    [M_INTEGRATED] = {"audio.loudness", "LUFS", 2, ON_AUDIO,
		      "Integrated loudness, gated (BS.1770-4); undefined below 400 ms or when all is below -70 LUFS."},
    [M_RANGE] = {"audio.loudness_range", "LU", 2, ON_AUDIO, "Loudness range (EBU Tech 3342); undefined below 3 s."},
    [M_MOMENTARY] = {"audio.loudness_max_momentary", "LUFS", 2, ON_AUDIO,
		     "Largest loudness of any 400 ms, every 100 ms."},
    [M_TRUE_PEAK] = {"audio.true_peak", "dBTP", 2, ON_AUDIO,
		     "Largest |value| of the signal oversampled 4 times (2 times from 96 kHz on); -200 for digital "
		     "silence."},
    {0},
};

typedef struct loudness {
	const params *p;
	uint32_t root, channels, rate;
	ebur128_state *meter;
	const char *undefined; /* why nothing can be measured */
	uint64_t frames;
	uint64_t hop;     /* sample frames in 100 ms */
	uint64_t in_hop;  /* since the last hop */
	double momentary; /* largest so far */
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
	l->momentary = -HUGE_VAL;
	return ASSAY_OK;
}

static void close_loudness(void *state)
{
	loudness *l = state;

	if (l != NULL && l->meter != NULL)
		ebur128_destroy(&l->meter);
	free(l);
}

/* libebur128 weighs up to 5.1 by itself and ignores channels beyond; 7.1 as WAVE and libav order it. */
static void map_channels(ebur128_state *m, uint32_t channels)
{
	if (channels != 8)
		return;
	(void)ebur128_set_channel(m, 4, EBUR128_Mp135);
	(void)ebur128_set_channel(m, 5, EBUR128_Mm135);
	(void)ebur128_set_channel(m, 6, EBUR128_Mp090);
	(void)ebur128_set_channel(m, 7, EBUR128_Mm090);
}

static assay_code start(loudness *l, const assay_pcm *pcm, assay_err *err)
{
	/* Histograms of 0.1 LU instead of a list of every block: memory does not grow with the recording. */
	int mode = EBUR128_MODE_I | EBUR128_MODE_LRA | EBUR128_MODE_HISTOGRAM;

	l->channels = pcm->channels;
	l->rate = pcm->rate;
	l->hop = (pcm->rate + 5) / 10;
	if (pcm->rate < 100 || pcm->rate > 2822400) {
		l->undefined = "sample rate out of range";
		return ASSAY_OK;
	}
	if (l->p->true_peak)
		mode |= EBUR128_MODE_TRUE_PEAK;
	l->meter = ebur128_init(pcm->channels, pcm->rate, mode);
	if (l->meter == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "loudness meter for %u channels at %u Hz", pcm->channels,
				   pcm->rate);
	map_channels(l->meter, pcm->channels);
	return ASSAY_OK;
}

static bool all_finite(const float *x, size_t n)
{
	bool finite = true;

	for (size_t i = 0; i < n; i++)
		finite &= fabsf(x[i]) <= 3.40282347e+38F;
	return finite;
}

/* In pieces that end where the stream's 100 ms do, so that the momentary maximum knows nothing of blocks. */
static assay_code feed(loudness *l, const float *x, size_t frames, assay_err *err)
{
	while (frames > 0) {
		const uint64_t left = l->hop - l->in_hop;
		const size_t n = frames < left ? frames : (size_t)left;
		double now;
		if (ebur128_add_frames_float(l->meter, x, n) != EBUR128_SUCCESS)
			return ASSAY_RAISE(err, ASSAY_ENOMEM, "loudness of %zu sample frames", n);
		x += n * l->channels;
		frames -= n;
		l->frames += n;
		l->in_hop = (l->in_hop + n) % l->hop;
		if (l->in_hop == 0 && l->frames >= 4 * l->hop &&
		    ebur128_loudness_momentary(l->meter, &now) == EBUR128_SUCCESS && now > l->momentary)
			l->momentary = now;
	}
	return ASSAY_OK;
}

static assay_code push_loudness(void *state, const assay_value *v, assay_sink *sink, assay_err *err)
{
	loudness *l = state;
	const assay_pcm *pcm = &v->u.pcm;
	assay_code rc = ASSAY_OK;

	(void)sink;
	if (v->kind != ASSAY_VALUE_PCM)
		return ASSAY_OK;
	if (l->channels == 0)
		rc = start(l, pcm, err);
	if (rc == ASSAY_OK && l->channels != pcm->channels)
		rc = ASSAY_RAISE(err, ASSAY_EINVAL, "channels change from %u to %u", l->channels, pcm->channels);
	/* One NaN would stay in the filters and silently empty every block after it. */
	if (rc == ASSAY_OK && l->undefined == NULL && !all_finite(pcm->samples, pcm->frames * pcm->channels))
		l->undefined = "some samples are not finite";
	return rc != ASSAY_OK || l->undefined != NULL ? rc : feed(l, pcm->samples, pcm->frames, err);
}

static assay_code tell(const loudness *l, unsigned metric, double value, const char *why_not, assay_sink *sink,
		       assay_err *err)
{
	if (why_not != NULL)
		return assay_undefined(sink, l->root, metric, why_not, err);
	if (value == -HUGE_VAL)
		return assay_undefined(sink, l->root, metric, "below the absolute gate of -70 LUFS", err);
	return assay_measure_f64(sink, l->root, metric, 2, value, err);
}

static double true_peak(const loudness *l)
{
	double most = 0;

	for (uint32_t c = 0; c < l->channels; c++) {
		double p = 0;
		if (ebur128_true_peak(l->meter, c, &p) == EBUR128_SUCCESS && p > most)
			most = p;
	}
	return most > 1e-10 ? 20.0 * log10(most) : -200.0;
}

static assay_code flush_loudness(void *state, assay_sink *sink, assay_err *err)
{
	loudness *l = state;
	const char *no = l->undefined;
	const char *brief = no != NULL ? no : l->frames < 4 * l->hop ? "shorter than 400 ms" : NULL;
	const char *range = no != NULL ? no : l->frames < 3 * (uint64_t)l->rate ? "shorter than 3 s" : NULL;
	const char *peak = no != NULL || l->p->true_peak ? no : "turned off";
	double integrated = -HUGE_VAL;
	double lra = 0;
	assay_code rc;

	if (l->channels == 0)
		return ASSAY_OK;
	if (no == NULL && (ebur128_loudness_global(l->meter, &integrated) != EBUR128_SUCCESS ||
			   ebur128_loudness_range(l->meter, &lra) != EBUR128_SUCCESS))
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "integrate loudness");
	if (range == NULL && integrated == -HUGE_VAL)
		range = "below the absolute gate of -70 LUFS";
	ASSAY_TRY(tell(l, M_INTEGRATED, integrated, brief, sink, err));
	ASSAY_TRY(tell(l, M_RANGE, lra, range, sink, err));
	ASSAY_TRY(tell(l, M_MOMENTARY, l->momentary, brief, sink, err));
	return tell(l, M_TRUE_PEAK, peak == NULL ? true_peak(l) : 0, peak, sink, err);
fail:
	return rc;
}

static const char *engine(void)
{
	static char text[40];
	int major, minor, patch;

	ebur128_get_version(&major, &minor, &patch);
	(void)snprintf(text, sizeof text, "libebur128 %d.%d.%d", major, minor, patch);
	return text;
}

static const char *const libraries[] = {"libebur128.so", NULL};

const assay_stage assay_stage_audio_loudness = {
    .abi = ASSAY_STAGE_ABI,
    .name = "audio.loudness",
    .version = 1,
    .modality = ASSAY_MODALITY_AUDIO,
    .summary = "integrated loudness, loudness range and true peak",
    .reference = "ITU-R BS.1770-4, EBU R 128, EBU Tech 3342",
    .observes = ASSAY_VALUE_PCM,
    .determinism = ASSAY_EXACT_PER_BUILD,
    .libraries = libraries,
    .params = schema,
    .params_size = sizeof(params),
    .metrics = metrics,
    .engine = engine,
    .open = open_loudness,
    .push = push_loudness,
    .flush = flush_loudness,
    .close = close_loudness,
};
