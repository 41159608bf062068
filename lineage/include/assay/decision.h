/**
 * What people decided about samples and sources: that one is delivered although it fails, that it never is, how its text
 * reads, which bytes stand in its place, what its metadata are, which remedy to try. A decision holds for what was
 * decided upon and nothing else: its basis names that, and a subject that has changed since is not bound by it.
 *
 * A decision's identity is what it says. Who made it, when and why stands beside it and reaches no digest.
 */
#ifndef ASSAY_DECISION_H
#define ASSAY_DECISION_H

#include "assay/object.h"
#include "assay/sample.h"

/** Stored: never renumber. */
typedef enum assay_decision_kind {
	ASSAY_DECISION_WAIVE = 1,    /* a sample is delivered although it fails */
	ASSAY_DECISION_REJECT = 2,   /* it is not delivered, and nobody needs to look at it again */
	ASSAY_DECISION_CORRECT = 3,  /* its text, as people read it */
	ASSAY_DECISION_REPLACE = 4,  /* other bytes in place of its source's */
	ASSAY_DECISION_METADATA = 5, /* of a source: values that stand over those of files and rules */
	ASSAY_DECISION_REMEDY = 6,   /* try this remedy first, whether or not a check names it */
} assay_decision_kind;

#define ASSAY_DECISION_KINDS 6

const char *assay_decision_kind_name(unsigned kind); /* "waive"…; NULL for no kind */

/** A subject has at most one decision in each of these; one does not supersede what stands in another. */
typedef enum assay_decision_slot {
	ASSAY_DECISION_OF_VERDICT,  /* WAIVE, REJECT: about the sample as it is judged, treated or not */
	ASSAY_DECISION_OF_CONTENT,  /* CORRECT, REPLACE, REMEDY: how the sample is treated */
	ASSAY_DECISION_OF_METADATA, /* METADATA */
} assay_decision_slot;

#define ASSAY_DECISION_SLOTS 3

assay_decision_slot assay_decision_slot_of(assay_decision_kind kind);

/** Stored: never renumber. */
typedef enum assay_decision_standing {
	ASSAY_DECISION_STANDS = 1,
	ASSAY_DECISION_SUPERSEDED = 2, /* by a later one on the same subject */
	ASSAY_DECISION_WITHDRAWN = 3,
	ASSAY_DECISION_TAKEN_OUT = 4, /* its row could not be read: what it said is lost */
	ASSAY_DECISION_DAMAGED =
	    5, /* never stored: its row cannot be read, and nobody took it out (assay_decision_peek) */
} assay_decision_standing;

typedef struct assay_decision {
	uint64_t id;
	/* What it says: */
	assay_decision_kind kind;
	char *subject;         /* sample key, or path of a source */
	bool is_source;        /* METADATA always; WAIVE never */
	assay_digest basis;    /* what was decided upon: see assay_decision_basis; CORRECT, REPLACE, METADATA of a
				 source: the digest of its bytes; CORRECT, REPLACE of a sample: see assay_content_basis */
	assay_digest payload;  /* object: CORRECT the texts (a correction's record), REPLACE the file; zero otherwise */
	char *remedy;          /* REMEDY: its name; NULL otherwise */
	char **keys, **values; /* METADATA: sorted by key, each once */
	size_t count;
	int64_t expires_ns; /* WAIVE: since 1970 UTC, no longer in force from then on; 0: never */
	/* Beside it: */
	assay_decision_standing standing;
	char *actor;  /* who told it to Assay */
	char *owner;  /* WAIVE: who answers for it; NULL otherwise */
	char *reason; /* "" when none was given */
	char *file;   /* name of the file that the payload came from; NULL without one */
	int64_t made_ns;
	assay_digest bytes; /* WAIVE, REJECT: those that the source had then; zero: not known, by an older program */
} assay_decision;

void assay_decision_release(assay_decision *d);
#define ASSAY_AUTO_DECISION ASSAY_CLEANUP(assay_decision_release) assay_decision

/**
 * What a verdict was about: the work that made the sample, and everything that keeps it from being delivered. Of the
 * contract only what failed checks of severity error say counts, not its version: an edit elsewhere in it, or another
 * warning, leaves a decision in force.
 * @param work_key  of the unit of a ticket: as the pipeline makes it or as people corrected or replaced it, without
 *                  remedies; zero when there is none (a source that could not be read)
 * @param stage     [optional] that failed or rejected it
 */
ASSAY_NODISCARD assay_code assay_decision_basis(assay_digest *out, const assay_digest *work_key, assay_failure failure,
						const char *stage, const assay_failed_check *checks, size_t count,
						assay_err *err);

/**
 * What CORRECT and REPLACE of a sample are made upon: the digest of the file that the sample is made of without them, which
 * is its source's, or another that stands in place of all of the source, or of the recording or page that it was found in.
 * @param row  as it was judged last
 */
ASSAY_NODISCARD assay_code assay_content_basis(assay_digest *out, assay_store *s, const assay_sample_row *row,
					       assay_err *err);
/**
 * Did a file of these bytes stand in place of the sample, of what it was found in, or of all of its source, by what was
 * decided while the source had the bytes that it has now? *out tells. One of a source with other bytes says nothing.
 * @param source  what the source has now
 */
ASSAY_NODISCARD assay_code assay_decision_stood(bool *out, assay_store *s, const char *subject,
						const assay_digest *source, const assay_digest *bytes, assay_err *err);
/**
 * Append a decision (id 0, it stands) and let it supersede the one before in the same slot of its subject. d->id is set. Judging reads decisions: the generation advances.
 */
ASSAY_NODISCARD assay_code assay_decision_put(assay_store *s, assay_decision *d, assay_err *err);
/** The one in this slot of the subject is no longer in force. ASSAY_ENOENT without a message when none stands. */
ASSAY_NODISCARD assay_code assay_decision_withdraw(assay_store *s, const char *subject, assay_decision_slot slot,
						   assay_err *err);
/**
 * A row that cannot be read stops all who ask what was decided; it is taken out by somebody who answers for that, and
 * is read as TAKEN_OUT from then on, with an empty subject and no kind.
 * @return ASSAY_ENOENT when there is no such row; ASSAY_EUSAGE when it can be read
 */
ASSAY_NODISCARD assay_code assay_decision_can_take_out(assay_store *s, uint64_t id, assay_err *err);
ASSAY_NODISCARD assay_code assay_decision_take_out(assay_store *s, uint64_t id, const char *actor, const char *reason,
						   int64_t now_ns, assay_err *err);
/** The newest in a slot of a subject, whether or not it stands. ASSAY_ENOENT without a message. */
ASSAY_NODISCARD assay_code assay_decision_find(assay_store *s, const char *subject, assay_decision_slot slot,
					       assay_decision *out, assay_err *err);
ASSAY_NODISCARD assay_code assay_decision_get(assay_store *s, uint64_t id, assay_decision *out, assay_err *err);
/**
 * The same two for those who only tell of it: a row that cannot be read is no error, but a decision without a kind that
 * is DAMAGED, of which the number is known and nothing else (its texts are "").
 */
ASSAY_NODISCARD assay_code assay_decision_peek(assay_store *s, uint64_t id, assay_decision *out, assay_err *err);
ASSAY_NODISCARD assay_code assay_decision_peek_on(assay_store *s, const char *subject, assay_decision_slot slot,
						  assay_decision *out, assay_err *err);
/**
 * The rejection of the page or stream that a sample was found in, with which it is rejected too, as its row has it.
 * ASSAY_ENOENT without a message where it is not.
 */
ASSAY_NODISCARD assay_code assay_decision_of_whole(assay_decision *out, assay_store *s, const assay_sample_row *row,
						   assay_err *err);
typedef assay_code assay_decision_id_fn(void *ctx, uint64_t id, assay_err *err);
/** Every one whose row cannot be read. */
ASSAY_NODISCARD assay_code assay_decisions_damaged(assay_store *s, assay_decision_id_fn *fn, void *ctx, assay_err *err);
typedef assay_code assay_decision_fn(void *ctx, const assay_decision *d, assay_err *err);
/** Every decision, one whose row cannot be read as DAMAGED. d is borrowed for the call; fn must not write. */
ASSAY_NODISCARD assay_code assay_decisions_peek(assay_store *s, assay_decision_fn *fn, void *ctx, assay_err *err);
/** Every decision in the order they were made; with standing_only those that stand. d is borrowed for the call. */
ASSAY_NODISCARD assay_code assay_decisions_each(assay_store *s, bool standing_only, assay_decision_fn *fn, void *ctx,
						assay_err *err);

/*
 * The list of decisions in force, as a version names it (docs/formats.md, "Decisions"): identities alone, ascending by
 * subject and slot.
 */

/** @param d  [in] in any order; sorted here */
ASSAY_NODISCARD assay_code assay_decisions_encode(assay_buf *out, const assay_decision **d, size_t count,
						  assay_err *err);
/** *out is to be freed with assay_decisions_free; what is beside the identities is zero. */
ASSAY_NODISCARD assay_code assay_decisions_decode(assay_decision **out, size_t *count, const void *p, size_t n,
						  assay_err *err);
void assay_decisions_free(assay_decision *d, size_t count);
/** The one of a list as decoded that stands on a subject in a slot; NULL when there is none. */
const assay_decision *assay_decisions_find(const assay_decision *list, size_t count, const char *subject,
					   assay_decision_slot slot);

#endif
