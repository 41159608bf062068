/** The subtitle streams of a container: their packets as CUE values. */
#ifndef ASSAY_CAPTIONS_H
#define ASSAY_CAPTIONS_H

#include "libav.h"

typedef enum assay_caption_kind {
	ASSAY_CAPTION_NONE = 0, /* no subtitles */
	ASSAY_CAPTION_TEXT,     /* SubRip, WebVTT, Advanced SubStation, MP4 timed text, plain text */
	ASSAY_CAPTION_OTHER,    /* subtitles that are pictures, or of a form that is not read */
} assay_caption_kind;

assay_caption_kind assay_caption_kind_of(const AVCodecParameters *par);

/**
 * Emit the cue that a packet of a text stream holds. MP4 samples without text, which fill the gaps between cues, are
 * passed over; bytes that are no subtitle, or too many of them, give a cue without text.
 *
 * @param stream  1-based ordinal among the text streams
 * @return ASSAY_OK, ASSAY_ENOMEM, what later stages return
 */
ASSAY_NODISCARD assay_code assay_caption_push(const AVStream *st, const AVPacket *pkt, uint32_t root, uint32_t stream,
					      assay_sink *sink, assay_err *err);

#endif
