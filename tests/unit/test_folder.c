#include "delivery_wrap.h"

#include "folder.h"

#include "assay/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>

static char scratch[] = "/tmp/assay-folder-XXXXXX";
static char target[64];

static int setup(void **state)
{
	(void)state;
	if (mkdtemp(scratch) == NULL)
		return -1;
	(void)snprintf(target, sizeof target, "%s/out", scratch);
	return 0;
}

static void run(const char *command)
{
	char line[256];

	(void)snprintf(line, sizeof line, "cd '%s' && { %s; }", scratch, command);
	assert_int_equal(system(line), 0);
}

static int empty(void **state)
{
	(void)state;
	alloc_fail_at = write_fails = sync_fails = 0;
	run("rm -rf ./*");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	run("rm -rf ./* && rmdir \"$PWD\"");
	return 0;
}

static size_t entries(void)
{
	DIR *dir = opendir(scratch);
	size_t n = 0;

	assert_non_null(dir);
	while (readdir(dir) != NULL)
		n++;
	(void)closedir(dir);
	return n - 2;
}

static void assert_file(const char *name, const char *text)
{
	ASSAY_AUTO_BUF path = ASSAY_BUF_INIT;
	ASSAY_AUTO_BUF got = ASSAY_BUF_INIT;

	assay_buf_printf(&path, "%s/%s", target, name);
	assert_int_equal(assay_file_read(&got, AT_FDCWD, assay_buf_str(&path), 4096, NULL), ASSAY_OK);
	assert_string_equal(assay_buf_str(&got), text);
}

static assay_code deliver(bool replace, const char *text, assay_err *err)
{
	folder f;
	assay_code rc;

	memset(&f, 0xa5, sizeof f);
	ASSAY_TRY(folder_open(&f, target, replace, err));
	ASSAY_TRY(folder_put(&f, "a/b/c.txt", text, strlen(text), NULL, err));
	ASSAY_TRY(folder_put(&f, "version.json", "{}", 2, NULL, err));
	rc = folder_commit(&f, err);
fail:
	folder_release(&f);
	return rc;
}

static void folder_commit__files__there_with_their_sums(void **state)
{
	(void)state;
	assert_int_equal(deliver(false, "abc", NULL), ASSAY_OK);
	assert_file("a/b/c.txt", "abc");
	/* FIPS 180-4's "abc"; of "{}" by sha256sum of coreutils 9.1 */
	assert_file("SHA256SUMS", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  a/b/c.txt\n"
				  "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a  version.json\n");
	assert_int_equal(entries(), 1);
}

static void folder_release__before_commit__nothing_left(void **state)
{
	folder f;

	(void)state;
	assert_int_equal(folder_open(&f, target, false, NULL), ASSAY_OK);
	assert_int_equal(folder_put(&f, "x/y", "1", 1, NULL, NULL), ASSAY_OK);
	assert_int_equal(entries(), 1);
	folder_release(&f);
	assert_int_equal(entries(), 0);
}

static void folder_open__target_is_there__usage_and_untouched(void **state)
{
	assay_err err = ASSAY_ERR_INIT;

	(void)state;
	assert_int_equal(deliver(false, "old", NULL), ASSAY_OK);
	assert_int_equal(deliver(false, "new", &err), ASSAY_EUSAGE);
	assert_non_null(strstr(err.msg, "is there already; --force replaces a delivery"));
	assert_file("a/b/c.txt", "old");
	assert_int_equal(entries(), 1);
}

static void folder_open__replace_delivery_or_empty__replaced_whole(void **state)
{
	(void)state;
	run("mkdir out");
	assert_int_equal(deliver(true, "first", NULL), ASSAY_OK);
	run("touch out/stray");
	assert_int_equal(deliver(true, "second", NULL), ASSAY_OK);
	assert_file("a/b/c.txt", "second");
	run("test ! -e out/stray");
	assert_int_equal(entries(), 1);
}

static void folder_open__replace_anything_else__usage_and_untouched(void **state)
{
	static const char *const makes[] = {"mkdir out && touch out/mine", "touch out", "ln -s /tmp out"};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(makes); i++) {
		assay_err err = ASSAY_ERR_INIT;

		run(makes[i]);
		assert_int_equal(deliver(true, "new", &err), ASSAY_EUSAGE);
		assert_non_null(strstr(err.msg, "is no delivery: it is not replaced"));
		assert_int_equal(entries(), 1);
		run("rm -rf out");
	}
}

static void folder_commit__target_appears_meanwhile__error_and_untouched(void **state)
{
	folder f;
	assay_err err = ASSAY_ERR_INIT;

	(void)state;
	assert_int_equal(folder_open(&f, target, false, NULL), ASSAY_OK);
	run("mkdir out"); /* empty: a plain rename would take its place */
	assert_int_equal(folder_commit(&f, &err), ASSAY_EIO);
	assert_int_equal(err.sys, EEXIST);
	folder_release(&f);
	run("rmdir out");
	assert_int_equal(entries(), 0);
}

static void folder_put__same_path_again__first_bytes_stay(void **state)
{
	folder f;

	(void)state;
	assert_int_equal(folder_open(&f, target, false, NULL), ASSAY_OK);
	assert_int_equal(folder_put(&f, "a", "1", 1, NULL, NULL), ASSAY_OK);
	assert_int_equal(folder_put(&f, "a", "1", 1, NULL, NULL), ASSAY_OK);
	assert_int_equal(f.sums.count, 1);
	assert_int_equal(folder_commit(&f, NULL), ASSAY_OK);
	folder_release(&f);
	assert_file("a", "1");
}

static void folder_file__pieces__one_file_and_its_sum(void **state)
{
	folder f;
	folder_file file;

	(void)state;
	assert_int_equal(folder_open(&f, target, false, NULL), ASSAY_OK);
	assert_int_equal(folder_file_open(&file, &f, "lines", NULL), ASSAY_OK);
	assay_buf_puts(&file.pending, "a");
	assert_int_equal(folder_file_flush(&file, true, NULL), ASSAY_OK);
	assay_buf_puts(&file.pending, "bc");
	assert_int_equal(folder_file_finish(&file, NULL), ASSAY_OK);
	folder_file_release(&file);
	assert_int_equal(folder_commit(&f, NULL), ASSAY_OK);
	folder_release(&f);
	assert_file("lines", "abc");
	assert_file("SHA256SUMS", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  lines\n");
}

static void folder_commit__write_or_sync_fails__error_and_nothing_left(void **state)
{
	assay_err err = ASSAY_ERR_INIT;

	(void)state;
	write_fails = ENOSPC;
	assert_int_equal(deliver(false, "abc", &err), ASSAY_EFULL);
	assert_non_null(strstr(err.msg, "a/b/c.txt"));
	assert_int_equal(entries(), 0);
	write_fails = 0;
	sync_fails = EIO;
	assert_int_equal(deliver(false, "abc", &err), ASSAY_EIO);
	assert_non_null(strstr(err.msg, "to disk"));
	assert_int_equal(entries(), 0);
}

static void folder__every_alloc_fails_in_turn__enomem_nothing_left(void **state)
{
	unsigned n = 0;
	assay_code rc;

	(void)state;
	do {
		alloc_calls = 0;
		alloc_fail_at = ++n;
		rc = deliver(false, "abc", NULL);
		alloc_fail_at = 0;
		if (rc != ASSAY_OK) {
			assert_int_equal(rc, ASSAY_ENOMEM);
			run("rm -rf out"); /* the last step, which syncs the parent, comes after the rename */
			assert_int_equal(entries(), 0);
		}
	} while (rc != ASSAY_OK);
	assert_in_range(n, 6, 60);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(folder_commit__files__there_with_their_sums, empty),
	    cmocka_unit_test_setup(folder_release__before_commit__nothing_left, empty),
	    cmocka_unit_test_setup(folder_open__target_is_there__usage_and_untouched, empty),
	    cmocka_unit_test_setup(folder_open__replace_delivery_or_empty__replaced_whole, empty),
	    cmocka_unit_test_setup(folder_open__replace_anything_else__usage_and_untouched, empty),
	    cmocka_unit_test_setup(folder_commit__target_appears_meanwhile__error_and_untouched, empty),
	    cmocka_unit_test_setup(folder_put__same_path_again__first_bytes_stay, empty),
	    cmocka_unit_test_setup(folder_file__pieces__one_file_and_its_sum, empty),
	    cmocka_unit_test_setup(folder_commit__write_or_sync_fails__error_and_nothing_left, empty),
	    cmocka_unit_test_setup(folder__every_alloc_fails_in_turn__enomem_nothing_left, empty),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
