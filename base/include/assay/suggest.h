/** "Did you mean": the nearest of some names. */
#ifndef ASSAY_SUGGEST_H
#define ASSAY_SUGGEST_H

#include <stddef.h>

typedef struct assay_suggest {
	const char *wanted; /* borrowed */
	const char *best;   /* nearest candidate so far, NULL if none is near enough */
	unsigned distance;
} assay_suggest;

void assay_suggest_init(assay_suggest *s, const char *wanted);
/** Offer a candidate (borrowed until the answer is used). Distance is optimal string alignment (Damerau 1964). */
void assay_suggest_offer(assay_suggest *s, const char *candidate);
/** ", did you mean 'x'?" or "". Writes into out, returns out. */
const char *assay_suggest_text(const assay_suggest *s, char *out, size_t size);

#endif
