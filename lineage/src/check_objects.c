#include "check_finding.h"

#include "assay/object.h"

#include "large.h"
#include "pack.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

/* An object that something names; told once, however many name it. *finding is SIZE_MAX when all is well. */
assay_code assay_check_named(assay_check *c, const assay_digest *d, size_t *finding, assay_err *err)
{
	uint64_t id;
	assay_code rc;

	*finding = SIZE_MAX;
	if (assay_digest_map_get(&c->bad, d, finding))
		return ASSAY_OK;
	rc = assay_index_get(c->store, ASSAY_INDEX_OBJECT, d, &id, err);
	if (rc != ASSAY_ENOENT)
		return rc == ASSAY_ECORRUPT ? ASSAY_OK : rc; /* a malformed entry is told by check_index */
	rc = assay_check_add_object(c, d, "is named but not in the store", err);
	*finding = c->count - 1;
	return rc;
}

static bool is_read(const assay_check *c, const assay_object_info *o)
{
	return c->opts.read_data || o->type != ASSAY_OBJECT_ARTIFACT;
}

assay_code assay_check_object_size(assay_check *c, uint64_t id, assay_err *err)
{
	assay_object_info o;
	assay_err e = ASSAY_ERR_INIT;
	assay_code rc = assay_object_at(c->store, id, &o, &e);

	if (rc == ASSAY_OK && is_read(c, &o))
		c->all_bytes += o.size;
	return assay_check_pass(rc, &e, err);
}

static assay_code read_object(assay_check *c, const assay_object_info *o, assay_err *err)
{
	ASSAY_AUTO_BUF bytes = ASSAY_BUF_INIT;
	assay_err e = ASSAY_ERR_INIT;
	assay_code rc = assay_object_get(c->store, &o->digest, &bytes, &e);

	c->sum.bytes += o->size;
	if (c->opts.progress != NULL)
		c->opts.progress(c->opts.ctx, c->sum.bytes, c->all_bytes);
	if (rc == ASSAY_OK)
		return ASSAY_OK;
	/* A sector that cannot be read is damage of the object that lies there. */
	return assay_check_is_damage(rc) || rc == ASSAY_EIO ? assay_check_add_object(c, &o->digest, e.msg, err)
							    : assay_check_stop(rc, &e, err);
}

/* A store without this file has lost the object, whatever its bytes were. */
static assay_code look_for_large(assay_check *c, const assay_object_info *o, assay_err *err)
{
	char path[ASSAY_LARGE_PATH];
	struct stat st;

	assay_large_path(path, &o->digest);
	if (fstatat(assay_store_dirfd(c->store), path, &st, AT_SYMLINK_NOFOLLOW) != 0) {
		if (errno != ENOENT && errno != ENOTDIR)
			return ASSAY_RAISE_ERRNO(err, "stat %s", path);
		return assay_check_add_object(c, &o->digest, "its file is not there", err);
	}
	if ((uint64_t)st.st_size == o->size)
		return ASSAY_OK;
	return assay_check_add_object(c, &o->digest, "its file has another size", err);
}

static assay_code look_at_pack(assay_check *c, uint32_t number, assay_err *err)
{
	char name[24], path[32];
	struct stat st;

	if (c->pack == number)
		return ASSAY_OK;
	assay_pack_name(name, number);
	(void)snprintf(path, sizeof(path), "packs/%s", name);
	if (fstatat(assay_store_dirfd(c->store), path, &st, AT_SYMLINK_NOFOLLOW) != 0) {
		if (errno != ENOENT)
			return ASSAY_RAISE_ERRNO(err, "stat %s", path);
		st.st_size = 0;
	}
	c->pack = number;
	c->pack_bytes = (uint64_t)st.st_size;
	c->pack_finding = SIZE_MAX;
	return ASSAY_OK;
}

static bool record_ends_by(const assay_object_info *o, uint64_t end)
{
	const uint64_t head = ASSAY_PACK_RECORD_HEAD;

	return o->offset <= end && head <= end - o->offset && o->size <= end - o->offset - head;
}

/* One finding for a pack that is too short, however many objects it has lost. */
static assay_code look_in_pack(assay_check *c, const assay_object_info *o, assay_err *err)
{
	char name[24];
	assay_code rc = look_at_pack(c, o->pack, err);

	if (rc != ASSAY_OK || record_ends_by(o, c->pack_bytes))
		return rc;
	if (c->pack_finding == SIZE_MAX) {
		assay_pack_name(name, o->pack);
		rc =
		    assay_check_add(c, "pack", name, CHECK_OBJECT, 0,
				    c->pack_bytes == 0 ? "is not there" : "is shorter than the catalog counts on", err);
		if (rc != ASSAY_OK)
			return rc;
		c->pack_finding = c->count - 1;
	}
	return assay_digest_map_put(&c->bad, &o->digest, c->pack_finding, err);
}

assay_code assay_check_object(assay_check *c, uint64_t id, assay_err *err)
{
	assay_object_info o;
	char name[CHECK_NAME];
	size_t before;
	bool there;
	assay_err e = ASSAY_ERR_INIT;
	assay_code rc = assay_object_at(c->store, id, &o, &e);

	rc = assay_check_row(c, rc, &e, ASSAY_TABLE_OBJECT, id, CHECK_OBJECT_ROW, &there, err);
	if (rc != ASSAY_OK || !there)
		return rc;
	c->sum.objects++;
	before = c->count;
	rc = assay_check_entry(c, ASSAY_INDEX_OBJECT, &o.digest, id, assay_check_digest_name(&o.digest, name),
			       CHECK_NOTHING, err);
	if (rc != ASSAY_OK)
		return rc;
	/* Without its index entry an object cannot be reached: the finding about the entry is the one about it. */
	if (c->count > before) {
		c->findings[before].subject = CHECK_OBJECT;
		return assay_digest_map_put(&c->bad, &o.digest, before, err);
	}
	if (is_read(c, &o))
		return read_object(c, &o, err);
	return o.pack == 0 ? look_for_large(c, &o, err) : look_in_pack(c, &o, err);
}
