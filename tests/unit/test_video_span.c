/* Units of a span: a shot comes out of it as out of the whole stream, wherever decoding began. */
#include "test_av_media.h"

#include "audio.h"
#include "frames.h"

enum { FPS = 10, FRAMES = 12 * FPS };

/* A texture that is another for every scene, and moves. */
static void paint(AVFrame *f, int scene, int n)
{
	for (int p = 0; p < 3; p++)
		for (int y = 0; y < (p == 0 ? f->height : f->height / 2); y++)
			for (int x = 0; x < (p == 0 ? f->width : f->width / 2); x++) {
				const int cell = ((x + n) / 24 * 7 + y / 24 * 13 + scene * 29) * 37 % 200;
				f->data[p][y * f->linesize[p] + x] = (uint8_t)(p == 0 ? 20 + cell : 128);
			}
}

/* Shots of 2, 3, 1, 4 and 2 seconds; the fourth stands still for a while after it has begun. */
static void paint_shots(AVFrame *f, int n)
{
	static const int begins[] = {0, 2 * FPS, 5 * FPS, 6 * FPS, 10 * FPS, FRAMES};
	int scene = 0;

	while (n >= begins[scene + 1])
		scene++;
	paint(f, scene, n <= 64 ? n : n < 88 ? 64 : n - 23);
}

/* The last frame of the second shot is shown for half a second more than it says. */
static int64_t late(int n)
{
	return n < 5 * FPS ? n : n + FPS / 2;
}

static const clip base = {.format = "mp4",
			  .codec = AV_CODEC_ID_MPEG4,
			  .pixels = AV_PIX_FMT_YUV420P,
			  .width = 160,
			  .height = 120,
			  .frame = {1, FPS},
			  .frames = FRAMES,
			  .paint = paint_shots,
			  .sound_streams = 1};

static const char *max_damage; /* NULL: the reader's default */

static test_chain make_chain(void)
{
	test_chain c = {0};

	chain_add(&c, &assay_stage_video_read);
	if (max_damage != NULL)
		chain_set(&c, "max_damage", max_damage);
	chain_add(&c, &assay_stage_video_shots);
	chain_add(&c, &assay_stage_video_quality);
	chain_add(&c, &assay_stage_video_keyframes);
	chain_add(&c, &assay_stage_audio_levels);
	return c;
}

static uint64_t dropped(const test_chain *c)
{
	uint64_t n = 0;

	for (size_t i = 0; i < c->r.steps[0].drop_count; i++)
		if (strcmp(c->r.steps[0].drops[i].reason, "a frame before the span") == 0)
			n += c->r.steps[0].drops[i].count;
	return n;
}

static void assert_same_time(assay_time a, assay_time b)
{
	assert_int_equal(a.ticks, b.ticks);
	assert_int_equal(a.num, b.num);
	assert_int_equal(a.den, b.den);
}

/* Every measurement, artifact and time of the shot. */
static void assert_same_sample(const assay_result_sample *a, const assay_result_sample *b)
{
	assert_string_equal(a->part, b->part);
	assert_int_equal(a->kind, b->kind);
	assert_true(a->has_span && b->has_span);
	assert_same_time(a->start, b->start);
	assert_same_time(a->end, b->end);
	assert_int_equal(a->measurement_count, b->measurement_count);
	for (size_t i = 0; i < a->measurement_count; i++) {
		assert_int_equal(a->measurements[i].metric, b->measurements[i].metric);
		assert_int_equal(a->measurements[i].defined, b->measurements[i].defined);
		if (a->measurements[i].value != b->measurements[i].value)
			fail_msg("%s: metric %u is %lld, in the whole stream %lld", a->part, a->measurements[i].metric,
				 (long long)b->measurements[i].value, (long long)a->measurements[i].value);
		if (!a->measurements[i].defined)
			assert_string_equal(a->measurements[i].reason, b->measurements[i].reason);
	}
	assert_int_equal(a->artifact_count, 1);
	assert_int_equal(b->artifact_count, 1);
	assert_true(assay_digest_eq(&a->artifacts[0].digest, &b->artifacts[0].digest));
}

static assay_part span_of(const assay_result_sample *s)
{
	assay_part p = {.stream = ASSAY_PART_VIDEO};

	assert_true(assay_part_bound(&p, s->start, s->end));
	return p;
}

static unsigned begun_again; /* spans that were read from the beginning of the stream after all */

/* Returns the most frames before a span that were decoded for it. */
static uint64_t assert_spans(int fd, const char *what)
{
	test_chain whole = make_chain(), part = make_chain();
	uint64_t most = 0;
	size_t shots = 0;

	chain_run(&whole, fd);
	assert_ok(&whole);
	for (size_t i = 0; i < whole.r.sample_count; i++) {
		const assay_result_sample *s = &whole.r.samples[i];
		assay_part p;

		if (s->kind != ASSAY_SAMPLE_SHOT)
			continue;
		shots++;
		p = span_of(s);
		for (int from_start = 0; from_start < 2; from_start++) {
			chain_run_part(&part, fd, &p, from_start != 0);
			if (part.r.failure != ASSAY_FAILURE_NONE)
				fail_msg("%s, %s: %s", what, s->part, part.r.message);
			assert_int_equal(part.r.sample_count, 2); /* the video that holds it, and the shot */
			assert_same_sample(s, &part.r.samples[1]);
			assert_int_equal(part.pngs, 1);
			assert_undefined(&part, 0, "video.luma", "a span of it was read");
			assert_undefined(&part, 0, "video.shots", "not measured");
			if (from_start == 0) {
				const int64_t frames = metric(&whole, i, "shot.frames");

				assert_true(part.r.steps[0].out >= (uint64_t)frames);
				begun_again += part.r.steps[0].out > (uint64_t)frames + 1;
				most = dropped(&part) > most ? dropped(&part) : most;
			} else {
				assert_int_equal(dropped(&part), 0);
			}
		}
	}
	assert_true(shots >= 5); /* damage may look like a cut */
	chain_close(&whole);
	chain_close(&part);
	return most;
}

static void video_span__containers_and_codecs__as_in_the_whole_stream(void **state)
{
	static const struct {
		const char *format;
		enum AVCodecID codec;
		enum AVPixelFormat pixels;
		int b_frames, gop;
		bool sought;
		int64_t (*when)(int n);
	} cases[] = {
	    {"mp4", AV_CODEC_ID_MPEG4, AV_PIX_FMT_YUV420P, 2, 12, true, NULL},
	    {"matroska", AV_CODEC_ID_MPEG4, AV_PIX_FMT_YUV420P, 0, 25, true, NULL},
	    {"matroska", AV_CODEC_ID_FFV1, AV_PIX_FMT_YUV420P, 0, 10, true, NULL},
	    {"matroska", AV_CODEC_ID_MJPEG, AV_PIX_FMT_YUVJ420P, 0, 1, true, late},
	    {"mov", AV_CODEC_ID_MJPEG, AV_PIX_FMT_YUVJ420P, 0, 1, true, NULL},
	    {"mp4", AV_CODEC_ID_H264, AV_PIX_FMT_YUV420P, 3, 30, true, NULL},
	    {"mp4", AV_CODEC_ID_MPEG2VIDEO, AV_PIX_FMT_YUV420P, 2, 12, true, NULL},
	    {"avi", AV_CODEC_ID_MPEG4, AV_PIX_FMT_YUV420P, 0, 12, false, NULL},
	    {"mpegts", AV_CODEC_ID_MPEG2VIDEO, AV_PIX_FMT_YUV420P, 2, 12, false, NULL},
	    {"mp4", AV_CODEC_ID_MPEG4, AV_PIX_FMT_YUV420P, 2, 1000, false, NULL}, /* one key frame: it is the first */
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		clip c = base;
		uint64_t most;
		int fd;

		c.format = cases[i].format;
		c.codec = cases[i].codec;
		c.pixels = cases[i].pixels;
		c.b_frames = cases[i].b_frames;
		c.gop = cases[i].gop;
		c.when = cases[i].when;
		c.sound_streams = strcmp(c.format, "mp4") == 0;
		if (avcodec_find_encoder(c.codec) == NULL) {
			print_message("skipped: no encoder for %s\n", avcodec_get_name(c.codec));
			continue;
		}
		fd = make_clip(&c);
		begun_again = 0;
		most = assert_spans(fd, c.format);
		assert_int_equal(begun_again, 0);
		print_message("%s, %s: up to %u frames before a span\n", c.format, avcodec_get_name(c.codec),
			      (unsigned)most);
		/* The last shot begins after 10 s: 2 s, and what is left of a group of pictures. */
		if (cases[i].sought)
			assert_in_range(most, 2 * FPS - 1, 2 * FPS + cases[i].gop + 2);
		else
			assert_in_range(most, 10 * FPS - 1, 10 * FPS - 1);
		close(fd);
	}
}

/* The container says that one can begin anywhere; the pictures say otherwise. */
static void video_span__key_frames_that_are_none__as_in_the_whole_stream(void **state)
{
	static const enum AVCodecID codecs[] = {AV_CODEC_ID_MPEG4, AV_CODEC_ID_H264, AV_CODEC_ID_MPEG2VIDEO};

	(void)state;
	for (size_t i = 0; i < sizeof codecs / sizeof *codecs; i++) {
		clip c = base;
		int fd;

		c.codec = codecs[i];
		c.gop = 1000;
		c.all_key = true;
		if (avcodec_find_encoder(c.codec) == NULL)
			continue;
		fd = make_clip(&c);
		begun_again = 0;
		(void)assert_spans(fd, avcodec_get_name(c.codec));
		assert_int_equal(begun_again, 3); /* those that begin after 5 s, 6 s and 10 s */
		close(fd);
	}
}

static void video_span__damage__as_in_the_whole_stream(void **state)
{
	const int fd = make_clip(&base);
	const off_t size = file_size(fd);

	(void)state;
	/* Within the packets of the last shots; the index stands behind them. */
	for (off_t at = size * 6 / 10; at < size * 8 / 10; at += size / 50)
		assert_int_equal(pwrite(fd, "\xa5\x5a\xff", 3, at), 3);
	max_damage = "1";
	begun_again = 0;
	(void)assert_spans(fd, "damaged");
	assert_true(begun_again > 0);
	max_damage = NULL;
	close(fd);
}

/* What stood still before a shot began is in the measure of the shot: a frame before it does not tell since when. */
static void video_quality__still_across_the_begin__begun_again(void **state)
{
	const int fd = make_clip(&base);
	test_chain c = make_chain();
	assay_part p = {.stream = ASSAY_PART_VIDEO};
	assay_part still;

	(void)state;
	chain_run(&c, fd);
	assert_ok(&c);
	p = span_of(&c.r.samples[5]);
	still = p;
	/* As if a shot began where the picture stands still: 1.2 s after the cut. */
	still.start.ticks += (int64_t)still.start.den * 12 / 10;
	chain_run_part(&c, fd, &p, false);
	assert_in_range(c.r.steps[0].out, 4 * FPS, 4 * FPS + 1);
	chain_run_part(&c, fd, &still, false);
	assert_ok(&c);
	assert_int_equal(c.r.steps[0].out, 10 * FPS); /* all from the first frame on */
	/* It stands still from frame 64 to 88, from 72 on within the span. */
	assert_in_range(metric(&c, 1, "shot.frozen_longest"), 1560000, 1640000);
	chain_close(&c);
	close(fd);
}

static void video_span__no_frame__refused(void **state)
{
	const int fd = make_clip(&base);
	test_chain c = make_chain();
	assay_part p = {.stream = ASSAY_PART_VIDEO};

	(void)state;
	assert_true(assay_part_bound(&p, (assay_time){1000, 1, 1}, (assay_time){1001, 1, 1}));
	chain_run_part(&c, fd, &p, false);
	assert_failure(&c, ASSAY_FAILURE_DECODE, "the span has no frame");
	assert_true(assay_part_bound(&p, (assay_time){INT64_MAX - 1, 1, 1}, (assay_time){INT64_MAX, 1, 1}));
	chain_run_part(&c, fd, &p, false);
	assert_failure(&c, ASSAY_FAILURE_DECODE, "the span has no frame");
	assert_true(assay_part_bound(&p, (assay_time){INT64_MIN, 1, INT32_MAX}, (assay_time){-1000, 1, 1}));
	chain_run_part(&c, fd, &p, false);
	assert_failure(&c, ASSAY_FAILURE_DECODE, "the span has no frame");
	chain_close(&c);
	close(fd);
}

static void assert_second_stream(const assay_stage *reader, int fd, size_t at)
{
	const assay_part second = {.stream = ASSAY_PART_AUDIO, .audio = 2};
	const assay_part fifth = {.stream = ASSAY_PART_AUDIO, .audio = 5};
	test_chain whole = {0}, part = {0};

	chain_add(&whole, reader);
	chain_add(&whole, &assay_stage_audio_levels);
	chain_add(&part, reader);
	chain_add(&part, &assay_stage_audio_levels);
	chain_run(&whole, fd);
	assert_ok(&whole);
	chain_run_part(&part, fd, &second, false);
	assert_ok(&part);
	assert_int_equal(part.r.sample_count, 1);
	assert_string_equal(part.r.samples[0].part, "audio=2");
	assert_string_equal(whole.r.samples[at].part, "audio=2");
	assert_int_equal(metric(&part, 0, "audio.rms"), metric(&whole, at, "audio.rms"));
	assert_int_equal(metric(&part, 0, "audio.duration"), metric(&whole, at, "audio.duration"));
	assert_true(part.r.steps[0].out < whole.r.steps[0].out);
	chain_run_part(&part, fd, &fifth, false);
	assert_failure(&part, ASSAY_FAILURE_EMPTY, "no audio stream 5");
	chain_close(&whole);
	chain_close(&part);
}

static void readers__one_audio_stream__nothing_else(void **state)
{
	clip c = base;
	int fd;

	(void)state;
	c.sound_streams = 3;
	fd = make_clip(&c);
	assert_second_stream(&assay_stage_video_read, fd, 2);
	assert_second_stream(&assay_stage_audio_read, fd, 1);
	close(fd);
}

static void video_read__its_video_alone__no_sound(void **state)
{
	const assay_part video = {.stream = ASSAY_PART_VIDEO};
	const int fd = make_clip(&base);
	test_chain whole = make_chain(), part = make_chain();

	(void)state;
	chain_run(&whole, fd);
	assert_ok(&whole);
	chain_run_part(&part, fd, &video, false);
	assert_ok(&part);
	assert_int_equal(whole.r.sample_count, 7);
	assert_int_equal(part.r.sample_count, 6);
	for (size_t i = 1; i < 6; i++)
		assert_same_sample(&whole.r.samples[i + 1], &part.r.samples[i]);
	assert_int_equal(metric(&part, 0, "video.audio_streams"), 1);
	chain_close(&whole);
	chain_close(&part);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(video_span__containers_and_codecs__as_in_the_whole_stream),
	    cmocka_unit_test(video_span__key_frames_that_are_none__as_in_the_whole_stream),
	    cmocka_unit_test(video_span__damage__as_in_the_whole_stream),
	    cmocka_unit_test(video_quality__still_across_the_begin__begun_again),
	    cmocka_unit_test(video_span__no_frame__refused),
	    cmocka_unit_test(readers__one_audio_stream__nothing_else),
	    cmocka_unit_test(video_read__its_video_alone__no_sound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
