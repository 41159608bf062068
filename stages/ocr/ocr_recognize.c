/** ocr.recognize: the text of a page, through Tesseract's C API. */
#include "ocr.h"

#include "ocr_cut.h"
#include "ocr_engine.h"
#include "ocr_estimate.h"
#include "ocr_evidence.h"
#include "ocr_headings.h"
#include "ocr_hyphens.h"
#include "ocr_language.h"
#include "ocr_larger.h"
#include "ocr_missed.h"
#include "ocr_order.h"
#include "ocr_reconcile.h"
#include "ocr_report.h"
#include "ocr_rows.h"
#include "ocr_seams.h"
#include "ocr_text.h"
#include "ocr_words.h"
#include "page_enlarge.h"
#include "page_frame.h"
#include "page_value.h"

#include "assay/memory.h"

#include "corrected.h"
#include "plain_text.h"

#include <stdlib.h>
#include <unistd.h>

#include <leptonica/allheaders.h>

static const char *const segmentations[] = {"auto",   "single_column", "single_block",   "single_line", "single_word",
					    "sparse", "raw_line",      "vertical_block", NULL};
static const TessPageSegMode modes[] = {PSM_AUTO,        PSM_SINGLE_COLUMN,         PSM_SINGLE_BLOCK,
					PSM_SINGLE_LINE, PSM_SINGLE_WORD,           PSM_SPARSE_TEXT,
					PSM_RAW_LINE,    PSM_SINGLE_BLOCK_VERT_TEXT};

/* When a page is recognised a second time, at another scale. */
enum { SECOND_DOUBT, SECOND_NEVER, SECOND_ALWAYS };

static const char *const seconds[] = {"doubt", "never", "always", NULL};

/* Of the size: letters fall differently on the dots, and doubtful ones are read differently. */
#define SECOND_PERCENT 85

static const char *const reconcilings[] = {"none", "doubtful", "all", NULL};
enum { RECONCILE_NONE, RECONCILE_DOUBTFUL, RECONCILE_ALL };

static const char *const enlargings[] = {"never", "doubtful", NULL};
enum { ENLARGE_NEVER, ENLARGE_DOUBTFUL };

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
	int enlarge;
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
			 "reading of some lines finds it in; with reconcile, one that finds nearly as much reads lines "
			 "in doubt as well"),
    ASSAY_PARAM_ROW_ENUM(params, segmentation, "auto", segmentations,
			 "how the page is divided: auto finds columns; single_* take it as one such; sparse finds text "
			 "anywhere, in no particular order"),
    ASSAY_PARAM_ROW_BOOL(params, dictionary, "true", "prefer words of the languages' dictionaries"),
    ASSAY_PARAM_ROW_ENUM(params, second, "never", seconds,
			 "when the page is recognised a second time at 85 % of its size, for the estimate: doubt when "
			 "the first estimate is near the bound and its interval holds it"),
    ASSAY_PARAM_ROW_DECIMAL(params, bound, "0.02", 4, 1, 10000, "", "error rate that is to be told from"),
    ASSAY_PARAM_ROW_ENUM(params, reconcile, "none", reconcilings,
			 "which lines are read again in other ways, and the readings weighed against each other: those "
			 "that the engine or its dictionary doubts, or all"),
    ASSAY_PARAM_ROW_ENUM(params, enlarge, "never", enlargings,
			 "whether a page of small letters is read again, enlarged, where the estimate is not below the "
			 "bound: that reading is taken whose estimate is clearly lower"),
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
	TessBaseAPI *other;   /* that reads it nearly as well, or NULL; borrowed */
	size_t chosen;        /* the first one's place among the engines */
	const assay_sidecar *truth;
	assay_place place;
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
	st->place = in->part.place;
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

/* By the ink that Tesseract itself saw. */
static assay_code weigh_ink(ocr_recognition *r, const assay_page *of, bool reread, PIX *ink, assay_err *err)
{
	ocr_evidence_page page = {.width = pixGetWidth(ink),
				  .height = pixGetHeight(ink),
				  .corners = page_frame_of(of),
				  .reread = reread,
				  .apart = r->reconciled.apart};
	int32_t height;
	assay_code rc;

	ASSAY_TRY(ocr_text_height(&height, &r->words, err));
	ASSAY_TRY(ocr_evidence_edge(&page.edge, ink, height, err));
	ASSAY_TRY(ocr_beside_measure(&page.beside, &r->words, ink, err));
	ASSAY_TRY(ocr_cut_rows(&r->rows_cut, ink, &page.corners, height, err));
	page.missed = r->missed;
	rc = ocr_evidence_read(&r->evidence, &r->words, &page, err);
fail:
	return rc;
}

static ocr_source source_of(const state *st, const assay_page *page)
{
	return (ocr_source){.api = st->api,
			    .other = st->other,
			    .pix = page->pix,
			    .dpi = page->dpi_y,
			    .every_line = st->params->reconcile == RECONCILE_ALL,
			    .segmentation = modes[st->params->segmentation]};
}

/* What was missed, and less of it where rows of it can be read. */
static assay_code look_for_missed(ocr_recognition *r, const ocr_source *source, bool reads, PIX *ink, assay_err *err)
{
	ocr_missed_boxes boxes;
	int64_t added = 0;
	assay_code rc;

	ASSAY_TRY(ocr_missed_find(&r->missed, &boxes, &r->words, source->pix, err));
	if (reads)
		rc = ocr_rows_read(&r->words, &added, source, ink, &boxes, err);
	ocr_missed_boxes_release(&boxes);
	r->reconciled.words += added;
	if (rc == ASSAY_OK && added > 0)
		rc = ocr_missed_measure(&r->missed, &r->words, source->pix, err);
fail:
	return rc;
}

/* A dictionary of the models that read the page. */
static bool knows(void *with, const char *word)
{
	const state *st = with;

	return TessBaseAPIIsValidWord(st->api, word) != 0 ||
	       (st->other != NULL && TessBaseAPIIsValidWord(st->other, word) != 0);
}

static assay_code mend_hyphens(ocr_recognition *r, const state *st, assay_err *err)
{
	state with = *st;
	const ocr_dictionary d = {knows, &with};
	int64_t mended = 0;
	const assay_code rc = ocr_hyphens_mend(&r->words, &mended, &d, err);

	r->reconciled.words += mended;
	return rc;
}

static assay_code weigh_by(ocr_recognition *r, const state *st, const assay_page *page, PIX *ink, assay_err *err)
{
	const ocr_source source = source_of(st, page);
	const bool reads = st->params->reconcile != RECONCILE_NONE;
	assay_code rc = ASSAY_OK;

	if (reads)
		ASSAY_TRY(ocr_reconcile(&r->words, &r->reconciled, &source, err));
	ASSAY_TRY(ocr_seams_part(&r->words, err));
	if (r->words.count == 0)
		return ASSAY_OK;
	ASSAY_TRY(look_for_missed(r, &source, reads, ink, err));
	if (reads)
		ASSAY_TRY(mend_hyphens(r, st, err));
	rc = weigh_ink(r, page, reads, ink, err);
fail:
	return rc;
}

/* The page's ink is asked for before the engine sees pictures of lines. */
static assay_code weigh(ocr_recognition *r, const state *st, const assay_page *page, assay_err *err)
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

static assay_code recognize(ocr_recognition *r, const state *st, const assay_page *page, assay_err *err)
{
	assay_code rc = ocr_engine_recognize(st->api, page->pix, page->dpi_y, err);

	if (rc == ASSAY_OK)
		rc = ocr_words_read(&r->words, st->api, err);
	if (rc == ASSAY_OK)
		rc = weigh(r, st, page, err);
	ocr_engine_clear(st->api);
	if (st->other != NULL)
		ocr_engine_clear(st->other);
	return rc;
}

static bool is_wanted(const state *st, const ocr_recognition *r)
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
	if (rc == ASSAY_OK)
		rc = ocr_seams_part(w, err);
	ocr_engine_clear(api);
	pixDestroy(&pix);
	return rc == ASSAY_EINVAL ? ASSAY_OK : rc; /* refused at that size: nothing is read */
}

/* With a second recognition where it may decide. */
static assay_code judge(ocr_recognition *r, const state *st, const assay_page *page, assay_err *err)
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

/* ---------------------------------------------------------------- at another size */

static ocr_merit merit_of(const ocr_recognition *r)
{
	return (ocr_merit){r->estimate.rate, ocr_characters_sure(&r->words), r->missed};
}

static assay_code read_page(ocr_recognition *r, const state *st, const assay_page *page, assay_err *err)
{
	const assay_code rc = recognize(r, st, page, err);

	return rc == ASSAY_OK ? judge(r, st, page, err) : rc;
}

/* A picture that Tesseract refuses at that size is not better. */
static assay_code read_enlarged(ocr_recognition *r, const state *st, const assay_page *page, assay_err *err)
{
	assay_page larger = *page;
	assay_code rc;

	larger.pix = page_enlarged(page->pix, OCR_LARGER_PERCENT);
	larger.dpi_x = page_enlarged_dpi(page->dpi_x, OCR_LARGER_PERCENT);
	larger.dpi_y = page_enlarged_dpi(page->dpi_y, OCR_LARGER_PERCENT);
	if (larger.pix == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "page enlarged");
	larger.corners = page_frame_scaled(page, pixGetWidth(larger.pix), pixGetHeight(larger.pix));
	rc = read_page(r, st, &larger, err);
	pixDestroy(&larger.pix);
	return rc;
}

/* The reading of the enlarged page in place of the plain one, where that is doubtful and the other clearly better. */
static assay_code read_larger(ocr_recognition *r, const state *st, const assay_page *page, assay_err *err)
{
	const int64_t bound = st->params->bound * (OCR_EVIDENCE_ONE / 10000);
	ocr_recognition larger = {.larger = true};
	ocr_merit a, b;
	bool fits;
	assay_code rc;

	if (st->params->enlarge == ENLARGE_NEVER || r->words.count == 0 || r->estimate.rate < bound)
		return ASSAY_OK;
	ASSAY_TRY(ocr_larger_fits(&fits, page->pix, err));
	if (!fits)
		return ASSAY_OK;
	rc = read_enlarged(&larger, st, page, err);
	a = merit_of(&larger);
	b = merit_of(r);
	if (rc == ASSAY_OK && larger.words.count > 0 && ocr_larger_wins(&a, &b)) {
		ocr_larger_shrink(&larger.words);
		ocr_words_release(&r->words);
		*r = larger;
		larger.words = (ocr_words){0};
	}
	ocr_words_release(&larger.words);
	rc = rc == ASSAY_EINVAL ? ASSAY_OK : rc;
fail:
	return rc;
}

/* ---------------------------------------------------------------- what is told */

static ocr_about about_of(const state *st, const assay_value *v)
{
	return (ocr_about){.value = v,
			   .truth = st->truth,
			   .place = st->place,
			   .sections = &st->params->sections,
			   .joins = st->params->hyphens == HYPHENS_JOIN,
			   .chosen = st->models != NULL && st->models->engines.count > 1 ? st->chosen + 1 : 0};
}

/* There are no boxes, so there are neither words nor ALTO, and nothing is emitted. */
static assay_code push_by_hand(const state *st, const assay_value *v, assay_sink *sink, assay_err *err)
{
	const ocr_about about = about_of(st, v);
	assay_plain_text plain = {0};
	assay_code rc = assay_plain_text_read(&plain, st->corrected.text, st->corrected.size, err);

	if (rc == ASSAY_OK)
		rc = ocr_report_corrected(&about, &st->corrected, &plain.text, sink, err);
	assay_plain_text_release(&plain);
	return rc;
}

static assay_code choose_engine(state *st, const assay_page *page, assay_err *err)
{
	const ocr_engines *e = &st->models->engines;
	ocr_chosen c = {0, OCR_NO_ENGINE};
	assay_code rc = ASSAY_OK;

	if (e->count > 1)
		rc = ocr_language_choose(&c, e, page->pix, page->dpi_y, modes[st->params->segmentation], err);
	st->chosen = c.best;
	st->api = e->apis[c.best];
	st->other = c.second != OCR_NO_ENGINE ? e->apis[c.second] : NULL;
	return rc;
}

static assay_code push(void *state_, const assay_value *v, assay_sink *sink, assay_err *err)
{
	state *st = state_;
	PIX *pix = v->u.page.pix;
	ocr_recognition r = {0};
	ocr_about about;
	assay_value *out;
	assay_code rc;

	if (st->by_hand)
		return push_by_hand(st, v, sink, err);
	ASSAY_TRY(choose_engine(st, &v->u.page, err));
	ASSAY_TRY(read_page(&r, st, &v->u.page, err));
	ASSAY_TRY(read_larger(&r, st, &v->u.page, err));
	ASSAY_TRY(ocr_headings_find(&r.headings, &r.words, pix, err));
	about = about_of(st, v);
	ASSAY_TRY(ocr_report(&about, &r, sink, err));
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
    .version = 26,
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
    .metrics = ocr_report_metrics,
    .notes = ocr_report_notes,
    .artifacts = ocr_report_artifacts,
    .engine = ocr_engine_version,
    .files = files,
    .prepare = prepare,
    .unprepare = unprepare,
    .open = open_stage,
    .push = push,
    .close = close_stage,
};
