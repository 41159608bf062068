#include "harness.h"

#include "assay/file.h"
#include "assay/memory.h"
#include "assay/params.h"
#include "assay/registry.h"
#include "test_stages.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void set(void *params, const char *name, const char *value)
{
	const assay_stage *stage = &assay_stage_test_misbehave;
	assay_err err = ASSAY_ERR_INIT;

	if (value == NULL || assay_params_set(stage, params, assay_param_find(stage, name), value, &err) == ASSAY_OK)
		return;
	(void)fprintf(stderr, "harness: %s\n", err.msg);
	abort();
}

assay_code harness_start(harness *h, const harness_opts *o, assay_err *err)
{
	void *misbehave = NULL, *read = NULL;
	assay_code rc = assay_params_new(&misbehave, &assay_stage_test_misbehave, err);

	*h = (harness){.worker = NULL};
	if (rc == ASSAY_OK)
		rc = assay_params_new(&read, &assay_stage_test_read, err);
	if (rc == ASSAY_OK) {
		const assay_worker_step steps[] = {{&assay_stage_test_read, read},
						   {&assay_stage_test_misbehave, misbehave}};
		const assay_worker_chain chains[HARNESS_CHAINS] = {{steps, 1}, {steps, 2}};
		assay_worker_opts opts = {.program = o->program,
					  .wrapper = o->wrapper != NULL ? o->wrapper : "",
					  .chains = chains,
					  .chain_count = HARNESS_CHAINS,
					  .limits = o->limits,
					  .sandbox = o->sandbox,
					  .omit_layers = o->omit_layers};

		if (opts.limits.wall_s == 0)
			opts.limits = (assay_worker_limits){(uint64_t)1 << 30, 20, 60};
		set(misbehave, "act", o->act);
		set(misbehave, "path", o->path);
		set(misbehave, "folder", o->folder);
		rc = assay_worker_start(&h->worker, &opts, err);
	}
	assay_params_free(&assay_stage_test_misbehave, misbehave);
	assay_params_free(&assay_stage_test_read, read);
	return rc;
}

void harness_stop(harness *h)
{
	assay_worker_close(h->worker);
	assay_buf_release(&h->kept);
	*h = (harness){.worker = NULL};
}

static assay_code keep(void *ctx, const void *data, size_t size, const assay_digest *digest, assay_err *err)
{
	harness *h = ctx;

	(void)digest;
	if (h->refuse != ASSAY_OK)
		return ASSAY_RAISE(err, h->refuse, "the receiver refuses");
	assay_buf_append(&h->kept, data, size);
	h->kept_count++;
	return ASSAY_OK;
}

assay_code harness_submit(harness *h, uint32_t chain, const char *text, assay_err *err)
{
	ASSAY_AUTO_FD fd = memfd_create("unit", MFD_CLOEXEC);
	const assay_worker_unit unit = {.chain = chain, .fd = fd, .size = strlen(text)};
	assay_code rc;

	assay_buf_reset(&h->kept);
	h->kept_count = 0;
	if (fd < 0)
		return ASSAY_RAISE_ERRNO(err, "memory file");
	rc = assay_write_all(fd, text, strlen(text), err);
	return rc == ASSAY_OK ? assay_worker_submit(h->worker, &unit, keep, h, err) : rc;
}

assay_code harness_wait(harness *h, assay_worker_answer *out, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	while (rc == ASSAY_OK && !assay_worker_take(h->worker, out)) {
		struct pollfd fds[2];
		const size_t n = assay_worker_poll_fds(h->worker, fds);

		if (n == 0)
			return ASSAY_RAISE(err, ASSAY_EINVAL, "nothing to wait for");
		if (poll(fds, n, 120000) == 0)
			return ASSAY_RAISE(err, ASSAY_EIO, "the worker does not answer");
		rc = assay_worker_step_io(h->worker, err);
	}
	return rc;
}

assay_worker_answer harness_run(harness *h, uint32_t chain, const char *text)
{
	assay_worker_answer answer = {.signal = 0};
	assay_err err = ASSAY_ERR_INIT;
	assay_code rc = harness_submit(h, chain, text, &err);

	if (rc == ASSAY_OK)
		rc = harness_wait(h, &answer, &err);
	if (rc == ASSAY_OK)
		return answer;
	(void)fprintf(stderr, "harness: %s\n", err.msg);
	abort();
}

int harness_errno(harness *h, const char *act, const char *path)
{
	ASSAY_AUTO_FREE char *text = assay_asprintf("act: %s\npath: %s\n", act, path != NULL ? path : "");
	assay_worker_answer a = harness_run(h, HARNESS_READ, text);
	int met = -1;

	if (a.result.failure == ASSAY_FAILURE_NONE)
		met = (int)a.result.samples[0].measurements[TEST_READ_ERRNO].value;
	else
		(void)fprintf(stderr, "%s %s: %s\n", act, path != NULL ? path : "", a.result.message);
	assay_result_release(&a.result);
	return met;
}

void harness_maybe_worker(int argc, char **argv)
{
	if (argc > 3 && strcmp(argv[1], "worker") == 0)
		exit(assay_worker_main(atoi(argv[3])));
}
