#include "slot.h"

#include "assay/file.h"
#include "assay/object.h"

#include "source_metadata.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---------------------------------------------------------------- workers */

void assay_slots_make_chains(assay_executor *r)
{
	for (unsigned m = 1; m <= ASSAY_MODALITY_MAX; m++) {
		const assay_config_step *steps[2 * ASSAY_CONFIG_STEPS_MAX];
		size_t n;

		if (r->session->recipes[m] == NULL)
			continue;
		n = assay_config_chain(r->config, (assay_modality)m, steps);
		for (size_t i = 0; i < n; i++)
			r->steps[m][i] = (assay_worker_step){steps[i]->stage, steps[i]->params};
		r->chain_of[m] = (uint32_t)r->chain_count;
		r->chains[r->chain_count++] = (assay_worker_chain){r->steps[m], n};
	}
}

static void note_facts(assay_executor *r, const assay_worker_facts *f)
{
	r->summary->worked = true;
	r->summary->layers &= f->layers;
	memcpy(r->summary->cpu_features, f->cpu_features, sizeof r->summary->cpu_features);
}

assay_code assay_slot_launch(assay_executor *r, assay_slot *s, assay_err *err)
{
	const assay_config_limits *l = &r->config->limits;
	const assay_worker_opts o = {
	    .chains = r->chains,
	    .chain_count = r->chain_count,
	    .limits = {(uint64_t)l->memory_mib << 20, (uint32_t)l->cpu_s, (uint32_t)l->wall_s},
	    .sandbox = r->opts->sandbox,
	    .asked = r->session->engines,
	};

	return assay_worker_launch(&s->worker, &o, err);
}

/* ---------------------------------------------------------------- handing out */

static assay_code receive_artifact(void *ctx, const void *data, size_t size, const assay_digest *digest, assay_err *err)
{
	assay_executor *r = ctx;

	return assay_object_put(r->store, ASSAY_OBJECT_ARTIFACT, data, size, digest, NULL, NULL, err);
}

/*
 * A file description of the unit's own: children read at their own offsets. -1 when the file is no longer the one that
 * was digested. O_NONBLOCK so that a FIFO put in its place cannot hold the run.
 */
static int open_as_digested(int rootfd, const char *path, const assay_stamp *digested)
{
	ASSAY_AUTO_FD fd = openat(rootfd, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	assay_stamp now;

	if (fd < 0 || fstat(fd, &st) != 0)
		return -1;
	assay_stamp_of(&now, &st);
	return S_ISREG(st.st_mode) && assay_stamp_same(&now, digested) ? ASSAY_TAKE_FD(&fd) : -1;
}

static void close_sidecars(const assay_worker_sidecar *sidecars, size_t count)
{
	while (count > 0)
		(void)close(sidecars[--count].fd);
}

/* As many as could be opened; the job is stale if these are not all. */
static size_t open_sidecars(assay_executor *r, assay_job *j, assay_worker_sidecar *out)
{
	size_t n = 0;

	for (size_t i = 0; i < j->next.sidecar_count && !j->stale; i++) {
		const assay_found_sidecar *f = &j->found->sidecars[i];
		int fd;

		if (assay_role_is_metadata(f->role))
			continue; /* no stage reads it */
		fd = open_as_digested(r->rootfd, f->path, &j->next.sidecars[i].stamp);
		j->stale = fd < 0;
		if (fd >= 0)
			out[n++] = (assay_worker_sidecar){f->role, fd};
	}
	return n;
}

static assay_code submit(assay_executor *r, assay_slot *s, assay_job *j, size_t part, assay_err *err)
{
	ASSAY_AUTO_FREE assay_worker_sidecar *sidecars = assay_alloc(j->next.sidecar_count, sizeof *sidecars);
	ASSAY_AUTO_FD fd = open_as_digested(r->rootfd, j->found->path, &j->next.stamp);
	assay_worker_unit u = {
	    .chain = r->chain_of[j->next.modality],
	    .fd = fd,
	    .size = j->next.stamp.size,
	    .part = assay_job_part_of(j, part),
	    .sidecars = sidecars,
	    .fresh = true,
	};
	assay_code rc = ASSAY_OK;

	if (sidecars == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "sidecars");
	j->stale = fd < 0;
	u.sidecar_count = open_sidecars(r, j, sidecars);
	if (!j->stale)
		rc = assay_worker_submit(s->worker, &u, receive_artifact, r, err);
	close_sidecars(sidecars, u.sidecar_count);
	return rc;
}

assay_code assay_slot_give(assay_executor *r, assay_slot *s, assay_job *j, size_t part, assay_err *err)
{
	const assay_code rc = submit(r, s, j, part, err);

	if (rc != ASSAY_OK || j->stale)
		return rc;
	s->job = j;
	s->part = part;
	s->given_ns = assay_monotonic_ns();
	j->parts[part].state = ASSAY_PART_RUNNING;
	j->parts[part].attempts++;
	j->ran = true;
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- taking back */

static assay_code count_stages(assay_executor *r, assay_modality modality, const assay_result *result, assay_err *err)
{
	const char *names[2 * ASSAY_CONFIG_STEPS_MAX];
	const assay_worker_chain *chain = &r->chains[r->chain_of[modality]];

	for (size_t i = 0; i < chain->count; i++)
		names[i] = chain->steps[i].stage->name;
	return assay_stage_totals_add(&r->summary->stages, modality, names, result, err);
}

static assay_code keep_unit(assay_executor *r, assay_job *j, size_t part, assay_worker_answer *a, assay_err *err)
{
	ASSAY_AUTO_FREE assay_unit_sidecar *sidecars = NULL;
	assay_unit_key key;
	assay_unit u = {
	    .run = r->session->run.id,
	    .cpu_us = a->cpu_us,
	    .wall_us = a->wall_us,
	    .max_rss_kib = a->max_rss_kib,
	    .finished_ns = assay_now_ns(),
	    .attempts = j->parts[part].attempts,
	    .result = a->result,
	};
	char text[ASSAY_PART_TEXT];
	assay_code rc = assay_job_unit_key(&key, &sidecars, j, part, text, err);

	if (rc == ASSAY_OK)
		rc = assay_work_key(&u.work_key, &key, err);
	if (rc != ASSAY_OK)
		return rc;
	/* Another path with the same bytes may have been done meanwhile. */
	rc = assay_unit_find(r->store, &u.work_key, &j->parts[part].unit, err);
	if (rc == ASSAY_OK)
		j->parts[part].cached = true;
	if (rc != ASSAY_ENOENT)
		return rc;
	u.source = key.source;
	u.recipe = key.recipe;
	u.part = text;
	u.sidecars = sidecars;
	u.sidecar_count = key.sidecar_count;
	assay_job_part_tell(&j->parts[part], &a->result);
	rc = assay_unit_put(r->store, &u, err); /* everything in u is borrowed */
	j->parts[part].unit = u.id;
	r->summary->units_run++;
	return rc == ASSAY_OK ? count_stages(r, j->next.modality, &a->result, err) : rc;
}

/* What no single unit can tell of itself: a child may be in the hands of the file that it read. */
static assay_code vet_answer(const assay_job *j, size_t part, assay_worker_answer *a, assay_err *err)
{
	if (a->result.failure != ASSAY_FAILURE_NONE)
		return ASSAY_OK;
	if (a->result.pages > ASSAY_PAGES_MAX)
		return assay_result_fail(&a->result, ASSAY_FAILURE_LIMIT, 0, "the document claims too many pages", err);
	if (part > 0 && a->result.pages != j->pages)
		return assay_result_fail(&a->result, ASSAY_FAILURE_PROTOCOL, 0,
					 "the document has another number of pages than before", err);
	if (!assay_job_owns_parts(j, part, &a->result))
		return assay_result_fail(&a->result, ASSAY_FAILURE_PROTOCOL, 0,
					 "the child names samples that are not this unit's", err);
	return ASSAY_OK;
}

static assay_code settle_part(assay_executor *r, assay_job *j, size_t part, assay_worker_answer *a, assay_err *err)
{
	assay_job_part *p = &j->parts[part];
	assay_code rc = vet_answer(j, part, a, err);

	if (rc != ASSAY_OK)
		return rc;
	if (!assay_failure_is_deterministic(a->result.failure) && a->result.failure != ASSAY_FAILURE_NONE &&
	    p->attempts < ASSAY_UNIT_ATTEMPTS) {
		p->state = ASSAY_PART_WAITING;
		return ASSAY_OK;
	}
	rc = keep_unit(r, j, part, a, err);
	if (rc != ASSAY_OK)
		return rc;
	r->uncommitted++;
	p->state = ASSAY_PART_DONE;
	return part == 0 && a->result.failure == ASSAY_FAILURE_NONE
		   ? assay_job_expand(j, r->session, a->result.pages, err)
		   : ASSAY_OK;
}

/* What a file that has changed gave is not kept. */
static assay_code take_answer(assay_executor *r, assay_slot *s, assay_job **back, assay_err *err)
{
	assay_worker_answer a;
	assay_job *j = s->job;
	assay_code rc = ASSAY_OK;

	if (!assay_worker_take(s->worker, &a))
		return ASSAY_OK;
	*back = j;
	s->job = NULL;
	j->took.cpu_us += a.cpu_us;
	j->took.wall_us += a.wall_us;
	j->took.units += 1;
	r->work_us += a.cpu_us;
	r->work_took_us += a.wall_us;
	r->summary->cpu_us += a.cpu_us;
	j->stale |= assay_job_file_changed(j, r->rootfd);
	if (!j->stale)
		rc = settle_part(r, j, s->part, &a, err);
	assay_result_release(&a.result);
	return rc;
}

assay_code assay_slot_step(assay_executor *r, assay_slot *s, assay_job **back, assay_err *err)
{
	const bool starting = assay_worker_state_of(s->worker) == ASSAY_WORKER_STARTING;
	assay_code rc = assay_worker_step_io(s->worker, err);

	*back = NULL;
	if (rc != ASSAY_OK)
		return rc;
	switch (assay_worker_state_of(s->worker)) {
	case ASSAY_WORKER_DONE:
		return take_answer(r, s, back, err);
	case ASSAY_WORKER_DEAD:
		rc = s->job != NULL ? take_answer(r, s, back, err) : ASSAY_OK;
		assay_worker_close(s->worker);
		s->worker = NULL;
		return rc;
	case ASSAY_WORKER_IDLE:
		if (starting)
			note_facts(r, assay_worker_facts_of(s->worker));
		break;
	case ASSAY_WORKER_STARTING:
	case ASSAY_WORKER_BUSY:
		break;
	}
	return ASSAY_OK;
}
