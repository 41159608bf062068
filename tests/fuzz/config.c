/* assay.yaml, as assay_config_load reads it: every finding is told, and nothing else happens. */
#include "fuzz.h"

#include "assay/config.h"

#include <fcntl.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ASSAY_CLEANUP(assay_config_closep) assay_config *config = NULL;
	ASSAY_CLEANUP(assay_diagnostics_release) assay_diagnostics found = {0};
	static int root = -1;
	assay_code rc;

	if (root < 0)
		root = open(fuzz_folder(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	fuzz_assert(root >= 0);
	rc = assay_config_load(&config, root, fuzz_file(data, size), &found, NULL);
	fuzz_assert((rc == ASSAY_OK) == (config != NULL));
	fuzz_assert(rc != ASSAY_OK || found.errors == 0);
	fuzz_assert(rc != ASSAY_ECONFIG || found.errors > 0);
	return 0;
}
