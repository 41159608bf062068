/* The order of the check, and what version.json says. */
#include "verify.h"

#include "card.h"
#include "manifest.h"
#include "records.h"

#include "assay/file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SUMS_MAX ((size_t)1 << 34)

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
	assay_code rc = verify_read_listed(v, VERSION_NAME, &text, &there, err);

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
		verify_expect_listed(v, names[i]);
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

static void entries_release(verify_entries *e)
{
	for (size_t i = 0; i < e->count; i++) {
		free((void *)(uintptr_t)e->items[i].key);
		free((void *)(uintptr_t)e->items[i].stage);
	}
	free(e->items);
	*e = (verify_entries){0};
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
