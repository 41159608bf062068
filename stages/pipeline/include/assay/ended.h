/** Decisions of people that held in the last version and do not hold any more, though nobody took them back. */
#ifndef ASSAY_ENDED_H
#define ASSAY_ENDED_H

#include "assay/decision.h"
#include "assay/queue.h"

typedef struct assay_ended_decision {
	assay_decision decision;
	bool expired;             /* a waiver, by its own date; else what was decided upon has changed */
	bool other_bytes;         /* than what a text, another file or metadata were given for: those of its source,
				   or of a file that stands in place of what it was found in */
	char *moved_to;           /* source that has the bytes of its file, which is gone; NULL: none. Owned */
	char *original;           /* a copy that its subject is a duplicate of now; NULL: it is none. Owned */
	assay_outcome outcome;    /* of the sample, or of that in either, as it is judged now; 0 of a source,
				   and where that in the other is not there */
	uint64_t ticket;          /* of the subject; 0: it has none */
	assay_ticket_state state; /* of that ticket; 0 without one */
} assay_ended_decision;

typedef struct assay_ended {
	assay_ended_decision *items; /* ascending by subject and slot */
	size_t count, cap;
} assay_ended;

void assay_ended_release(assay_ended *e);

/**
 * Path of the first source that has the bytes of one that is gone and was decided upon, where nobody decided on them since;
 * NULL when there is none, and of a verdict that was decided on other bytes than the file had last. Of a sample: where that is
 * neither a duplicate nor filtered, or is not there, as one that another file gave in place of the one that is gone.
 * @param path  [out] the caller frees it
 */
ASSAY_NODISCARD assay_code assay_decision_moved_to(char **path, assay_store *s, const assay_decision *d,
						   assay_err *err);
/**
 * Does a waiver by which somebody answered an evaluation go on answering it for the sample at that path, whose bytes, work
 * and verdict are the same? *out tells; false of any other decision.
 * @param path  as assay_decision_moved_to has it
 */
ASSAY_NODISCARD assay_code assay_decision_answers_at(bool *out, assay_store *s, const assay_decision *d,
						     const char *path, assay_err *err);
/**
 * Key of the copy that the subject is a duplicate of, where that stands otherwise than was decided about the subject; NULL
 * when there is none.
 * @param key  [out] the caller frees it
 */
ASSAY_NODISCARD assay_code assay_decision_original(char **key, assay_store *s, const assay_decision *d, assay_err *err);

#endif
