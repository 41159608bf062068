#include "assay/scratch.h"

#include "assay/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define NAME_TRIES 100

/* For file systems without O_TMPFILE. */
static int make_and_unlink(int dirfd)
{
	char name[48];
	int fd = -1;

	for (unsigned i = 0; fd < 0 && i < NAME_TRIES; i++) {
		(void)snprintf(name, sizeof name, "scratch.%ld.%u.tmp", (long)getpid(), i);
		fd = openat(dirfd, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
		if (fd < 0 && errno != EEXIST)
			return -1;
	}
	if (fd >= 0)
		(void)unlinkat(dirfd, name, 0);
	return fd;
}

static int open_nameless(int dirfd)
{
	const int fd = openat(dirfd, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	return fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL) ? make_and_unlink(dirfd) : fd;
}

/* Reserving what there is not would take the last of the disk from everyone until the system gives up. */
static bool has_room(int fd, size_t bytes)
{
	struct statvfs fs;

	return fstatvfs(fd, &fs) == 0 && fs.f_frsize > 0 && bytes / fs.f_frsize < fs.f_bavail / 2;
}

static void *map_file(int dirfd, size_t bytes)
{
	ASSAY_AUTO_FD fd = dirfd >= 0 ? open_nameless(dirfd) : -1;
	const off_t end = (off_t)bytes;
	void *p;

	if (fd < 0 || end < 0 || (size_t)end != bytes || !has_room(fd, bytes) || posix_fallocate(fd, 0, end) != 0)
		return NULL;
	p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	return p != MAP_FAILED ? p : NULL;
}

static void *map_memory(size_t bytes)
{
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p != MAP_FAILED ? p : NULL;
}

void *assay_scratch_alloc(int dirfd, size_t n, size_t size)
{
	size_t bytes;
	void *p;

	if (!assay_mul_size(&bytes, n, size))
		return NULL;
	if (bytes < ASSAY_SCRATCH_MIN)
		return assay_alloc(n, size);
	p = map_file(dirfd, bytes);
	return p != NULL ? p : map_memory(bytes);
}

void assay_scratch_free(void *p, size_t n, size_t size)
{
	if (p != NULL && n * size >= ASSAY_SCRATCH_MIN)
		(void)munmap(p, n * size);
	else
		free(p);
}

/* Mappings are not lengthened but made anew: one that has doubled is moved as seldom as plain memory. */
assay_code assay_scratch_grow(int dirfd, void *array, size_t *cap, size_t used, size_t size, assay_err *err)
{
	size_t want, bytes;
	void *before, *p;

	if (used < *cap)
		return ASSAY_OK;
	if (!assay_mul_size(&want, *cap > 0 ? *cap : 4, 2) || !assay_mul_size(&bytes, want, size))
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "array of %zu elements cannot double", *cap);
	p = assay_scratch_alloc(dirfd, want, size);
	if (p == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "out of memory: array of %zu elements", want);
	memcpy(&before, array, sizeof before); /* the caller's pointer has another type: no aliasing through void ** */
	if (before != NULL)
		memcpy(p, before, used * size);
	assay_scratch_free(before, *cap, size);
	memcpy(array, &p, sizeof p);
	*cap = want;
	return ASSAY_OK;
}
