#include "assay/fields.h"

#include "assay/cbor.h"
#include "assay/memory.h"
#include "assay/text.h"

#include <stdlib.h>
#include <string.h>

const char *assay_field_type_name(assay_field_type type)
{
	static const char *const names[] = {
	    [ASSAY_FIELD_TEXT] = "text",       [ASSAY_FIELD_INTEGER] = "integer", [ASSAY_FIELD_NUMBER] = "number",
	    [ASSAY_FIELD_BOOLEAN] = "boolean", [ASSAY_FIELD_DATE] = "date",
	};

	return (size_t)type < ASSAY_COUNT(names) ? names[type] : NULL;
}

void assay_field_range_release(assay_field_range *r)
{
	for (size_t i = 0; i < r->value_count; i++)
		free(r->values[i]);
	free(r->values);
	free(r->min_text);
	free(r->max_text);
	*r = (assay_field_range){0};
}

void assay_fields_release(assay_fields *f)
{
	for (size_t i = 0; i < f->count; i++) {
		free(f->items[i].name);
		assay_field_range_release(&f->items[i].range);
	}
	free(f->items);
	*f = (assay_fields){0};
}

const char *assay_metadata_value(const assay_metadata_view *m, const char *key)
{
	size_t low = 0, high = m->count;

	while (low < high) {
		const size_t mid = low + (high - low) / 2;
		const int c = strcmp(key, m->keys[mid]);

		if (c == 0)
			return m->values[mid];
		if (c < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return NULL;
}

const assay_field *assay_field_find(const assay_fields *f, const char *name)
{
	for (size_t i = 0; i < f->count; i++)
		if (strcmp(f->items[i].name, name) == 0)
			return &f->items[i];
	return NULL;
}

/* ---------------------------------------------------------------- types */

static bool is_integer(const char *s)
{
	const size_t sign = *s == '-', digits = strspn(s + sign, "0123456789");

	if (digits == 0 || digits > 18 || s[sign + digits] != '\0')
		return false;
	return s[sign] != '0' || (digits == 1 && sign == 0);
}

static bool is_boolean(const char *s)
{
	return strcmp(s, "true") == 0 || strcmp(s, "false") == 0;
}

static int days_of(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

static int digits_of(const char *s, int n)
{
	int v = 0;

	for (int i = 0; i < n; i++)
		v = v * 10 + (s[i] - '0');
	return v;
}

/* YYYY-MM-DD as yyyymmdd, 0 when it is no day. */
static int64_t date_of(const char *s)
{
	static const char form[] = "dddd-dd-dd";
	int year, month, day;

	for (size_t i = 0; i < sizeof form; i++)
		if (form[i] == 'd' ? s[i] < '0' || s[i] > '9' : s[i] != form[i])
			return 0;
	year = digits_of(s, 4), month = digits_of(s + 5, 2), day = digits_of(s + 8, 2);
	if (month < 1 || month > 12 || day < 1 || day > days_of(year, month))
		return 0;
	return (int64_t)year * 10000 + month * 100 + day;
}

bool assay_field_number(assay_decimal *out, assay_field_type type, const char *text)
{
	switch (type) {
	case ASSAY_FIELD_INTEGER:
		return is_integer(text) && assay_decimal_parse(out, text);
	case ASSAY_FIELD_NUMBER:
		return assay_decimal_parse(out, text);
	case ASSAY_FIELD_DATE:
		*out = (assay_decimal){date_of(text), 0};
		return out->units > 0;
	case ASSAY_FIELD_TEXT:
	case ASSAY_FIELD_BOOLEAN:
		return false;
	}
	return false;
}

static const char *type_rule(assay_field_type type, const char *value)
{
	assay_decimal d;

	switch (type) {
	case ASSAY_FIELD_TEXT:
		return NULL;
	case ASSAY_FIELD_BOOLEAN:
		return is_boolean(value) ? NULL : "must be true or false";
	case ASSAY_FIELD_INTEGER:
		return assay_field_number(&d, type, value) ? NULL : "must be an integer";
	case ASSAY_FIELD_NUMBER:
		return assay_field_number(&d, type, value) ? NULL : "must be a number";
	case ASSAY_FIELD_DATE:
		return assay_field_number(&d, type, value) ? NULL : "must be a date as YYYY-MM-DD";
	}
	return NULL;
}

/* ---------------------------------------------------------------- ranges */

/* Numbers are equal when their values are: 1.50 is 1.5. */
static bool is_equal(assay_field_type type, const char *a, const char *b)
{
	assay_decimal x, y;

	if (strcmp(a, b) == 0)
		return true;
	return assay_field_number(&x, type, a) && assay_field_number(&y, type, b) && assay_decimal_cmp(x, y) == 0;
}

static bool is_listed(const assay_field_range *r, assay_field_type type, const char *value)
{
	for (size_t i = 0; i < r->value_count; i++)
		if (is_equal(type, r->values[i], value))
			return true;
	return r->value_count == 0;
}

bool assay_range_holds(const assay_field_range *r, assay_field_type type, const char *value)
{
	assay_decimal d;

	if (!is_listed(r, type, value))
		return false;
	if (!r->has_min && !r->has_max)
		return true;
	return assay_field_number(&d, type, value) && (!r->has_min || assay_decimal_cmp(d, r->min) >= 0) &&
	       (!r->has_max || assay_decimal_cmp(d, r->max) <= 0);
}

static void put_range(assay_buf *out, const assay_field_range *r)
{
	const char *between = "";

	if (r->value_count > 0)
		assay_buf_puts(out, r->value_count == 1 ? "must be " : "must be one of ");
	for (size_t i = 0; i < r->value_count; i++)
		assay_buf_printf(out, "%s%s", i > 0 ? ", " : "", r->values[i]);
	between = r->value_count > 0 ? " and " : "";
	if (r->has_min && r->has_max)
		assay_buf_printf(out, "%smust be between %s and %s", between, r->min_text, r->max_text);
	else if (r->has_min)
		assay_buf_printf(out, "%smust be >= %s", between, r->min_text);
	else if (r->has_max)
		assay_buf_printf(out, "%smust be <= %s", between, r->max_text);
}

bool assay_field_accepts(const assay_field *f, const char *value, assay_buf *why)
{
	const char *rule = type_rule(f->type, value);

	if (rule != NULL) {
		assay_buf_puts(why, rule);
		return false;
	}
	if (assay_range_holds(&f->range, f->type, value))
		return true;
	put_range(why, &f->range);
	return false;
}

/* ---------------------------------------------------------------- all fields */

#define VALUE_TOLD 100 /* bytes of a value in a sentence */

/* Whole characters: sentences are kept as UTF-8. */
static int told_size(const char *value)
{
	return (int)assay_utf8_prefix(value, strnlen(value, VALUE_TOLD));
}

static void put_break(assay_buf *why, const char *name, const char *value)
{
	if (why->len > 0)
		assay_buf_puts(why, "; ");
	if (value == NULL)
		assay_buf_printf(why, "%s is absent, ", name);
	else
		assay_buf_printf(why, "%s is '%.*s', ", name, told_size(value), value);
}

bool assay_fields_accept(const assay_fields *f, const assay_metadata_view *m, assay_buf *why)
{
	bool good = true;

	for (size_t i = 0; i < f->count; i++) {
		const assay_field *field = &f->items[i];
		const char *value = assay_metadata_value(m, field->name);
		ASSAY_AUTO_BUF rule = ASSAY_BUF_INIT;

		if (value == NULL ? !field->required : assay_field_accepts(field, value, &rule))
			continue;
		put_break(why, field->name, value);
		assay_buf_puts(why, value == NULL ? "it is required" : assay_buf_str(&rule));
		good = false;
	}
	for (size_t i = 0; f->closed && i < m->count; i++)
		if (assay_field_find(f, m->keys[i]) == NULL) {
			put_break(why, m->keys[i], m->values[i]);
			assay_buf_puts(why, "it is none of the fields");
			good = false;
		}
	return good;
}

/* ---------------------------------------------------------------- what decides, as bytes */

void assay_field_range_encode(assay_buf *out, const assay_field_range *r)
{
	assay_cbor_array(out, 3);
	assay_cbor_array(out, r->value_count);
	for (size_t i = 0; i < r->value_count; i++)
		assay_cbor_text(out, r->values[i]);
	assay_cbor_text(out, r->min_text); /* null without one */
	assay_cbor_text(out, r->max_text);
}

void assay_fields_encode(assay_buf *out, const assay_fields *f)
{
	assay_cbor_array(out, 2);
	assay_cbor_bool(out, f->closed);
	assay_cbor_array(out, f->count);
	for (size_t i = 0; i < f->count; i++) {
		assay_cbor_array(out, 4);
		assay_cbor_text(out, f->items[i].name);
		assay_cbor_uint(out, f->items[i].type);
		assay_cbor_bool(out, f->items[i].required);
		assay_field_range_encode(out, &f->items[i].range);
	}
}
