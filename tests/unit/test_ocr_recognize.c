#include "ocr_cmocka.h"

#include "ocr.h"
#include "ocr_page.h"

#include "assay/correction.h"

#include <dirent.h>
#include <fcntl.h>

#include <cairo.h>
#include <fontconfig/fontconfig.h>
#include <leptonica/allheaders.h>

static run r;

static int setup_of(const assay_stage *before)
{
	memset(&r, 0, sizeof r);
	setMsgSeverity(L_SEVERITY_NONE);
	if (before != NULL)
		run_add(&r, before);
	run_add(&r, &assay_stage_ocr_recognize);
	run_prepare(&r);
	if (r.rc != ASSAY_OK)
		print_message("%s\n", r.err.msg);
	return (int)r.rc;
}

static int setup(void **state)
{
	(void)state;
	return setup_of(NULL);
}

static int setup_levelled(void **state)
{
	(void)state;
	return setup_of(&assay_stage_page_deskew);
}

static int teardown(void **state)
{
	(void)state;
	run_release(&r);
	return 0;
}

/* Lines of text as cairo draws them, at about the size of a book's at 300 dpi. */
static PIX *text_page(const char *const *lines, size_t count)
{
	PIX *pix = pixCreate(1500, 150 + 90 * (int)count, 32), *grey;
	cairo_surface_t *s =
	    cairo_image_surface_create_for_data((unsigned char *)pixGetData(pix), CAIRO_FORMAT_RGB24, pixGetWidth(pix),
						pixGetHeight(pix), 4 * pixGetWpl(pix));
	cairo_t *cr = cairo_create(s);

	cairo_set_source_rgb(cr, 1, 1, 1);
	cairo_paint(cr);
	cairo_set_source_rgb(cr, 0, 0, 0);
	cairo_select_font_face(cr, "DejaVu Serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
	cairo_set_font_size(cr, 48);
	for (size_t i = 0; i < count; i++) {
		cairo_move_to(cr, 80, 110 + 90 * (double)i);
		cairo_show_text(cr, lines[i]);
	}
	cairo_destroy(cr);
	cairo_surface_finish(s);
	cairo_surface_destroy(s);
	grey = pixGetRGBComponent(pix, COLOR_GREEN); /* xRGB read as RGBx: this one is cairo's red */
	pixDestroy(&pix);
	return grey;
}

static const char *const two_lines[] = {"The quick brown fox jumps over", "the lazy dog near the river bank"};

static int64_t value(uint32_t sample, const char *metric)
{
	const run_measure *m = run_find(&r, sample, metric);

	assert_non_null(m);
	if (m->undefined != NULL)
		fail_msg("%s is undefined: %s", metric, m->undefined);
	return m->value;
}

static const char *why(const char *metric)
{
	const run_measure *m = run_find(&r, 0, metric);

	assert_non_null(m);
	assert_non_null(m->undefined);
	return m->undefined;
}

static void run_sidecars(PIX *pix, const assay_sidecar *sidecars, size_t count)
{
	const assay_input in = {.sidecars = sidecars, .sidecar_count = count};
	assay_value *v = page_value_new(pixClone(pix), 0, 1, 1, NULL);

	run_forget(&r);
	r.in = &in;
	r.sinks[0] = (run_sink){{&run_ops, NULL}, &r, 0};
	r.rc = run_deliver(&r, 0, v, &r.err);
	r.stages[0]->close(r.state[0]);
	r.open[0] = false;
	assay_value_unref(v);
}

static void run_truth(PIX *pix, const char *truth)
{
	const assay_sidecar side = {"ground_truth", (const unsigned char *)truth, strlen(truth)};

	run_sidecars(pix, &side, 1);
}

/* What people wrote, in place of the engine. */
static void run_corrected(PIX *pix, const char *truth, const char *const *texts, size_t count)
{
	ASSAY_AUTO_BUF record = ASSAY_BUF_INIT;
	assay_sidecar sides[2] = {{"ground_truth", (const unsigned char *)truth, strlen(truth)}};

	assert_int_equal(assay_correction_encode(&record, texts, count, NULL), ASSAY_OK);
	sides[1] = (assay_sidecar){ASSAY_SIDECAR_CORRECTION, (const unsigned char *)record.data, record.len};
	run_sidecars(pix, sides, 2);
}

static void recognize__two_lines__text_words_and_artifacts(void **state)
{
	PIX *pix = text_page(two_lines, 2);
	const assay_words *w;

	(void)state;
	run_page(&r, pix, 300);
	assert_int_equal(r.rc, ASSAY_OK);
	assert_int_equal(value(0, "ocr.words"), 13);
	assert_true(value(0, "ocr.confidence") > 8000);
	assert_int_equal(value(0, "ocr.low_confidence_ratio"), 0);
	assert_int_equal(value(0, "ocr.text_missed"), 0);
	assert_int_equal(value(0, "ocr.characters_sure"), 51); /* 64 less 12 blanks, and one line end */
	assert_int_equal(value(0, "ocr.order_breaks"), 0);
	assert_int_equal(value(0, "ocr.words_unknown_ratio"), 0);
	assert_int_equal(value(0, "ocr.language_doubt"), 0);
	assert_int_equal(value(0, "ocr.margin_cut"), 0);
	assert_in_range(value(0, "ocr.text_coverage"), 500, 2500);
	assert_int_equal(r.word_count, 1);
	w = &r.words[0]->u.words;
	assert_int_equal(w->count, 13);
	assert_string_equal(w->items[1].text, "quick");
	assert_ptr_equal(strstr(w->text, "The quick brown fox jumps over\n"), w->text);
	assert_string_equal(strstr(w->text, "the lazy"), "the lazy dog near the river bank\n");
	assert_true(w->items[1].left > w->items[0].right - 1);
	assert_true(w->items[7].top > w->items[0].bottom);
	assert_int_equal(w->items[0].line + 1, w->items[6].line);
	assert_int_equal(r.artifact_count, 4);
	assert_string_equal(r.artifacts[0], w->text);
	assert_ptr_equal(
	    strstr(r.artifacts[1], "{\"width\":1500,\"height\":330,\"words\":[{\"text\":\"The\",\"box\":["),
	    r.artifacts[1]);
	assert_non_null(
	    strstr(r.artifacts[2], "<Page ID=\"page_1\" PHYSICAL_IMG_NR=\"1\" HEIGHT=\"330\" WIDTH=\"1500\">"));
	assert_non_null(strstr(r.artifacts[2], "CONTENT=\"quick\"/>"));
	pixDestroy(&pix);
}

/* Two languages: each page is read in its own. Only where a second model is installed. */
static void recognize__language_of_the_page__chosen(void **state)
{
	static const char *const english[] = {"The quick brown fox jumps over", "the lazy dog near the river bank",
					      "and nobody knows what it wants"};
	static const char *const german[] = {"Der Hund liegt immer noch am Ufer",
					     "und wartet darauf, dass endlich jemand",
					     "mit ihm durch den Wald spazieren geht"};
	PIX *pages[] = {text_page(english, 3), text_page(german, 3), text_page(NULL, 0)};
	const int64_t places[] = {1, 2, 1};

	(void)state;
	if (access("/usr/share/tesseract-ocr/5/tessdata/deu.traineddata", R_OK) != 0) {
		(void)fprintf(stderr, "skipped: no model deu\n");
		for (size_t i = 0; i < 3; i++)
			pixDestroy(&pages[i]);
		skip();
	}
	run_release(&r);
	memset(&r, 0, sizeof r);
	run_add(&r, &assay_stage_ocr_recognize);
	run_set(&r, "languages", "eng");
	assert_int_equal(assay_params_set(&assay_stage_ocr_recognize, r.params[0],
					  assay_param_find(&assay_stage_ocr_recognize, "languages"), "deu", NULL),
			 ASSAY_OK);
	run_set(&r, "choose", "page");
	run_prepare(&r);
	for (size_t i = 0; i < 3; i++) {
		run_page(&r, pages[i], 300);
		assert_int_equal(r.rc, ASSAY_OK);
		assert_int_equal(value(0, "ocr.language"), places[i]);
		if (i < 2)
			assert_int_equal(value(0, "ocr.language_doubt"), 0);
		run_forget(&r);
		pixDestroy(&pages[i]);
	}
	run_release(&r);
	assert_int_equal(setup(state), ASSAY_OK);
	pages[0] = text_page(english, 3);
	run_page(&r, pages[0], 300);
	assert_string_equal(why("ocr.language"), "no language was to be chosen");
	pixDestroy(&pages[0]);
}

/* The heading of a page, and its hyphens. */
static void recognize__heading_and_divided_words__told_apart(void **state)
{
	static const char *const printed[] = {"THE OLD BARN",
					      "",
					      "The quick brown fox looks out from under-",
					      "neath the garden table near the river. It",
					      "sees the lazy dog and the old grey horse,",
					      "and waits until both of them have gone."};
	PIX *pix = text_page(printed, 6);

	(void)state;
	run_set(&r, "hyphens", "join");
	run_page(&r, pix, 300);
	run_set(&r, "hyphens", "keep");
	assert_int_equal(r.rc, ASSAY_OK);
	assert_int_equal(value(0, "ocr.headings"), 1);
	assert_int_equal(value(0, "ocr.sections_missing"), 0);
	assert_in_range(value(0, "ocr.paragraphs"), 1, 2); /* the engine may part the last line */
	assert_int_equal(value(0, "ocr.order_confidence"), 10000);
	assert_int_equal(r.artifact_count, 5);
	assert_ptr_equal(strstr(r.artifacts[0], "THE OLD BARN\n\nThe quick brown fox looks out from underneath\n"
						"the garden table near the river. It\n"),
			 r.artifacts[0]);
	assert_string_equal(r.artifacts[1], "THE OLD BARN\n");
	assert_non_null(strstr(r.artifacts[2], ",\"headings\":[0]}"));
	assert_non_null(strstr(r.artifacts[3], "TAGREFS=\"heading\""));
	assert_non_null(strstr(r.words[0]->u.words.text, "under-\nneath"));
	pixDestroy(&pix);
}

static void recognize__same_page_twice__same_bytes(void **state)
{
	static const char *const other[] = {"Entirely other words come between", "so that nothing may be learned"};
	PIX *pix = text_page(two_lines, 2), *between = text_page(other, 2);
	char *first;

	(void)state;
	run_page(&r, pix, 300);
	first = strdup(r.artifacts[1]);
	run_forget(&r);
	run_page(&r, between, 300);
	run_forget(&r);
	run_page(&r, pix, 300);
	assert_string_equal(r.artifacts[1], first);
	free(first);
	pixDestroy(&pix);
	pixDestroy(&between);
}

/* Every line again: the words stay as they are and where they are, and the next page is read as if nothing had been. */
static void recognize__all_lines_again__the_same_words_and_no_trace(void **state)
{
	PIX *pix = text_page(two_lines, 2);
	const assay_words *w;
	char *first;

	(void)state;
	run_page(&r, pix, 300);
	assert_int_equal(value(0, "ocr.lines_reread"), 0);
	first = strdup(r.artifacts[1]);
	run_forget(&r);
	run_set(&r, "reconcile", "all");
	run_page(&r, pix, 300);
	run_set(&r, "reconcile", "none");
	assert_int_equal(r.rc, ASSAY_OK);
	assert_int_equal(value(0, "ocr.lines_reread"), 2);
	assert_int_equal(value(0, "ocr.words_changed"), 0);
	w = &r.words[0]->u.words;
	assert_int_equal(w->count, 13);
	for (size_t i = 0; i < w->count; i++) {
		char word[96];

		(void)snprintf(word, sizeof word, "{\"text\":\"%s\",\"box\":[%d,%d,%d,%d]", w->items[i].text,
			       w->items[i].left, w->items[i].top, w->items[i].right, w->items[i].bottom);
		assert_non_null(strstr(first, word));
	}
	run_forget(&r);
	run_page(&r, pix, 300);
	assert_string_equal(r.artifacts[1], first);
	free(first);
	pixDestroy(&pix);
}

/* Grey that is ink to the page's threshold, with black writing on it. */
static void shade(PIX *pix, int top, int bottom)
{
	for (int y = top; y < bottom; y++)
		for (int x = 60; x < pixGetWidth(pix) - 60; x++) {
			l_uint32 v = 0;

			(void)pixGetPixel(pix, x, y, &v);
			(void)pixSetPixel(pix, x, y, v * 90 / 255);
		}
}

/* The page's recognition passes over it; read from its own picture it is a line between the others. */
static void recognize__a_row_on_dark_ground__read_and_put_in_its_place(void **state)
{
	static const char *const lines[] = {"The quick brown fox jumps over", "the lazy dog near the river bank",
					    "and comes home in the evening"};
	PIX *pix = text_page(lines, 3);

	(void)state;
	shade(pix, 145, 220);
	run_page(&r, pix, 300);
	assert_null(strstr(r.artifacts[0], "lazy"));
	assert_true(value(0, "ocr.text_missed") > 0);
	run_forget(&r);
	run_set(&r, "reconcile", "doubtful");
	run_page(&r, pix, 300);
	run_set(&r, "reconcile", "none");
	assert_string_equal(r.artifacts[0], "The quick brown fox jumps over\nthe lazy dog near the river bank\n\n"
					    "and comes home in the evening\n");
	assert_int_equal(value(0, "ocr.text_missed"), 0);
	assert_int_equal(value(0, "ocr.words_changed"), 7);
	assert_int_equal(value(0, "ocr.words"), 19);
	pixDestroy(&pix);
}

/* Letters of 4 px, of which the engine makes nothing, are read when they have more pixels; a page that is read well stays. */
static void recognize__small_letters__read_enlarged_in_pixels_of_the_page(void **state)
{
	PIX *large = text_page(two_lines, 2), *small = pixScale(large, 0.16F, 0.16F);
	const assay_words *w;

	(void)state;
	run_forget(&r);
	run_page(&r, small, 48);
	assert_int_equal(value(0, "ocr.scale"), 100);
	assert_null(strstr(r.artifacts[0], "lazy dog"));
	run_set(&r, "enlarge", "doubtful");
	run_forget(&r);
	run_page(&r, small, 48);
	assert_int_equal(value(0, "ocr.scale"), 150);
	assert_non_null(strstr(r.artifacts[0], "The quick brown fox jumps over\nthe lazy dog near the river bank\n"));
	assert_true(value(0, "ocr.cer_estimated") < 1000);
	w = &r.words[0]->u.words;
	for (size_t i = 0; i < w->count; i++)
		assert_true(w->items[i].right <= pixGetWidth(small) && w->items[i].bottom <= pixGetHeight(small));
	assert_in_range(w->items[w->count - 1].right, 120, 190);
	run_forget(&r);
	run_set(&r, "bound", "0.99"); /* what is estimated is good enough */
	run_page(&r, small, 48);
	assert_int_equal(value(0, "ocr.scale"), 100);
	run_set(&r, "bound", "0.02");
	run_forget(&r);
	run_page(&r, large, 300);
	assert_int_equal(value(0, "ocr.scale"), 100);
	run_set(&r, "enlarge", "never");
	pixDestroy(&small);
	pixDestroy(&large);
}

static void recognize__ground_truth__rates(void **state)
{
	PIX *pix = text_page(two_lines, 2);

	(void)state;
	run_truth(pix, "The quick brown fox jumps over\nthe lazy dog near the river bank\n");
	assert_int_equal(value(0, "ocr.cer"), 0);
	assert_int_equal(value(0, "ocr.wer"), 0);
	/* one letter of 63 and one word of 13 differ */
	run_truth(pix, "The quick brown fox jumps over the lazy hog near the river bank");
	assert_int_equal(value(0, "ocr.cer"), 159);
	assert_int_equal(value(0, "ocr.wer"), 769);
	pixDestroy(&pix);
}

static void recognize__corrected__text_of_people_and_no_belief(void **state)
{
	/* each e a letter and a combining accent: NFC is owed to whoever reads the text */
	static const char *const one[] = {"The quick brown fox  \r\njumps ove\xcc\x81r"};
	static const char *const two[] = {"The lazy dog", "The hazy dog"};
	static const char *const none[] = {" \n"};
	PIX *pix = text_page(two_lines, 2);

	(void)state;
	run_corrected(pix, "The quick brown fox jumps over", one, 1);
	assert_int_equal(r.rc, ASSAY_OK);
	assert_int_equal(r.artifact_count, 1);
	assert_string_equal(r.artifacts[0], "The quick brown fox\njumps ov\xc3\xa9r\n");
	assert_int_equal(r.word_count, 0); /* there are no boxes */
	assert_int_equal(value(0, "ocr.words"), 6);
	assert_int_equal(value(0, "ocr.cer"), 333); /* 1 of 30 */
	assert_string_equal(why("ocr.confidence"), "corrected by hand");
	assert_string_equal(why("ocr.low_confidence_ratio"), "corrected by hand");
	assert_string_equal(why("ocr.text_missed"), "corrected by hand");
	assert_string_equal(why("ocr.characters_sure"), "corrected by hand");
	assert_string_equal(why("ocr.order_breaks"), "corrected by hand");
	assert_string_equal(why("ocr.agreement"), "one annotator");
	assert_int_equal(r.rejected[0], ASSAY_FAILURE_NONE);
	run_corrected(pix, "The lazy dog", two, 2);
	/* 24 letters, 2 ordered pairs that differ; 58 is the sum of the squares of the letters' counts:
	 * 1 - 23 * 2 / (24 * 24 - 58) */
	assert_int_equal(value(0, "ocr.agreement"), 9112);
	assert_string_equal(r.artifacts[0], "The hazy dog\n"); /* both are as near: the first by its bytes */
	run_corrected(pix, "", none, 1);
	assert_int_equal(r.rejected[0], ASSAY_FAILURE_EMPTY);
	run_truth(pix, "The quick");
	assert_string_equal(why("ocr.agreement"), "not corrected by hand");
	pixDestroy(&pix);
}

static void recognize__ground_truth_that_cannot_serve__undefined_with_reason(void **state)
{
	static const struct {
		const char *truth, *says;
	} cases[] = {
	    {"caf\xe9", "not UTF-8"},
	    {" \n", "empty"},
	    {"one\ftwo", "number of parts"},
	};
	PIX *pix = text_page(two_lines, 1);

	(void)state;
	run_page(&r, pix, 300);
	assert_string_equal(why("ocr.cer"), "no ground truth");
	for (size_t i = 0; i < 3; i++) {
		run_truth(pix, cases[i].truth);
		assert_int_equal(r.rc, ASSAY_OK);
		assert_non_null(strstr(why("ocr.cer"), cases[i].says));
		assert_non_null(strstr(why("ocr.wer"), cases[i].says));
	}
	run_truth(pix, "The quick brown fox jumps over\f"); /* a form feed at the end closes the only part */
	assert_int_equal(value(0, "ocr.cer"), 0);
	pixDestroy(&pix);
}

static void recognize__third_page_of_three__third_part(void **state)
{
	static const char truth[] = "first\fsecond\fThe quick brown fox jumps over";
	const assay_sidecar side = {"ground_truth", (const unsigned char *)truth, sizeof truth - 1};
	const assay_input in = {.sidecars = &side, .sidecar_count = 1};
	PIX *pix = text_page(two_lines, 1);

	(void)state;
	for (uint32_t total = 0; total <= 4; total++) {
		assay_value *v = page_value_new(pixClone(pix), 0, 3, total, NULL);

		run_forget(&r);
		r.in = &in;
		r.sinks[0] = (run_sink){{&run_ops, NULL}, &r, 0};
		r.rc = run_deliver(&r, 0, v, &r.err);
		r.stages[0]->close(r.state[0]);
		r.open[0] = false;
		assay_value_unref(v);
		if (total == 0 || total == 3)
			assert_int_equal(value(0, "ocr.cer"), 0);
		else
			assert_non_null(strstr(why("ocr.cer"), "number of parts"));
	}
	pixDestroy(&pix);
}

static void recognize__blank_page__rejected_as_empty(void **state)
{
	PIX *pix = pixCreate(800, 600, 8);

	(void)state;
	(void)pixSetAllArbitrary(pix, 250);
	run_page(&r, pix, 300);
	assert_int_equal(r.rc, ASSAY_OK);
	assert_int_equal(r.rejected[0], ASSAY_FAILURE_EMPTY);
	assert_int_equal(value(0, "ocr.words"), 0);
	assert_string_equal(why("ocr.confidence"), "no words");
	assert_string_equal(why("ocr.low_confidence_ratio"), "no words");
	pixDestroy(&pix);
}

static void recognize__blank_page_with_truth__all_characters_missed(void **state)
{
	PIX *pix = pixCreate(800, 600, 1);

	(void)state;
	run_truth(pix, "some text");
	assert_int_equal(value(0, "ocr.cer"), 10000);
	assert_int_equal(value(0, "ocr.wer"), 10000);
	pixDestroy(&pix);
}

/* ---------------------------------------------------------------- models */

static void files__language_without_model__names_the_package(void **state)
{
	static const struct {
		const char *language, *says;
	} cases[] = {
	    {"xyz", "tesseract-ocr-xyz"},
	    {"deu_frak", "tesseract-ocr-deu-frak"},
	    {"script/Fraktur", "tesseract-ocr-script-frak"},
	    {"../etc/passwd", "not the name of a language"},
	};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		run q = {0};
		assay_stage_files f = {0};

		run_add(&q, &assay_stage_ocr_recognize);
		run_set(&q, "languages", cases[i].language);
		assert_int_equal(q.rc, ASSAY_OK);
		assert_int_equal(assay_stage_ocr_recognize.files(q.params[0], &f, &q.err), ASSAY_ECONFIG);
		assert_non_null(strstr(q.err.msg, cases[i].says));
		assay_stage_files_release(&f);
		assay_params_free(&assay_stage_ocr_recognize, q.params[0]);
	}
}

static void files__english__its_model(void **state)
{
	assay_stage_files f = {0};
	assay_err err = {0};

	(void)state;
	assert_int_equal(assay_stage_ocr_recognize.files(r.params[0], &f, &err), ASSAY_OK);
	assert_int_equal(f.count, 2);
	assert_string_equal(f.roles[0], "model");
	assert_non_null(strstr(f.paths[0], "/eng.traineddata"));
	assert_string_equal(f.roles[1], "estimate");
	assert_non_null(strstr(f.paths[1], "/pages.estimate"));
	assay_stage_files_release(&f);
}

/* A setting of the open run, put back by setting it again. */
static void set(const char *name, const char *text)
{
	const assay_param *row = assay_param_find(&assay_stage_ocr_recognize, name);

	assert_int_equal(assay_params_set(&assay_stage_ocr_recognize, r.params[0], row, text, NULL), ASSAY_OK);
}

static void estimate__read_once_and_twice__as_the_parameter_says(void **state)
{
	PIX *pix = text_page(two_lines, 2);

	(void)state;
	set("second", "always");
	run_truth(pix, "x");
	assert_int_equal(value(0, "ocr.readings"), 2);
	assert_non_null(strstr(r.artifacts[3], "\"different\":"));
	assert_in_range(value(0, "ocr.cer_estimated"), 0, value(0, "ocr.cer_estimated_high"));
	assert_in_range(value(0, "ocr.cer_estimated_low"), 0, value(0, "ocr.cer_estimated"));
	set("second", "never");
	run_truth(pix, "x");
	assert_int_equal(value(0, "ocr.readings"), 1);
	assert_null(strstr(r.artifacts[3], "\"different\":"));
	pixDestroy(&pix);
}

/* A bound that the first interval surely does not hold, and one that it surely does. */
static void estimate__doubt__only_where_the_interval_holds_the_bound(void **state)
{
	PIX *pix = text_page(two_lines, 2);
	char middle[16];

	(void)state;
	set("second", "doubt");
	set("bound", "1");
	run_truth(pix, "x");
	assert_int_equal(value(0, "ocr.readings"), 1);
	(void)snprintf(middle, sizeof middle, "0.%04d", (int)value(0, "ocr.cer_estimated") + 1);
	set("bound", middle);
	run_truth(pix, "x");
	assert_int_equal(value(0, "ocr.readings"), 2);
	set("second", "never");
	set("bound", "0.02");
	pixDestroy(&pix);
}

static const char *const four_lines[] = {"The quick brown fox jumps over", "the lazy dog near the river bank",
					 "and then it turns round to see", "whether the dog has moved at all"};

static void estimate__page_cut_through_its_lines__worse_and_found_by_its_margin(void **state)
{
	PIX *pix = text_page(four_lines, 4), *cut;
	BOX *part = boxCreate(0, 0, 700, pixGetHeight(pix));
	int64_t whole;

	(void)state;
	run_truth(pix, "x");
	whole = value(0, "ocr.cer_estimated");
	assert_int_equal(value(0, "ocr.margin_cut"), 0);
	cut = pixClipRectangle(pix, part, NULL);
	run_truth(cut, "x");
	assert_true(value(0, "ocr.margin_cut") >= 5000);
	assert_true(value(0, "ocr.cer_estimated") > whole + 500);
	boxDestroy(&part);
	pixDestroy(&pix);
	pixDestroy(&cut);
}

/* Through the letters without ascenders of the first line, and of the last; their baselines are at 110 and 380. */
static void estimate__page_cut_through_its_first_and_last_row__found(void **state)
{
	PIX *pix = text_page(four_lines, 4), *cut;
	BOX *part = boxCreate(0, 97, pixGetWidth(pix), 368 - 97);

	(void)state;
	run_truth(pix, "x");
	assert_int_equal(value(0, "ocr.rows_cut"), 0);
	cut = pixClipRectangle(pix, part, NULL);
	run_truth(cut, "x");
	assert_int_equal(value(0, "ocr.rows_cut"), 2);
	boxDestroy(&part);
	pixDestroy(&pix);
	pixDestroy(&cut);
}

/* Levelled first, the border falls aslant, in the midst of white. */
static void estimate__page_turned_and_cut_through_its_lines__found_by_its_margin(void **state)
{
	static const double degrees[] = {0.5, -0.5, 2};
	BOX *part = boxCreate(0, 0, 700, 510);

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		PIX *pix = text_page(four_lines, 4);
		PIX *turned = pixRotate(pix, (float)(degrees[i] * 3.14159265358979 / 180), L_ROTATE_AREA_MAP,
					L_BRING_IN_WHITE, 0, 0);
		PIX *cut = pixClipRectangle(turned, part, NULL);

		run_forget(&r);
		run_page(&r, cut, 300);
		assert_int_equal(r.rc, ASSAY_OK);
		assert_true(value(0, "page.skew_corrected") != 0);
		assert_true(value(0, "ocr.margin_cut") >= 5000);
		run_forget(&r);
		run_page(&r, turned, 300);
		assert_true(value(0, "page.skew_corrected") != 0);
		assert_int_equal(value(0, "ocr.margin_cut"), 0);
		pixDestroy(&pix);
		pixDestroy(&turned);
		pixDestroy(&cut);
	}
	boxDestroy(&part);
}

static void estimate__blank_page__undefined(void **state)
{
	PIX *pix = text_page(two_lines, 0);

	(void)state;
	run_truth(pix, "x");
	assert_string_equal(why("ocr.cer_estimated"), "no words");
	assert_string_equal(why("ocr.cer_estimated_high"), "no words");
	assert_string_equal(why("ocr.margin_cut"), "no words");
	assert_string_equal(why("ocr.rows_cut"), "no words");
	assert_int_equal(value(0, "ocr.text_coverage"), 0);
	assert_int_equal(value(0, "ocr.readings"), 1);
	pixDestroy(&pix);
}

static void estimate__words_that_stand_again_and_again__found(void **state)
{
	static const char *const lines[] = {"the end of the end of the end of", "the end of the end of the end of"};
	PIX *pix = text_page(lines, 2);

	(void)state;
	run_truth(pix, "x");
	assert_true(value(0, "ocr.text_repeated") > 5000);
	pixDestroy(&pix);
}

static void engine__names_both_libraries(void **state)
{
	(void)state;
	assert_non_null(strstr(assay_stage_ocr_recognize.engine(), "tesseract 5"));
	assert_non_null(strstr(assay_stage_ocr_recognize.engine(), "leptonica-1"));
}

/* ---------------------------------------------------------------- corpus */

static void recognize__page_of_the_corpus__scores_as_stock_tesseract(void **state)
{
	const char *corpus = getenv("ASSAY_CORPUS") != NULL ? getenv("ASSAY_CORPUS") : TEST_CORPUS;
	char image[512], text[512], truth[16384] = "";
	run q = {0};
	FILE *f;
	int fd;

	(void)state;
	(void)snprintf(image, sizeof image, "%s/ocr/old_books/a013.tif", corpus);
	(void)snprintf(text, sizeof text, "%s/ocr/old_books/a013.gt.txt", corpus);
	fd = open(image, O_RDONLY);
	f = fopen(text, "r");
	if (fd < 0 || f == NULL) {
		print_message("skipped: no corpus\n");
		skip();
	}
	truth[fread(truth, 1, sizeof truth - 1, f)] = '\0';
	(void)fclose(f);
	run_add(&q, &assay_stage_page_read);
	run_add(&q, &assay_stage_ocr_recognize);
	run_prepare(&q);
	run_fd(&q, fd, truth);
	(void)close(fd);
	assert_int_equal(q.rc, ASSAY_OK);
	assert_non_null(run_find(&q, 0, "ocr.cer"));
	assert_null(run_find(&q, 0, "ocr.cer")->undefined);
	assert_in_range(run_find(&q, 0, "ocr.cer")->value, 0, 200);
	assert_in_range(run_find(&q, 0, "ocr.confidence")->value, 9000, 10000);
	run_release(&q);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(recognize__two_lines__text_words_and_artifacts),
	    TEST(recognize__language_of_the_page__chosen),
	    TEST(recognize__heading_and_divided_words__told_apart),
	    TEST(recognize__same_page_twice__same_bytes),
	    TEST(recognize__all_lines_again__the_same_words_and_no_trace),
	    TEST(recognize__a_row_on_dark_ground__read_and_put_in_its_place),
	    TEST(recognize__small_letters__read_enlarged_in_pixels_of_the_page),
	    TEST(recognize__ground_truth__rates),
	    TEST(recognize__corrected__text_of_people_and_no_belief),
	    TEST(recognize__ground_truth_that_cannot_serve__undefined_with_reason),
	    TEST(recognize__third_page_of_three__third_part),
	    TEST(recognize__blank_page__rejected_as_empty),
	    TEST(recognize__blank_page_with_truth__all_characters_missed),
	    cmocka_unit_test(files__language_without_model__names_the_package),
	    TEST(files__english__its_model),
	    TEST(estimate__read_once_and_twice__as_the_parameter_says),
	    TEST(estimate__doubt__only_where_the_interval_holds_the_bound),
	    TEST(estimate__page_cut_through_its_lines__worse_and_found_by_its_margin),
	    TEST(estimate__page_cut_through_its_first_and_last_row__found),
	    cmocka_unit_test_setup_teardown(estimate__page_turned_and_cut_through_its_lines__found_by_its_margin,
					    setup_levelled, teardown),
	    TEST(estimate__blank_page__undefined),
	    TEST(estimate__words_that_stand_again_and_again__found),
	    cmocka_unit_test(engine__names_both_libraries),
	    cmocka_unit_test(recognize__page_of_the_corpus__scores_as_stock_tesseract),
	};

	const int failed = cmocka_run_group_tests(tests, NULL, NULL);

	cairo_debug_reset_static_data(); /* what these keep for ever is no leak of ours */
	FcFini();
	return failed;
}
