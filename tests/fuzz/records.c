/* Records that stand in packs and come from children: contract, recipe, result, results of dataset checks, correction,
 * feedback, columns of a table. What reads is canonical: it is written back to the same bytes. The first byte says which. */
#include "fuzz.h"

#include "assay/contract.h"
#include "assay/correction.h"
#include "assay/dataset_result.h"
#include "assay/feedback.h"
#include "assay/recipe.h"
#include "assay/result.h"
#include "assay/table.h"

#include <string.h>

static void same(const assay_buf *b, const uint8_t *data, size_t size)
{
	fuzz_assert(!b->failed && b->len == size && memcmp(b->data, data, size) == 0);
}

static void contract(assay_buf *out, const uint8_t *data, size_t size)
{
	assay_contract *c = NULL;

	if (assay_contract_decode(&c, data, size, NULL, NULL) != ASSAY_OK)
		return;
	assay_contract_encode(out, c);
	same(out, data, size);
	assay_contract_close(c);
}

static void recipe(assay_buf *out, const uint8_t *data, size_t size)
{
	assay_recipe *r = NULL;

	if (assay_recipe_decode(&r, data, size, NULL) != ASSAY_OK)
		return;
	assay_recipe_encode(out, r);
	same(out, data, size);
	assay_recipe_close(r);
}

static void result(assay_buf *out, const uint8_t *data, size_t size)
{
	ASSAY_AUTO_RESULT r = {0};
	assay_result in_arena;
	assay_arena arena = {0};
	const assay_code rc = assay_result_decode(&r, data, size, NULL);

	fuzz_assert(assay_result_decode_in(&in_arena, &arena, data, size, NULL) == rc);
	if (rc == ASSAY_OK) {
		assay_result_encode(out, &r);
		same(out, data, size);
		assay_buf_reset(out);
		assay_result_encode(out, &in_arena);
		same(out, data, size);
	}
	assay_arena_release(&arena);
}

static void dataset_results(assay_buf *out, const uint8_t *data, size_t size)
{
	ASSAY_AUTO_DATASET_RESULTS r = {0};

	if (assay_dataset_results_decode(&r, data, size, NULL) != ASSAY_OK)
		return;
	assay_dataset_results_encode(out, &r);
	same(out, data, size);
}

static void correction(assay_buf *out, const uint8_t *data, size_t size)
{
	ASSAY_AUTO_CORRECTION c = {0};

	if (assay_correction_decode(&c, data, size, NULL) != ASSAY_OK)
		return;
	fuzz_need(assay_correction_encode(out, (const char *const *)c.texts, c.count, NULL));
	same(out, data, size);
}

static void feedback(assay_buf *out, const uint8_t *data, size_t size)
{
	ASSAY_AUTO_FEEDBACK_SET f = {0};

	if (assay_feedback_set_decode(&f, data, size, NULL) != ASSAY_OK)
		return;
	assay_feedback_set_encode(out, &f);
	same(out, data, size);
}

static void columns(assay_buf *out, const uint8_t *data, size_t size)
{
	assay_table_columns t;

	if (assay_table_columns_decode(&t, data, size, NULL) == ASSAY_OK) {
		assay_table_columns_encode(out, &t);
		if (data[2] == 3) /* what is of an older format is written in the present one */
			same(out, data, size);
	}
	assay_table_columns_release(&t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const readers[])(assay_buf *, const uint8_t *, size_t) = {
	    contract, recipe, result, dataset_results, correction, feedback, columns};
	ASSAY_AUTO_BUF out = ASSAY_BUF_INIT;

	if (size == 0 || data[0] >= sizeof readers / sizeof *readers)
		return -1;
	readers[data[0]](&out, data + 1, size - 1);
	return 0;
}
