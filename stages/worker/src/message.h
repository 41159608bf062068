/**
 * Messages of the control socket between the coordinator and a worker. Payloads are deterministic CBOR, maps with
 * ascending integer keys:
 *
 *   SETUP   {0: format, 1: build-id that the worker must have, empty: any, 2: [memory_bytes, cpu_s, wall_s],
 *            3: sandbox mode, 4: layers left out (tests), 5: [chain...]}; chain: [[stage name, params]...]; params as assay_params_encode writes them, local
 *            rows included
 *   READY   {0: format, 1: cpu features, 2: layers, 3: pid}
 *   FAILED  {0: kind, 1: message}; kind 1 configuration, 2 sandbox, 3 memory, 4 anything else
 *   UNIT    {0: chain, 1: size, 2: first page, 3: last page, 4: [role of sidecar...]}
 *            descriptors: the child's answer socket, the source, then one for each sidecar
 *   EXIT    {0: signal, 1: exit status, 2: flags, 3: step that ran last, 4: cpu_us, 5: wall_us, 6: max_rss_kib}
 *            flags: 1 wall limit, 2 stopped by STOP, 4 memory was out
 *   STOP    (empty)
 *
 * ASK and TOLD: about.h.
 */
#ifndef ASSAY_WORKER_MESSAGE_H
#define ASSAY_WORKER_MESSAGE_H

#include "assay/cbor.h"
#include "assay/worker.h"

#define UNIT_FDS_BEFORE_SIDECARS 2u
#define UNIT_SIDECARS_MAX        30u

void message_setup(assay_buf *out, const assay_worker_opts *opts);

typedef struct ready_message {
	char cpu_features[256];
	unsigned layers;
	int32_t pid;
} ready_message;
void message_ready(assay_buf *out, const ready_message *m);
ASSAY_NODISCARD assay_code message_read_ready(ready_message *out, const assay_buf *in, assay_err *err);

void message_failed(assay_buf *out, const assay_err *cause);
/** Raises the error that the message carries; always fails. */
ASSAY_NODISCARD assay_code message_read_failed(const assay_buf *in, assay_err *err);

typedef struct unit_message {
	uint32_t chain;
	uint64_t size;
	assay_part part;
	char *roles[UNIT_SIDECARS_MAX];
	size_t sidecar_count;
} unit_message;
void message_unit(assay_buf *out, const assay_worker_unit *unit);
ASSAY_NODISCARD assay_code message_read_unit(unit_message *out, const assay_buf *in, assay_err *err);
void unit_message_release(unit_message *m);

#define EXIT_STATUS_SANDBOX 71 /* other layers in force than the trial found */
#define EXIT_STATUS_ANSWER  72 /* the answer socket is gone */
#define EXIT_STATUS_START   73 /* no memory, or a call that cannot fail has failed */
#define EXIT_FLAG_WALL      1u
#define EXIT_FLAG_STOPPED   2u
#define EXIT_FLAG_MEMORY    4u
typedef struct exit_message {
	int signal, status; /* status: 0, or EXIT_STATUS_… when the child could not do its work */
	unsigned flags;
	uint32_t step;
	uint64_t cpu_us, wall_us, max_rss_kib;
} exit_message;
void message_exit(assay_buf *out, const exit_message *m);
ASSAY_NODISCARD assay_code message_read_exit(exit_message *out, const assay_buf *in, assay_err *err);

#endif
