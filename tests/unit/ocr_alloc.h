/**
 * Linked with --wrap=calloc, pixCreate, pixCreateTemplate, pixCopy, pixRotateOrth: the n-th of these calls made by our
 * objects fails, once. For the operators on pages.
 */
#ifndef ASSAY_TEST_OCR_ALLOC_H
#define ASSAY_TEST_OCR_ALLOC_H

#include "ocr_page.h"

#include <leptonica/allheaders.h>

static unsigned alloc_calls, alloc_fail_at; /* alloc_fail_at == 0: never */

void *__real_calloc(size_t n, size_t s);
void *__wrap_calloc(size_t n, size_t s);
PIX *__real_pixCreate(l_int32 width, l_int32 height, l_int32 depth);
PIX *__wrap_pixCreate(l_int32 width, l_int32 height, l_int32 depth);
PIX *__real_pixCreateTemplate(const PIX *pix);
PIX *__wrap_pixCreateTemplate(const PIX *pix);
PIX *__real_pixCopy(PIX *to, const PIX *from);
PIX *__wrap_pixCopy(PIX *to, const PIX *from);
PIX *__real_pixRotateOrth(PIX *pix, l_int32 quarters);
PIX *__wrap_pixRotateOrth(PIX *pix, l_int32 quarters);

void *__wrap_calloc(size_t n, size_t s)
{
	return ++alloc_calls == alloc_fail_at ? NULL : __real_calloc(n, s);
}

PIX *__wrap_pixCreate(l_int32 width, l_int32 height, l_int32 depth)
{
	return ++alloc_calls == alloc_fail_at ? NULL : __real_pixCreate(width, height, depth);
}

PIX *__wrap_pixCreateTemplate(const PIX *pix)
{
	return ++alloc_calls == alloc_fail_at ? NULL : __real_pixCreateTemplate(pix);
}

PIX *__wrap_pixCopy(PIX *to, const PIX *from)
{
	return ++alloc_calls == alloc_fail_at ? NULL : __real_pixCopy(to, from);
}

PIX *__wrap_pixRotateOrth(PIX *pix, l_int32 quarters)
{
	return ++alloc_calls == alloc_fail_at ? NULL : __real_pixRotateOrth(pix, quarters);
}

/* Pushes the page with the first, the second, ... call failing until none is left to fail; how many failed. */
static inline unsigned run_failing(run *r, PIX *pix)
{
	unsigned n = 0;

	for (;;) {
		static const assay_input none = {.fd = -1};
		assay_value *v = page_value_new(pixClone(pix), 0, 1, 1, NULL);

		run_forget(r);
		r->in = &none;
		r->sinks[0] = (run_sink){{&run_ops, NULL}, r, 0};
		alloc_calls = 0;
		alloc_fail_at = n + 1;
		r->rc = run_deliver(r, 0, v, &r->err);
		alloc_fail_at = 0;
		assay_value_unref(v);
		if (r->rc == ASSAY_OK)
			break;
		assert_int_equal(r->rc, ASSAY_ENOMEM);
		assert_int_equal(r->page_count, 0);
		n++;
	}
	assert_int_equal(r->page_count, 1);
	return n;
}

#endif
