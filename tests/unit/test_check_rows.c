/* Rows of the catalog that are changed, missing, or at odds with each other. */
#include "check_fixture.h"

#include "assay/judgement.h"
#include "assay/tag.h"

#include "catalog.h"

static void store_check__rows__checksum_differs(void **state)
{
	static const struct {
		const char *table;
		uint64_t id;
		const char *told, *affected;
	} cases[] = {
	    {"source", 2, "row source 2: catalog table 'source', row 2: its checksum differs", "| b.tif | v2\n"},
	    {"unit", 1, "row unit 1: ", "| a.tif#page=1 a.tif#page=2 | v1\n"},
	    {"unit", 2, "row unit 2: ", "| b.tif | v2\n"},
	    {"sample", 3, "row sample 3: ", "| b.tif | v2\n"},
	    {"ticket", 1, "row ticket 1: ", "| b.tif |\n"},
	    {"run", 1, "row run 1: ", "| |\n"},
	    {"version", 1, "row version 1: ", "| | v1\n"},
	};

	for (size_t i = 0; i < ASSAY_COUNT(cases); i++) {
		change_row(state, cases[i].table, cases[i].id);
		assert_told(state, false, 1, TOLD_PARTS(cases[i].told, cases[i].affected));
		change_row(state, cases[i].table, cases[i].id);
		assert_told(state, false, 0, TOLD_PARTS(""));
	}
}

static void store_check__object_row__names_what_is_lost(void **state)
{
	assay_object_info o;
	char name[32];

	assert_int_equal(assay_object_find(STORE(state), &made.three, &o, NULL), ASSAY_OK);
	(void)snprintf(name, sizeof(name), "row object %" PRIu64 ": ", o.id);
	change_row(state, "object", o.id);
	assert_told(state, false, 1, TOLD_PARTS(name, "| b.tif | v2\n"));
}

static void store_check__event_or_number__told(void **state)
{
	static const unsigned char event[12] = {0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2};

	change_catalog(state, "event", event, sizeof(event), 12, false);
	assert_told(state, false, 1, TOLD_PARTS("row event 2 of ticket 1: ", "checksum differs", "| b.tif |\n"));
	change_catalog(state, "event", event, sizeof(event), 0, true);
	assert_told(
	    state, false, 1,
	    TOLD_PARTS("row event 2 of ticket 1: is not there; 'assay queue retry --event T1:2 ", "| b.tif |\n"));
	assert_int_equal(assay_meta_put(STORE(state), "tickets.open", 5, NULL), ASSAY_OK);
	assert_told(state, false, 2, TOLD_PARTS("row tickets.open: says 5 where 0 tickets are open"));
	assert_int_equal(assay_meta_put(STORE(state), "version.latest", 9, NULL), ASSAY_OK);
	assert_told(state, false, 3, TOLD_PARTS("row version.latest: names version 9, which is not there"));
}

/* The counter of a table is what rows are counted by: without it the last row says how many there are. */
static void store_check__counter__told_and_rows_still_checked(void **state)
{
	change_row(state, "sample", 1);
	change_catalog(state, "meta", "next.sample", 11, 10, false);
	assert_told(state, false, 2,
		    TOLD_PARTS("row sample 1: ", "| a.tif#page=1 |", "row next.sample: ", "checksum differs"));
}

static void put_tag(assay_store *s, const char *name)
{
	assay_digest id;
	const assay_tag_change c = {name, &id, false, 1, "ada", NULL};
	bool changed;

	assert_true(assay_digest_parse(&id, made.version[1]));
	assert_int_equal(assay_tag_put(s, &c, &changed, NULL), ASSAY_OK);
}

static void store_check__tags__one_that_is_damaged_hides_no_other(void **state)
{
	char told[TOLD];
	uint64_t rows;

	put_tag(STORE(state), "a");
	put_tag(STORE(state), "b");
	put_tag(STORE(state), "c");
	assert_int_equal(assay_store_commit(STORE(state), NULL), ASSAY_OK);
	rows = check(STORE(state), false, told).rows;
	change_catalog(state, "tag", "a", 1, 12, false);
	assert_told(state, false, 1, TOLD_PARTS("row tag a: ", "checksum differs"));
	change_catalog(state, "tag", "c", 1, 12, false);
	assert_told(state, false, 2, TOLD_PARTS("row tag a: ", "row tag c: "));
	assert_int_equal(check(STORE(state), false, told).rows, rows);
}

static void store_check__artifact_of_another_size__told(void **state)
{
	ASSAY_AUTO_UNIT u = {0};

	assert_int_equal(assay_unit_get(STORE(state), 2, &u, NULL), ASSAY_OK);
	u.result.samples[0].artifacts[0].size++;
	u.run = 9;
	assert_int_equal(assay_unit_put(STORE(state), &u, NULL), ASSAY_OK);
	assert_int_equal(assay_store_commit(STORE(state), NULL), ASSAY_OK);
	assert_told(state, false, 1, TOLD_PARTS("row unit 4: says 6 bytes of artifact ", ", which has 5 |", "v2\n"));
}

/* A row that is gone while its entry is there: whoever names it says so as well. */
static void store_check__unit_row_gone__told_by_what_names_it(void **state)
{
	const unsigned char key[8] = {0, 0, 0, 0, 0, 0, 0, 2};

	change_catalog(state, "unit", key, sizeof(key), 0, true);
	assert_told(state, false, 5,
		    TOLD_PARTS("row b.tif: names unit 2, which is not there | b.tif | v2\n",
			       "row b.tif: names unit 2, which is not there | b.tif | v2\n",
			       "row b.tif: names unit 2, which is not there | b.tif |\n",
			       "index sha256:", "index entry leads to unit 2, which is not there |",
			       "index edge content 2 to unit 2: leads to unit 2, which is not there | b.tif | v2\n"));
}

static void store_check__judgement_damaged__told(void **state)
{
	assert_int_equal(assay_meta_put(STORE(state), "judgement", 7, NULL), ASSAY_OK);
	assert_told(state, false, 1, TOLD_PARTS("row judgement: the last judgement: "));
	assert_int_equal(assay_judgement_forget(STORE(state), NULL), ASSAY_OK);
	assert_told(state, false, 0, TOLD_PARTS(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_DATASET(store_check__judgement_damaged__told),
	    WITH_DATASET(store_check__rows__checksum_differs),
	    WITH_DATASET(store_check__object_row__names_what_is_lost),
	    WITH_DATASET(store_check__event_or_number__told),
	    WITH_DATASET(store_check__counter__told_and_rows_still_checked),
	    WITH_DATASET(store_check__tags__one_that_is_damaged_hides_no_other),
	    WITH_DATASET(store_check__artifact_of_another_size__told),
	    WITH_DATASET(store_check__unit_row_gone__told_by_what_names_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
