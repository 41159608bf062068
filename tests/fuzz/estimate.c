/* The model file of the estimate: what reads is written back and read as the same, and any page's estimate lies in it. */
#include "fuzz.h"

#include "ocr_estimate.h"

#include <string.h>

/* Nothing against a page, something, and more than there can be of anything. */
static void judge(const ocr_estimate_model *m, int64_t share)
{
	for (int twice = 0; twice < 2; twice++) {
		ocr_evidence e = {.twice = twice != 0};
		ocr_estimate got;

		for (size_t i = 0; i < OCR_EVIDENCE_COUNT; i++)
			e.share[i] = share;
		got = ocr_estimate_of(m, &e);
		fuzz_assert(got.low >= 0 && got.low <= got.rate && got.rate <= got.high &&
			    got.high <= OCR_EVIDENCE_ONE);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ocr_estimate_model first, again;
	assay_buf text = ASSAY_BUF_INIT, twice = ASSAY_BUF_INIT;

	if (ocr_estimate_read(&first, (const char *)data, size, "model", NULL) == ASSAY_OK) {
		fuzz_need(ocr_estimate_write(&text, &first, NULL));
		fuzz_need(ocr_estimate_read(&again, assay_buf_str(&text), text.len, "model", NULL));
		fuzz_need(ocr_estimate_write(&twice, &again, NULL));
		fuzz_assert(text.len == twice.len && memcmp(text.data, twice.data, text.len) == 0);
		judge(&first, 0);
		judge(&first, 12345);
		judge(&first, OCR_EVIDENCE_ONE);
		judge(&first, INT32_MAX);
	}
	assay_buf_release(&text);
	assay_buf_release(&twice);
	return 0;
}
