#include "assay/evaluation.h"

#include "assay/object.h"
#include "assay/trie.h"
#include "assay/unit.h"

#include "lineage_fixture.h"

#include <unistd.h>

/* Pages 1 and 2 of one file, a recording that is one sample, and a video with its sound; page 2 has the text of page 1. */
static const char *const keys[] = {"a.pdf#page=1", "a.pdf#page=2", "b 50%25.wav", "c.mkv", "c.mkv#audio=1"};
enum { KEYS = 5 };

static assay_version version;
static assay_digest letter, sound, recipe;

static void put_unit(assay_store *s, unsigned source, const char *const *parts, const assay_digest *artifacts,
		     unsigned count, assay_digest *work_key)
{
	ASSAY_AUTO_UNIT u = {.source = digest(source), .recipe = recipe, .attempts = 1};
	assay_result *r = &u.result;

	u.part = text("");
	r->samples = assay_alloc(count, sizeof *r->samples);
	assert_non_null(r->samples);
	for (unsigned i = 0; i < count; i++) {
		assay_result_sample *x = &r->samples[r->sample_count++];

		*x =
		    (assay_result_sample){.kind = ASSAY_SAMPLE_PAGE, .part = text(parts[i]), .parent = ASSAY_NO_SAMPLE};
		x->artifacts = assay_alloc(1, sizeof *x->artifacts);
		assert_non_null(x->artifacts);
		x->artifacts[x->artifact_count++] = (assay_artifact_ref){.size = 1, .digest = artifacts[i]};
	}
	assert_int_equal(assay_unit_put(s, &u, NULL), ASSAY_OK);
	*work_key = u.work_key;
}

static int make_version(void **state)
{
	static const char *const parts[] = {"page=1", "page=2"};
	static const char *const film[] = {"", "audio=1"};
	const char *const none[] = {""};
	assay_trie_entry entries[KEYS];
	assay_digest pages, recording, video, artifacts[2];
	assay_store *s;

	if (open_store(state) != 0)
		return -1;
	s = STORE(state);
	assert_int_equal(assay_object_put(s, ASSAY_OBJECT_ARTIFACT, "x", 1, NULL, &letter, NULL, NULL), ASSAY_OK);
	assert_int_equal(assay_object_put(s, ASSAY_OBJECT_ARTIFACT, "y", 1, NULL, &sound, NULL, NULL), ASSAY_OK);
	assert_int_equal(assay_object_put(s, ASSAY_OBJECT_RECIPE, "r", 1, NULL, &recipe, NULL, NULL), ASSAY_OK);
	artifacts[0] = artifacts[1] = letter;
	put_unit(s, 1, parts, artifacts, 2, &pages);
	put_unit(s, 2, none, &sound, 1, &recording);
	put_unit(s, 3, film, artifacts, 2, &video);
	for (size_t i = 0; i < KEYS; i++)
		entries[i] = (assay_trie_entry){.key = keys[i],
						.outcome = ASSAY_OUTCOME_ACCEPTED,
						.kind = ASSAY_SAMPLE_PAGE,
						.content = digest(3),
						.work_key = i < 2   ? pages
							    : i < 3 ? recording
								    : video};
	version = (assay_version){0};
	version.dataset = text("t");
	assert_int_equal(assay_trie_build(s, entries, KEYS, &version.accepted, NULL), ASSAY_OK);
	assert_int_equal(assay_trie_build(s, NULL, 0, &version.others, NULL), ASSAY_OK);
	assert_int_equal(assay_version_commit(s, &version, NULL), ASSAY_OK);
	return assay_store_commit(s, NULL) == ASSAY_OK ? 0 : -1;
}

static int drop_version(void **state)
{
	arm(0);
	assay_version_release(&version);
	return close_store(state);
}

/* Through a pipe, so that it comes in pieces. */
static assay_code read_text(assay_evaluation *out, assay_store *s, const char *body, assay_err *err)
{
	int fds[2];
	assay_code rc;

	assert_int_equal(pipe(fds), 0);
	assert_int_equal(write(fds[1], body, strlen(body)), strlen(body));
	(void)close(fds[1]);
	rc = assay_evaluation_read(out, s, &version, fds[0], "e.jsonl", err);
	(void)close(fds[0]);
	return rc;
}

static void read_well(assay_evaluation *out, assay_store *s, const char *body)
{
	assert_int_equal(read_text(out, s, body, NULL), ASSAY_OK);
	if (out->wrong > 0)
		fail_msg("%s", out->findings.items[0].message);
}

static void assert_refused(assay_store *s, const char *body, const char *message)
{
	ASSAY_AUTO_EVALUATION e = {0};

	assert_int_equal(read_text(&e, s, body, NULL), ASSAY_OK);
	assert_int_equal(e.wrong, 1);
	if (strstr(e.findings.items[0].message, message) == NULL)
		fail_msg("'%s' is not '%s'", e.findings.items[0].message, message);
}

static void evaluation__scores__to_nine_places(void **state)
{
	static const struct {
		const char *written;
		int64_t nano;
	} scores[] = {{"0", 0},
		      {"1", 1000000000},
		      {"-0.5", -500000000},
		      {"0.1", 100000000},
		      {"0.8734523415184021", 873452342}, /* to the nearest */
		      {"1e-12", 0},
		      {"1000000000", INT64_C(1000000000000000000)},
		      {"\"0.25\"", 250000000}};

	for (size_t i = 0; i < ASSAY_COUNT(scores); i++) {
		ASSAY_AUTO_EVALUATION e = {0};
		char line[128];

		(void)snprintf(line, sizeof line, "{\"key\": \"a.pdf#page=1\", \"score\": %s}", scores[i].written);
		read_well(&e, STORE(state), line);
		assert_int_equal(e.results.count, 1);
		assert_true(e.results.items[0].has_score);
		assert_int_equal(e.results.items[0].score, scores[i].nano);
	}
	assert_refused(STORE(state), "{\"key\": \"a.pdf#page=1\", \"score\": 1000000001}", "beyond 10^9");
	assert_refused(STORE(state), "{\"key\": \"a.pdf#page=1\", \"score\": 1e999}", "not JSON");
	assert_refused(STORE(state), "{\"key\": \"a.pdf#page=1\", \"score\": true}", "not a number");
}

static void evaluation__labels__words_for_two(void **state)
{
	static const char *const labels[][2] = {
	    {"\"label\": \"PASS\"", "pass"}, {"\"label\": false", "fail"},
	    {"\"correct\": true", "pass"},   {"\"verdict\": \"wrong\"", "fail"},
	    {"\"failed\": true", "fail"},    {"\"failed\": false", "pass"},
	    {"\"label\": \"Cat\"", "Cat"},   {"\"label\": null, \"ok\": false", "fail"},
	};

	for (size_t i = 0; i < ASSAY_COUNT(labels); i++) {
		ASSAY_AUTO_EVALUATION e = {0};
		char line[128];

		(void)snprintf(line, sizeof line, "{\"key\": \"a.pdf#page=1\", %s}", labels[i][0]);
		read_well(&e, STORE(state), line);
		assert_string_equal(e.results.items[0].label, labels[i][1]);
		assert_false(e.results.items[0].has_score);
	}
}

static void evaluation__members__found_by_what_a_delivery_calls_them(void **state)
{
	char line[256], hex[ASSAY_DIGEST_HEX];
	static const char *const forms[][2] = {
	    {"artifacts/ab/", ".txt"}, {"/data/d/artifacts/ab/", ".flac"}, {"sha256:", ""}, {"", ""}, {"./x/", ".y"}};

	(void)assay_digest_hex(&sound, hex);
	for (size_t i = 0; i < ASSAY_COUNT(forms); i++) {
		ASSAY_AUTO_EVALUATION e = {0};

		(void)snprintf(line, sizeof line, "{\"member\": \"%s%s%s\", \"score\": 1}", forms[i][0], hex,
			       forms[i][1]);
		read_well(&e, STORE(state), line);
		assert_string_equal(e.results.items[0].key, keys[2]);
	}
	{
		const assay_digest source = digest(2);
		ASSAY_AUTO_EVALUATION e = {0};

		(void)snprintf(line, sizeof line, "{\"file\": \"%s\", \"score\": 1}", assay_digest_hex(&source, hex));
		read_well(&e, STORE(state), line);
		assert_string_equal(e.results.items[0].key, keys[2]);
	}
	assert_refused(STORE(state), "{\"member\": \"a.pdf\", \"score\": 1}",
		       "'a.pdf' is in 2 samples: name one by its key");
	(void)snprintf(line, sizeof line, "{\"member\": \"%s\", \"score\": 1}", assay_digest_hex(&letter, hex));
	assert_refused(STORE(state), line, "is in 4 samples");
}

static void evaluation__key_that_is_the_path_of_more__that_sample(void **state)
{
	for (size_t i = 3; i < KEYS; i++) {
		ASSAY_AUTO_EVALUATION e = {0};
		char line[128];

		(void)snprintf(line, sizeof line, "{\"sample_id\": \"%s\", \"file\": \"c.mkv\", \"score\": 1}",
			       keys[i]);
		read_well(&e, STORE(state), line);
		assert_string_equal(e.results.items[0].key, keys[i]);
	}
	assert_refused(STORE(state), "{\"file\": \"c.mkv\", \"score\": 1}", "'c.mkv' is in 2 samples");
}

static void evaluation__path_with_escapes__either_way(void **state)
{
	static const char *const names[] = {"b 50%25.wav", "b 50%.wav", "././b 50%.wav"};

	for (size_t i = 0; i < ASSAY_COUNT(names); i++) {
		ASSAY_AUTO_EVALUATION e = {0};
		char line[128];

		(void)snprintf(line, sizeof line, "{\"path\": \"%s\", \"score\": 1}", names[i]);
		read_well(&e, STORE(state), line);
		assert_string_equal(e.results.items[0].key, keys[2]);
	}
}

static void evaluation__lines__counted_and_sorted(void **state)
{
	ASSAY_AUTO_EVALUATION e = {0};
	ASSAY_AUTO_EVALUATION wrong = {0};

	read_well(&e, STORE(state),
		  "\xef\xbb\xbf{\"key\": \"b 50%25.wav\", \"score\": 1}\r\n\r\n \t\n{\"key\": \"a.pdf#page=2\", "
		  "\"score\": 2}\n"
		  "{\"key\": \"a.pdf#page=1\", \"score\": 3, \"note\": \"n\"}");
	assert_int_equal(e.lines, 3);
	assert_int_equal(e.results.count, 3);
	for (size_t i = 0; i < e.results.count; i++)
		assert_string_equal(e.results.items[i].key, keys[i]);
	assert_string_equal(e.results.items[0].note, "n");
	assert_memory_equal(&e.results.version, &version.id, sizeof version.id);
	assert_int_equal(read_text(&wrong, STORE(state), "\n{}\n\n{\"key\": 1}\nx\n", NULL), ASSAY_OK);
	assert_int_equal(wrong.wrong, 3);
	assert_int_equal(wrong.findings.items[0].line, 2);
	assert_int_equal(wrong.findings.items[1].line, 4);
	assert_int_equal(wrong.findings.items[2].line, 5);
}

static void evaluation__bytes_that_are_no_text__refused(void **state)
{
	assert_refused(STORE(state), "{\"key\": \"a\xff\", \"score\": 1}", "is not JSON");
	assert_refused(STORE(state), "{\"key\": \"a\\u0000b\", \"score\": 1}", "is not JSON");
	assert_refused(STORE(state), "{\"key\": \"\", \"score\": 1}", "names no sample");
}

static void evaluation__alloc_n_fails__enomem(void **state)
{
	unsigned n = 0;
	assay_code rc;

	do {
		ASSAY_AUTO_EVALUATION e = {0};
		char line[256], hex[ASSAY_DIGEST_HEX];

		(void)snprintf(line, sizeof line,
			       "{\"member\": \"%s\", \"score\": 1}\n{\"key\": \"none\", \"score\": 1}\n",
			       assay_digest_hex(&sound, hex));
		arm(++n);
		rc = read_text(&e, STORE(state), line, NULL);
		arm(0);
		/* jansson's failure looks like text that is no JSON */
		assert_true(rc == ASSAY_ENOMEM || (rc == ASSAY_OK && e.wrong >= 1));
		if (rc == ASSAY_OK && e.wrong == 1 && e.results.count == 1)
			break;
	} while (n < 10000);
	assert_in_range(n, 10, 9999);
}

#define WITH_VERSION(test) cmocka_unit_test_setup_teardown(test, make_version, drop_version)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_VERSION(evaluation__scores__to_nine_places),
	    WITH_VERSION(evaluation__labels__words_for_two),
	    WITH_VERSION(evaluation__members__found_by_what_a_delivery_calls_them),
	    WITH_VERSION(evaluation__key_that_is_the_path_of_more__that_sample),
	    WITH_VERSION(evaluation__path_with_escapes__either_way),
	    WITH_VERSION(evaluation__lines__counted_and_sorted),
	    WITH_VERSION(evaluation__bytes_that_are_no_text__refused),
	    WITH_VERSION(evaluation__alloc_n_fails__enomem),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
