/**
 * Where two pages of an open book, or two sheets on one glass, part. Integers only, on a page reduced by whole factors.
 *
 * A gutter is a way from top to bottom in the middle third that no text crosses, straight and up to 2.9 degrees aslant.
 * Columns of one page part so too, and so do those of a table. It is a gutter when there is more to say for it: it is
 * wider than what parts columns, and no narrower than margins are; the halves are as wide as pages of a book are; lines of
 * text fill both. Or there is the shadow of a fold along it.
 *
 * Stamatopoulos, Gatos, Georgiou 2010, Page frame detection for double page document images (DAS '10), divide such pages
 * by runs of white in their columns; what is asked of a run here beyond being white is this project's own.
 */
#ifndef ASSAY_OCR_PAGE_GUTTER_H
#define ASSAY_OCR_PAGE_GUTTER_H

#include "assay/error.h"

#include <leptonica/allheaders.h>

#include <stdbool.h>
#include <stdint.h>

#define PAGE_GUTTER_SLANT_ONE 200

typedef struct page_gutter {
	bool any;       /* something parts the page in its middle third; without it nothing below counts */
	bool spread;    /* and it is the gutter between two pages */
	int32_t slant;  /* px to the right for PAGE_GUTTER_SLANT_ONE px down */
	int32_t from;   /* in the row of half the page's height: the left page ends before this px, */
	int32_t to;     /* and the right one begins at this: not before `from`, later where a dark fold lies between */
	int64_t middle; /* where it lies there, ten-thousandths of the width */
	int64_t gap;    /* its width in hundredths of the height of text */
	int64_t
	    fold; /* grey levels, of 255, by which the fold is darker than the paper on both sides; 0: there is none */
} page_gutter;

/**
 * Look for the gutter.
 * @param pix  1, 8 or 32 bpp
 * @return ASSAY_OK, also when there is none, or ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code page_gutter_find(page_gutter *out, PIX *pix, assay_err *err);

/** Where the line that is at x in the row of half the height is in row y. */
static inline int32_t page_gutter_at(const page_gutter *g, int32_t x, int32_t y, int32_t height)
{
	return x + (y - height / 2) * g->slant / PAGE_GUTTER_SLANT_ONE;
}

#endif
