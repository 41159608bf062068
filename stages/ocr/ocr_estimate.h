/**
 * The character error rate of a page that has no ground truth, estimated from its evidence by a model that is a text
 * file (docs/formats.md). A sum of terms, each the share of one piece of evidence up to a limit times a weight that is
 * not negative: more evidence against a page never makes it better. The interval is that of the pages of the fit whose
 * estimate was like it, each estimated by a model that had not seen its family. Integers in millionths throughout.
 */
#ifndef ASSAY_OCR_ESTIMATE_H
#define ASSAY_OCR_ESTIMATE_H

#include "ocr_evidence.h"

#define OCR_ESTIMATE_FORMAT 4
#define OCR_ESTIMATE_TERMS  64
#define OCR_ESTIMATE_BINS   32
#define OCR_ESTIMATE_SIZE   ((size_t)64 << 10) /* bytes of a model file */

typedef struct ocr_estimate_term {
	int evidence;         /* index into ocr_evidence.share */
	int64_t upto, weight; /* 1..1000000; 0..100000000: of 1000000 a point for a point */
} ocr_estimate_term;

typedef struct ocr_estimate_bin {
	int64_t upto;      /* estimates up to this, from the bin before */
	int64_t low, high; /* what to add to the estimate for the ends of its interval; low <= high */
} ocr_estimate_bin;

/** For pages that were read in one way. */
typedef struct ocr_estimate_part {
	int64_t constant;      /* of the sum */
	int64_t scale, offset; /* what the user's own pages add to it: sum * scale + offset */
	ocr_estimate_term terms[OCR_ESTIMATE_TERMS];
	ocr_estimate_bin bins[OCR_ESTIMATE_BINS]; /* ascending, the last up to 1000000 */
	size_t term_count, bin_count;             /* at least one of each */
} ocr_estimate_part;

/** A page is recognised once or twice, and of either its lines in doubt are read again or not. */
enum { OCR_ONCE, OCR_TWICE, OCR_REREAD_ONCE, OCR_REREAD_TWICE, OCR_PARTS };

static inline int ocr_estimate_part_of(bool reread, bool twice)
{
	return (reread ? OCR_REREAD_ONCE : OCR_ONCE) + twice;
}

typedef struct ocr_estimate_model {
	ocr_estimate_part parts[OCR_PARTS];
} ocr_estimate_model;

/** As the parts are called in the file. */
extern const char *const ocr_estimate_part_names[OCR_PARTS];

typedef struct ocr_estimate {
	int64_t rate, low, high; /* millionths, 0..1000000; low <= rate <= high */
} ocr_estimate;

/**
 * Read a model. Format 3 has no terms of `alone`, `capitals`, `unknown_small` and `known_short`. Formats 1 and 2 have no
 * term of `unread`, and were fitted to `missed` of the engine's ink; format 1 had the first two parts only: they stand
 * for the others as well.
 *
 * @param name  of the file, for messages
 * @return ASSAY_OK; ASSAY_ECONFIG with name and line when it is malformed
 */
ASSAY_NODISCARD assay_code ocr_estimate_read(ocr_estimate_model *out, const char *text, size_t size, const char *name,
					     assay_err *err);
/** Write it as ocr_estimate_read() takes it. */
ASSAY_NODISCARD assay_code ocr_estimate_write(assay_buf *out, const ocr_estimate_model *m, assay_err *err);

/** The sum of a part's terms, before scale and offset. Millionths, may exceed 1000000. */
int64_t ocr_estimate_sum(const ocr_estimate_part *p, const ocr_evidence *e);
ocr_estimate ocr_estimate_by(const ocr_estimate_part *p, const ocr_evidence *e);
/** By the part that the evidence is for. */
ocr_estimate ocr_estimate_of(const ocr_estimate_model *m, const ocr_evidence *e);

/**
 * Whether the page keeps to the bound (millionths) cannot be said: the interval holds it, and the estimate is between its
 * half and its double. Farther off a second recognition changes no verdict: measured, docs/estimate.md.
 */
static inline bool ocr_estimate_doubts(const ocr_estimate *e, int64_t bound)
{
	return e->low < bound && e->high >= bound && 2 * e->rate >= bound && e->rate < 2 * bound;
}

/** The model's file: `path`, or where that is "" the one that came with the program. [owned]; NULL: memory is out. */
char *ocr_estimate_path(const char *path);
/** Load a model from its file. ASSAY_OK, ASSAY_ECONFIG, ASSAY_ENOMEM. */
ASSAY_NODISCARD assay_code ocr_estimate_load(ocr_estimate_model *out, const char *path, assay_err *err);

#endif
