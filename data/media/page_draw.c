#include "page.h"

#include <cairo-ft.h>
#include <fontconfig/fontconfig.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define FOLDER     "/usr/share/fonts/truetype/dejavu/"
#define MARGIN_PT  25.0
#define HEADING_PT 13.0
#define BODY_PT    10.5
#define LEADING_PT 17.0
#define CELL_MAX   128 /* bytes */

/* A pattern that names a file is complete: cairo loads that file and asks fontconfig nothing. */
static assay_code open_face(cairo_font_face_t **out, const char *file, assay_err *err)
{
	FcPattern *p;

	if (access(file, R_OK) != 0)
		return ASSAY_RAISE(err, ASSAY_ENOENT, "there is no font '%s' (Debian: fonts-dejavu-core)", file);
	p = FcPatternCreate();
	if (p == NULL || !FcPatternAddString(p, FC_FILE, (const FcChar8 *)file) || !FcPatternAddInteger(p, FC_INDEX, 0))
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "font '%s'", file);
	*out = cairo_ft_font_face_create_for_pattern(p);
	FcPatternDestroy(p);
	if (cairo_font_face_status(*out) != CAIRO_STATUS_SUCCESS)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "font '%s': %s", file,
				   cairo_status_to_string(cairo_font_face_status(*out)));
	return ASSAY_OK;
}

assay_code page_faces_open(page_faces *out, assay_err *err)
{
	assay_code rc;

	*out = (page_faces){0};
	ASSAY_TRY(open_face(&out->heading, FOLDER "DejaVuSans-Bold.ttf", err));
	ASSAY_TRY(open_face(&out->body, FOLDER "DejaVuSerif.ttf", err));
	return ASSAY_OK;
fail:
	page_faces_release(out);
	return rc;
}

void page_faces_release(page_faces *f)
{
	if (f->heading != NULL)
		cairo_font_face_destroy(f->heading);
	if (f->body != NULL)
		cairo_font_face_destroy(f->body);
	*f = (page_faces){0};
}

/* A tab goes on at the next third of the width between the margins. */
static void draw_cells(cairo_t *cr, const char *line, double y)
{
	char cell[CELL_MAX];

	for (int k = 0;; k++) {
		const size_t n = strcspn(line, "\t");

		(void)snprintf(cell, sizeof cell, "%.*s", (int)n, line);
		cairo_move_to(cr, MARGIN_PT + k * (PAGE_WIDTH_PT - 2 * MARGIN_PT) / 3, y);
		cairo_show_text(cr, cell);
		if (line[n] == '\0')
			return;
		line += n + 1;
	}
}

void page_draw(cairo_t *cr, const page_faces *f, const page_text *t)
{
	cairo_font_options_t *options = cairo_font_options_create();
	double y = MARGIN_PT + HEADING_PT;

	cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
	cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
	cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
	cairo_set_font_options(cr, options);
	cairo_font_options_destroy(options);
	cairo_set_source_rgb(cr, 0, 0, 0);
	for (const char *const *line = t->lines; *line != NULL; line++) {
		const bool heading = line == t->lines;
		cairo_set_font_face(cr, heading ? f->heading : f->body);
		cairo_set_font_size(cr, heading ? HEADING_PT : BODY_PT);
		draw_cells(cr, *line, y);
		y += heading ? 1.5 * LEADING_PT : LEADING_PT;
	}
}

/* ---------------------------------------------------------------- pixels */

/* Coverage of ink to grey on paper that is not quite white. */
static PIX *to_grey(cairo_surface_t *surface)
{
	const int width = cairo_image_surface_get_width(surface), height = cairo_image_surface_get_height(surface);
	const int stride = cairo_image_surface_get_stride(surface);
	const unsigned char *rows = cairo_image_surface_get_data(surface);
	PIX *pix = pixCreate(width, height, 8);

	if (pix == NULL || rows == NULL) {
		pixDestroy(&pix);
		return NULL;
	}
	for (int y = 0; y < height; y++) {
		l_uint32 *line = pixGetData(pix) + (size_t)y * (size_t)pixGetWpl(pix);
		const unsigned char *ink = rows + (size_t)y * (size_t)stride;
		for (int x = 0; x < width; x++)
			SET_DATA_BYTE(line, x, (l_uint8)(245 - ink[x] * 220 / 255));
	}
	(void)pixSetResolution(pix, PAGE_DPI, PAGE_DPI);
	return pix;
}

assay_code page_render(PIX **out, const page_faces *f, const page_text *t, double degrees, assay_err *err)
{
	const double scale = PAGE_DPI / 72.0;
	cairo_surface_t *surface =
	    cairo_image_surface_create(CAIRO_FORMAT_A8, (int)(PAGE_WIDTH_PT * scale), (int)(PAGE_HEIGHT_PT * scale));
	cairo_t *cr = cairo_create(surface);
	cairo_status_t status;

	cairo_scale(cr, scale, scale);
	cairo_translate(cr, PAGE_WIDTH_PT / 2, PAGE_HEIGHT_PT / 2);
	cairo_rotate(cr, degrees * 3.14159265358979323846 / 180);
	cairo_translate(cr, -PAGE_WIDTH_PT / 2, -PAGE_HEIGHT_PT / 2);
	page_draw(cr, f, t);
	status = cairo_status(cr);
	cairo_destroy(cr);
	cairo_surface_flush(surface);
	*out = status == CAIRO_STATUS_SUCCESS ? to_grey(surface) : NULL;
	cairo_surface_destroy(surface);
	if (*out == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "page: %s", cairo_status_to_string(status));
	return ASSAY_OK;
}
