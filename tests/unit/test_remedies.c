/* remedies of assay.yaml: what an attempt changes, what is refused, and what the checks that name one need. */
#include "test_findings.h"

#include "config_stages.h"

/* ---------------------------------------------------------------- fixtures */

static scratch folder;

#define CONTRACT(id, kind, check)                                                                                      \
	"apiVersion: v3.1.0\nkind: DataContract\nid: " id "\nversion: 1.0.0\nstatus: active\n"                         \
	"schema:\n- name: " kind "\n  quality:\n  - {id: a, type: custom, engine: assay, implementation: {" check      \
	"}}\n"

static const struct {
	const char *name, *text;
} files[] = {
    {"cer.yaml", CONTRACT("cer", "page", "metric: ocr.cer, mustBeLessThan: 0.02, remedy: again")},
    {"peak.yaml", CONTRACT("peak", "audio", "metric: audio.duration, mustBeLessThan: 9, remedy: sound")},
    {"frames.yaml", CONTRACT("frames", "video", "metric: video.frames, mustBeGreaterThan: 1, remedy: sound")},
    {"free.yaml", CONTRACT("free", "page", "metric: ocr.cer, mustBeLessThan: 0.02")},
    {"config.yaml", NULL},
};

static int set_up(void **state)
{
	(void)state;
	scratch_open(&folder);
	for (size_t i = 0; i < ASSAY_COUNT(files); i++)
		if (files[i].text != NULL)
			scratch_write(&folder, files[i].name, files[i].text, strlen(files[i].text));
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(files); i++)
		unlinkat(folder.fd, files[i].name, 0);
	scratch_close(&folder);
	return 0;
}

static assay_code load_with(assay_config **c, const char *text, assay_diagnostics *d)
{
	scratch_write(&folder, "config.yaml", text, strlen(text));
	*c = (assay_config *)(uintptr_t)1; /* garbage: load must overwrite it */
	return assay_config_load(c, folder.fd, "config.yaml", d, NULL);
}

static assay_config *load(const char *text)
{
	assay_diagnostics d = {0};
	assay_config *c;

	if (load_with(&c, text, &d) != ASSAY_OK) {
		print_findings(&d);
		fail();
	}
	assay_diagnostics_release(&d);
	return c;
}

/* ---------------------------------------------------------------- what an attempt changes */

static const char whole[] =
    "dataset: d\n"
    "sources: [{path: a, modality: page}, {path: v, modality: video}, {path: s, modality: audio}]\n"
    "pipelines:\n"
    "  page: [page.read: {dpi: 400}, page.clean, ocr.recognize: {languages: [deu, eng], limit: 0.25}, ocr.tables]\n"
    "  video: [video.shots, video.keyframes]\n"
    "  audio: []\n"
    "contracts: [cer.yaml, peak.yaml]\n"
    "remedies:\n"
    "  again:\n"
    "    - page.deskew\n"
    "    - [ocr.recognize: {languages: [eng], mode: sparse}, page.read: {dpi: 300}]\n"
    "  sound: {choose: best, by: audio.peak, want: low, attempts: [audio.levels]}\n"
    "  moving: {choose: first, attempts: [video.pace]}\n";

static void names_of(assay_buf *out, const assay_config_step *const *steps, size_t n)
{
	out->len = 0;
	for (size_t i = 0; i < n; i++)
		assay_buf_printf(out, "%s%s", i > 0 ? " " : "", steps[i]->stage->name);
}

/* Put in where `assay stages` lists it: page.deskew stands before page.clean, which the pipeline has. */
static void rung_chain__stage_that_is_not_there__put_in_by_order(void **state)
{
	assay_config *c = load(whole);
	const assay_config_remedy *r = assay_config_remedy_find(c, "again");
	const assay_config_step *steps[2 * ASSAY_CONFIG_STEPS_MAX];
	ASSAY_AUTO_BUF names = ASSAY_BUF_INIT;

	(void)state;
	assert_int_equal(r->modality, ASSAY_MODALITY_PAGE);
	assert_int_equal(r->rung_count, 2);
	assert_int_equal(r->rungs[0].line, 10);
	assert_int_equal(r->rungs[0].column, 7);
	assert_false(r->best);
	assert_string_equal(r->by, "");
	names_of(&names, steps, assay_config_rung_chain(c, ASSAY_MODALITY_PAGE, r, 0, steps));
	assert_string_equal(assay_buf_str(&names), "page.read page.deskew page.clean ocr.recognize ocr.tables");
	assert_int_equal(((const read_params *)steps[0]->params)->dpi, 400); /* as configured */
	assert_int_equal(((const ocr_params *)steps[3]->params)->languages.count, 2);
	assay_config_close(c);
}

static void rung_chain__stage_that_is_there__its_parameters_over_the_configured(void **state)
{
	assay_config *c = load(whole);
	const assay_config_remedy *r = assay_config_remedy_find(c, "again");
	const assay_config_step *steps[2 * ASSAY_CONFIG_STEPS_MAX];
	ASSAY_AUTO_BUF names = ASSAY_BUF_INIT;
	const ocr_params *ocr;

	(void)state;
	names_of(&names, steps, assay_config_rung_chain(c, ASSAY_MODALITY_PAGE, r, 1, steps));
	assert_string_equal(assay_buf_str(&names), "page.read page.clean ocr.recognize ocr.tables");
	ocr = steps[2]->params;
	assert_int_equal(((const read_params *)steps[0]->params)->dpi, 300);
	assert_int_equal(ocr->languages.count, 1); /* a list is replaced, not added to */
	assert_string_equal(ocr->languages.items[0], "eng");
	assert_int_equal(ocr->mode, 1);
	assert_int_equal(ocr->limit, 25); /* not named, so as configured */
	/* and the pipeline is as it was */
	ocr = c->pipelines[ASSAY_MODALITY_PAGE].steps[2].params;
	assert_int_equal(ocr->languages.count, 2);
	assert_int_equal(ocr->mode, 0);
	assay_config_close(c);
}

static void rung_chain__sound__changes_audio_files_and_the_sound_of_videos(void **state)
{
	assay_config *c = load(whole);
	const assay_config_remedy *r = assay_config_remedy_find(c, "sound");
	const assay_config_step *steps[2 * ASSAY_CONFIG_STEPS_MAX];
	ASSAY_AUTO_BUF names = ASSAY_BUF_INIT;

	(void)state;
	assert_true(r->best);
	assert_false(r->high);
	assert_string_equal(r->by, "audio.peak");
	names_of(&names, steps, assay_config_rung_chain(c, ASSAY_MODALITY_AUDIO, r, 0, steps));
	assert_string_equal(assay_buf_str(&names), "audio.read audio.levels");
	names_of(&names, steps, assay_config_rung_chain(c, ASSAY_MODALITY_VIDEO, r, 0, steps));
	assert_string_equal(assay_buf_str(&names), "video.read video.shots video.keyframes audio.levels");
	assert_int_equal(assay_config_rung_chain(c, ASSAY_MODALITY_PAGE, r, 0, steps), 0);
	r = assay_config_remedy_find(c, "moving");
	names_of(&names, steps, assay_config_rung_chain(c, ASSAY_MODALITY_VIDEO, r, 0, steps));
	assert_string_equal(assay_buf_str(&names), "video.read video.shots video.keyframes video.pace");
	assert_int_equal(assay_config_rung_chain(c, ASSAY_MODALITY_AUDIO, r, 0, steps), 0);
	assay_config_close(c);
}

/* A metric that only an attempt makes is known, and no check may ask the plain pipeline for it. */
static void config_load__metric_of_an_attempt_alone__known_but_not_made(void **state)
{
	static const char text[] = "dataset: d\nsources: [{path: s, modality: audio}]\npipelines: {audio: []}\n"
				   "contracts: []\nremedies: {sound: [audio.levels]}\n";
	assay_config *c = load(text);
	const size_t at = assay_vocabulary_find(&c->vocabulary, "audio.peak");

	(void)state;
	assert_int_not_equal(at, SIZE_MAX);
	assert_false(c->vocabulary.items[at].made);
	assert_false(assay_config_has_bound_remedy(c));
	assay_config_close(c);
}

static void remedy_find__unknown__null(void **state)
{
	assay_config *c = load(whole);

	(void)state;
	assert_null(assay_config_remedy_find(c, "agein"));
	assert_null(assay_config_remedy_find(c, ""));
	assert_true(assay_config_has_bound_remedy(c));
	assay_config_close(c);
}

/* ---------------------------------------------------------------- what is refused */

#define TOP       "dataset: d\nsources: [{path: a, modality: page}]\n" /* lines 1 and 2 */
#define PIPE      "pipelines: {page: [ocr.recognize: {limit: 0.25}]}\n"
#define LADDER(l) TOP PIPE "contracts: [cer.yaml]\nremedies: {again: " l "}\n" /* line 5, from 19 */
#define BEST(l)   LADDER("{choose: best, " l ", attempts: [page.deskew, page.clean]}")
#define TWICE(x)  x ", " x

static const wrong_case wrong[] = {
    /* forms */
    {TOP PIPE "remedies: [a]\n", 4, 11, "'remedies' must be a mapping"},
    {LADDER("page.clean"), 5, 19, "remedy 'again' must be a list of attempts, each a stage or a list of stages"},
    {LADDER("[]"), 5, 19, "remedy 'again' must be a list of attempts, each a stage or a list of stages"},
    {LADDER("{attempts: page.clean}"), 5, 30,
     "remedy 'again' must be a list of attempts, each a stage or a list of stages"},
    {LADDER("{choose: first}"), 5, 20, "remedy 'again' has no 'attempts'"},
    {LADDER("{chose: first, attempts: [page.clean]}"), 5, 20, "unknown key 'chose', did you mean 'choose'?"},
    {LADDER("[[]]"), 5, 20, "an attempt changes at least one stage"},
    {LADDER("[~]"), 5, 20, "an item is the name of a stage, or {name: {parameter: value}}"},
    {LADDER("[{page.deskew: {}, page.clean: {}}]"), 5, 21,
     "several changes in one attempt are a list: [page.deskew: {}, page.clean: {}]"},
    {TOP PIPE "contracts: [cer.yaml]\nremedies: {again: [page.clean], a b: [page.deskew]}\n", 5, 33,
     "remedy 'a b' may hold only letters, digits, '.', '-' and '_', at most 64"},
    {LADDER("[" TWICE(TWICE(TWICE(TWICE("page.clean")))) ", page.deskew]"), 5, 212,
     "remedy 'again' has more than 16 attempts"},
    /* stages and parameters */
    {LADDER("[page.claen]"), 5, 20, "no stage 'page.claen' in this build, did you mean 'page.clean'?"},
    {LADDER("[page.clean, audio.levels]"), 5, 32, "stage 'audio.levels' is for audio, not for page"},
    {LADDER("[[page.clean, audio.levels]]"), 5, 33, "stage 'audio.levels' is for audio, not for page"},
    {LADDER("[ocr.recognize: {moed: sparse}]"), 5, 36,
     "stage 'ocr.recognize' has no parameter 'moed', did you mean 'mode'?"},
    {LADDER("[ocr.recognize: {mode: spars}]"), 5, 42,
     "ocr.recognize: mode: 'spars' is none of auto, sparse, did you mean 'sparse'?"},
    {LADDER("[[page.clean, page.clean]]"), 5, 33, "stage 'page.clean' stands in this attempt twice"},
    {"dataset: d\nsources: [{path: v, modality: video}]\npipelines: {video: []}\ncontracts: []\n"
     "remedies: {x: [[video.keyframes, video.pace]]}\n",
     5, 34, "stage 'video.pace' needs marks, which nothing before it makes: put 'video.shots' before it"},
    {TOP PIPE "contracts: []\nremedies: {x: [audio.levels]}\n", 5, 12,
     "remedy 'x' is for audio, which has no pipeline that it could change"},
    /* attempts that change nothing */
    {LADDER("[ocr.recognize]"), 5, 20,
     "this attempt of remedy 'again' changes nothing: pipelines.page does all of it already"},
    {LADDER("[ocr.recognize: {limit: 0.250}]"), 5, 20,
     "this attempt of remedy 'again' changes nothing: pipelines.page does all of it already"},
    {LADDER("[page.clean, [page.clean, ocr.recognize: {mode: auto}]]"), 5, 32,
     "attempt 2 of remedy 'again' does what attempt 1 does"},
    /* the best of them */
    {LADDER("{choose: worst, attempts: [page.clean]}"), 5, 28, "'choose' must be first or best"},
    {LADDER("{choose: best, by: ocr.cer, attempts: [page.clean]}"), 5, 20, "'choose: best' needs 'want': low or high"},
    {LADDER("{choose: best, want: low, attempts: [page.clean]}"), 5, 20,
     "'choose: best' needs 'by': the metric that tells which attempt is best"},
    {LADDER("{by: ocr.cer, attempts: [page.clean]}"), 5, 20, "'by' is for 'choose: best'"},
    {LADDER("{choose: first, want: low, attempts: [page.clean]}"), 5, 35, "'want' is for 'choose: best'"},
    {BEST("by: ocr.cer, want: least"), 5, 53, "'want' must be low or high"},
    {BEST("by: [ocr.cer], want: low"), 5, 38, "'by' must be the name of a metric"},
    {BEST("by: ocr.ser, want: low"), 5, 38, "no stage of this build makes metric 'ocr.ser', did you mean 'ocr.cer'?"},
    {BEST("by: page.skew, want: low"), 5, 38,
     "attempt 2 of remedy 'again' does not make metric 'page.skew': add the stage 'page.deskew'"},
    {BEST("by: ocr.confidence, want: high"), 5, 38,
     "'ocr.confidence' is what the engine says of its own work: a remedy can raise it and make the sample worse, so "
     "attempts are not chosen by it"},
    /* when */
    {LADDER("{when: ocr.cer, attempts: [page.clean]}"), 5, 26,
     "'when' must name a metric and a bound: {metric: ocr.cer_estimated, below: 0.2}"},
    {LADDER("{when: {below: 1}, attempts: [page.clean]}"), 5, 27,
     "'when' must name a metric and a bound: {metric: ocr.cer_estimated, below: 0.2}"},
    {LADDER("{when: {metric: ocr.cer}, attempts: [page.clean]}"), 5, 27, "'when' needs 'above', 'below' or both"},
    {LADDER("{when: {metric: ocr.cer, below: much}, attempts: [page.clean]}"), 5, 51,
     "'below' must be a decimal number"},
    {LADDER("{when: {metric: ocr.cer, above: 0.20, below: 0.2}, attempts: [page.clean]}"), 5, 27,
     "no value is above and below: 'above' must be less than 'below'"},
    {LADDER("{when: {metric: ocr.ser, below: 1}, attempts: [page.clean]}"), 5, 35,
     "no stage of this build makes metric 'ocr.ser', did you mean 'ocr.cer'?"},
    {LADDER("{when: {metric: ocr.cer, below: 1, blow: 1}, attempts: [page.clean]}"), 5, 54,
     "unknown key 'blow', did you mean 'below'?"},
    {LADDER("{when: {metric: page.skew, below: 1}, attempts: [page.clean]}"), 5, 35,
     "no pipeline makes metric 'page.skew': add the stage 'page.deskew'"},
    /* checks */
    {TOP PIPE "contracts: [cer.yaml]\n", 9, 6, "check 'a' names remedy 'again', which config.yaml does not have"},
    {TOP PIPE "contracts: [cer.yaml]\nremedies: {agein: [page.clean]}\n", 9, 6,
     "check 'a' names remedy 'again', which config.yaml does not have, did you mean 'agein'?"},
    {"dataset: d\nsources: [{path: v, modality: video}]\npipelines: {video: [], audio: []}\n"
     "contracts: [frames.yaml]\nremedies: {sound: [audio.levels]}\n",
     9, 6, "check 'a' is for video, but its remedy 'sound' changes the pipeline of audio"},
};

static void config_load__wrong__place_and_message(void **state)
{
	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(wrong); i++) {
		assay_diagnostics d = {0};
		assay_config *c;
		const assay_code rc = load_with(&c, wrong[i].text, &d);

		assert_finding(&d, true, &wrong[i]);
		assert_int_equal(rc, ASSAY_ECONFIG);
		assert_null(c);
		assay_diagnostics_release(&d);
	}
}

static assay_decimal decimal(const char *text)
{
	assay_decimal d = {0};

	assert_true(assay_decimal_parse(&d, text));
	return d;
}

static void when_holds__bounds__exclusive_and_of_any_scale(void **state)
{
	assay_config *c =
	    load(TOP PIPE "contracts: [cer.yaml]\nremedies:\n  again: {when: {metric: ocr.cer, above: 0.02, below: "
			  "0.2}, attempts: [page.clean]}\n  any: [page.clean]\n");
	const assay_config_when *w = &assay_config_remedy_find(c, "again")->when;

	(void)state;
	assert_string_equal(w->metric, "ocr.cer");
	assert_true(assay_config_when_holds(w, decimal("0.0201")));
	assert_true(assay_config_when_holds(w, decimal("0.1999")));
	assert_false(assay_config_when_holds(w, decimal("0.0200")));
	assert_false(assay_config_when_holds(w, decimal("0.2000")));
	assert_false(assay_config_when_holds(w, decimal("-1")));
	w = &assay_config_remedy_find(c, "any")->when;
	assert_string_equal(w->metric, "");
	assert_true(assay_config_when_holds(w, decimal("1")));
	assay_config_close(c);
}

/* With a wrong pipeline nothing can be said of what an attempt makes of it. */
static void config_load__pipeline_wrong__remedies_not_blamed(void **state)
{
	static const char text[] = TOP "pipelines: {page: [ocr.recognise]}\ncontracts: [cer.yaml]\n"
				       "remedies: {again: [ocr.recognize, page.clean, page.clean]}\n";
	const wrong_case w = {text, 3, 20, "no stage 'ocr.recognise' in this build, did you mean 'ocr.recognize'?"};
	assay_diagnostics d = {0};
	assay_config *c;

	(void)state;
	assert_int_equal(load_with(&c, text, &d), ASSAY_ECONFIG);
	assert_finding(&d, true, &w);
	assay_diagnostics_release(&d);
}

static void config_load__sixteen_attempts__fine(void **state)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	assay_config *c;

	(void)state;
	assay_buf_puts(&b, TOP PIPE "contracts: [cer.yaml]\nremedies:\n  again:\n");
	for (int i = 0; i < ASSAY_CONFIG_RUNGS_MAX; i++)
		assay_buf_printf(&b, "  - page.read: {dpi: %d}\n", 100 + i);
	c = load(assay_buf_str(&b));
	assert_int_equal(c->remedies[0].rung_count, ASSAY_CONFIG_RUNGS_MAX);
	assay_config_close(c);
}

/* An attempt cannot make the pipeline longer than one may be. */
static void config_load__attempt_too_long__refused(void **state)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	assay_diagnostics d = {0};
	assay_config *c;

	(void)state;
	assay_buf_puts(&b, TOP "pipelines:\n  page:\n  - ocr.recognize\n");
	for (int i = 0; i < 30; i++)
		assay_buf_puts(&b, "  - page.clean\n");
	assay_buf_puts(&b, "contracts: [cer.yaml]\nremedies: {again: [page.deskew]}\n");
	assert_int_equal(load_with(&c, assay_buf_str(&b), &d), ASSAY_ECONFIG);
	assert_int_equal(d.errors, 1);
	assert_int_equal(d.items[d.count - 1].line, 37);
	assert_string_equal(d.items[d.count - 1].message, "more than 31 stages in one pipeline");
	assay_diagnostics_release(&d);
}

/* ---------------------------------------------------------------- classes of failure */

static void config_load__failures__bind_a_ladder(void **state)
{
	assay_config *c =
	    load(TOP PIPE "contracts: [free.yaml]\nremedies: {again: {failures: [decode, crash, timeout], attempts: "
			  "[page.clean]}}\n");

	(void)state;
	assert_int_equal(c->remedies[0].failures, (uint64_t)1 << ASSAY_FAILURE_DECODE |
						      (uint64_t)1 << ASSAY_FAILURE_CRASH |
						      (uint64_t)1 << ASSAY_FAILURE_TIMEOUT);
	assert_true(assay_config_remedy_is_bound(c, "again"));
	assert_true(assay_config_has_bound_remedy(c));
	assay_config_close(c);
}

static void config_load__failures_that_nothing_helps__refused(void **state)
{
	static const struct {
		const char *said, *message;
	} cases[] = {
	    {"failures: decode", "'failures' of remedy 'again' must be a list, like [decode, crash, timeout]"},
	    {"failures: []", "'failures' of remedy 'again' must be a list, like [decode, crash, timeout]"},
	    {"failures: [decod]", "'failures' of remedy 'again' must be classes of failure that an attempt can help, "
				  "did you mean 'decode'?"},
	    {"failures: [unreadable]",
	     "'failures' of remedy 'again' must be classes of failure that an attempt can help"},
	    {"failures: [metadata]",
	     "'failures' of remedy 'again' must be classes of failure that an attempt can help"},
	    {"choose: best, by: page.width, want: low, failures: [short]",
	     "'failures' is not for 'choose: best': of a source that fails the first attempt that makes all of it pass "
	     "is "
	     "taken"},
	};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(cases); i++) {
		ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
		assay_diagnostics d = {0};
		assay_config *c;

		assay_buf_printf(&text,
				 TOP PIPE "contracts: [free.yaml]\nremedies: {again: {%s, attempts: [page.clean]}}\n",
				 cases[i].said);
		assert_int_equal(load_with(&c, assay_buf_str(&text), &d), ASSAY_ECONFIG);
		assert_string_equal(d.items[d.count - 1].message, cases[i].message);
		assay_diagnostics_release(&d);
	}
}

/* ---------------------------------------------------------------- what is doubted */

static void config_load__remedy_that_no_check_names__warned(void **state)
{
	static const char text[] = TOP PIPE "contracts: [free.yaml]\nremedies: {again: [page.clean]}\n";
	assay_diagnostics d = {0};
	assay_config *c;

	(void)state;
	assert_int_equal(load_with(&c, text, &d), ASSAY_OK);
	assert_int_equal(d.count, 1);
	assert_int_equal(d.items[0].line, 5);
	assert_int_equal(d.items[0].column, 12);
	assert_string_equal(
	    d.items[0].message,
	    "no check and no class of failure names remedy 'again': it is run only by 'assay queue retry'");
	assay_config_close(c);
	assay_diagnostics_release(&d);
}

/* ---------------------------------------------------------------- memory */

static long calls, fail_at;
void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t s);
void *__real_realloc(void *p, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t s);
void *__wrap_realloc(void *p, size_t n);
void *__wrap_malloc(size_t n)
{
	return fail_at > 0 && ++calls == fail_at ? NULL : __real_malloc(n);
}
void *__wrap_calloc(size_t n, size_t s)
{
	return fail_at > 0 && ++calls == fail_at ? NULL : __real_calloc(n, s);
}
void *__wrap_realloc(void *p, size_t n)
{
	return fail_at > 0 && ++calls == fail_at ? NULL : __real_realloc(p, n);
}

static void config_load__every_alloc_fails_in_turn__enomem(void **state)
{
	assay_code rc;
	long n = 0;

	(void)state;
	scratch_write(&folder, "config.yaml", whole, sizeof whole - 1);
	do {
		assay_diagnostics d = {0};
		assay_config *c;

		calls = 0;
		fail_at = ++n;
		rc = assay_config_load(&c, folder.fd, "config.yaml", &d, NULL);
		fail_at = 0;
		assert_true(rc == ASSAY_OK || rc == ASSAY_ENOMEM);
		assert_int_equal(c != NULL, rc == ASSAY_OK);
		assay_config_close(c);
		assay_diagnostics_release(&d);
	} while (calls >= n); /* until the n-th is never asked for: a value may be good without a hint's memory */
	assert_in_range(n, 50, 4000);
}

static void config_load__wrong_and_alloc_fails__never_ok(void **state)
{
	static const char text[] = LADDER("[ocr.recognize]");

	(void)state;
	scratch_write(&folder, "config.yaml", text, sizeof text - 1);
	for (long n = 1; n < 600; n++) {
		assay_diagnostics d = {0};
		assay_config *c;

		calls = 0;
		fail_at = n;
		assert_int_not_equal(assay_config_load(&c, folder.fd, "config.yaml", &d, NULL), ASSAY_OK);
		fail_at = 0;
		assert_null(c);
		assay_diagnostics_release(&d);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(rung_chain__stage_that_is_not_there__put_in_by_order),
	    cmocka_unit_test(rung_chain__stage_that_is_there__its_parameters_over_the_configured),
	    cmocka_unit_test(rung_chain__sound__changes_audio_files_and_the_sound_of_videos),
	    cmocka_unit_test(config_load__metric_of_an_attempt_alone__known_but_not_made),
	    cmocka_unit_test(remedy_find__unknown__null),
	    cmocka_unit_test(config_load__wrong__place_and_message),
	    cmocka_unit_test(when_holds__bounds__exclusive_and_of_any_scale),
	    cmocka_unit_test(config_load__pipeline_wrong__remedies_not_blamed),
	    cmocka_unit_test(config_load__sixteen_attempts__fine),
	    cmocka_unit_test(config_load__attempt_too_long__refused),
	    cmocka_unit_test(config_load__failures__bind_a_ladder),
	    cmocka_unit_test(config_load__failures_that_nothing_helps__refused),
	    cmocka_unit_test(config_load__remedy_that_no_check_names__warned),
	    cmocka_unit_test(config_load__every_alloc_fails_in_turn__enomem),
	    cmocka_unit_test(config_load__wrong_and_alloc_fails__never_ok),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
