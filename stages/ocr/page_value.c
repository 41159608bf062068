#include "page_value.h"

#include "page_frame.h"

#include "assay/memory.h"

#include <stdlib.h>
#include <string.h>

static void free_page(assay_value *v)
{
	pixDestroy(&v->u.page.pix);
	free(v->owner);
}

assay_value *page_value_new(PIX *pix, uint32_t root, uint32_t number, uint32_t total, assay_err *err)
{
	assay_value *v = assay_value_new(ASSAY_VALUE_PAGE, root);

	if (v == NULL) {
		pixDestroy(&pix);
		(void)ASSAY_RAISE(err, ASSAY_ENOMEM, "page value");
		return NULL;
	}
	v->time = (assay_time){0, 1, 1};
	v->u.page.pix = pix;
	v->u.page.number = number;
	v->u.page.total = total;
	v->free_payload = free_page;
	return v;
}

assay_code page_value_set_layer(assay_value *v, const char *layer, assay_err *err)
{
	if (layer == NULL)
		return ASSAY_OK;
	v->owner = strdup(layer);
	v->u.page.layer = v->owner;
	return v->owner == NULL ? ASSAY_RAISE(err, ASSAY_ENOMEM, "text layer") : ASSAY_OK;
}

assay_value *page_value_replace(const assay_value *from, PIX *pix, assay_err *err)
{
	assay_value *v = page_value_new(pix, from->root, from->u.page.number, from->u.page.total, err);

	if (v == NULL || page_value_set_layer(v, from->u.page.layer, err) != ASSAY_OK) {
		assay_value_unref(v);
		return NULL;
	}
	v->u.page.half = from->u.page.half;
	v->u.page.dpi_x = from->u.page.dpi_x;
	v->u.page.dpi_y = from->u.page.dpi_y;
	v->u.page.corners = page_frame_scaled(&from->u.page, pixGetWidth(pix), pixGetHeight(pix));
	return v;
}

assay_code page_pass(const assay_value *v, assay_sink *sink, assay_err *err)
{
	return assay_emit(sink, assay_value_ref((assay_value *)(uintptr_t)v), err);
}

assay_code page_pass_changed(const assay_value *v, PIX *pix, assay_sink *sink, assay_err *err)
{
	assay_value *out = page_value_replace(v, pix, err);

	return out == NULL ? ASSAY_ENOMEM : assay_emit(sink, out, err);
}

assay_code page_open_stateless(void **state, void *shared, const void *params, const assay_input *in, uint32_t root,
			       assay_err *err)
{
	(void)shared, (void)in, (void)root, (void)err;
	*state = (void *)(uintptr_t)params;
	return ASSAY_OK;
}
