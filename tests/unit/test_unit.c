#include "assay/unit.h"

#include "assay/object.h"

#include "lineage_rows.h"

/*
 * Golden digests, computed once by a program of its own (Python's hashlib and an independent CBOR encoder of 20 lines,
 * written from RFC 8949) and pinned: stores that exist are named by them, so a change here is a change of format.
 */
#define WORK_KEY       "e33968f178cf49abe11703605ffbaebafb5075b523f3809c2def1f2bd4ef44e1"
#define WORK_KEY_PLAIN "2cb243abce9bc1300a19a72d07959cdfbabf78c7789148d874d9036e27e3ebe3"

/* ---- a unit with every field in use ---- */

static assay_digest put_object(assay_store *s, assay_object_type type, const char *bytes)
{
	assay_digest d;

	assert_int_equal(assay_object_put(s, type, bytes, strlen(bytes), NULL, &d, NULL, NULL), ASSAY_OK);
	return d;
}

static void make_sample(assay_store *s, assay_result_sample *out)
{
	out->kind = ASSAY_SAMPLE_PAGE;
	out->part = text("page=17");
	out->parent = ASSAY_NO_SAMPLE;
	out->artifacts = calloc(2, sizeof(*out->artifacts));
	assert_non_null(out->artifacts);
	out->artifact_count = 2;
	out->artifacts[0].digest = put_object(s, ASSAY_OBJECT_ARTIFACT, "image");
	out->artifacts[1].digest = put_object(s, ASSAY_OBJECT_ARTIFACT, "text");
}

static void make_full(assay_store *s, assay_unit *u)
{
	*u = (assay_unit){.source = digest(0x11),
			  .recipe = put_object(s, ASSAY_OBJECT_RECIPE, "recipe"),
			  .part = text("pages=17-32"),
			  .sidecar_count = 1,
			  .run = 3,
			  .cpu_us = 4,
			  .wall_us = UINT64_MAX,
			  .max_rss_kib = 6,
			  .finished_ns = -7,
			  .attempts = 2};
	u->sidecars = calloc(1, sizeof(*u->sidecars));
	u->result.samples = calloc(1, sizeof(*u->result.samples));
	assert_true(u->sidecars != NULL && u->result.samples != NULL);
	u->sidecars[0] = (assay_unit_sidecar){.role = text("ground_truth"), .digest = digest(0x22)};
	u->result.pages = 40;
	u->result.sample_count = 1;
	make_sample(s, u->result.samples);
}

static void assert_full(const assay_unit *u, const assay_unit *made)
{
	const assay_digest d[] = {digest(0x11), digest(0x22)};

	assert_digest(&u->work_key, &made->work_key);
	assert_digest(&u->source, &d[0]);
	assert_digest(&u->recipe, &made->recipe);
	assert_string_equal(u->part, "pages=17-32");
	assert_int_equal(u->sidecar_count, 1);
	assert_string_equal(u->sidecars[0].role, "ground_truth");
	assert_digest(&u->sidecars[0].digest, &d[1]);
	assert_int_equal(u->result.pages, 40);
	assert_int_equal(u->result.sample_count, 1);
	assert_string_equal(u->result.samples[0].part, "page=17");
	assert_digest(&u->result.samples[0].artifacts[1].digest, &made->result.samples[0].artifacts[1].digest);
	assert_int_equal(u->run, 3);
	assert_int_equal(u->cpu_us, 4);
	assert_int_equal(u->wall_us, UINT64_MAX);
	assert_int_equal(u->max_rss_kib, 6);
	assert_int_equal(u->finished_ns, -7);
	assert_int_equal(u->attempts, 2);
}

static void assert_same_unit(const assay_unit *a, const assay_unit *b)
{
	ASSAY_AUTO_BUF x = ASSAY_BUF_INIT, y = ASSAY_BUF_INIT;

	assert_int_equal(a->id, b->id);
	assert_digest(&a->work_key, &b->work_key);
	assert_digest(&a->source, &b->source);
	assert_digest(&a->recipe, &b->recipe);
	assert_true((a->part == NULL) == (b->part == NULL) && (a->part == NULL || strcmp(a->part, b->part) == 0));
	assert_int_equal(a->sidecar_count, b->sidecar_count);
	for (size_t i = 0; i < a->sidecar_count; i++) {
		assert_string_equal(a->sidecars[i].role, b->sidecars[i].role);
		assert_digest(&a->sidecars[i].digest, &b->sidecars[i].digest);
	}
	assert_true(a->run == b->run && a->cpu_us == b->cpu_us && a->wall_us == b->wall_us &&
		    a->max_rss_kib == b->max_rss_kib && a->finished_ns == b->finished_ns && a->attempts == b->attempts);
	assay_result_encode(&x, &a->result);
	assay_result_encode(&y, &b->result);
	assert_int_equal(x.len, y.len);
	assert_memory_equal(x.data, y.data, x.len);
}

/* With an allocation for each part, and into an arena: both say the same. */
static assay_code read_unit(assay_store *s, uint64_t id)
{
	ASSAY_AUTO_UNIT u = {0};
	assay_unit in_arena;
	assay_arena arena = {0};
	assay_err err = ASSAY_ERR_INIT, other = ASSAY_ERR_INIT;
	const assay_code rc = assay_unit_get(s, id, &u, &err);

	assert_int_equal(assay_unit_get_in(s, id, &arena, &in_arena, &other), rc);
	assert_string_equal(err.msg, other.msg);
	assert_same_unit(&u, &in_arena);
	assay_arena_release(&arena);
	return rc;
}

/* ---- tests ---- */

static void work_key__golden(void **state)
{
	const assay_unit_sidecar sidecars[] = {{(char *)(uintptr_t) "ground_truth", digest(0x22)},
					       {(char *)(uintptr_t) "transcript", digest(0x23)}};
	const assay_unit_key full = {digest(0x11), "pages=17-32", sidecars, 2, digest(0x33)};
	const assay_unit_key plain = {digest(0x11), "", NULL, 0, digest(0x33)};
	char hex[ASSAY_DIGEST_HEX];
	assay_digest d;

	(void)state;
	assert_int_equal(assay_work_key(&d, &full, NULL), ASSAY_OK);
	assert_string_equal(assay_digest_hex(&d, hex), WORK_KEY);
	assert_int_equal(assay_work_key(&d, &plain, NULL), ASSAY_OK);
	assert_string_equal(assay_digest_hex(&d, hex), WORK_KEY_PLAIN);
}

static void work_key__any_term_differs__another_key(void **state)
{
	assay_unit_sidecar sidecar = {(char *)(uintptr_t) "ground_truth", digest(0x22)};
	const assay_unit_key base = {digest(0x11), "", &sidecar, 1, digest(0x33)};
	assay_unit_key other[5] = {base, base, base, base, base};
	assay_unit_sidecar role = {(char *)(uintptr_t) "transcript", digest(0x22)};
	assay_unit_sidecar bytes = {(char *)(uintptr_t) "ground_truth", digest(0x23)};
	assay_digest d, e;

	(void)state;
	other[0].source = digest(0x12);
	other[1].part = "page=1";
	other[2].sidecars = &role;
	other[3].sidecars = &bytes;
	other[4].recipe = digest(0x34);
	assert_int_equal(assay_work_key(&d, &base, NULL), ASSAY_OK);
	for (size_t i = 0; i < ASSAY_COUNT(other); i++) {
		assert_int_equal(assay_work_key(&e, &other[i], NULL), ASSAY_OK);
		assert_false(assay_digest_eq(&d, &e));
	}
}

static void unit_put__full__reads_back_and_is_found(void **state)
{
	ASSAY_AUTO_UNIT u = {0};
	ASSAY_AUTO_UNIT read = {0};
	uint64_t id = 0;

	make_full(STORE(state), &u);
	assert_int_equal(assay_unit_put(STORE(state), &u, NULL), ASSAY_OK);
	assert_int_equal(u.id, 1);
	assert_int_equal(assay_unit_get(STORE(state), 1, &read, NULL), ASSAY_OK);
	assert_full(&read, &u);
	assert_int_equal(assay_unit_find(STORE(state), &u.work_key, &id, NULL), ASSAY_OK);
	assert_int_equal(id, 1);
}

static void unit_put__failures__only_deterministic_ones_are_found(void **state)
{
	for (unsigned f = 1; f < 64; f++) {
		ASSAY_AUTO_UNIT u = {0};
		ASSAY_AUTO_UNIT read = {0};
		char part[16];
		uint64_t id;

		if (assay_failure_name(f) == NULL)
			continue;
		(void)snprintf(part, sizeof(part), "page=%u", f);
		u.part = text(part);
		u.source = digest(1);
		u.recipe = put_object(STORE(state), ASSAY_OBJECT_RECIPE, "recipe");
		assert_int_equal(assay_result_fail(&u.result, (assay_failure)f, 0, "why", NULL), ASSAY_OK);
		assert_int_equal(assay_unit_put(STORE(state), &u, NULL), ASSAY_OK);
		assert_int_equal(assay_unit_get(STORE(state), u.id, &read, NULL), ASSAY_OK);
		assert_int_equal(read.result.failure, f);
		assert_int_equal(assay_unit_find(STORE(state), &u.work_key, &id, NULL),
				 assay_failure_is_deterministic(f) ? ASSAY_OK : ASSAY_ENOENT);
	}
}

static void unit_put__object_not_stored__einval_names_it(void **state)
{
	ASSAY_AUTO_UNIT u = {0};
	assay_err err = ASSAY_ERR_INIT;

	u.part = text("");
	u.recipe = digest(0xab);
	assert_int_equal(assay_unit_put(STORE(state), &u, &err), ASSAY_EINVAL);
	assert_non_null(strstr(err.msg, "object abababab"));
	assert_int_equal(u.id, 0);
}

static assay_code note(void *ctx, uint64_t unit, assay_err *err)
{
	(void)err;
	(void)sprintf((char *)ctx + strlen(ctx), "%" PRIu64 " ", unit);
	return ASSAY_OK;
}

static void assert_units(assay_store *s, assay_unit_end end, const assay_digest *d, const char *expected)
{
	char units[64] = "";

	assert_int_equal(assay_units_of(s, end, d, note, units, NULL), ASSAY_OK);
	assert_string_equal(units, expected);
}

static void units_of__every_end__the_units_in_order(void **state)
{
	ASSAY_AUTO_UNIT a = {0};
	ASSAY_AUTO_UNIT b = {0};
	const assay_digest d[] = {digest(0x11), digest(0x22), digest(0x99)};

	make_full(STORE(state), &a);
	make_full(STORE(state), &b);
	b.source = digest(0x22); /* what one unit read as its sidecar is the other's source */
	b.result.samples[0].artifact_count = 1;
	assert_int_equal(assay_unit_put(STORE(state), &a, NULL), ASSAY_OK);
	assert_int_equal(assay_unit_put(STORE(state), &b, NULL), ASSAY_OK);
	assert_units(STORE(state), ASSAY_UNIT_SOURCE, &d[0], "1 ");
	assert_units(STORE(state), ASSAY_UNIT_SOURCE, &d[1], "2 ");
	assert_units(STORE(state), ASSAY_UNIT_SIDECAR, &d[1], "1 2 ");
	assert_units(STORE(state), ASSAY_UNIT_SIDECAR, &d[0], "");
	assert_units(STORE(state), ASSAY_UNIT_RECIPE, &a.recipe, "1 2 ");
	assert_units(STORE(state), ASSAY_UNIT_ARTIFACT, &a.result.samples[0].artifacts[0].digest, "1 2 ");
	assert_units(STORE(state), ASSAY_UNIT_ARTIFACT, &a.result.samples[0].artifacts[1].digest, "1 ");
	assert_units(STORE(state), ASSAY_UNIT_ARTIFACT, &d[2], "");
}

static void unit_get__every_truncation__ecorrupt(void **state)
{
	ASSAY_AUTO_UNIT u = {0};

	make_full(STORE(state), &u);
	assert_int_equal(assay_unit_put(STORE(state), &u, NULL), ASSAY_OK);
	assert_row_truncations_refused(STORE(state), ASSAY_TABLE_UNIT, 1, read_unit);
}

static void unit_get__random_mutations__no_harm(void **state)
{
	ASSAY_AUTO_UNIT u = {0};

	make_full(STORE(state), &u);
	assert_int_equal(assay_unit_put(STORE(state), &u, NULL), ASSAY_OK);
	assert_row_mutations_harmless(STORE(state), ASSAY_TABLE_UNIT, 1, read_unit);
}

static void unit__every_alloc_fails_in_turn__enomem(void **state)
{
	ASSAY_AUTO_UNIT u = {0};
	assay_code rc;
	unsigned n = 0;

	make_full(STORE(state), &u);
	assert_int_equal(assay_store_commit(STORE(state), NULL), ASSAY_OK);
	do {
		arm(++n);
		rc = assay_unit_put(STORE(state), &u, NULL);
		arm(0);
		assert_true(rc == ASSAY_OK || rc == ASSAY_ENOMEM);
		assert_int_equal(u.id != 0, rc == ASSAY_OK);
		if (rc != ASSAY_OK)
			assay_store_rollback(STORE(state));
	} while (rc != ASSAY_OK);
	assert_in_range(n, 4, 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(work_key__golden),
	    cmocka_unit_test(work_key__any_term_differs__another_key),
	    WITH_STORE(unit_put__full__reads_back_and_is_found),
	    WITH_STORE(unit_put__failures__only_deterministic_ones_are_found),
	    WITH_STORE(unit_put__object_not_stored__einval_names_it),
	    WITH_STORE(units_of__every_end__the_units_in_order),
	    WITH_STORE(unit_get__every_truncation__ecorrupt),
	    WITH_STORE(unit_get__random_mutations__no_harm),
	    WITH_STORE(unit__every_alloc_fails_in_turn__enomem),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
