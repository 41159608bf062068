/*
 * Globs over paths. Both levels, components under '**' and characters under '*', go back to the latest star only:
 * an earlier star could take no other stretch that makes the rest match where the latest could not. (For '**' this
 * also holds with hidden components, which no star may take: whatever lies between two stars and matched a hidden
 * component names its dot, so moving it to the right would leave that component to the star on its left.) So the
 * time is at most the product of both lengths for each component, whatever the pattern.
 *
 * A capture, {name}, is one character and a star that remembers what it took. Since every star takes the shortest
 * stretch that lets the rest match, so does a capture.
 */
#include "assay/config.h"

#include <stdint.h>
#include <string.h>

typedef struct span {
	const char *p, *end;
} span;

/* Where captures go; items NULL when nobody asks. */
typedef struct captures {
	assay_glob_capture *items;
	size_t count;
} captures;

static bool span_empty(span s)
{
	return s.p == s.end;
}

/* One UTF-8 character; a byte that is none stands for itself. */
static uint32_t take_char(span *s)
{
	const unsigned char c = (unsigned char)*s->p++;
	const unsigned more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : c >= 0xc2 ? 1 : 0;
	uint32_t v = c & (0x3fu >> more);

	if (more == 0 || c > 0xf4 || (size_t)(s->end - s->p) < more)
		return c;
	for (unsigned i = 0; i < more; i++) {
		if (((unsigned char)s->p[i] & 0xc0) != 0x80)
			return c;
		v = v << 6 | ((unsigned char)s->p[i] & 0x3f);
	}
	s->p += more;
	return v;
}

/* Past "[...]" when one stands at p, where ']' may come first as a member; NULL when it is not closed. */
static const char *set_end(span p)
{
	p.p++;
	if (!span_empty(p) && (*p.p == '!' || *p.p == '^'))
		p.p++;
	if (!span_empty(p) && *p.p == ']')
		p.p++;
	while (!span_empty(p) && *p.p != ']')
		p.p++;
	return span_empty(p) ? NULL : p.p + 1;
}

static bool set_has(span set, uint32_t c)
{
	const bool inverted = !span_empty(set) && (*set.p == '!' || *set.p == '^');
	bool found = false;

	set.p += inverted;
	while (!span_empty(set)) {
		const uint32_t low = take_char(&set);
		uint32_t high = low;

		if (set.end - set.p >= 2 && *set.p == '-') {
			set.p++;
			high = take_char(&set);
		}
		found = found || (c >= low && c <= high);
	}
	return found != inverted;
}

/* One pattern item other than '*' against one character. */
static bool match_item(span *p, span *s)
{
	const char *after = *p->p == '[' ? set_end(*p) : NULL;

	if (after != NULL) {
		const span set = {p->p + 1, after - 1};

		p->p = after;
		return set_has(set, take_char(s));
	}
	if (*p->p == '?') {
		p->p++;
		(void)take_char(s);
		return true;
	}
	return take_char(p) == take_char(s);
}

static bool is_hidden(span s)
{
	return !span_empty(s) && *s.p == '.';
}

/* The '}' of a capture at the start of p, NULL when none stands there. */
static const char *capture_end(span p)
{
	const char *q;

	if (*p.p != '{')
		return NULL;
	for (q = p.p + 1; q < p.end && *q != '}'; q++)
		if (*q == '/' || *q == '{')
			return NULL;
	return q < p.end && q > p.p + 1 ? q : NULL;
}

/* Going back passes a capture again: the pattern's place names it. */
static assay_glob_capture *begin_capture(captures *c, const char *name, const char *end, const char *text)
{
	size_t i = 0;

	if (c->items == NULL)
		return NULL;
	while (i < c->count && c->items[i].name != name)
		i++;
	if (i == ASSAY_GLOB_CAPTURES_MAX)
		return NULL;
	c->count += i == c->count;
	c->items[i] = (assay_glob_capture){.name = name, .name_size = (size_t)(end - name), .text = text};
	return &c->items[i];
}

static void extend_capture(assay_glob_capture *c, const char *end)
{
	if (c != NULL)
		c->size = (size_t)(end - c->text);
}

static bool match_component(span p, span s, captures *c)
{
	span star_p = {NULL, NULL}, star_s = s;
	assay_glob_capture *taking = NULL; /* by the latest star */
	const char *close;

	if (is_hidden(s) && !is_hidden(p))
		return false;
	while (!span_empty(s)) {
		if (!span_empty(p) && *p.p == '*') {
			p.p++;
			star_p = p;
			star_s = s;
			taking = NULL;
			continue;
		}
		close = span_empty(p) ? NULL : capture_end(p);
		if (close != NULL) {
			taking = begin_capture(c, p.p + 1, close, s.p);
			(void)take_char(&s);
			extend_capture(taking, s.p);
			p.p = close + 1;
			star_p = p;
			star_s = s;
			continue;
		}
		if (!span_empty(p) && match_item(&p, &s))
			continue;
		if (star_p.p == NULL)
			return false;
		(void)take_char(&star_s);
		extend_capture(taking, star_s.p);
		s = star_s;
		p = star_p;
	}
	while (!span_empty(p) && *p.p == '*')
		p.p++;
	return span_empty(p);
}

/* ---------------------------------------------------------------- components */

/* The component at p and, in *next, where the following one starts. */
static span component(const char *p, const char **next)
{
	const span c = {p, p + strcspn(p, "/")};

	*next = *c.end == '/' ? c.end + 1 : c.end;
	return c;
}

static bool is_any_depth(span c)
{
	return c.end - c.p == 2 && c.p[0] == '*' && c.p[1] == '*';
}

static bool all_visible(const char *path)
{
	while (*path != '\0')
		if (is_hidden(component(path, &path)))
			return false;
	return true;
}

static bool match(const char *pattern, const char *path, captures *c)
{
	const char *star_p = NULL, *star_s = NULL, *after_p, *after_s;

	while (*path != '\0') {
		const span p = component(pattern, &after_p), s = component(path, &after_s);

		if (is_any_depth(p)) {
			if (*after_p == '\0')
				return all_visible(path);
			pattern = star_p = after_p;
			star_s = path;
			continue;
		}
		if (*pattern != '\0' && match_component(p, s, c)) {
			pattern = after_p;
			path = after_s;
			continue;
		}
		if (star_p == NULL || is_hidden(component(star_s, &after_s)))
			return false;
		path = star_s = after_s;
		pattern = star_p;
	}
	return *pattern == '\0';
}

bool assay_glob_match(const char *pattern, const char *path)
{
	captures none = {NULL, 0};

	return match(pattern, path, &none);
}

bool assay_glob_capture_all(const char *pattern, const char *path, assay_glob_capture out[ASSAY_GLOB_CAPTURES_MAX],
			    size_t *count)
{
	captures c = {out, 0};
	const bool matches = match(pattern, path, &c);

	*count = matches ? c.count : 0;
	return matches;
}
