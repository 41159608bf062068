#include "about.h"

#include "assay/memory.h"
#include "assay/params.h"
#include "assay/registry.h"
#include "assay/worker.h"

#include <stdlib.h>
#include <string.h>

static void put_format(assay_buf *out, size_t fields)
{
	assay_cbor_map(out, fields);
	assay_cbor_uint(out, 0);
	assay_cbor_uint(out, ASSAY_WORKER_FORMAT);
}

/* Number of fields after it. */
static size_t read_format(assay_cbor_reader *r, const assay_buf *in)
{
	size_t fields;

	assay_cbor_reader_init(r, in->data, in->len);
	fields = assay_cbor_read_map(r);
	assay_cbor_read_key(r, 0);
	if (assay_cbor_read_uint(r) != ASSAY_WORKER_FORMAT)
		assay_cbor_fault(r, "the other program is of another version of Assay");
	return fields > 0 ? fields - 1 : 0;
}

/* ---------------------------------------------------------------- the program */

static size_t stage_count(void)
{
	size_t n = 0;

	while (assay_stages[n] != NULL)
		n++;
	return n;
}

static assay_code read_engines(about *out, assay_err *err)
{
	const size_t n = stage_count();

	out->engines = assay_alloc(n, sizeof *out->engines);
	if (out->engines == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "engines");
	while (out->engine_count < n) {
		const assay_stage *s = assay_stages[out->engine_count];
		const char *text = s->engine != NULL ? s->engine() : NULL;

		out->engines[out->engine_count] = assay_strdup(text != NULL ? text : "");
		if (out->engines[out->engine_count] == NULL)
			return ASSAY_RAISE(err, ASSAY_ENOMEM, "engines");
		out->engine_count++;
	}
	return ASSAY_OK;
}

assay_code about_read(about *out, assay_err *err)
{
	assay_code rc;

	*out = (about){.build = NULL};
	ASSAY_TRY(assay_build_ids_read(&out->libraries, err));
	ASSAY_TRY(assay_build_id_of_program(&out->build, err));
	ASSAY_TRY(read_engines(out, err));
	return ASSAY_OK;
fail:
	about_release(out);
	return rc;
}

void about_release(about *a)
{
	for (size_t i = 0; i < a->engine_count; i++)
		free(a->engines[i]);
	free(a->engines);
	free(a->build);
	assay_build_ids_release(&a->libraries);
	*a = (about){.build = NULL};
}

void about_encode(assay_buf *out, const about *a)
{
	put_format(out, 4);
	assay_cbor_uint(out, 1);
	assay_cbor_text(out, a->build);
	assay_cbor_uint(out, 2);
	assay_cbor_array(out, a->engine_count);
	for (size_t i = 0; i < a->engine_count; i++)
		assay_cbor_text(out, a->engines[i]);
	assay_cbor_uint(out, 3);
	assay_cbor_array(out, a->libraries.count);
	for (size_t i = 0; i < a->libraries.count; i++)
		assay_cbor_text(out, a->libraries.items[i]);
}

static assay_code decode_texts(char ***items, size_t *count, size_t *cap, assay_cbor_reader *r, assay_err *err)
{
	const size_t n = assay_cbor_read_array(r);
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < n && r->fault == NULL && rc == ASSAY_OK; i++) {
		ASSAY_AUTO_FREE char *text = assay_cbor_read_strdup(r);

		if (r->fault != NULL)
			break;
		if (text == NULL)
			return ASSAY_RAISE(err, ASSAY_ENOMEM, "what a worker told");
		rc = assay_grow(items, cap, *count, sizeof **items, err);
		if (rc == ASSAY_OK)
			(*items)[(*count)++] = ASSAY_STEAL(&text);
	}
	return rc;
}

assay_code about_decode(about *out, const assay_buf *in, assay_err *err)
{
	assay_cbor_reader r;
	size_t cap = 0;
	assay_code rc;

	*out = (about){.build = NULL};
	if (read_format(&r, in) != 3)
		assay_cbor_fault(&r, "wrong number of fields");
	assay_cbor_read_key(&r, 1);
	out->build = assay_cbor_read_strdup(&r);
	assay_cbor_read_key(&r, 2);
	ASSAY_TRY(decode_texts(&out->engines, &out->engine_count, &cap, &r, err));
	assay_cbor_read_key(&r, 3);
	ASSAY_TRY(decode_texts(&out->libraries.items, &out->libraries.count, &out->libraries.cap, &r, err));
	ASSAY_TRY(assay_cbor_finish(&r, "TOLD of the worker", err));
	if (out->build == NULL) {
		rc = ASSAY_RAISE(err, ASSAY_ENOMEM, "what a worker told");
		goto fail;
	}
	return ASSAY_OK;
fail:
	about_release(out);
	return rc;
}

/* ---------------------------------------------------------------- a step's files */

void about_ask(assay_buf *out, const assay_stage *stage, const void *params)
{
	put_format(out, stage != NULL ? 3 : 1);
	if (stage == NULL)
		return;
	assay_cbor_uint(out, 1);
	assay_cbor_text(out, stage->name);
	assay_cbor_uint(out, 2);
	assay_params_encode(out, stage, params, true);
}

static void encode_files(assay_buf *out, const assay_stage_files *f)
{
	put_format(out, 2);
	assay_cbor_uint(out, 1);
	assay_cbor_array(out, f->count);
	for (size_t i = 0; i < f->count; i++) {
		assay_cbor_array(out, 2);
		assay_cbor_text(out, f->roles[i]);
		assay_cbor_bytes(out, f->paths[i], strlen(f->paths[i]));
	}
}

static assay_code tell_files(assay_buf *out, assay_cbor_reader *r, assay_err *err)
{
	ASSAY_AUTO_FREE char *name = NULL;
	assay_stage_files files = {0};
	const assay_stage *stage;
	void *params = NULL;
	assay_code rc;

	assay_cbor_read_key(r, 1);
	name = assay_cbor_read_strdup(r);
	assay_cbor_read_key(r, 2);
	stage = name != NULL ? assay_stage_find(name) : NULL;
	if (stage == NULL)
		return ASSAY_RAISE(err, ASSAY_ECONFIG, "this worker has no stage '%s'", name != NULL ? name : "?");
	rc = assay_params_decode(&params, stage, r, err);
	if (rc == ASSAY_OK)
		rc = assay_cbor_finish(r, "ASK", err);
	if (rc == ASSAY_OK && stage->files != NULL)
		rc = stage->files(params, &files, err);
	if (rc == ASSAY_OK)
		encode_files(out, &files);
	assay_stage_files_release(&files);
	assay_params_free(stage, params);
	return rc;
}

assay_code about_tell(assay_buf *out, const assay_buf *ask, assay_err *err)
{
	assay_cbor_reader r;
	const size_t fields = read_format(&r, ask);
	about own;
	assay_code rc;

	if (fields > 0)
		return tell_files(out, &r, err);
	rc = assay_cbor_finish(&r, "ASK", err);
	if (rc == ASSAY_OK)
		rc = about_read(&own, err);
	if (rc != ASSAY_OK)
		return rc;
	about_encode(out, &own);
	about_release(&own);
	return ASSAY_OK;
}

static assay_code decode_file(assay_stage_files *out, assay_cbor_reader *r, assay_err *err)
{
	const bool pair = assay_cbor_read_array(r) == 2;
	ASSAY_AUTO_FREE char *role = assay_cbor_read_strdup(r);
	ASSAY_AUTO_FREE char *path = NULL;
	size_t n = 0;
	const unsigned char *bytes = assay_cbor_read_bytes(r, &n);

	if (!pair)
		assay_cbor_fault(r, "file is not a pair");
	if (r->fault != NULL)
		return ASSAY_OK; /* told by assay_cbor_finish */
	path = assay_strndup((const char *)bytes, n);
	if (role == NULL || path == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "list of stage files");
	return assay_stage_files_add(out, role, path, err);
}

assay_code about_decode_files(assay_stage_files *out, const assay_buf *in, assay_err *err)
{
	assay_cbor_reader r;
	assay_code rc = ASSAY_OK;
	size_t n;

	if (read_format(&r, in) != 1)
		assay_cbor_fault(&r, "wrong number of fields");
	assay_cbor_read_key(&r, 1);
	n = assay_cbor_read_array(&r);
	for (size_t i = 0; i < n && r.fault == NULL && rc == ASSAY_OK; i++)
		rc = decode_file(out, &r, err);
	return rc == ASSAY_OK ? assay_cbor_finish(&r, "TOLD of the worker", err) : rc;
}
