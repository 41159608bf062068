/* The pictures of a PDF document of any bytes: each of up to eight pages is whole, or says why not. */
#include "fuzz.h"

#include "page_pdf_images.h"

#include <fcntl.h>
#include <unistd.h>

#define PAGES 8

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const int fd = open(fuzz_file(data, size), O_RDONLY | O_CLOEXEC);
	page_pdf_images *images = NULL;

	fuzz_assert(fd >= 0);
	fuzz_need(page_pdf_images_open(&images, fd, PAGES, NULL));
	for (uint32_t page = 0; page < PAGES; page++) {
		assay_err err = ASSAY_ERR_INIT;
		const assay_code rc = page_pdf_images_check(images, page, &err);

		fuzz_assert(rc == ASSAY_OK || rc == ASSAY_ESHORT || rc == ASSAY_ECORRUPT || rc == ASSAY_EUNSUPPORTED ||
			    rc == ASSAY_EFULL || rc == ASSAY_ENOMEM);
	}
	page_pdf_images_close(images);
	(void)close(fd);
	return 0;
}
