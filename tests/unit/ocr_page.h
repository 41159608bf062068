/** One stage over one picture, for the tests of page operators. */
#ifndef ASSAY_TEST_OCR_PAGE_H
#define ASSAY_TEST_OCR_PAGE_H

#include "ocr_cmocka.h"
#include "ocr_run.h"

#include "page_value.h"

/** Push a picture (kept by the caller) through the first stage of the run as page 1 of 1. */
static inline void run_page(run *r, PIX *pix, int32_t dpi)
{
	static const assay_input none = {.fd = -1};
	assay_value *v = page_value_new(pixClone(pix), 0, 1, 1, NULL);

	v->u.page.dpi_x = v->u.page.dpi_y = dpi;
	r->in = &none;
	for (size_t i = 0; i < r->count; i++)
		r->sinks[i] = (run_sink){{&run_ops, NULL}, r, i};
	if (r->rc == ASSAY_OK)
		r->rc = run_deliver(r, 0, v, &r->err);
	for (size_t i = 0; i < r->count; i++) {
		if (r->open[i] && r->stages[i]->close != NULL)
			r->stages[i]->close(r->state[i]);
		r->open[i] = false;
	}
	assay_value_unref(v);
}

static inline unsigned pixel(PIX *pix, int x, int y)
{
	l_uint32 v = 0;

	(void)pixGetPixel(pix, x, y, &v);
	return v;
}

/** What was measured of the page; it must be defined. */
static inline int64_t run_value(const run *r, const char *metric)
{
	const run_measure *m = run_find(r, 0, metric);

	assert_non_null(m);
	if (m->undefined != NULL)
		fail_msg("%s is undefined: %s", metric, m->undefined);
	return m->value;
}

#endif
