/*
 * Inputs, digested: [contract set, dataset, [[metric, unit, scale, kinds]...], [baseline...], fields, filters], and
 * where there are any: [[remedy, rung, best, high, by, failures, recipe]...]; number and whether it has ended of each waiver that
 * ends.
 * Whatever else comes to decide on a sample or on the version must join them; what lies in the catalog (decisions, units)
 * need not, its generation speaks for it.
 */
#include "judged_before.h"

#include "assay/cbor.h"
#include "assay/file.h"
#include "assay/memory.h"
#include "assay/object.h"
#include "assay/queue.h"

#include <stdlib.h>

static assay_code encode_baselines(assay_buf *out, const assay_session *s, assay_err *err)
{
	ASSAY_AUTO_FREE assay_digest *ids = NULL;
	size_t count = 0;
	const assay_code rc = assay_baselines_ids(&s->baselines, &ids, &count, err);

	assay_cbor_array(out, count);
	for (size_t i = 0; i < count; i++)
		assay_cbor_digest(out, &ids[i]);
	return rc;
}

static void encode_bound(assay_buf *out, bool has, assay_decimal bound)
{
	assay_cbor_bool(out, has);
	assay_cbor_int(out, has ? bound.units : 0);
	assay_cbor_int(out, has ? bound.scale : 0);
}

static void encode_remedies(assay_buf *out, const assay_session *s)
{
	if (s->rung_count == 0)
		return;
	assay_cbor_array(out, s->rung_count);
	for (size_t i = 0; i < s->rung_count; i++) {
		const assay_session_rung *r = &s->rungs[i];

		const assay_config_when *w = &r->remedy->when;

		assay_cbor_array(out, 14);
		assay_cbor_text(out, r->remedy->name);
		assay_cbor_uint(out, r->rung);
		assay_cbor_bool(out, r->remedy->best);
		assay_cbor_bool(out, r->remedy->high);
		assay_cbor_text(out, r->remedy->by);
		assay_cbor_uint(out, r->remedy->failures);
		assay_cbor_digest(out, &r->recipe->digest);
		assay_cbor_text(out, w->metric);
		encode_bound(out, w->has_above, w->above);
		encode_bound(out, w->has_below, w->below);
	}
}

/* A waiver ends by the time as of which the dataset is judged, which may go backwards. */
static void encode_ends(assay_buf *out, const assay_session *s)
{
	for (size_t i = 0; i < s->decided.count; i++) {
		const assay_decision *d = &s->decided.items[i];

		if (d->expires_ns == 0)
			continue;
		assay_cbor_uint(out, d->id);
		assay_cbor_bool(out, s->as_of_ns >= d->expires_ns);
	}
}

static assay_code digest_inputs(assay_digest *out, const assay_session *s, assay_err *err)
{
	const assay_vocabulary *v = &s->config->vocabulary;
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	assay_code rc;

	assay_cbor_array(&b, 6);
	assay_cbor_digest(&b, &s->contract_set);
	assay_cbor_text(&b, s->config->dataset);
	assay_cbor_array(&b, v->count);
	for (size_t i = 0; i < v->count; i++) {
		assay_cbor_array(&b, 4);
		assay_cbor_text(&b, v->items[i].name);
		assay_cbor_text(&b, v->items[i].unit);
		assay_cbor_int(&b, v->items[i].scale);
		assay_cbor_uint(&b, v->items[i].kinds);
	}
	rc = encode_baselines(&b, s, err);
	assay_fields_encode(&b, &s->config->fields);
	assay_filters_encode(&b, &s->config->filters);
	encode_remedies(&b, s);
	encode_ends(&b, s);
	if (rc == ASSAY_OK)
		rc = assay_buf_check(&b, err);
	return rc == ASSAY_OK ? assay_digest_of(out, b.data, b.len, err) : rc;
}

assay_code assay_judged_before_read(assay_judged_before *b, const assay_session *s, assay_err *err)
{
	assay_code rc;

	*b = (assay_judged_before){0};
	rc = digest_inputs(&b->inputs, s, err);
	if (rc == ASSAY_OK)
		rc = assay_judgement_get(s->store, &b->last, err);
	/* Judged another way, rows may say what this program would not: neither outcome nor tries are to be built on. */
	b->known = rc == ASSAY_OK && b->last.way == ASSAY_JUDGING_FORMAT;
	/* One that is damaged is no loss: everything it says is made anew. */
	return rc == ASSAY_ENOENT || rc == ASSAY_ECORRUPT ? ASSAY_OK : rc;
}

static assay_code pass_by(void *ctx, const assay_ticket *t, assay_err *err)
{
	(void)ctx;
	(void)t;
	(void)err;
	return ASSAY_OK;
}

static assay_code note_damaged(void *ctx, uint64_t id, const assay_err *why, assay_err *err)
{
	(void)id;
	(void)why;
	(void)err;
	*(bool *)ctx = false;
	return ASSAY_ESTOP;
}

/* A ticket that cannot be read says nothing of what was judged: it is made anew with the verdicts. */
static assay_code tickets_stand(bool *stand, const assay_session *s, assay_err *err)
{
	const assay_code rc = assay_tickets_all(s->store, pass_by, note_damaged, stand, err);

	return rc == ASSAY_ESTOP ? ASSAY_OK : rc;
}

assay_code assay_judged_before_stands(const assay_judged_before *b, const assay_session *s, bool *stands,
				      assay_err *err)
{
	ASSAY_AUTO_VERSION latest = {0};
	uint64_t generation;
	assay_code rc;

	*stands = false;
	if (!b->known || !assay_digest_eq(&b->inputs, &b->last.inputs) ||
	    (b->last.until_ns != ASSAY_JUDGEMENT_ALWAYS && assay_now_ns() >= b->last.until_ns))
		return ASSAY_OK;
	rc = assay_generation(s->store, &generation, err);
	if (rc != ASSAY_OK || generation != b->last.generation)
		return rc;
	rc = assay_version_latest(s->store, &latest, err);
	*stands = rc == ASSAY_OK && assay_digest_eq(&latest.id, &b->last.version);
	if (*stands)
		return tickets_stand(stands, s, err);
	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}

/* What its version says of the checks of the dataset. */
static assay_code tell_checks(const assay_judgement *j, const assay_session *s, assay_summary *summary, assay_err *err)
{
	ASSAY_AUTO_VERSION v = {0};
	ASSAY_AUTO_BUF record = ASSAY_BUF_INIT;
	assay_code rc = assay_version_get(s->store, &j->version, &v, err);

	if (rc != ASSAY_OK || assay_digest_is_zero(&v.results))
		return rc;
	rc = assay_object_get(s->store, &v.results, &record, err);
	if (rc == ASSAY_OK)
		rc = assay_dataset_results_decode(&summary->checks, record.data, record.len, err);
	summary->checks_judged = rc == ASSAY_OK;
	return rc;
}

assay_code assay_judged_before_tell(const assay_judged_before *b, const assay_session *s, assay_summary *summary,
				    bool whole, bool commit, assay_err *err)
{
	const assay_judgement *j = &b->last;

	summary->samples = j->counts;
	summary->incomplete = j->incomplete;
	summary->tickets_open = j->tickets_open;
	summary->judged = true;
	summary->has_version = commit;
	if (commit)
		summary->version = j->version;
	for (unsigned m = 1; m <= ASSAY_MODALITY_MAX; m++) {
		summary->has_recipe[m] = j->has_recipe[m];
		summary->recipes[m] = j->recipes[m];
	}
	return whole ? tell_checks(j, s, summary, err) : ASSAY_OK;
}

assay_code assay_judged_before_note(const assay_judged_before *b, const assay_session *s, const assay_summary *summary,
				    const assay_version *v, int64_t until_ns, assay_err *err)
{
	assay_judgement j = {
	    .inputs = b->inputs,
	    .contracts = s->contract_set,
	    .run = s->run.id,
	    .until_ns = until_ns,
	    .version = v->id,
	    .incomplete = summary->incomplete,
	    .counts = summary->samples,
	    .tickets_open = summary->tickets_open,
	    .accepted = v->accepted,
	    .others = v->others,
	    .way = ASSAY_JUDGING_FORMAT,
	};

	for (unsigned m = 1; m <= ASSAY_MODALITY_MAX; m++) {
		j.has_recipe[m] = v->has_recipe[m];
		j.recipes[m] = v->recipes[m];
	}
	return assay_judgement_put(s->store, &j, err);
}
