#include "page_letters.h"

#include "page_ink.h"

#include "assay/memory.h"

#define GROUPS_MAX  200000 /* of ink that are looked at: a page of small print has 10 000 letters */
#define HEIGHT_MAX  1024
#define LETTERS_MIN 8 /* fewer say nothing of the size of the text */

typedef struct heights {
	uint64_t widths[HEIGHT_MAX + 1]; /* of the groups that are so high, added up */
	uint64_t total;
	uint32_t letters;
} heights;

/* Specks, rules and pictures are no letters. */
static bool may_be_letter(l_int32 w, l_int32 h, l_int32 page_height)
{
	return h >= 3 && h <= HEIGHT_MAX && h <= page_height / 4 + 8 && w >= 2 && w <= 16 * h && h <= 16 * w;
}

static assay_code add_group(heights *t, PIX *ink, L_STACK *stack, l_int32 x, l_int32 y, assay_err *err)
{
	BOX *box = pixSeedfillBB(ink, stack, x, y, 8); /* takes the group out of the picture */

	if (box == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "group of ink");
	if (may_be_letter(box->w, box->h, pixGetHeight(ink))) {
		t->widths[box->h] += (uint64_t)box->w;
		t->total += (uint64_t)box->w;
		t->letters++;
	}
	boxDestroy(&box);
	return ASSAY_OK;
}

static assay_code collect(heights *t, PIX *ink, assay_err *err)
{
	PIX *rest = pixCopy(NULL, ink);
	L_STACK *stack = lstackCreate(0);
	l_int32 x = 0, y = 0;
	assay_code rc = ASSAY_OK;

	if (stack != NULL)
		stack->auxstack = lstackCreate(0);
	if (rest == NULL || stack == NULL || stack->auxstack == NULL)
		rc = ASSAY_RAISE(err, ASSAY_ENOMEM, "groups of ink");
	for (int n = 0; rc == ASSAY_OK && n < GROUPS_MAX && nextOnPixelInRaster(rest, x, y, &x, &y); n++)
		rc = add_group(t, rest, stack, x, y, err);
	lstackDestroy(&stack, TRUE);
	pixDestroy(&rest);
	return rc;
}

static int64_t median(const heights *t)
{
	uint64_t below = 0;

	if (t->letters < LETTERS_MIN)
		return 0;
	for (int h = 0; h <= HEIGHT_MAX; h++) {
		below += t->widths[h];
		if (below * 2 >= t->total)
			return h;
	}
	return 0;
}

assay_code page_letters_look(page_letters *out, PIX *pix, assay_err *err)
{
	ASSAY_AUTO_FREE heights *t = assay_alloc(1, sizeof *t);
	uint64_t pixels;
	PIX *ink = NULL;
	assay_code rc;

	*out = (page_letters){0};
	if (t == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "heights of ink");
	rc = page_ink(&ink, &pixels, pix, err);
	if (rc == ASSAY_OK && pixels > 0)
		rc = collect(t, ink, err);
	pixDestroy(&ink);
	*out = (page_letters){t->letters, median(t)};
	return rc;
}
