/** Walks from what a user names through the store, both ways, into a graph. */
#ifndef ASSAY_TRACE_H
#define ASSAY_TRACE_H

#include "graph.h"

#define ASSAY_TRACE_PREFIX_MIN 8

typedef struct assay_trace_opts {
	bool upstream, downstream;
} assay_trace_opts;

/**
 * @param name  a sample key, a source path, a version, or a digest (or unique prefix of 8 digits or more) of an
 *              artifact, recipe, contract, source, sidecar, model file or unit of work
 * @return ASSAY_OK; ASSAY_ENOENT with a message that names what is near; ASSAY_EUSAGE for an ambiguous prefix, with
 *         the candidates
 */
ASSAY_NODISCARD assay_code assay_trace(assay_graph *g, assay_store *s, const char *name, const assay_trace_opts *opts,
				       assay_err *err);

#endif
