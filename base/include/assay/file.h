/** Files: whole reads with a limit, atomic writes, durable directories, and names that are safe to print. */
#ifndef ASSAY_FILE_H
#define ASSAY_FILE_H

#include "assay/buf.h"

#include <sys/stat.h>

void assay_closep(int *fd); /* closes *fd when it is >= 0 */
#define ASSAY_AUTO_FD ASSAY_CLEANUP(assay_closep) int
/* Hand a descriptor out of its scope: yields it, leaves -1 behind. */
#define ASSAY_TAKE_FD(p)                                                                                               \
	__extension__({                                                                                                \
		const int taken_ = *(p);                                                                               \
		*(p) = -1;                                                                                             \
		taken_;                                                                                                \
	})

/**
 * Append the whole file to out. ASSAY_EFULL when it is longer than max bytes, ASSAY_EINVAL when it is no regular file: a
 * pipe is not waited for. Short reads and EINTR are handled.
 */
ASSAY_NODISCARD assay_code assay_file_read(assay_buf *out, int dirfd, const char *path, size_t max, assay_err *err);
ASSAY_NODISCARD assay_code assay_file_read_fd(assay_buf *out, int fd, size_t max, assay_err *err);
/** Write all n bytes; EINTR and short writes are handled. */
ASSAY_NODISCARD assay_code assay_write_all(int fd, const void *p, size_t n, assay_err *err);
ASSAY_NODISCARD assay_code assay_pwrite_all(int fd, const void *p, size_t n, uint64_t offset, assay_err *err);
/** Read exactly n bytes at offset. ASSAY_ECORRUPT when the file ends before. */
ASSAY_NODISCARD assay_code assay_pread_all(int fd, void *p, size_t n, uint64_t offset, assay_err *err);
/** Write beside the target, fsync, rename over it, fsync the directory. The target is the old or the new file. */
ASSAY_NODISCARD assay_code assay_file_replace(int dirfd, const char *path, const void *p, size_t n, assay_err *err);
ASSAY_NODISCARD assay_code assay_fsync(int fd, const char *name, assay_err *err);
/** fsync the directory `path` under dirfd ("." for dirfd itself). */
ASSAY_NODISCARD assay_code assay_fsync_dir(int dirfd, const char *path, assay_err *err);
/** mkdir -p; existing directories are fine. */
ASSAY_NODISCARD assay_code assay_mkdirs(int dirfd, const char *path, assay_err *err);

/**
 * A file name as key text: valid UTF-8 is kept; '%', '#', control characters and bytes that are not UTF-8 become
 * %XX, so the mapping is one to one and '#' can start the part of a sample key.
 */
void assay_path_escape(assay_buf *out, const char *path);
/** The inverse. False when the text holds a malformed %XX or an escaped NUL. */
bool assay_path_unescape(assay_buf *out, const char *text);
/** True for a relative path without empty, "." or ".." components. */
bool assay_path_is_inside(const char *path);

/** Nanoseconds since 1970 UTC, and since an arbitrary start. Never part of a digest. */
int64_t assay_now_ns(void);
int64_t assay_monotonic_ns(void);
/** "2026-01-02T03:04:05.678Z" into out[32]; returns out. */
char *assay_time_format(int64_t ns, char out[32]);

#endif
