#include "assay/registry.h"

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
	for (const assay_stage *const *s = assay_stages; *s != NULL; s++)
		if ((*s)->modality == modality && assay_stage_is_reader(*s))
			return *s;
	return NULL;
}
