#include "assay/object.h"

#include "catalog.h"
#include "handle.h"

#include "assay/cbor.h"
#include "assay/file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <unistd.h>

/* Row of the object table: [format, type, digest, size, pack, offset]; pack 0 is a file under objects/. */
#define ROW_FORMAT 1

const char *assay_object_type_name(unsigned type)
{
	static const char *const names[] = {
	    [ASSAY_OBJECT_ARTIFACT] = "artifact", [ASSAY_OBJECT_RECIPE] = "recipe",
	    [ASSAY_OBJECT_CONTRACT] = "contract", [ASSAY_OBJECT_TRIE] = "trie",
	    [ASSAY_OBJECT_VERSION] = "version",   [ASSAY_OBJECT_RESULTS] = "results",
	    [ASSAY_OBJECT_FILTERS] = "filters",   [ASSAY_OBJECT_DECISIONS] = "decisions",
	    [ASSAY_OBJECT_PAYLOAD] = "payload",   [ASSAY_OBJECT_FEEDBACK] = "feedback",
	};

	return type < ASSAY_COUNT(names) ? names[type] : NULL;
}

/* ---------------------------------------------------------------- rows */

static assay_code put_row(assay_store *s, assay_object_info *o, assay_err *err)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	assay_code rc = assay_next_id(s, ASSAY_TABLE_OBJECT, &o->id, err);

	if (rc != ASSAY_OK)
		return rc;
	assay_cbor_array(&b, 6);
	assay_cbor_uint(&b, ROW_FORMAT);
	assay_cbor_uint(&b, o->type);
	assay_cbor_digest(&b, &o->digest);
	assay_cbor_uint(&b, o->size);
	assay_cbor_uint(&b, o->pack);
	assay_cbor_uint(&b, o->offset);
	rc = assay_row_put_at(s, ASSAY_TABLE_OBJECT, o->id, &b, err);
	return rc == ASSAY_OK ? assay_index_put(s, ASSAY_INDEX_OBJECT, &o->digest, o->id, err) : rc;
}

assay_code assay_object_at(assay_store *s, uint64_t id, assay_object_info *out, assay_err *err)
{
	assay_cbor_reader r;
	const void *payload;
	size_t size;
	uint64_t type, pack;
	assay_code rc = assay_row_get_at(s, ASSAY_TABLE_OBJECT, id, &payload, &size, err);

	*out = (assay_object_info){.id = id};
	if (rc != ASSAY_OK)
		return rc;
	assay_cbor_reader_init(&r, payload, size);
	if (assay_cbor_read_array(&r) != 6 || assay_cbor_read_uint(&r) != ROW_FORMAT)
		assay_cbor_fault(&r, "unknown object row");
	type = assay_cbor_read_uint(&r);
	if (type > UINT8_MAX || assay_object_type_name((unsigned)type) == NULL)
		assay_cbor_fault(&r, "unknown type of object");
	out->type = (assay_object_type)type;
	if (!assay_cbor_read_digest(&r, &out->digest))
		assay_cbor_fault(&r, "no digest");
	out->size = assay_cbor_read_uint(&r);
	pack = assay_cbor_read_uint(&r);
	if (pack > UINT32_MAX)
		assay_cbor_fault(&r, "pack number out of range");
	out->pack = (uint32_t)pack;
	out->offset = assay_cbor_read_uint(&r);
	return assay_cbor_finish(&r, "object row", err);
}

assay_code assay_object_find(assay_store *s, const assay_digest *d, assay_object_info *out, assay_err *err)
{
	uint64_t id;
	assay_code rc = assay_index_get(s, ASSAY_INDEX_OBJECT, d, &id, err);

	if (rc != ASSAY_OK)
		return rc;
	rc = assay_object_at(s, id, out, err);
	if (rc == ASSAY_ENOENT || (rc == ASSAY_OK && !assay_digest_eq(&out->digest, d))) {
		char hex[ASSAY_DIGEST_HEX];

		return ASSAY_RAISE(err, ASSAY_ECORRUPT,
				   "index entry of object %s leads to row %" PRIu64 ", which is %s",
				   assay_digest_hex(d, hex), id, rc == ASSAY_OK ? "another object" : "not there");
	}
	return rc;
}

/* ---------------------------------------------------------------- put and get */

static assay_code put_large(assay_store *s, assay_object_info *o, const void *p, assay_err *err)
{
	o->pack = 0;
	o->offset = 0;
	return assay_large_put(&s->large, s->dirfd, &o->digest, p, (size_t)o->size, err);
}

static assay_code put_small(assay_store *s, assay_object_info *o, const void *p, assay_err *err)
{
	return assay_packs_append(&s->packs, (uint8_t)o->type, p, (size_t)o->size, &o->digest, &o->pack, &o->offset,
				  err);
}

assay_code assay_object_put(assay_store *s, assay_object_type type, const void *p, size_t n, const assay_digest *digest,
			    assay_digest *out, uint64_t *id, assay_err *err)
{
	assay_object_info o = {.type = type, .size = n};
	assay_code rc;

	if (s->read_only)
		return ASSAY_RAISE(err, ASSAY_EINVAL, "write to a store opened for reading");
	if (digest != NULL)
		o.digest = *digest;
	else
		ASSAY_TRY(assay_digest_of(&o.digest, p, n, err));
	if (out != NULL)
		*out = o.digest;
	rc = assay_index_get(s, ASSAY_INDEX_OBJECT, &o.digest, &o.id, err);
	if (rc == ASSAY_ENOENT) {
		ASSAY_TRY(n > ASSAY_OBJECT_LARGE ? put_large(s, &o, p, err) : put_small(s, &o, p, err));
		ASSAY_TRY(put_row(s, &o, err));
	}
	if (rc == ASSAY_OK && id != NULL)
		*id = o.id;
fail:
	return rc;
}

static assay_code read_object(assay_store *s, const assay_object_info *o, assay_buf *out, assay_err *err)
{
	const size_t start = out->len;
	assay_digest d;
	assay_code rc;

	if (o->size > SIZE_MAX / 2)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "its size is absurd");
	rc = o->pack == 0
		 ? assay_large_get(s->dirfd, &o->digest, o->size, out, err)
		 : assay_packs_read(&s->packs, o->pack, o->offset, (uint8_t)o->type, o->size, &o->digest, out, err);
	if (rc == ASSAY_OK)
		rc = assay_digest_of(&d, out->data + start, out->len - start, err);
	if (rc == ASSAY_OK && !assay_digest_eq(&d, &o->digest))
		rc = ASSAY_RAISE(err, ASSAY_ECORRUPT, "its bytes have another digest");
	if (rc != ASSAY_OK)
		out->len = start;
	return rc;
}

static assay_code head_of_large(const assay_store *s, const assay_object_info *o, void *out, size_t n, assay_err *err)
{
	char path[ASSAY_LARGE_PATH];
	ASSAY_AUTO_FD file = -1;

	assay_large_path(path, &o->digest);
	file = openat(s->dirfd, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (file < 0 && errno == ENOENT)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "its file is gone");
	if (file < 0)
		return ASSAY_RAISE_ERRNO(err, "open '%s'", path);
	return assay_pread_all(file, out, n, 0, err);
}

assay_code assay_object_head(assay_store *s, const assay_digest *d, void *out, size_t n, size_t *got, assay_err *err)
{
	assay_object_info o;
	char hex[ASSAY_DIGEST_HEX];
	assay_code rc = assay_object_find(s, d, &o, err);

	*got = 0;
	if (rc == ASSAY_ENOENT)
		return ASSAY_RAISE(err, ASSAY_ENOENT, "object %s is not in the store", assay_digest_hex(d, hex));
	if (rc == ASSAY_OK && o.size < n)
		n = (size_t)o.size;
	if (rc == ASSAY_OK)
		rc = o.pack == 0 ? head_of_large(s, &o, out, n, err)
				 : assay_packs_head(&s->packs, o.pack, o.offset, (uint8_t)o.type, o.size, &o.digest,
						    out, n, err);
	if (rc != ASSAY_OK)
		(void)assay_err_prefix(err, "object %s", assay_digest_hex(d, hex));
	else
		*got = n;
	return rc;
}

assay_code assay_object_get(assay_store *s, const assay_digest *d, assay_buf *out, assay_err *err)
{
	assay_object_info o;
	char hex[ASSAY_DIGEST_HEX];
	assay_code rc = assay_object_find(s, d, &o, err);

	if (rc == ASSAY_ENOENT)
		return ASSAY_RAISE(err, ASSAY_ENOENT, "object %s is not in the store", assay_digest_hex(d, hex));
	if (rc == ASSAY_OK)
		rc = read_object(s, &o, out, err);
	if (rc != ASSAY_OK)
		(void)assay_err_prefix(err, "object %s", assay_digest_hex(d, hex));
	return rc;
}

static assay_code open_large(const assay_store *s, const assay_object_info *o, int *fd, assay_err *err)
{
	char path[ASSAY_LARGE_PATH];
	ASSAY_AUTO_FD file = -1;
	assay_digest d;
	uint64_t size;
	assay_code rc;

	assay_large_path(path, &o->digest);
	file = openat(s->dirfd, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (file < 0 && errno == ENOENT)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "its file is gone");
	if (file < 0)
		return ASSAY_RAISE_ERRNO(err, "open '%s'", path);
	rc = assay_digest_fd(&d, &size, file, err);
	if (rc == ASSAY_OK && (size != o->size || !assay_digest_eq(&d, &o->digest)))
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "its bytes have another digest");
	if (rc == ASSAY_OK && lseek(file, 0, SEEK_SET) != 0)
		return ASSAY_RAISE_ERRNO(err, "read '%s'", path);
	if (rc == ASSAY_OK)
		*fd = ASSAY_TAKE_FD(&file);
	return rc;
}

assay_code assay_object_open(assay_store *s, const assay_digest *d, int *fd, uint64_t *size, assay_err *err)
{
	assay_object_info o = {0};
	char hex[ASSAY_DIGEST_HEX];
	assay_code rc = assay_object_find(s, d, &o, err);

	*fd = -1;
	*size = o.size;
	if (rc == ASSAY_ENOENT)
		return ASSAY_RAISE(err, ASSAY_ENOENT, "object %s is not in the store", assay_digest_hex(d, hex));
	if (rc == ASSAY_OK && o.pack == 0)
		rc = open_large(s, &o, fd, err);
	if (rc != ASSAY_OK)
		(void)assay_err_prefix(err, "object %s", assay_digest_hex(d, hex));
	return rc;
}
