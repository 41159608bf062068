#include "assay/recipe.h"

#include "assay/kind.h"
#include "assay/object.h"

#include "lineage_mutate.h"

/*
 * Golden digests, computed once by a program of its own (Python's hashlib and an independent CBOR encoder of 20 lines,
 * written from RFC 8949) and pinned: stores that exist are named by them, so a change here is a change of format.
 */
#define RECIPE_DIGEST "57ad7d268840d65acff638bdb744c934d02b85edc00b81e62c04a7a44fe15c2f"

/* ---- the recipe of the golden digest ---- */

static assay_recipe_step *add_step(assay_recipe *r, const char *stage, uint32_t version, uint32_t determinism,
				   const char *engine)
{
	assay_recipe_step *s = &r->steps[r->step_count++];

	s->stage = text(stage);
	s->version = version;
	s->determinism = determinism;
	s->engine = text(engine);
	s->params = calloc(3, sizeof(*s->params));
	s->files = calloc(2, sizeof(*s->files));
	s->libraries = calloc(2, sizeof(*s->libraries));
	s->metrics = calloc(2, sizeof(*s->metrics));
	s->artifacts = calloc(1, sizeof(*s->artifacts));
	assert_true(s->params != NULL && s->files != NULL && s->libraries != NULL && s->metrics != NULL);
	assert_non_null(s->artifacts);
	return s;
}

static void add_param(assay_recipe_step *s, const char *name, const char *value)
{
	s->params[s->param_count++] = (assay_recipe_param){text(name), text(value)};
}

static void add_file(assay_recipe_step *s, const char *role, const char *name, unsigned byte)
{
	s->files[s->file_count++] = (assay_recipe_file){text(role), text(name), digest(byte)};
}

static void add_metric(assay_recipe_step *s, const char *name, const char *unit, int scale)
{
	s->metrics[s->metric_count++] = (assay_recipe_metric){text(name), text(unit), scale};
}

static assay_recipe *make(void)
{
	assay_recipe *r = calloc(1, sizeof(*r));
	assay_recipe_step *s;

	assert_non_null(r);
	r->modality = ASSAY_MODALITY_PAGE;
	r->steps = calloc(3, sizeof(*r->steps));
	assert_non_null(r->steps);
	s = add_step(r, "page.deskew", 2, 1, "");
	add_metric(s, "page.angle", "deg", 3);
	s = add_step(r, "ocr.recognize", 1, 2, "tesseract 5.3.0");
	add_param(s, "languages", "eng");
	add_param(s, "segmentation", "auto");
	add_file(s, "model", "eng.traineddata", 0x71);
	s->libraries[s->library_count++] = text("libpng16.so.16 abcd");
	add_metric(s, "ocr.cer", "", 4);
	add_metric(s, "ocr.words", "words", 0);
	s->artifacts[s->artifact_count++] = (assay_recipe_artifact){text("text"), text("text/plain"), text(".txt")};
	return r;
}

#define AUTO_RECIPE ASSAY_CLEANUP(assay_recipe_closep) assay_recipe *

static assay_code read_recipe(const void *p, size_t n)
{
	AUTO_RECIPE r = NULL;

	return assay_recipe_decode(&r, p, n, NULL);
}

static void replace(char **field, const char *value)
{
	free(*field);
	*field = text(value);
}

/* ---- tests ---- */

static void assert_ocr_step(const assay_recipe_step *s)
{
	const assay_digest model = digest(0x71);

	assert_string_equal(s->stage, "ocr.recognize");
	assert_int_equal(s->version, 1);
	assert_int_equal(s->determinism, 2);
	assert_string_equal(s->engine, "tesseract 5.3.0");
	assert_int_equal(s->param_count, 2);
	assert_string_equal(s->params[1].name, "segmentation");
	assert_string_equal(s->params[1].text, "auto");
	assert_int_equal(s->file_count, 1);
	assert_string_equal(s->files[0].role, "model");
	assert_string_equal(s->files[0].name, "eng.traineddata");
	assert_digest(&s->files[0].digest, &model);
	assert_int_equal(s->library_count, 1);
	assert_string_equal(s->libraries[0], "libpng16.so.16 abcd");
	assert_int_equal(s->metric_base, 1);
	assert_int_equal(s->metric_count, 2);
	assert_string_equal(s->metrics[0].name, "ocr.cer");
	assert_int_equal(s->metrics[0].scale, 4);
	assert_string_equal(s->metrics[1].unit, "words");
	assert_int_equal(s->artifact_count, 1);
	assert_string_equal(s->artifacts[0].role, "text");
	assert_string_equal(s->artifacts[0].media, "text/plain");
	assert_string_equal(s->artifacts[0].suffix, ".txt");
}

static void recipe_encode__golden_digest_and_reads_back(void **state)
{
	AUTO_RECIPE made = make();
	AUTO_RECIPE read = NULL;
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT, again = ASSAY_BUF_INIT;
	char hex[ASSAY_DIGEST_HEX];

	(void)state;
	made->digest = digest(9); /* what is computed is not part of the record */
	made->metric_total = 99;
	made->steps[0].metric_base = 98;
	assay_recipe_encode(&b, made);
	assert_int_equal(assay_recipe_decode(&read, b.data, b.len, NULL), ASSAY_OK);
	assert_string_equal(assay_digest_hex(&read->digest, hex), RECIPE_DIGEST);
	assert_int_equal(read->modality, ASSAY_MODALITY_PAGE);
	assert_int_equal(read->step_count, 2);
	assert_int_equal(read->metric_total, 3);
	assert_string_equal(read->steps[0].stage, "page.deskew");
	assert_int_equal(read->steps[0].version, 2);
	assert_int_equal(read->steps[0].metric_base, 0);
	assert_ocr_step(&read->steps[1]);
	assay_recipe_encode(&again, read);
	assert_int_equal(again.len, b.len);
	assert_memory_equal(again.data, b.data, b.len);
}

static void recipe_load__stored_or_not(void **state)
{
	AUTO_RECIPE made = make();
	AUTO_RECIPE read = NULL;
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	assay_recipe *none = made;
	const assay_digest other = digest(1);
	assay_digest d;

	assay_recipe_encode(&b, made);
	assert_int_equal(assay_object_put(STORE(state), ASSAY_OBJECT_RECIPE, b.data, b.len, NULL, &d, NULL, NULL),
			 ASSAY_OK);
	assert_int_equal(assay_recipe_load(&read, STORE(state), &d, NULL), ASSAY_OK);
	assert_digest(&read->digest, &d);
	assert_int_equal(assay_recipe_load(&none, STORE(state), &other, NULL), ASSAY_ENOENT);
	assert_null(none);
}

static void recipe_metric_at__every_number(void **state)
{
	AUTO_RECIPE made = make();
	AUTO_RECIPE r = NULL;
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	const char *const names[] = {"page.angle", "ocr.cer", "ocr.words"};
	const assay_recipe_step *step;

	(void)state;
	assay_recipe_encode(&b, made);
	assert_int_equal(assay_recipe_decode(&r, b.data, b.len, NULL), ASSAY_OK);
	for (uint32_t i = 0; i < 3; i++) {
		assert_string_equal(assay_recipe_metric_at(r, i, &step)->name, names[i]);
		assert_ptr_equal(step, &r->steps[i > 0]);
	}
	assert_null(assay_recipe_metric_at(r, 3, &step));
	assert_null(step);
	assert_null(assay_recipe_metric_at(r, UINT32_MAX, NULL));
}

/* ---- differences: each change applied to a copy of the recipe, alone ---- */

static void same(assay_recipe *r)
{
	(void)r;
}

static void modality(assay_recipe *r)
{
	r->modality = ASSAY_MODALITY_VIDEO;
}

static void more_stages(assay_recipe *r)
{
	(void)add_step(r, "ocr.tables", 1, 1, "");
}

static void other_order(assay_recipe *r)
{
	const assay_recipe_step s = r->steps[0];

	r->steps[0] = r->steps[1];
	r->steps[1] = s;
}

static void stage_version(assay_recipe *r)
{
	r->steps[0].version = 3;
}

static void param(assay_recipe *r)
{
	replace(&r->steps[1].params[1].text, "sparse");
}

static void more_params(assay_recipe *r)
{
	add_param(&r->steps[1], "dpi", "300");
}

static void fewer_params(assay_recipe *r)
{
	free(r->steps[1].params[--r->steps[1].param_count].name);
	free(r->steps[1].params[r->steps[1].param_count].text);
}

static void engine(assay_recipe *r)
{
	replace(&r->steps[1].engine, "tesseract 5.4.0");
}

static void file_bytes(assay_recipe *r)
{
	r->steps[1].files[0].digest = digest(0x72);
}

static void more_files(assay_recipe *r)
{
	add_file(&r->steps[1], "font", "DejaVuSans.ttf", 1);
}

static void fewer_files(assay_recipe *r)
{
	free(r->steps[1].files[--r->steps[1].file_count].name);
	free(r->steps[1].files[r->steps[1].file_count].role);
}

static void library(assay_recipe *r)
{
	replace(&r->steps[1].libraries[0], "libpng16.so.16 ef01");
}

static void more_libraries(assay_recipe *r)
{
	r->steps[1].libraries[r->steps[1].library_count++] = text("libz.so.1 23");
}

static void fewer_libraries(assay_recipe *r)
{
	free(r->steps[1].libraries[--r->steps[1].library_count]);
}

static void metrics(assay_recipe *r)
{
	r->steps[0].metrics[0].scale = 2;
}

/* What comes first among several. */
static void version_and_param(assay_recipe *r)
{
	param(r);
	stage_version(r);
}

static void param_and_engine(assay_recipe *r)
{
	engine(r);
	add_param(&r->steps[1], "dpi", "300");
}

static void engine_and_file(assay_recipe *r)
{
	file_bytes(r);
	engine(r);
}

static void file_and_library(assay_recipe *r)
{
	library(r);
	file_bytes(r);
}

static void recipe_diff_text__each_change__its_sentence(void **state)
{
	static const struct {
		void (*change)(assay_recipe *r);
		const char *expected;
	} cases[] = {
	    {same, ""},
	    {modality, "recipe is for video, was for page"},
	    {more_stages, "stages are page.deskew, ocr.recognize, ocr.tables; were page.deskew, ocr.recognize"},
	    {other_order, "stages are ocr.recognize, page.deskew; were page.deskew, ocr.recognize"},
	    {stage_version, "page.deskew (version 3) was version 2"},
	    {param, "ocr.recognize: segmentation is 'sparse', was 'auto'"},
	    {more_params, "ocr.recognize: dpi is '300', was not set"},
	    {fewer_params, "ocr.recognize: segmentation is not set, was 'auto'"},
	    {engine, "ocr.recognize: engine is 'tesseract 5.4.0', was 'tesseract 5.3.0'"},
	    {file_bytes, "model eng.traineddata changed"},
	    {more_files, "font DejaVuSans.ttf is new"},
	    {fewer_files, "model eng.traineddata is no longer used"},
	    {library, "ocr.recognize: library is libpng16.so.16 ef01, was libpng16.so.16 abcd"},
	    {more_libraries, "ocr.recognize: library libz.so.1 23 is new"},
	    {fewer_libraries, "ocr.recognize: library libpng16.so.16 abcd is no longer used"},
	    {metrics, "page.deskew: its declared metrics, artifacts or determinism changed"},
	    {version_and_param, "page.deskew (version 3) was version 2"},
	    {param_and_engine, "ocr.recognize: dpi is '300', was not set"},
	    {engine_and_file, "ocr.recognize: engine is 'tesseract 5.4.0', was 'tesseract 5.3.0'"},
	    {file_and_library, "model eng.traineddata changed"},
	};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(cases); i++) {
		AUTO_RECIPE before = make();
		AUTO_RECIPE after = make();
		ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

		cases[i].change(after);
		assay_recipe_diff_text(&b, before, after);
		assert_string_equal(assay_buf_str(&b), cases[i].expected);
	}
}

static void recipe_decode__every_truncation__ecorrupt(void **state)
{
	AUTO_RECIPE r = make();
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

	(void)state;
	assay_recipe_encode(&b, r);
	assert_truncations_refused(&b, read_recipe);
}

static void recipe_decode__random_mutations__no_harm(void **state)
{
	AUTO_RECIPE r = make();
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

	(void)state;
	assay_recipe_encode(&b, r);
	assert_mutations_harmless(&b, read_recipe);
}

static void recipe_decode__every_alloc_fails_in_turn__enomem(void **state)
{
	AUTO_RECIPE made = make();
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	assay_code rc;
	unsigned n = 0;

	(void)state;
	assay_recipe_encode(&b, made);
	do {
		AUTO_RECIPE r = NULL;

		arm(++n);
		rc = assay_recipe_decode(&r, b.data, b.len, NULL);
		arm(0);
		assert_true(rc == ASSAY_OK || rc == ASSAY_ENOMEM);
		assert_int_equal(r != NULL, rc == ASSAY_OK);
	} while (rc != ASSAY_OK);
	assert_in_range(n, 20, 100);
}

static void recipe_diff_text__no_memory__sticky(void **state)
{
	AUTO_RECIPE before = make();
	AUTO_RECIPE after = make();
	bool failed;
	unsigned n = 0;

	(void)state;
	metrics(after);
	do {
		ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

		arm(++n);
		assay_recipe_diff_text(&b, before, after);
		arm(0);
		failed = b.failed;
	} while (failed);
	assert_in_range(n, 2, 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(recipe_encode__golden_digest_and_reads_back),
	    WITH_STORE(recipe_load__stored_or_not),
	    cmocka_unit_test(recipe_metric_at__every_number),
	    cmocka_unit_test(recipe_diff_text__each_change__its_sentence),
	    cmocka_unit_test(recipe_decode__every_truncation__ecorrupt),
	    cmocka_unit_test(recipe_decode__random_mutations__no_harm),
	    cmocka_unit_test(recipe_decode__every_alloc_fails_in_turn__enomem),
	    cmocka_unit_test(recipe_diff_text__no_memory__sticky),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
