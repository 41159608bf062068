#include "dataset.h"

#include "assay/file.h"
#include "assay/judge.h"
#include "assay/object.h"
#include "assay/sample.h"
#include "assay/stop.h"
#include "assay/trie.h"
#include "assay/unit.h"

#include "content.h"
#include "ticketing.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* A recipe with its metrics' numbers in the vocabulary; a dataset has one per modality. */
typedef struct known_recipe {
	assay_recipe *recipe;
	size_t *number; /* by metric of the recipe; SIZE_MAX when this build no longer knows it */
} known_recipe;

typedef struct entries {
	assay_trie_entry *items;
	size_t count, cap;
} entries;

typedef struct dataset {
	assay_session *session;
	assay_store *store;
	const assay_config *config;
	assay_summary *summary;
	assay_progress *progress;
	bool commit; /* a version is made of this */
	known_recipe known[16];
	size_t known_count;
	assay_judge_value *values; /* by number of the vocabulary */
	const assay_contract **contracts;
	assay_verdict verdict;
	entries accepted, others;
	assay_ticketing tickets;
	assay_version version;
	assay_buf scratch;
	/* The source being judged: */
	const assay_source *source;
	const known_recipe *recipe;
	char *original; /* path of the source it duplicates, NULL */
} dataset;

/* ---------------------------------------------------------------- recipes */

static assay_code learn_recipe(dataset *d, const assay_digest *digest, const known_recipe **out, assay_err *err)
{
	known_recipe *k;
	assay_code rc;

	for (size_t i = 0; i < d->known_count; i++)
		if (assay_digest_eq(&d->known[i].recipe->digest, digest)) {
			*out = &d->known[i];
			return ASSAY_OK;
		}
	if (d->known_count == ASSAY_COUNT(d->known))
		return ASSAY_RAISE(
		    err, ASSAY_ECONFIG,
		    "sources were processed by many different pipelines; 'assay run' brings them together");
	k = &d->known[d->known_count];
	rc = assay_recipe_load(&k->recipe, d->store, digest, err);
	if (rc != ASSAY_OK)
		return rc;
	d->known_count++;
	k->number = assay_alloc(k->recipe->metric_total, sizeof *k->number);
	if (k->number == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "metric numbers");
	for (uint32_t m = 0; m < k->recipe->metric_total; m++) {
		const assay_recipe_metric *metric = assay_recipe_metric_at(k->recipe, m, NULL);
		const size_t n = assay_vocabulary_find(&d->config->vocabulary, metric->name);

		/* A metric whose resolution changed is another metric. */
		k->number[m] = n != SIZE_MAX && d->config->vocabulary.items[n].scale == metric->scale ? n : SIZE_MAX;
	}
	*out = k;
	return ASSAY_OK;
}

static assay_code note_recipe(dataset *d, const assay_source *src, assay_err *err)
{
	const unsigned m = src->modality;

	/* A run of a part of the sources may leave others as an older pipeline made them. */
	if (d->commit && d->version.has_recipe[m] && !assay_digest_eq(&d->version.recipes[m], &src->recipe))
		return ASSAY_RAISE(
		    err, ASSAY_ECONFIG,
		    "'%s' was processed by another pipeline than other %s sources; 'assay run' brings it up "
		    "to date",
		    src->path, assay_modality_name(m));
	d->version.has_recipe[m] = true;
	d->version.recipes[m] = src->recipe;
	return learn_recipe(d, &src->recipe, &d->recipe, err);
}

static const char *step_name(const dataset *d, uint32_t step)
{
	return d->recipe != NULL && step < d->recipe->recipe->step_count ? d->recipe->recipe->steps[step].stage : "?";
}

/* ---------------------------------------------------------------- entries of the tries */

static assay_code add_entry(entries *to, assay_trie_entry e, const char *key, assay_err *err)
{
	const char *stage = e.stage;
	assay_code rc = assay_grow(&to->items, &to->cap, to->count, sizeof *to->items, err);

	if (rc != ASSAY_OK)
		return rc;
	e.key = assay_strdup(key);
	e.stage = stage != NULL ? assay_strdup(stage) : NULL;
	if (e.key == NULL || (stage != NULL && e.stage == NULL)) {
		free((void *)(uintptr_t)e.key);
		free((void *)(uintptr_t)e.stage);
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "version entry");
	}
	to->items[to->count++] = e;
	return ASSAY_OK;
}

static void entries_release(entries *e)
{
	for (size_t i = 0; i < e->count; i++) {
		free((void *)(uintptr_t)e->items[i].key);
		free((void *)(uintptr_t)e->items[i].stage);
	}
	free(e->items);
	*e = (entries){0};
}

/* ---------------------------------------------------------------- one sample */

static assay_code judge_sample(dataset *d, const assay_result_sample *s, assay_err *err)
{
	const assay_judge_subject subject = {
	    .kind = s->kind,
	    .values = d->values,
	    .metadata_keys = (const char *const *)d->source->metadata_keys,
	    .metadata_values = (const char *const *)d->source->metadata_values,
	    .metadata_count = d->source->metadata_count,
	};
	assay_code rc;

	for (size_t i = 0; i < s->measurement_count; i++) {
		const assay_measurement *m = &s->measurements[i];

		if (m->metric >= d->recipe->recipe->metric_total)
			return ASSAY_RAISE(err, ASSAY_ECORRUPT,
					   "a result names metric %" PRIu32 ", its recipe has fewer", m->metric);
		if (d->recipe->number[m->metric] != SIZE_MAX)
			d->values[d->recipe->number[m->metric]] = (assay_judge_value){
			    m->defined ? ASSAY_VALUE_DEFINED : ASSAY_VALUE_UNDEFINED, m->value, m->reason};
	}
	rc = assay_judge(&d->verdict, d->contracts, d->config->contract_count, &subject, err);
	for (size_t i = 0; i < s->measurement_count; i++)
		if (d->recipe->number[s->measurements[i].metric] != SIZE_MAX)
			d->values[d->recipe->number[s->measurements[i].metric]] = (assay_judge_value){0};
	return rc;
}

static assay_code failed_check(dataset *d, assay_failed_check *out, const assay_finding *f, assay_err *err)
{
	const assay_vocabulary_metric *m = &d->config->vocabulary.items[f->check->metric_number];
	size_t contract = 0;

	while (d->contracts[contract] != f->contract)
		contract++;
	*out = (assay_failed_check){
	    .contract = d->session->contracts[contract],
	    .contract_id = assay_strdup(f->contract->id),
	    .contract_version = assay_strdup(f->contract->version),
	    .check_id = assay_strdup(f->check->id),
	    .metric = assay_strdup(f->check->metric),
	    .unit = assay_strdup(m->unit),
	    .op = f->check->op,
	    .severity = f->check->severity,
	    .low = f->check->low,
	    .high = f->check->high,
	    .defined = f->value.state == ASSAY_VALUE_DEFINED,
	    .value = {f->value.units, m->scale},
	};
	if (!out->defined) {
		out->value = (assay_decimal){0, 0};
		out->reason = assay_strdup(f->value.state == ASSAY_VALUE_UNDEFINED ? f->value.reason
										   : "not measured by this pipeline");
	}
	if (out->contract_id == NULL || out->contract_version == NULL || out->check_id == NULL || out->metric == NULL ||
	    out->unit == NULL || (!out->defined && out->reason == NULL))
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "finding");
	return ASSAY_OK;
}

static assay_code failed_checks(dataset *d, assay_failed_check **out, size_t *count, assay_err *err)
{
	*count = 0;
	*out = NULL;
	if (d->verdict.count == 0)
		return ASSAY_OK;
	*out = assay_alloc(d->verdict.count, sizeof **out);
	if (*out == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "findings");
	while (*count < d->verdict.count) {
		const size_t i = (*count)++;
		const assay_code rc = failed_check(d, &(*out)[i], &d->verdict.findings[i], err);

		if (rc != ASSAY_OK)
			return rc;
	}
	return ASSAY_OK;
}

static bool verdict_stands(const assay_sample_row *row, const assay_sample_row *next)
{
	ASSAY_AUTO_BUF a = ASSAY_BUF_INIT;
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

	if (row->outcome != next->outcome || row->judged_unit != next->judged_unit ||
	    !assay_digest_eq(&row->contracts, &next->contracts) || row->failure != next->failure ||
	    row->check_count != next->check_count || (row->original == NULL) != (next->original == NULL) ||
	    (row->original != NULL && strcmp(row->original, next->original) != 0))
		return false;
	assay_failed_checks_encode(&a, row->checks, row->check_count);
	assay_failed_checks_encode(&b, next->checks, next->check_count);
	return !a.failed && !b.failed && a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

/* Fill the verdict fields of `next`; identity fields come from `row`. */
static assay_code make_verdict(dataset *d, assay_sample_row *next, const assay_unit *u, const assay_result_sample *s,
			       assay_err *err)
{
	assay_code rc = judge_sample(d, s, err);

	if (rc != ASSAY_OK)
		return rc;
	next->contracts = d->session->contract_set;
	next->judged_unit = u->id;
	next->judged_run = d->session->run.id;
	next->failure = s->rejected;
	if (s->rejected != ASSAY_FAILURE_NONE) {
		next->failed_stage = assay_strdup(step_name(d, s->rejected_by));
		if (next->failed_stage == NULL)
			return ASSAY_RAISE(err, ASSAY_ENOMEM, "verdict");
	}
	if (d->original != NULL) {
		assay_sample_key(&d->scratch, d->original, s->part);
		rc = assay_buf_check(&d->scratch, err);
		if (rc != ASSAY_OK)
			return rc;
		next->original = assay_strdup(assay_buf_str(&d->scratch));
		next->outcome = ASSAY_OUTCOME_DUPLICATE;
		if (next->original == NULL)
			return ASSAY_RAISE(err, ASSAY_ENOMEM, "verdict");
	} else if (s->rejected != ASSAY_FAILURE_NONE || !d->verdict.passed) {
		next->outcome = ASSAY_OUTCOME_QUARANTINED;
	} else {
		next->outcome = ASSAY_OUTCOME_ACCEPTED;
	}
	return failed_checks(d, &next->checks, &next->check_count, err);
}

static void count_outcome(assay_counts *c, assay_outcome outcome)
{
	c->accepted += outcome == ASSAY_OUTCOME_ACCEPTED;
	c->quarantined += outcome == ASSAY_OUTCOME_QUARANTINED;
	c->waived += outcome == ASSAY_OUTCOME_WAIVED;
	c->duplicate += outcome == ASSAY_OUTCOME_DUPLICATE;
	c->filtered += outcome == ASSAY_OUTCOME_FILTERED;
}

static assay_code enter_sample(dataset *d, const assay_sample_row *row, const assay_unit *u,
			       const assay_result_sample *s, assay_err *err)
{
	const assay_complaint c = {
	    .subject = row->key,
	    .unit = u->id,
	    .failure = row->failure,
	    .stage = row->failed_stage,
	    .message = s->rejected_why,
	    .checks = row->checks,
	    .check_count = row->check_count,
	};
	assay_trie_entry e = {.outcome = row->outcome, .kind = s->kind};
	assay_code rc;

	if (row->outcome == ASSAY_OUTCOME_ACCEPTED) {
		e.work_key = u->work_key;
		rc = assay_content_digest(&e.content, &d->scratch, d->recipe->recipe, d->source, s, err);
		return rc == ASSAY_OK ? add_entry(&d->accepted, e, row->key, err) : rc;
	}
	if (row->outcome == ASSAY_OUTCOME_QUARANTINED) {
		e.stage = row->failed_stage;
		e.failure = row->failure;
		rc = assay_ticketing_complain(&d->tickets, &c, err);
		if (rc != ASSAY_OK)
			return rc;
	}
	return add_entry(&d->others, e, row->key, err);
}

static assay_code do_sample(dataset *d, const assay_unit *u, uint32_t position, assay_err *err)
{
	const assay_result_sample *s = &u->result.samples[position];
	ASSAY_AUTO_SAMPLE_ROW row = {0};
	ASSAY_AUTO_SAMPLE_ROW next = {0};
	assay_code rc;

	assay_buf_reset(&d->scratch);
	assay_sample_key(&d->scratch, d->source->path, s->part);
	ASSAY_TRY(assay_buf_check(&d->scratch, err));
	next.key = assay_strdup(assay_buf_str(&d->scratch));
	if (next.key == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "sample key");
	assay_buf_reset(&d->scratch);
	ASSAY_TRY(make_verdict(d, &next, u, s, err));
	rc = assay_sample_find(d->store, next.key, &row, err);
	if (rc != ASSAY_OK && rc != ASSAY_ENOENT)
		return rc;
	next.id = row.id;
	next.source = d->source->id;
	next.unit = u->id;
	next.position = position;
	if (row.id == 0 || row.missing || row.unit != u->id || row.position != position ||
	    !verdict_stands(&row, &next)) {
		next.has_before = row.outcome != 0;
		next.before_outcome = row.outcome;
		next.before_contracts = row.contracts;
		next.before_unit = row.judged_unit;
		d->summary->verdicts_changed += row.outcome != next.outcome;
		ASSAY_TRY(assay_sample_put(d->store, &next, err));
	}
	count_outcome(&d->summary->samples, next.outcome);
	rc = enter_sample(d, &next, u, s, err);
fail:
	return rc;
}

/* ---------------------------------------------------------------- one source */

static assay_code do_failed_source(dataset *d, const assay_complaint *c, assay_err *err)
{
	const assay_trie_entry e = {.outcome = ASSAY_OUTCOME_FAILED, .stage = c->stage, .failure = c->failure};
	assay_code rc = assay_ticketing_complain(&d->tickets, c, err);

	d->summary->samples.failed_sources++;
	if (!assay_failure_is_deterministic(c->failure))
		d->summary->incomplete = true;
	return rc == ASSAY_OK ? add_entry(&d->others, e, c->subject, err) : rc;
}

typedef struct earlier {
	const assay_source *of;
	char *path; /* smallest so far, owned */
	dataset *d;
} earlier;

/* A source that failed is nobody's original: it has no samples to stand for. */
static assay_code source_failed(dataset *d, const assay_source *src, bool *failed, assay_err *err)
{
	*failed = src->failure != ASSAY_FAILURE_NONE || src->unit_count == 0;
	for (size_t i = 0; i < src->unit_count && !*failed; i++) {
		ASSAY_AUTO_UNIT u = {0};
		const assay_code rc = assay_unit_get(d->store, src->units[i], &u, err);

		if (rc != ASSAY_OK)
			return rc;
		*failed = u.result.failure != ASSAY_FAILURE_NONE;
	}
	return ASSAY_OK;
}

static assay_code offer_original(void *ctx, const assay_source *other, assay_err *err)
{
	earlier *e = ctx;
	bool failed;
	assay_code rc;

	if (other->missing || other->modality != e->of->modality || !assay_digest_eq(&other->digest, &e->of->digest) ||
	    strcmp(other->path, e->path != NULL ? e->path : e->of->path) >= 0)
		return ASSAY_OK;
	rc = source_failed(e->d, other, &failed, err);
	if (rc != ASSAY_OK || failed)
		return rc;
	free(e->path);
	e->path = assay_strdup(other->path);
	return e->path == NULL ? ASSAY_RAISE(err, ASSAY_ENOMEM, "duplicate") : ASSAY_OK;
}

static assay_code do_units(dataset *d, const assay_source *src, const assay_unit *units, assay_err *err)
{
	earlier e = {.of = src, .d = d};
	assay_code rc = assay_sources_with(d->store, &src->digest, offer_original, &e, err);

	d->original = e.path;
	for (size_t i = 0; i < src->unit_count; i++)
		d->summary->samples.in += units[i].result.sample_count;
	for (size_t i = 0; i < src->unit_count && rc == ASSAY_OK; i++)
		for (uint32_t k = 0; k < units[i].result.sample_count && rc == ASSAY_OK; k++)
			rc = do_sample(d, &units[i], k, err);
	free(d->original);
	d->original = NULL;
	return rc;
}

static assay_code do_loaded_source(dataset *d, const assay_source *src, const assay_unit *units, assay_err *err)
{
	assay_code rc = note_recipe(d, src, err);

	if (rc != ASSAY_OK)
		return rc;
	for (size_t i = 0; i < src->unit_count; i++) {
		const assay_result *r = &units[i].result;
		const assay_complaint c = {
		    .subject = src->path,
		    .is_source = true,
		    .unit = units[i].id,
		    .failure = r->failure,
		    .stage = step_name(d, r->failed_step),
		    .message = r->message,
		};

		/* A document is delivered whole or not at all. */
		if (r->failure != ASSAY_FAILURE_NONE)
			return do_failed_source(d, &c, err);
	}
	return do_units(d, src, units, err);
}

static assay_code do_source(void *ctx, const assay_source *src, assay_err *err)
{
	dataset *d = ctx;
	ASSAY_AUTO_FREE assay_unit *units = NULL;
	size_t loaded = 0;
	assay_code rc = ASSAY_OK;

	if (src->missing)
		return ASSAY_OK;
	if (assay_stop_requested() > 0)
		return ASSAY_RAISE(err, ASSAY_ESTOP, "stopped by signal %d while judging; run again to go on",
				   assay_stop_signal());
	d->source = src;
	d->recipe = NULL;
	if (d->progress != NULL) {
		d->progress->done++;
		d->progress->samples = d->summary->samples.in;
		assay_progress_show(d->progress, false);
	}
	if (src->failure != ASSAY_FAILURE_NONE || src->unit_count == 0) {
		const assay_complaint c = {
		    .subject = src->path,
		    .is_source = true,
		    .failure = src->failure != ASSAY_FAILURE_NONE ? src->failure : ASSAY_FAILURE_UNREADABLE,
		    .message = src->message,
		};

		return do_failed_source(d, &c, err);
	}
	units = assay_alloc(src->unit_count, sizeof *units);
	if (units == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "units of '%s'", src->path);
	while (loaded < src->unit_count && rc == ASSAY_OK) {
		rc = assay_unit_get(d->store, src->units[loaded], &units[loaded], err);
		loaded++;
	}
	if (rc == ASSAY_OK)
		rc = do_loaded_source(d, src, units, err);
	for (size_t i = 0; i < loaded; i++)
		assay_unit_release(&units[i]);
	return rc;
}

/* ---------------------------------------------------------------- conservation and the version */

static assay_code settle_tickets(dataset *d, assay_err *err)
{
	assay_code rc = assay_ticketing_settle(&d->tickets, err);

	d->summary->tickets_opened = d->tickets.opened;
	d->summary->tickets_settled = d->tickets.settled;
	return rc == ASSAY_OK ? assay_tickets_open(d->store, &d->summary->tickets_open, err) : rc;
}

static assay_code imbalance(assay_summary *s, char *text, assay_err *err)
{
	assay_code rc =
	    text == NULL ? ASSAY_RAISE(err, ASSAY_ENOMEM, "summary")
			 : assay_grow(&s->imbalance, &s->imbalance_cap, s->imbalance_count, sizeof *s->imbalance, err);

	if (rc != ASSAY_OK) {
		free(text);
		return rc;
	}
	s->imbalance[s->imbalance_count++] = text;
	s->conserved = false;
	return ASSAY_OK;
}

static assay_code check_conservation(dataset *d, assay_err *err)
{
	assay_summary *s = d->summary;
	const assay_counts *c = &s->samples;
	const assay_run_sources *src = &s->sources;
	const uint64_t out = c->accepted + c->quarantined + c->waived + c->duplicate + c->filtered;
	const uint64_t stored = d->accepted.count + d->others.count - c->failed_sources;
	assay_code rc = ASSAY_OK;

	s->conserved = true;
	if (c->in != out)
		rc = imbalance(s, assay_asprintf("%" PRIu64 " samples in, %" PRIu64 " accounted for", c->in, out), err);
	if (rc == ASSAY_OK && c->in != stored)
		rc = imbalance(s, assay_asprintf("%" PRIu64 " samples in, %" PRIu64 " in the version", c->in, stored),
			       err);
	if (rc == ASSAY_OK && s->tickets_open != c->quarantined + c->failed_sources)
		rc = imbalance(s,
			       assay_asprintf("%" PRIu64 " samples quarantined and %" PRIu64 " sources failed, %" PRIu64
					      " tickets open",
					      c->quarantined, c->failed_sources, s->tickets_open),
			       err);
	if (rc == ASSAY_OK && src->seen != src->processed + src->unchanged + src->failed)
		rc = imbalance(s,
			       assay_asprintf("%" PRIu64 " sources seen, %" PRIu64 " accounted for", src->seen,
					      src->processed + src->unchanged + src->failed),
			       err);
	return rc;
}

static assay_code commit_version(dataset *d, assay_err *err)
{
	assay_version *v = &d->version;
	assay_summary *s = d->summary;
	ASSAY_AUTO_VERSION before = {0};
	assay_code rc;

	ASSAY_TRY(assay_trie_build(d->store, d->accepted.items, d->accepted.count, &v->accepted, err));
	ASSAY_TRY(assay_trie_build(d->store, d->others.items, d->others.count, &v->others, err));
	v->contracts = assay_alloc(d->config->contract_count, sizeof *v->contracts);
	v->dataset = assay_strdup(d->config->dataset);
	if (v->contracts == NULL || v->dataset == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "version");
	for (size_t i = 0; i < d->config->contract_count; i++)
		v->contracts[v->contract_count++] = d->session->contracts[i];
	v->run = d->session->run.id;
	v->made_ns = assay_now_ns();
	v->incomplete = s->incomplete;
	v->counts = s->samples;
	rc = assay_version_latest(d->store, &before, err);
	if (rc == ASSAY_OK)
		v->parent = before.id;
	else if (rc != ASSAY_ENOENT)
		return rc;
	ASSAY_TRY(assay_version_commit(d->store, v, err));
	s->has_version = true;
	s->version = v->id;
	s->version_is_new = v->run == d->session->run.id;
fail:
	return rc;
}

static assay_code dataset_open(dataset *d, assay_err *err)
{
	const assay_config *c = d->config;

	d->values = assay_alloc(c->vocabulary.count, sizeof *d->values);
	d->contracts = assay_alloc(c->contract_count, sizeof *d->contracts);
	if (d->values == NULL || d->contracts == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "judging");
	for (size_t i = 0; i < c->contract_count; i++)
		d->contracts[i] = c->contracts[i];
	return ASSAY_OK;
}

static void dataset_release(dataset *d)
{
	for (size_t i = 0; i < d->known_count; i++) {
		assay_recipe_close(d->known[i].recipe);
		free(d->known[i].number);
	}
	free(d->values);
	free(d->contracts);
	assay_ticketing_release(&d->tickets);
	entries_release(&d->accepted);
	entries_release(&d->others);
	assay_verdict_release(&d->verdict);
	assay_version_release(&d->version);
	assay_buf_release(&d->scratch);
}

assay_code assay_dataset_judge(assay_session *s, assay_summary *summary, bool commit, assay_progress *progress,
			       assay_err *err)
{
	dataset d = {.session = s,
		     .store = s->store,
		     .config = s->config,
		     .summary = summary,
		     .progress = progress,
		     .commit = commit,
		     .tickets = {.store = s->store, .run = s->run.id}};
	assay_code rc;

	if (progress != NULL) {
		progress->doing = "judge";
		progress->done = 0;
		progress->current = "";
	}
	ASSAY_TRY(dataset_open(&d, err));
	ASSAY_TRY(assay_sources_each(s->store, do_source, &d, err));
	ASSAY_TRY(settle_tickets(&d, err));
	ASSAY_TRY(check_conservation(&d, err));
	summary->judged = true;
	/* A count that does not balance is a bug of ours: no version is made of it. */
	if (commit && summary->conserved)
		ASSAY_TRY(commit_version(&d, err));
	for (unsigned m = 1; m <= ASSAY_MODALITY_MAX; m++) {
		summary->has_recipe[m] = d.version.has_recipe[m];
		summary->recipes[m] = d.version.recipes[m];
	}
fail:
	dataset_release(&d);
	return rc;
}
