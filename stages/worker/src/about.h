/**
 * What a worker tells of its program, and of the files that a step reads, before it is set up. Payloads, as in message.h:
 *
 *   ASK     {0: format, 1: stage name, 2: params}, or {0: format} for the program
 *   TOLD    {0: format, 1: build-id of the program, 2: [engine...], in the order of the table of stages, 3: [library...]}
 *            or, of a step, {0: format, 1: [[role, path]...]}; paths are bytes
 */
#ifndef ASSAY_WORKER_ABOUT_H
#define ASSAY_WORKER_ABOUT_H

#include "assay/build_id.h"
#include "assay/cbor.h"
#include "assay/stage.h"

/* A worker of another build than the table of stages would do other things than the recipe says. Of its program's path. */
#define ABOUT_OTHER_BUILD                                                                                              \
	"the program of the workers, '%s', is of another build than 'assay' itself: install Assay whole, and run "     \
	"again"

typedef struct about {
	char *build;    /* build-id of the program */
	char **engines; /* for each stage of the table its engine; "": none */
	size_t engine_count;
	assay_build_ids libraries;
} about;

/** Of this process. */
ASSAY_NODISCARD assay_code about_read(about *out, assay_err *err);
void about_release(about *a);

void about_encode(assay_buf *out, const about *a);
ASSAY_NODISCARD assay_code about_decode(about *out, const assay_buf *in, assay_err *err);

/** ASK; stage NULL: of the program. */
void about_ask(assay_buf *out, const assay_stage *stage, const void *params);
/** The worker's side: the payload of TOLD for one of ASK. */
ASSAY_NODISCARD assay_code about_tell(assay_buf *out, const assay_buf *ask, assay_err *err);
/** TOLD of a step's files. */
ASSAY_NODISCARD assay_code about_decode_files(assay_stage_files *out, const assay_buf *in, assay_err *err);

#endif
