#include "assay/params.h"

#include "assay/decimal.h"
#include "assay/suggest.h"

#include <stdlib.h>
#include <string.h>

static void *field(const assay_param *row, void *params)
{
	return (char *)params + row->offset;
}

static const void *cfield(const assay_param *row, const void *params)
{
	return (const char *)params + row->offset;
}

static int64_t read_i64(const assay_param *row, const void *params)
{
	int64_t v;

	memcpy(&v, cfield(row, params), sizeof v);
	return v;
}

const assay_param *assay_param_find(const assay_stage *stage, const char *name)
{
	for (const assay_param *row = stage->params; row != NULL && row->name != NULL; row++)
		if (strcmp(row->name, name) == 0)
			return row;
	return NULL;
}

/* ---------------------------------------------------------------- setting from text */

static assay_code set_bool(const assay_param *row, void *params, const char *text, assay_err *err)
{
	bool v;

	if (strcmp(text, "true") == 0)
		v = true;
	else if (strcmp(text, "false") == 0)
		v = false;
	else
		return ASSAY_RAISE(err, ASSAY_ECONFIG, "%s: '%s' is neither true nor false", row->name, text);
	memcpy(field(row, params), &v, sizeof v);
	return ASSAY_OK;
}

static assay_code set_number(const assay_param *row, void *params, const char *text, assay_err *err)
{
	assay_decimal d, low = {row->min, row->scale}, high = {row->max, row->scale};
	char lo[ASSAY_DECIMAL_TEXT], hi[ASSAY_DECIMAL_TEXT];
	int64_t v;

	if (!assay_decimal_parse(&d, text))
		return ASSAY_RAISE(err, ASSAY_ECONFIG, "%s: '%s' is not a number", row->name, text);
	if (assay_decimal_cmp(d, low) < 0 || assay_decimal_cmp(d, high) > 0)
		return ASSAY_RAISE(err, ASSAY_ECONFIG, "%s: %s is not in %s..%s%s%s", row->name, text,
				   assay_decimal_format(low, lo), assay_decimal_format(high, hi),
				   row->unit[0] != '\0' ? " " : "", row->unit);
	if (d.scale > row->scale)
		return row->scale == 0
			   ? ASSAY_RAISE(err, ASSAY_ECONFIG, "%s: %s is not a whole number", row->name, text)
			   : ASSAY_RAISE(err, ASSAY_ECONFIG, "%s: %s has more than %d places", row->name, text,
					 row->scale);
	v = d.units;
	for (int i = d.scale; i < row->scale; i++)
		v *= 10; /* cannot overflow: v * 10^k lies in min..max */
	memcpy(field(row, params), &v, sizeof v);
	return ASSAY_OK;
}

static assay_code no_such_choice(const assay_param *row, const char *text, assay_err *err)
{
	ASSAY_AUTO_BUF names = ASSAY_BUF_INIT;
	assay_suggest near;
	char hint[80];

	assay_suggest_init(&near, text);
	for (int i = 0; row->choices[i] != NULL; i++) {
		assay_suggest_offer(&near, row->choices[i]);
		assay_buf_printf(&names, "%s%s", i > 0 ? ", " : "", row->choices[i]);
	}
	return ASSAY_RAISE(err, ASSAY_ECONFIG, "%s: '%s' is none of %s%s", row->name, text, assay_buf_str(&names),
			   assay_suggest_text(&near, hint, sizeof hint));
}

static assay_code set_enum(const assay_param *row, void *params, const char *text, assay_err *err)
{
	for (int i = 0; row->choices[i] != NULL; i++)
		if (strcmp(row->choices[i], text) == 0) {
			memcpy(field(row, params), &i, sizeof i);
			return ASSAY_OK;
		}
	return no_such_choice(row, text, err);
}

static assay_code set_text(const assay_param *row, void *params, const char *text, assay_err *err)
{
	char *copy = assay_strdup(text);
	char *old;

	if (copy == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "parameter %s", row->name);
	memcpy(&old, field(row, params), sizeof old);
	free(old);
	memcpy(field(row, params), &copy, sizeof copy);
	return ASSAY_OK;
}

static assay_code append_item(const assay_param *row, void *params, const char *text, size_t size, assay_err *err)
{
	assay_text_list *list = field(row, params);
	char **items;

	if (size == 0)
		return ASSAY_RAISE(err, ASSAY_ECONFIG, "%s: an item is empty", row->name);
	if (list->count >= (size_t)row->max)
		return ASSAY_RAISE(err, ASSAY_ECONFIG, "%s: more than %lld items", row->name, (long long)row->max);
	items = realloc(list->items, (list->count + 1) * sizeof *items);
	if (items == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "parameter %s", row->name);
	list->items = items;
	items[list->count] = assay_strndup(text, size);
	if (items[list->count] == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "parameter %s", row->name);
	list->count++;
	return ASSAY_OK;
}

assay_code assay_params_set(const assay_stage *stage, void *params, const assay_param *row, const char *text,
			    assay_err *err)
{
	(void)stage;
	switch (row->type) {
	case ASSAY_PARAM_BOOL:
		return set_bool(row, params, text, err);
	case ASSAY_PARAM_INT:
	case ASSAY_PARAM_DECIMAL:
		return set_number(row, params, text, err);
	case ASSAY_PARAM_ENUM:
		return set_enum(row, params, text, err);
	case ASSAY_PARAM_TEXT:
		return set_text(row, params, text, err);
	case ASSAY_PARAM_LIST:
		return append_item(row, params, text, strlen(text), err);
	}
	return ASSAY_RAISE(err, ASSAY_EINVAL, "parameter %s has no type", row->name);
}

void assay_params_clear_list(const assay_stage *stage, void *params, const assay_param *row)
{
	assay_text_list *list = field(row, params);

	(void)stage;
	for (size_t i = 0; i < list->count; i++)
		free(list->items[i]);
	free(list->items);
	*list = (assay_text_list){0};
}

assay_code assay_params_check(const assay_stage *stage, const void *params, assay_err *err)
{
	for (const assay_param *row = stage->params; row != NULL && row->name != NULL; row++) {
		const assay_text_list *list = cfield(row, params);

		if (row->type == ASSAY_PARAM_LIST && list->count < (size_t)row->min)
			return ASSAY_RAISE(err, ASSAY_ECONFIG, "%s: needs at least %lld item%s", row->name,
					   (long long)row->min, row->min == 1 ? "" : "s");
	}
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- life */

static assay_code set_initial(const assay_stage *stage, void *params, const assay_param *row, assay_err *err)
{
	const char *p = row->initial;

	if (row->type != ASSAY_PARAM_LIST)
		return assay_params_set(stage, params, row, p, err);
	while (*p != '\0') {
		size_t n = strcspn(p, ",");
		assay_code rc = append_item(row, params, p, n, err);

		if (rc != ASSAY_OK)
			return rc;
		p += n + (p[n] == ',');
	}
	return ASSAY_OK;
}

assay_code assay_params_new(void **out, const assay_stage *stage, assay_err *err)
{
	void *params = assay_alloc(1, stage->params_size > 0 ? stage->params_size : 1);
	assay_code rc = ASSAY_OK;

	*out = NULL;
	if (params == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "parameters of %s", stage->name);
	for (const assay_param *row = stage->params; rc == ASSAY_OK && row != NULL && row->name != NULL; row++)
		rc = set_initial(stage, params, row, err);
	if (rc != ASSAY_OK) {
		assay_params_free(stage, params);
		return rc;
	}
	*out = params;
	return ASSAY_OK;
}

void assay_params_free(const assay_stage *stage, void *params)
{
	if (params == NULL)
		return;
	for (const assay_param *row = stage->params; row != NULL && row->name != NULL; row++) {
		if (row->type == ASSAY_PARAM_LIST) {
			assay_params_clear_list(stage, params, row);
		} else if (row->type == ASSAY_PARAM_TEXT) {
			char *text;

			memcpy(&text, field(row, params), sizeof text);
			free(text);
		}
	}
	free(params);
}

/* What the struct holds by pointer is made anew. */
static assay_code copy_owned(void *copy, const assay_param *row, const void *params, assay_err *err)
{
	assay_text_list list = {0};
	assay_code rc = ASSAY_OK;
	char *text;

	if (row->type == ASSAY_PARAM_TEXT) {
		memcpy(&text, cfield(row, params), sizeof text);
		return set_text(row, copy, text, err);
	}
	if (row->type == ASSAY_PARAM_LIST)
		memcpy(&list, cfield(row, params), sizeof list);
	for (size_t i = 0; i < list.count && rc == ASSAY_OK; i++)
		rc = append_item(row, copy, list.items[i], strlen(list.items[i]), err);
	return rc;
}

assay_code assay_params_copy(void **out, const assay_stage *stage, const void *params, assay_err *err)
{
	void *copy = assay_alloc(1, stage->params_size > 0 ? stage->params_size : 1);
	assay_code rc = ASSAY_OK;

	*out = NULL;
	if (copy == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "parameters of %s", stage->name);
	memcpy(copy, params, stage->params_size);
	for (const assay_param *row = stage->params; row != NULL && row->name != NULL; row++) {
		if (row->type == ASSAY_PARAM_TEXT)
			memset(field(row, copy), 0, sizeof(char *));
		else if (row->type == ASSAY_PARAM_LIST)
			memset(field(row, copy), 0, sizeof(assay_text_list));
	}
	for (const assay_param *row = stage->params; row != NULL && row->name != NULL && rc == ASSAY_OK; row++)
		rc = copy_owned(copy, row, params, err);
	if (rc != ASSAY_OK) {
		assay_params_free(stage, copy);
		return rc;
	}
	*out = copy;
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- records and text */

static const char *text_of(const assay_param *row, const void *params)
{
	char *text;

	memcpy(&text, cfield(row, params), sizeof text);
	return text;
}

static const char *choice_of(const assay_param *row, const void *params)
{
	int i;

	memcpy(&i, cfield(row, params), sizeof i);
	return row->choices[i];
}

static bool bool_of(const assay_param *row, const void *params)
{
	bool v;

	memcpy(&v, cfield(row, params), sizeof v);
	return v;
}

/* Numbers are written as the text of their decimal, so that a record can be read without the stage's table. */
static void encode_value(assay_buf *out, const assay_param *row, const void *params)
{
	const assay_text_list *list = cfield(row, params);
	char number[ASSAY_DECIMAL_TEXT];

	switch (row->type) {
	case ASSAY_PARAM_BOOL:
		assay_cbor_bool(out, bool_of(row, params));
		break;
	case ASSAY_PARAM_INT:
		assay_cbor_int(out, read_i64(row, params));
		break;
	case ASSAY_PARAM_DECIMAL:
		assay_cbor_text(out, assay_decimal_format((assay_decimal){read_i64(row, params), row->scale}, number));
		break;
	case ASSAY_PARAM_ENUM:
		assay_cbor_text(out, choice_of(row, params));
		break;
	case ASSAY_PARAM_TEXT:
		assay_cbor_text(out, text_of(row, params));
		break;
	case ASSAY_PARAM_LIST:
		assay_cbor_array(out, list->count);
		for (size_t i = 0; i < list->count; i++)
			assay_cbor_text(out, list->items[i]);
		break;
	}
}

void assay_params_encode(assay_buf *out, const assay_stage *stage, const void *params, bool with_local)
{
	size_t n = 0;

	for (const assay_param *row = stage->params; row != NULL && row->name != NULL; row++)
		n += with_local || !row->local;
	/* An array of pairs, since map keys of deterministic records are integers. */
	assay_cbor_array(out, n);
	for (const assay_param *row = stage->params; row != NULL && row->name != NULL; row++) {
		if (row->local && !with_local)
			continue;
		assay_cbor_array(out, 2);
		assay_cbor_text(out, row->name);
		encode_value(out, row, params);
	}
}

static assay_code decode_value(const assay_stage *stage, void *params, const assay_param *row, assay_cbor_reader *r,
			       assay_err *err)
{
	ASSAY_AUTO_FREE char *text = NULL;
	assay_code rc = ASSAY_OK;

	if (row->type == ASSAY_PARAM_LIST) {
		size_t n = assay_cbor_read_array(r);

		assay_params_clear_list(stage, params, row);
		for (size_t i = 0; i < n && rc == ASSAY_OK && r->fault == NULL; i++) {
			size_t size;
			const char *item = assay_cbor_read_text(r, &size);

			if (item != NULL)
				rc = append_item(row, params, item, size, err);
		}
		return rc;
	}
	if (row->type == ASSAY_PARAM_BOOL)
		return assay_params_set(stage, params, row, assay_cbor_read_bool(r) ? "true" : "false", err);
	if (row->type == ASSAY_PARAM_INT)
		text = assay_asprintf("%lld", (long long)assay_cbor_read_int(r));
	else
		text = assay_cbor_read_strdup(r);
	if (r->fault != NULL)
		return ASSAY_OK; /* told by assay_cbor_finish */
	if (text == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "parameter %s", row->name);
	return assay_params_set(stage, params, row, text, err);
}

assay_code assay_params_decode(void **out, const assay_stage *stage, assay_cbor_reader *r, assay_err *err)
{
	size_t n = assay_cbor_read_array(r), rows = assay_param_count(stage);
	void *params = NULL;
	assay_code rc = assay_params_new(&params, stage, err);

	*out = NULL;
	if (rc == ASSAY_OK && n != rows)
		assay_cbor_fault(r, "wrong number of parameters");
	for (size_t i = 0; i < n && rc == ASSAY_OK && r->fault == NULL; i++) {
		const assay_param *row = &stage->params[i];
		size_t size, pair = assay_cbor_read_array(r);
		const char *name = assay_cbor_read_text(r, &size);

		if (pair != 2 || name == NULL || size != strlen(row->name) || memcmp(name, row->name, size) != 0)
			assay_cbor_fault(r, "parameters out of order");
		else
			rc = decode_value(stage, params, row, r, err);
	}
	if (rc == ASSAY_OK && r->fault != NULL)
		rc = ASSAY_RAISE(err, ASSAY_ECORRUPT, "parameters of %s: %s", stage->name, r->fault);
	if (rc != ASSAY_OK) {
		assay_params_free(stage, params);
		return rc;
	}
	*out = params;
	return ASSAY_OK;
}

void assay_params_text(assay_buf *out, const assay_param *row, const void *params)
{
	const assay_text_list *list = cfield(row, params);
	char number[ASSAY_DECIMAL_TEXT];

	switch (row->type) {
	case ASSAY_PARAM_BOOL:
		assay_buf_puts(out, bool_of(row, params) ? "true" : "false");
		break;
	case ASSAY_PARAM_INT:
	case ASSAY_PARAM_DECIMAL:
		assay_buf_puts(out, assay_decimal_format((assay_decimal){read_i64(row, params), row->scale}, number));
		break;
	case ASSAY_PARAM_ENUM:
		assay_buf_puts(out, choice_of(row, params));
		break;
	case ASSAY_PARAM_TEXT:
		assay_buf_puts(out, text_of(row, params));
		break;
	case ASSAY_PARAM_LIST:
		assay_buf_putc(out, '[');
		for (size_t i = 0; i < list->count; i++)
			assay_buf_printf(out, "%s%s", i > 0 ? ", " : "", list->items[i]);
		assay_buf_putc(out, ']');
		break;
	}
}

static void json_value(assay_json *j, const assay_param *row, const void *params)
{
	const assay_text_list *list = cfield(row, params);

	switch (row->type) {
	case ASSAY_PARAM_BOOL:
		assay_json_bool(j, bool_of(row, params));
		break;
	case ASSAY_PARAM_INT:
	case ASSAY_PARAM_DECIMAL:
		assay_json_decimal(j, (assay_decimal){read_i64(row, params), row->scale});
		break;
	case ASSAY_PARAM_ENUM:
		assay_json_str(j, choice_of(row, params));
		break;
	case ASSAY_PARAM_TEXT:
		assay_json_str(j, text_of(row, params));
		break;
	case ASSAY_PARAM_LIST:
		assay_json_array(j);
		for (size_t i = 0; i < list->count; i++)
			assay_json_str(j, list->items[i]);
		assay_json_end(j);
		break;
	}
}

void assay_params_json(assay_json *j, const assay_stage *stage, const void *params, bool with_local)
{
	assay_json_object(j);
	for (const assay_param *row = stage->params; row != NULL && row->name != NULL; row++) {
		if (row->local && !with_local)
			continue;
		assay_json_key(j, row->name);
		json_value(j, row, params);
	}
	assay_json_end(j);
}
