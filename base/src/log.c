#include "assay/log.h"

#include "utf8.h"

#include <stdarg.h>
#include <stdio.h>

#define LINE_SIZE 1024

static assay_log_fn *sink;
static void *sink_ctx;
static assay_log_level sink_level;

void assay_log_set(assay_log_fn *fn, void *ctx, assay_log_level level)
{
	sink = fn;
	sink_ctx = ctx;
	sink_level = level;
}

/* A file name with a newline or an escape sequence in it must not forge a second line or drive the terminal. */
static void tame(char *line)
{
	for (; *line != '\0'; line++) {
		const unsigned char c = (unsigned char)*line;

		if (c < 0x20 || c == 0x7f)
			*line = '?';
	}
}

void assay_log(assay_log_level level, const char *fmt, ...)
{
	char line[LINE_SIZE];
	va_list ap;
	int n;

	if (sink == NULL || level > sink_level)
		return;
	va_start(ap, fmt);
	n = vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	if ((size_t)n >= sizeof(line))
		line[utf8_trim(line, sizeof(line) - 1)] = '\0';
	tame(line);
	sink(sink_ctx, level, line);
}
