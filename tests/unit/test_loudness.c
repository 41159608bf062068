/* audio.loudness, by the test signals of EBU Tech 3341 and 3342, by libebur128, and by the plain versions of its parts. */
#include "audio.h"
#include "gate.h"
#include "kweight.h"
#include "true_peak.h"

#include "assay/params.h"

#include <ebur128.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define TAU 6.28318530717958647692

enum { INTEGRATED, RANGE, MOMENTARY, TRUE_PEAK, METRICS };

typedef struct sound {
	float *x;
	size_t frames;
	uint32_t rate, channels;
} sound;

typedef struct meter {
	assay_sink sink;
	int64_t values[METRICS]; /* hundredths */
	const char *why_not[METRICS];
} meter;

static assay_code note(assay_sink *s, uint32_t sample, unsigned m, int64_t value, const char *undefined, assay_err *err)
{
	meter *to = s->ctx;

	(void)sample, (void)err;
	to->values[m] = value;
	to->why_not[m] = undefined;
	return ASSAY_OK;
}

static meter measure(const sound *s, size_t step, const char *true_peak)
{
	static const assay_sink_ops ops = {.measure = note};
	const assay_stage *stage = &assay_stage_audio_loudness;
	meter m = {0};
	void *params, *state;

	m.sink = (assay_sink){&ops, &m};
	assert_int_equal(assay_params_new(&params, stage, NULL), ASSAY_OK);
	assert_int_equal(assay_params_set(stage, params, assay_param_find(stage, "true_peak"), true_peak, NULL),
			 ASSAY_OK);
	assert_int_equal(stage->open(&state, NULL, params, NULL, 0, NULL), ASSAY_OK);
	for (size_t at = 0; at < s->frames; at += step) {
		assay_value v = {.kind = ASSAY_VALUE_PCM};
		v.u.pcm = (assay_pcm){.samples = s->x + at * s->channels,
				      .frames = s->frames - at < step ? s->frames - at : step,
				      .channels = s->channels,
				      .rate = s->rate,
				      .first = at};
		assert_int_equal(stage->push(state, &v, &m.sink, NULL), ASSAY_OK);
	}
	assert_int_equal(stage->flush(state, &m.sink, NULL), ASSAY_OK);
	stage->close(state);
	assay_params_free(stage, params);
	return m;
}

static void assert_near(const meter *m, unsigned metric, double wanted, double below, double above)
{
	const double is = (double)m->values[metric] / 100;

	if (m->why_not[metric] != NULL)
		fail_msg("%s is undefined: %s", assay_stage_audio_loudness.metrics[metric].name, m->why_not[metric]);
	if (is < wanted - below - 1e-9 || is > wanted + above + 1e-9)
		fail_msg("%s is %.2f, not %.2f", assay_stage_audio_loudness.metrics[metric].name, is, wanted);
}

/* ---------------------------------------------------------------- EBU's signals */

typedef struct step {
	double seconds;
	double db[5]; /* peak of each channel re full scale */
} step;

/* A sine of 1 kHz, in all channels, that goes through these levels. */
static sound tones(const step *steps, size_t count, uint32_t channels)
{
	sound s = {.rate = 48000, .channels = channels};
	size_t at = 0;

	for (size_t i = 0; i < count; i++)
		s.frames += (size_t)(steps[i].seconds * s.rate);
	s.x = malloc(s.frames * channels * sizeof *s.x);
	for (size_t i = 0; i < count; i++) {
		const size_t n = (size_t)(steps[i].seconds * s.rate);
		double a[5];
		for (uint32_t c = 0; c < channels; c++)
			a[c] = pow(10, steps[i].db[c] / 20);
		for (size_t k = 0; k < n; k++, at++) {
			const double wave = sin(TAU * (double)(at % 48) / 48);
			for (uint32_t c = 0; c < channels; c++)
				s.x[at * channels + c] = (float)(a[c] * wave);
		}
	}
	return s;
}

/* Tech 3341, table 1, cases 1 to 6: integrated loudness -23.0 +- 0.1 LUFS (case 2: -33.0). */
static void loudness__tech_3341__integrated_within_a_tenth(void **state)
{
	static const struct {
		step steps[5];
		size_t count;
		uint32_t channels;
		double lufs;
	} cases[] = {
	    {{{20, {-23, -23}}}, 1, 2, -23},
	    {{{20, {-33, -33}}}, 1, 2, -33},
	    {{{10, {-36, -36}}, {60, {-23, -23}}, {10, {-36, -36}}}, 3, 2, -23},
	    {{{10, {-72, -72}}, {10, {-36, -36}}, {60, {-23, -23}}, {10, {-36, -36}}, {10, {-72, -72}}}, 5, 2, -23},
	    {{{20, {-26, -26}}, {20.1, {-20, -20}}, {20, {-26, -26}}}, 3, 2, -23},
	    {{{20, {-28, -28, -24, -30, -30}}}, 1, 5, -23},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		sound s = tones(cases[i].steps, cases[i].count, cases[i].channels);
		const meter m = measure(&s, s.frames, "false");
		assert_near(&m, INTEGRATED, cases[i].lufs, 0.1, 0.1);
		assert_string_equal(m.why_not[TRUE_PEAK], "turned off");
		free(s.x);
	}
}

/* Tech 3342, table 1, cases 1 to 4: loudness range 10, 5, 20, 15, +- 1 LU. */
static void loudness__tech_3342__range_within_a_unit(void **state)
{
	static const struct {
		step steps[5];
		size_t count;
		double lu;
	} cases[] = {
	    {{{20, {-20, -20}}, {20, {-30, -30}}}, 2, 10},
	    {{{20, {-20, -20}}, {20, {-15, -15}}}, 2, 5},
	    {{{20, {-40, -40}}, {20, {-20, -20}}}, 2, 20},
	    {{{20, {-50, -50}}, {20, {-35, -35}}, {20, {-20, -20}}, {20, {-35, -35}}, {20, {-50, -50}}}, 5, 15},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		sound s = tones(cases[i].steps, cases[i].count, 2);
		const meter m = measure(&s, s.frames, "false");
		assert_near(&m, RANGE, cases[i].lu, 1, 1);
		free(s.x);
	}
}

/* Tech 3341, cases 15 to 19: sines between whose samples the peaks lie. Allowed: -0.4, +0.2 dB. */
static void loudness__tech_3341__true_peak_within_tolerance(void **state)
{
	static const struct {
		double parts, degrees, amplitude, dbtp;
	} cases[] = {{4, 0, 0.5, -6}, {4, 45, 0.5, -6}, {6, 60, 0.5, -6}, {8, 67.5, 0.5, -6}, {4, 45, 1.41, 3}};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		sound s = {.frames = 48000, .rate = 48000, .channels = 2};
		meter m;
		s.x = malloc(s.frames * 2 * sizeof *s.x);
		/* faded in and out over 10 ms, as a step has peaks of its own */
		for (size_t k = 0; k < s.frames; k++) {
			const double from_end = fmin((double)k, (double)(s.frames - 1 - k)) / 480;
			const double wave = sin(TAU * (double)k / cases[i].parts + cases[i].degrees * TAU / 360);
			s.x[2 * k] = s.x[2 * k + 1] = (float)(cases[i].amplitude * fmin(from_end, 1) * wave);
		}
		m = measure(&s, s.frames, "true");
		assert_near(&m, TRUE_PEAK, cases[i].dbtp, 0.4, 0.2);
		free(s.x);
	}
}

/* ---------------------------------------------------------------- another program's answers */

static double noise(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return (double)(*seed >> 8) / (1 << 23) - 1;
}

/* Noise below a quarter of the rate, where oversampling filters agree, whose level wanders; different by channel. */
static sound wandering(uint32_t rate, uint32_t channels, double seconds)
{
	sound s = {.frames = (size_t)(seconds * rate), .rate = rate, .channels = channels};
	double last[64][4] = {0};
	uint32_t seed = rate + channels;

	s.x = malloc(s.frames * channels * sizeof *s.x);
	for (size_t i = 0; i < s.frames; i++)
		for (uint32_t c = 0; c < channels; c++) {
			const double t = (double)i / rate;
			const double gain = pow(10, -1.2 + sin(t * 0.7 + c) - (t > 9 && t < 13 ? 3 : 0));
			double v = noise(&seed);
			for (int k = 0; k < 4; k++) { /* one-pole low passes */
				last[c][k] += 0.4 * (v - last[c][k]);
				v = last[c][k];
			}
			s.x[i * channels + c] = (float)(3 * gain * v);
		}
	return s;
}

static void check_against_libebur128(uint32_t rate, uint32_t channels)
{
	sound s = wandering(rate, channels, 20.37);
	const meter m = measure(&s, 16384 / channels, "true");
	ebur128_state *e = ebur128_init(channels, rate, EBUR128_MODE_I | EBUR128_MODE_LRA | EBUR128_MODE_TRUE_PEAK);
	const size_t hop = (rate + 5) / 10;
	double lufs, lu, now, momentary = -HUGE_VAL, peak = 0;

	if (channels == 8) {
		(void)ebur128_set_channel(e, 4, EBUR128_Mp135);
		(void)ebur128_set_channel(e, 5, EBUR128_Mm135);
		(void)ebur128_set_channel(e, 6, EBUR128_Mp090);
		(void)ebur128_set_channel(e, 7, EBUR128_Mm090);
	}
	for (size_t at = 0; at < s.frames; at += hop) {
		const size_t n = s.frames - at < hop ? s.frames - at : hop;
		assert_int_equal(ebur128_add_frames_float(e, s.x + at * channels, n), 0);
		if (n == hop && at >= 3 * hop && ebur128_loudness_momentary(e, &now) == 0)
			momentary = fmax(momentary, now);
	}
	assert_int_equal(ebur128_loudness_global(e, &lufs) | ebur128_loudness_range(e, &lu), 0);
	for (uint32_t c = 0; c < channels; c++)
		peak = ebur128_true_peak(e, c, &now) == 0 ? fmax(peak, now) : peak;
	assert_near(&m, INTEGRATED, lufs, 0.01, 0.01);
	assert_near(&m, RANGE, lu, 0.03, 0.03);
	assert_near(&m, MOMENTARY, momentary, 0.01, 0.01);
	assert_near(&m, TRUE_PEAK, 20 * log10(peak), 0.1, 0.1); /* another filter */
	ebur128_destroy(&e);
	free(s.x);
}

static void loudness__wandering_noise__equals_libebur128(void **state)
{
	static const uint32_t rates[] = {8000, 11025, 16000, 22050, 44100, 48000, 96000, 192000};

	(void)state;
	for (size_t i = 0; i < sizeof rates / sizeof *rates; i++)
		check_against_libebur128(rates[i], 1 + (uint32_t)i % 2);
	for (uint32_t channels = 3; channels <= 9; channels++)
		check_against_libebur128(16000, channels);
}

/* ---------------------------------------------------------------- parts */

/* BS.1770-4, tables 1 and 2. */
static void kweight__48_khz__coefficients_of_the_standard(void **state)
{
	static const kweight standard = {
	    .shelf = {.b = {1.53512485958697, -2.69169618940638, 1.19839281085285},
		      .a = {1, -1.69065929318241, 0.73248077421585}},
	    .pass = {.b = {1, -2, 1}, .a = {1, -1.99004745483398, 0.99007225036621}},
	};
	kweight k;

	(void)state;
	kweight_design(&k, 48000);
	for (int i = 0; i < 3; i++) {
		assert_true(fabs(k.shelf.b[i] - standard.shelf.b[i]) < 1e-9);
		assert_true(fabs(k.shelf.a[i] - standard.shelf.a[i]) < 1e-9);
		assert_true(fabs(k.pass.b[i] - standard.pass.b[i]) < 1e-9);
		assert_true(fabs(k.pass.a[i] - standard.pass.a[i]) < 1e-9);
	}
}

/* Poles of z^2 + a1 z + a2 lie within the unit circle exactly when |a2| < 1 and |a1| < 1 + a2. */
static void kweight__any_rate__stable_and_near_the_tangent_of_libm(void **state)
{
	(void)state;
	for (uint32_t rate = KWEIGHT_RATE_MIN; rate < 3000000; rate += rate / 7) {
		const double t = tan(TAU / 2 * 1681.974450955533 / rate);
		const double t0 = 1 + t / 0.7071752369554196 + t * t;
		kweight k;
		kweight_design(&k, rate);
		assert_true(fabs(k.shelf.a[2]) < 1 && fabs(k.shelf.a[1]) < 1 + k.shelf.a[2]);
		assert_true(fabs(k.pass.a[2]) < 1 && fabs(k.pass.a[1]) < 1 + k.pass.a[2]);
		assert_true(fabs(k.shelf.a[1] - 2 * (t * t - 1) / t0) < 1e-13);
	}
}

static void true_peak__random_levels__equals_plain_convolution(void **state)
{
	float x[TRUE_PEAK_PAST + 5000] = {0};
	uint32_t seed = 77;

	(void)state;
	for (size_t n = 1; n <= 5000; n = n * 3 / 2 + 1) {
		float fast, plain;
		for (size_t i = 0; i < n; i++)
			x[TRUE_PEAK_PAST + i] = (float)(noise(&seed) * (i / 300 % 3 == 0 ? 1 : 0.45));
		fast = true_peak_push(0, x + TRUE_PEAK_PAST, n);
		plain = true_peak_plain(0, x + TRUE_PEAK_PAST, n);
		assert_memory_equal(&fast, &plain, sizeof fast);
		assert_true(fast > 0);
	}
}

/* The worst case of the bound: samples of full scale with the signs of the taps of phase 1, backwards. */
static void true_peak__signs_of_the_taps__sum_of_their_magnitudes(void **state)
{
	static const float worst[TRUE_PEAK_TAPS] = {-1, 1, -1, 1, -1, 1, 1, -1, 1, -1, 1, -1};
	float x[TRUE_PEAK_PAST + 300] = {0};
	float most = 0;

	(void)state;
	memcpy(x + 150, worst, sizeof worst);
	for (size_t i = 0; i < 300; i += 30)
		most = true_peak_push(most, x + TRUE_PEAK_PAST + i, 30);
	assert_true(fabsf(most - 2.0228271484375F) < 1e-6F); /* 16571 / 8192 */
	assert_true(true_peak_push(1.0F, x + TRUE_PEAK_PAST, 300) > 2.02F);
	assert_true(most < TRUE_PEAK_GAIN);
}

static int ascending(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Against all blocks, kept and sorted: means are those of the blocks, ranks lie within a bin or two (0.03 dB each). */
static void gate__random_powers__equals_a_list(void **state)
{
	enum { N = 4000 };
	gate *g = calloc(1, sizeof *g);
	double *list = malloc(N * sizeof *list);
	uint32_t seed = 4;
	size_t count = 0;
	double sum = 0, least;
	size_t first = 0;

	(void)state;
	assert_true(gate_mean(g, 0) == 0 && gate_at(g, 0, 0.5) == 0);
	for (size_t i = 0; i < N; i++) {
		const double p = pow(10, -4 + 4 * noise(&seed));
		gate_add(g, p);
		if (p > GATE_ABSOLUTE) {
			sum += p;
			list[count++] = p;
		}
	}
	assert_int_equal(g->count, count);
	assert_true(fabs(gate_mean(g, 0) / (sum / (double)count) - 1) < 1e-12);
	qsort(list, count, sizeof *list, ascending);
	least = gate_mean(g, 0) * 0.01;
	while (list[first] < least)
		first++;
	for (double share = 0; share <= 1; share += 0.05) {
		const double exact = list[first + (size_t)((double)(count - first - 1) * share + 0.5)];
		assert_true(fabs(10 * log10(gate_at(g, least, share) / exact)) < 0.1);
	}
	free(list);
	free(g);
}

static void gate__edges__hold(void **state)
{
	gate *g = calloc(1, sizeof *g);

	(void)state;
	gate_add(g, 0);
	gate_add(g, GATE_ABSOLUTE);
	gate_add(g, NAN);
	assert_int_equal(g->count, 0);
	gate_add(g, nextafter(GATE_ABSOLUTE, 1));
	gate_add(g, 1e300);
	gate_add(g, INFINITY);
	assert_int_equal(g->count, 3);
	assert_true(gate_at(g, 0, 1) > 1.6e7);
	assert_true(gate_at(g, 1e300, 0) > 1.6e7);
	free(g);
}

/* ---------------------------------------------------------------- odd input */

static void loudness__rates_that_cannot_be_weighed__undefined(void **state)
{
	static const uint32_t rates[] = {1, 1000, KWEIGHT_RATE_MIN - 1, 2822401};
	float x[6000] = {0.5F};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		const sound s = {x, 6000, rates[i], 1};
		const meter m = measure(&s, 1000, "true");
		for (unsigned k = 0; k < METRICS; k++)
			assert_string_equal(m.why_not[k], "sample rate out of range");
	}
}

static void loudness__huge_floats__no_trap(void **state)
{
	sound s = wandering(8000, 2, 4);
	meter m;

	(void)state;
	for (size_t i = 0; i < s.frames * 2; i++)
		s.x[i] = i % 3 ? 3e38F : -3e38F;
	m = measure(&s, 1000, "true");
	assert_near(&m, INTEGRATED, 71.5, 1, 1); /* the top of the scale: 2^24 */
	assert_null(m.why_not[RANGE]);
	free(s.x);
}

static void loudness__any_block_size__same_results(void **state)
{
	static const size_t steps[] = {1, 7, 255, 256, 257, 4410, 5461};
	sound s = wandering(44100, 3, 7.03);
	const meter whole = measure(&s, s.frames, "true");

	(void)state;
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		const meter parts = measure(&s, steps[i], "true");
		assert_memory_equal(parts.values, whole.values, sizeof whole.values);
	}
	free(s.x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(loudness__tech_3341__integrated_within_a_tenth),
	    cmocka_unit_test(loudness__tech_3342__range_within_a_unit),
	    cmocka_unit_test(loudness__tech_3341__true_peak_within_tolerance),
	    cmocka_unit_test(loudness__wandering_noise__equals_libebur128),
	    cmocka_unit_test(kweight__48_khz__coefficients_of_the_standard),
	    cmocka_unit_test(kweight__any_rate__stable_and_near_the_tangent_of_libm),
	    cmocka_unit_test(true_peak__random_levels__equals_plain_convolution),
	    cmocka_unit_test(true_peak__signs_of_the_taps__sum_of_their_magnitudes),
	    cmocka_unit_test(gate__random_powers__equals_a_list),
	    cmocka_unit_test(gate__edges__hold),
	    cmocka_unit_test(loudness__rates_that_cannot_be_weighed__undefined),
	    cmocka_unit_test(loudness__huge_floats__no_trap),
	    cmocka_unit_test(loudness__any_block_size__same_results),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
