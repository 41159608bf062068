/** What the verbs that explain (queue, why, log, show, lineage, check) say in the same words. */
#ifndef ASSAY_TELL_H
#define ASSAY_TELL_H

#include "verb.h"

#include "assay/queue.h"
#include "assay/result.h"
#include "assay/run.h"
#include "assay/source.h"
#include "assay/version.h"

/**
 * One line, or a piece of one, to standard output. Newlines that the format begins or ends with are written; all other
 * control characters become \xNN: what a hostile file made a decoder say must not reach a terminal as a command, and
 * what somebody gave as a reason must not pass for a line of its own. Failures of the stream are seen when the program
 * ends.
 */
void assay_say(const char *fmt, ...) ASSAY_PRINTF(1, 2);
/** The same, appended: newlines are escaped wherever they are. NULL is written as "". */
void assay_tell_safe(assay_buf *out, const char *text);
/** As one word of a command that a person gives to a shell: in single quotes where it needs them. */
void assay_tell_word(assay_buf *out, const char *word);

/** The name that the machine knows the user by, made harmless; it is written down, never relied on. */
void assay_tell_actor(assay_buf *out);

/** Print what the report holds so far, so that a list of any length needs no memory. */
ASSAY_NODISCARD assay_code assay_report_flush(assay_report *r, assay_err *err);

/** When a run was, for people: "2026-01-02 03:04:05Z". */
char *assay_tell_time(int64_t ns, char out[32]);

/** A run as others refer to it. */
typedef struct assay_run_note {
	uint64_t id;
	char name[64];      /* "run 7" when its record is not there */
	int64_t started_ns; /* 0 when its record is not there */
} assay_run_note;
ASSAY_NODISCARD assay_code assay_run_note_of(assay_run_note *out, assay_store *s, uint64_t id, assay_err *err);
/** For JSON: NULL for no run (id 0), as of what people do between runs. */
const char *assay_run_name(const assay_run_note *n);
/** Did it end, and did workers tell of their sandbox and CPU? */
bool assay_run_had_workers(const assay_run *r);
/** key: {name, at}, or null for no run (id 0). */
void assay_json_run(assay_json *j, const char *key, const assay_run_note *n);
/** key: "2026-01-02T03:04:05.678Z", or null for 0. */
void assay_json_ktime(assay_json *j, const char *key, int64_t ns);

/** "0.0312", "31.2 dB"; the unit is left out where it says nothing ("", "ratio", "1"). */
void assay_tell_value(assay_buf *out, assay_decimal v, const char *unit);
/**
 * "cer: ocr.cer 0.0312, must be < 0.02", "cer: ocr.cer undefined (no ground truth), must be < 0.02"; of a column of a
 * table "table.Price: column 'Price' holds what 'Date' should: the two are swapped".
 */
void assay_tell_check(assay_buf *out, const assay_failed_check *c);
/** "page.read decode: not a PNG file"; stage NULL: "source unreadable: ...". */
void assay_tell_failure(assay_buf *out, const char *stage, unsigned failure, const char *message);
/** After the word "1.5 s to 7.25 s"; nothing for a sample without a span. */
void assay_say_span(const char *word, const assay_result_sample *x);
/** key: {start, end}, each {ticks, num, den}, or null. */
void assay_json_span(assay_json *j, const char *key, const assay_result_sample *x);
/** Who said the i-th of a source's metadata: "assay.yaml", "path", "table" or "sidecar". */
const char *assay_tell_origin(const assay_source *src, size_t i);
/** The worst check that was not passed, for one line. NULL when there is none. */
const assay_failed_check *assay_worst_check(const assay_failed_check *checks, size_t count);

/** {contract: {id, version, digest}, check, metric, unit, value, reason, operator, bound, high, severity}. */
void assay_json_check(assay_json *j, const assay_failed_check *c);
void assay_json_checks(assay_json *j, const char *key, const assay_failed_check *checks, size_t count);
/** key: {stage, class, message, deterministic}, or null without a failure. */
void assay_json_failure(assay_json *j, const char *key, const char *stage, unsigned failure, const char *message);
void assay_json_counts(assay_json *j, const char *key, const assay_counts *c);
/** "31 accepted, 6 quarantined": what is not zero; "no samples" when all is. */
void assay_tell_counts(assay_buf *out, const assay_counts *c);

#endif
