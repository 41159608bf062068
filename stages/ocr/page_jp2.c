/**
 * JPEG 2000 through Leptonica. The codestream's markers are walked first (ISO/IEC 15444-1 annex A): its decoder takes
 * a codestream that ends early, and Leptonica reads only whole 8-bit components of equal size.
 */
#include "page_image.h"

#include <string.h>

enum { SOC = 0xff4f, SIZ = 0xff51, SOT = 0xff90, EOC = 0xffd9 };
enum { COLOUR_SYCC = 18 };

typedef struct stream {
	page_bytes in; /* the codestream */
	uint64_t width, height;
	uint32_t components;
} stream;

static uint64_t be(page_bytes in, uint64_t at, unsigned bytes)
{
	uint64_t v = 0;

	if (at > in.size || in.size - at < bytes)
		return 0;
	for (unsigned i = 0; i < bytes; i++)
		v = v << 8 | in.data[at + i];
	return v;
}

static int32_t resolution(page_bytes box, uint64_t at, uint64_t exponent_at)
{
	const uint64_t num = be(box, at, 2), den = be(box, at + 2, 2);
	uint64_t per_metre = den > 0 ? num * 1000 / den : 0;

	/* The exponent is a signed byte. */
	int e = (int)be(box, exponent_at, 1);

	if (e > 127)
		e -= 256;
	for (; e > 0 && per_metre > 0 && per_metre < UINT32_MAX; e--)
		per_metre *= 10;
	for (; e < 0 && per_metre > 0; e++)
		per_metre /= 10;
	return page_dpi_from_metre((per_metre + 500) / 1000);
}

/* A box resc or resd inside a box res. Annex I.5.3.7: vertical comes first. */
static void read_dpi(page_image *out, page_bytes box)
{
	if (box.size < 18 || memcmp(box.data + 4, "res", 3) != 0)
		return;
	out->dpi_y = resolution(box, 8, 16);
	out->dpi_x = resolution(box, 12, 17);
}

/* Image header, colour and resolution boxes lie inside the jp2h box. */
static assay_code read_header_box(page_image *out, page_bytes box, assay_err *err)
{
	for (uint64_t at = 0; at + 8 <= box.size;) {
		const uint64_t n = be(box, at, 4);

		if (n < 8 || n > box.size - at)
			return ASSAY_RAISE(err, ASSAY_ECORRUPT, "JPEG 2000: malformed header box");
		if (memcmp(box.data + at + 4, "colr", 4) == 0 && box.data[at + 8] == 1 &&
		    be(box, at + 11, 4) == COLOUR_SYCC)
			return ASSAY_RAISE(err, ASSAY_EUNSUPPORTED, "JPEG 2000: sYCC colour is not read");
		if (memcmp(box.data + at + 4, "pclr", 4) == 0)
			return ASSAY_RAISE(err, ASSAY_EUNSUPPORTED, "JPEG 2000: palettes are not read");
		if (memcmp(box.data + at + 4, "res ", 4) == 0)
			read_dpi(out, (page_bytes){box.data + at + 8, n - 8});
		at += n;
	}
	return ASSAY_OK;
}

static assay_code find_codestream(stream *s, page_image *out, page_bytes in, assay_err *err)
{
	if (be(in, 0, 2) == SOC) {
		s->in = in;
		return ASSAY_OK;
	}
	for (uint64_t at = 0; at + 8 <= in.size;) {
		uint64_t n = be(in, at, 4), head = 8;
		assay_code rc = ASSAY_OK;

		if (n == 1) {
			n = be(in, at + 8, 8);
			head = 16;
		} else if (n == 0) {
			n = in.size - at;
		}
		if (n < head || n > in.size - at)
			return ASSAY_RAISE(err, ASSAY_ESHORT, "JPEG 2000: file ends within a box");
		if (memcmp(in.data + at + 4, "jp2h", 4) == 0)
			rc = read_header_box(out, (page_bytes){in.data + at + head, n - head}, err);
		if (rc != ASSAY_OK)
			return rc;
		if (memcmp(in.data + at + 4, "jp2c", 4) == 0) {
			s->in = (page_bytes){in.data + at + head, n - head};
			return ASSAY_OK;
		}
		at += n;
	}
	return ASSAY_RAISE(err, ASSAY_ESHORT, "JPEG 2000: no codestream");
}

static assay_code read_siz(stream *s, uint64_t at, assay_err *err)
{
	const page_bytes in = s->in;

	if (be(in, at + 6, 4) < be(in, at + 14, 4) || be(in, at + 10, 4) < be(in, at + 18, 4))
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "JPEG 2000: offset beyond the picture");
	s->width = be(in, at + 6, 4) - be(in, at + 14, 4);
	s->height = be(in, at + 10, 4) - be(in, at + 18, 4);
	s->components = (uint32_t)be(in, at + 38, 2);
	if (s->components < 1 || s->components > 4)
		return ASSAY_RAISE(err, ASSAY_EUNSUPPORTED, "JPEG 2000: %u components are not read", s->components);
	if (be(in, at + 2, 2) != 38 + 3 * (uint64_t)s->components)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "JPEG 2000: malformed size marker");
	for (uint32_t i = 0; i < s->components; i++)
		if (be(in, at + 40 + 3 * (uint64_t)i, 3) != 0x070101)
			return ASSAY_RAISE(err, ASSAY_EUNSUPPORTED,
					   "JPEG 2000: only unsigned 8-bit components of full size are read");
	return ASSAY_OK;
}

/* From the first tile part on: each gives its length, the last is followed by the end marker. */
static assay_code walk_tiles(const stream *s, uint64_t at, assay_err *err)
{
	const page_bytes in = s->in;

	while (be(in, at, 2) == SOT) {
		const uint64_t n = be(in, at + 6, 4);

		if (n == 0) { /* runs to the end marker of the codestream */
			at = in.size - 2;
			break;
		}
		if (n < 14 || n > in.size - at)
			return ASSAY_RAISE(err, ASSAY_ESHORT, "JPEG 2000: codestream ends within a tile");
		at += n;
	}
	if (be(in, at, 2) != EOC)
		return ASSAY_RAISE(err, ASSAY_ESHORT, "JPEG 2000: codestream has no end marker");
	return ASSAY_OK;
}

static assay_code walk(stream *s, assay_err *err)
{
	uint64_t at = 2;

	for (;;) {
		const uint64_t marker = be(s->in, at, 2), n = be(s->in, at + 2, 2);
		assay_code rc;

		if (marker == SOT)
			break;
		if (marker < 0xff00 || n < 2)
			return ASSAY_RAISE(err, at + 4 > s->in.size ? ASSAY_ESHORT : ASSAY_ECORRUPT,
					   "JPEG 2000: codestream header is broken");
		rc = marker == SIZ ? read_siz(s, at, err) : ASSAY_OK;
		if (rc != ASSAY_OK)
			return rc;
		at += 2 + n;
	}
	return walk_tiles(s, at, err);
}

assay_code page_jp2_decode(page_image *out, page_bytes in, uint64_t max_pixels, assay_err *err)
{
	stream s = {0};
	assay_code rc;

	ASSAY_TRY(find_codestream(&s, out, in, err));
	ASSAY_TRY(walk(&s, err));
	ASSAY_TRY(page_check_size(s.width, s.height, max_pixels, err));
	out->bits = s.components * 8;
	/* Leptonica finds neither the header nor the codestream of every valid container: it is given the latter alone. */
	out->pix = pixReadMemJp2k(s.in.data, s.in.size, 1, NULL, 0, 0);
	if (out->pix == NULL)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "JPEG 2000: the picture cannot be decoded");
	return page_normalize(&out->pix, s.components % 2 == 0, err);
fail:
	return rc;
}
