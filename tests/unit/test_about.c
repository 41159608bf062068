/* What a worker tells of its program, and of the files of a step. */
#include "about.h"

#include "assay/engines.h"
#include "assay/memory.h"
#include "assay/params.h"
#include "assay/registry.h"
#include "lineage_alloc.h"
#include "test_stages.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void told_to(assay_buf *out, const assay_stage *stage, const char *folder)
{
	ASSAY_AUTO_BUF ask = ASSAY_BUF_INIT;
	void *params = NULL;

	if (stage != NULL) {
		assert_int_equal(assay_params_new(&params, stage, NULL), ASSAY_OK);
		assert_int_equal(assay_params_set(stage, params, assay_param_find(stage, "folder"), folder, NULL),
				 ASSAY_OK);
	}
	about_ask(&ask, stage, params);
	assert_int_equal(about_tell(out, &ask, NULL), ASSAY_OK);
	assay_params_free(stage != NULL ? stage : &assay_stage_test_read, params);
}

static void tell__the_program__build_engines_and_libraries(void **state)
{
	ASSAY_AUTO_BUF told = ASSAY_BUF_INIT;
	ASSAY_AUTO_FREE char *build = NULL;
	about got, own;
	bool libc = false;

	(void)state;
	told_to(&told, NULL, NULL);
	assert_int_equal(about_decode(&got, &told, NULL), ASSAY_OK);
	assert_int_equal(assay_build_id_of_program(&build, NULL), ASSAY_OK);
	assert_string_equal(got.build, build);
	assert_int_equal(got.engine_count, 2); /* test.read, test.misbehave: no engine */
	assert_string_equal(got.engines[0], "");
	assert_int_equal(about_read(&own, NULL), ASSAY_OK);
	assert_int_equal(got.libraries.count, own.libraries.count);
	for (size_t i = 0; i < own.libraries.count; i++) {
		assert_string_equal(got.libraries.items[i], own.libraries.items[i]);
		libc |= strncmp(own.libraries.items[i], "libc.so.6 ", 10) == 0;
	}
	assert_true(libc);
	about_release(&got);
	about_release(&own);
}

static void tell__files_of_a_step__as_the_stage_names_them(void **state)
{
	ASSAY_AUTO_BUF told = ASSAY_BUF_INIT;
	assay_stage_files files = {0};

	(void)state;
	told_to(&told, &assay_stage_test_misbehave, "/some/folder");
	assert_int_equal(about_decode_files(&files, &told, NULL), ASSAY_OK);
	assert_int_equal(files.count, 1);
	assert_string_equal(files.roles[0], "folder");
	assert_string_equal(files.paths[0], "/some/folder");
	assay_stage_files_release(&files);
}

static void tell__stage_that_is_not_there__config(void **state)
{
	const assay_stage stranger = {.name = "page.unheard"};
	ASSAY_AUTO_BUF ask = ASSAY_BUF_INIT;
	ASSAY_AUTO_BUF told = ASSAY_BUF_INIT;
	assay_err err = ASSAY_ERR_INIT;

	(void)state;
	about_ask(&ask, &stranger, NULL);
	assert_int_equal(about_tell(&told, &ask, &err), ASSAY_ECONFIG);
	assert_string_equal(err.msg, "this worker has no stage 'page.unheard'");
}

static void decode__cut_anywhere__corrupt(void **state)
{
	ASSAY_AUTO_BUF told = ASSAY_BUF_INIT;
	ASSAY_AUTO_BUF files_told = ASSAY_BUF_INIT;
	assay_stage_files files = {0};
	about got;

	(void)state;
	told_to(&told, NULL, NULL);
	for (size_t n = 0; n < told.len; n++) {
		ASSAY_AUTO_BUF cut = ASSAY_BUF_INIT;

		assay_buf_append(&cut, told.data, n);
		assert_int_equal(about_decode(&got, &cut, NULL), ASSAY_ECORRUPT);
		assert_null(got.engines);
	}
	told_to(&files_told, &assay_stage_test_misbehave, "/f");
	for (size_t n = 0; n < files_told.len; n++) {
		ASSAY_AUTO_BUF cut = ASSAY_BUF_INIT;

		assay_buf_append(&cut, files_told.data, n);
		assert_int_equal(about_decode_files(&files, &cut, NULL), ASSAY_ECORRUPT);
		assay_stage_files_release(&files);
	}
	assert_int_equal(about_decode(&got, &files_told, NULL), ASSAY_ECORRUPT);
}

static void decode__no_memory__told(void **state)
{
	ASSAY_AUTO_BUF told = ASSAY_BUF_INIT;
	assay_code rc = ASSAY_ENOMEM;
	unsigned n = 1;
	about got;

	(void)state;
	told_to(&told, NULL, NULL);
	for (; rc != ASSAY_OK; n++) {
		arm(n);
		rc = about_decode(&got, &told, NULL);
		arm(0);
		assert_true(rc == ASSAY_OK || rc == ASSAY_ENOMEM);
	}
	assert_true(n > 5);
	about_release(&got);
}

static void join__lists_of_libraries__each_once_in_order(void **state)
{
	char *first[] = {(char[]){"liba.so 01"}, (char[]){"libc.so 03"}};
	char *second[] = {(char[]){"liba.so 01"}, (char[]){"libb.so 02"}, (char[]){"libc.so 04"}};
	assay_build_ids all = {0};

	(void)state;
	assert_int_equal(assay_build_ids_join(&all, &(assay_build_ids){first, 2, 2}, NULL), ASSAY_OK);
	assert_int_equal(assay_build_ids_join(&all, &(assay_build_ids){second, 3, 3}, NULL), ASSAY_OK);
	assert_int_equal(all.count, 4);
	assert_string_equal(all.items[0], "liba.so 01");
	assert_string_equal(all.items[1], "libb.so 02");
	assert_string_equal(all.items[2], "libc.so 03");
	assert_string_equal(all.items[3], "libc.so 04");
	assay_build_ids_release(&all);
}

/* As a program that has the stages itself, like this one, answers. The other way is in tests/cli/main_job/worker_program. */
static void engines__stages_of_this_program__asked_here(void **state)
{
	ASSAY_CLEANUP(assay_engines_closep) assay_engines *e = NULL;
	const assay_build_ids *libraries;
	const char *engine;

	(void)state;
	assert_int_equal(assay_engines_open(&e, NULL), ASSAY_OK);
	assert_int_equal(assay_engines_libraries(&libraries, e, NULL), ASSAY_OK);
	assert_true(libraries->count > 0);
	assert_int_equal(assay_engines_version(&engine, e, &assay_stage_test_read, NULL), ASSAY_OK);
	assert_string_equal(engine, "");
}

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static void engines__file_of_several_recipes__read_once(void **state)
{
	ASSAY_CLEANUP(assay_engines_closep) assay_engines *e = NULL, *later = NULL;
	char dir[] = "/tmp/assay-engines-XXXXXX";
	char model[sizeof dir + 8], font[sizeof dir + 8];
	assay_digest first, again, other, anew;
	assay_err err = ASSAY_ERR_INIT;

	(void)state;
	assert_non_null(mkdtemp(dir));
	(void)snprintf(model, sizeof model, "%s/model", dir);
	(void)snprintf(font, sizeof font, "%s/font", dir);
	assert_int_equal(assay_engines_open(&e, NULL), ASSAY_OK);
	assert_int_equal(assay_engines_digest(&first, e, "model", model, &err), ASSAY_EIO);
	assert_non_null(strstr(err.msg, "model '"));
	assert_non_null(strstr(err.msg, model));
	write_file(model, "one");
	write_file(font, "two");
	assert_int_equal(assay_engines_digest(&first, e, "model", model, NULL), ASSAY_OK);
	assert_int_equal(assay_engines_digest(&other, e, "font", font, NULL), ASSAY_OK);
	write_file(model, "two");
	assert_int_equal(assay_engines_digest(&again, e, "model", model, NULL), ASSAY_OK);
	assert_true(assay_digest_eq(&first, &again));
	assert_false(assay_digest_eq(&first, &other));
	assert_int_equal(assay_engines_open(&later, NULL), ASSAY_OK);
	assert_int_equal(assay_engines_digest(&anew, later, "model", model, NULL), ASSAY_OK);
	assert_true(assay_digest_eq(&anew, &other));
	assert_int_equal(unlink(model), 0);
	assert_int_equal(unlink(font), 0);
	assert_int_equal(rmdir(dir), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(tell__the_program__build_engines_and_libraries),
	    cmocka_unit_test(tell__files_of_a_step__as_the_stage_names_them),
	    cmocka_unit_test(tell__stage_that_is_not_there__config),
	    cmocka_unit_test(decode__cut_anywhere__corrupt),
	    cmocka_unit_test(decode__no_memory__told),
	    cmocka_unit_test(join__lists_of_libraries__each_once_in_order),
	    cmocka_unit_test(engines__stages_of_this_program__asked_here),
	    cmocka_unit_test(engines__file_of_several_recipes__read_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
