#include "past.h"

#include "assay/exit.h"
#include "assay/run.h"
#include "assay/unit.h"

#include "cost.h"

/* Runs that are looked at, newest first: most do something. */
#define RUNS_READ 16
/* Units of a run that are looked at, its last ones. */
#define UNITS_READ 128
/* Clocks jump, and laptops sleep: what is beyond is none of the run's doing. */
#define STRETCH_MAX 3.0
#define BESIDE_MAX  ((int64_t)3600 * 1000000)
#define WORKERS_MAX 256

/* Orders of magnitude, in microseconds, where no run tells. */
#define JUDGE_US(sources)  ((sources)*50)
#define COMMIT_US(sources) (20000 + (sources)*10)

typedef struct reading {
	assay_store *store;
	assay_past *out;
	unsigned runs;
} reading;

/* ---------------------------------------------------------------- the units of a run */

/* Units are numbered as they come, and runs follow one another: is there one of that number, of this run or before? */
static assay_code is_until(bool *out, assay_store *s, uint64_t id, uint64_t run, assay_err *err)
{
	ASSAY_AUTO_UNIT u = {0};
	const assay_code rc = assay_unit_get(s, id, &u, err);

	*out = rc == ASSAY_OK && u.run <= run;
	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}

/* The last unit of that run or of one before it; 0 when there is none. */
static assay_code last_until(uint64_t *out, assay_store *s, uint64_t run, assay_err *err)
{
	uint64_t low = 0, step = 1;
	bool is = true;
	assay_code rc = ASSAY_OK;

	for (; is && rc == ASSAY_OK && step < UINT64_MAX / 4; step *= 2) {
		rc = is_until(&is, s, low + step, run, err);
		low += is ? step : 0;
	}
	for (; step > 0 && rc == ASSAY_OK; step /= 2) {
		rc = is_until(&is, s, low + step, run, err);
		low += is && rc == ASSAY_OK ? step : 0;
	}
	*out = low;
	return rc;
}

static int64_t begun_us(const assay_unit *u)
{
	return u->finished_ns / 1000 - (int64_t)(u->wall_us < INT64_MAX / 2000 ? u->wall_us : 0);
}

/* When units begin and end, and when they would if workers had nothing else to do. */
typedef struct span {
	assay_makespan *alone;
	int64_t first_us, last_us;
} span;

static assay_code add_unit(span *sp, assay_store *s, uint64_t id, assay_err *err)
{
	ASSAY_AUTO_UNIT u = {0};
	const assay_code rc = assay_unit_get(s, id, &u, err);
	const assay_cost cost = {.wall_us = u.wall_us, .units = 1};
	const int64_t first = begun_us(&u), last = u.finished_ns / 1000;

	if (rc != ASSAY_OK)
		return rc;
	sp->first_us = first < sp->first_us ? first : sp->first_us;
	sp->last_us = last > sp->last_us ? last : sp->last_us;
	assay_makespan_add(sp->alone, &cost);
	return ASSAY_OK;
}

static double stretch_of(const span *sp)
{
	const double alone = (double)assay_makespan_us(sp->alone);
	const double took = (double)(sp->last_us - sp->first_us);

	return took < alone || alone <= 0 ? 1 : took > STRETCH_MAX * alone ? STRETCH_MAX : took / alone;
}

static uint64_t beside(int64_t us)
{
	return us < 0 || us > BESIDE_MAX ? 0 : (uint64_t)us;
}

/* ---------------------------------------------------------------- the run */

static assay_code read_start(assay_past *out, assay_store *s, const assay_run *r, uint64_t first, assay_err *err)
{
	ASSAY_AUTO_UNIT u = {0};
	const assay_code rc = assay_unit_get(s, first, &u, err);

	if (rc == ASSAY_OK)
		out->start_us = beside(begun_us(&u) - r->started_ns / 1000);
	return rc;
}

/* A row may claim anything. */
static unsigned workers_of(const assay_run *r)
{
	return r->jobs == 0 ? 1 : r->jobs < WORKERS_MAX ? r->jobs : WORKERS_MAX;
}

static assay_code read_units(assay_past *out, assay_store *s, const assay_run *r, uint64_t first, uint64_t last,
			     assay_err *err)
{
	span sp = {.first_us = INT64_MAX, .last_us = INT64_MIN};
	assay_code rc;

	ASSAY_TRY(assay_makespan_open(&sp.alone, workers_of(r), err));
	ASSAY_TRY(read_start(out, s, r, first, err));
	for (uint64_t id = last - first < UNITS_READ ? first : last - UNITS_READ + 1; id <= last; id++)
		ASSAY_TRY(add_unit(&sp, s, id, err));
	out->known = true;
	out->sources = r->sources.seen;
	out->end_us = beside(r->ended_ns / 1000 - sp.last_us);
	out->stretch = stretch_of(&sp);
fail:
	assay_makespan_close(sp.alone);
	return rc;
}

/* Did it come to its end, with everything judged? A part of the sources (--limit, --shard) makes no version. */
static bool is_whole(const assay_run *r)
{
	return (r->has_version || !assay_digest_is_zero(&r->refusal)) && r->ended_ns > r->started_ns &&
	       (r->exit == ASSAY_EXIT_OK || r->exit == ASSAY_EXIT_DIFFERENCE) && r->sources.seen > 0 &&
	       r->sources.processed + r->sources.failed > 0;
}

static assay_code look_at(void *ctx, const assay_run *r, assay_err *err)
{
	reading *c = ctx;
	uint64_t before, last;
	assay_code rc;

	if (c->out->known || c->runs++ == RUNS_READ)
		return ASSAY_ESTOP;
	if (!is_whole(r))
		return ASSAY_OK;
	rc = last_until(&last, c->store, r->id, err);
	if (rc == ASSAY_OK)
		rc = last_until(&before, c->store, r->id - 1, err);
	return rc == ASSAY_OK && before < last ? read_units(c->out, c->store, r, before + 1, last, err) : rc;
}

assay_code assay_past_read(assay_past *out, assay_store *s, assay_err *err)
{
	reading c = {.store = s, .out = out};
	assay_code rc;

	*out = (assay_past){.stretch = 1};
	rc = s != NULL ? assay_runs_each(s, look_at, &c, err) : ASSAY_OK;
	if (rc != ASSAY_ECORRUPT)
		return rc == ASSAY_ESTOP ? ASSAY_OK : rc;
	*out = (assay_past){.stretch = 1}; /* no estimate is worth a run: 'assay check' tells of the damage */
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- judging */

static double scale(const assay_past *p, uint64_t sources)
{
	const double guessed = JUDGE_US((double)p->sources) + COMMIT_US((double)p->sources);

	return p->known && sources > 0 ? (double)p->end_us / guessed : 1;
}

uint64_t assay_past_judge_us(const assay_past *p, uint64_t sources)
{
	return (uint64_t)((double)JUDGE_US(sources) * scale(p, sources));
}

uint64_t assay_past_commit_us(const assay_past *p, uint64_t sources)
{
	return (uint64_t)((double)COMMIT_US(sources) * scale(p, sources));
}
