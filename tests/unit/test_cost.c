#include "cost.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <stdio.h>

#include <cmocka.h>

static void learn(assay_costs *c, assay_modality m, const char *path, uint64_t size, bool present, uint64_t us)
{
	const assay_cost took = {.cpu_us = us, .wall_us = 2 * us, .units = 1};

	assert_int_equal(assay_costs_learn(c, m, path, size, present, &took, NULL), ASSAY_OK);
}

static void costs_of__times_on_a_line__the_line(void **state)
{
	assay_costs c = {0};
	assay_cost cost;

	(void)state;
	for (uint64_t size = 1000; size <= 5000; size += 1000)
		learn(&c, ASSAY_MODALITY_VIDEO, "a/b.MP4", size, true, 700 + 3 * size);
	cost = assay_costs_of(&c, ASSAY_MODALITY_VIDEO, "c.mp4", 20000);
	assert_in_range(cost.cpu_us, 60699, 60701);
	assert_in_range(cost.wall_us, 121399, 121401);
	assert_int_equal(cost.basis, ASSAY_COST_SAME);
	assay_costs_release(&c);
}

/* Single ones are wrong, the sum is right: that is what a forecast of many needs. */
static void costs_of__scattered_times__sum_is_kept(void **state)
{
	static const uint64_t sizes[] = {10, 40, 20, 90, 30, 70, 15, 60},
			      times[] = {500, 900, 100, 800, 1500, 950, 300, 70};
	assay_costs c = {0};
	uint64_t sum = 0, told = 0;

	(void)state;
	for (int i = 0; i < 8; i++) {
		learn(&c, ASSAY_MODALITY_PAGE, "x.png", sizes[i], true, times[i]);
		sum += times[i];
	}
	for (int i = 0; i < 8; i++)
		told += assay_costs_of(&c, ASSAY_MODALITY_PAGE, "y.png", sizes[i]).cpu_us;
	assert_in_range(told, sum - 8, sum); /* each is cut to whole microseconds */
	assay_costs_release(&c);
}

static void costs_of__no_line_to_be_had__mean_or_proportion(void **state)
{
	assay_costs few = {0}, falling = {0}, steep = {0};

	(void)state;
	learn(&few, ASSAY_MODALITY_PAGE, "a.tif", 10, true, 100);
	learn(&few, ASSAY_MODALITY_PAGE, "b.tif", 20, true, 300);
	assert_int_equal(assay_costs_of(&few, ASSAY_MODALITY_PAGE, "c.tif", 1000000).cpu_us, 200);
	for (uint64_t i = 1; i <= 4; i++)
		learn(&falling, ASSAY_MODALITY_PAGE, "a.tif", i * 100, true, 1000 - i * 100);
	assert_int_equal(assay_costs_of(&falling, ASSAY_MODALITY_PAGE, "c.tif", 1000000).cpu_us, 750);
	for (uint64_t i = 1; i <= 4; i++)
		learn(&steep, ASSAY_MODALITY_PAGE, "a.tif", i * 100, true, i * i * 1000);
	/* 30 000 us for 1000 bytes: never negative for a small one. */
	assert_int_equal(assay_costs_of(&steep, ASSAY_MODALITY_PAGE, "c.tif", 10).cpu_us, 300);
	assay_costs_release(&few);
	assay_costs_release(&falling);
	assay_costs_release(&steep);
}

static void expect_basis(const assay_costs *c, const char *path, assay_cost_basis basis, uint64_t us)
{
	const assay_cost cost = assay_costs_of(c, ASSAY_MODALITY_PAGE, path, 5);

	assert_int_equal(cost.basis, basis);
	if (basis != ASSAY_COST_NONE)
		assert_int_equal(cost.cpu_us, us);
}

static void costs_of__nearest_history_is_used(void **state)
{
	assay_costs c = {0};

	(void)state;
	expect_basis(&c, "a.png", ASSAY_COST_NONE, 0);
	learn(&c, ASSAY_MODALITY_AUDIO, "a.png", 5, true, 1);
	expect_basis(&c, "a.png", ASSAY_COST_NONE, 0);
	learn(&c, ASSAY_MODALITY_PAGE, "a.tif", 5, false, 20);
	expect_basis(&c, "a.png", ASSAY_COST_MODALITY, 20);
	expect_basis(&c, "a.tif", ASSAY_COST_SUFFIXED, 20);
	learn(&c, ASSAY_MODALITY_PAGE, "a.jpg", 5, true, 300);
	expect_basis(&c, "a.tif", ASSAY_COST_RECIPE, 300);
	learn(&c, ASSAY_MODALITY_PAGE, "a.tif", 5, true, 4000);
	expect_basis(&c, "a.tif", ASSAY_COST_SAME, 4000);
	/* The name decides, not what its folder is called. */
	expect_basis(&c, "x.tif/a", ASSAY_COST_RECIPE, 2150);
	assay_costs_release(&c);
}

static void costs_again__as_it_did_and_as_recipes_differ(void **state)
{
	const assay_cost took = {.cpu_us = 900, .wall_us = 1000, .units = 3};
	assay_costs c = {0};
	assay_cost cost;

	(void)state;
	learn(&c, ASSAY_MODALITY_PAGE, "a.tif", 10, false, 300);
	cost = assay_costs_again(&c, ASSAY_MODALITY_PAGE, "b.tif", 10, true, &took);
	assert_true(cost.cpu_us == 900 && cost.wall_us == 1000 && cost.basis == ASSAY_COST_SAME);
	cost = assay_costs_again(&c, ASSAY_MODALITY_PAGE, "b.tif", 10, false, &took);
	assert_true(cost.cpu_us == 900 && cost.wall_us == 1000 && cost.basis == ASSAY_COST_SUFFIXED);
	/* The present recipe takes twice as long for such files: for this one too, which took thrice what they did. */
	learn(&c, ASSAY_MODALITY_PAGE, "a.tif", 10, true, 600);
	cost = assay_costs_again(&c, ASSAY_MODALITY_PAGE, "b.tif", 10, false, &took);
	assert_true(cost.cpu_us == 1800 && cost.wall_us == 2000 && cost.units == 3);
	assert_int_equal(cost.basis, ASSAY_COST_SAME);
	/* No other file of the suffix under the other recipe tells how they differ. */
	cost = assay_costs_again(&c, ASSAY_MODALITY_PAGE, "b.png", 10, false, &took);
	assert_int_equal(cost.cpu_us, 900);
	assay_costs_release(&c);
}

static void costs_left__sum_of_what_is_left_by_what_is_known_now(void **state)
{
	assay_costs c = {0};
	uint64_t guessed;

	(void)state;
	assert_int_equal(assay_costs_left(&c).cpu_us, 0);
	for (uint64_t size = 1000; size <= 3000; size += 1000)
		assert_int_equal(assay_costs_add_left(&c, ASSAY_MODALITY_VIDEO, "a.mkv", size, NULL), ASSAY_OK);
	guessed = assay_costs_left(&c).cpu_us;
	assert_true(guessed > 0);
	assert_int_equal(assay_costs_left(&c).guessed_us, guessed);
	for (uint64_t size = 100; size <= 400; size += 100)
		learn(&c, ASSAY_MODALITY_VIDEO, "b.mkv", size, true, 50 + 2 * size);
	assert_in_range(assay_costs_left(&c).cpu_us, 3 * 50 + 2 * 6000 - 1, 3 * 50 + 2 * 6000 + 1);
	assert_int_equal(assay_costs_left(&c).guessed_us, 0);
	/* No history of another modality: its guess is told apart. */
	assert_int_equal(assay_costs_add_left(&c, ASSAY_MODALITY_PAGE, "a.mkv", 10, NULL), ASSAY_OK);
	assert_int_equal(assay_costs_left(&c).cpu_us - assay_costs_left(&c).guessed_us, 3 * 50 + 2 * 6000);
	assay_costs_take_left(&c, ASSAY_MODALITY_PAGE, "a.mkv", 10);
	assay_costs_take_left(&c, ASSAY_MODALITY_VIDEO, "a.mkv", 2000);
	assert_in_range(assay_costs_left(&c).cpu_us, 2 * 50 + 2 * 4000 - 1, 2 * 50 + 2 * 4000 + 1);
	/* More than there was is no less than nothing. */
	for (int i = 0; i < 5; i++)
		assay_costs_take_left(&c, ASSAY_MODALITY_VIDEO, "a.mkv", 1000000);
	assert_int_equal(assay_costs_left(&c).cpu_us, 0);
	assay_costs_release(&c);
}

static void costs_margin__twice_the_deviation_of_the_sum(void **state)
{
	assay_costs c = {0};

	(void)state;
	/* 100 and 300 by turns, whatever the size: they deviate by 100, or sqrt(8 * 100^2 / 6) as a sample. */
	for (uint64_t i = 0; i < 8; i++)
		learn(&c, ASSAY_MODALITY_AUDIO, "a.wav", 5, true, i % 2 == 0 ? 100 : 300);
	assert_int_equal(assay_costs_margin(&c, ASSAY_MODALITY_AUDIO), 0); /* nothing is left */
	for (int i = 0; i < 24; i++)
		assert_int_equal(assay_costs_add_left(&c, ASSAY_MODALITY_AUDIO, "b.wav", 5, NULL), ASSAY_OK);
	/* 2 * sqrt(13333.3 * (24 + 24 * 24 / 8)) = 2 * 1131.37 */
	assert_int_equal(assay_costs_margin(&c, ASSAY_MODALITY_AUDIO), 2262);
	assert_int_equal(assay_costs_margin(&c, ASSAY_MODALITY_PAGE), 0);
	/* On a line there is no doubt; of two nobody knows whether they are. */
	for (uint64_t i = 1; i <= 6; i++)
		learn(&c, ASSAY_MODALITY_PAGE, "a.tif", i * 1000, true, 50 + 2 * i);
	learn(&c, ASSAY_MODALITY_PAGE, "a.png", 5, true, 1000);
	assert_int_equal(assay_costs_add_left(&c, ASSAY_MODALITY_PAGE, "b.tif", 9000, NULL), ASSAY_OK);
	assert_in_range(assay_costs_margin(&c, ASSAY_MODALITY_PAGE), 0, 1);
	assert_int_equal(assay_costs_add_left(&c, ASSAY_MODALITY_PAGE, "b.png", 9000, NULL), ASSAY_OK);
	assert_in_range(assay_costs_margin(&c, ASSAY_MODALITY_PAGE), 2828, 2829); /* 2 * sqrt(2 * 1000^2) */
	assay_costs_release(&c);
}

static void costs__as_many_suffixes_as_files__bounded(void **state)
{
	assay_costs c = {0};
	char path[32];

	(void)state;
	for (int i = 0; i < 5000; i++) {
		(void)snprintf(path, sizeof path, "f.%d", i);
		learn(&c, ASSAY_MODALITY_PAGE, path, 10, true, 100);
		assert_int_equal(assay_costs_add_left(&c, ASSAY_MODALITY_PAGE, path, 10, NULL), ASSAY_OK);
	}
	assert_in_range(c.count, 200, 300);
	assert_in_range(assay_costs_left(&c).cpu_us, 499999, 500001);
	for (int i = 0; i < 5000; i++) {
		(void)snprintf(path, sizeof path, "f.%d", i);
		assay_costs_take_left(&c, ASSAY_MODALITY_PAGE, path, 10);
	}
	assert_int_equal(assay_costs_left(&c).cpu_us, 0);
	assay_costs_release(&c);
}

static uint64_t makespan(unsigned workers, const assay_cost *costs, size_t count)
{
	assay_makespan *m;
	uint64_t us;

	assert_int_equal(assay_makespan_open(&m, workers, NULL), ASSAY_OK);
	for (size_t i = 0; i < count; i++)
		assay_makespan_add(m, &costs[i]);
	us = assay_makespan_us(m);
	assay_makespan_close(m);
	return us;
}

static void makespan__known_schedules(void **state)
{
	const assay_cost small[] = {
	    {.wall_us = 10, .units = 1}, {.wall_us = 10, .units = 1}, {.wall_us = 10, .units = 1}};
	const assay_cost film_last[] = {
	    {.wall_us = 10, .units = 1}, {.wall_us = 10, .units = 1}, {.wall_us = 90, .units = 1}};
	const assay_cost book = {.wall_us = 100, .units = 10};

	(void)state;
	assert_int_equal(makespan(1, small, 0), 0);
	assert_int_equal(makespan(1, small, 3), 30);
	assert_int_equal(makespan(2, small, 3), 20);
	assert_int_equal(makespan(8, small, 3), 10);
	assert_int_equal(makespan(2, film_last, 3), 100);
	/* Its first unit tells that there are nine more: 10, then 90 over three workers. */
	assert_int_equal(makespan(3, &book, 1), 40);
	assert_int_equal(makespan(1, &book, 1), 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(costs_of__times_on_a_line__the_line),
	    cmocka_unit_test(costs_of__scattered_times__sum_is_kept),
	    cmocka_unit_test(costs_of__no_line_to_be_had__mean_or_proportion),
	    cmocka_unit_test(costs_of__nearest_history_is_used),
	    cmocka_unit_test(costs_again__as_it_did_and_as_recipes_differ),
	    cmocka_unit_test(costs_left__sum_of_what_is_left_by_what_is_known_now),
	    cmocka_unit_test(costs_margin__twice_the_deviation_of_the_sum),
	    cmocka_unit_test(costs__as_many_suffixes_as_files__bounded),
	    cmocka_unit_test(makespan__known_schedules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
