#include "assay/check.h"
#include "assay/judgement.h"

#include "assay/queue.h"
#include "assay/run.h"
#include "assay/source.h"
#include "assay/tag.h"
#include "assay/trie.h"
#include "assay/unit.h"
#include "assay/version.h"

#include "catalog.h"
#include "lineage_fixture.h"
#include "standing.h"

#include <fcntl.h>
#include <lmdb.h>
#include <sys/stat.h>
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

static assay_digest put_object(assay_store *s, assay_object_type type, const void *bytes, size_t n)
{
	assay_digest d;

	assert_int_equal(assay_object_put(s, type, bytes, n, NULL, &d, NULL, NULL), ASSAY_OK);
	return d;
}

static assay_digest put_text(assay_store *s, assay_object_type type, const char *bytes)
{
	return put_object(s, type, bytes, strlen(bytes));
}

static void put_objects(assay_store *s)
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

static void add_artifact(assay_store *s, assay_result_sample *r, const assay_digest *d)
{
	assay_object_info o;

	assert_int_equal(assay_object_find(s, d, &o, NULL), ASSAY_OK);
	r->artifacts[r->artifact_count++] = (assay_artifact_ref){.digest = *d, .size = o.size};
}

static void add_sample(assay_store *s, assay_unit *u, const char *part, const assay_digest *one,
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

static void start_unit(assay_unit *u, unsigned source, const assay_digest *recipe)
{
	*u = (assay_unit){.source = digest(source), .recipe = *recipe, .part = text("")};
	u->result.samples = calloc(2, sizeof(*u->result.samples));
	assert_non_null(u->result.samples);
}

static void finish_unit(assay_store *s, assay_unit *u)
{
	assert_int_equal(assay_unit_put(s, u, NULL), ASSAY_OK);
	made.work[u->id] = u->work_key;
	assay_unit_release(u);
}

static void put_units(assay_store *s)
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

static void put_source(assay_store *s, const char *path, unsigned byte, uint64_t unit, const assay_digest *recipe)
{
	assay_source src = {
	    .path = text(path), .modality = ASSAY_MODALITY_PAGE, .digest = digest(byte), .recipe = *recipe};

	src.units = calloc(1, sizeof(*src.units));
	assert_non_null(src.units);
	src.units[src.unit_count++] = unit;
	assert_int_equal(assay_source_put(s, &src, NULL), ASSAY_OK);
	assay_source_release(&src);
}

static void put_sample(assay_store *s, const char *key, uint64_t source, uint64_t unit, uint32_t position)
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

static void put_rows(assay_store *s)
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

static void commit_version(assay_store *s, unsigned number, const assay_digest *recipe, uint64_t unit, bool with_b)
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

static int make_store(void **state)
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

static void add_names(char *out, const char *what, const char *const *names, size_t count)
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

static assay_code tell(void *ctx, const assay_store_finding *f, assay_err *err)
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

static assay_store_check_summary check(assay_store *s, bool read_data, char told[TOLD])
{
	const assay_store_check_opts opts = {.read_data = read_data};
	assay_store_check_summary sum = {0};

	told[0] = '\0';
	assert_int_equal(assay_store_check(s, &opts, tell, told, &sum, NULL), ASSAY_OK);
	return sum;
}

/* Findings, one line each: "what … | samples | versions"; details are compared up to where they start alike. */
static void assert_told(void **state, bool read_data, size_t findings, const char *const *parts)
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

static void name_of(const assay_digest *d, char out[80])
{
	char hex[ASSAY_DIGEST_HEX];

	(void)snprintf(out, 80, "object sha256:%s: ", assay_digest_hex(d, hex));
}

static void flip_in_file(const char *path, uint64_t at)
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
static void flip_in_pack(void **state, const assay_digest *d, unsigned behind)
{
	const struct fixture *f = *state;
	char path[128];
	assay_object_info o;

	assert_int_equal(assay_object_find(f->s, d, &o, NULL), ASSAY_OK);
	(void)snprintf(path, sizeof(path), "%s/packs/%08u.pack", f->store, o.pack);
	flip_in_file(path, o.offset + behind);
}

static void large_path(void **state, char path[160])
{
	const struct fixture *f = *state;
	char hex[ASSAY_DIGEST_HEX];

	(void)assay_digest_hex(&made.large, hex);
	(void)snprintf(path, 160, "%s/objects/%.2s/%s", f->store, hex, hex + 2);
}

/* Change the catalog behind the store's back, as a disk would. */
static void change_catalog(void **state, const char *table, const void *key, size_t key_size, size_t at, bool remove_it)
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

static void change_row(void **state, const char *table, uint64_t id)
{
	const unsigned char key[8] = {0, 0, 0, 0, 0, 0, 0, (unsigned char)id};

	change_catalog(state, table, key, sizeof(key), 12, false);
}

/* Low byte of the number, so that the entry leads to a neighbour. */
static void change_entry(void **state, char type, const assay_digest *d, bool remove_it)
{
	unsigned char key[33];

	key[0] = (unsigned char)type;
	memcpy(key + 1, d->bytes, sizeof(d->bytes));
	change_catalog(state, "index", key, sizeof(key), 7, remove_it);
}

static assay_digest hash_of(const char *s)
{
	assay_digest d;

	assert_int_equal(assay_digest_of(&d, s, strlen(s), NULL), ASSAY_OK);
	return d;
}

/* ---- tests ---- */

static uint64_t progress_done, progress_all, progress_calls;

static void note_progress(void *ctx, uint64_t done, uint64_t all)
{
	(void)ctx;
	assert_true(done >= progress_done && done <= all);
	progress_done = done;
	progress_all = all;
	progress_calls++;
}

static void store_check__sound__nothing_found(void **state)
{
	const assay_store_check_opts opts = {.read_data = true, .progress = note_progress};
	char told[TOLD];
	assay_store_check_summary sum = check(STORE(state), false, told);

	assert_string_equal(told, "");
	assert_int_equal(sum.findings, 0);
	assert_int_equal(sum.versions, 2);
	assert_true(sum.rows > 20 && sum.objects > 10 && sum.bytes > 0 && sum.bytes < ASSAY_OBJECT_LARGE);
	progress_done = progress_calls = 0;
	assert_int_equal(assay_store_check(STORE(state), &opts, tell, told, &sum, NULL), ASSAY_OK);
	assert_int_equal(sum.findings, 0);
	assert_true(sum.bytes > ASSAY_OBJECT_LARGE);
	assert_int_equal(progress_calls, sum.objects);
	assert_int_equal(progress_done, progress_all);
	assert_int_equal(progress_all, sum.bytes);
}

static void store_check__empty__nothing_found(void **state)
{
	char told[TOLD];

	assert_int_equal(check(STORE(state), true, told).findings, 0);
}

static void store_check__reader__the_same(void **state)
{
	const struct fixture *f = *state;
	const assay_store_opts opts = {.read_only = true};
	ASSAY_AUTO_STORE reader = NULL;
	char told[TOLD];

	assay_store_close(ASSAY_STEAL(&STORE(state))); /* a process must not have it open twice */
	assert_int_equal(assay_store_open(&reader, f->store, &opts, NULL), ASSAY_OK);
	assert_int_equal(check(reader, true, told).findings, 0);
}

/* What is no longer part of the dataset is found through the version that still has it. */
static void store_check__bit_in_pack__names_samples_and_versions(void **state)
{
	const struct {
		const assay_digest *object;
		const char *affected;
	} cases[] = {
	    {&made.old_one, "| a.tif#page=1 | v1\n"},
	    {&made.new_one, "| a.tif#page=1 | v2\n"},
	    {&made.three, "| b.tif | v2\n"},
	};
	char name[80];

	for (size_t i = 0; i < ASSAY_COUNT(cases); i++) {
		name_of(cases[i].object, name);
		flip_in_pack(state, cases[i].object, 48 + 2);
		assert_told(state, true, 1, TOLD_PARTS(name, "digest", cases[i].affected));
		assert_told(state, false, 0, TOLD_PARTS(""));
		flip_in_pack(state, cases[i].object, 48 + 2);
	}
}

static void store_check__shared_artifact__every_sample_that_names_it(void **state)
{
	char name[80];
	char both[80];

	name_of(&made.two, name);
	(void)snprintf(both, sizeof(both), "| a.tif#page=2 | %s\n",
		       strcmp(made.version[1], made.version[2]) < 0 ? "v1 v2" : "v2 v1");
	flip_in_pack(state, &made.two, 48);
	assert_told(state, true, 1, TOLD_PARTS(name, both));
	flip_in_pack(state, &made.two, 48);
	name_of(&made.shared, name);
	(void)snprintf(both, sizeof(both), "| a.tif#page=1 b.tif | %s\n",
		       strcmp(made.version[1], made.version[2]) < 0 ? "v1 v2" : "v2 v1");
	flip_in_pack(state, &made.shared, 48);
	assert_told(state, true, 1, TOLD_PARTS(name, both));
}

static void store_check__bit_in_record_head__told(void **state)
{
	char name[80];

	name_of(&made.three, name);
	flip_in_pack(state, &made.three, 9);
	assert_told(state, true, 1, TOLD_PARTS(name, "| b.tif | v2\n"));
}

static void store_check__large_object__changed_cut_or_missing(void **state)
{
	char name[80], path[160];

	name_of(&made.large, name);
	large_path(state, path);
	flip_in_file(path, 4000000);
	assert_told(state, true, 1, TOLD_PARTS(name, "digest", "| a.tif#page=2 | v1\n"));
	assert_told(state, false, 0, TOLD_PARTS(""));
	assert_int_equal(truncate(path, 100), 0);
	assert_told(state, false, 1, TOLD_PARTS(name, "its file has another size", "| a.tif#page=2 | v1\n"));
	assert_told(state, true, 1, TOLD_PARTS(name, "| a.tif#page=2 | v1\n"));
	assert_int_equal(unlink(path), 0);
	assert_told(state, false, 1, TOLD_PARTS(name, "its file is not there", "| a.tif#page=2 | v1\n"));
	assert_told(state, true, 1, TOLD_PARTS(name, "| a.tif#page=2 | v1\n"));
}

/* Records of recipes, contracts and tries are read whether asked for or not. */
static void store_check__recipe_or_contract__told_without_reading_data(void **state)
{
	char name[80];

	name_of(&made.other_recipe, name);
	flip_in_pack(state, &made.other_recipe, 48);
	assert_told(state, false, 1, TOLD_PARTS(name, "| a.tif#page=1 a.tif#page=2 | v2\n"));
	flip_in_pack(state, &made.other_recipe, 48);
	name_of(&made.contract, name);
	flip_in_pack(state, &made.contract, 48);
	assert_told(state, false, 1,
		    TOLD_PARTS(name, strcmp(made.version[1], made.version[2]) < 0 ? "| | v1 v2\n" : "| | v2 v1\n"));
}

static assay_digest trie_of(assay_store *s, const char *version)
{
	ASSAY_AUTO_VERSION v = {0};

	assert_int_equal(assay_version_resolve(s, version, &v, NULL), ASSAY_OK);
	return v.accepted;
}

static assay_code last_node(void *ctx, const assay_digest *node, assay_err *err)
{
	(void)err;
	*(assay_digest *)ctx = *node;
	return ASSAY_OK;
}

static void store_check__trie_node__names_the_versions_that_have_it(void **state)
{
	const assay_digest root = trie_of(STORE(state), made.version[1]);
	assay_digest leaf;
	char name[80];

	assert_int_equal(assay_trie_nodes(STORE(state), &root, last_node, &leaf, NULL), ASSAY_OK);
	assert_false(assay_digest_eq(&root, &leaf));
	name_of(&root, name);
	flip_in_pack(state, &root, 48 + 20);
	assert_told(state, false, 1, TOLD_PARTS(name, "| | v1\n"));
	flip_in_pack(state, &root, 48 + 20);
	name_of(&leaf, name);
	flip_in_pack(state, &leaf, 48 + 20);
	assert_told(state, false, 1, TOLD_PARTS(name, "v1"));
}

/* A third version, by another recipe, has the same trie: below its root, what was looked at once is not sound. */
static void store_check__trie_node__every_version_that_shares_it(void **state)
{
	const assay_digest root = trie_of(STORE(state), made.version[2]);
	char told[TOLD], third[96];
	assay_digest leaf;

	commit_version(STORE(state), 0, &made.recipe, 3, true);
	assert_int_equal(assay_store_commit(STORE(state), NULL), ASSAY_OK);
	assert_int_equal(assay_trie_nodes(STORE(state), &root, last_node, &leaf, NULL), ASSAY_OK);
	flip_in_pack(state, &leaf, 48 + 20);
	assert_int_equal(check(STORE(state), false, told).findings, 1);
	(void)snprintf(third, sizeof(third), " %s", made.version[0]);
	assert_non_null(strstr(told, third));
	assert_non_null(strstr(told, " v2"));
}

/* Two things at once: the trie's other leaves still tell whom the artifact affects. */
static void store_check__trie_node_and_artifact__both_told(void **state)
{
	const assay_digest root = trie_of(STORE(state), made.version[2]);
	assay_digest leaf;
	char artifact[80], node[80];

	assert_int_equal(assay_trie_nodes(STORE(state), &root, last_node, &leaf, NULL), ASSAY_OK);
	name_of(&made.new_one, artifact);
	name_of(&leaf, node);
	flip_in_pack(state, &made.new_one, 48);
	flip_in_pack(state, &leaf, 48 + 20);
	assert_told(state, true, 2, TOLD_PARTS(artifact, "| a.tif#page=1 |", node, "v2"));
}

static void store_check__version_record__names_it(void **state)
{
	char name[128];
	assay_digest id;

	assert_true(assay_digest_parse(&id, made.version[1]));
	name_of(&id, name);
	flip_in_pack(state, &id, 48);
	assert_told(state, false, 1, TOLD_PARTS(name, "| | v1\n"));
}

static void store_check__rows__checksum_differs(void **state)
{
	static const struct {
		const char *table;
		uint64_t id;
		const char *told, *affected;
	} cases[] = {
	    {"source", 2, "row source 2: catalog table 'source', row 2: its checksum differs", "| b.tif | v2\n"},
	    {"unit", 1, "row unit 1: ", "| a.tif#page=1 a.tif#page=2 | v1\n"},
	    {"unit", 2, "row unit 2: ", "| b.tif | v2\n"},
	    {"sample", 3, "row sample 3: ", "| b.tif | v2\n"},
	    {"ticket", 1, "row ticket 1: ", "| b.tif |\n"},
	    {"run", 1, "row run 1: ", "| |\n"},
	    {"version", 1, "row version 1: ", "| | v1\n"},
	};

	for (size_t i = 0; i < ASSAY_COUNT(cases); i++) {
		change_row(state, cases[i].table, cases[i].id);
		assert_told(state, false, 1, TOLD_PARTS(cases[i].told, cases[i].affected));
		change_row(state, cases[i].table, cases[i].id);
		assert_told(state, false, 0, TOLD_PARTS(""));
	}
}

/* Branches that stand in all sixteen places of the next, above one that is not there: told once, and soon. */
static void store_check__shared_nodes_above_nothing__told_once_for_each_version(void **state)
{
	assay_version v = {.has_recipe = {false, true, false, false}, .contracts = &made.contract, .contract_count = 1};
	assay_digest d = digest(0x5e);
	char name[80];

	name_of(&d, name);
	for (unsigned level = 0; level < 20; level++) {
		ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

		assay_cbor_map(&b, 3);
		assay_cbor_uint(&b, 0), assay_cbor_uint(&b, 1);
		assay_cbor_uint(&b, 1), assay_cbor_uint(&b, 1000);
		assay_cbor_uint(&b, 2), assay_cbor_array(&b, 16);
		for (unsigned i = 0; i < 16; i++)
			assay_cbor_digest(&b, &d);
		d = put_object(STORE(state), ASSAY_OBJECT_TRIE, b.data, b.len);
	}
	v.recipes[1] = made.recipe;
	v.accepted = v.others = d;
	assert_int_equal(assay_version_commit(STORE(state), &v, NULL), ASSAY_OK);
	assert_int_equal(assay_store_commit(STORE(state), NULL), ASSAY_OK);
	assert_told(state, false, 1, TOLD_PARTS(name, "is named but not in the store | | sha256:"));
}

static void store_check__results_of_a_refusal__missing(void **state)
{
	ASSAY_AUTO_RUN run = {.verb = text("judge"), .refusal = digest(0x5e)};
	char name[80];

	assert_int_equal(assay_run_put(STORE(state), &run, NULL), ASSAY_OK);
	assert_int_equal(assay_store_commit(STORE(state), NULL), ASSAY_OK);
	name_of(&run.refusal, name);
	assert_told(state, false, 1, TOLD_PARTS(name, "is named but not in the store | |\n"));
}

static void store_check__object_row__names_what_is_lost(void **state)
{
	assay_object_info o;
	char name[32];

	assert_int_equal(assay_object_find(STORE(state), &made.three, &o, NULL), ASSAY_OK);
	(void)snprintf(name, sizeof(name), "row object %" PRIu64 ": ", o.id);
	change_row(state, "object", o.id);
	assert_told(state, false, 1, TOLD_PARTS(name, "| b.tif | v2\n"));
}

static void store_check__event_or_number__told(void **state)
{
	static const unsigned char event[12] = {0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2};

	change_catalog(state, "event", event, sizeof(event), 12, false);
	assert_told(state, false, 1, TOLD_PARTS("row event 2 of ticket 1: ", "checksum differs", "| b.tif |\n"));
	change_catalog(state, "event", event, sizeof(event), 0, true);
	assert_told(
	    state, false, 1,
	    TOLD_PARTS("row event 2 of ticket 1: is not there; 'assay queue retry --event T1:2 ", "| b.tif |\n"));
	assert_int_equal(assay_meta_put(STORE(state), "tickets.open", 5, NULL), ASSAY_OK);
	assert_told(state, false, 2, TOLD_PARTS("row tickets.open: says 5 where 0 tickets are open"));
	assert_int_equal(assay_meta_put(STORE(state), "version.latest", 9, NULL), ASSAY_OK);
	assert_told(state, false, 3, TOLD_PARTS("row version.latest: names version 9, which is not there"));
}

/* Passed as the row has it, waived as the list does; then a key that names neither state nor ticket. */
static void store_check__list_of_tickets__differs(void **state)
{
	static const unsigned char key[] = {1, 2};
	ASSAY_AUTO_BUF none = ASSAY_BUF_INIT;

	assert_int_equal(assay_standing_move(STORE(state), 1, ASSAY_TICKET_PASSED, ASSAY_TICKET_WAIVED, NULL),
			 ASSAY_OK);
	assert_told(
	    state, false, 2,
	    TOLD_PARTS("index list of tickets that are passed: is without a ticket that is in this state | b.tif |\n",
		       "index list of tickets that are waived: has ticket 1, which is passed |"));
	assert_int_equal(assay_standing_move(STORE(state), 7, 0, ASSAY_TICKET_OPEN, NULL), ASSAY_OK);
	assert_int_equal(assay_row_put(STORE(state), ASSAY_TABLE_STANDING, key, sizeof key, &none, NULL), ASSAY_OK);
	assert_told(state, false, 4,
		    TOLD_PARTS("list of tickets that are open: has ticket 7, which is not there", "names no state"));
	/* Of a store that an older program wrote to since, nothing is said: its next writer makes the list anew. */
	assert_int_equal(assay_meta_put(STORE(state), "tickets.listed", 1, NULL), ASSAY_OK);
	assert_told(state, false, 0, TOLD_PARTS(NULL));
}

/* The counter of a table is what rows are counted by: without it the last row says how many there are. */
static void store_check__counter__told_and_rows_still_checked(void **state)
{
	change_row(state, "sample", 1);
	change_catalog(state, "meta", "next.sample", 11, 10, false);
	assert_told(state, false, 2,
		    TOLD_PARTS("row sample 1: ", "| a.tif#page=1 |", "row next.sample: ", "checksum differs"));
}

static void store_check__index_entries__changed(void **state)
{
	const struct {
		char type;
		assay_digest d;
		const char *told, *affected;
	} cases[] = {
	    {'p', hash_of("b.tif"), "index b.tif: its index entry leads to row 3 instead of 2", "| b.tif | v2\n"},
	    {'s', hash_of("b.tif"), "index b.tif: its index entry leads to row 2 instead of 3", "| b.tif | v2\n"},
	    {'t', hash_of("b.tif"), "index b.tif: its index entry leads to row 0 instead of 1", "| b.tif |\n"},
	    {'w', made.work[1], "index unit 1: its index entry leads to row 0 instead of 1",
	     "| a.tif#page=1 a.tif#page=2 | v1\n"},
	    {'w', made.work[2], "index unit 2: its index entry leads to row 3 instead of 2", "| b.tif | v2\n"},
	    {'o', made.three, "leads to row", "| b.tif | v2\n"},
	    {'c', digest(0xa), "its content number 0 was never given", "| a.tif#page=1 a.tif#page=2 |"},
	};

	for (size_t i = 0; i < ASSAY_COUNT(cases); i++) {
		change_entry(state, cases[i].type, &cases[i].d, false);
		/* The edges of a content are told of as well: its old number is nobody's now. */
		assert_told(state, false, cases[i].type == 'c' ? 2 : 1, TOLD_PARTS(cases[i].told, cases[i].affected));
		change_entry(state, cases[i].type, &cases[i].d, false);
		assert_told(state, false, 0, TOLD_PARTS(""));
	}
}

static void store_check__index_entries__missing(void **state)
{
	const struct {
		char type;
		assay_digest d;
		const char *told;
	} cases[] = {
	    {'p', hash_of("a.tif"), "index a.tif: has no index entry | a.tif#page=1 a.tif#page=2 |"},
	    {'s', hash_of("b.tif"), "index b.tif: has no index entry | b.tif | v2\n"},
	    {'t', hash_of("b.tif"), "index b.tif: has no index entry |"},
	    {'w', made.work[3], "index unit 3: has no index entry | a.tif#page=1 a.tif#page=2 | v2\n"},
	    {'o', made.new_one, "has no index entry | a.tif#page=1 | v2\n"},
	};

	for (size_t i = 0; i < ASSAY_COUNT(cases); i++) {
		change_entry(state, cases[i].type, &cases[i].d, true);
		assert_told(state, false, i + 1, TOLD_PARTS(cases[i].told));
	}
}

static void store_check__version_entry__missing_or_changed(void **state)
{
	assay_digest id;

	assert_true(assay_digest_parse(&id, made.version[2]));
	change_entry(state, 'v', &id, false);
	assert_told(state, false, 1, TOLD_PARTS("leads to row 3 instead of 2 | | v2\n"));
	change_entry(state, 'v', &id, true);
	assert_told(state, false, 1, TOLD_PARTS("has no index entry | | v2\n"));
}

static void store_check__object_gone__told_once_for_all_that_name_it(void **state)
{
	assay_object_info o;
	unsigned char key[8] = {0};
	char name[80];

	assert_int_equal(assay_object_find(STORE(state), &made.shared, &o, NULL), ASSAY_OK);
	key[7] = (unsigned char)o.id;
	change_catalog(state, "object", key, sizeof(key), 0, true);
	change_entry(state, 'o', &made.shared, true);
	name_of(&made.shared, name);
	assert_told(state, false, 2,
		    TOLD_PARTS(name, "is named but not in the store | a.tif#page=1 b.tif |", "index edge object ",
			       "which is not there"));
}

static void store_check__version_row_gone__names_it_by_its_entry(void **state)
{
	const unsigned char key[8] = {0, 0, 0, 0, 0, 0, 0, 1};
	char name[192];

	(void)snprintf(name, sizeof(name), "index %s: index entry leads to version 1, which is not there | | v1\n",
		       made.version[1]);
	change_catalog(state, "version", key, sizeof(key), 0, true);
	assert_told(state, false, 1, TOLD_PARTS(name));
}

static void put_tag(assay_store *s, const char *name)
{
	assay_digest id;
	const assay_tag_change c = {name, &id, false, 1, "ada", NULL};
	bool changed;

	assert_true(assay_digest_parse(&id, made.version[1]));
	assert_int_equal(assay_tag_put(s, &c, &changed, NULL), ASSAY_OK);
}

static void store_check__tags__one_that_is_damaged_hides_no_other(void **state)
{
	char told[TOLD];
	uint64_t rows;

	put_tag(STORE(state), "a");
	put_tag(STORE(state), "b");
	put_tag(STORE(state), "c");
	assert_int_equal(assay_store_commit(STORE(state), NULL), ASSAY_OK);
	rows = check(STORE(state), false, told).rows;
	change_catalog(state, "tag", "a", 1, 12, false);
	assert_told(state, false, 1, TOLD_PARTS("row tag a: ", "checksum differs"));
	change_catalog(state, "tag", "c", 1, 12, false);
	assert_told(state, false, 2, TOLD_PARTS("row tag a: ", "row tag c: "));
	assert_int_equal(check(STORE(state), false, told).rows, rows);
}

/* Each end that is missing is told once, however many edges lead there. */
static void store_check__edges__ends_that_are_not_there(void **state)
{
	const struct {
		assay_edge_kind kind;
		uint64_t from, to;
		const char *told;
	} cases[] = {
	    {ASSAY_EDGE_CONTENT_UNIT, 1, 77, "index edge content 1 to unit 77: leads to unit 77, which is not there"},
	    {ASSAY_EDGE_SIDECAR_UNIT, 99, 2,
	     "index edge content 99 to unit 2: leads from content 99, which is not there | b.tif | v2\n"},
	    {ASSAY_EDGE_RECIPE_UNIT, 1, 78, "leads to unit 78"},
	    {ASSAY_EDGE_ARTIFACT_UNIT, 79, 2, "leads from object 79, which is not there | b.tif | v2\n"},
	    {ASSAY_EDGE_CONTENT_SOURCE, 1, 80, "leads to source 80"},
	    {ASSAY_EDGE_SOURCE_SAMPLE, 81, 3, "leads from source 81, which is not there | b.tif | v2\n"},
	    {ASSAY_EDGE_SOURCE_SAMPLE, 81, 82, "index edge source 81 to sample 82: leads to sample 82"},
	};

	for (size_t i = 0; i < ASSAY_COUNT(cases); i++)
		assert_int_equal(assay_edge_put(STORE(state), cases[i].kind, cases[i].from, cases[i].to, NULL),
				 ASSAY_OK);
	assert_told(state, false, ASSAY_COUNT(cases),
		    TOLD_PARTS(cases[0].told, cases[1].told, cases[2].told, cases[3].told, cases[4].told, cases[5].told,
			       cases[6].told));
}

static void store_check__edge_of_no_kind__told(void **state)
{
	assert_int_equal(assay_edge_put(STORE(state), (assay_edge_kind)9, 1, 1, NULL), ASSAY_OK);
	assert_told(state, false, 1, TOLD_PARTS("index edge: is of no kind that there is"));
}

static void store_check__content_entry_gone__told_by_its_edges(void **state)
{
	const assay_digest a = digest(0xa);

	change_entry(state, 'c', &a, true);
	assert_told(state, false, 1,
		    TOLD_PARTS("index edge content 1 to unit 1: leads from content 1, which is not there"));
}

/* Without their counter it is not known which numbers of contents are wrong, so that no edge is. */
static void store_check__counter_of_contents__told_alone(void **state)
{
	change_catalog(state, "meta", "next.index", 10, 10, false);
	assert_told(state, false, 1, TOLD_PARTS("row next.index: "));
}

static void store_check__artifact_of_another_size__told(void **state)
{
	ASSAY_AUTO_UNIT u = {0};

	assert_int_equal(assay_unit_get(STORE(state), 2, &u, NULL), ASSAY_OK);
	u.result.samples[0].artifacts[0].size++;
	u.run = 9;
	assert_int_equal(assay_unit_put(STORE(state), &u, NULL), ASSAY_OK);
	assert_int_equal(assay_store_commit(STORE(state), NULL), ASSAY_OK);
	assert_told(state, false, 1, TOLD_PARTS("row unit 4: says 6 bytes of artifact ", ", which has 5 |", "v2\n"));
}

/* A row that is gone while its entry is there: whoever names it says so as well. */
static void store_check__unit_row_gone__told_by_what_names_it(void **state)
{
	const unsigned char key[8] = {0, 0, 0, 0, 0, 0, 0, 2};

	change_catalog(state, "unit", key, sizeof(key), 0, true);
	assert_told(state, false, 5,
		    TOLD_PARTS("row b.tif: names unit 2, which is not there | b.tif | v2\n",
			       "row b.tif: names unit 2, which is not there | b.tif | v2\n",
			       "row b.tif: names unit 2, which is not there | b.tif |\n",
			       "index sha256:", "index entry leads to unit 2, which is not there |",
			       "index edge content 2 to unit 2: leads to unit 2, which is not there | b.tif | v2\n"));
}

static void store_check__pack_cut_under_a_reader__one_finding(void **state)
{
	struct fixture *f = *state;
	const assay_store_opts opts = {.read_only = true};
	ASSAY_AUTO_STORE reader = NULL;
	char path[128], told[TOLD];
	assay_object_info o;

	assert_int_equal(assay_object_find(f->s, &made.three, &o, NULL), ASSAY_OK);
	(void)snprintf(path, sizeof(path), "%s/packs/%08u.pack", f->store, o.pack);
	assert_int_equal(truncate(path, (off_t)o.offset), 0);
	assay_store_close(ASSAY_STEAL(&STORE(state))); /* a process must not have it open twice */
	assert_int_equal(assay_store_open(&reader, f->store, &opts, NULL), ASSAY_OK);
	(void)check(reader, false, told);
	/* The version that could tell of the first a.tif#page=1 lay behind the cut. */
	assert_non_null(strstr(told, "pack 00000001.pack: is shorter than the catalog counts on | b.tif |"));
	assert_ptr_equal(strstr(told, "pack 0"), strstr(told, "pack 00000001.pack"));
}

static assay_code refuse(void *ctx, const assay_store_finding *f, assay_err *err)
{
	(void)f;
	++*(unsigned *)ctx;
	return ASSAY_RAISE(err, ASSAY_ESTOP, "enough");
}

static void store_check__callback_fails__stops_with_its_code(void **state)
{
	assay_store_check_summary sum = {0};
	unsigned calls_made = 0;

	change_row(state, "run", 1);
	change_row(state, "sample", 1);
	assert_int_equal(assay_store_check(STORE(state), NULL, refuse, &calls_made, &sum, NULL), ASSAY_ESTOP);
	assert_int_equal(calls_made, 1);
	assert_int_equal(sum.findings, 2);
}

/* No memory is never taken for damage. */
static void store_check__every_alloc_fails_in_turn__enomem(void **state)
{
	const assay_store_check_opts opts = {.read_data = true};
	assay_store_check_summary sum;
	char told[TOLD];
	assay_code rc;
	unsigned n = 0;

	flip_in_pack(state, &made.shared, 48);
	change_row(state, "sample", 3);
	do {
		told[0] = '\0';
		arm(++n);
		rc = assay_store_check(STORE(state), &opts, tell, told, &sum, NULL);
		arm(0);
		assert_true(rc == ASSAY_OK || rc == ASSAY_ENOMEM);
		assert_true(sum.findings <= 2);
		if (rc == ASSAY_ENOMEM)
			assert_string_equal(told, "");
	} while (rc != ASSAY_OK);
	assert_int_equal(sum.findings, 2);
	assert_in_range(n, 100, 100000);
}

#define WITH_DATASET(test) cmocka_unit_test_setup_teardown(test, make_store, close_store)

static void store_check__judgement_damaged__told(void **state)
{
	assert_int_equal(assay_meta_put(STORE(state), "judgement", 7, NULL), ASSAY_OK);
	assert_told(state, false, 1, TOLD_PARTS("row judgement: the last judgement: "));
	assert_int_equal(assay_judgement_forget(STORE(state), NULL), ASSAY_OK);
	assert_told(state, false, 0, TOLD_PARTS(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_DATASET(store_check__judgement_damaged__told),
	    WITH_DATASET(store_check__sound__nothing_found),
	    WITH_STORE(store_check__empty__nothing_found),
	    WITH_DATASET(store_check__reader__the_same),
	    WITH_DATASET(store_check__bit_in_pack__names_samples_and_versions),
	    WITH_DATASET(store_check__shared_artifact__every_sample_that_names_it),
	    WITH_DATASET(store_check__bit_in_record_head__told),
	    WITH_DATASET(store_check__large_object__changed_cut_or_missing),
	    WITH_DATASET(store_check__recipe_or_contract__told_without_reading_data),
	    WITH_DATASET(store_check__trie_node__names_the_versions_that_have_it),
	    WITH_DATASET(store_check__trie_node__every_version_that_shares_it),
	    WITH_DATASET(store_check__trie_node_and_artifact__both_told),
	    WITH_DATASET(store_check__version_record__names_it),
	    WITH_DATASET(store_check__rows__checksum_differs),
	    WITH_DATASET(store_check__shared_nodes_above_nothing__told_once_for_each_version),
	    WITH_DATASET(store_check__results_of_a_refusal__missing),
	    WITH_DATASET(store_check__object_row__names_what_is_lost),
	    WITH_DATASET(store_check__event_or_number__told),
	    WITH_DATASET(store_check__list_of_tickets__differs),
	    WITH_DATASET(store_check__counter__told_and_rows_still_checked),
	    WITH_DATASET(store_check__index_entries__changed),
	    WITH_DATASET(store_check__index_entries__missing),
	    WITH_DATASET(store_check__version_entry__missing_or_changed),
	    WITH_DATASET(store_check__object_gone__told_once_for_all_that_name_it),
	    WITH_DATASET(store_check__version_row_gone__names_it_by_its_entry),
	    WITH_DATASET(store_check__tags__one_that_is_damaged_hides_no_other),
	    WITH_DATASET(store_check__edges__ends_that_are_not_there),
	    WITH_DATASET(store_check__edge_of_no_kind__told),
	    WITH_DATASET(store_check__content_entry_gone__told_by_its_edges),
	    WITH_DATASET(store_check__counter_of_contents__told_alone),
	    WITH_DATASET(store_check__artifact_of_another_size__told),
	    WITH_DATASET(store_check__unit_row_gone__told_by_what_names_it),
	    WITH_DATASET(store_check__pack_cut_under_a_reader__one_finding),
	    WITH_DATASET(store_check__callback_fails__stops_with_its_code),
	    WITH_DATASET(store_check__every_alloc_fails_in_turn__enomem),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
