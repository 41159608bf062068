#include "libav.h"

#include <libavutil/mathematics.h>
#include <libavutil/mem.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	IO_BUFFER = 1 << 16,
	MAX_FAILED = 256, /* packets in a row that cannot be read before the rest is given up */
};

/* Demuxers that are no recording: they name other files, or make a picture out of any text. */
static const char *const refused[] = {
    "concat", "hls", "dash", "sdp", "rtsp", "rtp", "imf", "tty", "vapoursynth", "ffmetadata", "webm_dash_manifest",
    "image2", NULL};

static int on_read(void *opaque, uint8_t *buf, int size)
{
	assay_av_input *in = opaque;
	ssize_t n;

	do
		n = pread(in->fd, buf, (size_t)size, (off_t)in->at);
	while (n < 0 && errno == EINTR);
	if (n < 0) {
		in->sys = errno;
		return AVERROR(errno);
	}
	in->at += (uint64_t)n;
	return n > 0 ? (int)n : AVERROR_EOF;
}

static int64_t on_seek(void *opaque, int64_t offset, int whence)
{
	assay_av_input *in = opaque;
	int64_t base = 0;

	if (whence & AVSEEK_SIZE)
		return (int64_t)in->size;
	if ((whence & ~AVSEEK_FORCE) == SEEK_CUR)
		base = (int64_t)in->at;
	else if ((whence & ~AVSEEK_FORCE) == SEEK_END)
		base = (int64_t)in->size;
	if (__builtin_add_overflow(base, offset, &base) || base < 0)
		return AVERROR(EINVAL);
	in->at = (uint64_t)base;
	return base;
}

static int refuse_open(AVFormatContext *s, AVIOContext **pb, const char *url, int flags, AVDictionary **options)
{
	(void)s, (void)url, (void)flags, (void)options;
	*pb = NULL;
	return AVERROR(EACCES);
}

static assay_code alloc_format(assay_av_input *in, assay_err *err)
{
	unsigned char *buffer = av_malloc(IO_BUFFER);

	if (buffer == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "read buffer");
	in->io = avio_alloc_context(buffer, IO_BUFFER, 0, in, on_read, NULL, on_seek);
	if (in->io == NULL) {
		av_free(buffer);
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "read context");
	}
	in->format = avformat_alloc_context();
	if (in->format == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "format context");
	in->format->pb = in->io;
	in->format->flags |= AVFMT_FLAG_CUSTOM_IO | AVFMT_FLAG_BITEXACT;
	in->format->io_open = refuse_open;
	in->format->protocol_whitelist = av_strdup("none");
	if (in->format->protocol_whitelist == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "protocol list");
	return ASSAY_OK;
}

static bool ends_with(const char *s, const char *tail)
{
	const size_t n = strlen(s);
	const size_t t = strlen(tail);

	return n >= t && strcmp(s + n - t, tail) == 0;
}

/* The format is found before its header is read, so that a playlist is refused before it can ask for anything. */
static assay_code probe(assay_av_input *in, const AVInputFormat **fmt, assay_err *err)
{
	const int r = av_probe_input_buffer2(in->io, fmt, "", NULL, 0, 0);

	if (r < 0 && in->sys != 0)
		return ASSAY_RAISE_SYS(err, ASSAY_EIO, in->sys, "read: %s", strerror(in->sys));
	if (r < 0)
		return assay_av_raise(err, r, "no known container or stream format");
	for (const char *const *p = refused; *p != NULL; p++) {
		const size_t n = strlen(*p);
		if (strncmp((*fmt)->name, *p, n) == 0 && ((*fmt)->name[n] == '\0' || (*fmt)->name[n] == ','))
			return ASSAY_RAISE(err, ASSAY_EUNSUPPORTED, "a '%s' file, which is no recording itself",
					   (*fmt)->name);
	}
	if (ends_with((*fmt)->name, "_pipe"))
		return ASSAY_RAISE(err, ASSAY_EUNSUPPORTED, "a still image (%s)", (*fmt)->name);
	return ASSAY_OK;
}

/* Decimal digits at *p, from `least` to `most` of them; less than 0 when they are fewer. */
static int64_t read_digits(const char **p, int least, int most)
{
	int64_t n = 0;
	int i = 0;

	for (; i < most && **p >= '0' && **p <= '9'; i++, (*p)++)
		n = n * 10 + (**p - '0');
	return i >= least ? n : -1;
}

/* "00:01:02.123456789" in nanoseconds; 0 for everything else. */
static int64_t read_tag_time(const char *p)
{
	const int64_t hours = read_digits(&p, 2, 6);
	const int64_t minutes = hours >= 0 && *p == ':' ? (p++, read_digits(&p, 2, 2)) : -1;
	const int64_t seconds = minutes >= 0 && *p == ':' ? (p++, read_digits(&p, 2, 2)) : -1;
	int64_t ns = 0;

	if (hours < 0 || minutes < 0 || minutes > 59 || seconds < 0 || seconds > 59)
		return 0;
	if (*p == '.') {
		const char *from = ++p;
		ns = read_digits(&p, 1, 9);
		for (ptrdiff_t digits = p - from; ns > 0 && digits < 9; digits++)
			ns *= 10;
	}
	if (ns < 0 || *p != '\0')
		return 0;
	return ((hours * 60 + minutes) * 60 + seconds) * INT64_C(1000000000) + ns;
}

static bool is_matroska(const AVFormatContext *f)
{
	return strncmp(f->iformat->name, "matroska", 8) == 0;
}

/* The tag of the stream's own that ffmpeg and mkvmerge write; the demuxer appends the language that a tag has. */
static int64_t tagged_length(const AVFormatContext *f, unsigned stream)
{
	const AVDictionary *tags = f->streams[stream]->metadata;
	const AVDictionaryEntry *e = NULL;

	if (!is_matroska(f))
		return 0; /* anybody's comment */
	while ((e = av_dict_get(tags, "DURATION", e, AV_DICT_IGNORE_SUFFIX)) != NULL)
		if (e->key[8] == '\0' || e->key[8] == '-')
			return read_tag_time(e->value);
	return 0;
}

/* Before avformat_find_stream_info, which fills gaps with estimates. */
static assay_code note_declared(assay_av_input *in, assay_err *err)
{
	const AVFormatContext *f = in->format;

	in->declared = f->duration > 0 ? f->duration : ASSAY_AV_UNDECLARED;
	in->declared_stream = assay_alloc(f->nb_streams, sizeof *in->declared_stream);
	in->declared_tag = assay_alloc(f->nb_streams, sizeof *in->declared_tag);
	in->declared_frames = assay_alloc(f->nb_streams, sizeof *in->declared_frames);
	if (in->declared_stream == NULL || in->declared_tag == NULL || in->declared_frames == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "stream table");
	in->declared_count = f->nb_streams;
	for (unsigned i = 0; i < f->nb_streams; i++) {
		const int64_t d = f->streams[i]->duration;
		/* All ones is how MP4 writes "unknown"; the container's length is then made from it. */
		in->declared_stream[i] = d > 0 && d != UINT32_MAX ? d : ASSAY_AV_UNDECLARED;
		in->declared_tag[i] = tagged_length(f, i);
		in->declared_frames[i] = f->streams[i]->nb_frames > 0 ? f->streams[i]->nb_frames : 0;
		if (d == UINT32_MAX)
			in->declared = ASSAY_AV_UNDECLARED;
	}
	return ASSAY_OK;
}

static assay_code check_index(const assay_av_input *in, assay_err *err)
{
	for (unsigned s = 0; s < in->format->nb_streams; s++) {
		AVStream *st = in->format->streams[s];
		const int n = avformat_index_get_entries_count(st);
		for (int i = 0; i < n; i++) {
			const AVIndexEntry *e = avformat_index_get_entry(st, i);
			if (e == NULL || e->pos < 0 || (uint64_t)e->pos + (uint64_t)e->size <= in->size)
				continue;
			return ASSAY_RAISE(err, ASSAY_ESHORT,
					   "sample %d of %d of stream %u lies at byte %lld, the file ends at %llu",
					   i + 1, n, s, (long long)e->pos + e->size, (unsigned long long)in->size);
		}
	}
	return ASSAY_OK;
}

static assay_code open_streams(assay_av_input *in, assay_err *err)
{
	const AVInputFormat *fmt = NULL;
	assay_code rc;
	int r;

	rc = probe(in, &fmt, err);
	if (rc != ASSAY_OK)
		return rc;
	r = avformat_open_input(&in->format, "", fmt, NULL);
	if (r < 0 && in->sys != 0)
		return ASSAY_RAISE_SYS(err, ASSAY_EIO, in->sys, "read: %s", strerror(in->sys));
	if (r < 0)
		return assay_av_raise(err, r, "open as %s", fmt->name);
	rc = note_declared(in, err);
	if (rc == ASSAY_OK)
		rc = check_index(in, err);
	if (rc != ASSAY_OK)
		return rc;
	r = avformat_find_stream_info(in->format, NULL);
	if (r < 0)
		return assay_av_raise(err, r, "find the streams of %s", fmt->name);
	return ASSAY_OK;
}

assay_code assay_av_open(assay_av_input **out, const assay_input *src, assay_err *err)
{
	ASSAY_AUTO_AV in = NULL;
	assay_code rc;

	*out = NULL;
	if (src->size == 0)
		return ASSAY_RAISE(err, ASSAY_EEMPTY, "the file has no bytes");
	in = assay_alloc(1, sizeof *in);
	if (in == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "container");
	in->fd = src->fd;
	in->size = src->size;
	in->end = INT64_MIN;
	assay_av_log_capture();
	rc = alloc_format(in, err);
	if (rc == ASSAY_OK)
		rc = open_streams(in, err);
	if (rc == ASSAY_OK)
		*out = ASSAY_STEAL(&in);
	return rc;
}

void assay_av_close(assay_av_input *in)
{
	if (in == NULL)
		return;
	avformat_close_input(&in->format);
	if (in->io != NULL)
		av_freep(&in->io->buffer); /* libav may have replaced the one it was given */
	avio_context_free(&in->io);
	free(in->declared_stream);
	free(in->declared_tag);
	free(in->declared_frames);
	free(in);
}

/* Of a WAV without a length the last block is as short as it happens to be; libav calls that corrupt. */
static bool is_open_ended(const assay_av_input *in, const AVPacket *pkt)
{
	return strcmp(in->format->iformat->name, "wav") == 0 &&
	       assay_av_declared(in, (unsigned)pkt->stream_index) == ASSAY_AV_UNDECLARED;
}

static void note_packet(assay_av_input *in, AVPacket *pkt)
{
	const AVStream *st = in->format->streams[pkt->stream_index];
	const int64_t ts = pkt->pts != AV_NOPTS_VALUE ? pkt->pts : pkt->dts;
	int64_t end;

	in->failed = 0;
	if (is_open_ended(in, pkt))
		pkt->flags &= ~AV_PKT_FLAG_CORRUPT;
	if ((pkt->flags & AV_PKT_FLAG_CORRUPT) && avio_feof(in->io))
		in->cut = true;
	if (ts == AV_NOPTS_VALUE || __builtin_add_overflow(ts, pkt->duration, &end))
		return;
	end = av_rescale_q(end, st->time_base, AV_TIME_BASE_Q);
	if (end > in->end)
		in->end = end;
}

assay_code assay_av_next(assay_av_input *in, AVPacket *pkt, bool *end, assay_err *err)
{
	*end = false;
	for (;;) {
		int r;
		assay_av_log_clear();
		r = av_read_frame(in->format, pkt);
		if (r >= 0) {
			note_packet(in, pkt);
			return ASSAY_OK;
		}
		if (in->sys != 0)
			return ASSAY_RAISE_SYS(err, ASSAY_EIO, in->sys, "read: %s", strerror(in->sys));
		if (r == AVERROR(ENOMEM))
			return assay_av_raise(err, r, "read a packet");
		if (r == AVERROR_EOF) {
			in->cut = in->cut || strstr(assay_av_log_line(), "prematurely") != NULL; /* Matroska */
			break;
		}
		in->errors++;
		if (++in->failed >= MAX_FAILED || avio_feof(in->io)) {
			in->cut = in->cut || avio_feof(in->io);
			break;
		}
	}
	*end = true;
	return ASSAY_OK;
}

int64_t assay_av_declared(const assay_av_input *in, unsigned index)
{
	return index < in->declared_count ? in->declared_stream[index] : ASSAY_AV_UNDECLARED;
}

assay_time assay_av_declared_length(const assay_av_input *in, unsigned index)
{
	const int64_t own = assay_av_declared(in, index);
	const AVRational tb = index < in->declared_count ? in->format->streams[index]->time_base : (AVRational){0, 1};

	if (own != ASSAY_AV_UNDECLARED)
		return (assay_time){own, tb.num, tb.den};
	return (assay_time){index < in->declared_count ? in->declared_tag[index] : 0, 1, 1000000000};
}

int64_t assay_av_declared_frames(const assay_av_input *in, unsigned index)
{
	return index < in->declared_count ? in->declared_frames[index] : 0;
}

bool assay_av_is_short(int64_t declared, int64_t have, AVRational tb)
{
	const int64_t half_second = av_rescale_q(AV_TIME_BASE / 2, AV_TIME_BASE_Q, tb);
	const int64_t share = declared / 50;
	int64_t missing;

	if (declared == ASSAY_AV_UNDECLARED || __builtin_sub_overflow(declared, have, &missing))
		return false;
	return missing > (half_second > share ? half_second : share);
}

assay_code assay_av_check_end(const assay_av_input *in, assay_err *err)
{
	const AVFormatContext *f = in->format;
	int64_t have = in->end;

	if (in->cut)
		return ASSAY_RAISE(err, ASSAY_ESHORT, "the file ends within a packet");
	if (in->declared == ASSAY_AV_UNDECLARED || have == INT64_MIN)
		return ASSAY_OK;
	/* Matroska's length counts from zero; others from the first time stamp. */
	if (f->start_time != AV_NOPTS_VALUE && !is_matroska(f))
		have -= f->start_time;
	if (assay_av_is_short(in->declared, have, AV_TIME_BASE_Q))
		return ASSAY_RAISE(err, ASSAY_ESHORT, "declares %.3f s and ends after %.3f s",
				   (double)in->declared / 1e6, (double)have / 1e6);
	return ASSAY_OK;
}

bool assay_av_encrypted(const AVStream *st, const AVPacket *pkt)
{
	static const uint32_t tags[] = {MKTAG('e', 'n', 'c', 'v'), MKTAG('e', 'n', 'c', 'a'), MKTAG('d', 'r', 'm', 's'),
					MKTAG('d', 'r', 'm', 'i')};

	for (size_t i = 0; i < ASSAY_COUNT(tags); i++)
		if (st->codecpar->codec_tag == tags[i])
			return true;
	if (av_stream_get_side_data(st, AV_PKT_DATA_ENCRYPTION_INIT_INFO, NULL) != NULL)
		return true;
	return pkt != NULL && av_packet_get_side_data(pkt, AV_PKT_DATA_ENCRYPTION_INFO, NULL) != NULL;
}

assay_code assay_av_decoder_open(AVCodecContext **out, const AVCodec *codec, const AVStream *st, int64_t max_pixels,
				 assay_err *err)
{
	AVCodecContext *c = avcodec_alloc_context3(codec);
	int r;

	*out = NULL;
	if (c == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "decoder context");
	r = avcodec_parameters_to_context(c, st->codecpar);
	c->pkt_timebase = st->time_base;
	c->flags |= AV_CODEC_FLAG_BITEXACT | AV_CODEC_FLAG_OUTPUT_CORRUPT;
	c->err_recognition |= AV_EF_CRCCHECK;
	c->thread_count = 1;
	c->request_sample_fmt = AV_SAMPLE_FMT_FLT;
	if (max_pixels > 0)
		c->max_pixels = max_pixels;
	if (r >= 0)
		r = avcodec_open2(c, codec, NULL);
	if (r < 0) {
		avcodec_free_context(&c);
		return assay_av_raise(err, r, "open the decoder '%s'", codec->name);
	}
	*out = c;
	return ASSAY_OK;
}
