#include "ocr_cmocka.h"

#include "page_image.h"

#include <string.h>

/* orientation 6, resolution 300/1 and 20000/100 per inch */
static const unsigned char little[] = {
    'I',  'I', 42, 0, 8, 0, 0, 0,                   /* directory at 8 */
    4,    0,                                        /* entries */
    0x12, 1,   3,  0, 1, 0, 0, 0, 6,    0,    0, 0, /* orientation */
    0x1a, 1,   5,  0, 1, 0, 0, 0, 62,   0,    0, 0, /* across */
    0x1b, 1,   5,  0, 1, 0, 0, 0, 70,   0,    0, 0, /* down */
    0x28, 1,   3,  0, 1, 0, 0, 0, 2,    0,    0, 0, /* unit: inch */
    0,    0,   0,  0,                               /* no next directory */
    0x2c, 1,   0,  0, 1, 0, 0, 0, 0x20, 0x4e, 0, 0, 100, 0, 0, 0,
};

static void exif_parse__little_endian__orientation_and_both_resolutions(void **state)
{
	page_image p = PAGE_IMAGE_INIT;

	(void)state;
	page_exif_parse(&p, (page_bytes){little, sizeof little});
	assert_int_equal(p.orientation, 6);
	assert_int_equal(p.dpi_x, 300);
	assert_int_equal(p.dpi_y, 200);
}

static void exif_parse__big_endian_centimetres__converted(void **state)
{
	static const unsigned char big[] = {
	    'M', 'M', 0, 42, 0, 0, 0, 8, 0, 4,  1, 0x12, 0, 3, 0, 0, 0, 1,   0, 3, 0, 0,  1, 0x1a,
	    0,   5,   0, 0,  0, 1, 0, 0, 0, 62, 1, 0x1b, 0, 5, 0, 0, 0, 1,   0, 0, 0, 62, 1, 0x28,
	    0,   3,   0, 0,  0, 1, 0, 3, 0, 0,  0, 0,    0, 0, 0, 0, 0, 118, 0, 0, 0, 1,
	};
	page_image p = PAGE_IMAGE_INIT;

	(void)state;
	page_exif_parse(&p, (page_bytes){big, sizeof big});
	assert_int_equal(p.orientation, 3);
	assert_int_equal(p.dpi_x, 300); /* 118 * 2.54 = 299.72 */
	assert_int_equal(p.dpi_y, 300);
}

static void exif_parse__every_truncation__stays_in_bounds(void **state)
{
	(void)state;
	for (size_t n = 0; n < sizeof little; n++) {
		page_image p = PAGE_IMAGE_INIT;
		unsigned char *copy = malloc(n + 1); /* exact size: ASan sees a read beyond */

		assert_non_null(copy);
		copy = realloc(copy, n > 0 ? n : 1);
		memcpy(copy, little, n);
		page_exif_parse(&p, (page_bytes){copy, n});
		assert_in_range(p.orientation, 1, 8);
		free(copy);
	}
}

static void exif_parse__orientation_out_of_range__ignored(void **state)
{
	unsigned char bad[sizeof little];
	page_image p = PAGE_IMAGE_INIT;

	(void)state;
	memcpy(bad, little, sizeof bad);
	bad[18] = 9;
	page_exif_parse(&p, (page_bytes){bad, sizeof bad});
	assert_int_equal(p.orientation, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(exif_parse__little_endian__orientation_and_both_resolutions),
	    cmocka_unit_test(exif_parse__big_endian_centimetres__converted),
	    cmocka_unit_test(exif_parse__every_truncation__stays_in_bounds),
	    cmocka_unit_test(exif_parse__orientation_out_of_range__ignored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
