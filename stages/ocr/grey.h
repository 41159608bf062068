/** Pages as rows of 8-bit grey, without a grey copy of the page. Integers only: equal on every CPU. */
#ifndef ASSAY_OCR_GREY_H
#define ASSAY_OCR_GREY_H

#include "assay/error.h"

#include <leptonica/allheaders.h>

#include <stddef.h>
#include <stdint.h>

/** Bytes that a row buffer for this page must have: a little more than its width. */
size_t grey_row_size(PIX *pix);
/**
 * Row y as grey, 0 black to 255 white. Colour is folded by (77 R + 150 G + 29 B + 128) >> 8 (Rec. 601 weights).
 * @param out [out] grey_row_size() bytes; those beyond the width are arbitrary
 */
void grey_row(uint8_t *out, PIX *pix, int y);

/** How many pixels have each grey level. */
ASSAY_NODISCARD assay_code grey_histogram(uint64_t hist[256], PIX *pix, assay_err *err);

/**
 * Otsu's threshold: the level t that maximises the variance between the pixels <= t and the others; the lowest of
 * equals. -1 when all pixels have one level. Exact: 128-bit integers.
 */
int grey_otsu(const uint64_t hist[256]);

/** What a page's histogram says of its ink and paper, told apart by Otsu's threshold. */
typedef struct grey_tones {
	uint64_t pixels;
	uint64_t ink;  /* pixels up to the threshold; 0 when the contrast is too small to mean anything */
	int threshold; /* -1: the page has one level */
	int contrast;  /* grey levels between the medians of ink and paper */
} grey_tones;

grey_tones grey_tones_of(const uint64_t hist[256]);

/** The level at which `rank` (1-based) of the pixels of levels first..last are reached. */
int grey_level_at(const uint64_t hist[256], int first, int last, uint64_t rank);

/** A word of a 1 bpp picture, of 32 bytes that are 1 for ink and 0 for paper; the first is the leftmost. */
uint32_t grey_pack(const uint8_t set[32]);

/** 1 bpp picture whose ink (1) are the pixels of grey <= t. NULL when memory is out (err filled). */
PIX *grey_threshold(PIX *pix, int t, assay_err *err);

#endif
