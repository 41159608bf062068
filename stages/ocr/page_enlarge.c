#include "page_enlarge.h"

PIX *page_enlarged(PIX *pix, int64_t factor)
{
	const float f = (float)factor / 100;
	PIX *grey, *out;

	if (pixGetDepth(pix) != 1)
		return pixScaleLI(pix, f, f);
	grey = pixConvert1To8(NULL, pix, 255, 0);
	out = grey != NULL ? pixScaleGrayLI(grey, f, f) : NULL;
	pixDestroy(&grey);
	return out;
}

int32_t page_enlarged_dpi(int32_t dpi, int64_t factor)
{
	return (int32_t)(((int64_t)dpi * factor + 50) / 100);
}
