/* What a worker process says to the coordinator, and the coordinator to it. The first byte says which message. */
#include "fuzz.h"

#include "assay/params.h"
#include "assay/registry.h"

#include "about.h"
#include "message.h"

#include <string.h>

static void params(const uint8_t *data, size_t size)
{
	for (size_t i = 0; assay_stages[i] != NULL; i++) {
		const assay_stage *stage = assay_stages[i];
		assay_cbor_reader r;
		void *p = NULL;

		assay_cbor_reader_init(&r, data, size);
		if (assay_params_decode(&p, stage, &r, NULL) == ASSAY_OK) {
			ASSAY_AUTO_BUF again = ASSAY_BUF_INIT;

			assay_params_encode(&again, stage, p, true);
			fuzz_assert(!again.failed && again.len == (size_t)(r.p - r.start) &&
				    memcmp(again.data, data, again.len) == 0);
		}
		assay_params_free(stage, p);
	}
}

/* What was understood is written as it stood there. */
static void part(const assay_part *p)
{
	char text[ASSAY_PART_TEXT], again[ASSAY_PART_TEXT];
	assay_part got;

	assay_part_text(text, p);
	fuzz_assert(assay_part_read(&got, text, strlen(text), NULL) == ASSAY_OK);
	assay_part_text(again, &got);
	fuzz_assert(strcmp(text, again) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ASSAY_AUTO_BUF in = ASSAY_BUF_INIT;
	ready_message ready;
	exit_message end;
	unit_message unit = {0};
	assay_stage_files files = {0};
	about told = {.build = NULL};
	assay_err err = ASSAY_ERR_INIT;
	assay_code rc = ASSAY_OK;

	if (size == 0)
		return -1;
	assay_buf_append(&in, data + 1, size - 1);
	switch (data[0]) {
	case 0:
		rc = message_read_ready(&ready, &in, &err);
		break;
	case 1:
		rc = message_read_failed(&in, &err);
		fuzz_assert(rc != ASSAY_OK);
		break;
	case 2:
		rc = message_read_exit(&end, &in, &err);
		break;
	case 3:
		rc = message_read_unit(&unit, &in, &err);
		if (rc == ASSAY_OK)
			part(&unit.part);
		unit_message_release(&unit);
		break;
	case 4:
		params(data + 1, size - 1);
		break;
	case 5:
		rc = about_decode(&told, &in, &err);
		about_release(&told);
		break;
	case 6:
		rc = about_decode_files(&files, &in, &err);
		assay_stage_files_release(&files);
		break;
	default:
		return -1;
	}
	fuzz_assert(rc == ASSAY_OK || err.msg[0] != '\0');
	return 0;
}
