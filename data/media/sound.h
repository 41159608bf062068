/** Sounds as 16-bit integers, and what is true of them. */
#ifndef ASSAY_MEDIA_SOUND_H
#define ASSAY_MEDIA_SOUND_H

#include "assay/error.h"

#include <stddef.h>
#include <stdint.h>

/** Samples, interleaved. Release with sound_release(). */
typedef struct sound {
	int16_t *samples; /* frames * channels */
	size_t frames;
	unsigned channels, rate;
} sound;

void sound_release(sound *s);

/**
 * Something that is measured like speech: a buzz through three resonators that change from syllable to syllable,
 * with hiss, pauses between phrases and a little room noise. Ends in a pause, so it may be repeated.
 * @param peak loudest sample, 1..32767
 */
ASSAY_NODISCARD assay_code sound_speech(sound *out, unsigned rate, size_t frames, int peak, assay_err *err);
/** A sine in both of two channels: 997 Hz, which hits no sample rate's fractions. @param amplitude 0..1 */
ASSAY_NODISCARD assay_code sound_tone(sound *out, unsigned rate, size_t frames, double amplitude, assay_err *err);
/** Zeros. */
ASSAY_NODISCARD assay_code sound_silence(sound *out, unsigned rate, size_t frames, assay_err *err);

/** x * gain + offset for each sample, held within 16 bits. */
void sound_scale(sound *s, int gain, int offset);

/** Hundredths of a dB re full scale; -20000 for silence. */
int64_t sound_peak_cdb(const sound *s);
int64_t sound_rms_cdb(const sound *s);
/** Mean of the samples in millionths of full scale. */
int64_t sound_mean_ppm(const sound *s);

#endif
