/**
 * The part of a video stream that a unit is of: which decoded frames are passed on, and from which packet on decoding may
 * begin. A window without bounds passes everything.
 *
 * Of a span the frame before it and those within it are passed on; with `from_start` all that are before it. Frames end
 * with the first that lies behind it. Decoding begins at a key frame before the span where all of this is so, and the
 * unit asks to be begun again from the start of the stream (assay_widen) as soon as it is not:
 *   - the container has an index that is looked into without a guess (MP4, Matroska);
 *   - the codec's key frames empty the decoder, or whatever was wanted from before one is complained about: pictures
 *     that stand alone, MPEG-1, -2 and -4, H.264 at an IDR picture, H.265, VP8, VP9, AV1, FFV1;
 *   - the first packet is marked as a key frame, and the first frame is one;
 *   - up to the end of the span every frame has a time of its own that rises, and nothing is damaged.
 * So it does not show in a result where decoding began.
 */
#ifndef ASSAY_WINDOW_H
#define ASSAY_WINDOW_H

#include "libav.h"

typedef struct assay_window {
	bool bounded, from_start;
	assay_time start, end;
	AVRational tb;
	bool sought;          /* packets before a key frame were passed over */
	bool begun;           /* the first packet after that was looked at */
	bool entered;         /* a frame of the span was passed on */
	bool done;            /* a frame behind it was seen: nothing more is wanted */
	uint64_t before;      /* frames that lie before it and were not passed on */
	AVFrame *held;        /* [owned] the last frame before the span; blank when there is none */
	int64_t time, length; /* of it, in ticks of tb */
} assay_window;

ASSAY_NODISCARD assay_code assay_window_open(assay_window *w, const assay_input *in, AVRational tb, assay_err *err);
void assay_window_release(assay_window *w);

/** Pass over what lies well before the span, if that can be done. */
ASSAY_NODISCARD assay_code assay_window_seek(assay_window *w, assay_av_input *in, const AVStream *st, assay_err *err);
/** Is this where decoding may begin? Asked of the first packet after seeking alone; true for all others. */
bool assay_window_begins(assay_window *w, const AVStream *st, const AVPacket *pkt);
/** Is the frame what it would be, had everything before it been decoded? `clean`: no fault was told since the seek. */
bool assay_window_trusts(const assay_window *w, const AVFrame *f, bool first, bool clean);

typedef enum assay_window_place { ASSAY_WINDOW_HOLD, ASSAY_WINDOW_PASS, ASSAY_WINDOW_BEHIND } assay_window_place;

/** Where a frame of that time lies: it is held back, passed on (after the one that is held), or not wanted any more. */
assay_window_place assay_window_place_of(assay_window *w, int64_t time);
/** Keep the frame, in place of the one that was held. @param f [in, moved] */
void assay_window_hold(assay_window *w, AVFrame *f, int64_t time, int64_t length);

#endif
