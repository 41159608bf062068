/** What a run tells of itself while it works: how much is done and how much is left, by what work has cost so far. */
#ifndef ASSAY_PACE_H
#define ASSAY_PACE_H

#include "executor.h"

/** The plan is made: the phase of processing begins. All of these do nothing without a progress. */
void assay_pace_begin(assay_executor *r);
void assay_pace_unchanged(assay_executor *r);
void assay_pace_digested(assay_executor *r, const assay_job *j);
/** A unit was given to a worker; it came back, however it ended. */
void assay_pace_given(const assay_executor *r, assay_slot *s);
void assay_pace_back(const assay_executor *r, assay_slot *s);
/** Learns from what it took, too. */
void assay_pace_job_done(assay_executor *r, const assay_job *j);
/** Show, if it is time. */
void assay_pace_show(assay_executor *r);

#endif
