#include "assay/params.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static unsigned calls, fail_at;
#define WRAP_ALLOC(name, params, args)                                                                                 \
	void *__real_##name params;                                                                                    \
	void *__wrap_##name params;                                                                                    \
	void *__wrap_##name params                                                                                     \
	{                                                                                                              \
		return ++calls == fail_at ? NULL : __real_##name args;                                                 \
	}
WRAP_ALLOC(malloc, (size_t n), (n))
WRAP_ALLOC(calloc, (size_t n, size_t s), (n, s))
WRAP_ALLOC(realloc, (void *p, size_t n), (p, n))

typedef struct knobs {
	bool on;
	int64_t count, ratio;
	int method;
	char *title, *folder;
	assay_text_list languages;
} knobs;

static const char *const methods[] = {"otsu", "sauvola", "adaptive", NULL};
static const assay_param table[] = {
    ASSAY_PARAM_ROW_BOOL(knobs, on, "true", "switch"),
    ASSAY_PARAM_ROW_INT(knobs, count, "3", -2, 13, "px", "how many"),
    ASSAY_PARAM_ROW_DECIMAL(knobs, ratio, "0.25", 3, -1000, 1000, "", "share"),
    ASSAY_PARAM_ROW_ENUM(knobs, method, "sauvola", methods, "how"),
    ASSAY_PARAM_ROW_TEXT(knobs, title, "none", "name"),
    ASSAY_PARAM_ROW_LOCAL(knobs, folder, "/usr/share", "where"),
    ASSAY_PARAM_ROW_LIST(knobs, languages, "eng,deu", 1, 3, "which"),
    {0},
};
static const assay_stage stage = {.name = "test.knobs", .params = table, .params_size = sizeof(knobs)};

static knobs *fresh(void)
{
	void *p = NULL;

	assert_int_equal(assay_params_new(&p, &stage, NULL), ASSAY_OK);
	return p;
}

static void params_new__defaults__from_the_table(void **state)
{
	knobs *k = fresh();

	(void)state;
	assert_true(k->on);
	assert_int_equal(k->count, 3);
	assert_int_equal(k->ratio, 250);
	assert_int_equal(k->method, 1);
	assert_string_equal(k->title, "none");
	assert_int_equal(k->languages.count, 2);
	assert_string_equal(k->languages.items[1], "deu");
	assay_params_free(&stage, k);
}

static void params_set__wrong_text__message_says_what_is_allowed(void **state)
{
	static const struct {
		const char *name, *text, *message;
	} rows[] = {
	    {"on", "yes", "on: 'yes' is neither true nor false"},
	    {"count", "14", "count: 14 is not in -2..13 px"},
	    {"count", "1.5", "count: 1.5 is not a whole number"},
	    {"count", "many", "count: 'many' is not a number"},
	    {"ratio", "0.0001", "ratio: 0.0001 has more than 3 places"},
	    {"ratio", "1.001", "ratio: 1.001 is not in -1..1"},
	    {"method", "savola", "method: 'savola' is none of otsu, sauvola, adaptive, did you mean 'sauvola'?"},
	    {"languages", "", "languages: an item is empty"},
	};
	knobs *k = fresh();

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assay_err err = ASSAY_ERR_INIT;

		assert_int_equal(
		    assay_params_set(&stage, k, assay_param_find(&stage, rows[i].name), rows[i].text, &err),
		    ASSAY_ECONFIG);
		assert_string_equal(err.msg, rows[i].message);
	}
	assert_int_equal(k->count, 3);
	assert_int_equal(k->method, 1);
	assay_params_free(&stage, k);
}

static void params_check__list_length__told(void **state)
{
	const assay_param *row = assay_param_find(&stage, "languages");
	assay_err err = ASSAY_ERR_INIT;
	knobs *k = fresh();

	(void)state;
	assert_int_equal(assay_params_check(&stage, k, &err), ASSAY_OK);
	assert_int_equal(assay_params_set(&stage, k, row, "fra", &err), ASSAY_OK);
	assert_int_equal(assay_params_set(&stage, k, row, "ita", &err), ASSAY_ECONFIG);
	assert_string_equal(err.msg, "languages: more than 3 items");
	assay_params_clear_list(&stage, k, row);
	assert_int_equal(assay_params_check(&stage, k, &err), ASSAY_ECONFIG);
	assert_string_equal(err.msg, "languages: needs at least 1 item");
	assay_params_free(&stage, k);
}

static void params_record__round_trip__equal(void **state)
{
	ASSAY_AUTO_BUF a = ASSAY_BUF_INIT;
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	assay_cbor_reader r;
	knobs *k = fresh();
	void *back = NULL;

	(void)state;
	assert_int_equal(assay_params_set(&stage, k, assay_param_find(&stage, "ratio"), "-0.007", NULL), ASSAY_OK);
	assert_int_equal(assay_params_set(&stage, k, assay_param_find(&stage, "on"), "false", NULL), ASSAY_OK);
	assay_params_encode(&a, &stage, k, true);
	assay_cbor_reader_init(&r, a.data, a.len);
	assert_int_equal(assay_params_decode(&back, &stage, &r, NULL), ASSAY_OK);
	assay_params_encode(&b, &stage, back, true);
	assert_int_equal(a.len, b.len);
	assert_memory_equal(a.data, b.data, a.len);
	assert_int_equal(((knobs *)back)->ratio, -7);
	assay_params_free(&stage, back);
	assay_params_free(&stage, k);
}

static void params_record__where_things_lie__stays_out(void **state)
{
	ASSAY_AUTO_BUF a = ASSAY_BUF_INIT;
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	knobs *k = fresh();

	(void)state;
	assay_params_encode(&a, &stage, k, false);
	assert_int_equal(assay_params_set(&stage, k, assay_param_find(&stage, "folder"), "/elsewhere", NULL), ASSAY_OK);
	assay_params_encode(&b, &stage, k, false);
	assert_int_equal(a.len, b.len);
	assert_memory_equal(a.data, b.data, a.len);
	assay_params_free(&stage, k);
}

/* Bytes from another process: refused or valid, never a crash. */
static void params_decode__mutated_record__refused_or_valid(void **state)
{
	ASSAY_AUTO_BUF a = ASSAY_BUF_INIT;
	unsigned seed = 20261122;
	knobs *k = fresh();

	(void)state;
	print_message("seed %u\n", seed);
	assay_params_encode(&a, &stage, k, true);
	for (int i = 0; i < 20000; i++) {
		unsigned char copy[512];
		assay_cbor_reader r;
		void *back = NULL;

		assert_in_range(a.len, 1, sizeof copy);
		memcpy(copy, a.data, a.len);
		for (int n = rand_r(&seed) % 3; n >= 0; n--)
			copy[(unsigned)rand_r(&seed) % a.len] = (unsigned char)rand_r(&seed);
		assay_cbor_reader_init(&r, copy, (unsigned)rand_r(&seed) % (a.len + 1));
		if (assay_params_decode(&back, &stage, &r, NULL) == ASSAY_OK)
			assert_in_range(((knobs *)back)->count + 2, 0, 15);
		assay_params_free(&stage, back);
	}
	assay_params_free(&stage, k);
}

static void params_new__every_alloc_fails_in_turn__enomem_no_leak(void **state)
{
	unsigned n = 0;
	assay_code rc;

	(void)state;
	do {
		void *p = (void *)(uintptr_t)1;

		calls = 0;
		fail_at = ++n;
		rc = assay_params_new(&p, &stage, NULL);
		fail_at = 0;
		assert_true(rc == ASSAY_OK || rc == ASSAY_ENOMEM);
		assert_int_equal(p != NULL, rc == ASSAY_OK);
		assay_params_free(&stage, p);
	} while (rc != ASSAY_OK);
	assert_in_range(n, 5, 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(params_new__defaults__from_the_table),
	    cmocka_unit_test(params_set__wrong_text__message_says_what_is_allowed),
	    cmocka_unit_test(params_check__list_length__told),
	    cmocka_unit_test(params_record__round_trip__equal),
	    cmocka_unit_test(params_record__where_things_lie__stays_out),
	    cmocka_unit_test(params_decode__mutated_record__refused_or_valid),
	    cmocka_unit_test(params_new__every_alloc_fails_in_turn__enomem_no_leak),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
