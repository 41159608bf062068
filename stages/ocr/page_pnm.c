/** Netpbm P1 to P6, all maximum values, read here: Leptonica takes partial files and does not scale samples. */
#include "page_image.h"

typedef struct scanner {
	page_bytes in;
	size_t at;
} scanner;

static void skip_space(scanner *s)
{
	while (s->at < s->in.size) {
		const unsigned char c = s->in.data[s->at];

		if (c == '#')
			while (s->at < s->in.size && s->in.data[s->at] != '\n')
				s->at++;
		else if (c == ' ' || (c >= '\t' && c <= '\r'))
			s->at++;
		else
			return;
	}
}

/* -1 when no number follows; larger ones saturate. */
static int64_t number(scanner *s)
{
	int64_t v = -1;

	skip_space(s);
	while (s->at < s->in.size && s->in.data[s->at] >= '0' && s->in.data[s->at] <= '9') {
		v = (v < 0 ? 0 : v) * 10 + (s->in.data[s->at++] - '0');
		if (v > INT32_MAX)
			v = INT32_MAX;
	}
	return v;
}

typedef struct header {
	int type; /* 1..6 */
	int64_t width, height, max;
} header;

static assay_code read_header(header *h, scanner *s, assay_err *err)
{
	*h = (header){.type = s->in.data[1] - '0', .max = 1};
	h->width = number(s);
	h->height = number(s);
	if (h->type != 1 && h->type != 4)
		h->max = number(s);
	if (h->width < 0 || h->height < 0 || h->max < 1 || h->max > 65535)
		return ASSAY_RAISE(err, s->at >= s->in.size ? ASSAY_ESHORT : ASSAY_ECORRUPT, "PNM: malformed header");
	if (h->type >= 4)
		s->at++; /* exactly one blank before the bytes */
	return ASSAY_OK;
}

/* The next sample scaled to 8 bits, or -1 at the end of the file, -2 when it is no number or too large. */
static int sample(scanner *s, const header *h)
{
	int64_t v;

	if (h->type < 4) {
		v = number(s);
		if (v < 0)
			return s->at >= s->in.size ? -1 : -2;
	} else {
		const size_t n = h->max > 255 ? 2 : 1;

		if (s->in.size - s->at < n)
			return -1;
		v = n == 2 ? s->in.data[s->at] << 8 | s->in.data[s->at + 1] : s->in.data[s->at];
		s->at += n;
	}
	return v > h->max ? -2 : (int)((v * 255 + h->max / 2) / h->max);
}

static int grey_row(scanner *s, const header *h, uint32_t *row)
{
	for (int64_t x = 0; x < h->width; x++) {
		const int v = sample(s, h);

		if (v < 0)
			return v;
		SET_DATA_BYTE(row, x, (l_uint8)v);
	}
	return 0;
}

static int colour_row(scanner *s, const header *h, uint32_t *row)
{
	for (int64_t x = 0; x < h->width; x++) {
		const int r = sample(s, h), g = sample(s, h), b = sample(s, h);

		if (r < 0 || g < 0 || b < 0)
			return r < 0 ? r : g < 0 ? g : b;
		row[x] = (uint32_t)r << 24 | (uint32_t)g << 16 | (uint32_t)b << 8;
	}
	return 0;
}

/* P4 packs eight pixels a byte; P1 writes a digit each, blanks between them optional. */
static int bit_row(scanner *s, const header *h, uint32_t *row)
{
	for (int64_t x = 0; x < h->width; x++) {
		bool set;

		if (h->type == 4) {
			if (s->at + (size_t)(x / 8) >= s->in.size)
				return -1;
			set = s->in.data[s->at + (size_t)(x / 8)] >> (7 - x % 8) & 1;
		} else {
			skip_space(s);
			if (s->at >= s->in.size)
				return -1;
			if (s->in.data[s->at] != '0' && s->in.data[s->at] != '1')
				return -2;
			set = s->in.data[s->at++] == '1';
		}
		if (set)
			SET_DATA_BIT(row, x);
	}
	if (h->type == 4)
		s->at += (size_t)((h->width + 7) / 8);
	return 0;
}

static int decode_rows(PIX *pix, scanner *s, const header *h)
{
	static int (*const readers[4])(scanner *, const header *,
				       uint32_t *) = {[1] = bit_row, [2] = grey_row, [3] = colour_row};
	uint32_t *row = pixGetData(pix);
	int rc = 0;

	for (int64_t y = 0; y < h->height && rc == 0; y++, row += pixGetWpl(pix))
		rc = readers[(h->type - 1) % 3 + 1](s, h, row);
	return rc;
}

assay_code page_pnm_decode(page_image *out, page_bytes in, uint64_t max_pixels, assay_err *err)
{
	static const int depths[4] = {[1] = 1, [2] = 8, [3] = 32};
	scanner s = {.in = in, .at = 2};
	header h = {0};
	assay_code rc;
	int family, bad;

	ASSAY_TRY(read_header(&h, &s, err));
	ASSAY_TRY(page_check_size((uint64_t)h.width, (uint64_t)h.height, max_pixels, err));
	family = (h.type - 1) % 3 + 1;
	out->bits = family == 1 ? 1 : (h.max > 255 ? 16u : 8u) * (family == 3 ? 3 : 1);
	out->pix = page_pix_new((uint32_t)h.width, (uint32_t)h.height, depths[family], err);
	if (out->pix == NULL)
		return ASSAY_ENOMEM;
	bad = decode_rows(out->pix, &s, &h);
	if (bad == -1)
		return ASSAY_RAISE(err, ASSAY_ESHORT, "PNM: file ends early");
	if (bad != 0)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "PNM: malformed sample");
	return ASSAY_OK;
fail:
	return rc;
}
