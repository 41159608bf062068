/** What the headers of uncompressed sound files say about their length; libsndfile quietly shortens it to the file. */
#ifndef ASSAY_AUDIO_HEADER_H
#define ASSAY_AUDIO_HEADER_H

#include "assay/error.h"

#include <stdbool.h>
#include <stdint.h>

typedef enum assay_sound_format {
	ASSAY_SOUND_OTHER, /* for libav */
	ASSAY_SOUND_WAV,   /* RIFF, RIFX, RF64, BW64 */
	ASSAY_SOUND_W64,
	ASSAY_SOUND_AIFF, /* AIFF, AIFC */
	ASSAY_SOUND_AU,
	ASSAY_SOUND_CAF,
} assay_sound_format;

typedef struct assay_sound_header {
	assay_sound_format format;
	bool declared;       /* data_bytes is what the header states; false for streamed files ("unknown length") */
	uint64_t data_at;    /* first byte of the samples; 0 when there is no such chunk */
	uint64_t data_bytes; /* length that the header states */
} assay_sound_header;

/** Look at the first bytes and walk the chunks up to the samples. ASSAY_EIO when the file cannot be read. */
ASSAY_NODISCARD assay_code assay_sound_header_read(assay_sound_header *out, int fd, uint64_t size, assay_err *err);

#endif
