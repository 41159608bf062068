/** Which of several readings of a line is believed, place by place. */
#ifndef ASSAY_OCR_CHOOSE_H
#define ASSAY_OCR_CHOOSE_H

#include "ocr_align.h"
#include "ocr_plausible.h"

typedef struct ocr_choice {
	ocr_glyph
	    glyph;     /* `sure`: where all agree that of the surest reading; else how much of the belief in all strings
			    that were considered is in the likeliest one */
	int32_t first; /* the first reading's glyph of this place, -1 when it has none */
} ocr_choice;

/** A line as it is decided on. */
typedef struct ocr_decision {
	ocr_choice *items; /* blanks stand between words only */
	size_t count;
	size_t changes; /* stretches between blanks of all readings that are not as the first one has them */
} ocr_decision;

/** Whatever is likeliest; or changes of the first reading only where they are clearly better than it. */
enum { OCR_LIKELIEST, OCR_CLEAR, OCR_DECISIONS };

/** Frees what the decisions hold, and empties them. */
void ocr_decisions_release(ocr_decision *d);

/**
 * Choose the line's characters. The evidence of a place is the mean of what the readings believe, the first one counted
 * twice: it is the page's own, and saw the line among others. Of its character a reading believes its confidence, and
 * the rest is shared by the others; a reading that has nothing there believes so to nine tenths. Between blanks that all
 * agree on the string is taken for which that, and what speaks for its words, is most together; where no more speaks for
 * its words than for the first reading's, only if a further reading reads just so and is as sure of its least sure sign;
 * and none that differs from each reading in three signs and more, and in more than a tenth. It is clearly better when the
 * whole is more by 0.8 of a natural logarithm of odds, 2.2 to 1. Of more than 256 places between such blanks the likeliest of
 * each is taken, never clearly; nothing where they differ from each reading in so many places.
 *
 * @param out  [out, owned] released with ocr_decisions_release(); empty after a failure
 * @return ASSAY_OK, ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code ocr_choose(ocr_decision out[OCR_DECISIONS], const ocr_alignment *a,
				      const ocr_reading *readings, const ocr_dictionary *d, assay_err *err);

/** Thousandths of the natural logarithm of x > 0, rounded down; integers only. */
int32_t ocr_log(uint64_t x);

#endif
