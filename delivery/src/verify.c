#include "verify.h"

#include "card.h"
#include "manifest.h"
#include "records.h"

#include "assay/file.h"
#include "assay/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SUMS_MAX   ((size_t)1 << 34)
#define RECORD_MAX ((size_t)64 << 20)

void verify_finding(verifier *v, const char *file, int line, const char *fmt, ...)
{
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
	va_list ap;

	if (v->out->differences++ >= ASSAY_DELIVERY_FINDINGS_MAX)
		return;
	va_start(ap, fmt);
	assay_buf_vprintf(&text, fmt, ap);
	va_end(ap);
	assay_diagnostics_add(&v->out->findings, true, file, line, line > 0 ? 1 : 0, "%s", assay_buf_str(&text));
}

/* ---------------------------------------------------------------- entries */

assay_code verify_add(verify_entries *to, const assay_trie_entry *e, assay_err *err)
{
	assay_trie_entry copy = *e;
	assay_code rc = assay_grow(&to->items, &to->cap, to->count, sizeof *to->items, err);

	if (rc != ASSAY_OK)
		return rc;
	copy.key = assay_strdup(e->key);
	copy.stage = e->stage != NULL ? assay_strdup(e->stage) : NULL;
	to->items[to->count++] = copy;
	return copy.key == NULL || (e->stage != NULL && copy.stage == NULL)
		   ? ASSAY_RAISE(err, ASSAY_ENOMEM, "list of samples")
		   : ASSAY_OK;
}

static void entries_release(verify_entries *e)
{
	for (size_t i = 0; i < e->count; i++) {
		free((void *)(uintptr_t)e->items[i].key);
		free((void *)(uintptr_t)e->items[i].stage);
	}
	free(e->items);
	*e = (verify_entries){0};
}

/* ---------------------------------------------------------------- files that are read */

/* Only what is a regular file and in SHA256SUMS is opened: its absence is a finding already. */
static int open_listed(const verifier *v, const char *name)
{
	const sums_row *row = sums_find((sums *)(uintptr_t)&v->sums, name);

	return row != NULL && row->found ? openat(v->fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC) : -1;
}

static assay_code read_listed(verifier *v, const char *name, assay_buf *out, bool *there, assay_err *err)
{
	ASSAY_AUTO_FD fd = open_listed(v, name);

	*there = fd >= 0;
	return fd >= 0 ? assay_file_read_fd(out, fd, RECORD_MAX, err) : ASSAY_OK;
}

static void expect_listed(verifier *v, const char *name)
{
	if (sums_find(&v->sums, name) == NULL)
		verify_finding(v, SUMS_NAME, 0, "does not list '%s', which every delivery has", name);
}

/* ---------------------------------------------------------------- version.cbor */

/* The digest that comes next, of a record whose two files must be there. False when none comes. */
static bool read_named(verifier *v, assay_cbor_reader *c, const char *kind, assay_digest *d)
{
	ASSAY_AUTO_BUF path = ASSAY_BUF_INIT;
	sums_row *row;

	if (!assay_cbor_read_digest(c, d)) {
		assay_cbor_fault(c, "digest is missing");
		return false;
	}
	records_path(&path, kind, d, "json");
	expect_listed(v, assay_buf_str(&path));
	assay_buf_reset(&path);
	records_path(&path, kind, d, "cbor");
	expect_listed(v, assay_buf_str(&path));
	row = sums_find(&v->sums, assay_buf_str(&path));
	if (row != NULL && !assay_digest_eq(&row->digest, d))
		verify_finding(v, assay_buf_str(&path), 0, "has another digest than its name says");
	return true;
}

/* Its bytes; nothing where it cannot be read, which is a finding already. */
static void load_record(verifier *v, const char *kind, const assay_digest *d, assay_buf *record)
{
	ASSAY_AUTO_BUF path = ASSAY_BUF_INIT;
	bool there;

	records_path(&path, kind, d, "cbor");
	if (read_listed(v, assay_buf_str(&path), record, &there, NULL) != ASSAY_OK || !there)
		assay_buf_reset(record);
}

/* Where it cannot be read, its digest tells, and its samples' contents are not computed. */
static assay_recipe *load_recipe(verifier *v, const assay_digest *d)
{
	ASSAY_AUTO_BUF record = ASSAY_BUF_INIT;
	assay_recipe *r = NULL;

	load_record(v, "recipes", d, &record);
	return assay_recipe_decode(&r, record.data, record.len, NULL) == ASSAY_OK ? r : NULL;
}

static void read_recipe(verifier *v, assay_cbor_reader *c)
{
	uint64_t m;
	assay_digest d;

	if (assay_cbor_read_array(c) != 2)
		assay_cbor_fault(c, "recipe is not a pair");
	m = assay_cbor_read_uint(c);
	if (m == 0 || m > ASSAY_MODALITY_MAX || v->has_recipe[m]) {
		assay_cbor_fault(c, "there is no such modality");
		return;
	}
	v->has_recipe[m] = read_named(v, c, "recipes", &d);
	if (v->has_recipe[m])
		v->recipes[m] = load_recipe(v, &d);
}

static void read_remedy(verifier *v, assay_cbor_reader *c)
{
	assay_digest d;

	if (!read_named(v, c, "recipes", &d))
		return;
	if (assay_grow(&v->remedies, &v->remedy_cap, v->remedy_count, sizeof(*v->remedies), NULL) != ASSAY_OK) {
		assay_cbor_fault(c, "too many recipes");
		return;
	}
	v->remedies[v->remedy_count++] = load_recipe(v, &d);
}

static void read_decisions(verifier *v, assay_cbor_reader *c)
{
	ASSAY_AUTO_BUF record = ASSAY_BUF_INIT;
	assay_digest d;
	const size_t n = assay_cbor_read_array(c);

	v->knows_decisions = n == 0;
	if (n > 1)
		assay_cbor_fault(c, "more than one list of decisions");
	if (n != 1 || !read_named(v, c, "decisions", &d))
		return;
	load_record(v, "decisions", &d, &record);
	v->knows_decisions =
	    assay_decisions_decode(&v->decisions, &v->decision_count, record.data, record.len, NULL) == ASSAY_OK;
}

static void read_digest(assay_cbor_reader *c, assay_digest *out)
{
	if (!assay_cbor_read_digest(c, out))
		assay_cbor_fault(c, "digest is missing");
}

static void skip_to(assay_cbor_reader *c, uint64_t from, uint64_t end)
{
	for (uint64_t key = from; key < end && c->fault == NULL; key++) {
		assay_cbor_read_key(c, key);
		assay_cbor_skip(c);
	}
}

/* Each format after the first has a field more than the one before. */
static void read_record(verifier *v, assay_cbor_reader *c)
{
	const size_t fields = assay_cbor_read_map(c);
	assay_digest d;
	uint64_t format;
	size_t n;

	assay_cbor_read_key(c, 0);
	format = assay_cbor_read_uint(c);
	if (format < ASSAY_VERSION_PLAIN || format > ASSAY_VERSION_FORMAT)
		assay_cbor_fault(c, "a format that this release does not read");
	if (fields != 7 + format)
		assay_cbor_fault(c, "version has another number of fields");
	assay_cbor_read_key(c, 1);
	n = assay_cbor_read_array(c);
	for (size_t i = 0; i < n && c->fault == NULL; i++)
		read_recipe(v, c);
	assay_cbor_read_key(c, 2);
	n = assay_cbor_read_array(c);
	for (size_t i = 0; i < n && c->fault == NULL; i++)
		(void)read_named(v, c, "contracts", &d);
	assay_cbor_read_key(c, 3);
	read_digest(c, &v->accepted);
	assay_cbor_read_key(c, 4);
	read_digest(c, &v->others);
	assay_cbor_read_key(c, 5);
	read_decisions(v, c);
	skip_to(c, 6, fields < 9 ? fields : 9);
	if (fields <= 9)
		return;
	assay_cbor_read_key(c, 9);
	n = assay_cbor_read_array(c);
	for (size_t i = 0; i < n && c->fault == NULL; i++)
		read_remedy(v, c);
}

assay_code verify_record(verifier *v, assay_err *err)
{
	ASSAY_AUTO_BUF record = ASSAY_BUF_INIT;
	assay_cbor_reader c;
	assay_err why = ASSAY_ERR_INIT;
	bool there;
	assay_code rc = read_listed(v, VERSION_RECORD, &record, &there, err);

	if (rc != ASSAY_OK || !there)
		return rc;
	assay_cbor_reader_init(&c, record.data, record.len);
	read_record(v, &c);
	v->has_record = assay_cbor_finish(&c, "version", &why) == ASSAY_OK;
	if (!v->has_record)
		verify_finding(v, VERSION_RECORD, 0, "%s", why.msg);
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- lines */

static unsigned failure_of(const char *name)
{
	for (unsigned f = 1; f <= UINT8_MAX; f++)
		if (name != NULL && assay_failure_name(f) != NULL && strcmp(assay_failure_name(f), name) == 0)
			return f;
	return 0;
}

static unsigned outcome_of(const char *name)
{
	for (unsigned o = 1; assay_outcome_name(o) != NULL; o++)
		if (name != NULL && strcmp(assay_outcome_name(o), name) == 0)
			return o;
	return 0;
}

/* The entry has a filter's name where others have a stage; so had the lines of format 1. */
static const char *stage_of(const verifier *v, const json_t *line, unsigned outcome)
{
	const bool filter = v->format > 1 && outcome == ASSAY_OUTCOME_FILTERED;

	return verify_text(line, filter ? "filter" : "stage");
}

static assay_code verify_other(verifier *v, const json_t *line, int number, assay_err *err)
{
	const char *kind = verify_text(line, "kind"), *failure = verify_text(line, "failure");
	const unsigned outcome = outcome_of(verify_text(line, "outcome"));
	const assay_trie_entry e = {
	    .key = verify_text(line, "key"),
	    .outcome = (assay_outcome)outcome,
	    .kind = kind != NULL ? assay_sample_kind_parse(kind) : 0,
	    .stage = stage_of(v, line, outcome),
	    .failure = failure_of(failure),
	};
	const bool is_source = kind != NULL && strcmp(kind, "source") == 0;

	if (e.key != NULL && e.outcome != 0 && e.outcome != ASSAY_OUTCOME_ACCEPTED &&
	    e.outcome != ASSAY_OUTCOME_WAIVED && (e.kind != 0 || is_source) && (failure == NULL || e.failure != 0))
		return verify_add(&v->kept_back, &e, err);
	v->kept_back.complete = false;
	verify_finding(v, OTHERS_NAME, number, "a key, kind, outcome or failure is missing or unknown");
	return ASSAY_OK;
}

typedef assay_code line_fn(verifier *v, const json_t *line, int number, assay_err *err);

static assay_code verify_line(verifier *v, const char *file, const char *text, size_t size, int number,
			      verify_entries *entries, line_fn *fn, assay_err *err)
{
	json_error_t why = {0};
	json_t *json = json_loadb(text, size, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &why);
	const size_t before = entries->count;
	assay_code rc;

	if (!json_is_object(json)) {
		entries->complete = false;
		verify_finding(v, file, number, "this is no JSON object%s%s", json == NULL ? ": " : "",
			       json == NULL ? why.text : "");
		json_decref(json);
		return ASSAY_OK;
	}
	rc = fn(v, json, number, err);
	if (rc == ASSAY_OK && entries->count > before) {
		card_count(&v->counts, &entries->items[before]);
		if (before > 0 && strcmp(entries->items[before - 1].key, entries->items[before].key) >= 0)
			verify_finding(v, file, number, "the key does not come after the one before it");
	}
	json_decref(json);
	return rc;
}

static assay_code read_lines(verifier *v, const char *file, verify_entries *entries, line_fn *fn, assay_err *err)
{
	const int fd = open_listed(v, file);
	FILE *in = fd >= 0 ? fdopen(fd, "r") : NULL;
	char *text = NULL;
	size_t cap = 0;
	ssize_t size;
	int number = 0;
	assay_code rc = ASSAY_OK;

	entries->complete = in != NULL;
	if (in == NULL)
		return ASSAY_OK;
	while (rc == ASSAY_OK && (errno = 0, size = getline(&text, &cap, in)) > 0) {
		number += number < INT_MAX;
		rc = verify_line(v, file, text, (size_t)size, number, entries, fn, err);
	}
	if (rc == ASSAY_OK && errno == ENOMEM) /* which does not count as an error of the stream */
		rc = ASSAY_RAISE(err, ASSAY_ENOMEM, "line %d of '%s'", number + 1, file);
	else if (rc == ASSAY_OK && ferror(in))
		rc = ASSAY_RAISE_ERRNO(err, "read '%s'", file);
	free(text);
	(void)fclose(in);
	return rc;
}

static void find_unnamed(verifier *v)
{
	for (size_t i = 0; i < v->sums.count; i++) {
		ASSAY_AUTO_BUF name = ASSAY_BUF_INIT;

		if (v->sums.rows[i].named || strncmp(v->sums.rows[i].path, "artifacts/", 10) != 0)
			continue;
		assay_path_escape(&name, v->sums.rows[i].path);
		verify_finding(v, assay_buf_str(&name), 0, "is an artifact that no sample names");
	}
}

assay_code verify_lines(verifier *v, assay_err *err)
{
	assay_code rc = read_lines(v, MANIFEST_NAME, &v->delivered, verify_sample, err);

	if (rc == ASSAY_OK)
		rc = read_lines(v, OTHERS_NAME, &v->kept_back, verify_other, err);
	v->out->samples = v->delivered.count;
	v->out->others = v->kept_back.count;
	if (rc == ASSAY_OK && v->delivered.complete)
		find_unnamed(v);
	return rc;
}

static assay_code verify_root(verifier *v, const char *file, verify_entries *e, const assay_digest *root,
			      assay_err *err)
{
	assay_err why = ASSAY_ERR_INIT;
	assay_digest d;
	assay_code rc;

	if (!e->complete || !v->has_record)
		return ASSAY_OK;
	rc = assay_trie_root(e->items, e->count, &d, &why);
	if (rc == ASSAY_EINVAL) { /* two lines with one key */
		verify_finding(v, file, 0, "%s", why.msg);
		return ASSAY_OK;
	}
	if (rc != ASSAY_OK) {
		*err = why;
		return rc;
	}
	if (!assay_digest_eq(&d, root))
		verify_finding(v, file, 0, "its lines are not those of the version that " VERSION_RECORD " names");
	return ASSAY_OK;
}

assay_code verify_roots(verifier *v, assay_err *err)
{
	const assay_code rc = verify_root(v, MANIFEST_NAME, &v->delivered, &v->accepted, err);

	return rc == ASSAY_OK ? verify_root(v, OTHERS_NAME, &v->kept_back, &v->others, err) : rc;
}

/* ---------------------------------------------------------------- version.json */

static void check_count(verifier *v, const json_t *counts, const char *name, uint64_t found)
{
	const json_t *n = json_object_get(counts, name);

	if (!json_is_integer(n) || (uint64_t)json_integer_value(n) != found)
		verify_finding(v, VERSION_NAME, 0, "counts %s otherwise: the lines give %" PRIu64, name, found);
}

static void check_counts(verifier *v, const json_t *json)
{
	const json_t *counts = json_object_get(json, "counts"), *kinds = json_object_get(json, "kinds");
	const assay_counts *c = &v->counts;
	const struct {
		const char *name;
		uint64_t found;
	} rows[] = {
	    {"in", c->in},
	    {"accepted", c->accepted},
	    {"quarantined", c->quarantined},
	    {"waived", c->waived},
	    {"duplicate", c->duplicate},
	    {"filtered", c->filtered},
	    {"failed_sources", c->failed_sources},
	    {"delivered", c->accepted + c->waived},
	};

	if (!v->delivered.complete || !v->kept_back.complete)
		return;
	for (size_t i = 0; i < ASSAY_COUNT(rows); i++)
		check_count(v, counts, rows[i].name, rows[i].found);
	for (unsigned k = 1; k <= ASSAY_SAMPLE_KIND_MAX; k++)
		if (v->kinds[k] > 0 || json_object_get(kinds, assay_sample_kind_name(k)) != NULL)
			check_count(v, kinds, assay_sample_kind_name(k), v->kinds[k]);
}

static void check_id(verifier *v, const json_t *json)
{
	const sums_row *record = sums_find(&v->sums, VERSION_RECORD);

	v->out->has_version = verify_digest(json, "version", &v->out->version);
	if (!v->out->has_version)
		verify_finding(v, VERSION_NAME, 0, "does not name the version");
	else if (record != NULL && !assay_digest_eq(&record->digest, &v->out->version))
		verify_finding(v, VERSION_NAME, 0, "the version it names is not that of " VERSION_RECORD);
}

assay_code verify_card(verifier *v, assay_err *err)
{
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
	json_error_t why;
	json_int_t format;
	bool there;
	assay_code rc = read_listed(v, VERSION_NAME, &text, &there, err);

	v->format = ASSAY_DELIVERY_FORMAT;
	if (rc != ASSAY_OK || !there)
		return rc;
	v->card = json_loadb(assay_buf_str(&text), text.len, JSON_REJECT_DUPLICATES, &why);
	format = json_integer_value(json_object_get(v->card, "format"));
	if (v->card == NULL) {
		verify_finding(v, VERSION_NAME, why.line, "this is no JSON: %s", why.text);
	} else if (format < 1 || format > ASSAY_DELIVERY_FORMAT) {
		verify_finding(v, VERSION_NAME, 0, "is of a format that this release does not read");
		json_decref(v->card);
		v->card = NULL;
	} else {
		v->format = format;
	}
	return ASSAY_OK;
}

void verify_version(verifier *v)
{
	if (v->card == NULL)
		return;
	check_id(v, v->card);
	check_counts(v, v->card);
}

/* ---------------------------------------------------------------- the whole */

static assay_code read_sums(verifier *v, assay_err *err)
{
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
	ASSAY_AUTO_FD fd = openat(v->fd, SUMS_NAME, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	static const char *const names[] = {"README.md", MANIFEST_NAME, OTHERS_NAME, VERSION_RECORD, VERSION_NAME};
	assay_code rc;

	if (fd < 0 && errno == ENOENT) {
		verify_finding(v, SUMS_NAME, 0, "is missing");
		return ASSAY_OK;
	}
	if (fd < 0)
		return ASSAY_RAISE_ERRNO(err, "open '" SUMS_NAME "'");
	rc = assay_file_read_fd(&text, fd, SUMS_MAX, err);
	if (rc == ASSAY_OK)
		rc = sums_parse(&v->sums, assay_buf_str(&text), text.len, &v->out->findings, err);
	v->out->differences = v->out->findings.count;
	for (size_t i = 0; i < ASSAY_COUNT(names) && rc == ASSAY_OK; i++)
		expect_listed(v, names[i]);
	return rc;
}

static assay_code open_delivery(verifier *v, const char *dir, assay_err *err)
{
	struct stat st;

	v->fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (v->fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return ASSAY_RAISE(err, ASSAY_ENOENT, "there is no folder '%s'", dir);
	if (v->fd < 0)
		return ASSAY_RAISE_ERRNO(err, "open folder '%s'", dir);
	if (fstatat(v->fd, SUMS_NAME, &st, AT_SYMLINK_NOFOLLOW) != 0 &&
	    fstatat(v->fd, VERSION_NAME, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return ASSAY_RAISE(err, ASSAY_ENOENT,
				   "'%s' is no delivery: it has neither " SUMS_NAME " nor " VERSION_NAME, dir);
	return ASSAY_OK;
}

static void verifier_release(verifier *v)
{
	assay_closep(&v->fd);
	sums_release(&v->sums);
	json_decref(v->card);
	for (unsigned m = 0; m <= ASSAY_MODALITY_MAX; m++)
		assay_recipe_close(v->recipes[m]);
	for (size_t i = 0; i < v->remedy_count; i++)
		assay_recipe_close(v->remedies[i]);
	free(v->remedies);
	assay_decisions_free(v->decisions, v->decision_count);
	entries_release(&v->delivered);
	entries_release(&v->kept_back);
	assay_content_release(&v->content);
	assay_buf_release(&v->scratch);
}

assay_code assay_delivery_verify(assay_delivery_check *out, const char *dir, assay_err *err)
{
	verifier v = {.out = out, .fd = -1};
	assay_code rc;

	*out = (assay_delivery_check){0};
	ASSAY_TRY(open_delivery(&v, dir, err));
	ASSAY_TRY(read_sums(&v, err));
	ASSAY_TRY(verify_files(&v, err));
	ASSAY_TRY(verify_record(&v, err));
	ASSAY_TRY(verify_card(&v, err));
	ASSAY_TRY(verify_lines(&v, err));
	verify_version(&v);
	ASSAY_TRY(verify_roots(&v, err));
	if (out->findings.failed)
		rc = ASSAY_RAISE(err, ASSAY_ENOMEM, "list of differences");
fail:
	verifier_release(&v);
	return rc;
}

void assay_delivery_check_release(assay_delivery_check *c)
{
	assay_diagnostics_release(&c->findings);
	*c = (assay_delivery_check){0};
}
