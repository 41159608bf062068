#include "attempt_unit.h"

#include "assay/file.h"
#include "assay/log.h"
#include "assay/memory.h"
#include "assay/sample.h"
#include "assay/unit.h"

#include "job.h"
#include "payload.h"
#include "scan.h"
#include "source_metadata.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---------------------------------------------------------------- chains */

static void add_chain(assay_attempt_chains *c, const assay_config_step *const *steps, size_t count)
{
	for (size_t i = 0; i < count; i++)
		c->steps[c->count][i] = (assay_worker_step){steps[i]->stage, steps[i]->params};
	c->items[c->count] = (assay_worker_chain){c->steps[c->count], count};
	c->count++;
}

static void add_rung(assay_attempt_chains *c, const assay_session *s, uint32_t rung)
{
	const assay_config_step *steps[2 * ASSAY_CONFIG_STEPS_MAX];
	const assay_session_rung *r = &s->rungs[rung];

	c->of_rung[rung] = (uint32_t)c->count;
	add_chain(c, steps, assay_config_rung_chain(s->config, r->source, r->remedy, r->rung, steps));
}

static void add_pipelines(assay_attempt_chains *c, const assay_session *s)
{
	for (unsigned m = 1; m <= ASSAY_MODALITY_MAX; m++) {
		const assay_config_step *steps[2 * ASSAY_CONFIG_STEPS_MAX];

		if (s->recipes[m] == NULL)
			continue;
		c->of_pipeline[m] = (uint32_t)c->count;
		add_chain(c, steps, assay_config_chain(s->config, (assay_modality)m, steps));
	}
}

assay_code assay_attempt_chains_make(assay_attempt_chains *c, const assay_session *s, assay_err *err)
{
	const size_t most = s->rung_count + ASSAY_MODALITY_MAX;

	*c = (assay_attempt_chains){0};
	c->items = assay_alloc(most, sizeof *c->items);
	c->steps = assay_alloc(most, sizeof *c->steps);
	c->of_rung = assay_alloc(s->rung_count, sizeof *c->of_rung);
	if (c->items == NULL || c->steps == NULL || c->of_rung == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "attempts");
	for (uint32_t i = 0; i < s->rung_count; i++)
		add_rung(c, s, i);
	add_pipelines(c, s);
	return ASSAY_OK;
}

void assay_attempt_chains_release(assay_attempt_chains *c)
{
	free(c->items);
	free(c->steps);
	free(c->of_rung);
	*c = (assay_attempt_chains){0};
}

uint32_t assay_attempt_chain_of(const assay_attempt_chains *c, const assay_wanted *w, assay_modality modality)
{
	return w->rung != ASSAY_NO_RUNG ? c->of_rung[w->rung] : c->of_pipeline[modality];
}

/* ---------------------------------------------------------------- files */

#define RUN_LOOKS "'assay run' looks at it again, and goes on"

/* -1 when the file is no longer the one that was digested, whatever it is now: why says so. */
static int open_as_digested(assay_buf *why, int rootfd, const char *key, const assay_stamp *digested)
{
	ASSAY_AUTO_BUF path = ASSAY_BUF_INIT;
	ASSAY_AUTO_FD fd = -1;
	struct stat st;
	assay_stamp now;

	if (!assay_path_unescape(&path, key) || path.failed) {
		assay_buf_printf(why, "'%s' is the name of no file", key);
		return -1;
	}
	fd = openat(rootfd, assay_buf_str(&path), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0 || fstat(fd, &st) != 0) {
		assay_buf_printf(why, "'%s' cannot be opened (%s): put that right; " RUN_LOOKS, key, strerror(errno));
		return -1;
	}
	assay_stamp_of(&now, &st);
	if (S_ISREG(st.st_mode) && assay_stamp_same(&now, digested))
		return ASSAY_TAKE_FD(&fd);
	assay_buf_printf(why, "'%s' is not as it was when it was digested, by its %s: " RUN_LOOKS, key,
			 !S_ISREG(st.st_mode)           ? "kind"
			 : now.size != digested->size   ? "size"
			 : now.inode != digested->inode ? "inode"
							: "time of change");
	return -1;
}

static void add_sidecar(assay_unit_files *f, const char *role, const assay_digest *d, int fd)
{
	size_t at = f->sidecar_count++;

	for (; at > 0 && strcmp(f->named[at - 1].role, role) > 0; at--) {
		f->named[at] = f->named[at - 1];
		f->sidecars[at] = f->sidecars[at - 1];
	}
	f->named[at] = (assay_unit_sidecar){(char *)(uintptr_t)role, *d};
	f->sidecars[at] = (assay_worker_sidecar){role, fd};
}

static bool open_sidecars(assay_unit_files *f, assay_buf *why, int rootfd)
{
	const assay_source *src = &f->source;

	for (size_t i = 0; i < src->sidecar_count; i++) {
		const assay_source_sidecar *sc = &src->sidecars[i];
		int fd;

		if (assay_role_is_metadata(sc->role))
			continue; /* no stage reads it */
		fd = open_as_digested(why, rootfd, sc->path, &sc->stamp);
		if (fd < 0)
			return false;
		add_sidecar(f, sc->role, &sc->digest, fd);
	}
	return true;
}

/* @param role  of a correction */
static assay_code open_decided(assay_unit_files *f, assay_buf *missing, const assay_session *s, uint64_t decision,
			       const char *role, assay_err *err)
{
	ASSAY_AUTO_DECISION d = {0};
	assay_err why = ASSAY_ERR_INIT;
	uint64_t size = 0;
	int fd = -1;
	assay_code rc;

	if (decision == 0 || missing->len > 0)
		return ASSAY_OK;
	rc = assay_decision_get(s->store, decision, &d, err);
	if (rc != ASSAY_OK)
		return rc;
	rc = assay_payload_open(&fd, &size, s->store, &d.payload, &why);
	if (rc == ASSAY_ECORRUPT || rc == ASSAY_ENOENT) {
		/* One that is damaged holds nobody else up. */
		assay_log(ASSAY_LOG_WARNING, "what was handed in for '%s' cannot be read: %s", d.subject, why.msg);
		assay_buf_puts(missing, "what was handed in cannot be read any more: hand it in again");
		return ASSAY_OK;
	}
	if (rc != ASSAY_OK)
		return ASSAY_RAISE(err, rc, "%s", why.msg);
	if (d.kind == ASSAY_DECISION_CORRECT) {
		add_sidecar(f, role, &d.payload, fd);
		return ASSAY_OK;
	}
	f->fd = fd;
	f->size = size;
	f->bytes = d.payload;
	return ASSAY_OK;
}

static bool is_of_pipeline(const assay_session *s, const assay_source *src)
{
	const assay_recipe *today = s->recipes[src->modality];

	return today != NULL && assay_digest_eq(&today->digest, &src->recipe);
}

assay_code assay_unit_files_open(assay_unit_files *f, assay_buf *why, const assay_session *s, int rootfd,
				 const assay_wanted *w, assay_err *err)
{
	assay_code rc;

	assay_unit_files_release(f);
	ASSAY_TRY(assay_source_get(s->store, w->source, &f->source, err));
	f->bytes = f->source.digest;
	f->size = f->source.stamp.size;
	f->sidecars = assay_alloc(f->source.sidecar_count + 1, sizeof *f->sidecars);
	f->named = assay_alloc(f->source.sidecar_count + 1, sizeof *f->named);
	if (f->sidecars == NULL || f->named == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "attempt");
	/* The chain is that of today: what another pipeline made of the source waits for a run that brings it up to date. */
	if (w->rung == ASSAY_NO_RUNG && !is_of_pipeline(s, &f->source)) {
		assay_buf_puts(
		    why, "the source is as an older pipeline made it: 'assay run' brings it up to date, and goes on");
		return ASSAY_OK;
	}
	if (!open_sidecars(f, why, rootfd))
		return ASSAY_OK;
	ASSAY_TRY(open_decided(f, why, s, w->text, w->table ? ASSAY_SIDECAR_TABLE : ASSAY_SIDECAR_CORRECTION, err));
	ASSAY_TRY(open_decided(f, why, s, w->file, NULL, err));
	if (f->fd < 0 && why->len == 0)
		f->fd = open_as_digested(why, rootfd, f->source.path, &f->source.stamp);
fail:
	return rc;
}

void assay_unit_files_close(assay_unit_files *f)
{
	assay_closep(&f->fd);
	f->fd = -1;
	for (size_t i = 0; i < f->sidecar_count; i++) {
		assay_closep(&f->sidecars[i].fd);
		f->sidecars[i].fd = -1;
	}
}

void assay_unit_files_release(assay_unit_files *f)
{
	assay_unit_files_close(f);
	free(f->sidecars);
	free(f->named);
	assay_source_release(&f->source);
	*f = (assay_unit_files){.fd = -1};
}

/* ---------------------------------------------------------------- what came back */

assay_code assay_attempt_vet(const assay_wanted *w, assay_result *r, assay_err *err)
{
	if (r->failure != ASSAY_FAILURE_NONE)
		return ASSAY_OK;
	if (r->pages > ASSAY_PAGES_MAX)
		return assay_result_fail(r, ASSAY_FAILURE_LIMIT, 0, "the document claims too many pages", err);
	if (!assay_result_parts_fit(r, &w->part))
		return assay_result_fail(r, ASSAY_FAILURE_PROTOCOL, 0,
					 "the child names samples that are not this unit's", err);
	return ASSAY_OK;
}

assay_code assay_attempt_keep(const assay_session *s, const assay_unit_files *f, const assay_wanted *w, uint32_t tries,
			      const assay_worker_answer *answer, assay_err *err)
{
	const bool rung = w->rung != ASSAY_NO_RUNG;
	char part[ASSAY_PART_TEXT];
	assay_unit u = {
	    .source = f->bytes,
	    .recipe = rung ? s->rungs[w->rung].recipe->digest : f->source.recipe,
	    .part = part,
	    .sidecars = f->named,
	    .sidecar_count = f->sidecar_count,
	    .run = s->run.id,
	    .cpu_us = answer->cpu_us,
	    .wall_us = answer->wall_us,
	    .max_rss_kib = answer->max_rss_kib,
	    .finished_ns = assay_now_ns(),
	    .attempts = tries,
	    .result = answer->result,
	};
	assay_unit_key key;
	assay_code rc;

	assay_part_text(part, &w->part);
	key = (assay_unit_key){u.source, part, u.sidecars, u.sidecar_count, u.recipe};
	rc = assay_work_key(&u.work_key, &key, err);
	if (rc == ASSAY_OK && !assay_digest_eq(&u.work_key, &w->work_key))
		return ASSAY_RAISE(err, ASSAY_ECORRUPT,
				   "an attempt at '%s' is not the one that was wanted: 'assay run' looks again",
				   f->source.path);
	return rc == ASSAY_OK ? assay_unit_put(s->store, &u, err) : rc;
}
