#include "assay/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CAP_MIN 64

void assay_buf_release(assay_buf *b)
{
	free(b->data);
	*b = ASSAY_BUF_INIT;
}

void assay_buf_reset(assay_buf *b)
{
	b->len = 0;
	b->failed = b->not_utf8 = false;
	if (b->data != NULL)
		b->data[0] = '\0';
}

/* Room for n more bytes and the NUL. */
static bool reserve(assay_buf *b, size_t n)
{
	size_t need, cap;
	unsigned char *p;

	if (b->failed)
		return false;
	if (n < b->cap - b->len)
		return true;

	b->failed = true;
	if (!assay_add_size(&need, b->len, n) || !assay_add_size(&need, need, 1))
		return false;
	if (!assay_mul_size(&cap, b->cap, 2) || cap < need)
		cap = need < CAP_MIN ? CAP_MIN : need;
	p = realloc(b->data, cap);
	if (p == NULL)
		return false;

	b->data = p;
	b->cap = cap;
	b->failed = false;
	return true;
}

unsigned char *assay_buf_extend(assay_buf *b, size_t n)
{
	unsigned char *start;

	if (!reserve(b, n))
		return NULL;
	start = b->data + b->len;
	b->len += n;
	b->data[b->len] = '\0';
	return start;
}

void assay_buf_append(assay_buf *b, const void *p, size_t n)
{
	unsigned char *to;

	if (n == 0)
		return;
	to = assay_buf_extend(b, n);
	if (to != NULL)
		memcpy(to, p, n);
}

void assay_buf_putc(assay_buf *b, char c)
{
	assay_buf_append(b, &c, 1);
}

void assay_buf_puts(assay_buf *b, const char *s)
{
	assay_buf_append(b, s, strlen(s));
}

void assay_buf_printf(assay_buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	assay_buf_vprintf(b, fmt, ap);
	va_end(ap);
}

void assay_buf_vprintf(assay_buf *b, const char *fmt, va_list ap)
{
	va_list again;
	int n;

	if (!reserve(b, CAP_MIN - 1))
		return;
	va_copy(again, ap);
	n = vsnprintf((char *)b->data + b->len, b->cap - b->len, fmt, ap);
	if (n < 0)
		b->failed = true;
	else if ((size_t)n >= b->cap - b->len && reserve(b, (size_t)n))
		(void)vsnprintf((char *)b->data + b->len, b->cap - b->len, fmt, again);
	va_end(again);

	if (!b->failed)
		b->len += (size_t)n;
	else if (b->data != NULL)
		b->data[b->len] = '\0';
}

void assay_buf_refuse_text(assay_buf *b)
{
	b->not_utf8 = b->not_utf8 || !b->failed; /* the first failure is told */
	b->failed = true;
}

assay_code assay_buf_check(const assay_buf *b, assay_err *err)
{
	if (b->not_utf8)
		return ASSAY_RAISE(err, ASSAY_EINVAL, "a text is not UTF-8: a record that could not be read back");
	if (b->failed)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "out of memory: buffer of %zu bytes cannot grow", b->len);
	return ASSAY_OK;
}

const char *assay_buf_str(const assay_buf *b)
{
	return b->data != NULL ? (const char *)b->data : "";
}

char *assay_buf_steal(assay_buf *b)
{
	char *s;

	if (b->failed) /* half a record must not pass for a whole one */
		assay_buf_release(b);
	s = (char *)b->data;
	*b = ASSAY_BUF_INIT;
	return s;
}
