/* One picture of a PDF: its codes, its pixels, the filters around them, and what of it may not be held in memory. */
#include "pdf_fixture.h"

#include "pdf_inflate.h"

/* Reads one picture, given in both places, and tells what became of it. */
static assay_code read_picture(const char *filter, const assay_buf *picture)
{
	const assay_buf pictures[2] = {*picture, *picture};
	ASSAY_AUTO_BUF pdf = ASSAY_BUF_INIT;

	write_pictures(&pdf, false, filter, pictures, "");
	read_page(&pdf, 1);
	return r.rc;
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

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(read__damaged_codes__decode_failure),
	    TEST(read__fewer_pixels_than_declared__short),
	    TEST(read__deflated_jpeg__read_through_both),
	    TEST(read__filters_of_text_and_packed_data__whole_or_short),
	    TEST(read__damaged_text_and_packed_data__decode_failure_with_qpdf_s_words),
	    cmocka_unit_test(inflate__bomb__stops_when_enough_is_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
