#include "assay/text.h"

#include "utf8.h"

#include <stdint.h>
#include <string.h>
#include <utf8proc.h>

#define DOTS 3u

/* Length of the character at p, and its columns; *harmless is false when '?' stands for it. */
static size_t next_char(const char *p, size_t left, size_t *columns, bool *harmless)
{
	utf8proc_int32_t c;
	const utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)p, (utf8proc_ssize_t)left, &c);
	utf8proc_category_t category;

	*columns = 1;
	*harmless = false;
	if (n <= 0)
		return 1;
	category = utf8proc_category(c);
	/* Cf holds the marks that turn the direction of writing; U+2028 and U+2029 end lines. */
	if (category == UTF8PROC_CATEGORY_CC || category == UTF8PROC_CATEGORY_CF || category == UTF8PROC_CATEGORY_ZL ||
	    category == UTF8PROC_CATEGORY_ZP || category == UTF8PROC_CATEGORY_CN || category == UTF8PROC_CATEGORY_CO)
		return (size_t)n;
	*harmless = true;
	*columns = (size_t)utf8proc_charwidth(c);
	return (size_t)n;
}

size_t assay_text_columns(const char *text)
{
	size_t sum = 0, left = strlen(text);

	while (left > 0) {
		size_t columns;
		bool harmless;
		const size_t n = next_char(text, left, &columns, &harmless);

		sum += columns;
		text += n;
		left -= n;
	}
	return sum;
}

static void put_all(assay_buf *out, const char *text)
{
	size_t left = strlen(text);

	while (left > 0) {
		size_t columns;
		bool harmless;
		const size_t n = next_char(text, left, &columns, &harmless);

		if (harmless)
			assay_buf_append(out, text, n);
		else
			assay_buf_putc(out, '?');
		text += n;
		left -= n;
	}
}

size_t assay_text_put(assay_buf *out, const char *text, size_t columns)
{
	size_t wide = assay_text_columns(text), left = strlen(text);

	if (wide <= columns) {
		put_all(out, text);
		return wide;
	}
	if (columns <= DOTS)
		return 0;
	while (left > 0) {
		size_t one;
		bool harmless;
		const size_t n = next_char(text, left, &one, &harmless);

		/* What combines with a character that is left out goes with it. */
		if (wide <= columns - DOTS && one > 0)
			break;
		wide -= one;
		text += n;
		left -= n;
	}
	assay_buf_puts(out, "...");
	put_all(out, text);
	return wide + DOTS;
}

/* ---------------------------------------------------------------- UTF-8 */

size_t assay_utf8_prefix(const void *p, size_t n)
{
	const unsigned char *s = p;
	size_t done = 0;

	for (; n - done >= 8; done += 8) { /* eight bytes of ASCII at a time, as far as that goes */
		uint64_t eight;

		memcpy(&eight, s + done, sizeof eight);
		if ((eight & UINT64_C(0x8080808080808080)) != 0)
			break;
	}
	while (done < n) {
		const size_t len = utf8_len(s + done, n - done);

		if (len == 0)
			break;
		done += len;
	}
	return done;
}
