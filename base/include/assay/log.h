/** Diagnostics of the running program, through one sink that the tool sets. Libraries raise errors instead. */
#ifndef ASSAY_LOG_H
#define ASSAY_LOG_H

#include "assay/error.h"

typedef enum assay_log_level { ASSAY_LOG_ERROR, ASSAY_LOG_WARNING, ASSAY_LOG_INFO, ASSAY_LOG_DEBUG } assay_log_level;

/** Receives one complete line without its newline. */
typedef void assay_log_fn(void *ctx, assay_log_level level, const char *line);

/** Set the sink and the most detailed level that reaches it. NULL silences. Not thread-safe: call once at start. */
void assay_log_set(assay_log_fn *fn, void *ctx, assay_log_level level);
void assay_log(assay_log_level level, const char *fmt, ...) ASSAY_PRINTF(2, 3);

#endif
