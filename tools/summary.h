/** How a run's summary is told, to people and to programs. */
#ifndef ASSAY_SUMMARY_H
#define ASSAY_SUMMARY_H

#include "verb.h"

#include "assay/pipeline.h"

/** The object that `run --json` and `judge --json` print (docs/manual.md). */
void assay_summary_json(assay_json *j, const assay_summary *s, int exit_code);
void assay_summary_print(const assay_summary *s);

#endif
