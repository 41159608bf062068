#include "assay/metadata.h"

#include "assay/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* The text may quote the file: nothing in it may steer a terminal. */
static void make_printable(char *text)
{
	unsigned char *p = (unsigned char *)text;
	size_t left = strlen(text);

	while (left > 0) {
		const size_t good = assay_utf8_prefix(p, left);

		for (size_t i = 0; i < good; i++) {
			if (p[i] == 0xc2 && p[i + 1] < 0xa0) /* U+0080 to U+009F */
				p[i] = p[i + 1] = '?';
			if (p[i] < 0x20 || p[i] == 0x7f)
				p[i] = '?';
		}
		p += good;
		left -= good;
		if (left > 0)
			*p++ = '?', left--;
	}
}

assay_code assay_metadata_refuse(assay_metadata_fault *fault, assay_err *err, int line, int column, const char *fmt,
				 ...)
{
	va_list ap;

	fault->line = line;
	fault->column = column;
	va_start(ap, fmt);
	(void)vsnprintf(fault->text, sizeof fault->text, fmt, ap);
	va_end(ap);
	make_printable(fault->text);
	if (column > 0)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "line %d, column %d: %s", line, column, fault->text);
	return ASSAY_RAISE(err, ASSAY_ECORRUPT, "line %d: %s", line, fault->text);
}

const char *assay_metadata_key_fault(const char *key)
{
	if (key[0] == '\0')
		return "a name is empty";
	if (strlen(key) > ASSAY_METADATA_KEY_MAX)
		return "a name is longer than 128 bytes";
	for (const unsigned char *c = (const unsigned char *)key; *c != '\0'; c++)
		if (*c < 0x20 || *c == 0x7f)
			return "a name holds a control character";
	return NULL;
}
