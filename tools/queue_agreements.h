/** How the queue stands against its agreements, told by summaries and `status`. */
#ifndef ASSAY_QUEUE_AGREEMENTS_H
#define ASSAY_QUEUE_AGREEMENTS_H

#include "assay/json.h"
#include "assay/queue_standing.h"

/** A line for each that is not met: word, then text. */
void assay_print_agreements(const assay_queue_standing *s, int indent);
/** "agreements": [{contract, id, property, value, unit, bound, met, ticket}]. */
void assay_json_agreements(assay_json *j, const assay_queue_standing *s);

#endif
