/**
 * K-weighting of ITU-R BS.1770-4, Annex 1: a high shelf, then a high pass, and the sum of squares of what comes out.
 *
 * The standard gives coefficients at 48 kHz only. For other rates both filters are designed anew by the bilinear
 * transform from the analogue parameters that lead to the standard's numbers (B. De Man, Evaluation of implementations
 * of the EBU R128 loudness measurement, AES Convention 145, 2018). Additions and multiplications in a fixed order and
 * a tangent of our own: the same bits on every CPU.
 */
#ifndef ASSAY_AUDIO_KWEIGHT_H
#define ASSAY_AUDIO_KWEIGHT_H

#include <stddef.h>
#include <stdint.h>

#define KWEIGHT_RATE_MIN 4000 /* Hz; the shelf begins at 1682 Hz, which half of the rate must exceed */

/** Two channels side by side: what one instruction does to one it does to both. */
typedef double kweight_pair __attribute__((vector_size(16)));

typedef struct kweight_filter {
	double b[3], a[3]; /* a[0] is 1 */
} kweight_filter;

typedef struct kweight {
	kweight_filter shelf, pass;
} kweight;

typedef struct kweight_state {
	kweight_pair shelf[2], pass[2];
	kweight_pair squares; /* sum so far */
} kweight_state;

/** @param rate Hz, at least KWEIGHT_RATE_MIN */
void kweight_design(kweight *out, uint32_t rate);
/** n samples of two channels, finite. The state does not depend on how a signal is cut into calls. */
void kweight_push(kweight_state *s, const kweight *k, const float *left, const float *right, size_t n);
/** The sum of squares since the last call, by channel. Call it at fixed places of the signal. */
kweight_pair kweight_take(kweight_state *s);

#endif
