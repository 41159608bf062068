/** A store with two versions, what a check tells of it, and damage of every kind. One file includes it. */
#ifndef ASSAY_TEST_CHECK_FIXTURE_H
#define ASSAY_TEST_CHECK_FIXTURE_H

#include "assay/check.h"
#include "assay/queue.h"
#include "assay/run.h"
#include "assay/source.h"
#include "assay/trie.h"
#include "assay/unit.h"
#include "assay/version.h"

#include "lineage_fixture.h"

#include <fcntl.h>
#include <lmdb.h>
#include <unistd.h>

/* ---- a store with two versions ----
 *
 * Sources a.tif and b.tif. Unit 1 made a.tif#page=1 (artifact "old one", and "shared") and a.tif#page=2 ("two",
 * and a large one); unit 2 made b.tif ("three", and "shared"). Version 1 has them all, but b.tif, which failed.
 * Then a recipe changed: unit 3 made a.tif#page=1 anew ("new one") and a.tif#page=2 ("two"); version 2 has both pages
 * of unit 3 and b.tif.
 */

struct made {
	assay_digest recipe, other_recipe, contract;
	assay_digest old_one, new_one, two, three, shared, large;
	assay_digest work[4];
	char version[3][80]; /* by number; [0] is for one more */
};

static struct made made;

static inline assay_digest put_object(assay_store *s, assay_object_type type, const void *bytes, size_t n)
{
	assay_digest d;

	assert_int_equal(assay_object_put(s, type, bytes, n, NULL, &d, NULL, NULL), ASSAY_OK);
	return d;
}

static inline assay_digest put_text(assay_store *s, assay_object_type type, const char *bytes)
{
	return put_object(s, type, bytes, strlen(bytes));
}

static inline void put_objects(assay_store *s)
{
	unsigned char *large = calloc(1, ASSAY_OBJECT_LARGE + 10);

	assert_non_null(large);
	made.recipe = put_text(s, ASSAY_OBJECT_RECIPE, "recipe");
	made.other_recipe = put_text(s, ASSAY_OBJECT_RECIPE, "other recipe");
	made.contract = put_text(s, ASSAY_OBJECT_CONTRACT, "contract");
	made.old_one = put_text(s, ASSAY_OBJECT_ARTIFACT, "old one");
	made.new_one = put_text(s, ASSAY_OBJECT_ARTIFACT, "new one");
	made.two = put_text(s, ASSAY_OBJECT_ARTIFACT, "two");
	made.three = put_text(s, ASSAY_OBJECT_ARTIFACT, "three");
	made.shared = put_text(s, ASSAY_OBJECT_ARTIFACT, "shared");
	made.large = put_object(s, ASSAY_OBJECT_ARTIFACT, large, ASSAY_OBJECT_LARGE + 10);
	free(large);
}

static inline void add_artifact(assay_store *s, assay_result_sample *r, const assay_digest *d)
{
	assay_object_info o;

	assert_int_equal(assay_object_find(s, d, &o, NULL), ASSAY_OK);
	r->artifacts[r->artifact_count++] = (assay_artifact_ref){.digest = *d, .size = o.size};
}

static inline void add_sample(assay_store *s, assay_unit *u, const char *part, const assay_digest *one,
			      const assay_digest *two)
{
	assay_result_sample *r = &u->result.samples[u->result.sample_count++];

	r->kind = ASSAY_SAMPLE_PAGE;
	r->part = text(part);
	r->parent = ASSAY_NO_SAMPLE;
	r->artifacts = calloc(2, sizeof(*r->artifacts));
	assert_non_null(r->artifacts);
	add_artifact(s, r, one);
	if (two != NULL)
		add_artifact(s, r, two);
}

static inline void start_unit(assay_unit *u, unsigned source, const assay_digest *recipe)
{
	*u = (assay_unit){.source = digest(source), .recipe = *recipe, .part = text("")};
	u->result.samples = calloc(2, sizeof(*u->result.samples));
	assert_non_null(u->result.samples);
}

static inline void finish_unit(assay_store *s, assay_unit *u)
{
	assert_int_equal(assay_unit_put(s, u, NULL), ASSAY_OK);
	made.work[u->id] = u->work_key;
	assay_unit_release(u);
}

static inline void put_units(assay_store *s)
{
	assay_unit u;

	start_unit(&u, 0xa, &made.recipe);
	add_sample(s, &u, "page=1", &made.old_one, &made.shared);
	add_sample(s, &u, "page=2", &made.two, &made.large);
	finish_unit(s, &u);
	start_unit(&u, 0xb, &made.recipe);
	add_sample(s, &u, "", &made.three, &made.shared);
	finish_unit(s, &u);
	start_unit(&u, 0xa, &made.other_recipe);
	add_sample(s, &u, "page=1", &made.new_one, NULL);
	add_sample(s, &u, "page=2", &made.two, NULL);
	finish_unit(s, &u);
}

static inline void put_source(assay_store *s, const char *path, unsigned byte, uint64_t unit,
			      const assay_digest *recipe)
{
	assay_source src = {
	    .path = text(path), .modality = ASSAY_MODALITY_PAGE, .digest = digest(byte), .recipe = *recipe};

	src.units = calloc(1, sizeof(*src.units));
	assert_non_null(src.units);
	src.units[src.unit_count++] = unit;
	assert_int_equal(assay_source_put(s, &src, NULL), ASSAY_OK);
	assay_source_release(&src);
}

static inline void put_sample(assay_store *s, const char *key, uint64_t source, uint64_t unit, uint32_t position)
{
	assay_sample_row r = {.key = text(key),
			      .source = source,
			      .unit = unit,
			      .position = position,
			      .outcome = ASSAY_OUTCOME_ACCEPTED,
			      .contracts = digest(7),
			      .judged_unit = unit};

	assert_int_equal(assay_sample_put(s, &r, NULL), ASSAY_OK);
	assay_sample_row_release(&r);
}

static inline void put_rows(assay_store *s)
{
	assay_ticket t = {.subject = text("b.tif"), .state = ASSAY_TICKET_OPEN, .unit = 2};
	assay_run run = {.verb = text("run")};

	put_source(s, "a.tif", 0xa, 3, &made.other_recipe);
	put_source(s, "b.tif", 0xb, 2, &made.recipe);
	put_sample(s, "a.tif#page=1", 1, 3, 0);
	put_sample(s, "a.tif#page=2", 1, 3, 1);
	put_sample(s, "b.tif", 2, 2, 0);
	assert_int_equal(assay_ticket_put(s, &t, "assay", "cer is 0.1", NULL), ASSAY_OK);
	t.state = ASSAY_TICKET_PASSED;
	assert_int_equal(assay_ticket_put(s, &t, "assay", "it passes now", NULL), ASSAY_OK);
	assert_int_equal(assay_run_put(s, &run, NULL), ASSAY_OK);
	assay_ticket_release(&t);
	assay_run_release(&run);
}

/* Enough entries of no unit here that the trie has branches. */
#define FILLERS 60

static inline void commit_version(assay_store *s, unsigned number, const assay_digest *recipe, uint64_t unit,
				  bool with_b)
{
	char keys[FILLERS][16], hex[ASSAY_DIGEST_HEX];
	assay_trie_entry e[FILLERS + 3];
	assay_trie_entry other = {.key = "b.tif", .outcome = ASSAY_OUTCOME_QUARANTINED, .kind = ASSAY_SAMPLE_PAGE};
	assay_version v = {.has_recipe = {false, true, false, false}, .contracts = &made.contract, .contract_count = 1};
	size_t n = 0;

	memset(e, 0, sizeof(e));
	for (unsigned i = 0; i < FILLERS; i++) {
		(void)snprintf(keys[i], sizeof(keys[i]), "filler/%u", i);
		e[n++] = (assay_trie_entry){.key = keys[i],
					    .outcome = ASSAY_OUTCOME_ACCEPTED,
					    .kind = ASSAY_SAMPLE_PAGE,
					    .content = digest(1),
					    .work_key = digest(0xf1)};
	}
	e[n++] = (assay_trie_entry){.key = "a.tif#page=1",
				    .outcome = ASSAY_OUTCOME_ACCEPTED,
				    .kind = ASSAY_SAMPLE_PAGE,
				    .content = digest(2),
				    .work_key = made.work[unit]};
	e[n++] = (assay_trie_entry){.key = "a.tif#page=2",
				    .outcome = ASSAY_OUTCOME_WAIVED,
				    .kind = ASSAY_SAMPLE_PAGE,
				    .content = digest(3),
				    .work_key = made.work[unit]};
	if (with_b)
		e[n++] = (assay_trie_entry){.key = "b.tif",
					    .outcome = ASSAY_OUTCOME_ACCEPTED,
					    .kind = ASSAY_SAMPLE_PAGE,
					    .content = digest(4),
					    .work_key = made.work[2]};
	v.recipes[1] = *recipe;
	assert_int_equal(assay_trie_build(s, e, n, &v.accepted, NULL), ASSAY_OK);
	assert_int_equal(assay_trie_build(s, &other, with_b ? 0 : 1, &v.others, NULL), ASSAY_OK);
	assert_int_equal(assay_version_commit(s, &v, NULL), ASSAY_OK);
	(void)snprintf(made.version[number], sizeof(made.version[number]), "sha256:%s", assay_digest_hex(&v.id, hex));
}

static inline int make_store(void **state)
{
	if (open_store(state) != 0)
		return -1;
	put_objects(STORE(state));
	put_units(STORE(state));
	put_rows(STORE(state));
	commit_version(STORE(state), 1, &made.recipe, 1, false);
	commit_version(STORE(state), 2, &made.other_recipe, 3, true);
	return assay_store_commit(STORE(state), NULL) == ASSAY_OK ? 0 : -1;
}

/* ---- what a check tells, as text ---- */

#define TOLD 8192

static inline void add_names(char *out, const char *what, const char *const *names, size_t count)
{
	(void)strcat(out, what);
	for (size_t i = 0; i < count; i++) {
		const char *name = names[i];

		for (unsigned v = 1; v <= 2; v++)
			if (strcmp(name, made.version[v]) == 0)
				name = v == 1 ? "v1" : "v2";
		(void)strcat(strcat(out, " "), name);
	}
}

static inline assay_code tell(void *ctx, const assay_store_finding *f, assay_err *err)
{
	char *out = ctx;

	(void)err;
	if (strlen(out) > TOLD - 1500)
		return ASSAY_OK;
	(void)sprintf(out + strlen(out), "%s %s: %s |", f->what, f->name, f->detail);
	add_names(out, "", f->samples, f->sample_count);
	add_names(out, " |", f->versions, f->version_count);
	(void)strcat(out, "\n");
	return ASSAY_OK;
}

static inline assay_store_check_summary check(assay_store *s, bool read_data, char told[TOLD])
{
	const assay_store_check_opts opts = {.read_data = read_data};
	assay_store_check_summary sum = {0};

	told[0] = '\0';
	assert_int_equal(assay_store_check(s, &opts, tell, told, &sum, NULL), ASSAY_OK);
	return sum;
}

/* Findings, one line each: "what … | samples | versions"; details are compared up to where they start alike. */
static inline void assert_told(void **state, bool read_data, size_t findings, const char *const *parts)
{
	char told[TOLD];
	const assay_store_check_summary sum = check(STORE(state), read_data, told);
	const char *at = told;

	if (sum.findings != findings)
		print_error("%s", told);
	assert_int_equal(sum.findings, findings);
	for (; *parts != NULL; parts++) {
		const char *found = strstr(at, *parts);

		if (found == NULL)
			print_error("told:\n%swanted next: %s\n", told, *parts);
		assert_non_null(found);
		at = found + strlen(*parts);
	}
}

#define TOLD_PARTS(...) ((const char *const[]){__VA_ARGS__, NULL})

/* ---- damage ---- */

static inline void name_of(const assay_digest *d, char out[80])
{
	char hex[ASSAY_DIGEST_HEX];

	(void)snprintf(out, 80, "object sha256:%s: ", assay_digest_hex(d, hex));
}

static inline void flip_in_file(const char *path, uint64_t at)
{
	unsigned char byte;
	const int fd = open(path, O_RDWR);

	assert_true(fd >= 0);
	assert_int_equal(pread(fd, &byte, 1, (off_t)at), 1);
	byte ^= 4;
	assert_int_equal(pwrite(fd, &byte, 1, (off_t)at), 1);
	assert_int_equal(close(fd), 0);
}

/* A record's payload begins 48 bytes behind its offset (pack.h). */
static inline void flip_in_pack(void **state, const assay_digest *d, unsigned behind)
{
	const struct fixture *f = *state;
	char path[128];
	assay_object_info o;

	assert_int_equal(assay_object_find(f->s, d, &o, NULL), ASSAY_OK);
	(void)snprintf(path, sizeof(path), "%s/packs/%08u.pack", f->store, o.pack);
	flip_in_file(path, o.offset + behind);
}

static inline void large_path(void **state, char path[160])
{
	const struct fixture *f = *state;
	char hex[ASSAY_DIGEST_HEX];

	(void)assay_digest_hex(&made.large, hex);
	(void)snprintf(path, 160, "%s/objects/%.2s/%s", f->store, hex, hex + 2);
}

/* Change the catalog behind the store's back, as a disk would. */
static inline void change_catalog(void **state, const char *table, const void *key, size_t key_size, size_t at,
				  bool remove_it)
{
	struct fixture *f = *state;
	MDB_val k = {key_size, (void *)(uintptr_t)key}, v;
	ASSAY_AUTO_FREE unsigned char *copy = NULL;
	char path[128];
	MDB_env *env;
	MDB_txn *txn;
	MDB_dbi dbi;

	assay_store_close(f->s);
	f->s = NULL;
	(void)snprintf(path, sizeof(path), "%s/catalog", f->store);
	assert_int_equal(mdb_env_create(&env), 0);
	assert_int_equal(mdb_env_set_maxdbs(env, 32), 0);
	assert_int_equal(mdb_env_set_mapsize(env, (size_t)1 << 30), 0);
	assert_int_equal(mdb_env_open(env, path, 0, 0666), 0);
	assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
	assert_int_equal(mdb_dbi_open(txn, table, 0, &dbi), 0);
	assert_int_equal(mdb_get(txn, dbi, &k, &v), 0);
	copy = malloc(v.mv_size);
	assert_non_null(copy);
	memcpy(copy, v.mv_data, v.mv_size);
	assert_true(remove_it || at < v.mv_size);
	if (!remove_it)
		copy[at] ^= 1;
	v.mv_data = copy;
	assert_int_equal(remove_it ? mdb_del(txn, dbi, &k, NULL) : mdb_put(txn, dbi, &k, &v, 0), 0);
	assert_int_equal(mdb_txn_commit(txn), 0);
	mdb_env_close(env);
	assert_int_equal(assay_store_open(&f->s, f->store, NULL, NULL), ASSAY_OK);
}

static inline void change_row(void **state, const char *table, uint64_t id)
{
	const unsigned char key[8] = {0, 0, 0, 0, 0, 0, 0, (unsigned char)id};

	change_catalog(state, table, key, sizeof(key), 12, false);
}

/* Low byte of the number, so that the entry leads to a neighbour. */
static inline void change_entry(void **state, char type, const assay_digest *d, bool remove_it)
{
	unsigned char key[33];

	key[0] = (unsigned char)type;
	memcpy(key + 1, d->bytes, sizeof(d->bytes));
	change_catalog(state, "index", key, sizeof(key), 7, remove_it);
}

static inline assay_digest hash_of(const char *s)
{
	assay_digest d;

	assert_int_equal(assay_digest_of(&d, s, strlen(s), NULL), ASSAY_OK);
	return d;
}

#define WITH_DATASET(test) cmocka_unit_test_setup_teardown(test, make_store, close_store)

#endif
