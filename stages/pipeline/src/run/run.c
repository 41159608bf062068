#include "assay/pipeline.h"

#include "assay/exit.h"
#include "assay/file.h"
#include "assay/log.h"
#include "assay/stop.h"

#include "attempts.h"
#include "dataset.h"
#include "executor.h"
#include "pace.h"
#include "presence.h"
#include "source_metadata.h"

#include <stdlib.h>

static assay_code mark_missing(assay_executor *r, uint64_t source, assay_err *err)
{
	r->summary->sources.missing++;
	r->left++;
	return assay_source_gone(r->session, source, err);
}

static assay_code find_missing(void *ctx, const assay_source *src, assay_err *err)
{
	assay_executor *r = ctx;

	r->left += src->missing;
	if (src->missing || assay_scan_find(&r->scan, src->path) != NULL)
		return ASSAY_OK;
	return mark_missing(r, src->id, err);
}

static assay_code take_gone(void *ctx, const char *key, assay_err *err)
{
	assay_executor *r = ctx;
	ASSAY_AUTO_SOURCE src = {0};
	const assay_code rc = assay_source_find(r->store, key, &src, err);

	if (rc != ASSAY_OK)
		return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
	return src.missing ? ASSAY_OK : mark_missing(r, src.id, err);
}

static assay_code find_all_missing(assay_executor *r, assay_err *err)
{
	if (r->seen == NULL)
		return assay_sources_each(r->store, find_missing, r, err);
	r->left = assay_seen_left(r->seen);
	return assay_seen_each_gone(r->seen, &r->scan, take_gone, r, err);
}

/* After the run's end was committed. A cache: that it could not be written costs time and nothing else. */
static void note_seen(const assay_executor *r)
{
	const assay_session *s = r->session;
	assay_err err = ASSAY_ERR_INIT;

	if (r->seen != NULL && r->plan.needed == 0 && r->summary->sources.missing == 0)
		assay_seen_renew(s);
	else if (assay_seen_write(s, &r->scan, r->left, &err) != ASSAY_OK)
		assay_log(ASSAY_LOG_DEBUG, "index of what was seen: %s", err.msg);
}

/* Rows of metadata files that speak of no source: mostly a path that is misspelt. */
static assay_code count_rows(assay_executor *r, assay_err *err)
{
	const assay_metadata_tables *t = r->config->tables;
	ASSAY_AUTO_BUF key = ASSAY_BUF_INIT;
	assay_code rc = ASSAY_OK;

	r->summary->rows = assay_metadata_tables_count(t);
	for (size_t i = 0; i < assay_metadata_tables_count(t) && rc == ASSAY_OK; i++) {
		const assay_metadata_row row = assay_metadata_tables_row(t, i);

		assay_buf_reset(&key);
		assay_path_escape(&key, row.path);
		rc = assay_buf_check(&key, err);
		if (rc != ASSAY_OK || assay_scan_find(&r->scan, assay_buf_str(&key)) != NULL)
			continue;
		if (r->summary->rows_astray++ > 0)
			continue;
		r->summary->row_astray = assay_asprintf("%s:%d, '%s'", row.file, row.line, assay_buf_str(&key));
		if (r->summary->row_astray == NULL)
			rc = ASSAY_RAISE(err, ASSAY_ENOMEM, "summary");
	}
	return rc;
}

/* What was found: what is it to this run? */
static assay_code plan(assay_executor *r, assay_err *err)
{
	assay_code rc =
	    assay_presence_check(&r->summary->unmatched, &r->scan, r->config, r->store, r->opts->allow_empty, err);

	r->summary->scanned = rc == ASSAY_OK;
	if (rc == ASSAY_OK)
		rc = assay_scan_keep_shard(&r->scan, r->opts->shard, r->opts->shard_count, &r->summary->sources.seen,
					   err);
	if (rc == ASSAY_OK)
		rc = count_rows(r, err);
	if (rc != ASSAY_OK)
		return rc;
	if (r->whole)
		rc = assay_seen_open(&r->seen, r->session, err);
	if (rc == ASSAY_OK)
		rc = assay_plan_make(&r->plan, r->session, &r->scan, r->seen, r->opts->limit, err);
	if (rc == ASSAY_OK)
		assay_pace_begin(r);
	return rc;
}

/* Each time round, what the judging wants is made; a ladder is climbed by one rung. Who asks for no repairs gets none. */
static assay_code judge_and_repair(assay_executor *r, assay_dataset_job *job, assay_err *err)
{
	assay_attempts a = {.session = r->session,
			    .rootfd = r->rootfd,
			    .opts = r->opts,
			    .summary = r->summary,
			    .progress = r->progress};
	assay_code rc;

	for (;;) {
		rc = assay_dataset_judge_present(r->session, r->summary, job, r->progress, err);
		if (rc != ASSAY_OK || !job->repairs || job->wanted_count == 0)
			break;
		/* Tickets tell that attempts are on their way. */
		rc = assay_store_commit(r->store, err);
		if (rc == ASSAY_OK)
			rc = assay_attempts_make(&a, job->wanted, job->wanted_count, err);
		if (rc != ASSAY_OK)
			break;
		job->undone = a.undone;
		job->undone_count = a.undone_count;
	}
	assay_attempts_release(&a);
	assay_dataset_job_release(job);
	return rc;
}

static assay_code judge(assay_executor *r, bool whole, bool commit, bool repairs, assay_err *err)
{
	assay_dataset_job job = {
	    .whole = whole, .commit = commit, .repairs = repairs, .dirfd = assay_store_dirfd(r->store)};
	const assay_code rc = judge_and_repair(r, &job, err);

	if (rc == ASSAY_ESTOP) {
		r->summary->stopped = true;
		r->summary->judged = false;              /* it was, before attempts were made */
		r->summary->samples = (assay_counts){0}; /* half a count is none */
		assay_store_rollback(r->store);
	}
	if (rc != ASSAY_OK)
		return rc;
	return assay_queue_standing_judge(&r->summary->agreements, r->session->config, r->store, r->session->as_of_ns,
					  err);
}

static assay_code keep_run(assay_session *s, assay_err *err)
{
	const assay_code rc = assay_store_commit(s->store, err);

	s->kept = rc == ASSAY_OK;
	return rc;
}

static assay_code run_all(assay_executor *r, assay_err *err)
{
	const bool partial = r->opts->shard_count > 0 || r->opts->limit > 0;
	bool commit;
	assay_code rc;

	r->whole = !partial;
	ASSAY_TRY(assay_executor_open(r, err));
	ASSAY_TRY(plan(r, err));
	/* Make the run known before its first unit, so that a kill leaves a trace. */
	ASSAY_TRY(keep_run(r->session, err));
	if (r->opts->limit == 0)
		ASSAY_TRY(find_all_missing(r, err));
	rc = assay_executor_work(r, err);
	if (rc == ASSAY_ESTOP) {
		r->summary->stopped = true;
		ASSAY_TRY(assay_executor_commit(r, true, err));
		return ASSAY_RAISE(err, ASSAY_ESTOP,
				   "stopped by signal %d; what was finished is kept, run again to go on",
				   assay_stop_signal());
	}
	if (rc != ASSAY_OK)
		return rc;
	if (r->opts->limit > 0)
		r->summary->sources.seen = r->taken;
	/* Judging is one group of its own: it is undone if it is stopped, the work is not. */
	ASSAY_TRY(assay_store_commit(r->store, err));
	r->summary->refused = r->opts->strict && r->summary->unmatched > 0;
	commit = !partial && !r->opts->no_commit && !r->summary->refused;
	/* Attempts may be many times the work of N sources: they wait for a run without a limit. */
	rc = judge(r, !partial, commit, r->opts->limit == 0, err);
	if (rc == ASSAY_OK)
		rc = assay_executor_count_helped(r, err);
fail:
	return rc;
}

static int exit_of(const assay_executor *r, assay_code rc)
{
	const assay_summary *s = r->summary;
	const bool strict = r->opts != NULL && r->opts->strict;

	if (rc != ASSAY_OK)
		return assay_exit_of(rc);
	if (!s->conserved)
		return ASSAY_EXIT_BUG;
	if (s->blocked || s->refused || s->agreements.breached > 0 ||
	    (strict &&
	     (s->samples.quarantined > 0 || s->sources.failed > 0 || assay_dataset_count(&s->checks).failed > 0)))
		return ASSAY_EXIT_DIFFERENCE;
	return ASSAY_EXIT_OK;
}

/* The end of a run that failed is told if it can be: when the store is what failed it looks like one that was killed. */
static assay_code finish(assay_executor *r, assay_code rc, assay_err *err)
{
	assay_err end_err = ASSAY_ERR_INIT;
	assay_code end_rc;

	r->summary->elapsed_ns = assay_monotonic_ns() - r->session->started_ns;
	r->summary->exit = exit_of(r, rc);
	if (rc != ASSAY_OK && rc != ASSAY_ESTOP) {
		assay_store_rollback(r->store);
		r->summary->samples = (assay_counts){0}; /* half a count is none */
		r->summary->judged = false;
		r->summary->refusal = (assay_digest){0};
		if (!r->session->kept)
			return rc;
	}
	end_rc = assay_session_end(r->session, r->summary, r->summary->exit, &end_err);
	if (rc != ASSAY_OK || end_rc == ASSAY_OK)
		return rc;
	r->summary->exit = assay_exit_of(end_rc);
	if (err != NULL)
		*err = end_err;
	return end_rc;
}

static assay_code name_run(assay_summary *out, const assay_session *s, assay_err *err)
{
	out->run = assay_strdup(s->run.name);
	return out->run == NULL ? ASSAY_RAISE(err, ASSAY_ENOMEM, "run") : ASSAY_OK;
}

/* A decision that was made when nobody came to apply it. Judging is a group of its own. */
static assay_code decide_metadata(const assay_session *s, assay_err *err)
{
	const assay_code rc = assay_metadata_decide_all(s, err);

	return rc == ASSAY_OK ? assay_store_commit(s->store, err) : rc;
}

/* While a worker that is asked for its engines loads them, the sources are walked through. */
static assay_code begin_and_walk(assay_executor *r, assay_err *err)
{
	assay_session *s = r->session;
	assay_code rc = assay_session_begin(s, r->config, r->store, true, err);

	if (rc != ASSAY_OK)
		return rc;
	rc = assay_scan_run(&r->scan, r->config, r->rootfd, assay_store_dirfd(r->store), err);
	if (rc != ASSAY_OK) {
		assay_session_release(s);
		return rc;
	}
	rc = assay_session_open(s, "run", true, err);
	if (rc != ASSAY_OK)
		assay_scan_release(&r->scan);
	return rc;
}

/* It may stand in a version's record, where more places would say no more. */
static int64_t this_second(void)
{
	return assay_now_ns() / 1000000000 * 1000000000;
}

assay_code assay_pipeline_run(assay_summary *out, const assay_config *config, assay_store *store, int rootfd,
			      const assay_run_opts *opts, assay_err *err)
{
	assay_session session;
	assay_executor r = {
	    .session = &session,
	    .config = config,
	    .store = store,
	    .rootfd = rootfd,
	    .opts = opts,
	    .summary = out,
	    .progress = opts->progress,
	};
	assay_code rc;

	*out = (assay_summary){.layers = ASSAY_SANDBOX_ALL};
	rc = begin_and_walk(&r, err);
	if (rc != ASSAY_OK)
		return rc;
	session.as_of_ns = opts->has_as_of ? opts->as_of_ns : this_second();
	rc = name_run(out, &session, err);
	if (rc == ASSAY_OK)
		rc = run_all(&r, err);
	rc = finish(&r, rc, err);
	if (rc == ASSAY_OK && r.whole)
		note_seen(&r);
	assay_executor_release(&r);
	assay_session_release(&session);
	return rc;
}

assay_code assay_pipeline_judge(assay_summary *out, const assay_config *config, assay_store *store,
				const int64_t *as_of_ns, assay_progress *progress, assay_err *err)
{
	assay_session session;
	assay_executor r = {.session = &session, .store = store, .summary = out, .progress = progress};
	assay_code rc;

	*out = (assay_summary){.layers = ASSAY_SANDBOX_ALL};
	rc = assay_session_begin(&session, config, store, false, err);
	if (rc == ASSAY_OK)
		rc = assay_session_open(&session, "judge", false, err);
	if (rc != ASSAY_OK)
		return rc;
	session.as_of_ns = as_of_ns != NULL ? *as_of_ns : this_second();
	rc = name_run(out, &session, err);
	if (rc == ASSAY_OK)
		rc = keep_run(&session, err);
	if (rc == ASSAY_OK)
		rc = decide_metadata(&session, err);
	if (rc == ASSAY_OK)
		rc = judge(&r, true, true, false, err);
	rc = finish(&r, rc, err);
	if (rc == ASSAY_OK)
		assay_seen_renew(&session); /* judging looks at no source */
	assay_session_release(&session);
	return rc;
}

assay_code assay_pipeline_repair(assay_summary *out, const assay_config *config, assay_store *store, int rootfd,
				 const char *verb, const assay_run_opts *opts, assay_err *err)
{
	assay_session session;
	assay_executor r = {.session = &session,
			    .config = config,
			    .store = store,
			    .rootfd = rootfd,
			    .opts = opts,
			    .summary = out,
			    .progress = opts->progress};
	assay_code rc;

	*out = (assay_summary){.layers = ASSAY_SANDBOX_ALL};
	rc = assay_session_begin(&session, config, store, true, err);
	if (rc == ASSAY_OK)
		rc = assay_session_open(&session, verb, true, err);
	if (rc != ASSAY_OK)
		return rc;
	session.as_of_ns = opts->has_as_of ? opts->as_of_ns : this_second();
	rc = name_run(out, &session, err);
	if (rc == ASSAY_OK)
		rc = keep_run(&session, err);
	if (rc == ASSAY_OK)
		rc = assay_metadata_find_anew(&session, rootfd, err);
	if (rc == ASSAY_OK)
		rc = decide_metadata(&session, err);
	if (rc == ASSAY_OK)
		rc = judge(&r, true, !opts->no_commit, true, err);
	rc = finish(&r, rc, err);
	if (rc == ASSAY_OK)
		assay_seen_renew(&session); /* sources stand as the last run found them */
	assay_session_release(&session);
	return rc;
}

assay_code assay_pipeline_ask_again(assay_store *store, const char *path, assay_err *err)
{
	ASSAY_AUTO_SOURCE src = {0};
	assay_code rc = assay_source_find(store, path, &src, err);

	if (rc != ASSAY_OK)
		return rc;
	src.standing = ASSAY_STANDING_RETRY;
	rc = assay_source_put(store, &src, err);
	if (rc == ASSAY_OK)
		rc = assay_seen_forget(store, err);
	return rc;
}

void assay_summary_release(assay_summary *s)
{
	for (size_t i = 0; i < s->imbalance_count; i++)
		free(s->imbalance[i]);
	free(s->imbalance);
	free(s->run);
	free(s->row_astray);
	assay_stage_totals_release(&s->stages);
	assay_dataset_results_release(&s->checks);
	assay_queue_standing_release(&s->agreements);
	assay_ended_release(&s->ended);
	*s = (assay_summary){0};
}
