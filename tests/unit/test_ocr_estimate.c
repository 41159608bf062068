/* Models of the estimate: estimates by hand, and every line that can be wrong. */
#include "ocr_cmocka.h"

#include "ocr_estimate.h"
#include "ocr_fit.h"

#include "assay/memory.h"

#include <string.h>

#define ONCE                                                                                                           \
	"once\nconstant 1000\nterm odd 50000 200000\nterm known_70 1000000 1000000\nbin 30000 -500 700\nbin 1000000 "  \
	"-1000 9000\n"
#define TWICE "twice\nscale 2000000\noffset -100\nterm different 1000000 500000\nbin 1000000 0 0\n"
#define REREAD                                                                                                         \
	"reread_once\nterm apart 1000000 250000\nbin 1000000 0 0\nreread_twice\nterm different 1000000 250000\nbin "   \
	"1000000 0 0\n"
#define MODEL "assay-estimate 4\n# a comment\n" ONCE "\n" TWICE REREAD

static ocr_estimate_model model(const char *text)
{
	ocr_estimate_model m;

	assert_int_equal(ocr_estimate_read(&m, text, strlen(text), "m", NULL), ASSAY_OK);
	return m;
}

static void estimate__sum_of_terms_up_to_their_limits__and_the_interval_of_its_bin(void **state)
{
	const ocr_estimate_model m = model(MODEL);
	ocr_evidence e = {.share = {[OCR_ODD] = 40000, [OCR_KNOWN] = 10000, [OCR_DIFFERENT] = 6000}};
	ocr_estimate got = ocr_estimate_of(&m, &e);

	(void)state;
	assert_int_equal(got.rate, 1000 + 8000 + 10000);
	assert_int_equal(got.low, 18500);
	assert_int_equal(got.high, 19700);
	e.share[OCR_ODD] = 900000; /* counts up to 50000: 10000 */
	e.share[OCR_KNOWN] = 19000;
	got = ocr_estimate_of(&m, &e);
	assert_int_equal(got.rate, 30000);
	assert_int_equal(got.high, 30700);
	e.share[OCR_KNOWN]++;
	got = ocr_estimate_of(&m, &e);
	assert_int_equal(got.low, 29001);
	assert_int_equal(got.high, 39001);
	e.share[OCR_KNOWN] = 999999;
	got = ocr_estimate_of(&m, &e);
	assert_int_equal(got.rate, 1000000);
	assert_int_equal(got.high, 1000000);
	e.twice = true;
	assert_int_equal(ocr_estimate_of(&m, &e).rate, 2 * 3000 - 100);
}

static void estimate__lines_read_again__by_parts_of_their_own(void **state)
{
	const ocr_estimate_model m = model(MODEL);
	ocr_evidence e = {.share = {[OCR_ODD] = 40000, [OCR_APART] = 8000, [OCR_DIFFERENT] = 6000}, .reread = true};

	(void)state;
	assert_int_equal(ocr_estimate_of(&m, &e).rate, 2000);
	e.twice = true;
	assert_int_equal(ocr_estimate_of(&m, &e).rate, 1500);
}

static void estimate_read__format_1__its_two_parts_stand_for_the_others(void **state)
{
	const ocr_estimate_model m = model("assay-estimate 1\n" ONCE TWICE);
	ocr_evidence e = {.share = {[OCR_ODD] = 40000, [OCR_KNOWN] = 10000, [OCR_DIFFERENT] = 6000}, .reread = true};

	(void)state;
	assert_int_equal(ocr_estimate_of(&m, &e).rate, 1000 + 8000 + 10000);
	e.twice = true;
	assert_int_equal(ocr_estimate_of(&m, &e).rate, 2 * 3000 - 100);
}

/* As the model that came with version 13 of the stage was written. */
static void estimate_read__format_2__the_same_parts_and_terms(void **state)
{
	const ocr_estimate_model m = model("assay-estimate 2\n" ONCE TWICE REREAD), now = model(MODEL);
	const ocr_estimate_model old =
	    model("assay-estimate 2\nonce\nterm missed 20000 500000\nbin 1000000 0 0\n" TWICE REREAD);
	const ocr_evidence e = {.share = {[OCR_MISSED] = 10000, [OCR_UNREAD] = 10000}};

	(void)state;
	assert_memory_equal(&m, &now, sizeof m);
	assert_int_equal(ocr_estimate_of(&old, &e).rate, 5000);
}

static void doubts__bound_within_the_interval_and_near__only_then(void **state)
{
	const ocr_estimate e = {20000, 15000, 25000}, wide = {20000, 0, 900000};

	(void)state;
	assert_false(ocr_estimate_doubts(&e, 15000));
	assert_true(ocr_estimate_doubts(&e, 15001));
	assert_true(ocr_estimate_doubts(&e, 25000));
	assert_false(ocr_estimate_doubts(&e, 25001));
	assert_false(ocr_estimate_doubts(&wide, 10000));
	assert_true(ocr_estimate_doubts(&wide, 10001));
	assert_true(ocr_estimate_doubts(&wide, 40000));
	assert_false(ocr_estimate_doubts(&wide, 40001));
}

static void estimate_write__what_was_read__reads_as_the_same(void **state)
{
	ASSAY_AUTO_BUF first = ASSAY_BUF_INIT;
	ASSAY_AUTO_BUF second = ASSAY_BUF_INIT;
	const ocr_estimate_model m = model(MODEL);
	ocr_estimate_model again;

	(void)state;
	assert_int_equal(ocr_estimate_write(&first, &m, NULL), ASSAY_OK);
	again = model(assay_buf_str(&first));
	assert_int_equal(ocr_estimate_write(&second, &again, NULL), ASSAY_OK);
	assert_string_equal(assay_buf_str(&first), assay_buf_str(&second));
	assert_memory_equal(&m, &again, sizeof m);
}

static void estimate_read__a_line_that_is_wrong__named_with_what_is_wrong(void **state)
{
	static const struct {
		const char *text, *says;
	} rows[] = {
	    {"", "m:1: not a model of the estimate: it begins with 'assay-estimate 4'"},
	    {"assay-estimate\n", "m:1: not a model"},
	    {"assay-estimate 5\n", "m:1: format 5; this program reads formats 1 to 4"},
	    {"assay-estimate 0\n", "m:1: format 0; this program reads formats 1 to 4"},
	    {"assay-estimate 1\nbin 1 2 3\n", "m:2: 'bin' stands before 'once' and the other parts"},
	    {"assay-estimate 1\nonce\nonce\n", "m:3: a second part 'once'"},
	    {"assay-estimate 1\nonce\nterm odd 1\n", "m:3: 'term' has 4 words, not 3"},
	    {"assay-estimate 1\nonce\nterm odd 1 2 3 4 5 6 7\n", "m:3: 'term' has 4 words"},
	    {"assay-estimate 1\nonce\nweigh odd 1 2\n", "m:3: 'weigh' begins no line of a model"},
	    {"assay-estimate 1\nonce\nterm even 1 2\n", "m:3: there is no evidence 'even' in part 'once'"},
	    {"assay-estimate 1\nonce\nterm different 1 2\n", "m:3: there is no evidence 'different' in part 'once'"},
	    {"assay-estimate 2\ntwice\nterm apart 1 2\n", "m:3: there is no evidence 'apart' in part 'twice'"},
	    {"assay-estimate 1\nreread_once\n", "m:2: format 1 has no part 'reread_once'"},
	    {"assay-estimate 1\nonce\nterm odd 0 2\n", "m:3: '0' is not a whole number from 1 to 1000000"},
	    {"assay-estimate 1\nonce\nterm odd 1 -2\n", "m:3: '-2' is not a whole number from 0 to 100000000"},
	    {"assay-estimate 1\nonce\nterm odd 1 99999999999999999999\n", "m:3: '99999999999999999999' is not"},
	    {"assay-estimate 1\nonce\nconstant 0x10\n", "m:3: '0x10' is not a whole number"},
	    {"assay-estimate 1\nonce\nscale 0\n", "m:3: '0' is not a whole number from 1 to"},
	    {"assay-estimate 1\nonce\noffset -\n", "m:3: '-' is not a whole number"},
	    {"assay-estimate 1\nonce\nbin 5 2 1\n", "m:3: '1' is not a whole number from 2 to 1000000"},
	    {"assay-estimate 1\nonce\nbin 5 1 1\nbin 5 1 1\n", "m:4: '5' is not a whole number from 6 to 1000000"},
	    {"assay-estimate 1\n" TWICE, "part 'once' has no term"},
	    {"assay-estimate 1\nonce\nterm odd 1 1\n", "part 'once' has no bin"},
	    {"assay-estimate 1\nonce\nterm odd 1 1\nbin 5 1 1\n" TWICE,
	     "the last bin of part 'once' does not reach up to"},
	    {"assay-estimate 1\n" ONCE, "part 'twice' has no term"},
	    {"assay-estimate 2\n" ONCE TWICE, "part 'reread_once' has no term"},
	};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(rows); i++) {
		ocr_estimate_model m;
		assay_err err = ASSAY_ERR_INIT;

		assert_int_equal(ocr_estimate_read(&m, rows[i].text, strlen(rows[i].text), "m", &err), ASSAY_ECONFIG);
		if (strstr(err.msg, rows[i].says) == NULL)
			fail_msg("row %zu: '%s' does not say '%s'", i, err.msg, rows[i].says);
	}
}

static void estimate_read__too_many_and_too_long_and_nul__refused(void **state)
{
	static char text[OCR_ESTIMATE_SIZE + 10];
	ocr_estimate_model m;
	assay_err err = ASSAY_ERR_INIT;
	size_t n = (size_t)snprintf(text, sizeof text, "assay-estimate 1\nonce\n");

	(void)state;
	for (int i = 0; i <= OCR_ESTIMATE_TERMS; i++)
		n += (size_t)snprintf(text + n, sizeof text - n, "term odd 1 1\n");
	assert_int_equal(ocr_estimate_read(&m, text, n, "m", &err), ASSAY_ECONFIG);
	assert_string_equal(err.msg, "m:67: more than 64 terms");
	for (n = (size_t)snprintf(text, sizeof text, "assay-estimate 1\nonce\n"); n < 2000;)
		n += (size_t)snprintf(text + n, sizeof text - n, "bin %zu 0 0\n", n);
	assert_int_equal(ocr_estimate_read(&m, text, n, "m", &err), ASSAY_ECONFIG);
	assert_non_null(strstr(err.msg, "more than 32 bins"));
	memset(text, '#', sizeof text);
	assert_int_equal(ocr_estimate_read(&m, text, sizeof text, "m", &err), ASSAY_ECONFIG);
	assert_int_equal(ocr_estimate_read(&m, "assay-estimate 1\n\0", 18, "m", &err), ASSAY_ECONFIG);
}

static void estimate_load__the_model_of_the_program__is_there_and_reads(void **state)
{
	ASSAY_AUTO_FREE char *path = ocr_estimate_path("");
	ASSAY_AUTO_FREE char *own = ocr_estimate_path("/own");
	ocr_estimate_model m;
	const ocr_evidence clean = {.symbols = 1};
	assay_err err = ASSAY_ERR_INIT;

	(void)state;
	assert_int_equal(ocr_estimate_load(&m, path, &err), ASSAY_OK);
	assert_true(ocr_estimate_of(&m, &clean).rate < 10000);
	assert_string_equal(own, "/own");
	assert_int_equal(ocr_estimate_load(&m, "/nowhere/m", &err), ASSAY_ECONFIG);
	assert_non_null(strstr(err.msg, "/nowhere/m"));
}

/* ---------------------------------------------------------------- the fit */

enum { PAGES = 120 };

static ocr_fit_page pages[PAGES];

/* The ridge keeps weights below what would be exact. Truth is 0.5 % and half of the known symbols of little confidence, and on every third page what was not read. */
static void plant(void)
{
	uint64_t s = 7;

	for (size_t i = 0; i < PAGES; i++) {
		int64_t doubt, unread;

		s = s * 6364136223846793005u + 1442695040888963407u;
		doubt = (int64_t)(s >> 40) % 80000;
		unread = i % 3 == 0 ? (int64_t)(s >> 20) % 2000 : 0;
		pages[i] = (ocr_fit_page){.truth = 5000 + doubt / 2 + unread, .family = (uint32_t)(i % 4)};
		pages[i].evidence.share[OCR_KNOWN] = doubt;
		pages[i].evidence.share[OCR_UNREAD] = unread;
		pages[i].evidence.twice = true;
	}
}

static void fit__planted_weights__found_and_held_on_families_left_out(void **state)
{
	ocr_estimate_model m;
	ocr_fit_quality q;

	(void)state;
	plant();
	assert_int_equal(ocr_fit(&m, pages, PAGES, NULL, 20000, NULL), ASSAY_OK);
	assert_int_equal(ocr_fit_quality_of(&q, pages, PAGES, UINT32_MAX, OCR_FIT_DOUBT, 20000, NULL), ASSAY_OK);
	assert_int_equal(q.pages, PAGES);
	assert_true(q.error < 5000);
	assert_true(q.auc > 9700);
	assert_true(q.covered >= PAGES * 85 / 100);
	assert_true(q.false_ones * 8 <= q.certified);
	assert_int_equal(ocr_fit_quality_of(&q, pages, PAGES, 2, OCR_FIT_ONCE, 20000, NULL), ASSAY_OK);
	assert_int_equal(q.pages, PAGES / 4);
}

static void fit__equal_pages__equal_bytes(void **state)
{
	ASSAY_AUTO_BUF first = ASSAY_BUF_INIT;
	ASSAY_AUTO_BUF second = ASSAY_BUF_INIT;
	ocr_estimate_model m;

	(void)state;
	plant();
	assert_int_equal(ocr_fit(&m, pages, PAGES, NULL, 20000, NULL), ASSAY_OK);
	assert_int_equal(ocr_estimate_write(&first, &m, NULL), ASSAY_OK);
	plant();
	assert_int_equal(ocr_fit(&m, pages, PAGES, NULL, 20000, NULL), ASSAY_OK);
	assert_int_equal(ocr_estimate_write(&second, &m, NULL), ASSAY_OK);
	assert_string_equal(assay_buf_str(&first), assay_buf_str(&second));
	m = model(assay_buf_str(&first)); /* and it is a model */
}

static void fit__on_top_of_a_model__terms_stay_and_scale_follows_the_pages(void **state)
{
	ocr_estimate_model base, m;

	(void)state;
	plant();
	assert_int_equal(ocr_fit(&base, pages, PAGES, NULL, 20000, NULL), ASSAY_OK);
	for (size_t i = 0; i < PAGES; i++)
		pages[i].truth *= 2;
	assert_int_equal(ocr_fit(&m, pages, PAGES, &base, 20000, NULL), ASSAY_OK);
	assert_int_equal(m.parts[OCR_ONCE].term_count, base.parts[OCR_ONCE].term_count);
	assert_memory_equal(m.parts[OCR_ONCE].terms, base.parts[OCR_ONCE].terms, sizeof m.parts[OCR_ONCE].terms);
	assert_in_range(m.parts[OCR_ONCE].scale, 1400000, 2300000);
	for (size_t i = 0; i < PAGES; i++)
		pages[i].family = 0; /* one family: left out by fifths */
	assert_int_equal(ocr_fit(&m, pages, 19, &base, 20000, NULL), ASSAY_OK);
	assert_memory_equal(m.parts[OCR_ONCE].bins, base.parts[OCR_ONCE].bins,
			    sizeof m.parts[OCR_ONCE].bins); /* too few for intervals of their own */
}

/* Pages read again err by what their readings differ in, the others by what is missed. */
static void fit__lines_read_again__terms_of_their_own(void **state)
{
	const ocr_evidence plain = {.share = {[OCR_APART] = 20000}};
	ocr_evidence again = plain;
	ocr_estimate_model m;

	(void)state;
	plant();
	for (size_t i = 0; i < PAGES; i += 2) {
		pages[i].evidence.reread = true;
		pages[i].evidence.share[OCR_APART] = 2 * pages[i].evidence.share[OCR_KNOWN] / 3;
		pages[i].evidence.share[OCR_KNOWN] = 0;
	}
	again.reread = true;
	assert_int_equal(ocr_fit(&m, pages, PAGES, NULL, 20000, NULL), ASSAY_OK);
	assert_true(ocr_estimate_of(&m, &again).rate > ocr_estimate_of(&m, &plain).rate + 5000);
}

static void fit__only_lines_read_again_or_none__the_other_parts_are_borrowed(void **state)
{
	const ocr_evidence plain = {.share = {[OCR_KNOWN] = 40000}};
	ocr_evidence again = plain;
	ocr_estimate_model base, m;

	(void)state;
	again.reread = true;
	plant();
	assert_int_equal(ocr_fit(&base, pages, PAGES, NULL, 20000, NULL), ASSAY_OK);
	assert_int_equal(ocr_estimate_of(&base, &again).rate, ocr_estimate_of(&base, &plain).rate);
	for (size_t i = 0; i < PAGES; i++)
		pages[i].evidence.reread = true;
	assert_int_equal(ocr_fit(&m, pages, PAGES, NULL, 20000, NULL), ASSAY_OK);
	assert_int_equal(ocr_estimate_of(&m, &again).rate, ocr_estimate_of(&m, &plain).rate);
	assert_int_equal(ocr_fit(&m, pages, PAGES, &base, 20000, NULL), ASSAY_OK);
	assert_memory_equal(&m.parts[OCR_ONCE], &base.parts[OCR_ONCE], sizeof m.parts[OCR_ONCE]);
}

static void fit__too_few_pages__says_so(void **state)
{
	ocr_estimate_model m;
	assay_err err = ASSAY_ERR_INIT;

	(void)state;
	plant();
	assert_int_equal(ocr_fit(&m, pages, 7, NULL, 20000, &err), ASSAY_EEMPTY);
	assert_string_equal(err.msg, "7 pages: a fit needs at least 8");
	pages[3].evidence.twice = false;
	assert_int_equal(ocr_fit(&m, pages, 8, NULL, 20000, &err), ASSAY_EEMPTY);
	assert_string_equal(err.msg, "7 pages recognised twice: a fit needs at least 8");
}

/* Four estimates against truths: of two by two pairs three are in order, and one is equal. */
static void quality__pairs_by_hand__auc_errors_and_certificates(void **state)
{
	static const struct {
		int64_t rate, high, truth;
	} rows[] = {{10000, 15000, 5000}, {19000, 30000, 20000}, {19000, 19500, 30000}, {50000, 90000, 200000}};
	ocr_fit_quality q;

	(void)state;
	for (size_t i = 0; i < 4; i++)
		pages[i] = (ocr_fit_page){.truth = rows[i].truth, .once = {rows[i].rate, 0, rows[i].high}};
	assert_int_equal(ocr_fit_quality_of(&q, pages, 4, UINT32_MAX, OCR_FIT_ONCE, 20000, NULL), ASSAY_OK);
	assert_int_equal(q.good, 2);
	assert_int_equal(q.certified, 3);
	assert_int_equal(q.false_ones, 1);
	assert_int_equal(q.sure, 2);
	assert_int_equal(q.false_sure, 1);
	assert_int_equal(q.covered, 2);
	assert_int_equal(q.near, 3);
	assert_int_equal(q.error, (5000 + 1000 + 11000) / 3);
	assert_int_equal(q.auc, 8750);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(estimate__sum_of_terms_up_to_their_limits__and_the_interval_of_its_bin),
	    cmocka_unit_test(estimate__lines_read_again__by_parts_of_their_own),
	    cmocka_unit_test(estimate_read__format_1__its_two_parts_stand_for_the_others),
	    cmocka_unit_test(estimate_read__format_2__the_same_parts_and_terms),
	    cmocka_unit_test(doubts__bound_within_the_interval_and_near__only_then),
	    cmocka_unit_test(estimate_write__what_was_read__reads_as_the_same),
	    cmocka_unit_test(estimate_read__a_line_that_is_wrong__named_with_what_is_wrong),
	    cmocka_unit_test(estimate_read__too_many_and_too_long_and_nul__refused),
	    cmocka_unit_test(estimate_load__the_model_of_the_program__is_there_and_reads),
	    cmocka_unit_test(fit__planted_weights__found_and_held_on_families_left_out),
	    cmocka_unit_test(fit__equal_pages__equal_bytes),
	    cmocka_unit_test(fit__on_top_of_a_model__terms_stay_and_scale_follows_the_pages),
	    cmocka_unit_test(fit__lines_read_again__terms_of_their_own),
	    cmocka_unit_test(fit__only_lines_read_again_or_none__the_other_parts_are_borrowed),
	    cmocka_unit_test(fit__too_few_pages__says_so),
	    cmocka_unit_test(quality__pairs_by_hand__auc_errors_and_certificates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
