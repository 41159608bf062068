/* Contracts tried out on a version: what is foreseen is what a judging by them comes to, and nothing is written. */
#include "assay/file.h"
#include "assay/judgement.h"
#include "assay/pipeline.h"
#include "assay/trial.h"

#include "lineage_fixture.h"
#include "pages_store.h"

#include <fcntl.h>
#include <unistd.h>

#define SOURCES 6
#define PAGES   20

static char dir[] = "/tmp/assay-trial-XXXXXX";

typedef struct world {
	assay_store *store;
	assay_config *config;
	int fd;
	assay_summary judged;
	assay_version version; /* that it came to */
} world;

static void load_config(world *w)
{
	ASSAY_CLEANUP(assay_diagnostics_release) assay_diagnostics d = {0};

	assay_config_close(w->config);
	assert_int_equal(assay_config_load(&w->config, w->fd, "assay.yaml", &d, NULL), ASSAY_OK);
}

static void judge(world *w)
{
	assay_summary_release(&w->judged);
	assay_version_release(&w->version);
	assert_int_equal(assay_pipeline_judge(&w->judged, w->config, w->store, NULL, NULL, NULL), ASSAY_OK);
	assert_int_equal(assay_version_latest(w->store, &w->version, NULL), ASSAY_OK);
}

static int setup(void **state)
{
	static world w;
	char path[96];

	assert_non_null(mkdtemp(dir));
	assert_int_equal(make_pages_store(dir, SOURCES, PAGES, NULL), ASSAY_OK);
	w.fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	load_config(&w);
	(void)snprintf(path, sizeof(path), "%s/.assay", dir);
	assert_int_equal(assay_store_open(&w.store, path, NULL, NULL), ASSAY_OK);
	judge(&w);
	*state = &w;
	return 0;
}

static int teardown(void **state)
{
	world *w = *state;
	char line[128];

	assay_summary_release(&w->judged);
	assay_version_release(&w->version);
	assay_store_close(w->store);
	assay_config_close(w->config);
	(void)close(w->fd);
	(void)snprintf(line, sizeof(line), "rm -rf '%s'", dir);
	return system(line);
}

/* The contract with one text in the place of another, loaded. */
static void edit(world *w, const char *from, const char *to)
{
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
	ASSAY_AUTO_BUF out = ASSAY_BUF_INIT;
	const char *at;

	assert_int_equal(assay_file_read(&text, w->fd, "contract.odcs.yaml", 1 << 16, NULL), ASSAY_OK);
	at = strstr(assay_buf_str(&text), from);
	assert_non_null(at);
	assay_buf_append(&out, text.data, (size_t)(at - assay_buf_str(&text)));
	assay_buf_puts(&out, to);
	assay_buf_puts(&out, at + strlen(from));
	assert_int_equal(assay_file_replace(w->fd, "contract.odcs.yaml", out.data, out.len, NULL), ASSAY_OK);
	load_config(w);
}

typedef struct told {
	uint64_t admitted, refused, stop_at;
	char last[64];
} told;

static assay_code note(void *ctx, const assay_trial_change *c, assay_err *err)
{
	told *t = ctx;

	assert_true(strcmp(t->last, c->key) < 0); /* ascending */
	assert_true(strlen(c->key) < sizeof(t->last));
	(void)strcpy(t->last, c->key);
	assert_int_equal(c->kind, ASSAY_SAMPLE_PAGE);
	assert_int_not_equal(c->before, c->after);
	t->admitted += c->after == ASSAY_OUTCOME_ACCEPTED;
	t->refused += c->after == ASSAY_OUTCOME_QUARANTINED;
	if (c->after == ASSAY_OUTCOME_QUARANTINED)
		assert_true(c->check_count > 0);
	return t->stop_at > 0 && t->admitted + t->refused == t->stop_at ? ASSAY_RAISE(err, ASSAY_EBUSY, "enough")
									: ASSAY_OK;
}

static assay_code try_out(world *w, assay_trial *out, told *t)
{
	const assay_trial_opts opts = {.version = &w->version,
				       .contracts = (const assay_contract *const *)w->config->contracts,
				       .count = w->config->contract_count,
				       .vocabulary = &w->config->vocabulary,
				       .fn = note,
				       .ctx = t};

	return assay_trial_run(out, w->store, &opts, NULL);
}

static void assert_adds_up(const assay_trial *t)
{
	assert_int_equal(t->samples, SOURCES * PAGES);
	assert_int_equal(t->samples, t->judged + t->left + t->unknown);
	for (size_t i = 0; i < t->check_count; i++) {
		const assay_trial_check *k = &t->checks[i];

		assert_int_equal(k->samples, k->passed + k->failed + k->undefined + k->skipped);
		assert_int_equal(k->samples, t->judged);
	}
}

static void trial__the_same_contracts__nothing_changes(void **state)
{
	world *w = *state;
	ASSAY_CLEANUP(assay_trial_release) assay_trial t = {0};
	told x = {0};
	uint64_t failed = 0;

	assert_int_equal(try_out(w, &t, &x), ASSAY_OK);
	assert_adds_up(&t);
	assert_int_equal(t.judged, SOURCES * PAGES);
	assert_int_equal(x.admitted + x.refused + t.admitted + t.refused, 0);
	assert_false(assay_trial_differs(&t));
	assert_true(t.replaces[0]);
	assert_int_equal(t.kept_count, 0);
	assert_int_equal(t.check_count, 3);
	for (size_t i = 0; i < t.check_count; i++)
		failed += t.checks[i].check->severity == ASSAY_SEVERITY_ERROR
			      ? t.checks[i].failed + t.checks[i].undefined
			      : 0;
	assert_true(w->judged.samples.quarantined > 0);
	assert_true(failed >= w->judged.samples.quarantined); /* one may fail several */
}

/* What a trial foresees is what the judging by the same contracts then comes to. */
static void trial__other_bounds__as_a_judging_by_them(void **state)
{
	static const char *const bounds[][2] = {{"mustBeGreaterOrEqualTo: 5}", "mustBeGreaterOrEqualTo: 60}"},
						{"mustBeGreaterOrEqualTo: 60}", "mustBeGreaterOrEqualTo: 0}"},
						{"mustBeGreaterThan: 0, whenMissing: skip}", "mustBeGreaterThan: 40}"},
						{"{metric: ocr.words, mustBeGreaterThan: 40}",
						 "{metric: ocr.words, mustBeGreaterThan: 0, whenMissing: skip}"}};
	world *w = *state;
	uint64_t changes = 0;

	for (size_t i = 0; i < ASSAY_COUNT(bounds); i++) {
		ASSAY_CLEANUP(assay_trial_release) assay_trial t = {0};
		const uint64_t accepted = w->judged.samples.accepted;
		uint64_t generation, after;
		told x = {0};

		edit(w, bounds[i][0], bounds[i][1]);
		assert_int_equal(assay_generation(w->store, &generation, NULL), ASSAY_OK);
		assert_int_equal(try_out(w, &t, &x), ASSAY_OK);
		assert_int_equal(assay_generation(w->store, &after, NULL), ASSAY_OK);
		assert_int_equal(after, generation);
		assert_adds_up(&t);
		assert_int_equal(x.admitted, t.admitted);
		assert_int_equal(x.refused, t.refused);
		assert_int_equal(assay_trial_differs(&t), t.admitted + t.refused > 0);
		judge(w);
		assert_int_equal(w->judged.samples.accepted, accepted + t.admitted - t.refused);
		assert_int_equal(w->judged.verdicts_changed, t.admitted + t.refused);
		changes += t.admitted + t.refused;
	}
	assert_true(changes > 0);
}

static void trial__another_contract__beside_the_version_s(void **state)
{
	world *w = *state;
	ASSAY_CLEANUP(assay_trial_release) assay_trial t = {0};
	told x = {0};

	edit(w, "id: bench\n", "id: other\n");
	assert_int_equal(try_out(w, &t, &x), ASSAY_OK);
	assert_adds_up(&t);
	assert_false(t.replaces[0]);
	assert_int_equal(t.kept_count, 1);
	assert_string_equal(t.kept[0]->id, "bench");
	assert_int_equal(t.admitted + t.refused, 0);
	edit(w, "id: other\n", "id: bench\n");
}

static void trial__callback_fails__its_code(void **state)
{
	world *w = *state;
	ASSAY_CLEANUP(assay_trial_release) assay_trial t = {0};
	told x = {.stop_at = 2};

	edit(w, "mustBeGreaterOrEqualTo: 0}", "mustBeGreaterOrEqualTo: 30000}");
	assert_int_equal(try_out(w, &t, &x), ASSAY_EBUSY);
	assert_int_equal(x.admitted + x.refused, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(trial__the_same_contracts__nothing_changes),
	    cmocka_unit_test(trial__other_bounds__as_a_judging_by_them),
	    cmocka_unit_test(trial__another_contract__beside_the_version_s),
	    cmocka_unit_test(trial__callback_fails__its_code),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
