/* Two pages side by side, small: what an operator makes of one, for its documentation. */
#include "media.h"

#include <leptonica/allheaders.h>

#define SIDE 280 /* px, width of each */
#define TALL 200 /* px of each that is shown, from the top */
#define GAP  8   /* px between them */

static PIX *read_grey(const char *path)
{
	PIX *page = pixRead(path), *grey = page != NULL ? pixConvertTo8(page, 0) : NULL;

	pixDestroy(&page);
	return grey;
}

/* The upper left part, of the page at the width of a side or as it is; it is released. */
static PIX *part_of(PIX *page, bool as_it_is)
{
	BOX *box = boxCreate(0, 0, SIDE, TALL);
	PIX *small = as_it_is
			 ? pixClone(page)
			 : pixScaleToSize(page, SIDE, (int)((int64_t)pixGetHeight(page) * SIDE / pixGetWidth(page)));
	PIX *out = small != NULL ? pixClipRectangle(small, box, NULL) : NULL;

	boxDestroy(&box);
	pixDestroy(&small);
	pixDestroy(&page);
	return out;
}

assay_code media_make_beside(const char *left, const char *right, const char *out, assay_err *err)
{
	PIX *a = read_grey(left), *b = read_grey(right), *both = pixCreate(2 * SIDE + GAP, TALL, 8);
	PIX *few = NULL;
	assay_code rc = ASSAY_OK;

	if (a != NULL && b != NULL) {
		const bool enlarged = 3 * pixGetWidth(a) < 2 * pixGetWidth(b);

		a = part_of(a, enlarged);
		b = part_of(b, enlarged);
	}
	if (a == NULL || b == NULL || both == NULL) {
		rc = ASSAY_RAISE(err, ASSAY_EIO, "read '%s' and '%s'", left, right);
	} else {
		(void)pixSetAllArbitrary(both, 255);
		(void)pixRasterop(both, 0, 0, SIDE, TALL, PIX_SRC, a, 0, 0);
		(void)pixRasterop(both, SIDE + GAP, 0, SIDE, TALL, PIX_SRC, b, 0, 0);
		few = pixThresholdTo4bpp(both, 16, 0);
		if (few == NULL || pixWrite(out, few, IFF_PNG) != 0)
			rc = ASSAY_RAISE(err, ASSAY_EIO, "write '%s'", out);
	}
	pixDestroy(&a);
	pixDestroy(&b);
	pixDestroy(&both);
	pixDestroy(&few);
	return rc;
}
