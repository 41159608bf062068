/** One page: text set in DejaVu on A6 paper, as pixels at 300 dpi or as drawing commands. */
#ifndef ASSAY_MEDIA_PAGE_H
#define ASSAY_MEDIA_PAGE_H

#include "assay/buf.h"

#include <cairo.h>
#include <leptonica/allheaders.h>

#define PAGE_WIDTH_PT  298.0 /* A6: 105 x 148 mm */
#define PAGE_HEIGHT_PT 420.0
#define PAGE_DPI       300

/** Lines as they are set, less than 128 bytes each; the first is the heading. A tab parts the cells of a table. Ends at NULL. */
typedef struct page_text {
	const char *const *lines;
} page_text;

/** The texts, all written for this project. No two share a sentence. */
enum {
	TEXT_LETTER,
	TEXT_LOG_1,
	TEXT_LOG_2,
	TEXT_LOG_3,
	TEXT_NOTICE_1,
	TEXT_NOTICE_2,
	TEXT_MEMO,
	TEXT_SIDEWAYS,
	TEXT_TILTED,
	TEXT_NOISE,
	TEXT_BLUR,
	TEXT_LABEL,
	TEXT_OTHER,
	TEXT_COUNT,
};
extern const page_text page_texts[TEXT_COUNT];

/** The text as ground truth, a line for a line. */
void page_text_write(assay_buf *out, const page_text *t);

/** The two faces that pages are set in, loaded from their files: no configuration of the user's has a say. */
typedef struct page_faces {
	cairo_font_face_t *heading, *body;
} page_faces;

ASSAY_NODISCARD assay_code page_faces_open(page_faces *out, assay_err *err);
void page_faces_release(page_faces *f);

/** Draw the text in points from the page's upper left corner. */
void page_draw(cairo_t *cr, const page_faces *f, const page_text *t);
/**
 * The page as grey pixels at PAGE_DPI.
 * @param degrees the text is turned clockwise by this much about the middle of the page
 */
ASSAY_NODISCARD assay_code page_render(PIX **out, const page_faces *f, const page_text *t, double degrees,
				       assay_err *err);

#endif
