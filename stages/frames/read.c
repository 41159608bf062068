/* video.read: one demux pass over a container; its main video stream and all its audio streams. */
#include "captions.h"
#include "clock.h"
#include "frames.h"
#include "libav.h"
#include "luma.h"
#include "track.h"
#include "window.h"

#include "assay/decimal.h"

#include <libavutil/display.h>
#include <libavutil/mathematics.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct params {
	int64_t max_pixels;
	int64_t max_audio_streams;
	int64_t max_damage;
	bool sound;
} params;

static const assay_param schema[] = {
    ASSAY_PARAM_ROW_INT(params, max_pixels, "40000000", 1, 1000000000, "px",
			"frames with more pixels fail the unit (limit)"),
    ASSAY_PARAM_ROW_INT(params, max_audio_streams, "32", 0, 1000, "1",
			"files with more audio streams fail the unit (limit)"),
    ASSAY_PARAM_ROW_DECIMAL(params, max_damage, "0.02", 4, 0, 10000, "1",
			    "fail a file (decode) when more than this share of a stream's packets is damaged"),
    ASSAY_PARAM_ROW_BOOL(params, sound, "true",
			 "read the audio streams; false: they are counted, and neither decoded nor made samples of"),
    {0},
};

enum {
	M_WIDTH,
	M_HEIGHT,
	M_PIXEL_ASPECT,
	M_ROTATION,
	M_DURATION,
	M_DURATION_DECLARED,
	M_DURATION_ERROR,
	M_FRAMES,
	M_FRAMES_MISSING,
	M_FRAME_RATE,
	M_VARIABLE,
	M_REPAIRED,
	M_ERRORS,
	M_DROPPED,
	M_SIZE_CHANGES,
	M_STREAMS,
	M_AUDIO_STREAMS,
	M_SUBTITLE_STREAMS,
	M_SUBTITLES_UNREAD,
	M_AUDIO,
};

#define ON_VIDEO ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_VIDEO)
static const assay_metric metrics[] = {
    [M_WIDTH] = {"video.width", "px", 0, ON_VIDEO,
		 "Width of the first frame as displayed: cropped and turned upright, not stretched to square pixels."},
    [M_HEIGHT] = {"video.height", "px", 0, ON_VIDEO, "Height of the first frame, as video.width."},
    [M_PIXEL_ASPECT] = {"video.pixel_aspect", "1", 4, ON_VIDEO,
			"Width / height of a stored pixel; undefined when the file does not say."},
    [M_ROTATION] = {"video.rotation", "deg", 0, ON_VIDEO, "Clockwise turn a player must make: 0, 90, 180 or 270."},
    [M_DURATION] = {"video.duration", "s", 6, ON_VIDEO,
		    "Decoded: time of the last frame + its duration - time of the first frame."},
    [M_DURATION_DECLARED] =
	{"video.duration_declared", "s", 6, ON_VIDEO,
	 "Length that the video stream's header declares, else its tag DURATION, else the container's header."},
    [M_DURATION_ERROR] = {"video.duration_error", "s", 6, ON_VIDEO,
			  "video.duration - video.duration_declared; below 0 when something is missing."},
    [M_FRAMES] = {"video.frames", "1", 0, ON_VIDEO, "Decoded frames."},
    [M_FRAMES_MISSING] =
	{"video.frames_missing", "1", 0, ON_VIDEO,
	 "Frames that the stream's header counts - those decoded - those that an edit list leaves out; "
	 "undefined when the header does not count."},
    [M_FRAME_RATE] = {"video.frame_rate", "1/s", 3, ON_VIDEO, "video.frames / video.duration."},
    [M_VARIABLE] = {"video.variable_frame_rate", "1", 0, ON_VIDEO,
		    "1 when the longest step between frames exceeds the shortest by more than 2 ms and 10 %, else 0."},
    [M_REPAIRED] = {"video.timestamps_repaired", "1", 0, ON_VIDEO,
		    "Frames whose time was missing or did not rise, and was reconstructed."},
    [M_ERRORS] = {"video.decode_errors", "1", 0, ON_VIDEO,
		  "Packets that could not be read, or that the decoder refused, concealed or complained about."},
    [M_DROPPED] = {"video.frames_dropped", "1", 0, ON_VIDEO,
		   "Frames before the first clean one, broken for want of a key frame, and not emitted."},
    [M_SIZE_CHANGES] = {"video.size_changes", "1", 0, ON_VIDEO, "Frames whose size differs from the one before."},
    [M_STREAMS] = {"video.streams", "1", 0, ON_VIDEO, "Video streams in the file; the main one is read."},
    [M_AUDIO_STREAMS] = {"video.audio_streams", "1", 0, ON_VIDEO,
			 "Audio streams in the file, whether or not they are read."},
    [M_SUBTITLE_STREAMS] = {"video.subtitle_streams", "1", 0, ON_VIDEO,
			    "Streams of text subtitles in the file; video.subtitles keeps one."},
    [M_SUBTITLES_UNREAD] = {"video.subtitle_streams_unsupported", "1", 0, ON_VIDEO,
			    "Streams of subtitles that are pictures, or text of a form that is not read."},
    [M_AUDIO] = ASSAY_AUDIO_METRIC_ROWS,
    {0},
};

static const assay_metric_note notes[] = {
    {.metric = "video.frames", .recall = ASSAY_RECALL_MORE},
    {.metric = "video.duration", .recall = ASSAY_RECALL_MORE},
    {.metric = "audio.duration", .recall = ASSAY_RECALL_MORE},
    {0},
};

typedef struct reader {
	const params *p;
	assay_av_input *in;
	assay_sink *sink;
	AVStream *st;
	AVCodecContext *dec;
	AVFrame *frame;
	assay_luma luma;
	uint32_t root;
	int32_t rotation;
	unsigned video_streams, audio_streams, track_count;
	assay_av_track *tracks;
	int *track_of;        /* stream index -> index into tracks, -1 for others; `streams` of them */
	uint32_t *caption_of; /* stream index -> 1-based ordinal among the text subtitles, 0 for others */
	uint32_t captions, captions_unread;
	unsigned streams;
	assay_frame_clock clock;
	assay_part part; /* of the file that is read */
	assay_window window;
	uint64_t passed; /* frames that were emitted */
	uint64_t packets, frames, errors, dropped, size_changes;
	uint64_t left_out; /* packets that are decoded and not shown */
	int width, height, first_width, first_height;
	AVRational aspect;
} reader;

/* ---------------------------------------------------------------- choosing streams */

static bool is_video(const AVStream *st)
{
	const int cover = AV_DISPOSITION_ATTACHED_PIC | AV_DISPOSITION_TIMED_THUMBNAILS;

	return st->codecpar->codec_type == AVMEDIA_TYPE_VIDEO && !(st->disposition & cover);
}

static bool is_better(const AVStream *a, const AVStream *b)
{
	const bool da = a->disposition & AV_DISPOSITION_DEFAULT;
	const bool db = b->disposition & AV_DISPOSITION_DEFAULT;
	const int64_t pa = (int64_t)a->codecpar->width * a->codecpar->height;
	const int64_t pb = (int64_t)b->codecpar->width * b->codecpar->height;

	return da != db ? da : pa > pb;
}

/* The default stream, else the largest, else the first. */
static assay_code choose_video(reader *r, assay_err *err)
{
	for (unsigned i = 0; i < r->in->format->nb_streams; i++) {
		AVStream *st = r->in->format->streams[i];
		if (!is_video(st))
			continue;
		r->video_streams++;
		if (r->st == NULL || is_better(st, r->st))
			r->st = st;
	}
	if (r->st == NULL)
		return assay_fail(r->sink, ASSAY_FAILURE_EMPTY, err, "no video stream");
	if (assay_av_encrypted(r->st, NULL))
		return ASSAY_RAISE(err, ASSAY_EUNSUPPORTED, "the video is encrypted");
	return ASSAY_OK;
}

static int32_t rotation_of(const AVStream *st)
{
	size_t size = 0;
	const uint8_t *m = av_stream_get_side_data(st, AV_PKT_DATA_DISPLAYMATRIX, &size);
	int32_t matrix[9];
	double turn;

	if (m == NULL || size < sizeof matrix)
		return 0;
	memcpy(matrix, m, sizeof matrix);
	turn = -av_display_rotation_get(matrix); /* libav's angle is counterclockwise */
	if (!isfinite(turn))
		return 0;
	return (int32_t)(((lround(turn / 90.0) % 4) + 4) % 4 * 90);
}

static assay_code open_decoder(reader *r, assay_err *err)
{
	const AVCodecParameters *par = r->st->codecpar;
	const AVCodec *codec = avcodec_find_decoder(par->codec_id);
	assay_code rc;

	if (codec == NULL)
		return ASSAY_RAISE(err, ASSAY_EUNSUPPORTED, "no decoder for '%s'", avcodec_get_name(par->codec_id));
	if ((int64_t)par->width * par->height > r->p->max_pixels)
		return ASSAY_RAISE(err, ASSAY_EFULL, "frames of %d x %d exceed max_pixels %lld", par->width,
				   par->height, (long long)r->p->max_pixels);
	rc = assay_av_decoder_open(&r->dec, codec, r->st, r->p->max_pixels, err);
	if (rc != ASSAY_OK)
		return rc;
	assay_frame_clock_init(&r->clock, r->st);
	r->rotation = rotation_of(r->st);
	return ASSAY_OK;
}

static assay_code open_video(reader *r, const assay_input *in, assay_err *err)
{
	assay_code rc;

	ASSAY_TRY(choose_video(r, err));
	r->frame = av_frame_alloc();
	if (r->frame == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "frame");
	ASSAY_TRY(open_decoder(r, err));
	ASSAY_TRY(assay_window_open(&r->window, in, r->clock.tb, err));
	return assay_sample(r->sink, ASSAY_SAMPLE_VIDEO, "", ASSAY_NO_PARENT, &r->root, err);
fail:
	return rc;
}

static bool is_wanted(const reader *r, unsigned audio)
{
	return r->part.stream == ASSAY_PART_EVERY ? r->p->sound
						  : r->part.stream == ASSAY_PART_AUDIO && r->part.audio == audio;
}

static assay_code open_tracks(reader *r, assay_err *err)
{
	const AVFormatContext *f = r->in->format;

	r->streams = f->nb_streams;
	r->track_of = assay_alloc(r->streams, sizeof *r->track_of);
	for (unsigned i = 0; i < r->streams; i++)
		r->audio_streams += f->streams[i]->codecpar->codec_type == AVMEDIA_TYPE_AUDIO;
	if (r->audio_streams > r->p->max_audio_streams)
		return ASSAY_RAISE(err, ASSAY_EFULL, "%u audio streams exceed max_audio_streams %lld", r->audio_streams,
				   (long long)r->p->max_audio_streams);
	r->tracks = assay_alloc(r->audio_streams, sizeof *r->tracks);
	if (r->track_of == NULL || r->tracks == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "stream table");
	for (unsigned i = 0, ordinal = 0; i < r->streams; i++) {
		char part[24];
		assay_code rc;
		r->track_of[i] = -1;
		if (f->streams[i]->codecpar->codec_type != AVMEDIA_TYPE_AUDIO || !is_wanted(r, ++ordinal))
			continue;
		r->track_of[i] = (int)r->track_count++;
		(void)snprintf(part, sizeof part, "audio=%u", ordinal);
		rc = assay_av_track_open(&r->tracks[r->track_of[i]], r->in, f->streams[i], ordinal, part, r->sink, err);
		if (rc != ASSAY_OK)
			return rc;
	}
	return ASSAY_OK;
}

/* Of one stream, or a span of it, the demuxer need not read the rest. */
static void pass_over_others(reader *r)
{
	for (unsigned i = 0; i < r->streams; i++)
		if (r->track_of[i] < 0 && (int)i != (r->st != NULL ? r->st->index : -1))
			r->in->format->streams[i]->discard = AVDISCARD_ALL;
}

static assay_code find_captions(reader *r, assay_err *err)
{
	r->caption_of = assay_alloc(r->streams, sizeof *r->caption_of);
	if (r->caption_of == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "stream table");
	for (unsigned i = 0; i < r->streams; i++) {
		const assay_caption_kind kind = assay_caption_kind_of(r->in->format->streams[i]->codecpar);

		if (kind == ASSAY_CAPTION_TEXT)
			r->caption_of[i] = ++r->captions;
		r->captions_unread += kind == ASSAY_CAPTION_OTHER;
	}
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- frames */

static void note_size(reader *r, const AVFrame *f)
{
	if (r->frames == 0) {
		r->first_width = f->width;
		r->first_height = f->height;
		r->aspect = f->sample_aspect_ratio;
	} else if (f->width != r->width || f->height != r->height) {
		r->size_changes++;
	}
	r->width = f->width;
	r->height = f->height;
}

static assay_code emit_frame(reader *r, AVFrame *f, int64_t t, int64_t length, assay_err *err)
{
	const AVRational tb = r->clock.tb;
	assay_value *v;
	const assay_code rc = assay_luma_value(&r->luma, &v, f, r->root, err);

	if (rc != ASSAY_OK)
		return rc;
	v->time = (assay_time){t, tb.num, tb.den};
	v->u.frame.duration = (assay_time){length, tb.num, tb.den};
	v->u.frame.index = r->passed++;
	v->u.frame.rotation = r->rotation;
	return assay_emit(r->sink, v, err);
}

static assay_code pass_on(reader *r, AVFrame *f, int64_t t, assay_err *err)
{
	assay_window *w = &r->window;
	const assay_window_place place = assay_window_place_of(w, t);
	assay_code rc = ASSAY_OK;

	if (place == ASSAY_WINDOW_BEHIND) {
		av_frame_unref(f);
		return ASSAY_OK;
	}
	if (place == ASSAY_WINDOW_HOLD) {
		assay_window_hold(w, f, t, r->clock.length);
		return ASSAY_OK;
	}
	if (w->bounded && w->held->buf[0] != NULL)
		rc = emit_frame(r, w->held, w->time, w->length, err);
	return rc == ASSAY_OK ? emit_frame(r, f, t, r->clock.length, err) : rc;
}

static assay_code time_frame(reader *r, AVFrame *f, assay_err *err)
{
	int64_t t;

	if (!assay_frame_clock_tick(&r->clock, &t, f))
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "a frame's time is out of range");
	if (r->window.sought && r->clock.repaired > 0)
		return assay_widen(r->sink, err);
	note_size(r, f);
	r->frames++;
	return pass_on(r, f, t, err);
}

static assay_code take_frame(reader *r, AVFrame *f, bool *bad, assay_err *err)
{
	const bool broken = (f->flags & AV_FRAME_FLAG_CORRUPT) || f->decode_error_flags != 0;

	*bad = *bad || broken;
	if (!assay_window_trusts(&r->window, f, r->frames == 0, !*bad && assay_av_log_errors() == 0))
		return assay_widen(r->sink, err);
	if (broken && r->frames == 0) {
		r->dropped++;
		av_frame_unref(f);
		return assay_drop(r->sink, "a broken frame before the first clean one", 1, err);
	}
	return time_frame(r, f, err);
}

static assay_code push_video(reader *r, const AVPacket *pkt, assay_err *err)
{
	bool bad = pkt != NULL && (pkt->flags & AV_PKT_FLAG_CORRUPT);
	assay_code rc = ASSAY_OK;
	int e;

	if (pkt != NULL && assay_av_encrypted(r->st, pkt))
		return ASSAY_RAISE(err, ASSAY_EUNSUPPORTED, "the video is encrypted");
	if (pkt != NULL && !assay_window_begins(&r->window, r->st, pkt))
		return assay_widen(r->sink, err);
	assay_av_log_clear();
	e = avcodec_send_packet(r->dec, pkt);
	while (rc == ASSAY_OK && !r->window.done && e != AVERROR(ENOMEM) && e != AVERROR_PATCHWELCOME) {
		bad = bad || (e < 0 && e != AVERROR_EOF);
		e = avcodec_receive_frame(r->dec, r->frame);
		if (e == AVERROR(EAGAIN) || e == AVERROR_EOF)
			break;
		if (e >= 0)
			rc = take_frame(r, r->frame, &bad, err);
		else if (pkt != NULL)
			break;
	}
	if (e == AVERROR(ENOMEM) || e == AVERROR_PATCHWELCOME)
		return assay_av_raise(err, e, "decode video");
	bad = bad || (e < 0 && e != AVERROR(EAGAIN) && e != AVERROR_EOF) || assay_av_log_errors() > 0;
	if (bad && rc == ASSAY_OK && r->window.sought)
		return assay_widen(r->sink, err);
	r->errors += bad;
	r->packets += pkt != NULL;
	r->left_out += pkt != NULL && (pkt->flags & AV_PKT_FLAG_DISCARD);
	return rc;
}

static assay_code push_packet(reader *r, const AVPacket *pkt, assay_err *err)
{
	const unsigned s = (unsigned)pkt->stream_index;

	if (r->part.stream != ASSAY_PART_AUDIO && pkt->stream_index == r->st->index)
		return push_video(r, pkt, err);
	if (s < r->streams && r->caption_of != NULL && r->caption_of[s] > 0)
		return assay_caption_push(r->in->format->streams[s], pkt, r->root, r->caption_of[s], r->sink, err);
	/* Streams that appear later (MPEG-TS) were not announced; they are not read. */
	if (s < r->streams && r->track_of[s] >= 0)
		return assay_av_track_push(&r->tracks[r->track_of[s]], pkt, r->sink, err);
	return ASSAY_OK;
}

static assay_code pump(reader *r, assay_err *err)
{
	AVPacket *pkt = av_packet_alloc();
	bool end = false;
	assay_code rc = ASSAY_OK;

	if (pkt == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "packet");
	while (rc == ASSAY_OK && !r->window.done) {
		rc = assay_av_next(r->in, pkt, &end, err);
		if (rc != ASSAY_OK || end)
			break;
		rc = push_packet(r, pkt, err);
		av_packet_unref(pkt);
		if (rc == ASSAY_OK && r->window.sought && r->in->errors > 0)
			rc = assay_widen(r->sink, err);
	}
	av_packet_free(&pkt);
	return rc == ASSAY_OK && r->dec != NULL && !r->window.done ? push_video(r, NULL, err) : rc;
}

/* ---------------------------------------------------------------- the end */

static assay_code judge(const reader *r, assay_err *err)
{
	const int64_t declared = assay_av_declared(r->in, (unsigned)r->st->index);
	const int64_t have = r->clock.last + assay_frame_clock_last(&r->clock) - r->clock.first;
	assay_code rc;

	if (r->frames == 0 && r->packets == 0 && r->in->errors == 0 && !r->in->cut)
		return ASSAY_RAISE(err, ASSAY_EEMPTY, "the video stream has no frames");
	if (r->frames == 0)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "none of %llu video packets decodes",
				   (unsigned long long)r->packets);
	rc = assay_av_check_end(r->in, err);
	if (rc != ASSAY_OK)
		return rc;
	if (assay_av_is_short(declared, have, r->clock.tb))
		return ASSAY_RAISE(err, ASSAY_ESHORT, "the video ends after %.3f s of %.3f s declared",
				   (double)have * av_q2d(r->clock.tb), (double)declared * av_q2d(r->clock.tb));
	if ((r->errors + r->in->errors) * 10000 > (uint64_t)r->p->max_damage * r->packets)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "%llu of %llu video packets are damaged",
				   (unsigned long long)(r->errors + r->in->errors), (unsigned long long)r->packets);
	return ASSAY_OK;
}

static assay_code measure_rate(const reader *r, assay_time length, assay_err *err)
{
	int64_t num, den;

	if (!assay_mul_i64(&num, (int64_t)r->frames, length.den) || !assay_mul_i64(&den, length.ticks, length.num) ||
	    den <= 0)
		return assay_undefined(r->sink, r->root, M_FRAME_RATE, "out of range", err);
	return assay_measure(r->sink, r->root, M_FRAME_RATE, assay_round_ratio(num, den, 3), err);
}

/* What headers say, and how far what was decoded is from it. */
static assay_code measure_declared(const reader *r, assay_time length, assay_err *err)
{
	const unsigned stream = (unsigned)r->st->index;
	const assay_time own = assay_av_declared_length(r->in, stream);
	const int64_t frames = assay_av_declared_frames(r->in, stream);
	assay_time declared = {r->in->declared, 1, AV_TIME_BASE};
	assay_code rc;

	if (own.ticks > 0)
		declared = own;
	if (declared.ticks == ASSAY_AV_UNDECLARED) {
		ASSAY_TRY(assay_undefined(r->sink, r->root, M_DURATION_DECLARED, "no header declares it", err));
		ASSAY_TRY(assay_undefined(r->sink, r->root, M_DURATION_ERROR, "no header declares it", err));
	} else {
		ASSAY_TRY(assay_measure(r->sink, r->root, M_DURATION_DECLARED,
					assay_time_diff(declared, (assay_time){0, 1, 1}, 6), err));
		ASSAY_TRY(assay_measure(r->sink, r->root, M_DURATION_ERROR, assay_time_diff(length, declared, 6), err));
	}
	if (frames <= 0)
		return assay_undefined(r->sink, r->root, M_FRAMES_MISSING, "the header counts no frames", err);
	return assay_measure(r->sink, r->root, M_FRAMES_MISSING, frames - (int64_t)r->frames - (int64_t)r->left_out,
			     err);
fail:
	return rc;
}

static assay_code measure_time(const reader *r, assay_err *err)
{
	const assay_frame_clock *c = &r->clock;
	const assay_time zero = {0, c->tb.num, c->tb.den};
	const assay_time length = {c->last + assay_frame_clock_last(c) - c->first, c->tb.num, c->tb.den};
	const int64_t spread = c->step_max - c->step_min;
	bool variable;
	assay_code rc;

	ASSAY_TRY(assay_measure(r->sink, r->root, M_DURATION, assay_time_diff(length, zero, 6), err));
	ASSAY_TRY(measure_declared(r, length, err));
	ASSAY_TRY(measure_rate(r, length, err));
	variable = r->frames > 2 && spread > c->step_min / 10 &&
		   assay_time_diff((assay_time){spread, c->tb.num, c->tb.den}, zero, 6) > 2000;
	return assay_measure(r->sink, r->root, M_VARIABLE, variable, err);
fail:
	return rc;
}

static assay_code measure_counts(const reader *r, assay_err *err)
{
	const bool sideways = r->rotation % 180 != 0;
	const struct {
		unsigned metric;
		int64_t value;
	} rows[] = {
	    {M_WIDTH, sideways ? r->first_height : r->first_width},
	    {M_HEIGHT, sideways ? r->first_width : r->first_height},
	    {M_ROTATION, r->rotation},
	    {M_FRAMES, (int64_t)r->frames},
	    {M_REPAIRED, (int64_t)r->clock.repaired},
	    {M_ERRORS, (int64_t)(r->errors + r->in->errors)},
	    {M_DROPPED, (int64_t)r->dropped},
	    {M_SIZE_CHANGES, (int64_t)r->size_changes},
	    {M_STREAMS, r->video_streams},
	    {M_AUDIO_STREAMS, r->audio_streams},
	    {M_SUBTITLE_STREAMS, r->captions},
	    {M_SUBTITLES_UNREAD, r->captions_unread},
	};

	for (size_t i = 0; i < ASSAY_COUNT(rows); i++) {
		const assay_code rc = assay_measure(r->sink, r->root, rows[i].metric, rows[i].value, err);
		if (rc != ASSAY_OK)
			return rc;
	}
	if (r->aspect.num <= 0 || r->aspect.den <= 0)
		return assay_undefined(r->sink, r->root, M_PIXEL_ASPECT, "not declared", err);
	return assay_measure(r->sink, r->root, M_PIXEL_ASPECT, assay_round_ratio(r->aspect.num, r->aspect.den, 4), err);
}

static assay_code finish_track(reader *r, assay_av_track *t, assay_err *err)
{
	const assay_code rc = assay_av_track_finish(t, r->in, M_AUDIO, r->p->max_damage, r->sink, err);
	const int32_t rate = (int32_t)t->blocks.rate; /* of a short stream not known before its end */

	if (rc != ASSAY_OK || t->rejected)
		return rc;
	return assay_span(r->sink, t->root, (assay_time){t->blocks.origin, 1, rate},
			  (assay_time){t->blocks.origin + (int64_t)t->blocks.first, 1, rate}, err);
}

static assay_code finish_tracks(reader *r, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (unsigned i = 0; i < r->track_count && rc == ASSAY_OK; i++)
		rc = finish_track(r, &r->tracks[i], err);
	return rc;
}

/* The whole was judged when it was read. What was passed over to get here tells how much of it was decoded. */
static assay_code finish_span(reader *r, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	/* Some decoders wait for a key frame without a word. */
	if (!r->window.entered && r->window.sought)
		return assay_widen(r->sink, err);
	if (!r->window.entered)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "the span has no frame");
	if (r->window.before > 0)
		rc = assay_drop(r->sink, "a frame before the span", r->window.before, err);
	return rc == ASSAY_OK ? assay_end(r->sink, r->root, err) : rc;
}

static assay_code finish_sound(reader *r, assay_err *err)
{
	assay_code rc = finish_tracks(r, err);

	for (unsigned i = 0; i < r->track_count && rc == ASSAY_OK; i++)
		rc = assay_end(r->sink, r->tracks[i].root, err);
	return rc;
}

static assay_code finish(reader *r, assay_err *err)
{
	const AVRational tb = r->clock.tb;
	assay_code rc;

	if (r->part.stream == ASSAY_PART_AUDIO)
		return finish_sound(r, err);
	if (r->window.bounded)
		return finish_span(r, err);
	ASSAY_TRY(judge(r, err));
	ASSAY_TRY(finish_tracks(r, err));
	ASSAY_TRY(measure_counts(r, err));
	ASSAY_TRY(measure_time(r, err));
	ASSAY_TRY(assay_span(r->sink, r->root, (assay_time){r->clock.first, tb.num, tb.den},
			     (assay_time){r->clock.last + assay_frame_clock_last(&r->clock), tb.num, tb.den}, err));
	ASSAY_TRY(assay_end(r->sink, r->root, err));
	for (unsigned i = 0; i < r->track_count; i++)
		ASSAY_TRY(assay_end(r->sink, r->tracks[i].root, err));
	return ASSAY_OK;
fail:
	return rc;
}

static void release(reader *r)
{
	for (unsigned i = 0; i < r->track_count; i++)
		assay_av_track_release(&r->tracks[i]);
	free(r->tracks);
	free(r->track_of);
	free(r->caption_of);
	av_frame_free(&r->frame);
	avcodec_free_context(&r->dec);
	assay_luma_release(&r->luma);
	assay_window_release(&r->window);
	assay_av_close(r->in);
}

static assay_code run(reader *r, const assay_input *in, assay_err *err)
{
	assay_code rc;

	ASSAY_TRY(assay_av_open(&r->in, in, err));
	if (r->part.stream != ASSAY_PART_AUDIO)
		ASSAY_TRY(open_video(r, in, err));
	ASSAY_TRY(open_tracks(r, err));
	if (r->part.stream == ASSAY_PART_AUDIO && r->track_count == 0)
		return ASSAY_RAISE(err, ASSAY_EEMPTY, "no audio stream %u", r->part.audio);
	if (r->part.stream == ASSAY_PART_EVERY)
		ASSAY_TRY(find_captions(r, err));
	if (r->part.stream == ASSAY_PART_AUDIO || r->window.bounded)
		pass_over_others(r);
	ASSAY_TRY(assay_window_seek(&r->window, r->in, r->st, err));
	ASSAY_TRY(pump(r, err));
	return finish(r, err);
fail:
	return rc;
}

static assay_code read_video(void *shared, const void *p, const assay_input *in, assay_sink *sink, assay_err *err)
{
	reader r = {.p = p, .sink = sink, .part = in->part};
	assay_code rc;

	(void)shared;
	rc = run(&r, in, err);
	release(&r);
	return rc;
}

const assay_stage assay_stage_video_read = {
    .abi = ASSAY_STAGE_ABI,
    .name = "video.read",
    .version = 4,
    .modality = ASSAY_MODALITY_VIDEO,
    .spans = true,
    .summary = "reads the main video stream, every audio stream and all text subtitles of a file in one pass",
    .reference = "",
    .emits = ASSAY_VALUE_FRAME | ASSAY_VALUE_PCM | ASSAY_VALUE_CUE,
    .makes = ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_VIDEO) | ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_AUDIO),
    .determinism = ASSAY_EXACT,
    .params = schema,
    .params_size = sizeof(params),
    .metrics = metrics,
    .notes = notes,
    .engine = assay_av_engine,
    .read = read_video,
};
