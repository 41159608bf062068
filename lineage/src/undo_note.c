/* Noting what is overwritten, for the file that undo.c lays out. Below the catalog, which calls it. */
#include "undo.h"

#include "assay/bytes.h"

#include "catalog_raw.h"
#include "handle.h"

assay_code assay_undo_note(assay_store *s, assay_table t, const void *key, size_t key_size, assay_err *err)
{
	MDB_val k = {.mv_size = key_size, .mv_data = (void *)(uintptr_t)key}, v = {0};
	unsigned char head[ASSAY_UNDO_NOTE_HEAD] = {(unsigned char)t, (unsigned char)key_size};
	int mrc;

	if (!s->undo.noting || s->undo.replaying)
		return ASSAY_OK;
	mrc = assay_env_get(&s->env, t, &k, &v);
	if (mrc != MDB_SUCCESS && mrc != MDB_NOTFOUND)
		return ASSAY_RAISE_SYS(err, assay_code_from_mdb(mrc), mrc, "read from catalog table '%s': %s",
				       assay_table_name(t), mdb_strerror(mrc));
	head[2] = mrc == MDB_SUCCESS;
	assay_put_le(head + 4, mrc == MDB_SUCCESS ? v.mv_size : 0, 4);
	assay_buf_append(&s->undo.chunk, head, sizeof head);
	assay_buf_append(&s->undo.chunk, key, key_size);
	if (mrc == MDB_SUCCESS)
		assay_buf_append(&s->undo.chunk, v.mv_data, v.mv_size);
	return assay_buf_check(&s->undo.chunk, err);
}
