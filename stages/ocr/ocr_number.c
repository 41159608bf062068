#include "ocr_number.h"

#include <utf8proc.h>

#define DEGREE 0xb0

static bool is_digit(uint32_t p)
{
	return p >= '0' && p <= '9';
}

static bool is_money(uint32_t p)
{
	return utf8proc_category((utf8proc_int32_t)p) == UTF8PROC_CATEGORY_SC;
}

static bool is_mark(uint32_t p)
{
	static const char marks[] = ".,:/-+%()";

	for (const char *m = marks; *m != '\0'; m++)
		if (p == (unsigned char)*m)
			return true;
	return false;
}

bool ocr_is_number(const ocr_glyph *word, size_t count)
{
	size_t digits = 0;

	for (size_t i = 0; i < count; i++) {
		if (is_digit(word[i].point))
			digits++;
		else if (!is_mark(word[i].point) && !is_money(word[i].point))
			return false;
	}
	return digits > 0 && 2 * digits >= count;
}

bool ocr_is_amount(const ocr_glyph *word, size_t count)
{
	if (!ocr_is_number(word, count))
		return false;
	if (is_money(word[0].point) || is_money(word[count - 1].point))
		return true;
	while (count > 0 && !is_digit(word[count - 1].point)) /* "9.50)", "9.50-" */
		count--;
	return count >= 4 && is_digit(word[count - 2].point) && is_digit(word[count - 4].point) &&
	       (word[count - 3].point == '.' || word[count - 3].point == ',');
}

/* What does not stand behind numbers: the others are text, whatever is thought of their spelling. */
static bool is_sign(uint32_t p)
{
	const utf8proc_category_t c = utf8proc_category((utf8proc_int32_t)p);

	if (is_mark(p) || p == '*' || p == DEGREE || c == UTF8PROC_CATEGORY_SC)
		return false;
	return p == '|' || (c != UTF8PROC_CATEGORY_SM && (c < UTF8PROC_CATEGORY_LU || c > UTF8PROC_CATEGORY_NO));
}

/* Does a number end there? */
static bool ends_number(const ocr_reading *r, size_t end)
{
	size_t first = end;

	while (first > 0 && r->items[first - 1].point != ' ')
		first--;
	return ocr_is_number(r->items + first, end - first);
}

void ocr_reading_trim(ocr_reading *r)
{
	while (r->count >= 3 && is_sign(r->items[r->count - 1].point) && r->items[r->count - 2].point == ' ' &&
	       ends_number(r, r->count - 2))
		r->count -= 2;
}

/* Nothing, or a blank and one symbol. */
static bool is_flag(const ocr_reading *r, size_t from)
{
	return r->count == from || (r->count == from + 2 && r->items[from].point == ' ');
}

void ocr_reading_trim_both(ocr_reading *a, ocr_reading *b)
{
	size_t same = 0;

	while (same < a->count && same < b->count && a->items[same].point == b->items[same].point)
		same++;
	if (same == a->count && same == b->count)
		return;
	if (same > 0 && a->items[same - 1].point == ' ')
		same--;
	if (is_flag(a, same) && is_flag(b, same) && ends_number(a, same))
		a->count = b->count = same;
}
