/* A tag must name a version that is there, and the event that made it do so; no event may be lost between others. */
#include "check_finding.h"

#include "tag.h"

#include <inttypes.h>
#include <stdio.h>

assay_code assay_check_target(assay_check *c, const char *name, const assay_digest *version, assay_err *err)
{
	char id[CHECK_NAME], detail[CHECK_NAME + 64];
	uint64_t number;
	bool exists = false;
	assay_err e = ASSAY_ERR_INIT;
	assay_code rc;

	if (assay_digest_is_zero(version))
		return ASSAY_OK;
	rc = assay_index_get(c->store, ASSAY_INDEX_VERSION, version, &number, &e);
	if (rc != ASSAY_OK && !assay_check_is_damage(rc))
		return assay_check_stop(rc, &e, err);
	if (rc == ASSAY_OK)
		rc = assay_check_exists(c, ASSAY_TABLE_VERSION, number, &exists, err);
	else
		rc = ASSAY_OK;
	if (rc != ASSAY_OK || exists)
		return rc;
	(void)snprintf(detail, sizeof(detail), "names version %s, which is not there",
		       assay_check_digest_name(version, id));
	rc = assay_check_add(c, "row", name, CHECK_NOTHING, 0, detail, err);
	return rc == ASSAY_OK ? assay_check_name(&c->findings[c->count - 1].versions, id, err) : rc;
}

static assay_code check_event(assay_check *c, uint64_t number, assay_err *err)
{
	ASSAY_AUTO_TAG_EVENT e = {0};
	char name[CHECK_NAME];
	assay_err got = ASSAY_ERR_INIT;
	assay_code rc = assay_tag_event_get(c->store, number, &e, &got);

	(void)snprintf(name, sizeof(name), "tag event %" PRIu64, number);
	c->sum.rows += rc != ASSAY_ENOENT;
	if (rc != ASSAY_OK && !assay_check_is_damage(rc))
		return assay_check_stop(rc, &got, err);
	if (rc != ASSAY_OK)
		return assay_check_add(c, "row", name, CHECK_NOTHING, 0, rc == ASSAY_ENOENT ? "is not there" : got.msg,
				       err);
	rc = assay_check_target(c, name, &e.from, err);
	return rc == ASSAY_OK ? assay_check_target(c, name, &e.to, err) : rc;
}

/* The event that a tag names; one that is damaged or missing was told of by its number. */
static assay_code check_last(assay_check *c, const char *name, const char *tag, const assay_tag_row *row,
			     assay_err *err)
{
	ASSAY_AUTO_TAG_EVENT e = {0};
	char detail[96];
	assay_err got = ASSAY_ERR_INIT;
	assay_code rc = assay_tag_event_get(c->store, row->event, &e, &got);

	if (rc != ASSAY_OK && rc != ASSAY_ENOENT)
		return assay_check_pass(rc, &got, err);
	if (rc == ASSAY_OK && strcmp(e.name, tag) == 0 && assay_digest_eq(&e.to, &row->version))
		return ASSAY_OK;
	(void)snprintf(detail, sizeof(detail), "names event %" PRIu64 ", which %s", row->event,
		       rc == ASSAY_OK ? "says something else" : "is not there");
	return assay_check_add(c, "row", name, CHECK_NOTHING, 0, detail, err);
}

static assay_code check_tag(assay_check *c, const void *key, size_t key_size, assay_err *err)
{
	char tag[ASSAY_TAG_NAME_MAX + 1] = "", name[CHECK_NAME];
	assay_tag_row row;
	const void *p;
	size_t n;
	assay_err e = ASSAY_ERR_INIT;
	assay_code rc;

	c->sum.rows++;
	memcpy(tag, key, key_size < ASSAY_TAG_NAME_MAX ? key_size : ASSAY_TAG_NAME_MAX);
	(void)snprintf(name, sizeof(name), "tag %s", tag);
	rc = assay_row_get(c->store, ASSAY_TABLE_TAG, key, key_size, &p, &n, &e);
	if (rc == ASSAY_OK)
		rc = assay_tag_row_decode(&row, p, n, &e);
	if (rc == ASSAY_OK && (strlen(tag) != key_size || assay_tag_name_fault(tag) != NULL))
		rc = ASSAY_RAISE(&e, ASSAY_ECORRUPT, "is no name that a tag can have");
	if (rc != ASSAY_OK)
		return assay_check_is_damage(rc) ? assay_check_add(c, "row", name, CHECK_NOTHING, 0, e.msg, err)
						 : assay_check_stop(rc, &e, err);
	rc = assay_check_target(c, name, &row.version, err);
	return rc == ASSAY_OK ? check_last(c, name, tag, &row, err) : rc;
}

/* ---------------------------------------------------------------- the table, in the order of its keys: events first */

struct walk {
	assay_check *check;
	uint64_t next; /* number that the next event must have */
};

static assay_code check_gap(struct walk *w, uint64_t number, assay_err *err)
{
	char name[CHECK_NAME];

	if (number == w->next)
		return ASSAY_OK;
	if (number == w->next + 1)
		(void)snprintf(name, sizeof(name), "tag event %" PRIu64, w->next);
	else
		(void)snprintf(name, sizeof(name), "tag events %" PRIu64 " to %" PRIu64, w->next, number - 1);
	return assay_check_add(w->check, "row", name, CHECK_NOTHING, 0,
			       number == w->next + 1 ? "is not there" : "are not there", err);
}

static assay_code check_key(void *ctx, const void *key, size_t key_size, assay_err *err)
{
	struct walk *w = ctx;
	uint64_t number;
	assay_code rc;

	if (!assay_tag_is_event(key, key_size))
		return check_tag(w->check, key, key_size, err);
	number = assay_row_number((const char *)key + 1, key_size - 1);
	rc = check_gap(w, number, err);
	w->next = number + 1;
	return rc == ASSAY_OK ? check_event(w->check, number, err) : rc;
}

assay_code assay_check_tags(assay_check *c, assay_err *err)
{
	struct walk w = {.check = c, .next = 1};
	uint64_t end;
	assay_err e = ASSAY_ERR_INIT;
	assay_code rc = assay_keys_each(c->store, ASSAY_TABLE_TAG, check_key, &w, err);

	if (rc != ASSAY_OK)
		return rc;
	rc = assay_meta_get(c->store, "next.tag", &end, &e); /* when it is damaged, check_rows.c says so */
	if (rc != ASSAY_OK)
		return assay_check_pass(rc, &e, err);
	return end > w.next ? check_gap(&w, end, err) : ASSAY_OK;
}
