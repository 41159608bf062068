#include "calibrate_pages.h"

#include "ocr_unordered.h"

#include "assay/memory.h"
#include "assay/object.h"
#include "assay/recipe.h"
#include "assay/sample.h"
#include "assay/unit.h"

#include <stdlib.h>
#include <string.h>

#define TRUTH_TO_MILLIONTHS 100 /* ocr.cer_unordered has four places */

typedef struct collector {
	calibrate_pages *out;
	assay_store *store;
	bool by_file;
} collector;

/* A sample as one unit has it. */
typedef struct look {
	assay_unit unit;
	assay_recipe *recipe;
	const assay_result_sample *sample; /* NULL: it has none */
} look;

static void look_release(look *l)
{
	assay_unit_release(&l->unit);
	assay_recipe_close(l->recipe);
}

static assay_code look_at(look *out, assay_store *s, uint64_t unit, const char *key, assay_err *err)
{
	assay_code rc = assay_unit_get(s, unit, &out->unit, err);

	if (rc == ASSAY_OK)
		rc = assay_recipe_load(&out->recipe, s, &out->unit.recipe, err);
	if (rc == ASSAY_OK)
		out->sample = assay_unit_sample(&out->unit, key);
	return rc;
}

static const assay_measurement *find_measured(const look *l, const char *metric)
{
	for (size_t i = 0; i < l->sample->measurement_count; i++) {
		const assay_measurement *m = &l->sample->measurements[i];
		const assay_recipe_step *step;
		const assay_recipe_metric *row = assay_recipe_metric_at(l->recipe, m->metric, &step);

		if (row != NULL && strcmp(row->name, metric) == 0)
			return m->defined ? m : NULL;
	}
	return NULL;
}

static const assay_artifact_ref *find_artifact(const look *l, const char *role)
{
	for (size_t i = 0; i < l->sample->artifact_count; i++) {
		const assay_artifact_ref *a = &l->sample->artifacts[i];
		const assay_recipe_step *step = a->stage < l->recipe->step_count ? &l->recipe->steps[a->stage] : NULL;

		if (step != NULL && a->type < step->artifact_count && strcmp(step->stage, "ocr.recognize") == 0 &&
		    strcmp(step->artifacts[a->type].role, role) == 0)
			return a;
	}
	return NULL;
}

/* Left empty when there is none. */
static assay_code read_artifact(assay_buf *out, const collector *c, const look *l, const char *role, assay_err *err)
{
	const assay_artifact_ref *a = find_artifact(l, role);

	return a != NULL ? assay_object_get(c->store, &a->digest, out, err) : ASSAY_OK;
}

/* What was recognised against what people wrote. */
static assay_code compare(int64_t *truth, const collector *c, const look *plain, const look *corrected, assay_err *err)
{
	ASSAY_AUTO_BUF read = ASSAY_BUF_INIT;
	ASSAY_AUTO_BUF written = ASSAY_BUF_INIT;
	ocr_folded t = {0}, r = {0};
	size_t distance;
	assay_code rc;

	ASSAY_TRY(read_artifact(&read, c, plain, "text", err));
	ASSAY_TRY(read_artifact(&written, c, corrected, "text", err));
	ASSAY_TRY(ocr_fold(&t, assay_buf_str(&written), written.len, err));
	ASSAY_TRY(ocr_fold(&r, assay_buf_str(&read), read.len, err));
	rc = t.count > 0 ? ocr_unordered_distance(&distance, &t, &r, err) : ASSAY_EFULL;
	if (rc == ASSAY_OK)
		*truth = (int64_t)(distance * OCR_EVIDENCE_ONE / t.count);
	if (rc == ASSAY_EFULL) /* nothing to compare with, or too much */
		rc = ASSAY_OK;
fail:
	ocr_folded_release(&t);
	ocr_folded_release(&r);
	return rc;
}

static void name_family(assay_buf *out, const char *key, bool by_file)
{
	const char *part = strchr(key, '#');
	const size_t path = part != NULL ? (size_t)(part - key) : strlen(key);
	size_t n = path;

	while (!by_file && n > 0 && key[n - 1] != '/')
		n--;
	assay_buf_append(out, key, n > 0 ? n : 0);
	if (n == 0)
		assay_buf_puts(out, ".");
}

static assay_code add(collector *c, const char *key, int64_t truth, const ocr_evidence *e, assay_err *err)
{
	calibrate_pages *p = c->out;
	ASSAY_AUTO_BUF family = ASSAY_BUF_INIT;
	size_t f = 0;
	assay_code rc;

	name_family(&family, key, c->by_file);
	ASSAY_TRY(assay_buf_check(&family, err));
	while (f < p->family_count && strcmp(p->families[f], assay_buf_str(&family)) != 0)
		f++;
	if (f == p->family_count) {
		ASSAY_TRY(assay_grow(&p->families, &p->family_cap, f, sizeof *p->families, err));
		p->families[p->family_count++] = assay_buf_steal(&family);
	}
	ASSAY_TRY(assay_grow(&p->pages, &p->cap, p->count, sizeof *p->pages, err));
	ASSAY_TRY(assay_grow(&p->keys, &p->key_cap, p->count, sizeof *p->keys, err));
	p->keys[p->count] = assay_strdup(key);
	if (p->keys[p->count] == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "pages of the fit");
	p->pages[p->count++] = (ocr_fit_page){.evidence = *e, .truth = truth, .family = (uint32_t)f};
fail:
	return rc;
}

static assay_code weigh(collector *c, const assay_sample_row *row, const look *plain, const look *corrected,
			assay_err *err)
{
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
	const assay_measurement *m = find_measured(plain, "ocr.cer_unordered");
	int64_t truth = m != NULL ? m->value * TRUTH_TO_MILLIONTHS : -1;
	ocr_evidence e;
	assay_code rc;

	if (corrected->sample != NULL) {
		ASSAY_TRY(compare(&truth, c, plain, corrected, err));
		c->out->corrected += truth >= 0;
	}
	if (truth < 0) {
		c->out->no_truth++;
		return ASSAY_OK;
	}
	ASSAY_TRY(read_artifact(&text, c, plain, "evidence", err));
	if (text.len == 0 || !ocr_evidence_parse(&e, assay_buf_str(&text), text.len)) {
		c->out->no_evidence++;
		return ASSAY_OK;
	}
	rc = add(c, row->key, truth, &e, err);
fail:
	return rc;
}

static assay_code on_sample(void *ctx, const assay_sample_row *row, assay_err *err)
{
	collector *c = ctx;
	ASSAY_CLEANUP(look_release) look plain = {0};
	ASSAY_CLEANUP(look_release) look corrected = {0};
	assay_code rc;

	if (row->missing)
		return ASSAY_OK;
	ASSAY_TRY(look_at(&plain, c->store, row->way == ASSAY_WAY_PLAIN ? row->unit : row->plain_unit, row->key, err));
	if (plain.sample == NULL || plain.sample->kind != ASSAY_SAMPLE_PAGE)
		return ASSAY_OK;
	if (row->way == ASSAY_WAY_CORRECTED)
		ASSAY_TRY(look_at(&corrected, c->store, row->unit, row->key, err));
	rc = weigh(c, row, &plain, &corrected, err);
fail:
	return rc;
}

/* ---------------------------------------------------------------- in the order of their keys */

typedef struct place {
	const char *text;
	size_t was;
} place;

static int by_text(const void *x, const void *y)
{
	return strcmp(((const place *)x)->text, ((const place *)y)->text);
}

/* Where each of the texts stands when they are sorted. */
static place *sorted(char *const *texts, size_t count)
{
	place *p = assay_alloc(count, sizeof *p);

	for (size_t i = 0; p != NULL && i < count; i++)
		p[i] = (place){texts[i], i};
	if (p != NULL)
		qsort(p, count, sizeof *p, by_text);
	return p;
}

/* The order in which samples were first made is not that of the next store with the same files. */
static assay_code sort(calibrate_pages *p, assay_err *err)
{
	ASSAY_AUTO_FREE place *keys = sorted(p->keys, p->count);
	ASSAY_AUTO_FREE place *families = sorted(p->families, p->family_count);
	ASSAY_AUTO_FREE uint32_t *number = assay_alloc(p->family_count, sizeof *number);
	ocr_fit_page *pages = assay_alloc(p->count, sizeof *pages);

	if (keys == NULL || families == NULL || number == NULL || pages == NULL) {
		free(pages);
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "pages of the fit");
	}
	for (size_t f = 0; f < p->family_count; f++)
		number[families[f].was] = (uint32_t)f;
	for (size_t i = 0; i < p->count; i++) {
		pages[i] = p->pages[keys[i].was];
		pages[i].family = number[pages[i].family];
	}
	for (size_t i = 0; i < p->count; i++)
		p->keys[i] = (char *)(uintptr_t)keys[i].text;
	for (size_t f = 0; f < p->family_count; f++)
		p->families[f] = (char *)(uintptr_t)families[f].text;
	free(p->pages);
	p->pages = pages;
	return ASSAY_OK;
}

assay_code calibrate_pages_read(calibrate_pages *out, assay_store *s, bool by_file, assay_err *err)
{
	collector c = {out, s, by_file};
	const assay_code rc = assay_samples_each(s, on_sample, &c, err);

	return rc == ASSAY_OK ? sort(out, err) : rc;
}

void calibrate_pages_release(calibrate_pages *p)
{
	for (size_t i = 0; i < p->count; i++)
		free(p->keys[i]);
	for (size_t i = 0; i < p->family_count; i++)
		free(p->families[i]);
	free(p->pages);
	free(p->keys);
	free(p->families);
	*p = (calibrate_pages){0};
}
