#include "changes.h"

#include "tell.h"

#include "assay/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TERMS_SAID 6 /* of a recipe, to people */

void assay_changes_release(assay_changes *c)
{
	for (size_t i = 0; i < c->count; i++) {
		free(c->items[i].name);
		free(c->items[i].before);
		free(c->items[i].now);
		free(c->items[i].text);
		free(c->items[i].stage);
		free(c->items[i].subject);
		if (c->items[i].terms != NULL)
			assay_changes_release(c->items[i].terms);
		free(c->items[i].terms);
	}
	free(c->items);
	*c = (assay_changes){0};
}

void assay_json_changes(assay_json *j, const char *key, const assay_changes *c)
{
	assay_json_key(j, key);
	assay_json_array(j);
	for (size_t i = 0; i < c->count; i++) {
		const assay_change *x = &c->items[i];

		assay_json_object(j);
		assay_json_kstr(j, "what", x->what);
		assay_json_kstr(j, "name", x->name);
		assay_json_kstr(j, "before", x->before);
		assay_json_kstr(j, "now", x->now);
		if (x->effect != NULL)
			assay_json_kstr(j, "effect", x->effect);
		assay_json_kstr(j, "text", x->text);
		if (x->stage != NULL)
			assay_json_kstr(j, "stage", x->stage);
		if (x->subject != NULL)
			assay_json_kstr(j, "subject", x->subject);
		if (x->terms != NULL)
			assay_json_changes(j, "terms", x->terms);
		assay_json_end(j);
	}
	assay_json_end(j);
}

void assay_json_known_changes(assay_json *j, const char *key, const assay_changes *c, bool known)
{
	if (known) {
		assay_json_changes(j, key, c);
		return;
	}
	assay_json_key(j, key);
	assay_json_null(j);
}

static assay_code copy(char **out, const char *text, assay_err *err)
{
	*out = text != NULL ? assay_strdup(text) : NULL;
	return text != NULL && *out == NULL ? ASSAY_RAISE(err, ASSAY_ENOMEM, "change") : ASSAY_OK;
}

assay_code assay_changes_add(assay_changes *c, assay_change_words w, const assay_buf *text, assay_err *err)
{
	assay_change *x;
	assay_code rc = assay_buf_check(text, err);

	if (rc != ASSAY_OK)
		return rc;
	ASSAY_TRY(assay_grow(&c->items, &c->cap, c->count, sizeof *c->items, err));
	x = &c->items[c->count++];
	*x = (assay_change){.what = w.what, .effect = w.effect};
	ASSAY_TRY(copy(&x->name, w.name, err));
	ASSAY_TRY(copy(&x->before, w.before, err));
	ASSAY_TRY(copy(&x->now, w.now, err));
	ASSAY_TRY(copy(&x->text, assay_buf_str(text), err));
	ASSAY_TRY(copy(&x->stage, w.stage, err));
	ASSAY_TRY(copy(&x->subject, w.subject, err));
fail:
	return rc;
}

static void say_line(const char *indent, const char *word, const char *line)
{
	ASSAY_AUTO_BUF safe = ASSAY_BUF_INIT;

	assay_tell_safe(&safe, line);
	assay_say("%s%s%s\n", indent, word, assay_buf_str(&safe));
}

void assay_say_changes(const char *indent, const char *word, const assay_changes *c)
{
	for (size_t i = 0; i < c->count; i++) {
		const assay_changes *terms = c->items[i].terms;

		say_line(indent, word, c->items[i].text);
		if (terms == NULL || terms->count < 2)
			continue; /* the sentence says it */
		for (size_t k = 0; k < terms->count && k < TERMS_SAID; k++)
			say_line(indent, "  ", terms->items[k].text);
		if (terms->count > TERMS_SAID)
			assay_say("%s  and %zu more term%s (--json lists all)\n", indent, terms->count - TERMS_SAID,
				  terms->count == TERMS_SAID + 1 ? "" : "s");
	}
}
