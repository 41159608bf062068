/** PDF pages through poppler and cairo, with fonts from the listed folders only. */
#ifndef ASSAY_OCR_PAGE_PDF_H
#define ASSAY_OCR_PAGE_PDF_H

#include "page_image.h"

#include "assay/stage.h"

/* ---------------------------------------------------------------- fonts (page_fonts.c) */

typedef struct page_fonts page_fonts;

/** Font files below the folders, in byte order of their paths. Folders that do not exist are passed over. */
ASSAY_NODISCARD assay_code page_fonts_list(assay_stage_files *out, const assay_text_list *dirs, assay_err *err);
/** Makes a font set of exactly those files current for the whole process, with no system configuration. */
ASSAY_NODISCARD assay_code page_fonts_load(page_fonts **out, const assay_text_list *dirs, assay_err *err);
void page_fonts_unload(page_fonts *f); /* NULL is fine */
/**
 * True when the file stands for the font: it is of that name, or of the family that Assay's alias table names
 * for it (Helvetica: Nimbus Sans…).
 */
bool page_fonts_stands_for(const page_fonts *f, const char *font, const char *file);

/* ---------------------------------------------------------------- documents */

typedef struct page_pdf page_pdf;

/** fd is borrowed. Encrypted documents are ASSAY_EUNSUPPORTED. */
ASSAY_NODISCARD assay_code page_pdf_open(page_pdf **out, int fd, const page_fonts *fonts, assay_err *err);
void page_pdf_close(page_pdf *p); /* NULL is fine */
uint32_t page_pdf_count(const page_pdf *p);
/**
 * Render page `index` (0-based) on white at dpi: 8 bpp when it has no colour, 32 bpp otherwise.
 *
 * @param missing [out] the name of a font without which the page would look different, or "": then nothing is rendered
 */
ASSAY_NODISCARD assay_code page_pdf_render(page_image *out, page_pdf *p, uint32_t index, int32_t dpi,
					   uint64_t max_pixels, char missing[128], assay_err *err);

#endif
