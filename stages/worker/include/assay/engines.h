/**
 * What the code of the stages is and reads: engines, libraries, models and fonts, which recipes name. The coordinator
 * has no such code (assay/registry.h) and asks a worker, which is started for it. When all is asked it may become the
 * first that is given work (assay_worker_opts.asked). In a program that has the stages' callbacks they are called.
 */
#ifndef ASSAY_ENGINES_H
#define ASSAY_ENGINES_H

#include "assay/build_id.h"
#include "assay/digest.h"
#include "assay/memory.h"
#include "assay/stage.h"

typedef struct assay_engines assay_engines;

/**
 * Start the worker that is asked; the calls below wait for its answers, so that other things can be done while it loads
 * its libraries. It ends with the thread that calls this.
 * @return ASSAY_OK; ASSAY_ECONFIG when the program of the workers is not installed; ASSAY_EIO when it cannot be started
 */
ASSAY_NODISCARD assay_code assay_engines_open(assay_engines **out, assay_err *err);
/** Ends the worker. NULL is fine. */
void assay_engines_close(assay_engines *e);
static inline void assay_engines_closep(assay_engines **e)
{
	assay_engines_close(*e);
}

/*
 * All of them fail with ASSAY_EIO when the worker ends before it answers, and with ASSAY_ECONFIG when it is of another
 * build than the table of stages.
 */

/** The shared objects that a worker loads, before models. Borrowed until close. */
ASSAY_NODISCARD assay_code assay_engines_libraries(const assay_build_ids **out, assay_engines *e, assay_err *err);
/** assay_stage.engine of a stage of the table: "" when there is none. Borrowed until close. */
ASSAY_NODISCARD assay_code assay_engines_version(const char **out, assay_engines *e, const assay_stage *stage,
						 assay_err *err);
/**
 * assay_stage.files: nothing is added for a stage that has none.
 * @return besides, ASSAY_EINVAL when the worker was given work meanwhile
 */
ASSAY_NODISCARD assay_code assay_engines_files(assay_stage_files *out, assay_engines *e, const assay_stage *stage,
					       const void *params, assay_err *err);
/**
 * Digest of a file that assay_engines_files tells of. Its bytes are read once, however many recipes name it: 4 MB of
 * English are in each attempt of a ladder. All recipes made with `e` are thereby of one state of the file.
 * @return ASSAY_OK; ASSAY_EIO when it cannot be read, with the role and the path
 */
ASSAY_NODISCARD assay_code assay_engines_digest(assay_digest *out, assay_engines *e, const char *role, const char *path,
						assay_err *err);

#endif
