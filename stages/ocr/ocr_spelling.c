#include "ocr_spelling.h"

#include <string.h>

#include <utf8proc.h>

#define VOWELLESS 6
#define PERIOD    8 /* words */
#define TIMES     3

typedef enum letter_class { SIGN, DIGIT, SMALL, CAPITAL, LETTER } letter_class;

static letter_class class_of(utf8proc_int32_t c)
{
	const utf8proc_category_t k = utf8proc_category(c);

	if (k == UTF8PROC_CATEGORY_LU || k == UTF8PROC_CATEGORY_LT)
		return CAPITAL;
	if (k == UTF8PROC_CATEGORY_LL)
		return SMALL;
	if (k == UTF8PROC_CATEGORY_LM || k == UTF8PROC_CATEGORY_LO)
		return LETTER;
	return k >= UTF8PROC_CATEGORY_ND && k <= UTF8PROC_CATEGORY_NO ? DIGIT : SIGN;
}

static bool joins(utf8proc_int32_t c)
{
	return c < 0x80 ? strchr("-'.&/", (int)c) != NULL : (c >= 0x2010 && c <= 0x2015) || c == 0x2018 || c == 0x2019;
}

/* A Latin letter that cannot carry a syllable. */
static bool is_consonant(utf8proc_int32_t c)
{
	return c < 0x80 ? strchr("bcdfghjklmnpqrstvwxzBCDFGHJKLMNPQRSTVWXZ", (int)c) != NULL : c == 0x17f || c == 0xdf;
}

int64_t ocr_spelling_oddities(const char *word)
{
	const utf8proc_uint8_t *p = (const utf8proc_uint8_t *)word;
	utf8proc_int32_t c, before = 0, first = 0;
	letter_class k, kb = SIGN, kf = SIGN;
	int64_t odd = 0;
	int run = 0;

	for (utf8proc_ssize_t size; *p != '\0' && (size = utf8proc_iterate(p, -1, &c)) > 0; p += size) {
		k = class_of(c);
		odd += (k >= SMALL && kb == DIGIT) || (k == DIGIT && kb >= SMALL);
		odd += k == CAPITAL && kb == SMALL;
		odd += k >= SMALL && kb == SIGN && kf >= SMALL && !joins(before);
		odd += k >= SMALL && c == before && c == first;
		run = is_consonant(c) ? run + 1 : 0;
		odd += run == VOWELLESS;
		first = before;
		kf = kb;
		before = c;
		kb = k;
	}
	return odd;
}

/* ---------------------------------------------------------------- again and again */

static bool equal_runs(const ocr_words *w, size_t a, size_t b, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (strcmp(w->items[a + i].text, w->items[b + i].text) != 0)
			return false;
	return true;
}

static bool has_letter(const ocr_words *w, size_t at, size_t length)
{
	for (size_t i = at; i < at + length; i++) {
		utf8proc_int32_t c;
		const utf8proc_uint8_t *p = (const utf8proc_uint8_t *)w->items[i].text;

		for (utf8proc_ssize_t n; *p != '\0' && (n = utf8proc_iterate(p, -1, &c)) > 0; p += n)
			if (class_of(c) >= SMALL)
				return true;
	}
	return false;
}

/* How often the run of `length` words at `at` stands there, at least once. */
static size_t times(const ocr_words *w, size_t at, size_t length)
{
	size_t n = 1;

	while (at + (n + 1) * length <= w->count && equal_runs(w, at, at + n * length, length))
		n++;
	return n;
}

int64_t ocr_spelling_repeated(const ocr_words *w)
{
	int64_t sum = 0;

	for (size_t i = 0; i < w->count;) {
		size_t length = 1, n = 1;

		for (; length <= PERIOD; length++) {
			n = times(w, i, length);
			if (n >= TIMES && has_letter(w, i, length))
				break;
		}
		if (length > PERIOD) {
			i++;
			continue;
		}
		for (size_t k = i + length; k < i + n * length; k++)
			sum += (int64_t)w->details[k].symbol_count;
		i += n * length;
	}
	return sum;
}
