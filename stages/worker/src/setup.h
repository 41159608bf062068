/** What a worker holds ready for its children: chains with loaded models, limits, and the folders they may read. */
#ifndef ASSAY_WORKER_SETUP_H
#define ASSAY_WORKER_SETUP_H

#include "assay/chain.h"
#include "assay/worker.h"

/** Real paths of folders (and single files) that children may read. */
typedef struct readable {
	char **paths;
	size_t count, cap;
} readable;

/** True when the real path is one of them or lies in one of them. */
bool readable_covers(const readable *r, const char *real_path);
ASSAY_NODISCARD assay_code readable_add(readable *r, const char *real_path, assay_err *err);
void readable_release(readable *r);

/** A step that is loaded once and shared by every chain that has an equal one. */
typedef struct loaded_step {
	assay_chain_step step; /* params owned */
	assay_buf key;         /* name and encoded params */
	size_t ordinal;        /* equal steps before it in its chain: those have a state each */
} loaded_step;

typedef struct setup_chain {
	assay_chain_step *steps; /* params and shared borrowed from the loaded steps */
	size_t *loaded;          /* which loaded step each is */
	size_t count;
} setup_chain;

typedef struct setup {
	assay_worker_limits limits;
	assay_sandbox_mode sandbox;
	unsigned omit_layers;
	loaded_step *loaded;
	size_t loaded_count, loaded_cap;
	setup_chain *chains;
	size_t chain_count, chain_cap;
	readable readable;
} setup;

/**
 * Decode a SETUP payload, find its stages and load them.
 * @return ASSAY_ECONFIG naming the stage that cannot be loaded; ASSAY_ECORRUPT for a malformed payload
 */
ASSAY_NODISCARD assay_code setup_read(setup *s, const void *p, size_t n, assay_err *err);
void setup_release(setup *s);

#endif
