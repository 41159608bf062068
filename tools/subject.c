#include "subject.h"

#include "assay/file.h"
#include "assay/memory.h"
#include "assay/suggest.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define LISTED_MAX 6

void assay_subject_release(assay_subject *s)
{
	assay_source_release(&s->source);
	assay_sample_row_release(&s->sample);
	free(s->name);
	*s = (assay_subject){0};
}

/* ---------------------------------------------------------------- finding */

static assay_code look_up(assay_subject *out, assay_store *s, const char *name, assay_err *err)
{
	assay_code rc = assay_sample_find(s, name, &out->sample, err);

	out->has_sample = rc == ASSAY_OK;
	if (rc != ASSAY_OK && rc != ASSAY_ENOENT)
		return rc;
	rc = assay_source_find(s, name, &out->source, err);
	out->is_path = rc == ASSAY_OK;
	if (rc == ASSAY_ENOENT && out->has_sample)
		rc = assay_source_get(s, out->sample.source, &out->source, err);
	if (rc != ASSAY_OK)
		return rc;
	out->name = assay_strdup(name);
	return out->name == NULL ? ASSAY_RAISE(err, ASSAY_ENOMEM, "name") : ASSAY_OK;
}

assay_code assay_subject_try(assay_subject *out, assay_store *s, const char *name, assay_err *err)
{
	ASSAY_AUTO_BUF escaped = ASSAY_BUF_INIT;
	assay_code rc;

	*out = (assay_subject){0};
	while (strncmp(name, "./", 2) == 0)
		name += 2 + strspn(name + 2, "/");
	rc = look_up(out, s, name, err);
	if (rc != ASSAY_ENOENT)
		return rc;
	assay_path_escape(&escaped, name);
	rc = assay_buf_check(&escaped, err);
	return rc == ASSAY_OK ? look_up(out, s, assay_buf_str(&escaped), err) : rc;
}

/* ---------------------------------------------------------------- what is near */

/* Parts of a source that is there, as far as a message can hold them. */
typedef struct parts {
	assay_buf text;
	size_t path_length;
	uint64_t count;
	char *only; /* key of the first */
} parts;

static void parts_release(parts *p)
{
	assay_buf_release(&p->text);
	free(p->only);
}

static assay_code note_part(void *ctx, const assay_sample_row *row, assay_err *err)
{
	parts *p = ctx;
	const char *part = row->key + p->path_length;

	if (row->missing)
		return ASSAY_OK;
	if (p->count < LISTED_MAX && part[0] == '#')
		assay_buf_printf(&p->text, "%s'%s'", p->text.len > 0 ? ", " : "", part + 1);
	if (p->count++ > 0)
		return ASSAY_OK;
	p->only = assay_strdup(row->key);
	return p->only == NULL ? ASSAY_RAISE(err, ASSAY_ENOMEM, "sample key") : ASSAY_OK;
}

static assay_code list_parts(parts *p, assay_store *s, const assay_source *src, assay_err *err)
{
	assay_code rc;

	*p = (parts){.path_length = strlen(src->path)};
	rc = assay_samples_of(s, src->id, note_part, p, err);
	if (p->count > LISTED_MAX)
		assay_buf_printf(&p->text, " and %" PRIu64 " more", p->count - LISTED_MAX);
	return rc == ASSAY_OK ? assay_buf_check(&p->text, err) : rc;
}

static assay_code raise_no_part(assay_store *s, const assay_source *src, const char *part, assay_err *err)
{
	ASSAY_CLEANUP(parts_release) parts p;
	const assay_code rc = list_parts(&p, s, src, err);

	if (rc != ASSAY_OK)
		return rc;
	if (p.text.len == 0)
		return ASSAY_RAISE(err, ASSAY_ENOENT, "'%s' has no parts; see 'assay why'", src->path);
	return ASSAY_RAISE(err, ASSAY_ENOENT, "'%s' has no part '%s'; it has %s", src->path, part,
			   assay_buf_str(&p.text));
}

typedef struct nearness {
	const char *wanted; /* without its part */
	size_t length;
	assay_suggest near;
	char *best;      /* copy of near.best, which is borrowed from a row */
	char *same_name; /* first path with that last component */
	char *in_folder; /* first path below a folder of that name */
	uint64_t same_count, folder_count;
} nearness;

static void nearness_release(nearness *n)
{
	free(n->best);
	free(n->same_name);
	free(n->in_folder);
}

static assay_code keep(char **at, const char *text, assay_err *err)
{
	free(*at);
	*at = assay_strdup(text);
	return *at == NULL ? ASSAY_RAISE(err, ASSAY_ENOMEM, "path") : ASSAY_OK;
}

static const char *last_component(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

static assay_code offer_source(void *ctx, const assay_source *src, assay_err *err)
{
	nearness *n = ctx;
	const unsigned before = n->near.distance;
	const size_t folder = n->length > 0 && n->wanted[n->length - 1] == '/' ? n->length - 1 : n->length;
	assay_code rc = ASSAY_OK;

	if (strcmp(last_component(src->path), last_component(n->wanted)) == 0 && n->same_count++ == 0)
		rc = keep(&n->same_name, src->path, err);
	if (rc == ASSAY_OK && strncmp(src->path, n->wanted, folder) == 0 && src->path[folder] == '/' &&
	    n->folder_count++ == 0)
		rc = keep(&n->in_folder, src->path, err);
	assay_suggest_offer(&n->near, src->path);
	if (rc == ASSAY_OK && n->near.distance < before)
		rc = keep(&n->best, src->path, err);
	n->near.best = NULL;
	return rc;
}

static assay_code raise_near(assay_store *s, const char *name, const char *path, assay_err *err)
{
	ASSAY_CLEANUP(nearness_release) nearness n = {.wanted = path, .length = strlen(path)};
	assay_code rc;

	assay_suggest_init(&n.near, path);
	rc = assay_sources_each(s, offer_source, &n, err);
	if (rc != ASSAY_OK)
		return rc;
	if (n.folder_count > 0)
		return ASSAY_RAISE(err, ASSAY_ENOENT,
				   "'%s' is a folder of %" PRIu64 " source%s; name one, such as '%s'", name,
				   n.folder_count, n.folder_count == 1 ? "" : "s", n.in_folder);
	if (n.same_count > 0 || n.best != NULL)
		return ASSAY_RAISE(err, ASSAY_ENOENT, "there is no '%s', did you mean '%s'?", name,
				   n.same_count > 0 ? n.same_name : n.best);
	return ASSAY_RAISE(err, ASSAY_ENOENT,
			   "there is no sample or source '%s'; paths are relative to assay.yaml, as 'assay queue list' "
			   "shows them",
			   name);
}

assay_code assay_subject_find(assay_subject *out, assay_store *s, const char *name, assay_err *err)
{
	const char *hash = strrchr(name, '#');
	ASSAY_AUTO_FREE char *path = assay_strndup(name, hash != NULL ? (size_t)(hash - name) : strlen(name));
	ASSAY_AUTO_SUBJECT source = {0};
	assay_code rc = assay_subject_try(out, s, name, err);

	if (rc != ASSAY_ENOENT)
		return rc;
	if (path == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "name");
	rc = hash != NULL ? assay_subject_try(&source, s, path, err) : ASSAY_ENOENT;
	if (rc == ASSAY_OK)
		return raise_no_part(s, &source.source, hash + 1, err);
	return rc == ASSAY_ENOENT ? raise_near(s, name, path, err) : rc;
}

assay_code assay_subject_sample(assay_subject *out, assay_store *s, const char *name, assay_err *err)
{
	ASSAY_CLEANUP(parts_release) parts p = {0};
	assay_code rc = assay_subject_find(out, s, name, err);

	if (rc != ASSAY_OK || out->has_sample)
		return rc;
	rc = list_parts(&p, s, &out->source, err);
	if (rc != ASSAY_OK)
		return rc;
	if (p.count == 0)
		return ASSAY_RAISE(err, ASSAY_ENOENT, "'%s' gave no samples; 'assay why' tells the reason", out->name);
	if (p.count > 1)
		return ASSAY_RAISE(err, ASSAY_ENOENT, "'%s' has %" PRIu64 " samples: add '#' and one of %s", out->name,
				   p.count, assay_buf_str(&p.text));
	free(out->name);
	out->name = ASSAY_STEAL(&p.only);
	rc = assay_sample_find(s, out->name, &out->sample, err);
	out->has_sample = rc == ASSAY_OK;
	return rc;
}
