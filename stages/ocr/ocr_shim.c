#include "ocr_shim.h"

#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

#include <leptonica/allheaders.h>

/* ---------------------------------------------------------------- OpenMP in one thread */

/* The binary interface of gcc's `#pragma omp parallel` and `#pragma omp parallel sections`. */
void GOMP_parallel(void (*fn)(void *), void *data, unsigned threads, unsigned flags);
void GOMP_parallel_sections(void (*fn)(void *), void *data, unsigned threads, unsigned count, unsigned flags);
unsigned GOMP_sections_next(void);
void GOMP_sections_end_nowait(void);

/* Of the innermost region. Of the libraries that Assay is linked with only Tesseract has sections. */
static struct sections {
	unsigned next, count;
} sections;

void GOMP_parallel(void (*fn)(void *), void *data, unsigned threads, unsigned flags)
{
	(void)threads;
	(void)flags;
	fn(data);
}

void GOMP_parallel_sections(void (*fn)(void *), void *data, unsigned threads, unsigned count, unsigned flags)
{
	const struct sections outer = sections;

	(void)threads;
	(void)flags;
	sections = (struct sections){0, count};
	fn(data);
	sections = outer;
}

/* 1 to count, then 0 */
unsigned GOMP_sections_next(void)
{
	return sections.next < sections.count ? ++sections.next : 0;
}

void GOMP_sections_end_nowait(void)
{
}

/* ---------------------------------------------------------------- pictures of lines */

static bool lines;

void ocr_shim_lines(bool on)
{
	lines = on;
}

typedef l_ok write_fn(l_uint8 **data, size_t *size, PIX *pix, l_int32 format);

l_ok pixWriteMem(l_uint8 **data, size_t *size, PIX *pix, l_int32 format)
{
	void *const symbol = dlsym(RTLD_NEXT, "pixWriteMem");
	write_fn *real = NULL;

	if (lines && format == IFF_PNG)
		return pixWriteMemSpix(data, size, pix);
	memcpy(&real, &symbol, sizeof real); /* ISO C has no cast from a pointer to data to one to a function */
	return real != NULL ? real(data, size, pix, format) : 1;
}
