#include "ocr_cmocka.h"

#include "ocr.h"
#include "ocr_run.h"

#include "page_pdf.h"
#include "page_pdf_images.h"
#include "pdf_inflate.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>

#include <cairo-pdf.h>
#include <leptonica/allheaders.h>
#include <qpdf/qpdf-c.h>
#include <zlib.h>

static run r;

static int setup(void **state)
{
	(void)state;
	memset(&r, 0, sizeof r);
	run_add(&r, &assay_stage_page_read);
	run_set(&r, "fonts", "/usr/share/fonts/truetype/dejavu");
	run_set(&r, "dpi", "100");
	run_prepare(&r);
	return (int)r.rc;
}

static int teardown(void **state)
{
	(void)state;
	run_release(&r);
	return 0;
}

static cairo_status_t append(void *to, const unsigned char *data, unsigned n)
{
	assay_buf_append(to, data, n);
	return CAIRO_STATUS_SUCCESS;
}

/* Pages of 200 x 100 points with a bar as long as their number; red when colour. */
static void draw_document(assay_buf *out, int pages, bool colour)
{
	cairo_surface_t *s = cairo_pdf_surface_create_for_stream(append, out, 200, 100);
	cairo_t *cr = cairo_create(s);

	for (int i = 1; i <= pages; i++) {
		cairo_set_source_rgb(cr, colour ? 1 : 0, 0, 0);
		cairo_rectangle(cr, 10, 40, 10.0 * i, 20);
		cairo_fill(cr);
		cairo_show_page(cr);
	}
	cairo_destroy(cr);
	cairo_surface_destroy(s);
	assert_false(out->failed);
}

/* A document written object by object. */
typedef struct document {
	assay_buf *out;
	size_t at[16]; /* of the objects, by their numbers */
} document;

static void begin_object(document *d, int number)
{
	d->at[number] = d->out->len;
	assay_buf_printf(d->out, "%d 0 obj\n", number);
}

static void add_object(document *d, int number, const char *text)
{
	begin_object(d, number);
	assay_buf_printf(d->out, "%s\nendobj\n", text);
}

static void add_stream(document *d, int number, const char *entries, const void *data, size_t n)
{
	begin_object(d, number);
	assay_buf_printf(d->out, "<<%s/Length %zu>>\nstream\n", entries, n);
	assay_buf_append(d->out, data, n);
	assay_buf_puts(d->out, "\nendstream\nendobj\n");
}

static void end_document(document *d, int objects, const char *trailer)
{
	const size_t at = d->out->len;

	assay_buf_printf(d->out, "xref\n0 %d\n0000000000 65535 f \n", objects + 1);
	for (int i = 1; i <= objects; i++)
		assay_buf_printf(d->out, "%010zu 00000 n \n", d->at[i]);
	assay_buf_printf(d->out, "trailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%zu\n%%%%EOF\n", objects + 1, trailer,
			 at);
	assert_false(d->out->failed);
}

/* A document of one page around a content stream and resources, with a valid cross-reference table. */
static void write_document(assay_buf *out, const char *media_box, const char *resources, const char *content,
			   const char *trailer)
{
	document d = {.out = out};
	ASSAY_AUTO_BUF page = ASSAY_BUF_INIT;

	assay_buf_puts(out, "%PDF-1.4\n");
	add_object(&d, 1, "<</Type/Catalog/Pages 2 0 R>>");
	add_object(&d, 2, "<</Type/Pages/Count 1/Kids[3 0 R]>>");
	assay_buf_printf(&page, "<</Type/Page/Parent 2 0 R/MediaBox[%s]/Resources<<%s>>/Contents 4 0 R>>", media_box,
			 resources);
	add_object(&d, 3, assay_buf_str(&page));
	add_stream(&d, 4, "", content, strlen(content));
	end_document(&d, 4, trailer);
}

static int ink_of(PIX *pix)
{
	PIX *bits = pixConvertTo1(pix, 128);
	l_int32 n = 0;

	(void)pixCountPixels(bits, &n, NULL);
	pixDestroy(&bits);
	return n;
}

static void read__grey_document__8_bits_at_the_asked_resolution(void **state)
{
	ASSAY_AUTO_BUF pdf = ASSAY_BUF_INIT;

	(void)state;
	draw_document(&pdf, 1, false);
	run_bytes(&r, pdf.data, pdf.len, NULL);
	if (r.rc != ASSAY_OK)
		fail_msg("%s", r.err.msg);
	assert_int_equal(r.page_count, 1);
	assert_int_equal(pixGetDepth(r.pages[0]->u.page.pix), 8);
	assert_int_equal(pixGetWidth(r.pages[0]->u.page.pix), 278); /* 200 points at 100 dpi, rounded up */
	assert_int_equal(pixGetHeight(r.pages[0]->u.page.pix), 139);
	assert_int_equal(r.pages[0]->u.page.dpi_x, 100);
	assert_in_range(ink_of(r.pages[0]->u.page.pix), 350, 450); /* 10 x 20 points are 13.9 x 27.8 pixels */
}

static void read__colour__32_bits(void **state)
{
	ASSAY_AUTO_BUF pdf = ASSAY_BUF_INIT;
	l_int32 red, green, blue;

	(void)state;
	draw_document(&pdf, 1, true);
	run_bytes(&r, pdf.data, pdf.len, NULL);
	assert_int_equal(r.rc, ASSAY_OK);
	assert_int_equal(pixGetDepth(r.pages[0]->u.page.pix), 32);
	(void)pixGetRGBPixel(r.pages[0]->u.page.pix, 20, 70, &red, &green, &blue);
	assert_int_equal(red, 255);
	assert_int_equal(green + blue, 0);
}

static void read__pages_17_to_20_of_20__those_only(void **state)
{
	ASSAY_AUTO_BUF pdf = ASSAY_BUF_INIT;
	assay_input in = {.part = {.first_page = 17, .last_page = 32}};

	(void)state;
	draw_document(&pdf, 20, false);
	in.fd = run_memory_fd(pdf.data, pdf.len);
	in.size = pdf.len;
	run_input(&r, &in);
	assert_int_equal(r.rc, ASSAY_OK);
	assert_int_equal(r.total, 20);
	assert_int_equal(r.page_count, 4);
	assert_string_equal(r.parts[0], "page=17");
	assert_true(ink_of(r.pages[3]->u.page.pix) > ink_of(r.pages[0]->u.page.pix));
	(void)close(in.fd);
}

static void read__font_that_nothing_stands_for__font_failure_names_it(void **state)
{
	ASSAY_AUTO_BUF pdf = ASSAY_BUF_INIT;

	(void)state;
	write_document(&pdf, "0 0 200 100", "/Font<</F1<</Type/Font/Subtype/TrueType/BaseFont/NoSuchFont>>>>",
		       "BT /F1 12 Tf 10 10 Td (Hello) Tj ET", "");
	run_bytes(&r, pdf.data, pdf.len, NULL);
	assert_int_not_equal(r.rc, ASSAY_OK);
	assert_int_equal(r.failure, ASSAY_FAILURE_FONT);
	assert_non_null(strstr(r.err.msg, "font 'NoSuchFont'"));
	assert_int_equal(r.page_count, 0);
}

static void read__font_declared_but_not_drawn_with__taken(void **state)
{
	ASSAY_AUTO_BUF pdf = ASSAY_BUF_INIT;

	(void)state;
	write_document(&pdf, "0 0 200 100", "/Font<</F1<</Type/Font/Subtype/TrueType/BaseFont/NoSuchFont>>>>",
		       "10 10 50 50 re f", "");
	run_bytes(&r, pdf.data, pdf.len, NULL);
	assert_int_equal(r.rc, ASSAY_OK);
	assert_true(ink_of(r.pages[0]->u.page.pix) > 1000);
}

static void read__font_of_the_listed_set__drawn(void **state)
{
	ASSAY_AUTO_BUF pdf = ASSAY_BUF_INIT;

	(void)state;
	write_document(&pdf, "0 0 200 100", "/Font<</F1<</Type/Font/Subtype/TrueType/BaseFont/DejaVuSans>>>>",
		       "BT /F1 24 Tf 10 40 Td (Hello) Tj ET", "");
	run_bytes(&r, pdf.data, pdf.len, NULL);
	if (r.rc != ASSAY_OK)
		fail_msg("%s", r.err.msg);
	assert_true(ink_of(r.pages[0]->u.page.pix) > 200);
}

/* Drawn in mode 3, as programs lay their reading below a scan: not to be seen, and part of the file's text. */
static void read__text_layer__given_with_the_page_and_counted(void **state)
{
	static const struct {
		const char *content, *text;
		int64_t count;
	} cases[] = {
	    {"BT /F1 24 Tf 10 40 Td (Hello all) Tj ET", "Hello all", 8},
	    {"BT 3 Tr /F1 24 Tf 10 40 Td (Unseen) Tj ET", "Unseen", 6},
	    {"10 10 50 50 re f", "", 0},
	};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		ASSAY_AUTO_BUF pdf = ASSAY_BUF_INIT;

		write_document(&pdf, "0 0 200 100", "/Font<</F1<</Type/Font/Subtype/TrueType/BaseFont/DejaVuSans>>>>",
			       cases[i].content, "");
		run_forget(&r);
		run_bytes(&r, pdf.data, pdf.len, NULL);
		if (r.rc != ASSAY_OK)
			fail_msg("%s", r.err.msg);
		assert_string_equal(r.pages[0]->u.page.layer, cases[i].text);
		assert_int_equal(run_find(&r, 0, "page.layer_characters")->value, cases[i].count);
	}
}

static void read__absurd_page_size__limit(void **state)
{
	ASSAY_AUTO_BUF pdf = ASSAY_BUF_INIT;

	(void)state;
	write_document(&pdf, "0 0 20000 20000", "", "0 0 1 1 re f", "");
	run_bytes(&r, pdf.data, pdf.len, NULL);
	assert_int_equal(r.rc, ASSAY_EFULL);
}

static void read__encrypted__unsupported(void **state)
{
	ASSAY_AUTO_BUF pdf = ASSAY_BUF_INIT;

	(void)state;
	write_document(&pdf, "0 0 200 100", "", "0 0 1 1 re f",
		       "/ID[<00112233445566778899aabbccddeeff><00112233445566778899aabbccddeeff>]/Encrypt<</Filter"
		       "/Standard/V 1/R 2/P -4/O<000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f>/U"
		       "<000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f>>>");
	run_bytes(&r, pdf.data, pdf.len, NULL);
	assert_int_equal(r.rc, ASSAY_EUNSUPPORTED);
	assert_non_null(strstr(r.err.msg, "encrypted"));
}

static void read__any_truncation__fails(void **state)
{
	ASSAY_AUTO_BUF pdf = ASSAY_BUF_INIT;

	(void)state;
	draw_document(&pdf, 3, true);
	for (size_t n = 5; n + 8 < pdf.len; n += 1 + pdf.len / 97) {
		run_forget(&r);
		run_bytes(&r, pdf.data, n, NULL);
		if (r.rc == ASSAY_OK)
			fail_msg("taken with %zu of %zu bytes, %zu pages", n, pdf.len, r.page_count);
	}
}

static void read__broken_content__decode_failure_with_poppler_s_words(void **state)
{
	ASSAY_AUTO_BUF pdf = ASSAY_BUF_INIT;

	(void)state;
	write_document(&pdf, "0 0 200 100", "", "10 10 re f (unfinished", "");
	run_bytes(&r, pdf.data, pdf.len, NULL);
	assert_int_equal(r.rc, ASSAY_ECORRUPT);
	assert_non_null(strstr(r.err.msg, "PDF: "));
}

/* ---------------------------------------------------------------- pictures */

enum { SIDE = 96, GREYS = SIDE * SIDE };

/* Greys that neither JPEG nor Flate makes small: 40 % of the bytes hold no more than 40 % of the rows. */
static void make_greys(unsigned char out[GREYS])
{
	uint32_t x = 1;

	for (size_t i = 0; i < GREYS; i++) {
		x = x * 1103515245 + 12345;
		out[i] = (unsigned char)(x >> 16);
	}
}

static void make_jpeg(assay_buf *out)
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

static void deflate_bytes(assay_buf *out, const void *data, size_t n)
{
	uLongf room = compressBound(n);
	unsigned char *to = assay_buf_extend(out, room);

	assert_non_null(to);
	assert_int_equal(compress(to, &room, data, n), Z_OK);
	out->len = room;
}

static const char grey_picture[] = "/Type/XObject/Subtype/Image/Width 96/Height 96/ColorSpace/DeviceGray"
				   "/BitsPerComponent 8";

static void put_number(assay_buf *out, size_t v)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		assay_buf_putc(out, (char)(v >> shift & 0xff));
}

/* Objects 1 to 4 in an object stream, 8, and a cross-reference stream, 9 (7.5.7 and 7.5.8). */
static void end_packed(document *d, const char *const objects[])
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
static void write_pictures(assay_buf *out, bool packed, const char *filter, const assay_buf pictures[2],
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

static void read_page(const assay_buf *pdf, uint32_t page)
{
	assay_input in = {.part = {.first_page = page, .last_page = page}};

	run_forget(&r);
	in.fd = run_memory_fd(pdf->data, pdf->len);
	in.size = pdf->len;
	run_input(&r, &in);
	(void)close(in.fd);
}

static void read__picture_cut_short__fails_on_its_page_alone(void **state)
{
	(void)state;
	for (int i = 0; i < 8; i++) {
		const bool jpeg = (i & 1) != 0;
		const bool packed = (i & 2) != 0;
		const uint32_t hurt = i & 4 ? 2 : 1;
		const char *filter = jpeg ? "/Filter/DCTDecode" : "/Filter[/FlateDecode]";
		assay_buf pictures[2] = {ASSAY_BUF_INIT, ASSAY_BUF_INIT};
		unsigned char greys[GREYS];
		ASSAY_AUTO_BUF pdf = ASSAY_BUF_INIT;
		assay_buf *bad = &pictures[hurt - 1];

		make_greys(greys);
		for (int k = 0; k < 2; k++)
			if (jpeg)
				make_jpeg(&pictures[k]);
			else
				deflate_bytes(&pictures[k], greys, GREYS);
		bad->len = bad->len * 2 / 5;
		write_pictures(&pdf, packed, filter, pictures, "");
		read_page(&pdf, 3 - hurt);
		if (r.rc != ASSAY_OK)
			fail_msg("case %d: %s", i, r.err.msg);
		read_page(&pdf, hurt);
		if (r.rc != ASSAY_ESHORT)
			fail_msg("case %d: %d %s", i, (int)r.rc, r.err.msg);
		assert_int_equal(r.page_count, 0);
		assert_non_null(strstr(r.err.msg, hurt == 1 ? "page 1: PDF: picture (object 6): "
							    : "page 2: PDF: picture (object 7): "));
		assay_buf_release(&pictures[0]);
		assay_buf_release(&pictures[1]);
	}
}

/* Reads one picture, given in both places, and tells what became of it. */
static assay_code read_picture(const char *filter, const assay_buf *picture)
{
	const assay_buf pictures[2] = {*picture, *picture};
	ASSAY_AUTO_BUF pdf = ASSAY_BUF_INIT;

	write_pictures(&pdf, false, filter, pictures, "");
	read_page(&pdf, 1);
	return r.rc;
}

static assay_err check_err;

static assay_code check_pages(const assay_buf *pdf, uint32_t pages, uint32_t first, uint32_t last)
{
	const int fd = run_memory_fd(pdf->data, pdf->len);
	assay_code rc;

	check_err = ASSAY_ERR_INIT;
	rc = page_pdf_images_check(fd, pages, first, last, &check_err);
	(void)close(fd);
	return rc;
}

static void read__damaged_codes__decode_failure(void **state)
{
	ASSAY_AUTO_BUF jpeg = ASSAY_BUF_INIT;
	ASSAY_AUTO_BUF flate = ASSAY_BUF_INIT;
	unsigned char greys[GREYS];

	(void)state;
	make_jpeg(&jpeg);
	memset(jpeg.data + jpeg.len / 2, 0xff, 20);
	assert_int_equal(read_picture("/Filter/DCTDecode", &jpeg), ASSAY_ECORRUPT);
	assert_non_null(strstr(r.err.msg, "JPEG: "));
	make_greys(greys);
	deflate_bytes(&flate, greys, GREYS);
	flate.data[flate.len - 1] ^= 1; /* the checksum: all pixels are there, and may not be what was written */
	assert_int_equal(read_picture("/Filter/FlateDecode", &flate), ASSAY_ECORRUPT);
	assert_non_null(strstr(r.err.msg, "incorrect data check"));
}

/* The stream is whole, and holds 40 % of the pixels. */
static void read__fewer_pixels_than_declared__short(void **state)
{
	static const struct {
		const char *filter;
		size_t n;
		bool deflated;
		assay_code want;
	} cases[] = {
	    {"/Filter/FlateDecode", GREYS, true, ASSAY_OK},
	    {"/Filter/FlateDecode", GREYS - 1, true, ASSAY_ESHORT},
	    {"/Filter/FlateDecode", GREYS * 2 / 5, true, ASSAY_ESHORT},
	    {"/Filter/FlateDecode/DecodeParms<</Predictor 15/Columns 96>>", GREYS + SIDE, true, ASSAY_OK},
	    {"/Filter/FlateDecode/DecodeParms<</Predictor 15/Columns 96>>", GREYS + SIDE - 1, true, ASSAY_ESHORT},
	    {"", GREYS, false, ASSAY_OK},
	    {"", GREYS - SIDE, false, ASSAY_ESHORT},
	    {"", 0, false, ASSAY_ESHORT},
	};
	unsigned char data[GREYS + SIDE] = {0};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(cases); i++) {
		ASSAY_AUTO_BUF picture = ASSAY_BUF_INIT;

		if (cases[i].deflated)
			deflate_bytes(&picture, data, cases[i].n);
		else
			assay_buf_append(&picture, data, cases[i].n);
		if (read_picture(cases[i].filter, &picture) != cases[i].want)
			fail_msg("case %zu: %d %s", i, (int)r.rc, r.err.msg);
	}
}

static void read__deflated_jpeg__read_through_both(void **state)
{
	(void)state;
	for (size_t cut = 0; cut < 2; cut++) {
		ASSAY_AUTO_BUF jpeg = ASSAY_BUF_INIT;
		ASSAY_AUTO_BUF flate = ASSAY_BUF_INIT;

		make_jpeg(&jpeg);
		deflate_bytes(&flate, jpeg.data, cut ? jpeg.len * 2 / 5 : jpeg.len);
		assert_int_equal(read_picture("/Filter[/FlateDecode/DCTDecode]", &flate),
				 cut ? ASSAY_ESHORT : ASSAY_OK);
	}
}

/* ---------------------------------------------------------------- filters of text and packed data */

typedef void encoder(assay_buf *out, const unsigned char *data, size_t n);

static void to_hex(assay_buf *out, const unsigned char *data, size_t n)
{
	for (size_t i = 0; i < n; i++)
		assay_buf_printf(out, "%02x%s", data[i], i % 32 == 31 ? "\n" : "");
	assay_buf_putc(out, '>');
}

/* Four bytes are five digits of base 85, k bytes at the end k + 1 of them. */
static void to_base_85(assay_buf *out, const unsigned char *data, size_t n)
{
	for (size_t i = 0; i < n; i += 4) {
		const size_t k = n - i < 4 ? n - i : 4;
		uint32_t v = 0;
		char digits[5];

		for (size_t j = 0; j < 4; j++)
			v = v << 8 | (j < k ? data[i + j] : 0U);
		for (int j = 4; j >= 0; j--, v /= 85)
			digits[j] = (char)('!' + v % 85);
		assay_buf_append(out, digits, k + 1);
	}
	assay_buf_puts(out, "~>");
}

static void to_runs(assay_buf *out, const unsigned char *data, size_t n)
{
	for (size_t i = 0; i < n; i += 128) {
		const size_t k = n - i < 128 ? n - i : 128;

		assay_buf_putc(out, (char)(k - 1));
		assay_buf_append(out, data + i, k);
	}
	assay_buf_putc(out, (char)128);
}

typedef struct codes {
	assay_buf *out;
	uint32_t bits;
	int count;
} codes;

static void put_code(codes *c, uint32_t code)
{
	c->bits = c->bits << 9 | code;
	for (c->count += 9; c->count >= 8; c->count -= 8)
		assay_buf_putc(c->out, (char)(c->bits >> (c->count - 8) & 0xff));
}

/* Bytes as they are, and the table is cleared (256) before its codes grow longer than 9 bits. */
static void to_lzw(assay_buf *out, const unsigned char *data, size_t n)
{
	codes c = {.out = out};

	for (size_t i = 0; i < n; i++) {
		if (i % 200 == 0)
			put_code(&c, 256);
		put_code(&c, data[i]);
	}
	put_code(&c, 257);
	put_code(&c, 0); /* fills the last byte */
}

static void to_flate(assay_buf *out, const unsigned char *data, size_t n)
{
	deflate_bytes(out, data, n);
}

static void encode(assay_buf *picture, encoder *const encoders[2])
{
	for (int i = 0; i < 2 && encoders[i] != NULL; i++) {
		assay_buf out = ASSAY_BUF_INIT;

		encoders[i](&out, picture->data, picture->len);
		assay_buf_release(picture);
		*picture = out;
	}
}

typedef struct chain {
	const char *filter;
	encoder *encoders[2]; /* the innermost first */
	bool jpeg;            /* below them */
	size_t rows;          /* bytes before each row */
} chain;

static assay_code read_chain(const chain *c, size_t percent)
{
	ASSAY_AUTO_BUF picture = ASSAY_BUF_INIT;
	unsigned char data[GREYS + SIDE] = {0}; /* also the rows' bytes, which name a predictor that does nothing */

	if (c->rows == 0)
		make_greys(data);
	if (c->jpeg)
		make_jpeg(&picture);
	else
		assay_buf_append(&picture, data, GREYS + SIDE * c->rows);
	picture.len = picture.len * percent / 100;
	encode(&picture, c->encoders);
	return read_picture(c->filter, &picture);
}

static void read__filters_of_text_and_packed_data__whole_or_short(void **state)
{
	static const chain chains[] = {
	    {"/Filter/ASCIIHexDecode", {to_hex}, false, 0},
	    {"/Filter/ASCII85Decode", {to_base_85}, false, 0},
	    {"/Filter/LZWDecode", {to_lzw}, false, 0},
	    {"/Filter/RunLengthDecode", {to_runs}, false, 0},
	    {"/Filter[/ASCII85Decode/LZWDecode]", {to_lzw, to_base_85}, false, 0},
	    {"/Filter[/ASCII85Decode/FlateDecode]", {to_flate, to_base_85}, false, 0},
	    {"/Filter[/ASCIIHexDecode/FlateDecode]/DecodeParms[null<</Predictor 15/Columns 96>>]",
	     {to_flate, to_hex},
	     false,
	     1},
	    {"/Filter[/ASCII85Decode/DCTDecode]", {to_base_85}, true, 0},
	    {"/Filter[/LZWDecode/DCTDecode]/DecodeParms[null null]", {to_lzw}, true, 0},
	    {"/Filter[/ASCIIHexDecode/RunLengthDecode/DCTDecode]", {to_runs, to_hex}, true, 0},
	};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(chains); i++) {
		if (read_chain(&chains[i], 100) != ASSAY_OK)
			fail_msg("case %zu: %s", i, r.err.msg);
		if (read_chain(&chains[i], chains[i].rows > 0 ? 99 : 40) != ASSAY_ESHORT)
			fail_msg("case %zu, cut: %d %s", i, (int)r.rc, r.err.msg);
	}
}

static void read__damaged_text_and_packed_data__decode_failure_with_qpdf_s_words(void **state)
{
	static const struct {
		const char *filter, *data, *want;
	} cases[] = {
	    {"/Filter/ASCIIHexDecode", "00ff--00>", "base Hex decode"},
	    {"/Filter/ASCII85Decode", "87cUR\x7f~>", "base 85 decode"},
	    {"/Filter/LZWDecode", "\xff\xff\xff\xff", "LZWDecoder"},
	};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(cases); i++) {
		ASSAY_AUTO_BUF picture = ASSAY_BUF_INIT;

		assay_buf_puts(&picture, cases[i].data);
		if (read_picture(cases[i].filter, &picture) != ASSAY_ECORRUPT ||
		    strstr(r.err.msg, "page 1: PDF: picture (object 6): ") == NULL ||
		    strstr(r.err.msg, cases[i].want) == NULL)
			fail_msg("case %zu: %d %s", i, (int)r.rc, r.err.msg);
	}
}

/* Filters that qpdf has not, and parameters that it does not understand, are poppler's business. */
static void images_check__other_filters__left_to_poppler(void **state)
{
	static const char *const filters[] = {"/Filter/JPXDecode", "/Filter[/ASCII85Decode/CCITTFaxDecode]",
					      "/Filter[/FlateDecode/FlateDecode]",
					      "/Filter/LZWDecode/DecodeParms<</Predictor 99>>"};
	ASSAY_AUTO_BUF picture = ASSAY_BUF_INIT;

	(void)state;
	assay_buf_putc(&picture, 'x');
	for (size_t i = 0; i < ASSAY_COUNT(filters); i++) {
		const assay_buf pictures[2] = {picture, picture};
		ASSAY_AUTO_BUF pdf = ASSAY_BUF_INIT;

		write_pictures(&pdf, false, filters[i], pictures, "");
		if (check_pages(&pdf, 2, 0, 1) != ASSAY_OK)
			fail_msg("%s: %s", filters[i], check_err.msg);
	}
}

/* ---------------------------------------------------------------- documents */

static void encrypt(assay_buf *pdf, bool aes)
{
	qpdf_data q = qpdf_init();

	assert_int_equal(qpdf_read_memory(q, "PDF", (const char *)pdf->data, pdf->len, ""), 0);
	assert_int_equal(qpdf_init_write_memory(q), 0);
	if (aes)
		qpdf_set_r6_encryption_parameters2(q, "", "owner", 1, 1, 1, 1, 1, 1, qpdf_r3p_full, 1);
	else
		qpdf_set_r3_encryption_parameters_insecure(q, "", "owner", 1, 1, 1, 1, 1, 1, qpdf_r3p_full);
	qpdf_set_stream_data_mode(q, qpdf_s_preserve);
	assert_int_equal(qpdf_write(q), 0);
	assay_buf_reset(pdf);
	assay_buf_append(pdf, qpdf_get_buffer(q), qpdf_get_buffer_length(q));
	qpdf_cleanup(&q);
}

static void read__encrypted_with_no_password__pictures_checked(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++) {
		const bool cut = (i & 2) != 0;
		ASSAY_AUTO_BUF jpeg = ASSAY_BUF_INIT;
		ASSAY_AUTO_BUF pdf = ASSAY_BUF_INIT;

		make_jpeg(&jpeg);
		jpeg.len = cut ? jpeg.len * 2 / 5 : jpeg.len;
		write_pictures(&pdf, false, "/Filter/DCTDecode", (assay_buf[]){jpeg, jpeg}, "");
		encrypt(&pdf, (i & 1) != 0);
		read_page(&pdf, 1);
		if (r.rc != (cut ? ASSAY_ESHORT : ASSAY_OK))
			fail_msg("case %d: %d %s", i, (int)r.rc, r.err.msg);
	}
}

/* A form that draws itself as well, and a picture whose mask has fewer rows. */
static void read__mask_of_a_picture_in_a_form__checked(void **state)
{
	const unsigned char greys[GREYS] = {0};
	document d;
	ASSAY_AUTO_BUF pdf = ASSAY_BUF_INIT;
	ASSAY_AUTO_BUF entries = ASSAY_BUF_INIT;

	(void)state;
	d = (document){.out = &pdf};
	assay_buf_puts(&pdf, "%PDF-1.4\n");
	add_object(&d, 1, "<</Type/Catalog/Pages 2 0 R>>");
	add_object(&d, 2, "<</Type/Pages/Count 1/Kids[3 0 R]/MediaBox[0 0 96 96]>>");
	add_object(&d, 3, "<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</XObject<</F 5 0 R>>>>>>");
	add_stream(&d, 4, "", "/F Do", 5);
	add_stream(&d, 5,
		   "/Type/XObject/Subtype/Form/BBox[0 0 96 96]/Resources<</XObject<</P 6 0 R/F 5 0 R>>/X 3 0 R>>",
		   "q 96 0 0 96 0 0 cm /P Do Q", 26);
	assay_buf_printf(&entries, "%s/SMask 7 0 R", grey_picture);
	add_stream(&d, 6, assay_buf_str(&entries), greys, GREYS);
	add_stream(&d, 7, grey_picture, greys, GREYS - SIDE);
	end_document(&d, 7, "");
	read_page(&pdf, 1);
	assert_int_equal(r.rc, ASSAY_ESHORT);
	assert_non_null(
	    strstr(r.err.msg, "page 1: PDF: picture (object 7): 9120 bytes of pixels, where 96 x 96 take 9216"));
}

static void images_check__other_number_of_pages__more_are_all_checked_fewer_are_damage(void **state)
{
	const unsigned char greys[GREYS] = {0};
	const assay_buf pictures[2] = {{.data = (unsigned char *)(uintptr_t)greys, .len = GREYS},
				       {.data = (unsigned char *)(uintptr_t)greys, .len = 1}};
	ASSAY_AUTO_BUF pdf = ASSAY_BUF_INIT;

	(void)state;
	write_pictures(&pdf, false, "", pictures, "");
	assert_int_equal(check_pages(&pdf, 2, 0, 0), ASSAY_OK);
	assert_int_equal(check_pages(&pdf, 1, 0, 0), ASSAY_ESHORT);
	assert_non_null(strstr(check_err.msg, "page 1: PDF: picture (object 7)"));
	assert_int_equal(check_pages(&pdf, 3, 0, 0), ASSAY_ECORRUPT);
	assert_string_equal(check_err.msg, "PDF: 3 pages are declared, 2 are found");
}

static void images_check__no_document__decode_failure_with_qpdf_s_words(void **state)
{
	ASSAY_AUTO_BUF pdf = ASSAY_BUF_INIT;

	(void)state;
	assay_buf_puts(&pdf, "%PDF-1.4\nnothing\n%%EOF\n");
	assert_int_equal(check_pages(&pdf, 1, 0, 0), ASSAY_ECORRUPT);
	assert_non_null(strstr(check_err.msg, "PDF: "));
	assert_non_null(strstr(check_err.msg, "trailer"));
}

/* ---------------------------------------------------------------- memory */

static void inflate__bomb__stops_when_enough_is_there(void **state)
{
	const size_t n = (size_t)64 << 20;
	ASSAY_AUTO_FREE unsigned char *zeros = calloc(n, 1);
	ASSAY_AUTO_BUF flate = ASSAY_BUF_INIT;
	uint64_t out;
	assay_err err = {0};

	(void)state;
	assert_non_null(zeros);
	deflate_bytes(&flate, zeros, n);
	assert_int_equal(pdf_inflate(&out, NULL, (page_bytes){flate.data, flate.len}, 1000, &err), ASSAY_OK);
	assert_in_range(out, 1000, (size_t)2 << 20);
}

#ifndef ASSAY_SANITIZED /* the sanitizers' shadow memory alone is terabytes */
/* What is in use, and so much more. */
static struct rlimit limit_memory(size_t more)
{
	FILE *f = fopen("/proc/self/statm", "re");
	struct rlimit old, now;
	char line[80];

	assert_non_null(f);
	assert_non_null(fgets(line, sizeof line, f));
	(void)fclose(f);
	assert_int_equal(getrlimit(RLIMIT_AS, &old), 0);
	now = old;
	now.rlim_cur = strtoul(line, NULL, 10) * 4096 + more; /* its first number is of pages */
	assert_int_equal(setrlimit(RLIMIT_AS, &now), 0);
	return old;
}

static void images_check__larger_than_the_address_space__no_memory_and_says_which_limit(void **state)
{
	const int fd = run_memory_fd("%PDF-", 5);
	assay_err err = {0};
	struct rlimit old;
	assay_code rc;

	(void)state;
	assert_int_equal(ftruncate(fd, (off_t)1 << 30), 0);
	old = limit_memory((size_t)512 << 20);
	rc = page_pdf_images_check(fd, 1, 0, 0, &err);
	assert_int_equal(setrlimit(RLIMIT_AS, &old), 0);
	(void)close(fd);
	assert_int_equal(rc, ASSAY_ENOMEM);
	assert_non_null(strstr(err.msg, "1073741824 bytes do not fit into the address space (limits: memory_mib)"));
}

/* Runs of 128 zeros, 512 MiB of them in all. */
static void images_check__unpacked_larger_than_memory__no_memory(void **state)
{
	ASSAY_AUTO_BUF runs = ASSAY_BUF_INIT;
	ASSAY_AUTO_BUF pdf = ASSAY_BUF_INIT;
	struct rlimit old;
	assay_code rc;

	(void)state;
	for (size_t i = 0; i < (size_t)4 << 20; i++)
		assay_buf_append(&runs, "\x81", 2);
	write_pictures(&pdf, false, "/Filter/RunLengthDecode", (assay_buf[]){runs, runs}, "");
	old = limit_memory((size_t)128 << 20);
	rc = check_pages(&pdf, 2, 0, 0);
	assert_int_equal(setrlimit(RLIMIT_AS, &old), 0);
	if (rc != ASSAY_ENOMEM)
		fail_msg("%d %s", (int)rc, check_err.msg);
}
#endif

static void stands_for__names_and_aliases(void **state)
{
	char *dir = (char *)(uintptr_t) "/usr/share/fonts/truetype/dejavu";
	const assay_text_list dirs = {&dir, 1};
	assay_err err = {0};
	page_fonts *f;

	(void)state;
	assert_int_equal(page_fonts_load(&f, &dirs, &err), ASSAY_OK);
	assert_true(
	    page_fonts_stands_for(f, "DejaVuSans-Bold", "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf"));
	assert_true(page_fonts_stands_for(f, "ABCDEF+DejaVuSans", "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"));
	assert_false(page_fonts_stands_for(f, "Helvetica", "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"));
	assert_false(page_fonts_stands_for(f, "DejaVuSans", "/nowhere/DejaVuSans.ttf"));
	assert_false(page_fonts_stands_for(f, NULL, NULL));
	page_fonts_unload(f);
}

static void fonts_list__sorted_and_missing_folders_passed_over(void **state)
{
	char *names[] = {(char *)(uintptr_t) "/nowhere/at/all", (char *)(uintptr_t) "/usr/share/fonts/truetype/dejavu"};
	const assay_text_list dirs = {names, 2};
	assay_stage_files files = {0};
	assay_err err = {0};

	(void)state;
	assert_int_equal(page_fonts_list(&files, &dirs, &err), ASSAY_OK);
	assert_true(files.count >= 6);
	for (size_t i = 1; i < files.count; i++)
		assert_true(strcmp(files.paths[i - 1], files.paths[i]) < 0);
	assay_stage_files_release(&files);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(read__grey_document__8_bits_at_the_asked_resolution),
	    TEST(read__colour__32_bits),
	    TEST(read__pages_17_to_20_of_20__those_only),
	    TEST(read__font_that_nothing_stands_for__font_failure_names_it),
	    TEST(read__font_declared_but_not_drawn_with__taken),
	    TEST(read__font_of_the_listed_set__drawn),
	    TEST(read__text_layer__given_with_the_page_and_counted),
	    TEST(read__absurd_page_size__limit),
	    TEST(read__encrypted__unsupported),
	    TEST(read__any_truncation__fails),
	    TEST(read__broken_content__decode_failure_with_poppler_s_words),
	    TEST(read__picture_cut_short__fails_on_its_page_alone),
	    TEST(read__damaged_codes__decode_failure),
	    TEST(read__fewer_pixels_than_declared__short),
	    TEST(read__deflated_jpeg__read_through_both),
	    TEST(read__filters_of_text_and_packed_data__whole_or_short),
	    TEST(read__damaged_text_and_packed_data__decode_failure_with_qpdf_s_words),
	    TEST(read__encrypted_with_no_password__pictures_checked),
	    TEST(read__mask_of_a_picture_in_a_form__checked),
	    cmocka_unit_test(images_check__other_filters__left_to_poppler),
	    cmocka_unit_test(images_check__other_number_of_pages__more_are_all_checked_fewer_are_damage),
	    cmocka_unit_test(images_check__no_document__decode_failure_with_qpdf_s_words),
	    cmocka_unit_test(inflate__bomb__stops_when_enough_is_there),
#ifndef ASSAY_SANITIZED
	    cmocka_unit_test(images_check__larger_than_the_address_space__no_memory_and_says_which_limit),
	    cmocka_unit_test(images_check__unpacked_larger_than_memory__no_memory),
#endif
	    cmocka_unit_test(stands_for__names_and_aliases),
	    cmocka_unit_test(fonts_list__sorted_and_missing_folders_passed_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
