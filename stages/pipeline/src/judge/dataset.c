#include "dataset.h"

#include "assay/log.h"
#include "assay/memory.h"
#include "assay/stop.h"

#include "conservation.h"
#include "dataset_checks.h"
#include "judged_before.h"
#include "original.h"
#include "snapshot.h"
#include "ticketing.h"
#include "verdict.h"

#include <stdlib.h>

typedef struct dataset {
	assay_session *session;
	assay_store *store;
	assay_summary *summary;
	assay_progress *progress;
	bool commit; /* a version is made of this */
	assay_judged_before before;
	assay_known_recipes known;
	assay_judging judging;
	assay_arena units; /* of one source */
	assay_snapshot snapshot;
	assay_ticketing tickets;
	assay_originals originals;
	assay_dataset_checks checks;
	bool whole; /* the checks of the dataset are judged: it is not a part of it */
	bool moved; /* the source being judged is not as the snapshot's base has it */
} dataset;

/* ---------------------------------------------------------------- one sample */

static assay_code complain(dataset *d, const assay_judged *of, const assay_sample_row *row, assay_err *err)
{
	const assay_complaint c = {
	    .subject = row->key,
	    .unit = of->unit->id,
	    .failure = row->failure,
	    .stage = row->failed_stage,
	    .message = assay_judging_message(&d->judging, of),
	    .checks = row->checks,
	    .check_count = row->check_count,
	};

	return assay_ticketing_complain(&d->tickets, &c, err);
}

/* Every sample of the dataset passes here once, with its verdict and the values it was judged by in d->judging. */
static assay_code take_sample(dataset *d, const assay_judged *of, bool written, assay_err *err)
{
	const assay_sample_row *row = &d->judging.row;
	assay_code rc = ASSAY_OK;

	assay_count_outcome(&d->summary->samples, row->outcome);
	d->summary->verdicts_changed += written && d->judging.before.outcome != row->outcome;
	if (row->outcome == ASSAY_OUTCOME_QUARANTINED)
		rc = complain(d, of, row, err);
	if (rc == ASSAY_OK)
		rc = assay_dataset_checks_sample(&d->checks, &d->judging, of, row, err);
	return rc == ASSAY_OK ? assay_snapshot_sample(&d->snapshot, of, row, written || d->moved, err) : rc;
}

static assay_code do_sample(dataset *d, const assay_judged *of, assay_err *err)
{
	bool written = false;
	const assay_code rc = assay_sample_judge(&d->judging, of, &written, err);

	return rc == ASSAY_OK ? take_sample(d, of, written, err) : rc;
}

/* ---------------------------------------------------------------- one source */

static assay_code do_failed_source(dataset *d, const assay_complaint *c, assay_err *err)
{
	assay_code rc = assay_ticketing_complain(&d->tickets, c, err);

	d->summary->samples.failed_sources++;
	if (!assay_failure_is_deterministic(c->failure))
		d->summary->incomplete = true;
	return rc == ASSAY_OK ? assay_snapshot_failed(&d->snapshot, c->subject, c->stage, c->failure, d->moved, err)
			      : rc;
}

static assay_code do_units(dataset *d, assay_judged *of, const assay_unit *units, assay_err *err)
{
	const size_t count = of->source->unit_count;
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < count; i++)
		d->summary->samples.in += units[i].result.sample_count;
	for (size_t i = 0; i < count && rc == ASSAY_OK; i++) {
		of->unit = &units[i];
		for (uint32_t k = 0; k < units[i].result.sample_count && rc == ASSAY_OK; k++) {
			of->position = k;
			of->sample = &units[i].result.samples[k];
			rc = assay_original_of(&of->original, &d->originals, d->store, d->session->config, of->source,
					       of->sample->kind, err);
			if (rc == ASSAY_OK)
				rc = do_sample(d, of, err);
		}
	}
	return rc;
}

static assay_code do_loaded_source(dataset *d, const assay_source *src, const assay_unit *units, assay_err *err)
{
	assay_judged of = {.source = src};
	assay_code rc;

	ASSAY_TRY(assay_snapshot_recipe(&d->snapshot, src, err));
	ASSAY_TRY(
	    assay_recipe_know(&d->known, d->store, &d->session->config->vocabulary, &src->recipe, &of.recipe, err));
	for (size_t i = 0; i < src->unit_count; i++) {
		const assay_result *r = &units[i].result;
		const assay_complaint c = {
		    .subject = src->path,
		    .is_source = true,
		    .unit = units[i].id,
		    .failure = r->failure,
		    .stage = assay_known_step(of.recipe, r->failed_step),
		    .message = r->message,
		};

		/* A document is delivered whole or not at all. */
		if (r->failure != ASSAY_FAILURE_NONE)
			return do_failed_source(d, &c, err);
	}
	rc = do_units(d, &of, units, err);
fail:
	return rc;
}

static assay_code do_processed_source(dataset *d, const assay_source *src, assay_err *err)
{
	assay_unit *units;
	assay_code rc = ASSAY_OK;

	assay_arena_rewind(&d->units);
	units = assay_arena_alloc(&d->units, src->unit_count, sizeof *units);
	if (units == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "units of '%s'", src->path);
	for (size_t i = 0; i < src->unit_count && rc == ASSAY_OK; i++)
		rc = assay_unit_get_in(d->store, src->units[i], &d->units, &units[i], err);
	return rc == ASSAY_OK ? do_loaded_source(d, src, units, err) : rc;
}

static void show_progress(dataset *d)
{
	d->summary->sources_judged++;
	if (d->progress == NULL)
		return;
	d->progress->done++;
	d->progress->samples = d->summary->samples.in;
	assay_progress_show(d->progress, false);
}

static assay_code do_present_source(dataset *d, const assay_source *src, assay_err *err)
{
	const assay_complaint unread = {
	    .subject = src->path,
	    .is_source = true,
	    .failure = src->failure != ASSAY_FAILURE_NONE ? src->failure : ASSAY_FAILURE_UNREADABLE,
	    .message = src->message,
	};

	show_progress(d);
	if (src->failure != ASSAY_FAILURE_NONE || src->unit_count == 0)
		return do_failed_source(d, &unread, err);
	return do_processed_source(d, src, err);
}

static assay_code do_source(void *ctx, const assay_source *src, assay_err *err)
{
	dataset *d = ctx;
	const assay_judgement *base = d->snapshot.base;
	assay_code rc = ASSAY_OK;

	if (assay_stop_requested() > 0)
		return ASSAY_RAISE(err, ASSAY_ESTOP, "stopped by signal %d while judging; run again to go on",
				   assay_stop_signal());
	d->moved = base != NULL && src->moved > base->generation;
	if (d->moved)
		rc = assay_snapshot_moved(&d->snapshot, d->store, src, err);
	if (rc == ASSAY_OK && !src->missing)
		rc = do_present_source(d, src, err);
	return rc == ASSAY_OK ? assay_store_spill(d->store, err) : rc;
}

/* ---------------------------------------------------------------- the whole */

static assay_code settle_tickets(dataset *d, assay_err *err)
{
	assay_code rc = assay_ticketing_settle(&d->tickets, err);

	d->summary->tickets_opened = d->tickets.opened;
	d->summary->tickets_settled = d->tickets.settled;
	return rc == ASSAY_OK ? assay_tickets_open(d->store, &d->summary->tickets_open, err) : rc;
}

/* All samples from the beginning, and the tries of what they are. */
static assay_code walk(dataset *d, const assay_judgement *base, bool *whole, assay_err *err)
{
	assay_code rc;

	assay_snapshot_begin(&d->snapshot, d->store, base, !d->commit);
	d->tickets.visited_count = 0;
	d->summary->samples = (assay_counts){0};
	d->summary->incomplete = false;
	*whole = true;
	d->summary->sources_judged = 0;
	assay_dataset_checks_release(&d->checks);
	rc = d->whole ? assay_dataset_checks_open(&d->checks, d->session, err) : ASSAY_OK;
	if (rc == ASSAY_OK)
		rc = assay_sources_each(d->store, do_source, d, err);
	if (rc == ASSAY_OK && d->commit)
		rc = assay_snapshot_build(&d->snapshot, d->store, whole, err);
	return rc;
}

static assay_code judge_all(dataset *d, assay_err *err)
{
	bool whole;
	assay_code rc = walk(d, d->commit && d->before.known ? &d->before.last : NULL, &whole, err);

	if (rc != ASSAY_OK || whole)
		return rc;
	if (d->snapshot.base == NULL)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "two samples have one key: 'assay check' says more");
	assay_log(ASSAY_LOG_WARNING, "the last judgement is not what the samples say: its version is built anew");
	return walk(d, NULL, &whole, err);
}

/* What speaks against a version of what was judged. A count that does not balance is a bug of ours; verdicts and
 * tickets stand as they are when a check of the dataset refuses it. */
static bool may_commit(dataset *d)
{
	d->summary->blocked = d->commit && assay_dataset_count(&d->summary->checks).failed > 0;
	return d->commit && d->summary->conserved && !d->summary->blocked;
}

/* Rows that no version tells of are no base for the next one. The run's record says what prevented it. */
static assay_code refuse(dataset *d, assay_err *err)
{
	const assay_code rc = assay_judgement_forget(d->store, err);

	if (rc != ASSAY_OK || !d->summary->blocked)
		return rc;
	return assay_dataset_checks_keep(&d->checks, d->summary, &d->summary->refusal, err);
}

static assay_code commit(dataset *d, assay_err *err)
{
	const assay_snapshot *s = &d->snapshot;
	/* Ages are judged as of another time by every run. */
	const int64_t until_ns = d->checks.needs_time ? INT64_MIN : ASSAY_JUDGEMENT_ALWAYS;
	assay_code rc;

	if (!may_commit(d))
		return refuse(d, err);
	rc = assay_dataset_checks_note(&d->checks, d->summary, &d->snapshot.version, err);
	if (rc == ASSAY_OK)
		rc = assay_snapshot_commit(&d->snapshot, d->session, d->summary, err);
	return rc == ASSAY_OK ? assay_judged_before_note(&d->before, d->session, d->summary, &s->version, until_ns, err)
			      : rc;
}

static assay_code conclude(dataset *d, assay_err *err)
{
	const assay_snapshot *s = &d->snapshot;
	assay_code rc;

	ASSAY_TRY(settle_tickets(d, err));
	ASSAY_TRY(assay_dataset_checks_end(&d->checks, d->summary, err));
	ASSAY_TRY(assay_conservation_check(d->summary, s->accepted.expected + s->others.expected, err));
	d->summary->judged = true;
	assay_progress_phase(d->progress, ASSAY_PHASE_COMMIT, d->summary->sources.seen);
	ASSAY_TRY(commit(d, err));
	for (unsigned m = 1; m <= ASSAY_MODALITY_MAX; m++) {
		d->summary->has_recipe[m] = s->version.has_recipe[m];
		d->summary->recipes[m] = s->version.recipes[m];
	}
fail:
	return rc;
}

/* Counts of the last judgement balanced when it was made; those of this run's sources are new. */
static assay_code stand_by(dataset *d, assay_err *err)
{
	const assay_counts *c = &d->summary->samples;
	assay_code rc = assay_judged_before_tell(&d->before, d->session, d->summary, d->whole, d->commit, err);

	if (rc != ASSAY_OK)
		return rc;
	return assay_conservation_check(d->summary, c->in + c->failed_sources, err);
}

assay_code assay_dataset_judge_present(assay_session *s, assay_summary *summary, bool whole, bool commit,
				       assay_progress *progress, assay_err *err)
{
	dataset d = {.session = s,
		     .store = s->store,
		     .summary = summary,
		     .progress = progress,
		     .commit = commit,
		     .whole = whole,
		     .tickets = {.store = s->store, .run = s->run.id}};
	bool stands;
	assay_code rc;

	assay_progress_phase(progress, ASSAY_PHASE_JUDGE, summary->sources.seen);
	ASSAY_TRY(assay_judged_before_read(&d.before, s, err));
	ASSAY_TRY(assay_judged_before_stands(&d.before, s, &stands, err));
	if (stands) {
		rc = stand_by(&d, err);
		goto fail;
	}
	ASSAY_TRY(assay_judging_open(&d.judging, s, err));
	ASSAY_TRY(assay_store_begin_long(s->store, err));
	ASSAY_TRY(judge_all(&d, err));
	ASSAY_TRY(conclude(&d, err));
fail:
	assay_arena_release(&d.units);
	assay_judging_release(&d.judging);
	assay_snapshot_release(&d.snapshot);
	assay_ticketing_release(&d.tickets);
	assay_originals_release(&d.originals);
	assay_known_recipes_release(&d.known);
	assay_dataset_checks_release(&d.checks);
	return rc;
}
