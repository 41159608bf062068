#include "window.h"

#include <libavutil/mathematics.h>

#include <string.h>

/* Enough for frames that are shown before a key frame and stored after it, and for a key frame that is none to show. */
#define LEAD_S 2

assay_code assay_window_open(assay_window *w, const assay_input *in, AVRational tb, assay_err *err)
{
	*w = (assay_window){.bounded = in->part.is_span,
			    .from_start = in->from_start,
			    .start = in->part.start,
			    .end = in->part.end,
			    .tb = tb};
	if (!w->bounded)
		return ASSAY_OK;
	w->held = av_frame_alloc();
	return w->held != NULL ? ASSAY_OK : ASSAY_RAISE(err, ASSAY_ENOMEM, "frame");
}

void assay_window_release(assay_window *w)
{
	av_frame_free(&w->held);
}

/* ---------------------------------------------------------------- where decoding begins */

static bool container_has_index(const AVFormatContext *f)
{
	return strncmp(f->iformat->name, "mov,", 4) == 0 || strncmp(f->iformat->name, "matroska,", 9) == 0;
}

static bool stands_alone(enum AVCodecID id)
{
	static const enum AVCodecID known[] = {
	    AV_CODEC_ID_MPEG1VIDEO, AV_CODEC_ID_MPEG2VIDEO, AV_CODEC_ID_MPEG4, AV_CODEC_ID_H264, AV_CODEC_ID_HEVC,
	    AV_CODEC_ID_VP8,        AV_CODEC_ID_VP9,        AV_CODEC_ID_AV1,   AV_CODEC_ID_FFV1,
	};
	const AVCodecDescriptor *d = avcodec_descriptor_get(id);

	for (size_t i = 0; i < ASSAY_COUNT(known); i++)
		if (known[i] == id)
			return true;
	return d != NULL && (d->props & AV_CODEC_PROP_INTRA_ONLY) != 0;
}

/* The time base may be any that a file claims: a target that does not fit is none. */
static bool target_of(int64_t *out, const assay_window *w)
{
	const AVRational den = {1, w->start.den};
	const int64_t at = av_rescale_q_rnd(w->start.ticks, den, w->tb, AV_ROUND_DOWN);
	const int64_t lead = av_rescale_q(LEAD_S, (AVRational){1, 1}, w->tb);

	return at != INT64_MIN && lead > 0 && !__builtin_sub_overflow(at, lead, out);
}

assay_code assay_window_seek(assay_window *w, assay_av_input *in, const AVStream *st, assay_err *err)
{
	int64_t target;

	if (!w->bounded || w->from_start || !container_has_index(in->format) || !stands_alone(st->codecpar->codec_id) ||
	    !target_of(&target, w) || target <= (st->start_time != AV_NOPTS_VALUE ? st->start_time : 0))
		return ASSAY_OK;
	/* Where it fails the packets come from where they would have come, or from anywhere: begins() looks at them. */
	w->sought = av_seek_frame(in->format, st->index, target, AVSEEK_FLAG_BACKWARD) >= 0;
	if (in->sys != 0)
		return ASSAY_RAISE_SYS(err, ASSAY_EIO, in->sys, "read: %s", strerror(in->sys));
	return ASSAY_OK;
}

/* ---- ITU-T H.264, 7.4.1: coded slices are NAL units of type 1 to 5, of an IDR picture 5 */

enum { NAL_IDR = 5 };

static uint32_t big_endian(const uint8_t *p, size_t n)
{
	uint32_t v = 0;

	while (n-- > 0)
		v = v << 8 | *p++;
	return v;
}

/* By lengths, as MP4 and Matroska have them (ISO/IEC 14496-15): the first slice tells. */
static bool is_idr(const AVStream *st, const AVPacket *pkt)
{
	const AVCodecParameters *par = st->codecpar;
	const uint8_t *p = pkt->data;
	size_t left = pkt->size > 0 ? (size_t)pkt->size : 0;
	size_t width;

	if (par->extradata_size < 7 || par->extradata[0] != 1)
		return false;
	width = (par->extradata[4] & 3u) + 1;
	while (left > width) {
		const size_t n = big_endian(p, width);
		const unsigned type = p[width] & 31u;

		if (n == 0 || n > left - width)
			return false;
		if (type >= 1 && type <= NAL_IDR)
			return type == NAL_IDR;
		p += width + n;
		left -= width + n;
	}
	return false;
}

bool assay_window_begins(assay_window *w, const AVStream *st, const AVPacket *pkt)
{
	if (!w->sought || w->begun)
		return true;
	w->begun = true;
	return (pkt->flags & AV_PKT_FLAG_KEY) != 0 && (st->codecpar->codec_id != AV_CODEC_ID_H264 || is_idr(st, pkt));
}

bool assay_window_trusts(const assay_window *w, const AVFrame *f, bool first, bool clean)
{
	if (!w->sought)
		return true;
	if (!clean || f->pts == AV_NOPTS_VALUE || f->best_effort_timestamp != f->pts)
		return false;
	return !first ||
	       (f->key_frame != 0 && av_compare_ts(f->pts, w->tb, w->start.ticks, (AVRational){1, w->start.den}) < 0);
}

/* ---------------------------------------------------------------- which frames are passed on */

assay_window_place assay_window_place_of(assay_window *w, int64_t time)
{
	const assay_time t = {time, w->tb.num, w->tb.den};

	if (!w->bounded)
		return ASSAY_WINDOW_PASS;
	if (assay_time_cmp(t, w->end) >= 0) {
		w->done = true;
		return ASSAY_WINDOW_BEHIND;
	}
	if (assay_time_cmp(t, w->start) < 0)
		return w->from_start ? ASSAY_WINDOW_PASS : ASSAY_WINDOW_HOLD;
	w->entered = true;
	return ASSAY_WINDOW_PASS;
}

void assay_window_hold(assay_window *w, AVFrame *f, int64_t time, int64_t length)
{
	w->before += w->held->buf[0] != NULL;
	av_frame_unref(w->held);
	av_frame_move_ref(w->held, f);
	w->time = time;
	w->length = length;
}
