/** Writing a video with libav: frames as planes, sound as integers, one thread, bit exact. */
#ifndef ASSAY_MEDIA_MOVIE_H
#define ASSAY_MEDIA_MOVIE_H

#include "sound.h"

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>

#include <stdbool.h>

typedef struct movie_options {
	enum AVCodecID video; /* AV_CODEC_ID_NONE: no pictures */
	enum AVCodecID audio; /* AV_CODEC_ID_NONE: no sound */
	int width, height;    /* even */
	AVRational rate;      /* frames a second */
	int64_t first;        /* time of the first frame, and of the sound, in frames */
	int b_frames;
	int64_t bit_rate;   /* of the pictures; 0 for codecs without loss */
	const sound *sound; /* borrowed; mono; repeated for as long as pictures come */
	bool index_first;   /* mp4: the index before the data */
} movie_options;

typedef struct movie_track {
	AVStream *st;        /* borrowed from format */
	AVCodecContext *enc; /* NULL: there is no such track */
	AVFrame *frame;
	int64_t done; /* frames or samples pushed */
} movie_track;

typedef struct movie {
	const char *path; /* borrowed */
	movie_options options;
	AVFormatContext *format;
	AVPacket *packet;
	movie_track video, audio;
} movie;

/** Start a file. The ending of its name chooses the container. On failure nothing is left to release. */
ASSAY_NODISCARD assay_code movie_open(movie *out, const char *path, const movie_options *options, assay_err *err);
/** The next picture, to be drawn into: YUV 4:2:0, 8 bit. NULL when memory is out. Borrowed. */
AVFrame *movie_canvas(movie *m);
/** Encode the canvas, and the sound up to its end. */
ASSAY_NODISCARD assay_code movie_push(movie *m, assay_err *err);
/** Sound alone, this many samples. */
ASSAY_NODISCARD assay_code movie_push_sound(movie *m, int64_t samples, assay_err *err);
/** Write what is left. */
ASSAY_NODISCARD assay_code movie_finish(movie *m, assay_err *err);
void movie_release(movie *m);

/** Time of picture n (0 is the first) in units of the stream's time base, which is *base. */
int64_t movie_time(const movie *m, int64_t n, AVRational *base);

#endif
