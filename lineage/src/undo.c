/*
 * Layout of the file `undo` (numbers little-endian): one chunk for each piece of the group,
 *   chunk: length of its notes (8 bytes), first 8 bytes of SHA-256 of (offset of the chunk in the file, its notes), notes
 *   note:  table (1), size of the key (1), 1 if there was a value (1), 0, size of the value (4), key, value
 * Notes stand in the order of the writes: undoing goes backwards. The catalog says how much of the file counts; a chunk
 * is durable before the catalog counts on it, so that what lies beyond, or is there when nothing counts, is of no piece.
 */
#include "undo.h"

#include "assay/bytes.h"
#include "assay/file.h"
#include "assay/judgement.h"
#include "assay/log.h"

#include "catalog.h"
#include "handle.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILE_NAME  "undo"
#define CHUNK_HEAD 16
#define CHUNK_MAX  ((uint64_t)1 << 30)

void assay_undo_release(assay_undo *u)
{
	assay_closep(&u->fd);
	assay_buf_release(&u->chunk);
	*u = (assay_undo){.fd = -1};
}

/* ---------------------------------------------------------------- noting */

static assay_code put_length(assay_store *s, uint64_t length, assay_err *err)
{
	assay_code rc;

	s->undo.replaying = true;
	rc = assay_meta_put(s, ASSAY_UNDO_LENGTH, length, err);
	if (rc == ASSAY_OK)
		rc = assay_meta_put(s, ASSAY_UNDO_TXN, mdb_txn_id(s->env.txn), err);
	s->undo.replaying = false;
	return rc;
}

static assay_code sum_of(unsigned char out[8], uint64_t offset, const void *notes, size_t n, assay_err *err)
{
	assay_hasher *h = NULL;
	unsigned char at[8];
	assay_digest d;
	assay_code rc = assay_hasher_open(&h, err);

	assay_put_le(at, offset, 8);
	if (rc == ASSAY_OK)
		rc = assay_hasher_add(h, at, sizeof at, err);
	if (rc == ASSAY_OK)
		rc = assay_hasher_add(h, notes, n, err);
	if (rc == ASSAY_OK)
		rc = assay_hasher_end(h, &d, err);
	assay_hasher_close(h);
	if (rc == ASSAY_OK)
		memcpy(out, d.bytes, 8);
	return rc;
}

static assay_code write_chunk(assay_store *s, assay_err *err)
{
	assay_undo *u = &s->undo;
	unsigned char head[CHUNK_HEAD];
	const bool make = u->fd < 0;
	assay_code rc;

	if (make)
		u->fd = openat(s->dirfd, FILE_NAME, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);
	if (u->fd < 0)
		return ASSAY_RAISE_ERRNO(err, "open");
	assay_put_le(head, u->chunk.len, 8);
	ASSAY_TRY(sum_of(head + 8, u->length, u->chunk.data, u->chunk.len, err));
	ASSAY_TRY(assay_pwrite_all(u->fd, head, sizeof head, u->length, err));
	ASSAY_TRY(assay_pwrite_all(u->fd, u->chunk.data, u->chunk.len, u->length + CHUNK_HEAD, err));
	ASSAY_TRY(assay_fsync(u->fd, FILE_NAME, err));
	if (make)
		rc = assay_fsync_dir(s->dirfd, ".", err);
fail:
	return rc;
}

assay_code assay_undo_write(assay_store *s, assay_err *err)
{
	assay_undo *u = &s->undo;
	assay_code rc = write_chunk(s, err);

	if (rc != ASSAY_OK) {
		(void)assay_err_prefix(err, "file '%s'", FILE_NAME);
		return rc;
	}
	rc = put_length(s, u->length + CHUNK_HEAD + u->chunk.len, err);
	if (rc != ASSAY_OK)
		return rc;
	u->length += CHUNK_HEAD + u->chunk.len;
	assay_buf_reset(&u->chunk);
	return ASSAY_OK;
}

assay_code assay_undo_waive(assay_store *s, assay_err *err)
{
	return s->undo.length > 0 ? put_length(s, 0, err) : ASSAY_OK;
}

void assay_undo_done(assay_store *s)
{
	if (s->undo.fd >= 0)
		(void)unlinkat(s->dirfd, FILE_NAME, 0);
	assay_undo_release(&s->undo);
}

/* ---------------------------------------------------------------- undoing */

typedef struct chunk {
	uint64_t at, length; /* of its notes, after the head */
} chunk;

typedef struct chunks {
	chunk *items;
	size_t count, cap;
} chunks;

static assay_code damaged(uint64_t at, assay_err *err)
{
	return ASSAY_RAISE(err, ASSAY_ECORRUPT, "damaged at byte %" PRIu64, at);
}

static assay_code list_chunks(chunks *out, int fd, uint64_t end, assay_err *err)
{
	uint64_t at = 0;

	while (at < end) {
		unsigned char head[CHUNK_HEAD];
		uint64_t length;
		assay_code rc;

		if (end - at < CHUNK_HEAD)
			return damaged(at, err);
		rc = assay_pread_all(fd, head, sizeof head, at, err);
		if (rc == ASSAY_OK)
			rc = assay_grow(&out->items, &out->cap, out->count, sizeof *out->items, err);
		if (rc != ASSAY_OK)
			return rc;
		length = assay_get_le(head, 8);
		if (length > CHUNK_MAX || length > end - at - CHUNK_HEAD)
			return damaged(at, err);
		out->items[out->count++] = (chunk){at, length};
		at += CHUNK_HEAD + length;
	}
	return ASSAY_OK;
}

static assay_code load_chunk(assay_buf *out, int fd, const chunk *c, assay_err *err)
{
	unsigned char head[CHUNK_HEAD], sum[8];
	unsigned char *room;
	assay_code rc;

	assay_buf_reset(out);
	room = assay_buf_extend(out, (size_t)c->length);
	if (room == NULL)
		return assay_buf_check(out, err);
	rc = assay_pread_all(fd, head, sizeof head, c->at, err);
	if (rc == ASSAY_OK)
		rc = assay_pread_all(fd, room, (size_t)c->length, c->at + CHUNK_HEAD, err);
	if (rc == ASSAY_OK)
		rc = sum_of(sum, c->at, room, (size_t)c->length, err);
	if (rc != ASSAY_OK)
		return rc;
	return memcmp(sum, head + 8, 8) == 0 ? ASSAY_OK : damaged(c->at, err);
}

/* Where the notes of a chunk begin; SIZE_MAX ends the list, which is to be freed. */
static assay_code list_notes(size_t **out, size_t *count, const assay_buf *b, assay_err *err)
{
	size_t cap = 0, at = 0;

	*out = NULL;
	*count = 0;
	while (at < b->len) {
		const unsigned char *p = (const unsigned char *)b->data + at;
		assay_code rc = assay_grow(out, &cap, *count, sizeof **out, err);
		uint64_t size;

		if (rc != ASSAY_OK)
			return rc;
		if (b->len - at < ASSAY_UNDO_NOTE_HEAD)
			return damaged(at, err);
		size = ASSAY_UNDO_NOTE_HEAD + (uint64_t)p[1] + assay_get_le(p + 4, 4);
		if (p[0] >= ASSAY_TABLE_COUNT || p[1] == 0 || p[2] > 1 || size > b->len - at)
			return damaged(at, err);
		(*out)[(*count)++] = at;
		at += (size_t)size;
	}
	return ASSAY_OK;
}

static assay_code undo_note(assay_store *s, const unsigned char *p, assay_err *err)
{
	MDB_val k = {.mv_size = p[1], .mv_data = (void *)(uintptr_t)(p + ASSAY_UNDO_NOTE_HEAD)};
	MDB_val v = {.mv_size = (size_t)assay_get_le(p + 4, 4),
		     .mv_data = (void *)(uintptr_t)(p + ASSAY_UNDO_NOTE_HEAD + p[1])};
	const MDB_dbi dbi = s->env.dbi[p[0]];
	assay_code rc = assay_env_begin(&s->env, err);
	int mrc;

	if (rc != ASSAY_OK)
		return rc;
	mrc = p[2] == 1 ? mdb_put(s->env.txn, dbi, &k, &v, 0) : mdb_del(s->env.txn, dbi, &k, NULL);
	if (mrc == MDB_SUCCESS || mrc == MDB_NOTFOUND)
		return ASSAY_OK;
	return ASSAY_RAISE_SYS(err, assay_code_from_mdb(mrc), mrc, "write to catalog table '%s': %s",
			       assay_table_name((assay_table)p[0]), mdb_strerror(mrc));
}

/* A chunk that was undone does not count any more: a kill in between goes on from there. */
static assay_code undo_chunk(assay_store *s, int fd, const chunk *c, assay_buf *notes, assay_err *err)
{
	ASSAY_AUTO_FREE size_t *at = NULL;
	size_t count;
	assay_code rc;

	ASSAY_TRY(load_chunk(notes, fd, c, err));
	ASSAY_TRY(list_notes(&at, &count, notes, err));
	while (count > 0)
		ASSAY_TRY(undo_note(s, (const unsigned char *)notes->data + at[--count], err));
	ASSAY_TRY(put_length(s, c->at, err));
	ASSAY_TRY(assay_env_commit(&s->env, err));
	s->undo.length = c->at;
fail:
	return rc;
}

/* A program that does not know of notes may have written on: its rows stand on what would be taken away. */
static assay_code was_written_to(assay_store *s, assay_err *err)
{
	uint64_t txn;
	const assay_code rc = assay_meta_get(s, ASSAY_UNDO_TXN, &txn, err);

	if (rc == ASSAY_OK && mdb_txn_id(s->env.txn) != txn + 1)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "another program has written to the store since");
	return rc;
}

/* All chunks that count, each of them whole; the list is to be freed. */
static assay_code find_chunks(chunks *out, int fd, uint64_t length, assay_buf *notes, assay_err *err)
{
	assay_code rc = fd >= 0 ? list_chunks(out, fd, length, err) : ASSAY_RAISE_ERRNO(err, "open");

	for (size_t i = 0; i < out->count && rc == ASSAY_OK; i++)
		rc = load_chunk(notes, fd, &out->items[i], err);
	return rc;
}

static int open_file(const assay_store *s)
{
	return openat(s->dirfd, FILE_NAME, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
}

assay_code assay_undo_check(const assay_store *s, uint64_t length, assay_err *err)
{
	ASSAY_AUTO_FD fd = open_file(s);
	ASSAY_AUTO_BUF notes = ASSAY_BUF_INIT;
	chunks list = {0};
	const assay_code rc = find_chunks(&list, fd, length, &notes, err);

	free(list.items);
	return rc;
}

static assay_code undo_all(assay_store *s, assay_err *err)
{
	ASSAY_AUTO_FD fd = -1;
	ASSAY_AUTO_BUF notes = ASSAY_BUF_INIT;
	chunks list = {0};
	assay_code rc;

	rc = was_written_to(s, err);
	if (rc != ASSAY_OK)
		return rc;
	fd = open_file(s);
	rc = find_chunks(&list, fd, s->undo.length, &notes, err); /* all or nothing */
	while (rc == ASSAY_OK && list.count > 0)
		rc = undo_chunk(s, fd, &list.items[--list.count], &notes, err);
	free(list.items);
	return rc;
}

/* Verdicts of a judging that nobody finished: no version tells of them, and none is to be built on them. */
static assay_code keep_as_is(assay_store *s, const assay_err *why, assay_err *err)
{
	assay_code rc;

	assay_log(
	    ASSAY_LOG_WARNING,
	    "file '%s' of store '%s': %s; a judging that was not finished cannot be undone, and is left to be made "
	    "again",
	    FILE_NAME, s->dir, why->msg);
	assay_env_abort(&s->env);
	ASSAY_TRY(assay_judgement_forget(s, err));
	ASSAY_TRY(put_length(s, 0, err));
	ASSAY_TRY(assay_env_commit(&s->env, err));
fail:
	return rc;
}

assay_code assay_undo_replay(assay_store *s, assay_err *err)
{
	assay_err why = ASSAY_ERR_INIT;
	assay_code rc;

	assay_undo_release(&s->undo);
	rc = assay_meta_get(s, ASSAY_UNDO_LENGTH, &s->undo.length, err);
	if (rc != ASSAY_OK)
		return rc;
	if (s->undo.length == 0) {
		(void)unlinkat(s->dirfd, FILE_NAME, 0); /* of a group that was finished, or had no first piece */
		return ASSAY_OK;
	}
	s->undo.replaying = true;
	rc = undo_all(s, &why);
	s->undo.replaying = false;
	if (rc == ASSAY_ECORRUPT || (rc == ASSAY_EIO && why.sys == ENOENT))
		rc = keep_as_is(s, &why, &why);
	if (rc == ASSAY_OK) {
		(void)unlinkat(s->dirfd, FILE_NAME, 0);
		assay_undo_release(&s->undo);
		return ASSAY_OK;
	}
	if (err != NULL)
		*err = why;
	(void)assay_err_prefix(err, "undo a judging that was not finished");
	return rc;
}
