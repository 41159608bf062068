#include "changes_check.h"

/* Values that pass a bound: one run of them, or two on both sides of what is left out. */
typedef struct run_of {
	bool from_low, to_high; /* it begins at low, it ends at high; else it goes on for ever */
	bool with_low, with_high;
	assay_decimal low, high;
} run_of;

static size_t passing(run_of out[2], const assay_bound *k)
{
	switch (k->op) {
	case ASSAY_MUST_BE:
		out[0] = (run_of){true, true, true, true, k->low, k->low};
		return 1;
	case ASSAY_MUST_BE_BETWEEN:
		out[0] = (run_of){true, true, true, true, k->low, k->high};
		return 1;
	case ASSAY_MUST_BE_GREATER_THAN:
	case ASSAY_MUST_BE_GREATER_OR_EQUAL_TO:
		out[0] =
		    (run_of){.from_low = true, .with_low = k->op == ASSAY_MUST_BE_GREATER_OR_EQUAL_TO, .low = k->low};
		return 1;
	case ASSAY_MUST_BE_LESS_THAN:
	case ASSAY_MUST_BE_LESS_OR_EQUAL_TO:
		out[0] =
		    (run_of){.to_high = true, .with_high = k->op == ASSAY_MUST_BE_LESS_OR_EQUAL_TO, .high = k->low};
		return 1;
	case ASSAY_MUST_NOT_BE:
	case ASSAY_MUST_NOT_BE_BETWEEN:
		out[0] = (run_of){.to_high = true, .high = k->low};
		out[1] = (run_of){.from_low = true, .low = k->op == ASSAY_MUST_NOT_BE ? k->low : k->high};
		return 2;
	}
	return 0;
}

static bool is_within(const run_of *a, const run_of *b)
{
	const int low = a->from_low && b->from_low ? assay_decimal_cmp(a->low, b->low) : 0;
	const int high = a->to_high && b->to_high ? assay_decimal_cmp(a->high, b->high) : 0;

	if (b->from_low && (!a->from_low || low < 0 || (low == 0 && a->with_low && !b->with_low)))
		return false;
	return !(b->to_high && (!a->to_high || high > 0 || (high == 0 && a->with_high && !b->with_high)));
}

/* Whatever passes a passes b: a run of a has no gap, so that it lies within one run of b or not at all. */
static bool implies(const assay_bound *a, const assay_bound *b)
{
	run_of x[2], y[2];
	const size_t n = passing(x, a), m = passing(y, b);

	for (size_t i = 0; i < n; i++) {
		bool within = false;

		for (size_t k = 0; k < m; k++)
			within |= is_within(&x[i], &y[k]);
		if (!within)
			return false;
	}
	return true;
}

const char *assay_change_effect(bool loosens, bool tightens)
{
	return loosens == tightens ? "altered" : loosens ? "loosened" : "tightened";
}

const char *assay_change_bound_effect(const assay_bound *a, const assay_bound *b)
{
	return assay_change_effect(implies(a, b), implies(b, a));
}

const char *assay_change_severity_effect(assay_severity a, assay_severity b)
{
	return assay_change_effect(b > a, b < a);
}

const char *assay_change_missing_effect(assay_when_missing now)
{
	return now == ASSAY_MISSING_SKIPS ? "loosened" : "tightened";
}
