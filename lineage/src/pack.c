/*
 * fsync policy of packs. Records are gathered in memory, written with pwrite, and made durable by one fdatasync when
 * the group commits, before the catalog names them. A new pack file is made durable by an fsync of packs/ in the same
 * sync. Nothing is ever written below a pack's committed length.
 */
#include "pack.h"

#include "assay/file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define BUFFER_FULL ((size_t)1 << 20)

static const unsigned char pack_magic[8] = {'A', 'S', 'S', 'A', 'Y', 'P', 'K', 0};
static const unsigned char record_magic[4] = {'A', 'R', 'e', 'c'};

static void put_le(unsigned char *p, uint64_t v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (unsigned char)(v >> (8 * i));
}

static uint64_t get_le(const unsigned char *p, size_t n)
{
	uint64_t v = 0;

	for (size_t i = 0; i < n; i++)
		v |= (uint64_t)p[i] << (8 * i);
	return v;
}

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

static assay_code check_header(int fd, uint32_t number, assay_err *err)
{
	unsigned char head[ASSAY_PACK_HEADER];
	assay_code rc = assay_pread_all(fd, head, sizeof head, 0, err);

	if (rc != ASSAY_OK)
		return assay_err_prefix(err, "pack %" PRIu32, number);
	if (memcmp(head, pack_magic, sizeof pack_magic) != 0 || get_le(head + 12, 4) != number)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "pack %" PRIu32 " does not start like one", number);
	if (get_le(head + 8, 4) != ASSAY_PACK_FORMAT)
		return ASSAY_RAISE(err, ASSAY_EUNSUPPORTED,
				   "pack %" PRIu32 " has format %" PRIu64 ", this program reads %d", number,
				   get_le(head + 8, 4), ASSAY_PACK_FORMAT);
	return ASSAY_OK;
}

/* The pack after the current one; a file left there by a writer that was killed before its commit is emptied. */
static assay_code start_pack(assay_packs *p, assay_err *err)
{
	unsigned char head[ASSAY_PACK_HEADER] = {0};
	const uint32_t number = p->current + 1;
	assay_code rc;

	assay_closep(&p->fd);
	p->fd = -1;
	rc = open_pack(&p->fd, p->dirfd, number, O_RDWR | O_CREAT | O_TRUNC, err);
	if (rc != ASSAY_OK)
		return rc;
	memcpy(head, pack_magic, sizeof pack_magic);
	put_le(head + 8, ASSAY_PACK_FORMAT, 4);
	put_le(head + 12, number, 4);
	rc = assay_pwrite_all(p->fd, head, sizeof head, 0, err);
	if (rc != ASSAY_OK)
		return rc;
	p->current = number;
	p->end = p->written = sizeof head;
	p->dirty = p->new_file = true;
	return ASSAY_OK;
}

static assay_code reopen(assay_packs *p, uint32_t current, uint64_t length, assay_err *err)
{
	struct stat st;
	assay_code rc;

	assay_closep(&p->fd);
	p->fd = -1;
	p->current = current;
	p->end = p->written = length;
	if (current == 0)
		return ASSAY_OK;
	rc = open_pack(&p->fd, p->dirfd, current, O_RDWR, err);
	if (rc != ASSAY_OK)
		return rc;
	if (fstat(p->fd, &st) != 0)
		return ASSAY_RAISE_ERRNO(err, "stat pack %" PRIu32, current);
	if ((uint64_t)st.st_size < length)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT,
				   "pack %" PRIu32 " has %lld bytes, the catalog counts on %" PRIu64, current,
				   (long long)st.st_size, length);
	if ((uint64_t)st.st_size > length && ftruncate(p->fd, (off_t)length) != 0)
		return ASSAY_RAISE_ERRNO(err, "truncate pack %" PRIu32, current);
	return check_header(p->fd, current, err);
}

assay_code assay_packs_open(assay_packs *p, int dirfd, uint32_t current, uint64_t length, bool writable, assay_err *err)
{
	*p = (assay_packs){.dirfd = -1, .fd = -1, .read_fd = -1};
	p->dirfd = openat(dirfd, "packs", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (p->dirfd < 0)
		return ASSAY_RAISE_ERRNO(err, "open packs/");
	if (!writable) {
		p->current = current;
		p->end = p->written = length;
		return ASSAY_OK;
	}
	return reopen(p, current, length, err);
}

void assay_packs_close(assay_packs *p)
{
	assay_closep(&p->fd);
	assay_closep(&p->read_fd);
	assay_closep(&p->dirfd);
	assay_buf_release(&p->buffer);
	*p = (assay_packs){.dirfd = -1, .fd = -1, .read_fd = -1};
}

static assay_code write_out(assay_packs *p, assay_err *err)
{
	assay_code rc;

	if (p->buffer.len == 0)
		return ASSAY_OK;
	rc = assay_pwrite_all(p->fd, p->buffer.data, p->buffer.len, p->written, err);
	if (rc != ASSAY_OK)
		return assay_err_prefix(err, "write pack %" PRIu32, p->current);
	p->written += p->buffer.len;
	assay_buf_reset(&p->buffer);
	return ASSAY_OK;
}

assay_code assay_packs_sync(assay_packs *p, assay_err *err)
{
	assay_code rc;

	if (!p->dirty)
		return ASSAY_OK;
	rc = write_out(p, err);
	if (rc == ASSAY_OK && fdatasync(p->fd) != 0)
		rc = ASSAY_RAISE_ERRNO(err, "fdatasync pack %" PRIu32, p->current);
	if (rc == ASSAY_OK && p->new_file)
		rc = assay_fsync(p->dirfd, "packs/", err);
	if (rc != ASSAY_OK)
		return rc;
	p->dirty = p->new_file = false;
	return ASSAY_OK;
}

/* A full pack must be durable before the next one is begun, since the catalog states the length of one only. */
static assay_code next_pack(assay_packs *p, assay_err *err)
{
	assay_code rc = p->current > 0 ? assay_packs_sync(p, err) : ASSAY_OK;

	return rc == ASSAY_OK ? start_pack(p, err) : rc;
}

assay_code assay_packs_append(assay_packs *p, uint8_t type, const void *data, size_t size, const assay_digest *digest,
			      uint32_t *pack, uint64_t *offset, assay_err *err)
{
	static const unsigned char zeroes[8];
	unsigned char head[ASSAY_PACK_RECORD_HEAD] = {0};
	const size_t padding = (8 - size % 8) % 8;
	assay_code rc = ASSAY_OK;

	if (p->current == 0 || p->end >= ASSAY_PACK_FULL)
		rc = next_pack(p, err);
	if (rc != ASSAY_OK)
		return rc;
	memcpy(head, record_magic, sizeof record_magic);
	head[4] = type;
	put_le(head + 8, size, 8);
	memcpy(head + 16, digest->bytes, sizeof digest->bytes);
	assay_buf_append(&p->buffer, head, sizeof head);
	assay_buf_append(&p->buffer, data, size);
	assay_buf_append(&p->buffer, zeroes, padding);
	rc = assay_buf_check(&p->buffer, err);
	if (rc != ASSAY_OK)
		return rc;
	*pack = p->current;
	*offset = p->end;
	p->end += sizeof head + size + padding;
	p->dirty = true;
	return p->buffer.len >= BUFFER_FULL ? write_out(p, err) : ASSAY_OK;
}

assay_code assay_packs_truncate(assay_packs *p, uint32_t current, uint64_t length, assay_err *err)
{
	assay_buf_reset(&p->buffer);
	p->dirty = p->new_file = false;
	return reopen(p, current, length, err);
}

static assay_code open_for_read(assay_packs *p, uint32_t pack, assay_err *err)
{
	assay_code rc;

	if (p->read_fd >= 0 && p->read_number == pack)
		return ASSAY_OK;
	assay_closep(&p->read_fd);
	p->read_fd = -1;
	rc = open_pack(&p->read_fd, p->dirfd, pack, O_RDONLY, err);
	if (rc != ASSAY_OK)
		return rc;
	p->read_number = pack;
	return check_header(p->read_fd, pack, err);
}

assay_code assay_packs_read(assay_packs *p, uint32_t pack, uint64_t offset, uint8_t type, uint64_t size,
			    const assay_digest *digest, assay_buf *out, assay_err *err)
{
	unsigned char head[ASSAY_PACK_RECORD_HEAD];
	unsigned char *room;
	const size_t start = out->len;
	assay_code rc = ASSAY_OK;

	if (p->fd >= 0 && pack == p->current)
		rc = write_out(p, err); /* it may still be in memory */
	if (rc == ASSAY_OK)
		rc = open_for_read(p, pack, err);
	if (rc == ASSAY_OK)
		rc = assay_pread_all(p->read_fd, head, sizeof head, offset, err);
	if (rc != ASSAY_OK)
		return rc;
	if (memcmp(head, record_magic, sizeof record_magic) != 0 || head[4] != type || get_le(head + 8, 8) != size ||
	    memcmp(head + 16, digest->bytes, sizeof digest->bytes) != 0)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "pack %" PRIu32 " has another record at %" PRIu64, pack,
				   offset);
	room = assay_buf_extend(out, (size_t)size);
	if (room == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "object of %" PRIu64 " bytes", size);
	rc = assay_pread_all(p->read_fd, room, (size_t)size, offset + sizeof head, err);
	if (rc != ASSAY_OK)
		out->len = start;
	return rc;
}
