/* What the steps of a chain ask of it: samples, values, measurements, artifacts. */
#ifndef ASSAY_WORKER_SINK_H
#define ASSAY_WORKER_SINK_H

#include "parts.h"

#include "assay/chain.h"

/* A root sample whose values are still coming, with one state per step. */
typedef struct root {
	uint32_t sample;
	uint32_t whole; /* of which it is a part, itself when it is none */
	uint32_t from;  /* the first step that sees values of it */
	bool opened[ASSAY_CHAIN_STEPS_MAX];
	void *state[ASSAY_CHAIN_STEPS_MAX];
} root;

typedef struct step_sink {
	assay_sink sink; /* first: an assay_sink * of a step is its step_sink * */
	struct chain *chain;
	uint32_t step;
} step_sink;

typedef struct chain {
	const assay_chain_step *steps;
	size_t count;
	const assay_input *in;
	const assay_chain_opts *opts;
	assay_result *result;
	step_sink sinks[ASSAY_CHAIN_STEPS_MAX];
	uint32_t metric_base[ASSAY_CHAIN_STEPS_MAX + 1];
	uint32_t artifact_count[ASSAY_CHAIN_STEPS_MAX];
	root *roots;
	size_t root_count, root_cap;
	uint32_t *divided; /* samples that are none any more */
	size_t divided_count, divided_cap;
	parts parts;  /* of result->samples */
	bool failing; /* a step has failed; where and how: */
	uint32_t failing_step;
	assay_failure failure; /* NONE: the error code decides */
	bool widen;            /* the span is to be read from the beginning of its stream */
	bool memory_failed;    /* errno was ENOMEM when the reader came back with an error */
	assay_code broken;     /* the interface was broken, or the artifact receiver failed: not the input's fault */
} chain;

extern const assay_sink_ops sink_ops;

/* The interface was broken: a bug of the step, not the input's fault. Returns the code. */
assay_code sink_broken(chain *c, assay_code code);

#define BROKEN(c, err, ...) sink_broken((c), ASSAY_RAISE((err), ASSAY_EINVAL, __VA_ARGS__))

const char *sink_step_name(const chain *c, uint32_t step);

/* Close the states of a root, which is one no more. */
void sink_close_root(chain *c, root *r);

/* The innermost step that returns an error is the one that failed. Returns the code. */
assay_code sink_blame(chain *c, uint32_t step, assay_code rc);

/* Keep what was measured; `undefined` is why it could not be, or NULL. ASSAY_EINVAL when it is there already. */
assay_code sink_record(assay_result_sample *rs, uint32_t metric, int64_t value, const char *undefined, assay_err *err);

/* Messages come from libraries and files; the record must be UTF-8 and a terminal must survive it. NULL without memory. */
char *sink_clean_message(const char *message);

#endif
