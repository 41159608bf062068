#include "annotations.h"

#include "compose.h"
#include "csv.h"
#include "person.h"

#include "assay/suggest.h"
#include "assay/text.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- the list */

static void annotation_release(assay_annotation *a)
{
	free(a->ticket);
	free(a->key);
	free(a->text);
	free(a->annotator);
	free(a->reason);
}

void assay_annotations_release(assay_annotations *a)
{
	for (size_t i = 0; i < a->count; i++)
		annotation_release(&a->items[i]);
	free(a->items);
	*a = (assay_annotations){0};
}

typedef struct reading {
	assay_annotations *out;
	const char *name;              /* of the file */
	const char *default_annotator; /* NULL: none */
	assay_diagnostics *d;
	assay_err *err;
} reading;

/* What one annotation says, borrowed. "" and NULL say nothing. */
typedef struct saying {
	const char *ticket, *key, *text, *annotator, *reason, *digest;
	int line;
	size_t task;
} saying;

static bool keep(char **out, const char *text)
{
	if (text == NULL || *text == '\0')
		return true;
	*out = assay_strdup(text);
	return *out != NULL;
}

static void fault(const reading *r, const saying *s, const char *what)
{
	if (s->task > 0)
		assay_diagnostics_add(r->d, true, r->name, 0, 0, "task %zu: %s", s->task, what);
	else
		assay_diagnostics_add(r->d, true, r->name, s->line, 1, "%s", what);
}

static const char *who_says(const reading *r, const saying *s)
{
	return s->annotator != NULL && !assay_person_is_nobody(s->annotator) ? s->annotator : r->default_annotator;
}

/* That there is nothing to read on a page is said by 'queue resolve --text': here it is far more often an oversight. */
static void leave_out(reading *r, const saying *s)
{
	const char *who = who_says(r, s);

	r->out->wordless++;
	if (s->task > 0)
		assay_diagnostics_add(r->d, false, r->name, 0, 0, "task %zu: the annotation of %.100s has no text",
				      s->task, who != NULL ? who : "nobody");
	else
		assay_diagnostics_add(r->d, false, r->name, s->line, 1, "the line of %.100s has no text", who);
}

/* With a blank before or behind it, or with its accents apart, it is the same person, who cannot agree with himself. */
static bool keep_name(char **out, const char *name)
{
	ASSAY_AUTO_BUF composed = ASSAY_BUF_INIT;
	assay_err err;
	const char *first = name + strspn(name, " \t");
	size_t size = strlen(first);

	while (size > 0 && (first[size - 1] == ' ' || first[size - 1] == '\t'))
		size--;
	*out = assay_text_compose(&composed, first, size, &err) == ASSAY_OK ? assay_strdup(assay_buf_str(&composed))
									    : NULL;
	return *out != NULL;
}

static assay_code add(reading *r, const saying *s)
{
	ASSAY_AUTO_BUF why = ASSAY_BUF_INIT;
	assay_annotation a = {.line = s->line, .task = s->task};
	const char *who = who_says(r, s);
	assay_code rc;

	if (s->text[strspn(s->text, " \t\r\n")] == '\0') {
		leave_out(r, s);
		return ASSAY_OK;
	}
	if ((s->ticket == NULL || *s->ticket == '\0') && (s->key == NULL || *s->key == '\0')) {
		fault(r, s, "it names neither a ticket nor a key");
		return ASSAY_OK;
	}
	if (who == NULL) {
		fault(r, s, "it does not say who completed it: --annotator NAME says who");
		return ASSAY_OK;
	}
	if (assay_person_fault(who) != NULL) {
		assay_buf_printf(&why, "the name of who wrote it %s", assay_person_fault(who));
		fault(r, s, assay_buf_str(&why));
		return assay_buf_check(&why, r->err);
	}
	if (s->digest != NULL && *s->digest != '\0') {
		a.has_digest =
		    assay_digest_parse(&a.digest, strncmp(s->digest, "sha256:", 7) == 0 ? s->digest + 7 : s->digest);
		if (!a.has_digest) {
			fault(r, s, "source_digest is no SHA-256");
			return ASSAY_OK;
		}
	}
	rc = assay_grow(&r->out->items, &r->out->cap, r->out->count, sizeof a, r->err);
	if (rc != ASSAY_OK)
		return rc;
	a.text = assay_strdup(s->text);
	if (a.text == NULL || !keep(&a.ticket, s->ticket) || !keep(&a.key, s->key) || !keep_name(&a.annotator, who) ||
	    !keep(&a.reason, s->reason)) {
		annotation_release(&a);
		return ASSAY_RAISE(r->err, ASSAY_ENOMEM, "annotation");
	}
	r->out->items[r->out->count++] = a;
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- a table */

enum { TICKET, KEY, TEXT, ANNOTATOR, REASON, DIGEST, IGNORED };

static const struct {
	const char *name;
	int column;
} columns[] = {
    {"ticket", TICKET}, {"key", KEY},      {"text", TEXT},      {"annotator", ANNOTATOR},  {"reason", REASON},
    {"kind", IGNORED},  {"lane", IGNORED}, {"failed", IGNORED}, {"source_digest", DIGEST},
};

/* Which cell holds what; SIZE_MAX: none. */
static bool read_header(const reading *r, const assay_csv *c, size_t place[IGNORED])
{
	for (size_t i = 0; i < IGNORED; i++)
		place[i] = SIZE_MAX;
	for (size_t i = 0; i < c->count; i++) {
		const char *name = assay_csv_field(c, i);
		assay_suggest s;
		char hint[160];
		size_t k = 0;

		assay_suggest_init(&s, name);
		while (k < ASSAY_COUNT(columns) && strcmp(columns[k].name, name) != 0)
			assay_suggest_offer(&s, columns[k++].name);
		if (k == ASSAY_COUNT(columns))
			assay_diagnostics_add(r->d, true, r->name, c->line, 1, "there is no column '%.60s'%s", name,
					      assay_suggest_text(&s, hint, sizeof hint));
		else if (columns[k].column != IGNORED && place[columns[k].column] != SIZE_MAX)
			assay_diagnostics_add(r->d, true, r->name, c->line, 1, "column '%s' stands here twice", name);
		else if (columns[k].column != IGNORED)
			place[columns[k].column] = i;
	}
	if (place[TEXT] == SIZE_MAX || (place[TICKET] == SIZE_MAX && place[KEY] == SIZE_MAX))
		assay_diagnostics_add(r->d, true, r->name, c->line, 1,
				      "the first line names the columns: text, and ticket or key");
	return r->d->errors == 0;
}

static assay_code take_row(reading *r, const assay_csv *c, const size_t place[IGNORED], size_t width)
{
	const char *cell[IGNORED];
	saying s = {.line = c->line};

	if (c->count != width) {
		fault(r, &s,
		      c->count < width ? "it has fewer cells than the first line"
				       : "it has more cells than the first line");
		return ASSAY_OK;
	}
	for (size_t i = 0; i < IGNORED; i++)
		cell[i] = place[i] != SIZE_MAX ? assay_csv_field(c, place[i]) : "";
	if (assay_person_is_nobody(cell[ANNOTATOR]) && r->default_annotator == NULL) {
		r->out->blank++;
		return ASSAY_OK;
	}
	s.ticket = cell[TICKET];
	s.key = cell[KEY];
	s.text = cell[TEXT];
	s.annotator = cell[ANNOTATOR];
	s.reason = cell[REASON];
	s.digest = cell[DIGEST];
	return add(r, &s);
}

static assay_code read_table(reading *r, const void *data, size_t size)
{
	ASSAY_AUTO_CSV c;
	size_t place[IGNORED], width;
	assay_code rc = ASSAY_OK;

	assay_csv_open(&c, data, size);
	if (assay_csv_next(&c) && read_header(r, &c, place)) {
		width = c.count;
		while (rc == ASSAY_OK && assay_csv_next(&c))
			rc = take_row(r, &c, place, width);
	} else if (c.fault == NULL && c.count == 0) {
		assay_diagnostics_add(r->d, true, r->name, 0, 0, "the table is empty");
	}
	if (c.fault != NULL)
		assay_diagnostics_add(r->d, true, r->name, c.line, 1, "%s", c.fault);
	return rc == ASSAY_OK ? assay_buf_check(&c.texts, r->err) : rc;
}

/* ---------------------------------------------------------------- tasks of Label Studio */

/* An object with email, username or id, or a number: who. */
static const char *who_of(const json_t *by, char number[32])
{
	static const char *const names[] = {"email", "username"};

	for (size_t i = 0; i < ASSAY_COUNT(names); i++) {
		const char *name = json_string_value(json_object_get(by, names[i]));

		if (name != NULL && *name != '\0')
			return name;
	}
	if (json_is_object(by))
		by = json_object_get(by, "id");
	if (json_is_string(by))
		return json_string_value(by);
	if (!json_is_integer(by))
		return NULL;
	(void)snprintf(number, 32, "%" JSON_INTEGER_FORMAT, json_integer_value(by));
	return number;
}

/* A text, or a list of them, one to a line. */
static bool put_text(assay_buf *out, const json_t *value)
{
	size_t i;
	const json_t *line;

	if (json_is_string(value)) {
		assay_buf_puts(out, json_string_value(value));
		return true;
	}
	json_array_foreach(value, i, line)
	{
		if (!json_is_string(line))
			return false;
		assay_buf_printf(out, "%s%s", i > 0 ? "\n" : "", json_string_value(line));
	}
	return json_is_array(value);
}

/* The text area named text, or the only one. false: there is none, or *wrong says what is wrong with it. */
static bool find_text(assay_buf *out, const json_t *results, const char **wrong)
{
	const json_t *named = NULL, *other = NULL, *result;
	size_t i, names = 0, others = 0;

	json_array_foreach(results, i, result)
	{
		const char *type = json_string_value(json_object_get(result, "type"));
		const char *from = json_string_value(json_object_get(result, "from_name"));

		if (type == NULL || strcmp(type, "textarea") != 0)
			continue;
		if (from != NULL && strcmp(from, "text") == 0) {
			named = result;
			names++;
		} else {
			other = result;
			others++;
		}
	}
	if (names + others == 0)
		return false;
	if (names > 1) /* of regions, in an order that nothing tells: which is first on the page is for people to say */
		*wrong = "an annotation has several texts named 'text', such as one for each region: put all of it "
			 "into one, "
			 "and export it again";
	else if (names == 0 && others > 1)
		*wrong = "it has several text areas and none is named 'text'";
	else if (!put_text(out, json_object_get(json_object_get(names > 0 ? named : other, "value"), "text")))
		*wrong = "value.text of its text area is no text";
	return *wrong == NULL;
}

static assay_code take_annotation(reading *r, saying *s, const json_t *annotation, bool *said)
{
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
	const json_t *results = json_object_get(annotation, "result");
	const char *wrong = NULL;
	char number[32];
	assay_code rc;

	if (json_is_true(json_object_get(annotation, "was_cancelled"))) {
		r->out->cancelled++;
		return ASSAY_OK;
	}
	if (!json_is_array(results)) {
		fault(r, s, "an annotation has no list 'result'");
		return ASSAY_OK;
	}
	if (!find_text(&text, results, &wrong) && wrong != NULL) {
		fault(r, s, wrong);
		return ASSAY_OK;
	}
	*said = true;
	rc = assay_buf_check(&text, r->err);
	if (rc != ASSAY_OK)
		return rc;
	s->text = assay_buf_str(&text);
	s->annotator = who_of(json_object_get(annotation, "completed_by"), number);
	rc = add(r, s);
	s->text = s->annotator = NULL; /* they end here */
	return rc;
}

static const char *text_of(const json_t *data, const char *name)
{
	return json_string_value(json_object_get(data, name));
}

static assay_code take_task(reading *r, const json_t *task, size_t number)
{
	const json_t *data = json_object_get(task, "data"), *annotations = json_object_get(task, "annotations");
	saying s = {.ticket = text_of(data, "ticket"),
		    .key = text_of(data, "key"),
		    .digest = text_of(data, "source_digest"),
		    .task = number};
	const size_t cancelled = r->out->cancelled, errors = r->d->errors;
	const json_t *annotation;
	bool said = false;
	size_t i;

	if (!json_is_object(data)) {
		fault(r, &s, "it has no object 'data': export as JSON, not as JSON-MIN");
		return ASSAY_OK;
	}
	if (annotations != NULL && !json_is_array(annotations)) {
		fault(r, &s, "'annotations' is no list");
		return ASSAY_OK;
	}
	json_array_foreach(annotations, i, annotation)
	{
		const assay_code rc = take_annotation(r, &s, annotation, &said);

		if (rc != ASSAY_OK)
			return rc;
	}
	r->out->blank += !said && cancelled == r->out->cancelled && errors == r->d->errors;
	return ASSAY_OK;
}

static assay_code read_tasks(reading *r, const void *data, size_t size)
{
	json_error_t e;
	json_t *root = json_loadb(data, size, JSON_REJECT_DUPLICATES, &e);
	const json_t *task;
	assay_code rc = ASSAY_OK;
	size_t i;

	if (root == NULL) {
		assay_diagnostics_add(r->d, true, r->name, e.line, e.column, "%s", e.text);
	} else if (json_is_object(root)) {
		rc = take_task(r, root, 1);
	} else {
		json_array_foreach(root, i, task)
		{
			rc = take_task(r, task, i + 1);
			if (rc != ASSAY_OK)
				break;
		}
	}
	json_decref(root);
	return rc;
}

assay_code assay_annotations_read(assay_annotations *out, const char *name, const void *data, size_t size,
				  const char *default_annotator, assay_diagnostics *d, assay_err *err)
{
	reading r = {.out = out, .name = name, .default_annotator = default_annotator, .d = d, .err = err};
	const char *at = data, *end = at + size;
	assay_code rc;

	*out = (assay_annotations){0};
	while (at < end && strchr(" \t\r\n", *at) != NULL)
		at++;
	rc = at < end && (*at == '[' || *at == '{') ? read_tasks(&r, data, size) : read_table(&r, data, size);
	return rc == ASSAY_OK && d->failed ? ASSAY_RAISE(err, ASSAY_ENOMEM, "annotations of '%s'", name) : rc;
}
