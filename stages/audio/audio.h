/** The stages of the audio pipeline; each has its page beside the code. */
#ifndef ASSAY_AUDIO_H
#define ASSAY_AUDIO_H

#include "assay/stage.h"

extern const assay_stage assay_stage_audio_read;
extern const assay_stage assay_stage_audio_levels;
extern const assay_stage assay_stage_audio_loudness;
extern const assay_stage assay_stage_audio_activity;
extern const assay_stage assay_stage_audio_transcript;
extern const assay_stage assay_stage_audio_picture;

#endif
