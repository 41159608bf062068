#include "table_page.h"

#include "table_area.h"

#include "assay/memory.h"

#include <stdlib.h>

#define FEW 8 /* marks that tell nothing of the height of text */

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

assay_code table_page_read(table_page *out, PIX *pix, const assay_words *words, assay_err *err)
{
	int32_t other;
	assay_code rc;

	*out = (table_page){.width = pixGetWidth(pix), .height = pixGetHeight(pix)};
	ASSAY_TRY(table_text_height(&out->text, words, err));
	ASSAY_TRY(look(out, pix, err));
	other = height_of(&out->marks);
	if (other < 8 || 4 * abs(other - out->text) < out->text)
		return ASSAY_OK;
	table_page_release(out);
	out->text = other;
	rc = look(out, pix, err);
fail:
	return rc;
}
