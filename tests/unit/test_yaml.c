#include "test_findings.h"

#include "assay/yaml.h"

static assay_code parse_n(assay_yaml **y, const char *text, size_t n, assay_diagnostics *d)
{
	*y = (assay_yaml *)(uintptr_t)1; /* garbage: parse must overwrite it */
	return assay_yaml_parse(y, text, n, "f.yaml", d, NULL);
}

/* ---------------------------------------------------------------- what a tree holds */

static void yaml_parse__nested__positions_types_and_texts(void **state)
{
	static const char text[] = "a: 1\n"
				   "b: [x, 'y', ~]\n"
				   "c:\n"
				   "  d: {e: \"f\"}\n"
				   "  g:\n"
				   "h:\n"
				   "- i: no\n"
				   "  j: 1e3\n";
	const assay_yaml_node *root, *n;
	assay_diagnostics d = {0};
	assay_yaml *y;

	(void)state;
	assert_int_equal(parse_n(&y, text, sizeof text - 1, &d), ASSAY_OK);
	root = assay_yaml_root(y);
	assert_int_equal(root->type, ASSAY_YAML_MAPPING);
	assert_int_equal(root->count, 4);
	n = assay_yaml_get(root, "b");
	assert_int_equal(n->type, ASSAY_YAML_SEQUENCE);
	assert_int_equal(n->key_line, 2);
	assert_int_equal(n->key_column, 1);
	assert_int_equal(n->column, 4);
	assert_false(n->children[0].quoted);
	assert_true(n->children[1].quoted);
	assert_int_equal(n->children[1].column, 8);
	assert_int_equal(n->children[2].type, ASSAY_YAML_NULL);
	assert_null(n->children[0].key);
	n = assay_yaml_get(assay_yaml_get(assay_yaml_get(root, "c"), "d"), "e");
	assert_string_equal(n->text, "f");
	assert_int_equal(n->line, 4);
	assert_int_equal(n->column, 10);
	n = assay_yaml_get(assay_yaml_get(root, "c"), "g");
	assert_int_equal(n->type, ASSAY_YAML_NULL);
	assert_int_equal(n->line, 5);
	n = &assay_yaml_get(root, "h")->children[0];
	assert_int_equal(n->line, 7); /* a mapping stands where its first key stands */
	assert_int_equal(n->column, 3);
	assert_string_equal(assay_yaml_get(n, "i")->text, "no"); /* text, not a boolean */
	assert_string_equal(assay_yaml_get(n, "j")->text, "1e3");
	assert_null(assay_yaml_get(n, "k"));
	assert_null(assay_yaml_get(assay_yaml_get(n, "i"), "k"));
	assay_yaml_close(y);
	assay_diagnostics_release(&d);
}

static void yaml_parse__nothing_in_it__null_root(void **state)
{
	static const char *const texts[] = {"", "# only a remark\n", "---\n", "\n\n"};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(texts); i++) {
		assay_diagnostics d = {0};
		assay_yaml *y;

		assert_int_equal(parse_n(&y, texts[i], strlen(texts[i]), &d), ASSAY_OK);
		assert_int_equal(assay_yaml_root(y)->type, ASSAY_YAML_NULL);
		assay_yaml_close(y);
		assay_diagnostics_release(&d);
	}
}

static void yaml_parse__alias__same_value_other_place(void **state)
{
	static const char text[] = "a: &x {q: 1}\nb: *x\n";
	assay_diagnostics d = {0};
	assay_yaml *y;
	const assay_yaml_node *b;

	(void)state;
	assert_int_equal(parse_n(&y, text, sizeof text - 1, &d), ASSAY_OK);
	b = assay_yaml_get(assay_yaml_root(y), "b");
	assert_string_equal(assay_yaml_get(b, "q")->text, "1");
	assert_int_equal(b->key_line, 2);
	assay_yaml_close(y);
	assay_diagnostics_release(&d);
}

/* ---------------------------------------------------------------- what is refused */

static const wrong_case wrong[] = {
    {"a: 1\na: 2\n", 2, 1, "key 'a' stands here twice, first in line 1"},
    {"a: {b: 1, c: 2, b: 3}\n", 1, 17, "key 'b' stands here twice, first in line 1"},
    {"a: [1, 2\nb: 3\n", 3, 1, "flow sequence without a closing bracket"},
    {"a: 1\n---\nb: 2\n", 2, 1, "a second document begins here: one file holds one document"},
    {"a: *y\n", 1, 5, "no anchor 'y' before this alias"},
    {"a: &r [1, *r]\n", 1, 12, "alias 'r' stands inside what it names"},
    {"a: b\x01\n", 1, 5, "control character 0x01"},
    {"a: b\xff\n", 1, 5, "byte 0xff is not UTF-8"},
    {"a: \"x\\0y\"\n", 1, 4, "text holds a NUL character"},
    {"a: !include x\n", 1, 4, "tags are not supported"},
    {"? [a]\n: c\n", 1, 3, "a key must be a name"},
    {"? ~\n: c\n", 1, 3, "a key must be a name"},
    {"a: 'x\n", 1, 5, "single-quoted scalar without closing quote"},
    {"\ta: b\n", 1, 1, "invalid tab as indendation in a mapping"}, /* as libfyaml 0.7 spells it */
    {"a: b: c\n", 1, 5, "invalid nested block mapping on the same line"},
};

static void yaml_parse__wrong__place_and_message(void **state)
{
	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(wrong); i++) {
		assay_diagnostics d = {0};
		assay_yaml *y;

		assert_int_equal(parse_n(&y, wrong[i].text, strlen(wrong[i].text), &d), ASSAY_ECONFIG);
		assert_null(y);
		assert_finding(&d, true, &wrong[i]);
		assay_diagnostics_release(&d);
	}
}

static void yaml_parse__nul_byte__refused(void **state)
{
	static const char text[] = "a: 1\nb: \0\n";
	const wrong_case w = {text, 2, 4, "control character 0x00"};
	assay_diagnostics d = {0};
	assay_yaml *y;

	(void)state;
	assert_int_equal(parse_n(&y, text, sizeof text - 1, &d), ASSAY_ECONFIG);
	assert_finding(&d, true, &w);
	assay_diagnostics_release(&d);
}

static void yaml_parse__hostile_sizes__refused_in_time(void **state)
{
	static const struct {
		const char *unit; /* repeated */
		size_t bytes;
		const char *message;
	} rows[] = {
	    {"[", 200000, "nested more than 64 levels deep"},
	    {"- ", 200000, "nested more than 64 levels deep"},
	    {"-\n", (size_t)4 << 20, "more than 500000 values, aliases followed"},
	    {"a", ((size_t)4 << 20) + 1, "larger than 4 MiB"},
	    {"- &a b\n", 70000, "more than 1000 anchors"},
	};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(rows); i++) {
		char *text = malloc(rows[i].bytes);
		assay_diagnostics d = {0};
		assay_yaml *y;

		for (size_t k = 0; k < rows[i].bytes; k++)
			text[k] = rows[i].unit[k % strlen(rows[i].unit)];
		assert_int_equal(parse_n(&y, text, rows[i].bytes, &d), ASSAY_ECONFIG);
		assert_int_equal(d.count, 1);
		assert_string_equal(d.items[0].message, rows[i].message);
		assay_diagnostics_release(&d);
		free(text);
	}
}

static void yaml_parse__alias_bomb__refused(void **state)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	assay_diagnostics d = {0};
	assay_yaml *y;

	(void)state;
	assay_buf_puts(&b, "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
	for (int i = 1; i < 12; i++) {
		assay_buf_printf(&b, "a%d: &a%d [", i, i);
		for (int k = 0; k < 10; k++)
			assay_buf_printf(&b, "%s*a%d", k > 0 ? "," : "", i - 1);
		assay_buf_puts(&b, "]\n");
	}
	assert_int_equal(parse_n(&y, assay_buf_str(&b), b.len, &d), ASSAY_ECONFIG);
	assert_int_equal(d.count, 1);
	assert_string_equal(d.items[0].message, "more than 500000 values, aliases followed");
	assay_diagnostics_release(&d);
}

/* What is nested counts once, however deep: large honest files pass. */
static void yaml_parse__large_and_deep__read(void **state)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	assay_diagnostics d = {0};
	assay_yaml *y;
	const assay_yaml_node *n;

	(void)state;
	for (int i = 0; i < 40; i++)
		assay_buf_putc(&b, '[');
	for (int i = 0; i < 100000; i++)
		assay_buf_puts(&b, "x,");
	for (int i = 0; i < 40; i++)
		assay_buf_putc(&b, ']');
	assert_int_equal(parse_n(&y, assay_buf_str(&b), b.len, &d), ASSAY_OK);
	n = assay_yaml_root(y);
	for (int i = 1; i < 40; i++)
		n = &n->children[0];
	assert_int_equal(n->count, 100000);
	assay_yaml_close(y);
	assay_diagnostics_release(&d);
}

static void yaml_parse__unknown_key__suggested(void **state)
{
	static const char text[] = "sources: 1\npipeline: 2\n";
	static const char *const names[] = {"sources", "pipelines", NULL};
	const wrong_case w = {text, 2, 1, "unknown key 'pipeline', did you mean 'pipelines'?"};
	assay_diagnostics d = {0};
	assay_yaml *y;

	(void)state;
	assert_int_equal(parse_n(&y, text, sizeof text - 1, &d), ASSAY_OK);
	assay_yaml_only(assay_yaml_root(y), names, "f.yaml", &d);
	assert_finding(&d, true, &w);
	assay_yaml_close(y);
	assay_diagnostics_release(&d);
}

static void yaml_load__missing_and_folder__told_apart(void **state)
{
	assay_diagnostics d = {0};
	assay_yaml *y;

	(void)state;
	assert_int_equal(assay_yaml_load(&y, AT_FDCWD, "/nonexistent.yaml", "n", &d, NULL), ASSAY_ENOENT);
	assert_int_equal(assay_yaml_load(&y, AT_FDCWD, "/", "n", &d, NULL), ASSAY_EIO);
	assert_int_equal(d.count, 0);
	assay_diagnostics_release(&d);
}

/* ---------------------------------------------------------------- findings */

static void diagnostics__any_order__sorted_text_and_summary(void **state)
{
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
	assay_diagnostics d = {0};
	assay_err err = ASSAY_ERR_INIT;
	assay_json j;

	(void)state;
	assay_diagnostics_add(&d, true, "b", 2, 1, "third");
	assay_diagnostics_add(&d, false, "a", 9, 1, "%s", "second");
	assay_diagnostics_add(&d, true, "b", 2, 4, "fourth");
	assay_diagnostics_add(&d, false, "a", 0, 0, "first");
	assay_diagnostics_text(&d, &text);
	assert_string_equal(assay_buf_str(&text), "a: warning: first\na:9:1: warning: second\n"
						  "b:2:1: error: third\nb:2:4: error: fourth\n");
	assert_int_equal(assay_diagnostics_check(&d, &err), ASSAY_ECONFIG);
	assert_string_equal(err.msg, "b:2:1: third (and 1 more error)");
	assay_buf_reset(&text);
	d.count = 1;
	assay_json_init(&j, &text, 0);
	assay_diagnostics_json(&d, &j);
	assert_string_equal(assay_buf_str(&text), "[{\"file\":\"a\",\"line\":0,\"column\":0,"
						  "\"severity\":\"warning\",\"message\":\"first\"}]");
	d.count = 4;
	assay_diagnostics_release(&d);
	assert_int_equal(assay_diagnostics_check(&d, NULL), ASSAY_OK);
}

/* ---------------------------------------------------------------- mutations and memory */

static const char sample[] = "dataset: x\nsources:\n- {path: \"a/**\", modality: page}\n"
			     "b: &q [1, 'two', \"three\\n\", *q1]\nc: |\n  text\n  more\n? d\n: {e: f}\n";

static void yaml_parse__mutated__never_crashes(void **state)
{
	const uint64_t seed = 20240611;
	uint64_t random = seed;

	(void)state;
	print_message("seed %llu\n", (unsigned long long)seed);
	for (int i = 0; i < 4000; i++) {
		char text[512];
		assay_diagnostics d = {0};
		assay_yaml *y;
		size_t n;

		memcpy(text, sample, sizeof sample - 1);
		n = mutate(text, sizeof sample - 1, sizeof text, &random);
		if (parse_n(&y, text, n, &d) != ASSAY_OK)
			assert_true(d.errors > 0 && y == NULL);
		assay_yaml_close(y);
		assay_diagnostics_release(&d);
	}
}

static long calls, fail_at;
void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t s);
void *__real_realloc(void *p, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t s);
void *__wrap_realloc(void *p, size_t n);
void *__wrap_malloc(size_t n)
{
	return fail_at > 0 && ++calls == fail_at ? NULL : __real_malloc(n);
}
void *__wrap_calloc(size_t n, size_t s)
{
	return fail_at > 0 && ++calls == fail_at ? NULL : __real_calloc(n, s);
}
void *__wrap_realloc(void *p, size_t n)
{
	return fail_at > 0 && ++calls == fail_at ? NULL : __real_realloc(p, n);
}

static void yaml_parse__every_alloc_fails_in_turn__enomem(void **state)
{
	static const char text[] = "a: &x [1, 2, 3, 4, 5, 6, 7, 8, 9]\nb: {c: *x, d: e, f: g}\n";
	assay_code rc;
	long n = 0;

	(void)state;
	do {
		assay_diagnostics d = {0};
		assay_yaml *y;

		calls = 0;
		fail_at = ++n;
		rc = parse_n(&y, text, sizeof text - 1, &d);
		fail_at = 0;
		assert_true(rc == ASSAY_OK || rc == ASSAY_ENOMEM);
		assert_int_equal(y != NULL, rc == ASSAY_OK);
		assay_yaml_close(y);
		assay_diagnostics_release(&d);
	} while (calls >= n); /* until the n-th is never asked for: a value may be good without a hint's memory */
	assert_in_range(n, 4, 100);
}

static void diagnostics__every_alloc_fails_in_turn__never_looks_clean(void **state)
{
	bool failed;
	long n = 0;

	(void)state;
	do {
		assay_diagnostics d = {0};

		calls = 0;
		fail_at = ++n;
		assay_diagnostics_add(&d, true, "f", 1, 1, "%s", "wrong");
		fail_at = 0;
		failed = d.failed;
		assert_int_equal(d.errors, 1);
		assert_int_equal(assay_diagnostics_check(&d, NULL), failed ? ASSAY_ENOMEM : ASSAY_ECONFIG);
		assay_diagnostics_release(&d);
	} while (failed);
	assert_in_range(n, 3, 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(yaml_parse__nested__positions_types_and_texts),
	    cmocka_unit_test(yaml_parse__nothing_in_it__null_root),
	    cmocka_unit_test(yaml_parse__alias__same_value_other_place),
	    cmocka_unit_test(yaml_parse__wrong__place_and_message),
	    cmocka_unit_test(yaml_parse__nul_byte__refused),
	    cmocka_unit_test(yaml_parse__hostile_sizes__refused_in_time),
	    cmocka_unit_test(yaml_parse__alias_bomb__refused),
	    cmocka_unit_test(yaml_parse__large_and_deep__read),
	    cmocka_unit_test(yaml_parse__unknown_key__suggested),
	    cmocka_unit_test(yaml_load__missing_and_folder__told_apart),
	    cmocka_unit_test(diagnostics__any_order__sorted_text_and_summary),
	    cmocka_unit_test(yaml_parse__mutated__never_crashes),
	    cmocka_unit_test(yaml_parse__every_alloc_fails_in_turn__enomem),
	    cmocka_unit_test(diagnostics__every_alloc_fails_in_turn__never_looks_clean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
