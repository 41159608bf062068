/* What is believed of readings that are made here, and what speaks for a word. */
#include "ocr_cmocka.h"

#include "ocr_choose.h"

#include "assay/memory.h"

#include <stdlib.h>
#include <string.h>

enum { PITCH = 20, HEIGHT = 40 };

static ocr_glyph glyphs[OCR_READINGS][64];
static ocr_reading readings[OCR_READINGS];
static const char *const no_words[] = {NULL};

static bool knows(void *with, const char *word)
{
	for (const char *const *w = with; *w != NULL; w++)
		if (strcmp(*w, word) == 0)
			return true;
	return false;
}

static ocr_dictionary dictionary(const char *const *words)
{
	return (ocr_dictionary){knows, (void *)(uintptr_t)words};
}

/* Every glyph is as sure as `sure`, in percent. */
static void reading(size_t k, const char *text, int sure)
{
	const size_t n = strlen(text);

	for (size_t i = 0; i < n; i++)
		glyphs[k][i] =
		    (ocr_glyph){(unsigned char)text[i], PITCH * (int32_t)i, PITCH * (int32_t)(i + 1), 100 * sure, 0};
	readings[k] = (ocr_reading){glyphs[k], n, n, false};
}

static ocr_decision decisions[OCR_DECISIONS];
static const ocr_choice *choice; /* of the likeliest */

static void decide(size_t count, const char *const *words)
{
	const ocr_dictionary d = dictionary(words);
	ocr_alignment a = {0};

	for (size_t k = 0; k < count; k++)
		assert_int_equal(ocr_align(&a, readings, HEIGHT, NULL), ASSAY_OK);
	ocr_decisions_release(decisions);
	assert_int_equal(ocr_choose(decisions, &a, readings, &d, NULL), ASSAY_OK);
	choice = decisions[OCR_LIKELIEST].items;
	ocr_alignment_release(&a);
}

static void write_text(char *out, const ocr_decision *d)
{
	for (size_t i = 0; i < d->count; i++)
		out[i] = (char)d->items[i].glyph.point;
	out[d->count] = '\0';
}

static void choose(char *out, size_t count, const char *const *words)
{
	decide(count, words);
	write_text(out, &decisions[OCR_LIKELIEST]);
}

static char text[64];

static void assert_decided(const char *likeliest, size_t changes, const char *clear, size_t clear_changes)
{
	write_text(text, &decisions[OCR_LIKELIEST]);
	assert_string_equal(text, likeliest);
	assert_int_equal(decisions[OCR_LIKELIEST].changes, changes);
	write_text(text, &decisions[OCR_CLEAR]);
	assert_string_equal(text, clear);
	assert_int_equal(decisions[OCR_CLEAR].changes, clear_changes);
}

static void choose__three_against_the_first__the_three(void **state)
{
	(void)state;
	reading(0, "whieh", 90);
	for (size_t k = 1; k < 4; k++)
		reading(k, "which", 90);
	choose(text, 4, no_words);
	assert_string_equal(text, "which");
}

/* It saw the line among others. */
static void choose__one_against_the_first__the_first_unless_it_is_far_surer(void **state)
{
	(void)state;
	reading(0, "whieh", 70);
	reading(1, "which", 90);
	choose(text, 2, no_words);
	assert_string_equal(text, "whieh");
	reading(0, "whieh", 35);
	choose(text, 2, no_words);
	assert_string_equal(text, "which");
}

/* Two words that nobody knows are less likely than one. */
static void choose__a_blank_that_only_makes_unknown_words__is_none(void **state)
{
	(void)state;
	reading(0, "HC TZ", 60);
	reading(1, "HCTZ", 99);
	glyphs[1][2].left = 3 * PITCH;
	glyphs[1][2].right = glyphs[1][3].left = 4 * PITCH;
	glyphs[1][3].right = 5 * PITCH;
	choose(text, 2, no_words);
	assert_string_equal(text, "HCTZ");
}

static void choose__one_that_is_sure_against_two_that_are_not__the_sure_one(void **state)
{
	(void)state;
	reading(0, "x", 95);
	reading(1, "y", 35);
	reading(2, "y", 35);
	choose(text, 3, no_words);
	assert_string_equal(text, "x");
}

/* The evidence of the characters is equal, or a little for the other word. */
static void choose__a_word_of_the_dictionary__weighs(void **state)
{
	static const char *const words[] = {"which", NULL};

	(void)state;
	reading(0, "whieh", 80);
	reading(1, "which", 95);
	choose(text, 2, words);
	assert_string_equal(text, "which");
	assert_true(choice[3].glyph.sure > 7000); /* five times as likely as without */
	choose(text, 2, no_words);
	assert_string_equal(text, "whieh");
	assert_true(choice[3].glyph.sure < 6500);
}

/* But not against everything that was seen: a name stays a name. */
static void choose__a_word_of_the_dictionary_that_nobody_sees_surely__does_not(void **state)
{
	static const char *const words[] = {"wonder", NULL};

	(void)state;
	reading(0, "Ponder", 99);
	reading(1, "Ponder", 99);
	reading(2, "wonder", 40);
	choose(text, 3, words);
	assert_string_equal(text, "Ponder");
}

static void choose__dirt_that_one_reading_has__left_out(void **state)
{
	(void)state;
	reading(0, "end. '", 60);
	reading(1, "end.", 90);
	reading(2, "end.", 90);
	choose(text, 3, no_words);
	assert_string_equal(text, "end.");
}

static void choose__a_letter_that_two_readings_do_not_see__left_out(void **state)
{
	(void)state;
	reading(0, "wildl", 60);
	reading(1, "wild", 60);
	reading(2, "wild", 60);
	choose(text, 3, no_words);
	assert_string_equal(text, "wild");
}

static void choose__marks_that_nobody_prints__lose(void **state)
{
	(void)state;
	reading(0, "*I", 80);
	reading(1, "\"I", 72);
	choose(text, 2, no_words);
	assert_string_equal(text, "\"I");
}

static void choose__agreement_and_its_lack__what_is_left_of_certainty(void **state)
{
	(void)state;
	reading(0, "ab", 90);
	reading(1, "ac", 80);
	choose(text, 2, no_words);
	assert_string_equal(text, "ab");
	assert_int_equal(choice[0].glyph.sure, 9000); /* both say so: the surer one */
	/* twice 90 and a third of the 40 that nobody has, against 80 and the same: 193 / (193 + 93) */
	assert_in_range(choice[1].glyph.sure, 6735, 6750);
	assert_int_equal(choice[0].first, 0);
	assert_int_equal(choice[1].first, 1);
}

static void choose__a_place_the_first_reading_lacks__says_so(void **state)
{
	(void)state;
	reading(0, "ac", 90);
	reading(1, "abc", 95);
	reading(2, "abc", 95);
	glyphs[0][1].left += PITCH;
	glyphs[0][1].right += PITCH;
	choose(text, 3, no_words);
	assert_string_equal(text, "abc");
	assert_int_equal(choice[1].first, -1);
}

/* Longer than what is chosen together: place by place. */
static void choose__a_long_stretch_without_blanks__the_likeliest_of_each_place(void **state)
{
	enum { LONG = 300 };
	static ocr_glyph a[LONG], b[LONG];
	const ocr_dictionary d = dictionary(no_words);
	ocr_alignment al = {0};

	(void)state;
	for (int32_t i = 0; i < LONG; i++) {
		a[i] = (ocr_glyph){'a', PITCH * i, PITCH * (i + 1), 4000, 0};
		b[i] = (ocr_glyph){i % 2 == 0 ? 'a' : 'b', PITCH * i, PITCH * (i + 1), 9500, 0};
	}
	readings[0] = (ocr_reading){a, LONG, LONG, false};
	readings[1] = (ocr_reading){b, LONG, LONG, false};
	assert_int_equal(ocr_align(&al, readings, HEIGHT, NULL), ASSAY_OK);
	assert_int_equal(ocr_align(&al, readings, HEIGHT, NULL), ASSAY_OK);
	ocr_decisions_release(decisions);
	assert_int_equal(ocr_choose(decisions, &al, readings, &d, NULL), ASSAY_OK);
	assert_int_equal(decisions[OCR_LIKELIEST].count, LONG);
	assert_int_equal(decisions[OCR_CLEAR].count, LONG);
	for (size_t i = 0; i < LONG; i++) {
		assert_int_equal(decisions[OCR_LIKELIEST].items[i].glyph.point, i % 2 == 0 ? 'a' : 'b');
		assert_int_equal(decisions[OCR_CLEAR].items[i].glyph.point, 'a');
	}
	assert_int_equal(decisions[OCR_LIKELIEST].changes, 1);
	assert_int_equal(decisions[OCR_CLEAR].changes, 0);
	ocr_alignment_release(&al);
}

/* Four readings of one long string, each of which errs once in `step` places, elsewhere than the others. */
static void decide_long(char *likeliest, int step)
{
	enum { LONG = 300 };
	static ocr_glyph line[4][LONG];
	const ocr_dictionary d = dictionary(no_words);
	ocr_alignment a = {0};

	for (int32_t k = 0; k < 4; k++) {
		for (int32_t i = 0; i < LONG; i++)
			line[k][i] = (ocr_glyph){(unsigned char)(i % step == k ? "zyxw"[k] : 'a' + i % 22), PITCH * i,
						 PITCH * (i + 1), 9000, 0};
		readings[k] = (ocr_reading){line[k], LONG, LONG, false};
		assert_int_equal(ocr_align(&a, readings, HEIGHT, NULL), ASSAY_OK);
	}
	ocr_decisions_release(decisions);
	assert_int_equal(ocr_choose(decisions, &a, readings, &d, NULL), ASSAY_OK);
	ocr_alignment_release(&a);
	assert_int_equal(decisions[OCR_LIKELIEST].count, LONG);
	write_text(likeliest, &decisions[OCR_LIKELIEST]);
}

/* One in nine is more than a tenth, one in eleven is not. */
static void choose__long_string_that_is_unlike_each_reading__the_first_stays(void **state)
{
	char line[301];

	(void)state;
	decide_long(line, 9);
	assert_memory_equal(line, "zbcdefghizklmnopqrztuv", 22);
	assert_int_equal(decisions[OCR_LIKELIEST].changes, 0);
	decide_long(line, 11);
	assert_memory_equal(line, "abcdefghijklmnopqrstuv", 22);
	assert_int_equal(decisions[OCR_LIKELIEST].changes, 1);
	assert_int_equal(decisions[OCR_CLEAR].changes, 0);
}

/* ---------------------------------------------------------------- clear changes */

/* Three looks against one of two votes: 2.8 of 5 to 1.9 of 5, e^0.4. */
static void choose__all_looks_but_no_dictionary__likelier_but_not_clear(void **state)
{
	(void)state;
	for (size_t k = 0; k < 4; k++)
		reading(k, k == 0 ? "whieh one" : "which one", 95);
	decide(4, no_words);
	assert_decided("which one", 1, "whieh one", 0);
	/* what is kept is as doubtful as what it is kept from */
	assert_int_equal(decisions[OCR_CLEAR].items[3].glyph.sure, decisions[OCR_LIKELIEST].items[3].glyph.sure);
	assert_in_range(decisions[OCR_CLEAR].items[3].glyph.sure, 5000, 7000);
	assert_int_equal(decisions[OCR_CLEAR].items[4].glyph.sure, 9500);
}

static void choose__the_dictionary_knows_what_a_look_reads__clear(void **state)
{
	static const char *const words[] = {"which", NULL};

	(void)state;
	reading(0, "whieh I", 80);
	reading(1, "which l", 95);
	decide(2, words);
	assert_decided("which I", 1, "which I", 1);
	assert_int_equal(decisions[OCR_CLEAR].items[3].glyph.sure, decisions[OCR_LIKELIEST].items[3].glyph.sure);
}

/* "The" that all looks read as "'The". */
static void choose__no_word_likelier_and_no_look_surer__the_first(void **state)
{
	(void)state;
	reading(0, "Tbe", 95);
	for (size_t k = 1; k < 4; k++)
		reading(k, "'Tbe", 94);
	for (size_t k = 1; k < 4; k++)
		for (size_t i = 0; i < 4; i++) {
			glyphs[k][i].left -= PITCH;
			glyphs[k][i].right -= PITCH;
		}
	decide(4, no_words);
	assert_decided("Tbe", 0, "Tbe", 0);
	for (size_t i = 0; i < 4; i++)
		glyphs[2][i].sure = 9600;
	decide(4, no_words);
	assert_decided("'Tbe", 1, "Tbe", 0);
}

/* A letter of the one, a letter of the other: -0.35 for each. */
static void choose__no_word_likelier_and_no_look_that_reads_it__the_first(void **state)
{
	(void)state;
	reading(0, "whieb", 30);
	reading(1, "whicb", 95);
	reading(2, "whieh", 95);
	reading(3, "whixx", 95);
	for (size_t k = 1; k < 4; k++)
		glyphs[k][3].sure = glyphs[k][4].sure = 9000;
	glyphs[1][3].sure = glyphs[2][4].sure = 9900;
	decide(4, no_words);
	assert_decided("whieb", 0, "whieb", 0);
}

/* ---------------------------------------------------------------- numbers */

/* ln 2 = 0.69315, ln 10 = 2.30259, ln 10^6 = 13.81551: rounded down to thousandths. */
static void log__known_values__thousandths(void **state)
{
	(void)state;
	assert_int_equal(ocr_log(1), 0);
	assert_int_equal(ocr_log(2), 693);
	assert_int_equal(ocr_log(10), 2302);
	assert_int_equal(ocr_log(1000000), 13815);
	assert_int_equal(ocr_log(UINT64_C(1) << 63), 43668);
}

/* ---------------------------------------------------------------- words */

static size_t points_of(uint32_t *out, const char *word)
{
	const size_t n = strlen(word);

	for (size_t i = 0; i < n; i++)
		out[i] = (unsigned char)word[i];
	return n;
}

static int32_t score(const char *word, const char *const *words)
{
	const ocr_dictionary d = dictionary(words);
	uint32_t points[64];

	return ocr_word_score(points, points_of(points, word), &d);
}

static void word_score__known_words__by_their_length(void **state)
{
	static const char *const words[] = {"house", "of", "well", "known", NULL};

	(void)state;
	assert_true(score("house", words) > score("of", words));
	assert_true(score("of", words) > 0);
	assert_int_equal(score("(house),", words), score("house", words));
	assert_int_equal(score("well-known", words), score("house", words));
	assert_true(score("hovse", words) < 0); /* by less than any odd spelling: two such words cost twice */
	assert_int_equal(score("well-knovvn", words), score("hovse", words));
}

static void word_score__words_between_dashes__known_if_all_are(void **state)
{
	static const char *const words[] = {"young", "if", NULL};
	static const uint32_t both[] = {'y', 'o', 'u', 'n', 'g', ',', 0x2014, 'i', 'f'};
	static const uint32_t one[] = {'y', 'o', 'u', 'n', 'g', 0x2014, 'o', 'f'};
	const ocr_dictionary d = dictionary(words);

	(void)state;
	assert_true(ocr_word_score(both, ASSAY_COUNT(both), &d) > 0);
	assert_true(ocr_word_score(one, ASSAY_COUNT(one), &d) < 0);
}

static void word_score__odd_spellings__speak_against(void **state)
{
	static const char *const odd[] = {"*I", "''", "\"'", "Jl0", "tHe", "~", ".", "GST#", "(*1)"};
	static const char *const even[] = {"1848", "\"I", "USA", "53,50*1", "2+2=4", "$5", "#12", "word*", "word**),"};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(odd); i++)
		assert_true(score(odd[i], no_words) < score("x", no_words));
	for (size_t i = 0; i < ASSAY_COUNT(even); i++)
		assert_int_equal(score(even[i], no_words), score("x", no_words));
}

static void word_core__marks_around__are_taken_off(void **state)
{
	char core[OCR_WORD_BYTES];
	uint32_t points[300];

	(void)state;
	assert_int_equal(ocr_word_core(core, points, points_of(points, "\"don't,")), 4);
	assert_string_equal(core, "don't");
	assert_int_equal(ocr_word_core(core, points, points_of(points, "--")), 0);
	assert_string_equal(core, "");
	for (size_t i = 0; i < ASSAY_COUNT(points); i++)
		points[i] = 'x';
	assert_int_equal(ocr_word_core(core, points, ASSAY_COUNT(points)), 0); /* longer than any word */
	assert_string_equal(core, "");
}

/* ---------------------------------------------------------------- a line of glyphs */

static void reading_line__words_and_quotes__blanks_between_and_double_marks(void **state)
{
	static const uint32_t in[] = {0x2018, 0x2018, 'I', ',', 0x2019, '\'', '"'};
	static const uint32_t word[] = {0, 0, 0, 0, 0, 0, 1};
	static const uint32_t out[] = {0x201c, 'I', ',', '"', ' ', '"'};
	ocr_glyph g[ASSAY_COUNT(in)];
	ocr_reading r = {0};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(in); i++)
		g[i] = (ocr_glyph){in[i], 10 * (int32_t)i, 10 * (int32_t)i + 8, i == 6 ? 5000 : 9000, word[i]};
	assert_int_equal(ocr_reading_line(&r, g, ASSAY_COUNT(in), NULL), ASSAY_OK);
	assert_int_equal(r.count, ASSAY_COUNT(out));
	for (size_t i = 0; i < r.count; i++)
		assert_int_equal(r.items[i].point, out[i]);
	assert_int_equal(r.items[0].right, 18); /* of both marks */
	assert_int_equal(r.items[4].left, 58);
	assert_int_equal(r.items[4].right, 60);
	assert_int_equal(r.items[4].sure, 5000); /* a blank is as sure as the less sure of its neighbours */
	ocr_reading_release(&r);
}

/* Readings that err in places of their own; in each place most are right. */
static void read_astray(const char *right, size_t length, size_t errors)
{
	char line[64];

	assert_true(length < sizeof line);
	for (size_t k = 0; k < 4; k++) {
		memcpy(line, right, length);
		line[length] = '\0';
		for (size_t i = 0; i < errors; i++)
			line[4 * i + k] = "zyxw"[k];
		reading(k, line, 90);
	}
}

/* In more than two signs and a tenth unlike each of them, it is nobody's reading. */
static void choose__string_that_is_unlike_each_reading__the_first_stays(void **state)
{
	static const char right[] = "abcdefghijklmnopqrstuvabcdefgh";
	static const char *const words[] = {"abcdefghijkl", "abcdefghijklmnopqrstuvabcdefg",
					    "abcdefghijklmnopqrstuvabcdefgh", NULL};

	(void)state;
	read_astray(right, 12, 3);
	decide(4, words);
	assert_decided("zbcdzfghzjkl", 0, "zbcdzfghzjkl", 0);
	read_astray(right, 12, 2);
	decide(4, words);
	assert_decided("abcdefghijkl", 1, "abcdefghijkl", 1);
	read_astray(right, 29, 3);
	decide(4, words);
	assert_decided("zbcdzfghzjklmnopqrstuvabcdefg", 0, "zbcdzfghzjklmnopqrstuvabcdefg", 0);
	read_astray(right, 30, 3);
	decide(4, words);
	assert_decided("abcdefghijklmnopqrstuvabcdefgh", 1, "abcdefghijklmnopqrstuvabcdefgh", 1);
}

static void choose__string_that_one_reads__taken(void **state)
{
	(void)state;
	read_astray("abcdefghijkl", 12, 3);
	reading(3, "abcdefghijkl", 90);
	decide(4, no_words);
	assert_decided("abcdefghijkl", 1, "abcdefghijkl", 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(choose__three_against_the_first__the_three),
	    cmocka_unit_test(choose__one_against_the_first__the_first_unless_it_is_far_surer),
	    cmocka_unit_test(choose__a_blank_that_only_makes_unknown_words__is_none),
	    cmocka_unit_test(choose__one_that_is_sure_against_two_that_are_not__the_sure_one),
	    cmocka_unit_test(choose__a_word_of_the_dictionary__weighs),
	    cmocka_unit_test(choose__a_word_of_the_dictionary_that_nobody_sees_surely__does_not),
	    cmocka_unit_test(choose__dirt_that_one_reading_has__left_out),
	    cmocka_unit_test(choose__a_letter_that_two_readings_do_not_see__left_out),
	    cmocka_unit_test(choose__marks_that_nobody_prints__lose),
	    cmocka_unit_test(choose__agreement_and_its_lack__what_is_left_of_certainty),
	    cmocka_unit_test(choose__a_place_the_first_reading_lacks__says_so),
	    cmocka_unit_test(choose__a_long_stretch_without_blanks__the_likeliest_of_each_place),
	    cmocka_unit_test(choose__long_string_that_is_unlike_each_reading__the_first_stays),
	    cmocka_unit_test(choose__all_looks_but_no_dictionary__likelier_but_not_clear),
	    cmocka_unit_test(choose__the_dictionary_knows_what_a_look_reads__clear),
	    cmocka_unit_test(choose__no_word_likelier_and_no_look_surer__the_first),
	    cmocka_unit_test(choose__no_word_likelier_and_no_look_that_reads_it__the_first),
	    cmocka_unit_test(log__known_values__thousandths),
	    cmocka_unit_test(word_score__known_words__by_their_length),
	    cmocka_unit_test(word_score__words_between_dashes__known_if_all_are),
	    cmocka_unit_test(word_score__odd_spellings__speak_against),
	    cmocka_unit_test(word_core__marks_around__are_taken_off),
	    cmocka_unit_test(reading_line__words_and_quotes__blanks_between_and_double_marks),
	    cmocka_unit_test(choose__string_that_is_unlike_each_reading__the_first_stays),
	    cmocka_unit_test(choose__string_that_one_reads__taken),
	};
	const int failed = cmocka_run_group_tests(tests, NULL, NULL);

	ocr_decisions_release(decisions);
	return failed;
}
