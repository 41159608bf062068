#include "source_treat.h"

#include "assay/memory.h"

#include "decided_elsewhere.h"
#include "treat.h"

#include <stdlib.h>
#include <string.h>

void assay_source_treatment_release(assay_source_treatment *t)
{
	assay_arena_release(&t->arena);
	assay_arena_release(&t->notes);
	free(t->wanted);
	*t = (assay_source_treatment){0};
}

const assay_unit *assay_source_failed(const assay_unit *plain, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (plain[i].result.failure != ASSAY_FAILURE_NONE)
			return &plain[i];
	return NULL;
}

/* ---------------------------------------------------------------- one way to make all of it */

typedef struct making {
	assay_source_treatment *t;
	assay_judging *j;
	const assay_source *src;
	const assay_unit *plain;  /* its first unit: what every attempt reads beside the bytes */
	const assay_unit *failed; /* NULL: none */
	const char *stage;        /* that it failed in */
} making;

static uint32_t part_count(const assay_source *src, const assay_unit *first)
{
	if (src->modality != ASSAY_MODALITY_PAGE || first->result.pages == 0)
		return 1;
	return (first->result.pages + ASSAY_UNIT_PAGES - 1) / ASSAY_UNIT_PAGES;
}

/* *id is 0 when it was not made; *w is what would be. */
static assay_code find_part(const making *m, const assay_try *y, uint32_t at, assay_wanted *w, uint64_t *id,
			    assay_err *err)
{
	char part[ASSAY_PART_TEXT];
	const assay_unit_key key = {y->of.bytes, part, m->plain->sidecars, m->plain->sidecar_count, y->told.recipe};
	assay_code rc;

	*w = y->wanted;
	*id = 0;
	if (m->src->modality == ASSAY_MODALITY_PAGE) {
		w->part.first_page = at * ASSAY_UNIT_PAGES + 1;
		w->part.last_page = (at + 1) * ASSAY_UNIT_PAGES;
	}
	assay_part_text(part, &w->part);
	rc = assay_work_key(&w->work_key, &key, err);
	if (rc == ASSAY_OK)
		rc = assay_unit_find(m->j->session->store, &w->work_key, id, err);
	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}

static assay_code want(assay_source_treatment *t, const assay_wanted *w, assay_err *err)
{
	const assay_code rc = assay_grow(&t->wanted, &t->wanted_cap, t->wanted_count, sizeof *t->wanted, err);

	if (rc == ASSAY_OK)
		t->wanted[t->wanted_count++] = *w;
	return rc;
}

/* One part: its unit is read, or the try is marked by what is in the way. */
static assay_code take_part(const making *m, assay_try *y, uint32_t at, assay_unit *out, assay_err *err)
{
	assay_repair *r = &m->j->repair;
	assay_wanted w;
	uint64_t id;
	bool undone;
	assay_code rc = find_part(m, y, at, &w, &id, err);

	if (rc != ASSAY_OK)
		return rc;
	if (id == 0) {
		rc = assay_repair_undone(r, y, &w.work_key, &undone, err);
		if (rc != ASSAY_OK || undone)
			return rc;
		y->told.outcome = ASSAY_ATTEMPT_WANTED;
		return want(m->t, &w, err);
	}
	rc = assay_unit_get_in(m->j->session->store, id, &m->t->arena, out, err);
	if (rc == ASSAY_OK && at == 0)
		y->told.unit = id;
	return rc == ASSAY_OK && out->result.failure != ASSAY_FAILURE_NONE
		   ? assay_repair_failed(r, y, out, y->of.recipe, err)
		   : rc;
}

/* What failed or takes too long is not made further; of what is only missing all is asked for at once. */
static bool is_over(const assay_try *y)
{
	return y->told.outcome == ASSAY_ATTEMPT_FAILED || y->told.outcome == ASSAY_ATTEMPT_UNDONE;
}

static assay_unit *make_room(const making *m, uint32_t parts, assay_err *err)
{
	assay_unit *units = assay_arena_alloc(&m->t->arena, parts, sizeof *units);

	if (units == NULL)
		(void)ASSAY_RAISE(err, ASSAY_ENOMEM, "units of '%s'", m->src->path);
	return units;
}

/* All units of the try. y->told.outcome is 0 when they are there. */
static assay_code take_units(const making *m, assay_try *y, const assay_unit **units, size_t *count, assay_err *err)
{
	assay_source_treatment *t = m->t;
	const size_t wanted = t->wanted_count;
	assay_unit *all;
	uint32_t parts = 1;
	assay_code rc;

	assay_arena_rewind(&t->arena);
	all = make_room(m, parts, err);
	if (all == NULL)
		return ASSAY_ENOMEM;
	rc = assay_recipe_know(m->j->repair.known, m->j->session->store, &m->j->session->config->vocabulary,
			       &y->told.recipe, &y->of.recipe, err);
	if (rc == ASSAY_OK)
		rc = take_part(m, y, 0, &all[0], err);
	if (rc == ASSAY_OK && y->told.outcome == 0) {
		const assay_unit first = all[0];

		parts = part_count(m->src, &first);
		all = make_room(m, parts, err);
		if (all == NULL)
			return ASSAY_ENOMEM;
		all[0] = first;
	}
	for (uint32_t i = 1; i < parts && rc == ASSAY_OK && !is_over(y); i++)
		rc = take_part(m, y, i, &all[i], err);
	if (is_over(y))
		t->wanted_count = wanted;
	if (y->told.outcome == ASSAY_ATTEMPT_WANTED)
		y->told.unit = 0; /* one that is half made is not made */
	*units = y->told.outcome == 0 ? all : NULL;
	*count = parts;
	return rc;
}

/* ---------------------------------------------------------------- do its samples pass? */

static bool is_filtered(const making *m, assay_sample_kind kind)
{
	const assay_source *src = m->src;
	const assay_config *c = m->j->session->config;
	const assay_metadata_view v = {(const char *const *)src->metadata_keys,
				       (const char *const *)src->metadata_values, src->metadata_count};

	return assay_filters_hit(&c->filters, &c->fields, src->modality, kind, &v) != NULL;
}

static assay_code weigh_sample(const making *m, assay_try *y, const assay_unit *u, uint32_t at, assay_err *err)
{
	assay_code rc;

	y->of.unit = u;
	y->of.position = at;
	y->of.sample = &u->result.samples[at];
	y->of.part = y->of.sample->part;
	if (is_filtered(m, y->of.sample->kind))
		return ASSAY_OK;
	rc = assay_try_weigh(m->j, y, NULL, err);
	if (rc != ASSAY_OK || y->told.outcome == ASSAY_ATTEMPT_PASSED)
		return rc;
	return assay_repair_note(&m->j->repair, y, err, "%s: %s", y->of.part,
				 y->told.note != NULL                 ? y->told.note
				 : y->of.sample->rejected_why != NULL ? y->of.sample->rejected_why
								      : "it does not pass");
}

/* The first sample that does not pass is what is told of. */
static assay_code weigh_all(const making *m, assay_try *y, const assay_unit *units, size_t count, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	y->told.outcome = ASSAY_ATTEMPT_PASSED;
	for (size_t i = 0; i < count; i++)
		for (uint32_t k = 0; k < units[i].result.sample_count; k++) {
			rc = weigh_sample(m, y, &units[i], k, err);
			if (rc != ASSAY_OK || y->told.outcome != ASSAY_ATTEMPT_PASSED)
				return rc;
		}
	return rc;
}

static void stand(const making *m, assay_try *y, const assay_unit *units, size_t count)
{
	assay_source_treatment *t = m->t;

	y->told.chosen = true;
	t->whole = (assay_stand_in){.way = y->told.way,
				    .remedy = y->told.remedy,
				    .rung = y->told.rung,
				    .chain = y->wanted.rung,
				    .file = y->wanted.file,
				    .decision = y->wanted.file,
				    .plain_unit = m->failed != NULL ? m->failed->id : m->plain->id};
	t->units = units;
	t->unit_count = count;
	t->recipe = y->of.recipe;
	t->bytes = t->stands = y->of.bytes;
}

static void note_unsettled(assay_source_treatment *t, const assay_try *y)
{
	t->unsettled |= y->told.outcome == ASSAY_ATTEMPT_WANTED || y->told.outcome == ASSAY_ATTEMPT_UNDONE;
}

static bool is_waiting(const assay_source_treatment *t)
{
	return t->wanted_count > 0;
}

/* ---------------------------------------------------------------- another file */

/* Its samples are judged one by one, as those of any source are. */
static assay_code take_file(const making *m, const assay_decision *d, assay_err *err)
{
	assay_source_treatment *t = m->t;
	assay_try *y = assay_repair_next(&m->j->repair);
	const assay_unit *units;
	size_t count;
	assay_code rc;

	y->told.way = ASSAY_WAY_REPLACED;
	y->told.recipe = m->src->recipe;
	y->of = (assay_judged){.source = m->src, .bytes = d->payload};
	y->wanted.source = m->src->id;
	y->wanted.file = d->id;
	rc = take_units(m, y, &units, &count, err);
	if (rc != ASSAY_OK)
		return rc;
	note_unsettled(t, y);
	if (y->told.outcome == 0) {
		y->told.outcome = ASSAY_ATTEMPT_PASSED;
		stand(m, y, units, count);
		t->state = ASSAY_TICKET_REPLACED;
	} else if (m->failed != NULL) {
		t->state = is_over(y) && y->told.outcome == ASSAY_ATTEMPT_FAILED ? ASSAY_TICKET_NEEDS_REVIEW
										 : ASSAY_TICKET_RETRYING;
	} else {
		return ASSAY_OK; /* the source stands by itself meanwhile */
	}
	assay_decided_enforce(&m->j->session->decided, d);
	t->decision = d;
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- remedies */

static bool was_tried(const assay_repair *r, const assay_digest *recipe)
{
	for (size_t i = 0; i + 1 < r->count; i++)
		if (assay_digest_eq(&r->tries[i].told.recipe, recipe))
			return true;
	return false;
}

static assay_code try_rung(const making *m, const assay_config_remedy *r, size_t rung, assay_err *err)
{
	assay_repair *tries = &m->j->repair;
	const assay_session_rung *s = assay_session_rung_of(m->j->session, r, rung, m->src->modality);
	assay_try *y = s != NULL ? assay_repair_next(tries) : NULL;
	const assay_unit *units;
	size_t count;
	assay_code rc;

	if (y == NULL)
		return ASSAY_OK;
	y->remedy = r;
	y->told.way = ASSAY_WAY_REMEDY;
	y->told.remedy = r->name;
	y->told.rung = (uint32_t)rung;
	y->told.recipe = s->recipe->digest;
	y->of = (assay_judged){.source = m->src, .bytes = m->src->digest};
	y->wanted.source = m->src->id;
	y->wanted.rung = (uint32_t)(s - m->j->session->rungs);
	if (was_tried(tries, &y->told.recipe) || assay_digest_eq(&y->told.recipe, &m->src->recipe)) {
		tries->count--;
		return ASSAY_OK;
	}
	rc = take_units(m, y, &units, &count, err);
	if (rc == ASSAY_OK && y->told.outcome == 0)
		rc = weigh_all(m, y, units, count, err);
	if (rc != ASSAY_OK)
		return rc;
	note_unsettled(m->t, y);
	if (y->told.outcome == ASSAY_ATTEMPT_PASSED)
		stand(m, y, units, count);
	return ASSAY_OK;
}

static assay_code climb(const making *m, const assay_config_remedy *r, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	if (m->t->units != NULL || is_waiting(m->t))
		return ASSAY_OK;
	if (!assay_repair_may_begin(&m->j->repair)) {
		if (m->t->left == NULL && assay_session_rung_of(m->j->session, r, 0, m->src->modality) != NULL)
			m->t->left = r;
		return ASSAY_OK;
	}
	for (size_t i = 0; i < r->rung_count && rc == ASSAY_OK && m->t->units == NULL && !is_waiting(m->t); i++)
		rc = try_rung(m, r, i, err);
	return rc;
}

/* A remedy that a person named, while the failure is the one that it was named for. */
static assay_code climb_named(const making *m, const assay_decision *d, assay_err *err)
{
	const assay_config_remedy *r = assay_config_remedy_find(m->j->session->config, d->remedy);
	assay_digest basis;
	assay_code rc =
	    assay_decision_basis(&basis, &m->failed->work_key, m->failed->result.failure, m->stage, NULL, 0, err);

	if (rc != ASSAY_OK || !assay_digest_eq(&basis, &d->basis))
		return rc;
	assay_decided_enforce(&m->j->session->decided, d);
	m->t->decision = d;
	return r != NULL ? climb(m, r, err) : ASSAY_OK;
}

static assay_code climb_all(const making *m, const assay_decision *content, assay_err *err)
{
	const assay_config *c = m->j->session->config;
	const uint64_t failure = (uint64_t)1 << m->failed->result.failure;
	assay_source_treatment *t = m->t;
	assay_code rc = ASSAY_OK;

	if (content != NULL && content->kind == ASSAY_DECISION_REMEDY)
		rc = climb_named(m, content, err);
	for (size_t i = 0; i < c->remedy_count && rc == ASSAY_OK; i++)
		if ((c->remedies[i].failures & failure) != 0)
			rc = climb(m, &c->remedies[i], err);
	if (rc == ASSAY_OK && t->left != NULL)
		rc = assay_repair_note_left(&m->j->repair, t->left, err);
	t->state = t->units != NULL         ? ASSAY_TICKET_REPAIRED
		   : is_waiting(t)          ? ASSAY_TICKET_RETRYING
		   : m->j->repair.count > 0 ? ASSAY_TICKET_NEEDS_REVIEW
					    : ASSAY_TICKET_OPEN;
	return rc;
}

/* ---------------------------------------------------------------- the whole */

assay_code assay_source_rejected(const assay_decision **out, assay_session *s, const char *path,
				 const assay_digest *work_key, assay_failure failure, const char *stage, assay_err *err)
{
	const assay_decision *d =
	    s->decided.count > 0 ? assay_decided_find(&s->decided, path, ASSAY_DECISION_OF_VERDICT) : NULL;
	assay_digest basis;
	assay_code rc;

	*out = NULL;
	if (d == NULL || !d->is_source || d->kind != ASSAY_DECISION_REJECT)
		return ASSAY_OK;
	rc = assay_decision_basis(&basis, work_key, failure, stage, NULL, 0, err);
	if (rc != ASSAY_OK || !assay_digest_eq(&basis, &d->basis))
		return rc;
	assay_decided_enforce(&s->decided, d);
	*out = d;
	return ASSAY_OK;
}

/* The samples that are judged next have tries of their own. */
static assay_code keep_tries(assay_source_treatment *t, const assay_repair *r, assay_err *err)
{
	for (t->tried_count = 0; t->tried_count < r->count; t->tried_count++) {
		assay_ticket_attempt *a = &t->tried[t->tried_count];

		*a = r->tries[t->tried_count].told;
		if (a->note == NULL)
			continue;
		a->note = assay_arena_strdup(&t->notes, a->note);
		if (a->note == NULL)
			return ASSAY_RAISE(err, ASSAY_ENOMEM, "attempt");
	}
	return ASSAY_OK;
}

static void begin(assay_source_treatment *t, assay_judging *j, const assay_source *src)
{
	t->stands = src->digest;
	t->page = NULL;
	t->page_file = NULL;
	if (t->tried_count > 0)
		assay_arena_rewind(&t->notes);
	t->tried_count = 0;
	t->whole = (assay_stand_in){.chain = ASSAY_NO_RUNG};
	t->units = NULL;
	t->unit_count = t->wanted_count = 0;
	t->state = 0;
	t->decision = NULL;
	t->left = NULL;
	t->unsettled = false;
	assay_repair_begin(&j->repair);
}

static void give_up_by(assay_source_treatment *t, const assay_decision *d)
{
	t->state = ASSAY_TICKET_REJECTED;
	t->decision = d;
	t->wanted_count = 0;
}

/* @param work_key  of the work that was decided upon */
static assay_code give_up(const making *m, const assay_digest *work_key, assay_err *err)
{
	const assay_decision *d;
	const assay_code rc =
	    assay_source_rejected(&d, m->j->session, m->src->path, work_key, m->failed->result.failure, m->stage, err);

	if (rc == ASSAY_OK && d != NULL)
		give_up_by(m->t, d);
	return rc;
}

/* A rejection of what stands by a file, or is to, is of that file too: the next one is tried again. */
static assay_code treat_replaced(const making *m, const assay_decision *file, assay_err *err)
{
	assay_digest work_key;
	assay_code rc = ASSAY_OK;

	if (m->failed != NULL) {
		rc = assay_unit_work_on(&work_key, m->failed, &file->payload, err);
		if (rc == ASSAY_OK)
			rc = give_up(m, &work_key, err);
	}
	if (rc != ASSAY_OK || m->t->state != ASSAY_TICKET_REJECTED)
		return rc == ASSAY_OK ? take_file(m, file, err) : rc;
	assay_decided_enforce(&m->j->session->decided, file);
	return ASSAY_OK;
}

/* What was decided on a copy of it: a remedy is in *content then. */
static assay_code follow_copy(const making *m, const assay_decision **content, assay_err *err)
{
	assay_session *s = m->j->session;
	const assay_decision *d;
	const assay_code rc = assay_decided_elsewhere(&d, s, m->src, m->failed, m->stage, err);

	if (rc != ASSAY_OK || d == NULL)
		return rc;
	assay_decided_enforce(&s->decided, d);
	if (d->kind == ASSAY_DECISION_REJECT)
		give_up_by(m->t, d);
	else
		*content = d;
	return ASSAY_OK;
}

static assay_code treat_failed(const making *m, const assay_decision *content, assay_err *err)
{
	assay_code rc = give_up(m, &m->failed->work_key, err);

	if (rc == ASSAY_OK && m->t->state == 0 && content == NULL)
		rc = follow_copy(m, &content, err);
	return rc == ASSAY_OK && m->t->state == 0 ? climb_all(m, content, err) : rc;
}

static assay_code name_stage(making *m, assay_err *err)
{
	const assay_known_recipe *recipe;
	const assay_session *s = m->j->session;
	assay_code rc;

	if (m->failed == NULL)
		return ASSAY_OK;
	rc = assay_recipe_know(m->j->repair.known, s->store, &s->config->vocabulary, &m->src->recipe, &recipe, err);
	if (rc == ASSAY_OK)
		m->stage = assay_known_step(recipe, m->failed->result.failed_step);
	return rc;
}

static const assay_decision *content_of(const assay_session *s, const assay_source *src)
{
	const assay_decision *d =
	    s->decided.count > 0 ? assay_decided_find(&s->decided, src->path, ASSAY_DECISION_OF_CONTENT) : NULL;

	return d != NULL && d->is_source ? d : NULL;
}

static const assay_result_sample *only_page(const making *m)
{
	const assay_result *r = &m->plain->result;

	if (m->src->modality != ASSAY_MODALITY_PAGE || m->src->unit_count != 1 || r->pages != 1)
		return NULL;
	for (uint32_t k = 0; k < r->sample_count; k++)
		if (r->samples[k].parent == ASSAY_NO_SAMPLE)
			return &r->samples[k];
	return NULL;
}

static assay_code file_of_page(const assay_decision **out, const making *m, const char *part, assay_err *err)
{
	ASSAY_AUTO_BUF key = ASSAY_BUF_INIT;
	const assay_decision *d;
	assay_code rc;

	*out = NULL;
	assay_sample_key(&key, m->src->path, part);
	rc = assay_buf_check(&key, err);
	if (rc != ASSAY_OK)
		return rc;
	d = assay_decided_find(&m->j->session->decided, assay_buf_str(&key), ASSAY_DECISION_OF_CONTENT);
	if (d != NULL && !d->is_source && d->kind == ASSAY_DECISION_REPLACE &&
	    assay_digest_eq(&d->basis, &m->src->digest))
		*out = d;
	return ASSAY_OK;
}

/*
 * A file of one page in the place of the only page is in the place of all of it. Where a filter takes the page out nothing is
 * made of its file, and nothing that was made of it before counts.
 */
static assay_code stand_by_page(const making *m, assay_err *err)
{
	const assay_result_sample *only = m->j->session->decided.count > 0 ? only_page(m) : NULL;
	const assay_result_sample *page = only != NULL && !is_filtered(m, only->kind) ? only : NULL;
	assay_judged of = {.source = m->src, .unit = m->plain, .sample = page, .bytes = m->src->digest};
	const assay_decision *d = NULL;
	assay_unit *unit;
	assay_try *y;
	assay_code rc = page != NULL ? file_of_page(&d, m, page->part, err) : ASSAY_OK;

	if (rc != ASSAY_OK || d == NULL)
		return rc;
	of.part = page->part;
	of.position = (uint32_t)(page - m->plain->result.samples);
	rc = assay_recipe_know(m->j->repair.known, m->j->session->store, &m->j->session->config->vocabulary,
			       &m->src->recipe, &of.recipe, err);
	if (rc == ASSAY_OK)
		rc = assay_repair_decided(&m->j->repair, &of, d, &y, err);
	if (rc != ASSAY_OK || y == NULL || y->told.outcome != 0) {
		/* No duplicate until the file was read: whether it was before must make no difference. */
		if (rc == ASSAY_OK && y != NULL && y->told.outcome == ASSAY_ATTEMPT_WANTED) {
			m->t->stands = (assay_digest){{0}};
			m->t->page_file = d;
		}
		assay_repair_begin(&m->j->repair); /* what comes of it is told of the page */
		return rc;
	}
	assay_arena_rewind(&m->t->arena);
	unit = assay_arena_alloc(&m->t->arena, 1, sizeof *unit);
	if (unit == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "page of '%s'", m->src->path);
	rc = assay_unit_get_in(m->j->session->store, y->told.unit, &m->t->arena, unit, err);
	assay_repair_begin(&m->j->repair);
	if (rc != ASSAY_OK || unit->result.pages != 1)
		return rc;
	assay_decided_enforce(&m->j->session->decided, d);
	m->t->stands = d->payload;
	m->t->page = unit;
	m->t->page_file = d;
	return ASSAY_OK;
}

static assay_code treat(assay_source_treatment *t, assay_judging *j, const assay_source *src, const assay_unit *plain,
			assay_err *err)
{
	const assay_decision *content = content_of(j->session, src);
	making m = {.t = t, .j = j, .src = src, .plain = plain, .failed = assay_source_failed(plain, src->unit_count)};
	assay_code rc;

	begin(t, j, src);
	if (m.failed == NULL && content == NULL)
		return stand_by_page(&m, err);
	rc = name_stage(&m, err);
	if (rc == ASSAY_OK && content != NULL && content->kind == ASSAY_DECISION_REPLACE &&
	    assay_digest_eq(&content->basis, &src->digest))
		rc = treat_replaced(&m, content, err);
	/* What waits for another file is not given up by what was decided before that came. */
	if (rc != ASSAY_OK || t->units != NULL || m.failed == NULL || t->state == ASSAY_TICKET_RETRYING ||
	    t->state == ASSAY_TICKET_REJECTED)
		return rc;
	return treat_failed(&m, content, err);
}

assay_code assay_source_treat(assay_source_treatment *t, assay_judging *j, const assay_source *src,
			      const assay_unit *plain, assay_err *err)
{
	const assay_code rc = treat(t, j, src, plain, err);

	return rc == ASSAY_OK ? keep_tries(t, &j->repair, err) : rc;
}
