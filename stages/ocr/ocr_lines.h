/** A line of text as it was read: its characters, with their places and how sure the engine is of each. */
#ifndef ASSAY_OCR_LINES_H
#define ASSAY_OCR_LINES_H

#include "assay/buf.h"
#include "assay/stage.h"

#include <tesseract/capi.h>

typedef struct ocr_glyph {
	uint32_t point;      /* code point; ' ' between words */
	int32_t left, right; /* pixels of the page, right exclusive */
	int32_t sure;        /* 0 to 10000: the engine's confidence in hundredths of a percent */
	uint32_t word;       /* ordinal of its word, from 0; of a blank: that of the word before it */
} ocr_glyph;

typedef struct ocr_reading {
	ocr_glyph *items; /* in reading order */
	size_t count, cap;
	bool other; /* of another model than the page's own reading */
} ocr_reading;

void ocr_reading_release(ocr_reading *r);
/** ASSAY_OK, ASSAY_ENOMEM */
ASSAY_NODISCARD assay_code ocr_reading_add(ocr_reading *r, const ocr_glyph *g, assay_err *err);

/**
 * Append the characters of the engine's last result, in NFC and without blanks. Words are counted as ocr_words_read()
 * counts them.
 *
 * @param x  what is added to columns of the picture, to be columns of the page
 * @return ASSAY_OK, ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code ocr_reading_take(ocr_reading *r, TessBaseAPI *api, int32_t x, assay_err *err);

/**
 * Append a line made of `count` such characters: blanks between its words, and two single quotation marks side by side
 * as the double one that they were printed as.
 */
ASSAY_NODISCARD assay_code ocr_reading_line(ocr_reading *r, const ocr_glyph *glyphs, size_t count, assay_err *err);

/** Edit distance of two readings, blanks included. ASSAY_OK, ASSAY_ENOMEM. */
ASSAY_NODISCARD assay_code ocr_reading_distance(size_t *out, const ocr_reading *a, const ocr_reading *b,
						assay_err *err);
/** Append code points as UTF-8 in NFC. ASSAY_OK, ASSAY_ENOMEM. */
ASSAY_NODISCARD assay_code ocr_points_text(assay_buf *text, const uint32_t *points, size_t count, assay_err *err);

/** ' and its typographic forms; " and its; all of them. */
bool ocr_is_single_quote(uint32_t point);
bool ocr_is_double_quote(uint32_t point);
bool ocr_is_quote(uint32_t point);

typedef struct ocr_box {
	int32_t left, top, right, bottom; /* right and bottom exclusive */
} ocr_box;

/** How a line's picture is made. */
typedef struct ocr_look {
	int smooth; /* edges of 1 bpp are smoothed by the mean of 2 n + 1 pixels; 0: left as they are */
	int percent; /* of the line's height, as ground, above and below: the more, the smaller is the text that is read */
	int margin; /* ground on the left and right; much of it is read as a quotation mark */
	int32_t
	    slope; /* pixels that lines fall by over OCR_SLOPE_ONE columns; the picture is level: columns are moved */
} ocr_look;

#define OCR_SLOPE_ONE 65536

/** By how much a slope has fallen after so many columns, rounded to nearest. */
int32_t ocr_slope_at(int32_t slope, int32_t columns);

/**
 * Read a line again, from its own picture and as one line.
 *
 * @param r    appended to, as by ocr_reading_line()
 * @param pix  [borrowed] the page
 * @param box  the line's, where it begins on the left; may stand out of the page
 * @return ASSAY_OK, ASSAY_ENOMEM, ASSAY_EINVAL when Tesseract refuses the picture
 */
ASSAY_NODISCARD assay_code ocr_line_read(ocr_reading *r, TessBaseAPI *api, struct Pix *pix, int32_t dpi, ocr_box box,
					 ocr_look look, assay_err *err);

#endif
