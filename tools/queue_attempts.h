/** The attempts at repair that a ticket has seen, for people and for programs. */
#ifndef ASSAY_QUEUE_ATTEMPTS_H
#define ASSAY_QUEUE_ATTEMPTS_H

#include "queue_ticket.h"

/**
 * "low-confidence, rung 2", "the correction", "the other file".
 * @param rung from 0, as it is stored; people count from 1
 */
void assay_tell_way(assay_buf *out, assay_sample_way way, const char *remedy, uint32_t rung);

/**
 * The way, and what came of it: "low-confidence, rung 2: fails 1 check", "the other file: can be read; taken".
 * @param is_source  its ticket is about a whole source, of whose other file it is only asked whether that can be read
 * @param current    false: it counts no more, and what it came to then is told
 */
void assay_tell_attempt(assay_buf *out, const assay_ticket_attempt *a, bool is_source, bool current);

/**
 * A line for each attempt that the ticket has seen (assay_ticket_tried_each) with its outcome, below it when it was judged
 * so, if it counts no more, and what it changes in the recipe of the ticket's unit.
 */
ASSAY_NODISCARD assay_code assay_say_attempts(assay_store *s, const assay_ticket *t, const assay_ticket_facts *c,
					      assay_err *err);
/**
 * key: array of {current, way, remedy, rung, recipe, work_key, outcome, chosen, failed_checks, note, judged, changes};
 * without changes where c is NULL.
 */
ASSAY_NODISCARD assay_code assay_json_attempts(assay_json *j, const char *key, assay_store *s, const assay_ticket *t,
					       const assay_ticket_facts *c, assay_err *err);

#endif
