#include "assay/moment.h"

#define SECOND     INT64_C(1000000000)
#define DAY        INT64_C(86400)
#define YEAR_FIRST 1678 /* 64 bits of nanoseconds reach from 1677-09-21 to 2262-04-11 */
#define YEAR_LAST  2261

static bool read_digits(const char **text, int count, int *out)
{
	int v = 0;

	for (int i = 0; i < count; i++, ++*text) {
		if (**text < '0' || **text > '9')
			return false;
		v = v * 10 + (**text - '0');
	}
	*out = v;
	return true;
}

static bool read_char(const char **text, char upper, char lower)
{
	if (**text != upper && **text != lower)
		return false;
	++*text;
	return true;
}

static bool is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* Days from 1970-01-01 in the Gregorian calendar. */
static int64_t days_of(int year, int month, int day)
{
	static const int before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
	const int y = year - 1; /* whole years since the year 1 */

	return (int64_t)y * 365 + y / 4 - y / 100 + y / 400 + before[month - 1] + (month > 2 && is_leap(year)) + day -
	       719163; /* 1970-01-01 is day 719163 of that count */
}

static bool read_date(const char **text, int64_t *days)
{
	static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int year, month, day;

	if (!read_digits(text, 4, &year) || !read_char(text, '-', '-') || !read_digits(text, 2, &month) ||
	    !read_char(text, '-', '-') || !read_digits(text, 2, &day))
		return false;
	if (year < YEAR_FIRST || year > YEAR_LAST || month < 1 || month > 12 || day < 1 ||
	    day > lengths[month - 1] + (month == 2 && is_leap(year)))
		return false;
	*days = days_of(year, month, day);
	return true;
}

static int64_t read_fraction(const char **text)
{
	int64_t ns = 0, place = SECOND / 10;

	for (; **text >= '0' && **text <= '9'; ++*text, place /= 10)
		ns += (**text - '0') * place;
	return ns;
}

static bool read_time(const char **text, int64_t *seconds, int64_t *ns)
{
	int hour, minute, second;

	*ns = 0;
	if (!read_digits(text, 2, &hour) || !read_char(text, ':', ':') || !read_digits(text, 2, &minute) ||
	    !read_char(text, ':', ':') || !read_digits(text, 2, &second))
		return false;
	if (hour > 23 || minute > 59 || second > 60)
		return false;
	if (**text == '.') {
		++*text;
		if (**text < '0' || **text > '9')
			return false;
		*ns = read_fraction(text);
	}
	*seconds = (int64_t)hour * 3600 + minute * 60 + second;
	return true;
}

static bool read_offset(const char **text, int64_t *seconds)
{
	const int sign = **text == '-' ? -1 : 1;
	int hour, minute;

	*seconds = 0;
	if (read_char(text, 'Z', 'z'))
		return true;
	if (!read_char(text, '+', '-') || !read_digits(text, 2, &hour) || !read_char(text, ':', ':') ||
	    !read_digits(text, 2, &minute) || hour > 23 || minute > 59)
		return false;
	*seconds = sign * ((int64_t)hour * 3600 + minute * 60);
	return true;
}

bool assay_moment_parse(int64_t *ns, const char *text)
{
	int64_t days, seconds, offset, fraction;

	if (!read_date(&text, &days) || !read_char(&text, 'T', 't') || !read_time(&text, &seconds, &fraction) ||
	    !read_offset(&text, &offset) || *text != '\0')
		return false;
	*ns = (days * DAY + seconds - offset) * SECOND + fraction;
	return true;
}

bool assay_date_parse(int64_t *ns, const char *text)
{
	int64_t days;

	if (!read_date(&text, &days) || *text != '\0')
		return false;
	*ns = days * DAY * SECOND;
	return true;
}

bool assay_instant_parse(int64_t *ns, const char *text)
{
	return assay_date_parse(ns, text) || assay_moment_parse(ns, text);
}
