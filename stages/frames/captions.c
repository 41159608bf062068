#include "captions.h"

#include "markup.h"

#include <stdlib.h>
#include <string.h>

enum { ASS_FIELDS = 8 }; /* ReadOrder, Layer, Style, Name, MarginL, MarginR, MarginV, Effect; then the text */

assay_caption_kind assay_caption_kind_of(const AVCodecParameters *par)
{
	if (par->codec_type != AVMEDIA_TYPE_SUBTITLE)
		return ASSAY_CAPTION_NONE;
	switch ((int)par->codec_id) {
	case AV_CODEC_ID_SUBRIP:
	case AV_CODEC_ID_WEBVTT:
	case AV_CODEC_ID_ASS:
	case AV_CODEC_ID_MOV_TEXT:
	case AV_CODEC_ID_TEXT:
		return ASSAY_CAPTION_TEXT;
	default:
		return ASSAY_CAPTION_OTHER;
	}
}

/* ---------------------------------------------------------------- packets */

typedef struct bytes {
	const char *p;
	size_t n;
} bytes;

/* Some writers end the text with a NUL and leave what they like behind it. */
static bytes up_to_nul(bytes b)
{
	const char *nul = b.n > 0 ? memchr(b.p, '\0', b.n) : NULL;

	return nul != NULL ? (bytes){b.p, (size_t)(nul - b.p)} : b;
}

/* What stands after the eighth comma of an event, as Matroska stores it; false when there are fewer. */
static bool skip_ass_fields(bytes *b)
{
	for (unsigned i = 0; i < ASS_FIELDS; i++) {
		const char *comma = b->n > 0 ? memchr(b->p, ',', b->n) : NULL;
		if (comma == NULL)
			return false;
		b->n -= (size_t)(comma - b->p) + 1;
		b->p = comma + 1;
	}
	return true;
}

/* MP4: a length of 16 bits, the text, boxes of style. UTF-16, told by its byte order mark, is no UTF-8 to the reader. */
static bool mov_text(bytes *b)
{
	const unsigned char *p = (const unsigned char *)b->p;
	const size_t length = b->n >= 2 ? (size_t)p[0] << 8 | p[1] : 0;

	if (b->n < 2 || length > b->n - 2)
		return false;
	*b = (bytes){b->p + 2, length};
	return true;
}

/* Appends what a viewer reads; false when the packet is none of its codec. */
static bool plain_text(assay_buf *out, enum AVCodecID codec, bytes b)
{
	if (b.n > ASSAY_SHOWN_TEXT_MAX)
		return false;
	if (codec == AV_CODEC_ID_MOV_TEXT) {
		if (!mov_text(&b))
			return false;
		assay_buf_append(out, b.p, b.n);
		return true;
	}
	b = up_to_nul(b);
	if (codec == AV_CODEC_ID_ASS) {
		if (!skip_ass_fields(&b))
			return false;
		assay_markup_ass(out, b.p, b.n);
		return true;
	}
	assay_markup_html(out, b.p, b.n);
	return true;
}

/* ---------------------------------------------------------------- values */

static void free_text(assay_value *v)
{
	free(v->owner);
}

static assay_code emit_cue(const AVStream *st, const AVPacket *pkt, assay_value *v, assay_buf *text, assay_sink *sink,
			   assay_err *err)
{
	const AVRational tb = st->time_base;
	const bool timed = pkt->pts != AV_NOPTS_VALUE && pkt->pts < INT64_MAX / 2 && pkt->pts > INT64_MIN / 2;

	v->time = (assay_time){timed ? pkt->pts : 0, tb.num, tb.den};
	v->u.cue.duration = (assay_time){pkt->duration > 0 ? pkt->duration : 0, tb.num, tb.den};
	if (timed && text != NULL) {
		v->u.cue.size = text->len;
		v->u.cue.text = v->owner = assay_buf_steal(text);
		v->free_payload = free_text;
	}
	return assay_emit(sink, v, err);
}

assay_code assay_caption_push(const AVStream *st, const AVPacket *pkt, uint32_t root, uint32_t stream, assay_sink *sink,
			      assay_err *err)
{
	const bytes b = {(const char *)pkt->data, pkt->size > 0 ? (size_t)pkt->size : 0};
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
	const bool readable = plain_text(&text, st->codecpar->codec_id, b);
	const assay_code rc = assay_buf_check(&text, err);
	assay_value *v;

	if (rc != ASSAY_OK)
		return rc;
	if (readable && text.len == 0 && st->codecpar->codec_id == AV_CODEC_ID_MOV_TEXT)
		return ASSAY_OK;
	if (readable)
		assay_buf_putc(&text, '\0'); /* so that an empty text is not NULL */
	text.len -= readable && text.len > 0;
	v = assay_value_new(ASSAY_VALUE_CUE, root);
	if (v == NULL || (readable && text.failed)) {
		assay_value_unref(v);
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "subtitle");
	}
	v->u.cue.stream = stream;
	return emit_cue(st, pkt, v, readable ? &text : NULL, sink, err);
}
