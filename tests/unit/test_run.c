#include "assay/run.h"

#include "lineage_rows.h"

/* ---- a run with every field in use ---- */

static void make_full(assay_run *r)
{
	*r = (assay_run){.verb = text("run"),
			 .started_ns =
			     INT64_C(1767323045678000000), /* 2026-01-02T03:04:05.678Z, by date -u -d @1767323045 */
			 .ended_ns = INT64_C(1767323046000000000),
			 .exit = -80,
			 .jobs = 8,
			 .program = text("0.1.0"),
			 .host = text("h"),
			 .cpu_features = text("avx2 fma"),
			 .sandbox = 7,
			 .library_count = 2,
			 .sources = {9, 7, 2, 1, 3},
			 .counts = {40, 31, 6, 1, 1, 1, 2},
			 .has_version = true,
			 .version = digest(9),
			 .refusal = digest(8),
			 .filters = digest(7)};
	r->libraries = calloc(2, sizeof(char *));
	assert_non_null(r->libraries);
	r->libraries[0] = text("libc.so.6 0011");
	r->libraries[1] = text("libpng16.so.16 2233");
}

static void assert_full(const assay_run *r)
{
	const assay_run_sources sources = {9, 7, 2, 1, 3};
	const assay_counts counts = {40, 31, 6, 1, 1, 1, 2};
	const assay_digest version = digest(9), refusal = digest(8), filters = digest(7);

	assert_string_equal(r->name, "20260102T030405Z-1");
	assert_string_equal(r->verb, "run");
	assert_int_equal(r->started_ns, INT64_C(1767323045678000000));
	assert_int_equal(r->ended_ns, INT64_C(1767323046000000000));
	assert_int_equal(r->exit, -80);
	assert_int_equal(r->jobs, 8);
	assert_string_equal(r->program, "0.1.0");
	assert_string_equal(r->host, "h");
	assert_string_equal(r->cpu_features, "avx2 fma");
	assert_int_equal(r->sandbox, 7);
	assert_int_equal(r->library_count, 2);
	assert_string_equal(r->libraries[0], "libc.so.6 0011");
	assert_string_equal(r->libraries[1], "libpng16.so.16 2233");
	assert_memory_equal(&r->sources, &sources, sizeof(sources));
	assert_memory_equal(&r->counts, &counts, sizeof(counts));
	assert_true(r->has_version);
	assert_digest(&r->version, &version);
	assert_digest(&r->refusal, &refusal);
	assert_digest(&r->filters, &filters);
}

static assay_code read_run(assay_store *s, uint64_t id)
{
	ASSAY_AUTO_RUN r = {0};

	return assay_run_get(s, id, &r, NULL);
}

/* ---- tests ---- */

static void run_put__full__gets_a_name_and_reads_back(void **state)
{
	ASSAY_AUTO_RUN r = {0};
	ASSAY_AUTO_RUN read = {0};

	make_full(&r);
	assert_int_equal(assay_run_put(STORE(state), &r, NULL), ASSAY_OK);
	assert_int_equal(r.id, 1);
	assert_string_equal(r.name, "20260102T030405Z-1");
	assert_int_equal(assay_run_get(STORE(state), 1, &read, NULL), ASSAY_OK);
	assert_full(&read);
}

static void run_put__again__keeps_name_and_number(void **state)
{
	ASSAY_AUTO_RUN r = {0};
	ASSAY_AUTO_RUN read = {0};

	r.verb = text("judge");
	assert_int_equal(assay_run_put(STORE(state), &r, NULL), ASSAY_OK);
	assert_string_equal(r.name, "19700101T000000Z-1");
	r.started_ns = 5000000000;
	r.exit = 3;
	assert_int_equal(assay_run_put(STORE(state), &r, NULL), ASSAY_OK);
	assert_int_equal(assay_run_get(STORE(state), 1, &read, NULL), ASSAY_OK);
	assert_string_equal(read.name, "19700101T000000Z-1");
	assert_int_equal(read.exit, 3);
	assert_null(read.host);
	assert_false(read.has_version);
	assert_true(assay_digest_is_zero(&read.refusal));
}

/* A row of the fields of one format and the number of another. The last two are digests behind their keys. */
static void make_old(assay_store *s, uint64_t id, unsigned fields_of, unsigned format)
{
	ASSAY_AUTO_BUF row = ASSAY_BUF_INIT;

	copy_row(s, ASSAY_TABLE_RUN, id, &row);
	assert_memory_equal(row.data, "\xb1\x00\x03", 3); /* 17 fields, 0: format 3 */
	assert_memory_equal(row.data + row.len - 35, "\x10\x58\x20", 3);
	assert_memory_equal(row.data + row.len - 70, "\x0f\x58\x20", 3);
	row.data[0] = (unsigned char)(0xae + fields_of);
	row.data[2] = (unsigned char)format;
	put_bytes(s, ASSAY_TABLE_RUN, id, row.data, row.len - (size_t)35 * (3 - fields_of));
}

static void run_get__rows_of_old_formats__what_they_do_not_say_is_not_known(void **state)
{
	for (unsigned format = 1; format <= 3; format++) {
		ASSAY_AUTO_RUN r = {0};
		ASSAY_AUTO_RUN read = {0};

		make_full(&r);
		r.id = 1;
		r.name = text("20260102T030405Z-1");
		assert_int_equal(assay_run_put(STORE(state), &r, NULL), ASSAY_OK);
		make_old(STORE(state), 1, format, format);
		assert_int_equal(assay_run_get(STORE(state), 1, &read, NULL), ASSAY_OK);
		assert_int_equal(read.tells_filters, format == 3);
		assert_int_equal(assay_digest_is_zero(&read.filters), format < 3);
		assert_int_equal(assay_digest_is_zero(&read.refusal), format < 2);
		read.refusal = digest(8);
		read.filters = digest(7);
		assert_full(&read);
	}
}

static void run_get__fields_of_another_format__ecorrupt(void **state)
{
	static const struct {
		unsigned fields_of, format;
	} wrong[] = {{1, 0}, {1, 2}, {2, 1}, {2, 3}, {3, 2}, {3, 4}};

	for (size_t i = 0; i < ASSAY_COUNT(wrong); i++) {
		ASSAY_AUTO_RUN r = {0};

		make_full(&r);
		assert_int_equal(assay_run_put(STORE(state), &r, NULL), ASSAY_OK);
		make_old(STORE(state), r.id, wrong[i].fields_of, wrong[i].format);
		assert_int_equal(read_run(STORE(state), r.id), ASSAY_ECORRUPT);
	}
}

static assay_code note(void *ctx, const assay_run *r, assay_err *err)
{
	(void)err;
	(void)sprintf((char *)ctx + strlen(ctx), "%" PRIu64 " ", r->id);
	return ASSAY_OK;
}

static void runs_each__newest_first(void **state)
{
	char ids[32] = "";

	for (unsigned i = 0; i < 3; i++) {
		ASSAY_AUTO_RUN r = {0};

		assert_int_equal(assay_run_put(STORE(state), &r, NULL), ASSAY_OK);
	}
	assert_int_equal(assay_runs_each(STORE(state), note, ids, NULL), ASSAY_OK);
	assert_string_equal(ids, "3 2 1 ");
}

static void run_get__none__enoent(void **state)
{
	assay_run r = {.id = 4};

	assert_int_equal(assay_run_get(STORE(state), 1, &r, NULL), ASSAY_ENOENT);
	assert_int_equal(r.id, 0);
}

static void run_get__every_truncation__ecorrupt(void **state)
{
	ASSAY_AUTO_RUN r = {0};

	make_full(&r);
	assert_int_equal(assay_run_put(STORE(state), &r, NULL), ASSAY_OK);
	assert_row_truncations_refused(STORE(state), ASSAY_TABLE_RUN, 1, read_run);
}

static void run_get__random_mutations__no_harm(void **state)
{
	ASSAY_AUTO_RUN r = {0};

	make_full(&r);
	assert_int_equal(assay_run_put(STORE(state), &r, NULL), ASSAY_OK);
	assert_row_mutations_harmless(STORE(state), ASSAY_TABLE_RUN, 1, read_run);
}

static void run__every_alloc_fails_in_turn__enomem(void **state)
{
	ASSAY_AUTO_RUN r = {0};
	assay_code rc;
	unsigned n = 0;

	make_full(&r);
	do {
		arm(++n);
		rc = assay_run_put(STORE(state), &r, NULL);
		arm(0);
		assert_true(rc == ASSAY_OK || rc == ASSAY_ENOMEM);
		assert_int_equal(r.id != 0, rc == ASSAY_OK);
		if (rc != ASSAY_OK)
			assay_store_rollback(STORE(state));
	} while (rc != ASSAY_OK);
	assert_in_range(n, 2, 100);
	n = 0;
	do {
		ASSAY_AUTO_RUN read = {0};

		arm(++n);
		rc = assay_run_get(STORE(state), 1, &read, NULL);
		arm(0);
		assert_true(rc == ASSAY_OK || rc == ASSAY_ENOMEM);
	} while (rc != ASSAY_OK);
	assert_in_range(n, 5, 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_STORE(run_put__full__gets_a_name_and_reads_back),
	    WITH_STORE(run_put__again__keeps_name_and_number),
	    WITH_STORE(run_get__rows_of_old_formats__what_they_do_not_say_is_not_known),
	    WITH_STORE(run_get__fields_of_another_format__ecorrupt),
	    WITH_STORE(runs_each__newest_first),
	    WITH_STORE(run_get__none__enoent),
	    WITH_STORE(run_get__every_truncation__ecorrupt),
	    WITH_STORE(run_get__random_mutations__no_harm),
	    WITH_STORE(run__every_alloc_fails_in_turn__enomem),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
