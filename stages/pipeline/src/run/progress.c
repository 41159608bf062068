#include "assay/progress.h"

#include "assay/file.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define SECOND        ((int64_t)1000000000)
#define BAR_EVERY_NS  (SECOND / 10)
#define MARK_EVERY_NS (2 * SECOND)
#define JSON_EVERY_NS (2 * SECOND)
#define WIDTH_DEFAULT 80

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

const char *assay_phase_name(assay_phase phase)
{
	static const char *const names[] = {
	    [ASSAY_PHASE_SCAN] = "scan",       [ASSAY_PHASE_HASH] = "hash",     [ASSAY_PHASE_PROCESS] = "process",
	    [ASSAY_PHASE_JUDGE] = "judge",     [ASSAY_PHASE_COMMIT] = "commit", [ASSAY_PHASE_DONE] = "done",
	    [ASSAY_PHASE_STOPPED] = "stopped",
	};

	return names[phase];
}

void assay_progress_init(assay_progress *p, assay_progress_mode mode, FILE *out)
{
	*p = (assay_progress){.out = out, .mode = mode, .now = assay_monotonic_ns};
	p->started_ns = p->phase_started_ns = p->now();
	if (mode == ASSAY_PROGRESS_AUTO)
		p->mode = isatty(fileno(out)) ? ASSAY_PROGRESS_BAR : ASSAY_PROGRESS_PLAIN;
}

/* ---------------------------------------------------------------- how far, how fast, how long */

static double share(uint64_t done, uint64_t total)
{
	return total == 0 ? 0 : done >= total ? 1 : (double)done / (double)total;
}

static double work_total(const assay_progress *p)
{
	return (double)p->work_done + (double)p->work_left + (double)p->judge_work + (double)p->commit_work;
}

static double work_behind(const assay_progress *p)
{
	switch (p->phase) {
	case ASSAY_PHASE_SCAN:
	case ASSAY_PHASE_STOPPED: /* as far as was shown */
		return 0;
	case ASSAY_PHASE_HASH:
	case ASSAY_PHASE_PROCESS:
		return (double)p->work_done;
	case ASSAY_PHASE_JUDGE:
		return (double)p->work_done + (double)p->judge_work * share(p->done, p->total);
	case ASSAY_PHASE_COMMIT:
		return (double)p->work_done + (double)p->judge_work;
	case ASSAY_PHASE_DONE:
		break;
	}
	return work_total(p);
}

uint32_t assay_progress_full(assay_progress *p)
{
	const double total = work_total(p);
	uint32_t full = total > 0 ? (uint32_t)(work_behind(p) / total * ASSAY_PROGRESS_FULL) : 0;

	if (p->phase == ASSAY_PHASE_DONE)
		full = ASSAY_PROGRESS_FULL;
	else if (full >= ASSAY_PROGRESS_FULL)
		full = ASSAY_PROGRESS_FULL - 1;
	if (full > p->full)
		p->full = full;
	return p->full;
}

/* Of the phase that is on, by its own pace; judging and the commit are taken at their estimate before they begin. */
int64_t assay_progress_eta_s(assay_progress *p)
{
	const double later = (double)p->commit_work + (p->phase == ASSAY_PHASE_JUDGE ? 0 : (double)p->judge_work);
	const double spent =
	    (double)(p->now() - (p->phase == ASSAY_PHASE_JUDGE ? p->phase_started_ns : p->work_started_ns)) / 1000;
	double left;

	switch (p->phase) {
	case ASSAY_PHASE_HASH:
	case ASSAY_PHASE_PROCESS:
		if (p->work_done == 0 || spent < 500000)
			return -1;
		left = spent / (double)p->work_done * (double)p->work_left + later;
		break;
	case ASSAY_PHASE_JUDGE:
		if (p->done == 0 || p->total == 0)
			return -1;
		left = p->done < p->total ? spent / (double)p->done * (double)(p->total - p->done) + later : later;
		break;
	case ASSAY_PHASE_SCAN:
	case ASSAY_PHASE_COMMIT:
	case ASSAY_PHASE_STOPPED:
		return -1;
	case ASSAY_PHASE_DONE:
	default:
		return 0;
	}
	return (int64_t)(left / 1000000 + 0.5);
}

uint64_t assay_progress_rate(const assay_progress *p, uint64_t *bytes_per_s)
{
	const size_t oldest = p->mark_count < ASSAY_PROGRESS_MARKS ? 0 : p->mark_count % ASSAY_PROGRESS_MARKS;
	const assay_progress_mark *m = &p->marks[oldest];
	const double s = p->mark_count > 0 ? (double)(p->now() - m->ns) / (double)SECOND : 0;

	*bytes_per_s = s > 0 ? (uint64_t)((double)(p->bytes - m->bytes) / s) : 0;
	return s > 0 ? (uint64_t)((double)(p->done - m->done) / s * 1000) : 0;
}

static void mark(assay_progress *p, int64_t now)
{
	const size_t last = (p->mark_count + ASSAY_PROGRESS_MARKS - 1) % ASSAY_PROGRESS_MARKS;

	if (p->mark_count > 0 && now - p->marks[last].ns < MARK_EVERY_NS)
		return;
	p->marks[p->mark_count++ % ASSAY_PROGRESS_MARKS] = (assay_progress_mark){now, p->done, p->bytes};
}

/* ---------------------------------------------------------------- showing */

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
	p->phase = phase;
	p->done = 0;
	p->total = total;
	p->phase_started_ns = p->now();
	p->mark_count = 0;
	if (p->work_started_ns == 0)
		p->work_started_ns = p->phase_started_ns;
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
