/**
 * What the words of a page say for and against themselves, as shares in millionths: what the estimate of the character
 * error rate is made of (ocr_estimate.h). Integers only: equal words give equal evidence on every CPU.
 *
 * A word is known when a dictionary of the page's languages has it, else unknown when it has a letter, else other
 * (numbers and signs). Shares are of the symbols of all words unless the table says otherwise.
 */
#ifndef ASSAY_OCR_EVIDENCE_H
#define ASSAY_OCR_EVIDENCE_H

#include "ocr_beside.h"
#include "ocr_missed.h"
#include "ocr_words.h"

#define OCR_EVIDENCE_ONE 1000000

/* Symbols by the word's class and by their own confidence: below 70, to 90, to 97, to 99, and above. */
enum {
	OCR_KNOWN,
	OCR_UNKNOWN = OCR_KNOWN + 5,
	OCR_OTHER = OCR_UNKNOWN + 5,
	OCR_ODD = OCR_OTHER + 5, /* ocr_spelling.h */
	OCR_SHORT,
	OCR_WIDTH,
	OCR_MISSED,
	OCR_OUTSIDE,
	OCR_EDGE,
	OCR_CUT,
	OCR_REPEATED,
	OCR_FEW,
	OCR_STRAY,
	OCR_DARK,
	OCR_UNREAD,
	OCR_ALONE,
	OCR_CAPITALS,
	OCR_UNKNOWN_SMALL,
	OCR_KNOWN_SHORT,
	OCR_FIRST_COUNT,             /* what one recognition gives */
	OCR_APART = OCR_FIRST_COUNT, /* of lines that were read again */
	OCR_DIFFERENT,               /* what follows needs a second recognition */
	OCR_MOVED,
	OCR_KNOWN_DIFFERENT,
	OCR_UNKNOWN_DIFFERENT,
	OCR_OTHER_DIFFERENT,
	OCR_EVIDENCE_COUNT,
};

typedef struct ocr_evidence {
	int64_t share[OCR_EVIDENCE_COUNT]; /* millionths, 0 and up */
	bool reread;                       /* lines in doubt were read again (ocr_reconcile.h) */
	bool twice;                        /* the page was recognised a second time */

	/* Counted on the way, for metrics of their own. */
	int64_t words_lettered, words_unknown; /* words with a letter, and those of them that no dictionary has */
	int64_t letters_sure, letters_foreign; /* letters read surely, and those of them in words that are unknown */
	int64_t symbols, repeated;             /* all, and those that repeat what stands before them */
	int64_t lines, lines_cut;              /* lines, and those that touch a side of the page */
	int64_t covered;                       /* millionths of the page inside words' boxes */
} ocr_evidence;

typedef struct ocr_evidence_name {
	const char *name;
	const char *help; /* a sentence */
} ocr_evidence_name;

/** One row for each share, in their order. */
extern const ocr_evidence_name ocr_evidence_names[OCR_EVIDENCE_COUNT];

/** Whether a page that was read in that way has a share. */
bool ocr_evidence_has(int share, bool reread, bool twice);

/** What the page gave beside its words. */
typedef struct ocr_evidence_page {
	int32_t width, height;
	assay_corners corners; /* of what the file shows of the page (page_frame.h) */
	ocr_missed missed;
	int64_t edge; /* pieces of ink as large as text that touch the page's border */
	ocr_beside beside;
	bool reread;
	int64_t apart; /* sixths of a character, of lines that were read again (ocr_reconcile.h) */
} ocr_evidence_page;

/** Everything that one recognition gives. At least one word. ASSAY_OK, ASSAY_ENOMEM. */
ASSAY_NODISCARD assay_code ocr_evidence_read(ocr_evidence *out, const ocr_words *words, const ocr_evidence_page *page,
					     assay_err *err);
/** Add what a second recognition of the same page says of the first. ASSAY_OK, ASSAY_ENOMEM. */
ASSAY_NODISCARD assay_code ocr_evidence_compare(ocr_evidence *out, const ocr_words *first, const ocr_words *second,
						assay_err *err);

/** Pieces of the ink of a page that touch its border and are as large as text is high. ASSAY_OK, ASSAY_ENOMEM. */
ASSAY_NODISCARD assay_code ocr_evidence_edge(int64_t *out, struct Pix *ink, int32_t height, assay_err *err);

#define OCR_EVIDENCE_FORMAT 4

/** {"format":4,"reread":…,"twice":…,"shares":{"known_70":…,…}} */
ASSAY_NODISCARD assay_code ocr_evidence_json(assay_buf *out, const ocr_evidence *e, assay_err *err);
/**
 * Read what ocr_evidence_json() writes: reread, twice and the shares. Format 3 had neither alone, capitals,
 * unknown_small nor known_short; format 2 had no unread, and its missed and outside were of the engine's ink; format 1
 * had no `reread` either, and neither stray, dark nor apart. What a format did not have is 0. False when it is anything
 * else.
 */
bool ocr_evidence_parse(ocr_evidence *out, const char *text, size_t size);

#endif
