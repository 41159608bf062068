/*
 * How a check goes: every object and row is looked at on its own, then every index entry, then every trie; damage is
 * noted and passed by. Only when something was found is it asked whom it affects: one scan over the units, one over
 * the samples, and one walk over the tries of each version. Findings are told last, in the order they were made,
 * which is that of tables and numbers.
 *
 * Rows are fetched by number, since a scan by cursor ends at the first row whose checksum differs.
 */
#include "assay/check.h"

#include "assay/queue.h"
#include "assay/run.h"
#include "assay/source.h"
#include "assay/trie.h"
#include "assay/unit.h"

#include "catalog.h"
#include "pack.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define NAME_SIZE 96 /* "sha256:" and a digest, or a table and a number */
#define ANY       UINT32_MAX

/* ---------------------------------------------------------------- digests mapped to numbers */

struct slot {
	assay_digest key;
	size_t value;
	bool used;
};

struct map {
	struct slot *slots; /* cap is a power of two, at most half full */
	size_t count, cap;
};

/* A digest is its own hash. */
static struct slot *map_slot(struct slot *slots, size_t cap, const assay_digest *key)
{
	size_t at;

	memcpy(&at, key->bytes, sizeof(at));
	for (at &= cap - 1; slots[at].used && !assay_digest_eq(&slots[at].key, key); at = (at + 1) & (cap - 1))
		;
	return &slots[at];
}

static bool map_get(const struct map *m, const assay_digest *key, size_t *value)
{
	const struct slot *s = m->cap > 0 ? map_slot(m->slots, m->cap, key) : NULL;

	if (s == NULL || !s->used)
		return false;
	*value = s->value;
	return true;
}

static assay_code map_double(struct map *m, assay_err *err)
{
	const size_t cap = m->cap > 0 ? 2 * m->cap : 64;
	struct slot *slots = assay_alloc(cap, sizeof(*slots));

	if (slots == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "table of %zu digests", cap);
	for (size_t i = 0; i < m->cap; i++)
		if (m->slots[i].used)
			*map_slot(slots, cap, &m->slots[i].key) = m->slots[i];
	free(m->slots);
	m->slots = slots;
	m->cap = cap;
	return ASSAY_OK;
}

static assay_code map_put(struct map *m, const assay_digest *key, size_t value, assay_err *err)
{
	struct slot *s;
	assay_code rc = 2 * m->count >= m->cap ? map_double(m, err) : ASSAY_OK;

	if (rc != ASSAY_OK)
		return rc;
	s = map_slot(m->slots, m->cap, key);
	m->count += !s->used;
	*s = (struct slot){.key = *key, .value = value, .used = true};
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- findings */

/* What is damaged, so that it can be asked who depends on it. */
enum subject {
	NOTHING,
	OBJECT,     /* digests in check.bad */
	OBJECT_ROW, /* id */
	SOURCE,     /* id */
	UNIT,       /* id */
	SAMPLE,     /* id */
	TICKET,     /* id */
	VERSION,    /* id: its number */
	CONTENT,    /* digest of a source's or sidecar's bytes */
	WORK,       /* digest: a work key */
	KEY,        /* digest: hash of a sample key */
};

struct names {
	char **list;
	size_t count, cap;
};

struct finding {
	const char *what;
	char *name, *detail;
	enum subject subject;
	uint64_t id;
	assay_digest digest;
	struct names samples, versions;
};

/* A finding is about this row. */
struct ref {
	enum subject subject;
	uint64_t id;
	size_t finding;
};

/* A finding touches a unit, or one sample of it. */
struct hit {
	size_t finding;
	uint64_t unit;
	uint32_t position; /* ANY: all its samples */
	assay_digest work_key;
	char *part; /* of that sample; NULL: any */
};

/* A finding touches the sample whose key has this hash. */
struct key_hit {
	size_t finding;
	assay_digest hash;
};

struct check {
	assay_store *store;
	assay_store_check_opts opts;
	assay_store_check_summary sum;
	struct finding *findings;
	size_t count, cap;
	struct map bad;      /* objects that are damaged or missing -> finding */
	struct map told;     /* index entries already told of from the side of the row -> finding */
	struct map whole;    /* trie nodes with everything below them there */
	struct map contents; /* digests that a source or sidecar had -> finding */
	uint64_t all_bytes;
	uint64_t open_tickets;
	uint32_t pack; /* last one looked at */
	uint64_t pack_bytes;
	size_t pack_finding;     /* SIZE_MAX while there is none */
	unsigned char *numbered; /* bit per content number: an entry has it */
	uint64_t content_end;
	struct ref *refs;
	size_t ref_count, ref_cap;
	struct hit *hits;
	size_t hit_count, hit_cap;
	struct key_hit *key_hits;
	size_t key_hit_count, key_hit_cap;
};

static void names_release(struct names *n)
{
	for (size_t i = 0; i < n->count; i++)
		free(n->list[i]);
	free(n->list);
}

static assay_code names_add(struct names *n, const char *name, assay_err *err)
{
	assay_code rc;

	if (n->count > 0 && strcmp(n->list[n->count - 1], name) == 0)
		return ASSAY_OK;
	rc = assay_grow(&n->list, &n->cap, n->count, sizeof(*n->list), err);
	if (rc != ASSAY_OK)
		return rc;
	n->list[n->count] = assay_strdup(name);
	if (n->list[n->count] == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "name of '%s'", name);
	n->count++;
	return ASSAY_OK;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void names_unique(struct names *n)
{
	size_t kept = 0;

	if (n->count > 1)
		qsort(n->list, n->count, sizeof(*n->list), by_text);
	for (size_t i = 0; i < n->count; i++) {
		if (kept > 0 && strcmp(n->list[kept - 1], n->list[i]) == 0)
			free(n->list[i]);
		else
			n->list[kept++] = n->list[i];
	}
	n->count = kept;
}

static void check_release(struct check *c)
{
	for (size_t i = 0; i < c->count; i++) {
		free(c->findings[i].name);
		free(c->findings[i].detail);
		names_release(&c->findings[i].samples);
		names_release(&c->findings[i].versions);
	}
	free(c->findings);
	for (size_t i = 0; i < c->hit_count; i++)
		free(c->hits[i].part);
	free(c->hits);
	free(c->key_hits);
	free(c->bad.slots);
	free(c->told.slots);
	free(c->whole.slots);
	free(c->contents.slots);
	free(c->numbered);
	free(c->refs);
}

static char *digest_name(const assay_digest *d, char out[NAME_SIZE])
{
	char hex[ASSAY_DIGEST_HEX];

	(void)snprintf(out, NAME_SIZE, "sha256:%s", assay_digest_hex(d, hex));
	return out;
}

static char *row_name(assay_table t, uint64_t id, char out[NAME_SIZE])
{
	(void)snprintf(out, NAME_SIZE, "%s %" PRIu64, assay_table_name(t), id);
	return out;
}

static assay_code add(struct check *c, const char *what, const char *name, enum subject subject, uint64_t id,
		      const char *detail, assay_err *err)
{
	struct finding *f;
	assay_code rc = assay_grow(&c->findings, &c->cap, c->count, sizeof(*c->findings), err);

	if (rc != ASSAY_OK)
		return rc;
	f = &c->findings[c->count++];
	*f = (struct finding){.what = what, .subject = subject, .id = id};
	f->name = assay_strdup(name);
	f->detail = assay_strdup(detail);
	if (f->name == NULL || f->detail == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "finding about '%s'", name);
	return ASSAY_OK;
}

static assay_code add_object(struct check *c, const assay_digest *d, const char *detail, assay_err *err)
{
	char name[NAME_SIZE], said[NAME_SIZE], hex[ASSAY_DIGEST_HEX];
	const int n = snprintf(said, sizeof(said), "object %s: ", assay_digest_hex(d, hex));
	assay_code rc;

	if (strncmp(detail, said, (size_t)n) == 0)
		detail += n; /* the finding has a name of its own */
	rc = add(c, "object", digest_name(d, name), OBJECT, 0, detail, err);

	return rc == ASSAY_OK ? map_put(&c->bad, d, c->count - 1, err) : rc;
}

/* Damage is noted and the check goes on; anything else stops it. */
static bool is_damage(assay_code rc)
{
	return rc == ASSAY_ECORRUPT || rc == ASSAY_ENOENT;
}

static assay_code pass_on(assay_code rc, const assay_err *from, assay_err *err)
{
	if (err != NULL)
		*err = *from;
	return rc;
}

/* What fetching a row came to: *there when it can be looked at. A number without a row is no damage by itself. */
static assay_code judge_row(struct check *c, assay_code got, const assay_err *got_err, assay_table t, uint64_t id,
			    enum subject subject, bool *there, assay_err *err)
{
	char name[NAME_SIZE];

	*there = got == ASSAY_OK;
	if (got == ASSAY_OK)
		c->sum.rows++;
	if (got == ASSAY_OK || got == ASSAY_ENOENT)
		return ASSAY_OK;
	if (got != ASSAY_ECORRUPT)
		return pass_on(got, got_err, err);
	c->sum.rows++;
	return add(c, "row", row_name(t, id, name), subject, id, got_err->msg, err);
}

/* ---------------------------------------------------------------- numbers of rows */

static assay_code note_last(void *ctx, const void *key, size_t key_size, const void *p, size_t n, assay_err *err)
{
	uint64_t *last = ctx;

	(void)p;
	(void)n;
	(void)err;
	for (size_t i = 0; i < key_size; i++)
		*last = *last << 8 | ((const unsigned char *)key)[i];
	return ASSAY_ESTOP;
}

/* One more than the highest number; where the counter is damaged (told by check_meta), after the last row. */
static assay_code table_end(struct check *c, assay_table t, uint64_t *end, assay_err *err)
{
	char name[32];
	uint64_t last = 0;
	assay_err e = ASSAY_ERR_INIT;
	assay_code rc;

	(void)snprintf(name, sizeof(name), "next.%s", assay_table_name(t));
	rc = assay_meta_get(c->store, name, end, &e);
	if (rc != ASSAY_OK && rc != ASSAY_ECORRUPT)
		return pass_on(rc, &e, err);
	if (rc == ASSAY_OK && *end > 0)
		return ASSAY_OK;
	rc = assay_rows_each(c->store, t, true, note_last, &last, &e);
	if (rc != ASSAY_OK && rc != ASSAY_ESTOP && rc != ASSAY_ECORRUPT)
		return pass_on(rc, &e, err);
	*end = last + 1;
	return ASSAY_OK;
}

typedef assay_code row_fn(struct check *c, uint64_t id, assay_err *err);

static assay_code each_row(struct check *c, assay_table t, row_fn *fn, assay_err *err)
{
	uint64_t end;
	assay_code rc = table_end(c, t, &end, err);

	for (uint64_t id = 1; rc == ASSAY_OK && id < end; id++)
		rc = fn(c, id, err);
	return rc;
}

static assay_code row_exists(struct check *c, assay_table t, uint64_t id, bool *exists, assay_err *err)
{
	const void *p;
	size_t n;
	assay_err e = ASSAY_ERR_INIT;
	assay_code rc = assay_row_get_at(c->store, t, id, &p, &n, &e);

	*exists = rc != ASSAY_ENOENT; /* a damaged row is told of where its table is checked */
	return rc == ASSAY_OK || is_damage(rc) ? ASSAY_OK : pass_on(rc, &e, err);
}

/* A row that names another which is not there. */
static assay_code check_link(struct check *c, const char *name, enum subject subject, uint64_t id, assay_table to,
			     uint64_t to_id, assay_err *err)
{
	char detail[128];
	bool exists;
	assay_code rc = row_exists(c, to, to_id, &exists, err);

	if (rc != ASSAY_OK || exists)
		return rc;
	(void)snprintf(detail, sizeof(detail), "names %s %" PRIu64 ", which is not there", assay_table_name(to), to_id);
	return add(c, "row", name, subject, id, detail, err);
}

/* An object that something names; told once, however many name it. *finding is SIZE_MAX when all is well. */
static assay_code check_named(struct check *c, const assay_digest *d, size_t *finding, assay_err *err)
{
	uint64_t id;
	assay_code rc;

	*finding = SIZE_MAX;
	if (map_get(&c->bad, d, finding))
		return ASSAY_OK;
	rc = assay_index_get(c->store, ASSAY_INDEX_OBJECT, d, &id, err);
	if (rc != ASSAY_ENOENT)
		return rc == ASSAY_ECORRUPT ? ASSAY_OK : rc; /* a malformed entry is told by check_index */
	rc = add_object(c, d, "is named but not in the store", err);
	*finding = c->count - 1;
	return rc;
}

/* ---------------------------------------------------------------- index entries, from the side of the row */

/* Entries of different types must not share a place in the map. */
static assay_digest entry_key(assay_index_type type, const assay_digest *d)
{
	assay_digest key = *d;

	key.bytes[ASSAY_DIGEST_SIZE - 1] = (uint8_t)(key.bytes[ASSAY_DIGEST_SIZE - 1] ^ (unsigned)type);
	return key;
}

static assay_code add_entry(struct check *c, assay_index_type type, const assay_digest *d, const char *name,
			    enum subject subject, uint64_t id, const char *detail, assay_err *err)
{
	const assay_digest key = entry_key(type, d);
	assay_code rc = add(c, "index", name, subject, id, detail, err);

	if (rc == ASSAY_OK)
		c->findings[c->count - 1].digest = *d;
	return rc == ASSAY_OK ? map_put(&c->told, &key, c->count - 1, err) : rc;
}

static assay_code check_entry(struct check *c, assay_index_type type, const assay_digest *d, uint64_t id,
			      const char *name, enum subject subject, assay_err *err)
{
	char detail[128] = "has no index entry";
	uint64_t found;
	assay_err e = ASSAY_ERR_INIT;
	assay_code rc = assay_index_get(c->store, type, d, &found, &e);

	if (rc == ASSAY_OK && found == id)
		return ASSAY_OK;
	if (rc != ASSAY_OK && !is_damage(rc))
		return pass_on(rc, &e, err);
	if (rc == ASSAY_ECORRUPT)
		(void)snprintf(detail, sizeof(detail), "its index entry is not a number");
	else if (rc == ASSAY_OK)
		(void)snprintf(detail, sizeof(detail), "its index entry leads to row %" PRIu64 " instead of %" PRIu64,
			       found, id);
	return add_entry(c, type, d, name, subject, id, detail, err);
}

static assay_code check_text_entry(struct check *c, assay_index_type type, const char *text, uint64_t id,
				   enum subject subject, assay_err *err)
{
	assay_digest d;
	assay_code rc = assay_digest_of(&d, text, strlen(text), err);

	return rc == ASSAY_OK ? check_entry(c, type, &d, id, text, subject, err) : rc;
}

/* ---------------------------------------------------------------- objects */

static bool is_read(const struct check *c, const assay_object_info *o)
{
	return c->opts.read_data || o->type != ASSAY_OBJECT_ARTIFACT;
}

static assay_code add_size(struct check *c, uint64_t id, assay_err *err)
{
	assay_object_info o;
	assay_err e = ASSAY_ERR_INIT;
	assay_code rc = assay_object_at(c->store, id, &o, &e);

	if (rc == ASSAY_OK && is_read(c, &o))
		c->all_bytes += o.size;
	return rc == ASSAY_OK || is_damage(rc) ? ASSAY_OK : pass_on(rc, &e, err);
}

static assay_code read_object(struct check *c, const assay_object_info *o, assay_err *err)
{
	ASSAY_AUTO_BUF bytes = ASSAY_BUF_INIT;
	assay_err e = ASSAY_ERR_INIT;
	assay_code rc = assay_object_get(c->store, &o->digest, &bytes, &e);

	c->sum.bytes += o->size;
	if (c->opts.progress != NULL)
		c->opts.progress(c->opts.ctx, c->sum.bytes, c->all_bytes);
	if (rc == ASSAY_OK)
		return ASSAY_OK;
	/* A sector that cannot be read is damage of the object that lies there. */
	return is_damage(rc) || rc == ASSAY_EIO ? add_object(c, &o->digest, e.msg, err) : pass_on(rc, &e, err);
}

/* The path is that of object.c; a store without this file has lost the object, whatever its bytes were. */
static assay_code look_for_large(struct check *c, const assay_object_info *o, assay_err *err)
{
	char hex[ASSAY_DIGEST_HEX], path[96];
	struct stat st;

	(void)assay_digest_hex(&o->digest, hex);
	(void)snprintf(path, sizeof(path), "objects/%.2s/%s", hex, hex + 2);
	if (fstatat(assay_store_dirfd(c->store), path, &st, AT_SYMLINK_NOFOLLOW) != 0) {
		if (errno != ENOENT && errno != ENOTDIR)
			return ASSAY_RAISE_ERRNO(err, "stat %s", path);
		return add_object(c, &o->digest, "its file is not there", err);
	}
	if ((uint64_t)st.st_size == o->size)
		return ASSAY_OK;
	return add_object(c, &o->digest, "its file has another size", err);
}

static assay_code look_at_pack(struct check *c, uint32_t number, assay_err *err)
{
	char name[24], path[32];
	struct stat st;

	if (c->pack == number)
		return ASSAY_OK;
	assay_pack_name(name, number);
	(void)snprintf(path, sizeof(path), "packs/%s", name);
	if (fstatat(assay_store_dirfd(c->store), path, &st, AT_SYMLINK_NOFOLLOW) != 0) {
		if (errno != ENOENT)
			return ASSAY_RAISE_ERRNO(err, "stat %s", path);
		st.st_size = 0;
	}
	c->pack = number;
	c->pack_bytes = (uint64_t)st.st_size;
	c->pack_finding = SIZE_MAX;
	return ASSAY_OK;
}

/* One finding for a pack that is too short, however many objects it has lost. */
static assay_code look_in_pack(struct check *c, const assay_object_info *o, assay_err *err)
{
	char name[24];
	assay_code rc = look_at_pack(c, o->pack, err);

	if (rc != ASSAY_OK || o->offset + ASSAY_PACK_RECORD_HEAD + o->size <= c->pack_bytes)
		return rc;
	if (c->pack_finding == SIZE_MAX) {
		assay_pack_name(name, o->pack);
		rc = add(c, "pack", name, OBJECT, 0,
			 c->pack_bytes == 0 ? "is not there" : "is shorter than the catalog counts on", err);
		if (rc != ASSAY_OK)
			return rc;
		c->pack_finding = c->count - 1;
	}
	return map_put(&c->bad, &o->digest, c->pack_finding, err);
}

static assay_code check_object(struct check *c, uint64_t id, assay_err *err)
{
	assay_object_info o;
	char name[NAME_SIZE];
	size_t before;
	bool there;
	assay_err e = ASSAY_ERR_INIT;
	assay_code rc = assay_object_at(c->store, id, &o, &e);

	rc = judge_row(c, rc, &e, ASSAY_TABLE_OBJECT, id, OBJECT_ROW, &there, err);
	if (rc != ASSAY_OK || !there)
		return rc;
	c->sum.objects++;
	before = c->count;
	rc = check_entry(c, ASSAY_INDEX_OBJECT, &o.digest, id, digest_name(&o.digest, name), NOTHING, err);
	if (rc != ASSAY_OK)
		return rc;
	/* Without its index entry an object cannot be reached: the finding about the entry is the one about it. */
	if (c->count > before) {
		c->findings[before].subject = OBJECT;
		return map_put(&c->bad, &o.digest, before, err);
	}
	if (is_read(c, &o))
		return read_object(c, &o, err);
	return o.pack == 0 ? look_for_large(c, &o, err) : look_in_pack(c, &o, err);
}

/* ---------------------------------------------------------------- sources, units, samples */

static assay_code check_source(struct check *c, uint64_t id, assay_err *err)
{
	ASSAY_AUTO_SOURCE src = {0};
	size_t finding;
	bool there;
	assay_err e = ASSAY_ERR_INIT;
	assay_code rc = assay_source_get(c->store, id, &src, &e);

	rc = judge_row(c, rc, &e, ASSAY_TABLE_SOURCE, id, SOURCE, &there, err);
	if (rc != ASSAY_OK || !there)
		return rc;
	rc = check_text_entry(c, ASSAY_INDEX_PATH, src.path, id, SOURCE, err);
	for (size_t i = 0; i < src.unit_count && rc == ASSAY_OK; i++)
		rc = check_link(c, src.path, SOURCE, id, ASSAY_TABLE_UNIT, src.units[i], err);
	if (rc == ASSAY_OK && src.unit_count > 0)
		rc = check_named(c, &src.recipe, &finding, err);
	return rc;
}

static bool is_cached(const assay_result *r)
{
	return r->failure == ASSAY_FAILURE_NONE || assay_failure_is_deterministic(r->failure);
}

/* A work key may have been worked on again: then its entry leads to a later unit with the same key. */
static assay_code check_work_entry(struct check *c, const assay_unit *u, assay_err *err)
{
	ASSAY_AUTO_UNIT other = {0};
	char name[NAME_SIZE];
	uint64_t found;
	assay_err e = ASSAY_ERR_INIT;
	assay_code rc;

	if (!is_cached(&u->result))
		return ASSAY_OK;
	rc = assay_unit_find(c->store, &u->work_key, &found, &e);
	if (rc == ASSAY_OK && found != u->id) {
		rc = assay_unit_get(c->store, found, &other, &e);
		if (rc == ASSAY_OK && assay_digest_eq(&other.work_key, &u->work_key))
			return ASSAY_OK;
	}
	if (rc != ASSAY_OK && !is_damage(rc))
		return pass_on(rc, &e, err);
	return check_entry(c, ASSAY_INDEX_WORK, &u->work_key, u->id, row_name(ASSAY_TABLE_UNIT, u->id, name), UNIT,
			   err);
}

static assay_code check_work_key(struct check *c, const assay_unit *u, assay_err *err)
{
	const assay_unit_key k = {u->source, u->part, u->sidecars, u->sidecar_count, u->recipe};
	char name[NAME_SIZE];
	assay_digest d;
	assay_code rc = assay_work_key(&d, &k, err);

	if (rc != ASSAY_OK || assay_digest_eq(&d, &u->work_key))
		return rc;
	return add(c, "row", row_name(ASSAY_TABLE_UNIT, u->id, name), UNIT, u->id,
		   "its work key is not that of its terms", err);
}

static assay_code check_artifacts(struct check *c, const assay_result *r, assay_err *err)
{
	size_t finding;
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < r->sample_count; i++)
		for (size_t k = 0; k < r->samples[i].artifact_count && rc == ASSAY_OK; k++)
			rc = check_named(c, &r->samples[i].artifacts[k].digest, &finding, err);
	return rc;
}

static assay_code check_unit(struct check *c, uint64_t id, assay_err *err)
{
	ASSAY_AUTO_UNIT u = {0};
	size_t finding;
	bool there;
	assay_err e = ASSAY_ERR_INIT;
	assay_code rc = assay_unit_get(c->store, id, &u, &e);

	rc = judge_row(c, rc, &e, ASSAY_TABLE_UNIT, id, UNIT, &there, err);
	if (rc != ASSAY_OK || !there)
		return rc;
	rc = check_work_key(c, &u, err);
	if (rc == ASSAY_OK)
		rc = check_work_entry(c, &u, err);
	if (rc == ASSAY_OK)
		rc = check_named(c, &u.recipe, &finding, err);
	return rc == ASSAY_OK ? check_artifacts(c, &u.result, err) : rc;
}

static assay_code check_sample(struct check *c, uint64_t id, assay_err *err)
{
	ASSAY_AUTO_SAMPLE_ROW r = {0};
	bool there;
	assay_err e = ASSAY_ERR_INIT;
	assay_code rc = assay_sample_get(c->store, id, &r, &e);

	rc = judge_row(c, rc, &e, ASSAY_TABLE_SAMPLE, id, SAMPLE, &there, err);
	if (rc != ASSAY_OK || !there)
		return rc;
	rc = check_text_entry(c, ASSAY_INDEX_SAMPLE, r.key, id, SAMPLE, err);
	if (rc == ASSAY_OK)
		rc = check_link(c, r.key, SAMPLE, id, ASSAY_TABLE_SOURCE, r.source, err);
	return rc == ASSAY_OK ? check_link(c, r.key, SAMPLE, id, ASSAY_TABLE_UNIT, r.unit, err) : rc;
}

/* ---------------------------------------------------------------- tickets, runs, numbers */

static assay_code check_event(struct check *c, const assay_ticket *t, uint32_t ordinal, assay_err *err)
{
	unsigned char key[12];
	char name[NAME_SIZE];
	const void *p;
	size_t n;
	assay_err e = ASSAY_ERR_INIT;
	assay_code rc;

	for (int i = 0; i < 8; i++)
		key[i] = (unsigned char)(t->id >> (56 - 8 * i));
	for (int i = 0; i < 4; i++)
		key[8 + i] = (unsigned char)(ordinal >> (24 - 8 * i));
	rc = assay_row_get(c->store, ASSAY_TABLE_EVENT, key, sizeof(key), &p, &n, &e);
	c->sum.rows += rc != ASSAY_ENOENT;
	if (rc == ASSAY_OK)
		return ASSAY_OK;
	if (!is_damage(rc))
		return pass_on(rc, &e, err);
	(void)snprintf(name, sizeof(name), "event %" PRIu32 " of ticket %" PRIu64, ordinal, t->id);
	return add(c, "row", name, TICKET, t->id, rc == ASSAY_ENOENT ? "is not there" : e.msg, err);
}

static assay_code check_ticket(struct check *c, uint64_t id, assay_err *err)
{
	ASSAY_AUTO_TICKET t = {0};
	const size_t before = c->count;
	bool there;
	assay_err e = ASSAY_ERR_INIT;
	assay_code rc = assay_ticket_get(c->store, id, &t, &e);

	rc = judge_row(c, rc, &e, ASSAY_TABLE_TICKET, id, TICKET, &there, err);
	if (rc != ASSAY_OK || !there)
		return rc;
	c->open_tickets += t.state == ASSAY_TICKET_OPEN;
	rc = check_text_entry(c, ASSAY_INDEX_TICKET, t.subject, id, TICKET, err);
	if (rc == ASSAY_OK && t.unit != 0)
		rc = check_link(c, t.subject, TICKET, id, ASSAY_TABLE_UNIT, t.unit, err);
	for (uint32_t i = 1; i <= t.events && i > 0 && rc == ASSAY_OK; i++)
		rc = check_event(c, &t, i, err);
	for (size_t i = before; i < c->count && !t.is_source && rc == ASSAY_OK; i++)
		rc = names_add(&c->findings[i].samples, t.subject, err);
	return rc;
}

static assay_code check_run(struct check *c, uint64_t id, assay_err *err)
{
	ASSAY_AUTO_RUN r = {0};
	bool there;
	assay_err e = ASSAY_ERR_INIT;
	assay_code rc = assay_run_get(c->store, id, &r, &e);

	return judge_row(c, rc, &e, ASSAY_TABLE_RUN, id, NOTHING, &there, err);
}

static assay_code check_number(struct check *c, const char *name, uint64_t *value, assay_err *err)
{
	assay_err e = ASSAY_ERR_INIT;
	assay_code rc = assay_meta_get(c->store, name, value, &e);

	c->sum.rows++;
	if (rc != ASSAY_ECORRUPT)
		return rc == ASSAY_OK ? ASSAY_OK : pass_on(rc, &e, err);
	return add(c, "row", name, NOTHING, 0, e.msg, err);
}

static assay_code check_open_tickets(struct check *c, assay_err *err)
{
	const size_t before = c->count;
	char detail[96];
	uint64_t open = 0;
	assay_code rc = check_number(c, "tickets.open", &open, err);

	if (rc != ASSAY_OK || c->count > before || open == c->open_tickets)
		return rc;
	(void)snprintf(detail, sizeof(detail), "says %" PRIu64 " where %" PRIu64 " tickets are open", open,
		       c->open_tickets);
	return add(c, "row", "tickets.open", NOTHING, 0, detail, err);
}

static assay_code check_latest(struct check *c, assay_err *err)
{
	uint64_t number = 0;
	assay_code rc = check_number(c, "version.latest", &number, err);

	if (rc != ASSAY_OK || number == 0)
		return rc;
	return check_link(c, "version.latest", NOTHING, 0, ASSAY_TABLE_VERSION, number, err);
}

static assay_code check_numbers(struct check *c, assay_err *err)
{
	char name[32];
	uint64_t value;
	assay_code rc;

	for (unsigned t = 0; t < ASSAY_TABLE_COUNT; t++) {
		(void)snprintf(name, sizeof(name), "next.%s", assay_table_name((assay_table)t));
		ASSAY_TRY(check_number(c, name, &value, err));
	}
	ASSAY_TRY(check_number(c, "pack.current", &value, err));
	ASSAY_TRY(check_number(c, "pack.length", &value, err));
	ASSAY_TRY(check_open_tickets(c, err));
	ASSAY_TRY(check_latest(c, err));
fail:
	return rc;
}

static assay_code count_tag(void *ctx, const void *key, size_t key_size, const void *p, size_t n, assay_err *err)
{
	struct check *c = ctx;

	(void)key;
	(void)key_size;
	(void)p;
	(void)n;
	(void)err;
	c->sum.rows++;
	return ASSAY_OK;
}

/* Tags have no numbers to go by, so their scan ends at the first that is damaged. */
static assay_code check_tags(struct check *c, assay_err *err)
{
	assay_err e = ASSAY_ERR_INIT;
	assay_code rc = assay_rows_each(c->store, ASSAY_TABLE_TAG, false, count_tag, c, &e);

	if (rc == ASSAY_ECORRUPT)
		return add(c, "row", "tag", NOTHING, 0, e.msg, err);
	return rc == ASSAY_OK ? ASSAY_OK : pass_on(rc, &e, err);
}

/* ---------------------------------------------------------------- versions and their tries */

/* Children of a branch; none of a leaf. All else about a node was proven by its digest: it is what trie.c wrote. */
static size_t read_children(const assay_buf *node, assay_digest child[16])
{
	assay_cbor_reader r;
	size_t items, count = 0;

	assay_cbor_reader_init(&r, node->data, node->len);
	(void)assay_cbor_read_map(&r);
	assay_cbor_read_key(&r, 0);
	(void)assay_cbor_read_uint(&r);
	assay_cbor_read_key(&r, 1);
	if (assay_cbor_read_uint(&r) == 0)
		return 0;
	assay_cbor_read_key(&r, 2);
	items = assay_cbor_read_array(&r);
	for (size_t i = 0; i < items && i < 16 && r.fault == NULL; i++)
		count += assay_cbor_read_digest(&r, &child[count]);
	return r.fault == NULL ? count : 0;
}

/* The object is damaged or missing: the version has lost something. */
static assay_code blame(struct check *c, const assay_digest *object, const char *version, bool *whole, assay_err *err)
{
	size_t finding;
	assay_code rc = check_named(c, object, &finding, err);

	if (rc != ASSAY_OK || finding == SIZE_MAX)
		return rc;
	*whole = false;
	return names_add(&c->findings[finding].versions, version, err);
}

static assay_code load_children(struct check *c, const assay_digest *d, assay_digest child[16], size_t *count,
				assay_err *err)
{
	ASSAY_AUTO_BUF node = ASSAY_BUF_INIT;
	assay_code rc = assay_object_get(c->store, d, &node, err);

	*count = rc == ASSAY_OK ? read_children(&node, child) : 0;
	return rc;
}

/* Versions share most of their nodes: what was found whole once is not walked again. */
static assay_code check_node(struct check *c, const assay_digest *d, const char *version, unsigned depth, bool *whole,
			     assay_err *err)
{
	assay_digest child[16];
	size_t count, seen;
	bool here = true;
	assay_code rc;

	if (map_get(&c->whole, d, &seen))
		return ASSAY_OK;
	rc = blame(c, d, version, &here, err);
	if (rc == ASSAY_OK && here && depth <= 2 * ASSAY_DIGEST_SIZE) {
		rc = load_children(c, d, child, &count, err);
		for (size_t i = 0; i < count && rc == ASSAY_OK; i++)
			rc = check_node(c, &child[i], version, depth + 1, &here, err);
	}
	if (rc == ASSAY_OK && here)
		rc = map_put(&c->whole, d, 0, err);
	*whole = *whole && here;
	return rc;
}

static assay_code check_parts(struct check *c, const assay_version *v, const char *name, assay_err *err)
{
	bool whole = true;
	assay_code rc = ASSAY_OK;

	for (unsigned m = 1; m <= ASSAY_MODALITY_MAX && rc == ASSAY_OK; m++)
		if (v->has_recipe[m])
			rc = blame(c, &v->recipes[m], name, &whole, err);
	for (size_t i = 0; i < v->contract_count && rc == ASSAY_OK; i++)
		rc = blame(c, &v->contracts[i], name, &whole, err);
	if (rc == ASSAY_OK)
		rc = check_node(c, &v->accepted, name, 0, &whole, err);
	return rc == ASSAY_OK ? check_node(c, &v->others, name, 0, &whole, err) : rc;
}

/* The id is field 1 of a version's row (version.c); assay_version_get needs it. */
static assay_code version_id(struct check *c, uint64_t number, assay_digest *id, assay_err *err)
{
	assay_cbor_reader r;
	const void *p;
	size_t n;
	assay_code rc = assay_row_get_at(c->store, ASSAY_TABLE_VERSION, number, &p, &n, err);

	if (rc != ASSAY_OK)
		return rc;
	assay_cbor_reader_init(&r, p, n);
	(void)assay_cbor_read_map(&r);
	assay_cbor_read_key(&r, 0);
	(void)assay_cbor_read_uint(&r);
	assay_cbor_read_key(&r, 1);
	if (!assay_cbor_read_digest(&r, id))
		assay_cbor_fault(&r, "version without id");
	r.left = 0; /* the rest is read by assay_version_get */
	return assay_cbor_finish(&r, "version row", err);
}

static assay_code load_version(struct check *c, const assay_digest *id, const char *name, assay_version *v, bool *there,
			       assay_err *err)
{
	const size_t before = c->count;
	bool whole = true;
	assay_err e = ASSAY_ERR_INIT;
	assay_code rc = blame(c, id, name, &whole, err);

	*there = false;
	if (rc != ASSAY_OK || !whole)
		return rc;
	rc = assay_version_get(c->store, id, v, &e);
	*there = rc == ASSAY_OK;
	if (rc == ASSAY_OK || c->count > before)
		return ASSAY_OK;
	if (!is_damage(rc))
		return pass_on(rc, &e, err);
	rc = add(c, "version", name, NOTHING, 0, e.msg[0] != '\0' ? e.msg : "cannot be found by its id", err);
	return rc == ASSAY_OK ? names_add(&c->findings[c->count - 1].versions, name, err) : rc;
}

static assay_code check_version(struct check *c, uint64_t number, assay_err *err)
{
	ASSAY_AUTO_VERSION v = {0};
	char name[NAME_SIZE];
	assay_digest id;
	size_t before;
	bool there;
	assay_err e = ASSAY_ERR_INIT;
	assay_code rc = version_id(c, number, &id, &e);

	rc = judge_row(c, rc, &e, ASSAY_TABLE_VERSION, number, VERSION, &there, err);
	if (rc != ASSAY_OK || !there)
		return rc;
	c->sum.versions++;
	before = c->count;
	(void)digest_name(&id, name);
	rc = check_entry(c, ASSAY_INDEX_VERSION, &id, number, name, NOTHING, err);
	if (rc == ASSAY_OK && c->count > before)
		return names_add(&c->findings[before].versions, name, err);
	if (rc == ASSAY_OK)
		rc = load_version(c, &id, name, &v, &there, err);
	return rc == ASSAY_OK && there ? check_parts(c, &v, name, err) : rc;
}

/* ---------------------------------------------------------------- index entries, from their own side */

static assay_code hash_text(const char *text, assay_digest *out, assay_err *err)
{
	return assay_digest_of(out, text, strlen(text), err);
}

static assay_code source_digest(assay_store *s, uint64_t id, assay_digest *out, assay_err *err)
{
	ASSAY_AUTO_SOURCE src = {0};
	assay_code rc = assay_source_get(s, id, &src, err);

	return rc == ASSAY_OK ? hash_text(src.path, out, err) : rc;
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

	return rc == ASSAY_OK ? hash_text(r.key, out, err) : rc;
}

static assay_code ticket_digest(assay_store *s, uint64_t id, assay_digest *out, assay_err *err)
{
	ASSAY_AUTO_TICKET t = {0};
	assay_code rc = assay_ticket_get(s, id, &t, err);

	return rc == ASSAY_OK ? hash_text(t.subject, out, err) : rc;
}

static assay_code object_digest(assay_store *s, uint64_t id, assay_digest *out, assay_err *err)
{
	assay_object_info o;
	assay_code rc = assay_object_at(s, id, &o, err);

	*out = o.digest;
	return rc;
}

/* What the row that an entry leads to is indexed by. */
static assay_code row_digest(struct check *c, assay_index_type type, uint64_t id, assay_digest *out, assay_err *err)
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
		return version_id(c, id, out, err);
	case ASSAY_INDEX_CONTENT:
	default:
		return ASSAY_RAISE(err, ASSAY_EINVAL, "contents have no rows");
	}
}

static const struct {
	assay_index_type type;
	const char *noun; /* what its entries lead to */
	enum subject subject;
} entries[] = {
    {ASSAY_INDEX_OBJECT, "object", OBJECT}, {ASSAY_INDEX_PATH, "source", NOTHING},
    {ASSAY_INDEX_WORK, "unit", WORK},       {ASSAY_INDEX_SAMPLE, "sample", KEY},
    {ASSAY_INDEX_TICKET, "ticket", KEY},    {ASSAY_INDEX_VERSION, "version", NOTHING},
};

struct index_scan {
	struct check *check;
	size_t entry; /* in entries */
};

static assay_code check_index_entry(void *ctx, const assay_digest *d, uint64_t id, assay_err *err)
{
	const struct index_scan *scan = ctx;
	struct check *c = scan->check;
	const assay_index_type type = entries[scan->entry].type;
	const assay_digest key = entry_key(type, d);
	char name[NAME_SIZE], detail[128];
	assay_digest own;
	size_t told;
	assay_err e = ASSAY_ERR_INIT;
	assay_code rc;

	if (map_get(&c->told, &key, &told))
		return ASSAY_OK;
	rc = row_digest(c, type, id, &own, &e);
	if (rc == ASSAY_ECORRUPT || (rc == ASSAY_OK && assay_digest_eq(&own, d)))
		return ASSAY_OK;
	if (rc != ASSAY_OK && rc != ASSAY_ENOENT)
		return pass_on(rc, &e, err);
	(void)snprintf(detail, sizeof(detail), "index entry leads to %s %" PRIu64 ", which is %s",
		       entries[scan->entry].noun, id, rc == ASSAY_OK ? "not it" : "not there");
	rc = add_entry(c, type, d, digest_name(d, name), entries[scan->entry].subject, 0, detail, err);
	if (rc == ASSAY_OK && type == ASSAY_INDEX_OBJECT && !map_get(&c->bad, d, &told))
		rc = map_put(&c->bad, d, c->count - 1, err);
	if (rc == ASSAY_OK && type == ASSAY_INDEX_VERSION)
		rc = names_add(&c->findings[c->count - 1].versions, name, err);
	return rc;
}

/* Contents have numbers but no rows: every number must have been given, and to one content only. */
static assay_code check_content_entry(void *ctx, const assay_digest *d, uint64_t id, assay_err *err)
{
	struct check *c = ctx;
	const bool given = id > 0 && id < c->content_end;
	char name[NAME_SIZE], detail[128];
	assay_code rc;

	if (given && (c->numbered[id / 8] >> (id % 8) & 1) == 0) {
		c->numbered[id / 8] = (unsigned char)(c->numbered[id / 8] | 1u << (id % 8));
		return ASSAY_OK;
	}
	(void)snprintf(detail, sizeof(detail), "its content number %" PRIu64 " %s", id,
		       given ? "is that of another content too" : "was never given");
	rc = add_entry(c, ASSAY_INDEX_CONTENT, d, digest_name(d, name), CONTENT, 0, detail, err);
	return rc == ASSAY_OK ? map_put(&c->contents, d, c->count - 1, err) : rc;
}

static assay_code scan_index(struct check *c, assay_index_type type, assay_index_fn *fn, void *ctx, assay_err *err)
{
	const size_t before = c->count;
	char name[NAME_SIZE];
	assay_err e = ASSAY_ERR_INIT;
	assay_code rc = assay_index_prefix(c->store, type, "", fn, ctx, &e);

	if (rc == ASSAY_OK)
		return ASSAY_OK;
	if (rc != ASSAY_ECORRUPT)
		return pass_on(rc, &e, err);
	(void)snprintf(name, sizeof(name), "index of type %c", (int)type);
	return c->count > before ? ASSAY_OK : add(c, "index", name, NOTHING, 0, e.msg, err);
}

static assay_code check_contents(struct check *c, assay_err *err)
{
	assay_err e = ASSAY_ERR_INIT;
	assay_code rc = assay_meta_get(c->store, "next.index", &c->content_end, &e);

	if (rc == ASSAY_ECORRUPT)
		return ASSAY_OK; /* told by check_numbers; without it no number is known to be wrong */
	if (rc != ASSAY_OK)
		return pass_on(rc, &e, err);
	c->numbered = assay_alloc(c->content_end / 8 + 1, 1);
	if (c->numbered == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "%" PRIu64 " content numbers", c->content_end);
	return scan_index(c, ASSAY_INDEX_CONTENT, check_content_entry, c, err);
}

static assay_code check_index(struct check *c, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < ASSAY_COUNT(entries) && rc == ASSAY_OK; i++) {
		struct index_scan scan = {.check = c, .entry = i};

		rc = scan_index(c, entries[i].type, check_index_entry, &scan, err);
	}
	return rc == ASSAY_OK ? check_contents(c, err) : rc;
}

/* ---------------------------------------------------------------- whom it affects */

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

static assay_code add_hit(struct check *c, const struct hit *like, const char *part, assay_err *err)
{
	char *copy = NULL;
	assay_code rc = assay_grow(&c->hits, &c->hit_cap, c->hit_count, sizeof(*c->hits), err);

	if (rc == ASSAY_OK && part != NULL) {
		copy = assay_strdup(part);
		if (copy == NULL)
			rc = ASSAY_RAISE(err, ASSAY_ENOMEM, "part '%s'", part);
	}
	if (rc != ASSAY_OK)
		return rc;
	c->hits[c->hit_count] = *like;
	c->hits[c->hit_count++].part = copy;
	return ASSAY_OK;
}

static assay_code add_key_hit(struct check *c, size_t finding, const assay_digest *hash, assay_err *err)
{
	assay_code rc = assay_grow(&c->key_hits, &c->key_hit_cap, c->key_hit_count, sizeof(*c->key_hits), err);

	if (rc == ASSAY_OK)
		c->key_hits[c->key_hit_count++] = (struct key_hit){.finding = finding, .hash = *hash};
	return rc;
}

static assay_code note_subject(struct check *c, size_t finding, assay_err *err)
{
	const struct finding *f = &c->findings[finding];
	const struct hit unit = {.finding = finding, .unit = f->id, .position = ANY, .work_key = f->digest};
	assay_code rc = ASSAY_OK;

	if (f->subject == UNIT || f->subject == WORK)
		rc = add_hit(c, &unit, NULL, err);
	else if (f->subject == KEY)
		rc = add_key_hit(c, finding, &f->digest, err);
	if (rc != ASSAY_OK || f->id == 0)
		return rc;
	rc = assay_grow(&c->refs, &c->ref_cap, c->ref_count, sizeof(*c->refs), err);
	if (rc == ASSAY_OK)
		c->refs[c->ref_count++] = (struct ref){.subject = f->subject, .id = f->id, .finding = finding};
	return rc;
}

/* Findings about a row: *n of them from the position that comes back. */
static const struct ref *refs_to(const struct check *c, enum subject subject, uint64_t id, size_t *n)
{
	const struct ref key = {.subject = subject, .id = id};
	const size_t from = lower_bound(&key, c->refs, c->ref_count, sizeof(key), by_row);

	for (*n = 0; from + *n < c->ref_count && by_row(&c->refs[from + *n], &key) == 0; ++*n)
		;
	return c->refs + from;
}

/* Name a sample if its key has this hash: the entry that led to it may be the one that is damaged. */
static assay_code name_if_hash(struct check *c, size_t finding, const char *key, const assay_digest *hash,
			       assay_err *err)
{
	assay_digest d;
	assay_code rc = hash_text(key, &d, err);

	if (rc != ASSAY_OK || !assay_digest_eq(&d, hash))
		return rc;
	return names_add(&c->findings[finding].samples, key, err);
}

/* A ticket's subject has the same hash as the sample's key, so that each can stand in for the other. */
static assay_code name_by_hash(struct check *c, size_t finding, const assay_digest *hash, assay_err *err)
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
	if (is_damage(rc))
		rc = assay_index_get(c->store, ASSAY_INDEX_TICKET, hash, &id, &e);
	if (rc == ASSAY_OK)
		rc = assay_ticket_get(c->store, id, &t, &e);
	if (rc == ASSAY_OK)
		return t.is_source ? ASSAY_OK : name_if_hash(c, finding, t.subject, hash, err);
	return is_damage(rc) ? ASSAY_OK : pass_on(rc, &e, err);
}

/* The index knows digests of rows that cannot be read any more. */
static assay_code learn(struct check *c, enum subject subject, size_t finding, uint64_t id, const assay_digest *d,
			assay_err *err)
{
	const struct hit unit = {.finding = finding, .unit = id, .position = ANY, .work_key = *d};
	char name[NAME_SIZE];
	assay_code rc = ASSAY_OK;

	if (subject == OBJECT_ROW)
		rc = map_put(&c->bad, d, finding, err);
	else if (subject == UNIT)
		rc = add_hit(c, &unit, NULL, err);
	else if (subject == VERSION)
		rc = names_add(&c->findings[finding].versions, digest_name(d, name), err);
	else
		rc = name_by_hash(c, finding, d, err);
	return rc == ASSAY_OK && subject == SAMPLE ? add_key_hit(c, finding, d, err) : rc;
}

struct lesson {
	struct check *check;
	enum subject subject;
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

static assay_code learn_from_index(struct check *c, assay_err *err)
{
	static const struct {
		assay_index_type type;
		enum subject subject;
	} lessons[] = {{ASSAY_INDEX_OBJECT, OBJECT_ROW},
		       {ASSAY_INDEX_WORK, UNIT},
		       {ASSAY_INDEX_SAMPLE, SAMPLE},
		       {ASSAY_INDEX_TICKET, TICKET},
		       {ASSAY_INDEX_VERSION, VERSION}};
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < ASSAY_COUNT(lessons) && rc == ASSAY_OK; i++) {
		struct lesson l = {.check = c, .subject = lessons[i].subject};
		assay_err e = ASSAY_ERR_INIT;

		rc = assay_index_prefix(c->store, lessons[i].type, "", learn_entry, &l, &e);
		if (rc != ASSAY_OK)
			rc = rc == ASSAY_ECORRUPT ? ASSAY_OK : pass_on(rc, &e, err);
	}
	return rc;
}

/* ---- units */

static assay_code hit_if_bad(struct check *c, const assay_unit *u, const assay_digest *object, uint32_t position,
			     assay_err *err)
{
	struct hit h = {.unit = u->id, .position = position, .work_key = u->work_key};

	if (!map_get(&c->bad, object, &h.finding))
		return ASSAY_OK;
	return add_hit(c, &h, position == ANY ? NULL : u->result.samples[position].part, err);
}

static assay_code hit_if_content(struct check *c, const assay_unit *u, const assay_digest *content, assay_err *err)
{
	struct hit h = {.unit = u->id, .position = ANY, .work_key = u->work_key};

	return map_get(&c->contents, content, &h.finding) ? add_hit(c, &h, NULL, err) : ASSAY_OK;
}

static assay_code hit_unit(struct check *c, const assay_unit *u, assay_err *err)
{
	struct hit h = {.unit = u->id, .position = ANY, .work_key = u->work_key};
	const assay_result *r = &u->result;
	size_t n;
	const struct ref *refs = refs_to(c, UNIT, u->id, &n);
	assay_code rc = hit_if_bad(c, u, &u->recipe, ANY, err);

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

static assay_code affected_unit(struct check *c, uint64_t id, assay_err *err)
{
	ASSAY_AUTO_UNIT u = {0};
	assay_err e = ASSAY_ERR_INIT;
	assay_code rc = assay_unit_get(c->store, id, &u, &e);

	if (rc == ASSAY_OK)
		return hit_unit(c, &u, err);
	return is_damage(rc) ? ASSAY_OK : pass_on(rc, &e, err);
}

/* ---- samples */

static assay_code name_refs(struct check *c, enum subject subject, uint64_t id, const assay_sample_row *r,
			    assay_err *err)
{
	assay_digest hash;
	size_t n;
	const struct ref *refs = refs_to(c, subject, id, &n);
	assay_code rc = n > 0 ? hash_text(r->key, &hash, err) : ASSAY_OK;

	for (size_t i = 0; i < n && rc == ASSAY_OK; i++) {
		rc = names_add(&c->findings[refs[i].finding].samples, r->key, err);
		if (rc == ASSAY_OK)
			rc = add_key_hit(c, refs[i].finding, &hash, err);
	}
	return rc;
}

static assay_code name_sample(struct check *c, const assay_sample_row *r, assay_err *err)
{
	const struct hit key = {.unit = r->unit};
	const size_t from = lower_bound(&key, c->hits, c->hit_count, sizeof(key), by_unit);
	assay_code rc = name_refs(c, SOURCE, r->source, r, err);

	if (rc == ASSAY_OK)
		rc = name_refs(c, SAMPLE, r->id, r, err);
	for (size_t i = from; i < c->hit_count && c->hits[i].unit == r->unit && rc == ASSAY_OK; i++)
		if (c->hits[i].position == ANY || c->hits[i].position == r->position)
			rc = names_add(&c->findings[c->hits[i].finding].samples, r->key, err);
	return rc;
}

static assay_code affected_sample(struct check *c, uint64_t id, assay_err *err)
{
	ASSAY_AUTO_SAMPLE_ROW r = {0};
	assay_err e = ASSAY_ERR_INIT;
	assay_code rc = assay_sample_get(c->store, id, &r, &e);

	if (rc == ASSAY_OK)
		return name_sample(c, &r, err);
	return is_damage(rc) ? ASSAY_OK : pass_on(rc, &e, err);
}

/* ---- versions */

struct version_walk {
	struct check *check;
	const char *version; /* NULL: in the trie of other outcomes, which only tells names */
};

static assay_code name_entry(const struct version_walk *w, size_t finding, const assay_trie_entry *e, assay_err *err)
{
	struct finding *f = &w->check->findings[finding];
	assay_code rc = e->kind != 0 ? names_add(&f->samples, e->key, err) : ASSAY_OK;

	return rc == ASSAY_OK && w->version != NULL ? names_add(&f->versions, w->version, err) : rc;
}

static assay_code name_by_work(const struct version_walk *w, const assay_trie_entry *e, assay_err *err)
{
	const struct check *c = w->check;
	const struct hit key = {.work_key = e->work_key};
	const char *sharp = strchr(e->key, '#'); /* paths have theirs escaped */
	const char *part = sharp != NULL ? sharp + 1 : "";
	assay_code rc = ASSAY_OK;

	if (assay_digest_is_zero(&e->work_key))
		return ASSAY_OK; /* what stands for "not known" in hits */
	for (size_t i = lower_bound(&key, c->hits, c->hit_count, sizeof(key), by_work_key);
	     i < c->hit_count && by_work_key(&c->hits[i], &key) == 0 && rc == ASSAY_OK; i++)
		if (c->hits[i].part == NULL || strcmp(c->hits[i].part, part) == 0)
			rc = name_entry(w, c->hits[i].finding, e, err);
	return rc;
}

static assay_code affected_entry(void *ctx, const assay_trie_entry *e, assay_err *err)
{
	const struct version_walk *w = ctx;
	const struct check *c = w->check;
	const struct key_hit key = {.hash = e->hash};
	assay_code rc = w->version != NULL ? name_by_work(w, e, err) : ASSAY_OK;

	for (size_t i = lower_bound(&key, c->key_hits, c->key_hit_count, sizeof(key), by_key_hash);
	     i < c->key_hit_count && by_key_hash(&c->key_hits[i], &key) == 0 && rc == ASSAY_OK; i++)
		rc = name_entry(w, c->key_hits[i].finding, e, err);
	return rc;
}

/* A trie with a damaged node still tells the entries of its other nodes. */
static assay_code affected_trie(struct check *c, const assay_digest *root, const char *version, assay_err *err)
{
	struct version_walk w = {.check = c, .version = version};
	assay_err e = ASSAY_ERR_INIT;
	assay_code rc = assay_trie_each(c->store, root, affected_entry, &w, &e);

	return rc == ASSAY_OK || is_damage(rc) || rc == ASSAY_EIO ? ASSAY_OK : pass_on(rc, &e, err);
}

static assay_code affected_version(struct check *c, uint64_t number, assay_err *err)
{
	ASSAY_AUTO_VERSION v = {0};
	char name[NAME_SIZE];
	assay_digest id;
	assay_err e = ASSAY_ERR_INIT;
	assay_code rc = version_id(c, number, &id, &e);

	if (rc == ASSAY_OK)
		rc = assay_version_get(c->store, &id, &v, &e);
	if (rc != ASSAY_OK)
		return is_damage(rc) ? ASSAY_OK : pass_on(rc, &e, err);
	rc = affected_trie(c, &v.accepted, digest_name(&id, name), err);
	return rc == ASSAY_OK ? affected_trie(c, &v.others, NULL, err) : rc;
}

static assay_code find_affected(struct check *c, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < c->count && rc == ASSAY_OK; i++)
		rc = note_subject(c, i, err);
	if (rc != ASSAY_OK || c->count == 0)
		return rc;
	sort(c->refs, c->ref_count, sizeof(*c->refs), by_row);
	ASSAY_TRY(learn_from_index(c, err));
	ASSAY_TRY(each_row(c, ASSAY_TABLE_UNIT, affected_unit, err));
	sort(c->hits, c->hit_count, sizeof(*c->hits), by_unit);
	ASSAY_TRY(each_row(c, ASSAY_TABLE_SAMPLE, affected_sample, err));
	sort(c->hits, c->hit_count, sizeof(*c->hits), by_work_key);
	sort(c->key_hits, c->key_hit_count, sizeof(*c->key_hits), by_key_hash);
	ASSAY_TRY(each_row(c, ASSAY_TABLE_VERSION, affected_version, err));
fail:
	return rc;
}

/* ---------------------------------------------------------------- all of it */

static assay_code tell(struct check *c, assay_store_finding_fn *fn, void *ctx, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < c->count && rc == ASSAY_OK; i++) {
		struct finding *f = &c->findings[i];
		assay_store_finding out = {.what = f->what, .name = f->name, .detail = f->detail};

		names_unique(&f->samples);
		names_unique(&f->versions);
		out.samples = (const char *const *)f->samples.list;
		out.sample_count = f->samples.count;
		out.versions = (const char *const *)f->versions.list;
		out.version_count = f->versions.count;
		rc = fn(ctx, &out, err);
	}
	return rc;
}

static assay_code look(struct check *c, assay_err *err)
{
	static const struct {
		assay_table table;
		row_fn *fn;
	} tables[] = {{ASSAY_TABLE_OBJECT, check_object},  {ASSAY_TABLE_SOURCE, check_source},
		      {ASSAY_TABLE_UNIT, check_unit},      {ASSAY_TABLE_SAMPLE, check_sample},
		      {ASSAY_TABLE_TICKET, check_ticket},  {ASSAY_TABLE_RUN, check_run},
		      {ASSAY_TABLE_VERSION, check_version}};
	assay_code rc;

	if (c->opts.progress != NULL)
		ASSAY_TRY(each_row(c, ASSAY_TABLE_OBJECT, add_size, err));
	for (size_t i = 0; i < ASSAY_COUNT(tables); i++)
		ASSAY_TRY(each_row(c, tables[i].table, tables[i].fn, err));
	ASSAY_TRY(check_tags(c, err));
	ASSAY_TRY(check_numbers(c, err));
	ASSAY_TRY(check_index(c, err));
fail:
	return rc;
}

assay_code assay_store_check(assay_store *s, const assay_store_check_opts *opts, assay_store_finding_fn *fn, void *ctx,
			     assay_store_check_summary *summary, assay_err *err)
{
	struct check c = {.store = s, .pack_finding = SIZE_MAX};
	assay_code rc;

	if (opts != NULL)
		c.opts = *opts;
	rc = look(&c, err);
	if (rc == ASSAY_OK)
		rc = find_affected(&c, err);
	if (rc == ASSAY_OK)
		rc = tell(&c, fn, ctx, err);
	c.sum.findings = c.count;
	*summary = c.sum;
	check_release(&c);
	return rc;
}
