#include "assay/stage.h"

#include "assay/decimal.h"
#include "assay/memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MESSAGE_SIZE 400

/* ---------------------------------------------------------------- values */

assay_value *assay_value_new(assay_value_kind kind, uint32_t root)
{
	assay_value *v = calloc(1, sizeof *v);

	if (v == NULL)
		return NULL;
	v->kind = kind;
	v->refs = 1;
	v->root = root;
	v->time = (assay_time){.ticks = 0, .num = 1, .den = 1};
	return v;
}

assay_value *assay_value_ref(assay_value *v)
{
	v->refs++;
	return v;
}

void assay_value_unref(assay_value *v)
{
	if (v == NULL || --v->refs > 0)
		return;
	if (v->free_payload != NULL)
		v->free_payload(v);
	free(v);
}

/* ---------------------------------------------------------------- sink */

assay_code assay_emit(assay_sink *s, assay_value *v, assay_err *err)
{
	return s->ops->emit(s, v, err);
}

assay_code assay_sample(assay_sink *s, assay_sample_kind kind, const char *part, uint32_t parent, uint32_t *out,
			assay_err *err)
{
	return s->ops->sample(s, kind, part, parent, out, err);
}

assay_code assay_divide(assay_sink *s, uint32_t root, const char *part, uint32_t *out, assay_err *err)
{
	return s->ops->divide(s, root, part, out, err);
}

assay_code assay_span(assay_sink *s, uint32_t sample, assay_time start, assay_time end, assay_err *err)
{
	return s->ops->span(s, sample, start, end, err);
}

assay_code assay_end(assay_sink *s, uint32_t root, assay_err *err)
{
	return s->ops->end(s, root, err);
}

assay_code assay_measure(assay_sink *s, uint32_t sample, unsigned metric, int64_t value, assay_err *err)
{
	return s->ops->measure(s, sample, metric, value, NULL, err);
}

assay_code assay_undefined(assay_sink *s, uint32_t sample, unsigned metric, const char *reason, assay_err *err)
{
	return s->ops->measure(s, sample, metric, 0, reason, err);
}

assay_code assay_measure_f64(assay_sink *s, uint32_t sample, unsigned metric, int scale, double value, assay_err *err)
{
	bool defined;
	int64_t units = assay_round_f64(value, scale, &defined);

	return s->ops->measure(s, sample, metric, units, defined ? NULL : "not finite", err);
}

assay_code assay_artifact(assay_sink *s, uint32_t sample, unsigned artifact, const void *data, size_t size,
			  assay_err *err)
{
	return s->ops->artifact(s, sample, artifact, data, size, err);
}

assay_code assay_reject(assay_sink *s, uint32_t sample, assay_failure failure, assay_err *err, const char *fmt, ...)
{
	char message[MESSAGE_SIZE];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(message, sizeof message, fmt, ap);
	va_end(ap);
	return s->ops->reject(s, sample, failure, message, err);
}

assay_code assay_fail(assay_sink *s, assay_failure failure, assay_err *err, const char *fmt, ...)
{
	char message[MESSAGE_SIZE];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(message, sizeof message, fmt, ap);
	va_end(ap);
	return s->ops->fail(s, failure, message, err);
}

assay_code assay_widen(assay_sink *s, assay_err *err)
{
	return s->ops->widen(s, err);
}

assay_code assay_drop(assay_sink *s, const char *reason, uint64_t count, assay_err *err)
{
	return s->ops->drop(s, reason, count, err);
}

assay_code assay_pages(assay_sink *s, uint32_t total, assay_err *err)
{
	return s->ops->pages(s, total, err);
}

/* ---------------------------------------------------------------- input, files, tables */

const assay_sidecar *assay_input_sidecar(const assay_input *in, const char *role)
{
	for (size_t i = 0; i < in->sidecar_count; i++)
		if (strcmp(in->sidecars[i].role, role) == 0)
			return &in->sidecars[i];
	return NULL;
}

assay_code assay_stage_files_add(assay_stage_files *f, const char *role, const char *path, assay_err *err)
{
	size_t cap = f->cap;
	ASSAY_AUTO_FREE char *role_copy = NULL;
	ASSAY_AUTO_FREE char *path_copy = NULL;
	assay_code rc = assay_grow(&f->roles, &cap, f->count, sizeof *f->roles, err);

	if (rc == ASSAY_OK)
		rc = assay_grow(&f->paths, &f->cap, f->count, sizeof *f->paths, err);
	if (rc != ASSAY_OK)
		return rc;
	role_copy = assay_strdup(role);
	path_copy = assay_strdup(path);
	if (role_copy == NULL || path_copy == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "list of stage files");
	f->roles[f->count] = ASSAY_STEAL(&role_copy);
	f->paths[f->count++] = ASSAY_STEAL(&path_copy);
	return ASSAY_OK;
}

void assay_stage_files_release(assay_stage_files *f)
{
	for (size_t i = 0; i < f->count; i++) {
		free(f->roles[i]);
		free(f->paths[i]);
	}
	free(f->roles);
	free(f->paths);
	*f = (assay_stage_files){0};
}

size_t assay_param_count(const assay_stage *s)
{
	size_t n = 0;

	while (s->params != NULL && s->params[n].name != NULL)
		n++;
	return n;
}

size_t assay_metric_count(const assay_stage *s)
{
	size_t n = 0;

	while (s->metrics != NULL && s->metrics[n].name != NULL)
		n++;
	return n;
}

size_t assay_artifact_count(const assay_stage *s)
{
	size_t n = 0;

	while (s->artifacts != NULL && s->artifacts[n].role != NULL)
		n++;
	return n;
}

const assay_metric_note *assay_metric_note_of(const assay_stage *s, const char *metric)
{
	for (const assay_metric_note *n = s->notes; n != NULL && n->metric != NULL; n++)
		if (strcmp(n->metric, metric) == 0)
			return n;
	return NULL;
}
