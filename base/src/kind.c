#include "assay/kind.h"

#include <stddef.h>
#include <string.h>

static const char *const sample_kinds[ASSAY_SAMPLE_KIND_MAX + 1] = {
    [ASSAY_SAMPLE_PAGE] = "page", [ASSAY_SAMPLE_TABLE] = "table", [ASSAY_SAMPLE_VIDEO] = "video",
    [ASSAY_SAMPLE_SHOT] = "shot", [ASSAY_SAMPLE_AUDIO] = "audio", [ASSAY_SAMPLE_SEGMENT] = "segment",
};

static const char *const modalities[ASSAY_MODALITY_MAX + 1] = {
    [ASSAY_MODALITY_PAGE] = "page",
    [ASSAY_MODALITY_VIDEO] = "video",
    [ASSAY_MODALITY_AUDIO] = "audio",
};

static const char *const failures[] = {
    [ASSAY_FAILURE_NONE] = "none",
    [ASSAY_FAILURE_DECODE] = "decode",
    [ASSAY_FAILURE_EMPTY] = "empty",
    [ASSAY_FAILURE_SHORT] = "short",
    [ASSAY_FAILURE_UNSUPPORTED] = "unsupported",
    [ASSAY_FAILURE_LIMIT] = "limit",
    [ASSAY_FAILURE_FONT] = "font",
    [ASSAY_FAILURE_STAGE] = "stage",
    [ASSAY_FAILURE_METADATA] = "metadata",
    [ASSAY_FAILURE_CRASH] = "crash",
    [ASSAY_FAILURE_KILLED] = "killed",
    [ASSAY_FAILURE_TIMEOUT] = "timeout",
    [ASSAY_FAILURE_OUT_OF_MEMORY] = "out-of-memory",
    [ASSAY_FAILURE_CHANGED] = "changed",
    [ASSAY_FAILURE_UNREADABLE] = "unreadable",
    [ASSAY_FAILURE_PROTOCOL] = "protocol",
};

static const char *const origins[] = {
    [ASSAY_METADATA_RULE] = "assay.yaml", [ASSAY_METADATA_PATH] = "path",         [ASSAY_METADATA_TABLE] = "table",
    [ASSAY_METADATA_SIDECAR] = "sidecar", [ASSAY_METADATA_DECISION] = "decision",
};

static const char *name_of(const char *const *names, size_t n, unsigned number)
{
	return number < n ? names[number] : NULL;
}

static unsigned number_of(const char *const *names, unsigned n, const char *name)
{
	for (unsigned i = 1; i < n; i++) {
		if (strcmp(names[i], name) == 0)
			return i;
	}
	return 0;
}

const char *assay_sample_kind_name(unsigned kind)
{
	return name_of(sample_kinds, ASSAY_SAMPLE_KIND_MAX + 1, kind);
}

const char *assay_modality_name(unsigned modality)
{
	return name_of(modalities, ASSAY_MODALITY_MAX + 1, modality);
}

unsigned assay_sample_kind_parse(const char *name)
{
	return number_of(sample_kinds, ASSAY_SAMPLE_KIND_MAX + 1, name);
}

unsigned assay_modality_parse(const char *name)
{
	return number_of(modalities, ASSAY_MODALITY_MAX + 1, name);
}

const char *assay_failure_name(unsigned failure)
{
	return name_of(failures, sizeof(failures) / sizeof(*failures), failure);
}

int assay_failure_is_deterministic(unsigned failure)
{
	return failure <= ASSAY_FAILURE_METADATA;
}

const char *assay_metadata_origin_name(unsigned origin)
{
	return name_of(origins, sizeof(origins) / sizeof(*origins), origin);
}
