#include "past.h"

#include "assay/object.h"
#include "assay/run.h"
#include "assay/unit.h"

#include "catalog.h"
#include "lineage_fixture.h"

#define SECOND INT64_C(1000000000)
#define DAWN   INT64_C(1767323045) /* any second: times are told from here */

typedef enum judged { ALL, REFUSED, PART } judged;

static uint64_t put_run_of(assay_store *s, int64_t from_s, int64_t to_s, uint32_t jobs, int exit, judged of)
{
	ASSAY_AUTO_RUN r = {.verb = text("run"),
			    .started_ns = (DAWN + from_s) * SECOND,
			    .ended_ns = to_s != 0 ? (DAWN + to_s) * SECOND : 0,
			    .exit = exit,
			    .jobs = jobs,
			    .program = text("0.1.0"),
			    .host = text("h"),
			    .cpu_features = text(""),
			    .has_version = of == ALL,
			    .version = digest(7),
			    .refusal = digest(of == REFUSED ? 8 : 0),
			    .sources = {.seen = 1000, .processed = 10}};

	assert_int_equal(assay_run_put(s, &r, NULL), ASSAY_OK);
	return r.id;
}

static uint64_t put_run(assay_store *s, int64_t from_s, int64_t to_s, uint32_t jobs, int exit)
{
	return put_run_of(s, from_s, to_s, jobs, exit, exit == 80 ? REFUSED : ALL);
}

static void put_unit(assay_store *s, uint64_t run, double ended_s, double took_s)
{
	static unsigned made;
	char part[32];
	assay_unit u = {.source = digest(1),
			.part = part,
			.run = run,
			.wall_us = (uint64_t)(took_s * 1e6),
			.finished_ns = DAWN * SECOND + (int64_t)(ended_s * 1e9),
			.attempts = 1};

	assert_int_equal(assay_object_put(s, ASSAY_OBJECT_RECIPE, "recipe", 6, NULL, &u.recipe, NULL, NULL), ASSAY_OK);
	(void)snprintf(part, sizeof part, "pages=%u", ++made);
	u.work_key = digest(made % 250);
	u.work_key.bytes[0] = (unsigned char)(made >> 8);
	assert_int_equal(assay_unit_put(s, &u, NULL), ASSAY_OK);
}

static assay_past read_past(assay_store *s)
{
	assay_past p;

	assert_int_equal(assay_past_read(&p, s, NULL), ASSAY_OK);
	return p;
}

static void past__none__not_known_and_an_order_of_magnitude(void **state)
{
	const assay_past none = read_past(NULL), empty = read_past(STORE(state));

	assert_false(none.known || empty.known);
	assert_true(empty.stretch >= 1 && empty.start_us == 0);
	assert_true(assay_past_judge_us(&empty, 1000) > 0 && assay_past_commit_us(&empty, 1000) > 0);
	assert_int_equal(assay_past_judge_us(&empty, 2000), 2 * assay_past_judge_us(&empty, 1000));
}

/* Three seconds until the first unit; ten units of 2 s on two workers in 15 s instead of 10; 4 s of judging. */
static void past__one_run__what_it_took_beside_its_units(void **state)
{
	const uint64_t run = put_run(STORE(state), 100, 122, 2, 0);
	assay_past p;
	uint64_t all;

	for (int i = 0; i < 5; i++) {
		put_unit(STORE(state), run, 105 + 3.25 * i, 2);
		put_unit(STORE(state), run, 105 + 3.25 * i, 2);
	}
	p = read_past(STORE(state));
	assert_true(p.known);
	assert_int_equal(p.start_us, 3000000);
	assert_int_equal(p.end_us, 4000000);
	assert_true(p.stretch > 1.499 && p.stretch < 1.501);
	all = assay_past_judge_us(&p, 1000) + assay_past_commit_us(&p, 1000);
	assert_in_range(all, 3999990, 4000010);
	/* Ten times as many sources: most of it grows with them. */
	all = assay_past_judge_us(&p, 10000) + assay_past_commit_us(&p, 10000);
	assert_in_range(all, 20000000, 40000000);
}

/* Runs after it were killed, stopped, failed, or had nothing to do: none of them tells. */
static void past__many_runs__the_last_whole_one_that_did_anything(void **state)
{
	assay_store *s = STORE(state);
	uint64_t run;

	for (int k = 0; k < 3; k++) {
		run = put_run(s, 1000 * k, 1000 * k + 500, 1, 0);
		for (int i = 0; i < 40 + 100 * k; i++)
			put_unit(s, run, 1000 * k + 2 + i, 1);
	}
	run = put_run(s, 5000, 0, 1, 0);
	put_unit(s, run, 5500, 1);
	run = put_run(s, 6000, 6900, 1, 75);
	put_unit(s, run, 6500, 1);
	run = put_run(s, 7000, 7900, 1, 74);
	(void)put_run(s, 8000, 8001, 1, 0);
	/* 240 units from 2002 - 1 s on, the last done at 2241; it ended at 2500. */
	assert_int_equal(read_past(s).start_us, 1000000);
	assert_int_equal(read_past(s).end_us, 259000000);
	assert_true(read_past(s).stretch < 1.001);
	run = put_run(s, 9000, 9010, 1, 80);
	put_unit(s, run, 9008, 6);
	/* Part of the sources: what it judged beside them is not told. */
	run = put_run_of(s, 9500, 9900, 1, 0, PART);
	put_unit(s, run, 9508, 1);
	assert_int_equal(read_past(s).start_us, 2000000);
	assert_int_equal(read_past(s).end_us, 2000000);
}

static void past__clocks_that_jump__bounded(void **state)
{
	const uint64_t run = put_run(STORE(state), 100, 110, 1, 0);
	assay_past p;

	put_unit(STORE(state), run, 1000000, 1);
	put_unit(STORE(state), run, -1000000, 1);
	p = read_past(STORE(state));
	assert_true(p.known && p.start_us == 0 && p.end_us == 0);
	assert_true(p.stretch >= 1 && p.stretch <= 3);
}

/* A row that claims four thousand million workers does not get room for them. */
static void past__hostile_number_of_workers__bounded(void **state)
{
	const uint64_t run = put_run(STORE(state), 100, 122, UINT32_MAX, 0);

	put_unit(STORE(state), run, 105, 2);
	assert_true(read_past(STORE(state)).known);
}

/* An estimate is not worth a run. */
static void past__a_damaged_row__as_if_there_were_no_past(void **state)
{
	ASSAY_AUTO_BUF row = ASSAY_BUF_INIT;
	const uint64_t run = put_run(STORE(state), 100, 122, 2, 0);

	put_unit(STORE(state), run, 105, 2);
	assert_true(read_past(STORE(state)).known);
	assay_buf_puts(&row, "no run");
	assert_int_equal(assay_row_put_at(STORE(state), ASSAY_TABLE_RUN, run, &row, NULL), ASSAY_OK);
	assert_false(read_past(STORE(state)).known);
	assert_true(read_past(STORE(state)).stretch >= 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_STORE(past__none__not_known_and_an_order_of_magnitude),
	    WITH_STORE(past__one_run__what_it_took_beside_its_units),
	    WITH_STORE(past__many_runs__the_last_whole_one_that_did_anything),
	    WITH_STORE(past__clocks_that_jump__bounded),
	    WITH_STORE(past__hostile_number_of_workers__bounded),
	    WITH_STORE(past__a_damaged_row__as_if_there_were_no_past),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
