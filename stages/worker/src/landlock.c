#include "landlock.h"

#include "assay/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/*
 * glibc 2.36 has no wrappers and linux/landlock.h of 6.1 knows only the first three versions of the interface, so
 * numbers and layouts are written down here as the kernel's documentation gives them (userspace-api/landlock).
 */
#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule       445
#define SYS_landlock_restrict_self  446
#endif
#define CREATE_RULESET_VERSION 1u
#define RULE_PATH_BENEATH      1
#define FS_READ_FILE           (UINT64_C(1) << 2)
#define FS_READ_DIR            (UINT64_C(1) << 3)

struct ruleset_attr {
	uint64_t handled_access_fs;
	uint64_t handled_access_net; /* from version 4 */
	uint64_t scoped;             /* from version 6 */
};

struct path_beneath_attr {
	uint64_t allowed_access;
	int32_t parent_fd;
} __attribute__((packed));

/* Every right that the version knows is handled, so that what no rule allows is denied. */
static size_t fill_attr(struct ruleset_attr *attr, long version)
{
	static const unsigned fs_bits[] = {0, 13, 14, 15, 15, 16}; /* execute … make_sym; refer; truncate; ioctl_dev */
	const size_t known = version < 5 ? (size_t)version : 5;

	*attr = (struct ruleset_attr){.handled_access_fs = (UINT64_C(1) << fs_bits[known]) - 1};
	if (version < 4)
		return offsetof(struct ruleset_attr, handled_access_net);
	attr->handled_access_net = 3; /* bind and connect of TCP */
	if (version < 6)
		return offsetof(struct ruleset_attr, scoped);
	attr->scoped = 3; /* abstract sockets and signals */
	return sizeof *attr;
}

static bool allow(int ruleset, const char *path)
{
	ASSAY_AUTO_FD fd = open(path, O_PATH | O_CLOEXEC);
	struct path_beneath_attr rule = {.allowed_access = FS_READ_FILE};
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0)
		return false;
	rule.parent_fd = fd;
	if (S_ISDIR(st.st_mode))
		rule.allowed_access |= FS_READ_DIR;
	return syscall(SYS_landlock_add_rule, ruleset, RULE_PATH_BENEATH, &rule, 0) == 0;
}

int landlock_build(const readable *allowed)
{
	const long version = syscall(SYS_landlock_create_ruleset, NULL, 0, CREATE_RULESET_VERSION);
	struct ruleset_attr attr;
	size_t size;
	int ruleset;

	if (version < 1)
		return -1;
	size = fill_attr(&attr, version);
	ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, size, 0);
	for (size_t i = 0; ruleset >= 0 && i < allowed->count; i++)
		if (!allow(ruleset, allowed->paths[i]))
			assay_closep(&ruleset);
	return ruleset;
}

bool landlock_enter(int ruleset)
{
	return ruleset >= 0 && syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
}
