/* What a worker loads for its chains, and what it makes of a SETUP that is malformed. */
#include "assay/memory.h"
#include "assay/params.h"
#include "message.h"
#include "setup.h"
#include "test_stages.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

typedef struct params_set {
	void *read, *plain, *other;
} params_set;

static params_set all;

static int make_params(void **state)
{
	const assay_stage *stage = &assay_stage_test_misbehave;

	(void)state;
	if (assay_params_new(&all.read, &assay_stage_test_read, NULL) != ASSAY_OK ||
	    assay_params_new(&all.plain, stage, NULL) != ASSAY_OK ||
	    assay_params_new(&all.other, stage, NULL) != ASSAY_OK)
		return -1;
	return assay_params_set(stage, all.other, assay_param_find(stage, "act"), "abort", NULL) == ASSAY_OK ? 0 : -1;
}

static int free_params(void **state)
{
	(void)state;
	assay_params_free(&assay_stage_test_read, all.read);
	assay_params_free(&assay_stage_test_misbehave, all.plain);
	assay_params_free(&assay_stage_test_misbehave, all.other);
	return 0;
}

/* Three chains: read misbehave; read misbehave misbehave; read misbehave(abort). */
static void put_setup(assay_buf *out)
{
	const assay_worker_step read = {&assay_stage_test_read, all.read};
	const assay_worker_step plain = {&assay_stage_test_misbehave, all.plain};
	const assay_worker_step other = {&assay_stage_test_misbehave, all.other};
	const assay_worker_step one[] = {read, plain}, two[] = {read, plain, plain}, three[] = {read, other};
	const assay_worker_chain chains[] = {{one, 2}, {two, 3}, {three, 2}};
	const assay_worker_opts opts = {.chains = chains,
					.chain_count = ASSAY_COUNT(chains),
					.limits = {(uint64_t)1 << 30, 3, 5},
					.sandbox = ASSAY_SANDBOX_REQUIRED,
					.omit_layers = 16};

	message_setup(out, &opts);
}

static void setup_read__equal_steps_of_chains__are_loaded_once(void **state)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	setup s;

	(void)state;
	put_setup(&b);
	assert_int_equal(setup_read(&s, b.data, b.len, NULL), ASSAY_OK);
	assert_int_equal(s.chain_count, 3);
	assert_int_equal(s.loaded_count, 4);
	assert_ptr_equal(s.chains[0].steps[1].params, s.chains[1].steps[1].params);
	/* Twice in one chain they have a state each. */
	assert_ptr_not_equal(s.chains[1].steps[1].params, s.chains[1].steps[2].params);
	assert_ptr_not_equal(s.chains[0].steps[1].params, s.chains[2].steps[1].params);
	assert_int_equal(s.limits.memory_bytes, (uint64_t)1 << 30);
	assert_int_equal(s.limits.cpu_s, 3);
	assert_int_equal(s.limits.wall_s, 5);
	assert_int_equal(s.sandbox, ASSAY_SANDBOX_REQUIRED);
	assert_int_equal(s.omit_layers, 16);
	setup_release(&s);
}

static void setup_read__every_prefix_and_flip__an_error_or_a_setup(void **state)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	setup s;

	(void)state;
	put_setup(&b);
	for (size_t n = 0; n < b.len; n++) {
		assert_int_not_equal(setup_read(&s, b.data, n, NULL), ASSAY_OK);
		setup_release(&s);
	}
	for (size_t bit = 0; bit < 8 * b.len; bit++) {
		b.data[bit / 8] ^= (unsigned char)(1u << bit % 8);
		/* A flipped limit is still a setup; what matters is that nothing is read or freed wrongly. */
		(void)!setup_read(&s, b.data, b.len, NULL);
		setup_release(&s);
		b.data[bit / 8] ^= (unsigned char)(1u << bit % 8);
	}
}

static void readable_covers__neighbours_with_a_common_beginning__are_outside(void **state)
{
	readable r = {0};

	(void)state;
	assert_int_equal(readable_add(&r, "/usr/share/fonts", NULL), ASSAY_OK);
	assert_int_equal(readable_add(&r, "/usr/share/fonts/x", NULL), ASSAY_OK);
	assert_int_equal(r.count, 1);
	assert_true(readable_covers(&r, "/usr/share/fonts"));
	assert_true(readable_covers(&r, "/usr/share/fonts/a.ttf"));
	assert_false(readable_covers(&r, "/usr/share/fonts-evil/a.ttf"));
	assert_false(readable_covers(&r, "/usr/share"));
	assert_false(readable_covers(&r, ""));
	readable_release(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(setup_read__equal_steps_of_chains__are_loaded_once),
	    cmocka_unit_test(setup_read__every_prefix_and_flip__an_error_or_a_setup),
	    cmocka_unit_test(readable_covers__neighbours_with_a_common_beginning__are_outside),
	};

	return cmocka_run_group_tests(tests, make_params, free_params);
}
