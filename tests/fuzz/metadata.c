/* Metadata sidecars and tables: JSON, JSONL, CSV. What a row holds is bounded, UTF-8 and named once; what is refused
 * says where. The first byte says which form. */
#include "fuzz.h"

#include "assay/metadata.h"

#include <string.h>

static assay_code look(void *ctx, int line, const assay_metadata_cell *cells, size_t count, assay_err *err)
{
	int *last = ctx;

	(void)err;
	fuzz_assert(line >= *last && count <= ASSAY_METADATA_CELLS_MAX);
	*last = line;
	for (size_t i = 0; i < count; i++) {
		fuzz_assert(assay_metadata_key_fault(cells[i].key) == NULL);
		fuzz_assert(strlen(cells[i].value) <= ASSAY_METADATA_VALUE_MAX);
		/* Quadratic: the first are enough to see a name that comes twice. */
		for (size_t k = 0; k < i && i < 16; k++)
			fuzz_assert(strcmp(cells[i].key, cells[k].key) != 0);
	}
	return ASSAY_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static assay_code (*const readers[])(const void *, size_t, assay_metadata_row_fn *, void *,
					     assay_metadata_fault *, assay_err *) = {
	    assay_metadata_read_json, assay_metadata_read_jsonl, assay_metadata_read_csv};
	assay_metadata_fault fault = {0};
	int last = 0;
	assay_code rc;

	if (size == 0 || data[0] >= sizeof readers / sizeof *readers)
		return -1;
	rc = readers[data[0]](data + 1, size - 1, look, &last, &fault, NULL);
	fuzz_assert(rc == ASSAY_OK || (rc == ASSAY_ECORRUPT && fault.line >= 1 && fault.text[0] != '\0'));
	return 0;
}
