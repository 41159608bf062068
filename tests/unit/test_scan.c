#include "scan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char dir[] = "/tmp/assay-test-scan-XXXXXX";
static int root;

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

static int setup(void **state)
{
	(void)state;
	memcpy(dir + sizeof dir - 7, "XXXXXX", 6);
	if (mkdtemp(dir) == NULL)
		return -1;
	root = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return root < 0;
}

static int teardown(void **state)
{
	(void)state;
	(void)close(root);
	return nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void make(const char *path)
{
	char folder[256];
	char *slash;
	int fd;

	(void)snprintf(folder, sizeof folder, "%s", path);
	for (slash = strchr(folder, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		assert_true(mkdirat(root, folder, 0777) == 0 || errno == EEXIST);
		*slash = '/';
	}
	fd = openat(root, path, O_WRONLY | O_CREAT, 0666);
	assert_true(fd >= 0);
	assert_int_equal(close(fd), 0);
}

/* The keys that a scan finds, joined by spaces; a sidecar follows its source in brackets. */
static void expect(const char *pattern, const char *sidecar, const char *expected)
{
	char *roles[] = {"ground_truth"}, *templates[] = {(char *)(uintptr_t)sidecar};
	assay_config_source rule = {
	    .pattern = (char *)(uintptr_t)pattern,
	    .modality = ASSAY_MODALITY_PAGE,
	    .sidecar_roles = roles,
	    .sidecar_templates = templates,
	    .sidecar_count = sidecar != NULL,
	};
	const assay_config config = {.sources = &rule, .source_count = 1};
	ASSAY_AUTO_BUF got = ASSAY_BUF_INIT;
	assay_scan s;
	assay_err err = ASSAY_ERR_INIT;

	if (assay_scan_run(&s, &config, root, -1, &err) != ASSAY_OK)
		fail_msg("%s", err.msg);
	for (size_t i = 0; i < s.count; i++) {
		assay_buf_printf(&got, "%s%s", i > 0 ? " " : "", s.items[i].key);
		for (size_t k = 0; k < s.items[i].sidecar_count; k++)
			assay_buf_printf(&got, "[%s]", s.items[i].sidecars[k].path);
	}
	assert_string_equal(assay_buf_str(&got), expected);
	assay_scan_release(&s);
}

static void scan__patterns__find_what_they_say_in_key_order(void **state)
{
	(void)state;
	make("in/b.tif");
	make("in/a.tif");
	make("in/deep/er/c.tif");
	make("in/.hidden/d.tif");
	make("in/.e.tif");
	make("out/f.tif");
	expect("in/**", NULL, "in/a.tif in/b.tif in/deep/er/c.tif");
	expect("in/*", NULL, "in/a.tif in/b.tif");
	expect("**/c.tif", NULL, "in/deep/er/c.tif");
	expect("in/.hidden/*", NULL, "in/.hidden/d.tif");
	expect("out/f.tif", NULL, "out/f.tif");
	expect("nowhere/**", NULL, "");
}

static void scan__sidecars__are_no_sources_but_orphans_are(void **state)
{
	(void)state;
	make("in/a.tif");
	make("in/a.gt.txt");
	make("in/lost.gt.txt");
	make("truth/b.txt");
	make("in/b.tif");
	expect("in/**", "{stem}.gt.txt", "in/a.tif[in/a.gt.txt] in/b.tif in/lost.gt.txt");
}

/* Beside the file and matched by a pattern: the walk saw it or it is not there. Otherwise a stat tells. */
static void scan__sidecars_no_pattern_matches__found_by_name(void **state)
{
	(void)state;
	make("in/a.tif");
	make("in/a.gt.txt");
	make("in/b.tif");
	make("truth/in/b.txt");
	expect("in/*.tif", "{stem}.gt.txt", "in/a.tif[in/a.gt.txt] in/b.tif");
	expect("in/*.tif", "truth/{dir}b.txt", "in/a.tif[truth/in/b.txt] in/b.tif[truth/in/b.txt]");
	expect("**/*", "{stem}.gt.txt", "in/a.tif[in/a.gt.txt] in/b.tif truth/in/b.txt");
}

/* The page is gone, what lay beside it is not: nobody claims it in earnest, so it is seen. */
static void scan__files_that_claim_each_other__stay_sources(void **state)
{
	char *roles[] = {"ground_truth", "metadata"};
	char *templates[] = {(char *)(uintptr_t) "{stem}.txt", (char *)(uintptr_t) "{stem}.json"};
	assay_config_source rule = {.pattern = (char *)(uintptr_t) "in/**",
				    .modality = ASSAY_MODALITY_PAGE,
				    .sidecar_roles = roles,
				    .sidecar_templates = templates,
				    .sidecar_count = 2};
	const assay_config config = {.sources = &rule, .source_count = 1};
	assay_scan s;

	(void)state;
	make("in/a.txt");
	make("in/a.json");
	assert_int_equal(assay_scan_run(&s, &config, root, -1, NULL), ASSAY_OK);
	assert_int_equal(s.count, 2);
	assay_scan_release(&s);
	make("in/a.tif");
	assert_int_equal(assay_scan_run(&s, &config, root, -1, NULL), ASSAY_OK);
	assert_int_equal(s.count, 1);
	assert_string_equal(s.items[0].key, "in/a.tif");
	assert_int_equal(s.items[0].sidecar_count, 2);
	assay_scan_release(&s);
}

static void scan__hostile_names__one_key_each(void **state)
{
	(void)state;
	make("in/new\nline.tif");
	make("in/hash#1.tif");
	make("in/\xff\xfe.tif");
	make("in/100%.tif");
	expect("in/**", NULL, "in/%FF%FE.tif in/100%25.tif in/hash%231.tif in/new%0Aline.tif");
}

static void scan__links__followed_once_and_never_in_circles(void **state)
{
	(void)state;
	make("in/a.tif");
	make("elsewhere/b.tif");
	assert_int_equal(symlinkat("../elsewhere", root, "in/linked"), 0);
	assert_int_equal(symlinkat("..", root, "in/up"), 0);
	assert_int_equal(symlinkat("nowhere", root, "in/dangling.tif"), 0);
	expect("in/**", NULL, "in/a.tif in/dangling.tif in/linked/b.tif");
}

static void scan__problem_files__kept_with_their_errno(void **state)
{
	assay_config_source rule = {.pattern = (char *)(uintptr_t) "in/**", .modality = ASSAY_MODALITY_PAGE};
	const assay_config config = {.sources = &rule, .source_count = 1};
	assay_scan s;

	(void)state;
	make("in/a.tif");
	assert_int_equal(mkfifoat(root, "in/b.fifo", 0666), 0);
	assert_int_equal(symlinkat("nowhere", root, "in/c.tif"), 0);
	assert_int_equal(assay_scan_run(&s, &config, root, -1, NULL), ASSAY_OK);
	assert_int_equal(s.count, 3);
	assert_int_equal(s.items[0].problem, 0);
	assert_int_equal(s.items[1].problem, ENOTSUP);
	assert_int_equal(s.items[2].problem, ENOENT);
	assay_scan_release(&s);
}

static void stamp__younger_than_two_seconds__not_trusted(void **state)
{
	const int64_t second = 1000000000;
	assay_stamp s = {.size = 1, .mtime_ns = 10 * second, .ctime_ns = 11 * second};

	(void)state;
	s.hashed_ns = 13 * second - 1;
	assert_false(assay_stamp_is_settled(&s));
	s.hashed_ns = 13 * second;
	assert_true(assay_stamp_is_settled(&s));
}

#define SCAN_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SCAN_TEST(scan__patterns__find_what_they_say_in_key_order),
	    SCAN_TEST(scan__sidecars__are_no_sources_but_orphans_are),
	    SCAN_TEST(scan__sidecars_no_pattern_matches__found_by_name),
	    SCAN_TEST(scan__files_that_claim_each_other__stay_sources),
	    SCAN_TEST(scan__hostile_names__one_key_each),
	    SCAN_TEST(scan__links__followed_once_and_never_in_circles),
	    SCAN_TEST(scan__problem_files__kept_with_their_errno),
	    cmocka_unit_test(stamp__younger_than_two_seconds__not_trusted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
