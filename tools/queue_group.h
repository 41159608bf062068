/** Tickets of a selection, counted by what they have in common. */
#ifndef ASSAY_QUEUE_GROUP_H
#define ASSAY_QUEUE_GROUP_H

#include "queue_select.h"

/**
 * Print a line for each group, the largest first: its number of tickets and the oldest of them. With --json an array.
 *
 * @param by  "check", "stage", "failure", "modality", "kind", "state", "origin", "remedy", "source" or "metadata:NAME". A ticket with
 *            several checks or stages counts in each of their groups.
 */
ASSAY_NODISCARD assay_code assay_selection_group(assay_selection *sel, const char *by, assay_err *err);

#endif
