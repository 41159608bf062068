/* What a person says of a table's cells: the record, and the CSV that it is made of. */
#include "table_csv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "assay/cbor.h"

static assay_code read_csv(assay_table_correction *out, const char *text, assay_err *err)
{
	assay_table_correction_release(out);
	return assay_table_csv_read(out, "t.csv", text, strlen(text), err);
}

/* Cells parted by '|', each row ended by '/'. */
static void expect(const char *csv, const char *cells)
{
	ASSAY_AUTO_TABLE_CORRECTION c = {0};
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	const char *text;

	assert_int_equal(read_csv(&c, csv, NULL), ASSAY_OK);
	text = assay_buf_str(&c.texts);
	for (uint32_t i = 0; i < c.rows * c.columns; i++, text = assay_table_correction_next(text))
		assay_buf_printf(&b, "%s%c", text, (i + 1) % c.columns == 0 ? '/' : '|');
	assert_string_equal(assay_buf_str(&b), cells);
	assert_ptr_equal(text, assay_buf_str(&c.texts) + c.texts.len);
}

static void csv__what_programs_write__cells(void **state)
{
	(void)state;
	expect("a,b\n1,2\n", "a|b/1|2/");
	expect("\xef\xbb\xbf"
	       "a,b\r\n,2",
	       "a|b/|2/");
	expect("\n\r\na\n\n2\n\n", "a//2/");
	expect("\" a,\n\"\"b\"\"\",  c \t d\n1,2\n", "a, \"b\"|c d/1|2/");
	expect("'=1,-2\n3,4\n", "'=1|-2/3|4/");
	expect("a;b\nc\n", "a;b/c/");
}

static void refuse(const char *csv, const char *why)
{
	ASSAY_AUTO_TABLE_CORRECTION c = {0};
	assay_err err = ASSAY_ERR_INIT;

	assert_int_equal(read_csv(&c, csv, &err), ASSAY_ECORRUPT);
	assert_string_equal(err.msg, why);
}

static void csv__what_is_no_table__file_and_line(void **state)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

	(void)state;
	refuse("", "'t.csv' has no cell with a text: it is no table");
	refuse("a,b\n1\n", "'t.csv' line 2: 1 cells, and line 1 has 2");
	refuse("\n\"a\nb\",c\n1,2,3\n", "'t.csv' line 4: 3 cells, and line 2 has 2");
	refuse("a,b\n\n\n1,2\n", "'t.csv' line 2: it is empty, and rows follow");
	refuse("a,b\n1,\x01\n", "'t.csv' line 2: a control character");
	refuse("a,b\n1,\"2\n", "'t.csv' line 2: a quote is not closed");
	refuse("a,b\r1,2\r", "'t.csv' line 1: it ends with CR alone: save it with line ends LF or CR LF");
	refuse("a,b\n1,2\r3,4\n", "'t.csv' line 2: it ends with CR alone: save it with line ends LF or CR LF");
	refuse("a,b\n", "'t.csv' line 1: a table has heads and at least a row of values: this is the only row");
	refuse("a;b\n1;2\n", "'t.csv' line 1: cells are parted by commas, not by semicolons or tabs");
	for (int i = 0; i < 4096; i++)
		assay_buf_puts(&b, "1\n");
	assay_buf_puts(&b, "\n\n1\n");
	refuse(assay_buf_str(&b), "'t.csv' line 4099: a table has at most 4096 rows");
	assay_buf_reset(&b);
	for (int i = 0; i < 65536 / 256 + 1; i++)
		assay_buf_printf(&b, "%0255d\n", 0);
	for (char *p = (char *)b.data; *p != '\0'; p++)
		*p = *p == '0' ? ',' : *p;
	((char *)b.data)[0] = ',';
	refuse(assay_buf_str(&b), "'t.csv' line 257: a table has at most 65536 cells");
}

static void record__round_trip_and_example__bytes(void **state)
{
	/* The example of docs/formats.md. */
	static const unsigned char wanted[] =
	    "\xa6\x00\x01\x01\x02\x02\x00\x03\x84\x19\x03\xe8\x19\x07\xd0\x19\x0b\xb8\x19"
	    "\x0f\xa0\x04\x02\x05\x84\x64Item\x66"
	    "Amount\x66"
	    "Anchor\x66"
	    "340.50";
	ASSAY_AUTO_TABLE_CORRECTION c = {.table = 2, .box = {1000, 2000, 3000, 4000}}, back = {0};
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

	(void)state;
	assert_int_equal(assay_table_csv_read(&c, "t.csv", "Item,Amount\nAnchor,340.50\n", 26, NULL), ASSAY_OK);
	assert_int_equal(assay_table_correction_encode(&b, &c, NULL), ASSAY_OK);
	assert_int_equal(b.len, sizeof wanted - 1);
	assert_memory_equal(b.data, wanted, b.len);
	assert_int_equal(assay_table_correction_decode(&back, b.data, b.len, NULL), ASSAY_OK);
	assert_int_equal(back.table, 2);
	assert_memory_equal(back.box, c.box, sizeof c.box);
	assert_int_equal(back.rows, 2);
	assert_int_equal(back.columns, 2);
	assert_int_equal(back.texts.len, c.texts.len);
	assert_memory_equal(back.texts.data, c.texts.data, c.texts.len);
}

typedef struct fields {
	uint64_t format, table, half, box[4], columns;
	size_t cells;
	const char *text;
} fields;

static void refuse_record(const fields *f, const char *why)
{
	assay_table_correction c = {0};
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	assay_err err = ASSAY_ERR_INIT;

	assay_cbor_map(&b, 6);
	assay_cbor_uint(&b, 0);
	assay_cbor_uint(&b, f->format);
	assay_cbor_uint(&b, 1);
	assay_cbor_uint(&b, f->table);
	assay_cbor_uint(&b, 2);
	assay_cbor_uint(&b, f->half);
	assay_cbor_uint(&b, 3);
	assay_cbor_array(&b, 4);
	for (int i = 0; i < 4; i++)
		assay_cbor_uint(&b, f->box[i]);
	assay_cbor_uint(&b, 4);
	assay_cbor_uint(&b, f->columns);
	assay_cbor_uint(&b, 5);
	assay_cbor_array(&b, f->cells);
	for (size_t i = 0; i < f->cells; i++)
		assay_cbor_text(&b, f->text);
	assert_int_equal(assay_table_correction_decode(&c, b.data, b.len, &err),
			 why == NULL ? ASSAY_OK : ASSAY_ECORRUPT);
	if (why != NULL)
		assert_non_null(strstr(err.msg, why));
	assay_table_correction_release(&c);
}

static void record__not_what_encode_writes__ecorrupt(void **state)
{
	static char large[ASSAY_TABLE_CORRECTION_TEXT_MAX + 2];
	const fields good = {1, 1, 0, {0, 0, 10000, 10000}, 2, 4, "x"};
	fields f = good;

	(void)state;
	refuse_record(&f, NULL);
	f.format = 2;
	refuse_record(&f, "unknown format");
	f = good;
	f.table = 0;
	refuse_record(&f, "no number of a table");
	f.table = (uint64_t)UINT32_MAX + 2;
	refuse_record(&f, "too large");
	f = good;
	f.half = 3;
	refuse_record(&f, "a half");
	f = good;
	f.box[2] = 10001;
	refuse_record(&f, "a box");
	f.box[2] = 0;
	refuse_record(&f, "a box");
	f = good;
	f.columns = 3;
	refuse_record(&f, "no table has");
	f.columns = 0;
	refuse_record(&f, "no table has");
	f = good;
	f.cells = 0;
	refuse_record(&f, "no rows");
	f = good;
	f.columns = f.cells = 257;
	refuse_record(&f, "no columns, or too many");
	f = good;
	memset(large, 'x', sizeof large - 1);
	f.text = large;
	refuse_record(&f, "not the text of a cell");
}

static void encode__what_is_refused__why(void **state)
{
	assay_table_correction c = {.table = 1, .rows = 1, .columns = 1};
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	assay_err err = ASSAY_ERR_INIT;

	(void)state;
	assay_buf_append(&c.texts, "\xff", 2);
	assert_int_equal(assay_table_correction_encode(&b, &c, &err), ASSAY_EINVAL);
	c.rows = 4097;
	assert_int_equal(assay_table_correction_encode(&b, &c, &err), ASSAY_EINVAL);
	c.rows = 300;
	c.columns = 256;
	assert_int_equal(assay_table_correction_encode(&b, &c, &err), ASSAY_EINVAL);
	assert_string_equal(err.msg, "correction of a table: too many cells");
	assay_table_correction_release(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(csv__what_programs_write__cells),
	    cmocka_unit_test(csv__what_is_no_table__file_and_line),
	    cmocka_unit_test(record__round_trip_and_example__bytes),
	    cmocka_unit_test(record__not_what_encode_writes__ecorrupt),
	    cmocka_unit_test(encode__what_is_refused__why),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
