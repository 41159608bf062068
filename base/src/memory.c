#include "assay/memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *assay_alloc(size_t n, size_t size)
{
	size_t bytes;

	if (!assay_mul_size(&bytes, n, size))
		return NULL;
	/* calloc(0) may return NULL, which a caller would take for a failure. */
	return calloc(1, bytes > 0 ? bytes : 1);
}

assay_code assay_grow(void *array, size_t *cap, size_t used, size_t size, assay_err *err)
{
	size_t want, bytes;
	void *p;

	if (used < *cap)
		return ASSAY_OK;
	if (!assay_mul_size(&want, *cap > 0 ? *cap : 4, 2) || !assay_mul_size(&bytes, want, size))
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "array of %zu elements cannot double", *cap);

	memcpy(&p, array, sizeof(p)); /* the caller's pointer has another type: no aliasing through void ** */
	p = realloc(p, bytes > 0 ? bytes : 1);
	if (p == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "out of memory: array of %zu elements", want);
	memcpy(array, &p, sizeof(p));
	*cap = want;
	return ASSAY_OK;
}

char *assay_strdup(const char *s)
{
	return assay_strndup(s, strlen(s));
}

char *assay_strndup(const char *s, size_t n)
{
	size_t len = strnlen(s, n);
	char *copy = malloc(len + 1);

	if (copy == NULL)
		return NULL;
	memcpy(copy, s, len);
	copy[len] = '\0';
	return copy;
}

char *assay_asprintf(const char *fmt, ...)
{
	char *s = NULL;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		return NULL;

	s = malloc((size_t)n + 1);
	if (s == NULL)
		return NULL;
	va_start(ap, fmt);
	(void)vsnprintf(s, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return s;
}

void assay_freep(void *p)
{
	void *memory;

	memcpy(&memory, p, sizeof(memory));
	free(memory);
}
