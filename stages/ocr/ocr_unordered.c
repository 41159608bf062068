#include "ocr_unordered.h"

#include "ocr_score.h"

#include "assay/memory.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

#define PAIRS_MAX ((size_t)1 << 20) /* words of the truth times words read */
#define WORD_MAX  48                /* code points of a word that is paired */

typedef struct word {
	const uint32_t *at;
	size_t length, place; /* ordinal in its text */
	bool taken;
} word;

typedef struct bag {
	word *items;
	size_t count;
	size_t length; /* code points with a space after each word */
} bag;

/* ---------------------------------------------------------------- case */

static bool has_lower(const ocr_folded *f)
{
	for (size_t i = 0; i < f->count; i++)
		if (utf8proc_category((utf8proc_int32_t)f->points[i]) == UTF8PROC_CATEGORY_LL)
			return true;
	return false;
}

static void raise_case(ocr_folded *f)
{
	for (size_t i = 0; i < f->count; i++)
		f->points[i] = (uint32_t)utf8proc_toupper((utf8proc_int32_t)f->points[i]);
}

/* ---------------------------------------------------------------- words that both have */

static int by_text(const void *x, const void *y)
{
	const word *a = x, *b = y;
	const size_t n = a->length < b->length ? a->length : b->length;

	for (size_t i = 0; i < n; i++)
		if (a->at[i] != b->at[i])
			return a->at[i] < b->at[i] ? -1 : 1;
	return (a->length > b->length) - (a->length < b->length);
}

static int by_place(const void *x, const void *y)
{
	const size_t a = ((const word *)x)->place, b = ((const word *)y)->place;

	return (a > b) - (a < b);
}

static int by_length(const void *x, const void *y)
{
	const size_t a = ((const word *)x)->length, b = ((const word *)y)->length;

	return a != b ? (a < b) - (a > b) : by_place(x, y);
}

static assay_code split(bag *out, const ocr_folded *f, assay_err *err)
{
	size_t start = 0;

	out->items = assay_alloc(f->count / 2 + 1, sizeof *out->items);
	if (out->items == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "words of a text");
	for (size_t i = 0; i <= f->count && f->count > 0; i++) {
		if (i < f->count && f->points[i] != ' ')
			continue;
		out->items[out->count] = (word){f->points + start, i - start, out->count, false};
		out->count++;
		start = i + 1;
	}
	qsort(out->items, out->count, sizeof *out->items, by_text);
	return ASSAY_OK;
}

/* Both sorted by text. */
static void take_common(bag *a, bag *b)
{
	for (size_t i = 0, j = 0; i < a->count && j < b->count;) {
		const int c = by_text(&a->items[i], &b->items[j]);

		if (c == 0) {
			a->items[i].taken = true;
			b->items[j].taken = true;
		}
		i += c <= 0;
		j += c >= 0;
	}
}

/* Keeps what was not taken, in the order of the text. */
static void keep_rest(bag *b)
{
	size_t n = 0;

	for (size_t i = 0; i < b->count; i++)
		if (!b->items[i].taken)
			b->items[n++] = b->items[i];
	b->count = n;
	qsort(b->items, n, sizeof *b->items, by_place);
	for (size_t i = 0; i < n; i++)
		b->length += b->items[i].length + 1;
}

static uint32_t *joined(const bag *b)
{
	uint32_t *out = assay_alloc(b->length, sizeof *out);
	size_t n = 0;

	for (size_t i = 0; out != NULL && i < b->count; i++) {
		memcpy(out + n, b->items[i].at, b->items[i].length * sizeof *out);
		n += b->items[i].length;
		out[n++] = ' ';
	}
	return out;
}

static assay_code rest_distance(size_t *out, const bag *a, const bag *b, assay_err *err)
{
	ASSAY_AUTO_FREE uint32_t *ta = joined(a);
	ASSAY_AUTO_FREE uint32_t *tb = joined(b);

	if (ta == NULL || tb == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "words that differ");
	return ocr_distance(out, ta, a->length, tb, b->length, err);
}

/* ---------------------------------------------------------------- words paired */

/* Levenshtein's recurrence; SIZE_MAX as soon as it must exceed `limit`. */
static size_t word_distance(const word *a, const word *b, size_t limit)
{
	size_t row[WORD_MAX + 1];
	const size_t apart = a->length > b->length ? a->length - b->length : b->length - a->length;

	if (apart > limit || a->length > WORD_MAX)
		return SIZE_MAX;
	for (size_t i = 0; i <= a->length; i++)
		row[i] = i;
	for (size_t j = 0; j < b->length; j++) {
		size_t diagonal = row[0], least = j + 1;

		row[0] = j + 1;
		for (size_t i = 1; i <= a->length; i++) {
			const size_t change = diagonal + (a->at[i - 1] != b->at[j]);
			const size_t step = (row[i] < row[i - 1] ? row[i] : row[i - 1]) + 1;

			diagonal = row[i];
			row[i] = change < step ? change : step;
			least = row[i] < least ? row[i] : least;
		}
		if (least > limit)
			return SIZE_MAX;
	}
	return row[a->length];
}

/* The nearest free word, of equals the first; NULL when none is nearer than nothing. */
static word *nearest(size_t *distance, const word *a, bag *b)
{
	word *best = NULL;

	*distance = a->length;
	for (size_t i = 0; i<b->count && * distance> 0; i++) {
		const size_t d = b->items[i].taken ? SIZE_MAX : word_distance(a, &b->items[i], *distance - 1);

		if (d < *distance) {
			*distance = d;
			best = &b->items[i];
		}
	}
	return best;
}

static size_t paired_distance(bag *a, bag *b)
{
	size_t sum = 0;

	qsort(a->items, a->count, sizeof *a->items, by_length);
	for (size_t i = 0; i < a->count; i++) {
		size_t d;
		word *w = nearest(&d, &a->items[i], b);

		if (w != NULL)
			w->taken = true;
		sum += w != NULL ? d : a->items[i].length + 1;
	}
	for (size_t i = 0; i < b->count; i++)
		sum += b->items[i].taken ? 0 : b->items[i].length + 1;
	return sum;
}

assay_code ocr_unordered_distance(size_t *out, ocr_folded *truth, ocr_folded *read, assay_err *err)
{
	bag a = {0}, b = {0};
	size_t d;
	assay_code rc;

	if (!has_lower(truth)) {
		raise_case(truth);
		raise_case(read);
	}
	ASSAY_TRY(ocr_distance(out, truth->points, truth->count, read->points, read->count, err));
	ASSAY_TRY(split(&a, truth, err));
	ASSAY_TRY(split(&b, read, err));
	take_common(&a, &b);
	keep_rest(&a);
	keep_rest(&b);
	ASSAY_TRY(rest_distance(&d, &a, &b, err));
	*out = d < *out ? d : *out;
	if (b.count == 0 || a.count <= PAIRS_MAX / b.count) {
		d = paired_distance(&a, &b);
		*out = d < *out ? d : *out;
	}
fail:
	free(a.items);
	free(b.items);
	return rc;
}
