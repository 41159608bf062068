/*
 * Layout of an identity: [kind, subject, is source, basis, payload | null, remedy | null, [[key, value]...],
 *                         expires ns | null]
 * Layout of a decision row (key: number; maps have ascending integer keys, absent values are null):
 *   {0: format 1, 1: identity, 2: standing, 3: actor, 4: owner | null, 5: reason, 6: file | null, 7: made ns}
 *   of one on a verdict: {0: format 3, as format 1, 8: bytes}
 *   of one that was taken out: {0: format 2, 1: actor, 2: reason, 3: taken out ns}
 * Layout of the list that a version names (an object): {0: format 1, 1: [identity...]}
 * Index 'd', 'k', 'm': SHA-256(subject) -> number of the newest in the slot of verdict, content, metadata.
 */
#include "decision.h"

#include "assay/memory.h"
#include "assay/unit.h"

#include "catalog_raw.h"
#include "record.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define FORMAT        1
#define FIELDS        8
#define FORMAT_OUT    2 /* of a row that was taken out */
#define FIELDS_OUT    4
#define FORMAT_BYTES  3 /* of a row that says which bytes the source had */
#define FIELDS_BYTES  9
#define PAIRS_MAX     1024 /* metadata of one source */
#define IDENTITY_SIZE 8

const char *assay_decision_kind_name(unsigned kind)
{
	static const char *const names[] = {
	    [ASSAY_DECISION_WAIVE] = "waive",       [ASSAY_DECISION_REJECT] = "reject",
	    [ASSAY_DECISION_CORRECT] = "correct",   [ASSAY_DECISION_REPLACE] = "replace",
	    [ASSAY_DECISION_METADATA] = "metadata", [ASSAY_DECISION_REMEDY] = "remedy",
	};

	return kind < ASSAY_COUNT(names) ? names[kind] : NULL;
}

assay_decision_slot assay_decision_slot_of(assay_decision_kind kind)
{
	if (kind == ASSAY_DECISION_METADATA)
		return ASSAY_DECISION_OF_METADATA;
	return kind == ASSAY_DECISION_WAIVE || kind == ASSAY_DECISION_REJECT ? ASSAY_DECISION_OF_VERDICT
									     : ASSAY_DECISION_OF_CONTENT;
}

void assay_decision_release(assay_decision *d)
{
	for (size_t i = 0; i < d->count; i++) {
		free(d->keys[i]);
		free(d->values[i]);
	}
	free(d->keys);
	free(d->values);
	free(d->subject);
	free(d->remedy);
	free(d->actor);
	free(d->owner);
	free(d->reason);
	free(d->file);
	*d = (assay_decision){0};
}

void assay_decisions_free(assay_decision *d, size_t count)
{
	for (size_t i = 0; i < count; i++)
		assay_decision_release(&d[i]);
	free(d);
}

/* ---------------------------------------------------------------- what was decided upon */

assay_code assay_decision_basis(assay_digest *out, const assay_digest *work_key, assay_failure failure,
				const char *stage, const assay_failed_check *checks, size_t count, assay_err *err)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	assay_code rc;

	assay_cbor_array(&b, 4);
	assay_cbor_digest(&b, assay_digest_is_zero(work_key) ? NULL : work_key);
	assay_cbor_uint(&b, failure);
	assay_cbor_text(&b, stage);
	assay_failed_checks_encode_refusing(&b, checks, count);
	rc = assay_buf_check(&b, err);
	return rc == ASSAY_OK ? assay_digest_of(out, b.data, b.len, err) : rc;
}

/* ---------------------------------------------------------------- identity */

static void encode_identity(assay_buf *out, const assay_decision *d)
{
	assay_cbor_array(out, IDENTITY_SIZE);
	assay_cbor_uint(out, d->kind);
	assay_cbor_text(out, d->subject);
	assay_cbor_bool(out, d->is_source);
	assay_cbor_digest(out, &d->basis);
	assay_cbor_digest(out, assay_digest_is_zero(&d->payload) ? NULL : &d->payload);
	assay_cbor_text(out, d->remedy);
	assay_cbor_array(out, d->count);
	for (size_t i = 0; i < d->count; i++) {
		assay_cbor_array(out, 2);
		assay_cbor_text(out, d->keys[i]);
		assay_cbor_text(out, d->values[i]);
	}
	if (d->expires_ns != 0)
		assay_cbor_int(out, d->expires_ns);
	else
		assay_cbor_null(out);
}

static void read_pairs(assay_cbor_reader *c, assay_decision *d)
{
	const size_t n = assay_cbor_read_array(c);

	if (n > PAIRS_MAX)
		assay_cbor_fault(c, "too many values in a decision");
	if (n == 0 || c->fault != NULL)
		return;
	d->keys = assay_record_room(c, n, sizeof *d->keys);
	d->values = assay_record_room(c, n, sizeof *d->values);
	while (d->count < n && c->fault == NULL) {
		assay_record_tuple(c, 2, "metadata is not a pair");
		d->count++;
		d->keys[d->count - 1] = assay_record_text(c);
		d->values[d->count - 1] = assay_record_text(c);
		if (c->fault == NULL && d->count > 1 && strcmp(d->keys[d->count - 2], d->keys[d->count - 1]) >= 0)
			assay_cbor_fault(c, "metadata of a decision is not in order");
	}
}

/* Does it carry what its kind needs, and nothing else? */
static bool is_whole(const assay_decision *d)
{
	const bool has_payload = d->kind == ASSAY_DECISION_CORRECT || d->kind == ASSAY_DECISION_REPLACE;

	return assay_decision_kind_name(d->kind) != NULL && assay_digest_is_zero(&d->payload) != has_payload &&
	       (d->remedy != NULL) == (d->kind == ASSAY_DECISION_REMEDY) &&
	       (d->count > 0) == (d->kind == ASSAY_DECISION_METADATA) &&
	       (d->expires_ns == 0 || d->kind == ASSAY_DECISION_WAIVE) &&
	       (d->is_source || d->kind != ASSAY_DECISION_METADATA);
}

static void read_identity(assay_cbor_reader *c, assay_decision *d)
{
	assay_record_tuple(c, IDENTITY_SIZE, "decision does not have 8 terms");
	d->kind = (assay_decision_kind)assay_record_u32(c);
	d->subject = assay_record_text(c);
	d->is_source = assay_cbor_read_bool(c);
	assay_record_digest(c, &d->basis);
	(void)assay_cbor_read_digest(c, &d->payload);
	d->remedy = assay_cbor_read_strdup(c);
	read_pairs(c, d);
	if (!assay_cbor_read_null(c)) {
		d->expires_ns = assay_cbor_read_int(c);
		if (d->expires_ns == 0)
			assay_cbor_fault(c, "a waiver that never ends says when");
	}
	if (c->fault == NULL && !is_whole(d))
		assay_cbor_fault(c, "decision does not say what its kind needs");
}

/* ---------------------------------------------------------------- lists */

static int compare(const assay_decision *a, const assay_decision *b)
{
	const int by_subject = strcmp(a->subject, b->subject);

	if (by_subject != 0)
		return by_subject;
	return (int)assay_decision_slot_of(a->kind) - (int)assay_decision_slot_of(b->kind);
}

static int compare_items(const void *a, const void *b)
{
	return compare(*(const assay_decision *const *)a, *(const assay_decision *const *)b);
}

assay_code assay_decisions_encode(assay_buf *out, const assay_decision **d, size_t count, assay_err *err)
{
	if (count > 1)
		qsort(d, count, sizeof *d, compare_items);
	assay_cbor_map(out, 2);
	assay_cbor_uint(out, 0);
	assay_cbor_uint(out, FORMAT);
	assay_cbor_uint(out, 1);
	assay_cbor_array(out, count);
	for (size_t i = 0; i < count; i++)
		encode_identity(out, d[i]);
	return assay_buf_check(out, err);
}

assay_code assay_decisions_decode(assay_decision **out, size_t *count, const void *p, size_t n, assay_err *err)
{
	assay_cbor_reader c;
	size_t items;
	assay_code rc;

	*count = 0;
	assay_cbor_reader_init(&c, p, n);
	assay_record_head(&c, 2, "decisions do not have 2 fields", FORMAT, "unknown format of decisions");
	assay_cbor_read_key(&c, 1);
	*out = assay_record_list(&c, sizeof **out, &items);
	while (*count < items && c.fault == NULL) {
		assay_decision *d = &(*out)[(*count)++];

		read_identity(&c, d);
		if (c.fault == NULL && *count > 1 && compare(d - 1, d) >= 0)
			assay_cbor_fault(&c, "decisions are not in order");
	}
	rc = assay_cbor_finish(&c, "decisions", err);
	if (rc == ASSAY_OK)
		return ASSAY_OK;
	assay_decisions_free(*out, *count);
	*out = NULL;
	*count = 0;
	return rc;
}

/* ---------------------------------------------------------------- rows */

static void encode(assay_buf *out, const assay_decision *d)
{
	const bool has_bytes = !assay_digest_is_zero(&d->bytes);

	assay_cbor_map(out, has_bytes ? FIELDS_BYTES : FIELDS);
	assay_cbor_uint(out, 0);
	assay_cbor_uint(out, has_bytes ? FORMAT_BYTES : FORMAT);
	assay_cbor_uint(out, 1);
	encode_identity(out, d);
	assay_cbor_uint(out, 2);
	assay_cbor_uint(out, d->standing);
	assay_cbor_uint(out, 3);
	assay_cbor_text(out, d->actor);
	assay_cbor_uint(out, 4);
	assay_cbor_text(out, d->owner);
	assay_cbor_uint(out, 5);
	assay_cbor_text(out, d->reason);
	assay_cbor_uint(out, 6);
	assay_cbor_text(out, d->file);
	assay_cbor_uint(out, 7);
	assay_cbor_int(out, d->made_ns);
	if (has_bytes) {
		assay_cbor_uint(out, 8);
		assay_cbor_digest(out, &d->bytes);
	}
}

static uint64_t read_format(assay_cbor_reader *c)
{
	const size_t fields = assay_cbor_read_map(c);
	uint64_t format;

	assay_cbor_read_key(c, 0);
	format = assay_cbor_read_uint(c);
	if (format != FORMAT && format != FORMAT_BYTES)
		assay_cbor_fault(c, "unknown decision format");
	else if (fields != (format == FORMAT ? FIELDS : FIELDS_BYTES))
		assay_cbor_fault(c, "decision has another number of fields");
	return format;
}

static void read_whole(assay_cbor_reader *c, assay_decision *out)
{
	const uint64_t format = read_format(c);

	assay_cbor_read_key(c, 1);
	read_identity(c, out);
	assay_cbor_read_key(c, 2);
	out->standing = (assay_decision_standing)assay_record_u32(c);
	if (out->standing < ASSAY_DECISION_STANDS || out->standing > ASSAY_DECISION_WITHDRAWN)
		assay_cbor_fault(c, "unknown standing of a decision");
	assay_cbor_read_key(c, 3);
	out->actor = assay_record_text(c);
	assay_cbor_read_key(c, 4);
	out->owner = assay_cbor_read_strdup(c);
	assay_cbor_read_key(c, 5);
	out->reason = assay_record_text(c);
	assay_cbor_read_key(c, 6);
	out->file = assay_cbor_read_strdup(c);
	assay_cbor_read_key(c, 7);
	out->made_ns = assay_cbor_read_int(c);
	if (format == FORMAT)
		return;
	assay_cbor_read_key(c, 8);
	assay_record_digest(c, &out->bytes);
}

static void read_taken_out(assay_cbor_reader *c, assay_decision *out)
{
	assay_record_head(c, FIELDS_OUT, "decision does not have 4 fields", FORMAT_OUT, "unknown decision format");
	out->standing = ASSAY_DECISION_TAKEN_OUT;
	out->subject = assay_record_room(c, 1, 1);
	assay_cbor_read_key(c, 1);
	out->actor = assay_record_text(c);
	assay_cbor_read_key(c, 2);
	out->reason = assay_record_text(c);
	assay_cbor_read_key(c, 3);
	out->made_ns = assay_cbor_read_int(c);
}

/* A map of 4 fields is none of 8: the first byte tells them apart. */
static bool is_taken_out(const void *p, size_t n)
{
	return n > 0 && *(const unsigned char *)p == 0xa0 + FIELDS_OUT;
}

static assay_code decode(assay_decision *out, uint64_t id, const void *p, size_t n, assay_err *err)
{
	assay_cbor_reader c;
	assay_code rc;

	*out = (assay_decision){0};
	assay_cbor_reader_init(&c, p, n);
	if (is_taken_out(p, n))
		read_taken_out(&c, out);
	else
		read_whole(&c, out);
	out->id = id;
	rc = assay_cbor_finish(&c, "decision", err);
	if (rc != ASSAY_OK)
		assay_decision_release(out);
	return rc;
}

static assay_code put_row(assay_store *s, const assay_decision *d, uint64_t id, assay_err *err)
{
	ASSAY_AUTO_BUF row = ASSAY_BUF_INIT;

	encode(&row, d);
	return assay_row_put_at(s, ASSAY_TABLE_DECISION, id, &row, err);
}

assay_code assay_decision_get(assay_store *s, uint64_t id, assay_decision *out, assay_err *err)
{
	const void *p;
	size_t n;
	assay_code rc;

	*out = (assay_decision){0};
	rc = assay_row_get_at(s, ASSAY_TABLE_DECISION, id, &p, &n, err);
	return rc == ASSAY_OK ? decode(out, id, p, n, err) : rc;
}

assay_index_type assay_decision_index(assay_decision_slot slot)
{
	static const assay_index_type types[] = {
	    [ASSAY_DECISION_OF_VERDICT] = ASSAY_INDEX_VERDICT_DECISION,
	    [ASSAY_DECISION_OF_CONTENT] = ASSAY_INDEX_CONTENT_DECISION,
	    [ASSAY_DECISION_OF_METADATA] = ASSAY_INDEX_METADATA_DECISION,
	};

	return types[slot];
}

assay_code assay_decision_peek(assay_store *s, uint64_t id, assay_decision *out, assay_err *err)
{
	assay_err why = ASSAY_ERR_INIT;
	const assay_code rc = assay_decision_get(s, id, out, &why);

	if (rc == ASSAY_OK || rc == ASSAY_ENOENT)
		return rc;
	if (rc != ASSAY_ECORRUPT)
		return ASSAY_RAISE(err, rc, "%s", why.msg);
	*out = (assay_decision){.id = id,
				.standing = ASSAY_DECISION_DAMAGED,
				.subject = assay_strdup(""),
				.actor = assay_strdup(""),
				.reason = assay_strdup("")};
	if (out->subject != NULL && out->actor != NULL && out->reason != NULL)
		return ASSAY_OK;
	assay_decision_release(out);
	return ASSAY_RAISE(err, ASSAY_ENOMEM, "decision");
}

assay_code assay_decision_of_whole(assay_decision *out, assay_store *s, const assay_sample_row *row, assay_err *err)
{
	assay_code rc;

	*out = (assay_decision){0};
	if (row->outcome != ASSAY_OUTCOME_QUARANTINED || row->decision == 0)
		return ASSAY_ENOENT;
	rc = assay_decision_peek(s, row->decision, out, err);
	if (rc != ASSAY_OK ||
	    (out->kind == ASSAY_DECISION_REJECT && !out->is_source && strcmp(out->subject, row->key) != 0))
		return rc;
	assay_decision_release(out);
	*out = (assay_decision){0};
	return ASSAY_ENOENT;
}

/* By a file of its own, or by that of what it was found in? The unit that it was made of without its own is still known. */
static assay_code has_own_file(bool *out, assay_store *s, const assay_sample_row *row, const assay_unit *judged,
			       const assay_unit *plain, assay_err *err)
{
	ASSAY_AUTO_DECISION d = {0};
	const assay_code rc = assay_decision_peek_on(s, row->key, ASSAY_DECISION_OF_CONTENT, &d, err);

	*out = rc == ASSAY_OK && d.kind == ASSAY_DECISION_REPLACE && !d.is_source &&
	       d.standing == ASSAY_DECISION_STANDS && assay_digest_eq(&d.payload, &judged->source) &&
	       assay_digest_eq(&d.basis, &plain->source);
	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}

assay_code assay_content_basis(assay_digest *out, assay_store *s, const assay_sample_row *row, assay_err *err)
{
	ASSAY_AUTO_UNIT judged = {0}, plain = {0};
	bool own = false;
	assay_code rc = assay_unit_get(s, row->judged_unit, &judged, err);

	if (rc == ASSAY_OK && row->way == ASSAY_WAY_REPLACED && row->plain_unit != row->judged_unit) {
		rc = assay_unit_get(s, row->plain_unit, &plain, err);
		if (rc == ASSAY_OK)
			rc = has_own_file(&own, s, row, &judged, &plain, err);
	}
	if (rc == ASSAY_OK)
		*out = own ? plain.source : judged.source;
	return rc;
}

assay_code assay_decision_peek_on(assay_store *s, const char *subject, assay_decision_slot slot, assay_decision *out,
				  assay_err *err)
{
	uint64_t id;
	assay_code rc;

	*out = (assay_decision){0};
	rc = assay_index_get_text(s, assay_decision_index(slot), subject, &id, err);
	if (rc != ASSAY_OK)
		return rc;
	rc = assay_decision_peek(s, id, out, err);
	if (rc == ASSAY_OK && out->standing == ASSAY_DECISION_DAMAGED)
		return ASSAY_OK;
	if (rc == ASSAY_OK && out->standing == ASSAY_DECISION_TAKEN_OUT) {
		assay_decision_release(out);
		return ASSAY_ENOENT;
	}
	if (rc == ASSAY_ENOENT || (rc == ASSAY_OK && strcmp(out->subject, subject) != 0)) {
		assay_decision_release(out);
		return ASSAY_RAISE(err, ASSAY_ECORRUPT,
				   "index entry of the decision on '%s' leads to row %" PRIu64 ", which is not it",
				   subject, id);
	}
	return rc;
}

assay_code assay_decision_find(assay_store *s, const char *subject, assay_decision_slot slot, assay_decision *out,
			       assay_err *err)
{
	const assay_code rc = assay_decision_peek_on(s, subject, slot, out, err);
	const uint64_t id = out->id;

	if (rc != ASSAY_OK || out->standing != ASSAY_DECISION_DAMAGED)
		return rc;
	assay_decision_release(out);
	return ASSAY_RAISE(err, ASSAY_ECORRUPT,
			   "decision %" PRIu64 " on '%s' cannot be read: 'assay queue retry --decision %" PRIu64
			   " --reason TEXT' takes it out",
			   id, subject, id);
}

/* ASSAY_ENOENT without a message when none stands. */
static assay_code end_standing(assay_store *s, const char *subject, assay_decision_slot slot,
			       assay_decision_standing as, assay_err *err)
{
	ASSAY_AUTO_DECISION before = {0};
	const assay_code rc = assay_decision_find(s, subject, slot, &before, err);

	if (rc != ASSAY_OK)
		return rc;
	if (before.standing != ASSAY_DECISION_STANDS)
		return ASSAY_ENOENT;
	before.standing = as;
	return put_row(s, &before, before.id, err);
}

assay_code assay_decision_put(assay_store *s, assay_decision *d, assay_err *err)
{
	const assay_decision_slot slot = assay_decision_slot_of(d->kind);
	uint64_t id, generation;
	assay_code rc;

	if (d->id != 0 || d->actor == NULL || d->reason == NULL || !is_whole(d))
		return ASSAY_RAISE(err, ASSAY_EINVAL, "decision on '%s' is not whole", d->subject);
	rc = end_standing(s, d->subject, slot, ASSAY_DECISION_SUPERSEDED, err);
	if (rc != ASSAY_OK && rc != ASSAY_ENOENT)
		goto fail;
	ASSAY_TRY(assay_generation_advance(s, &generation, err));
	ASSAY_TRY(assay_next_id(s, ASSAY_TABLE_DECISION, &id, err));
	d->standing = ASSAY_DECISION_STANDS;
	ASSAY_TRY(put_row(s, d, id, err));
	ASSAY_TRY(assay_index_put_text(s, assay_decision_index(slot), d->subject, id, err));
	d->id = id;
	return ASSAY_OK;

fail:
	(void)assay_err_prefix(err, "decision on '%s'", d->subject);
	return rc;
}

assay_code assay_decision_withdraw(assay_store *s, const char *subject, assay_decision_slot slot, assay_err *err)
{
	uint64_t generation;
	const assay_code rc = end_standing(s, subject, slot, ASSAY_DECISION_WITHDRAWN, err);

	return rc == ASSAY_OK ? assay_generation_advance(s, &generation, err) : rc;
}

static assay_code put_taken_out(assay_store *s, uint64_t id, const char *actor, const char *reason, int64_t now_ns,
				assay_err *err)
{
	ASSAY_AUTO_BUF row = ASSAY_BUF_INIT;
	uint64_t generation;
	assay_code rc;

	assay_cbor_map(&row, FIELDS_OUT);
	assay_cbor_uint(&row, 0);
	assay_cbor_uint(&row, FORMAT_OUT);
	assay_cbor_uint(&row, 1);
	assay_cbor_text(&row, actor);
	assay_cbor_uint(&row, 2);
	assay_cbor_text(&row, reason);
	assay_cbor_uint(&row, 3);
	assay_cbor_int(&row, now_ns);
	rc = assay_generation_advance(s, &generation, err);
	return rc == ASSAY_OK ? assay_row_put_at(s, ASSAY_TABLE_DECISION, id, &row, err) : rc;
}

assay_code assay_decision_can_take_out(assay_store *s, uint64_t id, assay_err *err)
{
	ASSAY_AUTO_DECISION d = {0};
	assay_err why = ASSAY_ERR_INIT;
	const assay_code rc = assay_decision_get(s, id, &d, &why);

	if (rc == ASSAY_ENOENT)
		return ASSAY_RAISE(err, ASSAY_ENOENT, "there is no decision %" PRIu64, id);
	if (rc == ASSAY_OK)
		return ASSAY_RAISE(err, ASSAY_EUSAGE,
				   d.standing == ASSAY_DECISION_TAKEN_OUT
				       ? "decision %" PRIu64 " was taken out before"
				       : "decision %" PRIu64 " can be read: what it says is taken back by way of its "
					 "ticket",
				   id);
	return rc == ASSAY_ECORRUPT ? ASSAY_OK : ASSAY_RAISE(err, rc, "%s", why.msg);
}

assay_code assay_decision_take_out(assay_store *s, uint64_t id, const char *actor, const char *reason, int64_t now_ns,
				   assay_err *err)
{
	const assay_code rc = assay_decision_can_take_out(s, id, err);

	return rc == ASSAY_OK ? put_taken_out(s, id, actor, reason, now_ns, err) : rc;
}

typedef struct peeking {
	assay_store *store;
	assay_decision_fn *fn;
	void *ctx;
} peeking;

static assay_code peek_at(void *ctx, const void *key, size_t size, assay_err *err)
{
	const peeking *v = ctx;
	ASSAY_AUTO_DECISION d = {0};
	const uint64_t id = size == 8 ? assay_get_be64(key) : 0;
	const assay_code rc = id != 0 ? assay_decision_peek(v->store, id, &d, err) : ASSAY_ENOENT;

	if (rc != ASSAY_OK)
		return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
	return v->fn(v->ctx, &d, err);
}

assay_code assay_decisions_peek(assay_store *s, assay_decision_fn *fn, void *ctx, assay_err *err)
{
	peeking v = {.store = s, .fn = fn, .ctx = ctx};

	return assay_keys_each(s, ASSAY_TABLE_DECISION, peek_at, &v, err);
}

typedef struct damaged_visit {
	assay_decision_id_fn *fn;
	void *ctx;
} damaged_visit;

static assay_code visit_damaged(void *ctx, const assay_decision *d, assay_err *err)
{
	const damaged_visit *v = ctx;

	return d->standing == ASSAY_DECISION_DAMAGED ? v->fn(v->ctx, d->id, err) : ASSAY_OK;
}

assay_code assay_decisions_damaged(assay_store *s, assay_decision_id_fn *fn, void *ctx, assay_err *err)
{
	damaged_visit v = {.fn = fn, .ctx = ctx};

	return assay_decisions_peek(s, visit_damaged, &v, err);
}

struct visit {
	bool standing_only;
	assay_decision_fn *fn;
	void *ctx;
};

static assay_code visit_row(void *ctx, uint64_t id, const void *p, size_t n, assay_err *err)
{
	const struct visit *v = ctx;
	ASSAY_AUTO_DECISION d = {0};
	const assay_code rc = decode(&d, id, p, n, err);

	if (rc != ASSAY_OK || (v->standing_only && d.standing != ASSAY_DECISION_STANDS))
		return rc;
	return v->fn(v->ctx, &d, err);
}

assay_code assay_decisions_each(assay_store *s, bool standing_only, assay_decision_fn *fn, void *ctx, assay_err *err)
{
	struct visit v = {.standing_only = standing_only, .fn = fn, .ctx = ctx};

	return assay_rows_each_at(s, ASSAY_TABLE_DECISION, visit_row, &v, err);
}

const assay_decision *assay_decisions_find(const assay_decision *list, size_t count, const char *subject,
					   assay_decision_slot slot)
{
	size_t low = 0, high = count;

	while (low < high) {
		const size_t mid = low + (high - low) / 2;
		const int c = strcmp(list[mid].subject, subject);

		if (c < 0 || (c == 0 && assay_decision_slot_of(list[mid].kind) < slot))
			low = mid + 1;
		else
			high = mid;
	}
	return low < count && strcmp(list[low].subject, subject) == 0 && assay_decision_slot_of(list[low].kind) == slot
		   ? &list[low]
		   : NULL;
}

/* ---------------------------------------------------------------- which files stood there */

typedef struct stood {
	const char *subject;
	assay_digest *files; /* that stood there one after the other; the first are the source's own bytes */
	size_t count, cap;
} stood;

/* Is it the subject, or what that was found in, or all of its source? */
static bool is_at(const char *subject, const char *at)
{
	const size_t size = strlen(at);

	return strncmp(subject, at, size) == 0 &&
	       (subject[size] == '\0' || subject[size] == '#' || subject[size] == '&');
}

/* Decisions come in the order in which they were made: what one was made upon stood before. */
static assay_code note_stood(void *ctx, const assay_decision *d, assay_err *err)
{
	stood *x = ctx;
	bool made_upon = false;
	assay_code rc;

	if (d->kind != ASSAY_DECISION_REPLACE || !is_at(x->subject, d->subject))
		return ASSAY_OK;
	for (size_t i = 0; i < x->count && !made_upon; i++)
		made_upon = assay_digest_eq(&x->files[i], &d->basis);
	if (!made_upon)
		return ASSAY_OK;
	rc = assay_grow(&x->files, &x->cap, x->count, sizeof *x->files, err);
	if (rc == ASSAY_OK)
		x->files[x->count++] = d->payload;
	return rc;
}

assay_code assay_decision_stood(bool *out, assay_store *s, const char *subject, const assay_digest *source,
				const assay_digest *bytes, assay_err *err)
{
	stood x = {.subject = subject};
	assay_object_info info;
	assay_code rc = assay_object_find(s, bytes, &info, err);

	*out = false;
	if (rc != ASSAY_OK || info.type != ASSAY_OBJECT_PAYLOAD) /* nobody ever handed it in */
		return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
	ASSAY_TRY(assay_grow(&x.files, &x.cap, x.count, sizeof *x.files, err));
	x.files[x.count++] = *source;
	ASSAY_TRY(assay_decisions_peek(s, note_stood, &x, err));
	for (size_t i = 1; i < x.count; i++)
		*out |= assay_digest_eq(&x.files[i], bytes);
fail:
	free(x.files);
	return rc;
}
