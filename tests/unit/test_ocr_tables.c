/* The stage that finds tables: its samples, measures and artifacts, and tables that a person corrected. */
#include "table_fixture.h"

#include "ocr.h"
#include "table_corrected.h"

#include "assay/correction.h"

static run r;
static assay_sidecar extra; /* role NULL: none */

/* The words before their page, as ocr.recognize gives them. */
static void push_with(bool by_hand, const char *truth)
{
	const assay_sidecar sides[] = {{ASSAY_SIDECAR_CORRECTION, NULL, 0},
				       {"table_truth", (const unsigned char *)truth, truth != NULL ? strlen(truth) : 0},
				       extra};
	const assay_input in = {.fd = -1,
				.sidecars = by_hand ? sides : sides + 1,
				.sidecar_count = (size_t)by_hand + (truth != NULL) + (extra.role != NULL)};
	assay_value *w = assay_value_new(ASSAY_VALUE_WORDS, 0), *p = page_value_new(pixClone(page), 0, 1, 1, NULL);
	void *state = NULL;

	w->u.words = (assay_words){words, count, "", WIDTH, HEIGHT};
	memset(&r, 0, sizeof r);
	run_add(&r, &assay_stage_ocr_tables);
	r.sinks[0] = (run_sink){{&run_ops, NULL}, &r, 0};
	r.samples = 1; /* the page */
	assert_int_equal(assay_stage_ocr_tables.open(&state, NULL, r.params[0], &in, 0, NULL), ASSAY_OK);
	if (!by_hand)
		assert_int_equal(assay_stage_ocr_tables.push(state, w, &r.sinks[0].sink, NULL), ASSAY_OK);
	assert_int_equal(assay_stage_ocr_tables.push(state, p, &r.sinks[0].sink, NULL), ASSAY_OK);
	assay_stage_ocr_tables.close(state);
	assay_value_unref(w);
	assay_value_unref(p);
}

static void push(bool by_hand)
{
	push_with(by_hand, NULL);
}

static int64_t measured(uint32_t sample, const char *metric)
{
	const run_measure *m = run_find(&r, sample, metric);

	assert_non_null(m);
	assert_null(m->undefined);
	return m->value;
}

static void stage__two_tables__samples_with_their_measures(void **state)
{
	(void)state;
	put_harbours(100, 200);
	put_harbours(100, 800);
	words[count - 1].confidence = 3000; /* 84.4 of the second table */
	push(false);
	assert_int_equal(measured(0, "table.count"), 2);
	assert_int_equal(r.samples, 3);
	assert_string_equal(r.parts[1], "table=1");
	assert_string_equal(r.parts[2], "table=2");
	assert_int_equal(measured(1, "table.rows"), 4);
	assert_int_equal(measured(1, "table.columns"), 3);
	assert_int_equal(measured(1, "table.cells"), 12);
	assert_int_equal(measured(1, "table.head_rows"), 1);
	assert_int_equal(measured(1, "table.empty_ratio"), 0);
	assert_int_equal(measured(1, "table.confidence"), 9000);
	assert_int_equal(measured(1, "table.low_confidence_ratio"), 0);
	assert_int_equal(measured(2, "table.confidence"), 8500); /* (11 * 90 + 30) / 12 */
	assert_int_equal(measured(2, "table.low_confidence_ratio"), 833);
	assert_int_equal(r.artifact_count, 8);
	assert_string_equal(r.artifacts[0], harbours_csv);
	assert_non_null(strstr(r.artifacts[2],
			       "{\"row\":1,\"column\":1,\"text\":\"1 204\",\"type\":\"integer\",\"confidence\":90,"
			       "\"box\":[344,240,400,260]}"));
	run_release(&r);
}

/* ---- a table that a person corrected */

static assay_table_correction corrected;

static void say(uint32_t number, const char *cells, uint32_t rows, uint32_t columns, const uint32_t box[4])
{
	assay_table_correction_release(&corrected);
	corrected = (assay_table_correction){.table = number, .rows = rows, .columns = columns};
	memcpy(corrected.box, box, sizeof corrected.box);
	for (; *cells != '\0'; cells += strcspn(cells, "|"), cells += *cells == '|') {
		assay_buf_append(&corrected.texts, cells, strcspn(cells, "|"));
		assay_buf_putc(&corrected.texts, '\0');
	}
}

static void push_corrected(void)
{
	ASSAY_AUTO_BUF record = ASSAY_BUF_INIT;

	assert_int_equal(assay_table_correction_encode(&record, &corrected, NULL), ASSAY_OK);
	extra = (assay_sidecar){ASSAY_SIDECAR_TABLE, record.data, record.len};
	push_with(false, harbours_csv);
	extra.role = NULL;
}

static void stage__table_corrected__that_one_alone(void **state)
{
	static const uint32_t anywhere[4] = {0};

	(void)state;
	put_harbours(100, 200);
	put_harbours(100, 800);
	say(2, "Harbour|Share|Bergen|10|Total|10", 3, 2, anywhere);
	push_corrected();
	assert_int_equal(measured(0, "table.count"), 2);
	assert_int_equal(measured(0, "table.cells_right"), 10000); /* the first is the truth's */
	assert_int_equal(measured(1, "table.cells"), 12);
	assert_int_equal(measured(1, "table.confidence"), 9000);
	assert_int_equal(measured(2, "table.rows"), 3);
	assert_int_equal(measured(2, "table.columns"), 2);
	assert_int_equal(measured(2, "table.cells"), 6);
	assert_int_equal(measured(2, "table.head_rows"), 1);
	assert_int_equal(measured(2, "table.type_consistency"), 10000);
	assert_string_equal(run_find(&r, 2, "table.confidence")->undefined, ASSAY_BY_HAND);
	assert_string_equal(run_find(&r, 2, "table.low_confidence_ratio")->undefined, ASSAY_BY_HAND);
	assert_string_equal(run_find(&r, 2, "table.alignment")->undefined, ASSAY_BY_HAND);
	assert_string_equal(run_find(&r, 2, "table.readings_agreement")->undefined, ASSAY_BY_HAND);
	assert_string_equal(r.artifacts[0], harbours_csv);
	assert_string_equal(r.artifacts[4], "Harbour,Share\nBergen,10\nTotal,10\n");
	assert_non_null(strstr(r.artifacts[6], "\"ruled\":false,\"by_hand\":true,\"box\":[100,800,"));
	assert_non_null(strstr(r.artifacts[6], "{\"row\":1,\"column\":1,\"text\":\"10\",\"type\":\"integer\"}"));
	assert_null(strstr(r.artifacts[2], "by_hand"));
	run_release(&r);
	assay_table_correction_release(&corrected);
}

static void stage__table_corrected_elsewhere__rejected(void **state)
{
	/* The first table is at 100..550 px of 1000, 200..340 of 1400. */
	const uint32_t about[4] = {100 * 10000 / WIDTH, 195 * 10000 / HEIGHT, 560 * 10000 / WIDTH,
				   345 * 10000 / HEIGHT};
	const uint32_t below[4] = {about[0], about[1] + 300 * 10000 / HEIGHT, about[2],
				   about[3] + 300 * 10000 / HEIGHT};

	(void)state;
	put_harbours(100, 200);
	say(1, "a|b", 1, 2, about);
	push_corrected();
	assert_string_equal(r.artifacts[0], "a,b\n");
	assert_int_equal(r.rejected[1], ASSAY_FAILURE_NONE);
	run_release(&r);
	say(1, "a|b", 1, 2, below);
	push_corrected();
	assert_int_equal(r.samples, 2);
	assert_int_equal(r.artifact_count, 0);
	assert_int_equal(r.rejected[1], ASSAY_FAILURE_STAGE);
	run_release(&r);
	/* One of a half of a spread, and one of a table that is not there, say nothing of this one. */
	corrected.half = 1;
	push_corrected();
	assert_string_equal(r.artifacts[0], harbours_csv);
	run_release(&r);
	say(2, "a|b", 1, 2, below);
	push_corrected();
	assert_string_equal(r.artifacts[0], harbours_csv);
	run_release(&r);
	assay_table_correction_release(&corrected);
}

static void corrected__spans__kept_where_the_rest_is_empty(void **state)
{
	static const uint32_t anywhere[4] = {0};
	table_cell cells[] = {{.columns = 2, .rows = 1},
			      {.row = 1, .columns = 1, .rows = 1},
			      {.row = 1, .column = 1, .columns = 1, .rows = 1}};
	uint32_t cell_of[] = {0, 0, 1, 2};
	const table was = {.cells = cells, .count = 3, .rows = 2, .columns = 2, .cell_of = cell_of};
	static const struct {
		const char *cells, *html;
		uint32_t rows;
	} cases[] = {
	    {"Both||1|2", "<th colspan=\"2\">Both</th>", 2},
	    {"One|Two|1|2", "<tr><th>One</th><th>Two</th></tr>", 2},
	    {"Both||1|2|3|4", "<tr><th>Both</th><th></th></tr>", 3},
	};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(cases); i++) {
		ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
		table now;

		say(1, cases[i].cells, cases[i].rows, 2, anywhere);
		assert_int_equal(table_corrected(&now, &was, &corrected, NULL), ASSAY_OK);
		assert_int_equal(table_write_html(&b, &now, NULL), ASSAY_OK);
		assert_non_null(strstr(assay_buf_str(&b), cases[i].html));
		table_release(&now);
	}
	assay_table_correction_release(&corrected);
}

static void stage__corrected_by_hand__says_so(void **state)
{
	(void)state;
	push(true);
	assert_string_equal(run_find(&r, 0, "table.count")->undefined, ASSAY_BY_HAND);
	assert_string_equal(run_find(&r, 0, "table.cells_right")->undefined, ASSAY_BY_HAND);
	assert_int_equal(r.samples, 1);
	run_release(&r);
}

static void stage__ground_truth__cells_and_columns_right(void **state)
{
	(void)state;
	put_harbours(100, 200);
	push(false);
	assert_string_equal(run_find(&r, 0, "table.cells_right")->undefined, "no ground truth");
	assert_string_equal(run_find(&r, 0, "table.columns_right")->undefined, "no ground truth");
	run_release(&r);
	push_with(false, harbours_csv);
	assert_int_equal(measured(0, "table.cells_right"), 10000);
	assert_int_equal(measured(0, "table.columns_right"), 10000);
	run_release(&r);
	/* a column more, a value that was not read, and a table that was not found: 2 * 11 of 16 + 12 + 2 */
	push_with(
	    false,
	    "Harbour,Ships,Flag,Share\nBergen,1 204,x,12.5\nOld Leith,98,y,3.1\nVlissingen,77777,z,84.4\n\nno,table\n");
	assert_int_equal(measured(0, "table.cells_right"), 7333);
	assert_int_equal(measured(0, "table.columns_right"), 0);
	run_release(&r);
	push_with(false, "\"Harbour\n");
	assert_string_equal(run_find(&r, 0, "table.cells_right")->undefined,
			    "ground truth has a quoted field without an end");
	run_release(&r);
	push_with(false, "a,b\n\f\nc,d\n");
	assert_non_null(strstr(run_find(&r, 0, "table.columns_right")->undefined, "another number of parts"));
	run_release(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(stage__two_tables__samples_with_their_measures),
	    TEST(stage__table_corrected__that_one_alone),
	    TEST(stage__table_corrected_elsewhere__rejected),
	    TEST(corrected__spans__kept_where_the_rest_is_empty),
	    TEST(stage__corrected_by_hand__says_so),
	    TEST(stage__ground_truth__cells_and_columns_right),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
