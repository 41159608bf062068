/* When the line is shown, and in what mode. */
#include "assay/progress.h"

#include <string.h>
#include <sys/ioctl.h>

#define SECOND        ((int64_t)1000000000)
#define BAR_EVERY_NS  (SECOND / 10)
#define MARK_EVERY_NS (2 * SECOND)
#define JSON_EVERY_NS (2 * SECOND)
#define WIDTH_DEFAULT 80

static void mark(assay_progress *p, int64_t now)
{
	const size_t last = (p->mark_count + ASSAY_PROGRESS_MARKS - 1) % ASSAY_PROGRESS_MARKS;

	if (p->mark_count > 0 && now - p->marks[last].ns < MARK_EVERY_NS)
		return;
	p->marks[p->mark_count++ % ASSAY_PROGRESS_MARKS] = (assay_progress_mark){now, p->done, p->bytes};
}

static size_t terminal_width(FILE *out)
{
	struct winsize size;

	return ioctl(fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : WIDTH_DEFAULT;
}

/* A log of a night's run is to be read: lines come less often the longer it takes. */
static int64_t interval(const assay_progress *p, int64_t now)
{
	const int64_t age = now - p->started_ns;

	if (p->mode == ASSAY_PROGRESS_BAR)
		return BAR_EVERY_NS;
	if (p->mode == ASSAY_PROGRESS_JSON)
		return JSON_EVERY_NS;
	return age < 60 * SECOND ? 5 * SECOND : age < 600 * SECOND ? 15 * SECOND : 60 * SECOND;
}

static void put_line(assay_progress *p)
{
	ASSAY_AUTO_BUF line = ASSAY_BUF_INIT;

	if (p->mode == ASSAY_PROGRESS_BAR)
		assay_progress_bar(&line, p, terminal_width(p->out) - 1);
	else if (p->mode == ASSAY_PROGRESS_JSON)
		assay_progress_json(&line, p);
	else
		assay_progress_plain(&line, p);
	if (line.failed)
		return;
	/* \033[K clears what a longer line left behind */
	(void)fprintf(p->out, p->mode == ASSAY_PROGRESS_BAR ? "\r%s\033[K" : "%s\n", assay_buf_str(&line));
	(void)fflush(p->out);
	p->on_line = p->mode == ASSAY_PROGRESS_BAR;
	p->told = true;
}

bool assay_progress_is_due(const assay_progress *p)
{
	int64_t now;

	if (p == NULL || p->mode == ASSAY_PROGRESS_NONE)
		return false;
	now = p->now();
	return now - (p->shown_ns != 0 ? p->shown_ns : p->started_ns) >= interval(p, now);
}

void assay_progress_show(assay_progress *p, bool force)
{
	if (p == NULL || p->mode == ASSAY_PROGRESS_NONE || (!force && !assay_progress_is_due(p)))
		return;
	p->shown_ns = p->now();
	mark(p, p->shown_ns);
	put_line(p);
}

void assay_progress_phase(assay_progress *p, assay_phase phase, uint64_t total)
{
	if (p == NULL)
		return;
	if (phase == ASSAY_PHASE_JUDGE) /* whatever was thought to be left is not */
		p->work = (assay_progress_work){
		    .done = p->work.done, .took = p->work.took, .digests_done = p->work.digests_done};
	if (phase == ASSAY_PHASE_COMMIT)
		assay_progress_judge_done(p);
	p->phase = phase;
	p->done = 0;
	p->total = total;
	p->phase_started_ns = p->now();
	p->mark_count = 0;
	memset(p->current, 0, sizeof p->current);
	assay_progress_show(p, p->mode == ASSAY_PROGRESS_JSON);
}

void assay_progress_finish(assay_progress *p)
{
	if (p == NULL)
		return;
	p->phase = ASSAY_PHASE_DONE;
	p->done = p->total;
	p->mark_count = 0;
	memset(p->current, 0, sizeof p->current);
	assay_progress_show(p, p->told || p->mode == ASSAY_PROGRESS_JSON);
}

void assay_progress_stop(assay_progress *p)
{
	if (p->mode != ASSAY_PROGRESS_JSON)
		return;
	p->phase = ASSAY_PHASE_STOPPED;
	p->mark_count = 0;
	memset(p->current, 0, sizeof p->current);
	assay_progress_show(p, true);
}

void assay_progress_clear(assay_progress *p)
{
	if (!p->on_line)
		return;
	(void)fputs("\r\033[K", p->out);
	(void)fflush(p->out);
	p->on_line = false;
}
