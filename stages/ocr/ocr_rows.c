#include "ocr_rows.h"

#include "ocr_number.h"
#include "ocr_order.h"
#include "ocr_plausible.h"
#include "ocr_rows_put.h"
#include "ocr_score.h"
#include "page_brick.h"

#include "assay/memory.h"

#include <stdlib.h>
#include <string.h>

#include <leptonica/allheaders.h>
#include <utf8proc.h>

#define ROWS_MAX    512 /* of a page that are read */
#define TRIES       8   /* rows without text, one after another, that make the rest a picture */
#define SURE        8000
#define SURER       9000
#define SAME_PART   5  /* of the characters may differ between two looks */
#define LONE_MAX    64 /* words by themselves: a map */
#define LETTERS_MIN 3
#define ODD         1000 /* what spelling says against a letter or a digit where none belongs: "10MG" */
#define ODD_PART    8    /* one of so many symbols may be, where two looks are surer and all but equal */
#define ADDRESS_MIN 10   /* symbols */
#define SCHEME_MIN  3    /* letters */
#define NEARLY      20   /* of so many characters one may differ then */
#define NAME_MIN    6    /* symbols of an unknown word that tells what an amount is: "00093-7456-01" */
#define DRAWN       2    /* times its ink within two heights of text around make a row a label in a drawing */
#define AROUND      2
#define RULE        6 /* heights of text that a straight line is longer than */
#define COLUMN_MIN  5
#define COLUMN_WIDE 2   /* heights of text that the middles of a column are apart */
#define ITEM_SIDE   4   /* heights of text at most between a number and the line that it is of */
#define SHORT_MAX   256 /* of a page */
#define NEAR_SIDE   3   /* heights of text; above and below one */
#define MARGIN_PART 8   /* of the text's height, around a row */
#define SIDE_PART   17

typedef struct work {
	const ocr_words *old;
	const ocr_source *source;
	ocr_dictionary dictionary;
	int32_t height; /* of the page's text */
	PIX *ink;       /* [borrowed] of the page */
	PIX *drawn;     /* of it, what is in no word and no row */
	ocr_row rows[ROWS_MAX];
	size_t count;
} work;

static bool knows(void *with, const char *word)
{
	return TessBaseAPIIsValidWord(with, word) != 0;
}

/* ---------------------------------------------------------------- is it text? */

/* What speaks for a row. */
typedef struct merits {
	int64_t sure;            /* mean of its symbols */
	size_t symbols, letters; /* without blanks; letters and digits of them, and what belongs to a number */
	size_t worded, known;    /* letters and digits of words with a letter, and of those that a dictionary knows */
	int32_t spelling;        /* what it says against it */
} merits;

static bool has_letter(const uint32_t *points, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const utf8proc_category_t c = utf8proc_category((utf8proc_int32_t)points[i]);

		if (c >= UTF8PROC_CATEGORY_LU && c <= UTF8PROC_CATEGORY_LO)
			return true;
	}
	return false;
}

/* "https://www.example.org/a": as good as a word that is known, with marks of its own. */
static bool is_address(const uint32_t *points, size_t n, size_t letters)
{
	size_t scheme = 0;

	while (scheme < n && has_letter(points + scheme, 1))
		scheme++;
	return n >= ADDRESS_MIN && 4 * letters >= 3 * n && scheme >= SCHEME_MIN && scheme + 1 < n &&
	       points[scheme] == ':' && points[scheme + 1] == '/';
}

static void weigh_word(merits *m, const ocr_glyph *g, size_t n, const ocr_dictionary *d)
{
	uint32_t points[OCR_WORD_BYTES] = {0};
	char core[OCR_WORD_BYTES];
	size_t letters;

	m->symbols += n;
	if (n > ASSAY_COUNT(points))
		return;
	for (size_t i = 0; i < n; i++) {
		m->sure += g[i].sure;
		points[i] = g[i].point;
	}
	letters = ocr_word_core(core, points, n);
	m->letters += ocr_is_number(g, n) ? n : letters;
	if (is_address(points, n, letters)) {
		m->worded += letters;
		m->known += letters;
		return;
	}
	m->spelling += ocr_plausible_spelling(points, n);
	if (has_letter(points, n)) {
		m->worded += letters;
		m->known += letters > 0 && ocr_word_known(d, core) ? letters : 0;
	}
}

static merits merits_of(const ocr_reading *r, const ocr_dictionary *d)
{
	merits m = {0};

	for (size_t i = 0; i < r->count; i++) {
		const size_t end = ocr_row_word_end(r, i);

		weigh_word(&m, r->items + i, end - i, d);
		i = end;
	}
	m.sure = m.symbols > 0 ? m.sure / (int64_t)m.symbols : 0;
	return m;
}

static bool is_text(const merits *a, const merits *b, size_t distance)
{
	const size_t longer = a->symbols > b->symbols ? a->symbols : b->symbols;
	const int64_t sure = a->sure < b->sure ? a->sure : b->sure;
	const bool surer = NEARLY * distance <= longer && sure >= SURER;
	const size_t odd = surer ? longer / ODD_PART : 0;

	if (sure < SURE || SAME_PART * distance > longer || a->letters < LETTERS_MIN ||
	    4 * a->letters < 3 * a->symbols || a->spelling + (int64_t)odd * ODD < 0)
		return false;
	return (a->worded > 0 && 2 * a->known >= a->worded) || surer;
}

/* ---------------------------------------------------------------- reading */

static assay_code look_at(ocr_reading *r, const work *k, const ocr_box *box, int percent, assay_err *err)
{
	const ocr_source *s = k->source;
	const ocr_look look = {0, percent, (k->height + SIDE_PART / 2) / SIDE_PART, 0};
	assay_err why = ASSAY_ERR_INIT;
	const assay_code rc = ocr_line_read(r, s->api, s->pix, s->dpi, *box, look, &why);

	if (rc != ASSAY_OK && rc != ASSAY_EINVAL)
		return ASSAY_RAISE(err, rc, "%s", why.msg);
	ocr_reading_trim(r);
	return ASSAY_OK; /* what the engine refuses is no text */
}

static ocr_box with_margin(const BOX *b, int32_t margin)
{
	return (ocr_box){b->x - margin, b->y - margin, b->x + b->w + margin, b->y + b->h + margin};
}

/* One word with no word of the page beside or above or below it: mostly a label in a drawing. */
static bool is_alone(const work *k, const ocr_row *r)
{
	const int64_t side = NEAR_SIDE * (int64_t)k->height, above = k->height;

	if (ocr_row_word_end(&r->reading, 0) < r->reading.count)
		return false;
	for (size_t i = 0; i < k->old->count; i++) {
		const assay_word *w = &k->old->items[i];

		if (w->left < r->box.right + side && r->box.left < w->right + side && w->top < r->box.bottom + above &&
		    r->box.top < w->bottom + above)
			return false;
	}
	return true;
}

/* A label as maps are full of, until an amount is found beside it. */
static bool is_lone_word(const ocr_row *r)
{
	return r->alone && r->worded;
}

/* *text says whether the row was put among the found ones. */
static assay_code read_row(work *k, const BOX *b, bool paper, bool *text, assay_err *err)
{
	const ocr_box box = with_margin(b, k->height / MARGIN_PART);
	ocr_row *r = &k->rows[k->count];
	ocr_reading second = {0};
	merits a, c;
	size_t distance;
	assay_code rc;

	*r = (ocr_row){.box = {b->x, b->y, b->x + b->w, b->y + b->h}};
	*text = false;
	ASSAY_TRY(look_at(&r->reading, k, &box, 20, err));
	a = merits_of(&r->reading, &k->dictionary);
	if (!is_text(&a, &a, 0))
		goto fail;
	ASSAY_TRY(look_at(&second, k, &box, 40, err));
	ocr_reading_trim_both(&r->reading, &second);
	a = merits_of(&r->reading, &k->dictionary);
	ASSAY_TRY(ocr_reading_distance(&distance, &r->reading, &second, err));
	c = merits_of(&second, &k->dictionary);
	*text = is_text(&a, &c, distance);
	r->worded = a.worded > 0;
	r->beside = !r->worded;
	r->alone = paper && is_alone(k, r);
fail:
	ocr_reading_release(&second);
	if (rc == ASSAY_OK && *text)
		k->count++;
	else
		ocr_reading_release(&r->reading);
	return rc;
}

static int64_t count_ink(PIX *pix, const BOX *b, int32_t around)
{
	BOX *box = boxCreate(b->x - around, b->y - around, b->w + 2 * around, b->h + 2 * around);
	l_int32 n = 0;

	if (box != NULL)
		(void)pixCountPixelsInRect(pix, box, &n, NULL);
	boxDestroy(&box);
	return n;
}

/* Labels in maps and figures are no text of the page. */
static bool is_label(const work *k, const BOX *b)
{
	return count_ink(k->drawn, b, AROUND * k->height) > DRAWN * count_ink(k->ink, b, 0);
}

/* The first `plain` are on paper, where a drawing can be told from it. */
static assay_code read_rows(work *k, const BOXA *boxes, int plain, assay_err *err)
{
	int failed = 0, lone = 0, tried = 0;
	assay_code rc = ASSAY_OK;

	for (l_int32 i = 0; i < boxes->n && tried < ROWS_MAX && failed < TRIES && lone < LONE_MAX && rc == ASSAY_OK;
	     i++) {
		bool text;

		if (i < plain && is_label(k, boxes->box[i]))
			continue;
		tried++;
		rc = read_row(k, boxes->box[i], i < plain, &text, err);
		failed = text ? 0 : failed + 1;
		lone += text && is_lone_word(&k->rows[k->count - 1]);
	}
	return rc;
}

/* Rules part rows and columns and draw nothing. */
static assay_code remove_rules(PIX *drawn, int32_t height, assay_err *err)
{
	const int length = RULE * height;
	PIX *across = page_brick_open(drawn, length, 1), *down = page_brick_open(drawn, 1, length);
	const bool whole = across != NULL && down != NULL;

	if (whole) {
		(void)pixRasterop(across, 0, 0, pixGetWidth(across), pixGetHeight(across), PIX_SRC | PIX_DST, down, 0,
				  0);
		(void)pixRasterop(drawn, 0, 0, pixGetWidth(drawn), pixGetHeight(drawn), PIX_DST & PIX_NOT(PIX_SRC),
				  across, 0, 0);
	}
	pixDestroy(&across);
	pixDestroy(&down);
	return whole ? ASSAY_OK : ASSAY_RAISE(err, ASSAY_ENOMEM, "rules of a page");
}

static void clear(PIX *pix, const BOXA *boxes)
{
	for (l_int32 i = 0; i < boxes->n; i++) {
		const BOX *b = boxes->box[i];

		(void)pixRasterop(pix, b->x, b->y, b->w, b->h, PIX_CLR, NULL, 0, 0);
	}
}

static assay_code find_drawn(work *k, const ocr_words *w, const BOXA *rows, assay_err *err)
{
	k->drawn = pixCopy(NULL, k->ink);
	if (k->drawn == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "drawings of a page");
	ocr_missed_clear(k->drawn, w);
	clear(k->drawn, rows);
	return remove_rules(k->drawn, k->height, err);
}

/* ---------------------------------------------------------------- what stands alone */

static bool is_amount(const ocr_row *r)
{
	return ocr_is_amount(r->reading.items, ocr_row_word_end(&r->reading, 0));
}

/* Does it say what the amount is, from the left? */
static bool says_what(const ocr_box *b, const ocr_row *amount)
{
	return b->right <= amount->box.left && ocr_rows_beside(b, &amount->box);
}

/* "Cash      8.20", far apart: a line of a receipt. */
static bool is_line(const work *k, const ocr_row *r)
{
	const bool amount = is_amount(r);

	for (size_t i = 0; i < k->count; i++) {
		const ocr_row *by = &k->rows[i];

		if (amount ? by->worded && says_what(&by->box, r)
			   : r->worded && is_amount(by) && says_what(&r->box, by))
			return true;
	}
	for (size_t i = 0; amount && i < k->old->count; i++) {
		const assay_word *w = &k->old->items[i];
		const ocr_box box = {w->left, w->top, w->right, w->bottom};

		const ocr_detail *d = &k->old->details[i];

		if ((d->known || d->symbol_count >= NAME_MIN) && says_what(&box, r))
			return true;
	}
	return false;
}

/* Single words away from all others are labels in drawings, but for those of which one tells an amount. */
static void drop_labels(work *k)
{
	bool kept[ROWS_MAX];
	size_t count = 0;

	for (size_t i = 0; i < k->count; i++)
		kept[i] = !k->rows[i].alone || is_line(k, &k->rows[i]);
	for (size_t i = 0; i < k->count; i++) {
		if (kept[i])
			k->rows[count++] = k->rows[i];
		else
			ocr_reading_release(&k->rows[i].reading);
	}
	k->count = count;
}

/* ---------------------------------------------------------------- columns of what is short */

/* Numbers of lines, "Q." and "A.", quantities: each is too short to be known as text, and together they tell what they are. */
typedef struct column {
	const BOX *boxes; /* [borrowed] from top to bottom */
	ocr_reading items[SHORT_MAX];
	bool agreed[SHORT_MAX]; /* two looks say the same, and surely */
	size_t count;
} column;

static void column_release(column *c)
{
	for (size_t i = 0; i < c->count; i++)
		ocr_reading_release(&c->items[i]);
}

static int by_middle(const void *x, const void *y)
{
	const BOX *a = x, *b = y;
	const int32_t of_a = 2 * a->x + a->w, of_b = 2 * b->x + b->w;

	return of_a != of_b ? (of_a > of_b ? 1 : -1) : (a->y > b->y) - (a->y < b->y);
}

static int by_top(const void *x, const void *y)
{
	const BOX *a = x, *b = y;

	return a->y != b->y ? (a->y > b->y ? 1 : -1) : (a->x > b->x) - (a->x < b->x);
}

static bool is_found(const work *k, const BOX *b)
{
	for (size_t i = 0; i < k->count; i++) {
		const ocr_box *r = &k->rows[i].box;

		if (b->x < r->right && r->left < b->x + b->w && b->y < r->bottom && r->top < b->y + b->h)
			return true;
	}
	return false;
}

/* A line of the page, or a row that was found. */
static bool has_line_beside(const work *k, const ocr_box *b)
{
	for (size_t i = 0; i < k->count; i++)
		if (ocr_rows_beside(&k->rows[i].box, b))
			return true;
	for (size_t i = 0; i < k->old->count; i++) {
		const assay_word *w = &k->old->items[i];
		const ocr_box box = {w->left, w->top, w->right, w->bottom};

		if (ocr_rows_beside(&box, b))
			return true;
	}
	return false;
}

/* Ink of a word whose box the engine made too low for its letters. */
static bool is_of_flat_word(const work *k, const ocr_box *b)
{
	for (size_t i = 0; i < k->old->count; i++) {
		const assay_word *w = &k->old->items[i];

		if (k->old->details[i].symbol_count > 1 && 2 * (w->bottom - w->top) < k->height && w->left < b->right &&
		    b->left < w->right && w->top - k->height < b->bottom && b->top < w->bottom + k->height)
			return true;
	}
	return false;
}

/* Those beside lines; nothing where there is more of it than columns of a page have: that is a picture. */
static size_t find_short(BOX shorts[SHORT_MAX], const work *k, const BOXA *boxes)
{
	size_t n = 0;

	for (l_int32 i = 0; i < boxes->n; i++) {
		const BOX *b = boxes->box[i];

		const ocr_box box = with_margin(b, 0);

		if (is_found(k, b) || !has_line_beside(k, &box) || is_of_flat_word(k, &box))
			continue;
		if (n == SHORT_MAX)
			return 0;
		shorts[n++] = *b;
	}
	qsort(shorts, n, sizeof *shorts, by_middle);
	return n;
}

/* As many as stand one below the other. */
static size_t column_end(const BOX *shorts, size_t i, size_t n, int32_t height)
{
	const size_t first = i;

	for (i++; i < n; i++)
		if (2 * (shorts[i].x - shorts[first].x) + shorts[i].w - shorts[first].w > 2 * COLUMN_WIDE * height)
			break;
	return i;
}

static bool is_same(const ocr_reading *a, const ocr_reading *b)
{
	for (size_t i = 0; a->count == b->count && i < a->count; i++)
		if (a->items[i].point != b->items[i].point)
			return false;
	return a->count == b->count;
}

/* The width of a full stop behind it, which is too small to be found with it: ink that is low, and none above. */
static int32_t stop_beside(const work *k, const BOX *b)
{
	const int32_t width = k->height;
	const BOX above = {.x = b->x + b->w, .y = b->y, .w = width, .h = b->h / 2};
	const BOX below = {.x = b->x + b->w, .y = b->y + b->h / 2, .w = width, .h = b->h - b->h / 2};

	return count_ink(k->ink, &above, 0) == 0 && count_ink(k->ink, &below, 0) > 0 ? width : 0;
}

static assay_code look_twice(column *c, const work *k, size_t i, assay_err *err)
{
	ocr_box box = with_margin(&c->boxes[i], k->height / MARGIN_PART);
	ocr_reading second = {0};
	merits a, b;
	assay_code rc;

	box.right += stop_beside(k, &c->boxes[i]);
	ASSAY_TRY(look_at(&c->items[i], k, &box, 20, err));
	ASSAY_TRY(look_at(&second, k, &box, 40, err));
	a = merits_of(&c->items[i], &k->dictionary);
	b = merits_of(&second, &k->dictionary);
	c->agreed[i] =
	    is_same(&c->items[i], &second) && a.letters > 0 && a.spelling >= 0 && a.sure >= SURER && b.sure >= SURER;
fail:
	ocr_reading_release(&second);
	return rc;
}

/* Most can be read, and they are not all the same: dashes of a line look like "I". */
static bool is_column(const column *c)
{
	size_t agreed = 0, below = 0, first = SIZE_MAX, last = SIZE_MAX;
	bool differ = false;

	for (size_t i = 0; i < c->count; i++) {
		if (!c->agreed[i])
			continue;
		first = first == SIZE_MAX ? i : first;
		agreed++;
		if (last == SIZE_MAX || c->boxes[i].y >= c->boxes[last].y + c->boxes[last].h) {
			below++;
			last = i;
		}
		differ = differ || !is_same(&c->items[i], &c->items[first]);
	}
	return below >= COLUMN_MIN && 4 * agreed >= 3 * c->count && differ;
}

/* A word of the dictionary near others. */
static bool is_word(const work *k, const ocr_row *f)
{
	const merits m = merits_of(&f->reading, &k->dictionary);

	return m.known >= LETTERS_MIN && m.known == m.letters && !is_alone(k, f);
}

/* "1.", "2.3" or "12", directly before a line: a single digit by itself may be a stroke. */
static bool is_item(const work *k, const ocr_row *f)
{
	if (f->reading.count < 2 || !ocr_is_number(f->reading.items, f->reading.count))
		return false;
	for (size_t i = 0; i < k->old->count; i++) {
		const assay_word *w = &k->old->items[i];
		const ocr_box box = {w->left, w->top, w->right, w->bottom};

		if ((i == 0 || w[-1].line != w->line) && w->left >= f->box.right &&
		    w->left - f->box.right <= ITEM_SIDE * k->height && ocr_rows_beside(&box, &f->box))
			return true;
	}
	return false;
}

/* Is it text without a column of its kind? */
static bool is_short_text(const work *k, const ocr_row *f)
{
	return (is_amount(f) && is_line(k, f)) || is_item(k, f) || is_word(k, f);
}

/* All that can be read of a column, and what is text without one. */
static void take_column(work *k, column *c)
{
	const bool whole = is_column(c);

	for (size_t i = 0; i < c->count && k->count < ROWS_MAX; i++) {
		const ocr_row f = {.box = with_margin(&c->boxes[i], 0), .reading = c->items[i], .beside = true};

		if (!c->agreed[i] || !(whole || is_short_text(k, &f)))
			continue;
		k->rows[k->count++] = f;
		c->items[i] = (ocr_reading){0};
	}
}

/* @param vain  [in, out] those in a row that were nothing, of what is no column */
static assay_code read_column(work *k, const BOX *boxes, size_t count, size_t *vain, assay_err *err)
{
	ASSAY_AUTO_FREE column *c = assay_alloc(1, sizeof *c);
	const size_t before = k->count;
	size_t failed = 0;
	assay_code rc = ASSAY_OK;

	if (c == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "columns of a page");
	*c = (column){.boxes = boxes, .count = count};
	for (size_t i = 0; i < count && (failed < TRIES || 4 * failed <= count) && rc == ASSAY_OK; i++) {
		rc = look_twice(c, k, i, err);
		failed += !c->agreed[i];
	}
	if (rc == ASSAY_OK)
		take_column(k, c);
	*vain = k->count > before ? 0 : *vain + failed;
	column_release(c);
	return rc;
}

static assay_code read_columns(work *k, const BOXA *boxes, assay_err *err)
{
	BOX shorts[SHORT_MAX];
	const size_t n = find_short(shorts, k, boxes);
	size_t vain = 0;
	assay_code rc = ASSAY_OK;

	for (size_t i = 0, end; i < n && rc == ASSAY_OK; i = end) {
		end = column_end(shorts, i, n, k->height);
		if (end - i < COLUMN_MIN && vain >= TRIES)
			continue;
		qsort(shorts + i, end - i, sizeof *shorts, by_top);
		rc = read_column(k, shorts + i, end - i, &vain, err);
	}
	return rc;
}

/* What looks like text to what is text. */
static assay_code read_boxes(work *k, const ocr_missed_boxes *boxes, assay_err *err)
{
	assay_code rc;

	ASSAY_TRY(ocr_text_height(&k->height, k->old, err));
	ASSAY_TRY(find_drawn(k, k->old, boxes->rows, err));
	ASSAY_TRY(read_rows(k, boxes->rows, boxes->plain, err));
	drop_labels(k);
	rc = read_columns(k, boxes->shorts, err);
fail:
	return rc;
}

assay_code ocr_rows_read(ocr_words *w, int64_t *added, const ocr_source *source, PIX *ink,
			 const ocr_missed_boxes *boxes, assay_err *err)
{
	ASSAY_AUTO_FREE work *k = NULL;
	assay_code rc;

	*added = 0;
	if (boxes->rows->n == 0 && boxes->shorts->n == 0)
		return ASSAY_OK;
	k = assay_alloc(1, sizeof *k);
	if (k == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "rows of a page");
	*k = (work){.old = w, .source = source, .dictionary = {knows, source->api}, .ink = ink};
	TessBaseAPISetPageSegMode(source->api, PSM_RAW_LINE);
	rc = read_boxes(k, boxes, err);
	if (rc == ASSAY_OK && k->count > 0)
		rc = ocr_rows_put(w, added, k->rows, k->count, &k->dictionary, err);
	TessBaseAPISetPageSegMode(source->api, source->segmentation);
	for (size_t i = 0; i < k->count; i++)
		ocr_reading_release(&k->rows[i].reading);
	pixDestroy(&k->drawn);
	return rc;
}
