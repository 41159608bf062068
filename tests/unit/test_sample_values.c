/* Values of samples that follow each other: those of the one before are never left behind. */
#include "assay/error.h"

#include "lineage_fixture.h"
#include "sample_values.h"

#define METRICS 6

static size_t numbers[METRICS + 1] = {3, 1, SIZE_MAX, 0, 4, 1, 2};
static assay_vocabulary_metric known[5];

static const assay_vocabulary vocabulary = {known, ASSAY_COUNT(known), ASSAY_COUNT(known)};
static assay_recipe recipe = {.metric_total = METRICS};
static const assay_known_recipe of = {&recipe, numbers};

static assay_measurement measured(uint32_t metric, uint64_t turn)
{
	assay_measurement m = {.metric = metric, .defined = rnd() % 4 > 0, .value = (int64_t)(turn * METRICS + metric)};

	if (!m.defined) {
		m.value = 0;
		m.reason = (char *)(uintptr_t) "no words";
	}
	return m;
}

/* What the values are, made anew of nothing: the last of those that have one number stands. */
static void assert_values(const assay_sample_values *v, const assay_result_sample *s)
{
	assay_judge_value wanted[ASSAY_COUNT(known)] = {{0}};

	for (size_t i = 0; i < s->measurement_count; i++) {
		const assay_measurement *m = &s->measurements[i];

		if (numbers[m->metric] != SIZE_MAX)
			wanted[numbers[m->metric]] = (assay_judge_value){
			    m->defined ? ASSAY_VALUE_DEFINED : ASSAY_VALUE_UNDEFINED, m->value, m->reason};
	}
	for (size_t n = 0; n < ASSAY_COUNT(known); n++) {
		assert_int_equal(v->items[n].state, wanted[n].state);
		assert_true(v->items[n].units == wanted[n].units);
		assert_ptr_equal(v->items[n].reason, wanted[n].reason);
	}
}

/* Every set of metrics after every other one, which also two metrics of one number are among. */
static void sample_values_set__after_any_other_sample__has_its_own_values_alone(void **state)
{
	assay_measurement list[METRICS];
	assay_result_sample sample = {.measurements = list};
	assay_sample_values v;

	(void)state;
	seed();
	assert_int_equal(assay_sample_values_open(&v, &vocabulary, NULL), ASSAY_OK);
	for (uint64_t turn = 0; turn < UINT64_C(1) << (2 * METRICS + 1); turn++) {
		const uint64_t pair = turn / 2, mask = turn % 2 == 0 ? pair >> METRICS : pair;

		sample.measurement_count = 0;
		for (uint32_t i = 0; i < METRICS; i++)
			if ((mask >> i & 1) != 0)
				list[sample.measurement_count++] = measured(i, turn);
		assert_int_equal(assay_sample_values_set(&v, &of, &sample, NULL), ASSAY_OK);
		assert_values(&v, &sample);
	}
	assay_sample_values_release(&v);
}

static void sample_values_set__a_metric_beyond_the_recipe__ecorrupt_and_the_next_sample_is_as_ever(void **state)
{
	assay_measurement list[] = {measured(0, 1), measured(1, 1), measured(METRICS, 1)};
	assay_result_sample sample = {.measurements = list, .measurement_count = 2};
	assay_sample_values v;

	(void)state;
	assert_int_equal(assay_sample_values_open(&v, &vocabulary, NULL), ASSAY_OK);
	assert_int_equal(assay_sample_values_set(&v, &of, &sample, NULL), ASSAY_OK);
	sample = (assay_result_sample){.measurements = list + 1, .measurement_count = 2};
	assert_int_equal(assay_sample_values_set(&v, &of, &sample, NULL), ASSAY_ECORRUPT);
	sample.measurement_count = 1;
	assert_int_equal(assay_sample_values_set(&v, &of, &sample, NULL), ASSAY_OK);
	assert_values(&v, &sample);
	assay_sample_values_release(&v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(sample_values_set__after_any_other_sample__has_its_own_values_alone),
	    cmocka_unit_test(sample_values_set__a_metric_beyond_the_recipe__ecorrupt_and_the_next_sample_is_as_ever),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
