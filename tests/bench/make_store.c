/* bench-make-store DIR SOURCES SAMPLES_PER_SOURCE: see pages_store.h. `assay judge` works in DIR. */
#include "pages_store.h"

#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
	assay_err err = ASSAY_ERR_INIT;
	unsigned long sources, pages;

	if (argc != 4 || (sources = strtoul(argv[2], NULL, 10)) == 0 || (pages = strtoul(argv[3], NULL, 10)) == 0 ||
	    pages > 65535) {
		(void)fputs("usage: bench-make-store DIR SOURCES SAMPLES_PER_SOURCE\n", stderr);
		return 64;
	}
	if (make_pages_store(argv[1], sources, (uint32_t)pages, &err) != ASSAY_OK) {
		(void)fprintf(stderr, "bench-make-store: %s\n", err.msg);
		return 1;
	}
	return 0;
}
