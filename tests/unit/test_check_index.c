/* Entries, lists and edges of the index that lead elsewhere or nowhere. */
#include "check_fixture.h"

#include "catalog.h"
#include "standing.h"

/* Passed as the row has it, waived as the list does; then a key that names neither state nor ticket. */
static void store_check__list_of_tickets__differs(void **state)
{
	static const unsigned char key[] = {1, 2};
	ASSAY_AUTO_BUF none = ASSAY_BUF_INIT;

	assert_int_equal(assay_standing_move(STORE(state), 1, ASSAY_TICKET_PASSED, ASSAY_TICKET_WAIVED, NULL),
			 ASSAY_OK);
	assert_told(
	    state, false, 2,
	    TOLD_PARTS("index list of tickets that are passed: is without a ticket that is in this state | b.tif |\n",
		       "index list of tickets that are waived: has ticket 1, which is passed |"));
	assert_int_equal(assay_standing_move(STORE(state), 7, 0, ASSAY_TICKET_OPEN, NULL), ASSAY_OK);
	assert_int_equal(assay_row_put(STORE(state), ASSAY_TABLE_STANDING, key, sizeof key, &none, NULL), ASSAY_OK);
	assert_told(state, false, 4,
		    TOLD_PARTS("list of tickets that are open: has ticket 7, which is not there", "names no state"));
	/* Of a store that an older program wrote to since, nothing is said: its next writer makes the list anew. */
	assert_int_equal(assay_meta_put(STORE(state), "tickets.listed", 1, NULL), ASSAY_OK);
	assert_told(state, false, 0, TOLD_PARTS(NULL));
}

static void store_check__index_entries__changed(void **state)
{
	const struct {
		char type;
		assay_digest d;
		const char *told, *affected;
	} cases[] = {
	    {'p', hash_of("b.tif"), "index b.tif: its index entry leads to row 3 instead of 2", "| b.tif | v2\n"},
	    {'s', hash_of("b.tif"), "index b.tif: its index entry leads to row 2 instead of 3", "| b.tif | v2\n"},
	    {'t', hash_of("b.tif"), "index b.tif: its index entry leads to row 0 instead of 1", "| b.tif |\n"},
	    {'w', made.work[1], "index unit 1: its index entry leads to row 0 instead of 1",
	     "| a.tif#page=1 a.tif#page=2 | v1\n"},
	    {'w', made.work[2], "index unit 2: its index entry leads to row 3 instead of 2", "| b.tif | v2\n"},
	    {'o', made.three, "leads to row", "| b.tif | v2\n"},
	    {'c', digest(0xa), "its content number 0 was never given", "| a.tif#page=1 a.tif#page=2 |"},
	};

	for (size_t i = 0; i < ASSAY_COUNT(cases); i++) {
		change_entry(state, cases[i].type, &cases[i].d, false);
		/* The edges of a content are told of as well: its old number is nobody's now. */
		assert_told(state, false, cases[i].type == 'c' ? 2 : 1, TOLD_PARTS(cases[i].told, cases[i].affected));
		change_entry(state, cases[i].type, &cases[i].d, false);
		assert_told(state, false, 0, TOLD_PARTS(""));
	}
}

static void store_check__index_entries__missing(void **state)
{
	const struct {
		char type;
		assay_digest d;
		const char *told;
	} cases[] = {
	    {'p', hash_of("a.tif"), "index a.tif: has no index entry | a.tif#page=1 a.tif#page=2 |"},
	    {'s', hash_of("b.tif"), "index b.tif: has no index entry | b.tif | v2\n"},
	    {'t', hash_of("b.tif"), "index b.tif: has no index entry |"},
	    {'w', made.work[3], "index unit 3: has no index entry | a.tif#page=1 a.tif#page=2 | v2\n"},
	    {'o', made.new_one, "has no index entry | a.tif#page=1 | v2\n"},
	};

	for (size_t i = 0; i < ASSAY_COUNT(cases); i++) {
		change_entry(state, cases[i].type, &cases[i].d, true);
		assert_told(state, false, i + 1, TOLD_PARTS(cases[i].told));
	}
}

/* Each end that is missing is told once, however many edges lead there. */
static void store_check__edges__ends_that_are_not_there(void **state)
{
	const struct {
		assay_edge_kind kind;
		uint64_t from, to;
		const char *told;
	} cases[] = {
	    {ASSAY_EDGE_CONTENT_UNIT, 1, 77, "index edge content 1 to unit 77: leads to unit 77, which is not there"},
	    {ASSAY_EDGE_SIDECAR_UNIT, 99, 2,
	     "index edge content 99 to unit 2: leads from content 99, which is not there | b.tif | v2\n"},
	    {ASSAY_EDGE_RECIPE_UNIT, 1, 78, "leads to unit 78"},
	    {ASSAY_EDGE_ARTIFACT_UNIT, 79, 2, "leads from object 79, which is not there | b.tif | v2\n"},
	    {ASSAY_EDGE_CONTENT_SOURCE, 1, 80, "leads to source 80"},
	    {ASSAY_EDGE_SOURCE_SAMPLE, 81, 3, "leads from source 81, which is not there | b.tif | v2\n"},
	    {ASSAY_EDGE_SOURCE_SAMPLE, 81, 82, "index edge source 81 to sample 82: leads to sample 82"},
	};

	for (size_t i = 0; i < ASSAY_COUNT(cases); i++)
		assert_int_equal(assay_edge_put(STORE(state), cases[i].kind, cases[i].from, cases[i].to, NULL),
				 ASSAY_OK);
	assert_told(state, false, ASSAY_COUNT(cases),
		    TOLD_PARTS(cases[0].told, cases[1].told, cases[2].told, cases[3].told, cases[4].told, cases[5].told,
			       cases[6].told));
}

static void store_check__edge_of_no_kind__told(void **state)
{
	assert_int_equal(assay_edge_put(STORE(state), (assay_edge_kind)9, 1, 1, NULL), ASSAY_OK);
	assert_told(state, false, 1, TOLD_PARTS("index edge: is of no kind that there is"));
}

static void store_check__content_entry_gone__told_by_its_edges(void **state)
{
	const assay_digest a = digest(0xa);

	change_entry(state, 'c', &a, true);
	assert_told(state, false, 1,
		    TOLD_PARTS("index edge content 1 to unit 1: leads from content 1, which is not there"));
}

/* Without their counter it is not known which numbers of contents are wrong, so that no edge is. */
static void store_check__counter_of_contents__told_alone(void **state)
{
	change_catalog(state, "meta", "next.index", 10, 10, false);
	assert_told(state, false, 1, TOLD_PARTS("row next.index: "));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_DATASET(store_check__list_of_tickets__differs),
	    WITH_DATASET(store_check__index_entries__changed),
	    WITH_DATASET(store_check__index_entries__missing),
	    WITH_DATASET(store_check__edges__ends_that_are_not_there),
	    WITH_DATASET(store_check__edge_of_no_kind__told),
	    WITH_DATASET(store_check__content_entry_gone__told_by_its_edges),
	    WITH_DATASET(store_check__counter_of_contents__told_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
