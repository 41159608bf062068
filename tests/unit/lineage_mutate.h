/** Records cut short and changed at random: a reader refuses them, or reads something else that is valid. */
#ifndef ASSAY_TEST_LINEAGE_MUTATE_H
#define ASSAY_TEST_LINEAGE_MUTATE_H

#include "lineage_fixture.h"

#include "assay/buf.h"

typedef assay_code read_record_fn(void *ctx, const void *p, size_t n);

static inline void refuse_truncations(const assay_buf *record, read_record_fn *read, void *ctx)
{
	for (size_t n = 0; n < record->len; n++)
		assert_int_equal(read(ctx, record->data, n), ASSAY_ECORRUPT);
	assert_int_equal(read(ctx, record->data, record->len), ASSAY_OK);
}

/* One to three bytes changed. */
static inline void survive_mutations(const assay_buf *record, unsigned times, read_record_fn *read, void *ctx)
{
	ASSAY_AUTO_BUF changed = ASSAY_BUF_INIT;
	unsigned refused = 0;

	seed();
	for (unsigned i = 0; i < times; i++) {
		assay_code rc;

		assay_buf_reset(&changed);
		assay_buf_append(&changed, record->data, record->len);
		for (unsigned k = rnd() % 3 + 1; k > 0; k--)
			changed.data[rnd() % changed.len] = (unsigned char)rnd();
		rc = read(ctx, changed.data, changed.len);
		assert_true(rc == ASSAY_OK || rc == ASSAY_ECORRUPT);
		refused += rc == ASSAY_ECORRUPT;
	}
	assert_in_range(refused, 1, times);
}

/* ---- records by themselves, in memory of exactly their size, so that a sanitizer sees any step beyond it ---- */

typedef assay_code read_fn(const void *p, size_t n);

struct reader {
	read_fn *read;
};

static inline assay_code read_exact(void *ctx, const void *p, size_t n)
{
	const struct reader *r = ctx;
	unsigned char *copy = malloc(n > 0 ? n : 1);
	assay_code rc;

	assert_non_null(copy);
	memcpy(copy, p, n);
	rc = r->read(copy, n);
	free(copy);
	return rc;
}

static inline void assert_truncations_refused(const assay_buf *record, read_fn *read)
{
	struct reader r = {read};

	refuse_truncations(record, read_exact, &r);
}

static inline void assert_mutations_harmless(const assay_buf *record, read_fn *read)
{
	struct reader r = {read};

	survive_mutations(record, 20000, read_exact, &r);
}

#endif
