#include "ocr_shim.h"

#include "page_brick.h"
#include "page_distance.h"

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

/* Leptonica's own function of that name; `real` is a pointer to one. False where there is none. */
static bool find_real(void *real, const char *name)
{
	void *const symbol = dlsym(RTLD_NEXT, name);

	memcpy(real, &symbol, sizeof symbol); /* ISO C has no cast from a pointer to data to one to a function */
	return symbol != NULL;
}

l_ok pixWriteMem(l_uint8 **data, size_t *size, PIX *pix, l_int32 format)
{
	l_ok (*real)(l_uint8 * *data, size_t * size, PIX * pix, l_int32 format);

	if (lines && format == IFF_PNG)
		return pixWriteMemSpix(data, size, pix);
	return find_real(&real, "pixWriteMem") ? real(data, size, pix, format) : 1;
}

/* ---------------------------------------------------------------- what Leptonica takes long for */

/* Tesseract looks for ruling lines with bricks of a hundred pixels. */
PIX *pixOpenBrick(PIX *pixd, PIX *pixs, l_int32 hsize, l_int32 vsize)
{
	PIX *(*real)(PIX * pixd, PIX * pixs, l_int32 hsize, l_int32 vsize);

	if (pixd == NULL && pixs != NULL && pixGetDepth(pixs) == 1 && hsize > 0 && vsize > 0)
		return page_brick_open(pixs, hsize, vsize);
	return find_real(&real, "pixOpenBrick") ? real(pixd, pixs, hsize, vsize) : NULL;
}

/* Tesseract measures the strokes of every blob. */
PIX *pixDistanceFunction(PIX *pixs, l_int32 connectivity, l_int32 outdepth, l_int32 boundcond)
{
	PIX *(*real)(PIX * pixs, l_int32 connectivity, l_int32 outdepth, l_int32 boundcond);

	if (pixs != NULL && pixGetDepth(pixs) == 1 && connectivity == 4 && outdepth == 8 && boundcond == L_BOUNDARY_BG)
		return page_distance(pixs);
	return find_real(&real, "pixDistanceFunction") ? real(pixs, connectivity, outdepth, boundcond) : NULL;
}
