#include "assay/object.h"

#include "store.h"

#include "assay/cbor.h"
#include "assay/file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Row of the object table: [format, type, digest, size, pack, offset]; pack 0 is a file under objects/. */
#define ROW_FORMAT 1

const char *assay_object_type_name(unsigned type)
{
	static const char *const names[] = {
	    [ASSAY_OBJECT_ARTIFACT] = "artifact", [ASSAY_OBJECT_RECIPE] = "recipe",
	    [ASSAY_OBJECT_CONTRACT] = "contract", [ASSAY_OBJECT_TRIE] = "trie",
	    [ASSAY_OBJECT_VERSION] = "version",
	};

	return type < ASSAY_COUNT(names) ? names[type] : NULL;
}

/* ---------------------------------------------------------------- large objects */

static void large_path(char out[80], const assay_digest *d)
{
	char hex[ASSAY_DIGEST_HEX];

	assay_digest_hex(d, hex);
	(void)snprintf(out, 80, "objects/%.2s/%s", hex, hex + 2);
}

/* assay_file_replace makes the file durable before it has its name, and the name durable after. */
static assay_code put_large(assay_store *s, const assay_digest *d, const void *p, size_t n, assay_err *err)
{
	char path[80], folder[16];
	assay_code rc;

	large_path(path, d);
	(void)snprintf(folder, sizeof folder, "%.10s", path);
	if (mkdirat(s->dirfd, folder, 0777) == 0) {
		rc = assay_fsync_dir(s->dirfd, "objects", err);
		if (rc != ASSAY_OK)
			return rc;
	} else if (errno != EEXIST) {
		return ASSAY_RAISE_ERRNO(err, "make %s", folder);
	}
	return assay_file_replace(s->dirfd, path, p, n, err);
}

static assay_code get_large(assay_store *s, const assay_object_info *o, assay_buf *out, assay_err *err)
{
	char path[80];

	large_path(path, &o->digest);
	return assay_file_read(out, s->dirfd, path, (size_t)o->size, err);
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

assay_code assay_object_put(assay_store *s, assay_object_type type, const void *p, size_t n, const assay_digest *digest,
			    assay_digest *out, uint64_t *id, assay_err *err)
{
	assay_object_info o = {.type = type, .size = n};
	assay_code rc;

	if (digest != NULL)
		o.digest = *digest;
	else
		ASSAY_TRY(assay_digest_of(&o.digest, p, n, err));
	if (out != NULL)
		*out = o.digest;
	rc = assay_index_get(s, ASSAY_INDEX_OBJECT, &o.digest, &o.id, err);
	if (rc == ASSAY_ENOENT) {
		if (n > ASSAY_OBJECT_LARGE)
			ASSAY_TRY(put_large(s, &o.digest, p, n, err));
		else
			ASSAY_TRY(
			    assay_packs_append(&s->packs, (uint8_t)type, p, n, &o.digest, &o.pack, &o.offset, err));
		ASSAY_TRY(put_row(s, &o, err));
	}
	if (rc == ASSAY_OK && id != NULL)
		*id = o.id;
fail:
	return rc;
}

/* A file that is gone, or longer than it was: the store is damaged, whatever the system calls it. */
static assay_code as_damage(assay_code rc, assay_err *err)
{
	const bool gone = err != NULL && rc == ASSAY_EIO && err->sys == ENOENT;

	if (!gone && rc != ASSAY_EFULL)
		return rc;
	if (err != NULL)
		err->code = ASSAY_ECORRUPT;
	return ASSAY_ECORRUPT;
}

static assay_code read_object(assay_store *s, const assay_object_info *o, assay_buf *out, assay_err *err)
{
	const size_t start = out->len;
	assay_digest d;
	assay_code rc;

	if (o->size > SIZE_MAX / 2)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "its size is absurd");
	rc = o->pack == 0
		 ? get_large(s, o, out, err)
		 : assay_packs_read(&s->packs, o->pack, o->offset, (uint8_t)o->type, o->size, &o->digest, out, err);
	if (rc != ASSAY_OK)
		rc = as_damage(rc, err);
	if (rc == ASSAY_OK)
		rc = assay_digest_of(&d, out->data + start, out->len - start, err);
	if (rc == ASSAY_OK && !assay_digest_eq(&d, &o->digest))
		rc = ASSAY_RAISE(err, ASSAY_ECORRUPT, "its bytes have another digest");
	if (rc != ASSAY_OK)
		out->len = start;
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
