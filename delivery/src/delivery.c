#include "assay/delivery.h"

#include "card.h"
#include "folder.h"
#include "manifest.h"
#include "records.h"

#include "assay/memory.h"
#include "assay/run.h"
#include "assay/stop.h"

#include <stdlib.h>
#include <string.h>

/* The entries of one of the version's tries, in order of their keys. */
typedef struct listing {
	assay_trie_entry *items; /* key and stage owned */
	size_t count, cap;
} listing;

typedef struct writer {
	assay_delivery_summary *out;
	const assay_version *version;
	uint64_t until; /* run: verdicts up to it stood when the version was last come to */
	folder folder;
	sample_reader reader;
	card card;
} writer;

static assay_code stopped(assay_err *err)
{
	return assay_stop_requested() > 0
		   ? ASSAY_RAISE(err, ASSAY_ESTOP, "stopped: nothing was delivered; run it again")
		   : ASSAY_OK;
}

/* ---------------------------------------------------------------- listing */

static void listing_release(listing *l)
{
	for (size_t i = 0; i < l->count; i++) {
		free((void *)(uintptr_t)l->items[i].key);
		free((void *)(uintptr_t)l->items[i].stage);
	}
	free(l->items);
	*l = (listing){0};
}

static assay_code list_entry(void *ctx, const assay_trie_entry *e, assay_err *err)
{
	listing *l = ctx;
	assay_trie_entry copy = *e;
	assay_code rc = assay_grow(&l->items, &l->cap, l->count, sizeof *l->items, err);

	if (rc != ASSAY_OK)
		return rc;
	copy.key = assay_strdup(e->key);
	copy.stage = e->stage != NULL ? assay_strdup(e->stage) : NULL;
	l->items[l->count++] = copy;
	return copy.key == NULL || (e->stage != NULL && copy.stage == NULL)
		   ? ASSAY_RAISE(err, ASSAY_ENOMEM, "list of samples")
		   : stopped(err);
}

static int by_key(const void *a, const void *b)
{
	return strcmp(((const assay_trie_entry *)a)->key, ((const assay_trie_entry *)b)->key);
}

static assay_code list(listing *l, assay_store *s, const assay_digest *root, assay_err *err)
{
	const assay_code rc = assay_trie_each(s, root, list_entry, l, err);

	if (l->count > 1)
		qsort(l->items, l->count, sizeof *l->items, by_key);
	return rc;
}

/* ---------------------------------------------------------------- what is delivered */

static bool is_text(const sample *s, const assay_content_artifact *a)
{
	return s->content.kind == ASSAY_SAMPLE_PAGE && strcmp(a->role, "text") == 0;
}

/* The text of a page stays in `text`, to be written inline. */
static assay_code write_artifact(writer *w, const assay_content_artifact *a, assay_buf *bytes, assay_err *err)
{
	ASSAY_AUTO_BUF path = ASSAY_BUF_INIT;
	assay_code rc;

	assay_buf_reset(bytes);
	manifest_artifact_path(&path, a);
	ASSAY_TRY(assay_buf_check(&path, err));
	ASSAY_TRY(assay_object_get(w->reader.store, &a->digest, bytes, err));
	if (bytes->len != a->size)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "artifact '%s' has another size than its result says", a->role);
	rc = folder_put(&w->folder, assay_buf_str(&path), bytes->data, bytes->len, &a->digest, err);
fail:
	return rc;
}

static assay_code write_artifacts(writer *w, const sample *s, assay_buf *text, bool *has_text, assay_err *err)
{
	ASSAY_AUTO_BUF bytes = ASSAY_BUF_INIT;
	assay_code rc = ASSAY_OK;

	*has_text = false;
	for (size_t i = 0; i < s->content.artifact_count && rc == ASSAY_OK; i++) {
		const bool inline_too = !*has_text && is_text(s, &s->content.artifacts[i]);

		rc = write_artifact(w, &s->content.artifacts[i], inline_too ? text : &bytes, err);
		*has_text |= inline_too;
	}
	return rc;
}

/* The bytes that stand in place of a source are delivered: nobody else has them. */
static assay_code write_substitute(writer *w, const sample *s, assay_err *err)
{
	ASSAY_AUTO_BUF bytes = ASSAY_BUF_INIT, path = ASSAY_BUF_INIT;
	assay_code rc;

	if (s->substitute == NULL)
		return ASSAY_OK;
	manifest_substitute_path(&path, &s->substitute->payload);
	ASSAY_TRY(assay_buf_check(&path, err));
	ASSAY_TRY(assay_object_get(w->reader.store, &s->substitute->payload, &bytes, err));
	rc = folder_put(&w->folder, assay_buf_str(&path), bytes.data, bytes.len, &s->substitute->payload, err);
fail:
	return rc;
}

static assay_code write_sample(writer *w, folder_file *file, const assay_trie_entry *e, sample *s, assay_err *err)
{
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
	bool has_text;
	assay_code rc;

	ASSAY_TRY(stopped(err));
	ASSAY_TRY(sample_read(s, &w->reader, e, err));
	ASSAY_TRY(write_artifacts(w, s, &text, &has_text, err));
	ASSAY_TRY(write_substitute(w, s, err));
	manifest_line(&file->pending, s, has_text ? &text : NULL);
	ASSAY_TRY(folder_file_flush(file, false, err));
	card_count(&w->card.counts, e);
	rc = card_add(&w->card, s, err);
fail:
	return rc;
}

static assay_code write_samples(writer *w, const listing *l, assay_err *err)
{
	ASSAY_CLEANUP(folder_file_release) folder_file file = {.fd = -1};
	sample s = {0};
	assay_code rc = folder_file_open(&file, &w->folder, MANIFEST_NAME, err);

	for (size_t i = 0; i < l->count && rc == ASSAY_OK; i++)
		rc = write_sample(w, &file, &l->items[i], &s, err);
	assay_content_release(&s.content);
	w->out->samples = l->count;
	return rc == ASSAY_OK ? folder_file_finish(&file, err) : rc;
}

/* ---------------------------------------------------------------- what is not */

static bool same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* Neither its bytes nor its sidecars, recipe or metadata changed since the version was last come to. */
static assay_code is_as_it_was(const writer *w, const assay_sample_row *row, bool *out, assay_err *err)
{
	ASSAY_AUTO_SOURCE src = {0};
	const assay_code rc = assay_source_get(w->reader.store, row->source, &src, err);

	*out = rc == ASSAY_OK && src.run <= w->until;
	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}

/*
 * Does the row still tell of the outcome that the version has? It is the present one, the version may be old, or a
 * judging since may have come to none. A verdict that was given before the version was last come to, by whatever
 * contracts, stood then; a later one says the same when contracts and source are the same. Not of a duplicate: other
 * sources decide which sample is its original.
 */
static assay_code row_agrees(const writer *w, const assay_sample_row *row, const assay_trie_entry *e, bool *out,
			     assay_err *err)
{
	/* A duplicate's row may tell of a stage that rejected it; it is no part of what the version says. */
	*out = row->id != 0 && row->outcome == e->outcome &&
	       (e->outcome == ASSAY_OUTCOME_DUPLICATE ||
		((uint32_t)row->failure == e->failure && same_text(row->failed_stage, e->stage)));
	if (!*out || row->judged_run <= w->until)
		return ASSAY_OK;
	*out = false;
	if (e->outcome == ASSAY_OUTCOME_DUPLICATE || !assay_digest_eq(&row->contracts, &w->reader.contract_set))
		return ASSAY_OK;
	return is_as_it_was(w, row, out, err);
}

/* Its row tells more than its entry does; of what a filter took out that one's name is all. */
static bool has_more(const assay_trie_entry *e)
{
	return e->kind != 0 && e->outcome != ASSAY_OUTCOME_FILTERED;
}

static assay_code write_other(writer *w, folder_file *file, const assay_trie_entry *e, assay_err *err)
{
	ASSAY_AUTO_SAMPLE_ROW row = {0};
	bool known;
	assay_code rc = stopped(err);

	if (rc == ASSAY_OK && e->kind != 0)
		rc = assay_sample_find(w->reader.store, e->key, &row, err);
	if (rc != ASSAY_OK && rc != ASSAY_ENOENT)
		return rc;
	rc = row_agrees(w, &row, e, &known, err);
	if (rc != ASSAY_OK)
		return rc;
	card_count(&w->card.counts, e);
	w->out->unexplained += has_more(e) && !known;
	manifest_other_line(&file->pending, e, known ? &row : NULL);
	return folder_file_flush(file, false, err);
}

static assay_code write_others(writer *w, const listing *l, assay_err *err)
{
	ASSAY_CLEANUP(folder_file_release) folder_file file = {.fd = -1};
	assay_code rc = folder_file_open(&file, &w->folder, OTHERS_NAME, err);

	for (size_t i = 0; i < l->count && rc == ASSAY_OK; i++)
		rc = write_other(w, &file, &l->items[i], err);
	w->out->others = l->count;
	return rc == ASSAY_OK ? folder_file_finish(&file, err) : rc;
}

/* ---------------------------------------------------------------- the whole */

static assay_code write_listing(writer *w, const assay_digest *root,
				assay_code write(writer *, const listing *, assay_err *), assay_err *err)
{
	ASSAY_CLEANUP(listing_release) listing l = {0};
	const assay_code rc = list(&l, w->reader.store, root, err);

	return rc == ASSAY_OK ? write(w, &l, err) : rc;
}

static assay_code write_card(writer *w, const char *name, void make(assay_buf *, card *), assay_err *err)
{
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
	assay_code rc;

	make(&text, &w->card);
	rc = assay_buf_check(&text, err);
	return rc == ASSAY_OK ? folder_put(&w->folder, name, text.data, text.len, NULL, err) : rc;
}

static assay_code write_all(writer *w, assay_store *s, assay_err *err)
{
	assay_code rc;

	ASSAY_TRY(sample_reader_open(&w->reader, s, w->version, err));
	ASSAY_TRY(assay_run_last_of(s, w->version, &w->until, err));
	ASSAY_TRY(write_listing(w, &w->version->accepted, write_samples, err));
	ASSAY_TRY(write_listing(w, &w->version->others, write_others, err));
	ASSAY_TRY(records_write(&w->folder, &w->reader, w->version, err));
	ASSAY_TRY(assay_version_results(&w->card.checks, w->reader.store, w->version, err));
	ASSAY_TRY(write_card(w, VERSION_NAME, card_version_json, err));
	ASSAY_TRY(write_card(w, "README.md", card_readme, err));
	rc = folder_commit(&w->folder, err);
fail:
	return rc;
}

assay_code assay_delivery_write(assay_delivery_summary *out, assay_store *s, const assay_version *v,
				const assay_delivery_opts *opts, assay_err *err)
{
	writer w = {.out = out, .version = v};
	assay_code rc;

	*out = (assay_delivery_summary){0};
	w.card.version = v;
	w.card.reader = &w.reader;
	rc = folder_open(&w.folder, opts->dir, opts->replace, err);
	out->blocked = rc != ASSAY_OK && rc != ASSAY_ENOMEM;
	if (rc == ASSAY_OK)
		rc = write_all(&w, s, err);
	out->files = w.folder.sums.count + 1; /* SHA256SUMS does not list itself */
	out->bytes = w.folder.bytes;
	out->stale = w.card.stale;
	if (rc == ASSAY_ENOENT)
		rc = err != NULL ? (err->code = ASSAY_ECORRUPT)
				 : ASSAY_ECORRUPT; /* the store lacks what it should hold */
	card_release(&w.card);
	sample_reader_release(&w.reader);
	folder_release(&w.folder);
	return rc;
}
