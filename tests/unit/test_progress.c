#include "assay/progress.h"

#include "assay/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SECOND ((int64_t)1000000000)

static int64_t clock_ns;
static int64_t fake_now(void)
{
	return clock_ns;
}

static assay_progress begin(assay_progress_mode mode, FILE *out)
{
	assay_progress p;

	clock_ns = 1000 * SECOND;
	assay_progress_init(&p, mode, out);
	p.now = fake_now;
	p.started_ns = p.phase_started_ns = clock_ns;
	return p;
}

/* So much was done of what was expected, since the last look; and so much is left, as it seems now. */
static void work(assay_progress *p, uint64_t done, uint64_t left)
{
	const uint64_t took = p->work.busy > 0 ? (uint64_t)(clock_ns - p->work_ns) / 1000 : 0;
	const assay_progress_work w = {
	    .done = p->work.done + done, .took = p->work.took + took, .left = left, .busy = 1, .lanes = 1};

	assay_progress_gain(p, (double)done);
	assay_progress_stands(p, &w);
}

/* ---- how far ---- */

static void full__estimates_jump__never_backwards_and_full_only_at_the_end(void **state)
{
	assay_progress p = begin(ASSAY_PROGRESS_NONE, stderr);
	uint32_t before = 0;

	(void)state;
	srand(7);
	p.judge_us = 500;
	p.commit_us = 100;
	assay_progress_phase(&p, ASSAY_PHASE_PROCESS, 1000);
	for (int i = 0; i < 2000; i++) {
		work(&p, (uint64_t)rand() % 100, (uint64_t)rand() % 100000); /* the wildest of estimates */
		assert_in_range(assay_progress_full(&p), before, ASSAY_PROGRESS_FULL - 1);
		before = assay_progress_full(&p);
	}
	assay_progress_phase(&p, ASSAY_PHASE_JUDGE, 1000);
	for (p.done = 0; p.done <= p.total + 10; p.done++) {
		assert_in_range(assay_progress_full(&p), before, ASSAY_PROGRESS_FULL - 1);
		before = assay_progress_full(&p);
	}
	assay_progress_phase(&p, ASSAY_PHASE_COMMIT, 1000);
	assert_in_range(assay_progress_full(&p), before, ASSAY_PROGRESS_FULL - 1);
	assay_progress_finish(&p);
	assert_int_equal(assay_progress_full(&p), ASSAY_PROGRESS_FULL);
	assert_int_equal(p.done, 1000);
}

static void full__work_not_files(void **state)
{
	assay_progress p = begin(ASSAY_PROGRESS_NONE, stderr);

	(void)state;
	assay_progress_phase(&p, ASSAY_PHASE_PROCESS, 100);
	p.done = 99; /* but the last one is a film */
	work(&p, 10, 30);
	assert_int_equal(assay_progress_full(&p), ASSAY_PROGRESS_FULL / 4);
}

/* As long as estimates hold, the bar is the share of the work that is done. */
static void full__estimates_hold__share_of_all_phases(void **state)
{
	assay_progress p = begin(ASSAY_PROGRESS_NONE, stderr);
	const uint64_t all = 1000 * 1000 + 4 * (50000 + 12500);

	(void)state;
	p.workers = 4;
	p.judge_us = 50000;
	p.commit_us = 12500;
	assay_progress_phase(&p, ASSAY_PHASE_PROCESS, 1000);
	for (uint64_t i = 1; i <= 1000; i++) {
		const uint64_t is = ASSAY_PROGRESS_FULL * i * 1000 / all;

		work(&p, 1000, (1000 - i) * 1000);
		assert_in_range(assay_progress_full(&p), is - 1, is + 1);
	}
	assay_progress_phase(&p, ASSAY_PHASE_JUDGE, 200);
	for (p.done = 1; p.done <= 200; p.done++) {
		const uint64_t is = ASSAY_PROGRESS_FULL * (1000000 + 4 * p.done * 250) / all;

		assert_in_range(assay_progress_full(&p), is - 1, is + 1);
	}
	assay_progress_phase(&p, ASSAY_PHASE_COMMIT, 200);
	assert_in_range(assay_progress_full(&p), 959999, 960001);
}

/* What turns out to be more, or less, than was thought moves nothing: the rest of the bar is the rest of the work. */
static void full__estimate_was_wrong__goes_on_from_where_it_is(void **state)
{
	assay_progress p = begin(ASSAY_PROGRESS_NONE, stderr);

	(void)state;
	assay_progress_phase(&p, ASSAY_PHASE_PROCESS, 10);
	work(&p, 50, 50);
	assert_int_equal(assay_progress_full(&p), 500000);
	work(&p, 0, 450);
	assert_int_equal(assay_progress_full(&p), 500000);
	work(&p, 90, 360);
	assert_int_equal(assay_progress_full(&p), 600000);
	work(&p, 0, 40);
	assert_int_equal(assay_progress_full(&p), 600000);
	work(&p, 10, 30);
	assert_int_equal(assay_progress_full(&p), 700000);
}

static void full__work_that_was_not_needed__judging_gets_the_rest_of_the_bar(void **state)
{
	assay_progress p = begin(ASSAY_PROGRESS_NONE, stderr);

	(void)state;
	p.judge_us = 1000;
	assay_progress_phase(&p, ASSAY_PHASE_PROCESS, 10);
	work(&p, 1000, 98000);
	assert_int_equal(assay_progress_full(&p), 10000);
	assay_progress_phase(&p, ASSAY_PHASE_JUDGE, 10);
	assert_int_equal(assay_progress_full(&p), 10000);
	p.done = 5;
	assert_int_equal(assay_progress_full(&p), 505000);
}

/* ---- how long ---- */

static void eta__work_left_at_the_pace_so_far(void **state)
{
	assay_progress p = begin(ASSAY_PROGRESS_NONE, stderr);

	(void)state;
	p.judge_us = 4000000;
	assay_progress_phase(&p, ASSAY_PHASE_PROCESS, 10);
	work(&p, 0, 80000000);
	assert_int_equal(assay_progress_eta_s(&p), -1);
	clock_ns += 10 * SECOND;
	work(&p, 20000000, 60000000); /* two workers */
	assert_int_equal(assay_progress_eta_s(&p), 30 + 4);
	p.work.longest_us = 45000000;
	assert_int_equal(assay_progress_eta_s(&p), 45 + 4);
	p.work.guessed = true;
	assert_int_equal(assay_progress_eta_s(&p), -1);
	assay_progress_phase(&p, ASSAY_PHASE_JUDGE, 10);
	assert_int_equal(assay_progress_eta_s(&p), 4); /* as expected, while it has no pace of its own */
	clock_ns += 3 * SECOND;
	p.done = 2;
	assert_int_equal(assay_progress_eta_s(&p), 12);
	assay_progress_finish(&p);
	assert_int_equal(assay_progress_eta_s(&p), 0);
}

/* Ten minutes alone on the machine, then others come: a few minutes later the pace is theirs too. */
static void eta__the_machine_gets_slow__the_recent_pace(void **state)
{
	assay_progress p = begin(ASSAY_PROGRESS_NONE, stderr);

	(void)state;
	assay_progress_phase(&p, ASSAY_PHASE_PROCESS, 10);
	for (int i = 0; i < 600; i++, clock_ns += SECOND)
		work(&p, 2000000, 100000000);
	assert_int_equal(assay_progress_eta_s(&p), 50);
	for (int i = 0; i < 300; i++, clock_ns += SECOND)
		work(&p, 500000, 100000000);
	assert_in_range(assay_progress_eta_s(&p), 160, 200); /* 200 in the end; 67 by the mean since the start */
}

static void eta__workers_load_their_models__is_no_pace(void **state)
{
	assay_progress p = begin(ASSAY_PROGRESS_NONE, stderr);
	assay_progress_work idle = {.left = 90000000};

	(void)state;
	assay_progress_phase(&p, ASSAY_PHASE_PROCESS, 10);
	assay_progress_stands(&p, &idle);
	clock_ns += 30 * SECOND;
	assert_int_equal(assay_progress_eta_s(&p), -1);
	work(&p, 0, 90000000);
	clock_ns += 10 * SECOND;
	work(&p, 10000000, 80000000);
	assert_int_equal(assay_progress_eta_s(&p), 80);
}

/* Two workers, of which one always waits for what the other end of the run has to do. */
static void eta__workers_wait_for_units__is_part_of_the_pace(void **state)
{
	assay_progress p = begin(ASSAY_PROGRESS_NONE, stderr);
	const assay_progress_work w = {.left = 60000000, .busy = 1, .lanes = 2, .expected = 1};

	(void)state;
	p.workers = 2;
	assay_progress_phase(&p, ASSAY_PHASE_PROCESS, 10);
	assay_progress_stands(&p, &w);
	clock_ns += 10 * SECOND;
	assay_progress_stands(&p, &w);
	assert_int_equal(assay_progress_eta_s(&p), 60);
}

static void eta__only_digests__at_their_pace(void **state)
{
	assay_progress p = begin(ASSAY_PROGRESS_NONE, stderr);
	assay_progress_work w = {.digests_left = 100};

	(void)state;
	assay_progress_phase(&p, ASSAY_PHASE_PROCESS, 10);
	p.phase = ASSAY_PHASE_HASH;
	assay_progress_stands(&p, &w);
	clock_ns += 6 * SECOND;
	w = (assay_progress_work){.digests_left = 60, .digests_done = 40};
	assay_progress_stands(&p, &w);
	assert_int_equal(assay_progress_eta_s(&p), 9);
	/* They wait for workers now, and say nothing. */
	work(&p, 0, 10000000);
	clock_ns += 60 * SECOND;
	work(&p, 60000000, 60000000);
	assert_int_equal(assay_progress_eta_s(&p), 60);
}

static void rate__over_the_last_seconds(void **state)
{
	FILE *out = tmpfile();
	assay_progress p = begin(ASSAY_PROGRESS_BAR, out);
	uint64_t bytes;

	(void)state;
	assert_non_null(out);
	assay_progress_phase(&p, ASSAY_PHASE_PROCESS, 100000);
	assert_int_equal(assay_progress_rate(&p, &bytes), 0);
	for (int i = 0; i < 60; i++) {
		clock_ns += SECOND;
		p.done += i < 30 ? 1000 : 2; /* fast at first */
		p.bytes += i < 30 ? 0 : 5000;
		assay_progress_show(&p, true);
	}
	assert_int_equal(assay_progress_rate(&p, &bytes), 2000);
	assert_int_equal(bytes, 5000);
	(void)fclose(out);
}

/* ---- how it looks ---- */

static void bar__any_width_and_hostile_names__fits_and_is_harmless(void **state)
{
	assay_progress p = begin(ASSAY_PROGRESS_NONE, stderr);

	(void)state;
	assay_progress_phase(&p, ASSAY_PHASE_PROCESS, 1234567);
	p.done = 1234;
	p.failed = 7;
	work(&p, 5, 5);
	p.current_count = 5;
	p.current[0] = "inbox/\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e/\xe6\x97\xa5.png";
	p.current[2] = "inbox/\x1b]0;owned\x07.png";
	p.current[3] = "inbox/\xe2\x80\xaegnp.exe";
	p.current[4] = "inbox/a/very/long/path/that/does/not/fit/anywhere/at/all.tif";
	for (size_t columns = 1; columns < 300; columns++) {
		ASSAY_AUTO_BUF line = ASSAY_BUF_INIT;
		ASSAY_AUTO_BUF safe = ASSAY_BUF_INIT;

		assay_progress_bar(&line, &p, columns);
		(void)assay_text_put(&safe, assay_buf_str(&line), columns);
		assert_string_equal(assay_buf_str(&safe), assay_buf_str(&line)); /* no character is cut in two */
		assert_in_range(assay_text_columns(assay_buf_str(&line)), 1, columns);
		assert_null(strpbrk(assay_buf_str(&line), "\x1b\x07\n\r"));
		assert_null(strstr(assay_buf_str(&line), "\xe2\x80\xae"));
	}
}

static void bar__half_done__half_full(void **state)
{
	assay_progress p = begin(ASSAY_PROGRESS_NONE, stderr);
	ASSAY_AUTO_BUF line = ASSAY_BUF_INIT;

	(void)state;
	assay_progress_phase(&p, ASSAY_PHASE_PROCESS, 40);
	work(&p, 0, 100000000);
	clock_ns += 100 * SECOND;
	p.done = 12;
	p.failed = 3;
	work(&p, 50000000, 50000000);
	p.current_count = 2;
	p.current[1] = "scans/a.png";
	assay_progress_bar(&line, &p, 100);
	assert_string_equal(assay_buf_str(&line), "process [############............] 50% 12/40 sources, 3 failed, "
						  "1m40s left  scans/a.png");
}

static void plain__what_a_log_needs(void **state)
{
	assay_progress p = begin(ASSAY_PROGRESS_NONE, stderr);
	ASSAY_AUTO_BUF line = ASSAY_BUF_INIT;

	(void)state;
	assay_progress_phase(&p, ASSAY_PHASE_PROCESS, 40);
	work(&p, 0, 100000000);
	clock_ns += 10000 * SECOND;
	p.done = 10;
	p.samples = 17;
	work(&p, 50000000, 50000000);
	assay_progress_plain(&line, &p);
	assert_string_equal(assay_buf_str(&line), "process: 50% 10/40 sources, 2h46m left, 17 samples");
}

static void json__one_object_with_every_key(void **state)
{
	assay_progress p = begin(ASSAY_PROGRESS_NONE, stderr);
	ASSAY_AUTO_BUF line = ASSAY_BUF_INIT;

	(void)state;
	assay_progress_phase(&p, ASSAY_PHASE_PROCESS, 40);
	work(&p, 0, 10000000);
	clock_ns += 10 * SECOND;
	p.done = 10;
	p.samples = 17;
	p.failed = 1;
	work(&p, 2500000, 7500000);
	p.current_count = 3;
	p.current[0] = "a \"b\".png";
	p.current[2] = "c";
	assay_progress_json(&line, &p);
	assert_string_equal(assay_buf_str(&line),
			    "{\"phase\":\"process\",\"done\":10,\"total\":40,\"fraction\":0.25,\"work_done\":2.5,"
			    "\"work_total\":10,\"eta_s\":30,\"rate\":0,\"bytes_per_s\":0,"
			    "\"current\":[\"a \\\"b\\\".png\",\"c\"],\"samples\":17,\"failed\":1,\"elapsed_s\":10}");
}

/* ---- when it shows ---- */

static unsigned lines_of(FILE *f)
{
	unsigned n = 0;

	rewind(f);
	for (int c = fgetc(f); c != EOF; c = fgetc(f))
		n += c == '\n';
	return n;
}

static void show__plain__less_often_the_longer_it_takes(void **state)
{
	FILE *out = tmpfile();
	assay_progress p = begin(ASSAY_PROGRESS_PLAIN, out);

	(void)state;
	assert_non_null(out);
	assay_progress_phase(&p, ASSAY_PHASE_PROCESS, 40);
	for (int s = 0; s < 7200; s++) {
		clock_ns += SECOND;
		assay_progress_show(&p, false);
	}
	/* every 5 s for a minute, every 15 s for nine, then every minute: 12 + 36 + 110, give or take the seams */
	assert_in_range(lines_of(out), 150, 165);
	(void)fclose(out);
}

static void show__short_run__plain_says_nothing_json_says_the_end(void **state)
{
	FILE *plain = tmpfile(), *json = tmpfile();
	assay_progress p = begin(ASSAY_PROGRESS_PLAIN, plain), j = begin(ASSAY_PROGRESS_JSON, json);

	(void)state;
	assert_true(plain != NULL && json != NULL);
	assay_progress_phase(&p, ASSAY_PHASE_PROCESS, 4);
	assay_progress_show(&p, false);
	assay_progress_finish(&p);
	assert_int_equal(lines_of(plain), 0);
	assay_progress_phase(&j, ASSAY_PHASE_PROCESS, 4);
	assay_progress_show(&j, false);
	assay_progress_finish(&j);
	assert_int_equal(lines_of(json), 2); /* the phase, and the end */
	(void)fclose(plain);
	(void)fclose(json);
}

static void stop__json_says_so_where_it_stood(void **state)
{
	FILE *out = tmpfile();
	assay_progress p = begin(ASSAY_PROGRESS_JSON, out);
	ASSAY_AUTO_BUF line = ASSAY_BUF_INIT;

	(void)state;
	assert_non_null(out);
	assay_progress_phase(&p, ASSAY_PHASE_PROCESS, 40);
	work(&p, 10, 10);
	p.current_count = 1;
	p.current[0] = "a name that is gone by then";
	assay_progress_show(&p, true);
	assay_progress_stop(&p);
	assert_int_equal(lines_of(out), 3);
	assert_null(p.current[0]);
	assay_progress_json(&line, &p);
	assert_non_null(strstr(assay_buf_str(&line), "\"phase\":\"stopped\""));
	assert_non_null(strstr(assay_buf_str(&line), "\"fraction\":0.5,"));
	assert_non_null(strstr(assay_buf_str(&line), "\"eta_s\":null"));
	(void)fclose(out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(full__estimates_jump__never_backwards_and_full_only_at_the_end),
	    cmocka_unit_test(full__work_not_files),
	    cmocka_unit_test(full__estimates_hold__share_of_all_phases),
	    cmocka_unit_test(full__estimate_was_wrong__goes_on_from_where_it_is),
	    cmocka_unit_test(full__work_that_was_not_needed__judging_gets_the_rest_of_the_bar),
	    cmocka_unit_test(eta__work_left_at_the_pace_so_far),
	    cmocka_unit_test(eta__the_machine_gets_slow__the_recent_pace),
	    cmocka_unit_test(eta__workers_load_their_models__is_no_pace),
	    cmocka_unit_test(eta__workers_wait_for_units__is_part_of_the_pace),
	    cmocka_unit_test(eta__only_digests__at_their_pace),
	    cmocka_unit_test(rate__over_the_last_seconds),
	    cmocka_unit_test(bar__any_width_and_hostile_names__fits_and_is_harmless),
	    cmocka_unit_test(bar__half_done__half_full),
	    cmocka_unit_test(plain__what_a_log_needs),
	    cmocka_unit_test(json__one_object_with_every_key),
	    cmocka_unit_test(show__plain__less_often_the_longer_it_takes),
	    cmocka_unit_test(stop__json_says_so_where_it_stood),
	    cmocka_unit_test(show__short_run__plain_says_nothing_json_says_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
