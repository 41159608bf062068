/* How far a run is, how fast it goes, and how long it will take. */
#include "assay/progress.h"

#include "assay/file.h"

#include <string.h>
#include <unistd.h>

#define SECOND ((int64_t)1000000000)

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
	    [ASSAY_PHASE_SCAN] = "scan",     [ASSAY_PHASE_HASH] = "hash",       [ASSAY_PHASE_PROCESS] = "process",
	    [ASSAY_PHASE_JUDGE] = "judge",   [ASSAY_PHASE_COMMIT] = "commit",   [ASSAY_PHASE_DONE] = "done",
	    [ASSAY_PHASE_REPAIR] = "repair", [ASSAY_PHASE_STOPPED] = "stopped",
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

/* ---- the bar */

/* One microsecond of a later phase takes as long as one of every worker's. */
static double width(const assay_progress *p)
{
	return p->workers > 0 ? p->workers : 1;
}

static double judged(const assay_progress *p)
{
	return p->phase == ASSAY_PHASE_JUDGE ? share(p->done, p->total) : p->judged;
}

static double later_us(const assay_progress *p)
{
	return (double)p->judge_us * (1 - judged(p)) + (double)p->commit_us;
}

static double left(const assay_progress *p)
{
	return (double)p->work.left + (double)p->work.digests_left + width(p) * later_us(p);
}

static void judge_so_far(assay_progress *p, double so_far)
{
	if (so_far > p->judged)
		p->gained += width(p) * (double)p->judge_us * (so_far - p->judged);
	p->judged = so_far;
}

void assay_progress_judge_done(assay_progress *p)
{
	judge_so_far(p, 1);
}

void assay_progress_gain(assay_progress *p, double us)
{
	if (p != NULL)
		p->gained += us;
}

uint32_t assay_progress_full(assay_progress *p)
{
	const double rest = left(p);

	judge_so_far(p, judged(p));
	if (p->gained > 0)
		p->filled = 1 - (1 - p->filled) * rest / (rest + p->gained);
	p->gained = 0;
	if (p->phase == ASSAY_PHASE_DONE)
		p->filled = 1;
	else if (p->filled * ASSAY_PROGRESS_FULL >= ASSAY_PROGRESS_FULL - 1)
		return ASSAY_PROGRESS_FULL - 1;
	return (uint32_t)(p->filled * ASSAY_PROGRESS_FULL);
}

/* ---- the pace */

/* What was done so long ago counts half of what is done now. */
#define FORGET_US 120000000.0
/* Before this nothing is said. */
#define TELLING_US 500000.0
/* Thirty years are no estimate. */
#define ETA_MAX_US 1e15

static void forget(assay_progress_pace *pace, double us)
{
	const double keep = FORGET_US / (FORGET_US + us);

	pace->work_us *= keep;
	pace->took_us *= keep;
	pace->busy_us *= keep;
	pace->lane_us *= keep;
}

/* How long so much work takes on all workers; negative while there is no telling. */
static double units_take(const assay_progress *p, uint64_t work)
{
	const assay_progress_pace *pace = &p->pace;
	const double cpu = pace->work_us > 0 && pace->took_us > 0 ? pace->work_us / pace->took_us : p->work.expected;

	if (work == 0)
		return 0;
	return pace->lane_us >= TELLING_US && pace->busy_us > 0 && cpu > 0
		   ? (double)work / cpu / (pace->busy_us / pace->lane_us) / width(p)
		   : -1;
}

static double digests_take(const assay_progress *p, uint64_t work)
{
	const assay_progress_pace *pace = &p->digest_pace;

	if (work == 0)
		return 0;
	return pace->took_us >= TELLING_US && pace->work_us > 0 ? (double)work / pace->work_us * pace->took_us : -1;
}

void assay_progress_stands(assay_progress *p, const assay_progress_work *work)
{
	const int64_t now = p->now();
	const double us = p->work_ns != 0 ? (double)(now - p->work_ns) / 1000 : 0;

	forget(&p->pace, us);
	p->pace.work_us += (double)(work->done - p->work.done);
	p->pace.took_us += (double)(work->took - p->work.took);
	/* Workers that load their models do not go slowly, nor do digests while they wait for workers. */
	p->pace.busy_us += us * p->work.busy;
	p->pace.lane_us += us * p->work.lanes;
	if (p->work.lanes == 0 && p->work.digests_left > 0) {
		forget(&p->digest_pace, us);
		p->digest_pace.work_us += (double)(work->digests_done - p->work.digests_done);
		p->digest_pace.took_us += us;
	}
	p->work = *work;
	p->work_ns = now;
}

uint64_t assay_progress_work_us(const assay_progress *p, uint64_t *total_us)
{
	const uint64_t later = p->judge_us + p->commit_us;
	uint64_t behind = p->work.done + p->work.digests_done;

	*total_us = behind + p->work.left + p->work.digests_left + later;
	if (p->phase == ASSAY_PHASE_DONE)
		return *total_us;
	if (p->phase == ASSAY_PHASE_JUDGE || p->phase == ASSAY_PHASE_COMMIT)
		behind += (uint64_t)((double)p->judge_us * judged(p));
	return behind;
}

static double process_takes(const assay_progress *p)
{
	const double units = units_take(p, p->work.left);
	const double digests = digests_take(p, p->work.digests_left);
	const double late = units_take(p, p->work.late_after) + (double)p->work.late_us;
	double most = (double)p->work.longest_us;

	if (units < 0 || p->work.guessed || (p->work.left == 0 && digests < 0))
		return -1;
	most = units > most ? units : most;
	most = late > most ? late : most;
	return digests > most ? digests : most;
}

/* By its own pace, once it has one. */
static double judge_takes(const assay_progress *p)
{
	const double spent = (double)(p->now() - p->phase_started_ns) / 1000;
	const double so_far = judged(p);

	if (so_far > 0 && spent >= TELLING_US)
		return spent / so_far * (1 - so_far);
	return p->judge_us > 0 ? (double)p->judge_us * (1 - so_far) : -1;
}

int64_t assay_progress_eta_s(const assay_progress *p)
{
	double us = -1;

	switch (p->phase) {
	case ASSAY_PHASE_HASH:
	case ASSAY_PHASE_PROCESS:
		us = process_takes(p);
		us += us >= 0 ? (double)p->judge_us + (double)p->commit_us : 0;
		break;
	case ASSAY_PHASE_JUDGE:
		us = judge_takes(p);
		us += us >= 0 ? (double)p->commit_us : 0;
		break;
	case ASSAY_PHASE_COMMIT:
		us = p->commit_us > 0 ? (double)p->commit_us : -1;
		break;
	case ASSAY_PHASE_DONE:
		return 0;
	case ASSAY_PHASE_REPAIR: /* how far a ladder must be climbed, nobody knows */
	case ASSAY_PHASE_SCAN:
	case ASSAY_PHASE_STOPPED:
		break;
	}
	return us < 0 || us > ETA_MAX_US ? -1 : (int64_t)(us / 1000000 + 0.5);
}

uint64_t assay_progress_rate(const assay_progress *p, uint64_t *bytes_per_s)
{
	const size_t oldest = p->mark_count < ASSAY_PROGRESS_MARKS ? 0 : p->mark_count % ASSAY_PROGRESS_MARKS;
	const assay_progress_mark *m = &p->marks[oldest];
	const double s = p->mark_count > 0 ? (double)(p->now() - m->ns) / (double)SECOND : 0;

	*bytes_per_s = s > 0 ? (uint64_t)((double)(p->bytes - m->bytes) / s) : 0;
	return s > 0 ? (uint64_t)((double)(p->done - m->done) / s * 1000) : 0;
}
