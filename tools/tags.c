#include "tags.h"

#include "assay/memory.h"

#include <stdlib.h>
#include <string.h>

void assay_tags_release(assay_tags *t)
{
	for (size_t i = 0; i < t->count; i++)
		assay_tag_event_release(&t->items[i]);
	free(t->items);
	*t = (assay_tags){0};
}

/* The name and the version: nobody asks for more. */
static assay_code note(void *ctx, const assay_tag_event *e, assay_err *err)
{
	assay_tags *t = ctx;
	assay_code rc = assay_grow(&t->items, &t->cap, t->count, sizeof *t->items, err);

	if (rc != ASSAY_OK)
		return rc;
	t->items[t->count] = (assay_tag_event){.name = assay_strdup(e->name), .to = e->to};
	if (t->items[t->count].name == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "tag");
	t->count++;
	return ASSAY_OK;
}

assay_code assay_tags_load(assay_tags *out, assay_store *s, assay_err *err)
{
	*out = (assay_tags){0};
	return assay_tags_each(s, note, out, err);
}

void assay_tags_text(assay_buf *out, const assay_tags *t, const assay_digest *version)
{
	const size_t before = out->len;

	for (size_t i = 0; i < t->count; i++)
		if (assay_digest_eq(&t->items[i].to, version))
			assay_buf_printf(out, "%s%s", out->len > before ? ", " : "", t->items[i].name);
}

void assay_json_tags(assay_json *j, const char *key, const assay_tags *t, const assay_digest *version)
{
	assay_json_key(j, key);
	assay_json_array(j);
	for (size_t i = 0; i < t->count; i++)
		if (assay_digest_eq(&t->items[i].to, version))
			assay_json_str(j, t->items[i].name);
	assay_json_end(j);
}

assay_code assay_name_is_tag(bool *out, assay_store *s, const char *name, bool is_file, assay_err *err)
{
	assay_digest version;
	assay_code rc;

	*out = strncmp(name, "tag:", 4) == 0 && !is_file;
	if (*out)
		return ASSAY_OK;
	rc = assay_tag_version(s, name, &version, err);
	if (rc != ASSAY_OK)
		return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
	if (is_file)
		return ASSAY_RAISE(err, ASSAY_EUSAGE, "'%s' is a tag and a file: say tag:%s or ./%s", name, name, name);
	*out = true;
	return ASSAY_OK;
}
