/** Numbers in files, least significant byte first. */
#ifndef ASSAY_BYTES_H
#define ASSAY_BYTES_H

#include <stddef.h>
#include <stdint.h>

/** The low n bytes of v; n is at most 8. */
static inline void assay_put_le(unsigned char *p, uint64_t v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (unsigned char)(v >> (8 * i));
}

static inline uint64_t assay_get_le(const unsigned char *p, size_t n)
{
	uint64_t v = 0;

	for (size_t i = 0; i < n; i++)
		v |= (uint64_t)p[i] << (8 * i);
	return v;
}

#endif
