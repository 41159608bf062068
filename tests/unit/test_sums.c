#include "delivery_wrap.h"

#include "sums.h"

#define A "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" /* of no bytes (FIPS 180-4 examples) */
#define B "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" /* of "abc" */

static void sums_text__any_order__sorted_bytewise_as_sha256sum_writes(void **state)
{
	sums s = {0};
	assay_digest a, b;
	ASSAY_AUTO_BUF out = ASSAY_BUF_INIT;

	(void)state;
	assert_true(assay_digest_parse(&a, A) && assay_digest_parse(&b, B));
	assert_int_equal(sums_add(&s, "b", 1, &b, NULL), ASSAY_OK);
	assert_int_equal(sums_add(&s, "a/b", 3, &a, NULL), ASSAY_OK);
	assert_int_equal(sums_add(&s, "README.md", 9, &a, NULL), ASSAY_OK);
	assert_int_equal(sums_add(&s, "a-longer", 1, &a, NULL), ASSAY_OK); /* only as many bytes as are told */
	sums_sort(&s);
	sums_text(&out, &s);
	assert_string_equal(assay_buf_str(&out), A "  README.md\n" A "  a\n" A "  a/b\n" B "  b\n");
	sums_release(&s);
}

static void sums_find__present_and_absent__row_or_null(void **state)
{
	sums s = {0};
	assay_digest d = {{0}};

	(void)state;
	assert_null(sums_find(&s, "a"));
	assert_int_equal(sums_add(&s, "x/y", 3, &d, NULL), ASSAY_OK);
	assert_int_equal(sums_add(&s, "a", 1, &d, NULL), ASSAY_OK);
	sums_sort(&s);
	assert_string_equal(sums_find(&s, "x/y")->path, "x/y");
	assert_null(sums_find(&s, "x"));
	assert_null(sums_find(&s, "x/y/"));
	sums_release(&s);
}

static void sums_has_folder__names_that_begin_alike__told_apart(void **state)
{
	static const char *const paths[] = {"a", "b-c/x", "b.txt", "b/c/d", "b0", "z/z"};
	static const struct {
		const char *folder;
		bool there;
	} cases[] = {{"a", false},     {"b", true},   {"b-", false}, {"b-c", true}, {"b/c", true},
		     {"b/c/d", false}, {"b0", false}, {"z", true},   {"zz", false}, {"", false}};
	sums s = {0};
	assay_digest d = {{0}};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(paths); i++)
		assert_int_equal(sums_add(&s, paths[i], strlen(paths[i]), &d, NULL), ASSAY_OK);
	sums_sort(&s);
	for (size_t i = 0; i < ASSAY_COUNT(cases); i++)
		if (sums_has_folder(&s, cases[i].folder) != cases[i].there)
			fail_msg("'%s'", cases[i].folder);
	sums_release(&s);
}

static void sums_parse__good_text__same_rows_no_finding(void **state)
{
	static const char text[] = A "  README.md\n" B "  a/b  c\n";
	assay_diagnostics d = {0};
	sums s;
	ASSAY_AUTO_BUF out = ASSAY_BUF_INIT;

	(void)state;
	memset(&s, 0xa5, sizeof s);
	assert_int_equal(sums_parse(&s, text, sizeof text - 1, &d, NULL), ASSAY_OK);
	assert_int_equal(d.count, 0);
	assert_int_equal(s.count, 2);
	sums_text(&out, &s);
	assert_string_equal(assay_buf_str(&out), text);
	sums_release(&s);
}

static void sums_parse__bad_line__finding_with_its_number(void **state)
{
	static const struct {
		const char *text, *message;
		size_t rows;
	} cases[] = {
	    {A "  ../x\n", "the path must lie inside the delivery and be another file than this one", 0},
	    {A "  /etc/passwd\n", "the path must lie inside the delivery and be another file than this one", 0},
	    {A "  a//b\n", "the path must lie inside the delivery and be another file than this one", 0},
	    {A "  SHA256SUMS\n", "the path must lie inside the delivery and be another file than this one", 0},
	    {A " a\n", "this is not a digest, two blanks and a path", 0},
	    {A "  \n", "this is not a digest, two blanks and a path", 0},
	    {"E" A "  x\n", "this is not a digest, two blanks and a path", 0},
	    {"\n", "this is not a digest, two blanks and a path", 0},
	    {A "  b\n" A "  a\n", "the path does not come after the one before it", 2},
	    {A "  a\n" B "  a\n", "the path does not come after the one before it", 1},
	    {A "  a", "the last line is not complete", 1},
	};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(cases); i++) {
		assay_diagnostics d = {0};
		sums s;

		assert_int_equal(sums_parse(&s, cases[i].text, strlen(cases[i].text), &d, NULL), ASSAY_OK);
		assert_int_equal(d.count, 1);
		assert_string_equal(d.items[0].file, "SHA256SUMS");
		assert_string_equal(d.items[0].message, cases[i].message);
		assert_int_equal(d.items[0].line, strchr(cases[i].text, '\n') < strrchr(cases[i].text, '\n') ? 2 : 1);
		assert_int_equal(s.count, cases[i].rows);
		sums_release(&s);
		assay_diagnostics_release(&d);
	}
}

static void sums_parse__a_nul_in_a_path__finding(void **state)
{
	static const char text[] = A "  a\0b\n";
	assay_diagnostics d = {0};
	sums s;

	(void)state;
	assert_int_equal(sums_parse(&s, text, sizeof text - 1, &d, NULL), ASSAY_OK);
	assert_int_equal(d.errors, 1);
	assert_int_equal(s.count, 0);
	sums_release(&s);
	assay_diagnostics_release(&d);
}

static void sums_parse__every_alloc_fails_in_turn__enomem_no_leak(void **state)
{
	static const char text[] = A "  a\n" A "  b\n";
	unsigned n = 0;
	assay_code rc;

	(void)state;
	do {
		assay_diagnostics d = {0};
		sums s;

		alloc_calls = 0;
		alloc_fail_at = ++n;
		rc = sums_parse(&s, text, sizeof text - 1, &d, NULL);
		alloc_fail_at = 0;
		assert_true(rc == ASSAY_OK || rc == ASSAY_ENOMEM);
		sums_release(&s);
		assay_diagnostics_release(&d);
	} while (rc != ASSAY_OK);
	assert_in_range(n, 4, 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(sums_text__any_order__sorted_bytewise_as_sha256sum_writes),
	    cmocka_unit_test(sums_find__present_and_absent__row_or_null),
	    cmocka_unit_test(sums_has_folder__names_that_begin_alike__told_apart),
	    cmocka_unit_test(sums_parse__good_text__same_rows_no_finding),
	    cmocka_unit_test(sums_parse__bad_line__finding_with_its_number),
	    cmocka_unit_test(sums_parse__a_nul_in_a_path__finding),
	    cmocka_unit_test(sums_parse__every_alloc_fails_in_turn__enomem_no_leak),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
