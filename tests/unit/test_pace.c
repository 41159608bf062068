/*
 * A run without workers, on a clock of its own: the executor's moves are played as it makes them, units take what the
 * case says, and what the progress tells is written down at every tick. What is true is known at the end.
 */
#include "pace.h"

#include "assay/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SECOND      ((int64_t)1000000000)
#define TICK_NS     (SECOND / 10)
#define TICKS_MAX   40000
#define SOURCES_MAX 64
#define AHEAD       8

static int64_t clock_ns;
static int64_t fake_now(void)
{
	return clock_ns;
}

/* What a source really is. Sizes are bytes, times are of each unit. */
typedef struct truth {
	const char *name;
	assay_modality modality;
	uint64_t size;
	uint32_t parts, cached; /* cached: of them, the last ones */
	double cpu_s, wall_s;
} truth;

typedef struct tick {
	double at_s, full;
	int64_t eta;
} tick;

typedef struct play {
	assay_executor r;
	assay_session session;
	assay_run_opts opts;
	assay_summary summary;
	assay_progress progress;
	assay_config_source rules[ASSAY_MODALITY_MAX + 1];
	assay_found found[SOURCES_MAX];
	const truth *truths;
	assay_job *jobs[SOURCES_MAX];
	assay_slot slots[8];
	tick ticks[TICKS_MAX];
	size_t tick_count;
	double ended_s; /* when the last unit was done */
} play;

/* ---------------------------------------------------------------- the stage */

static play *set_up(const truth *truths, size_t count, unsigned workers)
{
	play *p = calloc(1, sizeof *p);

	assert_non_null(p);
	clock_ns = 1000 * SECOND;
	p->truths = truths;
	for (unsigned m = 1; m <= ASSAY_MODALITY_MAX; m++)
		p->rules[m].modality = (assay_modality)m;
	for (size_t i = 0; i < count; i++)
		p->found[i] = (assay_found){.path = truths[i].name,
					    .key = truths[i].name,
					    .rule = &p->rules[truths[i].modality],
					    .stamp.size = truths[i].size};
	assay_progress_init(&p->progress, ASSAY_PROGRESS_BAR, fopen("/dev/null", "w"));
	assert_non_null(p->progress.out);
	p->progress.now = fake_now;
	p->progress.started_ns = p->progress.phase_started_ns = clock_ns;
	p->summary.sources.seen = count;
	p->r = (assay_executor){.session = &p->session,
				.opts = &p->opts,
				.summary = &p->summary,
				.progress = &p->progress,
				.scan = {.items = p->found, .count = count},
				.jobs = p->jobs,
				.slots = p->slots,
				.slot_count = workers};
	return p;
}

/* What the store's history says: `n` sources of that kind took so much for each unit. */
static void remember(play *p, const truth *t, unsigned n, double times)
{
	const assay_cost took = {.cpu_us = (uint64_t)(t->cpu_s * 1e6 * times * t->parts),
				 .wall_us = (uint64_t)(t->wall_s * 1e6 * times * t->parts),
				 .units = t->parts};

	while (n-- > 0)
		assert_int_equal(assay_costs_learn(&p->r.plan.costs, t->modality, t->name, t->size, true, &took, NULL),
				 ASSAY_OK);
}

static void plan(play *p)
{
	for (size_t i = 0; i < p->r.scan.count; i++) {
		p->found[i].costed = true;
		p->r.plan.needed++;
		p->r.plan.digest_us += assay_digest_us(p->found[i].stamp.size);
		assert_int_equal(assay_costs_add_left(&p->r.plan.costs, p->found[i].rule->modality, p->found[i].key,
						      p->found[i].stamp.size, NULL),
				 ASSAY_OK);
	}
	assay_pace_begin(&p->r);
}

static void tear_down(play *p)
{
	(void)fclose(p->progress.out);
	assay_plan_release(&p->r.plan);
	free(p);
}

/* ---------------------------------------------------------------- the executor's moves */

static const truth *truth_of(const play *p, const assay_job *j)
{
	return &p->truths[j->found - p->found];
}

static void begin_job(play *p)
{
	assay_job *j = calloc(1, sizeof *j);

	assert_non_null(j);
	j->found = &p->found[p->r.next++];
	j->state = ASSAY_JOB_WORKING;
	j->part_count = 1;
	j->parts = calloc(truth_of(p, j)->parts, sizeof *j->parts);
	assert_non_null(j->parts);
	p->jobs[p->r.job_count++] = j;
	assay_pace_digested(&p->r, j);
}

static void expand(const play *p, assay_job *j)
{
	const truth *t = truth_of(p, j);

	if (t->parts == 1 || j->pages > 0)
		return;
	j->pages = t->parts * ASSAY_UNIT_PAGES;
	j->part_count = t->parts;
	for (uint32_t i = t->parts - t->cached; i < t->parts; i++)
		j->parts[i] = (assay_job_part){.state = ASSAY_PART_DONE, .cached = true};
}

static void end_job(play *p, assay_job *j)
{
	for (size_t i = 0; i < j->part_count; i++)
		if (j->parts[i].state != ASSAY_PART_DONE)
			return;
	assay_pace_job_done(&p->r, j);
	for (size_t i = 0; i < p->r.job_count; i++)
		if (p->jobs[i] == j) {
			p->r.job_count--;
			memmove(&p->jobs[i], &p->jobs[i + 1], (p->r.job_count - i) * sizeof p->jobs[i]);
		}
	free(j->parts);
	free(j);
}

static void take_back(play *p, assay_slot *s)
{
	assay_job *j = s->job;
	const truth *t = truth_of(p, j);

	s->job = NULL;
	j->took.cpu_us += (uint64_t)(t->cpu_s * 1e6);
	j->took.wall_us += (uint64_t)(t->wall_s * 1e6);
	j->took.units += 1;
	p->r.work_us += (uint64_t)(t->cpu_s * 1e6);
	p->r.work_took_us += (uint64_t)(t->wall_s * 1e6);
	j->parts[s->part].state = ASSAY_PART_DONE;
	expand(p, j);
	assay_pace_back(&p->r, s);
	end_job(p, j);
}

static bool give(play *p, assay_slot *s)
{
	for (size_t i = 0; i < p->r.job_count; i++)
		for (size_t k = 0; k < p->jobs[i]->part_count; k++)
			if (p->jobs[i]->parts[k].state == ASSAY_PART_WAITING) {
				p->jobs[i]->parts[k].state = ASSAY_PART_RUNNING;
				p->jobs[i]->ran = true;
				s->job = p->jobs[i];
				s->part = k;
				s->given_ns = clock_ns;
				assay_pace_given(&p->r, s);
				return true;
			}
	return false;
}

static void fill(play *p)
{
	for (size_t i = 0; i < p->r.slot_count; i++) {
		while (p->r.job_count < AHEAD && p->r.next < p->r.scan.count)
			begin_job(p);
		if (p->slots[i].job == NULL)
			(void)give(p, &p->slots[i]);
	}
}

static void step(play *p)
{
	for (size_t i = 0; i < p->r.slot_count; i++) {
		assay_slot *s = &p->slots[i];

		if (s->job != NULL && (double)(clock_ns - s->given_ns) >= truth_of(p, s->job)->wall_s * SECOND)
			take_back(p, s);
	}
	fill(p);
}

/* All of it. Afterwards the ticks can be held against what was true. */
static void perform(play *p)
{
	const int64_t started = clock_ns;

	plan(p);
	fill(p);
	while (p->r.job_count > 0) {
		clock_ns += TICK_NS;
		assay_pace_show(&p->r);
		assert_true(p->tick_count < TICKS_MAX);
		p->ticks[p->tick_count++] = (tick){(double)(clock_ns - started) / SECOND,
						   (double)assay_progress_full(&p->progress) / ASSAY_PROGRESS_FULL,
						   assay_progress_eta_s(&p->progress)};
		step(p);
	}
	p->ended_s = (double)(clock_ns - started) / SECOND;
	assay_progress_phase(&p->progress, ASSAY_PHASE_JUDGE, p->r.scan.count);
	p->progress.done = p->progress.total;
	assert_in_range(assay_progress_full(&p->progress), 0, ASSAY_PROGRESS_FULL - 1);
	assay_progress_phase(&p->progress, ASSAY_PHASE_COMMIT, p->r.scan.count);
	assert_in_range(assay_progress_full(&p->progress), 950000, ASSAY_PROGRESS_FULL - 1);
	assay_progress_finish(&p->progress);
	assert_int_equal(assay_progress_full(&p->progress), ASSAY_PROGRESS_FULL);
}

/* ---------------------------------------------------------------- what is asked of it */

static void assert_moves_at_every_tick(const play *p)
{
	for (size_t i = 1; i < p->tick_count; i++)
		if (p->ticks[i].full <= p->ticks[i - 1].full)
			fail_msg("at %.1f s the bar stands still at %f", p->ticks[i].at_s, p->ticks[i].full);
	assert_true(p->ticks[p->tick_count - 1].full < 1);
}

/* From `from_s` on: not further from the truth than so many seconds, and such a share of it. */
static void assert_eta(const play *p, double from_s, double within_s, double within)
{
	for (size_t i = 0; i < p->tick_count; i++) {
		const tick *t = &p->ticks[i];
		const double is = p->ended_s - t->at_s;

		if (t->at_s < from_s)
			continue;
		if (t->eta < 0 || fabs((double)t->eta - is) > within_s + within * is)
			fail_msg("at %.1f s of %.1f s it tells %lld s", t->at_s, p->ended_s, (long long)t->eta);
	}
}

/* The bar is the share of the time, give or take. */
static void assert_bar(const play *p, double from_s, double within)
{
	for (size_t i = 0; i < p->tick_count; i++)
		if (p->ticks[i].at_s >= from_s && fabs(p->ticks[i].full - p->ticks[i].at_s / p->ended_s) > within)
			fail_msg("at %.1f s of %.1f s the bar is at %.3f", p->ticks[i].at_s, p->ended_s,
				 p->ticks[i].full);
}

static const truth film = {"v/film.mkv", ASSAY_MODALITY_VIDEO, 100000000, 1, 0, 100, 100};
static const truth page = {"s/page.png", ASSAY_MODALITY_PAGE, 1000000, 1, 0, 10, 10};

/* ---------------------------------------------------------------- units */

static void long_unit__as_expected(void **state)
{
	play *p = set_up(&film, 1, 1);

	(void)state;
	remember(p, &film, 5, 1);
	perform(p);
	assert_moves_at_every_tick(p);
	assert_eta(p, 0.7, 25, 0); /* a quarter of what it was thought to take */
	for (size_t i = 7; i < p->tick_count && p->ticks[i].at_s < 75; i++)
		assert_in_range(llabs(p->ticks[i].eta - (int64_t)(100.5 - p->ticks[i].at_s)), 0, 1);
	tear_down(p);
}

/* It is known to be late, and never said to be done. */
static void long_unit__takes_ten_times_as_long(void **state)
{
	play *p = set_up(&film, 1, 1);

	(void)state;
	remember(p, &film, 5, 0.1);
	perform(p);
	assert_moves_at_every_tick(p);
	assert_true(p->ticks[p->tick_count - 1].full < 0.98);
	for (size_t i = 80; i < p->tick_count; i++) /* at least a quarter of the 10 s, or 2 % of what it took so far */
		assert_in_range(p->ticks[i].eta, 2, 100);
	tear_down(p);
}

static void long_unit__waits_for_the_disk__pace_is_what_it_does(void **state)
{
	static const truth slow[] = {{"v/a.mkv", ASSAY_MODALITY_VIDEO, 1000000, 1, 0, 10, 40},
				     {"v/b.mkv", ASSAY_MODALITY_VIDEO, 1000000, 1, 0, 10, 40},
				     {"v/c.mkv", ASSAY_MODALITY_VIDEO, 1000000, 1, 0, 10, 40}};
	play *p = set_up(slow, 3, 1);

	(void)state;
	remember(p, &slow[0], 5, 1);
	perform(p);
	assert_moves_at_every_tick(p);
	assert_bar(p, 0, 0.1);
	assert_eta(p, 1, 11, 0.02);
	tear_down(p);
}

/* ---------------------------------------------------------------- the tail */

static void tail__film_at_the_end_of_two_workers(void **state)
{
	truth all[10];
	play *p;

	(void)state;
	for (int i = 0; i < 9; i++)
		all[i] = page;
	all[9] = film;
	p = set_up(all, 10, 2);
	remember(p, &page, 5, 1);
	remember(p, &film, 5, 1);
	perform(p);
	assert_moves_at_every_tick(p);
	/* 40 s of pages, then the film: 140 s, of which one worker has nothing to do for 90. */
	assert_true(fabs(p->ended_s - 140) < 1);
	assert_eta(p, 1, 25, 0.05);
	for (size_t i = 0; i < p->tick_count; i++)
		if (p->ticks[i].at_s > 51 && p->ticks[i].at_s < 115) /* its rest, not half of it */
			assert_in_range(llabs(p->ticks[i].eta - (int64_t)(p->ended_s - p->ticks[i].at_s)), 0, 1);
	tear_down(p);
}

/* What stands behind the film in the scan is done beside it. */
static void tail__film_among_pages(void **state)
{
	static const truth long_film = {"v/film.mkv", ASSAY_MODALITY_VIDEO, 200000000, 1, 0, 200, 200};
	truth all[29];
	play *p;

	(void)state;
	for (int i = 0; i < 29; i++)
		all[i] = i == 20 ? long_film : page;
	p = set_up(all, 29, 2);
	remember(p, &page, 5, 1);
	remember(p, &long_film, 5, 1);
	perform(p);
	assert_moves_at_every_tick(p);
	/* 100 s of pages, the film beside 80 s of pages: 300 s, not the (280 + 200) / 2 of all work on two workers. */
	assert_true(fabs(p->ended_s - 300) < 1);
	for (size_t i = 0; i < p->tick_count; i++)
		if (p->ticks[i].at_s > 1 && p->ticks[i].at_s < 250)
			assert_in_range(p->ticks[i].eta, (int64_t)(p->ended_s - p->ticks[i].at_s) - 11,
					(int64_t)(p->ended_s - p->ticks[i].at_s) + 2);
	tear_down(p);
}

static void tail__two_workers__true_to_the_end(void **state)
{
	truth all[41];
	play *p;

	(void)state;
	for (int i = 0; i < 41; i++)
		all[i] = page;
	p = set_up(all, 41, 2);
	remember(p, &page, 5, 1);
	perform(p);
	assert_moves_at_every_tick(p);
	assert_bar(p, 0, 0.05);
	assert_eta(p, 1, 11, 0);
	tear_down(p);
}

/* ---------------------------------------------------------------- documents */

static void document__of_many_parts(void **state)
{
	static const truth book = {"s/book.tif", ASSAY_MODALITY_PAGE, 64000000, 64, 0, 10, 10};
	play *p = set_up(&book, 1, 2);

	(void)state;
	remember(p, &book, 3, 1);
	perform(p);
	assert_moves_at_every_tick(p);
	assert_bar(p, 0, 0.05);
	assert_eta(p, 20, 11, 0.05); /* its first part is alone, and says how many there are */
	tear_down(p);
}

static void document__half_of_it_cached(void **state)
{
	static const truth book = {"s/book.tif", ASSAY_MODALITY_PAGE, 64000000, 64, 32, 10, 10};
	play *p = set_up(&book, 1, 2);

	(void)state;
	remember(p, &book, 3, 1);
	perform(p);
	assert_moves_at_every_tick(p);
	assert_eta(p, 20, 11, 0.05);
	/* It was thought to be twice as much for ten seconds, no longer. */
	assert_bar(p, 0, 0.06);
	tear_down(p);
}

/* Its own first parts say more of it than other documents do. */
static void document__parts_take_three_times_as_long(void **state)
{
	static const truth book = {"s/book.tif", ASSAY_MODALITY_PAGE, 64000000, 64, 0, 30, 30};
	play *p = set_up(&book, 1, 2);

	(void)state;
	remember(p, &book, 3, 1.0 / 3);
	perform(p);
	assert_moves_at_every_tick(p);
	assert_eta(p, 100, 30, 0.25);
	assert_eta(p, 400, 30, 0.1);
	tear_down(p);
}

/* ---------------------------------------------------------------- estimates that are wrong */

static void wrong_by(double times, double begin_within, double half_within)
{
	truth all[60];
	play *p;

	for (int i = 0; i < 60; i++)
		all[i] = page;
	p = set_up(all, 60, 2);
	remember(p, &page, 1000, times);
	perform(p);
	assert_moves_at_every_tick(p);
	assert_eta(p, 12, 10, begin_within);
	assert_eta(p, 150, 10, half_within); /* half of it is done */
	tear_down(p);
}

static void estimate__three_times_too_low(void **state)
{
	(void)state;
	wrong_by(1.0 / 3, 0.67, 0.25);
}

static void estimate__three_times_too_high(void **state)
{
	(void)state;
	wrong_by(3, 2, 0.5);
}

/* As much CPU as ever, on a machine that gives each unit a quarter of what it gave before. */
static void estimate__machine_got_busy__pace_of_the_units_that_came_back(void **state)
{
	const truth slow = {"s/page.png", ASSAY_MODALITY_PAGE, 1000000, 1, 0, 10, 40};
	truth all[60];
	play *p;

	(void)state;
	for (int i = 0; i < 60; i++)
		all[i] = slow;
	p = set_up(all, 60, 2);
	remember(p, &page, 1000, 1);
	perform(p);
	assert_moves_at_every_tick(p);
	assert_eta(p, 41, 40, 0.05);
	tear_down(p);
}

static void estimate__none__no_end_is_told(void **state)
{
	truth all[20];
	play *p;

	(void)state;
	for (int i = 0; i < 20; i++)
		all[i] = page;
	p = set_up(all, 20, 2);
	perform(p);
	assert_moves_at_every_tick(p);
	for (size_t i = 0; i < p->tick_count && p->ticks[i].at_s <= 10; i++)
		assert_int_equal(p->ticks[i].eta, -1);
	assert_eta(p, 11, 11, 0); /* one is done, and all are like it */
	tear_down(p);
}

/* The guess has units that get all of a core; they get a fifth. */
static void estimate__none_on_a_busy_machine__right_once_one_is_done(void **state)
{
	const truth slow = {"s/page.png", ASSAY_MODALITY_PAGE, 1000000, 1, 0, 2, 10};
	truth all[20];
	play *p;

	(void)state;
	for (int i = 0; i < 20; i++)
		all[i] = slow;
	p = set_up(all, 20, 2);
	perform(p);
	assert_moves_at_every_tick(p);
	assert_eta(p, 11, 11, 0);
	tear_down(p);
}

/* One page is known, the films are not, and they are most of the work. */
static void estimate__none_for_most_of_it__no_end_is_told(void **state)
{
	const truth all[] = {page, page, film, film};
	play *p = set_up(all, 4, 1);

	(void)state;
	remember(p, &page, 5, 1);
	perform(p);
	for (size_t i = 0; i < p->tick_count && p->ticks[i].at_s <= 120; i++)
		assert_int_equal(p->ticks[i].eta, -1);
	assert_eta(p, 121, 25, 0);
	tear_down(p);
}

/* ---------------------------------------------------------------- what is no work */

/* A source that is only looked at takes nothing from what the others are expected to cost. */
static void job_without_cost__costs_of_others_stay(void **state)
{
	const truth all[] = {page, page};
	play *p = set_up(all, 2, 1);
	assay_job looked_at = {.found = &p->found[0], .state = ASSAY_JOB_HASHING};
	uint64_t left;

	(void)state;
	remember(p, &page, 5, 1);
	plan(p);
	p->found[0].costed = false;
	assay_costs_take_left(&p->r.plan.costs, ASSAY_MODALITY_PAGE, page.name, page.size);
	left = assay_costs_left(&p->r.plan.costs).cpu_us;
	p->jobs[p->r.job_count++] = &looked_at;
	clock_ns += SECOND;
	assay_pace_show(&p->r);
	assert_int_equal(p->progress.work.left, left);
	assay_pace_job_done(&p->r, &looked_at);
	assert_int_equal(assay_costs_left(&p->r.plan.costs).cpu_us, left);
	tear_down(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(long_unit__as_expected),
	    cmocka_unit_test(long_unit__takes_ten_times_as_long),
	    cmocka_unit_test(long_unit__waits_for_the_disk__pace_is_what_it_does),
	    cmocka_unit_test(tail__film_at_the_end_of_two_workers),
	    cmocka_unit_test(tail__film_among_pages),
	    cmocka_unit_test(tail__two_workers__true_to_the_end),
	    cmocka_unit_test(document__of_many_parts),
	    cmocka_unit_test(document__half_of_it_cached),
	    cmocka_unit_test(document__parts_take_three_times_as_long),
	    cmocka_unit_test(estimate__three_times_too_low),
	    cmocka_unit_test(estimate__three_times_too_high),
	    cmocka_unit_test(estimate__machine_got_busy__pace_of_the_units_that_came_back),
	    cmocka_unit_test(estimate__none__no_end_is_told),
	    cmocka_unit_test(estimate__none_on_a_busy_machine__right_once_one_is_done),
	    cmocka_unit_test(estimate__none_for_most_of_it__no_end_is_told),
	    cmocka_unit_test(job_without_cost__costs_of_others_stay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
