/** ocr.recognize: the text of a page, through Tesseract's C API. */
#include "ocr.h"

#include "ocr_alto.h"
#include "ocr_engine.h"
#include "ocr_estimate.h"
#include "ocr_evidence.h"
#include "ocr_headings.h"
#include "ocr_language.h"
#include "ocr_missed.h"
#include "ocr_order.h"
#include "ocr_reconcile.h"
#include "ocr_rows.h"
#include "ocr_sections.h"
#include "ocr_text.h"
#include "ocr_truth.h"
#include "ocr_words.h"
#include "page_value.h"

#include "assay/decimal.h"
#include "assay/memory.h"

#include "agreement.h"
#include "corrected.h"
#include "plain_text.h"

#include <stdlib.h>
#include <unistd.h>

#include <leptonica/allheaders.h>

#define LOW_CONFIDENCE 6000 /* hundredths of a percent */

static const char *const segmentations[] = {"auto",   "single_column", "single_block",   "single_line", "single_word",
					    "sparse", "raw_line",      "vertical_block", NULL};
static const TessPageSegMode modes[] = {PSM_AUTO,        PSM_SINGLE_COLUMN,         PSM_SINGLE_BLOCK,
					PSM_SINGLE_LINE, PSM_SINGLE_WORD,           PSM_SPARSE_TEXT,
					PSM_RAW_LINE,    PSM_SINGLE_BLOCK_VERT_TEXT};

/* When a page is recognised a second time, at another scale. */
enum { SECOND_DOUBT, SECOND_NEVER, SECOND_ALWAYS };

static const char *const seconds[] = {"doubt", "never", "always", NULL};

#define SECOND_PERCENT                                                                                                 \
	85 /* of the size: letters fall differently on the dots, and doubtful ones are read differently */
static const char *const reconcilings[] = {"none", "doubtful", "all", NULL};
enum { RECONCILE_NONE, RECONCILE_DOUBTFUL, RECONCILE_ALL };

static const char *const hyphenations[] = {"keep", "join", NULL};
enum { HYPHENS_KEEP, HYPHENS_JOIN };

static const char *const choices[] = {"all", "page", NULL};
enum { CHOOSE_ALL, CHOOSE_PAGE };

typedef struct params {
	assay_text_list languages;
	int choose;
	int segmentation;
	bool dictionary;
	int second;
	int64_t bound;
	int reconcile;
	int hyphens;
	assay_text_list sections;
	char *tessdata;
	char *estimate;
} params;

static const assay_param schema[] = {
    ASSAY_PARAM_ROW_LIST(params, languages, "eng", 1, 8,
			 "Tesseract's names of the languages (eng, deu, script/Fraktur), the main one first"),
    ASSAY_PARAM_ROW_ENUM(params, choose, "all", choices,
			 "how several languages are used: all of them together, or for each page the one that a first "
			 "reading of some lines finds it in"),
    ASSAY_PARAM_ROW_ENUM(params, segmentation, "auto", segmentations,
			 "how the page is divided: auto finds columns; single_* take it as one such; sparse finds text "
			 "anywhere, in no particular order"),
    ASSAY_PARAM_ROW_BOOL(params, dictionary, "true", "prefer words of the languages' dictionaries"),
    ASSAY_PARAM_ROW_ENUM(params, second, "doubt", seconds,
			 "when the page is recognised a second time at 85 % of its size, for the estimate: doubt when "
			 "the first estimate is near the bound and its interval holds it"),
    ASSAY_PARAM_ROW_DECIMAL(params, bound, "0.02", 4, 1, 10000, "", "error rate that is to be told from"),
    ASSAY_PARAM_ROW_ENUM(params, reconcile, "none", reconcilings,
			 "which lines are read again in other ways, and the readings weighed against each other: those "
			 "that the engine or its dictionary doubts, or all"),
    ASSAY_PARAM_ROW_ENUM(params, hyphens, "keep", hyphenations,
			 "words that are divided between two lines, in the artifact text: keep leaves them and their "
			 "hyphens as printed; join makes them whole on the first line"),
    ASSAY_PARAM_ROW_LIST(
	params, sections, "", 0, 64,
	"headings that a page must have, as printed: ocr.sections_missing counts those that it has not"),
    ASSAY_PARAM_ROW_LOCAL(params, tessdata, "", "folder of the models; empty: the first usual place that exists"),
    ASSAY_PARAM_ROW_LOCAL(
	params, estimate, "",
	"model of the estimate, as 'assay calibrate' writes it; empty: the one that came with the program"),
    {0},
};

enum {
	METRIC_WORDS,
	METRIC_CONFIDENCE,
	METRIC_LOW,
	METRIC_CER,
	METRIC_WER,
	METRIC_AGREEMENT,
	METRIC_MISSED,
	METRIC_SURE,
	METRIC_BREAKS,
	METRIC_UNORDERED,
	METRIC_UNKNOWN,
	METRIC_LANGUAGE,
	METRIC_REPEATED,
	METRIC_CUT,
	METRIC_COVERED,
	METRIC_LAYER,
	METRIC_ESTIMATED,
	METRIC_ESTIMATED_LOW,
	METRIC_ESTIMATED_HIGH,
	METRIC_READINGS,
	METRIC_REREAD,
	METRIC_CHANGED,
	METRIC_HEADINGS,
	METRIC_SECTIONS,
	METRIC_PARAGRAPHS,
	METRIC_ORDER,
	METRIC_CHOSEN,
};

#define ON_PAGES ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_PAGE)

static const assay_metric metrics[] = {
    {"ocr.words", "1", 0, ON_PAGES, "words recognised, 0 and up"},
    {"ocr.confidence", "%", 2, ON_PAGES,
     "mean of Tesseract's confidences of the words, 0 to 100; undefined without words"},
    {"ocr.low_confidence_ratio", "1", 4, ON_PAGES,
     "share of the words whose confidence is below 60, 0 to 1; undefined without words"},
    {"ocr.cer", "1", 4, ON_PAGES,
     "character error rate: Levenshtein distance in code points over the length of the ground truth, both folded; 0 "
     "and up, may exceed 1; undefined without ground truth"},
    {"ocr.wer", "1", 4, ON_PAGES,
     "word error rate: the same over words; 0 and up, may exceed 1; undefined without ground truth"},
    {"ocr.agreement", "1", ASSAY_ALPHA_SCALE, ON_PAGES,
     "Krippendorff's alpha over the characters of the texts that people wrote for the page, 1 when they agree; "
     "undefined for a page that was not corrected, and for one that a single person corrected"},
    {"ocr.text_missed", "1", 4, ON_PAGES,
     "share of the ink that looks like text and is in no word's box, 0 to 1; undefined without words"},
    {"ocr.characters_sure", "1", 0, ON_PAGES, "letters and digits in words whose confidence is at least 60, 0 and up"},
    {"ocr.order_breaks", "1", 0, ON_PAGES,
     "jumps of the reading order: gaps within a line wider than three times the height of text, but in the first line, "
     "and lines that do not go on below the one before; 0 and up, 0 for a page of one column"},
    {"ocr.cer_unordered", "1", 4, ON_PAGES,
     "character error rate in whatever order: the least of ocr.cer and of what is left when words that both texts have "
     "are taken out, or are paired; 0 and up; undefined without ground truth"},
    {"ocr.words_unknown_ratio", "1", 4, ON_PAGES,
     "share of the words with a letter that are in no dictionary of the languages, 0 to 1; undefined without such "
     "words"},
    {"ocr.language_doubt", "1", 4, ON_PAGES,
     "share of the letters read with a confidence of at least 80 that are in words no dictionary has, 0 to 1: high for "
     "a page in another language that is read well; undefined without such letters"},
    {"ocr.text_repeated", "1", 4, ON_PAGES,
     "share of the symbols in words that repeat what stands right before them: runs of one to eight words, with a "
     "letter, that stand three times and more, but for the first time; 0 to 1; undefined without words"},
    {"ocr.margin_cut", "1", 4, ON_PAGES,
     "share of the lines that touch the left or right border of the page, 0 to 1; undefined without words"},
    {"ocr.text_coverage", "1", 4, ON_PAGES, "share of the page inside words' boxes, 0 and up: near 0 for a blank page"},
    {"ocr.layer_difference", "1", 4, ON_PAGES,
     "how far the text read is from the text that the file holds of the page, in whatever order: as cer_unordered, "
     "over "
     "the length of the file's text; 0 and up; undefined when the file holds none"},
    {"ocr.cer_estimated", "1", 4, ON_PAGES,
     "estimate of ocr.cer_unordered from the page alone, by a model that was fitted to pages with ground truth, 0 to "
     "1; undefined without words"},
    {"ocr.cer_estimated_low", "1", 4, ON_PAGES, "lower end of its interval of 90 %"},
    {"ocr.cer_estimated_high", "1", 4, ON_PAGES, "upper end of its interval of 90 %"},
    {"ocr.readings", "1", 0, ON_PAGES, "how often the page was recognised for its estimate, 1 or 2"},
    {"ocr.lines_reread", "1", 0, ON_PAGES, "lines that `reconcile` read again, 0 and up"},
    {"ocr.words_changed", "1", 0, ON_PAGES, "words that `reconcile` changed, left out or put in, 0 and up"},
    {"ocr.headings", "1", 0, ON_PAGES,
     "headings: lines in larger letters, in capitals, in the middle of their column, or short with a number, with "
     "space "
     "above; 0 and up"},
    {"ocr.sections_missing", "1", 0, ON_PAGES,
     "of the headings that `sections` names, those that no heading of the page is; 0 and up"},
    {"ocr.paragraphs", "1", 0, ON_PAGES, "other paragraphs with a letter or digit, 0 and up"},
    {"ocr.order_confidence", "1", 4, ON_PAGES,
     "share of the steps from line to line that go where a reader of columns would go by the lines' places alone, 0 to "
     "1; undefined for a page of less than two lines"},
    {"ocr.language", "1", 0, ON_PAGES,
     "place in `languages` of the one that the page was read in, from 1; undefined when nothing was chosen"},
    {0},
};

static const assay_metric_note notes[] = {
    {.metric = "ocr.confidence", .belief = true},
    {.metric = "ocr.low_confidence_ratio", .belief = true},
    {.metric = "ocr.text_missed", .recall = ASSAY_RECALL_LESS, .slack = 100},
    {.metric = "ocr.characters_sure", .belief = true, .recall = ASSAY_RECALL_MORE, .slack = 2, .permille = 20},
    {.metric = "ocr.order_breaks", .recall = ASSAY_RECALL_LESS},
    {0},
};

enum { ARTIFACT_TEXT, ARTIFACT_WORDS, ARTIFACT_ALTO, ARTIFACT_EVIDENCE, ARTIFACT_HEADINGS };

static const assay_artifact_type artifacts[] = {
    {"text", "text/plain;charset=utf-8", "txt", "the page's text: lines, paragraphs separated by an empty line, NFC"},
    {"words", "application/json", "json",
     "the words with box, confidence and place in lines, paragraphs and blocks, and "
     "which paragraphs are headings"},
    {"alto", "application/xml", "xml", "the same as ALTO 4.4 (Library of Congress), which libraries and archives read"},
    {"evidence", "application/json", "evidence.json", "what the words say for and against themselves, in millionths"},
    {"headings", "text/plain;charset=utf-8", "headings.txt", "the page's headings, one a line, NFC"},
    {0},
};

/* ---------------------------------------------------------------- the engine */

static ocr_engine_params engine_of(const params *p)
{
	return (ocr_engine_params){&p->languages, p->tessdata, modes[p->segmentation], p->dictionary};
}

static assay_code files(const void *p, assay_stage_files *out, assay_err *err)
{
	const ocr_engine_params e = engine_of(p);
	ASSAY_AUTO_FREE char *model = ocr_estimate_path(((const params *)p)->estimate);
	assay_code rc;

	if (model == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "model of the estimate");
	if (access(model, R_OK) != 0)
		return ASSAY_RAISE(err, ASSAY_ECONFIG, "estimate: no model '%s'", model);
	ASSAY_TRY(ocr_engine_files(out, &e, err));
	rc = assay_stage_files_add(out, "estimate", model, err);
fail:
	return rc;
}

/* What is loaded before the fork. */
typedef struct models {
	ocr_engines engines; /* one for all languages, or one for each */
	ocr_estimate_model estimate;
} models;

static void unprepare(void *shared)
{
	models *m = shared;

	for (size_t i = 0; m != NULL && i < m->engines.count; i++)
		ocr_engine_close(m->engines.apis[i]);
	free(m);
}

static assay_code open_engines(ocr_engines *out, const params *p, assay_err *err)
{
	const size_t count = p->choose == CHOOSE_PAGE ? p->languages.count : 1;
	ocr_engine_params e = engine_of(p);
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < count && rc == ASSAY_OK; i++) {
		const assay_text_list one = {&p->languages.items[i], 1};

		if (count > 1)
			e.languages = &one;
		rc = ocr_engine_open(&out->apis[out->count], &e, err);
		out->count += rc == ASSAY_OK;
	}
	return rc;
}

static assay_code prepare(void **shared, const void *p, assay_err *err)
{
	ASSAY_AUTO_FREE char *path = ocr_estimate_path(((const params *)p)->estimate);
	models *m = assay_alloc(1, sizeof *m);
	assay_code rc;

	*shared = NULL;
	if (m == NULL || path == NULL) {
		free(m);
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "models");
	}
	ASSAY_TRY(ocr_estimate_load(&m->estimate, path, err));
	ASSAY_TRY(open_engines(&m->engines, p, err));
	*shared = m;
	return ASSAY_OK;
fail:
	unprepare(m);
	return rc;
}

/* ---------------------------------------------------------------- the stage */

typedef struct state {
	const models *models; /* borrowed */
	const params *params; /* borrowed */
	TessBaseAPI *api;     /* of the page at hand; borrowed */
	size_t chosen;        /* its place among the engines */
	const assay_sidecar *truth;
	bool by_hand; /* the page's text is what people wrote: nothing is recognised */
	assay_corrected corrected;
} state;

static assay_code open_stage(void **out, void *shared, const void *p, const assay_input *in, uint32_t root,
			     assay_err *err)
{
	const assay_sidecar *correction = assay_input_sidecar(in, ASSAY_SIDECAR_CORRECTION);
	state *st = assay_alloc(1, sizeof *st);

	(void)root;
	*out = st;
	if (st == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "recogniser state");
	st->models = shared;
	st->params = p;
	st->truth = assay_input_sidecar(in, "ground_truth");
	st->by_hand = correction != NULL;
	return st->by_hand ? assay_corrected_read(&st->corrected, correction->data, correction->size, err) : ASSAY_OK;
}

static void close_stage(void *state_)
{
	state *st = state_;

	if (st != NULL)
		assay_corrected_release(&st->corrected);
	free(st);
}

static assay_code measure_confidence(assay_sink *sink, uint32_t sample, const ocr_words *w, assay_err *err)
{
	int64_t sum = 0, low = 0;
	assay_code rc;

	if (w->count == 0) {
		ASSAY_TRY(assay_undefined(sink, sample, METRIC_CONFIDENCE, "no words", err));
		return assay_undefined(sink, sample, METRIC_LOW, "no words", err);
	}
	for (size_t i = 0; i < w->count; i++) {
		sum += w->items[i].confidence;
		low += w->items[i].confidence < LOW_CONFIDENCE;
	}
	ASSAY_TRY(assay_measure(sink, sample, METRIC_CONFIDENCE, assay_round_ratio(sum, (int64_t)w->count, 0), err));
	return assay_measure(sink, sample, METRIC_LOW, assay_round_ratio(low, (int64_t)w->count, 4), err);
fail:
	return rc;
}

/* What a recognition leaves. */
typedef struct reading {
	ocr_words words;
	ocr_missed missed;
	ocr_evidence evidence; /* of at least one word */
	ocr_estimate estimate; /* by it */
	ocr_reconciled reconciled;
	ocr_headings headings;
} reading;

static assay_code keep_text(assay_sink *sink, uint32_t sample, const params *p, const reading *r, assay_err *err)
{
	const ocr_words *w = &r->words;
	ASSAY_AUTO_BUF headings = ASSAY_BUF_INIT;
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
	assay_code rc;

	ocr_text_write(&text, w->items, w->count, p->hyphens == HYPHENS_JOIN);
	ASSAY_TRY(assay_buf_check(&text, err));
	ASSAY_TRY(assay_artifact(sink, sample, ARTIFACT_TEXT, assay_buf_str(&text), text.len, err));
	if (r->headings.count == 0)
		return ASSAY_OK;
	ASSAY_TRY(ocr_headings_text(&headings, &r->headings, w, err));
	rc = assay_artifact(sink, sample, ARTIFACT_HEADINGS, headings.data, headings.len, err);
fail:
	return rc;
}

static assay_code keep(assay_sink *sink, const assay_value *v, const params *p, const reading *r, assay_err *err)
{
	const ocr_words *w = &r->words;
	const ocr_headings *h = &r->headings;
	const assay_words words = {w->items, w->count, assay_buf_str(&w->text), pixGetWidth(v->u.page.pix),
				   pixGetHeight(v->u.page.pix)};
	ASSAY_AUTO_BUF json = ASSAY_BUF_INIT;
	ASSAY_AUTO_BUF alto = ASSAY_BUF_INIT;
	ASSAY_AUTO_BUF evidence = ASSAY_BUF_INIT;
	assay_code rc;

	ASSAY_TRY(keep_text(sink, v->root, p, r, err));
	ASSAY_TRY(ocr_words_json(&json, w, h->items, h->count, words.page_width, words.page_height, err));
	ASSAY_TRY(assay_artifact(sink, v->root, ARTIFACT_WORDS, json.data, json.len, err));
	ASSAY_TRY(ocr_alto_write(&alto, &words, h->items, h->count, v->u.page.number, err));
	ASSAY_TRY(assay_artifact(sink, v->root, ARTIFACT_ALTO, alto.data, alto.len, err));
	if (w->count == 0)
		return ASSAY_OK;
	ASSAY_TRY(ocr_evidence_json(&evidence, &r->evidence, err));
	rc = assay_artifact(sink, v->root, ARTIFACT_EVIDENCE, evidence.data, evidence.len, err);
fail:
	return rc;
}

/* By the ink that Tesseract itself saw. */
static assay_code weigh_ink(reading *r, bool reread, PIX *ink, assay_err *err)
{
	ocr_evidence_page page = {
	    .width = pixGetWidth(ink), .height = pixGetHeight(ink), .reread = reread, .apart = r->reconciled.apart};
	l_int32 pixels = 0;
	int32_t height;
	assay_code rc;

	ASSAY_TRY(ocr_text_height(&height, &r->words, err));
	ASSAY_TRY(ocr_evidence_edge(&page.edge, ink, height, err));
	ASSAY_TRY(ocr_beside_measure(&page.beside, &r->words, ink, err));
	(void)pixCountPixels(ink, &pixels, NULL);
	page.missed = r->missed;
	page.ink = pixels;
	rc = ocr_evidence_read(&r->evidence, &r->words, &page, err);
fail:
	return rc;
}

static ocr_source source_of(const state *st, const assay_page *page)
{
	return (ocr_source){.api = st->api,
			    .pix = page->pix,
			    .dpi = page->dpi_y,
			    .every_line = st->params->reconcile == RECONCILE_ALL,
			    .segmentation = modes[st->params->segmentation]};
}

/* What was missed, and less of it where rows of it can be read. */
static assay_code look_for_missed(reading *r, const ocr_source *source, bool reads, PIX *ink, assay_err *err)
{
	int64_t added = 0;
	assay_code rc;

	ASSAY_TRY(ocr_missed_measure(&r->missed, &r->words, ink, source->pix, err));
	if (!reads || r->missed.missed == 0)
		return ASSAY_OK;
	ASSAY_TRY(ocr_rows_read(&r->words, &added, source, ink, err));
	r->reconciled.words += added;
	if (added > 0)
		rc = ocr_missed_measure(&r->missed, &r->words, ink, source->pix, err);
fail:
	return rc;
}

static assay_code weigh_by(reading *r, const state *st, const assay_page *page, PIX *ink, assay_err *err)
{
	const ocr_source source = source_of(st, page);
	const bool reads = st->params->reconcile != RECONCILE_NONE;
	assay_code rc = ASSAY_OK;

	if (reads)
		ASSAY_TRY(ocr_reconcile(&r->words, &r->reconciled, &source, err));
	if (r->words.count == 0)
		return ASSAY_OK;
	ASSAY_TRY(look_for_missed(r, &source, reads, ink, err));
	rc = weigh_ink(r, reads, ink, err);
fail:
	return rc;
}

/* The page's ink is asked for before the engine sees pictures of lines. */
static assay_code weigh(reading *r, const state *st, const assay_page *page, assay_err *err)
{
	PIX *ink;
	assay_code rc;

	if (r->words.count == 0)
		return ASSAY_OK;
	ink = TessBaseAPIGetThresholdedImage(st->api);
	if (ink == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "ink of a page");
	rc = weigh_by(r, st, page, ink, err);
	pixDestroy(&ink);
	return rc;
}

static assay_code recognize(reading *r, const state *st, const assay_page *page, assay_err *err)
{
	assay_code rc = ocr_engine_recognize(st->api, page->pix, page->dpi_y, err);

	if (rc == ASSAY_OK)
		rc = ocr_words_read(&r->words, st->api, err);
	if (rc == ASSAY_OK)
		rc = weigh(r, st, page, err);
	ocr_engine_clear(st->api);
	return rc;
}

static bool is_wanted(const state *st, const reading *r)
{
	const int64_t bound = st->params->bound * (OCR_EVIDENCE_ONE / 10000);

	return st->params->second == SECOND_ALWAYS ||
	       (st->params->second == SECOND_DOUBT && ocr_estimate_doubts(&r->estimate, bound));
}

/* What Tesseract makes of the page at another scale. */
static assay_code recognize_small(ocr_words *w, TessBaseAPI *api, const assay_page *page, assay_err *err)
{
	const float scale = SECOND_PERCENT / 100.0F;
	PIX *grey = pixConvertTo8(page->pix, 0), *pix = grey != NULL ? pixScale(grey, scale, scale) : NULL;
	assay_code rc;

	pixDestroy(&grey);
	if (pix == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "page at another scale");
	rc = ocr_engine_recognize(api, pix, page->dpi_y * SECOND_PERCENT / 100, err);
	if (rc == ASSAY_OK)
		rc = ocr_words_read(w, api, err);
	ocr_engine_clear(api);
	pixDestroy(&pix);
	return rc == ASSAY_EINVAL ? ASSAY_OK : rc; /* refused at that size: nothing is read */
}

/* With a second recognition where it may decide. */
static assay_code judge(reading *r, const state *st, const assay_page *page, assay_err *err)
{
	ocr_words second = {0};
	assay_code rc = ASSAY_OK;

	if (r->words.count == 0)
		return ASSAY_OK;
	r->estimate = ocr_estimate_of(&st->models->estimate, &r->evidence);
	if (!is_wanted(st, r))
		return ASSAY_OK;
	ASSAY_TRY(recognize_small(&second, st->api, page, err));
	ASSAY_TRY(ocr_evidence_compare(&r->evidence, &r->words, &second, err));
	r->estimate = ocr_estimate_of(&st->models->estimate, &r->evidence);
fail:
	ocr_words_release(&second);
	return rc;
}

static assay_code measure_rate(assay_sink *sink, uint32_t sample, unsigned metric, const ocr_rate *r, assay_err *err)
{
	return r->why != NULL ? assay_undefined(sink, sample, metric, r->why, err)
			      : assay_measure(sink, sample, metric, r->value, err);
}

static assay_code measure_rates(const state *st, const assay_value *v, const assay_buf *read, assay_sink *sink,
				assay_err *err)
{
	ocr_rates r;
	assay_code rc;

	ASSAY_TRY(ocr_truth_rates(&r, st->truth, &v->u.page, read, err));
	ASSAY_TRY(measure_rate(sink, v->root, METRIC_CER, &r.cer, err));
	ASSAY_TRY(measure_rate(sink, v->root, METRIC_UNORDERED, &r.unordered, err));
	ASSAY_TRY(measure_rate(sink, v->root, METRIC_WER, &r.wer, err));
	ASSAY_TRY(ocr_layer_rate(&r.unordered, v->u.page.layer, read, err));
	rc = measure_rate(sink, v->root, METRIC_LAYER, &r.unordered, err);
fail:
	return rc;
}

static int64_t count_sure(const ocr_words *w)
{
	int64_t n = 0;

	for (size_t i = 0; i < w->count; i++)
		if (w->items[i].confidence >= LOW_CONFIDENCE)
			n += ocr_word_letters(w->items[i].text);
	return n;
}

static assay_code measure_recall(assay_sink *sink, uint32_t sample, const ocr_words *w, const ocr_missed *m,
				 assay_err *err)
{
	const int64_t ink = m->read + m->missed;
	int64_t breaks;
	assay_code rc;

	ASSAY_TRY(ocr_order_breaks(&breaks, w, err));
	ASSAY_TRY(assay_measure(sink, sample, METRIC_BREAKS, breaks, err));
	ASSAY_TRY(assay_measure(sink, sample, METRIC_SURE, count_sure(w), err));
	return ink == 0 ? assay_undefined(sink, sample, METRIC_MISSED, "no words", err)
			: assay_measure(sink, sample, METRIC_MISSED, assay_round_ratio(m->missed, ink, 4), err);
fail:
	return rc;
}

static assay_code measure_share(assay_sink *sink, uint32_t sample, unsigned metric, int64_t part, int64_t whole,
				assay_err *err)
{
	return whole == 0 ? assay_undefined(sink, sample, metric, "no words", err)
			  : assay_measure(sink, sample, metric, assay_round_ratio(part, whole, 4), err);
}

/* Without words all counts are 0. */
static assay_code measure_evidence(assay_sink *sink, uint32_t sample, const ocr_evidence *e, assay_err *err)
{
	assay_code rc;

	ASSAY_TRY(measure_share(sink, sample, METRIC_UNKNOWN, e->words_unknown, e->words_lettered, err));
	ASSAY_TRY(measure_share(sink, sample, METRIC_LANGUAGE, e->letters_foreign, e->letters_sure, err));
	ASSAY_TRY(measure_share(sink, sample, METRIC_REPEATED, e->repeated, e->symbols, err));
	ASSAY_TRY(measure_share(sink, sample, METRIC_CUT, e->lines_cut, e->lines, err));
	rc = measure_share(sink, sample, METRIC_COVERED, e->covered, OCR_EVIDENCE_ONE, err);
fail:
	return rc;
}

static assay_code measure_estimate(assay_sink *sink, uint32_t sample, const reading *r, assay_err *err)
{
	const int64_t whole = r->words.count > 0 ? OCR_EVIDENCE_ONE : 0;
	assay_code rc;

	ASSAY_TRY(measure_share(sink, sample, METRIC_ESTIMATED, r->estimate.rate, whole, err));
	ASSAY_TRY(measure_share(sink, sample, METRIC_ESTIMATED_LOW, r->estimate.low, whole, err));
	ASSAY_TRY(measure_share(sink, sample, METRIC_ESTIMATED_HIGH, r->estimate.high, whole, err));
	rc = assay_measure(sink, sample, METRIC_READINGS, r->evidence.twice ? 2 : 1, err);
fail:
	return rc;
}

static assay_code measure_structure(assay_sink *sink, uint32_t sample, const params *p, const reading *r,
				    assay_err *err)
{
	ocr_order order;
	int64_t missing;
	assay_code rc;

	ASSAY_TRY(assay_measure(sink, sample, METRIC_HEADINGS, (int64_t)r->headings.count, err));
	ASSAY_TRY(ocr_sections_missing(&missing, &p->sections, &r->headings, &r->words, err));
	ASSAY_TRY(assay_measure(sink, sample, METRIC_SECTIONS, missing, err));
	ASSAY_TRY(assay_measure(sink, sample, METRIC_PARAGRAPHS, r->headings.paragraphs, err));
	ASSAY_TRY(ocr_order_weigh(&order, &r->words, err));
	if (order.why != NULL)
		return assay_undefined(sink, sample, METRIC_ORDER, order.why, err);
	rc = assay_measure(sink, sample, METRIC_ORDER, assay_round_ratio(order.agreed, order.steps, 4), err);
fail:
	return rc;
}

static assay_code report(const state *st, const assay_value *v, const reading *r, assay_sink *sink, assay_err *err)
{
	const uint32_t sample = v->root;
	const ocr_words *w = &r->words;
	assay_code rc;

	ASSAY_TRY(assay_measure(sink, sample, METRIC_WORDS, (int64_t)w->count, err));
	ASSAY_TRY(measure_confidence(sink, sample, w, err));
	ASSAY_TRY(measure_recall(sink, sample, w, &r->missed, err));
	ASSAY_TRY(st->models->engines.count > 1
		      ? assay_measure(sink, sample, METRIC_CHOSEN, (int64_t)st->chosen + 1, err)
		      : assay_undefined(sink, sample, METRIC_CHOSEN, "no language was to be chosen", err));
	ASSAY_TRY(measure_structure(sink, sample, st->params, r, err));
	ASSAY_TRY(measure_evidence(sink, sample, &r->evidence, err));
	ASSAY_TRY(measure_estimate(sink, sample, r, err));
	ASSAY_TRY(assay_measure(sink, sample, METRIC_REREAD, r->reconciled.lines, err));
	ASSAY_TRY(assay_measure(sink, sample, METRIC_CHANGED, r->reconciled.words, err));
	ASSAY_TRY(assay_undefined(sink, sample, METRIC_AGREEMENT, ASSAY_NOT_BY_HAND, err));
	ASSAY_TRY(measure_rates(st, v, &w->text, sink, err));
	ASSAY_TRY(keep(sink, v, st->params, r, err));
	if (w->count == 0)
		rc = assay_reject(sink, sample, ASSAY_FAILURE_EMPTY, err, "no text found");
fail:
	return rc;
}

/* ---------------------------------------------------------------- what people wrote */

/* Runs without white space, as the engine's words are. */
static int64_t count_words(const assay_buf *written)
{
	int64_t n = 0;
	bool inside = false;

	for (size_t i = 0; i < written->len; i++) {
		const bool blank = written->data[i] <= ' ';

		n += !blank && !inside;
		inside = !blank;
	}
	return n;
}

static assay_code report_text(const state *st, const assay_value *v, const assay_buf *written, assay_sink *sink,
			      assay_err *err)
{
	static const unsigned beliefs[] = {
	    METRIC_CONFIDENCE, METRIC_LOW,           METRIC_MISSED,         METRIC_SURE,     METRIC_BREAKS,
	    METRIC_UNKNOWN,    METRIC_LANGUAGE,      METRIC_REPEATED,       METRIC_CUT,      METRIC_COVERED,
	    METRIC_ESTIMATED,  METRIC_ESTIMATED_LOW, METRIC_ESTIMATED_HIGH, METRIC_READINGS, METRIC_REREAD,
	    METRIC_CHANGED,    METRIC_HEADINGS,      METRIC_PARAGRAPHS,     METRIC_ORDER,    METRIC_SECTIONS};
	const assay_corrected *c = &st->corrected;
	const int64_t words = count_words(written);
	assay_code rc;

	ASSAY_TRY(assay_measure(sink, v->root, METRIC_WORDS, words, err));
	for (size_t i = 0; i < ASSAY_COUNT(beliefs); i++)
		ASSAY_TRY(assay_undefined(sink, v->root, beliefs[i], ASSAY_BY_HAND, err));
	if (c->no_agreement != NULL)
		ASSAY_TRY(assay_undefined(sink, v->root, METRIC_AGREEMENT, c->no_agreement, err));
	else
		ASSAY_TRY(assay_measure(sink, v->root, METRIC_AGREEMENT, c->agreement, err));
	ASSAY_TRY(measure_rates(st, v, written, sink, err));
	ASSAY_TRY(assay_artifact(sink, v->root, ARTIFACT_TEXT, assay_buf_str(written), written->len, err));
	if (words == 0)
		rc = assay_reject(sink, v->root, ASSAY_FAILURE_EMPTY, err, "no text, as corrected by hand");
fail:
	return rc;
}

/* There are no boxes, so there are neither words nor ALTO, and nothing is emitted. */
static assay_code push_by_hand(const state *st, const assay_value *v, assay_sink *sink, assay_err *err)
{
	assay_plain_text plain = {0};
	assay_code rc = assay_plain_text_read(&plain, st->corrected.text, st->corrected.size, err);

	if (rc == ASSAY_OK)
		rc = report_text(st, v, &plain.text, sink, err);
	assay_plain_text_release(&plain);
	return rc;
}

static assay_code choose_engine(state *st, const assay_page *page, assay_err *err)
{
	const ocr_engines *e = &st->models->engines;
	assay_code rc = ASSAY_OK;

	st->chosen = 0;
	if (e->count > 1)
		rc = ocr_language_choose(&st->chosen, e, page->pix, page->dpi_y, modes[st->params->segmentation], err);
	st->api = e->apis[st->chosen];
	return rc;
}

static assay_code push(void *state_, const assay_value *v, assay_sink *sink, assay_err *err)
{
	state *st = state_;
	PIX *pix = v->u.page.pix;
	reading r = {0};
	assay_value *out;
	assay_code rc;

	if (st->by_hand)
		return push_by_hand(st, v, sink, err);
	ASSAY_TRY(choose_engine(st, &v->u.page, err));
	ASSAY_TRY(recognize(&r, st, &v->u.page, err));
	ASSAY_TRY(judge(&r, st, &v->u.page, err));
	ASSAY_TRY(ocr_headings_find(&r.headings, &r.words, err));
	ASSAY_TRY(report(st, v, &r, sink, err));
	out = ocr_words_value(&r.words, v->root, pixGetWidth(pix), pixGetHeight(pix), err);
	rc = out == NULL ? ASSAY_ENOMEM : assay_emit(sink, out, err);
fail:
	ocr_headings_release(&r.headings);
	ocr_words_release(&r.words);
	return rc;
}

const assay_stage assay_stage_ocr_recognize = {
    .abi = ASSAY_STAGE_ABI,
    .name = "ocr.recognize",
    .version = 13,
    .modality = ASSAY_MODALITY_PAGE,
    .summary = "recognise the text of a page, and score it where there is ground truth",
    .reference = "Smith 2007, doi:10.1109/ICDAR.2007.4376991 (Tesseract); Myers 1999, doi:10.1145/316542.316550, "
		 "Hyyro 2003 (edit distance)",
    .observes = ASSAY_VALUE_PAGE,
    .emits = ASSAY_VALUE_WORDS,
    .takes_correction = true,
    .determinism = ASSAY_EXACT,
    .params = schema,
    .params_size = sizeof(params),
    .metrics = metrics,
    .notes = notes,
    .artifacts = artifacts,
    .engine = ocr_engine_version,
    .files = files,
    .prepare = prepare,
    .unprepare = unprepare,
    .open = open_stage,
    .push = push,
    .close = close_stage,
};
