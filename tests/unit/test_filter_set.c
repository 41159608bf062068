#include "assay/filter_set.h"

#include "assay/object.h"
#include "assay/run.h"

#include "lineage_rows.h"

/* "letters" keeps what is a letter, "old" drops years: built by hand from the layout in formats.md. */
static const unsigned char record[] = "\xa2\x00\x01\x01\x82"
				      "\x82\x67letters\x65k a:b"
				      "\x82\x63old\x60";
#define RECORD_SIZE (sizeof record - 1)

static void make(assay_filter_set *f)
{
	assert_int_equal(assay_filter_set_add(f, "letters", "k a:b", NULL), ASSAY_OK);
	assert_int_equal(assay_filter_set_add(f, "old", "", NULL), ASSAY_OK);
}

static assay_code read_set(const void *p, size_t n)
{
	ASSAY_AUTO_FILTER_SET f = {0};
	const assay_code rc = assay_filter_set_decode(&f, p, n, NULL);

	assert_true(rc == ASSAY_OK || (f.items == NULL && f.count == 0));
	return rc;
}

static void filter_set__record__bytes_and_back(void **state)
{
	ASSAY_AUTO_FILTER_SET f = {0};
	ASSAY_AUTO_FILTER_SET read = {0};
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

	(void)state;
	make(&f);
	assay_filter_set_encode(&b, &f);
	assert_int_equal(b.len, RECORD_SIZE);
	assert_memory_equal(b.data, record, RECORD_SIZE);
	assert_int_equal(assay_filter_set_decode(&read, b.data, b.len, NULL), ASSAY_OK);
	assert_int_equal(read.count, 2);
	assert_string_equal(read.items[1].name, "old");
	assert_string_equal(assay_filter_set_find(&read, "letters")->says, "k a:b");
	assert_null(assay_filter_set_find(&read, "letter"));
}

static void filter_set__hostile_records__ecorrupt(void **state)
{
	static const struct {
		const char *bytes;
		size_t size;
	} bad[] = {
	    {"\xa2\x00\x02\x01\x80", 5},                                  /* another format */
	    {"\xa1\x00\x01", 3},                                          /* no list */
	    {"\xa2\x00\x01\x01\x81\x81\x61x", 8},                         /* a name alone */
	    {"\xa2\x00\x01\x01\x81\x82\x61x\xf6", 9},                     /* null for a text */
	    {"\xa2\x00\x01\x01\x81\x82\x61\x00\x61x", 10},                /* a NUL in a name */
	    {"\xa2\x00\x01\x01\x9b\xff\xff\xff\xff\xff\xff\xff\xff", 13}, /* more than there can be */
	    {"\xa2\x00\x01\x01\x9a\x7f\xff\xff\xff\x82", 10},             /* the same, in 32 bits */
	    {"\xa2\x00\x01\x01\x80\x00", 6},                              /* bytes left over */
	};
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(bad); i++)
		assert_int_equal(read_set(bad[i].bytes, bad[i].size), ASSAY_ECORRUPT);
	assay_buf_append(&b, record, RECORD_SIZE);
	assert_truncations_refused(&b, read_set);
	assert_mutations_harmless(&b, read_set);
}

static void filter_set__every_alloc_fails_in_turn__enomem(void **state)
{
	unsigned n = 0;
	assay_code rc;

	(void)state;
	do {
		arm(++n);
		rc = read_set(record, RECORD_SIZE);
		arm(0);
		assert_true(rc == ASSAY_OK || rc == ASSAY_ENOMEM);
	} while (rc != ASSAY_OK);
	assert_in_range(n, 4, 20);
}

/* ---- of runs ---- */

static uint64_t put_run(assay_store *s, bool judged, const char *filter)
{
	ASSAY_AUTO_RUN r = {.verb = text("run")};
	ASSAY_AUTO_FILTER_SET f = {0};
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

	if (filter != NULL)
		assert_int_equal(assay_filter_set_add(&f, filter, "x", NULL), ASSAY_OK);
	assay_filter_set_encode(&b, &f);
	if (judged)
		assert_int_equal(assay_object_put(s, ASSAY_OBJECT_FILTERS, b.data, b.len, NULL, &r.filters, NULL, NULL),
				 ASSAY_OK);
	assert_int_equal(assay_run_put(s, &r, NULL), ASSAY_OK);
	return r.id;
}

static void filter_set_before_run__the_newest_that_judged(void **state)
{
	assay_store *s = STORE(state);
	const uint64_t first = put_run(s, true, NULL), second = put_run(s, true, "two");
	const uint64_t idle = put_run(s, false, NULL), third = put_run(s, true, "three");
	static const char *const names[] = {NULL, NULL, "two", "two"};
	const uint64_t runs[] = {first, second, idle, third}, previous[] = {0, first, second, second};

	for (size_t i = 0; i < ASSAY_COUNT(runs); i++) {
		ASSAY_AUTO_FILTER_SET f = {0};
		uint64_t got = 99;
		bool known = false;

		assert_int_equal(assay_filter_set_before_run(&f, &known, &got, s, runs[i], NULL), ASSAY_OK);
		assert_true(known);
		assert_int_equal(got, previous[i]);
		assert_int_equal(f.count, names[i] != NULL);
		if (names[i] != NULL)
			assert_string_equal(f.items[0].name, names[i]);
	}
}

static void filter_set_of_run__what_is_known(void **state)
{
	assay_store *s = STORE(state);
	const uint64_t judged = put_run(s, true, "two"), idle = put_run(s, false, NULL);
	const uint64_t runs[] = {judged, idle, 0, 77};

	for (size_t i = 0; i < ASSAY_COUNT(runs); i++) {
		ASSAY_AUTO_FILTER_SET f = {0};
		bool known = i != 0;

		assert_int_equal(assay_filter_set_of_run(&f, &known, s, runs[i], NULL), ASSAY_OK);
		assert_int_equal(known, i == 0);
		assert_int_equal(f.count, i == 0);
	}
}

/* Rows of format 2 end before the filters' field. */
static void filter_set_before_run__row_of_an_older_program__not_known(void **state)
{
	assay_store *s = STORE(state);
	const uint64_t old = put_run(s, true, "two"), now = put_run(s, true, "three");
	ASSAY_AUTO_FILTER_SET f = {0};
	ASSAY_AUTO_BUF row = ASSAY_BUF_INIT;
	uint64_t previous;
	bool known = true;

	copy_row(s, ASSAY_TABLE_RUN, old, &row);
	row.data[0] = 0xb0;
	row.data[2] = 2;
	put_bytes(s, ASSAY_TABLE_RUN, old, row.data, row.len - 35);
	assert_int_equal(assay_filter_set_before_run(&f, &known, &previous, s, now, NULL), ASSAY_OK);
	assert_false(known);
	assert_int_equal(previous, old);
	assert_int_equal(f.count, 0);
	known = true;
	assert_int_equal(assay_filter_set_of_run(&f, &known, s, old, NULL), ASSAY_OK);
	assert_false(known);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(filter_set__record__bytes_and_back),
	    cmocka_unit_test(filter_set__hostile_records__ecorrupt),
	    cmocka_unit_test(filter_set__every_alloc_fails_in_turn__enomem),
	    WITH_STORE(filter_set_before_run__the_newest_that_judged),
	    WITH_STORE(filter_set_of_run__what_is_known),
	    WITH_STORE(filter_set_before_run__row_of_an_older_program__not_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
