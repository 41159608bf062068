#include "verify.h"

#include "assay/file.h"
#include "assay/stop.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define DEPTH_MAX 16

typedef struct walk {
	verifier *v;
	assay_buf path; /* of what is looked at */
	unsigned depth;
} walk;

static void tell(walk *w, const char *what)
{
	ASSAY_AUTO_BUF name = ASSAY_BUF_INIT;

	assay_path_escape(&name, assay_buf_str(&w->path));
	verify_finding(w->v, assay_buf_str(&name), 0, "%s", what);
}

static assay_code check_file(walk *w, int fd, assay_err *err)
{
	sums_row *row = sums_find(&w->v->sums, assay_buf_str(&w->path));
	assay_digest d;
	uint64_t size;
	assay_code rc;

	if (row == NULL) {
		if (strcmp(assay_buf_str(&w->path), SUMS_NAME) != 0)
			tell(w, "is not in SHA256SUMS");
		return ASSAY_OK;
	}
	rc = assay_digest_fd(&d, &size, fd, err);
	if (rc != ASSAY_OK)
		return assay_err_prefix(err, "read '%s'", assay_buf_str(&w->path)), rc;
	row->found = true;
	row->size = size;
	w->v->out->files++;
	w->v->out->bytes += size;
	if (!assay_digest_eq(&d, &row->digest))
		tell(w, "has another digest than SHA256SUMS says");
	return ASSAY_OK;
}

static assay_code read_folder(walk *w, int fd, assay_err *err);

static assay_code check_folder(walk *w, int fd, assay_err *err)
{
	int copy;
	assay_code rc;

	if (!sums_has_folder(&w->v->sums, assay_buf_str(&w->path))) {
		tell(w, "is a folder without a file of the delivery");
		return ASSAY_OK;
	}
	if (w->depth == DEPTH_MAX) {
		tell(w, "is deeper than any folder of a delivery");
		return ASSAY_OK;
	}
	copy = dup(fd);
	if (copy < 0)
		return ASSAY_RAISE_ERRNO(err, "read folder '%s'", assay_buf_str(&w->path));
	w->depth++;
	rc = read_folder(w, copy, err);
	w->depth--;
	return rc;
}

/* Opened before it is looked at, so that it cannot become a link in between. */
static assay_code check_entry(walk *w, int dirfd, const char *name, assay_err *err)
{
	ASSAY_AUTO_FD fd = openat(dirfd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;

	if (fd < 0 && (errno == ELOOP || errno == ENXIO || errno == ENODEV)) {
		tell(w, errno == ELOOP ? "is a symbolic link" : "is no regular file");
		return ASSAY_OK;
	}
	if (fd < 0 || fstat(fd, &st) != 0)
		return ASSAY_RAISE_ERRNO(err, "open '%s'", assay_buf_str(&w->path));
	if (S_ISDIR(st.st_mode))
		return check_folder(w, fd, err);
	if (S_ISREG(st.st_mode))
		return check_file(w, fd, err);
	tell(w, "is no regular file");
	return ASSAY_OK;
}

static assay_code visit(walk *w, int dirfd, const char *name, assay_err *err)
{
	const size_t start = w->path.len;
	assay_code rc;

	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return ASSAY_OK;
	if (assay_stop_requested() > 0)
		return ASSAY_RAISE(err, ASSAY_ESTOP, "stopped");
	if (start > 0)
		assay_buf_putc(&w->path, '/');
	assay_buf_puts(&w->path, name);
	rc = assay_buf_check(&w->path, err);
	if (rc != ASSAY_OK)
		return rc;
	rc = check_entry(w, dirfd, name, err);
	w->path.len = start;
	w->path.data[start] = '\0';
	return rc;
}

/* fd is consumed. */
static assay_code read_folder(walk *w, int fd, assay_err *err)
{
	DIR *dir = fdopendir(fd);
	const struct dirent *e;
	assay_code rc = ASSAY_OK;

	if (dir == NULL) {
		rc = ASSAY_RAISE_ERRNO(err, "read folder '%s'", assay_buf_str(&w->path));
		(void)close(fd);
		return rc;
	}
	while (rc == ASSAY_OK && (errno = 0, e = readdir(dir)) != NULL)
		rc = visit(w, dirfd(dir), e->d_name, err);
	if (rc == ASSAY_OK && errno != 0)
		rc = ASSAY_RAISE_ERRNO(err, "read folder '%s'", assay_buf_str(&w->path));
	(void)closedir(dir);
	return rc;
}

assay_code verify_files(verifier *v, assay_err *err)
{
	walk w = {.v = v};
	const int fd = openat(v->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assay_code rc = fd >= 0 ? read_folder(&w, fd, err) : ASSAY_RAISE_ERRNO(err, "read the delivery");

	assay_buf_release(&w.path);
	for (size_t i = 0; i < v->sums.count && rc == ASSAY_OK; i++) {
		ASSAY_AUTO_BUF name = ASSAY_BUF_INIT;

		if (v->sums.rows[i].found)
			continue;
		assay_path_escape(&name, v->sums.rows[i].path);
		verify_finding(v, assay_buf_str(&name), 0, "is missing");
	}
	return rc;
}
