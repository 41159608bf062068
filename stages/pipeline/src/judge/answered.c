#include "answered.h"

#include "assay/unit.h"

#include <string.h>

typedef struct search {
	const assay_told_of *told;
	const assay_decision *found;
	assay_digest basis, bytes; /* of the sample as it stands */
	assay_modality modality;
	assay_buf key;
} search;

static const assay_decision *waiver_on(const search *s, const char *key)
{
	const assay_decision *w = assay_decided_find(s->told->decided, key, ASSAY_DECISION_OF_VERDICT);

	return w != NULL && w->kind == ASSAY_DECISION_WAIVE && w->made_ns > s->told->told_ns &&
		       (w->expires_ns == 0 || s->told->as_of_ns < w->expires_ns) &&
		       assay_digest_eq(&w->basis, &s->basis)
		   ? w
		   : NULL;
}

static assay_code look_at(void *ctx, const assay_source *other, assay_err *err)
{
	search *s = ctx;
	const assay_sample_row *row = s->told->row;
	const assay_decision *w;

	if (other->id == row->source || other->modality != s->modality || !assay_source_left(other, &s->bytes))
		return ASSAY_OK;
	assay_buf_reset(&s->key);
	assay_buf_printf(&s->key, "%s%s", other->path, row->key + strcspn(row->key, "#"));
	w = waiver_on(s, assay_buf_str(&s->key));
	if (w != NULL && (s->found == NULL || w->id > s->found->id))
		s->found = w;
	return assay_buf_check(&s->key, err);
}

static assay_code know(search *s, assay_err *err)
{
	const assay_sample_row *row = s->told->row;
	ASSAY_AUTO_UNIT u = {0};
	ASSAY_AUTO_SOURCE src = {0};
	assay_code rc = assay_source_get(s->told->store, row->source, &src, err);

	s->modality = src.modality;
	if (rc == ASSAY_OK)
		rc = assay_unit_get(s->told->store, row->judged_unit, &u, err);
	s->bytes = u.source;
	return rc == ASSAY_OK ? assay_decision_basis(&s->basis, &u.work_key, row->failure, row->failed_stage,
						     row->checks, row->check_count, err)
			      : rc;
}

assay_code assay_answer_find(const assay_decision **out, const assay_told_of *told, assay_err *err)
{
	search s = {.told = told, .key = ASSAY_BUF_INIT};
	assay_code rc;

	*out = NULL;
	if (told->decided->count == 0)
		return ASSAY_OK;
	rc = know(&s, err);
	if (rc == ASSAY_OK)
		s.found = waiver_on(&s, told->row->key);
	if (rc == ASSAY_OK && s.found == NULL)
		rc = assay_sources_with(told->store, &s.bytes, look_at, &s, err);
	assay_buf_release(&s.key);
	if (rc == ASSAY_OK)
		*out = s.found;
	return rc;
}
