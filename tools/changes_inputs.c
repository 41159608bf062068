/* What decides a result: the bytes that a unit reads, its recipe, the metadata of its source. */
#include "changes.h"

#include "assay/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char nothing[] = "";

void assay_inputs_release(assay_inputs *in)
{
	free(in->sidecars);
	*in = (assay_inputs){0};
}

static assay_code make_sidecars(assay_inputs *out, size_t count, assay_err *err)
{
	out->sidecars = assay_alloc(count, sizeof *out->sidecars);
	return out->sidecars == NULL ? ASSAY_RAISE(err, ASSAY_ENOMEM, "sidecars") : ASSAY_OK;
}

assay_code assay_inputs_of_source(assay_inputs *out, const assay_source *src, bool before, assay_err *err)
{
	const assay_source_sidecar *list = before ? src->before_sidecars : src->sidecars;
	const size_t count = before ? src->before_sidecar_count : src->sidecar_count;
	assay_code rc;

	*out = (assay_inputs){.source = before ? src->before_digest : src->digest,
			      .recipe = before ? src->before_recipe : src->recipe};
	rc = make_sidecars(out, count, err);
	for (size_t i = 0; i < count && rc == ASSAY_OK; i++)
		if (strcmp(list[i].role, "metadata") != 0) /* which no stage reads */
			out->sidecars[out->sidecar_count++] =
			    (assay_inputs_sidecar){list[i].role, list[i].path, list[i].digest};
	return rc;
}

assay_code assay_inputs_of_unit(assay_inputs *out, const assay_unit *u, assay_err *err)
{
	assay_code rc;

	*out = (assay_inputs){.source = u->source, .recipe = u->recipe};
	rc = make_sidecars(out, u->sidecar_count, err);
	for (size_t i = 0; i < u->sidecar_count && rc == ASSAY_OK; i++)
		out->sidecars[out->sidecar_count++] =
		    (assay_inputs_sidecar){u->sidecars[i].role, NULL, u->sidecars[i].digest};
	return rc;
}

static char *name_digest(const assay_digest *d, char out[ASSAY_DIGEST_HEX + 8])
{
	char hex[ASSAY_DIGEST_HEX];

	(void)snprintf(out, ASSAY_DIGEST_HEX + 8, "sha256:%s", assay_digest_hex(d, hex));
	return out;
}

static assay_code diff_content(assay_changes *c, const assay_inputs *before, const assay_inputs *now, assay_err *err)
{
	char a[ASSAY_DIGEST_HEX + 8], b[ASSAY_DIGEST_HEX + 8];
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;

	if (assay_digest_eq(&before->source, &now->source))
		return ASSAY_OK;
	name_digest(&before->source, a), name_digest(&now->source, b);
	if (now->stands_in)
		assay_buf_printf(&text, "another file stands in its place: %.19s, %s %.19s", b,
				 before->stands_in ? "before it" : "the file itself is", a);
	else if (before->stands_in)
		assay_buf_printf(&text, "the file itself stands again: %.19s, in its place stood %.19s", b, a);
	else
		assay_buf_printf(&text, "the file's content changed: it is %.19s, was %.19s", b, a);
	return assay_changes_add(c, (assay_change_words){.what = "content", .before = a, .now = b}, &text, err);
}

static const assay_inputs_sidecar *find_sidecar(const assay_inputs *in, const char *role)
{
	for (size_t i = 0; i < in->sidecar_count; i++)
		if (strcmp(in->sidecars[i].role, role) == 0)
			return &in->sidecars[i];
	return NULL;
}

/* One of a and b may be NULL. */
static assay_code diff_sidecar(assay_changes *c, const assay_inputs_sidecar *a, const assay_inputs_sidecar *b,
			       assay_err *err)
{
	const assay_inputs_sidecar *any = b != NULL ? b : a;
	char was[ASSAY_DIGEST_HEX + 8], is[ASSAY_DIGEST_HEX + 8];
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;

	if (a != NULL && b != NULL && assay_digest_eq(&a->digest, &b->digest))
		return ASSAY_OK;
	assay_buf_printf(&text, "sidecar %s%s%s%s %s", any->role, any->path != NULL ? " ('" : nothing,
			 any->path != NULL ? any->path : nothing, any->path != NULL ? "')" : nothing,
			 a == NULL   ? "appeared"
			 : b == NULL ? "vanished"
				     : "changed");
	if (a != NULL && b != NULL)
		assay_buf_printf(&text, ": it is %.19s, was %.19s", name_digest(&b->digest, is),
				 name_digest(&a->digest, was));
	return assay_changes_add(c,
				 (assay_change_words){.what = "sidecar",
						      .name = any->role,
						      .before = a != NULL ? name_digest(&a->digest, was) : NULL,
						      .now = b != NULL ? name_digest(&b->digest, is) : NULL},
				 &text, err);
}

static assay_code diff_sidecars(assay_changes *c, const assay_inputs *before, const assay_inputs *now, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < now->sidecar_count && rc == ASSAY_OK; i++)
		rc = diff_sidecar(c, find_sidecar(before, now->sidecars[i].role), &now->sidecars[i], err);
	for (size_t i = 0; i < before->sidecar_count && rc == ASSAY_OK; i++)
		if (find_sidecar(now, before->sidecars[i].role) == NULL)
			rc = diff_sidecar(c, &before->sidecars[i], NULL, err);
	return rc;
}

assay_code assay_changes_recipes(assay_changes *c, const assay_recipe *before, const assay_recipe *now, assay_err *err)
{
	ASSAY_AUTO_CHANGES terms = {0};
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
	char was[ASSAY_DIGEST_HEX + 8], is[ASSAY_DIGEST_HEX + 8];
	assay_changes *kept;
	assay_code rc;

	if (assay_digest_eq(&before->digest, &now->digest))
		return ASSAY_OK;
	ASSAY_TRY(assay_changes_recipe(&terms, before, now, err));
	if (terms.count > 1)
		assay_buf_printf(&text, "the recipe changed in %zu terms", terms.count);
	else
		assay_buf_puts(&text, "the recipe changed: ");
	if (terms.count == 1)
		assay_buf_puts(&text, terms.items[0].text);
	else if (terms.count == 0)
		assay_recipe_diff_text(&text, before, now); /* what has no name: the order of a table */
	ASSAY_TRY(assay_changes_add(c,
				    (assay_change_words){.what = "recipe",
							 .before = name_digest(&before->digest, was),
							 .now = name_digest(&now->digest, is)},
				    &text, err));
	kept = assay_alloc(1, sizeof *kept);
	if (kept == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "terms of a recipe");
	*kept = terms;
	terms = (assay_changes){0};
	c->items[c->count - 1].terms = kept;
fail:
	return rc;
}

static assay_code diff_recipe(assay_changes *c, assay_store *s, const assay_inputs *before, const assay_inputs *now,
			      assay_err *err)
{
	ASSAY_CLEANUP(assay_recipe_closep) assay_recipe *a = NULL;
	ASSAY_CLEANUP(assay_recipe_closep) assay_recipe *b = NULL;
	assay_code rc;

	if (assay_digest_eq(&before->recipe, &now->recipe))
		return ASSAY_OK;
	rc = assay_recipe_load(&a, s, &before->recipe, err);
	if (rc == ASSAY_OK)
		rc = assay_recipe_load(&b, s, &now->recipe, err);
	return rc == ASSAY_OK ? assay_changes_recipes(c, a, b, err) : rc;
}

assay_code assay_changes_files(assay_changes *c, const assay_inputs *before, const assay_inputs *now, assay_err *err)
{
	const assay_code rc = diff_content(c, before, now, err);

	return rc == ASSAY_OK ? diff_sidecars(c, before, now, err) : rc;
}

assay_code assay_changes_inputs(assay_changes *c, assay_store *s, const assay_inputs *before, const assay_inputs *now,
				assay_err *err)
{
	const assay_code rc = assay_changes_files(c, before, now, err);

	return rc == ASSAY_OK ? diff_recipe(c, s, before, now, err) : rc;
}

/* ---------------------------------------------------------------- metadata */

static assay_code diff_value(assay_changes *c, const char *key, const char *before, const char *now, assay_err *err)
{
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;

	if (before != NULL && now != NULL && strcmp(before, now) == 0)
		return ASSAY_OK;
	assay_buf_printf(&text, "metadata %s ", key);
	if (before == NULL)
		assay_buf_printf(&text, "is new: '%s'", now);
	else if (now == NULL)
		assay_buf_printf(&text, "is gone, it was '%s'", before);
	else
		assay_buf_printf(&text, "changed: it is '%s', was '%s'", now, before);
	return assay_changes_add(c, (assay_change_words){.what = "metadata", .name = key, .before = before, .now = now},
				 &text, err);
}

/* Both lists are sorted by key. */
assay_code assay_changes_metadata(assay_changes *c, const assay_source *src, assay_err *err)
{
	assay_code rc = ASSAY_OK;
	size_t a = 0, b = 0;

	while (rc == ASSAY_OK && src->has_before && (a < src->before_metadata_count || b < src->metadata_count)) {
		const char *was = a < src->before_metadata_count ? src->before_metadata_keys[a] : NULL;
		const char *is = b < src->metadata_count ? src->metadata_keys[b] : NULL;
		const int order = was == NULL ? 1 : is == NULL ? -1 : strcmp(was, is);

		rc = diff_value(c, order <= 0 ? was : is, order <= 0 ? src->before_metadata_values[a] : NULL,
				order >= 0 ? src->metadata_values[b] : NULL, err);
		a += order <= 0;
		b += order >= 0;
	}
	return rc;
}
