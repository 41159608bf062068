#include "dataset_checks.h"

#include "assay/object.h"

assay_code assay_dataset_checks_open(assay_dataset_checks *out, const assay_session *s, assay_err *err)
{
	const assay_config *c = s->config;
	assay_code rc;

	*out = (assay_dataset_checks){.session = s};
	ASSAY_TRY(assay_dataset_judge_open(&out->judge, (const assay_contract *const *)c->contracts, c->contract_count,
					   &c->vocabulary, s->as_of_ns, err));
	for (size_t i = 0; i < assay_dataset_judge_count(out->judge); i++)
		out->needs_time |= assay_dataset_check_needs_time(assay_dataset_judge_check(out->judge, i));
	ASSAY_TRY(assay_baselines_read(&s->baselines, out->judge, s->store, &c->vocabulary, err));
fail:
	return rc;
}

assay_code assay_dataset_checks_sample(assay_dataset_checks *d, const assay_judging *j, const assay_judged *of,
				       const assay_sample_row *row, assay_err *err)
{
	const assay_dataset_subject s = {
	    .key = row->key,
	    .sample = {.kind = of->sample->kind,
		       .values = j->values.items,
		       .metadata_keys = (const char *const *)of->source->metadata_keys,
		       .metadata_values = (const char *const *)of->source->metadata_values,
		       .metadata_count = of->source->metadata_count},
	    .outcome = row->outcome,
	    .source_ns = of->source->stamp.mtime_ns,
	};

	return d->judge != NULL ? assay_dataset_judge_add(d->judge, &s, err) : ASSAY_OK;
}

assay_code assay_dataset_checks_end(assay_dataset_checks *d, assay_summary *summary, assay_err *err)
{
	assay_code rc;

	if (d->judge == NULL)
		return ASSAY_OK;
	rc = assay_dataset_judge_end(d->judge, &summary->checks, err);
	summary->checks_judged = rc == ASSAY_OK;
	return rc;
}

assay_code assay_dataset_checks_keep(const assay_dataset_checks *d, const assay_summary *summary, assay_digest *out,
				     assay_err *err)
{
	ASSAY_AUTO_BUF record = ASSAY_BUF_INIT;
	assay_code rc;

	assay_dataset_results_encode(&record, &summary->checks);
	rc = assay_buf_check(&record, err);
	if (rc != ASSAY_OK)
		return rc;
	return assay_object_put(d->session->store, ASSAY_OBJECT_RESULTS, record.data, record.len, NULL, out, NULL, err);
}

assay_code assay_dataset_checks_note(const assay_dataset_checks *d, const assay_summary *summary, assay_version *v,
				     assay_err *err)
{
	assay_code rc;

	if (summary->checks.count == 0)
		return ASSAY_OK;
	ASSAY_TRY(assay_baselines_ids(&d->session->baselines, &v->baselines, &v->baseline_count, err));
	v->has_as_of = d->needs_time;
	v->as_of_ns = d->needs_time ? d->session->as_of_ns : 0;
	ASSAY_TRY(assay_dataset_checks_keep(d, summary, &v->results, err));
fail:
	return rc;
}

void assay_dataset_checks_release(assay_dataset_checks *d)
{
	assay_dataset_judge_close(d->judge);
	*d = (assay_dataset_checks){0};
}
