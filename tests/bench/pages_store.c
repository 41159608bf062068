#include "pages_store.h"

#include "assay/file.h"
#include "assay/memory.h"
#include "assay/object.h"
#include "assay/recipe.h"
#include "assay/registry.h"
#include "assay/run.h"
#include "assay/source.h"
#include "assay/unit.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define UNIT_PAGES  16
#define GROUP       20000 /* samples */
#define REASON_EACH 50    /* one page in so many has no ground truth, no text... */

#define STEPS 4

static const char *const steps[STEPS] = {"page.read", "page.quality", "page.deskew", "ocr.recognize"};
/* Of batches, one of which is binarised in its own way. */
static const char *const batch_steps[STEPS] = {"page.read", "page.quality", "page.binarize", "ocr.recognize"};
static const char *const methods[2] = {"otsu", "sauvola"};
#define ODD_BATCH 3
#define INNOCENT  24 /* metadata that have nothing to do with anything */

static const char config[] = "dataset: bench\n"
			     "sources:\n"
			     "  - path: \"inbox/**\"\n"
			     "    modality: page\n"
			     "    metadata: {doc_type: letter, licence: CC-BY-4.0}\n"
			     "pipelines:\n"
			     "  page: [page.quality, page.deskew, ocr.recognize]\n"
			     "contracts: [contract.odcs.yaml]\n";

static const char contract[] =
    "apiVersion: v3.1.0\n"
    "kind: DataContract\n"
    "id: bench\n"
    "name: bench\n"
    "version: 1.0.0\n"
    "status: active\n"
    "schema:\n"
    "  - name: page\n"
    "    quality:\n"
    "      - {id: confidence, type: custom, engine: assay, severity: error,\n"
    "         implementation: {metric: ocr.confidence, mustBeGreaterOrEqualTo: 5}}\n"
    "      - {id: contrast, type: custom, engine: assay, severity: warning,\n"
    "         implementation: {metric: page.contrast, mustBeGreaterThan: 0.01, whenMissing: skip}}\n"
    "      - {id: words, type: custom, engine: assay, severity: error,\n"
    "         implementation: {metric: ocr.words, mustBeGreaterThan: 0, whenMissing: skip}}\n";

/* splitmix64 (Steele, Lea, Flood 2014): the n-th number is a function of n. */
static uint64_t mix(uint64_t n)
{
	n += UINT64_C(0x9e3779b97f4a7c15);
	n = (n ^ n >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	n = (n ^ n >> 27) * UINT64_C(0x94d049bb133111eb);
	return n ^ n >> 31;
}

static assay_digest digest_of(const char *what, uint64_t n)
{
	char text[48];
	assay_digest d = {{0}};

	(void)snprintf(text, sizeof text, "%s %" PRIu64, what, n);
	(void)!assay_digest_of(&d, text, strlen(text), NULL);
	return d;
}

/* ---------------------------------------------------------------- the recipe */

typedef struct page_metric {
	uint32_t number;
	int scale;
} page_metric;

typedef struct maker {
	assay_store *store;
	assay_recipe recipe;
	assay_recipe_step step[STEPS];
	assay_digest recipes[ASSAY_COUNT(methods)];
	page_metric metrics[64]; /* that pages have */
	size_t metric_count;
	uint32_t text_step; /* that makes artifacts */
	uint64_t run;
	uint32_t batches; /* 0: none */
	size_t method;    /* of the present batch */
	uint64_t made, since_commit;
} maker;

static assay_code fill_step(maker *m, assay_recipe_step *step, const assay_stage *stage, assay_err *err)
{
	step->stage = assay_strdup(stage->name);
	step->version = stage->version;
	step->determinism = stage->determinism;
	step->engine = assay_strdup("");
	step->metric_base = (uint32_t)m->recipe.metric_total;
	step->metrics = assay_alloc(assay_metric_count(stage), sizeof *step->metrics);
	step->artifacts = assay_alloc(assay_artifact_count(stage), sizeof *step->artifacts);
	if (step->stage == NULL || step->engine == NULL || step->metrics == NULL || step->artifacts == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "recipe");
	for (size_t i = 0; i < assay_metric_count(stage); i++) {
		const assay_metric *row = &stage->metrics[i];

		step->metrics[step->metric_count++] =
		    (assay_recipe_metric){assay_strdup(row->name), assay_strdup(row->unit), row->scale};
		if ((row->kinds & ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_PAGE)) != 0 &&
		    m->metric_count < ASSAY_COUNT(m->metrics))
			m->metrics[m->metric_count++] = (page_metric){step->metric_base + (uint32_t)i, row->scale};
	}
	for (size_t i = 0; i < assay_artifact_count(stage); i++)
		step->artifacts[step->artifact_count++] = (assay_recipe_artifact){
		    assay_strdup(stage->artifacts[i].role), assay_strdup(stage->artifacts[i].media),
		    assay_strdup(stage->artifacts[i].suffix)};
	m->recipe.metric_total += step->metric_count;
	return ASSAY_OK;
}

static assay_code store_recipe(maker *m, assay_digest *digest, assay_err *err)
{
	ASSAY_AUTO_BUF record = ASSAY_BUF_INIT;
	assay_code rc;

	assay_recipe_encode(&record, &m->recipe);
	rc = assay_buf_check(&record, err);
	return rc == ASSAY_OK
		   ? assay_object_put(m->store, ASSAY_OBJECT_RECIPE, record.data, record.len, NULL, digest, NULL, err)
		   : rc;
}

/* One recipe for each method of binarisation. */
static assay_code store_batch_recipes(maker *m, assay_err *err)
{
	assay_recipe_step *step = &m->step[2];
	assay_code rc = ASSAY_OK;

	step->params = assay_alloc(1, sizeof *step->params);
	if (step->params == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "recipe");
	step->param_count = 1;
	step->params[0].name = assay_strdup("method");
	for (size_t i = 0; i < ASSAY_COUNT(methods) && rc == ASSAY_OK; i++) {
		free(step->params[0].text);
		step->params[0].text = assay_strdup(methods[i]);
		if (step->params[0].name == NULL || step->params[0].text == NULL)
			return ASSAY_RAISE(err, ASSAY_ENOMEM, "recipe");
		rc = store_recipe(m, &m->recipes[i], err);
	}
	return rc;
}

static assay_code make_recipe(maker *m, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	m->recipe.modality = ASSAY_MODALITY_PAGE;
	m->recipe.steps = m->step;
	for (size_t i = 0; i < STEPS && rc == ASSAY_OK; i++) {
		const char *name = m->batches > 0 ? batch_steps[i] : steps[i];
		const assay_stage *stage = assay_stage_find(name);

		if (stage == NULL)
			return ASSAY_RAISE(err, ASSAY_EINVAL, "there is no stage '%s'", name);
		rc = fill_step(m, &m->step[m->recipe.step_count++], stage, err);
		if (assay_artifact_count(stage) >= 2)
			m->text_step = (uint32_t)i;
	}
	if (rc != ASSAY_OK)
		return rc;
	return m->batches > 0 ? store_batch_recipes(m, err) : store_recipe(m, &m->recipes[0], err);
}

static void release_step(assay_recipe_step *step)
{
	for (size_t i = 0; i < step->metric_count; i++) {
		free(step->metrics[i].name);
		free(step->metrics[i].unit);
	}
	for (size_t i = 0; i < step->artifact_count; i++) {
		free(step->artifacts[i].role);
		free(step->artifacts[i].media);
		free(step->artifacts[i].suffix);
	}
	for (size_t i = 0; i < step->param_count; i++) {
		free(step->params[i].name);
		free(step->params[i].text);
	}
	free(step->params);
	free(step->metrics);
	free(step->artifacts);
	free(step->stage);
	free(step->engine);
}

/* ---------------------------------------------------------------- pages */

static assay_code fill_measurements(const maker *m, assay_result_sample *s, uint64_t page, assay_err *err)
{
	s->measurements = assay_alloc(m->metric_count, sizeof *s->measurements);
	if (s->measurements == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "measurements");
	for (size_t i = 0; i < m->metric_count; i++) {
		const uint64_t random = mix(page * 64 + i);
		const bool defined = random % REASON_EACH != 0;
		int64_t value = (int64_t)(random >> 8 & 0xffff);

		for (int k = 0; k < m->metrics[i].scale; k++)
			value = value < INT64_C(1) << 40 ? value * 10 + 7 : value;
		s->measurements[s->measurement_count++] =
		    (assay_measurement){.metric = m->metrics[i].number,
					.defined = defined,
					.value = defined ? value : 0,
					.reason = defined ? NULL : assay_strdup("no text on the page")};
		if (!defined && s->measurements[i].reason == NULL)
			return ASSAY_RAISE(err, ASSAY_ENOMEM, "measurements");
	}
	return ASSAY_OK;
}

static assay_code fill_artifacts(const maker *m, assay_result_sample *s, uint64_t page, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	s->artifacts = assay_alloc(2, sizeof *s->artifacts);
	if (s->artifacts == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "artifacts");
	for (uint32_t i = 0; i < 2 && rc == ASSAY_OK; i++) {
		assay_artifact_ref *a = &s->artifacts[s->artifact_count++];
		char text[48];

		(void)snprintf(text, sizeof text, "artifact %" PRIu32 " of page %" PRIu64 "\n", i, page);
		*a = (assay_artifact_ref){.stage = m->text_step, .type = i, .size = strlen(text)};
		rc = assay_object_put(m->store, ASSAY_OBJECT_ARTIFACT, text, a->size, NULL, &a->digest, NULL, err);
	}
	return rc;
}

static assay_code put_unit(maker *m, assay_source *src, uint32_t first, uint32_t pages, assay_err *err)
{
	const uint32_t count = pages - first < UNIT_PAGES ? pages - first : UNIT_PAGES;
	ASSAY_AUTO_UNIT u = {.source = src->digest, .recipe = m->recipes[m->method], .run = m->run, .attempts = 1};
	assay_result *r = &u.result;
	assay_code rc = ASSAY_OK;

	u.part = assay_asprintf("pages=%" PRIu32 "-%" PRIu32, first + 1, first + UNIT_PAGES);
	r->pages = pages;
	r->samples = assay_alloc(count, sizeof *r->samples);
	r->steps = assay_alloc(m->recipe.step_count, sizeof *r->steps);
	if (u.part == NULL || r->samples == NULL || r->steps == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "unit");
	r->step_count = m->recipe.step_count;
	for (uint32_t i = 0; i < count && rc == ASSAY_OK; i++) {
		assay_result_sample *s = &r->samples[r->sample_count++];

		s->kind = ASSAY_SAMPLE_PAGE;
		s->parent = ASSAY_NO_SAMPLE;
		s->part = assay_asprintf("page=%" PRIu32, first + i + 1);
		if (s->part == NULL)
			return ASSAY_RAISE(err, ASSAY_ENOMEM, "unit");
		rc = fill_measurements(m, s, m->made, err);
		if (rc == ASSAY_OK)
			rc = fill_artifacts(m, s, m->made, err);
		m->made++;
	}
	if (rc == ASSAY_OK)
		rc = assay_unit_put(m->store, &u, err);
	src->units[src->unit_count++] = u.id;
	return rc;
}

static assay_code add_metadata(assay_source *src, const char *key, const char *value, assay_err *err)
{
	const size_t n = src->metadata_count++;

	src->metadata_keys[n] = assay_strdup(key);
	src->metadata_values[n] = assay_strdup(value);
	return src->metadata_keys[n] != NULL && src->metadata_values[n] != NULL
		   ? ASSAY_OK
		   : ASSAY_RAISE(err, ASSAY_ENOMEM, "metadata");
}

static assay_code fill_metadata(const maker *m, assay_source *src, uint64_t number, assay_err *err)
{
	char key[16], value[16];
	assay_code rc = ASSAY_OK;

	src->metadata_keys = assay_alloc(2 + INNOCENT, sizeof *src->metadata_keys);
	src->metadata_values = assay_alloc(2 + INNOCENT, sizeof *src->metadata_values);
	if (src->metadata_keys == NULL || src->metadata_values == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "metadata");
	rc = add_metadata(src, "doc_type", "letter", err);
	if (rc == ASSAY_OK)
		rc = add_metadata(src, "licence", "CC-BY-4.0", err);
	for (unsigned i = 0; i < INNOCENT && m->batches > 0 && rc == ASSAY_OK; i++) {
		(void)snprintf(key, sizeof key, "meta%02u", i);
		(void)snprintf(value, sizeof value, "%u", (unsigned)(mix(~(number * INNOCENT + i)) % (2 + i)));
		rc = add_metadata(src, key, value, err);
	}
	return rc;
}

static assay_code put_source(maker *m, uint64_t number, uint32_t pages, assay_err *err)
{
	ASSAY_AUTO_SOURCE src = {.modality = ASSAY_MODALITY_PAGE,
				 .digest = digest_of("source", number),
				 .recipe = m->recipes[0],
				 .cause = ASSAY_CAUSE_NEW,
				 .standing = ASSAY_STANDING_DONE,
				 .run = m->run};
	assay_code rc = fill_metadata(m, &src, number, err);

	src.path = assay_asprintf("inbox/box-%03" PRIu64 "/scan-%06" PRIu64 ".pdf", number / 1000, number);
	src.units = assay_alloc((pages + UNIT_PAGES - 1) / UNIT_PAGES, sizeof *src.units);
	if (src.path == NULL || src.units == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "source");
	for (uint32_t first = 0; first < pages && rc == ASSAY_OK; first += UNIT_PAGES)
		rc = put_unit(m, &src, first, pages, err);
	if (rc == ASSAY_OK)
		rc = assay_source_put(m->store, &src, err);
	m->since_commit += pages;
	if (rc != ASSAY_OK || m->since_commit < GROUP)
		return rc;
	m->since_commit = 0;
	return assay_store_commit(m->store, err);
}

/* ---------------------------------------------------------------- the whole */

static assay_code begin_run(maker *m, assay_err *err)
{
	ASSAY_AUTO_RUN r = {0};
	assay_code rc;

	r.verb = assay_strdup("run");
	r.program = assay_strdup("bench");
	r.host = assay_strdup("");
	r.cpu_features = assay_strdup("");
	if (r.verb == NULL || r.program == NULL || r.host == NULL || r.cpu_features == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "run");
	rc = assay_run_put(m->store, &r, err);
	m->run = r.id;
	return rc;
}

static assay_code fill_store(maker *m, uint64_t sources, uint32_t pages, assay_err *err)
{
	uint64_t batch = UINT64_MAX;
	assay_code rc;

	ASSAY_TRY(make_recipe(m, err));
	for (uint64_t i = 0; i < sources; i++) {
		const uint64_t now = m->batches > 0 ? i * m->batches / sources : 0;

		if (now != batch)
			ASSAY_TRY(begin_run(m, err));
		batch = now;
		m->method = m->batches > 0 && batch == ODD_BATCH;
		ASSAY_TRY(put_source(m, i, pages, err));
	}
	ASSAY_TRY(assay_store_commit(m->store, err));
fail:
	return rc;
}

assay_code make_batches_store(const char *dir, uint64_t sources, uint32_t pages, uint32_t batches, assay_err *err)
{
	const assay_store_opts opts = {.create = true};
	ASSAY_AUTO_STORE store = NULL;
	ASSAY_AUTO_FREE char *path = assay_asprintf("%s/.assay", dir);
	ASSAY_AUTO_FD fd = -1;
	maker m = {.batches = batches};
	assay_code rc;

	if (path == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "path");
	ASSAY_TRY(assay_mkdirs(AT_FDCWD, dir, err));
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return ASSAY_RAISE_ERRNO(err, "open '%s'", dir);
	ASSAY_TRY(assay_file_replace(fd, "assay.yaml", config, strlen(config), err));
	ASSAY_TRY(assay_file_replace(fd, "contract.odcs.yaml", contract, strlen(contract), err));
	ASSAY_TRY(assay_store_open(&store, path, &opts, err));
	m.store = store;
	rc = fill_store(&m, sources, pages, err);
	for (size_t i = 0; i < m.recipe.step_count; i++)
		release_step(&m.step[i]);
fail:
	return rc;
}

assay_code make_pages_store(const char *dir, uint64_t sources, uint32_t pages, assay_err *err)
{
	return make_batches_store(dir, sources, pages, 0, err);
}
