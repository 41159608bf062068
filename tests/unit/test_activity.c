/* audio.activity, by sounds whose places of speech are known because they were put there. */
#include "activity_floor.h"
#include "audio.h"
#include "level_sums.h"

#include "assay/params.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---------------------------------------------------------------- a stage, and what it says */

typedef struct heard_sample {
	char part[40];
	int64_t start, end; /* sample frames */
	int64_t values[16];
	const char *why_not[16];
} heard_sample;

typedef struct heard {
	assay_sink sink;
	heard_sample samples[512]; /* 0 is the recording */
	uint32_t count;
	assay_code code;
	assay_err err;
} heard;

static assay_code hear_sample(assay_sink *s, assay_sample_kind kind, const char *part, uint32_t parent, uint32_t *out,
			      assay_err *err)
{
	heard *h = s->ctx;

	(void)err;
	assert_int_equal(kind, ASSAY_SAMPLE_SEGMENT);
	assert_int_equal(parent, 0);
	assert_in_range(h->count, 1, 511);
	*out = h->count++;
	(void)snprintf(h->samples[*out].part, sizeof h->samples[*out].part, "%s", part);
	return ASSAY_OK;
}

static assay_code hear_span(assay_sink *s, uint32_t sample, assay_time start, assay_time end, assay_err *err)
{
	heard *h = s->ctx;

	(void)err;
	h->samples[sample].start = start.ticks;
	h->samples[sample].end = end.ticks;
	return ASSAY_OK;
}

static assay_code hear_value(assay_sink *s, uint32_t sample, unsigned m, int64_t value, const char *undefined,
			     assay_err *err)
{
	heard *h = s->ctx;

	(void)err;
	h->samples[sample].values[m] = value;
	h->samples[sample].why_not[m] = undefined;
	return ASSAY_OK;
}

typedef struct sound {
	float *x;
	size_t frames;
	uint32_t rate, channels;
} sound;

/* With parameters "name", "text"..., NULL; in blocks of `step` sample frames. */
static heard *listen(const sound *s, size_t step, const char *const *set)
{
	static const assay_sink_ops ops = {.sample = hear_sample, .span = hear_span, .measure = hear_value};
	const assay_stage *stage = &assay_stage_audio_activity;
	heard *h = calloc(1, sizeof *h);
	void *params, *state;

	h->count = 1;
	h->sink = (assay_sink){&ops, h};
	assert_int_equal(assay_params_new(&params, stage, NULL), ASSAY_OK);
	for (; set != NULL && *set != NULL; set += 2)
		assert_int_equal(assay_params_set(stage, params, assay_param_find(stage, set[0]), set[1], NULL),
				 ASSAY_OK);
	assert_int_equal(stage->open(&state, NULL, params, NULL, 0, NULL), ASSAY_OK);
	for (size_t at = 0; at < s->frames && h->code == ASSAY_OK; at += step) {
		assay_value v = {.kind = ASSAY_VALUE_PCM, .time = {(int64_t)at, 1, (int32_t)s->rate}};
		v.u.pcm = (assay_pcm){.samples = s->x + at * s->channels,
				      .frames = s->frames - at < step ? s->frames - at : step,
				      .channels = s->channels,
				      .rate = s->rate,
				      .first = at};
		h->code = stage->push(state, &v, &h->sink, &h->err);
	}
	if (h->code == ASSAY_OK)
		h->code = stage->flush(state, &h->sink, &h->err);
	stage->close(state);
	assay_params_free(stage, params);
	return h;
}

static unsigned metric(const char *name)
{
	for (unsigned m = 0; assay_stage_audio_activity.metrics[m].name != NULL; m++)
		if (strcmp(assay_stage_audio_activity.metrics[m].name, name) == 0)
			return m;
	fail_msg("no metric %s", name);
	return 0;
}

static int64_t value(const heard *h, uint32_t sample, const char *name)
{
	const unsigned m = metric(name);

	if (h->samples[sample].why_not[m] != NULL)
		fail_msg("%s is undefined: %s", name, h->samples[sample].why_not[m]);
	return h->samples[sample].values[m];
}

static const char *why_not(const heard *h, uint32_t sample, const char *name)
{
	const char *text = h->samples[sample].why_not[metric(name)];

	return text != NULL ? text : "it is defined";
}

static void assert_near(int64_t is, int64_t wanted, int64_t within)
{
	if (llabs(is - wanted) > within)
		fail_msg("%lld is not %lld within %lld", (long long)is, (long long)wanted, (long long)within);
}

/* ---------------------------------------------------------------- sounds */

static sound new_sound(double seconds, uint32_t rate, uint32_t channels)
{
	const size_t frames = (size_t)(seconds * rate);

	return (sound){calloc(frames * channels, sizeof(float)), frames, rate, channels};
}

static double white(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return (double)(*seed >> 8) / (1 << 23) - 1;
}

/* White noise of this level (RMS re full scale, in dB) in all channels; a uniform one of peak 1 has RMS 1/sqrt 3. */
static void add_noise(sound *s, double from, double to, double db)
{
	const double peak = sqrt(3) * pow(10, db / 20);
	uint32_t seed = 5;

	for (size_t i = (size_t)(from * s->rate); i < s->frames && (double)i < to * s->rate; i++)
		for (uint32_t c = 0; c < s->channels; c++)
			s->x[i * s->channels + c] += (float)(peak * white(&seed));
}

static void add_tone(sound *s, double from, double to, double hz, double amplitude)
{
	for (size_t i = (size_t)(from * s->rate); i < s->frames && (double)i < to * s->rate; i++)
		for (uint32_t c = 0; c < s->channels; c++)
			s->x[i * s->channels + c] +=
			    (float)(amplitude * sin(6.283185307179586 * hz * (double)i / s->rate));
}

static void done(sound *s, heard *h)
{
	free(s->x);
	free(h);
}

/* ---------------------------------------------------------------- where somebody speaks */

/* Three bursts over noise, 40 dB below; padding 100 ms. Smoothing over 30 ms moves a border by 20 ms at most. */
static void activity__planted_bursts__found_with_their_levels(void **state)
{
	static const double at[][2] = {{1.0, 1.6}, {2.5, 3.0}, {3.9, 5.0}};
	static const uint32_t rates[] = {8000, 16000, 22050, 44100, 48000, 96000};

	(void)state;
	for (size_t r = 0; r < 6; r++) {
		sound s = new_sound(7, rates[r], 2);
		heard *h;
		int64_t spoken = 0;
		add_noise(&s, 0, 7, -60);
		for (size_t i = 0; i < 3; i++)
			add_tone(&s, at[i][0], at[i][1], 500, 0.2);
		h = listen(&s, 1000, NULL);
		assert_int_equal(h->count, 4);
		assert_int_equal(value(h, 0, "audio.segments"), 3);
		for (uint32_t i = 0; i < 3; i++) {
			const heard_sample *seg = &h->samples[i + 1];
			char part[40];
			assert_near(seg->start * 1000 / rates[r], (int64_t)(at[i][0] * 1000) - 100, 21);
			assert_near(seg->end * 1000 / rates[r], (int64_t)(at[i][1] * 1000) + 100, 21);
			(void)snprintf(part, sizeof part, "t=%lld/%u", (long long)seg->start, rates[r]);
			assert_string_equal(seg->part, part);
			assert_near(value(h, i + 1, "segment.duration"), (seg->end - seg->start) * 1000000 / rates[r],
				    1);
			/* a sine of amplitude 0.2: -16.99 dB; up to 40 ms of near silence are in it */
			assert_near(value(h, i + 1, "segment.level"), -1699, 40);
			assert_near(value(h, i + 1, "segment.peak"), -1390, 10);
			spoken += seg->end - seg->start;
		}
		assert_near(value(h, 0, "audio.speech_ratio"), spoken * 10000 / (int64_t)s.frames, 1);
		assert_int_equal(value(h, 0, "audio.pause_ratio"), 10000 - value(h, 0, "audio.speech_ratio"));
		assert_near(value(h, 0, "audio.leading_pause"), 900, 21);
		assert_near(value(h, 0, "audio.trailing_pause"), 1900, 21);
		assert_near(value(h, 0, "audio.longest_pause"), 1900, 21);
		assert_near(value(h, 0, "audio.noise_level"), -6000, 60);
		assert_near(value(h, 0, "audio.speech_level"), -1699, 40);
		done(&s, h);
	}
}

/* At 8 kHz the speech band is all but the sound itself: bursts of noise 20 dB over the noise have an SNR of 20 dB. */
static void activity__bursts_of_known_ratio__snr(void **state)
{
	sound s = new_sound(6, 8000, 1);
	heard *h;

	(void)state;
	add_noise(&s, 0, 6, -50);
	add_noise(&s, 2, 4, -30);
	h = listen(&s, 4096, NULL);
	assert_int_equal(value(h, 0, "audio.segments"), 1);
	assert_near(value(h, 0, "audio.snr"), 2000, 60);
	/* the floor is the quietest 30 ms of 4 s, about 1 dB less than the mean */
	assert_near(value(h, 1, "segment.snr"), 2080, 120);
	done(&s, h);
}

static void activity__steady_sound__is_noise_and_not_speech(void **state)
{
	sound s = new_sound(5, 44100, 2);
	heard *h;

	(void)state;
	add_tone(&s, 0, 5, 997, 0.1);
	h = listen(&s, 16384, NULL);
	assert_int_equal(h->count, 1);
	assert_int_equal(value(h, 0, "audio.segments"), 0);
	assert_int_equal(value(h, 0, "audio.speech_ratio"), 0);
	assert_int_equal(value(h, 0, "audio.noise_ratio"), 10000);
	assert_int_equal(value(h, 0, "audio.leading_pause"), 5000);
	assert_int_equal(value(h, 0, "audio.trailing_pause"), 5000);
	assert_int_equal(value(h, 0, "audio.longest_pause"), 5000);
	assert_string_equal(why_not(h, 0, "audio.speech_level"), "no speech");
	assert_string_equal(why_not(h, 0, "audio.snr"), "no speech");
	assert_near(value(h, 0, "audio.noise_level"), -2301, 1);
	done(&s, h);
}

/* A recorder that drops out for a moment has no floor there; the noise around it must not become speech. */
static void activity__dropout_in_noise__no_speech(void **state)
{
	sound s = new_sound(8, 16000, 1);
	heard *h;

	(void)state;
	add_noise(&s, 0, 4, -40);
	add_noise(&s, 4.3, 8, -40);
	h = listen(&s, 16384, NULL);
	assert_int_equal(value(h, 0, "audio.segments"), 0);
	assert_near(value(h, 0, "audio.noise_ratio"), 9625, 30);
	done(&s, h);
}

/* Bursts of 1 s with 1 s between them; the quieter what lies between, the plainer they are. */
static void activity__bursts_over_any_quiet__all_found(void **state)
{
	static const double noises[] = {-300, -120, -95, -85, -59}; /* dB; -300 is 0 in 24 bits */

	(void)state;
	for (size_t i = 0; i < sizeof noises / sizeof *noises; i++) {
		sound s = new_sound(21, 16000, 1);
		heard *h;
		add_noise(&s, 0, 21, noises[i]);
		for (int t = 1; t < 21; t += 2)
			add_tone(&s, t, t + 1, 500, 0.2);
		h = listen(&s, 16384, NULL);
		assert_int_equal(value(h, 0, "audio.segments"), 10);
		assert_near(value(h, 0, "audio.speech_ratio"), 12 * 10000 / 21, 150);
		done(&s, h);
	}
}

static void activity__digital_silence__nothing(void **state)
{
	sound s = new_sound(3, 48000, 1);
	heard *h;

	(void)state;
	h = listen(&s, 16384, NULL);
	assert_int_equal(value(h, 0, "audio.segments"), 0);
	assert_int_equal(value(h, 0, "audio.noise_ratio"), 0);
	assert_int_equal(value(h, 0, "audio.pause_ratio"), 10000);
	assert_int_equal(value(h, 0, "audio.noise_level"), -20000);
	done(&s, h);
}

/* An offset, and a rumble of 15 Hz, carry power and no speech: the high pass takes them, and hides nothing else. */
static void activity__offset_and_rumble__not_heard_and_do_not_mask(void **state)
{
	sound s = new_sound(4, 16000, 1);
	heard *h;

	(void)state;
	add_noise(&s, 0, 4, -70);
	add_tone(&s, 2, 4, 15, 0.01);
	add_tone(&s, 1, 1.5, 500, 0.01);
	for (size_t i = 0; i < s.frames; i++)
		s.x[i] += 0.1F;
	h = listen(&s, 16384, NULL);
	assert_int_equal(value(h, 0, "audio.segments"), 1);
	assert_near(h->samples[1].start, (int64_t)(0.9 * 16000), 340);
	assert_near(h->samples[1].end, (int64_t)(1.6 * 16000), 340);
	done(&s, h);
}

static void activity__click__no_segment(void **state)
{
	static const char *const set[] = {"min_speech_ms", "200", NULL};
	sound s = new_sound(4, 16000, 1);
	heard *h;

	(void)state;
	add_noise(&s, 0, 4, -65);
	add_tone(&s, 1.0, 1.1, 500, 0.5);
	add_tone(&s, 2.5, 2.8, 500, 0.5);
	h = listen(&s, 16384, set);
	assert_int_equal(h->count, 2);
	assert_near(h->samples[1].start, 24 * 1600, 336);         /* 21 ms */
	assert_near(value(h, 0, "audio.noise_level"), -6500, 60); /* the click is no part of it */
	done(&s, h);
}

/* ---------------------------------------------------------------- long speech */

/*
 * 25 s of syllables without a pause; at 7, 14.5 and 20 s they are quieter for a moment. Cut there, without a gap or an
 * overlap. A syllable's loudness is 0.1 + 0.9 sin^2, whose mean square is 0.40375: -3.94 dB.
 */
static void activity__longer_than_allowed__cut_where_quietest(void **state)
{
	static const char *const set[] = {"max_segment_ms", "10000", NULL};
	static const double dips[] = {7, 14.5, 20};
	sound s = new_sound(29, 8000, 1);
	heard *h;

	(void)state;
	add_tone(&s, 2, 27, 500, 0.3);
	for (size_t i = 0; i < s.frames; i++) {
		const double wave = sin(12.566370614359172 * (double)i / 8000);
		s.x[i] *= (float)(0.1 + 0.9 * wave * wave);
		for (size_t k = 0; k < 3; k++)
			s.x[i] *= fabs((double)i / 8000 - dips[k]) < 0.15 ? 0.2F : 1;
	}
	add_noise(&s, 0, 29, -70);
	h = listen(&s, 16384, set);
	assert_int_equal(h->count, 5);
	assert_near(h->samples[1].start, (int64_t)(1.9 * 8000), 500);
	for (uint32_t k = 0; k < 3; k++) {
		assert_near(h->samples[k + 1].end, (int64_t)(dips[k] * 8000), 1200);
		assert_int_equal(h->samples[k + 1].end, h->samples[k + 2].start);
		assert_near(value(h, k + 1, "segment.level"), -1741, 30);
	}
	assert_near(h->samples[4].end, (int64_t)(27.1 * 8000), 500);
	done(&s, h);
}

/* Pauses that do not end a segment count to its length as well. */
static void activity__any_settings__segments_ascend_and_are_short_enough(void **state)
{
	static const char *const sets[][9] = {
	    {"max_segment_ms", "500", "min_silence_ms", "2000", "padding_ms", "0", NULL},
	    {"max_segment_ms", "10", "min_silence_ms", "10", "padding_ms", "0", NULL},
	    {"max_segment_ms", "1000", "min_silence_ms", "60000", "padding_ms", "0", "min_speech_ms", "10", NULL},
	};
	static const int64_t longest[] = {500, 10, 1000};

	(void)state;
	for (size_t k = 0; k < 3; k++) {
		sound s = new_sound(k == 1 ? 3 : 20, 8000, 1);
		heard *h;
		add_noise(&s, 0, 20, -70);
		for (double t = 0.5; t < 20; t += 0.7)
			add_tone(&s, t, t + 0.05 + 0.02 * t, 700, 0.2);
		h = listen(&s, 8000, sets[k]);
		assert_int_equal(h->code, ASSAY_OK);
		assert_true(h->count > 10);
		for (uint32_t i = 1; i < h->count; i++) {
			assert_true(h->samples[i].start < h->samples[i].end);
			assert_true(h->samples[i].end - h->samples[i].start <= longest[k] * 8);
			assert_true(i == 1 || h->samples[i - 1].end <= h->samples[i].start);
		}
		done(&s, h);
	}
}

static void activity__more_segments_than_allowed__limit(void **state)
{
	static const char *const set[] = {"max_segments", "2", NULL};
	sound s = new_sound(8, 8000, 1);
	heard *h;

	(void)state;
	add_noise(&s, 0, 8, -70);
	for (double t = 1; t < 7; t += 1.5)
		add_tone(&s, t, t + 0.5, 500, 0.3);
	h = listen(&s, 8000, set);
	assert_int_equal(h->code, ASSAY_EFULL);
	assert_string_equal(h->err.msg, "more than 2 segments of speech; see max_segments");
	done(&s, h);
}

/* ---------------------------------------------------------------- nothing but the samples matters */

static void activity__any_block_size__same_results(void **state)
{
	static const size_t steps[] = {1, 7, 440, 441, 1000, 16384};
	sound s = new_sound(6, 44100, 2);
	heard *whole;

	(void)state;
	add_noise(&s, 0, 6, -50);
	add_tone(&s, 1, 1.7, 300, 0.2);
	add_tone(&s, 3, 4.111, 1300, 0.1);
	whole = listen(&s, s.frames, NULL);
	assert_int_equal(whole->count, 3);
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		heard *parts = listen(&s, steps[i], NULL);
		assert_int_equal(parts->count, whole->count);
		assert_memory_equal(parts->samples, whole->samples, sizeof whole->samples);
		free(parts);
	}
	done(&s, whole);
}

static void activity__not_finite__heard_as_silence(void **state)
{
	sound a = new_sound(3, 16000, 1);
	sound b = new_sound(3, 16000, 1);
	heard *ha, *hb;

	(void)state;
	add_noise(&a, 0, 3, -50);
	add_noise(&b, 0, 3, -50);
	for (size_t i = 20000; i < 20400; i++) {
		a.x[i] = i % 3 == 0 ? NAN : i % 3 == 1 ? INFINITY : -INFINITY;
		b.x[i] = 0;
	}
	ha = listen(&a, 1000, NULL);
	hb = listen(&b, 1000, NULL);
	assert_memory_equal(ha->samples, hb->samples, sizeof ha->samples);
	done(&a, ha);
	done(&b, hb);
}

/* 64 channels, a rate below 100 Hz, one above 2 MHz, all at eight full scales and more: nothing overflows. */
static void activity__extremes__hold(void **state)
{
	static const uint32_t rates[] = {1, 50, 7999, 2822400};

	(void)state;
	for (size_t r = 0; r < 4; r++) {
		sound s = {.frames = rates[r] < 1000 ? 500 : 60000, .rate = rates[r], .channels = 64};
		heard *h;
		s.x = calloc(s.frames * 64, sizeof *s.x);
		for (size_t i = 0; i < s.frames * 64; i++)
			s.x[i] = i / 64 / 5000 % 2 ? 1e30F : -1e30F;
		h = listen(&s, 77, NULL);
		assert_int_equal(h->code, ASSAY_OK);
		assert_int_equal(value(h, 0, "audio.speech_ratio") + value(h, 0, "audio.pause_ratio"), 10000);
		done(&s, h);
	}
}

/* ---------------------------------------------------------------- the floor, by its definition */

static uint64_t plain_power(const uint64_t *p, size_t n, size_t i, bool *sounds)
{
	const size_t from = i > 0 ? i - 1 : 0;
	const size_t to = i + 1 < n ? i + 1 : i;
	uint64_t sum = 0;

	*sounds = true;
	for (size_t k = from; k <= to; k++) {
		sum += p[k];
		*sounds = *sounds && p[k] >= 1100;
	}
	return sum / (to - from + 1);
}

/* Has it been as quiet for half a second, up to frame i? */
static bool plain_pause(const uint64_t *p, size_t i)
{
	size_t silent = 0;

	while (silent <= i && silent < 50 && p[i - silent] < 1100)
		silent++;
	return silent == 50;
}

static uint64_t plain_floor(const uint64_t *p, size_t n, size_t i)
{
	const size_t block = i / ACTIVITY_BLOCK;
	const size_t from = block > ACTIVITY_REACH ? (block - ACTIVITY_REACH) * ACTIVITY_BLOCK : 0;
	const size_t to = (block + ACTIVITY_REACH + 1) * ACTIVITY_BLOCK;
	uint64_t least = UINT64_MAX;

	for (size_t k = from; k < n && k < to; k++) {
		bool sounds;
		const uint64_t v = plain_power(p, n, k, &sounds);
		least = sounds && v < least ? v : least;
		least = plain_pause(p, k) ? 0 : least;
	}
	return least == UINT64_MAX ? 0 : least;
}

static void floor__random_powers__equals_plain_definition(void **state)
{
	static const size_t lengths[] = {1, 2, 9, 10, 11, 209, 210, 211, 420, 3000};
	uint64_t p[3000];
	uint32_t seed = 9;

	(void)state;
	for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++) {
		activity_floor *f = calloc(1, sizeof *f);
		const size_t n = lengths[l];
		size_t taken = 0;
		for (size_t i = 0; i < n; i++) {
			seed = seed * 1664525u + 1013904223u;
			p[i] = i / 700 % 2 ? seed % (i % 700 < 60 ? 1100 : 1200) : seed >> (seed >> 28);
		}
		for (size_t i = 0; i <= n; i++) {
			activity_sound s;
			bool sounds;
			if (i < n)
				activity_floor_push(f, &(activity_frame){.power = p[i], .frames = (uint32_t)i});
			for (; activity_floor_take(f, i == n, &s); taken++) {
				assert_int_equal(s.frame.frames, taken);
				assert_int_equal(s.power, plain_power(p, n, taken, &sounds));
				assert_int_equal(s.floor, plain_floor(p, n, taken));
			}
			assert_true(i == n || i < taken + (ACTIVITY_REACH + 2) * ACTIVITY_BLOCK);
		}
		assert_int_equal(taken, n);
		free(f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(activity__planted_bursts__found_with_their_levels),
	    cmocka_unit_test(activity__bursts_of_known_ratio__snr),
	    cmocka_unit_test(activity__steady_sound__is_noise_and_not_speech),
	    cmocka_unit_test(activity__dropout_in_noise__no_speech),
	    cmocka_unit_test(activity__bursts_over_any_quiet__all_found),
	    cmocka_unit_test(activity__digital_silence__nothing),
	    cmocka_unit_test(activity__offset_and_rumble__not_heard_and_do_not_mask),
	    cmocka_unit_test(activity__click__no_segment),
	    cmocka_unit_test(activity__longer_than_allowed__cut_where_quietest),
	    cmocka_unit_test(activity__any_settings__segments_ascend_and_are_short_enough),
	    cmocka_unit_test(activity__more_segments_than_allowed__limit),
	    cmocka_unit_test(activity__any_block_size__same_results),
	    cmocka_unit_test(activity__not_finite__heard_as_silence),
	    cmocka_unit_test(activity__extremes__hold),
	    cmocka_unit_test(floor__random_powers__equals_plain_definition),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
