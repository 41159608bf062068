#include "test_av_media.h"

#include "captions.h"
#include "frames.h"
#include "subtitle.h"

#include <fcntl.h>

/* ---------------------------------------------------------------- a reader of packets that were never in a file */

typedef struct packet {
	enum AVCodecID codec;
	const char *data;
	size_t size;
	int64_t pts, duration; /* ms */
	uint32_t stream;       /* 0 means 1 */
} packet;

#define PACKET(codec, text, pts, duration)                                                                             \
	{                                                                                                              \
		codec, text, sizeof(text) - 1, pts, duration, 0                                                        \
	}

static struct script {
	const packet *packets;
	size_t count;
	int64_t first; /* ms of the first frame; a second one after 5 s; both last 5 s */
} script;

static assay_code emit_frame(assay_sink *sink, uint32_t root, int64_t ms, assay_err *err)
{
	assay_value *v = assay_value_new(ASSAY_VALUE_FRAME, root);

	v->time = (assay_time){ms, 1, 1000};
	v->u.frame.duration = (assay_time){5000, 1, 1000};
	return assay_emit(sink, v, err);
}

static assay_code emit_packet(assay_sink *sink, uint32_t root, const packet *p, assay_err *err)
{
	AVCodecParameters par = {.codec_type = AVMEDIA_TYPE_SUBTITLE, .codec_id = p->codec};
	AVStream st = {.codecpar = &par, .time_base = {1, 1000}};
	AVPacket *pkt = av_packet_alloc();
	assay_code rc;

	assert_int_equal(assay_caption_kind_of(&par), ASSAY_CAPTION_TEXT);
	assert_true(av_new_packet(pkt, (int)p->size) >= 0);
	if (p->size > 0)
		memcpy(pkt->data, p->data, p->size);
	pkt->pts = p->pts;
	pkt->duration = p->duration;
	rc = assay_caption_push(&st, pkt, root, p->stream > 0 ? p->stream : 1, sink, err);
	av_packet_free(&pkt);
	return rc;
}

static assay_code read_script(void *shared, const void *params, const assay_input *in, assay_sink *sink, assay_err *err)
{
	uint32_t root;
	assay_code rc;

	(void)shared, (void)params, (void)in;
	ASSAY_TRY(assay_sample(sink, ASSAY_SAMPLE_VIDEO, "", ASSAY_NO_PARENT, &root, err));
	for (size_t i = 0; i < script.count; i++)
		ASSAY_TRY(emit_packet(sink, root, &script.packets[i], err));
	ASSAY_TRY(emit_frame(sink, root, script.first, err));
	ASSAY_TRY(emit_frame(sink, root, script.first + 5000, err));
	return assay_end(sink, root, err);
fail:
	return rc;
}

static const assay_metric no_metrics[] = {{0}};
static const assay_stage script_reader = {.abi = ASSAY_STAGE_ABI,
					  .name = "test.script",
					  .version = 1,
					  .modality = ASSAY_MODALITY_VIDEO,
					  .emits = ASSAY_VALUE_FRAME | ASSAY_VALUE_CUE,
					  .makes = ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_VIDEO),
					  .determinism = ASSAY_EXACT,
					  .metrics = no_metrics,
					  .read = read_script};

/* ---------------------------------------------------------------- running */

static char kept[2][4096]; /* the artifacts as they came: WebVTT, text */
static unsigned kept_count;

static assay_code keep(void *ctx, const void *data, size_t size, const assay_digest *d, assay_err *err)
{
	(void)ctx, (void)d, (void)err;
	assert_true(kept_count < 2 && size < sizeof kept[0]);
	memcpy(kept[kept_count], data, size);
	kept[kept_count++][size] = '\0';
	return ASSAY_OK;
}

static test_chain run(const assay_stage *reader, int fd, const char *stream, const char *sidecar, size_t size)
{
	const assay_sidecar beside = {"subtitles", (const unsigned char *)sidecar, size};
	const assay_chain_opts opts = {.artifact = keep};
	assay_input in = {.fd = fd, .sidecars = &beside, .sidecar_count = sidecar != NULL};
	test_chain c = {0};

	chain_add(&c, reader);
	chain_add(&c, &assay_stage_video_subtitles);
	if (stream != NULL)
		chain_set(&c, "stream", stream);
	if (fd >= 0)
		in.size = (uint64_t)file_size(fd);
	memset(kept, 0, sizeof kept);
	kept_count = 0;
	assert_int_equal(assay_chain_run(&c.r, c.steps, c.count, &in, &opts, NULL), ASSAY_OK);
	assert_ok(&c);
	return c;
}

static test_chain run_packets(const packet *packets, size_t count, int64_t first, const char *stream)
{
	script = (struct script){packets, count, first};
	return run(&script_reader, -1, stream, NULL, 0);
}

static test_chain run_sidecar(const char *text, size_t size)
{
	script = (struct script){.first = 7000}; /* a sidecar counts from the first frame */
	return run(&script_reader, -1, NULL, text, size);
}

/* ---------------------------------------------------------------- streams */

static void subtitles__packets_of_every_codec__one_text(void **state)
{
	static const packet packets[] = {
	    PACKET(AV_CODEC_ID_ASS, "4,0,Default,Olly,0,0,0,,{\\i1}five, six{\\i0}\\Nseven", 5000, 500),
	    PACKET(AV_CODEC_ID_SUBRIP, "<i>one</i>\0\xde\xad", 1000, 500),
	    PACKET(AV_CODEC_ID_MOV_TEXT, "\0\0", 1500, 500), /* fills a gap */
	    PACKET(AV_CODEC_ID_MOV_TEXT, "\0\x07two & <styl", 2000, 500),
	    PACKET(AV_CODEC_ID_WEBVTT, "<v Ann>three</v> &lt; four", 3000, 500),
	    PACKET(AV_CODEC_ID_TEXT, "caf\xc3\xa9", 4000, 500),
	};
	test_chain c = run_packets(packets, ASSAY_COUNT(packets), 0, NULL);

	(void)state;
	assert_string_equal(kept[0], "WEBVTT\n\n00:00:01.000 --> 00:00:01.500\none\n\n"
				     "00:00:02.000 --> 00:00:02.500\ntwo &amp; &lt;\n\n"
				     "00:00:03.000 --> 00:00:03.500\nthree &lt; four\n\n"
				     "00:00:04.000 --> 00:00:04.500\ncaf\xc3\xa9\n\n"
				     "00:00:05.000 --> 00:00:05.500\nfive, six\nseven\n");
	assert_string_equal(kept[1], "one\ntwo & <\nthree < four\ncaf\xc3\xa9\nfive, six\nseven\n");
	assert_int_equal(metric(&c, 0, "subtitles.cues"), 5);
	assert_int_equal(metric(&c, 0, "subtitles.characters"), 3 + 7 + 12 + 4 + 9 + 5);
	assert_int_equal(metric(&c, 0, "subtitles.cue_ratio"), 2500); /* 5 half seconds of 10 s */
	assert_int_equal(metric(&c, 0, "subtitles.cues_overlapping"), 0);
	assert_int_equal(metric(&c, 0, "subtitles.malformed"), 0);
	chain_close(&c);
}

static void subtitles__packets_that_lie__malformed(void **state)
{
	static const packet packets[] = {
	    PACKET(AV_CODEC_ID_MOV_TEXT, "\0\x06short", 1000, 500),
	    PACKET(AV_CODEC_ID_MOV_TEXT, "\0", 1000, 500),
	    PACKET(AV_CODEC_ID_MOV_TEXT, "\0\x04\xfe\xff\0A", 1000, 500),
	    PACKET(AV_CODEC_ID_ASS, "0,0,Default,,0,0,0 no eighth comma", 1000, 500),
	    PACKET(AV_CODEC_ID_SUBRIP, "Latin \xe9", 1000, 500),
	    PACKET(AV_CODEC_ID_SUBRIP, "no time", AV_NOPTS_VALUE, 500),
	    PACKET(AV_CODEC_ID_SUBRIP, "before all time", -1000, 500),
	    PACKET(AV_CODEC_ID_SUBRIP, "far", INT64_MAX / 4, INT64_MAX),
	    PACKET(AV_CODEC_ID_SUBRIP, "good", 2000, 0),
	    PACKET(AV_CODEC_ID_SUBRIP, "", 3000, 100), /* empty, which is no fault */
	};
	test_chain c = run_packets(packets, ASSAY_COUNT(packets), 0, NULL);

	(void)state;
	assert_int_equal(metric(&c, 0, "subtitles.cues"), 1);
	assert_int_equal(metric(&c, 0, "subtitles.malformed"), 8);
	assert_string_equal(kept[1], "good\n");
	chain_close(&c);
	c = run_packets(packets, 2, 0, NULL);
	assert_undefined(&c, 0, "subtitles.cues", "no cue can be read");
	assert_int_equal(metric(&c, 0, "subtitles.malformed"), 2);
	assert_int_equal(kept_count, 0);
	chain_close(&c);
}

static void subtitles__stream_of_gaps_alone__no_subtitles(void **state)
{
	static const packet packets[] = {PACKET(AV_CODEC_ID_MOV_TEXT, "\0\0", 0, 5000)};
	test_chain c = run_packets(packets, 1, 0, NULL);

	(void)state;
	assert_undefined(&c, 0, "subtitles.cues", "no subtitles");
	chain_close(&c);
}

static void subtitles__first_frame_late__times_count_from_it(void **state)
{
	static const packet packets[] = {
	    PACKET(AV_CODEC_ID_SUBRIP, "before", 100, 200),
	    PACKET(AV_CODEC_ID_SUBRIP, "across", 1000, 1000),
	    PACKET(AV_CODEC_ID_SUBRIP, "after", 2400, 100),
	};
	test_chain c = run_packets(packets, ASSAY_COUNT(packets), 1400, NULL);

	(void)state;
	assert_string_equal(kept[0], "WEBVTT\n\n00:00:00.000 --> 00:00:00.000\nbefore\n\n"
				     "00:00:00.000 --> 00:00:00.600\nacross\n\n"
				     "00:00:01.000 --> 00:00:01.100\nafter\n");
	chain_close(&c);
}

static void subtitles__two_streams__the_one_that_is_asked_for(void **state)
{
	static const packet packets[] = {{AV_CODEC_ID_SUBRIP, "one", 3, 0, 100, 1},
					 {AV_CODEC_ID_SUBRIP, "two", 3, 0, 100, 2}};
	test_chain c = run_packets(packets, 2, 0, NULL);

	(void)state;
	assert_string_equal(kept[1], "one\n");
	chain_close(&c);
	c = run_packets(packets, 2, 0, "2");
	assert_string_equal(kept[1], "two\n");
	chain_close(&c);
	c = run_packets(packets, 2, 0, "3");
	assert_undefined(&c, 0, "subtitles.cues", "no subtitles");
	assert_undefined(&c, 0, "subtitles.malformed", "no subtitles");
	chain_close(&c);
}

/* ---------------------------------------------------------------- sidecars */

static void subtitles__overlaps_and_ends__counted(void **state)
{
	/* 10 s of video: 1-3, 2-4 (overlaps), 3.5-3.6 (overlaps), 4-5 (touches), 9-10.5 (within slack), 10-10.501 (over) */
	static const char srt[] = "1\n00:00:01,000 --> 00:00:03,000\na\n\n2\n00:00:02,000 --> 00:00:04,000\nb\n\n"
				  "3\n00:00:03,500 --> 00:00:03,600\nc\n\n4\n00:00:04,000 --> 00:00:05,000\nd\n\n"
				  "5\n00:00:09,000 --> 00:00:10,500\ne\n\n6\n00:00:10,600 --> 00:00:10,700\nf\n\n"
				  "7\nno time\n";
	test_chain c = run_sidecar(srt, sizeof srt - 1);

	(void)state;
	assert_int_equal(metric(&c, 0, "subtitles.cues"), 6);
	assert_int_equal(metric(&c, 0, "subtitles.cue_ratio"), 5000); /* 1-5 and 9-10 of 10 */
	assert_int_equal(metric(&c, 0, "subtitles.cues_overlapping"), 2);
	assert_int_equal(metric(&c, 0, "subtitles.cues_outside"), 1);
	assert_int_equal(metric(&c, 0, "subtitles.malformed"), 1);
	chain_close(&c);
}

static void subtitles__sidecar_that_cannot_be_read__says_why(void **state)
{
	static const struct {
		const char *text;
		size_t size;
		const char *why;
	} cases[] = {
	    {"\xff\xfe"
	     "1\0",
	     4, "the sidecar is UTF-16"},
	    {"Once upon a time", 16, "the sidecar is neither SubRip nor WebVTT"},
	    {"00:00:01,000 --> 00:00:02,000\n\xff", 31, "no cue can be read"},
	};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(cases); i++) {
		test_chain c = run_sidecar(cases[i].text, cases[i].size);
		assert_undefined(&c, 0, "subtitles.cues", cases[i].why);
		assert_undefined(&c, 0, "subtitles.cue_ratio", cases[i].why);
		assert_int_equal(metric(&c, 0, "subtitles.malformed"), 1);
		assert_int_equal(kept_count, 0);
		chain_close(&c);
	}
}

static void subtitles__decomposed_text__composed_and_counted_so(void **state)
{
	static const char srt[] = "1\n00:00:00,000 --> 00:00:01,000\ncafe\xcc\x81\n";
	test_chain c = run_sidecar(srt, sizeof srt - 1);

	(void)state;
	assert_ok(&c);
	assert_int_equal(metric(&c, 0, "subtitles.characters"), 4);
	assert_string_equal(kept[1], "caf\xc3\xa9\n");
	chain_close(&c);
}

static void subtitles__sidecar_with_nothing_in_it__zero_cues(void **state)
{
	static const char *const texts[] = {"", " \n\n", "\xef\xbb\xbf", "WEBVTT\n"};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(texts); i++) {
		test_chain c = run_sidecar(texts[i], strlen(texts[i]));
		assert_int_equal(metric(&c, 0, "subtitles.cues"), 0);
		assert_int_equal(metric(&c, 0, "subtitles.cue_ratio"), 0);
		assert_int_equal(metric(&c, 0, "subtitles.malformed"), 0);
		assert_int_equal(kept_count, 0);
		chain_close(&c);
	}
}

static void subtitles__more_cues_than_are_kept__refused_and_the_video_is_not(void **state)
{
	static const packet one = PACKET(AV_CODEC_ID_TEXT, "x", 1000, 500);
	const size_t count = ASSAY_CUES_MAX + 2;
	packet *packets = malloc(count * sizeof *packets);
	test_chain c;

	(void)state;
	for (size_t i = 0; i < count; i++)
		packets[i] = one;
	c = run_packets(packets, count, 0, NULL);
	assert_undefined(&c, 0, "subtitles.cues", "the stream has too many cues");
	assert_int_equal(metric(&c, 0, "subtitles.malformed"), 1);
	assert_int_equal(kept_count, 0);
	chain_close(&c);
	free(packets);
}

static void subtitles__sidecar_and_stream__the_sidecar(void **state)
{
	static const packet packets[] = {PACKET(AV_CODEC_ID_SUBRIP, "stream", 1000, 500)};
	static const char vtt[] = "WEBVTT\n\n00:01.000 --> 00:02.000\nbeside\n";
	test_chain c;

	(void)state;
	script = (struct script){packets, 1, 0};
	c = run(&script_reader, -1, NULL, vtt, sizeof vtt - 1);
	assert_string_equal(kept[1], "beside\n");
	assert_int_equal(metric(&c, 0, "subtitles.cues"), 1);
	chain_close(&c);
}

/* ---------------------------------------------------------------- files */

static void kind__pictures__no_text(void **state)
{
	static const struct {
		enum AVMediaType type;
		enum AVCodecID codec;
		assay_caption_kind kind;
	} cases[] = {
	    {AVMEDIA_TYPE_SUBTITLE, AV_CODEC_ID_HDMV_PGS_SUBTITLE, ASSAY_CAPTION_OTHER},
	    {AVMEDIA_TYPE_SUBTITLE, AV_CODEC_ID_DVD_SUBTITLE, ASSAY_CAPTION_OTHER},
	    {AVMEDIA_TYPE_SUBTITLE, AV_CODEC_ID_NONE, ASSAY_CAPTION_OTHER},
	    {AVMEDIA_TYPE_SUBTITLE, AV_CODEC_ID_MOV_TEXT, ASSAY_CAPTION_TEXT},
	    {AVMEDIA_TYPE_DATA, AV_CODEC_ID_TEXT, ASSAY_CAPTION_NONE},
	};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(cases); i++) {
		const AVCodecParameters par = {.codec_type = cases[i].type, .codec_id = cases[i].codec};
		assert_int_equal(assay_caption_kind_of(&par), cases[i].kind);
	}
}

/* Texts by `ffmpeg -i FILE -f webvtt -`, version 5.1; WebVTT in Matroska by the tag S_TEXT/WEBVTT it does not know. */
static void corpus__matroska_subtitles__texts_and_counts(void **state)
{
	static const struct {
		const char *file;
		int64_t read, unread;
		const char *begins;
	} cases[] = {
	    {"sample_with_srt.mkv", 1, 0, "This is the first subtitle.\n"},
	    {"sample_with_null_terminated_srt.mkv", 1, 0, "This is the first\n"},
	    {"sample_with_ssa_subtitles.mkv", 1, 0, "This is the first subtitle.\n"},
	    {"sample_with_vtt_subtitles.mkv", 0, 1, ""},
	    {"sample.mkv", 0, 0, ""},
	};
	const char *dir = corpus();

	(void)state;
	for (size_t i = 0; dir != NULL && i < ASSAY_COUNT(cases); i++) {
		char *path = assay_asprintf("%s/video/exoplayer/%s", dir, cases[i].file);
		const int fd = open(path, O_RDONLY | O_CLOEXEC);
		test_chain c;

		assert_true(fd >= 0);
		c = run(&assay_stage_video_read, fd, NULL, NULL, 0);
		assert_int_equal(metric(&c, 0, "video.subtitle_streams"), cases[i].read);
		assert_int_equal(metric(&c, 0, "video.subtitle_streams_unsupported"), cases[i].unread);
		assert_int_equal(strncmp(kept[1], cases[i].begins, strlen(cases[i].begins)), 0);
		assert_int_equal(kept_count, cases[i].read > 0 ? 2 : 0);
		chain_close(&c);
		(void)close(fd);
		free(path);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(subtitles__packets_of_every_codec__one_text),
	    cmocka_unit_test(subtitles__packets_that_lie__malformed),
	    cmocka_unit_test(subtitles__stream_of_gaps_alone__no_subtitles),
	    cmocka_unit_test(subtitles__first_frame_late__times_count_from_it),
	    cmocka_unit_test(subtitles__two_streams__the_one_that_is_asked_for),
	    cmocka_unit_test(subtitles__overlaps_and_ends__counted),
	    cmocka_unit_test(subtitles__sidecar_that_cannot_be_read__says_why),
	    cmocka_unit_test(subtitles__decomposed_text__composed_and_counted_so),
	    cmocka_unit_test(subtitles__sidecar_with_nothing_in_it__zero_cues),
	    cmocka_unit_test(subtitles__more_cues_than_are_kept__refused_and_the_video_is_not),
	    cmocka_unit_test(subtitles__sidecar_and_stream__the_sidecar),
	    cmocka_unit_test(kind__pictures__no_text),
	    cmocka_unit_test(corpus__matroska_subtitles__texts_and_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
