#include "assay/causes.h"

#include "assay/decision.h"
#include "assay/object.h"
#include "assay/recipe.h"
#include "assay/run.h"
#include "assay/sample.h"
#include "assay/source.h"
#include "assay/trie.h"
#include "assay/unit.h"

#include "lineage_fixture.h"

enum { SAMPLES = 400, RECIPES = 2 };

/* A page: what is not said is as of every other. */
typedef struct page {
	const char *folder;   /* "a/" */
	const char *language; /* metadata; NULL: not given */
	unsigned recipe;      /* 1: without page.deskew, and binarised otherwise */
	uint64_t run;
	bool defined;
	int64_t value;      /* of page.contrast, in hundredths */
	const char *remedy; /* that its row names */
	bool failed;
} page;

typedef struct dataset {
	assay_store *s;
	assay_digest recipes[RECIPES];
	uint64_t runs[2];
	assay_trie_entry entries[SAMPLES];
	assay_version version;
	assay_feedback_set set;
	unsigned char judged[SAMPLES];
} dataset;

/* ---------------------------------------------------------------- a dataset */

static assay_digest put_recipe(assay_store *s, bool plain)
{
	assay_recipe_metric metric = {(char *)(uintptr_t) "page.contrast", (char *)(uintptr_t) "", 2};
	assay_recipe_param method = {(char *)(uintptr_t) "method", (char *)(uintptr_t)(plain ? "otsu" : "sauvola")};
	assay_recipe_file model = {(char *)(uintptr_t) "model", (char *)(uintptr_t) "eng.traineddata", digest(plain)};
	assay_recipe_step steps[] = {
	    {.stage = (char *)(uintptr_t) "page.quality",
	     .version = 1,
	     .engine = (char *)(uintptr_t) "",
	     .determinism = 1,
	     .metrics = &metric,
	     .metric_count = 1},
	    {.stage = (char *)(uintptr_t) "page.binarize",
	     .version = plain ? 1 : 2,
	     .determinism = 1,
	     .engine = (char *)(uintptr_t)(plain ? "leptonica 1" : "leptonica 2"),
	     .params = &method,
	     .param_count = 1,
	     .files = &model,
	     .file_count = 1,
	     .metric_base = 1},
	    {.stage = (char *)(uintptr_t) "page.deskew",
	     .version = 1,
	     .engine = (char *)(uintptr_t) "",
	     .determinism = 1,
	     .metric_base = 1},
	};
	const assay_recipe r = {
	    .modality = ASSAY_MODALITY_PAGE, .steps = steps, .step_count = plain ? 3 : 2, .metric_total = 1};
	ASSAY_AUTO_BUF record = ASSAY_BUF_INIT;
	assay_digest d;

	assay_recipe_encode(&record, &r);
	assert_int_equal(assay_object_put(s, ASSAY_OBJECT_RECIPE, record.data, record.len, NULL, &d, NULL, NULL),
			 ASSAY_OK);
	return d;
}

static uint64_t put_run(assay_store *s)
{
	ASSAY_AUTO_RUN r = {.verb = text("run"), .program = text("t"), .host = text(""), .cpu_features = text("")};

	assert_int_equal(assay_run_put(s, &r, NULL), ASSAY_OK);
	return r.id;
}

static void put_unit(const dataset *d, assay_unit *u, const page *p)
{
	assay_result *r = &u->result;
	assay_measurement *m;

	u->recipe = d->recipes[p->recipe];
	u->run = d->runs[p->run];
	u->part = text("pages=1-16");
	u->attempts = 1;
	r->samples = assay_alloc(1, sizeof *r->samples);
	r->steps = assay_alloc(3, sizeof *r->steps);
	assert_non_null(r->samples);
	assert_non_null(r->steps);
	r->step_count = p->recipe == 0 ? 3 : 2;
	r->sample_count = 1;
	r->samples[0] =
	    (assay_result_sample){.kind = ASSAY_SAMPLE_PAGE, .part = text("page=1"), .parent = ASSAY_NO_SAMPLE};
	m = assay_alloc(1, sizeof *m);
	assert_non_null(m);
	*m = (assay_measurement){
	    .defined = p->defined, .value = p->defined ? p->value : 0, .reason = p->defined ? NULL : text("blank")};
	r->samples[0].measurements = m;
	r->samples[0].measurement_count = 1;
	assert_int_equal(assay_unit_put(d->s, u, NULL), ASSAY_OK);
}

static void put_source(const dataset *d, const page *p, const char *path, const assay_unit *u, uint64_t *id)
{
	ASSAY_AUTO_SOURCE src = {.modality = ASSAY_MODALITY_PAGE,
				 .digest = u->source,
				 .recipe = u->recipe,
				 .cause = ASSAY_CAUSE_NEW,
				 .standing = ASSAY_STANDING_DONE,
				 .run = u->run};

	src.path = text(path);
	src.units = assay_alloc(1, sizeof *src.units);
	assert_non_null(src.units);
	src.units[src.unit_count++] = u->id;
	if (p->language != NULL) {
		src.metadata_keys = assay_alloc(1, sizeof *src.metadata_keys);
		src.metadata_values = assay_alloc(1, sizeof *src.metadata_values);
		src.metadata_keys[0] = text("language");
		src.metadata_values[0] = text(p->language);
		src.metadata_count = 1;
	}
	assert_int_equal(assay_source_put(d->s, &src, NULL), ASSAY_OK);
	*id = src.id;
}

static void put_row(const dataset *d, const page *p, const char *key, uint64_t source, uint64_t unit)
{
	ASSAY_AUTO_SAMPLE_ROW row = {
	    .source = source, .unit = unit, .judged_unit = unit, .judged_run = 1, .outcome = ASSAY_OUTCOME_ACCEPTED};

	row.key = text(key);
	if (p->remedy != NULL) {
		row.way = ASSAY_WAY_REMEDY;
		row.remedy = text(p->remedy);
		row.rung = 1;
		row.plain_unit = unit;
	}
	assert_int_equal(assay_sample_put(d->s, &row, NULL), ASSAY_OK);
}

static void put_page(dataset *d, unsigned i, const page *p)
{
	ASSAY_AUTO_UNIT u = {0};
	char path[64], key[80];
	uint64_t source;
	const assay_feedback_result result = {.key = key, .label = p->failed ? "fail" : "pass"};

	(void)snprintf(path, sizeof path, "%sscan-%04u.png", p->folder, i);
	(void)snprintf(key, sizeof key, "%s#page=1", path);
	assert_int_equal(assay_digest_of(&u.source, key, strlen(key), NULL), ASSAY_OK);
	put_unit(d, &u, p);
	put_source(d, p, path, &u, &source);
	put_row(d, p, key, source, u.id);
	d->entries[i] = (assay_trie_entry){.key = text(key),
					   .outcome = ASSAY_OUTCOME_ACCEPTED,
					   .kind = ASSAY_SAMPLE_PAGE,
					   .content = u.source,
					   .work_key = u.work_key};
	assert_int_equal(assay_feedback_set_add(&d->set, &result, NULL), ASSAY_OK);
}

static void commit(dataset *d, bool repaired)
{
	assay_version *v = &d->version;

	assert_int_equal(assay_trie_build(d->s, d->entries, SAMPLES, &v->accepted, NULL), ASSAY_OK);
	assert_int_equal(assay_trie_build(d->s, NULL, 0, &v->others, NULL), ASSAY_OK);
	v->dataset = text("causes");
	v->has_recipe[ASSAY_MODALITY_PAGE] = true;
	v->recipes[ASSAY_MODALITY_PAGE] = d->recipes[0];
	if (repaired) {
		v->remedies = assay_alloc(1, sizeof *v->remedies);
		v->remedies[v->remedy_count++] = d->recipes[1];
	}
	assert_int_equal(assay_version_commit(d->s, v, NULL), ASSAY_OK);
	d->set.version = v->id;
	assay_feedback_set_sort(&d->set);
	for (size_t i = 0; i < d->set.count; i++)
		d->judged[i] = strcmp(d->set.items[i].label, "fail") == 0 ? ASSAY_JUDGED_FAIL : ASSAY_JUDGED_PASS;
	assert_int_equal(assay_store_commit(d->s, NULL), ASSAY_OK);
}

/* One in four has what is to be found; of these 60 in 100 fail, of the others 10. */
static bool is_odd(unsigned i)
{
	return i % 4 == 1;
}

/* The odd ones are above all others, for who wants them so. */
static int64_t value_of(unsigned i, bool odd)
{
	return odd ? 2000 + (int64_t)i : (int64_t)(i * 7919 % 1000);
}

typedef void make_odd(page *p, unsigned i);

static dataset *make(assay_store *s, make_odd *odd, bool repaired)
{
	dataset *d = calloc(1, sizeof *d);

	assert_non_null(d);
	d->s = s;
	d->recipes[0] = put_recipe(s, true);
	d->recipes[1] = put_recipe(s, false);
	d->runs[0] = put_run(s);
	d->runs[1] = put_run(s);
	for (unsigned i = 0; i < SAMPLES; i++) {
		page p = {.folder = i % 3 == 0 ? "a/x/" : "a/y/",
			  .language = i % 5 == 0 ? "de" : "en",
			  .defined = true,
			  .value = value_of(i, false)};

		p.failed = i / 4 * 37 % 100 < (is_odd(i) ? 60 : 10);
		if (is_odd(i))
			odd(&p, i);
		put_page(d, i, &p);
	}
	commit(d, repaired);
	return d;
}

static void unmake(dataset *d)
{
	for (size_t i = 0; i < SAMPLES; i++)
		free((void *)(uintptr_t)d->entries[i].key);
	assay_version_release(&d->version);
	assay_feedback_set_release(&d->set);
	free(d);
}

static void find(assay_causes *out, const dataset *d)
{
	assay_err err = ASSAY_ERR_INIT;

	if (assay_causes_find(out, d->s, &d->version, &d->set, d->judged, &err) != ASSAY_OK)
		fail_msg("%s", err.msg);
	assert_int_equal(out->samples, SAMPLES);
}

static void assert_cause(const assay_causes *c, assay_attribute_kind kind, const char *name, const char *value)
{
	assert_int_equal(c->count, 1);
	assert_int_equal(c->causes[0].is.kind, kind);
	assert_int_equal(c->causes[0].is.samples, SAMPLES / 4);
	assert_true(c->causes[0].is.log10_p < -3);
	if (name == NULL)
		assert_null(c->causes[0].is.name);
	else
		assert_string_equal(c->causes[0].is.name, name);
	if (value == NULL)
		assert_null(c->causes[0].is.value);
	else
		assert_string_equal(c->causes[0].is.value, value);
}

/* What goes with the first cause, in words. */
static bool goes_with(const assay_causes *c, assay_attribute_kind kind, const char *name, const char *value)
{
	const assay_common_cause *first = &c->causes[0];

	for (size_t i = 0; i < first->companion_count; i++) {
		const assay_common *x = &first->companions[i].is;

		if (first->companions[i].same && x->kind == kind && (name == NULL || strcmp(x->name, name) == 0) &&
		    (value == NULL ? x->value == NULL : x->value != NULL && strcmp(x->value, value) == 0))
			return true;
	}
	return false;
}

/* ---------------------------------------------------------------- what is found */

static void odd_recipe(page *p, unsigned i)
{
	(void)i;
	p->recipe = 1;
	p->run = 1;
}

static void causes__other_recipe__the_parameter_and_all_that_goes_with_it(void **state)
{
	dataset *d = make(STORE(state), odd_recipe, false);
	ASSAY_AUTO_CAUSES c = {0};
	char hex[ASSAY_DIGEST_HEX];

	find(&c, d);
	assert_cause(&c, ASSAY_ATTRIBUTE_PARAMETER, "page.binarize.method", "sauvola");
	assert_true(goes_with(&c, ASSAY_ATTRIBUTE_STAGE, "page.binarize", "2"));
	assert_true(goes_with(&c, ASSAY_ATTRIBUTE_STAGE, "page.deskew", NULL)); /* which its recipe lacks */
	assert_true(goes_with(&c, ASSAY_ATTRIBUTE_ENGINE, "page.binarize", "leptonica 2"));
	assert_true(goes_with(&c, ASSAY_ATTRIBUTE_MODEL, "page.binarize.eng.traineddata", "000000000000"));
	assert_true(goes_with(&c, ASSAY_ATTRIBUTE_RECIPE, NULL, assay_digest_hex(&d->recipes[1], hex)));
	assert_false(goes_with(&c, ASSAY_ATTRIBUTE_RECIPE, NULL, assay_digest_hex(&d->recipes[0], hex)));
	unmake(d);
}

static void odd_folder(page *p, unsigned i)
{
	(void)i;
	p->folder = "a/z/";
	p->run = 1;
}

static void causes__other_folder__it_and_its_run(void **state)
{
	dataset *d = make(STORE(state), odd_folder, false);
	ASSAY_AUTO_CAUSES c = {0};
	ASSAY_AUTO_RUN r = {0};

	find(&c, d);
	assert_cause(&c, ASSAY_ATTRIBUTE_FOLDER, NULL, "a/z/");
	assert_int_equal(assay_run_get(d->s, d->runs[1], &r, NULL), ASSAY_OK);
	assert_true(goes_with(&c, ASSAY_ATTRIBUTE_RUN, NULL, r.name));
	unmake(d);
}

static void odd_language(page *p, unsigned i)
{
	(void)i;
	p->language = "fr";
}

static void no_language(page *p, unsigned i)
{
	(void)i;
	p->language = NULL;
}

static void causes__metadata__value_or_want_of_one(void **state)
{
	dataset *d = make(STORE(state), odd_language, false);
	ASSAY_AUTO_CAUSES c = {0};

	find(&c, d);
	assert_cause(&c, ASSAY_ATTRIBUTE_METADATA, "language", "fr");
	unmake(d);
}

static void causes__no_metadata__not_given(void **state)
{
	dataset *d = make(STORE(state), no_language, false);
	ASSAY_AUTO_CAUSES c = {0};

	find(&c, d);
	assert_cause(&c, ASSAY_ATTRIBUTE_METADATA, "language", NULL);
	unmake(d);
}

/* Half of the odd ones are said to be French by their source, the other half by people. */
static void half_language(page *p, unsigned i)
{
	p->language = i % 8 == 1 ? "fr" : p->language;
}

static void causes__decided_metadata__stand_over_those_of_the_source(void **state)
{
	dataset *d = make(STORE(state), half_language, false);
	char *key = text("language"), *value = text("fr");
	assay_decision made[SAMPLES] = {0};
	const assay_decision *list[SAMPLES];
	size_t count = 0;
	ASSAY_AUTO_BUF record = ASSAY_BUF_INIT;
	ASSAY_AUTO_CAUSES without = {0};
	ASSAY_AUTO_CAUSES c = {0};

	find(&without, d);
	assert_int_not_equal(without.causes[0].is.samples, SAMPLES / 4);
	for (unsigned i = 5; i < SAMPLES; i += 8) {
		assay_decision *x = &made[count];

		*x = (assay_decision){.kind = ASSAY_DECISION_METADATA,
				      .is_source = true,
				      .basis = digest(1),
				      .keys = &key,
				      .values = &value,
				      .count = 1};
		x->subject = calloc(1, 64);
		assert_non_null(x->subject);
		(void)snprintf(x->subject, 64, "%sscan-%04u.png", i % 3 == 0 ? "a/x/" : "a/y/", i);
		list[count++] = x;
	}
	assert_int_equal(assay_decisions_encode(&record, list, count, NULL), ASSAY_OK);
	assert_int_equal(assay_object_put(d->s, ASSAY_OBJECT_DECISIONS, record.data, record.len, NULL,
					  &d->version.decisions, NULL, NULL),
			 ASSAY_OK);
	find(&c, d);
	assert_cause(&c, ASSAY_ATTRIBUTE_METADATA, "language", "fr");
	for (size_t i = 0; i < count; i++)
		free(made[i].subject);
	free(key);
	free(value);
	unmake(d);
}

static void undefined(page *p, unsigned i)
{
	(void)i;
	p->defined = false;
}

static void causes__undefined_metric__said(void **state)
{
	dataset *d = make(STORE(state), undefined, false);
	ASSAY_AUTO_CAUSES c = {0};

	find(&c, d);
	assert_cause(&c, ASSAY_ATTRIBUTE_METRIC, "page.contrast", NULL);
	assert_false(c.causes[0].is.has_low || c.causes[0].is.has_high);
	unmake(d);
}

static void high(page *p, unsigned i)
{
	p->value = value_of(i, true);
}

static void causes__high_values__a_range_above_all_others(void **state)
{
	dataset *d = make(STORE(state), high, false);
	ASSAY_AUTO_CAUSES c = {0};
	const assay_common *is;
	unsigned above = 0;

	find(&c, d);
	is = &c.causes[0].is;
	for (unsigned i = 0; i < SAMPLES; i++)
		above += value_of(i, is_odd(i)) >= is->low.units;
	assert_int_equal(is->samples, above);
	assert_int_equal(c.count, 1);
	assert_int_equal(is->kind, ASSAY_ATTRIBUTE_METRIC);
	assert_true(is->has_low && !is->has_high);
	assert_int_equal(is->low.scale, 2);
	/* The cut between the third and the fourth quarter is at no decile: the one below or above it is found. */
	assert_in_range(is->low.units, 800, 2100);
	assert_in_range(is->samples, SAMPLES / 5, SAMPLES * 3 / 10);
	unmake(d);
}

static void repaired(page *p, unsigned i)
{
	(void)i;
	p->remedy = "low-confidence";
}

static void causes__remedy__its_attempt(void **state)
{
	dataset *d = make(STORE(state), repaired, true);
	ASSAY_AUTO_CAUSES c = {0};

	find(&c, d);
	assert_cause(&c, ASSAY_ATTRIBUTE_REMEDY, NULL, "low-confidence, attempt 2");
	unmake(d);
}

static void nothing(page *p, unsigned i)
{
	(void)i;
	p->failed = false;
}

/* ---------------------------------------------------------------- what is not */

static void causes__few_or_none_judged__nothing(void **state)
{
	dataset *d = make(STORE(state), nothing, false);
	ASSAY_AUTO_CAUSES none = {0};
	ASSAY_AUTO_CAUSES some = {0};

	memset(d->judged, ASSAY_JUDGED_NOT, sizeof d->judged);
	assert_int_equal(assay_causes_find(&none, d->s, &d->version, &d->set, d->judged, NULL), ASSAY_OK);
	assert_int_equal(none.samples, 0);
	memset(d->judged, ASSAY_JUDGED_PASS, 8);
	d->judged[3] = ASSAY_JUDGED_FAIL;
	assert_int_equal(assay_causes_find(&some, d->s, &d->version, &d->set, d->judged, NULL), ASSAY_OK);
	assert_int_equal(some.samples, 8);
	assert_int_equal(some.failed, 1);
	assert_int_equal(some.count, 0);
	unmake(d);
}

static void causes__work_that_is_lost__ecorrupt(void **state)
{
	dataset *d = make(STORE(state), odd_folder, false);
	ASSAY_AUTO_CAUSES c = {0};
	assay_err err = ASSAY_ERR_INIT;

	d->entries[0].work_key = digest(9);
	assert_int_equal(assay_trie_build(d->s, d->entries, SAMPLES, &d->version.accepted, NULL), ASSAY_OK);
	assert_int_equal(assay_causes_find(&c, d->s, &d->version, &d->set, d->judged, &err), ASSAY_ECORRUPT);
	assert_non_null(strstr(err.msg, "does not hold the work"));
	unmake(d);
}

static void causes__alloc_n_fails__enomem_and_nothing_lost(void **state)
{
	dataset *d = make(STORE(state), repaired, true);
	unsigned n = 0, step = 1;
	assay_code rc;

	do {
		ASSAY_AUTO_CAUSES c = {0};

		arm(n += step);
		rc = assay_causes_find(&c, d->s, &d->version, &d->set, d->judged, NULL);
		arm(0);
		assert_true(rc == ASSAY_OK || rc == ASSAY_ENOMEM);
		if (rc == ASSAY_OK)
			assert_int_equal(c.count, 1);
		step = 1 + n / 20; /* most are of one sample like of any other */
	} while (rc != ASSAY_OK);
	assert_true(n > 50);
	unmake(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_STORE(causes__other_recipe__the_parameter_and_all_that_goes_with_it),
	    WITH_STORE(causes__other_folder__it_and_its_run),
	    WITH_STORE(causes__metadata__value_or_want_of_one),
	    WITH_STORE(causes__no_metadata__not_given),
	    WITH_STORE(causes__decided_metadata__stand_over_those_of_the_source),
	    WITH_STORE(causes__undefined_metric__said),
	    WITH_STORE(causes__high_values__a_range_above_all_others),
	    WITH_STORE(causes__remedy__its_attempt),
	    WITH_STORE(causes__few_or_none_judged__nothing),
	    WITH_STORE(causes__work_that_is_lost__ecorrupt),
	    WITH_STORE(causes__alloc_n_fails__enomem_and_nothing_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
