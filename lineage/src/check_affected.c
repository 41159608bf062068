/*
 * A finding is about a row, an object or an index entry. Whom it affects is known by samples and versions: units that
 * name a damaged object, samples of these units, and tries that hold entries with their work keys or the sample's hash.
 */
#include "check_finding.h"

#include "assay/memory.h"
#include "assay/queue.h"
#include "assay/sample.h"
#include "assay/trie.h"
#include "assay/unit.h"
#include "assay/version.h"

#include <stdlib.h>
#include <string.h>

/* A finding is about this row. */
struct ref {
	check_subject subject;
	uint64_t id;
	size_t finding;
};

/* A finding touches a unit, or one sample of it. */
struct hit {
	size_t finding;
	uint64_t unit;
	uint32_t position; /* CHECK_EVERY: all its samples */
	assay_digest work_key;
	char *part; /* of that sample; NULL: any */
};

/* A finding touches the sample whose key has this hash. */
struct key_hit {
	size_t finding;
	assay_digest hash;
};

struct check_affected {
	struct ref *refs;
	size_t ref_count, ref_cap;
	struct hit *hits;
	size_t hit_count, hit_cap;
	struct key_hit *key_hits;
	size_t key_hit_count, key_hit_cap;
};

static void affected_release(struct check_affected *a)
{
	for (size_t i = 0; i < a->hit_count; i++)
		free(a->hits[i].part);
	free(a->hits);
	free(a->key_hits);
	free(a->refs);
}

/* ---------------------------------------------------------------- order */

typedef int cmp_fn(const void *a, const void *b);

/* Position of the first element that is not less than the key. */
static size_t lower_bound(const void *key, const void *base, size_t n, size_t size, cmp_fn *cmp)
{
	size_t from = 0;

	while (n > 0) {
		const size_t half = n / 2;

		if (cmp((const char *)base + (from + half) * size, key) < 0) {
			from += half + 1;
			n -= half + 1;
		} else {
			n = half;
		}
	}
	return from;
}

static int by_row(const void *a, const void *b)
{
	const struct ref *x = a, *y = b;

	if (x->subject != y->subject)
		return x->subject < y->subject ? -1 : 1;
	return (x->id > y->id) - (x->id < y->id);
}

static int by_unit(const void *a, const void *b)
{
	const struct hit *x = a, *y = b;

	return (x->unit > y->unit) - (x->unit < y->unit);
}

static int by_work_key(const void *a, const void *b)
{
	return assay_digest_cmp(&((const struct hit *)a)->work_key, &((const struct hit *)b)->work_key);
}

static int by_key_hash(const void *a, const void *b)
{
	return assay_digest_cmp(&((const struct key_hit *)a)->hash, &((const struct key_hit *)b)->hash);
}

static void sort(void *base, size_t n, size_t size, cmp_fn *cmp)
{
	if (n > 1)
		qsort(base, n, size, cmp);
}

/* ---------------------------------------------------------------- what the findings say */

static assay_code add_hit(assay_check *c, const struct hit *like, const char *part, assay_err *err)
{
	char *copy = NULL;
	assay_code rc = assay_grow(&c->affected->hits, &c->affected->hit_cap, c->affected->hit_count,
				   sizeof(*c->affected->hits), err);

	if (rc == ASSAY_OK && part != NULL) {
		copy = assay_strdup(part);
		if (copy == NULL)
			rc = ASSAY_RAISE(err, ASSAY_ENOMEM, "part '%s'", part);
	}
	if (rc != ASSAY_OK)
		return rc;
	c->affected->hits[c->affected->hit_count] = *like;
	c->affected->hits[c->affected->hit_count++].part = copy;
	return ASSAY_OK;
}

static assay_code add_key_hit(assay_check *c, size_t finding, const assay_digest *hash, assay_err *err)
{
	assay_code rc = assay_grow(&c->affected->key_hits, &c->affected->key_hit_cap, c->affected->key_hit_count,
				   sizeof(*c->affected->key_hits), err);

	if (rc == ASSAY_OK)
		c->affected->key_hits[c->affected->key_hit_count++] =
		    (struct key_hit){.finding = finding, .hash = *hash};
	return rc;
}

static assay_code note_subject(assay_check *c, size_t finding, assay_err *err)
{
	const check_finding *f = &c->findings[finding];
	const struct hit unit = {.finding = finding, .unit = f->id, .position = CHECK_EVERY, .work_key = f->digest};
	assay_code rc = ASSAY_OK;

	if (f->subject == CHECK_UNIT || f->subject == CHECK_WORK)
		rc = add_hit(c, &unit, NULL, err);
	else if (f->subject == CHECK_KEY)
		rc = add_key_hit(c, finding, &f->digest, err);
	if (rc != ASSAY_OK || f->id == 0)
		return rc;
	rc = assay_grow(&c->affected->refs, &c->affected->ref_cap, c->affected->ref_count, sizeof(*c->affected->refs),
			err);
	if (rc == ASSAY_OK)
		c->affected->refs[c->affected->ref_count++] =
		    (struct ref){.subject = f->subject, .id = f->id, .finding = finding};
	return rc;
}

/* Findings about a row: *n of them from the position that comes back. */
static const struct ref *refs_to(const assay_check *c, check_subject subject, uint64_t id, size_t *n)
{
	const struct ref key = {.subject = subject, .id = id};
	const size_t from = lower_bound(&key, c->affected->refs, c->affected->ref_count, sizeof(key), by_row);

	for (*n = 0; from + *n < c->affected->ref_count && by_row(&c->affected->refs[from + *n], &key) == 0; ++*n)
		;
	return c->affected->refs + from;
}

/* ---------------------------------------------------------------- what the index says */

/* Name a sample if its key has this hash: the entry that led to it may be the one that is damaged. */
static assay_code name_if_hash(assay_check *c, size_t finding, const char *key, const assay_digest *hash,
			       assay_err *err)
{
	assay_digest d;
	assay_code rc = assay_check_hash(key, &d, err);

	if (rc != ASSAY_OK || !assay_digest_eq(&d, hash))
		return rc;
	return assay_check_name(&c->findings[finding].samples, key, err);
}

/* A ticket's subject has the same hash as the sample's key, so that each can stand in for the other. */
static assay_code name_by_hash(assay_check *c, size_t finding, const assay_digest *hash, assay_err *err)
{
	ASSAY_AUTO_SAMPLE_ROW r = {0};
	ASSAY_AUTO_TICKET t = {0};
	uint64_t id;
	assay_err e = ASSAY_ERR_INIT;
	assay_code rc = assay_index_get(c->store, ASSAY_INDEX_SAMPLE, hash, &id, &e);

	if (rc == ASSAY_OK)
		rc = assay_sample_get(c->store, id, &r, &e);
	if (rc == ASSAY_OK)
		return name_if_hash(c, finding, r.key, hash, err);
	if (assay_check_is_damage(rc))
		rc = assay_index_get(c->store, ASSAY_INDEX_TICKET, hash, &id, &e);
	if (rc == ASSAY_OK)
		rc = assay_ticket_get(c->store, id, &t, &e);
	if (rc == ASSAY_OK)
		return t.is_source ? ASSAY_OK : name_if_hash(c, finding, t.subject, hash, err);
	return assay_check_pass(rc, &e, err);
}

/* The index knows digests of rows that cannot be read any more. */
static assay_code learn(assay_check *c, check_subject subject, size_t finding, uint64_t id, const assay_digest *d,
			assay_err *err)
{
	const struct hit unit = {.finding = finding, .unit = id, .position = CHECK_EVERY, .work_key = *d};
	char name[CHECK_NAME];
	assay_code rc = ASSAY_OK;

	if (subject == CHECK_OBJECT_ROW)
		rc = assay_digest_map_put(&c->bad, d, finding, err);
	else if (subject == CHECK_UNIT)
		rc = add_hit(c, &unit, NULL, err);
	else if (subject == CHECK_VERSION)
		rc = assay_check_name(&c->findings[finding].versions, assay_check_digest_name(d, name), err);
	else
		rc = name_by_hash(c, finding, d, err);
	return rc == ASSAY_OK && subject == CHECK_SAMPLE ? add_key_hit(c, finding, d, err) : rc;
}

struct lesson {
	assay_check *check;
	check_subject subject;
};

static assay_code learn_entry(void *ctx, const assay_digest *d, uint64_t id, assay_err *err)
{
	const struct lesson *l = ctx;
	size_t n;
	const struct ref *refs = refs_to(l->check, l->subject, id, &n);
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < n && rc == ASSAY_OK; i++)
		rc = learn(l->check, l->subject, refs[i].finding, id, d, err);
	return rc;
}

static assay_code learn_from_index(assay_check *c, assay_err *err)
{
	static const struct {
		assay_index_type type;
		check_subject subject;
	} lessons[] = {{ASSAY_INDEX_OBJECT, CHECK_OBJECT_ROW},
		       {ASSAY_INDEX_WORK, CHECK_UNIT},
		       {ASSAY_INDEX_SAMPLE, CHECK_SAMPLE},
		       {ASSAY_INDEX_TICKET, CHECK_TICKET},
		       {ASSAY_INDEX_VERSION, CHECK_VERSION}};
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < ASSAY_COUNT(lessons) && rc == ASSAY_OK; i++) {
		struct lesson l = {.check = c, .subject = lessons[i].subject};
		assay_err e = ASSAY_ERR_INIT;

		rc = assay_index_prefix(c->store, lessons[i].type, "", learn_entry, &l, &e);
		if (rc != ASSAY_OK)
			rc = rc == ASSAY_ECORRUPT ? ASSAY_OK : assay_check_stop(rc, &e, err);
	}
	return rc;
}

/* ---------------------------------------------------------------- units */

static assay_code hit_if_bad(assay_check *c, const assay_unit *u, const assay_digest *object, uint32_t position,
			     assay_err *err)
{
	struct hit h = {.unit = u->id, .position = position, .work_key = u->work_key};

	if (!assay_digest_map_get(&c->bad, object, &h.finding))
		return ASSAY_OK;
	return add_hit(c, &h,
		       position == CHECK_EVERY || assay_unit_is_first_page(u) ? NULL : u->result.samples[position].part,
		       err);
}

static assay_code hit_if_content(assay_check *c, const assay_unit *u, const assay_digest *content, assay_err *err)
{
	struct hit h = {.unit = u->id, .position = CHECK_EVERY, .work_key = u->work_key};

	return assay_digest_map_get(&c->contents, content, &h.finding) ? add_hit(c, &h, NULL, err) : ASSAY_OK;
}

static assay_code hit_unit(assay_check *c, const assay_unit *u, assay_err *err)
{
	struct hit h = {.unit = u->id, .position = CHECK_EVERY, .work_key = u->work_key};
	const assay_result *r = &u->result;
	size_t n;
	const struct ref *refs = refs_to(c, CHECK_UNIT, u->id, &n);
	assay_code rc = hit_if_bad(c, u, &u->recipe, CHECK_EVERY, err);

	if (rc == ASSAY_OK)
		rc = hit_if_content(c, u, &u->source, err);
	for (size_t i = 0; i < u->sidecar_count && rc == ASSAY_OK; i++)
		rc = hit_if_content(c, u, &u->sidecars[i].digest, err);
	for (size_t i = 0; i < n && rc == ASSAY_OK; i++) {
		h.finding = refs[i].finding;
		rc = add_hit(c, &h, NULL, err);
	}
	for (uint32_t i = 0; i < r->sample_count && rc == ASSAY_OK; i++)
		for (size_t k = 0; k < r->samples[i].artifact_count && rc == ASSAY_OK; k++)
			rc = hit_if_bad(c, u, &r->samples[i].artifacts[k].digest, i, err);
	return rc;
}

static assay_code affected_unit(assay_check *c, uint64_t id, assay_err *err)
{
	ASSAY_AUTO_UNIT u = {0};
	assay_err e = ASSAY_ERR_INIT;
	assay_code rc = assay_unit_get(c->store, id, &u, &e);

	if (rc == ASSAY_OK)
		return hit_unit(c, &u, err);
	return assay_check_pass(rc, &e, err);
}

/* ---------------------------------------------------------------- samples */

static assay_code name_refs(assay_check *c, check_subject subject, uint64_t id, const assay_sample_row *r,
			    assay_err *err)
{
	assay_digest hash;
	size_t n;
	const struct ref *refs = refs_to(c, subject, id, &n);
	assay_code rc = n > 0 ? assay_check_hash(r->key, &hash, err) : ASSAY_OK;

	for (size_t i = 0; i < n && rc == ASSAY_OK; i++) {
		rc = assay_check_name(&c->findings[refs[i].finding].samples, r->key, err);
		if (rc == ASSAY_OK)
			rc = add_key_hit(c, refs[i].finding, &hash, err);
	}
	return rc;
}

static assay_code name_sample(assay_check *c, const assay_sample_row *r, assay_err *err)
{
	const struct hit key = {.unit = r->unit};
	const size_t from = lower_bound(&key, c->affected->hits, c->affected->hit_count, sizeof(key), by_unit);
	assay_code rc = name_refs(c, CHECK_SOURCE, r->source, r, err);

	if (rc == ASSAY_OK)
		rc = name_refs(c, CHECK_SAMPLE, r->id, r, err);
	for (size_t i = from; i < c->affected->hit_count && c->affected->hits[i].unit == r->unit && rc == ASSAY_OK; i++)
		if (c->affected->hits[i].position == CHECK_EVERY || c->affected->hits[i].position == r->position)
			rc = assay_check_name(&c->findings[c->affected->hits[i].finding].samples, r->key, err);
	return rc;
}

static assay_code affected_sample(assay_check *c, uint64_t id, assay_err *err)
{
	ASSAY_AUTO_SAMPLE_ROW r = {0};
	assay_err e = ASSAY_ERR_INIT;
	assay_code rc = assay_sample_get(c->store, id, &r, &e);

	if (rc == ASSAY_OK)
		return name_sample(c, &r, err);
	return assay_check_pass(rc, &e, err);
}

/* ---------------------------------------------------------------- versions */

struct version_walk {
	assay_check *check;
	const char *version; /* NULL: in the trie of other outcomes, which only tells names */
};

static assay_code name_entry(const struct version_walk *w, size_t finding, const assay_trie_entry *e, assay_err *err)
{
	check_finding *f = &w->check->findings[finding];
	assay_code rc = e->kind != 0 ? assay_check_name(&f->samples, e->key, err) : ASSAY_OK;

	return rc == ASSAY_OK && w->version != NULL ? assay_check_name(&f->versions, w->version, err) : rc;
}

static assay_code name_by_work(const struct version_walk *w, const assay_trie_entry *e, assay_err *err)
{
	const assay_check *c = w->check;
	const struct hit key = {.work_key = e->work_key};
	const char *sharp = strchr(e->key, '#'); /* paths have theirs escaped */
	const char *part = sharp != NULL ? sharp + 1 : "";
	assay_code rc = ASSAY_OK;

	if (assay_digest_is_zero(&e->work_key))
		return ASSAY_OK; /* what stands for "not known" in hits */
	for (size_t i = lower_bound(&key, c->affected->hits, c->affected->hit_count, sizeof(key), by_work_key);
	     i < c->affected->hit_count && by_work_key(&c->affected->hits[i], &key) == 0 && rc == ASSAY_OK; i++)
		if (c->affected->hits[i].part == NULL || strcmp(c->affected->hits[i].part, part) == 0)
			rc = name_entry(w, c->affected->hits[i].finding, e, err);
	return rc;
}

static assay_code affected_entry(void *ctx, const assay_trie_entry *e, assay_err *err)
{
	const struct version_walk *w = ctx;
	const assay_check *c = w->check;
	const struct key_hit key = {.hash = e->hash};
	assay_code rc = w->version != NULL ? name_by_work(w, e, err) : ASSAY_OK;

	for (size_t i = lower_bound(&key, c->affected->key_hits, c->affected->key_hit_count, sizeof(key), by_key_hash);
	     i < c->affected->key_hit_count && by_key_hash(&c->affected->key_hits[i], &key) == 0 && rc == ASSAY_OK; i++)
		rc = name_entry(w, c->affected->key_hits[i].finding, e, err);
	return rc;
}

/* A trie with a damaged node still tells the entries of its other nodes. */
static assay_code affected_trie(assay_check *c, const assay_digest *root, const char *version, assay_err *err)
{
	struct version_walk w = {.check = c, .version = version};
	assay_err e = ASSAY_ERR_INIT;
	assay_code rc = assay_trie_each(c->store, root, affected_entry, &w, &e);

	return rc == ASSAY_OK || assay_check_is_damage(rc) || rc == ASSAY_EIO ? ASSAY_OK
									      : assay_check_stop(rc, &e, err);
}

static assay_code affected_version(assay_check *c, uint64_t number, assay_err *err)
{
	ASSAY_AUTO_VERSION v = {0};
	char name[CHECK_NAME];
	assay_digest id;
	assay_err e = ASSAY_ERR_INIT;
	assay_code rc = assay_check_version_id(c, number, &id, &e);

	if (rc == ASSAY_OK)
		rc = assay_version_get(c->store, &id, &v, &e);
	if (rc != ASSAY_OK)
		return assay_check_pass(rc, &e, err);
	rc = affected_trie(c, &v.accepted, assay_check_digest_name(&id, name), err);
	return rc == ASSAY_OK ? affected_trie(c, &v.others, NULL, err) : rc;
}

static assay_code ask(assay_check *c, assay_err *err)
{
	struct check_affected *a = c->affected;
	assay_code rc;

	for (size_t i = 0; i < c->count; i++)
		ASSAY_TRY(note_subject(c, i, err));
	sort(a->refs, a->ref_count, sizeof(*a->refs), by_row);
	ASSAY_TRY(learn_from_index(c, err));
	ASSAY_TRY(assay_check_each(c, ASSAY_TABLE_UNIT, affected_unit, err));
	sort(a->hits, a->hit_count, sizeof(*a->hits), by_unit);
	ASSAY_TRY(assay_check_each(c, ASSAY_TABLE_SAMPLE, affected_sample, err));
	sort(a->hits, a->hit_count, sizeof(*a->hits), by_work_key);
	sort(a->key_hits, a->key_hit_count, sizeof(*a->key_hits), by_key_hash);
	ASSAY_TRY(assay_check_each(c, ASSAY_TABLE_VERSION, affected_version, err));
fail:
	return rc;
}

assay_code assay_check_affected(assay_check *c, assay_err *err)
{
	struct check_affected a = {0};
	assay_code rc;

	if (c->count == 0)
		return ASSAY_OK;
	c->affected = &a;
	rc = ask(c, err);
	c->affected = NULL;
	affected_release(&a);
	return rc;
}
