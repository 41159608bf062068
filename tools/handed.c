#include "handed.h"

#include "assay/file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK 65536

void assay_handed_close(assay_handed *h)
{
	assay_closep(&h->fd);
}

/* One read; of a descriptor that does not wait, after waiting for what somebody has still to write. */
static ssize_t read_waiting(int fd, void *p, size_t n)
{
	for (;;) {
		struct pollfd ready = {.fd = fd, .events = POLLIN};
		const ssize_t got = read(fd, p, n);

		if (got >= 0 || (errno != EAGAIN && errno != EINTR))
			return got;
		if (errno == EAGAIN && poll(&ready, 1, -1) < 0 && errno != EINTR)
			return -1;
	}
}

static assay_code copy_all(assay_handed *h, int to, int from, uint64_t max, assay_err *err)
{
	unsigned char chunk[CHUNK];
	ssize_t n;

	while ((n = read_waiting(from, chunk, sizeof chunk)) > 0) {
		const assay_code rc = assay_write_all(to, chunk, (size_t)n, err);

		if (rc != ASSAY_OK)
			return rc;
		h->size += (uint64_t)n;
		if (h->size > max)
			return ASSAY_RAISE(err, ASSAY_ECORRUPT, "'%s' gives more than %" PRIu64 " bytes", h->path, max);
	}
	if (n < 0)
		return ASSAY_RAISE_ERRNO(err, "read '%s'", h->path);
	if (h->size == 0)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "nothing came through '%s': it is a pipe that nobody wrote to",
				   h->path);
	return lseek(to, 0, SEEK_SET) == 0 ? ASSAY_OK : ASSAY_RAISE_ERRNO(err, "rewind '%s'", h->path);
}

/* What comes through a pipe takes the place of the pipe. */
static assay_code take_pipe(assay_handed *h, uint64_t max, assay_err *err)
{
	ASSAY_AUTO_FD pipe = h->fd;

	h->fd = memfd_create("handed", MFD_CLOEXEC);
	if (h->fd < 0)
		return ASSAY_RAISE_ERRNO(err, "make room for '%s'", h->path);
	return copy_all(h, h->fd, pipe, max, err);
}

assay_code assay_handed_open(assay_handed *out, const assay_invocation *in, const char *word, const char *path,
			     uint64_t max, assay_err *err)
{
	const bool standard = strcmp(path, "-") == 0;
	const char *slash = strrchr(path, '/');
	struct stat st;
	assay_code rc;

	*out = (assay_handed){.path = path, .name = slash != NULL ? slash + 1 : path, .fd = -1};
	if (standard)
		out->name = "standard input";
	rc = assay_check_words(in, word, "the name of the file", out->name, err);
	if (rc != ASSAY_OK)
		return rc;
	out->fd = standard ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
			   : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (out->fd < 0 && errno == ENOENT)
		return ASSAY_RAISE(err, ASSAY_ENOENT, "there is no file '%s'", path);
	if (out->fd < 0 || fstat(out->fd, &st) != 0)
		return ASSAY_RAISE_ERRNO(err, "open '%s'", path);
	if (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode))
		return take_pipe(out, max, err);
	out->size = (uint64_t)st.st_size;
	return S_ISREG(st.st_mode) ? ASSAY_OK
				   : ASSAY_RAISE(err, ASSAY_ECORRUPT, "'%s' is %s: give a file, or a pipe", path,
						 S_ISDIR(st.st_mode) ? "a folder" : "a device");
}
