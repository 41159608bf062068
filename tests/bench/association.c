/*
 * bench-association [SAMPLES [ATTRIBUTES]]: what the search of causes takes, without a store. A value of the first
 * attribute fails three times as often; a third of the others are measured and have ten levels. Fails when it takes
 * more than five seconds of CPU for a million samples of fifty attributes.
 */
#include "assay/association.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define ATTRIBUTES_MAX 256
#define LEVELS         10
#define SECONDS_MAX    5.0

/* splitmix64 (Steele, Lea, Flood 2014) */
static uint64_t mix(uint64_t n)
{
	n += UINT64_C(0x9e3779b97f4a7c15);
	n = (n ^ n >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	n = (n ^ n >> 27) * UINT64_C(0x94d049bb133111eb);
	return n ^ n >> 31;
}

static assay_code fill(assay_association *a, size_t samples, size_t attributes, assay_err *err)
{
	uint16_t codes[ATTRIBUTES_MAX];
	assay_code rc = ASSAY_OK;

	for (size_t i = 1; i < attributes; i += 3)
		assay_association_ordered(a, i, LEVELS);
	for (size_t n = 0; n < samples && rc == ASSAY_OK; n++) {
		for (size_t i = 0; i < attributes; i++)
			codes[i] = (uint16_t)(mix(n * ATTRIBUTES_MAX + i) % (i % 3 == 1 ? LEVELS + 1 : 2 + i));
		codes[0] = n % 10 == 3;
		rc = assay_association_add(a, codes, mix(~n) % 100 < (codes[0] ? 6 : 2), err);
	}
	return rc;
}

static double seconds(void)
{
	return (double)clock() / CLOCKS_PER_SEC;
}

static assay_code measure(size_t samples, size_t attributes, double *took, assay_err *err)
{
	assay_association *a;
	assay_association_report r = {0};
	double from = 0;
	assay_code rc;

	ASSAY_TRY(assay_association_open(&a, attributes, err));
	ASSAY_TRY(fill(a, samples, attributes, err));
	from = seconds();
	ASSAY_TRY(assay_association_find(&r, a, 0.01, 10, err));
	*took = seconds() - from;
	(void)printf("%zu samples, %zu attributes: %zu hypotheses, %zu found, %.2f s of CPU\n", samples, attributes,
		     r.hypotheses, r.finding_count, *took);
	if (r.finding_count == 0 || r.findings[0].is.attribute != 0)
		rc = ASSAY_RAISE(err, ASSAY_EDIFFER, "the cause was not found");
fail:
	assay_association_report_release(&r);
	assay_association_close(a);
	return rc;
}

int main(int argc, char **argv)
{
	const size_t samples = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000000;
	const size_t attributes = argc > 2 ? strtoul(argv[2], NULL, 10) : 50;
	assay_err err = ASSAY_ERR_INIT;
	double took = 0;

	if (samples == 0 || attributes == 0 || attributes > ATTRIBUTES_MAX)
		return 64;
	if (measure(samples, attributes, &took, &err) != ASSAY_OK) {
		(void)fprintf(stderr, "bench-association: %s\n", err.msg);
		return 1;
	}
	return samples <= 1000000 && attributes <= 50 && took > SECONDS_MAX;
}
