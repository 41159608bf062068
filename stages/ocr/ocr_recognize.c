/** ocr.recognize: the text of a page, through Tesseract's C API. */
#include "ocr.h"

#include "ocr_alto.h"
#include "ocr_engine.h"
#include "ocr_missed.h"
#include "ocr_order.h"
#include "ocr_truth.h"
#include "ocr_words.h"
#include "page_value.h"

#include "assay/decimal.h"
#include "assay/memory.h"

#include "agreement.h"
#include "corrected.h"
#include "plain_text.h"

#include <stdlib.h>

#include <leptonica/allheaders.h>

#define LOW_CONFIDENCE 6000 /* hundredths of a percent */

static const char *const segmentations[] = {"auto",   "single_column", "single_block",   "single_line", "single_word",
					    "sparse", "raw_line",      "vertical_block", NULL};
static const TessPageSegMode modes[] = {PSM_AUTO,        PSM_SINGLE_COLUMN,         PSM_SINGLE_BLOCK,
					PSM_SINGLE_LINE, PSM_SINGLE_WORD,           PSM_SPARSE_TEXT,
					PSM_RAW_LINE,    PSM_SINGLE_BLOCK_VERT_TEXT};

typedef struct params {
	assay_text_list languages;
	int segmentation;
	bool dictionary;
	char *tessdata;
} params;

static const assay_param schema[] = {
    ASSAY_PARAM_ROW_LIST(params, languages, "eng", 1, 8,
			 "Tesseract's names of the languages (eng, deu, script/Fraktur), the main one first"),
    ASSAY_PARAM_ROW_ENUM(params, segmentation, "auto", segmentations,
			 "how the page is divided: auto finds columns; single_* take it as one such; sparse finds text "
			 "anywhere, in no particular order"),
    ASSAY_PARAM_ROW_BOOL(params, dictionary, "true", "prefer words of the languages' dictionaries"),
    ASSAY_PARAM_ROW_LOCAL(params, tessdata, "", "folder of the models; empty: the first usual place that exists"),
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

enum { ARTIFACT_TEXT, ARTIFACT_WORDS, ARTIFACT_ALTO };

static const assay_artifact_type artifacts[] = {
    {"text", "text/plain;charset=utf-8", "txt", "the page's text: lines, paragraphs separated by an empty line, NFC"},
    {"words", "application/json", "json", "the words with box, confidence and place in lines, paragraphs and blocks"},
    {"alto", "application/xml", "xml", "the same as ALTO 4.4 (Library of Congress), which libraries and archives read"},
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

	return ocr_engine_files(out, &e, err);
}

static assay_code prepare(void **shared, const void *p, assay_err *err)
{
	const ocr_engine_params e = engine_of(p);
	TessBaseAPI *api;
	const assay_code rc = ocr_engine_open(&api, &e, err);

	*shared = api;
	return rc;
}

static void unprepare(void *shared)
{
	ocr_engine_close(shared);
}

/* ---------------------------------------------------------------- the stage */

typedef struct state {
	TessBaseAPI *api; /* borrowed */
	const assay_sidecar *truth;
	bool by_hand; /* the page's text is what people wrote: nothing is recognised */
	assay_corrected corrected;
} state;

static assay_code open_stage(void **out, void *shared, const void *p, const assay_input *in, uint32_t root,
			     assay_err *err)
{
	const assay_sidecar *correction = assay_input_sidecar(in, ASSAY_SIDECAR_CORRECTION);
	state *st = assay_alloc(1, sizeof *st);

	(void)p;
	(void)root;
	*out = st;
	if (st == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "recogniser state");
	st->api = shared;
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

static assay_code keep(assay_sink *sink, const assay_value *v, const ocr_words *w, assay_err *err)
{
	const assay_words words = {w->items, w->count, assay_buf_str(&w->text), pixGetWidth(v->u.page.pix),
				   pixGetHeight(v->u.page.pix)};
	ASSAY_AUTO_BUF json = ASSAY_BUF_INIT;
	ASSAY_AUTO_BUF alto = ASSAY_BUF_INIT;
	assay_code rc;

	ASSAY_TRY(assay_artifact(sink, v->root, ARTIFACT_TEXT, words.text, w->text.len, err));
	ASSAY_TRY(ocr_words_json(&json, w, words.page_width, words.page_height, err));
	ASSAY_TRY(assay_artifact(sink, v->root, ARTIFACT_WORDS, json.data, json.len, err));
	ASSAY_TRY(ocr_alto_write(&alto, &words, v->u.page.number, err));
	rc = assay_artifact(sink, v->root, ARTIFACT_ALTO, alto.data, alto.len, err);
fail:
	return rc;
}

/* By the ink that Tesseract itself saw. */
static assay_code measure_missed(ocr_missed *out, const ocr_words *w, TessBaseAPI *api, assay_err *err)
{
	PIX *ink;
	assay_code rc;

	*out = (ocr_missed){0};
	if (w->count == 0)
		return ASSAY_OK;
	ink = TessBaseAPIGetThresholdedImage(api);
	if (ink == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "ink of a page");
	rc = ocr_missed_measure(out, w, ink, err);
	pixDestroy(&ink);
	return rc;
}

static assay_code recognize(ocr_words *w, ocr_missed *missed, TessBaseAPI *api, const assay_page *page, assay_err *err)
{
	assay_code rc = ocr_engine_recognize(api, page->pix, page->dpi_y, err);

	if (rc == ASSAY_OK)
		rc = ocr_words_read(w, api, err);
	if (rc == ASSAY_OK)
		rc = measure_missed(missed, w, api, err);
	ocr_engine_clear(api);
	return rc;
}

static assay_code measure_rate(assay_sink *sink, uint32_t sample, unsigned metric, const char *why, int64_t rate,
			       assay_err *err)
{
	return why != NULL ? assay_undefined(sink, sample, metric, why, err)
			   : assay_measure(sink, sample, metric, rate, err);
}

static assay_code measure_rates(const state *st, const assay_value *v, const assay_buf *read, assay_sink *sink,
				assay_err *err)
{
	ocr_rates r;
	assay_code rc;

	ASSAY_TRY(ocr_truth_rates(&r, st->truth, &v->u.page, read, err));
	ASSAY_TRY(measure_rate(sink, v->root, METRIC_CER, r.no_cer, r.cer, err));
	rc = measure_rate(sink, v->root, METRIC_WER, r.no_wer, r.wer, err);
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

static assay_code report(const state *st, const assay_value *v, const ocr_words *w, const ocr_missed *missed,
			 assay_sink *sink, assay_err *err)
{
	const uint32_t sample = v->root;
	assay_code rc;

	ASSAY_TRY(assay_measure(sink, sample, METRIC_WORDS, (int64_t)w->count, err));
	ASSAY_TRY(measure_confidence(sink, sample, w, err));
	ASSAY_TRY(measure_recall(sink, sample, w, missed, err));
	ASSAY_TRY(assay_undefined(sink, sample, METRIC_AGREEMENT, ASSAY_NOT_BY_HAND, err));
	ASSAY_TRY(measure_rates(st, v, &w->text, sink, err));
	ASSAY_TRY(keep(sink, v, w, err));
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
	static const unsigned beliefs[] = {METRIC_CONFIDENCE, METRIC_LOW, METRIC_MISSED, METRIC_SURE, METRIC_BREAKS};
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

static assay_code push(void *state_, const assay_value *v, assay_sink *sink, assay_err *err)
{
	const state *st = state_;
	PIX *pix = v->u.page.pix;
	ocr_words w = {0};
	ocr_missed missed = {0};
	assay_value *out;
	assay_code rc;

	if (st->by_hand)
		return push_by_hand(st, v, sink, err);
	ASSAY_TRY(recognize(&w, &missed, st->api, &v->u.page, err));
	ASSAY_TRY(report(st, v, &w, &missed, sink, err));
	out = ocr_words_value(&w, v->root, pixGetWidth(pix), pixGetHeight(pix), err);
	rc = out == NULL ? ASSAY_ENOMEM : assay_emit(sink, out, err);
fail:
	ocr_words_release(&w);
	return rc;
}

const assay_stage assay_stage_ocr_recognize = {
    .abi = ASSAY_STAGE_ABI,
    .name = "ocr.recognize",
    .version = 4,
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
