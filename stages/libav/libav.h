/**
 * libav over one file descriptor and nothing else. A container is read through pread on the descriptor it was given;
 * whatever else a file asks for (playlists, external references) is refused. Everything runs on one thread, with
 * settings whose results are the same on every CPU (docs: DETERMINISM.md).
 */
#ifndef ASSAY_LIBAV_H
#define ASSAY_LIBAV_H

#include "assay/stage.h"

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>

/** A duration that no header declares. */
#define ASSAY_AV_UNDECLARED INT64_MIN

typedef struct assay_av_input {
	AVFormatContext *format;  /* [owned] */
	AVIOContext *io;          /* [owned] */
	int fd;                   /* borrowed */
	uint64_t at, size;        /* read position and length of the file, bytes */
	int sys;                  /* errno of a failed read; 0 while all is well */
	int64_t declared;         /* length by the container's header, AV_TIME_BASE units, or ASSAY_AV_UNDECLARED */
	int64_t *declared_stream; /* the same by each stream's header, in its time base; declared_count of them */
	int64_t *declared_tag;    /* nanoseconds by each stream's tag DURATION (Matroska); 0 when it has none */
	int64_t *declared_frames; /* frames or packets that each stream's header counts; 0 when it does not */
	unsigned declared_count;
	int64_t end;     /* latest end of a packet so far, AV_TIME_BASE units; INT64_MIN before the first */
	uint64_t errors; /* packets that could not be read */
	unsigned failed; /* in a row, without a packet between */
	bool cut;        /* the file ends within a packet */
} assay_av_input;

/**
 * Open a container and find its streams.
 * @return ASSAY_OK; ASSAY_EEMPTY no bytes; ASSAY_EUNSUPPORTED a playlist, a still image, an unknown feature;
 *         ASSAY_ESHORT its index names bytes after the end of the file; ASSAY_ECORRUPT; ASSAY_EIO; ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code assay_av_open(assay_av_input **out, const assay_input *src, assay_err *err);
void assay_av_close(assay_av_input *in); /* NULL is fine */
static inline void assay_av_closep(assay_av_input **in)
{
	assay_av_close(*in);
}
#define ASSAY_AUTO_AV ASSAY_CLEANUP(assay_av_closep) assay_av_input *

/**
 * The next packet of any stream. Packets that cannot be read are counted in in->errors and passed over.
 * @param pkt [out] filled, to be unreferenced by the caller; blank at the end
 * @param end [out] true when there are no more
 */
ASSAY_NODISCARD assay_code assay_av_next(assay_av_input *in, AVPacket *pkt, bool *end, assay_err *err);

/** After the last packet: ASSAY_ESHORT when the file ends within a packet or well before its declared length. */
ASSAY_NODISCARD assay_code assay_av_check_end(const assay_av_input *in, assay_err *err);

/** The length that the header of stream `index` declares, in its time base, or ASSAY_AV_UNDECLARED. */
int64_t assay_av_declared(const assay_av_input *in, unsigned index);
/**
 * The length to measure stream `index` against: by its header, else by its tag; ticks are 0 when neither says. A tag is
 * written after the fact by one program and kept by the next, whatever it cuts off: nothing fails for it.
 */
assay_time assay_av_declared_length(const assay_av_input *in, unsigned index);
/** How many frames the header of stream `index` counts; 0 when it counts none. */
int64_t assay_av_declared_frames(const assay_av_input *in, unsigned index);
/**
 * Is `have` ticks of 1/tb less than `declared` by more than max(0.5 s, 2 %)? The margin is for headers that round,
 * count priming samples, or were written by hand; a cut file loses more or is told by its index.
 */
bool assay_av_is_short(int64_t declared, int64_t have, AVRational tb);

/** True when the stream or this packet (NULL: stream only) is under DRM. */
bool assay_av_encrypted(const AVStream *st, const AVPacket *pkt);

/**
 * A decoder context for the stream: one thread, bit exact, parameters copied, opened.
 * @param codec which decoder
 * @param max_pixels larger frames are refused; 0 for no limit
 */
ASSAY_NODISCARD assay_code assay_av_decoder_open(AVCodecContext **out, const AVCodec *codec, const AVStream *st,
						 int64_t max_pixels, assay_err *err);

/** Route libav's log here: nothing is printed, the first error line is kept for messages. */
void assay_av_log_capture(void);
/** Forget the kept line and the count. */
void assay_av_log_clear(void);
/** The first error line since the last clear, "" when there was none. Borrowed until the next call into libav. */
const char *assay_av_log_line(void);
/** Lines of level error since the last clear. */
unsigned assay_av_log_errors(void);

/** The one place that knows libav's error numbers: "<what>: <text>: <kept log line>". */
ASSAY_NODISCARD assay_code assay_av_raise(assay_err *err, int averror, const char *fmt, ...) ASSAY_PRINTF(3, 4);

/** "libavformat 59.27.100, libavcodec 59.37.100" of the libraries that are loaded. Static storage. */
const char *assay_av_engine(void);

#endif
