#include "ocr_report.h"

#include "ocr_alto.h"
#include "ocr_larger.h"
#include "ocr_order.h"
#include "ocr_sections.h"
#include "ocr_text.h"
#include "ocr_truth.h"

#include "assay/decimal.h"

#include "agreement.h"

#include <leptonica/allheaders.h>

#define LOW_CONFIDENCE 6000 /* hundredths of a percent */

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
	METRIC_ROWS_CUT,
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
	METRIC_SCALE,
};

#define ON_PAGES ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_PAGE)

const assay_metric ocr_report_metrics[] = {
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
     "share of the lines that touch the left or right border of the page, as it was before it was turned, 0 to 1; "
     "undefined without words"},
    {"ocr.rows_cut", "1", 0, ON_PAGES,
     "rows of text that the upper or the lower border of the page cuts through, 0 to 2; undefined without words"},
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
    {"ocr.scale", "1", 2, ON_PAGES,
     "size at which the page was read, 1 or, where the reading of the enlarged page was taken (`enlarge`), 1.5"},
    {0},
};

const assay_metric_note ocr_report_notes[] = {
    {.metric = "ocr.confidence", .belief = true},
    {.metric = "ocr.low_confidence_ratio", .belief = true},
    {.metric = "ocr.text_missed", .recall = ASSAY_RECALL_LESS, .slack = 100},
    {.metric = "ocr.characters_sure", .belief = true, .recall = ASSAY_RECALL_MORE, .slack = 2, .permille = 20},
    {.metric = "ocr.order_breaks", .recall = ASSAY_RECALL_LESS},
    {0},
};

enum { ARTIFACT_TEXT, ARTIFACT_WORDS, ARTIFACT_ALTO, ARTIFACT_EVIDENCE, ARTIFACT_HEADINGS };

const assay_artifact_type ocr_report_artifacts[] = {
    {"text", "text/plain;charset=utf-8", "txt", "the page's text: lines, paragraphs separated by an empty line, NFC"},
    {"words", "application/json", "json",
     "the words with box, confidence and place in lines, paragraphs and blocks, and "
     "which paragraphs are headings"},
    {"alto", "application/xml", "xml", "the same as ALTO 4.4 (Library of Congress), which libraries and archives read"},
    {"evidence", "application/json", "evidence.json", "what the words say for and against themselves, in millionths"},
    {"headings", "text/plain;charset=utf-8", "headings.txt", "the page's headings, one a line, NFC"},
    {0},
};

/* ---------------------------------------------------------------- what was recognised */

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

static assay_code keep_text(assay_sink *sink, uint32_t sample, const ocr_about *a, const ocr_recognition *r,
			    assay_err *err)
{
	const ocr_words *w = &r->words;
	ASSAY_AUTO_BUF headings = ASSAY_BUF_INIT;
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
	assay_code rc;

	ocr_text_write(&text, w->items, w->count, a->joins);
	ASSAY_TRY(assay_buf_check(&text, err));
	ASSAY_TRY(assay_artifact(sink, sample, ARTIFACT_TEXT, assay_buf_str(&text), text.len, err));
	if (r->headings.count == 0)
		return ASSAY_OK;
	ASSAY_TRY(ocr_headings_text(&headings, &r->headings, w, err));
	rc = assay_artifact(sink, sample, ARTIFACT_HEADINGS, headings.data, headings.len, err);
fail:
	return rc;
}

static assay_code keep(assay_sink *sink, const ocr_about *a, const ocr_recognition *r, assay_err *err)
{
	const assay_value *v = a->value;
	const ocr_words *w = &r->words;
	const ocr_headings *h = &r->headings;
	const assay_words words = {w->items, w->count, assay_buf_str(&w->text), pixGetWidth(v->u.page.pix),
				   pixGetHeight(v->u.page.pix)};
	ASSAY_AUTO_BUF json = ASSAY_BUF_INIT;
	ASSAY_AUTO_BUF alto = ASSAY_BUF_INIT;
	ASSAY_AUTO_BUF evidence = ASSAY_BUF_INIT;
	assay_code rc;

	ASSAY_TRY(keep_text(sink, v->root, a, r, err));
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

static assay_code measure_rate(assay_sink *sink, uint32_t sample, unsigned metric, const ocr_rate *r, assay_err *err)
{
	return r->why != NULL ? assay_undefined(sink, sample, metric, r->why, err)
			      : assay_measure(sink, sample, metric, r->value, err);
}

static assay_code measure_rates(const ocr_about *a, const assay_buf *read, assay_sink *sink, assay_err *err)
{
	const assay_value *v = a->value;
	ocr_rates r;
	assay_code rc;

	ASSAY_TRY(ocr_truth_rates(&r, a->truth, &v->u.page, &a->place, read, err));
	ASSAY_TRY(measure_rate(sink, v->root, METRIC_CER, &r.cer, err));
	ASSAY_TRY(measure_rate(sink, v->root, METRIC_UNORDERED, &r.unordered, err));
	ASSAY_TRY(measure_rate(sink, v->root, METRIC_WER, &r.wer, err));
	ASSAY_TRY(ocr_layer_rate(&r.unordered, v->u.page.layer, read, err));
	rc = measure_rate(sink, v->root, METRIC_LAYER, &r.unordered, err);
fail:
	return rc;
}

static assay_code measure_recall(assay_sink *sink, uint32_t sample, const ocr_words *w, const ocr_missed *m,
				 assay_err *err)
{
	const int64_t ink = m->read + m->missed;
	int64_t breaks;
	assay_code rc;

	ASSAY_TRY(ocr_order_breaks(&breaks, w, err));
	ASSAY_TRY(assay_measure(sink, sample, METRIC_BREAKS, breaks, err));
	ASSAY_TRY(assay_measure(sink, sample, METRIC_SURE, ocr_characters_sure(w), err));
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

static assay_code measure_estimate(assay_sink *sink, uint32_t sample, const ocr_recognition *r, assay_err *err)
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

static assay_code measure_structure(assay_sink *sink, uint32_t sample, const ocr_about *a, const ocr_recognition *r,
				    assay_err *err)
{
	ocr_order order;
	int64_t missing;
	assay_code rc;

	ASSAY_TRY(assay_measure(sink, sample, METRIC_HEADINGS, (int64_t)r->headings.count, err));
	ASSAY_TRY(ocr_sections_missing(&missing, a->sections, &r->headings, &r->words, err));
	ASSAY_TRY(assay_measure(sink, sample, METRIC_SECTIONS, missing, err));
	ASSAY_TRY(assay_measure(sink, sample, METRIC_PARAGRAPHS, r->headings.paragraphs, err));
	ASSAY_TRY(ocr_order_weigh(&order, &r->words, err));
	if (order.why != NULL)
		return assay_undefined(sink, sample, METRIC_ORDER, order.why, err);
	rc = assay_measure(sink, sample, METRIC_ORDER, assay_round_ratio(order.agreed, order.steps, 4), err);
fail:
	return rc;
}

assay_code ocr_report(const ocr_about *a, const ocr_recognition *r, assay_sink *sink, assay_err *err)
{
	const uint32_t sample = a->value->root;
	const ocr_words *w = &r->words;
	assay_code rc;

	ASSAY_TRY(assay_measure(sink, sample, METRIC_WORDS, (int64_t)w->count, err));
	ASSAY_TRY(measure_confidence(sink, sample, w, err));
	ASSAY_TRY(measure_recall(sink, sample, w, &r->missed, err));
	ASSAY_TRY(a->chosen > 0 ? assay_measure(sink, sample, METRIC_CHOSEN, (int64_t)a->chosen, err)
				: assay_undefined(sink, sample, METRIC_CHOSEN, "no language was to be chosen", err));
	ASSAY_TRY(measure_structure(sink, sample, a, r, err));
	ASSAY_TRY(measure_evidence(sink, sample, &r->evidence, err));
	ASSAY_TRY(w->count > 0 ? assay_measure(sink, sample, METRIC_ROWS_CUT, r->rows_cut, err)
			       : assay_undefined(sink, sample, METRIC_ROWS_CUT, "no words", err));
	ASSAY_TRY(measure_estimate(sink, sample, r, err));
	ASSAY_TRY(assay_measure(sink, sample, METRIC_REREAD, r->reconciled.lines, err));
	ASSAY_TRY(assay_measure(sink, sample, METRIC_CHANGED, r->reconciled.words, err));
	ASSAY_TRY(assay_measure(sink, sample, METRIC_SCALE, r->larger ? OCR_LARGER_PERCENT : 100, err));
	ASSAY_TRY(assay_undefined(sink, sample, METRIC_AGREEMENT, ASSAY_NOT_BY_HAND, err));
	ASSAY_TRY(measure_rates(a, &w->text, sink, err));
	ASSAY_TRY(keep(sink, a, r, err));
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

assay_code ocr_report_corrected(const ocr_about *a, const assay_corrected *c, const assay_buf *written,
				assay_sink *sink, assay_err *err)
{
	static const unsigned beliefs[] = {METRIC_CONFIDENCE,    METRIC_LOW,
					   METRIC_MISSED,        METRIC_SURE,
					   METRIC_BREAKS,        METRIC_UNKNOWN,
					   METRIC_LANGUAGE,      METRIC_REPEATED,
					   METRIC_CUT,           METRIC_ROWS_CUT,
					   METRIC_COVERED,       METRIC_ESTIMATED,
					   METRIC_ESTIMATED_LOW, METRIC_ESTIMATED_HIGH,
					   METRIC_READINGS,      METRIC_REREAD,
					   METRIC_CHANGED,       METRIC_HEADINGS,
					   METRIC_PARAGRAPHS,    METRIC_ORDER,
					   METRIC_SECTIONS};
	const uint32_t sample = a->value->root;
	const int64_t words = count_words(written);
	assay_code rc;

	ASSAY_TRY(assay_measure(sink, sample, METRIC_WORDS, words, err));
	for (size_t i = 0; i < ASSAY_COUNT(beliefs); i++)
		ASSAY_TRY(assay_undefined(sink, sample, beliefs[i], ASSAY_BY_HAND, err));
	if (c->no_agreement != NULL)
		ASSAY_TRY(assay_undefined(sink, sample, METRIC_AGREEMENT, c->no_agreement, err));
	else
		ASSAY_TRY(assay_measure(sink, sample, METRIC_AGREEMENT, c->agreement, err));
	ASSAY_TRY(measure_rates(a, written, sink, err));
	ASSAY_TRY(assay_artifact(sink, sample, ARTIFACT_TEXT, assay_buf_str(written), written->len, err));
	if (words == 0)
		rc = assay_reject(sink, sample, ASSAY_FAILURE_EMPTY, err, "no text, as corrected by hand");
fail:
	return rc;
}
