/*
 * assay-worker: the program of the workers, which `assay` starts. It alone has the code of the stages and loads the
 * libraries that decode media; `assay` has a catalogue of the stages, which this program wrote when both were built.
 */
#include "catalogue.h"

#include "assay/exit.h"
#include "assay/worker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int write_catalogue(const char *program)
{
	assay_err err = ASSAY_ERR_INIT;

	if (assay_catalogue_write(stdout, program, &err) == ASSAY_OK)
		return ASSAY_EXIT_OK;
	(void)fprintf(stderr, "assay-worker: %s\n", err.msg);
	return assay_exit_of(err.code);
}

int main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], "worker") == 0 && strcmp(argv[2], "--control") == 0)
		return assay_worker_main((int)strtol(argv[3], NULL, 10));
	if (argc == 3 && strcmp(argv[1], "catalogue") == 0)
		return write_catalogue(argv[2]);
	(void)fputs("assay-worker: started by 'assay run' and others to read files; see 'assay help'\n", stderr);
	return ASSAY_EXIT_USAGE;
}
