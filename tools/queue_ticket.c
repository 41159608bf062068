#include "queue_ticket.h"

#include "assay/memory.h"
#include "assay/registry.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void assay_ticket_facts_release(assay_ticket_facts *c)
{
	assay_unit_release(&c->unit);
	assay_recipe_close(c->recipe);
	assay_contract_set_release(&c->contracts);
	assay_decision_release(&c->decision);
	assay_ticket_columns_release(&c->columns);
	assay_sample_row_release(&c->stands);
	free(c->feedback);
}

/* The sample of a unit that a ticket is about; NULL for a source, and where the unit has none of that part. */
static const assay_result_sample *sample_of(const assay_ticket *t, const assay_unit *u)
{
	return t->is_source || u->id == 0 ? NULL : assay_unit_sample(u, t->subject);
}

static const char *kind_of(const assay_ticket *t, const assay_result_sample *x)
{
	return t->is_source ? "source" : x != NULL ? assay_sample_kind_name(x->kind) : NULL;
}

assay_code assay_ticket_path(char **out, const assay_ticket *t, assay_err *err)
{
	const char *hash = t->is_source ? NULL : strrchr(t->subject, '#');

	*out = assay_strndup(t->subject, hash != NULL ? (size_t)(hash - t->subject) : strlen(t->subject));
	return *out == NULL ? ASSAY_RAISE(err, ASSAY_ENOMEM, "path") : ASSAY_OK;
}

assay_code assay_ticket_kind(const char **out, assay_store *s, const assay_ticket *t, assay_err *err)
{
	ASSAY_AUTO_UNIT u = {0};
	const assay_code rc = t->unit != 0 ? assay_unit_get(s, t->unit, &u, err) : ASSAY_OK;

	if (rc == ASSAY_OK)
		*out = kind_of(t, sample_of(t, &u));
	return rc;
}

bool assay_ticket_page(const assay_ticket *t, uint64_t *page)
{
	/* By its key: in a file that stands in a page's place the part has another number. */
	const char *hash = t->is_source ? NULL : strrchr(t->subject, '#');
	char *end;

	if (hash == NULL || strncmp(hash + 1, "page=", 5) != 0)
		return false;
	*page = strtoull(hash + 6, &end, 10);
	return end != hash + 6 && (*end == '\0' || *end == '&');
}

bool assay_ticket_distance(const assay_ticket *t, assay_decimal *out)
{
	const assay_failed_check *worst = assay_worst_check(t->checks, t->check_count);
	bool found = false;

	*out = (assay_decimal){0};
	for (size_t i = 0; i < t->check_count; i++) {
		const assay_failed_check *k = &t->checks[i];
		assay_decimal off;

		if (!k->defined || k->severity != worst->severity)
			continue;
		off = assay_bound_distance((assay_operator)k->op, k->low, k->high, k->value);
		if (!found || assay_decimal_cmp(off, *out) > 0)
			*out = off;
		found = true;
	}
	return found;
}

const char *assay_ticket_severity(const assay_ticket *t)
{
	const assay_failed_check *worst = assay_worst_check(t->checks, t->check_count);

	if (t->failure != ASSAY_FAILURE_NONE)
		return "failed";
	return worst != NULL ? assay_severity_name((assay_severity)worst->severity) : "-";
}

void assay_tell_damaged_ticket(assay_buf *out, const assay_ticket *t)
{
	assay_buf_printf(out, "ticket T%" PRIu64, t->id);
	if (t->subject != NULL) {
		assay_buf_puts(out, " of '");
		assay_tell_safe(out, t->subject);
		assay_buf_putc(out, '\'');
	}
	assay_buf_printf(out, " cannot be read (%s)", t->message);
	if (t->subject != NULL)
		assay_buf_printf(out, "; 'assay queue retry T%" PRIu64 "' makes it anew", t->id);
	else
		assay_buf_puts(out, ", nor can whom it is about be told: 'assay check' says what else is damaged");
}

typedef struct reasons {
	bool told; /* the text is an evaluation's: judging may have said more since */
	char *text;
} reasons;

static assay_code keep_reason(void *ctx, const assay_ticket_event *e, assay_err *err)
{
	reasons *r = ctx;

	const bool told = assay_ticket_event_is_told(e);

	if (e->act || e->damaged || (r->told && !told))
		return ASSAY_OK;
	r->told = told;
	free(r->text);
	r->text = assay_strdup(e->reason);
	return r->text != NULL ? ASSAY_OK : ASSAY_RAISE(err, ASSAY_ENOMEM, "ticket");
}

assay_code assay_ticket_told(char **out, assay_store *s, const assay_ticket *t, assay_err *err)
{
	reasons r = {0};
	const assay_code rc = assay_ticket_events(s, t->id, keep_reason, &r, err);

	if (rc != ASSAY_OK) {
		free(r.text);
		r.text = NULL;
	}
	*out = r.text;
	return rc;
}

static bool stands_by_hand(const assay_ticket *t)
{
	for (size_t i = 0; i < t->attempt_count && !t->is_source; i++)
		if (t->attempts[i].chosen && t->attempts[i].way != ASSAY_WAY_REMEDY)
			return t->attempts[i].outcome != ASSAY_ATTEMPT_PASSED;
	return false;
}

assay_code assay_ticket_standing(assay_sample_row *out, assay_store *s, const assay_ticket *t, assay_err *err)
{
	assay_code rc;

	*out = (assay_sample_row){0};
	if (!stands_by_hand(t))
		return ASSAY_OK;
	rc = assay_sample_find(s, t->subject, out, err);
	if (rc == ASSAY_OK && (out->missing || out->way == ASSAY_WAY_PLAIN)) {
		assay_sample_row_release(out);
		*out = (assay_sample_row){0};
	}
	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}

assay_ticket assay_ticket_standing_as(const assay_ticket *t, const assay_sample_row *row)
{
	assay_ticket now = *t;

	if (row->id == 0)
		return now;
	now.unit = row->unit;
	now.failure = row->failure;
	now.stage = row->failed_stage;
	now.message = NULL;
	now.checks = row->checks;
	now.check_count = row->check_count;
	return now;
}

assay_code assay_ticket_now(assay_ticket *now, assay_sample_row *hold, assay_store *s, const assay_ticket *t,
			    assay_err *err)
{
	const assay_code rc = assay_ticket_standing(hold, s, t, err);

	*now = assay_ticket_standing_as(t, hold);
	return rc;
}

assay_code assay_ticket_facts_load(assay_ticket_facts *c, assay_store *s, const assay_ticket *t, assay_err *err)
{
	assay_code rc;

	ASSAY_TRY(assay_run_note_of(&c->opened, s, t->opened_run, err));
	ASSAY_TRY(assay_run_note_of(&c->changed, s, t->changed_run, err));
	if (t->unit != 0)
		ASSAY_TRY(assay_unit_get(s, t->unit, &c->unit, err));
	if (t->decision != 0)
		ASSAY_TRY(assay_decision_peek(s, t->decision, &c->decision, err));
	if (t->origin == ASSAY_TICKET_FEEDBACK)
		ASSAY_TRY(assay_ticket_told(&c->feedback, s, t, err));
	ASSAY_TRY(assay_ticket_columns_load(&c->columns, s, t, err));
	ASSAY_TRY(assay_ticket_standing(&c->stands, s, t, err));
	c->sample = sample_of(t, &c->unit);
	c->kind = kind_of(t, c->sample);
fail:
	return rc;
}

assay_code assay_ticket_facts_load_region(assay_ticket_facts *c, assay_store *s, assay_recipe **recipe, assay_err *err)
{
	assay_err lost = ASSAY_ERR_INIT;
	assay_code rc = ASSAY_OK;

	if (c->sample == NULL)
		return ASSAY_OK;
	if (*recipe != NULL && !assay_digest_eq(&(*recipe)->digest, &c->unit.recipe)) {
		assay_recipe_close(*recipe);
		*recipe = NULL;
	}
	if (*recipe == NULL)
		rc = assay_recipe_load(recipe, s, &c->unit.recipe, &lost);
	if (rc == ASSAY_ENOENT || rc == ASSAY_ECORRUPT)
		return ASSAY_OK; /* `assay check` names it; lists go on without */
	if (rc != ASSAY_OK && err != NULL)
		*err = lost;
	return rc == ASSAY_OK ? assay_view_region_of(&c->region, s, *recipe, &c->unit, c->sample, err) : rc;
}

assay_code assay_ticket_facts_load_rest(assay_ticket_facts *c, assay_store *s, const assay_ticket *t, assay_err *err)
{
	ASSAY_AUTO_FREE assay_digest *digests = assay_alloc(t->check_count, sizeof *digests);
	assay_code rc = ASSAY_OK;

	if (digests == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "contracts");
	for (size_t i = 0; i < t->check_count; i++)
		digests[i] = t->checks[i].contract;
	if (c->unit.id != 0)
		rc = assay_recipe_load(&c->recipe, s, &c->unit.recipe, err);
	if (rc == ASSAY_OK)
		rc = assay_ticket_facts_load_region(c, s, &c->recipe, err);
	return rc == ASSAY_OK ? assay_contract_set_of(&c->contracts, s, digests, t->check_count, err) : rc;
}

bool assay_ticket_has_text(const assay_ticket_facts *c)
{
	return c->kind != NULL && (strcmp(c->kind, "page") == 0 || strcmp(c->kind, "audio") == 0);
}

static bool takes(const assay_ticket_facts *c, bool table)
{
	for (size_t i = 0; c->recipe != NULL && i < c->recipe->step_count; i++) {
		const assay_stage *stage = assay_stage_find(c->recipe->steps[i].stage);

		if (stage != NULL && (table ? stage->takes_table : stage->takes_correction))
			return true;
	}
	return false;
}

bool assay_ticket_takes_text(const assay_ticket_facts *c)
{
	return takes(c, false);
}

bool assay_ticket_takes_table(const assay_ticket_facts *c)
{
	return takes(c, true);
}

/* ---------------------------------------------------------------- one ticket as JSON */

static void json_source(assay_json *j, const assay_ticket *t)
{
	const char *hash = strrchr(t->subject, '#');

	assay_json_key(j, "source");
	assay_json_strn(j, t->subject, hash != NULL ? (size_t)(hash - t->subject) : strlen(t->subject));
}

/* What is not known is null. */
static void json_pixels(assay_json *j, const char *key, bool known, const int32_t *values, size_t count)
{
	assay_json_key(j, key);
	if (!known) {
		assay_json_null(j);
		return;
	}
	assay_json_array(j);
	for (size_t i = 0; i < count; i++)
		assay_json_int(j, values[i]);
	assay_json_end(j);
}

static void json_region(assay_json *j, const assay_ticket *t, const assay_ticket_facts *c)
{
	const assay_result_sample *x = c->sample;
	uint64_t page;

	assay_json_key(j, "region");
	if (x == NULL) {
		assay_json_null(j);
		return;
	}
	assay_json_object(j);
	assay_json_key(j, "page");
	if (assay_ticket_page(t, &page))
		assay_json_uint(j, page);
	else
		assay_json_null(j);
	json_pixels(j, "size", c->region.has_size, c->region.size, ASSAY_COUNT(c->region.size));
	json_pixels(j, "box", c->region.has_box, c->region.box, ASSAY_COUNT(c->region.box));
	assay_json_span(j, "span", x);
	assay_json_end(j);
}

void assay_json_ticket(assay_json *j, const assay_ticket *t, const assay_ticket_facts *c)
{
	const assay_ticket now = assay_ticket_standing_as(t, &c->stands);
	assay_decimal distance;
	char id[24];

	(void)snprintf(id, sizeof id, "T%" PRIu64, t->id);
	assay_json_kstr(j, "id", id);
	assay_json_kstr(j, "subject", t->subject);
	assay_json_kstr(j, "kind", c->kind);
	json_source(j, t);
	assay_json_kstr(j, "state", assay_ticket_state_name(t->state));
	assay_json_kstr(j, "origin", assay_ticket_origin_name(t->origin));
	json_region(j, t, c);
	assay_json_kstr(j, "lane", c->lane);
	assay_json_kstr(j, "feedback", c->feedback);
	assay_json_failure(j, "failure", t->stage, t->failure, t->message);
	assay_json_checks(j, "checks", t->checks, t->check_count);
	assay_json_ticket_columns(j, &c->columns, t);
	assay_json_checks(j, "standing_checks", c->stands.checks, c->stands.check_count);
	assay_json_key(j, "distance");
	if (assay_ticket_distance(&now, &distance))
		assay_json_decimal(j, distance);
	else
		assay_json_null(j);
	assay_json_kdigest(j, "work_key", c->unit.id != 0 ? &c->unit.work_key : NULL);
	assay_json_kdigest(j, "recipe", c->unit.id != 0 ? &c->unit.recipe : NULL);
	assay_json_kstr(j, "part", c->unit.id != 0 ? c->unit.part : NULL);
	assay_json_decision(j, "decision", &c->decision);
	assay_json_key(j, "opened");
	assay_json_object(j);
	assay_json_kstr(j, "run", assay_run_name(&c->opened));
	assay_json_ktime(j, "at", t->opened_ns);
	assay_json_end(j);
	assay_json_key(j, "changed");
	assay_json_object(j);
	assay_json_kstr(j, "run", assay_run_name(&c->changed));
	assay_json_ktime(j, "at", t->changed_ns);
	assay_json_end(j);
	assay_json_kuint(j, "events", t->events);
}
