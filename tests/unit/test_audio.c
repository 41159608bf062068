#include "test_av_media.h"

#include "audio.h"
#include "header.h"
#include "level_sums.h"

#include <fcntl.h>
#include <math.h>
#include <sndfile.h>

#define PI 3.14159265358979323846

/* ---------------------------------------------------------------- sound files in memory */

static int make_sound(int format, int rate, int channels, const float *x, size_t frames)
{
	const int fd = memfd_create("sound", 0);
	SF_INFO info = {.samplerate = rate, .channels = channels, .format = format};
	SNDFILE *sf = sf_open_fd(dup(fd), SFM_WRITE, &info, SF_TRUE);

	assert_non_null(sf);
	(void)sf_command(sf, SFC_SET_CLIPPING, NULL, SF_TRUE);
	assert_int_equal(sf_writef_float(sf, x, (sf_count_t)frames), frames);
	assert_int_equal(sf_close(sf), 0);
	return fd;
}

static float *sine(int rate, int channels, size_t frames, double hz, double amplitude)
{
	float *x = malloc(frames * (size_t)channels * sizeof *x);

	for (size_t i = 0; i < frames; i++)
		for (int c = 0; c < channels; c++)
			x[i * (size_t)channels + (size_t)c] = (float)(amplitude * sin(2 * PI * hz * (double)i / rate));
	return x;
}

static test_chain run_all(int fd)
{
	test_chain c = {0};

	chain_add(&c, &assay_stage_audio_read);
	chain_add(&c, &assay_stage_audio_levels);
	chain_add(&c, &assay_stage_audio_loudness);
	chain_run(&c, fd);
	return c;
}

static test_chain run_samples(int format, int rate, int channels, const float *x, size_t frames)
{
	const int fd = make_sound(format, rate, channels, x, frames);
	const test_chain c = run_all(fd);

	(void)close(fd);
	return c;
}

enum { WAV16 = SF_FORMAT_WAV | SF_FORMAT_PCM_16, WAVF = SF_FORMAT_WAV | SF_FORMAT_FLOAT };

/* ---------------------------------------------------------------- audio.levels */

/* Closed forms: a full-scale sine has RMS 1/sqrt 2 = -3.01 dB; of half amplitude, 6.02 dB less. */
static void levels__sine__closed_form(void **state)
{
	float *x = sine(48000, 2, 48000, 1000, 0.5);
	test_chain c = run_samples(WAVF, 48000, 2, x, 48000);

	(void)state;
	assert_ok(&c);
	assert_int_equal(metric(&c, 0, "audio.duration"), 1000000);
	assert_int_equal(metric(&c, 0, "audio.peak"), -602);
	assert_int_equal(metric(&c, 0, "audio.rms"), -903);
	assert_int_equal(metric(&c, 0, "audio.dc_offset"), 0);
	assert_int_equal(metric(&c, 0, "audio.clipping"), 0);
	assert_int_equal(metric(&c, 0, "audio.silence_ratio"), 0);
	assert_undefined(&c, 0, "audio.bits", "lossy or floating point");
	chain_close(&c);
	free(x);
}

static void levels__silence__minus_200_and_no_loudness(void **state)
{
	float *x = calloc(20000, sizeof *x);
	test_chain c = run_samples(WAV16, 16000, 1, x, 20000);

	(void)state;
	assert_ok(&c);
	assert_int_equal(metric(&c, 0, "audio.peak"), -20000);
	assert_int_equal(metric(&c, 0, "audio.rms"), -20000);
	assert_int_equal(metric(&c, 0, "audio.true_peak"), -20000);
	assert_int_equal(metric(&c, 0, "audio.silence_ratio"), 10000);
	assert_int_equal(metric(&c, 0, "audio.leading_silence"), 1250);
	assert_int_equal(metric(&c, 0, "audio.trailing_silence"), 1250);
	assert_int_equal(metric(&c, 0, "audio.bits"), 16);
	assert_undefined(&c, 0, "audio.loudness", "below the absolute gate of -70 LUFS");
	assert_undefined(&c, 0, "audio.loudness_range", "shorter than 3 s");
	chain_close(&c);
	free(x);
}

/* 1000 samples, of which runs of 2, 3 and 5 at full scale, and 3 whose sign changes: 8 are clipped. */
static void levels__planted_clipping_and_dc__counted_exactly(void **state)
{
	float x[1000];
	test_chain c;

	(void)state;
	for (size_t i = 0; i < 1000; i++)
		x[i] = 0.25F;
	x[10] = x[11] = 1.0F;
	x[20] = x[21] = x[22] = 1.0F;
	for (size_t i = 40; i < 45; i++)
		x[i] = -1.0F;
	x[60] = 1.0F;
	x[61] = -1.0F;
	x[62] = 1.0F;
	c = run_samples(WAV16, 50000, 1, x, 1000);
	assert_ok(&c);
	assert_int_equal(metric(&c, 0, "audio.clipping"), 8000);
	/* (987 * 8192 + 7 * 32767 - 6 * 32768) / 1000 / 32768 */
	assert_int_equal(metric(&c, 0, "audio.dc_offset"), 247750);
	assert_undefined(&c, 0, "audio.loudness", "shorter than 400 ms");
	chain_close(&c);
}

static void levels__silent_ends__measured_by_windows(void **state)
{
	float *x = calloc(8000, sizeof *x);
	test_chain c;

	(void)state;
	for (size_t i = 1600; i < 4000; i++)
		x[i] = i % 2 ? 0.5F : -0.5F;
	c = run_samples(WAV16, 8000, 1, x, 8000);
	assert_int_equal(metric(&c, 0, "audio.leading_silence"), 200);
	assert_int_equal(metric(&c, 0, "audio.trailing_silence"), 500);
	assert_int_equal(metric(&c, 0, "audio.silence_ratio"), 7000);
	chain_close(&c);
	free(x);
}

static void levels__not_finite__counted_and_undefined(void **state)
{
	float *x = sine(48000, 1, 48000, 100, 0.1);
	test_chain c;

	(void)state;
	x[100] = NAN;
	x[30000] = -INFINITY;
	c = run_samples(WAVF, 48000, 1, x, 48000);
	assert_ok(&c);
	assert_int_equal(metric(&c, 0, "audio.nonfinite"), 2);
	assert_undefined(&c, 0, "audio.rms", "some samples are not finite");
	assert_undefined(&c, 0, "audio.loudness", "some samples are not finite");
	chain_close(&c);
	free(x);
}

static void level_sums__random_with_odd_values__equals_plain_loop(void **state)
{
	static const float odd[] = {NAN,     INFINITY, -INFINITY, 0.0F,  -0.0F,   1e-40F,
				    7.9999F, 8.0F,     -9.0F,     1e30F, 0x1p-24F};
	float x[ASSAY_LEVEL_CHUNK];
	unsigned seed = 3;

	(void)state;
	for (size_t n = 0; n <= ASSAY_COUNT(x); n = n * 2 + 1) {
		assay_level_sums fast, plain;
		for (size_t i = 0; i < n; i++) {
			seed = seed * 1103515245u + 12345u;
			x[i] = (seed >> 16) % 50 == 0 ? odd[seed % ASSAY_COUNT(odd)]
						      : (float)((int)(seed >> 8) % 40000 - 20000) / 16384.0F;
		}
		assay_level_sums_of(&fast, x, n);
		assay_level_sums_plain(&plain, x, n);
		assert_true(fast.squares == plain.squares);
		assert_true(fast.nonfinite == plain.nonfinite);
		assert_true(fast.peak == plain.peak);
	}
}

/* ---------------------------------------------------------------- block borders do not matter */

typedef struct notes {
	assay_sink sink;
	int64_t values[32];
} notes;

static assay_code note(assay_sink *s, uint32_t sample, unsigned m, int64_t value, const char *undefined, assay_err *err)
{
	(void)sample, (void)err;
	((notes *)s->ctx)->values[m] = undefined != NULL ? INT64_MIN : value;
	return ASSAY_OK;
}

static void push_blocks(const assay_stage *stage, notes *n, const float *x, size_t frames, uint32_t channels,
			size_t step)
{
	static const assay_sink_ops ops = {.measure = note};
	void *params, *st;

	memset(n, 0, sizeof *n);
	n->sink = (assay_sink){&ops, n};
	assert_int_equal(assay_params_new(&params, stage, NULL), ASSAY_OK);
	assert_int_equal(stage->open(&st, NULL, params, NULL, 0, NULL), ASSAY_OK);
	for (size_t at = 0; at < frames; at += step) {
		assay_value v = {.kind = ASSAY_VALUE_PCM};
		v.u.pcm = (assay_pcm){.samples = x + at * channels,
				      .frames = frames - at < step ? frames - at : step,
				      .channels = channels,
				      .rate = 44100,
				      .first = at};
		assert_int_equal(stage->push(st, &v, &n->sink, NULL), ASSAY_OK);
	}
	assert_int_equal(stage->flush(st, &n->sink, NULL), ASSAY_OK);
	stage->close(st);
	assay_params_free(stage, params);
}

static void stages__any_block_size__same_results(void **state)
{
	static const size_t steps[] = {1, 7, 441, 882, 1000, 4096, 100000};
	const assay_stage *stages[] = {&assay_stage_audio_levels, &assay_stage_audio_loudness};
	const size_t frames = 60001;
	float *x = malloc(frames * 2 * sizeof *x);
	unsigned seed = 11;

	(void)state;
	for (size_t i = 0; i < frames * 2; i++) {
		seed = seed * 1103515245u + 12345u;
		x[i] = (float)((int)(seed >> 8) % 65536 - 32768) / 32768.0F * (i / 20000 % 2 ? 1.0F : 0.0001F);
		x[i] = i % 5000 < 20 ? 1.0F : x[i];
	}
	for (size_t s = 0; s < 2; s++) {
		notes whole, parts;
		push_blocks(stages[s], &whole, x, frames, 2, frames);
		for (size_t k = 0; k < ASSAY_COUNT(steps); k++) {
			push_blocks(stages[s], &parts, x, frames, 2, steps[k]);
			assert_memory_equal(whole.values, parts.values, sizeof whole.values);
		}
	}
	free(x);
}

/* ---------------------------------------------------------------- audio.loudness */

/* EBU Tech 3341, case 1: a stereo sine of 1 kHz at -23.0 dBFS reads -23.0 +- 0.1 LUFS. Case 2: -33. */
static void loudness__ebu_reference_tones__within_a_tenth(void **state)
{
	static const int cases[] = {-23, -33};

	(void)state;
	for (size_t k = 0; k < ASSAY_COUNT(cases); k++) {
		float *x = sine(48000, 2, 48000 * 20, 1000, pow(10, cases[k] / 20.0));
		test_chain c = run_samples(WAVF, 48000, 2, x, 48000 * 20);
		assert_ok(&c);
		assert_in_range(metric(&c, 0, "audio.loudness") + 10000, cases[k] * 100 - 10 + 10000,
				cases[k] * 100 + 10 + 10000);
		assert_in_range(metric(&c, 0, "audio.loudness_range"), 0, 10);
		assert_in_range(metric(&c, 0, "audio.true_peak") + 10000, cases[k] * 100 - 10 + 10000,
				cases[k] * 100 + 20 + 10000);
		chain_close(&c);
		free(x);
	}
}

/* EBU Tech 3341, case 15: a sine of a quarter of the rate, sampled 45 degrees off its peaks, at -6.0 dBTP: its
 * samples reach -9.03 dBFS only. Allowed: +0.2, -0.4 dB. */
static void loudness__peak_between_samples__found(void **state)
{
	float *x = malloc(48000 * sizeof *x);
	test_chain c;

	(void)state;
	for (int i = 0; i < 48000; i++)
		x[i] = (float)(0.5 * sin(PI / 2 * i + PI / 4));
	c = run_samples(WAVF, 48000, 1, x, 48000);
	assert_in_range(metric(&c, 0, "audio.peak") + 10000, 9096, 9098);
	assert_in_range(metric(&c, 0, "audio.true_peak") + 10000, 9360, 9420);
	chain_close(&c);
	free(x);
}

/* ---------------------------------------------------------------- audio.read */

static void read__every_format__same_samples(void **state)
{
	static const int formats[] = {WAV16,
				      SF_FORMAT_WAVEX | SF_FORMAT_PCM_16,
				      SF_FORMAT_RF64 | SF_FORMAT_PCM_16,
				      SF_FORMAT_W64 | SF_FORMAT_PCM_16,
				      SF_FORMAT_AIFF | SF_FORMAT_PCM_16,
				      SF_FORMAT_AU | SF_FORMAT_PCM_16,
				      SF_FORMAT_CAF | SF_FORMAT_PCM_16,
				      SF_FORMAT_FLAC | SF_FORMAT_PCM_16};
	float *x = sine(44100, 2, 44100 * 2, 997, 0.5);

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(formats); i++) {
		test_chain c = run_samples(formats[i], 44100, 2, x, 44100 * 2);
		assert_ok(&c);
		assert_int_equal(metric(&c, 0, "audio.duration"), 2000000);
		assert_int_equal(metric(&c, 0, "audio.duration_declared"), 2000000);
		assert_int_equal(metric(&c, 0, "audio.bits"), 16);
		assert_int_equal(metric(&c, 0, "audio.decode_errors"), 0);
		assert_int_equal(metric(&c, 0, "audio.peak"), -602);
		assert_int_equal(metric(&c, 0, "audio.rms"), -903);
		chain_close(&c);
	}
	free(x);
}

static void read__truncated__short(void **state)
{
	static const int formats[] = {WAV16,
				      SF_FORMAT_RF64 | SF_FORMAT_PCM_16,
				      SF_FORMAT_W64 | SF_FORMAT_PCM_16,
				      SF_FORMAT_AIFF | SF_FORMAT_PCM_16,
				      SF_FORMAT_AU | SF_FORMAT_PCM_16,
				      SF_FORMAT_CAF | SF_FORMAT_PCM_16,
				      SF_FORMAT_FLAC | SF_FORMAT_PCM_16};
	float *x = sine(44100, 2, 44100, 997, 0.9);

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(formats); i++) {
		const int fd = make_sound(formats[i], 44100, 2, x, 44100);
		test_chain c;
		cut_file(fd, 97);
		c = run_all(fd);
		assert_failure(&c, ASSAY_FAILURE_SHORT, "");
		chain_close(&c);
		(void)close(fd);
	}
	free(x);
}

/* A recorder that was killed leaves 0 or all ones as the length; the sound is there all the same. */
static void read__length_unknown__read_to_the_end(void **state)
{
	static const uint32_t lengths[] = {0, UINT32_MAX, 0x7ffff000};
	float *x = sine(8000, 1, 8000, 440, 0.5);

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(lengths); i++) {
		const int fd = make_sound(WAV16, 8000, 1, x, 8000);
		test_chain c;
		assert_int_equal(pwrite(fd, &lengths[i], 4, 40), 4);
		c = run_all(fd);
		assert_ok(&c);
		assert_undefined(&c, 0, "audio.duration_declared", "no header declares it");
		assert_int_equal(metric(&c, 0, "audio.duration"), 1000000);
		chain_close(&c);
		(void)close(fd);
	}
	free(x);
}

static void read__no_samples__empty(void **state)
{
	const float none = 0;
	test_chain c = run_samples(WAV16, 8000, 1, &none, 0);

	(void)state;
	assert_failure(&c, ASSAY_FAILURE_EMPTY, "no samples");
	chain_close(&c);
}

static void header__junk_sizes__never_past_the_end(void **state)
{
	unsigned char p[64] = "RIFF\xff\xff\xff\xffWAVEfmt \xff\xff\xff\xff";
	const int fd = new_file(p, sizeof p);
	assay_sound_header h;

	(void)state;
	for (uint64_t size = 0; size <= sizeof p; size++) {
		assert_int_equal(assay_sound_header_read(&h, fd, size, NULL), ASSAY_OK);
		assert_false(h.declared);
	}
	(void)close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(levels__sine__closed_form),
	    cmocka_unit_test(levels__silence__minus_200_and_no_loudness),
	    cmocka_unit_test(levels__planted_clipping_and_dc__counted_exactly),
	    cmocka_unit_test(levels__silent_ends__measured_by_windows),
	    cmocka_unit_test(levels__not_finite__counted_and_undefined),
	    cmocka_unit_test(level_sums__random_with_odd_values__equals_plain_loop),
	    cmocka_unit_test(stages__any_block_size__same_results),
	    cmocka_unit_test(loudness__ebu_reference_tones__within_a_tenth),
	    cmocka_unit_test(loudness__peak_between_samples__found),
	    cmocka_unit_test(read__every_format__same_samples),
	    cmocka_unit_test(read__truncated__short),
	    cmocka_unit_test(read__length_unknown__read_to_the_end),
	    cmocka_unit_test(read__no_samples__empty),
	    cmocka_unit_test(header__junk_sizes__never_past_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
