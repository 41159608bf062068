#include "keysort.h"

#include "assay/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static bool memory_out;
void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);

void *__wrap_calloc(size_t n, size_t size)
{
	return memory_out ? NULL : __real_calloc(n, size);
}

/* splitmix64 (Steele, Lea, Flood 2014) */
static uint64_t draw(uint64_t *state)
{
	uint64_t n = *state += UINT64_C(0x9e3779b97f4a7c15);

	n = (n ^ n >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	n = (n ^ n >> 27) * UINT64_C(0x94d049bb133111eb);
	return n ^ n >> 31;
}

/* The n-th entry's work key says n, so that entries are seen to move whole. */
static void enter(roster *r, size_t n, const char *key)
{
	r->entries[n] = (roster_entry){.key = assay_arena_strdup(&r->keys, key)};
	assert_non_null(r->entries[n].key);
	memcpy(r->entries[n].work_key.bytes, &n, sizeof n);
}

static void open_roster(roster *r, size_t count)
{
	*r = (roster){.count = count};
	r->entries = assay_alloc(count + 1, sizeof *r->entries);
	assert_non_null(r->entries);
}

/* Both versions come to the same, entry by entry; keys that are the same may stand either way. */
static void compare_sorts(roster *r)
{
	roster_entry *plain = assay_alloc(r->count + 1, sizeof *plain);
	const char **keys = assay_alloc(r->count + 1, sizeof *keys);

	assert_non_null(plain);
	assert_non_null(keys);
	memcpy(plain, r->entries, r->count * sizeof *plain);
	for (size_t i = 0; i < r->count; i++)
		keys[i] = r->entries[i].key;
	keysort_plain(plain, r->count);
	assert_int_equal(keysort(r->entries, r->count, NULL), ASSAY_OK);
	for (size_t i = 0; i < r->count; i++) {
		size_t n;

		assert_string_equal(r->entries[i].key, plain[i].key);
		memcpy(&n, r->entries[i].work_key.bytes, sizeof n);
		assert_true(n < r->count);
		assert_ptr_equal(keys[n], r->entries[i].key);
		keys[n] = NULL; /* each once */
	}
	free(keys);
	free(plain);
	roster_release(r);
}

static void keysort__few__ascend(void **state)
{
	static const char *const keys[] = {"b#page=2", "", "b#page=10", "a", "b", "b#", "\xc3\xa4", "a/b", "aaaaaaaa"};

	(void)state;
	for (size_t count = 0; count <= ASSAY_COUNT(keys); count++) {
		roster r;

		open_roster(&r, count);
		for (size_t i = 0; i < count; i++)
			enter(&r, i, keys[i]);
		compare_sorts(&r);
	}
}

static void keysort__paths__as_the_plain_version(void **state)
{
	uint64_t seed = 17;
	roster r;

	(void)state;
	open_roster(&r, 20000);
	for (size_t i = 0; i < r.count; i++) {
		const unsigned box = (unsigned)(draw(&seed) % 13), page = (unsigned)(draw(&seed) % 300);
		char key[64];

		(void)snprintf(key, sizeof key, "inbox/box-%03u/scan-%06u.pdf#page=%u", box,
			       box * 1000 + (unsigned)(draw(&seed) % 100), page);
		enter(&r, i, key);
	}
	compare_sorts(&r);
}

/* Of few letters and any length, bytes above 127 among them: all lengths of what two keys share, and the same twice. */
static void keysort__any_bytes__as_the_plain_version(void **state)
{
	static const char letters[] = "a\x7f\x80\xff";
	uint64_t seed = 18;

	(void)state;
	for (unsigned round = 0; round < 40; round++) {
		roster r;

		open_roster(&r, (size_t)(draw(&seed) % 500));
		for (size_t i = 0; i < r.count; i++) {
			char key[28] = "";
			const size_t length = (size_t)(draw(&seed) % (sizeof key - 1));
			const unsigned kinds = 1 + round % 4;

			for (size_t k = 0; k < length; k++)
				key[k] = letters[draw(&seed) % kinds];
			enter(&r, i, key);
		}
		compare_sorts(&r);
	}
}

/* Ascending, descending, and like an organ's pipes: pivots are as bad as they get. */
static void keysort__regular__as_the_plain_version(void **state)
{
	(void)state;
	for (unsigned shape = 0; shape < 3; shape++) {
		roster r;

		open_roster(&r, 5000);
		for (size_t i = 0; i < r.count; i++) {
			const size_t n = shape == 0 ? i : shape == 1 ? r.count - i : i % 2 == 0 ? i : r.count + 1 - i;
			char key[32];

			(void)snprintf(key, sizeof key, "%08zu", n);
			enter(&r, i, key);
		}
		compare_sorts(&r);
	}
}

/* A hundred keys that differ behind a quarter of a megabyte: no stack is as deep as keys are long. */
static void keysort__long_keys__bounded_stack(void **state)
{
	const size_t length = (size_t)256 << 10;
	char *key = assay_alloc(length + 8, 1);
	roster r;

	(void)state;
	assert_non_null(key);
	memset(key, 'k', length);
	open_roster(&r, 100);
	for (size_t i = 0; i < r.count; i++) {
		(void)snprintf(key + length, 8, "%03u", (unsigned)(i * 37 % r.count % 1000));
		enter(&r, i, key);
	}
	free(key);
	compare_sorts(&r);
}

static void keysort__memory_out__says_so(void **state)
{
	assay_err err = ASSAY_ERR_INIT;
	roster r;
	assay_code rc;

	(void)state;
	open_roster(&r, 2);
	enter(&r, 0, "b");
	enter(&r, 1, "a");
	memory_out = true;
	rc = keysort(r.entries, r.count, &err);
	memory_out = false;
	assert_int_equal(rc, ASSAY_ENOMEM);
	assert_string_equal(r.entries[0].key, "b");
	roster_release(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(keysort__few__ascend),
	    cmocka_unit_test(keysort__paths__as_the_plain_version),
	    cmocka_unit_test(keysort__any_bytes__as_the_plain_version),
	    cmocka_unit_test(keysort__regular__as_the_plain_version),
	    cmocka_unit_test(keysort__long_keys__bounded_stack),
	    cmocka_unit_test(keysort__memory_out__says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
