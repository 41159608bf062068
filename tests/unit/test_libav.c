#include "test_av_media.h"

#include "audio.h"
#include "frames.h"
#include "libav.h"
#include "pcm.h"

#include <fcntl.h>

static void run_on(test_chain *c, const assay_stage *reader, int fd)
{
	*c = (test_chain){0};
	chain_add(c, reader);
	chain_run(c, fd);
}

static void paint_grey(AVFrame *f, int n)
{
	for (int p = 0; p < 3; p++)
		for (int y = 0; y < (p == 0 ? f->height : f->height / 2); y++)
			memset(f->data[p] + y * f->linesize[p], 60 + n, (size_t)(p == 0 ? f->width : f->width / 2));
}

static const clip small = {.format = "matroska",
			   .codec = AV_CODEC_ID_MPEG4,
			   .pixels = AV_PIX_FMT_YUV420P,
			   .width = 64,
			   .height = 48,
			   .frame = {1, 25},
			   .frames = 25,
			   .paint = paint_grey};

/* A playlist beside a good file: opened by name it would play it. */
static void open__playlists__reach_no_neighbour(void **state)
{
	char dir[] = "/tmp/assay-av-XXXXXX";
	static const struct {
		const char *before, *after;
	} texts[] = {{"ffconcat version 1.0\nfile '", "/good.mkv'\n"},
		     {"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n", "/good.mkv\n#EXT-X-ENDLIST\n"},
		     {"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\n"
		      "a=rtpmap:96 H264/90000\na=x:",
		      "\n"}};
	const int good = make_clip(&small);
	char *path, *from;
	int copy;

	(void)state;
	assert_non_null(mkdtemp(dir));
	path = assay_asprintf("%s/good.mkv", dir);
	copy = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	from = malloc((size_t)file_size(good));
	assert_int_equal(pread(good, from, (size_t)file_size(good), 0), file_size(good));
	assert_int_equal(write(copy, from, (size_t)file_size(good)), file_size(good));
	for (size_t i = 0; i < ASSAY_COUNT(texts); i++) {
		char text[400];
		test_chain c;
		int fd;
		(void)snprintf(text, sizeof text, "%s%s%s", texts[i].before, dir, texts[i].after);
		fd = new_file(text, strlen(text));
		run_on(&c, &assay_stage_video_read, fd);
		assert_failure(&c, ASSAY_FAILURE_UNSUPPORTED, "no recording");
		chain_close(&c);
		run_on(&c, &assay_stage_audio_read, fd);
		assert_failure(&c, ASSAY_FAILURE_UNSUPPORTED, "no recording");
		chain_close(&c);
		(void)close(fd);
	}
	(void)unlink(path);
	(void)rmdir(dir);
	(void)close(copy);
	(void)close(good);
	free(path);
	free(from);
}

static void open__nothing_or_noise__empty_or_decode(void **state)
{
	unsigned char noise[5000];
	unsigned seed = 7;
	test_chain c;
	int fd;

	(void)state;
	for (size_t i = 0; i < sizeof noise; i++) {
		seed = seed * 1103515245u + 12345u;
		noise[i] = (unsigned char)(seed >> 16);
	}
	fd = new_file("", 0);
	run_on(&c, &assay_stage_video_read, fd);
	assert_failure(&c, ASSAY_FAILURE_EMPTY, "no bytes");
	chain_close(&c);
	(void)close(fd);
	fd = new_file(noise, sizeof noise);
	run_on(&c, &assay_stage_video_read, fd);
	assert_failure(&c, ASSAY_FAILURE_DECODE, "");
	chain_close(&c);
	(void)close(fd);
}

static void read__other_kind_of_stream__empty(void **state)
{
	const int fd = make_clip(&small);
	test_chain c;

	(void)state;
	run_on(&c, &assay_stage_audio_read, fd);
	assert_failure(&c, ASSAY_FAILURE_EMPTY, "no audio stream");
	chain_close(&c);
	(void)close(fd);
}

static void audio_read__container_with_video__its_sound_only(void **state)
{
	clip k = small;
	test_chain c;
	int fd;

	(void)state;
	k.format = "mp4";
	k.sound_streams = 2;
	fd = make_clip(&k);
	run_on(&c, &assay_stage_audio_read, fd);
	assert_ok(&c);
	assert_int_equal(c.r.sample_count, 2);
	assert_string_equal(c.r.samples[0].part, "");
	assert_string_equal(c.r.samples[1].part, "audio=2");
	assert_int_equal(metric(&c, 1, "audio.sample_rate"), 48000);
	assert_in_range(metric(&c, 1, "audio.duration"), 990000, 1050000);
	assert_undefined(&c, 0, "audio.bits", "lossy or floating point");
	chain_close(&c);
	(void)close(fd);
}

static void is_short__margin__half_a_second_or_two_percent(void **state)
{
	const AVRational ms = {1, 1000};

	(void)state;
	assert_false(assay_av_is_short(ASSAY_AV_UNDECLARED, 0, ms));
	assert_false(assay_av_is_short(1000, 500, ms));
	assert_true(assay_av_is_short(1000, 499, ms));
	assert_false(assay_av_is_short(100000, 98000, ms));
	assert_true(assay_av_is_short(100000, 97999, ms));
	assert_false(assay_av_is_short(1000, 5000, ms));
}

static void interleave__integers__exact_scale(void **state)
{
	const int16_t left[] = {-32768, 0, 32767}, right[] = {1, -1, 16384};
	const int32_t wide[] = {INT32_MIN, 256, 0x7fffff00};
	const uint8_t bytes[] = {0, 128, 255};
	uint8_t *planes[2] = {(uint8_t *)(uintptr_t)left, (uint8_t *)(uintptr_t)right};
	AVFrame f = {.format = AV_SAMPLE_FMT_S16P, .extended_data = planes, .nb_samples = 3};
	float out[6];

	(void)state;
	assay_pcm_interleave(out, &f, 1, 2, 2);
	assert_true(out[0] == 0 && out[1] == -0x1p-15F && out[2] == 32767 * 0x1p-15F && out[3] == 0.5F);
	f.format = AV_SAMPLE_FMT_S32;
	planes[0] = (uint8_t *)(uintptr_t)wide;
	assay_pcm_interleave(out, &f, 0, 3, 1);
	assert_true(out[0] == -1 && out[1] == 0x1p-23F && out[2] == 1 - 0x1p-23F);
	f.format = AV_SAMPLE_FMT_U8;
	planes[0] = (uint8_t *)(uintptr_t)bytes;
	assay_pcm_interleave(out, &f, 0, 3, 1);
	assert_true(out[0] == -1 && out[1] == 0 && out[2] == 127 * 0x1p-7F);
}

/* Broken files of other projects: whatever is accepted must at least have decoded something. */
static void corpus__known_outcomes__as_judged_by_hand(void **state)
{
	static const struct {
		const char *path;
		bool video;
		assay_failure failure;
	} cases[] = {
	    {"bad/video/decord_corrupted.mp4", true, ASSAY_FAILURE_DECODE},
	    {"bad/video/exo_sample_fragmented_clearkey.mp4", true, ASSAY_FAILURE_UNSUPPORTED},
	    {"bad/video/mp4parse_short-cenc.mp4", true, ASSAY_FAILURE_UNSUPPORTED},
	    {"bad/video/mp4parse_bipbop_nonfragment_header.mp4", true, ASSAY_FAILURE_SHORT},
	    {"video/exoplayer/sample_ac4.mp4", true, ASSAY_FAILURE_EMPTY},
	    {"video/exoplayer/invalid-bitstream.webm", true, ASSAY_FAILURE_DECODE},
	    {"video/exoplayer/sample_fragmented.mp4", true, ASSAY_FAILURE_NONE},
	    {"video/exoplayer/sample_mdat_too_long.mp4", true, ASSAY_FAILURE_NONE},
	    {"bad/audio/pocketsphinx_bad.wav", false, ASSAY_FAILURE_DECODE},
	    {"bad/audio/mutagen_52-too-short-block-size.flac", false, ASSAY_FAILURE_SHORT},
	    {"bad/audio/taglib_garbage.mp3", false, ASSAY_FAILURE_DECODE},
	    {"audio/formats/exo_sample_with_trailing_bytes.wav", false, ASSAY_FAILURE_NONE},
	    {"audio/known_bad/pydub_wrong_extension.aac", false, ASSAY_FAILURE_NONE},
	    {"audio/known_bad/openl3_empty.wav", false, ASSAY_FAILURE_EMPTY},
	};
	const char *dir = corpus();

	(void)state;
	for (size_t i = 0; dir != NULL && i < ASSAY_COUNT(cases); i++) {
		char *path = assay_asprintf("%s/%s", dir, cases[i].path);
		const int fd = open(path, O_RDONLY | O_CLOEXEC);
		test_chain c;
		assert_true(fd >= 0);
		run_on(&c, cases[i].video ? &assay_stage_video_read : &assay_stage_audio_read, fd);
		if (c.r.failure != cases[i].failure)
			fail_msg("%s: %s", path, c.r.message);
		chain_close(&c);
		(void)close(fd);
		free(path);
	}
}

/* ac4 has no decoder: the sample is there, and is rejected. */
static void corpus__unknown_codec__rejected_not_silent(void **state)
{
	const char *dir = corpus();
	char *path;
	test_chain c;
	int fd;

	(void)state;
	if (dir == NULL)
		return;
	path = assay_asprintf("%s/video/exoplayer/sample_ac4.mp4", dir);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	run_on(&c, &assay_stage_audio_read, fd);
	assert_ok(&c);
	assert_int_equal(c.r.sample_count, 1);
	assert_int_equal(c.r.samples[0].rejected, ASSAY_FAILURE_UNSUPPORTED);
	chain_close(&c);
	(void)close(fd);
	free(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(open__playlists__reach_no_neighbour),
	    cmocka_unit_test(open__nothing_or_noise__empty_or_decode),
	    cmocka_unit_test(read__other_kind_of_stream__empty),
	    cmocka_unit_test(audio_read__container_with_video__its_sound_only),
	    cmocka_unit_test(is_short__margin__half_a_second_or_two_percent),
	    cmocka_unit_test(interleave__integers__exact_scale),
	    cmocka_unit_test(corpus__known_outcomes__as_judged_by_hand),
	    cmocka_unit_test(corpus__unknown_codec__rejected_not_silent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
