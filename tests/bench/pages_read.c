/*
 * pages-read FILE COMMAND...: runs the command and prints how many pages of the file are in memory afterwards that were
 * not before, which is how many it touched if nobody else does. Its output goes to standard error. Exit 77 where the
 * file's pages cannot be dropped first (tmpfs).
 */
#include "assay/file.h"
#include "assay/memory.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static int fail(const char *what)
{
	perror(what);
	return 1;
}

static long resident(void *map, size_t size, unsigned char *pages, size_t count)
{
	long n = 0;

	if (mincore(map, size, pages) != 0)
		return -1;
	for (size_t i = 0; i < count; i++)
		n += pages[i] & 1;
	return n;
}

static int run(char **command)
{
	const pid_t child = fork();
	int status;

	if (child == 0) {
		(void)dup2(STDERR_FILENO, STDOUT_FILENO);
		execvp(command[0], command);
		_exit(127);
	}
	if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

int main(int argc, char **argv)
{
	ASSAY_AUTO_FREE unsigned char *pages = NULL;
	ASSAY_AUTO_FD fd = -1;
	struct stat st;
	size_t size, count;
	long before, after;
	void *map;

	if (argc < 3)
		return 64;
	fd = open(argv[1], O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) != 0)
		return fail(argv[1]);
	size = (size_t)st.st_size;
	count = (size + 4095) / 4096;
	pages = assay_alloc(count, 1);
	map = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
	if (pages == NULL || map == MAP_FAILED || fdatasync(fd) != 0)
		return fail("map");
	(void)posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	before = resident(map, size, pages, count);
	if (before != 0)
		return before < 0 ? fail("mincore") : 77;
	if (run(argv + 2) != 0)
		return 1;
	after = resident(map, size, pages, count);
	return after >= 0 && printf("%ld\n", after) > 0 && fflush(stdout) == 0 ? 0 : fail("mincore");
}
