/* Edges have neither rows nor checksums: what can be said of one is whether both its ends are there. */
#include "check_finding.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* What the ends of an edge are numbers of; contents have no rows. */
static const struct {
	assay_table from; /* ASSAY_TABLE_INDEX: contents */
	assay_table to;
	check_subject subject; /* of what it leads to */
} ends[] = {
    [ASSAY_EDGE_CONTENT_UNIT] = {ASSAY_TABLE_INDEX, ASSAY_TABLE_UNIT, CHECK_UNIT},
    [ASSAY_EDGE_SIDECAR_UNIT] = {ASSAY_TABLE_INDEX, ASSAY_TABLE_UNIT, CHECK_UNIT},
    [ASSAY_EDGE_RECIPE_UNIT] = {ASSAY_TABLE_OBJECT, ASSAY_TABLE_UNIT, CHECK_UNIT},
    [ASSAY_EDGE_ARTIFACT_UNIT] = {ASSAY_TABLE_OBJECT, ASSAY_TABLE_UNIT, CHECK_UNIT},
    [ASSAY_EDGE_CONTENT_SOURCE] = {ASSAY_TABLE_INDEX, ASSAY_TABLE_SOURCE, CHECK_SOURCE},
    [ASSAY_EDGE_SOURCE_SAMPLE] = {ASSAY_TABLE_SOURCE, ASSAY_TABLE_SAMPLE, CHECK_SAMPLE},
};

static const char *end_noun(assay_table t)
{
	return t == ASSAY_TABLE_INDEX ? "content" : assay_table_name(t);
}

/* Without the numbers of contents (their counter is damaged, which is told of itself) none is known to be wrong. */
static bool content_exists(const assay_check *c, uint64_t id)
{
	if (c->numbered == NULL)
		return true;
	return id > 0 && id < c->content_end && (c->numbered[id / 8] >> (id % 8) & 1) != 0;
}

/* Many edges share an end: it is looked for once, and told once when it is missing. */
static assay_code check_end(assay_check *c, assay_table t, uint64_t id, bool *told_now, assay_err *err)
{
	/* The map takes the first bytes for a hash: numbers of several tables, each dense, must not meet in them. */
	const uint64_t mixed = (id * 16 + t) * UINT64_C(0x9e3779b97f4a7c15);
	assay_digest key = {{0}};
	size_t known;
	bool exists = false;
	assay_code rc = ASSAY_OK;

	*told_now = false;
	for (int i = 0; i < 8; i++) {
		key.bytes[i] = (uint8_t)((mixed ^ mixed >> 32) >> (8 * i));
		key.bytes[8 + i] = (uint8_t)(id >> (8 * i));
	}
	key.bytes[16] = (uint8_t)t;
	if (assay_digest_map_get(&c->ends, &key, &known))
		return ASSAY_OK;
	if (t == ASSAY_TABLE_INDEX)
		exists = content_exists(c, id);
	else
		rc = assay_check_exists(c, t, id, &exists, err);
	*told_now = rc == ASSAY_OK && !exists;
	return rc == ASSAY_OK ? assay_digest_map_put(&c->ends, &key, exists, err) : rc;
}

static assay_code add_edge(assay_check *c, assay_edge_kind kind, uint64_t from, uint64_t to, const char *how,
			   assay_table missing, uint64_t id, assay_err *err)
{
	char name[CHECK_NAME], detail[CHECK_NAME];

	(void)snprintf(name, sizeof(name), "edge %s %" PRIu64 " to %s %" PRIu64, end_noun(ends[kind].from), from,
		       end_noun(ends[kind].to), to);
	(void)snprintf(detail, sizeof(detail), "%s %s %" PRIu64 ", which is not there", how, end_noun(missing), id);
	return assay_check_add(c, "index", name, ends[kind].subject, to, detail, err);
}

static assay_code check_edge(void *ctx, const void *key, size_t key_size, assay_err *err)
{
	assay_check *c = ctx;
	assay_edge_kind kind;
	uint64_t from, to;
	bool no_from, no_to;
	assay_code rc;

	if (!assay_edge_read(key, key_size, &kind, &from, &to))
		return assay_check_add(c, "index", "edge", CHECK_NOTHING, 0, "is of no kind that there is", err);
	rc = check_end(c, ends[kind].from, from, &no_from, err);
	if (rc == ASSAY_OK && no_from)
		rc = add_edge(c, kind, from, to, "leads from", ends[kind].from, from, err);
	if (rc == ASSAY_OK)
		rc = check_end(c, ends[kind].to, to, &no_to, err);
	if (rc == ASSAY_OK && no_to)
		rc = add_edge(c, kind, from, to, "leads to", ends[kind].to, to, err);
	return rc;
}

assay_code assay_check_edges(assay_check *c, assay_err *err)
{
	return assay_keys_each(c->store, ASSAY_TABLE_EDGE, check_edge, c, err);
}
