/* Names that tools give to the same things are taken for one another; the first of a list that is there counts. */
#include "evaluation.h"

#include "assay/decimal.h"
#include "assay/memory.h"

#include <math.h>
#include <string.h>
#include <strings.h>

#define SCORE_MAX 1e9

/* Those of a key, and those of a file. */
#define KEY_NAMES 6
static const char *const sample_names[] = {"key",    "sample", "sample_key", "sample_id", "__key__",   "id",
					   "member", "path",   "file",       "filename",  "file_name", "artifact"};
static const char *const score_names[] = {"score", "value"};
static const char *const label_names[] = {"label", "verdict", "result", "outcome", "passed", "pass", "correct", "ok"};
static const char *const note_names[] = {"note", "comment", "reason", "explanation"};

_Static_assert(ASSAY_COUNT(sample_names) == EVALUATION_NAMES, "room for every name");

/* Null is as good as not there. */
static const json_t *first_of(const json_t *object, const char *const *names, size_t count, const char **name)
{
	for (size_t i = 0; i < count; i++) {
		const json_t *v = json_object_get(object, names[i]);

		*name = names[i];
		if (v != NULL && !json_is_null(v))
			return v;
	}
	return NULL;
}

static bool read_names(evaluation_line *l, const json_t *object, assay_buf *fault)
{
	for (size_t i = 0; i < ASSAY_COUNT(sample_names); i++) {
		const char *text = json_string_value(json_object_get(object, sample_names[i]));

		if (text == NULL || text[0] == '\0')
			continue;
		l->names[l->name_count++] = text;
		l->key_count += i < KEY_NAMES;
	}
	if (l->name_count == 0)
		assay_buf_puts(fault,
			       "names no sample: add \"key\", as manifest.jsonl has it, or \"member\", a file of "
			       "the delivery");
	return l->name_count > 0;
}

static bool read_score(evaluation_line *l, const json_t *object, assay_buf *fault)
{
	const char *name;
	const json_t *v = first_of(object, score_names, ASSAY_COUNT(score_names), &name);
	assay_decimal d;
	double x;
	bool defined;

	if (v == NULL)
		return true;
	if (json_is_number(v))
		x = json_number_value(v);
	else if (json_is_string(v) && assay_decimal_parse(&d, json_string_value(v)))
		x = (double)d.units / pow(10, d.scale);
	else {
		assay_buf_printf(fault, "\"%s\" is not a number: write one, or leave it out", name);
		return false;
	}
	l->result.score = assay_round_f64(x, ASSAY_FEEDBACK_SCALE, &defined);
	l->result.has_score = true;
	if (!defined || fabs(x) > SCORE_MAX)
		assay_buf_printf(fault, "\"%s\" is beyond 10^9 from zero: scale the scores", name);
	return fault->len == 0;
}

/* Two labels have a meaning; words for them are told by them. */
static const char *meaning_of(const char *word)
{
	static const char *const words[][2] = {
	    {"pass", ASSAY_FEEDBACK_PASS},      {"passed", ASSAY_FEEDBACK_PASS}, {"true", ASSAY_FEEDBACK_PASS},
	    {"correct", ASSAY_FEEDBACK_PASS},   {"good", ASSAY_FEEDBACK_PASS},   {"ok", ASSAY_FEEDBACK_PASS},
	    {"yes", ASSAY_FEEDBACK_PASS},       {"fail", ASSAY_FEEDBACK_FAIL},   {"failed", ASSAY_FEEDBACK_FAIL},
	    {"false", ASSAY_FEEDBACK_FAIL},     {"wrong", ASSAY_FEEDBACK_FAIL},  {"bad", ASSAY_FEEDBACK_FAIL},
	    {"incorrect", ASSAY_FEEDBACK_FAIL}, {"no", ASSAY_FEEDBACK_FAIL},
	};

	for (size_t i = 0; i < ASSAY_COUNT(words); i++)
		if (strcasecmp(words[i][0], word) == 0)
			return words[i][1];
	return word;
}

static bool read_label(evaluation_line *l, const json_t *object, assay_buf *fault)
{
	const char *name, *text = NULL;
	const json_t *v = first_of(object, label_names, ASSAY_COUNT(label_names), &name);
	const json_t *failed = json_object_get(object, "failed");

	if (v == NULL && json_is_boolean(failed))
		text = json_is_true(failed) ? ASSAY_FEEDBACK_FAIL : ASSAY_FEEDBACK_PASS;
	else if (v == NULL)
		return true;
	else if (json_is_boolean(v))
		text = json_is_true(v) ? ASSAY_FEEDBACK_PASS : ASSAY_FEEDBACK_FAIL;
	else if (json_is_string(v))
		text = meaning_of(json_string_value(v));
	if (text == NULL || text[0] == '\0' || strlen(text) > ASSAY_FEEDBACK_LABEL_MAX) {
		assay_buf_printf(fault, "\"%s\" is neither true, false nor a text of 1 to %d bytes, such as \"pass\"",
				 name, ASSAY_FEEDBACK_LABEL_MAX);
		return false;
	}
	memcpy(l->label, text, strlen(text) + 1);
	l->result.label = l->label;
	return true;
}

static bool read_note(evaluation_line *l, const json_t *object, assay_buf *fault)
{
	const char *name;
	const json_t *v = first_of(object, note_names, ASSAY_COUNT(note_names), &name);

	l->result.note = json_string_value(v);
	if (v != NULL && l->result.note == NULL)
		assay_buf_printf(fault, "\"%s\" is not a text: quote it, or leave it out", name);
	return fault->len == 0;
}

bool evaluation_line_read(evaluation_line *line, const json_t *object, assay_buf *fault)
{
	*line = (evaluation_line){0};
	if (!json_is_object(object)) {
		assay_buf_puts(fault, "is not a JSON object");
		return false;
	}
	if (!read_names(line, object, fault) || !read_score(line, object, fault) || !read_label(line, object, fault) ||
	    !read_note(line, object, fault))
		return false;
	if (!line->result.has_score && line->result.label == NULL)
		assay_buf_puts(fault, "has neither \"score\" nor \"label\": say how the model did on the sample");
	return fault->len == 0;
}
