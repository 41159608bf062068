/* Readings of a line that are made here: what lies below what is told by hand. */
#include "ocr_cmocka.h"

#include "ocr_align.h"

#include <string.h>

enum { PITCH = 20, HEIGHT = 40 };

static ocr_glyph glyphs[OCR_READINGS][64];
static ocr_reading readings[OCR_READINGS];
static ocr_alignment made;

/* One glyph every 20 px from `left` on; '_' leaves a place free. */
static void reading(size_t k, int left, const char *text)
{
	size_t n = 0;

	for (size_t i = 0; text[i] != '\0'; i++, left += PITCH)
		if (text[i] != '_')
			glyphs[k][n++] = (ocr_glyph){(unsigned char)text[i], left, left + PITCH, 9000, 0};
	readings[k] = (ocr_reading){glyphs[k], n, n, false};
}

static void align(size_t count)
{
	made = (ocr_alignment){0};
	for (size_t k = 0; k < count; k++)
		assert_int_equal(ocr_align(&made, readings, HEIGHT, NULL), ASSAY_OK);
	assert_int_equal(made.readings, count);
}

/* A row of the alignment, '-' where the reading has nothing. */
static void expect(size_t k, const char *row)
{
	assert_int_equal(made.count, strlen(row));
	for (size_t i = 0; i < made.count; i++) {
		const int32_t at = made.items[i].at[k];

		assert_int_equal(at < 0 ? '-' : (int)readings[k].items[at].point, row[i]);
	}
}

static void align__one_reading__a_column_for_each_character(void **state)
{
	(void)state;
	reading(0, 0, "a line");
	align(1);
	expect(0, "a line");
	ocr_alignment_release(&made);
}

static void align__a_character_more_and_one_less__gaps_where_they_are(void **state)
{
	(void)state;
	reading(0, 0, "Patriareh");
	reading(1, 0, "Patri_rch");
	reading(2, 0, "Patriarch");
	glyphs[2][8].left += 5; /* a letter between */
	align(3);
	expect(0, "Patriareh");
	expect(1, "Patri-rch");
	expect(2, "Patriarch");
	ocr_alignment_release(&made);
}

static void align__a_letter_too_many__stands_in_a_column_of_its_own(void **state)
{
	(void)state;
	reading(0, 0, "wild");
	reading(1, 0, "wildl");
	align(2);
	expect(0, "wild-");
	expect(1, "wildl");
	ocr_alignment_release(&made);
}

/* Of two ways that cost the same in characters the one is taken whose boxes lie below each other. */
static void align__the_same_letter_twice__the_nearer_one(void **state)
{
	(void)state;
	reading(0, 0, "ll");
	reading(1, PITCH, "l");
	align(2);
	expect(1, "-l");
	ocr_alignment_release(&made);
	reading(1, 0, "l");
	align(2);
	expect(1, "l-");
	ocr_alignment_release(&made);
}

/* A blank is rather left without a counterpart than set below a letter that stands beside it. */
static void align__a_blank_less__not_below_a_letter(void **state)
{
	(void)state;
	reading(0, 0, "to day");
	reading(1, 8, "today");
	align(2);
	expect(0, "to day");
	expect(1, "to-day");
	ocr_alignment_release(&made);
	reading(1, 0, "toxday"); /* a letter beside the blank's place */
	glyphs[1][2].left += HEIGHT / 4;
	glyphs[1][2].right += HEIGHT / 4;
	align(2);
	assert_int_equal(made.count, 7);
	ocr_alignment_release(&made);
}

static void align__nothing_in_a_reading__all_columns_without_it(void **state)
{
	(void)state;
	reading(0, 0, "");
	reading(1, 0, "ink");
	reading(2, 0, "");
	align(3);
	expect(0, "---");
	expect(1, "ink");
	expect(2, "---");
	ocr_alignment_release(&made);
}

static void align__readings_too_long__refused_and_unchanged(void **state)
{
	enum { LONG = 4096 };
	static ocr_glyph many[LONG];
	assay_err err;

	(void)state;
	for (size_t i = 0; i < LONG; i++)
		many[i].point = 'x';
	readings[0] = readings[1] = (ocr_reading){many, LONG, LONG, false};
	align(1);
	assert_int_equal(ocr_align(&made, readings, HEIGHT, &err), ASSAY_EFULL);
	assert_string_equal(err.msg, "readings of 4096 and 4096 characters");
	assert_int_equal(made.readings, 1);
	assert_int_equal(made.count, LONG);
	ocr_alignment_release(&made);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(align__one_reading__a_column_for_each_character),
	    cmocka_unit_test(align__a_character_more_and_one_less__gaps_where_they_are),
	    cmocka_unit_test(align__a_letter_too_many__stands_in_a_column_of_its_own),
	    cmocka_unit_test(align__the_same_letter_twice__the_nearer_one),
	    cmocka_unit_test(align__a_blank_less__not_below_a_letter),
	    cmocka_unit_test(align__nothing_in_a_reading__all_columns_without_it),
	    cmocka_unit_test(align__readings_too_long__refused_and_unchanged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
