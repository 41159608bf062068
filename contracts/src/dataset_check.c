#include "contract_loader.h"
#include "field.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

const char *assay_aggregate_name(assay_aggregate a)
{
	static const char *const names[] = {
	    [ASSAY_AGGREGATE_COUNT] = "count",
	    [ASSAY_AGGREGATE_SHARE] = "share",
	    [ASSAY_AGGREGATE_MISSING] = "missing",
	    [ASSAY_AGGREGATE_DISTINCT] = "distinct",
	    [ASSAY_AGGREGATE_SUM] = "sum",
	    [ASSAY_AGGREGATE_MEAN] = "mean",
	    [ASSAY_AGGREGATE_MIN] = "min",
	    [ASSAY_AGGREGATE_MAX] = "max",
	    [ASSAY_AGGREGATE_PERCENTILE] = "percentile",
	    [ASSAY_AGGREGATE_PSI] = "psi",
	    [ASSAY_AGGREGATE_KS] = "ks",
	    [ASSAY_AGGREGATE_DUPLICATES] = "duplicates",
	    [ASSAY_AGGREGATE_NULL_VALUES] = "null-values",
	    [ASSAY_AGGREGATE_MISSING_VALUES] = "missing-values",
	    [ASSAY_AGGREGATE_INVALID_VALUES] = "invalid-values",
	    [ASSAY_AGGREGATE_REPEATED_VALUES] = "repeated-values",
	    [ASSAY_AGGREGATE_AGE] = "age",
	};

	return (unsigned)a < ASSAY_COUNT(names) ? names[a] : NULL;
}

/* The numbers of docs/formats.md: contracts are below the store, which has the names of its own. */
const char *assay_dataset_outcome_name(unsigned outcome)
{
	static const char *const names[] = {NULL, "accepted", "quarantined", "waived", "duplicate", "filtered"};

	return outcome < ASSAY_COUNT(names) ? names[outcome] : NULL;
}

bool assay_aggregate_is_drift(assay_aggregate a)
{
	return a == ASSAY_AGGREGATE_PSI || a == ASSAY_AGGREGATE_KS;
}

static void put_fields(assay_buf *out, const assay_dataset_check *k)
{
	for (size_t i = 0; i < k->field_count; i++)
		assay_buf_printf(out, "%s%s", i > 0 ? ", " : "", k->fields[i]);
}

static void put_condition(assay_buf *out, const assay_dataset_check *k)
{
	assay_buf_printf(out, " %s ", k->metric);
	assay_check_bound_text(out, k->condition.op, k->condition.low, k->condition.high);
}

static void put_what(assay_buf *out, const assay_dataset_check *k)
{
	switch (k->aggregate) {
	case ASSAY_AGGREGATE_COUNT:
	case ASSAY_AGGREGATE_SHARE:
		assay_buf_puts(out, k->aggregate == ASSAY_AGGREGATE_SHARE || k->percent ? "share of" : "count of");
		if (k->outcome != 0)
			assay_buf_printf(out, " outcome %s", assay_dataset_outcome_name(k->outcome));
		else if (k->condition.op != 0)
			put_condition(out, k);
		else
			assay_buf_puts(out, " samples");
		break;
	case ASSAY_AGGREGATE_PERCENTILE:
		assay_buf_printf(out, "p%u of %s", k->rank, k->metric);
		break;
	case ASSAY_AGGREGATE_PSI:
	case ASSAY_AGGREGATE_KS:
		assay_buf_printf(out, "%s of %s against %s", assay_aggregate_name(k->aggregate), k->metric, k->against);
		break;
	case ASSAY_AGGREGATE_MISSING:
	case ASSAY_AGGREGATE_DISTINCT:
	case ASSAY_AGGREGATE_SUM:
	case ASSAY_AGGREGATE_MEAN:
	case ASSAY_AGGREGATE_MIN:
	case ASSAY_AGGREGATE_MAX:
		assay_buf_printf(out, "%s of %s", assay_aggregate_name(k->aggregate), k->metric);
		break;
	case ASSAY_AGGREGATE_DUPLICATES:
		assay_buf_puts(out, "duplicates");
		break;
	case ASSAY_AGGREGATE_NULL_VALUES:
		assay_buf_puts(out, "samples without ");
		break;
	case ASSAY_AGGREGATE_MISSING_VALUES:
		assay_buf_puts(out, "missing values of ");
		break;
	case ASSAY_AGGREGATE_INVALID_VALUES:
		assay_buf_puts(out, "invalid values of ");
		break;
	case ASSAY_AGGREGATE_REPEATED_VALUES:
		assay_buf_puts(out, "repeated values of ");
		break;
	case ASSAY_AGGREGATE_AGE:
		assay_buf_puts(out, k->field_count > 0 ? "age of the newest " : "age of the newest source");
		break;
	}
}

void assay_dataset_check_number(assay_buf *out, const assay_dataset_check *k)
{
	put_what(out, k);
	put_fields(out, k);
}

static bool is_of_all_anyway(const assay_dataset_check *k)
{
	return k->aggregate == ASSAY_AGGREGATE_DUPLICATES || k->aggregate == ASSAY_AGGREGATE_AGE || k->outcome != 0;
}

void assay_dataset_check_subject(assay_buf *out, const assay_dataset_check *k)
{
	assay_dataset_check_number(out, k);
	for (size_t i = 0; i < k->where.count; i++)
		assay_buf_printf(out, "%s%s = %s", i == 0 ? " where " : " and ", k->where.names[i], k->where.values[i]);
	if (k->all && !is_of_all_anyway(k))
		assay_buf_puts(out, ", of all that went in");
}

void assay_dataset_age_text(assay_buf *out, assay_decimal seconds)
{
	static const struct {
		int64_t seconds;
		const char *name;
	} units[] = {{86400, "d"}, {3600, "h"}, {60, "min"}};
	char text[ASSAY_DECIMAL_TEXT];
	int64_t one = 1;

	for (size_t i = 0; i < ASSAY_COUNT(units); i++)
		if (seconds.scale == 0 && seconds.units != 0 && seconds.units % units[i].seconds == 0) {
			assay_buf_printf(out, "%" PRId64 " %s", seconds.units / units[i].seconds, units[i].name);
			return;
		}
	for (int i = 0; i < seconds.scale && i < 12; i++)
		one *= 10;
	for (size_t i = 0; i < ASSAY_COUNT(units); i++)
		if (seconds.scale <= 12 && seconds.units / one >= units[i].seconds) {
			const assay_decimal d = {assay_round_ratio(seconds.units, units[i].seconds * one, 1), 1};

			assay_buf_printf(out, "about %s %s", assay_decimal_format(d, text), units[i].name);
			return;
		}
	assay_buf_printf(out, "%s s", assay_decimal_format(seconds, text));
}

void assay_dataset_bound_text(assay_buf *out, assay_aggregate a, const assay_bound *b)
{
	if (a != ASSAY_AGGREGATE_AGE) {
		assay_check_bound_text(out, b->op, b->low, b->high);
		return;
	}
	assay_buf_puts(out, "<= "); /* an age has no other operator */
	assay_dataset_age_text(out, b->low);
}

/* ---------------------------------------------------------------- life */

assay_code contract_dataset_set(contract_loader *l, char **out, const char *text)
{
	free(*out);
	*out = assay_strdup(text);
	return *out != NULL ? ASSAY_OK : ASSAY_RAISE(l->err, ASSAY_ENOMEM, "contract '%s'", l->file);
}

static assay_code copy_where(contract_loader *l, assay_dataset_check *k, const contract_applies *a)
{
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < a->count && rc == ASSAY_OK; i++)
		rc = field_pairs_add(&k->where, a->keys[i], a->values[i], l->err);
	return rc;
}

assay_code contract_dataset_begin(contract_loader *l, assay_dataset_check *k, const assay_yaml_node *n,
				  const contract_scope *s)
{
	assay_code rc;

	*k = (assay_dataset_check){.kind = s->kind,
				   .metric_number = SIZE_MAX,
				   .kinds = s->kind != 0 ? ASSAY_SAMPLE_MASK(s->kind) : UINT32_MAX,
				   .severity = ASSAY_SEVERITY_ERROR,
				   .when_missing = ASSAY_MISSING_FAILS,
				   .line = n->line,
				   .column = n->column};
	ASSAY_TRY(contract_dataset_set(l, &k->id, ""));
	ASSAY_TRY(contract_dataset_set(l, &k->metric, ""));
	ASSAY_TRY(contract_dataset_set(l, &k->dimension, ""));
	ASSAY_TRY(contract_dataset_set(l, &k->description, ""));
	ASSAY_TRY(contract_dataset_set(l, &k->against, ""));
	if (s->applies != NULL)
		ASSAY_TRY(copy_where(l, k, s->applies));
fail:
	return rc;
}

assay_code contract_dataset_end(contract_loader *l, assay_dataset_check *k, assay_code rc)
{
	if (rc == ASSAY_OK)
		rc = assay_grow(&l->c->dataset, &l->dataset_cap, l->c->dataset_count, sizeof *l->c->dataset, l->err);
	if (rc == ASSAY_OK)
		l->c->dataset[l->c->dataset_count++] = *k;
	else
		contract_dataset_release(k);
	return rc;
}

void contract_dataset_release(assay_dataset_check *k)
{
	free(k->id);
	free(k->metric);
	free(k->dimension);
	free(k->description);
	free(k->against);
	for (size_t i = 0; i < k->field_count; i++)
		free(k->fields[i]);
	free(k->fields);
	field_pairs_release(&k->where);
	field_pairs_release(&k->rules);
	*k = (assay_dataset_check){0};
}
