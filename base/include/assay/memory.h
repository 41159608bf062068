/** Allocation that cannot overflow, and memory that frees itself at the end of its scope. */
#ifndef ASSAY_MEMORY_H
#define ASSAY_MEMORY_H

#include "assay/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** a * b and a + b with overflow told: true and *out set, or false and *out untouched. */
static inline bool assay_mul_size(size_t *out, size_t a, size_t b)
{
	size_t r;

	if (__builtin_mul_overflow(a, b, &r))
		return false;
	*out = r;
	return true;
}

static inline bool assay_add_size(size_t *out, size_t a, size_t b)
{
	size_t r;

	if (__builtin_add_overflow(a, b, &r))
		return false;
	*out = r;
	return true;
}

static inline bool assay_mul_i64(int64_t *out, int64_t a, int64_t b)
{
	int64_t r;

	if (__builtin_mul_overflow(a, b, &r))
		return false;
	*out = r;
	return true;
}

/**
 * Zeroed array of n elements of `size` bytes. NULL on overflow or when memory is out.
 * n == 0 gives a valid pointer to be freed.
 */
void *assay_alloc(size_t n, size_t size) __attribute__((malloc, warn_unused_result));

/**
 * Make room for one more element: grows *array (doubling) when used == *cap.
 *
 * @param array [in, out] pointer to the array pointer; kept valid on failure
 * @param cap   [in, out] capacity in elements; unchanged on failure
 * @return ASSAY_OK or ASSAY_ENOMEM (err filled)
 */
ASSAY_NODISCARD assay_code assay_grow(void *array, size_t *cap, size_t used, size_t size, assay_err *err);

/** Copy of a string, or of its first n bytes. NULL when memory is out. */
char *assay_strdup(const char *s) __attribute__((malloc, warn_unused_result));
char *assay_strndup(const char *s, size_t n) __attribute__((malloc, warn_unused_result));
/** printf into fresh memory; NULL when memory is out. */
char *assay_asprintf(const char *fmt, ...) ASSAY_PRINTF(1, 2) __attribute__((warn_unused_result));

/** For ASSAY_CLEANUP: frees the pointer that p points to. */
void assay_freep(void *p);
#define ASSAY_AUTO_FREE ASSAY_CLEANUP(assay_freep)

/* Hand a pointer out of a cleanup scope: yields it, leaves NULL behind. */
#define ASSAY_STEAL(pp)                                                                                                \
	__extension__({                                                                                                \
		__typeof__(*(pp)) stolen_ = *(pp);                                                                     \
		*(pp) = NULL;                                                                                          \
		stolen_;                                                                                               \
	})

#define ASSAY_COUNT(array) (sizeof(array) / sizeof(*(array)))

#endif
