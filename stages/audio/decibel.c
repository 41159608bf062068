#include "decibel.h"

#include <math.h>

double assay_power_of_db(int64_t db)
{
	static const double tenth[] = {1.0,
				       0.79432823472428150,
				       0.63095734448019325,
				       0.50118723362727229,
				       0.39810717055349725,
				       0.31622776601683793,
				       0.25118864315095801,
				       0.19952623149688797,
				       0.15848931924611134,
				       0.12589254117941673};
	const int64_t down = db > 0 ? 0 : -db;
	double x = tenth[down % 10];

	for (int64_t i = 0; i < down / 10; i++)
		x /= 10.0;
	return db > 0 ? 1.0 / assay_power_of_db(-db) : x;
}

double assay_db_of_power(double power)
{
	return power > 1e-20 ? 10.0 * log10(power) : ASSAY_DB_NONE;
}

double assay_db_of_amplitude(double amplitude)
{
	return amplitude > 1e-10 ? 20.0 * log10(amplitude) : ASSAY_DB_NONE;
}
