/* A recipe is taken apart into terms, each with a name and a text; two recipes differ in the terms that differ. */
#include "changes.h"

#include "tell_recipe.h"

#include "assay/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct term {
	const char *what; /* "stage", "parameter", "engine", "model", "library", "metric", "artifact" */
	char *name, *text;
	const char *stage; /* borrowed from the recipe */
	const char *label; /* of the step, borrowed from the terms: the stage, with a number where it stands again */
} term;

typedef struct terms {
	const assay_recipe *recipe;
	char **labels; /* by step */
	term *items;
	size_t count, cap;
	bool failed;
} terms;

static void terms_release(terms *t)
{
	for (size_t i = 0; i < t->count; i++) {
		free(t->items[i].name);
		free(t->items[i].text);
	}
	free(t->items);
	for (size_t i = 0; t->labels != NULL && i < t->recipe->step_count; i++)
		free(t->labels[i]);
	free(t->labels);
}

static void put(terms *t, size_t step, const char *what, const char *name, const char *text)
{
	const char *label = t->labels[step];
	ASSAY_AUTO_BUF full = ASSAY_BUF_INIT;
	term *x;

	if (t->failed || assay_grow(&t->items, &t->cap, t->count, sizeof *t->items, NULL) != ASSAY_OK) {
		t->failed = true;
		return;
	}
	assay_buf_printf(&full, "%s%s%s", label, name[0] != '\0' ? "." : "", name);
	x = &t->items[t->count++];
	*x = (term){.what = what,
		    .name = assay_buf_steal(&full),
		    .text = assay_strdup(text),
		    .stage = t->recipe->steps[step].stage,
		    .label = label};
	t->failed = x->name == NULL || x->text == NULL;
}

/* ---------------------------------------------------------------- a step, taken apart */

static void put_files(terms *t, size_t step)
{
	const assay_recipe_step *s = &t->recipe->steps[step];
	char hex[ASSAY_DIGEST_HEX], text[ASSAY_DIGEST_HEX + 8];

	for (size_t i = 0; i < s->file_count; i++) {
		(void)snprintf(text, sizeof text, "sha256:%s", assay_digest_hex(&s->files[i].digest, hex));
		put(t, step, s->files[i].role[0] == 'f' ? "font" : "model", s->files[i].name, text);
	}
}

static void put_libraries(terms *t, size_t step)
{
	const assay_recipe_step *s = &t->recipe->steps[step];
	for (size_t i = 0; i < s->library_count; i++) {
		const char *space = strchr(s->libraries[i], ' ');
		ASSAY_AUTO_FREE char *name =
		    assay_strndup(s->libraries[i], space != NULL ? (size_t)(space - s->libraries[i]) : SIZE_MAX / 2);

		if (name == NULL)
			t->failed = true;
		else
			put(t, step, "library", name, space != NULL ? space + 1 : "");
	}
}

static void put_tables(terms *t, size_t step)
{
	const assay_recipe_step *s = &t->recipe->steps[step];
	char text[160];

	for (size_t i = 0; i < s->metric_count; i++) {
		(void)snprintf(text, sizeof text, "in %s to %d places",
			       s->metrics[i].unit[0] != '\0' ? s->metrics[i].unit : "1", s->metrics[i].scale);
		put(t, step, "metric", s->metrics[i].name, text);
	}
	for (size_t i = 0; i < s->artifact_count; i++) {
		(void)snprintf(text, sizeof text, "%s (%s)", s->artifacts[i].media, s->artifacts[i].suffix);
		put(t, step, "artifact", s->artifacts[i].role, text);
	}
}

static void put_step(terms *t, size_t step)
{
	const assay_recipe_step *s = &t->recipe->steps[step];
	char text[64];

	(void)snprintf(text, sizeof text, "version %u, %s", (unsigned)s->version,
		       assay_determinism_name(s->determinism));
	put(t, step, "stage", "", text);
	for (size_t i = 0; i < s->param_count; i++)
		put(t, step, "parameter", s->params[i].name, s->params[i].text);
	put(t, step, "engine", "", s->engine[0] != '\0' ? s->engine : "none");
	put_files(t, step);
	put_libraries(t, step);
	put_tables(t, step);
}

/* A stage that measures stands in a pipeline once; others may stand again, with other parameters. */
static char *make_label(const assay_recipe *r, size_t step)
{
	size_t nth = 1;

	for (size_t i = 0; i < step; i++)
		nth += strcmp(r->steps[i].stage, r->steps[step].stage) == 0;
	return nth == 1 ? assay_strdup(r->steps[step].stage) : assay_asprintf("%s (%zu)", r->steps[step].stage, nth);
}

static assay_code take_apart(terms *t, const assay_recipe *r, assay_err *err)
{
	t->recipe = r;
	t->labels = assay_alloc(r->step_count, sizeof *t->labels);
	t->failed = t->labels == NULL;
	for (size_t i = 0; i < r->step_count && !t->failed; i++) {
		t->labels[i] = make_label(r, i);
		t->failed = t->labels[i] == NULL;
		if (!t->failed)
			put_step(t, i);
	}
	return t->failed ? ASSAY_RAISE(err, ASSAY_ENOMEM, "terms of a recipe") : ASSAY_OK;
}

/* ---------------------------------------------------------------- what differs */

static const term *find(const terms *t, const term *like)
{
	for (size_t i = 0; i < t->count; i++)
		if (strcmp(t->items[i].what, like->what) == 0 && strcmp(t->items[i].name, like->name) == 0)
			return &t->items[i];
	return NULL;
}

static bool has_step(const terms *t, const char *label)
{
	for (size_t i = 0; i < t->recipe->step_count; i++)
		if (strcmp(t->labels[i], label) == 0)
			return true;
	return false;
}

/* Where a stage is not at all, nothing is said of its parts. */
static assay_code lone_term(assay_changes *c, const term *x, const terms *other, bool is_new, assay_err *err)
{
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;

	if (strcmp(x->what, "stage") != 0 && !has_step(other, x->label))
		return ASSAY_OK;
	assay_buf_printf(&text, "%s %s %s (%s%s)", x->what, x->name, is_new ? "is new" : "was taken out",
			 is_new ? "" : "it was ", x->text);
	return assay_changes_add(c,
				 (assay_change_words){.what = x->what,
						      .name = x->name,
						      .before = is_new ? NULL : x->text,
						      .now = is_new ? x->text : NULL,
						      .stage = x->stage},
				 &text, err);
}

static assay_code diff_term(assay_changes *c, const term *a, const term *b, assay_err *err)
{
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;

	if (strcmp(a->text, b->text) == 0)
		return ASSAY_OK;
	assay_buf_printf(&text, "%s %s is %s, was %s", b->what, b->name, b->text, a->text);
	return assay_changes_add(
	    c,
	    (assay_change_words){
		.what = b->what, .name = b->name, .before = a->text, .now = b->text, .stage = b->stage},
	    &text, err);
}

static void tell_order(assay_buf *out, const terms *t, const terms *other)
{
	for (size_t i = 0; i < t->recipe->step_count; i++)
		if (has_step(other, t->labels[i]))
			assay_buf_printf(out, "%s%s", out->len > 0 ? ", " : "", t->labels[i]);
}

static assay_code diff_order(assay_changes *c, const terms *a, const terms *b, assay_err *err)
{
	ASSAY_AUTO_BUF was = ASSAY_BUF_INIT;
	ASSAY_AUTO_BUF is = ASSAY_BUF_INIT;
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;

	tell_order(&was, a, b);
	tell_order(&is, b, a);
	if (strcmp(assay_buf_str(&was), assay_buf_str(&is)) == 0)
		return ASSAY_OK;
	assay_buf_printf(&text, "the order of stages is %s, was %s", assay_buf_str(&is), assay_buf_str(&was));
	return assay_changes_add(
	    c, (assay_change_words){.what = "order", .before = assay_buf_str(&was), .now = assay_buf_str(&is)}, &text,
	    err);
}

assay_code assay_changes_recipe(assay_changes *c, const assay_recipe *before, const assay_recipe *now, assay_err *err)
{
	ASSAY_CLEANUP(terms_release) terms a = {0};
	ASSAY_CLEANUP(terms_release) terms b = {0};
	assay_code rc;

	ASSAY_TRY(take_apart(&a, before, err));
	ASSAY_TRY(take_apart(&b, now, err));
	for (size_t i = 0; i < b.count; i++) {
		const term *was = find(&a, &b.items[i]);

		ASSAY_TRY(was != NULL ? diff_term(c, was, &b.items[i], err) : lone_term(c, &b.items[i], &a, true, err));
	}
	for (size_t i = 0; i < a.count; i++)
		if (find(&b, &a.items[i]) == NULL)
			ASSAY_TRY(lone_term(c, &a.items[i], &b, false, err));
	ASSAY_TRY(diff_order(c, &a, &b, err));
fail:
	return rc;
}

/* ---------------------------------------------------------------- which of them matter most */

static bool measures(const assay_recipe *r, const char *stage, const char *metric)
{
	for (size_t i = 0; i < r->step_count; i++)
		for (size_t k = 0; k < r->steps[i].metric_count && strcmp(r->steps[i].stage, stage) == 0; k++)
			if (strcmp(r->steps[i].metrics[k].name, metric) == 0)
				return true;
	return false;
}

static bool matters(const assay_focus *f, const assay_recipe *r, const char *stage)
{
	if (stage == NULL)
		return false; /* the order of stages */
	if (f->failed_stage != NULL && strcmp(f->failed_stage, stage) == 0)
		return true;
	for (size_t i = 0; i < f->check_count; i++)
		if (measures(r, stage, f->checks[i].metric))
			return true;
	for (size_t i = 0; f->measured != NULL && i < f->measured->count; i++)
		if (strcmp(f->measured->items[i].what, "measurement") == 0 &&
		    measures(r, stage, f->measured->items[i].name))
			return true;
	return false;
}

static assay_code put_first(assay_changes *c, const assay_focus *f, const assay_recipe *r, assay_err *err)
{
	assay_change *sorted = assay_alloc(c->count, sizeof *sorted);
	size_t n = 0;

	if (sorted == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "terms of a recipe");
	for (int rest = 0; rest < 2; rest++)
		for (size_t i = 0; i < c->count; i++)
			if (matters(f, r, c->items[i].stage) == (rest == 0))
				sorted[n++] = c->items[i];
	free(c->items);
	c->items = sorted;
	c->cap = c->count;
	return ASSAY_OK;
}

assay_code assay_changes_focus(assay_changes *c, const assay_focus *f, const assay_recipe *recipe, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < c->count && rc == ASSAY_OK; i++)
		if (c->items[i].terms != NULL)
			rc = put_first(c->items[i].terms, f, recipe, err);
	return rc;
}
