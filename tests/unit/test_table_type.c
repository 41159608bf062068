/* What the text of a cell is. */
#include "ocr_cmocka.h"

#include "table_type.h"

#include <string.h>

static void type_of__texts_of_each_type__told(void **state)
{
	static const struct {
		const char *text;
		table_type type;
	} cases[] = {
	    {"", TABLE_EMPTY},
	    {"  ", TABLE_EMPTY},
	    {"-", TABLE_NONE},
	    {"\xe2\x80\x93", TABLE_NONE},
	    {"n/a", TABLE_NONE},
	    {":", TABLE_NONE},
	    {"12", TABLE_INTEGER},
	    {"-3", TABLE_INTEGER},
	    {"(4)", TABLE_INTEGER},
	    {"+14", TABLE_INTEGER},
	    {"10 000", TABLE_INTEGER},
	    {"1,234,567", TABLE_INTEGER},
	    {"1.234", TABLE_INTEGER},
	    {"0.234", TABLE_NUMBER},
	    {"3.14", TABLE_NUMBER},
	    {"1.234,5", TABLE_NUMBER},
	    {"1,234.5", TABLE_NUMBER},
	    {"12 \xc2\xb1 3", TABLE_NUMBER},
	    {"<0.05", TABLE_NUMBER},
	    {"1.2e-3", TABLE_NUMBER},
	    {"3 (0.4)", TABLE_NUMBER},
	    {".5", TABLE_NUMBER},
	    {"12 %", TABLE_PERCENT},
	    {"3.5%", TABLE_PERCENT},
	    {"3.5*", TABLE_NUMBER},
	    {"$ 12.00", TABLE_AMOUNT},
	    {"1.234,50 EUR", TABLE_AMOUNT},
	    {"5 \xe2\x82\xac", TABLE_AMOUNT},
	    {"-\xc2\xa3"
	     "3",
	     TABLE_AMOUNT},
	    {"2024-01-31", TABLE_DATE},
	    {"31.01.2024", TABLE_DATE},
	    {"31/1/24", TABLE_DATE},
	    {"31 Jan 2024", TABLE_DATE},
	    {"January 2024", TABLE_DATE},
	    {"Jan. 5, 2024", TABLE_DATE},
	    {"Sept. 2024", TABLE_DATE},
	    {"5 may 2024", TABLE_DATE},
	    {"March", TABLE_DATE},
	    {"may", TABLE_TEXT},
	    {"Market", TABLE_TEXT},
	    {"Mayor 2024", TABLE_TEXT},
	    {"Decemberists", TABLE_TEXT},
	    {"1990-96", TABLE_NUMBER},
	    {"Bergen", TABLE_TEXT},
	    {"12 ships", TABLE_TEXT},
	    {"3rd", TABLE_TEXT},
	    {"Marsh 3 hens", TABLE_TEXT},
	    {"(4", TABLE_TEXT},
	    {"12 34 56", TABLE_TEXT},
	    {"1.2.3.4", TABLE_TEXT},
	    {"\xff\xfe", TABLE_TEXT},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (table_type_of(cases[i].text, strlen(cases[i].text)) != cases[i].type)
			fail_msg("'%s' is %s", cases[i].text,
				 table_type_name(table_type_of(cases[i].text, strlen(cases[i].text))));
}

static void number__texts__exact_units(void **state)
{
	static const struct {
		const char *text;
		int64_t units;
	} cases[] = {
	    {"12", 120000},        {"-3.5", -35000},
	    {"(4)", -40000},       {"10 000", 100000000},
	    {"1,234.5", 12345000}, {"1.234,5", 12345000},
	    {"$ 12.00", 120000},   {"12 %", 120000},
	    {"0.12345", 1234},     {"922337203685477", 9223372036854770000},
	};
	int64_t v = 77;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		if (!table_type_number(&v, cases[i].text, strlen(cases[i].text)))
			fail_msg("'%s' is no number", cases[i].text);
		assert_int_equal(v, cases[i].units);
	}
	v = 77;
	assert_false(table_type_number(&v, "922337203685478", 15));
	assert_false(table_type_number(&v, "99999999999999999999999999", 26));
	assert_false(table_type_number(&v, "12 \xc2\xb1 3", 7));
	assert_false(table_type_number(&v, "ships", 5));
	assert_int_equal(v, 77);
}

static void type_of__any_bytes__no_harm(void **state)
{
	static const char signs[] = "0123456789.,- ()%$eEjan/\xe2\x82\xac\xc2\xb1";
	uint32_t seed = 3;
	char text[24];

	(void)state;
	for (int round = 0; round < 200000; round++) {
		const size_t n = test_random(&seed) % sizeof text;
		int64_t v;

		for (size_t i = 0; i < n; i++)
			text[i] = signs[test_random(&seed) % (sizeof signs - 1)];
		assert_in_range(table_type_of(text, n), TABLE_EMPTY, TABLE_TEXT);
		(void)table_type_number(&v, text, n);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(type_of__texts_of_each_type__told),
	    cmocka_unit_test(number__texts__exact_units),
	    cmocka_unit_test(type_of__any_bytes__no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
