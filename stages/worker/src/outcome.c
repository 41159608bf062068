#include "outcome.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

typedef struct verdict {
	assay_failure failure;
	char message[560];
} verdict;

char *outcome_end_text(int signal, int status, char *out, size_t size)
{
	const char *name = signal > 0 ? sigabbrev_np(signal) : NULL;

	if (signal == 0)
		(void)snprintf(out, size, "exit status %d", status);
	else if (name == NULL)
		(void)snprintf(out, size, "signal %d", signal);
	else
		(void)snprintf(out, size, "signal %d (SIG%s)", signal, name);
	return out;
}

static const char *step_name(const answer *a, uint32_t step)
{
	return step < a->shape->count ? a->shape->stages[step]->name : "no stage";
}

static char *end_text(const exit_message *end, char *out, size_t size)
{
	if (end->signal == 0 && end->status == EXIT_STATUS_SANDBOX)
		(void)snprintf(out, size, "the sandbox could not be entered");
	else if (end->signal == 0 && end->status == EXIT_STATUS_START)
		(void)snprintf(out, size, "the child could not start or finish its work");
	else
		(void)outcome_end_text(end->signal, end->status, out, size);
	return out;
}

static bool used_up_cpu(const exit_message *end, const assay_worker_limits *limits)
{
	if (end->signal == SIGXCPU)
		return true;
	/* A child that ignores SIGXCPU meets the hard limit, which is SIGKILL. */
	return end->signal == SIGKILL && end->cpu_us >= (uint64_t)limits->cpu_s * 1000000u;
}

static verdict died(const exit_message *end, const answer *a)
{
	verdict v = {.failure = ASSAY_FAILURE_CRASH};
	char how[64];

	(void)end_text(end, how, sizeof how);
	if ((end->flags & EXIT_FLAG_MEMORY) != 0) {
		v.failure = ASSAY_FAILURE_OUT_OF_MEMORY;
		(void)snprintf(v.message, sizeof v.message, "out of memory in %s: %s", step_name(a, end->step), how);
		return v;
	}
	if (end->signal == SIGKILL)
		v.failure = ASSAY_FAILURE_KILLED;
	(void)snprintf(v.message, sizeof v.message, "%s in %s", how, step_name(a, end->step));
	return v;
}

static verdict judge(const exit_message *end, const answer *a, const assay_worker_limits *limits, const char *stopped)
{
	verdict v = {.failure = ASSAY_FAILURE_TIMEOUT};

	if (a->fault[0] != '\0' && (end->signal == 0 || (end->flags & EXIT_FLAG_STOPPED) != 0)) {
		v.failure = ASSAY_FAILURE_PROTOCOL;
		(void)snprintf(v.message, sizeof v.message, "%s", a->fault);
	} else if (stopped != NULL && a->fault[0] == '\0') {
		/* However it ended: it may have met the closed socket before the signal. */
		v.failure = ASSAY_FAILURE_KILLED;
		(void)snprintf(v.message, sizeof v.message, "%s", stopped);
	} else if ((end->flags & EXIT_FLAG_WALL) != 0) {
		(void)snprintf(v.message, sizeof v.message, "no end after %u s in %s", (unsigned)limits->wall_s,
			       step_name(a, end->step));
	} else if (used_up_cpu(end, limits)) {
		(void)snprintf(v.message, sizeof v.message, "%u s of CPU used up in %s", (unsigned)limits->cpu_s,
			       step_name(a, end->step));
	} else if (end->signal != 0 || end->status != 0) {
		v = died(end, a);
	} else if (!a->has_result) {
		v.failure = ASSAY_FAILURE_PROTOCOL;
		(void)snprintf(v.message, sizeof v.message, "the child ended without a result in %s",
			       step_name(a, end->step));
	} else {
		v.failure = ASSAY_FAILURE_NONE;
	}
	return v;
}

/* The counts of a unit that has no result are zero, one for each step, so that sums over units are easy. */
static assay_code fail(assay_worker_answer *out, const verdict *v, uint32_t step, size_t steps, assay_err *err)
{
	out->result = (assay_result){0};
	out->result.steps = assay_alloc(steps, sizeof *out->result.steps);
	if (out->result.steps == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "answer of a unit");
	out->result.step_count = steps;
	return assay_result_fail(&out->result, v->failure, step < steps ? step : 0, v->message, err);
}

assay_code outcome_of(assay_worker_answer *out, const exit_message *end, answer *a, const assay_worker_limits *limits,
		      const char *stopped, assay_err *err)
{
	const verdict v = judge(end, a, limits, stopped);

	*out = (assay_worker_answer){
	    .signal = end->signal, .cpu_us = end->cpu_us, .wall_us = end->wall_us, .max_rss_kib = end->max_rss_kib};
	if (v.failure != ASSAY_FAILURE_NONE)
		return fail(out, &v, end->step, a->shape->count, err);
	out->result = a->result;
	a->result = (assay_result){0};
	return ASSAY_OK;
}

assay_code outcome_of_dead_worker(assay_worker_answer *out, int wait_status, size_t steps, assay_err *err)
{
	const int signal = WIFSIGNALED(wait_status) ? WTERMSIG(wait_status) : 0;
	verdict v = {.failure = signal == SIGKILL ? ASSAY_FAILURE_KILLED : ASSAY_FAILURE_CRASH};
	char how[64];

	(void)outcome_end_text(signal, WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 0, how, sizeof how);
	(void)snprintf(v.message, sizeof v.message, "the worker process ended: %s", how);
	*out = (assay_worker_answer){.signal = signal};
	return fail(out, &v, 0, steps, err);
}
