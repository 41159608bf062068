/**
 * True peak by ITU-R BS.1770-4, Annex 2: the largest magnitude after four-times oversampling by the standard's FIR
 * filter of 48 taps, that is four phases of 12.
 *
 * No phase can exceed TRUE_PEAK_GAIN times the largest sample that it sees. Stretches that stay below the peak found
 * so far are therefore not filtered at all; the result is the same.
 */
#ifndef ASSAY_AUDIO_TRUE_PEAK_H
#define ASSAY_AUDIO_TRUE_PEAK_H

#include <stddef.h>

#define TRUE_PEAK_TAPS 12
#define TRUE_PEAK_PAST (TRUE_PEAK_TAPS - 1)
#define TRUE_PEAK_GAIN 2.03F /* sum of |taps| of phases 1 and 2 is 2.0228; of 0 and 3, 1.4342 */

/** Largest |x| of n samples; infinity or NaN when one of them is that. */
float true_peak_of_samples(const float *x, size_t n);
/**
 * The largest of `most`, the samples and what lies between them.
 * @param x [borrowed] n samples, finite, behind TRUE_PEAK_PAST samples that came before: x[-11]..x[n - 1] are read
 */
float true_peak_push(float most, const float *x, size_t n);
/** The same by the plain convolution, nothing left out: the oracle of tests. */
float true_peak_plain(float most, const float *x, size_t n);

#endif
