/** The stages of the video pipeline; each has its page beside the code. */
#ifndef ASSAY_FRAMES_H
#define ASSAY_FRAMES_H

#include "assay/stage.h"

/** Frames by which a mark of video.shots comes after the frame it names. */
#define ASSAY_SHOTS_DELAY 6

extern const assay_stage assay_stage_video_read;
extern const assay_stage assay_stage_video_shots;
extern const assay_stage assay_stage_video_quality;
extern const assay_stage assay_stage_video_keyframes;
extern const assay_stage assay_stage_video_subtitles;

#endif
