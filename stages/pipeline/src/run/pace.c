#include "pace.h"

#include "assay/file.h"

/* Orders of magnitude, in microseconds, of what is not measured: they only say which part of the bar is whose. */
#define DIGEST_US(bytes)   (150 + (bytes) / 1000)
#define JUDGE_US(sources)  ((sources)*50)
#define COMMIT_US(sources) (20000 + (sources)*10)

void assay_pace_begin(assay_executor *r)
{
	assay_progress *p = r->progress;
	const uint64_t seen = r->summary->sources.seen;

	if (p == NULL)
		return;
	p->judge_work = JUDGE_US(seen);
	p->commit_work = r->opts->no_commit || r->opts->shard_count > 0 || r->opts->limit > 0 ? 0 : COMMIT_US(seen);
	p->work_left = r->plan.needed * DIGEST_US(0) + r->plan.bytes / 1000 + assay_costs_left(&r->plan.costs);
	p->current_count = r->slot_count < ASSAY_PROGRESS_CURRENT_MAX ? r->slot_count : ASSAY_PROGRESS_CURRENT_MAX;
	r->undigested_us = r->plan.needed * DIGEST_US(0) + r->plan.bytes / 1000;
	assay_progress_phase(p, ASSAY_PHASE_PROCESS, seen);
}

void assay_pace_unchanged(assay_executor *r)
{
	if (r->progress != NULL)
		r->progress->done++;
}

void assay_pace_digested(assay_executor *r, const assay_job *j)
{
	const uint64_t us = DIGEST_US(j->found->stamp.size);

	r->work_us += us;
	r->undigested_us -= us < r->undigested_us ? us : r->undigested_us;
}

void assay_pace_job_done(assay_executor *r, const assay_job *j)
{
	assay_progress *p = r->progress;
	const assay_found *f = j->found;

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

/* What units in flight have probably done by now; they are not trusted to be nearly finished. */
static uint64_t in_flight(const assay_executor *r, const assay_job *j, uint64_t each)
{
	const int64_t now = assay_monotonic_ns();
	uint64_t us = 0;

	for (size_t i = 0; i < r->slot_count; i++) {
		const assay_slot *s = &r->slots[i];
		const uint64_t age = s->job == j ? (uint64_t)(now - s->given_ns) / 1000 : 0;

		us += age < each / 10 * 9 ? age : each / 10 * 9;
	}
	return us;
}

static void tell_work(assay_executor *r, assay_progress *p)
{
	uint64_t behind = 0, running = 0, left = assay_costs_left(&r->plan.costs);

	for (size_t i = 0; i < r->job_count; i++) {
		const assay_job *j = r->jobs[i];
		const assay_cost c =
		    assay_costs_of(&r->plan.costs, j->found->rule->modality, j->found->key, j->found->stamp.size);
		const double units = j->part_count > 1 ? (double)j->part_count : c.units;
		const uint64_t now = in_flight(r, j, (uint64_t)((double)c.cpu_us / units));
		const uint64_t most = c.cpu_us / 20 * 19, so_far = j->took.cpu_us + now;

		running += now;
		behind += so_far < most ? so_far : most;
	}
	p->work_done = r->work_us + running;
	p->work_left = r->undigested_us + (left > behind ? left - behind : 0);
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
