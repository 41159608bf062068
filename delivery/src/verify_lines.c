/* manifest.jsonl and others.jsonl: each line, their order, and the roots that they come to. */
#include "verify.h"

#include "card.h"
#include "manifest.h"
#include "records.h"

#include "assay/file.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
	const int fd = verify_open_listed(v, file);
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
