#include "evaluation.h"

#include "assay/evaluation.h"
#include "assay/memory.h"
#include "assay/stop.h"
#include "assay/suggest.h"
#include "assay/trie.h"

#include "roster.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHUNK        ((size_t)64 << 10)
#define NEAR         8   /* keys before and after the place of one that is not there, for "did you mean" */
#define VERSIONS_MAX 100 /* other versions that are asked for it, newest first */
#define EXAMPLE      "{\"key\": \"scans/a.png#page=1\", \"score\": 0.93}"

typedef struct reading {
	assay_evaluation *out;
	assay_store *store;
	const assay_version *version;
	const char *file;
	roster roster;
	uint64_t *lines; /* by sample: where it was named, 0 for nowhere */
	uint64_t line;
	size_t skipped; /* bytes of a line that is too long */
	assay_err *err;
} reading;

void assay_evaluation_release(assay_evaluation *e)
{
	assay_feedback_set_release(&e->results);
	assay_diagnostics_release(&e->findings);
	*e = (assay_evaluation){0};
}

/* ---------------------------------------------------------------- what is wrong */

static void ASSAY_PRINTF(3, 4) complain(reading *r, int column, const char *fmt, ...)
{
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
	va_list ap;

	if (r->out->wrong++ >= ASSAY_EVALUATION_FINDINGS_MAX)
		return;
	va_start(ap, fmt);
	assay_buf_vprintf(&text, fmt, ap);
	va_end(ap);
	assay_diagnostics_add(&r->out->findings, true, r->file, r->line < INT_MAX ? (int)r->line : INT_MAX, column,
			      "%s", assay_buf_str(&text));
}

static assay_code note_outcome(void *ctx, const assay_trie_entry *e, assay_err *err)
{
	(void)err;
	*(assay_outcome *)ctx = e->outcome;
	return ASSAY_OK;
}

typedef struct elsewhere {
	assay_store *store;
	const char *key;
	const assay_digest *but;
	unsigned asked;
	assay_digest found;
} elsewhere;

static assay_code ask_version(void *ctx, const assay_version *v, assay_err *err)
{
	elsewhere *e = ctx;
	assay_outcome outcome = 0;
	assay_code rc;

	if (e->asked++ == VERSIONS_MAX)
		return ASSAY_ESTOP;
	if (assay_digest_eq(&v->id, e->but))
		return ASSAY_OK;
	rc = assay_trie_find(e->store, &v->accepted, e->key, note_outcome, &outcome, err);
	if (rc != ASSAY_OK)
		return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
	e->found = v->id;
	return ASSAY_ESTOP;
}

static void complain_of_name(reading *r, const char *name, const char *hex)
{
	const size_t at = roster_at(&r->roster, name);
	assay_suggest near;
	char hint[160];

	assay_suggest_init(&near, name);
	for (size_t i = at > NEAR ? at - NEAR : 0; i < r->roster.count && i < at + NEAR; i++)
		assay_suggest_offer(&near, r->roster.entries[i].key);
	complain(r, 1, "there is no sample '%s' in version %.12s%s", name, hex,
		 assay_suggest_text(&near, hint, sizeof hint));
}

/* No sample of that name is delivered: by which of all reasons? */
static assay_code complain_of_stranger(reading *r, const char *name, assay_err *err)
{
	elsewhere other = {.store = r->store, .key = name, .but = &r->version->id};
	char hex[ASSAY_DIGEST_HEX], found[ASSAY_DIGEST_HEX];
	assay_outcome outcome = 0;
	assay_code rc;

	(void)assay_digest_hex(&r->version->id, hex);
	if (r->out->wrong >= ASSAY_EVALUATION_FINDINGS_MAX) {
		complain(r, 1, "%s", name); /* only counted */
		return ASSAY_OK;
	}
	rc = assay_trie_find(r->store, &r->version->others, name, note_outcome, &outcome, err);
	if (rc == ASSAY_OK) {
		complain(r, 1, "'%s' was not delivered with version %.12s, being %s: see 'assay why'", name, hex,
			 assay_outcome_name(outcome));
		return ASSAY_OK;
	}
	if (rc == ASSAY_ENOENT)
		rc = assay_versions_each(r->store, ask_version, &other, err);
	if (rc != ASSAY_OK && rc != ASSAY_ESTOP)
		return rc;
	if (assay_digest_is_zero(&other.found))
		complain_of_name(r, name, hex);
	else
		complain(r, 1, "'%s' is no sample of version %.12s, but of %.12s: --version says which is meant", name,
			 hex, assay_digest_hex(&other.found, found));
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- a line */

/* A video has its path for a key, and its sound and shots have that path too: given as a key it is the video alone. */
static assay_code find_named(reading *r, const evaluation_line *l, size_t name, size_t *first, size_t *count,
			     assay_err *err)
{
	*first = name < l->key_count ? roster_find(&r->roster, l->names[name]) : ROSTER_NONE;
	*count = *first != ROSTER_NONE;
	return *count > 0 ? ASSAY_OK : roster_find_member(&r->roster, l->names[name], first, count, err);
}

/* The one sample that all names which stand for a sample agree on; ROSTER_NONE when that was complained of. */
static assay_code find_sample(reading *r, const evaluation_line *l, size_t *sample, assay_err *err)
{
	const char *many = NULL;
	size_t parts = 0, example = 0;

	*sample = ROSTER_NONE;
	for (size_t i = 0; i < l->name_count; i++) {
		size_t first, count;
		const assay_code rc = find_named(r, l, i, &first, &count, err);

		if (rc != ASSAY_OK)
			return rc;
		if (count == 1 && *sample != ROSTER_NONE && *sample != first) {
			complain(r, 1, "names two samples, '%s' and '%s': leave one", r->roster.entries[*sample].key,
				 r->roster.entries[first].key);
			*sample = ROSTER_NONE;
			return ASSAY_OK;
		}
		if (count == 1)
			*sample = first;
		if (count > 1 && many == NULL) {
			many = l->names[i];
			parts = count;
			example = first;
		}
	}
	if (*sample != ROSTER_NONE)
		return ASSAY_OK;
	if (many == NULL)
		return complain_of_stranger(r, l->names[0], err);
	complain(r, 1, "'%s' is in %zu samples: name one by its key, such as '%s'", many, parts,
		 r->roster.entries[example].key);
	return ASSAY_OK;
}

static assay_code take_object(reading *r, const json_t *object, assay_err *err)
{
	ASSAY_AUTO_BUF fault = ASSAY_BUF_INIT;
	evaluation_line l;
	size_t sample;
	assay_code rc;

	if (!evaluation_line_read(&l, object, &fault)) {
		complain(r, 1, "%s", assay_buf_str(&fault));
		return assay_buf_check(&fault, err);
	}
	rc = find_sample(r, &l, &sample, err);
	if (rc != ASSAY_OK || sample == ROSTER_NONE)
		return rc;
	if (r->lines[sample] != 0) {
		complain(r, 1,
			 "'%s' is the sample of line %" PRIu64 " too: make one line of them, of the worst score, say",
			 r->roster.entries[sample].key, r->lines[sample]);
		return ASSAY_OK;
	}
	r->lines[sample] = r->line;
	l.result.key = r->roster.entries[sample].key;
	return assay_feedback_set_add(&r->out->results, &l.result, err);
}

static bool is_blank(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strchr(" \t\r", p[i]) == NULL || p[i] == '\0')
			return false;
	return true;
}

static assay_code take_line(reading *r, const char *p, size_t n)
{
	json_error_t why;
	json_t *object;
	assay_code rc;

	r->line++;
	if (r->line == 1 && n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0) {
		p += 3;
		n -= 3;
	}
	if (r->skipped == 0 && is_blank(p, n))
		return ASSAY_OK;
	r->out->lines++;
	if (assay_stop_requested() > 0)
		return ASSAY_RAISE(r->err, ASSAY_ESTOP, "stopped: nothing was imported; run it again");
	if (r->skipped > 0) {
		complain(r, 1, "the line has more than %zu bytes: shorten its texts", ASSAY_EVALUATION_LINE_MAX);
		return ASSAY_OK;
	}
	object = json_loadb(p, n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &why);
	if (object == NULL) {
		complain(r, why.column > 0 ? why.column : 1, "is not JSON (%s): a line is an object such as %s",
			 why.text, EXAMPLE);
		return ASSAY_OK;
	}
	rc = take_object(r, object, r->err);
	json_decref(object);
	return rc;
}

/* ---------------------------------------------------------------- the file */

/* Up to the end of the line, which is the last of the bytes if there is one. */
static assay_code take_bytes(reading *r, assay_buf *line, const char *p, size_t n, bool ends)
{
	assay_code rc = ASSAY_OK;

	if (r->skipped > 0 || line->len + n > ASSAY_EVALUATION_LINE_MAX) {
		r->skipped += n + line->len;
		assay_buf_reset(line);
	} else {
		assay_buf_append(line, p, n);
		rc = assay_buf_check(line, r->err);
	}
	if (rc != ASSAY_OK || !ends)
		return rc;
	rc = take_line(r, assay_buf_str(line), line->len);
	r->skipped = 0;
	assay_buf_reset(line);
	return rc;
}

static assay_code take_chunk(reading *r, assay_buf *line, const char *p, size_t n)
{
	assay_code rc = ASSAY_OK;

	while (n > 0 && rc == ASSAY_OK) {
		const char *end = memchr(p, '\n', n);
		const size_t length = end != NULL ? (size_t)(end - p) : n;
		const size_t step = length + (end != NULL);

		rc = take_bytes(r, line, p, length, end != NULL);
		p += step;
		n -= step;
	}
	return rc;
}

static assay_code read_file(reading *r, int fd)
{
	ASSAY_AUTO_BUF line = ASSAY_BUF_INIT;
	ASSAY_AUTO_FREE char *chunk = assay_alloc(CHUNK, 1);
	assay_code rc = chunk != NULL ? ASSAY_OK : ASSAY_RAISE(r->err, ASSAY_ENOMEM, "reading '%s'", r->file);

	while (rc == ASSAY_OK) {
		const ssize_t n = read(fd, chunk, CHUNK);

		if (n < 0 && errno == EINTR && assay_stop_requested() == 0)
			continue;
		if (n < 0)
			return ASSAY_RAISE_ERRNO(r->err, "read '%s'", r->file);
		if (n == 0)
			break;
		rc = take_chunk(r, &line, chunk, (size_t)n);
	}
	return rc == ASSAY_OK && (line.len > 0 || r->skipped > 0) ? take_bytes(r, &line, "", 0, true) : rc;
}

assay_code assay_evaluation_read(assay_evaluation *out, assay_store *s, const assay_version *v, int fd,
				 const char *file, assay_err *err)
{
	reading r = {.out = out, .store = s, .version = v, .file = file, .err = err};
	assay_code rc;

	*out = (assay_evaluation){0};
	out->results.version = v->id;
	ASSAY_TRY(roster_open(&r.roster, s, v, err));
	r.lines = assay_alloc(r.roster.count, sizeof *r.lines);
	if (r.lines == NULL)
		rc = ASSAY_RAISE(err, ASSAY_ENOMEM, "samples");
	else
		rc = read_file(&r, fd);
	assay_feedback_set_sort(&out->results);
	if (rc == ASSAY_OK && out->findings.failed)
		rc = ASSAY_RAISE(err, ASSAY_ENOMEM, "findings");
fail:
	free(r.lines);
	roster_release(&r.roster);
	return rc;
}
