/**
 * The table `standing`: which tickets are in which state, so that those in a few states are found without looking at
 * the others. A program that does not know of the table changes tickets all the same, so that it counts only while the
 * catalog has as many events as when it was last written: every change of a ticket adds one. For lineage/ only.
 */
#ifndef ASSAY_STANDING_H
#define ASSAY_STANDING_H

#include "assay/store.h"

/** Does it hold all tickets, each in its state? */
ASSAY_NODISCARD assay_code assay_standing_is_kept(assay_store *s, bool *kept, assay_err *err);
/** A ticket went from a state (0: from none) into another. */
ASSAY_NODISCARD assay_code assay_standing_move(assay_store *s, uint64_t ticket, unsigned was, unsigned is,
					       assay_err *err);
/** Forget what it holds, which is to be put into it anew. */
ASSAY_NODISCARD assay_code assay_standing_clear(assay_store *s, assay_err *err);
/** From now on it is kept: after the event of the last change was put. */
ASSAY_NODISCARD assay_code assay_standing_seal(assay_store *s, assay_err *err);

/** The smallest number above *ticket of a ticket in the state; ASSAY_ENOENT without a message when there is none. */
ASSAY_NODISCARD assay_code assay_standing_next(assay_store *s, unsigned state, uint64_t *ticket, assay_err *err);
/** The state that a ticket is listed in; 0 when it is in none, or the list does not hold. */
ASSAY_NODISCARD assay_code assay_standing_of(assay_store *s, uint64_t ticket, unsigned *state, assay_err *err);
/** What a key of the table says; false when it is none. */
bool assay_standing_read(const void *key, size_t key_size, unsigned *state, uint64_t *ticket);

#endif
