/**
 * WebP (RFC 9649) through libwebp; EXIF is read from the RIFF container. Of an animation the first frame, on white
 * where it leaves the canvas free.
 */
#include "page_image.h"

#include "assay/memory.h"

#include <stdlib.h>
#include <string.h>
#include <webp/decode.h>
#include <webp/demux.h>

static uint32_t le32(const unsigned char *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* Walks the chunks: all of them are within the file. Collects EXIF, and tells whether it is an animation. */
static assay_code walk(page_image *out, bool *animated, page_bytes in, assay_err *err)
{
	const uint64_t end = (uint64_t)le32(in.data + 4) + 8;

	*animated = false;
	if (end > in.size)
		return ASSAY_RAISE(err, ASSAY_ESHORT, "WebP: declares %ju bytes, the file has %zu", (uintmax_t)end,
				   in.size);
	for (uint64_t at = 12; at + 8 <= end;) {
		const unsigned char *c = in.data + at;
		const uint64_t n = le32(c + 4);

		if (n > end - at - 8)
			return ASSAY_RAISE(err, ASSAY_ESHORT, "WebP: file ends within a chunk");
		*animated |= memcmp(c, "ANIM", 4) == 0;
		if (memcmp(c, "EXIF", 4) == 0) {
			const size_t skip = n > 6 && memcmp(c + 8, "Exif\0", 6) == 0 ? 6 : 0;

			page_exif_parse(out, (page_bytes){c + 8 + skip, (size_t)n - skip});
		}
		at += 8 + n + (n & 1);
	}
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- animations */

/* libwebp has checked that the frame lies within the canvas. */
static assay_code draw_frame(PIX *canvas, const WebPIterator *frame, assay_err *err)
{
	const size_t width = (size_t)frame->width, height = (size_t)frame->height;
	ASSAY_AUTO_FREE uint8_t *rgba = assay_alloc(width * height, 4);

	if (rgba == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "WebP frame");
	if (WebPDecodeRGBAInto(frame->fragment.bytes, frame->fragment.size, rgba, width * height * 4, (int)width * 4) ==
	    NULL)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "WebP: the first frame cannot be decoded");
	for (size_t y = 0; y < height; y++) {
		uint32_t *line = pixGetData(canvas) + (y + (size_t)frame->y_offset) * (size_t)pixGetWpl(canvas);

		for (size_t x = 0; x < width; x++)
			line[x + (size_t)frame->x_offset] = __builtin_bswap32(le32(rgba + (y * width + x) * 4));
	}
	return ASSAY_OK;
}

static assay_code decode_first(page_image *out, WebPDemuxer *demuxer, uint64_t max_pixels, assay_err *err)
{
	const uint32_t w = WebPDemuxGetI(demuxer, WEBP_FF_CANVAS_WIDTH);
	const uint32_t h = WebPDemuxGetI(demuxer, WEBP_FF_CANVAS_HEIGHT);
	WebPIterator frame;
	assay_code rc;

	out->pictures = WebPDemuxGetI(demuxer, WEBP_FF_FRAME_COUNT);
	rc = page_check_size(w, h, max_pixels, err);
	if (rc != ASSAY_OK)
		return rc;
	if (!WebPDemuxGetFrame(demuxer, 1, &frame))
		return ASSAY_RAISE(err, ASSAY_EEMPTY, "WebP: the animation has no frame");
	out->bits = frame.has_alpha ? 32 : 24;
	out->pix = page_pix_new(w, h, 32, err); /* all zero: nothing but transparent */
	rc = out->pix == NULL ? ASSAY_ENOMEM : draw_frame(out->pix, &frame, err);
	WebPDemuxReleaseIterator(&frame);
	if (rc == ASSAY_OK)
		page_over_white(out->pix);
	return rc;
}

static assay_code decode_animation(page_image *out, page_bytes in, uint64_t max_pixels, assay_err *err)
{
	const WebPData data = {in.data, in.size};
	WebPDemuxer *demuxer = WebPDemux(&data);
	assay_code rc;

	if (demuxer == NULL)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "WebP: the animation cannot be decoded");
	rc = decode_first(out, demuxer, max_pixels, err);
	WebPDemuxDelete(demuxer);
	return rc;
}

/* ---------------------------------------------------------------- stills */

static assay_code decode_still(page_image *out, page_bytes in, uint64_t max_pixels, assay_err *err)
{
	l_int32 w = 0, h = 0, spp = 0;
	assay_code rc;

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

assay_code page_webp_decode(page_image *out, page_bytes in, uint64_t max_pixels, assay_err *err)
{
	bool animated;
	const assay_code rc = walk(out, &animated, in, err);

	if (rc != ASSAY_OK)
		return rc;
	return animated ? decode_animation(out, in, max_pixels, err) : decode_still(out, in, max_pixels, err);
}
