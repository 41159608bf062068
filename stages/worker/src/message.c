#include "message.h"

#include "assay/memory.h"
#include "assay/params.h"
#include "assay/registry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FAILED_CONFIG = 1, FAILED_SANDBOX = 2, FAILED_MEMORY = 3, FAILED_OTHER = 4 };

static void field_uint(assay_buf *out, uint64_t key, uint64_t v)
{
	assay_cbor_uint(out, key);
	assay_cbor_uint(out, v);
}

static void field_text(assay_buf *out, uint64_t key, const char *text)
{
	assay_cbor_uint(out, key);
	assay_cbor_words(out, text);
}

static uint64_t read_field(assay_cbor_reader *r, uint64_t key, uint64_t max)
{
	uint64_t v;

	assay_cbor_read_key(r, key);
	v = assay_cbor_read_uint(r);
	if (v <= max)
		return v;
	assay_cbor_fault(r, "number out of range");
	return 0;
}

static void expect_map(assay_cbor_reader *r, const assay_buf *in, size_t fields)
{
	assay_cbor_reader_init(r, in->data, in->len);
	if (assay_cbor_read_map(r) != fields)
		assay_cbor_fault(r, "wrong number of fields");
}

/* ---------------------------------------------------------------- setup */

static void put_chain(assay_buf *out, const assay_worker_chain *chain)
{
	assay_cbor_array(out, chain->count);
	for (size_t i = 0; i < chain->count; i++) {
		assay_cbor_array(out, 2);
		assay_cbor_text(out, chain->steps[i].stage->name);
		assay_params_encode(out, chain->steps[i].stage, chain->steps[i].params, true);
	}
}

void message_setup(assay_buf *out, const assay_worker_opts *opts)
{
	assay_cbor_map(out, 6);
	field_uint(out, 0, ASSAY_WORKER_FORMAT);
	field_text(out, 1, assay_stages_at.build != NULL ? assay_stages_at.build : "");
	assay_cbor_uint(out, 2);
	assay_cbor_array(out, 3);
	assay_cbor_uint(out, opts->limits.memory_bytes);
	assay_cbor_uint(out, opts->limits.cpu_s);
	assay_cbor_uint(out, opts->limits.wall_s);
	field_uint(out, 3, (uint64_t)opts->sandbox);
	field_uint(out, 4, opts->omit_layers);
	assay_cbor_uint(out, 5);
	assay_cbor_array(out, opts->chain_count);
	for (size_t i = 0; i < opts->chain_count; i++)
		put_chain(out, &opts->chains[i]);
}

/* ---------------------------------------------------------------- ready, failed */

void message_ready(assay_buf *out, const ready_message *m)
{
	assay_cbor_map(out, 4);
	field_uint(out, 0, ASSAY_WORKER_FORMAT);
	field_text(out, 1, m->cpu_features);
	field_uint(out, 2, m->layers);
	field_uint(out, 3, (uint64_t)m->pid);
}

assay_code message_read_ready(ready_message *out, const assay_buf *in, assay_err *err)
{
	assay_cbor_reader r;
	const char *text;
	size_t n;

	*out = (ready_message){0};
	expect_map(&r, in, 4);
	if (read_field(&r, 0, UINT32_MAX) != ASSAY_WORKER_FORMAT)
		assay_cbor_fault(&r, "the worker is of another version of Assay");
	assay_cbor_read_key(&r, 1);
	text = assay_cbor_read_text(&r, &n);
	if (text != NULL && n < sizeof out->cpu_features)
		memcpy(out->cpu_features, text, n);
	out->layers = (unsigned)read_field(&r, 2, ASSAY_SANDBOX_ALL);
	out->pid = (int32_t)read_field(&r, 3, INT32_MAX);
	return assay_cbor_finish(&r, "READY of the worker", err);
}

static unsigned failed_kind(assay_code code)
{
	if (code == ASSAY_ECONFIG || code == ASSAY_ENOENT)
		return FAILED_CONFIG;
	if (code == ASSAY_EPERM)
		return FAILED_SANDBOX;
	return code == ASSAY_ENOMEM ? FAILED_MEMORY : FAILED_OTHER;
}

/* Messages may name files, whose names need not be UTF-8; the record must be. */
static void field_message(assay_buf *out, uint64_t key, const char *text)
{
	const size_t before = out->len;
	ASSAY_AUTO_FREE char *copy = assay_strdup(text);
	assay_cbor_reader r;
	size_t n;

	field_text(out, key, text);
	if (copy == NULL || out->failed)
		return;
	assay_cbor_reader_init(&r, out->data + before, out->len - before);
	assay_cbor_read_key(&r, key);
	if (assay_cbor_read_text(&r, &n) != NULL)
		return;
	out->len = before;
	for (char *p = copy; *p != '\0'; p++)
		if ((unsigned char)*p >= 0x80)
			*p = '?';
	field_text(out, key, copy);
}

void message_failed(assay_buf *out, const assay_err *cause)
{
	assay_cbor_map(out, 2);
	field_uint(out, 0, failed_kind(cause->code));
	field_message(out, 1, cause->msg);
}

assay_code message_read_failed(const assay_buf *in, assay_err *err)
{
	static const assay_code codes[] = {ASSAY_EIO, ASSAY_ECONFIG, ASSAY_EPERM, ASSAY_ENOMEM, ASSAY_EIO};
	ASSAY_AUTO_FREE char *text = NULL;
	assay_cbor_reader r;
	uint64_t kind;
	assay_code rc;

	expect_map(&r, in, 2);
	kind = read_field(&r, 0, FAILED_OTHER);
	assay_cbor_read_key(&r, 1);
	text = assay_cbor_read_strdup(&r);
	rc = assay_cbor_finish(&r, "FAILED of the worker", err);
	if (rc != ASSAY_OK)
		return rc;
	return ASSAY_RAISE(err, codes[kind], "%s",
			   text != NULL && text[0] != '\0' ? text : "the worker failed and gave no reason");
}

/* ---------------------------------------------------------------- unit */

void message_unit(assay_buf *out, const assay_worker_unit *unit)
{
	char part[ASSAY_PART_TEXT];

	assay_part_text(part, &unit->part);
	assay_cbor_map(out, 4);
	field_uint(out, 0, unit->chain);
	field_uint(out, 1, unit->size);
	field_text(out, 2, part);
	assay_cbor_uint(out, 3);
	assay_cbor_array(out, unit->sidecar_count);
	for (size_t i = 0; i < unit->sidecar_count; i++)
		assay_cbor_text(out, unit->sidecars[i].role);
}

static void read_part(assay_cbor_reader *r, assay_part *out)
{
	const char *text;
	size_t n = 0;

	assay_cbor_read_key(r, 2);
	text = assay_cbor_read_text(r, &n);
	if (text != NULL && assay_part_read(out, text, n, NULL) != ASSAY_OK)
		assay_cbor_fault(r, "no part of a source");
}

assay_code message_read_unit(unit_message *out, const assay_buf *in, assay_err *err)
{
	assay_cbor_reader r;
	size_t n;
	assay_code rc;

	*out = (unit_message){0};
	expect_map(&r, in, 4);
	out->chain = (uint32_t)read_field(&r, 0, UINT32_MAX);
	out->size = read_field(&r, 1, UINT64_MAX);
	read_part(&r, &out->part);
	assay_cbor_read_key(&r, 3);
	n = assay_cbor_read_array(&r);
	if (n > UNIT_SIDECARS_MAX)
		assay_cbor_fault(&r, "too many sidecars");
	while (out->sidecar_count < n && r.fault == NULL)
		out->roles[out->sidecar_count++] = assay_cbor_read_strdup(&r);
	rc = assay_cbor_finish(&r, "UNIT", err);
	if (rc != ASSAY_OK)
		unit_message_release(out);
	return rc;
}

void unit_message_release(unit_message *m)
{
	for (size_t i = 0; i < m->sidecar_count; i++)
		free(m->roles[i]);
	*m = (unit_message){0};
}

/* ---------------------------------------------------------------- exit */

void message_exit(assay_buf *out, const exit_message *m)
{
	assay_cbor_map(out, 7);
	field_uint(out, 0, (uint64_t)m->signal);
	field_uint(out, 1, (uint64_t)m->status);
	field_uint(out, 2, m->flags);
	field_uint(out, 3, m->step);
	field_uint(out, 4, m->cpu_us);
	field_uint(out, 5, m->wall_us);
	field_uint(out, 6, m->max_rss_kib);
}

assay_code message_read_exit(exit_message *out, const assay_buf *in, assay_err *err)
{
	assay_cbor_reader r;

	expect_map(&r, in, 7);
	out->signal = (int)read_field(&r, 0, 255);
	out->status = (int)read_field(&r, 1, 255);
	out->flags = (unsigned)read_field(&r, 2, UINT32_MAX);
	out->step = (uint32_t)read_field(&r, 3, UINT32_MAX);
	out->cpu_us = read_field(&r, 4, UINT64_MAX);
	out->wall_us = read_field(&r, 5, UINT64_MAX);
	out->max_rss_kib = read_field(&r, 6, UINT64_MAX);
	return assay_cbor_finish(&r, "EXIT of the worker", err);
}
