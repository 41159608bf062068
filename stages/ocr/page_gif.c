/** GIF: the first picture. The blocks are walked first, since the decoder allocates for all pictures of the file. */
#include "page_image.h"

typedef struct walker {
	page_bytes in;
	size_t at;
	bool ended; /* ran past the end of the file */
} walker;

static unsigned byte(walker *w)
{
	if (w->at >= w->in.size) {
		w->ended = true;
		return 0;
	}
	return w->in.data[w->at++];
}

static unsigned word(walker *w)
{
	const unsigned low = byte(w);

	return low | byte(w) << 8;
}

static void skip(walker *w, size_t n)
{
	if (w->in.size - w->at < n)
		w->ended = true;
	else
		w->at += n;
}

static void skip_table(walker *w, unsigned flags)
{
	if (flags & 0x80)
		skip(w, (size_t)3 << ((flags & 7) + 1));
}

static void skip_blocks(walker *w)
{
	unsigned n;

	while (!w->ended && (n = byte(w)) != 0)
		skip(w, n);
}

static assay_code walk_picture(walker *w, uint64_t *pixels, uint64_t max_pixels, assay_err *err)
{
	uint64_t width, height;
	assay_code rc;

	skip(w, 4);
	width = word(w);
	height = word(w);
	skip_table(w, byte(w));
	(void)byte(w); /* LZW code size */
	skip_blocks(w);
	if (w->ended)
		return ASSAY_OK;
	rc = page_check_size(width, height, max_pixels, err);
	if (rc != ASSAY_OK)
		return rc;
	*pixels += width * height;
	if (*pixels > max_pixels)
		return ASSAY_RAISE(err, ASSAY_EFULL,
				   "GIF: its pictures have more than max_pixels = %ju pixels together",
				   (uintmax_t)max_pixels);
	return ASSAY_OK;
}

static assay_code walk(page_image *out, page_bytes in, uint64_t max_pixels, assay_err *err)
{
	walker w = {.in = in, .at = 6};
	const uint64_t width = word(&w), height = word(&w);
	uint64_t pixels = 0;
	uint32_t pictures = 0;
	assay_code rc;

	skip_table(&w, byte(&w));
	skip(&w, 2);
	rc = page_check_size(width, height, max_pixels, err);
	while (rc == ASSAY_OK && !w.ended) {
		switch (byte(&w)) {
		case 0x3b:
			out->pictures = pictures;
			return pixels > 0 ? ASSAY_OK : ASSAY_RAISE(err, ASSAY_EEMPTY, "GIF: no picture");
		case 0x2c:
			pictures++;
			rc = walk_picture(&w, &pixels, max_pixels, err);
			break;
		case 0x21:
			(void)byte(&w);
			skip_blocks(&w);
			break;
		default:
			if (!w.ended)
				return ASSAY_RAISE(err, ASSAY_ECORRUPT, "GIF: unknown block");
		}
	}
	if (rc == ASSAY_OK)
		rc = ASSAY_RAISE(err, ASSAY_ESHORT, "GIF: file ends early");
	return rc;
}

assay_code page_gif_decode(page_image *out, page_bytes in, uint64_t max_pixels, assay_err *err)
{
	const assay_code rc = walk(out, in, max_pixels, err);

	if (rc != ASSAY_OK)
		return rc;
	out->bits = (in.data[10] & 7u) + 1;
	out->pix = pixReadMemGif(in.data, in.size);
	if (out->pix == NULL)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "GIF: the picture cannot be decoded");
	return page_normalize(&out->pix, pixGetSpp(out->pix) == 4, err);
}
