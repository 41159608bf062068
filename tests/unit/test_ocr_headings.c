/* Headings, paragraphs and the text of pages whose words are placed by hand. */
#include "ocr_cmocka.h"

#include "ocr_headings.h"
#include "ocr_sections.h"
#include "ocr_text.h"

#include <leptonica/allheaders.h>

#include <stdlib.h>
#include <string.h>

/* What letters of 20 px are like: an x, what rises above it and what hangs below the line. */
enum { X = 20, RISE = 9, HANG = 9, LEFT = 100, COLUMN = 1000, LEADING = 50 };

static ocr_words w;
static ocr_headings h;
static PIX *picture; /* with the strokes of the words; NULL: none */
static uint32_t lines, paragraphs;

static void begin(void)
{
	ocr_words_release(&w);
	ocr_headings_release(&h);
	pixDestroy(&picture);
	lines = paragraphs = 0;
}

static int teardown(void **state)
{
	(void)state;
	begin();
	return 0;
}

/* A line of words parted by '|', from x on, with its base at y; letters `percent` of those of the text, 14 px wide. */
static void line(int x, int y, int percent, const char *text)
{
	char copy[256];
	char *rest = copy;

	assert_true(strlen(text) < sizeof copy);
	(void)snprintf(copy, sizeof copy, "%s", text);
	for (char *word; (word = strsep(&rest, "|")) != NULL;) {
		const bool rises = strpbrk(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZbdfhijklt0123456789") != NULL;
		const bool hangs = strpbrk(word, "gjpqy") != NULL;
		const int wide = (int)strlen(word) * 14 * percent / 100;
		const assay_word at = {.left = x,
				       .top = y - (X + (rises ? RISE : 0)) * percent / 100,
				       .right = x + wide,
				       .bottom = y + (hangs ? HANG : 0) * percent / 100,
				       .confidence = 9500,
				       .paragraph = paragraphs,
				       .line = lines};

		assert_int_equal(ocr_words_add(&w, &at, word, NULL, 0, true, NULL), ASSAY_OK);
		x += wide + 12;
	}
	lines++;
}

/* Lines of text as wide as the column, from `y` on; where the next would be. */
static int text(int y, int count)
{
	for (int i = 0; i < count; i++, y += LEADING)
		line(LEFT, y, 100, "the|common|text|of|every|page|goes|on|from|one|side|to|the|other|with");
	return y;
}

static size_t find(void)
{
	assert_int_equal(ocr_words_close(&w, NULL), ASSAY_OK);
	assert_int_equal(ocr_headings_find(&h, &w, picture, NULL), ASSAY_OK);
	return h.count;
}

/* Upright strokes, one in 14 px, of every word that is there. */
static void stroke(size_t first, int thick)
{
	if (picture == NULL) {
		picture = pixCreate(LEFT + COLUMN + 200, 1000, 8);
		assert_non_null(picture);
		assert_int_equal(pixSetAll(picture), 0);
	}
	for (size_t i = first; i < w.count; i++)
		for (int x = w.items[i].left; x + 14 <= w.items[i].right; x += 14)
			for (int y = w.items[i].top; y < w.items[i].bottom; y++)
				for (int k = 0; k < thick; k++)
					assert_int_equal(pixSetPixel(picture, x + k, y, 20), 0);
}

static void assert_headings(const char *want)
{
	ASSAY_AUTO_BUF out = ASSAY_BUF_INIT;

	assert_int_equal(ocr_headings_text(&out, &h, &w, NULL), ASSAY_OK);
	assert_string_equal(assay_buf_str(&out), want);
}

static void headings__text_alone__none_and_one_paragraph(void **state)
{
	(void)state;
	begin();
	(void)text(100, 8);
	assert_int_equal(find(), 0);
	assert_int_equal(h.paragraphs, 1);
	assert_headings("");
	begin();
	assert_int_equal(find(), 0);
	assert_int_equal(h.paragraphs, 0);
}

/* Within what the engine took for one paragraph. */
static void headings__larger_letters__a_paragraph_of_its_own(void **state)
{
	int y;

	(void)state;
	begin();
	y = text(100, 4);
	line(LEFT, y + 40, 130, "Of|good|company");
	(void)text(y + 120, 4);
	assert_int_equal(find(), 1);
	assert_int_equal(h.items[0], 1);
	assert_int_equal(h.paragraphs, 2);
	assert_headings("Of good company\n");
	assert_non_null(strstr(assay_buf_str(&w.text), "other with\n\nOf good company\n\nthe common"));
	assert_int_equal(w.items[w.count - 1].paragraph, 2);
}

/* A line of the size of the text, `room` below it, whose strokes are `thick` px and those of the text 4. */
static size_t find_heavy(int room, int thick)
{
	size_t before;
	int y;

	begin();
	y = text(100, 4);
	stroke(0, 4);
	before = w.count;
	line(LEFT, y + room, 100, "Of|good|company|and|of|whatever|else|it|is|that|pleases");
	stroke(before, thick);
	before = w.count;
	(void)text(y + room + LEADING, 4);
	stroke(before, 4);
	return find();
}

static void headings__heavier_letters_with_room__one(void **state)
{
	(void)state;
	assert_int_equal(find_heavy(40, 6), 1);
	assert_headings("Of good company and of whatever else it is that pleases\n");
	assert_int_equal(find_heavy(40, 5), 0);
	assert_int_equal(find_heavy(0, 6), 0);
}

static void headings__heavy_stamp_above_the_text__none(void **state)
{
	(void)state;
	for (int numbers = 0; numbers < 2; numbers++) {
		begin();
		line(LEFT, 100, 100,
		     numbers ? "Case|23-12263|filed|08/16/2024|page|4of8|at|the|court" : "Of|good|company");
		stroke(0, 6);
		(void)text(200, 4);
		stroke(numbers ? 9 : 3, 4);
		assert_int_equal(find(), !numbers);
	}
}

static void headings__letters_a_tenth_larger__none(void **state)
{
	int y;

	(void)state;
	begin();
	y = text(100, 4);
	line(LEFT, y + 40, 110, "Of|good|company|and|of|whatever|else|it|is|that|pleases|men");
	(void)text(y + 120, 4);
	assert_int_equal(find(), 0);
}

static void headings__capitals_on_a_line_alone__one_and_not_amid_text(void **state)
{
	int y;

	(void)state;
	begin();
	y = text(100, 4);
	line(LEFT, y + 40, 100, "OF|THE|SEA");
	y = text(y + 120, 4);
	line(LEFT, y, 100, "OF|THE|LAND");
	(void)text(y + LEADING, 4);
	assert_int_equal(find(), 1);
	assert_headings("OF THE SEA\n");
}

static void headings__numbered_or_centred__one_and_a_sentence_none(void **state)
{
	int y;

	(void)state;
	begin();
	y = text(100, 4);
	line(LEFT, y + 40, 100, "2.1|Methods|of|work|and|their|makers|in|the|house");
	y = text(y + 120, 4);
	assert_int_equal(find(), 0); /* a number and space above are not enough for a line this long */
	line(LEFT + 400, y + 40, 100, "The|long|way");
	y = text(y + 120, 4);
	line(LEFT + 400, y + 40, 100, "it|was|so.");
	(void)text(y + 120, 4);
	assert_int_equal(find(), 1);
	assert_headings("The long way\n");
}

static void headings__two_lines_of_one_size__one_heading_and_words_whole(void **state)
{
	int y;

	(void)state;
	begin();
	y = text(100, 6);
	line(LEFT, y + 60, 160, "An|account|of|the|under-");
	line(LEFT, y + 140, 160, "takings|of|men");
	(void)text(y + 240, 6);
	assert_int_equal(find(), 1);
	assert_headings("An account of the undertakings of men\n");
}

static void headings__five_lines_in_larger_letters__text(void **state)
{
	int y;

	(void)state;
	begin();
	y = text(100, 30);
	y += 60;
	for (int i = 0; i < 5; i++, y += 80)
		line(LEFT, y, 160, "All|of|this|is|said");
	assert_int_equal(find(), 0);
}

static void headings__page_number_beside_it_or_columns__none(void **state)
{
	int y;

	(void)state;
	begin();
	line(LEFT, 100, 130, "THE|HARBOUR|12");
	y = text(200, 6);
	line(LEFT, y + 60, 130, "Total");
	lines--;
	line(LEFT + 500, y + 60, 130, "more");
	y = text(y + 120, 4);
	line(LEFT, y + 60, 130, "Mill|1804|1805");
	(void)text(y + 120, 1);
	assert_int_equal(find(), 0);
}

static void headings__engine_parts_a_word__one_paragraph(void **state)
{
	(void)state;
	begin();
	line(LEFT, 100, 100, "it|was|a|remark-");
	paragraphs++;
	line(LEFT, 150, 100, "able|day|in|the|north");
	paragraphs++;
	line(LEFT, 200, 100, "Another|line|begins|with-");
	paragraphs++;
	line(LEFT, 250, 100, "In|the|town");
	assert_int_equal(find(), 0);
	assert_int_equal(h.paragraphs, 3);
}

/* ---------------------------------------------------------------- sections */

static void assert_missing(int64_t want, char *name)
{
	const assay_text_list list = {&name, 1};
	int64_t missing;

	assert_int_equal(ocr_sections_missing(&missing, &list, &h, &w, NULL), ASSAY_OK);
	if (missing != want)
		fail_msg("'%s': %d", name, (int)missing);
}

static void sections__headings_of_a_page__found_or_missing(void **state)
{
	char *both[] = {"The Old Barn", "Appendix"};
	const assay_text_list list = {both, 2}, none = {NULL, 0};
	int64_t missing;
	int y;

	(void)state;
	begin();
	y = text(100, 4);
	line(LEFT, y + 40, 130, "2.1|Methods");
	y = text(y + 120, 4);
	line(LEFT, y + 60, 130, "THE|0LD|BARN."); /* a letter misread */
	(void)text(y + 140, 4);
	(void)find();
	assert_headings("2.1 Methods\nTHE 0LD BARN.\n");
	assert_missing(0, "Methods");
	assert_missing(0, "2.1 Methods");
	assert_missing(0, "methods:");
	assert_missing(0, "the old barn");
	assert_missing(1, "Method of work");
	assert_missing(1, "Old");
	assert_missing(1, "s"); /* one letter is no end */
	assert_missing(1, "--");
	assert_int_equal(ocr_sections_missing(&missing, &list, &h, &w, NULL), ASSAY_OK);
	assert_int_equal(missing, 1);
	assert_int_equal(ocr_sections_missing(&missing, &none, &h, &w, NULL), ASSAY_OK);
	assert_int_equal(missing, 0);
	begin();
	(void)text(100, 4);
	(void)find();
	assert_missing(1, "Methods");
}

/* ---------------------------------------------------------------- text */

static void assert_text(bool join, const char *want)
{
	ASSAY_AUTO_BUF out = ASSAY_BUF_INIT;

	assert_int_equal(ocr_words_close(&w, NULL), ASSAY_OK);
	ocr_text_write(&out, w.items, w.count, join);
	assert_string_equal(assay_buf_str(&out), want);
}

static void text__divided_words__kept_or_joined(void **state)
{
	(void)state;
	begin();
	line(LEFT, 100, 100, "it|was|remark-");
	line(LEFT, 150, 100, "able|that|Anglo\xe2\x80\x90"); /* U+2010 */
	line(LEFT, 200, 100, "Saxon|kings");
	line(LEFT, 250, 100, "inde\xc2\xad"); /* U+00AD */
	line(LEFT, 300, 100, "pen-");
	line(LEFT, 350, 100, "dent|10-");
	line(LEFT, 400, 100, "years|a-");
	paragraphs++;
	line(LEFT, 450, 100, "fter");
	assert_text(false,
		    "it was remark-\nable that Anglo\xe2\x80\x90\nSaxon kings\ninde\xc2\xad\npen-\ndent 10-\nyears "
		    "a-\n\nfter\n");
	assert_text(true,
		    "it was remarkable\nthat Anglo\xe2\x80\x90Saxon\nkings\nindependent\n10-\nyears a-\n\nfter\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(headings__text_alone__none_and_one_paragraph),
	    cmocka_unit_test(headings__larger_letters__a_paragraph_of_its_own),
	    cmocka_unit_test(headings__heavier_letters_with_room__one),
	    cmocka_unit_test(headings__heavy_stamp_above_the_text__none),
	    cmocka_unit_test(headings__letters_a_tenth_larger__none),
	    cmocka_unit_test(headings__capitals_on_a_line_alone__one_and_not_amid_text),
	    cmocka_unit_test(headings__numbered_or_centred__one_and_a_sentence_none),
	    cmocka_unit_test(headings__two_lines_of_one_size__one_heading_and_words_whole),
	    cmocka_unit_test(headings__five_lines_in_larger_letters__text),
	    cmocka_unit_test(headings__page_number_beside_it_or_columns__none),
	    cmocka_unit_test(headings__engine_parts_a_word__one_paragraph),
	    cmocka_unit_test(sections__headings_of_a_page__found_or_missing),
	    cmocka_unit_test(text__divided_words__kept_or_joined),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
