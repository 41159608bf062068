#include "libav.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/*
 * libav has one log callback per process and hands it no context of ours, so what it said last is kept here. Stages
 * run on one thread of a process of their own.
 */
static struct log_state {
	char line[160];
	unsigned errors;
} kept;

static void on_log(void *ctx, int level, const char *fmt, va_list ap) __attribute__((format(printf, 3, 0)));
static void on_log(void *ctx, int level, const char *fmt, va_list ap)
{
	(void)ctx;
	if (level > AV_LOG_ERROR)
		return;
	if (kept.errors++ > 0)
		return;
	(void)vsnprintf(kept.line, sizeof kept.line, fmt, ap);
	kept.line[strcspn(kept.line, "\r\n")] = '\0';
}

void assay_av_log_capture(void)
{
	av_log_set_callback(on_log);
	assay_av_log_clear();
}

void assay_av_log_clear(void)
{
	kept.errors = 0;
	kept.line[0] = '\0';
}

const char *assay_av_log_line(void)
{
	return kept.line;
}

unsigned assay_av_log_errors(void)
{
	return kept.errors;
}

/* Where the number alone misleads, the log line tells. */
static assay_code code_of(int averror)
{
	switch (averror) {
	case AVERROR(ENOMEM): /* also what a header gets that declares more bytes than the file has */
		return strstr(kept.line, "extradata") != NULL ? ASSAY_ECORRUPT : ASSAY_ENOMEM;
	case AVERROR_INVALIDDATA:
		return strstr(kept.line, "encrypt") != NULL ? ASSAY_EUNSUPPORTED : ASSAY_ECORRUPT;
	case AVERROR_PATCHWELCOME:
	case AVERROR_DECODER_NOT_FOUND:
	case AVERROR_DEMUXER_NOT_FOUND:
	case AVERROR_PROTOCOL_NOT_FOUND:
	case AVERROR(ENOSYS):
		return ASSAY_EUNSUPPORTED;
	default: /* the bytes made the library stop, whatever it calls that */
		return ASSAY_ECORRUPT;
	}
}

assay_code assay_av_raise(assay_err *err, int averror, const char *fmt, ...)
{
	char what[160];
	char text[AV_ERROR_MAX_STRING_SIZE];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(what, sizeof what, fmt, ap);
	va_end(ap);
	(void)av_strerror(averror, text, sizeof text);
	return ASSAY_RAISE_SYS(err, code_of(averror), averror, "%s: %s%s%s", what, text,
			       kept.line[0] != '\0' ? ": " : "", kept.line);
}

const char *assay_av_engine(void)
{
	static char text[64];
	const unsigned f = avformat_version();
	const unsigned c = avcodec_version();

	(void)snprintf(text, sizeof text, "libavformat %u.%u.%u, libavcodec %u.%u.%u", f >> 16, (f >> 8) & 255u,
		       f & 255u, c >> 16, (c >> 8) & 255u, c & 255u);
	return text;
}
