#include "dataset.h"

#include "assay/log.h"
#include "assay/memory.h"
#include "assay/scratch.h"
#include "assay/stop.h"

#include "conservation.h"
#include "copy.h"
#include "copy_age.h"
#include "copy_told.h"
#include "dataset_checks.h"
#include "ended.h"
#include "judged_before.h"
#include "original.h"
#include "snapshot.h"
#include "source_treat.h"
#include "ticketing.h"
#include "verdict.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct dataset {
	assay_session *session;
	assay_store *store;
	assay_summary *summary;
	assay_progress *progress;
	assay_dataset_job *job;
	bool commit; /* a version is made of this, unless something is wanted first */
	assay_judged_before before;
	assay_known_recipes known;
	assay_judging judging;
	assay_arena units; /* of one source */
	assay_snapshot snapshot;
	assay_ticketing tickets;
	assay_originals originals;
	assay_dataset_checks checks;
	uint64_t *judged; /* rows of the samples of the stream being judged */
	size_t judged_count, judged_cap;
	bool treated;                  /* some sample of it stands otherwise than the pipeline made it, or did */
	bool waits;                    /* it has a root that attempts are made at next */
	bool told;                     /* a sample of it that has its key has a ticket */
	bool swept;                    /* some sample of it is not there any more */
	bool moved;                    /* the source being judged is not as the snapshot's base has it */
	assay_source_treatment source; /* of the one being judged */
	assay_copy copy;               /* of one that may be the original of its samples */
	assay_copy_told copy_told;     /* of the source being judged */
} dataset;

/* ---------------------------------------------------------------- one sample */

/* Content of the sample as it stood before, where it did, or else as its ticket speaks of it; and as it is delivered. */
static assay_code tell_contents(void *ctx, assay_digest *before, assay_digest *after, assay_err *err)
{
	dataset *d = ctx;
	const assay_judging *j = &d->judging;
	const assay_sample_row *was = &j->before;
	assay_code rc = ASSAY_OK;

	if (was->judged_unit != 0 && !was->missing && was->judged_unit != j->base.unit->id)
		rc = assay_content_of_row(d->store, was, before, err);
	if (rc == ASSAY_OK && assay_digest_is_zero(before))
		rc = assay_snapshot_content(&d->snapshot, &j->base, before, err);
	return rc == ASSAY_OK && assay_outcome_is_delivered(j->row.outcome)
		   ? assay_snapshot_content(&d->snapshot, &j->of, after, err)
		   : rc;
}

static assay_code tell_age(void *ctx, assay_ticket *t, assay_err *err)
{
	dataset *d = ctx;
	const assay_source *src = d->judging.of.source;
	const char *rest = t->subject + strlen(src->path);

	return assay_copy_age(t, &d->originals, d->store, src, &d->source.stands, *rest == '#' ? rest + 1 : "", err);
}

/* @param again  its ticket has had an event since that does not say why it is in its state */
static assay_code complain(dataset *d, bool again, assay_err *err)
{
	const assay_judging *j = &d->judging;
	assay_ticket_attempt attempts[ASSAY_TRIES_MAX];
	assay_complaint c = {
	    .attempts = attempts,
	    .subject = j->row.key,
	    .unit = j->base.unit->id,
	    .failure = j->objection.failure,
	    .stage = j->objection.stage,
	    .message = assay_judging_message(j, &j->base),
	    .checks = j->objection.findings.items,
	    .check_count = j->objection.findings.count,
	    .passing = d->job->repairs && j->state == ASSAY_TICKET_RETRYING,
	    .before = j->before.id != 0 ? &j->before : NULL,
	    .state = j->state,
	    .again = again,
	    .decision = j->decision,
	    .contents = tell_contents,
	    .age = tell_age,
	    .ctx = d,
	};

	for (; c.attempt_count < j->repair.count; c.attempt_count++)
		attempts[c.attempt_count] = j->repair.tries[c.attempt_count].told;
	d->told |= strcmp(j->row.key, j->base.source->path) == 0;
	return assay_ticketing_complain(&d->tickets, &c, err);
}

static assay_code want_one(dataset *d, const assay_wanted *w, assay_err *err)
{
	assay_dataset_job *job = d->job;
	const assay_code rc =
	    assay_scratch_grow(job->dirfd, &job->wanted, &job->wanted_cap, job->wanted_count, sizeof *job->wanted, err);

	if (rc == ASSAY_OK)
		job->wanted[job->wanted_count++] = *w;
	return rc;
}

static assay_code want(dataset *d, assay_err *err)
{
	const assay_repair *r = &d->judging.repair;
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < r->count && rc == ASSAY_OK; i++)
		if (r->tries[i].told.outcome == ASSAY_ATTEMPT_WANTED)
			rc = want_one(d, &r->tries[i].wanted, err);
	return rc;
}

/* Attempts at the sample that was judged are made before all is judged again. */
static bool is_tried_next(const dataset *d)
{
	return d->job->repairs && assay_repair_wants(&d->judging.repair);
}

/* What takes the place of a copy that is gone is told of, before a complaint: that says why its ticket is in its state. */
static assay_code tell_copy(dataset *d, bool *told, assay_err *err)
{
	const assay_judging *j = &d->judging;
	assay_copy_event did = {0};
	assay_code rc = ASSAY_OK;

	if (!j->passing && j->row.outcome != ASSAY_OUTCOME_DUPLICATE && j->row.outcome != ASSAY_OUTCOME_FILTERED)
		rc = assay_copy_tell(&d->copy_told, j, &d->originals, &d->source.stands, &did, err);
	d->tickets.opened += did.opened;
	*told = did.told;
	return rc;
}

/* Every sample of the dataset passes here once, with its verdict and the values it was judged by in d->judging. */
static assay_code take_sample(dataset *d, bool written, assay_err *err)
{
	const assay_judging *j = &d->judging;
	const assay_sample_row *row = &j->row;
	bool told;
	assay_code rc = tell_copy(d, &told, err);

	assay_count_outcome(&d->summary->samples, row->outcome);
	d->summary->verdicts_changed += written && j->before.outcome != row->outcome;
	d->summary->by_attempt += row->way != ASSAY_WAY_PLAIN && assay_outcome_is_delivered(row->outcome);
	d->summary->incomplete |= j->unsettled;
	if (rc == ASSAY_OK && j->state != 0 && !j->passing)
		rc = complain(d, told, err);
	if (rc == ASSAY_OK && j->unsettled)
		rc = want(d, err);
	if (rc == ASSAY_OK)
		rc = assay_dataset_checks_sample(&d->checks, j, &j->of, row, err);
	return rc == ASSAY_OK ? assay_snapshot_sample(&d->snapshot, &j->of, row, written || d->moved, err) : rc;
}

static assay_code do_sample(dataset *d, const assay_judged *of, assay_err *err)
{
	bool written = false;
	const assay_code rc = assay_sample_judge(&d->judging, of, &written, err);

	return rc == ASSAY_OK ? take_sample(d, written, err) : rc;
}

/* ---------------------------------------------------------------- duplicates */

/* Asked between samples, when nothing is in the judging that is still needed. */
static assay_code rank_copy(void *ctx, const assay_source *src, bool gives, assay_original_standing *out,
			    assay_err *err)
{
	dataset *d = ctx;

	return assay_copy_rank(&d->copy, &d->judging, src, gives, out, err);
}

/* ---------------------------------------------------------------- one source */

static assay_code sweep(dataset *d, const assay_source *src, assay_err *err);

static assay_code do_failed_source(dataset *d, const assay_source *src, assay_complaint *c, assay_err *err)
{
	assay_code rc = assay_ticketing_complain(&d->tickets, c, err);

	d->judged_count = 0;
	if (rc == ASSAY_OK && !(c->passing && d->job->wanted_count > 0))
		rc = sweep(d, src, err); /* an attempt may have given it samples before, and may again */
	d->summary->samples.failed_sources++;
	/* One that is given up is not made again: nothing else may come of it. */
	if (c->state != ASSAY_TICKET_REJECTED && !assay_failure_is_deterministic(c->failure))
		d->summary->incomplete = true;
	return rc == ASSAY_OK
		   ? assay_snapshot_failed(&d->snapshot, c->subject, c->stage, c->failure, d->moved || d->swept, err)
		   : rc;
}

/*
 * ---- a page or stream that stands as an attempt made it, or another file, brings what was found in it along; a text says
 * nothing of that. The sound of a video is a root of its own beside the pictures, which have the key of the recording: what
 * people decide on them, another file or a rejection, is about all of the recording.
 */

/* What became of a page or stream, for what was found in it and what lies beside it. */
typedef struct root_fate {
	bool instead;                   /* what is below it is not what its unit has */
	bool all;                       /* nor is what lies beside it: another file is all of the recording */
	bool waits;                     /* attempts at it are made next, which may put others in their place */
	const assay_decision *given_up; /* its rejection; NULL: none */
} root_fate;

/* The root of the sample, by position in the result. */
static uint32_t root_of(const assay_result *r, uint32_t position)
{
	while (r->samples[position].parent != ASSAY_NO_SAMPLE)
		position = r->samples[position].parent;
	return position;
}

static assay_code note_judged(dataset *d, assay_err *err)
{
	const assay_judging *j = &d->judging;
	const assay_code rc = assay_grow(&d->judged, &d->judged_cap, d->judged_count, sizeof *d->judged, err);

	if (rc == ASSAY_OK)
		d->judged[d->judged_count++] = j->row.id;
	d->treated |= j->row.way != ASSAY_WAY_PLAIN || j->before.way != ASSAY_WAY_PLAIN;
	return rc;
}

/* @param part  of its key */
static assay_code judge_one(dataset *d, assay_judged *of, uint32_t position, const char *part, assay_err *err)
{
	assay_code rc;

	of->position = position;
	of->sample = &of->unit->result.samples[position];
	of->part = part;
	rc = assay_original_of(&of->original, &d->originals, d->store, d->session->config, of->source,
			       &d->source.stands, of->sample->kind, err);
	if (rc == ASSAY_OK)
		rc = do_sample(d, of, err);
	return rc == ASSAY_OK ? note_judged(d, err) : rc;
}

/* The part that a sample found in the root has in the dataset: a page of another file goes by its number in the document. */
static assay_code part_found(const char **part, dataset *d, const char *kept_part, const assay_result_sample *root,
			     const assay_result_sample *s, assay_err *err)
{
	const size_t own = strlen(root->part);
	size_t size;
	char *out;

	*part = s->part;
	if (strcmp(kept_part, root->part) == 0 || strncmp(s->part, root->part, own) != 0)
		return ASSAY_OK;
	size = strlen(kept_part) + strlen(s->part + own) + 1;
	out = assay_arena_alloc(&d->units, size, 1);
	if (out == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "part");
	(void)snprintf(out, size, "%s%s", kept_part, s->part + own);
	*part = out;
	return ASSAY_OK;
}

/* By which of the session's rungs the root was made. */
static uint32_t chain_of(const assay_judging *j)
{
	for (size_t i = 0; j->row.way == ASSAY_WAY_REMEDY && i < j->repair.count; i++)
		if (j->repair.tries[i].told.chosen)
			return j->repair.tries[i].wanted.rung;
	return j->of.whole != NULL ? j->of.whole->chain : ASSAY_NO_RUNG;
}

/* How what was found in a root stands: by whatever the root, which was just judged, stands by. */
static assay_stand_in stand_with_root(const assay_judging *j)
{
	const assay_judged *root = &j->of;
	const bool replaced = j->row.way == ASSAY_WAY_REPLACED && j->content != NULL;

	return (assay_stand_in){
	    .way = j->row.way,
	    .remedy = j->row.remedy,
	    .rung = j->row.rung,
	    .chain = chain_of(j),
	    .file = replaced              ? j->content->id
		    : root->whole != NULL ? root->whole->file
					  : 0,
	    .other_page = replaced && root->sample->kind == ASSAY_SAMPLE_PAGE,
	    .decision = j->content != NULL ? j->content->id : 0,
	    .plain_unit = j->row.unit,
	};
}

/* The root that speaks for all of the file; ASSAY_NO_SAMPLE: each speaks for itself. */
static uint32_t leader_of(const assay_result *r)
{
	for (uint32_t k = 0; k < r->sample_count; k++)
		if (r->samples[k].parent == ASSAY_NO_SAMPLE && r->samples[k].kind == ASSAY_SAMPLE_VIDEO)
			return k;
	return ASSAY_NO_SAMPLE;
}

static const assay_decision *rejection_in(const assay_judging *j)
{
	return j->state == ASSAY_TICKET_REJECTED ? j->decision : NULL;
}

static root_fate fate_in(const dataset *d, const assay_judged *plain, const root_fate *leader)
{
	const assay_sample_row *row = &d->judging.row;
	const assay_decision *own = rejection_in(&d->judging);
	const bool instead = row->unit != plain->unit->id && row->way != ASSAY_WAY_CORRECTED;

	return (root_fate){
	    .instead = instead,
	    .all = instead && row->way == ASSAY_WAY_REPLACED && plain->sample->kind == ASSAY_SAMPLE_VIDEO,
	    .waits = leader->waits || is_tried_next(d),
	    .given_up = own != NULL ? own : leader->given_up,
	};
}

static assay_code judge_found(dataset *d, const assay_judged *root, bool all, assay_err *err);

/* @param leader  what became of the root that speaks for this one too */
static assay_code judge_root(dataset *d, assay_judged *of, uint32_t position, const char *part, const root_fate *leader,
			     root_fate *fate, assay_err *err)
{
	assay_judged root;
	assay_code rc;

	of->given_up = leader->given_up;
	d->judging.passing = leader->waits;
	rc = judge_one(d, of, position, part, err);
	d->judging.passing = false;
	if (rc != ASSAY_OK)
		return rc;
	*fate = fate_in(d, of, leader);
	root = d->judging.of;
	root.given_up = fate->given_up;
	d->waits |= fate->waits;
	return fate->instead ? judge_found(d, &root, fate->all, err) : ASSAY_OK;
}

/* One sample of a unit, unless something else stands in its place. The leader and roots come before what goes with them. */
static assay_code judge_at(dataset *d, assay_judged *of, uint32_t position, const char *part, uint32_t leader,
			   root_fate *fates, assay_err *err)
{
	static const root_fate none;
	const root_fate *whole = leader != ASSAY_NO_SAMPLE && position != leader ? &fates[leader] : &none;
	const uint32_t root = root_of(&of->unit->result, position);
	assay_code rc;

	if (whole->all || (position != root && fates[root].instead))
		return ASSAY_OK;
	d->summary->samples.in++;
	if (position == root)
		return judge_root(d, of, position, part, whole, &fates[root], err);
	of->given_up = fates[root].given_up;
	d->judging.passing = fates[root].waits;
	rc = judge_one(d, of, position, part, err);
	d->judging.passing = false;
	return rc;
}

/*
 * The samples that were found in a root as it was treated, in place of those that the pipeline found.
 * @param all  and those beside it
 */
static assay_code judge_found(dataset *d, const assay_judged *root, bool all, assay_err *err)
{
	assay_unit *unit = assay_arena_alloc(&d->units, 1, sizeof *unit);
	const assay_stand_in by = stand_with_root(&d->judging);
	assay_judged of = {.source = root->source, .bytes = root->bytes, .unit = unit, .whole = &by};
	ASSAY_AUTO_FREE root_fate *fates = NULL;
	const assay_result *r;
	assay_code rc;

	if (unit == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "attempt");
	ASSAY_TRY(assay_unit_get_in(d->store, d->judging.row.unit, &d->units, unit, err));
	ASSAY_TRY(
	    assay_recipe_know(&d->known, d->store, &d->session->config->vocabulary, &unit->recipe, &of.recipe, err));
	r = &unit->result;
	fates = assay_alloc(r->sample_count, sizeof *fates);
	if (fates == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "samples");
	fates[root->position].given_up = root->given_up;
	for (uint32_t k = 0; k < r->sample_count; k++) {
		const char *part;

		if (k == root->position || (!all && root_of(r, k) != root->position))
			continue;
		/* The root's own sample is the judging's, which has gone on to what was judged since. */
		ASSAY_TRY(part_found(&part, d, root->part, &r->samples[root->position], &r->samples[k], err));
		ASSAY_TRY(judge_at(d, &of, k, part, all ? root->position : ASSAY_NO_SAMPLE, fates, err));
	}
	return ASSAY_OK;
fail:
	return rc;
}

static assay_code judge_unit(dataset *d, assay_judged *of, const assay_unit *unit, assay_err *err)
{
	const assay_result *r = &unit->result;
	const uint32_t leader = leader_of(r);
	ASSAY_AUTO_FREE root_fate *fates = assay_alloc(r->sample_count, sizeof *fates);
	assay_code rc = ASSAY_OK;

	if (fates == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "samples");
	of->unit = unit;
	if (leader != ASSAY_NO_SAMPLE)
		rc = judge_at(d, of, leader, r->samples[leader].part, leader, fates, err);
	for (uint32_t k = 0; k < r->sample_count && rc == ASSAY_OK; k++)
		if (k != leader)
			rc = judge_at(d, of, k, r->samples[k].part, leader, fates, err);
	return rc;
}

static int compare_ids(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* A sample that nobody found this time is not there any more. */
static assay_code sweep_sample(void *ctx, const assay_sample_row *row, assay_err *err)
{
	dataset *d = ctx;
	ASSAY_AUTO_SAMPLE_ROW gone = {0};
	assay_code rc;

	if (row->missing || (d->judged_count > 0 &&
			     bsearch(&row->id, d->judged, d->judged_count, sizeof *d->judged, compare_ids) != NULL))
		return ASSAY_OK;
	d->swept = true;
	rc = assay_sample_get(d->store, row->id, &gone, err);
	gone.missing = true;
	if (rc == ASSAY_OK)
		rc = assay_sample_put(d->store, &gone, err);
	return rc == ASSAY_OK ? assay_snapshot_forget(&d->snapshot, row->key, err) : rc;
}

static assay_code sweep(dataset *d, const assay_source *src, assay_err *err)
{
	d->swept = false;
	if (d->judged_count > 1)
		qsort(d->judged, d->judged_count, sizeof *d->judged, compare_ids);
	return assay_samples_of(d->store, src->id, sweep_sample, d, err);
}

static assay_code do_units(dataset *d, assay_judged *of, const assay_unit *units, size_t count, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	d->judged_count = 0;
	d->treated = d->waits = false;
	for (size_t i = 0; i < count && rc == ASSAY_OK; i++)
		rc = judge_unit(d, of, &units[i], err);
	return rc == ASSAY_OK && d->treated && !d->waits ? sweep(d, of->source, err) : rc;
}

/* As it was treated: where it stood as failed in the version before, it does not any more. */
static assay_code do_treated_source(dataset *d, const assay_source *src, assay_err *err)
{
	const assay_source_treatment *t = &d->source;
	assay_judged of = {.source = src, .recipe = t->recipe, .bytes = t->bytes, .whole = &t->whole};
	const assay_code rc = assay_snapshot_forget(&d->snapshot, src->path, err);

	return rc == ASSAY_OK ? do_units(d, &of, t->units, t->unit_count, err) : rc;
}

/* What a source's events tell: the bytes that were found, and those that its samples are made of; zero while it has none. */
typedef struct bytes {
	assay_digest found, stand;
} bytes;

static assay_code tell_bytes(void *ctx, assay_digest *before, assay_digest *after, assay_err *err)
{
	const bytes *b = ctx;

	(void)err;
	*before = b->found;
	*after = b->stand;
	return ASSAY_OK;
}

static unsigned found_now(const dataset *d, const assay_source *src)
{
	return src->run == d->session->run.id ? (unsigned)src->cause : 0;
}

static assay_code tell_source(dataset *d, assay_complaint *c, const assay_source *src, const assay_unit *plain,
			      assay_err *err)
{
	const assay_source_treatment *t = &d->source;
	assay_code rc = ASSAY_OK;

	c->unit = plain->id;
	c->cause = found_now(d, src);
	c->failure = plain->result.failure;
	c->message = plain->result.message;
	c->state = t->state;
	c->decision = t->decision;
	c->attempts = (assay_ticket_attempt *)(uintptr_t)t->tried;
	c->attempt_count = t->tried_count;
	c->passing = d->job->repairs && t->state == ASSAY_TICKET_RETRYING;
	d->summary->incomplete |= t->unsettled;
	for (size_t i = 0; i < t->wanted_count && rc == ASSAY_OK; i++)
		rc = want_one(d, &t->wanted[i], err);
	return rc;
}

/* What went wrong for want of time may go right the next time; what a person put in its place stands all the same. */
static bool may_change(const assay_complaint *c, const assay_source_treatment *t)
{
	return c->failure != ASSAY_FAILURE_NONE && !assay_failure_is_deterministic(c->failure) &&
	       t->whole.way != ASSAY_WAY_REPLACED;
}

/* A document is delivered whole or not at all. */
static assay_code do_loaded_source(dataset *d, const assay_source *src, const assay_unit *units, assay_err *err)
{
	const assay_unit *failed = assay_source_failed(units, src->unit_count);
	assay_judged of = {.source = src, .bytes = src->digest};
	bytes b = {.found = src->digest};
	assay_complaint c = {.subject = src->path, .is_source = true, .contents = tell_bytes, .ctx = &b};
	assay_code rc;

	ASSAY_TRY(assay_snapshot_recipe(&d->snapshot, src, err));
	ASSAY_TRY(
	    assay_recipe_know(&d->known, d->store, &d->session->config->vocabulary, &src->recipe, &of.recipe, err));
	ASSAY_TRY(assay_source_treat(&d->source, &d->judging, src, units, err));
	ASSAY_TRY(tell_source(d, &c, src, failed != NULL ? failed : &units[0], err));
	if (d->source.units != NULL)
		b.stand = d->source.bytes;
	if (failed != NULL)
		c.stage = assay_known_step(of.recipe, failed->result.failed_step);
	if (failed != NULL && d->source.units == NULL)
		return do_failed_source(d, src, &c, err);
	d->summary->incomplete |= may_change(&c, &d->source);
	d->told = false;
	rc = d->source.units != NULL ? do_treated_source(d, src, err) : do_units(d, &of, units, src->unit_count, err);
	/* One ticket for one subject: a stream that is not delivered has it, whatever became of its source. */
	if (rc == ASSAY_OK && d->source.state != 0 && !d->told)
		rc = assay_ticketing_complain(&d->tickets, &c, err);
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

/* A person may have given it up; nothing else can be done for it. */
static assay_code do_unread_source(dataset *d, const assay_source *src, assay_err *err)
{
	const assay_digest no_work = {0};
	bytes b = {.found = src->digest};
	assay_complaint c = {
	    .subject = src->path,
	    .is_source = true,
	    .cause = found_now(d, src),
	    .contents = tell_bytes,
	    .ctx = &b,
	    .failure = src->failure != ASSAY_FAILURE_NONE ? src->failure : ASSAY_FAILURE_UNREADABLE,
	    .message = src->message,
	};
	const assay_code rc = assay_source_rejected(&c.decision, d->session, src->path, &no_work, c.failure, NULL, err);

	c.state = c.decision != NULL ? ASSAY_TICKET_REJECTED : ASSAY_TICKET_OPEN;
	return rc == ASSAY_OK ? do_failed_source(d, src, &c, err) : rc;
}

static assay_code do_present_source(dataset *d, const assay_source *src, assay_err *err)
{
	show_progress(d);
	return src->failure != ASSAY_FAILURE_NONE || src->unit_count == 0 ? do_unread_source(d, src, err)
									  : do_processed_source(d, src, err);
}

/* Its values are in the row already: plan/source_metadata.c puts them there. */
static void enforce_metadata(dataset *d, const assay_source *src)
{
	assay_decided *decided = &d->session->decided;
	const assay_decision *x =
	    decided->count > 0 ? assay_decided_find(decided, src->path, ASSAY_DECISION_OF_METADATA) : NULL;

	if (x != NULL && assay_digest_eq(&x->basis, &src->digest))
		assay_decided_enforce(decided, x);
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
	if (rc == ASSAY_OK && !src->missing) {
		enforce_metadata(d, src);
		rc = do_present_source(d, src, err);
	}
	return rc == ASSAY_OK ? assay_store_spill(d->store, err) : rc;
}

/* ---------------------------------------------------------------- the whole */

/* Attempts are made next, and all is judged again: until then the queue is not where it will be. */
static bool goes_on(const dataset *d)
{
	return d->job->repairs && d->job->wanted_count > 0;
}

static assay_code settle_tickets(dataset *d, assay_err *err)
{
	assay_code rc = goes_on(d) ? ASSAY_OK : assay_ticketing_settle(&d->tickets, err);

	d->summary->tickets_opened += d->tickets.opened;
	d->summary->tickets_settled += d->tickets.settled;
	if (rc == ASSAY_OK)
		rc = assay_tickets_open(d->store, &d->summary->tickets_open, err);
	return rc == ASSAY_OK ? assay_tickets_count(d->store, d->summary->tickets, err) : rc;
}

/* All samples from the beginning, and the tries of what they are. */
static assay_code walk(dataset *d, const assay_judgement *base, bool *whole, assay_err *err)
{
	assay_code rc;

	assay_snapshot_begin(&d->snapshot, d->store, base, !d->commit);
	assay_ticketing_begin(&d->tickets);
	d->copy_told = (assay_copy_told){0};
	assay_decided_begin(&d->session->decided);
	d->job->wanted_count = 0;
	d->summary->samples = (assay_counts){0};
	d->summary->by_attempt = 0;
	d->summary->incomplete = false;
	*whole = true;
	d->summary->sources_judged = 0;
	assay_dataset_checks_release(&d->checks);
	rc = d->job->whole ? assay_dataset_checks_open(&d->checks, d->session, err) : ASSAY_OK;
	if (rc == ASSAY_OK)
		rc = assay_sources_each(d->store, do_source, d, err);
	d->commit = d->commit && !goes_on(d);
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
	/* Ages are judged as of another time by every run; and what was not made may be by the next. */
	const bool again = d->checks.needs_time || d->job->wanted_count > 0 || d->job->undone_count > 0;
	const int64_t until_ns = again ? INT64_MIN : ASSAY_JUDGEMENT_ALWAYS;
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
	if (!goes_on(d)) {
		ASSAY_TRY(assay_conservation_check_queue(d->summary, &d->tickets, err));
		ASSAY_TRY(assay_ended_find(&d->summary->ended, d->session, err));
	}
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
	assay_code rc = assay_judged_before_tell(&d->before, d->session, d->summary, d->job->whole, d->commit, err);

	if (rc == ASSAY_OK)
		rc = assay_tickets_count(d->store, d->summary->tickets, err);
	if (rc != ASSAY_OK)
		return rc;
	return assay_conservation_check(d->summary, c->in + c->failed_sources, err);
}

void assay_dataset_job_release(assay_dataset_job *j)
{
	assay_scratch_free(j->wanted, j->wanted_cap, sizeof *j->wanted);
	j->wanted = NULL;
	j->wanted_count = j->wanted_cap = 0;
}

/* A judging before attempts were made may have filled it in. */
static void forget_before(assay_summary *summary)
{
	assay_dataset_results_release(&summary->checks);
	for (size_t i = 0; i < summary->imbalance_count; i++)
		free(summary->imbalance[i]);
	summary->imbalance_count = 0;
}

assay_code assay_dataset_judge_present(assay_session *s, assay_summary *summary, assay_dataset_job *job,
				       assay_progress *progress, assay_err *err)
{
	dataset d = {.session = s,
		     .store = s->store,
		     .summary = summary,
		     .progress = progress,
		     .job = job,
		     .commit = job->commit,
		     .tickets = {.store = s->store, .decided = &s->decided, .as_of_ns = s->as_of_ns, .run = s->run.id}};
	bool stood;
	assay_code rc;

	d.originals = (assay_originals){.rank = rank_copy, .ctx = &d, .decided = &s->decided};
	assay_progress_phase(progress, ASSAY_PHASE_JUDGE, summary->sources.seen);
	forget_before(summary);
	ASSAY_TRY(assay_judged_before_read(&d.before, s, err));
	d.tickets.contracts = s->contract_set;
	d.tickets.last_contracts = d.before.last.contracts;
	ASSAY_TRY(assay_judged_before_stands(&d.before, s, &stood, err));
	if (stood) {
		rc = stand_by(&d, err);
		goto fail;
	}
	ASSAY_TRY(assay_judging_open(&d.judging, s, &d.known, err));
	d.judging.repairs = job->repairs;
	d.judging.repair.undone = job->undone;
	d.judging.repair.undone_count = job->undone_count;
	ASSAY_TRY(assay_store_begin_long(s->store, err));
	ASSAY_TRY(judge_all(&d, err));
	ASSAY_TRY(conclude(&d, err));
fail:
	assay_arena_release(&d.units);
	assay_source_treatment_release(&d.source);
	assay_copy_release(&d.copy);
	free(d.judged);
	assay_judging_release(&d.judging);
	assay_snapshot_release(&d.snapshot);
	assay_ticketing_release(&d.tickets);
	assay_originals_release(&d.originals);
	assay_known_recipes_release(&d.known);
	assay_dataset_checks_release(&d.checks);
	return rc;
}
