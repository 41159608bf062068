/** The three EXIF fields that matter for a page: orientation and resolution of the first directory. */
#include "page_image.h"

enum { TAG_ORIENTATION = 0x112, TAG_X_RESOLUTION = 0x11a, TAG_Y_RESOLUTION = 0x11b, TAG_UNIT = 0x128 };
enum { TYPE_SHORT = 3, TYPE_RATIONAL = 5 };

typedef struct reader {
	page_bytes in;
	bool big;
} reader;

static uint32_t get(const reader *r, size_t at, unsigned bytes)
{
	uint32_t v = 0;

	if (at > r->in.size || r->in.size - at < bytes)
		return 0;
	for (unsigned i = 0; i < bytes; i++)
		v |= (uint32_t)r->in.data[at + i] << (r->big ? 8 * (bytes - 1 - i) : 8 * i);
	return v;
}

static uint64_t rational(const reader *r, size_t at, uint64_t scale)
{
	const uint32_t num = get(r, at, 4), den = get(r, at + 4, 4);

	return den == 0 ? 0 : (num * scale + den / 2) / den;
}

static int32_t to_dpi(uint64_t hundredths, uint32_t unit)
{
	if (hundredths > 10000000)
		return 0;
	if (unit == 3) /* per centimetre */
		return (int32_t)((hundredths * 254 + 5000) / 10000);
	return unit == 2 ? (int32_t)((hundredths + 50) / 100) : 0;
}

void page_exif_parse(page_image *p, page_bytes tiff)
{
	reader r = {tiff, tiff.size > 0 && tiff.data[0] == 'M'};
	const size_t dir = get(&r, 4, 4);
	uint64_t x = 0, y = 0;
	uint32_t unit = 2;

	if (tiff.size < 8 || get(&r, 2, 2) != 42 || dir < 8 || dir > tiff.size)
		return;
	for (uint32_t i = 0, n = get(&r, dir, 2); i < n; i++) {
		const size_t at = dir + 2 + (size_t)12 * i;
		const uint32_t tag = get(&r, at, 2), type = get(&r, at + 2, 2);

		if (tag == TAG_ORIENTATION && type == TYPE_SHORT) {
			const uint32_t o = get(&r, at + 8, 2);

			if (o >= 1 && o <= 8)
				p->orientation = (int)o;
		} else if (tag == TAG_X_RESOLUTION && type == TYPE_RATIONAL) {
			x = rational(&r, get(&r, at + 8, 4), 100);
		} else if (tag == TAG_Y_RESOLUTION && type == TYPE_RATIONAL) {
			y = rational(&r, get(&r, at + 8, 4), 100);
		} else if (tag == TAG_UNIT && type == TYPE_SHORT) {
			unit = get(&r, at + 8, 2);
		}
	}
	if (x > 0 && y > 0) {
		p->dpi_x = to_dpi(x, unit);
		p->dpi_y = to_dpi(y, unit);
	}
}
