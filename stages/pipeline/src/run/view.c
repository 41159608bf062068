#include "assay/view.h"

#include "view_chain.h"
#include "view_lines.h"
#include "view_table.h"

#include "assay/file.h"
#include "assay/memory.h"
#include "assay/object.h"
#include "assay/recipe.h"
#include "assay/source.h"
#include "assay/stop.h"
#include "assay/worker.h"

#include "payload.h"
#include "sample_part.h"
#include "scan.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define FILES_MAX   2000              /* of one sample */
#define BYTES_MAX   ((size_t)1 << 30) /* of the pictures of one sample */
#define LINE_SPACE  4                 /* px around a line */
#define TABLE_SPACE 16                /* px around a table */

struct assay_viewer {
	const assay_config *config;
	assay_store *store;
	int rootfd;
	assay_sandbox_mode sandbox;
	bool pictures;
	assay_worker *worker; /* for samples of this kind and recipe: */
	assay_sample_kind kind;
	assay_digest recipe;
	assay_view_chain chain;
	assay_view_columns failing; /* of a table */
};

/* ---------------------------------------------------------------- what there is to see */

void assay_view_release(assay_view *v)
{
	for (size_t i = 0; i < v->file_count; i++) {
		free(v->files[i].name);
		free(v->files[i].media);
		assay_buf_release(&v->files[i].data);
	}
	for (size_t i = 0; i < v->line_count; i++)
		free(v->lines[i].text);
	free(v->files);
	free(v->lines);
	free(v->missing);
	*v = (assay_view){0};
}

static assay_code say_missing(assay_view *v, const char *why, assay_err *err)
{
	free(v->missing);
	v->missing = assay_strdup(why);
	return v->missing != NULL ? ASSAY_OK : ASSAY_RAISE(err, ASSAY_ENOMEM, "view");
}

/* data is taken, also on failure. */
static assay_code add_file(assay_view *v, const char *name, const char *media, assay_buf *data, assay_err *err)
{
	assay_view_file f = {assay_strdup(name), assay_strdup(media), *data};
	assay_code rc;

	*data = ASSAY_BUF_INIT;
	rc = f.name != NULL && f.media != NULL ? assay_grow(&v->files, &v->file_cap, v->file_count, sizeof f, err)
					       : ASSAY_RAISE(err, ASSAY_ENOMEM, "view");
	if (rc == ASSAY_OK) {
		v->files[v->file_count++] = f;
		return ASSAY_OK;
	}
	free(f.name);
	free(f.media);
	assay_buf_release(&f.data);
	return rc;
}

/* ---------------------------------------------------------------- what the store has */

/* Names come from a recipe, and a store may lie. */
static bool is_plain_name(const char *name)
{
	return name[0] != '\0' && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(name) &&
	       strlen(name) < 40;
}

static const assay_recipe_artifact *artifact_type(const assay_recipe *r, const assay_artifact_ref *a)
{
	if (a->stage >= r->step_count || a->type >= r->steps[a->stage].artifact_count)
		return NULL;
	return &r->steps[a->stage].artifacts[a->type];
}

static assay_code see_stored(assay_view *v, assay_viewer *w, const assay_artifact_ref *a,
			     const assay_recipe_artifact *type, const char *name, assay_err *err)
{
	const bool is_text = strncmp(type->media, "text/plain", 10) == 0;
	const bool is_table = v->kind == ASSAY_SAMPLE_TABLE && strcmp(type->role, "csv") == 0;
	ASSAY_AUTO_BUF data = ASSAY_BUF_INIT;
	assay_code rc = assay_object_get(w->store, &a->digest, &data, err);

	if (rc != ASSAY_OK)
		return rc;
	if (strcmp(type->role, "words") == 0)
		rc = assay_view_lines_read(v, data.data, data.len, err);
	if (rc != ASSAY_OK)
		return rc;
	if (is_text && v->text == SIZE_MAX) {
		v->text = v->file_count;
		name = "text.txt";
	}
	if (is_table && v->text == SIZE_MAX) {
		v->text = v->file_count;
		name = "table.csv";
	}
	return add_file(v, name, type->media, &data, err);
}

static assay_code see_kept(assay_view *v, assay_viewer *w, const assay_recipe *r, const assay_result_sample *s,
			   assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < s->artifact_count && v->file_count < FILES_MAX && rc == ASSAY_OK; i++) {
		const assay_recipe_artifact *type = artifact_type(r, &s->artifacts[i]);
		char name[96];

		if (type == NULL || !is_plain_name(type->role) || !is_plain_name(type->suffix))
			continue;
		(void)snprintf(name, sizeof name, "%s.%s", type->role, type->suffix);
		if (strcmp(type->role, "keyframe") == 0) {
			(void)snprintf(name, sizeof name, "frame-%03zu.png", v->file_count + 1);
			if (v->picture == SIZE_MAX)
				v->picture = v->file_count;
		}
		rc = see_stored(v, w, &s->artifacts[i], type, name, err);
	}
	return rc;
}

/* Key frames of a video are on its shots. */
static assay_code see_shots(assay_view *v, assay_viewer *w, const assay_recipe *r, const assay_result *result,
			    uint32_t position, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < result->sample_count && rc == ASSAY_OK; i++)
		if (result->samples[i].parent == position && result->samples[i].kind == ASSAY_SAMPLE_SHOT)
			rc = see_kept(v, w, r, &result->samples[i], err);
	return rc;
}

/* ---------------------------------------------------------------- the file */

static assay_code open_source(int *out, uint64_t *size, const char **why, const assay_viewer *w, const char *key,
			      const assay_unit *unit, assay_err *err)
{
	ASSAY_AUTO_BUF path = ASSAY_BUF_INIT;
	ASSAY_AUTO_SOURCE src = {0};
	ASSAY_AUTO_FD fd = -1;
	assay_stamp now;
	assay_digest d;
	struct stat st;
	assay_code rc;

	*out = -1;
	*why = "the file cannot be opened";
	if (!assay_path_unescape(&path, key) || !assay_path_is_inside(assay_buf_str(&path)))
		return assay_buf_check(&path, err);
	fd = openat(w->rootfd, assay_buf_str(&path), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return ASSAY_OK;
	assay_stamp_of(&now, &st);
	rc = assay_source_find(w->store, key, &src, err);
	if (rc != ASSAY_OK && rc != ASSAY_ENOENT)
		return rc;
	*why = "the file has changed since it was read";
	if (rc == ASSAY_ENOENT || !assay_stamp_same(&now, &src.stamp) || !assay_digest_eq(&src.digest, &unit->source)) {
		if (assay_digest_fd(&d, NULL, fd, NULL) != ASSAY_OK || !assay_digest_eq(&d, &unit->source))
			return ASSAY_OK;
	}
	*size = now.size;
	*out = ASSAY_TAKE_FD(&fd);
	return ASSAY_OK;
}

/* What stands in the source's place is nowhere but in the store. -1 and *why when it is damaged. */
static assay_code open_stored(int *out, uint64_t *size, const char **why, const assay_viewer *w, const assay_digest *d,
			      assay_err *err)
{
	assay_err said = ASSAY_ERR_INIT;
	const assay_code rc = assay_payload_open(out, size, w->store, d, &said);

	*why = "what was handed in is damaged in the store: 'assay check' says more";
	if (rc == ASSAY_OK || rc == ASSAY_ECORRUPT || rc == ASSAY_ENOENT)
		return ASSAY_OK;
	return ASSAY_RAISE(err, rc, "%s", said.msg);
}

/* The bytes that the unit was made of; -1 and *why when they are not there any more. */
static assay_code open_bytes(int *out, uint64_t *size, const char **why, const assay_viewer *w, const char *key,
			     const assay_unit *unit, assay_err *err)
{
	assay_object_info info;
	const assay_code rc = assay_object_find(w->store, &unit->source, &info, err);

	*out = -1;
	if (rc == ASSAY_OK)
		return open_stored(out, size, why, w, &unit->source, err);
	return rc == ASSAY_ENOENT ? open_source(out, size, why, w, key, unit, err) : rc;
}

static bool is_on_page(assay_sample_kind kind)
{
	return kind == ASSAY_SAMPLE_PAGE || kind == ASSAY_SAMPLE_TABLE;
}

/* No more of the file than the sample: its page, its stream, or its span. */
static assay_part part_of(const assay_result *r, const assay_result_sample *s, const assay_recipe *recipe)
{
	const unsigned long n = strncmp(s->part, "page=", 5) == 0 ? strtoul(s->part + 5, NULL, 10) : 0;
	const uint32_t page = n > 0 && n < UINT32_MAX ? (uint32_t)n : 1;
	assay_part part;

	if (is_on_page(s->kind))
		return (assay_part){.first_page = page, .last_page = page};
	part = assay_part_of_stream(r, s);
	if (s->parent != ASSAY_NO_SAMPLE && s->has_span && assay_part_is_enough(recipe, recipe, s->kind))
		(void)assay_part_bound(&part, s->start, s->end);
	return part;
}

/* ---------------------------------------------------------------- the worker */

static void stop_worker(assay_viewer *w)
{
	assay_worker_close(w->worker);
	w->worker = NULL;
	assay_view_chain_release(&w->chain);
}

static assay_code need_worker(const char **why, assay_viewer *w, const assay_recipe *r, assay_sample_kind kind,
			      assay_err *err)
{
	const assay_config_limits *l = &w->config->limits;
	assay_worker_opts o = {
	    .chain_count = 1,
	    .limits = {(uint64_t)l->memory_mib << 20, (uint32_t)l->cpu_s, (uint32_t)l->wall_s},
	    .sandbox = w->sandbox,
	};
	assay_worker_chain chain;
	assay_code rc;

	*why = NULL;
	if (w->worker != NULL && w->kind == kind && assay_digest_eq(&w->recipe, &r->digest) &&
	    assay_worker_state_of(w->worker) == ASSAY_WORKER_IDLE)
		return ASSAY_OK;
	stop_worker(w);
	rc = assay_view_chain_make(&w->chain, why, r, kind, w->config, err);
	if (rc != ASSAY_OK || *why != NULL)
		return rc;
	chain = (assay_worker_chain){w->chain.steps, w->chain.count};
	o.chains = &chain;
	w->kind = kind;
	w->recipe = r->digest;
	return assay_worker_start(&w->worker, &o, err);
}

/* Pictures as they arrive: which sample they are of is known when the answer is there. */
typedef struct arrivals {
	assay_buf *items;
	assay_digest *digests;
	size_t count, cap, digest_cap, bytes;
} arrivals;

static void arrivals_release(arrivals *a)
{
	for (size_t i = 0; i < a->count; i++)
		assay_buf_release(&a->items[i]);
	free(a->items);
	free(a->digests);
}

static assay_code receive(void *ctx, const void *data, size_t size, const assay_digest *digest, assay_err *err)
{
	arrivals *a = ctx;
	assay_code rc;

	if (size > BYTES_MAX - a->bytes)
		return ASSAY_RAISE(err, ASSAY_EFULL, "the pictures of a sample are larger than %zu bytes", BYTES_MAX);
	ASSAY_TRY(assay_grow(&a->items, &a->cap, a->count, sizeof *a->items, err));
	ASSAY_TRY(assay_grow(&a->digests, &a->digest_cap, a->count, sizeof *a->digests, err));
	a->items[a->count] = ASSAY_BUF_INIT;
	a->digests[a->count] = *digest;
	a->bytes += size;
	assay_buf_append(&a->items[a->count++], data, size);
	return assay_buf_check(&a->items[a->count - 1], err);
fail:
	return rc;
}

static assay_code wait_for(assay_worker_answer *answer, assay_viewer *w, assay_err *err)
{
	while (!assay_worker_take(w->worker, answer)) {
		struct pollfd fds[3];
		const size_t n = assay_worker_poll_fds(w->worker, fds);
		assay_code rc;

		fds[n] = (struct pollfd){.fd = assay_stop_fd(), .events = POLLIN};
		if (poll(fds, (nfds_t)n + 1, 1000) < 0 && errno != EINTR)
			return ASSAY_RAISE_ERRNO(err, "poll");
		if (assay_stop_requested() > 0)
			return ASSAY_RAISE(err, ASSAY_ESTOP, "stopped by a signal");
		rc = assay_worker_step_io(w->worker, err);
		if (rc != ASSAY_OK)
			return rc;
	}
	return ASSAY_OK;
}

/* A file in memory that holds the text; -1 when there is none. */
static int text_fd(const assay_buf *text)
{
	ASSAY_AUTO_FD fd = memfd_create("view", MFD_CLOEXEC);

	if (fd < 0 || assay_write_all(fd, text->data, text->len, NULL) != ASSAY_OK)
		return -1;
	return ASSAY_TAKE_FD(&fd);
}

static void put_box(assay_buf *out, const int32_t b[4], int32_t space)
{
	assay_buf_printf(out, "%d %d %d %d\n", b[0] > space ? b[0] - space : 0, b[1] > space ? b[1] - space : 0,
			 b[2] + space, b[3] + space);
}

static void put_boxes(assay_buf *out, const assay_view *v)
{
	for (size_t i = 0; i < v->line_count; i++)
		put_box(out, v->lines[i].box, LINE_SPACE);
}

/* Its rules stand at its edges: they are to be seen. */
static assay_code put_table(assay_buf *out, const assay_viewer *w, const assay_recipe *r, const assay_result_sample *s,
			    assay_err *err)
{
	int32_t box[4];
	bool found;
	const assay_code rc = assay_view_table_box(box, &found, w->store, r, s, err);

	if (rc != ASSAY_OK || !found)
		return rc;
	put_box(out, box, TABLE_SPACE);
	return assay_view_table_put(out, w->store, r, s, TABLE_SPACE, &w->failing, err);
}

/* Since the recording began, which need not be at 0. */
static void put_span(assay_buf *out, const assay_result_sample *s, const assay_result_sample *recording)
{
	const assay_time began = recording->has_span ? recording->start : (assay_time){0, 1, 1};
	const int64_t start = assay_time_diff(s->start, began, 3), end = assay_time_diff(s->end, began, 3);

	if (s->has_span && start >= 0 && end >= start && end < INT64_C(1000000000000))
		assay_buf_printf(out, "%" PRId64 " %" PRId64 "\n", start, end);
}

/* What is wanted of a unit: the role of a sidecar and its bytes. */
typedef struct wish {
	const char *role;
	assay_buf text;
} wish;

static assay_code run_unit(assay_worker_answer *answer, arrivals *got, assay_viewer *w, int fd, uint64_t size,
			   const wish *wanted, const assay_part *part, assay_err *err)
{
	ASSAY_AUTO_FD side = wanted->text.len > 0 ? text_fd(&wanted->text) : -1;
	const assay_worker_sidecar sidecar = {wanted->role, side};
	const assay_worker_unit u = {
	    .fd = fd,
	    .size = size,
	    .part = *part,
	    .sidecars = &sidecar,
	    .sidecar_count = side >= 0 ? 1 : 0,
	};
	assay_code rc;

	if (wanted->text.len > 0 && side < 0)
		return ASSAY_RAISE_ERRNO(err, "file in memory");
	rc = assay_worker_submit(w->worker, &u, receive, got, err);
	return rc == ASSAY_OK ? wait_for(answer, w, err) : rc;
}

/* ---------------------------------------------------------------- the pictures */

static const assay_result_sample *find_sample(const assay_result *r, const char *part)
{
	for (size_t i = 0; i < r->sample_count; i++)
		if (strcmp(r->samples[i].part, part) == 0)
			return &r->samples[i];
	return NULL;
}

static void name_picture(assay_view *v, const char *role, size_t number, char *name, size_t size)
{
	if (strcmp(role, "piece") == 0 && v->kind == ASSAY_SAMPLE_TABLE) {
		(void)snprintf(name, size, "table.png");
		v->picture = v->file_count;
		return;
	}
	if (strcmp(role, "drawn") == 0) {
		(void)snprintf(name, size, "cells.png");
		return;
	}
	if (strcmp(role, "piece") == 0) {
		(void)snprintf(name, size, "line-%03zu.png", number);
		if (number - 1 < v->line_count)
			v->lines[number - 1].file = v->file_count;
		return;
	}
	if (strcmp(role, "sound") == 0) {
		(void)snprintf(name, size, "sound.wav");
		v->sound = v->file_count;
		return;
	}
	if (strcmp(role, "keyframe") == 0)
		(void)snprintf(name, size, "frame-%03zu.png", v->file_count + 1);
	else
		(void)snprintf(name, size, "%s.png", strcmp(role, "picture") == 0 ? "page" : role);
	if (v->picture == SIZE_MAX)
		v->picture = v->file_count;
	return;
}

static assay_code take_pictures(assay_view *v, const assay_viewer *w, const assay_result_sample *s, arrivals *got,
				assay_err *err)
{
	const assay_stage *last = w->chain.steps[w->chain.count - 1].stage;
	size_t pieces = 0;
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < s->artifact_count && rc == ASSAY_OK; i++) {
		const assay_artifact_ref *a = &s->artifacts[i];
		const assay_artifact_type *type = &last->artifacts[a->type];
		char name[64];
		size_t k = 0;

		while (k < got->count && (got->items[k].len == 0 || !assay_digest_eq(&got->digests[k], &a->digest)))
			k++;
		if (a->stage != w->chain.count - 1 || k == got->count || v->file_count >= FILES_MAX)
			continue;
		pieces += strcmp(type->role, "piece") == 0;
		name_picture(v, type->role, pieces, name, sizeof name);
		rc = add_file(v, name, type->media, &got->items[k], err);
	}
	return rc;
}

static assay_code take_answer(assay_view *v, const assay_viewer *w, const assay_worker_answer *answer, const char *part,
			      arrivals *got, assay_err *err)
{
	const assay_result_sample *s = find_sample(&answer->result, part);
	assay_code rc = ASSAY_OK;

	if (answer->result.failure != ASSAY_FAILURE_NONE) {
		ASSAY_AUTO_BUF why = ASSAY_BUF_INIT;

		assay_buf_printf(&why, "%s: %s", assay_failure_name(answer->result.failure),
				 answer->result.message != NULL ? answer->result.message : "");
		rc = assay_buf_check(&why, err);
		return rc == ASSAY_OK ? say_missing(v, assay_buf_str(&why), err) : rc;
	}
	for (size_t i = 0; v->kind == ASSAY_SAMPLE_VIDEO && i < answer->result.sample_count && rc == ASSAY_OK; i++)
		if (answer->result.samples[i].kind == ASSAY_SAMPLE_SHOT)
			rc = take_pictures(v, w, &answer->result.samples[i], got, err);
	if (rc == ASSAY_OK && s != NULL)
		rc = take_pictures(v, w, s, got, err);
	if (rc == ASSAY_OK && v->picture == SIZE_MAX)
		rc = say_missing(v, "nothing of it is in the file any more", err);
	return rc;
}

/* Of a segment the picture is of its recording, of a table of its page. */
static bool is_seen_in(const assay_result_sample *s)
{
	return s->kind == ASSAY_SAMPLE_SEGMENT || s->kind == ASSAY_SAMPLE_TABLE;
}

static assay_code make_pictures(assay_view *v, assay_viewer *w, const char *path, const assay_unit *unit,
				const assay_result_sample *s, const assay_recipe *r, assay_err *err)
{
	const bool is_segment = s->kind == ASSAY_SAMPLE_SEGMENT && s->parent < unit->result.sample_count;
	ASSAY_CLEANUP(arrivals_release) arrivals got = {0};
	assay_worker_answer answer = {0};
	ASSAY_AUTO_FD fd = -1;
	wish wanted = {.role = is_on_page(s->kind) ? "boxes" : "span"};
	uint64_t size = 0;
	assay_part part = part_of(&unit->result, s, r);
	const char *why;
	assay_code rc;

	ASSAY_TRY(open_bytes(&fd, &size, &why, w, path, unit, err));
	if (fd >= 0)
		ASSAY_TRY(need_worker(&why, w, r, is_on_page(s->kind) ? ASSAY_SAMPLE_PAGE : s->kind, err));
	if (fd < 0 || why != NULL)
		return say_missing(v, why, err);
	if (s->kind == ASSAY_SAMPLE_PAGE)
		put_boxes(&wanted.text, v);
	else if (is_segment)
		put_span(&wanted.text, s, &unit->result.samples[s->parent]);
	rc = s->kind == ASSAY_SAMPLE_TABLE ? put_table(&wanted.text, w, r, s, err) : ASSAY_OK;
	if (rc == ASSAY_OK)
		rc = assay_buf_check(&wanted.text, err);
	if (rc == ASSAY_OK)
		rc = run_unit(&answer, &got, w, fd, size, &wanted, &part, err);
	if (rc == ASSAY_OK)
		rc = take_answer(v, w, &answer,
				 is_seen_in(s) && s->parent < unit->result.sample_count
				     ? unit->result.samples[s->parent].part
				     : s->part,
				 &got, err);
	if (rc != ASSAY_OK)
		stop_worker(w); /* with whatever is in its hands */
	assay_result_release(&answer.result);
	assay_buf_release(&wanted.text);
fail:
	return rc;
}

/* ---------------------------------------------------------------- the viewer */

assay_code assay_viewer_open(assay_viewer **out, const assay_config *config, assay_store *store, int rootfd,
			     assay_sandbox_mode sandbox, bool pictures, assay_err *err)
{
	*out = assay_alloc(1, sizeof **out);
	if (*out == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "viewer");
	**out = (assay_viewer){
	    .config = config, .store = store, .rootfd = rootfd, .sandbox = sandbox, .pictures = pictures};
	return ASSAY_OK;
}

void assay_viewer_mark(assay_viewer *w, const size_t *columns, size_t count)
{
	w->failing = (assay_view_columns){columns, count};
}

void assay_viewer_close(assay_viewer *w)
{
	if (w != NULL)
		stop_worker(w);
	free(w);
}

assay_code assay_viewer_see(assay_view *out, assay_viewer *w, const char *path, const assay_unit *unit,
			    uint32_t position, assay_err *err)
{
	ASSAY_CLEANUP(assay_recipe_closep) assay_recipe *recipe = NULL;
	const assay_result_sample *s;
	assay_code rc;

	*out = (assay_view){.text = SIZE_MAX, .picture = SIZE_MAX, .sound = SIZE_MAX};
	if (position >= unit->result.sample_count)
		return say_missing(out, "it was not made", err);
	s = &unit->result.samples[position];
	out->kind = s->kind;
	ASSAY_TRY(assay_recipe_load(&recipe, w->store, &unit->recipe, err));
	ASSAY_TRY(see_kept(out, w, recipe, s, err));
	if (s->kind == ASSAY_SAMPLE_VIDEO)
		ASSAY_TRY(see_shots(out, w, recipe, &unit->result, position, err));
	if (w->pictures && out->picture == SIZE_MAX)
		ASSAY_TRY(make_pictures(out, w, path, unit, s, recipe, err));
fail:
	return rc;
}
