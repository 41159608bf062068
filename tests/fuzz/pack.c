/*
 * A pack file of any bytes, read by a catalog that may say anything of it. Input: offset (u16), size (u16), type (u8),
 * then the file; the digest that is asked for is the one in the header at that offset, so that payloads are reached.
 */
#include "fuzz.h"

#include "assay/file.h"

#include "pack.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEAD 5

static int root = -1;

static void write_pack(const uint8_t *data, size_t size)
{
	char path[128];
	int fd;

	if (root < 0) {
		root = open(fuzz_folder(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		fuzz_assert(root >= 0 && mkdirat(root, "packs", 0700) == 0);
	}
	(void)snprintf(path, sizeof path, "%s/packs/00000001.pack", fuzz_folder());
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	fuzz_assert(fd >= 0);
	fuzz_need(assay_pwrite_all(fd, data, size, 0, NULL));
	(void)close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ASSAY_AUTO_BUF out = ASSAY_BUF_INIT;
	assay_digest digest = {{0}};
	assay_packs p;
	size_t offset, wanted;

	if (size < HEAD)
		return -1;
	offset = (size_t)data[0] | (size_t)data[1] << 8;
	wanted = (size_t)data[2] | (size_t)data[3] << 8;
	write_pack(data + HEAD, size - HEAD);
	if (size - HEAD >= offset + ASSAY_PACK_RECORD_HEAD)
		memcpy(digest.bytes, data + HEAD + offset + 16, sizeof digest.bytes);
	fuzz_need(assay_packs_open(&p, root, NULL));
	if (assay_packs_truncate(&p, 1, size - HEAD, NULL) == ASSAY_OK &&
	    assay_packs_read(&p, 1, offset, data[4], wanted, &digest, &out, NULL) == ASSAY_OK)
		fuzz_assert(out.len == wanted);
	assay_packs_close(&p);
	return 0;
}
