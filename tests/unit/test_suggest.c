#include "assay/suggest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <string.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static void suggest_offer__one_candidate__expected_distance_or_none(void **state)
{
	static const struct {
		const char *wanted, *candidate;
		int distance; /* -1: too far */
	} cases[] = {
	    {"audio.level", "audio.level", 0},
	    {"audio.leve", "audio.level", 1},   /* a letter left out */
	    {"audio.llevel", "audio.level", 1}, /* a letter too many */
	    {"audio.bevel", "audio.level", 1},  /* a wrong letter */
	    {"audio.elvel", "audio.level", 1},  /* two exchanged */
	    {"uadio.leevl", "audio.level", 2},
	    {"udaio.lveel", "audio.level", 3},
	    {"pgae", "page", 1},
	    {"sho", "shot", 1},
	    {"ocr.confidense", "ocr.confidence", 1},
	    {"ab", "ba", 1},
	    {"x", "y", -1},
	    {"", "a", -1},
	    {"page", "shot", -1},
	    {"page", "segment", -1},
	    {"cat", "dog", -1},
	    {"page", "pest", -1}, /* one letter of four is left */
	    {"cat", "cow", -1},
	    {"abcdefghijklmnopqrst", "abcdefghijklmnop", -1}, /* four letters: too many in any word */
	    {"ca", "abc", -1}, /* 3 by optimal string alignment, 2 if edits could overlap */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		assay_suggest s;

		memset(&s, 0x5a, sizeof(s));
		assay_suggest_init(&s, cases[i].wanted);
		assay_suggest_offer(&s, cases[i].candidate);
		if ((s.best != NULL) != (cases[i].distance >= 0))
			fail_msg("'%s' for '%s': %s", cases[i].candidate, cases[i].wanted,
				 s.best != NULL ? "taken" : "not taken");
		if (s.best != NULL && s.distance != (unsigned)cases[i].distance)
			fail_msg("'%s' for '%s': distance %u", cases[i].candidate, cases[i].wanted, s.distance);
	}
}

static void suggest_offer__several__nearest_first_of_equals(void **state)
{
	assay_suggest s;
	char text[64];

	(void)state;
	assay_suggest_init(&s, "lavel");
	assay_suggest_offer(&s, "travel");
	assay_suggest_offer(&s, "label");
	assay_suggest_offer(&s, "level");
	assay_suggest_offer(&s, "gravel");
	assert_string_equal(assay_suggest_text(&s, text, sizeof(text)), ", did you mean 'label'?");
}

static void suggest_offer__very_long_names__ignored(void **state)
{
	char longest[64], longer[65];
	assay_suggest s;

	(void)state;
	memset(longest, 'a', sizeof(longest));
	longest[63] = '\0';
	memset(longer, 'a', sizeof(longer));
	longer[64] = '\0';
	assay_suggest_init(&s, longest);
	assay_suggest_offer(&s, longer);
	assert_null(s.best);
	assay_suggest_offer(&s, longest);
	assert_ptr_equal(s.best, longest);
	assert_int_equal(s.distance, 0);
	assay_suggest_init(&s, longer);
	assay_suggest_offer(&s, longest);
	assert_null(s.best);
}

static void suggest_text__none_or_no_room__empty(void **state)
{
	assay_suggest s;
	char text[32];

	(void)state;
	assay_suggest_init(&s, "page");
	memset(text, 'x', sizeof(text));
	assert_ptr_equal(assay_suggest_text(&s, text, sizeof(text)), text);
	assert_string_equal(text, "");
	assay_suggest_offer(&s, "pages");
	memset(text, 'x', sizeof(text));
	assert_string_equal(assay_suggest_text(&s, text, sizeof(", did you mean 'pages'?")), ", did you mean 'pages'?");
	memset(text, 'x', sizeof(text));
	assert_string_equal(assay_suggest_text(&s, text, sizeof(", did you mean 'pages'?") - 1), "");
	text[0] = 'x';
	assert_string_equal(assay_suggest_text(&s, text, 0), "");
	assert_int_equal(text[0], 'x');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(suggest_offer__one_candidate__expected_distance_or_none),
	    cmocka_unit_test(suggest_offer__several__nearest_first_of_equals),
	    cmocka_unit_test(suggest_offer__very_long_names__ignored),
	    cmocka_unit_test(suggest_text__none_or_no_room__empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
