/*
 * Durability: nothing is synced file by file. Before the rename, syncfs(2) writes out the file system that holds the
 * folder and tells of errors since it was opened (Linux 5.8 and later); after it, the parent is synced. A folder of
 * the final name is therefore complete on disk, whenever the machine stops.
 */
#include "folder.h"

#include "assay/file.h"
#include "assay/memory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PENDING_MAX ((size_t)1 << 16)
#define NAMES_MAX   100

/* ---------------------------------------------------------------- removing */

static void remove_tree(int dirfd, const char *name);

static void empty_folder(int fd)
{
	DIR *dir = fdopendir(fd);
	const struct dirent *e;

	if (dir == NULL) {
		(void)close(fd);
		return;
	}
	while ((e = readdir(dir)) != NULL)
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			remove_tree(fd, e->d_name);
	(void)closedir(dir);
}

/* Never follows a link. What cannot be removed stays: the caller has nothing better to do about it. */
static void remove_tree(int dirfd, const char *name)
{
	int fd;

	if (unlinkat(dirfd, name, 0) == 0 || (errno != EISDIR && errno != EPERM))
		return;
	fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0)
		empty_folder(fd);
	(void)unlinkat(dirfd, name, AT_REMOVEDIR);
}

/* ---------------------------------------------------------------- the target */

static bool holds(int fd, const char *name)
{
	struct stat st;

	return fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode);
}

static bool is_empty(int fd)
{
	const int copy = dup(fd);
	DIR *dir = copy >= 0 ? fdopendir(copy) : NULL;
	size_t entries = 0;

	while (dir != NULL && readdir(dir) != NULL)
		entries++;
	if (dir != NULL)
		(void)closedir(dir);
	return entries == 2;
}

/* Only what can be made again is replaced: a slip of the hand must not cost somebody a folder. */
static assay_code check_target(const folder *f, assay_err *err)
{
	ASSAY_AUTO_FD fd = -1;
	struct stat st;

	if (lstat(f->target, &st) != 0)
		return errno == ENOENT ? ASSAY_OK : ASSAY_RAISE_ERRNO(err, "look at '%s'", f->target);
	if (!f->replace)
		return ASSAY_RAISE(err, ASSAY_EUSAGE, "'%s' is there already; --force replaces a delivery", f->target);
	fd = open(f->target, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0 && ((holds(fd, SUMS_NAME) && holds(fd, "version.json")) || is_empty(fd)))
		return ASSAY_OK;
	return ASSAY_RAISE(err, ASSAY_EUSAGE, "'%s' is there and is no delivery: it is not replaced", f->target);
}

static assay_code make_tmp(folder *f, assay_err *err)
{
	for (int i = 0; i < NAMES_MAX; i++) {
		free(f->tmp);
		f->tmp = assay_asprintf("%s.tmp-%ld-%d", f->target, (long)getpid(), i);
		if (f->tmp == NULL)
			return ASSAY_RAISE(err, ASSAY_ENOMEM, "output folder");
		if (mkdir(f->tmp, 0777) == 0) {
			f->fd = open(f->tmp, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
			return f->fd >= 0 ? ASSAY_OK : ASSAY_RAISE_ERRNO(err, "open folder '%s'", f->tmp);
		}
		if (errno != EEXIST)
			break;
	}
	{
		const assay_code rc = ASSAY_RAISE_ERRNO(err, "make folder '%s'", f->tmp);

		free(ASSAY_STEAL(&f->tmp)); /* there is nothing to remove */
		return rc;
	}
}

assay_code folder_open(folder *f, const char *target, bool replace, assay_err *err)
{
	size_t size = strlen(target);
	assay_code rc;

	*f = (folder){.fd = -1, .replace = replace};
	while (size > 1 && target[size - 1] == '/')
		size--;
	if (size == 0)
		return ASSAY_RAISE(err, ASSAY_EUSAGE, "the name of the output folder is empty");
	f->target = assay_strndup(target, size);
	if (f->target == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "output folder");
	rc = check_target(f, err);
	return rc == ASSAY_OK ? make_tmp(f, err) : rc;
}

void folder_release(folder *f)
{
	assay_closep(&f->fd);
	if (f->tmp != NULL)
		remove_tree(AT_FDCWD, f->tmp);
	free(f->tmp);
	free(f->target);
	sums_release(&f->sums);
	*f = (folder){.fd = -1};
}

/* ---------------------------------------------------------------- files */

static int create(const folder *f, const char *path)
{
	return openat(f->fd, path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
}

/* A file and the folders on its way; *fd is -1 when it is there already. */
static assay_code create_below(const folder *f, const char *path, int *fd, assay_err *err)
{
	const char *slash = strrchr(path, '/');

	*fd = create(f, path);
	if (*fd < 0 && errno == ENOENT && slash != NULL) {
		ASSAY_AUTO_FREE char *parent = assay_strndup(path, (size_t)(slash - path));
		const assay_code rc =
		    parent == NULL ? ASSAY_RAISE(err, ASSAY_ENOMEM, "output folder") : assay_mkdirs(f->fd, parent, err);

		if (rc != ASSAY_OK)
			return rc;
		*fd = create(f, path);
	}
	if (*fd < 0 && errno != EEXIST)
		return ASSAY_RAISE_ERRNO(err, "create '%s/%s'", f->tmp, path);
	return ASSAY_OK;
}

assay_code folder_put(folder *f, const char *path, const void *p, size_t n, const assay_digest *digest, assay_err *err)
{
	ASSAY_AUTO_FD fd = -1;
	assay_digest own;
	assay_code rc = create_below(f, path, &fd, err);

	if (rc != ASSAY_OK || fd < 0)
		return rc;
	if (digest == NULL)
		ASSAY_TRY(assay_digest_of(&own, p, n, err));
	ASSAY_TRY(assay_write_all(fd, p, n, err));
	f->bytes += n;
	return sums_add(&f->sums, path, strlen(path), digest != NULL ? digest : &own, err);
fail:
	(void)assay_err_prefix(err, "write '%s/%s'", f->tmp, path);
	return rc;
}

assay_code folder_file_open(folder_file *out, folder *f, const char *path, assay_err *err)
{
	assay_code rc;

	*out = (folder_file){.of = f, .path = path, .fd = -1};
	rc = create_below(f, path, &out->fd, err);
	if (rc == ASSAY_OK && out->fd < 0)
		rc = ASSAY_RAISE(err, ASSAY_EINVAL, "'%s' is written twice", path);
	return rc == ASSAY_OK ? assay_hasher_open(&out->hasher, err) : rc;
}

assay_code folder_file_flush(folder_file *file, bool all, assay_err *err)
{
	assay_buf *b = &file->pending;
	assay_code rc = assay_buf_check(b, err);

	if (rc != ASSAY_OK || b->len == 0 || (!all && b->len < PENDING_MAX))
		return rc;
	ASSAY_TRY(assay_hasher_add(file->hasher, b->data, b->len, err));
	ASSAY_TRY(assay_write_all(file->fd, b->data, b->len, err));
	file->of->bytes += b->len;
	assay_buf_reset(b);
	return ASSAY_OK;
fail:
	(void)assay_err_prefix(err, "write '%s/%s'", file->of->tmp, file->path);
	return rc;
}

assay_code folder_file_finish(folder_file *file, assay_err *err)
{
	assay_digest d;
	assay_code rc = folder_file_flush(file, true, err);

	if (rc == ASSAY_OK)
		rc = assay_hasher_end(file->hasher, &d, err);
	if (rc == ASSAY_OK)
		rc = sums_add(&file->of->sums, file->path, strlen(file->path), &d, err);
	return rc;
}

void folder_file_release(folder_file *file)
{
	assay_closep(&file->fd);
	assay_hasher_close(file->hasher);
	assay_buf_release(&file->pending);
	file->hasher = NULL;
	file->fd = -1;
}

/* ---------------------------------------------------------------- commit */

static assay_code write_sums(folder *f, assay_err *err)
{
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
	ASSAY_AUTO_FD fd = -1;
	assay_code rc;

	sums_sort(&f->sums);
	sums_text(&text, &f->sums);
	ASSAY_TRY(assay_buf_check(&text, err));
	ASSAY_TRY(create_below(f, SUMS_NAME, &fd, err));
	ASSAY_TRY(assay_write_all(fd, text.data, text.len, err));
	f->bytes += text.len;
fail:
	return rc;
}

static assay_code sync_parent(const folder *f, assay_err *err)
{
	const char *slash = strrchr(f->target, '/');
	ASSAY_AUTO_FREE char *parent = slash == NULL        ? assay_strdup(".")
				       : slash == f->target ? assay_strdup("/")
							    : assay_strndup(f->target, (size_t)(slash - f->target));

	return parent == NULL ? ASSAY_RAISE(err, ASSAY_ENOMEM, "output folder")
			      : assay_fsync_dir(AT_FDCWD, parent, err);
}

/* The old folder goes where the new one was, and from there. */
static bool exchange(const folder *f)
{
	struct stat st;

	return lstat(f->target, &st) == 0 && renameat2(AT_FDCWD, f->tmp, AT_FDCWD, f->target, RENAME_EXCHANGE) == 0;
}

static assay_code move_into_place(folder *f, assay_err *err)
{
	if (f->replace && exchange(f)) {
		remove_tree(AT_FDCWD, f->tmp);
	} else if (renameat2(AT_FDCWD, f->tmp, AT_FDCWD, f->target, RENAME_NOREPLACE) != 0) {
		/* A file system without such renames: rename(2) replaces an empty folder at most. */
		if (errno != EINVAL || rename(f->tmp, f->target) != 0)
			return ASSAY_RAISE_ERRNO(err, "rename '%s' to '%s'", f->tmp, f->target);
	}
	free(ASSAY_STEAL(&f->tmp));
	return ASSAY_OK;
}

assay_code folder_commit(folder *f, assay_err *err)
{
	assay_code rc = write_sums(f, err);

	if (rc != ASSAY_OK)
		return rc;
	if (syncfs(f->fd) != 0)
		return ASSAY_RAISE_ERRNO(err, "write '%s' to disk", f->tmp);
	rc = move_into_place(f, err);
	return rc == ASSAY_OK ? sync_parent(f, err) : rc;
}
