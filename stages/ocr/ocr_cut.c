#include "ocr_cut.h"

#include "page_frame.h"

#include "assay/memory.h"

#include <stdlib.h>

#include <leptonica/allheaders.h>

#define LETTERS_MIN 8
#define TURNED_OFF  3 /* px: where the page was turned its border is blurred, and falls over the width of a letter */

/* A piece of ink as large as a letter, or as what is left of one. */
typedef struct piece {
	int32_t left, right, end; /* end: where it ends inside the page, px from the top */
	bool touches;
} piece;

typedef struct side {
	piece *pieces;
	size_t count;
	int32_t height; /* of text */
} side;

static bool is_letter(const BOX *b, int32_t height)
{
	return 6 * b->h >= height && b->h <= 2 * height && 16 * b->w >= height && b->w <= 6 * height;
}

static piece piece_of(const BOX *b, const assay_corners *c, int32_t bottom, bool below)
{
	const int32_t x = b->x + b->w / 2, off = c->y[0] == c->y[1] ? 1 : TURNED_OFF;
	const int32_t frame = below ? page_frame_bottom(c, x) : page_frame_top(c, x);
	const int32_t border = below ? (frame < bottom ? frame : bottom) : (frame > 0 ? frame : 0);
	const int32_t outer = below ? b->y + b->h : b->y;

	return (piece){b->x, b->x + b->w, below ? b->y : b->y + b->h, abs(outer - border) <= off};
}

static int by_touch_and_end(const void *x, const void *y)
{
	const piece *a = x, *b = y;

	return a->touches != b->touches ? b->touches - a->touches : (a->end > b->end) - (a->end < b->end);
}

/* The most pieces that touch and end within a quarter of the height of text: their first, and how many. */
static size_t densest(size_t *first, const side *s, size_t touching)
{
	size_t most = 0;

	for (size_t i = 0, j = 0; i < touching; i++) {
		while (j < touching && 4 * (s->pieces[j].end - s->pieces[i].end) <= s->height)
			j++;
		if (j - i > most) {
			most = j - i;
			*first = i;
		}
	}
	return most;
}

/* Those between the first and the last of a group that end where it ends, the group among them. */
static size_t in_row(const side *s, const piece *group, size_t count)
{
	const int32_t low = group[0].end, high = group[count - 1].end;
	int32_t left = group[0].left, right = group[0].right;
	size_t n = 0;

	for (size_t i = 1; i < count; i++) {
		left = group[i].left < left ? group[i].left : left;
		right = group[i].right > right ? group[i].right : right;
	}
	for (size_t i = 0; i < s->count; i++) {
		const piece *p = &s->pieces[i];

		n += p->left >= left && p->right <= right && p->end >= low && p->end <= high;
	}
	return n;
}

static bool is_cut(const side *s)
{
	size_t touching = 0, first = 0, most;

	qsort(s->pieces, s->count, sizeof *s->pieces, by_touch_and_end);
	while (touching < s->count && s->pieces[touching].touches)
		touching++;
	most = densest(&first, s, touching);
	return most >= LETTERS_MIN && 2 * most >= touching && 2 * most > in_row(s, s->pieces + first, most);
}

assay_code ocr_cut_rows(int64_t *out, PIX *ink, const assay_corners *corners, int32_t height, assay_err *err)
{
	BOXA *all = pixConnCompBB(ink, 8);
	const size_t count = all != NULL ? (size_t)all->n : 0;
	ASSAY_AUTO_FREE piece *pieces = assay_alloc(count + 1, sizeof *pieces);

	*out = 0;
	if (all == NULL || pieces == NULL) {
		boxaDestroy(&all);
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "pieces of a page");
	}
	for (int below = 0; below < 2; below++) {
		side s = {pieces, 0, height};

		for (size_t i = 0; i < count; i++)
			if (is_letter(all->box[i], height))
				pieces[s.count++] = piece_of(all->box[i], corners, pixGetHeight(ink), below != 0);
		*out += is_cut(&s);
	}
	boxaDestroy(&all);
	return ASSAY_OK;
}
