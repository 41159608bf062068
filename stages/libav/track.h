/** One audio stream on its way from packets to PCM values, and what video.read and audio.read measure of it. */
#ifndef ASSAY_LIBAV_TRACK_H
#define ASSAY_LIBAV_TRACK_H

#include "libav.h"

/* Rows of assay_av_track_metrics, in order. Both readers begin their tables' audio rows with them. */
typedef enum assay_audio_metric {
	ASSAY_AUDIO_DURATION,
	ASSAY_AUDIO_DURATION_DECLARED,
	ASSAY_AUDIO_SAMPLE_RATE,
	ASSAY_AUDIO_CHANNELS,
	ASSAY_AUDIO_BITS,
	ASSAY_AUDIO_DECODE_ERRORS,
	ASSAY_AUDIO_TIMESTAMP_GAPS,
	ASSAY_AUDIO_METRICS,
} assay_audio_metric;

#define ASSAY_AUDIO_METRIC_ROWS                                                                                        \
	{"audio.duration", "s", 6, ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_AUDIO), "Decoded sample frames / sample rate."},     \
	    {"audio.duration_declared", "s", 6, ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_AUDIO),                                 \
	     "Length that the header declares for the stream, else its tag DURATION; undefined when neither does."},   \
	    {"audio.sample_rate", "Hz", 0, ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_AUDIO), "Sample frames per second."},        \
	    {"audio.channels", "1", 0, ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_AUDIO), "Channels, 1..64."},                     \
	    {"audio.bits", "1", 0, ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_AUDIO),                                              \
	     "Bits of a stored integer sample; undefined for lossy and floating-point coding."},                       \
	    {"audio.decode_errors", "1", 0, ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_AUDIO),                                     \
	     "Packets that the decoder refused, flagged or complained about."},                                        \
	{                                                                                                              \
		"audio.timestamp_gaps", "1", 0, ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_AUDIO),                                 \
		    "Places where the time stamps jump by more than 100 ms against the samples decoded so far; "       \
		    "undefined for formats without time stamps."                                                       \
	}

/** What a reader knows of a stream at its end; written as the rows above by assay_audio_measure(). */
typedef struct assay_audio_facts {
	uint64_t frames; /* decoded sample frames */
	uint32_t rate;   /* Hz */
	uint32_t channels;
	uint32_t bits;       /* 0: undefined */
	assay_time declared; /* ticks 0: undefined */
	uint64_t errors;
	uint64_t gaps;
	bool timed; /* gaps is meaningful */
} assay_audio_facts;

/** Record the rows, of which row 0 has index `base` in the calling stage's table. */
ASSAY_NODISCARD assay_code assay_audio_measure(assay_sink *sink, uint32_t sample, unsigned base,
					       const assay_audio_facts *facts, assay_err *err);

/* ---------------------------------------------------------------- blocks of PCM */

/** Gathers samples into blocks of even size, so that stages see the same work whatever the packets were. */
typedef struct assay_pcm_blocks {
	assay_value *value; /* being filled, NULL between blocks */
	float *samples;     /* of value */
	size_t used, cap;   /* sample frames */
	uint64_t first;     /* ordinal of the next block's first frame */
	int64_t origin;     /* presentation time of frame 0, in 1/rate */
	uint32_t root, rate, channels, bits;
} assay_pcm_blocks;

/** Room for at least one more sample frame at *at; *room is how many fit. */
ASSAY_NODISCARD assay_code assay_pcm_blocks_room(assay_pcm_blocks *b, float **at, size_t *room, assay_err *err);
/** n frames were written there; a full block is emitted. */
ASSAY_NODISCARD assay_code assay_pcm_blocks_commit(assay_pcm_blocks *b, size_t n, assay_sink *sink, assay_err *err);
/** Emit what is left. */
ASSAY_NODISCARD assay_code assay_pcm_blocks_flush(assay_pcm_blocks *b, assay_sink *sink, assay_err *err);
void assay_pcm_blocks_release(assay_pcm_blocks *b);

/* ---------------------------------------------------------------- a stream of a container */

typedef struct assay_av_track {
	AVStream *st;        /* borrowed */
	AVCodecContext *dec; /* [owned] NULL when the stream was rejected */
	AVFrame *frame;      /* [owned] */
	unsigned ordinal;    /* 1-based among the audio streams */
	uint32_t root;       /* its sample */
	bool simd;           /* the decoder is exact with CPU extensions on */
	bool rejected;       /* the sample is there, its sound is not */
	int64_t declared;    /* ticks of the stream's time base, or ASSAY_AV_UNDECLARED */
	uint64_t packets, errors, gaps;
	bool timed;
	int64_t drift; /* time stamps ahead of the samples decoded, in 1/rate */
	assay_pcm_blocks blocks;
} assay_av_track;

/**
 * Make the sample and open the decoder. A stream without a decoder, or an encrypted one, is rejected as unsupported
 * on its sample and the call succeeds.
 */
ASSAY_NODISCARD assay_code assay_av_track_open(assay_av_track *t, const assay_av_input *in, AVStream *st,
					       unsigned ordinal, const char *part, assay_sink *sink, assay_err *err);
/** Decode one packet, or drain the decoder when pkt is NULL, and emit what comes out. */
ASSAY_NODISCARD assay_code assay_av_track_push(assay_av_track *t, const AVPacket *pkt, assay_sink *sink,
					       assay_err *err);
/**
 * Drain, judge and measure: ASSAY_ECORRUPT when nothing decodes or more than max_damage ten-thousandths of the packets
 * fail, ASSAY_ESHORT when it ends before its declared length. A stream without packets is rejected as empty.
 */
ASSAY_NODISCARD assay_code assay_av_track_finish(assay_av_track *t, const assay_av_input *in, unsigned base,
						 int64_t max_damage, assay_sink *sink, assay_err *err);
void assay_av_track_release(assay_av_track *t);

#endif
