#include "repair.h"

#include "assay/memory.h"
#include "assay/sample.h"

#include "sample_part.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void assay_repair_open(assay_repair *r, const assay_session *s, assay_known_recipes *known)
{
	*r = (assay_repair){.session = s, .known = known};
}

void assay_repair_release(assay_repair *r)
{
	assay_arena_release(&r->units);
	*r = (assay_repair){0};
}

void assay_repair_begin(assay_repair *r)
{
	r->spans = false;
	if (r->count == 0)
		return;
	r->count = 0;
	assay_arena_rewind(&r->units);
}

assay_code assay_repair_note(assay_repair *r, assay_try *t, assay_err *err, const char *fmt, ...)
{
	char text[512];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	t->told.note = assay_arena_strdup(&r->units, text);
	return t->told.note == NULL ? ASSAY_RAISE(err, ASSAY_ENOMEM, "attempt") : ASSAY_OK;
}

/* ---------------------------------------------------------------- which unit */

static uint32_t page_number(const assay_judged *base)
{
	return strncmp(base->part, "page=", 5) == 0 ? (uint32_t)strtoul(base->part + 5, NULL, 10) : 0;
}

/* Of a document the page that the sample is of or on. */
static assay_part page_of(const assay_judged *base)
{
	const uint32_t page = page_number(base);

	return (assay_part){.first_page = page, .last_page = page};
}

/* The page that stands in is the first of its file. What lies beside the source is by the place that it stands in. */
static assay_part page_in_place(const assay_judged *base)
{
	const char *half = strstr(base->part, "&half=");
	const uint32_t page = page_number(base), pages = base->unit->result.pages;
	assay_part part = {.first_page = 1, .last_page = 1};

	if (base->unit->sidecar_count == 0 || page == 0 || page > pages)
		return part;
	part.place = (assay_place){.page = page, .pages = pages};
	if (half != NULL && (half[6] == '1' || half[6] == '2'))
		part.place.half = (uint32_t)(half[6] - '0');
	return part;
}

/* The first samples of a source are tried on their spans alone; beside many of them the whole costs less. */
static bool may_span(assay_repair *r, const assay_judged *base)
{
	if (r->source != base->source->id) {
		r->source = base->source->id;
		r->spanned = 0;
	}
	r->spanned += !r->spans;
	r->spans = true;
	return r->spanned <= ASSAY_SPANS_MAX;
}

/* A stream's own attempt brings what is found in it along; that of a video is one at all of the file. */
static assay_part stream_of(assay_repair *r, const assay_judged *base, const assay_recipe *recipe)
{
	const assay_result_sample *s = base->sample;
	assay_part part = assay_part_of_stream(&base->unit->result, s);
	assay_part span = part;

	if (s->parent == ASSAY_NO_SAMPLE)
		return part.stream == ASSAY_PART_VIDEO ? (assay_part){0} : part;
	if (s->has_span && assay_part_bound(&span, s->start, s->end) &&
	    assay_part_is_enough(base->recipe->recipe, recipe, s->kind) && may_span(r, base))
		return span;
	return part;
}

/* What people say of a table is of its cells. */
static const char *role_of(const assay_judged *base)
{
	return base->sample->kind == ASSAY_SAMPLE_TABLE ? ASSAY_SIDECAR_TABLE : ASSAY_SIDECAR_CORRECTION;
}

static size_t gather_sidecars(assay_unit_sidecar *out, const assay_judged *base, const assay_decision *d)
{
	const bool corrects = d != NULL && d->kind == ASSAY_DECISION_CORRECT;
	const assay_unit *u = base->unit;
	const char *role = role_of(base);
	size_t n = 0;

	for (size_t i = 0; i < u->sidecar_count; i++) {
		/* Sorted by role: the correction goes where it belongs. */
		if (corrects && n == i && strcmp(u->sidecars[i].role, role) > 0)
			out[n++] = (assay_unit_sidecar){(char *)(uintptr_t)role, d->payload};
		out[n++] = u->sidecars[i];
	}
	if (corrects && n == u->sidecar_count)
		out[n++] = (assay_unit_sidecar){(char *)(uintptr_t)role, d->payload};
	return n;
}

static assay_code make_key(assay_try *t, const assay_judged *base, const assay_decision *d, const assay_digest *recipe,
			   const assay_part *about, assay_err *err)
{
	ASSAY_AUTO_FREE assay_unit_sidecar *sidecars = assay_alloc(base->unit->sidecar_count + 1, sizeof *sidecars);
	const bool replaced = d != NULL && d->kind == ASSAY_DECISION_REPLACE;
	const assay_stand_in *whole = base->whole;
	char part[ASSAY_PART_TEXT];
	assay_unit_key key = {.source = replaced        ? d->payload
					: whole != NULL ? base->bytes
							: base->source->digest,
			      .part = part,
			      .recipe = *recipe};

	if (sidecars == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "attempt");
	t->wanted.part = *about;
	assay_part_text(part, about);
	t->wanted.file = replaced ? d->id : whole != NULL ? whole->file : 0;
	key.sidecars = sidecars;
	key.sidecar_count = gather_sidecars(sidecars, base, d);
	t->of = (assay_judged){.source = base->source, .part = base->part, .bytes = key.source, .whole = whole};
	t->told.recipe = *recipe;
	t->wanted.source = base->source->id;
	return assay_work_key(&t->wanted.work_key, &key, err);
}

/* ---------------------------------------------------------------- what came of it */

static int compare_undone(const void *key, const void *item)
{
	return assay_digest_cmp(key, &((const assay_undone *)item)->work_key);
}

assay_code assay_repair_undone(assay_repair *r, assay_try *t, const assay_digest *work_key, bool *undone,
			       assay_err *err)
{
	const assay_undone *u = r->undone_count > 0
				    ? bsearch(work_key, r->undone, r->undone_count, sizeof *r->undone, compare_undone)
				    : NULL;

	*undone = u != NULL;
	if (u == NULL)
		return ASSAY_OK;
	t->told.outcome = ASSAY_ATTEMPT_UNDONE;
	return assay_repair_note(r, t, err, "%s", u->why);
}

static const assay_result_sample *sample_there(const assay_unit *u, const char *part)
{
	for (uint32_t i = 0; i < u->result.sample_count; i++)
		if (strcmp(u->result.samples[i].part, part) == 0)
			return &u->result.samples[i];
	return NULL;
}

/*
 * The name that the sample has in the attempt's result. A file in the place of a half of a spread is that page alone, or
 * another picture of the spread.
 */
static assay_code part_there(char out[ASSAY_PART_TEXT], const char **part, const assay_try *t, const assay_unit *u,
			     assay_err *err)
{
	const char *half = strstr(t->of.part, "&half=");
	int n;

	*part = t->of.part;
	if (t->told.way != ASSAY_WAY_REPLACED || t->wanted.part.first_page == 0)
		return ASSAY_OK;
	n = snprintf(out, ASSAY_PART_TEXT, "page=%" PRIu32, t->wanted.part.first_page);
	if (n > 0 && half != NULL && sample_there(u, out) == NULL)
		n = snprintf(out, ASSAY_PART_TEXT, "page=%" PRIu32 "%s", t->wanted.part.first_page, half);
	if (n < 0 || n >= ASSAY_PART_TEXT)
		return ASSAY_RAISE(err, ASSAY_EINVAL, "part");
	*part = out;
	return ASSAY_OK;
}

/* What was found in a stream lies beside its neighbours, which stay as they are: one of another span, though it begins
 * at the same time, would overlap them or leave something out. */
static bool has_same_span(const assay_result_sample *plain, const assay_result_sample *now)
{
	if (plain->parent == ASSAY_NO_SAMPLE || !plain->has_span)
		return true;
	return now->has_span && assay_time_cmp(plain->start, now->start) == 0 &&
	       assay_time_cmp(plain->end, now->end) == 0;
}

static assay_code note_span(assay_repair *r, assay_try *t, const assay_result_sample *plain, assay_err *err)
{
	const assay_result_sample *now = t->of.sample;
	char a[ASSAY_DECIMAL_TEXT], b[ASSAY_DECIMAL_TEXT];

	if (!now->has_span)
		return assay_repair_note(r, t, err, "it gives another span: none");
	return assay_repair_note(
	    r, t, err, "it gives another span: %s s long, %s s without the remedy",
	    assay_decimal_format((assay_decimal){assay_time_diff(now->end, now->start, 3), 3}, a),
	    assay_decimal_format((assay_decimal){assay_time_diff(plain->end, plain->start, 3), 3}, b));
}

static assay_code find_sample(assay_repair *r, assay_try *t, const assay_unit *u, const assay_judged *base,
			      assay_err *err)
{
	char room[ASSAY_PART_TEXT];
	const assay_result_sample *s;
	const char *part;
	assay_code rc = part_there(room, &part, t, u, err);

	if (rc != ASSAY_OK)
		return rc;
	s = sample_there(u, part);
	if (s != NULL) {
		t->of.position = (uint32_t)(s - u->result.samples);
		t->of.sample = s;
		if (s->rejected == ASSAY_FAILURE_NONE && has_same_span(base->sample, s))
			return ASSAY_OK;
	}
	t->told.outcome = ASSAY_ATTEMPT_REJECTED;
	if (s == NULL)
		return assay_repair_note(r, t, err, "it gives no sample '%s'", part);
	if (s->rejected == ASSAY_FAILURE_NONE)
		return note_span(r, t, base->sample, err);
	return assay_repair_note(r, t, err, "%s: %s", assay_failure_name(s->rejected),
				 s->rejected_why != NULL ? s->rejected_why : "");
}

assay_code assay_repair_failed(assay_repair *r, assay_try *t, const assay_unit *u, const assay_known_recipe *recipe,
			       assay_err *err)
{
	t->told.outcome = ASSAY_ATTEMPT_FAILED;
	return assay_repair_note(r, t, err, "%s: %s: %s", assay_known_step(recipe, u->result.failed_step),
				 assay_failure_name(u->result.failure),
				 u->result.message != NULL ? u->result.message : "");
}

static assay_code look_up(assay_repair *r, assay_try *t, const assay_judged *base, assay_err *err)
{
	assay_store *store = r->session->store;
	assay_unit *u;
	bool undone;
	assay_code rc = assay_unit_find(store, &t->wanted.work_key, &t->told.unit, err);

	if (rc == ASSAY_ENOENT) {
		t->told.unit = 0;
		t->told.outcome = ASSAY_ATTEMPT_WANTED;
		return assay_repair_undone(r, t, &t->wanted.work_key, &undone, err);
	}
	if (rc != ASSAY_OK)
		return rc;
	u = assay_arena_alloc(&r->units, 1, sizeof *u);
	if (u == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "attempt");
	ASSAY_TRY(assay_unit_get_in(store, t->told.unit, &r->units, u, err));
	ASSAY_TRY(assay_recipe_know(r->known, store, &r->session->config->vocabulary, &u->recipe, &t->of.recipe, err));
	t->of.unit = u;
	if (u->result.failure == ASSAY_FAILURE_NONE)
		return find_sample(r, t, u, base, err);
	rc = assay_repair_failed(r, t, u, t->of.recipe, err);
fail:
	return rc;
}

assay_try *assay_repair_next(assay_repair *r)
{
	assay_try *t = r->count < ASSAY_TRIES_MAX ? &r->tries[r->count++] : NULL;

	if (t != NULL)
		*t = (assay_try){.wanted = {.rung = ASSAY_NO_RUNG}};
	return t;
}

bool assay_repair_wants(const assay_repair *r)
{
	bool wants = false;

	for (size_t i = 0; i < r->count && !wants; i++)
		wants = r->tries[i].told.outcome == ASSAY_ATTEMPT_WANTED;
	return wants;
}

bool assay_repair_may_begin(const assay_repair *r)
{
	return r->count < ASSAY_CONFIG_TRIES_ENOUGH;
}

assay_code assay_repair_note_left(assay_repair *r, const assay_config_remedy *left, assay_err *err)
{
	assay_try *last = &r->tries[r->count - 1];
	const char *said = last->told.note;

	return assay_repair_note(r, last, err, "%s%sremedy %s was not begun: %d attempts are enough",
				 said != NULL ? said : "", said != NULL ? "; " : "", left->name,
				 ASSAY_CONFIG_TRIES_ENOUGH);
}

assay_code assay_repair_decided(assay_repair *r, const assay_judged *base, const assay_decision *d, assay_try **out,
				assay_err *err)
{
	const bool replaced = d->kind == ASSAY_DECISION_REPLACE;
	assay_part part = {0};
	assay_try *t;
	assay_code rc;

	*out = NULL;
	/* What a document's page has on it, and what is cut out of a stream, goes with the whole. */
	if (replaced && base->sample->parent != ASSAY_NO_SAMPLE)
		return ASSAY_OK;
	/* A page that another file gives has tables of its own: nobody said of these what their cells are. */
	if (base->sample->kind == ASSAY_SAMPLE_TABLE && base->whole != NULL && base->whole->other_page)
		return ASSAY_OK;
	t = assay_repair_next(r);
	t->told.way = d->kind == ASSAY_DECISION_CORRECT ? ASSAY_WAY_CORRECTED : ASSAY_WAY_REPLACED;
	t->wanted.text = d->kind == ASSAY_DECISION_CORRECT ? d->id : 0;
	t->wanted.table = base->sample->kind == ASSAY_SAMPLE_TABLE;
	t->wanted.rung = base->whole != NULL ? base->whole->chain : ASSAY_NO_RUNG;
	if (base->source->modality == ASSAY_MODALITY_PAGE)
		part = replaced ? page_in_place(base) : page_of(base);
	rc = make_key(t, base, d, &base->unit->recipe, &part, err);
	if (rc == ASSAY_OK)
		rc = look_up(r, t, base, err);
	*out = t;
	return rc;
}

assay_code assay_repair_rung(assay_repair *r, const assay_judged *base, const assay_config_remedy *remedy, size_t rung,
			     assay_try **out, assay_err *err)
{
	const assay_session_rung *s = assay_session_rung_of(r->session, remedy, rung, base->source->modality);
	assay_part part;
	assay_try *t;
	assay_code rc;

	*out = NULL;
	/* What a file in place of the source holds is not tried in other ways. */
	if (s == NULL || !assay_digest_eq(&base->bytes, &base->source->digest))
		return ASSAY_OK;
	part = base->source->modality == ASSAY_MODALITY_PAGE ? page_of(base) : stream_of(r, base, s->recipe);
	t = assay_repair_next(r);
	if (t == NULL)
		return ASSAY_RAISE(err, ASSAY_EINVAL, "remedy '%s' was begun too late", remedy->name);
	t->remedy = remedy;
	t->told.way = ASSAY_WAY_REMEDY;
	t->told.remedy = remedy->name;
	t->told.rung = (uint32_t)rung;
	t->wanted.rung = (uint32_t)(s - r->session->rungs);
	rc = make_key(t, base, NULL, &s->recipe->digest, &part, err);
	/* Two remedies may come to the same work, and so may a remedy and the pipeline itself. */
	for (size_t i = 0; i + 1 < r->count && rc == ASSAY_OK; i++)
		if (assay_digest_eq(&r->tries[i].wanted.work_key, &t->wanted.work_key)) {
			r->count--;
			return ASSAY_OK;
		}
	if (rc == ASSAY_OK)
		rc = look_up(r, t, base, err);
	*out = t;
	return rc;
}

/* ---------------------------------------------------------------- content that is lost */

assay_code assay_repair_lost(assay_repair *r, assay_try *t, const assay_judge_value *before,
			     const assay_judge_value *now, bool *lost, assay_err *err)
{
	const assay_vocabulary *v = &r->session->config->vocabulary;

	*lost = false;
	for (size_t i = 0; i < v->count; i++) {
		const assay_vocabulary_metric *m = &v->items[i];
		char a[ASSAY_DECIMAL_TEXT], b[ASSAY_DECIMAL_TEXT];

		if (m->recall == ASSAY_RECALL_NONE || before[i].state != ASSAY_VALUE_DEFINED)
			continue;
		if (now[i].state == ASSAY_VALUE_DEFINED && !assay_vocabulary_lost(m, before[i].units, now[i].units))
			continue;
		*lost = true;
		if (now[i].state != ASSAY_VALUE_DEFINED)
			return assay_repair_note(r, t, err, "%s is undefined, and is not without the remedy", m->name);
		return assay_repair_note(r, t, err, "%s is %s, %s without the remedy", m->name,
					 assay_decimal_format((assay_decimal){now[i].units, m->scale}, a),
					 assay_decimal_format((assay_decimal){before[i].units, m->scale}, b));
	}
	return ASSAY_OK;
}
