#include "pdf.h"

#include <cairo-pdf.h>

static cairo_status_t on_write(void *buf, const unsigned char *data, unsigned length)
{
	assay_buf_append(buf, data, length);
	return CAIRO_STATUS_SUCCESS;
}

assay_code pdf_embedded(assay_buf *out, const page_faces *f, const page_text *pages, size_t count, assay_err *err)
{
	cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(on_write, out, PAGE_WIDTH_PT, PAGE_HEIGHT_PT);
	cairo_t *cr = cairo_create(surface);
	cairo_status_t status;

	/* else the clock's */
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, "2024-01-01T00:00:00Z");
	for (size_t i = 0; i < count; i++) {
		page_draw(cr, f, &pages[i]);
		cairo_show_page(cr);
	}
	status = cairo_status(cr);
	cairo_destroy(cr);
	cairo_surface_finish(surface);
	status = status == CAIRO_STATUS_SUCCESS ? cairo_surface_status(surface) : status;
	cairo_surface_destroy(surface);
	if (status != CAIRO_STATUS_SUCCESS)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "PDF: %s", cairo_status_to_string(status));
	return assay_buf_check(out, err);
}

/* ---------------------------------------------------------------- by hand */

static void put_content(assay_buf *out, const page_text *t)
{
	assay_buf_puts(out, "BT /F1 11 Tf 25 380 Td 18 TL\n");
	for (const char *const *line = t->lines; *line != NULL; line++)
		assay_buf_printf(out, "(%s) Tj T*\n", *line); /* the texts have no parentheses or backslashes */
	assay_buf_puts(out, "ET\n");
}

static void put_xref(assay_buf *out, const size_t *at, size_t count)
{
	const size_t start = out->len;

	assay_buf_printf(out, "xref\n0 %zu\n0000000000 65535 f \n", count + 1);
	for (size_t i = 0; i < count; i++)
		assay_buf_printf(out, "%010zu 00000 n \n", at[i]);
	assay_buf_printf(out, "trailer\n<< /Size %zu /Root 1 0 R >>\nstartxref\n%zu\n%%%%EOF\n", count + 1, start);
}

assay_code pdf_plain(assay_buf *out, const page_text *t, assay_err *err)
{
	static const char *const objects[] = {
	    "<< /Type /Catalog /Pages 2 0 R >>",
	    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
	    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 298 420] /Contents 6 0 R /Resources 5 0 R >>",
	    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
	    "<< /Font << /F1 4 0 R >> >>",
	};
	ASSAY_AUTO_BUF content = ASSAY_BUF_INIT;
	size_t at[ASSAY_COUNT(objects) + 1];

	put_content(&content, t);
	assay_buf_puts(out, "%PDF-1.4\n");
	for (size_t i = 0; i < ASSAY_COUNT(objects); i++) {
		at[i] = out->len;
		assay_buf_printf(out, "%zu 0 obj\n%s\nendobj\n", i + 1, objects[i]);
	}
	at[ASSAY_COUNT(objects)] = out->len;
	assay_buf_printf(out, "%zu 0 obj\n<< /Length %zu >>\nstream\n%sendstream\nendobj\n", ASSAY_COUNT(objects) + 1,
			 content.len, assay_buf_str(&content));
	put_xref(out, at, ASSAY_COUNT(at));
	return content.failed ? ASSAY_RAISE(err, ASSAY_ENOMEM, "PDF") : assay_buf_check(out, err);
}
