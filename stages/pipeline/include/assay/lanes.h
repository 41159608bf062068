/**
 * `lanes`: who gets a ticket to work on. Rules stand in order, the first that fits a ticket names its lane. They say
 * nothing about verdicts, and no identity knows of them.
 */
#ifndef ASSAY_LANES_H
#define ASSAY_LANES_H

#include "assay/kind.h"
#include "assay/operator.h"

#include <stdbool.h>
#include <stddef.h>

/** The lane of tickets that no rule takes. */
#define ASSAY_LANE_GENERAL "general"

/** All that is given must fit. */
typedef struct assay_lane {
	char *name;
	char **checks; /* it failed one of these; 0: any */
	size_t check_count;
	char **stages; /* it failed in one of these, or a check on what they measure; 0: any */
	size_t stage_count;
	uint64_t failures; /* bits of the classes of failure; 0: any */
	assay_modality modality;
	assay_sample_kind kind;  /* 0: any */
	assay_severity severity; /* the worst of its checks is this; 0: any */
	bool failed;             /* severity: failed. It was not measured */
	size_t least;            /* so many checks or more were not passed */
	int line, column;
} assay_lane;

typedef struct assay_lanes {
	assay_lane *items; /* in file order */
	size_t count;
} assay_lanes;

/** What rules ask about a ticket. All borrowed. */
typedef struct assay_lane_work {
	const char **checks; /* that were not passed */
	size_t check_count;
	const char **stages;
	size_t stage_count;
	assay_failure failure; /* NONE when checks were not passed */
	assay_modality modality;
	assay_sample_kind kind;  /* 0: a source, or not known */
	assay_severity severity; /* the worst; 0 without a check */
} assay_lane_work;

/** The name of its lane, never NULL. */
const char *assay_lane_of(const assay_lanes *lanes, const assay_lane_work *work);
/** Is there such a lane? ASSAY_LANE_GENERAL always is. */
bool assay_lane_exists(const assay_lanes *lanes, const char *name);
void assay_lanes_release(assay_lanes *lanes);

#endif
