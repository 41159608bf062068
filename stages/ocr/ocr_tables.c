/** ocr.tables: the tables of a page, as samples of their own. */
#include "ocr.h"

#include "ocr_engine.h"
#include "ocr_truth.h"
#include "table_corrected.h"
#include "table_digits.h"
#include "table_find.h"
#include "table_measure.h"
#include "table_reread.h"
#include "table_truth.h"
#include "table_write.h"

#include "assay/correction.h"
#include "assay/decimal.h"
#include "assay/memory.h"
#include "assay/table.h"

#include <stdio.h>
#include <stdlib.h>

#define LOW_CONFIDENCE 6000 /* hundredths of a percent */

static const char *const regions[] = {"find", "page", NULL};
enum { REGION_FIND, REGION_PAGE };

typedef struct params {
	int region;
	bool reread;
	assay_text_list languages;
	char *tessdata;
} params;

static const assay_param schema[] = {
    ASSAY_PARAM_ROW_ENUM(
	params, region, "find", regions,
	"find: look for tables on the page; page: all of it is one table, as in a folder of cut-out tables"),
    ASSAY_PARAM_ROW_BOOL(params, reread, "true",
			 "read again, each by itself, what recognition left out or doubted in a table"),
    ASSAY_PARAM_ROW_LIST(params, languages, "eng", 1, 8, "Tesseract's names of the languages that this is done in"),
    ASSAY_PARAM_ROW_LOCAL(params, tessdata, "", "folder of the models; empty: the first usual place that exists"),
    {0},
};

enum {
	METRIC_COUNT,
	METRIC_REREAD,
	METRIC_DIGITS,
	METRIC_RIGHT,
	METRIC_COLUMNS_RIGHT,
	METRIC_ROWS,
	METRIC_COLUMNS,
	METRIC_CELLS,
	METRIC_EMPTY,
	METRIC_HEAD,
	METRIC_CONFIDENCE,
	METRIC_LOW,
	METRIC_ALIGNMENT,
	METRIC_TYPES,
	METRIC_MERGED,
	METRIC_HEADS,
	METRIC_TOTALS,
	METRIC_RUNNING,
	METRIC_READINGS,
};

#define ON_PAGES  ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_PAGE)
#define ON_TABLES ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_TABLE)

static const assay_metric metrics[] = {
    {"table.count", "1", 0, ON_PAGES, "tables found on the page, 0 to 64"},
    {"table.pieces_reread", "1", 0, ON_PAGES,
     "pieces of ink in tables, a word or a few each, that were read again by themselves, 0 and up"},
    {"table.cells_as_numbers", "1", 0, ON_PAGES,
     "cells in columns of numbers whose text another took the place of: read again as digits, or with the point before "
     "its "
     "first digit, 0 and up"},
    {"table.cells_right", "1", 4, ON_PAGES,
     "twice the cells of the page's tables that stand in the right row and column, over the cells with text of the "
     "ground truth and of the tables that stand for it, 0 to 1; undefined without ground truth of tables"},
    {"table.columns_right", "1", 4, ON_PAGES,
     "share of the tables of the ground truth that were found with as many columns, 0 to 1; undefined without"},
    {"table.rows", "1", 0, ON_TABLES, "rows of the table, heads included, 1 and up"},
    {"table.columns", "1", 0, ON_TABLES, "columns of the table, 1 to 256"},
    {"table.cells", "1", 0, ON_TABLES, "cells with text; one that spans rows or columns counts once, 1 and up"},
    {"table.empty_ratio", "1", 4, ON_TABLES, "share of the cells without text, 0 to 1"},
    {"table.head_rows", "1", 0, ON_TABLES, "rows of column heads at the top of the table, 0 when none was told"},
    {"table.confidence", "%", 2, ON_TABLES, "mean over the cells with text of Tesseract's mean confidence, 0 to 100"},
    {"table.low_confidence_ratio", "1", 4, ON_TABLES,
     "share of the cells with text that have a word with a confidence below 60, 0 to 1"},
    {"table.alignment", "1", 4, ON_TABLES,
     "share of the cells below the heads that keep to their column's left edge, right edge or middle, 0 to 1; "
     "undefined "
     "without columns of three such cells"},
    {"table.type_consistency", "1", 4, ON_TABLES,
     "share of the cells below the heads that are of the kind of most in their column: numbers, percentages, amounts, "
     "dates "
     "or text, 0 to 1; undefined without columns of two such cells"},
    {"table.merged_ratio", "1", 4, ON_TABLES,
     "share of the cells with text below the heads that hold several values, 0 to 1; undefined without such cells"},
    {"table.head_ratio", "1", 4, ON_TABLES,
     "share of the columns that have a head, 0 to 1; undefined without rows of heads"},
    {"table.totals_right", "1", 4, ON_TABLES,
     "share of the numbers in rows of totals that are the sum of those above, 0 to 1; undefined without such rows"},
    {"table.running_right", "1", 4, ON_TABLES,
     "share of the rows in which a running total grows by the number beside it, 0 to 1; undefined without running "
     "totals"},
    {"table.readings_agreement", "1", 4, ON_TABLES,
     "share of the words side by side that ruling lines alone and white space alone part alike, 0 to 1; undefined "
     "without ruled columns"},
    {0},
};

static const assay_metric_note notes[] = {
    {.metric = "table.count", .recall = ASSAY_RECALL_MORE},
    {.metric = "table.cells", .recall = ASSAY_RECALL_MORE, .permille = 20},
    {.metric = "table.confidence", .belief = true},
    {.metric = "table.low_confidence_ratio", .belief = true},
    {0},
};

enum { ARTIFACT_CSV, ARTIFACT_HTML, ARTIFACT_CELLS, ARTIFACT_COLUMNS };

static const assay_artifact_type artifacts[] = {
    {"csv", "text/csv;charset=utf-8", "csv",
     "the cells' text, RFC 4180; a cell over several columns or rows has its text in the first"},
    {"html", "text/html;charset=utf-8", "html", "the table with heads and spans"},
    {"cells", "application/json", "json", "the cells with place, spans, text, type, confidence and box"},
    {ASSAY_TABLE_COLUMNS, "application/cbor", "cbor",
     "heads of the columns, and how many cells of each type stand below: what table schemas judge"},
    {0},
};

/* ---------------------------------------------------------------- the engine */

static ocr_engine_params engine_of(const params *p)
{
	return (ocr_engine_params){&p->languages, p->tessdata, PSM_SINGLE_LINE, true};
}

static assay_code files(const void *p, assay_stage_files *out, assay_err *err)
{
	const ocr_engine_params e = engine_of(p);

	return ((const params *)p)->reread ? ocr_engine_files(out, &e, err) : ASSAY_OK;
}

static void unprepare(void *shared)
{
	ocr_engine_close(shared);
}

static assay_code prepare(void **shared, const void *p, assay_err *err)
{
	const ocr_engine_params e = engine_of(p);
	TessBaseAPI *api = NULL;
	const assay_code rc = ((const params *)p)->reread ? ocr_engine_open(&api, &e, err) : ASSAY_OK;

	*shared = api;
	return rc;
}

/* ---------------------------------------------------------------- a page */

typedef struct state {
	const params *p;  /* borrowed */
	TessBaseAPI *api; /* borrowed; NULL: nothing is read again */
	bool by_hand;
	const assay_sidecar *truth;       /* borrowed; NULL when there is none */
	assay_place place;                /* of the page in the document that it is of */
	assay_table_correction corrected; /* of one of its tables; number 0: of none */
	assay_value *page, *words;        /* the one that came first waits for the other */
} state;

static assay_code open_stage(void **out, void *shared, const void *p, const assay_input *in, uint32_t root,
			     assay_err *err)
{
	const assay_sidecar *corrected = in != NULL ? assay_input_sidecar(in, ASSAY_SIDECAR_TABLE) : NULL;
	state *st = assay_alloc(1, sizeof *st);

	(void)root;
	*out = st;
	if (st == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "tables of a page");
	st->p = p;
	st->api = shared;
	st->by_hand = in != NULL && assay_input_sidecar(in, ASSAY_SIDECAR_CORRECTION) != NULL;
	st->truth = in != NULL ? assay_input_sidecar(in, "table_truth") : NULL;
	st->place = in != NULL ? in->part.place : (assay_place){0};
	return corrected != NULL ? assay_table_correction_decode(&st->corrected, corrected->data, corrected->size, err)
				 : ASSAY_OK;
}

static void close_stage(void *state_)
{
	state *st = state_;

	if (st == NULL)
		return;
	assay_value_unref(st->page);
	assay_value_unref(st->words);
	assay_table_correction_release(&st->corrected);
	free(st);
}

/* ---------------------------------------------------------------- what is given */

static assay_code keep(assay_sink *sink, uint32_t sample, const table *t, assay_err *err)
{
	assay_code (*const writers[])(assay_buf *, const table *,
				      assay_err *) = {[ARTIFACT_CSV] = table_write_csv,
						      [ARTIFACT_HTML] = table_write_html,
						      [ARTIFACT_CELLS] = table_write_json,
						      [ARTIFACT_COLUMNS] = table_write_columns};
	assay_code rc = ASSAY_OK;

	for (unsigned i = 0; i < ASSAY_COUNT(writers) && rc == ASSAY_OK; i++) {
		ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

		rc = writers[i](&b, t, err);
		if (rc == ASSAY_OK)
			rc = assay_artifact(sink, sample, i, b.data, b.len, err);
	}
	return rc;
}

static assay_code measure_beliefs(assay_sink *sink, uint32_t sample, const table *t, int64_t filled, assay_err *err)
{
	int64_t sum = 0, low = 0;
	assay_code rc;

	if (t->by_hand) {
		rc = assay_undefined(sink, sample, METRIC_CONFIDENCE, ASSAY_BY_HAND, err);
		return rc != ASSAY_OK ? rc : assay_undefined(sink, sample, METRIC_LOW, ASSAY_BY_HAND, err);
	}
	for (size_t i = 0; i < t->count; i++) {
		sum += t->cells[i].confidence;
		low += t->cells[i].words > 0 && t->cells[i].least < LOW_CONFIDENCE;
	}
	rc = assay_measure(sink, sample, METRIC_CONFIDENCE, assay_round_ratio(sum, filled, 0), err);
	return rc != ASSAY_OK ? rc : assay_measure(sink, sample, METRIC_LOW, assay_round_ratio(low, filled, 4), err);
}

static assay_code measure_share(assay_sink *sink, uint32_t sample, unsigned metric, table_share s, const char *none,
				assay_err *err)
{
	return s.of == 0 ? assay_undefined(sink, sample, metric, none, err)
			 : assay_measure(sink, sample, metric, assay_round_ratio(s.good, s.of, 4), err);
}

/* What is told by where the words stand. */
static assay_code measure_places(assay_sink *sink, uint32_t sample, const table *t, int32_t height, assay_err *err)
{
	const table_share readings = {t->agreed, t->beside};
	table_share s;
	assay_code rc;

	if (t->by_hand) {
		rc = assay_undefined(sink, sample, METRIC_ALIGNMENT, ASSAY_BY_HAND, err);
		return rc != ASSAY_OK ? rc : assay_undefined(sink, sample, METRIC_READINGS, ASSAY_BY_HAND, err);
	}
	ASSAY_TRY(table_alignment(&s, t, height, err));
	ASSAY_TRY(measure_share(sink, sample, METRIC_ALIGNMENT, s, "columns too short", err));
	rc = measure_share(sink, sample, METRIC_READINGS, readings, "no ruled columns", err);
fail:
	return rc;
}

/* What a table that lost its columns shows without ground truth. */
static assay_code measure_signs(assay_sink *sink, uint32_t sample, const table *t, int32_t height, assay_err *err)
{
	table_share s;
	assay_code rc;

	ASSAY_TRY(measure_places(sink, sample, t, height, err));
	ASSAY_TRY(measure_share(sink, sample, METRIC_TYPES, table_type_consistency(t), "columns too short", err));
	ASSAY_TRY(measure_share(sink, sample, METRIC_MERGED, table_merged(t), "no cells below the heads", err));
	ASSAY_TRY(measure_share(sink, sample, METRIC_HEADS, table_heads(t), "no heads", err));
	ASSAY_TRY(measure_share(sink, sample, METRIC_TOTALS, table_totals(t), "no totals", err));
	ASSAY_TRY(table_running(&s, t, err));
	rc = measure_share(sink, sample, METRIC_RUNNING, s, "no running totals", err);
fail:
	return rc;
}

static assay_code measure(assay_sink *sink, uint32_t sample, const table *t, int32_t height, assay_err *err)
{
	const int64_t cells = (int64_t)t->count;
	int64_t filled = 0;
	assay_code rc;

	for (size_t i = 0; i < t->count; i++)
		filled += t->cells[i].words > 0;
	ASSAY_TRY(assay_measure(sink, sample, METRIC_ROWS, t->rows, err));
	ASSAY_TRY(assay_measure(sink, sample, METRIC_COLUMNS, t->columns, err));
	ASSAY_TRY(assay_measure(sink, sample, METRIC_CELLS, filled, err));
	ASSAY_TRY(assay_measure(sink, sample, METRIC_EMPTY, assay_round_ratio(cells - filled, cells, 4), err));
	ASSAY_TRY(assay_measure(sink, sample, METRIC_HEAD, t->head, err));
	ASSAY_TRY(measure_beliefs(sink, sample, t, filled, err));
	rc = measure_signs(sink, sample, t, height, err);
fail:
	return rc;
}

/* The one of them that a person corrected, if there is one; NULL: none. */
static const table *corrected_in(const state *st, const tables *found)
{
	const assay_table_correction *c = &st->corrected;

	return c->table > 0 && c->table <= found->count && c->half == st->page->u.page.half
		   ? &found->items[c->table - 1]
		   : NULL;
}

static bool is_elsewhere(const state *st, const table *t)
{
	return !table_is_where(t, &st->corrected, pixGetWidth(st->page->u.page.pix),
			       pixGetHeight(st->page->u.page.pix));
}

static assay_code take_correction(const state *st, tables *found, assay_err *err)
{
	table *t = (table *)(uintptr_t)corrected_in(st, found);
	table now = {0};
	assay_code rc;

	if (t == NULL || is_elsewhere(st, t))
		return ASSAY_OK;
	rc = table_corrected(&now, t, &st->corrected, err);
	if (rc != ASSAY_OK) {
		table_release(&now);
		return rc;
	}
	table_release(t);
	*t = now;
	return ASSAY_OK;
}

static assay_code give(const state *st, assay_sink *sink, size_t number, const tables *found, assay_err *err)
{
	const table *t = &found->items[number - 1];
	const uint32_t page = st->page->root;
	char part[32];
	uint32_t sample;
	assay_code rc;

	(void)snprintf(part, sizeof part, "table=%zu", number);
	ASSAY_TRY(assay_sample(sink, ASSAY_SAMPLE_TABLE, part, page, &sample, err));
	if (t == corrected_in(st, found) && !t->by_hand)
		return assay_reject(
		    sink, sample, ASSAY_FAILURE_STAGE, err,
		    "table %zu of the page does not lie where the one lay that was corrected: look at it "
		    "again, and hand in its cells",
		    number);
	ASSAY_TRY(measure(sink, sample, t, found->height, err));
	rc = keep(sink, sample, t, err);
fail:
	return rc;
}

/* The tables of the page's words, or of what these are once the doubtful ones in tables are read again. */
static assay_code find(tables *found, int64_t *numbers, table_texts *texts, const state *st, const table_page *page,
		       assay_err *err)
{
	const table_reader r = {.api = st->api,
				.pix = st->page->u.page.pix,
				.page = page,
				.dpi = st->page->u.page.dpi_y,
				.whole = st->p->region == REGION_PAGE};
	assay_code rc;

	*numbers = 0;
	if (st->api == NULL) {
		texts->words = st->words->u.words;
		return tables_find(found, page, &texts->words, r.whole, err);
	}
	ASSAY_TRY(table_reread(texts, &r, &st->words->u.words, err));
	ASSAY_TRY(tables_find(found, page, &texts->words, r.whole, err));
	ASSAY_TRY(table_digits(texts, &r, found, numbers, err));
	if (*numbers > 0) {
		tables_release(found);
		rc = tables_find(found, page, &texts->words, r.whole, err);
	}
fail:
	return rc;
}

/* ---------------------------------------------------------------- against ground truth */

static assay_code undefined_truth(assay_sink *sink, uint32_t page, const char *why, assay_err *err)
{
	const assay_code rc = assay_undefined(sink, page, METRIC_RIGHT, why, err);

	return rc != ASSAY_OK ? rc : assay_undefined(sink, page, METRIC_COLUMNS_RIGHT, why, err);
}

static assay_code measure_score(assay_sink *sink, uint32_t page, const table_score *s, assay_err *err)
{
	const assay_code rc =
	    assay_measure(sink, page, METRIC_RIGHT, assay_round_ratio(2 * s->right, s->cells, 4), err);

	return rc != ASSAY_OK
		   ? rc
		   : assay_measure(sink, page, METRIC_COLUMNS_RIGHT, assay_round_ratio(s->columns, s->tables, 4), err);
}

static assay_code score(table_score *out, const table_truth *truth, const tables *found, assay_err *err)
{
	ASSAY_CLEANUP(table_truth_release) table_truth read = {0};
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < found->count && rc == ASSAY_OK; i++)
		rc = table_truth_add(&read, &found->items[i], err);
	return rc != ASSAY_OK ? rc : table_truth_score(out, truth, &read, err);
}

static assay_code compare(const state *st, const tables *found, assay_sink *sink, assay_err *err)
{
	const uint32_t page = st->page->root;
	ASSAY_CLEANUP(table_truth_release) table_truth truth = {0};
	ocr_truth_text text = {0};
	const char *why = ocr_truth_choose(&text, st->truth, &st->page->u.page, &st->place);
	table_score s = {0};
	assay_code rc = ASSAY_OK;

	if (why == NULL)
		rc = table_truth_read(&truth, &why, text.at, text.size, err);
	if (rc == ASSAY_OK && why == NULL)
		rc = score(&s, &truth, found, err);
	if (rc == ASSAY_EFULL)
		return undefined_truth(sink, page, "tables too large to be scored", err);
	if (rc != ASSAY_OK)
		return rc;
	return why != NULL ? undefined_truth(sink, page, why, err) : measure_score(sink, page, &s, err);
}

static assay_code give_all(const state *st, tables *found, assay_sink *sink, assay_err *err)
{
	const uint32_t page = st->page->root;
	assay_code rc = assay_measure(sink, page, METRIC_COUNT, (int64_t)found->count, err);

	if (rc == ASSAY_OK)
		rc = take_correction(st, found, err);
	if (rc == ASSAY_OK)
		rc = compare(st, found, sink, err);
	for (size_t i = 0; i < found->count && rc == ASSAY_OK; i++)
		rc = give(st, sink, i + 1, found, err);
	return rc;
}

static assay_code too_many(assay_sink *sink, uint32_t page, assay_err *err)
{
	const assay_code rc = assay_undefined(sink, page, METRIC_COUNT, "too many words", err);

	return rc != ASSAY_OK ? rc : undefined_truth(sink, page, "too many words", err);
}

static assay_code look(const state *st, assay_sink *sink, assay_err *err)
{
	tables *found = assay_alloc(1, sizeof *found);
	table_page page = {0};
	table_texts texts = {0};
	int64_t numbers;
	assay_code rc, told;

	if (found == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "tables of a page");
	ASSAY_TRY(table_page_read(&page, st->page->u.page.pix, &st->words->u.words, err));
	rc = find(found, &numbers, &texts, st, &page, err);
	if (rc != ASSAY_OK && rc != ASSAY_EFULL)
		goto fail;
	told = assay_measure(sink, st->page->root, METRIC_REREAD, texts.marks, err);
	if (told == ASSAY_OK)
		told = assay_measure(sink, st->page->root, METRIC_DIGITS, numbers, err);
	if (told != ASSAY_OK)
		rc = told;
	else if (rc == ASSAY_EFULL)
		rc = too_many(sink, st->page->root, err);
	else
		rc = give_all(st, found, sink, err);
fail:
	table_texts_release(&texts);
	table_page_release(&page);
	tables_release(found);
	free(found);
	return rc;
}

/* ---------------------------------------------------------------- the stage */

static assay_code by_hand(assay_sink *sink, uint32_t page, assay_err *err)
{
	assay_code rc = assay_undefined(sink, page, METRIC_COUNT, ASSAY_BY_HAND, err);

	if (rc != ASSAY_OK)
		return rc;
	rc = assay_undefined(sink, page, METRIC_REREAD, ASSAY_BY_HAND, err);
	if (rc == ASSAY_OK)
		rc = assay_undefined(sink, page, METRIC_DIGITS, ASSAY_BY_HAND, err);
	return rc != ASSAY_OK ? rc : undefined_truth(sink, page, ASSAY_BY_HAND, err);
}

static assay_code push(void *state_, const assay_value *v, assay_sink *sink, assay_err *err)
{
	state *st = state_;
	assay_value **place = v->kind == ASSAY_VALUE_PAGE ? &st->page : &st->words;
	assay_code rc = ASSAY_OK;

	assay_value_unref(*place);
	*place = assay_value_ref((assay_value *)(uintptr_t)v);
	if (v->kind == ASSAY_VALUE_PAGE && st->by_hand)
		rc = by_hand(sink, v->root, err);
	else if (st->page != NULL && st->words != NULL)
		rc = look(st, sink, err);
	if (rc != ASSAY_OK || st->page == NULL || st->words == NULL)
		return rc;
	assay_value_unref(ASSAY_STEAL(&st->page));
	assay_value_unref(ASSAY_STEAL(&st->words));
	return ASSAY_OK;
}

const assay_stage assay_stage_ocr_tables = {
    .abi = ASSAY_STAGE_ABI,
    .name = "ocr.tables",
    .version = 14,
    .modality = ASSAY_MODALITY_PAGE,
    .summary = "find the tables of a page and read their cells",
    .reference = "Nagy, Seth, Viswanathan 1992, doi:10.1109/2.144436 (cutting at rules and white space); "
		 "Gobel, Hassan, Oro, Orsi 2013, doi:10.1109/ICDAR.2013.292 (how tables are scored)",
    .observes = ASSAY_VALUE_PAGE | ASSAY_VALUE_WORDS,
    .needs = ASSAY_VALUE_PAGE | ASSAY_VALUE_WORDS,
    .makes = ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_TABLE),
    .takes_table = true,
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
