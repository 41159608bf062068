#include "assay/association.h"

#include "assay/memory.h"

#include "fourfold.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define STRATA_MAX (1u << ASSAY_ASSOCIATION_FINDINGS)
#define BLOCK      64

typedef struct column {
	uint8_t *codes;  /* by sample, as long as none is larger */
	uint16_t *large; /* in their place; NULL until one is */
	uint16_t levels; /* 0: names */
	size_t values;   /* the largest code and 1 */
	bool has_unrelated;
	uint16_t unrelated; /* code that is no hypothesis */
} column;

struct assay_association {
	column *attributes;
	size_t attribute_count;
	uint16_t *block; /* codes of the latest samples, by attribute: columns take them a block at a time */
	size_t waiting;  /* samples of the block that no column has taken yet */
	uint8_t *failed; /* by sample: 0 or 1; also those that are waiting */
	size_t count, cap;
	uint64_t failures;
};

/* ---------------------------------------------------------------- taking samples */

assay_code assay_association_open(assay_association **out, size_t attributes, assay_err *err)
{
	assay_association *a = assay_alloc(1, sizeof *a);

	*out = a;
	if (a != NULL) {
		a->attributes = assay_alloc(attributes, sizeof *a->attributes);
		a->block = assay_alloc(attributes, BLOCK * sizeof *a->block);
		a->attribute_count = a->attributes != NULL ? attributes : 0;
	}
	if (a == NULL || a->attributes == NULL || a->block == NULL) {
		*out = NULL;
		assay_association_close(a);
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "attributes");
	}
	return ASSAY_OK;
}

void assay_association_close(assay_association *a)
{
	if (a == NULL)
		return;
	for (size_t i = 0; i < a->attribute_count; i++) {
		free(a->attributes[i].codes);
		free(a->attributes[i].large);
	}
	free(a->attributes);
	free(a->block);
	free(a->failed);
	free(a);
}

void assay_association_ordered(assay_association *a, size_t attribute, uint16_t levels)
{
	a->attributes[attribute].levels = levels;
	a->attributes[attribute].values = (size_t)levels + 1;
}

void assay_association_unrelated(assay_association *a, size_t attribute, uint16_t code)
{
	a->attributes[attribute].has_unrelated = true;
	a->attributes[attribute].unrelated = code;
}

static bool stretch(column *at, size_t cap)
{
	const size_t bytes = at->large != NULL ? cap * sizeof *at->large : cap; /* make_room has looked */
	void *codes = realloc(at->large != NULL ? (void *)at->large : at->codes, bytes);

	if (codes == NULL)
		return false;
	if (at->large != NULL)
		at->large = codes;
	else
		at->codes = codes;
	return true;
}

/* For the next block. */
static assay_code make_room(assay_association *a, assay_err *err)
{
	const size_t cap = a->cap > 0 ? a->cap : 64;
	size_t more, bytes;
	uint8_t *failed;

	if (a->cap - a->count >= BLOCK)
		return ASSAY_OK;
	if (!assay_mul_size(&more, cap, 2) || !assay_mul_size(&bytes, more, sizeof(uint16_t)))
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "samples");
	for (size_t i = 0; i < a->attribute_count; i++)
		if (!stretch(&a->attributes[i], more))
			return ASSAY_RAISE(err, ASSAY_ENOMEM, "samples");
	failed = realloc(a->failed, more);
	if (failed == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "samples");
	a->failed = failed;
	a->cap = more;
	return ASSAY_OK;
}

static assay_code enlarge(const assay_association *a, column *at, assay_err *err)
{
	at->large = assay_alloc(a->cap, sizeof *at->large);
	if (at->large == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "samples");
	for (size_t i = 0; i < a->count; i++)
		at->large[i] = at->codes[i];
	free(at->codes);
	at->codes = NULL;
	return ASSAY_OK;
}

static void narrow(uint8_t *restrict to, const uint16_t *restrict codes)
{
	for (size_t i = 0; i < BLOCK; i++)
		to[i] = (uint8_t)codes[i];
}

/* All of the block: behind those that wait it has codes that the column has had, or 0, and the column has room. */
static assay_code take_block(const assay_association *a, column *at, const uint16_t *codes, assay_err *err)
{
	uint16_t largest = 0;
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < BLOCK; i++)
		largest = codes[i] > largest ? codes[i] : largest;
	if (largest > UINT8_MAX && at->large == NULL)
		rc = enlarge(a, at, err);
	if (rc != ASSAY_OK)
		return rc;
	if (at->large != NULL)
		memcpy(&at->large[a->count], codes, BLOCK * sizeof *codes);
	else
		narrow(&at->codes[a->count], codes);
	if (largest >= at->values)
		at->values = (size_t)largest + 1;
	return ASSAY_OK;
}

/* Columns are far from each other in memory: to go to each of them for each sample costs more than the block does. */
static assay_code settle(assay_association *a, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < a->attribute_count && rc == ASSAY_OK && a->waiting > 0; i++)
		rc = take_block(a, &a->attributes[i], &a->block[i * BLOCK], err);
	if (rc != ASSAY_OK)
		return rc;
	a->count += a->waiting;
	a->waiting = 0;
	return ASSAY_OK;
}

assay_code assay_association_add(assay_association *a, const uint16_t *codes, bool failed, assay_err *err)
{
	assay_code rc = a->waiting == BLOCK ? settle(a, err) : ASSAY_OK;

	if (rc == ASSAY_OK)
		rc = make_room(a, err);
	if (rc != ASSAY_OK)
		return rc;
	for (size_t i = 0; i < a->attribute_count; i++)
		a->block[i * BLOCK + a->waiting] = codes[i];
	a->failed[a->count + a->waiting++] = failed;
	a->failures += failed;
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- a round */

typedef struct candidate {
	assay_hypothesis is;
	double log10_p; /* in this round, corrected */
	bool was_significant;
	bool settled; /* a finding, or explained by one */
} candidate;

typedef struct search {
	const assay_association *a;
	assay_association_report *out;
	double log10_alpha;
	uint64_t support;
	candidate *candidates;
	size_t candidate_count, candidate_cap;
	uint8_t *group; /* by sample: its stratum, doubled, and 1 if it failed */
	unsigned strata;
	uint64_t *counts;       /* of one attribute: [value][stratum][failed] */
	fourfold *tables;       /* of one hypothesis, by stratum */
	uint64_t (*margins)[2]; /* by stratum: samples, failed */
	double correction;      /* logarithm of the number of hypotheses */
} search;

/* One pass over an attribute's codes. */
static void count_attribute(search *s, const column *at)
{
	const size_t width = 2 * (size_t)s->strata;
	uint64_t *counts = s->counts;

	memset(counts, 0, at->values * width * sizeof *counts);
	if (at->large != NULL)
		for (size_t i = 0; i < s->a->count; i++)
			counts[at->large[i] * width + s->group[i]]++;
	else
		for (size_t i = 0; i < s->a->count; i++)
			counts[at->codes[i] * width + s->group[i]]++;
}

static void count_margins(search *s)
{
	memset(s->margins, 0, s->strata * sizeof *s->margins);
	for (size_t i = 0; i < s->a->count; i++) {
		s->margins[s->group[i] / 2][0]++;
		s->margins[s->group[i] / 2][1] += s->group[i] & 1;
	}
}

/* The tables of values low..high, from the counts of their attribute. Returns how many samples have such a value. */
static uint64_t gather(search *s, uint16_t low, uint16_t high, uint64_t *failed)
{
	const size_t width = 2 * (size_t)s->strata;
	uint64_t samples = 0;

	*failed = 0;
	for (unsigned g = 0; g < s->strata; g++) {
		fourfold *t = &s->tables[g];

		*t = (fourfold){.total = s->margins[g][0], .total_failed = s->margins[g][1]};
		for (size_t v = low; v <= high; v++) {
			const uint64_t *c = &s->counts[v * width + 2 * g];

			t->with += c[0] + c[1];
			t->with_failed += c[1];
		}
		samples += t->with;
		*failed += t->with_failed;
	}
	return samples;
}

static double corrected(const search *s, double log10_p)
{
	const double p = log10_p + s->correction;

	return p < 0 ? p : 0;
}

/* ---------------------------------------------------------------- the first round */

static assay_code propose(search *s, size_t attribute, uint16_t low, uint16_t high, assay_err *err)
{
	candidate c = {.is = {.attribute = attribute, .low = low, .high = high}};
	assay_code rc;

	c.is.samples = gather(s, low, high, &c.is.failed);
	if (c.is.samples < s->support || c.is.samples == s->a->count)
		return ASSAY_OK;
	c.is.log10_p = assay_fisher_log10(c.is.failed, c.is.samples, s->a->failures, s->a->count);
	rc = assay_grow(&s->candidates, &s->candidate_cap, s->candidate_count, sizeof *s->candidates, err);
	if (rc == ASSAY_OK)
		s->candidates[s->candidate_count++] = c;
	return rc;
}

static assay_code propose_attribute(search *s, size_t i, assay_err *err)
{
	const column *at = &s->a->attributes[i];
	const size_t levels = at->levels;
	assay_code rc = ASSAY_OK;

	count_attribute(s, at);
	if (levels == 0) {
		for (size_t v = 0; v < at->values && rc == ASSAY_OK; v++)
			if (!at->has_unrelated || v != at->unrelated)
				rc = propose(s, i, (uint16_t)v, (uint16_t)v, err);
		return rc;
	}
	for (size_t v = 1; v < levels && rc == ASSAY_OK; v++) {
		rc = propose(s, i, 0, (uint16_t)(v - 1), err);
		if (rc == ASSAY_OK)
			rc = propose(s, i, (uint16_t)v, (uint16_t)(levels - 1), err);
	}
	return rc == ASSAY_OK ? propose(s, i, (uint16_t)levels, (uint16_t)levels, err) : rc;
}

static assay_code propose_all(search *s, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	count_margins(s);
	for (size_t i = 0; i < s->a->attribute_count && rc == ASSAY_OK; i++)
		rc = propose_attribute(s, i, err);
	s->out->hypotheses = s->candidate_count;
	s->correction = s->candidate_count > 0 ? log10((double)s->candidate_count) : 0;
	for (size_t i = 0; i < s->candidate_count; i++) {
		candidate *c = &s->candidates[i];

		c->is.log10_p = c->log10_p = corrected(s, c->is.log10_p);
		c->was_significant = c->log10_p < s->log10_alpha;
	}
	return rc;
}

/* ---------------------------------------------------------------- later rounds */

static bool has(const search *s, const assay_hypothesis *h, size_t sample)
{
	const column *at = &s->a->attributes[h->attribute];
	const uint16_t code = at->large != NULL ? at->large[sample] : at->codes[sample];

	return code >= h->low && code <= h->high;
}

static void split_groups(search *s, const assay_hypothesis *by)
{
	const unsigned bit = 2 * s->strata;

	for (size_t i = 0; i < s->a->count; i++)
		if (has(s, by, i))
			s->group[i] = (uint8_t)(s->group[i] | bit);
	s->strata *= 2;
	count_margins(s);
}

/* How many samples of the hypothesis whose tables were gathered have the latest finding too. */
static uint64_t shared_with_latest(const search *s)
{
	uint64_t n = 0;

	for (unsigned g = s->strata / 2; g < s->strata; g++)
		n += s->tables[g].with;
	return n;
}

static assay_code explain(search *s, candidate *c, bool same, assay_err *err)
{
	assay_association_report *out = s->out;
	assay_association_other *more;
	const size_t finding = out->finding_count - 1;

	c->settled = true;
	/* Other ranges of the same thing tell nothing more. */
	if (c->is.attribute == out->findings[finding].is.attribute)
		return ASSAY_OK;
	more = realloc(out->others, (out->other_count + 1) * sizeof *more);
	if (more == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "findings");
	out->others = more;
	more[out->other_count++] = (assay_association_other){c->is, finding, same};
	return ASSAY_OK;
}

static assay_code test_again(search *s, candidate *c, assay_err *err)
{
	const assay_hypothesis *latest = &s->out->findings[s->out->finding_count - 1].is;
	uint64_t failed;
	const uint64_t samples = gather(s, c->is.low, c->is.high, &failed);
	double log10_p;
	assay_code rc;

	if (samples == latest->samples && shared_with_latest(s) == samples)
		return explain(s, c, true, err);
	rc = fourfold_test(&log10_p, s->tables, s->strata, err);
	if (rc != ASSAY_OK)
		return rc;
	c->log10_p = corrected(s, log10_p);
	if (c->was_significant && c->log10_p >= s->log10_alpha)
		return explain(s, c, false, err);
	return ASSAY_OK;
}

static assay_code test_all_again(search *s, assay_err *err)
{
	size_t counted = SIZE_MAX;
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < s->candidate_count && rc == ASSAY_OK; i++) {
		candidate *c = &s->candidates[i];

		/* What was not significant by itself may be so among equals: all are tested, attribute by attribute. */
		if (c->settled)
			continue;
		if (c->is.attribute != counted)
			count_attribute(s, &s->a->attributes[c->is.attribute]);
		counted = c->is.attribute;
		rc = test_again(s, c, err);
	}
	return rc;
}

/* ---------------------------------------------------------------- all rounds */

static candidate *most_significant(search *s)
{
	candidate *best = NULL;

	for (size_t i = 0; i < s->candidate_count; i++) {
		candidate *c = &s->candidates[i];

		if (!c->settled && c->log10_p < s->log10_alpha && (best == NULL || c->log10_p < best->log10_p))
			best = c;
	}
	return best;
}

static assay_code make_search(search *s, assay_err *err)
{
	size_t values = 1;

	for (size_t i = 0; i < s->a->attribute_count; i++)
		if (s->a->attributes[i].values > values)
			values = s->a->attributes[i].values;
	s->strata = 1;
	s->group = assay_alloc(s->a->count, 1);
	s->counts = assay_alloc(values * 2 * STRATA_MAX, sizeof *s->counts); /* values fit into 16 bits */
	s->tables = assay_alloc(STRATA_MAX, sizeof *s->tables);
	s->margins = assay_alloc(STRATA_MAX, sizeof *s->margins);
	if (s->group == NULL || s->counts == NULL || s->tables == NULL || s->margins == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "association");
	if (s->a->count > 0)
		memcpy(s->group, s->a->failed, s->a->count);
	return ASSAY_OK;
}

static int compare_others(const void *pa, const void *pb)
{
	const assay_association_other *a = pa, *b = pb;

	if (a->finding != b->finding)
		return a->finding < b->finding ? -1 : 1;
	if (a->same != b->same)
		return a->same ? -1 : 1;
	if (a->is.log10_p < b->is.log10_p || a->is.log10_p > b->is.log10_p)
		return a->is.log10_p < b->is.log10_p ? -1 : 1;
	if (a->is.attribute != b->is.attribute)
		return a->is.attribute < b->is.attribute ? -1 : 1;
	return (a->is.low > b->is.low) - (a->is.low < b->is.low);
}

static assay_code find(search *s, assay_err *err)
{
	assay_association_report *out = s->out;
	candidate *best;
	assay_code rc;

	ASSAY_TRY(make_search(s, err));
	ASSAY_TRY(propose_all(s, err));
	while (out->finding_count < ASSAY_ASSOCIATION_FINDINGS && (best = most_significant(s)) != NULL) {
		best->settled = true;
		out->findings[out->finding_count++] = (assay_association_finding){best->is, best->log10_p};
		split_groups(s, &best->is);
		ASSAY_TRY(test_all_again(s, err));
	}
	out->more = most_significant(s) != NULL;
	if (out->other_count > 1)
		qsort(out->others, out->other_count, sizeof *out->others, compare_others);
fail:
	return rc;
}

assay_code assay_association_find(assay_association_report *out, assay_association *a, double alpha, uint64_t support,
				  assay_err *err)
{
	search s = {.a = a, .out = out, .log10_alpha = log10(alpha), .support = support > 0 ? support : 1};
	assay_code rc;

	*out = (assay_association_report){0};
	rc = settle(a, err);
	if (rc != ASSAY_OK)
		return rc;
	*out = (assay_association_report){.samples = a->count, .failed = a->failures};
	rc = find(&s, err);
	free(s.candidates);
	free(s.group);
	free(s.counts);
	free(s.tables);
	free(s.margins);
	return rc;
}

void assay_association_report_release(assay_association_report *r)
{
	free(r->others);
	*r = (assay_association_report){0};
}
