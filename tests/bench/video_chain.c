/*
 * What the video chain costs, without worker, store or judging: video.read and the named stages with their defaults
 * over one file. Compare its CPU time with that of bench-decode.
 *
 *   bench-video FILE [STAGE...]
 */
#include "assay/chain.h"
#include "assay/params.h"
#include "assay/registry.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int complain(const char *what, const char *why)
{
	(void)fprintf(stderr, "bench-video: %s: %s\n", what, why);
	return 1;
}

static bool add_step(assay_chain_step *step, const char *name)
{
	void *params = NULL;

	step->stage = assay_stage_find(name);
	if (step->stage == NULL || assay_params_new(&params, step->stage, NULL) != ASSAY_OK)
		return false;
	step->params = params;
	return true;
}

static int run(const char *path, const assay_chain_step *steps, size_t count)
{
	ASSAY_AUTO_RESULT r = {0};
	assay_err err = ASSAY_ERR_INIT;
	assay_input in = {.fd = open(path, O_RDONLY | O_CLOEXEC)};
	struct stat st;

	if (in.fd < 0 || fstat(in.fd, &st) != 0)
		return complain(path, "cannot be opened");
	in.size = (uint64_t)st.st_size;
	if (assay_chain_run(&r, steps, count, &in, NULL, &err) != ASSAY_OK)
		return complain(path, err.msg);
	if (r.failure != ASSAY_FAILURE_NONE)
		return complain(path, r.message);
	(void)printf("%" PRIu64 " values, %zu samples\n", r.steps[0].out, r.sample_count);
	return fflush(stdout) == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
	assay_chain_step steps[ASSAY_CHAIN_STEPS_MAX] = {0};
	size_t count = 0;
	int rc = 0;

	if (argc < 2 || argc - 1 > ASSAY_CHAIN_STEPS_MAX) {
		(void)fprintf(stderr, "usage: bench-video FILE [STAGE...]\n");
		return 2;
	}
	for (int i = 1; i < argc && rc == 0; i++)
		if (add_step(&steps[count], i == 1 ? "video.read" : argv[i]))
			count++;
		else
			rc = complain(argv[i], "no such stage");
	if (rc == 0)
		rc = run(argv[1], steps, count);
	for (size_t i = 0; i < count; i++)
		assay_params_free(steps[i].stage, (void *)(uintptr_t)steps[i].params);
	return rc;
}
