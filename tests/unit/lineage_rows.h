/** Rows of the catalog as bytes. */
#ifndef ASSAY_TEST_LINEAGE_ROWS_H
#define ASSAY_TEST_LINEAGE_ROWS_H

#include "lineage_mutate.h"

#include "catalog.h"

typedef assay_code read_row_fn(assay_store *s, uint64_t id);

static inline void copy_row(assay_store *s, assay_table t, uint64_t id, assay_buf *out)
{
	const void *p;
	size_t n;

	assert_int_equal(assay_row_get_at(s, t, id, &p, &n, NULL), ASSAY_OK);
	assay_buf_reset(out);
	assay_buf_append(out, p, n);
	assert_false(out->failed);
}

static inline void put_bytes(assay_store *s, assay_table t, uint64_t id, const void *p, size_t n)
{
	ASSAY_AUTO_BUF row = ASSAY_BUF_INIT;

	assay_buf_append(&row, p, n);
	assert_int_equal(assay_row_put_at(s, t, id, &row, NULL), ASSAY_OK);
}

struct row_reader {
	assay_store *s;
	assay_table t;
	uint64_t id;
	read_row_fn *read;
};

static inline assay_code read_as_row(void *ctx, const void *p, size_t n)
{
	const struct row_reader *r = ctx;

	put_bytes(r->s, r->t, r->id, p, n);
	return r->read(r->s, r->id);
}

static inline void assert_row_truncations_refused(assay_store *s, assay_table t, uint64_t id, read_row_fn *read)
{
	ASSAY_AUTO_BUF row = ASSAY_BUF_INIT;
	struct row_reader r = {s, t, id, read};

	copy_row(s, t, id, &row);
	refuse_truncations(&row, read_as_row, &r);
}

static inline void assert_row_mutations_harmless(assay_store *s, assay_table t, uint64_t id, read_row_fn *read)
{
	ASSAY_AUTO_BUF row = ASSAY_BUF_INIT;
	struct row_reader r = {s, t, id, read};

	copy_row(s, t, id, &row);
	survive_mutations(&row, 4000, read_as_row, &r);
	put_bytes(s, t, id, row.data, row.len);
}

#endif
