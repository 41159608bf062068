#include "baseline.h"

#include "assay/memory.h"
#include "assay/trie.h"
#include "assay/unit.h"

#include "known_recipe.h"

#include <stdlib.h>
#include <string.h>

void assay_baselines_release(assay_baselines *b)
{
	free(b->items);
	*b = (assay_baselines){0};
}

/* ---------------------------------------------------------------- names */

static assay_code find_version(assay_baseline *out, assay_store *s, const assay_contract *c,
			       const assay_dataset_check *k, assay_err *err)
{
	ASSAY_AUTO_VERSION v = {0};
	assay_err why = ASSAY_ERR_INIT;
	assay_code rc = s != NULL ? assay_version_resolve(s, k->against, &v, &why)
				  : ASSAY_RAISE(&why, ASSAY_ENOENT, "there is no store yet");

	if (rc == ASSAY_ENOENT && k->when_missing == ASSAY_MISSING_SKIPS)
		return ASSAY_OK;
	if (rc == ASSAY_ENOENT || rc == ASSAY_EUSAGE)
		return ASSAY_RAISE(err, ASSAY_ECONFIG,
				   "%s:%d:%d: check '%s' has no baseline: %s. Tag one, or say whenMissing: skip",
				   c->file, k->line, k->column, k->id, why.msg);
	if (rc != ASSAY_OK) {
		if (err != NULL)
			*err = why;
		return rc;
	}
	out->found = true;
	out->version = v.id;
	out->accepted = v.accepted;
	return ASSAY_OK;
}

assay_code assay_baselines_find(assay_baselines *out, assay_store *s, const assay_contract *const *contracts,
				size_t contract_count, assay_err *err)
{
	size_t number = 0;
	assay_code rc;

	*out = (assay_baselines){0};
	for (size_t i = 0; i < contract_count; i++) {
		const assay_contract *c = contracts[i];

		for (size_t k = 0; k < c->dataset_count; k++, number++) {
			if (!assay_aggregate_is_drift(c->dataset[k].aggregate))
				continue;
			ASSAY_TRY(assay_grow(&out->items, &out->cap, out->count, sizeof *out->items, err));
			out->items[out->count] = (assay_baseline){.check = number};
			ASSAY_TRY(find_version(&out->items[out->count++], s, c, &c->dataset[k], err));
		}
	}
	return ASSAY_OK;
fail:
	assay_baselines_release(out);
	return rc;
}

assay_code assay_baselines_ids(const assay_baselines *b, assay_digest **out, size_t *count, assay_err *err)
{
	*count = 0;
	*out = assay_alloc(b->count, sizeof **out);
	if (*out == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "baselines");
	for (size_t i = 0; i < b->count; i++) {
		(*out)[i] = b->items[i].version; /* zero when there is none */
		if (b->items[i].found)
			*count = b->count;
	}
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- samples of a version */

/* An accepted sample: the unit that made it, and its key from the '#' on. */
typedef struct member {
	uint64_t unit;
	size_t at;       /* of the key in reading.keys */
	const char *key; /* there, once all are noted */
} member;

typedef struct reading {
	const assay_baselines *baselines;
	const assay_digest *version; /* that is read */
	assay_dataset_judge *judge;
	assay_store *store;
	const assay_vocabulary *vocabulary;
	assay_known_recipes recipes;
	unsigned kinds; /* mask of those that its checks look at */
	member *members;
	size_t count, cap;
	assay_buf keys;
} reading;

static assay_code note_member(void *ctx, const assay_trie_entry *e, assay_err *err)
{
	reading *r = ctx;
	const char *hash = strchr(e->key, '#');
	member m = {.at = r->keys.len};
	assay_code rc;

	if ((r->kinds & ASSAY_SAMPLE_MASK(e->kind)) == 0)
		return ASSAY_OK;
	rc = assay_unit_find(r->store, &e->work_key, &m.unit, err);
	if (rc == ASSAY_ENOENT)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "the unit that made '%s' of a baseline is gone", e->key);
	if (rc == ASSAY_OK)
		rc = assay_grow(&r->members, &r->cap, r->count, sizeof *r->members, err);
	if (rc != ASSAY_OK)
		return rc;
	r->members[r->count++] = m;
	assay_buf_puts(&r->keys, hash != NULL ? hash : "#");
	assay_buf_putc(&r->keys, '\0');
	return assay_buf_check(&r->keys, err);
}

static int compare_members(const void *pa, const void *pb)
{
	const member *a = pa, *b = pb;

	if (a->unit != b->unit)
		return a->unit < b->unit ? -1 : 1;
	return strcmp(a->key, b->key);
}

static int compare_samples(const void *pa, const void *pb)
{
	const assay_result_sample *a = *(const assay_result_sample *const *)pa;
	const assay_result_sample *b = *(const assay_result_sample *const *)pb;

	return strcmp(a->part, b->part);
}

/* Every check of this version that looks at the metric of such a sample. */
static assay_code show_value(const reading *r, const assay_result_sample *s, size_t number, int64_t value,
			     assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < r->baselines->count && rc == ASSAY_OK; i++) {
		const assay_baseline *b = &r->baselines->items[i];
		const assay_dataset_check *k = assay_dataset_judge_check(r->judge, b->check);

		if (b->found && k->metric_number == number && (k->kinds & ASSAY_SAMPLE_MASK(s->kind)) != 0 &&
		    assay_digest_eq(&b->version, r->version))
			rc = assay_dataset_judge_baseline(r->judge, b->check, value, err);
	}
	return rc;
}

static assay_code show_sample(const reading *r, const assay_known_recipe *recipe, const assay_result_sample *s,
			      assay_err *err)
{
	assay_code rc = ASSAY_OK;

	if ((r->kinds & ASSAY_SAMPLE_MASK(s->kind)) == 0)
		return ASSAY_OK;
	for (size_t i = 0; i < s->measurement_count && rc == ASSAY_OK; i++) {
		const assay_measurement *m = &s->measurements[i];

		if (m->metric >= recipe->recipe->metric_total)
			return ASSAY_RAISE(err, ASSAY_ECORRUPT,
					   "a result names a metric that its recipe does not have");
		if (m->defined && recipe->number[m->metric] != SIZE_MAX)
			rc = show_value(r, s, recipe->number[m->metric], m->value, err);
	}
	return rc;
}

static const assay_result_sample *find_sample(const assay_unit *u, const assay_result_sample **sorted, const char *key)
{
	const assay_result_sample wanted = {.part = (char *)(uintptr_t)(key + 1)};
	const assay_result_sample *const w = &wanted;
	const assay_result_sample **found =
	    u->result.sample_count > 0 ? bsearch(&w, sorted, u->result.sample_count, sizeof *sorted, compare_samples)
				       : NULL;

	return found != NULL ? *found : assay_unit_sample(u, key); /* a page of another file has its number there */
}

/* Members of one unit. The same file in the place of several pages is one unit, and as many samples. */
static assay_code show_unit(reading *r, const member *m, size_t count, assay_err *err)
{
	ASSAY_AUTO_UNIT u = {0};
	ASSAY_AUTO_FREE const assay_result_sample **sorted = NULL;
	const assay_known_recipe *recipe;
	size_t n;
	assay_code rc;

	ASSAY_TRY(assay_unit_get(r->store, m->unit, &u, err));
	ASSAY_TRY(assay_recipe_know(&r->recipes, r->store, r->vocabulary, &u.recipe, &recipe, err));
	n = u.result.sample_count;
	sorted = assay_alloc(n, sizeof *sorted);
	if (sorted == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "baseline");
	for (size_t i = 0; i < n; i++)
		sorted[i] = &u.result.samples[i];
	if (n > 1)
		qsort(sorted, n, sizeof *sorted, compare_samples);
	for (size_t i = 0; i < count && rc == ASSAY_OK; i++) {
		const assay_result_sample *s = find_sample(&u, sorted, m[i].key);

		rc = s != NULL
			 ? show_sample(r, recipe, s, err)
			 : ASSAY_RAISE(err, ASSAY_ECORRUPT, "the unit of a sample of a baseline has no '%s'", m[i].key);
	}
fail:
	return rc;
}

static assay_code read_version(reading *r, const assay_baseline *b, assay_err *err)
{
	assay_code rc;

	r->version = &b->version;
	r->count = 0;
	assay_buf_reset(&r->keys);
	ASSAY_TRY(assay_trie_each(r->store, &b->accepted, note_member, r, err));
	for (size_t i = 0; i < r->count; i++)
		r->members[i].key = assay_buf_str(&r->keys) + r->members[i].at;
	if (r->count > 1)
		qsort(r->members, r->count, sizeof *r->members, compare_members);
	for (size_t i = 0, end; i < r->count && rc == ASSAY_OK; i = end) {
		for (end = i + 1; end < r->count && r->members[end].unit == r->members[i].unit;)
			end++;
		rc = show_unit(r, &r->members[i], end - i, err);
	}
fail:
	return rc;
}

static assay_code tell_missing(const assay_baselines *b, assay_dataset_judge *j, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < b->count && rc == ASSAY_OK; i++)
		if (!b->items[i].found)
			rc = assay_dataset_judge_no_baseline(j, b->items[i].check, "there is no such version", err);
	return rc;
}

static bool was_read(const assay_baselines *b, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (b->items[i].found && assay_digest_eq(&b->items[i].version, &b->items[at].version))
			return true;
	return false;
}

assay_code assay_baselines_read(const assay_baselines *b, assay_dataset_judge *j, assay_store *s,
				const assay_vocabulary *vocabulary, assay_err *err)
{
	reading r = {.baselines = b, .judge = j, .store = s, .vocabulary = vocabulary};
	assay_code rc = tell_missing(b, j, err);

	for (size_t i = 0; i < b->count; i++)
		r.kinds |= assay_dataset_judge_check(j, b->items[i].check)->kinds;
	for (size_t i = 0; i < b->count && rc == ASSAY_OK; i++)
		if (b->items[i].found && !was_read(b, i))
			rc = read_version(&r, &b->items[i], err);
	assay_known_recipes_release(&r.recipes);
	assay_buf_release(&r.keys);
	free(r.members);
	return rc;
}
