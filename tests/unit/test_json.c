#include "assay/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Linked with --wrap: the n-th allocation made by our objects fails, once; fail_at == 0 never. */
static unsigned calls, fail_at;
void *__real_malloc(size_t n);
void *__wrap_malloc(size_t n);
void *__real_calloc(size_t n, size_t s);
void *__wrap_calloc(size_t n, size_t s);
void *__real_realloc(void *p, size_t n);
void *__wrap_realloc(void *p, size_t n);

void *__wrap_malloc(size_t n)
{
	return ++calls == fail_at ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t s)
{
	return ++calls == fail_at ? NULL : __real_calloc(n, s);
}

void *__wrap_realloc(void *p, size_t n)
{
	return ++calls == fail_at ? NULL : __real_realloc(p, n);
}

static void arm(unsigned n)
{
	calls = 0;
	fail_at = n;
}

static void write_sample(assay_json *j)
{
	static const assay_digest zero;

	assay_json_object(j);
	assay_json_kstr(j, "name", "a\"b");
	assay_json_kint(j, "low", INT64_MIN);
	assay_json_kuint(j, "high", UINT64_MAX);
	assay_json_kbool(j, "ok", true);
	assay_json_key(j, "ratio");
	assay_json_decimal(j, (assay_decimal){.units = -125, .scale = 2});
	assay_json_kdigest(j, "digest", &zero);
	assay_json_key(j, "list");
	assay_json_array(j);
	assay_json_int(j, 1);
	assay_json_null(j);
	assay_json_object(j);
	assay_json_end(j);
	assay_json_array(j);
	assay_json_end(j);
	assay_json_bool(j, false);
	assay_json_end(j);
	assay_json_kstr(j, "none", NULL);
	assay_json_kdigest(j, "nothing", NULL);
	assay_json_end(j);
}

#define ZERO64 "0000000000000000000000000000000000000000000000000000000000000000"

static void json__every_kind_of_value__one_line(void **state)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	assay_json j;

	(void)state;
	memset(&j, 0x5a, sizeof(j));
	assay_json_init(&j, &b, 0);
	write_sample(&j);
	assert_int_equal(j.depth, 0);
	assert_string_equal(
	    assay_buf_str(&b),
	    "{\"name\":\"a\\\"b\",\"low\":-9223372036854775808,\"high\":18446744073709551615,\"ok\":true,"
	    "\"ratio\":-1.25,\"digest\":\"sha256:" ZERO64 "\",\"list\":[1,null,{},[],false],\"none\":null,"
	    "\"nothing\":null}");
}

static void json__indent__lines_and_empty_containers_closed_up(void **state)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	assay_json j;

	(void)state;
	assay_json_init(&j, &b, 2);
	assay_json_object(&j);
	assay_json_kint(&j, "a", 1);
	assay_json_key(&j, "b");
	assay_json_array(&j);
	assay_json_int(&j, 2);
	assay_json_object(&j);
	assay_json_kint(&j, "c", 3);
	assay_json_end(&j);
	assay_json_end(&j);
	assay_json_key(&j, "d");
	assay_json_array(&j);
	assay_json_end(&j);
	assay_json_end(&j);
	assert_string_equal(assay_buf_str(&b),
			    "{\n  \"a\": 1,\n  \"b\": [\n    2,\n    {\n      \"c\": 3\n    }\n  ],\n  "
			    "\"d\": []\n}");
}

static void json_str__special_bytes__escaped_or_replaced(void **state)
{
	static const struct {
		const char *text;
		size_t n;
		const char *json;
	} cases[] = {
	    {"", 0, "\"\""},
	    {"\\/\"", 3, "\"\\\\/\\\"\""},
	    {"\b\f\n\r\t", 5, "\"\\b\\f\\n\\r\\t\""},
	    {"\x01\x1f\x7f", 3, "\"\\u0001\\u001f\x7f\""},
	    {"a\0b", 3, "\"a\\u0000b\""},
	    {"\xc3\xbc\xe6\xb0\xb4\xf0\x90\x85\x91", 9, "\"\xc3\xbc\xe6\xb0\xb4\xf0\x90\x85\x91\""},
	    {"\xff", 1, "\"\xef\xbf\xbd\""},
	    {"a\xc3", 2, "\"a\xef\xbf\xbd\""},
	    {"\xc3(", 2, "\"\xef\xbf\xbd(\""},
	    {"\xc0\x80", 2, "\"\xef\xbf\xbd\xef\xbf\xbd\""},
	    {"\xed\xa0\x80", 3, "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
	};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(cases); i++) {
		ASSAY_AUTO_FREE char *exact = malloc(cases[i].n + 1);
		ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
		assay_json j;

		assert_non_null(exact);
		memcpy(exact, cases[i].text, cases[i].n);
		exact[cases[i].n] = 'Z'; /* must not be taken for a part of it */
		assay_json_init(&j, &b, 0);
		assay_json_strn(&j, exact, cases[i].n);
		assert_string_equal(assay_buf_str(&b), cases[i].json);
	}
}

static void json_key__special_bytes__escaped(void **state)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	assay_json j;

	(void)state;
	assay_json_init(&j, &b, 0);
	assay_json_object(&j);
	assay_json_kstr(&j, "k\n", "v");
	assay_json_end(&j);
	assert_string_equal(assay_buf_str(&b), "{\"k\\n\":\"v\"}");
}

static void json__depth__32_levels_pass_33_fail(void **state)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	assay_json j;

	(void)state;
	assay_json_init(&j, &b, 0);
	for (int i = 0; i < ASSAY_JSON_DEPTH; i++)
		assay_json_array(&j);
	assert_int_equal(assay_buf_check(&b, NULL), ASSAY_OK);
	for (int i = 0; i < ASSAY_JSON_DEPTH; i++)
		assay_json_end(&j);
	assert_string_equal(assay_buf_str(&b), "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]");

	for (int i = 0; i <= ASSAY_JSON_DEPTH; i++)
		assay_json_object(&j);
	assert_int_equal(assay_buf_check(&b, NULL), ASSAY_ENOMEM);
}

static void json_end__nothing_open__no_op(void **state)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	assay_json j;

	(void)state;
	assay_json_init(&j, &b, 0);
	assay_json_end(&j);
	assert_int_equal(b.len, 0);
}

static void json__every_alloc_fails_in_turn__sticky(void **state)
{
	unsigned n = 0;
	bool ok;

	(void)state;
	do {
		ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
		assay_json j;

		arm(++n);
		assay_json_init(&j, &b, 4);
		write_sample(&j);
		arm(0);
		ok = assay_buf_check(&b, NULL) == ASSAY_OK;
		if (ok)
			assert_int_equal(b.data[b.len - 1], '}');
	} while (!ok);
	assert_in_range(n, 3, 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(json__every_kind_of_value__one_line),
	    cmocka_unit_test(json__indent__lines_and_empty_containers_closed_up),
	    cmocka_unit_test(json_str__special_bytes__escaped_or_replaced),
	    cmocka_unit_test(json_key__special_bytes__escaped),
	    cmocka_unit_test(json__depth__32_levels_pass_33_fail),
	    cmocka_unit_test(json_end__nothing_open__no_op),
	    cmocka_unit_test(json__every_alloc_fails_in_turn__sticky),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
