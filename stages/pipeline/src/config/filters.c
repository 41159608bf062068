#include "assay/fields.h"

#include "assay/cbor.h"

#include <stdlib.h>
#include <string.h>

void assay_filters_release(assay_filters *f)
{
	for (size_t i = 0; i < f->count; i++) {
		assay_filter *x = &f->items[i];

		for (size_t k = 0; k < x->condition_count; k++) {
			free(x->conditions[k].key);
			assay_field_range_release(&x->conditions[k].range);
		}
		free(x->conditions);
		free(x->name);
	}
	free(f->items);
	*f = (assay_filters){0};
}

/* A broken field decides nothing. */
static bool is_broken(const assay_fields *fields, const char *key, const char *value)
{
	const assay_field *f = assay_field_find(fields, key);
	ASSAY_AUTO_BUF why = ASSAY_BUF_INIT;

	if (f == NULL)
		return false;
	return value == NULL ? f->required : !assay_field_accepts(f, value, &why);
}

static bool takes_out(const assay_filter *filter, const assay_fields *fields, const assay_metadata_view *m)
{
	bool meets_all = true;

	for (size_t i = 0; i < filter->condition_count; i++) {
		const assay_filter_condition *c = &filter->conditions[i];
		const char *value = assay_metadata_value(m, c->key);

		if (is_broken(fields, c->key, value))
			return false;
		meets_all = meets_all && value != NULL && assay_range_holds(&c->range, c->type, value);
	}
	return meets_all != filter->keep;
}

const assay_filter *assay_filters_hit(const assay_filters *filters, const assay_fields *fields, assay_modality modality,
				      assay_sample_kind kind, const assay_metadata_view *m)
{
	for (size_t i = 0; i < filters->count; i++) {
		const assay_filter *f = &filters->items[i];

		if ((f->modality == 0 || f->modality == modality) && (f->kind == 0 || f->kind == kind) &&
		    takes_out(f, fields, m))
			return f;
	}
	return NULL;
}

void assay_filters_encode(assay_buf *out, const assay_filters *f)
{
	assay_cbor_array(out, f->count);
	for (size_t i = 0; i < f->count; i++) {
		const assay_filter *x = &f->items[i];

		assay_cbor_array(out, 5);
		assay_cbor_text(out, x->name);
		assay_cbor_bool(out, x->keep);
		assay_cbor_uint(out, x->modality);
		assay_cbor_uint(out, x->kind);
		assay_cbor_array(out, x->condition_count);
		for (size_t k = 0; k < x->condition_count; k++) {
			assay_cbor_array(out, 3);
			assay_cbor_text(out, x->conditions[k].key);
			assay_cbor_uint(out, x->conditions[k].type);
			assay_field_range_encode(out, &x->conditions[k].range);
		}
	}
}

/* ---------------------------------------------------------------- for people */

/* As YAML has it; quoted where it would be read otherwise, so that equal texts say the same. */
static void put_value(assay_buf *out, const char *value)
{
	const bool plain = value[0] != '\0' && strspn(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
							     "0123456789._-/") == strlen(value);

	if (plain) {
		assay_buf_puts(out, value);
		return;
	}
	assay_buf_putc(out, '\'');
	for (const char *p = value; *p != '\0'; p++)
		assay_buf_printf(out, *p == '\'' ? "''" : "%c", *p);
	assay_buf_putc(out, '\'');
}

static void put_range(assay_buf *out, const assay_field_range *r)
{
	const char *comma = "";

	if (r->value_count == 1) {
		put_value(out, r->values[0]);
		return;
	}
	assay_buf_putc(out, r->value_count > 0 ? '[' : '{');
	for (size_t i = 0; i < r->value_count; i++, comma = ", ") {
		assay_buf_puts(out, comma);
		put_value(out, r->values[i]);
	}
	if (r->min_text != NULL) {
		assay_buf_puts(out, "min: ");
		put_value(out, r->min_text);
		comma = ", ";
	}
	if (r->max_text != NULL) {
		assay_buf_printf(out, "%smax: ", comma);
		put_value(out, r->max_text);
	}
	assay_buf_putc(out, r->value_count > 0 ? ']' : '}');
}

void assay_filter_text(assay_buf *out, const assay_filter *f)
{
	assay_buf_puts(out, f->keep ? "keep" : "drop");
	for (size_t i = 0; i < f->condition_count; i++) {
		const assay_filter_condition *c = &f->conditions[i];

		assay_buf_printf(out, "%s %s: ", i > 0 ? "," : "", c->key);
		put_range(out, &c->range);
		if (c->type != ASSAY_FIELD_TEXT)
			assay_buf_printf(out, " as %s", assay_field_type_name(c->type));
	}
	if (f->modality != 0)
		assay_buf_printf(out, "; modality %s", assay_modality_name(f->modality));
	if (f->kind != 0)
		assay_buf_printf(out, "; kind %s", assay_sample_kind_name(f->kind));
}
