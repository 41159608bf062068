#include "page_pdf.h"

#include "assay/file.h"
#include "assay/memory.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cairo.h>
#include <poppler.h>

#define CAIRO_SIDE_MAX 32767
#define TAIL           4096 /* bytes at the end that must hold the end-of-file marker */

/* What poppler says while it works. Warnings are about documents that it can draw all the same. */
typedef struct messages {
	bool any;
	char text[200];
	guint handler;
} messages;

typedef struct missing_fonts {
	char (*names)[128];
	size_t count, cap;
} missing_fonts;

struct page_pdf {
	PopplerDocument *doc;
	const page_fonts *fonts; /* borrowed */
	messages said;
	missing_fonts missing; /* of the pages scanned so far */
	uint32_t scanned;
	PopplerFontInfo *info;
};

/*
 * A font that stands in the resources without an object of its own gets an invented object number from poppler, which
 * then complains that it does not exist. Real numbers end at 8388607 (ISO 32000-1, annex C).
 */
static bool is_invented_object(const char *text)
{
	const char *at = strstr(text, "xref num ");

	return at != NULL && strtol(at + 9, NULL, 10) > 8388607;
}

static bool is_damage(const char *text)
{
	static const char *const harmless[] = {"Syntax warning", "Syntax Warning"};

	if (strstr(text, "damaged") != NULL || strstr(text, "nexpected end") != NULL)
		return true;
	for (size_t i = 0; i < ASSAY_COUNT(harmless); i++)
		if (strncmp(text, harmless[i], strlen(harmless[i])) == 0)
			return false;
	return !is_invented_object(text);
}

static void on_log(const gchar *domain, GLogLevelFlags level, const gchar *text, gpointer data)
{
	messages *m = data;

	(void)domain;
	(void)level;
	if (m->any || text == NULL || !is_damage(text))
		return;
	m->any = true;
	(void)snprintf(m->text, sizeof m->text, "%s", text);
}

static assay_code check_messages(const page_pdf *p, assay_err *err)
{
	if (!p->said.any)
		return ASSAY_OK;
	return ASSAY_RAISE(err, strncmp(p->said.text, "Unimplemented", 13) == 0 ? ASSAY_EUNSUPPORTED : ASSAY_ECORRUPT,
			   "PDF: %s", p->said.text);
}

/* ---------------------------------------------------------------- the document */

static assay_code code_from_poppler(const GError *e)
{
	if (e == NULL || e->domain != POPPLER_ERROR)
		return ASSAY_ECORRUPT;
	return e->code == POPPLER_ERROR_ENCRYPTED ? ASSAY_EUNSUPPORTED : ASSAY_ECORRUPT;
}

/* poppler rebuilds what a lost end has taken away without a word. */
static assay_code check_end(int fd, assay_err *err)
{
	unsigned char tail[TAIL];
	const off_t size = lseek(fd, 0, SEEK_END);
	const size_t n = size < TAIL ? (size_t)size : TAIL;
	assay_code rc;

	if (size < 0)
		return ASSAY_RAISE_ERRNO(err, "size of the file");
	rc = assay_pread_all(fd, tail, n, (uint64_t)size - n, err);
	if (rc != ASSAY_OK)
		return rc;
	if (memmem(tail, n, "%%EOF", 5) == NULL)
		return ASSAY_RAISE(err, ASSAY_ESHORT, "PDF: the file ends before its end-of-file marker");
	return ASSAY_OK;
}

static assay_code open_document(page_pdf *p, int fd, assay_err *err)
{
	GError *e = NULL;
	const int own = dup(fd); /* poppler closes what it is given */
	assay_code rc;

	if (own < 0)
		return ASSAY_RAISE_ERRNO(err, "duplicate descriptor");
	(void)lseek(own, 0, SEEK_SET);
	p->doc = poppler_document_new_from_fd(own, NULL, &e);
	if (p->doc != NULL)
		return check_messages(p, err);
	rc = code_from_poppler(e);
	rc = ASSAY_RAISE(err, rc, "PDF: %s",
			 rc == ASSAY_EUNSUPPORTED ? "it is encrypted" : (e != NULL ? e->message : "cannot be opened"));
	g_clear_error(&e);
	return rc;
}

assay_code page_pdf_open(page_pdf **out, int fd, const page_fonts *fonts, assay_err *err)
{
	page_pdf *p = assay_alloc(1, sizeof *p);
	assay_code rc;

	*out = NULL;
	if (p == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "PDF reader");
	p->fonts = fonts;
	p->said.handler =
	    g_log_set_handler("Poppler", G_LOG_LEVEL_MASK | G_LOG_FLAG_FATAL | G_LOG_FLAG_RECURSION, on_log, &p->said);
	rc = open_document(p, fd, err);
	if (rc == ASSAY_OK)
		rc = check_end(fd, err);
	if (rc != ASSAY_OK) {
		page_pdf_close(p);
		return rc;
	}
	*out = p;
	return ASSAY_OK;
}

void page_pdf_close(page_pdf *p)
{
	if (p == NULL)
		return;
	if (p->info != NULL)
		g_object_unref(p->info);
	if (p->doc != NULL)
		g_object_unref(p->doc);
	g_log_remove_handler("Poppler", p->said.handler);
	free(p->missing.names);
	free(p);
}

uint32_t page_pdf_count(const page_pdf *p)
{
	const int n = poppler_document_get_n_pages(p->doc);

	return n > 0 ? (uint32_t)n : 0;
}

/* ---------------------------------------------------------------- fonts */

static assay_code note_fonts(page_pdf *p, PopplerFontsIter *it, assay_err *err)
{
	assay_code rc;

	do {
		const char *name = poppler_fonts_iter_get_full_name(it);

		if (poppler_fonts_iter_is_embedded(it) ||
		    page_fonts_stands_for(p->fonts, name, poppler_fonts_iter_get_file_name(it)))
			continue;
		rc = assay_grow(&p->missing.names, &p->missing.cap, p->missing.count, sizeof *p->missing.names, err);
		if (rc != ASSAY_OK)
			return rc;
		(void)snprintf(p->missing.names[p->missing.count++], 128, "%s", name != NULL ? name : "(no name)");
	} while (poppler_fonts_iter_next(it));
	return ASSAY_OK;
}

/* poppler lists a font once, on the first page that names it: the scan covers all pages up to this one. */
static assay_code scan_fonts(page_pdf *p, uint32_t last, assay_err *err)
{
	PopplerFontsIter *it = NULL;
	assay_code rc = ASSAY_OK;

	if (p->info == NULL)
		p->info = poppler_font_info_new(p->doc);
	if (last < p->scanned)
		return ASSAY_OK;
	if (poppler_font_info_scan(p->info, (int)(last + 1 - p->scanned), &it) && it != NULL)
		rc = note_fonts(p, it, err);
	poppler_fonts_iter_free(it);
	p->scanned = last + 1;
	return rc;
}

static bool page_uses(GList *attributes, const char *font)
{
	const char *plus = strchr(font, '+');
	const char *plain = plus == font + 6 ? plus + 1 : font;

	for (const GList *a = attributes; a != NULL; a = a->next) {
		const PopplerTextAttributes *t = a->data;

		if (t->font_name != NULL && (strcmp(t->font_name, font) == 0 || strcmp(t->font_name, plain) == 0))
			return true;
	}
	return false;
}

/* A font that no file stands for matters only on the pages that draw with it. */
static assay_code find_missing(char out[128], page_pdf *p, PopplerPage *page, uint32_t index, assay_err *err)
{
	assay_code rc = scan_fonts(p, index, err);
	GList *attributes;

	out[0] = '\0';
	if (rc != ASSAY_OK || p->missing.count == 0)
		return rc;
	attributes = poppler_page_get_text_attributes(page);
	for (size_t i = 0; i < p->missing.count && out[0] == '\0'; i++)
		if (page_uses(attributes, p->missing.names[i]))
			(void)snprintf(out, 128, "%s", p->missing.names[i]);
	poppler_page_free_text_attributes(attributes);
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- pixels */

/* Cairo draws into the picture's memory; its words are xRGB and Leptonica's RGBx. Tells whether all are grey. */
static bool shift_words(PIX *pix)
{
	uint32_t *data = pixGetData(pix);
	const size_t n = (size_t)pixGetWpl(pix) * (size_t)pixGetHeight(pix);
	uint32_t colour = 0;

	for (size_t i = 0; i < n; i++) {
		const uint32_t v = data[i] & 0xffffff;

		colour |= (v ^ v >> 8) & 0xffff; /* green against red, blue against green */
		data[i] = v << 8;
	}
	return colour == 0;
}

static assay_code draw(PIX *pix, PopplerPage *page, int32_t dpi, assay_err *err)
{
	cairo_surface_t *surface =
	    cairo_image_surface_create_for_data((unsigned char *)pixGetData(pix), CAIRO_FORMAT_RGB24, pixGetWidth(pix),
						pixGetHeight(pix), 4 * pixGetWpl(pix));
	cairo_t *cr = cairo_create(surface);
	cairo_status_t status;

	cairo_set_source_rgb(cr, 1, 1, 1);
	cairo_paint(cr);
	cairo_scale(cr, dpi / 72.0, dpi / 72.0);
	poppler_page_render(page, cr);
	status = cairo_status(cr);
	cairo_destroy(cr);
	cairo_surface_finish(surface);
	cairo_surface_destroy(surface);
	if (status == CAIRO_STATUS_NO_MEMORY)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "PDF: cairo");
	if (status != CAIRO_STATUS_SUCCESS)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "PDF: cairo: %s", cairo_status_to_string(status));
	return ASSAY_OK;
}

static assay_code page_size(uint32_t size[2], PopplerPage *page, int32_t dpi, uint64_t max_pixels, assay_err *err)
{
	double points[2] = {0, 0};

	poppler_page_get_size(page, &points[0], &points[1]);
	for (int i = 0; i < 2; i++) {
		const double pixels = ceil(points[i] * dpi / 72.0 - 1e-6);

		if (!(pixels >= 1))
			return ASSAY_RAISE(err, ASSAY_ECORRUPT, "PDF: the page has no area");
		if (pixels > CAIRO_SIDE_MAX)
			return ASSAY_RAISE(err, ASSAY_EFULL, "PDF: the page is larger than %d pixels a side at %d dpi",
					   CAIRO_SIDE_MAX, dpi);
		size[i] = (uint32_t)pixels;
	}
	return page_check_size(size[0], size[1], max_pixels, err);
}

/* What the document says of the page's text: drawn, or laid unseen below a scan by an earlier recognition. */
static assay_code take_layer(page_image *out, PopplerPage *page, assay_err *err)
{
	char *text = poppler_page_get_text(page);

	out->layer = strdup(text != NULL ? text : "");
	g_free(text);
	return out->layer == NULL ? ASSAY_RAISE(err, ASSAY_ENOMEM, "text layer") : ASSAY_OK;
}

static assay_code render(page_image *out, page_pdf *p, PopplerPage *page, int32_t dpi, uint64_t max_pixels,
			 assay_err *err)
{
	uint32_t size[2];
	assay_code rc;

	ASSAY_TRY(page_size(size, page, dpi, max_pixels, err));
	out->pix = page_pix_new(size[0], size[1], 32, err);
	if (out->pix == NULL)
		return ASSAY_ENOMEM;
	out->dpi_x = dpi;
	out->dpi_y = dpi;
	ASSAY_TRY(draw(out->pix, page, dpi, err));
	ASSAY_TRY(take_layer(out, page, err));
	ASSAY_TRY(check_messages(p, err));
	if (shift_words(out->pix))
		return page_keep_red(&out->pix, err);
	return ASSAY_OK;
fail:
	return rc;
}

assay_code page_pdf_render(page_image *out, page_pdf *p, uint32_t index, int32_t dpi, uint64_t max_pixels,
			   char missing[128], assay_err *err)
{
	PopplerPage *page = poppler_document_get_page(p->doc, (int)index);
	assay_code rc;

	missing[0] = '\0';
	if (page == NULL)
		return p->said.any ? check_messages(p, err) : ASSAY_RAISE(err, ASSAY_ECORRUPT, "PDF: no such page");
	rc = find_missing(missing, p, page, index, err);
	if (rc == ASSAY_OK)
		rc = check_messages(p, err);
	if (rc == ASSAY_OK && missing[0] == '\0')
		rc = render(out, p, page, dpi, max_pixels, err);
	g_object_unref(page);
	return rc;
}
