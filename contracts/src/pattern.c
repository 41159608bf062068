#include "pattern.h"

#include <ctype.h>
#include <string.h>

/* One character of UTF-8 that is not ASCII; the text is known to be UTF-8. */
#define LONG_CHARACTER "[\xc0-\xff][\x80-\xbf]*"

typedef struct translator {
	assay_buf *out;
	const char *at;
	assay_err *err;
} translator;

static bool is_ascii(char c)
{
	return (unsigned char)c < 0x80;
}

/* What \d, \w and \s stand for, to be put between brackets; NULL for any other letter. */
static const char *class_of(char c)
{
	return c == 'd' ? "0-9" : c == 'w' ? "A-Za-z0-9_" : c == 's' ? " \t\n\r\f\v" : NULL;
}

static char control_of(char c)
{
	return c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c == 'f' ? '\f' : c == 'v' ? '\v' : '\0';
}

static void put_literal(assay_buf *out, char c)
{
	if (strchr(".[]\\()*+?{}^$|", c) != NULL)
		assay_buf_putc(out, '\\');
	assay_buf_putc(out, c);
}

static assay_code put_escape(translator *t)
{
	const char c = *t->at;
	const char *set = class_of(c), *others = class_of((char)tolower((unsigned char)c));

	if (c != '\0')
		t->at++;
	if (set != NULL)
		assay_buf_printf(t->out, "[%s]", set);
	else if (others != NULL)
		assay_buf_printf(t->out, "([^%s\x80-\xff]|" LONG_CHARACTER ")", others);
	else if (control_of(c) != '\0')
		assay_buf_putc(t->out, control_of(c));
	else if (c == '\0' || isalnum((unsigned char)c) || !is_ascii(c))
		return ASSAY_RAISE(t->err, ASSAY_ECONFIG, "'\\%.1s' is not read in patterns", c != '\0' ? &c : "");
	else
		put_literal(t->out, c);
	return ASSAY_OK;
}

/* A member of a bracket. What POSIX reads otherwise there (']', '^', '-', and "[:") cannot be written plainly. */
static assay_code put_member(translator *t)
{
	char c = *t->at++;

	if (!is_ascii(c))
		return ASSAY_RAISE(t->err, ASSAY_ECONFIG,
				   "characters beyond ASCII are not read in brackets: use (a|b)");
	if (c == '[' && (*t->at == ':' || *t->at == '.' || *t->at == '='))
		return ASSAY_RAISE(t->err, ASSAY_ECONFIG, "'[%c' is not read in brackets: escape the '['", *t->at);
	if (c != '\\') {
		assay_buf_putc(t->out, c);
		return ASSAY_OK;
	}
	c = *t->at;
	if (class_of(c) != NULL)
		assay_buf_puts(t->out, class_of(c));
	else if (control_of(c) != '\0')
		assay_buf_putc(t->out, control_of(c));
	else if (c == '\0' || isalnum((unsigned char)c) || !is_ascii(c) || strchr("]^-", c) != NULL)
		return ASSAY_RAISE(t->err, ASSAY_ECONFIG, "'\\%.1s' is not read in brackets", c != '\0' ? &c : "");
	else
		assay_buf_putc(t->out, c);
	t->at += c != '\0';
	return ASSAY_OK;
}

static assay_code put_bracket(translator *t)
{
	const bool negated = *t->at == '^';
	assay_code rc = ASSAY_OK;

	t->at += negated;
	if (*t->at == ']')
		return ASSAY_RAISE(t->err, ASSAY_ECONFIG, "an empty bracket is not read in patterns");
	assay_buf_puts(t->out, negated ? "([^" : "[");
	while (rc == ASSAY_OK && *t->at != ']') {
		if (*t->at == '\0')
			return ASSAY_RAISE(t->err, ASSAY_ECONFIG, "a bracket is not closed");
		rc = put_member(t);
	}
	t->at += rc == ASSAY_OK;
	assay_buf_puts(t->out, negated ? "\x80-\xff]|" LONG_CHARACTER ")" : "]");
	return rc;
}

static assay_code put_group(translator *t)
{
	assay_buf_putc(t->out, '(');
	if (*t->at != '?')
		return ASSAY_OK;
	if (t->at[1] != ':')
		return ASSAY_RAISE(t->err, ASSAY_ECONFIG, "'(?%.1s' is not read in patterns", t->at + 1);
	t->at += 2;
	return ASSAY_OK;
}

static assay_code put_quantifier(translator *t, char c)
{
	assay_buf_putc(t->out, c);
	if (*t->at == '?' || *t->at == '+' || *t->at == '*')
		return ASSAY_RAISE(t->err, ASSAY_ECONFIG, "'%c%c' is not read in patterns", c, *t->at);
	return ASSAY_OK;
}

/* A quantifier after it is for the character, not for its last byte. */
static void put_long(translator *t)
{
	assay_buf_putc(t->out, '(');
	for (t->at--; !is_ascii(*t->at); t->at++) {
		assay_buf_putc(t->out, *t->at);
		if (((unsigned char)t->at[1] & 0xc0) != 0x80) {
			t->at++;
			break;
		}
	}
	assay_buf_putc(t->out, ')');
}

static assay_code put_next(translator *t)
{
	const char c = *t->at++;

	switch (c) {
	case '\\':
		return put_escape(t);
	case '[':
		return put_bracket(t);
	case '(':
		return put_group(t);
	case '*':
	case '+':
	case '?':
	case '}':
		return put_quantifier(t, c);
	case '.':
		assay_buf_puts(t->out, "([^\n\r\x80-\xff]|" LONG_CHARACTER ")");
		return ASSAY_OK;
	default:
		if (is_ascii(c))
			assay_buf_putc(t->out, c);
		else
			put_long(t);
		return ASSAY_OK;
	}
}

assay_code pattern_translate(assay_buf *out, const char *pattern, assay_err *err)
{
	translator t = {.out = out, .at = pattern, .err = err};
	assay_code rc = ASSAY_OK;

	while (*t.at != '\0' && rc == ASSAY_OK)
		rc = put_next(&t);
	return rc == ASSAY_OK ? assay_buf_check(out, err) : rc;
}

assay_code pattern_compile(regex_t *out, const char *pattern, assay_err *err)
{
	ASSAY_AUTO_BUF posix = ASSAY_BUF_INIT;
	char why[128];
	assay_code rc = pattern_translate(&posix, pattern, err);
	int bad;

	if (rc != ASSAY_OK)
		return rc;
	bad = regcomp(out, assay_buf_str(&posix), REG_EXTENDED | REG_NOSUB);
	if (bad == 0)
		return ASSAY_OK;
	if (bad == REG_ESPACE)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "pattern '%s'", pattern);
	(void)regerror(bad, out, why, sizeof why);
	return ASSAY_RAISE(err, ASSAY_ECONFIG, "'%s' is no pattern: %s", pattern, why);
}
