/* Where a row that was passed over goes among the lines that were read. */
#include "ocr_cmocka.h"

#include "ocr_rows_put.h"

enum { HEIGHT = 30 };

static assay_word words[16];
static ocr_words page;

static void word(uint32_t line, int32_t left, int32_t top, int32_t right)
{
	words[page.count++] =
	    (assay_word){.text = "w", .left = left, .top = top, .right = right, .bottom = top + HEIGHT, .line = line};
}

static int begin(void **state)
{
	(void)state;
	page = (ocr_words){.items = words};
	return 0;
}

static size_t place(int32_t left, int32_t top, int32_t right)
{
	const ocr_box row = {left, top, right, top + HEIGHT};

	return ocr_rows_place(&page, &row);
}

static void place__between_lines_of_one_column__between_them(void **state)
{
	(void)state;
	word(0, 100, 100, 300);
	word(0, 310, 100, 500);
	word(1, 100, 200, 500);
	assert_int_equal(place(100, 150, 400), 2);
	assert_int_equal(place(100, 50, 400), 0);
	assert_int_equal(place(100, 300, 400), 3);
}

/* The left column is read first; the row stands in the right one. */
static void place__in_the_second_of_two_columns__there(void **state)
{
	(void)state;
	word(0, 100, 100, 400);
	word(1, 100, 200, 400);
	word(2, 500, 100, 800);
	word(3, 500, 300, 800);
	assert_int_equal(place(500, 200, 700), 3);
	assert_int_equal(place(500, 50, 700), 2);
}

/* A cell of a table whose line was read without it. */
static void place__beside_a_line__on_its_side(void **state)
{
	(void)state;
	word(0, 100, 100, 200);
	word(0, 300, 100, 400);
	word(0, 500, 100, 600);
	word(1, 300, 200, 400);
	word(2, 100, 300, 600);
	assert_int_equal(place(100, 200, 200), 3); /* before 1: below 0, on the left */
	assert_int_equal(place(500, 200, 600), 4); /* behind 1 */
	begin(NULL);
	word(0, 300, 200, 400);
	word(1, 300, 300, 400);
	assert_int_equal(place(500, 200, 600), 1);
	assert_int_equal(place(100, 300, 200), 1);
	assert_int_equal(place(500, 900, 600), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(place__between_lines_of_one_column__between_them, begin),
	    cmocka_unit_test_setup(place__in_the_second_of_two_columns__there, begin),
	    cmocka_unit_test_setup(place__beside_a_line__on_its_side, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
