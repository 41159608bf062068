/**
 * Ink as a reader sees it: what is darker than the paper close around it, however faint, and whatever one threshold for
 * the whole page makes of it. The paper is the page's grey closed by a square as high as the text (Serra 1982; the
 * difference is Meyer's black top-hat), which fills strokes and keeps shade, stains and tinted cells; so what stands near
 * darker text is seen as well as what stands alone, where thresholds by mean and deviation (Niblack, Sauvola) lose it.
 * Integers throughout: equal on every CPU.
 *
 * It is looked for on a page that is reduced by a whole factor until text is 12 to 23 px high: that averages the grain
 * of the paper and the dots of a halftone, and costs a tenth of the page's size.
 */
#ifndef ASSAY_OCR_INK_H
#define ASSAY_OCR_INK_H

#include "assay/error.h"

#include <stdint.h>

struct Box;
struct Pix;

typedef struct ocr_ink {
	int factor;        /* the page's pixels along a side of one of these, 1 and up */
	int32_t height;    /* of text, in pixels of these, 1 and up */
	struct Pix *grey;  /* 8 bpp, the page reduced: means, rounded to nearest */
	struct Pix *paper; /* 8 bpp, the grey of the paper around each pixel */
	struct Pix *depth; /* 8 bpp, grey levels that the pixel is darker than that */
	struct Pix
	    *pix; /* 1 bpp, 1 is ink: as deep as a third of what is deepest within a quarter of the height of text,
			    * and as its block asks for */
	uint8_t
	    *least; /* [rows * columns] depth of ink in a block of the page: twice its median, which is grain, and 8 */
	int side, columns; /* of a block, px; blocks in a row */
} ocr_ink;

/**
 * Find the ink of a page.
 *
 * @param out    [out, owned] ocr_ink_release(), also after a failure
 * @param page   [borrowed] 1, 8 or 32 bpp
 * @param height of text, px of the page, 1 and up
 * @return ASSAY_OK, ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code ocr_ink_find(ocr_ink *out, struct Pix *page, int32_t height, assay_err *err);
void ocr_ink_release(ocr_ink *in);

/** What lies in a part of the page. Add up parts field by field. */
typedef struct ocr_ink_sum {
	int64_t pixels, ink; /* all, and those of ink */
	int64_t depth,
	    paper;    /* of the ink: its depth, and the grey of its paper (at least 64: black on black is faint) */
	int64_t rest; /* depth of what is not ink */
	int64_t steps, squares; /* what pixels side by side differ in, where it is more than grain, and its square */
} ocr_ink_sum;

/**
 * Add what lies in a box; parts of it beyond the page are left out.
 *
 * @param ink  [borrowed] which pixels are ink: in->pix or a part of it
 */
void ocr_ink_add(ocr_ink_sum *sum, const ocr_ink *in, struct Pix *ink, const struct Box *box);

/** How dark the ink is on its paper, thousandths; 0 without ink. */
int64_t ocr_ink_contrast(const ocr_ink_sum *sum);
/**
 * How steep its edges are, thousandths, however many and of whatever contrast: an edge that rises to the depth of the ink
 * in b even steps has b times the square of a b-th of it, so that this is 1000 / b. 0 where no step is more than grain.
 */
int64_t ocr_ink_sharpness(const ocr_ink_sum *sum);

#endif
