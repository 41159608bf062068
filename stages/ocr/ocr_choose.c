#include "ocr_choose.h"

#include "assay/memory.h"

#include <stdlib.h>
#include <string.h>

#define ONE         10000 /* certainty */
#define NOTHING     9000  /* what a reading believes of a place in which it has nothing */
#define FIRST_VOTES 2     /* of the page's own reading, which saw the line among others; each later one has one */
#define OTHER_VOTES 2     /* of another model's: its mistakes are others than those that all own readings share */
#define SURE_LEAST  3000
#define SURE_MOST   9950
#define BEAM        64
#define SEGMENT_MAX 256 /* places that are chosen together; longer stretches are chosen place by place */

int32_t ocr_log(uint64_t x)
{
	const int top = 63 - __builtin_clzll(x);
	uint64_t m = top >= 31 ? x >> (top - 31) : x << (31 - top); /* in [2^31, 2^32) */
	int64_t log2 = (int64_t)top << 16;

	for (int bit = 15; bit >= 0; bit--) {
		m = m * m >> 31;
		if (m >> 32 != 0) {
			m >>= 1;
			log2 |= INT64_C(1) << bit;
		}
	}
	return (int32_t)(log2 * 693147 / 1000 >> 16); /* ln 2 = 0.693147 */
}

/* ---------------------------------------------------------------- the evidence of a place */

typedef struct option {
	uint32_t point;         /* 0: nothing */
	int32_t belief;         /* of all readings together, in ten-thousandths of one's certainty */
	int32_t score;          /* thousandths of a logarithm of odds */
	const ocr_glyph *glyph; /* of the first reading that says so; NULL for nothing */
} option;

typedef struct place {
	option options[OCR_READINGS]; /* the likeliest first */
	int count;
	int32_t first;
	int32_t sure; /* of what is chosen: of the surest reading, unless a string was weighed against others */
} place;

static int32_t belief_of(const ocr_glyph *g)
{
	if (g == NULL)
		return NOTHING;
	return g->sure < SURE_LEAST ? SURE_LEAST : g->sure > SURE_MOST ? SURE_MOST : g->sure;
}

static void hear(place *p, const ocr_glyph *g, int32_t votes)
{
	const uint32_t point = g != NULL ? g->point : 0;
	int k = 0;

	while (k < p->count && p->options[k].point != point)
		k++;
	if (k == p->count)
		p->options[p->count++] = (option){.point = point, .glyph = g};
	p->options[k].belief += votes * belief_of(g);
	p->sure = belief_of(g) > p->sure ? belief_of(g) : p->sure;
}

static int likelier(const void *a_, const void *b_)
{
	const option *a = a_, *b = b_;

	if (a->belief != b->belief)
		return a->belief > b->belief ? -1 : 1;
	return a->point < b->point ? -1 : a->point > b->point;
}

static int32_t votes_of(const ocr_reading *readings, size_t k)
{
	return k == 0 ? FIRST_VOTES : readings[k].other ? OTHER_VOTES : 1;
}

static place place_of(const ocr_column *c, const ocr_reading *readings, size_t count)
{
	place p = {.first = c->at[0]};
	int32_t most = 0, all = 0, rest;

	for (size_t k = 0; k < count; k++) {
		hear(&p, c->at[k] >= 0 ? &readings[k].items[c->at[k]] : NULL, votes_of(readings, k));
		most += votes_of(readings, k) * ONE;
	}
	for (int k = 0; k < p.count; k++)
		all += p.options[k].belief;
	rest = (most - all) / (p.count + 1);
	for (int k = 0; k < p.count; k++) {
		const uint64_t belief = (uint64_t)p.options[k].belief + (uint64_t)rest;

		p.options[k].score = ocr_log(belief) - ocr_log((uint64_t)most);
	}
	qsort(p.options, (size_t)p.count, sizeof *p.options, likelier);
	return p;
}

static bool all_agree_on_blank(const place *p)
{
	return p->count == 1 && p->options[0].point == ' ';
}

/* ---------------------------------------------------------------- the best string of a segment */

typedef struct candidate {
	int32_t score;
	uint8_t picks[SEGMENT_MAX]; /* option of each place */
} candidate;

typedef struct beam {
	size_t count, length;
	candidate items[BEAM * OCR_READINGS];
} beam;

/* qsort gives no width: the picks behind a candidate's length are 0 */
static int better(const void *a_, const void *b_)
{
	const candidate *a = a_, *b = b_;

	if (a->score != b->score)
		return a->score > b->score ? -1 : 1;
	return memcmp(a->picks, b->picks, sizeof a->picks);
}

static void extend(beam *b, const place *p)
{
	const size_t n = b->count;

	for (int k = 1; k < p->count; k++)
		for (size_t i = 0; i < n; i++) {
			candidate *c = &b->items[b->count++];

			*c = b->items[i];
			c->score += p->options[k].score;
			c->picks[b->length] = (uint8_t)k;
		}
	for (size_t i = 0; i < n; i++)
		b->items[i].score += p->options[0].score;
	b->length++;
	if (b->count > n)
		qsort(b->items, b->count, sizeof *b->items, better);
	b->count = b->count > BEAM ? BEAM : b->count;
}

static int32_t score_words(const candidate *c, const place *places, size_t n, const ocr_dictionary *d)
{
	uint32_t word[SEGMENT_MAX];
	size_t length = 0;
	int32_t score = c->score;

	for (size_t i = 0; i <= n; i++) {
		const uint32_t point = i < n ? places[i].options[c->picks[i]].point : ' ';

		if (point == ' ' && length > 0)
			score += ocr_word_score(word, length, d);
		if (point == ' ')
			length = 0;
		else if (point != 0)
			word[length++] = point;
	}
	return score;
}

/* e to the power of -x / 1000, in ten-thousandths: what ocr_log() makes of it is x below that of certainty. */
static int32_t fall(int64_t x)
{
	const int64_t want = ocr_log(ONE) - x;
	int32_t low = 0, high = ONE;

	while (low < high) {
		const int32_t middle = (low + high + 1) / 2;

		if (ocr_log((uint64_t)middle) <= want)
			low = middle;
		else
			high = middle - 1;
	}
	return low;
}

static size_t spell(uint32_t *out, const candidate *c, const place *places, size_t n)
{
	size_t length = 0;

	for (size_t i = 0; i < n; i++)
		if (places[i].options[c->picks[i]].point != 0)
			out[length++] = places[i].options[c->picks[i]].point;
	return length;
}

/* How much of the belief in all strings that were considered is in the best one; it can be spelt in several ways. */
static int32_t certainty(const beam *b, const candidate *best, const place *places, size_t n)
{
	uint32_t mine[SEGMENT_MAX], other[SEGMENT_MAX];
	const size_t length = spell(mine, best, places, n);
	int64_t all = ONE;

	for (size_t i = 0; i < b->count; i++) {
		const candidate *c = &b->items[i];

		if (spell(other, c, places, n) != length || memcmp(mine, other, length * sizeof *mine) != 0)
			all += fall((int64_t)best->score - c->score);
	}
	return (int32_t)((int64_t)ONE * ONE / all);
}

static void make_beam(beam *b, const place *places, size_t n)
{
	b->count = 1;
	b->length = 0;
	memset(&b->items[0], 0, sizeof b->items[0]);
	for (size_t i = 0; i < n; i++)
		extend(b, &places[i]);
}

/* Picks of the best string, and how certain they are; places where all agree are as certain as the readings are. */
static void pick(uint8_t *picks, beam *b, place *places, size_t n, const ocr_dictionary *d)
{
	const candidate *best;
	int32_t sure;
	bool open = false;

	for (size_t i = 0; i < n; i++)
		open = open || places[i].count > 1;
	memset(picks, 0, n);
	if (!open || n > SEGMENT_MAX)
		return;
	make_beam(b, places, n);
	best = &b->items[0];
	for (size_t i = 0; i < b->count; i++) {
		b->items[i].score = score_words(&b->items[i], places, n, d);
		best = b->items[i].score > best->score ? &b->items[i] : best;
	}
	memcpy(picks, best->picks, n);
	sure = certainty(b, best, places, n);
	for (size_t i = 0; i < n; i++)
		if (places[i].count > 1)
			places[i].sure = sure;
}

/* ---------------------------------------------------------------- the line */

static void put(ocr_choice *out, size_t *n, const place *p, int k)
{
	const option *o = &p->options[k];
	ocr_choice c;

	if (o->point == 0 || (o->point == ' ' && (*n == 0 || out[*n - 1].glyph.point == ' ')))
		return;
	c = (ocr_choice){*o->glyph, p->first};
	c.glyph.sure = p->sure;
	out[(*n)++] = c;
}

assay_code ocr_choose(ocr_choice **out, size_t *count, const ocr_alignment *a, const ocr_reading *readings,
		      const ocr_dictionary *d, assay_err *err)
{
	ASSAY_AUTO_FREE place *places = assay_alloc(a->count + 1, sizeof *places);
	ASSAY_AUTO_FREE uint8_t *picks = assay_alloc(a->count + 1, 1);
	ASSAY_AUTO_FREE beam *b = assay_alloc(1, sizeof *b);

	*count = 0;
	*out = assay_alloc(a->count + 1, sizeof **out);
	if (places == NULL || picks == NULL || b == NULL || *out == NULL) {
		free(*out);
		*out = NULL;
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "choice of readings");
	}
	for (size_t i = 0; i < a->count; i++)
		places[i] = place_of(&a->items[i], readings, a->readings);
	for (size_t i = 0; i < a->count;) {
		size_t end = i;

		while (end < a->count && !all_agree_on_blank(&places[end]))
			end++;
		pick(picks + i, b, places + i, end - i, d);
		i = end + 1; /* the pick of the blank itself is 0 */
	}
	for (size_t i = 0; i < a->count; i++)
		put(*out, count, &places[i], picks[i]);
	while (*count > 0 && (*out)[*count - 1].glyph.point == ' ')
		--*count;
	return ASSAY_OK;
}
