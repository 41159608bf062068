/** Runs a page reader and stages in one process and keeps what they gave: for the tests of stages/ocr. */
#ifndef ASSAY_TEST_OCR_RUN_H
#define ASSAY_TEST_OCR_RUN_H

#include "assay/params.h"
#include "assay/stage.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define RUN_STEPS    8
#define RUN_PAGES    64
#define RUN_MEASURES 4096

typedef struct run_measure {
	uint32_t sample;
	const char *metric;
	int64_t value;
	const char *undefined;
} run_measure;

typedef struct run run;

typedef struct run_sink {
	assay_sink sink; /* first */
	run *r;
	size_t step;
} run_sink;

struct run {
	const assay_stage *stages[RUN_STEPS];
	void *params[RUN_STEPS], *shared[RUN_STEPS], *state[RUN_STEPS];
	bool open[RUN_STEPS];
	run_sink sinks[RUN_STEPS];
	size_t count;
	const assay_input *in;

	/* results */
	assay_code rc;
	assay_err err;
	assay_failure failure; /* what assay_fail said */
	uint32_t total, samples;
	char parts[RUN_PAGES][32];
	assay_value *pages[RUN_PAGES]; /* as they leave the last stage; owned */
	size_t page_count;
	assay_value *words[RUN_PAGES];
	size_t word_count;
	run_measure measures[RUN_MEASURES];
	size_t measure_count;
	char *artifacts[RUN_PAGES * 3];       /* in the order they were made; owned */
	size_t artifact_sizes[RUN_PAGES * 3]; /* a NUL follows each */
	size_t artifact_count;
	assay_failure rejected[RUN_PAGES];
};

static inline run_sink *run_of(assay_sink *s)
{
	return (run_sink *)(void *)s;
}

static inline assay_code run_deliver(run *r, size_t step, assay_value *v, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	if (step == r->count) {
		if (v->kind == ASSAY_VALUE_PAGE && r->page_count < RUN_PAGES)
			r->pages[r->page_count++] = assay_value_ref(v);
		if (v->kind == ASSAY_VALUE_WORDS && r->word_count < RUN_PAGES)
			r->words[r->word_count++] = assay_value_ref(v);
		return ASSAY_OK;
	}
	const assay_stage *s = r->stages[step];
	if (((s->observes | s->replaces) & v->kind) != 0) {
		if (!r->open[step] && s->open != NULL)
			rc = s->open(&r->state[step], r->shared[step], r->params[step], r->in, v->root, err);
		r->open[step] = true;
		if (rc == ASSAY_OK)
			rc = s->push(r->state[step], v, &r->sinks[step].sink, err);
	}
	if (rc == ASSAY_OK && (s->replaces & v->kind) == 0)
		rc = run_deliver(r, step + 1, v, err);
	return rc;
}

static inline assay_code run_emit(assay_sink *s, assay_value *v, assay_err *err)
{
	const assay_code rc = run_deliver(run_of(s)->r, run_of(s)->step + 1, v, err);

	assay_value_unref(v);
	return rc;
}

static inline assay_code run_sample(assay_sink *s, assay_sample_kind kind, const char *part, uint32_t parent,
				    uint32_t *out, assay_err *err)
{
	run *r = run_of(s)->r;

	(void)kind;
	(void)parent;
	(void)err;
	if (r->samples < RUN_PAGES)
		(void)snprintf(r->parts[r->samples], sizeof r->parts[0], "%s", part);
	*out = r->samples++;
	return ASSAY_OK;
}

/* The whole is sample 0. */
static inline assay_code run_divide(assay_sink *s, uint32_t root, const char *part, uint32_t *out, assay_err *err)
{
	run *r = run_of(s)->r;

	if (r->samples == 0)
		r->samples = 1;
	return run_sample(s, ASSAY_SAMPLE_PAGE, part, root, out, err);
}

static inline assay_code run_span(assay_sink *s, uint32_t sample, assay_time start, assay_time end, assay_err *err)
{
	(void)s;
	(void)sample;
	(void)start;
	(void)end;
	(void)err;
	return ASSAY_OK;
}

static inline assay_code run_end(assay_sink *s, uint32_t root, assay_err *err)
{
	run *r = run_of(s)->r;

	(void)root;
	(void)err;
	for (size_t i = 1; i < r->count; i++) {
		if (r->open[i] && r->stages[i]->close != NULL)
			r->stages[i]->close(r->state[i]);
		r->open[i] = false;
		r->state[i] = NULL;
	}
	return ASSAY_OK;
}

static inline assay_code run_measured(assay_sink *s, uint32_t sample, unsigned metric, int64_t value,
				      const char *undefined, assay_err *err)
{
	run *r = run_of(s)->r;

	(void)err;
	if (r->measure_count < RUN_MEASURES)
		r->measures[r->measure_count++] =
		    (run_measure){sample, r->stages[run_of(s)->step]->metrics[metric].name, value, undefined};
	return ASSAY_OK;
}

static inline assay_code run_artifact(assay_sink *s, uint32_t sample, unsigned artifact, const void *data, size_t size,
				      assay_err *err)
{
	run *r = run_of(s)->r;

	(void)sample;
	(void)artifact;
	(void)err;
	if (r->artifact_count < 3 * RUN_PAGES) {
		char *copy = malloc(size + 1);

		assert_non_null(copy);
		memcpy(copy, data, size);
		copy[size] = '\0';
		r->artifact_sizes[r->artifact_count] = size;
		r->artifacts[r->artifact_count++] = copy;
	}
	return ASSAY_OK;
}

static inline assay_code run_reject(assay_sink *s, uint32_t sample, assay_failure failure, const char *message,
				    assay_err *err)
{
	(void)message;
	(void)err;
	if (sample < RUN_PAGES)
		run_of(s)->r->rejected[sample] = failure;
	return ASSAY_OK;
}

static inline assay_code run_drop(assay_sink *s, const char *reason, uint64_t count, assay_err *err)
{
	(void)s;
	(void)reason;
	(void)count;
	(void)err;
	return ASSAY_OK;
}

static inline assay_code run_pages(assay_sink *s, uint32_t total, assay_err *err)
{
	(void)err;
	run_of(s)->r->total = total;
	return ASSAY_OK;
}

static inline assay_code run_fail(assay_sink *s, assay_failure failure, const char *message, assay_err *err)
{
	run_of(s)->r->failure = failure;
	return ASSAY_RAISE(err, ASSAY_ECORRUPT, "%s", message);
}

static const assay_sink_ops run_ops = {.emit = run_emit,
				       .sample = run_sample,
				       .divide = run_divide,
				       .span = run_span,
				       .end = run_end,
				       .measure = run_measured,
				       .artifact = run_artifact,
				       .reject = run_reject,
				       .drop = run_drop,
				       .pages = run_pages,
				       .fail = run_fail};

/** Add a stage with its defaults. Every later call must have err == NULL or check r->rc itself. */
static inline void run_add(run *r, const assay_stage *stage)
{
	const size_t i = r->count++;

	r->stages[i] = stage;
	if (stage->params != NULL && r->rc == ASSAY_OK)
		r->rc = assay_params_new(&r->params[i], stage, &r->err);
}

/** Set a parameter of the stage added last. */
static inline void run_set(run *r, const char *name, const char *text)
{
	const assay_stage *s = r->stages[r->count - 1];
	const assay_param *row = assay_param_find(s, name);

	if (r->rc != ASSAY_OK)
		return;
	if (row->type == ASSAY_PARAM_LIST)
		assay_params_clear_list(s, r->params[r->count - 1], row);
	r->rc = assay_params_set(s, r->params[r->count - 1], row, text, &r->err);
}

static inline void run_prepare(run *r)
{
	for (size_t i = 0; i < r->count && r->rc == ASSAY_OK; i++)
		if (r->stages[i]->prepare != NULL)
			r->rc = r->stages[i]->prepare(&r->shared[i], r->params[i], &r->err);
}

static inline void run_input(run *r, const assay_input *in)
{
	r->in = in;
	for (size_t i = 0; i < r->count; i++)
		r->sinks[i] = (run_sink){{&run_ops, NULL}, r, i};
	if (r->rc == ASSAY_OK)
		r->rc = r->stages[0]->read(r->shared[0], r->params[0], in, &r->sinks[0].sink, &r->err);
	(void)run_end(&r->sinks[0].sink, 0, NULL);
}

/** The whole of a descriptor, with an optional ground truth. */
static inline void run_fd(run *r, int fd, const char *truth)
{
	const assay_sidecar side = {"ground_truth", (const unsigned char *)truth, truth != NULL ? strlen(truth) : 0};
	const off_t size = lseek(fd, 0, SEEK_END);
	const assay_input in = {
	    .fd = fd, .size = size > 0 ? (uint64_t)size : 0, .sidecars = &side, .sidecar_count = truth != NULL ? 1 : 0};

	(void)lseek(fd, 0, SEEK_SET);
	run_input(r, &in);
}

static inline int run_memory_fd(const void *data, size_t size)
{
	const int fd = memfd_create("input", 0);

	if (fd >= 0 && write(fd, data, size) != (ssize_t)size)
		abort();
	return fd;
}

static inline void run_bytes(run *r, const void *data, size_t size, const char *truth)
{
	const int fd = run_memory_fd(data, size);

	run_fd(r, fd, truth);
	(void)close(fd);
}

/** The measurement of that name on a sample; NULL when it was not made. */
static inline const run_measure *run_find(const run *r, uint32_t sample, const char *metric)
{
	for (size_t i = 0; i < r->measure_count; i++)
		if (r->measures[i].sample == sample && strcmp(r->measures[i].metric, metric) == 0)
			return &r->measures[i];
	return NULL;
}

static inline void run_forget(run *r)
{
	for (size_t i = 0; i < r->page_count; i++)
		assay_value_unref(r->pages[i]);
	for (size_t i = 0; i < r->word_count; i++)
		assay_value_unref(r->words[i]);
	for (size_t i = 0; i < r->artifact_count; i++)
		free(r->artifacts[i]);
	r->page_count = r->word_count = r->artifact_count = r->measure_count = 0;
	r->samples = r->total = 0;
	r->rc = ASSAY_OK;
	r->failure = ASSAY_FAILURE_NONE;
	memset(r->rejected, 0, sizeof r->rejected);
}

static inline void run_release(run *r)
{
	run_forget(r);
	for (size_t i = 0; i < r->count; i++) {
		if (r->stages[i]->unprepare != NULL)
			r->stages[i]->unprepare(r->shared[i]);
		assay_params_free(r->stages[i], r->params[i]);
	}
}

#endif
