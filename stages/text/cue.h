/** Timed text: a list of cues in milliseconds, whatever file or stream they came from. */
#ifndef ASSAY_TEXT_CUE_H
#define ASSAY_TEXT_CUE_H

#include "assay/buf.h"

/* Subtitles of a day of film fit many times; a lie of a hostile file does not. */
#define ASSAY_CUES_MAX      ((size_t)1 << 18)
#define ASSAY_CUES_TEXT_MAX ((size_t)32 << 20)  /* bytes of all cues together */
#define ASSAY_CUE_TEXT_MAX  ((size_t)16 << 10)  /* bytes of one cue */
#define ASSAY_CUE_TIME_MAX  INT64_C(3599999999) /* ms: 999:59:59.999 */

typedef struct assay_cue {
	int64_t start, end; /* ms, 0 <= start <= end <= ASSAY_CUE_TIME_MAX */
	size_t at, size;    /* where its text lies in assay_cues.text, and how many bytes it has, at least 1 */
} assay_cue;

/** Blank is empty. */
typedef struct assay_cues {
	assay_cue *items; /* [owned] in the order in which they were added */
	size_t count, cap;
	assay_buf text;     /* [owned] the texts, each followed by a NUL */
	uint64_t malformed; /* cues that are left out: no valid time, not UTF-8, too long */
	uint64_t empty;     /* cues that are left out for want of text */
} assay_cues;

void assay_cues_release(assay_cues *c);
#define ASSAY_AUTO_CUES ASSAY_CLEANUP(assay_cues_release) assay_cues

/**
 * Add a cue of plain text. Its lines, which may end in LF, CR or CRLF, are ended by LF but for the last; blanks at
 * both ends of a line and lines without anything else are left out; control characters become blanks. What is kept is
 * composed (NFC), so that one text is one sequence of bytes whoever typed it.
 *
 * @param text  [borrowed] n bytes, UTF-8
 *
 * @return ASSAY_OK, also for a cue that is left out: it is counted in c->malformed when its times are out of order
 *         or range, when the text is not UTF-8 or longer than ASSAY_CUE_TEXT_MAX, in c->empty when nothing is left
 *         ASSAY_EFULL   ASSAY_CUES_MAX or ASSAY_CUES_TEXT_MAX is reached
 *         ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code assay_cues_add(assay_cues *c, int64_t start, int64_t end, const char *text, size_t n,
					  assay_err *err);

/** Text of cue i < c->count: UTF-8, lines divided by LF, no empty line, NUL-terminated. Borrowed until the next add. */
const char *assay_cue_text(const assay_cues *c, size_t i);

/** Order by start, then end, then text by its bytes, then as they were added. */
void assay_cues_sort(assay_cues *c);

/**
 * Append all cues as WebVTT in one canonical form: no identifiers, settings, comments or markup, hours always there,
 * &, < and > escaped. Reading it back gives the same cues. (W3C WebVTT 1, section 4.)
 */
void assay_cues_webvtt(assay_buf *out, const assay_cues *c);
/** Append the texts alone, one line of a cue a line. */
void assay_cues_plain(assay_buf *out, const assay_cues *c);

#endif
