/* One line of manifest.jsonl: its shape, the files that it names, and whether its content digest is that of what it says. */
#include "verify.h"

#include "manifest.h"
#include "sample.h"

#include "assay/file.h"
#include "assay/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Above this a double no longer tells every integer in units of the resolution. */
#define EXACT_MAX 1125899906842624.0 /* 2^50 */

typedef struct line {
	verifier *v;
	const json_t *json;
	int number;
	const assay_recipe *recipe; /* NULL when it is not known */
	bool repaired;              /* it is that of a remedy */
	assay_trie_entry entry;
	bool sound;            /* its shape is as it must be */
	bool computable;       /* the content digest can be computed */
	const char **metadata; /* keys, then values */
} line;

static void wrong(line *l, const char *what)
{
	l->sound = false;
	verify_finding(l->v, MANIFEST_NAME, l->number, "%s", what);
}

const char *verify_text(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

bool verify_digest(const json_t *object, const char *key, assay_digest *out)
{
	const char *text = verify_text(object, key);

	return text != NULL && assay_digest_parse(out, text);
}

/* ---------------------------------------------------------------- names */

static void read_names(line *l)
{
	ASSAY_AUTO_BUF key = ASSAY_BUF_INIT;
	const json_t *source = json_object_get(l->json, "source");
	const char *name = verify_text(l->json, "key"), *path = verify_text(source, "path");
	const char *part = verify_text(l->json, "part"), *kind = verify_text(l->json, "kind");
	const char *outcome = verify_text(l->json, "outcome");

	if (name == NULL || path == NULL || part == NULL || kind == NULL || outcome == NULL) {
		wrong(l, "a key, kind, outcome, source path or part is missing");
		return;
	}
	assay_sample_key(&key, path, part);
	if (strcmp(assay_buf_str(&key), name) != 0)
		wrong(l, "the key is not that of its source and part");
	l->entry.key = name;
	l->entry.kind = assay_sample_kind_parse(kind);
	if (l->entry.kind == 0)
		wrong(l, "there is no such kind of sample");
	if (strcmp(outcome, "accepted") == 0)
		l->entry.outcome = ASSAY_OUTCOME_ACCEPTED;
	else if (strcmp(outcome, "waived") == 0)
		l->entry.outcome = ASSAY_OUTCOME_WAIVED;
	else
		wrong(l, "what is delivered is accepted or waived");
	l->v->content.part = part;
	l->v->content.kind = l->entry.kind;
	if (!verify_digest(source, "sha256", &l->v->content.source))
		wrong(l, "the source has no digest");
}

static void read_digests(line *l)
{
	assay_digest recipe;

	if (!verify_digest(l->json, "content", &l->entry.content) ||
	    !verify_digest(l->json, "work_key", &l->entry.work_key) || !verify_digest(l->json, "recipe", &recipe)) {
		wrong(l, "a content, work_key or recipe digest is missing");
		return;
	}
	for (unsigned m = 1; m <= ASSAY_MODALITY_MAX; m++) {
		const assay_recipe *r = l->v->recipes[m];

		if (r != NULL && assay_digest_eq(&r->digest, &recipe))
			l->recipe = r;
	}
	for (size_t i = 0; i < l->v->remedy_count && l->recipe == NULL; i++) {
		l->repaired = l->v->remedies[i] != NULL && assay_digest_eq(&l->v->remedies[i]->digest, &recipe);
		if (l->repaired)
			l->recipe = l->v->remedies[i];
	}
	if (l->recipe == NULL && l->v->has_record)
		wrong(l, "its recipe is none of the version's");
}

/* ---------------------------------------------------------------- span, measurements, metadata */

static bool read_time(const json_t *t, assay_time *out)
{
	const json_t *ticks = json_object_get(t, "ticks"), *num = json_object_get(t, "num"),
		     *den = json_object_get(t, "den");

	if (!json_is_integer(ticks) || !json_is_integer(num) || !json_is_integer(den))
		return false;
	out->ticks = json_integer_value(ticks);
	out->num = (int32_t)json_integer_value(num);
	out->den = (int32_t)json_integer_value(den);
	return json_integer_value(num) == out->num && json_integer_value(den) == out->den && out->num > 0 &&
	       out->den > 0;
}

static void read_span(line *l)
{
	const json_t *span = json_object_get(l->json, "span");
	assay_content *c = &l->v->content;

	c->has_span = !json_is_null(span);
	if (c->has_span && (!read_time(json_object_get(span, "start"), &c->start) ||
			    !read_time(json_object_get(span, "end"), &c->end)))
		wrong(l, "the span is neither null nor two times");
}

static const assay_recipe_metric *metric_of(const assay_recipe *r, const char *name)
{
	for (uint32_t i = 0; i < r->metric_total; i++) {
		const assay_recipe_metric *m = assay_recipe_metric_at(r, i, NULL);

		if (strcmp(m->name, name) == 0)
			return m;
	}
	return NULL;
}

/* JSON readers give doubles: a decimal is the integer nearest to it in units of its metric's resolution. */
static void read_number(line *l, assay_content_measure *m, const json_t *value)
{
	const double x = json_number_value(value) * pow(10, m->scale);

	if (fabs(x) < EXACT_MAX)
		m->value = llround(x);
	else if (json_is_integer(value) && m->scale == 0)
		m->value = json_integer_value(value);
	else
		l->computable = false;
	m->defined = true;
}

static assay_code read_measure(line *l, const char *name, const json_t *value, assay_err *err)
{
	assay_content *c = &l->v->content;
	const assay_recipe_metric *row = l->recipe != NULL ? metric_of(l->recipe, name) : NULL;
	assay_content_measure m = {.name = name, .scale = row != NULL ? row->scale : 0};
	assay_code rc;

	if (row == NULL && l->recipe != NULL)
		wrong(l, "it has a measurement that its recipe does not make");
	if (json_is_number(value)) {
		read_number(l, &m, value);
	} else {
		m.reason = verify_text(json_object_get(l->json, "undefined"), name);
		if (!json_is_null(value) || m.reason == NULL)
			wrong(l, "a measurement is neither a number nor null with a reason");
	}
	rc = assay_grow(&c->measures, &c->measure_cap, c->measure_count, sizeof *c->measures, err);
	if (rc == ASSAY_OK)
		c->measures[c->measure_count++] = m;
	return rc;
}

static assay_code read_measures(line *l, assay_err *err)
{
	json_t *all = json_object_get(l->json, "measurements"), *value;
	const char *name;
	assay_code rc = ASSAY_OK;

	if (!json_is_object(all))
		wrong(l, "the measurements are missing");
	json_object_foreach(all, name, value)
	{
		rc = read_measure(l, name, value, err);
		if (rc != ASSAY_OK)
			break;
	}
	return rc;
}

static assay_code read_metadata(line *l, assay_err *err)
{
	json_t *all = json_object_get(l->json, "metadata"), *value;
	const size_t count = json_object_size(all);
	assay_content *c = &l->v->content;
	const char *key;

	if (json_is_null(all)) {
		l->computable = false; /* edited since the version was made: only its digest is known */
		return ASSAY_OK;
	}
	if (!json_is_object(all)) {
		wrong(l, "the metadata are missing");
		return ASSAY_OK;
	}
	l->metadata = assay_alloc(2 * count, sizeof *l->metadata);
	if (l->metadata == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "metadata");
	json_object_foreach(all, key, value)
	{
		l->metadata[c->metadata_count] = key;
		l->metadata[count + c->metadata_count++] = json_is_string(value) ? json_string_value(value) : "";
	}
	c->metadata_keys = l->metadata;
	c->metadata_values = l->metadata + count;
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- artifacts */

static void check_file(line *l, const char *path, const assay_content_artifact *a)
{
	sums_row *row = sums_find(&l->v->sums, path);

	if (row == NULL) {
		wrong(l, "it names an artifact that is not in SHA256SUMS");
		return;
	}
	row->named = true;
	l->v->out->artifacts++;
	if (!assay_digest_eq(&row->digest, &a->digest))
		wrong(l, "it names an artifact by another digest than SHA256SUMS does");
	if (row->found && row->size != a->size)
		wrong(l, "it names an artifact by another size than it has");
}

static void check_text(line *l, const assay_content_artifact *a)
{
	const json_t *text = json_object_get(l->json, "text");
	assay_digest d;

	if (strcmp(a->role, "text") != 0 || !json_is_string(text) || l->entry.kind != ASSAY_SAMPLE_PAGE)
		return;
	if (assay_digest_of(&d, json_string_value(text), json_string_length(text), NULL) == ASSAY_OK &&
	    !assay_digest_eq(&d, &a->digest))
		wrong(l, "its text is not that of its artifact");
}

static assay_code read_artifact(line *l, const json_t *json, assay_err *err)
{
	assay_content *c = &l->v->content;
	assay_content_artifact a = {.stage = verify_text(json, "stage"), .role = verify_text(json, "role")};
	const char *path = verify_text(json, "path");
	const json_t *bytes = json_object_get(json, "bytes");
	assay_code rc;

	if (a.stage == NULL || a.role == NULL || path == NULL || !json_is_integer(bytes) ||
	    json_integer_value(bytes) < 0 || !verify_digest(json, "sha256", &a.digest)) {
		wrong(l, "an artifact lacks its role, stage, path, bytes or sha256");
		return ASSAY_OK;
	}
	a.size = (uint64_t)json_integer_value(bytes);
	check_file(l, path, &a);
	check_text(l, &a);
	rc = assay_grow(&c->artifacts, &c->artifact_cap, c->artifact_count, sizeof *c->artifacts, err);
	if (rc == ASSAY_OK)
		c->artifacts[c->artifact_count++] = a;
	return rc;
}

static assay_code read_artifacts(line *l, assay_err *err)
{
	const json_t *all = json_object_get(l->json, "artifacts");
	assay_code rc = ASSAY_OK;

	if (!json_is_array(all))
		wrong(l, "the artifacts are missing");
	for (size_t i = 0; i < json_array_size(all) && rc == ASSAY_OK; i++)
		rc = read_artifact(l, json_array_get(all, i), err);
	return rc;
}

/* ---------------------------------------------------------------- what people decided */

static const assay_decision *decision_of(const line *l, const char *subject, assay_decision_slot slot)
{
	return subject != NULL ? assay_decisions_find(l->v->decisions, l->v->decision_count, subject, slot) : NULL;
}

/* What is waived has a waiver, and nothing else has. */
static void check_waiver(line *l)
{
	const bool waived = l->entry.outcome == ASSAY_OUTCOME_WAIVED;
	const json_t *waiver = json_object_get(l->json, "waiver");
	const assay_decision *d = decision_of(l, l->entry.key, ASSAY_DECISION_OF_VERDICT);
	const char *expires = verify_text(waiver, "expires");
	char time[32] = "";

	if (waived != json_is_object(waiver))
		wrong(l, "it has a waiver and is not waived, or is waived and has none");
	if (!waived || !l->v->knows_decisions)
		return;
	if (d == NULL || d->kind != ASSAY_DECISION_WAIVE) {
		wrong(l, "it is waived, and no decision of the version waives it");
		return;
	}
	if (d->expires_ns != 0)
		(void)assay_time_format(d->expires_ns, time);
	if (strcmp(expires != NULL ? expires : "", time) != 0)
		wrong(l, "its waiver expires at another time than the decision says");
}

/* The other file must be there, and be the one that was decided. d: what the sample is made of; NULL: nothing says so. */
static void check_substitute(line *l, const assay_decision *d)
{
	const json_t *source = json_object_get(l->json, "source");
	const char *path = verify_text(source, "file");
	sums_row *row = path != NULL ? sums_find(&l->v->sums, path) : NULL;
	assay_digest original;

	if (row == NULL || !assay_digest_eq(&row->digest, &l->v->content.source))
		wrong(l, "the file that stands in place of its source is not there, or is another one");
	if (row != NULL)
		row->named = true;
	if (!verify_digest(source, "original", &original))
		wrong(l, "the source that it stands for has no digest");
	else if (l->v->knows_decisions &&
		 (d == NULL || d->kind != ASSAY_DECISION_REPLACE ||
		  !assay_digest_eq(&d->payload, &l->v->content.source) || !assay_digest_eq(&d->basis, &original)))
		wrong(l, "it is replaced, and no decision of the version replaces it so");
}

static assay_code check_treatment(line *l, assay_err *err)
{
	const char *name = verify_text(l->json, "treatment");
	const char *path = verify_text(json_object_get(l->json, "source"), "path");
	const assay_decision *d = NULL;
	unsigned way = ASSAY_WAY_PLAIN;
	assay_code rc = ASSAY_OK;

	if (l->v->format < 3)
		return ASSAY_OK;
	check_waiver(l);
	if (l->entry.key != NULL && path != NULL)
		rc = sample_made_by(&d, l->v->decisions, l->v->decision_count, l->entry.key, path, &l->v->scratch, err);
	if (rc != ASSAY_OK)
		return rc;
	while (way <= ASSAY_WAY_REPLACED && name != NULL && strcmp(sample_treatment_name(way), name) != 0)
		way++;
	if (name == NULL || way > ASSAY_WAY_REPLACED)
		wrong(l, "there is no such treatment");
	else if (way == ASSAY_WAY_REPLACED)
		check_substitute(l, d);
	else if (l->recipe != NULL && way != ASSAY_WAY_CORRECTED && l->repaired != (way == ASSAY_WAY_REMEDY))
		wrong(l, "it is plain by the recipe of a remedy, or repaired by one that is none");
	else if (way == ASSAY_WAY_CORRECTED && l->v->knows_decisions &&
		 (d == NULL || d->kind != ASSAY_DECISION_CORRECT))
		wrong(l, "it is corrected, and no decision of the version corrects it");
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- the line */

static assay_code check_content(line *l, assay_err *err)
{
	assay_digest d;
	assay_code rc;

	if (!l->sound || !l->computable || l->recipe == NULL)
		return ASSAY_OK;
	rc = assay_content_digest(&l->v->content, &l->v->scratch, &d, err);
	if (rc == ASSAY_OK && !assay_digest_eq(&d, &l->entry.content))
		wrong(l, "its content digest is not that of what the line says");
	return rc;
}

static assay_code read_line(line *l, assay_err *err)
{
	assay_code rc;

	read_names(l);
	read_digests(l);
	read_span(l);
	ASSAY_TRY(read_measures(l, err));
	ASSAY_TRY(read_metadata(l, err));
	ASSAY_TRY(read_artifacts(l, err));
	ASSAY_TRY(check_treatment(l, err));
	ASSAY_TRY(check_content(l, err));
	if (l->entry.key == NULL || !l->sound) {
		l->v->delivered.complete = false;
		return ASSAY_OK;
	}
	l->v->kinds[l->entry.kind]++;
	rc = verify_add(&l->v->delivered, &l->entry, err);
fail:
	return rc;
}

assay_code verify_sample(verifier *v, const json_t *json, int number, assay_err *err)
{
	line l = {.v = v, .json = json, .number = number, .sound = true, .computable = true};
	assay_code rc;

	assay_content_reset(&v->content);
	rc = read_line(&l, err);
	free((void *)(uintptr_t)l.metadata);
	return rc;
}
