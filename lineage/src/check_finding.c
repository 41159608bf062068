#include "check_finding.h"

#include "assay/memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- names */

static void names_release(check_names *n)
{
	for (size_t i = 0; i < n->count; i++)
		free(n->list[i]);
	free(n->list);
}

assay_code assay_check_name(check_names *n, const char *name, assay_err *err)
{
	assay_code rc;

	if (n->count > 0 && strcmp(n->list[n->count - 1], name) == 0)
		return ASSAY_OK;
	rc = assay_grow(&n->list, &n->cap, n->count, sizeof(*n->list), err);
	if (rc != ASSAY_OK)
		return rc;
	n->list[n->count] = assay_strdup(name);
	if (n->list[n->count] == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "name of '%s'", name);
	n->count++;
	return ASSAY_OK;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void names_unique(check_names *n)
{
	size_t kept = 0;

	if (n->count > 1)
		qsort(n->list, n->count, sizeof(*n->list), by_text);
	for (size_t i = 0; i < n->count; i++) {
		if (kept > 0 && strcmp(n->list[kept - 1], n->list[i]) == 0)
			free(n->list[i]);
		else
			n->list[kept++] = n->list[i];
	}
	n->count = kept;
}

char *assay_check_digest_name(const assay_digest *d, char out[CHECK_NAME])
{
	char hex[ASSAY_DIGEST_HEX];

	(void)snprintf(out, CHECK_NAME, "sha256:%s", assay_digest_hex(d, hex));
	return out;
}

char *assay_check_row_name(assay_table t, uint64_t id, char out[CHECK_NAME])
{
	(void)snprintf(out, CHECK_NAME, "%s %" PRIu64, assay_table_name(t), id);
	return out;
}

/* ---------------------------------------------------------------- findings */

void assay_check_release(assay_check *c)
{
	for (size_t i = 0; i < c->count; i++) {
		free(c->findings[i].name);
		free(c->findings[i].detail);
		names_release(&c->findings[i].samples);
		names_release(&c->findings[i].versions);
	}
	free(c->findings);
	free(c->numbered);
	assay_digest_map_release(&c->bad);
	assay_digest_map_release(&c->told);
	assay_digest_map_release(&c->nodes);
	assay_digest_map_release(&c->contents);
	assay_digest_map_release(&c->ends);
}

assay_code assay_check_add(assay_check *c, const char *what, const char *name, check_subject subject, uint64_t id,
			   const char *detail, assay_err *err)
{
	check_finding *f;
	assay_code rc = assay_grow(&c->findings, &c->cap, c->count, sizeof(*c->findings), err);

	if (rc != ASSAY_OK)
		return rc;
	f = &c->findings[c->count++];
	*f = (check_finding){.what = what, .subject = subject, .id = id};
	f->name = assay_strdup(name);
	f->detail = assay_strdup(detail);
	if (f->name == NULL || f->detail == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "finding about '%s'", name);
	return ASSAY_OK;
}

assay_code assay_check_add_object(assay_check *c, const assay_digest *d, const char *detail, assay_err *err)
{
	char name[CHECK_NAME], said[CHECK_NAME], hex[ASSAY_DIGEST_HEX];
	const int n = snprintf(said, sizeof(said), "object %s: ", assay_digest_hex(d, hex));
	assay_code rc;

	if (strncmp(detail, said, (size_t)n) == 0)
		detail += n; /* the finding has a name of its own */
	rc = assay_check_add(c, "object", assay_check_digest_name(d, name), CHECK_OBJECT, 0, detail, err);

	return rc == ASSAY_OK ? assay_digest_map_put(&c->bad, d, c->count - 1, err) : rc;
}

bool assay_check_is_damage(assay_code rc)
{
	return rc == ASSAY_ECORRUPT || rc == ASSAY_ENOENT;
}

assay_code assay_check_stop(assay_code rc, const assay_err *from, assay_err *err)
{
	if (err != NULL)
		*err = *from;
	return rc;
}

assay_code assay_check_tell(assay_check *c, assay_store_finding_fn *fn, void *ctx, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < c->count && rc == ASSAY_OK; i++) {
		check_finding *f = &c->findings[i];
		assay_store_finding out = {.what = f->what, .name = f->name, .detail = f->detail};

		names_unique(&f->samples);
		names_unique(&f->versions);
		out.samples = (const char *const *)f->samples.list;
		out.sample_count = f->samples.count;
		out.versions = (const char *const *)f->versions.list;
		out.version_count = f->versions.count;
		rc = fn(ctx, &out, err);
	}
	return rc;
}
