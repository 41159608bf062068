/* The catalogue of stages that is linked into `assay`, beside the tables that it was written from. */
#include "assay/registry.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

extern const assay_stage *const described_stages[];
extern const assay_stages_home described_at;

static void assert_texts_equal(const char *const *a, const char *const *b)
{
	assert_int_equal(a == NULL, b == NULL);
	if (a == NULL)
		return;
	for (; *a != NULL && *b != NULL; a++, b++)
		assert_string_equal(*a, *b);
	assert_ptr_equal(*a, *b);
}

#define TAKE_TEXT(a, b, field)                                                                                         \
	do {                                                                                                           \
		assert_int_equal((a).field == NULL, (b).field == NULL);                                                \
		if ((a).field != NULL)                                                                                 \
			assert_string_equal((a).field, (b).field);                                                     \
		(a).field = (b).field = NULL;                                                                          \
	} while (0)

/* Texts and tables are compared and taken out; what is left is numbers, those of fields to come as well. */
#define ASSERT_REST_EQUAL(a, b) assert_memory_equal(&(a), &(b), sizeof(a))

static void assert_params_equal(const assay_stage *x, const assay_stage *y)
{
	assert_int_equal(assay_param_count(x), assay_param_count(y));
	for (size_t i = 0; i < assay_param_count(x); i++) {
		assay_param a, b;

		memcpy(&a, &x->params[i], sizeof a);
		memcpy(&b, &y->params[i], sizeof b);
		assert_texts_equal(a.choices, b.choices);
		a.choices = b.choices = NULL;
		TAKE_TEXT(a, b, name);
		TAKE_TEXT(a, b, initial);
		TAKE_TEXT(a, b, unit);
		TAKE_TEXT(a, b, help);
		ASSERT_REST_EQUAL(a, b);
	}
}

static void assert_metrics_equal(const assay_stage *x, const assay_stage *y)
{
	assert_int_equal(assay_metric_count(x), assay_metric_count(y));
	for (size_t i = 0; i < assay_metric_count(x); i++) {
		assay_metric a, b;

		memcpy(&a, &x->metrics[i], sizeof a);
		memcpy(&b, &y->metrics[i], sizeof b);
		TAKE_TEXT(a, b, name);
		TAKE_TEXT(a, b, unit);
		TAKE_TEXT(a, b, help);
		ASSERT_REST_EQUAL(a, b);
	}
}

static void assert_notes_equal(const assay_stage *x, const assay_stage *y)
{
	const assay_metric_note *m = x->notes, *n = y->notes;

	assert_int_equal(m == NULL, n == NULL);
	for (; m != NULL && m->metric != NULL; m++, n++) {
		assay_metric_note a, b;

		memcpy(&a, m, sizeof a);
		memcpy(&b, n, sizeof b);
		TAKE_TEXT(a, b, metric);
		ASSERT_REST_EQUAL(a, b);
	}
	if (n != NULL)
		assert_null(n->metric);
}

static void assert_artifacts_equal(const assay_stage *x, const assay_stage *y)
{
	assert_int_equal(assay_artifact_count(x), assay_artifact_count(y));
	for (size_t i = 0; i < assay_artifact_count(x); i++) {
		assay_artifact_type a = x->artifacts[i], b = y->artifacts[i];

		TAKE_TEXT(a, b, role);
		TAKE_TEXT(a, b, media);
		TAKE_TEXT(a, b, suffix);
		TAKE_TEXT(a, b, help);
		ASSERT_REST_EQUAL(a, b);
	}
}

static void drop_callbacks(assay_stage *s)
{
	s->engine = NULL;
	s->files = NULL;
	s->prepare = NULL;
	s->unprepare = NULL;
	s->open = NULL;
	s->push = NULL;
	s->flush = NULL;
	s->close = NULL;
	s->read = NULL;
}

static void catalogue__each_stage__all_but_callbacks(void **state)
{
	size_t i = 0;

	(void)state;
	for (; assay_stages[i] != NULL; i++) {
		const assay_stage *x = assay_stages[i], *y = described_stages[i];
		assay_stage a, b;

		assert_non_null(y);
		assert_params_equal(x, y);
		assert_metrics_equal(x, y);
		assert_notes_equal(x, y);
		assert_artifacts_equal(x, y);
		assert_texts_equal(x->libraries, y->libraries);
		memcpy(&a, x, sizeof a);
		memcpy(&b, y, sizeof b);
		a.params = b.params = NULL;
		a.metrics = b.metrics = NULL;
		a.notes = b.notes = NULL;
		a.artifacts = b.artifacts = NULL;
		a.libraries = b.libraries = NULL;
		TAKE_TEXT(a, b, name);
		TAKE_TEXT(a, b, summary);
		TAKE_TEXT(a, b, reference);
		drop_callbacks(&a);
		ASSERT_REST_EQUAL(a, b); /* a callback in the catalogue is a difference */
	}
	assert_null(described_stages[i]);
	assert_true(i > 20);
}

static void catalogue__readers__those_with_code_to_read(void **state)
{
	(void)state;
	for (size_t i = 0; assay_stages[i] != NULL; i++) {
		assert_int_equal(assay_stage_is_reader(assay_stages[i]), assay_stages[i]->read != NULL);
		assert_int_equal(assay_stage_is_reader(assay_stages[i]), assay_stages[i]->push == NULL);
	}
}

static void catalogue__home__program_and_its_build(void **state)
{
	(void)state;
	assert_null(assay_stages_at.program);
	assert_string_equal(described_at.program, "assay-worker");
	assert_true(strlen(described_at.build) >= 16); /* hex of 8 bytes and more */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(catalogue__each_stage__all_but_callbacks),
	    cmocka_unit_test(catalogue__readers__those_with_code_to_read),
	    cmocka_unit_test(catalogue__home__program_and_its_build),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
