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

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(picture__no_boxes__the_page_alone, setup, teardown),
	    cmocka_unit_test_setup_teardown(picture__boxes__a_piece_for_each_cut_to_the_page, setup, teardown),
	    cmocka_unit_test_setup_teardown(picture__no_boxes_of_the_page__fails_and_names_the_line, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
