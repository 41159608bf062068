/** How a dry run is told: what would be done, why, and what it would cost. */
#ifndef ASSAY_TOOL_FORECAST_H
#define ASSAY_TOOL_FORECAST_H

#include "verb.h"

#include "assay/forecast.h"

/** `run --dry-run`: forecast and tell. A store that is not there yet is an empty one. Returns an exit code. */
int assay_tell_forecast(const assay_invocation *in, const assay_config *config, int rootfd, const assay_run_opts *o,
			assay_err *err);

#endif
