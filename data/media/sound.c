#include "sound.h"

#include "random.h"

#include "assay/memory.h"

#include <math.h>
#include <stdlib.h>

#define TAU 6.28318530717958647692

static assay_code make(sound *out, unsigned rate, size_t frames, unsigned channels, assay_err *err)
{
	*out = (sound){.frames = frames, .channels = channels, .rate = rate};
	out->samples = assay_alloc(frames * channels, sizeof *out->samples);
	return out->samples != NULL ? ASSAY_OK : ASSAY_RAISE(err, ASSAY_ENOMEM, "sound of %zu samples", frames);
}

void sound_release(sound *s)
{
	free(s->samples);
	*s = (sound){0};
}

assay_code sound_silence(sound *out, unsigned rate, size_t frames, assay_err *err)
{
	return make(out, rate, frames, 1, err);
}

assay_code sound_tone(sound *out, unsigned rate, size_t frames, double amplitude, assay_err *err)
{
	const assay_code rc = make(out, rate, frames, 2, err);

	if (rc != ASSAY_OK)
		return rc;
	for (size_t i = 0; i < frames; i++) {
		/* the phase is reduced in integers, so it loses nothing over time */
		const double phase = TAU * (double)(i * 997 % rate) / rate;
		const int16_t v = (int16_t)lrint(amplitude * 32767 * sin(phase));
		out->samples[2 * i] = v;
		out->samples[2 * i + 1] = v;
	}
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- speech */

/* Formants of five vowels (after Peterson and Barney 1952) in Hz. */
static const double vowels[][3] = {
    {730, 1090, 2440}, {270, 2290, 3010}, {300, 870, 2240}, {530, 1840, 2480}, {570, 840, 2410}};

typedef struct resonator {
	double b, c, gain, y1, y2;
} resonator;

/* Two poles (Klatt 1980): y = gain x + b y1 + c y2. */
static void tune(resonator *r, double hz, double width, double rate)
{
	const double radius = exp(-TAU / 2 * width / rate);

	r->c = -radius * radius;
	r->b = 2 * radius * cos(TAU * hz / rate);
	r->gain = 1 - r->b - r->c;
}

static double pass(resonator *r, double x)
{
	const double y = r->gain * x + r->b * r->y1 + r->c * r->y2;

	r->y2 = r->y1;
	r->y1 = y;
	return y;
}

typedef struct voice {
	resonator formant[3];
	double phase; /* of the glottal pulse, 0..1 */
	uint64_t seed;
	double rate;
} voice;

enum { SYLLABLES = 10 }; /* to a phrase of two seconds; the last two of them are a pause */

static void start_syllable(voice *v, size_t n)
{
	const double *hz = vowels[(n * 7 + n / SYLLABLES) % ASSAY_COUNT(vowels)];

	for (unsigned i = 0; i < 3; i++)
		tune(&v->formant[i], hz[i] < 0.45 * v->rate ? hz[i] : 0.45 * v->rate, 60 + 40 * i, v->rate);
}

static double noise(voice *v)
{
	return (double)media_random(&v->seed) / 2147483648.0 - 1;
}

/* One sample; `at` is the place within the syllable, 0..1. */
static double speak(voice *v, size_t syllable, double at)
{
	const size_t n = syllable % SYLLABLES;
	const double pitch = 125 - 3.0 * (double)n;
	const double loud = n >= SYLLABLES - 2 ? 0 : sin(TAU / 2 * at);
	const double hiss = at < 0.15 && n % 3 == 1 && loud > 0 ? 0.4 * noise(v) : 0;
	double x;

	v->phase += pitch / v->rate;
	v->phase -= floor(v->phase);
	x = (v->phase < 0.1 ? 1 - v->phase * 10 : -0.05) * loud * loud;
	for (unsigned i = 0; i < 3; i++)
		x = pass(&v->formant[i], x);
	return x + 0.05 * hiss + 0.0003 * noise(v);
}

/* Brings doubles to integers whose largest magnitude is `peak`. */
static void quantise(sound *s, const double *x, int peak)
{
	double most = 0;

	for (size_t i = 0; i < s->frames; i++)
		most = fmax(most, fabs(x[i]));
	for (size_t i = 0; i < s->frames; i++)
		s->samples[i] = (int16_t)lrint(x[i] / most * peak);
}

assay_code sound_speech(sound *out, unsigned rate, size_t frames, int peak, assay_err *err)
{
	ASSAY_AUTO_FREE double *x = assay_alloc(frames, sizeof *x);
	const size_t length = rate / 5; /* five syllables a second */
	voice v = {.rate = rate, .seed = 7};
	assay_code rc;

	*out = (sound){0};
	if (x == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "sound of %zu samples", frames);
	for (size_t i = 0; i < frames; i++) {
		if (i % length == 0)
			start_syllable(&v, i / length);
		x[i] = speak(&v, i / length, (double)(i % length) / (double)length);
	}
	rc = make(out, rate, frames, 1, err);
	if (rc == ASSAY_OK)
		quantise(out, x, peak);
	return rc;
}

/* ---------------------------------------------------------------- changing and measuring */

void sound_scale(sound *s, int gain, int offset)
{
	for (size_t i = 0; i < s->frames * s->channels; i++) {
		const int v = s->samples[i] * gain + offset;
		s->samples[i] = (int16_t)(v > INT16_MAX ? INT16_MAX : v < INT16_MIN ? INT16_MIN : v);
	}
}

static int64_t centibel(double ratio)
{
	return ratio > 0 ? llrint(2000 * log10(ratio)) : -20000;
}

int64_t sound_peak_cdb(const sound *s)
{
	int most = 0;

	for (size_t i = 0; i < s->frames * s->channels; i++)
		most = abs(s->samples[i]) > most ? abs(s->samples[i]) : most;
	return centibel(most / 32768.0);
}

int64_t sound_rms_cdb(const sound *s)
{
	const size_t n = s->frames * s->channels;
	int64_t squares = 0;

	for (size_t i = 0; i < n; i++)
		squares += (int64_t)s->samples[i] * s->samples[i];
	return centibel(sqrt((double)squares / (double)n) / 32768.0);
}

int64_t sound_mean_ppm(const sound *s)
{
	const size_t n = s->frames * s->channels;
	int64_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += s->samples[i];
	return llrint((double)sum / (double)n / 32768.0 * 1e6);
}
