#include "assay/source.h"

#include "assay/cbor.h"
#include "assay/judgement.h"

#include "lineage_rows.h"

/* ---- a source with every field in use ---- */

static assay_source_sidecar *sidecars(const char *role, const char *path, unsigned byte)
{
	assay_source_sidecar *list = calloc(1, sizeof(*list));

	assert_non_null(list);
	list[0].role = text(role);
	list[0].path = text(path);
	list[0].stamp = (assay_stamp){1, 2, 3, 4, 5};
	list[0].digest = digest(byte);
	return list;
}

static void make_full(assay_source *src)
{
	*src = (assay_source){.path = text("scans/\xc3\xa9 %23.tif"),
			      .modality = ASSAY_MODALITY_AUDIO,
			      .stamp = {UINT64_MAX, -5, INT64_MIN, 77, INT64_MAX},
			      .digest = digest(1),
			      .metadata_count = 2,
			      .sidecar_count = 1,
			      .recipe = digest(2),
			      .unit_count = 2,
			      .missing = true,
			      .standing = ASSAY_STANDING_RETRY,
			      .failure = ASSAY_FAILURE_UNREADABLE,
			      .message = text("permission denied"),
			      .cause = ASSAY_CAUSE_CONTENT | ASSAY_CAUSE_SIDECAR,
			      .run = 9,
			      .has_before = true,
			      .before_digest = digest(3),
			      .before_recipe = digest(4),
			      .before_sidecar_count = 1};
	src->metadata_keys = calloc(2, sizeof(char *));
	src->metadata_values = calloc(2, sizeof(char *));
	src->units = calloc(2, sizeof(*src->units));
	assert_true(src->metadata_keys != NULL && src->metadata_values != NULL && src->units != NULL);
	src->metadata_origins = calloc(2, 1);
	src->before_metadata_keys = calloc(1, sizeof(char *));
	src->before_metadata_values = calloc(1, sizeof(char *));
	assert_true(src->metadata_origins != NULL && src->before_metadata_keys != NULL &&
		    src->before_metadata_values != NULL);
	src->metadata_origins[0] = ASSAY_METADATA_PATH;
	src->metadata_origins[1] = ASSAY_METADATA_SIDECAR;
	src->before_metadata_count = 1;
	src->before_metadata_keys[0] = text("year");
	src->before_metadata_values[0] = text("1912");
	src->metadata_keys[0] = text("doc_type");
	src->metadata_values[0] = text("invoice");
	src->metadata_keys[1] = text("licence");
	src->metadata_values[1] = text("");
	src->units[0] = 11;
	src->units[1] = UINT64_C(1) << 40;
	src->sidecars = sidecars("ground_truth", "scans/a.gt.txt", 5);
	src->before_sidecars = sidecars("transcript", "scans/b.txt", 6);
}

static void make_plain(assay_source *src, const char *path, unsigned byte)
{
	*src = (assay_source){.path = text(path), .modality = ASSAY_MODALITY_PAGE, .digest = digest(byte)};
}

static void assert_sidecar(const assay_source_sidecar *s, const char *role, const char *path, unsigned byte)
{
	const assay_stamp stamp = {1, 2, 3, 4, 5};
	const assay_digest d = digest(byte);

	assert_string_equal(s->role, role);
	assert_string_equal(s->path, path);
	assert_memory_equal(&s->stamp, &stamp, sizeof(stamp));
	assert_digest(&s->digest, &d);
}

static void assert_full(const assay_source *src)
{
	const assay_stamp stamp = {UINT64_MAX, -5, INT64_MIN, 77, INT64_MAX};
	const assay_digest d[] = {digest(1), digest(2), digest(3), digest(4)};

	assert_string_equal(src->path, "scans/\xc3\xa9 %23.tif");
	assert_int_equal(src->modality, ASSAY_MODALITY_AUDIO);
	assert_memory_equal(&src->stamp, &stamp, sizeof(stamp));
	assert_digest(&src->digest, &d[0]);
	assert_int_equal(src->metadata_count, 2);
	assert_string_equal(src->metadata_keys[0], "doc_type");
	assert_string_equal(src->metadata_values[0], "invoice");
	assert_string_equal(src->metadata_keys[1], "licence");
	assert_string_equal(src->metadata_values[1], "");
	assert_int_equal(src->metadata_origins[0], ASSAY_METADATA_PATH);
	assert_int_equal(src->metadata_origins[1], ASSAY_METADATA_SIDECAR);
	assert_int_equal(src->before_metadata_count, 1);
	assert_string_equal(src->before_metadata_keys[0], "year");
	assert_string_equal(src->before_metadata_values[0], "1912");
	assert_int_equal(src->sidecar_count, 1);
	assert_sidecar(src->sidecars, "ground_truth", "scans/a.gt.txt", 5);
	assert_digest(&src->recipe, &d[1]);
	assert_int_equal(src->unit_count, 2);
	assert_int_equal(src->units[0], 11);
	assert_int_equal(src->units[1], UINT64_C(1) << 40);
	assert_true(src->missing && src->has_before);
	assert_int_equal(src->standing, ASSAY_STANDING_RETRY);
	assert_int_equal(src->failure, ASSAY_FAILURE_UNREADABLE);
	assert_string_equal(src->message, "permission denied");
	assert_int_equal(src->cause, ASSAY_CAUSE_CONTENT | ASSAY_CAUSE_SIDECAR);
	assert_int_equal(src->run, 9);
	assert_digest(&src->before_digest, &d[2]);
	assert_digest(&src->before_recipe, &d[3]);
	assert_int_equal(src->before_sidecar_count, 1);
	assert_sidecar(src->before_sidecars, "transcript", "scans/b.txt", 6);
}

static assay_code read_source(assay_store *s, uint64_t id)
{
	ASSAY_AUTO_SOURCE src = {0};

	return assay_source_get(s, id, &src, NULL);
}

/* ---- tests ---- */

static void source_put__full__reads_back_by_number_and_path(void **state)
{
	ASSAY_AUTO_SOURCE src = {0};
	ASSAY_AUTO_SOURCE by_id = {0};
	ASSAY_AUTO_SOURCE by_path = {0};

	make_full(&src);
	assert_int_equal(assay_source_put(STORE(state), &src, NULL), ASSAY_OK);
	assert_int_equal(src.id, 1);
	assert_int_equal(assay_store_commit(STORE(state), NULL), ASSAY_OK);
	assert_int_equal(assay_source_get(STORE(state), 1, &by_id, NULL), ASSAY_OK);
	assert_full(&by_id);
	assert_int_equal(assay_source_find(STORE(state), src.path, &by_path, NULL), ASSAY_OK);
	assert_full(&by_path);
	assert_int_equal(by_path.id, 1);
}

static void source_put__again__same_row_same_bytes(void **state)
{
	ASSAY_AUTO_SOURCE src = {0};
	ASSAY_AUTO_SOURCE read = {0};
	ASSAY_AUTO_BUF first = ASSAY_BUF_INIT, second = ASSAY_BUF_INIT;

	make_full(&src);
	assert_int_equal(assay_source_put(STORE(state), &src, NULL), ASSAY_OK);
	copy_row(STORE(state), ASSAY_TABLE_SOURCE, 1, &first);
	assert_int_equal(assay_source_get(STORE(state), 1, &read, NULL), ASSAY_OK);
	assert_int_equal(assay_source_put(STORE(state), &read, NULL), ASSAY_OK);
	assert_int_equal(read.id, 1);
	copy_row(STORE(state), ASSAY_TABLE_SOURCE, 1, &second);
	assert_int_equal(first.len, second.len);
	assert_memory_equal(first.data, second.data, first.len);
}

static void source_find__never_seen__enoent(void **state)
{
	assay_source src = {.id = 7};

	assert_int_equal(assay_source_find(STORE(state), "none", &src, NULL), ASSAY_ENOENT);
	assert_int_equal(src.id, 0);
	assert_null(src.path);
	assert_int_equal(assay_source_get(STORE(state), 5, &src, NULL), ASSAY_ENOENT);
}

static void source_find__entry_of_another__ecorrupt_names_both(void **state)
{
	ASSAY_AUTO_SOURCE a = {0};
	ASSAY_AUTO_SOURCE read = {0};
	assay_err err = ASSAY_ERR_INIT;

	make_plain(&a, "a", 1);
	assert_int_equal(assay_source_put(STORE(state), &a, NULL), ASSAY_OK);
	assert_int_equal(assay_index_put_text(STORE(state), ASSAY_INDEX_PATH, "b", 1, NULL), ASSAY_OK);
	assert_int_equal(assay_source_find(STORE(state), "b", &read, &err), ASSAY_ECORRUPT);
	assert_string_equal(err.msg, "index entry of source 'b' leads to row 1, which is not it");
	assert_null(read.path);
}

struct seen {
	char text[64];
	unsigned stop_after;
};

static assay_code note(void *ctx, const assay_source *src, assay_err *err)
{
	struct seen *seen = ctx;

	(void)err;
	strcat(seen->text, src->path);
	return seen->stop_after > 0 && --seen->stop_after == 0 ? ASSAY_ESTOP : ASSAY_OK;
}

static void put_three(assay_store *s)
{
	const char *const paths[] = {"c", "a", "b"};

	for (unsigned i = 0; i < 3; i++) {
		ASSAY_AUTO_SOURCE src = {0};

		make_plain(&src, paths[i], i < 2 ? 1 : 2);
		assert_int_equal(assay_source_put(s, &src, NULL), ASSAY_OK);
	}
}

static void sources_each__order_of_first_sight(void **state)
{
	struct seen seen = {.stop_after = 0}, two = {.stop_after = 2};

	put_three(STORE(state));
	assert_int_equal(assay_sources_each(STORE(state), note, &seen, NULL), ASSAY_OK);
	assert_string_equal(seen.text, "cab");
	assert_int_equal(assay_sources_each(STORE(state), note, &two, NULL), ASSAY_ESTOP);
	assert_string_equal(two.text, "ca");
}

static void sources_with__content__every_path_that_had_it(void **state)
{
	struct seen one = {.stop_after = 0}, two = {.stop_after = 0}, none = {.stop_after = 0};
	const assay_digest d[] = {digest(1), digest(2), digest(3)};
	ASSAY_AUTO_SOURCE c = {0};

	put_three(STORE(state));
	assert_int_equal(assay_source_find(STORE(state), "c", &c, NULL), ASSAY_OK);
	c.digest = digest(2); /* it changed: both contents lead to it */
	assert_int_equal(assay_source_put(STORE(state), &c, NULL), ASSAY_OK);
	assert_int_equal(assay_sources_with(STORE(state), &d[0], note, &one, NULL), ASSAY_OK);
	assert_string_equal(one.text, "ca");
	assert_int_equal(assay_sources_with(STORE(state), &d[1], note, &two, NULL), ASSAY_OK);
	assert_string_equal(two.text, "cb");
	assert_int_equal(assay_sources_with(STORE(state), &d[2], note, &none, NULL), ASSAY_OK);
	assert_string_equal(none.text, "");
}

static void sources_shared__alone_or_in_company__only_those_in_company_once(void **state)
{
	ASSAY_AUTO_FREE uint64_t *ids = NULL;
	ASSAY_AUTO_FREE uint64_t *more = NULL;
	ASSAY_AUTO_SOURCE b = {0}, c = {0}, a = {0};
	size_t count;

	assert_int_equal(assay_sources_shared(STORE(state), &ids, &count, NULL), ASSAY_OK);
	assert_null(ids);
	put_three(STORE(state));
	assert_int_equal(assay_source_find(STORE(state), "a", &a, NULL), ASSAY_OK);
	assert_int_equal(assay_source_find(STORE(state), "b", &b, NULL), ASSAY_OK);
	assert_int_equal(assay_source_find(STORE(state), "c", &c, NULL), ASSAY_OK);
	assert_int_equal(assay_sources_shared(STORE(state), &ids, &count, NULL), ASSAY_OK);
	assert_int_equal(count, 2);
	assert_int_equal(ids[0], c.id);
	assert_int_equal(ids[1], a.id);
	b.digest = digest(1); /* a third with those bytes, and one that shared two contents */
	assert_int_equal(assay_source_put(STORE(state), &b, NULL), ASSAY_OK);
	c.digest = digest(2);
	assert_int_equal(assay_source_put(STORE(state), &c, NULL), ASSAY_OK);
	assert_int_equal(assay_sources_shared(STORE(state), &more, &count, NULL), ASSAY_OK);
	assert_int_equal(count, 3);
	assert_true(more[0] < more[1] && more[1] < more[2]);
}

static void source_put__never_read__no_content(void **state)
{
	ASSAY_AUTO_SOURCE src = {0};
	const assay_digest zero = {{0}};
	uint64_t id;

	make_plain(&src, "gone", 0);
	assert_int_equal(assay_source_put(STORE(state), &src, NULL), ASSAY_OK);
	assert_int_equal(assay_index_get(STORE(state), ASSAY_INDEX_CONTENT, &zero, &id, NULL), ASSAY_ENOENT);
}

static void old_stamp(assay_buf *b)
{
	assay_cbor_array(b, 5);
	for (unsigned i = 1; i <= 5; i++)
		assay_cbor_uint(b, i);
}

static void old_sidecar(assay_buf *b, const char *role, unsigned byte)
{
	const assay_digest d = digest(byte);

	assay_cbor_array(b, 1);
	assay_cbor_array(b, 4);
	assay_cbor_text(b, role);
	assay_cbor_text(b, "a.json");
	old_stamp(b);
	assay_cbor_digest(b, &d);
}

/* A row as formats 1 to 3 had it: pairs in 5, three fields in 13, 14 from 2 on, 15 from 3 on. */
static void put_old(assay_store *s, uint64_t id, unsigned format)
{
	const assay_digest d = digest(7);
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

	assay_cbor_map(&b, 13 + format);
	assay_cbor_uint(&b, 0), assay_cbor_uint(&b, format);
	assay_cbor_uint(&b, 1), assay_cbor_text(&b, "a.tif");
	assay_cbor_uint(&b, 2), assay_cbor_uint(&b, ASSAY_MODALITY_PAGE);
	assay_cbor_uint(&b, 3), old_stamp(&b);
	assay_cbor_uint(&b, 4), assay_cbor_digest(&b, &d);
	assay_cbor_uint(&b, 5), assay_cbor_array(&b, 1), assay_cbor_array(&b, 2);
	assay_cbor_text(&b, "licence"), assay_cbor_text(&b, "CC0");
	assay_cbor_uint(&b, 6), old_sidecar(&b, "metadata", 8);
	assay_cbor_uint(&b, 7), assay_cbor_digest(&b, &d);
	assay_cbor_uint(&b, 8), assay_cbor_array(&b, 0);
	assay_cbor_uint(&b, 9), assay_cbor_bool(&b, false);
	assay_cbor_uint(&b, 10), assay_cbor_null(&b);
	assay_cbor_uint(&b, 11), assay_cbor_uint(&b, ASSAY_CAUSE_CONTENT);
	assay_cbor_uint(&b, 12), assay_cbor_uint(&b, 4);
	assay_cbor_uint(&b, 13), assay_cbor_array(&b, 3);
	assay_cbor_digest(&b, &d), assay_cbor_digest(&b, &d), old_sidecar(&b, "transcript", 9);
	if (format > 1)
		assay_cbor_uint(&b, 14), assay_cbor_uint(&b, ASSAY_STANDING_DONE);
	if (format > 2)
		assay_cbor_uint(&b, 15), assay_cbor_uint(&b, 77);
	assert_false(b.failed);
	put_bytes(s, ASSAY_TABLE_SOURCE, id, b.data, b.len);
}

static void source_get__rows_of_old_formats__what_they_did_not_keep_is_unknown(void **state)
{
	for (unsigned format = 1; format <= 3; format++) {
		ASSAY_AUTO_SOURCE read = {0};

		put_old(STORE(state), 1, format);
		assert_int_equal(assay_source_get(STORE(state), 1, &read, NULL), ASSAY_OK);
		assert_int_equal(read.standing, format == 1 ? ASSAY_STANDING_UNKNOWN : ASSAY_STANDING_DONE);
		assert_int_equal(read.moved, format == 3 ? 77 : 0);
		assert_int_equal(read.metadata_count, 1);
		assert_string_equal(read.metadata_values[0], "CC0");
		assert_int_equal(read.metadata_origins[0], ASSAY_METADATA_RULE);
		/* Nothing is told to have changed; what a metadata sidecar said was not kept: it is read again. */
		assert_int_equal(read.before_metadata_count, 1);
		assert_string_equal(read.before_metadata_keys[0], "licence");
		assert_string_equal(read.before_metadata_values[0], "CC0");
		assert_int_equal(read.sidecars[0].stamp.hashed_ns, 0);
		assert_int_equal(read.before_sidecars[0].stamp.hashed_ns, 5);
	}
}

static void source_get__unknown_format_or_standing__ecorrupt(void **state)
{
	ASSAY_AUTO_SOURCE src = {0};
	ASSAY_AUTO_SOURCE read = {0};
	ASSAY_AUTO_BUF row = ASSAY_BUF_INIT;
	assay_err err = ASSAY_ERR_INIT;

	make_full(&src);
	assert_int_equal(assay_source_put(STORE(state), &src, NULL), ASSAY_OK);
	copy_row(STORE(state), ASSAY_TABLE_SOURCE, 1, &row);
	row.data[2] = 5;
	put_bytes(STORE(state), ASSAY_TABLE_SOURCE, 1, row.data, row.len);
	assert_int_equal(assay_source_get(STORE(state), 1, &read, &err), ASSAY_ECORRUPT);
	assert_non_null(strstr(err.msg, "unknown source format"));
	row.data[2] = 1; /* with the fields of 4 */
	put_bytes(STORE(state), ASSAY_TABLE_SOURCE, 1, row.data, row.len);
	assert_int_equal(assay_source_get(STORE(state), 1, &read, &err), ASSAY_ECORRUPT);
	assert_non_null(strstr(err.msg, "the fields of its format"));
	row.data[2] = 4;
	row.data[row.len - 3] = ASSAY_STANDING_MAX + 1;
	put_bytes(STORE(state), ASSAY_TABLE_SOURCE, 1, row.data, row.len);
	assert_int_equal(assay_source_get(STORE(state), 1, &read, &err), ASSAY_ECORRUPT);
	assert_non_null(strstr(err.msg, "unknown standing"));
}

/* Only what a judgement reads moves a source: not stamps, causes or what was before. */
static void source_put__something_changes__moves_if_it_is_judged(void **state)
{
	ASSAY_AUTO_SOURCE src = {0};
	uint64_t before, now;

	make_full(&src);
	assert_int_equal(assay_source_put(STORE(state), &src, NULL), ASSAY_OK);
	assert_int_equal(assay_generation(STORE(state), &before, NULL), ASSAY_OK);
	assert_int_equal(src.moved, before);
	src.stamp.mtime_ns++;
	src.sidecars[0].stamp.inode++;
	src.cause = ASSAY_CAUSE_TOUCHED;
	src.run++;
	assert_int_equal(assay_source_put(STORE(state), &src, NULL), ASSAY_OK);
	assert_int_equal(assay_generation(STORE(state), &now, NULL), ASSAY_OK);
	assert_int_equal(now, before);
	assert_int_equal(src.moved, before);

	/* each of them once */
	for (unsigned i = 0; i < 9; i++) {
		switch (i) {
		case 0:
			src.digest.bytes[3] ^= 1;
			break;
		case 1:
			src.recipe.bytes[3] ^= 1;
			break;
		case 2:
			src.missing = !src.missing;
			break;
		case 3:
			src.units[0] += 7;
			break;
		case 4:
			src.metadata_values[0][0] ^= 1;
			break;
		case 5:
			src.metadata_count--;
			break;
		case 6:
			src.standing = ASSAY_STANDING_FAILED;
			break;
		case 7:
			src.unit_count--;
			break;
		case 8:
			src.failure = ASSAY_FAILURE_CHANGED;
			break;
		}
		assert_int_equal(assay_source_put(STORE(state), &src, NULL), ASSAY_OK);
		assert_int_equal(assay_generation(STORE(state), &now, NULL), ASSAY_OK);
		assert_int_equal(now, before + 1);
		assert_int_equal(src.moved, now);
		before = now;
		if (i == 5) { /* back again, so that all of it is released */
			src.metadata_count++;
			assert_int_equal(assay_source_put(STORE(state), &src, NULL), ASSAY_OK);
			before++;
		}
	}
}

static void source_get__every_truncation__ecorrupt(void **state)
{
	ASSAY_AUTO_SOURCE src = {0};

	make_full(&src);
	assert_int_equal(assay_source_put(STORE(state), &src, NULL), ASSAY_OK);
	assert_row_truncations_refused(STORE(state), ASSAY_TABLE_SOURCE, 1, read_source);
}

static void source_get__random_mutations__no_harm(void **state)
{
	ASSAY_AUTO_SOURCE src = {0};

	make_full(&src);
	assert_int_equal(assay_source_put(STORE(state), &src, NULL), ASSAY_OK);
	assert_row_mutations_harmless(STORE(state), ASSAY_TABLE_SOURCE, 1, read_source);
}

static void source__every_alloc_fails_in_turn__enomem(void **state)
{
	ASSAY_AUTO_SOURCE src = {0};
	assay_code rc;
	unsigned n = 0;

	make_full(&src);
	do {
		arm(++n);
		rc = assay_source_put(STORE(state), &src, NULL);
		arm(0);
		assert_true(rc == ASSAY_OK || rc == ASSAY_ENOMEM);
		assert_int_equal(src.id != 0, rc == ASSAY_OK);
		if (rc != ASSAY_OK)
			assay_store_rollback(STORE(state));
	} while (rc != ASSAY_OK);
	assert_in_range(n, 2, 100);
	n = 0;
	do {
		ASSAY_AUTO_SOURCE read = {0};

		arm(++n);
		rc = assay_source_find(STORE(state), src.path, &read, NULL);
		arm(0);
		assert_true(rc == ASSAY_OK || rc == ASSAY_ENOMEM);
		assert_int_equal(read.path != NULL, rc == ASSAY_OK);
	} while (rc != ASSAY_OK);
	assert_in_range(n, 10, 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_STORE(source_put__full__reads_back_by_number_and_path),
	    WITH_STORE(source_put__again__same_row_same_bytes),
	    WITH_STORE(source_find__never_seen__enoent),
	    WITH_STORE(source_find__entry_of_another__ecorrupt_names_both),
	    WITH_STORE(sources_each__order_of_first_sight),
	    WITH_STORE(sources_with__content__every_path_that_had_it),
	    WITH_STORE(sources_shared__alone_or_in_company__only_those_in_company_once),
	    WITH_STORE(source_put__never_read__no_content),
	    WITH_STORE(source_get__rows_of_old_formats__what_they_did_not_keep_is_unknown),
	    WITH_STORE(source_put__something_changes__moves_if_it_is_judged),
	    WITH_STORE(source_get__unknown_format_or_standing__ecorrupt),
	    WITH_STORE(source_get__every_truncation__ecorrupt),
	    WITH_STORE(source_get__random_mutations__no_harm),
	    WITH_STORE(source__every_alloc_fails_in_turn__enomem),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
