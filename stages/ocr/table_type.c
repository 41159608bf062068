#include "table_type.h"

#include "assay/memory.h"

#include <string.h>

#define PLACES 4 /* decimals of a number */

static const char *const names[TABLE_TYPES] = {"empty",   "none",   "integer", "number",
					       "percent", "amount", "date",    "text"};

const char *table_type_name(table_type type)
{
	return names[type];
}

/* ---------------------------------------------------------------- a text as a row of signs */

/* What a text is made of, one letter each: digits 9, letters a, and so on; blanks are kept as one. */
typedef struct signs {
	const char *at, *end;
} signs;

static bool take(signs *s, const char *text)
{
	const size_t n = strlen(text);

	if ((size_t)(s->end - s->at) < n || memcmp(s->at, text, n) != 0)
		return false;
	s->at += n;
	return true;
}

static bool take_one_of(signs *s, const char *const *texts)
{
	for (; *texts != NULL; texts++)
		if (take(s, *texts))
			return true;
	return false;
}

static void skip_blanks(signs *s)
{
	static const char *const blanks[] = {" ", "\xc2\xa0", "\xe2\x80\xaf", "\xe2\x80\x89", NULL};

	while (take_one_of(s, blanks)) {
	}
}

static bool at_digit(const signs *s)
{
	return s->at < s->end && *s->at >= '0' && *s->at <= '9';
}

static int digits(signs *s)
{
	int n = 0;

	for (; at_digit(s); s->at++)
		n++;
	return n;
}

static const char *const minus[] = {"-", "\xe2\x80\x93", "\xe2\x88\x92", "\xe2\x80\x94", NULL};
static const char *const before[] = {"<",
				     ">",
				     "=",
				     "~",
				     "+",
				     "-",
				     "\xe2\x80\x93",
				     "\xe2\x88\x92",
				     "\xc2\xb1",
				     "\xe2\x89\xa4",
				     "\xe2\x89\xa5",
				     "\xe2\x89\x88",
				     NULL};
static const char *const currencies[] = {
    "$",   "\xe2\x82\xac", "\xc2\xa3", "\xc2\xa5", "\xe2\x82\xb9", "US$", "USD", "EUR", "GBP", "CHF", "JPY", "SEK",
    "NOK", "DKK",          "PLN",      "CZK",      "HUF",          "RUB", "INR", "CNY", "AUD", "CAD", NULL};

/* ---------------------------------------------------------------- numbers */

typedef struct number {
	int64_t units; /* 10^-PLACES */
	bool decimals, too_large;
} number;

static void add_digits(number *v, const char *from, const char *to)
{
	for (; from < to; from++)
		if (__builtin_mul_overflow(v->units, 10, &v->units) ||
		    __builtin_add_overflow(v->units, *from - '0', &v->units))
			v->too_large = true;
}

static void add_decimals(number *v, const char *from, const char *to)
{
	int64_t units = 0;
	int places = 0;

	for (; places < PLACES; places++)
		units = 10 * units + (from + places < to ? from[places] - '0' : 0);
	if (__builtin_mul_overflow(v->units, 10000, &v->units) || __builtin_add_overflow(v->units, units, &v->units))
		v->too_large = true;
}

/* A separator of thousands: a point, comma, apostrophe or blank before three digits and no more. Sets its length. */
static bool at_group(const signs *s, char *separator, size_t *length)
{
	signs t = *s;
	const char c = t.at < t.end ? *t.at : 0;

	if (c == '.' || c == ',' || c == '\'')
		t.at++;
	else
		skip_blanks(&t);
	if (t.at == s->at)
		return false;
	*length = (size_t)(t.at - s->at);
	*separator = c == '.' || c == ',' || c == '\'' ? c : ' ';
	return digits(&t) == 3;
}

/* Digits with thousands separated and decimals. 1.234 is one thousand and so on; 0.234 and 1234.567 are not. */
static bool plain_number(signs *s, number *v)
{
	const char *start = s->at;
	char used = 0, separator;
	size_t length;
	int n = digits(s);

	*v = (number){0};
	add_digits(v, start, s->at);
	if (n >= 1 && n <= 3 && *start != '0')
		while (at_group(s, &separator, &length) && (used == 0 || separator == used)) {
			used = separator;
			start = s->at + length;
			s->at = start + 3;
			add_digits(v, start, s->at);
		}
	start = s->at;
	if (start < s->end && (*start == '.' || *start == ',') && *start != used) {
		s->at++;
		if (digits(s) == 0)
			s->at = start;
	}
	if (n == 0 && s->at == start)
		return false;
	v->decimals = s->at > start;
	add_decimals(v, v->decimals ? start + 1 : start, s->at);
	return true;
}

static bool exponent(signs *s)
{
	const char *start = s->at;

	if (take(s, "e") || take(s, "E")) {
		(void)(take(s, "-") || take(s, "+"));
		if (digits(s) > 0)
			return true;
	}
	s->at = start;
	return false;
}

typedef struct value {
	number n;
	bool negative, percent, currency, fraction;
} value;

/* One number with what may stand around it. */
static bool one_value(signs *s, value *v)
{
	bool bracket, parsed;

	skip_blanks(s);
	bracket = take(s, "(");
	for (bool more = true; more; skip_blanks(s)) {
		const char *here = s->at;

		if (take_one_of(s, currencies))
			v->currency = true;
		else if (take_one_of(s, minus))
			v->negative = true;
		else
			more = take_one_of(s, before);
		v->fraction |= *here == '<' || *here == '>';
	}
	parsed = plain_number(s, &v->n);
	if (!parsed)
		return false;
	v->fraction |= v->n.decimals | exponent(s);
	skip_blanks(s);
	if (take(s, "%"))
		v->percent = true;
	skip_blanks(s);
	if (take_one_of(s, currencies))
		v->currency = true;
	skip_blanks(s);
	if (bracket) {
		if (!take(s, ")"))
			return false;
		v->negative = true;
	}
	while (take(s, "*") || take(s, "\xe2\x80\xa0") || take(s, "%")) {
	}
	skip_blanks(s);
	return true;
}

/* Further numbers of the same cell: 12 ± 3, 3 (0.4), 1.2-3.4, 3/4, [1.0, 2.0]. */
static bool further_values(signs *s, value *v)
{
	static const char *const between[] = {"\xc2\xb1", "+/-", "/",  "-", "\xe2\x80\x93", "(", "[",
					      ",",        ";",   "to", "x", "\xc3\x97",     NULL};
	static const char *const after[] = {")", "]", "%", "*", NULL};

	for (int n = 0; n < 4 && s->at < s->end; n++) {
		value more = {0};

		if (!take_one_of(s, between))
			return false;
		if (!one_value(s, &more))
			return false;
		v->fraction = true;
		v->percent |= more.percent;
		v->currency |= more.currency;
		while (take_one_of(s, after)) {
		}
		skip_blanks(s);
	}
	return s->at == s->end;
}

/* ---------------------------------------------------------------- dates */

/* Of the month that three letters begin: how it may go on. */
typedef struct month {
	char begins[4];
	const char *ends[5];
} month;

static const month months[] = {
    {"jan", {"", "uary", "uar", "vier"}},
    {"feb", {"", "ruary", "ruar"}},
    {"mar", {"", "ch"}},
    {"apr", {"", "il"}},
    {"may", {""}},
    {"jun", {"", "e", "i"}},
    {"jul", {"", "y", "i"}},
    {"aug", {"", "ust"}},
    {"sep", {"", "t", "tember", "tembre"}},
    {"oct", {"", "ober", "obre"}},
    {"nov", {"", "ember", "embre"}},
    {"dec", {"", "ember"}},
};

static bool is_month(const char *low, size_t n)
{
	for (size_t i = 0; i < ASSAY_COUNT(months); i++)
		for (const char *const *e = months[i].ends; *e != NULL && memcmp(low, months[i].begins, 3) == 0; e++)
			if (strlen(*e) == n - 3 && memcmp(low + 3, *e, n - 3) == 0)
				return true;
	return false;
}

/* "Mar", "March" and not "market". */
static bool month_name(signs *s)
{
	enum { LONGEST = 9 };
	char low[LONGEST];
	size_t n = 0;

	for (; s->at + n < s->end && (s->at[n] | 0x20) >= 'a' && (s->at[n] | 0x20) <= 'z'; n++) {
		if (n == LONGEST)
			return false;
		low[n] = (char)(s->at[n] | 0x20);
	}
	if (n < 3 || !is_month(low, n))
		return false;
	s->at += n;
	(void)take(s, ".");
	return true;
}

static bool is_date_of_numbers(signs s)
{
	const int first = digits(&s);
	const char sep = s.at < s.end ? *s.at : 0;
	int second, third;

	if ((first != 1 && first != 2 && first != 4) || (sep != '-' && sep != '.' && sep != '/'))
		return false;
	s.at++;
	second = digits(&s);
	if (second < 1 || second > 2 || s.at == s.end || *s.at != sep)
		return false;
	s.at++;
	third = digits(&s);
	return s.at == s.end && (first == 4 ? third >= 1 && third <= 2 : third == 2 || third == 4);
}

/* A name without a day or year begins with a capital: "may" is a word. */
static bool is_date_of_names(signs s)
{
	const bool capital = s.at < s.end && *s.at >= 'A' && *s.at <= 'Z';
	const int day = digits(&s);

	if (day > 2)
		return false;
	(void)(take(&s, ".") || take(&s, "-"));
	skip_blanks(&s);
	if (!month_name(&s))
		return false;
	(void)(take(&s, ",") || take(&s, "-"));
	skip_blanks(&s);
	if (s.at == s.end)
		return day > 0 || capital;
	if (digits(&s) == 0)
		return false;
	(void)take(&s, ",");
	skip_blanks(&s);
	(void)digits(&s);
	return s.at == s.end;
}

/* ---------------------------------------------------------------- all of it */

static signs trimmed(const char *text, size_t n)
{
	signs s = {text, text + n};

	skip_blanks(&s);
	while (s.end > s.at && s.end[-1] == ' ')
		s.end--;
	return s;
}

static bool is_no_value(const signs *s)
{
	static const char *const marks[] = {
	    "-", "--",  "\xe2\x80\x93", "\xe2\x80\x94", "*",    ".",  "..",           "...",
	    ":", "n/a", "N/A",          "NA",           "n.a.", "na", "\xe2\x80\xa6", NULL};

	for (const char *const *m = marks; *m != NULL; m++)
		if (strlen(*m) == (size_t)(s->end - s->at) && memcmp(*m, s->at, strlen(*m)) == 0)
			return true;
	return false;
}

table_type table_type_of(const char *text, size_t n)
{
	signs s = trimmed(text, n);
	value v = {0};

	if (s.at == s.end)
		return TABLE_EMPTY;
	if (is_no_value(&s))
		return TABLE_NONE;
	if (is_date_of_numbers(s) || is_date_of_names(s))
		return TABLE_DATE;
	if (!one_value(&s, &v) || (s.at < s.end && !further_values(&s, &v)))
		return TABLE_TEXT;
	return v.currency ? TABLE_AMOUNT : v.percent ? TABLE_PERCENT : v.fraction ? TABLE_NUMBER : TABLE_INTEGER;
}

bool table_type_number(int64_t *out, const char *text, size_t n)
{
	signs s = trimmed(text, n);
	value v = {0};

	if (!one_value(&s, &v) || s.at < s.end || v.n.too_large)
		return false;
	*out = v.negative ? -v.n.units : v.n.units;
	return true;
}
