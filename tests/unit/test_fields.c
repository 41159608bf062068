#include "test_findings.h"

#include "assay/fields.h"
#include "assay/memory.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static void field_accepts__types__what_is_of_them(void **state)
{
	static const struct {
		assay_field_type type;
		const char *value;
		bool is;
	} rows[] = {
	    {ASSAY_FIELD_TEXT, "", true},
	    {ASSAY_FIELD_INTEGER, "0", true},
	    {ASSAY_FIELD_INTEGER, "-12", true},
	    {ASSAY_FIELD_INTEGER, "999999999999999999", true},
	    {ASSAY_FIELD_INTEGER, "1000000000000000000", false}, /* 19 digits */
	    {ASSAY_FIELD_INTEGER, "007", false},
	    {ASSAY_FIELD_INTEGER, "-0", false},
	    {ASSAY_FIELD_INTEGER, "+1", false},
	    {ASSAY_FIELD_INTEGER, "1.0", false},
	    {ASSAY_FIELD_INTEGER, "1e3", false},
	    {ASSAY_FIELD_INTEGER, " 1", false},
	    {ASSAY_FIELD_INTEGER, "", false},
	    {ASSAY_FIELD_INTEGER, "-", false},
	    {ASSAY_FIELD_NUMBER, "-1.50", true},
	    {ASSAY_FIELD_NUMBER, "1e-3", true},
	    {ASSAY_FIELD_NUMBER, "1,5", false},
	    {ASSAY_FIELD_NUMBER, "nan", false},
	    {ASSAY_FIELD_BOOLEAN, "true", true},
	    {ASSAY_FIELD_BOOLEAN, "yes", false},
	    {ASSAY_FIELD_BOOLEAN, "True", false},
	    {ASSAY_FIELD_DATE, "2024-02-29", true},
	    {ASSAY_FIELD_DATE, "2023-02-29", false},
	    {ASSAY_FIELD_DATE, "1900-02-29", false}, /* centuries leap every fourth time */
	    {ASSAY_FIELD_DATE, "2000-02-29", true},
	    {ASSAY_FIELD_DATE, "2024-04-31", false},
	    {ASSAY_FIELD_DATE, "2024-13-01", false},
	    {ASSAY_FIELD_DATE, "2024-00-10", false},
	    {ASSAY_FIELD_DATE, "2024-01-00", false},
	    {ASSAY_FIELD_DATE, "2024-1-01", false},
	    {ASSAY_FIELD_DATE, "2024-01-01T00", false},
	    {ASSAY_FIELD_DATE, "2024", false},
	    {ASSAY_FIELD_DATE, "", false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const assay_field f = {.type = rows[i].type};
		ASSAY_AUTO_BUF why = ASSAY_BUF_INIT;

		if (assay_field_accepts(&f, rows[i].value, &why) != rows[i].is) {
			print_error("%s '%s'\n", assay_field_type_name(rows[i].type), rows[i].value);
			fail();
		}
		assert_int_equal(why.len == 0, rows[i].is);
	}
}

static char *type_values[] = {"invoice", "letter"}, *ratio_values[] = {"1.50"};

static assay_field fields_of[] = {
    {.name = "due",
     .type = ASSAY_FIELD_DATE,
     .range = {.has_min = true, .min = {20240101, 0}, .min_text = "2024-01-01"}},
    {.name = "licence", .required = true},
    {.name = "ratio", .type = ASSAY_FIELD_NUMBER, .range = {.values = ratio_values, .value_count = 1}},
    {.name = "type", .range = {.values = type_values, .value_count = 2}},
    {.name = "year",
     .type = ASSAY_FIELD_INTEGER,
     .range = {.has_min = true,
	       .has_max = true,
	       .min = {1800, 0},
	       .max = {2100, 0},
	       .min_text = "1800",
	       .max_text = "2100"}},
};
static const assay_fields open_fields = {fields_of, COUNT(fields_of), false},
			  closed_fields = {fields_of, COUNT(fields_of), true};

/* "key=value ...", sorted by key */
typedef struct pairs {
	char text[400];
	const char *keys[8], *values[8];
	assay_metadata_view view;
} pairs;

static const assay_metadata_view *parse(pairs *p, const char *text)
{
	size_t n = 0;

	strcpy(p->text, text);
	for (char *s = strtok(p->text, " "); s != NULL; s = strtok(NULL, " ")) {
		char *eq = strchr(s, '=');

		*eq = '\0';
		p->keys[n] = s;
		p->values[n++] = eq + 1;
	}
	p->view = (assay_metadata_view){p->keys, p->values, n};
	return &p->view;
}

static void fields_accept__each_break__names_field_value_and_rule(void **state)
{
	static const struct {
		const char *metadata, *broken, *closed;
	} rows[] = {
	    {"licence=CC0", "", ""},
	    {"due=2024-01-01 licence=CC0 ratio=1.5 type=letter year=1800", "", ""}, /* 1.5 is 1.50 */
	    {"", "licence is absent, it is required", "licence is absent, it is required"},
	    {"licence=x year=1799", "year is '1799', must be between 1800 and 2100",
	     "year is '1799', must be between 1800 and 2100"},
	    {"licence=x type=invoce", "type is 'invoce', must be one of invoice, letter",
	     "type is 'invoce', must be one of invoice, letter"},
	    {"due=2023-12-31 licence=x", "due is '2023-12-31', must be >= 2024-01-01",
	     "due is '2023-12-31', must be >= 2024-01-01"},
	    {"licence=x ratio=1.51", "ratio is '1.51', must be 1.50", "ratio is '1.51', must be 1.50"},
	    {"other=1 year=soon", "licence is absent, it is required; year is 'soon', must be an integer",
	     "licence is absent, it is required; year is 'soon', must be an integer; "
	     "other is '1', it is none of the fields"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		ASSAY_AUTO_BUF broken = ASSAY_BUF_INIT;
		ASSAY_AUTO_BUF closed = ASSAY_BUF_INIT;
		pairs p;

		assert_int_equal(assay_fields_accept(&open_fields, parse(&p, rows[i].metadata), &broken),
				 rows[i].broken[0] == '\0');
		assert_string_equal(assay_buf_str(&broken), rows[i].broken);
		assert_int_equal(assay_fields_accept(&closed_fields, &p.view, &closed), rows[i].closed[0] == '\0');
		assert_string_equal(assay_buf_str(&closed), rows[i].closed);
	}
}

static void fields_accept__long_value__cut_between_characters(void **state)
{
	ASSAY_AUTO_BUF why = ASSAY_BUF_INIT;
	char text[300] = "licence=x year=";
	const size_t head = strlen(text);
	pairs p;

	(void)state;
	for (size_t i = 0; i < 60; i++)
		strcat(text, "\xe2\x82\xac"); /* 3 bytes each: 100 falls into the 34th */
	assert_false(assay_fields_accept(&open_fields, parse(&p, text), &why));
	text[head + 99] = '\0';
	assert_non_null(strstr(assay_buf_str(&why), text + head));
	assert_non_null(strstr(assay_buf_str(&why), "\xe2\x82\xac', must be an integer"));
}

/* ---- filters ---- */

static char *de[] = {"de", "nl"}, *draft[] = {"draft"};
static assay_filter_condition lang = {.key = "language", .range = {.values = de, .value_count = 2}},
			      status = {.key = "status", .range = {.values = draft, .value_count = 1}},
			      old[] = {{.key = "language", .range = {.values = de, .value_count = 2}},
				       {.key = "year",
					.type = ASSAY_FIELD_INTEGER,
					.range = {.has_max = true, .max = {1900, 0}, .max_text = "1900"}}};

static const char *hit(const assay_filter *f, const assay_fields *fields, assay_modality modality,
		       assay_sample_kind kind, const char *metadata)
{
	const assay_filters one = {(assay_filter *)(uintptr_t)f, 1};
	const assay_filter *got;
	pairs p;

	got = assay_filters_hit(&one, fields, modality, kind, parse(&p, metadata));
	return got != NULL ? got->name : "";
}

static void filters_hit__table__keep_and_drop(void **state)
{
	static const assay_fields none = {NULL, 0, false};
	const assay_filter keep = {.name = "keep", .keep = true, .conditions = &lang, .condition_count = 1},
			   drop = {.name = "drop", .conditions = &status, .condition_count = 1},
			   both = {.name = "both", .conditions = old, .condition_count = 2},
			   keep_both = {.name = "keep both", .keep = true, .conditions = old, .condition_count = 2},
			   typed = {.name = "typed", .keep = true, .conditions = &old[1], .condition_count = 1};
	const struct {
		const assay_filter *filter;
		const assay_fields *fields;
		const char *metadata;
		bool hit;
	} rows[] = {
	    {&keep, &none, "language=de", false},
	    {&keep, &none, "language=nl", false},
	    {&keep, &none, "language=fr", true},
	    {&keep, &none, "", true}, /* absent is not kept */
	    {&drop, &none, "status=draft", true},
	    {&drop, &none, "status=final", false},
	    {&drop, &none, "", false}, /* absent is not dropped */
	    {&both, &open_fields, "language=de licence=x year=1900", true},
	    {&both, &open_fields, "language=de licence=x year=1901", false},
	    {&both, &open_fields, "licence=x year=1900", false},
	    {&keep_both, &open_fields, "language=de licence=x year=1900", false},
	    {&keep_both, &open_fields, "language=de licence=x year=1901", true},
	    {&keep_both, &open_fields, "language=de licence=x", true},
	    /* a broken field is the fields' to refuse, whatever the filter says */
	    {&typed, &open_fields, "licence=x year=soon", false},
	    {&typed, &open_fields, "licence=x year=1700", false},
	    {&typed, &open_fields, "licence=x year=1901", true},
	    {&both, &open_fields, "language=de year=17", false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		if ((hit(rows[i].filter, rows[i].fields, ASSAY_MODALITY_PAGE, ASSAY_SAMPLE_PAGE, rows[i].metadata)[0] !=
		     '\0') != rows[i].hit) {
			print_error("'%s' on '%s'\n", rows[i].filter->name, rows[i].metadata);
			fail();
		}
}

static void filters_hit__required_and_absent__decides_nothing(void **state)
{
	static char *free_licences[] = {"CC0"};
	assay_filter_condition c = {.key = "licence", .range = {.values = free_licences, .value_count = 1}};
	const assay_filter f = {.name = "free", .keep = true, .conditions = &c, .condition_count = 1};

	(void)state;
	assert_string_equal(hit(&f, &open_fields, ASSAY_MODALITY_PAGE, ASSAY_SAMPLE_PAGE, ""), "");
	assert_string_equal(hit(&f, &open_fields, ASSAY_MODALITY_PAGE, ASSAY_SAMPLE_PAGE, "licence=GPL"), "free");
}

static void filters_hit__modality_and_kind__only_these(void **state)
{
	static const assay_fields none = {NULL, 0, false};
	const assay_filter video = {.name = "v",
				    .modality = ASSAY_MODALITY_VIDEO,
				    .conditions = &status,
				    .condition_count = 1},
			   shot = {.name = "s", .kind = ASSAY_SAMPLE_SHOT, .conditions = &status, .condition_count = 1};
	const char *m = "status=draft";

	(void)state;
	assert_string_equal(hit(&video, &none, ASSAY_MODALITY_VIDEO, ASSAY_SAMPLE_AUDIO, m), "v");
	assert_string_equal(hit(&video, &none, ASSAY_MODALITY_AUDIO, ASSAY_SAMPLE_AUDIO, m), "");
	assert_string_equal(hit(&shot, &none, ASSAY_MODALITY_VIDEO, ASSAY_SAMPLE_SHOT, m), "s");
	assert_string_equal(hit(&shot, &none, ASSAY_MODALITY_VIDEO, ASSAY_SAMPLE_VIDEO, m), "");
}

static void filters_hit__several__the_first_is_named(void **state)
{
	static const assay_fields none = {NULL, 0, false};
	assay_filter two[] = {{.name = "a", .keep = true, .conditions = &lang, .condition_count = 1},
			      {.name = "b", .conditions = &status, .condition_count = 1}};
	const assay_filters filters = {two, 2};
	pairs p;

	(void)state;
	assert_string_equal(assay_filters_hit(&filters, &none, ASSAY_MODALITY_PAGE, ASSAY_SAMPLE_PAGE,
					      parse(&p, "language=fr status=draft"))
				->name,
			    "a");
	assert_string_equal(assay_filters_hit(&filters, &none, ASSAY_MODALITY_PAGE, ASSAY_SAMPLE_PAGE,
					      parse(&p, "language=de status=draft"))
				->name,
			    "b");
	assert_null(assay_filters_hit(&filters, &none, ASSAY_MODALITY_PAGE, ASSAY_SAMPLE_PAGE,
				      parse(&p, "language=de status=final")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(field_accepts__types__what_is_of_them),
	    cmocka_unit_test(fields_accept__each_break__names_field_value_and_rule),
	    cmocka_unit_test(fields_accept__long_value__cut_between_characters),
	    cmocka_unit_test(filters_hit__table__keep_and_drop),
	    cmocka_unit_test(filters_hit__required_and_absent__decides_nothing),
	    cmocka_unit_test(filters_hit__modality_and_kind__only_these),
	    cmocka_unit_test(filters_hit__several__the_first_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
