/*
 * Durability: assay_file_replace alone promises it. The bytes are synced before the rename, so that the name never
 * points at less than the whole file, and the directory after it, so that the name survives a power cut.
 */
#include "assay/file.h"

#include "utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define READ_SIZE   ((size_t)64 << 10)
#define TEMP_TRIES  1000
#define NS_A_SECOND 1000000000

void assay_closep(int *fd)
{
	const int saved = errno;

	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
	errno = saved;
}

/* ---- reading ---- */

static ssize_t read_retry(int fd, void *p, size_t n)
{
	ssize_t got;

	do {
		got = read(fd, p, n);
	} while (got < 0 && errno == EINTR);
	return got;
}

/* One more byte than expected, so that a file of known size costs two reads and no regrowth. */
static size_t size_hint(int fd)
{
	struct stat st;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size < 0 || (uint64_t)st.st_size >= SIZE_MAX)
		return READ_SIZE;
	return (size_t)st.st_size + 1;
}

static void truncate_to(assay_buf *b, size_t len)
{
	b->len = len;
	if (b->data != NULL)
		b->data[len] = '\0';
}

/* Append at most n bytes; *got == 0 at the end of the file. */
static assay_code read_some(assay_buf *out, int fd, size_t n, size_t *got, assay_err *err)
{
	const size_t before = out->len;
	unsigned char *p = assay_buf_extend(out, n);
	ssize_t r;

	if (p == NULL)
		return assay_buf_check(out, err);
	r = read_retry(fd, p, n);
	truncate_to(out, before + (r > 0 ? (size_t)r : 0));
	if (r < 0)
		return ASSAY_RAISE_ERRNO(err, "read");
	*got = (size_t)r;
	return ASSAY_OK;
}

static assay_code probe_end(int fd, size_t max, assay_err *err)
{
	unsigned char extra;
	const ssize_t r = read_retry(fd, &extra, 1);

	if (r < 0)
		return ASSAY_RAISE_ERRNO(err, "read");
	if (r > 0)
		return ASSAY_RAISE(err, ASSAY_EFULL, "longer than %zu bytes", max);
	return ASSAY_OK;
}

assay_code assay_file_read_fd(assay_buf *out, int fd, size_t max, assay_err *err)
{
	const size_t before = out->len;
	size_t chunk = size_hint(fd);
	size_t got = 1;
	assay_code rc;

	while (got > 0 && out->len - before < max) {
		const size_t room = max - (out->len - before);

		ASSAY_TRY(read_some(out, fd, chunk < room ? chunk : room, &got, err));
		chunk = chunk > got ? chunk - got : READ_SIZE;
	}
	ASSAY_TRY(got > 0 ? probe_end(fd, max, err) : ASSAY_OK);
	return ASSAY_OK;
fail:
	truncate_to(out, before);
	return rc;
}

assay_code assay_file_read(assay_buf *out, int dirfd, const char *path, size_t max, assay_err *err)
{
	/* A pipe that nobody writes to would be waited for, with whatever lock is held, past any signal. */
	ASSAY_AUTO_FD fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	assay_code rc;

	if (fd < 0 || fstat(fd, &st) != 0)
		return ASSAY_RAISE_ERRNO(err, "open '%s'", path);
	if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)) /* of a folder, reading itself says what it is */
		return ASSAY_RAISE(err, ASSAY_EINVAL, "'%s' is not a regular file", path);
	rc = assay_file_read_fd(out, fd, max, err);
	if (rc != ASSAY_OK)
		(void)assay_err_prefix(err, "'%s'", path);
	return rc;
}

static bool offset_fits(uint64_t offset, size_t n)
{
	return offset <= INT64_MAX && n <= INT64_MAX - offset;
}

assay_code assay_pread_all(int fd, void *p, size_t n, uint64_t offset, assay_err *err)
{
	unsigned char *to = p;

	if (!offset_fits(offset, n))
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "offset %llu is beyond any file", (unsigned long long)offset);
	while (n > 0) {
		const ssize_t r = pread(fd, to, n, (off_t)offset);

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return ASSAY_RAISE_ERRNO(err, "read at byte %llu", (unsigned long long)offset);
		if (r == 0)
			return ASSAY_RAISE(err, ASSAY_ECORRUPT, "file ends at byte %llu, %zu more are needed",
					   (unsigned long long)offset, n);
		to += r;
		n -= (size_t)r;
		offset += (uint64_t)r;
	}
	return ASSAY_OK;
}

/* ---- writing ---- */

assay_code assay_write_all(int fd, const void *p, size_t n, assay_err *err)
{
	const unsigned char *from = p;

	while (n > 0) {
		const ssize_t r = write(fd, from, n);

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return ASSAY_RAISE_ERRNO(err, "write");
		if (r == 0) /* POSIX leaves it open for n > 0; to go on could be for ever */
			return ASSAY_RAISE(err, ASSAY_EIO, "write: nothing was taken, %zu bytes left", n);
		from += r;
		n -= (size_t)r;
	}
	return ASSAY_OK;
}

assay_code assay_pwrite_all(int fd, const void *p, size_t n, uint64_t offset, assay_err *err)
{
	const unsigned char *from = p;

	if (!offset_fits(offset, n))
		return ASSAY_RAISE(err, ASSAY_EINVAL, "offset %llu is beyond any file", (unsigned long long)offset);
	while (n > 0) {
		const ssize_t r = pwrite(fd, from, n, (off_t)offset);

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return ASSAY_RAISE_ERRNO(err, "write at byte %llu", (unsigned long long)offset);
		if (r == 0)
			return ASSAY_RAISE(err, ASSAY_EIO, "write: nothing was taken, %zu bytes left", n);
		from += r;
		n -= (size_t)r;
		offset += (uint64_t)r;
	}
	return ASSAY_OK;
}

assay_code assay_fsync(int fd, const char *name, assay_err *err)
{
	int r;

	do {
		r = fsync(fd);
	} while (r != 0 && errno == EINTR);
	if (r != 0)
		return ASSAY_RAISE_ERRNO(err, "fsync '%s'", name);
	return ASSAY_OK;
}

assay_code assay_fsync_dir(int dirfd, const char *path, assay_err *err)
{
	ASSAY_AUTO_FD fd = openat(dirfd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return ASSAY_RAISE_ERRNO(err, "open directory '%s'", path);
	return assay_fsync(fd, path, err);
}

/* The first free name beside the target; what a dead process left behind is stepped over, not reused. */
static assay_code open_temp(int *fd, char **temp, int dirfd, const char *path, assay_err *err)
{
	for (unsigned i = 0; i < TEMP_TRIES; i++) {
		ASSAY_AUTO_FREE char *name = assay_asprintf("%s.%ld.%u.tmp", path, (long)getpid(), i);

		if (name == NULL)
			return ASSAY_RAISE(err, ASSAY_ENOMEM, "out of memory: name of a temporary file");
		*fd = openat(dirfd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
		if (*fd >= 0) {
			*temp = ASSAY_STEAL(&name);
			return ASSAY_OK;
		}
		if (errno != EEXIST)
			return ASSAY_RAISE_ERRNO(err, "create '%s'", name);
	}
	return ASSAY_RAISE(err, ASSAY_EIO, "%d temporary files stand beside it", TEMP_TRIES);
}

static char *parent_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		return assay_strdup(".");
	return assay_strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

static assay_code fill_temp(int fd, const char *temp, const void *p, size_t n, assay_err *err)
{
	const assay_code rc = assay_write_all(fd, p, n, err);

	return rc == ASSAY_OK ? assay_fsync(fd, temp, err) : rc;
}

assay_code assay_file_replace(int dirfd, const char *path, const void *p, size_t n, assay_err *err)
{
	ASSAY_AUTO_FREE char *parent = parent_of(path);
	ASSAY_AUTO_FREE char *temp = NULL;
	ASSAY_AUTO_FD fd = -1;
	bool renamed = false;
	assay_code rc = ASSAY_OK;

	if (parent == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "replace '%s': out of memory", path);
	ASSAY_TRY(open_temp(&fd, &temp, dirfd, path, err));
	ASSAY_TRY(fill_temp(fd, temp, p, n, err));
	renamed = renameat(dirfd, temp, dirfd, path) == 0;
	ASSAY_TRY(renamed ? ASSAY_OK : ASSAY_RAISE_ERRNO(err, "rename '%s'", temp));
	ASSAY_TRY(assay_fsync_dir(dirfd, parent, err));
	return ASSAY_OK;
fail:
	if (temp != NULL && !renamed)
		(void)unlinkat(dirfd, temp, 0);
	(void)assay_err_prefix(err, "replace '%s'", path);
	return rc;
}

static assay_code make_dir(int dirfd, const char *path, assay_err *err)
{
	struct stat st;

	if (mkdirat(dirfd, path, 0777) == 0)
		return ASSAY_OK;
	if (errno != EEXIST)
		return ASSAY_RAISE_ERRNO(err, "create directory '%s'", path);
	if (fstatat(dirfd, path, &st, 0) != 0)
		return ASSAY_RAISE_ERRNO(err, "directory '%s'", path);
	if (!S_ISDIR(st.st_mode))
		return ASSAY_RAISE_SYS(err, ASSAY_EIO, ENOTDIR, "'%s' is not a directory", path);
	return ASSAY_OK;
}

assay_code assay_mkdirs(int dirfd, const char *path, assay_err *err)
{
	ASSAY_AUTO_FREE char *copy = assay_strdup(path);
	assay_code rc = ASSAY_OK;

	if (copy == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "out of memory: directory '%s'", path);
	for (char *at = copy; rc == ASSAY_OK && (at = strchr(at + (*at != '\0'), '/')) != NULL;) {
		*at = '\0';
		rc = make_dir(dirfd, copy, err);
		*at = '/';
	}
	return rc == ASSAY_OK ? make_dir(dirfd, path, err) : rc;
}

/* ---- names ---- */

/* U+0000-001F, U+007F and the C1 block U+0080-009F, which terminals obey as well. */
static bool is_control(const unsigned char *p, size_t len)
{
	return len == 1 ? *p < 0x20 || *p == 0x7f : len == 2 && p[0] == 0xc2 && p[1] < 0xa0;
}

void assay_path_escape(assay_buf *out, const char *path)
{
	const unsigned char *p = (const unsigned char *)path;
	size_t left = strlen(path);

	while (left > 0) {
		const size_t len = utf8_len(p, left);

		if (len == 0 || *p == '%' || *p == '#' || is_control(p, len)) {
			assay_buf_printf(out, "%%%02X", (unsigned)*p);
			p++;
			left--;
		} else {
			assay_buf_append(out, p, len);
			p += len;
			left -= len;
		}
	}
}

static int hex_value(char c)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	const char *at = c != '\0' ? strchr(digits, c) : NULL;

	return at != NULL ? (int)((at - digits) % 16) : -1;
}

/* The byte that %XX stands for; 0, which no path holds, when it is malformed. */
static unsigned char unescape_byte(const char *text)
{
	const int hi = hex_value(text[1]);
	const int lo = hi >= 0 ? hex_value(text[2]) : -1;

	return (unsigned char)(lo >= 0 ? hi << 4 | lo : 0);
}

bool assay_path_unescape(assay_buf *out, const char *text)
{
	const size_t before = out->len;

	while (*text != '\0') {
		const size_t plain = strcspn(text, "%");
		unsigned char c;

		assay_buf_append(out, text, plain);
		text += plain;
		if (*text == '\0')
			break;
		c = unescape_byte(text);
		if (c == 0) {
			truncate_to(out, before);
			return false;
		}
		assay_buf_append(out, &c, 1);
		text += 3;
	}
	return true;
}

bool assay_path_is_inside(const char *path)
{
	for (;;) {
		const size_t n = strcspn(path, "/");

		if (n == 0 || (n == 1 && path[0] == '.') || (n == 2 && path[0] == '.' && path[1] == '.'))
			return false;
		if (path[n] == '\0')
			return true;
		path += n + 1;
	}
}

/* ---- time ---- */

static int64_t clock_ns(clockid_t id)
{
	struct timespec ts = {0};

	(void)clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * NS_A_SECOND + ts.tv_nsec;
}

int64_t assay_now_ns(void)
{
	return clock_ns(CLOCK_REALTIME);
}

int64_t assay_monotonic_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

char *assay_time_format(int64_t ns, char out[32])
{
	int64_t rest = ns % NS_A_SECOND;
	time_t seconds = (time_t)(ns / NS_A_SECOND);
	struct tm tm;
	size_t n;

	if (rest < 0) { /* division goes towards zero, time goes forwards */
		rest += NS_A_SECOND;
		seconds--;
	}
	if (gmtime_r(&seconds, &tm) == NULL)
		tm = (struct tm){.tm_mday = 1};
	n = strftime(out, 32, "%Y-%m-%dT%H:%M:%S", &tm);
	(void)snprintf(out + n, 32 - n, ".%03dZ", (int)(rest / 1000000));
	return out;
}
