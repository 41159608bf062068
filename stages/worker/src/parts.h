/** The parts of the samples of a unit, as a set: is this one new? */
#ifndef ASSAY_PARTS_H
#define ASSAY_PARTS_H

#include "assay/result.h"

/** Blank is empty. Open addressing, at most half full. */
typedef struct parts {
	uint32_t *slots; /* [owned] position in the result's samples + 1; 0 is free */
	size_t cap;      /* slots, a power of two */
	size_t count;
} parts;

void parts_release(parts *p);

/** Is there a sample of that part among those that were added? Expected constant time. */
bool parts_has(const parts *p, const assay_result_sample *samples, const char *part);

/**
 * Add samples[count of parts so far]; the caller has made sure that its part is new.
 * @return ASSAY_OK or ASSAY_ENOMEM, the set unchanged
 */
ASSAY_NODISCARD assay_code parts_add(parts *p, const assay_result_sample *samples, assay_err *err);

#endif
