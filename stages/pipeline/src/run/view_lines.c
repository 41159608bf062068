#include "view_lines.h"

#include "assay/memory.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* A word, and which line it belongs to. */
typedef struct word {
	int32_t box[4];
	int32_t confidence;
	json_int_t block, paragraph, line;
	const char *text;
} word;

static bool take_box(int32_t box[4], const json_t *array, json_int_t width, json_int_t height)
{
	if (json_array_size(array) != 4)
		return false;
	for (size_t i = 0; i < 4; i++) {
		const json_t *n = json_array_get(array, i);
		const json_int_t most = i % 2 == 0 ? width : height;

		if (!json_is_integer(n) || json_integer_value(n) < 0 || json_integer_value(n) > most)
			return false;
		box[i] = (int32_t)json_integer_value(n);
	}
	return box[0] < box[2] && box[1] < box[3];
}

static bool take_word(word *out, const json_t *w, json_int_t width, json_int_t height)
{
	const json_t *confidence = json_object_get(w, "confidence");
	const double c = json_is_number(confidence) ? json_number_value(confidence) : -1;

	out->text = json_string_value(json_object_get(w, "text"));
	out->block = json_integer_value(json_object_get(w, "block"));
	out->paragraph = json_integer_value(json_object_get(w, "paragraph"));
	out->line = json_integer_value(json_object_get(w, "line"));
	out->confidence = (int32_t)(c * 100 + 0.5);
	return out->text != NULL && c >= 0 && c <= 100 && take_box(out->box, json_object_get(w, "box"), width, height);
}

/* The line that is being gathered. */
typedef struct gathering {
	assay_view *out;
	assay_view_line line;
	word last;
	assay_buf text;
	bool begun;
	assay_err *err;
} gathering;

static assay_code end_line(gathering *g)
{
	assay_code rc = ASSAY_OK;

	if (g->begun && g->line.doubted > 0 && g->out->line_count < ASSAY_VIEW_LINES_MAX) {
		ASSAY_TRY(assay_buf_check(&g->text, g->err));
		ASSAY_TRY(assay_grow(&g->out->lines, &g->out->line_cap, g->out->line_count, sizeof g->line, g->err));
		g->line.text = assay_strdup(assay_buf_str(&g->text));
		if (g->line.text == NULL)
			return ASSAY_RAISE(g->err, ASSAY_ENOMEM, "line");
		g->out->lines[g->out->line_count++] = g->line;
	}
	g->begun = false;
fail:
	return rc;
}

static void begin_line(gathering *g, const word *w)
{
	g->line = (assay_view_line){.confidence = w->confidence, .file = SIZE_MAX};
	memcpy(g->line.box, w->box, sizeof w->box);
	assay_buf_reset(&g->text);
	g->begun = true;
}

static void add_word(gathering *g, const word *w)
{
	assay_view_line *l = &g->line;

	if (g->text.len > 0)
		assay_buf_putc(&g->text, ' ');
	assay_buf_puts(&g->text, w->text);
	for (int i = 0; i < 2; i++) {
		l->box[i] = w->box[i] < l->box[i] ? w->box[i] : l->box[i];
		l->box[i + 2] = w->box[i + 2] > l->box[i + 2] ? w->box[i + 2] : l->box[i + 2];
	}
	if (w->confidence < l->confidence)
		l->confidence = w->confidence;
	l->doubted += w->confidence < ASSAY_VIEW_DOUBTED;
	g->last = *w;
}

static assay_code gather(gathering *g, const json_t *root)
{
	const json_t *words = json_object_get(root, "words");
	const json_int_t width = json_integer_value(json_object_get(root, "width"));
	const json_int_t height = json_integer_value(json_object_get(root, "height"));
	word w;

	if (width < 1 || height < 1 || width > INT32_MAX || height > INT32_MAX)
		return ASSAY_OK;
	for (size_t i = 0; i < json_array_size(words); i++) {
		if (!take_word(&w, json_array_get(words, i), width, height))
			continue;
		if (g->begun &&
		    (w.block != g->last.block || w.paragraph != g->last.paragraph || w.line != g->last.line) &&
		    end_line(g) != ASSAY_OK)
			return g->err->code;
		if (!g->begun)
			begin_line(g, &w);
		add_word(g, &w);
	}
	return end_line(g);
}

assay_code assay_view_lines_read(assay_view *out, const void *json, size_t n, assay_err *err)
{
	gathering g = {.out = out, .err = err};
	json_error_t e;
	json_t *root = json_loadb(json, n, JSON_REJECT_DUPLICATES, &e);
	assay_code rc = ASSAY_OK;

	if (root != NULL)
		rc = gather(&g, root);
	assay_buf_release(&g.text);
	json_decref(root);
	return rc;
}

/* ---------------------------------------------------------------- its size */

static bool take_side(int32_t *out, const char **at, const char *end, const char *before)
{
	const size_t n = strlen(before);
	int32_t side = 0;

	if ((size_t)(end - *at) < n || memcmp(*at, before, n) != 0)
		return false;
	for (*at += n; *at < end && **at >= '0' && **at <= '9' && side <= ASSAY_VIEW_SIDE_MAX; ++*at)
		side = 10 * side + (**at - '0');
	*out = side;
	return side > 0 && side <= ASSAY_VIEW_SIDE_MAX;
}

bool assay_view_page_size(int32_t size[2], const void *json, size_t n)
{
	const char *at = json, *end = at != NULL ? at + n : NULL;

	return at != NULL && take_side(&size[0], &at, end, "{\"width\":") &&
	       take_side(&size[1], &at, end, ",\"height\":") && at < end && (*at == ',' || *at == '}');
}
