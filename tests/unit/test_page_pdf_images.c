/* The pictures that hang on a page of PDF: which are checked, and what is told of one that is damaged. */
#include "pdf_fixture.h"

#include "page_pdf_images.h"

#include <stdio.h>
#include <sys/resource.h>

#include <qpdf/qpdf-c.h>

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

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(read__picture_cut_short__fails_on_its_page_alone),
	    TEST(read__encrypted_with_no_password__pictures_checked),
	    TEST(read__mask_of_a_picture_in_a_form__checked),
	    cmocka_unit_test(images_check__other_filters__left_to_poppler),
	    cmocka_unit_test(images_check__other_number_of_pages__more_are_all_checked_fewer_are_damage),
	    cmocka_unit_test(images_check__no_document__decode_failure_with_qpdf_s_words),
#ifndef ASSAY_SANITIZED
	    cmocka_unit_test(images_check__larger_than_the_address_space__no_memory_and_says_which_limit),
	    cmocka_unit_test(images_check__unpacked_larger_than_memory__no_memory),
#endif
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
