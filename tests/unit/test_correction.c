#include "assay/correction.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "assay/cbor.h"

static void correction__any_order__same_bytes_sorted_back(void **state)
{
	static const char *const one[] = {"Brief\n", "", "brief\n", "Brief\n"};
	static const char *const other[] = {"Brief\n", "brief\n", "Brief\n", ""};
	static const char *const sorted[] = {"", "Brief\n", "Brief\n", "brief\n"};
	ASSAY_AUTO_BUF a = ASSAY_BUF_INIT;
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	ASSAY_AUTO_CORRECTION c = {0};

	(void)state;
	assert_int_equal(assay_correction_encode(&a, one, 4, NULL), ASSAY_OK);
	assert_int_equal(assay_correction_encode(&b, other, 4, NULL), ASSAY_OK);
	assert_int_equal(a.len, b.len);
	assert_memory_equal(a.data, b.data, a.len);
	assert_int_equal(assay_correction_decode(&c, a.data, a.len, NULL), ASSAY_OK);
	assert_int_equal(c.count, 4);
	for (size_t i = 0; i < 4; i++)
		assert_string_equal(c.texts[i], sorted[i]);
}

/* The example of docs/formats.md. */
static void correction__documented_example__bytes(void **state)
{
	static const char *const texts[] = {"Hello.\n", "Hello\n"};
	static const unsigned char wanted[] = "\xa2\x00\x01\x01\x82\x66Hello\n\x67Hello.\n";
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

	(void)state;
	assert_int_equal(assay_correction_encode(&b, texts, 2, NULL), ASSAY_OK);
	assert_int_equal(b.len, sizeof wanted - 1);
	assert_memory_equal(b.data, wanted, b.len);
}

static void correction_encode__what_is_refused__why(void **state)
{
	const char *texts[ASSAY_CORRECTION_TEXTS_MAX + 1] = {0};
	static const char *const broken[] = {"a", "ab\xff"};
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	assay_err err = ASSAY_ERR_INIT;
	char *large = malloc(ASSAY_CORRECTION_SIZE_MAX);

	(void)state;
	assert_int_equal(assay_correction_encode(&b, texts, 0, &err), ASSAY_EINVAL);
	for (size_t i = 0; i <= ASSAY_CORRECTION_TEXTS_MAX; i++)
		texts[i] = "a";
	assert_int_equal(assay_correction_encode(&b, texts, ASSAY_CORRECTION_TEXTS_MAX + 1, &err), ASSAY_EINVAL);
	assert_string_equal(err.msg, "a correction has 1 to 16 texts, not 17");
	assert_int_equal(assay_correction_encode(&b, broken, 2, &err), ASSAY_ECORRUPT);
	assert_string_equal(err.msg, "the text is not UTF-8 at byte 2");
	assert_non_null(large);
	memset(large, 'x', ASSAY_CORRECTION_SIZE_MAX - 1);
	large[ASSAY_CORRECTION_SIZE_MAX - 1] = '\0';
	texts[0] = large;
	assert_int_equal(assay_correction_encode(&b, texts, 1, &err), ASSAY_EFULL);
	assert_string_equal(err.msg, "the texts of a correction are larger than 16 MiB together");
	assert_int_equal(b.len, 0);
	large[ASSAY_CORRECTION_SIZE_MAX - 64] = '\0';
	assert_int_equal(assay_correction_encode(&b, texts, 1, &err), ASSAY_OK);
	assert_true(b.len <= ASSAY_CORRECTION_SIZE_MAX);
	free(large);
}

static void assert_refused(const assay_buf *b, const char *why)
{
	assay_correction c = {.count = 9};
	assay_err err = ASSAY_ERR_INIT;

	assert_int_equal(assay_correction_decode(&c, b->data, b->len, &err), ASSAY_ECORRUPT);
	assert_non_null(strstr(err.msg, why));
	assert_int_equal(c.count, 0);
	assert_null(c.texts);
}

static void put_record(assay_buf *b, uint64_t format, const char *const *texts, size_t count)
{
	assay_buf_reset(b);
	assay_cbor_map(b, 2);
	assay_cbor_uint(b, 0);
	assay_cbor_uint(b, format);
	assay_cbor_uint(b, 1);
	assay_cbor_array(b, count);
	for (size_t i = 0; i < count; i++)
		assay_cbor_textn(b, texts[i], strlen(texts[i]));
}

static void correction_decode__not_what_encode_writes__ecorrupt(void **state)
{
	const char *texts[ASSAY_CORRECTION_TEXTS_MAX + 1] = {0};
	static const char *const unsorted[] = {"b", "a"};
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

	(void)state;
	for (size_t i = 0; i <= ASSAY_CORRECTION_TEXTS_MAX; i++)
		texts[i] = "a";
	put_record(&b, 2, texts, 1);
	assert_refused(&b, "unknown format");
	put_record(&b, 1, texts, 0);
	assert_refused(&b, "not 1 to 16 texts");
	put_record(&b, 1, texts, ASSAY_CORRECTION_TEXTS_MAX + 1);
	assert_refused(&b, "not 1 to 16 texts");
	put_record(&b, 1, unsorted, 2);
	assert_refused(&b, "texts out of order");
	put_record(&b, 1, texts, 1);
	assay_buf_putc(&b, '\0');
	assert_refused(&b, "left over");
	b.len -= 3; /* of the text */
	assert_refused(&b, "correction");
	put_record(&b, 1, texts, 1);
	b.data[b.len - 1] = '\0';
	assert_refused(&b, "NUL");
	put_record(&b, 1, texts, 1);
	b.data[b.len - 2] = 0xf6; /* null for the text, and its letter left over */
	assert_refused(&b, "not a text");
}

/* ---------------------------------------------------------------- memory */

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

static void correction__every_alloc_fails_in_turn__enomem(void **state)
{
	static const char *const texts[] = {"one", "two", "three"};
	assay_code rc;
	long n = 0;

	(void)state;
	do {
		ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
		ASSAY_AUTO_CORRECTION c = {0};

		calls = 0;
		fail_at = ++n;
		rc = assay_correction_encode(&b, texts, 3, NULL);
		if (rc == ASSAY_OK)
			rc = assay_correction_decode(&c, b.data, b.len, NULL);
		fail_at = 0;
		assert_true(rc == ASSAY_OK || rc == ASSAY_ENOMEM);
	} while (calls >= n);
	assert_in_range(n, 4, 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(correction__any_order__same_bytes_sorted_back),
	    cmocka_unit_test(correction__documented_example__bytes),
	    cmocka_unit_test(correction_encode__what_is_refused__why),
	    cmocka_unit_test(correction_decode__not_what_encode_writes__ecorrupt),
	    cmocka_unit_test(correction__every_alloc_fails_in_turn__enomem),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
