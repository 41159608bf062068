/** What every test of lineage/ shares: cmocka, failing allocations, digests and texts, a store in a folder of its own. */
#ifndef ASSAY_TEST_LINEAGE_FIXTURE_H
#define ASSAY_TEST_LINEAGE_FIXTURE_H

#include "assay/digest.h"
#include "assay/memory.h"
#include "assay/store.h"

#include "lineage_alloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <ftw.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- values ---- */

static inline assay_digest digest(unsigned byte)
{
	assay_digest d;

	memset(d.bytes, (int)byte, sizeof(d.bytes));
	return d;
}

static inline void assert_digest(const assay_digest *d, const assay_digest *expected)
{
	assert_memory_equal(d->bytes, expected->bytes, sizeof(d->bytes));
}

static inline char *text(const char *s)
{
	char *copy = assay_strdup(s);

	assert_non_null(copy);
	return copy;
}

/* xorshift64*: Vigna 2016, arXiv:1402.6246. The seed is printed, and taken from ASSAY_TEST_SEED when that is set. */
static uint64_t rng;

static inline void seed(void)
{
	const char *given = getenv("ASSAY_TEST_SEED");

	rng = given != NULL ? strtoull(given, NULL, 0) | 1 : UINT64_C(0x9e3779b97f4a7c15);
	print_message("seed 0x%" PRIx64 "\n", rng);
}

static inline uint32_t rnd(void)
{
	rng ^= rng >> 12;
	rng ^= rng << 25;
	rng ^= rng >> 27;
	return (uint32_t)((rng * UINT64_C(0x2545f4914f6cdd1d)) >> 32);
}

/* ---- a store in a folder of its own for each test ---- */

struct fixture {
	char dir[64];   /* temporary, removed with all that is in it */
	char store[80]; /* folder of the store in it */
	assay_store *s; /* NULL while closed */
};

#define FIXTURE(state) ((struct fixture *)*(state))
#define STORE(state)   (FIXTURE(state)->s)

static inline int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

static inline int make_dir(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	if (f == NULL)
		return -1;
	strcpy(f->dir, "/tmp/assay-test-XXXXXX");
	*state = f;
	if (mkdtemp(f->dir) == NULL)
		return -1;
	(void)snprintf(f->store, sizeof(f->store), "%s/store", f->dir);
	return 0;
}

static inline int open_store(void **state)
{
	const assay_store_opts opts = {.create = true};

	if (make_dir(state) != 0)
		return -1;
	return assay_store_open(&STORE(state), FIXTURE(state)->store, &opts, NULL) == ASSAY_OK ? 0 : -1;
}

static inline int close_store(void **state)
{
	struct fixture *f = *state;

	arm(0);
	assay_store_close(f->s);
	(void)nftw(f->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(f);
	return 0;
}

#define WITH_STORE(test) cmocka_unit_test_setup_teardown(test, open_store, close_store)

#endif
