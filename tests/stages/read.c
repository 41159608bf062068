/*
 * test.read: a page reader that needs no media library, so that thousands of units cost little. A file is text; lines
 * "key: value" direct it, everything else is ignored:
 *
 *   pages: N      the document has N pages (default 1); a unit may be a range of them
 *   value: N      metric test.value of every page (default: undefined)
 *   act: NAME     do that (act.h) at the first page; `path: P` goes with it
 *   fail: CLASS   the unit fails with this class ("decode", "empty"…)
 *   reject: CLASS every page is rejected with this class
 *   mute: yes     emit no PAGE value
 *   tables: N     N tables on every page; test.value of table n is that of its page plus n
 *   kept: N       metric test.kept, less parameter lose: less of it is content that is lost
 *
 * Parameters `add` and `lose` make attempts of remedies differ; with `obey: 0` neither `act` nor `fail` is done. A correction is read in place of the file, but for
 * what is decided before there are samples. The cells of a table are read in place of its value: the first is that.
 * Every page keeps the whole text as artifact "text", and a sidecar "ground_truth" as artifact "report"; every table of
 * which a value is known its cells as artifact "csv", two of one column.
 * PAGE values have no picture: chain no real stage behind it.
 */
#include "act.h"
#include "assay/correction.h"
#include "assay/file.h"
#include "assay/memory.h"
#include "assay/table_correction.h"
#include "test_stages.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE     ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_PAGE)
#define TABLE    ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_TABLE)
#define TEXT_MAX ((size_t)1 << 20)

typedef struct params {
	int64_t add, lose, obey;
} params;

static const assay_param param_rows[] = {
    ASSAY_PARAM_ROW_INT(params, add, "0", -1000000, 1000000, "1", "added to test.value"),
    ASSAY_PARAM_ROW_INT(params, lose, "0", -1000000, 1000000, "1", "taken from test.kept"),
    ASSAY_PARAM_ROW_INT(params, obey, "1", 0, 1, "1", "0: the file's `act` and `fail` are passed over"),
    {.name = NULL},
};

static const assay_metric metric_rows[] = {
    [TEST_READ_SIZE] = {"test.size", "B", 0, PAGE, "bytes of the file"},
    [TEST_READ_VALUE] = {"test.value", "1", 0, PAGE | TABLE, "what the file says after `value:`"},
    [TEST_READ_ERRNO] = {"test.read_errno", "1", 0, PAGE, "errno that the act met, 0 for none"},
    [TEST_READ_KEPT] = {"test.kept", "1", 0, PAGE, "what the file says after `kept:`, less parameter lose"},
    {.name = NULL},
};

static const assay_metric_note note_rows[] = {
    {.metric = "test.kept", .recall = ASSAY_RECALL_MORE, .slack = 2},
    {.metric = NULL},
};

enum { ARTIFACT_TEXT, ARTIFACT_REPORT, ARTIFACT_CSV };

static const assay_artifact_type artifact_rows[] = {
    {"text", "text/plain;charset=utf-8", "txt", "the file"},
    {"report", "text/plain;charset=utf-8", "txt", "what an act saw"},
    {"csv", "text/csv;charset=utf-8", "csv", "the cells of a table"},
    {.role = NULL},
};

/* Value of the first line "key: value", copied; NULL when there is none. */
static char *directive(const assay_buf *text, const char *key)
{
	const size_t n = strlen(key);
	const char *line = assay_buf_str(text);

	while (line != NULL && *line != '\0') {
		const char *end = strchr(line, '\n');

		if (strncmp(line, key, n) == 0 && strncmp(line + n, ": ", 2) == 0)
			return assay_strndup(line + n + 2,
					     end != NULL ? (size_t)(end - line) - n - 2 : strlen(line + n + 2));
		line = end != NULL ? end + 1 : NULL;
	}
	return NULL;
}

static assay_failure failure_class(const char *name)
{
	for (unsigned f = 1; f < 64; f++)
		if (assay_failure_name(f) != NULL && strcmp(assay_failure_name(f), name) == 0)
			return (assay_failure)f;
	return ASSAY_FAILURE_STAGE;
}

static assay_code measure_line(const assay_buf *text, const char *key, int64_t add, uint32_t sample, unsigned metric,
			       assay_sink *sink, assay_err *err)
{
	ASSAY_AUTO_FREE char *value = directive(text, key);

	if (value == NULL)
		return assay_undefined(sink, sample, metric, "the file has no such line", err);
	return assay_measure(sink, sample, metric, strtoll(value, NULL, 10) + add, err);
}

static assay_code measure(const assay_buf *text, const params *p, uint32_t sample, int met, assay_sink *sink,
			  assay_err *err)
{
	assay_code rc = assay_measure(sink, sample, TEST_READ_SIZE, (int64_t)text->len, err);

	if (rc == ASSAY_OK)
		rc = measure_line(text, "value", p->add, sample, TEST_READ_VALUE, sink, err);
	if (rc == ASSAY_OK)
		rc = measure_line(text, "kept", -p->lose, sample, TEST_READ_KEPT, sink, err);
	return rc == ASSAY_OK ? assay_measure(sink, sample, TEST_READ_ERRNO, met, err) : rc;
}

static assay_code emit_page(const assay_buf *text, uint32_t sample, uint32_t number, assay_sink *sink, assay_err *err)
{
	ASSAY_AUTO_FREE char *mute = directive(text, "mute");
	assay_value *v;

	if (mute != NULL)
		return ASSAY_OK;
	v = assay_value_new(ASSAY_VALUE_PAGE, sample);
	if (v == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "page");
	v->u.page.number = number;
	return assay_emit(sink, v, err);
}

/* @param text  of the cells that a person wrote, the value first; NULL: there are none, and it goes by the page's value */
static assay_code table(const char *text, const char *value, int64_t add, uint32_t sample, assay_sink *sink,
			assay_err *err)
{
	const int64_t cell = text != NULL    ? strtoll(text, NULL, 10)
			     : value != NULL ? strtoll(value, NULL, 10) + add
					     : 0;
	char cells[64];
	const int size = snprintf(cells, sizeof cells, "%" PRId64 "\ncell\n", cell);
	assay_code rc;

	if (text == NULL && value == NULL)
		return assay_undefined(sink, sample, TEST_READ_VALUE, "the file has no such line", err);
	rc = assay_measure(sink, sample, TEST_READ_VALUE, cell, err);
	return rc == ASSAY_OK ? assay_artifact(sink, sample, ARTIFACT_CSV, cells, (size_t)size, err) : rc;
}

static assay_code tables(const assay_buf *text, const params *p, const assay_input *in, uint32_t on, assay_sink *sink,
			 assay_err *err)
{
	ASSAY_AUTO_FREE char *count = directive(text, "tables"), *value = directive(text, "value");
	const unsigned long total = count != NULL ? strtoul(count, NULL, 10) : 0;
	const assay_sidecar *sc = assay_input_sidecar(in, ASSAY_SIDECAR_TABLE);
	ASSAY_AUTO_TABLE_CORRECTION c = {0};
	assay_code rc = sc != NULL ? assay_table_correction_decode(&c, sc->data, sc->size, err) : ASSAY_OK;

	for (unsigned long n = 1; n <= total && rc == ASSAY_OK; n++) {
		char part[32];
		uint32_t sample = 0;

		(void)snprintf(part, sizeof part, "table=%lu", n);
		rc = assay_sample(sink, ASSAY_SAMPLE_TABLE, part, on, &sample, err);
		if (rc == ASSAY_OK)
			rc = table(sc != NULL && c.table == n ? assay_buf_str(&c.texts) : NULL, value,
				   p->add + (int64_t)n, sample, sink, err);
	}
	return rc;
}

static assay_code page(const assay_buf *text, const params *p, const assay_input *in, uint32_t number, int met,
		       const assay_buf *report, assay_sink *sink, assay_err *err)
{
	ASSAY_AUTO_FREE char *reject = directive(text, "reject");
	char part[32];
	uint32_t sample = 0;
	assay_code rc;

	(void)snprintf(part, sizeof part, "page=%" PRIu32, number);
	ASSAY_TRY(assay_sample(sink, ASSAY_SAMPLE_PAGE, part, ASSAY_NO_PARENT, &sample, err));
	ASSAY_TRY(measure(text, p, sample, met, sink, err));
	ASSAY_TRY(assay_artifact(sink, sample, ARTIFACT_TEXT, assay_buf_str(text), text->len, err));
	if (report->len > 0)
		ASSAY_TRY(assay_artifact(sink, sample, ARTIFACT_REPORT, report->data, report->len, err));
	if (reject != NULL)
		ASSAY_TRY(assay_reject(sink, sample, failure_class(reject), err, "the file asks for it"));
	ASSAY_TRY(tables(text, p, in, sample, sink, err));
	ASSAY_TRY(emit_page(text, sample, number, sink, err));
	return assay_end(sink, sample, err);
fail:
	return rc;
}

static assay_code pages(const assay_buf *text, const params *p, const assay_input *in, assay_sink *sink, assay_err *err)
{
	ASSAY_AUTO_FREE char *count = directive(text, "pages"), *act = directive(text, "act");
	ASSAY_AUTO_FREE char *path = directive(text, "path");
	ASSAY_AUTO_BUF report = ASSAY_BUF_INIT;
	const uint32_t total = count != NULL ? (uint32_t)strtoul(count, NULL, 10) : 1;
	const uint32_t first = in->part.first_page != 0 ? in->part.first_page : 1;
	const uint32_t last = in->part.last_page != 0 && in->part.last_page < total ? in->part.last_page : total;
	const int met = act != NULL && p->obey ? test_act(act, path != NULL ? path : "", in->fd, &report) : 0;
	const assay_sidecar *truth = assay_input_sidecar(in, "ground_truth");
	assay_code rc = assay_pages(sink, total, err);

	if (truth != NULL)
		assay_buf_append(&report, truth->data, truth->size);
	for (uint32_t n = first; n <= last && rc == ASSAY_OK; n++)
		rc = page(text, p, in, n, met, &report, sink, err);
	return rc;
}

static assay_code take_correction(assay_buf *text, const assay_input *in, assay_err *err)
{
	const assay_sidecar *sc = assay_input_sidecar(in, ASSAY_SIDECAR_CORRECTION);
	assay_correction c = {0};
	assay_code rc;

	if (sc == NULL)
		return ASSAY_OK;
	rc = assay_correction_decode(&c, sc->data, sc->size, err);
	if (rc == ASSAY_OK) {
		assay_buf_reset(text);
		assay_buf_puts(text, c.texts[0]);
		rc = assay_buf_check(text, err);
	}
	assay_correction_release(&c);
	return rc;
}

static assay_code read_file(void *shared, const void *p, const assay_input *in, assay_sink *sink, assay_err *err)
{
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
	ASSAY_AUTO_FREE char *fail = NULL;
	assay_code rc = assay_file_read_fd(&text, in->fd, TEXT_MAX, err);

	const params *set = p;

	(void)shared;
	if (rc != ASSAY_OK)
		return rc;
	fail = directive(&text, "fail");
	if (fail != NULL && set->obey)
		return assay_fail(sink, failure_class(fail), err, "the file asks for it");
	rc = take_correction(&text, in, err);
	return rc == ASSAY_OK ? pages(&text, p, in, sink, err) : rc;
}

const assay_stage assay_stage_test_read = {
    .abi = ASSAY_STAGE_ABI,
    .name = "test.read",
    .version = 1,
    .modality = ASSAY_MODALITY_PAGE,
    .summary = "reads text files that say what to do",
    .params = param_rows,
    .params_size = sizeof(params),
    .reference = "",
    .emits = ASSAY_VALUE_PAGE,
    .makes = PAGE | TABLE,
    .takes_correction = true,
    .takes_table = true,
    .determinism = ASSAY_EXACT,
    .metrics = metric_rows,
    .notes = note_rows,
    .artifacts = artifact_rows,
    .read = read_file,
};
