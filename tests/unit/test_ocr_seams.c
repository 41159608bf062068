/* Lines across two columns or a note, of words that are placed by hand. */
#include "ocr_cmocka.h"

#include "ocr_seams.h"

#include <stdio.h>
#include <string.h>

enum { HEIGHT = 30, PITCH = 45, LETTER = 10, LINES = 12 };

typedef struct sheet {
	ocr_words words;
	uint32_t line;
} sheet;

/* Words of a text from x on, as far as a letter and a half from each other. */
static void put(sheet *s, const char *text, int x, int y)
{
	char copy[256], *at = NULL;

	(void)snprintf(copy, sizeof copy, "%s", text);
	for (char *word = strtok_r(copy, " ", &at); word != NULL; word = strtok_r(NULL, " ", &at)) {
		const int width = LETTER * (int)strlen(word);
		const assay_word item = {
		    .left = x, .top = y, .right = x + width, .bottom = y + HEIGHT, .confidence = 9000, .line = s->line};
		const ocr_symbol symbol = {'?', x, x + width, 9000};

		assert_int_equal(ocr_words_add(&s->words, &item, word, &symbol, 1, true, NULL), ASSAY_OK);
		x += width + 3 * LETTER / 2;
	}
}

static void line(sheet *s, const char *text, int x, int row)
{
	put(s, text, x, row * PITCH);
	s->line++;
}

/* A line of words on both sides. */
static void across(sheet *s, const char *left, const char *right, int x, int row)
{
	put(s, left, 0, row * PITCH);
	put(s, right, x, row * PITCH);
	s->line++;
}

static void part(sheet *s)
{
	assert_int_equal(ocr_words_close(&s->words, NULL), ASSAY_OK);
	assert_int_equal(ocr_seams_part(&s->words, NULL), ASSAY_OK);
}

/* Nothing is parted. */
static void assert_whole(sheet *s)
{
	ASSAY_AUTO_BUF before = ASSAY_BUF_INIT;

	assert_int_equal(ocr_words_close(&s->words, NULL), ASSAY_OK);
	assay_buf_puts(&before, assay_buf_str(&s->words.text));
	assert_int_equal(ocr_seams_part(&s->words, NULL), ASSAY_OK);
	assert_string_equal(assay_buf_str(&s->words.text), assay_buf_str(&before));
	ocr_words_release(&s->words);
}

/* 420 or 425 px, 30 px and more from where the other column begins. */
static const char *const prose[] = {
    "the harbour was empty before the storm,", "a keeper of lamps walked along the wall",
    "several boats were drawn up on the sand", "nobody answered when the old bell began"};

#define PROSE(i) prose[(i) % 4]
#define NEXT     455

static void columns__lines_across_both__one_after_the_other(void **state)
{
	ASSAY_AUTO_BUF want = ASSAY_BUF_INIT;
	sheet s = {0};

	(void)state;
	for (int i = 0; i < LINES; i++)
		across(&s, PROSE(i), PROSE(i + 1), NEXT, i);
	part(&s);
	for (int column = 0; column < 2; column++)
		for (int i = 0; i < LINES; i++)
			assay_buf_printf(&want, "%s%s\n", column == 1 && i == 0 ? "\n" : "", PROSE(i + column));
	assert_string_equal(assay_buf_str(&s.words.text), assay_buf_str(&want));
	assert_int_equal(s.words.items[s.words.count - 1].line, 2 * LINES - 1);
	assert_int_equal(s.words.items[s.words.count - 1].block, 1);
	assert_int_equal(s.words.details[0].symbol_count, 1);
	ocr_words_release(&s.words);
}

/* Two lines are merged with the note, one is not; a page number on the right is none of the note's. */
static void note_on_the_right__some_lines_merged__behind_the_text(void **state)
{
	ASSAY_AUTO_BUF want = ASSAY_BUF_INIT;
	sheet s = {0};

	(void)state;
	line(&s, "17", NEXT + 100, -4);
	for (int i = 0; i < LINES; i++) {
		if (i == 5 || i == 6)
			across(&s, PROSE(i), i == 5 ? "of lamps" : "and bells", NEXT, i);
		else
			line(&s, PROSE(i), 0, i);
		if (i == 7)
			line(&s, "by night", NEXT, i);
	}
	part(&s);
	assay_buf_puts(&want, "17\n");
	for (int i = 0; i < LINES; i++)
		assay_buf_printf(&want, "%s\n", PROSE(i));
	assay_buf_puts(&want, "\nof lamps\nand bells\nby night\n");
	assert_string_equal(assay_buf_str(&s.words.text), assay_buf_str(&want));
	ocr_words_release(&s.words);
}

/* Two notes, each a paragraph, before the text that they stand on the left of. */
static void notes_on_the_left__merged__before_the_text(void **state)
{
	static const char *const notes[LINES] = {
	    [1] = "of an old", [2] = "harbour", [3] = "and lamp", [8] = "who could", [9] = "not hear"};
	ASSAY_AUTO_BUF want = ASSAY_BUF_INIT;
	sheet s = {0};

	(void)state;
	for (int i = 0; i < LINES; i++)
		if (notes[i] != NULL)
			across(&s, notes[i], PROSE(i), 130, i);
		else
			line(&s, PROSE(i), 130, i);
	part(&s);
	assay_buf_puts(&want, "of an old\nharbour\nand lamp\n\nwho could\nnot hear\n\n");
	for (int i = 0; i < LINES; i++)
		assay_buf_printf(&want, "%s\n", PROSE(i));
	assert_string_equal(assay_buf_str(&s.words.text), assay_buf_str(&want));
	ocr_words_release(&s.words);
}

/* As words of justified text may stand below one another. */
static void text__gaps_one_below_the_other_by_chance__whole(void **state)
{
	sheet s = {0};

	(void)state;
	for (int i = 0; i < LINES; i++)
		if (i >= 4 && i < 8)
			across(&s, PROSE(i), PROSE(i + 1), NEXT, i);
		else
			line(&s, "unmistakably long words nevertheless incomprehensibly everywhere", i % 3, i);
	assert_whole(&s);
}

static void table__cells__whole(void **state)
{
	sheet s = {0};

	(void)state;
	for (int i = 0; i < LINES; i++) /* cells of numbers */
		across(&s, PROSE(i), "1024 2048", NEXT, i);
	assert_whole(&s);
	s = (sheet){0};
	for (int i = 0; i < LINES; i++) /* cells that fill nothing */
		across(&s, i % 3 == 0 ? PROSE(i) : "rope and tar", "of the best sort", NEXT, i);
	assert_whole(&s);
}

static void labels__at_the_left__whole(void **state)
{
	sheet s = {0};

	(void)state;
	for (int i = 0; i < LINES; i++)
		across(&s, i % 2 == 0 ? "the keeper:" : "a sailor:", PROSE(i), 130, i);
	assert_whole(&s);
	s = (sheet){0};
	for (int i = 0; i < LINES; i++) /* first words of entries of three lines */
		if (i % 3 == 0)
			across(&s, "the lamp", PROSE(i), 130, i);
		else
			line(&s, PROSE(i), 130, i);
	assert_whole(&s);
}

static void nothing__or_a_line__whole(void **state)
{
	sheet s = {0};

	(void)state;
	assert_int_equal(ocr_seams_part(&s.words, NULL), ASSAY_OK);
	assert_int_equal(s.words.count, 0);
	across(&s, PROSE(0), PROSE(1), NEXT, 0);
	assert_whole(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(columns__lines_across_both__one_after_the_other),
	    cmocka_unit_test(note_on_the_right__some_lines_merged__behind_the_text),
	    cmocka_unit_test(notes_on_the_left__merged__before_the_text),
	    cmocka_unit_test(text__gaps_one_below_the_other_by_chance__whole),
	    cmocka_unit_test(table__cells__whole),
	    cmocka_unit_test(labels__at_the_left__whole),
	    cmocka_unit_test(nothing__or_a_line__whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
