/** Uncompressed sound files through libsndfile: WAV, RF64, W64, AIFF, AU, CAF. The rest is libav's. */
#ifndef ASSAY_AUDIO_SOUND_H
#define ASSAY_AUDIO_SOUND_H

#include "assay/stage.h"

/**
 * Read the file as one AUDIO sample if libsndfile is the one to do so.
 * @param taken [out] false: not such a file, nothing was emitted, libav shall try
 */
ASSAY_NODISCARD assay_code assay_sound_read(bool *taken, const assay_input *in, assay_sink *sink, assay_err *err);
const char *assay_sound_engine(void);

#endif
