/*
 * Layout of the object: {0: format 1, 1: [[name, what it says]...]}, in the order in which filters are asked.
 */
#include "assay/filter_set.h"

#include "assay/memory.h"
#include "assay/object.h"
#include "assay/run.h"

#include "record.h"

#include <stdlib.h>
#include <string.h>

#define FORMAT 1

void assay_filter_set_release(assay_filter_set *f)
{
	for (size_t i = 0; i < f->count; i++) {
		free(f->items[i].name);
		free(f->items[i].says);
	}
	free(f->items);
	*f = (assay_filter_set){0};
}

assay_code assay_filter_set_add(assay_filter_set *f, const char *name, const char *says, assay_err *err)
{
	assay_filter_note *x;
	const assay_code rc = assay_grow(&f->items, &f->cap, f->count, sizeof *f->items, err);

	if (rc != ASSAY_OK)
		return rc;
	x = &f->items[f->count++];
	*x = (assay_filter_note){assay_strdup(name), assay_strdup(says)};
	return x->name == NULL || x->says == NULL ? ASSAY_RAISE(err, ASSAY_ENOMEM, "filters") : ASSAY_OK;
}

const assay_filter_note *assay_filter_set_find(const assay_filter_set *f, const char *name)
{
	for (size_t i = 0; i < f->count; i++)
		if (strcmp(f->items[i].name, name) == 0)
			return &f->items[i];
	return NULL;
}

/* ---------------------------------------------------------------- record */

void assay_filter_set_encode(assay_buf *out, const assay_filter_set *f)
{
	assay_cbor_map(out, 2);
	assay_cbor_uint(out, 0);
	assay_cbor_uint(out, FORMAT);
	assay_cbor_uint(out, 1);
	assay_cbor_array(out, f->count);
	for (size_t i = 0; i < f->count; i++) {
		assay_cbor_array(out, 2);
		assay_cbor_text(out, f->items[i].name);
		assay_cbor_text(out, f->items[i].says);
	}
}

assay_code assay_filter_set_decode(assay_filter_set *out, const void *p, size_t n, assay_err *err)
{
	assay_cbor_reader c;
	size_t count;
	assay_code rc;

	*out = (assay_filter_set){0};
	assay_cbor_reader_init(&c, p, n);
	assay_record_head(&c, 2, "filters do not have 2 fields", FORMAT, "unknown format of filters");
	assay_cbor_read_key(&c, 1);
	out->items = assay_record_list(&c, sizeof *out->items, &count);
	out->cap = count;
	while (out->count < count && c.fault == NULL) {
		assay_filter_note *x = &out->items[out->count++];

		assay_record_tuple(&c, 2, "filter is not a pair");
		x->name = assay_record_text(&c);
		x->says = assay_record_text(&c);
	}
	rc = assay_cbor_finish(&c, "filters", err);
	if (rc != ASSAY_OK)
		assay_filter_set_release(out);
	return rc;
}

assay_code assay_filter_set_load(assay_filter_set *out, assay_store *s, const assay_digest *object, assay_err *err)
{
	ASSAY_AUTO_BUF record = ASSAY_BUF_INIT;
	const assay_code rc = assay_object_get(s, object, &record, err);

	*out = (assay_filter_set){0};
	return rc == ASSAY_OK ? assay_filter_set_decode(out, record.data, record.len, err) : rc;
}

/* ---------------------------------------------------------------- of runs */

assay_code assay_filter_set_of_run(assay_filter_set *out, bool *known, assay_store *s, uint64_t run, assay_err *err)
{
	ASSAY_AUTO_RUN r = {0};
	assay_code rc;

	*out = (assay_filter_set){0};
	*known = false;
	if (run == 0)
		return ASSAY_OK;
	rc = assay_run_get(s, run, &r, err);
	*known = rc == ASSAY_OK && !assay_digest_is_zero(&r.filters);
	if (!*known)
		return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
	return assay_filter_set_load(out, s, &r.filters, err);
}

typedef struct search {
	uint64_t before;   /* runs with a lower number are looked at */
	uint64_t previous; /* the newest of them that judged, 0 when none did */
	assay_digest filters;
	bool unsure; /* there is one of which this cannot be said */
} search;

/* Newest first. What a program before format 3 wrote does not say whether it judged. */
static assay_code find_judging(void *ctx, const assay_run *r, assay_err *err)
{
	search *x = ctx;

	(void)err;
	if (r->id >= x->before)
		return ASSAY_OK;
	x->unsure = !r->tells_filters;
	x->filters = r->filters;
	if (!x->unsure && assay_digest_is_zero(&r->filters))
		return ASSAY_OK; /* it judged nothing */
	x->previous = r->id;
	return ASSAY_ESTOP;
}

assay_code assay_filter_set_before_run(assay_filter_set *out, bool *known, uint64_t *previous, assay_store *s,
				       uint64_t run, assay_err *err)
{
	search x = {.before = run};
	const assay_code rc = assay_runs_each(s, find_judging, &x, err);

	*out = (assay_filter_set){0};
	*previous = x.previous;
	*known = (rc == ASSAY_OK || rc == ASSAY_ESTOP) && !x.unsure;
	if (rc != ASSAY_OK && rc != ASSAY_ESTOP)
		return rc;
	return *known && x.previous != 0 ? assay_filter_set_load(out, s, &x.filters, err) : ASSAY_OK;
}
