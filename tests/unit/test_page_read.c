#include "ocr_cmocka.h"

#include "ocr.h"
#include "ocr_run.h"

#include <dirent.h>
#include <fcntl.h>

#include <leptonica/allheaders.h>

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

/* ---------------------------------------------------------------- pictures */

enum { W = 203, H = 151 };

/* Texture that does not compress to nothing, the same at every run. */
static PIX *picture(int depth)
{
	PIX *pix = pixCreate(W, H, depth);
	uint32_t seed = 99;

	assert_non_null(pix);
	for (int y = 0; y < H; y++)
		for (int x = 0; x < W; x++) {
			const uint32_t v = test_random(&seed);

			if (depth == 32)
				(void)pixSetRGBPixel(pix, x, y, (int)(v & 0xff), (int)(v >> 8 & 0xff), x);
			else
				(void)pixSetPixel(pix, x, y, v & ((1u << depth) - 1));
		}
	(void)pixSetResolution(pix, 200, 200);
	return pix;
}

typedef struct encoded {
	l_uint8 *data;
	size_t size;
} encoded;

static encoded encode(PIX *pix, int format)
{
	encoded e = {0};
	int bad;

	if (format == IFF_JP2)
		bad = pixWriteMemJp2k(&e.data, &e.size, pix, 34, 4, 0, 0);
	else if (format == IFF_WEBP)
		bad = pixWriteMemWebP(&e.data, &e.size, pix, 80, 1);
	else
		bad = pixWriteMem(&e.data, &e.size, pix, format);
	assert_int_equal(bad, 0);
	return e;
}

static void read_encoded(const encoded *e, size_t size)
{
	run_forget(&r);
	run_bytes(&r, e->data, size, NULL);
}

/* ---------------------------------------------------------------- formats */

static const struct {
	const char *name;
	int format, depth, bits, dpi;
	bool lossless;
} formats[] = {
    {"JPEG grey", IFF_JFIF_JPEG, 8, 8, 200, false},
    {"JPEG colour", IFF_JFIF_JPEG, 32, 24, 200, false},
    {"PNG 1", IFF_PNG, 1, 1, 200, true},
    {"PNG 8", IFF_PNG, 8, 8, 200, true},
    {"PNG 32", IFF_PNG, 32, 24, 200, true},
    {"TIFF 1 plain", IFF_TIFF, 1, 1, 200, true},
    {"TIFF 1 G4", IFF_TIFF_G4, 1, 1, 200, true},
    {"TIFF 1 G3", IFF_TIFF_G3, 1, 1, 200, true},
    {"TIFF 8 plain", IFF_TIFF, 8, 8, 200, true},
    {"TIFF 8 LZW", IFF_TIFF_LZW, 8, 8, 200, true},
    {"TIFF 8 ZIP", IFF_TIFF_ZIP, 8, 8, 200, true},
    {"TIFF 8 PackBits", IFF_TIFF_PACKBITS, 1, 1, 200, true},
    {"TIFF 8 JPEG", IFF_TIFF_JPEG, 8, 8, 200, false},
    {"TIFF 32 plain", IFF_TIFF, 32, 24, 200, true},
    {"TIFF 32 LZW", IFF_TIFF_LZW, 32, 24, 200, true},
    {"BMP 1", IFF_BMP, 1, 1, 200, true},
    {"BMP 8", IFF_BMP, 8, 8, 200, true},
    {"BMP 32", IFF_BMP, 32, 24, 200, true},
    {"PNM 1", IFF_PNM, 1, 1, 0, true},
    {"PNM 8", IFF_PNM, 8, 8, 0, true},
    {"PNM 32", IFF_PNM, 32, 24, 0, true},
    {"WebP", IFF_WEBP, 32, 24, 0, true},
    {"JPEG 2000", IFF_JP2, 8, 8, 0, false},
};

static void read__every_format__one_page_with_its_pixels(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
		PIX *pix = picture(formats[i].depth);
		encoded e = encode(pix, formats[i].format);
		l_int32 same = 0;

		read_encoded(&e, e.size);
		if (r.rc != ASSAY_OK)
			fail_msg("%s: %s", formats[i].name, r.err.msg);
		assert_int_equal(r.page_count, 1);
		assert_int_equal(r.total, 1);
		assert_string_equal(r.parts[0], "page=1");
		assert_int_equal(pixGetDepth(r.pages[0]->u.page.pix), formats[i].depth);
		if (r.pages[0]->u.page.dpi_x != formats[i].dpi)
			fail_msg("%s: %d dpi", formats[i].name, r.pages[0]->u.page.dpi_x);
		assert_int_equal(run_find(&r, 0, "page.bits")->value, formats[i].bits);
		(void)pixEqual(pix, r.pages[0]->u.page.pix, &same);
		if (formats[i].lossless && !same)
			fail_msg("%s: other pixels", formats[i].name);
		lept_free(e.data);
		pixDestroy(&pix);
	}
}

static void read__any_truncation__fails(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
		PIX *pix = picture(formats[i].depth);
		encoded e = encode(pix, formats[i].format);

		for (size_t n = 1; n < e.size; n += 1 + e.size / 61) {
			read_encoded(&e, n);
			if (r.rc == ASSAY_OK)
				fail_msg("%s: taken with %zu of %zu bytes", formats[i].name, n, e.size);
			assert_int_equal(r.page_count, 0);
		}
		for (size_t cut = 1; cut <= 4; cut++) {
			read_encoded(&e, e.size - cut);
			if (r.rc == ASSAY_OK)
				fail_msg("%s: taken without its last %zu bytes", formats[i].name, cut);
		}
		lept_free(e.data);
		pixDestroy(&pix);
	}
}

static void read__png_of_every_depth__1_8_or_32(void **state)
{
	static const struct {
		int depth, out;
	} cases[] = {{1, 1}, {2, 8}, {4, 8}, {8, 8}, {16, 8}, {32, 32}};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		PIX *pix = picture(cases[i].depth);
		encoded e = encode(pix, IFF_PNG);
		l_uint32 v = 0, w = 0;

		read_encoded(&e, e.size);
		assert_int_equal(r.rc, ASSAY_OK);
		assert_int_equal(pixGetDepth(r.pages[0]->u.page.pix), cases[i].out);
		(void)pixGetPixel(pix, 17, 11, &v);
		(void)pixGetPixel(r.pages[0]->u.page.pix, 17, 11, &w);
		if (cases[i].depth < 8 && cases[i].out == 8)
			assert_int_equal(w, v * 255 / ((1u << cases[i].depth) - 1));
		if (cases[i].depth == 16)
			assert_in_range(w, (v >> 8) == 0 ? 0 : (v >> 8) - 1, (v >> 8) + 1);
		lept_free(e.data);
		pixDestroy(&pix);
	}
}

static void read__tiff_of_odd_depths__8(void **state)
{
	static const int depths[] = {2, 4, 16};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		PIX *pix = picture(depths[i]);
		encoded e = encode(pix, IFF_TIFF);

		read_encoded(&e, e.size);
		if (r.rc != ASSAY_OK)
			fail_msg("%d bits: %s", depths[i], r.err.msg);
		assert_int_equal(pixGetDepth(r.pages[0]->u.page.pix), 8);
		lept_free(e.data);
		pixDestroy(&pix);
	}
}

static void read__colour_map__resolved(void **state)
{
	static const int containers[] = {IFF_PNG, IFF_TIFF, IFF_GIF, IFF_BMP};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		PIX *pix = pixCreate(40, 30, 8);
		PIXCMAP *cmap = pixcmapCreate(8);
		encoded e;
		l_int32 red, green, blue;

		(void)pixcmapAddColor(cmap, 10, 200, 30);
		(void)pixcmapAddColor(cmap, 250, 20, 130);
		(void)pixSetColormap(pix, cmap);
		(void)pixSetPixel(pix, 5, 6, 1);
		e = encode(pix, containers[i]);
		read_encoded(&e, e.size);
		if (r.rc != ASSAY_OK)
			fail_msg("container %d: %s", containers[i], r.err.msg);
		assert_int_equal(pixGetDepth(r.pages[0]->u.page.pix), 32);
		assert_null(pixGetColormap(r.pages[0]->u.page.pix));
		(void)pixGetRGBPixel(r.pages[0]->u.page.pix, 5, 6, &red, &green, &blue);
		assert_int_equal(red, 250);
		assert_int_equal(green, 20);
		assert_int_equal(blue, 130);
		lept_free(e.data);
		pixDestroy(&pix);
	}
}

static void read__alpha__over_white(void **state)
{
	static const int containers[] = {IFF_PNG, IFF_TIFF, IFF_WEBP};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		PIX *pix = pixCreate(16, 16, 32);
		encoded e;
		l_int32 red, green, blue;

		(void)pixSetAll(pix);
		pixSetSpp(pix, 4);
		(void)pixSetPixel(pix, 1, 1, 0x000000ff); /* opaque black */
		(void)pixSetPixel(pix, 2, 1, 0x00000000); /* nothing */
		(void)pixSetPixel(pix, 3, 1, 0x64000080); /* half a dark red: (100 * 128 + 255 * 127) / 255 = 177 */
		(void)pixSetPixel(pix, 4, 1,
				  0xff000080); /* tells that Leptonica's TIFF is not multiplied, as it says */
		e = encode(pix, containers[i]);
		read_encoded(&e, e.size);
		if (r.rc != ASSAY_OK)
			fail_msg("container %d: %s", containers[i], r.err.msg);
		(void)pixGetRGBPixel(r.pages[0]->u.page.pix, 1, 1, &red, &green, &blue);
		assert_int_equal(red + green + blue, 0);
		(void)pixGetRGBPixel(r.pages[0]->u.page.pix, 2, 1, &red, &green, &blue);
		assert_int_equal(red + green + blue, 3 * 255);
		(void)pixGetRGBPixel(r.pages[0]->u.page.pix, 3, 1, &red, &green, &blue);
		assert_in_range(red, 176, 178);
		assert_in_range(green, 126, 128);
		lept_free(e.data);
		pixDestroy(&pix);
	}
}

static void read__pnm_by_hand(void **state)
{
	static const struct {
		const char *text;
		size_t size;
		assay_code code;
		unsigned first;
	} cases[] = {
	    {"P2 # grey\n2 1\n100\n50 100\n", 25, ASSAY_OK, 128},
	    {"P2 2 1 100 50 101\n", 18, ASSAY_ECORRUPT, 0},
	    {"P2 2 1 100 50\n", 14, ASSAY_ESHORT, 0},
	    {"P1 3 1 101\n", 11, ASSAY_OK, 1},
	    {"P5 1 1 65535\n\x80\x00", 15, ASSAY_OK, 128},
	    {"P5 -1 5 255\n", 12, ASSAY_ECORRUPT, 0},
	    {"P6 1 1 255\n\1\2", 13, ASSAY_ESHORT, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		l_uint32 v = 0;

		run_forget(&r);
		run_bytes(&r, cases[i].text, cases[i].size, NULL);
		assert_int_equal(r.rc, cases[i].code);
		if (r.rc != ASSAY_OK)
			continue;
		(void)pixGetPixel(r.pages[0]->u.page.pix, 0, 0, &v);
		assert_int_equal(v, cases[i].first);
	}
}

/* ---------------------------------------------------------------- damage inside */

static void read__bytes_overwritten__never_the_whole_picture(void **state)
{
	static const int lossless[] = {IFF_PNG, IFF_TIFF_ZIP};

	(void)state;
	/* formats with checksums must tell any change of picture data */
	for (size_t i = 0; i < 2; i++) {
		PIX *pix = picture(8);
		encoded e = encode(pix, lossless[i]);

		for (size_t at = e.size / 4; at < e.size * 3 / 4; at += e.size / 37) {
			e.data[at] ^= 0x55;
			read_encoded(&e, e.size);
			if (r.rc == ASSAY_OK)
				fail_msg("format %d: byte %zu changed and not told", lossless[i], at);
			e.data[at] ^= 0x55;
		}
		lept_free(e.data);
		pixDestroy(&pix);
	}
}

static void read__jpeg_with_extra_bytes_between_markers__taken(void **state)
{
	PIX *pix = picture(8);
	encoded e = encode(pix, IFF_JFIF_JPEG);
	unsigned char *more = malloc(e.size + 3);

	(void)state;
	assert_non_null(more);
	memcpy(more, e.data, 20);   /* SOI and APP0 */
	memset(more + 20, 0xff, 3); /* fill bytes, ISO/IEC 10918-1 B.1.1.2 */
	memcpy(more + 23, e.data + 20, e.size - 20);
	run_bytes(&r, more, e.size + 3, NULL);
	assert_int_equal(r.rc, ASSAY_OK);
	free(more);
	lept_free(e.data);
	pixDestroy(&pix);
}

/* ---------------------------------------------------------------- limits */

static uint32_t crc32_of(const unsigned char *p, size_t n)
{
	uint32_t c = 0xffffffff;

	while (n-- > 0) {
		c ^= *p++;
		for (int k = 0; k < 8; k++)
			c = c & 1 ? 0xedb88320 ^ c >> 1 : c >> 1;
	}
	return ~c;
}

static void put_be(unsigned char *p, uint32_t v, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		p[i] = (unsigned char)(v >> 8 * (bytes - 1 - i));
}

static void assert_limit(const encoded *e, const char *name)
{
	read_encoded(e, e->size);
	if (r.rc != ASSAY_EFULL)
		fail_msg("%s: %s, not a limit: %s", name, assay_code_name(r.rc), r.err.msg);
	assert_non_null(strstr(r.err.msg, "max_pixels = 200000000"));
}

static void read__headers_that_declare_too_much__limit_before_decoding(void **state)
{
	PIX *pix = picture(8);
	encoded e;

	(void)state;
	e = encode(pix, IFF_PNG);
	put_be(e.data + 16, 60000, 4);
	put_be(e.data + 20, 60000, 4);
	put_be(e.data + 29, crc32_of(e.data + 12, 17), 4);
	assert_limit(&e, "PNG");
	lept_free(e.data);

	e = encode(pix, IFF_JFIF_JPEG);
	for (size_t i = 2; i + 9 < e.size; i++)
		if (e.data[i] == 0xff && e.data[i + 1] == 0xc0) {
			put_be(e.data + i + 5, 65000, 2);
			put_be(e.data + i + 7, 65000, 2);
			break;
		}
	assert_limit(&e, "JPEG");
	lept_free(e.data);

	e = encode(pix, IFF_BMP);
	memcpy(e.data + 18, (const unsigned char[]){0, 0, 1, 0, 0, 0, 1, 0}, 8);
	assert_limit(&e, "BMP");
	lept_free(e.data);

	e = encode(pix, IFF_GIF);
	memset(e.data + 6, 0xff, 4);
	assert_limit(&e, "GIF");
	lept_free(e.data);

	e = encode(pix, IFF_JP2);
	for (size_t i = 0; i + 14 < e.size; i++)
		if (memcmp(e.data + i, "\xff\x4f\xff\x51", 4) == 0) {
			put_be(e.data + i + 8, 100000, 4);
			put_be(e.data + i + 12, 100000, 4);
			break;
		}
	assert_limit(&e, "JPEG 2000");
	lept_free(e.data);

	e = encode(pix, IFF_TIFF);
	for (size_t i = 8; i + 12 < e.size; i++) /* ImageWidth and ImageLength: tags 256 and 257 */
		if (e.data[i] <= 1 && e.data[i + 1] == 1 && e.data[i + 3] == 0 && e.data[i + 4] == 1 &&
		    (e.data[i + 2] == 3 || e.data[i + 2] == 4)) {
			e.data[i + 2] = 4;
			memcpy(e.data + i + 8, (const unsigned char[]){0, 0, 1, 0}, 4);
		}
	assert_limit(&e, "TIFF");
	lept_free(e.data);

	e = (encoded){(l_uint8 *)(uintptr_t) "P4 99999 99999\n", 15};
	assert_limit(&e, "PNM");
	pixDestroy(&pix);
}

/* ---------------------------------------------------------------- orientation */

/* EXIF 2.3, 4.6.4: where the stored 0th row and 0th column stand in the upright picture. */
static void upright_place(int o, int row, int col, int width, int height, int *x, int *y)
{
	switch (o) {
	case 1:
		*x = col, *y = row;
		break;
	case 2:
		*x = width - 1 - col, *y = row;
		break;
	case 3:
		*x = width - 1 - col, *y = height - 1 - row;
		break;
	case 4:
		*x = col, *y = height - 1 - row;
		break;
	case 5:
		*x = row, *y = col;
		break;
	case 6:
		*x = width - 1 - row, *y = col;
		break;
	case 7:
		*x = width - 1 - row, *y = height - 1 - col;
		break;
	default:
		*x = row, *y = height - 1 - col;
		break;
	}
}

/* Four flat fields of different grey, so that a lossy format keeps them. */
static unsigned field(int x, int y)
{
	return 40 + 60 * (unsigned)(x >= 48) + 120 * (unsigned)(y >= 32);
}

static PIX *stored_for(int o)
{
	const int width = 96, height = 64, rows = o >= 5 ? width : height, cols = o >= 5 ? height : width;
	PIX *pix = pixCreate(cols, rows, 8);

	for (int row = 0; row < rows; row++)
		for (int col = 0; col < cols; col++) {
			int x, y;

			upright_place(o, row, col, width, height, &x, &y);
			(void)pixSetPixel(pix, col, row, field(x, y));
		}
	return pix;
}

static void assert_upright(int o, const char *format)
{
	static const int xs[] = {10, 86}, ys[] = {8, 56};
	PIX *pix;

	if (r.rc != ASSAY_OK)
		fail_msg("%s, orientation %d: %s", format, o, r.err.msg);
	pix = r.pages[0]->u.page.pix;
	assert_int_equal(pixGetWidth(pix), 96);
	assert_int_equal(pixGetHeight(pix), 64);
	for (int i = 0; i < 4; i++) {
		const int x = xs[i & 1], y = ys[i >> 1];
		l_uint32 v = 0;

		(void)pixGetPixel(pix, x, y, &v);
		if (v + 6 < field(x, y) || v > field(x, y) + 6)
			fail_msg("%s, orientation %d: %u at %d,%d", format, o, v, x, y);
	}
}

static void read__jpeg_with_each_exif_orientation__upright(void **state)
{
	unsigned char app1[] = {0xff, 0xe1, 0, 34,   'E', 'x', 'i', 'f', 0, 0, 'M', 'M', 0, 42, 0, 0, 0, 8,
				0,    1,    1, 0x12, 0,   3,   0,   0,   0, 1, 0,   0,   0, 0,  0, 0, 0, 0};

	(void)state;
	for (int o = 1; o <= 8; o++) {
		PIX *pix = stored_for(o);
		encoded e = encode(pix, IFF_JFIF_JPEG);
		unsigned char *all = malloc(e.size + sizeof app1);

		assert_non_null(all);
		app1[29] = (unsigned char)o;
		memcpy(all, e.data, 2);
		memcpy(all + 2, app1, sizeof app1);
		memcpy(all + 2 + sizeof app1, e.data + 2, e.size - 2);
		run_forget(&r);
		run_bytes(&r, all, e.size + sizeof app1, NULL);
		assert_upright(o, "JPEG");
		free(all);
		lept_free(e.data);
		pixDestroy(&pix);
	}
}

static void read__tiff_with_each_orientation__upright(void **state)
{
	(void)state;
	for (int colour = 0; colour < 2; colour++)
		for (int o = 1; o <= 8; o++) {
			PIX *grey = stored_for(o), *pix = colour ? pixConvertTo32(grey) : pixClone(grey);
			NUMA *tags = numaCreate(1), *sizes = NULL;
			SARRAY *values = sarrayCreate(1), *types = sarrayCreate(1);
			encoded e = {0};
			char text[16];

			(void)numaAddNumber(tags, 274);
			(void)snprintf(text, sizeof text, "%d", o);
			(void)sarrayAddString(values, text, L_COPY);
			(void)sarrayAddString(types, "l_uint16", L_COPY);
			assert_int_equal(
			    pixWriteMemTiffCustom(&e.data, &e.size, pix, IFF_TIFF_LZW, tags, values, types, sizes), 0);
			read_encoded(&e, e.size);
			if (colour && r.rc == ASSAY_OK) {
				PIX *red = pixGetRGBComponent(r.pages[0]->u.page.pix, COLOR_RED);

				pixDestroy(&r.pages[0]->u.page.pix);
				r.pages[0]->u.page.pix = red;
			}
			assert_upright(o, colour ? "TIFF colour" : "TIFF grey");
			numaDestroy(&tags);
			sarrayDestroy(&values);
			sarrayDestroy(&types);
			lept_free(e.data);
			pixDestroy(&pix);
			pixDestroy(&grey);
		}
}

/* ---------------------------------------------------------------- many pages */

static encoded five_pages(void)
{
	char name[] = "/tmp/assay-test-XXXXXX";
	const int fd = mkstemp(name);
	encoded e = {0};

	assert_true(fd >= 0);
	for (int i = 0; i < 5; i++) {
		PIX *pix = pixCreate(100 + i, 80, 1);

		assert_int_equal(pixWriteTiff(name, pix, IFF_TIFF_G4, i == 0 ? "w" : "a"), 0);
		pixDestroy(&pix);
	}
	e.data = l_binaryRead(name, &e.size);
	assert_non_null(e.data);
	(void)close(fd);
	(void)unlink(name);
	return e;
}

static void read__tiff_of_five_pages__numbered_and_in_order(void **state)
{
	encoded e = five_pages();

	(void)state;
	read_encoded(&e, e.size);
	assert_int_equal(r.rc, ASSAY_OK);
	assert_int_equal(r.total, 5);
	assert_int_equal(r.page_count, 5);
	for (uint32_t i = 0; i < 5; i++) {
		assert_int_equal(r.pages[i]->u.page.number, i + 1);
		assert_int_equal(pixGetWidth(r.pages[i]->u.page.pix), 100 + i);
	}
	assert_string_equal(r.parts[4], "page=5");
	lept_free(e.data);
}

static void read__range_of_pages__those_only(void **state)
{
	static const struct {
		uint32_t first, last, count;
		assay_code code;
	} cases[] = {{2, 3, 2, ASSAY_OK}, {4, 19, 2, ASSAY_OK}, {1, 5, 5, ASSAY_OK}, {6, 21, 0, ASSAY_EEMPTY}};
	encoded e = five_pages();
	const int fd = run_memory_fd(e.data, e.size);

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		const assay_input in = {
		    .fd = fd, .size = e.size, .part = {.first_page = cases[i].first, .last_page = cases[i].last}};

		run_forget(&r);
		run_input(&r, &in);
		assert_int_equal(r.rc, cases[i].code);
		assert_int_equal(r.page_count, cases[i].count);
		if (cases[i].count > 0)
			assert_int_equal(r.pages[0]->u.page.number, cases[i].first);
	}
	(void)close(fd);
	lept_free(e.data);
}

static void read__tiff_directories_in_a_loop__ecorrupt(void **state)
{
	encoded e = five_pages();
	uint32_t at, first;

	(void)state;
	memcpy(&first, e.data + 4, 4);
	at = first;
	for (;;) { /* the last directory's link */
		uint16_t n;
		uint32_t next;

		memcpy(&n, e.data + at, 2);
		at += 2 + 12u * n;
		memcpy(&next, e.data + at, 4);
		if (next == 0)
			break;
		at = next;
	}
	memcpy(e.data + at, &first, 4);
	read_encoded(&e, e.size);
	assert_int_equal(r.rc, ASSAY_ECORRUPT);
	assert_non_null(strstr(r.err.msg, "does not end"));
	lept_free(e.data);
}

static void read__tiff_without_directories__eempty(void **state)
{
	(void)state;
	run_bytes(&r, "II*\0\0\0\0\0", 8, NULL);
	assert_int_equal(r.rc, ASSAY_EEMPTY);
}

/* ---------------------------------------------------------------- other files */

static void read__not_a_page__says_what_it_is(void **state)
{
	static const struct {
		const char *bytes;
		size_t size;
		assay_code code;
		const char *says;
	} cases[] = {
	    {"", 0, ASSAY_EEMPTY, "empty"},
	    {"hello world, this is text\n", 26, ASSAY_EUNSUPPORTED, "plain text"},
	    {"RIFF\x10\0\0\0WAVEfmt ", 16, ASSAY_EUNSUPPORTED, "RIFF"},
	    {"\0\0\0\x20"
	     "ftypisom\0\0\0\0",
	     16, ASSAY_EUNSUPPORTED, "ISO media"},
	    {"PK\3\4xxxxxxxx", 12, ASSAY_EUNSUPPORTED, "ZIP"},
	    {"\x01\x02\x03\x04\x05\x06", 6, ASSAY_EUNSUPPORTED, "unknown bytes 01 02 03 04"},
	    {"\xff", 1, ASSAY_EUNSUPPORTED, "plain text"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		run_forget(&r);
		run_bytes(&r, cases[i].bytes, cases[i].size, NULL);
		assert_int_equal(r.rc, cases[i].code);
		if (i != 6)
			assert_non_null(strstr(r.err.msg, cases[i].says));
	}
}

static void read__declared_resolution_that_cannot_be__undefined(void **state)
{
	static const struct {
		int dpi, expected;
	} cases[] = {{300, 300}, {3, 0}, {9999, 0}};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		PIX *pix = picture(8);
		encoded e;
		const run_measure *m;

		(void)pixSetResolution(pix, cases[i].dpi, cases[i].dpi);
		e = encode(pix, IFF_TIFF);
		read_encoded(&e, e.size);
		assert_int_equal(r.rc, ASSAY_OK);
		m = run_find(&r, 0, "page.dpi_declared");
		assert_non_null(m);
		if (cases[i].expected > 0)
			assert_int_equal(m->value, cases[i].expected);
		else
			assert_non_null(m->undefined);
		assert_int_equal(r.pages[0]->u.page.dpi_x, cases[i].expected);
		lept_free(e.data);
		pixDestroy(&pix);
	}
}

/* ---------------------------------------------------------------- corpus */

/* Files of corpus/bad that must fail, and how. */
static void read__bad_files_of_the_corpus__told(void **state)
{
	static const struct {
		const char *name;
		assay_code code;
	} cases[] = {
	    {"pillow/truncated_jpeg.jpg", ASSAY_ESHORT},
	    {"pillow/truncated_image.png", ASSAY_ESHORT},
	    {"pillow/truncated_end_chunk.png", ASSAY_ESHORT},
	    {"pillow/broken_data_stream.png", ASSAY_ECORRUPT},
	    {"pillow/broken.png", ASSAY_ECORRUPT},
	    {"pillow/bmp_b_badwidth.bmp", ASSAY_EFULL},
	    {"pillow/crash-2020-10-test.tif", ASSAY_ESHORT},
	    {"pillow/decompression_bomb.gif", ASSAY_ESHORT},
	    {"imagers/bad_bmp_Bad_shortfile.bmp", ASSAY_ESHORT},
	    {"imagers/bad_bmp_Bad_reallybig.bmp", ASSAY_EFULL},
	    {"imagers/regression_jpg_oss-fuzz-36829.jpeg", ASSAY_ECORRUPT},
	};
	const char *corpus = getenv("ASSAY_CORPUS") != NULL ? getenv("ASSAY_CORPUS") : TEST_CORPUS;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char path[512];
		int fd;

		(void)snprintf(path, sizeof path, "%s/bad/%s", corpus, cases[i].name);
		fd = open(path, O_RDONLY);
		if (fd < 0) {
			print_message("skipped: no corpus\n");
			skip();
		}
		run_forget(&r);
		run_fd(&r, fd, NULL);
		(void)close(fd);
		if (r.rc != cases[i].code)
			fail_msg("%s: %s (%s)", cases[i].name, assay_code_name(r.rc), r.err.msg);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(read__every_format__one_page_with_its_pixels),
	    TEST(read__any_truncation__fails),
	    TEST(read__png_of_every_depth__1_8_or_32),
	    TEST(read__tiff_of_odd_depths__8),
	    TEST(read__colour_map__resolved),
	    TEST(read__alpha__over_white),
	    TEST(read__pnm_by_hand),
	    TEST(read__bytes_overwritten__never_the_whole_picture),
	    TEST(read__jpeg_with_extra_bytes_between_markers__taken),
	    TEST(read__headers_that_declare_too_much__limit_before_decoding),
	    TEST(read__jpeg_with_each_exif_orientation__upright),
	    TEST(read__tiff_with_each_orientation__upright),
	    TEST(read__tiff_of_five_pages__numbered_and_in_order),
	    TEST(read__range_of_pages__those_only),
	    TEST(read__tiff_directories_in_a_loop__ecorrupt),
	    TEST(read__tiff_without_directories__eempty),
	    TEST(read__not_a_page__says_what_it_is),
	    TEST(read__declared_resolution_that_cannot_be__undefined),
	    TEST(read__bad_files_of_the_corpus__told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
