/* Ground truth of tables, CSV and HTML: what is read is bounded, and is right when it is scored against itself. */
#include "fuzz.h"

#include "table_truth.h"

#include <string.h>

static void look_at(const table_truth *t)
{
	for (size_t i = 0; i < t->count; i++) {
		const table_truth_cell *c = &t->cells[i];

		fuzz_assert(c->table < t->tables && c->row < TABLE_TRUTH_ROWS_MAX && c->column < TABLE_COLUMNS_MAX);
		fuzz_assert(c->text < t->strings.len && assay_buf_str(&t->strings)[c->text] != '\0');
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	table_truth t;
	table_score s;
	const char *why;

	if (size > 4096)
		return -1; /* the score takes the square of it */
	fuzz_need(table_truth_read(&t, &why, (const char *)data, size, NULL));
	if (why == NULL) {
		look_at(&t);
		if (table_truth_score(&s, &t, &t, NULL) == ASSAY_OK) {
			fuzz_assert(s.right <= s.cells && s.columns <= s.tables && s.tables <= t.tables);
			fuzz_assert(t.tables > 1 || (2 * s.right == s.cells && s.columns == s.tables));
		}
	}
	table_truth_release(&t);
	return 0;
}
