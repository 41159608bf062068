/** ocr.recognize: the text of a page, through Tesseract's C API. */
#include "ocr.h"

#include "ocr_alto.h"
#include "ocr_fold.h"
#include "ocr_missed.h"
#include "ocr_order.h"
#include "ocr_score.h"
#include "ocr_shim.h"
#include "ocr_words.h"
#include "page_value.h"

#include "assay/decimal.h"
#include "assay/memory.h"

#include "agreement.h"
#include "corrected.h"
#include "plain_text.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <leptonica/allheaders.h>
#include <tesseract/capi.h>

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

/* ---------------------------------------------------------------- models */

static const char *find_tessdata(const params *p)
{
	static const char *const places[] = {"/usr/share/tesseract-ocr/5/tessdata",
					     "/usr/share/tesseract-ocr/4.00/tessdata", "/usr/share/tessdata",
					     "/usr/local/share/tessdata"};

	if (p->tessdata[0] != '\0')
		return p->tessdata;
	for (size_t i = 0; i < ASSAY_COUNT(places); i++)
		if (access(places[i], R_OK | X_OK) == 0)
			return places[i];
	return places[0];
}

/* "deu_frak" -> "deu-frak"; "script/Fraktur" -> "script-frak": how Debian names the packages. */
static void package_of(char out[64], const char *language)
{
	const char *slash = strchr(language, '/');
	size_t n = 0;

	if (slash != NULL) {
		(void)snprintf(out, 64, "script-%.4s", slash + 1);
		n = 7;
	} else {
		(void)snprintf(out, 64, "%s", language);
	}
	for (; out[n] != '\0'; n++)
		out[n] = out[n] == '_' ? '-' : (char)tolower((unsigned char)out[n]);
}

static bool is_language(const char *s)
{
	const size_t n = strlen(s);

	return n > 0 && n < 48 && s[0] != '/' &&
	       strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-/") == n;
}

static assay_code add_model(assay_stage_files *out, const char *dir, const char *language, assay_err *err)
{
	ASSAY_AUTO_FREE char *path = NULL;
	char package[64];

	if (!is_language(language))
		return ASSAY_RAISE(err, ASSAY_ECONFIG, "languages: '%s' is not the name of a language", language);
	path = assay_asprintf("%s/%s.traineddata", dir, language);
	if (path == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "model path");
	if (access(path, R_OK) == 0)
		return assay_stage_files_add(out, "model", path, err);
	package_of(package, language);
	return ASSAY_RAISE(err, ASSAY_ECONFIG, "languages: no model '%s' (Debian package tesseract-ocr-%s)", path,
			   package);
}

static assay_code files(const void *params_, assay_stage_files *out, assay_err *err)
{
	const params *p = params_;
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < p->languages.count && rc == ASSAY_OK; i++)
		rc = add_model(out, find_tessdata(p), p->languages.items[i], err);
	return rc;
}

/* ---------------------------------------------------------------- the engine */

static const char *engine(void)
{
	static char text[96]; /* the same text at every call */
	char *lept = getLeptonicaVersion();

	(void)snprintf(text, sizeof text, "tesseract %s, %s", TessVersion(), lept != NULL ? lept : "leptonica");
	lept_free(lept);
	return text;
}

static char *join_languages(const params *p)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

	for (size_t i = 0; i < p->languages.count; i++)
		assay_buf_printf(&b, "%s%s", i > 0 ? "+" : "", p->languages.items[i]);
	return b.failed ? NULL : assay_buf_steal(&b);
}

static assay_code init_engine(TessBaseAPI *api, const params *p, const char *languages, assay_err *err)
{
	static const char *const names[] = {"debug_file", "load_system_dawg", "load_freq_dawg"};
	const char *const values[] = {"/dev/null", p->dictionary ? "1" : "0", p->dictionary ? "1" : "0"};

	if (TessBaseAPIInit4(api, find_tessdata(p), languages, OEM_LSTM_ONLY, NULL, 0, (char **)(uintptr_t)names,
			     (char **)(uintptr_t)values, ASSAY_COUNT(names), 0) != 0)
		return ASSAY_RAISE(err, ASSAY_ECONFIG, "Tesseract cannot load '%s' from '%s': is it an LSTM model?",
				   languages, find_tessdata(p));
	TessBaseAPISetPageSegMode(api, modes[p->segmentation]);
	return ASSAY_OK;
}

/* A first page before the fork: what Tesseract sets up on first use is then shared, and no
 * file is opened later. */
static void warm_up(TessBaseAPI *api)
{
	PIX *pix = pixCreate(64, 64, 1);

	if (pix == NULL)
		return;
	(void)pixRasterop(pix, 16, 16, 8, 32, PIX_SET, NULL, 0, 0);
	TessBaseAPISetImage2(api, pix);
	/* a resolution that it refuses makes it say so, which opens debug_file */
	TessBaseAPISetSourceResolution(api, 10);
	(void)TessBaseAPIRecognize(api, NULL);
	TessBaseAPIClear(api);
	pixDestroy(&pix);
}

static assay_code prepare(void **shared, const void *params_, assay_err *err)
{
	const params *p = params_;
	ASSAY_AUTO_FREE char *languages = join_languages(p);
	TessBaseAPI *api = TessBaseAPICreate();
	assay_code rc;

	*shared = NULL;
	(void)setMsgSeverity(L_SEVERITY_NONE);
	if (languages == NULL || api == NULL)
		rc = ASSAY_RAISE(err, ASSAY_ENOMEM, "recogniser");
	else
		rc = init_engine(api, p, languages, err);
	if (rc != ASSAY_OK) {
		TessBaseAPIDelete(api);
		return rc;
	}
	warm_up(api);
	*shared = api;
	return ASSAY_OK;
}

static void unprepare(void *shared)
{
	if (shared != NULL)
		TessBaseAPIEnd(shared);
	TessBaseAPIDelete(shared);
}

/* ---------------------------------------------------------------- ground truth */

typedef struct state {
	TessBaseAPI *api; /* borrowed */
	const assay_sidecar *truth;
	bool by_hand; /* the page's text is what people wrote: nothing is recognised */
	assay_corrected corrected;
} state;

typedef struct text {
	const char *at;
	size_t size;
} text;

/* Part `number` (1-based) of a text split at form feeds; one at the very end closes the last part. Counts them all. */
static text truth_part(const assay_sidecar *s, uint32_t number, uint32_t *parts)
{
	const char *at = (const char *)s->data, *end = at + s->size;
	text found = {0};

	*parts = 0;
	do {
		const char *feed = at < end ? memchr(at, '\f', (size_t)(end - at)) : NULL;
		const char *stop = feed != NULL ? feed : end;

		if (++*parts == number)
			found = (text){at, (size_t)(stop - at)};
		at = feed != NULL ? feed + 1 : end;
	} while (at < end);
	return found;
}

/* NULL and the page's part in *out, or why there is none. */
static const char *choose_truth(text *out, const state *st, const assay_value *page)
{
	const uint32_t number = page->u.page.number, total = page->u.page.total;
	uint32_t parts;

	if (st->truth == NULL)
		return "no ground truth";
	*out = truth_part(st->truth, number, &parts);
	if (total > 0 ? parts != total : parts < number)
		return "ground truth has another number of parts (form feeds) than the document has pages";
	return NULL;
}

/* distance / length in ten-thousandths */
static assay_code measure_rate(assay_sink *sink, uint32_t sample, unsigned metric, const uint32_t *truth, size_t nt,
			       const uint32_t *read, size_t nr, assay_err *err)
{
	size_t distance = 0;
	const assay_code rc = ocr_distance(&distance, truth, nt, read, nr, err);

	if (rc == ASSAY_EFULL)
		return assay_undefined(sink, sample, metric, "text too long to be scored", err);
	if (rc != ASSAY_OK)
		return rc;
	return assay_measure(sink, sample, metric, assay_round_ratio((int64_t)distance, (int64_t)nt, 4), err);
}

static assay_code no_rates(assay_sink *sink, uint32_t sample, const char *why, assay_err *err)
{
	const assay_code rc = assay_undefined(sink, sample, METRIC_CER, why, err);

	return rc != ASSAY_OK ? rc : assay_undefined(sink, sample, METRIC_WER, why, err);
}

static assay_code score(assay_sink *sink, uint32_t sample, text truth, const assay_buf *read, assay_err *err)
{
	ocr_folded t = {0}, r = {0};
	assay_code rc = ocr_fold(&t, truth.at, truth.size, err);

	if (rc == ASSAY_ECORRUPT) {
		rc = no_rates(sink, sample, "ground truth is not UTF-8", err);
		goto fail;
	}
	if (rc == ASSAY_OK && t.count == 0) {
		rc = no_rates(sink, sample, "ground truth is empty", err);
		goto fail;
	}
	if (rc != ASSAY_OK)
		goto fail;
	ASSAY_TRY(ocr_fold(&r, assay_buf_str(read), read->len, err));
	ASSAY_TRY(ocr_fold_words(&t, &r, err));
	ASSAY_TRY(measure_rate(sink, sample, METRIC_CER, t.points, t.count, r.points, r.count, err));
	ASSAY_TRY(measure_rate(sink, sample, METRIC_WER, t.words, t.word_count, r.words, r.word_count, err));
fail:
	ocr_folded_release(&t);
	ocr_folded_release(&r);
	return rc;
}

/* ---------------------------------------------------------------- the stage */

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
	assay_code rc;
	int refused;

	TessBaseAPISetImage2(api, page->pix);
	if (page->dpi_y > 0)
		TessBaseAPISetSourceResolution(api, page->dpi_y);
	ocr_shim_lines(true);
	refused = TessBaseAPIRecognize(api, NULL);
	ocr_shim_lines(false);
	if (refused != 0)
		rc = ASSAY_RAISE(err, ASSAY_EINVAL, "Tesseract refuses the page");
	else
		rc = ocr_words_read(w, api, err);
	if (rc == ASSAY_OK)
		rc = measure_missed(missed, w, api, err);
	TessBaseAPIClear(api);
	/* no page may see what the one before it taught the engine */
	TessBaseAPIClearAdaptiveClassifier(api);
	return rc;
}

static assay_code measure_rates(const state *st, const assay_value *v, const assay_buf *read, assay_sink *sink,
				assay_err *err)
{
	text truth = {0};
	const char *why = choose_truth(&truth, st, v);

	return why != NULL ? no_rates(sink, v->root, why, err) : score(sink, v->root, truth, read, err);
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
    .engine = engine,
    .files = files,
    .prepare = prepare,
    .unprepare = unprepare,
    .open = open_stage,
    .push = push,
    .close = close_stage,
};
