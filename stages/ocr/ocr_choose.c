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

/* Thousandths of a logarithm of odds by which a stretch is better than the first reading of it to be clearly so. */
#define CLEAR 800

/* Signs, and a part of all, in which a string may differ from every reading. */
#define PATCHES      2
#define PATCHES_PART 10

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
	int own; /* option of the first reading */
	int32_t first;
	int32_t sure; /* of the surest reading */
} place;

/** What is taken of a place, and how certain it is. */
typedef struct picked {
	uint8_t option;
	int32_t sure;
} picked;

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

/* 0: nothing. */
static uint32_t point_at(const ocr_column *c, const ocr_reading *readings, size_t k)
{
	return c->at[k] >= 0 ? readings[k].items[c->at[k]].point : 0;
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
	while (p.options[p.own].point != point_at(c, readings, 0))
		p.own++;
	return p;
}

static bool all_agree_on_blank(const place *p)
{
	return p->count == 1 && p->options[0].point == ' ';
}

/* ---------------------------------------------------------------- the best string of a segment */

typedef struct candidate {
	int32_t score;
	int32_t words;              /* of it, what speaks for its words; once these were looked at */
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

static void score_words(candidate *c, const place *places, size_t n, const ocr_dictionary *d)
{
	uint32_t word[SEGMENT_MAX];
	size_t length = 0;

	c->words = 0;
	for (size_t i = 0; i <= n; i++) {
		const uint32_t point = i < n ? places[i].options[c->picks[i]].point : ' ';

		if (point == ' ' && length > 0)
			c->words += ocr_word_score(word, length, d);
		if (point == ' ')
			length = 0;
		else if (point != 0)
			word[length++] = point;
	}
	c->score += c->words;
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

/* As it is put into the line: one blank between words, none at the ends. */
typedef struct spelling {
	size_t length;
	uint32_t points[SEGMENT_MAX];
} spelling;

static void write_point(spelling *s, uint32_t point)
{
	const bool blank = s->length == 0 || s->points[s->length - 1] == ' ';

	if (point != 0 && !(point == ' ' && blank))
		s->points[s->length++] = point;
}

static void end_spelling(spelling *s)
{
	s->length -= s->length > 0 && s->points[s->length - 1] == ' ';
}

static void spell(spelling *out, const candidate *c, const place *places, size_t n)
{
	out->length = 0;
	for (size_t i = 0; i < n; i++)
		write_point(out, places[i].options[c->picks[i]].point);
	end_spelling(out);
}

static bool same_spelling(const spelling *a, const spelling *b)
{
	return a->length == b->length && memcmp(a->points, b->points, a->length * sizeof *a->points) == 0;
}

/* How much of the belief in all strings that were considered is in the best one; it can be spelt in several ways. */
static int32_t certainty(const beam *b, const candidate *best, const place *places, size_t n)
{
	spelling mine, other;
	int64_t all = ONE;

	spell(&mine, best, places, n);
	for (size_t i = 0; i < b->count; i++) {
		const candidate *c = &b->items[i];

		spell(&other, c, places, n);
		if (!same_spelling(&mine, &other))
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

static const candidate *best_of(beam *b, const place *places, size_t n, const ocr_dictionary *d)
{
	const candidate *best = &b->items[0];

	for (size_t i = 0; i < b->count; i++) {
		score_words(&b->items[i], places, n, d);
		best = b->items[i].score > best->score ? &b->items[i] : best;
	}
	return best;
}

static candidate first_of(const place *places, size_t n, const ocr_dictionary *d)
{
	candidate c = {0};

	for (size_t i = 0; i < n; i++) {
		c.picks[i] = (uint8_t)places[i].own;
		c.score += places[i].options[c.picks[i]].score;
	}
	score_words(&c, places, n, d);
	return c;
}

/* A stretch between blanks on which all readings agree. */
typedef struct stretch {
	const ocr_column *columns;
	place *places;
	size_t count;
	const ocr_reading *readings;
	size_t reading_count;
	const ocr_dictionary *dictionary;
} stretch;

static void spell_reading(spelling *out, const stretch *s, size_t k)
{
	out->length = 0;
	for (size_t i = 0; i < s->count; i++)
		write_point(out, point_at(&s->columns[i], s->readings, k));
	end_spelling(out);
}

/* Of the least sure sign; blanks are none. */
static int32_t least_sure(const stretch *s, size_t k)
{
	int32_t least = ONE;

	for (size_t i = 0; i < s->count; i++) {
		const int32_t at = s->columns[i].at[k];
		const ocr_glyph *g = at >= 0 ? &s->readings[k].items[at] : NULL;

		if (g != NULL && g->point != ' ' && g->sure < least)
			least = g->sure;
	}
	return least;
}

/* A further reading that reads just so, and is as sure of its least sure sign as the first one is of its own. */
static bool has_witness(const stretch *s, const spelling *chosen)
{
	const int32_t first = least_sure(s, 0);
	spelling one;

	for (size_t k = 1; k < s->reading_count; k++) {
		spell_reading(&one, s, k);
		if (same_spelling(&one, chosen) && least_sure(s, k) >= first)
			return true;
	}
	return false;
}

static size_t least_of(size_t a, size_t b, size_t c)
{
	const size_t least = a < b ? a : b;

	return least < c ? least : c;
}

/* Levenshtein's, by the plain recurrence: stretches are short. */
static size_t distance(const spelling *a, const spelling *b)
{
	size_t row[SEGMENT_MAX + 1];

	for (size_t j = 0; j <= b->length; j++)
		row[j] = j;
	for (size_t i = 0; i < a->length; i++) {
		size_t corner = row[0];

		row[0] = i + 1;
		for (size_t j = 0; j < b->length; j++) {
			const size_t change = corner + (a->points[i] != b->points[j]);

			corner = row[j + 1];
			row[j + 1] = least_of(change, corner + 1, row[j] + 1);
		}
	}
	return row[b->length];
}

static bool is_near(size_t apart, size_t length)
{
	return apart <= PATCHES || apart * PATCHES_PART <= length;
}

/*
 * Put together of pieces: in three signs and more, and in more than a tenth, something else than each reading has. The
 * readings saw different things then, and that the words are likelier is no evidence: nobody saw them.
 */
static bool is_patchwork(const stretch *s, const spelling *chosen)
{
	spelling one;

	for (size_t k = 0; k < s->reading_count; k++) {
		spell_reading(&one, s, k);
		if (is_near(distance(chosen, &one), chosen->length))
			return false;
	}
	return true;
}

enum { SAME, CHANGED, CLEARLY_CHANGED };

/*
 * The looks at a line share their mistakes: that all of them see a mark before a capital, or a letter of another shape, is
 * less than it seems. Where no word becomes likelier by it one of them must be surer than the page's own reading is.
 */
static int change_of(const stretch *s, const candidate *best, const candidate *first)
{
	spelling a, b;

	spell(&a, best, s->places, s->count);
	spell(&b, first, s->places, s->count);
	if (same_spelling(&a, &b) || (best->words <= first->words && !has_witness(s, &a)) || is_patchwork(s, &a))
		return SAME;
	return best->score >= first->score + CLEAR ? CLEARLY_CHANGED : CHANGED;
}

/* Places where all agree are as certain as the readings are. */
static void take(picked *out, const stretch *s, const candidate *c, int32_t sure)
{
	for (size_t i = 0; i < s->count; i++)
		out[i] = (picked){c->picks[i], s->places[i].count > 1 ? sure : s->places[i].sure};
}

static bool is_open(const stretch *s)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->places[i].count > 1)
			return true;
	return false;
}

/* Places in which the likeliest is something else than the reading has: no less than the distance of both strings. */
static size_t places_apart(const stretch *s, size_t k)
{
	size_t apart = 0;

	for (size_t i = 0; i < s->count; i++)
		apart += s->places[i].options[0].point != point_at(&s->columns[i], s->readings, k);
	return apart;
}

static bool is_patchwork_of_places(const stretch *s)
{
	size_t length = 0;

	for (size_t i = 0; i < s->count; i++)
		length += s->places[i].options[0].point != 0;
	for (size_t k = 0; k < s->reading_count; k++)
		if (is_near(places_apart(s, k), length))
			return false;
	return true;
}

/* Too long to be weighed as a whole: the likeliest of each place, none of them clearly. */
static int pick_places(picked *likeliest, picked *clear, const stretch *s)
{
	const bool stays = is_patchwork_of_places(s);
	int change = SAME;

	for (size_t i = 0; i < s->count; i++) {
		const place *p = &s->places[i];

		clear[i] = (picked){(uint8_t)p->own, p->sure};
		likeliest[i] = stays ? clear[i] : (picked){0, p->sure};
		change = likeliest[i].option != clear[i].option ? CHANGED : change;
	}
	return change;
}

/* The best string, and what is left of it where only clear changes count; both as certain as the best is. */
static int pick(picked *likeliest, picked *clear, beam *b, const stretch *s)
{
	const candidate *best;
	candidate first;
	int32_t sure;
	int change;

	if (!is_open(s) || s->count > SEGMENT_MAX)
		return pick_places(likeliest, clear, s);
	make_beam(b, s->places, s->count);
	best = best_of(b, s->places, s->count, s->dictionary);
	first = first_of(s->places, s->count, s->dictionary);
	change = change_of(s, best, &first);
	sure = certainty(b, best, s->places, s->count);
	take(likeliest, s, change == SAME ? &first : best, sure);
	take(clear, s, change == CLEARLY_CHANGED ? best : &first, sure);
	return change;
}

/* ---------------------------------------------------------------- the line */

static void put(ocr_decision *out, const place *p, picked taken)
{
	const option *o = &p->options[taken.option];
	ocr_choice c;

	if (o->point == 0 || (o->point == ' ' && (out->count == 0 || out->items[out->count - 1].glyph.point == ' ')))
		return;
	c = (ocr_choice){*o->glyph, p->first};
	c.glyph.sure = taken.sure;
	out->items[out->count++] = c;
}

static void put_all(ocr_decision *out, const place *places, const picked *taken, size_t count)
{
	for (size_t i = 0; i < count; i++)
		put(out, &places[i], taken[i]);
	while (out->count > 0 && out->items[out->count - 1].glyph.point == ' ')
		out->count--;
}

void ocr_decisions_release(ocr_decision *d)
{
	for (int i = 0; i < OCR_DECISIONS; i++) {
		free(d[i].items);
		d[i] = (ocr_decision){0};
	}
}

/* Stretch by stretch; blanks between them are as all readings have them. */
static void pick_all(ocr_decision *out, picked *likeliest, picked *clear, beam *b, const stretch *line)
{
	for (size_t i = 0, end; i < line->count; i = end + 1) {
		stretch s = *line;
		int change;

		for (end = i; end < line->count && !all_agree_on_blank(&line->places[end]); end++)
			;
		s.columns += i;
		s.places += i;
		s.count = end - i;
		change = pick(likeliest + i, clear + i, b, &s);
		out[OCR_LIKELIEST].changes += change != SAME;
		out[OCR_CLEAR].changes += change == CLEARLY_CHANGED;
		if (end < line->count)
			likeliest[end] = clear[end] = (picked){0, line->places[end].sure};
	}
}

assay_code ocr_choose(ocr_decision out[OCR_DECISIONS], const ocr_alignment *a, const ocr_reading *readings,
		      const ocr_dictionary *d, assay_err *err)
{
	ASSAY_AUTO_FREE place *places = assay_alloc(a->count + 1, sizeof *places);
	ASSAY_AUTO_FREE picked *likeliest = assay_alloc(a->count + 1, sizeof *likeliest);
	ASSAY_AUTO_FREE picked *clear = assay_alloc(a->count + 1, sizeof *clear);
	ASSAY_AUTO_FREE beam *b = assay_alloc(1, sizeof *b);
	const stretch line = {a->items, places, a->count, readings, a->readings, d};

	for (int i = 0; i < OCR_DECISIONS; i++)
		out[i] = (ocr_decision){.items = assay_alloc(a->count + 1, sizeof *out[i].items)};
	if (places == NULL || likeliest == NULL || clear == NULL || b == NULL || out[OCR_LIKELIEST].items == NULL ||
	    out[OCR_CLEAR].items == NULL) {
		ocr_decisions_release(out);
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "choice of readings");
	}
	for (size_t i = 0; i < a->count; i++)
		places[i] = place_of(&a->items[i], readings, a->readings);
	pick_all(out, likeliest, clear, b, &line);
	put_all(&out[OCR_LIKELIEST], places, likeliest, a->count);
	put_all(&out[OCR_CLEAR], places, clear, a->count);
	return ASSAY_OK;
}
