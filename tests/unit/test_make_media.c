/* The sample media: the same bytes every time, and what EXPECTED.json and truth/ say of them is so. */
#include "media.h"
#include "movie.h"
#include "pdf.h"
#include "sound.h"

#include "assay/file.h"

#include <fcntl.h>
#include <ftw.h>
#include <jansson.h>
#include <math.h>
#include <setjmp.h>
#include <sndfile.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

static unsigned calls, fail_at; /* the fail_at-th allocation of our own objects fails; 0: none */

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t s);
void *__real_realloc(void *p, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t s);
void *__wrap_realloc(void *p, size_t n);

void *__wrap_malloc(size_t n)
{
	return ++calls == fail_at ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t s)
{
	return ++calls == fail_at ? NULL : __real_calloc(n, s);
}

void *__wrap_realloc(void *p, size_t n)
{
	return ++calls == fail_at ? NULL : __real_realloc(p, n);
}

/* ---------------------------------------------------------------- a folder of media for all tests */

static char scratch[] = "/tmp/test_make_media.XXXXXX";
static char first[64], second[64];

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *walk)
{
	(void)st, (void)type, (void)walk;
	return remove(path);
}

static int make_folders(void **state)
{
	assay_err err;

	(void)state;
	if (mkdtemp(scratch) == NULL)
		return -1;
	(void)snprintf(first, sizeof first, "%s/first", scratch);
	(void)snprintf(second, sizeof second, "%s/second", scratch);
	return media_make_all(first, &err) != ASSAY_OK || media_make_all(second, &err) != ASSAY_OK;
}

static int remove_folders(void **state)
{
	(void)state;
	return nftw(scratch, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static const char *in_first(const char *path)
{
	static char whole[256];

	(void)snprintf(whole, sizeof whole, "%s/%s", first, path);
	return whole;
}

static void read_whole(assay_buf *out, const char *path)
{
	assay_err err;

	if (assay_file_read(out, AT_FDCWD, path, 1u << 24, &err) != ASSAY_OK)
		fail_msg("%s", err.msg);
}

static json_t *load_json(const char *path)
{
	json_error_t e;
	json_t *j = json_load_file(in_first(path), JSON_REJECT_DUPLICATES, &e);

	if (j == NULL)
		fail_msg("%s:%d: %s", path, e.line, e.text);
	return j;
}

/* ---------------------------------------------------------------- all files */

static size_t seen_files;
static off_t seen_bytes;

static int compare_file(const char *path, const struct stat *st, int type, struct FTW *walk)
{
	ASSAY_AUTO_BUF a = ASSAY_BUF_INIT, b = ASSAY_BUF_INIT;
	char twin[256];

	(void)walk;
	if (type != FTW_F)
		return 0;
	(void)snprintf(twin, sizeof twin, "%s%s", second, path + strlen(first));
	read_whole(&a, path);
	read_whole(&b, twin);
	if (a.len != b.len || (a.len > 0 && memcmp(a.data, b.data, a.len) != 0))
		fail_msg("'%s' and '%s' differ", path, twin);
	seen_files++;
	seen_bytes += st->st_size;
	return 0;
}

static void make_all__twice__same_bytes_and_small(void **state)
{
	(void)state;
	seen_files = 0;
	seen_bytes = 0;
	assert_int_equal(nftw(first, compare_file, 16, FTW_PHYS), 0);
	assert_in_range(seen_files, 40, 60);
	assert_in_range(seen_bytes, 1 << 20, 6 << 20);
}

static void make_all__list__names_files_that_exist(void **state)
{
	json_t *j = load_json("EXPECTED.json"), *file;
	size_t i;

	(void)state;
	assert_in_range(json_array_size(json_object_get(j, "files")), 20, 60);
	json_array_foreach(json_object_get(j, "files"), i, file)
	{
		const char *path = json_string_value(json_object_get(file, "path"));
		const char *truth = json_string_value(json_object_get(file, "truth"));
		const char *outcome = json_string_value(json_object_get(file, "outcome"));
		const size_t samples = json_array_size(json_object_get(file, "samples"));
		assert_int_equal(access(in_first(path), R_OK), 0);
		assert_true(truth == NULL || access(in_first(truth), R_OK) == 0);
		assert_int_equal(strcmp(outcome, "failed") == 0, samples == 0);
		assert_int_equal(json_object_get(file, "check") != NULL, json_object_get(file, "metric") != NULL);
	}
	json_decref(j);
}

static void make_all__file_in_the_way__tells_which(void **state)
{
	assay_err err = ASSAY_ERR_INIT;
	char path[128];

	(void)state;
	(void)snprintf(path, sizeof path, "%s/EXPECTED.json/x", first);
	assert_int_not_equal(media_make_all(path, &err), ASSAY_OK);
	assert_non_null(strstr(err.msg, "EXPECTED.json"));
}

/* ---------------------------------------------------------------- pages */

static void pages__images__size_and_resolution(void **state)
{
	static const struct {
		const char *path;
		int width, height, depth;
	} rows[] = {
	    {"inbox/scans/letter.png", 1241, 1750, 8},
	    {"inbox/scans/speckled.png", 1241, 1750, 1},
	    {"inbox/scans/sideways.jpg", 1750, 1241, 8},
	};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(rows); i++) {
		PIX *pix = pixRead(in_first(rows[i].path));
		assert_non_null(pix);
		assert_int_equal(pixGetWidth(pix), rows[i].width);
		assert_int_equal(pixGetHeight(pix), rows[i].height);
		assert_int_equal(pixGetDepth(pix), rows[i].depth);
		assert_int_equal(pixGetXRes(pix), 300);
		pixDestroy(&pix);
	}
}

static void pages__logbook__three_pages_and_parts(void **state)
{
	ASSAY_AUTO_BUF truth = ASSAY_BUF_INIT;
	PIXA *pages = pixaReadMultipageTiff(in_first("inbox/scans/logbook.tif"));
	size_t feeds = 0;

	(void)state;
	assert_int_equal(pixaGetCount(pages), 3);
	pixaDestroy(&pages);
	read_whole(&truth, in_first("inbox/scans/logbook.gt.txt"));
	for (size_t i = 0; i < truth.len; i++)
		feeds += truth.data[i] == '\f';
	assert_int_equal(feeds, 2);
}

static void pages__cut_tiff__not_readable(void **state)
{
	(void)state;
	assert_null(pixRead(in_first("inbox/scans/cut.tif")));
}

static void pages__sideways__exif_says_six(void **state)
{
	ASSAY_AUTO_BUF file = ASSAY_BUF_INIT;

	(void)state;
	read_whole(&file, in_first("inbox/scans/sideways.jpg"));
	assert_memory_equal(file.data,
			    "\xff\xd8\xff\xe1\x00\x22"
			    "Exif\0\0MM\0*\0\0\0\x08\0\1\x01\x12\0\3\0\0\0\1\0\x06",
			    32);
	assert_int_equal(file.data[4] << 8 | file.data[5], 34);
	assert_memory_equal(file.data + 4 + 34, "\xff\xe0", 2); /* the next segment starts where the length says */
}

/* Turned as the tag says, the text fills the upper half of the page from the left. */
static void pages__sideways__upright_after_a_turn(void **state)
{
	PIX *stored = pixRead(in_first("inbox/scans/sideways.jpg"));
	PIX *upright = pixRotate90(stored, 1);
	l_uint32 dark[2] = {0, 0};

	(void)state;
	assert_non_null(upright);
	assert_int_equal(pixGetHeight(upright), 1750);
	for (int y = 0; y < 1750; y++)
		for (int x = 0; x < 400; x++) {
			l_uint32 v = 255;
			(void)pixGetPixel(upright, x, y, &v);
			dark[y / 875] += v < 128;
		}
	assert_true(dark[0] > 5000);
	assert_int_equal(dark[1], 0);
	pixDestroy(&upright);
	pixDestroy(&stored);
}

static void pages__blank__one_grey_everywhere(void **state)
{
	PIX *pix = pixRead(in_first("inbox/scans/blank.png"));
	l_int32 same = 0;

	(void)state;
	assert_non_null(pix);
	for (int y = 0; y < pixGetHeight(pix); y += 50)
		for (int x = 0; x < pixGetWidth(pix); x++) {
			l_uint32 v = 0;
			(void)pixGetPixel(pix, x, y, &v);
			same += v == 245;
		}
	assert_int_equal(same, 35 * 1241);
	pixDestroy(&pix);
}

static void pdf_plain__offsets__point_at_objects(void **state)
{
	ASSAY_AUTO_BUF pdf = ASSAY_BUF_INIT;
	const char *text, *xref;
	size_t at;
	unsigned found = 0;

	(void)state;
	assert_int_equal(pdf_plain(&pdf, &page_texts[TEXT_MEMO], NULL), ASSAY_OK);
	text = assay_buf_str(&pdf);
	assert_null(strstr(text, "FontFile"));
	assert_non_null(strstr(text, "/BaseFont /Helvetica"));
	assert_int_equal(sscanf(strstr(text, "startxref\n") + 10, "%zu", &at), 1);
	xref = text + at;
	assert_memory_equal(xref, "xref\n0 7\n", 9);
	for (const char *line = xref + 9 + 20; line[17] == 'n'; line += 20) {
		char head[16];
		(void)snprintf(head, sizeof head, "%u 0 obj", ++found);
		assert_memory_equal(text + strtoul(line, NULL, 10), head, strlen(head));
	}
	assert_int_equal(found, 6);
}

/* ---------------------------------------------------------------- recordings */

static void read_sound(sound *out, const char *path)
{
	SF_INFO info = {0};
	SNDFILE *f = sf_open(path, SFM_READ, &info);

	assert_non_null(f);
	*out = (sound){
	    .frames = (size_t)info.frames, .channels = (unsigned)info.channels, .rate = (unsigned)info.samplerate};
	out->samples = calloc(out->frames * out->channels + 1, sizeof *out->samples);
	assert_non_null(out->samples);
	assert_int_equal(sf_readf_short(f, out->samples, info.frames), info.frames);
	(void)sf_close(f);
}

/* Closed forms: a sine's RMS lies 3.01 dB below its peak; -6 dB is 16422.7; 3277 / 32768 is 0.1. */
static void recordings__levels__as_planted(void **state)
{
	static const struct {
		const char *path;
		unsigned rate, channels;
		int64_t peak, rms, rms_within;
	} rows[] = {
	    {"inbox/audio/speech.wav", 16000, 1, -600, -2400, 200},
	    {"inbox/audio/tone.flac", 48000, 2, -2300, -2601, 1},
	    {"inbox/audio/clipped.wav", 16000, 1, 0, -600, 200},
	    {"inbox/audio/silent.wav", 16000, 1, -20000, -20000, 0},
	};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(rows); i++) {
		sound s;
		read_sound(&s, in_first(rows[i].path));
		assert_int_equal(s.rate, rows[i].rate);
		assert_int_equal(s.channels, rows[i].channels);
		assert_int_equal(sound_peak_cdb(&s), rows[i].peak);
		assert_true(llabs(sound_rms_cdb(&s) - rows[i].rms) <= rows[i].rms_within);
		sound_release(&s);
	}
}

static void recordings__truth__matches_the_file(void **state)
{
	static const char *const names[] = {"speech.wav", "tone.flac", "clipped.wav", "offset.flac", "silent.wav"};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(names); i++) {
		char path[64];
		sound s;
		json_t *j;
		(void)snprintf(path, sizeof path, "inbox/audio/%s", names[i]);
		read_sound(&s, in_first(path));
		(void)snprintf(path, sizeof path, "truth/audio/%s.json", names[i]);
		j = load_json(path);
		assert_int_equal(json_integer_value(json_object_get(j, "frames")), s.frames);
		assert_true(fabs(json_number_value(json_object_get(j, "audio.peak")) -
				 (double)sound_peak_cdb(&s) / 100) < 1e-9);
		assert_true(fabs(json_number_value(json_object_get(j, "audio.rms")) - (double)sound_rms_cdb(&s) / 100) <
			    1e-9);
		json_decref(j);
		sound_release(&s);
	}
}

static void recordings__offset__a_tenth(void **state)
{
	sound s;

	(void)state;
	read_sound(&s, in_first("inbox/audio/offset.flac"));
	assert_in_range(sound_mean_ppm(&s), 99000, 101000);
	sound_release(&s);
}

static void recordings__cut_and_empty__headers_and_bytes(void **state)
{
	ASSAY_AUTO_BUF cut = ASSAY_BUF_INIT, empty = ASSAY_BUF_INIT;
	const unsigned char *size;

	(void)state;
	read_whole(&cut, in_first("inbox/audio/cut.wav"));
	assert_memory_equal(cut.data + 36, "data", 4);
	size = cut.data + 40;
	assert_int_equal(size[0] | size[1] << 8 | size[2] << 16 | size[3] << 24, 6 * 16000 * 2);
	assert_int_equal(cut.len, (6 * 16000 * 2 + 44) / 2);
	read_whole(&empty, in_first("inbox/audio/empty.wav"));
	assert_int_equal(empty.len, 44);
	assert_memory_equal(empty.data + 36, "data\0\0\0\0", 8);
}

/* ---------------------------------------------------------------- videos */

typedef struct decoded {
	int64_t times[512];
	double changes[512]; /* mean absolute change of luma from the frame before */
	int count;
	AVRational base;
} decoded;

static double change_of(const AVFrame *a, const AVFrame *b)
{
	int64_t sum = 0;

	for (int y = 0; y < a->height; y++)
		for (int x = 0; x < a->width; x++)
			sum += abs(a->data[0][y * a->linesize[0] + x] - b->data[0][y * b->linesize[0] + x]);
	return (double)sum / a->height / a->width;
}

static void take_frames(decoded *d, AVCodecContext *dec, AVFrame *last)
{
	AVFrame *f = av_frame_alloc();

	while (avcodec_receive_frame(dec, f) == 0) {
		assert_in_range(d->count, 0, 511);
		d->times[d->count] = f->best_effort_timestamp;
		d->changes[d->count] = d->count > 0 ? change_of(f, last) : 0;
		d->count++;
		av_frame_unref(last);
		av_frame_move_ref(last, f);
	}
	av_frame_free(&f);
}

static void decode_all(decoded *d, AVFormatContext *in, AVCodecContext *dec, int stream)
{
	AVPacket *pkt = av_packet_alloc();
	AVFrame *last = av_frame_alloc();

	while (av_read_frame(in, pkt) == 0) {
		if (pkt->stream_index == stream && avcodec_send_packet(dec, pkt) == 0)
			take_frames(d, dec, last);
		av_packet_unref(pkt);
	}
	(void)avcodec_send_packet(dec, NULL);
	take_frames(d, dec, last);
	av_frame_free(&last);
	av_packet_free(&pkt);
}

static void decode(decoded *d, const char *path)
{
	AVFormatContext *in = NULL;
	AVCodecContext *dec;
	const AVCodec *codec;
	int stream;

	memset(d, 0, sizeof *d);
	assert_int_equal(avformat_open_input(&in, path, NULL, NULL), 0);
	assert_true(avformat_find_stream_info(in, NULL) >= 0);
	stream = av_find_best_stream(in, AVMEDIA_TYPE_VIDEO, -1, -1, &codec, 0);
	assert_true(stream >= 0);
	d->base = in->streams[stream]->time_base;
	dec = avcodec_alloc_context3(codec);
	assert_true(avcodec_parameters_to_context(dec, in->streams[stream]->codecpar) >= 0);
	assert_int_equal(avcodec_open2(dec, codec, NULL), 0);
	decode_all(d, in, dec, stream);
	avcodec_free_context(&dec);
	avformat_close_input(&in);
}

static void check_shot(const decoded *d, json_t *shot)
{
	const int frame = (int)json_integer_value(json_object_get(shot, "frame"));
	char time[64];

	(void)snprintf(time, sizeof time, "%lld/%d", (long long)d->times[frame] * d->base.num, d->base.den);
	assert_string_equal(json_string_value(json_object_get(shot, "time")), time);
	if (frame == 0)
		return;
	/* a cut changes the picture by far more than the frames on either side of it do */
	assert_true(d->changes[frame] > 20);
	assert_true(d->changes[frame] > 4 * d->changes[frame - 1]);
	assert_true(d->changes[frame] > 4 * d->changes[frame + 2]);
}

static void videos__planted_cuts__where_the_truth_says(void **state)
{
	static const char *const names[] = {"reel.mp4", "archive.mkv", "broadcast.ts"};
	static decoded d;

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(names); i++) {
		char path[64];
		json_t *j, *shot;
		size_t n;
		(void)snprintf(path, sizeof path, "truth/video/%s.json", names[i]);
		j = load_json(path);
		(void)snprintf(path, sizeof path, "inbox/video/%s", names[i]);
		decode(&d, in_first(path));
		assert_int_equal(d.count, json_integer_value(json_object_get(j, "frames")));
		assert_int_equal(json_array_size(json_object_get(j, "shots")), 4);
		json_array_foreach(json_object_get(j, "shots"), n, shot) check_shot(&d, shot);
		json_decref(j);
	}
}

static void videos__other_cuts__none(void **state)
{
	static decoded d;
	unsigned large = 0;

	(void)state;
	decode(&d, in_first("inbox/video/archive.mkv"));
	for (int i = 0; i < d.count; i++)
		large += d.changes[i] > 12;
	assert_int_equal(large, 3);
}

static void videos__black__stays_black(void **state)
{
	static decoded d;

	(void)state;
	decode(&d, in_first("inbox/video/black.mp4"));
	assert_int_equal(d.count, 75);
	for (int i = 0; i < d.count; i++)
		assert_true(d.changes[i] <= 0);
}

/* ---------------------------------------------------------------- streams of any length */

static const char *in_scratch(const char *name)
{
	static char whole[128];

	(void)snprintf(whole, sizeof whole, "%s/%s", scratch, name);
	return whole;
}

static void long_audio__any_length__exact(void **state)
{
	static const struct {
		const char *name;
		int64_t seconds;
	} rows[] = {{"a.wav", 1}, {"b.flac", 25}, {"c.w64", 120}};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(rows); i++) {
		sound s;
		assert_int_equal(media_make_long_audio(in_scratch(rows[i].name), rows[i].seconds, NULL), ASSAY_OK);
		read_sound(&s, in_scratch(rows[i].name));
		assert_int_equal(s.frames, 8000 * rows[i].seconds);
		assert_int_equal(sound_peak_cdb(&s) < 0, 1);
		sound_release(&s);
	}
}

static void long_audio__unknown_ending__usage(void **state)
{
	assay_err err = ASSAY_ERR_INIT;

	(void)state;
	assert_int_equal(media_make_long_audio(in_scratch("a.mp3"), 1, &err), ASSAY_EUSAGE);
	assert_non_null(strstr(err.msg, "must end in .wav, .w64 or .flac"));
}

static void long_video__any_length__frames_and_cuts(void **state)
{
	static decoded d;
	unsigned cuts = 0;

	(void)state;
	assert_int_equal(media_make_long_video(in_scratch("a.mkv"), 12, NULL), ASSAY_OK);
	decode(&d, in_scratch("a.mkv"));
	assert_int_equal(d.count, 120);
	for (int i = 0; i < d.count; i++)
		cuts += d.changes[i] > 20;
	assert_int_equal(cuts, 2);
	assert_true(d.changes[50] > 20);
	assert_true(d.changes[100] > 20);
}

static void long_video__unknown_ending__usage(void **state)
{
	assay_err err = ASSAY_ERR_INIT;

	(void)state;
	assert_int_equal(media_make_long_video(in_scratch("a.nothing"), 1, &err), ASSAY_EUSAGE);
	assert_non_null(strstr(err.msg, "no container"));
}

static void long_video__no_folder__tells_the_path(void **state)
{
	assay_err err = ASSAY_ERR_INIT;

	(void)state;
	assert_int_equal(media_make_long_video("/nonexistent/a.mkv", 1, &err), ASSAY_EIO);
	assert_non_null(strstr(err.msg, "'/nonexistent/a.mkv': create: No such file"));
}

static long peak_kib(void)
{
	struct rusage r;

	(void)getrusage(RUSAGE_SELF, &r);
	return r.ru_maxrss;
}

static void long_streams__ten_times_longer__no_more_memory(void **state)
{
	long before;

	(void)state;
	assert_int_equal(media_make_long_video(in_scratch("b.mkv"), 30, NULL), ASSAY_OK);
	assert_int_equal(media_make_long_audio(in_scratch("d.flac"), 30, NULL), ASSAY_OK);
	before = peak_kib();
	assert_int_equal(media_make_long_video(in_scratch("c.mkv"), 300, NULL), ASSAY_OK);
	assert_int_equal(media_make_long_audio(in_scratch("e.flac"), 3000, NULL), ASSAY_OK);
#ifndef ASSAY_SANITIZED /* its allocator keeps what was freed */
	assert_true(peak_kib() - before < 8 << 10);
#else
	(void)before;
#endif
}

/* ---------------------------------------------------------------- out of memory */

static assay_code make_list(const char *dir)
{
	static const media_file file = {
	    .path = "a/b.png", .modality = "page", .outcome = "accepted", .truth = "a/b.gt.txt", .why = "a test"};
	media_set set;
	assay_code rc = media_set_open(&set, dir, NULL);

	if (rc != ASSAY_OK)
		return rc;
	rc = media_set_write(&set, file.path, "x", 1, NULL);
	media_set_file(&set, &file);
	media_set_sample(&set, "page", "page=1", &file);
	media_set_end(&set);
	if (rc == ASSAY_OK)
		rc = media_set_finish(&set, NULL);
	media_set_release(&set);
	return rc;
}

static void set__every_alloc_fails_in_turn__enomem(void **state)
{
	ASSAY_AUTO_BUF list = ASSAY_BUF_INIT;
	char dir[128];
	unsigned n = 0;
	assay_code rc;

	(void)state;
	(void)snprintf(dir, sizeof dir, "%s/set", scratch);
	do {
		calls = 0;
		fail_at = ++n;
		rc = make_list(dir);
		fail_at = 0;
		assert_true(rc == ASSAY_OK || rc == ASSAY_ENOMEM);
	} while (rc != ASSAY_OK);
	assert_in_range(n, 4, 100);
	/* the one that succeeded had not lost anything on the way */
	(void)snprintf(dir + strlen(dir), sizeof dir - strlen(dir), "/EXPECTED.json");
	read_whole(&list, dir);
	assert_non_null(strstr(assay_buf_str(&list), "\"key\": \"a/b.png#page=1\""));
}

static void sound__alloc_fails__enomem(void **state)
{
	sound s;

	(void)state;
	for (unsigned n = 1; n <= 2; n++) {
		calls = 0;
		fail_at = n;
		assert_int_equal(sound_speech(&s, 8000, 800, 1000, NULL), ASSAY_ENOMEM);
		fail_at = 0;
		sound_release(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(make_all__twice__same_bytes_and_small),
	    cmocka_unit_test(make_all__list__names_files_that_exist),
	    cmocka_unit_test(make_all__file_in_the_way__tells_which),
	    cmocka_unit_test(pages__images__size_and_resolution),
	    cmocka_unit_test(pages__logbook__three_pages_and_parts),
	    cmocka_unit_test(pages__cut_tiff__not_readable),
	    cmocka_unit_test(pages__sideways__exif_says_six),
	    cmocka_unit_test(pages__sideways__upright_after_a_turn),
	    cmocka_unit_test(pages__blank__one_grey_everywhere),
	    cmocka_unit_test(pdf_plain__offsets__point_at_objects),
	    cmocka_unit_test(recordings__levels__as_planted),
	    cmocka_unit_test(recordings__truth__matches_the_file),
	    cmocka_unit_test(recordings__offset__a_tenth),
	    cmocka_unit_test(recordings__cut_and_empty__headers_and_bytes),
	    cmocka_unit_test(videos__planted_cuts__where_the_truth_says),
	    cmocka_unit_test(videos__other_cuts__none),
	    cmocka_unit_test(videos__black__stays_black),
	    cmocka_unit_test(long_audio__any_length__exact),
	    cmocka_unit_test(long_audio__unknown_ending__usage),
	    cmocka_unit_test(long_video__any_length__frames_and_cuts),
	    cmocka_unit_test(long_video__unknown_ending__usage),
	    cmocka_unit_test(long_video__no_folder__tells_the_path),
	    cmocka_unit_test(long_streams__ten_times_longer__no_more_memory),
	    cmocka_unit_test(set__every_alloc_fails_in_turn__enomem),
	    cmocka_unit_test(sound__alloc_fails__enomem),
	};

	(void)setMsgSeverity(L_SEVERITY_NONE);
	return cmocka_run_group_tests(tests, make_folders, remove_folders);
}
