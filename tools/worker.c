#include "verbs.h"

#include "assay/worker.h"

static const assay_option options[] = {
    {"control", 0, "FD", "descriptor of the control socket"},
    {NULL, 0, NULL, NULL},
};

static int run(const assay_invocation *in, assay_err *err)
{
	uint64_t fd;
	const assay_code rc = assay_opt_uint(in, "control", 3, 3, 1024, &fd, err);

	return rc == ASSAY_OK ? assay_worker_main((int)fd) : assay_exit_of(rc);
}

const assay_verb assay_verb_worker = {
    .name = "worker",
    .operands = "",
    .summary = "decode and measure for a running 'assay run' (started by it)",
    .help = "",
    .example = "",
    .options = options,
    .run = run,
    .hidden = true,
};
