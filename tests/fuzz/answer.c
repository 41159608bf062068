/* All that a hostile child may write into its answer socket: frames, artifacts, a result for the chain. */
#include "fuzz.h"

#include "answer.h"
#include "assay/file.h"
#include "test_stages.h"

#include <sys/socket.h>
#include <unistd.h>

/* Fits into a socket's buffer, so that one thread can write and then read. */
#define INPUT_MAX ((size_t)64 << 10)

static uint64_t kept;

static assay_code keep(void *ctx, const void *data, size_t size, const assay_digest *digest, assay_err *err)
{
	assay_digest own;

	(void)ctx;
	(void)err;
	fuzz_need(assay_digest_of(&own, data, size, NULL));
	fuzz_assert(assay_digest_eq(&own, digest));
	kept++;
	return ASSAY_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const assay_worker_step steps[] = {{&assay_stage_test_read, NULL}, {&assay_stage_test_misbehave, NULL}};
	static const assay_worker_chain chain = {steps, 2};
	static answer_shape shape;
	const int room = 1 << 20;
	int pair[2];
	answer a;

	if (size > INPUT_MAX)
		return -1;
	if (shape.count == 0)
		fuzz_need(answer_shape_init(&shape, &chain, NULL));
	fuzz_assert(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
	(void)setsockopt(pair[1], SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
	fuzz_need(assay_write_all(pair[1], data, size, NULL));
	(void)close(pair[1]);
	answer_init(&a, &shape, pair[0], keep, NULL);
	fuzz_need(answer_step(&a, SIZE_MAX, NULL));
	fuzz_assert(!answer_is_open(&a));
	/* A result that stands speaks of no sample, step or artifact that is not there. */
	if (a.has_result && a.fault[0] == '\0')
		for (size_t i = 0; i < a.result.sample_count; i++)
			fuzz_assert(a.result.samples[i].artifact_count <= a.arrived_count);
	answer_release(&a);
	return 0;
}
