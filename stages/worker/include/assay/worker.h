/**
 * Worker processes, seen from the coordinator. A worker is a program of its own, which has the code of the stages and
 * their libraries (assay/registry.h), started by exec with a clean environment; it loads the models of every chain once and forks one sandboxed child per unit of work. The coordinator talks to
 * the worker over a control socket and to each child over a socket of its own, so that no child can speak for the
 * worker or for another unit. All calls here are non-blocking but assay_worker_start and assay_worker_close;
 * assay_worker_launch waits for the exec alone.
 * Messages are described in docs/formats.md, "Worker messages".
 */
#ifndef ASSAY_WORKER_H
#define ASSAY_WORKER_H

#include "assay/result.h"
#include "assay/sandbox.h"
#include "assay/stage.h"

#include <poll.h>

#define ASSAY_WORKER_FORMAT 3
/* The largest single artifact and the largest result record that a child may send. */
#define ASSAY_WORKER_ARTIFACT_MAX ((size_t)256 << 20)
#define ASSAY_WORKER_RESULT_MAX   ((size_t)64 << 20)

typedef struct assay_worker_step {
	const assay_stage *stage;
	const void *params; /* borrowed for assay_worker_start */
} assay_worker_step;

typedef struct assay_worker_chain {
	const assay_worker_step *steps;
	size_t count;
} assay_worker_chain;

typedef struct assay_worker_limits {
	uint64_t memory_bytes; /* address space of a child; not set in sanitizer builds */
	uint32_t cpu_s;
	uint32_t wall_s;
} assay_worker_limits;

struct assay_engines;

typedef struct assay_worker_opts {
	const char *program; /* NULL: that of assay_stages_at, beside this executable or where it is installed */
	const char *wrapper; /* words put before it, split at spaces; NULL: ASSAY_WORKER_WRAPPER, if set */
	const assay_worker_chain *chains;
	size_t chain_count;
	assay_worker_limits limits;
	assay_sandbox_mode sandbox;
	unsigned omit_layers; /* for tests: ASSAY_SANDBOX_… bits to leave out, as if the kernel had none; normally 0 */
	/*
	 * Whose worker is taken, if it has answered and still runs: its libraries are loaded. These engines can answer
	 * nothing new then (assay/engines.h). NULL, or with a program or wrapper named here: one is started.
	 */
	struct assay_engines *asked;
} assay_worker_opts;

/** What a worker says of itself once it is ready; goes into the run record. */
typedef struct assay_worker_facts {
	char cpu_features[256]; /* "sse4.2 avx avx2 fma avx512f", by CPUID as the worker saw it */
	unsigned layers;        /* ASSAY_SANDBOX_… bits that its children will have in force */
	int32_t pid;
} assay_worker_facts;

typedef struct assay_worker_sidecar {
	const char *role;
	int fd; /* borrowed */
} assay_worker_sidecar;

typedef struct assay_worker_unit {
	uint32_t chain; /* position in opts.chains */
	int fd;         /* source, borrowed; the child gets a duplicate opened for reading */
	uint64_t size;
	assay_part part;
	const assay_worker_sidecar *sidecars;
	size_t sidecar_count;
	/* All descriptors are read-only, at offset 0, and of file descriptions that nobody else uses: they are handed
	 * on as they are. Otherwise each is opened anew. */
	bool fresh;
} assay_worker_unit;

/**
 * Receives each artifact of the unit in order, as it arrives; the digest has been computed from the bytes. A unit that
 * fails in the end names none of those that came before: they are nobody's.
 */
typedef assay_code assay_worker_artifact_fn(void *ctx, const void *data, size_t size, const assay_digest *digest,
					    assay_err *err);

/** How a unit ended. */
typedef struct assay_worker_answer {
	assay_result result; /* complete; a crash, timeout… is a result with that failure and no samples */
	int signal;          /* signal that ended the child, 0 if none */
	uint64_t cpu_us;     /* user + system of the child */
	uint64_t wall_us;
	uint64_t max_rss_kib; /* peak resident set of the child as the kernel counts it */
} assay_worker_answer;

typedef enum assay_worker_state {
	ASSAY_WORKER_STARTING, /* launched: its models are being loaded */
	ASSAY_WORKER_IDLE,
	ASSAY_WORKER_BUSY,
	ASSAY_WORKER_DONE, /* an answer waits for assay_worker_take */
	ASSAY_WORKER_DEAD, /* the worker process is gone; a unit in flight has an answer of failure `crash`/`killed` */
} assay_worker_state;

typedef struct assay_worker assay_worker;

/**
 * Start a worker and wait until its models are loaded. It ends with the thread that calls this: call from one that
 * lives as long as the program. Its stderr goes to /dev/null unless ASSAY_WORKER_DEBUG is set.
 * @return ASSAY_OK; ASSAY_ECONFIG when a stage cannot be prepared (message names it), or the program of the workers is
 *         not installed or of another build than the table of stages; ASSAY_EPERM when
 *         opts->sandbox is REQUIRED and a layer is missing; ASSAY_EIO when it cannot be started or dies
 */
ASSAY_NODISCARD assay_code assay_worker_start(assay_worker **out, const assay_worker_opts *opts, assay_err *err);
/**
 * The same without waiting for the models, so that several workers load them at one time: the worker is STARTING until
 * assay_worker_step_io finds it IDLE. What goes wrong while it loads is that call's error.
 */
ASSAY_NODISCARD assay_code assay_worker_launch(assay_worker **out, const assay_worker_opts *opts, assay_err *err);
/** Ends the worker and its child (by pid, SIGKILL after a grace of 2 s) and reaps it. NULL is fine. */
void assay_worker_close(assay_worker *w);

const assay_worker_facts *assay_worker_facts_of(const assay_worker *w);
assay_worker_state assay_worker_state_of(const assay_worker *w);

/** Hand a unit to an IDLE worker. The unit's texts and descriptors are not needed after the call. */
ASSAY_NODISCARD assay_code assay_worker_submit(assay_worker *w, const assay_worker_unit *unit,
					       assay_worker_artifact_fn *artifact, void *ctx, assay_err *err);

/** Descriptors to poll for; fills up to 2 and returns how many. */
size_t assay_worker_poll_fds(const assay_worker *w, struct pollfd fds[2]);
/**
 * Take what has arrived; call when one of the descriptors is ready.
 * @return ASSAY_OK, or the error of the artifact receiver (the coordinator's own failure), or of a worker that was
 *         STARTING. What the child or the worker do wrong is an answer with failure `protocol`, `crash`, …, never an
 *         error.
 */
ASSAY_NODISCARD assay_code assay_worker_step_io(assay_worker *w, assay_err *err);
/** The answer of a DONE or DEAD worker; moves it out. A DONE worker is IDLE afterwards. False if there is none. */
bool assay_worker_take(assay_worker *w, assay_worker_answer *out);

/** Body of a worker: serves the control socket until it closes. Returns the exit code. */
int assay_worker_main(int control_fd);

#endif
