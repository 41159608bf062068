#include "assay/dataset_judge.h"

#include "assay/moment.h"
#include "drift.h"
#include "field.h"
#include "value_set.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define SECOND            INT64_C(1000000000)
#define PART_PLACES       6                      /* of parts, as they are shown */
#define MEAN_PLACES       4                      /* beyond those of the metric */
#define OUTCOME_TAKEN(o)  ((o) == 1 || (o) == 3) /* accepted, waived */
#define OUTCOME_DUPLICATE 4

/* A check while samples are shown. */
typedef struct gauge {
	const assay_contract *contract;
	const assay_dataset_check *check;
	field_rules *rules; /* of checks of a field */
	tally now, base;    /* of checks of a distribution */
	value_set seen;     /* of checks of repeated values */
	uint64_t samples, hits;
	int64_t newest; /* of ages: ns; meaningless while dated is false */
	bool dated;
	char *no_baseline;
	char *examples[ASSAY_DATASET_EXAMPLES];
} gauge;

struct assay_dataset_judge {
	gauge *gauges;
	size_t count;
	const assay_vocabulary *vocabulary;
	int64_t as_of_ns;
	assay_buf scratch;
};

/* ---------------------------------------------------------------- life */

static void gauge_release(gauge *g)
{
	field_rules_close(g->rules);
	tally_release(&g->now);
	tally_release(&g->base);
	value_set_release(&g->seen);
	free(g->no_baseline);
	for (size_t i = 0; i < ASSAY_DATASET_EXAMPLES; i++)
		free(g->examples[i]);
}

void assay_dataset_judge_close(assay_dataset_judge *j)
{
	if (j == NULL)
		return;
	for (size_t i = 0; i < j->count; i++)
		gauge_release(&j->gauges[i]);
	free(j->gauges);
	assay_buf_release(&j->scratch);
	free(j);
}

static assay_code open_gauges(assay_dataset_judge *j, const assay_contract *c, assay_err *err)
{
	for (size_t i = 0; i < c->dataset_count; i++) {
		gauge *g = &j->gauges[j->count++];

		g->contract = c;
		g->check = &c->dataset[i];
		if (g->check->field_count > 0) {
			const assay_code rc = field_rules_open(&g->rules, &g->check->rules, err);

			if (rc != ASSAY_OK)
				return rc;
		}
	}
	return ASSAY_OK;
}

assay_code assay_dataset_judge_open(assay_dataset_judge **out, const assay_contract *const *contracts,
				    size_t contract_count, const assay_vocabulary *vocabulary, int64_t as_of_ns,
				    assay_err *err)
{
	assay_dataset_judge *j = assay_alloc(1, sizeof *j);
	size_t checks = 0;
	assay_code rc = ASSAY_OK;

	*out = NULL;
	for (size_t i = 0; i < contract_count; i++)
		checks += contracts[i]->dataset_count;
	if (j == NULL || (j->gauges = assay_alloc(checks, sizeof *j->gauges)) == NULL) {
		free(j);
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "dataset checks");
	}
	j->vocabulary = vocabulary;
	j->as_of_ns = as_of_ns;
	for (size_t i = 0; i < contract_count && rc == ASSAY_OK; i++)
		rc = open_gauges(j, contracts[i], err);
	if (rc != ASSAY_OK)
		assay_dataset_judge_close(j);
	else
		*out = j;
	return rc;
}

size_t assay_dataset_judge_count(const assay_dataset_judge *j)
{
	return j->count;
}

const assay_dataset_check *assay_dataset_judge_check(const assay_dataset_judge *j, size_t n)
{
	return j->gauges[n].check;
}

assay_code assay_dataset_judge_baseline(assay_dataset_judge *j, size_t n, int64_t value, assay_err *err)
{
	return tally_add(&j->gauges[n].base, value, err);
}

assay_code assay_dataset_judge_no_baseline(assay_dataset_judge *j, size_t n, const char *why, assay_err *err)
{
	free(j->gauges[n].no_baseline);
	j->gauges[n].no_baseline = assay_strdup(why);
	return j->gauges[n].no_baseline != NULL ? ASSAY_OK : ASSAY_RAISE(err, ASSAY_ENOMEM, "dataset checks");
}

/* ---------------------------------------------------------------- one sample */

/* The smallest few, so that they do not depend on the order of samples. */
static assay_code keep_example(gauge *g, const char *text, assay_err *err)
{
	size_t at = 0;
	char *copy;

	while (at < ASSAY_DATASET_EXAMPLES && g->examples[at] != NULL && strcmp(g->examples[at], text) < 0)
		at++;
	if (at == ASSAY_DATASET_EXAMPLES || (g->examples[at] != NULL && strcmp(g->examples[at], text) == 0))
		return ASSAY_OK;
	copy = assay_strdup(text);
	if (copy == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "dataset checks");
	free(g->examples[ASSAY_DATASET_EXAMPLES - 1]);
	memmove(&g->examples[at + 1], &g->examples[at], (ASSAY_DATASET_EXAMPLES - 1 - at) * sizeof *g->examples);
	g->examples[at] = copy;
	return ASSAY_OK;
}

static assay_code count_hit(gauge *g, const char *example, assay_err *err)
{
	g->hits++;
	return keep_example(g, example, err);
}

static const char *metadata_of(const assay_judge_subject *s, const char *name)
{
	for (size_t i = 0; i < s->metadata_count; i++)
		if (strcmp(s->metadata_keys[i], name) == 0)
			return s->metadata_values[i];
	return NULL;
}

static bool is_meant(const assay_dataset_check *k, const assay_dataset_subject *s)
{
	if ((k->kinds & ASSAY_SAMPLE_MASK(s->sample.kind)) == 0 || (!k->all && !OUTCOME_TAKEN(s->outcome)))
		return false;
	for (size_t i = 0; i < k->where.count; i++) {
		const char *value = metadata_of(&s->sample, k->where.names[i]);

		if (value == NULL || strcmp(value, k->where.values[i]) != 0)
			return false;
	}
	return true;
}

static bool meets_condition(const assay_dataset_check *k, const assay_judge_value *v)
{
	const ratio value = {.num = v->units, .den = ratio_power(k->scale)};

	return v->state == ASSAY_VALUE_DEFINED && ratio_meets(value, &k->condition);
}

static assay_code add_measured(gauge *g, const assay_dataset_subject *s, assay_err *err)
{
	static const assay_judge_value absent = {.state = ASSAY_VALUE_ABSENT};
	const assay_dataset_check *k = g->check;
	const assay_judge_value *v = k->metric_number == SIZE_MAX ? &absent : &s->sample.values[k->metric_number];

	if (assay_judge_value_is_of_no_matter(v)) {
		g->samples--; /* as if it were of another kind */
		return ASSAY_OK;
	}
	if (k->aggregate == ASSAY_AGGREGATE_MISSING) {
		g->hits += v->state != ASSAY_VALUE_DEFINED;
		return ASSAY_OK;
	}
	if (k->aggregate == ASSAY_AGGREGATE_COUNT || k->aggregate == ASSAY_AGGREGATE_SHARE) {
		g->hits += meets_condition(k, v);
		return ASSAY_OK;
	}
	return v->state == ASSAY_VALUE_DEFINED ? tally_add(&g->now, v->units, err) : ASSAY_OK;
}

/* Fields as one text; lengths before them, so that no two lists look alike. */
static assay_code add_repeated(assay_dataset_judge *j, gauge *g, const assay_dataset_subject *s, assay_err *err)
{
	const assay_dataset_check *k = g->check;
	bool is_new;
	assay_code rc;

	assay_buf_reset(&j->scratch);
	for (size_t i = 0; i < k->field_count; i++) {
		const char *value = metadata_of(&s->sample, k->fields[i]);

		if (value == NULL)
			return ASSAY_OK; /* what is not there repeats nothing */
		assay_buf_printf(&j->scratch, "%zu:%s,", strlen(value), value);
	}
	rc = assay_buf_check(&j->scratch, err);
	if (rc == ASSAY_OK)
		rc = value_set_add(&g->seen, j->scratch.data, j->scratch.len, &is_new, err);
	if (rc != ASSAY_OK || is_new)
		return rc;
	assay_buf_reset(&j->scratch);
	for (size_t i = 0; i < k->field_count; i++)
		assay_buf_printf(&j->scratch, "%s%s", i > 0 ? ", " : "", metadata_of(&s->sample, k->fields[i]));
	rc = assay_buf_check(&j->scratch, err);
	return rc == ASSAY_OK ? count_hit(g, assay_buf_str(&j->scratch), err) : rc;
}

static assay_code add_field(assay_dataset_judge *j, gauge *g, const assay_dataset_subject *s, assay_err *err)
{
	const assay_aggregate a = g->check->aggregate;
	const char *value;
	bool hit;

	if (a == ASSAY_AGGREGATE_REPEATED_VALUES)
		return add_repeated(j, g, s, err);
	value = metadata_of(&s->sample, g->check->fields[0]);
	hit = a == ASSAY_AGGREGATE_NULL_VALUES      ? value == NULL
	      : a == ASSAY_AGGREGATE_MISSING_VALUES ? field_is_missing(g->rules, value)
						    : value != NULL && !field_rules_are_met(g->rules, value);
	return hit ? count_hit(g, s->key, err) : ASSAY_OK;
}

/* What is no date is counted as such; what lies after the as-of time had not arrived then. */
static assay_code add_age(const assay_dataset_judge *j, gauge *g, const assay_dataset_subject *s, assay_err *err)
{
	int64_t ns = s->source_ns;

	if (g->check->field_count > 0) {
		const char *value = metadata_of(&s->sample, g->check->fields[0]);

		if (value == NULL || !assay_instant_parse(&ns, value))
			return count_hit(g, s->key, err);
	}
	if (ns <= j->as_of_ns && (!g->dated || ns > g->newest)) {
		g->newest = ns;
		g->dated = true;
	}
	return ASSAY_OK;
}

static assay_code add_to(assay_dataset_judge *j, gauge *g, const assay_dataset_subject *s, assay_err *err)
{
	const assay_dataset_check *k = g->check;

	g->samples++;
	switch (k->aggregate) {
	case ASSAY_AGGREGATE_COUNT:
	case ASSAY_AGGREGATE_SHARE:
		if (k->outcome != 0)
			g->hits += s->outcome == k->outcome;
		else if (k->condition.op != 0)
			return add_measured(g, s, err);
		return ASSAY_OK;
	case ASSAY_AGGREGATE_MISSING:
	case ASSAY_AGGREGATE_DISTINCT:
	case ASSAY_AGGREGATE_SUM:
	case ASSAY_AGGREGATE_MEAN:
	case ASSAY_AGGREGATE_MIN:
	case ASSAY_AGGREGATE_MAX:
	case ASSAY_AGGREGATE_PERCENTILE:
	case ASSAY_AGGREGATE_PSI:
	case ASSAY_AGGREGATE_KS:
		return add_measured(g, s, err);
	case ASSAY_AGGREGATE_DUPLICATES:
		return s->outcome == OUTCOME_DUPLICATE ? count_hit(g, s->key, err) : ASSAY_OK;
	case ASSAY_AGGREGATE_NULL_VALUES:
	case ASSAY_AGGREGATE_MISSING_VALUES:
	case ASSAY_AGGREGATE_INVALID_VALUES:
	case ASSAY_AGGREGATE_REPEATED_VALUES:
		return add_field(j, g, s, err);
	case ASSAY_AGGREGATE_AGE:
		return add_age(j, g, s, err);
	}
	return ASSAY_OK;
}

assay_code assay_dataset_judge_add(assay_dataset_judge *j, const assay_dataset_subject *s, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < j->count && rc == ASSAY_OK; i++)
		if (is_meant(j->gauges[i].check, s))
			rc = add_to(j, &j->gauges[i], s, err);
	return rc;
}

/* ---------------------------------------------------------------- numbers */

static ratio whole(uint64_t n)
{
	return (ratio){.num = (ratio_int)n, .den = 1};
}

/* NULL, or why there is no number. */
static const char *part_of(const gauge *g, unsigned times, ratio *out)
{
	*out = (ratio){.num = (ratio_int)g->hits * times, .den = g->samples};
	return g->samples > 0 ? NULL : "there are no samples";
}

static const char *count_of(const gauge *g, ratio *out)
{
	if (g->check->percent)
		return part_of(g, 100, out);
	*out = whole(g->hits);
	return NULL;
}

static const char *value_of(const gauge *g, ratio *out)
{
	const assay_dataset_check *k = g->check;
	const tally *t = &g->now;
	const ratio_uint one = ratio_power(k->scale);

	if (k->aggregate == ASSAY_AGGREGATE_DISTINCT) {
		*out = whole(t->count);
		return NULL;
	}
	if (t->total == 0)
		return g->samples > 0 ? "no sample has a value" : "there are no samples";
	out->den = one;
	if (k->aggregate == ASSAY_AGGREGATE_MIN)
		out->num = t->items[0].value;
	else if (k->aggregate == ASSAY_AGGREGATE_MAX)
		out->num = t->items[t->count - 1].value;
	else if (k->aggregate == ASSAY_AGGREGATE_PERCENTILE)
		out->num = tally_quantile(t, k->rank, 100);
	else
		out->num = t->sum;
	if (k->aggregate == ASSAY_AGGREGATE_MEAN)
		out->den = one * t->total;
	return NULL;
}

static const char *age_of(const assay_dataset_judge *j, const gauge *g, ratio *out)
{
	if (!g->dated)
		return g->samples > 0 ? "no sample is dated up to the as-of time" : "there are no samples";
	*out = (ratio){.num = (ratio_int)j->as_of_ns - g->newest, .den = (ratio_uint)SECOND};
	return NULL;
}

static assay_code drift_of(const gauge *g, ratio *out, const char **why, assay_err *err)
{
	*why = g->no_baseline != NULL ? g->no_baseline
	       : g->base.total == 0   ? "the baseline has no values"
	       : g->now.total == 0    ? "no sample has a value"
				      : NULL;
	if (*why != NULL)
		return ASSAY_OK;
	if (g->check->aggregate == ASSAY_AGGREGATE_PSI)
		return drift_psi(out, &g->base, &g->now, g->check->rank, err);
	*out = drift_ks(&g->base, &g->now);
	return ASSAY_OK;
}

static assay_code number_of(const assay_dataset_judge *j, gauge *g, ratio *out, const char **why, assay_err *err)
{
	const assay_aggregate a = g->check->aggregate;
	assay_code rc = tally_settle(&g->now, err);

	if (rc == ASSAY_OK)
		rc = tally_settle(&g->base, err);
	*why = NULL;
	if (rc != ASSAY_OK)
		return rc;
	if (assay_aggregate_is_drift(a))
		return drift_of(g, out, why, err);
	if (a == ASSAY_AGGREGATE_SHARE || a == ASSAY_AGGREGATE_MISSING)
		*why = part_of(g, 1, out);
	else if (a == ASSAY_AGGREGATE_COUNT && g->check->condition.op == 0)
		*out = whole(g->samples);
	else if (a == ASSAY_AGGREGATE_AGE)
		*why = age_of(j, g, out);
	else if (a >= ASSAY_AGGREGATE_DISTINCT && a <= ASSAY_AGGREGATE_PERCENTILE)
		*why = value_of(g, out);
	else
		*why = count_of(g, out);
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- results */

static int shown_places(const assay_dataset_check *k)
{
	const int mean = k->scale + MEAN_PLACES;

	if (k->percent)
		return PART_PLACES - 2;
	if (k->aggregate == ASSAY_AGGREGATE_MEAN)
		return mean < ASSAY_DECIMAL_SCALE_MAX ? mean : ASSAY_DECIMAL_SCALE_MAX;
	if (k->aggregate == ASSAY_AGGREGATE_AGE)
		return 3;
	return k->aggregate >= ASSAY_AGGREGATE_SUM && k->aggregate <= ASSAY_AGGREGATE_PERCENTILE ? k->scale
												 : PART_PLACES;
}

static const char *unit_of(const assay_dataset_judge *j, const assay_dataset_check *k)
{
	if (k->percent)
		return "%";
	if (k->aggregate == ASSAY_AGGREGATE_AGE)
		return "s";
	if (k->aggregate >= ASSAY_AGGREGATE_SUM && k->aggregate <= ASSAY_AGGREGATE_PERCENTILE &&
	    k->metric_number != SIZE_MAX)
		return j->vocabulary->items[k->metric_number].unit;
	return "";
}

static assay_code put(char **out, const char *text, assay_err *err)
{
	*out = assay_strdup(text);
	return *out != NULL ? ASSAY_OK : ASSAY_RAISE(err, ASSAY_ENOMEM, "results of dataset checks");
}

static assay_code put_texts(const assay_dataset_judge *j, const gauge *g, const char *why, assay_dataset_result *r,
			    assay_err *err)
{
	ASSAY_AUTO_BUF subject = ASSAY_BUF_INIT;
	assay_code rc;

	assay_dataset_check_subject(&subject, g->check);
	ASSAY_TRY(assay_buf_check(&subject, err));
	ASSAY_TRY(put(&r->contract_id, g->contract->id, err));
	ASSAY_TRY(put(&r->contract_name, g->contract->name, err));
	ASSAY_TRY(put(&r->contract_version, g->contract->version, err));
	ASSAY_TRY(put(&r->check, g->check->id, err));
	ASSAY_TRY(put(&r->subject, assay_buf_str(&subject), err));
	ASSAY_TRY(put(&r->metric, g->check->metric, err));
	ASSAY_TRY(put(&r->unit, unit_of(j, g->check), err));
	ASSAY_TRY(put(&r->reason, why != NULL ? why : "", err));
fail:
	return rc;
}

static assay_code judge_gauge(assay_dataset_judge *j, gauge *g, assay_dataset_result *r, assay_err *err)
{
	const assay_dataset_check *k = g->check;
	const char *why;
	ratio number = {.den = 1};
	assay_code rc = number_of(j, g, &number, &why, err);

	if (rc == ASSAY_OK)
		rc = put_texts(j, g, why, r, err);
	if (rc != ASSAY_OK)
		return rc;
	r->kind = k->kind;
	r->aggregate = k->aggregate;
	r->severity = k->severity;
	r->bound = k->bound;
	r->samples = g->samples;
	r->defined = why == NULL;
	memcpy(r->examples, g->examples, sizeof r->examples);
	memset(g->examples, 0, sizeof g->examples);
	if (why != NULL) {
		r->verdict = k->when_missing == ASSAY_MISSING_SKIPS ? ASSAY_DATASET_SKIPPED : ASSAY_DATASET_FAILED;
		return ASSAY_OK;
	}
	r->value = ratio_round(number, shown_places(k), &r->exact);
	r->verdict = ratio_meets(number, &k->bound) ? ASSAY_DATASET_PASSED : ASSAY_DATASET_FAILED;
	return ASSAY_OK;
}

assay_code assay_dataset_judge_end(assay_dataset_judge *j, assay_dataset_results *out, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	*out = (assay_dataset_results){0};
	for (size_t i = 0; i < j->count && rc == ASSAY_OK; i++) {
		rc = assay_grow(&out->items, &out->cap, out->count, sizeof *out->items, err);
		if (rc != ASSAY_OK)
			break;
		out->items[out->count] = (assay_dataset_result){0};
		rc = judge_gauge(j, &j->gauges[i], &out->items[out->count++], err);
	}
	return rc;
}
