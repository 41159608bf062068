/*
 * Layout of a run row (key: number; maps have ascending integer keys, absent values are null):
 *   {0: format 3, 1: name, 2: verb, 3: started ns, 4: ended ns, 5: exit, 6: jobs, 7: program, 8: host,
 *    9: CPU features, 10: sandbox, 11: [library...], 12: [seen, processed, unchanged, failed, missing],
 *    13: [in, accepted, quarantined, waived, duplicate, filtered, failed sources], 14: version | null,
 *    15: results of the dataset's checks that refused a version | null,                     not in format 1
 *    16: filters that it judged with | null}                                                not in formats 1 and 2
 */
#include "assay/run.h"

#include "assay/file.h"
#include "assay/judgement.h"

#include "catalog.h"
#include "counts.h"
#include "record.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define FORMAT  3
#define FIELDS  17
#define KEPT_BY "generation.run" /* meta: last run by a program that keeps the generation */

void assay_run_release(assay_run *r)
{
	for (size_t i = 0; i < r->library_count; i++)
		free(r->libraries[i]);
	free(r->libraries);
	free(r->name);
	free(r->verb);
	free(r->program);
	free(r->host);
	free(r->cpu_features);
	*r = (assay_run){0};
}

/* ---------------------------------------------------------------- encode */

static void encode_counts(assay_buf *out, const assay_run *r)
{
	const assay_run_sources *s = &r->sources;

	assay_cbor_uint(out, 12);
	assay_cbor_array(out, 5);
	assay_cbor_uint(out, s->seen);
	assay_cbor_uint(out, s->processed);
	assay_cbor_uint(out, s->unchanged);
	assay_cbor_uint(out, s->failed);
	assay_cbor_uint(out, s->missing);
	assay_cbor_uint(out, 13);
	assay_counts_encode(out, &r->counts);
}

static void encode_machine(assay_buf *out, const assay_run *r)
{
	assay_cbor_uint(out, 7);
	assay_cbor_text(out, r->program);
	assay_cbor_uint(out, 8);
	assay_cbor_words(out, r->host);
	assay_cbor_uint(out, 9);
	assay_cbor_text(out, r->cpu_features);
	assay_cbor_uint(out, 10);
	assay_cbor_uint(out, r->sandbox);
	assay_cbor_uint(out, 11);
	assay_record_put_texts(out, r->libraries, r->library_count);
}

static void encode(assay_buf *out, const assay_run *r, const char *name)
{
	assay_cbor_map(out, FIELDS);
	assay_cbor_uint(out, 0);
	assay_cbor_uint(out, FORMAT);
	assay_cbor_uint(out, 1);
	assay_cbor_text(out, name);
	assay_cbor_uint(out, 2);
	assay_cbor_text(out, r->verb);
	assay_cbor_uint(out, 3);
	assay_cbor_int(out, r->started_ns);
	assay_cbor_uint(out, 4);
	assay_cbor_int(out, r->ended_ns);
	assay_cbor_uint(out, 5);
	assay_cbor_int(out, r->exit);
	assay_cbor_uint(out, 6);
	assay_cbor_uint(out, r->jobs);
	encode_machine(out, r);
	encode_counts(out, r);
	assay_cbor_uint(out, 14);
	assay_cbor_digest(out, r->has_version ? &r->version : NULL);
	assay_cbor_uint(out, 15);
	assay_cbor_digest(out, assay_digest_is_zero(&r->refusal) ? NULL : &r->refusal);
	assay_cbor_uint(out, 16);
	assay_cbor_digest(out, assay_digest_is_zero(&r->filters) ? NULL : &r->filters);
}

/* ---------------------------------------------------------------- decode */

static void read_machine(assay_cbor_reader *c, assay_run *r)
{
	assay_cbor_read_key(c, 7);
	r->program = assay_cbor_read_strdup(c);
	assay_cbor_read_key(c, 8);
	r->host = assay_cbor_read_strdup(c);
	assay_cbor_read_key(c, 9);
	r->cpu_features = assay_cbor_read_strdup(c);
	assay_cbor_read_key(c, 10);
	r->sandbox = assay_record_u32(c);
	assay_cbor_read_key(c, 11);
	assay_record_texts(c, &r->libraries, &r->library_count);
}

static void read_counts(assay_cbor_reader *c, assay_run *r)
{
	assay_run_sources *s = &r->sources;

	assay_cbor_read_key(c, 12);
	assay_record_tuple(c, 5, "not 5 counts of sources");
	s->seen = assay_cbor_read_uint(c);
	s->processed = assay_cbor_read_uint(c);
	s->unchanged = assay_cbor_read_uint(c);
	s->failed = assay_cbor_read_uint(c);
	s->missing = assay_cbor_read_uint(c);
	assay_cbor_read_key(c, 13);
	assay_counts_decode(c, &r->counts);
}

static int32_t read_exit(assay_cbor_reader *c)
{
	int64_t v = assay_cbor_read_int(c);

	if (v < INT32_MIN || v > INT32_MAX) {
		assay_cbor_fault(c, "exit code out of range");
		return 0;
	}
	return (int32_t)v;
}

static uint64_t read_head(assay_cbor_reader *c)
{
	const size_t fields = assay_cbor_read_map(c);
	uint64_t format;

	assay_cbor_read_key(c, 0);
	format = assay_cbor_read_uint(c);
	if (format < 1 || format > FORMAT)
		assay_cbor_fault(c, "unknown run format");
	else if (fields != FIELDS - (FORMAT - format))
		assay_cbor_fault(c, "run does not have the fields of its format");
	return format;
}

static void read_run(assay_cbor_reader *c, assay_run *r)
{
	const uint64_t format = read_head(c);

	assay_cbor_read_key(c, 1);
	r->name = assay_record_text(c);
	assay_cbor_read_key(c, 2);
	r->verb = assay_cbor_read_strdup(c);
	assay_cbor_read_key(c, 3);
	r->started_ns = assay_cbor_read_int(c);
	assay_cbor_read_key(c, 4);
	r->ended_ns = assay_cbor_read_int(c);
	assay_cbor_read_key(c, 5);
	r->exit = read_exit(c);
	assay_cbor_read_key(c, 6);
	r->jobs = assay_record_u32(c);
	read_machine(c, r);
	read_counts(c, r);
	assay_cbor_read_key(c, 14);
	r->has_version = assay_cbor_read_digest(c, &r->version);
	if (format == 1)
		return; /* whether something was refused is not known */
	assay_cbor_read_key(c, 15);
	(void)assay_cbor_read_digest(c, &r->refusal);
	r->tells_filters = format > 2;
	if (!r->tells_filters)
		return;
	assay_cbor_read_key(c, 16);
	(void)assay_cbor_read_digest(c, &r->filters);
}

static assay_code decode(assay_run *out, uint64_t id, const void *p, size_t n, assay_err *err)
{
	assay_cbor_reader c;
	assay_code rc;

	*out = (assay_run){0};
	assay_cbor_reader_init(&c, p, n);
	read_run(&c, out);
	out->id = id;
	rc = assay_cbor_finish(&c, "run", err);
	if (rc != ASSAY_OK)
		assay_run_release(out);
	return rc;
}

/* ---------------------------------------------------------------- rows */

/* "2026-01-02T03:04:05.678Z" without its punctuation and fraction, then the number. */
static char *make_name(int64_t started_ns, uint64_t id)
{
	char full[32], compact[32] = "";
	size_t n = 0;

	(void)assay_time_format(started_ns, full);
	for (const char *p = full; *p != '\0' && *p != '.'; p++)
		if (strchr("-:", *p) == NULL)
			compact[n++] = *p;
	return assay_asprintf("%sZ-%" PRIu64, compact, id);
}

/* The run before this one was made by a program that does not advance the generation: what it wrote went unseen. */
static assay_code doubt_judgement(assay_store *s, uint64_t id, assay_err *err)
{
	uint64_t known;
	assay_code rc = assay_meta_get(s, KEPT_BY, &known, err);

	if (rc == ASSAY_OK && known + 1 != id)
		rc = assay_judgement_forget(s, err);
	return rc == ASSAY_OK ? assay_meta_put(s, KEPT_BY, id, err) : rc;
}

assay_code assay_run_put(assay_store *s, assay_run *r, assay_err *err)
{
	ASSAY_AUTO_BUF row = ASSAY_BUF_INIT;
	ASSAY_AUTO_FREE char *name = NULL;
	uint64_t id = r->id;
	assay_code rc;

	if (id == 0) {
		ASSAY_TRY(assay_next_id(s, ASSAY_TABLE_RUN, &id, err));
		ASSAY_TRY(doubt_judgement(s, id, err));
		name = make_name(r->started_ns, id);
		if (name == NULL)
			return ASSAY_RAISE(err, ASSAY_ENOMEM, "name of a run");
	}
	encode(&row, r, name != NULL ? name : r->name);
	ASSAY_TRY(assay_row_put_at(s, ASSAY_TABLE_RUN, id, &row, err));
	if (name != NULL) {
		free(r->name);
		r->name = ASSAY_STEAL(&name);
	}
	r->id = id;
	return ASSAY_OK;

fail:
	return rc;
}

assay_code assay_run_get(assay_store *s, uint64_t id, assay_run *out, assay_err *err)
{
	const void *p;
	size_t n;
	assay_code rc;

	*out = (assay_run){0};
	rc = assay_row_get_at(s, ASSAY_TABLE_RUN, id, &p, &n, err);
	return rc == ASSAY_OK ? decode(out, id, p, n, err) : rc;
}

struct visit {
	assay_run_fn *fn;
	void *ctx;
};

static assay_code visit_row(void *ctx, const void *key, size_t key_size, const void *p, size_t n, assay_err *err)
{
	const struct visit *v = ctx;
	ASSAY_AUTO_RUN r = {0};
	assay_code rc = decode(&r, assay_row_number(key, key_size), p, n, err);

	return rc == ASSAY_OK ? v->fn(v->ctx, &r, err) : rc;
}

assay_code assay_runs_each(assay_store *s, assay_run_fn *fn, void *ctx, assay_err *err)
{
	struct visit v = {.fn = fn, .ctx = ctx};

	return assay_rows_each(s, ASSAY_TABLE_RUN, true, visit_row, &v, err);
}

struct last {
	const assay_version *version;
	uint64_t run;
};

static assay_code find_last(void *ctx, const assay_run *r, assay_err *err)
{
	struct last *x = ctx;

	(void)err;
	if (r->id > x->version->run && !(r->has_version && assay_digest_eq(&r->version, &x->version->id)))
		return ASSAY_OK;
	x->run = r->id > x->version->run ? r->id : x->version->run;
	return ASSAY_ESTOP;
}

assay_code assay_run_last_of(assay_store *s, const assay_version *v, uint64_t *out, assay_err *err)
{
	struct last x = {v, v->run};
	const assay_code rc = assay_runs_each(s, find_last, &x, err);

	*out = x.run;
	return rc == ASSAY_ESTOP ? ASSAY_OK : rc;
}
