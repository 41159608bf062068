/* Made-up media in memory, and chains run over it: shared by test_libav.c, test_frames.c and test_audio.c. */
#ifndef TEST_AV_MEDIA_H
#define TEST_AV_MEDIA_H

#include "assay/chain.h"
#include "assay/params.h"

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/opt.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define UNUSED __attribute__((unused))

/* ---------------------------------------------------------------- chains */

typedef struct test_chain {
	assay_chain_step steps[8];
	size_t count;
	assay_result r;
	unsigned pngs;
} test_chain;

static UNUSED void chain_add(test_chain *c, const assay_stage *stage)
{
	void *params = NULL;

	if (stage->params != NULL)
		assert_int_equal(assay_params_new(&params, stage, NULL), ASSAY_OK);
	c->steps[c->count++] = (assay_chain_step){.stage = stage, .params = params};
}

static UNUSED void chain_set(test_chain *c, const char *name, const char *text)
{
	const assay_chain_step *s = &c->steps[c->count - 1];

	assert_int_equal(
	    assay_params_set(s->stage, (void *)(uintptr_t)s->params, assay_param_find(s->stage, name), text, NULL),
	    ASSAY_OK);
}

static UNUSED assay_code count_png(void *ctx, const void *data, size_t size, const assay_digest *d, assay_err *err)
{
	test_chain *c = ctx;

	(void)d, (void)err;
	assert_true(size > 8);
	assert_memory_equal(data, "\x89PNG\r\n\x1a\n", 8);
	c->pngs++;
	return ASSAY_OK;
}

static UNUSED void chain_run_part(test_chain *c, int fd, const assay_part *part, bool from_start)
{
	const assay_chain_opts opts = {.artifact = count_png, .ctx = c};
	assay_input in = {.fd = fd, .part = *part, .from_start = from_start};
	assay_err err = ASSAY_ERR_INIT;
	struct stat st;
	assay_code rc;

	assert_int_equal(fstat(fd, &st), 0);
	in.size = (uint64_t)st.st_size;
	assay_result_release(&c->r);
	c->r = (assay_result){0};
	c->pngs = 0;
	rc = assay_chain_run(&c->r, c->steps, c->count, &in, &opts, &err);
	if (rc != ASSAY_OK)
		print_error("%s\n", err.msg);
	assert_int_equal(rc, ASSAY_OK);
}

static UNUSED void chain_run(test_chain *c, int fd)
{
	const assay_part every = {0};

	chain_run_part(c, fd, &every, false);
}

static UNUSED void chain_close(test_chain *c)
{
	for (size_t i = 0; i < c->count; i++)
		assay_params_free(c->steps[i].stage, (void *)(uintptr_t)c->steps[i].params);
	assay_result_release(&c->r);
}

static UNUSED const assay_measurement *find_metric(const test_chain *c, size_t sample, const char *name)
{
	const assay_result_sample *s = &c->r.samples[sample];
	uint32_t base = 0;

	assert_true(sample < c->r.sample_count);
	for (size_t i = 0; i < c->count; i++) {
		const size_t n = assay_metric_count(c->steps[i].stage);
		for (size_t k = 0; k < n; k++)
			for (size_t m = 0; m < s->measurement_count; m++)
				if (s->measurements[m].metric == base + k &&
				    strcmp(c->steps[i].stage->metrics[k].name, name) == 0)
					return &s->measurements[m];
		base += (uint32_t)n;
	}
	fail_msg("no metric %s", name);
	return NULL;
}

static UNUSED int64_t metric(const test_chain *c, size_t sample, const char *name)
{
	const assay_measurement *m = find_metric(c, sample, name);

	if (!m->defined)
		fail_msg("%s is undefined: %s", name, m->reason);
	return m->value;
}

static UNUSED void assert_undefined(const test_chain *c, size_t sample, const char *name, const char *reason)
{
	const assay_measurement *m = find_metric(c, sample, name);

	assert_false(m->defined);
	assert_string_equal(m->reason, reason);
}

static UNUSED void assert_ok(const test_chain *c)
{
	if (c->r.failure != ASSAY_FAILURE_NONE)
		fail_msg("%s: %s", assay_failure_name(c->r.failure), c->r.message);
}

static UNUSED void assert_failure(const test_chain *c, assay_failure failure, const char *part_of_message)
{
	if (c->r.failure != failure || strstr(c->r.message, part_of_message) == NULL)
		fail_msg("wanted %s (%s), got %s: %s", assay_failure_name(failure), part_of_message,
			 c->r.failure != ASSAY_FAILURE_NONE ? assay_failure_name(c->r.failure) : "success",
			 c->r.message != NULL ? c->r.message : "");
}

/* ---------------------------------------------------------------- files in memory */

static UNUSED int new_file(const void *data, size_t size)
{
	const int fd = memfd_create("media", 0);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, size), (ssize_t)size);
	return fd;
}

static UNUSED off_t file_size(int fd)
{
	struct stat st;

	assert_int_equal(fstat(fd, &st), 0);
	return st.st_size;
}

static UNUSED void cut_file(int fd, unsigned percent)
{
	assert_int_equal(ftruncate(fd, file_size(fd) * (off_t)percent / 100), 0);
}

typedef struct clip {
	const char *format; /* muxer */
	enum AVCodecID codec;
	enum AVPixelFormat pixels;
	int width, height;
	AVRational frame; /* duration of a frame, and the encoder's time base */
	int frames;
	void (*paint)(AVFrame *f, int n);
	int64_t (*when)(int n); /* NULL: n */
	const char *movflags;
	int b_frames, gop; /* gop 0: 12 */
	bool all_key;      /* the container calls every packet of the video a key frame */
	int sound_streams; /* of pcm_s16le or aac (mp4), 1 kHz at -20 dBFS, as long as the video */
} clip;

static UNUSED void drain_as(AVFormatContext *oc, AVCodecContext *enc, AVStream *st, const AVFrame *f, int flags)
{
	AVPacket *pkt = av_packet_alloc();

	assert_true(avcodec_send_frame(enc, f) >= 0);
	while (avcodec_receive_packet(enc, pkt) >= 0) {
		av_packet_rescale_ts(pkt, enc->time_base, st->time_base);
		if (pkt->duration == 0)
			pkt->duration = av_rescale_q(1, enc->time_base, st->time_base);
		pkt->stream_index = st->index;
		pkt->flags |= flags;
		assert_true(av_interleaved_write_frame(oc, pkt) >= 0);
	}
	av_packet_free(&pkt);
}

static UNUSED void drain(AVFormatContext *oc, AVCodecContext *enc, AVStream *st, const AVFrame *f)
{
	drain_as(oc, enc, st, f, 0);
}

static UNUSED AVCodecContext *open_video_encoder(const clip *c, AVFormatContext *oc, AVStream **st)
{
	const AVCodec *codec = avcodec_find_encoder(c->codec);
	AVCodecContext *enc = avcodec_alloc_context3(codec);

	enc->width = c->width;
	enc->height = c->height;
	enc->pix_fmt = c->pixels;
	enc->time_base = c->frame;
	enc->framerate = av_inv_q(c->frame);
	enc->gop_size = c->gop > 0 ? c->gop : 12;
	enc->max_b_frames = c->b_frames;
	enc->bit_rate = 8000000;
	enc->strict_std_compliance = FF_COMPLIANCE_EXPERIMENTAL;
	enc->thread_count = 1;
	enc->flags |= AV_CODEC_FLAG_BITEXACT;
	if (oc->oformat->flags & AVFMT_GLOBALHEADER)
		enc->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
	assert_true(avcodec_open2(enc, codec, NULL) >= 0);
	*st = avformat_new_stream(oc, NULL);
	(*st)->time_base = c->frame;
	(*st)->avg_frame_rate = enc->framerate;
	assert_true(avcodec_parameters_from_context((*st)->codecpar, enc) >= 0);
	return enc;
}

static UNUSED AVCodecContext *open_sound_encoder(AVFormatContext *oc, AVStream **st)
{
	const bool mp4 = strcmp(oc->oformat->name, "mp4") == 0;
	const AVCodec *codec = avcodec_find_encoder(mp4 ? AV_CODEC_ID_AAC : AV_CODEC_ID_PCM_S16LE);
	AVCodecContext *enc = avcodec_alloc_context3(codec);

	enc->sample_fmt = mp4 ? AV_SAMPLE_FMT_FLTP : AV_SAMPLE_FMT_S16;
	enc->sample_rate = 48000;
	av_channel_layout_default(&enc->ch_layout, 1);
	enc->time_base = (AVRational){1, 48000};
	if (oc->oformat->flags & AVFMT_GLOBALHEADER)
		enc->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
	assert_true(avcodec_open2(enc, codec, NULL) >= 0);
	*st = avformat_new_stream(oc, NULL);
	(*st)->time_base = enc->time_base;
	assert_true(avcodec_parameters_from_context((*st)->codecpar, enc) >= 0);
	return enc;
}

/* A triangle of 480 Hz will do: what matters is that it is there. */
static UNUSED void write_sound(AVFormatContext *oc, AVCodecContext *enc, AVStream *st, double seconds)
{
	const int block = enc->frame_size > 0 ? enc->frame_size : 1024;
	const int64_t total = (int64_t)(seconds * 48000);

	for (int64_t at = 0; at < total; at += block) {
		AVFrame *f = av_frame_alloc();
		f->nb_samples = (int)(total - at < block ? total - at : block);
		f->format = enc->sample_fmt;
		f->sample_rate = 48000;
		assert_true(av_channel_layout_copy(&f->ch_layout, &enc->ch_layout) >= 0);
		assert_true(av_frame_get_buffer(f, 0) >= 0);
		f->pts = at;
		for (int i = 0; i < f->nb_samples; i++) {
			const int x = abs((int)((at + i) % 100) - 50) * 131 - 3275;
			if (enc->sample_fmt == AV_SAMPLE_FMT_FLTP)
				((float *)(void *)f->data[0])[i] = (float)x / 32768.0F;
			else
				((int16_t *)(void *)f->data[0])[i] = (int16_t)x;
		}
		drain(oc, enc, st, f);
		av_frame_free(&f);
	}
	drain(oc, enc, st, NULL);
}

static UNUSED void write_frames(const clip *c, AVFormatContext *oc, AVCodecContext *enc, AVStream *st)
{
	const int flags = c->all_key ? AV_PKT_FLAG_KEY : 0;

	for (int n = 0; n < c->frames; n++) {
		AVFrame *f = av_frame_alloc();
		f->format = c->pixels;
		f->width = c->width;
		f->height = c->height;
		assert_true(av_frame_get_buffer(f, 0) >= 0);
		f->pts = c->when != NULL ? c->when(n) : n;
		c->paint(f, n);
		drain_as(oc, enc, st, f, flags);
		av_frame_free(&f);
	}
	drain_as(oc, enc, st, NULL, flags);
}

static UNUSED int make_clip(const clip *c)
{
	const int fd = memfd_create("clip", 0);
	AVCodecContext *video, *sound[4] = {NULL};
	AVFormatContext *oc = NULL;
	AVStream *st, *sst[4];
	AVDictionary *opts = NULL;
	char path[40];

	(void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	av_log_set_level(AV_LOG_QUIET);
	assert_true(avformat_alloc_output_context2(&oc, NULL, c->format, NULL) >= 0);
	oc->flags |= AVFMT_FLAG_BITEXACT;
	oc->url = av_strdup(path); /* faststart reads what it wrote */
	video = open_video_encoder(c, oc, &st);
	for (int i = 0; i < c->sound_streams; i++)
		sound[i] = open_sound_encoder(oc, &sst[i]);
	assert_true(avio_open(&oc->pb, path, AVIO_FLAG_WRITE) >= 0);
	if (c->movflags != NULL)
		(void)av_dict_set(&opts, "movflags", c->movflags, 0);
	assert_true(avformat_write_header(oc, &opts) >= 0);
	av_dict_free(&opts);
	write_frames(c, oc, video, st);
	for (int i = 0; i < c->sound_streams; i++) {
		write_sound(oc, sound[i], sst[i], c->frames * av_q2d(c->frame));
		avcodec_free_context(&sound[i]);
	}
	assert_true(av_write_trailer(oc) >= 0);
	(void)avio_closep(&oc->pb);
	avcodec_free_context(&video);
	avformat_free_context(oc);
	return fd;
}

/* ---------------------------------------------------------------- the corpus */

static UNUSED const char *corpus(void)
{
	const char *env = getenv("ASSAY_CORPUS");
	const char *dir = env != NULL ? env : ASSAY_CORPUS_DEFAULT;

	if (access(dir, R_OK) == 0)
		return dir;
	print_message("skipped: no corpus\n");
	return NULL;
}

#endif
