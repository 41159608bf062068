#include "assay/progress.h"

#include "assay/file.h"
#include "assay/json.h"

#include <inttypes.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define BAR_EVERY_NS   ((int64_t)100000000)
#define LINES_EVERY_NS ((int64_t)2000000000)
#define WIDTH_DEFAULT  80

bool assay_progress_parse(assay_progress_mode *out, const char *text)
{
	static const char *const names[] = {
	    [ASSAY_PROGRESS_AUTO] = "auto", [ASSAY_PROGRESS_BAR] = "bar",   [ASSAY_PROGRESS_PLAIN] = "plain",
	    [ASSAY_PROGRESS_JSON] = "json", [ASSAY_PROGRESS_NONE] = "none",
	};

	for (size_t i = 0; i < ASSAY_COUNT(names); i++)
		if (strcmp(names[i], text) == 0) {
			*out = (assay_progress_mode)i;
			return true;
		}
	return false;
}

void assay_progress_init(assay_progress *p, assay_progress_mode mode, FILE *out)
{
	*p = (assay_progress){.out = out, .mode = mode, .doing = "", .current = ""};
	p->started_ns = assay_monotonic_ns();
	if (mode == ASSAY_PROGRESS_AUTO)
		p->mode = isatty(fileno(out)) ? ASSAY_PROGRESS_BAR : ASSAY_PROGRESS_PLAIN;
}

static size_t terminal_width(FILE *out)
{
	struct winsize size;

	return ioctl(fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col > 20 ? size.ws_col : WIDTH_DEFAULT;
}

static void numbers(assay_buf *b, const assay_progress *p)
{
	assay_buf_printf(b, "%" PRIu64, p->done);
	if (p->total > 0)
		assay_buf_printf(b, "/%" PRIu64, p->total);
	assay_buf_printf(b, " sources, %" PRIu64 " samples", p->samples);
	if (p->failed > 0)
		assay_buf_printf(b, ", %" PRIu64 " failed", p->failed);
}

static void show_bar(assay_progress *p)
{
	ASSAY_AUTO_BUF line = ASSAY_BUF_INIT;
	const size_t width = terminal_width(p->out) - 1;
	const unsigned cells = 24;
	const unsigned full = p->total > 0 ? (unsigned)(p->done * cells / p->total) : 0;

	assay_buf_printf(&line, "%s [", p->doing);
	for (unsigned i = 0; i < cells; i++)
		assay_buf_putc(&line, i < full ? '#' : '.');
	assay_buf_puts(&line, "] ");
	numbers(&line, p);
	if (p->current[0] != '\0')
		assay_buf_printf(&line, "  %s", p->current);
	if (line.failed)
		return;
	/* \033[K clears what a longer line left behind */
	(void)fprintf(p->out, "\r%.*s\033[K", (int)(line.len < width ? line.len : width), assay_buf_str(&line));
	(void)fflush(p->out);
	p->on_line = true;
}

static void show_plain(assay_progress *p)
{
	ASSAY_AUTO_BUF line = ASSAY_BUF_INIT;

	numbers(&line, p);
	(void)fprintf(p->out, "%s: %s\n", p->doing, assay_buf_str(&line));
	(void)fflush(p->out);
}

static void show_json(assay_progress *p)
{
	ASSAY_AUTO_BUF line = ASSAY_BUF_INIT;
	assay_json j;

	assay_json_init(&j, &line, 0);
	assay_json_object(&j);
	assay_json_kstr(&j, "doing", p->doing);
	assay_json_kuint(&j, "done", p->done);
	assay_json_kuint(&j, "total", p->total);
	assay_json_kuint(&j, "samples", p->samples);
	assay_json_kuint(&j, "failed", p->failed);
	assay_json_kstr(&j, "current", p->current);
	assay_json_key(&j, "elapsed_s");
	assay_json_decimal(&j, (assay_decimal){(assay_monotonic_ns() - p->started_ns) / 100000000, 1});
	assay_json_end(&j);
	(void)fprintf(p->out, "%s\n", assay_buf_str(&line));
	(void)fflush(p->out);
}

void assay_progress_show(assay_progress *p, bool force)
{
	const int64_t now = assay_monotonic_ns();
	const int64_t every = p->mode == ASSAY_PROGRESS_BAR ? BAR_EVERY_NS : LINES_EVERY_NS;

	if (p->mode == ASSAY_PROGRESS_NONE || (!force && now - p->shown_ns < every))
		return;
	p->shown_ns = now;
	if (p->mode == ASSAY_PROGRESS_BAR)
		show_bar(p);
	else if (p->mode == ASSAY_PROGRESS_JSON)
		show_json(p);
	else
		show_plain(p);
}

void assay_progress_clear(assay_progress *p)
{
	if (!p->on_line)
		return;
	(void)fputs("\r\033[K", p->out);
	(void)fflush(p->out);
	p->on_line = false;
}
