/*
 * fsync policy of large objects: the bytes before the name, the name (objects/ab/) after; and the name of a new folder
 * (objects/) before it holds anything. A folder that is already there may be that of a writer which was killed before
 * its fsync, so that each writer makes sure once for each folder.
 */
#include "large.h"

#include "assay/file.h"
#include "assay/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define TEMP "objects/new"

void assay_large_release(assay_large *l)
{
	free(l->fresh);
	*l = (assay_large){0};
}

void assay_large_path(char out[ASSAY_LARGE_PATH], const assay_digest *d)
{
	char hex[ASSAY_DIGEST_HEX];

	assay_digest_hex(d, hex);
	(void)snprintf(out, ASSAY_LARGE_PATH, "objects/%.2s/%s", hex, hex + 2);
}

static assay_code make_folder(assay_large *l, int dirfd, unsigned byte, const char *folder, assay_err *err)
{
	unsigned char *bits = &l->durable[byte / 8];
	const unsigned bit = 1u << byte % 8;
	assay_code rc;

	if ((*bits & bit) != 0)
		return ASSAY_OK;
	if (mkdirat(dirfd, folder, 0777) != 0 && errno != EEXIST)
		return ASSAY_RAISE_ERRNO(err, "make %s", folder);
	rc = assay_fsync_dir(dirfd, "objects", err);
	if (rc == ASSAY_OK)
		*bits = (unsigned char)(*bits | bit);
	return rc;
}

static assay_code write_temp(int dirfd, const void *p, size_t n, assay_err *err)
{
	ASSAY_AUTO_FD fd = openat(dirfd, TEMP, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);
	assay_code rc;

	if (fd < 0)
		return ASSAY_RAISE_ERRNO(err, "create '%s'", TEMP);
	rc = assay_write_all(fd, p, n, err);
	return rc == ASSAY_OK ? assay_fsync(fd, TEMP, err) : rc;
}

assay_code assay_large_put(assay_large *l, int dirfd, const assay_digest *d, const void *p, size_t n, assay_err *err)
{
	char path[ASSAY_LARGE_PATH], folder[16];
	assay_code rc;

	assay_large_path(path, d);
	(void)snprintf(folder, sizeof(folder), "%.10s", path);
	ASSAY_TRY(assay_grow(&l->fresh, &l->cap, l->count, sizeof(*l->fresh), err));
	ASSAY_TRY(make_folder(l, dirfd, d->bytes[0], folder, err));
	ASSAY_TRY(write_temp(dirfd, p, n, err));
	if (renameat(dirfd, TEMP, dirfd, path) != 0)
		ASSAY_TRY(ASSAY_RAISE_ERRNO(err, "rename to '%s'", path));
	l->fresh[l->count++] = *d;
	return assay_fsync_dir(dirfd, folder, err);

fail:
	(void)unlinkat(dirfd, TEMP, 0);
	return rc;
}

assay_code assay_large_get(int dirfd, const assay_digest *d, uint64_t size, assay_buf *out, assay_err *err)
{
	char path[ASSAY_LARGE_PATH];
	assay_err e = ASSAY_ERR_INIT;
	assay_code rc;

	assay_large_path(path, d);
	rc = assay_file_read(out, dirfd, path, (size_t)size, &e);
	if (rc == ASSAY_EFULL || (rc == ASSAY_EIO && e.sys == ENOENT)) /* too long, or gone */
		e.code = rc = ASSAY_ECORRUPT;
	if (rc != ASSAY_OK && err != NULL)
		*err = e;
	return rc;
}

void assay_large_remove(int dirfd, const assay_digest *d)
{
	char path[ASSAY_LARGE_PATH];

	assay_large_path(path, d);
	(void)unlinkat(dirfd, path, 0);
}
