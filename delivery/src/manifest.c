#include "manifest.h"

#include "assay/file.h"
#include "assay/json.h"

#include <string.h>

static void json_hex(assay_json *j, const char *key, const assay_digest *d)
{
	char hex[ASSAY_DIGEST_HEX];

	assay_json_kstr(j, key, assay_digest_hex(d, hex));
}

/* ---------------------------------------------------------------- what is delivered */

static bool is_plain_suffix(const char *s)
{
	const size_t n = strlen(s);

	return n > 0 && n <= 16 && strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789") == n;
}

/* A file name is made of a digest and a word that stands in the recipe; of nothing that a source brought along. */
void manifest_artifact_path(assay_buf *out, const assay_content_artifact *a)
{
	char hex[ASSAY_DIGEST_HEX];

	(void)assay_digest_hex(&a->digest, hex);
	assay_buf_printf(out, "artifacts/%.2s/%s.%s", hex, hex, is_plain_suffix(a->suffix) ? a->suffix : "bin");
}

void manifest_substitute_path(assay_buf *out, const assay_digest *d)
{
	const assay_content_artifact a = {.digest = *d, .suffix = "bin"};

	manifest_artifact_path(out, &a);
}

static void json_time(assay_json *j, const char *key, assay_time t)
{
	assay_json_key(j, key);
	assay_json_object(j);
	assay_json_kint(j, "ticks", t.ticks);
	assay_json_kint(j, "num", t.num);
	assay_json_kint(j, "den", t.den);
	assay_json_end(j);
}

static void json_span(assay_json *j, const assay_content *c)
{
	assay_json_key(j, "span");
	if (!c->has_span) {
		assay_json_null(j);
		return;
	}
	assay_json_object(j);
	json_time(j, "start", c->start);
	json_time(j, "end", c->end);
	assay_json_end(j);
}

static void json_measures(assay_json *j, const assay_content *c)
{
	assay_json_key(j, "measurements");
	assay_json_object(j);
	for (size_t i = 0; i < c->measure_count; i++) {
		assay_json_key(j, c->measures[i].name);
		if (c->measures[i].defined)
			assay_json_decimal(j, (assay_decimal){c->measures[i].value, c->measures[i].scale});
		else
			assay_json_null(j);
	}
	assay_json_end(j);
	assay_json_key(j, "undefined");
	assay_json_object(j);
	for (size_t i = 0; i < c->measure_count; i++)
		if (!c->measures[i].defined)
			assay_json_kstr(j, c->measures[i].name, c->measures[i].reason);
	assay_json_end(j);
}

static void json_artifacts(assay_json *j, const assay_content *c)
{
	assay_json_key(j, "artifacts");
	assay_json_array(j);
	for (size_t i = 0; i < c->artifact_count; i++) {
		const assay_content_artifact *a = &c->artifacts[i];
		ASSAY_AUTO_BUF path = ASSAY_BUF_INIT;

		manifest_artifact_path(&path, a);
		j->out->failed |= path.failed;
		assay_json_object(j);
		assay_json_kstr(j, "role", a->role);
		assay_json_kstr(j, "stage", a->stage);
		assay_json_kstr(j, "media_type", a->media);
		assay_json_kstr(j, "path", assay_buf_str(&path));
		assay_json_kuint(j, "bytes", a->size);
		json_hex(j, "sha256", &a->digest);
		assay_json_end(j);
	}
	assay_json_end(j);
}

static void json_metadata(assay_json *j, const sample *s)
{
	assay_json_key(j, "metadata");
	if (!s->metadata_known) {
		assay_json_null(j);
		return;
	}
	assay_json_object(j);
	for (size_t i = 0; i < s->content.metadata_count; i++)
		assay_json_kstr(j, s->content.metadata_keys[i], s->content.metadata_values[i]);
	assay_json_end(j);
}

static void json_bound(assay_json *j, unsigned op, assay_decimal low, assay_decimal high)
{
	ASSAY_AUTO_BUF bound = ASSAY_BUF_INIT;

	assay_check_bound_text(&bound, (assay_operator)op, low, high);
	j->out->failed |= bound.failed;
	assay_json_kstr(j, "must_be", assay_buf_str(&bound));
}

static void json_value(assay_json *j, const sample *s, const assay_finding *f)
{
	const assay_content_measure *m = NULL;

	for (size_t i = 0; i < s->content.measure_count && m == NULL; i++)
		if (strcmp(s->content.measures[i].name, f->check->metric) == 0)
			m = &s->content.measures[i];
	assay_json_key(j, "value");
	if (m != NULL && m->defined)
		assay_json_decimal(j, (assay_decimal){m->value, m->scale});
	else
		assay_json_null(j);
}

static void json_findings(assay_json *j, const sample *s)
{
	assay_json_key(j, "findings");
	if (!s->metadata_known) { /* which checks applied is not known either */
		assay_json_null(j);
		return;
	}
	assay_json_array(j);
	for (size_t i = 0; i < s->verdict->count; i++) {
		const assay_finding *f = &s->verdict->findings[i];

		assay_json_object(j);
		assay_json_kstr(j, "contract", f->contract->id);
		assay_json_kstr(j, "check", f->check->id);
		assay_json_kstr(j, "severity", assay_severity_name(f->check->severity));
		assay_json_kstr(j, "metric", f->check->metric);
		json_value(j, s, f);
		json_bound(j, f->check->op, f->check->low, f->check->high);
		assay_json_end(j);
	}
	assay_json_end(j);
}

/* Of a sample that a person let pass: how long. Who and why are beside the version, not in it. */
static void json_waiver(assay_json *j, const sample *s)
{
	char time[32];

	assay_json_key(j, "waiver");
	if (s->waiver == NULL) {
		assay_json_null(j);
		return;
	}
	assay_json_object(j);
	assay_json_kstr(j, "expires",
			s->waiver->expires_ns != 0 ? assay_time_format(s->waiver->expires_ns, time) : NULL);
	assay_json_end(j);
}

/* Of a replaced one: which file it stands for, and where its own bytes are. */
static void json_source(assay_json *j, const sample *s)
{
	ASSAY_AUTO_BUF path = ASSAY_BUF_INIT;

	assay_json_key(j, "source");
	assay_json_object(j);
	assay_json_kstr(j, "path", s->path);
	json_hex(j, "sha256", &s->content.source);
	if (s->substitute != NULL) {
		manifest_substitute_path(&path, &s->substitute->payload);
		j->out->failed |= path.failed;
		json_hex(j, "original", &s->substitute->basis);
		assay_json_kstr(j, "file", assay_buf_str(&path));
	}
	assay_json_end(j);
}

void manifest_line(assay_buf *out, const sample *s, const assay_buf *text)
{
	assay_json j;

	assay_json_init(&j, out, 0);
	assay_json_object(&j);
	assay_json_kstr(&j, "key", s->key);
	assay_json_kstr(&j, "kind", assay_sample_kind_name(s->content.kind));
	assay_json_kstr(&j, "outcome", assay_outcome_name(s->outcome));
	assay_json_kstr(&j, "treatment", sample_treatment_name(s->way));
	json_waiver(&j, s);
	json_source(&j, s);
	assay_json_kstr(&j, "part", s->content.part);
	json_span(&j, &s->content);
	if (text != NULL) {
		assay_json_key(&j, "text");
		assay_json_strn(&j, assay_buf_str(text), text->len);
	}
	json_measures(&j, &s->content);
	json_artifacts(&j, &s->content);
	json_metadata(&j, s);
	json_findings(&j, s);
	assay_json_kdigest(&j, "work_key", &s->work_key);
	assay_json_kdigest(&j, "recipe", &s->recipe);
	assay_json_kdigest(&j, "content", &s->digest);
	assay_json_end(&j);
	assay_buf_putc(out, '\n');
}

/* ---------------------------------------------------------------- what is not */

static void json_check(assay_json *j, const assay_failed_check *c)
{
	assay_json_object(j);
	assay_json_kstr(j, "contract", c->contract_id);
	assay_json_kstr(j, "check", c->check_id);
	assay_json_kstr(j, "severity", assay_severity_name((assay_severity)c->severity));
	assay_json_kstr(j, "metric", c->metric);
	assay_json_key(j, "value");
	if (c->defined)
		assay_json_decimal(j, c->value);
	else
		assay_json_null(j);
	if (!c->defined)
		assay_json_kstr(j, "undefined", c->reason);
	json_bound(j, c->op, c->low, c->high);
	assay_json_end(j);
}

static void json_checks(assay_json *j, const assay_sample_row *row)
{
	assay_json_key(j, "checks");
	if (row == NULL) {
		assay_json_null(j);
		return;
	}
	assay_json_array(j);
	for (size_t i = 0; i < row->check_count; i++)
		json_check(j, &row->checks[i]);
	assay_json_end(j);
}

void manifest_other_line(assay_buf *out, const assay_trie_entry *e, const assay_sample_row *row)
{
	const bool filtered =
	    e->outcome == ASSAY_OUTCOME_FILTERED; /* the entry has its name where others have a stage */
	assay_json j;

	assay_json_init(&j, out, 0);
	assay_json_object(&j);
	assay_json_kstr(&j, "key", e->key);
	assay_json_kstr(&j, "kind", e->kind != 0 ? assay_sample_kind_name(e->kind) : "source");
	assay_json_kstr(&j, "outcome", assay_outcome_name(e->outcome));
	assay_json_kstr(&j, "stage", filtered ? NULL : e->stage);
	assay_json_kstr(&j, "filter", filtered ? e->stage : NULL);
	assay_json_kstr(&j, "failure", e->failure != 0 ? assay_failure_name(e->failure) : NULL);
	if (e->outcome == ASSAY_OUTCOME_DUPLICATE)
		assay_json_kstr(&j, "original", row != NULL ? row->original : NULL);
	if (e->kind != 0)
		json_checks(&j, row);
	assay_json_end(&j);
	assay_buf_putc(out, '\n');
}
