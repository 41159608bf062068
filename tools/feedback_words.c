#include "feedback_words.h"

#include "tell.h"

#include "assay/feedback.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define BEGIN  "evaluation E"
#define SCORE  "score "
#define LABEL  "label "
#define NUMBER "-+.0123456789eE"

static const char *after(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0 ? text + strlen(prefix) : NULL;
}

/* "score 0.31 < 0.5": to what follows. NULL when it is none. */
static const char *read_score(assay_feedback_words *out, const char *text)
{
	const char *at = after(text, SCORE);
	size_t size = at != NULL ? strspn(at, NUMBER) : 0;

	if (size == 0)
		return NULL;
	at += size;
	if (strncmp(at, " < ", 3) != 0 && strncmp(at, " > ", 3) != 0)
		return at;
	size = strspn(at + 3, NUMBER);
	if (size == 0)
		return at;
	out->bound = at;
	out->bound_size = size + 3;
	return at + out->bound_size;
}

static void read_label(assay_feedback_words *out, const char *text)
{
	const char *note = strstr(text, ": ");

	out->label = text;
	out->label_size = note != NULL ? (size_t)(note - text) : strlen(text);
}

/* From the number on: "3 vqa: score..." */
static bool read_from(assay_feedback_words *out, const char *text)
{
	const char *at, *name, *label;
	char *end;

	*out = (assay_feedback_words){0};
	if (*text < '1' || *text > '9')
		return false;
	out->evaluation = strtoull(text, &end, 10);
	name = after(end, " ");
	if (name == NULL)
		return false;
	at = name + strcspn(name, " "); /* a name has no blank */
	if (at == name || at[-1] != ':' || *at == '\0')
		return false;
	at++;
	label = after(at, LABEL);
	if (label == NULL) {
		at = read_score(out, at);
		label = at != NULL ? after(at, ", " LABEL) : NULL;
	}
	if (label != NULL)
		read_label(out, label);
	return at != NULL;
}

bool assay_feedback_words_read(assay_feedback_words *out, const char *words)
{
	/* What people gave as the reason stands before. */
	for (const char *at = words; (at = strstr(at, BEGIN)) != NULL; at += strlen(BEGIN))
		if ((at == words || (at - words >= 2 && strncmp(at - 2, "; ", 2) == 0)) &&
		    read_from(out, at + strlen(BEGIN)))
			return true;
	return false;
}

bool assay_feedback_words_same(const char *a, const char *b)
{
	assay_feedback_words x, y;
	const char *a_bound = assay_feedback_words_read(&x, a) && x.bound != NULL ? x.bound : NULL;
	const char *b_bound = assay_feedback_words_read(&y, b) && y.bound != NULL ? y.bound : NULL;
	size_t size;

	if (a_bound == NULL && b_bound == NULL)
		return strcmp(a, b) == 0;
	/* Of an older store one of them has none: up to the other's they are the same, and behind it. */
	size = a_bound != NULL ? (size_t)(a_bound - a) : (size_t)(b_bound - b);
	if (strlen(a) < size || strlen(b) < size || memcmp(a, b, size) != 0)
		return false;
	a += size + (a_bound != NULL ? x.bound_size : 0);
	b += size + (b_bound != NULL ? y.bound_size : 0);
	return strcmp(a, b) == 0;
}

/* By its label where nothing says otherwise, "fail" by itself; a score alone that an older version told has no bound. */
static void put_measure(assay_buf *out, const assay_feedback_words *w)
{
	const size_t size = w->label_size;

	if (w->bound != NULL) {
		assay_buf_printf(out, " --fail-%s %.*s", w->bound[1] == '<' ? "below" : "above",
				 (int)(w->bound_size - 3), w->bound + 3);
	} else if (w->label == NULL ||
		   (size == strlen(ASSAY_FEEDBACK_PASS) && strncmp(w->label, ASSAY_FEEDBACK_PASS, size) == 0)) {
		assay_buf_puts(out, " --fail-below SCORE");
	} else if (size != strlen(ASSAY_FEEDBACK_FAIL) || strncmp(w->label, ASSAY_FEEDBACK_FAIL, size) != 0) {
		ASSAY_AUTO_BUF label = ASSAY_BUF_INIT;

		assay_buf_append(&label, w->label, size);
		assay_buf_puts(out, " --label ");
		assay_tell_word(out, assay_buf_str(&label));
	}
}

void assay_feedback_words_report(assay_buf *out, const char *words)
{
	assay_feedback_words w;

	assay_buf_puts(out, "assay feedback report");
	if (!assay_feedback_words_read(&w, words))
		return;
	assay_buf_printf(out, " --eval E%" PRIu64, w.evaluation);
	put_measure(out, &w);
}
