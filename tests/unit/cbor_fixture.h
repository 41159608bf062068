/**
 * Bytes of hex texts, and a record of every kind of item. One file includes it, linked with --wrap=malloc, calloc and
 * realloc.
 */
#ifndef ASSAY_TEST_CBOR_FIXTURE_H
#define ASSAY_TEST_CBOR_FIXTURE_H

#include "assay/cbor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The n-th allocation made by our objects fails, once; fail_at == 0 never. */
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

static inline void arm(unsigned n)
{
	calls = 0;
	fail_at = n;
}

static inline size_t offset(const assay_cbor_reader *r)
{
	return (size_t)(r->p - r->start);
}

static inline unsigned nibble(char c)
{
	return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
}

/* Bytes of a hex text, in memory of exactly that size, so that a sanitizer sees any step beyond it. */
static inline unsigned char *unhex(const char *hex, size_t *n)
{
	unsigned char *p = malloc(strlen(hex) / 2 + (*hex == '\0'));

	assert_non_null(p);
	*n = strlen(hex) / 2;
	for (size_t i = 0; i < *n; i++)
		p[i] = (unsigned char)(nibble(hex[2 * i]) << 4 | nibble(hex[2 * i + 1]));
	return p;
}

static inline void assert_hex(const assay_buf *b, const char *hex)
{
	ASSAY_AUTO_FREE unsigned char *p = NULL;
	size_t n;

	p = unhex(hex, &n);
	assert_int_equal(b->len, n);
	if (n > 0)
		assert_memory_equal(b->data, p, n);
}

static inline void write_sample(assay_buf *b)
{
	assay_digest d;

	memset(&d, 0x11, sizeof(d));
	assay_cbor_map(b, 5);
	assay_cbor_uint(b, 0);
	assay_cbor_text(b, "page \xc3\xbc \xe6\xb0\xb4");
	assay_cbor_uint(b, 1);
	assay_cbor_digest(b, &d);
	assay_cbor_uint(b, 2);
	assay_cbor_array(b, 4);
	assay_cbor_int(b, -1000);
	assay_cbor_uint(b, 70000);
	assay_cbor_bool(b, true);
	assay_cbor_null(b);
	assay_cbor_uint(b, 24);
	assay_cbor_map(b, 1);
	assay_cbor_int(b, -1);
	assay_cbor_bytes(b, "xyz", 3);
	assay_cbor_uint(b, 300);
	assay_cbor_array(b, 0);
}

#endif
