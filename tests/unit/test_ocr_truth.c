#include "ocr_cmocka.h"

#include "ocr_truth.h"

#include <string.h>

static ocr_rate between(const char *layer, const char *read)
{
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
	assay_err err = {0};
	ocr_rate rate;

	assay_buf_puts(&text, read);
	assert_int_equal(ocr_layer_rate(&rate, layer, &text, &err), ASSAY_OK);
	return rate;
}

static void layer__same_text_in_another_order_and_typography__0(void **state)
{
	ocr_rate r =
	    between("two words here\nand \xe2\x80\x9cmore\xe2\x80\x9d there", "and \"more\" there two words here");

	(void)state;
	assert_null(r.why);
	assert_int_equal(r.value, 0);
}

/* 2 of 12 code points: an n is not there, a g is a p. */
static void layer__other_letters__their_share(void **state)
{
	ocr_rate r = between("a clean page", "a clea pape");

	(void)state;
	assert_null(r.why);
	assert_int_equal(r.value, 1667);
}

static void layer__nothing_read__1(void **state)
{
	ocr_rate r = between("some words", "");

	(void)state;
	assert_null(r.why);
	assert_in_range(r.value, 10000, 12000);
}

static void layer__none_or_empty_or_broken__why(void **state)
{
	(void)state;
	assert_non_null(strstr(between(NULL, "text").why, "holds no text"));
	assert_non_null(strstr(between("", "text").why, "holds no text"));
	assert_non_null(strstr(between(" \n\f ", "text").why, "holds no text"));
	assert_non_null(strstr(between("\xff\xfe", "text").why, "UTF-8"));
}

/* Parts are divided by form feeds; where there are two for each page, pages are spreads. */
typedef struct choice {
	const char *truth;
	uint32_t number, total, half;
	const char *part; /* NULL: there is none */
} choice;

static void choose(const choice *c, assay_place place)
{
	const assay_sidecar truth = {"ground_truth", (const unsigned char *)c->truth, strlen(c->truth)};
	const assay_page page = {.number = c->number, .total = c->total, .half = c->half};
	ocr_truth_text got = {0};
	const char *why = ocr_truth_choose(&got, &truth, &page, &place);

	if ((why == NULL) != (c->part != NULL))
		fail_msg("'%s', page %u: %s", c->truth, c->number, why != NULL ? why : "found");
	if (why == NULL && (got.size != 1 || got.at[0] != c->part[0]))
		fail_msg("'%s', page %u: '%.*s'", c->truth, c->number, (int)got.size, got.at);
}

static void choose__page_or_half__its_part(void **state)
{
	static const choice rows[] = {
	    {"a", 1, 1, 0, "a"},          {"a\f", 1, 1, 0, "a"},        {"a\fb", 2, 2, 0, "b"},
	    {"a\fb", 1, 1, 0, NULL},      {"a\fb", 3, 3, 0, NULL},      {"a\fb", 2, 0, 0, "b"},
	    {"a\fb", 1, 1, 1, "a"},       {"a\fb\f", 1, 1, 2, "b"},     {"a", 1, 1, 1, NULL},
	    {"a\fb\fc\fd", 2, 2, 1, "c"}, {"a\fb\fc\fd", 2, 2, 2, "d"}, {"a\fb\fc", 2, 2, 1, NULL},
	    {"a\fb", 1, 0, 1, NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		choose(&rows[i], (assay_place){0});
}

/* What counts is where a page stands, not what its own file says of it. */
static void choose__page_in_the_place_of_another__part_of_the_place(void **state)
{
	static const struct {
		choice of;
		assay_place place;
	} rows[] = {
	    {{"a\fb", 1, 1, 0, "b"}, {2, 2, 0}},       {{"a", 1, 2, 0, "a"}, {1, 1, 0}},
	    {{"a\fb", 1, 2, 0, NULL}, {1, 1, 0}},      {{"a\fb", 1, 1, 0, "b"}, {1, 1, 2}},
	    {{"a\fb\fc\fd", 1, 1, 0, "c"}, {2, 2, 1}}, {{"a\fb\fc\fd", 1, 1, 2, "d"}, {2, 2, 2}},
	    {{"a\fb\fc\fd", 1, 1, 1, "c"}, {2, 2, 0}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		choose(&rows[i].of, rows[i].place);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(choose__page_or_half__its_part),
	    cmocka_unit_test(choose__page_in_the_place_of_another__part_of_the_place),
	    cmocka_unit_test(layer__same_text_in_another_order_and_typography__0),
	    cmocka_unit_test(layer__other_letters__their_share),
	    cmocka_unit_test(layer__nothing_read__1),
	    cmocka_unit_test(layer__none_or_empty_or_broken__why),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
