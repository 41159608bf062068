/* Objects that are changed, cut or missing, and the samples and versions that lose by it. */
#include "check_fixture.h"

/* What is no longer part of the dataset is found through the version that still has it. */
static void store_check__bit_in_pack__names_samples_and_versions(void **state)
{
	const struct {
		const assay_digest *object;
		const char *affected;
	} cases[] = {
	    {&made.old_one, "| a.tif#page=1 | v1\n"},
	    {&made.new_one, "| a.tif#page=1 | v2\n"},
	    {&made.three, "| b.tif | v2\n"},
	};
	char name[80];

	for (size_t i = 0; i < ASSAY_COUNT(cases); i++) {
		name_of(cases[i].object, name);
		flip_in_pack(state, cases[i].object, 48 + 2);
		assert_told(state, true, 1, TOLD_PARTS(name, "digest", cases[i].affected));
		assert_told(state, false, 0, TOLD_PARTS(""));
		flip_in_pack(state, cases[i].object, 48 + 2);
	}
}

static void store_check__shared_artifact__every_sample_that_names_it(void **state)
{
	char name[80];
	char both[80];

	name_of(&made.two, name);
	(void)snprintf(both, sizeof(both), "| a.tif#page=2 | %s\n",
		       strcmp(made.version[1], made.version[2]) < 0 ? "v1 v2" : "v2 v1");
	flip_in_pack(state, &made.two, 48);
	assert_told(state, true, 1, TOLD_PARTS(name, both));
	flip_in_pack(state, &made.two, 48);
	name_of(&made.shared, name);
	(void)snprintf(both, sizeof(both), "| a.tif#page=1 b.tif | %s\n",
		       strcmp(made.version[1], made.version[2]) < 0 ? "v1 v2" : "v2 v1");
	flip_in_pack(state, &made.shared, 48);
	assert_told(state, true, 1, TOLD_PARTS(name, both));
}

static void store_check__bit_in_record_head__told(void **state)
{
	char name[80];

	name_of(&made.three, name);
	flip_in_pack(state, &made.three, 9);
	assert_told(state, true, 1, TOLD_PARTS(name, "| b.tif | v2\n"));
}

static void store_check__large_object__changed_cut_or_missing(void **state)
{
	char name[80], path[160];

	name_of(&made.large, name);
	large_path(state, path);
	flip_in_file(path, 4000000);
	assert_told(state, true, 1, TOLD_PARTS(name, "digest", "| a.tif#page=2 | v1\n"));
	assert_told(state, false, 0, TOLD_PARTS(""));
	assert_int_equal(truncate(path, 100), 0);
	assert_told(state, false, 1, TOLD_PARTS(name, "its file has another size", "| a.tif#page=2 | v1\n"));
	assert_told(state, true, 1, TOLD_PARTS(name, "| a.tif#page=2 | v1\n"));
	assert_int_equal(unlink(path), 0);
	assert_told(state, false, 1, TOLD_PARTS(name, "its file is not there", "| a.tif#page=2 | v1\n"));
	assert_told(state, true, 1, TOLD_PARTS(name, "| a.tif#page=2 | v1\n"));
}

/* Records of recipes, contracts and tries are read whether asked for or not. */
static void store_check__recipe_or_contract__told_without_reading_data(void **state)
{
	char name[80];

	name_of(&made.other_recipe, name);
	flip_in_pack(state, &made.other_recipe, 48);
	assert_told(state, false, 1, TOLD_PARTS(name, "| a.tif#page=1 a.tif#page=2 | v2\n"));
	flip_in_pack(state, &made.other_recipe, 48);
	name_of(&made.contract, name);
	flip_in_pack(state, &made.contract, 48);
	assert_told(state, false, 1,
		    TOLD_PARTS(name, strcmp(made.version[1], made.version[2]) < 0 ? "| | v1 v2\n" : "| | v2 v1\n"));
}

static void store_check__results_of_a_refusal__missing(void **state)
{
	ASSAY_AUTO_RUN run = {.verb = text("judge"), .refusal = digest(0x5e)};
	char name[80];

	assert_int_equal(assay_run_put(STORE(state), &run, NULL), ASSAY_OK);
	assert_int_equal(assay_store_commit(STORE(state), NULL), ASSAY_OK);
	name_of(&run.refusal, name);
	assert_told(state, false, 1, TOLD_PARTS(name, "is named but not in the store | |\n"));
}

static void store_check__object_gone__told_once_for_all_that_name_it(void **state)
{
	assay_object_info o;
	unsigned char key[8] = {0};
	char name[80];

	assert_int_equal(assay_object_find(STORE(state), &made.shared, &o, NULL), ASSAY_OK);
	key[7] = (unsigned char)o.id;
	change_catalog(state, "object", key, sizeof(key), 0, true);
	change_entry(state, 'o', &made.shared, true);
	name_of(&made.shared, name);
	assert_told(state, false, 2,
		    TOLD_PARTS(name, "is named but not in the store | a.tif#page=1 b.tif |", "index edge object ",
			       "which is not there"));
}

static void store_check__pack_cut_under_a_reader__one_finding(void **state)
{
	struct fixture *f = *state;
	const assay_store_opts opts = {.read_only = true};
	ASSAY_AUTO_STORE reader = NULL;
	char path[128], told[TOLD];
	assay_object_info o;

	assert_int_equal(assay_object_find(f->s, &made.three, &o, NULL), ASSAY_OK);
	(void)snprintf(path, sizeof(path), "%s/packs/%08u.pack", f->store, o.pack);
	assert_int_equal(truncate(path, (off_t)o.offset), 0);
	assay_store_close(ASSAY_STEAL(&STORE(state))); /* a process must not have it open twice */
	assert_int_equal(assay_store_open(&reader, f->store, &opts, NULL), ASSAY_OK);
	(void)check(reader, false, told);
	/* The version that could tell of the first a.tif#page=1 lay behind the cut. */
	assert_non_null(strstr(told, "pack 00000001.pack: is shorter than the catalog counts on | b.tif |"));
	assert_ptr_equal(strstr(told, "pack 0"), strstr(told, "pack 00000001.pack"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_DATASET(store_check__bit_in_pack__names_samples_and_versions),
	    WITH_DATASET(store_check__shared_artifact__every_sample_that_names_it),
	    WITH_DATASET(store_check__bit_in_record_head__told),
	    WITH_DATASET(store_check__large_object__changed_cut_or_missing),
	    WITH_DATASET(store_check__recipe_or_contract__told_without_reading_data),
	    WITH_DATASET(store_check__results_of_a_refusal__missing),
	    WITH_DATASET(store_check__object_gone__told_once_for_all_that_name_it),
	    WITH_DATASET(store_check__pack_cut_under_a_reader__one_finding),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
