#include "verbs.h"

#include "dataset_tell.h"
#include "edition.h"
#include "queue_attempts.h"
#include "subject.h"
#include "tell.h"
#include "tell_recipe.h"

#include "assay/object.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const assay_option options[] = {
    {"artifact", 0, "ROLE", "write the bytes of this artifact of a sample to standard output"},
    {NULL, 0, NULL, NULL},
};

/* ---------------------------------------------------------------- a version */

static const char *kind_name(unsigned kind)
{
	return kind != 0 ? assay_sample_kind_name(kind) : "dataset";
}

static void print_dataset_check(const assay_dataset_check *k)
{
	ASSAY_AUTO_BUF subject = ASSAY_BUF_INIT, bound = ASSAY_BUF_INIT;

	assay_dataset_check_subject(&subject, k);
	assay_dataset_bound_text(&bound, k->aggregate, &k->bound);
	assay_say("            %-18s %s: %s must be %s (%s)\n", k->id, kind_name(k->kind), assay_buf_str(&subject),
		  assay_buf_str(&bound), assay_severity_name(k->severity));
}

static void print_contract(const assay_contract *c, const assay_digest *digest)
{
	char hex[ASSAY_DIGEST_HEX];

	assay_say("contract  %s version %s sha256:%.12s\n", assay_contract_title(c), c->version,
		  assay_digest_hex(digest, hex));
	for (size_t i = 0; i < c->check_count; i++) {
		const assay_check *k = &c->checks[i];
		ASSAY_AUTO_BUF bound = ASSAY_BUF_INIT;

		assay_check_bound_text(&bound, k->op, k->low, k->high);
		assay_say("            %-18s %s: %s must be %s (%s)\n", k->id, assay_sample_kind_name(k->kind),
			  k->metric, assay_buf_str(&bound), assay_severity_name(k->severity));
	}
	for (size_t i = 0; i < c->dataset_count; i++)
		print_dataset_check(&c->dataset[i]);
}

static void print_decisions(const assay_edition *x)
{
	for (size_t i = 0; i < x->decisions.count; i++) {
		ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;

		assay_tell_decision(&text, &x->decisions.items[i]);
		assay_say("decided   %s: %s\n", x->decisions.items[i].subject, assay_buf_str(&text));
	}
	for (size_t i = 0; i < x->version.remedy_count; i++) {
		char hex[ASSAY_DIGEST_HEX];

		assay_say("remedy    recipe sha256:%s\n", assay_digest_hex(&x->version.remedies[i], hex));
	}
}

static void print_version(const assay_edition *x)
{
	const assay_version *v = &x->version;
	ASSAY_AUTO_BUF counts = ASSAY_BUF_INIT, tags = ASSAY_BUF_INIT;
	char a[ASSAY_DIGEST_HEX], at[32];

	assay_say("version   sha256:%s\n", assay_digest_hex(&v->id, a));
	assay_tags_text(&tags, &x->tags, &v->id);
	if (tags.len > 0)
		assay_say("tags      %s\n", assay_buf_str(&tags));
	assay_say("dataset   %s\n", v->dataset != NULL ? v->dataset : "-");
	assay_say("made      %s by run %s%s\n", assay_tell_time(v->made_ns, at), x->run.name,
		  v->incomplete
		      ? "; incomplete: attempts were to be made, or some failure was of time, memory or a signal"
		      : "");
	if (!assay_digest_is_zero(&v->parent))
		assay_say("after     sha256:%s\n", assay_digest_hex(&v->parent, a));
	assay_tell_counts(&counts, &v->counts);
	assay_say("samples   %s\n", assay_buf_str(&counts));
	assay_say("accepted  %" PRIu64 " in trie sha256:%s\n", x->delivered, assay_digest_hex(&v->accepted, a));
	assay_say("others    %" PRIu64 " in trie sha256:%s\n", x->others, assay_digest_hex(&v->others, a));
	for (size_t i = 0; i < v->baseline_count; i++)
		if (!assay_digest_is_zero(&v->baselines[i]))
			assay_say("baseline  sha256:%s\n", assay_digest_hex(&v->baselines[i], a));
	if (v->has_as_of)
		assay_say("as of     %s\n", assay_tell_time(v->as_of_ns, at));
	print_decisions(x);
	assay_say_dataset_checks(&x->results, true);
	for (size_t i = 0; i < x->contracts.count; i++)
		print_contract(x->contracts.items[i], &x->contracts.digests[i]);
	for (unsigned m = 1; m <= ASSAY_MODALITY_MAX; m++)
		if (x->recipes[m] != NULL)
			assay_say_recipe(x->recipes[m]);
}

static void json_check(assay_json *j, const assay_check *k)
{
	const bool pair = k->op == ASSAY_MUST_BE_BETWEEN || k->op == ASSAY_MUST_NOT_BE_BETWEEN;

	assay_json_object(j);
	assay_json_kstr(j, "check", k->id);
	assay_json_kstr(j, "kind", assay_sample_kind_name(k->kind));
	assay_json_kstr(j, "metric", k->metric);
	assay_json_kstr(j, "operator", assay_operator_name(k->op));
	assay_json_key(j, "bound");
	assay_json_decimal(j, k->low);
	assay_json_key(j, "high");
	if (pair)
		assay_json_decimal(j, k->high);
	else
		assay_json_null(j);
	assay_json_kstr(j, "severity", assay_severity_name(k->severity));
	assay_json_kstr(j, "when_missing", k->when_missing == ASSAY_MISSING_SKIPS ? "skip" : "fail");
	assay_json_end(j);
}

static void json_where(assay_json *j, const assay_pairs *where)
{
	assay_json_key(j, "where");
	assay_json_array(j);
	for (size_t i = 0; i < where->count; i++) {
		assay_json_array(j);
		assay_json_str(j, where->names[i]);
		assay_json_str(j, where->values[i]);
		assay_json_end(j);
	}
	assay_json_end(j);
}

static void json_dataset_check(assay_json *j, const assay_dataset_check *k)
{
	ASSAY_AUTO_BUF subject = ASSAY_BUF_INIT, bound = ASSAY_BUF_INIT;

	assay_dataset_check_subject(&subject, k);
	assay_dataset_bound_text(&bound, k->aggregate, &k->bound);
	assay_json_object(j);
	assay_json_kstr(j, "check", k->id);
	assay_json_kstr(j, "kind", kind_name(k->kind));
	assay_json_kstr(j, "subject", assay_buf_str(&subject));
	assay_json_kstr(j, "population", k->all ? "all" : "accepted");
	json_where(j, &k->where);
	assay_json_kstr(j, "must_be", assay_buf_str(&bound));
	assay_json_kstr(j, "severity", assay_severity_name(k->severity));
	assay_json_kstr(j, "when_missing", k->when_missing == ASSAY_MISSING_SKIPS ? "skip" : "fail");
	assay_json_end(j);
}

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
		assay_json_key(j, "checks");
		assay_json_array(j);
		for (size_t k = 0; k < set->items[i]->check_count; k++)
			json_check(j, &set->items[i]->checks[k]);
		assay_json_end(j);
		assay_json_key(j, "dataset_checks");
		assay_json_array(j);
		for (size_t k = 0; k < set->items[i]->dataset_count; k++)
			json_dataset_check(j, &set->items[i]->dataset[k]);
		assay_json_end(j);
		assay_json_end(j);
	}
	assay_json_end(j);
}

static void json_recipes(assay_json *j, const assay_edition *x)
{
	assay_json_key(j, "recipes");
	assay_json_object(j);
	for (unsigned m = 1; m <= ASSAY_MODALITY_MAX; m++) {
		if (x->recipes[m] == NULL)
			continue;
		assay_json_key(j, assay_modality_name(m));
		assay_json_object(j);
		assay_json_kdigest(j, "digest", &x->recipes[m]->digest);
		assay_json_steps(j, "steps", x->recipes[m]);
		assay_json_end(j);
	}
	assay_json_end(j);
}

static void json_trie(assay_json *j, const char *key, const assay_digest *root, uint64_t count)
{
	assay_json_key(j, key);
	assay_json_object(j);
	assay_json_kdigest(j, "trie", root);
	assay_json_kuint(j, "entries", count);
	assay_json_end(j);
}

/* As the version has it: what was decided, not by whom. */
static void json_decision(assay_json *j, const assay_decision *d)
{
	assay_json_object(j);
	assay_json_kstr(j, "kind", assay_decision_kind_name(d->kind));
	assay_json_kstr(j, "subject", d->subject);
	assay_json_kdigest(j, "basis", &d->basis);
	assay_json_kdigest(j, "payload", assay_digest_is_zero(&d->payload) ? NULL : &d->payload);
	assay_json_kstr(j, "remedy", d->remedy);
	assay_json_key(j, "metadata");
	assay_json_object(j);
	for (size_t i = 0; i < d->count; i++)
		assay_json_kstr(j, d->keys[i], d->values[i]);
	assay_json_end(j);
	assay_json_ktime(j, "expires", d->expires_ns);
	assay_json_end(j);
}

static void json_version(assay_json *j, const assay_edition *x)
{
	const assay_version *v = &x->version;

	assay_json_object(j);
	assay_json_kdigest(j, "version", &v->id);
	assay_json_kstr(j, "dataset", v->dataset);
	assay_json_kuint(j, "number", v->number);
	assay_json_tags(j, "tags", &x->tags, &v->id);
	assay_json_ktime(j, "at", v->made_ns);
	assay_json_kstr(j, "run", x->run.name);
	assay_json_kdigest(j, "parent", assay_digest_is_zero(&v->parent) ? NULL : &v->parent);
	assay_json_kbool(j, "incomplete", v->incomplete);
	assay_json_counts(j, "samples", &v->counts);
	json_trie(j, "accepted", &v->accepted, x->delivered);
	json_trie(j, "others", &v->others, x->others);
	assay_json_key(j, "decisions");
	assay_json_array(j);
	for (size_t i = 0; i < x->decisions.count; i++)
		json_decision(j, &x->decisions.items[i]);
	assay_json_end(j);
	assay_json_key(j, "remedies");
	assay_json_array(j);
	for (size_t i = 0; i < v->remedy_count; i++)
		assay_json_digest(j, &v->remedies[i]);
	assay_json_end(j);
	assay_json_key(j, "baselines");
	assay_json_array(j);
	for (size_t i = 0; i < v->baseline_count; i++)
		assay_json_digest(j, assay_digest_is_zero(&v->baselines[i]) ? NULL : &v->baselines[i]);
	assay_json_end(j);
	assay_json_ktime(j, "as_of", v->as_of_ns);
	assay_json_dataset_checks(j, "dataset_checks", &x->results);
	json_contracts(j, &x->contracts);
	json_recipes(j, x);
	assay_json_end(j);
}

static assay_code show_version(const assay_invocation *in, assay_store *s, assay_edition *x, assay_err *err)
{
	ASSAY_AUTO_REPORT r;
	assay_code rc;

	assay_report_init(&r);
	if (assay_opt(in, "artifact") != NULL)
		return ASSAY_RAISE(err, ASSAY_EUSAGE, "show: --artifact is for a sample, '%s' is a version",
				   in->args[0]);
	rc = assay_edition_learn(x, s, err);
	if (rc != ASSAY_OK)
		return rc;
	if (!in->json) {
		print_version(x);
		return ASSAY_OK;
	}
	json_version(&r.json, x);
	return assay_report_print(&r, err);
}

/* ---------------------------------------------------------------- a sample */

typedef struct specimen {
	const assay_subject *subject;
	assay_unit unit;
	assay_recipe *recipe;
	const assay_result_sample *sample;
} specimen;

static void specimen_release(specimen *x)
{
	assay_unit_release(&x->unit);
	assay_recipe_close(x->recipe);
}

static assay_code learn_sample(specimen *x, assay_store *s, assay_err *err)
{
	const assay_sample_row *row = &x->subject->sample;
	assay_code rc = assay_unit_get(s, row->unit, &x->unit, err);

	if (rc == ASSAY_OK)
		rc = assay_recipe_load(&x->recipe, s, &x->unit.recipe, err);
	if (rc != ASSAY_OK)
		return rc;
	if (row->position >= x->unit.result.sample_count)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "sample '%s' is number %" PRIu32 " of a result that has %zu",
				   row->key, row->position, x->unit.result.sample_count);
	x->sample = &x->unit.result.samples[row->position];
	return ASSAY_OK;
}

/* Type of an artifact; NULL when the recipe does not have it. */
static const assay_recipe_artifact *artifact_type(const assay_recipe *r, const assay_artifact_ref *a,
						  const char **stage)
{
	if (a->stage >= r->step_count || a->type >= r->steps[a->stage].artifact_count)
		return NULL;
	*stage = r->steps[a->stage].stage;
	return &r->steps[a->stage].artifacts[a->type];
}

static void print_measurement(const specimen *x, const assay_measurement *m)
{
	const assay_recipe_metric *row = assay_recipe_metric_at(x->recipe, m->metric, NULL);
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;

	if (row == NULL)
		return;
	if (m->defined) {
		assay_tell_value(&text, (assay_decimal){m->value, row->scale}, row->unit);
	} else {
		assay_buf_puts(&text, "undefined (");
		assay_tell_safe(&text, m->reason);
		assay_buf_putc(&text, ')');
	}
	assay_say("          %-24s = %s\n", row->name, assay_buf_str(&text));
}

static void print_artifact(const specimen *x, const assay_artifact_ref *a)
{
	const char *stage;
	const assay_recipe_artifact *type = artifact_type(x->recipe, a, &stage);
	char hex[ASSAY_DIGEST_HEX];

	if (type != NULL)
		assay_say("          %-10s %-18s %8" PRIu64 " bytes  sha256:%s  by %s\n", type->role, type->media,
			  a->size, assay_digest_hex(&a->digest, hex), stage);
}

static void print_verdict(const assay_sample_row *row)
{
	const char *name = assay_outcome_name(row->outcome);

	assay_say("verdict   %s%s%s%s\n", name != NULL ? name : "not judged yet", row->original != NULL ? " of " : "",
		  row->original != NULL ? row->original : "", row->missing ? ", no longer part of the dataset" : "");
	if (row->way != ASSAY_WAY_PLAIN) {
		ASSAY_AUTO_BUF way = ASSAY_BUF_INIT;

		assay_tell_way(&way, row->way, row->remedy, row->rung);
		assay_say("made by   %s\n", assay_buf_str(&way));
	}
	for (size_t i = 0; i < row->check_count; i++) {
		const assay_failed_check *k = &row->checks[i];
		ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;

		assay_tell_check(&text, k);
		assay_say("  %-7s %s\n", assay_severity_name((assay_severity)k->severity), assay_buf_str(&text));
	}
}

/* A value is what a file says: a line of it must not look like one of ours. */
static void print_metadata(const assay_source *src)
{
	for (size_t i = 0; i < src->metadata_count; i++) {
		ASSAY_AUTO_BUF safe = ASSAY_BUF_INIT;

		assay_tell_safe(&safe, src->metadata_values[i]);
		assay_say("          %s: %s (%s)\n", src->metadata_keys[i], assay_buf_str(&safe),
			  assay_tell_origin(src, i));
	}
}

static bool stands_in(const specimen *x)
{
	const assay_sample_row *row = &x->subject->sample;

	return row->way == ASSAY_WAY_REPLACED || /* a correction may be one of that file's samples */
	       (row->way == ASSAY_WAY_CORRECTED && !assay_digest_eq(&x->unit.source, &x->subject->source.digest));
}

/* What the sample's result was made of: the file's bytes of then, where nothing stands in its place. */
static const assay_digest *own_bytes(const specimen *x)
{
	return stands_in(x) ? &x->subject->source.digest : &x->unit.source;
}

static void print_sample(const specimen *x)
{
	const assay_source *src = &x->subject->source;
	const assay_sample_row *row = &x->subject->sample;
	char hex[ASSAY_DIGEST_HEX];

	assay_say("%-9s %s\n", assay_sample_kind_name(x->sample->kind), x->subject->name);
	assay_say("source    %s sha256:%s\n", src->path, assay_digest_hex(own_bytes(x), hex));
	if (stands_in(x))
		assay_say("          another file stands in its place: sha256:%s\n",
			  assay_digest_hex(&x->unit.source, hex));
	print_metadata(src);
	assay_say_span("span", x->sample);
	print_verdict(row);
	if (row->outcome == ASSAY_OUTCOME_FILTERED)
		assay_say("filter    %s\n", row->failed_stage);
	if (row->failure != ASSAY_FAILURE_NONE) {
		ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;

		assay_tell_failure(&text, row->failed_stage, row->failure, x->sample->rejected_why);
		assay_say("rejected  %s\n", assay_buf_str(&text));
	}
	assay_say("measured\n");
	for (size_t i = 0; i < x->sample->measurement_count; i++)
		print_measurement(x, &x->sample->measurements[i]);
	assay_say("artifacts%s\n", x->sample->artifact_count == 0 ? " none" : "");
	for (size_t i = 0; i < x->sample->artifact_count; i++)
		print_artifact(x, &x->sample->artifacts[i]);
}

static void json_measurements(assay_json *j, const specimen *x)
{
	assay_json_key(j, "measurements");
	assay_json_array(j);
	for (size_t i = 0; i < x->sample->measurement_count; i++) {
		const assay_measurement *m = &x->sample->measurements[i];
		const assay_recipe_step *step;
		const assay_recipe_metric *row = assay_recipe_metric_at(x->recipe, m->metric, &step);

		if (row == NULL)
			continue;
		assay_json_object(j);
		assay_json_kstr(j, "metric", row->name);
		assay_json_kstr(j, "unit", row->unit);
		assay_json_kstr(j, "stage", step->stage);
		assay_json_key(j, "value");
		if (m->defined)
			assay_json_decimal(j, (assay_decimal){m->value, row->scale});
		else
			assay_json_null(j);
		assay_json_kstr(j, "reason", m->defined ? NULL : m->reason);
		assay_json_end(j);
	}
	assay_json_end(j);
}

static void json_artifacts(assay_json *j, const specimen *x)
{
	assay_json_key(j, "artifacts");
	assay_json_array(j);
	for (size_t i = 0; i < x->sample->artifact_count; i++) {
		const assay_artifact_ref *a = &x->sample->artifacts[i];
		const char *stage;
		const assay_recipe_artifact *type = artifact_type(x->recipe, a, &stage);

		if (type == NULL)
			continue;
		assay_json_object(j);
		assay_json_kstr(j, "role", type->role);
		assay_json_kstr(j, "media", type->media);
		assay_json_kuint(j, "size", a->size);
		assay_json_kdigest(j, "digest", &a->digest);
		assay_json_kstr(j, "stage", stage);
		assay_json_end(j);
	}
	assay_json_end(j);
}

static void json_origin(assay_json *j, const specimen *x)
{
	const assay_source *src = &x->subject->source;

	assay_json_key(j, "source");
	assay_json_object(j);
	assay_json_kstr(j, "path", src->path);
	assay_json_kdigest(j, "digest", own_bytes(x));
	assay_json_kdigest(j, "replaced_by", stands_in(x) ? &x->unit.source : NULL);
	assay_json_key(j, "metadata");
	assay_json_object(j);
	for (size_t i = 0; i < src->metadata_count; i++)
		assay_json_kstr(j, src->metadata_keys[i], src->metadata_values[i]);
	assay_json_end(j);
	assay_json_key(j, "metadata_origins");
	assay_json_object(j);
	for (size_t i = 0; i < src->metadata_count; i++)
		assay_json_kstr(j, src->metadata_keys[i], assay_tell_origin(src, i));
	assay_json_end(j);
	assay_json_end(j);
	assay_json_kdigest(j, "work_key", &x->unit.work_key);
	assay_json_kdigest(j, "recipe", &x->unit.recipe);
}

static void json_sample(assay_json *j, const specimen *x)
{
	const assay_sample_row *row = &x->subject->sample;

	assay_json_object(j);
	assay_json_kstr(j, "sample", x->subject->name);
	assay_json_kstr(j, "kind", assay_sample_kind_name(x->sample->kind));
	assay_json_kstr(j, "part", x->sample->part);
	assay_json_kbool(j, "missing", row->missing);
	json_origin(j, x);
	assay_json_span(j, "span", x->sample);
	assay_json_kstr(j, "outcome", assay_outcome_name(row->outcome));
	assay_json_kstr(j, "way", assay_way_name(row->way));
	assay_json_kstr(j, "remedy", row->remedy);
	assay_json_kstr(j, "duplicate_of", row->original);
	assay_json_failure(j, "failure", row->failed_stage, row->failure, x->sample->rejected_why);
	assay_json_kstr(j, "filter", row->outcome == ASSAY_OUTCOME_FILTERED ? row->failed_stage : NULL);
	assay_json_checks(j, "checks", row->checks, row->check_count);
	json_measurements(j, x);
	json_artifacts(j, x);
	assay_json_end(j);
}

/* ---------------------------------------------------------------- the bytes of an artifact */

static bool is_called(const specimen *x, const assay_artifact_ref *a, const char *name)
{
	const char *stage, *slash = strchr(name, '/');
	const assay_recipe_artifact *type = artifact_type(x->recipe, a, &stage);

	if (type == NULL)
		return false;
	if (slash == NULL)
		return strcmp(type->role, name) == 0;
	return strlen(stage) == (size_t)(slash - name) && strncmp(stage, name, strlen(stage)) == 0 &&
	       strcmp(type->role, slash + 1) == 0;
}

static assay_code raise_no_artifact(const specimen *x, const char *name, assay_err *err)
{
	ASSAY_AUTO_BUF there = ASSAY_BUF_INIT;

	for (size_t i = 0; i < x->sample->artifact_count; i++) {
		const char *stage;
		const assay_recipe_artifact *type = artifact_type(x->recipe, &x->sample->artifacts[i], &stage);

		if (type != NULL)
			assay_buf_printf(&there, "%s%s", there.len > 0 ? ", " : "", type->role);
	}
	if (there.len == 0)
		return ASSAY_RAISE(err, ASSAY_ENOENT, "'%s' has no artifacts", x->subject->name);
	return ASSAY_RAISE(err, ASSAY_ENOENT, "'%s' has no artifact '%s'; it has %s", x->subject->name, name,
			   assay_buf_str(&there));
}

static assay_code find_artifact(const specimen *x, const char *name, const assay_artifact_ref **out, assay_err *err)
{
	const char *stage, *first = NULL;

	*out = NULL;
	for (size_t i = 0; i < x->sample->artifact_count; i++) {
		const assay_artifact_ref *a = &x->sample->artifacts[i];

		if (!is_called(x, a, name))
			continue;
		if (*out == NULL) {
			*out = a;
			continue;
		}
		(void)artifact_type(x->recipe, *out, &first);
		(void)artifact_type(x->recipe, a, &stage);
		return ASSAY_RAISE(err, ASSAY_EUSAGE, "show: '%s' has several artifacts '%s': say %s/%s or %s/%s",
				   x->subject->name, name, first, name, stage, name);
	}
	return *out != NULL ? ASSAY_OK : raise_no_artifact(x, name, err);
}

static bool is_text(const char *media)
{
	return strncmp(media, "text/", 5) == 0 || strcmp(media, "application/json") == 0;
}

static assay_code write_artifact(const assay_invocation *in, assay_store *s, const specimen *x, assay_err *err)
{
	const char *name = assay_opt(in, "artifact"), *stage;
	ASSAY_AUTO_BUF bytes = ASSAY_BUF_INIT;
	const assay_artifact_ref *a;
	const char *media;
	assay_code rc;

	if (in->json)
		return ASSAY_RAISE(err, ASSAY_EUSAGE, "show: --artifact writes bytes, so it does not go with --json");
	rc = find_artifact(x, name, &a, err);
	if (rc != ASSAY_OK)
		return rc;
	media = artifact_type(x->recipe, a, &stage)->media;
	if (!is_text(media) && isatty(STDOUT_FILENO))
		return ASSAY_RAISE(err, ASSAY_EUSAGE,
				   "show: '%s' is %s, which does not belong on a terminal: redirect it", name, media);
	rc = assay_object_get(s, &a->digest, &bytes, err);
	if (rc == ASSAY_OK && fwrite(assay_buf_str(&bytes), 1, bytes.len, stdout) != bytes.len)
		rc = ASSAY_RAISE_ERRNO(err, "write to standard output");
	return rc;
}

static assay_code show_sample(const assay_invocation *in, assay_store *s, const assay_subject *subject, assay_err *err)
{
	ASSAY_CLEANUP(specimen_release) specimen x = {.subject = subject};
	ASSAY_AUTO_REPORT r;
	assay_code rc = learn_sample(&x, s, err);

	assay_report_init(&r);
	if (rc != ASSAY_OK)
		return rc;
	if (assay_opt(in, "artifact") != NULL)
		return write_artifact(in, s, &x, err);
	if (!in->json) {
		print_sample(&x);
		return ASSAY_OK;
	}
	json_sample(&r.json, &x);
	return assay_report_print(&r, err);
}

/* ---------------------------------------------------------------- the verb */

static bool looks_like_version(const char *name)
{
	const char *digits = strncmp(name, "sha256:", 7) == 0 ? name + 7 : name;

	return strcmp(name, "latest") == 0 ||
	       (strlen(digits) >= 4 && strspn(digits, "0123456789abcdefABCDEF") == strlen(digits));
}

static assay_code show(const assay_invocation *in, assay_store *s, assay_err *err)
{
	const char *name = in->args[0];
	ASSAY_AUTO_EDITION version = {0};
	ASSAY_AUTO_SUBJECT subject = {0};
	ASSAY_AUTO_SUBJECT known = {0};
	bool tagged = false;
	assay_code rc = assay_subject_try(&known, s, name, err);
	const bool is_file = rc == ASSAY_OK;

	if (rc == ASSAY_OK || rc == ASSAY_ENOENT)
		rc = assay_name_is_tag(&tagged, s, name, is_file, err);
	if (rc != ASSAY_OK)
		return rc;
	if (tagged || (!is_file && looks_like_version(name))) {
		rc = assay_version_resolve(s, name, &version.version, err);
		return rc == ASSAY_OK ? show_version(in, s, &version, err) : rc;
	}
	rc = assay_subject_sample(&subject, s, name, err);
	return rc == ASSAY_OK ? show_sample(in, s, &subject, err) : rc;
}

static int run(const assay_invocation *in, assay_err *err)
{
	ASSAY_AUTO_STORE s = NULL;
	assay_code rc = assay_open_store(in, &s, false, false, err);

	if (rc == ASSAY_OK)
		rc = show(in, s, err);
	return assay_exit_of(rc);
}

const assay_verb assay_verb_show = {
    .name = "show",
    .group = ASSAY_GROUP_ASK,
    .operands = "VERSION|SAMPLE",
    .min_args = 1,
    .max_args = 1,
    .summary = "what is in a version, or all that is known of a sample",
    .help =
	"VERSION is 'latest', a tag, or the start of an id (4 digits or more) as 'assay log' prints it: its record, "
	"with\n"
	"each recipe's stages, parameters, engines and models, its contracts and its counts.\n"
	"SAMPLE is a key as 'assay queue list' prints it, or a path that is one sample: kind, span, every measurement\n"
	"with its unit, the artifacts and the verdict. --artifact writes the bytes of one; where two stages make\n"
	"artifacts of the same role, say STAGE/ROLE.\n",
    .example = "  assay show latest\n"
	       "  assay show scans/a.tif#page=3\n"
	       "  assay show scans/a.tif#page=3 --artifact text\n",
    .options = options,
    .uses = ASSAY_USES_STORE,
    .see_also = "log, lineage, why",
    .run = run,
};
