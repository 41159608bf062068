#include "assay/trie.h"

#include "catalog.h"
#include "lineage_fixture.h"

/*
 * Golden digests, computed once by a program of its own (Python's hashlib and an independent CBOR encoder of 20 lines,
 * written from RFC 8949) and pinned: versions that exist are named by them, so a change here is a change of format.
 */
static const struct {
	size_t count;
	const char *root;
} golden[] = {
    {0, "9c10c25c8fdd869efd12b5fe070369157454df2a7c4f33b1d002a91bac8cae6c"},
    {1, "b33d05dec6dd808edbc4a54a871045d7186a157a0ef6b5832e8fb3b240d5c895"},
    {32, "f53678f9c3be6aa246438db16142d1c9630f4c31556e19fe711747c9e3d025cf"},
    {33, "db26684cc4d9e5a7ffdd4f9541dc37835ccbeac16419d61ead58edf407a032d4"},
    {1000, "bbf8c67f4c2f1ae93882d64da97fbd722b719cb53a7b1ea7b97f3218243ad227"},
    {20000, "1282790fc7670faa40e6d3b022af7e4dcf02e0568edd7dc391a544eb9905b89f"},
};

/* ---- entries: number i has every outcome in turn ---- */

#define KEY_SIZE 40

struct set {
	assay_trie_entry *e;
	char (*keys)[KEY_SIZE];
	size_t count;
};

static void set_release(struct set *s)
{
	free(s->e);
	free(s->keys);
}
#define AUTO_SET ASSAY_CLEANUP(set_release) struct set

static assay_digest of_text(const char *what, unsigned i)
{
	char t[32];
	assay_digest d;
	const int n = snprintf(t, sizeof(t), "%s %u", what, i);

	assert_int_equal(assay_digest_of(&d, t, (size_t)n, NULL), ASSAY_OK);
	return d;
}

static void fill(assay_trie_entry *e, char key[KEY_SIZE], unsigned i)
{
	(void)snprintf(key, KEY_SIZE, "scans/%05u.tif#page=%u", i, i % 7 + 1);
	*e = (assay_trie_entry){.key = key, .outcome = (assay_outcome)(i % 6 + 1), .kind = ASSAY_SAMPLE_PAGE};
	if (e->outcome == ASSAY_OUTCOME_ACCEPTED || e->outcome == ASSAY_OUTCOME_WAIVED) {
		e->content = of_text("content", i);
		e->work_key = of_text("work", i);
	} else if (e->outcome == ASSAY_OUTCOME_QUARANTINED) {
		e->stage = "ocr.recognize";
		e->failure = ASSAY_FAILURE_EMPTY;
	} else if (e->outcome == ASSAY_OUTCOME_FAILED) {
		e->kind = 0;
		e->failure = ASSAY_FAILURE_UNREADABLE;
	}
}

static struct set make(size_t count)
{
	struct set s = {calloc(count + 1, sizeof(*s.e)), calloc(count + 1, sizeof(*s.keys)), count};

	assert_true(s.e != NULL && s.keys != NULL);
	for (unsigned i = 0; i < count; i++)
		fill(&s.e[i], s.keys[i], i);
	return s;
}

static void shuffle(struct set *s)
{
	for (size_t i = s->count; i > 1; i--) {
		const size_t k = rnd() % i;
		const assay_trie_entry e = s->e[i - 1];

		s->e[i - 1] = s->e[k];
		s->e[k] = e;
	}
}

static assay_digest build(assay_store *s, struct set *set)
{
	assay_digest root;

	assert_int_equal(assay_trie_build(s, set->e, set->count, &root, NULL), ASSAY_OK);
	return root;
}

static void assert_entry(const assay_trie_entry *a, const assay_trie_entry *b)
{
	assert_digest(&a->hash, &b->hash);
	assert_string_equal(a->key, b->key);
	assert_int_equal(a->outcome, b->outcome);
	assert_int_equal(a->kind, b->kind);
	assert_digest(&a->content, &b->content);
	assert_digest(&a->work_key, &b->work_key);
	assert_int_equal(a->stage != NULL, b->stage != NULL);
	if (a->stage != NULL)
		assert_string_equal(a->stage, b->stage);
	assert_int_equal(a->failure, b->failure);
}

/* ---- a naive reference: one node after another from the whole list, without sorting or buffers that are reused ---- */

static unsigned nibble_of(const assay_digest *d, unsigned depth)
{
	char hex[ASSAY_DIGEST_HEX], one[2] = "";

	one[0] = assay_digest_hex(d, hex)[depth];
	return (unsigned)strtoul(one, NULL, 16);
}

static void naive_entry(assay_buf *b, const assay_trie_entry *e)
{
	const bool delivered = e->outcome == ASSAY_OUTCOME_ACCEPTED || e->outcome == ASSAY_OUTCOME_WAIVED;

	assay_cbor_array(b, 5);
	assay_cbor_text(b, e->key);
	assay_cbor_uint(b, e->outcome);
	assay_cbor_uint(b, e->kind);
	if (delivered)
		assay_cbor_digest(b, &e->content);
	else
		assay_cbor_text(b, e->stage);
	if (delivered)
		assay_cbor_digest(b, &e->work_key);
	else
		assay_cbor_uint(b, e->failure);
}

static void naive_head(assay_buf *b, size_t below, size_t items)
{
	assay_cbor_map(b, 3);
	assay_cbor_uint(b, 0);
	assay_cbor_uint(b, 1);
	assay_cbor_uint(b, 1);
	assay_cbor_uint(b, below);
	assay_cbor_uint(b, 2);
	assay_cbor_array(b, items);
}

/* The smallest of the entries that is larger than the one before. */
static const assay_trie_entry *next_of(const assay_trie_entry *const *e, size_t n, const assay_digest *after)
{
	const assay_trie_entry *best = NULL;

	for (size_t i = 0; i < n; i++)
		if ((after == NULL || assay_digest_cmp(&e[i]->hash, after) > 0) &&
		    (best == NULL || assay_digest_cmp(&e[i]->hash, &best->hash) < 0))
			best = e[i];
	return best;
}

static assay_digest naive_node(const assay_trie_entry *const *e, size_t n, unsigned depth)
{
	const assay_trie_entry **part = calloc(n + 1, sizeof(const assay_trie_entry *));
	const assay_trie_entry *last = NULL;
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	assay_digest d;

	assert_non_null(part);
	naive_head(&b, n <= ASSAY_TRIE_LEAF ? 0 : n, n <= ASSAY_TRIE_LEAF ? n : 16);
	for (size_t i = 0; i < n && n <= ASSAY_TRIE_LEAF; i++) {
		last = next_of(e, n, last != NULL ? &last->hash : NULL);
		naive_entry(&b, last);
	}
	for (unsigned child = 0; child < 16 && n > ASSAY_TRIE_LEAF; child++) {
		size_t m = 0;

		for (size_t i = 0; i < n; i++)
			if (nibble_of(&e[i]->hash, depth) == child)
				part[m++] = e[i];
		d = naive_node(part, m, depth + 1);
		assay_cbor_digest(&b, m > 0 ? &d : NULL);
	}
	free(part);
	assert_int_equal(assay_digest_of(&d, b.data, b.len, NULL), ASSAY_OK);
	return d;
}

static assay_digest naive_root(const struct set *set)
{
	const assay_trie_entry **e = calloc(set->count + 1, sizeof(const assay_trie_entry *));
	assay_digest d;

	assert_non_null(e);
	for (size_t i = 0; i < set->count; i++)
		e[i] = &set->e[i];
	d = naive_node(e, set->count, 0);
	free(e);
	return d;
}

/* ---- build ---- */

static void trie_build__golden_roots(void **state)
{
	for (size_t i = 0; i < ASSAY_COUNT(golden); i++) {
		AUTO_SET set = make(golden[i].count);
		const assay_digest root = build(STORE(state), &set);
		assay_digest unstored;
		char hex[ASSAY_DIGEST_HEX];

		assert_string_equal(assay_digest_hex(&root, hex), golden[i].root);
		shuffle(&set);
		assert_int_equal(assay_trie_root(set.e, set.count, &unstored, NULL), ASSAY_OK);
		assert_digest(&unstored, &root);
	}
}

static void trie_build__any_order__the_same_as_the_reference(void **state)
{
	static const size_t counts[] = {0, 1, 2, 31, 32, 33, 34, 100, 511, 512, 513, 3000};

	seed();
	for (size_t i = 0; i < ASSAY_COUNT(counts); i++) {
		AUTO_SET set = make(counts[i]);
		const assay_digest root = build(STORE(state), &set);
		const assay_digest reference = naive_root(&set);

		assert_digest(&root, &reference);
		for (unsigned k = 0; k < 3; k++) {
			assay_digest again;

			shuffle(&set);
			again = build(STORE(state), &set);
			assert_digest(&again, &root);
		}
	}
}

/* One change in many entries writes the nodes on its way and no others. */
static void trie_build__one_change__few_new_nodes(void **state)
{
	AUTO_SET set = make(20000);
	const assay_digest before = build(STORE(state), &set);
	uint64_t first, second;
	assay_digest after;

	assert_int_equal(assay_next_id(STORE(state), ASSAY_TABLE_OBJECT, &first, NULL), ASSAY_OK);
	set.e[777].content.bytes[0] ^= 1;
	set.e[777].outcome = ASSAY_OUTCOME_ACCEPTED;
	after = build(STORE(state), &set);
	assert_false(assay_digest_eq(&before, &after));
	assert_int_equal(assay_next_id(STORE(state), ASSAY_TABLE_OBJECT, &second, NULL), ASSAY_OK);
	assert_in_range(second - first - 1, 2, 6);
}

static void trie_build__key_twice_or_no_outcome__einval_names_it(void **state)
{
	AUTO_SET set = make(40);
	assay_err err = ASSAY_ERR_INIT;
	assay_digest root;

	strcpy(set.keys[3], set.keys[30]);
	assert_int_equal(assay_trie_build(STORE(state), set.e, set.count, &root, &err), ASSAY_EINVAL);
	assert_string_equal(err.msg, "'scans/00030.tif#page=3' is there twice");
	set.e[0].outcome = (assay_outcome)0;
	assert_int_equal(assay_trie_build(STORE(state), set.e, set.count, &root, &err), ASSAY_EINVAL);
	assert_non_null(strstr(err.msg, "has no outcome"));
}

/* ---- read ---- */

struct walk {
	const assay_trie_entry *expected;
	size_t at, stop_at;
};

static assay_code next_expected(void *ctx, const assay_trie_entry *e, assay_err *err)
{
	struct walk *w = ctx;

	(void)err;
	assert_entry(e, &w->expected[w->at++]);
	return w->at == w->stop_at ? ASSAY_ECORRUPT : ASSAY_OK;
}

static void trie_each__entries_in_order_of_their_hash(void **state)
{
	static const size_t counts[] = {0, 1, 32, 33, 5000};

	for (size_t i = 0; i < ASSAY_COUNT(counts); i++) {
		AUTO_SET set = make(counts[i]);
		const assay_digest root = build(STORE(state), &set); /* sorts them */
		struct walk w = {.expected = set.e};
		uint64_t count = 77;

		assert_int_equal(assay_trie_each(STORE(state), &root, next_expected, &w, NULL), ASSAY_OK);
		assert_int_equal(w.at, counts[i]);
		assert_int_equal(assay_trie_count(STORE(state), &root, &count, NULL), ASSAY_OK);
		assert_int_equal(count, counts[i]);
	}
}

/* Even a code that the walk itself goes on after, when a node is damaged. */
static void trie_each__callback_fails__stops_with_its_code(void **state)
{
	AUTO_SET set = make(500);
	const assay_digest root = build(STORE(state), &set);
	struct walk w = {.expected = set.e, .stop_at = 3};

	assert_int_equal(assay_trie_each(STORE(state), &root, next_expected, &w, NULL), ASSAY_ECORRUPT);
	assert_int_equal(w.at, 3);
}

static void trie_find__present_and_absent(void **state)
{
	AUTO_SET set = make(2000);
	const assay_digest root = build(STORE(state), &set);

	for (size_t i = 0; i < set.count; i++) {
		struct walk w = {.expected = &set.e[i]};

		assert_int_equal(assay_trie_find(STORE(state), &root, set.e[i].key, next_expected, &w, NULL), ASSAY_OK);
		assert_int_equal(w.at, 1);
	}
	for (unsigned i = 0; i < 2000; i++) {
		struct walk w = {0};
		char key[32];

		(void)snprintf(key, sizeof(key), "none/%u", i);
		assert_int_equal(assay_trie_find(STORE(state), &root, key, next_expected, &w, NULL), ASSAY_ENOENT);
	}
}

static assay_code count_node(void *ctx, const assay_digest *node, assay_err *err)
{
	struct {
		size_t count;
		assay_digest first;
	} *seen = ctx;

	(void)err;
	if (seen->count++ == 0)
		seen->first = *node;
	return ASSAY_OK;
}

static void trie_nodes__root_first_and_every_node(void **state)
{
	AUTO_SET set = make(2000);
	uint64_t before, after;
	assay_digest root;
	struct {
		size_t count;
		assay_digest first;
	} seen = {0};

	assert_int_equal(assay_next_id(STORE(state), ASSAY_TABLE_OBJECT, &before, NULL), ASSAY_OK);
	root = build(STORE(state), &set);
	assert_int_equal(assay_next_id(STORE(state), ASSAY_TABLE_OBJECT, &after, NULL), ASSAY_OK);
	assert_int_equal(assay_trie_nodes(STORE(state), &root, count_node, &seen, NULL), ASSAY_OK);
	assert_digest(&seen.first, &root);
	assert_int_equal(seen.count, after - before - 1);
}

/* ---- difference, against the two lists of entries ---- */

struct told {
	const struct set *a, *b;
	size_t only_a, only_b, changed;
	assay_digest last;
	bool any;
};

static const assay_trie_entry *entry_of(const struct set *s, const char *key)
{
	for (size_t i = 0; i < s->count; i++)
		if (strcmp(s->e[i].key, key) == 0)
			return &s->e[i];
	return NULL;
}

static assay_code told_difference(void *ctx, const assay_trie_entry *a, const assay_trie_entry *b, assay_err *err)
{
	struct told *t = ctx;
	const assay_trie_entry *one = a != NULL ? a : b;
	const assay_trie_entry *in_a = entry_of(t->a, one->key), *in_b = entry_of(t->b, one->key);

	(void)err;
	assert_int_equal(a != NULL, in_a != NULL);
	assert_int_equal(b != NULL, in_b != NULL);
	if (a != NULL)
		assert_entry(a, in_a);
	if (b != NULL)
		assert_entry(b, in_b);
	t->only_a += b == NULL;
	t->only_b += a == NULL;
	t->changed += a != NULL && b != NULL;
	if (t->any)
		assert_true(assay_digest_cmp(&t->last, &one->hash) < 0);
	t->any = true;
	t->last = one->hash;
	return ASSAY_OK;
}

static bool same(const assay_trie_entry *a, const assay_trie_entry *b)
{
	return a->outcome == b->outcome && a->kind == b->kind && assay_digest_eq(&a->content, &b->content) &&
	       assay_digest_eq(&a->work_key, &b->work_key) && a->failure == b->failure &&
	       (a->stage == NULL) == (b->stage == NULL) && (a->stage == NULL || strcmp(a->stage, b->stage) == 0);
}

static void assert_differences(assay_store *s, struct set *a, struct set *b)
{
	const assay_digest root_a = build(s, a), root_b = build(s, b);
	struct told t = {.a = a, .b = b};
	size_t only_a = 0, only_b = 0, changed = 0;

	for (size_t i = 0; i < a->count; i++) {
		const assay_trie_entry *other = entry_of(b, a->e[i].key);

		only_a += other == NULL;
		changed += other != NULL && !same(&a->e[i], other);
	}
	for (size_t i = 0; i < b->count; i++)
		only_b += entry_of(a, b->e[i].key) == NULL;
	assert_int_equal(assay_trie_diff(s, &root_a, &root_b, told_difference, &t, NULL), ASSAY_OK);
	assert_int_equal(t.only_a, only_a);
	assert_int_equal(t.only_b, only_b);
	assert_int_equal(t.changed, changed);
}

/* Entries taken at random from the first `of`, some with another value. */
static struct set pick(size_t of, unsigned percent, unsigned changed_percent)
{
	struct set s = {calloc(of + 1, sizeof(*s.e)), calloc(of + 1, sizeof(*s.keys)), 0};

	assert_true(s.e != NULL && s.keys != NULL);
	for (unsigned i = 0; i < of; i++) {
		assay_trie_entry *e = &s.e[s.count];

		if (rnd() % 100 >= percent)
			continue;
		fill(e, s.keys[s.count], i);
		if (rnd() % 100 < changed_percent) {
			e->outcome = ASSAY_OUTCOME_FILTERED;
			e->content = e->work_key = (assay_digest){{0}};
			e->stage = rnd() % 2 != 0 ? "page.blank" : NULL;
			e->failure = rnd() % 3;
		}
		s.count++;
	}
	return s;
}

static void trie_diff__random_sets__the_same_as_the_reference(void **state)
{
	static const struct {
		size_t of;
		unsigned a, b, changed;
	} cases[] = {{0, 0, 0, 0},     {20, 50, 50, 10}, {60, 50, 100, 10}, {60, 100, 10, 50},
		     {200, 90, 90, 5}, {400, 5, 95, 0},  {400, 95, 5, 0},   {800, 50, 50, 3},
		     {800, 0, 100, 0}, {800, 100, 0, 0}, {800, 100, 100, 1}};

	seed();
	for (size_t i = 0; i < ASSAY_COUNT(cases); i++)
		for (unsigned k = 0; k < 3; k++) {
			AUTO_SET a = pick(cases[i].of, cases[i].a, cases[i].changed);
			AUTO_SET b = pick(cases[i].of, cases[i].b, cases[i].changed);

			assert_differences(STORE(state), &a, &b);
		}
}

static assay_code never(void *ctx, const assay_trie_entry *a, const assay_trie_entry *b, assay_err *err)
{
	(void)ctx;
	(void)a;
	(void)b;
	(void)err;
	fail_msg("called");
	return ASSAY_OK;
}

/* Equal tries are not even read. */
static void trie_diff__equal_roots__nothing_is_read(void **state)
{
	const assay_digest nowhere = digest(0xee);

	assert_int_equal(assay_trie_diff(STORE(state), &nowhere, &nowhere, never, NULL, NULL), ASSAY_OK);
}

/* ---- damage ---- */

static assay_digest put_node(assay_store *s, const assay_buf *b)
{
	assay_digest d;

	assert_int_equal(assay_object_put(s, ASSAY_OBJECT_TRIE, b->data, b->len, NULL, &d, NULL, NULL), ASSAY_OK);
	return d;
}

static assay_code ignore(void *ctx, const assay_trie_entry *e, assay_err *err)
{
	(void)err;
	if (ctx != NULL)
		++*(size_t *)ctx;
	return e->key != NULL && strlen(e->key) < 100000 ? ASSAY_OK : ASSAY_EINVAL;
}

static void assert_refused(assay_store *s, const assay_buf *node, const char *why)
{
	const assay_digest d = put_node(s, node);
	assay_err err = ASSAY_ERR_INIT;

	assert_int_equal(assay_trie_each(s, &d, ignore, NULL, &err), ASSAY_ECORRUPT);
	assert_non_null(strstr(err.msg, "trie node"));
	assert_non_null(strstr(err.msg, why));
}

/* The node is put into the store, and b becomes a branch that has it alone, on the way to an entry. */
static void place_alone(assay_store *s, assay_buf *b, uint64_t below, const assay_trie_entry *e, unsigned depth)
{
	const assay_digest child = put_node(s, b);
	assay_digest hash;
	unsigned at;

	assert_int_equal(assay_digest_of(&hash, e->key, strlen(e->key), NULL), ASSAY_OK);
	at = depth % 2 == 0 ? hash.bytes[depth / 2] >> 4 : hash.bytes[depth / 2] & 15;
	assay_buf_reset(b);
	naive_head(b, below, 16);
	for (unsigned i = 0; i < 16; i++)
		if (i == at)
			assay_cbor_digest(b, &child);
		else
			assay_cbor_null(b);
}

static assay_code count_two(void *ctx, const assay_trie_entry *a, const assay_trie_entry *b, assay_err *err)
{
	(void)err;
	*(size_t *)ctx += (size_t)(a != NULL) + (size_t)(b != NULL);
	return ASSAY_OK;
}

/* Whoever walks it refuses it, on either side of a comparison, for this reason. */
static void assert_refused_by_all(assay_store *s, const assay_digest *root, const char *key, const char *why)
{
	assay_digest empty;
	assay_err err[4] = {ASSAY_ERR_INIT, ASSAY_ERR_INIT, ASSAY_ERR_INIT, ASSAY_ERR_INIT};
	size_t told = 0;

	assert_int_equal(assay_trie_build(s, NULL, 0, &empty, NULL), ASSAY_OK);
	assert_int_equal(assay_trie_each(s, root, ignore, &told, &err[0]), ASSAY_ECORRUPT);
	assert_int_equal(assay_trie_find(s, root, key, ignore, NULL, &err[1]), ASSAY_ECORRUPT);
	assert_int_equal(assay_trie_diff(s, root, &empty, count_two, &told, &err[2]), ASSAY_ECORRUPT);
	assert_int_equal(assay_trie_diff(s, &empty, root, count_two, &told, &err[3]), ASSAY_ECORRUPT);
	assert_int_equal(told, 0);
	for (size_t i = 0; i < ASSAY_COUNT(err); i++)
		assert_non_null(strstr(err[i].msg, why));
}

/* A node that stands in sixteen places of one that does, and so on: 16 to the power of 20 ways to nothing. */
static void trie__shared_nodes_without_entries__refused_at_the_first(void **state)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	assay_digest d = digest(0);

	for (unsigned level = 0; level < 20; level++) {
		assay_buf_reset(&b);
		naive_head(&b, 1000, 16);
		for (unsigned i = 0; i < 16; i++)
			if (level == 0)
				assay_cbor_null(&b);
			else
				assay_cbor_digest(&b, &d);
		d = put_node(STORE(state), &b);
	}
	assert_refused_by_all(STORE(state), &d, "a.tif", "branch without children");
}

/* One branch for each of the 64 digits of a hash, and one more. */
static void trie__deeper_than_a_hash_is_long__refused(void **state)
{
	AUTO_SET set = make(1);
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	assay_digest d;

	naive_head(&b, 0, 1);
	naive_entry(&b, &set.e[0]);
	place_alone(STORE(state), &b, 33, &set.e[0], 0);
	for (unsigned level = 64; level > 0; level--)
		place_alone(STORE(state), &b, 33, &set.e[0], level - 1);
	d = put_node(STORE(state), &b);
	assert_refused_by_all(STORE(state), &d, set.e[0].key, "deeper than its hashes are long");
}

static void trie_each__nodes_of_another_shape__ecorrupt_says_why(void **state)
{
	AUTO_SET set = make(100);
	AUTO_SET few = make(20);
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	const assay_digest other = (build(STORE(state), &set), build(STORE(state), &few));

	naive_head(&b, 0, 33); /* too many */
	for (unsigned i = 0; i < 33; i++)
		naive_entry(&b, &set.e[i]);
	assert_refused(STORE(state), &b, "leaf with too many entries");
	assay_buf_reset(&b);
	naive_head(&b, 0, 2); /* not in order */
	naive_entry(&b, &set.e[1]);
	naive_entry(&b, &set.e[0]);
	assert_refused(STORE(state), &b, "is out of order");
	assay_buf_reset(&b);
	naive_head(&b, 100, 16); /* a child with entries of others, and counts that do not add up */
	assay_cbor_digest(&b, &other);
	for (unsigned i = 1; i < 16; i++)
		assay_cbor_null(&b);
	assert_refused(STORE(state), &b, "does not belong here");
	assay_buf_reset(&b);
	naive_head(&b, 100, 16);
	for (unsigned i = 0; i < 16; i++)
		assay_cbor_null(&b);
	assert_refused(STORE(state), &b, "branch without children");
	assay_buf_reset(&b);
	naive_head(&b, 0, 1); /* one entry, and 100 above it */
	naive_entry(&b, &set.e[0]);
	place_alone(STORE(state), &b, 100, &set.e[0], 0);
	assert_refused(STORE(state), &b, "its counts do not add up");
	assay_buf_reset(&b);
	naive_head(&b, 32, 16); /* should have been a leaf */
	for (unsigned i = 0; i < 16; i++)
		assay_cbor_null(&b);
	assert_refused(STORE(state), &b, "branch with too few entries");
}

static void trie_each__leaf_truncated_or_mutated__refused_or_valid(void **state)
{
	AUTO_SET set = make(12);
	const assay_digest root = build(STORE(state), &set);
	ASSAY_AUTO_BUF node = ASSAY_BUF_INIT;

	assert_int_equal(assay_object_get(STORE(state), &root, &node, NULL), ASSAY_OK);
	for (size_t n = 0; n < node.len; n++) {
		const assay_buf cut = {.data = node.data, .len = n};
		const assay_digest d = put_node(STORE(state), &cut);

		assert_int_equal(assay_trie_each(STORE(state), &d, ignore, NULL, NULL), ASSAY_ECORRUPT);
	}
	seed();
	for (unsigned i = 0; i < 3000; i++) {
		const size_t at = rnd() % node.len;
		const unsigned char was = node.data[at];
		assay_digest d;
		assay_code rc;

		node.data[at] = (unsigned char)rnd();
		d = put_node(STORE(state), &node);
		rc = assay_trie_each(STORE(state), &d, ignore, NULL, NULL);
		assert_true(rc == ASSAY_OK || rc == ASSAY_ECORRUPT);
		node.data[at] = was;
	}
}

/* A node is lost by taking away its index entry: a place where one digit of it differs. */
static void trie_each__a_node_is_missing__tells_the_others_then_ecorrupt(void **state)
{
	AUTO_SET set = make(600);
	ASSAY_AUTO_BUF node = ASSAY_BUF_INIT;
	const assay_digest root = build(STORE(state), &set);
	const size_t first_child = 8; /* map, 0, 1, 1, 600 (3 bytes), 2, array: a string of 32 bytes begins behind */
	assay_digest damaged;
	size_t told = 0;
	assay_err err = ASSAY_ERR_INIT;

	assert_int_equal(assay_object_get(STORE(state), &root, &node, NULL), ASSAY_OK);
	assert_int_equal(node.data[first_child + 1], 0x58);
	node.data[first_child + 3] ^= 1;
	damaged = put_node(STORE(state), &node);
	assert_int_equal(assay_trie_each(STORE(state), &damaged, ignore, &told, &err), ASSAY_ECORRUPT);
	assert_non_null(strstr(err.msg, "is not in the store"));
	assert_in_range(told, 500, 599);
}

/* ---- edit: whatever is changed in whatever order, the root is that of the outcome built anew ---- */

#define UNIVERSE 900

static assay_digest root_of_present(const struct set *all, const bool *present, uint64_t *count)
{
	assay_trie_entry *e = calloc(UNIVERSE, sizeof(*e));
	assay_digest root;

	assert_non_null(e);
	*count = 0;
	for (size_t i = 0; i < all->count; i++)
		if (present[i])
			e[(*count)++] = all->e[i];
	assert_int_equal(assay_trie_root(e, *count, &root, NULL), ASSAY_OK);
	free(e);
	return root;
}

/* A change of a random key: mostly of one that makes a difference, sometimes of one that makes none, or of one twice. */
static assay_trie_change random_change(struct set *all, bool *present, unsigned removals)
{
	const size_t i = rnd() % all->count;
	const bool remove = rnd() % 100 < removals;

	if (!remove && present[i]) {
		all->e[i].outcome = ASSAY_OUTCOME_ACCEPTED;
		all->e[i].content.bytes[7] ^= (uint8_t)(1 + rnd() % 2);
	}
	present[i] = !remove;
	return (assay_trie_change){.entry = all->e[i], .remove = remove};
}

static void edit_and_compare(assay_store *s, size_t universe, unsigned rounds)
{
	static bool present[UNIVERSE];
	static assay_trie_change c[UNIVERSE];
	AUTO_SET all = make(universe);
	assay_digest root;
	bool has_root = false;

	memset(present, 0, sizeof(present));
	for (unsigned round = 0; round < rounds; round++) {
		/* The set grows and shrinks in turn, through every size between a leaf and a tree of branches. */
		const unsigned removals = round / 8 % 2 == 0 ? 25 : 75;
		const size_t n = rnd() % (round % 5 == 0 ? universe : 12);
		uint64_t entries, expected;
		assay_digest next, anew;

		for (size_t i = 0; i < n; i++)
			c[i] = random_change(&all, present, removals);
		assert_int_equal(assay_trie_edit(s, has_root ? &root : NULL, c, n, &next, &entries, NULL), ASSAY_OK);
		anew = root_of_present(&all, present, &expected);
		assert_digest(&next, &anew);
		assert_int_equal(entries, expected);
		root = next;
		has_root = true;
	}
}

static void trie_edit__random_changes__the_root_of_a_full_build(void **state)
{
	static const size_t universes[] = {1, 33, 40, 64, 200, UNIVERSE};

	seed();
	for (size_t i = 0; i < ASSAY_COUNT(universes); i++)
		edit_and_compare(STORE(state), universes[i], 64);
}

static void trie_edit__one_change__few_new_nodes(void **state)
{
	AUTO_SET set = make(20000);
	const assay_digest before = build(STORE(state), &set);
	assay_trie_change c = {.entry = {.key = "scans/new.tif", .outcome = ASSAY_OUTCOME_DUPLICATE}};
	uint64_t first, second, entries;
	assay_digest after, back;

	assert_int_equal(assay_next_id(STORE(state), ASSAY_TABLE_OBJECT, &first, NULL), ASSAY_OK);
	assert_int_equal(assay_trie_edit(STORE(state), &before, &c, 1, &after, &entries, NULL), ASSAY_OK);
	assert_int_equal(assay_next_id(STORE(state), ASSAY_TABLE_OBJECT, &second, NULL), ASSAY_OK);
	assert_int_equal(entries, 20001);
	assert_in_range(second - first - 1, 2, 6);
	c.remove = true;
	assert_int_equal(assay_trie_edit(STORE(state), &after, &c, 1, &back, &entries, NULL), ASSAY_OK);
	assert_digest(&back, &before);
	assert_int_equal(entries, 20000);
}

static void trie_edit__several_changes_of_a_key__the_last_holds(void **state)
{
	AUTO_SET set = make(2);
	assay_trie_change c[3] = {{.entry = set.e[0]}, {.entry = set.e[0], .remove = true}, {.entry = set.e[1]}};
	assay_digest root, one;
	uint64_t entries;

	assert_int_equal(assay_trie_edit(STORE(state), NULL, c, 3, &root, &entries, NULL), ASSAY_OK);
	assert_int_equal(assay_trie_root(&set.e[1], 1, &one, NULL), ASSAY_OK);
	assert_digest(&root, &one);
	assert_int_equal(entries, 1);
}

static void trie_edit__a_node_is_missing__ecorrupt(void **state)
{
	AUTO_SET set = make(40);
	const assay_digest gone = digest(0xee);
	assay_trie_change c = {.entry = set.e[0], .remove = true};
	assay_err err = ASSAY_ERR_INIT;
	uint64_t entries;
	assay_digest root;

	assert_int_equal(assay_trie_edit(STORE(state), &gone, &c, 1, &root, &entries, &err), ASSAY_ECORRUPT);
	c = (assay_trie_change){.entry = set.e[0]};
	c.entry.outcome = (assay_outcome)0;
	assert_int_equal(assay_trie_edit(STORE(state), NULL, &c, 1, &root, &entries, &err), ASSAY_EINVAL);
}

static void trie__every_alloc_fails_in_turn__enomem(void **state)
{
	AUTO_SET set = make(40);
	AUTO_SET few = make(33);
	const assay_digest other = build(STORE(state), &few);
	assay_digest root;
	assay_code rc;
	unsigned n = 0;

	assert_int_equal(assay_store_commit(STORE(state), NULL), ASSAY_OK);
	do {
		arm(++n);
		rc = assay_trie_build(STORE(state), set.e, set.count, &root, NULL);
		arm(0);
		assert_true(rc == ASSAY_OK || rc == ASSAY_ENOMEM);
		if (rc != ASSAY_OK)
			assay_store_rollback(STORE(state));
	} while (rc != ASSAY_OK);
	assert_in_range(n, 5, 500);
	n = 0;
	do {
		struct told t = {.a = &set, .b = &few};

		arm(++n);
		rc = assay_trie_diff(STORE(state), &root, &other, told_difference, &t, NULL);
		if (rc == ASSAY_OK)
			rc = assay_trie_each(STORE(state), &root, ignore, NULL, NULL);
		arm(0);
		assert_true(rc == ASSAY_OK || rc == ASSAY_ENOMEM);
	} while (rc != ASSAY_OK);
	assert_in_range(n, 10, 500);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_STORE(trie_build__golden_roots),
	    WITH_STORE(trie_build__any_order__the_same_as_the_reference),
	    WITH_STORE(trie_build__one_change__few_new_nodes),
	    WITH_STORE(trie_build__key_twice_or_no_outcome__einval_names_it),
	    WITH_STORE(trie_edit__random_changes__the_root_of_a_full_build),
	    WITH_STORE(trie_edit__one_change__few_new_nodes),
	    WITH_STORE(trie_edit__several_changes_of_a_key__the_last_holds),
	    WITH_STORE(trie_edit__a_node_is_missing__ecorrupt),
	    WITH_STORE(trie_each__entries_in_order_of_their_hash),
	    WITH_STORE(trie_each__callback_fails__stops_with_its_code),
	    WITH_STORE(trie_find__present_and_absent),
	    WITH_STORE(trie_nodes__root_first_and_every_node),
	    WITH_STORE(trie_diff__random_sets__the_same_as_the_reference),
	    WITH_STORE(trie_diff__equal_roots__nothing_is_read),
	    WITH_STORE(trie_each__nodes_of_another_shape__ecorrupt_says_why),
	    WITH_STORE(trie__shared_nodes_without_entries__refused_at_the_first),
	    WITH_STORE(trie__deeper_than_a_hash_is_long__refused),
	    WITH_STORE(trie_each__leaf_truncated_or_mutated__refused_or_valid),
	    WITH_STORE(trie_each__a_node_is_missing__tells_the_others_then_ecorrupt),
	    WITH_STORE(trie__every_alloc_fails_in_turn__enomem),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
