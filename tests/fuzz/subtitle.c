/* Subtitle and transcript sidecars. What is read is written as WebVTT, which reads back to the same cues; and the two
 * readers of markup take any bytes. The first byte says which. */
#include "fuzz.h"

#include "markup.h"
#include "subtitle.h"

#include <string.h>

static void sidecar(const uint8_t *data, size_t size)
{
	ASSAY_AUTO_CUES cues = {0};
	ASSAY_AUTO_CUES copy = {0};
	ASSAY_AUTO_BUF vtt = ASSAY_BUF_INIT;
	ASSAY_AUTO_BUF again = ASSAY_BUF_INIT;

	if (assay_subtitle_parse(&cues, data, size, NULL) != ASSAY_OK)
		return;
	assay_cues_sort(&cues);
	assay_cues_webvtt(&vtt, &cues);
	fuzz_need(assay_subtitle_parse(&copy, vtt.data, vtt.len, NULL));
	fuzz_assert(copy.count == cues.count && copy.malformed == 0 && copy.empty == 0);
	assay_cues_webvtt(&again, &copy);
	fuzz_assert(vtt.len == again.len && memcmp(vtt.data, again.data, vtt.len) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ASSAY_AUTO_BUF out = ASSAY_BUF_INIT;

	if (size == 0)
		return -1;
	if (data[0] == 0)
		sidecar(data + 1, size - 1);
	else if (data[0] == 1)
		assay_markup_html(&out, (const char *)data + 1, size - 1);
	else if (data[0] == 2)
		assay_markup_ass(&out, (const char *)data + 1, size - 1);
	else
		return -1;
	return 0;
}
