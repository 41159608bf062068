/** Powers and decibels. */
#ifndef ASSAY_AUDIO_DECIBEL_H
#define ASSAY_AUDIO_DECIBEL_H

#include <stdint.h>

/** What stands for no level at all. */
#define ASSAY_DB_NONE (-200.0)

__extension__ typedef unsigned __int128 assay_u128; /* sums of squares; -Wpedantic knows no other way */

/** 10^(db/10) for whole db, by divisions and one multiplication: the same on every CPU, which pow() is not. */
double assay_power_of_db(int64_t db);
/** 10 log10(power) and 20 log10(amplitude); ASSAY_DB_NONE from -200 dB down. For finished sums only. */
double assay_db_of_power(double power);
double assay_db_of_amplitude(double amplitude);

#endif
