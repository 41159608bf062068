/** UTF-8 at the byte level, for this folder only. */
#ifndef ASSAY_UTF8_H
#define ASSAY_UTF8_H

#include <stddef.h>
#include <utf8proc.h>

/* Length of the well-formed sequence at p (Unicode table 3-7), 0 if there is none. n >= 1. */
static inline size_t utf8_len(const unsigned char *p, size_t n)
{
	utf8proc_int32_t cp;
	utf8proc_ssize_t len;

	if (*p < 0x80)
		return 1;
	len = utf8proc_iterate(p, n > 4 ? 4 : (utf8proc_ssize_t)n, &cp);
	return len > 0 ? (size_t)len : 0;
}

/* How many of n bytes stay when a sequence that the end cuts in two is left out. */
static inline size_t utf8_trim(const char *s, size_t n)
{
	for (size_t back = 1; back <= 3 && back <= n; back++) {
		const unsigned char c = (unsigned char)s[n - back];

		if (c < 0x80)
			return n;
		if (c >= 0xc0)
			return back < (c >= 0xf0 ? 4u : c >= 0xe0 ? 3u : 2u) ? n - back : n;
	}
	return n;
}

#endif
