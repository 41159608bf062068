#include "table_page.h"

#include "table_area.h"

#include "assay/memory.h"

#include <stdlib.h>

#define FEW   8 /* marks that tell nothing of the height of text */
#define LOOKS 4 /* at a page */

void table_page_release(table_page *p)
{
	table_rules_release(&p->rules);
	table_marks_release(&p->marks);
}

static assay_code look(table_page *p, PIX *pix, assay_err *err)
{
	const assay_code rc = table_rules_find(&p->rules, pix, p->text, err);

	return rc != ASSAY_OK ? rc : table_marks_find(&p->marks, pix, &p->rules, p->text, err);
}

/* The median height of marks, by their width; 0 when there are few. */
static int32_t height_of(const table_marks *m)
{
	enum { HIGH = 400 };
	uint64_t wide[HIGH + 1] = {0}, all = 0, below = 0;
	size_t count = 0;

	for (size_t i = 0; i < m->count; i++) {
		const table_mark *k = &m->items[i];
		const int32_t h = k->bottom - k->top;

		if (k->dash)
			continue;
		wide[h > HIGH ? HIGH : h] += (uint64_t)(k->right - k->left);
		all += (uint64_t)(k->right - k->left);
		count++;
	}
	if (count < FEW)
		return 0;
	for (int32_t h = 0; h < HIGH; h++) {
		below += wide[h];
		if (2 * below >= all)
			return h;
	}
	return HIGH;
}

/* Marks are as high as text is, or by some tenths higher: it has letters that go up and letters that go down, and is smoothed. */
static bool are_of_text(int32_t marks, int32_t text)
{
	return marks < 8 || (8 * text <= 9 * marks && 4 * (marks - text) < text);
}

assay_code table_page_read(table_page *out, PIX *pix, const assay_words *words, assay_err *err)
{
	assay_code rc;

	*out = (table_page){.width = pixGetWidth(pix), .height = pixGetHeight(pix)};
	ASSAY_TRY(table_text_height(&out->text, words, err));
	for (int i = 1; i <= LOOKS; i++) {
		int32_t marks;

		ASSAY_TRY(look(out, pix, err));
		marks = height_of(&out->marks);
		if (i == LOOKS || are_of_text(marks, out->text))
			return ASSAY_OK;
		table_page_release(out); /* lines that run into each other part when less height is looked for */
		out->text = marks;
	}
fail:
	return rc;
}
