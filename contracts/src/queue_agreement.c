#include "assay/queue_agreement.h"

#include <inttypes.h>

bool assay_queue_agreement_met(const assay_queue_agreement *a, int64_t value)
{
	return assay_decimal_cmp((assay_decimal){value, 0}, a->bound) <= 0;
}

/* The two largest units: nobody reads seconds of days. */
static void put_age(assay_buf *out, int64_t seconds)
{
	static const struct {
		const char *name;
		int64_t seconds;
	} units[] = {{"d", 86400}, {"h", 3600}, {"min", 60}, {"s", 1}};
	size_t i = 0;

	while (i + 1 < ASSAY_COUNT(units) && seconds < units[i].seconds)
		i++;
	assay_buf_printf(out, "%" PRId64 " %s", seconds / units[i].seconds, units[i].name);
	seconds %= units[i].seconds;
	if (i + 1 < ASSAY_COUNT(units) && seconds >= units[i + 1].seconds)
		assay_buf_printf(out, " %" PRId64 " %s", seconds / units[i + 1].seconds, units[i + 1].name);
}

void assay_queue_agreement_text(assay_buf *out, bool is_age, assay_decimal bound, int64_t value)
{
	char number[ASSAY_DECIMAL_TEXT];

	if (!is_age) {
		assay_buf_printf(out, "queueSize %" PRId64 " tickets, at most %s", value,
				 assay_decimal_format(bound, number));
		return;
	}
	assay_buf_puts(out, "queueAge ");
	put_age(out, value);
	assay_buf_puts(out, ", at most ");
	if (bound.scale == 0)
		put_age(out, bound.units);
	else
		assay_buf_printf(out, "%s s", assay_decimal_format(bound, number));
}
