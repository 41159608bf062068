/** Lines that the engine read across two columns of running text, or across text and a note beside it. */
#ifndef ASSAY_OCR_SEAMS_H
#define ASSAY_OCR_SEAMS_H

#include "ocr_words.h"

/**
 * A seam is a way of white from line to line, too narrow for the engine to see it, on whose right words begin one below
 * the other. Words of justified text do so by chance for a few lines, the cells of a table always; so of a seam
 *
 * - words of at least OCR_SEAM_CROSSED lines stand on both sides, and most of these begin within a sixth of the height of
 *   text on its right;
 * - at least OCR_SEAM_LINES lines lie one below the other without a word across it;
 * - lines fill the side with more letters, as they do not fill the cells of a table;
 * - the other side, too, is words of small letters, and where it is the left one more than labels of what stands beside.
 *
 * Lines are divided there, and between the nearest lines across it what stands on its left is read before what stands on its
 * right. The lines of the smaller side are paragraphs and blocks of their own. Words stay as they are.
 *
 * @param w  replaced; a page without a seam stays as it is
 * @return ASSAY_OK, ASSAY_ENOMEM; w is whole after a failure
 */
ASSAY_NODISCARD assay_code ocr_seams_part(ocr_words *w, assay_err *err);

#define OCR_SEAM_CROSSED 2
#define OCR_SEAM_ALIGNED 3
#define OCR_SEAM_LINES   8

#endif
