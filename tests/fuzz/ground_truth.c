/* Ground-truth sidecars: folded, split into words, and compared. The two texts are split at the first NUL. */
#include "fuzz.h"

#include "ocr_fold.h"
#include "ocr_score.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *nul = size > 0 ? memchr(data, 0, size) : NULL;
	const size_t first = nul != NULL ? (size_t)(nul - data) : size;
	ocr_folded a = {0}, b = {0};
	size_t fast;

	if (size > 4096)
		return -1; /* the plain distance is quadratic */
	if (ocr_fold(&a, (const char *)data, first, NULL) == ASSAY_OK &&
	    ocr_fold(&b, nul != NULL ? (const char *)nul + 1 : "", nul != NULL ? size - first - 1 : 0, NULL) ==
		ASSAY_OK) {
		fuzz_need(ocr_fold_words(&a, &b, NULL));
		fuzz_need(ocr_distance(&fast, a.points, a.count, b.points, b.count, NULL));
		fuzz_assert(fast == ocr_distance_plain(a.points, a.count, b.points, b.count));
		fuzz_need(ocr_distance(&fast, a.words, a.word_count, b.words, b.word_count, NULL));
		fuzz_assert(fast <= (a.word_count > b.word_count ? a.word_count : b.word_count));
	}
	ocr_folded_release(&a);
	ocr_folded_release(&b);
	return 0;
}
