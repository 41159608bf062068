#include "movie.h"

#include "assay/memory.h"

#include <libavutil/channel_layout.h>
#include <libavutil/mathematics.h>
#include <libavutil/opt.h>

static assay_code raise_av(assay_err *err, int averror, const char *path, const char *what)
{
	char text[AV_ERROR_MAX_STRING_SIZE];

	(void)av_strerror(averror, text, sizeof text);
	return ASSAY_RAISE_SYS(err, averror == AVERROR(ENOMEM) ? ASSAY_ENOMEM : ASSAY_EIO, averror, "'%s': %s: %s",
			       path, what, text);
}

/* ---------------------------------------------------------------- opening */

static void set_up_video(AVCodecContext *c, const movie_options *o)
{
	c->width = o->width;
	c->height = o->height;
	c->pix_fmt = AV_PIX_FMT_YUV420P;
	c->time_base = av_inv_q(o->rate);
	c->framerate = o->rate;
	c->gop_size = o->bit_rate > 0 ? 12 : 1;
	c->max_b_frames = o->b_frames;
	c->bit_rate = o->bit_rate;
}

/* 16-bit integers; those of a single channel are the same packed and planar. NONE when the encoder has neither. */
static enum AVSampleFormat narrow_format(const AVCodec *codec)
{
	const enum AVSampleFormat *f = codec->sample_fmts;

	while (*f != AV_SAMPLE_FMT_NONE && *f != AV_SAMPLE_FMT_S16 && *f != AV_SAMPLE_FMT_S16P)
		f++;
	return *f;
}

static void set_up_audio(AVCodecContext *c, const movie_options *o)
{
	c->sample_rate = (int)o->sound->rate;
	c->ch_layout = (AVChannelLayout)AV_CHANNEL_LAYOUT_MONO;
	c->sample_fmt = narrow_format(c->codec);
	c->time_base = (AVRational){1, c->sample_rate};
	c->bit_rate = c->codec_id == AV_CODEC_ID_MP2 ? 64000 : 0;
}

static int start_track(movie_track *t, AVFormatContext *f, const AVCodec *codec)
{
	int r;

	t->enc->thread_count = 1;
	t->enc->flags |= AV_CODEC_FLAG_BITEXACT;
	if (f->oformat->flags & AVFMT_GLOBALHEADER)
		t->enc->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
	r = avcodec_open2(t->enc, codec, NULL);
	if (r < 0)
		return r;
	t->st->time_base = t->enc->time_base;
	t->st->avg_frame_rate = t->enc->framerate;
	return avcodec_parameters_from_context(t->st->codecpar, t->enc);
}

static assay_code add_track(movie *m, movie_track *t, enum AVCodecID id, assay_err *err)
{
	const AVCodec *codec = avcodec_find_encoder(id);
	int r;

	if (id == AV_CODEC_ID_NONE)
		return ASSAY_OK;
	if (codec == NULL)
		return ASSAY_RAISE(err, ASSAY_EUNSUPPORTED, "libavcodec has no encoder for %s", avcodec_get_name(id));
	t->enc = avcodec_alloc_context3(codec);
	t->st = avformat_new_stream(m->format, NULL);
	t->frame = av_frame_alloc();
	if (t->enc == NULL || t->st == NULL || t->frame == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "encoder");
	if (codec->type == AVMEDIA_TYPE_VIDEO)
		set_up_video(t->enc, &m->options);
	else
		set_up_audio(t->enc, &m->options);
	r = start_track(t, m->format, codec);
	return r < 0 ? raise_av(err, r, m->path, codec->name) : ASSAY_OK;
}

static assay_code open_file(movie *m, assay_err *err)
{
	AVDictionary *options = NULL;
	int r = avio_open(&m->format->pb, m->path, AVIO_FLAG_WRITE);

	if (r < 0)
		return raise_av(err, r, m->path, "create");
	if (m->options.index_first)
		(void)av_dict_set(&options, "movflags", "+faststart", 0);
	r = avformat_write_header(m->format, &options);
	av_dict_free(&options);
	return r < 0 ? raise_av(err, r, m->path, "write header") : ASSAY_OK;
}

assay_code movie_open(movie *out, const char *path, const movie_options *options, assay_err *err)
{
	const AVOutputFormat *container = av_guess_format(NULL, path, NULL);
	assay_code rc;

	*out = (movie){.path = path, .options = *options};
	if (container == NULL)
		return ASSAY_RAISE(err, ASSAY_EUSAGE, "'%s': no container has names that end so", path);
	out->packet = av_packet_alloc();
	if (out->packet == NULL || avformat_alloc_output_context2(&out->format, container, NULL, path) < 0) {
		rc = ASSAY_RAISE(err, ASSAY_ENOMEM, "container");
		goto fail;
	}
	/* no clock, no random identifiers, no library versions; no delay that TS and PS would begin with */
	out->format->flags |= AVFMT_FLAG_BITEXACT;
	out->format->max_delay = 0;
	ASSAY_TRY(add_track(out, &out->video, options->video, err));
	ASSAY_TRY(add_track(out, &out->audio, options->audio, err));
	ASSAY_TRY(open_file(out, err));
	return ASSAY_OK;
fail:
	movie_release(out);
	return rc;
}

static void release_track(movie_track *t)
{
	av_frame_free(&t->frame);
	avcodec_free_context(&t->enc);
}

void movie_release(movie *m)
{
	release_track(&m->video);
	release_track(&m->audio);
	av_packet_free(&m->packet);
	if (m->format != NULL)
		(void)avio_closep(&m->format->pb);
	avformat_free_context(m->format);
	m->format = NULL;
}

/* ---------------------------------------------------------------- encoding */

/* frame NULL: what the encoder still holds. */
static assay_code encode(movie *m, movie_track *t, const AVFrame *frame, assay_err *err)
{
	int r = avcodec_send_frame(t->enc, frame);

	while (r >= 0) {
		r = avcodec_receive_packet(t->enc, m->packet);
		if (r == AVERROR(EAGAIN) || r == AVERROR_EOF)
			return ASSAY_OK;
		if (r < 0)
			break;
		if (m->packet->duration == 0)
			m->packet->duration = 1; /* a picture; sound's is known */
		av_packet_rescale_ts(m->packet, t->enc->time_base, t->st->time_base);
		m->packet->stream_index = t->st->index;
		r = av_interleaved_write_frame(m->format, m->packet);
	}
	return raise_av(err, r, m->path, "write");
}

AVFrame *movie_canvas(movie *m)
{
	AVFrame *f = m->video.frame;

	if (f->data[0] == NULL) {
		f->format = m->video.enc->pix_fmt;
		f->width = m->video.enc->width;
		f->height = m->video.enc->height;
		if (av_frame_get_buffer(f, 0) < 0)
			return NULL;
	}
	return av_frame_make_writable(f) < 0 ? NULL : f;
}

static assay_code prepare_block(movie_track *t, int64_t start, int samples, assay_err *err)
{
	AVFrame *f = t->frame;

	av_frame_unref(f);
	f->format = t->enc->sample_fmt;
	f->sample_rate = t->enc->sample_rate;
	f->ch_layout = t->enc->ch_layout;
	f->nb_samples = samples;
	f->pts = start + t->done;
	return av_frame_get_buffer(f, 0) < 0 ? ASSAY_RAISE(err, ASSAY_ENOMEM, "block of sound") : ASSAY_OK;
}

static assay_code push_block(movie *m, int samples, assay_err *err)
{
	const sound *s = m->options.sound;
	movie_track *t = &m->audio;
	const int64_t start = av_rescale_q(m->options.first, av_inv_q(m->options.rate), t->enc->time_base);
	const assay_code rc = prepare_block(t, start, samples, err);
	int16_t *at;

	if (rc != ASSAY_OK)
		return rc;
	at = (int16_t *)(void *)t->frame->data[0];
	for (int i = 0; i < samples; i++)
		at[i] = s->samples[(size_t)(t->done + i) % s->frames];
	t->done += samples;
	return encode(m, t, t->frame, err);
}

/* Whole blocks only, but for the last one. */
static assay_code push_sound_to(movie *m, int64_t end, bool last, assay_err *err)
{
	const int block = m->audio.enc->frame_size > 0 ? m->audio.enc->frame_size : 1024;
	assay_code rc = ASSAY_OK;

	while (rc == ASSAY_OK && m->audio.done + block <= end)
		rc = push_block(m, block, err);
	if (rc == ASSAY_OK && last && m->audio.done < end)
		rc = push_block(m, (int)(end - m->audio.done), err);
	return rc;
}

static int64_t sound_end(const movie *m)
{
	return av_rescale_q(m->video.done, m->video.enc->time_base, m->audio.enc->time_base);
}

assay_code movie_push(movie *m, assay_err *err)
{
	assay_code rc;

	m->video.frame->pts = m->options.first + m->video.done;
	rc = encode(m, &m->video, m->video.frame, err);
	m->video.done++;
	if (rc != ASSAY_OK || m->audio.enc == NULL)
		return rc;
	return push_sound_to(m, sound_end(m), false, err);
}

assay_code movie_push_sound(movie *m, int64_t samples, assay_err *err)
{
	return push_sound_to(m, m->audio.done + samples, true, err);
}

assay_code movie_finish(movie *m, assay_err *err)
{
	assay_code rc = ASSAY_OK;
	int r;

	if (m->audio.enc != NULL && m->video.enc != NULL)
		rc = push_sound_to(m, sound_end(m), true, err);
	if (rc == ASSAY_OK && m->video.enc != NULL)
		rc = encode(m, &m->video, NULL, err);
	if (rc == ASSAY_OK && m->audio.enc != NULL)
		rc = encode(m, &m->audio, NULL, err);
	if (rc != ASSAY_OK)
		return rc;
	r = av_write_trailer(m->format);
	if (r >= 0)
		r = avio_closep(&m->format->pb);
	return r < 0 ? raise_av(err, r, m->path, "write") : ASSAY_OK;
}

int64_t movie_time(const movie *m, int64_t n, AVRational *base)
{
	*base = m->video.st->time_base;
	return av_rescale_q(m->options.first + n, m->video.enc->time_base, *base);
}
