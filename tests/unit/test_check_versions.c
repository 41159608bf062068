/* Records of versions and the nodes of their tries. */
#include "check_fixture.h"

#include "assay/cbor.h"

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

static void store_check__version_entry__missing_or_changed(void **state)
{
	assay_digest id;

	assert_true(assay_digest_parse(&id, made.version[2]));
	change_entry(state, 'v', &id, false);
	assert_told(state, false, 1, TOLD_PARTS("leads to row 3 instead of 2 | | v2\n"));
	change_entry(state, 'v', &id, true);
	assert_told(state, false, 1, TOLD_PARTS("has no index entry | | v2\n"));
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

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_DATASET(store_check__trie_node__names_the_versions_that_have_it),
	    WITH_DATASET(store_check__trie_node__every_version_that_shares_it),
	    WITH_DATASET(store_check__trie_node_and_artifact__both_told),
	    WITH_DATASET(store_check__version_record__names_it),
	    WITH_DATASET(store_check__shared_nodes_above_nothing__told_once_for_each_version),
	    WITH_DATASET(store_check__version_entry__missing_or_changed),
	    WITH_DATASET(store_check__version_row_gone__names_it_by_its_entry),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
