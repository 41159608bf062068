#include "verbs.h"

#include "annotations.h"
#include "handed.h"
#include "person.h"
#include "queue_command.h"

#include "assay/correction.h"
#include "assay/file.h"
#include "assay/object.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX ((size_t)1 << 30)

static const assay_option options[] = {
    {"annotator", 0, "NAME", "who wrote what the file names nobody for"},
    {"settled", 0, NULL, "take the texts, too, of what people rejected or waived: that ends by them"},
    ASSAY_COMMAND_OPTIONS,
    {NULL, 0, NULL, NULL},
};

/* An annotation and the ticket that it is for. */
typedef struct item {
	uint64_t ticket;
	size_t at;    /* in the list */
	bool skipped; /* what came between keeps it out */
} item;

typedef struct importing {
	assay_command *c;
	const char *path, *name; /* of the file; what is kept of it */
	assay_annotations list;
	assay_diagnostics wrong;
	item *items; /* by ticket, then as they stand in the file */
	size_t count;
} importing;

static void importing_release(importing *m)
{
	assay_annotations_release(&m->list);
	assay_diagnostics_release(&m->wrong);
	free(m->items);
}

static void find(importing *m, const assay_annotation *a, bool is_fault, const char *what)
{
	if (a->task > 0)
		assay_diagnostics_add(&m->wrong, is_fault, m->path, 0, 0, "task %zu: %s", a->task, what);
	else
		assay_diagnostics_add(&m->wrong, is_fault, m->path, a->line, 1, "%s", what);
}

static void fault(importing *m, const assay_annotation *a, const char *what)
{
	find(m, a, true, what);
}

/* ---------------------------------------------------------------- which ticket */

static assay_code find_ticket(assay_ticket *t, importing *m, const assay_annotation *a, bool *found, assay_err *err)
{
	char text[600];
	uint64_t id;
	assay_code rc;

	*found = false;
	if (a->ticket == NULL)
		rc = assay_ticket_find(m->c->store, a->key, t, err);
	else if (assay_ticket_parse(a->ticket, &id))
		rc = assay_ticket_get(m->c->store, id, t, err);
	else
		rc = ASSAY_ENOENT;
	if (rc != ASSAY_OK && rc != ASSAY_ENOENT)
		return rc;
	if (rc == ASSAY_ENOENT)
		(void)snprintf(text, sizeof text, "there is no ticket %s%.200s'", a->ticket ? "'" : "of sample '",
			       a->ticket ? a->ticket : a->key);
	else if (a->key != NULL && strcmp(a->key, t->subject) != 0)
		(void)snprintf(text, sizeof text, "T%" PRIu64 " is about '%.200s', not '%.200s'", t->id, t->subject,
			       a->key);
	else
		*found = true;
	if (!*found)
		fault(m, a, text);
	return ASSAY_OK;
}

static assay_code skip(importing *m, const assay_annotation *a, const assay_ticket *t, const char *why, assay_err *err)
{
	assay_command *c = m->c;
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
	const assay_code rc = assay_grow(&c->skipped, &c->skip_cap, c->skip_count, sizeof *c->skipped, err);
	assay_command_skip *s;

	if (rc != ASSAY_OK)
		return rc;
	s = &c->skipped[c->skip_count++];
	*s = (assay_command_skip){t->id, assay_strdup(t->subject), assay_strdup(why), assay_strdup(a->annotator)};
	if (s->subject == NULL || s->text == NULL || s->annotator == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "ticket");
	assay_buf_printf(&text, "skipped: T%" PRIu64 " (%s) %s", t->id, t->subject, why);
	find(m, a, false, assay_buf_str(&text));
	m->items[m->count - 1].skipped = true;
	return assay_buf_check(&text, err);
}

/* What came between the export and now: it is no fault of who wrote the text. */
static assay_code came_between(assay_buf *why, importing *m, const assay_annotation *a, const assay_ticket *t,
			       assay_err *err)
{
	ASSAY_AUTO_TICKET whole = {0};
	ASSAY_AUTO_SOURCE src = {0};
	assay_digest basis;
	assay_code rc = assay_ticket_whole(&whole, m->c->store, t, err);

	/* A text for what is rejected with the whole would wait behind that. */
	if (rc == ASSAY_OK || (rc == ASSAY_ENOENT && assay_opt(m->c->in, "settled") == NULL))
		rc = assay_obstacle_decided(why, m->c->store, t, err);
	if ((rc == ASSAY_OK || rc == ASSAY_ENOENT) && why->len == 0)
		rc = assay_obstacle_to_text(why, m->c->store, t, err);
	if (rc != ASSAY_OK || why->len > 0 || !a->has_digest)
		return rc;
	rc = assay_ticket_source(&src, m->c->store, t, err);
	if (rc == ASSAY_OK)
		rc = assay_ticket_basis(&basis, m->c->store, t, &src, err);
	if (rc == ASSAY_OK && !assay_digest_eq(&a->digest, &basis))
		assay_buf_puts(why, "is about a file that has changed since it was handed out, or that another stands "
				    "for: export it again");
	return rc;
}

/* What could never have been handed out is a fault; what came between is told, and the rest is taken. */
static assay_code check_ticket(importing *m, const assay_annotation *a, const assay_ticket *t, assay_err *err)
{
	const bool is_there = t->state != ASSAY_TICKET_PASSED && t->state != ASSAY_TICKET_GONE;
	ASSAY_AUTO_BUF ever = ASSAY_BUF_INIT, why = ASSAY_BUF_INIT;
	assay_code rc = is_there ? assay_obstacle_to_text_ever(&ever, m->c->store, t, err) : ASSAY_OK;

	if (rc == ASSAY_OK && ever.len > 0) {
		assay_buf_printf(&why, "T%" PRIu64 " (%s) %s", t->id, t->subject, assay_buf_str(&ever));
		find(m, a, true, assay_buf_str(&why));
		return assay_buf_check(&why, err);
	}
	if (rc == ASSAY_OK)
		rc = came_between(&why, m, a, t, err);
	return rc == ASSAY_OK && why.len > 0 ? skip(m, a, t, assay_buf_str(&why), err) : rc;
}

static int by_ticket(const void *x, const void *y)
{
	const item *a = x, *b = y;

	if (a->ticket != b->ticket)
		return a->ticket < b->ticket ? -1 : 1;
	return (a->at > b->at) - (a->at < b->at);
}

static assay_code find_tickets(importing *m, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	m->items = assay_alloc(m->list.count, sizeof *m->items);
	if (m->items == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "annotations");
	for (size_t i = 0; i < m->list.count && rc == ASSAY_OK; i++) {
		ASSAY_AUTO_TICKET t = {0};
		bool found;

		rc = find_ticket(&t, m, &m->list.items[i], &found, err);
		if (rc == ASSAY_OK && found) {
			m->items[m->count++] = (item){t.id, i, false};
			rc = check_ticket(m, &m->list.items[i], &t, err);
		}
	}
	if (m->count > 0)
		qsort(m->items, m->count, sizeof *m->items, by_ticket);
	return rc;
}

/* ---------------------------------------------------------------- the texts of one ticket */

static size_t group_end(const importing *m, size_t start)
{
	size_t end = start;

	while (end < m->count && m->items[end].ticket == m->items[start].ticket)
		end++;
	return end;
}

static const assay_annotation *annotation_at(const importing *m, size_t i)
{
	return &m->list.items[m->items[i].at];
}

static bool same_person(const assay_annotation *a, const assay_annotation *b)
{
	return strcmp(a->annotator, b->annotator) == 0;
}

static void check_group(importing *m, size_t start, size_t end)
{
	if (end - start > ASSAY_CORRECTION_TEXTS_MAX)
		fault(m, annotation_at(m, start + ASSAY_CORRECTION_TEXTS_MAX),
		      "a ticket takes the texts of at most 16 people");
	for (size_t i = start; i < end; i++)
		for (size_t k = start; k < i; k++)
			if (same_person(annotation_at(m, i), annotation_at(m, k))) {
				fault(m, annotation_at(m, i),
				      "the same person wrote another text for this ticket above");
				break;
			}
}

/* After every fault was looked for: a person who wrote twice did so whatever came between. */
static void drop_skipped(importing *m)
{
	size_t kept = 0;

	for (size_t i = 0; i < m->count; i++)
		if (!m->items[i].skipped)
			m->items[kept++] = m->items[i];
	m->count = kept;
}

/* "ann: typed from the scan; ben", then what --reason says. */
static void put_reason(assay_buf *out, const importing *m, size_t start, size_t end)
{
	for (size_t i = start; i < end; i++) {
		const assay_annotation *a = annotation_at(m, i);

		assay_buf_printf(out, "%s%s", i > start ? "; " : "", a->annotator);
		if (a->reason != NULL)
			assay_buf_printf(out, ": %s", a->reason);
	}
	if (m->c->reason[0] != '\0')
		assay_buf_printf(out, " (%s)", m->c->reason);
}

static assay_code store_texts(assay_digest *payload, const importing *m, size_t start, size_t end, assay_err *err)
{
	ASSAY_AUTO_BUF record = ASSAY_BUF_INIT;
	const char *texts[ASSAY_CORRECTION_TEXTS_MAX];
	assay_code rc;

	for (size_t i = start; i < end; i++)
		texts[i - start] = annotation_at(m, i)->text;
	rc = assay_correction_encode(&record, texts, end - start, err);
	if (rc == ASSAY_EFULL)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT,
				   "'%s': the texts for T%" PRIu64
				   " are larger than %zu MiB together, which no sample's "
				   "are: nothing was imported",
				   m->path, m->items[start].ticket, ASSAY_CORRECTION_SIZE_MAX >> 20);
	if (rc == ASSAY_OK && m->c->dry)
		return assay_digest_of(payload, record.data, record.len, err);
	if (rc != ASSAY_OK)
		return rc;
	return assay_object_put(m->c->store, ASSAY_OBJECT_PAYLOAD, record.data, record.len, NULL, payload, NULL, err);
}

/* Another text that stands is not lost, but nobody compares it with these: who wrote it is told. */
static assay_code tell_replaced(assay_buf *out, importing *m, const assay_ticket *t, const assay_source *src,
				const assay_digest *payload, assay_err *err)
{
	ASSAY_AUTO_DECISION d = {0};
	char time[32];
	const assay_code rc = assay_ticket_content(&d, m->c->store, t, src, err);

	if (rc != ASSAY_OK || d.kind != ASSAY_DECISION_CORRECT || assay_digest_eq(&d.payload, payload))
		return rc;
	assay_buf_puts(out, "takes the place of what was ");
	assay_tell_decision(out, &d);
	assay_buf_printf(out, " on %s", assay_tell_time(d.made_ns, time));
	if (d.reason[0] != '\0') {
		assay_buf_puts(out, " (");
		assay_tell_safe(out, d.reason);
		assay_buf_puts(out, ")");
	}
	return assay_buf_check(out, err);
}

static assay_code decide(importing *m, size_t start, size_t end, assay_err *err)
{
	ASSAY_AUTO_BUF replaced = ASSAY_BUF_INIT;
	ASSAY_AUTO_BUF reason = ASSAY_BUF_INIT;
	ASSAY_AUTO_TICKET t = {0};
	ASSAY_AUTO_SOURCE src = {0};
	assay_decision d = {.kind = ASSAY_DECISION_CORRECT};
	const char *given = m->c->reason;
	assay_code rc;

	ASSAY_TRY(assay_ticket_get(m->c->store, m->items[start].ticket, &t, err));
	ASSAY_TRY(assay_command_source(&src, m->c, &t, err));
	ASSAY_TRY(store_texts(&d.payload, m, start, end, err));
	put_reason(&reason, m, start, end);
	ASSAY_TRY(assay_buf_check(&reason, err));
	ASSAY_TRY(assay_ticket_basis(&d.basis, m->c->store, &t, &src, err));
	ASSAY_TRY(tell_replaced(&replaced, m, &t, &src, &d.payload, err));
	d.subject = assay_strdup(t.subject);
	d.file = assay_strdup(m->name);
	if (d.subject == NULL || d.file == NULL) {
		assay_decision_release(&d);
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "decision");
	}
	m->c->reason = assay_buf_str(&reason);
	rc = assay_command_decide(m->c, &t, &d, err);
	m->c->reason = given;
	if (rc == ASSAY_OK && replaced.len > 0)
		rc = assay_command_add(m->c, assay_buf_str(&replaced), err);
fail:
	return rc;
}

/* ---------------------------------------------------------------- the verb */

static assay_code tell_wrong(const importing *m, assay_err *err)
{
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;

	if (m->wrong.failed)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "findings");
	assay_diagnostics_text(&m->wrong, &text);
	(void)fputs(assay_buf_str(&text), stderr);
	if (m->wrong.errors == 0)
		return ASSAY_OK;
	return ASSAY_RAISE(err, ASSAY_ECORRUPT, "'%s' has %zu faults: nothing was imported", m->path, m->wrong.errors);
}

static assay_code read_file(importing *m, const assay_invocation *in, assay_err *err)
{
	ASSAY_AUTO_BUF bytes = ASSAY_BUF_INIT;
	ASSAY_AUTO_HANDED h = ASSAY_HANDED_INIT;
	const char *annotator = assay_opt(in, "annotator");
	assay_code rc;

	if (annotator != NULL && assay_person_fault(annotator) != NULL)
		return ASSAY_RAISE(err, ASSAY_EUSAGE, "queue import: --annotator: the name %s",
				   assay_person_fault(annotator));
	rc = assay_handed_open(&h, in, "FILE", m->path, FILE_MAX, err);
	m->name = h.name;
	if (rc != ASSAY_OK)
		return rc;
	rc = assay_file_read_fd(&bytes, h.fd, FILE_MAX, err);
	if (rc != ASSAY_OK)
		return assay_err_prefix(err, "'%s'", m->path);
	return assay_annotations_read(&m->list, m->path, bytes.data, bytes.len, annotator, &m->wrong, err);
}

static assay_code import(importing *m, assay_err *err)
{
	assay_code rc;

	ASSAY_TRY(find_tickets(m, err));
	for (size_t i = 0; i < m->count; i = group_end(m, i))
		check_group(m, i, group_end(m, i));
	ASSAY_TRY(tell_wrong(m, err));
	if (m->list.blank + m->list.cancelled + m->list.wordless > 0)
		(void)fprintf(stderr, "assay: %zu of nobody, %zu cancelled and %zu without a text are left out\n",
			      m->list.blank, m->list.cancelled, m->list.wordless);
	drop_skipped(m);
	if (m->c->skip_count > 0)
		(void)fprintf(stderr, "assay: %zu skipped, for what came between; %zu taken\n", m->c->skip_count,
			      m->count);
	else if (m->count == 0)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "'%s' holds no text that somebody wrote", m->path);
	for (size_t i = 0; i < m->count; i = group_end(m, i))
		ASSAY_TRY(decide(m, i, group_end(m, i), err));
fail:
	return rc;
}

static int run(const assay_invocation *in, assay_err *err)
{
	ASSAY_AUTO_COMMAND c = {.rootfd = -1};
	ASSAY_CLEANUP(importing_release) importing m = {.c = &c, .path = in->args[0]};
	int code = ASSAY_EXIT_OK;
	assay_code rc;

	ASSAY_TRY(read_file(&m, in, err)); /* before the store's lock is taken: it may be a pipe */
	ASSAY_TRY(assay_command_open(&c, in, err));
	c.skips = true;
	ASSAY_TRY(import(&m, err));
	ASSAY_TRY(assay_command_finish(&c, &code, err));
	return code;
fail:
	return assay_exit_of(rc);
}

const assay_verb assay_verb_queue_import = {
    .name = "import",
    .operands = "FILE",
    .min_args = 1,
    .max_args = 1,
    .summary = "take in texts that people wrote: Label Studio's export, or a table",
    .help =
	"A JSON file is an export of Label Studio (as JSON, not JSON-MIN): each annotation that was not cancelled is\n"
	"a text, and who completed it wrote it. Any other file is a table as 'assay queue export' writes it; lines\n"
	"that name no annotator are as they were handed out and are left out, unless --annotator says who.\n"
	"The texts of a ticket are one correction: the one in the middle is taken, and how far people agree is\n"
	"measured (ocr.agreement, transcript.agreement). An annotation without a text is told and\n"
	"left out. A text for what was settled since the export is told and skipped, and the rest is taken: what\n"
	"passes or is gone, has another file in its place or other bytes, breaks the fields, was rejected or waived\n"
	"(with --settled the text of such is taken too, and ends that). A fault in the file is told with its line or\n"
	"task, and nothing of it is taken. FILE may be a pipe, or - for standard input. Then what follows is done at\n"
	"once: everything is judged, and a version is committed.\n",
    .options = options,
    .example = "  assay queue import project-3.json --dry-run\n  assay queue import cer.csv --annotator ann\n",
    .exits = assay_command_exits,
    .uses = ASSAY_USES_STORE | ASSAY_USES_LOCK | ASSAY_USES_CONFIG,
    .see_also = "queue export, queue resolve",
    .run = run,
};
