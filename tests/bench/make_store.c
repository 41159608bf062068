/* bench-make-store DIR SOURCES SAMPLES_PER_SOURCE [BATCHES]: see pages_store.h. `assay judge` works in DIR. */
#include "pages_store.h"

#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
	assay_err err = ASSAY_ERR_INIT;
	unsigned long sources, pages, batches = 0;

	if (argc < 4 || argc > 5 || (sources = strtoul(argv[2], NULL, 10)) == 0 ||
	    (pages = strtoul(argv[3], NULL, 10)) == 0 || pages > 65535 ||
	    (argc == 5 && ((batches = strtoul(argv[4], NULL, 10)) == 0 || batches > 65535))) {
		(void)fputs("usage: bench-make-store DIR SOURCES SAMPLES_PER_SOURCE [BATCHES]\n", stderr);
		return 64;
	}
	if (make_batches_store(argv[1], sources, (uint32_t)pages, (uint32_t)batches, &err) != ASSAY_OK) {
		(void)fprintf(stderr, "bench-make-store: %s\n", err.msg);
		return 1;
	}
	return 0;
}
