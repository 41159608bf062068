/** Ruling lines: thin straight strokes, far longer than strokes of letters, level or upright. */
#ifndef ASSAY_OCR_TABLE_RULES_H
#define ASSAY_OCR_TABLE_RULES_H

#include "assay/error.h"

#include <leptonica/allheaders.h>

#include <stddef.h>
#include <stdint.h>

#define TABLE_RULES_MAX 4096 /* in one direction; a page with more is a texture, and has none */

typedef struct table_rule {
	int32_t from, to; /* px along it: x of a level one, y of an upright one; to is exclusive */
	int32_t at;       /* px across it, the middle */
	int32_t thick;    /* px */
} table_rule;

typedef struct table_rules {
	table_rule *level, *upright; /* ascending by at, then from */
	size_t level_count, upright_count;
} table_rules;

void table_rules_release(table_rules *r);

/**
 * The ruling lines of a page. A pixel belongs to one when on both sides across the line, a sixth to a third of the height
 * of text away, something is lighter by a sixth of the contrast of ink and paper: so lines on a shade and close to text are
 * found and the edges of a shade are not. Runs of such pixels of three heights of text and more are lines; pieces that lie on one line are
 * joined. A page without contrast has none.
 *
 * @param out    [out, owned] release with table_rules_release(), also after a failure
 * @param pix    1, 8 or 32 bpp
 * @param height px of text, 8..400
 * @return ASSAY_OK, ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code table_rules_find(table_rules *out, PIX *pix, int32_t height, assay_err *err);

/** How much of from..to is covered by rules within `near` px of `at`, in px. */
int32_t table_rules_cover(const table_rule *rules, size_t count, int32_t at, int32_t near, int32_t from, int32_t to);

#endif
