#include "ocr_sections.h"

#include "ocr_fold.h"
#include "ocr_score.h"

#include <string.h>

#include <utf8proc.h>

/* Letters and digits alone, small: in place. */
static void bare(ocr_folded *f)
{
	size_t n = 0;

	for (size_t i = 0; i < f->count; i++) {
		const utf8proc_int32_t c = (utf8proc_int32_t)f->points[i];
		const utf8proc_category_t k = utf8proc_category(c);

		if ((k >= UTF8PROC_CATEGORY_LU && k <= UTF8PROC_CATEGORY_LO) || k == UTF8PROC_CATEGORY_ND)
			f->points[n++] = (uint32_t)utf8proc_tolower(c);
	}
	f->count = n;
}

static bool ends_in(const ocr_folded *heading, const ocr_folded *wanted)
{
	return wanted->count >= 2 && heading->count >= wanted->count &&
	       memcmp(heading->points + heading->count - wanted->count, wanted->points,
		      wanted->count * sizeof *wanted->points) == 0;
}

static assay_code is_section(bool *out, const ocr_folded *wanted, const char *text, size_t size, assay_err *err)
{
	ocr_folded heading = {0};
	size_t distance = 0, longer;
	assay_code rc;

	ASSAY_TRY(ocr_fold(&heading, text, size, err));
	bare(&heading);
	longer = heading.count > wanted->count ? heading.count : wanted->count;
	ASSAY_TRY(ocr_distance(&distance, wanted->points, wanted->count, heading.points, heading.count, err));
	*out = longer > 0 && (5 * distance <= longer || ends_in(&heading, wanted));
fail:
	ocr_folded_release(&heading);
	return rc;
}

/* Among headings, a line each. */
static assay_code find(bool *found, const char *name, const char *headings, assay_err *err)
{
	ocr_folded wanted = {0};
	assay_code rc;

	*found = false;
	ASSAY_TRY(ocr_fold(&wanted, name, strlen(name), err));
	bare(&wanted);
	for (const char *s = headings; *s != '\0' && !*found; s += strcspn(s, "\n") + 1)
		ASSAY_TRY(is_section(found, &wanted, s, strcspn(s, "\n"), err));
fail:
	ocr_folded_release(&wanted);
	return rc;
}

assay_code ocr_sections_missing(int64_t *out, const assay_text_list *wanted, const ocr_headings *h, const ocr_words *w,
				assay_err *err)
{
	ASSAY_AUTO_BUF headings = ASSAY_BUF_INIT;
	assay_code rc;

	*out = 0;
	ASSAY_TRY(ocr_headings_text(&headings, h, w, err));
	for (size_t i = 0; i < wanted->count; i++) {
		bool found = false;

		ASSAY_TRY(find(&found, wanted->items[i], assay_buf_str(&headings), err));
		*out += !found;
	}
fail:
	return rc;
}
