#include "seen.h"

#include "lineage_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define HEAD   128
#define HEAD_8 120 /* the header's own checksum */

static assay_config_source rule = {.pattern = "docs/**", .modality = ASSAY_MODALITY_PAGE};
static assay_config config = {.file = "assay.yaml", .dataset = "d", .sources = &rule, .source_count = 1};

/* Sources a, b (failing), c (to be looked at), d (with a sidecar). */
static assay_found_sidecar truth = {"ground_truth", "d.gt", {.size = 3, .mtime_ns = 4, .ctime_ns = 5, .inode = 6}};
static const assay_found found[] = {
    {.path = "a", .key = "a", .rule = &rule, .stamp = {.size = 1, .mtime_ns = 10, .inode = 100}, .unchanged = true},
    {.path = "b",
     .key = "b",
     .rule = &rule,
     .stamp = {.size = 2, .mtime_ns = -10, .inode = 101},
     .unchanged = true,
     .failing = true},
    {.path = "c", .key = "c", .rule = &rule, .stamp = {.size = 3, .mtime_ns = 12, .inode = 102}},
    {.path = "d",
     .key = "d",
     .rule = &rule,
     .stamp = {.size = 4, .ctime_ns = 13, .inode = 103},
     .unchanged = true,
     .sidecars = &truth,
     .sidecar_count = 1},
};
#define COUNT ASSAY_COUNT(found)

static assay_scan scan_of(assay_found *items, size_t count)
{
	return (assay_scan){.items = items, .count = count, .cap = count};
}

/* A run that has begun in the store. */
static void begin_run(assay_session *s, assay_store *store)
{
	*s = (assay_session){.config = &config, .store = store};
	s->run.verb = text("run");
	s->run.program = text("test");
	s->run.host = text("h");
	s->run.cpu_features = text("");
	s->run.started_ns = 1000000000;
	assert_int_equal(assay_run_put(store, &s->run, NULL), ASSAY_OK);
	assert_int_equal(assay_store_commit(store, NULL), ASSAY_OK);
}

static void make_index(assay_store *store)
{
	assay_found items[COUNT];
	assay_scan scan = scan_of(items, COUNT);
	assay_session s;

	memcpy(items, found, sizeof found);
	begin_run(&s, store);
	assert_int_equal(assay_seen_write(&s, &scan, 7, NULL), ASSAY_OK);
	assay_run_release(&s.run);
}

static assay_seen *open_index(assay_store *store)
{
	const assay_session s = {.config = &config, .store = store};
	assay_seen *x = (assay_seen *)(uintptr_t)1;

	assert_int_equal(assay_seen_open(&x, &s, NULL), ASSAY_OK);
	return x;
}

static bool holds(assay_store *store)
{
	assay_seen *x = open_index(store);
	const bool it_does = x != NULL;

	assay_seen_close(x);
	return it_does;
}

static assay_seen_answer ask(assay_seen *x, const assay_found *f)
{
	assay_seen_answer answer = ASSAY_SEEN_FAILED;

	assert_int_equal(assay_seen_ask(&answer, x, f, NULL), ASSAY_OK);
	return answer;
}

static void ask__as_written__what_the_row_would_tell(void **state)
{
	assay_seen *x;

	make_index(STORE(state));
	x = open_index(STORE(state));
	assert_non_null(x);
	assert_int_equal(assay_seen_left(x), 7);
	assert_int_equal(ask(x, &found[0]), ASSAY_SEEN_UNCHANGED);
	assert_int_equal(ask(x, &found[1]), ASSAY_SEEN_FAILED);
	assert_int_equal(ask(x, &found[2]), ASSAY_SEEN_NOTHING);
	assert_int_equal(ask(x, &found[3]), ASSAY_SEEN_UNCHANGED);
	assay_seen_close(x);
}

static void ask__anything_else__nothing(void **state)
{
	assay_found_sidecar other = truth;
	assay_found f;

	make_index(STORE(state));
	for (int i = 0; i < 9; i++) {
		assay_seen *x = open_index(STORE(state));

		f = found[i < 6 ? 0 : 3];
		f.key = i == 0 ? "aa" : f.key;
		f.stamp.size += i == 1;
		f.stamp.mtime_ns += i == 2;
		f.stamp.ctime_ns += i == 3;
		f.stamp.inode += i == 4;
		f.problem = i == 5 ? EACCES : 0;
		other.stamp.inode = truth.stamp.inode + (i == 6);
		other.role = i == 7 ? "other" : truth.role;
		f.sidecars = i >= 6 ? &other : NULL;
		f.sidecar_count = i == 6 || i == 7;
		assert_non_null(x);
		assert_int_equal(ask(x, &f), ASSAY_SEEN_NOTHING);
		assay_seen_close(x);
	}
}

static assay_code note_key(void *ctx, const char *key, assay_err *err)
{
	(void)err;
	(void)strcat(ctx, key);
	return ASSAY_OK;
}

static void each_gone__some_of_the_scan__the_others(void **state)
{
	static const struct {
		unsigned there; /* a bit for each */
		const char *gone;
	} cases[] = {{15, ""}, {0, "abcd"}, {1, "bcd"}, {8, "abc"}, {6, "ad"}, {5, "bd"}};

	make_index(STORE(state));
	for (size_t i = 0; i < ASSAY_COUNT(cases); i++) {
		assay_found items[COUNT + 1];
		assay_scan scan = scan_of(items, 0);
		assay_seen *x = open_index(STORE(state));
		char gone[8] = "";

		for (unsigned k = 0; k < COUNT; k++)
			if (cases[i].there >> k & 1)
				items[scan.count++] = found[k];
		items[scan.count++] = (assay_found){.path = "e", .key = "e"};
		assert_int_equal(assay_seen_each_gone(x, &scan, note_key, gone, NULL), ASSAY_OK);
		assert_string_equal(gone, cases[i].gone);
		assay_seen_close(x);
	}
}

static void open__another_run_or_configuration__none(void **state)
{
	assay_store *store = STORE(state);
	assay_session s;
	assay_seen *x = NULL;

	assert_false(holds(store)); /* there is none */
	make_index(store);
	assert_true(holds(store));
	rule.pattern = "docs/*";
	assert_false(holds(store));
	rule.pattern = "docs/**";
	begin_run(&s, store); /* whose own index it is to be: it holds for that run, and for nobody else */
	assert_int_equal(assay_seen_open(&x, &s, NULL), ASSAY_OK);
	assert_non_null(x);
	assay_seen_close(x);
	assert_false(holds(store));
	assay_seen_renew(&s);
	assert_true(holds(store));
	assay_run_release(&s.run);
	begin_run(&s, store);
	assay_run_release(&s.run);
	begin_run(&s, store);
	assay_seen_renew(&s); /* of the run before the last: too late */
	assert_false(holds(store));
	assay_run_release(&s.run);
}

/* ---------------------------------------------------------------- hostile files */

static size_t load(assay_store *store, unsigned char *p, size_t room)
{
	const int fd = openat(assay_store_dirfd(store), "seen", O_RDONLY | O_CLOEXEC);
	const ssize_t n = read(fd, p, room);

	assert_true(n > HEAD);
	(void)close(fd);
	return (size_t)n;
}

static void save(assay_store *store, const unsigned char *p, size_t n)
{
	const int fd = openat(assay_store_dirfd(store), "seen", O_WRONLY | O_CLOEXEC);

	/* Not cut to nothing first: some file systems then wait for the disk. */
	assert_int_equal(pwrite(fd, p, n, 0), n);
	assert_int_equal(ftruncate(fd, (off_t)n), 0);
	(void)close(fd);
}

static void open__any_byte_damaged_or_missing__none(void **state)
{
	unsigned char whole[1024], p[1024];
	size_t n;

	make_index(STORE(state));
	n = load(STORE(state), whole, sizeof whole);
	for (size_t i = 0; i < n; i++) {
		memcpy(p, whole, n);
		p[i] ^= (unsigned char)(1u << i % 8);
		save(STORE(state), p, n);
		assert_false(holds(STORE(state)));
		save(STORE(state), whole, i);
		assert_false(holds(STORE(state)));
	}
	save(STORE(state), whole, n);
	assert_true(holds(STORE(state)));
}

/* Whoever forges checksums too gets no further than an answer. */
static void open__forged__in_bounds(void **state)
{
	unsigned char whole[1024], p[1024];
	unsigned opened = 0;
	size_t n;

	seed();
	make_index(STORE(state));
	n = load(STORE(state), whole, sizeof whole);
	for (int i = 0; i < 400; i++) {
		assay_found items[COUNT];
		assay_scan scan = scan_of(items, COUNT);
		char gone[2048] = "";
		assay_digest d;
		assay_seen *x;

		memcpy(items, found, sizeof found);
		memcpy(p, whole, n);
		for (uint32_t k = 1 + rnd() % 3; k > 0; k--)
			p[rnd() % 4 == 0 ? 32 + rnd() % 24 : HEAD + rnd() % (n - HEAD)] = (unsigned char)rnd();
		assert_int_equal(assay_digest_of(&d, p + HEAD, n - HEAD, NULL), ASSAY_OK);
		memcpy(p + 88, d.bytes, sizeof d.bytes);
		assert_int_equal(assay_digest_of(&d, p, HEAD_8, NULL), ASSAY_OK);
		memcpy(p + HEAD_8, d.bytes, HEAD - HEAD_8);
		save(STORE(state), p, n);
		x = open_index(STORE(state));
		if (x == NULL)
			continue;
		opened++;
		for (size_t k = 0; k < COUNT; k++)
			assert_in_range(ask(x, &found[k]), ASSAY_SEEN_NOTHING, ASSAY_SEEN_FAILED);
		assert_int_equal(assay_seen_each_gone(x, &scan, note_key, gone, NULL), ASSAY_OK);
		assay_seen_close(x);
	}
	assert_in_range(opened, 20, 380); /* both ways were gone */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_STORE(ask__as_written__what_the_row_would_tell), WITH_STORE(ask__anything_else__nothing),
	    WITH_STORE(each_gone__some_of_the_scan__the_others),  WITH_STORE(open__another_run_or_configuration__none),
	    WITH_STORE(open__any_byte_damaged_or_missing__none),  WITH_STORE(open__forged__in_bounds),
	};

	return cmocka_run_group_tests_name("seen", tests, NULL, NULL);
}
