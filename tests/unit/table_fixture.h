/** A page whose words and rules are placed by hand, and the tables that are found on it. One file includes it. */
#ifndef ASSAY_TEST_TABLE_FIXTURE_H
#define ASSAY_TEST_TABLE_FIXTURE_H

#include "ocr_alloc.h"

#include "table_find.h"
#include "table_write.h"

enum { WIDTH = 1000, HEIGHT = 1400, LETTER = 12, TALL = 20, PITCH = 40, MAX = 4096 };

static assay_word words[MAX];
static char texts[MAX][24];
static size_t count;
static PIX *page;
static tables found;

static inline int setup(void **state)
{
	(void)state;
	count = 0;
	page = pixCreate(WIDTH, HEIGHT, 8);
	(void)pixSetAllArbitrary(page, 240);
	memset(&found, 0, sizeof found);
	setMsgSeverity(L_SEVERITY_NONE);
	return 0;
}

static inline int teardown(void **state)
{
	(void)state;
	tables_release(&found);
	pixDestroy(&page);
	return 0;
}

static inline void word(const char *text, size_t n, int x, int y)
{
	assert_true(count < MAX);
	(void)snprintf(texts[count], sizeof texts[0], "%.*s", (int)n, text);
	words[count] = (assay_word){texts[count], x, y, x + (int)n * LETTER, y + TALL, .confidence = 9000};
	count++;
}

/* Words a space of 8 px apart. Returns where the text ends. */
static inline int text(const char *s, int x, int y)
{
	while (*s != '\0') {
		const size_t n = strcspn(s, " ");

		word(s, n, x, y);
		x += (int)n * LETTER;
		s += n;
		if (*s == ' ') {
			s++;
			x += 8;
		}
	}
	return x;
}

static inline int width_of(const char *s)
{
	int w = 0;

	for (; *s != '\0'; s++)
		w += *s == ' ' ? 8 : LETTER;
	return w;
}

static inline void text_to(const char *s, int right, int y)
{
	(void)text(s, right - width_of(s), y);
}

static inline void level(int x, int y, int to)
{
	(void)pixRasterop(page, x, y, to - x, 2, PIX_CLR, NULL, 0, 0);
}

static inline void upright(int x, int y, int to)
{
	(void)pixRasterop(page, x, y, 2, to - y, PIX_CLR, NULL, 0, 0);
}

static inline assay_code find_on(PIX *pix, const assay_words *w, bool whole)
{
	table_page seen;
	assay_code rc = table_page_read(&seen, pix, w, NULL);

	tables_release(&found);
	if (rc == ASSAY_OK)
		rc = tables_find(&found, &seen, w, whole, NULL);
	table_page_release(&seen);
	return rc;
}

static inline assay_code find(bool whole)
{
	const assay_words w = {words, count, "", WIDTH, HEIGHT};

	return find_on(page, &w, whole);
}

static inline void expect(size_t number, const char *csv)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

	assert_true(number < found.count);
	assert_int_equal(table_write_csv(&b, &found.items[number], NULL), ASSAY_OK);
	assert_string_equal(assay_buf_str(&b), csv);
}

static inline void expect_html(size_t number, const char *html)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

	assert_true(number < found.count);
	assert_int_equal(table_write_html(&b, &found.items[number], NULL), ASSAY_OK);
	assert_string_equal(assay_buf_str(&b), html);
}

/* Four rows of three columns, numbers to the right, no rules. */
static const char *const harbours[4][3] = {{"Harbour", "Ships", "Share"},
					   {"Bergen", "1 204", "12.5"},
					   {"Old Leith", "98", "3.1"},
					   {"Vlissingen", "512", "84.4"}};
static const char harbours_csv[] = "Harbour,Ships,Share\nBergen,1 204,12.5\nOld Leith,98,3.1\nVlissingen,512,84.4\n";

static inline void put_harbours(int x, int y)
{
	for (int i = 0; i < 4; i++) {
		(void)text(harbours[i][0], x, y + PITCH * i);
		text_to(harbours[i][1], x + 300, y + PITCH * i);
		text_to(harbours[i][2], x + 450, y + PITCH * i);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

#endif
