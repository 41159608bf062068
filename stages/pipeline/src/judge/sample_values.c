#include "sample_values.h"

#include "assay/memory.h"

#include <inttypes.h>
#include <stdlib.h>

assay_code assay_sample_values_open(assay_sample_values *v, const assay_vocabulary *vocabulary, assay_err *err)
{
	*v = (assay_sample_values){0};
	v->items = assay_alloc(vocabulary->count, sizeof *v->items);
	v->set = assay_alloc(vocabulary->count, sizeof *v->set);
	return v->items != NULL && v->set != NULL ? ASSAY_OK : ASSAY_RAISE(err, ASSAY_ENOMEM, "judging");
}

void assay_sample_values_release(assay_sample_values *v)
{
	free(v->items);
	free(v->set);
	*v = (assay_sample_values){0};
}

/* All but the first count. */
static void forget(assay_sample_values *v, size_t count)
{
	while (v->set_count > count)
		v->items[v->set[--v->set_count]] = (assay_judge_value){0};
}

assay_code assay_sample_values_set(assay_sample_values *v, const assay_known_recipe *recipe,
				   const assay_result_sample *sample, assay_err *err)
{
	size_t count = 0; /* of set */

	for (size_t i = 0; i < sample->measurement_count; i++) {
		const assay_measurement *m = &sample->measurements[i];
		size_t n;

		if (m->metric >= recipe->recipe->metric_total)
			return ASSAY_RAISE(err, ASSAY_ECORRUPT,
					   "a result names metric %" PRIu32 ", its recipe has fewer", m->metric);
		n = recipe->number[m->metric];
		if (n == SIZE_MAX)
			continue;
		/* Mostly this sample has values of the same metrics as the last one, which give way one by one. */
		if (count < v->set_count && v->set[count] == n) {
			count++;
		} else {
			forget(v, count);
			if (v->items[n].state == ASSAY_VALUE_ABSENT) {
				v->set[count++] = n;
				v->set_count = count;
			}
		}
		v->items[n] =
		    (assay_judge_value){m->defined ? ASSAY_VALUE_DEFINED : ASSAY_VALUE_UNDEFINED, m->value, m->reason};
	}
	forget(v, count);
	return ASSAY_OK;
}
