#include "ocr_cmocka.h"

#include "ocr.h"
#include "ocr_page.h"

static run r;

static int setup(void **state)
{
	(void)state;
	memset(&r, 0, sizeof r);
	run_add(&r, &assay_stage_page_read);
	run_add(&r, &assay_stage_page_picture);
	return (int)r.rc;
}

static int teardown(void **state)
{
	(void)state;
	run_release(&r);
	return 0;
}

/* A grey page of 60 x 40 pixels, as a PGM, with boxes. */
static void see(const char *boxes)
{
	static const char head[] = "P5\n60 40\n255\n";
	const assay_sidecar side = {"boxes", (const unsigned char *)boxes, boxes != NULL ? strlen(boxes) : 0};
	unsigned char file[sizeof head - 1 + 60 * 40];
	assay_input in = {.size = sizeof file, .sidecars = &side, .sidecar_count = boxes != NULL ? 1 : 0};

	memcpy(file, head, sizeof head - 1);
	for (size_t i = sizeof head - 1; i < sizeof file; i++)
		file[i] = (unsigned char)(i * 7);
	run_forget(&r);
	in.fd = run_memory_fd(file, sizeof file);
	(void)lseek(in.fd, 0, SEEK_SET);
	run_input(&r, &in);
	(void)close(in.fd);
}

static void picture__no_boxes__the_page_alone(void **state)
{
	(void)state;
	see(NULL);
	assert_int_equal(r.rc, ASSAY_OK);
	assert_int_equal(r.artifact_count, 1);
	assert_memory_equal(r.artifacts[0], "\x89PNG\r\n\x1a\n", 8);
	assert_int_equal(r.page_count, 1); /* it passes on */
	see("");
	assert_int_equal(r.artifact_count, 1);
}

static void picture__boxes__a_piece_for_each_cut_to_the_page(void **state)
{
	(void)state;
	see("0 0 60 40\n10 5 30 12\n50 30 999999 999999");
	assert_int_equal(r.rc, ASSAY_OK);
	assert_int_equal(r.artifact_count, 4);
}

static void picture__no_boxes_of_the_page__fails_and_names_the_line(void **state)
{
	static const char *const wrong[] = {
	    "0 0 10 10\n60 0 70 10\n", "0 0 10 10\n0 40 10 50\n", "0 0 10 10\n5 5 5 9\n",  "0 0 10 10\nabc\n",
	    "0 0 10 10\n1 2 3\n",      "0 0 10 10\n1 2 3 -4\n",   "0 0 10 10\n1 2 3 4 5\n"};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		see(wrong[i]);
		assert_int_not_equal(r.rc, ASSAY_OK);
		assert_int_equal(r.failure, ASSAY_FAILURE_STAGE);
		assert_string_equal(r.err.msg, "line 2 of 'boxes' is no box of the page");
	}
}

/* Colour of a pixel of an artifact: 0xRRGGBB. */
static unsigned colour_at(const PIX *pix, int x, int y)
{
	l_uint32 value = 0;

	assert_int_equal(pixGetPixel((PIX *)(uintptr_t)pix, x, y, &value), 0);
	return value >> 8;
}

static unsigned grey_at(int x, int y)
{
	const unsigned v = (unsigned char)((sizeof "P5\n60 40\n255\n" - 1 + (size_t)(y * 60 + x)) * 7);

	return v << 16 | v << 8 | v;
}

static void picture__marks__drawn_inside_of_their_boxes_and_nowhere_else(void **state)
{
	PIX *pix;

	(void)state;
	see("0 0 5 5\n= 10 5 50 35\n| 20 0 22 40\n- 12 8 30 20\n! 35 8 80 20\n- 0 0 4 4\n1 1 9 9\n");
	assert_int_equal(r.rc, ASSAY_OK);
	assert_int_equal(r.artifact_count, 4); /* the page, a piece, the drawn one, a piece */
	pix = pixReadMem((const l_uint8 *)r.artifacts[2], r.artifact_sizes[2]);
	assert_non_null(pix);
	assert_int_equal(pixGetWidth(pix), 40);
	assert_int_equal(pixGetHeight(pix), 30);
	assert_int_equal(colour_at(pix, 0, 0), grey_at(10, 5));
	assert_int_equal(colour_at(pix, 10, 0), 0x00966e); /* the line goes over all of the piece */
	assert_int_equal(colour_at(pix, 11, 29), 0x00966e);
	assert_int_equal(colour_at(pix, 12, 29), grey_at(22, 34));
	assert_int_equal(colour_at(pix, 2, 3), 0x005ac8); /* 2 thick, from the corner on */
	assert_int_equal(colour_at(pix, 3, 14), 0x005ac8);
	assert_int_equal(colour_at(pix, 4, 5), grey_at(14, 10));
	assert_int_equal(colour_at(pix, 10, 3), 0x005ac8); /* over what was drawn before */
	assert_int_equal(colour_at(pix, 20, 9), grey_at(30, 14));
	assert_int_equal(colour_at(pix, 27, 5), 0xd20000);
	assert_int_equal(colour_at(pix, 28, 6), grey_at(38, 11));
	assert_int_equal(colour_at(pix, 39, 9), 0xd20000); /* cut to the piece */
	pixDestroy(&pix);
}

static void picture__marks_without_a_piece__fail_and_name_the_line(void **state)
{
	static const char *const wrong[] = {"0 0 10 10\n- 1 1 5 5\n", "= 0 0 9 9\n? 1 1 5 5\n",
					    "= 0 0 9 9\n- 5 5 1 1\n", "= 0 0 9 9\n- 99 0 120 9\n", "= 0 0 9 9\n-\n"};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		see(wrong[i]);
		assert_int_equal(r.failure, ASSAY_FAILURE_STAGE);
		assert_string_equal(r.err.msg, "line 2 of 'boxes' is no box of the page");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(picture__no_boxes__the_page_alone, setup, teardown),
	    cmocka_unit_test_setup_teardown(picture__boxes__a_piece_for_each_cut_to_the_page, setup, teardown),
	    cmocka_unit_test_setup_teardown(picture__marks__drawn_inside_of_their_boxes_and_nowhere_else, setup,
					    teardown),
	    cmocka_unit_test_setup_teardown(picture__marks_without_a_piece__fail_and_name_the_line, setup, teardown),
	    cmocka_unit_test_setup_teardown(picture__no_boxes_of_the_page__fails_and_names_the_line, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
