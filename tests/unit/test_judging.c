/*
 * Judging a store that a run left: when the last judgement stands, and that what is edited out of the last version is
 * the version that would be built anew.
 */
#include "assay/file.h"
#include "assay/judgement.h"
#include "assay/pipeline.h"
#include "assay/queue.h"
#include "assay/tag.h"
#include "assay/trie.h"

#include "catalog.h"
#include "lineage_fixture.h"
#include "pages_store.h"

#include <fcntl.h>
#include <unistd.h>

#define SOURCES 6
#define PAGES   20

static char dir[] = "/tmp/assay-judging-XXXXXX";
static char root[64]; /* of one test */

static int setup_dir(void **state)
{
	(void)state;
	return mkdtemp(dir) != NULL ? 0 : -1;
}

static int teardown_dir(void **state)
{
	char line[128];

	(void)state;
	(void)snprintf(line, sizeof(line), "rm -rf '%s'", dir);
	return system(line);
}

typedef struct world {
	assay_store *store;
	assay_config *config;
	int fd;
} world;

static void load_config(world *w)
{
	ASSAY_CLEANUP(assay_diagnostics_release) assay_diagnostics d = {0};

	assay_config_close(w->config);
	assert_int_equal(assay_config_load(&w->config, w->fd, "assay.yaml", &d, NULL), ASSAY_OK);
}

static void open_world(world *w)
{
	char path[96];

	(void)snprintf(path, sizeof(path), "%s/.assay", root);
	assert_int_equal(assay_store_open(&w->store, path, NULL, NULL), ASSAY_OK);
}

static int setup(void **state)
{
	static unsigned number;
	world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	(void)snprintf(root, sizeof(root), "%s/%u", dir, number++);
	assert_int_equal(make_pages_store(root, SOURCES, PAGES, NULL), ASSAY_OK);
	w->fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	load_config(w);
	open_world(w);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	world *w = *state;

	assay_store_close(w->store);
	assay_config_close(w->config);
	(void)close(w->fd);
	free(w);
	return 0;
}

/* Sources that were walked. */
static uint64_t judge(world *w, assay_summary *s)
{
	assay_err err = ASSAY_ERR_INIT;

	assay_summary_release(s);
	if (assay_pipeline_judge(s, w->config, w->store, NULL, NULL, &err) != ASSAY_OK)
		fail_msg("%s", err.msg);
	assert_true(s->conserved);
	assert_true(s->judged);
	return s->sources_judged;
}

/* The file with one text in the place of another. */
static void edit(const world *w, const char *name, const char *from, const char *to)
{
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
	ASSAY_AUTO_BUF out = ASSAY_BUF_INIT;
	const char *at;

	assert_int_equal(assay_file_read(&text, w->fd, name, 1 << 16, NULL), ASSAY_OK);
	at = strstr(assay_buf_str(&text), from);
	assert_non_null(at);
	assay_buf_append(&out, text.data, (size_t)(at - assay_buf_str(&text)));
	assay_buf_puts(&out, to);
	assay_buf_puts(&out, at + strlen(from));
	assert_int_equal(assay_file_replace(w->fd, name, out.data, out.len, NULL), ASSAY_OK);
}

static void encode_checks(assay_buf *out, const assay_summary *s)
{
	assay_dataset_results_encode(out, &s->checks);
	assert_int_equal(assay_buf_check(out, NULL), ASSAY_OK);
}

static void assert_same_checks(const assay_summary *a, const assay_summary *b)
{
	ASSAY_AUTO_BUF of_a = ASSAY_BUF_INIT;
	ASSAY_AUTO_BUF of_b = ASSAY_BUF_INIT;

	assert_int_equal(a->checks.count, b->checks.count);
	encode_checks(&of_a, a);
	encode_checks(&of_b, b);
	assert_int_equal(of_a.len, of_b.len);
	assert_memory_equal(of_a.data, of_b.data, of_a.len);
}

static void assert_same_outcome(const assay_summary *a, const assay_summary *b)
{
	assert_digest(&a->version, &b->version);
	assert_memory_equal(&a->samples, &b->samples, sizeof(a->samples));
	assert_int_equal(a->has_version, b->has_version);
	assert_int_equal(a->incomplete, b->incomplete);
	assert_int_equal(a->tickets_open, b->tickets_open);
	assert_memory_equal(a->has_recipe, b->has_recipe, sizeof(a->has_recipe));
	assert_memory_equal(a->recipes, b->recipes, sizeof(a->recipes));
	assert_same_checks(a, b);
}

/* What is there, built without the last judgement, is the version that was just made. */
static void assert_as_built_anew(world *w, const assay_summary *s)
{
	ASSAY_CLEANUP(assay_summary_release) assay_summary anew = {0};

	assert_int_equal(assay_judgement_forget(w->store, NULL), ASSAY_OK);
	assert_int_equal(judge(w, &anew), SOURCES);
	assert_same_outcome(&anew, s);
	assert_int_equal(anew.verdicts_changed, 0);
}

/* ---- the last judgement stands ---- */

static void judge__nothing_changed__nothing_is_walked(void **state)
{
	ASSAY_CLEANUP(assay_summary_release) assay_summary first = {0};
	ASSAY_CLEANUP(assay_summary_release) assay_summary again = {0};
	world *w = *state;

	assert_int_equal(judge(w, &first), SOURCES);
	assert_int_equal(first.samples.in, SOURCES * PAGES);
	assert_true(first.samples.quarantined > 0 && first.samples.accepted > 0);
	assert_true(first.version_is_new);
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(judge(w, &again), 0);
		assert_same_outcome(&again, &first);
		assert_false(again.version_is_new);
		/* the same from another process */
		assay_store_close(w->store);
		open_world(w);
	}
}

static void change_contract(world *w)
{
	edit(w, "contract.odcs.yaml", "mustBeGreaterOrEqualTo: 5}", "mustBeGreaterOrEqualTo: 30000}");
	load_config(w);
}

/* The check sees every sample, whatever became of it. */
static void change_checks(world *w)
{
	edit(w, "contract.odcs.yaml", "      - {id: words",
	     "      - {id: lowest, type: custom, engine: assay, severity: warning,\n"
	     "         implementation: {aggregate: min, metric: ocr.confidence, population: all, mustBeGreaterThan: "
	     "1}}\n"
	     "      - {id: words");
	load_config(w);
}

static void change_dataset(world *w)
{
	edit(w, "assay.yaml", "dataset: bench", "dataset: other");
	load_config(w);
}

static void change_source(world *w)
{
	ASSAY_AUTO_SOURCE src = {0};

	assert_int_equal(assay_source_get(w->store, 2, &src, NULL), ASSAY_OK);
	src.metadata_values[0][0] = 'L';
	assert_int_equal(assay_source_put(w->store, &src, NULL), ASSAY_OK);
}

static void change_sample(world *w)
{
	ASSAY_AUTO_SAMPLE_ROW row = {0};

	assert_int_equal(assay_sample_get(w->store, 5, &row, NULL), ASSAY_OK);
	row.outcome = ASSAY_OUTCOME_FILTERED;
	assert_int_equal(assay_sample_put(w->store, &row, NULL), ASSAY_OK);
}

static void change_ticket(world *w)
{
	ASSAY_AUTO_TICKET t = {0};

	assert_int_equal(assay_ticket_get(w->store, 1, &t, NULL), ASSAY_OK);
	t.state = ASSAY_TICKET_GONE;
	assert_int_equal(assay_ticket_put(w->store, &t, "test", "gone", NULL), ASSAY_OK);
}

/* As a vocabulary of another build of the program. */
static void change_vocabulary(world *w)
{
	w->config->vocabulary.items[0].unit = "furlong";
}

static void change_kinds(world *w)
{
	w->config->vocabulary.items[0].kinds ^= 1U << ASSAY_SAMPLE_PAGE;
}

static void change_way(world *w)
{
	assay_judgement j;

	assert_int_equal(assay_judgement_get(w->store, &j, NULL), ASSAY_OK);
	j.way++;
	assert_int_equal(assay_judgement_put(w->store, &j, NULL), ASSAY_OK);
}

static void change_time(world *w)
{
	assay_judgement j;

	assert_int_equal(assay_judgement_get(w->store, &j, NULL), ASSAY_OK);
	j.until_ns = assay_now_ns() - 1;
	assert_int_equal(assay_judgement_put(w->store, &j, NULL), ASSAY_OK);
}

/* A run of a program that keeps no generation. */
static void change_program(world *w)
{
	uint64_t run;

	assert_int_equal(assay_next_id(w->store, ASSAY_TABLE_RUN, &run, NULL), ASSAY_OK);
}

/* A store of an earlier Assay. */
static void change_record(world *w)
{
	assert_int_equal(assay_judgement_forget(w->store, NULL), ASSAY_OK);
}

static void change_record_damaged(world *w)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

	assay_buf_puts(&b, "?");
	assert_int_equal(assay_row_put(w->store, ASSAY_TABLE_META, "judgement", 9, &b, NULL), ASSAY_OK);
}

/* Format 1 was the same without the last field, the way of judging: so nobody knows which way it was. */
static void change_record_old(world *w)
{
	const void *p;
	size_t n;
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	assay_judgement j;

	assert_int_equal(assay_row_get(w->store, ASSAY_TABLE_META, "judgement", 9, &p, &n, NULL), ASSAY_OK);
	assay_buf_append(&b, p, n);
	assert_memory_equal(b.data, "\xae\x00\x02", 3); /* 14 fields, 0: format 2 */
	assert_memory_equal(b.data + n - 2, "\x0d", 1); /* 13: the way of judging, a number below 24 */
	assert_in_range(((const uint8_t *)b.data)[n - 1], 1, 23);
	b.data[0] = 0xad;
	b.data[2] = 1;
	b.len -= 2;
	assert_int_equal(assay_row_put(w->store, ASSAY_TABLE_META, "judgement", 9, &b, NULL), ASSAY_OK);
	assert_int_equal(assay_judgement_get(w->store, &j, NULL), ASSAY_ENOENT); /* it is no damage */
}

static void change_field(world *w)
{
	edit(w, "assay.yaml", "contracts: [", "fields: {licence: {type: text, required: true}}\ncontracts: [");
	load_config(w);
}

static void change_filter(world *w)
{
	edit(w, "assay.yaml", "contracts: [", "filters: [{name: free, keep: {licence: CC-BY-4.0}}]\ncontracts: [");
	load_config(w);
}

static void tag_latest(world *w, const char *name)
{
	ASSAY_AUTO_VERSION v = {0};
	bool changed;

	assert_int_equal(assay_version_latest(w->store, &v, NULL), ASSAY_OK);
	assert_int_equal(
	    assay_tag_put(w->store, &(assay_tag_change){name, &v.id, true, 1, "test", NULL}, &changed, NULL), ASSAY_OK);
	assert_true(changed);
}

/* Drift from a version that a tag names; then the tag names another. */
static void change_baseline(world *w)
{
	tag_latest(w, "gold");
	edit(w, "contract.odcs.yaml", "      - {id: words",
	     "      - {id: shifted, type: custom, engine: assay, severity: warning,\n"
	     "         implementation: {drift: ks, metric: ocr.confidence, against: gold, mustBeLessThan: 0.3}}\n"
	     "      - {id: words");
	load_config(w);
}

static void change_baseline_tag(world *w)
{
	tag_latest(w, "gold");
}

static void judge__one_input_changed__walked_once(void **state)
{
	static void (*const changes[])(world *) = {
	    change_field,      change_filter,     change_baseline,      change_baseline_tag, change_checks,
	    change_contract,   change_dataset,    change_source,        change_sample,       change_ticket,
	    change_vocabulary, change_kinds,      change_way,           change_time,         change_program,
	    change_record,     change_record_old, change_record_damaged};
	ASSAY_CLEANUP(assay_summary_release) assay_summary s = {0};
	ASSAY_CLEANUP(assay_summary_release) assay_summary again = {0};
	world *w = *state;

	assert_int_equal(judge(w, &s), SOURCES);
	for (size_t i = 0; i < ASSAY_COUNT(changes); i++) {
		changes[i](w);
		assert_int_equal(assay_store_commit(w->store, NULL), ASSAY_OK);
		assert_int_equal(judge(w, &s), SOURCES);
		assert_int_equal(judge(w, &again), 0);
		assert_same_outcome(&again, &s);
	}
	assert_as_built_anew(w, &s);
}

/* ---- what decides nothing ---- */

static void other_comment(world *w)
{
	edit(w, "contract.odcs.yaml", "status: active\n", "status: active # and in force\n");
	load_config(w);
}

static void other_limits(world *w)
{
	edit(w, "assay.yaml", "pipelines:", "limits: {memory_mib: 512}\npipelines:");
	load_config(w);
}

static void other_remedy(world *w)
{
	edit(w, "assay.yaml", "pipelines:", "remedies: {level: [page.despeckle]}\npipelines:");
	load_config(w);
}

/* Judging opens no source: it does not read with what they would be read. */
static void other_pipeline(world *w)
{
	edit(w, "assay.yaml", "page.deskew, ocr", "page.deskew: {max_angle: 3}, ocr");
	load_config(w);
}

static void other_tag(world *w)
{
	tag_latest(w, "silver");
}

static void judge__what_decides_nothing_changed__nothing_is_walked(void **state)
{
	static void (*const changes[])(world *) = {other_comment, other_limits, other_remedy, other_pipeline,
						   other_tag};
	ASSAY_CLEANUP(assay_summary_release) assay_summary first = {0};
	ASSAY_CLEANUP(assay_summary_release) assay_summary s = {0};
	world *w = *state;

	assert_int_equal(judge(w, &s), SOURCES);
	change_baseline(w);
	assert_int_equal(judge(w, &first), SOURCES);
	for (size_t i = 0; i < ASSAY_COUNT(changes); i++) {
		changes[i](w);
		assert_int_equal(assay_store_commit(w->store, NULL), ASSAY_OK);
		assert_int_equal(judge(w, &s), 0);
		assert_same_outcome(&s, &first);
	}
}

/* A judging that is undone leaves what was: rows, and the judgement of them. */
static void judge__undone__the_last_one_stands(void **state)
{
	ASSAY_CLEANUP(assay_summary_release) assay_summary first = {0};
	ASSAY_CLEANUP(assay_summary_release) assay_summary again = {0};
	world *w = *state;

	assert_int_equal(judge(w, &first), SOURCES);
	change_source(w);
	change_sample(w);
	assay_store_rollback(w->store);
	assert_int_equal(judge(w, &again), 0);
	assert_same_outcome(&again, &first);
	change_sample(w);
	assay_store_close(w->store); /* a kill */
	open_world(w);
	assert_int_equal(judge(w, &again), 0);
	assert_same_outcome(&again, &first);
}

/* ---- the version is edited out of the last one ---- */

static void set_missing(world *w, uint64_t source, bool missing)
{
	ASSAY_AUTO_SOURCE src = {0};

	assert_int_equal(assay_source_get(w->store, source, &src, NULL), ASSAY_OK);
	src.missing = missing;
	assert_int_equal(assay_source_put(w->store, &src, NULL), ASSAY_OK);
}

static void set_failed(world *w, uint64_t source, assay_failure failure)
{
	ASSAY_AUTO_SOURCE src = {0};

	assert_int_equal(assay_source_get(w->store, source, &src, NULL), ASSAY_OK);
	src.failure = failure;
	assert_int_equal(assay_source_put(w->store, &src, NULL), ASSAY_OK);
}

/* The same bytes as another source: a duplicate, until the other is gone. */
static void set_digest(world *w, uint64_t source, uint64_t of)
{
	ASSAY_AUTO_SOURCE src = {0};
	ASSAY_AUTO_SOURCE other = {0};

	assert_int_equal(assay_source_get(w->store, source, &src, NULL), ASSAY_OK);
	assert_int_equal(assay_source_get(w->store, of, &other, NULL), ASSAY_OK);
	src.digest = other.digest;
	assert_int_equal(assay_source_put(w->store, &src, NULL), ASSAY_OK);
}

static void judge__sources_come_and_go__as_built_anew(void **state)
{
	ASSAY_CLEANUP(assay_summary_release) assay_summary s = {0};
	world *w = *state;

	assert_int_equal(judge(w, &s), SOURCES);
	set_missing(w, 3, true);
	assert_int_equal(judge(w, &s), SOURCES - 1);
	assert_int_equal(s.samples.in, (SOURCES - 1) * PAGES);
	set_failed(w, 1, ASSAY_FAILURE_UNREADABLE);
	assert_int_equal(judge(w, &s), SOURCES - 1);
	assert_int_equal(s.samples.failed_sources, 1);
	assert_true(s.incomplete);
	set_digest(w, 6, 5);
	assert_int_equal(judge(w, &s), SOURCES - 1);
	assert_int_equal(s.samples.duplicate, PAGES);
	set_missing(w, 5, true);
	set_missing(w, 3, false);
	set_failed(w, 1, ASSAY_FAILURE_NONE);
	assert_int_equal(judge(w, &s), SOURCES - 1);
	assert_int_equal(s.samples.duplicate, 0);
	assert_int_equal(s.samples.failed_sources, 0);
	change_contract(w);
	set_missing(w, 5, false);
	assert_int_equal(judge(w, &s), SOURCES);
	assert_true(s.verdicts_changed > 0);
	assert_int_equal(s.samples.duplicate, PAGES);
	assert_as_built_anew(w, &s);
}

/* Tries that are not those of the rows are found by their counts, and the version is built anew. */
static void judge__base_is_not_what_it_says__built_anew(void **state)
{
	ASSAY_CLEANUP(assay_summary_release) assay_summary s = {0};
	assay_digest first;
	assay_judgement j;
	world *w = *state;

	assert_int_equal(judge(w, &s), SOURCES);
	first = s.version;
	assert_int_equal(assay_judgement_get(w->store, &j, NULL), ASSAY_OK);
	assert_int_equal(assay_trie_build(w->store, NULL, 0, &j.accepted, NULL), ASSAY_OK);
	assert_int_equal(assay_judgement_put(w->store, &j, NULL), ASSAY_OK);
	change_ticket(w);
	assert_int_equal(judge(w, &s), SOURCES);
	assert_digest(&s.version, &first);
}

static assay_code change_content(void *ctx, const assay_trie_entry *e, assay_err *err)
{
	assay_trie_entry *first = ctx;

	(void)err;
	if (first->key == NULL) {
		*first = *e;
		first->key = text(e->key);
		first->content.bytes[0] ^= 1;
	}
	return ASSAY_OK;
}

/* Tries of another way to judge are not edited, though they hold as many samples: one entry is not as it should be. */
static void judge__judged_another_way__built_anew(void **state)
{
	ASSAY_CLEANUP(assay_summary_release) assay_summary s = {0};
	assay_trie_entry entry = {0};
	assay_trie_change change = {0};
	assay_digest first;
	uint64_t entries;
	assay_judgement j;
	world *w = *state;

	assert_int_equal(judge(w, &s), SOURCES);
	first = s.version;
	assert_int_equal(assay_judgement_get(w->store, &j, NULL), ASSAY_OK);
	assert_int_equal(assay_trie_each(w->store, &j.accepted, change_content, &entry, NULL), ASSAY_OK);
	change.entry = entry;
	assert_int_equal(assay_trie_edit(w->store, &j.accepted, &change, 1, &j.accepted, &entries, NULL), ASSAY_OK);
	j.way++;
	assert_int_equal(assay_judgement_put(w->store, &j, NULL), ASSAY_OK);
	assert_int_equal(judge(w, &s), SOURCES);
	assert_digest(&s.version, &first);
	free((void *)(uintptr_t)entry.key);
}

/* ---- rows ---- */

static void judge__contract_edited__only_rows_that_change_are_written(void **state)
{
	ASSAY_CLEANUP(assay_summary_release) assay_summary s = {0};
	ASSAY_AUTO_SAMPLE_ROW row = {0};
	uint64_t before, after, first_run;
	world *w = *state;

	assert_int_equal(judge(w, &s), SOURCES);
	assert_int_equal(assay_sample_get(w->store, 1, &row, NULL), ASSAY_OK);
	first_run = row.judged_run;
	assay_sample_row_release(&row);
	assert_int_equal(assay_generation(w->store, &before, NULL), ASSAY_OK);
	edit(w, "contract.odcs.yaml", "version: 1.0.0", "version: 1.0.1");
	load_config(w);
	assert_int_equal(judge(w, &s), SOURCES);
	assert_true(s.version_is_new);
	assert_int_equal(s.verdicts_changed, 0);
	/* neither a sample's row nor a ticket was written, though findings name the contract */
	assert_int_equal(assay_generation(w->store, &after, NULL), ASSAY_OK);
	assert_int_equal(after, before);
	assert_int_equal(assay_sample_get(w->store, 1, &row, NULL), ASSAY_OK);
	assert_int_equal(row.judged_run, first_run);
	change_contract(w);
	assert_int_equal(judge(w, &s), SOURCES);
	assert_int_equal(assay_generation(w->store, &after, NULL), ASSAY_OK);
	assert_true(s.verdicts_changed > 0);
	assert_true(after > before);
}

static void judge__cannot_be_done__its_record_says_why_it_ended(void **state)
{
	ASSAY_CLEANUP(assay_summary_release) assay_summary s = {0};
	ASSAY_AUTO_SOURCE src = {0};
	ASSAY_AUTO_RUN run = {0};
	assay_judgement j;
	assay_digest first;
	world *w = *state;

	assert_int_equal(judge(w, &s), SOURCES);
	first = s.version;
	assert_int_equal(assay_source_get(w->store, 2, &src, NULL), ASSAY_OK);
	src.recipe.bytes[0] ^= 1;
	assert_int_equal(assay_source_put(w->store, &src, NULL), ASSAY_OK);
	assert_int_equal(assay_store_commit(w->store, NULL), ASSAY_OK);
	assay_summary_release(&s);
	assert_int_equal(assay_pipeline_judge(&s, w->config, w->store, NULL, NULL, NULL), ASSAY_ECONFIG);
	assert_int_equal(s.exit, 78);
	assert_int_equal(assay_run_get(w->store, 3, &run, NULL), ASSAY_OK);
	assert_string_equal(run.name, s.run);
	assert_int_equal(run.exit, 78);
	assert_true(run.ended_ns > 0);
	assert_int_equal(run.counts.in, 0);
	/* what it had written is undone, the judgement before it is there */
	assert_int_equal(assay_judgement_get(w->store, &j, NULL), ASSAY_OK);
	assert_digest(&j.version, &first);
}

#define IN_WORLD(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    IN_WORLD(judge__nothing_changed__nothing_is_walked),
	    IN_WORLD(judge__one_input_changed__walked_once),
	    IN_WORLD(judge__what_decides_nothing_changed__nothing_is_walked),
	    IN_WORLD(judge__undone__the_last_one_stands),
	    IN_WORLD(judge__sources_come_and_go__as_built_anew),
	    IN_WORLD(judge__base_is_not_what_it_says__built_anew),
	    IN_WORLD(judge__judged_another_way__built_anew),
	    IN_WORLD(judge__contract_edited__only_rows_that_change_are_written),
	    IN_WORLD(judge__cannot_be_done__its_record_says_why_it_ended),
	};

	return cmocka_run_group_tests(tests, setup_dir, teardown_dir);
}
