#include "ocr_cmocka.h"

#include "ocr_alto.h"

#include <stdlib.h>
#include <string.h>

static unsigned calls, fail_at;
void *__real_malloc(size_t n);
void *__wrap_malloc(size_t n);
void *__real_realloc(void *p, size_t n);
void *__wrap_realloc(void *p, size_t n);

void *__wrap_malloc(size_t n)
{
	return ++calls == fail_at ? NULL : __real_malloc(n);
}

void *__wrap_realloc(void *p, size_t n)
{
	return ++calls == fail_at ? NULL : __real_realloc(p, n);
}

static assay_buf out;
static const uint32_t *headings;
static size_t heading_count;

static const char *alto(const assay_word *items, size_t count)
{
	const assay_words w = {items, count, "", 600, 400};

	assay_buf_reset(&out);
	assert_int_equal(ocr_alto_write(&out, &w, headings, heading_count, 7, NULL), ASSAY_OK);
	return assay_buf_str(&out);
}

static int teardown(void **state)
{
	(void)state;
	fail_at = 0;
	assay_buf_release(&out);
	return 0;
}

/* ---------------------------------------------------------------- a small reader of XML: well-formed, and by the schema */

/* What ALTO 4.4 allows: each element's parent, and the attributes that it must have here. */
static const struct {
	const char *name, *parent, *attributes[8];
} elements[] = {
    {"alto", "", {"xmlns", "SCHEMAVERSION"}},
    {"Description", "alto", {NULL}},
    {"MeasurementUnit", "Description", {NULL}},
    {"Tags", "alto", {NULL}},
    {"StructureTag", "Tags", {"ID", "LABEL"}},
    {"Layout", "alto", {NULL}},
    {"Page", "Layout", {"ID", "PHYSICAL_IMG_NR", "HEIGHT", "WIDTH"}},
    {"PrintSpace", "Page", {"HPOS", "VPOS", "WIDTH", "HEIGHT"}},
    {"ComposedBlock", "PrintSpace", {"ID", "HPOS", "VPOS", "WIDTH", "HEIGHT"}},
    {"TextBlock", "ComposedBlock", {"ID", "HPOS", "VPOS", "WIDTH", "HEIGHT"}},
    {"TextLine", "TextBlock", {"ID", "HPOS", "VPOS", "WIDTH", "HEIGHT"}},
    {"String", "TextLine", {"ID", "HPOS", "VPOS", "WIDTH", "HEIGHT", "WC", "CONTENT"}},
    {"SP", "TextLine", {"HPOS", "VPOS", "WIDTH"}},
    {"HYP", "TextLine", {"CONTENT"}},
};

static size_t name_at(char name[32], const char *s)
{
	const size_t n = strcspn(s, " =/>\n");

	assert_in_range(n, 1, 31);
	memcpy(name, s, n);
	name[n] = '\0';
	return n;
}

/* Past a quoted value; entities are the four that are written. */
static const char *skip_value(const char *s)
{
	assert_int_equal(*s++, '"');
	for (; *s != '"'; s++) {
		assert_true((unsigned char)*s >= 0x20 && *s != '<' && *s != '>');
		if (*s == '&')
			assert_true(strncmp(s, "&amp;", 5) == 0 || strncmp(s, "&lt;", 4) == 0 ||
				    strncmp(s, "&gt;", 4) == 0 || strncmp(s, "&quot;", 6) == 0);
	}
	return s + 1;
}

static void check_attributes(const char *element, const char *parent, char names[][32], size_t count)
{
	for (size_t e = 0; e < sizeof elements / sizeof *elements; e++) {
		if (strcmp(elements[e].name, element) != 0)
			continue;
		assert_string_equal(parent, elements[e].parent);
		for (size_t i = 0; i < 8 && elements[e].attributes[i] != NULL; i++) {
			size_t k = 0;

			while (k < count && strcmp(names[k], elements[e].attributes[i]) != 0)
				k++;
			if (k == count)
				fail_msg("%s without %s", element, elements[e].attributes[i]);
		}
		return;
	}
	fail_msg("ALTO has no <%s>", element);
}

static void check_document(const char *s)
{
	char open[12][32] = {""};
	size_t depth = 0;

	assert_int_equal(strncmp(s, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", 39), 0);
	for (s = strchr(s + 1, '<'); s != NULL; s = strchr(s, '<')) {
		char name[32], attributes[12][32];
		size_t count = 0;

		if (s[1] == '/') {
			s += 2 + name_at(name, s + 2);
			assert_string_equal(name, open[depth--]);
			continue;
		}
		s += 1 + name_at(name, s + 1);
		while (*s == ' ') {
			s += 1 + name_at(attributes[count], s + 1);
			for (size_t i = 0; i < count; i++)
				assert_string_not_equal(attributes[i], attributes[count]);
			count++;
			s = skip_value(s + 1);
		}
		check_attributes(name, open[depth], attributes, count);
		if (*s == '>')
			(void)strcpy(open[++depth], name);
		else
			assert_int_equal(strncmp(s, "/>", 2), 0);
	}
	assert_int_equal(depth, 0);
}

/* ---------------------------------------------------------------- cases */

static void write__two_lines__the_whole_document(void **state)
{
	static const assay_word words[] = {
	    {"Fish", 10, 20, 50, 40, 9512, 0, 0, 0},
	    {"&", 60, 22, 70, 38, 10000, 0, 0, 0},
	    {"chips", 12, 50, 62, 72, 5, 0, 0, 1},
	};
	static const char expected[] =
	    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	    "<alto xmlns=\"http://www.loc.gov/standards/alto/ns-v4#\" SCHEMAVERSION=\"4.4\">\n"
	    "  <Description>\n"
	    "    <MeasurementUnit>pixel</MeasurementUnit>\n"
	    "  </Description>\n"
	    "  <Layout>\n"
	    "    <Page ID=\"page_7\" PHYSICAL_IMG_NR=\"7\" HEIGHT=\"400\" WIDTH=\"600\">\n"
	    "      <PrintSpace HPOS=\"0\" VPOS=\"0\" WIDTH=\"600\" HEIGHT=\"400\">\n"
	    "        <ComposedBlock ID=\"block_0\" HPOS=\"10\" VPOS=\"20\" WIDTH=\"60\" HEIGHT=\"52\">\n"
	    "          <TextBlock ID=\"paragraph_0\" HPOS=\"10\" VPOS=\"20\" WIDTH=\"60\" HEIGHT=\"52\">\n"
	    "            <TextLine ID=\"line_0\" HPOS=\"10\" VPOS=\"20\" WIDTH=\"60\" HEIGHT=\"20\">\n"
	    "              <String ID=\"string_0\" HPOS=\"10\" VPOS=\"20\" WIDTH=\"40\" HEIGHT=\"20\" WC=\"0.9512\" "
	    "CONTENT=\"Fish\"/>\n"
	    "              <SP HPOS=\"50\" VPOS=\"20\" WIDTH=\"10\"/>\n"
	    "              <String ID=\"string_1\" HPOS=\"60\" VPOS=\"22\" WIDTH=\"10\" HEIGHT=\"16\" WC=\"1.0000\" "
	    "CONTENT=\"&amp;\"/>\n"
	    "            </TextLine>\n"
	    "            <TextLine ID=\"line_1\" HPOS=\"12\" VPOS=\"50\" WIDTH=\"50\" HEIGHT=\"22\">\n"
	    "              <String ID=\"string_2\" HPOS=\"12\" VPOS=\"50\" WIDTH=\"50\" HEIGHT=\"22\" WC=\"0.0005\" "
	    "CONTENT=\"chips\"/>\n"
	    "            </TextLine>\n"
	    "          </TextBlock>\n"
	    "        </ComposedBlock>\n"
	    "      </PrintSpace>\n"
	    "    </Page>\n"
	    "  </Layout>\n"
	    "</alto>\n";

	(void)state;
	assert_string_equal(alto(words, 3), expected);
	check_document(expected);
}

static void write__headings__their_blocks_are_tagged(void **state)
{
	static const assay_word words[] = {
	    {"a", 0, 0, 1, 1, 1, 0, 0, 0},
	    {"b", 0, 0, 1, 1, 1, 0, 1, 1},
	    {"c", 0, 0, 1, 1, 1, 0, 1, 2},
	    {"d", 0, 0, 1, 1, 1, 0, 2, 3},
	};
	static const uint32_t which[] = {1};
	const char *s;

	(void)state;
	headings = which;
	heading_count = 1;
	s = alto(words, 4);
	headings = NULL;
	heading_count = 0;
	check_document(s);
	assert_non_null(strstr(s, "  <Tags>\n    <StructureTag ID=\"heading\" LABEL=\"heading\"/>\n  </Tags>\n"));
	s = strstr(s, "TAGREFS=");
	assert_ptr_equal(strstr(s, "TAGREFS=\"heading\">\n            <TextLine ID=\"line_1\""), s);
	assert_null(strstr(s + 1, "TAGREFS"));
	assert_null(strstr(alto(words, 4), "heading"));
}

static void write__no_words__an_empty_print_space(void **state)
{
	(void)state;
	check_document(alto(NULL, 0));
	assert_null(strstr(assay_buf_str(&out), "Block"));
}

static void write__blocks_and_paragraphs__each_its_element(void **state)
{
	static const assay_word words[] = {
	    {"a", 0, 0, 1, 1, 1, 0, 0, 0}, {"b", 0, 0, 1, 1, 1, 0, 0, 1}, {"c", 0, 0, 1, 1, 1, 0, 1, 2},
	    {"d", 0, 0, 1, 1, 1, 1, 2, 3}, {"e", 0, 0, 1, 1, 1, 1, 2, 3},
	};
	const char *s = alto(words, 5);

	(void)state;
	check_document(s);
	assert_non_null(strstr(s, "block_1"));
	assert_null(strstr(s, "block_2"));
	assert_non_null(strstr(s, "paragraph_2"));
	assert_non_null(strstr(s, "line_3"));
	assert_non_null(strstr(s, "<SP HPOS=\"1\" VPOS=\"0\" WIDTH=\"0\"/>")); /* words that overlap: no less than 0 */
}

static void write__hostile_text__escaped_and_without_controls(void **state)
{
	static const assay_word words[] = {
	    {"<script>\"'&amp;", 0, 0, 1, 1, 1, 0, 0, 0},
	    {"a\x01\x1f\x7f\xc2\x85\xef\xbf\xbe\xff"
	     "b",
	     5, 5, 1, 1, 1, 0, 0, 0}, /* C0, DEL, C1, U+FFFE, no UTF-8 */
	    {"\xc3\xa9\xf0\x9f\x90\x9f", 0, 0, 1, 1, 1, 0, 0, 0},
	};
	const char *s = alto(words, 3);

	(void)state;
	check_document(s);
	assert_non_null(strstr(s, "CONTENT=\"&lt;script&gt;&quot;'&amp;amp;\""));
	assert_non_null(strstr(s, "HPOS=\"5\" VPOS=\"5\" WIDTH=\"0\" HEIGHT=\"0\" WC=\"0.0001\" CONTENT=\"ab\""));
	assert_non_null(strstr(s, "CONTENT=\"\xc3\xa9\xf0\x9f\x90\x9f\""));
}

static void write__word_divided_at_the_line__both_parts_and_the_hyphen(void **state)
{
	static const assay_word words[] = {
	    {"of", 0, 0, 1, 1, 1, 0, 0, 0},    {"know-", 2, 0, 3, 1, 1, 0, 0, 0},
	    {"ledge", 0, 2, 1, 3, 1, 0, 0, 1}, {"soft\xc2\xad", 2, 2, 3, 3, 1, 0, 0, 1},
	    {"ly", 0, 4, 1, 5, 1, 0, 0, 2},
	};
	const char *s = alto(words, 5);

	(void)state;
	check_document(s);
	assert_non_null(strstr(s, "CONTENT=\"know\" SUBS_TYPE=\"HypPart1\" SUBS_CONTENT=\"knowledge\"/>\n"
				  "              <HYP CONTENT=\"-\"/>\n            </TextLine>"));
	assert_non_null(strstr(s, "CONTENT=\"ledge\" SUBS_TYPE=\"HypPart2\" SUBS_CONTENT=\"knowledge\"/>"));
	assert_non_null(strstr(s, "CONTENT=\"soft\" SUBS_TYPE=\"HypPart1\" SUBS_CONTENT=\"softly\"/>\n"
				  "              <HYP CONTENT=\"-\"/>"));
}

static void write__hyphen_that_divides_nothing__stays_in_the_word(void **state)
{
	static const assay_word cases[][2] = {
	    {{"know-", 0, 0, 1, 1, 1, 0, 0, 0}, {"ledge", 0, 0, 1, 1, 1, 0, 0, 0}}, /* in one line */
	    {{"know-", 0, 0, 1, 1, 1, 0, 0, 0}, {"ledge", 0, 0, 1, 1, 1, 0, 1, 1}}, /* another paragraph */
	    {{"1914-", 0, 0, 1, 1, 1, 0, 0, 0}, {"ledge", 0, 0, 1, 1, 1, 0, 0, 1}}, /* after a digit */
	    {{"know-", 0, 0, 1, 1, 1, 0, 0, 0}, {"1918", 0, 0, 1, 1, 1, 0, 0, 1}},  /* before a digit */
	    {{"-", 0, 0, 1, 1, 1, 0, 0, 0}, {"ledge", 0, 0, 1, 1, 1, 0, 0, 1}},     /* alone */
	};

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		const char *s = alto(cases[i], 2);

		check_document(s);
		assert_null(strstr(s, "HYP"));
		assert_null(strstr(s, "SUBS"));
		assert_non_null(strstr(s, "-\"/>"));
	}
}

static void write__every_allocation_fails_in_turn__enomem(void **state)
{
	static const assay_word word = {"a", 0, 0, 1, 1, 1, 0, 0, 0};
	const assay_words w = {&word, 1, "", 600, 400};
	unsigned n = 0;
	assay_code rc;

	(void)state;
	do {
		assay_buf_release(&out);
		calls = 0;
		fail_at = ++n;
		rc = ocr_alto_write(&out, &w, NULL, 0, 1, NULL);
		fail_at = 0;
		assert_true(rc == ASSAY_OK || rc == ASSAY_ENOMEM);
	} while (rc != ASSAY_OK);
	assert_in_range(n, 2, 40);
}

#define TEST(f) cmocka_unit_test_teardown(f, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(write__two_lines__the_whole_document),
	    TEST(write__headings__their_blocks_are_tagged),
	    TEST(write__no_words__an_empty_print_space),
	    TEST(write__blocks_and_paragraphs__each_its_element),
	    TEST(write__hostile_text__escaped_and_without_controls),
	    TEST(write__word_divided_at_the_line__both_parts_and_the_hyphen),
	    TEST(write__hyphen_that_divides_nothing__stays_in_the_word),
	    TEST(write__every_allocation_fails_in_turn__enomem),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
