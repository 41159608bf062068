#include "subtitle.h"

#include "markup.h"

#include <string.h>

enum {
	DETECT_LINES = 32,
	MARKED_MAX = 4 * ASSAY_CUE_TEXT_MAX, /* bytes of a cue with its markup, about */
};

typedef struct line {
	const char *p;
	size_t n;
} line;

typedef struct lines {
	const char *p, *end;
} lines;

static lines lines_of(const void *data, size_t n)
{
	const char *p = data;

	if (n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
		return (lines){p + 3, p + n};
	return (lines){p, n > 0 ? p + n : p};
}

static bool next_line(lines *l, line *out)
{
	const char *p = l->p;

	if (p == l->end)
		return false;
	while (p < l->end && *p != '\n' && *p != '\r')
		p++;
	*out = (line){l->p, (size_t)(p - l->p)};
	if (p < l->end)
		p += *p == '\r' && p + 1 < l->end && p[1] == '\n' ? 2 : 1;
	l->p = p;
	return true;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t';
}

static bool is_empty(line l)
{
	while (l.n > 0 && is_space(*l.p))
		l.p++, l.n--;
	return l.n == 0;
}

static bool is_number(line l)
{
	size_t digits = 0;

	for (size_t i = 0; i < l.n; i++) {
		if (!is_space(l.p[i]) && (l.p[i] < '0' || l.p[i] > '9'))
			return false;
		digits += !is_space(l.p[i]);
	}
	return digits > 0;
}

/* ---------------------------------------------------------------- time lines */

static void skip_spaces(line *l)
{
	while (l->n > 0 && is_space(*l->p))
		l->p++, l->n--;
}

static bool skip_char(line *l, const char *any_of)
{
	if (l->n == 0 || *l->p == '\0' || strchr(any_of, *l->p) == NULL)
		return false;
	l->p++, l->n--;
	return true;
}

/* At least one digit, at most `most`; how many there were, 0 when there are none or more. */
static size_t read_digits(line *l, size_t most, int64_t *value)
{
	size_t i = 0;

	*value = 0;
	for (; i < l->n && i <= most && l->p[i] >= '0' && l->p[i] <= '9'; i++)
		*value = *value * 10 + (l->p[i] - '0');
	if (i > most)
		return 0;
	l->p += i;
	l->n -= i;
	return i;
}

/* [hours:]minutes:seconds.milliseconds; three places, since "1,5" is 1.5 s to some and 1.005 s to others. */
static bool read_time(line *l, int64_t *ms)
{
	int64_t hours = 0, minutes, seconds, thousandths;

	if (read_digits(l, 3, &minutes) == 0 || !skip_char(l, ":") || read_digits(l, 2, &seconds) == 0)
		return false;
	if (skip_char(l, ":")) {
		hours = minutes;
		minutes = seconds;
		if (read_digits(l, 2, &seconds) == 0)
			return false;
	}
	if (minutes > 59 || seconds > 59 || !skip_char(l, ".,") || read_digits(l, 3, &thousandths) != 3)
		return false;
	*ms = ((hours * 60 + minutes) * 60 + seconds) * 1000 + thousandths;
	return true;
}

static bool skip_arrow(line *l)
{
	if (l->n < 3 || memcmp(l->p, "-->", 3) != 0)
		return false;
	l->p += 3;
	l->n -= 3;
	return true;
}

static bool read_time_line(line l, int64_t *start, int64_t *end)
{
	skip_spaces(&l);
	if (!read_time(&l, start))
		return false;
	skip_spaces(&l);
	if (!skip_arrow(&l))
		return false;
	skip_spaces(&l);
	return read_time(&l, end) && (l.n == 0 || is_space(*l.p));
}

static bool has_arrow(line l)
{
	for (; l.n >= 3; l.p++, l.n--)
		if (memcmp(l.p, "-->", 3) == 0)
			return true;
	return false;
}

/* ---------------------------------------------------------------- which format */

static bool begins_with_word(line l, const char *word)
{
	const size_t n = strlen(word);

	return l.n >= n && memcmp(l.p, word, n) == 0 && (l.n == n || is_space(l.p[n]));
}

bool assay_subtitle_is_utf16(const void *data, size_t n)
{
	const unsigned char *p = data;

	if (n < 2)
		return false;
	return p[0] == 0 || p[1] == 0 || (p[0] == 0xff && p[1] == 0xfe) || (p[0] == 0xfe && p[1] == 0xff);
}

assay_subtitle_format assay_subtitle_detect(const void *data, size_t n)
{
	lines l = lines_of(data, n);
	line at;
	int64_t start, end;

	for (size_t i = 0; i < DETECT_LINES && next_line(&l, &at); i++) {
		if (i == 0 && begins_with_word(at, "WEBVTT"))
			return ASSAY_SUBTITLE_WEBVTT;
		if (read_time_line(at, &start, &end))
			return ASSAY_SUBTITLE_SUBRIP;
	}
	return ASSAY_SUBTITLE_NONE;
}

/* ---------------------------------------------------------------- blocks */

typedef enum block_state {
	BETWEEN, /* after an empty line */
	NAMED,   /* after one line that is no time line: the cue's number or name */
	IN_TEXT, /* after a time line */
	PASSING, /* to the next empty line */
} block_state;

typedef struct parser {
	assay_cues *out;
	bool webvtt;
	block_state state;
	int64_t start, end;
	assay_buf text;   /* of the cue, with its markup */
	size_t last_line; /* where the last line of it begins */
	bool too_long;    /* and not all there */
	assay_buf plain;
} parser;

static assay_code end_cue(parser *s, assay_err *err)
{
	assay_code rc;

	if (s->too_long) {
		s->out->malformed++;
		return ASSAY_OK;
	}
	assay_buf_reset(&s->plain);
	assay_markup_html(&s->plain, assay_buf_str(&s->text), s->text.len);
	ASSAY_TRY(assay_buf_check(&s->text, err));
	ASSAY_TRY(assay_buf_check(&s->plain, err));
	return assay_cues_add(s->out, s->start, s->end, assay_buf_str(&s->plain), s->plain.len, err);
fail:
	return rc;
}

static void begin_cue(parser *s, line l)
{
	s->state = IN_TEXT;
	assay_buf_reset(&s->text);
	s->last_line = 0;
	s->too_long = false;
	if (!read_time_line(l, &s->start, &s->end)) {
		s->out->malformed++;
		s->state = PASSING;
	}
}

static void add_text(parser *s, line l)
{
	s->too_long = s->too_long || l.n > MARKED_MAX || s->text.len > MARKED_MAX;
	if (s->too_long)
		return;
	if (s->text.len > 0)
		assay_buf_putc(&s->text, '\n');
	s->last_line = s->text.len;
	assay_buf_append(&s->text, l.p, l.n);
}

/* A time line where text was expected: the empty line before it is missing, and the last line may be its number. */
static assay_code break_cue(parser *s, line l, assay_err *err)
{
	const line last = {assay_buf_str(&s->text) + s->last_line, s->text.len - s->last_line};
	assay_code rc;

	if (is_number(last))
		s->text.len = s->last_line;
	rc = end_cue(s, err);
	begin_cue(s, l);
	return rc;
}

static assay_code end_block(parser *s, assay_err *err)
{
	const block_state state = s->state;

	s->state = BETWEEN;
	if (state == IN_TEXT)
		return end_cue(s, err);
	s->out->malformed += state == NAMED;
	return ASSAY_OK;
}

static bool is_no_cue(const parser *s, line l)
{
	return s->webvtt &&
	       (begins_with_word(l, "NOTE") || begins_with_word(l, "STYLE") || begins_with_word(l, "REGION"));
}

static assay_code take_line(parser *s, line l, assay_err *err)
{
	int64_t start, end;

	if (is_empty(l))
		return end_block(s, err);
	switch (s->state) {
	case BETWEEN:
		if (has_arrow(l))
			begin_cue(s, l);
		else
			s->state = is_no_cue(s, l) ? PASSING : NAMED;
		break;
	case NAMED: /* a second line that is no time line makes the block malformed there and then */
		begin_cue(s, l);
		break;
	case IN_TEXT:
		if (read_time_line(l, &start, &end))
			return break_cue(s, l, err);
		add_text(s, l);
		break;
	case PASSING:
		if (read_time_line(l, &start, &end))
			begin_cue(s, l);
		break;
	}
	return ASSAY_OK;
}

static assay_code check_format(assay_subtitle_format *format, const void *data, size_t n, assay_err *err)
{
	lines l = lines_of(data, n);
	line at;
	bool blank = true;

	if (assay_subtitle_is_utf16(data, n))
		return ASSAY_RAISE(err, ASSAY_EUNSUPPORTED, "subtitles in UTF-16: convert the file to UTF-8");
	*format = assay_subtitle_detect(data, n);
	if (*format != ASSAY_SUBTITLE_NONE)
		return ASSAY_OK;
	while (blank && next_line(&l, &at))
		blank = is_empty(at);
	if (blank)
		return ASSAY_RAISE(err, ASSAY_EEMPTY, "subtitles without text");
	return ASSAY_RAISE(err, ASSAY_EUNSUPPORTED,
			   "neither WebVTT nor SubRip: no line WEBVTT at its begin, no time line in its first %d lines",
			   DETECT_LINES);
}

assay_code assay_subtitle_parse(assay_cues *out, const void *data, size_t n, assay_err *err)
{
	assay_subtitle_format format = ASSAY_SUBTITLE_NONE;
	parser s = {.out = out};
	lines l = lines_of(data, n);
	line at;
	assay_code rc;

	*out = (assay_cues){0};
	rc = check_format(&format, data, n, err);
	if (rc != ASSAY_OK)
		return rc;
	s.webvtt = format == ASSAY_SUBTITLE_WEBVTT;
	s.state = s.webvtt ? PASSING : BETWEEN; /* the header of WebVTT ends at the first empty line */
	while (rc == ASSAY_OK && next_line(&l, &at))
		rc = take_line(&s, at, err);
	if (rc == ASSAY_OK)
		rc = end_block(&s, err);
	assay_buf_release(&s.text);
	assay_buf_release(&s.plain);
	if (rc != ASSAY_OK)
		assay_cues_release(out);
	return rc;
}
