#include "test_findings.h"

#include "assay/memory.h"
#include "assay/metadata_set.h"

#include <time.h>

/* ---- memory that fails at the n-th call ---- */

static long calls, fail_at;
void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t s);
void *__real_realloc(void *p, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t s);
void *__wrap_realloc(void *p, size_t n);

static bool fails(void)
{
	return fail_at > 0 && ++calls == fail_at;
}

void *__wrap_malloc(size_t n)
{
	return fails() ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t s)
{
	return fails() ? NULL : __real_calloc(n, s);
}

void *__wrap_realloc(void *p, size_t n)
{
	return fails() ? NULL : __real_realloc(p, n);
}

/* ---- rows as text: "1:a=b|c=d;2:..." ---- */

typedef assay_code reader(const void *data, size_t size, assay_metadata_row_fn *fn, void *ctx,
			  assay_metadata_fault *fault, assay_err *err);

static assay_code write_row(void *ctx, int line, const assay_metadata_cell *cells, size_t count, assay_err *err)
{
	assay_buf *out = ctx;

	(void)err;
	assay_buf_printf(out, "%s%d:", out->len > 0 ? ";" : "", line);
	for (size_t i = 0; i < count; i++)
		assay_buf_printf(out, "%s%s=%s", i > 0 ? "|" : "", cells[i].key, cells[i].value);
	return ASSAY_OK;
}

static void assert_rows(reader *read, const char *text, size_t size, const char *rows)
{
	ASSAY_AUTO_BUF got = ASSAY_BUF_INIT;
	assay_metadata_fault fault = {0};

	if (read(text, size, write_row, &got, &fault, NULL) != ASSAY_OK || strcmp(assay_buf_str(&got), rows) != 0) {
		print_error("'%s': wanted '%s', got '%s' (%d:%d %s)\n", text, rows, assay_buf_str(&got), fault.line,
			    fault.column, fault.text);
		fail();
	}
}

typedef struct bad {
	const char *text;
	size_t size;
	int line, column;
	const char *message; /* begins with */
} bad;

static void assert_bad(reader *read, const bad *b)
{
	ASSAY_AUTO_BUF got = ASSAY_BUF_INIT;
	assay_metadata_fault fault = {0};
	assay_err err = ASSAY_ERR_INIT;
	const assay_code rc = read(b->text, b->size, write_row, &got, &fault, &err);

	if (rc != ASSAY_ECORRUPT || fault.line != b->line || fault.column != b->column ||
	    strncmp(fault.text, b->message, strlen(b->message)) != 0) {
		print_error("'%s': wanted %d:%d %s, got %d:%d %s\n", b->text, b->line, b->column, b->message,
			    fault.line, fault.column, fault.text);
		fail();
	}
	assert_non_null(strstr(err.msg, fault.text));
}

#define S(s) (s), sizeof(s) - 1

/* ---- JSON ---- */

static void read_json__values__texts_as_written(void **state)
{
	static const struct {
		const char *text;
		size_t size;
		const char *rows;
	} rows[] = {
	    {S("{}"), "1:"},
	    {S("{\"a\": \"b\", \"c\": \"\"}"), "1:a=b|c="},
	    {S("\xef\xbb\xbf{\"a\": true, \"b\": false, \"c\": null}"), "1:a=true|b=false"},
	    /* numbers keep their form; digits in texts and names are no numbers */
	    {S("{\"1\": 1.10, \"b 2\": -0, \"c\": \"3 \\\" 4\", \"d\": 12345678901234567890123, \"e\": 1E+2}"),
	     "1:1=1.10|b 2=-0|c=3 \" 4|d=12345678901234567890123|e=1E+2"},
	    {S("{\"a\": {\"b\": {\"c\": 1}}, \"t\": [\"x\", 2, [true], {}], \"z\": []}"),
	     "1:a.b.c=1|t.0=x|t.1=2|t.2.0=true"},
	    {S("{\"\\u00e9\\\"\": \"\\u0001\\n\"}"), "1:\xc3\xa9\"=\x01\n"},
	    {S("\n\n{\n\"a\": 1}\n"), "1:a=1"},
	};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(rows); i++)
		assert_rows(assay_metadata_read_json, rows[i].text, rows[i].size, rows[i].rows);
}

static void read_json__wrong__line_and_column(void **state)
{
	static const bad rows[] = {
	    {S(""), 1, 1, "not JSON: "},
	    {S("{\"a\": 1,\n \"b\": }"), 2, 7, "not JSON: "},
	    {S("[1]"), 1, 1, "metadata are a JSON object"},
	    {S("\"a\""), 1, 3, "not JSON: '[' or '{' expected"},
	    {S("{\"a\": 1, \"a\": 1}"), 1, 12, "not JSON: duplicate object key"},
	    {S("{\"a\": 1} x"), 1, 10, "not JSON: end of file expected"},
	    {S("{\"a\": \"\xff\"}"), 1, 7, "not JSON: "},
	    {S("{\"a\": \"\\u0000\"}"), 1, 14, "not JSON: \\u0000 is not allowed"},
	    {S("{\"a\": 1e999}"), 1, 11, "not JSON: real number overflow"},
	    {S("{\"\": 1}"), 1, 0, "a name is empty"},
	    {S("{\"\": {}}"), 1, 0, "a name is empty"},
	    {S("{\"\": {\"a\": 1}}"), 1, 0, "a name is empty"},
	    {S("{\"a\": {\"\": 1}}"), 1, 0, "a name is empty"},
	    {S("{\"a\\u001b[2J\": 1}"), 1, 0, "a name holds a control character: 'a?[2J'"},
	    {S("{\"a.b\": 1, \"a\": {\"b\": 2}}"), 1, 0, "'a.b' stands here twice"},
	};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(rows); i++)
		assert_bad(assay_metadata_read_json, &rows[i]);
}

static void fill_object(assay_buf *b, size_t values, size_t value_size, size_t depth)
{
	for (size_t i = 0; i < depth; i++)
		assay_buf_puts(b, "{\"n\":");
	assay_buf_putc(b, '{');
	for (size_t i = 0; i < values; i++) {
		assay_buf_printf(b, "%s\"k%zu\":\"", i > 0 ? "," : "", i);
		for (size_t k = 0; k < value_size; k++)
			assay_buf_putc(b, 'v');
		assay_buf_putc(b, '"');
	}
	for (size_t i = 0; i <= depth; i++)
		assay_buf_putc(b, '}');
}

static void read_json__limits__at_them_and_past_them(void **state)
{
	static const struct {
		size_t values, value_size, depth;
		const char *message; /* NULL: fine */
	} rows[] = {
	    {ASSAY_METADATA_CELLS_MAX, 1, 0, NULL},
	    {ASSAY_METADATA_CELLS_MAX + 1, 1, 0, "more than 1000 values"},
	    {1, ASSAY_METADATA_VALUE_MAX, 0, NULL},
	    {1, ASSAY_METADATA_VALUE_MAX + 1, 0, "the value of 'k0' is longer than 8192 bytes"},
	    {1, 1, ASSAY_METADATA_DEPTH_MAX - 1, NULL},
	    {1, 1, ASSAY_METADATA_DEPTH_MAX, "'n.n.n."},
	    {1, 1, 100000, "not JSON: maximum parsing depth reached"},
	};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(rows); i++) {
		ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
		ASSAY_AUTO_BUF got = ASSAY_BUF_INIT;
		assay_metadata_fault fault = {0};
		assay_code rc;

		fill_object(&text, rows[i].values, rows[i].value_size, rows[i].depth);
		rc = assay_metadata_read_json(text.data, text.len, write_row, &got, &fault, NULL);
		assert_int_equal(rc, rows[i].message == NULL ? ASSAY_OK : ASSAY_ECORRUPT);
		if (rows[i].message != NULL)
			assert_int_equal(strncmp(fault.text, rows[i].message, strlen(rows[i].message)), 0);
	}
}

static void read_jsonl__lines__a_row_each(void **state)
{
	static const bad wrong = {S("{\"a\": 1}\n\n{\"a\": 1,\n}"), 3, 8, "not JSON: "};

	(void)state;
	assert_rows(assay_metadata_read_jsonl, S("\xef\xbb\xbf{\"a\": 1}\r\n\n  \r\n{\"b\": [2.0]}"),
		    "1:a=1;4:b.0=2.0");
	assert_rows(assay_metadata_read_jsonl, S(""), "");
	assert_bad(assay_metadata_read_jsonl, &wrong);
}

/* ---- CSV ---- */

static void read_csv__records__as_rfc_4180_says(void **state)
{
	static const struct {
		const char *text;
		size_t size;
		const char *rows;
	} rows[] = {
	    {S("a,b\n1,2\n"), "2:a=1|b=2"},
	    {S("a,b\r\n1,2\r\n3,4"), "2:a=1|b=2;3:a=3|b=4"},
	    {S("\xef\xbb\xbf\"a\",b\n\"x, \"\"y\"\"\",\"\"\n"), "2:a=x, \"y\""},
	    {S("a\n\"one\ntwo\"\nthree\n"), "2:a=one\ntwo;4:a=three"}, /* a line end inside counts */
	    {S("\n\na,b\n\n , x \n"), "5:a= |b= x "},                  /* blanks belong to values */
	    {S("a,b\n,\n"), "2:"},                                     /* empty is absent */
	    {S("a\nx\ry\n"), "2:a=x\ry"},                              /* CR alone ends no line */
	    {S("a\n"), ""},
	    {S("a\n\"x\""), "2:a=x"},
	};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(rows); i++)
		assert_rows(assay_metadata_read_csv, rows[i].text, rows[i].size, rows[i].rows);
}

static void read_csv__wrong__line_and_column(void **state)
{
	static const bad rows[] = {
	    {S(""), 1, 0, "no header"},
	    {S("\xef\xbb\xbf\r\n"), 1, 0, "no header"},
	    {S("a,b\n1\n"), 2, 0, "1 values, the header names 2 columns"},
	    {S("a,b\n1,2,3\n"), 2, 0, "3 values, the header names 2 columns"},
	    {S("a,a\n"), 1, 0, "column 'a' stands here twice"},
	    {S(",a\n"), 1, 0, "column 1 of the header: a name is empty"},
	    {S("a\n\"x"), 2, 1, "a quote is not closed"},
	    {S("a\n\""), 2, 1, "a quote is not closed"},
	    {S("a\n\"x\"\""), 2, 1, "a quote is not closed"},
	    {S("a,b\nx,\"y\nz"), 2, 3, "a quote is not closed"},
	    {S("a\n\"x\"y\n"), 2, 4, "text after a closing quote"},
	    {S("a\nx\"y\n"), 2, 2, "a quote inside a value"},
	    {S("a\nx\0y\n"), 2, 2, "a NUL byte"},
	    {S("a\n\"\0\"\n"), 2, 2, "a NUL byte"},
	    {S("a,b\n1,\xc3\n"), 2, 3, "a value is not UTF-8"},
	};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(rows); i++)
		assert_bad(assay_metadata_read_csv, &rows[i]);
}

static void read_csv__too_much__refused(void **state)
{
	ASSAY_AUTO_BUF wide = ASSAY_BUF_INIT;
	ASSAY_AUTO_BUF longer = ASSAY_BUF_INIT;
	bad b;

	(void)state;
	for (int i = 0; i <= ASSAY_METADATA_CELLS_MAX + 1; i++)
		assay_buf_printf(&wide, "%sc%d", i > 0 ? "," : "", i);
	b = (bad){assay_buf_str(&wide), wide.len, 1, 4897, "more than 1001 columns"};
	assert_bad(assay_metadata_read_csv, &b);
	assay_buf_puts(&longer, "a\n");
	for (int i = 0; i <= ASSAY_METADATA_VALUE_MAX; i++)
		assay_buf_putc(&longer, 'v');
	b = (bad){assay_buf_str(&longer), longer.len, 2, 1, "a value is longer than 8192 bytes"};
	assert_bad(assay_metadata_read_csv, &b);
}

/* ---- both, hostile ---- */

static const struct sample {
	reader *read;
	const char *text;
	size_t size;
} samples[] = {
    {assay_metadata_read_json, S("{\"a\": {\"b\": [1.10, \"x\\\"y\", null]}, \"c\": true, \"d\": -2e5}")},
    {assay_metadata_read_jsonl, S("{\"path\": \"a\", \"n\": 1}\n{\"path\": \"b\", \"m\": {\"x\": 2}}\n")},
    {assay_metadata_read_csv, S("path,\"x y\",z\r\na,\"1 \"\"2\"\"\",3\r\nb,\"4\n5\",\r\n")},
};

/* An exact copy, so that a sanitizer sees a read past its end. */
static void read_copy(reader *read, const char *text, size_t size)
{
	char *copy = malloc(size > 0 ? size : 1);
	ASSAY_AUTO_BUF got = ASSAY_BUF_INIT;
	assay_metadata_fault fault = {0};
	assay_code rc;

	assert_non_null(copy);
	memcpy(copy, text, size);
	rc = read(copy, size, write_row, &got, &fault, NULL);
	assert_true(rc == ASSAY_OK || (rc == ASSAY_ECORRUPT && fault.line > 0 && fault.text[0] != '\0'));
	free(copy);
}

static void read__every_truncation__told_or_fine(void **state)
{
	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(samples); i++)
		for (size_t n = 0; n <= samples[i].size; n++)
			read_copy(samples[i].read, samples[i].text, n);
}

static void read__random_mutations__told_or_fine(void **state)
{
	static const char marks[] = "\"{}[],:\\\n\r\0\xff\xc3"
				    "0a";
	const uint64_t seed = 4242;
	uint64_t random = seed;
	char text[256];

	(void)state;
	print_message("seed %llu\n", (unsigned long long)seed);
	for (int round = 0; round < 60000; round++) {
		const struct sample *s = &samples[round % 3];

		memcpy(text, s->text, s->size);
		for (unsigned i = 0; i <= random_next(&random) % 4; i++)
			text[random_next(&random) % s->size] = marks[random_next(&random) % (sizeof marks - 1)];
		read_copy(s->read, text, s->size);
	}
}

static void read__every_alloc_fails_in_turn__enomem_no_leak(void **state)
{
	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(samples); i++) {
		assay_code rc = ASSAY_ENOMEM;
		long n = 0;

		while (rc != ASSAY_OK) {
			ASSAY_AUTO_BUF got = ASSAY_BUF_INIT;
			assay_metadata_fault fault = {0};

			calls = 0;
			fail_at = ++n;
			rc = samples[i].read(samples[i].text, samples[i].size, write_row, &got, &fault, NULL);
			fail_at = 0;
			assert_true(rc == ASSAY_OK || rc == ASSAY_ENOMEM);
			if (rc == ASSAY_OK && got.failed)
				rc = ASSAY_ENOMEM; /* ours, which the reader does not see */
			assert_in_range(n, 1, 500);
		}
		assert_true(n > 3);
	}
}

/* ---- tables ---- */

static scratch folder;

static int make_folder(void **state)
{
	(void)state;
	scratch_open(&folder);
	return 0;
}

static int remove_folder(void **state)
{
	(void)state;
	(void)unlinkat(folder.fd, "a.csv", 0);
	(void)unlinkat(folder.fd, "b.jsonl", 0);
	scratch_close(&folder);
	return 0;
}

#define TABLES_MAX 3

static assay_code load(assay_metadata_tables **t, assay_diagnostics *d, const char *const *names,
		       const char *const *texts, size_t count)
{
	assay_metadata_file files[TABLES_MAX];

	for (size_t i = 0; i < count; i++) {
		if (texts[i] != NULL)
			scratch_write(&folder, names[i], texts[i], strlen(texts[i]));
		files[i] = (assay_metadata_file){.path = (char *)(uintptr_t)names[i], .line = 7, .column = 3};
	}
	return assay_metadata_tables_load(t, folder.fd, files, count, "assay.yaml", d, NULL);
}

static void assert_row(const assay_metadata_tables *t, const char *path, const char *wanted)
{
	const assay_metadata_cell *cells;
	const size_t count = assay_metadata_tables_find(t, path, &cells);
	ASSAY_AUTO_BUF got = ASSAY_BUF_INIT;

	for (size_t i = 0; i < count; i++)
		assay_buf_printf(&got, "%s%s=%s", i > 0 ? "|" : "", cells[i].key, cells[i].value);
	assert_string_equal(assay_buf_str(&got), wanted);
}

static void tables_load__two_tables__rows_of_a_path_are_one(void **state)
{
	const char *const names[] = {"a.csv", "b.jsonl"};
	const char *const texts[] = {"path,year,lang\nx/a.tif,1912,de\n./x//b.tif,1913,\nx/y/../c.tif,,fr\n",
				     "{\"path\": \"x/a.tif\", \"year\": 1912, \"author\": {\"name\": "
				     "\"Z\"}}\n{\"lang\": \"it\", \"path\": \"d\"}\n"};
	assay_metadata_tables *t;
	assay_diagnostics d = {0};

	(void)state;
	assert_int_equal(load(&t, &d, names, texts, 2), ASSAY_OK);
	assert_int_equal(d.count, 0);
	assert_int_equal(assay_metadata_tables_count(t), 4);
	assert_row(t, "x/a.tif", "author.name=Z|lang=de|year=1912");
	assert_row(t, "x/b.tif", "year=1913");
	assert_row(t, "x/c.tif", "lang=fr");
	assert_row(t, "d", "lang=it");
	assert_row(t, "e", "");
	assert_true(assay_metadata_tables_has_key(t, "author.name"));
	assert_false(assay_metadata_tables_has_key(t, "path"));
	assert_string_equal(assay_metadata_tables_row(t, 1).path, "x/a.tif");
	assert_string_equal(assay_metadata_tables_row(t, 1).file, "a.csv");
	assert_int_equal(assay_metadata_tables_row(t, 2).line, 3);
	assay_metadata_tables_close(t);
	assay_diagnostics_release(&d);
}

static void tables_load__wrong__file_and_line(void **state)
{
	static const struct {
		const char *names[2], *texts[2];
		const char *findings;
	} rows[] = {
	    {{"a.csv"}, {NULL}, "assay.yaml:7:3: error: metadata file 'a.csv' does not exist\n"},
	    {{"a.csv"}, {"path,y\na,1\nb,2,3\n"}, "a.csv:3:1: error: 3 values, the header names 2 columns\n"},
	    {{"a.csv"},
	     {"path;y\na;1\n"},
	     "a.csv:2:1: error: no 'path', which names the file that the row is of; columns are separated by commas\n"},
	    {{"a.csv"}, {"path,y\n,1\n"}, "a.csv:2:1: error: no 'path', which names the file that the row is of\n"},
	    {{"a.csv"},
	     {"path,y\n../a,1\n"},
	     "a.csv:2:1: error: path '../a' names no file below the folder of assay.yaml; paths are relative to the "
	     "folder of the table\n"},
	    {{"a.csv"},
	     {"path,y\n/a,1\n"},
	     "a.csv:2:1: error: path '/a' names no file below the folder of assay.yaml; paths are relative to the "
	     "folder of the table\n"},
	    {{"a.csv"},
	     {"path,y\na/..,1\n"},
	     "a.csv:2:1: error: path 'a/..' names no file below the folder of assay.yaml; paths are relative to the "
	     "folder of the table\n"},
	    {{"a.csv"},
	     {"path,y\na,1\na,2\na,1\n"},
	     "a.csv:3:1: error: y of 'a' is '2' here, and '1' in a.csv:2\n"
	     "a.csv:4:1: error: y of 'a' is '1' here, and '2' in a.csv:3\n"},
	    {{"a.csv", "b.jsonl"},
	     {"path,y\na,1\n", "{\"path\": \"a\", \"y\": 1}\n\n{\"path\": \"a\", \"y\": 3}\n"},
	     "b.jsonl:3:1: error: y of 'a' is '3' here, and '1' in b.jsonl:1\n"},
	    {{"a.csv", "b.jsonl"},
	     {"path,y\n3,1\n", "{\"y\": 1, \"path\": 3}"},
	     "b.jsonl:1:1: error: path is a text: write \"3\"\n"},
	    {{"a.csv", "b.jsonl"},
	     {"path,y\n3,1\n", "{\"path\": true}"},
	     "b.jsonl:1:1: error: path is a text: write \"true\"\n"},
	    {{"a.csv", "b.jsonl"},
	     {"path\n\"", "[]"},
	     "a.csv:2:1: error: a quote is not closed\n"
	     "b.jsonl:1:1: error: metadata are a JSON object, such as {\"year\": 1912}\n"},
	};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(rows); i++) {
		ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
		assay_metadata_tables *t;
		assay_diagnostics d = {0};

		(void)unlinkat(folder.fd, "a.csv", 0);
		assert_int_equal(load(&t, &d, rows[i].names, rows[i].texts, rows[i].names[1] != NULL ? 2 : 1),
				 ASSAY_ECORRUPT);
		assert_null(t);
		assay_diagnostics_text(&d, &text);
		assert_string_equal(assay_buf_str(&text), rows[i].findings);
		assay_diagnostics_release(&d);
	}
}

static void tables_load__every_alloc_fails_in_turn__enomem_no_leak(void **state)
{
	const char *const names[] = {"a.csv", "b.jsonl"}, *const texts[] = {"path,year\na,1\nb,2\n",
									    "{\"path\": \"a\", \"n\": 2}\n"};
	assay_code rc = ASSAY_ENOMEM;
	long n = 0;

	(void)state;
	while (rc != ASSAY_OK) {
		const char *const kept[] = {NULL, NULL};
		assay_metadata_tables *t = NULL;
		assay_diagnostics d = {0};

		assert_true(n > 0 || load(&t, &d, names, texts, 2) == ASSAY_OK); /* writes them */
		assay_metadata_tables_close(t);
		calls = 0;
		fail_at = ++n;
		rc = load(&t, &d, names, kept, 2);
		fail_at = 0;
		assert_true(rc == ASSAY_OK || rc == ASSAY_ENOMEM);
		assay_metadata_tables_close(t);
		assay_diagnostics_release(&d);
		assert_in_range(n, 1, 500);
	}
	assert_true(n > 10);
}

static void tables_load__100000_rows__fast(void **state)
{
	const char *const names[] = {"a.csv"};
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
	assay_metadata_tables *t;
	assay_diagnostics d = {0};
	const char *texts[1];
	clock_t start;

	(void)state;
	assay_buf_puts(&text, "path,doc_type,year,licence,language\n");
	for (int i = 0; i < 100000; i++)
		assay_buf_printf(&text, "scans/%05d.tif,invoice,19%02d,CC-BY-4.0,de\n", i * 7 % 100000, i % 100);
	texts[0] = assay_buf_str(&text);
	start = clock();
	assert_int_equal(load(&t, &d, names, texts, 1), ASSAY_OK);
	print_message("100000 rows: %.3f s CPU\n", (double)(clock() - start) / CLOCKS_PER_SEC);
	/* generous: sanitizers and busy machines; what takes quadratic time takes minutes */
	assert_true(clock() - start < 20 * CLOCKS_PER_SEC);
	assert_int_equal(assay_metadata_tables_count(t), 100000);
	assert_row(t, "scans/00007.tif", "doc_type=invoice|language=de|licence=CC-BY-4.0|year=1901");
	assay_metadata_tables_close(t);
	assay_diagnostics_release(&d);
}

/* Row i has the names in an order of its own: no name stands where it stood in the row before. */
static void tables_load__names_in_any_order__fast(void **state)
{
	enum { ROWS = 2000, NAMES = 900 };
	const char *const names[] = {"a.jsonl"};
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
	assay_metadata_tables *t;
	assay_diagnostics d = {0};
	const assay_metadata_cell *cells;
	const char *texts[1];
	clock_t start;

	(void)state;
	for (int i = 0; i < ROWS; i++) {
		assay_buf_printf(&text, "{\"path\": \"%04d\"", i);
		for (int k = 0; k < NAMES; k++)
			assay_buf_printf(&text, ", \"n%d\": %d", (k * 367 + i * 7) % NAMES, i);
		assay_buf_puts(&text, "}\n");
	}
	texts[0] = assay_buf_str(&text);
	start = clock();
	assert_int_equal(load(&t, &d, names, texts, 1), ASSAY_OK);
	print_message("%d rows of %d names: %.3f s CPU\n", ROWS, NAMES, (double)(clock() - start) / CLOCKS_PER_SEC);
	assert_int_equal(assay_metadata_tables_count(t), ROWS);
	assert_int_equal(assay_metadata_tables_find(t, "1999", &cells), NAMES);
	for (size_t k = 0; k < NAMES; k++) {
		assert_string_equal(cells[k].key, assay_metadata_tables_key(t, k));
		assert_true(k == 0 || strcmp(cells[k - 1].key, cells[k].key) < 0);
		assert_string_equal(cells[k].value, "1999");
	}
	assay_metadata_tables_close(t);
	assay_diagnostics_release(&d);
}

/* ---- precedence ---- */

static void set_settle__four_origins__the_nearest_wins(void **state)
{
	const char *const names[] = {"a.csv"};
	const char *const texts[] = {"path,b,c,d\nin/x-1.tif,table,table,table\n"};
	char *keys[] = {"a", "b", "c", "d", "e"}, *values[] = {"rule", "rule", "rule", "rule", "rule"};
	const assay_config_source rule = {
	    .pattern = "in/{b}-{e}.tif", .metadata_keys = keys, .metadata_values = values, .metadata_count = 5};
	static const char *const wanted[] = {"a=rule 1", "b=table 3", "c=table 3", "d=sidecar 4", "e=1 2", "f=x 4"};
	ASSAY_AUTO_METADATA_SET m = {0};
	assay_metadata_fault fault;
	assay_config config = {0};
	assay_diagnostics d = {0};

	(void)state;
	assert_int_equal(load(&config.tables, &d, names, texts, 1), ASSAY_OK);
	assert_int_equal(assay_metadata_set_find(&m, &config, &rule, "in/x-1.tif", NULL), ASSAY_OK);
	assert_int_equal(
	    assay_metadata_set_read(&m, "s.json", S("{\"d\": \"sidecar\", \"f\": \"x\", \"a\": null}"), &fault, NULL),
	    ASSAY_OK);
	assay_metadata_set_settle(&m);
	assert_int_equal(m.count, ASSAY_COUNT(wanted));
	for (size_t i = 0; i < m.count; i++) {
		char got[64];

		(void)snprintf(got, sizeof got, "%s=%s %u", m.items[i].key, m.items[i].value, m.items[i].origin);
		assert_string_equal(got, wanted[i]);
	}
	assay_metadata_tables_close(config.tables);
	assay_diagnostics_release(&d);
}

static void set_read__csv_sidecar__one_row(void **state)
{
	static const struct {
		const char *text;
		assay_code rc;
		const char *message;
	} rows[] = {
	    {"a,b\n1,2\n", ASSAY_OK, ""},
	    {"a,b\n", ASSAY_ECORRUPT, "no row below the header"},
	    {"a\n1\n2\n", ASSAY_ECORRUPT, "a second row: the sidecar of one source has one row below its header"},
	};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(rows); i++) {
		ASSAY_AUTO_METADATA_SET m = {0};
		assay_metadata_fault fault = {0};

		assert_int_equal(assay_metadata_set_read(&m, "x.csv", rows[i].text, strlen(rows[i].text), &fault, NULL),
				 rows[i].rc);
		assert_string_equal(fault.text, rows[i].message);
	}
}

static void set_find__name_that_is_no_utf8__as_in_the_key(void **state)
{
	const assay_config_source rule = {.pattern = "{a}.tif"};
	const assay_config config = {0};
	ASSAY_AUTO_METADATA_SET m = {0};

	(void)state;
	assert_int_equal(assay_metadata_set_find(&m, &config, &rule, "50%\xff.tif", NULL), ASSAY_OK);
	assert_int_equal(m.count, 1);
	assert_string_equal(m.items[0].value, "50%25%FF");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(read_json__values__texts_as_written),
	    cmocka_unit_test(read_json__wrong__line_and_column),
	    cmocka_unit_test(read_json__limits__at_them_and_past_them),
	    cmocka_unit_test(read_jsonl__lines__a_row_each),
	    cmocka_unit_test(read_csv__records__as_rfc_4180_says),
	    cmocka_unit_test(read_csv__wrong__line_and_column),
	    cmocka_unit_test(read_csv__too_much__refused),
	    cmocka_unit_test(read__every_truncation__told_or_fine),
	    cmocka_unit_test(read__random_mutations__told_or_fine),
	    cmocka_unit_test(read__every_alloc_fails_in_turn__enomem_no_leak),
	    cmocka_unit_test(tables_load__two_tables__rows_of_a_path_are_one),
	    cmocka_unit_test(tables_load__wrong__file_and_line),
	    cmocka_unit_test(tables_load__every_alloc_fails_in_turn__enomem_no_leak),
	    cmocka_unit_test(tables_load__100000_rows__fast),
	    cmocka_unit_test(tables_load__names_in_any_order__fast),
	    cmocka_unit_test(set_settle__four_origins__the_nearest_wins),
	    cmocka_unit_test(set_read__csv_sidecar__one_row),
	    cmocka_unit_test(set_find__name_that_is_no_utf8__as_in_the_key),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
