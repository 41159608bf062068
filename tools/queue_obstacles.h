/**
 * What keeps a person from doing something to a ticket as it stands. The verbs refuse by it, and advice, folders of work
 * and exports offer nothing that they would refuse.
 */
#ifndef ASSAY_QUEUE_OBSTACLES_H
#define ASSAY_QUEUE_OBSTACLES_H

#include "assay/config.h"
#include "assay/decision.h"
#include "assay/queue.h"
#include "assay/source.h"

/**
 * @param why  what stands in the way, to be read after "T12 (scans/a.tif#page=3) "; nothing is put into it where it can
 *             be done
 * @return ASSAY_OK in both cases; errors of the store
 */
typedef assay_code assay_obstacle_fn(assay_buf *why, assay_store *s, const assay_ticket *t, assay_err *err);

/** `resolve --text`: what is no page, recording or table, or has no stage that takes one; another file in its place. */
assay_obstacle_fn assay_obstacle_to_correction;
/** A text that annotations hold: the same, and tables, whose cells are handed in one by one. */
assay_obstacle_fn assay_obstacle_to_text;
/** Of these what will never change: what it is about has no text that people could write. */
assay_obstacle_fn assay_obstacle_to_text_ever;
/** `resolve --file`: what is part of what its file holds. */
assay_obstacle_fn assay_obstacle_to_file;
/** `resolve --metadata`, which any source takes: where it settles nothing, since something else keeps the sample out. */
assay_obstacle_fn assay_obstacle_to_metadata;
/** `waive`: what does not fail, what cannot be delivered, what people rejected. */
assay_obstacle_fn assay_obstacle_to_waiver;
assay_obstacle_fn assay_obstacle_to_rejection;
/** `retry --remedy`, whichever it is: what is settled by nobody, what passes, what a person's correction or file helps. */
assay_obstacle_fn assay_obstacle_to_remedy;
/**
 * Does one of the remedies of assay.yaml change how its source is made? `retry --remedy` refuses one that does not.
 * @param r  NULL: any of them
 */
ASSAY_NODISCARD assay_code assay_remedy_can_change(bool *out, const assay_config *config, const assay_config_remedy *r,
						   assay_store *s, const assay_ticket *t, assay_err *err);
/**
 * Does it wait for attempts that `assay run` alone can make, since a file is not as it was when it was digested, which no
 * other verb does again?
 */
bool assay_ticket_waits_for_run(const assay_ticket *t);
/** That people rejected it or let it pass: who, when, why and how that is taken back. */
assay_obstacle_fn assay_obstacle_decided;

/**
 * The ticket of the page or stream that a sample was found in and is rejected with. ASSAY_ENOENT without a message where
 * it is not.
 */
ASSAY_NODISCARD assay_code assay_ticket_whole(assay_ticket *out, assay_store *s, const assay_ticket *t, assay_err *err);
/** Of one that an evaluation opened: what the verbs take. "what the model got wrong is answered by '...', '...'" */
ASSAY_NODISCARD assay_code assay_tell_answers(assay_buf *out, assay_store *s, const assay_ticket *t, assay_err *err);

/** What people let pass under another name of the same bytes, in answer to an evaluation. */
typedef struct assay_ticket_answer {
	assay_decision waiver;
	assay_ticket ticket; /* of that other name, which takes the waiver back */
} assay_ticket_answer;

void assay_ticket_answer_release(assay_ticket_answer *a);
/** Of a ticket that is passed since such a waiver answers for it. ASSAY_ENOENT without a message where it is not. */
ASSAY_NODISCARD assay_code assay_ticket_answer_find(assay_ticket_answer *out, assay_store *s, const assay_ticket *t,
						    assay_err *err);
/** The source of a ticket. ASSAY_ENOENT without a message where it is not there any more. */
ASSAY_NODISCARD assay_code assay_ticket_source(assay_source *out, assay_store *s, const assay_ticket *t,
					       assay_err *err);
/**
 * What a text or another file for it would be made upon: its source's bytes, or, of a sample that is made of a file which
 * stands in the place of its source or of what it was found in, those of that file.
 */
ASSAY_NODISCARD assay_code assay_ticket_basis(assay_digest *out, assay_store *s, const assay_ticket *t,
					      const assay_source *src, assay_err *err);
/**
 * What stands in place of what the pipeline makes of its sample: a correction or another file that holds for what it is
 * made of, or a remedy by name. Kind 0: nothing does.
 */
ASSAY_NODISCARD assay_code assay_ticket_content(assay_decision *out, assay_store *s, const assay_ticket *t,
						const assay_source *src, assay_err *err);

#endif
