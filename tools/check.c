/*
 * The check itself runs in a forked child: a damaged page of the catalog can make LMDB read outside its map, and that
 * signal is then a finding like any other. The child opens the store (an LMDB environment must not cross a fork) and
 * sends what it finds through a pipe, as CBOR messages of 4 bytes of length and a record:
 *   finding  [1, what, name, detail, [sample...], [version...]]
 *   summary  [2, rows, objects, bytes, versions, findings]
 *   error    [3, code, sys, message]
 */
#include "verbs.h"

#include "tell.h"

#include "assay/check.h"
#include "assay/file.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define LISTED_MAX 10

static const assay_option options[] = {
    {"read-data", 0, NULL, "read every stored byte and compare it with its digest"},
    {NULL, 0, NULL, NULL},
};

/* Signals that damage brings about; others were sent by somebody. */
static const int crashes[] = {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL};

enum message { FINDING = 1, SUMMARY = 2, ERROR = 3 };

/* ---------------------------------------------------------------- the child */

static assay_code send_message(int fd, assay_buf *record, assay_err *err)
{
	const size_t n = record->len;
	const unsigned char head[4] = {(unsigned char)(n >> 24), (unsigned char)(n >> 16), (unsigned char)(n >> 8),
				       (unsigned char)n};
	assay_code rc = assay_buf_check(record, err);

	if (rc == ASSAY_OK)
		rc = assay_write_all(fd, head, sizeof head, err);
	return rc == ASSAY_OK ? assay_write_all(fd, record->data, n, err) : rc;
}

static void put_names(assay_buf *b, const char *const *names, size_t count)
{
	assay_cbor_array(b, count);
	for (size_t i = 0; i < count; i++)
		assay_cbor_text(b, names[i]);
}

static assay_code send_finding(void *ctx, const assay_store_finding *f, assay_err *err)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

	assay_cbor_array(&b, 6);
	assay_cbor_uint(&b, FINDING);
	assay_cbor_text(&b, f->what);
	assay_cbor_text(&b, f->name);
	assay_cbor_text(&b, f->detail);
	put_names(&b, f->samples, f->sample_count);
	put_names(&b, f->versions, f->version_count);
	return send_message(*(int *)ctx, &b, err);
}

static assay_code send_summary(int fd, const assay_store_check_summary *s, assay_err *err)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

	assay_cbor_array(&b, 6);
	assay_cbor_uint(&b, SUMMARY);
	assay_cbor_uint(&b, s->rows);
	assay_cbor_uint(&b, s->objects);
	assay_cbor_uint(&b, s->bytes);
	assay_cbor_uint(&b, s->versions);
	assay_cbor_uint(&b, s->findings);
	return send_message(fd, &b, err);
}

static void send_error(int fd, const assay_err *e)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

	assay_cbor_array(&b, 4);
	assay_cbor_uint(&b, ERROR);
	assay_cbor_uint(&b, e->code);
	assay_cbor_int(&b, e->sys);
	assay_cbor_words(&b, e->msg);
	(void)send_message(fd, &b, NULL);
}

typedef struct meter {
	bool on;
	int shown; /* percent */
} meter;

static void show_progress(void *ctx, uint64_t done, uint64_t all)
{
	meter *m = ctx;
	const int percent = all > 0 ? (int)((double)done * 100 / (double)all) : 100;

	if (!m->on || percent == m->shown)
		return;
	m->shown = percent;
	(void)fprintf(stderr, "\rchecking %3d %% of %" PRIu64 " MiB", percent, all >> 20);
}

static assay_code check_store(const assay_invocation *in, int fd, assay_err *err)
{
	ASSAY_AUTO_STORE s = NULL;
	meter m = {.on = isatty(STDERR_FILENO) == 1, .shown = -1};
	const assay_store_check_opts o = {
	    .read_data = assay_opt(in, "read-data") != NULL, .progress = m.on ? show_progress : NULL, .ctx = &m};
	assay_store_check_summary sum = {0};
	assay_code rc = assay_open_store_whole(in, &s, err);

	if (rc == ASSAY_OK)
		rc = assay_store_check(s, &o, send_finding, &fd, &sum, err);
	if (m.shown >= 0)
		(void)fputs("\r\033[K", stderr);
	return rc == ASSAY_OK ? send_summary(fd, &sum, err) : rc;
}

static _Noreturn void be_child(const assay_invocation *in, int fd)
{
	const struct rlimit none = {0, 0};
	assay_err e = ASSAY_ERR_INIT;

	(void)setrlimit(RLIMIT_CORE, &none); /* a crash is expected here and told of */
	for (size_t i = 0; i < ASSAY_COUNT(crashes); i++)
		(void)signal(crashes[i], SIG_DFL); /* a sanitizer's handler would hide it */
	if (check_store(in, fd, &e) != ASSAY_OK)
		send_error(fd, &e);
	_exit(0);
}

/* ---------------------------------------------------------------- the parent */

typedef struct answers {
	const assay_invocation *in;
	assay_report report;
	int fd;
	uint64_t findings;
	assay_store_check_summary sum;
	bool has_summary;
	assay_err error; /* that stopped the child; code OK when none did */
} answers;

/* A list of names as text borrowed from the message. */
typedef struct names {
	char **list;
	size_t count;
} names;

static void names_release(names *n)
{
	for (size_t i = 0; i < n->count; i++)
		free(n->list[i]);
	free(n->list);
}

static void read_names(assay_cbor_reader *r, names *out)
{
	const size_t n = assay_cbor_read_array(r);

	out->list = assay_alloc(n, sizeof(char *));
	if (out->list == NULL)
		assay_cbor_fault(r, "out of memory");
	while (out->count < n && r->fault == NULL) {
		char *name = assay_cbor_read_strdup(r);

		if (name != NULL)
			out->list[out->count++] = name;
	}
}

static void print_names(const char *word, const names *n)
{
	for (size_t i = 0; i < n->count && i < LISTED_MAX; i++)
		assay_say("  %-8s %s\n", i == 0 ? word : "", n->list[i]);
	if (n->count > LISTED_MAX)
		assay_say("           and %zu more (--json lists all)\n", n->count - LISTED_MAX);
}

static void json_names(assay_json *j, const char *key, const names *n)
{
	assay_json_key(j, key);
	assay_json_array(j);
	for (size_t i = 0; i < n->count; i++)
		assay_json_str(j, n->list[i]);
	assay_json_end(j);
}

static assay_code tell_finding(answers *a, const char *what, const char *name, const char *detail, const names *samples,
			       const names *versions, assay_err *err)
{
	assay_json *j = &a->report.json;

	a->findings++;
	if (!a->in->json) {
		assay_say("%s %s: %s\n", what, name, detail);
		print_names("samples", samples);
		print_names("versions", versions);
		return ASSAY_OK;
	}
	assay_json_object(j);
	assay_json_kstr(j, "what", what);
	assay_json_kstr(j, "name", name);
	assay_json_kstr(j, "detail", detail);
	json_names(j, "samples", samples);
	json_names(j, "versions", versions);
	assay_json_end(j);
	return assay_report_flush(&a->report, err);
}

static assay_code tell_bare(answers *a, const char *what, const char *name, const char *detail, assay_err *err)
{
	const names none = {0};

	return tell_finding(a, what, name, detail, &none, &none, err);
}

static assay_code take_finding(answers *a, assay_cbor_reader *r, assay_err *err)
{
	ASSAY_AUTO_FREE char *what = assay_cbor_read_strdup(r);
	ASSAY_AUTO_FREE char *name = assay_cbor_read_strdup(r);
	ASSAY_AUTO_FREE char *detail = assay_cbor_read_strdup(r);
	ASSAY_CLEANUP(names_release) names samples = {0};
	ASSAY_CLEANUP(names_release) names versions = {0};
	assay_code rc;

	read_names(r, &samples);
	read_names(r, &versions);
	rc = assay_cbor_finish(r, "finding", err);
	return rc == ASSAY_OK ? tell_finding(a, what, name, detail, &samples, &versions, err) : rc;
}

static assay_code take_summary(answers *a, assay_cbor_reader *r, assay_err *err)
{
	a->sum.rows = assay_cbor_read_uint(r);
	a->sum.objects = assay_cbor_read_uint(r);
	a->sum.bytes = assay_cbor_read_uint(r);
	a->sum.versions = assay_cbor_read_uint(r);
	a->sum.findings = assay_cbor_read_uint(r);
	a->has_summary = true;
	return assay_cbor_finish(r, "summary", err);
}

static assay_code take_error(answers *a, assay_cbor_reader *r, assay_err *err)
{
	const assay_code code = (assay_code)assay_cbor_read_uint(r);
	const int sys = (int)assay_cbor_read_int(r);
	ASSAY_AUTO_FREE char *text = assay_cbor_read_strdup(r);
	const assay_code rc = assay_cbor_finish(r, "error", err);

	if (rc == ASSAY_OK)
		(void)ASSAY_RAISE_SYS(&a->error, code, sys, "%s", text);
	return rc;
}

static assay_code take_message(answers *a, const assay_buf *record, assay_err *err)
{
	assay_cbor_reader r;

	assay_cbor_reader_init(&r, record->data, record->len);
	(void)assay_cbor_read_array(&r);
	switch (assay_cbor_read_uint(&r)) {
	case FINDING:
		return take_finding(a, &r, err);
	case SUMMARY:
		return take_summary(a, &r, err);
	default:
		return take_error(a, &r, err);
	}
}

/* Read exactly n bytes; *got is less at the end of the pipe, which a crash puts anywhere. */
static assay_code read_some(int fd, unsigned char *p, size_t n, size_t *got, assay_err *err)
{
	*got = 0;
	while (*got < n) {
		const ssize_t r = read(fd, p + *got, n - *got);

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return ASSAY_RAISE_ERRNO(err, "read from the checking process");
		if (r == 0)
			return ASSAY_OK;
		*got += (size_t)r;
	}
	return ASSAY_OK;
}

static assay_code take_all(answers *a, assay_err *err)
{
	for (;;) {
		ASSAY_AUTO_BUF record = ASSAY_BUF_INIT;
		unsigned char head[4], *body;
		size_t n, got;
		assay_code rc = read_some(a->fd, head, sizeof head, &got, err);

		if (rc != ASSAY_OK || got < sizeof head)
			return rc;
		n = (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];
		body = assay_buf_extend(&record, n);
		if (body == NULL)
			return assay_buf_check(&record, err);
		rc = read_some(a->fd, body, n, &got, err);
		if (rc != ASSAY_OK || got < n)
			return rc;
		rc = take_message(a, &record, err);
		if (rc != ASSAY_OK)
			return rc;
	}
}

static bool is_crash(int signal)
{
	for (size_t i = 0; i < ASSAY_COUNT(crashes); i++)
		if (crashes[i] == signal)
			return true;
	return false;
}

static assay_code judge_end(answers *a, int status, assay_err *err)
{
	char detail[96];

	if (WIFSIGNALED(status) && !is_crash(WTERMSIG(status)))
		return ASSAY_RAISE(err, ASSAY_ESTOP, "the check was stopped by signal %d", WTERMSIG(status));
	if (WIFSIGNALED(status)) {
		(void)snprintf(detail, sizeof detail, "reader crashed with signal %d (%s)", WTERMSIG(status),
			       strsignal(WTERMSIG(status)));
		return tell_bare(a, "catalog", a->in->store, detail, err);
	}
	/*
	 * Damage that keeps the store from being opened or walked is what a check is for. So is an I/O error without an
	 * errno: those numbers are positive, and what is below zero is the database's own complaint.
	 */
	if (a->error.code == ASSAY_ECORRUPT || (a->error.code == ASSAY_EIO && a->error.sys < 0))
		return tell_bare(a, "store", a->in->store, a->error.msg, err);
	if (a->error.code != ASSAY_OK) {
		*err = a->error;
		return a->error.code;
	}
	if (a->has_summary)
		return ASSAY_OK;
	(void)snprintf(detail, sizeof detail, "reader ended early with status %d", WEXITSTATUS(status));
	return tell_bare(a, "catalog", a->in->store, detail, err);
}

static assay_code start(answers *a, pid_t *child, assay_err *err)
{
	int ends[2];

	(void)fflush(stdout);
	if (pipe(ends) != 0)
		return ASSAY_RAISE_ERRNO(err, "pipe");
	*child = fork();
	if (*child == 0) {
		(void)close(ends[0]);
		be_child(a->in, ends[1]);
	}
	(void)close(ends[1]);
	a->fd = ends[0];
	return *child < 0 ? ASSAY_RAISE_ERRNO(err, "fork") : ASSAY_OK;
}

static assay_code collect(answers *a, assay_err *err)
{
	pid_t child = -1;
	int status = 0;
	assay_code rc = start(a, &child, err);

	if (rc != ASSAY_OK)
		return rc;
	rc = take_all(a, err);
	assay_closep(&a->fd); /* a child that still writes ends by SIGPIPE */
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return ASSAY_RAISE_ERRNO(err, "wait for the checking process");
	return rc == ASSAY_OK ? judge_end(a, status, err) : rc;
}

/* ---------------------------------------------------------------- the verb */

static void print_end(const answers *a)
{
	const assay_store_check_summary *s = &a->sum;

	if (a->findings > 0)
		assay_say("%" PRIu64 " finding%s", a->findings, a->findings == 1 ? "" : "s");
	else
		assay_say("all is as it was stored");
	if (a->has_summary)
		assay_say(": %" PRIu64 " rows, %" PRIu64 " objects, %" PRIu64 " bytes read, %" PRIu64
			  " version%s looked at",
			  s->rows, s->objects, s->bytes, s->versions, s->versions == 1 ? "" : "s");
	assay_say("\n");
}

static void json_end(answers *a)
{
	assay_json *j = &a->report.json;
	const assay_store_check_summary *s = &a->sum;

	assay_json_end(j);
	assay_json_kbool(j, "complete", a->has_summary);
	assay_json_kuint(j, "rows", s->rows);
	assay_json_kuint(j, "objects", s->objects);
	assay_json_kuint(j, "bytes", s->bytes);
	assay_json_kuint(j, "versions", s->versions);
	assay_json_end(j);
}

static assay_code check(answers *a, assay_err *err)
{
	assay_json *j = &a->report.json;
	assay_code rc;

	if (a->in->json) {
		assay_json_object(j);
		assay_json_key(j, "findings");
		assay_json_array(j);
	}
	rc = collect(a, err);
	if (rc != ASSAY_OK)
		return rc;
	if (!a->in->json) {
		print_end(a);
		return ASSAY_OK;
	}
	json_end(a);
	return assay_report_print(&a->report, err);
}

static int run(const assay_invocation *in, assay_err *err)
{
	answers a = {.in = in, .fd = -1, .error = ASSAY_ERR_INIT};
	assay_code rc;

	assay_report_init(&a.report);
	rc = check(&a, err);
	assay_report_release(&a.report);
	if (rc != ASSAY_OK)
		return assay_exit_of(rc);
	return a.findings > 0 ? ASSAY_EXIT_DIFFERENCE : ASSAY_EXIT_OK;
}

static const assay_exit_row exits[] = {
    {ASSAY_EXIT_DIFFERENCE, "something is not as it was stored"},
    {0, NULL},
};

const assay_verb assay_verb_check = {
    .name = "check",
    .group = ASSAY_GROUP_KEEP,
    .operands = "",
    .summary = "whether the store is as it was written",
    .help =
	"Checks every row of the catalog against its checksum, every index entry against its row, that every object\n"
	"is there, and the tree of every version; with --read-data also every stored byte against its digest. Each\n"
	"finding names the samples and versions that it affects. Nothing is changed. Exits 80 when anything is\n"
	"found, 0 otherwise. Damage to an artifact is mended by running its source again into a new store.\n",
    .example = "  assay check\n"
	       "  assay check --read-data --json | jq '.findings[].name'\n",
    .options = options,
    .uses = ASSAY_USES_STORE,
    .exits = exits,
    .see_also = "verify",
    .run = run,
};
