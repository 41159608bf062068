/** What every test of stages/ocr includes, in the order that cmocka and Leptonica want. */
#ifndef ASSAY_TEST_OCR_CMOCKA_H
#define ASSAY_TEST_OCR_CMOCKA_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* A fixed seed, printed when a random case fails, so that it can be run again. */
static inline uint32_t test_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

#endif
