/** Exit codes of the program; a run's record holds its own. */
#ifndef ASSAY_EXIT_H
#define ASSAY_EXIT_H

#include "assay/error.h"

/** Stable, documented in docs/manual.md. Stored in rows of runs: never renumber. */
typedef enum assay_exit {
	ASSAY_EXIT_OK = 0,
	ASSAY_EXIT_USAGE = 64,
	ASSAY_EXIT_BAD_INPUT = 65,
	ASSAY_EXIT_NO_INPUT = 66,
	ASSAY_EXIT_BUG = 70,
	ASSAY_EXIT_CANNOT_CREATE = 73,
	ASSAY_EXIT_IO = 74,
	ASSAY_EXIT_TEMPORARY = 75,
	ASSAY_EXIT_PERMISSION = 77,
	ASSAY_EXIT_CONFIG = 78,
	ASSAY_EXIT_DIFFERENCE = 80,
} assay_exit;

/** The code that an error asks for. */
int assay_exit_of(assay_code code);

#endif
