#include "members.h"

#include "assay/trie.h"

#include "lineage_fixture.h"
#include "roster.h"

enum { MANY = 5000 };

typedef struct world {
	assay_version version;
	assay_feedback_set set;
	char keys[MANY][80];
	assay_trie_entry entries[MANY];
} world;

/* Of numbers whose sum with i is even the version has the sample, of two of three there is a result. */
static world *make(assay_store *s, size_t count)
{
	world *w = assay_alloc(1, sizeof *w);
	size_t delivered = 0;

	assert_non_null(w);
	for (size_t i = 0; i < count; i++) {
		const assay_feedback_result r = {.key = w->keys[i], .label = "pass"};

		(void)snprintf(w->keys[i], sizeof w->keys[i], "inbox/box-%03zu/scan.pdf#page=%zu", i / 100, i);
		if (i % 2 == 0) {
			assay_trie_entry *e = &w->entries[delivered++];

			*e = (assay_trie_entry){.key = w->keys[i], .outcome = ASSAY_OUTCOME_ACCEPTED};
			e->kind = ASSAY_SAMPLE_PAGE;
			e->content = digest(1);
			memcpy(e->work_key.bytes, &i, sizeof i);
		}
		if (i % 3 > 0)
			assert_int_equal(assay_feedback_set_add(&w->set, &r, NULL), ASSAY_OK);
	}
	assert_int_equal(assay_trie_build(s, w->entries, delivered, &w->version.accepted, NULL), ASSAY_OK);
	return w;
}

static void unmake(world *w)
{
	assay_feedback_set_release(&w->set);
	free(w);
}

/* The plain way: all that the version has, by key, and each result looked up in it. */
static void compare(assay_store *s, const world *w)
{
	roster r;
	members m;

	assert_int_equal(roster_open(&r, s, &w->version, NULL), ASSAY_OK);
	assert_int_equal(members_find(&m, s, &w->version, &w->set, NULL), ASSAY_OK);
	for (size_t i = 0; i < w->set.count; i++) {
		const size_t at = roster_find(&r, w->set.items[i].key);
		const assay_digest *work = members_work(&m, i);

		assert_int_equal(work != NULL, at != ROSTER_NONE);
		if (work != NULL)
			assert_digest(work, &r.entries[at].work_key);
	}
	members_release(&m);
	roster_release(&r);
}

static void members_find__some_delivered__as_the_roster_has_them(void **state)
{
	static const size_t counts[] = {0, 1, 2, 3, 40, MANY};

	for (size_t i = 0; i < ASSAY_COUNT(counts); i++) {
		world *w = make(STORE(state), counts[i]);

		compare(STORE(state), w);
		unmake(w);
	}
}

static void members_find__alloc_n_fails__enomem(void **state)
{
	world *w = make(STORE(state), 40);
	assay_code rc;
	unsigned n = 0;

	do {
		members m;

		arm(++n);
		rc = members_find(&m, STORE(state), &w->version, &w->set, NULL);
		arm(0);
		assert_true(rc == ASSAY_OK || rc == ASSAY_ENOMEM);
		members_release(&m);
	} while (rc != ASSAY_OK);
	assert_true(n > 4);
	unmake(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_STORE(members_find__some_delivered__as_the_roster_has_them),
	    WITH_STORE(members_find__alloc_n_fails__enomem),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
