#include "env.h"

#include "assay/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>

#define MAP_LARGEST  ((size_t)1 << 40)
#define MAP_SMALLEST ((size_t)64 << 20)
#define READERS_MAX  1022

#define TRY_MDB(expr)                                                                                                  \
	do {                                                                                                           \
		int mrc_ = (expr);                                                                                     \
		if (mrc_ != MDB_SUCCESS) {                                                                             \
			rc = ASSAY_RAISE_SYS(err, assay_code_from_mdb(mrc_), mrc_, "%s: %s", #expr,                    \
					     mdb_strerror(mrc_));                                                      \
			goto fail;                                                                                     \
		}                                                                                                      \
	} while (0)

const char *assay_table_name(assay_table t)
{
	static const char *const names[ASSAY_TABLE_COUNT] = {
	    [ASSAY_TABLE_META] = "meta",         [ASSAY_TABLE_INDEX] = "index",
	    [ASSAY_TABLE_EDGE] = "edge",         [ASSAY_TABLE_OBJECT] = "object",
	    [ASSAY_TABLE_SOURCE] = "source",     [ASSAY_TABLE_UNIT] = "unit",
	    [ASSAY_TABLE_SAMPLE] = "sample",     [ASSAY_TABLE_TICKET] = "ticket",
	    [ASSAY_TABLE_EVENT] = "event",       [ASSAY_TABLE_VERSION] = "version",
	    [ASSAY_TABLE_TAG] = "tag",           [ASSAY_TABLE_RUN] = "run",
	    [ASSAY_TABLE_DECISION] = "decision", [ASSAY_TABLE_FEEDBACK] = "feedback",
	    [ASSAY_TABLE_STANDING] = "standing",
	};

	return names[t];
}

assay_code assay_code_from_mdb(int mrc)
{
	switch (mrc) {
	case MDB_SUCCESS:
		return ASSAY_OK;
	case MDB_NOTFOUND:
		return ASSAY_ENOENT;
	case MDB_MAP_FULL:
	case ENOSPC:
	case EDQUOT:
		return ASSAY_EFULL;
	case ENOMEM:
		return ASSAY_ENOMEM;
	case EACCES:
	case EPERM:
	case EROFS:
		return ASSAY_EPERM;
	case MDB_CORRUPTED:
	case MDB_PAGE_NOTFOUND:
	case MDB_PANIC:
	case MDB_BAD_TXN: /* a page that an earlier call found damaged */
	case MDB_INVALID:
	case MDB_VERSION_MISMATCH:
		return ASSAY_ECORRUPT;
	case MDB_READERS_FULL:
	case EAGAIN:
		return ASSAY_EBUSY;
	default:
		return ASSAY_EIO;
	}
}

/* ---------------------------------------------------------------- open */

static int open_map(MDB_env **mdb, const char *path, unsigned flags, size_t map)
{
	int mrc = mdb_env_create(mdb);

	if (mrc != MDB_SUCCESS)
		return mrc;
	mrc = mdb_env_set_mapsize(*mdb, map);
	if (mrc == MDB_SUCCESS)
		mrc = mdb_env_set_maxdbs(*mdb, ASSAY_TABLE_COUNT);
	if (mrc == MDB_SUCCESS)
		mrc = mdb_env_set_maxreaders(*mdb, READERS_MAX);
	if (mrc == MDB_SUCCESS)
		mrc = mdb_env_open(*mdb, path, flags, 0666);
	if (mrc != MDB_SUCCESS) {
		mdb_env_close(*mdb);
		*mdb = NULL;
	}
	return mrc;
}

/* LMDB up to 0.9.24 opens data.mdb without O_CLOEXEC: a worker must not inherit it. */
static assay_code keep_to_ourselves(MDB_env *mdb, assay_err *err)
{
	mdb_filehandle_t fd;
	const int mrc = mdb_env_get_fd(mdb, &fd);

	if (mrc != MDB_SUCCESS)
		return ASSAY_RAISE_SYS(err, assay_code_from_mdb(mrc), mrc, "mdb_env_get_fd: %s", mdb_strerror(mrc));
	return fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 ? ASSAY_OK : ASSAY_RAISE_ERRNO(err, "fcntl data.mdb");
}

/* What the system calls too large a map; EINVAL is what valgrind's says. */
static bool is_too_large(int mrc)
{
	return mrc == ENOMEM || mrc == EINVAL;
}

/* A large map costs nothing; where the address space is small (qemu-user, ulimit -v) the largest that fits is used. */
static assay_code open_largest(MDB_env **mdb, const char *path, unsigned flags, assay_err *err)
{
	int mrc = ENOMEM;

	for (size_t map = MAP_LARGEST; is_too_large(mrc) && map >= MAP_SMALLEST; map /= 2)
		mrc = open_map(mdb, path, flags, map);
	if (mrc == MDB_SUCCESS)
		return ASSAY_OK;
	/* On media that nobody can write, LMDB does without a lock file. */
	if (mrc == EACCES && (flags & MDB_RDONLY) != 0)
		return ASSAY_RAISE_SYS(
		    err, ASSAY_EPERM, mrc,
		    "this user may not read the catalog, or not write its lock.mdb, where readers are entered; "
		    "give that permission, or read a copy of the store");
	return ASSAY_RAISE_SYS(err, assay_code_from_mdb(mrc), mrc, "open the catalog: %s", mdb_strerror(mrc));
}

static assay_code open_tables(assay_env *e, bool make, assay_err *err)
{
	MDB_txn *txn = NULL;
	int mrc = MDB_SUCCESS;
	assay_code rc = ASSAY_OK;

	TRY_MDB(mdb_txn_begin(e->mdb, NULL, e->read_only ? MDB_RDONLY : 0, &txn));
	for (unsigned t = 0; t < ASSAY_TABLE_COUNT && mrc == MDB_SUCCESS; t++) {
		const bool added = t >= ASSAY_TABLE_DECISION;

		mrc = mdb_dbi_open(txn, assay_table_name((assay_table)t),
				   make || (added && !e->read_only) ? MDB_CREATE : 0, &e->dbi[t]);
		e->there[t] = mrc == MDB_SUCCESS;
		if (mrc == MDB_NOTFOUND && added)
			mrc = MDB_SUCCESS;
		else if (mrc == MDB_NOTFOUND)
			rc = ASSAY_RAISE_SYS(err, ASSAY_ECORRUPT, mrc, "the catalog has no table '%s'",
					     assay_table_name((assay_table)t));
		else if (mrc != MDB_SUCCESS)
			rc = ASSAY_RAISE_SYS(err, assay_code_from_mdb(mrc), mrc, "open catalog table '%s': %s",
					     assay_table_name((assay_table)t), mdb_strerror(mrc));
	}
	if (mrc != MDB_SUCCESS)
		goto fail;
	TRY_MDB(mdb_txn_commit(ASSAY_STEAL(&txn)));
	return ASSAY_OK;

fail:
	mdb_txn_abort(txn);
	return rc;
}

assay_code assay_env_open(assay_env *e, const char *path, bool read_only, bool ahead, bool make, assay_err *err)
{
	int dead;
	assay_code rc;

	*e = (assay_env){.read_only = read_only};
	/* NOTLS: a read snapshot belongs to the handle, not to the thread. */
	ASSAY_TRY(
	    open_largest(&e->mdb, path, MDB_NOTLS | (read_only ? MDB_RDONLY : 0) | (ahead ? 0 : MDB_NORDAHEAD), err));
	ASSAY_TRY(keep_to_ourselves(e->mdb, err));
	(void)mdb_reader_check(e->mdb, &dead); /* slots of readers that were killed */
	ASSAY_TRY(open_tables(e, make, err));
	return ASSAY_OK;

fail:
	assay_env_close(e);
	return rc;
}

void assay_env_close(assay_env *e)
{
	assay_env_abort(e);
	if (e->mdb != NULL)
		mdb_env_close(e->mdb);
	*e = (assay_env){0};
}

/* ---------------------------------------------------------------- the map */

static bool fits_address_space(size_t size)
{
	void *p = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return p != MAP_FAILED && munmap(p, size) == 0;
}

/* LMDB unmaps the old map before it maps the new one and cannot go back, so that it is asked for only what will fit. */
static int double_map(assay_env *e, size_t size)
{
	int mrc;

	if (!fits_address_space(2 * size))
		return ENOMEM;
	mrc = mdb_env_set_mapsize(e->mdb, 2 * size);
	e->lost = mrc != MDB_SUCCESS;
	return mrc;
}

/* A map that fills in mid-group would undo the group, so it is doubled while half of it is still free. */
static int grow_map(assay_env *e)
{
	MDB_envinfo info;
	MDB_stat st;
	int mrc = mdb_env_info(e->mdb, &info);

	if (mrc == MDB_SUCCESS)
		mrc = mdb_env_stat(e->mdb, &st);
	if (mrc != MDB_SUCCESS || info.me_mapsize >= MAP_LARGEST ||
	    info.me_last_pgno < info.me_mapsize / st.ms_psize / 2)
		return mrc;
	mrc = double_map(e, info.me_mapsize);
	return e->lost ? mrc : MDB_SUCCESS; /* where it cannot grow, what is left of it is used */
}

/* The writer has grown the file beyond this reader's map: LMDB makes it as large as the file at least. */
static int follow_map(assay_env *e)
{
	MDB_envinfo info;
	int mrc = mdb_env_info(e->mdb, &info);

	return mrc == MDB_SUCCESS ? double_map(e, info.me_mapsize) : mrc;
}

/* ---------------------------------------------------------------- transactions */

static int begin_write(assay_env *e)
{
	const int mrc = grow_map(e);

	return mrc == MDB_SUCCESS ? mdb_txn_begin(e->mdb, NULL, 0, &e->txn) : mrc;
}

static int begin_read(assay_env *e)
{
	int dead, mrc = mdb_txn_begin(e->mdb, NULL, MDB_RDONLY, &e->txn);

	if (mrc == MDB_MAP_RESIZED)
		mrc = follow_map(e);
	else if (mrc == MDB_READERS_FULL)
		mrc = mdb_reader_check(e->mdb, &dead);
	else
		return mrc;
	return mrc == MDB_SUCCESS ? mdb_txn_begin(e->mdb, NULL, MDB_RDONLY, &e->txn) : mrc;
}

assay_code assay_env_begin(assay_env *e, assay_err *err)
{
	int mrc;

	if (e->lost)
		return ASSAY_RAISE(err, ASSAY_ENOMEM,
				   "the catalog could not be mapped again: the store must be closed");
	if (e->broken)
		return ASSAY_RAISE(err, ASSAY_EINVAL, "the group has failed and must be rolled back");
	if (e->txn != NULL)
		return ASSAY_OK;
	mrc = e->read_only ? begin_read(e) : begin_write(e);
	if (mrc == MDB_SUCCESS)
		return ASSAY_OK;
	e->txn = NULL;
	return ASSAY_RAISE_SYS(err, assay_code_from_mdb(mrc), mrc, "begin: %s", mdb_strerror(mrc));
}

/* Rows stand under numbers of eight bytes, big-endian; 0 for a key that is none, or for the number 0. */
static uint64_t number_of(const MDB_val *key)
{
	const unsigned char *k = key->mv_data;
	uint64_t n = 0;

	for (int i = 0; i < 8 && key->mv_size == 8; i++)
		n = n << 8 | k[i];
	return n;
}

/* Is the row asked for the next one after the last? A step costs a third of a search. */
static bool step_to(MDB_cursor *cur, const MDB_val *key, MDB_val *value)
{
	MDB_val k;

	return mdb_cursor_get(cur, &k, value, MDB_NEXT) == MDB_SUCCESS && k.mv_size == key->mv_size &&
	       memcmp(k.mv_data, key->mv_data, k.mv_size) == 0;
}

int assay_env_get(assay_env *e, assay_table t, MDB_val *key, MDB_val *value)
{
	const uint64_t number = number_of(key), found = e->found[t];
	int mrc = MDB_SUCCESS;

	if (!e->there[t])
		return MDB_NOTFOUND;
	/* Writes of the group keep its cursors valid. */
	if (e->near[t] == NULL)
		mrc = mdb_cursor_open(e->txn, e->dbi[t], &e->near[t]);
	if (mrc != MDB_SUCCESS)
		return mrc;
	e->found[t] = number;
	if (found != 0 && number == found + 1 && step_to(e->near[t], key, value))
		return MDB_SUCCESS;
	mrc = mdb_cursor_get(e->near[t], key, value, MDB_SET);
	if (mrc != MDB_SUCCESS)
		e->found[t] = 0;
	return mrc;
}

static void close_cursors(assay_env *e)
{
	for (unsigned t = 0; t < ASSAY_TABLE_COUNT; t++) {
		if (e->near[t] != NULL)
			mdb_cursor_close(ASSAY_STEAL(&e->near[t]));
		e->found[t] = 0;
	}
}

assay_code assay_env_commit(assay_env *e, assay_err *err)
{
	int mrc;

	close_cursors(e);
	mrc = mdb_txn_commit(ASSAY_STEAL(&e->txn));
	if (mrc == MDB_SUCCESS)
		return ASSAY_OK;
	return ASSAY_RAISE_SYS(err, assay_code_from_mdb(mrc), mrc, "%s", mdb_strerror(mrc));
}

assay_code assay_env_commit_lightly(assay_env *e, assay_err *err)
{
	const int mrc = mdb_env_set_flags(e->mdb, MDB_NOMETASYNC, 1);
	const assay_code rc = assay_env_commit(e, err);

	if (mrc == MDB_SUCCESS)
		(void)mdb_env_set_flags(e->mdb, MDB_NOMETASYNC, 0);
	return rc;
}

bool assay_env_has_moved(const assay_env *e)
{
	MDB_envinfo info;

	return e->read_only && e->txn != NULL && mdb_env_info(e->mdb, &info) == MDB_SUCCESS &&
	       info.me_last_txnid != mdb_txn_id(e->txn);
}

void assay_env_abort(assay_env *e)
{
	close_cursors(e);
	mdb_txn_abort(e->txn);
	e->txn = NULL;
	e->broken = false;
}
