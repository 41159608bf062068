#include "changes.h"

#include <string.h>

static assay_code diff_filter(assay_changes *c, const assay_filter_note *a, const assay_filter_note *b, assay_err *err)
{
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
	const char *name = b != NULL ? b->name : a->name;

	if (a != NULL && b != NULL && strcmp(a->says, b->says) == 0)
		return ASSAY_OK;
	if (a == NULL)
		assay_buf_printf(&text, "filter %s is new: %s", name, b->says);
	else if (b == NULL)
		assay_buf_printf(&text, "filter %s was taken out (it was: %s)", name, a->says);
	else
		assay_buf_printf(&text, "filter %s is: %s, was: %s", name, b->says, a->says);
	return assay_changes_add(c,
				 (assay_change_words){.what = "filter",
						      .name = name,
						      .before = a != NULL ? a->says : NULL,
						      .now = b != NULL ? b->says : NULL},
				 &text, err);
}

static void tell_order(assay_buf *out, const assay_filter_set *f, const assay_filter_set *other)
{
	for (size_t i = 0; i < f->count; i++)
		if (assay_filter_set_find(other, f->items[i].name) != NULL)
			assay_buf_printf(out, "%s%s", out->len > 0 ? ", " : "", f->items[i].name);
}

static assay_code diff_order(assay_changes *c, const assay_filter_set *before, const assay_filter_set *now,
			     assay_err *err)
{
	ASSAY_AUTO_BUF was = ASSAY_BUF_INIT;
	ASSAY_AUTO_BUF is = ASSAY_BUF_INIT;
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;

	tell_order(&was, before, now);
	tell_order(&is, now, before);
	if (strcmp(assay_buf_str(&was), assay_buf_str(&is)) == 0)
		return ASSAY_OK;
	assay_buf_printf(&text, "the order of filters is %s, was %s", assay_buf_str(&is), assay_buf_str(&was));
	return assay_changes_add(
	    c, (assay_change_words){.what = "filter", .before = assay_buf_str(&was), .now = assay_buf_str(&is)}, &text,
	    err);
}

assay_code assay_changes_filters(assay_changes *c, const assay_filter_set *before, const assay_filter_set *now,
				 assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < now->count && rc == ASSAY_OK; i++)
		rc = diff_filter(c, assay_filter_set_find(before, now->items[i].name), &now->items[i], err);
	for (size_t i = 0; i < before->count && rc == ASSAY_OK; i++)
		if (assay_filter_set_find(now, before->items[i].name) == NULL)
			rc = diff_filter(c, &before->items[i], NULL, err);
	return rc == ASSAY_OK ? diff_order(c, before, now, err) : rc;
}

assay_code assay_changes_filter(assay_changes *c, const assay_filter_set *before, const assay_filter_set *now,
				const char *name, assay_err *err)
{
	const assay_filter_note *a = assay_filter_set_find(before, name), *b = assay_filter_set_find(now, name);

	return a == NULL && b == NULL ? ASSAY_OK : diff_filter(c, a, b, err);
}
