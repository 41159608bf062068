#include "assay/operator.h"

#include "contract_loader.h"

const char *const contract_operators[] = {"mustBe",
					  "mustNotBe",
					  "mustBeGreaterThan",
					  "mustBeGreaterOrEqualTo",
					  "mustBeLessThan",
					  "mustBeLessOrEqualTo",
					  "mustBeBetween",
					  "mustNotBeBetween",
					  NULL};

const char *assay_operator_name(assay_operator op)
{
	return op >= ASSAY_MUST_BE && op <= ASSAY_MUST_NOT_BE_BETWEEN ? contract_operators[op - 1] : NULL;
}

const char *assay_severity_name(assay_severity s)
{
	static const char *const names[] = {"error", "warning", "info"};

	return s >= ASSAY_SEVERITY_ERROR && s <= ASSAY_SEVERITY_INFO ? names[s - 1] : NULL;
}

void assay_check_bound_text(assay_buf *out, assay_operator op, assay_decimal low, assay_decimal high)
{
	static const char *const signs[] = {"=", "!=", ">", ">=", "<", "<=", "between", "not between"};
	char text[ASSAY_DECIMAL_TEXT];

	if (assay_operator_name(op) == NULL)
		return;
	assay_buf_printf(out, "%s %s", signs[op - 1], assay_decimal_format(low, text));
	if (op == ASSAY_MUST_BE_BETWEEN || op == ASSAY_MUST_NOT_BE_BETWEEN)
		assay_buf_printf(out, " and %s", assay_decimal_format(high, text));
}
