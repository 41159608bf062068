/* Breaks of the reading order on pages whose words are placed by hand. */
#include "ocr_cmocka.h"

#include "ocr_order.h"

enum { HEIGHT = 20, MAX = 64 };

static assay_word words[MAX];
static ocr_words page = {.items = words};
static uint32_t lines;

static void begin(void)
{
	page.count = 0;
	lines = 0;
}

static void word(int x, int y, int width)
{
	words[page.count++] = (assay_word){"word", x, y, x + width, y + HEIGHT, .confidence = 9000, .line = lines};
}

/* Three words of a line that begins at x. */
static void line(int x, int y)
{
	for (int i = 0; i < 3; i++)
		word(x + 100 * i, y, 90);
	lines++;
}

static int64_t breaks(void)
{
	int64_t n = -1;

	assert_int_equal(ocr_order_breaks(&n, &page, NULL), ASSAY_OK);
	return n;
}

static void order_breaks__one_column__none(void **state)
{
	(void)state;
	begin();
	assert_int_equal(breaks(), 0);
	line(100, 100);
	assert_int_equal(breaks(), 0);
	for (int i = 1; i < 10; i++)
		line(100 + 20 * (i % 3), 100 + 30 * i);
	assert_int_equal(breaks(), 0);
}

static void order_breaks__columns_one_after_the_other__one_for_each_that_begins(void **state)
{
	(void)state;
	begin();
	for (int column = 0; column < 3; column++)
		for (int i = 0; i < 4; i++)
			line(100 + 400 * column, 100 + 30 * i);
	assert_int_equal(breaks(), 2);
}

static void order_breaks__columns_that_take_turns__each_turn(void **state)
{
	(void)state;
	begin();
	for (int i = 0; i < 4; i++) {
		line(100, 100 + 30 * i);
		line(500, 100 + 30 * i);
	}
	assert_int_equal(breaks(), 7);
}

static void order_breaks__lines_across_columns__each_gap(void **state)
{
	(void)state;
	begin();
	for (int i = 0; i < 4; i++) {
		line(100, 100 + 30 * i);
		lines--; /* the same line goes on */
		line(500, 100 + 30 * i);
	}
	assert_int_equal(breaks(), 3); /* 110 px is more than 3 x 20; the first line may be a running head */
	begin();
	line(100, 70);
	word(100, 100, 90);
	word(250, 100, 90); /* 60 px is not */
	assert_int_equal(breaks(), 0);
	word(401, 100, 90);
	assert_int_equal(breaks(), 1);
}

/* Specks at the end of a line and below the page, which the engine takes for stops. */
static void order_breaks__dirt__none(void **state)
{
	(void)state;
	begin();
	line(100, 100);
	line(100, 130);
	lines--;
	word(900, 130, 5);
	words[page.count - 1].text = ".";
	lines++;
	assert_int_equal(breaks(), 0);
	word(1200, 60, 5);
	words[page.count - 1].text = "\xe2\x80\x99"; /* U+2019 */
	lines++;
	line(100, 160);
	assert_int_equal(breaks(), 0);
}

/* ---------------------------------------------------------------- by places alone */

static void assert_agrees(int64_t agreed, int64_t steps)
{
	ocr_order o;

	assert_int_equal(ocr_order_weigh(&o, &page, NULL), ASSAY_OK);
	assert_null(o.why);
	assert_int_equal(o.agreed, agreed);
	assert_int_equal(o.steps, steps);
}

static void order_weigh__columns_under_a_heading__all(void **state)
{
	(void)state;
	begin();
	for (int i = 0; i < 8; i++)
		word(100 + 100 * i, 40, 95);
	lines++;
	for (int column = 0; column < 2; column++)
		for (int i = 0; i < 4; i++)
			line(100 + 500 * column, 100 + 30 * i);
	for (int i = 0; i < 8; i++) /* a heading over both, and columns again */
		word(100 + 100 * i, 240, 95);
	lines++;
	for (int column = 0; column < 2; column++)
		for (int i = 0; i < 4; i++)
			line(100 + 500 * column, 300 + 30 * i);
	assert_agrees(17, 17);
}

static void order_weigh__columns_that_take_turns__the_last_step_alone(void **state)
{
	(void)state;
	begin();
	for (int i = 0; i < 4; i++) {
		line(100, 100 + 30 * i);
		lines--; /* one line over both */
		line(500, 100 + 30 * i);
	}
	assert_agrees(1, 7); /* to the right is right only where nothing is left to be read below */
}

static void order_weigh__right_column_first_or_from_below__doubt(void **state)
{
	(void)state;
	begin();
	for (int column = 1; column >= 0; column--)
		for (int i = 0; i < 4; i++)
			line(100 + 500 * column, 100 + 30 * i);
	assert_agrees(6, 7);
	begin();
	for (int i = 3; i >= 0; i--)
		line(100, 100 + 30 * i);
	assert_agrees(0, 3);
}

static void order_weigh__less_than_two_lines__says_so(void **state)
{
	ocr_order o;

	(void)state;
	begin();
	assert_int_equal(ocr_order_weigh(&o, &page, NULL), ASSAY_OK);
	assert_string_equal(o.why, "less than two lines");
	line(100, 100);
	word(100, 160, 90);
	words[page.count - 1].text = "--"; /* dirt */
	assert_int_equal(ocr_order_weigh(&o, &page, NULL), ASSAY_OK);
	assert_string_equal(o.why, "less than two lines");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(order_breaks__one_column__none),
	    cmocka_unit_test(order_breaks__columns_one_after_the_other__one_for_each_that_begins),
	    cmocka_unit_test(order_breaks__columns_that_take_turns__each_turn),
	    cmocka_unit_test(order_breaks__lines_across_columns__each_gap),
	    cmocka_unit_test(order_breaks__dirt__none),
	    cmocka_unit_test(order_weigh__columns_under_a_heading__all),
	    cmocka_unit_test(order_weigh__columns_that_take_turns__the_last_step_alone),
	    cmocka_unit_test(order_weigh__right_column_first_or_from_below__doubt),
	    cmocka_unit_test(order_weigh__less_than_two_lines__says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
