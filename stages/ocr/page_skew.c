#include "page_skew.h"

#include "assay/decimal.h"

#define LARGE_PAGE 1600 /* pixels of the longer side from which the search may work on a reduced page */
#define SWEEP_STEP 1.0f
#define LAST_STEP  0.01f

static int32_t to_hundredths(float v)
{
	bool defined;
	const int64_t r = assay_round_f64((double)v, 2, &defined);

	if (!defined || r < 0)
		return !defined ? 0 : r < -100000 ? -100000 : (int32_t)r;
	return r > 100000000 ? 100000000 : (int32_t)r;
}

page_skew page_skew_find(PIX *ink, int32_t max)
{
	const int w = pixGetWidth(ink), h = pixGetHeight(ink);
	const int search = (w > h ? w : h) >= LARGE_PAGE ? 2 : 1;
	float angle = 0, confidence = 0;
	page_skew s = {0};

	/* Leptonica gives no confidence to an angle found within a step of the ends of its sweep. */
	if (pixFindSkewSweepAndSearch(ink, &angle, &confidence, 2 * search, search, (float)max / 100.0f + SWEEP_STEP,
				      SWEEP_STEP, LAST_STEP) != 0)
		return s;
	s.turn = to_hundredths(angle);
	s.confidence = to_hundredths(confidence);
	s.found = s.confidence > 0 && s.turn >= -max && s.turn <= max;
	return s;
}
