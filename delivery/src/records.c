#include "records.h"

#include "assay/file.h"
#include "assay/json.h"

#include <string.h>

void records_path(assay_buf *out, const char *kind, const assay_digest *d, const char *suffix)
{
	char hex[ASSAY_DIGEST_HEX];

	assay_buf_printf(out, "%s/%s.%s", kind, assay_digest_hex(d, hex), suffix);
}

/* ---------------------------------------------------------------- a recipe */

static void json_files(assay_json *j, const assay_recipe_step *s)
{
	assay_json_key(j, "files");
	assay_json_array(j);
	for (size_t i = 0; i < s->file_count; i++) {
		assay_json_object(j);
		assay_json_kstr(j, "role", s->files[i].role);
		assay_json_kstr(j, "name", s->files[i].name);
		assay_json_kdigest(j, "digest", &s->files[i].digest);
		assay_json_end(j);
	}
	assay_json_end(j);
	assay_json_key(j, "libraries");
	assay_json_array(j);
	for (size_t i = 0; i < s->library_count; i++)
		assay_json_str(j, s->libraries[i]);
	assay_json_end(j);
}

static void json_makes(assay_json *j, const assay_recipe_step *s)
{
	assay_json_key(j, "metrics");
	assay_json_array(j);
	for (size_t i = 0; i < s->metric_count; i++) {
		assay_json_object(j);
		assay_json_kstr(j, "name", s->metrics[i].name);
		assay_json_kstr(j, "unit", s->metrics[i].unit);
		assay_json_key(j, "resolution");
		assay_json_decimal(j, (assay_decimal){1, s->metrics[i].scale});
		assay_json_end(j);
	}
	assay_json_end(j);
	assay_json_key(j, "artifacts");
	assay_json_array(j);
	for (size_t i = 0; i < s->artifact_count; i++) {
		assay_json_object(j);
		assay_json_kstr(j, "role", s->artifacts[i].role);
		assay_json_kstr(j, "media_type", s->artifacts[i].media);
		assay_json_kstr(j, "suffix", s->artifacts[i].suffix);
		assay_json_end(j);
	}
	assay_json_end(j);
}

static void json_step(assay_json *j, const assay_recipe_step *s)
{
	assay_json_object(j);
	assay_json_kstr(j, "stage", s->stage);
	assay_json_kuint(j, "version", s->version);
	assay_json_kstr(j, "determinism", s->determinism == 1 ? "exact" : "exact-per-build");
	assay_json_kstr(j, "engine", s->engine != NULL && s->engine[0] != '\0' ? s->engine : NULL);
	assay_json_key(j, "parameters");
	assay_json_object(j);
	for (size_t i = 0; i < s->param_count; i++)
		assay_json_kstr(j, s->params[i].name, s->params[i].text);
	assay_json_end(j);
	json_files(j, s);
	json_makes(j, s);
	assay_json_end(j);
}

static void recipe_json(assay_buf *out, const assay_recipe *r)
{
	assay_json j;

	assay_json_init(&j, out, 2);
	assay_json_object(&j);
	assay_json_kdigest(&j, "recipe", &r->digest);
	assay_json_kstr(&j, "modality", assay_modality_name(r->modality));
	assay_json_key(&j, "steps");
	assay_json_array(&j);
	for (size_t i = 0; i < r->step_count; i++)
		json_step(&j, &r->steps[i]);
	assay_json_end(&j);
	assay_json_end(&j);
	assay_buf_putc(out, '\n');
}

/* ---------------------------------------------------------------- a contract */

static void json_check(assay_json *j, const assay_check *k)
{
	assay_json_object(j);
	assay_json_kstr(j, "id", k->id);
	assay_json_kstr(j, "kind", assay_sample_kind_name(k->kind));
	assay_json_kstr(j, "metric", k->metric);
	assay_json_key(j, assay_operator_name(k->op));
	if (k->op == ASSAY_MUST_BE_BETWEEN || k->op == ASSAY_MUST_NOT_BE_BETWEEN) {
		assay_json_array(j);
		assay_json_decimal(j, k->low);
		assay_json_decimal(j, k->high);
		assay_json_end(j);
	} else {
		assay_json_decimal(j, k->low);
	}
	assay_json_kstr(j, "severity", assay_severity_name(k->severity));
	assay_json_kstr(j, "whenMissing", k->when_missing == ASSAY_MISSING_SKIPS ? "skip" : "fail");
	assay_json_kstr(j, "dimension", k->dimension[0] != '\0' ? k->dimension : NULL);
	assay_json_kstr(j, "remedy", k->remedy[0] != '\0' ? k->remedy : NULL);
	assay_json_key(j, "appliesTo");
	assay_json_object(j);
	for (size_t i = 0; i < k->applies_count; i++)
		assay_json_kstr(j, k->applies_keys[i], k->applies_values[i]);
	assay_json_end(j);
	assay_json_end(j);
}

static void json_pairs(assay_json *j, const char *key, const assay_pairs *p)
{
	assay_json_key(j, key);
	assay_json_array(j);
	for (size_t i = 0; i < p->count; i++) {
		assay_json_array(j);
		assay_json_str(j, p->names[i]);
		assay_json_str(j, p->values[i]);
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
	assay_json_kstr(j, "id", k->id);
	assay_json_kstr(j, "kind", k->kind != 0 ? assay_sample_kind_name(k->kind) : NULL);
	assay_json_kstr(j, "subject", assay_buf_str(&subject));
	assay_json_kstr(j, "must_be", assay_buf_str(&bound));
	assay_json_kstr(j, "severity", assay_severity_name(k->severity));
	assay_json_kstr(j, "whenMissing", k->when_missing == ASSAY_MISSING_SKIPS ? "skip" : "fail");
	assay_json_kstr(j, "dimension", k->dimension[0] != '\0' ? k->dimension : NULL);
	assay_json_kstr(j, "population", k->all ? "all" : "accepted");
	json_pairs(j, "where", &k->where);
	json_pairs(j, "rules", &k->rules);
	assay_json_end(j);
}

static void contract_json(assay_buf *out, const assay_contract *c, const assay_digest *d)
{
	assay_json j;

	assay_json_init(&j, out, 2);
	assay_json_object(&j);
	assay_json_kdigest(&j, "contract", d);
	assay_json_kstr(&j, "id", c->id);
	assay_json_kstr(&j, "name", c->name[0] != '\0' ? c->name : NULL);
	assay_json_kstr(&j, "version", c->version);
	assay_json_key(&j, "checks");
	assay_json_array(&j);
	for (size_t i = 0; i < c->check_count; i++)
		json_check(&j, &c->checks[i]);
	assay_json_end(&j);
	assay_json_key(&j, "dataset_checks");
	assay_json_array(&j);
	for (size_t i = 0; i < c->dataset_count; i++)
		json_dataset_check(&j, &c->dataset[i]);
	assay_json_end(&j);
	assay_json_end(&j);
	assay_buf_putc(out, '\n');
}

/* ---------------------------------------------------------------- decisions */

static void json_decision(assay_json *j, const assay_decision *d)
{
	char time[32];

	assay_json_object(j);
	assay_json_kstr(j, "kind", assay_decision_kind_name(d->kind));
	assay_json_kstr(j, "subject", d->subject);
	assay_json_kbool(j, "is_source", d->is_source);
	assay_json_kdigest(j, "basis", &d->basis);
	assay_json_kdigest(j, "payload", assay_digest_is_zero(&d->payload) ? NULL : &d->payload);
	assay_json_kstr(j, "remedy", d->remedy);
	assay_json_key(j, "metadata");
	assay_json_object(j);
	for (size_t i = 0; i < d->count; i++)
		assay_json_kstr(j, d->keys[i], d->values[i]);
	assay_json_end(j);
	assay_json_kstr(j, "expires", d->expires_ns != 0 ? assay_time_format(d->expires_ns, time) : NULL);
	assay_json_end(j);
}

static void decisions_json(assay_buf *out, const sample_reader *r, const assay_digest *digest)
{
	assay_json j;

	assay_json_init(&j, out, 2);
	assay_json_object(&j);
	assay_json_kdigest(&j, "decisions", digest);
	assay_json_key(&j, "list");
	assay_json_array(&j);
	for (size_t i = 0; i < r->decision_count; i++)
		json_decision(&j, &r->decisions[i]);
	assay_json_end(&j);
	assay_json_end(&j);
	assay_buf_putc(out, '\n');
}

/* ---------------------------------------------------------------- files */

static assay_code put_record(folder *f, assay_store *s, const char *path, const assay_digest *d, assay_err *err)
{
	ASSAY_AUTO_BUF record = ASSAY_BUF_INIT;
	assay_code rc = assay_object_get(s, d, &record, err);

	return rc == ASSAY_OK ? folder_put(f, path, record.data, record.len, d, err) : rc;
}

static assay_code put_pair(folder *f, assay_store *s, const char *kind, const assay_digest *d, const assay_buf *json,
			   assay_err *err)
{
	ASSAY_AUTO_BUF path = ASSAY_BUF_INIT;
	assay_code rc = assay_buf_check(json, err);

	records_path(&path, kind, d, "json");
	if (rc == ASSAY_OK)
		rc = assay_buf_check(&path, err);
	if (rc == ASSAY_OK)
		rc = folder_put(f, assay_buf_str(&path), json->data, json->len, NULL, err);
	assay_buf_reset(&path);
	records_path(&path, kind, d, "cbor");
	if (rc == ASSAY_OK)
		rc = assay_buf_check(&path, err);
	return rc == ASSAY_OK ? put_record(f, s, assay_buf_str(&path), d, err) : rc;
}

assay_code records_write(folder *f, const sample_reader *r, const assay_version *v, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (unsigned m = 1; m <= ASSAY_MODALITY_MAX && rc == ASSAY_OK; m++) {
		ASSAY_AUTO_BUF json = ASSAY_BUF_INIT;

		if (!v->has_recipe[m])
			continue;
		recipe_json(&json, r->recipes[m]);
		rc = put_pair(f, r->store, "recipes", &v->recipes[m], &json, err);
	}
	for (size_t i = 0; i < v->remedy_count && rc == ASSAY_OK; i++) {
		ASSAY_AUTO_BUF json = ASSAY_BUF_INIT;

		recipe_json(&json, r->remedies[i]);
		rc = put_pair(f, r->store, "recipes", &v->remedies[i], &json, err);
	}
	for (size_t i = 0; i < v->contract_count && rc == ASSAY_OK; i++) {
		ASSAY_AUTO_BUF json = ASSAY_BUF_INIT;

		contract_json(&json, r->contracts[i], &v->contracts[i]);
		rc = put_pair(f, r->store, "contracts", &v->contracts[i], &json, err);
	}
	if (rc == ASSAY_OK && !assay_digest_is_zero(&v->decisions)) {
		ASSAY_AUTO_BUF json = ASSAY_BUF_INIT;

		decisions_json(&json, r, &v->decisions);
		rc = put_pair(f, r->store, "decisions", &v->decisions, &json, err);
	}
	return rc == ASSAY_OK ? put_record(f, r->store, VERSION_RECORD, &v->id, err) : rc;
}
