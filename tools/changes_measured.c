#include "changes.h"

#include "tell.h"

#include <stdio.h>
#include <string.h>

/* "0.0312", "undefined (no ground truth)", or false when it was not measured. */
static bool tell_measured(assay_buf *out, const assay_measured *m, const char *metric)
{
	for (size_t i = 0; i < m->sample->measurement_count; i++) {
		const assay_measurement *x = &m->sample->measurements[i];
		const assay_recipe_metric *row = assay_recipe_metric_at(m->recipe, x->metric, NULL);

		if (row == NULL || strcmp(row->name, metric) != 0)
			continue;
		if (x->defined) {
			assay_tell_value(out, (assay_decimal){x->value, row->scale}, row->unit);
		} else {
			assay_buf_puts(out, "undefined (");
			assay_tell_safe(out, x->reason);
			assay_buf_putc(out, ')');
		}
		return true;
	}
	return false;
}

static bool is_listed(const assay_changes *c, const char *what, const char *name)
{
	for (size_t i = 0; i < c->count; i++)
		if (strcmp(c->items[i].what, what) == 0 && strcmp(c->items[i].name, name) == 0)
			return true;
	return false;
}

static assay_code diff_metric(assay_changes *c, const assay_measured *before, const assay_measured *now,
			      const char *metric, assay_err *err)
{
	ASSAY_AUTO_BUF was = ASSAY_BUF_INIT;
	ASSAY_AUTO_BUF is = ASSAY_BUF_INIT;
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
	const bool had = tell_measured(&was, before, metric), has = tell_measured(&is, now, metric);

	if (strcmp(assay_buf_str(&was), assay_buf_str(&is)) == 0 || is_listed(c, "measurement", metric))
		return ASSAY_OK;
	assay_buf_printf(&text, "%s is %s, was %s", metric, has ? assay_buf_str(&is) : "not measured",
			 had ? assay_buf_str(&was) : "not measured");
	return assay_changes_add(c,
				 (assay_change_words){.what = "measurement",
						      .name = metric,
						      .before = had ? assay_buf_str(&was) : NULL,
						      .now = has ? assay_buf_str(&is) : NULL},
				 &text, err);
}

assay_code assay_changes_measured(assay_changes *c, const assay_measured *before, const assay_measured *now,
				  const assay_contract_set *contracts, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < contracts->count; i++)
		for (size_t k = 0; k < contracts->items[i]->check_count && rc == ASSAY_OK; k++)
			if (contracts->items[i]->checks[k].kind == now->sample->kind)
				rc = diff_metric(c, before, now, contracts->items[i]->checks[k].metric, err);
	return rc;
}

static assay_code diff_metrics(assay_changes *c, const assay_measured *before, const assay_measured *now,
			       const assay_measured *listed, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < listed->sample->measurement_count && rc == ASSAY_OK; i++) {
		const assay_recipe_metric *row =
		    assay_recipe_metric_at(listed->recipe, listed->sample->measurements[i].metric, NULL);

		if (row != NULL)
			rc = diff_metric(c, before, now, row->name, err);
	}
	return rc;
}

assay_code assay_changes_metrics(assay_changes *c, const assay_measured *before, const assay_measured *now,
				 assay_err *err)
{
	const assay_code rc = diff_metrics(c, before, now, now, err);

	return rc == ASSAY_OK ? diff_metrics(c, before, now, before, err) : rc; /* those that are measured no more */
}

/* ---------------------------------------------------------------- artifacts */

/* What an artifact is called in its recipe; false when the recipe does not have it. */
static bool name_artifact(char out[160], const assay_measured *m, const assay_artifact_ref *a)
{
	const assay_recipe_step *step;

	if (a->stage >= m->recipe->step_count || a->type >= m->recipe->steps[a->stage].artifact_count)
		return false;
	step = &m->recipe->steps[a->stage];
	(void)snprintf(out, 160, "%s/%s", step->stage, step->artifacts[a->type].role);
	return true;
}

typedef struct artifact_side {
	size_t count;
	assay_digest first;
	assay_buf digests; /* of all of that name, in the order they were made */
} artifact_side;

static void collect(artifact_side *out, const assay_measured *m, const char *name)
{
	char called[160];

	for (size_t i = 0; i < m->sample->artifact_count; i++) {
		const assay_artifact_ref *a = &m->sample->artifacts[i];

		if (!name_artifact(called, m, a) || strcmp(called, name) != 0)
			continue;
		if (out->count++ == 0)
			out->first = a->digest;
		assay_buf_append(&out->digests, a->digest.bytes, sizeof a->digest.bytes);
	}
}

static void tell_artifacts(assay_buf *out, const artifact_side *x)
{
	char hex[ASSAY_DIGEST_HEX];

	if (x->count == 1)
		assay_buf_printf(out, "sha256:%s", assay_digest_hex(&x->first, hex));
	else
		assay_buf_printf(out, "%zu artifacts", x->count);
}

static assay_code diff_artifact(assay_changes *c, const assay_measured *before, const assay_measured *now,
				const char *name, assay_err *err)
{
	artifact_side a = {0}, b = {0};
	ASSAY_AUTO_BUF was = ASSAY_BUF_INIT;
	ASSAY_AUTO_BUF is = ASSAY_BUF_INIT;
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
	assay_code rc = ASSAY_OK;

	collect(&a, before, name);
	collect(&b, now, name);
	tell_artifacts(&was, &a);
	tell_artifacts(&is, &b);
	if (a.count == 0 || b.count == 0)
		assay_buf_printf(&text, "artifact %s %s", name, a.count == 0 ? "is new" : "is no longer made");
	else if (a.count == 1 && b.count == 1)
		assay_buf_printf(&text, "artifact %s is %.19s, was %.19s", name, assay_buf_str(&is),
				 assay_buf_str(&was));
	else
		assay_buf_printf(&text, "artifact %s: %zu of them, were %zu", name, b.count, a.count);
	if (a.digests.failed || b.digests.failed)
		rc = ASSAY_RAISE(err, ASSAY_ENOMEM, "artifacts");
	else if (a.digests.len != b.digests.len || memcmp(a.digests.data, b.digests.data, a.digests.len) != 0)
		rc = assay_changes_add(c,
				       (assay_change_words){.what = "artifact",
							    .name = name,
							    .before = a.count > 0 ? assay_buf_str(&was) : NULL,
							    .now = b.count > 0 ? assay_buf_str(&is) : NULL},
				       &text, err);
	assay_buf_release(&a.digests);
	assay_buf_release(&b.digests);
	return rc;
}

static assay_code diff_artifacts(assay_changes *c, const assay_measured *before, const assay_measured *now,
				 const assay_measured *listed, assay_err *err)
{
	char name[160];
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < listed->sample->artifact_count && rc == ASSAY_OK; i++)
		if (name_artifact(name, listed, &listed->sample->artifacts[i]) && !is_listed(c, "artifact", name))
			rc = diff_artifact(c, before, now, name, err);
	return rc;
}

assay_code assay_changes_artifacts(assay_changes *c, const assay_measured *before, const assay_measured *now,
				   assay_err *err)
{
	const assay_code rc = diff_artifacts(c, before, now, now, err);

	return rc == ASSAY_OK ? diff_artifacts(c, before, now, before, err) : rc;
}
