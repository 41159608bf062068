#include "verbs.h"

#include "csv.h"
#include "queue_lane.h"
#include "queue_obstacles.h"
#include "queue_select.h"
#include "queue_ticket.h"
#include "queue_work.h"

#include "assay/file.h"
#include "assay/stop.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define FLUSH ((size_t)1 << 20)
#define LOCAL "/data/local-files/?d=" /* where Label Studio serves files of its own machine */

static const assay_option options[] = {
    {"format", 0, "labelstudio|csv", "tasks of Label Studio, or a table"},
    {"out", 0, "FILE|DIR", "the folder of the tasks, or the table"},
    {"media", 0, "PREFIX", "with labelstudio: what stands before the paths of pictures and sound"},
    {"force", 0, NULL, "write over what is there"},
    ASSAY_SELECTION_OPTIONS,
    ASSAY_SELECTION_BY_METADATA,
    ASSAY_SELECTION_BY_REMEDY,
    {NULL, 0, NULL, NULL},
};

/* Which text of a sample people can write, and how a task shows it. */
typedef struct desk {
	assay_sample_kind kind;
	const char *name;   /* of its folder */
	const char *object; /* tag and name of what is looked at */
} desk;

static const desk desks[] = {{ASSAY_SAMPLE_PAGE, "page", "image"}, {ASSAY_SAMPLE_AUDIO, "audio", "audio"}};

typedef struct exporting {
	const assay_invocation *in;
	assay_store *store;
	assay_config *config;
	assay_selection *sel;
	assay_viewer *viewer;
	const char *out, *media;
	bool is_csv, force;
	int dir;                       /* of labelstudio; -1 otherwise */
	int files[ASSAY_COUNT(desks)]; /* tasks, or [0] the table; -1: not begun */
	assay_buf text[ASSAY_COUNT(desks)];
	uint64_t written[ASSAY_COUNT(desks)];
	uint64_t left_out;
	assay_report *report;
} exporting;

/* ---------------------------------------------------------------- files */

static assay_code create(int *out, const exporting *x, int dir, const char *path, assay_err *err)
{
	*out = openat(dir, path, O_WRONLY | O_CREAT | O_CLOEXEC | (x->force ? O_TRUNC : O_EXCL), 0666);
	if (*out < 0 && errno == EEXIST)
		return ASSAY_RAISE(err, ASSAY_EUSAGE, "'%s' is there already; --force writes over it", path);
	if (*out < 0 && errno == ENOENT)
		return ASSAY_RAISE(err, ASSAY_ENOENT,
				   "the folder that '%s' is to be written to is not there: make it first", path);
	return *out >= 0 ? ASSAY_OK : ASSAY_RAISE_ERRNO(err, "write '%s'", path);
}

static assay_code flush(exporting *x, size_t i, bool all, assay_err *err)
{
	assay_code rc = assay_buf_check(&x->text[i], err);

	if (rc != ASSAY_OK || x->text[i].len == 0 || (!all && x->text[i].len < FLUSH))
		return rc;
	rc = assay_write_all(x->files[i], x->text[i].data, x->text[i].len, err);
	assay_buf_reset(&x->text[i]);
	return rc;
}

static assay_code put_file(const exporting *x, const char *path, const void *p, size_t n, assay_err *err)
{
	ASSAY_AUTO_FD fd = -1;
	assay_code rc = create(&fd, x, x->dir, path, err);

	if (rc == ASSAY_OK)
		rc = assay_write_all(fd, p, n, err);
	return rc;
}

/* ---------------------------------------------------------------- what a person reads */

static void put_failed(assay_buf *out, const assay_work *w)
{
	const assay_ticket now = assay_work_now(w);

	if (w->feedback != NULL)
		assay_buf_puts(out, w->feedback);
	if (out->len > 0 && now.failure != ASSAY_FAILURE_NONE)
		assay_buf_puts(out, "; ");
	if (now.failure != ASSAY_FAILURE_NONE)
		assay_tell_failure(out, now.stage, now.failure, now.message);
	for (size_t i = 0; i < now.check_count; i++) {
		if (out->len > 0)
			assay_buf_puts(out, "; ");
		assay_tell_check(out, &now.checks[i]);
	}
}

static const char *text_of(const assay_work *w)
{
	return w->view.text != SIZE_MAX ? assay_buf_str(&w->view.files[w->view.text].data) : "";
}

static assay_code leave_out(exporting *x, const assay_ticket *t, const char *why)
{
	x->left_out++;
	if (x->in->json) {
		char id[24];

		(void)snprintf(id, sizeof id, "T%" PRIu64, t->id);
		assay_json_object(&x->report->json);
		assay_json_kstr(&x->report->json, "ticket", id);
		assay_json_kstr(&x->report->json, "why", why);
		assay_json_end(&x->report->json);
	} else {
		assay_say("T%-5" PRIu64 " left out: %s\n", t->id, why);
	}
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- a table */

static assay_code put_row(exporting *x, const assay_work *w, assay_err *err)
{
	ASSAY_AUTO_BUF failed = ASSAY_BUF_INIT;
	assay_buf *out = &x->text[0];
	char id[24], digest[ASSAY_DIGEST_HEX + 8] = "", hex[ASSAY_DIGEST_HEX];

	put_failed(&failed, w);
	(void)snprintf(id, sizeof id, "T%" PRIu64, w->ticket->id);
	if (w->source.id != 0)
		(void)snprintf(digest, sizeof digest, "sha256:%s", assay_digest_hex(&w->made_of, hex));
	assay_csv_cell(out, id, true);
	assay_csv_cell(out, w->ticket->subject, false);
	assay_csv_cell(out, w->kind != NULL ? w->kind : "", false);
	assay_csv_cell(out, w->lane, false);
	assay_csv_cell(out, assay_buf_str(&failed), false);
	assay_csv_cell(out, digest, false);
	assay_csv_cell(out, text_of(w), false);
	assay_csv_cell(out, "", false); /* annotator */
	assay_csv_cell(out, "", false); /* reason */
	assay_csv_end(out);
	x->written[0]++;
	return flush(x, 0, false, err);
}

/* ---------------------------------------------------------------- tasks */

static assay_code put_config(const exporting *x, size_t i, assay_err *err)
{
	ASSAY_AUTO_BUF xml = ASSAY_BUF_INIT;
	char path[64];
	assay_code rc;

	assay_buf_puts(&xml, "<View>\n  <Header value=\"$ask\"/>\n");
	if (desks[i].kind == ASSAY_SAMPLE_PAGE)
		assay_buf_puts(&xml, "  <Image name=\"image\" value=\"$image\" zoom=\"true\" zoomControl=\"true\"/>\n");
	else
		assay_buf_puts(&xml, "  <Audio name=\"audio\" value=\"$audio\"/>\n");
	assay_buf_printf(
	    &xml,
	    "  <TextArea name=\"text\" toName=\"%s\" rows=\"24\" maxSubmissions=\"1\" editable=\"true\"/>\n"
	    "</View>\n",
	    desks[i].object);
	rc = assay_buf_check(&xml, err);
	(void)snprintf(path, sizeof path, "%s/config.xml", desks[i].name);
	return rc == ASSAY_OK ? put_file(x, path, xml.data, xml.len, err) : rc;
}

static assay_code begin_tasks(exporting *x, size_t i, assay_err *err)
{
	char path[64];
	assay_code rc;

	if (x->dir < 0) {
		ASSAY_TRY(assay_mkdirs(AT_FDCWD, x->out, err));
		x->dir = open(x->out, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (x->dir < 0)
			return ASSAY_RAISE_ERRNO(err, "open folder '%s'", x->out);
	}
	ASSAY_TRY(assay_mkdirs(x->dir, desks[i].name, err));
	(void)snprintf(path, sizeof path, "%s/tasks.json", desks[i].name);
	ASSAY_TRY(create(&x->files[i], x, x->dir, path, err));
	ASSAY_TRY(put_config(x, i, err));
fail:
	return rc;
}

static void json_data(assay_json *j, const exporting *x, const assay_work *w, const desk *d, const char *path)
{
	const assay_ticket now = assay_work_now(w);
	ASSAY_AUTO_BUF failed = ASSAY_BUF_INIT, url = ASSAY_BUF_INIT;
	char id[24];

	put_failed(&failed, w);
	assay_buf_printf(&url, "%s%s", x->media, path);
	(void)snprintf(id, sizeof id, "T%" PRIu64, w->ticket->id);
	assay_json_key(j, "data");
	assay_json_object(j);
	assay_json_kstr(j, d->object, assay_buf_str(&url));
	assay_json_kstr(j, "ask", assay_buf_str(&failed));
	assay_json_kstr(j, "text", text_of(w));
	assay_json_kstr(j, "ticket", id);
	assay_json_kstr(j, "key", w->ticket->subject);
	assay_json_kstr(j, "kind", w->kind);
	assay_json_kstr(j, "lane", w->lane);
	assay_json_kdigest(j, "source_digest", w->source.id != 0 ? &w->made_of : NULL);
	assay_json_end(j);
	assay_json_key(j, "meta");
	assay_json_object(j);
	assay_json_kstr(j, "feedback", w->feedback);
	assay_json_checks(j, "checks", now.checks, now.check_count);
	assay_json_end(j);
}

/* What the machine read, to begin with. */
static void json_prediction(assay_json *j, const assay_work *w, const desk *d)
{
	assay_json_object(j);
	assay_json_kstr(j, "model_version", "assay");
	assay_json_key(j, "result");
	assay_json_array(j);
	assay_json_object(j);
	assay_json_kstr(j, "id", "text");
	assay_json_kstr(j, "from_name", "text");
	assay_json_kstr(j, "to_name", d->object);
	assay_json_kstr(j, "type", "textarea");
	assay_json_key(j, "value");
	assay_json_object(j);
	assay_json_key(j, "text");
	assay_json_array(j);
	assay_json_str(j, text_of(w));
	assay_json_end(j);
	assay_json_end(j);
	assay_json_end(j);
	assay_json_end(j);
	assay_json_end(j);
}

static assay_code put_media(char *path, size_t size, exporting *x, const assay_work *w, const assay_view_file *f,
			    assay_err *err)
{
	assay_code rc;

	(void)snprintf(path, size, "media/T%" PRIu64, w->ticket->id);
	rc = assay_mkdirs(x->dir, path, err);
	(void)snprintf(path, size, "media/T%" PRIu64 "/%s", w->ticket->id, f->name);
	return rc == ASSAY_OK ? put_file(x, path, f->data.data, f->data.len, err) : rc;
}

static assay_code put_task(exporting *x, const assay_work *w, assay_err *err)
{
	assay_buf *out;
	assay_json j;
	char path[128];
	size_t i = 0, file;
	assay_code rc;

	while (i < ASSAY_COUNT(desks) && desks[i].kind != w->view.kind)
		i++;
	if (i == ASSAY_COUNT(desks))
		return leave_out(x, w->ticket, "only pages and recordings have a text that people can write");
	file = desks[i].kind == ASSAY_SAMPLE_PAGE ? w->view.picture : w->view.sound;
	if (file == SIZE_MAX)
		return leave_out(x, w->ticket, w->view.missing != NULL ? w->view.missing : "there is nothing to show");
	if (x->files[i] < 0)
		ASSAY_TRY(begin_tasks(x, i, err));
	ASSAY_TRY(put_media(path, sizeof path, x, w, &w->view.files[file], err));
	out = &x->text[i];
	assay_buf_puts(out, x->written[i]++ == 0 ? "[\n" : ",\n");
	assay_json_init(&j, out, 0);
	assay_json_object(&j);
	json_data(&j, x, w, &desks[i], path);
	assay_json_key(&j, "predictions");
	assay_json_array(&j);
	if (w->view.text != SIZE_MAX)
		json_prediction(&j, w, &desks[i]);
	assay_json_end(&j);
	assay_json_end(&j);
	ASSAY_TRY(flush(x, i, false, err));
fail:
	return rc;
}

/* ---------------------------------------------------------------- the verb */

static assay_code export_ticket(void *ctx, const assay_ticket *t, assay_err *err)
{
	exporting *x = ctx;
	ASSAY_AUTO_WORK w = {0};
	ASSAY_AUTO_BUF why = ASSAY_BUF_INIT;
	const char *lane = NULL;
	assay_code rc = assay_obstacle_decided(&why, x->store, t, err);

	/* What 'queue import' would not take back is not handed out. */
	if (rc == ASSAY_OK && why.len == 0)
		rc = assay_obstacle_to_text(&why, x->store, t, err);
	if (rc == ASSAY_OK && why.len > 0)
		return leave_out(x, t, assay_buf_str(&why));
	if (rc == ASSAY_OK)
		rc = assay_ticket_lane(&lane, x->config, &x->sel->stages, t, err);

	if (rc == ASSAY_OK)
		rc = assay_work_load(&w, x->viewer, x->store, t, err);
	w.lane = lane;
	if (rc != ASSAY_OK)
		return rc;
	return x->is_csv ? put_row(x, &w, err) : put_task(x, &w, err);
}

static assay_code finish(exporting *x, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < ASSAY_COUNT(desks) && rc == ASSAY_OK; i++) {
		if (x->files[i] < 0)
			continue;
		if (!x->is_csv)
			assay_buf_puts(&x->text[i], "\n]\n");
		rc = flush(x, i, true, err);
		if (rc == ASSAY_OK)
			rc = assay_fsync(x->files[i], x->out, err);
	}
	return rc;
}

static assay_code begin_table(exporting *x, assay_err *err)
{
	assay_buf_puts(&x->text[0], "ticket,key,kind,lane,failed,source_digest,text,annotator,reason");
	assay_csv_end(&x->text[0]);
	return create(&x->files[0], x, AT_FDCWD, x->out, err);
}

static assay_code tell(exporting *x, assay_err *err)
{
	assay_json *j = &x->report->json;

	assay_json_end(j); /* left_out */
	for (size_t i = 0; i < ASSAY_COUNT(desks); i++) {
		if (x->in->json && !(x->is_csv && i > 0))
			assay_json_kuint(j, x->is_csv ? "rows" : desks[i].name, x->written[i]);
		else if (x->written[i] > 0)
			assay_say("%" PRIu64 " %s in %s%s%s\n", x->written[i], x->is_csv ? "rows" : "tasks", x->out,
				  x->is_csv ? "" : "/", x->is_csv ? "" : desks[i].name);
	}
	assay_json_end(j);
	if (!x->in->json && x->written[0] + x->written[1] + x->left_out == 0)
		(void)fputs("assay: no ticket matches\n", stderr);
	return x->in->json ? assay_report_print(x->report, err) : ASSAY_OK;
}

static assay_code parse(exporting *x, assay_err *err)
{
	const char *format = assay_opt(x->in, "format");

	x->out = assay_opt(x->in, "out");
	x->media = assay_opt(x->in, "media");
	x->force = assay_opt(x->in, "force") != NULL;
	if (format == NULL || (strcmp(format, "csv") != 0 && strcmp(format, "labelstudio") != 0))
		return ASSAY_RAISE(err, ASSAY_EUSAGE, "queue export: --format is labelstudio or csv");
	if (x->out == NULL)
		return ASSAY_RAISE(err, ASSAY_EUSAGE, "queue export: --out says where to");
	if (strcmp(x->out, "-") == 0)
		return ASSAY_RAISE(err, ASSAY_EUSAGE,
				   "queue export: --out is the name of a file or folder: '-' is none");
	x->is_csv = strcmp(format, "csv") == 0;
	if (x->is_csv && x->media != NULL)
		return ASSAY_RAISE(err, ASSAY_EUSAGE, "queue export: --media is of --format labelstudio");
	if (x->media == NULL)
		x->media = LOCAL;
	return ASSAY_OK;
}

static assay_code export(exporting *x, int rootfd, assay_err *err)
{
	assay_code rc;

	ASSAY_TRY(assay_viewer_open(&x->viewer, x->config, x->store, rootfd, ASSAY_SANDBOX_AUTO, !x->is_csv, err));
	if (x->is_csv)
		ASSAY_TRY(begin_table(x, err));
	ASSAY_TRY(assay_selection_each(x->sel, 0, export_ticket, x, err));
	/* assay_selection_each takes ASSAY_ESTOP for its end. */
	if (assay_stop_requested() > 0)
		return ASSAY_RAISE(err, ASSAY_ESTOP, "stopped by a signal: what is written is not whole");
	ASSAY_TRY(finish(x, err));
	ASSAY_TRY(tell(x, err));
fail:
	return rc;
}

static void release(exporting *x)
{
	for (size_t i = 0; i < ASSAY_COUNT(desks); i++) {
		assay_closep(&x->files[i]);
		assay_buf_release(&x->text[i]);
	}
	assay_closep(&x->dir);
	assay_viewer_close(x->viewer);
	assay_config_close(x->config);
	assay_store_close(x->store);
}

static int run(const assay_invocation *in, assay_err *err)
{
	ASSAY_AUTO_SELECTION sel = {0};
	ASSAY_AUTO_REPORT r;
	ASSAY_AUTO_FD rootfd = -1;
	exporting x = {.in = in, .sel = &sel, .report = &r, .dir = -1, .files = {-1, -1}};
	assay_code rc;

	assay_report_init(&r);
	assay_json_object(&r.json);
	assay_json_key(&r.json, "left_out");
	assay_json_array(&r.json);
	ASSAY_TRY(parse(&x, err));
	ASSAY_TRY(assay_stop_install(err));
	ASSAY_TRY(assay_load_config(in, &x.config, &rootfd, err));
	ASSAY_TRY(assay_open_store(in, &x.store, false, false, err));
	ASSAY_TRY(assay_selection_init(&sel, in, x.store, err));
	rc = export(&x, rootfd, err);
fail:
	release(&x);
	return assay_exit_of(rc);
}

const assay_verb assay_verb_queue_export = {
    .name = "export",
    .operands = "[TICKET|SAMPLE|PATH...]",
    .max_args = -1,
    .summary = "hand tickets out to people: tasks of Label Studio, or a table",
    .help =
	"labelstudio writes a folder: page/ and audio/ with tasks.json to import and config.xml for the project, and\n"
	"media/ with pictures and sound, which are made in the sandbox. Tasks begin with the text that the machine\n"
	"read. Pictures are named for a Label Studio that serves the folder as its local files; --media names\n"
	"another place, such as https://host/ that serves it.\n"
	"csv writes a table with a line for each ticket; who corrects a text puts a name under annotator. Lines of\n"
	"several people for one ticket are fine. 'assay queue import' takes either back. What it would not take is "
	"left\n"
	"out, with the reason: what has no text (tables, shots, segments, sources that gave no samples), passes, was\n"
	"rejected or waived, breaks the fields, or has another file in its place.\n" ASSAY_SELECTION_HELP,
    .options = options,
    .example = "  assay queue export --format labelstudio --lane readers --out desk\n"
	       "  assay queue export --check cer --format csv --out cer.csv\n",
    .uses = ASSAY_USES_STORE | ASSAY_USES_CONFIG,
    .see_also = "queue import, queue show",
    .run = run,
};
