/* test.misbehave: does what its parameter says when a page comes, and records what it met. */
#include "act.h"
#include "assay/memory.h"
#include "test_stages.h"

#include <stdlib.h>
#include <string.h>

typedef struct params {
	int act;
	char *path, *folder;
} params;

static const assay_param param_rows[] = {
    ASSAY_PARAM_ROW_ENUM(params, act, "none", test_acts, "what to do when a page comes"),
    ASSAY_PARAM_ROW_TEXT(params, path, "", "for acts that need a file"),
    ASSAY_PARAM_ROW_LOCAL(params, folder, "", "a file or folder to list as read by this stage"),
    {.name = NULL},
};

static const assay_metric metric_rows[] = {
    [TEST_MISBEHAVE_ERRNO] = {"test.errno", "1", 0, ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_PAGE), "errno met, 0 for none"},
    {.name = NULL},
};

static const assay_artifact_type artifact_rows[] = {
    {"report", "text/plain;charset=utf-8", "txt", "what environment and descriptors saw"},
    {.role = NULL},
};

typedef struct state {
	const params *params;
	int source;
} state;

static assay_code files(const void *p, assay_stage_files *out, assay_err *err)
{
	const params *pa = p;

	return pa->folder[0] != '\0' ? assay_stage_files_add(out, "folder", pa->folder, err) : ASSAY_OK;
}

static assay_code prepare(void **shared, const void *p, assay_err *err)
{
	const params *pa = p;

	(void)shared;
	if (strcmp(pa->path, "refuse to load") == 0)
		return ASSAY_RAISE(err, ASSAY_ECONFIG, "the model is not there");
	return ASSAY_OK;
}

static assay_code stage_open(void **st, void *shared, const void *p, const assay_input *in, uint32_t root,
			     assay_err *err)
{
	state *s = assay_alloc(1, sizeof *s);

	(void)shared;
	(void)root;
	if (s == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "state");
	*s = (state){.params = p, .source = in->fd};
	*st = s;
	return ASSAY_OK;
}

static assay_code push(void *st, const assay_value *v, assay_sink *sink, assay_err *err)
{
	const state *s = st;
	ASSAY_AUTO_BUF report = ASSAY_BUF_INIT;
	const int met = test_act(test_acts[s->params->act], s->params->path, s->source, &report);
	assay_code rc = assay_measure(sink, v->root, TEST_MISBEHAVE_ERRNO, met, err);

	if (rc == ASSAY_OK && report.len > 0)
		rc = assay_artifact(sink, v->root, 0, report.data, report.len, err);
	return rc;
}

static void stage_close(void *st)
{
	free(st);
}

const assay_stage assay_stage_test_misbehave = {
    .abi = ASSAY_STAGE_ABI,
    .name = "test.misbehave",
    .version = 1,
    .modality = ASSAY_MODALITY_PAGE,
    .summary = "does what its parameter says",
    .reference = "",
    .observes = ASSAY_VALUE_PAGE,
    .determinism = ASSAY_EXACT,
    .params = param_rows,
    .params_size = sizeof(params),
    .metrics = metric_rows,
    .artifacts = artifact_rows,
    .files = files,
    .prepare = prepare,
    .open = stage_open,
    .push = push,
    .close = stage_close,
};
