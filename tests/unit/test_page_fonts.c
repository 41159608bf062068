/* The fonts that pages of PDF may be drawn with. */
#include "ocr_cmocka.h"

#include "page_pdf.h"

#include <string.h>

static void stands_for__names_and_aliases(void **state)
{
	char *dir = (char *)(uintptr_t) "/usr/share/fonts/truetype/dejavu";
	const assay_text_list dirs = {&dir, 1};
	assay_err err = {0};
	page_fonts *f;

	(void)state;
	assert_int_equal(page_fonts_load(&f, &dirs, &err), ASSAY_OK);
	assert_true(
	    page_fonts_stands_for(f, "DejaVuSans-Bold", "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf"));
	assert_true(page_fonts_stands_for(f, "ABCDEF+DejaVuSans", "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"));
	assert_false(page_fonts_stands_for(f, "Helvetica", "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"));
	assert_false(page_fonts_stands_for(f, "DejaVuSans", "/nowhere/DejaVuSans.ttf"));
	assert_false(page_fonts_stands_for(f, NULL, NULL));
	page_fonts_unload(f);
}

static void fonts_list__sorted_and_missing_folders_passed_over(void **state)
{
	char *names[] = {(char *)(uintptr_t) "/nowhere/at/all", (char *)(uintptr_t) "/usr/share/fonts/truetype/dejavu"};
	const assay_text_list dirs = {names, 2};
	assay_stage_files files = {0};
	assay_err err = {0};

	(void)state;
	assert_int_equal(page_fonts_list(&files, &dirs, &err), ASSAY_OK);
	assert_true(files.count >= 6);
	for (size_t i = 1; i < files.count; i++)
		assert_true(strcmp(files.paths[i - 1], files.paths[i]) < 0);
	assay_stage_files_release(&files);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(stands_for__names_and_aliases),
	    cmocka_unit_test(fonts_list__sorted_and_missing_folders_passed_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
