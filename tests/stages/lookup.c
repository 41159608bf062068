/* Finds stages of test programs. With ASSAY_TEST_READER in the coordinator's environment, test.read is the reader of pages. */
#include "assay/registry.h"

#include <stdlib.h>
#include <string.h>

const assay_stage *assay_stage_find(const char *name)
{
	for (const assay_stage *const *s = assay_stages; *s != NULL; s++)
		if (strcmp((*s)->name, name) == 0)
			return *s;
	return NULL;
}

const assay_stage *assay_stage_reader(assay_modality modality)
{
	if (modality == ASSAY_MODALITY_PAGE && getenv("ASSAY_TEST_READER") != NULL)
		return assay_stage_find("test.read");
	for (const assay_stage *const *s = assay_stages; *s != NULL; s++)
		if ((*s)->modality == modality && assay_stage_is_reader(*s))
			return *s;
	return NULL;
}
