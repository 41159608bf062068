#include "assay/chain.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static unsigned calls, fail_at;
#define WRAP_ALLOC(name, params, args)                                                                                 \
	void *__real_##name params;                                                                                    \
	void *__wrap_##name params;                                                                                    \
	void *__wrap_##name params                                                                                     \
	{                                                                                                              \
		return ++calls == fail_at ? NULL : __real_##name args;                                                 \
	}
WRAP_ALLOC(malloc, (size_t n), (n))
WRAP_ALLOC(calloc, (size_t n, size_t s), (n, s))
WRAP_ALLOC(realloc, (void *p, size_t n), (p, n))

/*
 * Three small stages: a reader that emits `values` frames for each of `roots` videos, a filter that drops every third
 * and replaces the others, and a counter that measures how many it saw. The params say how to misbehave.
 */
typedef struct plan {
	unsigned roots, values;
	enum {
		WELL,
		FORGETS_END,
		WRONG_ROOT,
		SAME_PART,
		FAILS,
		FAILS_CODE,
		NO_SAMPLE,
		TWICE,
		WRONG_KIND,
		REJECTS,
		CHILD,
		WIDENS, /* when the second value comes, unless it was begun again */
		WIDENS_ALWAYS
	} how;
	assay_code code;
} plan;

static int open_states;

static assay_code reader_read(void *shared, const void *params, const assay_input *in, assay_sink *sink, assay_err *err)
{
	const plan *p = params;
	assay_code rc = ASSAY_OK;

	(void)shared, (void)in;
	if (p->how == FAILS)
		return assay_fail(sink, ASSAY_FAILURE_FONT, err, "font '%s' is missing", "\xff\x01x");
	if (p->how == FAILS_CODE)
		return ASSAY_RAISE(err, p->code, "it broke");
	for (unsigned r = 0; r < p->roots; r++) {
		char part[2] = {(char)('a' + (p->how == SAME_PART ? 0 : r)), '\0'};
		uint32_t root;

		ASSAY_TRY(assay_sample(sink, ASSAY_SAMPLE_VIDEO, part, ASSAY_NO_PARENT, &root, err));
		for (unsigned i = 0; i < p->values; i++) {
			assay_value *v = assay_value_new(ASSAY_VALUE_FRAME, p->how == WRONG_ROOT ? 77 : root);

			if (v == NULL)
				return ASSAY_RAISE(err, ASSAY_ENOMEM, "value");
			v->u.frame.index = i;
			ASSAY_TRY(assay_emit(sink, v, err));
		}
		ASSAY_TRY(assay_drop(sink, "no key frame", 2, err));
		if (p->how == REJECTS)
			ASSAY_TRY(assay_reject(sink, root, ASSAY_FAILURE_EMPTY, err, "nothing on %s", "it"));
		if (p->how != FORGETS_END)
			ASSAY_TRY(assay_end(sink, root, err));
	}
fail:
	return rc;
}

static assay_code filter_push(void *state, const assay_value *v, assay_sink *sink, assay_err *err)
{
	assay_value *copy;

	(void)state;
	if (v->u.frame.index % 3 == 0)
		return assay_drop(sink, "every third", 1, err);
	copy = assay_value_new(ASSAY_VALUE_FRAME, v->root);
	return copy == NULL ? ASSAY_RAISE(err, ASSAY_ENOMEM, "value") : assay_emit(sink, copy, err);
}

typedef struct counter {
	uint32_t root;
	const plan *plan;
	bool from_start;
	int64_t seen;
} counter;

static assay_code counter_open(void **state, void *shared, const void *params, const assay_input *in, uint32_t root,
			       assay_err *err)
{
	counter *c = calloc(1, sizeof *c);

	(void)shared;
	if (c == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "counter");
	c->from_start = in->from_start;
	c->root = root;
	c->plan = params;
	*state = c;
	open_states++;
	return ASSAY_OK;
}

static assay_code counter_push(void *state, const assay_value *v, assay_sink *sink, assay_err *err)
{
	counter *c = state;

	(void)v;
	c->seen++;
	if (c->seen == 2 && (c->plan->how == WIDENS_ALWAYS || (c->plan->how == WIDENS && !c->from_start)))
		return assay_widen(sink, err);
	return ASSAY_OK;
}

static assay_code counter_flush(void *state, assay_sink *sink, assay_err *err)
{
	counter *c = state;
	assay_code rc = assay_measure(sink, c->root, c->plan->how == WRONG_KIND ? 2 : 0, c->seen, err);

	if (rc == ASSAY_OK && c->plan->how == CHILD) {
		uint32_t child;
		rc = assay_sample(sink, ASSAY_SAMPLE_SHOT, "t=0/1", c->root, &child, err);
	}
	if (rc == ASSAY_OK && c->plan->how == TWICE)
		rc = assay_measure(sink, c->root, 0, c->seen, err);
	return rc == ASSAY_OK ? assay_artifact(sink, c->root, 0, "bytes", 5, err) : rc;
}

static void counter_close(void *state)
{
	free(state);
	open_states--;
}

static const assay_metric metrics[] = {
    {"test.seen", "1", 0, ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_VIDEO), "frames"},
    {"test.never", "1", 2, ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_VIDEO), "not measured"},
    {"test.page", "1", 0, ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_PAGE), "of pages only"},
    {0},
};
static const assay_artifact_type artifacts[] = {{"bytes", "application/octet-stream", "bin", ""}, {0}};
static const assay_stage reader = {.name = "test.reader",
				   .emits = ASSAY_VALUE_FRAME,
				   .makes = ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_VIDEO),
				   .read = reader_read};
static const assay_stage filter = {
    .name = "test.filter", .replaces = ASSAY_VALUE_FRAME, .emits = ASSAY_VALUE_FRAME, .push = filter_push};
static const assay_stage count = {.name = "test.counter",
				  .observes = ASSAY_VALUE_FRAME,
				  .makes = ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_SHOT),
				  .metrics = metrics,
				  .artifacts = artifacts,
				  .open = counter_open,
				  .push = counter_push,
				  .flush = counter_flush,
				  .close = counter_close};

static assay_code run(const plan *p, assay_result *r, assay_err *err)
{
	const assay_chain_step steps[] = {{&reader, p, NULL}, {&filter, p, NULL}, {&count, p, NULL}};
	const assay_input in = {.fd = -1};

	return assay_chain_run(r, steps, 3, &in, NULL, err);
}

static void chain__two_streams__counts_balance_and_states_are_apart(void **state)
{
	const plan p = {.roots = 2, .values = 7};
	ASSAY_AUTO_RESULT r = {0};

	(void)state;
	assert_int_equal(run(&p, &r, NULL), ASSAY_OK);
	assert_int_equal(r.failure, ASSAY_FAILURE_NONE);
	assert_int_equal(r.sample_count, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(r.samples[i].measurement_count, 2);
		assert_int_equal(r.samples[i].measurements[0].value, 4); /* 7 frames less 0, 3, 6 */
		assert_false(r.samples[i].measurements[1].defined);
		assert_string_equal(r.samples[i].measurements[1].reason, "not measured");
		assert_int_equal(r.samples[i].artifact_count, 1);
		assert_int_equal(r.samples[i].artifacts[0].stage, 2);
	}
	for (size_t i = 0; i < r.step_count; i++)
		assert_int_equal(r.steps[i].in, r.steps[i].consumed + r.steps[i].passed + r.steps[i].dropped);
	assert_int_equal(r.steps[0].out, 14);
	assert_int_equal(r.steps[0].dropped, 4);
	assert_int_equal(r.steps[1].in, 14);
	assert_int_equal(r.steps[1].dropped, 6);
	assert_string_equal(r.steps[1].drops[0].reason, "every third");
	assert_int_equal(r.steps[2].passed, 8);
	assert_int_equal(open_states, 0);
}

static void chain__input_fails__result_names_class_and_step(void **state)
{
	static const struct {
		plan plan;
		assay_failure failure;
		const char *message;
	} rows[] = {
	    {{.how = FAILS}, ASSAY_FAILURE_FONT, "font '??x' is missing"},
	    {{.how = FAILS_CODE, .code = ASSAY_ECORRUPT}, ASSAY_FAILURE_DECODE, "it broke"},
	    {{.how = FAILS_CODE, .code = ASSAY_EEMPTY}, ASSAY_FAILURE_EMPTY, "it broke"},
	    {{.how = FAILS_CODE, .code = ASSAY_ESHORT}, ASSAY_FAILURE_SHORT, "it broke"},
	    {{.how = FAILS_CODE, .code = ASSAY_EUNSUPPORTED}, ASSAY_FAILURE_UNSUPPORTED, "it broke"},
	    {{.how = FAILS_CODE, .code = ASSAY_EFULL}, ASSAY_FAILURE_LIMIT, "it broke"},
	    {{.how = FAILS_CODE, .code = ASSAY_ENOMEM}, ASSAY_FAILURE_OUT_OF_MEMORY, "it broke"},
	    {{.how = FAILS_CODE, .code = ASSAY_EINVAL}, ASSAY_FAILURE_STAGE, "it broke"},
	    {{.how = WELL, .roots = 0}, ASSAY_FAILURE_EMPTY, "nothing found in the file"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		ASSAY_AUTO_RESULT r = {0};

		assert_int_equal(run(&rows[i].plan, &r, NULL), ASSAY_OK);
		assert_int_equal(r.failure, rows[i].failure);
		assert_string_equal(r.message, rows[i].message);
		assert_int_equal(r.failed_step, 0);
		assert_int_equal(r.sample_count, 0);
	}
	assert_int_equal(open_states, 0);
}

static void chain__stage_breaks_the_interface__einval_names_it(void **state)
{
	static const struct {
		plan plan;
		const char *message;
	} rows[] = {
	    {{.how = FORGETS_END, .roots = 1, .values = 1}, "test.reader left a sample without its end"},
	    {{.how = WRONG_ROOT, .roots = 1, .values = 1}, "which is no open root"},
	    {{.how = SAME_PART, .roots = 2, .values = 1}, "makes sample 'a' twice"},
	    {{.how = TWICE, .roots = 1, .values = 2}, "is measured twice"},
	    {{.how = WRONG_KIND, .roots = 1, .values = 2}, "measures test.page on a video"},
	    {{.how = WIDENS, .roots = 1, .values = 4}, "test.counter asks for more than there is"}, /* of no span */
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		ASSAY_AUTO_RESULT r = {0};
		assay_err err = ASSAY_ERR_INIT;

		if (run(&rows[i].plan, &r, &err) != ASSAY_EINVAL)
			fail_msg("row %zu: not refused", i);
		assert_non_null(strstr(err.msg, rows[i].message));
		assert_int_equal(r.sample_count, 0);
	}
	assert_int_equal(open_states, 0);
}

static void chain__sample_rejected__unit_goes_on(void **state)
{
	const plan p = {.how = REJECTS, .roots = 2, .values = 2};
	ASSAY_AUTO_RESULT r = {0};

	(void)state;
	assert_int_equal(run(&p, &r, NULL), ASSAY_OK);
	assert_int_equal(r.failure, ASSAY_FAILURE_NONE);
	assert_int_equal(r.samples[1].rejected, ASSAY_FAILURE_EMPTY);
	assert_string_equal(r.samples[1].rejected_why, "nothing on it");
}

static void chain__children_of_two_roots__are_named_after_them(void **state)
{
	const plan p = {.how = CHILD, .roots = 2, .values = 2};
	ASSAY_AUTO_RESULT r = {0};

	(void)state;
	assert_int_equal(run(&p, &r, NULL), ASSAY_OK);
	assert_int_equal(r.sample_count, 4);
	assert_string_equal(r.samples[0].part, "a");
	assert_string_equal(r.samples[1].part, "a&t=0/1");
	assert_string_equal(r.samples[2].part, "b");
	assert_string_equal(r.samples[3].part, "b&t=0/1");
	assert_int_equal(r.samples[3].parent, 2);
}

/* ---------------------------------------------------------------- samples that are divided */

/*
 * A reader of `roots` videos of one frame; a first step that measures it and keeps something of it; a divider that makes
 * two of one video; and the counter. The params say how to misbehave.
 */
typedef struct division {
	plan plan; /* first: of the reader and the counter */
	enum { RIGHT, WHOLE_GOES_ON, SAME_NAME, PART_AGAIN, AFTER_CHILD } how;
	uint32_t at; /* number of the sample that is divided */
} division;

static assay_code before_push(void *state, const assay_value *v, assay_sink *sink, assay_err *err)
{
	assay_code rc = assay_measure(sink, v->root, 0, 40 + v->root, err);

	(void)state;
	if (rc == ASSAY_OK)
		rc = assay_undefined(sink, v->root, 1, "no reason", err);
	return rc == ASSAY_OK ? assay_artifact(sink, v->root, 0, "whole", 5, err) : rc;
}

static assay_code give(uint32_t root, assay_sink *sink, assay_err *err)
{
	assay_value *v = assay_value_new(ASSAY_VALUE_FRAME, root);

	return v == NULL ? ASSAY_RAISE(err, ASSAY_ENOMEM, "value") : assay_emit(sink, v, err);
}

static assay_code divider_open(void **state, void *shared, const void *params, const assay_input *in, uint32_t root,
			       assay_err *err)
{
	(void)shared, (void)in, (void)root, (void)err;
	*state = (void *)(uintptr_t)params;
	return ASSAY_OK;
}

static assay_code divider_push(void *state, const assay_value *v, assay_sink *sink, assay_err *err)
{
	const division *d = state;
	uint32_t a, b, child;
	assay_code rc;

	if (v->root != d->at)
		return give(v->root, sink, err);
	if (d->how == AFTER_CHILD)
		ASSAY_TRY(assay_sample(sink, ASSAY_SAMPLE_SHOT, "t=0/1", v->root, &child, err));
	ASSAY_TRY(assay_divide(sink, v->root, "half=1", &a, err));
	ASSAY_TRY(give(a, sink, err));
	ASSAY_TRY(
	    assay_divide(sink, d->how == PART_AGAIN ? a : v->root, d->how == SAME_NAME ? "half=1" : "half=2", &b, err));
	ASSAY_TRY(give(b, sink, err));
	rc = give(d->how == WHOLE_GOES_ON ? v->root : b, sink, err);
fail:
	return rc;
}

static const assay_metric before_metrics[] = {
    {"test.before", "1", 0, ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_VIDEO), ""},
    {"test.undefined", "1", 0, ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_VIDEO), ""},
    {0},
};
static const assay_stage before = {.name = "test.before",
				   .observes = ASSAY_VALUE_FRAME,
				   .metrics = before_metrics,
				   .artifacts = artifacts,
				   .push = before_push};
static const assay_stage divider = {.name = "test.divider",
				    .replaces = ASSAY_VALUE_FRAME,
				    .emits = ASSAY_VALUE_FRAME,
				    .makes =
					ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_VIDEO) | ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_SHOT),
				    .open = divider_open,
				    .push = divider_push};

static assay_code run_division(const division *d, assay_result *r, assay_err *err)
{
	const assay_chain_step steps[] = {
	    {&reader, &d->plan, NULL}, {&before, NULL, NULL}, {&divider, d, NULL}, {&count, &d->plan, NULL}};
	const assay_input in = {.fd = -1};

	return assay_chain_run(r, steps, 4, &in, NULL, err);
}

static void chain__sample_divided__its_parts_stand_for_it(void **state)
{
	static const struct {
		const char *part;
		uint32_t parent;
		int64_t before, seen; /* of videos */
		size_t artifacts;
	} rows[] = {
	    {"a", ASSAY_NO_SAMPLE, 40, 1, 2},
	    {"a&t=0/1", 0, 0, 0, 0},
	    {"b&half=1", ASSAY_NO_SAMPLE, 42, 1, 2},
	    {"b&half=2", ASSAY_NO_SAMPLE, 42, 2, 1},
	    {"b&half=1&t=0/1", 2, 0, 0, 0},
	    {"b&half=2&t=0/1", 3, 0, 0, 0},
	    {"c", ASSAY_NO_SAMPLE, 47, 1, 2}, /* the eighth that was made: the whole of `b` was one, too */
	    {"c&t=0/1", 6, 0, 0, 0},
	};
	const division d = {.plan = {.how = CHILD, .roots = 3, .values = 1}, .at = 2};
	ASSAY_AUTO_RESULT r = {0};

	(void)state;
	assert_int_equal(run_division(&d, &r, NULL), ASSAY_OK);
	assert_int_equal(r.failure, ASSAY_FAILURE_NONE);
	assert_int_equal(r.sample_count, sizeof rows / sizeof *rows);
	for (size_t i = 0; i < r.sample_count; i++) {
		const assay_result_sample *s = &r.samples[i];

		assert_string_equal(s->part, rows[i].part);
		assert_int_equal(s->parent, rows[i].parent);
		assert_int_equal(s->artifact_count, rows[i].artifacts);
		if (s->kind != ASSAY_SAMPLE_VIDEO)
			continue;
		assert_int_equal(s->measurement_count, 4);
		assert_int_equal(s->measurements[0].value, rows[i].before);
		assert_string_equal(s->measurements[1].reason, "no reason");
		assert_int_equal(s->measurements[2].value, rows[i].seen);
	}
	for (size_t i = 0; i < r.step_count; i++)
		assert_int_equal(r.steps[i].in, r.steps[i].consumed + r.steps[i].passed + r.steps[i].dropped);
	assert_int_equal(r.steps[2].in, 3);
	assert_int_equal(r.steps[2].out, 5);
	assert_int_equal(open_states, 0);
}

static void chain__sample_divided_wrongly__einval_names_it(void **state)
{
	static const struct {
		division division;
		const char *message;
	} rows[] = {
	    {{.how = WHOLE_GOES_ON}, "test.divider emits a value for sample 1, which is no open root"},
	    {{.how = SAME_NAME}, "test.divider makes sample 'b&half=1' twice"},
	    {{.how = PART_AGAIN}, "test.divider divides sample 2, which it may not"},
	    {{.how = AFTER_CHILD}, "test.divider divides sample 'b', on which others were found"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		division d = rows[i].division;
		ASSAY_AUTO_RESULT r = {0};
		assay_err err = ASSAY_ERR_INIT;

		d.plan = (plan){.roots = 2, .values = 1};
		d.at = 1;
		if (run_division(&d, &r, &err) != ASSAY_EINVAL)
			fail_msg("row %zu: not refused", i);
		if (strstr(err.msg, rows[i].message) == NULL)
			fail_msg("row %zu: %s", i, err.msg);
	}
	assert_int_equal(open_states, 0);
}

static void chain__division_alloc_fails_in_turn__told_no_leak(void **state)
{
	const division d = {.plan = {.how = CHILD, .roots = 3, .values = 1}, .at = 2};
	unsigned n = 0;
	bool whole;

	(void)state;
	do {
		ASSAY_AUTO_RESULT r = {0};
		assay_code rc;

		calls = 0;
		fail_at = ++n;
		rc = run_division(&d, &r, NULL);
		fail_at = 0;
		whole = rc == ASSAY_OK && r.failure == ASSAY_FAILURE_NONE;
		assert_true(whole || rc == ASSAY_ENOMEM ||
			    (rc == ASSAY_OK && r.failure == ASSAY_FAILURE_OUT_OF_MEMORY));
		assert_int_equal(open_states, 0);
	} while (!whole);
	assert_in_range(n, 20, 300);
}

static void chain__every_alloc_fails_in_turn__told_no_leak(void **state)
{
	const plan p = {.how = CHILD, .roots = 2, .values = 4};
	unsigned n = 0;
	bool whole;

	(void)state;
	do {
		ASSAY_AUTO_RESULT r = {0};
		assay_code rc;

		calls = 0;
		fail_at = ++n;
		rc = run(&p, &r, NULL);
		fail_at = 0;
		whole = rc == ASSAY_OK && r.failure == ASSAY_FAILURE_NONE;
		assert_true(whole || rc == ASSAY_ENOMEM ||
			    (rc == ASSAY_OK && r.failure == ASSAY_FAILURE_OUT_OF_MEMORY));
		assert_int_equal(open_states, 0);
	} while (!whole);
	assert_in_range(n, 10, 300);
}

/* A video with a crowd of shots, the last of which may be one that is there already. */
typedef struct crowd {
	uint32_t shots;
	uint32_t again; /* number of the shot that comes twice; none when it is `shots` */
} crowd;

static assay_code crowd_read(void *shared, const void *params, const assay_input *in, assay_sink *sink, assay_err *err)
{
	const crowd *p = params;
	uint32_t root, shot;
	assay_code rc;

	(void)shared, (void)in;
	ASSAY_TRY(assay_sample(sink, ASSAY_SAMPLE_VIDEO, "", ASSAY_NO_PARENT, &root, err));
	for (uint32_t i = 0; i < p->shots + (p->again < p->shots); i++) {
		char part[32];

		(void)snprintf(part, sizeof part, "t=%u/30000", (i < p->shots ? i : p->again) * 1001);
		ASSAY_TRY(assay_sample(sink, ASSAY_SAMPLE_SHOT, part, root, &shot, err));
	}
	return assay_end(sink, root, err);
fail:
	return rc;
}

static const assay_stage crowd_reader = {.name = "test.crowd",
					 .makes = ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_VIDEO) |
						  ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_SHOT),
					 .read = crowd_read};

/* Comparing each part with all before it takes 13 s in a debug build; the set takes 0.05 s. */
static void chain__hundred_thousand_shots__in_linear_time(void **state)
{
	const crowd p = {.shots = 100000, .again = 100000};
	const assay_chain_step steps[] = {{&crowd_reader, &p, NULL}};
	const assay_input in = {.fd = -1};
	const clock_t begun = clock();
	ASSAY_AUTO_RESULT r = {0};

	(void)state;
	assert_int_equal(assay_chain_run(&r, steps, 1, &in, NULL, NULL), ASSAY_OK);
	assert_int_equal(r.sample_count, 100001);
	assert_string_equal(r.samples[100000].part, "t=100098999/30000");
	assert_true(clock() - begun < 2 * CLOCKS_PER_SEC);
}

static void chain__one_shot_twice_among_many__einval(void **state)
{
	/* on both sides of every growth of the set, and the far ends */
	static const crowd rows[] = {{1, 0}, {31, 30}, {32, 0}, {33, 32}, {64, 31}, {100000, 0}, {100000, 99999}};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const assay_chain_step steps[] = {{&crowd_reader, &rows[i], NULL}};
		const assay_input in = {.fd = -1};
		assay_err err = ASSAY_ERR_INIT;
		ASSAY_AUTO_RESULT r = {0};
		char message[64];

		assert_int_equal(assay_chain_run(&r, steps, 1, &in, NULL, &err), ASSAY_EINVAL);
		(void)snprintf(message, sizeof message, "test.crowd makes sample 't=%u/30000' twice",
			       rows[i].again * 1001);
		assert_string_equal(err.msg, message);
	}
}

static assay_code run_span(const plan *p, assay_result *r, assay_err *err)
{
	const assay_chain_step steps[] = {{&reader, p, NULL}, {&filter, p, NULL}, {&count, p, NULL}};
	assay_input in = {.fd = -1, .part.stream = ASSAY_PART_VIDEO};

	assert_true(assay_part_bound(&in.part, (assay_time){0, 1, 25}, (assay_time){1, 1, 25}));
	return assay_chain_run(r, steps, 3, &in, NULL, err);
}

static void chain__span__holder_has_no_measures_and_may_be_begun_again(void **state)
{
	const plan well = {.roots = 1, .values = 7, .how = CHILD}, widens = {.roots = 1, .values = 7, .how = WIDENS};
	const plan always = {.roots = 1, .values = 7, .how = WIDENS_ALWAYS};
	ASSAY_AUTO_RESULT a = {0};
	ASSAY_AUTO_RESULT b = {0};
	ASSAY_AUTO_RESULT c = {0};
	assay_err err = ASSAY_ERR_INIT;

	(void)state;
	assert_int_equal(run_span(&well, &a, NULL), ASSAY_OK);
	assert_int_equal(a.sample_count, 2);
	assert_false(a.samples[0].measurements[0].defined);
	assert_string_equal(a.samples[0].measurements[0].reason, "a span of it was read");
	assert_int_equal(a.samples[0].artifact_count, 0);
	assert_int_equal(run_span(&widens, &b, NULL), ASSAY_OK);
	assert_int_equal(b.failure, ASSAY_FAILURE_NONE);
	assert_int_equal(b.sample_count, 1); /* nothing is left of the first time */
	assert_int_equal(b.steps[0].out, 7);
	assert_int_equal(b.steps[2].passed, 4);
	assert_int_equal(run_span(&always, &c, &err), ASSAY_EINVAL);
	assert_string_equal(err.msg, "test.counter asks for more than there is");
	assert_int_equal(open_states, 0);
}

/* The record of a result survives the trip, and reads back the same. */
static void result_record__of_a_chain__round_trip(void **state)
{
	const plan p = {.how = REJECTS, .roots = 2, .values = 5};
	ASSAY_AUTO_RESULT r = {0};
	ASSAY_AUTO_RESULT back = {0};
	ASSAY_AUTO_BUF a = ASSAY_BUF_INIT;
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

	(void)state;
	assert_int_equal(run(&p, &r, NULL), ASSAY_OK);
	assay_result_encode(&a, &r);
	assert_int_equal(assay_result_decode(&back, a.data, a.len, NULL), ASSAY_OK);
	assay_result_encode(&b, &back);
	assert_int_equal(a.len, b.len);
	assert_memory_equal(a.data, b.data, a.len);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(chain__two_streams__counts_balance_and_states_are_apart),
	    cmocka_unit_test(chain__input_fails__result_names_class_and_step),
	    cmocka_unit_test(chain__stage_breaks_the_interface__einval_names_it),
	    cmocka_unit_test(chain__sample_rejected__unit_goes_on),
	    cmocka_unit_test(chain__children_of_two_roots__are_named_after_them),
	    cmocka_unit_test(chain__sample_divided__its_parts_stand_for_it),
	    cmocka_unit_test(chain__sample_divided_wrongly__einval_names_it),
	    cmocka_unit_test(chain__division_alloc_fails_in_turn__told_no_leak),
	    cmocka_unit_test(chain__every_alloc_fails_in_turn__told_no_leak),
	    cmocka_unit_test(chain__hundred_thousand_shots__in_linear_time),
	    cmocka_unit_test(chain__one_shot_twice_among_many__einval),
	    cmocka_unit_test(chain__span__holder_has_no_measures_and_may_be_begun_again),
	    cmocka_unit_test(result_record__of_a_chain__round_trip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
