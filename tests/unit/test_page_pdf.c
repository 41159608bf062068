/* Pages of PDF as they are drawn: resolution, colours, fonts and text, and documents that are refused. */
#include "pdf_fixture.h"

#include <cairo-pdf.h>

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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
