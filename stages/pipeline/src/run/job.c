#include "job.h"

#include "helped.h"
#include "job_metadata.h"
#include "source_metadata.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- parts */

assay_part assay_job_part_of(const assay_job *j, size_t part)
{
	if (j->next.modality != ASSAY_MODALITY_PAGE)
		return (assay_part){0};
	return (assay_part){.first_page = (uint32_t)(part * ASSAY_UNIT_PAGES + 1),
			    .last_page = (uint32_t)((part + 1) * ASSAY_UNIT_PAGES)};
}

assay_code assay_job_unit_key(assay_unit_key *out, assay_unit_sidecar **out_sidecars, const assay_job *j, size_t part,
			      char text[ASSAY_PART_TEXT], assay_err *err)
{
	const assay_part about = assay_job_part_of(j, part);
	assay_unit_sidecar *sidecars = assay_alloc(j->next.sidecar_count, sizeof *sidecars);
	size_t count = 0;

	*out_sidecars = sidecars;
	if (sidecars == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "work key");
	for (size_t i = 0; i < j->next.sidecar_count; i++)
		if (!assay_role_is_metadata(j->next.sidecars[i].role))
			sidecars[count++] = (assay_unit_sidecar){j->next.sidecars[i].role, j->next.sidecars[i].digest};
	assay_part_text(text, &about);
	*out = (assay_unit_key){
	    .source = j->next.digest,
	    .part = text,
	    .sidecars = sidecars,
	    .sidecar_count = count,
	    .recipe = j->next.recipe,
	};
	return ASSAY_OK;
}

static assay_code find_cached(assay_job *j, assay_session *s, size_t part, assay_err *err)
{
	ASSAY_AUTO_FREE assay_unit_sidecar *sidecars = NULL;
	assay_unit_key key;
	assay_digest work;
	char text[ASSAY_PART_TEXT];
	assay_code rc = assay_job_unit_key(&key, &sidecars, j, part, text, err);

	if (rc == ASSAY_OK)
		rc = assay_work_key(&work, &key, err);
	if (rc == ASSAY_OK)
		rc = assay_unit_find(s->store, &work, &j->parts[part].unit, err);
	if (rc == ASSAY_OK) {
		j->parts[part].state = ASSAY_PART_DONE;
		j->parts[part].cached = true;
	}
	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}

static assay_code make_parts(assay_job *j, assay_session *s, size_t count, assay_err *err)
{
	const size_t from = j->part_count;
	assay_job_part *parts = realloc(j->parts, count * sizeof *parts);
	assay_code rc = ASSAY_OK;

	if (parts == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "units of '%s'", j->next.path);
	j->parts = parts;
	memset(parts + from, 0, (count - from) * sizeof *parts);
	j->part_count = count;
	for (size_t i = from; i < count && rc == ASSAY_OK; i++)
		rc = find_cached(j, s, i, err);
	return rc;
}

assay_code assay_job_expand(assay_job *j, assay_session *s, uint32_t pages, assay_err *err)
{
	const size_t count = ((size_t)pages + ASSAY_UNIT_PAGES - 1) / ASSAY_UNIT_PAGES;

	j->pages = pages;
	return j->next.modality == ASSAY_MODALITY_PAGE && count > j->part_count ? make_parts(j, s, count, err)
										: ASSAY_OK;
}

static assay_code expand_cached(assay_job *j, assay_session *s, assay_err *err)
{
	ASSAY_AUTO_UNIT u = {0};
	assay_code rc;

	if (j->parts[0].state != ASSAY_PART_DONE)
		return ASSAY_OK;
	rc = assay_unit_get(s->store, j->parts[0].unit, &u, err);
	if (rc != ASSAY_OK)
		return rc;
	assay_job_part_tell(&j->parts[0], &u.result); /* so that it is not read again when the job is finished */
	return assay_job_expand(j, s, u.result.pages, err);
}

static assay_code begin(assay_job *j, assay_session *s, int rootfd, assay_hash_pool *pool, assay_err *err)
{
	j->next.modality = j->found->rule->modality;
	j->next.recipe = s->recipes[j->next.modality]->digest;
	j->next.path = assay_strdup(j->found->key);
	return j->next.path == NULL ? ASSAY_RAISE(err, ASSAY_ENOMEM, "source")
				    : assay_job_ask_digests(j, rootfd, pool, err);
}

assay_code assay_job_begin(assay_job *j, assay_session *s, const assay_found *f, int rootfd, assay_hash_pool *pool,
			   assay_err *err)
{
	assay_code rc;

	*j = (assay_job){.found = f};
	rc = assay_source_find(s->store, f->key, &j->before, err);
	if (rc != ASSAY_OK && rc != ASSAY_ENOENT)
		return rc;
	return begin(j, s, rootfd, pool, err);
}

/* By what a digest tells: nothing that its units read is another. */
static bool is_same_work(const assay_job *j)
{
	const assay_source *a = &j->before, *b = &j->next;

	return a->id != 0 && a->unit_count > 0 && a->failure == ASSAY_FAILURE_NONE && a->modality == b->modality &&
	       assay_digest_eq(&a->digest, &b->digest) && assay_digest_eq(&a->recipe, &b->recipe) &&
	       assay_job_sidecars_same(a, b);
}

/*
 * Units that failed for want of time are in no cache. They stand all the same where a person decided what becomes of
 * the source: it was only touched, or is too young for its stamp to tell.
 */
static assay_code keep_decided(bool *kept, assay_job *j, assay_session *s, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	*kept = false;
	if (is_same_work(j))
		rc = assay_source_is_decided(kept, s, &j->before, err);
	if (rc != ASSAY_OK || !*kept)
		return rc;
	j->parts = assay_alloc(j->before.unit_count, sizeof *j->parts);
	if (j->parts == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "units of '%s'", j->next.path);
	for (; j->part_count < j->before.unit_count; j->part_count++)
		j->parts[j->part_count] =
		    (assay_job_part){.state = ASSAY_PART_DONE, .unit = j->before.units[j->part_count], .cached = true};
	return ASSAY_OK;
}

assay_code assay_job_go_on(assay_job *j, assay_session *s, int rootfd, assay_err *err)
{
	assay_code rc = assay_job_take_digests(j, err);
	bool kept;

	if (rc == ASSAY_OK)
		rc = assay_job_take_metadata(j, s, rootfd, err);
	j->state = ASSAY_JOB_WORKING;
	if (rc != ASSAY_OK || j->next.failure != ASSAY_FAILURE_NONE)
		return rc;
	rc = keep_decided(&kept, j, s, err);
	if (rc != ASSAY_OK || kept)
		return rc;
	rc = make_parts(j, s, 1, err);
	return rc == ASSAY_OK ? expand_cached(j, s, err) : rc;
}

static void forget_next(assay_job *j)
{
	assay_source_release(&j->next);
	j->next = (assay_source){0};
	free(j->tasks);
	j->tasks = NULL;
	free(j->parts);
	j->parts = NULL;
	j->part_count = 0;
	j->pages = 0;
	j->took = (assay_cost){0};
}

assay_code assay_job_restart(assay_job *j, assay_session *s, int rootfd, assay_hash_pool *pool, assay_err *err)
{
	forget_next(j);
	j->redone = true;
	j->stale = false;
	return begin(j, s, rootfd, pool, err);
}

void assay_job_release(assay_job *j)
{
	forget_next(j);
	assay_source_release(&j->before);
	*j = (assay_job){0};
}

bool assay_job_is_done(const assay_job *j)
{
	if (j->state != ASSAY_JOB_WORKING)
		return false;
	for (size_t i = 0; i < j->part_count; i++)
		if (j->parts[i].state != ASSAY_PART_DONE)
			return false;
	return true;
}

/* What a part is made of (docs/formats.md, "Sample keys"); '#' and '%' belong to the path before it. */
#define PART_CHARACTERS "abcdefghijklmnopqrstuvwxyz0123456789=&/-"

/* "page=17", "page=17&half=1" when it was divided, and "page=17&table=2" for what was found on it. */
static bool is_of_pages(const char *part, size_t first, size_t last)
{
	unsigned long page;
	char *end;

	if (strncmp(part, "page=", 5) != 0 || part[5] < '1' || part[5] > '9')
		return false;
	page = strtoul(part + 5, &end, 10);
	return (*end == '\0' || *end == '&') && page >= first && page <= last;
}

/* What a page counts, of which there is one in the document: a half of one that was divided counts one, a whole two. */
static size_t halves_of(const assay_result_sample *s)
{
	const char *rest = strchr(s->part, '&');

	if (s->kind != ASSAY_SAMPLE_PAGE)
		return 0;
	return rest == NULL ? 2 : strcmp(rest, "&half=1") == 0 || strcmp(rest, "&half=2") == 0 ? 1 : 0;
}

static int compare_parts(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Of a stream alone: "audio=2" and what was found in it; of the video what is not of the sound. */
static bool is_of_stream(const char *text, const assay_part *part)
{
	char root[24];
	size_t length;

	if (part->stream != ASSAY_PART_AUDIO)
		return part->stream == ASSAY_PART_EVERY || strncmp(text, "audio=", 6) != 0;
	length = (size_t)snprintf(root, sizeof root, "audio=%" PRIu32, part->audio);
	return strncmp(text, root, length) == 0 && (text[length] == '\0' || text[length] == '&');
}

bool assay_result_parts_fit(const assay_result *r, const assay_part *part)
{
	const bool document = part->first_page > 0;
	const size_t first = part->first_page;
	size_t last = part->last_page;
	ASSAY_AUTO_FREE const char **parts = assay_alloc(r->sample_count, sizeof *parts);
	size_t halves = 0;
	bool ok = parts != NULL;

	if (document && r->pages > 0 && last > r->pages)
		last = r->pages;
	for (size_t i = 0; i < r->sample_count && ok; i++) {
		parts[i] = r->samples[i].part;
		halves += halves_of(&r->samples[i]);
		ok = parts[i][strspn(parts[i], PART_CHARACTERS)] == '\0' &&
		     (document ? is_of_pages(parts[i], first, last) : is_of_stream(parts[i], part));
	}
	/* Parts are distinct (below), so the right number of pages in the right range is every page. */
	if (document && r->pages > 0)
		ok = ok && last >= first && halves == 2 * (last - first + 1);
	if (ok && r->sample_count > 1)
		qsort(parts, r->sample_count, sizeof *parts, compare_parts);
	for (size_t i = 1; i < r->sample_count && ok; i++)
		ok = strcmp(parts[i - 1], parts[i]) != 0;
	return ok;
}

bool assay_job_owns_parts(const assay_job *j, size_t part, const assay_result *r)
{
	const assay_part about = assay_job_part_of(j, part);

	return assay_result_parts_fit(r, &about);
}

void assay_job_part_tell(assay_job_part *p, const assay_result *r)
{
	p->told = true;
	p->failure = r->failure;
	p->samples = r->sample_count;
}

static bool stamp_differs(int rootfd, const char *path, const assay_stamp *known)
{
	struct stat st;
	assay_stamp now;

	if (fstatat(rootfd, path, &st, 0) != 0)
		return true;
	assay_stamp_of(&now, &st);
	return !assay_stamp_same(&now, known);
}

bool assay_job_file_changed(const assay_job *j, int rootfd)
{
	if (stamp_differs(rootfd, j->found->path, &j->next.stamp))
		return true;
	for (size_t i = 0; i < j->next.sidecar_count; i++)
		if (stamp_differs(rootfd, j->found->sidecars[i].path, &j->next.sidecars[i].stamp))
			return true;
	return false;
}
