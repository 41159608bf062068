/* Checks of `engine: assay` over many samples: an aggregate of a metric, or its distance to a baseline. */
#include "contract_loader.h"
#include "drift.h"
#include "field.h"

#include "assay/suggest.h"

#include <stdlib.h>
#include <string.h>

#define BINS_DEFAULT 10
#define BINS_MAX     1000

const char *const contract_aggregate_keys[] = {"aggregate",
					       "drift",
					       "metric",
					       "of",
					       "where",
					       "population",
					       "condition",
					       "outcome",
					       "against",
					       "bins",
					       "whenMissing",
					       "mustBe",
					       "mustNotBe",
					       "mustBeGreaterThan",
					       "mustBeGreaterOrEqualTo",
					       "mustBeLessThan",
					       "mustBeLessOrEqualTo",
					       "mustBeBetween",
					       "mustNotBeBetween",
					       NULL};

/* What a bound on an aggregate is in. */
typedef enum measure { WHOLE, LIKE_METRIC, ANY_NUMBER, PART, INDEX } measure;

static const struct row {
	const char *name;
	assay_aggregate aggregate;
	bool needs_metric;
	measure measure;
} rows[] =
    {
	{"count", ASSAY_AGGREGATE_COUNT, false, WHOLE},       {"share", ASSAY_AGGREGATE_SHARE, false, PART},
	{"missing", ASSAY_AGGREGATE_MISSING, true, PART},     {"distinct", ASSAY_AGGREGATE_DISTINCT, true, WHOLE},
	{"sum", ASSAY_AGGREGATE_SUM, true, LIKE_METRIC},      {"mean", ASSAY_AGGREGATE_MEAN, true, ANY_NUMBER},
	{"min", ASSAY_AGGREGATE_MIN, true, LIKE_METRIC},      {"max", ASSAY_AGGREGATE_MAX, true, LIKE_METRIC},
	{"p", ASSAY_AGGREGATE_PERCENTILE, true, LIKE_METRIC},
},
  drifts[] = {
      {"psi", ASSAY_AGGREGATE_PSI, true, INDEX},
      {"ks", ASSAY_AGGREGATE_KS, true, PART},
};

/* p1 to p99, without leading zeros; 0 for anything else. */
static unsigned percentile_of(const char *text)
{
	unsigned p = 0;

	if (text[0] != 'p' || text[1] < '1' || text[1] > '9')
		return 0;
	for (text++; *text >= '0' && *text <= '9' && p < 100; text++)
		p = p * 10 + (unsigned)(*text - '0');
	return *text == '\0' && p < 100 ? p : 0;
}

static const struct row *find_aggregate(contract_loader *l, const assay_yaml_node *n, unsigned *rank)
{
	const char *text = contract_text(n);
	assay_suggest s;
	char hint[160];

	*rank = text != NULL ? percentile_of(text) : 0;
	assay_suggest_init(&s, text != NULL ? text : "");
	for (size_t i = 0; i < ASSAY_COUNT(rows); i++) {
		const bool ranked = rows[i].aggregate == ASSAY_AGGREGATE_PERCENTILE;

		if (ranked ? *rank > 0 : text != NULL && strcmp(text, rows[i].name) == 0)
			return &rows[i];
		if (!ranked)
			assay_suggest_offer(&s, rows[i].name);
	}
	CONTRACT_ERROR(l, n,
		       "aggregate '%s' is none of count, share, missing, distinct, sum, mean, min, max, p1 to p99%s",
		       text != NULL ? text : "", assay_suggest_text(&s, hint, sizeof hint));
	return NULL;
}

static const struct row *find_drift(contract_loader *l, const assay_yaml_node *n)
{
	const char *text = contract_text(n);

	for (size_t i = 0; i < ASSAY_COUNT(drifts); i++)
		if (text != NULL && strcmp(text, drifts[i].name) == 0)
			return &drifts[i];
	CONTRACT_ERROR(l, n, "drift '%s' is none of psi, ks", text != NULL ? text : "");
	return NULL;
}

static const struct row *find_row(contract_loader *l, const assay_yaml_node *n, assay_dataset_check *k)
{
	const assay_yaml_node *aggregate = assay_yaml_get(n, "aggregate"), *drift = assay_yaml_get(n, "drift");
	const struct row *row;

	if (aggregate != NULL && drift != NULL) {
		CONTRACT_ERROR_AT_KEY(l, drift, "'drift' beside 'aggregate': a check has one of them");
		return NULL;
	}
	if (aggregate == NULL && drift == NULL) {
		CONTRACT_ERROR(l, n, "a check of the whole dataset needs 'aggregate' or 'drift'");
		return NULL;
	}
	row = aggregate != NULL ? find_aggregate(l, aggregate, &k->rank) : find_drift(l, drift);
	if (row != NULL)
		k->aggregate = row->aggregate;
	return row;
}

/* ---------------------------------------------------------------- of which samples */

static void read_of(contract_loader *l, const assay_yaml_node *n, const contract_scope *s, assay_dataset_check *k)
{
	unsigned kind;

	if (n == NULL)
		return;
	if (contract_text(n) == NULL) {
		CONTRACT_ERROR(l, n, "'of' must be a kind of sample");
		return;
	}
	if (!contract_lint_kind(l, n, n->text, &kind))
		return;
	if (s->kind != 0 && kind != s->kind)
		CONTRACT_ERROR(l, n, "'of: %s' in an entry that is about %s", n->text, assay_sample_kind_name(s->kind));
	k->kind = kind;
	k->kinds = kind != 0 ? ASSAY_SAMPLE_MASK(kind) : UINT32_MAX;
}

static assay_code read_where(contract_loader *l, const assay_yaml_node *n, assay_dataset_check *k)
{
	assay_code rc = ASSAY_OK;

	if (n == NULL)
		return ASSAY_OK;
	if (n->type != ASSAY_YAML_MAPPING || n->count == 0) {
		CONTRACT_ERROR(l, n, "'where' must be a mapping of metadata, such as {doc_type: invoice}");
		return ASSAY_OK;
	}
	for (size_t i = 0; i < n->count && rc == ASSAY_OK; i++) {
		const assay_yaml_node *c = &n->children[i];

		if (contract_text(c) == NULL)
			CONTRACT_ERROR(l, c, "where '%s' must be one value", c->key);
		else if (field_pairs_get(&k->where, c->key) != NULL)
			CONTRACT_ERROR_AT_KEY(l, c, "'%s' is in this entry's appliesTo already", c->key);
		else
			rc = field_pairs_add(&k->where, c->key, c->text, l->err);
	}
	return rc;
}

/* ---------------------------------------------------------------- share, drift */

static void read_outcome(contract_loader *l, const assay_yaml_node *n, assay_dataset_check *k)
{
	assay_suggest s;
	char hint[160];

	assay_suggest_init(&s, contract_text(n) != NULL ? n->text : "");
	for (unsigned o = 1; assay_dataset_outcome_name(o) != NULL; o++) {
		assay_suggest_offer(&s, assay_dataset_outcome_name(o));
		if (contract_text(n) != NULL && strcmp(n->text, assay_dataset_outcome_name(o)) == 0)
			k->outcome = o;
	}
	if (k->outcome == 0)
		CONTRACT_ERROR(l, n, "outcome '%s' is none of accepted, quarantined, waived, duplicate, filtered%s",
			       contract_text(n) != NULL ? n->text : "", assay_suggest_text(&s, hint, sizeof hint));
	k->all = true; /* a part of the accepted ones would always be 0 or 1 */
}

static void read_condition(contract_loader *l, const assay_yaml_node *n, assay_dataset_check *k,
			   const assay_vocabulary_metric *m)
{
	contract_resolution r = {.switches = true};
	int64_t units[2] = {0, 0};

	if (n->type != ASSAY_YAML_MAPPING) {
		CONTRACT_ERROR(l, n, "'condition' must be a mapping of one operator, such as {mustBeLessThan: 0.02}");
		return;
	}
	for (size_t i = 0; i < n->count; i++)
		if (!contract_is_operator(n->children[i].key))
			CONTRACT_ERROR_AT_KEY(l, &n->children[i], "'%s' is no operator", n->children[i].key);
	if (m != NULL) {
		r.name = m->name;
		r.scale = m->scale;
	}
	contract_read_bound(l, n, m != NULL ? &r : NULL, &k->condition, units);
	k->condition_low = units[0];
	k->condition_high = units[1];
}

static void read_share(contract_loader *l, const assay_yaml_node *n, assay_dataset_check *k,
		       const assay_vocabulary_metric *m)
{
	const assay_yaml_node *condition = assay_yaml_get(n, "condition"), *outcome = assay_yaml_get(n, "outcome");
	const bool share = k->aggregate == ASSAY_AGGREGATE_SHARE, count = k->aggregate == ASSAY_AGGREGATE_COUNT;

	if (condition != NULL && !share && !count)
		CONTRACT_ERROR_AT_KEY(l, condition, "'condition' goes with share and count");
	if (outcome != NULL && !share)
		CONTRACT_ERROR_AT_KEY(l, outcome, "'outcome' goes with share");
	if (share && (condition == NULL) == (outcome == NULL))
		CONTRACT_ERROR(l, n, "share needs a 'condition' on a metric, or an 'outcome'");
	if (condition != NULL && k->metric[0] == '\0')
		CONTRACT_ERROR(l, condition, "a 'condition' needs a 'metric'");
	if (condition == NULL && k->metric[0] != '\0' && count)
		CONTRACT_ERROR_AT_KEY(l, assay_yaml_get(n, "metric"), "'metric' without a 'condition' on it");
	if (condition != NULL)
		read_condition(l, condition, k, m);
	if (outcome != NULL && share)
		read_outcome(l, outcome, k);
}

static void read_bins(contract_loader *l, const assay_yaml_node *n, assay_dataset_check *k)
{
	assay_decimal d;

	if (k->aggregate == ASSAY_AGGREGATE_PSI)
		k->rank = BINS_DEFAULT;
	if (n == NULL)
		return;
	if (k->aggregate != ASSAY_AGGREGATE_PSI)
		CONTRACT_ERROR_AT_KEY(l, n, "'bins' goes with 'drift: psi'");
	else if (contract_text(n) == NULL || !assay_decimal_parse(&d, n->text) || d.scale != 0 || d.units < 2 ||
		 d.units > BINS_MAX)
		CONTRACT_ERROR(l, n, "'bins' must be a whole number from 2 to %d", BINS_MAX);
	else
		k->rank = (unsigned)d.units;
}

static assay_code read_baseline(contract_loader *l, const assay_yaml_node *n, assay_dataset_check *k)
{
	const assay_yaml_node *against = assay_yaml_get(n, "against"), *where = assay_yaml_get(n, "where");

	if (!assay_aggregate_is_drift(k->aggregate)) {
		if (against != NULL)
			CONTRACT_ERROR_AT_KEY(l, against, "'against' goes with 'drift'");
		return ASSAY_OK;
	}
	if (against == NULL)
		CONTRACT_ERROR(l, n, "missing key 'against': the tag or id of the version to compare with");
	else if (contract_text(against) == NULL || against->text[0] == '\0')
		CONTRACT_ERROR(l, against, "'against' must be the tag or id of a version");
	else if (strcmp(against->text, "latest") == 0)
		CONTRACT_ERROR(l, against, "'latest' is another version after each run: name a tag or an id");
	if (k->where.count > 0)
		CONTRACT_ERROR(l, where != NULL ? where : n,
			       "drift cannot be limited by metadata: a version does not keep them");
	if (k->all)
		CONTRACT_ERROR(l, n, "drift compares accepted samples: 'population: all' has no baseline");
	return contract_text(against) != NULL ? contract_dataset_set(l, &k->against, against->text) : ASSAY_OK;
}

/* ---------------------------------------------------------------- the check */

static contract_resolution resolution_of(const struct row *row, const assay_dataset_check *k,
					 const assay_vocabulary_metric *m)
{
	contract_resolution r = {.name = row->name, .scale = -1};

	if (row->measure == WHOLE)
		r.scale = 0;
	if (row->measure == PART)
		r.limit = 1;
	if (row->measure == INDEX)
		r.scale = DRIFT_PLACES;
	if (row->measure == LIKE_METRIC) {
		r.name = k->metric;
		r.scale = m != NULL ? m->scale : -1;
	}
	return r;
}

static assay_code read_metric(contract_loader *l, const assay_yaml_node *n, const struct row *row,
			      assay_dataset_check *k, const assay_vocabulary_metric **m)
{
	const assay_yaml_node *metric = assay_yaml_get(n, "metric");
	assay_code rc;

	*m = NULL;
	if (metric == NULL) {
		if (row->needs_metric)
			CONTRACT_ERROR(l, n, "missing key 'metric'");
		return ASSAY_OK;
	}
	if (contract_text(metric) == NULL || metric->text[0] == '\0') {
		CONTRACT_ERROR(l, metric, "'metric' must be the name of a metric");
		return ASSAY_OK;
	}
	rc = contract_dataset_set(l, &k->metric, metric->text);
	if (rc != ASSAY_OK)
		return rc;
	*m = contract_find_metric(l, metric, k->kind, &k->metric_number);
	if (*m != NULL) {
		k->scale = (*m)->scale;
		k->kinds &= (*m)->kinds;
	}
	return ASSAY_OK;
}

static assay_code read_implementation(contract_loader *l, const assay_yaml_node *n, const contract_scope *s,
				      assay_dataset_check *k)
{
	static const char *const populations[] = {"accepted", "all", NULL};
	const assay_vocabulary_metric *m;
	const struct row *row;
	contract_resolution r;
	assay_code rc;

	assay_yaml_only(n, contract_aggregate_keys, l->file, l->d);
	row = find_row(l, n, k);
	if (row == NULL)
		return ASSAY_OK;
	read_of(l, assay_yaml_get(n, "of"), s, k);
	ASSAY_TRY(read_where(l, assay_yaml_get(n, "where"), k));
	ASSAY_TRY(read_metric(l, n, row, k, &m));
	k->all = contract_read_word(l, assay_yaml_get(n, "population"), populations) == 2;
	k->when_missing = (assay_when_missing)contract_read_word(l, assay_yaml_get(n, "whenMissing"), contract_missing);
	read_share(l, n, k, m);
	read_bins(l, assay_yaml_get(n, "bins"), k);
	ASSAY_TRY(read_baseline(l, n, k));
	r = resolution_of(row, k, m);
	contract_read_bound(l, n, &r, &k->bound, NULL);
fail:
	return rc;
}

static assay_code read_check(contract_loader *l, const assay_yaml_node *n, const contract_scope *s,
			     assay_dataset_check *k)
{
	const assay_yaml_node *implementation = assay_yaml_get(n, "implementation");
	const char *const texts[] = {contract_text(assay_yaml_get(n, "id")),
				     contract_text(assay_yaml_get(n, "dimension")),
				     contract_text(assay_yaml_get(n, "description"))};
	char **const outs[] = {&k->id, &k->dimension, &k->description};
	assay_code rc = ASSAY_OK;

	contract_lint_id(l, n, true);
	contract_lint_no_applies(l, n);
	k->severity = (assay_severity)contract_read_word(l, assay_yaml_get(n, "severity"), contract_severities);
	for (size_t i = 0; i < ASSAY_COUNT(texts) && rc == ASSAY_OK; i++)
		if (texts[i] != NULL)
			rc = contract_dataset_set(l, outs[i], texts[i]);
	if (rc != ASSAY_OK)
		return rc;
	if (implementation == NULL)
		CONTRACT_ERROR(l, n, "missing key 'implementation'");
	else if (implementation->type != ASSAY_YAML_MAPPING)
		CONTRACT_ERROR(l, implementation, "'implementation' must be a mapping of aggregate and operator");
	else
		rc = read_implementation(l, implementation, s, k);
	return rc;
}

assay_code contract_read_aggregate(contract_loader *l, const assay_yaml_node *n, const contract_scope *s)
{
	assay_dataset_check k;
	assay_code rc = contract_dataset_begin(l, &k, n, s);

	if (rc == ASSAY_OK)
		rc = read_check(l, n, s, &k);
	return contract_dataset_end(l, &k, rc);
}
