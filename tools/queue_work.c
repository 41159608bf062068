#include "queue_work.h"

#include "queue_columns.h"
#include "queue_obstacles.h"
#include "queue_table.h"
#include "queue_ticket.h"
#include "tell.h"

#include "assay/file.h"
#include "assay/memory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FORMAT 1
#define TASK   "task.json"

void assay_work_release(assay_work *w)
{
	free(w->path);
	free(w->feedback);
	assay_sample_row_release(&w->stands);
	assay_sample_row_release(&w->delivered);
	assay_source_release(&w->source);
	assay_view_release(&w->view);
}

/* ---------------------------------------------------------------- gathering */

static assay_code see(assay_work *w, assay_viewer *viewer, assay_store *s, assay_err *err)
{
	ASSAY_AUTO_SAMPLE_ROW row = {0};
	ASSAY_AUTO_UNIT unit = {0};
	assay_code rc;

	w->view = (assay_view){.text = SIZE_MAX, .picture = SIZE_MAX, .sound = SIZE_MAX};
	if (w->ticket->is_source)
		return ASSAY_OK;
	rc = assay_sample_find(s, w->ticket->subject, &row, err);
	if (rc != ASSAY_OK)
		return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
	rc = assay_unit_get(s, row.unit, &unit, err);
	return rc == ASSAY_OK ? assay_viewer_see(&w->view, viewer, w->path, &unit, row.position, err) : rc;
}

/* The ways to hand it in that the verbs take. */
static const struct {
	assay_obstacle_fn *obstacle;
	const char *verb, *rest;
} ways[ASSAY_WORK_WAYS] = {
    {assay_obstacle_to_correction, "resolve", "--text "},
    {assay_obstacle_to_file, "resolve", "--file FILE"},
    {assay_obstacle_to_metadata, "resolve", "--metadata NAME=VALUE"},
    {assay_obstacle_to_waiver, "waive", "--owner NAME --reason TEXT"},
    {assay_obstacle_to_rejection, "reject", "--reason TEXT"},
};

static assay_code find_ways(assay_work *w, assay_store *s, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < ASSAY_WORK_WAYS && rc == ASSAY_OK; i++) {
		ASSAY_AUTO_BUF why = ASSAY_BUF_INIT;

		rc = ways[i].obstacle(&why, s, w->ticket, err);
		w->ways[i] = rc == ASSAY_OK && why.len == 0;
	}
	return rc;
}

assay_ticket assay_work_now(const assay_work *w)
{
	return assay_ticket_standing_as(w->ticket, w->delivered.id != 0 ? &w->delivered : &w->stands);
}

/* What the model got wrong, of the sample that it was given: that is what people are to look for. */
static assay_code load_feedback(assay_work *w, assay_store *s, assay_err *err)
{
	assay_code rc;

	if (w->ticket->origin != ASSAY_TICKET_FEEDBACK)
		return ASSAY_OK;
	rc = assay_ticket_told(&w->feedback, s, w->ticket, err);
	if (rc == ASSAY_OK)
		rc = assay_sample_find(s, w->ticket->subject, &w->delivered, err);
	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}

/* With the columns marked of which a check of the ticket, as it stands, speaks. */
static assay_code see_marked(assay_work *w, assay_viewer *viewer, assay_store *s, assay_err *err)
{
	const assay_ticket now = assay_work_now(w);
	ASSAY_AUTO_FREE size_t *marked = assay_alloc(now.check_count, sizeof *marked);
	ASSAY_AUTO_TICKET_COLUMNS columns = {0};
	size_t count = 0;
	assay_code rc = ASSAY_OK;

	if (marked == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "columns");
	rc = assay_ticket_columns_load(&columns, s, &now, err);
	for (size_t i = 0; rc == ASSAY_OK && i < now.check_count; i++) {
		assay_ticket_column x;

		if (assay_ticket_column_of(&x, &columns, &now, i) && x.found != SIZE_MAX)
			marked[count++] = x.found;
	}
	assay_viewer_mark(viewer, marked, count);
	if (rc == ASSAY_OK)
		rc = see(w, viewer, s, err);
	assay_viewer_mark(viewer, NULL, 0);
	return rc;
}

assay_code assay_work_load(assay_work *w, assay_viewer *viewer, assay_store *s, const assay_ticket *t, assay_err *err)
{
	assay_code rc;

	*w = (assay_work){.ticket = t};
	ASSAY_TRY(assay_ticket_path(&w->path, t, err));
	ASSAY_TRY(assay_ticket_kind(&w->kind, s, t, err));
	ASSAY_TRY(assay_ticket_standing(&w->stands, s, t, err));
	ASSAY_TRY(load_feedback(w, s, err));
	rc = assay_source_find(s, w->path, &w->source, err);
	if (rc == ASSAY_OK)
		rc = assay_ticket_basis(&w->made_of, s, t, &w->source, err);
	if (rc != ASSAY_OK && rc != ASSAY_ENOENT)
		return rc;
	ASSAY_TRY(see_marked(w, viewer, s, err));
	ASSAY_TRY(find_ways(w, s, err));
fail:
	return rc;
}

static bool can_correct(const assay_work *w)
{
	for (size_t i = 0; i < ASSAY_WORK_WAYS; i++)
		if (w->ways[i] && ways[i].obstacle == assay_obstacle_to_correction)
			return true;
	return false;
}

bool assay_work_takes_text(const assay_work *w)
{
	return w->view.text != SIZE_MAX && can_correct(w);
}

assay_code assay_work_begin_text(assay_work *w, assay_err *err)
{
	const bool is_table = assay_ticket_is_table(w->ticket);
	assay_view *v = &w->view;
	assay_view_file *f;
	assay_code rc;

	if (v->text != SIZE_MAX || !can_correct(w))
		return ASSAY_OK;
	rc = assay_grow(&v->files, &v->file_cap, v->file_count, sizeof *v->files, err);
	if (rc != ASSAY_OK)
		return rc;
	f = &v->files[v->file_count];
	*f = (assay_view_file){.name = assay_strdup(is_table ? "table.csv" : "text.txt"),
			       .media = assay_strdup(is_table ? "text/csv" : "text/plain; charset=utf-8")};
	v->text = v->file_count++;
	return f->name != NULL && f->media != NULL ? ASSAY_OK : ASSAY_RAISE(err, ASSAY_ENOMEM, "view");
}

/* ---------------------------------------------------------------- task.json */

static void json_file(assay_json *j, const char *key, const assay_view *v, size_t at)
{
	assay_json_kstr(j, key, at < v->file_count ? v->files[at].name : NULL);
}

static void json_lines(assay_json *j, const assay_view *v)
{
	assay_json_key(j, "lines");
	assay_json_array(j);
	for (size_t i = 0; i < v->line_count; i++) {
		const assay_view_line *l = &v->lines[i];

		assay_json_object(j);
		json_file(j, "picture", v, l->file);
		assay_json_kstr(j, "text", l->text);
		assay_json_key(j, "confidence");
		assay_json_decimal(j, (assay_decimal){l->confidence, 2});
		assay_json_kuint(j, "doubted", l->doubted);
		assay_json_key(j, "box");
		assay_json_array(j);
		for (size_t k = 0; k < 4; k++)
			assay_json_int(j, l->box[k]);
		assay_json_end(j);
		assay_json_end(j);
	}
	assay_json_end(j);
}

static void json_files(assay_json *j, const assay_view *v)
{
	assay_json_key(j, "files");
	assay_json_array(j);
	for (size_t i = 0; i < v->file_count; i++) {
		assay_json_object(j);
		assay_json_kstr(j, "name", v->files[i].name);
		assay_json_kstr(j, "media", v->files[i].media);
		assay_json_kuint(j, "bytes", v->files[i].data.len);
		assay_json_end(j);
	}
	assay_json_end(j);
}

static void json_metadata(assay_json *j, const assay_source *src)
{
	assay_json_key(j, "metadata");
	assay_json_object(j);
	for (size_t i = 0; i < src->metadata_count; i++)
		assay_json_kstr(j, src->metadata_keys[i], src->metadata_values[i]);
	assay_json_end(j);
}

/* The text of its folder, from where the verb runs: there the command is typed. */
static void put_text_path(assay_buf *line, const assay_work *w)
{
	ASSAY_AUTO_BUF path = ASSAY_BUF_INIT;
	size_t size = strlen(w->dir);

	while (size > 1 && w->dir[size - 1] == '/')
		size--;
	assay_buf_printf(&path, "%.*s/T%" PRIu64 "/%s", (int)size, w->dir, w->ticket->id,
			 w->view.files[w->view.text].name);
	assay_tell_word(line, assay_buf_str(&path));
}

/* What a person types when the work is done. */
static void json_hand_in(assay_json *j, const assay_work *w)
{
	assay_json_key(j, "hand_in");
	assay_json_array(j);
	for (size_t i = 0; i < ASSAY_WORK_WAYS; i++) {
		const bool takes_text = ways[i].obstacle == assay_obstacle_to_correction;
		ASSAY_AUTO_BUF line = ASSAY_BUF_INIT;

		if (takes_text ? !assay_work_takes_text(w) : !w->ways[i])
			continue;
		assay_buf_printf(&line, "assay queue %s T%" PRIu64 " %s", ways[i].verb, w->ticket->id, ways[i].rest);
		if (takes_text)
			put_text_path(&line, w);
		assay_json_str(j, assay_buf_str(&line));
	}
	assay_json_end(j);
}

void assay_work_json(assay_json *j, const assay_work *w)
{
	const assay_ticket *t = w->ticket;
	char id[24];

	(void)snprintf(id, sizeof id, "T%" PRIu64, t->id);
	assay_json_object(j);
	assay_json_kint(j, "format", FORMAT);
	assay_json_kstr(j, "ticket", id);
	assay_json_kstr(j, "key", t->subject);
	assay_json_kstr(j, "kind", w->kind);
	assay_json_kstr(j, "source", w->path);
	assay_json_kstr(j, "state", assay_ticket_state_name(t->state));
	assay_json_kstr(j, "lane", w->lane);
	assay_json_kstr(j, "feedback", w->feedback);
	assay_json_failure(j, "failure", t->stage, t->failure, t->message);
	assay_json_checks(j, "checks", t->checks, t->check_count);
	assay_json_checks(j, "standing_checks", w->stands.checks, w->stands.check_count);
	json_metadata(j, &w->source);
	json_file(j, "text", &w->view, assay_work_takes_text(w) ? w->view.text : SIZE_MAX);
	json_file(j, "picture", &w->view, w->view.picture);
	json_file(j, "sound", &w->view, w->view.sound);
	json_lines(j, &w->view);
	json_files(j, &w->view);
	assay_json_kstr(j, "missing", t->is_source ? "the source gave no samples" : w->view.missing);
	json_hand_in(j, w);
	assay_json_end(j);
}

/* ---------------------------------------------------------------- the folder */

/* What is there of earlier work is taken away: files alone, and only where task.json says that it is work. */
static assay_code clear_folder(int fd, const char *dir, const char *name, bool force, assay_err *err)
{
	const int copy = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = copy >= 0 ? fdopendir(copy) : NULL;
	const bool is_work = faccessat(fd, TASK, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
	const struct dirent *e;
	assay_code rc = ASSAY_OK;

	if (d == NULL) {
		if (copy >= 0)
			(void)close(copy);
		return ASSAY_RAISE_ERRNO(err, "read folder '%s/%s'", dir, name);
	}
	while (rc == ASSAY_OK && (e = readdir(d)) != NULL) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		if (!force || !is_work)
			rc = ASSAY_RAISE(err, ASSAY_EUSAGE, "'%s/%s' is there and not empty%s", dir, name,
					 !force ? "; --force writes it anew" : ", and is no folder of work");
		else if (unlinkat(fd, e->d_name, 0) != 0)
			rc = ASSAY_RAISE_ERRNO(err, "remove '%s/%s/%s'", dir, name, e->d_name);
	}
	(void)closedir(d);
	return rc;
}

static assay_code write_file(int fd, const char *name, const void *p, size_t n, assay_err *err)
{
	ASSAY_AUTO_FD out = openat(fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);

	if (out < 0)
		return ASSAY_RAISE_ERRNO(err, "write '%s'", name);
	return assay_write_all(out, p, n, err);
}

assay_code assay_work_put(int fd, const assay_work *w, assay_err *err)
{
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
	assay_json j;
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < w->view.file_count; i++) {
		const assay_view_file *f = &w->view.files[i];

		ASSAY_TRY(write_file(fd, f->name, f->data.data, f->data.len, err));
	}
	assay_json_init(&j, &text, 2);
	assay_work_json(&j, w);
	assay_buf_putc(&text, '\n');
	ASSAY_TRY(assay_buf_check(&text, err));
	ASSAY_TRY(write_file(fd, TASK, text.data, text.len, err));
fail:
	return rc;
}

assay_code assay_work_folder(int *out, assay_work_folders *f, const assay_ticket *t, assay_err *err)
{
	ASSAY_AUTO_FD fd = -1;
	char name[24];
	assay_code rc = ASSAY_OK;

	(void)snprintf(name, sizeof name, "T%" PRIu64, t->id);
	if (f->fd < 0) {
		rc = assay_mkdirs(AT_FDCWD, f->dir, err);
		f->fd = rc == ASSAY_OK ? open(f->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
		if (rc == ASSAY_OK && f->fd < 0)
			rc = ASSAY_RAISE_ERRNO(err, "open folder '%s'", f->dir);
	}
	if (rc != ASSAY_OK)
		return rc;
	if (mkdirat(f->fd, name, 0777) != 0 && errno != EEXIST)
		return ASSAY_RAISE_ERRNO(err, "make folder '%s/%s'", f->dir, name);
	fd = openat(f->fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return ASSAY_RAISE_ERRNO(err, "open folder '%s/%s'", f->dir, name);
	rc = clear_folder(fd, f->dir, name, f->force, err);
	*out = rc == ASSAY_OK ? ASSAY_TAKE_FD(&fd) : -1;
	return rc;
}
