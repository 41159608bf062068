/** Uncompressed Windows bitmaps through Leptonica, after a check that all rows are there. */
#include "page_image.h"

static uint32_t le(page_bytes in, size_t at, unsigned bytes)
{
	uint32_t v = 0;

	if (at > in.size || in.size - at < bytes)
		return 0;
	for (unsigned i = 0; i < bytes; i++)
		v |= (uint32_t)in.data[at + i] << (8 * i);
	return v;
}

typedef struct header {
	uint64_t offset, width, height;
	uint32_t bits, compression;
} header;

static assay_code read_header(header *h, page_bytes in, assay_err *err)
{
	const int32_t height = (int32_t)le(in, 22, 4);

	if (in.size < 54)
		return ASSAY_RAISE(err, ASSAY_ESHORT, "BMP: file ends within the header");
	if (le(in, 14, 4) < 40)
		return ASSAY_RAISE(err, ASSAY_EUNSUPPORTED, "BMP: headers of OS/2 are not read");
	*h = (header){.offset = le(in, 10, 4),
		      .width = le(in, 18, 4),
		      .bits = le(in, 28, 2),
		      .height = height < 0 ? 0 - (uint64_t)height : (uint64_t)height,
		      .compression = le(in, 30, 4)};
	if (le(in, 26, 2) != 1)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "BMP: %u planes", le(in, 26, 2));
	if (h->compression != 0)
		return ASSAY_RAISE(err, ASSAY_EUNSUPPORTED, "BMP: compression %u is not read", h->compression);
	switch (h->bits) {
	case 1:
	case 2:
	case 4:
	case 8:
	case 24:
	case 32:
		return ASSAY_OK;
	default:
		return ASSAY_RAISE(err, ASSAY_EUNSUPPORTED, "BMP: %u bits a pixel are not read", h->bits);
	}
}

assay_code page_bmp_decode(page_image *out, page_bytes in, uint64_t max_pixels, assay_err *err)
{
	header h = {0};
	uint64_t row;
	assay_code rc;

	ASSAY_TRY(read_header(&h, in, err));
	ASSAY_TRY(page_check_size(h.width, h.height, max_pixels, err));
	row = (h.width * h.bits + 31) / 32 * 4;
	if (h.offset > in.size || row * h.height > in.size - h.offset)
		return ASSAY_RAISE(err, ASSAY_ESHORT, "BMP: file ends before the last row");
	out->bits = h.bits;
	out->dpi_x = page_dpi_from_metre(le(in, 38, 4));
	out->dpi_y = page_dpi_from_metre(le(in, 42, 4));
	out->pix = pixReadMemBmp(in.data, in.size);
	if (out->pix == NULL)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "BMP: the picture cannot be decoded");
	return page_normalize(&out->pix, false, err); /* the fourth byte is reserved, not alpha */
fail:
	return rc;
}
