/** Linked with --wrap=malloc, calloc and realloc: the n-th allocation made by our objects fails, once. */
#ifndef ASSAY_TEST_LINEAGE_ALLOC_H
#define ASSAY_TEST_LINEAGE_ALLOC_H

#include <stddef.h>

static unsigned calls, fail_at; /* fail_at == 0: never */

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

/* Count from now on; 0 disarms. */
static inline void arm(unsigned n)
{
	calls = 0;
	fail_at = n;
}

#endif
