#include "test_av_media.h"

#include "audio.h"
#include "frames.h"
#include "grid.h"
#include "sharpness.h"

#include <fcntl.h>

/* ---------------------------------------------------------------- pictures */

/* A texture that is another for every `scene`, drifting slowly with n. */
static void paint_scene(AVFrame *f, int scene, int n)
{
	for (int p = 0; p < 3; p++) {
		const int w = p == 0 ? f->width : f->width / 2;
		const int h = p == 0 ? f->height : f->height / 2;
		for (int y = 0; y < h; y++)
			for (int x = 0; x < w; x++) {
				const int cell = ((x + n) / 24 * 7 + y / 24 * 13 + scene * 29) * 37 % 200;
				f->data[p][y * f->linesize[p] + x] = (uint8_t)(p == 0 ? 20 + cell : 128);
			}
	}
}

static void paint_still(AVFrame *f, int n)
{
	(void)n;
	paint_scene(f, 1, 0);
}

static void paint_cuts(AVFrame *f, int n) /* cuts at 20, 45, 80 */
{
	paint_scene(f, n < 20 ? 1 : n < 45 ? 2 : n < 80 ? 3 : 4, n);
}

static void paint_flash(AVFrame *f, int n) /* two white frames at 30 */
{
	paint_scene(f, 1, n);
	if (n == 30 || n == 31)
		for (int y = 0; y < f->height; y++)
			memset(f->data[0] + y * f->linesize[0], 235, (size_t)f->width);
}

static void paint_dip(AVFrame *f, int n) /* fades to black and out again: darkest at 30 */
{
	const int level = n < 20 || n > 40 ? 10 : abs(n - 30);

	paint_scene(f, 1, n);
	for (int y = 0; y < f->height; y++)
		for (int x = 0; x < f->width; x++) {
			uint8_t *p = &f->data[0][y * f->linesize[0] + x];
			*p = (uint8_t)(16 + (*p - 16) * level / 10);
		}
}

static void paint_rgb(AVFrame *f, int n)
{
	(void)n;
	for (int y = 0; y < f->height; y++)
		for (int x = 0; x < f->width; x++)
			memset(f->data[0] + y * f->linesize[0] + 4 * x, 200, 4);
}

static void paint_grey16(AVFrame *f, int n)
{
	for (int y = 0; y < f->height; y++)
		for (int x = 0; x < f->width; x++)
			((uint16_t *)(void *)(f->data[0] + y * f->linesize[0]))[x] = (uint16_t)(1000 * n + x);
}

static const clip ntsc = {.format = "mp4",
			  .codec = AV_CODEC_ID_MPEG4,
			  .pixels = AV_PIX_FMT_YUV420P,
			  .width = 320,
			  .height = 240,
			  .frame = {1001, 30000},
			  .frames = 100,
			  .paint = paint_cuts};

/* ---------------------------------------------------------------- a stage that looks on */

static struct seen {
	unsigned frames, pcm;
	assay_time times[256];
	uint8_t depth;
	bool full_range;
	uint32_t corner; /* luma at (1, 0) of the last frame */
	uint64_t samples;
} seen;

static assay_code probe_push(void *state, const assay_value *v, assay_sink *sink, assay_err *err)
{
	const assay_frame *f = &v->u.frame;

	(void)state, (void)sink, (void)err;
	if (v->kind == ASSAY_VALUE_PCM) {
		seen.pcm++;
		seen.samples += v->u.pcm.frames;
		return ASSAY_OK;
	}
	assert_int_equal(f->index, seen.frames);
	seen.times[seen.frames++ % 256] = v->time;
	seen.depth = f->depth;
	seen.full_range = f->full_range;
	seen.corner = f->depth > 8 ? ((const uint16_t *)(const void *)f->luma)[1] : f->luma[1];
	return ASSAY_OK;
}

static const assay_metric no_metrics[] = {{0}};
static const assay_stage probe = {.abi = ASSAY_STAGE_ABI,
				  .name = "test.probe",
				  .version = 1,
				  .modality = ASSAY_MODALITY_VIDEO,
				  .observes = ASSAY_VALUE_FRAME | ASSAY_VALUE_PCM,
				  .determinism = ASSAY_EXACT,
				  .metrics = no_metrics,
				  .push = probe_push};

static test_chain run_reader(int fd)
{
	test_chain c = {0};

	seen = (struct seen){0};
	chain_add(&c, &assay_stage_video_read);
	chain_add(&c, &probe);
	chain_run(&c, fd);
	return c;
}

static test_chain run_shots(int fd, const char *fade_level)
{
	test_chain c = {0};

	chain_add(&c, &assay_stage_video_read);
	chain_add(&c, &assay_stage_video_shots);
	if (fade_level != NULL)
		chain_set(&c, "fade_level", fade_level);
	chain_add(&c, &assay_stage_video_keyframes);
	chain_run(&c, fd);
	return c;
}

/* ---------------------------------------------------------------- video.read */

static void video_read__ntsc_mp4__times_are_exact(void **state)
{
	const int fd = make_clip(&ntsc);
	test_chain c = run_reader(fd);

	(void)state;
	assert_ok(&c);
	assert_int_equal(seen.frames, 100);
	for (int i = 0; i < 100; i++) {
		const assay_time want = {(int64_t)i * 1001, 1, 30000};
		assert_int_equal(assay_time_cmp(seen.times[i], want), 0);
	}
	assert_int_equal(metric(&c, 0, "video.duration"), 3336667);
	assert_int_equal(metric(&c, 0, "video.frame_rate"), 29970);
	assert_int_equal(metric(&c, 0, "video.variable_frame_rate"), 0);
	assert_int_equal(metric(&c, 0, "video.decode_errors"), 0);
	assert_int_equal(metric(&c, 0, "video.timestamps_repaired"), 0);
	chain_close(&c);
	(void)close(fd);
}

static int64_t stutter(int n)
{
	return n * 2 + (n % 10 == 0 ? 1 : 0);
}

static void video_read__uneven_steps__variable_frame_rate(void **state)
{
	clip k = ntsc;
	test_chain c;
	int fd;

	(void)state;
	k.format = "matroska";
	k.when = stutter;
	fd = make_clip(&k);
	c = run_reader(fd);
	assert_ok(&c);
	assert_int_equal(metric(&c, 0, "video.frames"), 100);
	assert_int_equal(metric(&c, 0, "video.variable_frame_rate"), 1);
	chain_close(&c);
	(void)close(fd);
}

static void video_read__two_sound_streams__audio_samples(void **state)
{
	clip k = ntsc;
	test_chain c;
	int fd;

	(void)state;
	k.format = "matroska";
	k.sound_streams = 2;
	fd = make_clip(&k);
	c = run_reader(fd);
	assert_ok(&c);
	assert_int_equal(c.r.sample_count, 3);
	assert_string_equal(c.r.samples[0].part, "");
	assert_string_equal(c.r.samples[1].part, "audio=1");
	assert_string_equal(c.r.samples[2].part, "audio=2");
	assert_int_equal(c.r.samples[1].kind, ASSAY_SAMPLE_AUDIO);
	assert_int_equal(metric(&c, 1, "audio.bits"), 16);
	assert_int_equal(metric(&c, 1, "audio.timestamp_gaps"), 0);
	assert_int_equal(seen.samples, 2 * 160160);
	chain_close(&c);
	(void)close(fd);
}

static void video_read__without_sound__counted_and_not_read(void **state)
{
	clip k = ntsc;
	test_chain c = {0};
	int fd;

	(void)state;
	k.format = "matroska";
	k.sound_streams = 2;
	fd = make_clip(&k);
	seen = (struct seen){0};
	chain_add(&c, &assay_stage_video_read);
	chain_set(&c, "sound", "false");
	chain_add(&c, &probe);
	chain_run(&c, fd);
	assert_ok(&c);
	assert_int_equal(c.r.sample_count, 1);
	assert_int_equal(metric(&c, 0, "video.audio_streams"), 2);
	assert_int_equal(metric(&c, 0, "video.frames"), 100);
	assert_int_equal(seen.frames, 100);
	assert_int_equal(seen.samples, 0);
	chain_close(&c);
	(void)close(fd);
}

static void video_read__formats_without_8bit_luma__converted_or_in_place(void **state)
{
	const clip rgb = {.format = "matroska",
			  .codec = AV_CODEC_ID_FFV1,
			  .pixels = AV_PIX_FMT_BGR0,
			  .width = 64,
			  .height = 48,
			  .frame = {1, 25},
			  .frames = 3,
			  .paint = paint_rgb};
	clip grey = rgb;
	int fd = make_clip(&rgb);
	test_chain c = run_reader(fd);

	grey.pixels = AV_PIX_FMT_GRAY16LE;
	grey.paint = paint_grey16;

	(void)state;
	assert_ok(&c);
	assert_int_equal(seen.depth, 8);
	assert_true(seen.full_range);
	assert_in_range(seen.corner, 199, 201);
	chain_close(&c);
	(void)close(fd);
	fd = make_clip(&grey);
	c = run_reader(fd);
	assert_ok(&c);
	assert_int_equal(seen.depth, 16);
	assert_int_equal(seen.corner, 2001);
	chain_close(&c);
	(void)close(fd);
}

static void video_read__truncated__short(void **state)
{
	static const struct {
		const char *format, *movflags;
		unsigned percent;
	} cases[] = {{"matroska", NULL, 50}, {"avi", NULL, 60}, {"mp4", "faststart", 70}, {"mp4", "faststart", 99}};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(cases); i++) {
		clip k = ntsc;
		test_chain c;
		int fd;
		k.format = cases[i].format;
		k.movflags = cases[i].movflags;
		fd = make_clip(&k);
		cut_file(fd, cases[i].percent);
		c = run_reader(fd);
		assert_failure(&c, ASSAY_FAILURE_SHORT, "");
		chain_close(&c);
		(void)close(fd);
	}
}

static void video_read__bytes_flipped__counted_or_refused(void **state)
{
	const int fd = make_clip(&ntsc);
	const off_t size = file_size(fd);
	unsigned char junk[200];
	test_chain c;

	(void)state;
	memset(junk, 0x5a, sizeof junk);
	for (int i = 2; i < 8; i++)
		assert_int_equal(pwrite(fd, junk, sizeof junk, size * i / 10), sizeof junk);
	c = run_reader(fd);
	if (c.r.failure == ASSAY_FAILURE_NONE)
		assert_true(metric(&c, 0, "video.decode_errors") > 0);
	chain_close(&c);
	(void)close(fd);
}

/* ---------------------------------------------------------------- what Matroska headers say */

typedef struct element {
	unsigned char data[2048];
	size_t size;
} element;

/* An element of EBML: its number as it is written, a size of two bytes, its content. */
static void put(element *out, uint32_t id, const void *content, size_t size)
{
	assert_true(out->size + 6 + size <= sizeof out->data);
	for (int shift = 24; shift >= 0; shift -= 8)
		if (id >> shift != 0)
			out->data[out->size++] = (unsigned char)(id >> shift);
	out->data[out->size++] = (unsigned char)(0x40 | size >> 8);
	out->data[out->size++] = (unsigned char)size;
	memcpy(out->data + out->size, content, size);
	out->size += size;
}

static void put_number(element *out, uint32_t id, uint64_t n)
{
	unsigned char be[8];

	for (int i = 0; i < 8; i++)
		be[i] = (unsigned char)(n >> (56 - 8 * i));
	put(out, id, be, sizeof be);
}

/* PCM of 8 kHz, 16 bits, one channel. */
static void put_sound_track(element *segment)
{
	static const unsigned char rate[] = {0x40, 0xBF, 0x40, 0, 0, 0, 0, 0}; /* 8000.0 */
	element sound = {0}, entry = {0}, tracks = {0};

	put(&sound, 0xB5, rate, sizeof rate);
	put_number(&sound, 0x9F, 1);
	put_number(&sound, 0x6264, 16);
	put_number(&entry, 0xD7, 1);
	put_number(&entry, 0x73C5, 1);
	put_number(&entry, 0x83, 2);
	put(&entry, 0x86, "A_PCM/INT/LIT", 13);
	put(&entry, 0xE1, sound.data, sound.size);
	put(&tracks, 0xAE, entry.data, entry.size);
	put(segment, 0x1654AE6B, tracks.data, tracks.size);
}

static void put_track(element *segment)
{
	element video = {0}, entry = {0}, tracks = {0};

	put_number(&video, 0xB0, 16);
	put_number(&video, 0xBA, 8);
	put(&video, 0x2EB524, "Y800", 4);
	put_number(&entry, 0xD7, 1);
	put_number(&entry, 0x73C5, 1);
	put_number(&entry, 0x83, 1);
	put(&entry, 0x86, "V_UNCOMPRESSED", 14);
	put_number(&entry, 0x23E383, 40000000); /* ns of a frame */
	put(&entry, 0xE0, video.data, video.size);
	put(&tracks, 0xAE, entry.data, entry.size);
	put(segment, 0x1654AE6B, tracks.data, tracks.size);
}

/* Three grey frames of 16 x 8, 40 ms apart; the last claims this length, in ms. */
static void put_frames(element *segment, uint64_t last)
{
	element cluster = {0};

	put_number(&cluster, 0xE7, 0);
	for (unsigned char n = 0; n < 3; n++) {
		unsigned char block[4 + 128] = {0x81, 0, (unsigned char)(n * 40), 0x80};
		element group = {0};
		put(&group, 0xA1, block, sizeof block);
		put_number(&group, 0x9B, n < 2 ? 40 : last);
		put(&cluster, 0xA0, group.data, group.size);
	}
	put(segment, 0x1F43B675, cluster.data, cluster.size);
}

static void put_duration_tag(element *segment, const char *text)
{
	element target = {0}, simple = {0}, tag = {0}, tags = {0};

	put_number(&target, 0x63C5, 1);
	put(&simple, 0x45A3, "DURATION", 8);
	put(&simple, 0x4487, text, strlen(text));
	put(&tag, 0x63C0, target.data, target.size);
	put(&tag, 0x67C8, simple.data, simple.size);
	put(&tags, 0x7373, tag.data, tag.size);
	put(segment, 0x1254C367, tags.data, tags.size);
}

/* The container declares 0.5 s. */
static int make_matroska(uint64_t last, const char *tag)
{
	static const unsigned char half_second[] = {0x40, 0x7F, 0x40, 0, 0, 0, 0, 0}; /* 500.0 ms */
	element head = {0}, info = {0}, segment = {0}, file = {0};

	put(&head, 0x4282, "matroska", 8);
	put_number(&info, 0x2AD7B1, 1000000);
	put(&info, 0x4489, half_second, sizeof half_second);
	put(&segment, 0x1549A966, info.data, info.size);
	put_track(&segment);
	if (tag != NULL)
		put_duration_tag(&segment, tag);
	put_frames(&segment, last);
	put(&file, 0x1A45DFA3, head.data, head.size);
	put(&file, 0x18538067, segment.data, segment.size);
	return new_file(file.data, file.size);
}

/* 10 ms of sound that begins `at` ms after zero. */
static int make_sound(uint64_t at)
{
	const unsigned char block[4 + 160] = {0x81, 0, 0, 0x80};
	element head = {0}, info = {0}, cluster = {0}, segment = {0}, file = {0};

	put(&head, 0x4282, "matroska", 8);
	put_number(&info, 0x2AD7B1, 1000000);
	put(&segment, 0x1549A966, info.data, info.size);
	put_sound_track(&segment);
	put_number(&cluster, 0xE7, at);
	put(&cluster, 0xA3, block, sizeof block);
	put(&segment, 0x1F43B675, cluster.data, cluster.size);
	put(&file, 0x1A45DFA3, head.data, head.size);
	put(&file, 0x18538067, segment.data, segment.size);
	return new_file(file.data, file.size);
}

/* Times of sound count in samples: 8 of them a millisecond, 2^61 at most. */
static void audio_read__first_time__bounded(void **state)
{
	static const struct {
		uint64_t at;
		bool fits;
	} cases[] = {{0, true},
		     {UINT64_C(1) << 40, true},
		     {(UINT64_C(1) << 58) - 1024, true}, /* nearer, and libav rounds it up to the bound */
		     {UINT64_C(1) << 58, false},
		     {UINT64_C(1) << 60, false},
		     {INT64_MAX / 2, false}};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(cases); i++) {
		const int fd = make_sound(cases[i].at);
		test_chain c = {0};
		chain_add(&c, &assay_stage_audio_read);
		chain_run(&c, fd);
		if (cases[i].fits)
			assert_ok(&c);
		else
			assert_failure(&c, ASSAY_FAILURE_DECODE, "audio stream 1: its first time is out of range");
		if (cases[i].fits)
			assert_int_equal(metric(&c, 0, "audio.duration"), 10000);
		chain_close(&c);
		(void)close(fd);
	}
}

static void video_read__length_no_frame_has__as_if_it_had_none(void **state)
{
	static const uint64_t lengths[] = {40, 0, 86400001, INT64_MAX / 1000, INT64_MAX, UINT64_MAX};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(lengths); i++) {
		const int fd = make_matroska(lengths[i], NULL);
		test_chain c = {0};
		chain_add(&c, &assay_stage_video_read);
		chain_add(&c, &assay_stage_video_quality);
		chain_add(&c, &assay_stage_video_shots);
		chain_add(&c, &assay_stage_video_subtitles);
		chain_run(&c, fd);
		assert_ok(&c);
		assert_int_equal(metric(&c, 0, "video.frames"), 3);
		assert_int_equal(metric(&c, 0, "video.duration"), 120000);
		chain_close(&c);
		(void)close(fd);
	}
}

/* The container says 0.5 s, the frames last 0.12 s: the tag comes between, and nothing is short by it. */
static void video_read__tag_of_the_stream__declared_length(void **state)
{
	static const struct {
		const char *tag;
		int64_t want; /* us */
	} cases[] = {{"00:00:00.120000000", 120000},
		     {"00:00:00.1234567", 123457},
		     {"00:00:00.12", 120000},
		     {"01:02:03", 3723000000},
		     {"999999:59:59.999999999", 3600000000000000},
		     /* no times: the container's */
		     {"00:00:00.000000000", 500000},
		     {"0:00:01", 500000},
		     {"00:60:00", 500000},
		     {"00:00:01.", 500000},
		     {"00:00:01.1234567890", 500000},
		     {"9999999:00:00", 500000},
		     {"-00:00:01", 500000},
		     {"1.5", 500000},
		     {"", 500000}};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(cases); i++) {
		const int fd = make_matroska(40, cases[i].tag);
		test_chain c = run_reader(fd);
		assert_ok(&c);
		assert_int_equal(metric(&c, 0, "video.duration"), 120000);
		assert_int_equal(metric(&c, 0, "video.duration_declared"), cases[i].want);
		assert_int_equal(metric(&c, 0, "video.duration_error"), 120000 - cases[i].want);
		chain_close(&c);
		(void)close(fd);
	}
}

/* As ffmpeg writes it: of two sounds beside a video, each with its own. */
static void video_read__tags_of_sounds__declared_lengths(void **state)
{
	clip k = ntsc;
	test_chain c;
	int fd;

	(void)state;
	k.format = "matroska";
	k.sound_streams = 2;
	fd = make_clip(&k);
	c = run_reader(fd);
	assert_ok(&c);
	assert_int_equal(metric(&c, 0, "video.duration_declared"), 3336000); /* 3.33667 s, cut to ms */
	for (size_t i = 1; i <= 2; i++)
		assert_in_range(metric(&c, i, "audio.duration_declared"), 3335000, 3337000);
	chain_close(&c);
	(void)close(fd);
}

static void video_read__large_frames__limit(void **state)
{
	const int fd = make_clip(&ntsc);
	test_chain c = {0};

	(void)state;
	chain_add(&c, &assay_stage_video_read);
	chain_set(&c, "max_pixels", "76799");
	chain_run(&c, fd);
	assert_failure(&c, ASSAY_FAILURE_LIMIT, "320 x 240");
	chain_close(&c);
	(void)close(fd);
}

/* ---------------------------------------------------------------- video.shots, video.keyframes */

static void video_shots__planted_cuts__exact_times_and_pictures(void **state)
{
	static const char *const parts[] = {"t=0/30000", "t=20020/30000", "t=45045/30000", "t=80080/30000"};
	static const int frames[] = {20, 25, 35, 20};
	const int fd = make_clip(&ntsc);
	test_chain c = run_shots(fd, NULL);

	(void)state;
	assert_ok(&c);
	assert_int_equal(c.r.sample_count, 5);
	assert_int_equal(metric(&c, 0, "video.shots"), 4);
	assert_int_equal(c.pngs, 4);
	for (size_t i = 0; i < 4; i++) {
		const assay_result_sample *s = &c.r.samples[i + 1];
		assert_int_equal(s->kind, ASSAY_SAMPLE_SHOT);
		assert_int_equal(s->parent, 0); /* the video */
		assert_string_equal(s->part, parts[i]);
		assert_true(s->has_span);
		assert_int_equal(metric(&c, i + 1, "shot.frames"), frames[i]);
		assert_int_equal(s->artifact_count, 1);
		assert_true(metric(&c, i + 1, "keyframe.offset") < metric(&c, i + 1, "shot.duration"));
	}
	assert_undefined(&c, 1, "shot.cut_strength", "begins with the video");
	assert_undefined(&c, 0, "keyframe.luma", "key frames are of shots");
	chain_close(&c);
	(void)close(fd);
}

static void assert_shots(void (*paint)(AVFrame *, int), const char *fade_level, int64_t want)
{
	clip k = ntsc;
	test_chain c;
	int fd;

	k.paint = paint;
	fd = make_clip(&k);
	c = run_shots(fd, fade_level);
	assert_ok(&c);
	assert_int_equal(metric(&c, 0, "video.shots"), want);
	chain_close(&c);
	(void)close(fd);
}

static void video_shots__still_flash_and_fade__no_cut(void **state)
{
	(void)state;
	assert_shots(paint_still, NULL, 1);
	assert_shots(paint_flash, NULL, 1);
	assert_shots(paint_dip, NULL, 1);
	assert_shots(paint_dip, "25", 2);
}

static void video_keyframes__without_shots__one_for_the_video(void **state)
{
	const int fd = make_clip(&ntsc);
	test_chain c = {0};

	(void)state;
	chain_add(&c, &assay_stage_video_read);
	chain_add(&c, &assay_stage_video_keyframes);
	chain_set(&c, "max_width", "100");
	chain_run(&c, fd);
	assert_ok(&c);
	assert_int_equal(c.r.sample_count, 1);
	assert_int_equal(c.pngs, 1);
	assert_true(metric(&c, 0, "keyframe.sharpness") > 0);
	chain_close(&c);
	(void)close(fd);
}

static void video_shots__one_frame__one_shot(void **state)
{
	clip k = ntsc;
	test_chain c;
	int fd;

	(void)state;
	k.frames = 1;
	fd = make_clip(&k);
	c = run_shots(fd, NULL);
	assert_ok(&c);
	assert_int_equal(metric(&c, 0, "video.shots"), 1);
	assert_int_equal(metric(&c, 1, "shot.frames"), 1);
	assert_int_equal(c.pngs, 1);
	chain_close(&c);
	(void)close(fd);
}

/* ---------------------------------------------------------------- grid */

static uint32_t pixel(const assay_frame *f, size_t x, size_t y)
{
	const uint8_t *row = f->luma + (ptrdiff_t)y * f->stride;

	return f->depth > 8 ? ((const uint16_t *)(const void *)row)[x] : row[x];
}

static uint32_t plain_cell(const assay_frame *f, size_t i, size_t j)
{
	const size_t x0 = i * f->width / ASSAY_GRID_COLUMNS, y0 = j * f->height / ASSAY_GRID_ROWS;
	size_t x1 = (i + 1) * f->width / ASSAY_GRID_COLUMNS, y1 = (j + 1) * f->height / ASSAY_GRID_ROWS;
	uint64_t sum = 0, n = 0;

	x1 = x1 > x0 ? x1 : x0 + 1;
	y1 = y1 > y0 ? y1 : y0 + 1;
	for (size_t y = y0; y < y1; y += (y1 - y0 + 7) / 8)
		for (size_t x = x0; x < x1; x++, n++)
			sum += pixel(f, x, y);
	return (uint32_t)((sum * ASSAY_GRID_ONE / n) >> (f->depth - 8));
}

static uint32_t plain_sharpness(const assay_frame *f)
{
	uint64_t sum = 0, n = 0;

	if (f->width < 3 || f->height < 3)
		return 0;
	for (size_t y = 1; y + 1 < f->height; y += 4)
		for (size_t x = 1; x + 1 < f->width; x++, n++)
			sum += (uint64_t)labs(4L * pixel(f, x, y) - pixel(f, x - 1, y) - pixel(f, x + 1, y) -
					      pixel(f, x, y - 1) - pixel(f, x, y + 1));
	return (uint32_t)(((sum * 100) >> (f->depth - 8)) / n);
}

/* Pixels at random, and all ones where sums are largest. */
static void fill_plane(uint8_t *p, size_t size, uint8_t depth, bool ones)
{
	static unsigned seed = 1;

	for (size_t i = 0; i < size; i++) {
		seed = seed * 1103515245u + 12345u;
		p[i] = ones ? 255 : (uint8_t)(seed >> 16);
		if (depth > 8 && i % 2 == 1)
			p[i] &= (uint8_t)((1u << (depth - 8)) - 1);
	}
}

static void assert_equals_plain(const assay_frame *f)
{
	assay_grid g;

	assay_grid_fill(&g, f);
	for (size_t j = 0; j < ASSAY_GRID_ROWS; j++)
		for (size_t i = 0; i < ASSAY_GRID_COLUMNS; i++)
			assert_int_equal(g.cell[j * ASSAY_GRID_COLUMNS + i], plain_cell(f, i, j));
	assert_int_equal(assay_sharpness(f), plain_sharpness(f));
}

static void grid__random_frames__equals_plain_loops(void **state)
{
	static const struct {
		uint32_t width, height;
		uint8_t depth;
	} cases[] = {{1, 1, 8},      {3, 3, 8},      {19, 5, 8},     {31, 290, 8},    {32, 40, 8},
		     {63, 35, 8},    {64, 36, 8},    {192, 108, 8},  {511, 289, 8},   {512, 290, 8},
		     {513, 290, 8},  {641, 479, 8},  {5760, 290, 8}, {5800, 290, 8},  {1024, 99, 8},
		     {1025, 99, 8},  {4097, 99, 8},  {9000, 40, 8},  {17000, 290, 8}, {200, 900, 10},
		     {192, 108, 12}, {1040, 290, 9}, {4129, 70, 12}, {200, 80, 13},   {1300, 290, 16}};

	(void)state;
	for (size_t k = 0; k < 2 * ASSAY_COUNT(cases); k++) {
		const size_t n = k / 2;
		const size_t stride = cases[n].width * 2 + 10;
		const size_t row = cases[n].width * (cases[n].depth > 8 ? 2u : 1u);
		const size_t size = stride * (cases[n].height - 1) + row; /* nothing behind the last pixel */
		uint8_t *p = malloc(size);
		const assay_frame f = {.luma = p,
				       .stride = (ptrdiff_t)stride,
				       .width = cases[n].width,
				       .height = cases[n].height,
				       .depth = cases[n].depth};
		fill_plane(p, size, f.depth, k % 2 == 1);
		assert_equals_plain(&f);
		free(p);
	}
}

/* The largest sharpness there is: every pixel differs from its neighbours by all there is. */
static void grid__chequered_frames__sharpness_is_the_largest(void **state)
{
	static const struct {
		uint8_t depth;
		uint32_t want;
	} cases[] = {{8, 102000}, {10, 102300}, {12, 102375}, {16, 102398}}; /* 400 * (2^depth - 1) >> depth - 8 */

	(void)state;
	for (size_t k = 0; k < ASSAY_COUNT(cases); k++) {
		uint16_t wide[6][900];
		uint8_t narrow[6][1800];
		const bool two = cases[k].depth > 8;
		const assay_frame f = {.luma = two ? (uint8_t *)wide : &narrow[0][0],
				       .stride = 1800,
				       .width = 900,
				       .height = 6,
				       .depth = cases[k].depth};
		for (size_t y = 0; y < 6; y++)
			for (size_t x = 0; x < 900; x++) {
				wide[y][x] = (uint16_t)((x + y) % 2 == 0 ? (1u << cases[k].depth) - 1 : 0);
				narrow[y][x] = (x + y) % 2 == 0 ? 255 : 0;
			}
		assert_int_equal(assay_sharpness(&f), cases[k].want);
	}
}

/* ---------------------------------------------------------------- corpus */

/* hardcut_s of video/pyscenedetect/shots.gt.txt, in thousandths */
static void corpus__annotated_cuts__all_found_none_else(void **state)
{
	static const struct {
		const char *file;
		int64_t cuts[4];
		size_t count;
	} cases[] = {
	    {"issue-134-rotate.mp4", {3754, 8759}, 2}, {"testvideo.mp4", {1001, 6006}, 2}, {"fades.mp4", {0}, 0}};
	const char *dir = corpus();

	(void)state;
	for (size_t k = 0; dir != NULL && k < ASSAY_COUNT(cases); k++) {
		char *path = assay_asprintf("%s/video/pyscenedetect/%s", dir, cases[k].file);
		const int fd = open(path, O_RDONLY | O_CLOEXEC);
		test_chain c;
		size_t found = 0;
		assert_true(fd >= 0);
		c = run_shots(fd, NULL);
		assert_ok(&c);
		for (size_t i = 0; i < c.r.sample_count; i++) {
			const assay_result_sample *s = &c.r.samples[i];
			if (s->kind != ASSAY_SAMPLE_SHOT || s->start.ticks == 0)
				continue;
			assert_true(found < cases[k].count);
			assert_in_range(assay_time_diff(s->start, (assay_time){0, 1, 1}, 3), cases[k].cuts[found] - 1,
					cases[k].cuts[found] + 1);
			found++;
		}
		assert_int_equal(found, cases[k].count);
		chain_close(&c);
		(void)close(fd);
		free(path);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(video_read__ntsc_mp4__times_are_exact),
	    cmocka_unit_test(video_read__uneven_steps__variable_frame_rate),
	    cmocka_unit_test(video_read__two_sound_streams__audio_samples),
	    cmocka_unit_test(video_read__without_sound__counted_and_not_read),
	    cmocka_unit_test(video_read__formats_without_8bit_luma__converted_or_in_place),
	    cmocka_unit_test(video_read__truncated__short),
	    cmocka_unit_test(video_read__bytes_flipped__counted_or_refused),
	    cmocka_unit_test(audio_read__first_time__bounded),
	    cmocka_unit_test(video_read__length_no_frame_has__as_if_it_had_none),
	    cmocka_unit_test(video_read__tag_of_the_stream__declared_length),
	    cmocka_unit_test(video_read__tags_of_sounds__declared_lengths),
	    cmocka_unit_test(video_read__large_frames__limit),
	    cmocka_unit_test(video_shots__planted_cuts__exact_times_and_pictures),
	    cmocka_unit_test(video_shots__still_flash_and_fade__no_cut),
	    cmocka_unit_test(video_shots__one_frame__one_shot),
	    cmocka_unit_test(video_keyframes__without_shots__one_for_the_video),
	    cmocka_unit_test(grid__random_frames__equals_plain_loops),
	    cmocka_unit_test(grid__chequered_frames__sharpness_is_the_largest),
	    cmocka_unit_test(corpus__annotated_cuts__all_found_none_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
