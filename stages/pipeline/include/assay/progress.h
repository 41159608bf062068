/** What a long run tells while it works. */
#ifndef ASSAY_PROGRESS_H
#define ASSAY_PROGRESS_H

#include "assay/error.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

typedef enum assay_progress_mode {
	ASSAY_PROGRESS_AUTO, /* bar on a terminal, plain lines otherwise */
	ASSAY_PROGRESS_BAR,
	ASSAY_PROGRESS_PLAIN,
	ASSAY_PROGRESS_JSON,
	ASSAY_PROGRESS_NONE,
} assay_progress_mode;

typedef struct assay_progress {
	FILE *out; /* stderr in the tool; borrowed */
	assay_progress_mode mode;
	const char *doing;    /* "hash", "process", "judge" */
	uint64_t done, total; /* sources; total 0 while it is not known */
	uint64_t samples, failed;
	const char *current; /* what was begun last, "" if nothing; borrowed */
	int64_t started_ns, shown_ns;
	bool on_line; /* the bar stands on the current line */
} assay_progress;

/** AUTO is settled here: BAR when out is a terminal. */
void assay_progress_init(assay_progress *p, assay_progress_mode mode, FILE *out);
/** Show the present numbers if enough time has passed (always with force). */
void assay_progress_show(assay_progress *p, bool force);
/** Clear the bar so that other lines can be written; it comes back with the next show. */
void assay_progress_clear(assay_progress *p);

/** "auto", "bar", "plain", "json", "none". False for any other text. */
bool assay_progress_parse(assay_progress_mode *out, const char *text);

#endif
