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
