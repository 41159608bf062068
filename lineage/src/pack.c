/*
 * fsync policy of packs. Records are gathered in memory, written with pwrite, and made durable by one fdatasync when
 * the group commits, before the catalog names them. A new pack file is made durable by an fsync of packs/ in the same
 * sync. Nothing is ever written below a pack's committed length.
 */
#include "pack.h"

#include "assay/bytes.h"
#include "assay/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BUFFER_FULL ((size_t)1 << 20)

static const unsigned char pack_magic[8] = {'A', 'S', 'S', 'A', 'Y', 'P', 'K', 0};
static const unsigned char record_magic[4] = {'A', 'R', 'e', 'c'};

void assay_pack_name(char out[24], uint32_t number)
{
	(void)snprintf(out, 24, "%08" PRIu32 ".pack", number);
}

static assay_code open_pack(int *fd, int dirfd, uint32_t number, int flags, assay_err *err)
{
	char name[24];

	assay_pack_name(name, number);
	*fd = openat(dirfd, name, flags | O_CLOEXEC | O_NOFOLLOW, 0666);
	return *fd < 0 ? ASSAY_RAISE_ERRNO(err, "open packs/%s", name) : ASSAY_OK;
}

/* A pack that the catalog names and that is not there is damage, whatever the system calls it. */
static assay_code open_committed(int *fd, int dirfd, uint32_t number, int flags, assay_err *err)
{
	assay_err e = ASSAY_ERR_INIT;
	assay_code rc = open_pack(fd, dirfd, number, flags, &e);

	if (rc == ASSAY_EIO && e.sys == ENOENT)
		e.code = rc = ASSAY_ECORRUPT;
	if (rc != ASSAY_OK && err != NULL)
		*err = e;
	return rc;
}

static assay_code check_header(int fd, uint32_t number, assay_err *err)
{
	unsigned char head[ASSAY_PACK_HEADER];
	assay_code rc = assay_pread_all(fd, head, sizeof head, 0, err);

	if (rc != ASSAY_OK)
		return assay_err_prefix(err, "pack %" PRIu32, number);
	if (memcmp(head, pack_magic, sizeof pack_magic) != 0 || assay_get_le(head + 12, 4) != number)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "pack %" PRIu32 " does not start like one", number);
	if (assay_get_le(head + 8, 4) != ASSAY_PACK_FORMAT)
		return ASSAY_RAISE(err, ASSAY_EUNSUPPORTED,
				   "pack %" PRIu32 " has format %" PRIu64 ", this program reads %d", number,
				   assay_get_le(head + 8, 4), ASSAY_PACK_FORMAT);
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- what was never committed */

/* The number in a pack's file name; 0 for a name that is none. */
static uint32_t number_of(const char *name)
{
	char *end, again[24];
	const unsigned long number = strtoul(name, &end, 10);

	if (number == 0 || number > UINT32_MAX)
		return 0;
	assay_pack_name(again, (uint32_t)number);
	return strcmp(again, name) == 0 ? (uint32_t)number : 0;
}

/* Packs after `current`: how many there are; they are removed as far as that can be done. */
static unsigned count_after(int packs, uint32_t current, bool remove)
{
	const int fd = openat(packs, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	unsigned n = 0;

	if (dir == NULL) {
		if (fd >= 0)
			(void)close(fd);
		return 0;
	}
	for (const struct dirent *e = readdir(dir); e != NULL; e = readdir(dir)) {
		if (number_of(e->d_name) <= current)
			continue;
		n++;
		if (remove)
			(void)unlinkat(packs, e->d_name, 0);
	}
	(void)closedir(dir);
	return n;
}

bool assay_packs_any(const assay_packs *p)
{
	return count_after(p->dirfd, 0, false) > 0;
}

/* Header before length: a file that is no pack is left as it is. */
static assay_code cut(int fd, uint32_t number, uint64_t length, assay_err *err)
{
	struct stat st;
	assay_code rc;

	if (fstat(fd, &st) != 0)
		return ASSAY_RAISE_ERRNO(err, "stat pack %" PRIu32, number);
	if ((uint64_t)st.st_size < length)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT,
				   "pack %" PRIu32 " has %lld bytes, the catalog counts on %" PRIu64, number,
				   (long long)st.st_size, length);
	rc = check_header(fd, number, err);
	if (rc == ASSAY_OK && (uint64_t)st.st_size > length && ftruncate(fd, (off_t)length) != 0)
		rc = ASSAY_RAISE_ERRNO(err, "truncate pack %" PRIu32, number);
	return rc;
}

static assay_code reopen(assay_packs *p, uint32_t current, uint64_t length, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	assay_closep(&p->fd);
	p->current = current;
	p->end = p->written = length;
	if (current > 0)
		rc = open_committed(&p->fd, p->dirfd, current, O_RDWR, err);
	if (rc == ASSAY_OK && current > 0)
		rc = cut(p->fd, current, length, err);
	return rc;
}

assay_code assay_packs_open(assay_packs *p, int dirfd, assay_err *err)
{
	*p = (assay_packs){.dirfd = -1, .fd = -1, .read_fd = -1, .full = ASSAY_PACK_FULL};
	p->dirfd = openat(dirfd, "packs", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return p->dirfd < 0 ? ASSAY_RAISE_ERRNO(err, "open packs/") : ASSAY_OK;
}

void assay_packs_close(assay_packs *p)
{
	assay_closep(&p->fd);
	assay_closep(&p->read_fd);
	assay_closep(&p->dirfd);
	assay_buf_release(&p->buffer);
	*p = (assay_packs){.dirfd = -1, .fd = -1, .read_fd = -1};
}

/* ---------------------------------------------------------------- write */

/*
 * After a failed write or sync nobody knows what the file holds: an fdatasync that failed says so once, and succeeds
 * the next time although the bytes are gone. So the first failure is told again until the group is undone.
 */
static assay_code fail_from_now(assay_packs *p, assay_code rc, const assay_err *e, assay_err *err)
{
	if (rc == ASSAY_OK)
		return rc;
	p->failure = *e;
	if (err != NULL)
		*err = *e;
	return rc;
}

static assay_code check_failure(const assay_packs *p, assay_err *err)
{
	if (p->failure.code != ASSAY_OK && err != NULL)
		*err = p->failure;
	return p->failure.code;
}

static assay_code write_out(assay_packs *p, assay_err *err)
{
	assay_err e = ASSAY_ERR_INIT;
	assay_code rc = check_failure(p, err);

	if (rc != ASSAY_OK || p->buffer.len == 0)
		return rc;
	rc = assay_pwrite_all(p->fd, p->buffer.data, p->buffer.len, p->written, &e);
	if (rc != ASSAY_OK)
		return fail_from_now(p, assay_err_prefix(&e, "write pack %" PRIu32, p->current), &e, err);
	p->written += p->buffer.len;
	assay_buf_reset(&p->buffer);
	return ASSAY_OK;
}

static assay_code sync_data(int fd, uint32_t number, assay_err *err)
{
	int r;

	do {
		r = fdatasync(fd);
	} while (r != 0 && errno == EINTR);
	return r != 0 ? ASSAY_RAISE_ERRNO(err, "fdatasync pack %" PRIu32, number) : ASSAY_OK;
}

assay_code assay_packs_sync(assay_packs *p, assay_err *err)
{
	assay_err e = ASSAY_ERR_INIT;
	assay_code rc = write_out(p, err);

	if (rc != ASSAY_OK || !p->dirty)
		return rc;
	rc = sync_data(p->fd, p->current, &e);
	if (rc == ASSAY_OK && p->new_file)
		rc = assay_fsync(p->dirfd, "packs/", &e);
	if (rc != ASSAY_OK)
		return fail_from_now(p, rc, &e, err);
	p->dirty = p->new_file = false;
	return ASSAY_OK;
}

void assay_packs_settle(assay_packs *p)
{
	p->ahead = false;
}

/* A file left there by a writer that was killed before its commit is emptied. */
static assay_code make_pack(int *fd, int dirfd, uint32_t number, assay_err *err)
{
	unsigned char head[ASSAY_PACK_HEADER] = {0};
	assay_code rc = open_pack(fd, dirfd, number, O_RDWR | O_CREAT | O_TRUNC, err);

	if (rc != ASSAY_OK)
		return rc;
	memcpy(head, pack_magic, sizeof pack_magic);
	assay_put_le(head + 8, ASSAY_PACK_FORMAT, 4);
	assay_put_le(head + 12, number, 4);
	return assay_pwrite_all(*fd, head, sizeof head, 0, err);
}

static assay_code start_pack(assay_packs *p, assay_err *err)
{
	ASSAY_AUTO_FD fd = -1;
	assay_err e = ASSAY_ERR_INIT;
	assay_code rc = make_pack(&fd, p->dirfd, p->current + 1, &e);

	p->ahead = true;
	if (rc != ASSAY_OK)
		return fail_from_now(p, rc, &e, err);
	assay_closep(&p->fd);
	p->fd = fd;
	fd = -1;
	p->current++;
	p->end = p->written = ASSAY_PACK_HEADER;
	p->dirty = p->new_file = true;
	return ASSAY_OK;
}

/* A full pack must be durable before the next one is begun, since the catalog states the length of one only. */
static assay_code next_pack(assay_packs *p, assay_err *err)
{
	assay_code rc = assay_packs_sync(p, err);

	return rc == ASSAY_OK ? start_pack(p, err) : rc;
}

/* All of the record or nothing: what is in the buffer goes to the file, at offsets that were told to callers. */
static assay_code add_record(assay_buf *b, const unsigned char head[ASSAY_PACK_RECORD_HEAD], const void *data,
			     size_t size, assay_err *err)
{
	static const unsigned char zeroes[8];
	const size_t before = b->len;
	assay_code rc;

	assay_buf_append(b, head, ASSAY_PACK_RECORD_HEAD);
	assay_buf_append(b, data, size);
	assay_buf_append(b, zeroes, (8 - size % 8) % 8);
	rc = assay_buf_check(b, err);
	if (rc != ASSAY_OK) {
		b->len = before;
		b->failed = false;
	}
	return rc;
}

assay_code assay_packs_append(assay_packs *p, uint8_t type, const void *data, size_t size, const assay_digest *digest,
			      uint32_t *pack, uint64_t *offset, assay_err *err)
{
	unsigned char head[ASSAY_PACK_RECORD_HEAD] = {0};
	assay_code rc = check_failure(p, err);

	if (rc == ASSAY_OK && (p->current == 0 || p->end >= p->full))
		rc = next_pack(p, err);
	if (rc != ASSAY_OK)
		return rc;
	memcpy(head, record_magic, sizeof record_magic);
	head[4] = type;
	assay_put_le(head + 8, size, 8);
	memcpy(head + 16, digest->bytes, sizeof digest->bytes);
	rc = add_record(&p->buffer, head, data, size, err);
	if (rc != ASSAY_OK)
		return rc;
	*pack = p->current;
	*offset = p->end;
	p->end = p->written + p->buffer.len;
	p->dirty = p->ahead = true;
	return p->buffer.len >= BUFFER_FULL ? write_out(p, err) : ASSAY_OK;
}

assay_code assay_packs_truncate(assay_packs *p, uint32_t current, uint64_t length, assay_err *err)
{
	assay_code rc;

	assay_closep(&p->read_fd); /* it may be of a pack that goes, and whose number comes again */
	assay_buf_reset(&p->buffer);
	p->dirty = p->new_file = false;
	rc = reopen(p, current, length, err);
	if (rc != ASSAY_OK)
		return rc;
	(void)count_after(p->dirfd, current, true);
	p->failure = ASSAY_ERR_INIT;
	p->ahead = false;
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- read */

static assay_code open_for_read(assay_packs *p, uint32_t pack, assay_err *err)
{
	assay_code rc;

	if (p->read_fd >= 0 && p->read_number == pack)
		return ASSAY_OK;
	assay_closep(&p->read_fd);
	rc = open_committed(&p->read_fd, p->dirfd, pack, O_RDONLY, err);
	if (rc != ASSAY_OK)
		return rc;
	p->read_number = pack;
	rc = check_header(p->read_fd, pack, err);
	if (rc != ASSAY_OK)
		assay_closep(&p->read_fd); /* or the next read would take it for checked */
	return rc;
}

/* The pack is open, and has that record there. */
static assay_code find_record(assay_packs *p, uint32_t pack, uint64_t offset, uint8_t type, uint64_t size,
			      const assay_digest *digest, assay_err *err)
{
	unsigned char head[ASSAY_PACK_RECORD_HEAD];
	assay_code rc = ASSAY_OK;

	if (p->fd >= 0 && pack == p->current && offset >= p->written)
		rc = write_out(p, err); /* it is still in memory */
	if (rc == ASSAY_OK)
		rc = open_for_read(p, pack, err);
	if (rc == ASSAY_OK)
		rc = assay_pread_all(p->read_fd, head, sizeof head, offset, err);
	if (rc != ASSAY_OK)
		return rc;
	if (memcmp(head, record_magic, sizeof record_magic) != 0 || head[4] != type ||
	    assay_get_le(head + 8, 8) != size || memcmp(head + 16, digest->bytes, sizeof digest->bytes) != 0)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "pack %" PRIu32 " has another record at %" PRIu64, pack,
				   offset);
	return ASSAY_OK;
}

assay_code assay_packs_head(assay_packs *p, uint32_t pack, uint64_t offset, uint8_t type, uint64_t size,
			    const assay_digest *digest, void *out, size_t n, assay_err *err)
{
	const assay_code rc = find_record(p, pack, offset, type, size, digest, err);

	return rc == ASSAY_OK ? assay_pread_all(p->read_fd, out, n, offset + ASSAY_PACK_RECORD_HEAD, err) : rc;
}

assay_code assay_packs_read(assay_packs *p, uint32_t pack, uint64_t offset, uint8_t type, uint64_t size,
			    const assay_digest *digest, assay_buf *out, assay_err *err)
{
	unsigned char *room;
	const size_t start = out->len;
	assay_code rc = find_record(p, pack, offset, type, size, digest, err);

	if (rc != ASSAY_OK)
		return rc;
	room = assay_buf_extend(out, (size_t)size);
	if (room == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "object of %" PRIu64 " bytes", size);
	rc = assay_pread_all(p->read_fd, room, (size_t)size, offset + ASSAY_PACK_RECORD_HEAD, err);
	if (rc != ASSAY_OK)
		out->len = start;
	return rc;
}
