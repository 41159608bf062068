/** WebP stills (RFC 9649) through Leptonica; EXIF is read from the RIFF container. */
#include "page_image.h"

#include <string.h>

static uint32_t le32(const unsigned char *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* Walks the chunks: all of them are within the file, none is an animation. Collects EXIF. */
static assay_code walk(page_image *out, page_bytes in, assay_err *err)
{
	const uint64_t end = (uint64_t)le32(in.data + 4) + 8;

	if (end > in.size)
		return ASSAY_RAISE(err, ASSAY_ESHORT, "WebP: declares %ju bytes, the file has %zu", (uintmax_t)end,
				   in.size);
	for (uint64_t at = 12; at + 8 <= end;) {
		const unsigned char *c = in.data + at;
		const uint64_t n = le32(c + 4);

		if (n > end - at - 8)
			return ASSAY_RAISE(err, ASSAY_ESHORT, "WebP: file ends within a chunk");
		if (memcmp(c, "ANIM", 4) == 0)
			return ASSAY_RAISE(err, ASSAY_EUNSUPPORTED, "WebP: an animation is not a page");
		if (memcmp(c, "EXIF", 4) == 0) {
			const size_t skip = n > 6 && memcmp(c + 8, "Exif\0", 6) == 0 ? 6 : 0;

			page_exif_parse(out, (page_bytes){c + 8 + skip, (size_t)n - skip});
		}
		at += 8 + n + (n & 1);
	}
	return ASSAY_OK;
}

assay_code page_webp_decode(page_image *out, page_bytes in, uint64_t max_pixels, assay_err *err)
{
	l_int32 w = 0, h = 0, spp = 0;
	assay_code rc = walk(out, in, err);

	if (rc != ASSAY_OK)
		return rc;
	if (readHeaderMemWebP(in.data, in.size, &w, &h, &spp) != 0)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "WebP: no valid header");
	rc = page_check_size((uint64_t)w, (uint64_t)h, max_pixels, err);
	if (rc != ASSAY_OK)
		return rc;
	out->bits = (uint32_t)spp * 8;
	out->pix = pixReadMemWebP(in.data, in.size);
	if (out->pix == NULL)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "WebP: the picture cannot be decoded");
	return page_normalize(&out->pix, spp == 4, err);
}
