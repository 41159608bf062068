#include "agreement.h"

#include "assay/text.h"
#include "compose.h"
#include "edit.h"

#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

__extension__ typedef __int128 wide;

#define PAIR_UNIT INT64_C(360360) /* the least number that 1 .. ASSAY_ANNOTATORS_MAX - 1 divide */
#define ALPHA_ONE 10000
#define NOTHING   0u                    /* category of who has no character there */
#define STEPS_MAX UINT64_C(12000000000) /* texts of 64 KiB by all annotators, nothing alike: 10^10 */
#define POINTS    0x110000u

assay_code assay_agreement_init(assay_agreement *g, size_t categories, assay_err *err)
{
	*g = (assay_agreement){.categories = categories};
	g->counts = assay_alloc(categories, sizeof *g->counts);
	return g->counts != NULL ? ASSAY_OK : ASSAY_RAISE(err, ASSAY_ENOMEM, "%zu categories", categories);
}

void assay_agreement_release(assay_agreement *g)
{
	free(g->counts);
	*g = (assay_agreement){0};
}

void assay_agreement_unit(assay_agreement *g, const uint32_t *answers, size_t count)
{
	if (count < 2)
		return;
	g->answers += count;
	for (size_t i = 0; i < count; i++) {
		g->counts[answers[i]]++;
		for (size_t j = 0; j < i; j++)
			g->unlike[count] += answers[i] != answers[j] ? 2 : 0;
	}
}

/* num / den in units of 10^-ASSAY_ALPHA_SCALE, half to even. den > 0. */
static int64_t rounded(wide num, wide den)
{
	const wide scaled = num * ALPHA_ONE;
	wide q = scaled / den, r = scaled % den;

	if (r < 0) { /* down, so that what is left is not negative */
		q--;
		r += den;
	}
	if (2 * r > den || (2 * r == den && q % 2 != 0))
		q++;
	return (int64_t)q;
}

bool assay_agreement_alpha(const assay_agreement *g, int64_t *alpha)
{
	wide observed = 0, expected = (wide)g->answers * (wide)g->answers;

	for (size_t c = 0; c < g->categories; c++)
		expected -= (wide)g->counts[c] * (wide)g->counts[c];
	for (int64_t m = 2; m <= ASSAY_ANNOTATORS_MAX; m++)
		observed += (wide)g->unlike[m] * (PAIR_UNIT / (m - 1));
	*alpha = 0;
	if (expected == 0)
		return false;
	expected *= PAIR_UNIT;
	*alpha = rounded(expected - ((wide)g->answers - 1) * observed, expected);
	return true;
}

typedef struct reading {
	uint32_t *symbols; /* [owned] characters; categories from 1, in the order in which they are met first */
	size_t count;
	uint32_t *enter, *leave; /* [owned] how it stands beside the medoid */
} reading;

typedef struct readings {
	reading items[ASSAY_ANNOTATORS_MAX];
	size_t count;
	uint32_t *category; /* [owned] by code point, 0: not met */
	uint32_t categories;
	assay_edit *edit; /* [owned] */
} readings;

static void readings_release(readings *r)
{
	for (size_t i = 0; i < r->count; i++) {
		free(r->items[i].symbols);
		free(r->items[i].enter);
		free(r->items[i].leave);
	}
	free(r->category);
	assay_edit_close(r->edit);
}

static assay_code read_text(readings *all, reading *r, const char *text, assay_err *err)
{
	ASSAY_AUTO_BUF composed = ASSAY_BUF_INIT;
	const size_t size = strlen(text);
	utf8proc_int32_t point;

	if (assay_utf8_prefix(text, size) < size || size > INT32_MAX)
		return ASSAY_RAISE(err, ASSAY_EINVAL, "not UTF-8 at byte %zu", assay_utf8_prefix(text, size));
	if (assay_text_compose(&composed, text, size, err) != ASSAY_OK)
		return err->code;
	r->symbols = assay_alloc(composed.len, sizeof *r->symbols);
	if (r->symbols == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "text of %zu bytes", size);
	for (size_t i = 0; i < composed.len;) {
		i += (size_t)utf8proc_iterate(composed.data + i, (utf8proc_ssize_t)(composed.len - i), &point);
		if (point == '\r') {
			point = '\n';
			i += i < composed.len && composed.data[i] == '\n';
		}
		if (all->category[point] == NOTHING)
			all->category[point] = all->categories++;
		r->symbols[r->count++] = all->category[point];
	}
	return ASSAY_OK;
}

static assay_code read_texts(readings *r, const char *const *texts, size_t count, assay_err *err)
{
	r->category = assay_alloc(POINTS, sizeof *r->category);
	if (r->category == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "categories");
	r->categories = NOTHING + 1;
	for (; r->count < count; r->count++)
		if (read_text(r, &r->items[r->count], texts[r->count], err) != ASSAY_OK) {
			const size_t at = r->count++; /* what it has is released */

			return assay_err_prefix(err, "text %zu", at + 1);
		}
	return assay_edit_open(&r->edit, r->categories, STEPS_MAX, err);
}

static assay_code find_medoid(size_t *medoid, bool *equal, const readings *r, const char *const *texts, assay_err *err)
{
	uint64_t sum[ASSAY_ANNOTATORS_MAX] = {0};
	size_t best = 0;
	assay_code rc = ASSAY_OK;

	*equal = true;
	for (size_t i = 0; i < r->count; i++)
		for (size_t j = 0; j < i; j++) {
			size_t d = 0;

			ASSAY_TRY(assay_edit_distance(r->edit, &d, r->items[i].symbols, r->items[i].count,
						      r->items[j].symbols, r->items[j].count, err));
			*equal = *equal && d == 0;
			sum[i] += d;
			sum[j] += d;
		}
	for (size_t i = 1; i < r->count; i++)
		if (sum[i] < sum[best] || (sum[i] == sum[best] && strcmp(texts[i], texts[best]) < 0))
			best = i;
	*medoid = best;
fail:
	return rc;
}

static assay_code align(readings *r, size_t medoid, assay_err *err)
{
	const reading *m = &r->items[medoid];

	for (size_t i = 0; i < r->count; i++) {
		reading *t = &r->items[i];

		t->enter = assay_alloc(m->count + 1, sizeof *t->enter);
		t->leave = assay_alloc(m->count + 1, sizeof *t->leave);
		if (t->enter == NULL || t->leave == NULL)
			return ASSAY_RAISE(err, ASSAY_ENOMEM, "alignment of %zu characters", m->count);
		if (assay_edit_align(r->edit, t->enter, t->leave, m->symbols, m->count, t->symbols, t->count, err) !=
		    ASSAY_OK)
			return err->code;
	}
	return ASSAY_OK;
}

/* What all have before the medoid's character i, as many units as the longest of it. */
static void take_between(assay_agreement *g, const readings *r, size_t i)
{
	uint32_t answers[ASSAY_ANNOTATORS_MAX];
	bool more = true;

	for (uint32_t k = 0; more; k++) {
		more = false;
		for (size_t t = 0; t < r->count; t++) {
			const reading *x = &r->items[t];
			const bool there = k < x->leave[i] - x->enter[i];

			answers[t] = there ? x->symbols[x->enter[i] + k] : NOTHING;
			more = more || there;
		}
		if (more)
			assay_agreement_unit(g, answers, r->count);
	}
}

static void take_beside(assay_agreement *g, const readings *r, size_t i)
{
	uint32_t answers[ASSAY_ANNOTATORS_MAX];

	for (size_t t = 0; t < r->count; t++) {
		const reading *x = &r->items[t];

		answers[t] = x->enter[i + 1] > x->leave[i] ? x->symbols[x->leave[i]] : NOTHING;
	}
	assay_agreement_unit(g, answers, r->count);
}

static assay_code take_alpha(int64_t *alpha, bool *defined, readings *r, size_t medoid, assay_err *err)
{
	ASSAY_AUTO_AGREEMENT g = {0};
	assay_code rc;

	ASSAY_TRY(align(r, medoid, err));
	ASSAY_TRY(assay_agreement_init(&g, r->categories, err));
	for (size_t i = 0; i <= r->items[medoid].count; i++) {
		take_between(&g, r, i);
		if (i < r->items[medoid].count)
			take_beside(&g, r, i);
	}
	*defined = assay_agreement_alpha(&g, alpha);
fail:
	return rc;
}

assay_code assay_agreement_of_texts(const char *const *texts, size_t count, int64_t *alpha, bool *defined,
				    size_t *medoid, assay_err *err)
{
	ASSAY_CLEANUP(readings_release) readings r = {0};
	bool equal = false;
	assay_code rc;

	*alpha = 0;
	*defined = false;
	*medoid = 0;
	if (count < 1 || count > ASSAY_ANNOTATORS_MAX)
		return ASSAY_RAISE(err, ASSAY_EINVAL, "%zu texts, must be 1 to %d", count, ASSAY_ANNOTATORS_MAX);
	ASSAY_TRY(read_texts(&r, texts, count, err));
	if (count == 1)
		return ASSAY_OK;
	ASSAY_TRY(find_medoid(medoid, &equal, &r, texts, err));
	if (!equal)
		return take_alpha(alpha, defined, &r, *medoid, err);
	*defined = true;
	*alpha = ALPHA_ONE;
fail:
	return rc;
}
