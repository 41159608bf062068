#include "calibrate_pages.h"
#include "tell.h"
#include "verbs.h"

#include "assay/file.h"
#include "assay/memory.h"

#include <fcntl.h>
#include <inttypes.h>
#include <string.h>

#define BOUND_TO_MILLIONTHS 100

static const assay_option options[] = {
    {"out", 'o', "FILE", "write the model there"},
    {"base", 0, "FILE|default", "keep the terms of this model, or of the one of the program, and fit scale and offset"},
    {"families", 0, "folder|file", "what is left out together: the pages of a folder (default) or of a file"},
    {"bound", 0, "N", "error rate of a good page in ten-thousandths (default: 200, which is 2 %)"},
    {NULL, 0, NULL, NULL},
};

static const char *const passes[] = {"once", "twice", "doubt"};

typedef struct calibration {
	const assay_invocation *in;
	calibrate_pages pages;
	ocr_estimate_model model;
	int64_t bound; /* millionths */
} calibration;

static void calibration_release(calibration *c)
{
	calibrate_pages_release(&c->pages);
}

/* ---------------------------------------------------------------- fitting */

static assay_code read_families(const assay_invocation *in, bool *by_file, assay_err *err)
{
	const char *word = assay_opt(in, "families");

	*by_file = word != NULL && strcmp(word, "file") == 0;
	if (word != NULL && !*by_file && strcmp(word, "folder") != 0)
		return ASSAY_RAISE(err, ASSAY_EUSAGE, "calibrate: --families is folder or file, not '%s'", word);
	return ASSAY_OK;
}

static size_t count_twice(const calibrate_pages *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->count; i++)
		n += p->pages[i].evidence.twice;
	return n;
}

/* Too few pages is what the store holds, and what to do about it depends on why they are few. */
static assay_code check_pages(const calibrate_pages *p, assay_err *err)
{
	const size_t twice = count_twice(p);

	if (p->count + p->no_evidence < OCR_FIT_PAGES_MIN)
		return ASSAY_RAISE(err, ASSAY_EEMPTY,
				   "calibrate: a fit needs at least %d pages whose text is known, and the store has "
				   "%" PRIu64 ", beside %" PRIu64
				   " without ground truth: name its files in the source's 'sidecars' (ground_truth) "
				   "and run again, or write texts with 'assay queue resolve'",
				   OCR_FIT_PAGES_MIN, p->count + p->no_evidence, p->no_truth);
	if (p->count < OCR_FIT_PAGES_MIN)
		return ASSAY_RAISE(err, ASSAY_EEMPTY,
				   "calibrate: a fit needs at least %d pages with evidence: of %" PRIu64
				   " whose text is known, %" PRIu64 " have none, being without words or recognised "
				   "by an older version; run again",
				   OCR_FIT_PAGES_MIN, p->count + p->no_evidence, p->no_evidence);
	if (twice < OCR_FIT_PAGES_MIN)
		return ASSAY_RAISE(err, ASSAY_EEMPTY,
				   "calibrate: a fit needs at least %d pages that were recognised twice: of %zu whose "
				   "text is known, %zu were; set 'ocr.recognize: {second: always}' and run again",
				   OCR_FIT_PAGES_MIN, p->count, twice);
	return ASSAY_OK;
}

static assay_code fit(calibration *c, assay_err *err)
{
	const char *base = assay_opt(c->in, "base");
	ASSAY_AUTO_FREE char *path = NULL;
	ocr_estimate_model model;
	assay_code rc;

	ASSAY_TRY(check_pages(&c->pages, err));
	if (base != NULL) {
		path = ocr_estimate_path(strcmp(base, "default") == 0 ? "" : base);
		if (path == NULL)
			return ASSAY_RAISE(err, ASSAY_ENOMEM, "base");
		ASSAY_TRY(ocr_estimate_load(&model, path, err));
	}
	rc = ocr_fit(&c->model, c->pages.pages, c->pages.count, base != NULL ? &model : NULL, c->bound, err);
	if (rc == ASSAY_EEMPTY)
		rc = assay_err_prefix(err, "calibrate");
fail:
	return rc;
}

static assay_code write_model(const calibration *c, assay_err *err)
{
	const char *path = assay_opt(c->in, "out");
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
	assay_code rc = ASSAY_OK;

	if (path == NULL)
		return ASSAY_OK;
	ASSAY_TRY(ocr_estimate_write(&text, &c->model, err));
	rc = assay_file_replace(AT_FDCWD, path, text.data, text.len, err);
fail:
	return rc;
}

/* ---------------------------------------------------------------- for people */

/* A part of a whole in percent, with one place; "-" of nothing. */
static const char *percent(char out[32], uint64_t part, uint64_t whole)
{
	const uint64_t permille = whole > 0 ? (1000 * part + whole / 2) / whole : 0;

	if (whole == 0)
		(void)snprintf(out, 32, "-");
	else
		(void)snprintf(out, 32, "%" PRIu64 ".%" PRIu64 " %%", permille / 10, permille % 10);
	return out;
}

static void print_quality(const char *what, const ocr_fit_quality *q)
{
	char a[32], b[32], d[32], e[32], f[32], auc[16] = "-";

	if (q->auc >= 0)
		(void)snprintf(auc, sizeof auc, "%d.%04d", (int)(q->auc / 10000), (int)(q->auc % 10000));
	assay_say("  %-28s %5" PRIu64 " %5" PRIu64 " %8s %8s %8s %8s %8s %6d.%02d %8s\n", what, q->pages, q->good,
		  percent(a, q->false_ones, q->certified), percent(b, q->certified - q->false_ones, q->good),
		  percent(d, q->false_sure, q->sure), percent(e, q->sure - q->false_sure, q->good),
		  percent(f, q->covered, q->pages), (int)(q->error / 10000), (int)(q->error % 10000 / 100), auc);
}

static assay_code print(const calibration *c, assay_err *err)
{
	const calibrate_pages *p = &c->pages;
	ocr_fit_quality q;
	assay_code rc = ASSAY_OK;

	assay_say("pages     %zu in %zu famil%s; %" PRIu64 " corrected by hand, %" PRIu64
		  " without ground truth, %" PRIu64 " without evidence left out\n",
		  p->count, p->family_count, p->family_count == 1 ? "y" : "ies", p->corrected, p->no_truth,
		  p->no_evidence);
	assay_say("estimate  of pages %s, good: error rate at most %d.%02d %%\n",
		  p->family_count > 1 ? "whose family was left out" : "of which a fifth at a time was left out",
		  (int)(c->bound / 10000), (int)(c->bound % 10000 / 100));
	assay_say("  %-28s %5s %5s %8s %8s %8s %8s %8s %9s %8s\n", "", "pages", "good", "false", "kept", "false*",
		  "kept*", "within", "error", "AUC");
	for (ocr_fit_pass pass = OCR_FIT_ONCE; pass <= OCR_FIT_DOUBT; pass++) {
		ASSAY_TRY(ocr_fit_quality_of(&q, p->pages, p->count, UINT32_MAX, pass, c->bound, err));
		print_quality(passes[pass], &q);
	}
	for (size_t f = 0; f < p->family_count; f++) {
		ASSAY_TRY(ocr_fit_quality_of(&q, p->pages, p->count, (uint32_t)f, OCR_FIT_DOUBT, c->bound, err));
		print_quality(p->families[f], &q);
	}
	if (assay_opt(c->in, "out") != NULL)
		assay_say("model     %s\n", assay_opt(c->in, "out"));
fail:
	return rc;
}

/* ---------------------------------------------------------------- for programs */

static void json_rate(assay_json *j, const char *key, int64_t millionths)
{
	assay_json_key(j, key);
	assay_json_decimal(j, (assay_decimal){millionths, 6});
}

static void json_quality(assay_json *j, const ocr_fit_quality *q)
{
	assay_json_kuint(j, "pages", q->pages);
	assay_json_kuint(j, "good", q->good);
	assay_json_kuint(j, "certified", q->certified);
	assay_json_kuint(j, "false_certificates", q->false_ones);
	assay_json_kuint(j, "certified_by_interval", q->sure);
	assay_json_kuint(j, "false_by_interval", q->false_sure);
	assay_json_kuint(j, "within_interval", q->covered);
	assay_json_kuint(j, "pages_up_to_ten_percent", q->near);
	json_rate(j, "error", q->error);
	assay_json_key(j, "auc");
	if (q->auc < 0)
		assay_json_null(j);
	else
		assay_json_decimal(j, (assay_decimal){q->auc, 4});
	assay_json_end(j);
}

static void json_pages(assay_json *j, const calibrate_pages *p)
{
	assay_json_key(j, "pages");
	assay_json_array(j);
	for (size_t i = 0; i < p->count; i++) {
		const ocr_estimate e = ocr_fit_chosen(&p->pages[i], OCR_FIT_DOUBT);

		assay_json_object(j);
		assay_json_kstr(j, "sample", p->keys[i]);
		assay_json_kstr(j, "family", p->families[p->pages[i].family]);
		json_rate(j, "cer", p->pages[i].truth);
		json_rate(j, "estimated", e.rate);
		json_rate(j, "low", e.low);
		json_rate(j, "high", e.high);
		assay_json_kbool(j, "doubted", p->pages[i].doubted);
		assay_json_end(j);
	}
	assay_json_end(j);
}

static assay_code report(const calibration *c, assay_err *err)
{
	const calibrate_pages *p = &c->pages;
	ASSAY_AUTO_REPORT r;
	assay_json *j = &r.json;
	ocr_fit_quality q;
	assay_code rc;

	assay_report_init(&r);
	assay_json_object(j);
	json_rate(j, "bound", c->bound);
	assay_json_kstr(j, "model", assay_opt(c->in, "out"));
	assay_json_kuint(j, "corrected", p->corrected);
	assay_json_kuint(j, "without_ground_truth", p->no_truth);
	assay_json_kuint(j, "without_evidence", p->no_evidence);
	assay_json_key(j, "estimate");
	assay_json_object(j);
	for (ocr_fit_pass pass = OCR_FIT_ONCE; pass <= OCR_FIT_DOUBT; pass++) {
		ASSAY_TRY(ocr_fit_quality_of(&q, p->pages, p->count, UINT32_MAX, pass, c->bound, err));
		assay_json_key(j, passes[pass]);
		assay_json_object(j);
		json_quality(j, &q);
	}
	assay_json_end(j);
	assay_json_key(j, "families");
	assay_json_array(j);
	for (size_t f = 0; f < p->family_count; f++) {
		ASSAY_TRY(ocr_fit_quality_of(&q, p->pages, p->count, (uint32_t)f, OCR_FIT_DOUBT, c->bound, err));
		assay_json_object(j);
		assay_json_kstr(j, "family", p->families[f]);
		json_quality(j, &q);
	}
	assay_json_end(j);
	json_pages(j, p);
	assay_json_end(j);
	rc = assay_report_print(&r, err);
fail:
	return rc;
}

/* ---------------------------------------------------------------- the verb */

static int run(const assay_invocation *in, assay_err *err)
{
	ASSAY_CLEANUP(calibration_release) calibration c = {.in = in};
	ASSAY_AUTO_STORE s = NULL;
	uint64_t bound;
	bool by_file;
	assay_code rc;

	ASSAY_TRY(assay_opt_uint(in, "bound", 200, 1, 9999, &bound, err));
	ASSAY_TRY(read_families(in, &by_file, err));
	c.bound = (int64_t)bound * BOUND_TO_MILLIONTHS;
	ASSAY_TRY(assay_open_store_whole(in, &s, err));
	ASSAY_TRY(calibrate_pages_read(&c.pages, s, by_file, err));
	ASSAY_TRY(fit(&c, err));
	ASSAY_TRY(write_model(&c, err));
	rc = in->json ? report(&c, err) : print(&c, err);
fail:
	return rc == ASSAY_OK ? ASSAY_EXIT_OK : assay_exit_of(rc);
}

static const assay_exit_row exits[] = {
    {ASSAY_EXIT_BAD_INPUT, "too few pages whose text is known, or that were recognised twice"},
    {0, NULL},
};

const assay_verb assay_verb_calibrate = {
    .name = "calibrate",
    .group = ASSAY_GROUP_KEEP,
    .operands = "",
    .summary = "fit the estimate of the character error rate to pages whose text is known",
    .help =
	"Pages of the store with ground truth, or with a text that people wrote ('assay queue resolve'), are what the\n"
	"model is fitted to: what ocr.recognize measured of them, so nothing is decoded. Recognise them with\n"
	"'second: always' first. Told is how good the estimate is on pages that it has not seen: each page by a model "
	"of\n"
	"the other families. 'false': certified pages (estimate below the bound) that are in truth worse; 'kept': "
	"good\n"
	"pages that are certified; with *: certified by the upper end of the interval; 'within': truth in the "
	"interval;\n"
	"'error': mean distance of estimate and truth in percent points, over pages up to 10 %; AUC: the chance that "
	"a\n"
	"page that is not good has the higher estimate. once, twice and doubt: recognised once, twice, or twice where "
	"the\n"
	"first estimate is near the bound, and its interval holds it.\n\n"
	"With a few dozen pages take --base default: only how the estimate is scaled and shifted is fitted, and from "
	"20\n"
	"pages on the intervals. The model is then named in assay.yaml: ocr.recognize: {estimate: FILE}. Equal pages "
	"give\n"
	"an equal model.\n",
    .example = "  assay calibrate\n"
	       "  assay calibrate --base default --out own.estimate\n"
	       "  assay calibrate --json | jq .estimate.doubt\n",
    .options = options,
    .uses = ASSAY_USES_STORE,
    .exits = exits,
    .see_also = "run, queue, stages",
    .run = run,
};
