/* page.read: TIFF in tiles, whose twin is the same picture in strips, and files of several pictures in time. */
#include "ocr_cmocka.h"

#include "ocr.h"
#include "ocr_run.h"

#include <leptonica/allheaders.h>
#include <tiffio.h>
#include <unistd.h>

static run r;

static int setup(void **state)
{
	(void)state;
	memset(&r, 0, sizeof r);
	setMsgSeverity(L_SEVERITY_NONE);
	run_add(&r, &assay_stage_page_read);
	return (int)r.rc;
}

static int teardown(void **state)
{
	(void)state;
	run_release(&r);
	return 0;
}

typedef struct bytes {
	l_uint8 *data;
	size_t size;
} bytes;

static void read_bytes(const bytes *b, const char *animation)
{
	run_release(&r);
	memset(&r, 0, sizeof r);
	run_add(&r, &assay_stage_page_read);
	if (animation != NULL)
		run_set(&r, "animation", animation);
	run_bytes(&r, b->data, b->size, NULL);
}

/* ---------------------------------------------------------------- TIFF in tiles */

enum { W = 203, H = 151, TILE = 64 };

typedef struct form {
	const char *name;
	uint16_t bits, samples, photometric, compression, planar, extra;
	int depth; /* of the page */
} form;

static const form forms[] = {
    {"1 bit, black is 0", 1, 1, PHOTOMETRIC_MINISBLACK, COMPRESSION_NONE, PLANARCONFIG_CONTIG, 0, 1},
    {"1 bit, white is 0, G4", 1, 1, PHOTOMETRIC_MINISWHITE, COMPRESSION_CCITTFAX4, PLANARCONFIG_CONTIG, 0, 1},
    {"2 bits", 2, 1, PHOTOMETRIC_MINISBLACK, COMPRESSION_NONE, PLANARCONFIG_CONTIG, 0, 8},
    {"4 bits, white is 0", 4, 1, PHOTOMETRIC_MINISWHITE, COMPRESSION_NONE, PLANARCONFIG_CONTIG, 0, 8},
    {"8 bits", 8, 1, PHOTOMETRIC_MINISBLACK, COMPRESSION_LZW, PLANARCONFIG_CONTIG, 0, 8},
    {"8 bits, white is 0", 8, 1, PHOTOMETRIC_MINISWHITE, COMPRESSION_ADOBE_DEFLATE, PLANARCONFIG_CONTIG, 0, 8},
    {"16 bits", 16, 1, PHOTOMETRIC_MINISBLACK, COMPRESSION_NONE, PLANARCONFIG_CONTIG, 0, 8},
    {"palette", 8, 1, PHOTOMETRIC_PALETTE, COMPRESSION_NONE, PLANARCONFIG_CONTIG, 0, 32},
    {"RGB", 8, 3, PHOTOMETRIC_RGB, COMPRESSION_LZW, PLANARCONFIG_CONTIG, 0, 32},
    {"RGB, planes", 8, 3, PHOTOMETRIC_RGB, COMPRESSION_NONE, PLANARCONFIG_SEPARATE, 0, 32},
    {"RGB of 16 bits", 16, 3, PHOTOMETRIC_RGB, COMPRESSION_NONE, PLANARCONFIG_CONTIG, 0, 32},
    {"RGB of 16 bits, planes", 16, 3, PHOTOMETRIC_RGB, COMPRESSION_NONE, PLANARCONFIG_SEPARATE, 0, 32},
    {"16 bits, white is 0", 16, 1, PHOTOMETRIC_MINISWHITE, COMPRESSION_LZW, PLANARCONFIG_CONTIG, 0, 8},
    {"RGBA", 8, 4, PHOTOMETRIC_RGB, COMPRESSION_NONE, PLANARCONFIG_CONTIG, EXTRASAMPLE_UNASSALPHA, 32},
    {"RGBA, multiplied", 8, 4, PHOTOMETRIC_RGB, COMPRESSION_LZW, PLANARCONFIG_CONTIG, EXTRASAMPLE_ASSOCALPHA, 32},
    {"CMYK", 8, 4, PHOTOMETRIC_SEPARATED, COMPRESSION_NONE, PLANARCONFIG_CONTIG, 0, 32},
};

/* What is stored for sample s of pixel x, y, in its own bits. */
static uint32_t stored(const form *f, uint32_t x, uint32_t y, uint32_t s)
{
	const uint32_t v = (x * 7 + y * 13 + s * 31 + (x ^ y) * 3) & 0xff;

	if (f->extra == EXTRASAMPLE_ASSOCALPHA && s < 3)
		return v * stored(f, x, y, 3) / 255;
	return f->bits == 16 ? v * 257 : v >> (8 - f->bits);
}

/* Rows of `width` pixels from x, y on; plane < 0: all samples in turn. Beyond the picture, zeros. */
static void fill(const form *f, uint8_t *to, uint32_t x0, uint32_t y0, uint32_t width, uint32_t height, int plane)
{
	const uint32_t each = plane < 0 ? f->samples : 1, row = (width * each * f->bits + 7) / 8;

	memset(to, 0, (size_t)row * height);
	for (uint32_t y = 0; y < height && y0 + y < H; y++)
		for (uint32_t x = 0; x < width && x0 + x < W; x++)
			for (uint32_t s = 0; s < each; s++) {
				const uint32_t v = stored(f, x0 + x, y0 + y, plane < 0 ? s : (uint32_t)plane);
				const uint32_t bit = (x * each + s) * f->bits;
				uint8_t *at = to + (size_t)row * y + bit / 8;

				if (f->bits == 16)
					memcpy(at, &(uint16_t){(uint16_t)v}, 2);
				else
					*at |= (uint8_t)(v << (8 - f->bits - bit % 8));
			}
}

static void set_fields(TIFF *t, const form *f)
{
	(void)TIFFSetField(t, TIFFTAG_IMAGEWIDTH, W);
	(void)TIFFSetField(t, TIFFTAG_IMAGELENGTH, H);
	(void)TIFFSetField(t, TIFFTAG_BITSPERSAMPLE, f->bits);
	(void)TIFFSetField(t, TIFFTAG_SAMPLESPERPIXEL, f->samples);
	(void)TIFFSetField(t, TIFFTAG_PHOTOMETRIC, f->photometric);
	(void)TIFFSetField(t, TIFFTAG_COMPRESSION, f->compression);
	(void)TIFFSetField(t, TIFFTAG_PLANARCONFIG, f->planar);
	if (f->extra != 0)
		(void)TIFFSetField(t, TIFFTAG_EXTRASAMPLES, 1, &f->extra);
	if (f->photometric == PHOTOMETRIC_PALETTE) {
		uint16_t red[256], green[256], blue[256];

		for (unsigned i = 0; i < 256; i++) {
			red[i] = (uint16_t)(i * 257);
			green[i] = (uint16_t)((255 - i) * 257);
			blue[i] = (uint16_t)((i * 3 & 255) * 257);
		}
		(void)TIFFSetField(t, TIFFTAG_COLORMAP, red, green, blue);
	}
}

static bytes slurp(const char *name)
{
	bytes b = {0};

	b.data = l_binaryRead(name, &b.size);
	assert_non_null(b.data);
	(void)unlink(name);
	return b;
}

static bytes write_tiff(const form *f, bool tiled)
{
	char name[] = "/tmp/assay-test-XXXXXX";
	const int fd = mkstemp(name);
	static uint8_t room[W * H * 8];
	const int planes = f->planar == PLANARCONFIG_SEPARATE ? f->samples : 0;
	TIFF *t;

	assert_true(fd >= 0);
	(void)close(fd);
	t = TIFFOpen(name, "w");
	assert_non_null(t);
	set_fields(t, f);
	if (tiled) {
		(void)TIFFSetField(t, TIFFTAG_TILEWIDTH, TILE);
		(void)TIFFSetField(t, TIFFTAG_TILELENGTH, TILE);
	} else {
		(void)TIFFSetField(t, TIFFTAG_ROWSPERSTRIP, H);
	}
	for (int plane = planes > 0 ? 0 : -1; plane < planes; plane++) {
		const uint16_t number = (uint16_t)(plane < 0 ? 0 : plane);

		if (!tiled) {
			fill(f, room, 0, 0, W, H, plane);
			for (uint32_t y = 0; y < H; y++)
				assert_int_equal(
				    TIFFWriteScanline(t, room + y * (size_t)TIFFScanlineSize(t), y, number), 1);
			continue;
		}
		for (uint32_t y = 0; y < H; y += TILE)
			for (uint32_t x = 0; x < W; x += TILE) {
				fill(f, room, x, y, TILE, TILE, plane);
				const tmsize_t written = TIFFWriteTile(t, room, x, y, 0, number);

				assert_true(written > 0);
			}
	}
	TIFFClose(t);
	return slurp(name);
}

static PIX *page_of(const form *f, bool tiled)
{
	bytes b = write_tiff(f, tiled);

	read_bytes(&b, NULL);
	lept_free(b.data);
	if (r.rc != ASSAY_OK)
		fail_msg("%s in %s: %s", f->name, tiled ? "tiles" : "strips", r.err.msg);
	assert_int_equal(pixGetDepth(r.pages[0]->u.page.pix), f->depth);
	assert_int_equal(run_find(&r, 0, "page.bits")->value, f->bits * f->samples);
	return pixClone(r.pages[0]->u.page.pix);
}

static void assert_same(PIX *a, PIX *b, const char *what)
{
	l_int32 same = 0;

	(void)pixEqual(a, b, &same);
	if (!same)
		fail_msg("%s: other pixels", what);
}

static void tiff__tiles__same_page_as_strips(void **state)
{
	PIX *before = NULL;

	(void)state;
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		PIX *strips = page_of(&forms[i], false), *tiles = page_of(&forms[i], true);

		assert_same(strips, tiles, forms[i].name);
		if (forms[i].planar == PLANARCONFIG_SEPARATE) /* both by the same way: the one before is its twin */
			assert_same(before, strips, forms[i].name);
		pixDestroy(&before);
		pixDestroy(&tiles);
		before = strips;
	}
	pixDestroy(&before);
}

/* Both kinds of alpha, over white: by the definition of TIFF 6.0, section 18. */
static void tiff__alpha__over_white(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		const form *f = &forms[i];
		PIX *pix;

		if (f->extra == 0 || f->samples != 4)
			continue;
		pix = page_of(f, i % 2 == 0);
		for (uint32_t y = 0; y < H; y += 7)
			for (uint32_t x = 0; x < W; x += 5) {
				const uint32_t red = stored(f, x, y, 0), a = stored(f, x, y, 3);
				const uint32_t over = 255 - a;
				const uint32_t want =
				    f->extra == EXTRASAMPLE_ASSOCALPHA ? red + over : (red * a + 127) / 255 + over;
				l_int32 got, green, blue;

				(void)pixGetRGBPixel(pix, (l_int32)x, (l_int32)y, &got, &green, &blue);
				assert_in_range(got + 1, want, want + 2);
			}
		pixDestroy(&pix);
	}
}

/* libtiff writes a directory after the data: its end is wanted, and every tile. */
static void tiff__tiles_cut_short__fails(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		bytes b = write_tiff(&forms[i], true);
		const size_t whole = b.size;

		for (size_t n = 1; n <= whole; n += 1 + whole / 31) {
			b.size = whole - n;
			read_bytes(&b, NULL);
			if (r.rc == ASSAY_OK)
				fail_msg("%s: taken with %zu of %zu bytes", forms[i].name, b.size, whole);
			assert_int_equal(r.page_count, 0);
		}
		lept_free(b.data);
	}
}

/* A tile of 4 x 10^12 pixels in a picture of 30 000. */
static void tiff__huge_tile__limit_before_decoding(void **state)
{
	bytes b = write_tiff(&forms[4], true);
	size_t found = 0;

	(void)state;
	for (size_t i = 0; i + 12 <= b.size; i++) /* short 64 of tags 322 and 323 becomes long 2000000 */
		if ((b.data[i] == 0x42 || b.data[i] == 0x43) && b.data[i + 1] == 0x01 && b.data[i + 4] == 1 &&
		    b.data[i + 8] == TILE) {
			b.data[i + 2] = 4;
			b.data[i + 8] = 0x80;
			b.data[i + 9] = 0x84;
			b.data[i + 10] = 0x1e;
			found++;
		}
	assert_int_equal(found, 2);
	read_bytes(&b, NULL);
	assert_int_equal(r.rc, ASSAY_EFULL);
	lept_free(b.data);
}

/* ---------------------------------------------------------------- several pictures in time */

static PIX *colours(int red)
{
	PIX *pix = pixCreate(40, 30, 32);

	for (int y = 0; y < 30; y++)
		for (int x = 0; x < 40; x++)
			(void)pixSetRGBPixel(pix, x, y, red, x * 6, y * 8);
	return pix;
}

static void put32(uint8_t *to, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		to[i] = (uint8_t)(v >> (8 * i));
}

static uint8_t *put_chunk(uint8_t *at, const char *name, const void *data, size_t size)
{
	memcpy(at, name, 4);
	put32(at + 4, (uint32_t)size);
	memcpy(at + 8, data, size);
	at[8 + size] = 0;
	return at + 8 + size + (size & 1);
}

/* A canvas of 60 x 50 with `count` frames of 40 x 30 at 10, 8. RFC 9649, 2.7.1.1 */
static bytes webp_animation(int count)
{
	static const uint8_t vp8x[10] = {[0] = 2, [4] = 59, [7] = 49}, anim[6] = {0};
	bytes b = {lept_calloc(1, 1 << 16), 0};
	uint8_t *at = b.data + 12;

	at = put_chunk(at, "VP8X", vp8x, sizeof vp8x);
	at = put_chunk(at, "ANIM", anim, sizeof anim);
	for (int i = 0; i < count; i++) {
		static uint8_t frame[1 << 14];
		PIX *pix = colours(100 + 50 * i);
		l_uint8 *still = NULL;
		size_t size = 0;

		assert_int_equal(pixWriteMemWebP(&still, &size, pix, 100, 1), 0);
		memset(frame, 0, 16);
		frame[0] = 5; /* half the place */
		frame[3] = 4;
		frame[6] = 39;
		frame[9] = 29;
		frame[12] = 100;                           /* ms */
		memcpy(frame + 16, still + 12, size - 12); /* its VP8L chunk */
		at = put_chunk(at, "ANMF", frame, 16 + size - 12);
		lept_free(still);
		pixDestroy(&pix);
	}
	memcpy(b.data, "RIFF", 4);
	put32(b.data + 4, (uint32_t)(at - b.data - 8));
	memcpy(b.data + 8, "WEBP", 4);
	b.size = (size_t)(at - b.data);
	return b;
}

static bytes gif_of(int count)
{
	PIX *grey = pixCreate(40, 30, 8);
	bytes one = {0}, b;
	size_t head;

	(void)pixSetPixel(grey, 3, 4, 200);
	assert_int_equal(pixWriteMemGif(&one.data, &one.size, grey), 0);
	pixDestroy(&grey);
	head = 13 + ((size_t)3 << ((one.data[10] & 7) + 1));
	b = (bytes){lept_calloc(1, one.size * (size_t)count), one.size - 1};
	memcpy(b.data, one.data, one.size - 1);
	for (int i = 1; i < count; i++) {
		memcpy(b.data + b.size, one.data + head, one.size - 1 - head);
		b.size += one.size - 1 - head;
	}
	b.data[b.size++] = 0x3b;
	lept_free(one.data);
	return b;
}

/* acTL after IHDR; the chunk's CRC is that of the PNG standard over "acTL", the count and no repetition. */
static bytes png_of(int count)
{
	static const uint32_t crcs[] = {0, 0xb42de9a0, 0xf38d9370};
	PIX *pix = colours(100);
	bytes b = {0};
	l_uint8 *still = NULL;
	size_t size = 0;
	uint8_t chunk[20] = {0, 0, 0, 8, 'a', 'c', 'T', 'L', 0, 0, 0, (uint8_t)count};

	for (int i = 0; i < 4; i++)
		chunk[16 + i] = (uint8_t)(crcs[count] >> (24 - 8 * i));
	assert_int_equal(pixWriteMemPng(&still, &size, pix, 0), 0);
	b = (bytes){lept_calloc(1, size + 20), size + 20};
	memcpy(b.data, still, 33);
	memcpy(b.data + 33, chunk, 20);
	memcpy(b.data + 53, still + 33, size - 33);
	lept_free(still);
	pixDestroy(&pix);
	return b;
}

static const struct {
	const char *name;
	bytes (*make)(int);
	int width, height;
} animations[] = {{"WebP", webp_animation, 60, 50}, {"GIF", gif_of, 40, 30}, {"PNG", png_of, 40, 30}};

static void animation__by_default__refused_by_name(void **state)
{
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		bytes b = animations[i].make(2);

		read_bytes(&b, NULL);
		assert_int_equal(r.rc, ASSAY_EUNSUPPORTED);
		assert_int_equal(r.page_count, 0);
		assert_non_null(strstr(r.err.msg, animations[i].name));
		assert_non_null(strstr(r.err.msg, "2 pictures"));
		lept_free(b.data);
	}
}

static void animation__of_one_picture__a_page(void **state)
{
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		bytes b = animations[i].make(1);

		read_bytes(&b, NULL);
		if (r.rc != ASSAY_OK)
			fail_msg("%s: %s", animations[i].name, r.err.msg);
		assert_int_equal(r.page_count, 1);
		lept_free(b.data);
	}
}

static void animation__first__its_first_picture(void **state)
{
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		bytes b = animations[i].make(2);

		read_bytes(&b, "first");
		if (r.rc != ASSAY_OK)
			fail_msg("%s: %s", animations[i].name, r.err.msg);
		assert_int_equal(r.page_count, 1);
		assert_int_equal(pixGetWidth(r.pages[0]->u.page.pix), animations[i].width);
		assert_int_equal(pixGetHeight(r.pages[0]->u.page.pix), animations[i].height);
		lept_free(b.data);
	}
}

static void webp_animation__first_frame__in_its_place_on_white(void **state)
{
	bytes b = webp_animation(2);
	l_int32 red, green, blue;
	PIX *pix;

	(void)state;
	read_bytes(&b, "first");
	assert_int_equal(r.rc, ASSAY_OK);
	pix = r.pages[0]->u.page.pix;
	(void)pixGetRGBPixel(pix, 10 + 7, 8 + 9, &red, &green, &blue);
	assert_int_equal(red, 100);
	assert_int_equal(green, 42);
	assert_int_equal(blue, 72);
	(void)pixGetRGBPixel(pix, 9, 8, &red, &green, &blue);
	assert_int_equal(red + green + blue, 3 * 255);
	(void)pixGetRGBPixel(pix, 50, 38, &red, &green, &blue);
	assert_int_equal(red + green + blue, 3 * 255);
	assert_int_equal(run_find(&r, 0, "page.bits")->value, 24);
	lept_free(b.data);
}

static void webp_animation__any_truncation__fails(void **state)
{
	bytes b = webp_animation(2);
	const size_t whole = b.size;

	(void)state;
	for (size_t n = 1; n < whole; n += 1 + whole / 61) {
		b.size = n;
		read_bytes(&b, "first");
		if (r.rc == ASSAY_OK)
			fail_msg("taken with %zu of %zu bytes", n, whole);
	}
	lept_free(b.data);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(tiff__tiles__same_page_as_strips),       TEST(tiff__alpha__over_white),
	    TEST(tiff__tiles_cut_short__fails),           TEST(tiff__huge_tile__limit_before_decoding),
	    TEST(animation__by_default__refused_by_name), TEST(animation__of_one_picture__a_page),
	    TEST(animation__first__its_first_picture),    TEST(webp_animation__first_frame__in_its_place_on_white),
	    TEST(webp_animation__any_truncation__fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
