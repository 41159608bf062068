#include "treat.h"

#include "assay/memory.h"

#include <stdlib.h>
#include <string.h>

static const assay_decision *decision_of(const assay_judging *j, assay_decision_slot slot)
{
	const assay_decided *all = &j->session->decided;
	const assay_decision *d = all->count > 0 ? assay_decided_find(all, j->row.key, slot) : NULL;

	/* A stream has the key of its source: what is decided on that holds for all of it, not once more for this. */
	return d != NULL && !d->is_source ? d : NULL;
}

static void enforce(assay_judging *j, const assay_decision *d)
{
	assay_decided_enforce(&j->session->decided, d);
	j->decision = d;
	j->row.decision = d->id;
	if (assay_decision_slot_of(d->kind) == ASSAY_DECISION_OF_CONTENT)
		j->content = d;
}

/* ---------------------------------------------------------------- the verdict on an attempt */

static uint32_t count_errors(const assay_findings *f)
{
	uint32_t n = 0;

	for (size_t i = 0; i < f->count; i++)
		n += f->items[i].severity == ASSAY_SEVERITY_ERROR;
	return n;
}

/* The first thing that an attempt still fails by, for people. */
static assay_code note_first(assay_judging *j, assay_try *t, assay_err *err)
{
	for (size_t i = 0; i < j->findings.count; i++) {
		const assay_failed_check *f = &j->findings.items[i];
		char number[ASSAY_DECIMAL_TEXT];

		if (f->severity != ASSAY_SEVERITY_ERROR)
			continue;
		/* A reason may have a verb of its own. */
		if (!f->defined)
			return assay_repair_note(&j->repair, t, err, "%s: %s undefined (%s)", f->check_id, f->metric,
						 f->reason);
		return assay_repair_note(&j->repair, t, err, "%s: %s is %s", f->check_id, f->metric,
					 assay_decimal_format(f->value, number));
	}
	return ASSAY_OK;
}

assay_code assay_try_weigh(assay_judging *j, assay_try *t, const assay_judge_value *before, assay_err *err)
{
	bool lost = false;
	assay_code rc = assay_judging_weigh(j, &t->of, err);

	if (rc != ASSAY_OK)
		return rc;
	t->told.failed_checks = count_errors(&j->findings);
	if (j->row.failure != ASSAY_FAILURE_NONE) {
		t->told.outcome = ASSAY_ATTEMPT_REJECTED;
		return ASSAY_OK;
	}
	if (!j->verdict.passed) {
		t->told.outcome = ASSAY_ATTEMPT_CHECKS;
		return note_first(j, t, err);
	}
	if (before != NULL)
		rc = assay_repair_lost(&j->repair, t, before, j->values.items, &lost, err);
	t->told.outcome = lost ? ASSAY_ATTEMPT_LOST : ASSAY_ATTEMPT_PASSED;
	return rc;
}

/* ---------------------------------------------------------------- what people decided on the content */

/* Findings of the base move over: whatever is weighed next takes the place that is left. */
static void keep_objection(assay_judging *j)
{
	const assay_findings spare = j->objection.findings;

	j->objection = (assay_objection){j->findings, j->row.failure, j->row.failed_stage};
	j->findings = spare;
	j->row.checks = j->objection.findings.items;
	j->row.check_count = j->objection.findings.count;
}

/*
 * Where there is nothing to judge the sample stands as the pipeline made it: it waits, or somebody is to look at it. The
 * ticket goes on about the sample itself, also where that passes and what stands in its place does not.
 */
static assay_code take_content(assay_judging *j, const assay_decision *d, assay_err *err)
{
	assay_try *t;
	assay_code rc;

	if (d->kind == ASSAY_DECISION_REMEDY || !assay_digest_eq(&d->basis, &j->of.bytes))
		return ASSAY_OK;
	rc = assay_repair_decided(&j->repair, &j->of, d, &t, err);
	if (rc != ASSAY_OK || t == NULL)
		return rc;
	enforce(j, d);
	if (t->told.outcome != 0) {
		const bool may_come =
		    t->told.outcome == ASSAY_ATTEMPT_WANTED || t->told.outcome == ASSAY_ATTEMPT_UNDONE;

		j->unsettled = may_come;
		j->state = may_come ? ASSAY_TICKET_RETRYING : ASSAY_TICKET_NEEDS_REVIEW;
		j->row.outcome = ASSAY_OUTCOME_QUARANTINED;
		return ASSAY_OK;
	}
	j->row.way = t->told.way;
	j->row.remedy = NULL; /* of what it is part of: how the correction was read is told by its unit */
	j->row.rung = 0;
	j->row.plain_unit = j->of.unit->id;
	keep_objection(j);
	j->of = t->of;
	rc = assay_try_weigh(j, t, NULL, err);
	t->told.chosen = true;
	j->state = t->told.outcome != ASSAY_ATTEMPT_PASSED ? ASSAY_TICKET_NEEDS_REVIEW
		   : t->told.way == ASSAY_WAY_CORRECTED    ? ASSAY_TICKET_CORRECTED
							   : ASSAY_TICKET_REPLACED;
	return rc;
}

/* ---------------------------------------------------------------- what people decided on the verdict */

/* Of what is judged, which is the plain sample wherever remedies are tried. */
static assay_code basis_of(assay_judging *j, assay_digest *out, assay_err *err)
{
	return assay_decision_basis(out, &j->of.unit->work_key, j->row.failure, j->row.failed_stage, j->findings.items,
				    j->findings.count, err);
}

static assay_code take_verdict(assay_judging *j, const assay_decision *d, bool *taken, assay_err *err)
{
	const bool passes = j->row.outcome == ASSAY_OUTCOME_ACCEPTED;
	assay_digest basis;
	assay_code rc = basis_of(j, &basis, err);

	*taken = false;
	if (rc != ASSAY_OK || !assay_digest_eq(&basis, &d->basis))
		return rc;
	if (d->kind == ASSAY_DECISION_REJECT) {
		j->row.outcome = ASSAY_OUTCOME_QUARANTINED;
		j->state = ASSAY_TICKET_REJECTED;
	} else {
		if (passes || (d->expires_ns != 0 && j->session->as_of_ns >= d->expires_ns))
			return ASSAY_OK;
		j->row.outcome = ASSAY_OUTCOME_WAIVED;
		j->state = ASSAY_TICKET_WAIVED;
	}
	enforce(j, d);
	*taken = true;
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- remedies */

typedef struct climb {
	assay_judging *j;
	assay_try *winner;
	int64_t best; /* of the winner, by a remedy's metric */
	bool waits;   /* something is still to be made before it can be said who wins */
	const assay_config_remedy
	    *left; /* the first that was not begun, since there were attempts enough; NULL: none */
} climb;

/* Does a try that passes win over the one before? */
static bool is_better(const climb *c, const assay_config_remedy *r)
{
	const assay_vocabulary *v = &c->j->session->config->vocabulary;
	const size_t n = r->best ? assay_vocabulary_find(v, r->by) : SIZE_MAX;
	const assay_judge_value *value = n != SIZE_MAX ? &c->j->values.items[n] : NULL;

	if (c->winner == NULL)
		return true;
	if (value == NULL || value->state != ASSAY_VALUE_DEFINED)
		return false;
	return r->high ? value->units > c->best : value->units < c->best;
}

static void note_winner(climb *c, const assay_config_remedy *r, assay_try *t)
{
	const assay_vocabulary *v = &c->j->session->config->vocabulary;
	const size_t n = r->best ? assay_vocabulary_find(v, r->by) : SIZE_MAX;
	const assay_judge_value *value = n != SIZE_MAX ? &c->j->values.items[n] : NULL;

	c->winner = t;
	if (value != NULL && value->state == ASSAY_VALUE_DEFINED)
		c->best = value->units;
	else /* one that says nothing of itself gives way to any that does */
		c->best = r->high ? INT64_MIN : INT64_MAX;
}

static assay_code try_rung(climb *c, const assay_config_remedy *r, size_t rung, assay_err *err)
{
	assay_judging *j = c->j;
	assay_try *t;
	assay_code rc = assay_repair_rung(&j->repair, &j->base, r, rung, &t, err);

	if (rc != ASSAY_OK || t == NULL)
		return rc;
	c->waits |= t->told.outcome == ASSAY_ATTEMPT_WANTED;
	j->unsettled |= t->told.outcome == ASSAY_ATTEMPT_WANTED || t->told.outcome == ASSAY_ATTEMPT_UNDONE;
	if (t->told.outcome != 0)
		return ASSAY_OK;
	rc = assay_try_weigh(j, t, j->base_values, err);
	if (rc == ASSAY_OK && t->told.outcome == ASSAY_ATTEMPT_PASSED && is_better(c, r))
		note_winner(c, r, t);
	return rc;
}

/* The rungs of one remedy. With `first` the next one is tried when the one before was in vain. */
static assay_code try_remedy(climb *c, const assay_config_remedy *r, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < r->rung_count && rc == ASSAY_OK; i++) {
		if (!r->best && (c->winner != NULL || c->waits))
			break;
		rc = try_rung(c, r, i, err);
	}
	return rc;
}

static assay_code try_named(climb *c, const char *name, assay_err *err)
{
	const assay_config_remedy *r = assay_config_remedy_find(c->j->session->config, name);

	if (r == NULL || c->winner != NULL || c->waits)
		return ASSAY_OK;
	if (assay_repair_may_begin(&c->j->repair))
		return try_remedy(c, r, err);
	if (c->left == NULL && assay_session_rung_of(c->j->session, r, 0, c->j->base.source->modality) != NULL)
		c->left = r;
	return ASSAY_OK;
}

/* What was not measured keeps no ladder from being climbed. */
static bool is_for(const assay_judging *j, const assay_config_remedy *r)
{
	const assay_vocabulary *v = &j->session->config->vocabulary;
	const size_t n = r != NULL && r->when.metric[0] != '\0' ? assay_vocabulary_find(v, r->when.metric) : SIZE_MAX;
	const assay_judge_value *value = n != SIZE_MAX ? &j->base_values[n] : NULL;

	return value == NULL || value->state != ASSAY_VALUE_DEFINED ||
	       assay_config_when_holds(&r->when, (assay_decimal){value->units, v->items[n].scale});
}

/* By the contract's order: findings of the base, whose checks name their remedies. */
static assay_code try_bound(climb *c, const char *const *names, size_t count, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < count && rc == ASSAY_OK; i++)
		if (is_for(c->j, assay_config_remedy_find(c->j->session->config, names[i])))
			rc = try_named(c, names[i], err);
	return rc;
}

#define NAMES_MAX ASSAY_TRIES_MAX

/* Each once; verdict and findings are of the base still. */
static size_t gather_names(const assay_judging *j, const char *names[NAMES_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < j->verdict.count && n < NAMES_MAX; i++) {
		const assay_check *k = j->verdict.findings[i].check;
		bool known = k->severity != ASSAY_SEVERITY_ERROR || k->remedy[0] == '\0';

		for (size_t m = 0; m < n && !known; m++)
			known = strcmp(names[m], k->remedy) == 0;
		if (!known)
			names[n++] = k->remedy;
	}
	return n;
}

static assay_code keep_base_values(assay_judging *j, assay_err *err)
{
	const size_t count = j->session->config->vocabulary.count;

	if (j->base_values == NULL)
		j->base_values = assay_alloc(count, sizeof *j->base_values);
	if (j->base_values == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "values");
	memcpy(j->base_values, j->values.items, count * sizeof *j->base_values);
	return ASSAY_OK;
}

/* The sample stands as the winner made it, or as it was. */
static assay_code conclude(climb *c, assay_err *err)
{
	assay_judging *j = c->j;
	assay_try *t = c->winner;
	assay_code rc;

	if (t == NULL && c->left != NULL)
		ASSAY_TRY(assay_repair_note_left(&j->repair, c->left, err));
	if (t == NULL || c->waits) {
		j->state = c->waits              ? ASSAY_TICKET_RETRYING
			   : j->repair.count > 0 ? ASSAY_TICKET_NEEDS_REVIEW
						 : ASSAY_TICKET_OPEN;
		return j->repair.count > 0 ? assay_judging_weigh(j, &j->base, err) : ASSAY_OK;
	}
	rc = assay_judging_weigh(j, &t->of, err);
	t->told.chosen = true;
	j->of = t->of;
	j->state = ASSAY_TICKET_REPAIRED;
	j->row.way = ASSAY_WAY_REMEDY;
	j->row.remedy = assay_judging_text(t->told.remedy);
	j->row.rung = t->told.rung;
	j->row.plain_unit = j->base.unit->id;
fail:
	return rc;
}

/* A remedy that a person names is tried whatever the sample failed by; others help against checks alone. */
static assay_code try_remedies(assay_judging *j, const assay_decision *content, assay_err *err)
{
	const char *names[NAMES_MAX];
	const size_t count = j->row.failure == ASSAY_FAILURE_NONE ? gather_names(j, names) : 0;
	climb c = {.j = j};
	assay_digest basis;
	assay_code rc = ASSAY_OK;

	if (content != NULL && content->kind == ASSAY_DECISION_REMEDY) {
		rc = basis_of(j, &basis, err);
		if (rc == ASSAY_OK && !assay_digest_eq(&basis, &content->basis))
			content = NULL;
	} else {
		content = NULL;
	}
	keep_objection(j);
	if (rc == ASSAY_OK && (content != NULL || count > 0))
		rc = keep_base_values(j, err);
	if (rc == ASSAY_OK && content != NULL) {
		enforce(j, content);
		rc = try_named(&c, content->remedy, err);
	}
	if (rc == ASSAY_OK)
		rc = try_bound(&c, names, count, err);
	return rc == ASSAY_OK ? conclude(&c, err) : rc;
}

/* ---------------------------------------------------------------- the whole */

assay_code assay_sample_give_up(assay_judging *j, const assay_decision *of_whole)
{
	j->row.outcome = ASSAY_OUTCOME_QUARANTINED;
	j->row.decision = of_whole->id;
	j->state = ASSAY_TICKET_REJECTED;
	j->decision = of_whole;
	keep_objection(j);
	return ASSAY_OK;
}

assay_code assay_sample_treat(assay_judging *j, assay_err *err)
{
	const assay_decision *content = decision_of(j, ASSAY_DECISION_OF_CONTENT);
	const assay_decision *verdict = decision_of(j, ASSAY_DECISION_OF_VERDICT);
	bool taken = false;
	assay_code rc = ASSAY_OK;

	if (content != NULL)
		rc = take_content(j, content, err);
	/* What waits for its correction is not judged yet; what was handed in in vain is judged as it was. */
	if (rc == ASSAY_OK && verdict != NULL && j->state != ASSAY_TICKET_RETRYING)
		rc = take_verdict(j, verdict, &taken, err);
	if (rc != ASSAY_OK || (j->state == 0 && j->row.outcome == ASSAY_OUTCOME_ACCEPTED))
		return rc;
	if (j->state == 0)
		return try_remedies(j, content, err);
	if (j->base.sample == j->of.sample)
		keep_objection(j);
	return ASSAY_OK;
}
