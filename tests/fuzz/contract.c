/* A contract file: what loads has a canonical record that reads back to the same bytes. */
#include "fuzz.h"

#include "assay/contract.h"

#include <fcntl.h>
#include <string.h>

static const assay_vocabulary_metric metrics[] = {
    {.name = "audio.duration", "s", "audio.read", 6, ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_AUDIO), true},
    {.name = "ocr.cer", "1", "ocr.recognize", 6, ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_PAGE), true},
    {.name = "ocr.confidence", "%", "ocr.recognize", 2, ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_PAGE), true},
    {.name = "video.duration", "s", "video.read", 6, ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_VIDEO), false},
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static assay_vocabulary vocabulary;
	ASSAY_CLEANUP(assay_diagnostics_release) assay_diagnostics found = {0};
	ASSAY_AUTO_BUF record = ASSAY_BUF_INIT;
	ASSAY_AUTO_BUF again = ASSAY_BUF_INIT;
	assay_contract *c = NULL, *copy = NULL;

	for (size_t i = vocabulary.count; i < sizeof metrics / sizeof *metrics; i++)
		fuzz_need(assay_vocabulary_add(&vocabulary, &metrics[i], NULL));
	if (assay_contract_load(&c, AT_FDCWD, fuzz_file(data, size), "fuzz", &vocabulary, &found, NULL) != ASSAY_OK) {
		fuzz_assert(c == NULL);
		return 0;
	}
	assay_contract_encode(&record, c);
	fuzz_need(assay_contract_decode(&copy, record.data, record.len, &vocabulary, NULL));
	assay_contract_encode(&again, copy);
	fuzz_assert(record.len == again.len && memcmp(record.data, again.data, record.len) == 0);
	assay_contract_close(c);
	assay_contract_close(copy);
	return 0;
}
