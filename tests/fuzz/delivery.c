/* A delivered folder in which one file is any bytes: `verify` tells what differs. The first byte says which file. */
#include "fuzz.h"

#include "assay/delivery.h"
#include "assay/file.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static const char *const names[] = {"SHA256SUMS", "manifest.jsonl", "others.jsonl", "version.json", "version.cbor"};
#define NAMES (sizeof names / sizeof *names)

static void write_file(const char *name, const void *data, size_t size)
{
	char path[128];
	int fd;

	(void)snprintf(path, sizeof path, "%s/%s", fuzz_folder(), name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	fuzz_assert(fd >= 0);
	if (size > 0)
		fuzz_need(assay_write_all(fd, data, size, NULL));
	(void)close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ASSAY_CLEANUP(assay_delivery_check_release) assay_delivery_check check = {0};

	if (size == 0 || data[0] >= NAMES)
		return -1;
	for (size_t i = 0; i < NAMES; i++)
		write_file(names[i], i == data[0] ? data + 1 : NULL, i == data[0] ? size - 1 : 0);
	if (assay_delivery_verify(&check, fuzz_folder(), NULL) == ASSAY_OK)
		fuzz_assert(check.differences > 0); /* most of it is empty: it cannot be whole */
	return 0;
}
