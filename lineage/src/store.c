/*
 * fsync policy of the store. A group is made durable in this order:
 *   1. large objects: each file is fsynced before its rename, and its folder after it (object.c);
 *   2. packs: fdatasync of the pack, fsync of packs/ when a file was added (pack.c);
 *   3. the catalog: mdb_txn_commit with LMDB's default of fdatasync, then meta page, then fdatasync.
 * A kill between 1 or 2 and 3 leaves bytes that no row names; the next writer cuts them off or overwrites them.
 * store/format is written once, last of all when a store is made: a folder without it is no store.
 */
#include "store.h"

#include "assay/file.h"
#include "assay/log.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/vfs.h>
#include <unistd.h>

#define MAP_LARGEST  ((size_t)1 << 40)
#define MAP_SMALLEST ((size_t)64 << 20)
#define READERS_MAX  1022
#define FORMAT_TEXT  "assay store 1\n"

#define TRY_MDB(expr)                                                                                                  \
	do {                                                                                                           \
		int mrc_ = (expr);                                                                                     \
		if (mrc_ != MDB_SUCCESS) {                                                                             \
			rc = ASSAY_RAISE_SYS(err, assay_code_from_mdb(mrc_), mrc_, "%s: %s", #expr,                    \
					     mdb_strerror(mrc_));                                                      \
			goto fail;                                                                                     \
		}                                                                                                      \
	} while (0)

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
	bool found;
	assay_code rc = ASSAY_OK;

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

/* ---------------------------------------------------------------- the environment */

/* A large map costs nothing; where the address space is small (qemu-user, ulimit -v) the largest that fits is used. */
static int open_env(MDB_env **env, const char *path, unsigned flags)
{
	int mrc = ENOMEM;

	for (size_t map = MAP_LARGEST; mrc == ENOMEM && map >= MAP_SMALLEST; map /= 2) {
		mrc = mdb_env_create(env);
		if (mrc != MDB_SUCCESS)
			return mrc;
		mrc = mdb_env_set_mapsize(*env, map);
		if (mrc == MDB_SUCCESS)
			mrc = mdb_env_set_maxdbs(*env, ASSAY_TABLE_COUNT);
		if (mrc == MDB_SUCCESS)
			mrc = mdb_env_set_maxreaders(*env, READERS_MAX);
		if (mrc == MDB_SUCCESS)
			mrc = mdb_env_open(*env, path, flags, 0666);
		if (mrc != MDB_SUCCESS) {
			mdb_env_close(*env);
			*env = NULL;
		}
	}
	return mrc;
}

static assay_code open_tables(assay_store *s, assay_err *err)
{
	MDB_txn *txn = NULL;
	assay_code rc;

	TRY_MDB(mdb_txn_begin(s->env, NULL, s->read_only ? MDB_RDONLY : 0, &txn));
	for (unsigned t = 0; t < ASSAY_TABLE_COUNT; t++)
		TRY_MDB(mdb_dbi_open(txn, assay_table_name((assay_table)t), s->read_only ? 0 : MDB_CREATE, &s->dbi[t]));
	TRY_MDB(mdb_txn_commit(ASSAY_STEAL(&txn)));
	return ASSAY_OK;

fail:
	mdb_txn_abort(txn);
	return rc;
}

static assay_code open_catalog(assay_store *s, assay_err *err)
{
	ASSAY_AUTO_FREE char *path = assay_asprintf("%s/catalog", s->dir);
	int dead;
	assay_code rc;

	if (path == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "store path");
	/* NOTLS: a read snapshot belongs to the handle, not to the thread. */
	TRY_MDB(open_env(&s->env, path, MDB_NOTLS | (s->read_only ? MDB_RDONLY : 0)));
	(void)mdb_reader_check(s->env, &dead); /* slots of readers that were killed */
	return open_tables(s, err);

fail:
	return rc;
}

static assay_code open_packs(assay_store *s, assay_err *err)
{
	uint64_t current, length;
	assay_code rc = assay_meta_get(s, "pack.current", &current, err);

	if (rc == ASSAY_OK)
		rc = assay_meta_get(s, "pack.length", &length, err);
	if (rc == ASSAY_OK)
		rc = assay_packs_open(&s->packs, s->dirfd, (uint32_t)current, length, !s->read_only, err);
	return rc;
}

static assay_code finish_new(assay_store *s, assay_err *err)
{
	bool found;
	assay_code rc = read_format(s->dirfd, &found, err);

	if (rc != ASSAY_OK || found)
		return rc;
	return assay_file_replace(s->dirfd, "format", FORMAT_TEXT, strlen(FORMAT_TEXT), err);
}

static assay_code open_parts(assay_store *s, const char *dir, bool create, assay_err *err)
{
	assay_code rc;

	ASSAY_TRY(open_dir(s, dir, create, err));
	if (!s->read_only) {
		ASSAY_TRY(take_lock(s, err));
		ASSAY_TRY(make_folders(s, err));
	}
	ASSAY_TRY(assay_hasher_open(&s->hasher, err));
	ASSAY_TRY(open_catalog(s, err));
	ASSAY_TRY(open_packs(s, err));
	if (!s->read_only)
		ASSAY_TRY(finish_new(s, err));
	assay_store_refresh(s);
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
	s->read_only = o.read_only;
	s->dir = assay_strdup(dir);
	if (s->dir == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "store handle");
	rc = open_parts(s, dir, o.create && !o.read_only, err);
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
	mdb_txn_abort(s->txn);
	if (s->env != NULL)
		mdb_env_close(s->env);
	assay_packs_close(&s->packs);
	assay_hasher_close(s->hasher);
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

/* A map that fills in mid-group would undo the group, so it is doubled while half of it is still free. */
static int grow_map(MDB_env *env)
{
	MDB_envinfo info;
	MDB_stat st;
	int mrc = mdb_env_info(env, &info);

	if (mrc == MDB_SUCCESS)
		mrc = mdb_env_stat(env, &st);
	if (mrc != MDB_SUCCESS || info.me_last_pgno < info.me_mapsize / st.ms_psize / 2)
		return mrc;
	return info.me_mapsize < MAP_LARGEST ? mdb_env_set_mapsize(env, info.me_mapsize * 2) : MDB_SUCCESS;
}

static int begin(assay_store *s)
{
	int dead, mrc;

	if (!s->read_only) {
		mrc = grow_map(s->env);
		return mrc == MDB_SUCCESS ? mdb_txn_begin(s->env, NULL, 0, &s->txn) : mrc;
	}
	mrc = mdb_txn_begin(s->env, NULL, MDB_RDONLY, &s->txn);
	if (mrc == MDB_MAP_RESIZED) {
		mrc = mdb_env_set_mapsize(s->env, 0); /* adopt the size that the writer grew it to */
		if (mrc == MDB_SUCCESS)
			mrc = mdb_txn_begin(s->env, NULL, MDB_RDONLY, &s->txn);
	} else if (mrc == MDB_READERS_FULL) {
		(void)mdb_reader_check(s->env, &dead);
		mrc = mdb_txn_begin(s->env, NULL, MDB_RDONLY, &s->txn);
	}
	return mrc;
}

assay_code assay_store_begin(assay_store *s, assay_err *err)
{
	int mrc;

	if (s->broken)
		return ASSAY_RAISE(err, ASSAY_EINVAL, "the group has failed and must be rolled back");
	if (s->txn != NULL)
		return ASSAY_OK;
	mrc = begin(s);
	if (mrc != MDB_SUCCESS)
		return ASSAY_RAISE_SYS(err, assay_code_from_mdb(mrc), mrc, "begin: %s", mdb_strerror(mrc));
	return ASSAY_OK;
}

void assay_store_refresh(assay_store *s)
{
	if (!s->read_only)
		return; /* a writer reads its own group */
	mdb_txn_abort(s->txn);
	s->txn = NULL;
}

static assay_code save_ids(assay_store *s, assay_err *err)
{
	char name[32];
	assay_code rc = ASSAY_OK;

	if (!s->ids_dirty)
		return ASSAY_OK;
	for (unsigned t = 0; rc == ASSAY_OK && t < ASSAY_TABLE_COUNT; t++) {
		(void)snprintf(name, sizeof name, "next.%s", assay_table_name((assay_table)t));
		rc = assay_meta_put(s, name, s->next_id[t], err);
	}
	s->ids_dirty = rc != ASSAY_OK;
	return rc;
}

static assay_code commit_parts(assay_store *s, assay_err *err)
{
	int mrc;
	assay_code rc;

	ASSAY_TRY(assay_packs_sync(&s->packs, err));
	ASSAY_TRY(save_ids(s, err));
	ASSAY_TRY(assay_meta_put(s, "pack.current", s->packs.current, err));
	ASSAY_TRY(assay_meta_put(s, "pack.length", s->packs.end, err));
	mrc = mdb_txn_commit(ASSAY_STEAL(&s->txn));
	if (mrc != MDB_SUCCESS)
		rc = ASSAY_RAISE_SYS(err, assay_code_from_mdb(mrc), mrc, "%s", mdb_strerror(mrc));
fail:
	return rc;
}

assay_code assay_store_commit(assay_store *s, assay_err *err)
{
	assay_code rc;

	if (s->read_only || s->txn == NULL)
		return ASSAY_OK;
	rc = s->broken ? ASSAY_RAISE(err, ASSAY_EINVAL, "the group has failed") : commit_parts(s, err);
	if (rc == ASSAY_OK)
		return ASSAY_OK;
	assay_store_rollback(s);
	return assay_err_prefix(err, "commit to store '%s'", s->dir);
}

void assay_store_rollback(assay_store *s)
{
	uint64_t current, length;
	assay_err err = ASSAY_ERR_INIT;

	if (s->read_only)
		return;
	mdb_txn_abort(s->txn);
	s->txn = NULL;
	s->broken = false;
	s->ids_loaded = s->ids_dirty = false;
	/* If the length cannot be read now, the next writer's open cuts the pack instead. */
	if (assay_meta_get(s, "pack.current", &current, &err) != ASSAY_OK ||
	    assay_meta_get(s, "pack.length", &length, &err) != ASSAY_OK ||
	    assay_packs_truncate(&s->packs, (uint32_t)current, length, &err) != ASSAY_OK) {
		assay_log(ASSAY_LOG_WARNING, "undo writes to store '%s': %s", s->dir, err.msg);
		s->broken = true;
	}
	mdb_txn_abort(s->txn);
	s->txn = NULL;
}
