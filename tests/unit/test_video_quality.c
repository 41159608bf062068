#include "test_av_media.h"

#include "frames.h"
#include "tones.h"

#include <fcntl.h>

/* ---------------------------------------------------------------- pictures with known answers */

static void set_luma(AVFrame *f, int x, int y, unsigned level)
{
	uint8_t *row = f->data[0] + y * f->linesize[0];

	if (f->format == AV_PIX_FMT_YUV420P10)
		((uint16_t *)(void *)row)[x] = (uint16_t)(level * 4);
	else
		row[x] = (uint8_t)level;
}

/* Columns of the levels a and b in turn. Their Laplacian is 2 * |a - b| everywhere. */
static void paint_stripes(AVFrame *f, unsigned a, unsigned b)
{
	for (int p = 1; p < 3 && f->data[p] != NULL; p++)
		memset(f->data[p], 0, (size_t)f->linesize[p] * (size_t)((f->height + 1) / 2));
	for (int y = 0; y < f->height; y++)
		for (int x = 0; x < f->width; x++)
			set_luma(f, x, y, x % 2 == 0 ? a : b);
}

/* 10 black frames, 5 that change, 10 of one picture, 4 that change, 1 white. */
static void paint_programme(AVFrame *f, int n)
{
	if (n < 10)
		paint_stripes(f, 16, 16);
	else if (n < 15 || (n >= 25 && n < 29))
		paint_stripes(f, 60 + 2 * (unsigned)n, 64 + 2 * (unsigned)n);
	else if (n < 25)
		paint_stripes(f, 100, 110);
	else
		paint_stripes(f, 235, 235);
}

/* Of full range: 0 is black, 255 white. */
static void paint_full_range(AVFrame *f, int n)
{
	static const unsigned levels[] = {0, 25, 26, 235, 255};

	paint_stripes(f, levels[n], levels[n]);
}

/* A picture of 2 s, then another; neither moves. */
static void paint_two_stills(AVFrame *f, int n)
{
	if (n < 20)
		paint_stripes(f, 100, 110);
	else
		paint_stripes(f, 16, 16);
}

static const clip programme = {.format = "matroska",
			       .codec = AV_CODEC_ID_FFV1,
			       .pixels = AV_PIX_FMT_YUV420P,
			       .width = 128,
			       .height = 73,
			       .frame = {1, 10},
			       .frames = 30,
			       .paint = paint_programme};

static test_chain run_quality(const clip *k, const char *freeze_ms, bool shots)
{
	const int fd = make_clip(k);
	test_chain c = {0};

	chain_add(&c, &assay_stage_video_read);
	if (shots)
		chain_add(&c, &assay_stage_video_shots);
	chain_add(&c, &assay_stage_video_quality);
	if (freeze_ms != NULL)
		chain_set(&c, "freeze_ms", freeze_ms);
	chain_run(&c, fd);
	assert_ok(&c);
	(void)close(fd);
	return c;
}

/* ---------------------------------------------------------------- the stage */

static void quality__programme__every_share_and_run_as_painted(void **state)
{
	static const enum AVPixelFormat pixels[] = {AV_PIX_FMT_YUV420P, AV_PIX_FMT_YUV420P10};
	/* 10 * 16, (82 + 84 + ... + 90) and (112 + ... + 118) for the frames that change, 10 * 105, 235; of 30 */
	const int64_t luma = (160 + 430 + 460 + 1050 + 235) * 100 / 30;

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(pixels); i++) {
		clip k = programme;
		test_chain c;

		k.pixels = pixels[i];
		c = run_quality(&k, "1000", false);
		assert_int_equal(metric(&c, 0, "video.black_ratio"), 3333);
		assert_int_equal(metric(&c, 0, "video.black_longest"), 1000000);
		assert_int_equal(metric(&c, 0, "video.frozen_ratio"), 6667);
		assert_int_equal(metric(&c, 0, "video.frozen_longest"), 1000000);
		assert_int_equal(metric(&c, 0, "video.duplicate_ratio"), 6000); /* 9 + 9 of 30 */
		/* 11 frames of 0, 9 of 8, 10 of 20 levels: the 3rd, the 15th */
		assert_int_equal(metric(&c, 0, "video.sharpness_p10"), 0);
		assert_int_equal(metric(&c, 0, "video.sharpness_p50"), 800);
		assert_int_equal(metric(&c, 0, "video.luma"), luma);
		assert_int_equal(metric(&c, 0, "video.clipped_dark"), 3333);
		assert_int_equal(metric(&c, 0, "video.clipped_bright"), 333);
		chain_close(&c);
	}
}

static void quality__stretch_shorter_than_freeze_ms__not_frozen(void **state)
{
	test_chain c = run_quality(&programme, "1001", false);

	(void)state;
	assert_int_equal(metric(&c, 0, "video.frozen_ratio"), 0);
	assert_int_equal(metric(&c, 0, "video.frozen_longest"), 1000000);
	chain_close(&c);
}

static void quality__full_range__other_black_and_white(void **state)
{
	clip k = programme;
	test_chain c;

	(void)state;
	k.pixels = AV_PIX_FMT_GRAY8;
	k.frames = 5;
	k.paint = paint_full_range;
	c = run_quality(&k, NULL, false);
	assert_int_equal(metric(&c, 0, "video.black_ratio"), 4000); /* 0 and 25; 26 is above a tenth of 255 */
	assert_int_equal(metric(&c, 0, "video.clipped_dark"), 2000);
	assert_int_equal(metric(&c, 0, "video.clipped_bright"), 2000);
	chain_close(&c);
}

static void quality__shots__each_has_its_own(void **state)
{
	clip k = programme;
	test_chain c;

	(void)state;
	k.paint = paint_two_stills;
	k.frames = 50;
	c = run_quality(&k, NULL, true);
	assert_int_equal(c.r.sample_count, 3);
	assert_int_equal(metric(&c, 0, "video.duplicate_ratio"), 9600); /* all but two of 50 */
	assert_int_equal(metric(&c, 0, "video.frozen_ratio"), 10000);
	assert_int_equal(metric(&c, 0, "video.frozen_longest"), 3000000);
	assert_int_equal(metric(&c, 1, "shot.black_ratio"), 0);
	assert_int_equal(metric(&c, 1, "shot.frozen_longest"), 2000000);
	assert_int_equal(metric(&c, 1, "shot.duplicate_ratio"), 9500); /* all but the first of 20 */
	assert_int_equal(metric(&c, 1, "shot.luma"), 10500);
	assert_int_equal(metric(&c, 2, "shot.black_ratio"), 10000);
	assert_int_equal(metric(&c, 2, "shot.frozen_longest"), 3000000);
	assert_int_equal(metric(&c, 2, "shot.duplicate_ratio"), 9667); /* all but the first of 30 */
	assert_int_equal(metric(&c, 2, "shot.luma"), 1600);
	chain_close(&c);
}

/* Each frame a little brighter than the last: no two of them differ by a quarter of a level, the ends do. */
static void paint_slow_rise(AVFrame *f, int n)
{
	paint_stripes(f, 100, 100);
	for (int y = 0; y < f->height; y++)
		for (int x = 0; x < f->width; x++)
			if ((x + 7 * y) % 10 < n)
				set_luma(f, x, y, 101);
}

static void quality__slow_rise__does_not_stand_still(void **state)
{
	clip k = programme;
	test_chain c;

	(void)state;
	k.paint =
	    paint_slow_rise; /* by a tenth of a level a frame: the third differs from the first by more than 0.256 */
	k.frames = 10;
	c = run_quality(&k, NULL, false);
	assert_int_equal(metric(&c, 0, "video.frozen_longest"), 300000);
	assert_int_equal(metric(&c, 0, "video.duplicate_ratio"), 0);
	chain_close(&c);
}

/* The picture that stands still from frame 9 on becomes another shot at frame 10: there it has stood still since 10. */
static void quality__shot_begins_in_a_still_stretch__counted_from_there(void **state)
{
	clip k = programme;
	test_chain c = {0};
	int fd;

	(void)state;
	k.paint = paint_slow_rise;
	k.frames = 14;
	fd = make_clip(&k);
	chain_add(&c, &assay_stage_video_read);
	chain_add(&c, &assay_stage_video_shots);
	chain_set(&c, "fade_level", "101");
	chain_add(&c, &assay_stage_video_quality);
	chain_run(&c, fd);
	assert_ok(&c);
	assert_int_equal(metric(&c, 0, "video.frozen_longest"), 500000);
	assert_int_equal(metric(&c, 1, "shot.frozen_longest"), 300000);
	assert_int_equal(metric(&c, 2, "shot.frozen_longest"), 400000);
	chain_close(&c);
	(void)close(fd);
}

static void quality__one_frame__defined(void **state)
{
	clip k = programme;
	test_chain c;

	(void)state;
	k.frames = 1;
	k.width = 1;
	k.height = 1;
	k.pixels = AV_PIX_FMT_GRAY8;
	k.paint = paint_full_range;
	c = run_quality(&k, NULL, true);
	assert_int_equal(metric(&c, 0, "video.black_ratio"), 10000);
	assert_int_equal(metric(&c, 0, "video.black_longest"), 100000);
	assert_int_equal(metric(&c, 0, "video.frozen_longest"), 100000);
	assert_int_equal(metric(&c, 0, "video.frozen_ratio"), 0);
	assert_int_equal(metric(&c, 0, "video.duplicate_ratio"), 0);
	assert_int_equal(metric(&c, 0, "video.sharpness_p50"), 0);
	assert_int_equal(metric(&c, 0, "video.clipped_dark"), 10000);
	assert_int_equal(metric(&c, 1, "shot.black_ratio"), 10000);
	chain_close(&c);
}

/* ---------------------------------------------------------------- loops against their plain twins */

static uint32_t pixel(const assay_frame *f, size_t x, size_t y)
{
	const uint8_t *row = f->luma + (ptrdiff_t)y * f->stride;

	return f->depth > 8 ? ((const uint16_t *)(const void *)row)[x] : row[x];
}

static assay_tones plain_tones(const assay_frame *f, uint32_t black)
{
	const uint32_t unit = 1u << (f->depth - 8);
	const uint32_t dark = f->full_range ? 0 : 16 * unit;
	const uint32_t bright = f->full_range ? 256 * unit - 1 : 235 * unit;
	assay_tones t = {0};

	for (size_t y = f->height > 1; y < f->height; y += 4)
		for (size_t x = 0; x < f->width; x++, t.pixels++) {
			t.black += pixel(f, x, y) <= black;
			t.dark += pixel(f, x, y) <= dark;
			t.bright += pixel(f, x, y) >= bright;
		}
	return t;
}

static uint64_t plain_difference(const assay_frame *a, const assay_frame *b)
{
	uint64_t sum = 0;

	for (size_t y = a->height > 1; y < a->height; y += 4)
		for (size_t x = 0; x < a->width; x++)
			sum += (uint64_t)labs((long)pixel(a, x, y) - (long)pixel(b, x, y));
	return sum;
}

/* Random pixels, the lowest row first in memory when `flipped`. */
static assay_frame random_frame(uint32_t width, uint32_t height, uint8_t depth, bool flipped, unsigned *seed)
{
	const size_t stride = (size_t)width * 2 + 6;
	uint8_t *p = malloc(stride * height);
	assay_frame f = {.width = width, .height = height, .depth = depth, .full_range = width % 2 == 0};

	for (size_t i = 0; i < stride * height; i++) {
		*seed = *seed * 1103515245u + 12345u;
		p[i] = (uint8_t)(*seed >> 16);
		if (depth > 8 && i % 2 == 1)
			p[i] &= (uint8_t)((1u << (depth - 8)) - 1);
	}
	f.luma = flipped ? p + stride * (height - 1) : p;
	f.stride = flipped ? -(ptrdiff_t)stride : (ptrdiff_t)stride;
	return f;
}

static void free_frame(assay_frame *f)
{
	const uint8_t *p = f->stride < 0 ? f->luma + (ptrdiff_t)(f->height - 1) * f->stride : f->luma;

	free((void *)(uintptr_t)p);
}

static void tones__random_frames__equal_plain_loops(void **state)
{
	static const struct {
		uint32_t width, height;
		uint8_t depth;
	} cases[] = {{1, 1, 8},    {3, 2, 8},    {239, 5, 8},   {240, 6, 8},  {241, 7, 8},
		     {1921, 9, 8}, {100, 9, 10}, {101, 10, 12}, {33, 40, 16}, {16385, 3, 16}};
	unsigned seed = 1;

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(cases) * 2; i++) {
		const bool flipped = i % 2 != 0;
		assay_frame a =
		    random_frame(cases[i / 2].width, cases[i / 2].height, cases[i / 2].depth, flipped, &seed);
		assay_frame b =
		    random_frame(cases[i / 2].width, cases[i / 2].height, cases[i / 2].depth, !flipped, &seed);
		const uint64_t sum = plain_difference(&a, &b);
		assay_tones got, want;

		assay_tones_count(&got, &a, 1234);
		want = plain_tones(&a, assay_tones_level(&a, 1234));
		assert_memory_equal(&got, &want, sizeof got);
		for (uint32_t noise = 0; noise <= 10000; noise += 50)
			assert_int_equal(assay_frames_alike(&a, &b, noise),
					 sum * 10000 <= noise * got.pixels * (1u << a.depth));
		free_frame(&a);
		free_frame(&b);
	}
}

static void tones__black_row_longer_than_a_byte_counts__all_counted(void **state)
{
	static const uint8_t row[70000];
	const assay_frame narrow = {.luma = row, .width = 70000, .height = 1, .depth = 8};
	const assay_frame wide = {.luma = row, .width = 35000, .height = 1, .depth = 16};
	assay_tones t;

	(void)state;
	assay_tones_count(&t, &narrow, 0);
	assert_int_equal(t.dark, 70000);
	assay_tones_count(&t, &wide, 0);
	assert_int_equal(t.dark, 35000);
}

/* The levels of blackdetect: 16 + 0.1 * 219 = 37.9, 64 + 0.1 * 876 = 151.6, 0.1 * 255 = 25.5, 0.1 * 1023 = 102.3. */
static void tones_level__tenth_of_the_range__rounded_down(void **state)
{
	static const struct {
		uint8_t depth;
		bool full;
		uint32_t black, tenth, white;
	} cases[] = {{8, false, 16, 37, 235},
		     {10, false, 64, 151, 940},
		     {8, true, 0, 25, 255},
		     {10, true, 0, 102, 1023},
		     {16, true, 0, 6553, 65535}};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(cases); i++) {
		const assay_frame f = {.depth = cases[i].depth, .full_range = cases[i].full};
		assert_int_equal(assay_tones_level(&f, 0), cases[i].black);
		assert_int_equal(assay_tones_level(&f, 1000), cases[i].tenth);
		assert_int_equal(assay_tones_level(&f, 10000), cases[i].white);
	}
}

static AVFrame *new_picture(enum AVPixelFormat format, int width, int height)
{
	AVFrame *f = av_frame_alloc();

	f->format = format;
	f->width = width;
	f->height = height;
	assert_true(av_frame_get_buffer(f, 0) >= 0);
	for (int p = 0; p < 4; p++)
		if (f->buf[p] != NULL)
			memset(f->buf[p]->data, 7, f->buf[p]->size);
	return f;
}

/* One sample changed in each corner of each plane; one byte changed in the padding. */
static void frames_equal__one_sample_of_any_plane__seen(void **state)
{
	static const struct {
		enum AVPixelFormat format;
		int plane, x, y; /* bytes */
		bool equal;
	} cases[] = {
	    {AV_PIX_FMT_YUV420P, 0, 66, 34, false},   {AV_PIX_FMT_YUV420P, 1, 33, 17, false},
	    {AV_PIX_FMT_YUV420P, 2, 33, 17, false},   {AV_PIX_FMT_YUV420P, 0, 67, 0, true},
	    {AV_PIX_FMT_YUV420P, 1, 34, 0, true},     {AV_PIX_FMT_YUV422P, 2, 33, 34, false},
	    {AV_PIX_FMT_YUVA444P, 3, 66, 34, false},  {AV_PIX_FMT_NV12, 1, 67, 17, false},
	    {AV_PIX_FMT_YUV420P10, 2, 67, 17, false}, {AV_PIX_FMT_RGB24, 0, 200, 34, false},
	    {AV_PIX_FMT_PAL8, 0, 66, 34, false},      {AV_PIX_FMT_PAL8, 1, 1023, 0, false},
	    {AV_PIX_FMT_GRAY8, 0, 0, 0, false},
	};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(cases); i++) {
		AVFrame *a = new_picture(cases[i].format, 67, 35);
		AVFrame *b = new_picture(cases[i].format, 67, 35);
		const assay_frame fa = {.av = a}, fb = {.av = b};

		assert_true(assay_frames_equal(&fa, &fb));
		b->data[cases[i].plane][cases[i].y * b->linesize[cases[i].plane] + cases[i].x] ^= 1;
		assert_int_equal(assay_frames_equal(&fa, &fb), cases[i].equal);
		av_frame_free(&a);
		av_frame_free(&b);
	}
}

/* ---------------------------------------------------------------- another tool */

/* The longest of what ffmpeg prints after `word`, in thousandths; -1 when ffmpeg cannot be run. */
static int64_t longest_by_ffmpeg(const char *path, const char *filter, const char *word)
{
	char *command =
	    assay_asprintf("ffmpeg -hide_banner -nostats -nostdin -bitexact -i '%s' -an -sn -vf %s -f null - "
			   "2>&1",
			   path, filter);
	FILE *out = popen(command, "r");
	int64_t longest = 0;
	char line[512];

	assert_non_null(out);
	while (fgets(line, sizeof line, out) != NULL) {
		const char *at = strstr(line, word);
		const int64_t ms = at != NULL ? (int64_t)(strtod(at + strlen(word), NULL) * 1000 + 0.5) : 0;
		longest = ms > longest ? ms : longest;
	}
	free(command);
	return pclose(out) == 0 ? longest : -1;
}

/*
 * ffmpeg looks at every row, freezedetect at all planes; video.quality at the luma of every fourth row. What is black
 * agrees to the frame; what stands still, where noise is close to the threshold, within a quarter of a second.
 */
static void corpus__black_and_frozen__as_ffmpeg_says(void **state)
{
	static const char *const files[] = {"pyscenedetect/fades.mp4", "pyscenedetect/testvideo.mp4",
					    "cosmos/test_clip_10s.mp4", "energon/sync_test.mkv",
					    "exoplayer/sample.mp4"};
	const char *dir = corpus();

	(void)state;
	if (dir != NULL && system("ffmpeg -version >/dev/null 2>&1") != 0) {
		print_message("skipped: no ffmpeg\n");
		return;
	}
	for (size_t k = 0; dir != NULL && k < ASSAY_COUNT(files); k++) {
		char *path = assay_asprintf("%s/video/%s", dir, files[k]);
		const int fd = open(path, O_RDONLY | O_CLOEXEC);
		const int64_t black = longest_by_ffmpeg(path, "blackdetect=d=0.001", "black_duration:");
		const int64_t frozen = longest_by_ffmpeg(path, "freezedetect=d=0.001", "freeze_duration: ");
		test_chain c = {0};
		int64_t b, f;

		assert_true(fd >= 0 && black >= 0 && frozen >= 0);
		chain_add(&c, &assay_stage_video_read);
		chain_add(&c, &assay_stage_video_quality);
		chain_run(&c, fd);
		assert_ok(&c);
		b = metric(&c, 0, "video.black_longest") / 1000;
		f = metric(&c, 0, "video.frozen_longest") / 1000;
		assert_in_range(b + 2, black, black + 4);
		assert_in_range(f + 250, frozen, frozen + 500);
		chain_close(&c);
		(void)close(fd);
		free(path);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(quality__programme__every_share_and_run_as_painted),
	    cmocka_unit_test(quality__stretch_shorter_than_freeze_ms__not_frozen),
	    cmocka_unit_test(quality__full_range__other_black_and_white),
	    cmocka_unit_test(quality__shots__each_has_its_own),
	    cmocka_unit_test(quality__slow_rise__does_not_stand_still),
	    cmocka_unit_test(quality__shot_begins_in_a_still_stretch__counted_from_there),
	    cmocka_unit_test(quality__one_frame__defined),
	    cmocka_unit_test(tones__black_row_longer_than_a_byte_counts__all_counted),
	    cmocka_unit_test(tones__random_frames__equal_plain_loops),
	    cmocka_unit_test(tones_level__tenth_of_the_range__rounded_down),
	    cmocka_unit_test(frames_equal__one_sample_of_any_plane__seen),
	    cmocka_unit_test(corpus__black_and_frozen__as_ffmpeg_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
