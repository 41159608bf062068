/* Nodes of version tries: two tries whose root is any bytes, walked, searched, counted and compared. */
#include "fuzz.h"

#include "assay/trie.h"

#include <stdio.h>
#include <string.h>

#define GROUP 1000 /* inputs between two roll-backs, which keep the store small */

static assay_store *store;

static assay_code see(void *ctx, const assay_trie_entry *e, assay_err *err)
{
	(void)ctx;
	(void)err;
	fuzz_assert(e->key != NULL && assay_outcome_name(e->outcome) != NULL);
	return ASSAY_OK;
}

static assay_code see_two(void *ctx, const assay_trie_entry *a, const assay_trie_entry *b, assay_err *err)
{
	(void)ctx;
	(void)err;
	fuzz_assert(a != NULL || b != NULL);
	return ASSAY_OK;
}

static assay_digest empty_root(void)
{
	assay_digest root;

	fuzz_need(assay_trie_build(store, NULL, 0, &root, NULL));
	return root;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static unsigned ran;
	assay_digest root, other;
	uint64_t count;

	if (store == NULL) {
		const assay_store_opts opts = {.create = true};
		char dir[96];

		(void)snprintf(dir, sizeof dir, "%s/store", fuzz_folder());
		fuzz_need(assay_store_open(&store, dir, &opts, NULL));
	}
	if (++ran % GROUP == 0)
		assay_store_rollback(store);
	other = empty_root();
	fuzz_need(assay_object_put(store, ASSAY_OBJECT_TRIE, data, size, NULL, &root, NULL, NULL));
	(void)!assay_trie_each(store, &root, see, NULL, NULL);
	(void)!assay_trie_find(store, &root, "scans/a.tif#page=3", see, NULL, NULL);
	(void)!assay_trie_count(store, &root, &count, NULL);
	(void)!assay_trie_diff(store, &root, &other, see_two, NULL, NULL);
	return 0;
}
