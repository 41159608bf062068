/** In which lane of assay.yaml a ticket is. */
#ifndef ASSAY_QUEUE_LANE_H
#define ASSAY_QUEUE_LANE_H

#include "queue_stages.h"
#include "verb.h"

#include "assay/config.h"

/** Rules as assay.yaml has them now. */
typedef struct assay_lane_rules {
	assay_config *config; /* [owned] NULL: it is not there, or wrong; no ticket has a lane then */
} assay_lane_rules;

/** Read assay.yaml for the sake of lanes alone: what is wrong in it is not told, and no error. */
ASSAY_NODISCARD assay_code assay_lane_rules_load(assay_lane_rules *out, const assay_invocation *in, assay_err *err);
void assay_lane_rules_release(assay_lane_rules *r);
#define ASSAY_AUTO_LANE_RULES ASSAY_CLEANUP(assay_lane_rules_release) assay_lane_rules

/** The lane of a ticket, as long as the rules live; *out is NULL without rules. stages: of its store. */
ASSAY_NODISCARD assay_code assay_ticket_lane(const char **out, const assay_config *config, assay_ticket_stages *stages,
					     const assay_ticket *t, assay_err *err);

#endif
