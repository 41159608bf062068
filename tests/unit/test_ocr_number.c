/* Numbers and amounts in what was read, and the signs beside them that were not recognised. */
#include "ocr_cmocka.h"

#include "ocr_number.h"

#include <string.h>

/* ASCII, but for '$' and '#', which is the sign of the euro. */
static ocr_reading read_as(const char *text)
{
	ocr_reading r = {0};

	for (size_t i = 0; text[i] != '\0'; i++) {
		const ocr_glyph g = {.point = text[i] == '#' ? 0x20ac : (unsigned char)text[i], .sure = 9500};

		assert_int_equal(ocr_reading_add(&r, &g, NULL), ASSAY_OK);
	}
	return r;
}

static bool number(const char *text)
{
	ocr_reading r = read_as(text);
	const bool is = ocr_is_number(r.items, r.count);

	ocr_reading_release(&r);
	return is;
}

static bool amount(const char *text)
{
	ocr_reading r = read_as(text);
	const bool is = ocr_is_amount(r.items, r.count);

	ocr_reading_release(&r);
	return is;
}

static void number__digits_with_what_belongs_to_them__is_one(void **state)
{
	static const char *const are[] = {"7",       "12.50", "$5.50",    "12,50#",  "6%",
					  "(1,200)", "-5",    "12/03/18", "20:29:59"};
	static const char *const are_none[] = {"", "$", "%", "1a", "B2", "O.00", "--", "1--", "4*5"};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(are); i++)
		assert_true(number(are[i]));
	for (size_t i = 0; i < ASSAY_COUNT(are_none); i++)
		assert_false(number(are_none[i]));
}

static void amount__money_or_two_decimals__is_one(void **state)
{
	static const char *const are[] = {"0.00", "12,50", "$5", "5#", "$1,200", "3.25-", "(9.50)"};
	static const char *const are_none[] = {"", "12", "0.5", "1.250", "12/03/18", ".50", "12-50", "1998", "(12)"};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(are); i++)
		assert_true(amount(are[i]));
	for (size_t i = 0; i < ASSAY_COUNT(are_none); i++)
		assert_false(amount(are_none[i]));
}

static const char *trimmed(const char *text)
{
	static char out[64];
	ocr_reading r = read_as(text);

	ocr_reading_trim(&r);
	(void)snprintf(out, sizeof out, "%.*s", (int)r.count, text);
	ocr_reading_release(&r);
	return out;
}

static void trim__a_sign_behind_a_number__off(void **state)
{
	(void)state;
	assert_string_equal(trimmed("4.40 ?"), "4.40");
	assert_string_equal(trimmed("6 |"), "6"); /* of a rule */
	assert_string_equal(trimmed("5,00 $"), "5,00 $");
	assert_string_equal(trimmed("10 %"), "10 %");
	assert_string_equal(trimmed("2 + 2 ="), "2 + 2 =");
	assert_string_equal(trimmed("Total 4.40 ?"), "Total 4.40");
	assert_string_equal(trimmed("4.40 S"), "4.40 S");
	assert_string_equal(trimmed("Tota ?"), "Tota ?");
	assert_string_equal(trimmed("4.40 ?!"), "4.40 ?!");
	assert_string_equal(trimmed("?"), "?");
	assert_string_equal(trimmed(""), "");
}

static void trimmed_both(const char *a, const char *b, size_t left_of_a, size_t left_of_b)
{
	ocr_reading x = read_as(a), y = read_as(b);

	ocr_reading_trim_both(&x, &y);
	assert_int_equal(x.count, left_of_a);
	assert_int_equal(y.count, left_of_b);
	ocr_reading_release(&x);
	ocr_reading_release(&y);
}

static void trim_both__they_differ_in_a_flag_behind_a_number__off(void **state)
{
	(void)state;
	trimmed_both("3.40", "3.40 8", 4, 4);
	trimmed_both("8.70 9", "8.70 S", 4, 4);
	trimmed_both("8.70 S", "8.70 S", 6, 6);
	trimmed_both("8.70", "8.71", 4, 4);
	trimmed_both("8.70 99", "8.70 S", 7, 6);
	trimmed_both("the S", "the 5", 5, 5);
	trimmed_both("", "5", 0, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(number__digits_with_what_belongs_to_them__is_one),
	    cmocka_unit_test(amount__money_or_two_decimals__is_one),
	    cmocka_unit_test(trim__a_sign_behind_a_number__off),
	    cmocka_unit_test(trim_both__they_differ_in_a_flag_behind_a_number__off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
