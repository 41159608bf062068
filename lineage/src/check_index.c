#include "check_finding.h"

#include "assay/memory.h"
#include "assay/object.h"
#include "assay/queue.h"
#include "assay/source.h"
#include "assay/unit.h"

#include <inttypes.h>
#include <stdio.h>

static assay_code source_digest(assay_store *s, uint64_t id, assay_digest *out, assay_err *err)
{
	ASSAY_AUTO_SOURCE src = {0};
	assay_code rc = assay_source_get(s, id, &src, err);

	return rc == ASSAY_OK ? assay_check_hash(src.path, out, err) : rc;
}

static assay_code unit_digest(assay_store *s, uint64_t id, assay_digest *out, assay_err *err)
{
	ASSAY_AUTO_UNIT u = {0};
	assay_code rc = assay_unit_get(s, id, &u, err);

	*out = u.work_key;
	return rc;
}

static assay_code sample_digest(assay_store *s, uint64_t id, assay_digest *out, assay_err *err)
{
	ASSAY_AUTO_SAMPLE_ROW r = {0};
	assay_code rc = assay_sample_get(s, id, &r, err);

	return rc == ASSAY_OK ? assay_check_hash(r.key, out, err) : rc;
}

static assay_code ticket_digest(assay_store *s, uint64_t id, assay_digest *out, assay_err *err)
{
	ASSAY_AUTO_TICKET t = {0};
	assay_code rc = assay_ticket_get(s, id, &t, err);

	return rc == ASSAY_OK ? assay_check_hash(t.subject, out, err) : rc;
}

static assay_code decision_digest(assay_store *s, uint64_t id, assay_digest *out, assay_err *err)
{
	ASSAY_AUTO_DECISION d = {0};
	assay_code rc = assay_decision_get(s, id, &d, err);

	/* The entry of one that was taken out stays, and stands for nothing. */
	if (rc == ASSAY_OK && d.standing == ASSAY_DECISION_TAKEN_OUT)
		return ASSAY_ECORRUPT; /* as with one that is damaged: it is no finding of the index */
	return rc == ASSAY_OK ? assay_check_hash(d.subject, out, err) : rc;
}

static assay_code object_digest(assay_store *s, uint64_t id, assay_digest *out, assay_err *err)
{
	assay_object_info o;
	assay_code rc = assay_object_at(s, id, &o, err);

	*out = o.digest;
	return rc;
}

/* What the row that an entry leads to is indexed by. */
static assay_code row_digest(assay_check *c, assay_index_type type, uint64_t id, assay_digest *out, assay_err *err)
{
	switch (type) {
	case ASSAY_INDEX_OBJECT:
		return object_digest(c->store, id, out, err);
	case ASSAY_INDEX_PATH:
		return source_digest(c->store, id, out, err);
	case ASSAY_INDEX_WORK:
		return unit_digest(c->store, id, out, err);
	case ASSAY_INDEX_SAMPLE:
		return sample_digest(c->store, id, out, err);
	case ASSAY_INDEX_TICKET:
		return ticket_digest(c->store, id, out, err);
	case ASSAY_INDEX_VERSION:
		return assay_check_version_id(c, id, out, err);
	case ASSAY_INDEX_VERDICT_DECISION:
	case ASSAY_INDEX_CONTENT_DECISION:
	case ASSAY_INDEX_METADATA_DECISION:
		return decision_digest(c->store, id, out, err);
	case ASSAY_INDEX_CONTENT:
	default:
		return ASSAY_RAISE(err, ASSAY_EINVAL, "contents have no rows");
	}
}

/* ---------------------------------------------------------------- from their own side */

static const struct {
	assay_index_type type;
	const char *noun; /* what its entries lead to */
	check_subject subject;
} entries[] = {
    {ASSAY_INDEX_OBJECT, "object", CHECK_OBJECT},
    {ASSAY_INDEX_PATH, "source", CHECK_NOTHING},
    {ASSAY_INDEX_WORK, "unit", CHECK_WORK},
    {ASSAY_INDEX_SAMPLE, "sample", CHECK_KEY},
    {ASSAY_INDEX_TICKET, "ticket", CHECK_KEY},
    {ASSAY_INDEX_VERSION, "version", CHECK_NOTHING},
    {ASSAY_INDEX_VERDICT_DECISION, "decision", CHECK_KEY},
    {ASSAY_INDEX_CONTENT_DECISION, "decision", CHECK_KEY},
    {ASSAY_INDEX_METADATA_DECISION, "decision", CHECK_NOTHING},
};

struct index_scan {
	assay_check *check;
	size_t entry; /* in entries */
};

static assay_code check_index_entry(void *ctx, const assay_digest *d, uint64_t id, assay_err *err)
{
	const struct index_scan *scan = ctx;
	assay_check *c = scan->check;
	const assay_index_type type = entries[scan->entry].type;
	const assay_digest key = assay_check_entry_key(type, d);
	char name[CHECK_NAME], detail[128];
	assay_digest own;
	size_t told;
	assay_err e = ASSAY_ERR_INIT;
	assay_code rc;

	if (assay_digest_map_get(&c->told, &key, &told))
		return ASSAY_OK;
	rc = row_digest(c, type, id, &own, &e);
	if (rc == ASSAY_ECORRUPT || (rc == ASSAY_OK && assay_digest_eq(&own, d)))
		return ASSAY_OK;
	if (rc != ASSAY_OK && rc != ASSAY_ENOENT)
		return assay_check_stop(rc, &e, err);
	(void)snprintf(detail, sizeof(detail), "index entry leads to %s %" PRIu64 ", which is %s",
		       entries[scan->entry].noun, id, rc == ASSAY_OK ? "not it" : "not there");
	rc = assay_check_add_entry(c, type, d, assay_check_digest_name(d, name), entries[scan->entry].subject, 0,
				   detail, err);
	if (rc == ASSAY_OK && type == ASSAY_INDEX_OBJECT && !assay_digest_map_get(&c->bad, d, &told))
		rc = assay_digest_map_put(&c->bad, d, c->count - 1, err);
	if (rc == ASSAY_OK && type == ASSAY_INDEX_VERSION)
		rc = assay_check_name(&c->findings[c->count - 1].versions, name, err);
	return rc;
}

/* Contents have numbers but no rows: every number must have been given, and to one content only. */
static assay_code check_content_entry(void *ctx, const assay_digest *d, uint64_t id, assay_err *err)
{
	assay_check *c = ctx;
	const bool given = id > 0 && id < c->content_end;
	char name[CHECK_NAME], detail[128];
	assay_code rc;

	if (given && (c->numbered[id / 8] >> (id % 8) & 1) == 0) {
		c->numbered[id / 8] = (unsigned char)(c->numbered[id / 8] | 1u << (id % 8));
		return ASSAY_OK;
	}
	(void)snprintf(detail, sizeof(detail), "its content number %" PRIu64 " %s", id,
		       given ? "is that of another content too" : "was never given");
	rc = assay_check_add_entry(c, ASSAY_INDEX_CONTENT, d, assay_check_digest_name(d, name), CHECK_CONTENT, 0,
				   detail, err);
	return rc == ASSAY_OK ? assay_digest_map_put(&c->contents, d, c->count - 1, err) : rc;
}

static assay_code scan_index(assay_check *c, assay_index_type type, assay_index_fn *fn, void *ctx, assay_err *err)
{
	const size_t before = c->count;
	char name[CHECK_NAME];
	assay_err e = ASSAY_ERR_INIT;
	assay_code rc = assay_index_prefix(c->store, type, "", fn, ctx, &e);

	if (rc == ASSAY_OK)
		return ASSAY_OK;
	if (rc != ASSAY_ECORRUPT)
		return assay_check_stop(rc, &e, err);
	(void)snprintf(name, sizeof(name), "index of type %c", (int)type);
	return c->count > before ? ASSAY_OK : assay_check_add(c, "index", name, CHECK_NOTHING, 0, e.msg, err);
}

static assay_code check_contents(assay_check *c, assay_err *err)
{
	assay_err e = ASSAY_ERR_INIT;
	assay_code rc = assay_meta_get(c->store, "next.index", &c->content_end, &e);

	if (rc == ASSAY_ECORRUPT)
		return ASSAY_OK; /* told by check_numbers; without it no number is known to be wrong */
	if (rc != ASSAY_OK)
		return assay_check_stop(rc, &e, err);
	c->numbered = assay_alloc(c->content_end / 8 + 1, 1);
	if (c->numbered == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "%" PRIu64 " content numbers", c->content_end);
	return scan_index(c, ASSAY_INDEX_CONTENT, check_content_entry, c, err);
}

assay_code assay_check_index(assay_check *c, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < ASSAY_COUNT(entries) && rc == ASSAY_OK; i++) {
		struct index_scan scan = {.check = c, .entry = i};

		rc = scan_index(c, entries[i].type, check_index_entry, &scan, err);
	}
	return rc == ASSAY_OK ? check_contents(c, err) : rc;
}
