#include "assay/part.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void put_stream(char out[ASSAY_PART_TEXT], const assay_part *p)
{
	if (p->stream == ASSAY_PART_VIDEO)
		(void)snprintf(out, ASSAY_PART_TEXT, "video");
	else
		(void)snprintf(out, ASSAY_PART_TEXT, "audio=%" PRIu32, p->audio);
}

static void put_pages(char out[ASSAY_PART_TEXT], const assay_part *p)
{
	int used = snprintf(out, ASSAY_PART_TEXT, "pages=%" PRIu32 "-%" PRIu32, p->first_page, p->last_page);

	if (p->place.page > 0)
		used += snprintf(out + used, ASSAY_PART_TEXT - (size_t)used, "&place=%" PRIu32 "/%" PRIu32,
				 p->place.page, p->place.pages);
	if (p->place.half > 0)
		(void)snprintf(out + used, ASSAY_PART_TEXT - (size_t)used, "&half=%" PRIu32, p->place.half);
}

void assay_part_text(char out[ASSAY_PART_TEXT], const assay_part *p)
{
	size_t used;

	out[0] = '\0';
	if (p->first_page > 0)
		put_pages(out, p);
	if (p->stream == ASSAY_PART_EVERY)
		return;
	put_stream(out, p);
	used = strlen(out);
	if (p->is_span)
		(void)snprintf(out + used, ASSAY_PART_TEXT - used, "&t=%" PRId64 "/%" PRId32 "..%" PRId64 "/%" PRId32,
			       p->start.ticks, p->start.den, p->end.ticks, p->end.den);
}

bool assay_part_bound(assay_part *p, assay_time start, assay_time end)
{
	if (p->stream == ASSAY_PART_EVERY || start.den <= 0 || end.den <= 0 ||
	    __builtin_mul_overflow(start.ticks, start.num, &start.ticks) ||
	    __builtin_mul_overflow(end.ticks, end.num, &end.ticks))
		return false;
	start.num = end.num = 1;
	if (assay_time_cmp(start, end) >= 0)
		return false;
	p->is_span = true;
	p->start = start;
	p->end = end;
	return true;
}

/* ---------------------------------------------------------------- reading */

static bool skip(const char **p, const char *word)
{
	const size_t n = strlen(word);

	if (strncmp(*p, word, n) != 0)
		return false;
	*p += n;
	return true;
}

/* Whatever stands there and is not the one way to write the number is told when the text is compared. */
static int64_t read_number(const char **p)
{
	char *end;
	const int64_t n = strtoll(*p, &end, 10);

	*p = end;
	return n;
}

static uint32_t read_ordinal(const char **p)
{
	const int64_t n = read_number(p);

	return n > 0 && n <= UINT32_MAX ? (uint32_t)n : 0;
}

static assay_time read_time(const char **p)
{
	assay_time t = {.ticks = read_number(p), .num = 1};

	if (skip(p, "/")) {
		const int64_t den = read_number(p);
		t.den = den > 0 && den <= INT32_MAX ? (int32_t)den : 0;
	}
	return t;
}

static bool read_place(assay_place *out, const char **p)
{
	out->page = read_ordinal(p);
	(void)skip(p, "/");
	out->pages = read_ordinal(p);
	if (skip(p, "&half="))
		out->half = read_ordinal(p);
	return out->page > 0 && out->page <= out->pages && out->half <= 2;
}

static bool read_pages(assay_part *out, const char *p)
{
	out->first_page = read_ordinal(&p);
	(void)skip(&p, "-");
	out->last_page = read_ordinal(&p);
	if (out->first_page == 0 || out->last_page < out->first_page)
		return false;
	return !skip(&p, "&place=") || (out->first_page == out->last_page && read_place(&out->place, &p));
}

static bool read_any(assay_part *out, const char *p)
{
	if (skip(&p, "pages="))
		return read_pages(out, p);
	if (skip(&p, "video")) {
		out->stream = ASSAY_PART_VIDEO;
	} else if (skip(&p, "audio=")) {
		out->stream = ASSAY_PART_AUDIO;
		out->audio = read_ordinal(&p);
	}
	if (out->stream == ASSAY_PART_AUDIO && out->audio == 0)
		return false;
	if (skip(&p, "&t=")) {
		const assay_time start = read_time(&p);
		(void)skip(&p, "..");
		return assay_part_bound(out, start, read_time(&p));
	}
	return true;
}

/* What is written of what was understood must be what stands there: so there is one text for each part. */
assay_code assay_part_read(assay_part *out, const char *text, size_t size, assay_err *err)
{
	char copy[ASSAY_PART_TEXT] = "";
	char again[ASSAY_PART_TEXT];

	*out = (assay_part){0};
	if (size < sizeof copy && memchr(text, '\0', size) == NULL) {
		memcpy(copy, text, size);
		copy[size] = '\0';
		if (read_any(out, copy)) {
			assay_part_text(again, out);
			if (strcmp(again, copy) == 0)
				return ASSAY_OK;
		}
	}
	*out = (assay_part){0};
	return ASSAY_RAISE(err, ASSAY_ECORRUPT, "it names no part of a source");
}
