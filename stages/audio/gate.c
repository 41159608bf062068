#include "gate.h"

#include <string.h>

enum { LEAST_EXPONENT = -24 }; /* 2^-24 lies below the absolute gate */
#define MOST 16777216.0

/* Sign, exponent and the first seven bits of the fraction. */
static int bin_of(double power)
{
	uint64_t bits;

	memcpy(&bits, &power, sizeof bits);
	return (int)(bits >> 45) - (1023 + LEAST_EXPONENT) * GATE_STEPS;
}

void gate_add(gate *g, double power)
{
	const double held = power < MOST ? power : MOST * 0.999999;
	const int bin = bin_of(held);

	if (!(power > GATE_ABSOLUTE))
		return;
	g->count++;
	g->bins[bin].count++;
	g->bins[bin].sum += held;
}

static int first_bin(double least)
{
	return least > GATE_ABSOLUTE ? bin_of(least < MOST ? least : MOST * 0.999999) : 0;
}

double gate_mean(const gate *g, double least)
{
	uint64_t count = 0;
	double sum = 0;

	for (int i = first_bin(least); i < GATE_BINS; i++) {
		count += g->bins[i].count;
		sum += g->bins[i].sum;
	}
	return count > 0 ? sum / (double)count : 0;
}

double gate_at(const gate *g, double least, double share)
{
	uint64_t count = 0;
	uint64_t rank;
	int bin = first_bin(least);

	for (int i = bin; i < GATE_BINS; i++)
		count += g->bins[i].count;
	if (count == 0)
		return 0;
	rank = (uint64_t)((double)(count - 1) * share + 0.5);
	for (; rank >= g->bins[bin].count; bin++)
		rank -= g->bins[bin].count;
	return g->bins[bin].sum / (double)g->bins[bin].count;
}
