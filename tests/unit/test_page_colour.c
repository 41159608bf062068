/*
 * page.read: what the numbers of a file mean. Colours stand in the file as each form has them, and must come out as the
 * definition of the form says: TIFF 6.0 sections 4 to 6 and 16, ITU-T T.872 for four inks in JPEG.
 */
#include "ocr_cmocka.h"

#include "ocr.h"
#include "ocr_run.h"

#include <stdio.h>
#include <unistd.h>

#include <jpeglib.h>
#include <leptonica/allheaders.h>
#include <tiffio.h>

enum { SIDE = 16, PROFILE = 200 };

static run r;
static uint8_t profile[PROFILE]; /* of no meaning: none is applied */

static int teardown(void **state)
{
	(void)state;
	run_release(&r);
	return 0;
}

/* The one colour of the page that these bytes are, 0xRRGGBB. */
static unsigned colour_of(const void *data, size_t size)
{
	PIX *pix;
	l_uint32 v;

	run_release(&r);
	memset(&r, 0, sizeof r);
	run_add(&r, &assay_stage_page_read);
	run_bytes(&r, data, size, NULL);
	if (r.rc != ASSAY_OK)
		fail_msg("%s", r.err.msg);
	pix = r.pages[0]->u.page.pix;
	assert_int_equal(pixGetPixel(pix, SIDE / 2, SIDE / 2, &v), 0);
	if (pixGetDepth(pix) == 1)
		return v ? 0 : 0xffffff;
	return pixGetDepth(pix) == 8 ? v * 0x10101 : v >> 8;
}

static void assert_near(unsigned got, unsigned want, int by, const char *what)
{
	for (int shift = 0; shift < 24; shift += 8)
		if (abs((int)(got >> shift & 255) - (int)(want >> shift & 255)) > by)
			fail_msg("%s: %06x, not %06x", what, got, want);
}

/* ---------------------------------------------------------------- TIFF */

typedef struct form {
	const char *name;
	uint16_t bits, samples, photometric;
	uint32_t stored[4]; /* of every pixel */
	unsigned wanted;
} form;

static const form forms[] = {
    {"1 bit, 0 is black", 1, 1, PHOTOMETRIC_MINISBLACK, {1}, 0xffffff},
    {"1 bit, 0 is white", 1, 1, PHOTOMETRIC_MINISWHITE, {1}, 0x000000},
    {"2 bits, 0 is black", 2, 1, PHOTOMETRIC_MINISBLACK, {1}, 0x555555},
    {"2 bits, 0 is white", 2, 1, PHOTOMETRIC_MINISWHITE, {1}, 0xaaaaaa},
    {"4 bits, 0 is black", 4, 1, PHOTOMETRIC_MINISBLACK, {3}, 0x333333},
    {"4 bits, 0 is white", 4, 1, PHOTOMETRIC_MINISWHITE, {3}, 0xcccccc},
    {"8 bits, 0 is black", 8, 1, PHOTOMETRIC_MINISBLACK, {0x21}, 0x212121},
    {"8 bits, 0 is white", 8, 1, PHOTOMETRIC_MINISWHITE, {0x21}, 0xdedede},
    {"16 bits, 0 is black", 16, 1, PHOTOMETRIC_MINISBLACK, {0x2121}, 0x212121},
    {"16 bits, 0 is white", 16, 1, PHOTOMETRIC_MINISWHITE, {0x2121}, 0xdedede},
    {"palette of 1 bit", 1, 1, PHOTOMETRIC_PALETTE, {1}, 0x01fe03},
    {"palette of 2 bits", 2, 1, PHOTOMETRIC_PALETTE, {3}, 0x03fc09},
    {"palette of 4 bits", 4, 1, PHOTOMETRIC_PALETTE, {10}, 0x0af51e},
    {"palette of 8 bits", 8, 1, PHOTOMETRIC_PALETTE, {60}, 0x3cc3b4},
    {"RGB", 8, 3, PHOTOMETRIC_RGB, {0x10, 0x80, 0xf0}, 0x1080f0},
    {"RGB of 16 bits", 16, 3, PHOTOMETRIC_RGB, {0x1010, 0x8080, 0xf0f0}, 0x1080f0},
    {"CMYK, cyan", 8, 4, PHOTOMETRIC_SEPARATED, {255, 0, 0, 0}, 0x00ffff},
    {"CMYK, yellow", 8, 4, PHOTOMETRIC_SEPARATED, {0, 0, 255, 0}, 0xffff00},
    {"CMYK, black ink", 8, 4, PHOTOMETRIC_SEPARATED, {0, 0, 0, 255}, 0x000000},
    {"CMYK, no ink", 8, 4, PHOTOMETRIC_SEPARATED, {0, 0, 0, 0}, 0xffffff},
    {"CMYK, half the red under half the black", 8, 4, PHOTOMETRIC_SEPARATED, {0, 128, 128, 128}, 0x7f3f3f},
};

static void set_fields(TIFF *t, const form *f)
{
	uint16_t map[3][256];

	(void)TIFFSetField(t, TIFFTAG_IMAGEWIDTH, SIDE);
	(void)TIFFSetField(t, TIFFTAG_IMAGELENGTH, SIDE);
	(void)TIFFSetField(t, TIFFTAG_BITSPERSAMPLE, f->bits);
	(void)TIFFSetField(t, TIFFTAG_SAMPLESPERPIXEL, f->samples);
	(void)TIFFSetField(t, TIFFTAG_PHOTOMETRIC, f->photometric);
	(void)TIFFSetField(t, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
	(void)TIFFSetField(t, TIFFTAG_ROWSPERSTRIP, SIDE);
	(void)TIFFSetField(t, TIFFTAG_ICCPROFILE, (uint32_t)PROFILE, profile);
	for (unsigned i = 0; i < 256; i++) {
		map[0][i] = (uint16_t)(i * 257);
		map[1][i] = (uint16_t)((255 - i) * 257);
		map[2][i] = (uint16_t)((i * 3 & 255) * 257);
	}
	if (f->photometric == PHOTOMETRIC_PALETTE)
		(void)TIFFSetField(t, TIFFTAG_COLORMAP, map[0], map[1], map[2]);
}

static void fill_row(uint8_t *row, const form *f)
{
	memset(row, 0, (size_t)SIDE * 8);
	for (unsigned i = 0; i < SIDE * (unsigned)f->samples; i++) {
		const uint32_t v = f->stored[i % f->samples], bit = i * f->bits;

		if (f->bits == 16)
			memcpy(row + bit / 8, &(uint16_t){(uint16_t)v}, 2);
		else
			row[bit / 8] |= (uint8_t)(v << (8 - f->bits - bit % 8));
	}
}

static void tiff__each_form__the_colour_it_means(void **state)
{
	uint8_t row[SIDE * 8];

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(forms); i++) {
		char name[] = "/tmp/assay-test-XXXXXX";
		const int fd = mkstemp(name);
		size_t size = 0;
		uint8_t *data;
		TIFF *t;

		assert_true(fd >= 0);
		(void)close(fd);
		t = TIFFOpen(name, "w");
		assert_non_null(t);
		set_fields(t, &forms[i]);
		fill_row(row, &forms[i]);
		for (uint32_t y = 0; y < SIDE; y++)
			assert_int_equal(TIFFWriteScanline(t, row, y, 0), 1);
		TIFFClose(t);
		data = l_binaryRead(name, &size);
		(void)unlink(name);
		/* products of inks are rounded in one way or another */
		assert_near(colour_of(data, size), forms[i].wanted, forms[i].samples == 4 ? 1 : 0, forms[i].name);
		lept_free(data);
	}
}

/* ---------------------------------------------------------------- JPEG */

typedef struct jpeg {
	const char *name;
	J_COLOR_SPACE in, stored;
	int samples;
	bool adobe, tagged;
	uint8_t pixel[4];
	unsigned wanted;
} jpeg;

/* Adobe's programs write the inks the other way round, 255 for none, and their marker; without it 0 is none. */
static const jpeg jpegs[] = {
    {"grey", JCS_GRAYSCALE, JCS_GRAYSCALE, 1, false, false, {0x40}, 0x404040},
    {"grey with a profile", JCS_GRAYSCALE, JCS_GRAYSCALE, 1, false, true, {0x40}, 0x404040},
    {"YCbCr", JCS_RGB, JCS_YCbCr, 3, false, false, {0x20, 0x80, 0xe0}, 0x2080e0},
    {"YCbCr with a profile", JCS_RGB, JCS_YCbCr, 3, false, true, {0x20, 0x80, 0xe0}, 0x2080e0},
    {"RGB", JCS_RGB, JCS_RGB, 3, true, false, {0x20, 0x80, 0xe0}, 0x2080e0},
    {"CMYK by Adobe", JCS_CMYK, JCS_CMYK, 4, true, false, {0, 255, 255, 255}, 0x00ffff},
    {"CMYK by Adobe with a profile", JCS_CMYK, JCS_CMYK, 4, true, true, {255, 255, 255, 64}, 0x404040},
    {"CMYK by others", JCS_CMYK, JCS_CMYK, 4, false, false, {255, 0, 0, 0}, 0x00ffff},
    {"YCCK", JCS_CMYK, JCS_YCCK, 4, true, false, {0, 255, 255, 255}, 0x00ffff},
};

static void encode(unsigned char **data, unsigned long *size, const jpeg *j)
{
	struct jpeg_compress_struct c;
	struct jpeg_error_mgr errors;
	uint8_t row[SIDE * 4];
	JSAMPROW at = row;

	for (size_t i = 0; i < (size_t)SIDE * (size_t)j->samples; i++)
		row[i] = j->pixel[i % (size_t)j->samples];
	c.err = jpeg_std_error(&errors);
	jpeg_create_compress(&c);
	jpeg_mem_dest(&c, data, size);
	c.image_width = c.image_height = SIDE;
	c.input_components = j->samples;
	c.in_color_space = j->in;
	jpeg_set_defaults(&c);
	jpeg_set_colorspace(&c, j->stored);
	c.write_Adobe_marker = j->adobe;
	jpeg_set_quality(&c, 100, TRUE);
	jpeg_start_compress(&c, TRUE);
	if (j->tagged) {
		uint8_t marker[14 + PROFILE] = "ICC_PROFILE\0\1\1";

		jpeg_write_marker(&c, JPEG_APP0 + 2, marker, sizeof marker);
	}
	for (int y = 0; y < SIDE; y++)
		(void)jpeg_write_scanlines(&c, &at, 1);
	jpeg_finish_compress(&c);
	jpeg_destroy_compress(&c);
}

static void jpeg__each_form__the_colour_it_means(void **state)
{
	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(jpegs); i++) {
		unsigned char *data = NULL;
		unsigned long size = 0;

		encode(&data, &size, &jpegs[i]);
		assert_near(colour_of(data, size), jpegs[i].wanted, 3, jpegs[i].name);
		free(data);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(tiff__each_form__the_colour_it_means),
	    cmocka_unit_test(jpeg__each_form__the_colour_it_means),
	};

	setMsgSeverity(L_SEVERITY_NONE);
	return cmocka_run_group_tests(tests, NULL, teardown);
}
