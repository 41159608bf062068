#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "look.h"

#include "assay/config.h"
#include "assay/file.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char scratch[] = "/tmp/assay-look-XXXXXX";

static int setup(void **state)
{
	(void)state;
	return mkdtemp(scratch) != NULL ? 0 : -1;
}

static void run(const char *command)
{
	char line[512];

	(void)snprintf(line, sizeof line, "cd '%s' && { %s; }", scratch, command);
	assert_int_equal(system(line), 0);
}

static int empty(void **state)
{
	(void)state;
	run("rm -rf ./* ./.hidden");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	run("rm -rf ./* && rmdir \"$PWD\"");
	return 0;
}

static void look_at_bytes__heads_and_names__modality(void **state)
{
	static const struct {
		const char *head;
		size_t size;
		const char *name;
		unsigned modality;
	} cases[] = {
	    {"\x89PNG\r\n\x1a\n", 8, "a", ASSAY_MODALITY_PAGE},
	    {"\x89PNG\r\n\x1a\n", 8, "a.wav", ASSAY_MODALITY_PAGE}, /* bytes before names */
	    {"\x89PNG", 4, "a", 0},                                 /* cut short, and a name that does not help */
	    {"", 0, "a.png", ASSAY_MODALITY_PAGE},                  /* empty: its name says what it was to be */
	    {"", 0, "A.TIF", ASSAY_MODALITY_PAGE},
	    {"", 0, ".png", 0}, /* a hidden file without an ending */
	    {"RIFF\0\0\0\0WAVE", 12, "a", ASSAY_MODALITY_AUDIO},
	    {"RIFF\0\0\0\0AVI ", 12, "a", ASSAY_MODALITY_VIDEO},
	    {"RIFF\0\0\0\0WEBP", 12, "a", ASSAY_MODALITY_PAGE},
	    {"\0\0\0\x20"
	     "ftypM4A ",
	     12, "a.mp4", ASSAY_MODALITY_AUDIO},
	    {"\0\0\0\x20"
	     "ftypisom",
	     12, "a.mp4", ASSAY_MODALITY_VIDEO},
	    {"\0\0\0\x20"
	     "ftypheic",
	     12, "a.heic", 0},
	    {"\x1a\x45\xdf\xa3", 4, "a.mka", ASSAY_MODALITY_AUDIO},
	    {"\x1a\x45\xdf\xa3", 4, "a.mkv", ASSAY_MODALITY_VIDEO},
	    {"hello", 5, "a.txt", 0},
	    {"hello", 5, "a", 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (look_at_bytes((const unsigned char *)cases[i].head, cases[i].size, cases[i].name) !=
		    cases[i].modality)
			fail_msg("case %zu: '%s'", i, cases[i].name);
}

/* The rules as lines "modality pattern sidecar files". */
static void assert_rules(const char *expected)
{
	const int fd = open(scratch, O_RDONLY | O_DIRECTORY);
	ASSAY_AUTO_BUF got = ASSAY_BUF_INIT;
	look found;

	memset(&found, 0xa5, sizeof found);
	assert_int_equal(look_run(&found, fd, NULL), ASSAY_OK);
	for (size_t i = 0; i < found.rule_count; i++) {
		const look_rule *r = &found.rules[i];

		assay_buf_printf(&got, "%s %s %s %d\n", assay_modality_name(r->modality), r->pattern,
				 r->sidecar != NULL ? r->sidecar : "-", (int)r->files);
	}
	assert_string_equal(assay_buf_str(&got), expected);
	look_release(&found);
	(void)close(fd);
}

static void look_run__folders_of_one_modality__named_as_a_whole(void **state)
{
	(void)state;
	run("mkdir -p in/scans/deep in/talks && touch in/scans/a.png in/scans/a.gt.txt in/scans/deep/b.tif "
	    "in/talks/a.wav "
	    "in/talks/a.txt");
	assert_rules("page in/scans/** {stem}.gt.txt 2\naudio in/talks/** {stem}.txt 1\n");
}

static void look_run__other_files_beside__named_by_endings(void **state)
{
	(void)state;
	run("mkdir -p scans/deep && touch scans/a.png scans/notes.doc scans/deep/b.PNG scans/deep/c.png");
	assert_rules("page scans/**/*.png - 2\npage scans/**/*.PNG - 1\n");
}

static void look_run__modalities_in_one_folder__named_by_endings(void **state)
{
	(void)state;
	run("mkdir m && touch m/a.png m/a.wav m/b.wav x.mp4");
	assert_rules("video *.mp4 - 1\npage m/*.png - 1\naudio m/*.wav - 2\n");
}

static void look_run__text_beside_video__is_another_file(void **state)
{
	(void)state;
	run("mkdir v && touch v/a.mp4 v/a.txt");
	assert_rules("video v/**/*.mp4 - 1\n");
}

static void look_run__hidden_stores_and_deliveries__left_alone(void **state)
{
	(void)state;
	run("mkdir -p .hidden store/catalog store/objects out/artifacts in && touch .hidden/a.png "
	    "store/catalog/data.mdb "
	    "store/objects/a.png out/SHA256SUMS out/version.json out/artifacts/a.png in/.b.png in/a.png");
	assert_rules("page in/** - 1\n");
}

static void look_run__names_with_stars_and_bytes__patterns_that_match_them(void **state)
{
	static const char *const names[] = {"a*b", "c[d", "e?f", "100%", "x#y", "q\"r", "n\nl", "\xff\xfe"};
	const int fd = open(scratch, O_RDONLY | O_DIRECTORY);
	look found;

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char path[64];

		(void)snprintf(path, sizeof path, "%s/a.png", names[i]);
		assert_int_equal(mkdirat(fd, names[i], 0777), 0);
		assert_true(close(openat(fd, path, O_CREAT | O_WRONLY, 0666)) == 0);
	}
	assert_int_equal(look_run(&found, fd, NULL), ASSAY_OK);
	assert_int_equal(found.rule_count, sizeof names / sizeof *names);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char path[64];
		size_t matches = 0;

		(void)snprintf(path, sizeof path, "%s/a.png", names[i]);
		for (size_t k = 0; k < found.rule_count; k++)
			matches += assay_glob_match(found.rules[k].pattern, path);
		if (matches == 0)
			fail_msg("'%s' is matched by none", names[i]);
	}
	look_release(&found);
	(void)close(fd);
}

static void look_run__more_rules_than_anybody_reads__endings_of_the_tree(void **state)
{
	(void)state;
	run("for i in $(seq 40); do mkdir d$i; touch d$i/a.png d$i/a.wav; done");
	assert_rules("page **/*.png - 40\naudio **/*.wav - 40\n");
}

static void look_run__nothing_there__no_rule(void **state)
{
	(void)state;
	run("touch notes.txt");
	assert_rules("");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(look_at_bytes__heads_and_names__modality),
	    cmocka_unit_test_setup(look_run__folders_of_one_modality__named_as_a_whole, empty),
	    cmocka_unit_test_setup(look_run__other_files_beside__named_by_endings, empty),
	    cmocka_unit_test_setup(look_run__modalities_in_one_folder__named_by_endings, empty),
	    cmocka_unit_test_setup(look_run__text_beside_video__is_another_file, empty),
	    cmocka_unit_test_setup(look_run__hidden_stores_and_deliveries__left_alone, empty),
	    cmocka_unit_test_setup(look_run__names_with_stars_and_bytes__patterns_that_match_them, empty),
	    cmocka_unit_test_setup(look_run__more_rules_than_anybody_reads__endings_of_the_tree, empty),
	    cmocka_unit_test_setup(look_run__nothing_there__no_rule, empty),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
