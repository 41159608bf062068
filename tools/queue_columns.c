#include "queue_columns.h"

#include "tell.h"

#include "assay/memory.h"
#include "assay/unit.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define HEADS_SHOWN 12 /* of a table that has not the column */

void assay_ticket_columns_release(assay_ticket_columns *c)
{
	assay_contract_set_release(&c->contracts);
	assay_table_columns_release(&c->table);
	c->has_table = false;
}

static bool is_on_column(const assay_failed_check *k)
{
	return strcmp(k->metric, ASSAY_TABLE_SCHEMA_METRIC) == 0;
}

static bool is_on_columns(const assay_ticket *t)
{
	for (size_t i = 0; i < t->check_count; i++)
		if (is_on_column(&t->checks[i]))
			return true;
	return false;
}

static assay_code load_table(assay_ticket_columns *out, assay_store *s, const assay_ticket *t, assay_err *err)
{
	ASSAY_CLEANUP(assay_recipe_closep) assay_recipe *recipe = NULL;
	ASSAY_AUTO_UNIT unit = {0};
	const assay_result_sample *x;
	assay_code rc = assay_unit_get(s, t->unit, &unit, err);

	if (rc == ASSAY_OK)
		rc = assay_recipe_load(&recipe, s, &unit.recipe, err);
	if (rc != ASSAY_OK)
		return rc;
	x = assay_unit_sample(&unit, t->subject);
	return x != NULL ? assay_table_columns_load(&out->table, &out->has_table, s, recipe, x, err) : ASSAY_OK;
}

assay_code assay_ticket_columns_load(assay_ticket_columns *out, assay_store *s, const assay_ticket *t, assay_err *err)
{
	ASSAY_AUTO_FREE assay_digest *digests = NULL;
	assay_code rc;

	*out = (assay_ticket_columns){0};
	if (t->is_source || t->unit == 0 || !is_on_columns(t))
		return ASSAY_OK;
	digests = assay_alloc(t->check_count, sizeof *digests);
	if (digests == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "contracts");
	for (size_t i = 0; i < t->check_count; i++)
		digests[i] = t->checks[i].contract;
	rc = assay_contract_set_of(&out->contracts, s, digests, t->check_count, err);
	return rc == ASSAY_OK ? load_table(out, s, t, err) : rc;
}

bool assay_ticket_column_of(assay_ticket_column *out, const assay_ticket_columns *c, const assay_ticket *t, size_t i)
{
	const assay_contract *contract = i < c->contracts.count ? c->contracts.items[i] : NULL;

	for (size_t k = 0; contract != NULL && is_on_column(&t->checks[i]) && k < contract->check_count; k++) {
		const assay_check *check = &contract->checks[k];

		if (check->schema == NULL || strcmp(check->id, t->checks[i].check_id) != 0)
			continue;
		*out = (assay_ticket_column){
		    .want = &check->schema->columns[check->schema_column],
		    .place = check->schema_column,
		    .of = check->schema->count,
		    .found = c->has_table ? assay_table_schema_place(check->schema, check->schema_column, &c->table)
					  : SIZE_MAX,
		};
		return true;
	}
	return false;
}

/* ---------------------------------------------------------------- in words */

static const char *type_in_words(assay_column_type type)
{
	switch (type) {
	case ASSAY_COLUMN_STRING:
		return "texts";
	case ASSAY_COLUMN_INTEGER:
		return "whole numbers";
	case ASSAY_COLUMN_NUMBER:
		return "numbers (amounts and percentages too)";
	case ASSAY_COLUMN_DATE:
		return "dates";
	case ASSAY_COLUMN_ANY:
		break;
	}
	return "any values";
}

static void tell_head(assay_buf *out, const char *head)
{
	assay_buf_putc(out, '\'');
	assay_tell_safe(out, head);
	assay_buf_putc(out, '\'');
}

static void tell_bounds(assay_buf *out, const assay_expected_column *w)
{
	char low[ASSAY_DECIMAL_TEXT], high[ASSAY_DECIMAL_TEXT];

	if (w->has_low && w->has_high)
		assay_buf_printf(out, ", from %s to %s", assay_decimal_format(w->low, low),
				 assay_decimal_format(w->high, high));
	else if (w->has_low)
		assay_buf_printf(out, ", %s or more", assay_decimal_format(w->low, low));
	else if (w->has_high)
		assay_buf_printf(out, ", %s or less", assay_decimal_format(w->high, high));
}

static const char *head_of(const assay_ticket_column *x, size_t column)
{
	return (x->want - x->place)[column].head;
}

void assay_tell_expected_column(assay_buf *out, const assay_ticket_columns *c, const assay_ticket *t, size_t i)
{
	assay_ticket_column x;

	if (!assay_ticket_column_of(&x, c, t, i))
		return;
	assay_buf_printf(out, "column %zu of %zu, ", x.place + 1, x.of);
	tell_head(out, x.want->head);
	assay_buf_printf(out, ", of %s", type_in_words(x.want->type));
	tell_bounds(out, x.want);
	if (x.want->pattern != NULL) {
		assay_buf_puts(out, " like ");
		assay_tell_safe(out, x.want->pattern);
	}
	if (x.want->required)
		assay_buf_puts(out, ", no cell empty");
	for (size_t k = 0; k < x.want->part_count; k++) {
		assay_buf_puts(out, k == 0 ? ", the sum of " : " and ");
		tell_head(out, head_of(&x, x.want->parts[k]));
	}
	for (size_t k = 0; k < x.want->larger_count; k++) {
		assay_buf_puts(out, k == 0 ? ", at most " : " and ");
		tell_head(out, head_of(&x, x.want->larger[k]));
	}
}

static const struct {
	const char *one, *many, *key;
} cell_words[ASSAY_CELL_TYPES] = {
    [ASSAY_CELL_EMPTY] = {"empty cell", "empty cells", "empty"},
    [ASSAY_CELL_NONE] = {"mark for no value", "marks for no value", "none"},
    [ASSAY_CELL_INTEGER] = {"whole number", "whole numbers", "integer"},
    [ASSAY_CELL_NUMBER] = {"number", "numbers", "number"},
    [ASSAY_CELL_PERCENT] = {"percentage", "percentages", "percent"},
    [ASSAY_CELL_AMOUNT] = {"amount", "amounts", "amount"},
    [ASSAY_CELL_DATE] = {"date", "dates", "date"},
    [ASSAY_CELL_TEXT] = {"text", "texts", "text"},
};

static void tell_cells(assay_buf *out, const assay_table_column *c)
{
	const char *comma = "";

	for (size_t i = 0; i < ASSAY_CELL_TYPES; i++) {
		if (c->cells[i] == 0)
			continue;
		assay_buf_printf(out, "%s%" PRIu64 " %s", comma, c->cells[i],
				 c->cells[i] == 1 ? cell_words[i].one : cell_words[i].many);
		comma = ", ";
	}
	if (comma[0] == '\0')
		assay_buf_puts(out, "no cells");
}

static void tell_heads(assay_buf *out, const assay_table_columns *table)
{
	assay_buf_printf(out, "no such column: the table has %zu", table->count);
	for (size_t i = 0; i < table->count && i < HEADS_SHOWN; i++) {
		assay_buf_puts(out, i == 0 ? ", " : " ");
		tell_head(out, table->items[i].head);
	}
	if (table->count > HEADS_SHOWN)
		assay_buf_puts(out, "...");
}

void assay_tell_found_column(assay_buf *out, const assay_ticket_columns *c, const assay_ticket *t, size_t i)
{
	assay_ticket_column x;

	if (!assay_ticket_column_of(&x, c, t, i) || !c->has_table)
		return;
	if (x.found == SIZE_MAX) {
		tell_heads(out, &c->table);
		return;
	}
	assay_buf_printf(out, "column %zu of %zu, ", x.found + 1, c->table.count);
	tell_head(out, c->table.items[x.found].head);
	assay_buf_puts(out, ", of ");
	tell_cells(out, &c->table.items[x.found]);
}

/* ---------------------------------------------------------------- for programs */

static void json_bound(assay_json *j, const char *key, bool there, assay_decimal d)
{
	assay_json_key(j, key);
	if (there)
		assay_json_decimal(j, d);
	else
		assay_json_null(j);
}

static void json_found(assay_json *j, const assay_ticket_columns *c, size_t found)
{
	assay_json_key(j, "found");
	if (found == SIZE_MAX) {
		assay_json_null(j);
		return;
	}
	assay_json_object(j);
	assay_json_kuint(j, "place", found + 1);
	assay_json_kstr(j, "head", c->table.items[found].head);
	assay_json_key(j, "cells");
	assay_json_object(j);
	for (size_t i = 0; i < ASSAY_CELL_TYPES; i++)
		if (c->table.items[found].cells[i] > 0)
			assay_json_kuint(j, cell_words[i].key, c->table.items[found].cells[i]);
	assay_json_end(j);
	assay_json_end(j);
}

static void json_columns(assay_json *j, const char *key, const assay_ticket_column *x, const size_t *columns, size_t n)
{
	assay_json_key(j, key);
	assay_json_array(j);
	for (size_t i = 0; i < n; i++)
		assay_json_str(j, head_of(x, columns[i]));
	assay_json_end(j);
}

static void json_column(assay_json *j, const assay_ticket_columns *c, const assay_ticket_column *x, const char *check)
{
	assay_json_object(j);
	assay_json_kstr(j, "check", check);
	assay_json_kstr(j, "head", x->want->head);
	assay_json_kuint(j, "place", x->place + 1);
	assay_json_kstr(j, "type", assay_column_type_name(x->want->type));
	assay_json_kbool(j, "required", x->want->required);
	json_bound(j, "minimum", x->want->has_low, x->want->low);
	json_bound(j, "maximum", x->want->has_high, x->want->high);
	json_columns(j, "sum_of", x, x->want->parts, x->want->part_count);
	assay_json_kstr(j, "pattern", x->want->pattern);
	json_columns(j, "at_most", x, x->want->larger, x->want->larger_count);
	json_found(j, c, x->found);
	assay_json_end(j);
}

void assay_json_ticket_columns(assay_json *j, const assay_ticket_columns *c, const assay_ticket *t)
{
	assay_json_key(j, "columns");
	assay_json_array(j);
	for (size_t i = 0; i < t->check_count; i++) {
		assay_ticket_column x;

		if (assay_ticket_column_of(&x, c, t, i))
			json_column(j, c, &x, t->checks[i].check_id);
	}
	assay_json_end(j);
}
