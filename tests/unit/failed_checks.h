/** Two failed checks, one with a value and one undefined: every field in use. */
#ifndef ASSAY_TEST_FAILED_CHECKS_H
#define ASSAY_TEST_FAILED_CHECKS_H

#include "assay/sample.h"

#include "lineage_fixture.h"

static inline assay_failed_check *make_checks(void)
{
	assay_failed_check *f = calloc(2, sizeof(*f));

	assert_non_null(f);
	for (unsigned i = 0; i < 2; i++) {
		f[i].contract = digest(0x20 + i);
		f[i].contract_id = text("6f1c0c8e");
		f[i].contract_version = text("1.2.0");
		f[i].check_id = text("cer");
		f[i].metric = text("ocr.cer");
		f[i].unit = text("");
		f[i].op = 3;
		f[i].severity = 1;
		f[i].low = (assay_decimal){-2, 2};
		f[i].high = (assay_decimal){INT64_MAX, 18};
	}
	f[0].defined = true;
	f[0].value = (assay_decimal){INT64_MIN, 4};
	f[1].reason = text("no ground truth beside it");
	return f;
}

static inline void assert_checks(const assay_failed_check *f, size_t count)
{
	assert_int_equal(count, 2);
	for (unsigned i = 0; i < 2; i++) {
		const assay_digest contract = digest(0x20 + i);

		assert_digest(&f[i].contract, &contract);
		assert_string_equal(f[i].contract_id, "6f1c0c8e");
		assert_string_equal(f[i].contract_version, "1.2.0");
		assert_string_equal(f[i].check_id, "cer");
		assert_string_equal(f[i].metric, "ocr.cer");
		assert_string_equal(f[i].unit, "");
		assert_int_equal(f[i].op, 3);
		assert_int_equal(f[i].severity, 1);
		assert_true(f[i].low.units == -2 && f[i].low.scale == 2);
		assert_true(f[i].high.units == INT64_MAX && f[i].high.scale == 18);
	}
	assert_true(f[0].defined && f[0].value.units == INT64_MIN && f[0].value.scale == 4);
	assert_null(f[0].reason);
	assert_false(f[1].defined);
	assert_string_equal(f[1].reason, "no ground truth beside it");
}

#endif
