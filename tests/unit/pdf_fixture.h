/** A run that reads PDF, and documents written object by object, with pictures. One file includes it. */
#ifndef ASSAY_TEST_PDF_FIXTURE_H
#define ASSAY_TEST_PDF_FIXTURE_H

#include "ocr_cmocka.h"

#include "ocr.h"
#include "ocr_run.h"

#include <leptonica/allheaders.h>
#include <zlib.h>

static run r;

static inline int setup(void **state)
{
	(void)state;
	memset(&r, 0, sizeof r);
	run_add(&r, &assay_stage_page_read);
	run_set(&r, "fonts", "/usr/share/fonts/truetype/dejavu");
	run_set(&r, "dpi", "100");
	run_prepare(&r);
	return (int)r.rc;
}

static inline int teardown(void **state)
{
	(void)state;
	run_release(&r);
	return 0;
}

/* A document written object by object. */
typedef struct document {
	assay_buf *out;
	size_t at[16]; /* of the objects, by their numbers */
} document;

static inline void begin_object(document *d, int number)
{
	d->at[number] = d->out->len;
	assay_buf_printf(d->out, "%d 0 obj\n", number);
}

static inline void add_object(document *d, int number, const char *text)
{
	begin_object(d, number);
	assay_buf_printf(d->out, "%s\nendobj\n", text);
}

static inline void add_stream(document *d, int number, const char *entries, const void *data, size_t n)
{
	begin_object(d, number);
	assay_buf_printf(d->out, "<<%s/Length %zu>>\nstream\n", entries, n);
	assay_buf_append(d->out, data, n);
	assay_buf_puts(d->out, "\nendstream\nendobj\n");
}

static inline void end_document(document *d, int objects, const char *trailer)
{
	const size_t at = d->out->len;

	assay_buf_printf(d->out, "xref\n0 %d\n0000000000 65535 f \n", objects + 1);
	for (int i = 1; i <= objects; i++)
		assay_buf_printf(d->out, "%010zu 00000 n \n", d->at[i]);
	assay_buf_printf(d->out, "trailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%zu\n%%%%EOF\n", objects + 1, trailer,
			 at);
	assert_false(d->out->failed);
}

enum { SIDE = 96, GREYS = SIDE * SIDE };

/* Greys that neither JPEG nor Flate makes small: 40 % of the bytes hold no more than 40 % of the rows. */
static inline void make_greys(unsigned char out[GREYS])
{
	uint32_t x = 1;

	for (size_t i = 0; i < GREYS; i++) {
		x = x * 1103515245 + 12345;
		out[i] = (unsigned char)(x >> 16);
	}
}

static inline void make_jpeg(assay_buf *out)
{
	unsigned char greys[GREYS];
	PIX *pix = pixCreate(SIDE, SIDE, 8);
	l_uint8 *data = NULL;
	size_t n = 0;

	make_greys(greys);
	for (int i = 0; i < GREYS; i++)
		(void)pixSetPixel(pix, i % SIDE, i / SIDE, greys[i]);
	assert_int_equal(pixWriteMemJpeg(&data, &n, pix, 90, 0), 0);
	assay_buf_append(out, data, n);
	lept_free(data);
	pixDestroy(&pix);
}

static inline void deflate_bytes(assay_buf *out, const void *data, size_t n)
{
	uLongf room = compressBound(n);
	unsigned char *to = assay_buf_extend(out, room);

	assert_non_null(to);
	assert_int_equal(compress(to, &room, data, n), Z_OK);
	out->len = room;
}

static const char grey_picture[] = "/Type/XObject/Subtype/Image/Width 96/Height 96/ColorSpace/DeviceGray"
				   "/BitsPerComponent 8";

static inline void put_number(assay_buf *out, size_t v)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		assay_buf_putc(out, (char)(v >> shift & 0xff));
}

/* Objects 1 to 4 in an object stream, 8, and a cross-reference stream, 9 (7.5.7 and 7.5.8). */
static inline void end_packed(document *d, const char *const objects[])
{
	ASSAY_AUTO_BUF head = ASSAY_BUF_INIT;
	ASSAY_AUTO_BUF body = ASSAY_BUF_INIT;
	ASSAY_AUTO_BUF flate = ASSAY_BUF_INIT;
	ASSAY_AUTO_BUF table = ASSAY_BUF_INIT;
	ASSAY_AUTO_BUF entries = ASSAY_BUF_INIT;
	size_t at;

	for (int i = 1; i <= 4; i++) {
		assay_buf_printf(&head, "%d %zu ", i, body.len);
		assay_buf_printf(&body, "%s ", objects[i]);
	}
	assay_buf_printf(&entries, "/Type/ObjStm/N 4/First %zu/Filter/FlateDecode", head.len);
	assay_buf_append(&head, body.data, body.len);
	deflate_bytes(&flate, head.data, head.len);
	add_stream(d, 8, assay_buf_str(&entries), flate.data, flate.len);
	at = d->out->len;
	d->at[9] = at;
	for (int i = 0; i <= 9; i++) {
		const bool packed = i >= 1 && i <= 4;

		assay_buf_putc(&table, i == 0 ? 0 : packed ? 2 : 1);
		put_number(&table, packed ? 8 : d->at[i]);
		assay_buf_putc(&table, packed ? (char)(i - 1) : 0);
	}
	add_stream(d, 9, "/Type/XRef/Size 10/W[1 4 1]/Root 1 0 R", table.data, table.len);
	assay_buf_printf(d->out, "startxref\n%zu\n%%%%EOF\n", at);
	assert_false(d->out->failed);
}

/*
 * Two pages that draw one picture each, objects 6 and 7; the first has its resources from the tree, and a link to the
 * second. `packed`: the tree and the pages stand in an object stream, as PDF 1.5 writes them.
 */
static inline void write_pictures(assay_buf *out, bool packed, const char *filter, const assay_buf pictures[2],
				  const char *trailer)
{
	static const char *const objects[] = {
	    NULL,
	    "<</Type/Catalog/Pages 2 0 R>>",
	    "<</Type/Pages/Count 2/Kids[3 0 R 4 0 R]/MediaBox[0 0 96 96]/Resources<</XObject<</P 6 0 R>>>>>>",
	    "<</Type/Page/Parent 2 0 R/Contents 5 0 R/Annots[<</Subtype/Link/Rect[0 0 9 9]/Dest[4 0 R/Fit]>>]>>",
	    "<</Type/Page/Parent 2 0 R/Contents 5 0 R/Resources<</XObject<</P 7 0 R>>>>>>",
	};
	static const char draw[] = "96 0 0 96 0 0 cm /P Do";
	document d = {.out = out};
	ASSAY_AUTO_BUF entries = ASSAY_BUF_INIT;

	assay_buf_puts(out, "%PDF-1.5\n");
	for (int i = 1; i <= 4 && !packed; i++)
		add_object(&d, i, objects[i]);
	add_stream(&d, 5, "", draw, strlen(draw));
	assay_buf_printf(&entries, "%s%s", grey_picture, filter);
	for (int i = 0; i < 2; i++)
		add_stream(&d, 6 + i, assay_buf_str(&entries), pictures[i].data, pictures[i].len);
	if (packed)
		end_packed(&d, objects);
	else
		end_document(&d, 7, trailer);
}

static inline void read_page(const assay_buf *pdf, uint32_t page)
{
	assay_input in = {.part = {.first_page = page, .last_page = page}};

	run_forget(&r);
	in.fd = run_memory_fd(pdf->data, pdf->len);
	in.size = pdf->len;
	run_input(&r, &in);
	(void)close(in.fd);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

#endif
