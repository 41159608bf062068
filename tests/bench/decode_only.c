/*
 * What a bare decode costs: the twin that the video chain is measured against. Decodes every frame of the file's main
 * video stream with the settings of video.read (one thread, bit exact, errors checked), looks at none of them, and
 * prints how many there were.
 *
 *   bench-decode FILE
 */
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>

#include <stdint.h>
#include <stdio.h>

static int fail(const char *what, int averror)
{
	(void)fprintf(stderr, "bench-decode: %s: %s\n", what, av_err2str(averror));
	return 1;
}

static int open_decoder(AVCodecContext **out, const AVStream *st, const AVCodec *codec)
{
	AVCodecContext *c = avcodec_alloc_context3(codec);
	int r;

	*out = c;
	if (c == NULL)
		return AVERROR(ENOMEM);
	r = avcodec_parameters_to_context(c, st->codecpar);
	c->pkt_timebase = st->time_base;
	c->flags |= AV_CODEC_FLAG_BITEXACT | AV_CODEC_FLAG_OUTPUT_CORRUPT;
	c->err_recognition |= AV_EF_CRCCHECK;
	c->thread_count = 1;
	return r < 0 ? r : avcodec_open2(c, codec, NULL);
}

/* Every frame that is ready; damaged packets are passed over, as video.read does. */
static void drain(AVCodecContext *dec, AVFrame *frame, uint64_t *frames)
{
	while (avcodec_receive_frame(dec, frame) >= 0)
		(*frames)++;
}

static int decode(AVFormatContext *in, int stream, AVCodecContext *dec, uint64_t *frames)
{
	AVPacket *pkt = av_packet_alloc();
	AVFrame *frame = av_frame_alloc();
	int r = pkt == NULL || frame == NULL ? AVERROR(ENOMEM) : 0;

	while (r >= 0) {
		r = av_read_frame(in, pkt);
		if (r >= 0 && pkt->stream_index == stream) {
			(void)avcodec_send_packet(dec, pkt);
			drain(dec, frame, frames);
		}
		av_packet_unref(pkt);
	}
	(void)avcodec_send_packet(dec, NULL);
	drain(dec, frame, frames);
	av_packet_free(&pkt);
	av_frame_free(&frame);
	return r == AVERROR_EOF ? 0 : r;
}

static int run(const char *path, uint64_t *frames)
{
	AVFormatContext *in = NULL;
	AVCodecContext *dec = NULL;
	const AVCodec *codec = NULL;
	int r = avformat_open_input(&in, path, NULL, NULL);
	int stream = 0;

	if (r >= 0)
		r = avformat_find_stream_info(in, NULL);
	if (r >= 0)
		r = stream = av_find_best_stream(in, AVMEDIA_TYPE_VIDEO, -1, -1, &codec, 0);
	for (unsigned i = 0; r >= 0 && i < in->nb_streams; i++)
		in->streams[i]->discard = (int)i == stream ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
	if (r >= 0)
		r = open_decoder(&dec, in->streams[stream], codec);
	if (r >= 0)
		r = decode(in, stream, dec, frames);
	avcodec_free_context(&dec);
	avformat_close_input(&in);
	return r;
}

int main(int argc, char **argv)
{
	uint64_t frames = 0;

	if (argc < 2) {
		(void)fprintf(stderr, "usage: bench-decode FILE...\n");
		return 2;
	}
	av_log_set_level(AV_LOG_QUIET);
	for (int i = 1; i < argc; i++) {
		const int r = run(argv[i], &frames);

		if (r < 0)
			return fail(argv[i], r);
	}
	(void)printf("%llu\n", (unsigned long long)frames);
	return fflush(stdout) == 0 ? 0 : 1;
}
