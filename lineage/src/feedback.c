/*
 * Layout of the object:
 *   {0: format 1, 1: version, 2: [[key, null | score, null | label, null | note]...]}, ascending by key
 * and of the row (key: number):
 *   {0: format 1, 1: name, 2: version, 3: object, 4: number of results, 5: file, 6: actor, 7: at ns}
 */
#include "assay/feedback.h"

#include "assay/memory.h"
#include "assay/object.h"
#include "assay/tag.h"

#include "catalog.h"
#include "record.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define FORMAT     1
#define ROW_FORMAT 1
#define ROW_FIELDS 8

void assay_feedback_set_release(assay_feedback_set *f)
{
	if (!f->read)
		free(f->items);
	assay_arena_release(&f->texts);
	*f = (assay_feedback_set){0};
}

void assay_feedback_release(assay_feedback *f)
{
	free(f->name);
	free(f->file);
	free(f->actor);
	*f = (assay_feedback){0};
}

/* ---------------------------------------------------------------- making one */

static bool copy(assay_arena *arena, const char **text)
{
	if (*text != NULL)
		*text = assay_arena_strdup(arena, *text);
	else
		return true;
	return *text != NULL;
}

assay_code assay_feedback_set_add(assay_feedback_set *f, const assay_feedback_result *r, assay_err *err)
{
	assay_feedback_result *x;
	const assay_code rc = assay_grow(&f->items, &f->cap, f->count, sizeof *f->items, err);

	if (rc != ASSAY_OK)
		return rc;
	x = &f->items[f->count];
	*x = *r;
	if (!copy(&f->texts, &x->key) || !copy(&f->texts, &x->label) || !copy(&f->texts, &x->note))
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "feedback");
	f->count++;
	return ASSAY_OK;
}

static int by_key(const void *a, const void *b)
{
	return strcmp(((const assay_feedback_result *)a)->key, ((const assay_feedback_result *)b)->key);
}

void assay_feedback_set_sort(assay_feedback_set *f)
{
	if (f->count > 1)
		qsort(f->items, f->count, sizeof *f->items, by_key);
}

/* ---------------------------------------------------------------- the object */

static void encode_result(assay_buf *out, const assay_feedback_result *r)
{
	assay_cbor_array(out, 4);
	assay_cbor_text(out, r->key);
	if (r->has_score)
		assay_cbor_int(out, r->score);
	else
		assay_cbor_null(out);
	assay_cbor_text(out, r->label);
	assay_cbor_text(out, r->note);
}

void assay_feedback_set_encode(assay_buf *out, const assay_feedback_set *f)
{
	assay_cbor_map(out, 3);
	assay_cbor_uint(out, 0);
	assay_cbor_uint(out, FORMAT);
	assay_cbor_uint(out, 1);
	assay_cbor_digest(out, &f->version);
	assay_cbor_uint(out, 2);
	assay_cbor_array(out, f->count);
	for (size_t i = 0; i < f->count; i++)
		encode_result(out, &f->items[i]);
}

static void read_result(assay_cbor_reader *c, assay_feedback_result *x)
{
	assay_record_tuple(c, 4, "result is not four items");
	x->key = assay_record_text(c);
	x->has_score = !assay_cbor_read_null(c);
	x->score = x->has_score ? assay_cbor_read_int(c) : 0;
	x->label = assay_cbor_read_strdup(c);
	x->note = assay_cbor_read_strdup(c);
	if (!x->has_score && x->label == NULL)
		assay_cbor_fault(c, "result says nothing");
	if (x->label != NULL && (x->label[0] == '\0' || strlen(x->label) > ASSAY_FEEDBACK_LABEL_MAX))
		assay_cbor_fault(c, "label is none");
}

assay_code assay_feedback_set_decode(assay_feedback_set *out, const void *p, size_t n, assay_err *err)
{
	assay_cbor_reader c;
	size_t count;
	assay_code rc;

	*out = (assay_feedback_set){.read = true};
	assay_cbor_reader_init(&c, p, n);
	c.arena = &out->texts;
	assay_record_head(&c, 3, "feedback does not have 3 fields", FORMAT, "unknown format of feedback");
	assay_cbor_read_key(&c, 1);
	assay_record_digest(&c, &out->version);
	assay_cbor_read_key(&c, 2);
	out->items = assay_record_list(&c, sizeof *out->items, &count);
	while (out->count < count && c.fault == NULL) {
		assay_feedback_result *x = &out->items[out->count];

		read_result(&c, x);
		if (c.fault == NULL && out->count > 0 && strcmp(x[-1].key, x->key) >= 0)
			assay_cbor_fault(&c, "keys do not ascend");
		out->count++;
	}
	rc = assay_cbor_finish(&c, "feedback", err);
	if (rc != ASSAY_OK)
		assay_feedback_set_release(out);
	return rc;
}

assay_code assay_feedback_set_load(assay_feedback_set *out, assay_store *s, const assay_digest *object, assay_err *err)
{
	ASSAY_AUTO_BUF record = ASSAY_BUF_INIT;
	const assay_code rc = assay_object_get(s, object, &record, err);

	*out = (assay_feedback_set){0};
	return rc == ASSAY_OK ? assay_feedback_set_decode(out, record.data, record.len, err) : rc;
}

/* ---------------------------------------------------------------- rows */

static assay_code put_row(assay_store *s, const assay_feedback *f, assay_err *err)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

	assay_cbor_map(&b, ROW_FIELDS);
	assay_cbor_uint(&b, 0);
	assay_cbor_uint(&b, ROW_FORMAT);
	assay_cbor_uint(&b, 1);
	assay_cbor_text(&b, f->name);
	assay_cbor_uint(&b, 2);
	assay_cbor_digest(&b, &f->version);
	assay_cbor_uint(&b, 3);
	assay_cbor_digest(&b, &f->object);
	assay_cbor_uint(&b, 4);
	assay_cbor_uint(&b, f->results);
	assay_cbor_uint(&b, 5);
	assay_cbor_words(&b, f->file);
	assay_cbor_uint(&b, 6);
	assay_cbor_words(&b, f->actor);
	assay_cbor_uint(&b, 7);
	assay_cbor_int(&b, f->at_ns);
	return assay_row_put_at(s, ASSAY_TABLE_FEEDBACK, f->id, &b, err);
}

static assay_code decode(assay_feedback *out, uint64_t id, const void *p, size_t n, assay_err *err)
{
	assay_cbor_reader c;
	assay_code rc;

	*out = (assay_feedback){.id = id};
	assay_cbor_reader_init(&c, p, n);
	assay_record_head(&c, ROW_FIELDS, "feedback row does not have 8 fields", ROW_FORMAT,
			  "unknown format of a feedback row");
	assay_cbor_read_key(&c, 1);
	out->name = assay_record_text(&c);
	assay_cbor_read_key(&c, 2);
	assay_record_digest(&c, &out->version);
	assay_cbor_read_key(&c, 3);
	assay_record_digest(&c, &out->object);
	assay_cbor_read_key(&c, 4);
	out->results = assay_cbor_read_uint(&c);
	assay_cbor_read_key(&c, 5);
	out->file = assay_record_text(&c);
	assay_cbor_read_key(&c, 6);
	out->actor = assay_record_text(&c);
	assay_cbor_read_key(&c, 7);
	out->at_ns = assay_cbor_read_int(&c);
	rc = assay_cbor_finish(&c, "feedback row", err);
	if (rc != ASSAY_OK)
		assay_feedback_release(out);
	return rc;
}

assay_code assay_feedback_get(assay_store *s, uint64_t id, assay_feedback *out, assay_err *err)
{
	const void *p;
	size_t n;
	assay_code rc;

	*out = (assay_feedback){0};
	rc = assay_row_get_at(s, ASSAY_TABLE_FEEDBACK, id, &p, &n, err);
	return rc == ASSAY_OK ? decode(out, id, p, n, err) : rc;
}

struct visit {
	assay_feedback_fn *fn;
	void *ctx;
};

static assay_code visit_row(void *ctx, uint64_t id, const void *p, size_t n, assay_err *err)
{
	const struct visit *v = ctx;
	ASSAY_AUTO_FEEDBACK f = {0};
	const assay_code rc = decode(&f, id, p, n, err);

	return rc == ASSAY_OK ? v->fn(v->ctx, &f, err) : rc;
}

assay_code assay_feedback_each(assay_store *s, assay_feedback_fn *fn, void *ctx, assay_err *err)
{
	struct visit v = {fn, ctx};

	return assay_rows_each_at(s, ASSAY_TABLE_FEEDBACK, visit_row, &v, err);
}

struct search {
	const char *name;
	const assay_digest *version;
	uint64_t found; /* 0: none yet */
};

static assay_code look(void *ctx, const assay_feedback *f, assay_err *err)
{
	struct search *x = ctx;

	(void)err;
	if ((x->name == NULL || strcmp(x->name, f->name) == 0) &&
	    (x->version == NULL || assay_digest_eq(x->version, &f->version)))
		x->found = f->id;
	return ASSAY_OK;
}

assay_code assay_feedback_find(assay_store *s, const char *name, const assay_digest *version, assay_feedback *out,
			       assay_err *err)
{
	struct search x = {name, version, 0};
	const assay_code rc = assay_feedback_each(s, look, &x, err);

	*out = (assay_feedback){0};
	if (rc != ASSAY_OK)
		return rc;
	return x.found != 0 ? assay_feedback_get(s, x.found, out, err) : ASSAY_ENOENT;
}

/* ---------------------------------------------------------------- keeping one */

const char *assay_feedback_name_fault(const char *name)
{
	const char *fault = assay_tag_name_fault(name);
	const bool is_number =
	    (name[0] == 'E' || name[0] == 'e') && name[1] != '\0' && strspn(name + 1, "0123456789") == strlen(name + 1);
	const bool of_tags = strcmp(name, "latest") == 0 || strspn(name, "0123456789abcdefABCDEF") == strlen(name);

	if (is_number)
		return "is as the number of an evaluation";
	return fault != NULL && name[0] != '\0' && strlen(name) <= ASSAY_TAG_NAME_MAX && of_tags ? NULL : fault;
}

static assay_code refuse(assay_store *s, const assay_feedback_set *set, const assay_feedback *row, assay_err *err)
{
	const char *fault = assay_feedback_name_fault(row->name);
	uint64_t number;
	assay_code rc;

	if (fault != NULL)
		return ASSAY_RAISE(err, ASSAY_EUSAGE, "the name '%s' %s", row->name, fault);
	if (set->count == 0)
		return ASSAY_RAISE(err, ASSAY_EINVAL, "feedback without results");
	rc = assay_index_get(s, ASSAY_INDEX_VERSION, &set->version, &number, err);
	return rc == ASSAY_ENOENT ? ASSAY_RAISE(err, ASSAY_EINVAL, "feedback on a version that is not there") : rc;
}

/* What the name stands for in this version; *same: the very results. */
static assay_code find_before(assay_store *s, assay_feedback *out, const assay_feedback *row, bool *same,
			      assay_err *err)
{
	const assay_code rc = assay_feedback_find(s, row->name, &row->version, out, err);

	*same = rc == ASSAY_OK && assay_digest_eq(&out->object, &row->object);
	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}

static assay_code put_new(assay_store *s, assay_feedback *row, const assay_buf *record, assay_err *err)
{
	assay_code rc;

	ASSAY_TRY(assay_object_put(s, ASSAY_OBJECT_FEEDBACK, record->data, record->len, &row->object, NULL, NULL, err));
	ASSAY_TRY(assay_next_id(s, ASSAY_TABLE_FEEDBACK, &row->id, err));
	ASSAY_TRY(put_row(s, row, err));
fail:
	return rc;
}

assay_code assay_feedback_put(assay_store *s, const assay_feedback_set *set, assay_feedback *row, bool replace,
			      bool *fresh, assay_err *err)
{
	ASSAY_AUTO_BUF record = ASSAY_BUF_INIT;
	ASSAY_AUTO_FEEDBACK before = {0};
	bool same;
	assay_code rc;

	*fresh = false;
	ASSAY_TRY(refuse(s, set, row, err));
	assay_feedback_set_encode(&record, set);
	ASSAY_TRY(assay_buf_check(&record, err));
	row->version = set->version;
	row->results = set->count;
	ASSAY_TRY(assay_digest_of(&row->object, record.data, record.len, err));
	ASSAY_TRY(find_before(s, &before, row, &same, err));
	if (same) {
		assay_feedback_release(row);
		*row = before;
		before = (assay_feedback){0};
		return ASSAY_OK;
	}
	if (before.id != 0 && !replace)
		return ASSAY_RAISE(err, ASSAY_EUSAGE,
				   "'%s' stands for other results of this version (E%" PRIu64
				   "); --replace puts these in their place, --eval NAME gives these another name",
				   row->name, before.id);
	ASSAY_TRY(put_new(s, row, &record, err));
	*fresh = true;
fail:
	return rc;
}
