#include "fuzz.h"

#include "assay/file.h"

#include <ftw.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

const char *fuzz_file(const void *data, size_t size)
{
	static char name[40];
	static int fd = -1;

	if (fd < 0) {
		fd = memfd_create("fuzz", MFD_CLOEXEC);
		fuzz_assert(fd >= 0);
		(void)snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
	}
	fuzz_assert(ftruncate(fd, 0) == 0);
	if (size > 0)
		fuzz_need(assay_pwrite_all(fd, data, size, 0, NULL));
	return name;
}

static char folder[64];

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

static void remove_folder(void)
{
	(void)nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

const char *fuzz_folder(void)
{
	const char *base = getenv("TMPDIR");

	if (folder[0] != '\0')
		return folder;
	(void)snprintf(folder, sizeof folder, "%.40s/assay-fuzz-XXXXXX", base != NULL ? base : "/tmp");
	fuzz_assert(mkdtemp(folder) != NULL);
	fuzz_assert(atexit(remove_folder) == 0);
	return folder;
}
