/**
 * What is done for a whole source, before its samples are judged: another file that people put in its place stands for
 * it; where its units fail, and nobody gave it up, remedies are tried on all of it: one that a decision names, then
 * those that are for such a failure, in the order of assay.yaml, each with its ladder. The first attempt by which every
 * unit is made and every sample passes is taken, and its samples stand by the source's keys.
 *
 * It is a function of the catalog as with samples (repair.h): a document's attempt is as many units as the document is,
 * and which of them are still wanted is one of the results.
 */
#ifndef ASSAY_SOURCE_TREAT_H
#define ASSAY_SOURCE_TREAT_H

#include "judging.h"

/** Kept over all sources of a judging. What it says of a source stays until the next one is treated. */
typedef struct assay_source_treatment {
	assay_stand_in whole;             /* way PLAIN: it stands, or fails, by itself */
	const assay_unit *units;          /* otherwise those that its samples come from */
	size_t unit_count;                /* of them */
	const assay_known_recipe *recipe; /* of all of them */
	assay_digest bytes;               /* that they read */
	/* Bytes by which it is a duplicate: its own, or of a file in place of all of it; zero until that was read. */
	assay_digest stands;
	const assay_unit *page; /* of a file in the place of its only page; NULL: none, or units has all of it */
	const assay_decision *page_file; /* that put it there */
	assay_ticket_state state;        /* of the source's ticket; 0: it needs none */
	const assay_decision *decision;  /* that its state comes from; NULL: none */
	const assay_config_remedy *left; /* not begun, since there were attempts enough; NULL: none */
	bool unsettled;                  /* an attempt was not made, or only in vain for want of time or memory */
	assay_wanted *wanted;            /* units that are to be made; owned */
	size_t wanted_count, wanted_cap;
	assay_arena arena;                           /* of the units that are looked at */
	assay_ticket_attempt tried[ASSAY_TRIES_MAX]; /* what was, for its ticket */
	size_t tried_count;
	assay_arena notes; /* of them */
} assay_source_treatment;

void assay_source_treatment_release(assay_source_treatment *t);

/** The unit that failed, of those that the pipeline made of a source; NULL when none did. */
const assay_unit *assay_source_failed(const assay_unit *plain, size_t count);

/**
 * Decisions that apply are put in force. j->repair is used, and free again afterwards.
 * @param src    is there, and was read
 * @param plain  units as the pipeline made them; borrowed
 */
ASSAY_NODISCARD assay_code assay_source_treat(assay_source_treatment *t, assay_judging *j, const assay_source *src,
					      const assay_unit *plain, assay_err *err);
/**
 * The decision by which a source that fails is given up, put in force; NULL when nobody gave it up.
 * @param work_key  of the unit that failed; zero when it could not be read
 */
ASSAY_NODISCARD assay_code assay_source_rejected(const assay_decision **out, assay_session *s, const char *path,
						 const assay_digest *work_key, assay_failure failure, const char *stage,
						 assay_err *err);

#endif
