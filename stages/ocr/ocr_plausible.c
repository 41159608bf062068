#include "ocr_plausible.h"

#include "ocr_lines.h"

#include <string.h>

#include <utf8proc.h>

#define KNOWN       1200
#define KNOWN_SHORT 400    /* dictionaries hold nearly every pair of letters */
#define UNKNOWN     (-400) /* two of them, where one would do, are blanks that nobody printed */
#define SHORT       3      /* letters: fewer are short */
#define ODD         (-2000)
#define QUOTES      (-1500)
#define MIXED       (-1000)
#define NO_LETTER   (-1000)

static bool is_letter(uint32_t point)
{
	const utf8proc_category_t c = utf8proc_category((utf8proc_int32_t)point);

	return c >= UTF8PROC_CATEGORY_LU && c <= UTF8PROC_CATEGORY_LO;
}

static bool is_digit(uint32_t point)
{
	const utf8proc_category_t c = utf8proc_category((utf8proc_int32_t)point);

	return c >= UTF8PROC_CATEGORY_ND && c <= UTF8PROC_CATEGORY_NO;
}

static bool is_mark(uint32_t point)
{
	return utf8proc_category((utf8proc_int32_t)point) == UTF8PROC_CATEGORY_MN;
}

size_t ocr_word_core(char out[OCR_WORD_BYTES], const uint32_t *points, size_t count)
{
	size_t begin = 0, end = count, n = 0, letters = 0;

	while (begin < end && !is_letter(points[begin]) && !is_digit(points[begin]))
		begin++;
	while (end > begin && !is_letter(points[end - 1]) && !is_digit(points[end - 1]) && !is_mark(points[end - 1]))
		end--;
	for (size_t i = begin; i < end; i++) {
		if (n + 5 > OCR_WORD_BYTES) {
			out[0] = '\0';
			return 0;
		}
		letters += is_letter(points[i]) || is_digit(points[i]);
		n += (size_t)utf8proc_encode_char((utf8proc_int32_t)points[i], (utf8proc_uint8_t *)out + n);
	}
	out[n] = '\0';
	return letters;
}

bool ocr_word_known(const ocr_dictionary *d, const char *core)
{
	char part[OCR_WORD_BYTES];

	if (d->knows(d->with, core))
		return true;
	if (strchr(core, '-') == NULL)
		return false;
	for (const char *at = core; *at != '\0';) {
		const size_t n = strcspn(at, "-");

		memcpy(part, at, n);
		part[n] = '\0';
		if (n == 0 || !d->knows(d->with, part))
			return false;
		at += at[n] == '-' ? n + 1 : n;
	}
	return true;
}

/* Marks that recognition makes of dirt and of broken letters far more often than anyone prints them. */
static bool is_odd(uint32_t point)
{
	return (point < 0x80 && point > ' ' && strchr("*|~=#_\\^{}<>$@+", (int)point) != NULL) || point == 0xa2 ||
	       point == 0xa3 || point == 0xa5 || point == 0xa7 || point == 0xa9 || point == 0xae || point == 0xb0 ||
	       point == 0x20ac;
}

/* But those of sums between digits, and of amounts and numbers before one. */
static bool is_figure(const uint32_t *points, size_t i, size_t count)
{
	if (points[i] >= 0x80 || i + 1 >= count || !is_digit(points[i + 1]))
		return false;
	return i == 0 ? strchr("$#", (int)points[i]) != NULL
		      : strchr("*+=", (int)points[i]) != NULL && is_digit(points[i - 1]);
}

/* An asterisk behind a word or before a bracket is the mark of a footnote; dirt stands before letters. */
static bool is_note(const uint32_t *points, size_t i, size_t count)
{
	return points[i] == '*' && (i + 1 >= count || (!is_letter(points[i + 1]) && !is_digit(points[i + 1])));
}

static bool is_upper(uint32_t point)
{
	return utf8proc_category((utf8proc_int32_t)point) == UTF8PROC_CATEGORY_LU;
}

static bool is_lower(uint32_t point)
{
	return utf8proc_category((utf8proc_int32_t)point) == UTF8PROC_CATEGORY_LL;
}

static int32_t score_pair(uint32_t a, uint32_t b)
{
	if (ocr_is_quote(a) && ocr_is_quote(b))
		return QUOTES;
	if ((is_lower(a) && is_upper(b)) || (is_letter(a) && is_digit(b)) || (is_digit(a) && is_letter(b)))
		return MIXED;
	return 0;
}

int32_t ocr_plausible_spelling(const uint32_t *points, size_t count)
{
	int32_t score = 0;
	bool empty = true;

	for (size_t i = 0; i < count; i++) {
		const bool odd = is_odd(points[i]) && !is_figure(points, i, count) && !is_note(points, i, count);

		score += odd ? ODD : 0;
		score += i > 0 ? score_pair(points[i - 1], points[i]) : 0;
		empty = empty && !is_letter(points[i]) && !is_digit(points[i]);
	}
	return empty ? score + NO_LETTER : score;
}

static bool is_dash(uint32_t point)
{
	return point == 0x2013 || point == 0x2014;
}

/* All words between dashes, which stand without blanks: a blank beside one makes no word better known. */
static bool knows_between_dashes(const ocr_dictionary *d, const uint32_t *points, size_t count)
{
	char core[OCR_WORD_BYTES];

	for (size_t i = 0, end; i < count; i = end + 1) {
		for (end = i; end < count && !is_dash(points[end]); end++)
			;
		if (ocr_word_core(core, points + i, end - i) > 0 && !ocr_word_known(d, core))
			return false;
	}
	return true;
}

int32_t ocr_word_score(const uint32_t *points, size_t count, const ocr_dictionary *d)
{
	char core[OCR_WORD_BYTES];
	const size_t letters = ocr_word_core(core, points, count);
	const int32_t score = ocr_plausible_spelling(points, count);

	if (letters == 0)
		return score;
	if (!ocr_word_known(d, core) && !knows_between_dashes(d, points, count))
		return score + UNKNOWN;
	return score + (letters < SHORT ? KNOWN_SHORT : KNOWN);
}
