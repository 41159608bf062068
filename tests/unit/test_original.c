#include "assay/config.h"
#include "assay/object.h"
#include "assay/unit.h"

#include "lineage_fixture.h"
#include "original.h"

/* How often a group was looked through. */
static unsigned looked;

assay_code __real_assay_sources_with(assay_store *s, const assay_digest *content, assay_source_fn *fn, void *ctx,
				     assay_err *err);
assay_code __wrap_assay_sources_with(assay_store *s, const assay_digest *content, assay_source_fn *fn, void *ctx,
				     assay_err *err);
assay_code __wrap_assay_sources_with(assay_store *s, const assay_digest *content, assay_source_fn *fn, void *ctx,
				     assay_err *err)
{
	looked++;
	return __real_assay_sources_with(s, content, fn, ctx, err);
}

static const assay_config config;

/* One of many contents. */
static assay_digest content_digest(unsigned content)
{
	assay_digest d = digest(content);

	memcpy(d.bytes, &content, sizeof content);
	return d;
}

static uint64_t put_unit(assay_store *s, unsigned content, assay_failure failure)
{
	assay_unit u = {.source = content_digest(content), .part = text("")};
	assay_step_count step = {0};

	assert_int_equal(assay_object_put(s, ASSAY_OBJECT_RECIPE, "recipe", 6, NULL, &u.recipe, NULL, NULL), ASSAY_OK);
	u.work_key = digest(content);
	u.result.failure = failure;
	u.result.steps = &step;
	u.result.step_count = 1;
	u.result.message = failure != ASSAY_FAILURE_NONE ? text("damaged") : NULL;
	assert_int_equal(assay_unit_put(s, &u, NULL), ASSAY_OK);
	free(u.part);
	free(u.result.message);
	return u.id;
}

/* Only the digest of what it was made by is asked for. */
static assay_source put(assay_store *s, const char *path, unsigned content, uint64_t unit, bool missing)
{
	assay_source src = {.modality = ASSAY_MODALITY_PAGE, .digest = content_digest(content), .recipe = digest(0xee)};

	src.path = text(path);
	src.units = malloc(sizeof(*src.units));
	assert_non_null(src.units);
	src.units[0] = unit;
	src.unit_count = 1;
	src.missing = missing;
	src.cause = ASSAY_CAUSE_NEW;
	assert_int_equal(assay_source_put(s, &src, NULL), ASSAY_OK);
	return src;
}

/* Path of the source about which a decision is in force; NULL: none. */
static const char *decided, *decided_since;

/* Which files stand for sources. */
static assay_decided files;

static assay_code rank(void *ctx, const assay_source *src, bool gives, assay_original_standing *out, assay_err *err)
{
	ASSAY_AUTO_UNIT u = {0};
	const assay_code rc = assay_unit_get(ctx, src->units[0], &u, err);

	out->stands = src->digest;
	for (size_t i = 0; i < files.count; i++)
		if (strcmp(files.items[i].subject, src->path) == 0) {
			out->stands = files.items[i].payload;
			out->file = i + 1;
		}

	out->rank = rc == ASSAY_OK && (gives || u.result.failure == ASSAY_FAILURE_NONE) ? ASSAY_ORIGINAL_STANDS
											: ASSAY_ORIGINAL_FAILED;
	if (decided != NULL && strcmp(src->path, decided) == 0)
		out->decided = 1;
	if (decided_since != NULL && strcmp(src->path, decided_since) == 0)
		out->decided = 2;
	if (out->rank == ASSAY_ORIGINAL_STANDS && out->decided != 0)
		out->rank = ASSAY_ORIGINAL_DECIDED;
	return rc;
}

static const char *original_of(assay_originals *o, assay_store *s, const assay_source *src)
{
	const char *path = "?";

	assert_int_equal(assay_original_of(&path, o, s, &config, src, &src->digest, ASSAY_SAMPLE_PAGE, NULL), ASSAY_OK);
	return path;
}

/* As another content stands for it. */
static const char *original_as(assay_originals *o, assay_store *s, const assay_source *src, unsigned content)
{
	const assay_digest stands = content_digest(content);
	const char *path = "?";

	assert_int_equal(assay_original_of(&path, o, s, &config, src, &stands, ASSAY_SAMPLE_PAGE, NULL), ASSAY_OK);
	return path;
}

static void original_of__same_bytes__first_path_that_is_there_and_whole(void **state)
{
	assay_store *s = STORE(state);
	ASSAY_CLEANUP(assay_originals_release) assay_originals o = {.rank = rank, .ctx = s};
	const uint64_t good = put_unit(s, 1, ASSAY_FAILURE_NONE), bad = put_unit(s, 2, ASSAY_FAILURE_DECODE);
	ASSAY_AUTO_SOURCE gone = put(s, "a", 1, good, true);
	ASSAY_AUTO_SOURCE failed = put(s, "b", 1, bad, false);
	ASSAY_AUTO_SOURCE last = put(s, "e", 1, good, false);
	ASSAY_AUTO_SOURCE first = put(s, "c", 1, good, false);
	ASSAY_AUTO_SOURCE alone = put(s, "d", 3, good, false);

	assert_string_equal(original_of(&o, s, &last), "c");
	assert_null(original_of(&o, s, &first));
	assert_null(original_of(&o, s, &failed)); /* what sorts behind it is not its original */
	assert_null(original_of(&o, s, &alone));
	assert_string_equal(original_of(&o, s, &last), "c");
	(void)gone;
}

static void original_of__decided__stands_before_those_that_sort_first(void **state)
{
	assay_store *s = STORE(state);
	ASSAY_CLEANUP(assay_originals_release) assay_originals o = {.rank = rank, .ctx = s};
	const uint64_t good = put_unit(s, 1, ASSAY_FAILURE_NONE);
	ASSAY_AUTO_SOURCE a = put(s, "a", 1, good, false);
	ASSAY_AUTO_SOURCE b = put(s, "b", 1, good, false);
	ASSAY_AUTO_SOURCE c = put(s, "c", 1, good, false);

	decided = "b";
	assert_string_equal(original_of(&o, s, &a), "b");
	assert_null(original_of(&o, s, &b));
	assert_string_equal(original_of(&o, s, &c), "b");
	decided = NULL;
}

/* Whichever sorts first: what comes back with an older decision overrules no newer one. */
static void original_of__two_decided__the_one_decided_last(void **state)
{
	assay_store *s = STORE(state);
	ASSAY_CLEANUP(assay_originals_release) assay_originals o = {.rank = rank, .ctx = s};
	const uint64_t good = put_unit(s, 1, ASSAY_FAILURE_NONE);
	ASSAY_AUTO_SOURCE a = put(s, "a", 1, good, false);
	ASSAY_AUTO_SOURCE b = put(s, "b", 1, good, false);

	decided = "a";
	decided_since = "b";
	assert_string_equal(original_of(&o, s, &a), "b");
	assert_null(original_of(&o, s, &b));
	assay_originals_release(&o);
	decided = "b";
	decided_since = "a";
	assert_string_equal(original_of(&o, s, &b), "a");
	assert_null(original_of(&o, s, &a));
	decided = decided_since = NULL;
}

static assay_decision file_for(const char *path, unsigned content)
{
	return (assay_decision){.kind = ASSAY_DECISION_REPLACE,
				.is_source = true,
				.subject = (char *)(uintptr_t)path,
				.payload = content_digest(content)};
}

/* Two broken scans of no bytes at all, each with a scan of its own in its place. */
static void original_of__other_files_stand__the_bytes_that_stand_tell(void **state)
{
	assay_store *s = STORE(state);
	assay_decision items[] = {file_for("a", 2), file_for("b", 3), file_for("d", 5), file_for("e", 5)};
	ASSAY_CLEANUP(assay_originals_release) assay_originals o = {.rank = rank, .ctx = s, .decided = &files};
	const uint64_t unit = put_unit(s, 1, ASSAY_FAILURE_NONE);
	ASSAY_AUTO_SOURCE a = put(s, "a", 1, unit, false);
	ASSAY_AUTO_SOURCE b = put(s, "b", 1, unit, false);
	ASSAY_AUTO_SOURCE c = put(s, "c", 3, unit, false); /* has what was put in for b */
	ASSAY_AUTO_SOURCE d = put(s, "d", 4, unit, false);
	ASSAY_AUTO_SOURCE e = put(s, "e", 6, unit, false);
	ASSAY_AUTO_SOURCE left = put(s, "0", 1, unit, false); /* has what a person put another file in for */

	files = (assay_decided){.items = items, .count = 4};
	assert_null(original_as(&o, s, &a, 2));
	assert_string_equal(original_as(&o, s, &b, 3), "c");
	assert_null(original_of(&o, s, &c));
	assert_null(original_as(&o, s, &d, 5));
	assert_string_equal(original_as(&o, s, &e, 5), "d");
	assert_string_equal(original_of(&o, s, &left), "b"); /* the file that was put in last */
	assay_originals_release(&o);
	decided = "b"; /* a sample of what was put in is waived, say */
	assert_null(original_as(&o, s, &b, 3));
	assert_string_equal(original_of(&o, s, &c), "b");
	decided = NULL;
	files = (assay_decided){0};
}

/* Its bytes were put in for "b"; what has them itself is delivered as other bytes, and can stand for nobody who stays. */
static void original_of__file_put_in_that_was_replaced_elsewhere__stands(void **state)
{
	assay_store *s = STORE(state);
	assay_decision items[] = {file_for("a", 2), file_for("b", 1)};
	ASSAY_CLEANUP(assay_originals_release) assay_originals o = {.rank = rank, .ctx = s, .decided = &files};
	const uint64_t unit = put_unit(s, 1, ASSAY_FAILURE_NONE);
	ASSAY_AUTO_SOURCE a = put(s, "a", 1, unit, false);
	ASSAY_AUTO_SOURCE b = put(s, "b", 3, unit, false);
	ASSAY_AUTO_SOURCE c = put(s, "c", 1, unit, false);

	files = (assay_decided){.items = items, .count = 2};
	assert_string_equal(original_of(&o, s, &c), "a");
	assert_null(original_as(&o, s, &b, 1));
	assert_null(original_as(&o, s, &a, 2));
	files = (assay_decided){0};
}

/* Ten thousand copies of a blank page are looked through once, not ten thousand times ten thousand. */
static void original_of__many_copies__the_group_is_looked_through_once(void **state)
{
	enum { COPIES = 500, SINGLES = 300 };
	assay_store *s = STORE(state);
	ASSAY_CLEANUP(assay_originals_release) assay_originals o = {.rank = rank, .ctx = s};
	const uint64_t unit = put_unit(s, 1, ASSAY_FAILURE_NONE);

	for (unsigned i = 0; i < COPIES; i++) {
		char path[16];

		(void)snprintf(path, sizeof(path), "copy-%04u", i);
		ASSAY_AUTO_SOURCE src = put(s, path, 1, unit, false);

		assert_int_not_equal(src.id, 0);
	}
	looked = 0;
	for (unsigned i = 0; i < COPIES; i++) {
		ASSAY_AUTO_SOURCE src = {0};
		char path[16];

		(void)snprintf(path, sizeof(path), "copy-%04u", i);
		assert_int_equal(assay_source_find(s, path, &src, NULL), ASSAY_OK);
		if (i == 0)
			assert_null(original_of(&o, s, &src));
		else
			assert_string_equal(original_of(&o, s, &src), "copy-0000");
	}
	assert_int_equal(looked, 1);
	/* Groups of one are not even looked for; groups of two are kept, and the table grows. */
	assay_originals_release(&o);
	for (unsigned i = 0; i < SINGLES; i++) {
		char one[16], two[16], three[16];

		(void)snprintf(one, sizeof(one), "one-%04u", i);
		(void)snprintf(two, sizeof(two), "two-%04u", i);
		(void)snprintf(three, sizeof(three), "three-%04u", i);
		ASSAY_AUTO_SOURCE a = put(s, one, 2 + i % 200, unit, false);
		ASSAY_AUTO_SOURCE b = put(s, two, 2 + i % 200, unit, false);
		ASSAY_AUTO_SOURCE alone = put(s, three, 1000 + i, unit, false);

		assert_true(a.id < b.id && b.id < alone.id);
	}
	looked = 0;
	for (unsigned i = 0; i < SINGLES; i++) {
		ASSAY_AUTO_SOURCE b = {0}, alone = {0};
		char two[16], three[16], first[16];

		(void)snprintf(two, sizeof(two), "two-%04u", i);
		(void)snprintf(three, sizeof(three), "three-%04u", i);
		(void)snprintf(first, sizeof(first), "one-%04u", i % 200);
		assert_int_equal(assay_source_find(s, two, &b, NULL), ASSAY_OK);
		assert_int_equal(assay_source_find(s, three, &alone, NULL), ASSAY_OK);
		assert_string_equal(original_of(&o, s, &b), first);
		assert_null(original_of(&o, s, &alone));
	}
	assert_int_equal(looked, 200);
	assert_int_equal(o.count, 200);
	ASSAY_AUTO_SOURCE again = {0};
	assert_int_equal(assay_source_find(s, "two-0007", &again, NULL), ASSAY_OK);
	assert_string_equal(original_of(&o, s, &again), "one-0007");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_STORE(original_of__same_bytes__first_path_that_is_there_and_whole),
	    WITH_STORE(original_of__decided__stands_before_those_that_sort_first),
	    WITH_STORE(original_of__two_decided__the_one_decided_last),
	    WITH_STORE(original_of__other_files_stand__the_bytes_that_stand_tell),
	    WITH_STORE(original_of__file_put_in_that_was_replaced_elsewhere__stands),
	    WITH_STORE(original_of__many_copies__the_group_is_looked_through_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
