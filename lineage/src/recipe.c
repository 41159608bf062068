/*
 * Layout of a recipe record (an object; its digest names the recipe; maps have ascending integer keys):
 *   {0: format 1, 1: modality, 2: [step...]}
 *   step: {0: stage, 1: version, 2: determinism, 3: engine, 4: [[parameter, value]...], 5: [[role, name, digest]...],
 *          6: [library...], 7: [[metric, unit, scale]...], 8: [[role, media, suffix]...]}
 *   Results name a metric by its position in all steps' tables taken together, an artifact type by its position in
 *   its step's table.
 */
#include "assay/recipe.h"

#include "assay/decimal.h"
#include "assay/kind.h"
#include "assay/object.h"

#include "record.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define FIELDS      3
#define STEP_FIELDS 9

/* ---------------------------------------------------------------- release */

static void tables_release(assay_recipe_step *s)
{
	for (size_t i = 0; i < s->metric_count; i++) {
		free(s->metrics[i].name);
		free(s->metrics[i].unit);
	}
	for (size_t i = 0; i < s->artifact_count; i++) {
		free(s->artifacts[i].role);
		free(s->artifacts[i].media);
		free(s->artifacts[i].suffix);
	}
	free(s->metrics);
	free(s->artifacts);
}

static void step_release(assay_recipe_step *s)
{
	for (size_t i = 0; i < s->param_count; i++) {
		free(s->params[i].name);
		free(s->params[i].text);
	}
	for (size_t i = 0; i < s->file_count; i++) {
		free(s->files[i].role);
		free(s->files[i].name);
	}
	for (size_t i = 0; i < s->library_count; i++)
		free(s->libraries[i]);
	free(s->params);
	free(s->files);
	free(s->libraries);
	tables_release(s);
	free(s->stage);
	free(s->engine);
}

void assay_recipe_close(assay_recipe *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < r->step_count; i++)
		step_release(&r->steps[i]);
	free(r->steps);
	free(r);
}

/* ---------------------------------------------------------------- encode */

static void encode_params(assay_buf *out, const assay_recipe_step *s)
{
	assay_cbor_array(out, s->param_count);
	for (size_t i = 0; i < s->param_count; i++) {
		assay_cbor_array(out, 2);
		assay_cbor_text(out, s->params[i].name);
		assay_cbor_text(out, s->params[i].text);
	}
}

static void encode_files(assay_buf *out, const assay_recipe_step *s)
{
	assay_cbor_array(out, s->file_count);
	for (size_t i = 0; i < s->file_count; i++) {
		assay_cbor_array(out, 3);
		assay_cbor_text(out, s->files[i].role);
		assay_cbor_text(out, s->files[i].name);
		assay_cbor_digest(out, &s->files[i].digest);
	}
}

static void encode_metrics(assay_buf *out, const assay_recipe_step *s)
{
	assay_cbor_array(out, s->metric_count);
	for (size_t i = 0; i < s->metric_count; i++) {
		assay_cbor_array(out, 3);
		assay_cbor_text(out, s->metrics[i].name);
		assay_cbor_text(out, s->metrics[i].unit);
		assay_cbor_int(out, s->metrics[i].scale);
	}
}

static void encode_artifacts(assay_buf *out, const assay_recipe_step *s)
{
	assay_cbor_array(out, s->artifact_count);
	for (size_t i = 0; i < s->artifact_count; i++) {
		assay_cbor_array(out, 3);
		assay_cbor_text(out, s->artifacts[i].role);
		assay_cbor_text(out, s->artifacts[i].media);
		assay_cbor_text(out, s->artifacts[i].suffix);
	}
}

static void encode_step(assay_buf *out, const assay_recipe_step *s)
{
	assay_cbor_map(out, STEP_FIELDS);
	assay_cbor_uint(out, 0);
	assay_cbor_text(out, s->stage);
	assay_cbor_uint(out, 1);
	assay_cbor_uint(out, s->version);
	assay_cbor_uint(out, 2);
	assay_cbor_uint(out, s->determinism);
	assay_cbor_uint(out, 3);
	assay_cbor_text(out, s->engine != NULL ? s->engine : "");
	assay_cbor_uint(out, 4);
	encode_params(out, s);
	assay_cbor_uint(out, 5);
	encode_files(out, s);
	assay_cbor_uint(out, 6);
	assay_record_put_texts(out, s->libraries, s->library_count);
	assay_cbor_uint(out, 7);
	encode_metrics(out, s);
	assay_cbor_uint(out, 8);
	encode_artifacts(out, s);
}

void assay_recipe_encode(assay_buf *out, const assay_recipe *r)
{
	assay_cbor_map(out, FIELDS);
	assay_cbor_uint(out, 0);
	assay_cbor_uint(out, ASSAY_RECIPE_FORMAT);
	assay_cbor_uint(out, 1);
	assay_cbor_uint(out, r->modality);
	assay_cbor_uint(out, 2);
	assay_cbor_array(out, r->step_count);
	for (size_t i = 0; i < r->step_count; i++)
		encode_step(out, &r->steps[i]);
}

/* ---------------------------------------------------------------- decode */

static void read_params(assay_cbor_reader *c, assay_recipe_step *s)
{
	size_t n;

	s->params = assay_record_list(c, sizeof(*s->params), &n);
	while (s->param_count < n && c->fault == NULL) {
		assay_recipe_param *p = &s->params[s->param_count++];

		assay_record_tuple(c, 2, "parameter is not a pair");
		p->name = assay_record_text(c);
		p->text = assay_record_text(c);
	}
}

static void read_files(assay_cbor_reader *c, assay_recipe_step *s)
{
	size_t n;

	s->files = assay_record_list(c, sizeof(*s->files), &n);
	while (s->file_count < n && c->fault == NULL) {
		assay_recipe_file *f = &s->files[s->file_count++];

		assay_record_tuple(c, 3, "file is not a triple");
		f->role = assay_record_text(c);
		f->name = assay_record_text(c);
		assay_record_digest(c, &f->digest);
	}
}

static void read_metrics(assay_cbor_reader *c, assay_recipe_step *s)
{
	size_t n;

	s->metrics = assay_record_list(c, sizeof(*s->metrics), &n);
	while (s->metric_count < n && c->fault == NULL) {
		assay_recipe_metric *m = &s->metrics[s->metric_count++];
		uint32_t scale;

		assay_record_tuple(c, 3, "metric is not a triple");
		m->name = assay_record_text(c);
		m->unit = assay_record_text(c);
		scale = assay_record_u32(c);
		if (scale > ASSAY_DECIMAL_SCALE_MAX)
			assay_cbor_fault(c, "metric has too many places");
		m->scale = (int)scale;
	}
}

static void read_artifacts(assay_cbor_reader *c, assay_recipe_step *s)
{
	size_t n;

	s->artifacts = assay_record_list(c, sizeof(*s->artifacts), &n);
	while (s->artifact_count < n && c->fault == NULL) {
		assay_recipe_artifact *a = &s->artifacts[s->artifact_count++];

		assay_record_tuple(c, 3, "artifact type is not a triple");
		a->role = assay_record_text(c);
		a->media = assay_record_text(c);
		a->suffix = assay_record_text(c);
	}
}

static void read_step(assay_cbor_reader *c, assay_recipe_step *s)
{
	if (assay_cbor_read_map(c) != STEP_FIELDS)
		assay_cbor_fault(c, "step does not have 9 fields");
	assay_cbor_read_key(c, 0);
	s->stage = assay_record_text(c);
	assay_cbor_read_key(c, 1);
	s->version = assay_record_u32(c);
	assay_cbor_read_key(c, 2);
	s->determinism = assay_record_u32(c);
	assay_cbor_read_key(c, 3);
	s->engine = assay_record_text(c);
	assay_cbor_read_key(c, 4);
	read_params(c, s);
	assay_cbor_read_key(c, 5);
	read_files(c, s);
	assay_cbor_read_key(c, 6);
	assay_record_texts(c, &s->libraries, &s->library_count);
	assay_cbor_read_key(c, 7);
	read_metrics(c, s);
	assay_cbor_read_key(c, 8);
	read_artifacts(c, s);
}

static void read_recipe(assay_cbor_reader *c, assay_recipe *r)
{
	size_t n;

	assay_record_head(c, FIELDS, "recipe does not have 3 fields", ASSAY_RECIPE_FORMAT, "unknown recipe format");
	assay_cbor_read_key(c, 1);
	r->modality = assay_record_u32(c);
	if (assay_modality_name(r->modality) == NULL)
		assay_cbor_fault(c, "unknown modality");
	assay_cbor_read_key(c, 2);
	r->steps = assay_record_list(c, sizeof(*r->steps), &n);
	while (r->step_count < n && c->fault == NULL) {
		assay_recipe_step *s = &r->steps[r->step_count++];

		read_step(c, s);
		s->metric_base = (uint32_t)r->metric_total;
		r->metric_total += s->metric_count;
	}
}

assay_code assay_recipe_decode(assay_recipe **out, const void *p, size_t n, assay_err *err)
{
	ASSAY_CLEANUP(assay_recipe_closep) assay_recipe *r = assay_alloc(1, sizeof(*r));
	assay_cbor_reader c;
	assay_code rc;

	*out = NULL;
	if (r == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "recipe");
	assay_cbor_reader_init(&c, p, n);
	read_recipe(&c, r);
	rc = assay_cbor_finish(&c, "recipe", err);
	if (rc == ASSAY_OK)
		rc = assay_digest_of(&r->digest, p, n, err);
	if (rc == ASSAY_OK)
		*out = ASSAY_STEAL(&r);
	return rc;
}

assay_code assay_recipe_load(assay_recipe **out, assay_store *s, const assay_digest *d, assay_err *err)
{
	ASSAY_AUTO_BUF record = ASSAY_BUF_INIT;
	assay_code rc;

	*out = NULL;
	rc = assay_object_get(s, d, &record, err);
	return rc == ASSAY_OK ? assay_recipe_decode(out, record.data, record.len, err) : rc;
}

const assay_recipe_metric *assay_recipe_metric_at(const assay_recipe *r, uint32_t number,
						  const assay_recipe_step **step)
{
	for (size_t i = 0; i < r->step_count; i++) {
		const assay_recipe_step *s = &r->steps[i];

		if (number >= s->metric_base && number - s->metric_base < s->metric_count) {
			if (step != NULL)
				*step = s;
			return &s->metrics[number - s->metric_base];
		}
	}
	if (step != NULL)
		*step = NULL;
	return NULL;
}

/* ---------------------------------------------------------------- difference */

static bool same_stages(const assay_recipe *a, const assay_recipe *b)
{
	if (a->step_count != b->step_count)
		return false;
	for (size_t i = 0; i < a->step_count; i++)
		if (strcmp(a->steps[i].stage, b->steps[i].stage) != 0)
			return false;
	return true;
}

static void list_stages(assay_buf *out, const assay_recipe *r)
{
	if (r->step_count == 0)
		assay_buf_puts(out, "none");
	for (size_t i = 0; i < r->step_count; i++)
		assay_buf_printf(out, "%s%s", i > 0 ? ", " : "", r->steps[i].stage);
}

static bool diff_stages(assay_buf *out, const assay_recipe *before, const assay_recipe *after)
{
	if (before->modality != after->modality) {
		assay_buf_printf(out, "recipe is for %s, was for %s", assay_modality_name(after->modality),
				 assay_modality_name(before->modality));
		return true;
	}
	if (same_stages(before, after))
		return false;
	assay_buf_puts(out, "stages are ");
	list_stages(out, after);
	assay_buf_puts(out, "; were ");
	list_stages(out, before);
	return true;
}

static bool diff_version(assay_buf *out, const assay_recipe_step *before, const assay_recipe_step *after)
{
	if (before->version == after->version)
		return false;
	assay_buf_printf(out, "%s (version %" PRIu32 ") was version %" PRIu32, after->stage, after->version,
			 before->version);
	return true;
}

static const char *param_text(const assay_recipe_step *s, const char *name)
{
	for (size_t i = 0; i < s->param_count; i++)
		if (strcmp(s->params[i].name, name) == 0)
			return s->params[i].text;
	return NULL;
}

static bool diff_params(assay_buf *out, const assay_recipe_step *before, const assay_recipe_step *after)
{
	for (size_t i = 0; i < after->param_count; i++) {
		const assay_recipe_param *p = &after->params[i];
		const char *was = param_text(before, p->name);

		if (was != NULL && strcmp(was, p->text) == 0)
			continue;
		assay_buf_printf(out, "%s: %s is '%s', was ", after->stage, p->name, p->text);
		assay_buf_printf(out, was != NULL ? "'%s'" : "not set", was);
		return true;
	}
	for (size_t i = 0; i < before->param_count; i++) {
		if (param_text(after, before->params[i].name) != NULL)
			continue;
		assay_buf_printf(out, "%s: %s is not set, was '%s'", after->stage, before->params[i].name,
				 before->params[i].text);
		return true;
	}
	return false;
}

static bool diff_engine(assay_buf *out, const assay_recipe_step *before, const assay_recipe_step *after)
{
	if (strcmp(before->engine, after->engine) == 0)
		return false;
	assay_buf_printf(out, "%s: engine is '%s', was '%s'", after->stage, after->engine, before->engine);
	return true;
}

static const assay_recipe_file *find_file(const assay_recipe_step *s, const assay_recipe_file *like)
{
	for (size_t i = 0; i < s->file_count; i++)
		if (strcmp(s->files[i].role, like->role) == 0 && strcmp(s->files[i].name, like->name) == 0)
			return &s->files[i];
	return NULL;
}

static bool diff_files(assay_buf *out, const assay_recipe_step *before, const assay_recipe_step *after)
{
	for (size_t i = 0; i < after->file_count; i++) {
		const assay_recipe_file *f = &after->files[i], *was = find_file(before, f);

		if (was != NULL && assay_digest_eq(&was->digest, &f->digest))
			continue;
		assay_buf_printf(out, "%s %s %s", f->role, f->name, was != NULL ? "changed" : "is new");
		return true;
	}
	for (size_t i = 0; i < before->file_count; i++) {
		const assay_recipe_file *f = &before->files[i];

		if (find_file(after, f) != NULL)
			continue;
		assay_buf_printf(out, "%s %s is no longer used", f->role, f->name);
		return true;
	}
	return false;
}

/* Position of a library with that name, whatever its build. */
static const char *find_library(const assay_recipe_step *s, const char *like)
{
	const size_t name = strcspn(like, " ");

	for (size_t i = 0; i < s->library_count; i++)
		if (strcspn(s->libraries[i], " ") == name && strncmp(s->libraries[i], like, name) == 0)
			return s->libraries[i];
	return NULL;
}

static bool diff_libraries(assay_buf *out, const assay_recipe_step *before, const assay_recipe_step *after)
{
	for (size_t i = 0; i < after->library_count; i++) {
		const char *now = after->libraries[i], *was = find_library(before, now);

		if (was != NULL && strcmp(was, now) == 0)
			continue;
		if (was != NULL)
			assay_buf_printf(out, "%s: library is %s, was %s", after->stage, now, was);
		else
			assay_buf_printf(out, "%s: library %s is new", after->stage, now);
		return true;
	}
	for (size_t i = 0; i < before->library_count; i++) {
		if (find_library(after, before->libraries[i]) != NULL)
			continue;
		assay_buf_printf(out, "%s: library %s is no longer used", after->stage, before->libraries[i]);
		return true;
	}
	return false;
}

/* Whatever is left: the tables and the declarations that come with a build of the program. */
static bool diff_rest(assay_buf *out, const assay_recipe_step *before, const assay_recipe_step *after)
{
	ASSAY_AUTO_BUF a = ASSAY_BUF_INIT, b = ASSAY_BUF_INIT;

	encode_step(&a, before);
	encode_step(&b, after);
	if (a.failed || b.failed) {
		out->failed = true; /* no memory to tell: as sticky as an append that found none */
		return true;
	}
	if (a.len == b.len && memcmp(a.data, b.data, a.len) == 0)
		return false;
	assay_buf_printf(out, "%s: its declared metrics, artifacts or determinism changed", after->stage);
	return true;
}

typedef bool diff_fn(assay_buf *out, const assay_recipe_step *before, const assay_recipe_step *after);

void assay_recipe_diff_text(assay_buf *out, const assay_recipe *before, const assay_recipe *after)
{
	/* What a user most likely did comes first, what comes with an update last. */
	static diff_fn *const order[] = {diff_version, diff_params, diff_engine, diff_files, diff_libraries, diff_rest};

	if (diff_stages(out, before, after))
		return;
	for (size_t k = 0; k < ASSAY_COUNT(order); k++)
		for (size_t i = 0; i < after->step_count; i++)
			if (order[k](out, &before->steps[i], &after->steps[i]))
				return;
}
