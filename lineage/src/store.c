/*
 * fsync policy of the store. A group is made durable in this order:
 *   1. large objects: each file is fsynced before its rename, and its folder after it (large.c);
 *   2. packs: fdatasync of the pack, fsync of packs/ when a file was added (pack.c);
 *   3. the catalog: mdb_txn_commit with LMDB's default of fdatasync, then meta page, then fdatasync.
 * A long group is committed in pieces; the notes of what a piece overwrites are fsynced between 2 and 3 (undo.c).
 * A kill between 1 or 2 and 3 leaves bytes that no row names. In packs the next writer cuts them off; a large object
 * stays until its bytes are put again, which gives it its row. A group that is undone, by an error or by closing the
 * store, removes both at once: after a full disk the space is free again.
 * store/format is written once, last of all when a store is made: a folder without it is no store, and one with it
 * must have its catalog.
 */
#include "assay/store.h"

#include "assay/file.h"
#include "assay/judgement.h"
#include "assay/log.h"

#include "catalog.h"
#include "handle.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/vfs.h>
#include <unistd.h>

#define FORMAT_TEXT "assay store 1\n"
#define LARGE_GROUP ((uint64_t)16 * 1024) /* sixteenths of pages */

/* ---------------------------------------------------------------- where a store may be */

/* LMDB's locks and mapped pages do not hold over these (linux/magic.h and the file systems' own sources). */
static const struct {
	unsigned long magic;
	const char *name;
} network_file_systems[] = {
    {0x6969, "NFS"},        {0x517b, "SMB"},      {0xfe534d42, "SMB2"},   {0xff534d42, "CIFS"},
    {0x01021997, "9p"},     {0x5346414f, "AFS"},  {0x6b414653, "AFS"},    {0x00c36400, "Ceph"},
    {0x0bd00bd0, "Lustre"}, {0x47504653, "GPFS"}, {0x19830326, "BeeGFS"}, {0x20030528, "OrangeFS"},
    {0x7461636f, "OCFS2"},  {0x01161970, "GFS2"}, {0x73757245, "Coda"},   {0x65735546, "FUSE"},
};

static assay_code refuse_network(int dirfd, const char *dir, assay_err *err)
{
	struct statfs fs;

	if (fstatfs(dirfd, &fs) != 0)
		return ASSAY_RAISE_ERRNO(err, "statfs");
	for (size_t i = 0; i < ASSAY_COUNT(network_file_systems); i++)
		if ((unsigned long)fs.f_type == network_file_systems[i].magic)
			return ASSAY_RAISE(
			    err, ASSAY_EUNSUPPORTED,
			    "'%s' is on %s, where a store's locks and mapped pages are not safe; use a local "
			    "disk (--store DIR or ASSAY_STORE)",
			    dir, network_file_systems[i].name);
	return ASSAY_OK;
}

static assay_code read_format(int dirfd, bool *found, assay_err *err)
{
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
	assay_err read_err = ASSAY_ERR_INIT;
	assay_code rc = assay_file_read(&text, dirfd, "format", 64, &read_err);

	*found = false;
	if (rc == ASSAY_ENOENT || (rc == ASSAY_EIO && read_err.sys == ENOENT))
		return ASSAY_OK;
	if (rc != ASSAY_OK) {
		if (err != NULL)
			*err = read_err;
		return rc;
	}
	if (strcmp(assay_buf_str(&text), FORMAT_TEXT) != 0)
		return ASSAY_RAISE(err, ASSAY_EUNSUPPORTED,
				   "its format file does not say '%.*s': made by another version?",
				   (int)strlen(FORMAT_TEXT) - 1, FORMAT_TEXT);
	*found = true;
	return ASSAY_OK;
}

static assay_code open_dir(assay_store *s, const char *dir, bool create, assay_err *err)
{
	struct stat st;
	bool found;
	assay_code rc = ASSAY_OK;

	if (stat(dir, &st) == 0 && !S_ISDIR(st.st_mode))
		return ASSAY_RAISE(err, ASSAY_EUSAGE, "a store is a folder, and this is none");
	if (create)
		rc = assay_mkdirs(AT_FDCWD, dir, err);
	if (rc != ASSAY_OK)
		return rc;
	s->dirfd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->dirfd < 0 && errno == ENOENT)
		return ASSAY_RAISE(err, ASSAY_ENOENT, "there is no store; 'assay run' or 'assay init' makes one");
	if (s->dirfd < 0)
		return ASSAY_RAISE_ERRNO(err, "open");
	rc = refuse_network(s->dirfd, dir, err);
	if (rc == ASSAY_OK)
		rc = read_format(s->dirfd, &found, err);
	if (rc == ASSAY_OK && !found && !create)
		rc = ASSAY_RAISE(err, ASSAY_ENOENT, "there is no store; 'assay run' or 'assay init' makes one");
	return rc;
}

static assay_code make_folders(assay_store *s, assay_err *err)
{
	static const char *const folders[] = {"catalog", "packs", "objects"};
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; rc == ASSAY_OK && i < ASSAY_COUNT(folders); i++)
		rc = assay_mkdirs(s->dirfd, folders[i], err);
	return rc;
}

/* ---------------------------------------------------------------- the lock */

static assay_code take_lock(assay_store *s, assay_err *err)
{
	char text[32] = "";

	s->lockfd = openat(s->dirfd, "lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
	if (s->lockfd < 0)
		return ASSAY_RAISE_ERRNO(err, "open lock");
	if (flock(s->lockfd, LOCK_EX | LOCK_NB) != 0) {
		if (errno != EWOULDBLOCK)
			return ASSAY_RAISE_ERRNO(err, "lock");
		if (pread(s->lockfd, text, sizeof text - 1, 0) < 0)
			text[0] = '\0';
		text[strcspn(text, "\n")] = '\0';
		return ASSAY_RAISE(err, ASSAY_EBUSY, "another process%s%s is writing to it; wait for it and try again",
				   text[0] != '\0' ? " with pid " : "", text);
	}
	(void)snprintf(text, sizeof text, "%ld\n", (long)getpid());
	/* The pid is a courtesy for the message above; the lock itself is the kernel's. */
	if (ftruncate(s->lockfd, 0) != 0 || pwrite(s->lockfd, text, strlen(text), 0) < 0)
		assay_log(ASSAY_LOG_DEBUG, "cannot note the pid in the lock file");
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- opening */

/* A catalog that is lost is not made anew over packs that it alone could explain. */
static assay_code open_catalog(assay_store *s, bool ahead, bool complete, assay_err *err)
{
	ASSAY_AUTO_FREE char *path = assay_asprintf("%s/catalog", s->dir);

	if (path == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "store path");
	return assay_env_open(&s->env, path, s->read_only, ahead, !complete, err);
}

static assay_code cut_packs(assay_store *s, assay_err *err)
{
	uint64_t current, length;
	assay_code rc = assay_meta_get(s, "pack.current", &current, err);

	if (rc == ASSAY_OK)
		rc = assay_meta_get(s, "pack.length", &length, err);
	return rc == ASSAY_OK ? assay_packs_truncate(&s->packs, (uint32_t)current, length, err) : rc;
}

/* A new store begins without packs: those that are there are of one that has lost its catalog and its format. */
static assay_code open_packs(assay_store *s, bool complete, assay_err *err)
{
	uint64_t current;
	assay_code rc = assay_packs_open(&s->packs, s->dirfd, err);

	if (rc == ASSAY_OK)
		rc = assay_meta_get(s, "pack.current", &current, err);
	if (rc != ASSAY_OK || s->read_only)
		return rc;
	if (!complete && current == 0 && assay_packs_any(&s->packs))
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "packs/ is not empty, and no catalog says what is in it");
	return cut_packs(s, err);
}

/* Whatever the store is found by must be durable before it is one. */
static assay_code finish_new(assay_store *s, assay_err *err)
{
	assay_code rc = assay_fsync_dir(s->dirfd, "catalog", err);

	if (rc == ASSAY_OK)
		rc = assay_fsync_dir(s->dirfd, "..", err);
	if (rc == ASSAY_EPERM)
		rc = ASSAY_OK; /* a folder that may not be listed: all is done that can be */
	return rc == ASSAY_OK ? assay_file_replace(s->dirfd, "format", FORMAT_TEXT, strlen(FORMAT_TEXT), err) : rc;
}

static assay_code open_parts(assay_store *s, const char *dir, bool create, bool ahead, assay_err *err)
{
	bool complete = true;
	assay_code rc;

	ASSAY_TRY(open_dir(s, dir, create, err));
	if (!s->read_only) {
		ASSAY_TRY(take_lock(s, err));
		ASSAY_TRY(read_format(s->dirfd, &complete, err)); /* again: another may have made it just now */
		ASSAY_TRY(make_folders(s, err));
	}
	ASSAY_TRY(open_catalog(s, ahead, complete, err));
	if (!s->read_only)
		ASSAY_TRY(assay_undo_replay(s, err));
	ASSAY_TRY(open_packs(s, complete, err));
	if (!complete)
		ASSAY_TRY(finish_new(s, err));
	assay_env_abort(&s->env); /* nothing is held between groups and snapshots */
	return ASSAY_OK;
fail:
	return rc;
}

assay_code assay_store_open(assay_store **out, const char *dir, const assay_store_opts *opts, assay_err *err)
{
	const assay_store_opts o = opts != NULL ? *opts : (assay_store_opts){0};
	ASSAY_AUTO_STORE s = assay_alloc(1, sizeof *s);
	assay_code rc;

	*out = NULL;
	if (s == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "store handle");
	s->dirfd = s->lockfd = -1;
	s->packs = (assay_packs){.dirfd = -1, .fd = -1, .read_fd = -1};
	s->undo.fd = -1;
	s->weight_full = LARGE_GROUP;
	s->read_only = o.read_only;
	s->dir = assay_strdup(dir);
	if (s->dir == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "store handle");
	rc = open_parts(s, dir, o.create && !o.read_only, !o.read_only || o.scan, err);
	if (rc != ASSAY_OK) {
		(void)assay_err_prefix(err, "store '%s'", dir);
		return rc;
	}
	*out = ASSAY_STEAL(&s);
	return ASSAY_OK;
}

void assay_store_close(assay_store *s)
{
	if (s == NULL)
		return;
	if (s->packs.ahead || s->large.count > 0 || s->undo.length > 0)
		assay_store_rollback(s);
	assay_undo_release(&s->undo);
	assay_env_close(&s->env);
	assay_packs_close(&s->packs);
	assay_large_release(&s->large);
	assay_closep(&s->lockfd);
	assay_closep(&s->dirfd);
	free(s->dir);
	free(s);
}

const char *assay_store_dir(const assay_store *s)
{
	return s->dir;
}

int assay_store_dirfd(const assay_store *s)
{
	return s->dirfd;
}

/* ---------------------------------------------------------------- groups */

void assay_store_refresh(assay_store *s)
{
	if (s->read_only) /* a writer reads its own group */
		assay_env_abort(&s->env);
}

/* Objects durable, and the catalog about to say so. */
static assay_code save_ends(assay_store *s, assay_err *err)
{
	assay_code rc;

	ASSAY_TRY(assay_packs_sync(&s->packs, err));
	ASSAY_TRY(assay_ids_save(s, err));
	ASSAY_TRY(assay_meta_put(s, "pack.current", s->packs.current, err));
	ASSAY_TRY(assay_meta_put(s, "pack.length", s->packs.end, err));
fail:
	return rc;
}

static assay_code commit_parts(assay_store *s, assay_err *err)
{
	assay_code rc;

	ASSAY_TRY(save_ends(s, err));
	ASSAY_TRY(assay_undo_waive(s, err));
	ASSAY_TRY(assay_env_commit(&s->env, err));
	s->weight = 0;
	assay_packs_settle(&s->packs);
	assay_undo_done(s);
	s->large.count = 0;
fail:
	return rc;
}

bool assay_store_group_is_large(const assay_store *s)
{
	return s->weight >= s->weight_full;
}

assay_code assay_store_begin_long(assay_store *s, assay_err *err)
{
	if (s->read_only || s->weight > 0 || s->packs.ahead || s->undo.noting)
		return ASSAY_RAISE(err, ASSAY_EINVAL, "a group is open already");
	s->undo.noting = true;
	return ASSAY_OK;
}

assay_code assay_store_spill(assay_store *s, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	if (!s->undo.noting || !assay_store_group_is_large(s))
		return ASSAY_OK;
	/* Who takes these rows for finished, being a program that does not know better, is not to build on them. */
	if (s->undo.length == 0)
		ASSAY_TRY(assay_judgement_forget(s, err));
	ASSAY_TRY(save_ends(s, err));
	ASSAY_TRY(assay_undo_write(s, err));
	ASSAY_TRY(assay_env_commit_lightly(&s->env, err));
	s->weight = 0;
	return ASSAY_OK;
fail:
	(void)assay_err_prefix(err, "write to store '%s'", s->dir);
	return rc;
}

assay_code assay_store_commit(assay_store *s, assay_err *err)
{
	assay_code rc;

	if (s->read_only || (s->env.txn == NULL && !s->env.broken && !s->undo.noting))
		return ASSAY_OK;
	rc = s->env.broken ? ASSAY_RAISE(err, ASSAY_EINVAL, "the group has failed") : commit_parts(s, err);
	if (rc == ASSAY_OK)
		return ASSAY_OK;
	assay_store_rollback(s);
	(void)assay_err_prefix(err, "commit to store '%s'", s->dir);
	return rc;
}

/* Only what the catalog does not know: a commit that failed in its last step may yet have been one. */
static void remove_large(assay_store *s)
{
	uint64_t id;

	for (size_t i = 0; i < s->large.count; i++)
		if (assay_index_get(s, ASSAY_INDEX_OBJECT, &s->large.fresh[i], &id, NULL) == ASSAY_ENOENT)
			assay_large_remove(s->dirfd, &s->large.fresh[i]);
	s->large.count = 0;
}

void assay_store_rollback(assay_store *s)
{
	assay_err err = ASSAY_ERR_INIT;
	bool failed;

	if (s->read_only)
		return;
	assay_env_abort(&s->env);
	assay_ids_forget(s);
	s->weight = 0;
	/* If the catalog cannot be read now, the next writer's open does this instead. */
	failed = assay_undo_replay(s, &err) != ASSAY_OK || cut_packs(s, &err) != ASSAY_OK;
	if (failed)
		assay_log(ASSAY_LOG_WARNING, "undo writes to store '%s': %s", s->dir, err.msg);
	else
		remove_large(s);
	assay_env_abort(&s->env);
	s->env.broken = failed;
}
