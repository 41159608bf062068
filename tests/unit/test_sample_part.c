/* What of a source an attempt at a sample reads, and what its child may claim to have found there. */
#include "sample_part.h"

#include "assay/registry.h"

#include "job.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Texts and parameters are literals. */
typedef struct made_recipe {
	assay_recipe recipe;
	assay_recipe_step steps[6];
	assay_recipe_param params[6];
} made_recipe;

/* "video.shots threshold=5": a stage of this build, with one parameter or none. */
static void add_step(made_recipe *m, const char *stage, const char *param)
{
	const assay_stage *s = assay_stage_find(stage);
	const size_t n = m->recipe.step_count++;

	m->recipe.steps = m->steps;
	m->steps[n] = (assay_recipe_step){
	    .stage = (char *)(uintptr_t)stage, .version = s != NULL ? s->version : 1, .engine = (char *)(uintptr_t) ""};
	if (param == NULL)
		return;
	m->params[n] = (assay_recipe_param){.name = (char *)(uintptr_t) "p", .text = (char *)(uintptr_t)param};
	m->steps[n].params = &m->params[n];
	m->steps[n].param_count = 1;
}

static void make(made_recipe *m, const char *damage, const char *shots, const char *quality, const char *sound)
{
	*m = (made_recipe){0};
	add_step(m, "video.read", damage);
	add_step(m, "video.shots", shots);
	add_step(m, "video.quality", quality);
	add_step(m, "audio.activity", sound);
}

static void part_is_enough__table__where_shots_begin_is_left_alone(void **state)
{
	static const struct {
		const char *damage, *shots, *quality, *sound;
		bool shot;
	} rows[] = {
	    {"0.02", "5", "0.1", "-55", true},  /* all the same */
	    {"0.02", "5", "0.05", "-55", true}, /* what measures shots */
	    {"0.02", "5", "0.1", "-65", true},  /* what comes after it in the chain */
	    {"0.02", "8", "0.1", "-55", false}, /* what finds them */
	    {"0.5", "5", "0.1", "-55", false},  /* what reads */
	};
	made_recipe plain, now;

	(void)state;
	make(&plain, "0.02", "5", "0.1", "-55");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		make(&now, rows[i].damage, rows[i].shots, rows[i].quality, rows[i].sound);
		assert_int_equal(assay_part_is_enough(&plain.recipe, &now.recipe, ASSAY_SAMPLE_SHOT), rows[i].shot);
		assert_false(assay_part_is_enough(&plain.recipe, &now.recipe, ASSAY_SAMPLE_SEGMENT));
	}
	make(&now, "0.02", "5", "0.1", "-55");
	now.steps[1].version++;
	assert_false(assay_part_is_enough(&plain.recipe, &now.recipe, ASSAY_SAMPLE_SHOT));
	make(&now, "0.02", "5", "0.1", "-55");
	add_step(&now, "video.unknown", NULL);
	assert_false(assay_part_is_enough(&plain.recipe, &now.recipe, ASSAY_SAMPLE_SHOT));
	now = (made_recipe){0};
	add_step(&now, "video.read", "0.02"); /* nothing makes shots */
	assert_false(assay_part_is_enough(&plain.recipe, &now.recipe, ASSAY_SAMPLE_SHOT));
}

/* Every stage that says that it works on spans is known to the tests that prove it. */
static void stages__spans__those_that_unit_video_span_compares(void **state)
{
	static const char *const proven[] = {"video.read", "video.shots", "video.quality", "video.keyframes"};
	size_t n = 0;

	(void)state;
	for (size_t i = 0; assay_stages[i] != NULL; i++)
		n += assay_stages[i]->spans;
	assert_int_equal(n, sizeof proven / sizeof *proven);
	for (size_t i = 0; i < n; i++)
		assert_true(assay_stage_find(proven[i])->spans);
}

#define SAMPLE(k, p, above)                                                                                            \
	{                                                                                                              \
		.kind = ASSAY_SAMPLE_##k, .part = (char *)(uintptr_t)(p), .parent = (above)                            \
	}

static void part_of_stream__table__its_root(void **state)
{
	assay_result_sample samples[] = {
	    SAMPLE(VIDEO, "", ASSAY_NO_SAMPLE),
	    SAMPLE(AUDIO, "audio=1", ASSAY_NO_SAMPLE),
	    SAMPLE(SHOT, "t=0/25", 0),
	    SAMPLE(SEGMENT, "audio=1&t=0/8000", 1),
	    SAMPLE(AUDIO, "audio=12", ASSAY_NO_SAMPLE),
	    SAMPLE(AUDIO, "", ASSAY_NO_SAMPLE),
	    SAMPLE(SEGMENT, "t=0/8000", 5),
	};
	static const char *const want[] = {"video", "audio=1", "video", "audio=1", "audio=12", "", ""};
	const assay_result r = {.samples = samples, .sample_count = sizeof samples / sizeof *samples};

	(void)state;
	for (size_t i = 0; i < r.sample_count; i++) {
		const assay_part p = assay_part_of_stream(&r, &samples[i]);
		char text[ASSAY_PART_TEXT];

		assay_part_text(text, &p);
		assert_string_equal(text, want[i]);
	}
}

static void parts_fit__of_streams_and_spans__theirs_alone(void **state)
{
	static const struct {
		const char *part, *sample;
		bool fits;
	} rows[] = {
	    {"", "audio=1", true},
	    {"", "t=0/25", true},
	    {"video", "t=0/25", true},
	    {"video", "", true},
	    {"video", "audio=1", false},
	    {"video&t=0/25..5/25", "t=0/25", true},
	    {"video&t=0/25..5/25", "audio=1&t=0/8000", false},
	    {"audio=1", "audio=1", true},
	    {"audio=1", "audio=1&t=0/8000", true},
	    {"audio=1", "audio=12", false},
	    {"audio=1", "", false},
	    {"audio=1", "t=0/25", false},
	    {"audio=1", "audio=1#", false},
	    {"pages=3-3", "page=3", true},
	    {"pages=3-3", "page=4", false},
	    {"pages=3-3", "t=0/25", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assay_result_sample s = SAMPLE(PAGE, rows[i].sample, ASSAY_NO_SAMPLE);
		const assay_result r = {.samples = &s, .sample_count = 1};
		assay_part p;

		assert_int_equal(assay_part_read(&p, rows[i].part, strlen(rows[i].part), NULL), ASSAY_OK);
		if (assay_result_parts_fit(&r, &p) != rows[i].fits)
			fail_msg("'%s' in a unit of '%s'", rows[i].sample, rows[i].part);
	}
}

/* Every page of the range is there, whole or as both of its halves. */
static void parts_fit__halves_of_pages__both_or_the_whole(void **state)
{
	static const struct {
		const char *samples[4];
		bool fits;
	} rows[] = {
	    {{"page=1", "page=2"}, true},
	    {{"page=1&half=1", "page=1&half=2", "page=2"}, true},
	    {{"page=1", "page=2&half=2", "page=2&half=1"}, true},
	    {{"page=1"}, false},
	    {{"page=1", "page=2&half=1"}, false},
	    {{"page=1", "page=2&half=1", "page=2&half=1"}, false},
	    {{"page=1", "page=2&half=1", "page=2&half=3"}, false},
	    {{"page=1&half=1", "page=1&half=2"}, false},
	};
	const assay_part p = {.first_page = 1, .last_page = 16};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assay_result_sample samples[4] = {{0}};
		assay_result r = {.samples = samples, .pages = 2};

		for (; r.sample_count < 4 && rows[i].samples[r.sample_count] != NULL; r.sample_count++)
			samples[r.sample_count] =
			    (assay_result_sample)SAMPLE(PAGE, rows[i].samples[r.sample_count], ASSAY_NO_SAMPLE);
		if (assay_result_parts_fit(&r, &p) != rows[i].fits)
			fail_msg("row %zu", i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(part_is_enough__table__where_shots_begin_is_left_alone),
	    cmocka_unit_test(stages__spans__those_that_unit_video_span_compares),
	    cmocka_unit_test(part_of_stream__table__its_root),
	    cmocka_unit_test(parts_fit__of_streams_and_spans__theirs_alone),
	    cmocka_unit_test(parts_fit__halves_of_pages__both_or_the_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
