#include "why_verdict.h"

#include "duplicate.h"
#include "queue_attempts.h"
#include "queue_decisions.h"

#include "assay/judgement.h"
#include "assay/run.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void assay_why_verdict_release(assay_why_verdict *v)
{
	assay_ticket_release(&v->ticket);
	free(v->last_reason);
	for (size_t i = 0; i < ASSAY_COUNT(v->decisions); i++)
		assay_decision_release(&v->decisions[i]);
	free(v->answers_for);
	assay_decision_release(&v->found_in);
	assay_decision_release(&v->of_source);
	assay_why_moved_release(&v->moved);
	assay_unit_release(&v->unit);
	assay_recipe_close(v->recipe);
	assay_contract_set_release(&v->contracts);
	assay_contract_set_release(&v->later_contracts);
	assay_changes_release(&v->changes);
}

/* Did the file itself have these bytes, now or before its last change? */
static bool is_own(const assay_source *src, const assay_digest *bytes)
{
	return assay_digest_eq(&src->digest, bytes) || (src->has_before && assay_digest_eq(&src->before_digest, bytes));
}

/* It was made anew: which input differed, and which values came out differently. */
static assay_code compare_units(assay_why_verdict *v, assay_store *s, const assay_sample_row *row,
				const assay_source *src, assay_err *err)
{
	ASSAY_AUTO_UNIT before = {0};
	ASSAY_CLEANUP(assay_recipe_closep) assay_recipe *recipe = NULL;
	ASSAY_AUTO_INPUTS was = {0};
	ASSAY_AUTO_INPUTS is = {0};
	assay_measured a, b;
	assay_code rc;

	ASSAY_TRY(assay_unit_get(s, row->before_unit, &before, err));
	ASSAY_TRY(assay_recipe_load(&recipe, s, &before.recipe, err));
	ASSAY_TRY(assay_inputs_of_unit(&was, &before, err));
	ASSAY_TRY(assay_inputs_of_unit(&is, &v->unit, err));
	was.stands_in = !is_own(src, &before.source);
	is.stands_in = row->way == ASSAY_WAY_REPLACED || !is_own(src, &v->unit.source);
	ASSAY_TRY(assay_changes_inputs(&v->changes, s, &was, &is, err));
	a = (assay_measured){assay_unit_sample(&before, row->key), recipe};
	b = (assay_measured){v->sample, v->recipe};
	if (a.sample != NULL)
		ASSAY_TRY(assay_changes_measured(&v->changes, &a, &b, &v->contracts, err));
fail:
	return rc;
}

static assay_code compare_contracts(assay_why_verdict *v, assay_store *s, const assay_sample_row *row, assay_err *err)
{
	ASSAY_AUTO_CONTRACT_SET before = {0};
	const assay_code rc = assay_contract_set_load(&before, s, &row->before_contracts, err);

	if (rc != ASSAY_OK)
		return rc;
	return assay_changes_contracts(&v->changes, &before, &v->contracts, v->sample->kind, err);
}

/* A row is written when the verdict changes, and not when other contracts come to the same. */
static assay_code learn_standing(assay_why_verdict *v, assay_store *s, const assay_sample_row *row, assay_err *err)
{
	assay_judgement last;
	assay_code rc = assay_judgement_get(s, &last, err);

	v->confirmed = rc == ASSAY_OK && !row->missing && last.run > row->judged_run &&
		       !assay_digest_eq(&last.contracts, &row->contracts);
	if (!v->confirmed)
		return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
	rc = assay_contract_set_load(&v->later_contracts, s, &last.contracts, err);
	return rc == ASSAY_OK ? assay_run_note_of(&v->later_run, s, last.run, err) : rc;
}

static assay_code keep_reason(void *ctx, const assay_ticket_event *e, assay_err *err)
{
	assay_why_verdict *v = ctx;

	if (e->act || e->damaged)
		return ASSAY_OK;
	free(v->last_reason);
	v->last_reason = assay_strdup(e->reason);
	return v->last_reason == NULL ? ASSAY_RAISE(err, ASSAY_ENOMEM, "facts") : ASSAY_OK;
}

static assay_code learn_ticket(assay_why_verdict *v, assay_store *s, const assay_sample_row *row, assay_err *err)
{
	const assay_code rc = assay_ticket_peek_on(s, row->key, &v->ticket, err);

	if (rc != ASSAY_OK)
		return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
	return assay_ticket_events(s, v->ticket.id, keep_reason, v, err);
}

/* Of what was found on a page or in a stream, what was decided on that. */
static assay_code learn_root(assay_why_verdict *v, assay_store *s, const assay_sample_row *row, assay_err *err)
{
	ASSAY_AUTO_DECISION d = {0};
	assay_decision *slot = &v->decisions[ASSAY_DECISION_OF_CONTENT];
	const bool is_found = row->way != ASSAY_WAY_PLAIN && row->plain_unit == row->unit && row->decision != 0 &&
			      row->decision != slot->id;
	const assay_code rc = is_found ? assay_decision_peek(s, row->decision, &d, err) : ASSAY_ENOENT;

	if (rc == ASSAY_OK && d.kind != 0 && assay_decision_slot_of(d.kind) == ASSAY_DECISION_OF_CONTENT) {
		*(slot->id == 0 ? slot : &v->found_in) = d;
		d = (assay_decision){0};
	}
	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}

/* What was decided on the sample alone waits while that holds. */
static assay_code learn_rejection(assay_why_verdict *v, assay_store *s, const assay_sample_row *row, assay_err *err)
{
	ASSAY_AUTO_DECISION d = {0};
	const assay_code rc = assay_decision_of_whole(&d, s, row, err);

	if (rc == ASSAY_OK) {
		assay_decision_release(&v->decisions[ASSAY_DECISION_OF_VERDICT]);
		v->decisions[ASSAY_DECISION_OF_VERDICT] = d;
		v->ended[ASSAY_DECISION_OF_VERDICT] = ASSAY_DECISION_HOLDS;
		d = (assay_decision){0};
	}
	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}

/* Of all of its source another file, or a remedy to try. */
static assay_code learn_source(assay_why_verdict *v, assay_store *s, const assay_sample_row *row,
			       const assay_source *src, assay_err *err)
{
	ASSAY_AUTO_DECISION d = {0};
	assay_code rc = ASSAY_ENOENT;

	if (strcmp(row->key, src->path) != 0) /* else it is the sample's own */
		rc = assay_decision_peek_on(s, src->path, ASSAY_DECISION_OF_CONTENT, &d, err);
	if (rc == ASSAY_OK && (d.standing == ASSAY_DECISION_STANDS || d.standing == ASSAY_DECISION_DAMAGED)) {
		rc = assay_decision_end_of(&v->source_end, s, &d, err);
		v->of_source = d;
		d = (assay_decision){0};
	}
	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}

/* What people decided about the sample; of its metadata they decide by the source. */
static assay_code learn_decisions(assay_why_verdict *v, assay_store *s, const assay_sample_row *row,
				  const assay_source *src, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (unsigned i = 0; i < ASSAY_COUNT(v->decisions) && rc == ASSAY_OK; i++) {
		const assay_decision_slot slot = (assay_decision_slot)i;

		rc = assay_decision_peek_on(s, slot == ASSAY_DECISION_OF_METADATA ? src->path : row->key, slot,
					    &v->decisions[i], err);
		if (rc == ASSAY_OK)
			rc = assay_decision_end_of(&v->ended[i], s, &v->decisions[i], err);
		rc = rc == ASSAY_ENOENT ? ASSAY_OK : rc;
	}
	if (rc == ASSAY_OK)
		rc = assay_decision_answers_for(&v->answers_for, s, &v->decisions[ASSAY_DECISION_OF_VERDICT],
						v->ended[ASSAY_DECISION_OF_VERDICT], err);
	if (rc == ASSAY_OK)
		rc = learn_root(v, s, row, err);
	if (rc == ASSAY_OK)
		rc = learn_rejection(v, s, row, err);
	if (rc == ASSAY_OK)
		rc = learn_source(v, s, row, src, err);
	return rc == ASSAY_OK ? assay_why_moved_load(&v->moved, s, row->key, src, false, err) : rc;
}

/* What was said when it was rejected: by a stage, in its unit's result; by the fields, in its ticket. */
static const char *rejected_why(const assay_why_verdict *v)
{
	if (v->ticket.failure == ASSAY_FAILURE_METADATA)
		return v->ticket.message;
	return v->sample != NULL ? v->sample->rejected_why : NULL;
}

static bool is_filtered(assay_outcome outcome)
{
	return outcome == ASSAY_OUTCOME_FILTERED;
}

/* What took it out, and what no longer does: of the latter only the outcome is kept, so every filter of then is told
 * that is another now. */
static assay_code tell_filters(assay_why_verdict *v, const assay_sample_row *row, const assay_filter_set *before,
			       const assay_filter_set *now, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	if (is_filtered(row->outcome) && is_filtered(row->before_outcome))
		return assay_changes_filters(&v->changes, before, now, err);
	if (is_filtered(row->outcome))
		return assay_changes_filter(&v->changes, before, now, row->failed_stage, err);
	for (size_t i = 0; i < before->count && is_filtered(row->before_outcome) && rc == ASSAY_OK; i++)
		rc = assay_changes_filter(&v->changes, before, now, before->items[i].name, err);
	return rc;
}

/* It was not judged by the judging before that of its verdict: the verdict before is of an older one. */
static bool was_away(const assay_sample_row *row, const assay_source *src, uint64_t previous)
{
	return (src->cause & ASSAY_CAUSE_RETURNED) != 0 && src->run > previous && src->run <= row->judged_run;
}

/* The row was written when the verdict changed: what changed between that judging and the one before it is the cause. */
static assay_code compare_rules(assay_why_verdict *v, assay_store *s, const assay_sample_row *row,
				const assay_source *src, assay_err *err)
{
	ASSAY_AUTO_FILTER_SET before = {0};
	ASSAY_AUTO_FILTER_SET now = {0};
	bool before_known, now_known;
	uint64_t previous;
	assay_err why = ASSAY_ERR_INIT;
	assay_code rc = assay_filter_set_of_run(&now, &now_known, s, row->judged_run, &why);

	if (rc == ASSAY_OK)
		rc = assay_filter_set_before_run(&before, &before_known, &previous, s, row->judged_run, &why);
	if (rc == ASSAY_ECORRUPT)
		return ASSAY_OK; /* the record of a run: what it filtered by is not known */
	if (rc != ASSAY_OK)
		return ASSAY_RAISE(err, rc, "%s", why.msg);
	v->filters_known = before_known && now_known && !was_away(row, src, previous);
	if (v->filters_known)
		ASSAY_TRY(tell_filters(v, row, &before, &now, err));
	if (src->run > row->judged_run && v->changes.count == 0)
		v->filters_known = false; /* what happened to the source since hides whether it was away */
	if (previous != 0 && src->run > previous && src->run <= row->judged_run)
		ASSAY_TRY(assay_changes_metadata(&v->changes, src, err));
fail:
	return rc;
}

assay_code assay_why_verdict_load(assay_why_verdict *v, assay_store *s, const assay_sample_row *row,
				  const assay_source *src, assay_err *err)
{
	assay_code rc;

	if (row->outcome == 0)
		return ASSAY_OK;
	ASSAY_TRY(learn_ticket(v, s, row, err));
	ASSAY_TRY(learn_decisions(v, s, row, src, err));
	if (row->original != NULL)
		ASSAY_TRY(assay_original_standing(&v->original, s, row->original, err));
	ASSAY_TRY(assay_run_note_of(&v->run, s, row->judged_run, err));
	ASSAY_TRY(assay_unit_get(s, row->judged_unit, &v->unit, err));
	ASSAY_TRY(assay_recipe_load(&v->recipe, s, &v->unit.recipe, err));
	ASSAY_TRY(assay_contract_set_load(&v->contracts, s, &row->contracts, err));
	ASSAY_TRY(learn_standing(v, s, row, err));
	if (row->position < v->unit.result.sample_count)
		v->sample = &v->unit.result.samples[row->position];
	if (!row->has_before || v->sample == NULL)
		return ASSAY_OK;
	if (row->before_unit != row->judged_unit)
		ASSAY_TRY(compare_units(v, s, row, src, err));
	if (!assay_digest_eq(&row->before_contracts, &row->contracts))
		ASSAY_TRY(compare_contracts(v, s, row, err));
	ASSAY_TRY(compare_rules(v, s, row, src, err));
fail:
	return rc;
}

/* ---------------------------------------------------------------- text */

static void print_judged(const char *how, const assay_run_note *run, const assay_contract_set *set)
{
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;

	for (size_t i = 0; i < set->count; i++)
		assay_buf_printf(&text, "%s%s %s", i > 0 ? ", " : "", assay_contract_title(set->items[i]),
				 set->items[i]->version);
	assay_say("%-9s by run %s under %s\n", how, run->name, text.len > 0 ? assay_buf_str(&text) : "no contract");
}

static void print_failed_checks(const assay_sample_row *row)
{
	for (size_t i = 0; i < row->check_count; i++) {
		const assay_failed_check *k = &row->checks[i];
		ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;

		assay_tell_check(&text, k);
		assay_say("%-9s %s\n", assay_severity_name((assay_severity)k->severity), assay_buf_str(&text));
	}
}

/* How it came to what is judged, and what it was that the pipeline alone could not do. */
static void print_way(const assay_sample_row *row, const assay_why_verdict *v)
{
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;

	if (row->way == ASSAY_WAY_PLAIN)
		return;
	assay_tell_way(&text, row->way, row->remedy, row->rung);
	assay_say("%-9s %s\n", row->way == ASSAY_WAY_REMEDY ? "repaired" : "made by", assay_buf_str(&text));
	for (size_t i = 0; i < v->ticket.check_count && row->way == ASSAY_WAY_REMEDY; i++) {
		ASSAY_AUTO_BUF check = ASSAY_BUF_INIT;

		assay_tell_check(&check, &v->ticket.checks[i]);
		assay_say("          because without it %s\n", assay_buf_str(&check));
	}
}

static void print_found_in(const assay_decision *d)
{
	if (d->id == 0)
		return;
	assay_say_decision("decision", d);
	assay_say("          on %s, where it was found\n", d->subject);
}

static void print_of_source(const assay_why_verdict *v)
{
	if (v->of_source.id == 0)
		return;
	assay_say_decision("decision", &v->of_source);
	assay_say("          on all of %s\n", v->of_source.subject);
	assay_say_decision_end(v->source_end, &v->of_source, NULL);
}

static void print_queue(const assay_sample_row *row, const assay_why_verdict *v)
{
	ASSAY_AUTO_BUF reason = ASSAY_BUF_INIT;

	print_of_source(v);
	print_found_in(&v->found_in);
	for (size_t i = 0; i < ASSAY_COUNT(v->decisions); i++) {
		const assay_decision *d = &v->decisions[i];

		if (d->id == 0)
			continue;
		assay_say_decision("decision", d);
		if (i != ASSAY_DECISION_OF_METADATA && d->subject != NULL && strcmp(d->subject, row->key) != 0)
			assay_say("          on %s, where it was found\n", d->subject);
		assay_say_decision_end(v->ended[i], d, i == ASSAY_DECISION_OF_VERDICT ? v->answers_for : NULL);
	}
	assay_why_moved_say(&v->moved);
	if (v->ticket.id == 0)
		return;
	if (v->ticket.damaged) {
		assay_tell_damaged_ticket(&reason, &v->ticket);
		assay_say("damaged   %s\n", assay_buf_str(&reason));
		return;
	}
	assay_tell_safe(&reason, v->last_reason);
	assay_say("ticket    T%" PRIu64 " %s: %s\n", v->ticket.id, assay_ticket_state_name(v->ticket.state),
		  assay_buf_str(&reason));
}

/* No check speaks against it as it stands, and it may be kept out all the same. */
static const char *without_checks(const assay_sample_row *row, const assay_why_verdict *v)
{
	if (row->outcome != ASSAY_OUTCOME_QUARANTINED || v->ticket.id == 0 || v->ticket.damaged)
		return "every check that applies to it is passed";
	if (v->ticket.state == ASSAY_TICKET_RETRYING)
		return "every check is passed by itself; what was decided to stand in its place is still to be made";
	if (v->ticket.state == ASSAY_TICKET_NEEDS_REVIEW)
		return "every check is passed by itself; what was decided to stand in its place came to nothing";
	return "every check that applies to it is passed; people keep it out";
}

static void print_reason(const assay_sample_row *row, const assay_why_verdict *v)
{
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;

	if (row->original != NULL)
		assay_say("          the same bytes as %s, which is %s\n", row->original, v->original);
	if (row->failure != ASSAY_FAILURE_NONE) {
		assay_tell_failure(&text, row->failed_stage, row->failure, rejected_why(v));
		assay_say("rejected  %s\n", assay_buf_str(&text));
	} else if (row->outcome == ASSAY_OUTCOME_FILTERED) {
		assay_say("          filter '%s' takes it out of the dataset\n", row->failed_stage);
	} else if (row->check_count == 0 && row->original == NULL) {
		assay_say("          %s\n", without_checks(row, v));
	}
	print_failed_checks(row);
}

/* A filter may be what changed, and the store does not tell. */
static bool is_filter_unknown(const assay_sample_row *row, const assay_why_verdict *v)
{
	return (is_filtered(row->outcome) || is_filtered(row->before_outcome)) && !v->filters_known;
}

static bool is_waived(const assay_sample_row *row)
{
	return row->outcome == ASSAY_OUTCOME_WAIVED;
}

/* No change is told: what it must have been all the same. */
static const char *without_change(const assay_sample_row *row, const assay_why_verdict *v)
{
	const bool same =
	    row->before_unit == row->judged_unit && assay_digest_eq(&row->before_contracts, &row->contracts);

	if (row->decision != 0)
		return "what people decided, see above";
	if (row->before_outcome == ASSAY_OUTCOME_WAIVED && !is_waived(row))
		return "its waiver is no longer in force";
	if (row->original != NULL || row->before_outcome == ASSAY_OUTCOME_DUPLICATE)
		return "another source with the same bytes came, went or stands otherwise";
	if (is_filtered(row->outcome) || is_filtered(row->before_outcome))
		return is_filter_unknown(row, v) ? "a filter, or the metadata that it looks at"
						 : "not the filters: its metadata, or what 'fields' say of them";
	if (row->failure == ASSAY_FAILURE_METADATA)
		return "its metadata, or what 'fields' ask of them";
	if (same && v->ticket.id != 0 && !v->ticket.damaged)
		return "neither its values nor the contracts changed; its ticket, see above, says what did";
	return same ? "neither its values nor the contracts changed" : "nothing changed that matters to it";
}

static void print_before(const assay_sample_row *row, const assay_why_verdict *v)
{
	if (!row->has_before)
		return;
	assay_say("before    %s", assay_outcome_name(row->before_outcome));
	if (v->changes.count > 0)
		assay_say("; since then\n");
	else
		assay_say("; %s\n", without_change(row, v));
	assay_say_changes("          ", "", &v->changes);
}

void assay_why_verdict_say(const assay_sample_row *row, const assay_why_verdict *v)
{
	if (row->outcome == 0) {
		assay_say("verdict   none yet: the run was interrupted before it was judged\n");
		return;
	}
	assay_say("verdict   %s%s\n", assay_outcome_name(row->outcome),
		  row->missing ? ", but it is no longer part of the dataset" : "");
	print_way(row, v);
	print_reason(row, v);
	print_queue(row, v);
	print_judged("judged", &v->run, &v->contracts);
	if (v->confirmed)
		print_judged("the same", &v->later_run, &v->later_contracts);
	print_before(row, v);
}

/* ---------------------------------------------------------------- JSON */

static void json_contracts(assay_json *j, const assay_contract_set *set)
{
	assay_json_key(j, "contracts");
	assay_json_array(j);
	for (size_t i = 0; i < set->count; i++) {
		assay_json_object(j);
		assay_json_kstr(j, "id", set->items[i]->id);
		assay_json_kstr(j, "name", set->items[i]->name);
		assay_json_kstr(j, "version", set->items[i]->version);
		assay_json_kdigest(j, "digest", &set->digests[i]);
		assay_json_end(j);
	}
	assay_json_end(j);
}

static void json_standing(assay_json *j, const assay_why_verdict *v)
{
	assay_json_key(j, "the_same");
	if (!v->confirmed) {
		assay_json_null(j);
		return;
	}
	assay_json_object(j);
	assay_json_run(j, "judged", &v->later_run);
	json_contracts(j, &v->later_contracts);
	assay_json_end(j);
}

static void json_before(assay_json *j, const assay_sample_row *row, const assay_why_verdict *v)
{
	assay_json_key(j, "before");
	if (!row->has_before) {
		assay_json_null(j);
		return;
	}
	assay_json_object(j);
	assay_json_kstr(j, "outcome", assay_outcome_name(row->before_outcome));
	assay_json_kbool(j, "made_anew", row->before_unit != row->judged_unit);
	assay_json_kbool(j, "contracts_changed", !assay_digest_eq(&row->before_contracts, &row->contracts));
	assay_json_known_changes(j, "changes", &v->changes, v->changes.count > 0 || !is_filter_unknown(row, v));
	assay_json_end(j);
}

static void json_way(assay_json *j, const assay_sample_row *row)
{
	assay_json_kstr(j, "way", assay_way_name(row->way));
	assay_json_kstr(j, "remedy", row->remedy);
	assay_json_key(j, "rung");
	if (row->way == ASSAY_WAY_REMEDY)
		assay_json_uint(j, (uint64_t)row->rung + 1);
	else
		assay_json_null(j);
}

static void json_queue(assay_json *j, const assay_why_verdict *v)
{
	static const char *const slots[] = {[ASSAY_DECISION_OF_VERDICT] = "verdict",
					    [ASSAY_DECISION_OF_CONTENT] = "content",
					    [ASSAY_DECISION_OF_METADATA] = "metadata"};
	char id[24];

	assay_json_key(j, "decisions");
	assay_json_object(j);
	for (size_t i = 0; i < ASSAY_COUNT(slots); i++)
		assay_json_decision_end(j, slots[i], &v->decisions[i], v->ended[i],
					i == ASSAY_DECISION_OF_VERDICT ? v->answers_for : NULL);
	assay_json_decision_end(j, "source", &v->of_source, v->source_end, NULL);
	assay_json_decision_end(j, "found_in", &v->found_in, ASSAY_DECISION_HOLDS, NULL);
	assay_json_end(j);
	assay_json_key(j, "decisions_ended");
	assay_json_array(j);
	for (size_t i = 0; i < ASSAY_COUNT(slots); i++)
		if (assay_decision_end_is(v->ended[i]))
			assay_json_str(j, slots[i]);
	if (assay_decision_end_is(v->source_end))
		assay_json_str(j, "source");
	assay_json_end(j);
	assay_why_moved_json(j, &v->moved);
	assay_json_key(j, "ticket");
	if (v->ticket.id == 0) {
		assay_json_null(j);
		return;
	}
	(void)snprintf(id, sizeof id, "T%" PRIu64, v->ticket.id);
	assay_json_object(j);
	assay_json_kstr(j, "id", id);
	assay_json_kstr(j, "state", assay_ticket_state_name(v->ticket.state));
	assay_json_kstr(j, "damaged", v->ticket.damaged ? v->ticket.message : NULL);
	assay_json_kstr(j, "reason", v->last_reason);
	assay_json_checks(j, "checks", v->ticket.checks, v->ticket.check_count);
	assay_json_end(j);
}

void assay_why_verdict_json(assay_json *j, const assay_sample_row *row, const assay_why_verdict *v)
{
	assay_json_kstr(j, "outcome", assay_outcome_name(row->outcome));
	assay_json_kbool(j, "missing", row->missing);
	assay_json_run(j, "judged", &v->run);
	assay_json_kstr(j, "duplicate_of", row->original);
	assay_json_kstr(j, "original_stands", v->original);
	assay_json_failure(j, "failure", row->failure != ASSAY_FAILURE_NONE ? row->failed_stage : NULL, row->failure,
			   rejected_why(v));
	assay_json_kstr(j, "filter", row->outcome == ASSAY_OUTCOME_FILTERED ? row->failed_stage : NULL);
	assay_json_checks(j, "checks", row->checks, row->check_count);
	json_way(j, row);
	json_queue(j, v);
	json_contracts(j, &v->contracts);
	json_standing(j, v);
	json_before(j, row, v);
}
