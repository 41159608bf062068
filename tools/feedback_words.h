/** What `feedback open` says of a sample in its ticket's history, and what can be read from that again. */
#ifndef ASSAY_FEEDBACK_WORDS_H
#define ASSAY_FEEDBACK_WORDS_H

#include "assay/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** "...; evaluation E3 vqa: score 0.31 < 0.5, label fail: misread the total". All borrowed from the words. */
typedef struct assay_feedback_words {
	uint64_t evaluation;
	const char *bound; /* " < 0.5", by which it was judged; NULL when it was by its label, or is not known */
	size_t bound_size;
	const char *label; /* NULL without one; one with ": " in it is cut there, as a note begins */
	size_t label_size;
} assay_feedback_words;

/** @return false when they are no such words */
bool assay_feedback_words_read(assay_feedback_words *out, const char *words);
/** Are they the same but for the bound? What is told again by another bound is no news. */
bool assay_feedback_words_same(const char *a, const char *b);
/** The command that reports the evaluation by the measure that the sample failed; "assay feedback report" of other words. */
void assay_feedback_words_report(assay_buf *out, const char *words);

#endif
