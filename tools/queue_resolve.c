#include "verbs.h"

#include "handed.h"
#include "queue_command.h"
#include "queue_table.h"
#include "table_csv.h"

#include "assay/correction.h"
#include "assay/file.h"
#include "assay/memory.h"
#include "assay/metadata.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

static const assay_option options[] = {
    {"text", 0, "FILE", "what the sample says, as UTF-8; of a table its cells, as CSV; - is standard input"},
    {"file", 0, "FILE", "a file that stands in place of its source"},
    {"metadata", 0, "NAME=VALUE", "what its source is; may be given several times"},
    ASSAY_COMMAND_OPTIONS,
    ASSAY_SELECTION_OPTIONS,
    ASSAY_SELECTION_BY_REMEDY,
    {NULL, 0, NULL, NULL},
};

/* What a person hands in: one of three. */
typedef struct resolution {
	const char *text, *file; /* paths */
	const char *name;        /* what is kept of it */
	assay_buf bytes;         /* of the text */
	assay_digest payload;
	assay_decision_kind kind;
} resolution;

static void resolution_release(resolution *r)
{
	assay_buf_release(&r->bytes);
}

/* ---------------------------------------------------------------- a text */

/* That it is too large is no want of room: the text is not what anybody meant. */
static assay_code refuse_size(const assay_handed *h, assay_err *err)
{
	return ASSAY_RAISE(err, ASSAY_ECORRUPT,
			   "'%s' has %" PRIu64
			   " bytes: the text of a sample is at most %zu bytes (%zu MiB, less what its record "
			   "needs)",
			   h->path, h->size, (size_t)ASSAY_CORRECTION_TEXT_MAX, ASSAY_CORRECTION_SIZE_MAX >> 20);
}

static assay_code read_text(resolution *r, const assay_invocation *in, assay_err *err)
{
	ASSAY_AUTO_HANDED h = ASSAY_HANDED_INIT;
	assay_code rc = assay_handed_open(&h, in, "--text", r->text, ASSAY_CORRECTION_TEXT_MAX, err);

	r->name = h.name;
	if (rc != ASSAY_OK)
		return rc;
	rc = assay_file_read_fd(&r->bytes, h.fd, ASSAY_CORRECTION_TEXT_MAX, err);
	if (rc == ASSAY_EFULL)
		return refuse_size(&h, err);
	if (rc != ASSAY_OK)
		return assay_err_prefix(err, "'%s'", r->text);
	if (r->bytes.len > 0 && memchr(r->bytes.data, '\0', r->bytes.len) != NULL)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "'%s' holds a NUL byte: it is no text", r->text);
	return ASSAY_OK;
}

static assay_code encode_text(assay_buf *record, const resolution *r, assay_err *err)
{
	const char *texts[1] = {assay_buf_str(&r->bytes)};
	const assay_code rc = assay_correction_encode(record, texts, 1, err);

	return rc == ASSAY_OK ? rc : assay_err_prefix(err, "'%s'", r->text);
}

static assay_code encode_table(assay_buf *record, const resolution *r, const assay_command *c, const assay_ticket *t,
			       assay_err *err)
{
	ASSAY_AUTO_TABLE_CORRECTION cells = {0};
	assay_code rc;

	if (r->bytes.len > ASSAY_TABLE_CORRECTION_SIZE_MAX)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "'%s' has %zu bytes: the cells of a table have at most %zu MiB",
				   r->text, r->bytes.len, ASSAY_TABLE_CORRECTION_SIZE_MAX >> 20);
	ASSAY_TRY(assay_table_csv_read(&cells, r->text, r->bytes.data, r->bytes.len, err));
	rc = assay_table_place(&cells, c->store, t, err);
	if (rc == ASSAY_ENOENT)
		return assay_command_refuse(t, err, "is about a table that is not there any more");
	if (rc != ASSAY_OK)
		return rc;
	rc = assay_table_correction_encode(record, &cells, err);
	if (rc == ASSAY_EFULL)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "'%s': the cells of a table have at most %zu MiB together",
				   r->text, ASSAY_TABLE_CORRECTION_SIZE_MAX >> 20);
	if (rc != ASSAY_OK)
		(void)assay_err_prefix(err, "'%s'", r->text);
fail:
	return rc;
}

/* What is read of it depends on what the ticket is about. */
static assay_code store_text(resolution *r, assay_command *c, const assay_ticket *t, assay_err *err)
{
	ASSAY_AUTO_BUF record = ASSAY_BUF_INIT;
	const assay_code rc =
	    assay_ticket_is_table(t) ? encode_table(&record, r, c, t, err) : encode_text(&record, r, err);

	if (rc == ASSAY_OK && c->dry)
		return assay_digest_of(&r->payload, record.data, record.len, err);
	if (rc != ASSAY_OK)
		return rc;
	return assay_object_put(c->store, ASSAY_OBJECT_PAYLOAD, record.data, record.len, NULL, &r->payload, NULL, err);
}

/* ---------------------------------------------------------------- a file */

static assay_code open_regular(int *fd, struct stat *st, const char *path, assay_err *err)
{
	*fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (*fd < 0 && errno == ENOENT)
		return ASSAY_RAISE(err, ASSAY_ENOENT, "there is no file '%s'", path);
	if (*fd < 0 || fstat(*fd, st) != 0)
		return ASSAY_RAISE_ERRNO(err, "open '%s'", path);
	if (!S_ISREG(st->st_mode))
		return ASSAY_RAISE(err, ASSAY_EUSAGE, "'%s' is not a regular file", path);
	return st->st_size == 0 ? ASSAY_RAISE(err, ASSAY_EUSAGE, "'%s' is empty", path) : ASSAY_OK;
}

static bool is_same(const struct stat *a, const struct stat *b)
{
	return a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	       a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* Mapped, so that its bytes need no room beside the page cache: the store takes an object in one piece. */
static assay_code store_file(resolution *r, assay_command *c, assay_err *err)
{
	ASSAY_AUTO_FD fd = -1;
	struct stat before, after;
	void *p;
	assay_code rc = open_regular(&fd, &before, r->file, err);

	if (rc != ASSAY_OK)
		return rc;
	p = mmap(NULL, (size_t)before.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		return ASSAY_RAISE_ERRNO(err, "read '%s'", r->file);
	rc = c->dry ? assay_digest_of(&r->payload, p, (size_t)before.st_size, err)
		    : assay_object_put(c->store, ASSAY_OBJECT_PAYLOAD, p, (size_t)before.st_size, NULL, &r->payload,
				       NULL, err);
	(void)munmap(p, (size_t)before.st_size);
	if (rc == ASSAY_OK && (fstat(fd, &after) != 0 || !is_same(&before, &after)))
		return ASSAY_RAISE(err, ASSAY_EBUSY, "'%s' was written to while it was read: try again", r->file);
	return rc;
}

/* ---------------------------------------------------------------- can it be done to this ticket? */

static assay_code can_resolve(const resolution *r, assay_command *c, const assay_ticket *t, assay_err *err)
{
	/* Metadata are of the source, however its sample fares: they may be why a filter takes it out. */
	if (r->kind == ASSAY_DECISION_METADATA)
		return ASSAY_OK;
	return assay_command_allow(
	    c, t, r->kind == ASSAY_DECISION_CORRECT ? assay_obstacle_to_correction : assay_obstacle_to_file, err);
}

/* ---------------------------------------------------------------- metadata */

/* Where a name stands, or would stand. */
static size_t place_of(const assay_decision *d, const char *name)
{
	size_t at = 0;

	while (at < d->count && strcmp(d->keys[at], name) < 0)
		at++;
	return at;
}

/* Both are consumed; a value that is there already stays. */
static assay_code add_pair(assay_decision *d, size_t cap, char *name, char *value, assay_err *err)
{
	const size_t at = name != NULL ? place_of(d, name) : 0;
	const bool there = name != NULL && at < d->count && strcmp(d->keys[at], name) == 0;

	if (name == NULL || value == NULL || there || d->count == cap) {
		free(name);
		free(value);
		return there ? ASSAY_OK : ASSAY_RAISE(err, ASSAY_ENOMEM, "metadata");
	}
	memmove(&d->keys[at + 1], &d->keys[at], (d->count - at) * sizeof *d->keys);
	memmove(&d->values[at + 1], &d->values[at], (d->count - at) * sizeof *d->values);
	d->keys[at] = name;
	d->values[at] = value;
	d->count++;
	return ASSAY_OK;
}

/* What is given, then what was decided before and is not given now. */
static assay_code collect_pairs(assay_decision *d, const assay_invocation *in, const assay_decision *before,
				assay_err *err)
{
	const size_t cap = (size_t)in->every_count + before->count;
	assay_code rc = ASSAY_OK;

	d->keys = assay_alloc(cap, sizeof *d->keys);
	d->values = assay_alloc(cap, sizeof *d->values);
	if (d->keys == NULL || d->values == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "metadata");
	for (int i = in->every_count - 1; i >= 0 && rc == ASSAY_OK; i--) {
		const char *pair = in->every[i].value;
		const size_t size = strcspn(pair, "=");

		if (strcmp(in->every[i].row->name, "metadata") == 0)
			rc = add_pair(d, cap, assay_strndup(pair, size), assay_strdup(pair + size + 1), err);
	}
	for (size_t i = 0; i < before->count && rc == ASSAY_OK; i++)
		rc = add_pair(d, cap, assay_strdup(before->keys[i]), assay_strdup(before->values[i]), err);
	return rc;
}

/* Of two values nobody can tell which one was meant. */
static bool is_given_before(const assay_invocation *in, const char *pair, size_t size)
{
	const char *other;

	for (int at = 0; (other = assay_opt_next(in, "metadata", &at)) != NULL && other != pair;)
		if (strncmp(other, pair, size) == 0 && other[size] == '=')
			return true;
	return false;
}

static assay_code check_pairs(const assay_invocation *in, assay_err *err)
{
	const char *pair;

	for (int at = 0; (pair = assay_opt_next(in, "metadata", &at)) != NULL;) {
		const size_t size = strcspn(pair, "=");
		ASSAY_AUTO_FREE char *name = assay_strndup(pair, size);
		const char *fault = name != NULL ? assay_metadata_key_fault(name) : NULL;

		if (name == NULL)
			return ASSAY_RAISE(err, ASSAY_ENOMEM, "metadata");
		if (pair[size] == '\0')
			return ASSAY_RAISE(err, ASSAY_EUSAGE, "queue resolve: --metadata: '%s' is not NAME=VALUE",
					   pair);
		if (fault != NULL)
			return ASSAY_RAISE(err, ASSAY_EUSAGE, "queue resolve: --metadata: %s", fault);
		if (is_given_before(in, pair, size))
			return ASSAY_RAISE(err, ASSAY_EUSAGE, "queue resolve: --metadata: '%s' is given twice", name);
		if (strlen(pair + size + 1) > ASSAY_METADATA_VALUE_MAX)
			return ASSAY_RAISE(err, ASSAY_EUSAGE,
					   "queue resolve: --metadata: the value of '%s' is longer than %d bytes", name,
					   ASSAY_METADATA_VALUE_MAX);
	}
	return ASSAY_OK;
}

static bool says_the_same(const assay_decision *a, const assay_decision *b)
{
	if (a->count != b->count || !assay_digest_eq(&a->basis, &b->basis))
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (strcmp(a->keys[i], b->keys[i]) != 0 || strcmp(a->values[i], b->values[i]) != 0)
			return false;
	return true;
}

/* Several tickets of one source are one decision. */
static assay_code set_metadata(assay_command *c, const assay_ticket *t, const assay_source *src, assay_err *err)
{
	ASSAY_AUTO_DECISION before = {0};
	assay_decision d = {.kind = ASSAY_DECISION_METADATA, .is_source = true, .basis = src->digest};
	assay_code rc = assay_decision_find(c->store, src->path, ASSAY_DECISION_OF_METADATA, &before, err);

	if (rc != ASSAY_OK && rc != ASSAY_ENOENT)
		return rc;
	if (rc == ASSAY_ENOENT || before.standing != ASSAY_DECISION_STANDS ||
	    !assay_digest_eq(&before.basis, &src->digest))
		assay_decision_release(&before);
	d.subject = assay_strdup(src->path);
	rc = d.subject == NULL ? ASSAY_RAISE(err, ASSAY_ENOMEM, "decision") : collect_pairs(&d, c->in, &before, err);
	if (rc == ASSAY_OK && !says_the_same(&d, &before))
		return assay_command_decide(c, t, &d, err);
	assay_decision_release(&d);
	return rc == ASSAY_OK ? assay_command_note(c, t, "has these metadata", err) : rc;
}

/* ---------------------------------------------------------------- the verb */

/* Who hands in a file for what was given up does not give it up any more, be it the very file that was rejected. */
static assay_code reopen(assay_command *c, const assay_ticket *t, assay_err *err)
{
	const assay_code rc = t->state == ASSAY_TICKET_REJECTED && !c->dry
				  ? assay_decision_withdraw(c->store, t->subject, ASSAY_DECISION_OF_VERDICT, err)
				  : ASSAY_OK;

	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}

static assay_code set_content(resolution *r, assay_command *c, const assay_ticket *t, const assay_source *src,
			      assay_err *err)
{
	assay_decision d = {.kind = r->kind};
	ASSAY_AUTO_DECISION before = {0};
	assay_code rc = assay_ticket_content(&before, c->store, t, src, err);

	if (rc == ASSAY_OK && r->kind == ASSAY_DECISION_CORRECT)
		rc = store_text(r, c, t, err);
	if (rc != ASSAY_OK)
		return rc;
	d.payload = r->payload;
	/* A stream has the key of its source: a file that stands for all of it gives way to the next one. */
	d.is_source = t->is_source || (r->kind == ASSAY_DECISION_REPLACE && before.is_source);
	d.basis = src->digest;
	if (!d.is_source)
		rc = assay_ticket_basis(&d.basis, c->store, t, src, err);
	if (rc != ASSAY_OK)
		return rc;
	d.subject = assay_strdup(t->subject);
	d.file = assay_strdup(r->name);
	if (d.subject == NULL || d.file == NULL) {
		assay_decision_release(&d);
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "decision");
	}
	if (t->is_source)
		rc = reopen(c, t, err);
	if (rc == ASSAY_OK)
		rc = assay_command_decide(c, t, &d, err);
	else
		assay_decision_release(&d);
	if (rc == ASSAY_OK && r->kind == ASSAY_DECISION_REPLACE && before.kind == ASSAY_DECISION_CORRECT)
		rc = assay_command_add(c, "the correction no longer holds", err);
	return rc;
}

static assay_code resolve(void *ctx, assay_command *c, const assay_ticket *t, assay_err *err)
{
	resolution *r = ctx;
	ASSAY_AUTO_SOURCE src = {0};
	assay_code rc = can_resolve(r, c, t, err);

	if (rc == ASSAY_OK && r->kind != ASSAY_DECISION_METADATA && c->count > 0)
		return assay_command_refuse(t, err, "is a second one: --text and --file are for one ticket");
	if (rc == ASSAY_OK)
		rc = assay_command_source(&src, c, t, err);
	if (rc != ASSAY_OK)
		return rc;
	return r->kind == ASSAY_DECISION_METADATA ? set_metadata(c, t, &src, err) : set_content(r, c, t, &src, err);
}

static assay_code parse(resolution *r, const assay_invocation *in, assay_err *err)
{
	const char *slash;

	*r = (resolution){.text = assay_opt(in, "text"), .file = assay_opt(in, "file")};
	if ((r->text != NULL) + (r->file != NULL) + (assay_opt(in, "metadata") != NULL) != 1)
		return ASSAY_RAISE(err, ASSAY_EUSAGE, "queue resolve: give one of --text, --file and --metadata");
	r->kind = r->text != NULL   ? ASSAY_DECISION_CORRECT
		  : r->file != NULL ? ASSAY_DECISION_REPLACE
				    : ASSAY_DECISION_METADATA;
	if (r->text != NULL)
		return read_text(r, in, err);
	if (r->file == NULL)
		return check_pairs(in, err);
	slash = strrchr(r->file, '/');
	r->name = slash != NULL ? slash + 1 : r->file;
	return assay_check_words(in, "--file", "the name of the file", r->name, err);
}

static assay_code store_payload(resolution *r, assay_command *c, assay_err *err)
{
	return r->kind == ASSAY_DECISION_REPLACE ? store_file(r, c, err) : ASSAY_OK;
}

static int run(const assay_invocation *in, assay_err *err)
{
	ASSAY_AUTO_COMMAND c = {.rootfd = -1};
	ASSAY_CLEANUP(resolution_release) resolution r = {0};
	assay_code rc;
	int code = ASSAY_EXIT_OK;

	ASSAY_TRY(parse(&r, in, err));
	ASSAY_TRY(assay_command_open(&c, in, err));
	c.own = "metadata";
	ASSAY_TRY(store_payload(&r, &c, err));
	ASSAY_TRY(assay_command_each(&c, resolve, &r, err));
	ASSAY_TRY(assay_command_finish(&c, &code, err));
	return code;
fail:
	return assay_exit_of(rc);
}

const assay_verb assay_verb_queue_resolve = {
    .name = "resolve",
    .operands = "[TICKET|SAMPLE|PATH...]",
    .max_args = -1,
    .summary = "hand in what a person found: a text, another file, or metadata",
    .help =
	"--text is for a page whose pipeline reads text, and for audio that is transcribed: the stage takes the text\n"
	"from it, everything is measured anew and judged. Of a table FILE is its cells as CSV (RFC 4180), a line for "
	"each\n"
	"row, heads first, as 'queue show --work' writes them: ocr.tables takes them in place of its own, and the page "
	"and\n"
	"its other tables stay as they are. --file stands in place of the source, or of one page of\n"
	"it; of a file of several pages that is given for one page, the first is taken. For a source that failed it\n"
	"stands whole: its samples have the source's keys, and are judged each. The source itself is left alone, and\n"
	"the file is kept in the store. --text is refused where another file stands in the sample's place; --file\n"
	"takes the place of a text. --metadata goes over what files and rules say of the source, also where its\n"
	"tickets are settled. A text or a file for a sample holds as long as that is made of the same file, the "
	"others\n"
	"while the source's bytes are the same.\n" ASSAY_COMMAND_HELP ASSAY_SELECTION_HELP,
    .example = "  assay queue resolve T12 --text page.txt --reason 'typed from the scan'\n"
	       "  assay queue resolve T15 --text desk/T15/table.csv\n"
	       "  assay queue resolve 'scans/b7.pdf#page=3' --file rescan.tif\n"
	       "  assay queue resolve --source 'scans/b7/**' --metadata language=de --metadata batch=b7\n",
    .options = options,
    .uses = ASSAY_USES_STORE | ASSAY_USES_LOCK | ASSAY_USES_CONFIG,
    .exits = assay_command_exits,
    .see_also = "queue show, queue retry, why, lineage",
    .run = run,
};
