#include "payload.h"

#include "assay/file.h"
#include "assay/object.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

assay_code assay_payload_open(int *out, uint64_t *size, assay_store *store, const assay_digest *d, assay_err *err)
{
	ASSAY_AUTO_BUF bytes = ASSAY_BUF_INIT;
	ASSAY_AUTO_FD fd = -1;
	char path[48];
	assay_code rc = assay_object_open(store, d, out, size, err);

	if (rc != ASSAY_OK || *out >= 0)
		return rc;
	rc = assay_object_get(store, d, &bytes, err);
	if (rc != ASSAY_OK)
		return rc;
	fd = memfd_create("payload", MFD_CLOEXEC);
	if (fd < 0)
		return ASSAY_RAISE_ERRNO(err, "memfd_create");
	rc = assay_pwrite_all(fd, bytes.data, bytes.len, 0, err);
	if (rc != ASSAY_OK)
		return rc;
	(void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	*out = open(path, O_RDONLY | O_CLOEXEC);
	*size = bytes.len;
	return *out < 0 ? ASSAY_RAISE_ERRNO(err, "open '%s'", path) : ASSAY_OK;
}
