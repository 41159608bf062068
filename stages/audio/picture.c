/* audio.picture: a recording, or a span of it, for people to look at and to hear. */
#include "audio.h"
#include "waveform.h"

#include <stdlib.h>
#include <string.h>

#define FULL 32768 /* as readers have it: sound of 16 bits and one channel comes out as it went in */

typedef struct params {
	int64_t sound_s;
} params;

static const assay_param schema[] = {
    ASSAY_PARAM_ROW_INT(params, sound_s, "600", 0, 3600, "s", "so much of the sound is kept, from its beginning"),
    {0},
};

enum { ARTIFACT_WAVEFORM, ARTIFACT_SOUND };

static const assay_artifact_type artifacts[] = {
    [ARTIFACT_WAVEFORM] = {"waveform", "image/png", "png", "how far the samples reach, from left to right"},
    [ARTIFACT_SOUND] = {"sound", "audio/wav", "wav", "one channel, the mean of all, 16 bits"},
    {0},
};

typedef struct picture {
	const params *p;
	const assay_sidecar *span;
	uint32_t root, rate;
	uint64_t first, end; /* frames that are wanted */
	assay_waveform waveform;
	assay_buf sound; /* 16-bit samples, little endian */
	size_t sound_max;
} picture;

static assay_code open_picture(void **state, void *shared, const void *p, const assay_input *in, uint32_t root,
			       assay_err *err)
{
	picture *w = assay_alloc(1, sizeof *w);

	(void)shared;
	*state = w;
	if (w == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "picture of a recording");
	w->p = p;
	w->root = root;
	w->span = assay_input_sidecar(in, "span");
	return ASSAY_OK;
}

/* A number of milliseconds and the character after it. */
static bool take_ms(uint64_t *out, const unsigned char **at, const unsigned char *end, unsigned char after)
{
	const unsigned char *start = *at;

	for (*out = 0; *at < end && **at >= '0' && **at <= '9' && *at - start < 12; ++*at)
		*out = *out * 10 + (**at - (unsigned)'0');
	return *at > start && *at < end && *(*at)++ == after;
}

static bool read_span(picture *w)
{
	const unsigned char *at, *end;
	uint64_t first, last;

	w->end = UINT64_MAX;
	if (w->span == NULL)
		return true;
	at = w->span->data;
	end = at + w->span->size;
	if (!take_ms(&first, &at, end, ' ') || !take_ms(&last, &at, end, '\n') || at != end || first > last)
		return false;
	w->first = first * w->rate / 1000;
	w->end = (last * w->rate + 999) / 1000;
	return true;
}

static int16_t mean_of(const float *samples, uint32_t channels)
{
	float sum = 0;

	for (uint32_t c = 0; c < channels; c++)
		sum += samples[c];
	sum *= (float)FULL / (float)channels;
	if (!(sum - sum == 0))
		return 0;
	return sum >= FULL - 1 ? FULL - 1 : sum <= -FULL ? -FULL : (int16_t)sum;
}

static void take_sound(picture *w, const float *samples, size_t n, uint32_t channels)
{
	const size_t left = w->sound_max - w->sound.len / 2;
	const size_t kept = n < left ? n : left;
	unsigned char *out = assay_buf_extend(&w->sound, 2 * kept);

	for (size_t i = 0; out != NULL && i < kept; i++) {
		const uint16_t x = (uint16_t)mean_of(samples + i * channels, channels);

		out[2 * i] = (unsigned char)(x & 0xff);
		out[2 * i + 1] = (unsigned char)(x >> 8);
	}
}

static assay_code push_picture(void *state, const assay_value *v, assay_sink *sink, assay_err *err)
{
	picture *w = state;
	const assay_pcm *pcm = &v->u.pcm;
	const uint64_t last = pcm->first + pcm->frames;
	uint64_t from, to;

	if (w->rate == 0) {
		w->rate = pcm->rate;
		w->sound_max = (size_t)w->p->sound_s * w->rate;
		if (!read_span(w))
			return assay_fail(sink, ASSAY_FAILURE_STAGE, err,
					  "the sidecar 'span' is no 'START END' in milliseconds");
	}
	from = w->first > pcm->first ? w->first : pcm->first;
	to = w->end < last ? w->end : last;
	if (from < to) {
		const float *samples = pcm->samples + (size_t)(from - pcm->first) * pcm->channels;

		assay_waveform_take(&w->waveform, samples, (size_t)(to - from), pcm->channels);
		take_sound(w, samples, (size_t)(to - from), pcm->channels);
	}
	return assay_buf_check(&w->sound, err);
}

static void put_number(assay_buf *out, uint32_t n, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		assay_buf_putc(out, (char)(n >> 8 * i & 0xff));
}

/* RIFF WAVE, PCM. (Microsoft, Multimedia Programming Interface and Data Specifications 1.0, 1991) */
static assay_code keep_sound(const picture *w, assay_sink *sink, assay_err *err)
{
	ASSAY_AUTO_BUF wav = ASSAY_BUF_INIT;
	const uint32_t size = (uint32_t)w->sound.len; /* an hour of 192 kHz is 1.4 GB */
	assay_code rc;

	assay_buf_puts(&wav, "RIFF");
	put_number(&wav, 36 + size, 4);
	assay_buf_puts(&wav, "WAVEfmt ");
	put_number(&wav, 16, 4);
	put_number(&wav, 1, 2); /* PCM */
	put_number(&wav, 1, 2); /* channels */
	put_number(&wav, w->rate, 4);
	put_number(&wav, w->rate * 2, 4);
	put_number(&wav, 2, 2); /* bytes of a frame */
	put_number(&wav, 16, 2);
	assay_buf_puts(&wav, "data");
	put_number(&wav, size, 4);
	assay_buf_append(&wav, w->sound.data, w->sound.len);
	rc = assay_buf_check(&wav, err);
	return rc == ASSAY_OK ? assay_artifact(sink, w->root, ARTIFACT_SOUND, wav.data, wav.len, err) : rc;
}

static assay_code flush_picture(void *state, assay_sink *sink, assay_err *err)
{
	const picture *w = state;
	ASSAY_AUTO_BUF png = ASSAY_BUF_INIT;
	assay_code rc = assay_waveform_png(&png, &w->waveform, err);

	if (rc == ASSAY_OK)
		rc = assay_artifact(sink, w->root, ARTIFACT_WAVEFORM, png.data, png.len, err);
	return rc == ASSAY_OK && w->sound.len > 0 ? keep_sound(w, sink, err) : rc;
}

static void close_picture(void *state)
{
	picture *w = state;

	if (w != NULL)
		assay_buf_release(&w->sound);
	free(w);
}

static const char *const libraries[] = {"libdeflate.so", NULL};

const assay_stage assay_stage_audio_picture = {
    .abi = ASSAY_STAGE_ABI,
    .name = "audio.picture",
    .version = 1,
    .modality = ASSAY_MODALITY_AUDIO,
    .summary = "keep a picture of the waveform and the sound as WAV, for people",
    .reference = "",
    .observes = ASSAY_VALUE_PCM,
    .determinism = ASSAY_EXACT_PER_BUILD,
    .libraries = libraries,
    .params = schema,
    .params_size = sizeof(params),
    .artifacts = artifacts,
    .open = open_picture,
    .push = push_picture,
    .flush = flush_picture,
    .close = close_picture,
};
