#include "queue_attempts.h"

#include "tell_decision.h"

#include <inttypes.h>
#include <string.h>

void assay_tell_way(assay_buf *out, assay_sample_way way, const char *remedy, uint32_t rung)
{
	switch (way) {
	case ASSAY_WAY_PLAIN:
		assay_buf_puts(out, "as the pipeline makes it");
		break;
	case ASSAY_WAY_REMEDY:
		assay_tell_safe(out, remedy);
		assay_buf_printf(out, ", rung %" PRIu32, rung + 1);
		break;
	case ASSAY_WAY_CORRECTED:
		assay_buf_puts(out, "the correction");
		break;
	case ASSAY_WAY_REPLACED:
		assay_buf_puts(out, "the other file");
		break;
	}
}

/* Of a file in the place of all of a source it is only asked whether that can be read. */
static bool is_only_read(const assay_ticket_attempt *a, bool is_source)
{
	return is_source && a->way == ASSAY_WAY_REPLACED && a->outcome == ASSAY_ATTEMPT_PASSED;
}

static const char *note_of(const assay_ticket_attempt *a, bool is_source)
{
	return a->note == NULL && is_only_read(a, is_source) ? "each of its samples is judged for itself" : a->note;
}

void assay_tell_attempt(assay_buf *out, const assay_ticket_attempt *a, bool is_source, bool current)
{
	const char *const note = note_of(a, is_source);
	const char *const words[] = {
	    [ASSAY_ATTEMPT_WANTED] = "not made yet",
	    [ASSAY_ATTEMPT_PASSED] = "passes",
	    [ASSAY_ATTEMPT_FAILED] = "the work failed",
	    [ASSAY_ATTEMPT_REJECTED] = "there is nothing in it to judge",
	    [ASSAY_ATTEMPT_LOST] = "would lose content",
	    [ASSAY_ATTEMPT_UNDONE] = current ? "not finished: the next run tries it again" : "not finished",
	};

	assay_tell_way(out, a->way, a->remedy, a->rung);
	assay_buf_puts(out, ": ");
	if (a->outcome == ASSAY_ATTEMPT_CHECKS)
		assay_buf_printf(out, "fails %" PRIu32 " check%s", a->failed_checks, a->failed_checks == 1 ? "" : "s");
	else
		assay_buf_puts(out, is_only_read(a, is_source) ? "can be read" : words[a->outcome]);
	if (a->chosen)
		assay_buf_puts(out, "; taken");
	if (note == NULL)
		return;
	assay_buf_puts(out, ": ");
	assay_tell_safe(out, note);
}

/* What it changes in the recipe that failed. */
static assay_code changes_of(assay_changes *out, assay_store *s, const assay_ticket_attempt *a,
			     const assay_ticket_facts *c, assay_err *err)
{
	ASSAY_CLEANUP(assay_recipe_closep) assay_recipe *now = NULL;
	assay_code rc;

	if (c->recipe == NULL || a->way != ASSAY_WAY_REMEDY || assay_digest_is_zero(&a->recipe))
		return ASSAY_OK;
	rc = assay_recipe_load(&now, s, &a->recipe, err);
	if (rc != ASSAY_OK)
		return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
	return assay_changes_recipe(out, c->recipe, now, err);
}

typedef struct teller {
	assay_store *store;
	const assay_ticket_facts *facts; /* NULL: without changes */
	assay_json *json;
	bool is_source; /* that the ticket is about */
} teller;

/* Since when it stands in the history. */
static assay_code say_since(const teller *w, const assay_ticket_tried *x, assay_err *err)
{
	assay_run_note run;
	char at[32];
	const assay_code rc = assay_run_note_of(&run, w->store, x->run, err);

	if (rc != ASSAY_OK)
		return rc;
	if (x->event == 0)
		assay_say("          before the history tells of it\n");
	else
		assay_say("          %s, event %" PRIu32 "%s%s\n", assay_tell_time(x->at_ns, at), x->event,
			  x->run != 0 ? ", run " : "", x->run != 0 ? run.name : "");
	return ASSAY_OK;
}

static assay_code say_attempt(void *ctx, const assay_ticket_tried *x, assay_err *err)
{
	const teller *w = ctx;
	const assay_ticket_attempt *a = x->attempt;
	ASSAY_AUTO_CHANGES changes = {0};
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
	assay_code rc;

	assay_tell_attempt(&text, a, w->is_source, x->current);
	rc = assay_buf_check(&text, err);
	if (rc == ASSAY_OK)
		rc = changes_of(&changes, w->store, a, w->facts, err);
	if (rc != ASSAY_OK)
		return rc;
	assay_say("%-9s %s\n", x->current ? "attempt" : "earlier", assay_buf_str(&text));
	rc = x->current ? ASSAY_OK : say_since(w, x, err);
	assay_say_changes("          ", "", &changes);
	return rc;
}

assay_code assay_say_attempts(assay_store *s, const assay_ticket *t, const assay_ticket_facts *c, assay_err *err)
{
	teller w = {.store = s, .facts = c, .is_source = t->is_source};

	return assay_ticket_tried_each(s, t, say_attempt, &w, err);
}

/* Null where no event tells of it yet, or it was judged so before. */
static assay_code json_since(const teller *w, const assay_ticket_tried *x, assay_err *err)
{
	assay_run_note run;
	const assay_code rc = assay_run_note_of(&run, w->store, x->run, err);

	assay_json_key(w->json, "judged");
	if (rc != ASSAY_OK || x->event == 0) {
		assay_json_null(w->json);
		return rc;
	}
	assay_json_object(w->json);
	assay_json_kuint(w->json, "event", x->event);
	assay_json_kstr(w->json, "run", assay_run_name(&run));
	assay_json_ktime(w->json, "at", x->at_ns);
	assay_json_end(w->json);
	return ASSAY_OK;
}

static assay_code json_attempt(void *ctx, const assay_ticket_tried *x, assay_err *err)
{
	const teller *w = ctx;
	const assay_ticket_attempt *a = x->attempt;
	assay_json *j = w->json;
	ASSAY_AUTO_CHANGES changes = {0};
	ASSAY_AUTO_UNIT u = {0};
	assay_code rc = ASSAY_OK;

	if (a->unit != 0)
		rc = assay_unit_get(w->store, a->unit, &u, err);
	if (rc == ASSAY_OK && w->facts != NULL)
		rc = changes_of(&changes, w->store, a, w->facts, err);
	if (rc != ASSAY_OK)
		return rc;
	assay_json_object(j);
	assay_json_kbool(j, "current", x->current);
	assay_json_kstr(j, "way", assay_way_name(a->way));
	assay_json_kstr(j, "remedy", a->remedy);
	assay_json_key(j, "rung");
	if (a->way == ASSAY_WAY_REMEDY)
		assay_json_uint(j, (uint64_t)a->rung + 1);
	else
		assay_json_null(j);
	assay_json_kdigest(j, "recipe", assay_digest_is_zero(&a->recipe) ? NULL : &a->recipe);
	assay_json_kdigest(j, "work_key", a->unit != 0 ? &u.work_key : NULL);
	assay_json_kstr(j, "outcome", assay_attempt_outcome_name(a->outcome));
	assay_json_kbool(j, "chosen", a->chosen);
	assay_json_kuint(j, "failed_checks", a->failed_checks);
	assay_json_kstr(j, "note", note_of(a, w->is_source));
	rc = json_since(w, x, err);
	if (w->facts != NULL)
		assay_json_changes(j, "changes", &changes);
	assay_json_end(j);
	return rc;
}

assay_code assay_json_attempts(assay_json *j, const char *key, assay_store *s, const assay_ticket *t,
			       const assay_ticket_facts *c, assay_err *err)
{
	teller w = {.store = s, .facts = c, .json = j, .is_source = t->is_source};
	assay_code rc;

	assay_json_key(j, key);
	assay_json_array(j);
	rc = assay_ticket_tried_each(s, t, json_attempt, &w, err);
	assay_json_end(j);
	return rc;
}
