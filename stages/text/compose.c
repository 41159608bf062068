#include "compose.h"

#include <stdio.h>
#include <stdlib.h>

#include <utf8proc.h>

static bool is_ascii(const char *text, size_t n)
{
	unsigned char all = 0;

	for (size_t i = 0; i < n; i++)
		all |= (unsigned char)text[i];
	return all < 0x80;
}

assay_code assay_text_compose(assay_buf *out, const char *text, size_t n, assay_err *err)
{
	utf8proc_uint8_t *composed = NULL;
	utf8proc_ssize_t size;

	if (is_ascii(text, n)) {
		assay_buf_append(out, text, n);
		return assay_buf_check(out, err);
	}
	size = utf8proc_map((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)n, &composed,
			    UTF8PROC_STABLE | UTF8PROC_COMPOSE);
	if (size < 0)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "compose %zu bytes: %s", n, utf8proc_errmsg(size));
	assay_buf_append(out, composed, (size_t)size);
	free(composed);
	return assay_buf_check(out, err);
}

const char *assay_text_engine(void)
{
	static char text[64];

	(void)snprintf(text, sizeof text, "utf8proc %s, Unicode %s", utf8proc_version(), utf8proc_unicode_version());
	return text;
}
