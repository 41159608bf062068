#include "broker.h"

#include "assay/file.h"
#include "assay/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* Flags that ask for reading and nothing else. O_PATH, O_DIRECT, O_TMPFILE and what is yet unknown are refused. */
#define HARMLESS_FLAGS   (O_CLOEXEC | O_LARGEFILE | O_NOCTTY | O_NONBLOCK | O_DIRECTORY | O_NOFOLLOW | KERNEL_LARGEFILE)
#define KERNEL_LARGEFILE 0100000 /* glibc calls it 0 on 64-bit machines */

/* ---------------------------------------------------------------- deciding */

/* Only inside an allowed folder may a child learn what does not exist. */
static int why_not(const readable *allowed, const char *path, int error)
{
	const bool inside = strstr(path, "/..") == NULL && readable_covers(allowed, path);

	return inside && (error == ENOENT || error == ENOTDIR || error == ELOOP) ? -error : -EACCES;
}

static bool is_allowed(const readable *allowed, int fd)
{
	char link[40], real[PATH_MAX];
	struct stat st;
	ssize_t n;

	(void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	n = readlink(link, real, sizeof real - 1);
	if (n <= 0 || fstat(fd, &st) != 0)
		return false;
	real[n] = '\0';
	return (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode)) && readable_covers(allowed, real);
}

int broker_open(const readable *allowed, const char *path, int flags)
{
	/* O_PATH opens nothing: no device is woken, no pipe waited for, before we know what it is. */
	ASSAY_AUTO_FD probe = -1;
	char link[40];
	int fd;

	if ((flags & ~HARMLESS_FLAGS) != O_RDONLY || path[0] != '/')
		return -EACCES;
	probe = open(path, O_PATH | O_CLOEXEC | (flags & (O_NOFOLLOW | O_DIRECTORY)));
	if (probe < 0)
		return why_not(allowed, path, errno);
	if (!is_allowed(allowed, probe))
		return -EACCES;
	(void)snprintf(link, sizeof link, "/proc/self/fd/%d", probe);
	fd = open(link, O_RDONLY | O_CLOEXEC | O_NOCTTY | (flags & (O_NONBLOCK | O_DIRECTORY)));
	return fd >= 0 ? fd : -errno;
}

/* ---------------------------------------------------------------- talking to the kernel */

/* Up to the terminating NUL; page by page, since the next page may not be mapped. */
static bool read_path(pid_t child, uint64_t address, char *out, size_t size)
{
	size_t len = 0;

	while (len < size) {
		size_t n = 4096 - (size_t)((address + len) & 4095);
		struct iovec to, from;
		union {
			uint64_t number;
			void *pointer;
		} there = {.number = address + len};

		if (n > size - len)
			n = size - len;
		to = (struct iovec){out + len, n};
		from = (struct iovec){there.pointer, n};
		if (process_vm_readv(child, &to, 1, &from, 1, 0) != (ssize_t)n)
			return false;
		if (memchr(out + len, '\0', n) != NULL)
			return true;
		len += n;
	}
	return false;
}

static int decide(const broker *b, const struct seccomp_notif *req, int *flags)
{
	const bool at = req->data.nr == SYS_openat;
	char path[PATH_MAX];
	uint64_t id = req->id;

	*flags = (int)req->data.args[at ? 2 : 1];
	/* Paths relative to a descriptor are nothing that our libraries use. */
	if (req->pid != (uint32_t)b->child || !read_path(b->child, req->data.args[at ? 1 : 0], path, sizeof path))
		return -EACCES;
	/* Still the same process at the same call: the bytes that were read are its own. */
	if (ioctl(b->listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &id) != 0)
		return -EACCES;
	return broker_open(b->allowed, path, *flags);
}

static void refuse(const broker *b, uint64_t id, int error)
{
	struct seccomp_notif_resp resp = {.id = id, .error = error};

	/* It fails when the child has died meanwhile, and then nobody waits. */
	(void)ioctl(b->listener, SECCOMP_IOCTL_NOTIF_SEND, &resp);
}

static void hand_over(const broker *b, uint64_t id, int fd, int flags)
{
	struct seccomp_notif_addfd add = {.id = id,
					  .flags = SECCOMP_ADDFD_FLAG_SEND,
					  .srcfd = (uint32_t)fd,
					  .newfd_flags = (uint32_t)(flags & O_CLOEXEC)};
	struct seccomp_notif_resp resp = {.id = id};
	int there;

	if (ioctl(b->listener, SECCOMP_IOCTL_NOTIF_ADDFD, &add) >= 0)
		return;
	if (errno != EINVAL) {
		refuse(b, id, -errno);
		return;
	}
	add.flags = 0; /* before Linux 5.14 in two steps */
	there = ioctl(b->listener, SECCOMP_IOCTL_NOTIF_ADDFD, &add);
	if (there < 0) {
		refuse(b, id, -errno);
		return;
	}
	resp.val = there;
	(void)ioctl(b->listener, SECCOMP_IOCTL_NOTIF_SEND, &resp);
}

/* Newer kernels may write more than our headers know; they say how much. */
static struct seccomp_notif *request_new(void)
{
	struct seccomp_notif_sizes sizes = {0};
	size_t size = sizeof(struct seccomp_notif);

	if (syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &sizes) == 0 && sizes.seccomp_notif > size)
		size = sizes.seccomp_notif;
	return assay_alloc(1, size);
}

void broker_serve(const broker *b)
{
	ASSAY_AUTO_FREE struct seccomp_notif *req = request_new();
	int flags = 0, fd;

	if (req == NULL || ioctl(b->listener, SECCOMP_IOCTL_NOTIF_RECV, req) != 0)
		return;
	fd = decide(b, req, &flags);
	if (fd < 0) {
		refuse(b, req->id, fd);
		return;
	}
	hand_over(b, req->id, fd, flags);
	(void)close(fd);
}
