#include "queue_lane.h"

#include "queue_ticket.h"

#include "assay/file.h"
#include "assay/memory.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

assay_code assay_lane_rules_load(assay_lane_rules *out, const assay_invocation *in, assay_err *err)
{
	const char *slash = strrchr(in->config, '/');
	ASSAY_AUTO_FREE char *folder =
	    slash != NULL ? assay_strndup(in->config, (size_t)(slash - in->config) + 1) : assay_strdup(".");
	ASSAY_CLEANUP(assay_diagnostics_release) assay_diagnostics d = {0};
	assay_err quiet = ASSAY_ERR_INIT;
	ASSAY_AUTO_FD fd = -1;

	out->config = NULL;
	if (folder == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "lanes");
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return ASSAY_OK;
	if (assay_config_load(&out->config, fd, slash != NULL ? slash + 1 : in->config, &d, &quiet) == ASSAY_ENOMEM)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "lanes");
	return ASSAY_OK;
}

void assay_lane_rules_release(assay_lane_rules *r)
{
	assay_config_close(r->config);
	r->config = NULL;
}

typedef struct stage_list {
	char *items[ASSAY_CONFIG_STEPS_MAX * 2];
	size_t count;
} stage_list;

static void stages_release(stage_list *s)
{
	while (s->count > 0)
		free(s->items[--s->count]);
}

static assay_code take_stage(void *ctx, const char *stage, assay_err *err)
{
	stage_list *s = ctx;

	if (s->count == ASSAY_COUNT(s->items))
		return ASSAY_OK;
	s->items[s->count] = assay_strdup(stage);
	return s->items[s->count++] != NULL ? ASSAY_OK : ASSAY_RAISE(err, ASSAY_ENOMEM, "stages");
}

static assay_code modality_of(assay_modality *out, assay_store *s, const assay_ticket *t, assay_err *err)
{
	ASSAY_AUTO_FREE char *path = NULL;
	ASSAY_AUTO_SOURCE src = {0};
	assay_code rc = assay_ticket_path(&path, t, err);

	if (rc == ASSAY_OK)
		rc = assay_source_find(s, path, &src, err);
	*out = rc == ASSAY_OK ? src.modality : 0;
	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}

/* By what the ticket fails as it stands. */
static assay_code lane_of(const char **out, const assay_config *config, assay_ticket_stages *stages,
			  const assay_ticket *t, const char *kind, assay_err *err)
{
	ASSAY_AUTO_FREE const char **checks = assay_alloc(t->check_count, sizeof *checks);
	const assay_failed_check *worst = assay_worst_check(t->checks, t->check_count);
	ASSAY_CLEANUP(stages_release) stage_list s = {0};
	assay_lane_work w = {.failure = t->failure, .check_count = t->check_count};
	assay_code rc;

	if (checks == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "checks");
	for (size_t i = 0; i < t->check_count; i++)
		checks[i] = t->checks[i].check_id;
	ASSAY_TRY(assay_ticket_stages_each(stages, t, take_stage, &s, err));
	ASSAY_TRY(modality_of(&w.modality, stages->store, t, err));
	w.checks = checks;
	w.stages = (const char **)s.items;
	w.stage_count = s.count;
	w.kind = kind != NULL && !t->is_source ? (assay_sample_kind)assay_sample_kind_parse(kind) : 0;
	w.severity = worst != NULL ? (assay_severity)worst->severity : 0;
	*out = assay_lane_of(&config->lanes, &w);
fail:
	return rc;
}

assay_code assay_ticket_lane(const char **out, const assay_config *config, assay_ticket_stages *stages,
			     const assay_ticket *t, assay_err *err)
{
	ASSAY_AUTO_SAMPLE_ROW hold = {0};
	const char *kind = NULL;
	assay_ticket now;
	assay_code rc;

	*out = NULL;
	if (config == NULL)
		return ASSAY_OK;
	ASSAY_TRY(assay_ticket_kind(&kind, stages->store, t, err));
	ASSAY_TRY(assay_ticket_now(&now, &hold, stages->store, t, err));
	rc = lane_of(out, config, stages, &now, kind, err);
fail:
	return rc;
}
