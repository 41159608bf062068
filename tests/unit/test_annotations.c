#include "annotations.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <string.h>

#include <cmocka.h>

static void read_all(assay_annotations *out, assay_diagnostics *d, const char *text, const char *who)
{
	assay_err err = ASSAY_ERR_INIT;

	assert_int_equal(assay_annotations_read(out, "in", text, strlen(text), who, d, &err), ASSAY_OK);
}

/* Every annotation as "ticket|key|annotator|reason|text;", then blank and cancelled. */
static void check(const char *text, const char *who, const char *expected)
{
	ASSAY_AUTO_BUF told = ASSAY_BUF_INIT;
	ASSAY_AUTO_ANNOTATIONS a = {0};
	assay_diagnostics d = {0};

	read_all(&a, &d, text, who);
	for (size_t i = 0; i < a.count; i++) {
		const assay_annotation *x = &a.items[i];

		assay_buf_printf(&told, "%s|%s|%s|%s|%s;", x->ticket ? x->ticket : "-", x->key ? x->key : "-",
				 x->annotator ? x->annotator : "-", x->reason ? x->reason : "-", x->text);
	}
	assay_buf_printf(&told, " %zu %zu", a.blank, a.cancelled);
	assay_diagnostics_text(&d, &told);
	assert_string_equal(assay_buf_str(&told), expected);
	assay_diagnostics_release(&d);
}

static void read__tables__rows_with_a_name(void **state)
{
	(void)state;
	check("ticket,key,kind,lane,failed,source_digest,text,annotator,reason\r\n"
	      "T1,a.png#page=1,page,general,cer,,one,ann,typed\r\n"
	      "T1,a.png#page=1,page,general,cer,,\"o\nne\",ben,\r\n"
	      "T2,b.png#page=1,page,general,cer,,as it was,,\r\n",
	      NULL, "T1|a.png#page=1|ann|typed|one;T1|a.png#page=1|ben|-|o\nne; 1 0");
	check("text,key\n\"'=1\",k\n", "cy", "-|k|cy|-|=1; 0 0");
	check("text,key\nx,k\n", NULL, " 1 0");
}

static void read__tables__faults_with_their_line(void **state)
{
	(void)state;
	check("", NULL, " 0 0in: error: the table is empty\n");
	check("ticket,txt\n", NULL,
	      " 0 0in:1:1: error: there is no column 'txt', did you mean 'text'?\n"
	      "in:1:1: error: the first line names the columns: text, and ticket or key\n");
	check("ticket,text,text\nT1,a,b\n", "ann", " 0 0in:1:1: error: column 'text' stands here twice\n");
	check("ticket,text\nT1\nT2,b\nT3,b,c\n,x\n", "ann",
	      "T2|-|ann|-|b; 0 0in:2:1: error: it has fewer cells than the first line\n"
	      "in:4:1: error: it has more cells than the first line\n"
	      "in:5:1: error: it names neither a ticket nor a key\n");
	check("ticket,text,source_digest\nT1,a,sha256:12\n", "ann", " 0 0in:2:1: error: source_digest is no SHA-256\n");
	check("ticket,text\nT1,\"a\n", "ann", " 0 0in:2:1: error: a quote is not closed\n");
}

#define AREA(text)        "{\"type\":\"textarea\",\"from_name\":\"text\",\"to_name\":\"image\",\"value\":{\"text\":" text "}}"
#define OTHER             "{\"type\":\"textarea\",\"from_name\":\"note\",\"value\":{\"text\":[\"of note\"]}}"
#define TASK(annotations) "{\"id\":7,\"data\":{\"ticket\":\"T1\",\"key\":\"k\"},\"annotations\":[" annotations "]}"

static void read__tasks__one_text_for_each_annotator(void **state)
{
	(void)state;
	check("[" TASK("{\"completed_by\":{\"id\":3,\"email\":\"ann@x\"},\"result\":[" AREA(
		  "[\"one\"]") "]},"
			       "{\"completed_by\":5,\"result\":[" AREA(
				   "\"two\"") "]},"
					      "{\"completed_by\":{\"id\":6},\"was_cancelled\":true,\"result\":[]}") "]",
	      NULL, "T1|k|ann@x|-|one;T1|k|5|-|two; 0 1");
	check("[" TASK("") "," TASK("{\"result\":[]}") ",{\"data\":{\"key\":\"k\"}}]", NULL,
	      " 2 0in: warning: task 2: the annotation of nobody has no text\n");
	check(TASK("{\"result\":[{\"type\":\"choices\"}," AREA("[\"a\",\"b\"]") "]}"), "cy", "T1|k|cy|-|a\nb; 0 0");
	check(TASK("{\"result\":[" OTHER "," AREA("[\"a\"]") "," OTHER "]}"), "cy", "T1|k|cy|-|a; 0 0");
	check(TASK("{\"result\":[" OTHER "]}"), "cy", "T1|k|cy|-|of note; 0 0");
}

static void read__tasks__faults_with_their_number(void **state)
{
	(void)state;
	check("[{\"text\":\"x\"}]", NULL,
	      " 0 0in: error: task 1: it has no object 'data': export as JSON, not as JSON-MIN\n");
	check("[" TASK("") "," TASK("{\"result\":7}") "]", NULL,
	      " 1 0in: error: task 2: an annotation has no list 'result'\n");
	check("[" TASK("{\"result\":[" AREA("7") "]}") "]", NULL,
	      " 0 0in: error: task 1: value.text of its text area is no text\n");
	check(
	    "[" TASK("") "," TASK("{\"result\":[" AREA("[\"AAA\"]") "," AREA("[\"BBB\"]") "]}") "]", "ann",
	    " 1 0in: error: task 2: an annotation has several texts named 'text', such as one for each region: put all "
	    "of it into one, and export it again\n");
	check(TASK("{\"result\":[" OTHER "," OTHER "]}"), "ann",
	      " 0 0in: error: task 1: it has several text areas and none is named 'text'\n");
	check("[{\"data\":{},\"annotations\":[{\"result\":[" AREA("[\"x\"]") "]}]}]", NULL,
	      " 0 0in: error: task 1: it names neither a ticket nor a key\n");
	check("[{\"data\":{\"ticket\":\"T1\"},\"annotations\":{}}]", NULL,
	      " 0 0in: error: task 1: 'annotations' is no list\n");
	check("[", NULL, " 0 0in:1:1: error: ']' expected near end of file\n");
}

/* Each is told, counted and left out: nobody decided that there is nothing to read. */
static void read__annotations_without_a_text__left_out(void **state)
{
	ASSAY_AUTO_ANNOTATIONS a = {0};
	assay_diagnostics d = {0};

	(void)state;
	check("ticket,text,annotator\nT1,,ann\nT1,\" \n\",ben\nT1,x,cy\n,,\n", NULL,
	      "T1|-|cy|-|x; 1 0in:2:1: warning: the line of ann has no text\n"
	      "in:3:1: warning: the line of ben has no text\n");
	check("[" TASK("{\"completed_by\":{\"email\":null},\"result\":[" AREA("[]") "]}") "]", NULL,
	      " 0 0in: warning: task 1: the annotation of nobody has no text\n");
	check(TASK("{\"completed_by\":5,\"result\":[" AREA("[\"\"]") "]},{\"completed_by\":6,\"result\":[]}"), NULL,
	      " 0 0in: warning: task 1: the annotation of 5 has no text\n"
	      "in: warning: task 1: the annotation of 6 has no text\n");
	check(TASK("{\"completed_by\":{\"email\":null},\"result\":[" AREA("\"x\"") "]}"), NULL,
	      " 0 0in: error: task 1: it does not say who completed it: --annotator NAME says who\n");
	read_all(&a, &d, TASK("{\"result\":[]},{\"result\":[" AREA("[]") "]}"), NULL);
	assert_int_equal(a.wordless, 2);
	assay_diagnostics_release(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(read__tables__rows_with_a_name),
	    cmocka_unit_test(read__tables__faults_with_their_line),
	    cmocka_unit_test(read__tasks__one_text_for_each_annotator),
	    cmocka_unit_test(read__tasks__faults_with_their_number),
	    cmocka_unit_test(read__annotations_without_a_text__left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
