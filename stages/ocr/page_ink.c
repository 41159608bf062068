#include "page_ink.h"

#include "grey.h"

assay_code page_ink(PIX **ink, uint64_t *pixels, PIX *pix, assay_err *err)
{
	uint64_t hist[256];
	grey_tones t;
	l_int32 n = 0;
	assay_code rc;

	*ink = NULL;
	*pixels = 0;
	if (pixGetDepth(pix) == 1) {
		if (pixCountPixels(pix, &n, NULL) != 0)
			return ASSAY_RAISE(err, ASSAY_ENOMEM, "count ink");
		*pixels = (uint64_t)n;
		*ink = pixClone(pix);
		return ASSAY_OK;
	}
	rc = grey_histogram(hist, pix, err);
	if (rc != ASSAY_OK)
		return rc;
	t = grey_tones_of(hist);
	*pixels = t.ink;
	if (t.ink > 0)
		*ink = grey_threshold(pix, t.threshold, err);
	return t.ink > 0 && *ink == NULL ? ASSAY_ENOMEM : ASSAY_OK;
}
