#include "assay/queue_agreement.h"

#include <inttypes.h>

bool assay_queue_agreement_met(const assay_queue_agreement *a, int64_t value)
{
	return assay_decimal_cmp((assay_decimal){value, 0}, a->bound) <= 0;
}

static const struct {
	const char *name;
	int64_t seconds;
} units[] = {{"d", 86400}, {"h", 3600}, {"min", 60}, {"s", 1}};

/* Of its largest unit and the one below it: nobody reads seconds of days. */
static int64_t in_short(int64_t seconds)
{
	size_t i = 0;

	while (i + 2 < ASSAY_COUNT(units) && seconds < units[i].seconds)
		i++;
	return seconds - seconds % units[i + 1].seconds;
}

static void put_age(assay_buf *out, int64_t seconds)
{
	const char *blank = "";

	for (size_t i = 0; i < ASSAY_COUNT(units); i++) {
		const int64_t n = seconds / units[i].seconds;

		seconds %= units[i].seconds;
		if (n == 0 && (blank[0] != '\0' || i + 1 < ASSAY_COUNT(units)))
			continue;
		assay_buf_printf(out, "%s%" PRId64 " %s", blank, n, units[i].name);
		blank = " ";
	}
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
	/* What is cut off must not be what breaks it. */
	put_age(out, assay_decimal_cmp((assay_decimal){in_short(value), 0}, bound) > 0 ? in_short(value) : value);
	assay_buf_puts(out, ", at most ");
	if (bound.scale == 0)
		put_age(out, bound.units);
	else
		assay_buf_printf(out, "%s s", assay_decimal_format(bound, number));
}
