#include "pdf_text.h"

#include <string.h>

static bool is_space(char c)
{
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == '\0';
}

static bool is_delimiter(char c)
{
	return c != '\0' && strchr("()<>[]{}/%", c) != NULL;
}

static pdf_text from(pdf_text t, size_t n)
{
	n = n < t.n ? n : t.n;
	return (pdf_text){t.at + n, t.n - n};
}

static pdf_text skip_space(pdf_text t)
{
	size_t i = 0;

	while (i < t.n && (is_space(t.at[i]) || t.at[i] == '%')) {
		if (t.at[i] == '%')
			while (i < t.n && t.at[i] != '\n' && t.at[i] != '\r')
				i++;
		else
			i++;
	}
	return from(t, i);
}

/* Length of "(…)", whose parentheses nest and may be escaped; of all there is when it has no end. */
static size_t string_length(pdf_text t)
{
	size_t depth = 0;

	for (size_t i = 0; i < t.n; i++) {
		if (t.at[i] == '\\')
			i++;
		else if (t.at[i] == '(')
			depth++;
		else if (t.at[i] == ')' && --depth == 0)
			return i + 1;
	}
	return t.n;
}

static size_t word_length(pdf_text t)
{
	size_t i = 1; /* a name's slash, or the first character of a word, whatever it is */

	if (t.at[0] != '/' && is_delimiter(t.at[0]))
		return 1;
	while (i < t.n && !is_space(t.at[i]) && !is_delimiter(t.at[i]))
		i++;
	return i;
}

static size_t token_length(pdf_text t)
{
	const bool doubled = t.n > 1 && t.at[1] == t.at[0];
	const char *end;

	if (t.at[0] == '(')
		return string_length(t);
	if ((t.at[0] == '<' || t.at[0] == '>') && doubled)
		return 2;
	if (t.at[0] != '<')
		return word_length(t);
	end = memchr(t.at, '>', t.n);
	return end != NULL ? (size_t)(end - t.at) + 1 : t.n;
}

pdf_text pdf_token(pdf_text *rest)
{
	pdf_text t = skip_space(*rest);

	if (t.n > 0)
		t.n = token_length(t);
	*rest = from(*rest, (size_t)(t.at - rest->at) + t.n);
	return t;
}

bool pdf_is(pdf_text t, const char *word)
{
	return t.n == strlen(word) && memcmp(t.at, word, t.n) == 0;
}

bool pdf_integer(int64_t *out, pdf_text t)
{
	int64_t v = 0;

	if (t.n == 0 || t.n > 18)
		return false;
	for (size_t i = 0; i < t.n; i++) {
		if (t.at[i] < '0' || t.at[i] > '9')
			return false;
		v = 10 * v + (t.at[i] - '0');
	}
	*out = v;
	return true;
}

/* The generation and the R behind a number, when it is a reference's. */
static pdf_text with_reference(pdf_text t, pdf_text *rest)
{
	pdf_text after = *rest;
	int64_t n;

	if (!pdf_integer(&n, t) || !pdf_integer(&n, pdf_token(&after)) || !pdf_is(pdf_token(&after), "R"))
		return t;
	*rest = after;
	return (pdf_text){t.at, (size_t)(after.at - t.at)};
}

pdf_text pdf_value(pdf_text *rest)
{
	const pdf_text first = pdf_token(rest);
	size_t depth = 0;
	pdf_text t = first;

	if (!pdf_is(t, "<<") && !pdf_is(t, "["))
		return with_reference(t, rest);
	for (; t.n > 0; t = pdf_token(rest)) {
		if (pdf_is(t, "<<") || pdf_is(t, "["))
			depth++;
		else if ((pdf_is(t, ">>") || pdf_is(t, "]")) && --depth == 0)
			return (pdf_text){first.at, (size_t)(rest->at - first.at)};
	}
	return (pdf_text){rest->at, 0};
}

bool pdf_reference(uint32_t *number, pdf_text value)
{
	const pdf_text t = pdf_token(&value);
	int64_t n;

	if (!pdf_integer(&n, t) || n > UINT32_MAX || with_reference(t, &value).n == t.n)
		return false;
	*number = (uint32_t)n;
	return true;
}

pdf_text pdf_get(pdf_text dictionary, const char *key)
{
	pdf_text rest = dictionary;

	if (!pdf_is(pdf_token(&rest), "<<"))
		return (pdf_text){rest.at, 0};
	for (;;) {
		const pdf_text name = pdf_token(&rest);
		pdf_text value;

		if (name.n == 0 || name.at[0] != '/')
			return (pdf_text){rest.at, 0};
		value = pdf_value(&rest);
		if (pdf_is(name, key))
			return value;
	}
}

pdf_text pdf_items(pdf_text array)
{
	pdf_text rest = array;

	if (!pdf_is(pdf_token(&rest), "[") || rest.n == 0)
		return (pdf_text){array.at, 0};
	rest.n--;
	return rest;
}
