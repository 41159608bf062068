#include "assay/trial.h"

#include "assay/decision.h"
#include "assay/file.h"
#include "assay/memory.h"
#include "assay/object.h"
#include "assay/source.h"
#include "assay/table_columns.h"
#include "assay/unit.h"

#include "baseline.h"
#include "findings.h"
#include "sample_values.h"
#include "trial_members.h"

#include <stdlib.h>
#include <string.h>

typedef struct trial {
	assay_trial *out;
	const assay_trial_opts *opts;
	assay_store *store;
	/* What samples are judged by: kept and tried contracts in the order that a version of them would have. */
	const assay_contract **contracts;
	assay_digest *digests;
	size_t count;
	assay_dataset_judge *dataset;
	assay_known_recipes recipes;
	assay_sample_values values;
	assay_verdict verdict;
	assay_findings findings;
	/* What the last sample came of; the next one's may be the same. */
	assay_source source;
	assay_unit unit;
	const assay_result_sample **parts; /* its samples, ascending by part */
	assay_decision *decisions;         /* in force in the version, ascending by subject and slot */
	size_t decision_count;
	bool *rejects; /* for each: it holds, and rejects its sample */
	int64_t as_of_ns;
} trial;

static void trial_release(trial *t)
{
	free(t->contracts);
	free(t->digests);
	assay_dataset_judge_close(t->dataset);
	assay_known_recipes_release(&t->recipes);
	assay_sample_values_release(&t->values);
	assay_verdict_release(&t->verdict);
	assay_findings_release(&t->findings);
	assay_source_release(&t->source);
	assay_unit_release(&t->unit);
	free(t->parts);
	free(t->rejects);
	assay_decisions_free(t->decisions, t->decision_count);
}

void assay_trial_release(assay_trial *t)
{
	for (size_t i = 0; i < t->kept_count; i++)
		assay_contract_close(t->kept[i]);
	free(t->kept);
	free(t->replaces);
	free(t->checks);
	assay_dataset_results_release(&t->dataset);
	*t = (assay_trial){0};
}

bool assay_trial_differs(const assay_trial *t)
{
	return t->admitted + t->refused + t->lapsed + t->unneeded + assay_dataset_count(&t->dataset).failed > 0;
}

/* ---------------------------------------------------------------- contracts */

static assay_code add_contract(trial *t, const assay_contract *c, const assay_digest *digest, assay_err *err)
{
	ASSAY_AUTO_BUF record = ASSAY_BUF_INIT;
	assay_code rc = ASSAY_OK;

	if (digest != NULL) {
		t->digests[t->count] = *digest;
	} else {
		assay_contract_encode(&record, c);
		rc = assay_buf_check(&record, err);
		if (rc == ASSAY_OK)
			rc = assay_digest_of(&t->digests[t->count], record.data, record.len, err);
	}
	t->contracts[t->count++] = c;
	return rc;
}

/* One of the version's: it is kept, unless another of its id is tried. */
static assay_code place_stored(trial *t, const assay_digest *digest, assay_err *err)
{
	ASSAY_AUTO_BUF record = ASSAY_BUF_INIT;
	assay_trial *out = t->out;
	assay_contract *c;
	assay_code rc = assay_object_get(t->store, digest, &record, err);

	if (rc == ASSAY_OK)
		rc = assay_contract_decode(&c, record.data, record.len, t->opts->vocabulary, err);
	if (rc != ASSAY_OK)
		return rc;
	for (size_t i = 0; i < t->opts->count; i++)
		if (strcmp(t->opts->contracts[i]->id, c->id) == 0) {
			assay_contract_close(c);
			out->replaces[i] = true;
			return add_contract(t, t->opts->contracts[i], NULL, err);
		}
	out->kept[out->kept_count++] = c;
	return add_contract(t, c, digest, err);
}

static assay_code place_contracts(trial *t, assay_err *err)
{
	const assay_version *v = t->opts->version;
	const size_t most = v->contract_count + t->opts->count;
	assay_code rc = ASSAY_OK;

	t->contracts = assay_alloc(most, sizeof *t->contracts);
	t->digests = assay_alloc(most, sizeof *t->digests);
	t->out->kept = assay_alloc(v->contract_count, sizeof *t->out->kept);
	t->out->replaces = assay_alloc(t->opts->count, sizeof *t->out->replaces);
	if (t->contracts == NULL || t->digests == NULL || t->out->kept == NULL || t->out->replaces == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "contracts");
	for (size_t i = 0; i < v->contract_count && rc == ASSAY_OK; i++)
		rc = place_stored(t, &v->contracts[i], err);
	for (size_t i = 0; i < t->opts->count && rc == ASSAY_OK; i++)
		if (!t->out->replaces[i])
			rc = add_contract(t, t->opts->contracts[i], NULL, err);
	return rc;
}

static assay_code list_checks(trial *t, assay_err *err)
{
	assay_trial *out = t->out;
	size_t total = 0;

	for (size_t i = 0; i < t->opts->count; i++)
		total += t->opts->contracts[i]->check_count;
	out->checks = assay_alloc(total, sizeof *out->checks);
	if (out->checks == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "checks");
	for (size_t i = 0; i < t->opts->count; i++) {
		const assay_contract *c = t->opts->contracts[i];

		for (size_t k = 0; k < c->check_count; k++)
			out->checks[out->check_count++] = (assay_trial_check){.contract = c, .check = &c->checks[k]};
	}
	return ASSAY_OK;
}

static assay_code open_dataset(trial *t, assay_err *err)
{
	const assay_trial_opts *o = t->opts;
	ASSAY_CLEANUP(assay_baselines_release) assay_baselines baselines = {0};
	assay_code rc;

	ASSAY_TRY(assay_dataset_judge_open(&t->dataset, o->contracts, o->count, o->vocabulary, t->as_of_ns, err));
	ASSAY_TRY(assay_baselines_find(&baselines, t->store, o->contracts, o->count, err));
	ASSAY_TRY(assay_baselines_read(&baselines, t->dataset, t->store, o->vocabulary, err));
fail:
	return rc;
}

/* ---------------------------------------------------------------- a sample */

static assay_code load_source(trial *t, const char *key, assay_err *err)
{
	const size_t length = strcspn(key, "#"); /* paths have theirs escaped */
	ASSAY_AUTO_FREE char *path = NULL;
	assay_code rc;

	if (t->source.path != NULL && strlen(t->source.path) == length && memcmp(t->source.path, key, length) == 0)
		return ASSAY_OK;
	assay_source_release(&t->source);
	t->source = (assay_source){0};
	path = assay_strndup(key, length);
	if (path == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "source");
	rc = assay_source_find(t->store, path, &t->source, err);
	return rc == ASSAY_ENOENT ? ASSAY_RAISE(err, ASSAY_ECORRUPT, "its source is gone") : rc;
}

static int compare_parts(const void *pa, const void *pb)
{
	const assay_result_sample *a = *(const assay_result_sample *const *)pa;
	const assay_result_sample *b = *(const assay_result_sample *const *)pb;

	return strcmp(a->part, b->part);
}

static assay_code load_unit(trial *t, uint64_t id, assay_err *err)
{
	const assay_result *r = &t->unit.result;
	assay_code rc;

	if (t->unit.id == id)
		return ASSAY_OK;
	free(t->parts);
	t->parts = NULL;
	assay_unit_release(&t->unit);
	rc = assay_unit_get(t->store, id, &t->unit, err);
	if (rc != ASSAY_OK)
		return rc == ASSAY_ENOENT ? ASSAY_RAISE(err, ASSAY_ECORRUPT, "its unit is gone") : rc;
	t->parts = assay_alloc(r->sample_count, sizeof *t->parts);
	if (t->parts == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "samples of a unit");
	for (size_t i = 0; i < r->sample_count; i++)
		t->parts[i] = &r->samples[i];
	if (r->sample_count > 1)
		qsort(t->parts, r->sample_count, sizeof *t->parts, compare_parts);
	return ASSAY_OK;
}

/* NULL when the unit has no sample of that part. */
static const assay_result_sample *find_part(const trial *t, const char *key)
{
	const char *hash = strchr(key, '#');
	const assay_result_sample wanted = {.part = (char *)(uintptr_t)(hash != NULL ? hash + 1 : "")};
	const assay_result_sample *const w = &wanted;
	const assay_result_sample *const *found;

	if (t->unit.result.sample_count == 0)
		return NULL;
	found = bsearch(&w, t->parts, t->unit.result.sample_count, sizeof *t->parts, compare_parts);
	return found != NULL ? *found
			     : assay_unit_sample(&t->unit, key); /* a page of another file has its number there */
}

static void count_checks(const trial *t, const assay_judge_subject *s)
{
	for (size_t i = 0; i < t->out->check_count; i++) {
		assay_trial_check *c = &t->out->checks[i];
		assay_judge_value value;
		const assay_check_result r = assay_check_judge(c->check, s, &value);

		c->samples += r != ASSAY_CHECK_ELSEWHERE;
		c->passed += r == ASSAY_CHECK_PASSED;
		c->failed += r == ASSAY_CHECK_FAILED && value.state == ASSAY_VALUE_DEFINED;
		c->undefined += r == ASSAY_CHECK_FAILED && value.state != ASSAY_VALUE_DEFINED;
		c->skipped += r == ASSAY_CHECK_SKIPPED;
	}
}

static assay_code tell_change(trial *t, const assay_trial_member *m, assay_outcome after, assay_err *err)
{
	const bool waived = m->outcome == ASSAY_OUTCOME_WAIVED, passes = after == ASSAY_OUTCOME_ACCEPTED;

	*(waived ? passes ? &t->out->unneeded : &t->out->lapsed : passes ? &t->out->admitted : &t->out->refused) += 1;
	if (t->opts->fn == NULL)
		return ASSAY_OK;
	return t->opts->fn(t->opts->ctx,
			   &(assay_trial_change){.key = m->key,
						 .kind = m->kind,
						 .before = m->outcome,
						 .after = after,
						 .checks = t->findings.items,
						 .check_count = t->findings.count},
			   err);
}

/* A duplicate stays one, and what was kept out before contracts had a say stays out. */
static bool is_decided_by_contracts(const assay_trial_member *m)
{
	return assay_outcome_is_delivered(m->outcome) || (m->outcome == ASSAY_OUTCOME_QUARANTINED && !m->failed);
}

/* ---- what people decided on its verdict holds while all that keeps it from being delivered is the same (queue.md) */

/* The waiver or rejection that is in force in the version; NULL: none is. */
static const assay_decision *decision_on(const trial *t, const char *key)
{
	const assay_decision *d = t->decision_count > 0 ? assay_decisions_find(t->decisions, t->decision_count, key,
									       ASSAY_DECISION_OF_VERDICT)
							: NULL;

	return d != NULL && !d->is_source ? d : NULL;
}

/* Is what it was found in rejected, or, of sound, its pictures? That comes before it, and its key begins this one. */
static assay_code is_given_up(bool *out, const trial *t, const char *key, assay_err *err)
{
	ASSAY_AUTO_FREE char *whole = NULL;

	*out = false;
	if (t->decision_count == 0 || strchr(key, '#') == NULL)
		return ASSAY_OK;
	whole = assay_strdup(key);
	if (whole == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "key");
	for (size_t n = strlen(whole); n > 0 && !*out; n--) {
		const assay_decision *d;

		if (whole[n] != '&' && whole[n] != '#')
			continue;
		whole[n] = '\0';
		d = decision_on(t, whole);
		*out = d != NULL && t->rejects[d - t->decisions];
		if (key[n] == '#')
			break; /* what stands before is its path */
	}
	return ASSAY_OK;
}

static assay_code holds(bool *out, const trial *t, const assay_decision *d, assay_err *err)
{
	assay_digest basis;
	const assay_code rc = assay_decision_basis(&basis, &t->unit.work_key, ASSAY_FAILURE_NONE, NULL,
						   t->findings.items, t->findings.count, err);

	*out =
	    rc == ASSAY_OK && assay_digest_eq(&basis, &d->basis) && (d->expires_ns == 0 || t->as_of_ns < d->expires_ns);
	return rc;
}

/* By the verdict and the findings that were made last. */
static assay_code outcome_of(trial *t, const assay_trial_member *m, assay_outcome *out, assay_err *err)
{
	const assay_decision *d = decision_on(t, m->key);
	bool stands = false, given_up = false;
	assay_code rc = is_given_up(&given_up, t, m->key, err);

	*out = t->verdict.passed && !given_up ? ASSAY_OUTCOME_ACCEPTED : ASSAY_OUTCOME_QUARANTINED;
	t->out->given_up += given_up;
	if (rc != ASSAY_OK || given_up || d == NULL)
		return rc;
	rc = holds(&stands, t, d, err);
	if (stands && d->kind == ASSAY_DECISION_REJECT) {
		t->rejects[d - t->decisions] = true;
		t->out->given_up++;
		*out = ASSAY_OUTCOME_QUARANTINED;
	} else if (stands && !t->verdict.passed) {
		*out = ASSAY_OUTCOME_WAIVED;
	}
	return rc;
}

static assay_code decide(trial *t, const assay_trial_member *m, const assay_judge_subject *s, assay_outcome *after,
			 assay_err *err)
{
	const assay_bench bench = {t->contracts, t->digests, t->count, t->opts->vocabulary};
	assay_code rc;

	*after = m->outcome;
	if (!is_decided_by_contracts(m)) {
		t->out->left++;
		return ASSAY_OK;
	}
	t->out->judged++;
	count_checks(t, s);
	rc = assay_judge(&t->verdict, t->contracts, t->count, s, err);
	if (rc == ASSAY_OK)
		rc = assay_findings_set(&t->findings, &bench, &t->verdict, err);
	if (rc == ASSAY_OK)
		rc = outcome_of(t, m, after, err);
	return rc == ASSAY_OK && *after != m->outcome ? tell_change(t, m, *after, err) : rc;
}

static assay_code judge_sample(trial *t, const assay_trial_member *m, const assay_result_sample *sample, assay_err *err)
{
	ASSAY_CLEANUP(assay_table_columns_release) assay_table_columns columns = {0};
	const assay_known_recipe *recipe;
	bool found = false;
	assay_dataset_subject s = {
	    .key = m->key,
	    .sample = {.kind = sample->kind,
		       .metadata_keys = (const char *const *)t->source.metadata_keys,
		       .metadata_values = (const char *const *)t->source.metadata_values,
		       .metadata_count = t->source.metadata_count},
	    .source_ns = t->source.stamp.mtime_ns,
	};
	assay_outcome after;
	assay_code rc;

	ASSAY_TRY(assay_recipe_know(&t->recipes, t->store, t->opts->vocabulary, &t->unit.recipe, &recipe, err));
	ASSAY_TRY(assay_sample_values_set(&t->values, recipe, sample, err));
	if (assay_judge_wants_columns(t->contracts, t->count))
		ASSAY_TRY(assay_table_columns_load(&columns, &found, t->store, recipe->recipe, sample, err));
	s.sample.columns = found ? &columns : NULL;
	s.sample.values = t->values.items;
	ASSAY_TRY(decide(t, m, &s.sample, &after, err));
	s.outcome = after;
	ASSAY_TRY(assay_dataset_judge_add(t->dataset, &s, err));
fail:
	return rc;
}

static assay_code do_member(trial *t, const assay_trial_member *m, assay_err *err)
{
	const assay_result_sample *sample;
	assay_code rc;

	t->out->samples++;
	if (m->unit == 0) {
		t->out->unknown++;
		return ASSAY_OK;
	}
	ASSAY_TRY(load_unit(t, m->unit, err));
	ASSAY_TRY(load_source(t, m->key, err));
	sample = find_part(t, m->key);
	rc = sample != NULL ? judge_sample(t, m, sample, err)
			    : ASSAY_RAISE(err, ASSAY_ECORRUPT, "its unit has no such sample");
fail:
	if (rc != ASSAY_OK)
		(void)assay_err_prefix(err, "sample '%s'", m->key);
	return rc;
}

static assay_code load_decisions(trial *t, assay_err *err)
{
	ASSAY_AUTO_BUF record = ASSAY_BUF_INIT;
	const assay_digest *list = &t->opts->version->decisions;
	assay_code rc;

	if (assay_digest_is_zero(list))
		return ASSAY_OK;
	rc = assay_object_get(t->store, list, &record, err);
	if (rc == ASSAY_OK)
		rc = assay_decisions_decode(&t->decisions, &t->decision_count, record.data, record.len, err);
	if (rc != ASSAY_OK)
		return rc;
	t->rejects = assay_alloc(t->decision_count, sizeof *t->rejects);
	return t->rejects != NULL ? ASSAY_OK : ASSAY_RAISE(err, ASSAY_ENOMEM, "decisions");
}

assay_code assay_trial_run(assay_trial *out, assay_store *store, const assay_trial_opts *opts, assay_err *err)
{
	ASSAY_CLEANUP(trial_release) trial t = {.out = out, .opts = opts, .store = store};
	ASSAY_CLEANUP(assay_trial_members_release) assay_trial_members members = {0};
	assay_code rc;

	*out = (assay_trial){0};
	t.as_of_ns = opts->as_of_ns != NULL ? *opts->as_of_ns : assay_now_ns() / 1000000000 * 1000000000;
	ASSAY_TRY(load_decisions(&t, err));
	ASSAY_TRY(place_contracts(&t, err));
	ASSAY_TRY(list_checks(&t, err));
	ASSAY_TRY(assay_sample_values_open(&t.values, opts->vocabulary, err));
	ASSAY_TRY(open_dataset(&t, err));
	ASSAY_TRY(assay_trial_members_read(&members, store, opts->version, err));
	for (size_t i = 0; i < members.count && rc == ASSAY_OK; i++)
		rc = do_member(&t, &members.items[i], err);
	if (rc == ASSAY_OK)
		rc = assay_dataset_judge_end(t.dataset, &out->dataset, err);
fail:
	return rc;
}
