/*
 * All estimates come from what sources of that kind and size cost before, in this store and in this run (cost.h), and
 * change whenever a source is done. What is left of the work is summed up anew at every look:
 *
 *   sources not begun   as they are expected to cost
 *   jobs in hand        parts that wait, each as its siblings took that are done already, and as was expected
 *   units in flight     what is left of each by its age
 *   digesting, judging, the commit
 *
 * A unit is believed until it is three quarters done by its estimate. Then nobody knows: it may end at once, or take
 * three times as long. From there the share that is done grows ever more slowly, as 1 / age, towards LIMIT, so that the
 * bar moves as long as the unit works and never reaches the unit's end before the unit does; what is left in time is
 * what its age makes of the share that is not done. It is at least a quarter of the estimate, and grows with the age.
 *
 * The pace is the CPU that units got for their time, of those that came back (as it was expected before any did), times
 * the share of the time in which workers that could have had a unit had one. The end is not sooner than the pace makes it, nor than the longest unit allows, in flight or
 * waiting: at the tail a film on one worker is not halved by another worker that has nothing to do. One that is not
 * begun yet comes when the work before it is done.
 */
#include "pace.h"

#define BELIEVED 0.75
#define LIMIT    0.98

static double greater(double a, double b)
{
	return a > b ? a : b;
}

/* ---------------------------------------------------------------- what is expected */

static assay_cost cost_of(const assay_executor *r, const assay_found *f)
{
	return assay_costs_of(&r->plan.costs, f->rule->modality, f->key, f->stamp.size);
}

/* What each of a job's units will take, and how many there are. */
static assay_cost unit_cost_of(const assay_executor *r, const assay_job *j)
{
	const double seen = j->took.units;
	assay_cost c = cost_of(r, j->found);

	if (j->pages > 0)
		c.units = (double)j->part_count;
	c.cpu_us = (uint64_t)(((double)c.cpu_us / c.units + (double)j->took.cpu_us) / (1 + seen));
	c.wall_us = (uint64_t)(((double)c.wall_us / c.units + (double)j->took.wall_us) / (1 + seen));
	if (seen > 0)
		c.basis = ASSAY_COST_SAME;
	return c;
}

/* How long so many units take with all workers at them. */
static double rounds_us(const assay_executor *r, double units, double each)
{
	const double workers = (double)r->slot_count;

	return each * (double)(uint64_t)((units + workers - 1) / workers);
}

/* A source not begun yet: its first unit tells how many others there are. */
static double source_takes_us(const assay_executor *r, const assay_found *f)
{
	const assay_cost c = cost_of(r, f);
	const double each = (double)c.wall_us / c.units;

	return each + rounds_us(r, c.units - 1, each);
}

static void find_longest(assay_executor *r)
{
	double most = 0;

	for (size_t i = 0; i < r->scan.count; i++) {
		const assay_found *f = &r->scan.items[i];
		const double us = f->costed ? source_takes_us(r, f) : 0;

		if (us > 0 && us >= most) {
			most = us;
			r->longest = i;
			r->after_longest_us = 0;
		} else if (f->costed) {
			r->after_longest_us += (double)cost_of(r, f).cpu_us;
		}
	}
}

/* ---------------------------------------------------------------- what happens */

void assay_pace_begin(assay_executor *r)
{
	assay_progress *p = r->progress;
	const uint64_t seen = r->summary->sources.seen;

	if (p == NULL)
		return;
	p->judge_us = assay_past_judge_us(&r->plan.past, seen);
	p->commit_us = r->opts->no_commit || r->opts->shard_count > 0 || r->opts->limit > 0
			   ? 0
			   : assay_past_commit_us(&r->plan.past, seen);
	p->workers = (unsigned)r->slot_count;
	p->current_count = r->slot_count < ASSAY_PROGRESS_CURRENT_MAX ? r->slot_count : ASSAY_PROGRESS_CURRENT_MAX;
	r->undigested_us = r->plan.digest_us;
	assay_costs_loosen(&r->plan.costs);
	find_longest(r);
	assay_progress_phase(p, ASSAY_PHASE_PROCESS, seen);
}

void assay_pace_unchanged(assay_executor *r)
{
	if (r->progress != NULL)
		r->progress->done++;
}

void assay_pace_digested(assay_executor *r, const assay_job *j)
{
	const uint64_t us = assay_digest_us(j->found->stamp.size);
	const uint64_t expected = us < r->undigested_us ? us : r->undigested_us;

	r->digested_us += us;
	r->undigested_us -= expected;
	assay_progress_gain(r->progress, (double)expected);
}

void assay_pace_given(const assay_executor *r, assay_slot *s)
{
	const assay_cost c = unit_cost_of(r, s->job);

	s->cpu_us = s->rest_us = (double)c.cpu_us;
	s->wall_us = greater((double)c.wall_us, 1);
}

void assay_pace_back(const assay_executor *r, assay_slot *s)
{
	assay_progress_gain(r->progress, s->rest_us);
	s->rest_us = 0;
}

void assay_pace_job_done(assay_executor *r, const assay_job *j)
{
	assay_progress *p = r->progress;
	const assay_found *f = j->found;

	if (f->costed)
		assay_costs_take_left(&r->plan.costs, f->rule->modality, f->key, f->stamp.size);
	if (p != NULL) {
		p->done++;
		p->samples += j->samples;
		p->bytes += f->stamp.size;
		p->failed = r->summary->sources.failed;
	}
	/* One whose parts were cached in part says little. Without memory to learn more, what is known must do. */
	if (!j->ran || j->took.units < (double)j->part_count ||
	    assay_costs_learn(&r->plan.costs, f->rule->modality, f->key, f->stamp.size, true, &j->took, NULL) !=
		ASSAY_OK)
		return;
}

/* ---------------------------------------------------------------- how it stands */

/* Units of a job that no worker has yet; `units` is how many there probably are. */
static double waiting_units(const assay_job *j, double units)
{
	double n = 0;

	if (j->state != ASSAY_JOB_WORKING)
		return j->found->costed ? units : 0;
	for (size_t i = 0; i < j->part_count; i++)
		n += j->parts[i].state == ASSAY_PART_WAITING;
	if (j->part_count == 1 && j->pages == 0 && j->parts[0].state != ASSAY_PART_DONE)
		n += units - 1;
	return n;
}

typedef struct standing {
	double left, guessed;
	double cpu, wall; /* expected of units in flight */
	double longest;   /* in flight */
	double late, late_after,
	    late_us; /* waiting: what ends last, the work before its turn, and what it takes then */
} standing;

static void add(standing *s, double us, assay_cost_basis basis)
{
	s->left += us;
	if (basis == ASSAY_COST_NONE)
		s->guessed += us;
}

static void add_waiting(const assay_executor *r, standing *s, double before, double takes)
{
	const double ends = before / (double)r->slot_count + takes;

	if (takes <= 0 || ends < s->late)
		return;
	s->late = ends;
	s->late_after = before;
	s->late_us = takes;
}

static void stand_jobs(const assay_executor *r, standing *s)
{
	double before = 0;

	for (size_t i = 0; i < r->job_count; i++) {
		const assay_job *j = r->jobs[i];
		const assay_cost all = cost_of(r, j->found), each = unit_cost_of(r, j);
		const double units = waiting_units(j, each.units);

		if (j->found->costed)
			add(s, -(double)all.cpu_us, all.basis);
		add(s, units * (double)each.cpu_us, each.basis);
		add_waiting(r, s, before, rounds_us(r, units, (double)each.wall_us));
		before += units * (double)each.cpu_us;
	}
}

static double share_done(double age, double expected)
{
	const double believed = BELIEVED * expected;

	return age <= believed ? age / expected : LIMIT - (LIMIT - BELIEVED) * believed / age;
}

/* A unit in flight. What was thought to be left of it at the last look and is not any more, was done meanwhile. */
static void stand_slot(assay_executor *r, assay_slot *u, standing *s, assay_progress_work *w)
{
	const double age = (double)(r->progress->now() - u->given_ns) / 1000;
	const double done = share_done(age, u->wall_us), rest = u->cpu_us * (1 - done);

	if (rest < u->rest_us)
		assay_progress_gain(r->progress, u->rest_us - rest);
	u->rest_us = rest;
	add(s, rest, unit_cost_of(r, u->job).basis);
	s->longest = greater(s->longest, done > 0 ? age * (1 - done) / done : u->wall_us);
	s->cpu += u->cpu_us;
	s->wall += u->wall_us;
	w->busy++;
}

/* Is there anything that a worker without a unit could be given soon? Parts that are only suspected are nothing. */
static bool has_more(const assay_executor *r)
{
	if (r->next < r->scan.count)
		return true;
	for (size_t i = 0; i < r->job_count; i++)
		if (waiting_units(r->jobs[i], 1) > 0)
			return true;
	return false;
}

static bool has_lane(const assay_executor *r, const assay_slot *s)
{
	return s->job != NULL ||
	       (s->worker != NULL && assay_worker_state_of(s->worker) != ASSAY_WORKER_STARTING && has_more(r));
}

/* Before units in flight are counted. */
static void stand_longest(const assay_executor *r, standing *s)
{
	const assay_found *f = r->longest < r->scan.count ? &r->scan.items[r->longest] : NULL;

	if (f == NULL || r->next > r->longest || !f->costed)
		return;
	add_waiting(r, s, greater(s->left - (double)cost_of(r, f).cpu_us - r->after_longest_us, 0),
		    source_takes_us(r, f));
}

static void tell_work(assay_executor *r, assay_progress *p)
{
	const assay_costs_sum costs = assay_costs_left(&r->plan.costs);
	standing s = {.left = (double)costs.cpu_us, .guessed = (double)costs.guessed_us};
	assay_progress_work w = {.done = r->work_us,
				 .took = r->work_took_us,
				 .digests_done = r->digested_us,
				 .digests_left = r->undigested_us};

	stand_jobs(r, &s);
	stand_longest(r, &s);
	for (size_t i = 0; i < r->slot_count; i++) {
		w.lanes += has_lane(r, &r->slots[i]);
		if (r->slots[i].job != NULL)
			stand_slot(r, &r->slots[i], &s, &w);
	}
	w.left = (uint64_t)greater(s.left, 0);
	w.longest_us = (uint64_t)s.longest;
	w.late_us = (uint64_t)s.late_us;
	w.late_after = (uint64_t)s.late_after;
	w.expected = s.wall > 0 ? s.cpu / s.wall : 0;
	w.guessed = s.guessed > s.left / 2;
	assay_progress_stands(p, &w);
}

static void tell_workers(const assay_executor *r, assay_progress *p)
{
	bool busy = false;

	for (size_t i = 0; i < p->current_count; i++) {
		p->current[i] = r->slots[i].job != NULL ? r->slots[i].job->found->key : NULL;
		busy |= r->slots[i].worker != NULL;
	}
	p->phase = busy || r->job_count == 0 ? ASSAY_PHASE_PROCESS : ASSAY_PHASE_HASH;
}

void assay_pace_show(assay_executor *r)
{
	if (!assay_progress_is_due(r->progress))
		return;
	tell_work(r, r->progress);
	tell_workers(r, r->progress);
	assay_progress_show(r->progress, false);
}
