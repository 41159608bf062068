/* The pictures of a PDF document of any bytes: those of all its pages are whole, or it says why not. */
#include "fuzz.h"

#include "page_pdf_images.h"

#include <fcntl.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const int fd = open(fuzz_file(data, size), O_RDONLY | O_CLOEXEC);
	assay_err err = ASSAY_ERR_INIT;
	assay_code rc;

	fuzz_assert(fd >= 0);
	rc = page_pdf_images_check(fd, 1, 0, 0, &err);
	fuzz_assert(rc == ASSAY_OK || rc == ASSAY_ESHORT || rc == ASSAY_ECORRUPT || rc == ASSAY_EUNSUPPORTED ||
		    rc == ASSAY_EFULL || rc == ASSAY_ENOMEM);
	(void)close(fd);
	return 0;
}
